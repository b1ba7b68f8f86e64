//! Tables as plain text: cells between commas, semicolons, tabs or bars.
//!
//! What stands between the cells is found out by what makes the rows alike; Excel's first line `sep=;` is believed. Cells
//! with the mark in them stand in quotation marks, doubled within or after a backslash.

use csv::{ReaderBuilder, StringRecord};

use super::super::decode::decode;
use super::super::{Field, Intake, Problem, Raw, Reader, Sample};
use super::names::field;
use super::{Cell, Table};

const BETWEEN: [u8; 4] = [b',', b';', b'\t', b'|'];
/// How many rows are looked at to find out what stands between the cells.
const LOOK: usize = 50;
/// A name of a column is no longer than this, in code points.
const LONGEST_NAME: usize = 100;

/// The reader of CSV and its kin.
#[derive(Debug)]
pub struct Delimited;

impl Reader for Delimited {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> &'static str {
        "a table of articles as CSV or TSV: a row an article, its text in a column"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        let head = sample.head.trim_start_matches('\u{feff}');
        // The last row may be cut.
        let whole =
            if head.len() >= super::super::SAMPLE / 2 { head.rsplit_once('\n').map_or(head, |(h, _)| h) } else { head };
        let called = matches!(sample.ending().as_str(), "csv" | "tsv" | "tab");
        if whole.trim().is_empty() || whole.trim_start().starts_with(['<', '{']) {
            return false;
        }
        let form = Form::of(whole);
        let rows = form.rows(whole);
        let Some(header) = rows.first() else { return false };
        let known = header.iter().filter(|name| field(name).is_some()).count();
        if called {
            return header.len() > 1 || known > 0;
        }
        // Whatever it is called, a table names the column of the text, has short names, and its rows are alike.
        let even = rows.iter().all(|row| row.len() == header.len());
        let short = header.iter().all(|name| name.chars().count() <= 40 && name.split_whitespace().count() <= 4);
        let text = header.iter().any(|name| matches!(field(name), Some((Field::Text, _))));
        (header.len() > 1 || form.said) && rows.len() > 1 && even && short && text && known >= 2
    }

    fn read(&self, mut raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let mut source = raw.source(self.name(), None);
        let decoded = decode(std::mem::take(&mut raw.bytes))?;
        source.encoding = decoded.encoding;
        let text = decoded.text.trim_start_matches('\u{feff}');
        table(text)?.lay_down(&source, intake)
    }
}

fn table(text: &str) -> Result<Table, Problem> {
    let form = Form::of(text);
    let mut table = Table::new("row");
    let mut rows = form.reader(text);
    let mut row = StringRecord::new();
    let mut width = 0;
    let mut number = 0;
    // Whether the last row looks as if a quotation mark in it had swallowed those behind it.
    let mut open = false;
    loop {
        match rows.read_record(&mut row) {
            Ok(true) => number += 1,
            Ok(false) => break,
            Err(error) => return Err(Problem::Damaged { reason: error.to_string() }),
        }
        if number == 1 {
            width = row.len();
            if is_header(&row) {
                table.header(row.iter().map(str::to_owned))?;
                continue;
            }
            table.header((1..=width).map(|n| format!("column {n}")))?;
        }
        let cells = row.iter().take(width).map(|cell| Cell::Text(cell.to_owned())).enumerate().collect();
        table.row(number, cells)?;
        open = row.len() < width && row.iter().next_back().is_some_and(|cell| cell.lines().count() > 2);
        let odd = row.len() > width && row.iter().skip(width).any(|cell| !cell.trim().is_empty());
        if odd && let Some(last) = table.rows.last_mut() {
            last.warning = Some(format!(
                "row {number} has more cells than there are columns; perhaps a quotation mark is missing before it"
            ));
        }
    }
    if open && let Some(last) = table.rows.last_mut() {
        last.warning = Some(format!("a quotation mark in row {number} is not closed; what follows went into it"));
    }
    Ok(table)
}

/// Whether a first row names the columns: nothing in it is long, a number, a date or an address.
fn is_header(row: &StringRecord) -> bool {
    let value = |cell: &str| {
        cell.chars().count() > LONGEST_NAME
            || cell.starts_with("http")
            || cell.parse::<f64>().is_ok()
            || super::draft::looks_like_date(cell)
    };
    row.iter().any(|cell| field(cell).is_some()) || !row.iter().any(|cell| value(cell.trim()))
}

/// How a table is written.
struct Form {
    between: u8,
    quote: u8,
    /// Whether a quotation mark within a cell stands after a backslash, and is not doubled.
    escaped: bool,
    /// Whether the first line says what stands between the cells.
    said: bool,
}

impl Form {
    fn of(text: &str) -> Self {
        let head = text.get(..text.floor_char_boundary(super::super::SAMPLE)).unwrap_or(text);
        let escaped = head.contains("\\\"") && !head.replace("\\\"", "").contains("\"\"");
        // Quotation marks of one stroke are apostrophes, unless cells begin with them and there are no others.
        let single =
            !head.contains('"') && [",'", ";'", "\t'", "|'"].iter().any(|begin| head.matches(begin).count() > 2);
        let mut form = Self { between: b',', quote: if single { b'\'' } else { b'"' }, escaped, said: false };
        let first = text.lines().next().unwrap_or_default().trim();
        if let Some(said) = first.strip_prefix("sep=").or_else(|| first.strip_prefix("SEP=")) {
            form.said = true;
            form.between = match said.as_bytes() {
                [mark] if mark.is_ascii_punctuation() => *mark,
                _ => b'\t',
            };
            return form;
        }
        let likely = BETWEEN.into_iter().max_by_key(|between| {
            let rows = Self { between: *between, ..form }.rows(head);
            let width = rows.first().map_or(0, StringRecord::len);
            let alike = rows.iter().filter(|row| row.len() == width).count();
            let known = rows.first().map_or(0, |row| row.iter().filter(|cell| field(cell).is_some()).count());
            if width < 2 { (0, 0, 0) } else { (alike * 100 / rows.len().max(1), known, width) }
        });
        form.between = likely.unwrap_or(b',');
        form
    }

    fn reader<'a>(&self, text: &'a str) -> csv::Reader<&'a [u8]> {
        let text = if self.said { text.split_once('\n').map_or("", |(_, rest)| rest) } else { text };
        ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.between)
            .quote(self.quote)
            .escape(self.escaped.then_some(b'\\'))
            .double_quote(!self.escaped)
            .from_reader(text.as_bytes())
    }

    fn rows(&self, text: &str) -> Vec<StringRecord> {
        self.reader(text).into_records().take(LOOK).map_while(Result::ok).collect()
    }
}
