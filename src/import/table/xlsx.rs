//! Workbooks of Excel: the first sheet with a column that can be the text.

use std::io::Cursor;

use calamine::{DataRef, Reader as _, Xlsx as Workbook};

use super::super::{Intake, Problem, Raw, Reader, Sample, isolated, unzip};
use super::{Cell, Table};
use crate::archive::ZipError;

/// The reader of workbooks.
#[derive(Debug)]
pub struct Xlsx;

impl Reader for Xlsx {
    fn name(&self) -> &'static str {
        "xlsx"
    }

    fn about(&self) -> &'static str {
        "a table of articles as an Excel workbook (.xlsx)"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        sample.names().iter().any(|name| name.eq_ignore_ascii_case("xl/workbook.xml"))
    }

    fn read(&self, mut raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let source = raw.source(self.name(), None);
        let bytes = std::mem::take(&mut raw.bytes);
        honest(&bytes)?;
        let tables = isolated(move || tables(bytes))?;
        let options = intake.options();
        let is_said = |names: &[String]| {
            options.columns.contains_key(&super::signature(names)) || !options.named_among(names).is_empty()
        };
        let wanted = tables.iter().position(|t| is_said(&t.names) || t.has_text());
        let mut tables = tables;
        if tables.is_empty() {
            return Err(Problem::Empty);
        }
        tables.swap_remove(wanted.unwrap_or(0)).lay_down(&source, intake)
    }
}

/// Unpacks every file once within the bounds of [`crate::archive`], so that the library that reads the workbook unpacks
/// no more than that.
fn honest(bytes: &[u8]) -> Result<(), Problem> {
    let mut zip = unzip(bytes)?;
    for entry in zip.entries().to_vec() {
        zip.read(&entry).map_err(|error| match error {
            ZipError::Encrypted(_) => Problem::Protected,
            error => Problem::Damaged { reason: error.to_string() },
        })?;
    }
    Ok(())
}

/// The sheets that hold something.
fn tables(bytes: Vec<u8>) -> Result<Vec<Table>, Problem> {
    let damaged = |e: calamine::XlsxError| match e {
        calamine::XlsxError::Password => Problem::Protected,
        e => Problem::Damaged { reason: e.to_string() },
    };
    let mut book: Workbook<_> = Workbook::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut tables = Vec::new();
    for sheet in book.sheet_names() {
        // A sheet of nothing but a chart has no cells to read.
        let Ok(mut cells) = book.worksheet_cells_reader(&sheet) else { continue };
        let mut sheet = Sheet::default();
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            let (row, column) = cell.get_position();
            if let Some(value) = value(cell.get_value()) {
                sheet.add(row as usize, column as usize, value)?;
            }
        }
        sheet.end_row()?;
        tables.extend(sheet.table);
    }
    Ok(tables)
}

/// A sheet, read cell by cell. Only cells that are there are held, however far from each other they are.
#[derive(Default)]
struct Sheet {
    table: Option<Table>,
    /// The numbers of the named columns, by where they stand.
    columns: std::collections::BTreeMap<usize, usize>,
    number: usize,
    row: Vec<(usize, Cell)>,
}

impl Sheet {
    fn add(&mut self, row: usize, column: usize, value: Cell) -> Result<(), Problem> {
        if row + 1 != self.number {
            self.end_row()?;
            self.number = row + 1;
        }
        self.row.push((column, value));
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Problem> {
        let mut row = std::mem::take(&mut self.row);
        if row.is_empty() {
            return Ok(());
        }
        row.sort_by_key(|(column, _)| *column);
        row.dedup_by_key(|(column, _)| *column);
        let Some(table) = &mut self.table else {
            // A title above the table stands alone in its row, and so does a note below it.
            let mut table = Table::new("row");
            table.header(row.iter().map(|(_, cell)| cell.words()))?;
            self.columns = row.iter().map(|(column, _)| *column).zip(0..).collect();
            self.table = Some(table);
            return Ok(());
        };
        if table.rows.is_empty() && table.names.len() == 1 && row.len() > 2 {
            let mut below = Table::new("row");
            below.header(row.iter().map(|(_, cell)| cell.words()))?;
            self.columns = row.iter().map(|(column, _)| *column).zip(0..).collect();
            *table = below;
            return Ok(());
        }
        let named = |(column, cell): (usize, Cell)| Some((*self.columns.get(&column)?, cell));
        table.row(self.number, row.into_iter().filter_map(named).collect())
    }
}

fn value(value: &DataRef<'_>) -> Option<Cell> {
    Some(match value {
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Bool(yes) => Cell::YesNo(*yes),
        DataRef::DateTime(at) if at.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            let midnight = (hour, minute, second) == (0, 0, 0);
            Cell::Text(if midnight { date } else { format!("{date}T{hour:02}:{minute:02}:{second:02}") })
        }
        DataRef::DateTime(at) => Cell::Number(at.as_f64()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(text.clone()),
        DataRef::Error(_) | DataRef::Empty => return None,
    })
}
