//! The tokens of an RTF file set as paragraphs.

use std::collections::BTreeMap;

use super::super::Problem;
use super::super::paragraph::{Document, Paragraph, Role, mark, role_of, row};
use super::encoding::CodePages;
use super::token::Token;
use super::words::{Goal, goal_of, words_of};

/// How deep groups may stand in one another.
const DEEPEST: usize = 10_000;

/// What holds within a group.
#[derive(Clone, Debug, Default)]
struct State {
    goal: Goal,
    /// The goal outside of a group that says the same twice.
    around: Goal,
    font: i32,
    bold: bool,
    hidden: bool,
    deleted: bool,
    size: f32,
    /// By how many characters each `\u` is followed for programs that do not know it.
    fallback: usize,
}

/// A paragraph that is being set.
#[derive(Clone, Debug, Default)]
struct Open {
    text: String,
    bold: Option<bool>,
    size: Option<f32>,
    breaks: bool,
}

/// What `\pard` sets back.
#[derive(Clone, Debug, Default)]
struct Layout {
    style: i32,
    outline: Option<u8>,
    in_table: bool,
    /// How deep tables stand in tables here.
    depth: i32,
}

#[derive(Debug, Default)]
struct Style {
    name: String,
    outline: Option<u8>,
}

/// A text within the text: a note or a box.
#[derive(Debug)]
struct Aside {
    /// How deep the group is that it ends with.
    depth: usize,
    open: Open,
    layout: Layout,
    table: Table,
    note: Option<usize>,
}

/// The row of a table that is being set, and one of a table in it.
#[derive(Debug, Default)]
struct Table {
    cells: Vec<Vec<Paragraph>>,
    cell: Vec<Paragraph>,
    inner_cells: Vec<Vec<Paragraph>>,
    inner_cell: Vec<Paragraph>,
}

#[derive(Debug)]
pub struct Setter {
    document: Document,
    notes: Vec<Vec<Paragraph>>,
    pages: CodePages,
    styles: BTreeMap<i32, Style>,
    state: State,
    states: Vec<State>,
    asides: Vec<Aside>,
    open: Open,
    layout: Layout,
    table: Table,
    /// Bytes that are not decoded yet; a letter may be two.
    bytes: Vec<u8>,
    /// The first half of a letter beyond the sixteen bits of a `\u`.
    half: Option<u16>,
    /// How many characters are still to be skipped after a `\u`.
    skip: usize,
    /// A `\*` was met: a group that is not known is skipped.
    starred: bool,
    breaks: bool,
    font_in_table: i32,
    style_in_table: i32,
    words: String,
    made: [i32; 3],
}

impl Default for Setter {
    fn default() -> Self {
        Self {
            document: Document::default(),
            notes: Vec::new(),
            pages: CodePages::default(),
            styles: BTreeMap::new(),
            state: State { fallback: 1, ..State::default() },
            states: Vec::new(),
            asides: Vec::new(),
            open: Open::default(),
            layout: Layout::default(),
            table: Table::default(),
            bytes: Vec::new(),
            half: None,
            skip: 0,
            starred: false,
            breaks: false,
            font_in_table: 0,
            style_in_table: 0,
            words: String::new(),
            made: [0; 3],
        }
    }
}

impl Setter {
    /// Takes the next token. `false`: the document is over.
    pub fn take(&mut self, token: Token<'_>) -> Result<bool, Problem> {
        let starred = std::mem::take(&mut self.starred);
        match token {
            Token::Open => {
                self.flush();
                self.skip = 0;
                if self.states.len() >= DEEPEST {
                    return Err(Problem::TooComplex { what: format!("more than {DEEPEST} groups in each other") });
                }
                self.states.push(self.state.clone());
            }
            Token::Close => {
                self.flush();
                self.skip = 0;
                self.leave();
                if self.states.is_empty() {
                    return Ok(false);
                }
            }
            Token::Byte(byte) => {
                if self.skip > 0 {
                    self.skip -= 1;
                } else {
                    self.bytes.push(byte);
                }
            }
            Token::Symbol(b'*') => self.starred = true,
            Token::Symbol(_) if self.skip > 0 => self.skip -= 1,
            Token::Word(word, _) if self.skip > 0 && words_of(word).is_some() => self.skip -= 1,
            Token::Symbol(symbol) => {
                let words = match symbol {
                    b'~' => "\u{a0}",
                    b'-' => "\u{ad}",
                    b'_' => "\u{2011}",
                    _ => "",
                };
                self.say(words);
            }
            Token::Word(word, number) => {
                // A program that left the fallback out did not mean the end of a paragraph by it.
                self.skip = 0;
                self.flush();
                self.word(word, number, starred);
            }
        }
        Ok(true)
    }

    /// Decodes the bytes that wait.
    fn flush(&mut self) {
        if self.bytes.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.bytes);
        if self.state.goal != Goal::Nowhere {
            let text = self.pages.decode(&bytes, self.state.font);
            self.put(&text);
        }
    }

    fn say(&mut self, words: &str) {
        self.flush();
        self.put(words);
    }

    fn put(&mut self, words: &str) {
        match self.state.goal {
            Goal::Text if self.state.hidden || self.state.deleted => {}
            Goal::Text => {
                if !words.trim().is_empty() {
                    self.open.bold = Some(self.open.bold.unwrap_or(true) && self.state.bold);
                    self.open.size.get_or_insert(self.state.size);
                }
                self.open.text.push_str(words);
            }
            Goal::Styles | Goal::Title | Goal::Author | Goal::Keywords => self.words.push_str(words),
            Goal::Nowhere | Goal::Fonts | Goal::Info | Goal::Made => {}
        }
    }

    fn word(&mut self, word: &str, number: Option<i32>, starred: bool) {
        let value = number.unwrap_or(0);
        let on = number != Some(0);
        if let Some(goal) = goal_of(word, starred, self.state.goal) {
            self.enter(goal, word);
            return;
        }
        match word {
            "u" => self.unicode(value),
            "uc" => self.state.fallback = usize::try_from(value).unwrap_or(1).min(32),
            "ansicpg" => self.pages.set_own(value),
            "mac" => self.pages.set_mac(),
            "deff" => {
                self.pages.default_font = value;
                self.state.font = value;
            }
            "f" if self.state.goal == Goal::Fonts => self.font_in_table = value,
            "f" => self.state.font = value,
            "fcharset" if self.state.goal == Goal::Fonts => self.pages.set_charset(self.font_in_table, value),
            "cpg" if self.state.goal == Goal::Fonts => self.pages.set_page(self.font_in_table, value),
            "s" if self.state.goal == Goal::Styles => self.style_in_table = value,
            "outlinelevel" if self.state.goal == Goal::Styles => {
                self.styles.entry(self.style_in_table).or_default().outline = u8::try_from(value).ok();
            }
            "yr" | "mo" | "dy" if self.state.goal == Goal::Made => {
                let at = ["yr", "mo", "dy"].iter().position(|w| *w == word);
                if let Some(part) = at.and_then(|at| self.made.get_mut(at)) {
                    *part = value;
                }
            }
            _ if self.state.goal != Goal::Text => {}
            "plain" => {
                let State { goal, around, fallback, .. } = self.state;
                self.state = State { goal, around, fallback, font: self.pages.default_font, ..State::default() };
            }
            "b" => self.state.bold = on,
            "v" => self.state.hidden = on,
            "deleted" => self.state.deleted = on,
            "fs" => self.state.size = value.clamp(0, 4000) as f32 / 2.0,
            "pard" => self.layout = Layout::default(),
            "s" => self.layout.style = value,
            "outlinelevel" => self.layout.outline = u8::try_from(value).ok(),
            "pagebb" if on => self.open.breaks = true,
            "intbl" => self.layout.in_table = true,
            "itap" => self.layout.depth = value,
            "par" => self.paragraph(),
            "sect" => {
                self.paragraph();
                self.breaks = true;
            }
            // A section that goes on on the same page is no new page.
            "sbknone" => self.breaks = false,
            "page" | "column" => {
                if self.open.text.trim().is_empty() {
                    self.open.breaks = true;
                } else {
                    self.paragraph();
                    self.breaks = true;
                }
            }
            "cell" => {
                self.layout.in_table = true;
                self.layout.depth = 1;
                self.paragraph();
                let cell = std::mem::take(&mut self.table.cell);
                self.table.cells.push(cell);
            }
            "nestcell" => {
                self.layout.depth = 2;
                self.paragraph();
                let cell = std::mem::take(&mut self.table.inner_cell);
                self.table.inner_cells.push(cell);
            }
            "nestrow" => {
                let cells = std::mem::take(&mut self.table.inner_cells);
                self.table.cell.extend(row(cells));
            }
            "row" => self.end_row(),
            _ => {
                if let Some(words) = words_of(word) {
                    self.put(words);
                }
            }
        }
    }

    /// A group says where its words go.
    fn enter(&mut self, goal: Goal, word: &str) {
        if word == "ud" {
            self.state.goal = self.state.around;
            return;
        }
        if word == "upr" {
            self.state.around = self.state.goal;
        }
        if matches!(word, "pict" | "shppict") {
            self.document.pictures = true;
        }
        let note = matches!(word, "footnote");
        if note || matches!(word, "shptxt" | "dptxbxtext") {
            let number = note.then_some(self.notes.len());
            if note {
                self.notes.push(Vec::new());
                self.put(&mark(self.notes.len()));
            }
            self.asides.push(Aside {
                depth: self.states.len(),
                open: std::mem::take(&mut self.open),
                layout: std::mem::take(&mut self.layout),
                table: std::mem::take(&mut self.table),
                note: number,
            });
        }
        self.words.clear();
        self.state.goal = goal;
    }

    /// A group ends.
    fn leave(&mut self) {
        let depth = self.states.len();
        if self.asides.last().is_some_and(|aside| aside.depth >= depth) {
            self.paragraph();
            self.end_row();
            if let Some(aside) = self.asides.pop() {
                (self.open, self.layout, self.table) = (aside.open, aside.layout, aside.table);
            }
        }
        let said = std::mem::take(&mut self.words);
        let around = self.states.pop().unwrap_or_default();
        let about = &mut self.document.about;
        match self.state.goal {
            Goal::Title => about.title.push_str(said.trim()),
            Goal::Author if !said.trim().is_empty() => {
                about.authors = said.split(';').map(|a| a.trim().to_owned()).collect();
            }
            Goal::Keywords => about.keywords.push_str(said.trim()),
            Goal::Made if around.goal != Goal::Made => {
                let [year, month, day] = self.made;
                about.made = (year > 0).then(|| format!("{year:04}-{month:02}-{day:02}"));
            }
            Goal::Styles if around.goal == Goal::Styles => {
                let name = said.trim().trim_end_matches(';').to_owned();
                self.styles.entry(std::mem::take(&mut self.style_in_table)).or_default().name = name;
            }
            _ => {}
        }
        self.half = None;
        self.state = around;
    }

    fn unicode(&mut self, value: i32) {
        self.skip = self.state.fallback;
        let unit = (value & 0xffff) as u16;
        // Some programs write letters beyond sixteen bits as one number.
        let large = u32::try_from(value).ok().filter(|v| *v > 0xffff).and_then(char::from_u32);
        let units = match (self.half.take(), large) {
            (_, Some(c)) => {
                self.put(c.encode_utf8(&mut [0; 4]));
                return;
            }
            (Some(half), None) => vec![half, unit],
            (None, None) if (0xd800..0xdc00).contains(&unit) => {
                self.half = Some(unit);
                return;
            }
            (None, None) => vec![unit],
        };
        let words: String = char::decode_utf16(units).filter_map(Result::ok).collect();
        // Signs of a symbol typeface have no meaning outside it.
        if !words.starts_with(|c| ('\u{e000}'..='\u{f8ff}').contains(&c)) {
            self.put(&words);
        }
    }

    /// The paragraph ends.
    fn paragraph(&mut self) {
        let open = std::mem::take(&mut self.open);
        let text = open.text.trim();
        if text.is_empty() {
            self.breaks |= open.breaks;
            return;
        }
        let style = self.styles.get(&self.layout.style);
        let named = style.map_or(Role::Body, |s| role_of(&s.name));
        let outline = self.layout.outline.or(style.and_then(|s| s.outline)).filter(|level| *level < 9);
        let role = match outline {
            Some(level) if named == Role::Body => Role::Heading(level + 1),
            _ => named,
        };
        let paragraph = Paragraph {
            text: text.to_owned(),
            role,
            style: style.map(|s| s.name.clone()).unwrap_or_default(),
            bold: open.bold == Some(true),
            breaks: open.breaks || std::mem::take(&mut self.breaks),
            size: open.size.unwrap_or(0.0),
        };
        if self.layout.depth > 1 {
            self.table.inner_cell.push(paragraph);
        } else if self.layout.in_table {
            self.table.cell.push(paragraph);
        } else {
            self.end_row();
            self.lay(paragraph);
        }
    }

    /// The row ends; also one that a paragraph outside of it breaks off.
    fn end_row(&mut self) {
        let table = std::mem::take(&mut self.table);
        let mut cells = table.cells;
        let mut last = table.cell;
        last.extend(row(table.inner_cells));
        last.extend(table.inner_cell);
        if !last.is_empty() {
            cells.push(last);
        }
        row(cells).into_iter().for_each(|paragraph| self.lay(paragraph));
    }

    fn lay(&mut self, mut paragraph: Paragraph) {
        let note = self.asides.iter().rev().find_map(|aside| aside.note);
        match note.and_then(|note| self.notes.get_mut(note).map(|list| (note, list))) {
            Some((note, list)) => {
                if list.is_empty() {
                    paragraph.text = format!("{} {}", mark(note + 1), paragraph.text);
                }
                paragraph.role = Role::Note;
                list.push(paragraph);
            }
            None => self.document.paragraphs.push(paragraph),
        }
    }

    /// The document.
    pub fn done(mut self) -> Document {
        self.state = State::default();
        self.paragraph();
        self.end_row();
        self.document.paragraphs.extend(self.notes.into_iter().flatten());
        let contents = |p: &Paragraph| {
            let name = p.style.to_lowercase();
            name.strip_prefix("toc ").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
        };
        self.document.paragraphs.retain(|p| !contents(p));
        self.document
    }
}
