//! Ten thousand saved pages and ten thousand articles in JSON Lines: articles a second on all cores, and memory; and the
//! same pages by trafilatura in the same run, where `FRAMELENS_PYTHON` names a Python that has it.
//!
//! The pages are those in ../shared/fixtures where they lie beside the checkout, over and over, and else pages of our
//! own. Each step runs in a process of its own, so that its memory can be told.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use framelens::import::{Options, gather, read_all};

const ARTICLES: usize = 10_000;
/// How many pages are read beside another program.
const SAMPLE: usize = 1_000;
const READ: &str = "--read";

/// What this process holds in memory at its largest, in MB. Linux alone says so.
fn most() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM:"));
    let kb = line.and_then(|l| l.split_whitespace().nth(1)?.parse::<usize>().ok());
    kb.map_or_else(|| "memory not known".to_owned(), |kb| format!("{} MB at most", kb >> 10))
}

/// The pages that others are tested with, or some of our own.
fn pages() -> (Vec<Vec<u8>>, &'static str) {
    let shared = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/fixtures"));
    let folders = ["mozilla-readability", "eval-html", "news-html"].map(|f| shared.join(f));
    let (files, _) = gather(&folders.into_iter().filter(|f| f.is_dir()).collect::<Vec<_>>());
    let is_page = |p: &&PathBuf| p.extension().is_some_and(|e| e == "html") && !p.ends_with("expected.html");
    let real: Vec<_> = files.iter().filter(is_page).map(|p| std::fs::read(p).unwrap()).collect();
    if !real.is_empty() {
        return (real, "real pages, over and over");
    }
    let page = |n: usize| {
        let mut page = format!(
            "<html><head><title>Ferry {n} | Post</title></head><body><nav><a href=/>Home</a></nav><article><h1>Ferry {n} to stop at dusk</h1>"
        );
        for line in 0..20 {
            let _ = write!(
                page,
                "<p>The council said on day {line} that boat {n} would leave at six, and that nobody who lived there had been asked before.</p>"
            );
        }
        (page + "</article><footer>Imprint, terms, contact</footer></body></html>").into_bytes()
    };
    ((0..50).map(page).collect(), "pages of our own")
}

fn main() {
    let said: Vec<String> = std::env::args().collect();
    if let Some(at) = said.iter().position(|s| s == READ) {
        return read(Path::new(&said[at + 1]));
    }
    let place = tempfile::tempdir().unwrap();
    let (pages, what) = pages();
    let write = |folder: &Path, count: usize| {
        std::fs::create_dir(folder).unwrap();
        for n in 0..count {
            // No two are the same.
            let page = [pages[n % pages.len()].as_slice(), format!("<!-- {n} -->").as_bytes()].concat();
            std::fs::write(folder.join(format!("{n:05}.html")), page).unwrap();
        }
    };
    let folder = place.path().join("pages");
    write(&folder, ARTICLES);
    println!("{ARTICLES} pages ({what})");
    child(&folder);
    let lines = place.path().join("articles.jsonl");
    let mut text = String::new();
    for n in 0..ARTICLES {
        let body =
            "The council said that the last boat would leave at six, and that nobody had been asked. ".repeat(40);
        let _ = writeln!(
            text,
            r#"{{"title":"Ferry {n}","outlet":"Post","date":"2025-03-04","text":"Boat {n}.\n\n{body}"}}"#
        );
    }
    std::fs::write(&lines, text).unwrap();
    println!("{ARTICLES} articles in JSON Lines");
    child(&lines);
    let Some(python) = std::env::var_os("FRAMELENS_PYTHON") else { return };
    let few = place.path().join("few");
    write(&few, SAMPLE);
    println!("{SAMPLE} of the pages, here and by trafilatura");
    child(&few);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/beside_trafilatura.py");
    assert!(Command::new(python).arg(script).arg(&few).status().unwrap().success());
}

fn child(path: &Path) {
    let this = std::env::current_exe().unwrap();
    assert!(Command::new(this).arg(READ).arg(path).status().unwrap().success());
}

fn read(path: &Path) {
    let start = Instant::now();
    let found = read_all(&[path.to_owned()], &Options::default(), |_, _| true);
    let seconds = start.elapsed().as_secs_f64();
    let (articles, skipped) = (found.articles.len(), found.skipped.len());
    let rate = articles as f64 / seconds;
    println!("  {articles} articles, {skipped} refused, in {seconds:.2} s: {rate:.0} a second, {}", most());
}
