//! Floor 3, a project as one file: the same project gives the same bytes, what was packed is unpacked again, and a file
//! from outside brings nothing along that a project does not have.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::common::{Dice, dice};
use crate::zips::{Lie, zip};
use framelens::model::{Article, Metadata, Project, Source};
use framelens::store::{PackError, Store, StoreError, pack, read_any, read_packed, unpack};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use tempfile::TempDir;

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

fn some_project() -> Project {
    let mut runner = TestRunner::deterministic();
    let mut dice: Dice = prop::collection::vec(any::<u32>(), 900).new_tree(&mut runner).unwrap().current().into();
    dice.project()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn what_was_packed_is_unpacked_again(mut dice in dice(900)) {
        let project = dice.project();
        let keep = TempDir::new().unwrap();
        let (one, two) = (keep.path().join("one.framelens"), keep.path().join("two.framelens"));
        let receipt = pack(&project, &one, false).unwrap();
        prop_assert_eq!(receipt.bytes, fs::metadata(&one).unwrap().len());

        let folder = keep.path().join("study");
        prop_assert_eq!(unpack(&one, &folder).unwrap(), Vec::<String>::new());
        let opened = Store::open(&folder).unwrap();
        prop_assert_eq!(&opened.notices, &Vec::<String>::new());
        prop_assert_eq!(&opened.project, &project);
        let saved = keep.path().join("saved");
        Store::create(&saved, &project).unwrap();
        prop_assert_eq!(files(&folder), files(&saved), "the pack holds what a folder holds");
        prop_assert_eq!(receipt.files, files(&saved).len());

        // Packed again, from memory or from what was unpacked: the same bytes.
        prop_assert_eq!(&pack(&opened.project, &two, false).unwrap(), &receipt);
        prop_assert_eq!(fs::read(&one).unwrap(), fs::read(&two).unwrap());
        for path in [&one, &folder] {
            let read = read_any(path).unwrap();
            prop_assert_eq!(&read.project, &project);
            prop_assert_eq!(&read.notices, &Vec::<String>::new());
        }
        prop_assert_eq!(fs::read_dir(keep.path()).unwrap().count(), 4, "nothing is left beside");
    }
}

#[test]
fn two_projects_that_differ_have_packs_that_differ() {
    let keep = TempDir::new().unwrap();
    let mut project = some_project();
    let one = pack(&project, &keep.path().join("one"), false).unwrap();
    project.settings.blind = !project.settings.blind;
    let two = pack(&project, &keep.path().join("two"), false).unwrap();
    assert_ne!(one.content, two.content);
    assert_eq!(framelens::store::content_hash(&project), two.content);
}

#[test]
fn other_programs_read_a_pack_too() {
    // As far as a test can tell without one: what stands where in the bytes is what the format's description says.
    let keep = TempDir::new().unwrap();
    let out = keep.path().join("p.framelens");
    pack(&some_project(), &out, false).unwrap();
    let bytes = fs::read(&out).unwrap();
    assert_eq!(&bytes[..4], b"PK\x03\x04");
    let name = &bytes[30..30 + usize::from(bytes[26])];
    assert!(name.starts_with(b"articles/"), "{:?}", String::from_utf8_lossy(name));
    assert_eq!(&bytes[10..14], &[0, 0, 33, 0], "midnight, 1 January 1980");
}

#[test]
fn a_file_is_replaced_only_on_request_and_a_folder_only_when_empty() {
    let keep = TempDir::new().unwrap();
    let (out, folder) = (keep.path().join("p.framelens"), keep.path().join("study"));
    let project = some_project();
    fs::write(&out, "mine").unwrap();
    assert!(matches!(pack(&project, &out, false), Err(PackError::Exists(_))));
    assert_eq!(fs::read(&out).unwrap(), b"mine");
    pack(&project, &out, true).unwrap();
    fs::create_dir(&folder).unwrap();
    unpack(&out, &folder).unwrap();
    let before = files(&folder);
    let error = unpack(&out, &folder).unwrap_err();
    assert!(matches!(error, PackError::Store(StoreError::NotEmpty(_))), "{error}");
    assert_eq!(files(&folder), before);
    let file = keep.path().join("file");
    fs::write(&file, "mine").unwrap();
    assert!(unpack(&out, &file).is_err());
    assert!(unpack(&out, &file.join("below")).is_err());
    assert_eq!(fs::read(&file).unwrap(), b"mine");
    assert!(unpack(&keep.path().join("nowhere"), &keep.path().join("new")).is_err());
    assert_eq!(fs::read_dir(keep.path()).unwrap().count(), 3, "nothing is left beside");
    unpack(&out, &keep.path().join("deep/down/study")).unwrap();
}

#[test]
fn texts_that_say_one_thing_over_and_over_are_packed_and_read() {
    let mut project = Project::new("Echo");
    for n in 0..3 {
        let metadata = Metadata { title: format!("Echo {n}"), ..Metadata::default() };
        let article = Article::new("purge ".repeat(1 << 20), metadata, vec![], Source::default());
        project.articles.insert(article.id.clone(), Arc::new(article));
    }
    let keep = TempDir::new().unwrap();
    let out = keep.path().join("p.framelens");
    pack(&project, &out, false).unwrap();
    assert_eq!(read_packed(&out).unwrap().project, project);
}

#[test]
fn what_is_no_project_is_told_and_nothing_is_left_behind() {
    let keep = TempDir::new().unwrap();
    let out = keep.path().join("p.framelens");
    pack(&some_project(), &out, false).unwrap();
    let good = fs::read(&out).unwrap();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("not a zip file", vec![]),
        ("not a zip file", b"PK\x03\x04 and so on".to_vec()),
        ("not a zip file", good[..good.len() / 2].to_vec()),
        ("no project.ron", zip(&[])),
        ("codebook.ron", zip(&[Lie::honest("project.ron", &fs_of(&good, "project.ron"))])),
        ("project.ron in it cannot be read", zip(&[Lie::honest("project.ron", b"nonsense")])),
    ];
    for (words, bytes) in cases {
        refused(&bytes, words);
    }
}

/// What stands in a file of a pack.
fn fs_of(pack: &[u8], name: &str) -> Vec<u8> {
    let keep = TempDir::new().unwrap();
    let path = keep.path().join("p");
    fs::write(&path, pack).unwrap();
    unpack(&path, &keep.path().join("f")).unwrap();
    fs::read(keep.path().join("f").join(name)).unwrap()
}

/// Whoever unpacks these bytes is told so, in these words, and gets no folder.
fn refused(bytes: &[u8], words: &str) {
    let keep = TempDir::new().unwrap();
    let path = keep.path().join("p.framelens");
    fs::write(&path, bytes).unwrap();
    let told = unpack(&path, &keep.path().join("study")).unwrap_err().to_string();
    assert!(told.contains(words), "“{words}” is not in “{told}”");
    assert!(told.contains("p.framelens"), "{told}");
    assert_eq!(fs::read_dir(keep.path()).unwrap().count(), 1, "something was left behind: {words}");
    let told = read_packed(&path).unwrap_err().to_string();
    assert!(told.contains(words), "“{words}” is not in “{told}”");
}

/// A sound pack with one more file.
fn with(file: Lie) -> Vec<u8> {
    let keep = TempDir::new().unwrap();
    let folder = keep.path().join("p");
    Store::create(&folder, &some_project()).unwrap();
    let mut all: Vec<_> = files(&folder)
        .iter()
        .map(|(name, content)| Lie::honest(&name.to_str().unwrap().replace('\\', "/"), content))
        .collect();
    all.push(file);
    zip(&all)
}

#[test]
fn names_that_no_project_has_are_refused() {
    for name in [
        "../evil.ron",
        "/etc/evil.ron",
        "articles/../../evil.txt",
        "articles/..",
        "C:\\evil.txt",
        "C:evil.txt",
        "articles\\evil.txt",
        "//host/evil",
        "articles/evil.txt:hidden",
        "articles/nul.txt",
        "articles/evil.TXT",
        "articles/evil.sh",
        "backups/2025-01-01.framelens",
        "run-me.exe",
        "evil/",
        "coding/jl/deep/evil.ron",
        "\u{202e}txt.evil",
    ] {
        refused(&with(Lie::honest(name, b"evil")), "which no project has");
    }
    let told = {
        let keep = TempDir::new().unwrap();
        let path = keep.path().join("p");
        fs::write(&path, with(Lie::honest("../evil\u{1b}[2J", b""))).unwrap();
        unpack(&path, &keep.path().join("f")).unwrap_err().to_string()
    };
    assert!(told.contains("../evil\\u{1b}[2J"), "{told}");
}

#[test]
fn what_desktops_leave_in_a_zip_file_is_passed_over() {
    for name in ["__MACOSX/._project.ron", ".DS_Store", "articles/.DS_Store", "articles/", "coding/", "coding/jl/"] {
        let keep = TempDir::new().unwrap();
        let path = keep.path().join("p");
        fs::write(&path, with(Lie::honest(name, b""))).unwrap();
        unpack(&path, &keep.path().join("f")).unwrap();
        assert_eq!(Store::open(&keep.path().join("f")).unwrap().project, some_project());
        assert!(files(&keep.path().join("f")).keys().all(|p| !p.to_string_lossy().contains("DS_Store")));
    }
}

#[test]
fn lies_are_found_out() {
    let file = || Lie::honest("articles/evil.txt", b"some text, some text");
    let lie = |change: fn(&mut Lie)| {
        let mut file = file();
        change(&mut file);
        with(file)
    };
    refused(&lie(|f| f.attributes = 0o120_777 << 16), "is a link");
    refused(&lie(|f| f.flags = 1), "is encrypted");
    refused(&lie(|f| f.flags = 1 << 6), "is encrypted");
    refused(&lie(|f| f.method = 12), "packed in a way that is not known");
    refused(&lie(|f| f.crc ^= 1), "is damaged");
    refused(&lie(|f| f.size += 1), "is damaged");
    refused(&lie(|f| f.method = 8), "is damaged");
    refused(&lie(|f| f.name = b"articles/\xff.txt".to_vec()), "which no project has");
    refused(&lie(|f| f.at = Some(0)), "lies where another file lies");
    refused(&lie(|f| f.at = Some(u32::MAX - 1)), "lies where another file lies");
    refused(&lie(|f| f.name = b"project.ron".to_vec()), "stands in it twice");
    refused(&lie(|f| f.name = b"PROJECT.RON".to_vec()), "stands in it twice");
    // The name in the table is not the one beside the file.
    let mut bytes = with(file());
    let first = bytes.windows(17).position(|w| w == b"articles/evil.txt").unwrap();
    bytes[first + 9] = b'a';
    refused(&bytes, "is damaged");
}

#[test]
fn what_would_fill_the_disk_is_refused() {
    let packed = |content: &[u8]| miniz_oxide::deflate::compress_to_vec(content, 9);
    let zeros = vec![0; 64 << 20];
    let bomb = |size: u32| {
        let body = packed(&zeros);
        with(Lie { method: 8, body, size, crc: crate::zips::crc32(b""), ..Lie::honest("articles/evil.txt", b"") })
    };
    refused(&bomb(64 << 20), "to fill the disk");
    refused(&bomb(u32::MAX), "is larger than 256 MB");
    // It says that it is small.
    refused(&bomb(100), "to fill the disk");
    refused(&bomb(0), "to fill the disk");
    // Many that are each small enough.
    let body = packed(&zeros[..1 << 20]);
    let crc = crate::zips::crc32(&zeros[..1 << 20]);
    let many: Vec<_> = (0..100)
        .map(|n| Lie {
            method: 8,
            body: body.clone(),
            size: 1 << 20,
            crc,
            ..Lie::honest(&format!("articles/a{n}.txt"), b"")
        })
        .collect();
    refused(&zip(&many), "to fill the disk");
    // A table of contents that counts more than anybody has: it is told before it is read.
    let mut bytes = zip(&[]);
    bytes.truncate(0);
    bytes.extend(*b"PK\x06\x06");
    bytes.extend(44u64.to_le_bytes());
    bytes.extend([0; 12]);
    for n in [1u64 << 40, 1 << 40, 0, 0] {
        bytes.extend(n.to_le_bytes());
    }
    bytes.extend(*b"PK\x06\x07\0\0\0\0");
    bytes.extend(0u64.to_le_bytes());
    bytes.extend(1u32.to_le_bytes());
    bytes.extend(*b"PK\x05\x06\0\0\0\0");
    bytes.extend([0xff; 12]);
    bytes.extend([0, 0]);
    refused(&bytes, "no more than 500000 are read");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let keep = TempDir::new().unwrap();
    let pipe = keep.path().join("pipe");
    if std::process::Command::new("mkfifo").arg(&pipe).status().is_ok_and(|s| s.success()) {
        // Opened for both, so that opening it for reading does not wait either.
        let _both = fs::OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
        assert!(unpack(&pipe, &keep.path().join("f")).unwrap_err().to_string().contains("it is not a file"));
    }
}
