//! Floor 3: files from outside become articles.
//!
//! Each format is one file behind [`Reader`] and one row of [`READERS`]. A file is recognised by what is in it; its
//! ending only tips the scales. Whatever the file holds, the answer is articles, or an [`ImportError`] for the piece that
//! is none; a file that fails costs no other. Readers put articles together as [`Draft`]s and lay them down in an
//! [`Intake`].

mod block;
mod columns;
mod dates;
mod decode;
mod document;
mod docx;
mod draft;
mod epub;
mod error;
mod gather;
mod gzip;
mod html;
mod intake;
mod isolate;
mod jsonl;
mod language;
mod layout;
mod mail;
mod markdown;
mod mhtml;
mod news;
mod odt;
mod options;
mod paragraph;
mod pdf;
mod references;
mod rtf;
mod table;
mod text;
mod warc;
mod xml;
mod zipped;

use std::cell::OnceCell;
use std::fs::File;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::archive::{Limits, Reader as Zip};
use crate::model::Source;

pub use block::Block;
pub use columns::{Columns, Field, TableSeen, signature};
pub use dates::iso;
pub use decode::{Decoded, decode};
pub use draft::{Draft, known};
pub use error::{ImportError, Problem};
pub use gather::gather;
pub use intake::{Candidate, Found, Intake};
pub use isolate::{QUIET_THREAD, isolated};
pub use jsonl::{Record, is_json_lines};
pub use options::Options;
pub use text::parts_of;

/// The largest file that is read, in bytes.
pub const LARGEST: u64 = 256 << 20;

/// How much of a file a reader looks at to recognise it, where it is text.
const SAMPLE: usize = 64 << 10;
/// How many files are read at a time, and between two looks at whether to go on.
const BATCH: usize = 64;

/// One format that articles are read from.
pub trait Reader: Sync {
    /// By what the format is called on the command line and in [`Source::format`].
    fn name(&self) -> &'static str;

    /// What the format is, for a list of formats.
    fn about(&self) -> &'static str;

    /// Whether a file looks like this format.
    fn recognises(&self, sample: &Sample<'_>) -> bool;

    /// Lays the articles of a file down in `intake`. Pieces that cannot be read are [skipped](Intake::skip).
    ///
    /// # Errors
    /// What kept the file from being read, or from being read to its end; what was laid down until then is kept.
    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem>;
}

/// The formats, in the order in which they are tried. Plain text comes last, since everything looks like it.
pub static READERS: &[&dyn Reader] = &[
    &news::ProQuest,
    &news::Nexis,
    &news::Factiva,
    &news::Europresse,
    &news::NewsMl,
    &news::Nitf,
    &news::Ninjs,
    &news::Ritzau,
    &news::Wikinews,
    &news::Wire,
    &warc::Warc,
    &gzip::Gzip,
    &mhtml::Mhtml,
    &table::Parquet,
    &table::Xlsx,
    &docx::Docx,
    &odt::Odt,
    &epub::Epub,
    &rtf::Rtf,
    &pdf::Pdf,
    &zipped::Zipped,
    &references::Ris,
    &references::Csl,
    &markdown::Markdown,
    &table::Delimited,
    &html::Html,
    &jsonl::JsonLines,
    &table::Json,
    &text::PlainText,
];

/// What a reader sees of a file to recognise it.
#[derive(Debug)]
pub struct Sample<'a> {
    /// The file's name, without its folder.
    pub file: &'a str,
    /// The start of the file as text; empty where it is not text.
    pub head: &'a str,
    /// All of the file.
    pub bytes: &'a [u8],
    names: OnceCell<Vec<String>>,
}

impl<'a> Sample<'a> {
    pub fn new(file: &'a str, head: &'a str, bytes: &'a [u8]) -> Self {
        Self { file, head, bytes, names: OnceCell::new() }
    }

    /// What the file's name ends in behind the last dot, in small letters; empty where there is none.
    pub fn ending(&self) -> String {
        self.file.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default()
    }

    /// Whether this is a zip file whose table of contents cannot be read, with such an ending: cut off, most of the time.
    fn is_broken(&self, endings: &[&str]) -> bool {
        self.bytes.starts_with(b"PK") && self.names().is_empty() && endings.contains(&self.ending().as_str())
    }

    /// The names of the files in a zip file; none where it is not one.
    pub fn names(&self) -> &[String] {
        self.names.get_or_init(|| {
            if !self.bytes.starts_with(b"PK") {
                return Vec::new();
            }
            let zip = unzip(self.bytes).ok();
            zip.map(|z| z.entries().iter().map(|e| e.name.clone()).collect()).unwrap_or_default()
        })
    }
}

/// A file in memory.
#[derive(Debug)]
pub struct Raw<'a> {
    /// The file's name, without its folder.
    pub file: &'a str,
    pub bytes: Vec<u8>,
}

impl Raw<'_> {
    /// Where the articles of this file came from.
    pub fn source(&self, format: &str, encoding: Option<String>) -> Source {
        Source {
            file: self.file.to_owned(),
            format: format.to_owned(),
            hash: blake3::hash(&self.bytes).to_hex().to_string(),
            encoding,
        }
    }
}

/// A zip file in memory, opened within the bounds that hold for files from outside.
fn unzip(bytes: &[u8]) -> Result<Zip<Cursor<&[u8]>>, Problem> {
    let limits = Limits { entries: 100_000, each: LARGEST, total: 1 << 30, capitals: true };
    Zip::open(Cursor::new(bytes), limits).map_err(|error| Problem::Damaged { reason: error.to_string() })
}

/// Reads the articles in a file.
pub fn read(path: &Path, options: &Options) -> Found {
    let name = path.display().to_string();
    let file = path.file_name().map_or_else(|| name.clone(), |f| f.to_string_lossy().into_owned());
    let folder = path.parent().map(|p| if p.as_os_str().is_empty() { PathBuf::from(".") } else { p.to_owned() });
    let mut intake = Intake::new(name, folder, options);
    let read = load(path).and_then(|bytes| convert(&file, bytes, &mut intake));
    finish(intake, read)
}

/// Reads the articles in a file that is in memory already; `name` is what it is called in messages and as the source.
pub fn read_bytes(name: &str, bytes: Vec<u8>, options: &Options) -> Found {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let mut intake = Intake::new(name, None, options);
    let read = convert(file, bytes, &mut intake);
    finish(intake, read)
}

fn finish(mut intake: Intake<'_>, read: Result<(), Problem>) -> Found {
    if let Err(problem) = read {
        intake.skip("", problem);
    }
    intake.done()
}

/// Reads all files that the given paths mean, as [`gather`] finds them, several at a time. `watch` is told how many files
/// are done and how many there are; where it answers `false`, the rest is left out.
pub fn read_all(paths: &[PathBuf], options: &Options, mut watch: impl FnMut(usize, usize) -> bool) -> Found {
    let (files, skipped) = gather(paths);
    let mut all = Found { skipped, ..Found::default() };
    for (n, batch) in files.chunks(BATCH).enumerate() {
        if !watch(n * BATCH, files.len()) {
            return all;
        }
        let read: Vec<Found> = batch.par_iter().map(|file| read(file, options)).collect();
        read.into_iter().for_each(|found| all.add(found));
    }
    watch(files.len(), files.len());
    // What belongs to an article of another file is none of its own.
    let used: Vec<String> = files
        .iter()
        .filter(|f| f.canonicalize().is_ok_and(|real| all.used.contains(&real)))
        .map(|f| f.display().to_string())
        .collect();
    all.articles.retain(|c| !used.contains(&c.file));
    all
}

/// The bytes of a file, with the same limits and messages as [`read`].
///
/// # Errors
/// Where it is missing, not a file, unreadable or too large.
pub fn read_raw(path: &Path) -> Result<Vec<u8>, ImportError> {
    load(path).map_err(|problem| ImportError { file: path.display().to_string(), problem })
}

fn load(path: &Path) -> Result<Vec<u8>, Problem> {
    let about = std::fs::metadata(path).map_err(Problem::unreadable)?;
    if about.is_dir() {
        return Err(Problem::Folder);
    }
    if about.len() > LARGEST {
        return Err(Problem::TooLarge { largest: LARGEST });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0));
    // A device or a pipe does not tell its size, and a file may grow while it is read.
    let mut file = File::open(path).map_err(Problem::unreadable)?.take(LARGEST + 1);
    file.read_to_end(&mut bytes).map_err(Problem::unreadable)?;
    Ok(bytes)
}

/// The reader that is called `name`, or else the first one that recognises the file.
fn reader_for(file: &str, bytes: &[u8], name: Option<&str>) -> Result<&'static dyn Reader, Problem> {
    if let Some(name) = name {
        let known = || READERS.iter().map(|r| r.name()).collect::<Vec<_>>().join(", ");
        return READERS
            .iter()
            .copied()
            .find(|r| r.name() == name)
            .ok_or_else(|| Problem::UnknownFormat { name: name.to_owned(), known: known() });
    }
    let is_text = decode::refuse_binary(bytes);
    let head = if is_text.is_ok() { decode::head(&bytes[..bytes.len().min(SAMPLE)]) } else { String::new() };
    let sample = Sample::new(file, &head, bytes);
    let (last, others) = READERS.split_last().ok_or(Problem::NotText)?;
    match others.iter().copied().find(|r| r.recognises(&sample)) {
        Some(reader) => Ok(reader),
        None => is_text.map(|()| *last),
    }
}

/// Reads a file into an intake.
fn convert(file: &str, bytes: Vec<u8>, intake: &mut Intake<'_>) -> Result<(), Problem> {
    if bytes.len() as u64 > LARGEST {
        return Err(Problem::TooLarge { largest: LARGEST });
    }
    if bytes.is_empty() {
        return Err(Problem::Empty);
    }
    let before = intake.count();
    let reader = reader_for(file, &bytes, intake.format())?;
    let raw = Raw { file, bytes };
    // The formats are other people's, and so are some of the libraries that read them: a panic costs this file only.
    let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| reader.read(raw, intake)));
    read.unwrap_or(Err(Problem::Panicked))?;
    if intake.count() == before && !intake.has_skipped() { Err(Problem::Empty) } else { Ok(()) }
}
