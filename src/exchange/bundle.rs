//! What a corpus is read from: one file, the files of a folder, or those of a zip file.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use super::Problem;
use crate::archive::{Entry, Limits, Reader};

/// The largest file that is read, in bytes.
pub const LARGEST: u64 = 512 << 20;
/// How much all files of a zip file may hold together, in bytes.
const TOTAL: u64 = 4 << 30;
/// The most files that are read of one folder or zip file.
const MOST: usize = 200_000;
/// How much of a file is looked at to see what it is, in bytes.
const HEAD: u64 = 64 << 10;

trait SeekRead: Read + Seek {}
impl<T: Read + Seek> SeekRead for T {}

/// Named files to be read. Names are paths within the folder or zip file, with `/`, sorted; a single file has its own
/// name.
pub struct Bundle {
    name: String,
    names: Vec<String>,
    files: Files,
}

enum Files {
    One(PathBuf),
    Folder(PathBuf),
    Zip { reader: RefCell<Reader<Box<dyn SeekRead>>>, entries: BTreeMap<String, Entry>, itself: Itself },
    Memory(BTreeMap<String, Vec<u8>>),
}

/// A zip file as one file.
enum Itself {
    Path(PathBuf),
    Bytes(Vec<u8>),
}

impl std::fmt::Debug for Bundle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bundle").field("name", &self.name).field("names", &self.names).finish_non_exhaustive()
    }
}

impl Bundle {
    /// What lies at a path: a file, a folder with all that is below it, or a zip file, which is known by its content.
    /// Hidden files are passed over.
    ///
    /// # Errors
    /// Where nothing is there or it cannot be read.
    pub fn open(path: &Path) -> Result<Self, Problem> {
        let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        let about = fs::metadata(path).map_err(Problem::unreadable)?;
        if about.is_dir() {
            let mut names = Vec::new();
            below(path, "", &mut names, 0)?;
            names.sort();
            return Ok(Self { name, names, files: Files::Folder(path.to_owned()) });
        }
        if about.len() > LARGEST {
            return Err(Problem::TooLarge { most: LARGEST >> 20 });
        }
        let mut start = Vec::new();
        File::open(path).map_err(Problem::unreadable)?.take(4).read_to_end(&mut start).map_err(Problem::unreadable)?;
        if is_zip(&start) {
            let file = BufReader::new(File::open(path).map_err(Problem::unreadable)?);
            return Self::zipped(name, Box::new(file), Itself::Path(path.to_owned()));
        }
        Ok(Self { names: vec![name.clone()], name, files: Files::One(path.to_owned()) })
    }

    /// One file in memory.
    ///
    /// # Errors
    /// Where it is a zip file that cannot be read.
    pub fn bytes(name: &str, bytes: Vec<u8>) -> Result<Self, Problem> {
        if is_zip(&bytes) {
            let itself = Itself::Bytes(bytes.clone());
            return Self::zipped(name.to_owned(), Box::new(Cursor::new(bytes)), itself);
        }
        Ok(Self {
            name: name.to_owned(),
            names: vec![name.to_owned()],
            files: Files::Memory(BTreeMap::from([(name.to_owned(), bytes)])),
        })
    }

    /// The files of a folder, in memory.
    pub fn folder(name: &str, files: BTreeMap<String, Vec<u8>>) -> Self {
        Self { name: name.to_owned(), names: files.keys().cloned().collect(), files: Files::Memory(files) }
    }

    fn zipped(name: String, input: Box<dyn SeekRead>, itself: Itself) -> Result<Self, Problem> {
        let limits = Limits { entries: MOST as u64, each: LARGEST, total: TOTAL, capitals: true };
        let reader = Reader::open(input, limits)?;
        let fine = |e: &&Entry| !e.is_folder() && super::sink::is_inside(&e.name) && !is_hidden(&e.name);
        let entries: BTreeMap<_, _> =
            reader.entries().iter().filter(fine).map(|e| (e.name.clone(), e.clone())).collect();
        let names = entries.keys().cloned().collect();
        Ok(Self { name, names, files: Files::Zip { reader: RefCell::new(reader), entries, itself } })
    }

    /// What the file or folder is called, without the folders above it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The files, sorted.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The names that end in `.ending`; capitals do not matter.
    pub fn with_ending<'a>(&'a self, ending: &'a str) -> impl Iterator<Item = &'a str> {
        self.names
            .iter()
            .map(String::as_str)
            .filter(move |name| Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case(ending)))
    }

    /// The name of the only file.
    pub fn only(&self) -> Option<&str> {
        if let [name] = self.names.as_slice() { Some(name) } else { None }
    }

    /// The bytes of a zip file itself, or of the only file.
    ///
    /// # Errors
    /// Where it cannot be read, or is a folder of several files.
    pub fn whole(&self) -> Result<Vec<u8>, Problem> {
        match &self.files {
            Files::Zip { itself: Itself::Path(path), .. } => read_file(path, LARGEST + 1),
            Files::Zip { itself: Itself::Bytes(bytes), .. } => Ok(bytes.clone()),
            _ => self.read(self.only().ok_or(Problem::NotOneFile)?),
        }
    }

    /// A file’s bytes.
    ///
    /// # Errors
    /// Where it is missing, too large or damaged.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, Problem> {
        let missing = || Problem::Missing(name.to_owned());
        let bytes = match &self.files {
            Files::One(path) if name == self.name => read_file(path, LARGEST + 1)?,
            Files::Folder(root) if self.names.binary_search_by(|n| n.as_str().cmp(name)).is_ok() => {
                read_file(&root.join(name), LARGEST + 1)?
            }
            Files::Zip { reader, entries, .. } => reader.borrow_mut().read(entries.get(name).ok_or_else(missing)?)?,
            Files::Memory(files) => files.get(name).ok_or_else(missing)?.clone(),
            _ => return Err(missing()),
        };
        if bytes.len() as u64 > LARGEST { Err(Problem::TooLarge { most: LARGEST >> 20 }) } else { Ok(bytes) }
    }

    /// A file as text. UTF-8, or UTF-16 with a byte-order mark; a mark of UTF-8 is left out, line ends stay.
    ///
    /// # Errors
    /// As [`read`](Self::read), and where it is not text.
    pub fn text(&self, name: &str) -> Result<String, Problem> {
        text(self.read(name)?).ok_or_else(|| Problem::NotText(name.to_owned()))
    }

    /// Files of these names that lie beside a single file, as text: what a format keeps apart from it.
    pub fn beside(&self, names: &[&str]) -> Vec<(String, String)> {
        let Files::One(path) = &self.files else { return Vec::new() };
        let read = |name: &&str| {
            let bytes = read_file(&path.with_file_name(name), LARGEST).ok()?;
            Some(((*name).to_owned(), text(bytes)?))
        };
        names.iter().filter_map(read).collect()
    }

    /// The start of a file, to see what it is; empty where it cannot be read.
    pub fn start(&self, name: &str) -> Vec<u8> {
        let bytes = match &self.files {
            Files::One(path) => read_file(path, HEAD),
            Files::Folder(root) => read_file(&root.join(name), HEAD),
            _ => self.read(name),
        };
        let mut bytes = bytes.unwrap_or_default();
        bytes.truncate(HEAD as usize);
        bytes
    }

    /// The start of a file as text, to see what it is; empty where it is none.
    pub fn head(&self, name: &str) -> String {
        let mut bytes = self.start(name);
        // A character that the cut went through is no reason to call it binary.
        match std::str::from_utf8(&bytes) {
            Err(e) if e.error_len().is_none() => bytes.truncate(e.valid_up_to()),
            // Nor is one half of a unit of UTF-16.
            Err(_) => bytes.truncate(bytes.len() & !1),
            Ok(_) => {}
        }
        text(bytes).unwrap_or_default()
    }
}

fn text(bytes: Vec<u8>) -> Option<String> {
    let wide = |order: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|c| order([c[0], c[1]])).collect();
        String::from_utf16(&units).ok()
    };
    match bytes.as_slice() {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        _ => String::from_utf8(bytes).ok(),
    }
}

fn is_zip(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06")
}

fn is_hidden(name: &str) -> bool {
    name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX")
}

fn read_file(path: &Path, most: u64) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    File::open(path).map_err(Problem::unreadable)?.take(most).read_to_end(&mut bytes).map_err(Problem::unreadable)?;
    Ok(bytes)
}

fn below(root: &Path, inside: &str, names: &mut Vec<String>, depth: usize) -> Result<(), Problem> {
    for entry in fs::read_dir(root.join(inside)).map_err(Problem::unreadable)? {
        let entry = entry.map_err(Problem::unreadable)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if is_hidden(&name) {
            continue;
        }
        let name = if inside.is_empty() { name } else { format!("{inside}/{name}") };
        let kind = entry.file_type().map_err(Problem::unreadable)?;
        if kind.is_dir() && depth < 16 {
            below(root, &name, names, depth + 1)?;
        } else if kind.is_file() {
            names.push(name);
        }
        if names.len() > MOST {
            return Err(Problem::TooMany { most: MOST });
        }
    }
    Ok(())
}
