//! What Factiva gives away: web pages and documents, with its two-letter codes or without, and its XML.

mod codes;
mod plain;
mod xml;

use dom_query::NodeRef;

use super::lines::{self, Line};
use super::{Haul, read_lines};
use crate::import::html::{blocks, parse};
use crate::import::{Intake, Problem, Raw, Reader, Sample};
use codes::Record;

/// The reader of Factiva.
#[derive(Debug)]
pub struct Factiva;

impl Reader for Factiva {
    fn name(&self) -> &'static str {
        "factiva"
    }

    fn about(&self) -> &'static str {
        "articles of Factiva, one or many to a file"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        let head = sample.head;
        if ["PPSResponse", "ppsArticleResponse", "ppsarticleResultSet", "ppsarticle"].contains(&super::root_of(head)) {
            return true;
        }
        let small = head.to_ascii_lowercase();
        if small.contains("<html") {
            // The page's style comes first, and is long.
            return small.contains("<title>factiva") || (head.contains("Factiva") && is_page(sample.bytes));
        }
        is_export(head)
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        read_lines(self.name(), raw, intake, documents, |text| {
            let start = text.get(..text.floor_char_boundary(4096)).unwrap_or_default();
            if super::root_of(start).to_lowercase().starts_with("pps") {
                return Ok(xml::documents(text));
            }
            if start.to_ascii_lowercase().contains("<html") {
                return page(&text);
            }
            Ok(documents(&lines::of(&text.replace('\u{c}', "\n\n"))))
        })
    }
}

fn is_page(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.contains("class=\"article ") || text.contains("Article\"><table")
}

/// Whether the start of a text is that of an export: the line that ends an article, and one of its fields.
pub(super) fn is_export(head: &str) -> bool {
    let lines = || head.lines().take(4000).map(str::trim);
    let ends = |l: &str| accession(codes::begins(l).map_or(l, |(_, rest)| rest)).is_some();
    lines().any(ends) && (lines().any(plain::is_length) || lines().filter(|l| codes::begins(l).is_some()).count() > 3)
}

/// The accession number in the line that ends an article: `Document POST000020250304el3400001`.
fn accession(line: &str) -> Option<&str> {
    let (word, number) = line.trim().split_once(char::is_whitespace)?;
    let known = ["Document", "Dokument", "Documento", "Документ", "文件"].contains(&word);
    let number = number.trim();
    let fits = (18..=36).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_alphanumeric())
        && number.bytes().filter(u8::is_ascii_digit).count() > 8;
    (known && fits).then_some(number)
}

/// The articles of a web page.
fn page(html: &str) -> Result<Haul, Problem> {
    let document = parse(html)?;
    let mut haul = Haul::default();
    let mut found = 0;
    for article in document.select("div.article").nodes() {
        found += 1;
        let records = rows(article);
        if records.len() > 2 {
            haul.article(codes::draft(records));
        } else {
            let headline = document_headline(article);
            let lines: Vec<Line> = blocks(article)
                .into_iter()
                .map(|b| Line { strong: headline.as_ref().is_some_and(|h| *h == b.text), text: b.text, centred: false })
                .collect();
            haul.article(plain::draft(&lines));
        }
    }
    if found == 0 {
        return Err(Problem::NoArticle);
    }
    Ok(haul)
}

/// The headline, where the page marks it.
fn document_headline(article: &NodeRef<'_>) -> Option<String> {
    let mut open: Vec<NodeRef<'_>> = article.children();
    open.reverse();
    while let Some(node) = open.pop() {
        let class = node.attr("class").map(|c| c.to_lowercase()).unwrap_or_default();
        if class.contains("headline") || node.attr("id").is_some_and(|id| &*id == "hd") {
            return blocks(&node).into_iter().next().map(|b| b.text).or_else(|| Some(node.text().trim().to_owned()));
        }
        let from = open.len();
        open.extend(node.children());
        if let Some(new) = open.get_mut(from..) {
            new.reverse();
        }
    }
    None
}

/// The rows of an article that is a table: a code, and paragraphs.
fn rows(article: &NodeRef<'_>) -> Vec<Record> {
    let mut found = Vec::new();
    let mut open: Vec<NodeRef<'_>> = article.children();
    open.reverse();
    while let Some(node) = open.pop() {
        if node.node_name().is_some_and(|n| &*n == "tr") {
            let cells: Vec<NodeRef<'_>> = node.children().into_iter().filter(NodeRef::is_element).collect();
            if let [code, value] = cells.as_slice()
                && let Some(code) = codes::code(code.text().trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}'))
            {
                found.push(Record { code, paragraphs: blocks(value).into_iter().map(|b| b.text).collect() });
            }
            continue;
        }
        let from = open.len();
        open.extend(node.children());
        if let Some(new) = open.get_mut(from..) {
            new.reverse();
        }
    }
    found
}

/// The articles in the lines of a document.
pub(super) fn documents(all: &[Line]) -> Haul {
    let mut haul = Haul::default();
    let mut piece: Vec<Line> = Vec::new();
    for line in all {
        let flat = line.flat();
        if flat.is_empty() || is_furniture(&flat) {
            continue;
        }
        let coded = codes::begins(&line.text).filter(|(code, _)| *code == "AN").map(|(_, rest)| rest);
        let number = accession(coded.unwrap_or(&flat)).or_else(|| accession(flat.lines().last().unwrap_or_default()));
        if let Some(number) = number {
            let lines = std::mem::take(&mut piece);
            let records = codes::records(&lines);
            let mut draft = if records.len() > 4 { codes::draft(records) } else { plain::draft(&lines) };
            draft.also(crate::import::known::IDENTIFIER, number);
            haul.article(draft);
        } else {
            piece.push(line.clone());
        }
    }
    haul
}

/// Lines that the service prints around its articles.
fn is_furniture(line: &str) -> bool {
    let small = line.to_lowercase();
    small.contains("factiva, inc. all rights reserved")
        || small == "factiva"
        || small == "dow jones factiva"
        || small == "dow jones"
}
