//! Where in a text each run of three characters stands.

/// How many characters are looked up together: enough to be rare in a long text, few enough for a word of Chinese with
/// what stands beside it.
pub(super) const GRAM: usize = 3;

/// An index of a text's runs of [`GRAM`] characters, by a hash: what is looked up may be found at a place where
/// something else stands, and is compared there.
#[derive(Debug)]
pub(super) struct Grams {
    bits: u32,
    /// Where in `places` each hash begins, and one more: where the last one ends.
    starts: Vec<u32>,
    places: Vec<u32>,
}

impl Grams {
    /// Reads the text twice. It holds fewer than 2³² characters.
    pub fn of(chars: &[char]) -> Self {
        let bits = chars.len().max(256).ilog2().min(20);
        let mut starts = vec![0u32; (1 << bits) + 1];
        for gram in chars.windows(GRAM) {
            starts[hash(gram, bits) + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut places = vec![0; chars.len().saturating_sub(GRAM - 1)];
        for (gram, at) in chars.windows(GRAM).zip(0u32..) {
            let slot = &mut next[hash(gram, bits)];
            places[*slot as usize] = at;
            *slot += 1;
        }
        Self { bits, starts, places }
    }

    /// Where a run may stand, in order.
    pub fn places(&self, gram: &[char]) -> &[u32] {
        let hash = hash(gram, self.bits);
        &self.places[self.starts[hash] as usize..self.starts[hash + 1] as usize]
    }

    /// At most `most` of the places of a run, those nearest to `here`.
    pub fn near(&self, gram: &[char], here: usize, most: usize) -> &[u32] {
        let all = self.places(gram);
        if all.len() <= most {
            return all;
        }
        let after = all.partition_point(|&p| (p as usize) < here);
        let start = after.saturating_sub(most / 2).min(all.len() - most);
        &all[start..start + most]
    }
}

fn hash(gram: &[char], bits: u32) -> usize {
    let key = gram.iter().fold(0u64, |key, c| key << 21 | u64::from(*c));
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - bits)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_is_found_where_it_stands() {
        let chars: Vec<char> = "the cat sat on the mat, 猫が座った 👩‍👩‍👧".chars().collect();
        let grams = Grams::of(&chars);
        for (at, gram) in chars.windows(GRAM).enumerate() {
            assert!(grams.places(gram).contains(&(at as u32)));
            assert!(grams.near(gram, at, 1).len() == 1);
        }
        assert!(Grams::of(&[]).places(&['a', 'b', 'c']).is_empty());
    }
}
