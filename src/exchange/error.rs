//! Why nothing was exported.

use std::io;
use std::path::PathBuf;

/// Why an export was not made. No file was changed.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    #[error("there is no format “{name}”. The formats are: {known}")]
    UnknownFormat { name: String, known: String },
    #[error("{} exists already and was not touched. Choose another name, or overwrite it (--force)", .0.display())]
    Exists(PathBuf),
    #[error("{} is a folder. Name a file in it", .0.display())]
    Folder(PathBuf),
    #[error("cannot write {}: {reason}. Check that the folder is there, may be written to and has room", path.display())]
    Write { path: PathBuf, reason: io::Error },
    #[error("there is no {what} “{name}” in this project. There are: {known}")]
    NotThere { what: &'static str, name: String, known: String },
}
