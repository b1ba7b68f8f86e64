//! Why a line was not carried out.

use crate::model::{CoderId, IdError};
use crate::session::SessionError;
use crate::text::{CharOffset, CharSpan};

/// Why a line was not carried out. The project is as it was.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("not a request: {0}")]
    NotARequest(String),
    #[error("say who codes: \"coder\" on the line, or --coder for all lines")]
    NobodyCodes,
    #[error("there is no {what} “{name}” in this project")]
    Unknown { what: &'static str, name: String },
    #[error("“{name}” may be any of several: name the {what} by its id ({which})")]
    Ambiguous { what: &'static str, name: String, which: String },
    #[error("there is no {what} {id} by “{coder}”")]
    NotTheirs { what: &'static str, id: String, coder: CoderId },
    #[error("the words “{0}” do not stand in the article there")]
    NoSuchWords(String),
    #[error("the words “{quote}” stand there {times} times: say which with \"nth\", \"before\" or \"after\"")]
    WordsOften { quote: String, times: usize },
    #[error("the words “{quote}” stand there {times} times, not {wanted}")]
    WordsTimes { quote: String, times: usize, wanted: usize },
    #[error("the stretch {0} is empty")]
    Empty(CharSpan),
    #[error("the stretch {span} does not fit: the text ends at {end}")]
    Outside { span: CharSpan, end: CharOffset },
    #[error("“{word}” is no kind of {layer}: it is one of {known}")]
    NoSuchKind { layer: &'static str, word: String, known: String },
    #[error("“{code}” is used by {codings} codings, of all coders: \"with_codings\": true deletes them too")]
    CodeInUse { code: String, codings: usize },
    #[error("step {number}: {why}")]
    Step { number: usize, why: Box<Self> },
    #[error("there is nothing to {0}")]
    NothingTo(&'static str),
    #[error("{0}")]
    Told(String),
    #[error(transparent)]
    Id(#[from] IdError),
    #[error(transparent)]
    Session(#[from] SessionError),
}

impl Refused {
    pub(super) fn told(what: impl Into<String>) -> Self {
        Self::Told(what.into())
    }
}
