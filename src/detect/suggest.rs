//! Findings as one flat list: what a coder walks through, accepts, edits or rejects.

use super::{Detector, Findings, Input, Speaker};
use crate::model::{Layer, Placement, Stance, Voice};
use crate::text::{CharSpan, Document};

/// One proposal of a detector. Spans count code points.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    pub layer: Layer,
    /// The entity's kind (`PERSON`), the quotation's or claim's kind (`partial`), or the name of a code.
    pub label: String,
    pub span: CharSpan,
    /// From 0 to 1.
    pub score: f32,
    /// The detector's name and version.
    pub detector: String,
    pub version: String,
    /// Whose words a frame's are.
    pub voice: Option<Voice>,
    /// The fullest name of the speaker in the article, else the words that stand for the speaker.
    pub speaker: Option<String>,
    pub stance: Option<Stance>,
    pub negated: bool,
    pub placement: Placement,
    /// The words of attribution.
    pub cue: Option<CharSpan>,
    /// A short phrase: `lexicon: purge`.
    pub why: String,
}

impl Suggestion {
    /// Names the suggestion within its article: layer, place and label. The same from run to run and from version to
    /// version, so that a decision made on it is found again.
    pub fn key(&self) -> String {
        format!("{}:{}-{}:{}", self.layer, self.span.start, self.span.end, self.label)
    }
}

/// All findings in the order of the text; at one place the longer first.
pub fn suggestions(findings: &Findings, detector: &dyn Detector, input: Input<'_>) -> Vec<Suggestion> {
    let document = input.document;
    let names = fullest_names(findings, document);
    let who = |speaker: &Option<Speaker>| {
        let speaker = speaker.as_ref()?;
        let named = speaker.entity.and_then(|e| names.get(e.0).cloned().flatten());
        named.or_else(|| document.map().slice(speaker.span).map(str::to_owned))
    };
    let place = |span: CharSpan| Placement::of(document, input.parts, span.start);
    let blank = |layer: Layer, label: String, span: CharSpan, score: f32, why: &str| Suggestion {
        layer,
        label,
        span,
        score,
        detector: detector.name().to_owned(),
        version: detector.version().to_owned(),
        voice: None,
        speaker: None,
        stance: None,
        negated: false,
        placement: place(span),
        cue: None,
        why: why.to_owned(),
    };
    let mut out = Vec::new();
    for m in &findings.entities {
        out.push(blank(Layer::Entity, m.kind.word().to_owned(), m.span, m.score, &m.why));
    }
    for q in &findings.quotes {
        let base = blank(Layer::Quote, q.kind.word().to_owned(), q.span, q.score, &q.why);
        out.push(Suggestion { speaker: who(&q.speaker), stance: q.stance, cue: q.cue, ..base });
    }
    for c in &findings.claims {
        out.push(blank(Layer::Claim, c.kind.word().to_owned(), c.span, c.score, &c.why));
    }
    for c in &findings.cues {
        let base = blank(Layer::Frame, c.code.clone(), c.span, c.score, &c.why);
        out.push(Suggestion {
            voice: Some(c.voice),
            speaker: who(&c.speaker),
            stance: c.stance,
            negated: c.negated,
            placement: c.placement,
            cue: c.attribution,
            ..base
        });
    }
    out.sort_by(|a, b| {
        (a.span.start, b.span.end, a.layer, &a.label).cmp(&(b.span.start, a.span.end, b.layer, &b.label))
    });
    out
}

/// For every entity the longest words by which the article names it.
fn fullest_names(findings: &Findings, document: &Document) -> Vec<Option<String>> {
    let mut out: Vec<Option<String>> = Vec::new();
    for mention in &findings.entities {
        let Some(entity) = mention.entity else { continue };
        if out.len() <= entity.0 {
            out.resize(entity.0 + 1, None);
        }
        let Some(words) = document.map().slice(mention.span) else { continue };
        if out[entity.0].as_ref().is_none_or(|w| w.chars().count() < words.chars().count()) {
            out[entity.0] = Some(words.to_owned());
        }
    }
    out
}
