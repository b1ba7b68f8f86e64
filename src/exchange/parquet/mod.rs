//! Parquet: one row an article, typed and nested, for pandas, Arrow, DuckDB, Polars, R and Hugging Face.
//!
//! A row holds what a line of [JSON Lines](super::jsonl) holds, under the same names: lists are lists of structs,
//! moments are timestamps in nanoseconds of UTC, and values by name (`variables`, `custom`) are lists of
//! `{name, kind, value, number}`, where `kind` is `text`, `number` or `yes-no`, `value` is the value as text and `number`
//! the value of a number. What the offsets count stands in the file's metadata under `framelens`.
//!
//! The file is compressed by Snappy. A row group holds 500 articles, fewer where they are long. What is read may come
//! from any writer, as long as the columns are called so and compressed by Snappy or not at all; columns may be missing
//! where they may be empty, and columns of other names are left out, and told.

mod guard;
pub mod shape;

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::Schema;
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::FileReader as _;
use parquet::file::serialized_reader::SerializedFileReader;
use serde_json::Value as Json;

use super::{Bundle, Carries, Feature, Format, Incoming, Losses, Problem, Shape, Sink, jsonl, record};
use crate::model::{Article, Project};

/// How many articles a row group holds.
const GROUP: usize = 500;
/// After how many bytes a row group ends before it holds so many.
const GROUP_BYTES: usize = 32 << 20;
/// How many articles are turned into columns, or out of them, at once.
const AT_ONCE: usize = 50;

/// What the metadata of a file says, as JSON.
const ABOUT: &str = r#"{"format":1,"rows":"articles","offsets":"start and end count Unicode code points of the column text, end-exclusive; byte_start and byte_end count its UTF-8 bytes","hash":"BLAKE3 of the UTF-8 text, in hex"}"#;

/// The format.
#[derive(Debug)]
pub struct Parquet;

impl Format for Parquet {
    fn name(&self) -> &'static str {
        "parquet"
    }

    fn about(&self) -> &'static str {
        "Parquet, one row an article with its text and all codings, typed; for pandas, Arrow, DuckDB"
    }

    fn shape(&self) -> Shape {
        Shape::File("parquet")
    }

    fn carries(&self) -> Carries {
        Carries::EVERYTHING.but(&[
            Feature::CodeMeanings,
            Feature::CodeColours,
            Feature::CodeDetails,
            Feature::UnusedCodes,
            Feature::UnusedNames,
            Feature::IdleCoders,
            Feature::Schema,
            Feature::ProjectTitle,
        ])
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        adapt(project, losses);
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        sink.main(|out, step| write(project, project.articles.values().map(|a| &**a), out, step))
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        let Some(name) = bundle.only() else { return false };
        if !bundle.start(name).starts_with(b"PAR1") {
            return false;
        }
        let Some(file) = bundle.read(name).ok().and_then(|b| SerializedFileReader::new(Bytes::from(b)).ok()) else {
            return false;
        };
        let has = |name| file.metadata().file_metadata().schema().get_fields().iter().any(|f| f.name() == name);
        has("text") && (has("annotations") || has("codings"))
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let name = bundle.only().ok_or(Problem::NotOneFile)?;
        let bytes = Bytes::from(bundle.read(name)?);
        let wrong = |e: &dyn std::fmt::Display| Problem::within(name, e);
        let file = SerializedFileReader::new(bytes.clone()).map_err(|e| wrong(&e))?;
        if let Some(what) = guard::too_much(&file, guard::LIMITS).map_err(|e| wrong(&e))? {
            return Err(wrong(&what));
        }
        let fields = file.metadata().file_metadata().schema().get_fields().to_vec();
        let is_ours = |name: &str| shape::COLUMNS.iter().any(|c| c.name() == name);
        if !fields.iter().any(|f| f.name() == "text") {
            return Err(wrong(&"a column “text” with the articles’ texts is needed"));
        }
        for field in fields.iter().filter(|f| !is_ours(f.name())).take(20) {
            incoming.tell(format!("the column “{}” is not known here and was left out", field.name()));
        }
        let ours = (0..fields.len()).filter(|n| is_ours(fields[*n].name()));
        // What an Arrow writer noted of its own types is a second word on the columns, and not to be trusted more.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(bytes, options).map_err(|e| wrong(&e))?;
        let mask = ProjectionMask::roots(reader.parquet_schema(), ours);
        let batches = reader.with_projection(mask).with_batch_size(AT_ONCE).build().map_err(|e| wrong(&e))?;
        let mut row = 0;
        for batch in batches {
            let batch = batch.map_err(|e| wrong(&e))?;
            let schema = batch.schema();
            for at in 0..batch.num_rows() {
                row += 1;
                let wrong = |e: &dyn std::fmt::Display| wrong(&format_args!("row {row}: {e}"));
                let mut article = serde_json::Map::new();
                for (field, column) in schema.fields().iter().zip(batch.columns()) {
                    article.insert(field.name().clone(), shape::value(column, at).map_err(|e| wrong(&e))?);
                }
                let record = shape::record(Json::Object(article), incoming.now()).map_err(|e| wrong(&e))?;
                jsonl::read_article(incoming, record, std::collections::BTreeMap::new());
            }
        }
        Ok(())
    }
}

/// Moments beyond those that 64 bits of nanoseconds reach become the first or last of them.
pub fn adapt(project: &mut Project, losses: &mut Losses) {
    let (first, last) = (i64::MIN.into(), i64::MAX.into());
    let mut bent = 0;
    super::adapt::each_moment(project, &mut |at| {
        let nanoseconds = at.as_nanosecond();
        if !(first..=last).contains(&nanoseconds)
            && let Ok(nearest) = jiff::Timestamp::from_nanosecond(nanoseconds.clamp(first, last))
        {
            *at = nearest;
            bent += 1;
        }
    });
    losses.tell("moments", bent, "moments before 1677 or after 2262 become the first or last that can be written");
}

/// Writes articles, in their order, as one file.
///
/// # Errors
/// Where it cannot be written, or where `step`, which is called after each article, says so.
pub fn write<'a>(
    project: &Project,
    articles: impl Iterator<Item = &'a Article>,
    out: &mut dyn Write,
    step: &mut dyn FnMut() -> io::Result<()>,
) -> io::Result<()> {
    // Arrow's readers take the metadata from Arrow's schema, the others from the file.
    let about = ("framelens".to_owned(), ABOUT.to_owned());
    let metadata = HashMap::from([about.clone()]);
    let schema = Arc::new(Schema::new(shape::COLUMNS.clone()).with_metadata(metadata));
    let about = KeyValue::new(about.0, about.1);
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(format!("framelens {}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(vec![about]))
        .set_max_row_group_row_count(Some(GROUP))
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), schema.clone(), Some(properties)).map_err(io::Error::other)?;
    let mut waiting: Vec<Json> = Vec::new();
    for article in articles {
        waiting.push(shape::json(&record::article(project, article))?);
        if waiting.len() == AT_ONCE {
            put(&mut writer, &schema, &mut waiting).map_err(io::Error::other)?;
            out.write_all(&std::mem::take(writer.inner_mut()))?;
        }
        step()?;
    }
    put(&mut writer, &schema, &mut waiting).map_err(io::Error::other)?;
    writer.finish().map_err(io::Error::other)?;
    out.write_all(&std::mem::take(writer.inner_mut()))
}

fn put(writer: &mut ArrowWriter<Vec<u8>>, schema: &Arc<Schema>, rows: &mut Vec<Json>) -> parquet::errors::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let column = |field: &Arc<arrow_schema::Field>| {
        let values: Vec<&Json> = rows.iter().map(|row| row.get(field.name()).unwrap_or(&Json::Null)).collect();
        shape::column(field, &values)
    };
    let columns = schema.fields().iter().map(column).collect::<Result<Vec<_>, _>>()?;
    writer.write(&RecordBatch::try_new(schema.clone(), columns)?)?;
    rows.clear();
    if writer.in_progress_size() > GROUP_BYTES {
        writer.flush()?;
    }
    Ok(())
}
