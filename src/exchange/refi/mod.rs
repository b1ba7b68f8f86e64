//! REFI-QDA projects (`.qdpx`, version 1.0), which NVivo, MAXQDA, ATLAS.ti, QualCoder and Taguette exchange.
//!
//! A zip file with `project.qde` and `sources/GUID.txt`, both UTF-8 without a byte-order mark and with LF line ends.
//!
//! | here | there |
//! |---|---|
//! | coder | `User`; the id is its `id` |
//! | code | `Code` with its colour; what it means is its `Description` |
//! | entity, quotation, claim | `Code` below the folder “Entities”, “Quotations”, “Claims” |
//! | article | `TextSource`; outlet, authors, date … and the variables are its `VariableValue`s |
//! | annotation | `PlainTextSelection` with one `Coding`; further stretches are selections of their own |
//! | memo | `Note` |
//! | voice, speaker, origin … | lines `key: value` in the selection’s `Description` |
//! | code on an article, governing frame | `Coding` of the source; the governing one has a `Note` of that name |
//! | “nothing found”, finished | codes below the folder “Marks” |
//! | relation | `Link` |
//! | name of the register | `Case` |
//! | variable that a coder gave an article | `Case`, one for each coder and article |
//!
//! Ids of annotations, relations and names are the GUIDs; the others’ are made from our ids, and the same every time.
//! `startPosition` and `endPosition` count code points, end-exclusive; in `refi-qda-nvivo`, as NVivo for Windows counts
//! them, UTF-16 units with two for a line end.

mod places;
mod project;
mod read;
mod write;
pub mod xml;

pub use project::guid_of;
pub use read::{entry as code_entry, known_codes};
pub use write::write_codes;

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use uuid::Uuid;

use super::incoming::Incoming;
use super::reduce::derived_id;
use super::{Bundle, Carries, Feature, Format, Losses, Problem, Shape, Sink, adapt};
use crate::archive;
use crate::model::{ClaimKind, EntityKind, Layer, Project, QuoteKind, RelationEnd, Tag, Value};

/// What a file says made it.
pub const ORIGIN: &str = concat!("Framelens ", env!("CARGO_PKG_VERSION"));
/// What it says where places are counted as NVivo counts them.
const ORIGIN_NVIVO: &str = concat!("Framelens ", env!("CARGO_PKG_VERSION"), ", places counted as NVivo does");

/// The names of an article’s metadata among variables.
const METADATA: [&str; 6] = ["outlet", "authors", "published", "url", "language", "section"];
/// What stands before the name of a variable that is called like one of these.
const VARIABLE: &str = "variable: ";
/// The folder of codes that say something of the coding, and the codes in it.
const MARKS: &str = "Marks";
const NOTHING_FOUND: &str = "Nothing found";
const FINISHED: &str = "Finished";
/// The note on the code that governs an article.
const GOVERNING: &str = "Governing frame";

/// The format; with `nvivo`, written as NVivo for Windows reads it.
#[derive(Debug)]
pub struct RefiQda {
    pub nvivo: bool,
}

impl Format for RefiQda {
    fn name(&self) -> &'static str {
        if self.nvivo { "refi-qda-nvivo" } else { "refi-qda" }
    }

    fn about(&self) -> &'static str {
        if self.nvivo {
            "the same, with places counted as NVivo for Windows counts them"
        } else {
            "REFI-QDA project, for MAXQDA, ATLAS.ti, QualCoder, NVivo"
        }
    }

    fn shape(&self) -> Shape {
        Shape::File("qdpx")
    }

    fn carries(&self) -> Carries {
        Carries::EVERYTHING.but(&[Feature::Answers, Feature::Orphans])
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        adapt::for_xml(project, losses);
        whole_relations(project, losses);
        one_kind(project, losses);
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        let written = write::Written::of(project, self.nvivo);
        sink.main(|out, step| {
            let mut zip = archive::Writer::new(out);
            zip.file("project.qde", written.project.as_bytes())?;
            for (name, text) in &written.sources {
                zip.file(name, text.as_bytes())?;
                step()?;
            }
            zip.finish("").map(drop)
        })
    }

    fn is_read(&self) -> bool {
        !self.nvivo
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        bundle.with_ending("qde").next().is_some_and(|name| bundle.head(name).contains("urn:QDA-XML:project:"))
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let project = project::ProjectFile::open(bundle)?;
        read::read(incoming, &project);
        Ok(())
    }
}

/// A GUID that is always the same for the same words.
pub fn guid(of: &[&str]) -> String {
    derived_id(of).to_string()
}

/// A GUID as it is compared: without braces, in small letters.
fn folded(guid: &str) -> String {
    Uuid::try_parse(guid.trim()).map_or_else(|_| guid.trim().to_lowercase(), |id| id.to_string())
}

/// The folder of a layer’s codes and the name of the code; `None` for frames, which the codebook has.
pub fn layer_code(tag: &Tag) -> Option<(&'static str, &'static str)> {
    let word = match tag {
        Tag::Entity(kind) => kind.word(),
        Tag::Quote(kind) => kind.word(),
        Tag::Claim(kind) => kind.word(),
        Tag::Frame(_) => return None,
    };
    Some((folder(tag.layer()), word))
}

fn folder(layer: Layer) -> &'static str {
    match layer {
        Layer::Entity => "Entities",
        Layer::Quote => "Quotations",
        Layer::Claim => "Claims",
        Layer::Frame => "Frames",
    }
}

/// What a code in a layer’s folder stands for.
pub fn layer_tag(folder_name: &str, word: &str) -> Option<Tag> {
    let word = word.trim();
    Some(match folder_name.trim() {
        "Entities" => Tag::Entity(EntityKind::from_word(word)?),
        "Quotations" => Tag::Quote(QuoteKind::from_word(word)?),
        "Claims" => Tag::Claim(ClaimKind::from_word(word)?),
        _ => return None,
    })
}

/// Leaves the relations whose both ends are written.
fn whole_relations(project: &mut Project, losses: &mut Losses) {
    let marks: BTreeSet<_> = project.codings.values().flat_map(|c| c.annotations.keys().copied()).collect();
    let names: BTreeSet<_> = project.entities.keys().copied().collect();
    let mut gone = 0;
    for coding in project.codings.values_mut().filter(|c| !c.relations.is_empty()) {
        let coding = Arc::make_mut(coding);
        let before = coding.relations.len();
        let there = &coding.annotations;
        coding.relations.retain(|_, r| {
            there.contains_key(&r.from)
                && match &r.to {
                    RelationEnd::Annotation(id) => marks.contains(id),
                    RelationEnd::Entity(id) => names.contains(id),
                }
        });
        gone += before - coding.relations.len();
    }
    project.codings.retain(|_, coding| !coding.is_empty());
    losses.tell("relations-without-ends", gone, "relations that lead from or to what is not written are left out");
}

/// Makes the values of each variable one kind, since a variable has one there.
fn one_kind(project: &mut Project, losses: &mut Losses) {
    let mut kinds: std::collections::BTreeMap<String, BTreeSet<u8>> = std::collections::BTreeMap::new();
    each_value(project, &mut |name, value| {
        let kind = match value {
            Value::Text(_) => 0,
            Value::Number(n) if n.is_finite() => 1,
            Value::YesNo(_) => 2,
            Value::Number(_) => 3,
        };
        kinds.entry(name.to_owned()).or_default().insert(kind);
    });
    let mixed: BTreeSet<_> =
        kinds.into_iter().filter(|(_, k)| k.len() > 1 || k.contains(&3)).map(|(name, _)| name).collect();
    let mut changed = 0;
    each_value(project, &mut |name, value| {
        if mixed.contains(name) && !matches!(value, Value::Text(_)) {
            *value = Value::Text(value.to_string());
            changed += 1;
        }
    });
    losses.tell("mixed-values", changed, "values of variables that hold several kinds of values become text");
}

fn each_value(project: &mut Project, look: &mut dyn FnMut(&str, &mut Value)) {
    for article in project.articles.values_mut().filter(|a| !a.metadata.variables.is_empty()) {
        for (name, value) in &mut Arc::make_mut(article).metadata.variables {
            look(name, value);
        }
    }
    for coding in project.codings.values_mut().filter(|c| !c.document.variables.is_empty()) {
        for (name, value) in &mut Arc::make_mut(coding).document.variables {
            look(name, value);
        }
    }
}
