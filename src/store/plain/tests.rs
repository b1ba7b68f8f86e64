//! Whatever the quick reader takes, the `ron` crate takes as well, to the same value and with nothing unknown.

#[path = "../../../tests/common/mod.rs"]
mod common;

use std::collections::BTreeMap;
use std::fmt::Debug;

use proptest::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::read;
use crate::edit::Edit;
use crate::model::Project;
use crate::store::files::{ArticleFile, CodebookFile, CodingFile, EntitiesFile, ProjectFile, parse_with_care};
use common::dice;

/// Whether the quick reader takes the text. What is not a number has to be compared as it is shown.
fn taken<T: DeserializeOwned + Debug>(text: &str) -> bool {
    let Some(quick) = read::<T>(text) else { return false };
    match parse_with_care::<T>(text) {
        Ok((careful, unknown)) => {
            assert_eq!(format!("{quick:?}"), format!("{careful:?}"), "{text}");
            assert_eq!((unknown.paths.len(), unknown.more), (0, 0), "{text}");
        }
        Err(reason) => panic!("only the quick reader takes this ({reason}): {text}"),
    }
    true
}

type Taken = fn(&str) -> bool;

/// Every file of a project, by what reads its kind.
fn files(project: &Project) -> Vec<(String, Taken)> {
    let mut all: Vec<(String, Taken)> = vec![
        (ProjectFile::of(project).to_ron(), taken::<ProjectFile>),
        (CodebookFile::of(&project.codebook).to_ron(), taken::<CodebookFile>),
        (EntitiesFile::of(&project.entities).to_ron(), taken::<EntitiesFile>),
    ];
    for article in project.articles.values() {
        all.push((ArticleFile::of(article).to_ron(), taken::<ArticleFile>));
    }
    for ((coder, article), coding) in &project.codings {
        all.push((CodingFile::of(coder, article, coding).to_ron(), taken::<CodingFile>));
    }
    all
}

const TOKENS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    ",",
    ":",
    " ",
    "\n",
    "\u{b}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "Some(",
    "Some",
    "None",
    "()",
    "r#",
    "r#\"",
    "r",
    "b",
    "b\"",
    "b'",
    "/*",
    "*/",
    "//",
    "-",
    "+",
    "-1",
    "-0",
    "0",
    "00",
    "1.",
    ".5",
    "..",
    "_",
    "1_000",
    "e",
    "1e5",
    "NaN",
    "inf",
    "-inf",
    "inff32",
    "1.5f32",
    "3u8",
    "0x1f",
    "1e999",
    "256",
    "4294967296",
    "18446744073709551615",
    "18446744073709551616",
    "\\",
    "\\n",
    "\\x41",
    "\\xe9",
    "\\u{41}",
    "\\u{}",
    "\\u{d800}",
    "\\u{0000041}",
    "\\u{+41}",
    "\\\n ",
    "true",
    "false",
    "start:",
    "extra:",
    "extra: 1,",
    "extra: (a: [1]),",
    "é",
    "a-b",
    "#![enable(implicit_some)]",
    "#![enable(unwrap_newtypes)]",
    "Frame(",
    "Span",
    "@",
];

#[derive(Clone, Debug)]
enum Spoil {
    Put(&'static str),
    Cut(usize),
    Double(usize),
    End,
}

fn spoil() -> impl Strategy<Value = Spoil> {
    prop_oneof![
        6 => prop::sample::select(TOKENS).prop_map(Spoil::Put),
        2 => (1..12usize).prop_map(Spoil::Cut),
        2 => (1..40usize).prop_map(Spoil::Double),
        1 => Just(Spoil::End),
    ]
}

fn spoiled(text: &str, how: &[(prop::sample::Index, Spoil)]) -> String {
    let mut all: Vec<char> = text.chars().collect();
    for (at, spoil) in how {
        let at = at.index(all.len() + 1);
        let upto = |n: usize| (at + n).min(all.len());
        match spoil {
            Spoil::Put(token) => drop(all.splice(at..at, token.chars())),
            Spoil::Cut(n) => drop(all.drain(at..upto(*n))),
            Spoil::Double(n) => {
                let piece = all[at..upto(*n)].to_vec();
                drop(all.splice(at..at, piece));
            }
            Spoil::End => all.truncate(at),
        }
    }
    all.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_this_program_writes_is_read_quickly(mut dice in dice(600)) {
        let project = dice.project();
        for (text, taken) in files(&project) {
            // The one key of a code is a character, which is left to the crate.
            prop_assert!(taken(&text) || text.contains("shortcut:"), "{}", text);
        }
    }

    #[test]
    fn whatever_is_taken_of_a_spoiled_file_is_what_the_crate_reads(
        mut dice in dice(300),
        how in prop::collection::vec(prop::collection::vec((any::<prop::sample::Index>(), spoil()), 1..4), 20)
    ) {
        for (text, taken) in files(&dice.project()) {
            for how in &how {
                taken(&spoiled(&text, how));
            }
        }
    }

    #[test]
    fn any_row_of_tokens_is_what_the_crate_reads(row in prop::collection::vec(prop::sample::select(TOKENS), 0..8)) {
        let row = row.concat();
        for text in [row.clone(), format!("({row})"), format!("({row},)"), format!("[{row}]"), format!("\"{row}\"")] {
            every_type(&text);
        }
        for field in ["whole", "real", "text", "some", "list", "pair", "map", "kind", "yes"] {
            every_type(&format!("({field}: {row})"));
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[allow(dead_code, reason = "it is shown")]
struct All {
    whole: i8,
    count: u64,
    real: f64,
    small: f32,
    yes: bool,
    text: String,
    letter: char,
    some: Option<Box<Option<u8>>>,
    list: Vec<i32>,
    pair: (u8, String),
    map: BTreeMap<String, f64>,
    numbered: BTreeMap<u16, Kind>,
    kind: Kind,
    bytes: [u8; 3],
}

#[derive(Debug, Default, Deserialize)]
#[allow(dead_code, reason = "it is shown")]
enum Kind {
    #[default]
    Unit,
    One(Box<All>),
    Two(u8, Vec<Kind>),
    Named {
        kind: Box<Kind>,
    },
    #[serde(rename = "free-indirect")]
    Raw,
    Empty(),
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "it is shown")]
struct Newtype(u8);

fn every_type(text: &str) -> bool {
    let mut any = taken::<All>(text);
    any |= taken::<Kind>(text);
    any |= taken::<Newtype>(text);
    any |= taken::<Vec<Option<f64>>>(text);
    any |= taken::<(String, u8)>(text);
    any |= taken::<BTreeMap<String, Kind>>(text);
    any |= taken::<String>(text);
    any |= taken::<()>(text);
    any | taken::<Edit>(text)
}

#[test]
fn every_shape_that_is_written_is_taken() {
    for text in [
        "()",
        " ( whole : -128 , ) ",
        "(count: 18446744073709551615)",
        "(real: -0.0, small: 1e-45,)",
        "(real: inf, small: -inf)",
        "(real: NaN)",
        "(real: 3)",
        "(text: \"\")",
        "(text: \"a\\\"b\\\\c\\n\\r\\t\\0\\'\\u{301}\\u{10ffff}é\")",
        "(some: None)",
        "(some: Some( None ))",
        "(some: Some(Some(255,)),)",
        "(list: [])",
        "(list: [1, -2,\n3,],)",
        "(pair: (1, \"x\"))",
        "(map: {})",
        "(map: {\"a\": 1.5, \"b\\n\": 2,})",
        "(numbered: {7: Unit, 8: r#free-indirect})",
        "(kind: One((kind: Unit)))",
        "(kind: Two(1, [Unit, Named(kind: Unit)],))",
        "(kind: Named(kind: Two(1, [])))",
        "(kind: Empty())",
        "(yes: true, bytes: (1, 2, 3))",
        "\t\r\n(\r\nyes\t:\nfalse\r\n)\n",
    ] {
        assert!(every_type(text), "{text}");
    }
}

#[test]
fn every_other_shape_is_left_to_the_crate() {
    for text in [
        "",
        "All()",
        "( // nothing\n)",
        "(/* nothing */)",
        "#![enable(implicit_some)]\n(some: 1)",
        "(whole: +1)",
        "(whole: 128)",
        "(whole: 1_0)",
        "(whole: 0x1)",
        "(whole: 1i8)",
        "(count: -1)",
        "(count: b'a')",
        "(real: 1.0f64)",
        "(real: infinity)",
        "(real: +inf)",
        "(text: r\"raw\")",
        "(text: r#\"raw\"#)",
        "(text: \"a\\\n   b\")",
        "(text: \"\\x41\")",
        "(text: \"\\u{}\")",
        "(text: \"\\u{d800}\")",
        "(text: \"\\u{110000}\")",
        "(text: \"\\u{0000041}\")",
        "(text: \"\\é\")",
        "(text: \"open",
        "(text: \"open\\",
        "(letter: 'a')",
        "(extra: 1)",
        "(extra: [(a: {\"b\": Some(c)})], yes: true)",
        "(yes: true yes: true)",
        "(yes: true, yes: true)",
        "(yes: truex)",
        "(yes: trueé)",
        "(yes: true,,)",
        "(,)",
        "(yes true)",
        "(r#yes-: true)",
        "(pair: (1))",
        "(pair: (1, \"x\", 2))",
        "(bytes: (1, 2, 3, 4))",
        "(kind: Unit())",
        "(kind: One(Unit))",
        "(kind: Kind::Unit)",
        "(kind: free-indirect)",
        "(kind: Newer(1))",
        "(some: 1)",
        "(some: Somex(1))",
        "\u{feff}()",
        "(\u{a0})",
        "(\u{2028})",
        "() ()",
        "()x",
    ] {
        assert!(!taken::<All>(text), "{text}");
    }
}

#[test]
fn deep_nesting_ends_soon_and_never_later_than_in_the_crate() {
    for depth in (1..140).chain([100_000]) {
        for (open, close) in [
            ("(kind: One(", "))"),
            ("(kind: Two(1, [One(", ")]))"),
            ("(kind: Named(kind: One(", ")))"),
            ("(some: Some(", "))"),
            ("[", "]"),
            ("(", ")"),
        ] {
            let text = format!("{}(){}", open.repeat(depth), close.repeat(depth));
            taken::<All>(&text);
            taken::<Edit>(&open.repeat(depth));
        }
        for (open, close) in [("Named(kind: ", ")"), ("Two(1, [", "])")] {
            taken::<Kind>(&format!("{}Unit{}", open.repeat(depth), close.repeat(depth)));
        }
        let both = format!("{}{}", "Batch([".repeat(depth), "])".repeat(depth));
        taken::<Edit>(&both);
    }
    assert!(taken::<Kind>(&format!("{}Unit{}", "Named(kind: ".repeat(15), ")".repeat(15))));
}
