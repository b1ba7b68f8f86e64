//! Tables: for spreadsheets, R, pandas and statistics.
//!
//! Every table is made of the same rows, whatever file it stands in: [`annotations`] has one row an annotation and is
//! read back, [`summary`] has articles and counts, which are only written.

pub mod annotations;
mod codebook;
pub mod csv;
pub mod starter;
pub mod summary;
pub mod xlsx;

use std::fmt;

/// One cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Not known, or nothing to say.
    Empty,
    Text(String),
    Number(f64),
    YesNo(bool),
}

impl Cell {
    /// Text; what is empty is an empty cell.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    pub fn count(n: usize) -> Self {
        Self::Number(n as f64)
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Empty, Self::text)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
            Self::YesNo(yes) => write!(f, "{yes}"),
        }
    }
}
