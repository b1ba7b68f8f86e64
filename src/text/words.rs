//! Words, and how a selection snaps to them and grows from them.

use unicode_segmentation::UnicodeSegmentation as _;

use super::{ByteOffset, ByteSpan, CharOffset, CharSpan, Document};

/// The words of `text` in order: runs with a letter or digit in them, by Unicode's word boundaries (UAX #29), with
/// what a hyphen or an apostrophe joins kept as one (`left-wing`, `Labour's`).
pub fn words(text: &str) -> impl Iterator<Item = ByteSpan> + '_ {
    let mut pieces = text.split_word_bound_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = pieces.by_ref().find(|(_, piece)| is_word(piece))?;
        let mut end = start + first.len();
        while let Some(&(at, joint)) = pieces.peek() {
            if !matches!(joint, "-" | "\u{2010}" | "\u{2011}") {
                break;
            }
            match text[at + joint.len()..].split_word_bounds().next() {
                Some(next) if is_word(next) => {
                    pieces.next();
                    pieces.next();
                    end = at + joint.len() + next.len();
                }
                _ => break,
            }
        }
        Some(ByteSpan::bytes(start, end))
    })
}

fn is_word(piece: &str) -> bool {
    piece.chars().any(char::is_alphanumeric)
}

/// How far a selection reaches; each level holds the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    Word,
    /// What stands between two marks of punctuation or quotation.
    Phrase,
    Sentence,
    Paragraph,
}

impl Extent {
    pub const ALL: [Self; 4] = [Self::Word, Self::Phrase, Self::Sentence, Self::Paragraph];
}

impl Document {
    /// The unit of the given extent around a position; at a gap between words, the word before it.
    pub fn unit_at(&self, at: CharOffset, extent: Extent) -> Option<CharSpan> {
        let paragraph = self.paragraph_at(at)?;
        if extent == Extent::Paragraph {
            return Some(paragraph);
        }
        // White space around a paragraph belongs to it.
        let at = at.clamp(paragraph.start, paragraph.end);
        let sentence = self.sentences_in(paragraph).into_iter().rfind(|s| s.start <= at).unwrap_or(paragraph);
        match extent {
            Extent::Sentence | Extent::Paragraph => Some(sentence),
            Extent::Phrase => Some(self.phrase_in(sentence, at)),
            Extent::Word => self.word_in(sentence, at),
        }
    }

    fn word_in(&self, around: CharSpan, at: CharOffset) -> Option<CharSpan> {
        let bytes = self.map().bytes(around)?;
        let text = self.map().as_str().get(bytes.range())?;
        let at = self.map().char_to_byte(at)?.0 - bytes.start.0;
        let mut before = None;
        for word in words(text) {
            if word.start.0 > at {
                break;
            }
            before = Some(word);
            if at < word.end.0 {
                break;
            }
        }
        let word = before?;
        self.map().chars(ByteSpan::bytes(word.start.0 + bytes.start.0, word.end.0 + bytes.start.0))
    }

    fn phrase_in(&self, sentence: CharSpan, at: CharOffset) -> CharSpan {
        let text: Vec<char> = self.map().slice(sentence).unwrap_or_default().chars().collect();
        let here = (at.0 - sentence.start.0).min(text.len());
        let breaks = |i: usize| {
            let c = text[i];
            let space = |j: Option<usize>| j.and_then(|j| text.get(j)).is_none_or(|c| c.is_whitespace());
            match c {
                ',' | ';' | ':' | '.' => space(Some(i + 1)),
                '\u{2019}' | '\'' => space(Some(i + 1)) || space(i.checked_sub(1)),
                '(' | ')' | '[' | ']' | '"' | '“' | '”' | '„' | '«' | '»' | '‹' | '›' | '‘' | '‚' | '—' | '–' | '?'
                | '!' | '…' => true,
                _ => false,
            }
        };
        let start = (0..here).rev().find(|&i| breaks(i)).map_or(0, |i| i + 1);
        let end = (here..text.len()).find(|&i| breaks(i)).unwrap_or(text.len());
        let lead = text[start..end].iter().take_while(|c| c.is_whitespace()).count();
        let tail = text[start..end].iter().rev().take_while(|c| c.is_whitespace()).count();
        if lead + tail >= end - start {
            return sentence;
        }
        CharSpan::chars(sentence.start.0 + start + lead, sentence.start.0 + end - tail)
    }

    /// Widens a span to whole words and leaves white space and punctuation at its ends outside. A span without a
    /// word in it is returned as it is.
    pub fn snap_to_words(&self, span: CharSpan) -> CharSpan {
        let Some(first) = self.paragraph_at(span.start) else { return span };
        let last = self.paragraph_at(span.end).unwrap_or(first);
        let Some(around) = self.map().bytes(first.hull(last)) else { return span };
        let Some(bytes) = self.map().bytes(span) else { return span };
        let text = &self.map().as_str()[around.range()];
        let mut found: Option<ByteSpan> = None;
        for word in words(text) {
            let word = ByteSpan::bytes(word.start.0 + around.start.0, word.end.0 + around.start.0);
            if word.start >= bytes.end {
                break;
            }
            if word.overlaps(bytes) {
                found = Some(found.map_or(word, |f| f.hull(word)));
            }
        }
        found.and_then(|f| self.map().chars(f)).unwrap_or(span)
    }

    /// The smallest unit around a span that is larger than it: word, phrase, sentence, paragraph.
    pub fn grow(&self, span: CharSpan) -> CharSpan {
        let inner = if span.is_empty() { span.start } else { CharOffset(span.end.0 - 1) };
        // At a mark of punctuation `unit_at` gives the word before it, which would draw in, word by word, what the span
        // does not touch.
        let touching = |at, extent| {
            let unit = self.unit_at(at, extent)?;
            let loose = extent <= Extent::Phrase && !unit.contains(at) && !(span.is_empty() && unit.end == at);
            (!loose).then_some(unit)
        };
        Extent::ALL
            .into_iter()
            .filter_map(|extent| Some(touching(span.start, extent)?.hull(touching(inner, extent)?)))
            .find(|unit| unit.encloses(span) && unit.len() > span.len())
            .unwrap_or(span)
    }

    /// The largest unit at the start of a span that is smaller than it: the way back from [`grow`](Self::grow).
    pub fn shrink(&self, span: CharSpan) -> CharSpan {
        Extent::ALL
            .into_iter()
            .rev()
            .filter_map(|extent| self.unit_at(span.start, extent))
            .find(|unit| span.encloses(*unit) && unit.len() < span.len())
            .unwrap_or(span)
    }

    /// Where an end of a span goes from `from` by one word: the start (`start`) or end of the word that comes next in
    /// that direction. Stays where there is none.
    pub fn next_end(&self, from: CharOffset, start: bool, right: bool) -> CharOffset {
        let map = self.map();
        let Some(byte) = map.char_to_byte(from) else { return from };
        let text = map.as_str();
        // A word lies within a line: this line and its neighbours hold the next one, or the nearest ones that are not
        // blank.
        let before = text[..byte.0].trim_end().rfind('\n').map_or(0, |i| i + 1);
        let after = text[byte.0..].trim_start();
        let skipped = text.len() - byte.0 - after.len();
        let end = after.find('\n').map_or(text.len(), |i| byte.0 + skipped + i);
        let ends = words(&text[before..end]).map(|w| before + if start { w.start.0 } else { w.end.0 });
        let next = if right { { ends }.find(|&e| e > byte.0) } else { ends.take_while(|&e| e < byte.0).last() };
        next.and_then(|e| map.byte_to_char(ByteOffset(e))).unwrap_or(from)
    }

    /// Where the caret goes from `at` by one word, to the right or to the left.
    pub fn next_word(&self, at: CharOffset, right: bool) -> CharOffset {
        let map = self.map();
        let Some(byte) = map.char_to_byte(at) else { return at };
        let text = map.as_str();
        let target = if right {
            let window = &text[byte.0..];
            words(window).next().map_or(text.len(), |w| byte.0 + w.end.0)
        } else {
            // A word never crosses a line, so looking back to the line's start (or the one before) is enough.
            let line = text[..byte.0].trim_end().rfind('\n').map_or(0, |i| i + 1);
            words(&text[line..byte.0]).last().map_or(line, |w| line + w.start.0)
        };
        map.byte_to_char(ByteOffset(target)).unwrap_or(at)
    }
}
