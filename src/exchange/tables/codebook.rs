//! The table with one row a code, parents before what stands below them.
//!
//! `code` (its id), `name`, `parent` (the id of the code above), `path` (the names from the root down), `definition`,
//! `use_when`, `not_when`, `examples` (one a line), `colour` (`palette-3` or `#0072b2`).

use std::collections::BTreeMap;

use super::Cell;
use super::annotations::way;
use super::summary::Table;
use crate::exchange::labels::BETWEEN;
use crate::exchange::{Incoming, Losses};
use crate::model::{Code, CodeId, Project};

const COLUMNS: [&str; 9] =
    ["code", "name", "parent", "path", "definition", "use_when", "not_when", "examples", "colour"];

/// What is bent so that the table says it: an example is a line, and not an empty one.
pub fn adapt(project: &mut Project, losses: &mut Losses) {
    let mut bent = 0;
    for code in project.codebook.codes.values_mut() {
        let line = |example: &String| example.split(['\n', '\r']).collect::<Vec<_>>().join(" ");
        let lines: Vec<String> = code.examples.iter().map(line).filter(|line| !line.trim().is_empty()).collect();
        if lines != code.examples {
            bent += 1;
            code.examples = lines;
        }
    }
    losses.tell("examples", bent, "codes have examples that are empty or of several lines; each becomes one line");
}

/// The codes of a project.
pub fn table(project: &Project) -> Table {
    let row = |code: &Code| {
        let path: Vec<&str> = way(&project.codebook, &code.id).iter().map(|(_, name)| *name).collect();
        vec![
            Cell::text(code.id.as_str()),
            Cell::text(&code.name),
            code.parent.as_ref().map(ToString::to_string).into(),
            Cell::text(path.join(BETWEEN)),
            Cell::text(&code.definition),
            Cell::text(&code.use_when),
            Cell::text(&code.not_when),
            Cell::text(code.examples.join("\n")),
            Cell::text(code.colour.to_string()),
        ]
    };
    Table {
        columns: COLUMNS.iter().map(|c| (*c).to_owned()).collect(),
        rows: project.codebook.tree().into_iter().map(|(_, code)| row(code)).collect(),
    }
}

/// Reads rows, the first of which is the header, and answers under which id each code is here. Rows without an id are
/// left out.
pub fn read(incoming: &mut Incoming<'_>, rows: &[Vec<String>]) -> BTreeMap<String, CodeId> {
    let Some((header, rows)) = rows.split_first() else { return BTreeMap::new() };
    let place = |name: &str| header.iter().position(|h| h.trim().eq_ignore_ascii_case(name));
    let places: BTreeMap<&str, usize> = COLUMNS.iter().filter_map(|name| Some((*name, place(name)?))).collect();
    // Under which id a code is here that the file calls otherwise.
    let mut called: BTreeMap<CodeId, CodeId> = BTreeMap::new();
    for row in rows {
        let cell = |name: &str| places.get(name).and_then(|n| row.get(*n)).map_or("", String::as_str);
        let Ok(id) = cell("code").trim().parse::<CodeId>() else {
            if row.iter().any(|cell| !cell.trim().is_empty()) {
                incoming.tell("rows of the codebook without an id in the column “code” were left out");
            }
            continue;
        };
        if called.contains_key(&id) {
            incoming.tell("rows of the codebook with the id of a row before were left out");
            continue;
        }
        let known = incoming.known().codebook.get(&id).cloned();
        let colour = incoming.project().codebook.next_colour();
        let mut code = known.clone().unwrap_or_else(|| Code::new(id.clone(), "", colour));
        if places.contains_key("name") {
            code.name = cell("name").to_owned();
        }
        if places.contains_key("parent") {
            let parent = cell("parent").trim().parse::<CodeId>().ok();
            let parent = parent.map(|p| called.get(&p).cloned().unwrap_or(p));
            let is_there = |p: &CodeId| incoming.known().codebook.get(p).is_some() || called.values().any(|c| c == p);
            let found = parent.clone().filter(|p| *p != id && is_there(p));
            if parent.is_some() && found.is_none() {
                incoming.tell("codes whose parent is not in the codebook before them were put at its root");
            }
            code.parent = found;
        }
        for (name, said) in
            [("definition", &mut code.definition), ("use_when", &mut code.use_when), ("not_when", &mut code.not_when)]
        {
            if places.contains_key(name) {
                cell(name).clone_into(said);
            }
        }
        if places.contains_key("examples") {
            code.examples = cell("examples").split('\n').filter(|l| !l.trim().is_empty()).map(str::to_owned).collect();
        }
        if let Ok(colour) = cell("colour").trim().parse() {
            code.colour = colour;
        }
        called.insert(id, incoming.put_code(code));
    }
    straighten(incoming);
    called.into_iter().map(|(id, here)| (id.to_string(), here)).collect()
}

/// Puts codes back where they stand in the project if the file's rows, together with it, go round in a circle.
fn straighten(incoming: &mut Incoming<'_>) {
    let known = &incoming.known().codebook;
    let mut both = known.clone();
    both.codes.extend(incoming.project().codebook.codes.clone());
    if both.loops().is_empty() {
        return;
    }
    for code in incoming.project().codebook.codes.values_mut() {
        code.parent = known.get(&code.id).and_then(|c| c.parent.clone());
    }
    incoming.tell("the parents of the codes go round in a circle; they were left as they are in the project");
}
