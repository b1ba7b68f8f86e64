//! Tables as Parquet: a row an article. Lists of names are lists, structs are columns with dots.
//!
//! A few bytes can stand for any number of values, so every page's header is looked at before anything is made of it.

use bytes::Bytes;
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use parquet::basic::{Compression, Encoding};
use parquet::errors::ParquetError;
use parquet::file::reader::FileReader as _;
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::record::{Field as Value, Row};

use super::super::{Intake, Problem, Raw, Reader, Sample, isolated};
use super::{Cell, Table};

/// The most values that a file may hold.
const MOST_VALUES: u64 = 20_000_000;
/// How many bytes a column of a row group may be, unpacked.
const MOST_BYTES: i64 = 1 << 30;
/// How deep structs are looked into.
const DEEPEST: usize = 6;

/// The reader of Parquet.
#[derive(Debug)]
pub struct Parquet;

impl Reader for Parquet {
    fn name(&self) -> &'static str {
        "parquet"
    }

    fn about(&self) -> &'static str {
        "a table of articles as Parquet"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        sample.bytes.starts_with(b"PAR1")
    }

    fn read(&self, mut raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let source = raw.source(self.name(), None);
        let bytes = Bytes::from(std::mem::take(&mut raw.bytes));
        isolated(move || table(bytes))?.lay_down(&source, intake)
    }
}

fn damaged(error: ParquetError) -> Problem {
    Problem::Damaged { reason: error.to_string() }
}

fn table(bytes: Bytes) -> Result<Table, Problem> {
    let file = SerializedFileReader::new(bytes).map_err(damaged)?;
    bounded(&file)?;
    let mut table = Table::new("row");
    for (number, row) in (1..).zip(file.get_row_iter(None).map_err(damaged)?) {
        let mut cells = Vec::new();
        fields(&mut table, &row.map_err(damaged)?, "", 0, &mut cells)?;
        cells.sort_by_key(|(n, _)| *n);
        table.row(number, cells)?;
    }
    if table.rows.is_empty() { Err(Problem::Empty) } else { Ok(table) }
}

/// Refuses what holds too much, or is packed in a way that is not read.
fn bounded(file: &SerializedFileReader<Bytes>) -> Result<(), Problem> {
    let mut values = 0_u64;
    for n in 0..file.num_row_groups() {
        let group = file.get_row_group(n).map_err(damaged)?;
        for (n, column) in group.metadata().columns().iter().enumerate() {
            if !matches!(column.compression(), Compression::UNCOMPRESSED | Compression::SNAPPY) {
                let name = column.compression().to_string();
                let name = name.split('(').next().unwrap_or_default();
                return Err(Problem::Packed { how: format!("{name} compression") });
            }
            if column.uncompressed_size() > MOST_BYTES {
                return Err(Problem::TooMuch { most: MOST_BYTES as u64 });
            }
            let mut pages = group.get_column_page_reader(n).map_err(damaged)?;
            while let Some(page) = pages.get_next_page().map_err(damaged)? {
                values += u64::from(page.num_values());
                if values > MOST_VALUES {
                    return Err(Problem::TooMany { what: "cells", most: MOST_VALUES as usize });
                }
                // Each value may be as long as all those before it together.
                if page.encoding() == Encoding::DELTA_BYTE_ARRAY {
                    return Err(Problem::Packed { how: "delta strings (DELTA_BYTE_ARRAY)".to_owned() });
                }
            }
        }
    }
    Ok(())
}

fn fields(
    table: &mut Table,
    row: &Row,
    before: &str,
    depth: usize,
    cells: &mut Vec<(usize, Cell)>,
) -> Result<(), Problem> {
    for (name, value) in row.get_column_iter() {
        let name = if before.is_empty() { name.clone() } else { format!("{before}.{name}") };
        let cell = match value {
            Value::Group(inside) if depth < DEEPEST => {
                fields(table, inside, &name, depth + 1, cells)?;
                continue;
            }
            Value::ListInternal(list) => Some(Cell::List(list.elements().iter().filter_map(item).collect())),
            Value::MapInternal(map) => {
                let pair = |(key, value): &(Value, Value)| Some(format!("{}: {}", item(key)?, item(value)?));
                Some(Cell::List(map.entries().iter().filter_map(pair).collect()))
            }
            value => one(value),
        };
        let column = table.column(&name)?;
        cells.extend(cell.map(|cell| (column, cell)));
    }
    Ok(())
}

/// An item of a list; of a struct, its name.
fn item(value: &Value) -> Option<String> {
    match value {
        Value::Group(row) => {
            let mut names = row.get_column_iter().filter(|(name, _)| matches!(name.as_str(), "name" | "full_name"));
            names.find_map(|(_, value)| one(value)).map(|cell| cell.words())
        }
        Value::ListInternal(_) | Value::MapInternal(_) => None,
        value => one(value).map(|cell| cell.words()).filter(|words| !words.trim().is_empty()),
    }
}

fn one(value: &Value) -> Option<Cell> {
    Some(match value {
        Value::Bool(yes) => Cell::YesNo(*yes),
        Value::Byte(n) => Cell::Number(f64::from(*n)),
        Value::Short(n) => Cell::Number(f64::from(*n)),
        Value::Int(n) => Cell::Number(f64::from(*n)),
        Value::Long(n) => Cell::whole(i128::from(*n)),
        Value::UByte(n) => Cell::Number(f64::from(*n)),
        Value::UShort(n) => Cell::Number(f64::from(*n)),
        Value::UInt(n) => Cell::Number(f64::from(*n)),
        Value::ULong(n) => Cell::whole(i128::from(*n)),
        Value::Float(n) => finite(f64::from(*n))?,
        Value::Double(n) => finite(*n)?,
        Value::Float16(n) => finite(f64::from(n.to_f32()))?,
        Value::Str(text) => Cell::Text(text.clone()),
        // Older programs do not say that their bytes are text.
        Value::Bytes(bytes) => Cell::Text(std::str::from_utf8(bytes.data()).ok()?.to_owned()),
        Value::Date(days) => {
            let first = Date::constant(1970, 1, 1);
            Cell::Text(first.checked_add(Span::new().try_days(*days).ok()?).ok()?.to_string())
        }
        Value::TimestampMillis(at) => Cell::Text(Timestamp::from_millisecond(*at).ok()?.to_string()),
        Value::TimestampMicros(at) => Cell::Text(Timestamp::from_microsecond(*at).ok()?.to_string()),
        Value::Decimal(_) | Value::TimeMillis(_) | Value::TimeMicros(_) => Cell::Text(value.to_string()),
        Value::Null | Value::Group(_) | Value::ListInternal(_) | Value::MapInternal(_) => return None,
    })
}

fn finite(number: f64) -> Option<Cell> {
    number.is_finite().then_some(Cell::Number(number))
}
