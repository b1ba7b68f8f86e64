//! Verbs that are about whole articles, about who codes, and about the project.

#![allow(clippy::option_option, reason = "JSON tells what is absent from what is null")]

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::spans::Place;
use super::{Plain, given, yes};
use crate::text::CharOffset;

/// Says that a passage, or without a place the whole article, was read and holds nothing to code.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NothingFound {
    pub article: String,
    #[serde(flatten)]
    pub place: Place,
    /// False takes it back.
    #[serde(default = "yes")]
    pub set: bool,
}

/// Says that the coder is done with an article.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finished {
    pub article: String,
    /// False takes it back.
    #[serde(default = "yes")]
    pub set: bool,
}

/// Codes, variables and memo of a whole article; what is not named stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    pub article: String,
    /// The frame that governs the article; null: none.
    #[serde(default, deserialize_with = "given")]
    pub primary: Option<Option<String>>,
    /// These codes and no others.
    #[serde(default)]
    pub codes: Option<Vec<String>>,
    /// These codes too.
    #[serde(default)]
    pub add: Vec<String>,
    /// Not these codes.
    #[serde(default)]
    pub remove: Vec<String>,
    /// Null takes a variable away.
    #[serde(default)]
    pub variables: BTreeMap<String, Option<Plain>>,
    #[serde(default)]
    pub memo: Option<String>,
}

/// Adds somebody who codes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddCoder {
    pub name: String,
    #[serde(default)]
    pub id: Option<String>,
}

/// Gives a coder another name; their id and their work stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameCoder {
    /// The coder's id or name until now.
    pub who: String,
    pub name: String,
}

/// Takes a coder out of the project, if there is no work of theirs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveCoder {
    pub who: String,
}

/// Defines a variable, in place of one of that name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PutVariable {
    pub name: String,
    pub kind: VariableKind,
    #[serde(default)]
    pub description: String,
    /// The words of a one-of variable.
    #[serde(default)]
    pub words: Vec<String>,
}

/// What a variable holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VariableKind {
    Text,
    Number,
    YesNo,
    Date,
    OneOf,
}

/// Takes a variable that nothing uses out of the schema.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveVariable {
    pub name: String,
}

/// Gives the project another title.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Title {
    pub title: String,
}

/// Changes what holds for the whole project; what is not named stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Suggestions are hidden from coders.
    #[serde(default)]
    pub blind: Option<bool>,
    #[serde(default)]
    pub backups: Option<Backups>,
    /// The coders (ids or names) whose work settles where others differ: all of them.
    #[serde(default)]
    pub settled_by: Option<Vec<String>>,
}

/// Which copies of its past the project keeps.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Backups {
    #[serde(default)]
    pub keep: Option<u32>,
    #[serde(default)]
    pub megabytes: Option<u32>,
    #[serde(default)]
    pub minutes: Option<u32>,
}

/// What is known of an article. Null clears a field.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct About {
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub outlet: Option<String>,
    #[serde(default)]
    pub authors: Option<Vec<String>>,
    /// ISO 8601, as precisely as it is known.
    #[serde(default, deserialize_with = "given")]
    pub published: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    pub url: Option<Option<String>>,
    /// BCP 47: en, de-AT.
    #[serde(default, deserialize_with = "given")]
    pub language: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    pub section: Option<Option<String>>,
    /// The project's own variables; null takes one away, and those that are not named stay.
    #[serde(default)]
    pub variables: BTreeMap<String, Option<Plain>>,
}

/// Puts an article into the project.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddArticle {
    /// The whole text, headline and all. CRLF line ends become LF.
    pub text: String,
    /// Which lines of it are not body, in order.
    #[serde(default)]
    pub parts: Vec<Part>,
    #[serde(flatten)]
    pub about: About,
}

/// A marked stretch of a new article's text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    pub kind: PartKind,
    #[schemars(with = "u64")]
    pub start: CharOffset,
    #[schemars(with = "u64")]
    pub end: CharOffset,
}

/// What a marked stretch is on the page.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PartKind {
    Headline,
    Standfirst,
    Byline,
    Caption,
}

/// Changes what is known of an article; what is not named stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeMetadata {
    pub article: String,
    #[serde(flatten)]
    pub about: About,
}

/// Gives an article a corrected text. All coders' codings are found again in it; those whose words are gone are kept
/// aside.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectText {
    pub article: String,
    /// The whole text, headline and all.
    pub text: String,
}

/// Takes an article that nobody has coded out of the project.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveArticle {
    pub article: String,
}
