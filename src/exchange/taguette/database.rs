//! A SQLite file of somebody else’s, opened without trust in it: a copy that nothing is written to, no code that its
//! schema brings, and an end to what takes too long.

use std::io::Write as _;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};

use crate::exchange::Problem;

/// How a SQLite file begins.
pub const MAGIC: &[u8] = b"SQLite format 3\0";
/// The most rows that are read of a table.
const MOST_ROWS: usize = 5_000_000;
/// The largest value, in bytes.
const LARGEST_VALUE: i32 = 256 << 20;
/// After how many steps of SQLite’s machine it is asked whether to go on, and how often the answer is yes.
const STEPS: i32 = 100_000;
const PATIENCE: usize = 20_000;

/// An opened database.
pub struct Database {
    name: String,
    connection: Connection,
    /// The copy, which goes when the database is closed.
    _copy: tempfile::NamedTempFile,
}

/// The cells of a row.
pub type Cells = Vec<Cell>;

/// A value, whatever its declared type is.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Nothing,
    Number(i64),
    Text(String),
}

impl Cell {
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Number(n) => Some(*n),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Nothing => None,
        }
    }

    /// The text; empty where there is none.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(n) => n.to_string(),
            Self::Nothing => String::new(),
        }
    }

    fn of(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Integer(n) => Self::Number(n),
            ValueRef::Real(n) => Self::Text(n.to_string()),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Self::Text(String::from_utf8_lossy(bytes).into_owned()),
            ValueRef::Null => Self::Nothing,
        }
    }
}

impl Database {
    /// Opens a copy of a file’s bytes.
    ///
    /// # Errors
    /// Where it is no SQLite database, or a damaged one.
    pub fn open(name: &str, mut bytes: Vec<u8>) -> Result<Self, Problem> {
        let wrong = |e: &dyn std::fmt::Display| Problem::within(name, e);
        if !bytes.starts_with(MAGIC) || bytes.len() < 100 {
            return Err(wrong(&"it is no SQLite database"));
        }
        // A journal that is written ahead lies in a file of its own, which is not here: the file is read without it.
        bytes[18] = 1;
        bytes[19] = 1;
        let mut copy = tempfile::NamedTempFile::new().map_err(Problem::unreadable)?;
        copy.write_all(&bytes).and_then(|()| copy.flush()).map_err(Problem::unreadable)?;
        drop(bytes);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let failed = |e: rusqlite::Error| Problem::within(name, e);
        let mut connection = Connection::open_with_flags(copy.path(), flags).map_err(failed)?;
        let switches = [
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
            (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
            (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        ];
        for (switch, on) in switches {
            connection.set_db_config(switch, on).map_err(failed)?;
        }
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LARGEST_VALUE).map_err(failed)?;
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0).map_err(failed)?;
        let mut asked = 0;
        let stop = move || {
            asked += 1;
            asked > PATIENCE
        };
        connection.progress_handler(STEPS, Some(stop)).map_err(failed)?;
        connection.pragma_update(None, "cell_size_check", true).map_err(failed)?;
        let new = Self { name: name.to_owned(), connection, _copy: copy };
        let sound: String = new.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(failed)?;
        if sound != "ok" {
            return Err(wrong(&format!("the database is damaged: {sound}")));
        }
        Ok(new)
    }

    /// Whether there is an honest table that is called so.
    pub fn has(&self, table: &str) -> bool {
        let sql = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND lower(name) = ?1";
        let made: Result<String, _> = self.connection.query_row(sql, [table], |row| row.get(0));
        made.is_ok_and(|sql| !sql.trim_start().to_lowercase().starts_with("create virtual"))
    }

    /// Columns of a table, row by row, in the order of the first of them.
    ///
    /// # Errors
    /// Where the table or a column is missing, or cannot be read.
    pub fn rows(&self, table: &'static str, columns: &'static str) -> Result<Vec<Cells>, Problem> {
        if !self.has(table) {
            return Err(Problem::within(
                &self.name,
                format!("it has no table “{table}”, so it is no Taguette project"),
            ));
        }
        let failed = |e: rusqlite::Error| Problem::within(&self.name, format!("table “{table}”: {e}"));
        let sql = format!("SELECT {columns} FROM {table} ORDER BY 1");
        let mut statement = self.connection.prepare(&sql).map_err(failed)?;
        let count = statement.column_count();
        let cells = |row: &Row<'_>| (0..count).map(|n| row.get_ref(n).map(Cell::of)).collect::<Result<Cells, _>>();
        let mut rows = statement.query([]).map_err(failed)?;
        let mut out = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            out.push(cells(row).map_err(failed)?);
            if out.len() > MOST_ROWS {
                return Err(Problem::TooMany { most: MOST_ROWS });
            }
        }
        Ok(out)
    }
}
