//! Findings as a flat list of suggestions.

use super::{Detector, Findings};
use crate::model::{Layer, Placement, Stance, Voice};
use crate::text::{CharSpan, Document};

/// One thing that a detector proposes to mark.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    pub layer: Layer,
    pub label: String,
    pub span: CharSpan,
    pub score: f32,
    pub detector: String,
    pub version: String,
    pub voice: Option<Voice>,
    pub speaker: Option<String>,
    pub stance: Option<Stance>,
    pub negated: bool,
    pub placement: Placement,
    pub cue: Option<CharSpan>,
    pub why: String,
}

/// Placeholder for the merge.
pub fn suggestions(_: &Findings, _: &dyn Detector, _: &Document) -> Vec<Suggestion> {
    Vec::new()
}
