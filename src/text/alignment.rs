//! Which stretches of an old text stand in a new one, and where.

use std::collections::HashMap;
use std::hash::Hash;

use unicode_segmentation::UnicodeSegmentation as _;

use super::{CharOffset, CharSpan};

/// An old text laid along a new one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alignment {
    /// The stretches that both texts have, in order in both.
    runs: Vec<Run>,
    /// Where the new text ends, if what follows the last run is known.
    end: Option<CharOffset>,
}

/// A stretch that both texts have, in code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    old: usize,
    new: usize,
    len: usize,
}

impl Alignment {
    /// Compares two texts: lines first, words where lines differ, characters where words do. The work grows with the
    /// length of the texts, hardly with how much they differ; of long passages without a common word, only beginning
    /// and end are compared.
    pub fn between(old: &str, new: &str) -> Self {
        let mut runs = Vec::new();
        lines(old, new, &mut runs);
        Self { runs: joined(runs), end: Some(CharOffset(new.chars().count())) }
    }

    /// What is known of two texts from stretches of the old one that were found in the new one. What lies between two
    /// stretches that moved alike is taken to have moved with them, as is what lies before a first one that did not
    /// move. Stretches that contradict those before them are passed over.
    pub fn from_found(mut pairs: Vec<(CharSpan, CharSpan)>) -> Self {
        pairs.retain(|(old, new)| old.len() == new.len() && !old.is_empty());
        pairs.sort_by_key(|(old, new)| (old.start, new.start));
        let mut runs: Vec<Run> = Vec::new();
        for (old, new) in pairs {
            let run = Run { old: old.start.0, new: new.start.0, len: old.len() };
            let Some(last) = runs.last_mut() else {
                runs.push(if run.old == run.new { Run { old: 0, new: 0, len: run.old + run.len } } else { run });
                continue;
            };
            let alike = run.new + last.old == last.new + run.old;
            if alike {
                last.len = last.len.max(run.old + run.len - last.old);
            } else if run.old >= last.old + last.len && run.new >= last.new + last.len {
                runs.push(run);
            }
        }
        Self { runs, end: None }
    }

    /// The stretches that only the old text has, and those that only the new one has, given where the texts end.
    pub fn differences(&self, old: CharOffset, new: CharOffset) -> (Vec<CharSpan>, Vec<CharSpan>) {
        let (mut gone, mut come) = (Vec::new(), Vec::new());
        let (mut at_old, mut at_new) = (0, 0);
        let ends = Run { old: old.0, new: new.0, len: 0 };
        for run in self.runs.iter().chain([&ends]) {
            if run.old > at_old {
                gone.push(CharSpan::chars(at_old, run.old));
            }
            if run.new > at_new {
                come.push(CharSpan::chars(at_new, run.new));
            }
            (at_old, at_new) = (run.old + run.len, run.new + run.len);
        }
        (gone, come)
    }

    /// Where a stretch of the old text is in the new one: from what became of its first character to what became of its
    /// last one. `None` where less than half of it is left.
    pub fn map(&self, span: CharSpan) -> Option<CharSpan> {
        let (start, end) = (span.start.0, span.end.0);
        let first = self.runs.partition_point(|r| r.old + r.len <= start);
        let inside: Vec<_> = self.runs[first..].iter().take_while(|r| r.old < end).collect();
        let left: usize = inside.iter().map(|r| (r.old + r.len).min(end) - r.old.max(start)).sum();
        if span.is_empty() || left == 0 || left * 2 < end - start {
            return None;
        }
        let (head, tail) = (inside.first()?, inside.last()?);
        let from = if head.old <= start {
            head.new + start - head.old
        } else {
            // What its first characters were replaced by belongs to it, where that is known to be all they were.
            match first.checked_sub(1).map(|i| self.runs[i]) {
                Some(r) if r.old + r.len == start => r.new + r.len,
                None if start == 0 && self.end.is_some() => 0,
                _ => head.new,
            }
        };
        let until = tail.old + tail.len;
        let to = if until >= end {
            tail.new + end - tail.old
        } else {
            let next = self.runs.iter().skip(first + inside.len()).copied().next();
            match (next, self.end) {
                (Some(r), _) if r.old == end => r.new,
                _ => tail.new + tail.len,
            }
        };
        Some(CharSpan::chars(from, to))
    }

    /// How many code points both texts have, in the same order.
    pub fn shared(&self) -> usize {
        self.runs.iter().map(|r| r.len).sum()
    }

    /// Where a stretch of the old text stands in the new one without any change in it.
    pub fn unchanged(&self, span: CharSpan) -> Option<CharSpan> {
        let at = self.runs.partition_point(|r| r.old + r.len <= span.start.0);
        let run = self.runs.get(at)?;
        let inside = run.old <= span.start.0 && span.end.0 <= run.old + run.len && !span.is_empty();
        inside.then(|| CharSpan::chars(span.start.0 - run.old + run.new, span.end.0 - run.old + run.new))
    }

    /// Where a position of the old text is about: as far from what it followed as before, or from what it preceded.
    pub fn near(&self, at: CharOffset) -> CharOffset {
        match self.runs.partition_point(|r| r.old <= at.0).checked_sub(1).map(|i| self.runs[i]) {
            Some(run) => CharOffset(run.new + (at.0 - run.old)),
            None => CharOffset(self.runs.first().map_or(at.0, |run| (at.0 + run.new).saturating_sub(run.old))),
        }
    }
}

/// Runs that follow each other in both texts are one.
fn joined(runs: Vec<Run>) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    for run in runs.into_iter().filter(|r| r.len > 0) {
        match out.last_mut() {
            Some(l) if l.old + l.len == run.old && l.new + l.len == run.new => l.len += run.len,
            _ => out.push(run),
        }
    }
    out
}

fn lines(old: &str, new: &str, out: &mut Vec<Run>) {
    let (a, b): (Vec<_>, Vec<_>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    tokens(&a, &b, (0, 0), 0, out, &|a, b, at, out| words(&a.concat(), &b.concat(), at, out));
}

fn words(old: &str, new: &str, at: (usize, usize), out: &mut Vec<Run>) {
    let (a, b): (Vec<_>, Vec<_>) = (old.split_word_bounds().collect(), new.split_word_bounds().collect());
    tokens(&a, &b, at, 0, out, &|a, b, at, out| letters(&a.concat(), &b.concat(), at, out));
}

type Rest<'f> = &'f dyn Fn(&[&str], &[&str], (usize, usize), &mut Vec<Run>);

/// What two rows of pieces have in common: what they begin and end with; between, the pieces that each has once and in
/// the same order divide the rest; and where nothing divides it, `rest` compares more finely.
fn tokens(a: &[&str], b: &[&str], at: (usize, usize), depth: u32, out: &mut Vec<Run>, rest: Rest<'_>) {
    /// Each division makes more pieces single; texts on which it goes on for ever do not occur by nature.
    const DEEPEST: u32 = 40;
    let count = |tokens: &[&str]| tokens.iter().map(|t| t.chars().count()).sum::<usize>();
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let same = count(&a[..head]);
    out.push(Run { old: at.0, new: at.1, len: same });
    let at = (at.0 + same, at.1 + same);
    let (a, b) = (&a[head..], &b[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, last) = a.split_at(a.len() - tail);
    let b = &b[..b.len() - tail];
    let end = (at.0 + count(a), at.1 + count(b));
    let pairs =
        if a.is_empty() || b.is_empty() || depth == DEEPEST { Vec::new() } else { in_order(&once_in_both(a, b)) };
    if pairs.is_empty() {
        if !a.is_empty() && !b.is_empty() {
            rest(a, b, at, out);
        }
    } else {
        let (mut i, mut j, mut here) = (0, 0, at);
        for (x, y) in pairs.into_iter().chain([(a.len(), b.len())]) {
            if x < i || y < j {
                continue;
            }
            let (p, q) = (&a[i..x], &b[j..y]);
            if p.is_empty() || q.is_empty() {
                here = (here.0 + count(p), here.1 + count(q));
            } else {
                tokens(p, q, here, depth + 1, out, rest);
                here = (here.0 + count(p), here.1 + count(q));
            }
            if let Some(token) = a.get(x) {
                let len = token.chars().count();
                out.push(Run { old: here.0, new: here.1, len });
                here = (here.0 + len, here.1 + len);
            }
            (i, j) = (x + 1, y + 1);
        }
    }
    out.push(Run { old: end.0, new: end.1, len: count(last) });
}

/// Where the pieces stand that each of two rows has exactly once, in the order of the first.
fn once_in_both<T: Eq + Hash>(a: &[T], b: &[T]) -> Vec<(usize, usize)> {
    let mut seen: HashMap<&T, (usize, usize, usize, usize)> = HashMap::new();
    for (i, t) in a.iter().enumerate() {
        let entry = seen.entry(t).or_default();
        *entry = (entry.0 + 1, i, entry.2, entry.3);
    }
    for (j, t) in b.iter().enumerate() {
        if let Some(entry) = seen.get_mut(t) {
            *entry = (entry.0, entry.1, entry.2 + 1, j);
        }
    }
    let mut pairs: Vec<_> = seen.into_values().filter(|e| e.0 == 1 && e.2 == 1).map(|e| (e.1, e.3)).collect();
    pairs.sort_unstable();
    pairs
}

/// The longest row of pairs that goes up on both sides.
fn in_order(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut tops: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (n, (_, j)) in pairs.iter().enumerate() {
        let at = tops.partition_point(|&t| pairs[t].1 < *j);
        before.push(at.checked_sub(1).map(|i| tops[i]));
        if at == tops.len() { tops.push(n) } else { tops[at] = n }
    }
    let mut row = Vec::new();
    let mut here = tops.last().copied();
    while let Some(n) = here {
        row.push(pairs[n]);
        here = before[n];
    }
    row.reverse();
    row
}

/// The characters that two short passages have in common, in order, as many as there are; of long ones, beginning and
/// end.
fn letters(old: &str, new: &str, at: (usize, usize), out: &mut Vec<Run>) {
    const CELLS: usize = 1 << 18;
    let (a, b): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    out.push(Run { old: at.0, new: at.1, len: head });
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (p, q) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    let width = q.len() + 1;
    if (p.len() + 1).saturating_mul(width) <= CELLS {
        // How many characters are common from each pair of places on.
        let mut common = vec![0u32; (p.len() + 1) * width];
        for i in (0..p.len()).rev() {
            for j in (0..q.len()).rev() {
                common[i * width + j] = if p[i] == q[j] {
                    common[(i + 1) * width + j + 1] + 1
                } else {
                    common[(i + 1) * width + j].max(common[i * width + j + 1])
                };
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < p.len() && j < q.len() {
            if p[i] == q[j] {
                out.push(Run { old: at.0 + head + i, new: at.1 + head + j, len: 1 });
                (i, j) = (i + 1, j + 1);
            } else if common[(i + 1) * width + j] >= common[i * width + j + 1] {
                i += 1;
            } else {
                j += 1;
            }
        }
    }
    out.push(Run { old: at.0 + a.len() - tail, new: at.1 + b.len() - tail, len: tail });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_told_of_both() {
        let (old, new) = ("The last boat left at six.", "The boat left at seven, late.");
        let ends = |text: &str| CharOffset(text.chars().count());
        let (gone, come) = Alignment::between(old, new).differences(ends(old), ends(new));
        let words = |text: &str, all: &[CharSpan]| -> String {
            all.iter().map(|s| text.chars().skip(s.start.0).take(s.len()).collect::<String>() + "|").collect()
        };
        assert!(words(old, &gone).contains("last"), "{}", words(old, &gone));
        assert!(words(new, &come).contains("late"), "{}", words(new, &come));
        let same = Alignment::between(old, old).differences(ends(old), ends(old));
        assert_eq!(same, (vec![], vec![]));
    }
}
