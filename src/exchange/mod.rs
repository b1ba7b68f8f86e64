//! Floor 3: a project's articles and codings for other programs, and theirs for it.
//!
//! Each format is one file behind [`Format`] and one row of [`FORMATS`]. A format says what it [carries](Carries). What
//! is exported is said by a [`Selection`]; of that, [`reduce`] leaves what the format carries and counts the rest; the
//! format writes all of what is left. What is read comes together as an [`Incoming`], is held against the same
//! reduction of the project, and [joined](join).

mod about;
pub mod adapt;
mod beside;
mod brat;
mod bundle;
mod cas;
mod codebook;
mod conll2003;
mod conllu;
pub mod details;
mod doccano;
mod error;
mod feature;
mod html;
mod huggingface;
mod incoming;
mod join;
mod jsonl;
mod jsonl_textless;
mod keyed;
mod label_studio;
pub mod labels;
mod losses;
mod noted;
mod parquet;
mod record;
mod reduce;
mod refi;
mod rest;
mod row;
mod selection;
mod semeval;
mod sink;
mod source;
mod spacy;
mod tables;
mod taguette;
mod tei;
mod tokens;
mod w3c;
mod webanno;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::model::Project;

pub use bundle::Bundle;
pub use error::{ExchangeError, Problem};
pub use feature::{Carries, Feature};
pub use incoming::{Found, Incoming};
pub use join::{Joined, Report, join};
pub use losses::{Loss, Losses};
pub use record::{
    AnnotationRecord, ArticleRecord, CodeRecord, CodingRecord, DecisionRecord, OriginRecord, PartRecord, PartyRecord,
    RelationRecord, SpanRecord,
};
pub use reduce::{SOMEBODY, SUGGESTIONS, reduce};
pub use selection::Selection;
pub use sink::Sink;
pub use source::Text;
pub use tables::annotations::COLUMNS;

/// One format that a project is written in or read from.
pub trait Format: Sync {
    /// By what the format is called on the command line.
    fn name(&self) -> &'static str;

    /// What the format is and for whom, for a list of formats.
    fn about(&self) -> &'static str;

    /// Whether it is one file or a folder of files.
    fn shape(&self) -> Shape;

    /// What of a project it carries there, and, where it is read, back.
    fn carries(&self) -> Carries;

    /// What the format asks for beyond leaving out features: changes a reduced project to what will be written, and
    /// counts what is lost or bent by that.
    fn adapt(&self, _project: &mut Project, _losses: &mut Losses) {}

    /// Writes all of a project that has been reduced to what the format carries.
    ///
    /// # Errors
    /// Where it cannot be written, or where somebody stopped it.
    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()>;

    /// Whether the format can be read.
    fn is_read(&self) -> bool {
        true
    }

    /// Whether files look like this format.
    fn recognises(&self, _bundle: &Bundle) -> bool {
        false
    }

    /// Reads files.
    ///
    /// # Errors
    /// Where they are not of this format, or damaged.
    fn read(&self, _bundle: &Bundle, _incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        Err(Problem::OnlyWritten(self.name()))
    }
}

/// What an export is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One file, with its usual ending.
    File(&'static str),
    /// A folder of files, or a zip file of them.
    Folder,
}

impl Shape {
    /// The usual ending of a file of this shape, without the dot; a folder packed as one file is a zip file.
    pub fn ending(self) -> &'static str {
        match self {
            Self::File(ending) => ending,
            Self::Folder => "zip",
        }
    }
}

/// The formats, in the order in which they are listed, and in which files are held against them.
pub static FORMATS: &[&dyn Format] = &[
    &jsonl::JsonLines,
    &tables::csv::Csv::Plain,
    &tables::csv::Csv::Excel,
    &tables::csv::Csv::Tabs,
    &tables::csv::Summary::Articles,
    &tables::csv::Summary::Counts,
    &tables::xlsx::Xlsx,
    &parquet::Parquet,
    &huggingface::HuggingFace,
    &tables::starter::Starter,
    &refi::RefiQda { nvivo: false },
    &refi::RefiQda { nvivo: true },
    &codebook::refi::RefiCodebook,
    &codebook::table::CodebookTable,
    &codebook::markdown::CodebookMarkdown,
    &codebook::tags::TaguetteCodebook,
    &taguette::Taguette,
    &cas::UimaCas { json: false },
    &cas::UimaCas { json: true },
    &brat::Brat,
    &webanno::WebAnno,
    &semeval::SemEval,
    &jsonl_textless::Textless,
    &w3c::WebAnnotation,
    &tei::Tei,
    &html::Html,
    &spacy::SpacyLines,
    &spacy::DocBin,
    &doccano::Doccano { relations: false },
    &doccano::Doccano { relations: true },
    &label_studio::LabelStudio,
    &conllu::ConllU,
    &conll2003::Conll2003,
];

/// The file that says what an export left out: within a folder, or, with the name of the file before it, beside a file.
pub const LEFT_OUT: &str = "left-out.json";

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub articles: usize,
    pub annotations: usize,
    pub losses: Losses,
}

/// The format that is called `name`.
///
/// # Errors
/// Where there is none; the message lists those that there are.
pub fn format(name: &str) -> Result<&'static dyn Format, ExchangeError> {
    let known = || FORMATS.iter().map(|f| f.name()).collect::<Vec<_>>().join(", ");
    FORMATS
        .iter()
        .copied()
        .find(|f| f.name() == name)
        .ok_or_else(|| ExchangeError::UnknownFormat { name: name.to_owned(), known: known() })
}

/// What a format will write of what is selected, and what it leaves out.
pub fn prepare(project: &Project, selection: &Selection, format: &dyn Format) -> (Project, Losses) {
    let (mut reduced, mut losses) = reduce(&selection.of(project), format.carries());
    format.adapt(&mut reduced, &mut losses);
    (reduced, losses)
}

fn written(project: &Project, losses: Losses) -> Written {
    let annotations = project.codings.values().map(|c| c.annotations.len()).sum();
    Written { articles: project.articles.len(), annotations, losses }
}

/// The first files, or the first bytes of them, that an export would write.
///
/// # Errors
/// Where the format itself fails.
pub fn preview(
    project: &Project,
    selection: &Selection,
    format: &dyn Format,
    bytes: usize,
) -> io::Result<(BTreeMap<String, Vec<u8>>, Written)> {
    let (project, losses) = prepare(project, selection, format);
    let mut files = BTreeMap::new();
    let mut on = |_| true;
    let made = format.write(&project, &mut Sink::memory(&mut files, &mut on).at_most(bytes));
    // A full sink refuses more; what the libraries in between make of its error is theirs.
    let full = files.values().map(Vec::len).sum::<usize>() >= bytes;
    if let Err(error) = made
        && !full
    {
        return Err(error);
    }
    Ok((files, written(&project, losses)))
}

/// Writes a format of one file to wherever it goes.
///
/// # Errors
/// Where `out` cannot be written.
pub fn stream(
    project: &Project,
    selection: &Selection,
    format: &dyn Format,
    out: &mut dyn io::Write,
) -> io::Result<Written> {
    let (project, losses) = prepare(project, selection, format);
    let mut on = |_| true;
    format.write(&project, &mut Sink::one(out, &mut on))?;
    Ok(written(&project, losses))
}

/// Writes an export. A file is written beside its place first and then takes its name, so that it is whole or not
/// there; so is a folder. What exists is replaced only with `overwrite`, and a folder only where it is an export.
/// `watch` is told how many articles are done, and answers whether to go on. What was left out is also written: see
/// [`LEFT_OUT`].
///
/// # Errors
/// Where the file exists or cannot be written, or where somebody stopped it.
pub fn export(
    project: &Project,
    selection: &Selection,
    format: &dyn Format,
    path: &Path,
    overwrite: bool,
    watch: &mut dyn FnMut(usize) -> bool,
) -> Result<Written, ExchangeError> {
    let failed = |reason: io::Error| match reason.kind() {
        io::ErrorKind::Interrupted => ExchangeError::Stopped,
        _ => ExchangeError::Write { path: path.to_owned(), reason },
    };
    let zipped = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("zip"));
    let (project, losses) = prepare(project, selection, format);
    match format.shape() {
        Shape::Folder if !zipped => {
            let folder = fresh_folder(path, overwrite)?;
            format.write(&project, &mut Sink::folder(folder.path(), watch)).map_err(failed)?;
            fs::write(folder.path().join(LEFT_OUT), losses.json()).map_err(failed)?;
            take_its_place(folder, path).map_err(failed)?;
        }
        shape => {
            whole_file(path, overwrite, |out| {
                if shape == Shape::Folder {
                    let mut sink = Sink::zip(out, watch);
                    format.write(&project, &mut sink)?;
                    sink.file(LEFT_OUT, losses.json().as_bytes())?;
                    sink.finish()
                } else {
                    format.write(&project, &mut Sink::one(out, watch))
                }
            })?;
            if shape != Shape::Folder {
                left_out_beside(path, &losses).map_err(failed)?;
            }
        }
    }
    Ok(written(&project, losses))
}

/// Writes, or takes away, the file beside an export that says what was left out.
fn left_out_beside(path: &Path, losses: &Losses) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(LEFT_OUT);
    let beside = path.with_file_name(name);
    if losses.is_empty() {
        return match fs::remove_file(beside) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        };
    }
    fs::write(beside, losses.json())
}

/// Writes a file that takes its name only when it is whole.
fn whole_file(
    path: &Path,
    overwrite: bool,
    write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
) -> Result<(), ExchangeError> {
    let failed = |reason: io::Error| match reason.kind() {
        io::ErrorKind::Interrupted => ExchangeError::Stopped,
        _ => ExchangeError::Write { path: path.to_owned(), reason },
    };
    if path.is_dir() {
        return Err(ExchangeError::Folder(path.to_owned()));
    }
    if !overwrite && fs::symlink_metadata(path).is_ok() {
        return Err(ExchangeError::Exists(path.to_owned()));
    }
    // A link is kept, and the file that it leads to replaced.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".exporting-");
    // A temporary file is its owner's alone; what is exported is as readable as any other new file.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(path).map_or(0o666, |old| old.permissions().mode() & 0o777);
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    let temporary = builder.tempfile_in(folder_of(path)).map_err(failed)?;
    let mut out = BufWriter::with_capacity(1 << 18, temporary);
    write(&mut out).map_err(failed)?;
    let temporary = out.into_inner().map_err(|e| failed(e.into_error()))?;
    temporary.as_file().sync_all().map_err(failed)?;
    if overwrite {
        temporary.persist(path).map_err(|e| failed(e.error))?;
    } else {
        // Somebody may have made the file meanwhile.
        temporary.persist_noclobber(path).map_err(|e| match e.error.kind() {
            io::ErrorKind::AlreadyExists => ExchangeError::Exists(path.clone()),
            _ => failed(e.error),
        })?;
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A new folder beside the place that an export is to take.
fn fresh_folder(path: &Path, overwrite: bool) -> Result<tempfile::TempDir, ExchangeError> {
    let failed = |reason| ExchangeError::Write { path: path.to_owned(), reason };
    if let Ok(there) = fs::symlink_metadata(path) {
        let empty = there.is_dir() && fs::read_dir(path).map_err(failed)?.next().is_none();
        if !empty && !overwrite {
            return Err(ExchangeError::Exists(path.to_owned()));
        }
        // Only what an export has made is thrown away.
        if !empty && !path.join(LEFT_OUT).is_file() {
            return Err(ExchangeError::Strange(path.to_owned()));
        }
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".exporting-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o777));
    }
    builder.tempdir_in(folder_of(path)).map_err(failed)
}

/// Puts a folder that is whole in its place.
fn take_its_place(folder: tempfile::TempDir, path: &Path) -> io::Result<()> {
    let old = if path.exists() {
        let aside = tempfile::Builder::new().prefix(".exported-before-").tempdir_in(folder_of(path))?;
        fs::rename(path, aside.path().join("old"))?;
        Some(aside)
    } else {
        None
    };
    match fs::rename(folder.path(), path) {
        Ok(()) => {
            let _moved: PathBuf = folder.keep();
            drop(old);
            Ok(())
        }
        Err(e) => {
            if let Some(aside) = old {
                fs::rename(aside.path().join("old"), path)?;
            }
            Err(e)
        }
    }
}

/// The format that files look like.
pub fn recognise(bundle: &Bundle) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|f| f.is_read() && f.recognises(bundle))
}

/// How files are read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Whose work it is where the file does not say: an id or a name.
    pub coder: String,
    pub now: Timestamp,
}

/// Reads files into a project. Nothing is deleted or overwritten: see [`join`].
///
/// # Errors
/// Where the files are not of the format, or damaged; nothing of them comes into the project then.
pub fn read(known: &Project, bundle: &Bundle, format: &dyn Format, reading: &Reading) -> Result<Joined, Problem> {
    let from = format!("{}: {}", format.name(), bundle.name());
    let mut incoming = Incoming::new(known, &from, &reading.coder, reading.now);
    // The files are other people's, and so are some of the libraries that read them: a panic costs this file only.
    let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| format.read(bundle, &mut incoming)));
    read.unwrap_or(Err(Problem::Panicked))?;
    Ok(join(known, incoming.finish(), format, reading.now))
}
