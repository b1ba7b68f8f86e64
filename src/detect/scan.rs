//! A text cut up once for every rule: paragraphs, sentences, tokens.

use std::ops::Range;

use crate::text::{ByteSpan, sentences};

/// How a token is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `word`, `left-wing`, `85-year-old`
    Lower,
    /// `Word`, `McDonald`, `al-Sisi`
    Capital,
    /// `NEC`, `U.S.`
    Upper,
    /// `J.`
    Initial,
    /// `1,000`, `3.5`, `12m`
    Number,
    /// `'s`, `'ve`: cut off the word before it
    Clitic,
    /// `@name`, `#topic`, an address on the web
    Handle,
    /// A quotation mark or an apostrophe that stands alone.
    Mark,
    Other,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    /// Bytes in the text.
    pub start: usize,
    pub end: usize,
    lower: (usize, usize),
    pub shape: Shape,
    /// Its sentence and paragraph, by number.
    pub sentence: usize,
    pub paragraph: usize,
}

impl Token {
    pub fn is_word(&self) -> bool {
        matches!(self.shape, Shape::Lower | Shape::Capital | Shape::Upper | Shape::Initial | Shape::Number)
    }

    /// Whether it is written like a name or a part of one.
    pub fn is_capital(&self) -> bool {
        matches!(self.shape, Shape::Capital | Shape::Upper | Shape::Initial)
    }
}

/// A document's tokens, with the sentences and paragraphs as ranges of token numbers.
pub(super) struct Scan<'a> {
    pub text: &'a str,
    pub tokens: Vec<Token>,
    pub sentences: Vec<Range<usize>>,
    pub paragraphs: Vec<Range<usize>>,
    /// The paragraphs in bytes.
    pub lines: Vec<ByteSpan>,
    lower: String,
}

/// Abbreviations that keep their full stop.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "rev", "hon", "st", "jr", "sr", "sen", "rep", "gov", "gen", "lt", "col", "maj",
    "capt", "sgt", "cpl", "adm", "brig", "supt", "mt", "ft", "inc", "ltd", "corp", "co", "bros", "no", "vs", "jan",
    "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec", "calif", "fla", "mass", "mich", "pa",
    "va", "conn", "wis", "ariz", "ill", "ind", "tenn", "ky", "ala", "okla", "minn", "colo", "ga",
];

impl<'a> Scan<'a> {
    /// Reads the text once.
    pub fn new(text: &'a str) -> Self {
        let mut scan = Self {
            text,
            tokens: Vec::with_capacity(text.len() / 5),
            sentences: Vec::new(),
            paragraphs: Vec::new(),
            lines: Vec::new(),
            lower: String::with_capacity(text.len()),
        };
        let mut at = 0;
        for line in text.split('\n') {
            let body = line.trim();
            if !body.is_empty() {
                let lead = line.len() - line.trim_start().len();
                scan.paragraph(ByteSpan::bytes(at + lead, at + lead + body.len()));
            }
            at += line.len() + 1;
        }
        scan
    }

    fn paragraph(&mut self, span: ByteSpan) {
        let first = self.tokens.len();
        let paragraph = self.lines.len();
        self.lines.push(span);
        for sentence in sentences(&self.text[span.range()]) {
            let from = self.tokens.len();
            self.tokenise(span.start.0 + sentence.start.0, span.start.0 + sentence.end.0, paragraph);
            if self.tokens.len() > from {
                self.sentences.push(from..self.tokens.len());
            }
        }
        self.paragraphs.push(first..self.tokens.len());
    }

    fn tokenise(&mut self, from: usize, to: usize, paragraph: usize) {
        let sentence = self.sentences.len();
        let mut at = from;
        while let Some(c) = self.text[at..to].chars().next() {
            if c.is_whitespace() {
                at += c.len_utf8();
                continue;
            }
            let (end, shape) = self.token_end(at, to, c);
            let (word, tail) = if matches!(shape, Shape::Lower | Shape::Capital | Shape::Upper) {
                split_clitic(&self.text[at..end])
            } else {
                (end - at, 0)
            };
            let first_shape = if tail > 0 { shape_of(&self.text[at..at + word]) } else { shape };
            self.push(at, at + word, first_shape, sentence, paragraph);
            if tail > 0 {
                self.push(at + word, end, Shape::Clitic, sentence, paragraph);
            }
            at = end;
        }
    }

    fn push(&mut self, start: usize, end: usize, shape: Shape, sentence: usize, paragraph: usize) {
        let from = self.lower.len();
        for c in self.text[start..end].chars() {
            match c {
                '’' | 'ʼ' => self.lower.push('\''),
                '\u{2010}' | '\u{2011}' => self.lower.push('-'),
                c => self.lower.extend(c.to_lowercase()),
            }
        }
        self.tokens.push(Token { start, end, lower: (from, self.lower.len()), shape, sentence, paragraph });
    }

    /// Where the token that begins at `at` ends, and how it is written.
    fn token_end(&self, at: usize, to: usize, first: char) -> (usize, Shape) {
        let text = &self.text[..to];
        if is_mark(first) {
            let clitic = matches!(first, '\'' | '’') && text[at + first.len_utf8()..].starts_with("s ");
            let glued = self.text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
            return if clitic && glued {
                (at + first.len_utf8() + 1, Shape::Clitic)
            } else {
                (at + first.len_utf8(), Shape::Mark)
            };
        }
        let rest = &text[at..];
        if rest.starts_with("http://") || rest.starts_with("https://") || rest.starts_with("www.") {
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, ')' | ']' | '"' | '”' | '>'));
            return (at + end.unwrap_or(rest.len()), Shape::Handle);
        }
        if matches!(first, '@' | '#') {
            let body = rest[1..].find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len() - 1);
            return if body > 0 { (at + 1 + body, Shape::Handle) } else { (at + 1, Shape::Other) };
        }
        if !first.is_alphanumeric() {
            return (at + first.len_utf8(), Shape::Other);
        }
        let mut end = at + first.len_utf8();
        let mut last = first;
        // Letters since the last full stop in the token, for "U.S." and "J.".
        let mut run = 1;
        let mut dotted = false;
        let mut chars = text[end..].char_indices().peekable();
        let base = end;
        while let Some((i, c)) = chars.next() {
            let here = base + i;
            if c.is_alphanumeric() || is_combining(c) || c == '_' {
                end = here + c.len_utf8();
                last = c;
                run += 1;
                continue;
            }
            let Some(&(_, next)) = chars.peek() else { break };
            let joins = match c {
                '-' | '\u{2010}' | '\u{2011}' | '\'' | '’' | 'ʼ' => next.is_alphanumeric() && last.is_alphanumeric(),
                ',' => last.is_ascii_digit() && next.is_ascii_digit(),
                '.' => {
                    last.is_ascii_digit() && next.is_ascii_digit()
                        || last.is_alphabetic() && next.is_alphabetic() && run == 1
                        || last.is_lowercase() && next.is_lowercase()
                }
                '&' => last.is_uppercase() && next.is_uppercase(),
                _ => false,
            };
            if !joins {
                break;
            }
            if c == '.' {
                dotted = dotted || run == 1 && last.is_alphabetic();
            }
            run = 0;
            end = here + c.len_utf8();
            last = c;
        }
        if text[end..].starts_with('.') {
            let word = &text[at..end];
            let letters = dotted && run == 1 || word.chars().count() == 1 && first.is_uppercase() && first != 'I';
            let listed = first.is_uppercase()
                && word.len() <= 5
                && text[end + 1..].starts_with(|c: char| c.is_whitespace() || matches!(c, ',' | ')'))
                && ABBREVIATIONS.contains(&word.to_ascii_lowercase().as_str());
            if letters || listed {
                end += 1;
            }
        }
        (end, shape_of(&text[at..end]))
    }

    /// The token in lower case, curly apostrophes and odd hyphens made plain; empty beyond the end.
    pub fn low(&self, token: usize) -> &str {
        self.tokens.get(token).map_or("", |t| &self.lower[t.lower.0..t.lower.1])
    }

    /// The token as it is written; empty beyond the end.
    pub fn raw(&self, token: usize) -> &'a str {
        self.tokens.get(token).map_or("", |t| &self.text[t.start..t.end])
    }

    pub fn shape(&self, token: usize) -> Shape {
        self.tokens.get(token).map_or(Shape::Other, |t| t.shape)
    }

    /// The bytes from the first to the last token of a range that is not empty.
    pub fn bytes(&self, tokens: &Range<usize>) -> ByteSpan {
        match (self.tokens.get(tokens.start), tokens.end.checked_sub(1).and_then(|i| self.tokens.get(i))) {
            (Some(a), Some(b)) => ByteSpan::bytes(a.start, b.end),
            _ => ByteSpan::default(),
        }
    }

    /// The tokens that begin within these bytes.
    pub fn within(&self, span: ByteSpan) -> Range<usize> {
        let from = self.tokens.partition_point(|t| t.start < span.start.0);
        let to = self.tokens.partition_point(|t| t.start < span.end.0);
        from..to.max(from)
    }

    /// Whether a token is the first word of its sentence, marks and dashes not counted.
    pub fn opens_sentence(&self, token: usize) -> bool {
        let Some(t) = self.tokens.get(token) else { return false };
        let first = self.sentences[t.sentence].start;
        // A sentence seldom opens with more than a few marks; not looking further keeps this constant.
        token - first <= 4 && (first..token).all(|i| !self.tokens[i].is_word())
    }

    /// The words of a range in lower case with single spaces, possessives left out.
    pub fn key(&self, tokens: &Range<usize>) -> String {
        let mut out = String::new();
        for i in tokens.clone() {
            if self.tokens[i].shape == Shape::Clitic {
                continue;
            }
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(self.low(i).trim_end_matches('.'));
        }
        out
    }
}

/// Whether a character is used as a quotation mark.
pub(super) fn is_mark(c: char) -> bool {
    matches!(
        c,
        '"' | '“'
            | '”'
            | '„'
            | '‟'
            | '«'
            | '»'
            | '‹'
            | '›'
            | '\''
            | '‘'
            | '’'
            | '‚'
            | '‛'
            | '＂'
            | '「'
            | '」'
    )
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200d}')
}

/// How many bytes of a word are the word, and how many a clitic at its end.
fn split_clitic(word: &str) -> (usize, usize) {
    let Some(at) = word.rfind(['\'', '’', 'ʼ']) else { return (word.len(), 0) };
    let tail = word[at..].trim_start_matches(['\'', '’', 'ʼ']);
    let cut = ["s", "d", "ll", "ve", "re", "m"].iter().any(|c| tail.eq_ignore_ascii_case(c));
    if cut && at > 0 { (at, word.len() - at) } else { (word.len(), 0) }
}

fn shape_of(word: &str) -> Shape {
    let Some(first) = word.chars().next() else { return Shape::Other };
    if first.is_ascii_digit() {
        let tail = word.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ',' | '.'));
        let unit = matches!(
            tail,
            "" | "m" | "bn" | "k" | "tn" | "M" | "B" | "K" | "th" | "st" | "nd" | "rd" | "s" | "million" | "pc"
        );
        return if unit { Shape::Number } else { Shape::Lower };
    }
    let letters = || word.chars().filter(|c| c.is_alphabetic());
    let upper = letters().filter(|c| c.is_uppercase()).count();
    let count = letters().count();
    if first.is_uppercase() {
        return match (count, upper) {
            (1, _) if word.ends_with('.') => Shape::Initial,
            (1, _) => Shape::Capital,
            (n, u) if n == u => Shape::Upper,
            // "MPs", "NGOs"
            (n, u) if u >= 2 && n == u + 1 && word.ends_with('s') => Shape::Upper,
            _ => Shape::Capital,
        };
    }
    // "al-Sisi", "d'Estaing", "iPhone", "eBay"
    let joint =
        word.find(['-', '\'', '’']).is_some_and(|i| i <= 3 && word[i..].chars().nth(1).is_some_and(char::is_uppercase));
    let product = upper > 0 && word.chars().nth(1).is_some_and(char::is_uppercase);
    if joint || product { Shape::Capital } else { Shape::Lower }
}
