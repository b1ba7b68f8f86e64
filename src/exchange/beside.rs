//! What a folder of files for another program has no place for: one file of JSON beside them, `framelens.json`, which
//! the other program passes over.
//!
//! ```text
//! {"title":"…","coders":[…],"variables":{…},"codes":[…],"entities":[…],
//!  "articles":[{"file":"…","coder":"ada","id":"…","title":"…","codings":[…],…}]}
//! ```
//!
//! Each article is a record as in JSON Lines, without what stands in the other program’s files. Nothing is written in
//! both places and believed here: where a file of the other program can be changed there, that file is right.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::incoming::Incoming;
use super::labels::Labels;
use super::record::{self, ArticleRecord};
use super::{Bundle, Problem, Sink, Text, jsonl};
use crate::model::{Article, Code, CodeId, Codebook, Coder, CoderId, Entity, Metadata, Project, Source, Variable};
use crate::text::normalise;

/// The name of the file.
pub const NAME: &str = "framelens.json";

/// What stands in the file.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Beside {
    title: String,
    coders: Vec<Coder>,
    variables: BTreeMap<String, Variable>,
    /// Those above come before those below.
    pub codes: Vec<Code>,
    entities: Vec<Entity>,
    articles: Vec<Page>,
}

/// What is said of an article beyond what the other program’s file of it says.
#[derive(Debug, Serialize, Deserialize)]
pub struct Page {
    /// The name of its file, without folder and ending.
    pub file: String,
    /// Whose work the file holds, where no folder says so.
    pub coder: Option<CoderId>,
    #[serde(flatten)]
    pub record: ArticleRecord,
}

/// The articles of the file, and under which ids codes are here.
#[derive(Debug, Default)]
pub struct Pages {
    pages: BTreeMap<String, Page>,
    read: BTreeSet<String>,
    called: BTreeMap<String, String>,
    /// Codes by their labels.
    labels: BTreeMap<String, CodeId>,
}

impl Beside {
    /// All of a project but its articles.
    pub fn of(project: &Project) -> Self {
        Self {
            title: project.title.clone(),
            coders: project.coders.values().cloned().collect(),
            variables: project.variables.clone(),
            codes: project.codebook.tree().into_iter().map(|(_, code)| code.clone()).collect(),
            entities: project.entities.values().cloned().collect(),
            articles: Vec::new(),
        }
    }

    /// An article under the name of its file, without its annotations and the lines between those. `text`: whether its
    /// text stands here, since the file cannot hold it as it is.
    pub fn add(&mut self, project: &Project, article: &Article, coder: Option<&CoderId>, text: bool) {
        let mut record = record::article(project, article);
        if !text {
            record.text.clear();
        }
        record.codebook.clear();
        for coding in &mut record.codings {
            let here = |id: &str| record.annotations.iter().any(|a| a.id == id && a.coder == coding.coder);
            coding.relations.retain(|r| !(here(&r.from) && r.to_annotation.as_deref().is_some_and(here)));
        }
        record.annotations.clear();
        self.articles.push(Page { file: article.id.to_string(), coder: coder.cloned(), record });
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, sink: &mut Sink<'_>) -> std::io::Result<()> {
        let mut json = serde_json::to_vec(self)?;
        json.push(b'\n');
        sink.file(NAME, &json)
    }

    /// The file among others, and the folder in which it lies (`""`, or with `/` at its end).
    ///
    /// # Errors
    /// Where it is there and cannot be read.
    pub fn find(bundle: &Bundle) -> Result<Option<(String, Self)>, Problem> {
        let is_it = |name: &&String| name.rsplit('/').next() == Some(NAME);
        let Some(name) = bundle.names().iter().filter(is_it).min_by_key(|name| name.len()) else { return Ok(None) };
        let new = serde_json::from_str(&bundle.text(name)?).map_err(|e| Problem::within(name, e))?;
        Ok(Some((name[..name.len() - NAME.len()].to_owned(), new)))
    }

    /// Puts all but the articles into what is read.
    pub fn open(self, incoming: &mut Incoming<'_>) -> Pages {
        let codes = self.codes.iter().map(|c| (c.id.clone(), c.clone())).collect();
        let written = Labels::of(&Codebook { codes });
        let (mut called, mut labels) = (BTreeMap::new(), BTreeMap::new());
        for coder in &self.coders {
            incoming.coder(coder.id.as_str(), &coder.name);
        }
        for entity in self.entities {
            incoming.entity(entity);
        }
        for mut code in self.codes {
            let id = code.id.to_string();
            // What comes before its parent would make a circle possible.
            let parent =
                code.parent.as_ref().and_then(|p| called.get(p.as_str())).and_then(|p: &String| p.parse().ok());
            code.parent = parent;
            if called.contains_key(id.as_str()) {
                continue;
            }
            let label = written.code(&code.id);
            let here = incoming.put_code(code);
            called.insert(id, here.to_string());
            labels.insert(label, here);
        }
        let project = incoming.project();
        project.title = self.title;
        project.variables = self.variables;
        let pages = self.articles.into_iter().map(|page| (page.file.clone(), page)).collect();
        Pages { pages, read: BTreeSet::new(), called, labels }
    }
}

impl Pages {
    /// Under which id a code is here.
    pub fn code(&self, id: &str) -> Option<CodeId> {
        self.called.get(id)?.parse().ok()
    }

    /// The code that a label stands for.
    pub fn labelled(&self, label: &str) -> Option<CodeId> {
        self.labels.get(label).cloned()
    }

    /// The text of a file’s article, where it stands here.
    pub fn text(&self, file: &str) -> Option<&str> {
        self.pages.get(file).map(|page| page.record.text.as_str()).filter(|text| !text.is_empty())
    }

    /// The articles whose files have not been read.
    pub fn unread(&self) -> Vec<String> {
        self.pages.keys().filter(|file| !self.read.contains(*file)).cloned().collect()
    }

    /// Whose work the file of an article holds, where no folder says so.
    pub fn coder(&self, file: &str) -> Option<&CoderId> {
        self.pages.get(file)?.coder.as_ref()
    }

    /// An article by the text of its file, with what is known of it. Where the text is not the one that was exported,
    /// what is known does not count, and that is told.
    pub fn article(&mut self, incoming: &mut Incoming<'_>, file: &str, raw: &str, source: Source) -> Text {
        let Some(page) = self.pages.get(file) else {
            return incoming.article(raw, None, Metadata::default(), source);
        };
        if Article::hash_of(&normalise(raw)) != page.record.hash {
            incoming.tell(format!("the text of “{file}” was changed; what {NAME} says of that article was left out"));
            return incoming.article(raw, None, Metadata::default(), source);
        }
        if !self.read.insert(file.to_owned()) {
            return incoming.article(raw, None, Metadata::default(), source);
        }
        let record = ArticleRecord { text: raw.to_owned(), ..page.record.clone() };
        jsonl::read_article(incoming, record, self.called.clone())
    }

    /// Tells of articles whose files were not there.
    pub fn finish(self, incoming: &mut Incoming<'_>) {
        for file in self.unread() {
            incoming.tell(format!("the file of “{file}” is missing or was changed"));
        }
    }
}

/// A value that stands in plain sight, as a format bends it, and exactly elsewhere: the exact one counts as long as the
/// plain one is still what `bend` makes of it. Nobody knows whom a name means that was changed.
pub fn settle(
    said: &mut BTreeMap<String, String>,
    key: &str,
    plain: Option<String>,
    bend: impl FnOnce(&str) -> String,
) {
    let plain = plain.unwrap_or_default();
    if said.get(key).is_some_and(|exact| bend(exact) == plain) {
        return;
    }
    said.remove(key);
    said.remove(&format!("{key}_entity"));
    if !plain.is_empty() {
        said.insert(key.to_owned(), plain);
    }
}
