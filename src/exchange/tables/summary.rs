//! Tables that sum up: articles, and how often each code was used.
//!
//! **Articles**, one row each: `article` (its id), `title`, `outlet`, `authors`, `published`, `url`, `language`,
//! `section`, `article_hash` (BLAKE3 of the text), `characters` (code points), `words`, `paragraphs`; how many `coders`
//! said anything of it, how many of them found `nothing_found` in all of it and how many `finished` it; how many
//! `codings` there are, and how many of them are `frames`, `quotes`, `claims`, `entities`; of an article that is the same
//! as another one, that one’s id (`same_as`) and whether it is coded there and not here (`coded_once`); then one column
//! for each variable, by its name. A variable that is called like one of the columns before is written `variable: name`.
//!
//! **Counts**, one row for each code, article and coder: `article`, `title`, `outlet`, `published`, `coder`, `code`
//! (its id), `label`, `path`, `codings`, then how many of them are in each voice (`voice_outlet`, `voice_quoted` …,
//! `voice_unknown`), how many are `negated`, and whether the coder put the code on the `whole_article` and whether it
//! is the one that is `governing` there; at last for how many `articles` the row counts: itself, and those that are coded
//! once by way of it. The sum of `codings` counts groups of the same article once, the sum of `codings` × `articles`
//! counts every article. A code that a coder did not use in an article has no row there.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::Cell;
use super::annotations::way;
use crate::exchange::labels::BETWEEN;
use crate::exchange::record::codings_of;
use crate::exchange::row::name;
use crate::exchange::{Feature, Losses};
use crate::model::{Annotation, Article, CodeId, Coding, Layer, NothingFound, Project, Value, Voice};
use crate::text::{Document, words};

/// What the table of articles tells, if only by a number.
pub const ARTICLES: &[Feature] = &[
    Feature::Titles,
    Feature::Metadata,
    Feature::ArticleVariables,
    Feature::UncodedArticles,
    Feature::Coders,
    Feature::Discontinuous,
    Feature::NothingFound,
    Feature::Finished,
    Feature::Same,
];

/// What the table of counts tells, if only by a number.
pub const COUNTS: &[Feature] = &[
    Feature::Titles,
    Feature::Metadata,
    Feature::Coders,
    Feature::Discontinuous,
    Feature::Voice,
    Feature::Negation,
    Feature::DocumentCodes,
    Feature::CodeIds,
    Feature::CodeTree,
    Feature::Same,
];

/// A table.
#[derive(Debug)]
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// As text between commas, in UTF-8.
    ///
    /// # Errors
    /// Never, in memory.
    pub fn csv(&self) -> io::Result<Vec<u8>> {
        let mut table = csv::Writer::from_writer(Vec::new());
        table.write_record(&self.columns)?;
        for row in &self.rows {
            table.write_record(row.iter().map(Cell::to_string))?;
        }
        table.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// Says that codings are counted.
pub fn adapt(project: &mut Project, losses: &mut Losses) {
    losses.tell("codings", project.annotations().count(), "codings are counted, and not written one by one");
}

/// Leaves out what the table of articles has no number for.
pub fn adapt_articles(project: &mut Project, losses: &mut Losses) {
    let mut passages = 0;
    for coding in project.codings.values_mut().filter(|c| c.nothing_found.iter().any(|n| n.span.is_some())) {
        let found = &mut std::sync::Arc::make_mut(coding).nothing_found;
        let before = found.len();
        found.retain(|n| n.span.is_none());
        passages += before - found.len();
    }
    project.codings.retain(|_, coding| !coding.is_empty());
    losses.tell("passages", passages, "passages in which nothing was found are left out");
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The table of articles.
pub fn articles(project: &Project) -> Table {
    let mut columns = owned(&[
        "article",
        "title",
        "outlet",
        "authors",
        "published",
        "url",
        "language",
        "section",
        "article_hash",
        "characters",
        "words",
        "paragraphs",
        "coders",
        "nothing_found",
        "finished",
        "codings",
        "frames",
        "quotes",
        "claims",
        "entities",
        "same_as",
        "coded_once",
    ]);
    let variables: BTreeSet<&str> =
        project.articles.values().flat_map(|a| a.metadata.variables.keys().map(String::as_str)).collect();
    let mut taken: BTreeSet<String> = columns.iter().cloned().collect();
    for name in &variables {
        let mut column = (*name).to_owned();
        while column.trim().is_empty() || !taken.insert(column.to_lowercase()) {
            column = format!("variable: {column}");
        }
        columns.push(column);
    }
    let rows = project.articles.values().map(|article| {
        let mut row = article_cells(project, article);
        row.extend(variables.iter().map(|name| article.metadata.variables.get(*name).map_or(Cell::Empty, cell)));
        row
    });
    Table { rows: rows.collect(), columns }
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Text(text) => Cell::text(text),
        Value::Number(number) => Cell::Number(*number),
        Value::YesNo(yes) => Cell::YesNo(*yes),
    }
}

fn article_cells(project: &Project, article: &Article) -> Vec<Cell> {
    let meta = &article.metadata;
    let same = project.settings.same.get(&article.id);
    let codings: Vec<&Coding> = codings_of(project, article).map(|(_, coding)| coding).collect();
    let coders = |is: &dyn Fn(&Coding) -> bool| Cell::count(codings.iter().filter(|c| is(c)).count());
    let marks = || codings.iter().flat_map(|c| c.annotations.values());
    let on = |layer: Layer| Cell::count(marks().filter(|a| a.tag.layer() == layer).count());
    vec![
        Cell::text(article.id.as_str()),
        Cell::text(&meta.title),
        Cell::text(&meta.outlet),
        Cell::text(meta.authors.join("; ")),
        meta.published.clone().into(),
        meta.url.clone().into(),
        meta.language.clone().into(),
        meta.section.clone().into(),
        Cell::text(&article.hash),
        Cell::count(article.end.0),
        Cell::count(words(&article.text).count()),
        Cell::count(Document::new(article.text.clone()).paragraphs().len()),
        Cell::count(codings.len()),
        coders(&|c| c.nothing_found.contains(&NothingFound { span: None })),
        coders(&|c| c.document.finished.is_some()),
        Cell::count(marks().count()),
        on(Layer::Frame),
        on(Layer::Quote),
        on(Layer::Claim),
        on(Layer::Entity),
        same.map_or(Cell::Empty, |same| Cell::text(same.article.as_str())),
        Cell::YesNo(project.is_coded_elsewhere(&article.id)),
    ]
}

/// What was said with one code.
#[derive(Default)]
struct Count {
    codings: usize,
    voices: BTreeMap<Option<Voice>, usize>,
    negated: usize,
}

/// The table of counts.
pub fn counts(project: &Project) -> Table {
    let mut columns = owned(&["article", "title", "outlet", "published", "coder", "code", "label", "path", "codings"]);
    columns.extend(Voice::ALL.iter().map(|v| format!("voice_{v}")));
    columns.extend(owned(&["voice_unknown", "negated", "whole_article", "governing", "articles"]));
    let mut rows = Vec::new();
    for article in project.articles.values() {
        let meta = &article.metadata;
        let alike = project.alike(&article.id);
        let stands_for = 1 + alike.iter().filter(|id| project.is_coded_elsewhere(id)).count();
        for (coder, coding) in codings_of(project, article) {
            for (code, count) in counted(coding) {
                let path: Vec<&str> = way(&project.codebook, code).iter().map(|(_, name)| *name).collect();
                let mut row = vec![
                    Cell::text(article.id.as_str()),
                    Cell::text(&meta.title),
                    Cell::text(&meta.outlet),
                    meta.published.clone().into(),
                    Cell::text(coder.as_str()),
                    Cell::text(code.as_str()),
                    Cell::text(name(&project.codebook, code)),
                    Cell::text(path.join(BETWEEN)),
                    Cell::count(count.codings),
                ];
                let voices = Voice::ALL.iter().copied().map(Some).chain([None]);
                row.extend(voices.map(|voice| Cell::count(count.voices.get(&voice).copied().unwrap_or(0))));
                row.push(Cell::count(count.negated));
                row.push(Cell::YesNo(coding.document.codes.contains(code)));
                row.push(Cell::YesNo(coding.document.primary.as_ref() == Some(code)));
                row.push(Cell::count(stands_for));
                rows.push(row);
            }
        }
    }
    Table { columns, rows }
}

/// The codes of somebody's work on an article, with what was said with them.
fn counted(coding: &Coding) -> BTreeMap<&CodeId, Count> {
    let mut counts: BTreeMap<&CodeId, Count> = BTreeMap::new();
    let frames = coding.annotations.values().filter_map(|a| Some((a.tag.code()?, a)));
    for (code, annotation) in frames {
        let annotation: &Annotation = annotation;
        let count = counts.entry(code).or_default();
        count.codings += 1;
        *count.voices.entry(annotation.attributes.voice).or_default() += 1;
        count.negated += usize::from(annotation.attributes.negated);
    }
    for code in coding.document.codes.iter().chain(&coding.document.primary) {
        counts.entry(code).or_default();
    }
    counts
}
