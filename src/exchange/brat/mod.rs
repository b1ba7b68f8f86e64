//! Brat standoff: a folder with a text and a file of annotations for each article, and the two files by which brat
//! knows and draws the types.
//!
//! | file | what it holds |
//! |---|---|
//! | `ARTICLE.txt` | the text, as it is |
//! | `ARTICLE.ann` | the annotations, a line each |
//! | `annotation.conf` | the types: codes by their ids, with tabs for what stands below what; layers, relations, attributes |
//! | `visual.conf` | what brat shows for each type: the code’s name |
//! | `framelens.json` | what brat has no place for (see [`beside`](super::beside)) |
//!
//! Where several people coded, each has a folder of their own, called by their id, as brat’s users keep it; where one
//! person coded, the files lie in the folder itself.
//!
//! ```text
//! T1    witch-hunt 12 17;20 24    witch hunt
//! A1    Voice T1 quoted
//! #1    AnnotatorNotes T1    the memo
//! #2    Speaker T1    Vera Loach
//! #3    Framelens T1    {"id":"…","coder":"ada","origin":"hand","created":"…","changed":"…"}
//! R1    denies Arg1:T1 Arg2:T2
//! ```
//!
//! Offsets count code points, end-exclusive. The attributes are `Voice`, `Stance`, `Intensity`, `Certainty` and
//! `Negated`. Brat keeps a note on one line; a memo that brat would bend stands in the note `Framelens` as well, and
//! counts as long as the other note still says the same.

mod ann;
mod conf;
mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::beside::Beside;
use super::{Bundle, Carries, Format, Incoming, Losses, Problem, Shape, Sink, details};
use crate::model::{Annotation, AnnotationId, Article, CoderId, Coding, Project, RelationEnd, Tag};
use crate::text::OffsetMap;
use conf::Relations;

/// The format.
#[derive(Debug)]
pub struct Brat;

/// Attributes of ours, as brat calls them and as they are called here, with the values that brat offers.
const ATTRIBUTES: [(&str, &str, &[&str]); 5] = [
    ("Voice", "voice", &["outlet", "quoted", "reported", "scare", "headline", "name"]),
    ("Stance", "stance", &["neutral", "distancing", "endorsing", "emotive"]),
    ("Intensity", "intensity", &["1", "2", "3"]),
    ("Certainty", "certainty", &["1", "2", "3"]),
    ("Negated", "negated", &[]),
];

/// Notes that people read, as they are called in brat and here.
const NOTES: [(&str, &str); 3] = [("AnnotatorNotes", "memo"), ("Speaker", "speaker"), ("Target", "target")];

/// The type of the note that holds what people need not read.
const OURS: &str = "Framelens";

impl Format for Brat {
    fn name(&self) -> &'static str {
        "brat"
    }

    fn about(&self) -> &'static str {
        "brat standoff: a folder with a .txt and an .ann file an article, one folder a coder where there are several"
    }

    fn shape(&self) -> Shape {
        Shape::Folder
    }

    fn carries(&self) -> Carries {
        Carries::EVERYTHING
    }

    /// pybrat refuses a whole folder for one line whose words are white space alone.
    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        let is_blank = |a: &Annotation| a.anchors.iter().all(|anchor| anchor.exact.trim().is_empty());
        let mut gone = 0;
        for coding in project.codings.values_mut() {
            let blank = coding.annotations.values().filter(|a| is_blank(a)).count();
            if blank > 0 {
                Arc::make_mut(coding).annotations.retain(|_, a| !is_blank(a));
                gone += blank;
            }
        }
        project.codings.retain(|_, coding| !coding.is_empty());
        losses.tell("white-space", gone, "codings of nothing but white space are left out");
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        let relations = Relations::of(project);
        let (annotation, visual) = conf::write(project, &relations);
        sink.file("annotation.conf", annotation.as_bytes())?;
        sink.file("visual.conf", visual.as_bytes())?;
        let busy: BTreeSet<&CoderId> = project.codings.keys().map(|(coder, _)| coder).collect();
        let mut beside = Beside::of(project);
        for article in project.articles.values() {
            let alone = busy.first().filter(|_| busy.len() == 1);
            beside.add(project, article, alone.copied(), false);
            let mut files: Vec<(String, &CoderId, &Coding)> = Vec::new();
            for &coder in &busy {
                if let Some(coding) = project.coding(coder, &article.id) {
                    let folder = if alone.is_some() { String::new() } else { format!("{coder}/") };
                    files.push((folder, coder, coding));
                }
            }
            if files.is_empty() {
                // Brat opens no text without a file of annotations.
                sink.file(&format!("{}.txt", article.id), article.text.as_bytes())?;
                sink.file(&format!("{}.ann", article.id), b"")?;
            }
            for (folder, coder, coding) in files {
                sink.file(&format!("{folder}{}.txt", article.id), article.text.as_bytes())?;
                let lines = lines(article, coder, coding, &relations);
                sink.file(&format!("{folder}{}.ann", article.id), lines.as_bytes())?;
            }
            sink.step()?;
        }
        beside.write(sink)
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        let is_line = |line: &str| {
            line.strip_prefix('T').and_then(|rest| rest.split('\t').nth(1)).is_some_and(|d| d.split(' ').count() > 2)
        };
        let conf = bundle.names().iter().any(|n| n.rsplit('/').next() == Some("annotation.conf"));
        bundle.with_ending("ann").take(50).any(|name| conf || bundle.head(name).lines().take(200).any(is_line))
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        read::folder(bundle, incoming)
    }
}

/// The annotations of one coder on one article, as brat writes them.
fn lines(article: &Article, coder: &CoderId, coding: &Coding, relations: &Relations) -> String {
    let map = OffsetMap::new(article.text.clone());
    let mut out = String::new();
    let (mut attributes, mut notes) = (0, 0);
    let mut numbers: BTreeMap<AnnotationId, usize> = BTreeMap::new();
    for (n, annotation) in coding.in_order().into_iter().enumerate() {
        let n = n + 1;
        numbers.insert(annotation.id, n);
        let places: Vec<_> = annotation.spans.iter().map(|s| format!("{} {}", s.start, s.end)).collect();
        let words: Vec<_> =
            annotation.spans.iter().map(|s| map.slice(*s).unwrap_or_default().replace('\n', " ")).collect();
        out += &format!("T{n}\t{} {}\t{}\n", type_of(&annotation.tag), places.join(";"), words.join(" "));
        let mut said = details::of(annotation);
        for (name, key, _) in ATTRIBUTES {
            let Some(at) = said.iter().position(|(k, _)| *k == key) else { continue };
            let (_, value) = said.remove(at);
            attributes += 1;
            let value = if key == "negated" { String::new() } else { format!(" {value}") };
            out += &format!("A{attributes}\t{name} T{n}{value}\n");
        }
        for (name, key) in NOTES {
            let Some(at) = said.iter().position(|(k, _)| *k == key) else { continue };
            let line = note(&said[at].1);
            if !line.is_empty() {
                notes += 1;
                out += &format!("#{notes}\t{name} T{n}\t{line}\n");
            }
            let linked = said.iter().any(|(k, _)| k.strip_suffix("_entity") == Some(key));
            if line == said[at].1 && !line.is_empty() && !linked {
                said.remove(at);
            }
        }
        notes += 1;
        out += &format!("#{notes}\t{OURS} T{n}\t{}\n", ours(annotation, coder, said));
    }
    let ends = coding.relations.values().filter_map(|r| match r.to {
        RelationEnd::Annotation(to) => Some((r, *numbers.get(&r.from)?, *numbers.get(&to)?)),
        RelationEnd::Entity(_) => None,
    });
    for (n, (relation, from, to)) in ends.enumerate() {
        let n = n + 1;
        let kind = relations.type_of(&relation.kind);
        out += &format!("R{n}\t{kind} Arg1:T{from} Arg2:T{to}\t\n");
        notes += 1;
        let said = [("as", kind.to_owned()), ("kind", relation.kind.clone()), ("id", relation.id.to_string())];
        out += &format!("#{notes}\t{OURS} R{n}\t{}\n", json(said));
    }
    out
}

fn ours(annotation: &Annotation, coder: &CoderId, said: Vec<(&'static str, String)>) -> String {
    let who = [("id", annotation.id.to_string()), ("coder", coder.to_string())];
    json(who.into_iter().chain(said))
}

fn json(said: impl IntoIterator<Item = (&'static str, String)>) -> String {
    let map: Map<String, Json> = said.into_iter().map(|(k, v)| (k.to_owned(), Json::from(v))).collect();
    let json = Json::Object(map).to_string();
    // Python ends a line at these as well, and brat reads lines as Python does.
    json.replace('\u{85}', "\\u0085").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// A string as brat keeps it in a note: on one line.
fn note(text: &str) -> String {
    let line = |c: char| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c };
    text.chars().map(line).collect::<String>().trim().to_owned()
}

/// What an annotation’s type is called: a code’s id, `PERSON`, `quote_direct`, `claim_poll`. Ids have only small
/// letters, digits and `-`, so that none of these is another.
fn type_of(tag: &Tag) -> String {
    match tag {
        Tag::Entity(kind) => kind.word().to_owned(),
        Tag::Quote(kind) => format!("quote_{kind}"),
        Tag::Claim(kind) => format!("claim_{kind}"),
        Tag::Frame(code) => code.to_string(),
    }
}
