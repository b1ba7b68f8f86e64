//! How a file counts places. The specification counts code points; programs differ. Each way of counting is tried on all
//! selections, and the one under which they begin and end at words is taken.

use super::ORIGIN_NVIVO;
use super::project::{ProjectFile, Source};
use crate::text::{ByteSpan, CharOffset, OffsetMap, Utf16Offset};

/// A way of counting places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counting {
    pub utf16: bool,
    pub ends: LineEnds,
    /// Whether a byte-order mark at the start counts.
    pub mark: bool,
}

/// How line ends are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnds {
    /// As they stand in the text.
    Kept,
    One,
    Two,
}

/// What the specification says.
const PLAIN: Counting = Counting { utf16: false, ends: LineEnds::Kept, mark: false };
/// What NVivo for Windows does; there, texts come with CRLF anyway.
const NVIVO: Counting = Counting { utf16: true, ends: LineEnds::Kept, mark: false };

impl Counting {
    /// The text as this way counts it.
    pub fn text(self, raw: &str) -> String {
        let (mark, body) = match raw.strip_prefix('\u{feff}') {
            Some(body) if self.mark => ("\u{feff}", body),
            Some(body) => ("", body),
            None => ("", raw),
        };
        let one = || body.replace("\r\n", "\n");
        let body = match self.ends {
            LineEnds::Kept => body.to_owned(),
            LineEnds::One => one(),
            LineEnds::Two => one().replace('\n', "\r\n"),
        };
        format!("{mark}{body}")
    }

    /// The words for it, where it is not what the specification says.
    pub fn words(self) -> Option<String> {
        let ends = match self.ends {
            LineEnds::Kept => None,
            LineEnds::One => Some("a line end as one"),
            LineEnds::Two => Some("a line end as two"),
        };
        let parts = [self.utf16.then_some("UTF-16 units"), ends, self.mark.then_some("the byte-order mark as well")];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| {
            format!("the file does not count places as the specification has it: it counts {}", parts.join(", "))
        })
    }
}

/// The way in which a file counts, by what it says made it and by where its selections stand.
pub fn counting(project: &ProjectFile) -> Counting {
    if project.origin == ORIGIN_NVIVO {
        return NVIVO;
    }
    if project.origin.starts_with("Framelens ") {
        return PLAIN;
    }
    let usual = if project.origin.contains("NVivo") { NVIVO } else { PLAIN };
    let mut best = (score(project, usual), usual);
    let most: i64 = 6 * project.sources.iter().map(|s| s.selections.len() as i64).sum::<i64>();
    for utf16 in [usual.utf16, !usual.utf16] {
        for ends in [LineEnds::Kept, LineEnds::Two, LineEnds::One] {
            for mark in [false, true] {
                let other = Counting { utf16, ends, mark };
                let changes =
                    |s: &Source| other.text(&s.raw) != usual.text(&s.raw) || utf16 != usual.utf16 && is_wide(s);
                if other == usual || !project.sources.iter().any(|s| !s.selections.is_empty() && changes(s)) {
                    continue;
                }
                let found = score(project, other);
                // What is only a little better is chance.
                let clear = if best.1 == usual { most / 20 } else { 0 };
                if found > best.0 + clear {
                    best = (found, other);
                }
            }
        }
    }
    best.1
}

fn is_wide(source: &Source) -> bool {
    source.raw.chars().any(|c| c.len_utf16() == 2)
}

/// How well selections fit the words.
fn score(project: &ProjectFile, counting: Counting) -> i64 {
    let sources = project.sources.iter().filter(|s| !s.selections.is_empty());
    sources.map(|source| score_source(source, counting)).sum()
}

fn score_source(source: &Source, counting: Counting) -> i64 {
    let map = OffsetMap::new(counting.text(&source.raw));
    let place = |number: &str| {
        let n: usize = number.parse().ok()?;
        let at = if counting.utf16 { map.utf16_to_char(Utf16Offset(n))? } else { CharOffset(n) };
        map.char_to_byte(at)
    };
    let mut score = 0;
    for selection in &source.selections {
        let (Some(start), Some(end)) = (place(&selection.start), place(&selection.end)) else {
            score -= 4;
            continue;
        };
        let Some(words) = map.as_str().get(ByteSpan { start, end }.range()) else {
            score -= 4;
            continue;
        };
        let (before, after) = (&map.as_str()[..start.0], &map.as_str()[end.0..]);
        let joined = |a: Option<char>, b: Option<char>| {
            a.is_some_and(char::is_alphanumeric) && b.is_some_and(char::is_alphanumeric)
        };
        score += i64::from(!joined(before.chars().next_back(), words.chars().next()));
        score += i64::from(!joined(words.chars().next_back(), after.chars().next()));
        score += i64::from(words.chars().next().is_some_and(|c| !c.is_whitespace()));
        score += i64::from(words.chars().next_back().is_some_and(|c| !c.is_whitespace()));
        // Some programs name a selection by its words.
        let start_of =
            |s: &str| s.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(30).collect::<String>();
        let name = start_of(selection.name.trim_end_matches(['…', '.']));
        score += 2 * i64::from(!name.is_empty() && start_of(words).starts_with(&name));
    }
    score
}
