//! EPUB: each chapter of a book is an article.
//!
//! Chapters are taken in the order in which the book is read. One that holds no more than a heading (a half title, a
//! cover) is left out, and so is the table of contents. The book's title is the outlet.

use std::collections::BTreeMap;
use std::io::Cursor;

use super::decode::decode;
use super::docx::resolve;
use super::html::chapter;
use super::xml::{Met, walk};
use super::{Draft, Intake, Problem, Raw, Reader, Sample, known, unzip};
use crate::archive::Reader as Zip;

/// A chapter with fewer words below its heading than this, and no sentence, is a title page or the like.
const FEWEST: usize = 12;

/// The reader of books.
#[derive(Debug)]
pub struct Epub;

impl Reader for Epub {
    fn name(&self) -> &'static str {
        "epub"
    }

    fn about(&self) -> &'static str {
        "an e-book (EPUB); each chapter is an article"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        const KIND: &[u8] = b"mimetypeapplication/epub+zip";
        (sample.bytes.starts_with(b"PK") && sample.bytes.get(30..).is_some_and(|b| b.starts_with(KIND)))
            || sample.names().iter().any(|n| n == "META-INF/container.xml")
            || sample.is_broken(&["epub"])
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let mut book = Book::open(&raw.bytes)?;
        let mut skipped = 0;
        for path in std::mem::take(&mut book.spine) {
            let draft = match book.chapter(&path) {
                Ok(Some(draft)) => draft,
                Ok(None) => {
                    skipped += 1;
                    continue;
                }
                Err(problem) => {
                    intake.skip(&path, problem);
                    continue;
                }
            };
            intake.article(draft.article(raw.source(self.name(), None))?)?;
        }
        if intake.count() == 0 && skipped > 0 && !intake.has_skipped() {
            return Err(if book.pictures { Problem::OnlyPictures } else { Problem::Empty });
        }
        Ok(())
    }
}

struct Book<'a> {
    zip: Zip<Cursor<&'a [u8]>>,
    /// The files of the chapters, in order.
    spine: Vec<String>,
    title: String,
    authors: Vec<String>,
    more: BTreeMap<&'static str, String>,
    pictures: bool,
}

impl<'a> Book<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, Problem> {
        let mut book = Self {
            zip: unzip(bytes)?,
            spine: Vec::new(),
            title: String::new(),
            authors: Vec::new(),
            more: BTreeMap::new(),
            pictures: false,
        };
        let mut package = None;
        walk(book.part("META-INF/container.xml")?, |met| {
            if let Met::Open(element) = met
                && element.name == "rootfile"
                && package.is_none()
            {
                package = element.get("full-path").map(str::to_owned);
            }
        })?;
        let package = package.ok_or_else(|| damaged("it does not say where the book begins"))?;
        book.locked()?;
        let bytes = book.part(&package)?;
        book.read_package(bytes, package.rsplit_once('/').map_or("", |(folder, _)| folder))?;
        Ok(book)
    }

    fn part(&mut self, name: &str) -> Result<Vec<u8>, Problem> {
        let found = self.zip.entries().iter().find(|e| e.name == name).cloned();
        let entry = found.ok_or_else(|| damaged(&format!("{name} is missing in it")))?;
        self.zip.read(&entry).map_err(|e| damaged(&e.to_string()))
    }

    /// Looks whether chapters are encrypted. Typefaces often are, which is no harm.
    fn locked(&mut self) -> Result<(), Problem> {
        let Ok(bytes) = self.part("META-INF/encryption.xml") else { return Ok(()) };
        let mut locked = false;
        walk(bytes, |met| {
            if let Met::Open(element) = met
                && element.name == "CipherReference"
            {
                let file = element.get("URI").unwrap_or_default().to_lowercase();
                locked |= [".xhtml", ".html", ".htm", ".xml"].iter().any(|ending| file.ends_with(ending));
            }
        })?;
        if locked { Err(Problem::Protected) } else { Ok(()) }
    }

    fn read_package(&mut self, bytes: Vec<u8>, folder: &str) -> Result<(), Problem> {
        let mut files = BTreeMap::new();
        let mut spine = Vec::new();
        let mut words = String::new();
        let (mut in_metadata, mut authors, mut pictures) = (false, Vec::new(), false);
        let mut said: BTreeMap<&'static str, String> = BTreeMap::new();
        walk(bytes, |met| match met {
            Met::Open(element) => {
                words.clear();
                match element.name.as_str() {
                    "metadata" => in_metadata = true,
                    "item" => {
                        let kind = element.get("media-type").unwrap_or_default();
                        pictures |= kind.starts_with("image/");
                        let is_contents = element.get("properties").unwrap_or_default().split(' ').any(|p| p == "nav");
                        let is_page = kind.contains("html") && !is_contents;
                        if let (Some(id), Some(href), true) = (element.get("id"), element.get("href"), is_page) {
                            files.insert(id.to_owned(), resolve(folder, &decoded(href)));
                        }
                    }
                    "itemref" if element.get("linear") != Some("no") => {
                        spine.extend(element.get("idref").map(str::to_owned));
                    }
                    _ => {}
                }
            }
            Met::Words(more) => words.push_str(more),
            Met::Close(name) => {
                let text = words.split_whitespace().collect::<Vec<_>>().join(" ");
                words.clear();
                match name {
                    "metadata" => in_metadata = false,
                    _ if !in_metadata || text.is_empty() => {}
                    "creator" => authors.push(text),
                    "title" => drop(said.entry("title").or_insert(text)),
                    "language" => drop(said.entry("language").or_insert(text)),
                    "date" => drop(said.entry("date").or_insert(text)),
                    "publisher" => drop(said.entry("publisher").or_insert(text)),
                    "identifier" => drop(said.entry("identifier").or_insert(text)),
                    "rights" => drop(said.entry("rights").or_insert(text)),
                    "subject" => {
                        let subjects = said.entry("subject").or_default();
                        if !subjects.is_empty() {
                            subjects.push_str("; ");
                        }
                        subjects.push_str(&text);
                    }
                    _ => {}
                }
            }
        })?;
        // A chapter that is named twice is one chapter.
        for path in spine.iter().filter_map(|id| files.remove(id)) {
            self.spine.push(path);
        }
        if self.spine.is_empty() {
            return Err(if pictures { Problem::OnlyPictures } else { damaged("it has no chapters") });
        }
        self.title = said.remove("title").unwrap_or_default();
        (self.authors, self.more, self.pictures) = (authors, said, pictures);
        Ok(())
    }

    /// A chapter; `None` where it holds no more than a heading.
    fn chapter(&mut self, path: &str) -> Result<Option<Draft>, Problem> {
        let page = decode(self.part(path)?)?.text;
        let found = chapter(page)?;
        let words = |text: &str| text.split_whitespace().count();
        let mut body = found.blocks;
        if let Some(at) = body.iter().take(4).position(|b| Some(&b.text) == found.heading.as_ref()) {
            body.remove(at);
        }
        let title = found.heading.unwrap_or(found.title);
        let sentence = |text: &str| words(text) > 3 && text.trim_end().ends_with(['.', '!', '?', '”', '。']);
        let few = body.iter().map(|b| words(&b.text)).sum::<usize>() < FEWEST;
        if few && !body.iter().any(|b| sentence(&b.text)) {
            return Ok(None);
        }
        let more = |name: &str| self.more.get(name).cloned();
        let mut draft = Draft {
            title: if title.is_empty() { self.title.clone() } else { title },
            authors: self.authors.clone(),
            body,
            outlet: self.title.clone(),
            published: more("date").map(|d| d.trim_end_matches("T00:00:00Z").to_owned()),
            language: more("language"),
            ..Draft::default()
        };
        for (name, said) in [
            (known::IDENTIFIER, "identifier"),
            (known::COPYRIGHT, "rights"),
            (known::KEYWORDS, "subject"),
            ("publisher", "publisher"),
        ] {
            draft.also(name, more(said).unwrap_or_default());
        }
        draft.also("chapter file", path);
        Ok(Some(draft))
    }
}

fn damaged(reason: &str) -> Problem {
    Problem::Damaged { reason: reason.to_owned() }
}

/// A path without what links put into it: `%20`, a place within the file.
fn decoded(href: &str) -> String {
    let href = href.split('#').next().unwrap_or(href);
    let mut bytes = Vec::with_capacity(href.len());
    let mut rest = href.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let hex = more.get(..2).and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
        match hex.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = more.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
