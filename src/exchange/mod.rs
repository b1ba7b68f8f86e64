//! Floor 3: a project's articles and codings for other programs.
//!
//! Each format is one file behind [`Format`] and one row of [`FORMATS`]. What is exported is said by a [`Selection`].

mod csv;
mod error;
mod jsonl;
mod row;
mod selection;

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::model::Project;

pub use csv::COLUMNS;
pub use error::ExchangeError;
pub use jsonl::{
    AnnotationRecord, ArticleRecord, CodingRecord, DecisionRecord, OldSpan, OriginRecord, OrphanRecord, PartRecord,
    PartyRecord, RelationRecord, SpanRecord,
};
pub use selection::Selection;

/// One format that a project is written in.
pub trait Format: Sync {
    /// By what the format is called on the command line.
    fn name(&self) -> &'static str;

    /// What the format is and for whom, for a list of formats.
    fn about(&self) -> &'static str;

    /// The usual ending of a file of this format, without the dot.
    fn ending(&self) -> &'static str;

    /// What of a project the format has no place for, in a sentence for the user; `None` where it carries everything
    /// that is selected.
    fn leaves_out(&self) -> Option<&'static str>;

    /// Writes what is selected.
    ///
    /// # Errors
    /// Where `out` cannot be written.
    fn write(&self, project: &Project, selection: &Selection, out: &mut dyn Write) -> io::Result<Written>;
}

/// The formats, in the order in which they are listed.
pub static FORMATS: &[&dyn Format] = &[&jsonl::JsonLines, &csv::Csv { mark: false }, &csv::Csv { mark: true }];

/// How much was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub articles: usize,
    pub annotations: usize,
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

/// Writes a file: a temporary one beside it first, which then takes its name, so that the file is whole or not there.
/// A file that exists is replaced only with `overwrite`.
///
/// # Errors
/// Where the file exists or cannot be written.
pub fn export(
    project: &Project,
    selection: &Selection,
    format: &dyn Format,
    path: &Path,
    overwrite: bool,
) -> Result<Written, ExchangeError> {
    let failed = |reason: io::Error| ExchangeError::Write { path: path.to_owned(), reason };
    if path.is_dir() {
        return Err(ExchangeError::Folder(path.to_owned()));
    }
    if !overwrite && fs::symlink_metadata(path).is_ok() {
        return Err(ExchangeError::Exists(path.to_owned()));
    }
    // A link is kept, and the file that it leads to replaced.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".exporting-");
    // A temporary file is its owner's alone; what is exported is as readable as any other new file.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(path).map_or(0o666, |old| old.permissions().mode() & 0o777);
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    let temporary = builder.tempfile_in(folder).map_err(failed)?;
    let mut out = BufWriter::with_capacity(1 << 18, temporary);
    let written = format.write(project, selection, &mut out).map_err(failed)?;
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
    Ok(written)
}
