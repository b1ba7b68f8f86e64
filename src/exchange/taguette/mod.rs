//! Taguette’s projects: one SQLite file (schema of Taguette 1.5).
//!
//! | here | there |
//! |---|---|
//! | code | row of `tags`; the path has the names from the root down, parted by `.`, the description what it means |
//! | entity, quotation, claim | tag `Entities.PERSON`, `Quotations.direct`, `Claims.poll` |
//! | article | row of `documents`: a paragraph a line; what is known of it stands in the description |
//! | annotation | row of `highlights` with one tag |
//! | coder | row of `users`; whose a highlight is stands in `commands` |
//!
//! Places count UTF-8 bytes of the document’s text, without its tags, end-exclusive.

mod database;
mod page;
mod read;
mod write;

use std::io;

use super::incoming::Incoming;
use super::{Bundle, Carries, Feature, Format, Losses, Problem, Shape, Sink, adapt};
use crate::model::Project;

/// The format.
#[derive(Debug)]
pub struct Taguette;

impl Format for Taguette {
    fn name(&self) -> &'static str {
        "taguette"
    }

    fn about(&self) -> &'static str {
        "Taguette project (SQLite)"
    }

    fn shape(&self) -> Shape {
        Shape::File("sqlite3")
    }

    fn carries(&self) -> Carries {
        Carries::NOTHING.and(&[
            Feature::Texts,
            Feature::Titles,
            Feature::Metadata,
            Feature::ArticleVariables,
            Feature::Parts,
            Feature::Sources,
            Feature::UncodedArticles,
            Feature::Coders,
            Feature::CodeIds,
            Feature::CodeTree,
            Feature::CodeMeanings,
            Feature::CodeColours,
            Feature::CodeDetails,
            Feature::UnusedCodes,
            Feature::ProjectTitle,
        ])
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        adapt::for_xml(project, losses);
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        let bytes = write::bytes(project).map_err(io::Error::other)?;
        sink.main(|out, step| {
            out.write_all(&bytes)?;
            project.articles.iter().try_for_each(|_| step())
        })
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        let Some(bytes) = bundle.only().and_then(|name| bundle.read(name).ok()) else { return false };
        let has = |words: &[u8]| bytes.windows(words.len()).any(|w| w.eq_ignore_ascii_case(words));
        bytes.starts_with(database::MAGIC) && has(b"table highlights") && has(b"table highlight_tags")
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let name = bundle.only().ok_or(Problem::NotOneFile)?;
        let database = database::Database::open(name, bundle.read(name)?)?;
        read::read(&database, incoming)
    }
}
