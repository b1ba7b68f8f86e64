//! Verbs that change the codebook and the register of names.

#![allow(clippy::option_option, reason = "JSON tells what is absent from what is null")]

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::schema;
use super::{given, yes};
use crate::model::{EntityId, EntityKind};

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
