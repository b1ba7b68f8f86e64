//! A text cut into sentences and tokens, for formats that annotate tokens.
//!
//! A token is a word, or a mark that belongs to no word; every character that is not white space is in one. Words are
//! also cut where an annotation begins or ends inside them, so that no annotation has to be bent to fit.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation as _;

use super::Losses;
use crate::model::{Annotation, Project};
use crate::text::{ByteOffset, ByteSpan, CharOffset, CharSpan, OffsetMap, sentences, words};

/// A token and the white space behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    pub span: CharSpan,
    pub text: &'a str,
    /// The white space up to the next token, or to the end of the text.
    pub after: &'a str,
    /// Whether a sentence begins with it.
    pub opens: bool,
}

/// The tokens of a text, in order.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    /// The white space before the first one.
    pub before: &'a str,
    pub all: Vec<Token<'a>>,
}

impl<'a> Tokens<'a> {
    /// Cuts a text. `spans`: the annotations that must begin and end with tokens.
    pub fn of(map: &'a OffsetMap, spans: impl IntoIterator<Item = CharSpan>) -> Self {
        let text = map.as_str();
        let mut cuts = edges(text);
        for span in spans {
            cuts.extend([span.start, span.end].into_iter().filter_map(|at| Some(map.char_to_byte(at)?.0)));
        }
        let starts: BTreeSet<usize> = sentences(text).into_iter().map(|s| s.start.0).collect();
        let mut pieces: Vec<Range<usize>> = Vec::new();
        for (at, c) in text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
            let end = at + c.len_utf8();
            match pieces.last_mut() {
                Some(last) if last.end == at && !cuts.contains(&at) => last.end = end,
                _ => pieces.push(at..end),
            }
        }
        let ends = pieces.iter().skip(1).map(|p| p.start).chain([text.len()]);
        let mut fresh = true;
        let all = pieces.iter().zip(ends).filter_map(|(piece, end)| {
            let span = map.chars(ByteSpan { start: ByteOffset(piece.start), end: ByteOffset(piece.end) })?;
            let opens = std::mem::take(&mut fresh) || starts.contains(&piece.start);
            Some(Token { span, text: &text[piece.clone()], after: &text[piece.end..end], opens })
        });
        let all: Vec<_> = all.collect();
        let before = &text[..pieces.first().map_or(text.len(), |p| p.start)];
        Self { before, all }
    }

    /// The tokens that lie within a span, by their numbers from 0.
    pub fn within(&self, span: CharSpan) -> Range<usize> {
        let first = self.all.partition_point(|t| t.span.start < span.start);
        let end = self.all.partition_point(|t| t.span.end <= span.end);
        first..end.max(first)
    }

    /// The sentences, each with the number of its first token.
    pub fn sentences(&self) -> Vec<(usize, &[Token<'a>])> {
        let mut out = Vec::new();
        let mut rest = 0..self.all.len();
        while let Some(first) = rest.next() {
            let end = (first + 1..self.all.len()).find(|&n| self.all[n].opens).unwrap_or(self.all.len());
            out.push((first, &self.all[first..end]));
            rest = end..self.all.len();
        }
        out
    }
}

/// Where a text may be cut, in bytes: around words, and between the marks that stand between words.
fn edges(text: &str) -> BTreeSet<usize> {
    let mut cuts = BTreeSet::new();
    let mut last = 0;
    for word in words(text).chain([ByteSpan::bytes(text.len(), text.len())]) {
        cuts.extend(text[last..word.start.0].split_word_bound_indices().map(|(n, _)| last + n));
        cuts.extend([word.start.0, word.end.0]);
        last = word.end.0;
    }
    cuts
}

/// A piece of a text that is cut as spaCy does it: a token may have one space behind it, and white space beyond that is
/// a token as well, so that the text comes back exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    pub span: CharSpan,
    pub text: &'a str,
    /// Whether a space follows that belongs to no token.
    pub space: bool,
    /// Whether a sentence begins with it.
    pub opens: bool,
}

/// Cuts a text as spaCy does. Every one of `spans` begins and ends with a piece.
pub fn pieces<'a>(map: &'a OffsetMap, spans: &[CharSpan]) -> Vec<Piece<'a>> {
    let starts: BTreeSet<CharOffset> = spans.iter().map(|s| s.start).collect();
    let ends: BTreeSet<CharOffset> = spans.iter().map(|s| s.end).collect();
    let tokens = Tokens::of(map, spans.iter().copied());
    let mut out = Vec::new();
    let white = |from: CharOffset, text: &'a str, out: &mut Vec<Piece<'a>>| {
        let mut start = (from, 0);
        let mut push = |start: (CharOffset, usize), end: (CharOffset, usize)| {
            let span = CharSpan { start: start.0, end: end.0 };
            out.push(Piece { span, text: &text[start.1..end.1], space: false, opens: false });
        };
        for (n, (byte, _)) in text.char_indices().enumerate().skip(1) {
            let here = from + n;
            if starts.contains(&here) || ends.contains(&here) {
                push(start, (here, byte));
                start = (here, byte);
            }
        }
        if start.1 < text.len() {
            push(start, (from + text.chars().count(), text.len()));
        }
    };
    white(CharOffset::ZERO, tokens.before, &mut out);
    for token in &tokens.all {
        let end = token.span.end;
        let space = token.after.starts_with(' ') && !starts.contains(&end) && !ends.contains(&(end + 1));
        out.push(Piece { span: token.span, text: token.text, space, opens: token.opens });
        let taken = usize::from(space);
        white(end + taken, &token.after[taken..], &mut out);
    }
    out
}

/// Bends what cannot be said of tokens that hold no white space: stretches lose the white space at their ends, and
/// annotations of nothing but white space are left out.
pub fn without_white_space(project: &mut Project, losses: &mut Losses) {
    let (mut bent, mut gone) = (0, 0);
    let Project { articles, codings, .. } = project;
    for ((_, article), coding) in codings {
        let Some(article) = articles.get(article) else { continue };
        let map = OffsetMap::new(article.text.clone());
        let odd = |a: &Annotation| a.spans.iter().any(|s| trimmed(&map, *s) != Some(*s));
        if !coding.annotations.values().any(|a| odd(a)) {
            continue;
        }
        Arc::make_mut(coding).annotations.retain(|_, annotation| {
            if !odd(annotation) {
                return true;
            }
            let spans = annotation.spans.iter().filter_map(|s| trimmed(&map, *s)).collect();
            let stays = Arc::make_mut(annotation).place(&map, spans);
            (bent, gone) = if stays { (bent + 1, gone) } else { (bent, gone + 1) };
            stays
        });
    }
    losses.tell("white-space-at-ends", bent, "codings begin or end in white space, and are written without it");
    losses.tell("white-space", gone, "codings of nothing but white space are left out");
}

/// A span without the white space at its ends; `None` where it is nothing but white space.
fn trimmed(map: &OffsetMap, span: CharSpan) -> Option<CharSpan> {
    let words = map.slice(span)?;
    let body = words.trim();
    let lead = words[..words.len() - words.trim_start().len()].chars().count();
    let start = span.start + lead;
    (!body.is_empty()).then(|| CharSpan { start, end: start + body.chars().count() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut<'a>(map: &'a OffsetMap, spans: &[CharSpan]) -> Vec<&'a str> {
        Tokens::of(map, spans.iter().copied()).all.iter().map(|t| t.text).collect()
    }

    #[test]
    fn words_marks_and_cuts() {
        let map = OffsetMap::new("  Left-wing “Reds” don’t\u{202f}pay 3.5%…\n\nNo. ");
        let all = ["Left-wing", "“", "Reds", "”", "don’t", "pay", "3.5", "%", "…", "No", "."];
        assert_eq!(cut(&map, &[]), all);
        assert_eq!(cut(&map, &[CharSpan::chars(3, 13)])[..4], ["L", "eft-wing", "“", "Reds"]);
        let tokens = Tokens::of(&map, []);
        let whole: String = tokens.all.iter().flat_map(|t| [t.text, t.after]).collect();
        assert_eq!(format!("{}{whole}", tokens.before), map.as_str());
        assert_eq!(tokens.sentences().len(), 2);
        assert_eq!(tokens.within(CharSpan::chars(2, 18)), 0..4);
    }

    #[test]
    fn pieces_give_the_text_back() {
        let map = OffsetMap::new(" \na  b c\t");
        let texts = |spans: &[CharSpan]| -> Vec<String> {
            pieces(&map, spans).iter().map(|p| format!("{}{}", p.text, if p.space { "_" } else { "" })).collect()
        };
        assert_eq!(texts(&[]), [" \n", "a_", " ", "b_", "c", "\t"]);
        assert_eq!(texts(&[CharSpan::chars(1, 4)]), [" ", "\n", "a", " ", " ", "b_", "c", "\t"]);
        assert_eq!(texts(&[CharSpan::chars(5, 6)]), [" \n", "a_", " ", "b_", "c", "\t"]);
    }
}
