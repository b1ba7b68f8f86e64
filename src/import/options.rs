//! How files are to be read, where that is said.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Columns;

/// How files are to be read. All of it may be left open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// The name of a [reader](super::READERS); without, the file is looked at.
    pub format: Option<String>,
    /// What the columns of tables are, by the tables' [signatures](super::signature); for others it is guessed.
    pub columns: BTreeMap<String, Columns>,
    /// The line that stands between the articles of one text file.
    pub separator: Option<String>,
}

impl Options {
    /// Reads everything as one format.
    pub fn format(name: &str) -> Self {
        Self { format: Some(name.to_owned()), ..Self::default() }
    }
}
