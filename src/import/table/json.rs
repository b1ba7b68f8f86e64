//! Records of JSON: a list of objects, an object with such a list in it, or one object for one article.
//!
//! Keys of objects within objects are joined by dots: `{"source": {"name": …}}` has the column `source.name`. Of lists
//! of objects their names are read (`"authors": [{"name": …}]`), and where they have none, nothing.

use serde_json::{Map, Value};

use super::super::decode::decode;
use super::super::{Intake, Problem, Raw, Reader, Sample};
use super::{Cell, Table};

/// How deep objects within a record are looked into.
const DEEPEST: usize = 6;
/// How deep the list of records may lie.
const LIST_DEEPEST: usize = 4;

/// The reader of JSON.
#[derive(Debug)]
pub struct Json;

impl Reader for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "JSON: a list of records, or one record, with the article's text in a field"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        let head = sample.head.trim_start_matches('\u{feff}').trim_start();
        let Some(inside) = head.strip_prefix(['{', '[']).map(str::trim_start) else { return false };
        if !inside.starts_with(['"', '{', '[', ']', '}']) {
            return false;
        }
        let bytes = sample.bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(sample.bytes);
        sample.ending() == "json" || serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
    }

    fn read(&self, mut raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let mut source = raw.source(self.name(), None);
        let decoded = decode(std::mem::take(&mut raw.bytes))?;
        source.encoding = decoded.encoding;
        let value: Value = serde_json::from_str(decoded.text.trim_start_matches('\u{feff}'))
            .map_err(|error| Problem::Damaged { reason: format!("it is no JSON ({error})") })?;
        let mut table = Table::new("record");
        for (number, one) in (1..).zip(records(&value)) {
            let cells = record(&mut table, one)?;
            table.row(number, cells)?;
        }
        if table.rows.is_empty() {
            return Err(Problem::NothingInside { what: "record" });
        }
        table.lay_down(&source, intake)
    }
}

/// The records of a value: the longest list of objects in it, or itself.
fn records(value: &Value) -> Vec<&Map<String, Value>> {
    match value {
        Value::Array(_) => list(value, 0),
        Value::Object(object) => {
            // One article may well have lists of objects in it: authors, pictures.
            let has_text = object.iter().any(|(name, value)| {
                value.is_string() && super::names::field(name).is_some_and(|(f, _)| f == super::Field::Text)
            });
            let inside = if has_text { Vec::new() } else { list(value, 0) };
            if inside.is_empty() { vec![object] } else { inside }
        }
        _ => Vec::new(),
    }
}

fn list(value: &Value, depth: usize) -> Vec<&Map<String, Value>> {
    match value {
        Value::Array(items) => items.iter().filter_map(Value::as_object).collect(),
        Value::Object(object) if depth < LIST_DEEPEST => {
            object.values().map(|v| list(v, depth + 1)).max_by_key(Vec::len).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// The cells of a record; the table gets the columns that it has not.
///
/// # Errors
/// Where there are too many.
pub fn record(table: &mut Table, object: &Map<String, Value>) -> Result<Vec<(usize, Cell)>, Problem> {
    let mut cells = Vec::new();
    fields(table, object, "", 0, &mut cells)?;
    cells.sort_by_key(|(n, _)| *n);
    cells.dedup_by_key(|(n, _)| *n);
    Ok(cells)
}

fn fields(
    table: &mut Table,
    object: &Map<String, Value>,
    before: &str,
    depth: usize,
    cells: &mut Vec<(usize, Cell)>,
) -> Result<(), Problem> {
    for (key, value) in object {
        let key = super::super::draft::one_line(key);
        let name = if before.is_empty() { key } else { format!("{before}.{key}") };
        let cell = match value {
            Value::Null => {
                // The column is there all the same.
                table.column(&name)?;
                continue;
            }
            Value::Bool(yes) => Cell::YesNo(*yes),
            Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(whole), ..) => Cell::whole(i128::from(whole)),
                (_, Some(whole), _) => Cell::whole(i128::from(whole)),
                (.., float) => Cell::Number(float.unwrap_or_default()),
            },
            Value::String(text) => Cell::Text(text.clone()),
            Value::Array(items) => Cell::List(items.iter().filter_map(words).collect()),
            Value::Object(inside) => {
                if depth < DEEPEST {
                    fields(table, inside, &name, depth + 1, cells)?;
                }
                continue;
            }
        };
        if !matches!(&cell, Cell::List(list) if list.is_empty()) {
            cells.push((table.column(&name)?, cell));
        }
    }
    Ok(())
}

/// The words of an item of a list.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|t| !t.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(object) => {
            let names = ["name", "full_name", "fullName"];
            names.iter().find_map(|name| object.get(*name)?.as_str()).map(str::to_owned)
        }
        _ => None,
    }
}
