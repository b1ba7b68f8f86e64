//! A workbook for Excel, LibreOffice and Numbers.
//!
//! | sheet | what is in it |
//! |---|---|
//! | `Annotations` | one row an [annotation](super::annotations) |
//! | `Articles` | one row an [article](super::summary) |
//! | `Codes by article` | one row for each [code, article and coder](super::summary) |
//! | `Codebook` | one row a [code](codebook): what it means and when it is used |
//!
//! Text is marked as text, so that no cell is taken for a formula. Excel holds 32,767 units of UTF-16 in a cell: what is
//! longer is cut, and said. It also holds 1,048,576 rows in a sheet.
//!
//! Of a workbook that comes back, the sheets `Codebook` and `Annotations` are read, in this order; the two others are
//! figures that come out of them. A sheet that is called otherwise is read where its columns are those of annotations.

use std::collections::BTreeMap;
use std::io::{self, Cursor};

use calamine::{Data, DataRef, Reader as _, Xlsx as Workbook};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as Style, FormatAlign, Workbook as NewWorkbook, XlsxError};

use super::annotations::{self, COLUMNS, Header};
use super::{Cell, codebook, summary};
use crate::exchange::{Bundle, Carries, Feature, Format, Incoming, Losses, Problem, Shape, Sink, adapt};
use crate::model::Project;

/// The most units of UTF-16 in a cell.
const CELL: usize = 32_767;
/// The most rows of a sheet, with the header.
const ROWS: usize = 1_048_576;
/// The most cells that are read of a sheet.
const CELLS: usize = 50_000_000;
/// The sheet with one row an annotation.
const ANNOTATIONS: &str = "Annotations";
const CODEBOOK: &str = "Codebook";

/// The format.
#[derive(Debug)]
pub struct Xlsx;

impl Format for Xlsx {
    fn name(&self) -> &'static str {
        "xlsx"
    }

    fn about(&self) -> &'static str {
        "a workbook for Excel: annotations, articles, codes by article, codebook"
    }

    fn shape(&self) -> Shape {
        Shape::File("xlsx")
    }

    fn carries(&self) -> Carries {
        annotations::CARRIED.and(&[
            Feature::ArticleVariables,
            Feature::UncodedArticles,
            Feature::CodeMeanings,
            Feature::CodeColours,
            Feature::UnusedCodes,
        ])
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        annotations::adapt(project, losses);
        adapt::for_xml(project, losses);
        codebook::adapt(project, losses);
        cut(project, losses);
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        sink.main(|out, step| {
            let bytes = workbook(project, step)?;
            out.write_all(&bytes)
        })
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        if !bundle.names().iter().any(|n| n == "xl/workbook.xml") {
            return false;
        }
        let has = |sheet: &str| bundle.head("xl/workbook.xml").contains(&format!("name=\"{sheet}\""));
        has(ANNOTATIONS)
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let name = bundle.name().to_owned();
        let mut book: Book = Workbook::new(Cursor::new(bundle.whole()?)).map_err(|e| Problem::within(&name, e))?;
        let sheets = book.sheet_names();
        let mut found = false;
        let named = |wanted: &str| sheets.iter().position(|s| s.eq_ignore_ascii_case(wanted));
        let made = match named(CODEBOOK) {
            Some(n) => codebook::read(incoming, &rows(&mut book, &name, &sheets[n])?),
            None => BTreeMap::new(),
        };
        let order = named(ANNOTATIONS).map_or_else(|| (0..sheets.len()).collect::<Vec<_>>(), |n| vec![n]);
        for n in order {
            let mut rows = rows(&mut book, &name, &sheets[n])?.into_iter();
            let header = Header::of(rows.next().unwrap_or_default().iter().map(String::as_str));
            if header.is_ours() || sheets[n].eq_ignore_ascii_case(ANNOTATIONS) {
                let place = format!("{name}, sheet “{}”", sheets[n]);
                let rows = rows.zip(2..).map(|(row, line)| Ok((line, row)));
                annotations::read(incoming, &place, &header, made.clone(), rows)?;
                found = true;
            }
        }
        if found { Ok(()) } else { Err(Problem::within(&name, "no sheet has the columns of annotations")) }
    }
}

type Book = Workbook<Cursor<Vec<u8>>>;

/// The rows of a sheet as text. Cells are taken one by one: a sheet that has one cell in its last corner is no reason to
/// make room for all the others.
fn rows(book: &mut Book, file: &str, sheet: &str) -> Result<Vec<Vec<String>>, Problem> {
    let wrong = |e: calamine::XlsxError| Problem::within(file, format_args!("sheet “{sheet}”: {e}"));
    let mut cells = book.worksheet_cells_reader(sheet).map_err(wrong)?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut room = 0;
    while let Some(cell) = cells.next_cell().map_err(wrong)? {
        let (row, column) = cell.get_position();
        let text = text(cell.get_value());
        if text.is_empty() || column >= 1000 {
            continue;
        }
        let (row, column) = (row as usize, column as usize);
        let wide = rows.get(row).map_or(0, Vec::len);
        room += (row + 1).saturating_sub(rows.len()) + (column + 1).saturating_sub(wide);
        if room > CELLS || row >= ROWS {
            return Err(Problem::within(file, format_args!("sheet “{sheet}” is larger than a sheet can be")));
        }
        if rows.len() <= row {
            rows.resize_with(row + 1, Vec::new);
        }
        if rows[row].len() <= column {
            rows[row].resize_with(column + 1, String::new);
        }
        rows[row][column] = text;
    }
    Ok(rows)
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::SharedString(text) => (*text).to_owned(),
        other => match Data::from(other.clone()) {
            Data::Empty | Data::Error(_) => String::new(),
            data => data.to_string(),
        },
    }
}

/// Cuts what no cell can hold.
fn cut(project: &mut Project, losses: &mut Losses) {
    let mut cut = 0;
    adapt::each_string(project, &mut |text| {
        let short = shortened(text);
        if short.len() < text.len() {
            *text = short.to_owned();
            cut += 1;
        }
    });
    for code in project.codebook.codes.values_mut() {
        while code.examples.join("\n").encode_utf16().count() > CELL {
            code.examples.pop();
            cut += 1;
        }
    }
    for coding in project.codings.values_mut() {
        let long = |a: &crate::model::Annotation| {
            !a.attributes.custom.is_empty()
                && crate::exchange::record::json_of(&a.attributes.custom).to_string().len() > CELL
        };
        if !coding.annotations.values().any(|a| long(a)) {
            continue;
        }
        for annotation in std::sync::Arc::make_mut(coding).annotations.values_mut() {
            while long(annotation) {
                let custom = &mut std::sync::Arc::make_mut(annotation).attributes.custom;
                let longest = custom.iter().max_by_key(|(k, v)| k.len() + v.to_string().len()).map(|(k, _)| k.clone());
                longest.map(|name| custom.remove(&name));
                cut += 1;
            }
        }
    }
    let words: usize =
        project.annotations().map(|(_, _, a)| usize::from(a.words().encode_utf16().count() > CELL)).sum();
    losses.tell(
        "long-cells",
        cut + words,
        "texts are longer than a cell of Excel holds (32,767 characters) and are cut",
    );
    let rows = project.annotations().count();
    losses.tell(
        "rows",
        rows.saturating_sub(ROWS - 1),
        "annotations are more than a sheet of Excel holds and are left out",
    );
}

/// As much of a text as a cell holds.
fn shortened(text: &str) -> &str {
    if text.len() <= CELL {
        return text;
    }
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > CELL
    });
    &text[..end.map_or(text.len(), |(at, _)| at)]
}

fn workbook(project: &Project, step: &mut dyn FnMut() -> io::Result<()>) -> io::Result<Vec<u8>> {
    let mut book = NewWorkbook::new();
    // The moment of writing would make each file another one.
    let latest = project.annotations().map(|(_, _, a)| a.changed.as_second()).max().unwrap_or_default();
    let made = ExcelDateTime::from_timestamp(latest.max(0)).or_else(|_| ExcelDateTime::from_ymd(2000, 1, 1));
    let made = made.map_err(io::Error::other)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let columns: Vec<String> = COLUMNS.iter().map(|c| (*c).to_owned()).collect();
    let mut rows = Vec::new();
    for article in project.articles.values() {
        rows.extend(annotations::rows(project, article));
        step()?;
    }
    let tables = [
        (ANNOTATIONS, summary::Table { columns, rows }),
        ("Articles", summary::articles(project)),
        ("Codes by article", summary::counts(project)),
        (CODEBOOK, codebook::table(project)),
    ];
    for (name, table) in tables {
        sheet(&mut book, name, &table).map_err(io::Error::other)?;
    }
    book.save_to_buffer().map_err(io::Error::other)
}

fn sheet(book: &mut NewWorkbook, name: &str, table: &summary::Table) -> Result<(), XlsxError> {
    let head = Style::new().set_bold();
    let top = Style::new().set_align(FormatAlign::Top);
    let sheet = book.add_worksheet();
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    for (n, column) in table.columns.iter().enumerate() {
        let n = n as u16;
        sheet.write_string_with_format(0, n, shortened(column), &head)?;
        sheet.set_column_width(n, width(column))?;
    }
    let rows = &table.rows[..table.rows.len().min(ROWS - 1)];
    for (row, cells) in rows.iter().enumerate() {
        let row = row as u32 + 1;
        for (column, cell) in cells.iter().enumerate() {
            let column = column as u16;
            match cell {
                Cell::Empty => continue,
                Cell::Text(text) => {
                    let plain: String =
                        shortened(text).chars().map(|c| if adapt::is_in_xml(c) { c } else { ' ' }).collect();
                    sheet.write_string_with_format(row, column, plain, &top)?
                }
                Cell::Number(number) if number.is_finite() => {
                    sheet.write_number_with_format(row, column, *number, &top)?
                }
                Cell::Number(number) => sheet.write_string_with_format(row, column, number.to_string(), &top)?,
                Cell::YesNo(yes) => sheet.write_boolean_with_format(row, column, *yes, &top)?,
            };
        }
    }
    if !table.columns.is_empty() {
        sheet.autofilter(0, 0, rows.len() as u32, table.columns.len() as u16 - 1)?;
    }
    Ok(())
}

/// How wide a column is, in characters.
fn width(column: &str) -> f64 {
    match column {
        "text" | "memo" | "definition" | "use_when" | "not_when" | "examples" => 48.0,
        "title" | "path" | "label" | "name" | "url" => 28.0,
        "start" | "end" | "layer" | "negated" | "intensity" | "certainty" => 10.0,
        _ => 16.0,
    }
}
