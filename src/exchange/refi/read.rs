//! A REFI-QDA project, whoever made it, as articles, codes and codings.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::places::{self, Counting};
use super::project::{Coding, ProjectFile, Selection, guid_of};
use super::write::coder_guid;
use super::xml::Node;
use super::{FINISHED, GOVERNING, MARKS, METADATA, NOTHING_FOUND, VARIABLE, folded, guid, layer_tag};
use crate::exchange::codebook::{self, Entry};
use crate::exchange::incoming::Incoming;
use crate::exchange::{Text, details, keyed, noted};
use crate::model::{
    Annotation, AnnotationId, CodeId, CoderId, Entity, EntityId, EntityKind, Metadata, NothingFound, Project, Relation,
    RelationEnd, RelationId, Source, Tag, Value, Variable, VariableKind,
};
use crate::text::CharSpan;

/// What a code of the file stands for.
#[derive(Clone, Debug)]
enum Meaning {
    Tag(Tag),
    NothingFound,
    Finished,
}

struct Reader<'a, 'b> {
    incoming: &'a mut Incoming<'b>,
    file: &'a ProjectFile,
    counting: Counting,
    users: BTreeMap<String, (String, String)>,
    codes: BTreeMap<String, Meaning>,
    variables: BTreeMap<String, (String, String)>,
    /// What cases and sets say of sources.
    said: BTreeMap<String, Vec<(String, Value)>>,
    /// Selections, codings and sources, to be found by relations.
    ends: BTreeMap<String, (usize, CoderId, AnnotationId)>,
    used: BTreeSet<AnnotationId>,
    texts: Vec<Text>,
    /// Sources by their GUIDs, as numbers of `texts`.
    sources: BTreeMap<String, usize>,
}

/// Reads all of it into `incoming`.
pub fn read(incoming: &mut Incoming<'_>, file: &ProjectFile) {
    let counting = places::counting(file);
    let mut reader = Reader {
        incoming,
        file,
        counting,
        users: BTreeMap::new(),
        codes: BTreeMap::new(),
        variables: BTreeMap::new(),
        said: BTreeMap::new(),
        ends: BTreeMap::new(),
        used: BTreeSet::new(),
        texts: Vec::new(),
        sources: BTreeMap::new(),
    };
    if let Some(words) = counting.words() {
        reader.incoming.tell(words);
    }
    for (what, count) in &file.left_out {
        (0..*count).for_each(|_| reader.incoming.tell(what.as_str()));
    }
    reader.project();
    reader.users();
    reader.codes();
    reader.variables();
    reader.cases();
    reader.sets();
    for at in 0..file.sources.len() {
        reader.source(at);
    }
    reader.document_variables();
    reader.links();
    reader.rest();
}

impl Reader<'_, '_> {
    fn project(&mut self) {
        let root = &self.file.root;
        let (free, said) = keyed::read(root.words("Description").unwrap_or_default());
        if !free.trim().is_empty() {
            self.incoming.tell("the description of the whole project was left out");
        }
        let name = root.get("name").unwrap_or_default();
        let title = keyed::named(name, said.and_then(|s| s.get("title").cloned()).as_ref(), "Untitled");
        self.incoming.project().title = title;
    }

    fn users(&mut self) {
        for user in self.file.root.within("Users", "User") {
            let (id, name) = (user.get("id").unwrap_or_default(), user.get("name").unwrap_or_default());
            let known = self.incoming.known().coders.keys().find(|c| coder_guid(c) == guid_of(user));
            let known = known.map(ToString::to_string);
            // A GUID in braces is no id of ours, so that the name becomes one; it keeps people of one name apart.
            let key =
                known.unwrap_or_else(|| if id.is_empty() { format!("{{{}}}", guid_of(user)) } else { id.to_owned() });
            if !id.is_empty() {
                self.incoming.coder(&key, name);
            }
            self.users.insert(guid_of(user), (key, name.to_owned()));
        }
    }

    fn coder(&mut self, guid: Option<&String>) -> CoderId {
        match guid.and_then(|guid| self.users.get(guid)) {
            Some((id, name)) => self.incoming.coder(id, name),
            None => self.incoming.somebody(),
        }
    }

    fn codes(&mut self) {
        let known = known_codes(self.incoming.known());
        let codes = self.file.root.first("CodeBook").and_then(|b| b.first("Codes"));
        let mut found = Found::default();
        found.collect(codes, &known);
        let guids = std::mem::take(&mut found.guids);
        let ids = codebook::bring(self.incoming, found.entries);
        self.codes = found.meanings;
        for (guid, id) in guids.into_iter().zip(ids) {
            self.codes.insert(guid, Meaning::Tag(Tag::Frame(id)));
        }
    }

    fn variables(&mut self) {
        for node in self.file.root.within("Variables", "Variable") {
            let typed = node.get("typeOfVariable").unwrap_or_default();
            let description = node.words("Description").unwrap_or_default();
            let (free, said) = keyed::read(description);
            let said = said.unwrap_or_default();
            let shown = node.get("name").unwrap_or_default();
            let name = keyed::named(shown, said.get("name"), "(no name)");
            self.variables.insert(guid_of(node), (name.clone(), typed.to_owned()));
            if METADATA.contains(&name.as_str()) || said.get("declared").is_some_and(|word| word == "no") {
                continue;
            }
            let plain = match typed {
                "Boolean" => VariableKind::YesNo,
                "Integer" | "Float" => VariableKind::Number,
                "Date" | "DateTime" => VariableKind::Date,
                _ => VariableKind::Text,
            };
            let kind = match said.get("kind").map(String::as_str) {
                Some("text") => VariableKind::Text,
                Some("number") => VariableKind::Number,
                Some("yes-no") => VariableKind::YesNo,
                Some("date") => VariableKind::Date,
                Some("one of") => {
                    let list = said.get("values").and_then(|list| serde_json::from_str(list).ok());
                    VariableKind::OneOf(list.unwrap_or_default())
                }
                _ => plain,
            };
            self.incoming.project().variables.insert(own_name(&name), Variable { kind, description: free });
        }
    }

    /// The name and the value of a variable; `None` where there is no value.
    fn value(&self, node: &Node) -> Option<(String, Value)> {
        let of = folded(node.first("VariableRef")?.get("targetGUID")?);
        let (name, _) = self.variables.get(&of)?;
        let value = node.nodes.iter().find(|n| n.name.ends_with("Value"))?;
        let words = value.text.as_str();
        let text = || Value::Text(words.to_owned());
        let value = match value.name.as_str() {
            "BooleanValue" => match words.trim() {
                "true" | "1" => Value::YesNo(true),
                "false" | "0" => Value::YesNo(false),
                _ => text(),
            },
            "IntegerValue" | "FloatValue" => words.trim().parse().map_or_else(|_| text(), Value::Number),
            _ => text(),
        };
        Some((name.clone(), value))
    }

    fn cases(&mut self) {
        for case in self.file.root.within("Cases", "Case") {
            let (free, said) = keyed::read(case.words("Description").unwrap_or_default());
            let said = said.unwrap_or_default();
            let name = case.get("name").unwrap_or_default();
            let kind = said.get("kind").and_then(|kind| EntityKind::from_word(kind));
            if let (Some(kind), Ok(id)) = (kind, guid_of(case).parse()) {
                let aliases = said.get("aliases").and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default();
                let name = keyed::named(name, said.get("name"), "(no name)");
                self.incoming.entity(Entity { id: EntityId(id), name, kind, aliases, note: free });
            } else if !said.contains_key("coder") {
                self.strange_case(case, name);
            }
        }
    }

    /// A case of another program: what it says, it says of the sources that belong to it.
    fn strange_case(&mut self, case: &Node, name: &str) {
        let values: Vec<_> = case.all("VariableValue").filter_map(|v| self.value(v)).collect();
        let sources: Vec<_> = case.all("SourceRef").filter_map(|s| s.get("targetGUID")).map(folded).collect();
        if sources.is_empty() {
            self.incoming.tell("cases that belong to no source were left out");
        }
        if case.first("SelectionRef").is_some() {
            self.incoming.tell("stretches that belong to a case were left out");
        }
        for source in sources {
            let all = self.said.entry(source).or_default();
            all.push(("case".to_owned(), Value::Text(name.to_owned())));
            all.extend(values.iter().cloned());
        }
    }

    fn sets(&mut self) {
        for set in self.file.root.within("Sets", "Set") {
            let name = set.get("name").unwrap_or_default();
            if set.first("MemberCode").is_some() {
                self.incoming.tell("groups of codes were left out");
            }
            for source in set.all("MemberSource").filter_map(|s| s.get("targetGUID")) {
                self.said.entry(folded(source)).or_default().push((name.to_owned(), Value::YesNo(true)));
            }
        }
    }

    fn source(&mut self, at: usize) {
        let source = &self.file.sources[at];
        let (free, said) = keyed::read(&source.description);
        let ours = said.is_some();
        let said = said.unwrap_or_default();
        if !free.trim().is_empty() {
            self.incoming.tell("descriptions of articles were left out");
        }
        let body = self.counting.text(&source.raw);
        let mut metadata = Metadata { title: noted::title(&source.name, &said, &body), ..Metadata::default() };
        let values: Vec<_> = source.values.iter().filter_map(|v| self.value(v)).collect();
        let more = self.said.remove(&source.guid).unwrap_or_default();
        for (name, value) in values {
            put_value(&mut metadata, &name, value);
        }
        for (name, value) in more {
            metadata.variables.entry(name).or_insert(value);
        }
        let origin = if ours {
            noted::source(&said)
        } else {
            Source { file: source.name.clone(), format: "refi-qda".to_owned(), ..Source::default() }
        };
        let here = self.incoming.article(&body, said.get("id").map(String::as_str), metadata, origin);
        let parts = noted::parts(&said);
        if !parts.is_empty() {
            self.incoming.parts(&here, parts);
        }
        self.sources.insert(source.guid.clone(), at);
        self.texts.push(here.clone());
        self.selections(at, &here);
        self.document(at, &here);
    }

    fn selections(&mut self, at: usize, text: &Text) {
        let all = &self.file.sources[at].selections;
        let by_guid: BTreeMap<&str, &Selection> = all.iter().map(|s| (s.guid.as_str(), s)).collect();
        // Further stretches are known by the GUID that the first one gives them.
        let mut further: BTreeMap<&str, Vec<&Selection>> = BTreeMap::new();
        let mut joined: BTreeSet<&str> = BTreeSet::new();
        for first in all {
            let [coding] = first.codings.as_slice() else { continue };
            for n in 1.. {
                let next = by_guid.get(guid(&["stretch", &first.guid, &n.to_string()]).as_str()).copied();
                let alike = |s: &&Selection| matches!(s.codings.as_slice(), [c] if c.code == coding.code);
                let Some(next) = next.filter(alike).filter(|s| joined.insert(&s.guid)) else { break };
                further.entry(&first.guid).or_default().push(next);
            }
        }
        for selection in all {
            if joined.contains(selection.guid.as_str()) {
                continue;
            }
            if selection.codings.is_empty() {
                self.incoming.tell("selections without a code were left out");
            }
            let mut spans = Vec::new();
            let stretches = further.get(selection.guid.as_str()).into_iter().flatten().copied();
            for stretch in std::iter::once(selection).chain(stretches) {
                spans.extend(self.span(text, stretch));
            }
            let only = selection.codings.len() == 1;
            for coding in &selection.codings {
                self.coding(at, text, selection, coding, &spans, only);
            }
        }
    }

    fn span(&self, text: &Text, selection: &Selection) -> Option<CharSpan> {
        let (start, end) = (selection.start.parse().ok()?, selection.end.parse().ok()?);
        if self.counting.utf16 { text.utf16(start, end) } else { text.chars(start, end) }
    }

    fn coding(
        &mut self,
        at: usize,
        text: &Text,
        selection: &Selection,
        coding: &Coding,
        spans: &[CharSpan],
        only: bool,
    ) {
        let coder = self.coder(coding.user.as_ref().or(selection.user.as_ref()));
        let tag = match self.codes.get(&coding.code).cloned() {
            Some(Meaning::Tag(tag)) => tag,
            Some(Meaning::NothingFound) => {
                let nothing = &mut self.incoming.coding(text, &coder).nothing_found;
                nothing.extend(spans.iter().filter(|s| !s.is_empty()).map(|s| NothingFound { span: Some(*s) }));
                return;
            }
            Some(Meaning::Finished) => return self.incoming.tell("“finished” said of a stretch was left out"),
            None => return self.incoming.tell("codings with a code that is not in the file were left out"),
        };
        let id = if only { &selection.guid } else { &coding.guid };
        let free = id.parse().ok().map(AnnotationId).filter(|id| !self.used.contains(id));
        let id = free.map(|id| id.to_string());
        let Some(mut new) = self.incoming.annotation(text, id.as_deref(), tag, spans.to_vec()) else { return };
        let known = self.known(text, &coder, &new);
        let (words, said) = keyed::read(&selection.description);
        let notes = coding.notes.iter().chain(&selection.notes);
        let notes: Vec<_> = notes.filter_map(|n| self.file.notes.get(n)).map(|n| n.text.clone()).collect();
        let has_notes = !notes.is_empty();
        let memo =
            notes.into_iter().chain(Some(words).filter(|w| !w.trim().is_empty())).collect::<Vec<_>>().join("\n\n");
        if let Some(said) = &said {
            new.code_revision = 0;
            details::put(&mut new, said.iter().map(|(k, v)| (k.as_str(), v.as_str())));
        } else if let Some(known) = &known {
            // The other program had no room for what was noted here, which is not to say that it is so no more.
            new.attributes = known.attributes.clone();
            new.origin = known.origin.clone();
            new.code_revision = known.code_revision;
        }
        new.memo = match &known {
            Some(known) if said.is_none() && !has_notes && memo.is_empty() => known.memo.clone(),
            _ => memo,
        };
        let created = coding.created.as_deref().or(selection.created.as_deref()).and_then(moment);
        let changed = selection.changed.as_deref().and_then(moment).or(created);
        new.created = created.unwrap_or(new.created);
        new.changed = changed.unwrap_or(new.changed);
        if let Some(known) = &known {
            // Programs that keep whole seconds have not changed anything by that.
            let alike = |a: Option<Timestamp>, b: Timestamp| a.is_none_or(|a| a.as_second() == b.as_second());
            if alike(created, known.created) {
                new.created = known.created;
            }
            if alike(changed, known.changed) {
                new.changed = known.changed;
            }
        }
        let id = self.incoming.put(text, &coder, new);
        self.used.insert(id);
        for end in [&coding.guid, &selection.guid] {
            self.ends.entry(end.clone()).or_insert((at, coder.clone(), id));
        }
    }

    /// The annotation of the project that comes back here: by its id, or by its place.
    fn known(&self, text: &Text, coder: &CoderId, new: &Annotation) -> Option<Arc<Annotation>> {
        let project = self.incoming.known();
        let of = |coder: &CoderId| project.codings.get(&(coder.clone(), text.article().clone()));
        let by_id = project.coders.keys().find_map(|c| of(c)?.annotations.get(&new.id));
        let alike = |a: &&Arc<Annotation>| a.tag == new.tag && a.spans == new.spans;
        by_id.or_else(|| of(coder)?.annotations.values().find(alike)).cloned()
    }

    fn document(&mut self, at: usize, text: &Text) {
        let source = &self.file.sources[at];
        for coding in &source.codings {
            let coder = self.coder(coding.user.as_ref());
            let governs = coding.notes.iter().filter_map(|n| self.file.notes.get(n)).any(|n| n.name == GOVERNING);
            match self.codes.get(&coding.code).cloned() {
                Some(Meaning::Tag(Tag::Frame(code))) => {
                    let document = &mut self.incoming.coding(text, &coder).document;
                    if governs {
                        document.primary = Some(code);
                    } else {
                        document.codes.insert(code);
                    }
                }
                Some(Meaning::NothingFound) => {
                    self.incoming.coding(text, &coder).nothing_found.insert(NothingFound { span: None });
                }
                Some(Meaning::Finished) => {
                    let at = coding.created.as_deref().and_then(moment).unwrap_or(self.incoming.now());
                    self.incoming.coding(text, &coder).document.finished = Some(at);
                }
                Some(Meaning::Tag(_)) => {
                    self.incoming.tell("names, quotations and claims coded on a whole article were left out");
                }
                None => self.incoming.tell("codings with a code that is not in the file were left out"),
            }
        }
        let notes: Vec<_> = source.notes.iter().filter_map(|n| self.file.notes.get(n)).cloned().collect();
        for note in notes {
            let coder = self.coder(note.user.as_ref());
            let memo = &mut self.incoming.coding(text, &coder).document.memo;
            if !memo.is_empty() {
                memo.push_str("\n\n");
            }
            memo.push_str(&note.text);
        }
    }

    fn document_variables(&mut self) {
        for case in self.file.root.within("Cases", "Case") {
            let (_, said) = keyed::read(case.words("Description").unwrap_or_default());
            let Some(coder) = said.and_then(|s| s.get("coder").cloned()) else { continue };
            let source = case.first("SourceRef").and_then(|s| s.get("targetGUID")).map(folded).unwrap_or_default();
            let Some(text) = self.sources.get(&source).and_then(|at| self.texts.get(*at)).cloned() else { continue };
            let name = self.users.values().find(|(id, _)| *id == coder).map(|(_, name)| name.clone());
            let coder = self.incoming.coder(&coder, &name.unwrap_or_default());
            let values: Vec<_> = case.all("VariableValue").filter_map(|v| self.value(v)).collect();
            let document = &mut self.incoming.coding(&text, &coder).document;
            document.variables.extend(values.into_iter().map(|(name, value)| (own_name(&name), value)));
        }
    }

    fn links(&mut self) {
        for link in self.file.root.within("Links", "Link") {
            let end = |name: &str| link.get(name).map(folded).unwrap_or_default();
            let (from, to) = (end("originGUID"), end("targetGUID"));
            let target = match self.ends.get(&to) {
                Some((.., id)) => Some(RelationEnd::Annotation(*id)),
                None => {
                    let id = to.parse().ok().map(EntityId);
                    id.filter(|id| self.incoming.project().entities.contains_key(id)).map(RelationEnd::Entity)
                }
            };
            let (Some((at, coder, from)), Some(to)) = (self.ends.get(&from).cloned(), target) else {
                self.incoming.tell("links that do not lead from one coded stretch to another were left out");
                continue;
            };
            let kind = link.get("name").unwrap_or_default().to_owned();
            let id = guid_of(link).parse().ok().map(RelationId);
            let id = id.or_else(|| guid(&["link", &from.to_string(), &kind]).parse().ok().map(RelationId));
            let Some((id, text)) = id.zip(self.texts.get(at).cloned()) else { continue };
            self.incoming.relate(&text, &coder, Relation { id, kind, from, to });
        }
    }

    /// What has no place here.
    fn rest(&mut self) {
        let file = self.file;
        let mut used: BTreeSet<&String> = BTreeSet::new();
        for source in &file.sources {
            used.extend(&source.notes);
            for coding in source.codings.iter().chain(source.selections.iter().flat_map(|s| &s.codings)) {
                used.extend(&coding.notes);
            }
            used.extend(source.selections.iter().flat_map(|s| &s.notes));
        }
        for _ in file.notes.keys().filter(|guid| !used.contains(guid)) {
            self.incoming.tell("notes that belong to no coded stretch and no article were left out");
        }
        if file.root.first("Graphs").is_some() {
            self.incoming.tell("drawings were left out");
        }
    }
}

/// The codes of a file: those that become codes here, and those that stand for something else.
#[derive(Default)]
struct Found {
    entries: Vec<Entry>,
    guids: Vec<String>,
    meanings: BTreeMap<String, Meaning>,
}

impl Found {
    fn collect(&mut self, codes: Option<&Node>, known: &BTreeMap<String, CodeId>) {
        let mut open: Vec<(&Node, Option<usize>, Option<&str>)> =
            codes.into_iter().flat_map(|c| c.all("Code")).rev().map(|c| (c, None, None)).collect();
        while let Some((node, parent, folder)) = open.pop() {
            let name = node.get("name").unwrap_or_default();
            let guid = guid_of(node);
            if let Some(meaning) = folder.and_then(|folder| meaning(folder, name)) {
                self.meanings.insert(guid, meaning);
                continue;
            }
            // A folder of ours is none of the codes, unless somebody has put codes into it.
            let of_layer = |child: &&Node| meaning(name, child.get("name").unwrap_or_default()).is_some();
            let plain = keyed::read(node.words("Description").unwrap_or_default()).1.is_none();
            let is_folder = parent.is_none() && plain && node.all("Code").any(|c| of_layer(&c));
            if is_folder && node.all("Code").all(|c| of_layer(&c)) {
                open.extend(node.all("Code").rev().map(|c| (c, None, Some(name))));
                continue;
            }
            let mut entry = entry(node);
            entry.parent = parent;
            entry.id = entry.id.or_else(|| known.get(&guid).cloned());
            let at = self.entries.len();
            self.entries.push(entry);
            self.guids.push(guid);
            let inside = |c| (c, Some(at), Some(name).filter(|_| is_folder));
            open.extend(node.all("Code").rev().map(inside));
        }
    }
}

/// The project’s codes by the GUIDs that they are written with.
pub fn known_codes(project: &Project) -> BTreeMap<String, CodeId> {
    project.codebook.codes.keys().map(|id| (guid(&["code", id.as_str()]), id.clone())).collect()
}

/// A code of a file, without its place in the tree.
pub fn entry(node: &Node) -> Entry {
    let shown = node.get("name").unwrap_or_default();
    let guid = guid_of(node);
    let mut entry = Entry::new(shown, if guid.is_empty() { shown } else { &guid });
    let said = entry.describe(node.words("Description").unwrap_or_default());
    let id = said.get("id").map(String::as_str).unwrap_or_default();
    entry.code.name = keyed::named(shown, said.get("name"), id);
    let kept = said.get("colour");
    match node.get("color").and_then(|written| codebook::colour(written, kept)) {
        Some(colour) => {
            entry.code.colour = colour;
            entry.has_colour = true;
        }
        // The other program took the colour away; nobody chose another one.
        None => entry.has_colour = kept.is_some(),
    }
    entry
}

fn meaning(folder: &str, word: &str) -> Option<Meaning> {
    match (folder, word) {
        (MARKS, NOTHING_FOUND) => Some(Meaning::NothingFound),
        (MARKS, FINISHED) => Some(Meaning::Finished),
        _ => layer_tag(folder, word).map(Meaning::Tag),
    }
}

fn own_name(name: &str) -> String {
    name.strip_prefix(VARIABLE).unwrap_or(name).to_owned()
}

fn put_value(metadata: &mut Metadata, name: &str, value: Value) {
    let Value::Text(text) = value else {
        metadata.variables.insert(own_name(name), value);
        return;
    };
    match name {
        "outlet" => metadata.outlet = text,
        "authors" => {
            let list = serde_json::from_str(&text).ok().filter(|_| text.starts_with('['));
            metadata.authors = list.unwrap_or_else(|| text.split("; ").map(str::to_owned).collect());
        }
        "published" => metadata.published = Some(text),
        "url" => metadata.url = Some(text),
        "language" => metadata.language = Some(text),
        "section" => metadata.section = Some(text),
        _ => drop(metadata.variables.insert(own_name(name), Value::Text(text))),
    }
}

/// A moment; without a time zone, in UTC.
fn moment(written: &str) -> Option<Timestamp> {
    let written = written.trim();
    written.parse().ok().or_else(|| {
        let civil: DateTime = written.parse().ok()?;
        TimeZone::UTC.to_timestamp(civil).ok()
    })
}
