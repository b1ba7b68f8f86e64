//! TEI documents of any program as articles and codings.

use std::collections::HashMap;

use super::body::{Body, Mark};
use super::xml::Node;
use crate::exchange::incoming::Incoming;
use crate::exchange::record::ArticleRecord;
use crate::exchange::reduce::derived_id;
use crate::exchange::rest::{Called, Lists};
use crate::exchange::{Text, details, jsonl};
use crate::model::{
    AnnotationId, CoderId, EntityId, Metadata, Part, PartKind, Party, Relation, RelationEnd, RelationId, Source, Tag,
    Value,
};
use crate::text::CharSpan;

/// What a file says in its headers, by `xml:id`.
#[derive(Default)]
struct Known {
    /// Categories and interpretations: the names from the root down.
    categories: HashMap<String, String>,
    /// People, organisations and places.
    names: HashMap<String, String>,
    /// Who is responsible for something.
    coders: HashMap<String, String>,
    called: Called,
}

/// Reads every text of a file; whether there was one.
pub fn read(root: &Node, incoming: &mut Incoming<'_>) -> bool {
    let mut known = Known::default();
    root.each(&mut |node| known.learn(node));
    let lists = ["teiHeader", "xenoData"];
    if let Some(lists) = root.at(&lists).filter(|x| x.get("type") == Some("framelens"))
        && let Ok(lists) = serde_json::from_str::<Lists>(&lists.words())
    {
        known.called = lists.read(incoming);
    }
    let mut headers = Vec::new();
    corpus(root, &mut headers, &known, incoming)
}

fn corpus<'a>(node: &'a Node, headers: &mut Vec<&'a Node>, known: &Known, incoming: &mut Incoming<'_>) -> bool {
    let before = headers.len();
    headers.extend(node.all("teiHeader"));
    let mut some = matches!(node.name.as_str(), "teiCorpus");
    if let "TEI" | "TEI.2" = node.name.as_str() {
        for text in node.all("text") {
            some = true;
            document(node, text, headers, known, incoming);
        }
    }
    for inner in node.nodes().filter(|n| matches!(n.name.as_str(), "TEI" | "TEI.2" | "teiCorpus")) {
        some |= corpus(inner, headers, known, incoming);
    }
    headers.truncate(before);
    some
}

impl Known {
    fn learn(&mut self, node: &Node) {
        if node.name == "taxonomy" {
            for category in node.all("category") {
                self.category(category, "");
            }
        }
        let Some(id) = node.get("xml:id") else { return };
        let first = |names: &[&str]| {
            let mut found = None;
            node.each(&mut |n| {
                if found.is_none() && names.contains(&n.name.as_str()) {
                    found = Some(n.tidy()).filter(|words| !words.is_empty());
                }
            });
            found
        };
        match node.name.as_str() {
            "interp" => {
                let words = Some(node.tidy()).filter(|w| !w.is_empty()).or(node.get("inst").map(str::to_owned));
                self.categories.insert(id.to_owned(), words.unwrap_or_else(|| id.to_owned()));
            }
            "person" | "personGrp" | "org" | "place" | "persona" => {
                let name = first(&["persName", "orgName", "placeName", "name"]).unwrap_or_else(|| node.tidy());
                self.names.insert(id.to_owned(), name);
            }
            "respStmt" | "editor" | "author" | "principal" => {
                let name = first(&["persName", "name", "orgName"]).unwrap_or_else(|| node.tidy());
                self.coders.insert(id.to_owned(), name);
            }
            _ => {}
        }
    }

    /// A category and those in it. The nesting of a file is bounded where it is parsed.
    fn category(&mut self, node: &Node, above: &str) {
        let own = node.all("catDesc").chain(node.all("gloss")).chain(node.all("desc")).map(Node::tidy).next();
        let own = own.filter(|w| !w.is_empty()).or_else(|| node.get("xml:id").map(str::to_owned)).unwrap_or_default();
        let path = if above.is_empty() { own } else { format!("{above}{}{own}", crate::exchange::labels::BETWEEN) };
        if let Some(id) = node.get("xml:id") {
            self.categories.insert(id.to_owned(), path.clone());
        }
        for inner in node.all("category") {
            self.category(inner, &path);
        }
    }

    /// The labels of `ana`.
    fn labels(&self, node: &Node) -> Vec<String> {
        let words = node.get("ana").unwrap_or_default().split_whitespace();
        let label = |word: &str| {
            let id = word.rsplit_once('#').map_or(word, |(_, id)| id);
            self.categories.get(id).cloned().unwrap_or_else(|| id.to_owned())
        };
        words.map(label).filter(|label| !label.is_empty()).collect()
    }

    fn named(&self, pointer: &str) -> String {
        let one = |word: &str| {
            let id = word.trim_start_matches('#');
            self.names.get(id).cloned().unwrap_or_else(|| id.to_owned())
        };
        pointer.split_whitespace().map(one).collect::<Vec<_>>().join(", ")
    }

    fn coder(&self, node: &Node, incoming: &mut Incoming<'_>) -> CoderId {
        let inner = node.at(&["respStmt", "persName"]).or_else(|| node.at(&["respStmt", "name"])).map(Node::tidy);
        let Some(resp) = node.get("resp").and_then(|r| r.split_whitespace().next()) else {
            return match inner.filter(|name| !name.is_empty()) {
                Some(name) => incoming.coder("", &name),
                None => incoming.somebody(),
            };
        };
        let id = resp.trim_start_matches('#');
        let name = self.coders.get(id).map_or(id, String::as_str);
        incoming.coder(id.strip_prefix("coder-").unwrap_or(id), name)
    }
}

fn metadata(headers: &[&Node], text: &Node) -> Metadata {
    // The nearest header says it first.
    let near = || headers.iter().rev();
    let find = |way: &[&str]| near().find_map(|h| h.at(way)).map(Node::tidy).filter(|w| !w.is_empty());
    let statement = near().find_map(|h| h.at(&["fileDesc", "titleStmt"]));
    let authors = statement.iter().flat_map(|s| s.all("author")).map(Node::tidy).filter(|a| !a.is_empty()).collect();
    let date = near().find_map(|h| h.at(&["fileDesc", "publicationStmt", "date"]));
    let language = text.get("xml:lang").map(str::to_owned);
    Metadata {
        title: find(&["fileDesc", "titleStmt", "title"]).unwrap_or_default(),
        outlet: find(&["fileDesc", "publicationStmt", "publisher"]).unwrap_or_default(),
        authors,
        published: date
            .and_then(|d| d.get("when").map(str::to_owned).or_else(|| Some(d.tidy())))
            .filter(|d| !d.is_empty()),
        language: language.or_else(|| {
            near().find_map(|h| h.at(&["profileDesc", "langUsage", "language"]))?.get("ident").map(str::to_owned)
        }),
        ..Metadata::default()
    }
}

fn document(tei: &Node, text: &Node, headers: &[&Node], known: &Known, incoming: &mut Incoming<'_>) {
    let body = Body::of(text);
    let xeno = tei.at(&["teiHeader", "xenoData"]).filter(|x| x.get("type") == Some("framelens"));
    let record = xeno.and_then(|x| serde_json::from_str::<ArticleRecord>(&x.words()).ok());
    let kept = match record {
        Some(record) => {
            let known = incoming.known().articles.values().any(|a| a.hash == record.hash && body.is(&a.text));
            let found = if known { incoming.known_article(Some(&record.hash), None, None) } else { None };
            let (metadata, source) = (jsonl::metadata_of(&record), record.source.clone());
            let kept = found.unwrap_or_else(|| incoming.article(&body.text, Some(&record.id), metadata, source));
            jsonl::read_into(incoming, &kept, record, std::collections::BTreeMap::new());
            kept
        }
        None => {
            let source = Source { format: "tei".to_owned(), ..Source::default() };
            let kept = incoming.article(&body.text, None, metadata(headers, text), source);
            parts(&body, &kept, incoming);
            kept
        }
    };
    let mut reading = Reading { known, incoming, body: &body, text: kept, read: HashMap::new() };
    for mark in &body.marks {
        reading.inline(mark);
    }
    if body.grammar > 0 {
        reading.incoming.tell("marks of words, sentences and grammar (w, c, s, phr …) were left out");
    }
    let mut apart = Vec::new();
    for node in tei.nodes() {
        match node.name.as_str() {
            "teiHeader" | "TEI" | "teiCorpus" => {}
            _ => node.each(&mut |n| match n.name.as_str() {
                "annotation" => apart.push((n, None)),
                "spanGrp" => apart.extend(n.all("span").map(|span| (span, Some(n)))),
                _ => {}
            }),
        }
    }
    for (node, group) in &apart {
        if node.get("motivation") != Some("linking") {
            reading.apart(node, *group);
        }
    }
    for (node, _) in apart.iter().filter(|(n, _)| n.get("motivation") == Some("linking")) {
        reading.line(node);
    }
}

/// The first head is the headline; bylines are bylines.
fn parts(body: &Body<'_>, text: &Text, incoming: &mut Incoming<'_>) {
    let of = |mark: &Mark<'_>, kind| {
        let span = body.span(mark.from, mark.to)?;
        Some(Part { kind, span: text.chars(span.start.0, span.end.0)? })
    };
    let head = body.marks.iter().find(|m| m.node.name == "head");
    let mut all: Vec<Part> = head.and_then(|m| of(m, PartKind::Headline)).into_iter().collect();
    let bylines = body.marks.iter().filter(|m| m.node.name == "byline");
    all.extend(bylines.filter_map(|m| of(m, PartKind::Byline)));
    all.sort_by_key(|p| p.span);
    all.dedup_by(|b, a| a.span.overlaps(b.span));
    if !all.is_empty() && !incoming.known().articles.contains_key(text.article()) {
        incoming.parts(text, all);
    }
}

/// Reading one document.
struct Reading<'r, 'p, 'b> {
    known: &'r Known,
    incoming: &'r mut Incoming<'p>,
    body: &'r Body<'b>,
    text: Text,
    /// What was made of stand-off annotations, by their ids.
    read: HashMap<String, (CoderId, AnnotationId)>,
}

/// What the name of an element says of its words: a label as in [`labels`](crate::exchange::labels).
fn label_of(mark: &Mark<'_>) -> Option<String> {
    let node = mark.node;
    let kind = node.get("type").map(str::to_lowercase).unwrap_or_default();
    let label = match node.name.as_str() {
        "persName" => "PERSON",
        "orgName" => "ORG",
        "placeName" | "geogName" => "PLACE",
        "settlement" | "country" | "region" | "district" | "bloc" if !mark.within.contains(&"placeName") => "PLACE",
        "eventName" => "EVENT",
        "date" | "time" => "DATE",
        "num" => "NUMBER",
        "measure" if kind == "currency" || kind == "money" => "MONEY",
        "measure" => "NUMBER",
        // The title of a division stands in its description.
        "title" if !mark.within.contains(&"desc") => "WORK",
        "said" if node.get("direct") == Some("false") => "quote: indirect",
        "q" if kind == "socalled" => "quote: scare",
        "said" | "q" | "quote" => "quote: direct",
        "soCalled" => "quote: scare",
        "name" | "rs" => match kind.as_str() {
            "person" | "pers" | "persname" => "PERSON",
            "place" | "loc" | "location" | "city" | "country" | "placename" => "PLACE",
            "org" | "organisation" | "organization" | "orgname" => "ORG",
            "event" => "EVENT",
            "work" | "title" => "WORK",
            "" => "name",
            other => return Some(other.to_owned()),
        },
        "seg" if !kind.is_empty() && node.get("ana").is_none() => return node.get("type").map(str::to_owned),
        _ => return None,
    };
    Some(label.to_owned())
}

impl Reading<'_, '_, '_> {
    fn spans(&self, places: &[(usize, usize)]) -> Vec<CharSpan> {
        let kept = places.iter().filter_map(|(from, to)| self.body.span(*from, *to));
        kept.filter_map(|s| self.text.chars(s.start.0, s.end.0)).collect()
    }

    /// An element in the text.
    fn inline(&mut self, mark: &Mark<'_>) {
        let mut labels: Vec<String> = label_of(mark).into_iter().collect();
        labels.extend(self.known.labels(mark.node));
        if labels.is_empty() {
            return;
        }
        let spans = self.spans(&[(mark.from, mark.to)]);
        if spans.is_empty() {
            return self.incoming.tell("marks of no words were left out");
        }
        let coder = self.known.coder(mark.node, self.incoming);
        for label in labels {
            let Some(mut new) = self.incoming.labelled(&self.text, None, &label, spans.clone()) else { continue };
            for (key, value) in &mark.node.attributes {
                match key.as_str() {
                    "who" => new.attributes.speaker = Party::named(&self.known.named(value)),
                    "cert" => new.attributes.certainty = certainty(value),
                    "ana" | "resp" | "direct" => {}
                    key if key.starts_with("xml:") || key == "type" && label == *value => {}
                    key => drop(new.attributes.custom.insert(key.to_owned(), Value::Text(value.clone()))),
                }
            }
            self.incoming.put(&self.text, &coder, new);
        }
    }

    /// An annotation that points at the text.
    fn apart(&mut self, node: &Node, group: Option<&Node>) {
        let mut places = Vec::new();
        let mut whole = false;
        let target = node.get("target").unwrap_or_default();
        let from = node.get("from").unwrap_or_default();
        let ends: Vec<&str> = pointers(from).into_iter().chain(pointers(node.get("to").unwrap_or_default())).collect();
        for pointer in pointers(target) {
            match self.body.pointed(pointer) {
                Some(some) => {
                    let at = |m: &&Mark<'_>| {
                        (m.from, m.to) == some[0] && m.node.get("xml:id") == Some(pointer.trim_start_matches('#'))
                    };
                    let pointed = self.body.marks.iter().find(at);
                    whole |= pointed.is_some_and(|m| matches!(m.node.name.as_str(), "body" | "text"));
                    places.extend(some);
                }
                None => return self.incoming.tell("annotations that point at what is no text here were left out"),
            }
        }
        if !ends.is_empty() {
            let some: Option<Vec<_>> = ends.iter().map(|end| self.body.pointed(end)).collect();
            let Some(some) = some else {
                return self.incoming.tell("annotations that point at what is no text here were left out");
            };
            let all = some.into_iter().flatten();
            places.extend(all.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))));
        }
        let mut coder = self.known.coder(node, self.incoming);
        if let Some(group) = group.filter(|g| node.get("resp").is_none() && g.get("resp").is_some()) {
            coder = self.known.coder(group, self.incoming);
        }
        if whole {
            return self.whole(node, &coder);
        }
        let spans = self.spans(&places);
        let mut said: Vec<(&str, String)> = Vec::new();
        let (mut memo, mut label) = (Vec::new(), None);
        for note in node.all("note") {
            match note.get("type") {
                Some("label") => label = Some(note.words()),
                Some(kind) => said.push((kind, note.words())),
                None => memo.push(note.tidy()),
            }
        }
        let mut labels: Vec<(String, Option<String>)> = match label {
            Some(label) => {
                let code = node.get("ana").and_then(|a| a.strip_prefix("#code-")).map(str::to_owned);
                vec![(label, code)]
            }
            None => self.known.labels(node).into_iter().map(|label| (label, None)).collect(),
        };
        if node.name == "span" {
            let words = node.tidy();
            match labels.is_empty() {
                true if !words.is_empty() => labels.push((words, None)),
                _ if !words.is_empty() => memo.push(words),
                _ => {}
            }
        }
        if labels.is_empty() {
            let kind = group.into_iter().chain([node]).find_map(|n| n.get("type"));
            let name = kind.or(node.get("motivation")).unwrap_or("annotation");
            labels.push((name.to_owned(), None));
        }
        let id = node.get("xml:id").unwrap_or_default();
        for (n, (label, code)) in labels.into_iter().enumerate() {
            let own = id.strip_prefix("coding-").filter(|_| n == 0);
            let (tag, called) = self.known.called.tag(self.incoming, &label, code.as_deref());
            let Some(mut new) = self.incoming.annotation(&self.text, own, tag, spans.clone()) else { return };
            if said.iter().any(|(key, _)| *key == "origin") {
                // What we write says all that is known: a revision that it does not give is none.
                new.code_revision = 0;
            }
            new.memo = memo.join("\n");
            let mut all: Vec<(&str, &str)> = said.iter().map(|(key, words)| (*key, words.as_str())).collect();
            for change in node.all("revisionDesc").flat_map(|d| d.all("change")) {
                let when = change.get("when").filter(|at| at.parse::<jiff::Timestamp>().is_ok());
                match change.get("status") {
                    Some("created") => all.extend(when.map(|at| ("created", at))),
                    Some("modified") => all.extend(when.map(|at| ("changed", at))),
                    _ => {}
                }
            }
            details::put(&mut new, all);
            if let Some(cert) = node.get("cert") {
                new.attributes.certainty = certainty(cert);
            }
            new.attributes.custom.extend(called.map(|called| ("label".to_owned(), Value::Text(called))));
            let made = self.incoming.put(&self.text, &coder, new);
            self.read.entry(id.to_owned()).or_insert((coder.clone(), made));
        }
    }

    /// What is said of the whole text.
    fn whole(&mut self, node: &Node, coder: &CoderId) {
        let mut codes: Vec<(String, Option<String>, bool)> =
            self.known.labels(node).into_iter().map(|label| (label, None, false)).collect();
        let mut memo = Vec::new();
        for note in node.all("note") {
            let code = note.get("ana").and_then(|a| a.strip_prefix("#code-")).map(str::to_owned);
            match note.get("type") {
                Some("code") => codes.push((note.words(), code, false)),
                Some("governing") => codes.push((note.words(), code, true)),
                Some("memo") => memo.push(note.words()),
                _ => memo.push(note.tidy()),
            }
        }
        for (label, code, governs) in codes {
            match self.known.called.tag(self.incoming, &label, code.as_deref()).0 {
                Tag::Frame(code) => {
                    let document = &mut self.incoming.coding(&self.text, coder).document;
                    if governs {
                        document.primary = Some(code);
                    } else {
                        document.codes.insert(code);
                    }
                }
                _ => self.incoming.tell("labels of names, quotations or claims on whole articles were left out"),
            }
        }
        if !memo.is_empty() {
            self.incoming.coding(&self.text, coder).document.memo = memo.join("\n");
        }
    }

    /// A relation.
    fn line(&mut self, node: &Node) {
        let end = |at: &Self, pointer: &str| -> Option<RelationEnd> {
            let id = pointer.trim_start_matches('#');
            if let Some((_, id)) = at.read.get(id) {
                return Some(RelationEnd::Annotation(*id));
            }
            let annotation =
                id.strip_prefix("coding-").map(|id| Some(RelationEnd::Annotation(AnnotationId(id.parse().ok()?))));
            let name = || id.strip_prefix("name-").map(|id| Some(RelationEnd::Entity(EntityId(id.parse().ok()?))));
            annotation.or_else(name)?
        };
        let ends = |way: &str| node.all(way).filter_map(|n| n.get("target")).find_map(|to| end(self, to));
        let from = node.get("target").and_then(|from| end(self, from));
        let (Some(RelationEnd::Annotation(from)), Some(to)) = (from, ends("ptr").or_else(|| ends("ref"))) else {
            return self.apart(node, None);
        };
        let coder = self.known.coder(node, self.incoming);
        let kind = node
            .all("note")
            .find(|n| n.get("type").is_none_or(|t| t == "kind"))
            .map_or_else(|| "link".to_owned(), Node::words);
        let address = node.get("xml:id").unwrap_or_default();
        let id = address.strip_prefix("relation-").and_then(|id| id.parse().ok());
        let id = id.unwrap_or_else(|| derived_id(&["relation", self.text.hash(), address, &from.to_string(), &kind]).0);
        self.incoming.relate(&self.text, &coder, Relation { id: RelationId(id), kind, from, to });
    }
}

/// The pointers of an attribute. White space may stand within those that have brackets.
fn pointers(all: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut depth, mut start) = (0_i32, None);
    for (at, c) in all.char_indices() {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        match start {
            None if !c.is_whitespace() => start = Some(at),
            Some(from) if c.is_whitespace() && depth <= 0 => {
                out.push(&all[from..at]);
                start = None;
            }
            _ => {}
        }
    }
    out.extend(start.map(|from| &all[from..]));
    out
}

fn certainty(word: &str) -> Option<u8> {
    match word {
        "high" => Some(3),
        "medium" => Some(2),
        "low" => Some(1),
        _ => None,
    }
}
