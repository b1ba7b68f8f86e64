//! Paragraphs as a word processor sets them, and a document of them.

use super::Block;

/// What a paragraph is by the style it is set in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    #[default]
    Body,
    Title,
    Subtitle,
    /// 1 is the highest.
    Heading(u8),
    Caption,
    /// A row of a table, with tabs between its cells.
    Row,
    /// A footnote or an endnote; they stand behind the rest.
    Note,
}

/// A paragraph and how it is set. Readers of what databases export as documents split them by this.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Paragraph {
    /// The words. A line break within the paragraph is LF, a tab a tab.
    pub text: String,
    pub role: Role,
    /// The style's name as the program shows it (`heading 1`, `Body Text`); empty where the format knows none.
    pub style: String,
    /// Whether all words of it are bold.
    pub bold: bool,
    /// Whether a page or a section begins with it because the document says so.
    pub breaks: bool,
    /// How large its first words are, in points; 0 where it is not known.
    pub size: f32,
}

impl Paragraph {
    /// It as a block of an article.
    pub fn block(&self) -> Block {
        if self.role == Role::Caption { Block::caption(&*self.text) } else { Block::body(&*self.text) }
    }

    /// Whether it has no words.
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// What a document says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    pub title: String,
    pub authors: Vec<String>,
    /// When it was made, as it is written there.
    pub made: Option<String>,
    pub language: Option<String>,
    pub keywords: String,
}

/// A document: paragraphs in order, none of them empty, and what it says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    pub paragraphs: Vec<Paragraph>,
    pub about: About,
    /// Whether there are pictures in it.
    pub pictures: bool,
}

/// What a style is by its name, in the languages that word processors write it in.
pub fn role_of(style: &str) -> Role {
    let name = style.trim().to_lowercase().replace(['_', '-'], " ");
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let number = || name[bare.len()..].trim().parse::<u8>().ok();
    match bare {
        "title" | "titel" | "titre" | "título" | "titolo" | "headline" => Role::Title,
        "subtitle" | "untertitel" | "sous titre" | "subtítulo" | "sottotitolo" | "ondertitel" => Role::Subtitle,
        "heading" | "überschrift" | "titre de section" | "kop" | "rubrik" | "overskrift" | "encabezado" => {
            Role::Heading(number().unwrap_or(1).clamp(1, 9))
        }
        "caption" | "beschriftung" | "légende" | "epígrafe" | "didascalia" | "bijschrift" | "illustration"
        | "figure" | "abbildung" => Role::Caption,
        "footnote text" | "endnote text" | "footnote" | "endnote" => Role::Note,
        _ => Role::Body,
    }
}

/// The mark of a note, as it is printed above the line: ¹, ¹².
pub fn mark(number: usize) -> String {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    number.to_string().bytes().filter_map(|digit| RAISED.get(usize::from(digit.wrapping_sub(b'0'))).copied()).collect()
}

/// A row of a table. Cells of a few words make one paragraph with tabs between them; a row that only holds the page
/// together (one cell, or cells of whole texts) gives its paragraphs one after the other.
pub fn row(cells: Vec<Vec<Paragraph>>) -> Vec<Paragraph> {
    /// Longer cells of several paragraphs are texts, not entries. In bytes.
    const LONG: usize = 400;
    let is_text = |cell: &Vec<Paragraph>| cell.len() > 1 && cell.iter().map(|p| p.text.len()).sum::<usize>() > LONG;
    let full = cells.iter().filter(|cell| !cell.is_empty()).count();
    if full <= 1 || cells.iter().any(is_text) {
        return cells.into_iter().flatten().collect();
    }
    let all = || cells.iter().flatten();
    let first = all().next();
    let row = Paragraph {
        text: cells.iter().map(|cell| flat(cell)).collect::<Vec<_>>().join("\t").trim_end().to_owned(),
        role: Role::Row,
        style: first.map(|p| p.style.clone()).unwrap_or_default(),
        bold: all().all(|p| p.bold),
        breaks: first.is_some_and(|p| p.breaks),
        size: first.map_or(0.0, |p| p.size),
    };
    vec![row]
}

fn flat(cell: &[Paragraph]) -> String {
    let words = cell.iter().flat_map(|p| p.text.split(['\n', '\t'])).map(str::trim).filter(|w| !w.is_empty());
    words.collect::<Vec<_>>().join(" ")
}
