//! Saved web pages: the article in them, without what stands around it.

mod blocks;
mod meta;
mod page;
mod signs;

use dom_query::Document;
use dom_smoothie::{Config, Readability};
use encoding_rs::Encoding;

use super::decode::decode_labelled;
use super::layout::Layout;
use super::text::{authors, is_byline};
use super::{Block, Intake, Problem, Raw, Reader, Sample, isolated};
use crate::model::{Article, PartKind, Source};
use crate::text::normalise;
pub(super) use blocks::blocks;
use meta::Meta;
pub(super) use page::parse;
use signs::Signs;

/// The largest page that is read, in bytes.
const LARGEST_PAGE: u64 = 64 << 20;
/// The longest byline and standfirst that are believed, in code points.
const LONGEST_BYLINE: usize = 160;
const LONGEST_STANDFIRST: usize = 600;

/// The reader of saved pages.
#[derive(Debug)]
pub struct Html;

impl Reader for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn about(&self) -> &'static str {
        "a saved web page; menus, advertisements and comments are left out"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        is_page(sample.head, sample.file)
    }

    fn read(&self, mut raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let mut source = raw.source(self.name(), None);
        let label = declared(&raw.bytes);
        let decoded = decode_labelled(std::mem::take(&mut raw.bytes), label)?;
        source.encoding = decoded.encoding;
        if decoded.text.len() as u64 > LARGEST_PAGE {
            return Err(Problem::TooLarge { largest: LARGEST_PAGE });
        }
        // Trees are walked by recursion in places, and a page may take for ever.
        intake.article(isolated(move || article(&decoded.text, source))?)
    }
}

/// Whether a text is a page. An article that mentions `<html>`, or even begins with it, is none: a page begins with
/// markup and closes some of what it opens. A file called a page needs only the latter.
fn is_page(head: &str, file: &str) -> bool {
    let mut start = head.trim_start_matches('\u{feff}').trim_start();
    // Comments and the XML declaration may stand before everything.
    while start.starts_with("<!--") || start.starts_with("<?xml") {
        let (close, from) = if start.starts_with("<?") { ("?>", 2) } else { ("-->", 4) };
        match start[from..].find(close) {
            Some(at) => start = start[from + at + close.len()..].trim_start(),
            None => return false,
        }
    }
    let begins = |word: &str| {
        let bytes = start.as_bytes();
        bytes.len() > word.len()
            && bytes[..word.len()].eq_ignore_ascii_case(word.as_bytes())
            && (bytes[word.len()].is_ascii_whitespace() || bytes[word.len()] == b'>')
    };
    let markup_follows = || start.split_once('>').is_some_and(|(_, rest)| rest.trim_start().starts_with('<'));
    if begins("<!doctype html") || (begins("<html") && (closes(start) > 0 || markup_follows())) {
        return true;
    }
    const OPENERS: &[&str] = &[
        "<head", "<body", "<title", "<meta", "<script", "<style", "<link", "<article", "<main", "<section", "<div",
        "<h1", "<p", "<table", "<header",
    ];
    let ending = file.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
    let called_page = matches!(ending.as_deref(), Some("html" | "htm" | "xhtml" | "xht"));
    let needed = if called_page { 1 } else { 2 };
    (called_page || OPENERS.iter().any(|o| begins(o))) && closes(start) >= needed
}

/// How many end tags of well-known elements there are, up to three.
fn closes(text: &str) -> usize {
    const KNOWN: &[&str] = &[
        "html", "head", "body", "title", "script", "style", "article", "div", "p", "h1", "h2", "a", "span", "td", "b",
    ];
    let names = text.match_indices("</").map(|(at, _)| &text[at + 2..]);
    let known = names.filter(|rest| {
        let name = rest.split('>').next().unwrap_or("").trim();
        KNOWN.iter().any(|k| k.eq_ignore_ascii_case(name))
    });
    known.take(3).count()
}

/// The encoding that a page names in its first kilobytes: `<meta charset=…>`, `http-equiv` or an XML declaration.
pub(super) fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(8192)]).to_ascii_lowercase();
    let mut places = Vec::new();
    for (at, _) in head.match_indices("<meta") {
        let tag = head[at..].split('>').next().unwrap_or("");
        places.extend(tag.find("charset").map(|p| &tag[p + "charset".len()..]));
    }
    if head.trim_start().starts_with("<?xml") {
        let tag = head.split("?>").next().unwrap_or("");
        places.extend(tag.find("encoding").map(|p| &tag[p + "encoding".len()..]));
    }
    places.into_iter().find_map(|place| {
        let value = place.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
        let label = value.split(['"', '\'', ';', ' ', '/', '>']).next()?;
        Encoding::for_label(label.as_bytes())
    })
}

fn article(html: &str, source: Source) -> Result<Article, Problem> {
    let document = page::parse(html)?;
    let signs = Signs::of(&document);
    let meta = Meta::of(&signs, html);
    let spoken = document.body().map(|b| flat(&b.text())).unwrap_or_default();
    let standfirst = meta.standfirst_on_page(&document, &signs);
    let whole = || page::parse(html).map(|d| d.body().map(|b| blocks(&b)).unwrap_or_default());
    let (found, mut meta) = main_text(document, meta)?;
    let mut body = match found {
        Some(found) if !found.is_empty() => found,
        _ => whole()?,
    };
    if body.iter().all(|b| b.kind.is_some()) {
        return Err(Problem::NoArticle);
    }
    meta.tidy();
    let byline = meta.byline.clone().filter(|b| {
        let name = authors(b).into_iter().next().unwrap_or_else(|| b.clone());
        b.chars().count() <= LONGEST_BYLINE && spoken.contains(&flat(&name))
    });
    // What is set above the body is not repeated in it.
    for set in [Some(&meta.title), standfirst.as_ref(), byline.as_ref()].into_iter().flatten() {
        let set = flat(set);
        let again = body.iter().take(6).position(|b| b.kind.is_none() && flat(&b.text) == set);
        if let Some(at) = again.filter(|_| body.iter().filter(|b| b.kind.is_none()).count() > 1) {
            body.remove(at);
        }
    }
    let mut layout = Layout::default();
    layout.add(Some(PartKind::Headline), &meta.title);
    layout.add(Some(PartKind::Standfirst), &standfirst.unwrap_or_default());
    layout.add(Some(PartKind::Byline), &byline.unwrap_or_default());
    for block in body {
        layout.add(block.kind, &block.text);
    }
    let (text, parts) = layout.done();
    if text.trim().is_empty() {
        return Err(Problem::NoArticle);
    }
    Ok(Article::new(text, meta.into_metadata(), parts, source))
}

/// The paragraphs of a stretch of HTML that is all text.
///
/// # Errors
/// Where it is too deep or has too many elements.
pub(super) fn paragraphs(html: &str) -> Result<Vec<Block>, Problem> {
    Ok(page::parse(html)?.body().map(|b| blocks(&b)).unwrap_or_default())
}

/// A chapter of a book: a page on which nothing stands but the text.
#[derive(Debug)]
pub(super) struct Chapter {
    /// What the page is called.
    pub title: String,
    /// Its first heading.
    pub heading: Option<String>,
    pub blocks: Vec<Block>,
}

/// The chapter that a page of a book holds.
///
/// # Errors
/// Where it is built too deep or too large.
pub(super) fn chapter(html: String) -> Result<Chapter, Problem> {
    isolated(move || {
        let document = page::parse(&html)?;
        let words = |selector: &str| document.select(selector).iter().map(|s| line(&s.text())).find(|t| !t.is_empty());
        let heading = ["h1", "h2", "h3"].into_iter().find_map(words);
        let blocks = document.body().map(|b| blocks(&b)).unwrap_or_default();
        Ok(Chapter { title: words("title").unwrap_or_default(), heading, blocks })
    })
}

/// The paragraphs of the article, with what the library knows of the page added to what is known; `None` where it
/// finds no article.
fn main_text(document: Document, mut meta: Meta) -> Result<(Option<Vec<Block>>, Meta), Problem> {
    let config = Config { max_elements_to_parse: page::MOST_NODES, ..Config::default() };
    let Ok(mut readability) = Readability::with_document(document, None, Some(config)) else {
        return Ok((None, meta));
    };
    let Ok(found) = readability.parse() else { return Ok((None, meta)) };
    meta.add(&found);
    let content = page::parse(&found.content)?;
    let body = content.body().map(|b| blocks(&b));
    Ok((body, meta))
}

/// Words for comparing: white space as single spaces, letters small.
fn flat(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        if word.is_ascii() {
            let at = out.len();
            out.push_str(word);
            out[at..].make_ascii_lowercase();
        } else {
            out.extend(word.chars().flat_map(char::to_lowercase));
        }
    }
    out
}

/// One line of words, as a title or a name is set.
fn line(text: &str) -> String {
    normalise(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_told_from_texts() {
        for page in [
            "<!DOCTYPE html><html><body>Hello",
            "\u{feff} <!-- saved --> <?xml version='1.0'?>\n<HTML lang=en><head></head>",
            "<div class=x><p>One</p></div>",
            "<title>x</title><p>y</p>",
        ] {
            assert!(is_page(page, "x"), "{page}");
        }
        assert!(is_page("Plain start <b>bold</b>", "saved.HTML"));
        for text in [
            "The tag <html> opens a page, and </html> closes it.\n<p>So</p> <div>do</div> others.",
            "<html> is a tag that every page begins with.",
            "<p is not always a tag",
            "<3 the ferry",
            "<!-- never closed",
            "",
            "<html",
        ] {
            assert!(!is_page(text, "article.txt"), "{text}");
        }
        assert!(!is_page("No tags at all", "odd.html"));
    }

    #[test]
    fn the_named_encoding_is_found() {
        for head in [
            "<meta charset=windows-1252>",
            "<meta charset = 'iso-8859-1' />",
            "<meta http-equiv='Content-Type' content='text/html; charset=ISO-8859-1'>",
            "<?xml version=\"1.0\" encoding=\"latin1\"?>",
        ] {
            assert_eq!(declared(head.as_bytes()), Some(encoding_rs::WINDOWS_1252), "{head}");
        }
        assert_eq!(declared(b"<meta name=charset>"), None);
    }
}
