//! Tables of articles, whatever file they came in: rows become articles by what the columns are taken for.
//!
//! What a column is, the researcher says for tables of its [signature](super::signature); else it is [guessed](guess).
//! A cell of a column that nobody knows becomes a variable of the article: numbers as numbers, yes and no as such.

mod delimited;
mod draft;
mod guess;
mod json;
mod names;
mod parquet;
mod xlsx;

use std::collections::HashMap;

use super::{Columns, Field, Intake, Problem, signature};
use crate::model::{Article, Source};

pub use delimited::Delimited;
pub use draft::turned;
pub use json::{Json, record};
pub use parquet::Parquet;
pub use xlsx::Xlsx;

/// How many columns a table may have.
const MOST_COLUMNS: usize = 5_000;
/// How many bytes the cells of a table may hold together.
const MOST: u64 = 1 << 30;
/// How many rows are shown of a table, and how many code points of a cell.
const SHOWN_ROWS: usize = 5;
const SHOWN: usize = 200;
/// How many stretches of rows are named that had no text.
const NAMED_GAPS: usize = 50;

/// What stands in a cell that is not empty.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Text(String),
    Number(f64),
    YesNo(bool),
    List(Vec<String>),
}

impl Cell {
    /// A whole number; as text where it has more digits than a number can hold, as the ids of posts have.
    pub fn whole(number: i128) -> Self {
        if number.abs() <= 1 << 53 { Self::Number(number as f64) } else { Self::Text(number.to_string()) }
    }

    /// The words of the cell as one text.
    pub fn words(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::YesNo(yes) => if *yes { "yes" } else { "no" }.to_owned(),
            Self::List(list) => list.join("; "),
        }
    }

    fn size(&self) -> u64 {
        let words = match self {
            Self::Text(text) => text.len(),
            Self::List(list) => list.iter().map(|l| l.len() + 24).sum(),
            _ => 0,
        };
        words as u64 + 48
    }
}

/// A row of a table.
#[derive(Debug)]
pub struct Row {
    /// As a spreadsheet counts it.
    pub number: usize,
    /// The cells that are not empty, by the number of their column, in order.
    pub cells: Vec<(usize, Cell)>,
    /// What was odd about it.
    pub warning: Option<String>,
    /// The article, where the row is one as it stands.
    made: Option<Box<Article>>,
}

impl Row {
    pub fn cell(&self, column: usize) -> Option<&Cell> {
        self.cells.iter().find(|(n, _)| *n == column).map(|(_, cell)| cell)
    }
}

/// A table in memory.
#[derive(Debug)]
pub struct Table {
    pub names: Vec<String>,
    pub rows: Vec<Row>,
    /// What a row is called: `row`, `line`.
    word: &'static str,
    by_name: HashMap<String, usize>,
    held: u64,
}

impl Table {
    pub fn new(word: &'static str) -> Self {
        Self { names: Vec::new(), rows: Vec::new(), word, by_name: HashMap::new(), held: 0 }
    }

    /// Sets the columns. Those that have no name, or one that was there, get one by their number.
    pub fn header(&mut self, names: impl IntoIterator<Item = String>) -> Result<(), Problem> {
        for (n, name) in (1..).zip(names) {
            let name = super::draft::one_line(&name);
            let taken = name.is_empty() || self.by_name.contains_key(&name);
            self.column(&if taken { format!("{name} column {n}").trim().to_owned() } else { name })?;
        }
        Ok(())
    }

    /// The number of the column of that name, which is added where it is not there.
    pub fn column(&mut self, name: &str) -> Result<usize, Problem> {
        if let Some(n) = self.by_name.get(name) {
            return Ok(*n);
        }
        if self.names.len() >= MOST_COLUMNS {
            return Err(Problem::TooMany { what: "columns", most: MOST_COLUMNS });
        }
        self.by_name.insert(name.to_owned(), self.names.len());
        self.names.push(name.to_owned());
        Ok(self.names.len() - 1)
    }

    /// Adds a row. Cells of nothing but white space are empty.
    pub fn row(&mut self, number: usize, cells: Vec<(usize, Cell)>) -> Result<(), Problem> {
        let says = |cell: &Cell| match cell {
            Cell::Text(text) => !text.trim().is_empty(),
            Cell::List(list) => !list.is_empty(),
            _ => true,
        };
        let cells: Vec<_> = cells.into_iter().filter(|(_, cell)| says(cell)).collect();
        self.held += cells.iter().map(|(_, cell)| cell.size()).sum::<u64>();
        if self.held > MOST {
            return Err(Problem::TooMuch { most: MOST });
        }
        if !cells.is_empty() {
            self.rows.push(Row { number, cells, warning: None, made: None });
        }
        Ok(())
    }

    /// Adds a row that is an article as it stands.
    pub fn made(&mut self, number: usize, article: Article) {
        self.rows.push(Row { number, cells: Vec::new(), warning: None, made: Some(Box::new(article)) });
    }

    /// Whether a column of it could be taken for the text.
    pub fn has_text(&self) -> bool {
        guess::columns(self).values().any(|f| *f == Field::Text)
    }

    /// Makes articles of the rows.
    ///
    /// # Errors
    /// Where no column can be taken for the text.
    pub fn lay_down(mut self, source: &Source, intake: &mut Intake<'_>) -> Result<(), Problem> {
        if self.names.is_empty() {
            return self.rows.into_iter().filter_map(|row| row.made).try_for_each(|made| intake.article(*made));
        }
        let said = intake.options().columns.get(&signature(&self.names));
        let mut columns = said.cloned().unwrap_or_else(|| guess::columns(&self));
        let named = intake.options().named_among(&self.names);
        // What is said of a column takes the place of what another one was taken for.
        for field in columns.values_mut().filter(|f| **f != Field::Ignored && named.values().any(|n| n == *f)) {
            *field = Field::Variable;
        }
        columns.extend(named);
        intake.table(&self.names, self.shown(), columns.clone());
        if !columns.values().any(|f| *f == Field::Text) {
            if names::is_media_cloud(&self.names) {
                return Err(Problem::ListOnly { what: "this table from Media Cloud" });
            }
            let names: Vec<&str> = self.names.iter().take(20).map(String::as_str).collect();
            return Err(Problem::NoTextColumn { columns: names.join(", ") });
        }
        let plan = draft::Plan::new(&self, &columns);
        let mut gaps = Gaps::default();
        for row in &mut self.rows {
            if let Some(made) = row.made.take() {
                intake.article(*made)?;
                continue;
            }
            match plan.draft(row).map(|draft| draft.article(source.clone())) {
                Some(Ok(article)) => {
                    intake.article(article)?;
                    if let Some(warning) = &row.warning {
                        intake.warn(warning.clone());
                    }
                }
                Some(Err(_)) | None => gaps.add(row.number),
            }
        }
        gaps.tell(self.word, intake);
        Ok(())
    }

    /// The first rows, cut.
    fn shown(&self) -> Vec<Vec<String>> {
        let cell = |row: &Row, n| row.cell(n).map(|c| c.words().chars().take(SHOWN).collect()).unwrap_or_default();
        self.rows.iter().take(SHOWN_ROWS).map(|row| (0..self.names.len()).map(|n| cell(row, n)).collect()).collect()
    }
}

/// Rows without text, told in stretches.
#[derive(Default)]
struct Gaps {
    stretches: Vec<(usize, usize)>,
}

impl Gaps {
    fn add(&mut self, number: usize) {
        match self.stretches.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => self.stretches.push((number, number)),
        }
    }

    fn tell(&self, word: &str, intake: &mut Intake<'_>) {
        for (first, last) in self.stretches.iter().take(NAMED_GAPS) {
            let piece = if first == last { format!("{word} {first}") } else { format!("{word}s {first}–{last}") };
            intake.skip(&piece, Problem::NoText);
        }
        if let Some((first, _)) = self.stretches.get(NAMED_GAPS) {
            intake.skip(&format!("further {word}s from {first} on"), Problem::NoText);
        }
    }
}

/// What is known of a table's columns, by name.
fn named(table: &Table, fields: &[Option<Field>]) -> Columns {
    table.names.iter().zip(fields).map(|(n, f)| (n.clone(), f.unwrap_or(Field::Variable))).collect()
}
