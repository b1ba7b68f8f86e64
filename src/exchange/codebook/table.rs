//! A codebook as a table with one row a code (RFC 4180, UTF-8), for spreadsheets.
//!
//! | column | what it holds |
//! |---|---|
//! | `id` | the code’s id |
//! | `path` | the names from the root of the codebook down to the code, joined by ` > ` |
//! | `name` | its name |
//! | `parent` | the id of the code that it stands below |
//! | `definition`, `use_when`, `not_when` | what it means |
//! | `examples` | one a line; a list in JSON where an example has several lines |
//! | `colour` | `palette-1` to `palette-10`, or `#rrggbb` |
//! | `shortcut` | the key that applies it |
//! | `retired` | `true` or `false` |
//! | `revision` | goes up whenever the meaning changes |
//! | `position` | its place among its siblings |
//! | `history` | earlier meanings, in JSON |
//!
//! Tables that others made are read as well: a column for the name (`name`, `code`, `label` or `title`) is enough. A
//! parent may be an id or a name; `;` and tabs part cells as well as `,`.

use std::collections::BTreeMap;
use std::io;

use super::{CARRIED, Entry, bring, only_codes};
use crate::exchange::incoming::Incoming;
use crate::exchange::labels::BETWEEN;
use crate::exchange::{Bundle, Carries, Format, Losses, Problem, Shape, Sink, row};
use crate::model::{Code, Project};

/// The header row.
const COLUMNS: [&str; 14] = [
    "id",
    "path",
    "name",
    "parent",
    "definition",
    "use_when",
    "not_when",
    "examples",
    "colour",
    "shortcut",
    "retired",
    "revision",
    "position",
    "history",
];

/// What other people call these columns.
const CALLED: [(&str, &str); 16] = [
    ("code", "name"),
    ("label", "name"),
    ("title", "name"),
    ("code name", "name"),
    ("description", "definition"),
    ("meaning", "definition"),
    ("use when", "use_when"),
    ("when to use", "use_when"),
    ("inclusion", "use_when"),
    ("inclusion criteria", "use_when"),
    ("not when", "not_when"),
    ("when not to use", "not_when"),
    ("exclusion", "not_when"),
    ("exclusion criteria", "not_when"),
    ("example", "examples"),
    ("color", "colour"),
];

/// The format.
#[derive(Debug)]
pub struct CodebookTable;

impl Format for CodebookTable {
    fn name(&self) -> &'static str {
        "codebook-csv"
    }

    fn about(&self) -> &'static str {
        "the codebook as a table with one row a code"
    }

    fn shape(&self) -> Shape {
        Shape::File("csv")
    }

    fn carries(&self) -> Carries {
        CARRIED
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        only_codes(project, losses);
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        sink.main(|mut out, _| {
            let mut table = csv::Writer::from_writer(&mut out);
            table.write_record(COLUMNS)?;
            for (_, code) in project.codebook.tree() {
                table.write_record(cells(project, code))?;
            }
            table.flush()
        })
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        let Some(name) = bundle.only().filter(|name| name.to_lowercase().ends_with(".csv")) else { return false };
        let head = bundle.head(name);
        let line = head.lines().next().unwrap_or_default();
        let columns = columns(line.split(parted_by(line) as char));
        let has = |name: &str| columns.iter().any(|c| c == name);
        has("name") && has("definition") && !["text", "start", "end", "article", "annotation"].into_iter().any(has)
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let name = bundle.only().ok_or(Problem::NotOneFile)?;
        let text = bundle.text(name)?;
        let by = parted_by(text.lines().next().unwrap_or_default());
        let mut table = csv::ReaderBuilder::new().delimiter(by).flexible(true).from_reader(text.as_bytes());
        let header = table.headers().map_err(|e| Problem::within(name, e))?.clone();
        let columns = columns(header.iter());
        if !columns.iter().any(|c| c == "name") {
            return Err(Problem::at(name, 1, "no column is called “name”, so it is no codebook"));
        }
        let mut rows = Vec::new();
        for record in table.records() {
            let record = record.map_err(|e| Problem::within(name, e))?;
            let mut row: BTreeMap<&str, &str> = BTreeMap::new();
            let cells: Vec<String> = record.iter().map(str::to_owned).collect();
            for (column, cell) in columns.iter().zip(&cells) {
                row.entry(column).or_insert(cell);
            }
            if row.get("name").is_some_and(|name| !name.trim().is_empty()) || row.contains_key("id") {
                rows.push((entry(&row), row.get("parent").map_or("", |p| p).to_owned()));
            }
        }
        let mut by_id = BTreeMap::new();
        let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
        for (n, (entry, _)) in rows.iter().enumerate() {
            by_id.extend(entry.id.as_ref().map(|id| (id.to_string(), n)));
            by_name.entry(entry.code.name.trim().to_lowercase()).or_insert(n);
        }
        let entries = rows.into_iter().map(|(entry, parent)| {
            let above = by_id.get(parent.trim()).or_else(|| by_name.get(&parent.trim().to_lowercase()));
            let above = above.filter(|_| !parent.trim().is_empty()).copied();
            if above.is_none() && !parent.trim().is_empty() {
                incoming.tell(format!("the code “{parent}”, which others stand below, is not in the table"));
            }
            Entry { parent: above, ..entry }
        });
        let entries: Vec<_> = entries.collect();
        bring(incoming, entries);
        Ok(())
    }
}

/// The columns’ names as they are called here.
fn columns<'a>(header: impl Iterator<Item = &'a str>) -> Vec<String> {
    let plain =
        |name: &str| name.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\u{feff}').to_lowercase();
    let called =
        |name: String| CALLED.iter().find(|(other, _)| *other == name).map_or(name, |(_, ours)| (*ours).into());
    header.map(|name| called(plain(name))).collect()
}

fn parted_by(line: &str) -> u8 {
    let count = |by: u8| line.bytes().filter(|b| *b == by).count();
    // Of those that part equally often, the comma.
    [b'\t', b';', b','].into_iter().max_by_key(|by| count(*by)).unwrap_or(b',')
}

fn cells(project: &Project, code: &Code) -> [String; COLUMNS.len()] {
    let history = if code.history.is_empty() { None } else { serde_json::to_string(&code.history).ok() };
    [
        code.id.to_string(),
        row::path(&project.codebook, &code.id).join(BETWEEN),
        code.name.clone(),
        code.parent.as_ref().map(ToString::to_string).unwrap_or_default(),
        code.definition.clone(),
        code.use_when.clone(),
        code.not_when.clone(),
        examples(&code.examples),
        code.colour.to_string(),
        code.shortcut.map(String::from).unwrap_or_default(),
        code.retired.to_string(),
        code.revision.to_string(),
        code.position.to_string(),
        history.unwrap_or_default(),
    ]
}

fn examples(list: &[String]) -> String {
    let plain = |e: &String| !e.trim().is_empty() && !e.contains(['\n', '\r']);
    let joined = list.join("\n");
    if list.iter().all(plain) && !joined.starts_with('[') { joined } else { serde_json::json!(list).to_string() }
}

fn entry(row: &BTreeMap<&str, &str>) -> Entry {
    let cell = |name: &str| row.get(name).copied().unwrap_or_default();
    let known_as = if row.contains_key("path") { cell("path") } else { cell("name") };
    let mut entry = Entry::new(cell("name"), known_as);
    entry.id = cell("id").trim().parse().ok();
    entry.has_meaning = ["definition", "use_when", "not_when", "examples"].iter().any(|c| row.contains_key(c));
    let code = &mut entry.code;
    code.definition = cell("definition").to_owned();
    code.use_when = cell("use_when").to_owned();
    code.not_when = cell("not_when").to_owned();
    let list = cell("examples");
    let json = serde_json::from_str(list).ok().filter(|_| list.starts_with('['));
    code.examples = json.unwrap_or_else(|| {
        list.split('\n').map(|e| e.trim_end_matches('\r')).filter(|e| !e.trim().is_empty()).map(str::to_owned).collect()
    });
    let colour = cell("colour").parse().ok().or_else(|| super::colour(cell("colour"), None));
    entry.has_colour = colour.is_some();
    code.colour = colour.unwrap_or(code.colour);
    if let Ok(revision) = cell("revision").trim().parse() {
        entry.has_details = true;
        code.revision = revision;
        code.position = cell("position").trim().parse().unwrap_or_default();
        code.shortcut = cell("shortcut").chars().next();
        code.retired = matches!(cell("retired").trim().to_lowercase().as_str(), "true" | "yes" | "1");
        code.history = serde_json::from_str(cell("history")).unwrap_or_default();
    }
    entry
}
