//! From a row to an article.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::super::text::{authors, is_byline};
use super::super::{Block, Columns, Draft, Field, iso, known};
use super::{Cell, Row, Table};
use crate::model::Value;

/// What is done with each column.
pub struct Plan {
    /// The columns that are read, in the table's order.
    columns: Vec<(usize, Field)>,
    names: Vec<String>,
    kinds: Vec<Kind>,
    order: Order,
}

/// What the cells of a variable are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    YesNo,
    /// The same everywhere: it says nothing.
    Constant,
}

/// Which comes first in a date of three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Unknown,
    Day,
    Month,
}

impl Plan {
    pub fn new(table: &Table, columns: &Columns) -> Self {
        let field = |name: &String| columns.get(name).copied().unwrap_or(Field::Ignored);
        let read: Vec<_> =
            table.names.iter().map(field).enumerate().filter(|(_, field)| *field != Field::Ignored).collect();
        let dated = |name| matches!(field(name), Field::Published | Field::Updated);
        let dates: Vec<bool> = table.names.iter().map(dated).collect();
        let mut kinds = Kinds::new(table.names.len());
        let mut order = (false, false);
        for (n, cell) in table.rows.iter().flat_map(|row| &row.cells) {
            kinds.see(*n, cell);
            if dates.get(*n) == Some(&true)
                && let Cell::Text(written) = cell
                && let Some((first, second, ..)) = numbers(written)
            {
                order.0 |= first > 12;
                order.1 |= second > 12;
            }
        }
        let order = match order {
            (true, false) => Order::Day,
            (false, true) => Order::Month,
            _ => Order::Unknown,
        };
        Self { columns: read, names: table.names.clone(), kinds: kinds.done(table.rows.len()), order }
    }

    /// What the row says; `None` where it has no text.
    pub fn draft(&self, row: &Row) -> Option<Draft> {
        let mut draft = Draft::default();
        let mut cells = row.cells.iter().peekable();
        let mut text: Vec<String> = Vec::new();
        for (n, field) in &self.columns {
            while cells.next_if(|(m, _)| m < n).is_some() {}
            let Some((_, cell)) = cells.next_if(|(m, _)| m == n) else { continue };
            match field {
                Field::Text => text.push(cell.words()),
                Field::Variable => self.variable(&mut draft, *n, cell),
                field => self.field(&mut draft, *field, cell),
            }
        }
        if text.iter().all(|t| t.trim().is_empty()) {
            return None;
        }
        draft.body = paragraphs(&text.join("\n\n"), &draft.title);
        // What machines are told a page is about is often how it begins.
        let begins = draft.body.first().map(|b| flat(&b.text)).unwrap_or_default();
        draft.standfirst = draft.standfirst.take().filter(|s| {
            let s = flat(s.trim_end_matches(['…', '.', ' ']));
            !begins.starts_with(&s)
        });
        Some(draft)
    }

    fn field(&self, draft: &mut Draft, field: Field, cell: &Cell) {
        let words = cell.words();
        match field {
            Field::Title => draft.title = words,
            Field::Standfirst => draft.standfirst = Some(words),
            Field::Byline => draft.byline = Some(words),
            Field::Authors => match cell {
                Cell::List(list) => draft.authors.clone_from(list),
                _ if is_byline(&words) => draft.byline = Some(words),
                _ => draft.authors = names(&words),
            },
            Field::Outlet => draft.outlet = words,
            Field::Edition => draft.also(known::EDITION, words),
            Field::Section => draft.section = Some(words),
            Field::Page => draft.also(known::PAGE, words),
            Field::Published => draft.published = Some(self.date(cell)),
            Field::Updated => draft.updated(&self.date(cell)),
            Field::Url => draft.url = Some(words),
            Field::Language => draft.language = Some(words),
            Field::Words => draft.words(&words),
            Field::Identifier => draft.also(known::IDENTIFIER, words),
            Field::Keywords => {
                let list = match cell {
                    Cell::Text(text) => written_list(text).map_or(words, |list| list.join("; ")),
                    _ => words,
                };
                draft.also(known::KEYWORDS, list);
            }
            Field::Text | Field::Variable | Field::Ignored => {}
        }
    }

    fn variable(&self, draft: &mut Draft, n: usize, cell: &Cell) {
        let kind = self.kinds.get(n).copied().unwrap_or(Kind::Text);
        let Some(name) = self.names.get(n).filter(|_| kind != Kind::Constant) else { return };
        let value = match (kind, cell) {
            (_, Cell::Number(number)) => Value::Number(*number),
            (_, Cell::YesNo(yes)) => Value::YesNo(*yes),
            (Kind::Number, Cell::Text(text)) => number(text).map_or_else(|| Value::Text(text.clone()), Value::Number),
            (Kind::YesNo, Cell::Text(text)) => yes_no(text).map_or_else(|| Value::Text(text.clone()), Value::YesNo),
            _ => return draft.also(name, cell.words()),
        };
        draft.more.entry(name.clone()).or_insert(value);
    }

    /// A moment as the column writes it, where the column tells which of two numbers is the month.
    fn date(&self, cell: &Cell) -> String {
        let written = match cell {
            Cell::Number(number) => return moment(*number).unwrap_or_else(|| number.to_string()),
            cell => cell.words(),
        };
        let digits = written.trim();
        if (8..=19).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && let Some(moment) = digits.parse().ok().and_then(moment)
        {
            return moment;
        }
        let Some((first, second, year, mark, rest)) = numbers(&written) else { return written };
        let (day, month) = match self.order {
            _ if mark == '.' => (first, second),
            Order::Day => (first, second),
            Order::Month => (second, first),
            Order::Unknown => return written,
        };
        let Ok(date) = Date::new(year, month, day) else { return written };
        match clock(rest) {
            Some(time) => format!("{date}T{}", time.strftime("%H:%M:%S")),
            None if rest.trim().is_empty() => date.to_string(),
            None => written.clone(),
        }
    }
}

/// What the cells of each column are.
struct Kinds {
    filled: Vec<usize>,
    first: Vec<Option<Cell>>,
    same: Vec<bool>,
    numbers: Vec<bool>,
    yes_no: Vec<bool>,
}

impl Kinds {
    fn new(count: usize) -> Self {
        Self {
            filled: vec![0; count],
            first: vec![None; count],
            same: vec![true; count],
            numbers: vec![true; count],
            yes_no: vec![true; count],
        }
    }

    fn see(&mut self, n: usize, cell: &Cell) {
        let (Some(filled), Some(first), Some(same), Some(numbers), Some(answers)) = (
            self.filled.get_mut(n),
            self.first.get_mut(n),
            self.same.get_mut(n),
            self.numbers.get_mut(n),
            self.yes_no.get_mut(n),
        ) else {
            return;
        };
        *filled += 1;
        match first {
            Some(first) => *same &= first == cell,
            None => *first = Some(cell.clone()),
        }
        if let Cell::Text(text) = cell {
            *numbers &= number(text).is_some();
            *answers &= yes_no(text).is_some();
        }
    }

    fn done(self, rows: usize) -> Vec<Kind> {
        let kind = |n: usize| {
            let is = |flags: &[bool]| flags.get(n).copied().unwrap_or(false);
            if rows > 1 && is(&self.same) && self.filled.get(n) == Some(&rows) {
                Kind::Constant
            } else if is(&self.numbers) {
                Kind::Number
            } else if is(&self.yes_no) {
                Kind::YesNo
            } else {
                Kind::Text
            }
        };
        (0..self.filled.len()).map(kind).collect()
    }
}

/// The paragraphs of a text, apart from the title where it stands on the first line. Line ends within a paragraph stay.
fn paragraphs(text: &str, title: &str) -> Vec<Block> {
    let text = crate::text::normalise(text);
    let mut rest = text.trim();
    let mut blocks = Vec::new();
    if let Some((first, after)) = rest.split_once('\n')
        && !title.trim().is_empty()
        && flat(first) == flat(title)
    {
        rest = after.trim_start();
        if rest.is_empty() {
            blocks.push(Block::body(first));
        }
    }
    let mut paragraph = String::new();
    for line in rest.split('\n') {
        if line.trim().is_empty() {
            if !paragraph.is_empty() {
                blocks.push(Block::body(std::mem::take(&mut paragraph)));
            }
            continue;
        }
        if !paragraph.is_empty() {
            paragraph.push('\n');
        }
        paragraph.push_str(line);
    }
    if !paragraph.is_empty() {
        blocks.push(Block::body(paragraph));
    }
    blocks
}

fn flat(text: &str) -> String {
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// The names in a cell: a list as programs write it, names between semicolons, or a byline.
fn names(written: &str) -> Vec<String> {
    if let Some(list) = written_list(written) {
        return list;
    }
    if written.contains(['|', ';']) {
        return written.split(['|', ';']).map(turned).filter(|n| !n.is_empty()).collect();
    }
    let found = authors(written);
    if found.is_empty() { vec![written.to_owned()] } else { found }
}

/// “Brandt, Ada” as it is printed: “Ada Brandt”.
pub fn turned(name: &str) -> String {
    let name = name.trim();
    match name.split_once(',') {
        Some((family, given)) if !given.contains(',') && !given.trim().is_empty() => {
            format!("{} {}", given.trim(), family.trim())
        }
        _ => name.to_owned(),
    }
}

/// The pieces of `['Ada Brandt', "Bo Lund"]`, as Python and JSON write lists.
pub fn written_list(written: &str) -> Option<Vec<String>> {
    let inside = written.trim().strip_prefix('[')?.strip_suffix(']')?;
    let (mut pieces, mut piece, mut within) = (Vec::new(), String::new(), None);
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        match (within, c) {
            (Some(_), '\\') => piece.extend(chars.next()),
            (Some(mark), c) if c == mark => within = None,
            (None, '"' | '\'') if piece.trim().is_empty() => {
                piece.clear();
                within = Some(c);
            }
            (None, ',') => pieces.push(std::mem::take(&mut piece)),
            (_, c) => piece.push(c),
        }
    }
    pieces.push(piece);
    Some(pieces.iter().map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect())
}

/// A number as tables write it; what begins with a zero is a name, and what has more digits than a number can hold too.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.chars().all(|c| c.is_ascii_digit() || c == '.') && digits.len() <= 16;
    let zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let starts = digits.starts_with(|c: char| c.is_ascii_digit());
    if plain && !zero && starts { text.parse().ok().filter(|n: &f64| n.is_finite()) } else { None }
}

fn yes_no(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "true" | "ja" | "oui" | "si" | "sí" | "sì" | "sim" | "да" => Some(true),
        "no" | "false" | "nein" | "non" | "nee" | "nej" | "nei" | "não" | "нет" => Some(false),
        _ => None,
    }
}

/// The moment that a number stands for: `20250304`, or seconds or milliseconds since 1970.
fn moment(number: f64) -> Option<String> {
    if number.fract() != 0.0 {
        return None;
    }
    let whole = number as i64;
    match whole {
        19_000_101..=21_001_231 => {
            let (year, month, day) = (whole / 10_000, whole / 100 % 100, whole % 100);
            let date = Date::new(year as i16, month as i8, day as i8).ok()?;
            Some(date.to_string())
        }
        100_000_000..=9_999_999_999 => Timestamp::from_second(whole).ok().map(|t| t.to_string()),
        100_000_000_000..=9_999_999_999_999 => Timestamp::from_millisecond(whole).ok().map(|t| t.to_string()),
        // Microseconds and nanoseconds, as Parquet has them.
        100_000_000_000_000..=9_999_999_999_999_999 => moment((whole / 1_000) as f64),
        100_000_000_000_000_000.. => moment((whole / 1_000_000) as f64),
        _ => None,
    }
}

/// The numbers of `3/4/2025 09:30`: first, second, year, the mark between them, and what follows.
fn numbers(written: &str) -> Option<(i8, i8, i16, char, &str)> {
    let written = written.trim();
    let mark = written.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '/' | '.' | '-'))?;
    let (first, rest) = written.split_once(mark)?;
    let (second, rest) = rest.split_once(mark)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (year, rest) = (rest.get(..end)?, rest.get(end..)?);
    let short = |n: &str| (1..=2).contains(&n.len());
    if !short(first) || !short(second) || year.len() != 4 || !(rest.is_empty() || rest.starts_with([' ', ',', 'T'])) {
        return None;
    }
    let (first, second) = (first.parse().ok()?, second.parse().ok()?);
    Some((first, second, year.parse().ok()?, mark, rest))
}

/// The time of day in ` 9:30 PM`.
fn clock(written: &str) -> Option<Time> {
    let written = written.trim_start_matches([' ', ',', 'T']).trim().to_lowercase();
    let (time, half) = match written.strip_suffix("am").map(|t| (t, false)) {
        Some((time, pm)) => (time, Some(pm)),
        None => written.strip_suffix("pm").map_or((written.as_str(), None), |t| (t, Some(true))),
    };
    let mut pieces = time.trim().split(':').map(|p| p.parse::<i8>().ok());
    let (hour, minute) = (pieces.next()??, pieces.next()??);
    let second = pieces.next().unwrap_or(Some(0))?;
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(true) => hour % 12 + 12,
        Some(false) => hour % 12,
        None => hour,
    };
    Time::new(hour, minute, second, 0).ok().filter(|_| pieces.next().is_none())
}

/// Whether words are a day or a moment in any way of writing that is read here.
pub fn looks_like_date(words: &str) -> bool {
    words.chars().count() <= 40 && words.chars().any(|c| c.is_ascii_digit()) && is_day(words)
}

pub fn is_day(words: &str) -> bool {
    let iso = iso(words).unwrap_or_default();
    let bytes = iso.as_bytes();
    let dated = bytes.len() >= 7
        && bytes.iter().take(4).all(u8::is_ascii_digit)
        && bytes.get(4) == Some(&b'-')
        && bytes.iter().skip(5).take(2).all(u8::is_ascii_digit);
    dated || numbers(words).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_as_what_they_are() {
        assert_eq!(number("12"), Some(12.0));
        assert_eq!(number("-0.5"), Some(-0.5));
        for text in ["007", "1e9", "1,5", "", ".", "12345678901234567", "NaN", "v1.2"] {
            assert_eq!(number(text), None, "{text}");
        }
        assert_eq!(written_list("['Ada Brandt', \"Bo O'Lund\"]").unwrap(), ["Ada Brandt", "Bo O'Lund"]);
        assert_eq!(written_list("[]").unwrap(), [""; 0]);
        assert_eq!(names("Brandt, Ada; Lund, Bo"), ["Ada Brandt", "Bo Lund"]);
        assert_eq!(moment(20_250_304.0).as_deref(), Some("2025-03-04"));
        assert_eq!(moment(1_741_077_000.0).as_deref(), Some("2025-03-04T08:30:00Z"));
        assert_eq!(numbers("3/4/2025 9:30 PM"), Some((3, 4, 2025, '/', " 9:30 PM")));
        assert_eq!(clock(" 9:30 PM"), Time::new(21, 30, 0, 0).ok());
        assert_eq!(clock("25:00"), None);
        assert!(looks_like_date("4 March 2025") && looks_like_date("03.04.2025") && !looks_like_date("spring 2025"));
    }
}
