//! One coder's work on one article.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Annotation, AnnotationId, CodeId, EntityId, Layer, RelationId, Value};
use crate::text::CharSpan;

/// All that one coder has said of one article.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coding {
    /// Shared, so that a copy of the work, as it is made for saving, costs a pointer each.
    pub annotations: BTreeMap<AnnotationId, Arc<Annotation>>,
    /// Annotations whose words are not in the text any more, as they last stood: kept until a person places or deletes
    /// them.
    pub orphans: BTreeMap<AnnotationId, Arc<Annotation>>,
    pub relations: BTreeMap<RelationId, Relation>,
    pub document: DocumentCoding,
    /// Passages that were read and hold nothing to code.
    pub nothing_found: BTreeSet<NothingFound>,
    /// What became of the suggestions that the coder answered.
    pub decisions: BTreeMap<Suggested, Decision>,
}

impl Coding {
    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The annotations in the order of the text; of two that start together, the longer one first.
    pub fn in_order(&self) -> Vec<&Annotation> {
        let mut all: Vec<&Annotation> = self.annotations.values().map(|a| &**a).collect();
        all.sort_by_key(|a| (a.hull().start, std::cmp::Reverse(a.hull().end), a.id));
        all
    }
}

/// Codes and variables on a whole article.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DocumentCoding {
    /// The frame that governs the article.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary: Option<CodeId>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub codes: BTreeSet<CodeId>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub memo: String,
    /// When the coder said that the article is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished: Option<Timestamp>,
}

/// "Read, nothing found": without it, agreement has no honest denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]

pub struct NothingFound {
    /// The passage; `None` for the whole article.
    pub span: Option<CharSpan>,
}

/// A line from an annotation to another annotation or to an entity, for what the attributes do not say: "denies",
/// "same claim as".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]

pub struct Relation {
    pub id: RelationId,
    pub kind: String,
    pub from: AnnotationId,
    pub to: RelationEnd,
}

/// What a relation points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RelationEnd {
    Annotation(AnnotationId),
    Entity(EntityId),
}

/// What became of a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    Accepted(AnnotationId),
    Rejected,
}

/// What a suggestion proposed: by it an answered suggestion is known again when detection runs anew.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Suggested {
    pub span: CharSpan,
    pub layer: Layer,
    /// The code's name, or the layer's own word: "Witch hunt", "PERSON", "direct".
    pub label: String,
}

/// A coder's answer to a suggestion, kept so that it is not made again and a study can tell how far coders leaned on
/// suggestions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    pub detector: String,
    pub version: String,
    pub score: f32,
    pub outcome: Outcome,
    pub at: Timestamp,
}
