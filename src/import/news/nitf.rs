//! NITF, the News Industry Text Format: one article a file, as agencies send them and archives keep them.

use super::tree::{Element, Tree};
use super::{Haul, joined, lines, names, read_text};
use crate::import::html::paragraphs;
use crate::import::{Block, Draft, Intake, Problem, Raw, Reader, Sample, known};

/// The reader of NITF.
#[derive(Debug)]
pub struct Nitf;

impl Reader for Nitf {
    fn name(&self) -> &'static str {
        "nitf"
    }

    fn about(&self) -> &'static str {
        "NITF, an agency's or archive's article in XML"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        super::root_of(sample.head) == "nitf"
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        read_text(self.name(), raw, intake, |text| {
            let tree = Tree::read(text);
            let mut haul = Haul::default();
            if let Some(root) = tree.root() {
                if root.is_whole() {
                    haul.article(article(root)?);
                } else {
                    haul.broken = tree.broken;
                }
            } else {
                haul.broken = tree.broken.or(Some(Problem::Empty));
            }
            Ok(haul)
        })
    }
}

/// Fields of `meta` that only the agency's own machines need, and those that are read elsewhere.
const NO_VARIABLES: &[&str] = &[
    "anpa-sequence",
    "anpa-service",
    "anpa-format",
    "anpa-wordcount",
    "aap-selectors",
    "filename",
    "timestamp",
    "publication_day_of_month",
    "publication_month",
    "publication_year",
    "publication_day_of_week",
    "print_page_number",
    "online_sections",
    "aap-source",
    "viewport",
    "generator",
];

/// An article in NITF.
pub fn article(root: Element<'_>) -> Result<Draft, Problem> {
    let mut draft = Draft::default();
    if let Some(head) = root.at("head") {
        read_head(head, &mut draft);
    }
    let Some(body) = root.at("body") else { return Ok(draft) };
    let mut houses: Vec<String> = vec![draft.outlet.clone()];
    let mut holder = String::new();
    if let Some(copyright) = root.at("head/docdata/doc.copyright") {
        holder = copyright.get("holder").unwrap_or_default().to_owned();
        draft.also(known::COPYRIGHT, [copyright.get("year").unwrap_or_default(), &holder].join(" "));
    }
    let head = body.at("body.head");
    let title = head.and_then(|h| h.said("hedline/hl1")).or_else(|| root.said("head/title"));
    draft.title = title.unwrap_or_default();
    if let Some(head) = head {
        let distributor = head.said("distributor").unwrap_or_default();
        let owner = head.said("rights/rights.owner").unwrap_or_default();
        if draft.outlet.is_empty() {
            draft.outlet = distributor.clone();
        }
        houses.extend([distributor, owner.clone(), holder.clone()]);
        draft.also(known::COPYRIGHT, owner);
        if let Some(second) = head.said("hedline/hl2").filter(|h| *h != draft.title) {
            draft.also("hl2", second);
        }
        draft.standfirst = head.said("abstract");
        if let Some(byline) = head.at("byline") {
            read_byline(byline, &houses, &mut draft);
        }
        if let Some(line) = head.at("dateline") {
            let place = line.text_without("story.date");
            draft.also(known::DATELINE, place.trim_end_matches([' ', '-', '–', '—']));
            let norm = line.at("story.date").and_then(|d| d.get("norm"));
            draft.published = draft.published.take().or(norm.map(str::to_owned));
        }
        draft.also("note", joined(head.named("note").map(Element::text)));
    }
    if draft.outlet.is_empty() {
        draft.outlet = root
            .all("meta")
            .into_iter()
            .find(|m| m.get("name") == Some("aap-source"))
            .and_then(|m| m.get("content"))
            .map(str::to_owned)
            .or((!holder.is_empty()).then_some(holder))
            .or_else(|| root.at("head/docdata/doc-id").and_then(|i| i.get("regsrc")).map(str::to_owned))
            .or_else(|| root.at("head/docdata/del-list/from-src").and_then(|i| i.get("src-name")).map(str::to_owned))
            .unwrap_or_default();
    }
    draft.body = text(body)?;
    draft.language = root.get("baselang").or_else(|| root.get("lang")).or_else(|| language(body)).map(str::to_owned);
    Ok(draft)
}

/// The paragraphs of a body.
fn text(body: Element<'_>) -> Result<Vec<Block>, Problem> {
    let Some(content) = body.at("body.content") else { return Ok(Vec::new()) };
    // Some archives have the first paragraphs by themselves, and again in the whole text.
    let whole = content.named("block").find(|b| b.get("class") == Some("full_text"));
    let mut found = paragraphs(&whole.unwrap_or(content).markup())?;
    for block in &mut found {
        block.text = lines::unbroken(&block.text);
    }
    if let Some(line) = body.said("body.end/tagline") {
        found.push(Block::body(line));
    }
    Ok(found)
}

fn language(body: Element<'_>) -> Option<&str> {
    body.at("body.content")?.inner().find_map(|e| e.get("lang"))
}

fn read_byline(byline: Element<'_>, houses: &[String], draft: &mut Draft) {
    let (name, job) = (byline.text_without("byttl"), byline.said("byttl"));
    let houses: Vec<&str> = houses.iter().map(String::as_str).collect();
    let people: Vec<String> = byline.named("person").map(Element::text).filter(|p| !p.is_empty()).collect();
    draft.authors = if people.is_empty() { names(&name, &houses) } else { people };
    let line = [Some(name), job].into_iter().flatten().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ");
    draft.byline = (!line.is_empty()).then_some(line);
}

fn read_head(head: Element<'_>, draft: &mut Draft) {
    for meta in head.named("meta") {
        let (Some(name), Some(content)) = (meta.get("name"), meta.get("content")) else { continue };
        match name {
            "anpa-wordcount" => draft.words(content),
            "print_page_number" => draft.also(known::PAGE, content),
            "online_sections" => draft.section = Some(content.to_owned()),
            _ if NO_VARIABLES.contains(&name) => {}
            _ => draft.also(name, content),
        }
    }
    let subjects = head.all("tobject.subject");
    let part = |s: &Element<'_>, part: &str| s.get(&format!("tobject.subject.{part}")).map(str::to_owned);
    let words = subjects.iter().map(|s| {
        let words: Vec<String> = ["type", "matter", "detail"].iter().filter_map(|p| part(s, p)).collect();
        if words.is_empty() { part(s, "refnum").unwrap_or_default() } else { words.join(": ") }
    });
    draft.also("tobject.subject", joined(words));
    if let Some(kind) = head.at("tobject/tobject.property").and_then(|p| p.get("tobject.property.type")) {
        draft.also("tobject.property", kind);
    }
    let issue = head.at("pubdata");
    if let Some(issue) = issue {
        draft.outlet = issue.get("name").unwrap_or_default().to_owned();
        for (attribute, name) in [
            ("edition.name", known::EDITION),
            ("edition.area", "edition.area"),
            ("position.section", "position.section"),
            ("volume", "volume"),
            ("issue", "issue"),
        ] {
            draft.also(name, issue.get(attribute).unwrap_or_default());
        }
        draft.url = issue.get("ex-ref").filter(|u| u.starts_with("http")).map(str::to_owned);
        let count = issue.get("item-length").filter(|c| c.chars().any(|c| c.is_ascii_digit() && c != '0'));
        if let (Some(count), Some("word" | "words")) = (count, issue.get("unit-of-measure")) {
            draft.words(count);
        }
    }
    let data = head.at("docdata");
    let norm = |name: &str| data.and_then(|d| d.at(name)).and_then(|d| d.get("norm"));
    let day =
        norm("date.release").or_else(|| issue.and_then(|i| i.get("date.publication"))).or_else(|| norm("date.issue"));
    draft.published = day.map(day_alone);
    let Some(data) = data else { return };
    let said = |path: &str, attribute: &str| data.at(path).and_then(|e| e.get(attribute)).unwrap_or_default();
    draft.also(known::IDENTIFIER, said("doc-id", "id-string"));
    draft.also("urgency", said("urgency", "ed-urg"));
    draft.also("fixture", said("fixture", "fix-id"));
    draft.also("ed-msg", said("ed-msg", "info"));
    draft.also("series", said("series", "series.name"));
    let place = ["city", "county-dist", "state-prov", "iso-cc"].map(|a| said("evloc", a).to_owned());
    draft.also("evloc", joined(place));
    let list = |path: &str, name: &str, attribute: &str| {
        let lists = data.at(path).into_iter().flat_map(|l| l.named(name).collect::<Vec<_>>());
        joined(lists.filter_map(|k| k.get(attribute).map(str::to_owned)))
    };
    draft.also(known::KEYWORDS, list("key-list", "keyword", "key"));
    draft.also("doc-scope", joined(data.named("doc-scope").filter_map(|s| s.get("scope").map(str::to_owned))));
    if let Some(content) = data.at("identified-content") {
        let mut kinds: Vec<(String, Vec<String>)> = Vec::new();
        for element in content.inner() {
            let kind = element.get("type").unwrap_or(element.name());
            let entry = element.get("value").map_or_else(|| element.text(), str::to_owned);
            match kinds.iter_mut().find(|(k, _)| k == kind) {
                Some((_, entries)) => entries.push(entry),
                None => kinds.push((kind.to_owned(), vec![entry])),
            }
        }
        for (kind, entries) in kinds {
            draft.also(&kind, joined(entries));
        }
    }
}

/// Midnight is how some write a day.
fn day_alone(norm: &str) -> String {
    match norm.split_once('T') {
        Some((day, clock)) if clock.starts_with("000000") => day.to_owned(),
        _ => norm.to_owned(),
    }
}
