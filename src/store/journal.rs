//! What stands in a journal: one record a line, each with its own checksum, so that whatever a crash leaves of the
//! last one is known for what it is.
//!
//! ```text
//! 9c56cc51b374c3ba Begun((format:2,project:"0195…",program:"0.2.0"))
//! 53d2a1c0ee41f00b Did((number:1,edit:Title("Ferry"),was:Title("Untitled")))
//! 1be0a75f4c2d9a33 Saved(1)
//! ```
//!
//! The first word is the first 8 bytes, in hex, of the BLAKE3 hash of all that follows the blank up to the line's end.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::plain;
use crate::edit::Edit;

/// One line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Record {
    /// The first line: what the edits are edits of.
    Begun(Begun),
    Did(Did),
    /// Everything up to the edit of this number is in the project's files.
    Saved(u64),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// The version of the project folder.
    pub format: u32,
    /// The project's id.
    pub project: Uuid,
}

/// One edit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Did {
    /// From 1, without a gap.
    pub number: u64,
    pub edit: Edit,
    /// What stood in its slots before.
    pub was: Edit,
}

impl Record {
    /// The record as a line with its end.
    pub fn line(&self) -> String {
        // Plain data: writing it cannot fail; and RON on one line holds no line end, in strings neither.
        let payload = ron::to_string(self).unwrap_or_else(|e| unreachable!("plain data: {e}"));
        format!("{} {payload}\n", checksum(payload.as_bytes()))
    }
}

fn checksum(payload: &[u8]) -> String {
    blake3::hash(payload).to_hex()[..16].to_owned()
}

/// A journal as it was found.
#[derive(Debug, Default)]
pub struct Found {
    pub begun: Option<Begun>,
    /// The edits that are not yet in the project's files, in order.
    pub edits: Vec<Did>,
    /// How many bytes at the end are no whole record: the one that was being written when the program died.
    pub torn: usize,
    /// How many whole lines were spoiled, with everything that comes after the first of them left out.
    pub spoiled: usize,
}

/// Reads a journal. What is torn off at the end is left out and counted; so is everything behind a record that is not
/// what was written, since later edits may build upon it.
pub fn read(bytes: &[u8]) -> Found {
    let mut found = Found::default();
    let mut rest = bytes;
    let mut last = None;
    while !rest.is_empty() {
        let end = rest.iter().position(|b| *b == b'\n');
        let (line, after) = end.map_or((rest, &rest[rest.len()..]), |end| (&rest[..end], &rest[end + 1..]));
        match record(line) {
            Some(Record::Begun(begun)) if found.begun.is_none() => found.begun = Some(begun),
            // A line that is missing, or stands twice, is as bad as one that cannot be read.
            Some(Record::Did(did)) if found.begun.is_some() && last.is_none_or(|last| did.number == last + 1) => {
                last = Some(did.number);
                found.edits.push(did);
            }
            Some(Record::Saved(number)) if found.begun.is_some() => found.edits.retain(|did| did.number > number),
            // What was being written lacks its end; a line that has it was written whole, and spoiled since.
            _ if end.is_none() && !line.contains(&0) => {
                found.torn = rest.len();
                return found;
            }
            _ => {
                found.spoiled = rest.iter().filter(|b| **b == b'\n').count().max(1);
                return found;
            }
        }
        rest = after;
    }
    found
}

fn record(line: &[u8]) -> Option<Record> {
    let line = str::from_utf8(line).ok()?;
    let (sum, payload) = line.split_once(' ')?;
    if sum != checksum(payload.as_bytes()) {
        return None;
    }
    plain::read(payload).or_else(|| ron::from_str(payload).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> (Vec<Record>, Vec<u8>) {
        let begun = Begun { format: 2, project: Uuid::from_u128(7) };
        let title = |t: &str| Edit::Title(t.to_owned());
        let did = |number, edit, was| Record::Did(Did { number, edit: title(edit), was: title(was) });
        let records =
            vec![Record::Begun(begun), did(1, "a\nb", ""), did(2, "“c”", "a"), Record::Saved(1), did(3, "d", "“c”")];
        let bytes = records.iter().flat_map(|r| r.line().into_bytes()).collect();
        (records, bytes)
    }

    #[test]
    fn what_is_saved_is_not_told_again() {
        let found = read(&journal().1);
        assert_eq!(found.edits.iter().map(|d| d.number).collect::<Vec<_>>(), [2, 3]);
        assert_eq!((found.torn, found.spoiled), (0, 0));
    }

    #[test]
    fn wherever_it_breaks_off_the_records_before_are_read() {
        let (records, bytes) = journal();
        let mut ends = vec![0];
        for record in &records {
            ends.push(ends.last().unwrap() + record.line().len());
        }
        for cut in 0..bytes.len() {
            let found = read(&bytes[..cut]);
            // A record is whole without its line end.
            let whole = ends.iter().filter(|end| **end <= cut + 1).max().unwrap();
            assert_eq!(found.torn, cut.saturating_sub(*whole), "cut at {cut}");
            assert_eq!(found.spoiled, 0);
        }
    }

    #[test]
    fn a_line_that_is_missing_or_stands_twice_is_noticed() {
        let (records, _) = journal();
        let lines: Vec<String> = records.iter().map(Record::line).collect();
        for rows in [vec![0, 1, 4], vec![0, 1, 1, 2], vec![0, 2, 1]] {
            let bytes: String = rows.iter().map(|n| lines[*n].as_str()).collect();
            assert!(read(bytes.as_bytes()).spoiled > 0, "{rows:?}");
        }
        assert!(read(&[0; 100]).spoiled > 0);
    }

    #[test]
    fn one_wrong_bit_is_noticed_wherever_it_is() {
        let bytes = journal().1;
        let good = read(&bytes);
        for at in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 4;
            let found = read(&bad);
            assert!(found.torn + found.spoiled > 0, "bit in byte {at}");
            assert!(found.edits.iter().all(|did| good.edits.contains(did) || did.number == 1));
        }
    }
}
