//! Floor 3: files from outside become articles.
//!
//! Each format is one file behind [`Reader`] and one row of [`READERS`]. A file is recognised by what is in it; its
//! ending only tips the scales. Whatever the file holds, the answer is an article or an [`ImportError`].

mod dates;
mod decode;
mod error;
mod gather;
mod html;
mod jsonl;
mod layout;
mod text;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::model::{Article, Source};

pub use decode::{Decoded, decode};
pub use error::{ImportError, Problem};
pub use gather::gather;
pub use jsonl::{Record, is_json_lines};
pub use text::parts_of;

/// The largest file that is read, in bytes.
pub const LARGEST: u64 = 256 << 20;

/// The name of the threads on which readers run that may panic. Such a panic becomes an error and need not be shown.
pub const QUIET_THREAD: &str = "framelens-reader";

/// How much of a file a reader looks at to recognise it.
const SAMPLE: usize = 64 << 10;

/// One format that articles are read from.
pub trait Reader: Sync {
    /// By what the format is called on the command line and in [`Source::format`].
    fn name(&self) -> &'static str;

    /// What the format is, for a list of formats.
    fn about(&self) -> &'static str;

    /// Whether a file looks like this format.
    fn recognises(&self, sample: &Sample<'_>) -> bool;

    /// The articles in a file.
    ///
    /// # Errors
    /// What kept them from being read.
    fn read(&self, raw: Raw<'_>) -> Result<Vec<Article>, Problem>;
}

/// The formats, in the order in which they are tried. Plain text comes last, since everything looks like it.
pub static READERS: &[&dyn Reader] = &[&html::Html, &jsonl::JsonLines, &text::PlainText];

/// What a reader sees of a file to recognise it.
#[derive(Debug)]
pub struct Sample<'a> {
    /// The file's name, without its folder.
    pub file: &'a str,
    /// The start of the file as text; empty where it is not text.
    pub head: &'a str,
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
    fn source(&self, format: &str, encoding: Option<String>) -> Source {
        Source {
            file: self.file.to_owned(),
            format: format.to_owned(),
            hash: blake3::hash(&self.bytes).to_hex().to_string(),
            encoding,
        }
    }
}

/// Reads the articles in a file. `format` is one of the names in [`READERS`]; without it the file is looked at.
///
/// # Errors
/// Where the file cannot be read or holds no article.
pub fn read(path: &Path, format: Option<&str>) -> Result<Vec<Article>, ImportError> {
    let name = path.display().to_string();
    let file = path.file_name().map_or_else(|| name.clone(), |f| f.to_string_lossy().into_owned());
    load(path).and_then(|bytes| convert(&file, bytes, format)).map_err(|problem| ImportError { file: name, problem })
}

/// Reads the articles in a file that is in memory already; `name` is what it is called in messages and as the source.
///
/// # Errors
/// As [`read`].
pub fn read_bytes(name: &str, bytes: Vec<u8>, format: Option<&str>) -> Result<Vec<Article>, ImportError> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    convert(file, bytes, format).map_err(|problem| ImportError { file: name.to_owned(), problem })
}

/// Reads all files that the given paths mean, as [`gather`] finds them. `watch` is told how many files are done and how
/// many there are, before each file; where it answers `false`, the rest is left out.
pub fn read_all(
    paths: &[PathBuf],
    format: Option<&str>,
    mut watch: impl FnMut(usize, usize) -> bool,
) -> (Vec<Article>, Vec<ImportError>) {
    let (files, mut errors) = gather(paths);
    let mut articles = Vec::new();
    for (done, file) in files.iter().enumerate() {
        if !watch(done, files.len()) {
            break;
        }
        match read(file, format) {
            Ok(found) => articles.extend(found),
            Err(error) => errors.push(error),
        }
    }
    (articles, errors)
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
    decode::refuse_binary(bytes)?;
    let head = decode::head(&bytes[..bytes.len().min(SAMPLE)]);
    let sample = Sample { file, head: &head };
    READERS.iter().copied().find(|r| r.recognises(&sample)).ok_or(Problem::NotText)
}

fn convert(file: &str, bytes: Vec<u8>, format: Option<&str>) -> Result<Vec<Article>, Problem> {
    if bytes.len() as u64 > LARGEST {
        return Err(Problem::TooLarge { largest: LARGEST });
    }
    if bytes.is_empty() {
        return Err(Problem::Empty);
    }
    let reader = reader_for(file, &bytes, format)?;
    let raw = Raw { file, bytes };
    // The formats are other people's, and so are some of the libraries that read them: a panic costs this file only.
    let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| reader.read(raw)));
    read.unwrap_or(Err(Problem::Panicked))
}
