//! The lines of a database's document, whatever it was packed in.

use crate::import::Block;

/// A paragraph of a document; a heading, a field or a stretch of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Line breaks within it are LF.
    pub text: String,
    /// Whether it stands in the middle of the line, in a plain text.
    pub centred: bool,
    /// Whether it is set larger or bold, or as a heading.
    pub strong: bool,
}

impl Line {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Its words with single spaces.
    pub fn flat(&self) -> String {
        self.text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl From<Block> for Line {
    fn from(block: Block) -> Self {
        Self::new(block.text)
    }
}

/// Texts that are set in lines have none longer than this, in code points.
const WIDTH: usize = 100;
/// So many spaces before a line set it in the middle.
const MIDDLE: usize = 10;

/// The lines of a plain text: paragraphs between blank lines. Where the text is broken into lines of one width, those of
/// a paragraph are put together.
pub fn of(text: &str) -> Vec<Line> {
    let set = is_set(text);
    let mut found = Vec::new();
    for group in groups(text) {
        let centred = group.iter().all(|l| indent(l) >= MIDDLE);
        let strip = |line: &&str| line.trim().to_owned();
        if centred || !set {
            let text = group.iter().map(strip).collect::<Vec<_>>().join("\n");
            if centred {
                found.push(Line { text, centred, strong: false });
            } else {
                found.extend(group.iter().map(strip).map(Line::new));
            }
        } else {
            found.extend(joined(&group).into_iter().map(Line::new));
        }
    }
    found
}

/// The paragraphs of a text that is broken into lines: a blank line or an indented one begins a new paragraph.
pub fn wrapped(text: &str) -> Vec<String> {
    groups(text).iter().flat_map(|group| joined(group)).collect()
}

/// A paragraph without the line breaks that only keep its lines short: those behind lines of a printer's width.
pub fn unbroken(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut width = 0;
    for line in text.lines().map(str::trim) {
        if !out.is_empty() {
            out.push(if (48..=80).contains(&width) { ' ' } else { '\n' });
        }
        out.push_str(line);
        width = line.chars().count();
    }
    out
}

/// The paragraphs of a text that may be broken into lines or not.
pub fn paragraphs(text: &str) -> Vec<String> {
    if is_set(text) {
        return wrapped(text);
    }
    text.lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect()
}

/// Whether a text is broken into lines of one width: there are blank lines, a full line goes on in the next, none is long.
fn is_set(text: &str) -> bool {
    let mut full = false;
    let (mut goes_on, mut blank) = (false, false);
    for line in text.lines().map(str::trim_end).take(5000) {
        let width = line.chars().count();
        if width > WIDTH {
            return false;
        }
        goes_on |= full && width > 0;
        blank |= width == 0;
        full = width > 55 && !line.bytes().all(|b| b == b'_');
    }
    goes_on && blank
}

fn indent(line: &str) -> usize {
    line.chars().take_while(|c| c.is_whitespace()).count()
}

/// The lines between blank lines.
fn groups(text: &str) -> Vec<Vec<&str>> {
    let mut found: Vec<Vec<&str>> = Vec::new();
    let mut fresh = true;
    for line in text.lines() {
        if line.trim().is_empty() {
            fresh = true;
        } else if fresh {
            found.push(vec![line]);
            fresh = false;
        } else if let Some(last) = found.last_mut() {
            last.push(line);
        }
    }
    found
}

/// The paragraphs in lines without a blank one: a line that is indented further than the one before begins one.
fn joined(group: &[&str]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut before = usize::MAX;
    for line in group {
        let depth = indent(line);
        let words = line.trim();
        match found.last_mut() {
            Some(last) if depth <= before || depth < 2 => {
                last.push(' ');
                last.push_str(words);
            }
            _ => found.push(words.to_owned()),
        }
        before = depth;
    }
    found
}

/// The label that a line begins with, and what stands behind its colon.
pub fn label(text: &str) -> Option<(&str, &str)> {
    let (label, value) = text.split_once(':')?;
    let label = label.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}');
    let fits = (2..=40).contains(&label.chars().count())
        && label
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '/' | '&' | '\'' | '’' | '(' | ')' | '.' | '_'))
        && label.chars().next().is_some_and(char::is_alphabetic);
    fits.then(|| (label, value.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}')))
}

/// Whether a line is a notice of copyright.
pub fn is_copyright(text: &str) -> bool {
    let small = text.trim_start().to_lowercase();
    let rights =
        ["all rights reserved", "alle rechte vorbehalten", "tous droits réservés", "todos los derechos reservados"];
    let marks = ["copyright", "(c) ", "© ", "copr.", "©"];
    marks.iter().chain(&rights).any(|m| small.starts_with(m))
        || small.strip_prefix("copy ").is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_width_are_put_together() {
        let text = "               The Riverside Post\n\nThe last boat will leave at six in the evening from May, the council\nsaid on Tuesday.\n   Nobody had been asked, said a woman who has lived on the island\nsince she was born.\n\nBYLINE: Ada Brandt\n";
        let texts: Vec<(String, bool)> = of(text).into_iter().map(|l| (l.text, l.centred)).collect();
        assert_eq!(texts[0], ("The Riverside Post".to_owned(), true));
        assert!(texts[1].0.ends_with("the council said on Tuesday."));
        assert!(texts[2].0.starts_with("Nobody had been asked"));
        assert_eq!(texts[3].0, "BYLINE: Ada Brandt");
        assert_eq!(paragraphs("One.\nTwo."), ["One.", "Two."]);
    }

    #[test]
    fn labels_and_rights() {
        assert_eq!(label("LOAD-DATE: March 4"), Some(("LOAD-DATE", "March 4")));
        assert_eq!(label("Length:\u{a0}823 words"), Some(("Length", "823 words")));
        assert_eq!(label("No label here"), None);
        assert_eq!(label("“He said”: no"), None);
        assert!(is_copyright("Copyright 2025 The Post") && is_copyright("Copy 2013 X") && !is_copyright("Copy that"));
    }
}
