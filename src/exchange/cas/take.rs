//! What stands in a file, taken into a project: our own structures as what they were, those of other programs as well as
//! they can be.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::super::details;
use super::super::incoming::Incoming;
use super::super::reduce::derived_id;
use super::super::{Problem, Text, adapt, jsonl, record};
use super::found::{Cas, Said, Sofa, Structure};
use super::types::{METADATA, System};
use crate::model::{
    Annotation, AnnotationId, CodeId, CoderId, Entity, EntityId, EntityKind, Metadata, NothingFound, Part, Relation,
    RelationEnd, RelationId, Source, Tag, Value,
};
use crate::text::CharSpan;

/// Features of other programs that hold what an annotation says, the best first.
const LABELS: &[&str] = &["label", "value", "category", "code", "tag", "identifier", "PosValue"];

/// The features by which other programs’ relations name their ends.
const ENDS: &[(&str, &str)] = &[("Governor", "Dependent"), ("source", "target")];

/// Takes what was read. Answers how many texts there were.
pub fn take(incoming: &mut Incoming<'_>, file: &str, cas: &Cas, system: &System) -> usize {
    let texts: Vec<&Sofa> = cas.sofas.iter().filter(|s| s.text.is_some()).collect();
    let first = texts.first().and_then(|s| s.id);
    let (mut by_id, mut by_sofa) = (HashMap::new(), HashMap::<Option<u64>, Vec<usize>>::new());
    for (at, one) in cas.structures.iter().enumerate() {
        if let Some(id) = one.id {
            by_id.entry(id).or_insert(at);
        }
        // What belongs to no text belongs to the first.
        by_sofa.entry(one.sofa.or(first)).or_default().push(at);
    }
    let mut steps = 0;
    for sofa in &texts {
        let mine = by_sofa.remove(&sofa.id).unwrap_or_default();
        let mut taking =
            Taking { cas, system, file, by_id: &by_id, steps, placed: HashMap::new(), codes: HashMap::new() };
        taking.all(incoming, sofa, &mine, texts.len() > 1);
        steps = taking.steps;
    }
    let mut rest = by_sofa.values().flatten().map(|at| &cas.structures[*at]);
    if !texts.is_empty() && rest.any(|s| s.end.is_some() && !system.is_about_document(&s.kind)) {
        incoming.tell(format!("{file} holds annotations of a text that is not in it; they were left out"));
    }
    if steps > MOST {
        incoming.tell(format!("{file} holds more references than are followed; some were left out"));
    }
    if cas.segments > 0 && !cas.is_ours() {
        incoming.tell("sentences, tokens and other segments are no codings and were passed over");
    }
    texts.len()
}

/// Why a file has no text.
pub fn no_text(file: &str, cas: &Cas) -> Problem {
    if let Some(address) = cas.sofas.iter().find_map(|s| s.elsewhere.as_deref()) {
        return Problem::within(file, format!("its text is not in it but at {address}"));
    }
    if cas.sofas.iter().any(|s| s.bytes) {
        return Problem::within(file, "it holds bytes in place of a text");
    }
    Problem::within(file, "it holds no text")
}

/// How many references are followed in a file: lists may be long, shared by many, or run in a circle.
const MOST: usize = 100_000;

struct Taking<'a> {
    cas: &'a Cas,
    system: &'a System,
    file: &'a str,
    by_id: &'a HashMap<u64, usize>,
    /// How many references were followed.
    steps: usize,
    /// The annotations that were taken, by the places of their structures.
    placed: HashMap<usize, (CoderId, AnnotationId)>,
    /// Codes by their ids in the file: the id here, and the label.
    codes: HashMap<String, (CodeId, String)>,
}

impl<'a> Taking<'a> {
    /// Takes one text with the structures that are `mine`.
    fn all(&mut self, incoming: &mut Incoming<'_>, sofa: &Sofa, mine: &[usize], several: bool) {
        let raw = sofa.text.as_deref().unwrap_or_default();
        let cas = self.cas;
        let ours = |name: &'static str| {
            mine.iter().map(|at| &cas.structures[*at]).filter(move |s| s.kind.strip_prefix("framelens.") == Some(name))
        };
        let view = if several { sofa.name.as_str() } else { "" };
        let text = self.article(incoming, raw, ours("Article").next(), mine, view);
        let parts = ours("Part").filter_map(|part| {
            let kind = record::part_of(part.text("label")?)?;
            Some(Part { kind, span: span(&text, part)? })
        });
        incoming.parts(&text, parts.collect());
        for name in ours("Name") {
            incoming.entity_of(name);
        }
        for code in ours("Code") {
            self.code(incoming, code);
        }
        for coding in ours("Coding") {
            self.coding(incoming, &text, coding);
        }
        for nothing in ours("NothingFound") {
            let coder = coder(incoming, nothing);
            let Some(span) = span(&text, nothing).filter(|s| !s.is_empty()) else {
                incoming.tell("passages with nothing in them that do not fit the text were left out");
                continue;
            };
            incoming.coding(&text, &coder).nothing_found.insert(NothingFound { span: Some(span) });
        }
        for orphan in ours("Orphan") {
            self.orphan(incoming, &text, orphan);
        }
        self.annotations(incoming, &text, mine);
        self.relations(incoming, &text, mine);
    }

    /// The article of a text.
    fn article(
        &self,
        incoming: &mut Incoming<'_>,
        raw: &str,
        ours: Option<&Structure>,
        mine: &[usize],
        view: &str,
    ) -> Text {
        if let Some(said) = ours {
            let text = |name: &str| said.text(name).map(str::to_owned);
            // A text whose signs XML cannot hold comes home as the one that it was.
            if let Some(known) = said.text("hash").and_then(|hash| incoming.known_article(Some(hash), None, None))
                && adapt::text_for_xml(known.as_str()) == raw
            {
                return known;
            }
            let metadata = Metadata {
                title: text("title").unwrap_or_default(),
                outlet: text("outlet").unwrap_or_default(),
                authors: said.text("authors").and_then(|a| serde_json::from_str(a).ok()).unwrap_or_default(),
                published: text("published"),
                url: text("url"),
                language: text("language"),
                section: text("section"),
                variables: values(said.text("variables")),
            };
            let source = Source {
                file: text("file").unwrap_or_default(),
                format: text("format").unwrap_or_default(),
                hash: text("file_hash").unwrap_or_default(),
                encoding: text("encoding"),
            };
            return incoming.article(raw, said.text("id"), metadata, source);
        }
        let about: Vec<_> = mine.iter().map(|at| &self.cas.structures[*at]).collect();
        let about = |name: &str| {
            let mut all = about.iter().filter(|s| self.system.is_about_document(&s.kind));
            all.find_map(|s| s.text(name)).map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned)
        };
        let stem = self.file.rsplit('/').next().unwrap_or(self.file);
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        let mut title = about("documentTitle").or_else(|| about("documentId")).unwrap_or_else(|| stem.to_owned());
        if !view.is_empty() {
            title = format!("{title} ({view})");
        }
        let metadata = Metadata {
            title,
            language: about("language").filter(|l| l != super::make::UNSPECIFIED),
            ..Metadata::default()
        };
        let source = Source {
            file: self.file.rsplit('/').next().unwrap_or(self.file).to_owned(),
            format: "uima-cas".to_owned(),
            hash: self.cas.hash.clone(),
            encoding: None,
        };
        incoming.article(raw, None, metadata, source)
    }

    fn code(&mut self, incoming: &mut Incoming<'_>, said: &Structure) {
        let (Some(called), Some(name)) = (said.text("id"), said.text("name")) else { return };
        let Ok(id) = called.parse::<CodeId>() else { return };
        let parent = said.text("parent").and_then(|p| self.codes.get(p)).map(|(id, _)| id.clone());
        let colour = incoming.project().codebook.next_colour();
        let new = crate::model::Code { parent, ..crate::model::Code::new(id, name, colour) };
        let here = incoming.put_code(new);
        self.codes.insert(called.to_owned(), (here, said.text("label").unwrap_or(name).to_owned()));
    }

    fn coding(&self, incoming: &mut Incoming<'_>, text: &Text, said: &Structure) {
        let string = |name: &str| said.text(name).unwrap_or_default().to_owned();
        let list = |name: &str| -> Vec<String> {
            said.text(name).and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default()
        };
        let here = |id: String| self.codes.get(&id).map_or(id, |(here, _)| here.to_string());
        let coder = incoming.coder(&string("coder"), &string("coder_name"));
        let record = record::CodingRecord {
            coder: coder.to_string(),
            coder_name: String::new(),
            primary: said.text("primary").map(str::to_owned),
            primary_code: said.text("primary_code").map(str::to_owned).map(here),
            codes: list("codes"),
            code_ids: list("code_ids").into_iter().map(here).collect(),
            variables: said.text("variables").and_then(|v| serde_json::from_str(v).ok()).unwrap_or_default(),
            memo: string("memo"),
            finished: said.text("finished").and_then(|at| at.parse().ok()),
            nothing_found: said.text("nothing_found") == Some("true"),
            nothing_found_in: Vec::new(),
            relations: Vec::new(),
            decisions: said.text("decisions").and_then(|d| serde_json::from_str(d).ok()).unwrap_or_default(),
        };
        jsonl::read_coding(incoming, text, &coder, record);
    }

    fn orphan(&self, incoming: &mut Incoming<'_>, text: &Text, said: &Structure) {
        let record = said.text("record").and_then(|r| serde_json::from_str::<record::AnnotationRecord>(r).ok());
        let Some(mut record) = record else {
            return incoming.tell("codings that lost their words, and cannot be read, were left out");
        };
        if let Some((here, _)) = record.code.as_ref().and_then(|id| self.codes.get(id)) {
            record.code = Some(here.to_string());
        }
        let coder = incoming.coder(&record.coder, "");
        if let Some(tag) = jsonl::tag(incoming, &record) {
            jsonl::orphan(incoming, text, &coder, tag, &record);
        }
    }

    /// Whether a structure is an annotation that says something of its words.
    fn is_coding(&self, one: &Structure) -> bool {
        let ours = one.kind.strip_prefix("framelens.");
        let other = ours.is_some_and(|k| !matches!(k, "Entity" | "Quote" | "Claim" | "Frame"));
        one.begin.is_some()
            && one.end.is_some()
            && !other
            && !self.system.is_about_document(&one.kind)
            && ends(one).is_none()
    }

    fn annotations(&mut self, incoming: &mut Incoming<'_>, text: &Text, mine: &[usize]) {
        let cas = self.cas;
        // Stretches of one annotation, by coder and id.
        let mut pieces: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
        let key = |one: &'a Structure| Some((one.text("coder").unwrap_or_default(), one.text("uuid")?));
        for at in mine.iter().copied().filter(|at| cas.structures[*at].text("piece").is_some()) {
            if let Some(key) = key(&cas.structures[at]).filter(|_| self.is_coding(&cas.structures[at])) {
                pieces.entry(key).or_default().push(at);
            }
        }
        for all in pieces.values_mut() {
            all.sort_by_key(|at| cas.structures[*at].text("piece").and_then(|n| n.parse::<usize>().ok()));
        }
        let mut done = HashSet::new();
        for at in mine.iter().copied() {
            let one = &cas.structures[at];
            if !self.is_coding(one) || done.contains(&at) {
                if is_told(one) {
                    incoming.tell(format!("“{}” is no coding and was passed over", one.short()));
                }
                continue;
            }
            let all = one.text("piece").and(key(one)).and_then(|key| pieces.get(&key));
            let all = all.map_or_else(|| vec![at], Clone::clone);
            done.extend(all.iter().copied());
            if let Some(placed) = self.annotation(incoming, text, &all) {
                self.placed.extend(all.iter().map(|at| (*at, placed.clone())));
            }
        }
    }

    fn annotation(&self, incoming: &mut Incoming<'_>, text: &Text, all: &[usize]) -> Option<(CoderId, AnnotationId)> {
        let stretches: Vec<_> = all.iter().map(|at| &self.cas.structures[*at]).collect();
        let first = *stretches.first()?;
        let is_empty = |s: &&Structure| s.begin == s.end;
        if stretches.iter().all(is_empty) {
            incoming.tell(format!("annotations of no words (“{}”) were left out", first.short()));
            return None;
        }
        let spans: Option<Vec<_>> = stretches.iter().filter(|s| !is_empty(s)).map(|s| span(text, s)).collect();
        let spans = spans.unwrap_or_default();
        if first.kind.starts_with("framelens.") {
            return self.ours(incoming, text, first, spans);
        }
        let coder = incoming.somebody();
        let (feature, label) = label(first);
        let mut new = incoming.labelled(text, None, &label, spans)?;
        let mut said = Vec::new();
        if feature.is_some() {
            new.attributes.custom.insert("type".to_owned(), Value::Text(first.kind.to_string()));
        }
        for (name, value) in first.said.iter().filter(|(name, _)| Some(name.as_str()) != feature) {
            match value {
                Said::Text(text) => said.push((name.as_str(), text.as_str())),
                Said::Number(number) => drop(new.attributes.custom.insert(name.clone(), Value::Number(*number))),
                Said::YesNo(yes) => drop(new.attributes.custom.insert(name.clone(), Value::YesNo(*yes))),
                Said::List(all) => {
                    let all = serde_json::json!(all).to_string();
                    new.attributes.custom.insert(name.clone(), Value::Text(all));
                }
                Said::Link(_) => {}
            }
        }
        details::put(&mut new, said);
        let id = incoming.put(text, &coder, new);
        Some((coder, id))
    }

    /// One of our own annotations, perhaps changed by another program.
    fn ours(
        &self,
        incoming: &mut Incoming<'_>,
        text: &Text,
        said: &Structure,
        spans: Vec<CharSpan>,
    ) -> Option<(CoderId, AnnotationId)> {
        let coder = coder(incoming, said);
        let label = said.text("label").or_else(|| said.text("value")).unwrap_or_else(|| said.short());
        if said.text("value").is_some_and(|value| value != label) {
            incoming.tell("names whose kind is given twice, and otherwise, were taken by their label");
        }
        let known = said.text("code").and_then(|id| self.codes.get(id));
        let word = match said.short() {
            "Quote" => format!("quote: {label}"),
            "Claim" => format!("claim: {label}"),
            _ => label.to_owned(),
        };
        let id = said.text("uuid");
        let mut new: Annotation = match (known, said.short()) {
            // A label that is another than the code’s was changed, and the code with it.
            (Some((code, called)), "Frame") if called == label => {
                incoming.annotation(text, id, Tag::Frame(code.clone()), spans)?
            }
            _ => incoming.labelled(text, id, &word, spans)?,
        };
        let ours = |name: &&str| !matches!(*name, "label" | "value" | "code" | "coder" | "uuid" | "piece");
        let mut rest = Vec::new();
        for (name, value) in &said.said {
            match value {
                Said::Text(text) => rest.extend(Some(name.as_str()).filter(ours).map(|name| (name, text.as_str()))),
                Said::Number(n) => drop(new.attributes.custom.insert(name.clone(), Value::Number(*n))),
                Said::YesNo(yes) => drop(new.attributes.custom.insert(name.clone(), Value::YesNo(*yes))),
                Said::List(_) | Said::Link(_) => {}
            }
        }
        // An annotation that we wrote says of its revision where it has one.
        if said.text("origin").is_some() {
            new.code_revision = 0;
        }
        details::put(&mut new, rest);
        let id = incoming.put(text, &coder, new);
        Some((coder, id))
    }

    fn relations(&mut self, incoming: &mut Incoming<'_>, text: &Text, mine: &[usize]) {
        let cas = self.cas;
        for at in mine.iter().copied() {
            let one = &cas.structures[at];
            if let Some((from, to)) = ends(one) {
                let ours = &*one.kind == "framelens.Relation";
                let (feature, kind) = label(one);
                let said = match feature {
                    Some(_) => None,
                    None if ours => one.text("label"),
                    None => one.text("DependencyType"),
                };
                let kind = said.map_or(kind, str::to_owned);
                let known = ["coder", "uuid", feature.unwrap_or_default(), "DependencyType"];
                let more = one
                    .said
                    .iter()
                    .any(|(name, value)| !known.contains(&name.as_str()) && !matches!(value, Said::Link(_)));
                if more && !ours {
                    incoming.tell(format!(
                        "relations keep their kind alone; what else “{}” says was left out",
                        one.short()
                    ));
                }
                self.link(incoming, text, self.at(from), self.at(to), kind, one);
            } else if &*one.kind == "framelens.LooseRelation" {
                loose(incoming, text, one);
            } else if self.placed.contains_key(&at) {
                self.links_of(incoming, text, at, one);
            }
        }
    }

    /// What an annotation of another program refers to, straight or through a link with a role.
    fn links_of(&mut self, incoming: &mut Incoming<'_>, text: &Text, at: usize, one: &Structure) {
        let cas = self.cas;
        for (name, said) in &one.said {
            let Said::Link(ids) = said else { continue };
            for target in self.behind(ids) {
                let other = &cas.structures[target];
                if self.placed.contains_key(&target) {
                    self.link(incoming, text, Some(at), Some(target), name.clone(), one);
                    continue;
                }
                let further: Vec<u64> = other.said.iter().flat_map(|(_, said)| said.links()).copied().collect();
                let far = self.behind(&further).into_iter().find(|at| self.placed.contains_key(at));
                match far {
                    Some(far) if other.begin.is_none() => {
                        let role = other.text("role").filter(|r| !r.is_empty()).unwrap_or(name);
                        self.link(incoming, text, Some(at), Some(far), role.to_owned(), one);
                    }
                    _ => incoming.tell(format!("references (“{name}”) to what is no coding were left out")),
                }
            }
        }
    }

    fn at(&self, id: u64) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// The structures that ids lead to; through lists, to what stands in them.
    fn behind(&mut self, ids: &[u64]) -> Vec<usize> {
        let mut out = Vec::new();
        let mut open: Vec<u64> = ids.iter().rev().copied().collect();
        let mut seen = HashSet::new();
        while let Some(id) = open.pop() {
            let Some(at) = self.at(id) else { continue };
            let one = &self.cas.structures[at];
            let inside = match &*one.kind {
                "uima.cas.EmptyFSList" => Some(Vec::new()),
                "uima.cas.NonEmptyFSList" => {
                    Some([one.link("head"), one.link("tail")].into_iter().flatten().flatten().copied().collect())
                }
                kind if kind == "uima.cas.FSArray" || kind.ends_with("[]") => {
                    Some(one.link("elements").unwrap_or_default().to_vec())
                }
                _ => None,
            };
            match inside {
                Some(inside) if seen.insert(at) => open.extend(inside.into_iter().rev()),
                Some(_) => {}
                None => out.push(at),
            }
            self.steps += 1;
            if self.steps > MOST {
                break;
            }
        }
        out
    }

    /// Draws a line between two annotations that were taken; told where one of them was not.
    fn link(
        &self,
        incoming: &mut Incoming<'_>,
        text: &Text,
        from: Option<usize>,
        to: Option<usize>,
        kind: String,
        said: &Structure,
    ) {
        let ends = from.and_then(|at| self.placed.get(&at)).zip(to.and_then(|at| self.placed.get(&at)));
        let Some(((whose, from), (_, to))) = ends else {
            return incoming.tell(format!("relations (“{}”) of what is no coding were left out", said.short()));
        };
        let coder = said.text("coder").map_or_else(|| whose.clone(), |id| incoming.coder(id, ""));
        let id = said.text("uuid").filter(|_| &*said.kind == "framelens.Relation").and_then(|id| id.parse().ok());
        let id = RelationId(id.unwrap_or_else(|| derived_id(&[&kind, &from.to_string(), &to.to_string()]).0));
        incoming.relate(text, &coder, Relation { id, kind, from: *from, to: RelationEnd::Annotation(*to) });
    }
}

/// A relation whose other end is not an annotation of the same text.
fn loose(incoming: &mut Incoming<'_>, text: &Text, said: &Structure) {
    let id = |name: &str| said.text(name).and_then(|id| id.parse().ok());
    let to = match (id("to"), id("entity")) {
        (Some(to), _) => RelationEnd::Annotation(AnnotationId(to)),
        (None, Some(entity)) => RelationEnd::Entity(EntityId(entity)),
        (None, None) => return,
    };
    let (Some(uuid), Some(from)) = (id("uuid"), id("source").or_else(|| id("from"))) else { return };
    let kind = said.text("label").unwrap_or_default().to_owned();
    let coder = coder(incoming, said);
    incoming.relate(text, &coder, Relation { id: RelationId(uuid), kind, from: AnnotationId(from), to });
}

fn span(text: &Text, one: &Structure) -> Option<CharSpan> {
    text.utf16(one.begin?, one.end?)
}

fn coder(incoming: &mut Incoming<'_>, said: &Structure) -> CoderId {
    incoming.coder(said.text("coder").unwrap_or_default(), "")
}

/// Whether a coder ought to know that a structure is not taken.
fn is_told(one: &Structure) -> bool {
    one.end.is_some() && one.begin < one.end && one.kind.starts_with(METADATA) && one.short() != "DocumentMetaData"
}

/// The ends of a relation.
fn ends(one: &Structure) -> Option<(u64, u64)> {
    let first = |name: &str| one.link(name).and_then(|ids| ids.first().copied());
    ENDS.iter().find_map(|(from, to)| Some((first(from)?, first(to)?)))
}

/// What an annotation of another program says, and in which feature.
fn label(one: &Structure) -> (Option<&'static str>, String) {
    let said = |name: &&&'static str| one.text(name).is_some_and(|text| !text.trim().is_empty());
    match LABELS.iter().find(said) {
        Some(name) => (Some(name), one.text(name).unwrap_or_default().to_owned()),
        None => (None, one.short().to_owned()),
    }
}

fn values(json: Option<&str>) -> BTreeMap<String, Value> {
    json.and_then(|json| serde_json::from_str(json).ok()).map(record::of_json).unwrap_or_default()
}

impl Incoming<'_> {
    fn entity_of(&mut self, said: &Structure) {
        let Some(id) = said.text("uuid").and_then(|id| id.parse().ok()) else { return };
        self.entity(Entity {
            id: EntityId(id),
            name: said.text("name").unwrap_or_default().to_owned(),
            kind: said.text("label").and_then(EntityKind::from_word).unwrap_or(EntityKind::Person),
            aliases: said.text("aliases").and_then(|a| serde_json::from_str(a).ok()).unwrap_or_default(),
            note: said.text("note").unwrap_or_default().to_owned(),
        });
    }
}
