//! A Taguette database as articles, codes and codings.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::database::{Cell, Database};
use super::page::Page;
use crate::exchange::codebook::bring;
use crate::exchange::codebook::tags::Tags;
use crate::exchange::incoming::Incoming;
use crate::exchange::record::of_json;
use crate::exchange::refi::layer_tag;
use crate::exchange::{Problem, Text, keyed, noted};
use crate::model::{Metadata, Source, Tag};

/// Reads all of it.
///
/// # Errors
/// Where a table is missing or damaged.
pub fn read(database: &Database, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
    let projects = database.rows("projects", "id, name, description")?;
    if let [project] = projects.as_slice() {
        let (free, said) = keyed::read(&project[2].text());
        let kept = said.unwrap_or_default().remove("title");
        incoming.project().title = keyed::named(&project[1].text(), kept.as_ref(), "Untitled");
        if !free.trim().is_empty() {
            incoming.tell("the description of the whole project was left out");
        }
    }
    let tags = read_tags(database, incoming)?;
    let mut documents: BTreeMap<i64, (Text, Page)> = BTreeMap::new();
    for row in database.rows("documents", "id, name, description, filename, contents")? {
        let Some(id) = row[0].number() else { continue };
        documents.insert(id, document(incoming, &row));
    }
    let mut tagged: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for row in database.rows("highlight_tags", "highlight_id, tag_id")? {
        if let (Some(highlight), Some(tag)) = (row[0].number(), row[1].number()) {
            tagged.entry(highlight).or_default().push(tag);
        }
    }
    let makers = makers(database)?;
    for row in database.rows("highlights", "id, document_id, start_offset, end_offset, snippet")? {
        let (Some(id), Some(document)) = (row[0].number(), row[1].number()) else { continue };
        let Some((text, page)) = documents.get(&document) else {
            incoming.tell("highlights of documents that are not in the file were left out");
            continue;
        };
        let number = |cell: &Cell| cell.number().and_then(|n| usize::try_from(n).ok());
        let place = number(&row[2]).zip(number(&row[3])).and_then(|(start, end)| page.place(start, end));
        let span = place.and_then(|(start, end)| text.chars(start, end));
        let Some(span) = span else {
            incoming.tell("highlights that do not fit the text were left out");
            continue;
        };
        let tight = |s: &str| s.split_whitespace().collect::<String>();
        let noted = tight(&Page::of(&row[4].text()).text);
        if !noted.is_empty() && noted != tight(text.words(span)) {
            incoming.tell("highlights stand on other words than Taguette noted of them");
        }
        let tags_here = tagged.get(&id).map_or(&[][..], Vec::as_slice);
        if tags_here.is_empty() {
            incoming.tell("highlights without a tag were left out");
        }
        let maker = makers.get(&id);
        let coder = match maker {
            Some((login, _)) => incoming.coder(login, login),
            None => incoming.somebody(),
        };
        for tag in tags_here {
            let Some(tag) = tags.get(tag).cloned() else {
                incoming.tell("highlights with a tag that is not in the file were left out");
                continue;
            };
            if let Some(mut new) = incoming.annotation(text, None, tag, vec![span]) {
                if let Some(at) = maker.and_then(|(_, at)| *at) {
                    (new.created, new.changed) = (at, at);
                }
                incoming.put(text, &coder, new);
            }
        }
    }
    Ok(())
}

/// What each tag stands for, by its number.
fn read_tags(database: &Database, incoming: &mut Incoming<'_>) -> Result<BTreeMap<i64, Tag>, Problem> {
    let mut tags = Tags::default();
    let mut layers = BTreeMap::new();
    let mut entries = BTreeMap::new();
    for row in database.rows("tags", "id, path, description")? {
        let Some(id) = row[0].number() else { continue };
        let (path, description) = (row[1].text(), row[2].text());
        let layer = path.split_once('.').and_then(|(folder, word)| layer_tag(folder, word));
        match layer.filter(|_| keyed::read(&description).1.is_none()) {
            Some(tag) => drop(layers.insert(id, tag)),
            None => drop(entries.insert(id, tags.add(&path, &description))),
        }
    }
    let codes = bring(incoming, tags.entries);
    let frames = entries.into_iter().filter_map(|(id, at)| Some((id, Tag::Frame(codes.get(at)?.clone()))));
    layers.extend(frames);
    Ok(layers)
}

fn document(incoming: &mut Incoming<'_>, row: &[Cell]) -> (Text, Page) {
    let page = Page::of(&row[4].text());
    let (free, said) = keyed::read(&row[2].text());
    if !free.trim().is_empty() {
        incoming.tell("descriptions of articles were left out");
    }
    let ours = said.is_some();
    let said = said.unwrap_or_default();
    let text = |key: &str| said.get(key).cloned();
    let json = |key: &str| said.get(key).map_or("", String::as_str);
    let metadata = Metadata {
        title: noted::title(&row[1].text(), &said, &page.text),
        outlet: text("outlet").unwrap_or_default(),
        authors: serde_json::from_str(json("authors")).unwrap_or_default(),
        published: text("published"),
        url: text("url"),
        language: text("language"),
        section: text("section"),
        variables: serde_json::from_str(json("variables")).map(of_json).unwrap_or_default(),
    };
    let source = if ours {
        noted::source(&said)
    } else {
        Source { file: row[3].text(), format: "taguette".to_owned(), ..Source::default() }
    };
    let here = incoming.article(&page.text, said.get("id").map(String::as_str), metadata, source);
    let parts = noted::parts(&said);
    if !parts.is_empty() {
        incoming.parts(&here, parts);
    }
    (here, page)
}

/// Who made each highlight, and when: as the first command on it has it; later ones change it.
fn makers(database: &Database) -> Result<BTreeMap<i64, (String, Option<Timestamp>)>, Problem> {
    let mut makers = BTreeMap::new();
    if !database.has("commands") {
        return Ok(makers);
    }
    for row in database.rows("commands", "id, date, user_login, payload")? {
        let Ok(payload) = serde_json::from_str::<serde_json::Value>(&row[3].text()) else { continue };
        if payload.get("type").and_then(|t| t.as_str()) != Some("highlight_add") {
            continue;
        }
        // Older versions call it `id`.
        let id = payload.get("highlight_id").or(payload.get("id")).and_then(serde_json::Value::as_i64);
        let date = row[1].text().parse::<DateTime>().ok().and_then(|at| TimeZone::UTC.to_timestamp(at).ok());
        if let Some(id) = id {
            makers.entry(id).or_insert_with(|| (row[2].text(), date));
        }
    }
    Ok(makers)
}
