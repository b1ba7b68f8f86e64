//! Words a second of the detector, layer by layer, on a text made of the sample project's articles.
//!
//! `cargo bench --no-default-features --bench detect`

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use framelens::detect::{Detector, Input, Rules};
use framelens::model::Layer;
use framelens::text::Document;

/// How long the text is, in bytes.
const LENGTH: usize = 5_000_000;
const ROUNDS: usize = 3;

fn text() -> std::io::Result<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("projects/harbour-purge/articles");
    let mut files: Vec<_> = std::fs::read_dir(folder)?.filter_map(|f| Some(f.ok()?.path())).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "txt"));
    files.sort();
    let mut once = String::new();
    for file in files {
        once.push_str(&std::fs::read_to_string(file)?);
        once.push_str("\n\n");
    }
    Ok(once.repeat(LENGTH / once.len() + 1))
}

fn best(mut work: impl FnMut()) -> Duration {
    let time = |_| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..ROUNDS).map(time).min().unwrap_or_default()
}

fn main() -> std::io::Result<()> {
    let text = text()?;
    let words = text.split_whitespace().count() as f64;
    println!("{} bytes, {words} words, one thread, best of {ROUNDS}", text.len());
    let rules = Rules::default();
    let document = Document::new(text.as_str());
    let input = Input { document: &document, parts: &[] };
    let report = |name: &str, time: Duration| println!("{name:>10}: {:9.0} words a second", words / time.as_secs_f64());
    report("reading", best(|| drop(black_box(Document::new(text.as_str())))));
    for (name, layers) in [
        ("entities", &[Layer::Entity][..]),
        ("quotes", &[Layer::Quote]),
        ("claims", &[Layer::Claim]),
        ("cues", &[Layer::Frame]),
        ("all", Layer::ALL),
    ] {
        report(name, best(|| drop(black_box(rules.detect(input, layers)))));
    }
    Ok(())
}
