//! How spaCy numbers strings: its reserved words by their place in its list, every other one by its hash (64-bit
//! `MurmurHash2`, seed 1).

/// The reserved words from a number on. spaCy keeps their numbers the same.
const RESERVED: &[(u64, &str)] = &[
    (
        1,
        "IS_ALPHA IS_ASCII IS_DIGIT IS_LOWER IS_PUNCT IS_SPACE IS_TITLE IS_UPPER LIKE_URL LIKE_NUM LIKE_EMAIL IS_STOP \
         IS_OOV_DEPRECATED IS_BRACKET IS_QUOTE IS_LEFT_PUNCT IS_RIGHT_PUNCT IS_CURRENCY",
    ),
    (
        64,
        "ID ORTH LOWER NORM SHAPE PREFIX SUFFIX LENGTH CLUSTER LEMMA POS TAG DEP ENT_IOB ENT_TYPE HEAD SENT_START SPACY \
         PROB LANG ADJ ADP ADV AUX CONJ CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X EOL SPACE",
    ),
    (
        380,
        "PERSON NORP FACILITY ORG GPE LOC PRODUCT EVENT WORK_OF_ART LANGUAGE LAW DATE TIME PERCENT MONEY QUANTITY \
         ORDINAL CARDINAL acomp advcl advmod agent amod appos attr aux auxpass cc ccomp complm conj cop csubj csubjpass \
         dep det dobj expl hmod hyph infmod intj iobj mark meta neg nmod nn npadvmod nsubj nsubjpass num number oprd obj \
         obl parataxis partmod pcomp pobj poss possessive preconj prep prt punct quantmod relcl rcmod root xcomp acl \
         ENT_KB_ID MORPH ENT_ID IDX _",
    ),
];
/// Before the first `DEPRECATED001`.
const DEPRECATED: u64 = 103;

fn reserved(word: &str) -> Option<u64> {
    let numbered = |stem: &str, width: usize, most: u64| {
        let digits = word.strip_prefix(stem)?;
        let n: u64 = digits.parse().ok()?;
        (digits == format!("{n:0width$}") && (1..=most).contains(&n)).then_some(n)
    };
    numbered("FLAG", 2, 63)
        .filter(|n| *n >= 19)
        .or_else(|| numbered("DEPRECATED", 3, 276).map(|n| DEPRECATED + n))
        .or_else(|| {
            RESERVED
                .iter()
                .find_map(|(first, words)| words.split_whitespace().position(|w| w == word).map(|n| first + n as u64))
        })
}

/// The reserved word of a number.
pub fn word(number: u64) -> Option<String> {
    match number {
        0 => Some(String::new()),
        19..=63 => Some(format!("FLAG{number}")),
        104..=379 => Some(format!("DEPRECATED{:03}", number - DEPRECATED)),
        _ => RESERVED.iter().find_map(|(first, words)| {
            let at = usize::try_from(number.checked_sub(*first)?).ok()?;
            words.split_whitespace().nth(at).map(str::to_owned)
        }),
    }
}

/// The number of a string.
pub fn number(text: &str) -> u64 {
    if text.is_empty() { 0 } else { reserved(text).unwrap_or_else(|| murmur(text.as_bytes(), 1)) }
}

fn murmur(bytes: &[u8], seed: u64) -> u64 {
    const M: u64 = 0xc6a4_a793_5bd1_e995;
    const R: u32 = 47;
    let mut hash = seed ^ (bytes.len() as u64).wrapping_mul(M);
    let (blocks, tail) = bytes.as_chunks::<8>();
    for block in blocks {
        let mut k = u64::from_le_bytes(*block).wrapping_mul(M);
        k = (k ^ (k >> R)).wrapping_mul(M);
        hash = (hash ^ k).wrapping_mul(M);
    }
    if !tail.is_empty() {
        let mut last = [0; 8];
        last[..tail.len()].copy_from_slice(tail);
        hash = (hash ^ u64::from_le_bytes(last)).wrapping_mul(M);
    }
    hash = (hash ^ (hash >> R)).wrapping_mul(M);
    hash ^ (hash >> R)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_that_spacy_gives() {
        for (text, expected) in [
            ("", 0),
            ("a", 11_901_859_001_352_538_922),
            ("apple", 8_566_208_034_543_834_098),
            ("été und mehr als acht", 9_304_832_567_440_730_417),
            ("PERSON", 380),
            ("DATE", 391),
            ("ORTH", 65),
            ("X", 101),
            ("FLAG19", 19),
            ("DEPRECATED276", 379),
            ("ENT_KB_ID", 452),
            ("_", 456),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
        for n in 0..=456 {
            assert_eq!(word(n).map(|w| number(&w)), Some(n), "{n}");
        }
        assert_eq!(word(457), None);
    }
}
