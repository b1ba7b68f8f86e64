//! Words found again in a text that changed.
//!
//! A place is judged by two figures from 0 to 1: how much its words are those of the anchor, and how much what stands
//! around it is what stood around them (both by edit distance over texts [folded](super::fold) to what a reader takes
//! them for). Together, each counted by its length, they say whether it is the place at all: below [`PLACED`] it is
//! not. So a short word is found by its surroundings and a long passage by itself, and a word whose surroundings are
//! gone is lost, even where the same word stands elsewhere.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use unicode_segmentation::GraphemeCursor;

use super::distance::{distance, distance_to_beginning, lay};
use super::fold::Folded;
use super::grams::{GRAM, Grams};
use super::{Alignment, Anchor, ByteOffset, ByteSpan, CharSpan, OffsetMap};

/// What became of the words of an anchor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Found {
    /// They stand here, and it is they: what is around them says so, or they are long and stand nowhere else.
    Exact(CharSpan),
    /// Something like them stands here, or they stand at several places and nothing tells which is meant (then the
    /// score is at most 0.5). From 0 to below 1.
    Fuzzy { span: CharSpan, score: f32 },
    /// They are not in the text any more.
    Lost,
}

impl Found {
    /// Where the words are.
    pub fn span(self) -> Option<CharSpan> {
        match self {
            Self::Exact(span) | Self::Fuzzy { span, .. } => Some(span),
            Self::Lost => None,
        }
    }
}

/// Words and surroundings together must be this much alike.
const PLACED: f32 = 0.6;
/// And the words by themselves this much.
const WORDS: f32 = 0.5;
/// What a score that is not sure reaches at the most.
const UNSURE: f32 = 0.5;
/// Words of so many code points are not written twice by chance.
const LONG: usize = 64;
/// Words of fewer say little by themselves.
const SHORT: usize = 12;
/// Of words that stand at very many places, so many are looked at: the nearest.
const NEAREST: usize = 2000;
/// Of those, so many are looked at closely.
const CLOSELY: usize = 16;
/// Of long words, so much of either end is searched for.
const END: usize = 96;
/// Longer words are compared by what they have in common, which takes less time than to count their differences.
const COUNTED: usize = 8192;
/// Texts of more bytes are searched for exact words alone; articles are a thousandth of it.
const LARGE: usize = 32 << 20;

/// Finds an anchor's words in a text; `expected` is where they should be. For more than one anchor, see [`Finder`].
pub fn find(text: &OffsetMap, anchor: &Anchor, expected: CharSpan) -> Found {
    Finder::new(text).find(anchor, expected)
}

/// A text in which many anchors are looked for. What speeds it up is made when it is needed first.
#[derive(Debug)]
pub struct Finder<'a> {
    map: &'a OffsetMap,
    text: &'a str,
    index: OnceCell<(Folded, Grams)>,
    /// Where words stand that are too short for the index.
    short: RefCell<HashMap<String, Rc<[usize]>>>,
}

/// A place, judged.
#[derive(Clone, Debug)]
struct Candidate {
    bytes: Range<usize>,
    words: f32,
    around: f32,
    whole: f32,
    /// Bytes from where it should be.
    away: usize,
}

/// An anchor as it is compared.
struct Pattern {
    before: Vec<char>,
    words: Vec<char>,
    after: Vec<char>,
}

impl<'a> Finder<'a> {
    pub fn new(map: &'a OffsetMap) -> Self {
        Self { map, text: map.as_str(), index: OnceCell::new(), short: RefCell::default() }
    }

    /// Finds an anchor's words; `expected` is where they should be, and may lie anywhere.
    pub fn find(&self, anchor: &Anchor, expected: CharSpan) -> Found {
        if anchor.exact.is_empty() || self.text.is_empty() {
            return Found::Lost;
        }
        if self.stands_whole(anchor, expected) {
            return Found::Exact(expected);
        }
        let here = self.map.char_to_byte(expected.start).map_or(self.text.len(), |b| b.0);
        let pattern = Pattern {
            before: Folded::of(&anchor.before).chars,
            words: Folded::of(&anchor.exact).chars,
            after: Folded::of(&anchor.after).chars,
        };
        let exact = self.exactly(anchor, &pattern, here);
        let (best, doubt) = best_of(exact);
        if let Some(best) = &best
            && best.whole >= PLACED
            && (best.around >= 0.5 || anchor.exact.chars().nth(LONG).is_some() || pattern.around() == 0)
        {
            // A word of which nothing was known but itself is not known to be this one.
            let bare = pattern.around() == 0 && pattern.words.len() < SHORT;
            return self.told(best, (doubt || bare) && best.away > 0, false);
        }
        let mut nearly = self.nearly(anchor, &pattern, here, expected);
        nearly.extend(best.filter(|b| b.whole >= PLACED));
        match best_of(nearly) {
            (Some(best), doubt) => self.told(&best, doubt && best.away > 0, true),
            (None, _) => Found::Lost,
        }
    }

    fn told(&self, best: &Candidate, doubt: bool, nearly: bool) -> Found {
        let Some(span) = self.map.chars(ByteSpan::bytes(best.bytes.start, best.bytes.end)) else { return Found::Lost };
        let score = best.words.min(best.whole).min(0.99);
        match (doubt, nearly) {
            (true, _) => Found::Fuzzy { span, score: score.min(UNSURE) },
            (_, true) => Found::Fuzzy { span, score },
            _ => Found::Exact(span),
        }
    }

    /// Whether words and surroundings stand where they should, to the letter.
    fn stands_whole(&self, anchor: &Anchor, at: CharSpan) -> bool {
        let Some(bytes) = self.map.bytes(at).map(ByteSpan::range) else { return false };
        self.text.get(bytes.clone()) == Some(&*anchor.exact)
            && self.text[..bytes.start].ends_with(&*anchor.before)
            && self.text[bytes.end..].starts_with(&*anchor.after)
    }

    fn index(&self) -> Option<&(Folded, Grams)> {
        (self.text.len() <= LARGE).then(|| {
            self.index.get_or_init(|| {
                let folded = Folded::of(self.text);
                let grams = Grams::of(&folded.chars);
                (folded, grams)
            })
        })
    }

    /// The places where the very words stand, judged.
    fn exactly(&self, anchor: &Anchor, pattern: &Pattern, here: usize) -> Vec<Candidate> {
        let words = anchor.exact.as_str();
        let mut starts = match self.index() {
            Some(index) => self.starts(index, anchor, here),
            None => self.text.match_indices(words).map(|(at, _)| at).take(NEAREST).collect(),
        };
        starts.sort_unstable();
        starts.dedup();
        // What agrees to the letter is counted first; the rest is compared more closely.
        let agree = |start: usize| {
            let before = self.text[..start].chars().rev().zip(anchor.before.chars().rev());
            let after = self.text[start + words.len()..].chars().zip(anchor.after.chars());
            before.take_while(|(a, b)| a == b).count() + after.take_while(|(a, b)| a == b).count()
        };
        let mut ranked: Vec<_> =
            starts.into_iter().map(|s| (std::cmp::Reverse(agree(s)), s.abs_diff(here), s)).collect();
        if ranked.len() > CLOSELY {
            ranked.select_nth_unstable(CLOSELY);
            ranked.truncate(CLOSELY);
        }
        ranked.into_iter().map(|(_, _, s)| self.judge(anchor, pattern, s..s + words.len(), 1.0, here)).collect()
    }

    /// Where the very words stand, in bytes, found by what is rare in them and around them.
    fn starts(&self, (folded, grams): &(Folded, Grams), anchor: &Anchor, here: usize) -> Vec<usize> {
        let place = folded.bytes.partition_point(|&b| b < here);
        let words = anchor.exact.as_bytes();
        let mut starts = Vec::new();
        // However often everything is the same: not more than the text once.
        let mut left = self.text.len().max(1 << 16);
        let mut check = |start: Option<usize>| {
            let Some(start) = start.filter(|_| left >= words.len()) else { return };
            let there = self.text.as_bytes().get(start..start + words.len());
            if there == Some(words) && self.text.is_char_boundary(start) {
                starts.push(start);
                left -= words.len();
            }
        };
        let mut rare_in_words = false;
        let sides = [(&anchor.exact, 0), (&anchor.before, anchor.before.len()), (&anchor.after, usize::MAX)];
        for (side, (text, back)) in sides.into_iter().enumerate() {
            let own = Folded::of(text);
            // The last characters may have been folded with what came after them, a blank with what came before it.
            let inner = own.len().saturating_sub(if side == 0 { 2 } else { 1 });
            let mut rare: Vec<_> = (0..inner.saturating_sub(GRAM - 1))
                .filter(|&i| own.chars[i] != ' ' && own.chars[i + GRAM - 1] != '-')
                .map(|i| (grams.places(&own.chars[i..i + GRAM]).len(), i))
                .collect();
            rare.sort_unstable();
            rare.truncate(if side == 0 { 1 } else { 2 });
            rare_in_words |= side == 0 && !rare.is_empty();
            for (_, i) in rare {
                for &at in grams.near(&own.chars[i..i + GRAM], place, NEAREST) {
                    let gram = folded.bytes[at as usize];
                    check(match back {
                        usize::MAX => gram.checked_sub(own.bytes[i] + words.len()),
                        back => (gram + back).checked_sub(own.bytes[i]),
                    });
                }
            }
        }
        if !rare_in_words {
            starts.extend(self.near_short(&anchor.exact, here));
        }
        starts
    }

    /// The nearest of the places of words that are too short for the index.
    fn near_short(&self, words: &str, here: usize) -> Vec<usize> {
        let known = self.short.borrow().get(words).cloned();
        let all = known.unwrap_or_else(|| {
            let all: Rc<[usize]> = self.text.match_indices(words).map(|(at, _)| at).collect();
            self.short.borrow_mut().insert(words.to_owned(), all.clone());
            all
        });
        let after = all.partition_point(|&p| p < here);
        let start = after.saturating_sub(NEAREST / 2).min(all.len().saturating_sub(NEAREST));
        all[start..].iter().copied().take(NEAREST).collect()
    }

    /// The places where something like the words stands, judged; only those that may be meant.
    fn nearly(&self, anchor: &Anchor, pattern: &Pattern, here: usize, expected: CharSpan) -> Vec<Candidate> {
        let Some(index) = self.index() else { return Vec::new() };
        let (folded, _) = index;
        let place = folded.bytes.partition_point(|&b| b < here);
        let (before, words, after) = (&pattern.before, &pattern.words, &pattern.after);
        let all = |parts: &[&[char]]| parts.concat();
        let mut stretches = Vec::new();
        if words.len() <= 2 * END {
            let piece = all(&[before, words, after]);
            for at in places_of(index, &piece, place.saturating_sub(before.len())) {
                stretches.push(lay_near(folded, &piece, at, before.len(), before.len() + words.len()));
            }
        } else {
            // Of long words both ends are looked for, each with what stands beside it.
            let first = all(&[before, &words[..END]]);
            let last = all(&[&words[words.len() - END..], after]);
            let starts = places_of(index, &first, place.saturating_sub(before.len()));
            let ends = places_of(index, &last, place + words.len() - END);
            let lay = |piece: &[char], at, mark| lay_near(folded, piece, at, mark, mark);
            let starts: Vec<_> = starts.into_iter().map(|at| lay(&first, at, before.len()).0).collect();
            for end in ends.into_iter().map(|at| lay(&last, at, END).1) {
                stretches.extend(starts.iter().map(|&start| (start, end)));
            }
        }
        let likely = |&(start, end): &(usize, usize)| {
            start < end && (words.len() / 2..=words.len().saturating_mul(2)).contains(&(end - start))
        };
        stretches.retain(likely);
        let mut places: Vec<_> =
            stretches.into_iter().filter_map(|(start, end)| folded.range(self.text, start, end)).collect();
        let about = anchor.exact.len() * 2 + SHORT;
        places.extend(self.map.bytes(expected).filter(|b| !b.is_empty() && b.len() <= about).map(ByteSpan::range));
        let mut places: Vec<_> = places.into_iter().filter_map(|p| self.tidy(anchor, p)).collect();
        places.sort_by_key(|p| (p.start, p.end));
        places.dedup();
        let mut found = Vec::new();
        for place in places {
            let there = Folded::of(&self.text[place.clone()]).chars;
            if let Some(alike) = alike(words, &there) {
                found.push(self.judge(anchor, pattern, place, alike, here));
            }
        }
        found.retain(|c| c.whole >= PLACED);
        found
    }

    fn judge(&self, anchor: &Anchor, pattern: &Pattern, bytes: Range<usize>, words: f32, here: usize) -> Candidate {
        let around = pattern.around();
        let as_before = self.text[..bytes.start].ends_with(&*anchor.before);
        let as_after = self.text[bytes.end..].starts_with(&*anchor.after);
        let mut apart = 0;
        if !as_before {
            let start = self.text[..bytes.start].char_indices().rev().nth(pattern.before.len() + 16);
            let mut there = Folded::of(&self.text[start.map_or(0, |(i, _)| i)..bytes.start]).chars;
            there.reverse();
            let own: Vec<char> = pattern.before.iter().rev().copied().collect();
            apart += distance_to_beginning(&own, &there);
        }
        if !as_after {
            let rest = &self.text[bytes.end..];
            let end = rest.char_indices().nth(pattern.after.len() + 16).map_or(rest.len(), |(i, _)| i);
            apart += distance_to_beginning(&pattern.after, &Folded::of(&rest[..end]).chars);
        }
        let alike = if around == 0 { 1.0 } else { 1.0 - apart as f32 / around as f32 };
        let length = pattern.words.len().max(1) as f32;
        let whole = (words * length + alike * around as f32) / (length + around as f32);
        Candidate { away: bytes.start.abs_diff(here), bytes, words, around: alike, whole }
    }

    /// A stretch as a person would have drawn it: no white space at its ends that the words had not, no character cut,
    /// and whole words where they were whole. `None` where nothing is left.
    fn tidy(&self, anchor: &Anchor, bytes: Range<usize>) -> Option<Range<usize>> {
        let text = self.text;
        let Range { mut start, mut end } = bytes;
        if !anchor.exact.starts_with(char::is_whitespace) {
            start = end - text[start..end].trim_start().len();
        }
        if !anchor.exact.ends_with(char::is_whitespace) {
            end = start + text[start..end].trim_end().len();
        }
        if start >= end {
            return None;
        }
        let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let mut exact = anchor.exact.chars();
        let whole = letter(exact.next()) && !letter(anchor.before.chars().next_back());
        if whole && letter(text[start..].chars().next()) {
            let more = text[..start].chars().rev().take(8).take_while(|c| c.is_alphanumeric()).map(char::len_utf8);
            start -= more.sum::<usize>();
        }
        let whole = letter(anchor.exact.chars().next_back()) && !letter(anchor.after.chars().next());
        if whole && letter(text[..end].chars().next_back()) {
            let more = text[end..].chars().take(8).take_while(|c| c.is_alphanumeric()).map(char::len_utf8);
            end += more.sum::<usize>();
        }
        let cut = |at| !GraphemeCursor::new(at, text.len(), true).is_boundary(text, 0).unwrap_or(true);
        if cut(start) {
            start = GraphemeCursor::new(start, text.len(), true).prev_boundary(text, 0).ok().flatten().unwrap_or(start);
        }
        if cut(end) {
            end = GraphemeCursor::new(end, text.len(), true).next_boundary(text, 0).ok().flatten().unwrap_or(end);
        }
        self.map.byte_to_char(ByteOffset(start))?;
        Some(start..end)
    }
}

impl Pattern {
    /// How many characters stand around the words.
    fn around(&self) -> usize {
        self.before.len() + self.after.len()
    }
}

/// How much two passages are alike, from [`WORDS`] to 1; `None` where they are less so.
fn alike(a: &[char], b: &[char]) -> Option<f32> {
    let longer = a.len().max(b.len()).max(1);
    let apart = if longer > COUNTED {
        let text = |chars: &[char]| chars.iter().collect::<String>();
        longer - Alignment::between(&text(a), &text(b)).shared()
    } else {
        distance(a, b, (longer as f32 * (1.0 - WORDS)) as usize)?
    };
    Some(1.0 - apart as f32 / longer as f32).filter(|alike| *alike >= WORDS)
}

/// The best of some places, and whether another is as good: where it is, the nearest to where the words should be.
fn best_of(mut all: Vec<Candidate>) -> (Option<Candidate>, bool) {
    const ALIKE: f32 = 0.03;
    let Some(top) = all.iter().map(|c| c.whole).max_by(f32::total_cmp) else { return (None, false) };
    all.retain(|c| c.whole >= top - ALIKE);
    all.sort_by(|a, b| a.away.cmp(&b.away).then(b.whole.total_cmp(&a.whole)));
    // Two ways to draw one place are no doubt about where it is: the better one counts.
    let first = all.first().map(|c| c.bytes.clone()).unwrap_or_default();
    let (mut same, others): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|c| c.bytes.start < first.end && first.start < c.bytes.end);
    same.sort_by(|a, b| b.whole.total_cmp(&a.whole).then(b.words.total_cmp(&a.words)));
    (same.into_iter().next(), !others.is_empty())
}

/// The likeliest beginnings, in folded characters, of a piece of a few hundred characters that is in the text with
/// small differences: where most of its rarest runs agree on.
fn places_of((_, grams): &(Folded, Grams), piece: &[char], here: usize) -> Vec<i64> {
    const SEEDS: usize = 32;
    const EACH: usize = 256;
    const BAND: i64 = 24;
    const MOST: usize = 3;
    let mut seeds: Vec<_> = piece.windows(GRAM).enumerate().map(|(i, g)| (grams.places(g).len(), i)).collect();
    seeds.retain(|(count, _)| *count > 0);
    seeds.sort_unstable();
    // Where hardly any of them agree, it is chance.
    let least = (seeds.len().min(SEEDS) / 8).max(1);
    let mut votes: Vec<i64> = Vec::new();
    for (_, i) in seeds.into_iter().take(SEEDS) {
        let near = grams.near(&piece[i..i + GRAM], here + i, EACH);
        votes.extend(near.iter().map(|&at| i64::from(at) - i as i64));
    }
    votes.sort_unstable();
    let mut windows = Vec::new();
    let mut left = 0;
    for right in 0..votes.len() {
        while votes[right] - votes[left] > BAND {
            left += 1;
        }
        let middle = votes[left + (right - left) / 2];
        windows.push((std::cmp::Reverse(right - left + 1), middle.abs_diff(here as i64), middle));
    }
    windows.sort_unstable();
    let most = windows.first().map_or(0, |w| w.0.0);
    let mut found: Vec<i64> = Vec::new();
    for (count, _, middle) in windows {
        if found.len() == MOST || count.0 * 3 < most || count.0 < least {
            break;
        }
        if found.iter().all(|f| f.abs_diff(middle) > BAND as u64) {
            found.push(middle);
        }
    }
    found
}

/// Lays a piece into the text near `at`: where its places `start` and `end` come to lie, in folded characters.
fn lay_near(folded: &Folded, piece: &[char], at: i64, start: usize, end: usize) -> (usize, usize) {
    const SLACK: usize = 40;
    let at = at.max(0) as usize;
    let from = at.saturating_sub(SLACK).min(folded.len());
    let to = (at + piece.len() + SLACK).min(folded.len());
    let (a, b) = lay(piece, &folded.chars[from..to], start, end);
    (from + a, from + b)
}
