//! Words are found again in a text that changed, and nowhere else.

use crate::common::{Dice, dice};
use framelens::text::{Alignment, Anchor, CharOffset, CharSpan, Finder, Found, OffsetMap, Span, find};
use proptest::prelude::*;

/// A text, and the stretch of it that is marked `[…]`.
fn marked(text: &str) -> (OffsetMap, CharSpan) {
    let start = text.chars().position(|c| c == '[').unwrap();
    let end = text.chars().position(|c| c == ']').unwrap() - 1;
    let text: String = text.chars().filter(|c| !matches!(c, '[' | ']')).collect();
    (OffsetMap::new(text), CharSpan::chars(start, end))
}

fn anchor(text: &str) -> (Anchor, CharSpan) {
    let (map, span) = marked(text);
    (Anchor::of(&map, span).unwrap(), span)
}

/// Looks for what is marked in `old` in the text of `new`, and says what was found: the words, and how.
fn look(old: &str, new: &str) -> (String, Found) {
    let (anchor, expected) = anchor(old);
    let map = OffsetMap::new(new);
    let found = find(&map, &anchor, expected);
    (found.span().map(|s| map.slice(s).unwrap().to_owned()).unwrap_or_default(), found)
}

const PURGE: &str =
    "The mayor of Northmark denied on Monday that a [purge] of her critics was under way at the harbour office.";

#[test]
fn what_is_the_same_is_exact() {
    for (old, new) in [
        (
            PURGE,
            "A line was put before. The mayor of Northmark denied on Monday that a purge of her critics was under way.",
        ),
        (PURGE, "The mayor denied on Monday that a purge of critics was under way at the harbour office."),
        ("[The whole text.]", "The whole text."),
        ("[The whole text.]", "More. The whole text."),
        ("אמר כי [מדובר בטיהור] של המפלגה בצפון", "שורה חדשה. אמר כי מדובר בטיהור של המפלגה בצפון"),
        ("قال إن [حملة التطهير] مستمرة في المدينة", "أمس قال إن حملة التطهير مستمرة في المدينة"),
        ("市長は[魔女狩り]だと述べた。港の事務所で。", "新しい行。市長は魔女狩りだと述べた。港の事務所で。"),
        ("It was 👩‍👩‍👧‍👦 [🇬🇧 cafe\u{301}] all along, they said", "Well: it was 👩‍👩‍👧‍👦 🇬🇧 cafe\u{301} all along, they said"),
    ] {
        let words = anchor(old).0.exact;
        let (found, how) = look(old, new);
        assert!(matches!(how, Found::Exact(_)), "{words}: {how:?}");
        assert_eq!(found, words);
    }
}

#[test]
fn of_several_the_one_with_its_surroundings_is_meant() {
    let old =
        "A purge, said one. Nobody else saw a purge there. The third one to speak of a [purge] was the harbour master.";
    let new =
        "The third one to speak of a purge was the harbour master. A purge, said one. Nobody else saw a purge there.";
    let (_, how) = look(old, new);
    assert_eq!(how, Found::Exact(CharSpan::chars(28, 33)));
}

#[test]
fn what_nothing_tells_apart_is_not_told_as_sure() {
    let line = "Nothing was said of the purge by anybody at the harbour today.\n";
    let (map, _) = marked(&format!("[x]{}", line.repeat(3)));
    let map = OffsetMap::new(map.as_str()[1..].to_owned());
    let second = CharSpan::chars(24 + 63, 29 + 63);
    let anchor = Anchor::of(&map, second).unwrap();
    assert_eq!(anchor.exact, "purge");
    let new = OffsetMap::new(format!("Ten chars.{}", line.repeat(3)));
    match find(&new, &anchor, second) {
        Found::Fuzzy { span, score } => {
            assert_eq!(new.slice(span), Some("purge"));
            assert_eq!(span.start, CharOffset(24 + 63 + 10), "the nearest");
            assert!(score <= 0.5);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(find(&map, &anchor, second), Found::Exact(second), "where it always was there is no doubt");
}

#[test]
fn what_is_nearly_the_same_is_found_with_a_score() {
    let around =
        |words: &str| format!("The mayor of Northmark denied that {words} was under way at the harbour office.");
    for (old, new, least) in [
        ("[a purge of her critics]", "a prge of her critics", 0.9),
        ("[a purge of her critics]", "a purge of her crit\u{ad}ics", 0.98),
        ("[a purge of her critics]", "a  purge of\nher critics", 0.98),
        ("[a purge of her critics]", "A PURGE OF HER CRITICS", 0.98),
        ("[a purge of her critics]", "a purge of her cri-\ntics", 0.98),
        ("[the mayor's so-called 'purge']", "the mayor’s so–called ‘purge’", 0.98),
        ("[purge]", "pruge", 0.7),
        ("[witch hunt]", "witch-hunt", 0.85),
        ("[witch hunt]", "witch-hunts", 0.8),
        ("[מדובר בטיהור]", "מדובר בטיחור", 0.8),
        ("[魔女狩りだと]", "魔女刈りだと", 0.8),
        ("[a cafe\u{301} purge]", "a café purge", 0.8),
        ("[a 👩‍👩‍👧‍👦 purge]", "a 👩‍👩‍👧 purge", 0.7),
    ] {
        let (words, how) = look(&around(old), &around(new));
        let Found::Fuzzy { score, .. } = how else { panic!("{old}: {how:?}") };
        assert_eq!(words, new, "{old}");
        assert!(score >= least && score < 1.0, "{old}: {score}");
    }
}

#[test]
fn what_is_gone_is_lost() {
    for new in [
        "The mayor of Northmark denied on Monday that a party for her critics was under way at the harbour office.",
        "The mayor of Northmark denied it.",
        "Elsewhere, a purge of files was announced by the archive, which has too many of them.",
        "",
        " ",
    ] {
        assert_eq!(look(PURGE, new).1, Found::Lost, "{new}");
    }
    // Long words need nothing around them.
    let long =
        "“We shall not be told by anybody, least of all by the harbour office, whom we may invite to our own table”";
    let (words, how) =
        look(&format!("She said: [{long}]. Then she left."), &format!("Quite another text has {long} in it"));
    assert!(matches!(how, Found::Exact(_)) && words == long);
}

#[test]
fn a_long_quotation_is_found_by_its_ends() {
    let sentence = |n: usize| {
        format!("In point {n} the harbour office asked for {} more boats and {} fewer rules. ", n * 7, n * 3)
    };
    let quotation: String = (0..70).map(sentence).collect();
    let quotation = quotation.trim_end();
    assert!(quotation.chars().count() > 4500);
    let mut edited = quotation.replace("point 31", "paragraph 31").replace("15 fewer", "fifteen fewer");
    edited.insert_str(
        2000,
        "(Here a whole sentence was put in that nobody had said at the time of the first printing.) ",
    );
    let old = format!("The letter said: [{quotation}] It was signed by nobody at all.");
    let new = format!("Correction. The letter said: {edited} It was signed by nobody at all.");
    let (words, how) = look(&old, &new);
    assert!(matches!(how, Found::Fuzzy { score, .. } if score > 0.9), "{how:?}");
    assert_eq!(words, edited);
}

const WORDS: &[&str] = &[
    "harbour",
    "mayor",
    "purge",
    "of",
    "the",
    "a",
    "critics",
    "said",
    "witch hunt",
    "boats",
    "rules",
    "office",
    "שלום",
    "המפלגה",
    "قال",
    "حملة",
    "日本語",
    "魔女狩り",
    "👩‍👩‍👧‍👦",
    "🇬🇧",
    "cafe\u{301}",
    "naïve",
    "“not”",
    "it’s",
    "–",
    "in",
    "was",
    "Monday",
    "letter",
    "nobody",
    "signed",
    "table",
    "archive",
    "Northmark",
    "denied",
    "under way",
    "seven",
    "twelve",
];

/// A text of words and numbers, so that hardly anything is in it twice with the same around it.
fn prose(dice: &mut Dice, words: usize) -> String {
    let mut text = String::new();
    for n in 0..words {
        text += WORDS[dice.roll(WORDS.len())];
        if dice.chance(3) {
            text += &format!(" {}", n * 37 % 1000);
        }
        text += if dice.chance(12) { ".\n" } else { " " };
    }
    text
}

/// Changes a few characters of `text` between two places. What is put in is in no text of [`prose`].
fn blemish(dice: &mut Dice, text: &mut Vec<char>, from: usize, to: usize) -> isize {
    let at = from + dice.roll(to - from);
    let gone = dice.roll(4).min(to - at);
    let new = ["", "q", "xyz", "ßß", "Ж", "Ωψ"][dice.roll(6)];
    text.splice(at..at + gone, new.chars());
    new.chars().count() as isize - gone as isize
}

/// Chance from one number: what fails is told in one line.
fn rolls() -> impl Strategy<Value = u32> {
    any::<u32>()
}

fn dice_of(seed: u32, rolls: usize) -> Dice {
    let mut state = seed;
    let roll = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 8
    };
    Dice::from((0..rolls).map(roll).collect::<Vec<_>>())
}

fn chars(text: &[char]) -> OffsetMap {
    OffsetMap::new(text.iter().collect::<String>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn an_unchanged_text_changes_nothing(mut dice in dice(200)) {
        let map = OffsetMap::new(format!("x{}", prose(&mut dice, 60)));
        let finder = Finder::new(&map);
        for _ in 0..10 {
            let start = dice.roll(map.char_len().0);
            let span = CharSpan::chars(start, start + 1 + dice.roll(map.char_len().0 - start));
            let anchor = Anchor::of(&map, span).unwrap();
            prop_assert_eq!(finder.find(&anchor, span), Found::Exact(span));
        }
    }

    #[test]
    fn edits_elsewhere_move_the_words_and_no_more(seed in rolls()) {
        let mut dice = dice_of(seed, 900);
        let old: Vec<char> = prose(&mut dice, 120).chars().collect();
        let start = 10 + dice.roll(old.len() - 60);
        let span = CharSpan::chars(start, start + 4 + dice.roll(40));
        let anchor = Anchor::of(&chars(&old), span).unwrap();
        let mut new = old.clone();
        for _ in 0..2 {
            blemish(&mut dice, &mut new, span.end.0 + 1, old.len() - 8);
        }
        let mut moved = 0;
        for _ in 0..2 {
            moved += blemish(&mut dice, &mut new, 0, start - 4);
        }
        let place = CharSpan::chars(start.strict_add_signed(moved), span.end.0.strict_add_signed(moved));
        prop_assert_eq!(find(&chars(&new), &anchor, span), Found::Exact(place), "{:?}", anchor);
        let (old, new): (String, String) = (old.iter().collect(), new.iter().collect());
        prop_assert_eq!(Alignment::between(&old, &new).map(span), Some(place));
    }

    #[test]
    fn edits_inside_are_found_where_they_are(seed in rolls()) {
        let mut dice = dice_of(seed, 900);
        let old: Vec<char> = prose(&mut dice, 120).chars().collect();
        let start = 10 + dice.roll(old.len() - 100);
        let span = CharSpan::chars(start, start + 20 + dice.roll(60));
        let anchor = Anchor::of(&chars(&old), span).unwrap();
        let mut new = old.clone();
        let inner = blemish(&mut dice, &mut new, start + 4, span.end.0 - 8);
        let moved = blemish(&mut dice, &mut new, 0, start - 8);
        let place = CharSpan::chars(start.strict_add_signed(moved), span.end.0.strict_add_signed(moved + inner));
        let map = chars(&new);
        let found = find(&map, &anchor, span);
        let at = found.span();
        prop_assert!(at.is_some_and(|at| at.overlaps(place)), "{:?} {:?}", found, anchor);
        let at = at.unwrap();
        prop_assert!(at.start.0.abs_diff(place.start.0) < 8 && at.end.0.abs_diff(place.end.0) < 8, "{:?} {:?}", at, place);
        if map.slice(place) != Some(anchor.exact.as_str()) {
            prop_assert!(matches!(found, Found::Fuzzy { .. }), "{:?}", found);
        }
    }

    #[test]
    fn what_is_cut_out_with_its_surroundings_is_lost(seed in rolls()) {
        let mut dice = dice_of(seed, 900);
        let old: Vec<char> = prose(&mut dice, 150).chars().collect();
        let start = 50 + dice.roll(old.len() - 150);
        let span = CharSpan::chars(start, start + 8 + dice.roll(30));
        let anchor = Anchor::of(&chars(&old), span).unwrap();
        let mut new = old;
        new.drain(start - 40..span.end.0 + 40);
        prop_assert_eq!(find(&chars(&new), &anchor, span), Found::Lost, "{:?}", anchor);
    }

    /// Nothing panics, and whatever is found fits the text.
    #[test]
    fn nothing_is_asked_of_the_strings(
        text in "\\PC{0,80}|[ab\\n -]{0,200}", exact in "\\PC{0,20}|[ab -]{0,40}", before in "\\PC{0,8}|[ab -]{0,8}",
        after in "\\PC{0,8}|[ab -]{0,8}", start in 0usize..300, end in 0usize..300, other in "\\PC{0,80}",
    ) {
        let map = OffsetMap::new(text.clone());
        let anchor = Anchor { exact, before, after };
        let expected = Span { start: CharOffset(start), end: CharOffset(end) };
        let found = find(&map, &anchor, expected);
        match found {
            Found::Exact(span) => prop_assert_eq!(map.slice(span), Some(anchor.exact.as_str())),
            Found::Fuzzy { span, score } => {
                prop_assert!(map.slice(span).is_some_and(|s| !s.is_empty()) && (0.0..1.0).contains(&score));
            }
            Found::Lost => {}
        }
        let along = Alignment::between(&text, &other);
        let end = CharOffset(other.chars().count());
        for span in [expected, CharSpan::chars(start, start + 3)] {
            if let Some(there) = along.map(span) {
                prop_assert!(there.start <= there.end && there.end <= end);
            }
            along.near(span.start);
        }
        let whole = CharSpan::chars(0, text.chars().count());
        prop_assert_eq!(Alignment::between(&text, &text).unchanged(whole).is_some(), !text.is_empty());
    }

    /// What is said to be unchanged is.
    #[test]
    fn what_the_alignment_calls_unchanged_is(seed in rolls(), other in rolls()) {
        let mut dice = dice_of(seed, 900);
        let mut more = dice_of(other, 900);
        let old = prose(&mut dice, 100);
        let mut new: Vec<char> = if more.chance(4) { prose(&mut more, 100) } else { old.clone() }.chars().collect();
        for _ in 0..more.roll(12) {
            let end = new.len();
            blemish(&mut more, &mut new, 0, end);
        }
        let new: String = new.into_iter().collect();
        let along = Alignment::between(&old, &new);
        let (old, new) = (OffsetMap::new(old), OffsetMap::new(new));
        for start in 0..old.char_len().0 {
            let span = CharSpan::chars(start, (start + 1 + start % 9).min(old.char_len().0));
            if let Some(there) = along.unchanged(span) {
                prop_assert_eq!(new.slice(there), old.slice(span));
                prop_assert_eq!(along.map(span), Some(there));
            }
        }
    }
}

#[test]
fn an_alignment_of_what_was_found_fills_the_gaps_between() {
    let pairs = |all: &[(usize, usize, usize)]| {
        all.iter().map(|&(a, b, n)| (CharSpan::chars(a, a + n), CharSpan::chars(b, b + n))).collect::<Vec<_>>()
    };
    let along = Alignment::from_found(pairs(&[(50, 50, 10), (100, 103, 10), (200, 203, 10), (150, 10, 5)]));
    assert_eq!(along.map(CharSpan::chars(0, 20)), Some(CharSpan::chars(0, 20)), "before what did not move");
    assert_eq!(along.map(CharSpan::chars(120, 160)), Some(CharSpan::chars(123, 163)), "between what moved alike");
    assert_eq!(along.map(CharSpan::chars(70, 80)), None, "between what did not");
    assert_eq!(along.map(CharSpan::chars(300, 310)), None);
    let along = Alignment::from_found(pairs(&[(50, 60, 10)]));
    assert_eq!(along.map(CharSpan::chars(0, 20)), None);
}

/// Texts by which an unwary search would be held up.
#[test]
fn hostile_texts_are_looked_through_all_the_same() {
    let same = OffsetMap::new("a".repeat(200_000));
    let finder = Finder::new(&same);
    for len in [1, 5, 5000] {
        let anchor = Anchor { exact: "a".repeat(len), before: "b".repeat(32), after: "c".repeat(32) };
        assert!(!matches!(finder.find(&anchor, CharSpan::chars(7, 7 + len)), Found::Exact(_)) || len > 64);
    }
    // A passage as long as the text, changed from end to end.
    let mut dice = dice_of(3, 60_000);
    let old = OffsetMap::new(prose(&mut dice, 20_000));
    let whole = CharSpan { start: CharOffset::ZERO, end: old.char_len() };
    let anchor = Anchor::of(&old, whole).unwrap();
    let new = OffsetMap::new(old.as_str().replace("purge", "clean-up").replace("mayor", "bailiff"));
    assert!(matches!(find(&new, &anchor, whole), Found::Fuzzy { score, .. } if score > 0.8));
    let marks = OffsetMap::new(format!("e{}", "\u{301}".repeat(100_000)));
    let anchor = Anchor { exact: "purge\u{301}".to_owned(), ..Anchor::default() };
    assert_eq!(find(&marks, &anchor, CharSpan::chars(5, 9)), Found::Lost);
    Alignment::between(same.as_str(), marks.as_str());
    Alignment::between(&"ab".repeat(50_000), &"ba".repeat(60_000));
    Alignment::between(&"a b\n".repeat(20_000), &"b a\n".repeat(30_000));
}

/// Run with `--ignored --nocapture`, and `--release` for a figure that means something.
#[test]
#[ignore = "a figure, not a check"]
fn how_long_ten_thousand_take() {
    let mut dice = dice_of(1, 900_000);
    let old: Vec<char> = prose(&mut dice, 150_000).chars().collect();
    let map = chars(&old);
    let mut anchors = Vec::new();
    for n in 0..10_000usize {
        let start = (n * 7919) % (old.len() - 6000);
        let len = if n == 0 { 5000 } else { 3 + n % 120 };
        let span = CharSpan::chars(start, start + len);
        anchors.push((Anchor::of(&map, span).unwrap(), span));
    }
    let told = |what: &str, new: &OffsetMap| {
        let now = std::time::Instant::now();
        let finder = Finder::new(new);
        let (mut exact, mut fuzzy, mut lost) = (0, 0, 0);
        for (anchor, span) in &anchors {
            match finder.find(anchor, *span) {
                Found::Exact(_) => exact += 1,
                Found::Fuzzy { .. } => fuzzy += 1,
                Found::Lost => lost += 1,
            }
        }
        println!(
            "{what}: {} bytes, {exact} exact, {fuzzy} nearly, {lost} lost, {:?}",
            new.as_str().len(),
            now.elapsed()
        );
    };
    told("unchanged", &map);
    let mut new = old.clone();
    new.splice(100..100, "A sentence that was put in. ".chars());
    told("shifted", &chars(&new));
    for _ in 0..20_000 {
        let end = new.len();
        blemish(&mut dice, &mut new, 0, end);
    }
    let edited = chars(&new);
    told("edited throughout", &edited);
    let other: Vec<char> = prose(&mut dice_of(7, 900_000), 150_000).chars().collect();
    told("another text", &chars(&other));
    let now = std::time::Instant::now();
    Alignment::between(map.as_str(), edited.as_str());
    println!("alignment of the two: {:?}", now.elapsed());
}
