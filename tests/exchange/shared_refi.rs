//! Files that other programs wrote, which lie beside the repository: REFI-QDA projects, and a Taguette project.

use std::path::{Path, PathBuf};

use framelens::exchange::{Bundle, Joined, Reading, format, read, recognise};
use framelens::model::Project;
use jiff::Timestamp;

fn folder(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var("FRAMELENS_SHARED").as_deref() != Ok("required"), "{} is missing", folder.display());
    None
}

fn joined(path: &Path, name: &str) -> Joined {
    let bundle = Bundle::open(path).unwrap();
    assert_eq!(recognise(&bundle).map(framelens::exchange::Format::name), Some(name), "{}", path.display());
    let reading = Reading { coder: "somebody".to_owned(), now: Timestamp::UNIX_EPOCH };
    let joined = read(&Project::new(""), &bundle, format(name).unwrap(), &reading).unwrap();
    assert_eq!(joined.project.faults(), []);
    joined
}

/// Every stretch that was read, in order: `start` in code points, and its words.
fn words(project: &Project) -> Vec<(usize, String)> {
    let spans = project.annotations().flat_map(|(.., a)| a.spans.iter().zip(&a.anchors));
    let mut all: Vec<_> = spans.map(|(span, anchor)| (span.start.0, anchor.exact.clone())).collect();
    all.sort();
    all
}

/// The places of a project’s file, cut out of a text in an independent way.
fn slices(qde: &str, source: &str, text: &[u16]) -> Vec<String> {
    let at = qde.find(source).unwrap();
    let body = &qde[at..qde[at..].find("</TextSource>").map_or(qde.len(), |end| at + end)];
    let number = |selection: &str, name: &str| -> usize {
        let from = selection.find(name).unwrap() + name.len() + 2;
        selection[from..].split('"').next().unwrap().parse().unwrap()
    };
    let mut out = Vec::new();
    for selection in body.split("<PlainTextSelection ").skip(1) {
        let (start, end) = (number(selection, "startPosition"), number(selection, "endPosition"));
        let words = String::from_utf16(&text[start..end]).unwrap().replace("\r\n", "\n").replace('\r', "\n");
        for _ in selection.matches("<CodeRef ") {
            out.push(words.clone());
        }
    }
    out.sort();
    out
}

#[test]
fn nvivo_counts_utf16_and_two_for_a_line_end() {
    let Some(folder) = folder("refi-qda") else { return };
    let path = folder.join("DEpt-metagenom+pyqdpx/oltas0517.qdpx");
    let Joined { project, report } = joined(&path, "refi-qda");
    assert_eq!((project.articles.len(), report.new_annotations), (2, 303));
    assert!(report.told.iter().any(|t| t.contains("UTF-16")), "{:?}", report.told);
    let bundle = Bundle::open(&path).unwrap();
    let qde = bundle.text("project.qde").unwrap();
    let text = bundle.text("Sources/68bbdc14-c361-4432-b4dd-ae1dbfc12890.txt").unwrap();
    let text: Vec<u16> = text.trim_start_matches('\u{feff}').encode_utf16().collect();
    let expected = slices(&qde, "guid=\"68bbdc14-c361-4432-b4dd-ae1dbfc12890\"", &text);
    let mut read: Vec<String> = words(&project).into_iter().map(|(_, words)| words).collect();
    read.sort();
    assert_eq!(read, expected);
    // Most of them are whole words.
    let whole = read.iter().filter(|w| w.trim() == *w).count();
    assert!(whole > 280, "{whole}");
}

#[test]
fn qualitative_coding_counts_code_points() {
    let Some(folder) = folder("refi-qda") else { return };
    let path = folder.join("cproctor+qualitative-coding/qualitative_coding/demo.qdpx");
    let Joined { project, report } = joined(&path, "refi-qda");
    assert_eq!((project.articles.len(), report.new_annotations), (2, 205));
    let bundle = Bundle::open(&path).unwrap();
    let qde = bundle.text("project.qde").unwrap();
    // No character of it takes two units.
    let text: Vec<u16> = bundle.text("sources/board_2017.txt").unwrap().encode_utf16().collect();
    let mut read: Vec<String> = words(&project).into_iter().map(|(_, words)| words).collect();
    read.sort();
    assert_eq!(read, slices(&qde, "plainTextPath=\"board_2017.txt\"", &text));
}

#[test]
fn projects_without_their_texts_say_so() {
    let Some(folder) = folder("refi-qda") else { return };
    let Joined { project, report } = joined(&folder.join("sky-loom+refi-qda/TestProject.qdpx"), "refi-qda");
    assert_eq!((project.articles.len(), report.new_annotations), (0, 0));
    assert_eq!(project.codebook.codes.len(), 14);
    assert!(report.told.iter().any(|t| t.starts_with("texts are not in the file")), "{:?}", report.told);
    let samples = folder.join("enricllagostera+ponte/process/ref_materials/samples");
    for (name, codes) in [("blank-atlas-project.qdpx", 0), ("target-atlas-project.qdpx", 3)] {
        let Joined { project, .. } = joined(&samples.join(name), "refi-qda");
        assert_eq!(project.codebook.codes.len(), codes, "{name}");
    }
}

#[test]
fn taguette_counts_bytes() {
    let Some(folder) = folder("taguette") else { return };
    let Joined { project, report } = joined(&folder.join("frames.sqlite3"), "taguette");
    assert_eq!((project.articles.len(), report.new_annotations), (1, 3));
    let read: Vec<String> = words(&project).into_iter().map(|(_, words)| words).collect();
    assert_eq!(read, ["😀 were lost", "costs", "Voters blamed leaders"]);
    assert_eq!(report.told, ["the description of the whole project was left out"]);
    let paths: Vec<String> = project.codebook.codes.keys().map(|id| project.codebook.path(id)).collect();
    assert_eq!(paths.len(), 3);
    assert!(paths.contains(&"Economic / Jobs".to_owned()), "{paths:?}");
}
