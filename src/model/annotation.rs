//! One mark that a person made on a text.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AnnotationId, ClaimKind, CodeId, EntityId, EntityKind, Layer, QuoteKind, Stance, Value, Voice};
use crate::text::{Anchor, CharOffset, CharSpan, OffsetMap};

/// What an annotation says of its span. Each layer has its own vocabulary; only frames use the codebook.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tag {
    Entity(EntityKind),
    Quote(QuoteKind),
    Claim(ClaimKind),
    Frame(CodeId),
}

impl Tag {
    pub fn layer(&self) -> Layer {
        match self {
            Self::Entity(_) => Layer::Entity,
            Self::Quote(_) => Layer::Quote,
            Self::Claim(_) => Layer::Claim,
            Self::Frame(_) => Layer::Frame,
        }
    }

    /// The layer's own word, or the code's id: with the layer, all that the tag says.
    pub fn word(&self) -> &str {
        match self {
            Self::Entity(kind) => kind.word(),
            Self::Quote(kind) => kind.word(),
            Self::Claim(kind) => kind.word(),
            Self::Frame(code) => code.as_str(),
        }
    }

    pub fn code(&self) -> Option<&CodeId> {
        if let Self::Frame(code) = self { Some(code) } else { None }
    }
}

/// Somebody who speaks or is spoken of: the words a coder wrote, and, once it is known, whom they mean.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]

pub struct Party {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<EntityId>,
}

impl Party {
    /// A party known by its words alone; `None` for words that are only white space.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim();
        (!name.is_empty()).then(|| Self { name: name.to_owned(), entity: None })
    }
}

/// What is said of a coding beyond its code.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attributes {
    /// Whose words the span is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<Voice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaker: Option<Party>,
    /// Whom or what the words are about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Party>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stance: Option<Stance>,
    /// From 1 to 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intensity: Option<u8>,
    /// The coder's own: from 1 (unsure) to 3 (sure).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certainty: Option<u8>,
    /// The frame is named to be denied: "not a witch hunt".
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub negated: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub custom: BTreeMap<String, Value>,
}

/// How an annotation came to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Origin {
    Hand,
    /// A person accepted what a detector proposed; `edited`: and changed it in doing so or later.
    Accepted {
        detector: String,
        version: String,
        score: f32,
        edited: bool,
    },
    /// Read from another program's file.
    Imported {
        from: String,
    },
}

/// A tagged span of an article, by one coder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]

pub struct Annotation {
    pub id: AnnotationId,
    pub tag: Tag,
    /// One or more stretches in the order of the text, none empty, none touching another.
    pub spans: Vec<CharSpan>,
    /// The words of each stretch with their context, in the same order.
    pub anchors: Vec<Anchor>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub attributes: Attributes,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub memo: String,
    pub origin: Origin,
    /// The code's revision when the annotation was made or last confirmed; 0 on layers without a codebook.
    #[serde(default)]
    pub code_revision: u32,
    pub created: Timestamp,
    pub changed: Timestamp,
}

fn is_default(a: &Attributes) -> bool {
    *a == Attributes::default()
}

impl Annotation {
    /// From the first stretch's start to the last one's end.
    pub fn hull(&self) -> CharSpan {
        self.spans.iter().copied().reduce(CharSpan::hull).unwrap_or_default()
    }

    /// Whether any stretch holds the position.
    pub fn covers(&self, at: CharOffset) -> bool {
        self.spans.iter().any(|s| s.contains(at))
    }

    /// The words, with `…` between stretches.
    pub fn words(&self) -> String {
        self.anchors.iter().map(|a| a.exact.as_str()).collect::<Vec<_>>().join(" … ")
    }

    /// Puts the annotation on other stretches and takes their words from the text. `false`, and nothing changed, where
    /// a stretch is empty or does not fit.
    #[must_use]
    pub fn place(&mut self, map: &OffsetMap, mut spans: Vec<CharSpan>) -> bool {
        spans.sort();
        let mut joined: Vec<CharSpan> = Vec::with_capacity(spans.len());
        for span in spans {
            match joined.last_mut() {
                Some(last) if span.start <= last.end => *last = last.hull(span),
                _ => joined.push(span),
            }
        }
        let anchors: Option<Vec<_>> =
            joined.iter().map(|s| (!s.is_empty()).then(|| Anchor::of(map, *s)).flatten()).collect();
        match anchors {
            Some(anchors) if !anchors.is_empty() => {
                self.spans = joined;
                self.anchors = anchors;
                true
            }
            _ => false,
        }
    }
}
