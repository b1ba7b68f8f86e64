//! How each kind of thing is joined: which fields it has, and which of two values is the greater one.

use std::sync::Arc;

use serde::Serialize;

use super::join::{Versions, key};
use crate::model::{
    Annotation, Article, Backups, Code, Coder, Decision, DocumentCoding, Entity, Metadata, Settings, Variable,
    VariableKind,
};

/// An annotation, and whether it has lost its place: an id stands for one of the two and never for both.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mark {
    pub orphan: bool,
    pub annotation: Annotation,
}

pub fn settings(v: &mut Versions<'_, Settings>) -> Settings {
    let keep = v.plain("backups", |s| s.backups.keep);
    let megabytes = v.plain("backups", |s| s.backups.megabytes);
    let minutes = v.plain("backups", |s| s.backups.minutes);
    Settings {
        blind: v.plain("blind", |s| s.blind),
        backups: Backups { keep, megabytes, minutes },
        settled_by: v.set(|s| s.settled_by.clone()),
        same: v.values("same as", |s| &s.same),
        columns: v.values("columns", |s| &s.columns),
    }
}

pub fn coder(v: &mut Versions<'_, Coder>) -> Coder {
    Coder { id: v.plain("id", |c| c.id.clone()), name: v.plain("name", |c| c.name.clone()) }
}

/// Lists to choose from are united; of two kinds, one gives way.
pub fn variable(v: &mut Versions<'_, Variable>) -> Variable {
    fn order(kind: &VariableKind) -> u8 {
        match kind {
            VariableKind::YesNo => 0,
            VariableKind::Date => 1,
            VariableKind::Number => 2,
            VariableKind::OneOf(_) => 3,
            // Whatever was written under any kind can be written as text.
            VariableKind::Text => 4,
        }
    }
    let kind = v.field("kind", |v| KindOnly(order(&v.kind)), |_, kind| kind.0);
    let kind = match kind.0 {
        0 => VariableKind::YesNo,
        1 => VariableKind::Date,
        2 => VariableKind::Number,
        3 => VariableKind::OneOf(v.list(|v| match &v.kind {
            VariableKind::OneOf(list) => list.clone(),
            _ => Vec::new(),
        })),
        _ => VariableKind::Text,
    };
    Variable { kind, description: v.memo("description", |v| v.description.clone()) }
}

/// The kind of a variable without its list.
#[derive(Clone, PartialEq)]
struct KindOnly(u8);

impl Serialize for KindOnly {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let word = ["YesNo", "Date", "Number", "OneOf", "Text"].get(usize::from(self.0));
        s.serialize_str(word.copied().unwrap_or_default())
    }
}

/// What a code means goes together with its revision and its history; the higher revision wins. Without a base, all
/// the rest goes with it, and of one revision, the one that is defined wins. Its place below another code is a field of
/// its own: who put the codes in order has done something that who did not cannot know.
pub fn code(v: &mut Versions<'_, Code>) -> Code {
    if v.base.is_none() {
        let parent = v.plain("parent", |c| c.parent.clone());
        let rest = |c: &Code| Code { parent: None, ..c.clone() };
        return Code { parent, ..v.whole_but(rest, |c| (c.revision, !c.definition.is_empty())) };
    }
    let (revision, definition, use_when, not_when, history) = v.field(
        "meaning",
        |c| (c.revision, c.definition.clone(), c.use_when.clone(), c.not_when.clone(), c.history.clone()),
        |c, _| c.revision,
    );
    Code {
        id: v.plain("id", |c| c.id.clone()),
        name: v.plain("name", |c| c.name.clone()),
        colour: v.plain("colour", |c| c.colour),
        parent: v.plain("parent", |c| c.parent.clone()),
        position: v.field("position", |c| c.position, |_, n| *n),
        definition,
        use_when,
        not_when,
        examples: v.list(|c| c.examples.clone()),
        shortcut: v.plain("shortcut", |c| c.shortcut),
        retired: v.plain("retired", |c| c.retired),
        revision,
        history,
    }
}

pub fn entity(v: &mut Versions<'_, Entity>) -> Entity {
    Entity {
        id: v.plain("id", |e| e.id),
        name: v.plain("name", |e| e.name.clone()),
        kind: v.plain("kind", |e| e.kind),
        aliases: v.list(|e| e.aliases.clone()),
        note: v.memo("note", |e| e.note.clone()),
    }
}

/// The text with what hangs on it is one field; all else of an article is joined beside it.
pub fn article(v: &mut Versions<'_, Arc<Article>>) -> Arc<Article> {
    let before = v.base.map(|b| b.hash.clone());
    let with_text = v.field(
        "text",
        |a| Worded(a.clone()),
        |_, a| (text_order(&a.0, before.as_deref()), key(&a.0.parts), a.0.text.clone()),
    );
    let metadata = Metadata {
        title: v.plain("title", |a| a.metadata.title.clone()),
        outlet: v.plain("outlet", |a| a.metadata.outlet.clone()),
        authors: v.plain("authors", |a| a.metadata.authors.clone()),
        published: v.plain("published", |a| a.metadata.published.clone()),
        url: v.plain("url", |a| a.metadata.url.clone()),
        language: v.plain("language", |a| a.metadata.language.clone()),
        section: v.plain("section", |a| a.metadata.section.clone()),
        variables: v.values("variable", |a| &a.metadata.variables),
    };
    let source = v.plain("source", |a| a.source.clone());
    Arc::new(Article { metadata, source, ..(*with_text.0).clone() })
}

/// An article of which only the text, its hash and its parts count.
#[derive(Clone)]
struct Worded(Arc<Article>);

impl PartialEq for Worded {
    fn eq(&self, other: &Self) -> bool {
        (&self.0.text, &self.0.hash, &self.0.parts) == (&other.0.text, &other.0.hash, &other.0.parts)
    }
}

impl Serialize for Worded {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        (&self.0.text, &self.0.hash, &self.0.parts).serialize(s)
    }
}

/// Which of two texts of one article wins: a sound one over one that is not what its hash says; one that differs from
/// the base's; a corrected one over the one that the article's id was made of; then the larger hash.
fn text_order(article: &Article, before: Option<&str>) -> (bool, bool, bool, String) {
    let sound = Article::hash_of(&article.text) == article.hash;
    let changed = before.is_some_and(|hash| hash != article.hash);
    let first = article.hash.get(..8).is_some_and(|digits| article.id.as_str().ends_with(digits));
    (sound, changed, !first, article.hash.clone())
}

/// Where the base knows the annotation, a field that only one changed is taken from there; of a field that several
/// changed, and of the whole where there is no base, the one that was changed last wins.
pub fn mark(v: &mut Versions<'_, Mark>) -> Mark {
    if v.base.is_none() {
        return v.whole(order_of_marks);
    }
    let last = |m: &Mark| order_of_marks(m);
    let (orphan, spans, anchors) =
        v.field("place", |m| (m.orphan, m.annotation.spans.clone(), m.annotation.anchors.clone()), |m, _| last(m));
    let (tag, code_revision) =
        v.field("tag", |m| (m.annotation.tag.clone(), m.annotation.code_revision), |m, _| last(m));
    let mut attributes = v.base.map(|b| b.annotation.attributes.clone()).unwrap_or_default();
    attributes.voice = v.field("voice", |m| m.annotation.attributes.voice, |m, _| last(m));
    attributes.speaker = v.field("speaker", |m| m.annotation.attributes.speaker.clone(), |m, _| last(m));
    attributes.target = v.field("target", |m| m.annotation.attributes.target.clone(), |m, _| last(m));
    attributes.stance = v.field("stance", |m| m.annotation.attributes.stance, |m, _| last(m));
    attributes.intensity = v.field("intensity", |m| m.annotation.attributes.intensity, |m, _| last(m));
    attributes.certainty = v.field("certainty", |m| m.annotation.attributes.certainty, |m, _| last(m));
    attributes.negated = v.field("negated", |m| m.annotation.attributes.negated, |m, _| last(m));
    attributes.custom = v.values("attribute", |m| &m.annotation.attributes.custom);
    let annotation = Annotation {
        id: v.plain("id", |m| m.annotation.id),
        tag,
        spans,
        anchors,
        attributes,
        memo: v.memo("memo", |m| m.annotation.memo.clone()),
        origin: v.field("origin", |m| m.annotation.origin.clone(), |m, _| last(m)),
        code_revision,
        created: v.field("created", |m| m.annotation.created, |_, at| *at),
        changed: v.latest(|m| m.annotation.changed),
    };
    Mark { orphan, annotation }
}

/// Later is greater; then what is said decides, and only then where it stands, so that an annotation that is put on a
/// corrected text keeps its rank.
fn order_of_marks(mark: &Mark) -> impl Ord + use<> {
    let mut said = mark.annotation.clone();
    (said.spans, said.anchors) = (Vec::new(), Vec::new());
    (said.changed, key(&said), mark.annotation.words(), !mark.orphan, key(&mark.annotation))
}

pub fn document(v: &mut Versions<'_, DocumentCoding>) -> DocumentCoding {
    DocumentCoding {
        primary: v.plain("primary", |d| d.primary.clone()),
        codes: v.set(|d| d.codes.clone()),
        variables: v.values("variable", |d| &d.variables),
        memo: v.memo("memo", |d| d.memo.clone()),
        finished: v.field("finished", |d| d.finished, |_, at| *at),
    }
}

/// The later answer wins.
pub fn decision(v: &mut Versions<'_, Decision>) -> Decision {
    v.whole(|d| d.at)
}
