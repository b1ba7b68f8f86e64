//! W3C Web Annotation: JSON-LD, for annotation servers, viewers and the semantic web.
//!
//! ```text
//! {"@context":["http://www.w3.org/ns/anno.jsonld",{…}],
//!  "id":"urn:uuid:…","type":"AnnotationCollection","label":"…","total":2,
//!  "lists":{"title":"…","coders":[…],"codes":[…],"entities":[…],"variables":{…}},
//!  "articles":[
//!   {"id":"urn:framelens:article:…","type":"TextualBody","value":"the text","format":"text/plain","language":"en",
//!    "label":"the title","fl:hash":"…","record":{…}}],
//!  "first":{"id":"urn:uuid:…#page-1","type":"AnnotationPage","startIndex":0,"items":[
//!   {"id":"urn:uuid:…","type":"Annotation","motivation":"classifying",
//!    "creator":{"id":"urn:framelens:coder:ada","type":"Person","nickname":"ada","name":"Ada"},
//!    "created":"…","modified":"…","generator":{…},
//!    "body":[{"type":"TextualBody","purpose":"classifying","format":"text/plain","value":"Witch hunt"},
//!            {"type":"TextualBody","purpose":"commenting","format":"text/plain","value":"the memo"}],
//!    "target":{"type":"SpecificResource","source":"urn:framelens:article:…","selector":[
//!     {"type":"TextPositionSelector","start":12,"end":22},
//!     {"type":"TextQuoteSelector","exact":"witch hunt","prefix":"called a ","suffix":" by some"}]},
//!    "fl:code":"witch-hunt","fl:voice":"quoted","fl:speaker":"Loach",…}]}}
//! ```
//!
//! Positions count code points. A coding of several stretches has a target for each of them, since several selectors of
//! one target are several ways to the same words. The label of a code is a body that classifies, that of a name, a
//! quotation or a claim one that tags (see [`labels`](super::labels)); a memo is one that comments. What Web Annotation
//! has no word for has the prefix `fl:`, as in [`details`](super::details), and expands. What a coder said of a whole
//! article is an annotation of the whole article; a relation is one that links. `lists` and `record` are JSON literals.
//!
//! Of others’ files, those annotations are read whose text is there: embedded as a body with a `value`, or an article of
//! the project with that address, file name or title. Positions are believed where the quoted words stand there (in
//! UTF-16 units, too); else the quoted words are looked for. What is on pictures, tables or other texts is told.

mod read;
mod select;
mod write;

use std::io;

use super::incoming::Incoming;
use super::{Bundle, Carries, Format, Problem, Shape, Sink};
use crate::model::Project;

/// What stands before what is ours: articles, coders, names.
const OURS: &str = "urn:framelens:";
/// What the prefix `fl:` stands for.
const NAMESPACE: &str = "urn:framelens:ns#";
const CONTEXT: &str = "http://www.w3.org/ns/anno.jsonld";

/// The format.
#[derive(Debug)]
pub struct WebAnnotation;

impl Format for WebAnnotation {
    fn name(&self) -> &'static str {
        "w3c"
    }

    fn about(&self) -> &'static str {
        "W3C Web Annotation (JSON-LD), with the texts; for annotation servers and viewers"
    }

    fn shape(&self) -> Shape {
        Shape::File("jsonld")
    }

    fn carries(&self) -> Carries {
        Carries::EVERYTHING
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        sink.main(|out, step| write::write(project, out, step))
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        let Some(name) = files(bundle).next() else { return false };
        let head = bundle.head(name);
        let says = |words: &[&str]| words.iter().all(|word| head.contains(word));
        head.trim_start().starts_with(['{', '['])
            && (says(&[CONTEXT]) || says(&["\"Annotation\"", "\"target\""]) || says(&["\"AnnotationPage\""]))
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let mut reader = read::Reader::default();
        for name in files(bundle) {
            reader.gather(name, &bundle.text(name)?)?;
        }
        if reader.is_empty() {
            return Err(Problem::within(bundle.name(), "there is no Web Annotation in it"));
        }
        reader.read(incoming);
        Ok(())
    }
}

/// The files that may hold annotations: the only one, or all that end as such files do.
fn files(bundle: &Bundle) -> impl Iterator<Item = &str> {
    let only = bundle.only();
    let others = bundle.with_ending("jsonld").chain(bundle.with_ending("json"));
    only.into_iter().chain(others.filter(move |_| only.is_none()))
}
