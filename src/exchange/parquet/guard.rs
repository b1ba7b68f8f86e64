//! How much a Parquet file holds, before anything is made of it.
//!
//! A few bytes can stand for any number of values: a run says once what is repeated a thousand million times, and a
//! dictionary holds once what many values refer to. So every page is looked at first: how many values it holds is in
//! its header, and the reader makes no more of it than that.

use parquet::basic::{Compression, Encoding, Type};
use parquet::column::page::{Page, PageReader};
use parquet::errors::Result;
use parquet::file::reader::{ChunkReader, FileReader as _};
use parquet::file::serialized_reader::SerializedFileReader;

/// What is too much.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most values that the columns of a row group may hold together.
    pub values: u64,
    /// How many bytes they may be together.
    pub bytes: u64,
}

pub const LIMITS: Limits = Limits { values: 40_000_000, bytes: 4 << 30 };

const VALUES: &str = "a row group holds more than 40 million values; write it in smaller row groups";
const BYTES: &str = "the words of a row group may be more than 4 GB; write it in smaller row groups";

const PACKED: &str = "a column is compressed in a way that is not read here; write it with Snappy or uncompressed";

/// Says what is too much about a file, in a sentence.
///
/// # Errors
/// Where a page cannot be read.
pub fn too_much<R: ChunkReader + 'static>(
    file: &SerializedFileReader<R>,
    limits: Limits,
) -> Result<Option<&'static str>> {
    for n in 0..file.num_row_groups() {
        let group = file.get_row_group(n)?;
        let (mut values, mut bytes) = (0_u64, 0_u64);
        for (n, column) in group.metadata().columns().iter().enumerate() {
            if !matches!(column.compression(), Compression::UNCOMPRESSED | Compression::SNAPPY) {
                return Ok(Some(PACKED));
            }
            if column.uncompressed_size() > limits.bytes as i64 {
                return Ok(Some(BYTES));
            }
            let holds_bytes = matches!(column.column_type(), Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY);
            let mut seen = Seen::default();
            if let Some(what) = seen.look(&mut *group.get_column_page_reader(n)?, holds_bytes, limits)? {
                return Ok(Some(what));
            }
            values = values.saturating_add(seen.values);
            bytes = bytes.saturating_add(seen.bytes).saturating_add(seen.referring.saturating_mul(seen.longest));
            if values > limits.values {
                return Ok(Some(VALUES));
            }
            if bytes > limits.bytes {
                return Ok(Some(BYTES));
            }
        }
    }
    Ok(None)
}

/// What a column holds.
#[derive(Default)]
struct Seen {
    values: u64,
    bytes: u64,
    /// How many values may refer to the dictionary.
    referring: u64,
    /// The longest entry of the dictionary, in bytes.
    longest: u64,
}

impl Seen {
    fn look(&mut self, pages: &mut dyn PageReader, holds_bytes: bool, limits: Limits) -> Result<Option<&'static str>> {
        while let Some(page) = pages.get_next_page()? {
            if let Page::DictionaryPage { buf, .. } = &page {
                self.bytes += buf.len() as u64;
                self.longest = self.longest.max(if holds_bytes { longest(buf) } else { 0 });
                continue;
            }
            self.values += u64::from(page.num_values());
            self.bytes += page.buffer().len() as u64;
            match page.encoding() {
                // Each value may be as long as all those before it together.
                Encoding::DELTA_BYTE_ARRAY => {
                    return Ok(Some("a column is written in delta strings, which are not read here"));
                }
                Encoding::RLE_DICTIONARY => self.referring += u64::from(page.num_values()),
                // What is called so is a dictionary as well, under its older name.
                #[allow(deprecated)]
                Encoding::PLAIN_DICTIONARY => self.referring += u64::from(page.num_values()),
                _ => {}
            }
            if self.values > limits.values {
                break;
            }
        }
        Ok(None)
    }
}

/// The longest entry of a dictionary of strings: each has its length, in four bytes, before it.
fn longest(mut bytes: &[u8]) -> u64 {
    let mut longest = 0;
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*length);
        longest = longest.max(u64::from(length));
        match rest.get(length as usize..) {
            Some(rest) => bytes = rest,
            None => break,
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, RecordBatch, StringArray};
    use bytes::Bytes;
    use parquet::arrow::ArrowWriter;

    use super::*;

    fn file(words: &str, times: usize) -> SerializedFileReader<Bytes> {
        let column: ArrayRef = Arc::new(StringArray::from(vec![words; times]));
        let batch = RecordBatch::try_from_iter([("text", column)]).unwrap();
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        SerializedFileReader::new(Bytes::from(writer.into_inner().unwrap())).unwrap()
    }

    #[test]
    fn a_few_bytes_that_stand_for_many_are_seen() {
        let limits = Limits { values: 1000, bytes: 100_000 };
        let told = |words: &str, times| too_much(&file(words, times), limits).unwrap();
        assert_eq!(told("some words", 900), None);
        assert_eq!(told("some words", 1100), Some(VALUES));
        // The words stand in the file once; a thousand rows refer to them.
        assert_eq!(told(&"words ".repeat(20), 999), Some(BYTES));
        assert_eq!(told(&"words ".repeat(20), 700), None);
    }
}
