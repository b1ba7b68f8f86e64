//! Two things that stand near each other.

use super::pattern::is_word;
use crate::text::{ByteSpan, words};

/// The stretches from one to the other, where at most `distance` words lead from the end of the first to the start of
/// the second. Of several that are near only the nearest neighbours count: between the two of a pair stands neither of
/// them again. Both lists are in order; so is the answer.
pub(super) fn pairs(text: &str, one: &[ByteSpan], other: &[ByteSpan], distance: usize) -> Vec<ByteSpan> {
    let mut found = in_order(text, one, other, distance);
    found.extend(in_order(text, other, one, distance));
    found.sort_unstable();
    found.dedup();
    found
}

/// Those pairs in which one of `firsts` comes first.
fn in_order(text: &str, firsts: &[ByteSpan], seconds: &[ByteSpan], distance: usize) -> Vec<ByteSpan> {
    let mut found = Vec::new();
    let (mut first, mut last_used) = (0, None);
    for second in seconds {
        while firsts.get(first).is_some_and(|f| f.end <= second.start) {
            first += 1;
        }
        // The last one that ends before; it counts once, for the nearest of the seconds.
        let Some(at) = first.checked_sub(1) else { continue };
        if last_used.replace(at) != Some(at) && steps(text, firsts[at].end.0, second.start.0, distance) <= distance {
            found.push(firsts[at].hull(*second));
        }
    }
    found
}

/// How many words lead from one place to another: one more than stand between them. Counts no further than needed.
fn steps(text: &str, end: usize, start: usize, distance: usize) -> usize {
    let mut between = &text[end..start];
    // Half a word belongs to what it is half of.
    if text[..end].chars().next_back().is_some_and(is_word) {
        between = between.trim_start_matches(is_word);
    }
    if text[start..].chars().next().is_some_and(is_word) {
        between = between.trim_end_matches(is_word);
    }
    1 + words(between).take(distance).count()
}
