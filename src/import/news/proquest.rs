//! What ProQuest gives away: documents between long rules as plain text, and the XML of its archives.

use super::lines::{Line, label};
use super::tree::{Element, Tree};
use super::{Haul, joined, languages, names, read_lines};
use crate::import::html::paragraphs;
use crate::import::{Block, Draft, Intake, Problem, Raw, Reader, Sample, known};

/// The reader of ProQuest.
#[derive(Debug)]
pub struct ProQuest;

impl Reader for ProQuest {
    fn name(&self) -> &'static str {
        "proquest"
    }

    fn about(&self) -> &'static str {
        "documents of ProQuest, one or many to a file, as text or XML"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        let root = super::root_of(sample.head);
        if root.eq_ignore_ascii_case("record") || root.eq_ignore_ascii_case("records") {
            let has = |name: &str| sample.head.contains(name);
            return has("<Obj>") || (has("<RecordTitle>") && (has("<Publication>") || has("<NumericPubDate>")));
        }
        root.is_empty() && is_export(sample.head)
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        read_lines(self.name(), raw, intake, documents, |text| {
            let start = text.get(..text.floor_char_boundary(4096)).unwrap_or_default();
            if super::root_of(start).is_empty() {
                let lines: Vec<Line> = text.lines().map(|l| Line::new(l.trim())).collect();
                return Ok(documents(&lines));
            }
            let tree = Tree::read(text);
            let mut haul = Haul::default();
            if let Some(root) = tree.root() {
                let mut records = root.all("Record");
                records.extend(root.all("RECORD"));
                if records.is_empty() {
                    records.push(root);
                }
                for record in records.into_iter().filter(|r| r.is_whole()) {
                    haul.article(record_draft(record)?);
                }
            }
            haul.broken = tree.broken;
            Ok(haul)
        })
    }
}

/// The labels. A line that begins otherwise goes on with the field before it.
const LABELS: &[&str] = &[
    "Title",
    "Author",
    "Abstract",
    "Links",
    "Full text",
    "Full Text",
    "Subject",
    "Location",
    "People",
    "Company / organization",
    "Classification",
    "Identifier / keyword",
    "Publication title",
    "Publication info",
    "Volume",
    "Issue",
    "Pages",
    "First page",
    "Number of pages",
    "Publication year",
    "Publication date",
    "Year",
    "Section",
    "Publisher",
    "Place of publication",
    "Country of publication",
    "Publication subject",
    "ISSN",
    "e-ISSN",
    "CODEN",
    "Source type",
    "Language of publication",
    "Document type",
    "Document feature",
    "ProQuest document ID",
    "Document URL",
    "Copyright",
    "Last updated",
    "Database",
    "DOI",
    "Dateline",
    "Credit",
    "Column",
    "Edition",
    "Supplement",
    "Illustration",
    "Caption",
    "URL",
    "Business indexing term",
    "Narrow subject",
    "Broad subject",
    "Journal subject",
    "Accession number",
    "Correction",
    "Notes",
    "Alternate title",
    "Text word count",
    "Publication frequency",
    "Sponsored by",
    "Product name",
    "Company",
];

/// Whether the start of a text is that of an export: it has two fields that nothing else has.
pub(super) fn is_export(head: &str) -> bool {
    let fields = ["Publication title:", "ProQuest document ID:", "Document URL:", "Full text:", "Full Text:"];
    let begins = |field: &str| head.lines().any(|l| l.trim_start().starts_with(field));
    fields.iter().filter(|f| begins(f)).count() >= 2
}

/// The documents between the rules of a text.
pub(super) fn documents(lines: &[Line]) -> Haul {
    let mut haul = Haul::default();
    let mut piece: Vec<&Line> = Vec::new();
    let end = Line::new("____________________");
    for line in lines.iter().chain([&end]) {
        let is_rule = line.text.len() >= 20 && line.text.bytes().all(|b| b == b'_');
        if !is_rule {
            haul.said = haul.said.or_else(|| count(&line.text));
            piece.push(line);
            continue;
        }
        let lines = std::mem::take(&mut piece);
        let fields = fields(&lines);
        if fields
            .iter()
            .any(|(name, _)| ["Publication title", "ProQuest document ID", "Full text"].contains(&name.as_str()))
        {
            haul.article(draft(&lines, fields));
        }
    }
    haul
}

/// `Document 3 of 120`.
fn count(line: &str) -> Option<usize> {
    line.strip_prefix("Document ")?.split_once(" of ")?.1.trim().parse().ok()
}

/// The fields of a document with their paragraphs.
fn fields(lines: &[&Line]) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for line in lines {
        let field = label(&line.text).filter(|(name, _)| LABELS.contains(name));
        match (field, found.last_mut()) {
            (Some((name, value)), _) => {
                let name = if name == "Full Text" { "Full text" } else { name };
                found.push((name.to_owned(), vec![value.to_owned()]));
            }
            (None, Some((_, paragraphs))) => paragraphs.push(line.text.clone()),
            (None, None) => {}
        }
    }
    found
}

fn draft(lines: &[&Line], fields: Vec<(String, Vec<String>)>) -> Draft {
    let mut draft = Draft::default();
    let mut summary = None;
    let mut copyright = String::new();
    for (name, paragraphs) in fields {
        let line = paragraphs.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        match name.as_str() {
            "Title" => draft.title = line,
            "Author" => {
                // Family names come first.
                let name = |n: &str| {
                    n.split_once(", ").map_or_else(|| n.to_owned(), |(family, given)| format!("{given} {family}"))
                };
                draft.authors = line.split(';').map(|n| name(n.trim())).filter(|n| !n.is_empty()).collect();
            }
            "Abstract" => summary = Some(line),
            "Full text" => {
                let words = |p: &String| !p.trim().is_empty();
                draft.body = paragraphs.into_iter().filter(words).map(Block::body).collect();
            }
            "Publication title" => draft.outlet = line,
            "Publication date" => draft.published = Some(line),
            "Section" => draft.section = Some(line),
            "Pages" | "First page" => draft.also(known::PAGE, line),
            "Edition" => draft.also(known::EDITION, line),
            "Dateline" => draft.also(known::DATELINE, line),
            "Language of publication" => draft.language = languages::code(&line),
            "ProQuest document ID" => draft.also(known::IDENTIFIER, line),
            "Document URL" | "URL" => draft.url = draft.url.or(Some(line)),
            "Copyright" => copyright = line,
            "Last updated" => draft.updated(&line),
            "Database" => draft.also(known::DATABASE, line),
            "Text word count" => draft.words(&line),
            "Subject" => draft.also(known::KEYWORDS, line),
            "Caption" | "Illustration" => draft.body.push(Block::caption(line)),
            // They say nothing that another field does not say.
            "Links" | "Publication year" | "Year" | "Publication info" | "Number of pages" => {}
            _ => draft.also(&name, line),
        }
    }
    draft.also(known::COPYRIGHT, copyright);
    draft.also(known::DATABASE, "ProQuest");
    if draft.title.is_empty() {
        // The title may stand alone above the fields.
        let first = lines.iter().map(|l| l.flat()).find(|l| !l.is_empty() && count(l).is_none());
        draft.title = first.filter(|l| label(l).is_none_or(|(name, _)| !LABELS.contains(&name))).unwrap_or_default();
    }
    if let Some(summary) = summary {
        draft.also("abstract", summary);
    }
    draft
}

/// A record of the XML of the archives, in its older and its newer order.
fn record_draft(record: Element<'_>) -> Result<Draft, Problem> {
    let first = |name: &str| record.all(name).into_iter().map(Element::text).find(|t| !t.is_empty());
    let mut draft = Draft {
        title: first("RecordTitle")
            .or_else(|| record.all("TitleAtts").into_iter().find_map(|t| t.said("Title")))
            .unwrap_or_default(),
        published: first("NumericPubDate").or_else(|| first("NumericDate")).or_else(|| first("AlphaPubDate")),
        url: first("URLDocView"),
        language: first("LanguageCode").or_else(|| first("RawLang")).and_then(|l| languages::code(&l)),
        ..Draft::default()
    };
    let mut publication =
        record.all("Publication").into_iter().chain(record.all("DFS")).chain(record.all("PubFrosting"));
    draft.outlet = publication
        .find_map(|p| p.said("Title").or_else(|| p.said("PubTitle")).or_else(|| p.said("PubFrosting/Title")))
        .unwrap_or_default();
    let people = record.all("Contributor").into_iter().filter_map(|c| {
        c.said("NormalizedDisplayForm").or_else(|| c.said("PersonName")).or_else(|| c.said("OriginalForm"))
    });
    draft.authors = people.flat_map(|p| if p.contains(", ") { vec![turned(&p)] } else { names(&p, &[]) }).collect();
    let text = record.all("FullText").into_iter().chain(record.all("Text")).find(|t| !t.text().is_empty());
    if let Some(text) = text {
        let raw = text.raw();
        draft.body = if text.inner().next().is_some() {
            paragraphs(&text.markup())?
        } else if raw.contains("<p") || raw.contains("</") {
            paragraphs(&raw)?
        } else {
            super::lines::paragraphs(&raw).into_iter().map(Block::body).collect()
        };
        draft.words(text.get("WordCount").unwrap_or_default());
    }
    draft.also(
        known::IDENTIFIER,
        first("RecordID")
            .or_else(|| record.all("Obj").into_iter().find_map(|o| o.get("gid").map(str::to_owned)))
            .or_else(|| first("GOID"))
            .unwrap_or_default(),
    );
    draft.also(known::PAGE, first("StartPage").or_else(|| first("Pagination")).unwrap_or_default());
    draft.also(known::COPYRIGHT, first("CopyrightData").unwrap_or_default());
    draft.also(known::DATABASE, "ProQuest");
    draft.also("ObjectType", joined(record.all("ObjectType").into_iter().map(Element::text)));
    draft.also(known::KEYWORDS, joined(record.all("Term").into_iter().map(Element::text)));
    Ok(draft)
}

fn turned(name: &str) -> String {
    name.split_once(", ").map_or_else(|| name.to_owned(), |(family, given)| format!("{given} {family}"))
}
