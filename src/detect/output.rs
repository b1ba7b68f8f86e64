//! Findings as the JSON that `framelens detect` writes: one object an article.

use serde::Serialize;

use super::{Findings, LocalEntity, Speaker};
use crate::model::{ClaimKind, EntityKind, Layer, Placement, QuoteKind, Stance, Voice};
use crate::text::{CharSpan, Document};

/// A stretch of the text: code points, UTF-8 bytes, and the words. Ends are exclusive.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Words {
    pub start: usize,
    pub end: usize,
    pub byte_start: usize,
    pub byte_end: usize,
    pub text: String,
    /// Whom or what the words stand for: `e1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
}

/// The findings of one article. A layer that was not asked for is left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Article {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entities: Option<Vec<EntityOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quotes: Option<Vec<QuoteOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims: Option<Vec<ClaimOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cues: Option<Vec<CueOut>>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EntityOut {
    #[serde(flatten)]
    pub words: Words,
    pub label: EntityKind,
    pub score: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QuoteOut {
    #[serde(flatten)]
    pub words: Words,
    pub kind: QuoteKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaker: Option<Words>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cue: Option<Words>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stance: Option<Stance>,
    pub score: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClaimOut {
    #[serde(flatten)]
    pub words: Words,
    pub kind: ClaimKind,
    pub score: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CueOut {
    #[serde(flatten)]
    pub words: Words,
    pub code: String,
    pub voice: Voice,
    /// The speaker's entity, else the words that stand for the speaker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaker: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stance: Option<Stance>,
    pub negated: bool,
    pub placement: Placement,
    pub score: f64,
}

fn entity_id(entity: LocalEntity) -> String {
    format!("e{}", entity.0 + 1)
}

impl Article {
    /// The findings with the article's id. A span that does not fit the document is left out.
    pub fn of(id: &str, document: &Document, findings: &Findings, wanted: &[Layer]) -> Self {
        let words = |span: CharSpan, entity: Option<LocalEntity>| {
            let bytes = document.map().bytes(span)?;
            Some(Words {
                start: span.start.0,
                end: span.end.0,
                byte_start: bytes.start.0,
                byte_end: bytes.end.0,
                text: document.as_str().get(bytes.range())?.to_owned(),
                entity: entity.map(entity_id),
            })
        };
        let speaker = |s: &Option<Speaker>| s.as_ref().and_then(|s| words(s.span, s.entity));
        let entities = findings.entities.iter().filter_map(|m| {
            Some(EntityOut { words: words(m.span, m.entity)?, label: m.kind, score: rounded(m.score) })
        });
        let quotes = findings.quotes.iter().filter_map(|q| {
            Some(QuoteOut {
                words: words(q.span, None)?,
                kind: q.kind,
                speaker: speaker(&q.speaker),
                cue: q.cue.and_then(|c| words(c, None)),
                stance: q.stance,
                score: rounded(q.score),
            })
        });
        let claims = findings
            .claims
            .iter()
            .filter_map(|c| Some(ClaimOut { words: words(c.span, None)?, kind: c.kind, score: rounded(c.score) }));
        let cues = findings.cues.iter().filter_map(|c| {
            Some(CueOut {
                words: words(c.span, None)?,
                code: c.code.clone(),
                voice: c.voice,
                speaker: speaker(&c.speaker).map(|w| w.entity.unwrap_or(w.text)),
                stance: c.stance,
                negated: c.negated,
                placement: c.placement,
                score: rounded(c.score),
            })
        });
        let has = |layer| wanted.contains(&layer);
        Self {
            id: id.to_owned(),
            entities: has(Layer::Entity).then(|| entities.collect()),
            quotes: has(Layer::Quote).then(|| quotes.collect()),
            claims: has(Layer::Claim).then(|| claims.collect()),
            cues: has(Layer::Frame).then(|| cues.collect()),
        }
    }
}

/// Scores are shares with two digits: more would claim more than is known.
fn rounded(score: f32) -> f64 {
    (f64::from(score) * 100.0).round() / 100.0
}

/// The same as a JSON value.
pub fn to_json(id: &str, document: &Document, findings: &Findings, wanted: &[Layer]) -> serde_json::Value {
    serde_json::to_value(Article::of(id, document, findings, wanted)).unwrap_or_default()
}
