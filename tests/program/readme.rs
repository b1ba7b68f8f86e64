//! The README names what there is.

use framelens::exchange::FORMATS;
use framelens::import::READERS;

#[test]
fn every_format_is_named_in_the_readme() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let formats = FORMATS.iter().map(|f| f.name()).chain(READERS.iter().map(|r| r.name()));
    let missing: Vec<_> = formats.filter(|name| !readme.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
