//! The requests as a JSON Schema.

use schemars::{JsonSchema as _, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::{Value, json};

use super::request::Verb;
use crate::model::{ClaimKind, EntityKind, Layer, QuoteKind, Stance, Voice};

/// The schema of one line (JSON Schema 2020-12), as `docs/apply.schema.json` holds it.
pub fn schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let step = Verb::json_schema(&mut generator).to_value();
    let mut line = step.clone();
    // On a line, every verb may have these beside its own.
    for verb in line.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(fields) = verb.get_mut("properties").and_then(Value::as_object_mut) {
            fields.insert("ref".into(), json!({ "description": "Anything; it comes back with the answer." }));
            fields.insert(
                "coder".into(),
                json!({ "description": "Who codes: an id or a name.", "type": ["string", "null"] }),
            );
            fields.insert(
                "at".into(),
                json!({
                    "description": "The moment that the work bears, where it is not now.",
                    "type": ["string", "null"],
                    "format": "date-time"
                }),
            );
        }
    }
    let mut definitions = generator.take_definitions(true);
    definitions.insert("Verb".into(), step);
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One line of framelens apply",
        "oneOf": line["oneOf"],
        "$defs": definitions,
    });
    without_null_defaults(&mut schema);
    schema
}

/// That a field which may be left out is nothing then goes without saying.
fn without_null_defaults(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.get("default").is_some_and(Value::is_null) {
                fields.remove("default");
            }
            fields.values_mut().for_each(without_null_defaults);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null_defaults),
        _ => {}
    }
}

pub fn uuid(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "uuid" })
}

pub fn some_uuid(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["string", "null"], "format": "uuid" })
}

pub fn one_to_three(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["integer", "null"], "minimum": 1, "maximum": 3 })
}

pub fn voice(_: &mut SchemaGenerator) -> Schema {
    one_of(Voice::ALL.iter().map(|w| w.word()), true)
}

pub fn stance(_: &mut SchemaGenerator) -> Schema {
    one_of(Stance::ALL.iter().map(|w| w.word()), true)
}

pub fn layer(_: &mut SchemaGenerator) -> Schema {
    one_of(Layer::ALL.iter().map(|w| w.word()), false)
}

pub fn marked_layer(_: &mut SchemaGenerator) -> Schema {
    one_of(Layer::ALL.iter().filter(|l| **l != Layer::Frame).map(|w| w.word()), false)
}

pub fn entity_kind(_: &mut SchemaGenerator) -> Schema {
    one_of(EntityKind::ALL.iter().map(|w| w.word()), false)
}

pub fn kind(_: &mut SchemaGenerator) -> Schema {
    let entities = EntityKind::ALL.iter().map(|w| w.word());
    let quotes = QuoteKind::ALL.iter().map(|w| w.word());
    one_of(entities.chain(quotes).chain(ClaimKind::ALL.iter().map(|w| w.word())), false)
}

fn one_of<'a>(words: impl Iterator<Item = &'a str>, or_null: bool) -> Schema {
    let words: Vec<Value> = words.map(Value::from).chain(or_null.then_some(Value::Null)).collect();
    json_schema!({ "enum": words })
}
