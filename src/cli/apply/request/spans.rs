//! Verbs that tag words.

#![allow(clippy::option_option, reason = "JSON tells what is absent from what is null")]

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::schema;
use super::{Plain, given};
use crate::model::{AnnotationId, Layer, RelationId, Stance, Voice};
use crate::text::CharOffset;

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
