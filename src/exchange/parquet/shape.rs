//! The columns, and the way from an [`ArticleRecord`] to them and back.
//!
//! A record goes through JSON: its fields are called as the columns are. Three things differ. Values by name, which JSON
//! keeps as an object, are a list of structs; moments are moments; and what is null in JSON is null or, where a column
//! is never null, empty.

use std::sync::{Arc, LazyLock};

use arrow_array::builder::{BooleanBuilder, PrimitiveBuilder, StringBuilder};
use arrow_array::cast::AsArray as _;
use arrow_array::types::{ArrowPrimitiveType, Float32Type, Float64Type, Int32Type, Int64Type, TimestampNanosecondType};
use arrow_array::{Array, ArrayRef, ListArray, StructArray};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{ArrowError, DataType, Field, Fields, TimeUnit};
use jiff::Timestamp;
use serde_json::Value as Json;

use crate::exchange::record::ArticleRecord;
use crate::model::Value;

/// The columns.
pub static COLUMNS: LazyLock<Fields> = LazyLock::new(columns);

fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, false)
}

fn maybe(name: &str) -> Field {
    Field::new(name, DataType::Utf8, true)
}

fn place(name: &str, is_known: bool) -> Field {
    Field::new(name, DataType::Int64, !is_known)
}

fn yes_no(name: &str) -> Field {
    Field::new(name, DataType::Boolean, false)
}

fn moment(name: &str, is_known: bool) -> Field {
    Field::new(name, DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into())), !is_known)
}

fn object(name: &str, fields: Vec<Field>) -> Field {
    Field::new(name, DataType::Struct(fields.into()), false)
}

fn list(name: &str, of: DataType) -> Field {
    Field::new(name, DataType::List(Arc::new(Field::new("element", of, false))), false)
}

fn objects(name: &str, fields: Vec<Field>) -> Field {
    list(name, DataType::Struct(fields.into()))
}

/// Values by name.
fn values(name: &str) -> Field {
    let number = Field::new("number", DataType::Float64, true);
    objects(name, vec![text("name"), text("kind"), text("value"), number])
}

fn columns() -> Fields {
    let bytes = || [place("byte_start", false), place("byte_end", false)];
    let part = [text("kind"), place("start", true), place("end", true)].into_iter().chain(bytes());
    let span = || {
        let place = [place("start", true), place("end", true)].into_iter().chain(bytes());
        let around = list("around", DataType::Utf8).with_nullable(true);
        place.chain([text("text"), around]).collect::<Vec<_>>()
    };
    let party = |name| object(name, vec![text("name"), maybe("entity")]).with_nullable(true);
    let origin = vec![
        text("how"),
        maybe("detector"),
        maybe("version"),
        Field::new("score", DataType::Float32, true),
        Field::new("edited", DataType::Boolean, true),
        maybe("from"),
    ];
    let annotation = || {
        vec![
            text("id"),
            text("coder"),
            text("layer"),
            text("label"),
            list("path", DataType::Utf8),
            maybe("code"),
            Field::new("code_revision", DataType::Int64, true),
            objects("spans", span()),
            text("text"),
            maybe("voice"),
            party("speaker"),
            party("target"),
            maybe("stance"),
            Field::new("intensity", DataType::Int32, true),
            Field::new("certainty", DataType::Int32, true),
            yes_no("negated"),
            text("placement"),
            values("custom"),
            text("memo"),
            object("origin", origin.clone()),
            moment("created", true),
            moment("changed", true),
        ]
    };
    let relation = vec![text("id"), text("kind"), text("from"), maybe("to_annotation"), maybe("to_entity")];
    let decision = vec![
        place("start", true),
        place("end", true),
        text("layer"),
        text("label"),
        text("detector"),
        text("version"),
        Field::new("score", DataType::Float32, false),
        text("outcome"),
        maybe("annotation"),
        moment("at", true),
    ];
    let coding = vec![
        text("coder"),
        text("coder_name"),
        maybe("primary"),
        maybe("primary_code"),
        list("codes", DataType::Utf8),
        list("code_ids", DataType::Utf8),
        values("variables"),
        text("memo"),
        moment("finished", false),
        yes_no("nothing_found"),
        objects("nothing_found_in", span()),
        objects("relations", relation),
        objects("decisions", decision),
    ];
    let entity = vec![text("id"), text("name"), text("kind"), list("aliases", DataType::Utf8), text("note")];
    Fields::from(vec![
        text("id"),
        text("title"),
        text("outlet"),
        list("authors", DataType::Utf8),
        maybe("published"),
        maybe("url"),
        maybe("language"),
        maybe("section"),
        values("variables"),
        object("source", vec![text("file"), text("format"), text("hash"), maybe("encoding")]),
        text("hash"),
        text("text"),
        objects("parts", part.collect()),
        objects("annotations", annotation()),
        objects("orphans", annotation()),
        objects("codings", coding),
        objects("codebook", vec![text("id"), text("name"), maybe("parent")]),
        objects("entities", entity),
    ])
}

/// Whether a field holds values by name.
fn is_values(name: &str) -> bool {
    matches!(name, "variables" | "custom")
}

/// A record as JSON of the shape of the columns.
///
/// # Errors
/// Never, for a record.
pub fn json(record: &ArticleRecord) -> serde_json::Result<Json> {
    let mut json = serde_json::to_value(record)?;
    each_values(&mut json, &mut |values| {
        let Json::Object(map) = values else { return };
        let list = std::mem::take(map).into_iter().filter_map(|(name, json)| {
            let value = crate::exchange::record::value_of(&json)?;
            let (kind, number) = match &value {
                Value::Text(_) => ("text", None),
                Value::Number(n) => ("number", Some(*n).filter(|n| n.is_finite())),
                Value::YesNo(_) => ("yes-no", None),
            };
            Some(serde_json::json!({ "name": name, "kind": kind, "value": value.to_string(), "number": number }))
        });
        *values = list.collect::<Vec<_>>().into();
    });
    Ok(json)
}

/// The record that JSON of the shape of the columns is. Missing moments are `now`.
///
/// # Errors
/// Where something cannot be left out or is of another kind.
pub fn record(mut json: Json, now: Timestamp) -> serde_json::Result<ArticleRecord> {
    let now = Json::from(now.to_string());
    complete(&mut json, &COLUMNS, &now);
    each_values(&mut json, &mut |values| {
        let Json::Array(list) = values else { return };
        let map = list.iter().filter_map(|said| {
            let (name, value) = (said.get("name")?.as_str()?, said.get("value")?.as_str()?);
            let value = match said.get("kind").and_then(Json::as_str) {
                Some("number") => Value::Number(value.parse().ok()?),
                Some("yes-no") => Value::YesNo(value == "yes"),
                _ => Value::Text(value.to_owned()),
            };
            Some((name.to_owned(), crate::exchange::record::value_json(&value)))
        });
        *values = map.collect::<serde_json::Map<_, _>>().into();
    });
    serde_json::from_value(json)
}

/// Shows `change` all values by name of an article: its own, those of its annotations and of its codings.
fn each_values(json: &mut Json, change: &mut dyn FnMut(&mut Json)) {
    let Json::Object(article) = json else { return };
    for (name, inside) in article {
        if is_values(name) {
            change(inside);
        } else if let ("annotations" | "orphans" | "codings", Json::Array(list)) = (name.as_str(), inside) {
            let objects = list.iter_mut().filter_map(Json::as_object_mut).flatten();
            objects.filter(|(name, _)| is_values(name)).for_each(|(_, values)| change(values));
        }
    }
}

/// Puts what is empty where a column that is never null is missing or null.
fn complete(json: &mut Json, fields: &Fields, now: &Json) {
    let Json::Object(map) = json else { return };
    for field in fields {
        let value = map.entry(field.name().as_str()).or_insert(Json::Null);
        if value.is_null() && !field.is_nullable() {
            *value = match field.data_type() {
                DataType::List(_) => Json::Array(Vec::new()),
                DataType::Struct(_) => Json::Object(serde_json::Map::new()),
                DataType::Boolean => Json::Bool(false),
                DataType::Utf8 if field.name() == "how" => Json::from("hand"),
                DataType::Utf8 if field.name() == "placement" => Json::from("body"),
                DataType::Utf8 => Json::from(""),
                DataType::Timestamp(..) => now.clone(),
                _ => Json::Null,
            };
        }
        match (field.data_type(), value) {
            // Pandas keeps moments within lists as nanoseconds, and numbers of which some are missing as fractions.
            (DataType::Timestamp(..), value) if value.is_number() => {
                let at = value.as_i64().and_then(|n| Timestamp::from_nanosecond(n.into()).ok());
                *value = at.map_or(Json::Null, |at| Json::from(at.to_string()));
            }
            (DataType::Int64 | DataType::Int32, value) => {
                if let Some(number) = value.as_f64().filter(|n| value.is_f64() && n.fract() == 0.0) {
                    *value = Json::from(number as i64);
                }
            }
            (DataType::Struct(fields), value) => complete(value, fields, now),
            (DataType::List(element), Json::Array(list)) => {
                if let DataType::Struct(fields) = element.data_type() {
                    list.iter_mut().for_each(|value| complete(value, fields, now));
                }
            }
            _ => {}
        }
    }
}

/// A column of values.
///
/// # Errors
/// Never, where the values have the shape of the columns.
pub fn column(field: &Field, values: &[&Json]) -> Result<ArrayRef, ArrowError> {
    let is_null = field.is_nullable();
    let nulls = || is_null.then(|| values.iter().map(|v| !v.is_null()).collect::<NullBuffer>());
    Ok(match field.data_type() {
        DataType::Struct(fields) => {
            let inside = |field: &Arc<Field>| {
                let values: Vec<&Json> = values.iter().map(|v| v.get(field.name()).unwrap_or(&Json::Null)).collect();
                column(field, &values)
            };
            let columns: Result<Vec<_>, _> = fields.iter().map(inside).collect();
            Arc::new(StructArray::try_new(fields.clone(), columns?, nulls())?)
        }
        DataType::List(element) => {
            let lists = || values.iter().map(|v| v.as_array().map_or(&[][..], Vec::as_slice));
            let offsets = OffsetBuffer::from_lengths(lists().map(<[Json]>::len));
            let inside: Vec<&Json> = lists().flatten().collect();
            Arc::new(ListArray::try_new(element.clone(), offsets, column(element, &inside)?, nulls())?)
        }
        DataType::Utf8 => {
            let mut out = StringBuilder::new();
            values.iter().for_each(|v| out.append_option(v.as_str().or((!is_null).then_some(""))));
            Arc::new(out.finish())
        }
        DataType::Boolean => {
            let mut out = BooleanBuilder::new();
            values.iter().for_each(|v| out.append_option(v.as_bool().or((!is_null).then_some(false))));
            Arc::new(out.finish())
        }
        DataType::Int64 => numbers::<Int64Type>(values, is_null, Json::as_i64),
        DataType::Int32 => numbers::<Int32Type>(values, is_null, |v| v.as_i64().map(|n| n as i32)),
        DataType::Float64 => numbers::<Float64Type>(values, is_null, Json::as_f64),
        DataType::Float32 => numbers::<Float32Type>(values, is_null, |v| v.as_f64().map(|n| n as f32)),
        DataType::Timestamp(..) => {
            let nanoseconds = |v: &Json| {
                let at: Timestamp = v.as_str()?.parse().ok()?;
                i64::try_from(at.as_nanosecond()).ok()
            };
            let mut out = PrimitiveBuilder::<TimestampNanosecondType>::new().with_data_type(field.data_type().clone());
            values.iter().for_each(|v| out.append_option(nanoseconds(v).or((!is_null).then_some(0))));
            Arc::new(out.finish())
        }
        other => return Err(ArrowError::SchemaError(format!("no column here holds {other}"))),
    })
}

fn numbers<T: ArrowPrimitiveType>(
    values: &[&Json],
    is_null: bool,
    number: impl Fn(&Json) -> Option<T::Native>,
) -> ArrayRef {
    let mut out = PrimitiveBuilder::<T>::with_capacity(values.len());
    values.iter().for_each(|v| out.append_option(number(v).or((!is_null).then(T::Native::default))));
    Arc::new(out.finish())
}

/// One value of a column, whatever writer made it: long or short lists and strings, any width of numbers.
///
/// # Errors
/// Names a type that is not known here.
pub fn value(array: &dyn Array, at: usize) -> Result<Json, String> {
    use arrow_array::types as t;
    if array.is_null(at) {
        return Ok(Json::Null);
    }
    macro_rules! number {
        ($type:ty) => {
            Json::from(array.as_primitive::<$type>().value(at))
        };
    }
    let list = |inside: ArrayRef| (0..inside.len()).map(|n| value(&inside, n)).collect::<Result<Vec<_>, _>>();
    Ok(match array.data_type() {
        DataType::Null => Json::Null,
        DataType::Utf8 => Json::from(array.as_string::<i32>().value(at)),
        DataType::LargeUtf8 => Json::from(array.as_string::<i64>().value(at)),
        DataType::Utf8View => Json::from(array.as_string_view().value(at)),
        DataType::Boolean => Json::from(array.as_boolean().value(at)),
        DataType::Int8 => number!(t::Int8Type),
        DataType::Int16 => number!(t::Int16Type),
        DataType::Int32 => number!(t::Int32Type),
        DataType::Int64 => number!(t::Int64Type),
        DataType::UInt8 => number!(t::UInt8Type),
        DataType::UInt16 => number!(t::UInt16Type),
        DataType::UInt32 => number!(t::UInt32Type),
        DataType::UInt64 => number!(t::UInt64Type),
        DataType::Float32 => number!(t::Float32Type),
        DataType::Float64 => number!(t::Float64Type),
        DataType::Timestamp(unit, _) => {
            let (ticks, each) = match unit {
                TimeUnit::Second => (array.as_primitive::<t::TimestampSecondType>().value(at), 1_000_000_000),
                TimeUnit::Millisecond => (array.as_primitive::<t::TimestampMillisecondType>().value(at), 1_000_000),
                TimeUnit::Microsecond => (array.as_primitive::<t::TimestampMicrosecondType>().value(at), 1_000),
                TimeUnit::Nanosecond => (array.as_primitive::<t::TimestampNanosecondType>().value(at), 1),
            };
            let at = Timestamp::from_nanosecond(i128::from(ticks) * each).map_err(|e| e.to_string())?;
            Json::from(at.to_string())
        }
        DataType::List(_) => Json::Array(list(array.as_list::<i32>().value(at))?),
        DataType::LargeList(_) => Json::Array(list(array.as_list::<i64>().value(at))?),
        DataType::FixedSizeList(..) => Json::Array(list(array.as_fixed_size_list().value(at))?),
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            let one = |(field, column): (&Arc<Field>, &ArrayRef)| Ok((field.name().clone(), value(column, at)?));
            Json::Object(fields.iter().zip(columns).map(one).collect::<Result<_, String>>()?)
        }
        other => return Err(format!("a column holds {other}, which is not known here")),
    })
}
