//! Floor 3, packs without texts: what they show is bounded, and with the texts they are the project again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::common::{Dice, dice};
use framelens::edit::{Desk, Edit};
use framelens::model::{
    Annotation, AnnotationId, Article, Coder, CoderId, Metadata, Origin, Project, QuoteKind, Source, Tag,
};
use framelens::store::{
    PackError, SHARE, Store, Texts, WORDS, pack, pack_without_texts, read_any, read_packed, rebuild, unpack,
};
use framelens::text::{CharSpan, OffsetMap};
use proptest::prelude::*;
use tempfile::TempDir;

fn texts(file: &Path, from: &[&Path]) -> Texts {
    let mut texts = Texts::withheld_by(file).unwrap();
    from.iter().for_each(|path| texts.look_in(path));
    texts
}

/// A long article without a word twice, and marks on it.
fn long(marks: &[(usize, usize)]) -> Project {
    let mut project = Project::new("Long");
    let coder: CoderId = "jl".parse().unwrap();
    project.coders.insert(coder.clone(), Coder { id: coder.clone(), name: "Jonna".to_owned() });
    let text: String = (0..600).map(|n| format!("word{n:04} ")).collect();
    let metadata = Metadata { title: "Long".to_owned(), ..Metadata::default() };
    let article = Article::new(text, metadata, vec![], Source::default());
    let at = Desk { coder, article: article.id.clone() };
    let map = OffsetMap::new(article.text.clone());
    project.articles.insert(article.id.clone(), Arc::new(article));
    for (start, end) in marks {
        let now = "2025-03-04T10:00:00Z".parse().unwrap();
        let mut annotation = Annotation {
            id: AnnotationId::new(),
            tag: Tag::Quote(QuoteKind::Direct),
            spans: vec![],
            anchors: vec![],
            attributes: Default::default(),
            memo: String::new(),
            origin: Origin::Hand,
            code_revision: 0,
            created: now,
            changed: now,
        };
        assert!(annotation.place(&map, vec![CharSpan::chars(*start, *end)]));
        let edit = Edit::Annotation { at: at.clone(), id: annotation.id, to: Some(Box::new(annotation)) };
        edit.apply(&mut project).unwrap();
    }
    project
}

/// What stands in the files of a pack, by asking the program that ordinary people would: they see the bytes unpacked.
fn contents(file: &Path) -> BTreeMap<String, String> {
    let bytes = fs::read(file).unwrap();
    let (mut at, mut all) = (0, BTreeMap::new());
    let u = |at: usize, n: usize| bytes[at..at + n].iter().rev().fold(0, |sum, b| sum << 8 | usize::from(*b));
    while bytes[at..].starts_with(b"PK\x03\x04") {
        let (method, packed, name) = (u(at + 8, 2), u(at + 18, 4), u(at + 26, 2));
        let body = &bytes[at + 30 + name..at + 30 + name + packed];
        let body = if method == 0 { body.to_vec() } else { miniz_oxide::inflate::decompress_to_vec(body).unwrap() };
        let name = String::from_utf8(bytes[at + 30..at + 30 + name].to_vec()).unwrap();
        at += 30 + name.len() + packed;
        all.insert(name, String::from_utf8(body).unwrap());
    }
    all
}

/// How many of the long article's words stand anywhere in a pack.
fn words_shown(file: &Path) -> usize {
    let all: String = contents(file).into_values().collect();
    (0..600).filter(|n| all.contains(&format!("word{n:04}"))).count()
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(here) = open.pop() {
        for entry in fs::read_dir(&here).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                all.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn with_the_texts_it_is_the_same_project(mut dice in dice(900), from in 0..3usize) {
        let project = dice.project();
        let keep = TempDir::new().unwrap();
        let file = keep.path().join("p.framelens");
        let shown = pack_without_texts(&project, &file, false).unwrap();
        prop_assert!(shown.most <= SHARE as f32 && shown.all <= SHARE as f32, "{:?}", shown);
        let again = keep.path().join("again");
        prop_assert_eq!(&pack_without_texts(&project, &again, false).unwrap(), &shown);
        prop_assert_eq!(fs::read(&file).unwrap(), fs::read(&again).unwrap());

        let folder = keep.path().join("folder");
        Store::create(&folder, &project).unwrap();
        let source = keep.path().join("source");
        match from {
            0 => fs::rename(keep.path().join("folder"), &source).unwrap(),
            1 => drop(pack(&project, &source, false).unwrap()),
            _ => {
                fs::create_dir_all(source.join("deep/down")).unwrap();
                for (n, article) in project.articles.values().enumerate() {
                    fs::write(source.join(format!("deep/down/{n}.txt")), &*article.text).unwrap();
                }
            }
        }
        let to = keep.path().join("rebuilt");
        prop_assert_eq!(rebuild(&file, &texts(&file, &[&source]), &to, false).unwrap(), vec![]);
        let opened = Store::open(&to).unwrap();
        prop_assert_eq!(&opened.notices, &Vec::<String>::new());
        prop_assert_eq!(&opened.project, &project);
        let whole = keep.path().join("whole");
        Store::create(&whole, &project).unwrap();
        prop_assert_eq!(files(&to), files(&whole), "to the last byte");
    }

    #[test]
    fn however_much_is_marked_little_is_shown(
        marks in prop::collection::vec((0..4000usize, 1..900usize), 1..40),
        orphans in any::<bool>(),
    ) {
        let marks: Vec<_> = marks.into_iter().map(|(start, length)| (start, start + length)).collect();
        let mut project = long(&marks);
        let coding = Arc::make_mut(project.codings.values_mut().next().unwrap());
        if orphans {
            // Words that are not where they were: they are locked, not shown.
            coding.orphans = std::mem::take(&mut coding.annotations);
            for orphan in coding.orphans.values_mut() {
                Arc::make_mut(orphan).spans.iter_mut().for_each(|s| *s = CharSpan::chars(s.start.0 + 3, s.end.0 + 3));
            }
        }
        let keep = TempDir::new().unwrap();
        let file = keep.path().join("p.framelens");
        let shown = pack_without_texts(&project, &file, false).unwrap();
        prop_assert!(shown.most <= SHARE as f32);
        let words = words_shown(&file);
        prop_assert!(words * 100 <= 600 * SHARE, "{} words are shown", words);
        prop_assert!(!orphans || words == 0);
        let source = keep.path().join("t.txt");
        fs::write(&source, &*project.articles.values().next().unwrap().text).unwrap();
        rebuild(&file, &texts(&file, &[&source]), &keep.path().join("to"), false).unwrap();
        prop_assert_eq!(Store::open(&keep.path().join("to")).unwrap().project, project);
    }
}

#[test]
fn a_few_marks_show_their_words_and_context() {
    let project = long(&[(900, 908), (1800, 2600)]);
    let keep = TempDir::new().unwrap();
    let file = keep.path().join("p.framelens");
    pack_without_texts(&project, &file, false).unwrap();
    let all: String = contents(&file).into_values().collect();
    assert!(all.contains("exact:\"word0100\""), "{all}");
    let cut: String = project.articles.values().next().unwrap().text.chars().skip(1800).take(WORDS).collect();
    assert!(all.contains(&format!("exact:\"{cut}\"")), "{all}");
    assert!(contents(&file).keys().all(|name| !name.contains(".txt")));
}

#[test]
fn what_texts_are_missing_is_told_and_left_out_on_request() {
    let project: Project = Dice::from((0..900u32).map(|n| n.wrapping_mul(2_654_435_761)).collect::<Vec<_>>()).project();
    assert!(project.articles.len() > 1);
    let keep = TempDir::new().unwrap();
    let (file, to) = (keep.path().join("p.framelens"), keep.path().join("to"));
    pack_without_texts(&project, &file, false).unwrap();
    for refused in [unpack(&file, &to).unwrap_err(), read_packed(&file).unwrap_err(), read_any(&file).unwrap_err()] {
        assert!(matches!(refused, PackError::TextsWithheld(_)), "{refused}");
    }
    let first = project.articles.values().next().unwrap();
    let source = keep.path().join("t.txt");
    // As another system writes it.
    fs::write(&source, format!("\u{feff}{}", first.text)).unwrap();
    let some = texts(&file, &[&source]);
    let error = rebuild(&file, &some, &to, false).unwrap_err();
    for id in project.articles.keys().skip(1) {
        assert!(error.to_string().contains(id.as_str()), "{error}");
    }
    assert!(!error.to_string().contains(first.id.as_str()) && !to.exists());
    let left_out = rebuild(&file, &some, &to, true).unwrap();
    assert_eq!(left_out, project.articles.keys().skip(1).cloned().collect::<Vec<_>>());
    let rebuilt = Store::open(&to).unwrap();
    assert_eq!(rebuilt.notices, Vec::<String>::new());
    assert_eq!(rebuilt.project.articles.keys().collect::<Vec<_>>(), [&first.id]);
    assert!(rebuilt.project.codings.iter().all(|(key, coding)| project.codings.get(key) == Some(coding)));

    let whole = keep.path().join("whole");
    pack(&project, &whole, false).unwrap();
    assert!(matches!(Texts::withheld_by(&whole), Err(PackError::HasTexts(_))));
}

#[test]
fn work_on_an_article_that_is_not_there_cannot_be_withheld() {
    let mut project = long(&[(900, 908)]);
    project.articles.clear();
    let keep = TempDir::new().unwrap();
    let file = keep.path().join("p.framelens");
    assert!(matches!(pack_without_texts(&project, &file, false), Err(PackError::TextNeeded(_))));
    assert!(!file.exists());
}
