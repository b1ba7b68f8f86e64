//! Real files of news databases and agencies, where they lie beside the checkout; they are not part of this repository.

use std::fs;
use std::path::{Path, PathBuf};

use framelens::import::{Options, read};

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")).join(path);
    let there = path.exists();
    assert!(there || std::env::var_os("FRAMELENS_SHARED").is_none(), "there is no {}", path.display());
    there.then_some(path)
}

#[test]
fn show() {
    for dir in ["nexis", "factiva", "europresse", "newsml-nitf"] {
        let Some(dir) = shared(&format!("fixtures/{dir}")) else { return };
        let (files, _) = framelens::import::gather(&[dir]);
        for f in files {
            if f.ends_with("SOURCE.txt") { continue; }
            let found = read(&f, &Options::default());
            println!("=== {}", f.file_name().unwrap().to_string_lossy());
            for c in &found.articles {
                let m = &c.article.metadata;
                println!("  [{}] T={:?} O={:?} D={:?} A={:?} S={:?} L={:?} U={:?}", c.article.source.format, m.title, m.outlet, m.published, m.authors, m.section, m.language, m.url);
                for (k,v) in &m.variables { let v = format!("{v:?}"); println!("      {k} = {}", v.chars().take(150).collect::<String>()); }
                let t = &c.article.text; let cs: Vec<char> = t.chars().collect();
                if std::env::var("FULL").is_ok_and(|p| f.to_string_lossy().contains(&p)) { println!("{t}\n-----"); }
                println!("      TEXT {:?} … {:?}", cs.iter().take(240).collect::<String>(), cs[cs.len().saturating_sub(80)..].iter().collect::<String>());
                for w in &c.warnings { println!("      WARN {w}"); }
            }
            for s in &found.skipped { println!("  SKIP {s}"); }
        }
    }
}
