//! Taguette’s codebook: a table with the columns `tag`, `description` and `number of highlights`. In a tag’s path, names
//! are parted by `.`; a full stop within a name is written `․` (U+2024).

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::{CARRIED, Entry, bring, description, only_codes};
use crate::exchange::incoming::Incoming;
use crate::exchange::{Bundle, Carries, Format, Losses, Problem, Shape, Sink, keyed};
use crate::model::{Code, CodeId, Codebook, Project};

const BETWEEN: char = '.';
const LEADER: &str = "\u{2024}";

/// The format.
#[derive(Debug)]
pub struct TaguetteCodebook;

impl Format for TaguetteCodebook {
    fn name(&self) -> &'static str {
        "taguette-codebook"
    }

    fn about(&self) -> &'static str {
        "the codebook as Taguette’s table of tags"
    }

    fn shape(&self) -> Shape {
        Shape::File("csv")
    }

    fn carries(&self) -> Carries {
        CARRIED
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        only_codes(project, losses);
        plain_line_ends(project, losses);
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        sink.main(|mut out, _| {
            let mut table = csv::Writer::from_writer(&mut out);
            // How often a tag was given is not known where there are no codings.
            table.write_record(["tag", "description", "number of highlights"])?;
            for (_, path, description) in written(&project.codebook, BTreeSet::new()) {
                table.write_record([path.as_str(), description.as_str(), ""])?;
            }
            table.flush()
        })
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        let Some(name) = bundle.only() else { return false };
        bundle.head(name).lines().next().is_some_and(|line| {
            let line = line.to_lowercase();
            let mut cells = line.split(',').map(|c| c.trim().trim_matches('"'));
            cells.next() == Some("tag") && cells.next() == Some("description")
        })
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let name = bundle.only().ok_or(Problem::NotOneFile)?;
        let text = bundle.text(name)?;
        let mut table = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let header = table.headers().map_err(|e| Problem::within(name, e))?.clone();
        let column = |called: &str| header.iter().position(|c| c.trim().eq_ignore_ascii_case(called));
        let tag = column("tag").or(column("path")).or(column("name"));
        let tag = tag.ok_or_else(|| Problem::at(name, 1, "no column is called “tag”"))?;
        let (description, parent) = (column("description"), column("parent"));
        let mut tags = Tags::default();
        for record in table.records() {
            let record = record.map_err(|e| Problem::within(name, e))?;
            let cell = |column: Option<usize>| column.and_then(|c| record.get(c)).unwrap_or_default();
            let mut path = cell(Some(tag)).trim().to_owned();
            if !cell(parent).trim().is_empty() {
                path = format!("{}{BETWEEN}{path}", cell(parent).trim());
            }
            if !path.is_empty() {
                tags.add(&path, cell(description));
            }
        }
        bring(incoming, tags.entries);
        Ok(())
    }
}

/// Makes line ends in what codes mean LF, since that is how descriptions are read.
pub fn plain_line_ends(project: &mut Project, losses: &mut Losses) {
    let mut changed = 0;
    for code in project.codebook.codes.values_mut() {
        let texts = [&mut code.definition, &mut code.use_when, &mut code.not_when];
        for text in texts.into_iter().chain(&mut code.examples).filter(|t| t.contains('\r')) {
            *text = text.replace("\r\n", "\n").replace('\r', "\n");
            changed += 1;
        }
    }
    let say = "definitions, rules or examples have line ends of another kind, which become plain ones";
    losses.tell("line-ends", changed, say);
}

/// The codes as tags: each with its path and its description, parents first. `taken`: paths, in small letters, that
/// are others’.
pub fn written(book: &Codebook, mut taken: BTreeSet<String>) -> Vec<(CodeId, String, String)> {
    let mut paths: BTreeMap<&CodeId, String> = BTreeMap::new();
    let mut out = Vec::new();
    for (depth, code) in book.tree() {
        let above = code.parent.as_ref().filter(|_| depth > 0).and_then(|p| paths.get(p));
        let above = above.map_or_else(String::new, |path| format!("{path}{BETWEEN}"));
        let name = segment(code);
        let mut last = name.clone();
        let mut n = 1;
        while !taken.insert(format!("{above}{last}").to_lowercase()) {
            n += 1;
            last = format!("{name} ({n})");
        }
        let path = format!("{above}{last}");
        let more =
            if last == code.name { Vec::new() } else { vec![("tag", last.clone()), ("name", code.name.clone())] };
        out.push((code.id.clone(), path.clone(), description(code, more)));
        paths.insert(&code.id, path);
    }
    out
}

fn segment(code: &Code) -> String {
    keyed::shown(&code.name, code.id.as_str()).replace(BETWEEN, LEADER)
}

/// Tags as they are read, each once, with those above that have no row of their own.
#[derive(Debug, Default)]
pub struct Tags {
    pub entries: Vec<Entry>,
    by_path: BTreeMap<String, usize>,
}

impl Tags {
    /// Adds a tag. Answers which of the entries it is.
    pub fn add(&mut self, path: &str, description: &str) -> usize {
        let mut parent = None;
        let mut so_far = String::new();
        let names: Vec<&str> = path.split(BETWEEN).map(str::trim).filter(|n| !n.is_empty()).take(64).collect();
        let names = if names.is_empty() { vec!["unnamed"] } else { names };
        for name in names {
            if !so_far.is_empty() {
                so_far.push(BETWEEN);
            }
            so_far.push_str(name);
            let next = self.entries.len();
            let at = *self.by_path.entry(so_far.clone()).or_insert(next);
            if at == next {
                let mut entry = Entry::new(name, &so_far);
                entry.parent = parent;
                self.entries.push(entry);
            }
            parent = Some(at);
        }
        let at = parent.unwrap_or_default();
        let entry = &mut self.entries[at];
        if !entry.has_meaning && !entry.has_details {
            let said = entry.describe(description);
            if let (Some(tag), Some(name)) = (said.get("tag"), said.get("name"))
                && *tag == entry.code.name
            {
                entry.code.name = name.clone();
            }
        }
        at
    }
}
