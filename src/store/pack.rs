//! A project as one file to send: a zip file with the ending `.framelens` that holds what the folder holds.
//!
//! The same project always gives the same bytes: names in order, one date, one way of packing. A pack that comes from
//! outside is taken apart with distrust: only names that a project has, never more than the limits allow, and the folder
//! it is unpacked into appears when it is whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::layout::{self, Role};
use super::{Disk, LARGEST, MARK, Store, StoreError};
use crate::archive::{Entry, Limits, Reader, Writer, ZipError};
use crate::model::{ArticleId, Project};

/// The ending of a packed project, without the dot.
pub const ENDING: &str = "framelens";

/// Where the texts of a pack are withheld, this file says so.
pub(super) const WITHHELD: &str = "texts.ron";

/// What a pack may hold: as much as a very large study.
const LIMITS: Limits = Limits { entries: 500_000, each: LARGEST, total: 4 << 30, capitals: false };

/// What a copy of a whole folder may hold: whatever lay there.
const LIMITS_RAW: Limits = Limits { entries: 10_000_000, each: LARGEST, total: 1 << 40, capitals: true };

/// How a pack says what is in it: this, and the BLAKE3 of its content in hex, stand in the zip file's comment.
const COMMENT: &str = "Framelens ";

/// Why a project could not be packed or unpacked.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is a file at {0} already. To replace it, say --force")]
    Exists(PathBuf),
    #[error("{path} is no packed project that can be read: {reason}. Nothing was unpacked; ask for the file again")]
    Damaged { path: PathBuf, reason: String },
    #[error(
        "{path} holds “{name}”, which no project has. Nothing was unpacked: a pack from Framelens holds nothing else"
    )]
    Stranger { path: PathBuf, name: String },
    #[error(
        "the texts of {0} are withheld. Unpack it with the texts: framelens unpack {0} FOLDER --texts PATH (a project, a pack, or a folder of .txt files that has them)"
    )]
    TextsWithheld(PathBuf),
    #[error("{0} holds its texts; it needs none from elsewhere. Unpack it without --texts")]
    HasTexts(PathBuf),
    #[error(
        "{} of the texts are not in what was given, {}: {}. Give more with --texts, or leave these articles out with --partial",
        .0.len(), if .0.len() == 1 { "that of" } else { "those of" }, some(.0)
    )]
    TextsMissing(Vec<String>),
    #[error(
        "“{0}” was coded and is not in the project, so that its words cannot be withheld. Put the article back first: framelens check PROJECT --repair"
    )]
    TextNeeded(ArticleId),
}

/// The first few of a list.
fn some(names: &[String]) -> String {
    let shown = names.iter().take(10).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > 10 { format!("{shown} and {} more", names.len() - 10) } else { shown }
}

impl PackError {
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let make = StoreError::io(doing, path);
        move |reason| Self::Store(make(reason))
    }

    pub(super) fn zip(path: &Path) -> impl Fn(ZipError) -> Self {
        let path = path.to_owned();
        move |error| match error {
            ZipError::Io(reason) => Self::Store(StoreError::Io { doing: "read", path: path.clone(), reason }),
            other => Self::Damaged { path: path.clone(), reason: other.to_string() },
        }
    }
}

/// What was packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// How many files of the project.
    pub files: usize,
    /// How large the pack is, in bytes.
    pub bytes: u64,
    /// BLAKE3 of the content in hex: the same for the same project, however it was packed.
    pub content: String,
}

/// A project as it was read from a pack, with what the reader should be told, in whole sentences.
#[derive(Clone, Debug)]
pub struct Packed {
    pub project: Project,
    pub notices: Vec<String>,
}

/// The hash of what several files hold, by their names.
#[derive(Default)]
pub(super) struct Content(blake3::Hasher);

impl Content {
    pub fn add(&mut self, name: &str, bytes: &[u8]) {
        for part in [name.as_bytes(), bytes] {
            self.0.update(&(part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
    }

    pub fn hex(&self) -> String {
        self.0.finalize().to_hex().to_string()
    }
}

/// Writes files, in the order given, as a pack.
pub(super) fn write<B: AsRef<[u8]>>(
    out: &mut File,
    files: impl IntoIterator<Item = (String, B)>,
) -> io::Result<Receipt> {
    let mut zip = Writer::new(BufWriter::new(out));
    let mut content = Content::default();
    let (mut count, mut total) = (0, 0);
    for (name, bytes) in files {
        content.add(&name, bytes.as_ref());
        zip.file(&name, bytes.as_ref())?;
        count += 1;
        total += bytes.as_ref().len() as u64;
        // What could not be read again is not written.
        if count as u64 > LIMITS.entries || bytes.as_ref().len() as u64 > LIMITS.each || total > LIMITS.total {
            return Err(io::Error::other("the project is too large for one file (more than 4 GB, or 500,000 files)"));
        }
    }
    let content = content.hex();
    let bytes = zip.finish(&format!("{COMMENT}{content}"))?;
    Ok(Receipt { files: count, bytes, content })
}

/// The hash of what a pack of this project would hold, without packing it.
pub fn content_hash(project: &Project) -> String {
    let mut content = Content::default();
    for (name, _, bytes) in layout::all_files(project) {
        content.add(&name, bytes.as_ref());
    }
    content.hex()
}

/// Packs a project into one file, which appears when it is whole. `force`: a file that is there is replaced.
///
/// # Errors
/// Where something is there already or cannot be written.
pub fn pack(project: &Project, out: &Path, force: bool) -> Result<Receipt, PackError> {
    if !force && out.symlink_metadata().is_ok() {
        return Err(PackError::Exists(out.to_owned()));
    }
    let files = layout::all_files(project).map(|(name, _, content)| (name, content));
    Disk::default().replace_by(out, |file| write(file, files)).map_err(PackError::io("write", out))
}

/// A pack that is open for reading.
pub(super) struct Pack {
    path: PathBuf,
    reader: Reader<BufReader<File>>,
    strangers: Strangers,
}

/// What is done with a file that no project has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strangers {
    /// It is refused: somebody else's file must not bring anything along.
    Refuse,
    /// It is left where it is: a copy of a whole folder may hold anything.
    Leave,
}

impl Pack {
    pub fn open(path: &Path, strangers: Strangers) -> Result<Self, PackError> {
        let file = File::open(path).map_err(PackError::io("read", path))?;
        // Reading a pipe would wait for ever.
        if !file.metadata().map_err(PackError::io("read", path))?.is_file() {
            return Err(PackError::Damaged { path: path.to_owned(), reason: "it is not a file".to_owned() });
        }
        let limits = if strangers == Strangers::Leave { LIMITS_RAW } else { LIMITS };
        let reader = Reader::open(BufReader::new(file), limits).map_err(PackError::zip(path))?;
        Ok(Self { path: path.to_owned(), reader, strangers })
    }

    /// The content's hash as the pack itself has it; not proven.
    pub fn claimed(&self) -> Option<String> {
        self.reader.comment().strip_prefix(COMMENT).map(str::to_owned)
    }

    /// Whether this is a pack without its texts.
    pub fn withheld(&self) -> bool {
        self.reader.entries().iter().any(|e| e.name == WITHHELD)
    }

    /// The files that `wanted` knows, with their names. What a desktop puts into every zip file is passed over.
    pub fn files<T>(&self, wanted: impl Fn(&str) -> Option<T>) -> Result<Vec<(Entry, T)>, PackError> {
        let mut found = Vec::new();
        for entry in self.reader.entries() {
            if let Some(role) = wanted(&entry.name) {
                found.push((entry.clone(), role));
            } else if self.strangers == Strangers::Refuse && !harmless(entry) {
                return Err(PackError::Stranger {
                    path: self.path.clone(),
                    name: entry.name.escape_debug().to_string(),
                });
            }
        }
        Ok(found)
    }

    pub fn read(&mut self, entry: &Entry) -> Result<Vec<u8>, PackError> {
        self.reader.read(entry).map_err(PackError::zip(&self.path))
    }

    /// One file by its name, where it is there and sound.
    pub fn read_named(&mut self, name: &str) -> Option<Vec<u8>> {
        let entry = self.reader.entries().iter().find(|e| e.name == name)?.clone();
        self.read(&entry).ok()
    }

    /// The hash of what the pack really holds.
    pub fn content(&mut self) -> Result<String, PackError> {
        let mut files = self.files(|name| Role::of(name).map(drop))?;
        files.sort_by(|a, b| a.0.name.cmp(&b.0.name));
        let mut content = Content::default();
        for (entry, ()) in files {
            content.add(&entry.name, &self.read(&entry)?);
        }
        Ok(content.hex())
    }
}

/// What desktops leave in zip files that people make by hand: folders, and notes on how they are shown.
fn harmless(entry: &Entry) -> bool {
    let name = entry.name.as_str();
    let folder = entry.is_folder() && Role::of(&format!("{name}x.ron")).is_some();
    let last = name.rsplit('/').next().unwrap_or(name);
    folder
        || name == "coding/"
        || name.starts_with("__MACOSX/")
        || matches!(last, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}

/// Unpacks a pack into a folder that does not exist yet or is empty. The folder appears when it is whole. Returns what
/// the project's reader should be told, in whole sentences.
///
/// # Errors
/// Where the pack is damaged, hostile, or not a project, or the folder cannot be made. Nothing is left behind then.
pub fn unpack(file: &Path, folder: &Path) -> Result<Vec<String>, PackError> {
    let mut pack = Pack::open(file, Strangers::Refuse)?;
    if pack.withheld() {
        return Err(PackError::TextsWithheld(file.to_owned()));
    }
    build(folder, |inside| {
        extract(&mut pack, inside, Durable::Yes)?;
        Ok(open_within(file, inside)?.notices)
    })
}

/// Makes a folder in one go: `fill` works in a folder beside it, which takes its place when all went well.
pub(super) fn build<T>(folder: &Path, fill: impl FnOnce(&Path) -> Result<T, PackError>) -> Result<T, PackError> {
    let failed = |doing| PackError::io(doing, folder);
    match fs::read_dir(folder) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(StoreError::NotEmpty(folder.to_owned()).into());
            }
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(e) => return Err(failed("read the folder")(e)),
    }
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(failed("make the folder"))?;
    let beside =
        tempfile::Builder::new().prefix(".unpacking-").tempdir_in(parent).map_err(failed("make a folder beside"))?;
    // Temporary folders are for their owner alone; the one within gets the permissions that any folder gets.
    let inside = beside.path().join("project");
    fs::create_dir(&inside).map_err(failed("make a folder beside"))?;
    let done = fill(&inside)?;
    // An empty folder may stand in the way of a rename; a folder that is not empty any more stays.
    match fs::remove_dir(folder) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(failed("replace the empty folder")(e)),
        _ => {}
    }
    fs::rename(&inside, folder).map_err(failed("make the folder"))?;
    Ok(done)
}

/// Whether files must be on disk before the work is called done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Durable {
    Yes,
    No,
}

/// Writes one file into a folder that is being built.
pub(super) fn put(folder: &Path, role: &Role, bytes: &[u8], durable: Durable) -> Result<(), PackError> {
    let path = folder.join(role.path());
    let write = || -> io::Result<()> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut file = File::create_new(&path)?;
        file.write_all(bytes)?;
        if durable == Durable::Yes { file.sync_all() } else { Ok(()) }
    };
    write().map_err(PackError::io("write", &path))
}

pub(super) fn extract(pack: &mut Pack, folder: &Path, durable: Durable) -> Result<(), PackError> {
    for (entry, role) in pack.files(Role::of)? {
        let bytes = pack.read(&entry)?;
        put(folder, &role, &bytes, durable)?;
    }
    Ok(())
}

/// Opens what was unpacked. What is told of it is told of the pack.
pub(super) fn open_within(file: &Path, folder: &Path) -> Result<Packed, PackError> {
    let inside = format!("{}{}", folder.display(), std::path::MAIN_SEPARATOR);
    let outside = format!("{}: ", file.display());
    let told = |text: String| text.replace(&inside, &outside).replace(&folder.display().to_string(), &outside);
    match Store::open(folder) {
        Ok(opened) => Ok(Packed { project: opened.project, notices: opened.notices.into_iter().map(told).collect() }),
        Err(StoreError::NotAProject(_)) => {
            Err(PackError::Damaged { path: file.to_owned(), reason: "it has no project.ron".to_owned() })
        }
        Err(StoreError::Broken { path, reason }) => {
            let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            Err(PackError::Damaged { path: file.to_owned(), reason: format!("{name} in it cannot be read ({reason})") })
        }
        Err(StoreError::Io { doing, path, reason }) => {
            let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            let reason = format!("cannot {doing} {name} in it ({reason})");
            Err(PackError::Damaged { path: file.to_owned(), reason })
        }
        Err(other) => Err(other.into()),
    }
}

/// Reads a packed project. Nothing is unpacked to stay.
///
/// # Errors
/// As [`unpack`].
pub fn read_packed(file: &Path) -> Result<Packed, PackError> {
    let pack = Pack::open(file, Strangers::Refuse)?;
    if pack.withheld() {
        return Err(PackError::TextsWithheld(file.to_owned()));
    }
    read_open(pack, file)
}

pub(super) fn read_open(mut pack: Pack, file: &Path) -> Result<Packed, PackError> {
    let folder = tempfile::Builder::new().prefix("framelens-").tempdir().map_err(PackError::io("unpack", file))?;
    extract(&mut pack, folder.path(), Durable::No)?;
    open_within(file, folder.path())
}

/// Reads a project, be it a folder or a pack.
///
/// # Errors
/// As [`Store::open`] and [`read_packed`].
pub fn read_any(path: &Path) -> Result<Packed, PackError> {
    if path.is_file() && path.file_name().is_none_or(|name| name != MARK) && is_zip(path) {
        return read_packed(path);
    }
    let opened = Store::open(path)?;
    Ok(Packed { project: opened.project, notices: opened.notices })
}

/// Whether a file begins as a zip file does.
fn is_zip(path: &Path) -> bool {
    let mut head = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && matches!(&head, b"PK\x03\x04" | b"PK\x05\x06")
}
