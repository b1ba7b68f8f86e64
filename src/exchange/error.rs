//! Why nothing was exported, or a file was not read.

use std::io;
use std::path::PathBuf;

use crate::archive::ZipError;

/// Why an export was not made. No file was changed.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    #[error("there is no format “{name}”. The formats are: {known}")]
    UnknownFormat { name: String, known: String },
    #[error("{} exists already and was not touched. Choose another name, or overwrite it (--force)", .0.display())]
    Exists(PathBuf),
    #[error("{} is a folder. Name a file in it", .0.display())]
    Folder(PathBuf),
    #[error("{} holds other things than an earlier export, and was not touched. Choose another name", .0.display())]
    Strange(PathBuf),
    #[error("this format is a folder of files: name a folder, or a file that ends in .zip")]
    NotOneFile,
    #[error("cannot write {}: {reason}. Check that the folder is there, may be written to and has room", path.display())]
    Write { path: PathBuf, reason: io::Error },
    #[error("the export was stopped; nothing was written")]
    Stopped,
    #[error("there is no {what} “{name}” in this project. There are: {known}")]
    NotThere { what: &'static str, name: String, known: String },
    #[error(
        "nobody in this project is marked as settling where coders differ, so nothing is settled yet (in the window: Export, Only what is settled; in scripts: the settings of framelens apply)"
    )]
    NothingSettled,
}

/// Why a file is not read. Nothing of it has come into the project.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    #[error("it is larger than {most} MB")]
    TooLarge { most: u64 },
    #[error("it holds more than {most} files")]
    TooMany { most: usize },
    #[error("“{0}” is not in it")]
    Missing(String),
    #[error("“{0}” is not text in UTF-8 or UTF-16")]
    NotText(String),
    #[error("it is a folder of several files, and one file is needed")]
    NotOneFile,
    #[error("it is none of the formats that are known here")]
    Unrecognised,
    #[error("{0} is a format that is only written")]
    OnlyWritten(&'static str),
    #[error(transparent)]
    Zip(#[from] ZipError),
    /// What is wrong, in a sentence that names the place.
    #[error("{0}")]
    Malformed(String),
    #[error("the library that reads it broke off: the file is damaged, or made in a way that is not known here")]
    Panicked,
}

impl Problem {
    pub(super) fn unreadable(reason: io::Error) -> Self {
        Self::Unreadable(reason.to_string())
    }

    /// Something is wrong at a line (from 1) of a file.
    pub(super) fn at(file: &str, line: usize, what: impl std::fmt::Display) -> Self {
        Self::Malformed(format!("{file}, line {line}: {what}"))
    }

    /// Something is wrong in a file.
    #[allow(dead_code, reason = "the formats of other programs will")]
    pub(super) fn within(file: &str, what: impl std::fmt::Display) -> Self {
        Self::Malformed(format!("{file}: {what}"))
    }
}
