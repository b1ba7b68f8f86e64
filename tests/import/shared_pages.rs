//! Real files of other programs, where they lie beside the checkout; they are not part of this repository.

use std::fs;
use std::path::{Path, PathBuf};

use framelens::import::{Options, Problem, gather, read};

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")).join(path);
    let there = path.exists();
    assert!(there || std::env::var_os("FRAMELENS_SHARED").is_none(), "there is no {}", path.display());
    there.then_some(path)
}

#[test]
fn the_seed_article_is_read() {
    let Some(path) = shared("seed/article.txt") else { return };
    let article = read(&path, &Options::default()).whole().unwrap().remove(0);
    assert_eq!(&*article.text, fs::read_to_string(path).unwrap());
}

/// How much of the expected words is found, and how much of what is found is expected.
fn overlap(found: &str, expected: &str) -> f64 {
    let bag = |text: &str| {
        let mut bag = std::collections::HashMap::<String, usize>::new();
        for word in text.split_whitespace() {
            *bag.entry(word.to_lowercase()).or_default() += 1;
        }
        bag
    };
    let (found, expected) = (bag(found), bag(expected));
    let both: usize = found.iter().map(|(w, n)| (*n).min(expected.get(w).copied().unwrap_or(0))).sum();
    2.0 * both as f64 / (found.values().sum::<usize>() + expected.values().sum::<usize>()).max(1) as f64
}

#[test]
fn real_pages_give_articles() {
    let folders = ["html-small", "news-html", "mozilla-readability", "eval-html"];
    let paths: Vec<_> = folders.iter().filter_map(|f| shared(&format!("fixtures/{f}"))).collect();
    let (files, errors) = gather(&paths);
    assert!(errors.is_empty());
    let (mut scores, mut refused) = (Vec::new(), Vec::new());
    for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "html") && !f.ends_with("expected.html")) {
        match read(file, &Options::default()).whole() {
            Ok(articles) => {
                let expected = file.with_file_name("expected.html");
                if let Some(expected) = fs::read_to_string(expected).ok().filter(|_| file.ends_with("source.html")) {
                    // The expected page is bare content, so its own tags are all there is to take away.
                    let bare = dom_query::Document::from(expected).formatted_text();
                    scores.push((overlap(&articles[0].text, &bare), file.clone()));
                }
            }
            Err(error) => {
                assert!(!matches!(error.problem, Problem::Panicked | Problem::TooSlow { .. }), "{error}");
                refused.push(error.to_string());
            }
        }
    }
    if scores.is_empty() {
        return;
    }
    scores.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mean = scores.iter().map(|s| s.0).sum::<f64>() / scores.len() as f64;
    println!("mean F1 of words {mean:.4} over {} pages; refused: {refused:#?}", scores.len());
    for (score, file) in scores.iter().take(5) {
        println!("{score:.3} {}", file.display());
    }
    assert!(mean > 0.95, "{mean}");
}
