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
    /// What single columns are, in whatever table; it goes before what is known and guessed.
    pub named: Columns,
    /// The line that stands between the articles of one text file.
    pub separator: Option<String>,
}

impl Options {
    /// What single ones of these columns are, as far as it is said.
    pub fn named_among(&self, names: &[String]) -> Columns {
        names.iter().filter_map(|name| Some((name.clone(), *self.named.get(name)?))).collect()
    }

    /// Reads everything as one format.
    pub fn format(name: &str) -> Self {
        Self { format: Some(name.to_owned()), ..Self::default() }
    }
}
