//! Web Annotations and TEI of other programs, where they lie beside the checkout; they are not part of this repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use framelens::exchange::{Bundle, Joined, Problem, Reading, format, read};
use framelens::model::{Annotation, Article, EntityKind, Metadata, Project, Source, Tag};
use jiff::Timestamp;

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")).join(path);
    let there = path.exists();
    assert!(there || std::env::var_os("FRAMELENS_SHARED").is_none(), "there is no {}", path.display());
    there.then_some(path)
}

fn files(folder: &Path, ending: &str, out: &mut Vec<PathBuf>) {
    let mut all: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    all.sort();
    for path in all {
        if path.is_dir() {
            files(&path, ending, out);
        } else if path.extension().is_some_and(|e| e == ending) {
            out.push(path);
        }
    }
}

fn bring(known: &Project, path: &Path, name: &str) -> Result<Joined, Problem> {
    let reading = Reading { coder: "somebody".to_owned(), now: Timestamp::UNIX_EPOCH };
    read(known, &Bundle::open(path)?, format(name).unwrap(), &reading)
}

fn words(project: &Project) -> Vec<(&Annotation, String)> {
    let cut = |text: &str, a: &Annotation| {
        let one = |s: &framelens::text::CharSpan| text.chars().skip(s.start.0).take(s.len()).collect::<String>();
        a.spans.iter().map(one).collect::<Vec<_>>().join(" … ")
    };
    project.annotations().map(|(_, article, a)| (a, cut(&project.articles[article].text, a))).collect()
}

/// Texts for the two addresses at which the suite’s examples choose words.
fn with_texts() -> Project {
    let mut project = Project::new("");
    let page =
        "A note: this is an anotation that has some faults.\n\nThe text before the Selected Text and text after it.";
    let book = "The ferry came late, and nobody on the quay said a word about it. ".repeat(20);
    for (url, text) in [("http://example.org/page1", page), ("http://example.org/ebook1", book.as_str())] {
        let metadata = Metadata { title: url.into(), url: Some(url.into()), ..Metadata::default() };
        let article = Article::new(text, metadata, vec![], Source::default());
        project.articles.insert(article.id.clone(), Arc::new(article));
    }
    project
}

#[test]
fn web_annotations_of_the_suite_are_read_or_told() {
    let Some(folder) = shared("fixtures/w3c-web-annotation") else { return };
    let mut all = Vec::new();
    files(&folder, "json", &mut all);
    files(&folder, "jsonld", &mut all);
    assert_eq!(all.len(), 84);
    let known = with_texts();
    let (mut refused, mut marks, mut quoted, mut placed) = (Vec::new(), 0, 0, 0);
    for path in &all {
        let name = path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
        // Without the texts nothing can be read, and that is said.
        match bring(&Project::new(""), path, "w3c") {
            Err(problem) => assert!(problem.to_string().len() > 10, "{name}"),
            Ok(Joined { project, report }) => {
                assert_eq!(project.annotations().count(), 0, "{name}");
                assert!(!report.told.is_empty(), "{name}");
            }
        }
        match bring(&known, path, "w3c") {
            Err(_) => refused.push(name),
            Ok(Joined { project, report }) => {
                assert_eq!(project.faults(), vec![], "{name}");
                let said = project.annotations().count() + report.told.len();
                assert!(said > 0, "{name} says nothing");
                for (_, words) in words(&project) {
                    marks += 1;
                    match words.as_str() {
                        "anotation" | "Selected Text" => quoted += 1,
                        long => {
                            let book = project.articles.values().find(|a| a.text.starts_with("The ferry")).unwrap();
                            assert_eq!(long, book.text.chars().skip(412).take(795 - 412).collect::<String>(), "{name}");
                            placed += 1;
                        }
                    }
                }
            }
        }
    }
    println!("{marks} annotations ({quoted} quoted, {placed} placed); refused: {refused:#?}");
    // As many as there are selectors of text on these two pages in all of the files.
    assert_eq!((marks, quoted, placed), (10, 7, 3));
    // No JSON (one that is none, eight with a comma too many), no annotation (three others), and two of the three files
    // for programs: a context and a frame.
    assert_eq!(refused.len(), 14, "{refused:#?}");
}

/// The words between the tags of the texts of a TEI file, without white space; made without any of our own reading.
fn plain(xml: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = xml;
    while let Some(at) = [rest.find("<text>"), rest.find("<text ")].into_iter().flatten().min() {
        let end = rest[at..].find("</text>").unwrap() + at;
        let mut words = String::new();
        let mut inside = false;
        for c in rest[at..end].chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside && !c.is_whitespace() => words.push(c),
                _ => {}
            }
        }
        for (name, c) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")] {
            words = words.replace(name, c);
        }
        out.push(words);
        rest = &rest[end..];
    }
    out
}

#[test]
fn tei_texts_are_read_to_the_last_character() {
    let Some(folder) = shared("fixtures/tei") else { return };
    let mut all = Vec::new();
    files(&folder, "xml", &mut all);
    assert_eq!(all.len(), 9);
    let (mut texts, mut marks) = (0, Vec::new());
    for path in &all {
        let Joined { project, report } = bring(&Project::new(""), path, "tei").unwrap();
        assert_eq!(project.faults(), vec![]);
        let squeezed = |a: &Article| a.text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let mut read: Vec<String> = project.articles.values().map(|a| squeezed(a)).collect();
        let mut there = plain(&fs::read_to_string(path).unwrap());
        read.sort();
        there.sort();
        for (read, there) in read.iter().zip(&there) {
            let at = read.chars().zip(there.chars()).take_while(|(a, b)| a == b).count();
            let here = |s: &str| s.chars().skip(at.saturating_sub(20)).take(60).collect::<String>();
            assert!(read == there, "{}: {} instead of {}", path.display(), here(read), here(there));
        }
        assert_eq!(read.len(), there.len());
        texts += read.len();
        marks.extend(words(&project).into_iter().map(|(a, words)| (a.tag.clone(), words)));
        println!("{}: {} {:?}", path.display(), report.sentence(), report.told);
    }
    println!("{texts} texts, {marks:#?}");
    assert_eq!(texts, 11);
    // A name, and a segment of a type that somebody gave it; everything else in these files is grammar and layout.
    let code = |tag: &Tag| tag.code().is_some();
    assert_eq!(marks.len(), 2);
    assert!(code(&marks[0].0) && marks[0].1 == "E N D E.");
    assert_eq!(marks[1], (Tag::Entity(EntityKind::Person), "Anne".to_owned()));
}
