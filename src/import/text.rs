//! Plain text.
//!
//! A file may begin with lines that say what it is, up to a blank line:
//!
//! ```text
//! Title: Ferry to stop at dusk
//! Standfirst: Riverside's last boat will leave at six.
//! Byline: By Ada Brandt
//! Outlet: The Riverside Post
//! Published: 4 March 2025
//! Section: Local
//! Url: https://post.example/ferry
//! Language: en
//!
//! The first paragraph.
//! ```
//!
//! Several articles may stand in one file, parted by a line that is said when they are imported, or by lines of one sign
//! alone (`=====`) where each article begins with such lines.
//!
//! Title, standfirst and byline then become the first paragraphs of the text. Without such lines the text is taken as
//! it stands, and a headline is recognised by its layout.

use std::borrow::Cow;

use super::dates::iso;
use super::decode::decode;
use super::layout::Layout;
use super::{Intake, Problem, Raw, Reader, Sample, language};
use crate::model::{Article, Metadata, Part, PartKind, Source};
use crate::text::{CharSpan, normalise};

/// The longest headline that is recognised by its layout, in code points.
const LONGEST_HEADLINE: usize = 160;
/// The longest standfirst that is recognised by its layout, in code points.
const LONGEST_STANDFIRST: usize = 300;

/// The reader of plain text.
#[derive(Debug)]
pub struct PlainText;

impl Reader for PlainText {
    fn name(&self) -> &'static str {
        "text"
    }

    fn about(&self) -> &'static str {
        "plain text, in UTF-8, UTF-16 or an older encoding"
    }

    fn recognises(&self, _: &Sample<'_>) -> bool {
        true
    }

    fn read(&self, mut raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let mut source = raw.source(self.name(), None);
        let decoded = decode(std::mem::take(&mut raw.bytes))?;
        source.encoding = decoded.encoding;
        // Most texts are normal already; a large one is not copied for nothing.
        let changed = match normalise(&decoded.text) {
            Cow::Borrowed(same) if same.len() == decoded.text.len() => None,
            other => Some(other.into_owned()),
        };
        let text = changed.unwrap_or(decoded.text);
        let pieces = pieces(&text, intake.options().separator.as_deref());
        // A text that nothing parts is taken as it stands.
        if pieces == [text.as_str()] || pieces.is_empty() {
            return one(text, source, intake);
        }
        for piece in pieces {
            one(piece.to_owned(), source.clone(), intake)?;
        }
        Ok(())
    }
}

fn one(text: String, source: Source, intake: &mut Intake<'_>) -> Result<(), Problem> {
    let (text, parts, mut metadata) = read_text(text);
    if text.trim().is_empty() {
        return Err(Problem::Empty);
    }
    metadata.language = metadata.language.or_else(|| language::of(&text));
    intake.article(Article::new(text, metadata, parts, source))
}

/// The articles in one text: parted by the line that is given, or else by lines of one sign alone (`=====`) where each
/// piece begins with lines that say what it is. Pieces without words are none.
fn pieces<'a>(text: &'a str, separator: Option<&str>) -> Vec<&'a str> {
    let is_rule = |line: &str| {
        let sign = line.chars().next().filter(|c| "=-*_#~+".contains(*c));
        line.len() >= 3 && sign.is_some_and(|sign| line.chars().all(|c| c == sign))
    };
    let parts = |line: &str| match separator {
        Some(separator) => line == separator.trim(),
        None => is_rule(line),
    };
    let (mut pieces, mut start, mut at) = (Vec::new(), 0, 0);
    for line in text.split_inclusive('\n') {
        if parts(line.trim()) {
            pieces.push(&text[start..at]);
            start = at + line.len();
        }
        at += line.len();
    }
    pieces.push(&text[start..]);
    pieces.retain(|piece| !piece.trim().is_empty());
    if pieces.len() == 1 && pieces[0].len() == text.len() {
        return pieces;
    }
    pieces.iter_mut().for_each(|piece| *piece = piece.trim_matches('\n'));
    if separator.is_none() && !pieces.iter().all(|piece| header(piece).is_some()) {
        return vec![text];
    }
    pieces
}

fn read_text(text: String) -> (String, Vec<Part>, Metadata) {
    let mut metadata = Metadata::default();
    let Some((header, body)) = header(&text) else {
        let parts = parts_of(&text);
        metadata.title = words(&text, &parts, PartKind::Headline).unwrap_or_default();
        metadata.authors = words(&text, &parts, PartKind::Byline).map_or_else(Vec::new, |b| authors(&b));
        return (text, parts, metadata);
    };
    let mut layout = Layout::default();
    let mut body_parts = Vec::new();
    let field = |name: &str| header.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| (*v).to_owned());
    if let Some(title) = field("title") {
        // Where the body repeats the title, it is not set twice.
        let repeated = body.lines().find(|l| !l.trim().is_empty()).is_some_and(|l| l.trim() == title);
        if repeated {
            body_parts = parts_of(body);
        } else {
            layout.add(Some(PartKind::Headline), &title);
        }
        metadata.title = title;
    } else {
        body_parts = parts_of(body);
        metadata.title = words(body, &body_parts, PartKind::Headline).unwrap_or_default();
    }
    // With a headline in the body, a standfirst above it would stand in the wrong place.
    if body_parts.is_empty() {
        layout.add(Some(PartKind::Standfirst), &field("standfirst").unwrap_or_default());
        layout.add(Some(PartKind::Byline), &field("byline").unwrap_or_default());
    }
    metadata.authors = field("byline")
        .or_else(|| words(body, &body_parts, PartKind::Byline))
        .map_or_else(Vec::new, |byline| authors(&byline));
    metadata.outlet = field("outlet").unwrap_or_default();
    metadata.published = field("published").and_then(|p| iso(&p));
    metadata.section = field("section");
    metadata.url = field("url");
    metadata.language = field("language").map(|l| l.replace('_', "-"));
    if layout.is_empty() || !body.trim().is_empty() {
        layout.body(body, body_parts);
    }
    let (text, parts) = layout.done();
    (text, parts, metadata)
}

/// The words of the first part of a kind.
fn words(text: &str, parts: &[Part], kind: PartKind) -> Option<String> {
    let span = parts.iter().find(|p| p.kind == kind)?.span;
    Some(text.chars().skip(span.start.0).take(span.len()).collect())
}

/// The names that a header may have.
const FIELDS: &[&str] = &["title", "standfirst", "byline", "outlet", "published", "section", "url", "language"];

/// Name and value of each header line.
type Header<'a> = Vec<(&'a str, &'a str)>;

/// The header lines and the body behind them; `None` where the text does not begin with a header. Every line up to the
/// first blank one must be a header line, so that an article that begins "Title: a history" keeps its words.
fn header(text: &str) -> Option<(Header<'_>, &str)> {
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        if line.trim().is_empty() {
            let body = after.trim_start_matches('\n');
            return (!fields.is_empty()).then_some((fields, body));
        }
        let (name, value) = line.split_once(':')?;
        let name = name.trim();
        let known = FIELDS.iter().any(|f| f.eq_ignore_ascii_case(name));
        let again = fields.iter().any(|(n, _): &(&str, &str)| n.eq_ignore_ascii_case(name));
        if !known || again {
            return None;
        }
        if !value.trim().is_empty() {
            fields.push((name, value.trim()));
        }
        rest = after;
    }
}

/// A paragraph's only line, where it stands, and whether a blank line or the end follows it.
struct Line<'a> {
    words: &'a str,
    span: CharSpan,
    alone: bool,
}

/// The first lines that hold words, at most `count`.
fn first_lines(text: &str, count: usize) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut at = 0;
    for line in text.split('\n') {
        let words = line.trim();
        if words.is_empty() {
            if let Some(last) = lines.last_mut() {
                last.alone = true;
            }
            if lines.len() == count {
                break;
            }
        } else {
            if lines.len() == count {
                break;
            }
            let lead = line[..line.len() - line.trim_start().len()].chars().count();
            let span = CharSpan::chars(at + lead, at + lead + words.chars().count());
            lines.push(Line { words, span, alone: false });
        }
        at += line.chars().count() + 1;
    }
    lines
}

/// The headline, standfirst and byline of a text that marks them by its layout alone. Cautious: a part that is not
/// sure is body.
pub fn parts_of(text: &str) -> Vec<Part> {
    let lines = first_lines(text, 4);
    let [first, second, ..] = lines.as_slice() else { return Vec::new() };
    if !first.alone || !is_headline(first.words) {
        return Vec::new();
    }
    let mut parts = vec![Part { kind: PartKind::Headline, span: first.span }];
    if is_byline(second.words) {
        parts.push(Part { kind: PartKind::Byline, span: second.span });
        return parts;
    }
    let Some(third) = lines.get(2) else { return parts };
    let short = second.span.len() <= LONGEST_STANDFIRST && second.alone;
    if short && is_byline(third.words) {
        parts.push(Part { kind: PartKind::Standfirst, span: second.span });
        parts.push(Part { kind: PartKind::Byline, span: third.span });
    } else if short && lines.len() > 3 && !ends_sentence(second.words) && second.words.split_whitespace().count() > 5 {
        parts.push(Part { kind: PartKind::Standfirst, span: second.span });
    }
    parts
}

/// As [`parts_of`], where the title is known from elsewhere: a first paragraph that is the title is the headline,
/// however it is set.
pub fn parts_with_title(text: &str, title: &str) -> Vec<Part> {
    let mut parts = parts_of(text);
    if parts.is_empty()
        && let [first, ..] = first_lines(text, 1).as_slice()
        && first.words == title.trim()
    {
        parts.push(Part { kind: PartKind::Headline, span: first.span });
    }
    parts
}

fn is_headline(line: &str) -> bool {
    let count = line.split_whitespace().count();
    line.chars().count() <= LONGEST_HEADLINE
        && count > 1
        && line.chars().any(char::is_alphabetic)
        && !line.ends_with([',', ';', ':', '…'])
        && !line.trim_end_matches(['"', '”', '’', '\'', '»', ')']).ends_with(['.', '。'])
        && !is_byline(line)
}

fn ends_sentence(line: &str) -> bool {
    line.trim_end_matches(['"', '”', '’', '\'', '»', ')']).ends_with(['.', '!', '?', '…', ':', ';', ',', '。'])
}

/// The words with which a byline begins, in a few languages.
const BY: &[&str] = &["by", "von", "par", "por", "di", "door", "av", "af"];
/// Small words between the names of a byline.
const SMALL: &[&str] =
    &["and", "in", "at", "de", "del", "della", "den", "der", "di", "du", "la", "le", "van", "von", "und", "et", "y"];

/// Whether a line is "By Ada Brandt" and the like: the word, then two to eight words that begin like names. What comes
/// after a comma may be a job.
pub fn is_byline(line: &str) -> bool {
    let Some((by, names)) = line.split_once(char::is_whitespace) else { return false };
    let by_word = by.trim_end_matches(':');
    if !BY.contains(&by_word.to_lowercase().as_str()) || line.chars().count() > 120 || ends_sentence(line) {
        return false;
    }
    let names = names.split(',').next().unwrap_or(names);
    let mut capitals = 0;
    for word in names.split_whitespace() {
        if word.chars().next().is_some_and(|c| c.is_uppercase() || (c.is_alphabetic() && !c.is_lowercase())) {
            capitals += 1;
        } else if !SMALL.contains(&word) && word != "&" {
            return false;
        }
    }
    (2..=8).contains(&capitals)
}

/// The names in a byline.
pub fn authors(byline: &str) -> Vec<String> {
    let line = byline.trim();
    let rest = match line.split_once(char::is_whitespace) {
        Some((by, rest)) if BY.contains(&by.trim_end_matches(':').to_lowercase().as_str()) => rest.trim(),
        _ => line,
    };
    let mut names: Vec<String> = Vec::new();
    for piece in rest.split([',', ';', '|']).flat_map(|p| p.split(" and ")).flat_map(|p| p.split(" & ")) {
        let name = piece.trim();
        let name = name.split(" in ").next().unwrap_or(name).trim();
        let capital = name.chars().next().is_some_and(|c| c.is_alphabetic() && !c.is_lowercase());
        // After the first name, what has one word or looks like a job is none.
        let job =
            |w: &str| ["editor", "correspondent", "reporter", "staff", "writer"].contains(&w.to_lowercase().as_str());
        let is_job = !names.is_empty()
            && (name.starts_with("The ") || name.split_whitespace().any(job) || name.split_whitespace().count() < 2);
        if capital && !is_job && name.chars().count() <= 80 && !names.iter().any(|n| n == name) {
            names.push(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(PartKind, String)> {
        parts_of(text)
            .iter()
            .map(|p| (p.kind, text.chars().skip(p.span.start.0).take(p.span.len()).collect()))
            .collect()
    }

    #[test]
    fn layout_tells_a_headline() {
        use PartKind::{Byline, Headline, Standfirst};
        let owned = |list: &[(PartKind, &str)]| list.iter().map(|(k, t)| (*k, (*t).to_owned())).collect::<Vec<_>>();
        let text = "\n Ferry to stop at dusk \n\nRiverside's last boat will leave at six.\n\nBy Ada Brandt\n\nThe council said so.";
        let expected = [
            (Headline, "Ferry to stop at dusk"),
            (Standfirst, "Riverside's last boat will leave at six."),
            (Byline, "By Ada Brandt"),
        ];
        assert_eq!(kinds(text), owned(&expected));
        assert_eq!(
            kinds("Ferry to stop at dusk\n\nBy ADA BRANDT, transport editor\nThe council said so."),
            owned(&[(Headline, "Ferry to stop at dusk"), (Byline, "By ADA BRANDT, transport editor")])
        );
        assert_eq!(kinds("Ferry to stop\n\nThe council said so."), owned(&[(Headline, "Ferry to stop")]));
        for plain in [
            "The council said so.\n\nThe boats will stop.",
            "The mayor called it \"a purge.\"\n\nThe boats will stop.",
            "Ferry to stop at dusk\nThe council said so.",
            "Ferry to stop at dusk",
            "By then Labour had lost\n\nThe boats will stop.\n\nAll of them.",
        ] {
            assert!(!kinds(plain).iter().any(|(k, _)| *k == Byline), "{plain}");
            if !plain.starts_with("By") {
                assert_eq!(kinds(plain), [], "{plain}");
            }
        }
    }

    #[test]
    fn a_header_becomes_parts_and_metadata() {
        let text = "title: Ferry 🛥 to stop\nStandfirst: Last boat at six.\nByline: By Ada Brandt and Bo Lund\nOutlet: The Post\nPublished: 4 March 2025\nUrl: https://post.example/a:b\n\nBody one.\n\nBody two.\n";
        let (text, parts, metadata) = read_text(text.to_owned());
        assert_eq!(
            text,
            "Ferry 🛥 to stop\n\nLast boat at six.\n\nBy Ada Brandt and Bo Lund\n\nBody one.\n\nBody two.\n"
        );
        assert_eq!(words(&text, &parts, PartKind::Byline).unwrap(), "By Ada Brandt and Bo Lund");
        assert_eq!(metadata.authors, ["Ada Brandt", "Bo Lund"]);
        assert_eq!(metadata.published.as_deref(), Some("2025-03-04"));
        assert_eq!(metadata.url.as_deref(), Some("https://post.example/a:b"));
    }

    #[test]
    fn what_only_begins_like_a_header_stays() {
        for text in ["Title: a history\nof the ferry\n\nBody.", "Note: x\n\nBody.", "Title: a\nTitle: b\n\nc"] {
            assert_eq!(read_text(text.to_owned()).0, text);
        }
        let (text, parts, _) = read_text("Title: The ferry stops\n\nThe ferry stops\n\nBody.".to_owned());
        assert_eq!(text, "The ferry stops\n\nBody.");
        assert_eq!(parts.len(), 1);
        assert_eq!(read_text("Title: Only a title".to_owned()).0, "Only a title");
    }

    #[test]
    fn several_articles_stand_in_one_text() {
        let two = "Title: One\n\nBody one.\n=====\nTitle: Two\n\nBody --- two.\n\n=====\n";
        assert_eq!(pieces(two, None), ["Title: One\n\nBody one.", "Title: Two\n\nBody --- two."]);
        let scenes = "The first scene.\n\n***\n\nThe second scene.\n";
        assert_eq!(pieces(scenes, None), [scenes]);
        assert_eq!(pieces(scenes, Some("***")), ["The first scene.", "The second scene."]);
        assert_eq!(pieces("a\nEND OF ARTICLE \nb", Some("END OF ARTICLE")), ["a", "b"]);
        assert_eq!(pieces("no line\n", Some("x")), ["no line\n"]);
        assert_eq!(pieces("one\nx\n", Some("x")), ["one"]);
        assert!(pieces("\n\n", Some("")).is_empty());
    }

    #[test]
    fn names_in_bylines() {
        assert_eq!(authors("By Ada Brandt, Political Editor, and Bo Lund in Northmark"), ["Ada Brandt", "Bo Lund"]);
        assert_eq!(authors("Ada Brandt"), ["Ada Brandt"]);
        assert!(is_byline("Von Ada Brandt") && !is_byline("By Monday the boats had gone."));
        assert!(!is_byline("By far the best") && !is_byline("Bye Ada Brandt"));
    }
}
