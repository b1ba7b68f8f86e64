//! The text of a Word document, and of its notes.

use super::super::Problem;
use super::super::paragraph::{Paragraph, Role, mark, row};
use super::super::xml::{Element, Met, walk};
use super::styles::{Styles, half_points};

/// What was found in the text.
#[derive(Debug, Default)]
pub struct Found {
    pub paragraphs: Vec<Paragraph>,
    /// The notes that the text refers to, in order.
    pub notes: Vec<Note>,
    pub pictures: bool,
}

/// A note that the text refers to.
#[derive(Debug)]
pub struct Note {
    /// An endnote, not a footnote; each have ids of their own.
    pub end: bool,
    pub id: String,
    pub paragraphs: Vec<Paragraph>,
}

impl Found {
    /// The paragraphs with the notes behind them.
    pub fn finish(self) -> Vec<Paragraph> {
        let mut all = self.paragraphs;
        for (n, note) in self.notes.into_iter().enumerate() {
            for (m, mut paragraph) in note.paragraphs.into_iter().enumerate() {
                if m == 0 {
                    paragraph.text = format!("{} {}", mark(n + 1), paragraph.text.trim_start());
                }
                paragraph.role = Role::Note;
                all.push(paragraph);
            }
        }
        all
    }
}

/// Reads the text.
pub fn read(bytes: Vec<u8>, styles: &Styles) -> Result<Found, Problem> {
    let mut setter = Setter::new(styles);
    walk(bytes, |met| setter.meet(&met))?;
    Ok(setter.done())
}

/// Reads the notes that `found` refers to.
pub fn add_notes(bytes: Vec<u8>, styles: &Styles, end: bool, found: &mut Found) -> Result<(), Problem> {
    let name = if end { "endnote" } else { "footnote" };
    let mut open: Option<(String, Setter<'_>)> = None;
    walk(bytes, |met| {
        if let Met::Open(element) = &met
            && element.name == name
        {
            open = Some((element.get("id").unwrap_or_default().to_owned(), Setter::new(styles)));
        } else if matches!(&met, Met::Close(closed) if *closed == name) {
            if let Some((id, setter)) = open.take()
                && let Some(note) = found.notes.iter_mut().find(|n| n.end == end && n.id == id)
                && note.paragraphs.is_empty()
            {
                note.paragraphs = setter.done().paragraphs;
            }
        } else if let Some((_, setter)) = &mut open {
            setter.meet(&met);
        }
    })
}

/// A paragraph that is being set.
#[derive(Debug, Default)]
struct Open {
    text: String,
    style: String,
    outline: Option<u8>,
    breaks: bool,
    /// Whether all words until now are bold; `None` before the first.
    bold: Option<bool>,
    size: Option<f32>,
    /// The mark at its end was deleted: it runs on into the next.
    runs_on: bool,
}

/// A run of words that are set alike.
#[derive(Debug, Default)]
struct Run {
    style: String,
    bold: Option<bool>,
    hidden: Option<bool>,
    size: Option<f32>,
}

/// Where a field is: its instruction is no text, its result is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum FieldPart {
    Instruction,
    Result,
}

#[derive(Debug)]
struct Setter<'a> {
    styles: &'a Styles,
    found: Found,
    paragraphs: Vec<Open>,
    run: Run,
    /// Rows of tables that are open, within one another.
    rows: Vec<(Vec<Vec<Paragraph>>, bool)>,
    fields: Vec<FieldPart>,
    /// How many open elements there are since one that is left out, with it.
    left_out: usize,
    in_words: bool,
    in_paragraph_properties: usize,
    in_run_properties: usize,
    in_row_properties: usize,
    /// The section ended, or a page break stood last: the next paragraph begins a page.
    breaks: bool,
    section: bool,
    carried: Option<Open>,
    advice: bool,
}

/// What is left out with all that is in it: what was deleted or moved away, what older programs see instead, how to
/// speak a word, a form's advice, former properties.
const LEFT_OUT: &[&str] = &[
    "del",
    "moveFrom",
    "Fallback",
    "rt",
    "delText",
    "instrText",
    "delInstrText",
    "rPrChange",
    "pPrChange",
    "sectPrChange",
    "tblPrChange",
    "trPrChange",
    "tcPrChange",
    "tblGrid",
];

impl<'a> Setter<'a> {
    fn new(styles: &'a Styles) -> Self {
        Self {
            styles,
            found: Found::default(),
            paragraphs: Vec::new(),
            run: Run::default(),
            rows: Vec::new(),
            fields: Vec::new(),
            left_out: 0,
            in_words: false,
            in_paragraph_properties: 0,
            in_run_properties: 0,
            in_row_properties: 0,
            breaks: false,
            section: false,
            carried: None,
            advice: false,
        }
    }

    fn meet(&mut self, met: &Met<'_>) {
        match met {
            Met::Open(element) => {
                if self.left_out > 0 {
                    self.left_out += 1;
                } else if (element.name == "del" || element.name == "ins") && self.in_properties() {
                    self.changed(&element.name);
                    self.left_out = 1;
                } else if LEFT_OUT.contains(&element.name.as_str()) {
                    self.left_out = 1;
                } else {
                    self.open(element);
                }
            }
            Met::Words(words) => {
                if self.left_out == 0 && self.in_words {
                    self.words(words);
                }
            }
            Met::Close(name) => {
                if self.left_out > 0 {
                    self.left_out -= 1;
                } else {
                    self.close(name);
                }
            }
        }
    }

    fn in_properties(&self) -> bool {
        self.in_run_properties > 0 || self.in_row_properties > 0
    }

    /// A mark of a tracked change that stands in properties: the end of the paragraph or the row was deleted.
    fn changed(&mut self, name: &str) {
        if name != "del" {
            return;
        }
        if self.in_row_properties > 0 {
            if let Some((_, deleted)) = self.rows.last_mut() {
                *deleted = true;
            }
        } else if self.in_paragraph_properties > 0
            && let Some(open) = self.paragraphs.last_mut()
        {
            open.runs_on = true;
        }
    }

    fn open(&mut self, element: &Element) {
        let value = || element.get("val").unwrap_or_default().to_owned();
        match element.name.as_str() {
            "p" => {
                let mut open = Open { breaks: std::mem::take(&mut self.breaks), ..Open::default() };
                // What runs on is set as what it runs into.
                if self.paragraphs.is_empty()
                    && let Some(carried) = self.carried.take()
                {
                    (open.text, open.bold, open.size) = (carried.text, carried.bold, carried.size);
                    open.breaks |= carried.breaks;
                }
                self.paragraphs.push(open);
            }
            "r" => self.run = Run::default(),
            "pPr" => self.in_paragraph_properties += 1,
            "rPr" => self.in_run_properties += 1,
            "trPr" => self.in_row_properties += 1,
            // What a form says as long as nobody has filled it in.
            "showingPlcHdr" if element.is_on() => self.advice = true,
            "sdtContent" if std::mem::take(&mut self.advice) => self.left_out = 1,
            "sectPr" if self.in_paragraph_properties > 0 => self.section = true,
            "type" if element.get("val") == Some("continuous") => self.section = false,
            "pStyle" => self.set(|open| open.style = value()),
            "outlineLvl" => self.set(|open| open.outline = element.get("val").and_then(|v| v.parse().ok())),
            "pageBreakBefore" if element.is_on() => self.set(|open| open.breaks = true),
            // The properties of the mark at a paragraph's end say nothing of its words.
            "rStyle" if self.in_paragraph_properties == 0 => self.run.style = value(),
            "b" if self.in_paragraph_properties == 0 => self.run.bold = Some(element.is_on()),
            "vanish" if self.in_paragraph_properties == 0 => self.run.hidden = Some(element.is_on()),
            "sz" if self.in_paragraph_properties == 0 => self.run.size = half_points(element.get("val")),
            "t" => self.in_words = true,
            "tab" | "ptab" if !self.in_properties() && self.in_paragraph_properties == 0 => self.words("\t"),
            "noBreakHyphen" => self.words("\u{2011}"),
            "softHyphen" => self.words("\u{ad}"),
            "cr" => self.words("\n"),
            "br" if matches!(element.get("type"), Some("page" | "column")) => self.page(),
            "br" => self.words("\n"),
            "sym" => {
                let code = element.get("char").and_then(|c| u32::from_str_radix(c, 16).ok());
                // Signs of a symbol typeface have no meaning outside it.
                if let Some(c) = code.and_then(char::from_u32).filter(|c| !('\u{e000}'..='\u{f8ff}').contains(c)) {
                    self.words(c.encode_utf8(&mut [0; 4]));
                }
            }
            "fldChar" => match element.get("fldCharType") {
                Some("begin") => self.fields.push(FieldPart::Instruction),
                Some("separate") => {
                    if let Some(last) = self.fields.last_mut() {
                        *last = FieldPart::Result;
                    }
                }
                _ => drop(self.fields.pop()),
            },
            "footnoteReference" | "endnoteReference" => self.note(element),
            "tr" => self.rows.push((Vec::new(), false)),
            "tc" => {
                if let Some((cells, _)) = self.rows.last_mut() {
                    cells.push(Vec::new());
                }
            }
            "blip" | "imagedata" => self.found.pictures = true,
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.in_words = false,
            "pPr" => self.in_paragraph_properties = self.in_paragraph_properties.saturating_sub(1),
            "rPr" => self.in_run_properties = self.in_run_properties.saturating_sub(1),
            "trPr" => self.in_row_properties = self.in_row_properties.saturating_sub(1),
            "p" => {
                if let Some(open) = self.paragraphs.pop() {
                    if open.runs_on && self.paragraphs.is_empty() {
                        self.carried = Some(open);
                    } else {
                        self.end(open);
                    }
                }
                self.breaks |= std::mem::take(&mut self.section);
                if self.paragraphs.is_empty() {
                    // An instruction that never ends hides no more than its paragraph.
                    self.fields.retain(|part| *part == FieldPart::Result);
                }
            }
            "tr" => {
                if let Some((cells, deleted)) = self.rows.pop()
                    && !deleted
                {
                    row(cells).into_iter().for_each(|paragraph| self.put(paragraph));
                }
            }
            _ => {}
        }
    }

    fn set(&mut self, change: impl FnOnce(&mut Open)) {
        if self.in_paragraph_properties > 0
            && let Some(open) = self.paragraphs.last_mut()
        {
            change(open);
        }
    }

    fn words(&mut self, words: &str) {
        let Some(open) = self.paragraphs.last_mut() else { return };
        if self.fields.contains(&FieldPart::Instruction) {
            return;
        }
        let styles = self.styles;
        let of_run = |look: fn(&Styles, &str) -> Option<bool>| {
            (!self.run.style.is_empty()).then(|| look(styles, &self.run.style)).flatten()
        };
        if self.run.hidden.or_else(|| of_run(Styles::is_hidden)).or_else(|| styles.is_hidden(&open.style)) == Some(true)
        {
            return;
        }
        if !words.trim().is_empty() {
            let bold = self.run.bold.or_else(|| of_run(Styles::is_bold)).or_else(|| styles.is_bold(&open.style));
            open.bold = Some(open.bold.unwrap_or(true) && bold == Some(true));
            if open.size.is_none() {
                open.size = self.run.size.or_else(|| styles.size(&open.style));
            }
        }
        open.text.push_str(words);
    }

    fn note(&mut self, element: &Element) {
        // A mark of the author's own stands in the text as it is.
        let own = matches!(element.get("customMarkFollows"), Some("1" | "true" | "on"));
        let id = element.get("id").unwrap_or_default().to_owned();
        self.found.notes.push(Note { end: element.name == "endnoteReference", id, paragraphs: Vec::new() });
        if !own {
            self.words(&mark(self.found.notes.len()));
        }
    }

    /// A page ends within a paragraph.
    fn page(&mut self) {
        let Some(open) = self.paragraphs.last_mut() else { return };
        if open.text.trim().is_empty() {
            open.breaks = true;
            return;
        }
        let before = std::mem::take(open);
        open.style.clone_from(&before.style);
        open.outline = before.outline;
        open.runs_on = before.runs_on;
        open.breaks = true;
        self.end(before);
    }

    fn end(&mut self, open: Open) {
        let text = open.text.trim();
        if text.is_empty() {
            self.breaks |= open.breaks;
            return;
        }
        if self.styles.is_contents(&open.style) {
            return;
        }
        let mut role = self.styles.role(&open.style);
        if let Some(level) = open.outline.filter(|level| *level < 9 && role == Role::Body) {
            role = Role::Heading(level + 1);
        }
        self.put(Paragraph {
            text: text.to_owned(),
            role,
            style: self.styles.name(&open.style).to_owned(),
            bold: open.bold == Some(true),
            breaks: open.breaks,
            size: open.size.unwrap_or(0.0),
        });
    }

    /// Lays a paragraph where it belongs: in the open cell, else in the text.
    fn put(&mut self, paragraph: Paragraph) {
        match self.rows.last_mut().and_then(|(cells, _)| cells.last_mut()) {
            Some(cell) => cell.push(paragraph),
            None => self.found.paragraphs.push(paragraph),
        }
    }

    fn done(mut self) -> Found {
        if let Some(carried) = self.carried.take() {
            self.end(carried);
        }
        self.found
    }
}
