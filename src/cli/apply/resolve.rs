//! Finding what a request names: coders, articles, codes, names of the register, annotations, words of a text.

use super::refused::Refused;
use super::request::{Place, Who};
use crate::model::{AnnotationId, Article, ArticleId, CodeId, CoderId, EntityId, Party, Project, RelationId};
use crate::text::{ByteSpan, CharSpan, Document, OffsetMap};

/// How many things are listed where a name may mean several.
const LISTED: usize = 8;

/// A coder by id or by name.
pub fn coder(project: &Project, name: &str) -> Result<CoderId, Refused> {
    if let Some(coder) = name.parse().ok().and_then(|id: CoderId| project.coders.get(&id)) {
        return Ok(coder.id.clone());
    }
    let wanted = name.trim().to_lowercase();
    let called = project.coders.values().filter(|c| c.name.to_lowercase() == wanted);
    one("coder", name, called.map(|c| (c.id.clone(), c.id.to_string())))
}

/// An article by id or by its exact title.
pub fn article<'p>(project: &'p Project, name: &str) -> Result<&'p Article, Refused> {
    if let Some(article) = name.parse().ok().and_then(|id: ArticleId| project.articles.get(&id)) {
        return Ok(article);
    }
    let wanted = name.trim();
    let titled = project.articles.values().filter(|a| !wanted.is_empty() && a.metadata.title.trim() == wanted);
    one("article", name, titled.map(|a| (&**a, a.id.to_string())))
}

/// A code by id, by name (capitals do not matter), or by its path from the root.
pub fn code(project: &Project, name: &str) -> Result<CodeId, Refused> {
    let book = &project.codebook;
    if let Some(code) = name.parse().ok().and_then(|id: CodeId| book.get(&id)) {
        return Ok(code.id.clone());
    }
    let wanted = name.trim().to_lowercase();
    let named: Vec<_> = book.codes.values().filter(|c| c.name.to_lowercase() == wanted).collect();
    if named.is_empty() && name.contains('/') {
        let tidy = |path: &str| path.split('/').map(|p| p.trim().to_lowercase()).collect::<Vec<_>>().join("/");
        let path = tidy(name);
        let at_path = book.codes.values().filter(|c| tidy(&book.path(&c.id)) == path);
        return one("code", name, at_path.map(|c| (c.id.clone(), c.id.to_string())));
    }
    one("code", name, named.into_iter().map(|c| (c.id.clone(), format!("{} ({})", book.path(&c.id), c.id))))
}

/// A name of the register, by id or exactly.
pub fn entity(project: &Project, name: &str) -> Result<EntityId, Refused> {
    if let Some(id) = name.parse().ok().map(EntityId).filter(|id| project.entities.contains_key(id)) {
        return Ok(id);
    }
    let wanted = name.trim();
    let named = project.entities.values().filter(|e| e.name.trim() == wanted);
    one("name of the register", name, named.map(|e| (e.id, e.id.to_string())))
}

pub fn party(project: &Project, who: &Who) -> Result<Party, Refused> {
    let (name, known) = match who {
        Who::Name(name) => (name, None),
        Who::Known(known) => (&known.name, Some(entity(project, &known.entity)?)),
    };
    let party =
        Party::named(name).ok_or_else(|| Refused::told("a speaker or target needs a name, or null for none"))?;
    Ok(Party { entity: known, ..party })
}

/// The only thing of a name.
fn one<T>(what: &'static str, name: &str, found: impl Iterator<Item = (T, String)>) -> Result<T, Refused> {
    let mut found: Vec<_> = found.collect();
    if found.len() > 1 {
        let mut names: Vec<_> = found.iter().take(LISTED).map(|(_, id)| id.as_str()).collect();
        if found.len() > LISTED {
            names.push("…");
        }
        return Err(Refused::Ambiguous { what, name: shown(name), which: names.join(", ") });
    }
    found.pop().map(|(thing, _)| thing).ok_or_else(|| Refused::Unknown { what, name: shown(name) })
}

/// The article on which a coder made an annotation, or of which it was before it lost its words.
pub fn place_of(project: &Project, coder: &CoderId, id: AnnotationId, orphan: bool) -> Result<ArticleId, Refused> {
    let mine = project.codings.iter().filter(|((c, _), _)| c == coder);
    let has = mine.into_iter().find(|(_, coding)| {
        if orphan { coding.orphans.contains_key(&id) } else { coding.annotations.contains_key(&id) }
    });
    has.map(|((_, article), _)| article.clone()).ok_or_else(|| Refused::NotTheirs {
        what: "annotation",
        id: id.to_string(),
        coder: coder.clone(),
    })
}

/// The article at which a coder's relation begins.
pub fn place_of_relation(project: &Project, coder: &CoderId, id: RelationId) -> Result<ArticleId, Refused> {
    let mut mine = project.codings.iter().filter(|((c, _), coding)| c == coder && coding.relations.contains_key(&id));
    mine.next().map(|((_, article), _)| article.clone()).ok_or_else(|| Refused::NotTheirs {
        what: "relation",
        id: id.to_string(),
        coder: coder.clone(),
    })
}

/// The stretches that a request means; empty where it names none.
pub fn spans(document: &Document, place: &Place) -> Result<Vec<CharSpan>, Refused> {
    let map = document.map();
    let several = [place.start.is_some() || place.end.is_some(), place.spans.is_some(), place.quote.is_some()];
    if several.iter().filter(|s| **s).count() > 1 {
        return Err(Refused::told("say where in one way only: \"start\" and \"end\", or \"spans\", or \"quote\""));
    }
    if let Some(quote) = &place.quote {
        return Ok(vec![words(map, quote, place)?]);
    }
    if place.nth.is_some() || place.before.is_some() || place.after.is_some() {
        return Err(Refused::told(
            "\"nth\", \"before\" and \"after\" tell which \"quote\" is meant, and there is none",
        ));
    }
    let spans = match (place.start, place.end, &place.spans) {
        (Some(start), Some(end), _) => vec![CharSpan { start, end }],
        (None, None, Some(spans)) if spans.is_empty() => return Err(Refused::told("\"spans\" is empty")),
        (None, None, Some(spans)) => spans.iter().map(|[start, end]| CharSpan { start: *start, end: *end }).collect(),
        (None, None, None) => Vec::new(),
        _ => return Err(Refused::told("\"start\" and \"end\" belong together")),
    };
    match spans.iter().find(|s| s.is_empty() || s.end > map.char_len()) {
        Some(span) if span.is_empty() => Err(Refused::Empty(*span)),
        Some(span) => Err(Refused::Outside { span: *span, end: map.char_len() }),
        None => Ok(spans),
    }
}

/// As [`spans`], where there must be one at least.
pub fn some_spans(document: &Document, place: &Place) -> Result<Vec<CharSpan>, Refused> {
    let spans = spans(document, place)?;
    if spans.is_empty() {
        return Err(Refused::told("where? Give \"start\" and \"end\", or \"spans\", or \"quote\""));
    }
    Ok(spans)
}

/// As [`spans`], where there must be one exactly.
pub fn one_span(document: &Document, place: &Place) -> Result<CharSpan, Refused> {
    match some_spans(document, place)?.as_slice() {
        [span] => Ok(*span),
        _ => Err(Refused::told("one stretch is needed here, not several")),
    }
}

/// Where some words stand.
fn words(map: &OffsetMap, quote: &str, place: &Place) -> Result<CharSpan, Refused> {
    if quote.trim().is_empty() {
        return Err(Refused::told("\"quote\" is empty"));
    }
    if place.nth == Some(0) {
        return Err(Refused::told("\"nth\" counts from 1"));
    }
    let text = map.as_str();
    let fits = |at: &usize| {
        let before = place.before.as_deref().unwrap_or_default().trim();
        let after = place.after.as_deref().unwrap_or_default().trim();
        text[..*at].trim_end().ends_with(before) && text[at + quote.len()..].trim_start().starts_with(after)
    };
    // How many there are is only told; those behind the one that is meant need not be kept.
    let mut found = text.match_indices(quote).map(|(at, _)| at).filter(fits);
    let wanted = place.nth.unwrap_or(1);
    let mut before = 0;
    let hit = found.by_ref().find(|_| {
        before += 1;
        before == wanted
    });
    let Some(at) = hit else {
        return Err(match before {
            0 => Refused::NoSuchWords(shown(quote)),
            times => Refused::WordsTimes { quote: shown(quote), times, wanted },
        });
    };
    if place.nth.is_none() {
        let more = found.count();
        if more > 0 {
            return Err(Refused::WordsOften { quote: shown(quote), times: more + 1 });
        }
    }
    map.chars(ByteSpan::bytes(at, at + quote.len())).ok_or_else(|| Refused::NoSuchWords(shown(quote)))
}

/// A name as a message tells it: never a megabyte of it.
fn shown(name: &str) -> String {
    match name.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &name[..at]),
        None => name.to_owned(),
    }
}
