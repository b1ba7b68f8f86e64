//! The labelling interface: written for our tasks, and what is needed of other people’s.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::XmlVersion;
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};

use super::{ASKED, Control, is_in_xml};
use crate::exchange::labels::Labels;
use crate::model::{ClaimKind, EntityKind, Layer, Project, QuoteKind, Stance, Tag, Voice};

/// The interface for a project’s tasks.
pub fn write(project: &Project, labels: &Labels) -> String {
    let mut out = String::from("<View>\n");
    let mut line = |indent: usize, text: &str| out.push_str(&format!("{}{text}\n", "  ".repeat(indent)));
    let codes: Vec<String> = project.codebook.tree().into_iter().map(|(_, c)| labels.code(&c.id)).collect();
    for layer in Layer::ALL {
        let all: Vec<String> = match layer {
            Layer::Entity => EntityKind::ALL.iter().map(|k| labels.written(&Tag::Entity(*k))).collect(),
            Layer::Quote => QuoteKind::ALL.iter().map(|k| labels.written(&Tag::Quote(*k))).collect(),
            Layer::Claim => ClaimKind::ALL.iter().map(|k| labels.written(&Tag::Claim(*k))).collect(),
            Layer::Frame => codes.clone(),
        };
        line(1, &format!("<Header value=\"{}\"/>", layer.title()));
        line(1, &format!("<Labels name=\"{layer}\" toName=\"text\" showInline=\"true\">"));
        all.iter().for_each(|label| line(2, &format!("<Label value=\"{}\"/>", escape(label))));
        line(1, "</Labels>");
    }
    line(1, "<Text name=\"text\" value=\"$text\" granularity=\"word\"/>");
    let kinds = project.codings.values().flat_map(|c| c.relations.values()).map(|r| r.kind.as_str());
    let kinds: BTreeSet<&str> = kinds.filter(|k| !k.trim().is_empty() && k.chars().all(is_in_xml)).collect();
    if !kinds.is_empty() {
        line(1, "<Relations>");
        kinds.iter().for_each(|kind| line(2, &format!("<Relation value=\"{}\"/>", escape(*kind))));
        line(1, "</Relations>");
    }
    let mut choices = |name: &str, how: &str, all: &[String]| {
        line(1, &format!("<Choices name=\"{name}\" toName=\"text\" {how} showInline=\"true\">"));
        all.iter().for_each(|choice| line(2, &format!("<Choice value=\"{}\"/>", escape(choice))));
        line(1, "</Choices>");
    };
    for (name, control) in ASKED {
        let all = match *name {
            "voice" => Voice::ALL.iter().map(ToString::to_string).collect(),
            "stance" => Stance::ALL.iter().map(ToString::to_string).collect(),
            name => vec![name.to_owned()],
        };
        if *control == Control::Choices {
            choices(name, "perRegion=\"true\" choice=\"single-radio\"", &all);
        }
    }
    if !codes.is_empty() {
        choices("document", "choice=\"multiple\"", &codes);
        choices("primary", "choice=\"single-radio\"", &codes);
    }
    for (name, control) in ASKED {
        match control {
            Control::Choices => {}
            Control::Words => line(
                1,
                &format!(
                    "<TextArea name=\"{name}\" toName=\"text\" perRegion=\"true\" editable=\"true\" placeholder=\"{name}\"/>"
                ),
            ),
            Control::Number => {
                line(1, &format!("<Number name=\"{name}\" toName=\"text\" perRegion=\"true\" min=\"0\"/>"));
            }
        }
    }
    for name in ["article_memo", "article_details", "coder", "coder_name"] {
        line(1, &format!("<TextArea name=\"{name}\" toName=\"text\" editable=\"true\" placeholder=\"{name}\"/>"));
    }
    out.push_str("</View>\n");
    out
}

/// What an interface says: which key of a task’s data a control is about, which controls there are, and the labels.
#[derive(Debug, Default)]
pub struct Config {
    /// Keys of the data by the names of the `Text` objects that show them.
    pub texts: BTreeMap<String, String>,
    /// The kind of each control, by its name: `Choices`, `TextArea` …
    pub controls: BTreeMap<String, String>,
    /// The labels of the controls for labels.
    pub labels: Vec<String>,
}

impl Config {
    /// Reads an interface.
    ///
    /// # Errors
    /// What is wrong with the XML.
    pub fn of(xml: &str) -> Result<Self, String> {
        let mut reader = quick_xml::Reader::from_str(xml);
        let mut config = Self::default();
        loop {
            match reader.read_event().map_err(|e| e.to_string())? {
                Event::Eof => return Ok(config),
                Event::Start(tag) | Event::Empty(tag) => config.tag(&tag)?,
                Event::DocType(_) => return Err("an interface has no DOCTYPE".to_owned()),
                _ => {}
            }
        }
    }

    fn tag(&mut self, tag: &BytesStart<'_>) -> Result<(), String> {
        let mut said = BTreeMap::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|e| e.to_string())?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|e| e.to_string())?.into_owned();
            said.insert(attribute.key.as_ref().to_owned(), value);
        }
        let kind = tag.name().as_ref().to_owned();
        let (name, value) = (said.remove("name"), said.remove("value"));
        match (kind.as_str(), name, value) {
            ("Label", _, Some(value)) => self.labels.push(said.remove("alias").unwrap_or(value)),
            ("Text", Some(name), Some(value)) => {
                self.texts.insert(name, value.trim_start_matches('$').to_owned());
            }
            (_, Some(name), _) => {
                self.controls.insert(name, kind);
            }
            _ => {}
        }
        Ok(())
    }
}
