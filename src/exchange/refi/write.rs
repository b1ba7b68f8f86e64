//! A project as the files of a REFI-QDA project.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::xml::Writer;
use super::{FINISHED, GOVERNING, MARKS, METADATA, NOTHING_FOUND, ORIGIN, ORIGIN_NVIVO, VARIABLE, guid, layer_code};
use crate::exchange::codebook;
use crate::exchange::record::codings_of;
use crate::exchange::{details, keyed, noted};
use crate::model::{
    Annotation, Article, Code, CoderId, Coding, Layer, Project, Relation, RelationEnd, Tag, Value, Variable,
    VariableKind,
};
use crate::text::{CharSpan, OffsetMap};

/// The files, ready to be packed.
pub struct Written {
    pub project: String,
    /// The texts, by the names of their files.
    pub sources: Vec<(String, String)>,
}

struct Maker<'a> {
    project: &'a Project,
    nvivo: bool,
    xml: Writer,
    /// Notes come behind the sources that refer to them.
    notes: Vec<Note>,
    kinds: BTreeMap<String, Typed>,
}

struct Note {
    guid: String,
    name: String,
    coder: Option<String>,
    text: String,
}

/// The kind of a variable there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Typed {
    Text,
    Boolean,
    Float,
    Date,
}

impl Typed {
    fn word(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Boolean => "Boolean",
            Self::Float => "Float",
            Self::Date => "Date",
        }
    }

    /// What is read where nothing more is said.
    fn plain(self) -> VariableKind {
        match self {
            Self::Text => VariableKind::Text,
            Self::Boolean => VariableKind::YesNo,
            Self::Float => VariableKind::Number,
            Self::Date => VariableKind::Date,
        }
    }
}

impl Written {
    pub fn of(project: &Project, nvivo: bool) -> Self {
        let mut maker = Maker { project, nvivo, xml: Writer::new(), notes: Vec::new(), kinds: BTreeMap::new() };
        let title = keyed::shown(&project.title, "Untitled");
        let origin = if nvivo { ORIGIN_NVIVO } else { ORIGIN };
        maker.xml.open("Project", &[("xmlns", "urn:QDA-XML:project:1.0"), ("name", &title), ("origin", origin)]);
        maker.users();
        maker.codes();
        maker.variables();
        maker.cases();
        let sources = maker.sources();
        maker.notes();
        maker.links();
        if title != project.title {
            maker.xml.words("Description", &keyed::write("", [("title", project.title.clone())]));
        }
        Self { project: maker.xml.finish(), sources }
    }
}

/// The GUID of an article’s source.
fn source_guid(article: &Article) -> String {
    guid(&["article", article.id.as_str()])
}

pub fn coder_guid(coder: &CoderId) -> String {
    guid(&["coder", coder.as_str()])
}

fn mark_guid(name: &str) -> String {
    guid(&["mark", name])
}

fn layer_guid(folder: &str, word: &str) -> String {
    guid(&["layer", folder, word])
}

impl Maker<'_> {
    fn users(&mut self) {
        if self.project.coders.is_empty() {
            return;
        }
        self.xml.open("Users", &[]);
        for coder in self.project.coders.values() {
            let name = if coder.name.trim().is_empty() { coder.id.as_str() } else { &coder.name };
            self.xml.empty("User", &[("guid", &coder_guid(&coder.id)), ("name", name), ("id", coder.id.as_str())]);
        }
        self.xml.close();
    }

    fn codes(&mut self) {
        let mut layers: BTreeSet<(Layer, &str, &str)> = BTreeSet::new();
        let mut marks = BTreeSet::new();
        for coding in self.project.codings.values() {
            for annotation in coding.annotations.values() {
                layers.extend(layer_code(&annotation.tag).map(|(folder, word)| (annotation.tag.layer(), folder, word)));
            }
            marks.extend((!coding.nothing_found.is_empty()).then_some(NOTHING_FOUND));
            marks.extend(coding.document.finished.map(|_| FINISHED));
        }
        let tree = self.project.codebook.tree();
        if tree.is_empty() && layers.is_empty() && marks.is_empty() {
            return;
        }
        self.xml.open("CodeBook", &[]);
        self.xml.open("Codes", &[]);
        write_codes(&mut self.xml, &tree);
        for layer in Layer::ALL {
            self.folder(
                super::folder(*layer),
                layers.iter().filter(|(l, ..)| l == layer).map(|(_, folder, word)| (layer_guid(folder, word), *word)),
            );
        }
        self.folder(MARKS, marks.into_iter().map(|name| (mark_guid(name), name)));
        self.xml.close();
        self.xml.close();
    }

    fn folder<'b>(&mut self, name: &str, codes: impl Iterator<Item = (String, &'b str)>) {
        let mut codes = codes.peekable();
        if codes.peek().is_none() {
            return;
        }
        self.xml.open("Code", &[("guid", &guid(&["folder", name])), ("name", name), ("isCodable", "false")]);
        for (guid, name) in codes {
            self.xml.empty("Code", &[("guid", &guid), ("name", name), ("isCodable", "true")]);
        }
        self.xml.close();
    }

    fn variables(&mut self) {
        let mut values: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for article in self.project.articles.values() {
            for (name, value) in article_values(article) {
                values.entry(name).or_default().push(value);
            }
        }
        for coding in self.project.codings.values() {
            for (name, value) in &coding.document.variables {
                values.entry(shown_variable(name)).or_default().push(value.clone());
            }
        }
        let schema: BTreeMap<String, (&String, &Variable)> =
            self.project.variables.iter().map(|(name, v)| (shown_variable(name), (name, v))).collect();
        let names: BTreeSet<&String> = values.keys().chain(schema.keys()).collect();
        if names.is_empty() {
            return;
        }
        self.xml.open("Variables", &[]);
        for name in names {
            let declared = schema.get(name).map(|(_, v)| *v);
            let typed = typed(values.get(name).map_or(&[], Vec::as_slice), declared);
            let shown = keyed::shown(name, "(no name)");
            let attributes =
                [("guid", guid(&["variable", name])), ("name", shown.clone()), ("typeOfVariable", typed.word().into())];
            let attributes: Vec<_> = attributes.iter().map(|(k, v)| (*k, v.as_str())).collect();
            let description = variable_description(name, &shown, typed, declared);
            if description.is_empty() {
                self.xml.empty("Variable", &attributes);
            } else {
                self.xml.open("Variable", &attributes);
                self.xml.words("Description", &description);
                self.xml.close();
            }
            self.kinds.insert(name.clone(), typed);
        }
        self.xml.close();
    }

    fn value(&mut self, name: &str, value: &Value) {
        self.xml.open("VariableValue", &[]);
        self.xml.empty("VariableRef", &[("targetGUID", &guid(&["variable", name]))]);
        let element = match (value, self.kinds.get(name)) {
            (Value::Text(_), Some(Typed::Date)) => "DateValue",
            (Value::Number(n), _) if n.is_finite() => "FloatValue",
            (Value::YesNo(_), _) => "BooleanValue",
            _ => "TextValue",
        };
        let words = if let Value::YesNo(yes) = value { yes.to_string() } else { value.to_string() };
        self.xml.words(element, &words);
        self.xml.close();
    }

    fn cases(&mut self) {
        let spoken: Vec<_> = self.project.codings.iter().filter(|(_, c)| !c.document.variables.is_empty()).collect();
        if spoken.is_empty() && self.project.entities.is_empty() {
            return;
        }
        self.xml.open("Cases", &[]);
        for entity in self.project.entities.values() {
            let shown = keyed::shown(&entity.name, "(no name)");
            let mut lines = vec![("kind", entity.kind.to_string())];
            if shown != entity.name {
                lines.push(("name", entity.name.clone()));
            }
            if !entity.aliases.is_empty() {
                lines.push(("aliases", serde_json::json!(entity.aliases).to_string()));
            }
            self.xml.open("Case", &[("guid", &entity.id.to_string()), ("name", &shown)]);
            self.xml.words("Description", &keyed::write(&entity.note, lines));
            self.xml.close();
        }
        for ((coder, article), coding) in spoken {
            let Some(article) = self.project.articles.get(article) else { continue };
            let who = self.project.coders.get(coder).map_or(coder.as_str(), |c| c.name.as_str());
            let name = keyed::shown(&format!("{} ({who})", article.display_title()), "(no name)");
            let case = guid(&["case", coder.as_str(), article.id.as_str()]);
            self.xml.open("Case", &[("guid", &case), ("name", &name)]);
            let lines = [("coder", coder.to_string()), ("article", article.id.to_string())];
            self.xml.words("Description", &keyed::write("", lines));
            for (name, value) in &coding.document.variables {
                self.value(&shown_variable(name), value);
            }
            self.xml.empty("SourceRef", &[("targetGUID", &source_guid(article))]);
            self.xml.close();
        }
        self.xml.close();
    }

    fn sources(&mut self) -> Vec<(String, String)> {
        if self.project.articles.is_empty() {
            return Vec::new();
        }
        let folder = if self.nvivo { "Sources" } else { "sources" };
        let mut files = Vec::new();
        self.xml.open("Sources", &[]);
        let project = self.project;
        for article in project.articles.values() {
            let guid = source_guid(article);
            self.source(article, &guid);
            let text = if self.nvivo { article.text.replace('\n', "\r\n") } else { article.text.to_string() };
            files.push((format!("{folder}/{guid}.txt"), text));
        }
        self.xml.close();
        files
    }

    fn source(&mut self, article: &Article, guid_here: &str) {
        let project = self.project;
        let shown = noted::shown(article);
        let path = format!("internal://{guid_here}.txt");
        let attributes = [("guid", guid_here), ("name", shown.as_str()), ("plainTextPath", path.as_str())];
        self.xml.open("TextSource", &attributes);
        self.xml.words("Description", &keyed::write("", noted::lines(article)));
        let places = Places::of(article, self.nvivo);
        let everybody: Vec<_> = codings_of(project, article).collect();
        for (coder, coding) in &everybody {
            for annotation in coding.in_order() {
                self.annotation(&places, coder, annotation);
            }
            for span in coding.nothing_found.iter().filter_map(|n| n.span) {
                let place = [article.id.as_str(), coder.as_str(), &span.to_string()].join("\n");
                self.selection(&places, span, &guid(&["nothing found", &place]), &coder_guid(coder), &[]);
                self.coding(
                    &guid(&["nothing found here", &place]),
                    &coder_guid(coder),
                    None,
                    &mark_guid(NOTHING_FOUND),
                );
                self.xml.close();
            }
        }
        for (coder, coding) in &everybody {
            self.document(article, coder, coding);
        }
        for (coder, coding) in &everybody {
            if !coding.document.memo.is_empty() {
                let memo = guid(&["document memo", coder.as_str(), article.id.as_str()]);
                self.xml.empty("NoteRef", &[("targetGUID", &memo)]);
                let name = format!("Memo on “{shown}”");
                self.note(memo, name, coder, &coding.document.memo);
            }
        }
        for (name, value) in article_values(article) {
            self.value(&name, &value);
        }
        self.xml.close();
    }

    fn annotation(&mut self, places: &Places, coder: &CoderId, annotation: &Annotation) {
        let id = annotation.id.to_string();
        let user = coder_guid(coder);
        let (created, changed) = (annotation.created.to_string(), annotation.changed.to_string());
        let code = match &annotation.tag {
            Tag::Frame(code) => guid(&["code", code.as_str()]),
            tag => layer_code(tag).map_or_else(String::new, |(folder, word)| layer_guid(folder, word)),
        };
        let times =
            [("creationDateTime", created.as_str()), ("modifyingUser", &user), ("modifiedDateTime", changed.as_str())];
        for (n, span) in annotation.spans.iter().enumerate() {
            let n = n.to_string();
            let selection = if n == "0" { id.clone() } else { guid(&["stretch", &id, &n]) };
            self.selection(places, *span, &selection, &user, &times);
            if n == "0" {
                let apart = ["memo", "created", "changed"];
                let lines = details::of(annotation).into_iter().filter(|(key, _)| !apart.contains(key));
                self.xml.words("Description", &keyed::write("", lines));
            }
            self.coding(&guid(&["coding", &id, &n]), &user, Some(&created), &code);
            if n == "0" && !annotation.memo.is_empty() {
                let memo = guid(&["memo", &id]);
                self.xml.empty("NoteRef", &[("targetGUID", &memo)]);
                self.note(memo, format!("Memo on “{}”", places.excerpt(*span)), coder, &annotation.memo);
            }
            self.xml.close();
        }
    }

    /// Begins a selection.
    fn selection(&mut self, places: &Places, span: CharSpan, guid: &str, user: &str, times: &[(&str, &str)]) {
        let (start, end) = places.numbers(span);
        let name = places.excerpt(span);
        let mut attributes = vec![("guid", guid), ("name", name.as_str()), ("startPosition", start.as_str())];
        attributes.extend([("endPosition", end.as_str()), ("creatingUser", user)]);
        attributes.extend(times);
        self.xml.open("PlainTextSelection", &attributes);
    }

    fn coding(&mut self, guid: &str, user: &str, created: Option<&str>, code: &str) {
        self.coding_with(guid, user, created, code, None);
    }

    fn coding_with(&mut self, guid: &str, user: &str, created: Option<&str>, code: &str, note: Option<&str>) {
        let mut attributes = vec![("guid", guid), ("creatingUser", user)];
        attributes.extend(created.map(|at| ("creationDateTime", at)));
        self.xml.open("Coding", &attributes);
        self.xml.empty("CodeRef", &[("targetGUID", code)]);
        if let Some(note) = note {
            self.xml.empty("NoteRef", &[("targetGUID", note)]);
        }
        self.xml.close();
    }

    /// What a coder says of a whole article.
    fn document(&mut self, article: &Article, coder: &CoderId, coding: &Coding) {
        let user = coder_guid(coder);
        let of = |what: &str, code: &str| guid(&["document", what, coder.as_str(), article.id.as_str(), code]);
        let code_guid = |code: &str| guid(&["code", code]);
        if let Some(code) = &coding.document.primary {
            let note = guid(&["governing"]);
            let code = code.as_str();
            self.coding_with(&of("primary", code), &user, None, &code_guid(code), Some(&note));
            if self.notes.iter().all(|n| n.guid != note) {
                let text = "The code that governs the article.".to_owned();
                self.notes.push(Note { guid: note, name: GOVERNING.to_owned(), coder: None, text });
            }
        }
        for code in &coding.document.codes {
            self.coding(&of("code", code.as_str()), &user, None, &code_guid(code.as_str()));
        }
        if coding.nothing_found.iter().any(|n| n.span.is_none()) {
            self.coding(&of("mark", NOTHING_FOUND), &user, None, &mark_guid(NOTHING_FOUND));
        }
        if let Some(at) = coding.document.finished {
            self.coding(&of("mark", FINISHED), &user, Some(&at.to_string()), &mark_guid(FINISHED));
        }
    }

    fn note(&mut self, guid: String, name: String, coder: &CoderId, text: &str) {
        self.notes.push(Note { guid, name, coder: Some(coder_guid(coder)), text: text.to_owned() });
    }

    fn notes(&mut self) {
        if self.notes.is_empty() {
            return;
        }
        self.xml.open("Notes", &[]);
        for note in std::mem::take(&mut self.notes) {
            let mut attributes = vec![("guid", note.guid.as_str()), ("name", &note.name)];
            attributes.extend(note.coder.as_deref().map(|coder| ("creatingUser", coder)));
            self.xml.open("Note", &attributes);
            self.xml.words("PlainTextContent", &note.text);
            self.xml.close();
        }
        self.xml.close();
    }

    fn links(&mut self) {
        let relations: Vec<&Relation> = self.project.codings.values().flat_map(|c| c.relations.values()).collect();
        if relations.is_empty() {
            return;
        }
        self.xml.open("Links", &[]);
        for relation in relations {
            let to = match &relation.to {
                RelationEnd::Annotation(id) => id.to_string(),
                RelationEnd::Entity(id) => id.to_string(),
            };
            let (id, from) = (relation.id.to_string(), relation.from.to_string());
            let attributes = [("guid", id.as_str()), ("name", &relation.kind), ("direction", "OneWay")];
            let attributes: Vec<_> = attributes.into_iter().chain([("originGUID", from.as_str())]).collect();
            let attributes: Vec<_> = attributes.into_iter().chain([("targetGUID", to.as_str())]).collect();
            self.xml.empty("Link", &attributes);
        }
        self.xml.close();
    }
}

/// A codebook’s codes in one another.
pub fn write_codes(xml: &mut Writer, tree: &[(usize, &Code)]) {
    let mut open = 0;
    for (depth, code) in tree {
        while open > *depth {
            xml.close();
            open -= 1;
        }
        let shown = keyed::shown(&code.name, code.id.as_str());
        let (guid, colour) = (guid(&["code", code.id.as_str()]), codebook::rgb(code.colour));
        xml.open("Code", &[("guid", &guid), ("name", &shown), ("isCodable", "true"), ("color", &colour)]);
        let more = if shown == code.name { Vec::new() } else { vec![("name", code.name.clone())] };
        xml.words("Description", &codebook::description(code, more));
        open += 1;
    }
    for _ in 0..open {
        xml.close();
    }
}

/// Where things stand in a source, as the file counts.
struct Places {
    map: OffsetMap,
    nvivo: bool,
    /// Where line ends are, in code points.
    ends: Vec<usize>,
}

impl Places {
    fn of(article: &Article, nvivo: bool) -> Self {
        let ends = if nvivo { article.text.chars().enumerate() } else { "".chars().enumerate() };
        let ends = ends.filter(|(_, c)| *c == '\n').map(|(at, _)| at).collect();
        Self { map: OffsetMap::new(article.text.clone()), nvivo, ends }
    }

    fn numbers(&self, span: CharSpan) -> (String, String) {
        if !self.nvivo {
            return (span.start.to_string(), span.end.to_string());
        }
        // A line end is two units there: one more for each before the place.
        let number = |at: crate::text::CharOffset| {
            let units = self.map.char_to_utf16(at).map_or(at.0, |u| u.0);
            (units + self.ends.partition_point(|end| *end < at.0)).to_string()
        };
        (number(span.start), number(span.end))
    }

    /// The first words, on one line, as other programs name selections.
    fn excerpt(&self, span: CharSpan) -> String {
        let line = keyed::shown(self.map.slice(span).unwrap_or_default(), "…");
        if line.chars().count() <= 80 {
            return line;
        }
        line.chars().take(79).chain(['…']).collect()
    }
}

/// An article’s metadata and variables, by the names that they have there.
fn article_values(article: &Article) -> Vec<(String, Value)> {
    let meta = &article.metadata;
    let authors = (!meta.authors.is_empty()).then(|| {
        let joined = meta.authors.join("; ");
        let parted: Vec<&str> = joined.split("; ").collect();
        let plain = parted == meta.authors && !joined.starts_with('[');
        if plain { joined } else { serde_json::json!(meta.authors).to_string() }
    });
    let outlet = Some(meta.outlet.clone()).filter(|o| !o.is_empty());
    let values =
        [outlet, authors, meta.published.clone(), meta.url.clone(), meta.language.clone(), meta.section.clone()];
    let values = METADATA.into_iter().zip(values);
    let mut out: Vec<_> = values.filter_map(|(name, v)| Some((name.to_owned(), Value::Text(v?)))).collect();
    out.extend(meta.variables.iter().map(|(name, value)| (shown_variable(name), value.clone())));
    out
}

/// The name that a variable has there, apart from the names of metadata.
fn shown_variable(name: &str) -> String {
    if METADATA.contains(&name) || name.starts_with(VARIABLE) { format!("{VARIABLE}{name}") } else { name.to_owned() }
}

fn typed(values: &[Value], declared: Option<&Variable>) -> Typed {
    let is_date = |v: &Value| matches!(v, Value::Text(t) if t.len() == 10 && t.parse::<Date>().is_ok());
    let kind = declared.map(|v| &v.kind);
    match values.first() {
        Some(Value::Number(_)) => Typed::Float,
        Some(Value::YesNo(_)) => Typed::Boolean,
        None if kind == Some(&VariableKind::Number) => Typed::Float,
        None if kind == Some(&VariableKind::YesNo) => Typed::Boolean,
        _ if kind == Some(&VariableKind::Date) && values.iter().all(is_date) => Typed::Date,
        _ => Typed::Text,
    }
}

fn variable_description(name: &str, shown: &str, typed: Typed, declared: Option<&Variable>) -> String {
    let mut lines = Vec::new();
    if shown != name {
        lines.push(("name", name.to_owned()));
    }
    match declared {
        // Outlet, authors and their like are nobody’s variables.
        None if METADATA.contains(&name) => {}
        None => lines.push(("declared", "no".to_owned())),
        Some(v) if v.kind != typed.plain() => match &v.kind {
            VariableKind::Text => lines.push(("kind", "text".to_owned())),
            VariableKind::Number => lines.push(("kind", "number".to_owned())),
            VariableKind::YesNo => lines.push(("kind", "yes-no".to_owned())),
            VariableKind::Date => lines.push(("kind", "date".to_owned())),
            VariableKind::OneOf(list) => {
                lines.push(("kind", "one of".to_owned()));
                lines.push(("values", serde_json::json!(list).to_string()));
            }
        },
        Some(v) if keyed::is_misread(&v.description) => lines.push(("declared", "yes".to_owned())),
        Some(_) => {}
    }
    let description = declared.map_or("", |v| v.description.as_str());
    if lines.is_empty() { description.to_owned() } else { keyed::write(description, lines) }
}
