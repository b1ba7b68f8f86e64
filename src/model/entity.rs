//! Somebody or something that several articles name.

use serde::{Deserialize, Serialize};

use super::{EntityId, EntityKind};

/// An entry in the project's register of names: "Sir Keir", "Starmer" and "the Labour chief" are one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]

pub struct Entity {
    pub id: EntityId,
    pub name: String,
    pub kind: EntityKind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}
