//! A hit as people read it: a line with the match in its middle.

use unicode_segmentation::UnicodeSegmentation as _;

use super::Hit;
use crate::model::{CodeId, CoderId, Project, Voice};

/// One line of a concordance. White space is one blank, the end of a paragraph a `¶`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub left: String,
    pub matched: String,
    pub right: String,
}

/// A coding under a code, on the words of a hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub coder: CoderId,
    pub code: CodeId,
    pub voice: Option<Voice>,
}

/// How much of a match is shown, in letters as people see them.
const MATCH: usize = 160;
/// What is looked at for one letter at the most: a letter with ever more marks on it must not fill a line's memory.
const LETTER: usize = 32;

impl Hit {
    /// The words that were found.
    pub fn words(&self) -> &str {
        self.article.text.get(self.bytes.range()).unwrap_or_default()
    }

    /// The line, with so many letters (graphemes) of context on each side.
    pub fn line(&self, context: usize) -> Line {
        let text = &*self.article.text;
        let (start, end) = (self.bytes.start.0, self.bytes.end.0);
        let from = text.ceil_char_boundary(start.saturating_sub(context.saturating_mul(LETTER)));
        let to = text.floor_char_boundary(end.saturating_add(context.saturating_mul(LETTER)).min(text.len()));
        let left = one_line(&text[from..start]);
        let cut = left.grapheme_indices(true).rev().take(context).last().map_or(left.len(), |(at, _)| at);
        let words = self.words();
        let shown = &words[..words.floor_char_boundary(MATCH * LETTER)];
        let mut matched = first(&one_line(shown), MATCH).to_owned();
        if matched.len() < one_line(shown).len() || shown.len() < words.len() {
            matched.push('…');
        }
        let right = first(&one_line(&text[end..to]), context).to_owned();
        Line { left: left[cut..].to_owned(), matched, right }
    }
}

/// The first so many graphemes.
fn first(text: &str, count: usize) -> &str {
    text.grapheme_indices(true).nth(count).map_or(text, |(at, _)| &text[..at])
}

/// A text on one line.
fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(char::is_whitespace) {
        out.push_str(&rest[..at]);
        let behind = rest[at..].trim_start();
        let gap = &rest[at..rest.len() - behind.len()];
        out.push_str(if gap.contains('\n') { " ¶ " } else { " " });
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// The codings under a code that share words with a hit, those of one coder (`None`: of all).
pub fn marks(project: &Project, hit: &Hit, coder: Option<&CoderId>) -> Vec<Mark> {
    let article = &hit.article.id;
    let coders = project.coders.keys().filter(|c| coder.is_none_or(|wanted| *c == wanted));
    let mut found = Vec::new();
    for coder in coders {
        let Some(coding) = project.coding(coder, article) else { continue };
        for annotation in coding.in_order() {
            if let Some(code) = annotation.tag.code()
                && annotation.spans.iter().any(|s| s.overlaps(hit.span))
            {
                found.push(Mark { coder: coder.clone(), code: code.clone(), voice: annotation.attributes.voice });
            }
        }
    }
    found
}
