//! A table with one row an annotation (RFC 4180, UTF-8), for spreadsheets, R and pandas.
//!
//! | column | what it holds |
//! |---|---|
//! | `article` | the article's id |
//! | `title`, `outlet`, `published` | of the article; `published` in ISO 8601 |
//! | `coder` | the coder's id |
//! | `annotation` | the annotation's id |
//! | `layer` | `entity`, `quote`, `claim` or `frame` |
//! | `label` | the code's name, or the layer's own word (`PERSON`, `direct`, `poll`) |
//! | `path` | the names from the root of the codebook down to the code, joined by ` > ` |
//! | `code`, `code_revision` | the code's id, and the revision of its definition; empty on other layers |
//! | `start`, `end` | first and last place in code points, end-exclusive |
//! | `spans` | every stretch in code points: `12..20`, or `12..20;31..35` where there are several |
//! | `byte_spans` | the same in UTF-8 bytes of the article's text |
//! | `text` | the words; ` … ` between stretches |
//! | `voice` | `outlet`, `quoted`, `reported`, `scare`, `headline`, `name` |
//! | `speaker`, `target` | who speaks, and of whom |
//! | `stance` | how the verb of attribution stands to the words |
//! | `intensity`, `certainty` | 1 to 3 |
//! | `negated` | `true` or `false` |
//! | `placement` | `headline`, `lede`, `body`, `last` |
//! | `memo` | the coder's note |
//! | `origin` | `hand`, `accepted` or `imported` |
//! | `detector`, `detector_version`, `score`, `edited` | where `origin` is `accepted` |
//! | `created`, `changed` | moments in UTC, ISO 8601 |
//!
//! What is not known is an empty cell. `csv-excel` is the same with a byte-order mark, by which Excel knows that the
//! file is UTF-8.

use std::io;

use super::record::codings_of;
use super::row::Row;
use super::{Carries, Feature, Format, Shape, Sink};
use crate::model::{Origin, Project};
use crate::text::Document;

/// The header row.
pub const COLUMNS: [&str; 32] = [
    "article",
    "title",
    "outlet",
    "published",
    "coder",
    "annotation",
    "layer",
    "label",
    "path",
    "code",
    "code_revision",
    "start",
    "end",
    "spans",
    "byte_spans",
    "text",
    "voice",
    "speaker",
    "target",
    "stance",
    "intensity",
    "certainty",
    "negated",
    "placement",
    "memo",
    "origin",
    "detector",
    "detector_version",
    "score",
    "edited",
    "created",
    "changed",
];

/// What a row an annotation has a column for.
const CARRIED: Carries = Carries::NOTHING.and(&[
    Feature::Titles,
    Feature::Coders,
    Feature::Discontinuous,
    Feature::Ids,
    Feature::Voice,
    Feature::Speaker,
    Feature::Target,
    Feature::Stance,
    Feature::Intensity,
    Feature::Certainty,
    Feature::Negation,
    Feature::Memos,
    Feature::Origins,
    Feature::Revisions,
    Feature::Times,
    Feature::CodeIds,
    Feature::CodeTree,
]);

/// The format; with `mark`, for Excel.
#[derive(Debug)]
pub struct Csv {
    pub mark: bool,
}

impl Format for Csv {
    fn name(&self) -> &'static str {
        if self.mark { "csv-excel" } else { "csv" }
    }

    fn about(&self) -> &'static str {
        if self.mark {
            "the same table, marked so that Excel reads it as UTF-8"
        } else {
            "a table with one row a coding"
        }
    }

    fn shape(&self) -> Shape {
        Shape::File("csv")
    }

    fn carries(&self) -> Carries {
        CARRIED
    }

    fn is_read(&self) -> bool {
        false
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        sink.main(|mut out, step| {
            if self.mark {
                out.write_all("\u{feff}".as_bytes())?;
            }
            let mut table = csv::Writer::from_writer(&mut out);
            table.write_record(COLUMNS)?;
            for article in project.articles.values() {
                let document = Document::new(article.text.clone());
                for (coder, coding) in codings_of(project, article) {
                    for annotation in coding.in_order() {
                        let row = Row::new(project, article, &document, annotation);
                        table.write_record(cells(article, coder.as_str(), &row))?;
                    }
                }
                step()?;
            }
            table.flush()
        })
    }
}

fn cells(article: &crate::model::Article, coder: &str, row: &Row<'_>) -> [String; COLUMNS.len()] {
    let a = row.annotation;
    let some = |value: Option<String>| value.unwrap_or_default();
    let chars = row.spans.iter().map(|(span, ..)| format!("{}..{}", span.start, span.end));
    let bytes = row.spans.iter().map(|(_, bytes, _)| some(bytes.map(|b| format!("{}..{}", b.start, b.end))));
    let (origin, detector, version, score, edited) = match &a.origin {
        Origin::Hand => ("hand", String::new(), String::new(), String::new(), String::new()),
        Origin::Accepted { detector, version, score, edited } => {
            ("accepted", detector.clone(), version.clone(), score.to_string(), edited.to_string())
        }
        Origin::Imported { .. } => ("imported", String::new(), String::new(), String::new(), String::new()),
    };
    let attributes = &a.attributes;
    [
        article.id.to_string(),
        article.metadata.title.clone(),
        article.metadata.outlet.clone(),
        some(article.metadata.published.clone()),
        coder.to_owned(),
        a.id.to_string(),
        a.tag.layer().to_string(),
        row.label.clone(),
        row.path.join(" > "),
        some(a.tag.code().map(ToString::to_string)),
        some(a.tag.code().map(|_| a.code_revision.to_string())),
        a.hull().start.to_string(),
        a.hull().end.to_string(),
        chars.collect::<Vec<_>>().join(";"),
        bytes.collect::<Vec<_>>().join(";"),
        row.words(),
        some(attributes.voice.map(|v| v.to_string())),
        some(attributes.speaker.as_ref().map(|p| p.name.clone())),
        some(attributes.target.as_ref().map(|p| p.name.clone())),
        some(attributes.stance.map(|s| s.to_string())),
        some(attributes.intensity.map(|i| i.to_string())),
        some(attributes.certainty.map(|c| c.to_string())),
        attributes.negated.to_string(),
        row.placement.to_string(),
        a.memo.clone(),
        origin.to_owned(),
        detector,
        version,
        score,
        edited,
        a.created.to_string(),
        a.changed.to_string(),
    ]
}
