//! Floor 0 under every script that a newspaper may hold.

use framelens::text::{
    Anchor, ByteOffset, ByteSpan, CONTEXT, CharOffset, CharSpan, Document, Extent, OffsetMap, Utf16Offset, normalise,
    sentences, words,
};
use proptest::prelude::*;

const BOM: char = '\u{feff}';

/// Pieces that go wrong where offsets are counted in the wrong unit.
const PIECES: &[&str] = &[
    "purge",
    "witch hunt",
    "left-wing",
    "Labour’s",
    "e\u{301}",
    "a\u{308}\u{323}",
    "👍",
    "👩‍👩‍👧‍👦",
    "🇬🇧",
    "👋🏽",
    "שלום",
    "עוֹלָם",
    "السلام",
    "日本語",
    "記者会見。",
    "ไทย",
    "한국어",
    "\u{200f}",
    "\u{ad}",
    "\u{a0}",
    "\u{feff}",
    " ",
    "  ",
    "\t",
    "\n",
    "\n\n",
    "\r",
    "\r\n",
    "\u{85}",
    "\u{2028}",
    "\0",
    ".",
    "...",
    "…",
    "?",
    "!",
    ",",
    ";",
    ":",
    "-",
    "–",
    "—",
    "\"",
    "“",
    "”",
    "‘",
    "’",
    "'",
    "(",
    ")",
    "«",
    "»",
    "Mr.",
    "U.S.",
    "No.",
    "Inc.",
    "J.",
    "e.g.",
    "3.5",
    "14,200",
    "The",
    "she said",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|p| p.concat()),
        2 => prop::collection::vec(prop::sample::select(PIECES), 0..25).prop_map(|p| p.join(" ")),
        2 => any::<String>(),
        1 => ".{60,300}",
    ]
}

/// A text and a position that may lie in it or a little behind it.
fn text_and_place() -> impl Strategy<Value = (String, CharOffset)> {
    text().prop_flat_map(|t| {
        let n = t.chars().count();
        (Just(t), (0..n + 3).prop_map(CharOffset))
    })
}

fn text_and_span() -> impl Strategy<Value = (String, CharSpan)> {
    text().prop_flat_map(|t| {
        let n = t.chars().count();
        (Just(t), (0..=n, 0..=n).prop_map(|(a, b)| CharSpan::chars(a, b)))
    })
}

/// Every place in the text in all three units, counted the slow way.
fn places(text: &str) -> Vec<(usize, usize, usize)> {
    let (mut bytes, mut units) = (0, 0);
    let mut all = vec![(0, 0, 0)];
    for (i, c) in text.chars().enumerate() {
        bytes += c.len_utf8();
        units += c.len_utf16();
        all.push((bytes, i + 1, units));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn offsets_go_round(text in text()) {
        let map = OffsetMap::new(text.as_str());
        let places = places(&text);
        for &(b, c, u) in &places {
            prop_assert_eq!(map.byte_to_char(ByteOffset(b)), Some(CharOffset(c)));
            prop_assert_eq!(map.char_to_byte(CharOffset(c)), Some(ByteOffset(b)));
            prop_assert_eq!(map.char_to_utf16(CharOffset(c)), Some(Utf16Offset(u)));
            prop_assert_eq!(map.utf16_to_char(Utf16Offset(u)), Some(CharOffset(c)));
        }
        let (b, c, u) = *places.last().unwrap();
        prop_assert_eq!((map.byte_len(), map.char_len(), map.utf16_len()), (ByteOffset(b), CharOffset(c), Utf16Offset(u)));
        // Inside a character there is no place, nor behind the end.
        for inside in (0..b).filter(|at| !text.is_char_boundary(*at)) {
            prop_assert_eq!(map.byte_to_char(ByteOffset(inside)), None);
        }
        for inside in (0..u).filter(|at| places.iter().all(|p| p.2 != *at)) {
            prop_assert_eq!(map.utf16_to_char(Utf16Offset(inside)), None);
        }
        for far in [1, 2, 64, usize::MAX / 2] {
            prop_assert_eq!(map.byte_to_char(ByteOffset(b + far)), None);
            prop_assert_eq!(map.char_to_byte(CharOffset(c + far)), None);
            prop_assert_eq!(map.char_to_utf16(CharOffset(c + far)), None);
            prop_assert_eq!(map.utf16_to_char(Utf16Offset(u + far)), None);
        }
    }

    #[test]
    fn spans_keep_their_words((text, span) in text_and_span()) {
        let map = OffsetMap::new(text.as_str());
        let wanted: String = text.chars().skip(span.start.0).take(span.len()).collect();
        prop_assert_eq!(map.slice(span), Some(wanted.as_str()));
        let bytes = map.bytes(span).unwrap();
        prop_assert_eq!(map.chars(bytes), Some(span));
        let units: Vec<u16> = text.encode_utf16().collect();
        let u = map.utf16(span).unwrap();
        prop_assert_eq!(String::from_utf16(&units[u.start.0..u.end.0]).unwrap(), wanted.clone());

        let anchor = Anchor::of(&map, span).unwrap();
        prop_assert!(anchor.fits(&map, span));
        prop_assert!(anchor.before.chars().count() <= CONTEXT && anchor.after.chars().count() <= CONTEXT);
        let around = format!("{}{wanted}{}", anchor.before, anchor.after);
        prop_assert!(text.contains(&around));
    }

    #[test]
    fn paragraphs_hold_everything_but_white_space(text in text()) {
        let document = Document::new(text.as_str());
        let mut last = 0;
        let chars: Vec<char> = text.chars().collect();
        for p in document.paragraphs() {
            prop_assert!(p.start.0 >= last && !p.is_empty());
            prop_assert!(chars[last..p.start.0].iter().all(|c| c.is_whitespace()));
            prop_assert!(!chars[p.start.0].is_whitespace() && !chars[p.end.0 - 1].is_whitespace());
            prop_assert!(!chars[p.start.0..p.end.0].contains(&'\n'));
            for at in p.start.0..=p.end.0 {
                prop_assert_eq!(document.paragraph_at(CharOffset(at)), Some(*p));
            }
            last = p.end.0;
        }
        prop_assert!(chars[last..].iter().all(|c| c.is_whitespace()));
    }

    #[test]
    fn sentences_cover_all_that_is_not_white_space(text in text()) {
        let mut last = 0;
        for s in sentences(&text) {
            prop_assert!(s.start.0 >= last && !s.is_empty());
            prop_assert!(text[last..s.start.0].trim().is_empty());
            let body = &text[s.range()];
            prop_assert_eq!(body, body.trim());
            last = s.end.0;
        }
        prop_assert!(text[last..].trim().is_empty());
    }

    #[test]
    fn words_are_in_order_and_hold_every_letter(text in text()) {
        let mut last = 0;
        for w in words(&text) {
            prop_assert!(w.start.0 >= last && !w.is_empty());
            prop_assert!(!text[last..w.start.0].chars().any(char::is_alphanumeric), "{:?}", &text[last..w.start.0]);
            prop_assert!(text[w.range()].chars().any(char::is_alphanumeric));
            last = w.end.0;
        }
        prop_assert!(!text[last..].chars().any(char::is_alphanumeric));
    }

    #[test]
    fn every_place_has_units_that_hold_each_other((text, at) in text_and_place()) {
        let document = Document::new(text.as_str());
        for extent in Extent::ALL {
            if let Some(unit) = document.unit_at(at, extent) {
                prop_assert!(!unit.is_empty() && document.map().slice(unit).is_some());
                let paragraph = document.paragraph_at(at).unwrap();
                prop_assert!(paragraph.encloses(unit));
            }
        }
        if let (Some(sentence), Some(phrase)) = (document.unit_at(at, Extent::Sentence), document.unit_at(at, Extent::Phrase)) {
            prop_assert!(sentence.encloses(phrase));
        }
    }

    #[test]
    fn growing_ends_at_the_paragraph((text, span) in text_and_span()) {
        let document = Document::new(text.as_str());
        let mut here = span;
        for _ in 0..6 {
            let grown = document.grow(here);
            prop_assert!(grown.encloses(here));
            if grown == here {
                break;
            }
            prop_assert!(grown.len() > here.len());
            here = grown;
        }
        prop_assert_eq!(document.grow(here), here);
        if let Some(p) = document.paragraph_at(span.start).filter(|p| p.encloses(span)) {
            prop_assert_eq!(here, p);
        }
    }

    #[test]
    fn shrinking_comes_to_an_end((text, span) in text_and_span()) {
        let document = Document::new(text.as_str());
        let mut here = span;
        for _ in 0..6 {
            let less = document.shrink(here);
            prop_assert!(here.encloses(less));
            prop_assert!(less == here || less.len() < here.len());
            here = less;
        }
        prop_assert_eq!(document.shrink(here), here);
    }

    #[test]
    fn snapping_takes_whole_words_and_nothing_else((text, span) in text_and_span()) {
        let document = Document::new(text.as_str());
        let map = document.map();
        let snapped = document.snap_to_words(span);
        let touched = words(&text).filter_map(|w| map.chars(w)).filter(|w| w.overlaps(span)).collect::<Vec<_>>();
        match (touched.first(), touched.last()) {
            (Some(first), Some(last)) => prop_assert_eq!(snapped, first.hull(*last)),
            _ => prop_assert_eq!(snapped, span),
        }
        prop_assert_eq!(document.snap_to_words(snapped), snapped);
    }

    #[test]
    fn the_caret_gets_through((text, at) in text_and_place()) {
        let document = Document::new(text.as_str());
        let end = document.map().char_len();
        prop_assume!(at <= end);
        let (mut right, mut left) = (at, at);
        for _ in 0..=text.chars().count() {
            let next = document.next_word(right, true);
            prop_assert!(next > right || (next == right && right == end));
            right = next;
            let next = document.next_word(left, false);
            prop_assert!(next < left || (next == left && left == CharOffset::ZERO));
            left = next;
        }
        prop_assert_eq!((left, right), (CharOffset::ZERO, end));
    }

    #[test]
    fn normalising_twice_is_normalising_once(text in text()) {
        let once = normalise(&text).into_owned();
        prop_assert!(!once.contains('\r') && !once.starts_with(BOM));
        prop_assert!(once.chars().all(|c| !c.is_control() || c == '\n' || c == '\t'));
        prop_assert_eq!(normalise(&once).into_owned(), once);
    }
}

#[test]
fn nothing_is_in_an_empty_text() {
    for text in ["", " ", "\n\n", "\t \n"] {
        let document = Document::new(text);
        assert!(document.paragraphs().is_empty());
        assert_eq!(document.paragraph_at(CharOffset::ZERO), None);
        for extent in Extent::ALL {
            assert_eq!(document.unit_at(CharOffset::ZERO, extent), None);
        }
        let all = CharSpan::chars(0, text.chars().count());
        assert_eq!(document.grow(all), all);
        assert_eq!(document.snap_to_words(all), all);
        assert!(sentences(text).is_empty());
    }
}

#[test]
fn paragraphs_are_lines_without_the_space_around_them() {
    let document = Document::new("\n  Eins \n\n\u{a0}二👍 \nthree");
    let slices: Vec<_> = document.paragraphs().iter().filter_map(|p| document.map().slice(*p)).collect();
    assert_eq!(slices, ["Eins", "二👍", "three"]);
    assert_eq!(document.paragraph_index(CharOffset::ZERO), Some(0));
    assert_eq!(document.paragraph_index(CharOffset(8)), Some(0), "an empty line belongs to the paragraph before it");
    assert_eq!(document.paragraph_index(CharOffset(11)), Some(1));
    assert_eq!(document.paragraph_index(CharOffset(1000)), Some(2));
}

/// Each case is a text with `|` where a sentence ends; the bars are taken out before it is cut.
#[test]
fn sentences_in_newspapers() {
    let cases = [
        "Mr. Smith left.| Mrs. Jones and Dr. Wen Hallström stayed.",
        "Lt. Col. Sir J. R. Smith spoke.| He sat down.",
        "J. Smith and T. S. Eliot met.",
        "Sen. Elizabeth Warren voted.| Gov. Newsom did not.",
        "The U.S. officials said no.",
        "She lives in the U.S.| The party does not.",
        "Made in the U.K. Government agencies disagree.",
        "It opens at 9 a.m. Monday.| It closes at 5 p.m.| The rest is silence.",
        "“Why?” she asked.| He left.",
        "\"Why?\" she asked.",
        "“Stop!” he cried.| “Now!”| She laughed.",
        "\"There is.\" |He left.",
        "“There is.”| He left.",
        "‘There is.’| He left.",
        "He said: ‘It’s a purge, and those who ordered it haven’t the nerve to say the word.’| She nodded.",
        "“This is not a purge,” she said at the house.| “Nobody is being asked.",
        "The price rose by 3.5 per cent.| It was 14.20 before.",
        "Version 2.0 came out on 3.4.2025.| Nobody noticed.",
        "He paused … and went on.",
        "He paused... and went on.",
        "He stopped ...| She did not.",
        "See No. 10 for details.| The answer was No.| He left.",
        "Acme Inc. said so.| The rival, Bolt Ltd.| The end.",
        "Vell v. Harbour was heard.",
        "The party (which banned them.) and the press agreed.",
        "(It was late.)| Nobody came.",
        "He joined, e.g. Friends Against the Witch Hunt, in 2022.",
        "One| \nTwo.| \nThree",
        "Is it?| Yes!| It is.",
        "She had a Ph.D. in physics.| They had none.",
        "記者会見が開かれた。|彼は笑った。",
        "“We joined a broad church.| We didn’t join a siege.”",
        "What now?!| Nobody knew.",
        "“You can argue about the noun,” said Dr Wen Hallström.| “The subtraction is the same.”| Harbour lost.",
        "‘I don’t use the words witch hunt.| I’m a doctor.| But I notice.’",
        "As 19.| The end.",
        "It ended in Oct.| The party met on Nov. 3 and on Dec. 12.",
    ];
    let mut wrong = Vec::new();
    for case in cases {
        let text = case.replace('|', "");
        let wanted: Vec<String> = case.split('|').map(|s| s.trim().to_owned()).collect();
        let found: Vec<&str> = sentences(&text).into_iter().map(|s| &text[s.range()]).collect();
        if found != wanted {
            wrong.push(format!("{wanted:#?}\n  but cut as {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn sentences_do_not_cross_paragraphs() {
    let document = Document::new("A headline without a stop\n\n“First. Second,” he said.\n\n“Third");
    let all: Vec<_> = document
        .paragraphs()
        .iter()
        .flat_map(|p| document.sentences_in(*p))
        .filter_map(|s| document.map().slice(s))
        .collect();
    assert_eq!(all, ["A headline without a stop", "“First.", "Second,” he said.", "“Third"]);
}

#[test]
fn words_keep_hyphens_and_apostrophes() {
    for (text, wanted) in [
        ("left-wing", vec!["left-wing"]),
        ("Labour's far-too-left wing", vec!["Labour's", "far-too-left", "wing"]),
        ("Labour’s ‘purge’", vec!["Labour’s", "purge"]),
        ("clean-up-", vec!["clean-up"]),
        ("-up", vec!["up"]),
        ("well--known", vec!["well", "known"]),
        ("left\u{2011}wing", vec!["left\u{2011}wing"]),
        ("Fairweather-Sato, 81", vec!["Fairweather-Sato", "81"]),
        ("14,200 or 3.5", vec!["14,200", "or", "3.5"]),
        ("cafe\u{301} no", vec!["cafe\u{301}", "no"]),
        ("שלום עולם", vec!["שלום", "עולם"]),
        ("👍 … —", vec![]),
    ] {
        let found: Vec<_> = words(text).map(|w: ByteSpan| &text[w.range()]).collect();
        assert_eq!(found, wanted, "{text}");
    }
}

/// Finds `part` in the text, in code points.
fn span_of(document: &Document, part: &str) -> CharSpan {
    let start = document.as_str().find(part).unwrap();
    document.map().chars(ByteSpan::bytes(start, start + part.len())).unwrap()
}

fn at(document: &Document, span: CharSpan) -> &str {
    document.map().slice(span).unwrap()
}

#[test]
fn snapping_leaves_punctuation_outside() {
    let document = Document::new("She said: “It’s a left-wing purge.” 👍 He left (at once).");
    for (selected, wanted) in [
        ("urge.”", "purge"),
        ("purge.” ", "purge"),
        (": “I", "It’s"),
        ("ft-w", "left-wing"),
        (" 👍 ", " 👍 "),
        ("(at once).", "at once"),
        ("ge.” 👍 H", "purge.” 👍 He"),
    ] {
        let snapped = document.snap_to_words(span_of(&document, selected));
        assert_eq!(at(&document, snapped), wanted, "{selected}");
    }
}

#[test]
fn a_caret_grows_from_word_to_paragraph_and_back() {
    let text = "  One. “It’s a left-wing purge, and they know it,” he said. Two.\nOther.";
    let document = Document::new(text);
    let caret = span_of(&document, "ft-w").start;
    let mut span = CharSpan { start: caret, end: caret };
    let steps = [
        "left-wing",
        "It’s a left-wing purge",
        "“It’s a left-wing purge, and they know it,” he said.",
        "One. “It’s a left-wing purge, and they know it,” he said. Two.",
    ];
    for wanted in steps {
        span = document.grow(span);
        assert_eq!(at(&document, span), wanted);
    }
    assert_eq!(document.grow(span), span);
    let phrase = span_of(&document, "It’s a left-wing purge");
    assert_eq!(at(&document, document.shrink(phrase)), "It’s");
    assert_eq!(document.shrink(span), span_of(&document, "One."));
    // Before the first paragraph the caret belongs to it.
    assert_eq!(document.unit_at(CharOffset::ZERO, Extent::Sentence), Some(span_of(&document, "One.")));
}

#[test]
fn a_sentence_begins_where_the_one_before_it_ends() {
    let document = Document::new("会見。彼は笑った。");
    assert_eq!(document.unit_at(CharOffset(3), Extent::Sentence), Some(CharSpan::chars(3, 9)));
    assert_eq!(document.unit_at(CharOffset(9), Extent::Sentence), Some(CharSpan::chars(3, 9)));
    // Between two sentences, and on an empty line, it is the one before.
    let document = Document::new("One.   Two.\n\n\nThree.");
    assert_eq!(document.unit_at(CharOffset(6), Extent::Sentence), Some(CharSpan::chars(0, 4)));
    assert_eq!(document.unit_at(CharOffset(12), Extent::Sentence), Some(CharSpan::chars(7, 11)));
}

#[test]
fn a_selection_across_paragraphs_grows_to_both() {
    let document = Document::new("One two.\n\nThree four.");
    let span = span_of(&document, "wo.\n\nThr");
    assert_eq!(at(&document, document.grow(span)), "two.\n\nThree");
    let phrases = document.grow(document.grow(span));
    assert_eq!(at(&document, phrases), "One two.\n\nThree four");
    assert_eq!(at(&document, document.grow(phrases)), "One two.\n\nThree four.");
}

#[test]
fn the_caret_goes_by_words() {
    let document = Document::new("left-wing “purge”.\n***\nЕщё");
    let stops = |mut at: CharOffset, right: bool| {
        let mut all = Vec::new();
        loop {
            let next = document.next_word(at, right);
            if next == at {
                return all;
            }
            all.push(next.0);
            at = next;
        }
    };
    assert_eq!(stops(CharOffset::ZERO, true), [9, 16, 26]);
    assert_eq!(stops(document.map().char_len(), false), [23, 19, 11, 0]);
    assert_eq!(document.next_word(CharOffset(999), true), CharOffset(999));
}

#[test]
fn a_text_from_outside_is_normalised() {
    for (from, to) in [
        ("\u{feff}a", "a"),
        ("\u{feff}\u{feff}a", "a"),
        ("a\u{feff}b", "a\u{feff}b"),
        ("a\r\nb\rc\n\rd\r\r\ne", "a\nb\nc\n\nd\n\ne"),
        ("a\0b\u{7}c\u{85}d\u{9f}", "a b c d "),
        ("a\tb\u{a0}c\u{ad}d e\u{301}\u{2028}", "a\tb\u{a0}c\u{ad}d e\u{301}\u{2028}"),
        ("", ""),
    ] {
        assert_eq!(normalise(from), to, "{from:?}");
    }
    assert!(matches!(normalise("plain"), std::borrow::Cow::Borrowed("plain")));
}
