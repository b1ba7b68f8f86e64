//! Markdown, as blogs and note-taking programs write it.
//!
//! A file may begin with lines between two lines of `---` (“front matter”), one field a line:
//!
//! ```text
//! ---
//! title: Ferry to stop at dusk
//! author: Ada Brandt
//! date: 2025-03-04
//! tags: [ferry, council]
//! ---
//! ```
//!
//! What they say goes into the metadata; fields that nobody knows become variables. The words are set as they are read:
//! links by their words, pictures by their captions, without the signs of the markup.

use pulldown_cmark::{Event, HeadingLevel, Options as Marks, Parser, Tag, TagEnd};

use super::decode::decode;
use super::draft::{Draft, known};
use super::{Block, Intake, Problem, Raw, Reader, Sample};
use crate::model::PartKind;

/// The reader of Markdown.
#[derive(Debug)]
pub struct Markdown;

impl Reader for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn about(&self) -> &'static str {
        "Markdown, with front matter where there is some"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        let called = matches!(sample.ending().as_str(), "md" | "markdown" | "mdown" | "mkd");
        let fronted = front(sample.head).is_some_and(|(fields, _)| fields.iter().any(|(name, _)| name == "title"));
        fronted || (called && !sample.head.is_empty())
    }

    fn read(&self, mut raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let mut source = raw.source(self.name(), None);
        let decoded = decode(std::mem::take(&mut raw.bytes))?;
        source.encoding = decoded.encoding;
        let text = decoded.text.replace("\r\n", "\n");
        let (fields, body) = front(&text).unwrap_or((Vec::new(), &text));
        let mut draft = Draft::default();
        for (name, value) in fields {
            put(&mut draft, &name, &value);
        }
        set(body, &mut draft);
        intake.article(draft.article(source)?)
    }
}

/// The fields of the front matter, and what follows it.
fn front(text: &str) -> Option<(Vec<(String, String)>, &str)> {
    let rest = text.trim_start_matches('\u{feff}').strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n"))?;
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        at += line.len();
        let line = line.trim_end();
        if line == "---" || line == "..." {
            return Some((fields, rest.get(at..).unwrap_or_default()));
        }
        if let Some(item) = line.trim_start().strip_prefix("- ") {
            // A list, an item a line, belongs to the field above it.
            let (_, value) = fields.last_mut()?;
            if !value.is_empty() {
                value.push_str("; ");
            }
            value.push_str(plain(item));
        } else if let Some((name, value)) = line.split_once(':').filter(|_| !line.starts_with([' ', '#'])) {
            let list = value.trim().strip_prefix('[').and_then(|v| v.strip_suffix(']'));
            let value = match list {
                Some(list) => list.split(',').map(plain).collect::<Vec<_>>().join("; "),
                None => plain(value).to_owned(),
            };
            fields.push((name.trim().to_lowercase(), value));
        }
    }
    None
}

/// A value without the quotation marks around it.
fn plain(value: &str) -> &str {
    let value = value.trim();
    let within = |mark: char| value.strip_prefix(mark).and_then(|v| v.strip_suffix(mark));
    within('"').or_else(|| within('\'')).unwrap_or(value)
}

fn put(draft: &mut Draft, name: &str, value: &str) {
    if value.is_empty() {
        return;
    }
    let value = value.to_owned();
    match name {
        "title" | "headline" => draft.title = value,
        "subtitle" | "standfirst" | "description" | "summary" | "dek" => draft.standfirst = Some(value),
        "author" | "authors" | "by" => draft.authors = value.split("; ").map(str::to_owned).collect(),
        "date" | "published" | "pubdate" => draft.published = Some(value),
        "updated" | "modified" | "lastmod" => draft.updated(&value),
        "outlet" | "publication" | "source" | "site" | "publisher" => draft.outlet = value,
        "url" | "link" | "canonical" | "canonical_url" => draft.url = Some(value),
        "lang" | "language" => draft.language = Some(value),
        "section" | "category" => draft.section = Some(value),
        "tags" | "keywords" | "categories" => draft.also(known::KEYWORDS, value),
        // How a site is built is nothing about the article.
        "layout" | "draft" | "permalink" | "slug" | "template" | "weight" => {}
        _ => draft.also(name, value),
    }
}

/// Sets the words as paragraphs. The first heading of the first rank is the title, where none is known.
fn set(body: &str, draft: &mut Draft) {
    let mut words = String::new();
    // Under how many pictures the words stand.
    let mut pictures = 0_usize;
    let mut title = false;
    let marks = Marks::ENABLE_TABLES | Marks::ENABLE_FOOTNOTES | Marks::ENABLE_STRIKETHROUGH;
    let mut blocks = Vec::new();
    let flush = |words: &mut String, kind: Option<PartKind>, blocks: &mut Vec<Block>| {
        let text = std::mem::take(words);
        if !text.trim().is_empty() {
            blocks.push(Block { kind, text: text.trim().to_owned() });
        }
    };
    for event in Parser::new_ext(body, marks) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                flush(&mut words, None, &mut blocks);
                title = level == HeadingLevel::H1 && draft.title.is_empty();
            }
            Event::End(TagEnd::Heading(_)) if std::mem::take(&mut title) => draft.title = std::mem::take(&mut words),
            Event::Start(Tag::Image { .. }) => {
                flush(&mut words, None, &mut blocks);
                pictures += 1;
            }
            Event::End(TagEnd::Image) => {
                pictures = pictures.saturating_sub(1);
                flush(&mut words, Some(PartKind::Caption), &mut blocks);
            }
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                words.push_str(&text);
            }
            Event::SoftBreak => words.push(' '),
            Event::HardBreak => words.push('\n'),
            Event::End(TagEnd::TableCell) => words.push('\t'),
            Event::Start(Tag::Link { .. } | Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::TableCell)
            | Event::End(TagEnd::Link | TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => {}
            Event::Start(_) | Event::End(_) | Event::Rule => {
                let kind = (pictures > 0).then_some(PartKind::Caption);
                flush(&mut words, kind, &mut blocks);
            }
            Event::Html(_) | Event::InlineHtml(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }
    flush(&mut words, None, &mut blocks);
    draft.body.extend(blocks);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Options, read_bytes};
    use crate::model::Value;

    #[test]
    fn words_are_set_without_their_markup() {
        let text = "---\ntitle: \"Last ferry: dusk\"\nauthors:\n  - Ada Brandt\n  - Bo Lund\ndate: 4 March 2025\ntags: [ferry, 'council']\nmood: grim\nlayout: post\n---\n\
            # Ferry stops\n\nThe **council** said [so](https://post.example/a)\non *Tuesday*.\n\n![The pier at dusk](p.jpg)\n\n> Nobody asked us.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| c | d |\n\n<div>raw</div>\n";
        let found = read_bytes("post.md", text.as_bytes().to_vec(), &Options::default()).whole().unwrap();
        let article = &found[0];
        assert_eq!(
            &*article.text,
            "Last ferry: dusk\n\nFerry stops\n\nThe council said so on Tuesday.\n\nThe pier at dusk\n\nNobody asked us.\n\none\n\ntwo\n\na\tb\n\nc\td"
        );
        assert_eq!(article.source.format, "markdown");
        let about = &article.metadata;
        assert_eq!((about.title.as_str(), about.published.as_deref()), ("Last ferry: dusk", Some("2025-03-04")));
        assert_eq!(about.authors, ["Ada Brandt", "Bo Lund"]);
        assert_eq!(about.variables["keywords"], Value::Text("ferry; council".to_owned()));
        assert_eq!(about.variables["mood"], Value::Text("grim".to_owned()));
        assert_eq!(about.variables.len(), 2);
        assert!(article.parts.iter().any(|p| p.kind == PartKind::Caption));
    }

    #[test]
    fn a_heading_is_the_title_where_nothing_else_says_it() {
        let text = "# Ferry *stops*\n\nBody.\n\n# Second\n";
        let found = read_bytes("x.markdown", text.as_bytes().to_vec(), &Options::default()).whole().unwrap();
        assert_eq!(found[0].metadata.title, "Ferry stops");
        assert_eq!(&*found[0].text, "Ferry stops\n\nBody.\n\nSecond");
        let plain = read_bytes("x.txt", b"# not a heading\n\nBody.".to_vec(), &Options::default()).whole().unwrap();
        assert_eq!(plain[0].source.format, "text");
        assert!(read_bytes("x.md", b"---\na: b\n---\n".to_vec(), &Options::default()).whole().is_err());
    }
}
