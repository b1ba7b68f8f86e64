//! An article as one line of JSON.

use serde::Deserialize;

use crate::import::parts_with_title;
use crate::model::{Part, PartKind};
use crate::text::CharSpan;

/// What is read of a line; other fields are left alone.
#[derive(Debug, Deserialize)]
pub struct Record {
    #[serde(default)]
    id: serde_json::Value,
    pub text: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    parts: Option<Vec<PartIn>>,
}

#[derive(Debug, Deserialize)]
struct PartIn {
    kind: String,
    start: usize,
    end: usize,
}

impl Record {
    /// Reads a line.
    pub fn parse(line: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(line).map_err(|error| {
            // The line is known; the library counts within it and calls it line 1.
            let told = error.to_string();
            let told = told.rsplit_once(" at line ").map_or(told.as_str(), |(what, _)| what);
            format!("not an article ({told}, column {}). Needed is {{\"id\":…,\"text\":\"…\"}}", error.column())
        })
    }

    /// The id, where the line has one.
    pub fn id(&self) -> Result<Option<String>, String> {
        match &self.id {
            serde_json::Value::Null => Ok(None),
            serde_json::Value::String(id) => Ok(Some(id.clone())),
            serde_json::Value::Number(id) => Ok(Some(id.to_string())),
            _ => Err("\"id\" must be a string or a number".to_owned()),
        }
    }

    /// The parts that the line marks, without those that do not fit its text; else what the layout tells.
    pub fn parts(&self) -> Vec<Part> {
        let Some(given) = &self.parts else {
            return parts_with_title(&self.text, self.title.as_deref().unwrap_or_default());
        };
        let length = self.text.chars().count();
        let mut parts: Vec<Part> = given
            .iter()
            .filter(|p| p.start < p.end && p.end <= length)
            .filter_map(|p| Some(Part { kind: kind(&p.kind)?, span: CharSpan::chars(p.start, p.end) }))
            .collect();
        parts.sort_by_key(|p| p.span);
        parts.dedup_by(|later, earlier| later.span.overlaps(earlier.span));
        parts
    }
}

fn kind(word: &str) -> Option<PartKind> {
    match word {
        "headline" => Some(PartKind::Headline),
        "standfirst" => Some(PartKind::Standfirst),
        "byline" => Some(PartKind::Byline),
        "caption" => Some(PartKind::Caption),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_leniently_and_refused_clearly() {
        let record = Record::parse(br#"{"id":7,"text":"Ferry row\n\nBody.","more":[1],"title":null}"#).unwrap();
        assert_eq!(record.id().unwrap().as_deref(), Some("7"));
        assert_eq!(record.parts()[0].kind, PartKind::Headline);
        let marked =
            br#"{"text":"Row","parts":[{"kind":"headline","start":0,"end":9},{"kind":"x","start":0,"end":1}]}"#;
        assert!(Record::parse(marked).unwrap().parts().is_empty());
        let titled = Record::parse(br#"{"text":"It stops.\nBody.","title":"It stops."}"#).unwrap();
        assert_eq!(titled.parts()[0].span, CharSpan::chars(0, 9));
        assert!(Record::parse(br#"{"id":1}"#).unwrap_err().contains("missing field `text`"));
        assert!(Record::parse(b"{\"text\":\"\xff\"}").unwrap_err().contains("column"));
        assert!(Record::parse(br#"{"id":[],"text":""}"#).unwrap().id().is_err());
    }
}
