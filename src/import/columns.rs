//! What the columns of a table of articles, or the keys of its records, are taken for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Text,
    Title,
    Standfirst,
    Byline,
    Authors,
    Outlet,
    Edition,
    Section,
    Page,
    Published,
    Updated,
    Url,
    Language,
    Words,
    Identifier,
    Keywords,
    /// A variable of the article, by the column's name.
    Variable,
    /// Nothing: it is not read.
    Ignored,
}

impl Field {
    pub const ALL: [Self; 18] = [
        Self::Text,
        Self::Title,
        Self::Standfirst,
        Self::Byline,
        Self::Authors,
        Self::Outlet,
        Self::Edition,
        Self::Section,
        Self::Page,
        Self::Published,
        Self::Updated,
        Self::Url,
        Self::Language,
        Self::Words,
        Self::Identifier,
        Self::Keywords,
        Self::Variable,
        Self::Ignored,
    ];

    /// What it is called on the command line and in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Title => "title",
            Self::Standfirst => "standfirst",
            Self::Byline => "byline",
            Self::Authors => "authors",
            Self::Outlet => "outlet",
            Self::Edition => "edition",
            Self::Section => "section",
            Self::Page => "page",
            Self::Published => "published",
            Self::Updated => "updated",
            Self::Url => "url",
            Self::Language => "language",
            Self::Words => "words",
            Self::Identifier => "identifier",
            Self::Keywords => "keywords",
            Self::Variable => "variable",
            Self::Ignored => "ignored",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.word() == word)
    }
}

/// What each column of a table is taken for, by its name. Several columns may be parts of the text, in the table's order.
pub type Columns = BTreeMap<String, Field>;

/// A table that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct TableSeen {
    /// The file as it was named.
    pub file: String,
    /// The columns' names, in order.
    pub names: Vec<String>,
    /// The first rows, cut.
    pub rows: Vec<Vec<String>>,
    /// What the columns were taken for.
    pub columns: Columns,
}

/// By what tables of the same making are recognised: the names of the columns, in the order of the alphabet.
pub fn signature<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let mut names: Vec<&str> = names.into_iter().map(String::as_str).collect();
    names.sort_unstable();
    names.join("\u{1f}")
}
