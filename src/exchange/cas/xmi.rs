//! XMI: one element a structure, the text in an attribute.

use std::collections::HashMap;
use std::sync::Arc;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};

use super::super::Problem;
use super::found::{Cas, Said, Sofa, Structure};
use super::make::{self, Made, SOFA};
use super::types::{Range, System};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xmi:XMI xmlns:xmi=\"http://www.omg.org/XMI\" xmlns:cas=\"http:///uima/cas.ecore\" xmlns:meta=\"http:///de/tudarmstadt/ukp/dkpro/core/api/metadata/type.ecore\" xmlns:seg=\"http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore\" xmlns:framelens=\"http:///framelens.ecore\" xmi:version=\"2.0\">\n  <cas:NULL xmi:id=\"0\"/>\n";

/// An article’s structures and its text.
pub fn write(made: &[Made], text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 100 * made.len() + 4096);
    out.extend_from_slice(HEAD.as_bytes());
    let number = |out: &mut Vec<u8>, name: &str, n: usize| {
        out.push(b' ');
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"=\"");
        decimal(out, n);
        out.push(b'"');
    };
    for (place, one) in made.iter().enumerate() {
        out.extend_from_slice(b"  <");
        out.extend_from_slice(one.kind.element.as_bytes());
        number(&mut out, "xmi:id", make::id(place));
        number(&mut out, "sofa", SOFA);
        if let Some(at) = one.at {
            number(&mut out, "begin", at.start.0);
            number(&mut out, "end", at.end.0);
        }
        for (name, place) in &one.links {
            number(&mut out, name, make::id(*place));
        }
        for (name, said) in &one.said {
            out.push(b' ');
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"=\"");
            escaped(&mut out, said);
            out.push(b'"');
        }
        out.extend_from_slice(b"/>\n");
    }
    out.extend_from_slice(
        b"  <cas:Sofa xmi:id=\"1\" sofaNum=\"1\" sofaID=\"_InitialView\" mimeType=\"text\" sofaString=\"",
    );
    escaped(&mut out, text);
    out.extend_from_slice(b"\"/>\n  <cas:View sofa=\"1\" members=\"");
    for place in 0..made.len() {
        if place > 0 {
            out.push(b' ');
        }
        decimal(&mut out, make::id(place));
    }
    out.extend_from_slice(b"\"/>\n</xmi:XMI>\n");
    out
}

/// A number, in the way that is fastest for the many that an article has.
fn decimal(out: &mut Vec<u8>, mut n: usize) {
    let start = out.len();
    loop {
        out.push(b'0' + (n % 10) as u8);
        n /= 10;
        if n == 0 {
            break;
        }
    }
    out[start..].reverse();
}

/// A value between quotation marks. Line ends and tabs are written as numbers, since a reader takes them for spaces.
fn escaped(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let said: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'"' => b"&quot;",
            b'\n' => b"&#10;",
            b'\r' => b"&#13;",
            b'\t' => b"&#9;",
            _ => continue,
        };
        out.extend_from_slice(&bytes[done..at]);
        out.extend_from_slice(said);
        done = at + 1;
    }
    out.extend_from_slice(&bytes[done..]);
}

/// What an element is, by its name as it stands in the file.
#[derive(Clone)]
enum Element {
    Sofa,
    /// Nothing that is wanted: views, the null, sentences, tokens.
    Passed,
    Segment,
    Kind(Arc<str>),
}

/// Reads a file.
///
/// # Errors
/// Where it is not XMI, or damaged; with the line.
pub fn read(file: &str, text: &str, system: &System) -> Result<Cas, Problem> {
    let mut reader = quick_xml::Reader::from_str(text);
    let line = |at: u64| 1 + text.as_bytes().iter().take(at as usize).filter(|b| **b == b'\n').count();
    let mut reading = Reading { system, cas: Cas::default(), spaces: HashMap::new(), elements: HashMap::new() };
    let mut version = XmlVersion::Implicit1_0;
    // The names of the elements that are open; the text in the innermost; the structure whose features are elements.
    let (mut open, mut said): (Vec<String>, String) = (Vec::new(), String::new());
    let mut current: Option<usize> = None;
    let mut ended = false;
    loop {
        let event = reader.read_event().map_err(|e| Problem::at(file, line(reader.error_position()), e))?;
        let here = reader.buffer_position();
        let fail = |what: String| Problem::at(file, line(here), what);
        let (start, empty) = match event {
            Event::Start(start) => (start, false),
            Event::Empty(start) => (start, true),
            Event::End(_) => {
                let name = open.pop();
                if open.len() == 2
                    && let (Some(place), Some(name)) = (current, name)
                {
                    reading.element(place, name, std::mem::take(&mut said));
                }
                if open.len() <= 1 {
                    current = None;
                }
                ended |= open.is_empty();
                continue;
            }
            Event::Decl(decl) => {
                version = decl.xml_version().map_err(|e| fail(e.to_string()))?;
                continue;
            }
            Event::Text(text) if open.len() == 3 => {
                said.push_str(&text);
                continue;
            }
            Event::CData(text) if open.len() == 3 => {
                said.push_str(&text);
                continue;
            }
            Event::GeneralRef(name) => {
                match name.resolve_char_ref() {
                    Ok(Some(c)) => said.push(c),
                    Ok(None) => match resolve_predefined_entity(&name) {
                        Some(text) => said.push_str(text),
                        None => return Err(fail(format!("the entity “{}” is not known", &*name))),
                    },
                    Err(e) => return Err(fail(e.to_string())),
                }
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        match open.len() {
            0 if start.local_name().as_ref() != "XMI" => {
                return Err(fail("this is no XMI: its outermost element has another name".to_owned()));
            }
            0 => reading.root(&start).map_err(&fail)?,
            1 => current = reading.structure(&start, version).map_err(&fail)?,
            2 => said.clear(),
            _ => return Err(fail("elements lie too deep in each other".to_owned())),
        }
        if empty {
            if open.len() == 2
                && let Some(place) = current
            {
                reading.element(place, start.name().as_ref().to_owned(), String::new());
            }
            if open.len() == 1 {
                current = None;
            }
            ended |= open.is_empty();
        } else {
            open.push(start.name().as_ref().to_owned());
        }
    }
    if !ended {
        return Err(Problem::at(file, line(text.len() as u64), "the file breaks off"));
    }
    Ok(reading.cas)
}

struct Reading<'a> {
    system: &'a System,
    cas: Cas,
    /// Packages by the prefixes of the file.
    spaces: HashMap<String, String>,
    elements: HashMap<String, Element>,
}

impl Reading<'_> {
    fn root(&mut self, start: &BytesStart<'_>) -> Result<(), String> {
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|e| e.to_string())?;
            if let Some(prefix) = attribute.key.as_ref().strip_prefix("xmlns:") {
                let uri = value(&attribute, XmlVersion::Implicit1_0)?;
                let package = uri.strip_prefix("http:///").and_then(|u| u.strip_suffix(".ecore"));
                let package = package.map_or_else(|| uri.clone(), |p| p.replace('/', "."));
                self.spaces.insert(prefix.to_owned(), package);
            }
        }
        Ok(())
    }

    fn known(&mut self, name: &str) -> Element {
        if let Some(known) = self.elements.get(name) {
            return known.clone();
        }
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let kind = match self.spaces.get(prefix).map_or(prefix, String::as_str) {
            "" | "uima.noNamespace" => local.to_owned(),
            package => format!("{package}.{local}"),
        };
        let element = match kind.as_str() {
            "uima.cas.Sofa" => Element::Sofa,
            "uima.cas.NULL" | "uima.cas.View" => Element::Passed,
            _ if self.system.is_segment(&kind) => Element::Segment,
            _ => Element::Kind(kind.into()),
        };
        // A file has some dozens of types; one that has more need not be fast.
        if self.elements.len() < 10_000 {
            self.elements.insert(name.to_owned(), element.clone());
        }
        element
    }

    /// Reads one element. Answers the place of its structure, whose further features may be elements in it.
    fn structure(&mut self, start: &BytesStart<'_>, version: XmlVersion) -> Result<Option<usize>, String> {
        let kind = match self.known(start.name().as_ref()) {
            Element::Passed => return Ok(None),
            Element::Segment => {
                self.cas.segments += 1;
                return Ok(None);
            }
            Element::Sofa => {
                self.sofa(start, version)?;
                return Ok(None);
            }
            Element::Kind(kind) => kind,
        };
        let known = self.system.get(&kind);
        let mut new = Structure::new(kind.clone());
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|e| e.to_string())?;
            let said = value(&attribute, version)?;
            match attribute.key.as_ref() {
                "xmi:id" => new.id = said.parse().ok(),
                "sofa" => new.sofa = said.parse().ok(),
                "begin" => new.begin = said.parse().ok(),
                "end" => new.end = said.parse().ok(),
                name if name.starts_with("xmi:") || name.starts_with("xmlns:") => {}
                name => {
                    let range = known.map_or_else(|| guess(name, &said), |k| range_in(&k.features, &kind, name));
                    new.said.push((name.to_owned(), Said::read(range, said)));
                }
            }
        }
        self.cas.structures.push(new);
        Ok(Some(self.cas.structures.len() - 1))
    }

    fn sofa(&mut self, start: &BytesStart<'_>, version: XmlVersion) -> Result<(), String> {
        let mut new = Sofa::default();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|e| e.to_string())?;
            let said = value(&attribute, version)?;
            match attribute.key.as_ref() {
                "xmi:id" => new.id = said.parse().ok(),
                "sofaID" => new.name = said,
                "sofaString" => new.text = Some(said),
                "sofaURI" => new.elsewhere = Some(said),
                "sofaArray" => new.bytes = true,
                _ => {}
            }
        }
        self.cas.sofas.push(new);
        Ok(())
    }

    /// A feature that is an element: one of several strings.
    fn element(&mut self, place: usize, name: String, said: String) {
        let Some(structure) = self.cas.structures.get_mut(place) else { return };
        for (known, value) in &mut structure.said {
            if *known == name {
                if let Said::List(all) = value {
                    all.push(said);
                }
                return;
            }
        }
        structure.said.push((name, Said::List(vec![said])));
    }
}

/// What a feature holds. What is not declared is text, but for the elements of lists of structures.
fn range_in(features: &HashMap<String, Range>, kind: &str, name: &str) -> Range {
    features.get(name).copied().unwrap_or_else(|| within_lists(kind, name))
}

fn within_lists(kind: &str, name: &str) -> Range {
    match (kind, name) {
        ("uima.cas.FSArray", "elements") | ("uima.cas.NonEmptyFSList", "head" | "tail") => Range::Link,
        _ => Range::Text,
    }
}

/// What a feature of a type holds of which nothing is known: the names of relations’ ends are always the same.
fn guess(name: &str, said: &str) -> Range {
    let numbers = !said.trim().is_empty() && said.split_whitespace().all(|n| n.parse::<u64>().is_ok());
    match name {
        "Governor" | "Dependent" | "source" | "target" | "elements" | "head" | "tail" if numbers => Range::Link,
        _ => Range::Text,
    }
}

fn value(attribute: &Attribute<'_>, version: XmlVersion) -> Result<String, String> {
    attribute.normalized_value(version).map(std::borrow::Cow::into_owned).map_err(|e| e.to_string())
}
