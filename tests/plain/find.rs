//! Finding: against a matcher that knows no regular expressions, in texts of every kind.

use std::collections::BTreeSet;
use std::sync::Arc;

use framelens::find::{Batch, Day, Filter, Hit, Options, Order, Query, QueryError, Sorted, literally, marks, search};
use framelens::model::{
    Annotation, AnnotationId, Article, ArticleId, Attributes, Code, Coder, Coding, Colour, Metadata, Origin, Project,
    Source, Tag, Voice,
};
use framelens::text::{CharSpan, OffsetMap, words};
use proptest::prelude::*;

const PLAIN: Options = Options { case: false, word: false, regex: false };

fn spans(query: &str, options: Options, text: &str) -> Vec<(usize, usize)> {
    let query = Query::new(query, options).unwrap_or_else(|e| panic!("{query}: {e}"));
    query.spans(text, &|| false).into_iter().map(|s| (s.start.0, s.end.0)).collect()
}

fn found<'t>(query: &str, options: Options, text: &'t str) -> Vec<&'t str> {
    spans(query, options, text).into_iter().map(|(a, b)| &text[a..b]).collect()
}

/// What is part of a word, for the letters of these tests.
fn letter(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || matches!(c, '\u{301}' | '\u{200d}' | '\u{5b8}')
}

fn same(a: char, b: char, case: bool) -> bool {
    a == b || (!case && a.to_lowercase().eq(b.to_lowercase()))
}

/// Where words stand in a text, looked up letter by letter.
fn naive(asked: &[&str], options: Options, text: &str) -> Vec<(usize, usize)> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let byte = |i: usize| chars.get(i).map_or(text.len(), |(at, _)| *at);
    let matches_at = |from: usize| -> Option<usize> {
        let mut at = from;
        for (n, word) in asked.iter().enumerate() {
            if n > 0 {
                let gap = chars[at..].iter().take_while(|(_, c)| c.is_whitespace()).count();
                if gap == 0 {
                    return None;
                }
                at += gap;
            }
            for c in word.chars() {
                let (_, there) = chars.get(at)?;
                if !same(c, *there, options.case) {
                    return None;
                }
                at += 1;
            }
        }
        let within = |i: usize| chars.get(i).is_some_and(|(_, c)| letter(*c));
        let whole = !within(at) && !from.checked_sub(1).is_some_and(within);
        (!options.word || whole).then_some(at)
    };
    let mut out = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match matches_at(at) {
            Some(end) => {
                out.push((byte(at), byte(end)));
                at = end;
            }
            None => at += 1,
        }
    }
    out
}

/// Texts of few different pieces, so that what is looked for is there again and again.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "war",
        "War",
        "WAR",
        "peace",
        "a",
        "aa",
        "é",
        "É",
        "e\u{301}",
        "ñ",
        "👩‍👩‍👧",
        "🇬🇧",
        "שלום",
        "שָׁ",
        "السلام",
        "日本",
        "日",
        " ",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\u{a0}",
        "\t",
        "-",
        ".",
        "“",
        "_",
        "1",
        "\u{301}",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|v| v.concat())
}

fn asked() -> impl Strategy<Value = Vec<&'static str>> {
    let word =
        prop::sample::select(vec!["war", "WaR", "a", "aa", "é", "É", "e", "שלום", "日本", "日", "👩", ".", "1", "שָ"]);
    prop::collection::vec(word, 1..4)
}

proptest! {
    #[test]
    fn what_is_found_is_what_is_there(text in texts(), asked in asked(), case: bool, word: bool) {
        let options = Options { case, word, regex: false };
        prop_assert_eq!(spans(&asked.join("  "), options, &text), naive(&asked, options, &text));
    }

    #[test]
    fn a_hit_has_the_same_words_in_letters_and_in_bytes(texts in prop::collection::vec(texts(), 1..4), asked in asked()) {
        let mut project = Project::new("t");
        for (n, text) in texts.iter().enumerate() {
            add(&mut project, &format!("t{n}"), text, "", None);
        }
        let query = Query::new(&asked.join(" "), PLAIN).unwrap();
        let hits = all(&project, &query, &Filter::default());
        let expected: usize = project.articles.values().map(|a| naive(&asked, PLAIN, &a.text).len()).sum();
        prop_assert_eq!(hits.len(), expected);
        for hit in hits {
            let map = OffsetMap::new(hit.article.text.clone());
            prop_assert_eq!(map.slice(hit.span), Some(hit.words()));
            prop_assert_eq!(map.bytes(hit.span), Some(hit.bytes));
            // A line holds what stands there, white space aside.
            let line = hit.line(7);
            let bare = |s: &str| s.chars().filter(|c| !c.is_whitespace() && *c != '¶').collect::<String>();
            let (before, behind) = (&hit.article.text[..hit.bytes.start.0], &hit.article.text[hit.bytes.end.0..]);
            prop_assert!(bare(before).ends_with(&bare(&line.left)), "{:?} before {:?}", line, before);
            prop_assert!(bare(behind).starts_with(&bare(&line.right)), "{:?} behind {:?}", line, behind);
            prop_assert_eq!(bare(&line.matched), bare(hit.words()));
        }
    }

    #[test]
    fn near_is_what_counting_words_says(text in texts(), distance in 1usize..5) {
        let (one, other) = (naive(&["war"], PLAIN, &text), naive(&["peace"], PLAIN, &text));
        let mut expected = BTreeSet::new();
        for (firsts, seconds) in [(&one, &other), (&other, &one)] {
            for f in firsts {
                for s in seconds.iter().filter(|s| s.0 >= f.1) {
                    let between = |w: &&(usize, usize)| w.0 >= f.1 && w.1 <= s.0;
                    let again = firsts.iter().filter(between).count() + seconds.iter().filter(between).count();
                    if again == 0 && apart(&text, f.1, s.0) <= distance {
                        expected.insert((f.0, s.1));
                    }
                }
            }
        }
        let found = spans(&format!("war NEAR/{distance} peace"), PLAIN, &text);
        prop_assert_eq!(&found, &expected.into_iter().collect::<Vec<_>>());
        prop_assert_eq!(found, spans(&format!("peace near/{distance} war"), PLAIN, &text));
    }

    #[test]
    fn selected_words_are_found_again(text in texts(), extra in "[a-z*/\"“”. ]{0,12}") {
        let words = format!("{extra}{text}");
        prop_assume!(!words.trim().is_empty());
        let query = literally(&words);
        let short = words.chars().count() < 300;
        prop_assume!(short);
        let found = found(&query, Options { case: true, ..PLAIN }, &words);
        prop_assert_eq!(found.first().copied(), Some(words.trim()), "{}", query);
    }

    #[test]
    fn whatever_is_typed_is_a_query_or_an_error(typed in "[a-c*\"/“”()\\[\\]\\\\{}0-9,NEAR/ ^$|?+.-]{0,30}", regex: bool, word: bool) {
        if let Ok(query) = Query::new(&typed, Options { case: false, word, regex }) {
            let text = "a b c abc near NEAR/5 “a” / \\ [b] ünd 日本";
            let mut last = 0;
            for span in query.spans(text, &|| false) {
                prop_assert!(span.start < span.end && span.start.0 >= last.min(span.start.0));
                prop_assert!(text.get(span.range()).is_some());
                last = span.end.0;
            }
        }
    }
}

/// How many words lead from one place to another. A word that is cut counts with what it is cut from.
fn apart(text: &str, end: usize, start: usize) -> usize {
    let mut between = &text[end..start];
    if text[..end].ends_with(letter) {
        between = between.trim_start_matches(letter);
    }
    if text[start..].starts_with(letter) {
        between = between.trim_end_matches(letter);
    }
    1 + words(between).count()
}

fn add(project: &mut Project, title: &str, text: &str, outlet: &str, published: Option<&str>) -> ArticleId {
    let metadata = Metadata {
        title: title.to_owned(),
        outlet: outlet.to_owned(),
        published: published.map(str::to_owned),
        ..Metadata::default()
    };
    let article = Article::new(text, metadata, Vec::new(), Source::default());
    let id = article.id.clone();
    project.articles.insert(id.clone(), Arc::new(article));
    id
}

fn batches(project: &Project, query: &Query, filter: &Filter, most: usize) -> Vec<Batch> {
    let mut batches = Vec::new();
    let silent = |_: &Article, spans: &[CharSpan]| vec![None; spans.len()];
    search(project, query, filter, &silent, most, &|| false, &mut |batch| {
        batches.push(batch);
        true
    });
    batches
}

fn all(project: &Project, query: &Query, filter: &Filter) -> Vec<Hit> {
    batches(project, query, filter, usize::MAX).into_iter().flat_map(|b| b.hits).collect()
}

#[test]
fn the_language_does_what_its_table_says() {
    let text = "The Purge of the party. They’ll expurgate a left-wing  purge;\nwitch\nhunt, witch\u{a0}hunt, Witch hunts and/or \"purge\"";
    for (query, expected) in [
        ("purge", vec!["Purge", "purge", "purge"]),
        ("witch hunt", vec!["witch\nhunt", "witch\u{a0}hunt", "Witch hunt"]),
        ("\"witch hunt\"", vec!["Witch hunt"]),
        ("“witch hunt”", vec!["Witch hunt"]),
        ("expurg*", vec!["expurgate"]),
        ("*urge", vec!["Purge", "purge", "purge"]),
        ("the * party", vec![]),
        ("of * party", vec!["of the party"]),
        ("they'll", vec!["They’ll"]),
        ("left‑wing", vec!["left-wing"]),
        ("and/or", vec!["and/or"]),
        ("/p[u]rge$/", vec![]),
        ("/purge;$/", vec!["purge;"]),
        ("/and\\/or/", vec!["and/or"]),
        ("the /part(y|ies)/", vec!["the party"]),
        ("a \"left-wing\" purge", vec!["a left-wing  purge"]),
        ("purge NEAR/3 party", vec!["Purge of the party"]),
        ("party NEAR/3 purge", vec!["Purge of the party"]),
        ("purge NEAR/2 party", vec![]),
        ("near", vec![]),
    ] {
        assert_eq!(found(query, PLAIN, text), expected, "{query}");
    }
    assert_eq!(found("Purge", Options { case: true, ..PLAIN }, text), ["Purge"]);
    assert_eq!(found("hunt", Options { word: true, ..PLAIN }, text), ["hunt", "hunt"]);
    assert_eq!(found(r"w\w+ hunts?", Options { regex: true, ..PLAIN }, text).len(), 1);
}

#[test]
fn capitals_of_every_script_are_the_same_letters() {
    for (query, text) in [
        ("ÜBER", "über"),
        ("σοφοσ", "ΣΟΦΟΣ"),
        ("σοφος", "ΣΟΦΟΣ"),
        ("МОСКВА", "Москва"),
        ("çelik", "ÇELIK"),
        ("ǆ", "Ǆ"),
        ("շուն", "ՇՈՒՆ"),
    ] {
        assert_eq!(found(query, PLAIN, text), [text], "{query}");
        assert!(found(query, Options { case: true, ..PLAIN }, text).is_empty(), "{query}");
    }
}

#[test]
fn whole_words_end_where_letters_end() {
    let whole = Options { word: true, ..PLAIN };
    for (query, text, times) in [
        ("cafe", "cafe, cafes, decafe; cafe\u{301}", 1),
        ("über", "über überall “über” darüber", 2),
        ("שלום", "שלום, ושלום", 1),
        ("日本", "日本語 日本。", 1),
        ("a", "a a_b b-a 🙂a🙂 a\u{301}", 3),
        ("-ing", "-ing go-ing", 1),
        ("a b", "a b aa b a bb a\nb", 2),
        ("/sam|samwise/", "samwise sam", 2),
        ("*a*", "xax a yy ba", 3),
    ] {
        assert_eq!(found(query, whole, text).len(), times, "{query} in {text}");
    }
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    let error = |typed: &str| Query::new(typed, PLAIN).expect_err(typed);
    assert_eq!(error("  "), QueryError::Empty);
    assert_eq!(error("\"\""), QueryError::Empty);
    for (typed, part) in [
        ("say \"witch hunt", "character 5"),
        ("/a", "character 1"),
        ("a /(b/", "character 4: unclosed group"),
        ("a NEAR/0 b", "“NEAR/0” at character 3"),
        ("a NEAR/x b", "“NEAR/x”"),
        ("a NEAR/5", "both sides"),
        ("NEAR/5 a", "both sides"),
        ("a NEAR/5 b NEAR/5 c", "a second NEAR at character 12"),
        (r"/\w{900}{900}/", "too large"),
        (&"a".repeat(2_000), "longer"),
        (r"/a(?=b)/", "look-around"),
    ] {
        let told = error(typed).to_string();
        assert!(told.contains(part), "{typed}: {told}");
        assert!(!told.contains('\n'), "{told}");
    }
    let regex = Options { regex: true, ..PLAIN };
    assert!(Query::new("[", regex).is_err());
}

#[test]
fn no_expression_takes_for_ever() {
    let text = format!("{}b", "a".repeat(20_000));
    for query in ["/(a*)*/", "/(a*)*c/", "/(a|aa)+$/", "/a{0,200}/", "/(x+x+)+y/", "/.*.*.*=.*/", "a* a* a*", "*a* *b*"]
    {
        for word in [false, true] {
            // Whether it ends is the test.
            let found = spans(query, Options { word, ..PLAIN }, &text);
            assert!(found.iter().all(|(a, b)| a < b), "{query}");
        }
    }
    assert!(spans("/(a*)*/", PLAIN, &text) == [(0, 20_000)], "and finds what there is");
    assert!(spans("/x*/", PLAIN, &text).is_empty(), "nothing is not a hit");
}

fn sample() -> Project {
    let mut project = Project::new("t");
    add(&mut project, "B", "one war and two wars", "Harbour Post", Some("2025-03-04"));
    add(&mut project, "A", "war again, war", "The Lantern", Some("2025-03-04T09:30+01:00"));
    add(&mut project, "C", "no such thing as war", "Harbour Post", Some("2024"));
    add(&mut project, "D", "a war undated", "", None);
    project
}

fn titles(project: &Project, filter: &Filter) -> Vec<String> {
    let hits = all(project, &Query::new("war", PLAIN).unwrap(), filter);
    hits.iter().map(|h| h.article.metadata.title.clone()).collect()
}

#[test]
fn articles_are_filtered_by_outlet_and_day() {
    let project = sample();
    let day = |s: &str| s.parse::<Day>().unwrap();
    assert_eq!(titles(&project, &Filter::default()), ["C", "B", "B", "A", "A", "D"]);
    let outlets = |name: &str| Filter { outlets: BTreeSet::from([name.to_owned()]), ..Filter::default() };
    assert_eq!(titles(&project, &outlets("HARBOUR POST ")), ["C", "B", "B"]);
    let from = |s| Filter { from: Some(day(s)), ..Filter::default() };
    let to = |s| Filter { to: Some(day(s)), ..Filter::default() };
    assert_eq!(titles(&project, &from("2025")), ["B", "B", "A", "A"]);
    assert_eq!(titles(&project, &from("2025-03-05")), Vec::<String>::new());
    assert_eq!(titles(&project, &to("2025-03-04")), ["C", "B", "B", "A", "A"], "a day has hours");
    assert_eq!(titles(&project, &to("2024")), ["C"]);
    assert_eq!(titles(&project, &to("2025-02")), ["C"]);
    let id = project.articles.values().find(|a| a.metadata.title == "D").map(|a| a.id.clone());
    assert_eq!(titles(&project, &Filter { articles: id.into_iter().collect(), ..Filter::default() }), ["D"]);
    for bad in ["", "25", "2025-13", "2025-02-30", "last week", "2025-3-4", "２０２５"] {
        assert!(bad.parse::<Day>().is_err(), "{bad}");
    }
}

#[test]
fn places_are_filtered_by_code_coder_and_voice() {
    let mut project = sample();
    let article = project.articles.values().find(|a| a.metadata.title == "A").cloned().unwrap();
    let code = Code::new("war-frame".parse().unwrap(), "War frame", Colour::Palette(0));
    project.codebook.codes.insert(code.id.clone(), code.clone());
    let map = OffsetMap::new(article.text.clone());
    // Each of the two coders coded one of the two places.
    for (name, span, voice) in
        [("ada", CharSpan::chars(1, 5), Some(Voice::Quoted)), ("bo", CharSpan::chars(11, 14), None)]
    {
        let mut annotation = Annotation {
            id: AnnotationId::new(),
            tag: Tag::Frame(code.id.clone()),
            spans: Vec::new(),
            anchors: Vec::new(),
            attributes: Attributes { voice, ..Attributes::default() },
            memo: String::new(),
            origin: Origin::Hand,
            code_revision: 1,
            created: jiff::Timestamp::UNIX_EPOCH,
            changed: jiff::Timestamp::UNIX_EPOCH,
        };
        assert!(annotation.place(&map, vec![span]));
        let coder = Coder { id: name.parse().unwrap(), name: name.to_owned() };
        let mut coding = Coding::default();
        coding.annotations.insert(annotation.id, Arc::new(annotation));
        project.codings.insert((coder.id.clone(), article.id.clone()), Arc::new(coding));
        project.coders.insert(coder.id.clone(), coder);
    }
    let query = Query::new("war", PLAIN).unwrap();
    let starts = |filter: &Filter, says: Option<Voice>| -> Vec<usize> {
        let mut starts = Vec::new();
        let voice_at = |_: &Article, spans: &[CharSpan]| vec![says; spans.len()];
        search(&project, &query, filter, &voice_at, usize::MAX, &|| false, &mut |batch| {
            starts.extend(batch.hits.iter().filter(|h| h.article.id == article.id).map(|h| h.span.start.0));
            true
        });
        starts
    };
    let coded = Filter { codes: BTreeSet::from([code.id.clone()]), ..Filter::default() };
    let ada = BTreeSet::from(["ada".parse().unwrap()]);
    assert_eq!(starts(&coded, None), [0, 11]);
    assert_eq!(starts(&Filter { coders: ada.clone(), ..Filter::default() }, None), [0]);
    assert_eq!(starts(&Filter { coders: ada.clone(), ..coded.clone() }, None), [0]);
    let quoted = Filter { voices: BTreeSet::from([Voice::Quoted]), ..Filter::default() };
    assert_eq!(starts(&quoted, None), [0], "the coding says so");
    assert_eq!(starts(&quoted, Some(Voice::Quoted)), [0, 11], "where no coding says anything, detection does");
    let outlet = Filter { voices: BTreeSet::from([Voice::Outlet]), ..Filter::default() };
    assert_eq!(starts(&outlet, Some(Voice::Outlet)), [11], "a coding is believed before detection");
    assert_eq!(starts(&Filter { voices: quoted.voices.clone(), ..coded }, None), [0]);

    let hits = all(&project, &query, &Filter::default());
    let on: Vec<_> = hits.iter().map(|h| marks(&project, h, None).len()).collect();
    assert_eq!(on.iter().sum::<usize>(), 2);
    let of_bo: Vec<_> = hits.iter().flat_map(|h| marks(&project, h, Some(&"bo".parse().unwrap()))).collect();
    assert_eq!(of_bo.len(), 1);
}

#[test]
fn lines_are_sorted_by_what_stands_beside() {
    let mut project = Project::new("t");
    let text = "big cold war now. the cold war Again. a hot war! war";
    add(&mut project, "1", text, "b", Some("2025"));
    add(&mut project, "2", "Über war before", "a", None);
    let query = Query::new("war", PLAIN).unwrap();
    let sorted = |order| {
        let mut sorted = Sorted::new(order);
        for batch in batches(&project, &query, &Filter::default(), usize::MAX) {
            // In two halves, as a search hands them over.
            let mut hits = batch.hits;
            let later = hits.split_off(hits.len() / 2);
            sorted.add(hits);
            sorted.add(later);
        }
        let line = |h: &Hit| {
            let line = h.line(6);
            format!("{}|{}", line.left.trim(), line.right.trim())
        };
        sorted.into_hits().iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(sorted(Order::Article), ["cold|now.", "cold|Again", "a hot|! war", "war!|", "Über|befor"]);
    assert_eq!(sorted(Order::Left), ["cold|now.", "cold|Again", "a hot|! war", "war!|", "Über|befor"]);
    assert_eq!(sorted(Order::Right), ["war!|", "cold|Again", "Über|befor", "cold|now.", "a hot|! war"]);
    assert_eq!(sorted(Order::Outlet)[0], "Über|befor");
    assert_eq!(sorted(Order::Date).last().map(String::as_str), Some("Über|befor"));
}

#[test]
fn more_than_can_be_listed_is_counted() {
    let mut project = Project::new("t");
    for n in 0..300 {
        add(&mut project, &format!("{n:03}"), "war war war", "", None);
    }
    let query = Query::new("war", PLAIN).unwrap();
    let batches = batches(&project, &query, &Filter::default(), 100);
    assert!(batches.len() > 1, "the first hits come before the last article is searched");
    let last = batches.last().unwrap();
    assert_eq!((last.found, last.articles, last.searched, last.of), (900, 300, 300, 300));
    assert_eq!(batches.iter().map(|b| b.hits.len()).sum::<usize>(), 100);
    // And whoever has seen enough is given no more.
    let mut seen = 0;
    let silent = |_: &Article, spans: &[CharSpan]| vec![None; spans.len()];
    search(&project, &query, &Filter::default(), &silent, 100, &|| false, &mut |_| {
        seen += 1;
        false
    });
    assert_eq!(seen, 1);
}

#[test]
fn lines_are_cut_between_letters_as_people_see_them() {
    let mut project = Project::new("t");
    add(&mut project, "1", "👩‍👩‍👧e\u{301}🇬🇧 war e\u{301}\n\n🇬🇧👩‍👩‍👧", "", None);
    let hits = all(&project, &Query::new("war", PLAIN).unwrap(), &Filter::default());
    let line = hits[0].line(3);
    assert_eq!((&*line.left, &*line.matched, &*line.right), ("e\u{301}🇬🇧 ", "war", " e\u{301} "));
    assert_eq!(hits[0].line(5).right, " e\u{301} ¶ ");
    assert_eq!(hits[0].line(0).left, "");
    let endless = format!("{}war", "\u{301}".repeat(100_000));
    add(&mut project, "2", &endless, "", None);
    let hits = all(&project, &Query::new("war", PLAIN).unwrap(), &Filter::default());
    assert!(hits.iter().all(|h| h.line(40).left.len() < 10_000));
    let long = all(&project, &Query::new("/\\u{301}+/", PLAIN).unwrap(), &Filter::default());
    assert!(long.iter().any(|h| h.line(5).matched.ends_with('…') && h.line(5).matched.len() < 20_000));
}
