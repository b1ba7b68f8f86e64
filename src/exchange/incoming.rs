//! What a reader has found, put together as a project: articles, coders, codes and codings under the ids that the
//! project at hand has for them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::labels::{self, Label};
use super::reduce::derived_id;
use super::source::Text;
use crate::model::{
    Annotation, AnnotationId, Article, ArticleId, Attributes, Code, CodeId, Coder, CoderId, Coding, Entity, Metadata,
    Origin, Part, Project, Relation, Source, Tag, Value, slug,
};
use crate::text::{CharSpan, normalise};

/// A project in the making from another program’s files.
pub struct Incoming<'a> {
    known: &'a Project,
    now: Timestamp,
    from: String,
    somebody: CoderId,
    project: Project,
    /// Under which id somebody is here whom the file calls so.
    coders: BTreeMap<String, CoderId>,
    /// Articles by the hashes of their texts: of the known project, and of this one.
    by_hash: HashMap<String, ArticleId>,
    /// Codes whose ids the file gave, and not only their names.
    identified: BTreeSet<CodeId>,
    /// How often the same words were read with the same label, by the id that they have the first time.
    alike: HashMap<AnnotationId, u32>,
    /// Codes that something in the known project is coded with.
    used: BTreeSet<CodeId>,
    told: Vec<(String, usize)>,
}

/// What was read, before it is held against the project.
#[derive(Debug)]
pub struct Found {
    pub project: Project,
    /// Codes whose ids the file gave, and not only their names.
    pub identified: BTreeSet<CodeId>,
    /// What was left out or looked odd.
    pub told: Vec<String>,
}

impl<'a> Incoming<'a> {
    /// `known`: the project that it is for. `from`: what the origin of what is read says ("brat: ferry.ann"). `coder`:
    /// whose work it is where the file does not say (an id or a name). `now`: when it is read.
    pub fn new(known: &'a Project, from: &str, coder: &str, now: Timestamp) -> Self {
        let by_hash = known.articles.values().map(|a| (a.hash.clone(), a.id.clone())).collect();
        let mut new = Self {
            known,
            now,
            from: from.to_owned(),
            somebody: slug(coder, 80).parse().unwrap_or_else(|_| unreachable!("a slug is an id")),
            project: Project { id: known.id, ..Project::new("") },
            coders: BTreeMap::new(),
            by_hash,
            identified: BTreeSet::new(),
            alike: HashMap::new(),
            used: known.code_counts().into_keys().cloned().collect(),
            told: Vec::new(),
        };
        let known_as = |c: &&Coder| c.id.as_str() == coder || c.name.trim().eq_ignore_ascii_case(coder.trim());
        match known.coders.values().find(known_as) {
            Some(found) => new.somebody = found.id.clone(),
            None => new.somebody = new.free_coder(coder),
        }
        new
    }

    /// The project that it is for.
    pub fn known(&self) -> &'a Project {
        self.known
    }

    /// When it is read.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// What has been put together so far.
    pub fn project(&mut self) -> &mut Project {
        &mut self.project
    }

    /// Says that something was left out or looks odd; what is said several times is counted.
    pub fn tell(&mut self, what: impl Into<String>) {
        let what = what.into();
        if let Some((_, times)) = self.told.iter_mut().find(|(said, _)| *said == what) {
            *times += 1;
        } else if self.told.len() < 200 {
            self.told.push((what, 1));
        }
    }

    /// An article by its text as it stands in the file: the text is normalised, and offsets into it are turned into
    /// places through the [`Text`] that comes back. `id` is the article’s id, where the file gives one of ours.
    pub fn article(&mut self, raw: &str, id: Option<&str>, metadata: Metadata, source: Source) -> Text {
        let text = normalise(raw);
        let mut article = Article::new(&*text, metadata, Vec::new(), source);
        if let Some(known) = self.by_hash.get(&article.hash) {
            article.id = known.clone();
        } else if let Some(id) = id.and_then(|id| id.parse::<ArticleId>().ok())
            && !self.known.articles.contains_key(&id)
            && !self.project.articles.contains_key(&id)
        {
            article.id = id;
        }
        self.by_hash.insert(article.hash.clone(), article.id.clone());
        let out = Text::new(article.id.clone(), article.hash.clone(), raw, article.text.clone());
        self.project.articles.entry(article.id.clone()).or_insert_with(|| Arc::new(article));
        out
    }

    /// An article that the project has already, by the hash of its text, or else by its id or its title; for files that
    /// hold no texts.
    pub fn known_article(&mut self, hash: Option<&str>, id: Option<&str>, title: Option<&str>) -> Option<Text> {
        let all = &self.known.articles;
        let found = match hash {
            // A text that was changed since is not the one that was coded.
            Some(hash) => self.by_hash.get(hash).and_then(|id| all.get(id)),
            None => id.and_then(|id| all.get(&id.parse().ok()?)).or_else(|| {
                let title = title?.trim();
                let mut called = all.values().filter(|a| !title.is_empty() && a.metadata.title.trim() == title);
                called.next().filter(|_| called.next().is_none())
            }),
        }?;
        self.project.articles.insert(found.id.clone(), found.clone());
        Some(Text::new(found.id.clone(), found.hash.clone(), &found.text, found.text.clone()))
    }

    /// Marks the parts of an article’s text; what does not fit is told.
    pub fn parts(&mut self, text: &Text, mut parts: Vec<Part>) {
        parts.sort_by_key(|p| p.span);
        let Some(article) = self.project.articles.get_mut(text.article()) else { return };
        if crate::model::fit(&parts, article.end).is_ok() {
            Arc::make_mut(article).parts = parts;
        } else {
            self.tell("marks of headlines and captions that do not fit the text were left out");
        }
    }

    /// Whose work it is where the file does not say.
    pub fn somebody(&mut self) -> CoderId {
        let id = self.somebody.clone();
        let known = self.known.coders.get(&id).cloned();
        let name = id.to_string();
        self.project.coders.entry(id.clone()).or_insert_with(|| known.unwrap_or(Coder { id: id.clone(), name }));
        id
    }

    /// A coder by id or name; both may be the same. A coder that the project knows is that one.
    pub fn coder(&mut self, id: &str, name: &str) -> CoderId {
        let name = if name.trim().is_empty() { id } else { name };
        if id.trim().is_empty() && name.trim().is_empty() {
            return self.somebody();
        }
        let key = if id.trim().is_empty() { name } else { id };
        if let Some(known) = self.coders.get(key) {
            return known.clone();
        }
        let all = &self.known.coders;
        let called = |c: &&Coder| c.name.trim().to_lowercase() == name.trim().to_lowercase();
        // Two people of one name in a file are two people here as well.
        let taken = |c: &&Coder| !self.coders.values().any(|id| *id == c.id);
        let by_id = all.values().find(|c| c.id.as_str() == id);
        let found = by_id.or_else(|| all.values().filter(taken).find(called)).cloned();
        let coder = found.unwrap_or_else(|| {
            let wanted = if id.parse::<CoderId>().is_ok() { id } else { name };
            Coder { id: self.free_coder(wanted), name: name.to_owned() }
        });
        self.coders.insert(key.to_owned(), coder.id.clone());
        self.project.coders.entry(coder.id.clone()).or_insert(coder.clone());
        coder.id
    }

    fn free_coder(&self, name: &str) -> CoderId {
        let stem = slug(name, 70);
        let names = std::iter::once(stem.clone()).chain((2..).map(|n| format!("{stem}-{n}")));
        let free = |id: &CoderId| !self.known.coders.contains_key(id) && !self.project.coders.contains_key(id);
        names.filter_map(|name| name.parse().ok()).find(free).unwrap_or_else(|| unreachable!("numbers do not end"))
    }

    /// A code by the names from the root down; made where neither the project nor the file has one yet. A single name
    /// is also a code below others, where only one is called so. `id`: its id, where the file gives one of ours.
    pub fn code(&mut self, id: Option<&str>, path: &[impl AsRef<str>]) -> CodeId {
        let id = id.and_then(|id| id.parse::<CodeId>().ok());
        if let Some(id) = &id {
            if let Some(code) = self.known.codebook.get(id) {
                self.bring(code.clone());
                self.identified.insert(id.clone());
                return id.clone();
            }
            if self.project.codebook.codes.contains_key(id) {
                return id.clone();
            }
        }
        let mut parent: Option<CodeId> = None;
        let names: Vec<&str> = path.iter().map(|n| n.as_ref().trim()).collect();
        for (n, name) in names.iter().enumerate() {
            let last = n + 1 == names.len();
            let found = self.child(parent.as_ref(), name).or_else(|| self.alone(name).filter(|_| names.len() == 1));
            parent = Some(match found {
                Some(found) if !last || id.is_none() => found,
                _ => self.new_code(name, parent.take(), id.clone().filter(|_| last)),
            });
        }
        parent.unwrap_or_else(|| self.code(None, &["unnamed"]))
    }

    /// A code with all that is known of it. Its parent must have come before, and be called as it is here. Answers under
    /// which id it is here.
    pub fn put_code(&mut self, code: Code) -> CodeId {
        let id = code.id.clone();
        if self.known.codebook.get(&id).is_some() || self.project.codebook.get(&id).is_some() {
            self.identified.insert(id.clone());
            self.project.codebook.codes.insert(id.clone(), code);
            return id;
        }
        let name = code.name.trim().to_lowercase();
        let alike = |c: &&Code| c.parent == code.parent && c.name.trim().to_lowercase() == name;
        // Two codes of one name in a file stay two.
        let free = |c: &&Code| !self.project.codebook.codes.contains_key(&c.id);
        let here = self.known.codebook.codes.values().find(|c| alike(c) && free(c)).map(|c| c.id.clone()).unwrap_or(id);
        self.project.codebook.codes.insert(here.clone(), Code { id: here.clone(), ..code });
        here
    }

    fn child(&mut self, parent: Option<&CodeId>, name: &str) -> Option<CodeId> {
        let name = folded(name);
        let fits = |c: &&Code| c.parent.as_ref() == parent && is_called(c, &name);
        let found = self.known.codebook.codes.values().chain(self.project.codebook.codes.values()).find(fits)?.clone();
        let id = found.id.clone();
        self.bring(found);
        Some(id)
    }

    fn alone(&mut self, name: &str) -> Option<CodeId> {
        let name = folded(name);
        let all = self.known.codebook.codes.iter().chain(&self.project.codebook.codes);
        let mut both: BTreeMap<&CodeId, &Code> = all.filter(|(_, c)| is_called(c, &name)).collect();
        if both.len() > 1 {
            // Of several that are called so, a file of labels can only mean one that is used.
            both.retain(|id, _| self.used.contains(id));
        }
        let found = both.values().next().filter(|_| both.len() == 1).map(|c| (*c).clone())?;
        let id = found.id.clone();
        self.bring(found);
        Some(id)
    }

    /// A code of the project, with those above it, so that what is put together is whole.
    fn bring(&mut self, code: Code) {
        let mut next = Some(code);
        while let Some(code) = next.filter(|c| !self.project.codebook.codes.contains_key(&c.id)) {
            next = code.parent.as_ref().and_then(|p| self.known.codebook.get(p)).cloned();
            self.project.codebook.codes.insert(code.id.clone(), code);
        }
    }

    fn new_code(&mut self, name: &str, parent: Option<CodeId>, id: Option<CodeId>) -> CodeId {
        // The id comes from the place in the tree, so that whoever reads the same file makes the same code.
        let place = parent.as_ref().map_or_else(String::new, |p| format!("{p}/"));
        let hash = blake3::hash(format!("{place}{name}").as_bytes());
        let salt = u16::from_le_bytes([hash.as_bytes()[0], hash.as_bytes()[1]]);
        let id = id.unwrap_or_else(|| {
            let mut both = self.known.codebook.clone();
            both.codes.extend(self.project.codebook.codes.clone());
            both.new_id(name, salt)
        });
        let mut both = self.known.codebook.clone();
        both.codes.extend(self.project.codebook.codes.clone());
        let mut code = Code::new(id.clone(), if name.is_empty() { id.as_str() } else { name }, both.next_colour());
        code.parent = parent;
        self.project.codebook.codes.insert(id.clone(), code);
        id
    }

    /// What a label means (see [`labels`]); what another program called it, where that is another word.
    pub fn tag(&mut self, label: &str) -> (Tag, Option<String>) {
        match labels::read(label) {
            Label::Layer { tag, called } => (tag, called),
            Label::Code(path) => (Tag::Frame(self.code(None, &path)), None),
        }
    }

    /// An entry of the register.
    pub fn entity(&mut self, entity: Entity) {
        self.project.entities.insert(entity.id, entity);
    }

    /// A new annotation, not yet put anywhere: imported, made now. `None`, and told, where a stretch is empty or does
    /// not fit. `id`: its id, where the file gives one of ours.
    pub fn annotation(&mut self, text: &Text, id: Option<&str>, tag: Tag, spans: Vec<CharSpan>) -> Option<Annotation> {
        let revision = tag.code().and_then(|c| self.project.codebook.get(c)).map_or(0, |c| c.revision);
        let mut new = Annotation {
            id: AnnotationId(id.and_then(|id| id.parse().ok()).unwrap_or_default()),
            tag,
            spans: Vec::new(),
            anchors: Vec::new(),
            attributes: Attributes::default(),
            memo: String::new(),
            origin: Origin::Imported { from: self.from.clone() },
            code_revision: revision,
            created: self.now,
            changed: self.now,
        };
        if new.place(text.map(), spans) {
            return Some(new);
        }
        self.tell("annotations of no words, or beyond the end of the text, were left out");
        None
    }

    /// A new annotation by its label, as [`annotation`](Self::annotation).
    pub fn labelled(&mut self, text: &Text, id: Option<&str>, label: &str, spans: Vec<CharSpan>) -> Option<Annotation> {
        let (tag, called) = self.tag(label);
        let mut new = self.annotation(text, id, tag, spans)?;
        if let Some(called) = called {
            new.attributes.custom.insert("label".to_owned(), Value::Text(called));
        }
        Some(new)
    }

    /// Puts an annotation into somebody’s work. One without an id gets one that is the same whenever the same words are
    /// read with the same label, so that reading a file twice brings nothing twice.
    pub fn put(&mut self, text: &Text, coder: &CoderId, mut annotation: Annotation) -> AnnotationId {
        if annotation.id.0.is_nil() {
            let spans: String = annotation.spans.iter().map(|s| format!("{s};")).collect();
            let said = match &annotation.tag {
                Tag::Frame(code) => self.project.codebook.path(code),
                tag => tag.word().to_owned(),
            };
            let derived = |n: u32| derived_id(&[text.hash(), coder.as_str(), &said, &spans, &n.to_string()]);
            let first = derived(0);
            let mut next = self.alike.get(&first).copied().unwrap_or_default();
            let work = self.coding(text, coder);
            while work.annotations.contains_key(&derived(next)) {
                next += 1;
            }
            annotation.id = derived(next);
            self.alike.insert(first, next + 1);
        }
        let id = annotation.id;
        self.coding(text, coder).annotations.insert(id, Arc::new(annotation));
        id
    }

    /// Draws a line.
    pub fn relate(&mut self, text: &Text, coder: &CoderId, relation: Relation) {
        self.coding(text, coder).relations.insert(relation.id, relation);
    }

    /// Somebody’s work on an article.
    pub fn coding(&mut self, text: &Text, coder: &CoderId) -> &mut Coding {
        let key = (coder.clone(), text.article().clone());
        Arc::make_mut(self.project.codings.entry(key).or_default())
    }

    /// What came together.
    pub fn finish(mut self) -> Found {
        self.project.codings.retain(|_, coding| !coding.is_empty());
        let say = |(what, times): (String, usize)| if times == 1 { what } else { format!("{what} ({times} times)") };
        Found { project: self.project, identified: self.identified, told: self.told.into_iter().map(say).collect() }
    }
}

/// Whether a label, folded, is that of a code: its name; its id where it has none; both where others have its name.
fn is_called(code: &Code, label: &str) -> bool {
    let name = folded(&code.name);
    let id = code.id.as_str();
    let twin = |label: &str| label.strip_suffix(')')?.strip_suffix(id)?.strip_suffix(" (").map(|stem| stem == name);
    name == label || (name.is_empty() && label == id) || twin(label) == Some(true)
}

/// A code’s name as it is compared: capitals and the kind of white space, which most formats lose, do not matter.
fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
