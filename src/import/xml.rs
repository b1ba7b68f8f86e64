//! XML as packed documents hold it, read with distrust: no document type is expanded, no depth is without end, and
//! nothing is read by recursion.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::Problem;
use super::decode::decode;

/// How deep elements may stand in one another.
const DEEPEST: usize = 1000;

/// An element as it opens; names are without their name space.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    /// An attribute's value.
    pub fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| name == attribute).map(|(_, value)| value.as_str())
    }

    /// All attributes with their values.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether an element that switches something on does so: it is there and is not told to be off.
    pub fn is_on(&self) -> bool {
        !matches!(self.get("val"), Some("0" | "false" | "off" | "none"))
    }
}

/// What is met on the way through a file.
#[derive(Debug)]
pub enum Met<'a> {
    Open(&'a Element),
    Words(&'a str),
    /// The element of this name is over.
    Close(&'a str),
}

/// Goes through a file from its start to its end. Entities that XML itself does not know are left out.
///
/// # Errors
/// Where it is not well formed or nested deeper than anything honest.
pub fn walk(bytes: Vec<u8>, mut meet: impl FnMut(Met<'_>)) -> Result<(), Problem> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => decode(error.into_bytes())?.text,
    };
    let wrong =
        |what: &dyn std::fmt::Display| Problem::Damaged { reason: format!("its XML is not well formed ({what})") };
    let mut reader = quick_xml::Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut open: Vec<String> = Vec::new();
    loop {
        match reader.read_event().map_err(|e| wrong(&e))? {
            Event::Start(start) => {
                if open.len() >= DEEPEST {
                    return Err(Problem::TooComplex { what: format!("more than {DEEPEST} elements in each other") });
                }
                let element = element(&start).map_err(|e| wrong(&e))?;
                meet(Met::Open(&element));
                open.push(element.name);
            }
            Event::Empty(start) => {
                let element = element(&start).map_err(|e| wrong(&e))?;
                meet(Met::Open(&element));
                meet(Met::Close(&element.name));
            }
            Event::End(_) => {
                let name = open.pop().ok_or_else(|| wrong(&"an element ends that did not begin"))?;
                meet(Met::Close(&name));
            }
            Event::Text(words) => meet(Met::Words(&words.xml10_content())),
            Event::CData(words) => meet(Met::Words(&words.xml10_content())),
            Event::GeneralRef(name) => {
                let character = name.resolve_char_ref().ok().flatten();
                let name = name.xml10_content();
                match character {
                    Some(c) => meet(Met::Words(c.encode_utf8(&mut [0; 4]))),
                    None => meet(Met::Words(quick_xml::escape::resolve_predefined_entity(&name).unwrap_or_default())),
                }
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof if open.is_empty() => return Ok(()),
            Event::Eof => return Err(wrong(&"it ends in the middle")),
        }
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, String> {
    let mut element = Element { name: start.local_name().as_ref().to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        // A value with an entity of the file's own is as good as none.
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).unwrap_or_default();
        element.attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
    }
    Ok(element)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(xml: &str) -> Result<String, Problem> {
        let mut out = String::new();
        walk(xml.as_bytes().to_vec(), |met| match met {
            Met::Open(element) => out.push_str(&format!("<{}>", element.name)),
            Met::Words(words) => out.push_str(words),
            Met::Close(_) => out.push('|'),
        })?;
        Ok(out)
    }

    #[test]
    fn entities_are_not_expanded_and_depth_is_bounded() {
        assert_eq!(words("<w:p a='1'>One &amp; two&#33;<w:t/></w:p>").unwrap(), "<p>One & two!<t>||");
        assert_eq!(words("<!DOCTYPE a [<!ENTITY x 'boom'>]><a>&x;</a>").unwrap(), "<a>|");
        assert!(matches!(words(&"<a>".repeat(5000)), Err(Problem::TooComplex { .. })));
        for broken in ["<a>", "<a></b>", "</a>", "<a b=>"] {
            assert!(matches!(words(broken), Err(Problem::Damaged { .. })), "{broken}");
        }
    }
}
