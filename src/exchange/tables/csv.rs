//! Tables as plain text: cells between commas (RFC 4180) or tabs, in UTF-8.
//!
//! | format | what it is |
//! |---|---|
//! | `csv` | one row an [annotation](super::annotations) |
//! | `csv-excel` | the same with a byte-order mark, by which Excel knows that the file is UTF-8 |
//! | `tsv` | the same with tabs; a cell with a tab, a line end or a quotation mark stands in quotation marks |
//! | `csv-articles` | one row an [article](super::summary) |
//! | `csv-counts` | one row for each [code, article and coder](super::summary) |
//!
//! A table is read whatever stands between its cells (a comma, a tab, a semicolon, a bar): what gives the most columns
//! that are known. Excel's first line `sep=;` is understood.
//!
//! **Cells are written as they are.** A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula,
//! also where it is a headline. An apostrophe before it would hide that, and would be part of the words for everybody
//! else who reads the table; so nothing is put before it. Whoever opens other people's articles in a spreadsheet is
//! safe with `xlsx`, where text is marked as text.

use std::collections::BTreeMap;
use std::io;

use super::annotations::{self, COLUMNS, Header};
use super::{Cell, summary};
use crate::exchange::{Bundle, Carries, Feature, Format, Incoming, Losses, Problem, Shape, Sink};
use crate::model::Project;

/// What may stand between cells.
const BETWEEN: [u8; 4] = [b',', b'\t', b';', b'|'];

/// The table with one row an annotation.
#[derive(Debug)]
pub enum Csv {
    Plain,
    /// With a byte-order mark.
    Excel,
    /// With tabs.
    Tabs,
}

impl Format for Csv {
    fn name(&self) -> &'static str {
        match self {
            Self::Plain => "csv",
            Self::Excel => "csv-excel",
            Self::Tabs => "tsv",
        }
    }

    fn about(&self) -> &'static str {
        match self {
            Self::Plain => "a table with one row a coding",
            Self::Excel => "the same table, marked so that Excel reads it as UTF-8",
            Self::Tabs => "the same table with tabs between the cells",
        }
    }

    fn shape(&self) -> Shape {
        Shape::File(if matches!(self, Self::Tabs) { "tsv" } else { "csv" })
    }

    fn carries(&self) -> Carries {
        annotations::CARRIED
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        annotations::adapt(project, losses);
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        sink.main(|out, step| {
            if matches!(self, Self::Excel) {
                out.write_all("\u{feff}".as_bytes())?;
            }
            let between = if matches!(self, Self::Tabs) { b'\t' } else { b',' };
            let mut table = csv::WriterBuilder::new().delimiter(between).from_writer(out);
            table.write_record(COLUMNS)?;
            for article in project.articles.values() {
                for row in annotations::rows(project, article) {
                    table.write_record(row.iter().map(Cell::to_string))?;
                }
                step()?;
            }
            table.flush()
        })
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        let Some(name) = bundle.only() else { return false };
        let head = bundle.head(name);
        let between = separator(&head);
        let fits = matches!(self, Self::Tabs) == (between == b'\t');
        fits && header(&head, between).is_ours()
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let name = bundle.only().ok_or(Problem::NotOneFile)?;
        let text = bundle.text(name)?;
        let between = separator(&text);
        let header = header(&text, between);
        let skipped = usize::from(body(&text).len() < text.len());
        let rows = reader(&text, between).into_records().skip(1).map(|row| {
            let row = row.map_err(|e| Problem::within(name, e))?;
            let line = row.position().map_or(0, |p| p.line() as usize + skipped);
            Ok((line, row.iter().map(str::to_owned).collect()))
        });
        annotations::read(incoming, name, &header, BTreeMap::new(), rows)
    }
}

/// The text without Excel's line about what stands between the cells.
fn body(text: &str) -> &str {
    let first = text.lines().next().unwrap_or_default();
    let is_hint = first.get(..4).is_some_and(|s| s.eq_ignore_ascii_case("sep=")) && first.trim_end().len() == 5;
    if is_hint { text[first.len()..].trim_start_matches(['\r', '\n']) } else { text }
}

fn reader(text: &str, between: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().delimiter(between).has_headers(false).flexible(true).from_reader(body(text).as_bytes())
}

fn header(text: &str, between: u8) -> Header {
    let first = reader(text, between).into_records().next().and_then(Result::ok).unwrap_or_default();
    Header::of(first.iter())
}

/// What gives the most columns that are known.
fn separator(text: &str) -> u8 {
    // The first of equals: `max_by_key` would take the last.
    let known = |between: &u8| header(text, *between).known();
    BETWEEN.into_iter().rev().max_by_key(known).unwrap_or(b',')
}

/// A table of articles or of counts. Only written.
#[derive(Debug)]
pub enum Summary {
    Articles,
    Counts,
}

impl Format for Summary {
    fn name(&self) -> &'static str {
        match self {
            Self::Articles => "csv-articles",
            Self::Counts => "csv-counts",
        }
    }

    fn about(&self) -> &'static str {
        match self {
            Self::Articles => "a table with one row an article: what is known of it, its variables, how much was coded",
            Self::Counts => "a table with one row for each code, article and coder: how many codings, in which voices",
        }
    }

    fn shape(&self) -> Shape {
        Shape::File("csv")
    }

    fn carries(&self) -> Carries {
        let features: &[Feature] = match self {
            Self::Articles => summary::ARTICLES,
            Self::Counts => summary::COUNTS,
        };
        Carries::NOTHING.and(features)
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        summary::adapt(project, losses);
        if matches!(self, Self::Articles) {
            summary::adapt_articles(project, losses);
        }
    }

    fn is_read(&self) -> bool {
        false
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        let table = match self {
            Self::Articles => summary::articles(project),
            Self::Counts => summary::counts(project),
        };
        sink.main(|out, step| {
            out.write_all(&table.csv()?)?;
            project.articles.values().try_for_each(|_| step())
        })
    }
}
