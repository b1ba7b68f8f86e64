//! What stands in a file, before it is known what it means.

use std::sync::Arc;

use super::types::Range;

/// The structures and texts of a file.
#[derive(Debug, Default)]
pub struct Cas {
    pub sofas: Vec<Sofa>,
    pub structures: Vec<Structure>,
    /// How many sentences, tokens and their like were passed over.
    pub segments: usize,
    /// BLAKE3 of the file, in hex; of files that are not our own.
    pub hash: String,
}

impl Cas {
    /// Whether we have written it.
    pub fn is_ours(&self) -> bool {
        self.structures.iter().any(|s| &*s.kind == "framelens.Article")
    }
}

/// A text, which UIMA calls the subject of analysis.
#[derive(Debug, Default)]
pub struct Sofa {
    pub id: Option<u64>,
    pub name: String,
    pub text: Option<String>,
    /// The address at which the text lies, where it does not lie here.
    pub elsewhere: Option<String>,
    /// The text is given as bytes.
    pub bytes: bool,
}

/// A feature structure.
#[derive(Debug)]
pub struct Structure {
    pub kind: Arc<str>,
    pub id: Option<u64>,
    pub sofa: Option<u64>,
    /// UTF-16 units of the text.
    pub begin: Option<usize>,
    pub end: Option<usize>,
    pub said: Vec<(String, Said)>,
}

/// What a feature holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    Text(String),
    Number(f64),
    YesNo(bool),
    List(Vec<String>),
    /// Other structures, by their ids.
    Link(Vec<u64>),
}

impl Said {
    /// A value as it is written in XML.
    pub fn read(range: Range, text: String) -> Self {
        match range {
            Range::Text => Self::Text(text),
            Range::Number => match text.parse::<f64>() {
                Ok(number) if !number.is_nan() => Self::Number(number),
                _ => Self::Text(text),
            },
            Range::YesNo => match text.as_str() {
                "true" | "1" => Self::YesNo(true),
                "false" | "0" => Self::YesNo(false),
                _ => Self::Text(text),
            },
            Range::List => Self::List(text.split_whitespace().map(str::to_owned).collect()),
            Range::Link => Self::Link(text.split_whitespace().filter_map(|id| id.parse().ok()).collect()),
        }
    }
}

impl Said {
    /// What it refers to.
    pub fn links(&self) -> &[u64] {
        if let Self::Link(ids) = self { ids } else { &[] }
    }
}

impl Structure {
    pub fn new(kind: Arc<str>) -> Self {
        Self { kind, id: None, sofa: None, begin: None, end: None, said: Vec::new() }
    }

    /// The type’s name without its package.
    pub fn short(&self) -> &str {
        self.kind.rsplit('.').next().unwrap_or(&self.kind)
    }

    /// A feature that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.said.iter().find(|(n, _)| n == name).and_then(|(_, said)| match said {
            Said::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// What a feature refers to.
    pub fn link(&self, name: &str) -> Option<&[u64]> {
        self.said.iter().find(|(n, _)| n == name).and_then(|(_, said)| match said {
            Said::Link(ids) => Some(ids.as_slice()),
            _ => None,
        })
    }
}
