//! What is noted of an article where another program keeps a description of a document.

use std::collections::BTreeMap;

use super::keyed;
use super::record::{part_of, part_word};
use crate::model::{Article, Metadata, Part, Source};
use crate::text::{CharSpan, normalise};

/// What other programs call an article: its title, or its first words.
pub fn shown(article: &Article) -> String {
    keyed::shown(&article.display_title(), article.id.as_str())
}

/// What is noted of an article: its id, its title where it is shown otherwise, its parts, and where it came from.
pub fn lines(article: &Article) -> Vec<(&'static str, String)> {
    let mut lines = vec![("id", article.id.to_string())];
    if shown(article) != article.metadata.title {
        lines.push(("title", article.metadata.title.clone()));
    }
    if !article.parts.is_empty() {
        let part = |p: &Part| format!("{} {}..{}", part_word(p.kind), p.span.start, p.span.end);
        lines.push(("parts", article.parts.iter().map(part).collect::<Vec<_>>().join("; ")));
    }
    let source = &article.source;
    let some = [("file", &source.file), ("format", &source.format), ("hash", &source.hash)];
    lines.extend(some.into_iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| (k, v.clone())));
    lines.extend(source.encoding.clone().map(|v| ("encoding", v)));
    lines
}

/// The title of an article that another program calls `shown_as`.
pub fn title(shown_as: &str, said: &BTreeMap<String, String>, text: &str) -> String {
    let Some(kept) = said.get("title") else { return shown_as.to_owned() };
    let metadata = Metadata { title: kept.clone(), ..Metadata::default() };
    let article = Article::new(&*normalise(text), metadata, Vec::new(), Source::default());
    let id = said.get("id").map_or(article.id.as_str(), String::as_str);
    // Somebody may have given it another name there.
    if keyed::shown(&article.display_title(), id) == shown_as { kept.clone() } else { shown_as.to_owned() }
}

/// Where an article came from.
pub fn source(said: &BTreeMap<String, String>) -> Source {
    let text = |key: &str| said.get(key).cloned();
    Source {
        file: text("file").unwrap_or_default(),
        format: text("format").unwrap_or_default(),
        hash: text("hash").unwrap_or_default(),
        encoding: text("encoding"),
    }
}

/// The marked parts of an article, in code points of its text.
pub fn parts(said: &BTreeMap<String, String>) -> Vec<Part> {
    said.get("parts").into_iter().flat_map(|parts| parts.split("; ")).filter_map(part).collect()
}

/// `headline 0..9`
fn part(word: &str) -> Option<Part> {
    let (kind, span) = word.split_once(' ')?;
    let (start, end) = span.split_once("..")?;
    let (start, end): (usize, usize) = (start.parse().ok()?, end.parse().ok()?);
    Some(Part { kind: part_of(kind)?, span: (start <= end).then(|| CharSpan::chars(start, end))? })
}
