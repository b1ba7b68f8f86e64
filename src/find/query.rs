//! What is asked for, and how it is written.
//!
//! | written | finds |
//! |---|---|
//! | `purge` | these letters, also within a word |
//! | `witch hunt` | the words in this order, with any white space between them, the end of a line too; `'` stands for any apostrophe and `-` for any hyphen |
//! | `purg*`, `the * party` | `*` stands for the rest of a word, and by itself for any one word |
//! | `"Witch  hunt"` | these characters and no others |
//! | `/expel(s\|led)/` | a regular expression; `^` and `$` are the ends of a line |
//! | `war NEAR/5 peace` | the two with at most four words between them, whichever comes first |
//!
//! Words, phrases in quotation marks and regular expressions may follow each other. Capitals count only where
//! [`Options::case`] says so.

use super::near;
use super::pattern::{Pattern, is_word};
use crate::text::{ByteSpan, CharOffset};

/// How what is asked for is understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Capitals count.
    pub case: bool,
    /// Whole words only: no letter or digit stands right before or behind.
    pub word: bool,
    /// All of it is one regular expression, without slashes around it.
    pub regex: bool,
}

/// Why what was typed cannot be looked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    #[error("nothing is asked for: type words, a phrase in \"quotation marks\" or a /regular expression/")]
    Empty,
    #[error("what is asked for is longer than {LONGEST} characters")]
    TooLong,
    #[error("the quotation mark at character {} is never closed", .at.0 + 1)]
    QuoteOpen { at: CharOffset },
    #[error("the slash at character {} begins a regular expression that is never closed; write “\"/\"” to find a slash itself", .at.0 + 1)]
    SlashOpen { at: CharOffset },
    #[error("“{written}” at character {}: the distance is a number of words from 1 to {FARTHEST}, as in NEAR/5", .at.0 + 1)]
    Distance { at: CharOffset, written: String },
    #[error("NEAR at character {} needs something on both sides, as in “war NEAR/5 peace”", .at.0 + 1)]
    NearNothing { at: CharOffset },
    #[error("a second NEAR at character {}: only two things can be near each other", .at.0 + 1)]
    NearAgain { at: CharOffset },
    #[error("the regular expression cannot be read at character {}: {why}", .at.0 + 1)]
    Regex { at: CharOffset, why: String },
    #[error("the regular expression at character {} grows too large; repeat less in it", .at.0 + 1)]
    TooLarge { at: CharOffset },
}

/// The longest query, in code points.
const LONGEST: usize = 1_000;
/// The largest distance of two things that are near each other, in words.
const FARTHEST: usize = 100;

/// A piece of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// A plain word, in which `*` stands for the rest of a word.
    Word(String),
    Exact(String),
    Regex {
        at: CharOffset,
        text: String,
    },
}

/// What somebody typed, made ready to look for.
#[derive(Clone, Debug)]
pub struct Query {
    one: Pattern,
    near: Option<(usize, Pattern)>,
}

impl Query {
    /// Reads what was typed.
    ///
    /// # Errors
    /// Says what cannot be read, and where.
    pub fn new(typed: &str, options: Options) -> Result<Self, QueryError> {
        if typed.trim().is_empty() {
            return Err(QueryError::Empty);
        }
        if typed.chars().count() > LONGEST {
            return Err(QueryError::TooLong);
        }
        let (one, near) = if options.regex {
            (vec![Piece::Regex { at: CharOffset::ZERO, text: typed.to_owned() }], None)
        } else {
            sides(typed)?
        };
        let near = match near {
            Some((distance, other)) => Some((distance, pattern(&other, options)?)),
            None => None,
        };
        Ok(Self { one: pattern(&one, options)?, near })
    }

    /// Where it stands in a text, in order. `stop` is asked now and then whether to leave off.
    pub fn spans(&self, text: &str, stop: &dyn Fn() -> bool) -> Vec<ByteSpan> {
        let one: Vec<_> = self.one.spans(text).take_while(|_| !stop()).collect();
        let Some((distance, other)) = &self.near else { return one };
        if one.is_empty() {
            return one;
        }
        let other: Vec<_> = other.spans(text).take_while(|_| !stop()).collect();
        near::pairs(text, &one, &other, *distance)
    }
}

/// The query that finds these words and nothing else, with whatever white space between them.
pub fn literally(words: &str) -> String {
    let plain = |w: &str| !w.contains('*') && !w.starts_with(['"', '“', '/']) && distance(w).is_none();
    let quoted = |w: &str| match w {
        w if plain(w) => w.to_owned(),
        w if w.contains('"') => format!("/{}/", regex_syntax::escape(w).replace('/', r"\/")),
        w => format!("\"{w}\""),
    };
    words.split_whitespace().map(quoted).collect::<Vec<_>>().join(" ")
}

/// The distance that a word like `NEAR/5` asks for; `Some(Err)` where it is no distance.
fn distance(word: &str) -> Option<Result<usize, ()>> {
    let (near, number) = word.split_once('/')?;
    let number = number.parse().ok().filter(|n| (1..=FARTHEST).contains(n));
    near.eq_ignore_ascii_case("near").then_some(number.ok_or(()))
}

type Near = Option<(usize, Vec<Piece>)>;

/// What is asked for, and what it is to be near to.
fn sides(typed: &str) -> Result<(Vec<Piece>, Near), QueryError> {
    let chars: Vec<char> = typed.chars().collect();
    let mut one = Vec::new();
    let mut near: Near = None;
    let mut near_at = CharOffset::ZERO;
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        let here = CharOffset(at);
        let piece = match c {
            c if c.is_whitespace() => {
                at += 1;
                continue;
            }
            '"' | '“' => {
                let close = (at + 1..chars.len()).find(|&i| matches!((c, chars[i]), ('"', '"') | ('“', '”')));
                let close = close.ok_or(QueryError::QuoteOpen { at: here })?;
                let text: String = chars[at + 1..close].iter().collect();
                at = close + 1;
                if text.is_empty() {
                    continue;
                }
                Piece::Exact(text)
            }
            '/' => {
                let close = closing_slash(&chars, at + 1).ok_or(QueryError::SlashOpen { at: here })?;
                let text: String = chars[at + 1..close].iter().collect::<String>().replace(r"\/", "/");
                at = close + 1;
                if text.is_empty() {
                    continue;
                }
                Piece::Regex { at: here + 1, text }
            }
            _ => {
                let end = (at..chars.len()).find(|&i| chars[i].is_whitespace()).unwrap_or(chars.len());
                let word: String = chars[at..end].iter().collect();
                at = end;
                match distance(&word) {
                    None => Piece::Word(word),
                    Some(Err(())) => return Err(QueryError::Distance { at: here, written: word }),
                    Some(Ok(_)) if near.is_some() => return Err(QueryError::NearAgain { at: here }),
                    Some(Ok(_)) if one.is_empty() => return Err(QueryError::NearNothing { at: here }),
                    Some(Ok(words)) => {
                        near = Some((words, Vec::new()));
                        near_at = here;
                        continue;
                    }
                }
            }
        };
        near.as_mut().map_or(&mut one, |(_, other)| other).push(piece);
    }
    match &near {
        Some((_, other)) if other.is_empty() => Err(QueryError::NearNothing { at: near_at }),
        None if one.is_empty() => Err(QueryError::Empty),
        _ => Ok((one, near)),
    }
}

/// The slash that closes a regular expression: not escaped, and nothing but white space behind it.
fn closing_slash(chars: &[char], from: usize) -> Option<usize> {
    let mut escaped = false;
    for (i, c) in chars.iter().enumerate().skip(from) {
        match c {
            '\\' if !escaped => escaped = true,
            '/' if !escaped && chars.get(i + 1).is_none_or(|c| c.is_whitespace()) => return Some(i),
            _ => escaped = false,
        }
    }
    None
}

fn pattern(pieces: &[Piece], options: Options) -> Result<Pattern, QueryError> {
    let mut whole = String::new();
    let mut at = CharOffset::ZERO;
    let mut regex = false;
    for (n, piece) in pieces.iter().enumerate() {
        if n > 0 {
            whole.push_str(r"\s+");
        }
        match piece {
            Piece::Word(word) => whole.push_str(&forgiving(word)),
            Piece::Exact(text) => whole.push_str(&regex_syntax::escape(text)),
            Piece::Regex { at: start, text } => {
                // By itself first, so that what is wrong is told where it was typed.
                Pattern::new(text, options.case, false).map_err(|e| broken(&e, *start))?;
                whole.push_str(&format!("(?:{text})"));
                at = *start;
                regex = true;
            }
        }
    }
    // What is written out has one way to match; a regular expression may have a shorter one that is a whole word.
    if regex && options.word {
        whole = format!(r"\b{{start-half}}(?:{whole})\b{{end-half}}");
    }
    Pattern::new(&whole, options.case, options.word && !regex).map_err(|e| broken(&e, at))
}

/// A plain word as a regular expression that takes any apostrophe for an apostrophe.
fn forgiving(word: &str) -> String {
    if word == "*" {
        return r"\w+".to_owned();
    }
    let mut out = String::new();
    for c in word.chars() {
        match c {
            '*' if out.ends_with(r"\w*") => {}
            '*' => out.push_str(r"\w*"),
            '\'' | '’' | '‘' | 'ʼ' => out.push_str("['’‘ʼ]"),
            '-' | '\u{2010}' | '\u{2011}' => out.push_str(r"[-\u{2010}\u{2011}]"),
            c if is_word(c) => out.push(c),
            c => out.push_str(&regex_syntax::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    out
}

/// What is wrong with a regular expression, in one line.
fn broken(error: &regex::Error, start: CharOffset) -> QueryError {
    match error {
        regex::Error::CompiledTooBig(_) => QueryError::TooLarge { at: start },
        other => {
            let told = other.to_string();
            let why =
                told.lines().rev().find_map(|l| l.trim().strip_prefix("error: ")).unwrap_or("it is not well formed");
            // The expression is shown indented by four, with carets below what is wrong.
            let carets = told
                .lines()
                .find(|l| l.trim_start().starts_with('^') && l.trim().chars().all(|c| c == '^' || c == ' '));
            let inside = carets.and_then(|l| l.find('^')).map_or(0, |n| n.saturating_sub(4));
            QueryError::Regex { at: start + inside, why: why.to_owned() }
        }
    }
}
