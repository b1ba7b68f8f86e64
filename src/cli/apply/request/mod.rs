//! What a line may ask for. `docs/apply.md` shows each verb; `framelens apply --schema` writes these types as a schema.
//!
//! A field that may be absent, null or a value is an option of an option: absent leaves things as they are, null clears.

#![allow(clippy::option_option, reason = "JSON tells what is absent from what is null")]

mod articles;
mod book;
mod spans;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::model::Value;
pub use articles::*;
pub use book::*;
pub use spans::*;

/// One line.
#[derive(Debug, Deserialize)]
pub struct Request {
    /// Anything; it comes back with the answer.
    #[serde(rename = "ref", default)]
    pub reference: Option<serde_json::Value>,
    /// Who codes: an id or a name.
    #[serde(default)]
    pub coder: Option<String>,
    /// The moment that the work bears, where it is not now.
    #[serde(default)]
    pub at: Option<Timestamp>,
    // A verb takes all the rest and refuses what it does not know.
    #[serde(flatten)]
    pub verb: Verb,
}

/// What is to be done.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Verb {
    Code(Code),
    Mark(Mark),
    Change(Change),
    Recode(Recode),
    Place(Replace),
    MoveEnd(MoveEnd),
    Remove(ById),
    NothingFound(NothingFound),
    Finished(Finished),
    Document(Document),
    Relate(Relate),
    Unrelate(Unrelate),
    Accept(Accept),
    Reject(Reject),
    PlaceOrphan(Replace),
    DeleteOrphan(ById),
    AddCode(AddCode),
    ChangeCode(ChangeCode),
    MoveCode(MoveCode),
    RetireCode(RetireCode),
    DeleteCode(DeleteCode),
    AddEntity(AddEntity),
    ChangeEntity(ChangeEntity),
    RemoveEntity(RemoveEntity),
    AddCoder(AddCoder),
    RenameCoder(RenameCoder),
    RemoveCoder(RemoveCoder),
    PutVariable(PutVariable),
    RemoveVariable(RemoveVariable),
    Title(Title),
    Settings(Settings),
    AddArticle(AddArticle),
    Metadata(ChangeMetadata),
    CorrectText(CorrectText),
    RemoveArticle(RemoveArticle),
    Undo(Nothing),
    Redo(Nothing),
    Batch(Batch),
}

/// The value of a variable or of a custom attribute.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Plain {
    YesNo(bool),
    Number(f64),
    Text(String),
}

impl Verb {
    /// Whether it is done in somebody's name.
    pub fn needs_coder(&self) -> bool {
        match self {
            Self::Code(_)
            | Self::Mark(_)
            | Self::Change(_)
            | Self::Recode(_)
            | Self::Place(_)
            | Self::MoveEnd(_)
            | Self::Remove(_)
            | Self::NothingFound(_)
            | Self::Finished(_)
            | Self::Document(_)
            | Self::Relate(_)
            | Self::Unrelate(_)
            | Self::Accept(_)
            | Self::Reject(_)
            | Self::PlaceOrphan(_)
            | Self::DeleteOrphan(_)
            // What a code meant before is kept with who changed it.
            | Self::ChangeCode(_)
            | Self::RetireCode(_) => true,
            Self::Batch(batch) => batch.steps.iter().any(Self::needs_coder),
            _ => false,
        }
    }
}

impl From<Plain> for Value {
    fn from(plain: Plain) -> Self {
        match plain {
            Plain::YesNo(b) => Self::YesNo(b),
            Plain::Number(n) => Self::Number(n),
            Plain::Text(t) => Self::Text(t),
        }
    }
}

/// Nothing but the verb.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Several verbs as one step: all of them or none.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// What the step is called when it is undone.
    #[serde(default)]
    pub label: Option<String>,
    /// Each as on a line of its own, without "coder", "at" and "ref", which stand on the line.
    pub steps: Vec<Verb>,
}

fn yes() -> bool {
    true
}

/// A field that is there, be it null.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
