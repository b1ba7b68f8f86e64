//! Web Annotations of any program as codings.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::{NAMESPACE, OURS, select};
use crate::exchange::incoming::Incoming;
use crate::exchange::record::ArticleRecord;
use crate::exchange::reduce::derived_id;
use crate::exchange::rest::{Called, Lists};
use crate::exchange::{Problem, Text, details, jsonl};
use crate::model::{AnnotationId, CoderId, EntityId, Metadata, Relation, RelationEnd, RelationId, Source, Tag, Value};

/// What files hold, before anything is made of it.
#[derive(Debug, Default)]
pub struct Reader {
    annotations: Vec<Json>,
    /// Texts that are in the files, by their addresses.
    texts: HashMap<String, Json>,
    articles: Vec<Json>,
    lists: Option<Json>,
    pages: usize,
}

/// One or several values.
pub fn list(json: &Json) -> impl Iterator<Item = &Json> {
    let (many, one) = match json {
        Json::Array(all) => (all.as_slice(), None),
        Json::Null => (&[][..], None),
        one => (&[][..], Some(one)),
    };
    many.iter().chain(one)
}

/// Whether something is of a type.
pub fn is(json: &Json, kind: &str) -> bool {
    let kinds = list(&json["type"]).chain(list(&json["@type"]));
    kinds.filter_map(Json::as_str).any(|k| k == kind || k.strip_suffix(kind).is_some_and(|k| k.ends_with([':', '#'])))
}

fn id_of(json: &Json) -> Option<&str> {
    json.as_str().or_else(|| json["id"].as_str()).or_else(|| json["@id"].as_str())
}

/// A value of ours, as it is written here or spelt out.
fn ours<'a>(json: &'a Json, key: &str) -> &'a Json {
    match &json[format!("fl:{key}")] {
        Json::Null => &json[format!("{NAMESPACE}{key}")],
        found => found,
    }
}

impl Reader {
    /// Takes what a file holds: an annotation, a list, a page or a collection of them.
    ///
    /// # Errors
    /// Where it is not JSON.
    pub fn gather(&mut self, name: &str, text: &str) -> Result<(), Problem> {
        // `serde_json` stops at a depth of 128.
        let json: Json = serde_json::from_str(text).map_err(|e| Problem::at(name, e.line(), e))?;
        self.walk(json);
        Ok(())
    }

    fn walk(&mut self, json: Json) {
        match json {
            Json::Array(all) => all.into_iter().for_each(|one| self.walk(one)),
            Json::Object(_) if is(&json, "Annotation") => {
                self.keep_texts(&json["target"]);
                self.annotations.push(json);
            }
            Json::Object(mut fields) => {
                if let Some(Json::Array(articles)) = fields.remove("articles") {
                    articles.iter().for_each(|a| self.keep_texts(a));
                    self.articles.extend(articles);
                }
                self.lists = self.lists.take().or(fields.remove("lists"));
                let json = Json::Object(fields);
                self.pages += usize::from(is(&json, "AnnotationPage") || is(&json, "AnnotationCollection"));
                self.keep_texts(&json);
                if let Json::Object(fields) = json {
                    fields.into_iter().filter(|(key, _)| key != "@context").for_each(|(_, value)| self.walk(value));
                }
            }
            _ => {}
        }
    }

    /// Remembers embedded texts that have an address.
    fn keep_texts(&mut self, json: &Json) {
        match json {
            Json::Array(all) => all.iter().for_each(|one| self.keep_texts(one)),
            Json::Object(_) => {
                if let (Some(id), Json::String(_)) = (id_of(json), &json["value"]) {
                    self.texts.entry(id.to_owned()).or_insert_with(|| json.clone());
                }
                self.keep_texts(&json["source"]);
                self.keep_texts(&json["items"]);
            }
            _ => {}
        }
    }

    /// Whether nothing of all that is about annotations.
    pub fn is_empty(&self) -> bool {
        self.annotations.is_empty() && self.pages == 0
    }

    pub fn read(self, incoming: &mut Incoming<'_>) {
        let lists: Option<Lists> = self.lists.and_then(|json| serde_json::from_value(json).ok());
        let mut at =
            At { incoming, texts: self.texts, found: HashMap::new(), called: Called::default(), read: HashMap::new() };
        if let Some(lists) = lists {
            at.called = lists.read(at.incoming);
        }
        for article in &self.articles {
            at.article(article);
        }
        let (lines, marks): (Vec<_>, Vec<_>) =
            self.annotations.into_iter().partition(|a| list(&a["motivation"]).any(|m| m == "linking"));
        marks.iter().for_each(|a| at.annotation(a));
        lines.iter().for_each(|a| at.line(a));
    }
}

/// Reading, with what is known so far.
struct At<'r, 'p> {
    incoming: &'r mut Incoming<'p>,
    texts: HashMap<String, Json>,
    /// Texts by the addresses of their articles; `None` where there is none.
    found: HashMap<String, Option<Text>>,
    called: Called,
    /// What was made of annotations, by their addresses.
    read: HashMap<String, (Text, CoderId, AnnotationId)>,
}

/// What the bodies of an annotation say.
#[derive(Default)]
struct Said {
    /// Labels, with the id of a code and whether it governs the article.
    labels: Vec<(String, Option<String>, bool)>,
    memo: Vec<String>,
    /// Addresses of what is no text.
    links: Vec<String>,
}

impl At<'_, '_> {
    /// One of our articles.
    fn article(&mut self, json: &Json) {
        let (Some(id), Some(value)) = (id_of(json), json["value"].as_str()) else { return };
        let Ok(record) = serde_json::from_value::<ArticleRecord>(json["record"].clone()) else { return };
        let text = self.incoming.article(value, Some(&record.id), jsonl::metadata_of(&record), record.source.clone());
        jsonl::read_into(self.incoming, &text, record, std::collections::BTreeMap::new());
        self.found.insert(id.to_owned(), Some(text));
    }

    /// The text that a target is about; told, and `None`, where it is not here.
    fn text(&mut self, source: &Json) -> Option<Text> {
        let key = id_of(source).or_else(|| source["value"].as_str())?.to_owned();
        if let Some(found) = self.found.get(&key) {
            return found.clone();
        }
        let node = if source["value"].is_string() { Some(source.clone()) } else { self.texts.get(&key).cloned() };
        let found = match node.as_ref().and_then(|n| Some((n, n["value"].as_str()?))) {
            Some((node, value)) => Some(self.embedded(node, value)),
            None => self.known(&key, source),
        };
        if found.is_none() {
            let short: String = key.chars().take(120).collect();
            self.incoming.tell(format!(
                "annotations on “{short}” were left out: its text is neither in the file nor in the project"
            ));
        }
        self.found.insert(key, found.clone());
        found
    }

    fn embedded(&mut self, node: &Json, value: &str) -> Text {
        let word = |key: &str| list(&node[key]).find_map(Json::as_str).map(str::to_owned);
        let metadata = Metadata {
            title: ["label", "title", "dc:title", "name"].iter().find_map(|key| word(key)).unwrap_or_default(),
            url: id_of(node).filter(|id| id.starts_with("http")).map(str::to_owned),
            language: word("language"),
            ..Metadata::default()
        };
        self.incoming.article(value, None, metadata, Source { format: "w3c".to_owned(), ..Source::default() })
    }

    /// An article of the project: by our address, its own address, the name of its file or its title.
    fn known(&mut self, address: &str, source: &Json) -> Option<Text> {
        if let Some(id) = address.strip_prefix(OURS).and_then(|rest| rest.strip_prefix("article:")) {
            return self.incoming.known_article(ours(source, "hash").as_str(), Some(id), None);
        }
        let plain = |url: &str| url.split('#').next().unwrap_or_default().trim_end_matches('/').to_owned();
        let all = self.incoming.known().articles.values();
        let file = address.rsplit(['/', '\\', ':']).next().unwrap_or_default();
        let here = |a: &&std::sync::Arc<crate::model::Article>| {
            a.metadata.url.as_deref().map(plain) == Some(plain(address)) || (!file.is_empty() && a.source.file == file)
        };
        let mut some = all.filter(here);
        let found = some.next().filter(|_| some.next().is_none()).map(|a| a.id.to_string());
        let title = ["title", "label", "dc:title", "name"].iter().find_map(|key| source[key].as_str());
        match found {
            Some(id) => self.incoming.known_article(None, Some(&id), None),
            None => self.incoming.known_article(None, None, title.or(Some(address))),
        }
    }

    fn coder(&mut self, annotation: &Json) -> CoderId {
        let Some(creator) = list(&annotation["creator"]).next() else { return self.incoming.somebody() };
        let id = id_of(creator).unwrap_or_default();
        let word = |key: &str| creator[key].as_str().unwrap_or_default();
        match id.strip_prefix(OURS).and_then(|rest| rest.strip_prefix("coder:")) {
            Some(id) => self.incoming.coder(id, word("name")),
            None => {
                let name = [word("name"), word("nickname"), id].into_iter().find(|n| !n.trim().is_empty());
                self.incoming.coder(id, name.unwrap_or_default())
            }
        }
    }

    fn annotation(&mut self, json: &Json) {
        let said = said(json);
        let mut texts: Vec<(Text, Result<Vec<crate::text::CharSpan>, select::Why>)> = Vec::new();
        let mut whole: Vec<Text> = Vec::new();
        let targets: Vec<&Json> = list(&json["target"]).collect();
        if targets.is_empty() {
            self.incoming.tell("annotations without a target were left out");
        }
        for target in targets {
            let source = if target["source"].is_null() { target } else { &target["source"] };
            // A target may itself be a list of targets.
            if ["Composite", "List", "Independents", "Choice"].iter().any(|kind| is(target, kind)) {
                self.incoming.tell("annotations of several resources at once were left out");
                continue;
            }
            if id_of(source).is_none() && !source["value"].is_string() {
                self.incoming.tell("annotations whose target has no address were left out");
                continue;
            }
            let Some(text) = self.text(source) else { continue };
            match &target["selector"] {
                Json::Null => whole.push(text),
                selector => {
                    let spans = select::spans(&text, selector);
                    match texts.iter_mut().find(|(t, _)| t.article() == text.article()) {
                        Some((_, Ok(all))) => match spans {
                            Ok(more) => all.extend(more),
                            Err(why) => self.incoming.tell(why),
                        },
                        _ => texts.push((text, spans)),
                    }
                }
            }
        }
        let coder = if texts.is_empty() && whole.is_empty() { return } else { self.coder(json) };
        for text in whole {
            self.whole(&text, &coder, &said);
        }
        for (text, spans) in texts {
            match spans {
                Ok(spans) => self.mark(json, &said, &text, &coder, spans),
                Err(why) => self.incoming.tell(why),
            }
        }
    }

    /// What is said of a whole article.
    fn whole(&mut self, text: &Text, coder: &CoderId, said: &Said) {
        if said.labels.is_empty() && said.memo.is_empty() {
            self.incoming.tell("annotations of whole articles that say nothing in words were left out");
        }
        for (label, code, governs) in &said.labels {
            match self.called.tag(self.incoming, label, code.as_deref()).0 {
                Tag::Frame(code) => {
                    let document = &mut self.incoming.coding(text, coder).document;
                    if *governs {
                        document.primary = Some(code);
                    } else {
                        document.codes.insert(code);
                    }
                }
                _ => self.incoming.tell("labels of names, quotations or claims on whole articles were left out"),
            }
        }
        for memo in &said.memo {
            let all = &mut self.incoming.coding(text, coder).document.memo;
            if !all.is_empty() {
                all.push('\n');
            }
            all.push_str(memo);
        }
    }

    fn mark(&mut self, json: &Json, said: &Said, text: &Text, coder: &CoderId, spans: Vec<crate::text::CharSpan>) {
        let address = id_of(json).unwrap_or_default();
        let id = address.strip_prefix("urn:uuid:");
        let code = ours(json, "code").as_str();
        let mut labels: Vec<(&str, Option<&str>)> =
            said.labels.iter().map(|(label, own, _)| (label.as_str(), own.as_deref().or(code))).collect();
        if labels.is_empty() {
            let motive = list(&json["motivation"]).find_map(Json::as_str).unwrap_or("annotation");
            labels.push((motive.rsplit([':', '#', '/']).next().unwrap_or(motive), None));
        }
        for (n, (label, code)) in labels.into_iter().enumerate() {
            let (tag, other) = self.called.tag(self.incoming, label, code);
            let Some(mut new) = self.incoming.annotation(text, id.filter(|_| n == 0), tag, spans.clone()) else {
                return;
            };
            let mut details: Vec<(&str, &str)> = Vec::new();
            for (key, value) in json.as_object().into_iter().flatten() {
                let key = key.strip_prefix("fl:").or_else(|| key.strip_prefix(NAMESPACE));
                details.extend(key.filter(|key| *key != "code").zip(value.as_str()));
            }
            let moment = |key: &str| json[key].as_str().filter(|at| at.parse::<jiff::Timestamp>().is_ok());
            details.extend(moment("created").or(moment("modified")).map(|at| ("created", at)));
            details.extend(moment("modified").or(moment("created")).map(|at| ("changed", at)));
            let memo = said.memo.join("\n");
            details.extend((!memo.is_empty()).then_some(("memo", memo.as_str())));
            if ours(json, "origin").is_string() {
                // What we write says all that is known: a revision that it does not give is none.
                new.code_revision = 0;
            }
            details::put(&mut new, details);
            let custom = &mut new.attributes.custom;
            custom.extend(other.map(|called| ("label".to_owned(), Value::Text(called))));
            for (n, link) in said.links.iter().enumerate() {
                let key = if n == 0 { "body".to_owned() } else { format!("body {}", n + 1) };
                custom.insert(key, Value::Text(link.clone()));
            }
            let id = self.incoming.put(text, coder, new);
            self.read.entry(address.to_owned()).or_insert_with(|| (text.clone(), coder.clone(), id));
        }
    }

    /// An annotation that links: a relation, where it leads from one that was read.
    fn line(&mut self, json: &Json) {
        let said = said(json);
        let target = list(&json["target"]).next().unwrap_or(&Json::Null);
        let source = if target["source"].is_null() { target } else { &target["source"] };
        let from = id_of(source).unwrap_or_default();
        let end = |at: &Self, address: &str| match at.read.get(address) {
            Some((_, _, id)) => Some(RelationEnd::Annotation(*id)),
            None => match address.strip_prefix("urn:uuid:") {
                Some(id) => id.parse().ok().map(AnnotationId).map(RelationEnd::Annotation),
                None => address
                    .strip_prefix(OURS)?
                    .strip_prefix("entity:")?
                    .parse()
                    .ok()
                    .map(EntityId)
                    .map(RelationEnd::Entity),
            },
        };
        let place = match (self.read.get(from).cloned(), target["scope"].as_str()) {
            (Some((text, coder, _)), None) => Some((text, coder)),
            (_, Some(scope)) => self.found.get(scope).cloned().flatten().map(|text| (text, self.coder(json))),
            (None, None) => None,
        };
        let ends = end(self, from).zip(said.links.iter().find_map(|to| end(self, to)));
        let (Some((text, coder)), Some((RelationEnd::Annotation(from), to))) = (place, ends) else {
            // It may be one that marks words all the same.
            return self.annotation(json);
        };
        let kind = said.memo.first().or(said.labels.first().map(|(label, ..)| label));
        let kind = kind.cloned().unwrap_or_else(|| "link".to_owned());
        let address = id_of(json).unwrap_or_default();
        let id = address.strip_prefix("urn:uuid:").and_then(|id| id.parse().ok());
        let id = id.unwrap_or_else(|| derived_id(&["relation", address, &from.to_string(), &kind]).0);
        self.incoming.relate(&text, &coder, Relation { id: RelationId(id), kind, from, to });
    }
}

/// What the bodies say. Those that tag, classify or identify are labels; other words are notes.
fn said(json: &Json) -> Said {
    let mut out = Said::default();
    let motive = |word: &str| list(&json["motivation"]).any(|m| m == word);
    let mut open: Vec<&Json> = list(&json["body"]).collect();
    open.reverse();
    while let Some(body) = open.pop() {
        if is(body, "Choice") {
            // Each of them will do.
            open.extend(list(&body["items"]).next());
            continue;
        }
        let purposes: Vec<&str> = list(&body["purpose"]).filter_map(Json::as_str).collect();
        let says = |word: &str| purposes.contains(&word) || purposes.is_empty() && motive(word);
        let labels = ["tagging", "classifying", "identifying"].iter().any(|word| says(word));
        match body["value"].as_str() {
            Some(value) if labels && !value.trim().is_empty() => {
                let code = ours(body, "code").as_str().map(str::to_owned);
                out.labels.push((value.to_owned(), code, body["governing"] == true));
            }
            Some(value) => out.memo.push(value.to_owned()),
            None => {
                let source = if body["source"].is_null() { body } else { &body["source"] };
                let Some(address) = id_of(source) else { continue };
                if labels {
                    let word = address.trim_end_matches('/').rsplit(['/', '#', ':']).next().unwrap_or(address);
                    out.labels.push((word.to_owned(), None, false));
                }
                out.links.push(address.to_owned());
            }
        }
    }
    if let Some(value) = json["bodyValue"].as_str() {
        if motive("tagging") {
            out.labels.push((value.to_owned(), None, false));
        } else {
            out.memo.push(value.to_owned());
        }
    }
    out
}
