//! Documents that other programs wrote, where they lie beside the checkout; they are not part of this repository.

use std::fs;
use std::path::{Path, PathBuf};

use framelens::import::{Found, Options, Problem, read, read_bytes};

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/fixtures")).join(path);
    let there = path.exists();
    assert!(there || std::env::var_os("FRAMELENS_SHARED").is_none(), "there is no {}", path.display());
    there.then_some(path)
}

#[test]
#[ignore = "shows what is read"]
fn show() {
    for path in std::env::var("SHOW").unwrap_or_default().split(':') {
        let found = read(Path::new(path), &Options::default());
        println!("=== {path}");
        for candidate in found.articles {
            let a = candidate.article;
            println!("{:?}\n{:?}\n{:?}\n{}", a.metadata, a.parts, candidate.warnings, a.text);
        }
        println!("{:?}", found.skipped);
    }
}
