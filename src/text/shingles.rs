//! Which texts are nearly the same: an agency's report in several papers, an article that was brought in twice.
//!
//! A text is the set of its shingles, which are its runs of five words; two texts are as alike as their sets: shared
//! shingles by all shingles (Jaccard). That is A. Broder, “On the resemblance and containment of documents” (1997). So
//! that not every text must be held against every other, only those are compared of which three smallest values under
//! three of 120 hash functions agree: MinHash with bands, from J. Leskovec, A. Rajaraman and J. Ullman, “Mining of
//! Massive Datasets”, chapter 3. Of two texts that are alike by a half, 995 in 1,000 pairs are found so, and practically
//! all that are more alike. What is found is then compared exactly.

use std::collections::HashMap;

use super::fold::Folded;
use super::words;

/// How many words a shingle has.
const WORDS: usize = 5;
/// How many groups of hash functions there are, and how many functions are in each.
const BANDS: usize = 40;
const ROWS: usize = 3;
/// How many texts that agree in a band are compared with each that comes after.
const COMPARED: usize = 64;

/// The runs of five words of a text, as hashes: sorted, each once. A shorter text is one run; one without words has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shingles(Vec<u64>);

impl Shingles {
    /// The shingles of a text, in small letters and without its small differences of quotation marks, dashes and blanks.
    pub fn of(text: &str) -> Self {
        let folded: String = Folded::of(text).chars.into_iter().collect();
        let hashes: Vec<u64> = words(&folded).map(|word| hash(&folded.as_bytes()[word.range()])).collect();
        let run = |words: &[u64]| words.iter().fold(0, |all, word| mix(all ^ word));
        let mut runs: Vec<u64> = match hashes.len() {
            0 => Vec::new(),
            n => hashes.windows(WORDS.min(n)).map(run).collect(),
        };
        runs.sort_unstable();
        runs.dedup();
        Self(runs)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How alike two texts are, from 0 to 1: shared shingles by all. A text without words is like no other.
    pub fn likeness(&self, other: &Self) -> f64 {
        let (mut here, mut there, mut shared) = (0, 0, 0_usize);
        while let (Some(a), Some(b)) = (self.0.get(here), other.0.get(there)) {
            shared += usize::from(a == b);
            here += usize::from(a <= b);
            there += usize::from(b <= a);
        }
        let all = self.0.len() + other.0.len() - shared;
        if all == 0 { 0.0 } else { shared as f64 / all as f64 }
    }

    /// For each band, one number that agrees with another text's where the smallest values do.
    fn bands(&self) -> [u64; BANDS] {
        let mut smallest = [[u64::MAX; ROWS]; BANDS];
        for run in &self.0 {
            let mut seed = 0_u64;
            for least in smallest.iter_mut().flatten() {
                seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
                // One multiplication is mixing enough: what is mixed has been mixed before.
                let value = (run ^ seed).wrapping_mul(0xff51_afd7_ed55_8ccd);
                *least = (*least).min(value ^ (value >> 32));
            }
        }
        smallest.map(|rows| rows.into_iter().fold(0, |all, least| mix(all ^ least)))
    }
}

/// Groups of texts that are nearly the same, by their places in the list: each text stands in one group, most alone. Two
/// texts are in one group if they are alike by `least` (from 0.5 to 1) or more, or if a row of such likenesses leads from
/// one to the other. Groups and their members are in the order of the list.
pub fn near_duplicates(texts: &[Shingles], least: f64) -> Vec<Vec<usize>> {
    let mut groups = Groups((0..texts.len()).collect());
    // The same text many times over is one text.
    let mut first: HashMap<&[u64], usize> = HashMap::new();
    let mut buckets: HashMap<(usize, u64), Vec<usize>> = HashMap::new();
    for (n, text) in texts.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
        if let Some(same) = first.get(text.0.as_slice()) {
            groups.join(*same, n);
            continue;
        }
        first.insert(&text.0, n);
        for bucket in text.bands().into_iter().enumerate() {
            let bucket = buckets.entry(bucket).or_default();
            for &other in bucket.iter() {
                if groups.of(other) != groups.of(n) && texts[other].likeness(text) >= least {
                    groups.join(other, n);
                }
            }
            if bucket.len() < COMPARED {
                bucket.push(n);
            }
        }
    }
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); texts.len()];
    for n in 0..texts.len() {
        out[groups.of(n)].push(n);
    }
    out.retain(|group| !group.is_empty());
    out
}

/// To which group each text belongs: a text points to an earlier one of its group, the first to itself.
struct Groups(Vec<usize>);

impl Groups {
    fn of(&mut self, mut n: usize) -> usize {
        while self.0[n] != n {
            self.0[n] = self.0[self.0[n]];
            n = self.0[n];
        }
        n
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b)] = a.min(b);
    }
}

/// FNV-1a of the bytes of a word, mixed.
fn hash(bytes: &[u8]) -> u64 {
    mix(bytes.iter().fold(0xcbf2_9ce4_8422_2325, |all, byte| (all ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)))
}

/// The finish of SplitMix64: every bit of what comes in is in every bit of what goes out.
fn mix(mut n: u64) -> u64 {
    n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text of `n` words that has nothing to do with the others.
    fn text(seed: u64, n: u64) -> Vec<String> {
        (0..n).map(|i| format!("w{:x}", mix(mix(seed) ^ i) % 5000)).collect()
    }

    #[test]
    fn likeness_is_shared_runs_by_all_runs() {
        let of = |text: &str| Shingles::of(text);
        let like = |a: &str, b: &str, expected: f64| {
            let found = of(a).likeness(&of(b));
            assert!((found - expected).abs() < 1e-9, "{a} / {b}: {found}");
        };
        assert_eq!(of("one two three four five six").len(), 2);
        like("One “two” three – four five SIX", "one \"two\" three - four five six", 1.0);
        // Two runs each, one of them shared: one of three.
        like("one two three four five six", "zero one two three four five", 1.0 / 3.0);
        like("two words", "two words", 1.0);
        like("  …", "", 0.0);
        like("日本語 の 新聞", "日本語 の 新聞", 1.0);
    }

    #[test]
    fn near_duplicates_are_found_and_others_are_not() {
        let mut texts = Vec::new();
        for seed in 0..300 {
            texts.push(text(seed, 200).join(" "));
        }
        // Every tenth comes again with a few words changed, and every thirtieth a third time without its end.
        let mut expected: Vec<Vec<usize>> = (0..300).map(|n| vec![n]).collect();
        for n in (0..300).step_by(10) {
            let mut words: Vec<String> = texts[n].split(' ').map(str::to_owned).collect();
            for at in [20, 90, 150] {
                words[at] = "changed".into();
            }
            expected[n].push(texts.len());
            texts.push(words.join(" "));
            if n % 30 == 0 {
                expected[n].push(texts.len());
                texts.push(words[..150].join(" "));
            }
        }
        texts.push(String::new());
        texts.push(String::new());
        expected.extend([vec![texts.len() - 2], vec![texts.len() - 1]]);
        let shingles: Vec<_> = texts.iter().map(|t| Shingles::of(t)).collect();
        assert_eq!(near_duplicates(&shingles, 0.5), expected);
    }

    #[test]
    fn one_text_a_thousand_times_over_is_one_group() {
        let words = text(7, 120);
        let shingles: Vec<_> = (0..1000)
            .map(|n| {
                let mut words = words.clone();
                words[n % 120] = format!("other{n}");
                Shingles::of(&words.join(" "))
            })
            .collect();
        assert_eq!(near_duplicates(&shingles, 0.5).len(), 1);
    }
}
