//! What a line may ask for. `docs/apply.md` shows each verb; `framelens apply --schema` writes these types as a schema.
//!
//! A field that may be absent, null or a value is an option of an option: absent leaves things as they are, null clears.

#![allow(clippy::option_option, reason = "JSON tells what is absent from what is null")]

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::schema;
use crate::model::{AnnotationId, EntityId, EntityKind, Layer, RelationId, Stance, Value, Voice};
use crate::text::CharOffset;

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
    RemoveArticle(RemoveArticle),
    Undo(Nothing),
    Redo(Nothing),
    Batch(Batch),
}

/// Tags words with a code.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The article's id or its exact title.
    pub article: String,
    /// The code's id, its name, or its path from the root: "Conflict frame / Purge".
    pub code: String,
    /// The id that the annotation is to have (a UUID).
    #[serde(default)]
    #[schemars(schema_with = "schema::some_uuid")]
    pub id: Option<AnnotationId>,
    #[serde(flatten)]
    pub place: Place,
    #[serde(flatten)]
    pub said: Said,
}

/// Marks a name, a quotation or a claim.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The article's id or its exact title.
    pub article: String,
    #[schemars(schema_with = "schema::marked_layer")]
    pub layer: Layer,
    /// The layer's own word: PERSON, partial, statistic.
    #[schemars(schema_with = "schema::kind")]
    pub kind: String,
    /// The id that the annotation is to have (a UUID).
    #[serde(default)]
    #[schemars(schema_with = "schema::some_uuid")]
    pub id: Option<AnnotationId>,
    #[serde(flatten)]
    pub place: Place,
    #[serde(flatten)]
    pub said: Said,
}

/// Where in an article: "start" and "end"; or "spans"; or "quote".
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct Place {
    /// The first code point of the words.
    #[serde(default)]
    #[schemars(with = "Option<u64>")]
    pub start: Option<CharOffset>,
    /// The code point behind the words.
    #[serde(default)]
    #[schemars(with = "Option<u64>")]
    pub end: Option<CharOffset>,
    /// Several stretches: [[start, end], …].
    #[serde(default)]
    #[schemars(with = "Option<Vec<[u64; 2]>>")]
    pub spans: Option<Vec<[CharOffset; 2]>>,
    /// The words themselves, exactly. They must stand in the article once, or one of the next three say which are meant.
    #[serde(default)]
    pub quote: Option<String>,
    /// Which of the places with these words, counted from 1.
    #[serde(default)]
    pub nth: Option<usize>,
    /// What stands right before the words.
    #[serde(default)]
    pub before: Option<String>,
    /// What stands right behind the words.
    #[serde(default)]
    pub after: Option<String>,
}

/// What is said of an annotation beyond its tag. Null clears a field.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct Said {
    /// Whose words they are in.
    #[serde(default, deserialize_with = "given")]
    #[schemars(schema_with = "schema::voice")]
    pub voice: Option<Option<Voice>>,
    #[serde(default, deserialize_with = "given")]
    pub speaker: Option<Option<Who>>,
    /// Whom or what the words are about.
    #[serde(default, deserialize_with = "given")]
    pub target: Option<Option<Who>>,
    /// How the attribution stands to what it reports.
    #[serde(default, deserialize_with = "given")]
    #[schemars(schema_with = "schema::stance")]
    pub stance: Option<Option<Stance>>,
    /// From 1 to 3.
    #[serde(default, deserialize_with = "given")]
    #[schemars(schema_with = "schema::one_to_three")]
    pub intensity: Option<Option<u8>>,
    /// From 1 (unsure) to 3 (sure).
    #[serde(default, deserialize_with = "given")]
    #[schemars(schema_with = "schema::one_to_three")]
    pub certainty: Option<Option<u8>>,
    /// The frame is named to be denied.
    #[serde(default)]
    pub negated: Option<bool>,
    /// The project's own attributes; null takes one away, and those that are not named stay.
    #[serde(default)]
    pub custom: BTreeMap<String, Option<Plain>>,
    #[serde(default)]
    pub memo: Option<String>,
}

/// Somebody who speaks or is spoken of: the words, and, where it is known, whom of the register they mean.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Who {
    Name(String),
    Known(Known),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Known {
    pub name: String,
    /// The id or the exact name of an entry in the register.
    pub entity: String,
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

/// Changes what is said of an annotation; what is not named stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    #[schemars(schema_with = "schema::uuid")]
    pub id: AnnotationId,
    #[serde(flatten)]
    pub said: Said,
}

/// Gives an annotation another code; or, with "layer" and "kind", another mark.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recode {
    #[schemars(schema_with = "schema::uuid")]
    pub id: AnnotationId,
    #[serde(default)]
    pub code: Option<String>,
    #[serde(default)]
    #[schemars(schema_with = "schema::marked_layer")]
    pub layer: Option<Layer>,
    #[serde(default)]
    #[schemars(schema_with = "schema::kind")]
    pub kind: Option<String>,
}

/// Puts an annotation on other words of its article.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replace {
    #[schemars(schema_with = "schema::uuid")]
    pub id: AnnotationId,
    #[serde(flatten)]
    pub place: Place,
}

/// An end of an annotation.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    Start,
    End,
}

/// Moves one end of an annotation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveEnd {
    #[schemars(schema_with = "schema::uuid")]
    pub id: AnnotationId,
    pub side: Side,
    #[schemars(with = "u64")]
    pub to: CharOffset,
}

/// Takes away one annotation of the coder, with the relations that hang on it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ById {
    #[schemars(schema_with = "schema::uuid")]
    pub id: AnnotationId,
}

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

/// Draws a line from an annotation "to" another one, or to an "entity" of the register.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Relate {
    #[schemars(schema_with = "schema::uuid")]
    pub from: AnnotationId,
    /// What the line says: "denies", "same claim as".
    pub kind: String,
    #[serde(default)]
    #[schemars(schema_with = "schema::some_uuid")]
    pub to: Option<AnnotationId>,
    #[serde(default)]
    pub entity: Option<String>,
    #[serde(default)]
    #[schemars(schema_with = "schema::some_uuid")]
    pub id: Option<RelationId>,
}

/// Takes a relation away.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unrelate {
    #[schemars(schema_with = "schema::uuid")]
    pub id: RelationId,
}

/// Makes an annotation of what a detector proposed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    pub article: String,
    #[schemars(schema_with = "schema::layer")]
    pub layer: Layer,
    /// The layer's own word, or the name of the code.
    pub label: String,
    pub detector: String,
    pub version: String,
    /// From 0 to 1.
    pub score: f32,
    #[serde(flatten)]
    pub place: Place,
    /// Another code than the proposed one.
    #[serde(default)]
    pub code: Option<String>,
    #[serde(default)]
    #[schemars(schema_with = "schema::some_uuid")]
    pub id: Option<AnnotationId>,
    #[serde(default)]
    #[schemars(schema_with = "schema::voice")]
    pub voice: Option<Voice>,
    #[serde(default)]
    pub speaker: Option<String>,
    #[serde(default)]
    #[schemars(schema_with = "schema::stance")]
    pub stance: Option<Stance>,
    #[serde(default)]
    pub negated: bool,
}

/// Sets aside what a detector proposed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reject {
    pub article: String,
    #[schemars(schema_with = "schema::layer")]
    pub layer: Layer,
    pub label: String,
    pub detector: String,
    pub version: String,
    /// From 0 to 1.
    pub score: f32,
    #[serde(flatten)]
    pub place: Place,
}

/// What is said of a code beyond its name.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct CodeText {
    #[serde(default)]
    pub definition: Option<String>,
    #[serde(default)]
    pub use_when: Option<String>,
    #[serde(default)]
    pub not_when: Option<String>,
    #[serde(default)]
    pub examples: Option<Vec<String>>,
    /// The key that applies the code; null: none.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<char>")]
    pub shortcut: Option<Option<char>>,
    /// palette-1 to palette-10, or #rrggbb.
    #[serde(default)]
    pub colour: Option<String>,
}

/// Adds a code, behind those that stand below the same parent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddCode {
    pub name: String,
    #[serde(default)]
    pub parent: Option<String>,
    /// The id that the code is to have: 1 to 80 of a–z, 0–9 and "-".
    #[serde(default)]
    pub id: Option<String>,
    #[serde(flatten)]
    pub text: CodeText,
}

/// Changes a code; what is not named stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeCode {
    pub code: String,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(flatten)]
    pub text: CodeText,
}

/// Moves a code below another parent (null: to the roots), or to another place among its neighbours.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveCode {
    pub code: String,
    #[serde(default, deserialize_with = "given")]
    pub parent: Option<Option<String>>,
    /// Before the how many-th of its neighbours, counted from 0; behind them all where it is left out.
    #[serde(default)]
    pub position: Option<usize>,
}

/// Offers a code no more; its codings stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetireCode {
    pub code: String,
    /// False takes it back.
    #[serde(default = "yes")]
    pub set: bool,
}

/// Deletes a code. Where it is in use, all coders' codings with it go only if "with_codings" says so.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteCode {
    pub code: String,
    #[serde(default)]
    pub with_codings: bool,
}

/// Enters a name into the register.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddEntity {
    pub name: String,
    #[schemars(schema_with = "schema::entity_kind")]
    pub kind: EntityKind,
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    #[schemars(schema_with = "schema::some_uuid")]
    pub id: Option<EntityId>,
}

/// Changes a name of the register.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeEntity {
    /// Its id or its exact name.
    pub entity: String,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    #[schemars(schema_with = "schema::entity_kind")]
    pub kind: Option<EntityKind>,
    #[serde(default)]
    pub aliases: Option<Vec<String>>,
    #[serde(default)]
    pub note: Option<String>,
}

/// Takes a name that nothing points at out of the register.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveEntity {
    pub entity: String,
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

/// Takes an article that nobody has coded out of the project.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveArticle {
    pub article: String,
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
