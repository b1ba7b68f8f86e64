//! Bytes spoiled at random, fed to everything in the store that reads: nothing panics, memory stays bounded, and what is
//! accepted is written again and read again as the same.
//!
//! In a normal run some thousand inputs, always the same. For a long one:
//! `FRAMELENS_FUZZ=1000000 cargo test --release --no-default-features --test hardship fuzz -- --nocapture`; FRAMELENS_FUZZ_SEED
//! begins it elsewhere. An input that fails is made as small as it goes and kept in `tests/corpus/found/`, from where it is
//! tried in every run from then on.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::zips::{Lie, zip};
use framelens::store::{Store, Texts, pack, read_any, read_packed, rebuild, rewritten, unpack};
use tempfile::TempDir;

/// One kind of file. To have another one spoiled, add a row here and files to its folder.
struct Kind {
    /// The name by which a failure is kept.
    name: &'static str,
    /// Where the files are that it begins with, below `tests/corpus`, and how their names begin.
    corpus: (&'static str, &'static str),
    /// How often it is tried, against the others.
    weight: usize,
    spoil: Spoil,
    /// Reads it; `true` where it was accepted. What else must hold is asserted.
    read: fn(&Bench, &[u8]) -> bool,
}

/// Spoils one file of a corpus; pieces of the others may come into it.
type Spoil = fn(&mut Chance, &[u8], &[Vec<u8>]) -> Vec<u8>;

const KINDS: &[Kind] = &[
    Kind { name: "project", corpus: ("ron", "project"), weight: 18, spoil: bytes, read: |_, b| ron("project.ron", b) },
    Kind {
        name: "codebook",
        corpus: ("ron", "codebook"),
        weight: 18,
        spoil: bytes,
        read: |_, b| ron("codebook.ron", b),
    },
    Kind {
        name: "entities",
        corpus: ("ron", "entities"),
        weight: 12,
        spoil: bytes,
        read: |_, b| ron("entities.ron", b),
    },
    Kind {
        name: "article",
        corpus: ("ron", "article"),
        weight: 18,
        spoil: bytes,
        read: |_, b| ron("articles/a.ron", b),
    },
    Kind {
        name: "coding",
        corpus: ("ron", "coding"),
        weight: 18,
        spoil: bytes,
        read: |_, b| ron("coding/jl/a.ron", b),
    },
    Kind { name: "packed", corpus: ("zip", "packed"), weight: 8, spoil: bytes, read: packed },
    Kind { name: "packed-within", corpus: ("zip", "packed"), weight: 2, spoil: within, read: packed },
    Kind { name: "textless", corpus: ("zip", "textless"), weight: 4, spoil: bytes, read: textless },
    Kind { name: "textless-within", corpus: ("zip", "textless"), weight: 2, spoil: within, read: textless },
    Kind { name: "journal", corpus: ("journal", "journal"), weight: 8, spoil: bytes, read: journal },
    Kind { name: "journal-within", corpus: ("journal", "journal"), weight: 12, spoil: lines, read: journal },
];

/// A place for files, and the texts of those that are withheld.
struct Bench {
    keep: TempDir,
    texts: PathBuf,
}

fn ron(name: &str, bytes: &[u8]) -> bool {
    let Ok(once) = rewritten(name, bytes) else { return false };
    let twice = rewritten(name, once.as_bytes());
    assert_eq!(twice.ok().as_deref(), Some(once.as_str()), "{name} is not read again as it was written");
    true
}

fn packed(bench: &Bench, bytes: &[u8]) -> bool {
    let file = bench.keep.path().join("p.framelens");
    fs::write(&file, bytes).unwrap();
    let Ok(read) = read_packed(&file) else { return false };
    // What is told makes a folder read-only: then not all of it is there to be written.
    if read.notices.is_empty() {
        let again = bench.keep.path().join("again.framelens");
        pack(&read.project, &again, true).unwrap();
        assert_eq!(read_any(&again).unwrap().project, read.project, "it is not read again as it was packed");
    }
    true
}

fn textless(bench: &Bench, bytes: &[u8]) -> bool {
    let (file, folder) = (bench.keep.path().join("t.framelens"), bench.keep.path().join("rebuilt"));
    fs::write(&file, bytes).unwrap();
    assert!(unpack(&file, &folder).is_err() || fs::remove_dir_all(&folder).is_ok());
    let Ok(mut texts) = Texts::withheld_by(&file) else { return false };
    texts.look_in(&bench.texts);
    let rebuilt = rebuild(&file, &texts, &folder, true);
    assert_eq!(rebuilt.is_ok(), folder.exists(), "a folder appears when it is whole, or not at all");
    if rebuilt.is_err() {
        return false;
    }
    Store::open(&folder).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    true
}

/// A journal that a crash left in the project of the first pack.
fn journal(bench: &Bench, bytes: &[u8]) -> bool {
    let root = bench.keep.path().join("crashed");
    if !root.exists() {
        unpack(&corpus_folder("zip").join("packed-1.framelens"), &root).unwrap();
        fs::create_dir(root.join("journal")).unwrap();
    }
    fs::write(root.join("journal/a.journal"), bytes).unwrap();
    let opened = Store::open(&root).unwrap();
    let brought_back = !opened.recovered.is_empty();
    // Whatever came back can be kept.
    let file = bench.keep.path().join("j.framelens");
    pack(&opened.project, &file, true).unwrap();
    brought_back
}

/// Spoils what a line of a journal holds, and mends its checksum.
fn lines(chance: &mut Chance, from: &[u8], others: &[Vec<u8>]) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = from.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    lines.pop();
    let which = chance.below(lines.len());
    if let Some(line) = lines.get_mut(which).filter(|line| line.len() > 17) {
        let mut payload = bytes(chance, &line[17..], others);
        payload.retain(|b| *b != b'\n');
        *line = [&blake3::hash(&payload).to_hex().as_bytes()[..16], b" ", &payload[..]].concat();
    }
    lines.iter().flat_map(|line| [&line[..], b"\n"].concat()).collect()
}

/// Chance that can be had again.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: usize) -> usize {
        ((self.next() >> 33) as usize) % n.max(1)
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    fn stretch(&mut self, bytes: &[u8]) -> std::ops::Range<usize> {
        let start = self.below(bytes.len() + 1);
        let most = if self.below(4) == 0 { bytes.len() } else { 24 };
        start..(start + self.below(most + 1)).min(bytes.len())
    }
}

const WORDS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"",
    "\\",
    "'",
    "r#\"",
    "//",
    "/*",
    "Some(",
    "None",
    "-1",
    "0",
    "1e999",
    "NaN",
    "18446744073709551616",
    "18446744073709551615",
    "4294967296",
    "9999-12-31T23:59:59Z",
    "-009999-01-01T00:00:00Z",
    "..",
    "../",
    "/",
    "\u{0}",
    "\u{202e}",
    "\u{10ffff}",
    "format: 3,",
    "format: 1,",
    "id:",
    "start: 9, end: 3",
    "#![enable()]",
    "#![enable(implicit_some)]",
    "#![enable(unwrap_newtypes)]",
    "PK\u{1}\u{2}",
    "PK\u{3}\u{4}",
    "PK\u{5}\u{6}",
    "((((((((((((((((",
];

/// Spoils bytes in one to eight ways; mostly in few, so that some of them are still accepted.
fn bytes(chance: &mut Chance, from: &[u8], others: &[Vec<u8>]) -> Vec<u8> {
    let mut out = from.to_vec();
    let most = chance.below(8) + 1;
    for _ in 0..=chance.below(most) {
        let at = chance.below(out.len() + 1);
        match chance.below(11) {
            0 | 1 if at < out.len() => out[at] ^= 1 << chance.below(8),
            2 if at < out.len() => out[at] = chance.next() as u8,
            3 => drop(out.drain(chance.stretch(&out))),
            4 => {
                let word = chance.of(WORDS).as_bytes().to_vec();
                out.splice(at..at, word);
            }
            5 => {
                let other: &Vec<u8> = chance.of(others);
                let (piece, place) = (chance.stretch(other), chance.stretch(&out));
                out.splice(place, other[piece].to_vec());
            }
            6 => {
                let piece = out[chance.stretch(&out)].to_vec();
                let times = if piece.len() > 64 { 2 } else { 1 + chance.below(300) };
                out.splice(at..at, piece.repeat(times));
            }
            7 => out.truncate(at),
            8 => {
                let size = *chance.of(&[2, 4, 8]);
                let number = *chance.of(&[0, 1, u64::MAX, u64::MAX - 1, 1 << 31, 1 << 15, out.len() as u64]);
                for (byte, new) in out.iter_mut().skip(at).zip(number.to_le_bytes()).take(size) {
                    *byte = new;
                }
            }
            9 => {
                let digits: Vec<usize> = (0..out.len()).filter(|i| out[*i].is_ascii_digit()).collect();
                if let Some(at) = (!digits.is_empty()).then(|| *chance.of(&digits)) {
                    out[at] = b'0' + chance.below(10) as u8;
                }
            }
            _ => {
                let word = chance.of(WORDS).as_bytes().to_vec();
                out.splice(chance.stretch(&out), word);
            }
        }
        out.truncate(1 << 20);
    }
    out
}

/// Spoils what stands in a zip file, and packs it again so that nothing shows from outside.
fn within(chance: &mut Chance, from: &[u8], others: &[Vec<u8>]) -> Vec<u8> {
    let mut files = contents(from);
    let other: &Vec<u8> = chance.of(others);
    let other = contents(other);
    for _ in 0..=chance.below(2) {
        let n = chance.below(files.len());
        match chance.below(8) {
            0 => drop(files.remove(n)),
            1 => files[n].0 = String::from_utf8_lossy(&bytes(chance, files[n].0.as_bytes(), others)).into_owned(),
            2 => files[n].1 = chance.of(&other).1.clone(),
            3 => files.push(chance.of(&other).clone()),
            _ => {
                let all: Vec<_> = other.iter().map(|(_, content)| content.clone()).collect();
                files[n].1 = bytes(chance, &files[n].1, &all);
            }
        }
        if files.is_empty() {
            break;
        }
    }
    let files: Vec<_> = files.iter().map(|(name, content)| Lie::honest(name, content)).collect();
    zip(&files)
}

/// The files of a zip file that is sound.
fn contents(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let number = |at: usize, n: usize| bytes[at..at + n].iter().rev().fold(0, |sum, b| sum << 8 | usize::from(*b));
    let (mut at, mut all) = (0, Vec::new());
    while bytes[at..].starts_with(b"PK\x03\x04") {
        let (method, packed, name) = (number(at + 8, 2), number(at + 18, 4), number(at + 26, 2));
        let body = &bytes[at + 30 + name..at + 30 + name + packed];
        let body = if method == 0 { body.to_vec() } else { miniz_oxide::inflate::decompress_to_vec(body).unwrap() };
        all.push((String::from_utf8(bytes[at + 30..at + 30 + name].to_vec()).unwrap(), body));
        at += 30 + name + packed;
    }
    all
}

fn corpus_folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(name)
}

fn corpus(folder: &str, begin: &str) -> Vec<Vec<u8>> {
    let folder = corpus_folder(folder);
    let entries = fs::read_dir(&folder).into_iter().flatten().map(|e| e.unwrap().path());
    let name = |p: &PathBuf| p.file_name().unwrap().to_string_lossy().into_owned();
    let mut paths: Vec<_> = entries.filter(|p| name(p).starts_with(begin)).collect();
    paths.sort();
    paths.into_iter().map(|p| fs::read(p).unwrap()).collect()
}

fn bench() -> Bench {
    let keep = TempDir::new().unwrap();
    let texts = keep.path().join("texts");
    fs::create_dir(&texts).unwrap();
    for (n, text) in corpus("zip", "text-").into_iter().enumerate() {
        fs::write(texts.join(format!("{n}.txt")), text).unwrap();
    }
    Bench { keep, texts }
}

fn fails(kind: &Kind, input: &[u8]) -> bool {
    catch_unwind(AssertUnwindSafe(|| (kind.read)(&bench(), input))).is_err()
}

/// Takes away what is not needed for the failure.
fn shrink(kind: &Kind, mut input: Vec<u8>) -> Vec<u8> {
    let mut size = input.len() / 2;
    let mut tries = 2000;
    while size > 0 && tries > 0 {
        let mut at = 0;
        while at < input.len() && tries > 0 {
            tries -= 1;
            let mut less = input.clone();
            less.drain(at..(at + size).min(less.len()));
            if fails(kind, &less) { input = less } else { at += size }
        }
        size /= 2;
    }
    input
}

/// The most memory that the program had so far, in MB, where the system tells.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) >> 10
}

/// How many inputs a normal run tries.
const SHORT: u64 = 3000;

#[test]
fn what_is_kept_is_read() {
    let bench = bench();
    for kind in KINDS {
        let whole = corpus(kind.corpus.0, kind.corpus.1);
        assert!(whole.len() > 1, "{} has nothing to begin with", kind.name);
        for input in &whole {
            assert!((kind.read)(&bench, input), "{}", kind.name);
        }
        // Once it failed; now it must not.
        for input in corpus("found", &format!("{}_", kind.name)) {
            (kind.read)(&bench, &input);
        }
    }
}

#[test]
fn whatever_is_spoiled() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let wanted = number("FRAMELENS_FUZZ").unwrap_or(SHORT) as usize;
    let mut chance = Chance(number("FRAMELENS_FUZZ_SEED").unwrap_or(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let bench = bench();
    let all: usize = KINDS.iter().map(|k| k.weight).sum();
    let long = wanted > SHORT as usize;
    for kind in KINDS {
        let whole = corpus(kind.corpus.0, kind.corpus.1);
        let (inputs, mut accepted) = ((wanted * kind.weight).div_ceil(all), 0);
        for n in 0..inputs {
            let from = chance.of(&whole);
            let input = (kind.spoil)(&mut chance, from, &whole);
            match catch_unwind(AssertUnwindSafe(|| (kind.read)(&bench, &input))) {
                Ok(taken) => accepted += usize::from(taken),
                Err(_) => {
                    let small = shrink(kind, input);
                    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/found");
                    fs::create_dir_all(&folder).unwrap();
                    let kept = folder.join(format!("{}_{}", kind.name, &blake3::hash(&small).to_hex()[..12]));
                    fs::write(&kept, &small).unwrap();
                    panic!("{} {n}: {} bytes kept in {}", kind.name, small.len(), kept.display());
                }
            }
        }
        assert!(accepted < inputs, "{}: nothing was refused, so nothing was tried", kind.name);
        if long {
            println!("{:16} {inputs:8} inputs, {accepted:7} accepted; at most {} MB so far", kind.name, memory());
        }
    }
    assert!(memory() < 1024, "{} MB", memory());
}
