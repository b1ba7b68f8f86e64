//! What a merge did, so that nothing is dropped without a word.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::model::{AnnotationId, ArticleId, CoderId};

/// What kind of thing an entry of the report speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Title,
    Settings,
    Variable,
    Coder,
    Code,
    Entity,
    Article,
    Annotation,
    Relation,
    Document,
    NothingFound,
    Answer,
}

impl Kind {
    /// What one and what several of them are called.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Title => ("title", "titles"),
            Self::Settings => ("setting", "settings"),
            Self::Variable => ("variable", "variables"),
            Self::Coder => ("coder", "coders"),
            Self::Code => ("code", "codes"),
            Self::Entity => ("name of the register", "names of the register"),
            Self::Article => ("article", "articles"),
            Self::Annotation => ("annotation", "annotations"),
            Self::Relation => ("relation", "relations"),
            Self::Document => ("coding of a whole article", "codings of whole articles"),
            Self::NothingFound => ("mark “nothing found”", "marks “nothing found”"),
            Self::Answer => ("answer to a suggestion", "answers to suggestions"),
        }
    }
}

/// One thing of a project.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Item {
    pub kind: Kind,
    pub id: String,
    /// What people call it: a name, a title, the words that are coded.
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coder: Option<CoderId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<ArticleId>,
}

impl Item {
    pub(super) fn new(kind: Kind, id: impl ToString, name: impl Into<String>) -> Self {
        Self { kind, id: id.to_string(), name: name.into(), coder: None, article: None }
    }

    pub(super) fn at(mut self, coder: &CoderId, article: &ArticleId) -> Self {
        self.coder = Some(coder.clone());
        self.article = Some(article.clone());
        self
    }

    /// What it is, in a few words.
    pub fn told(&self) -> String {
        let name: String = self.name.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let mut told = format!("{} “{name}”", self.kind.words().0);
        if let (Some(coder), Some(article)) = (&self.coder, &self.article) {
            told += &format!(" by {coder} in {article}");
        }
        told
    }
}

/// What one of the projects brought to the first one, into which the others are merged; of the first one: what it has
/// that not every other one has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Came {
    pub input: String,
    /// With a base: what the base does not know either.
    pub new: Vec<Item>,
    /// What it changed since the base.
    pub changed: Vec<Item>,
    /// What it deleted since the base.
    pub deleted: Vec<Item>,
}

/// Something that gave way, in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lost {
    pub item: Item,
    /// The field that differed; `None` where the whole of it gave way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What stands in the result, as the project's files write it.
    pub kept: String,
    /// What does not.
    pub lost: String,
    /// The projects that said so.
    pub inputs: Vec<String>,
}

impl Lost {
    /// Whether somebody thought about what was lost, as they do not about a code's colour or its place in a list.
    pub fn is_work(&self) -> bool {
        !matches!(self.field.as_deref(), Some("colour" | "position" | "shortcut" | "backups" | "created"))
    }
}

/// Something that only people can decide. Nothing is lost until they do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Undecided {
    pub kind: Kind,
    /// What it is about: the name of the codes or of the variable, the id of the coder.
    pub name: String,
    pub versions: Vec<Version>,
    /// What was done for the time being.
    pub meanwhile: String,
}

/// One of the things to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Version {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    pub says: String,
    pub inputs: Vec<String>,
}

/// Something that was deleted in one project, and stays because of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Kept {
    pub item: Item,
    pub why: String,
}

/// Two that are one now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unified {
    /// What is no more, in full in `said`.
    pub item: Item,
    /// The id under which its codings stand now.
    pub into: String,
    pub said: String,
}

/// All that a merge has to tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What each of the projects brought, in the order in which they were given.
    pub inputs: Vec<Came>,
    /// How much was the same in all of them.
    pub same: BTreeMap<Kind, usize>,
    pub decisions: Vec<Undecided>,
    pub lost: Vec<Lost>,
    /// What was put together from several projects, and nothing of one of them gave way.
    pub combined: Vec<Item>,
    pub kept: Vec<Kept>,
    pub unified: Vec<Unified>,
    /// What was put on another version of its article's text.
    pub moved: Vec<Item>,
    /// What has no place in the text that stays, and is kept as an orphan.
    pub orphaned: Vec<Item>,
    /// What is good to know.
    pub notes: Vec<String>,
    /// The names in [`Choices::codes`](super::Choices::codes) that mean no code; nothing was done about them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unheeded: Vec<String>,
}

impl Report {
    /// Whether anything came to the first input.
    pub fn brought_something(&self) -> bool {
        self.inputs.iter().skip(1).any(|c| !(c.new.is_empty() && c.changed.is_empty() && c.deleted.is_empty()))
    }

    /// Notes that something goes by another id from now on: then it is not new.
    pub(super) fn unify(&mut self, item: Item, into: String, said: String) {
        for came in &mut self.inputs {
            came.new.retain(|i| (i.kind, &i.id) != (item.kind, &item.id));
        }
        self.unified.push(Unified { item, into, said });
    }

    /// Whether an annotation is spoken of.
    pub fn mentions(&self, id: AnnotationId) -> bool {
        let id = id.to_string();
        let came = self.inputs.iter().flat_map(|c| c.new.iter().chain(&c.changed).chain(&c.deleted));
        let items = came
            .chain(self.lost.iter().map(|l| &l.item))
            .chain(self.kept.iter().map(|k| &k.item))
            .chain(self.combined.iter().chain(&self.moved).chain(&self.orphaned));
        items.into_iter().any(|item| item.kind == Kind::Annotation && item.id == id)
    }

    /// The report for people to read, a line an entry. What the first input, into which the others were merged,
    /// holds already is left out.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for came in self.inputs.iter().skip(1) {
            let parts: Vec<String> = [("new", &came.new), ("changed", &came.changed), ("deleted", &came.deleted)]
                .into_iter()
                .filter(|(_, items)| !items.is_empty())
                .map(|(word, items)| format!("{word}: {}", counts(items)))
                .collect();
            let what = if parts.is_empty() { "nothing new".to_owned() } else { parts.join("; ") };
            let _ = writeln!(out, "From {}: {what}", came.input);
            for item in &came.deleted {
                let _ = writeln!(out, "  deleted: {}", item.told());
            }
        }
        for one in &self.unified {
            let _ =
                writeln!(out, "One now: {} ({}) is {}; it was {}", one.item.told(), one.item.id, one.into, one.said);
        }
        for kept in &self.kept {
            let _ = writeln!(out, "Kept: {}: {}", kept.item.told(), kept.why);
        }
        if !self.combined.is_empty() {
            let _ = writeln!(out, "Put together from several: {}", counts(&self.combined));
        }
        if !self.moved.is_empty() {
            let _ = writeln!(out, "Put on the corrected text: {}", counts(&self.moved));
        }
        for item in &self.orphaned {
            let _ = writeln!(out, "No place in the text any more, kept apart: {}", item.told());
        }
        for lost in &self.lost {
            let field = lost.field.as_ref().map(|f| format!(", {f}")).unwrap_or_default();
            let from = lost.inputs.join(", ");
            let _ = writeln!(
                out,
                "Gave way: {}{field}: kept {}; {from} had {}",
                lost.item.told(),
                lost.kept.trim(),
                lost.lost.trim()
            );
        }
        for note in &self.notes {
            let _ = writeln!(out, "Note: {note}");
        }
        for one in &self.decisions {
            let _ = writeln!(out, "Needs a decision: {} “{}”: {}", one.kind.words().0, one.name, one.meanwhile);
            for version in &one.versions {
                let id = if version.id.is_empty() { String::new() } else { format!("{}: ", version.id) };
                let _ = writeln!(out, "  {id}{} (in {})", version.says, version.inputs.join(", "));
            }
        }
        out
    }
}

/// How many of each kind: "1 code, 3 annotations".
pub fn counts(items: &[Item]) -> String {
    let mut by_kind: BTreeMap<Kind, usize> = BTreeMap::new();
    for item in items {
        *by_kind.entry(item.kind).or_default() += 1;
    }
    let told = by_kind.into_iter().map(|(kind, n)| {
        let (one, many) = kind.words();
        format!("{n} {}", if n == 1 { one } else { many })
    });
    told.collect::<Vec<_>>().join(", ")
}
