//! The page: an article cut into blocks, each laid out only when it is seen.

use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::text::{CCursor, CharIndex, LayoutJob, LayoutSection, TextFormat};
use eframe::egui::{Color32, FontId, Galley, Rect, Ui, Vec2, pos2, vec2};

use crate::app::theme::{self, Tokens};
use crate::model::{Part, PartKind};
use crate::text::{CharOffset, CharSpan, Document};

/// The longest stretch that is laid out at once, in code points. A longer paragraph becomes several blocks, so that a
/// file of one endless line is shown like any other.
const LONGEST: usize = 6_000;
/// How many laid-out blocks are kept on each side of those that are seen.
const KEPT: usize = 24;

/// What the reader may choose of the type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// Size of the body text, in points.
    pub size: f32,
    /// From one line to the next, in sizes of the type; without lanes beyond the second.
    pub leading: f32,
    /// The length of a line, in letters.
    pub measure: f32,
    /// Whether the paragraphs of the body are numbered.
    pub numbers: bool,
    /// Whether a selection by mouse is widened to whole words.
    pub whole_words: bool,
}

impl Setting {
    pub const STANDARD: f32 = 18.0;
    pub const SMALLEST: f32 = 12.0;
    pub const LARGEST: f32 = 40.0;
    pub const LEADING: f32 = 1.9;
    pub const MEASURE: f32 = 68.0;

    /// From one line to the next, in points.
    fn line(self) -> f32 {
        (self.size * self.leading).round()
    }

    /// Room for one more lane.
    pub fn lane(self) -> f32 {
        (self.size / 18.0 * 5.0).max(4.0)
    }

    /// The width of a line, in points: a letter of the reading face is 0.45 of its size wide on average.
    pub fn width(self) -> f32 {
        self.size * self.measure * 0.45
    }
}

/// How a block is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Headline,
    Standfirst,
    Byline,
    Body,
    Caption,
}

/// A stretch that is laid out in one piece: a paragraph, or a part of a very long one.
#[derive(Clone, Copy, Debug)]
struct Block {
    kind: Kind,
    /// Whether it is the last of its paragraph.
    ends: bool,
}

/// An article on the page.
#[derive(Default)]
pub struct Page {
    pub spans: Vec<CharSpan>,
    blocks: Vec<Block>,
    galleys: HashMap<usize, (Look, Laid)>,
    /// How many layouts were made so far: what the benchmark and the tests watch.
    pub laid_out: usize,
}

/// A block that is laid out.
#[derive(Clone)]
pub struct Laid {
    pub galley: Arc<Galley>,
    /// Whether every character has its place in the layout, so that a click lands where it seems to.
    pub sound: bool,
}

impl std::ops::Deref for Laid {
    type Target = Galley;
    fn deref(&self) -> &Galley {
        &self.galley
    }
}

/// All that a laid-out block depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Look {
    width: f32,
    size: f32,
    leading: f32,
    lanes: usize,
    ink: Color32,
    scale: f32,
}

impl Page {
    pub fn new(document: &Document, parts: &[Part]) -> Self {
        let mut page = Self::default();
        for span in document.paragraphs() {
            let kind = match parts.iter().find(|p| p.span.contains(span.start)).map(|p| p.kind) {
                Some(PartKind::Headline) => Kind::Headline,
                Some(PartKind::Standfirst) => Kind::Standfirst,
                Some(PartKind::Byline) => Kind::Byline,
                Some(PartKind::Caption) => Kind::Caption,
                None => Kind::Body,
            };
            let pieces = cut(document, *span);
            let count = pieces.len();
            for (n, piece) in pieces.into_iter().enumerate() {
                page.spans.push(piece);
                page.blocks.push(Block { kind, ends: n + 1 == count });
            }
        }
        page
    }

    pub fn len(&self) -> usize {
        self.blocks.len()
    }

    /// The block that holds a position, or the last one before it.
    pub fn block_at(&self, at: CharOffset) -> usize {
        self.spans.partition_point(|s| s.start <= at).saturating_sub(1)
    }

    /// The size of a block's type.
    pub fn type_size(&self, block: usize, setting: Setting) -> f32 {
        let by = match self.blocks[block].kind {
            Kind::Headline => 29.0 / 18.0,
            Kind::Standfirst | Kind::Body => 1.0,
            Kind::Byline => 12.0 / 18.0,
            Kind::Caption => 15.0 / 18.0,
        };
        setting.size * by
    }

    /// The white space above a block.
    pub fn space_above(&self, block: usize, setting: Setting) -> f32 {
        let Some(before) = block.checked_sub(1) else { return 0.0 };
        if !self.blocks[before].ends {
            return 0.0;
        }
        let lines = match (self.blocks[before].kind, self.blocks[block].kind) {
            (Kind::Headline | Kind::Standfirst, Kind::Standfirst | Kind::Byline) => 0.12,
            (Kind::Body, Kind::Body) => 0.42,
            (Kind::Byline | Kind::Standfirst | Kind::Headline, _) => 0.5,
            _ => 0.5,
        };
        setting.line() * lines
    }

    /// The block, laid out. Positions in it count from the block's start.
    pub fn galley(
        &mut self,
        ui: &Ui,
        document: &Document,
        block: usize,
        setting: Setting,
        width: f32,
        lanes: usize,
        tokens: &Tokens,
    ) -> Laid {
        let look = Look {
            width,
            size: setting.size,
            leading: setting.leading,
            lanes,
            ink: tokens.ink,
            scale: ui.pixels_per_point(),
        };
        if let Some((kept, galley)) = self.galleys.get(&block)
            && *kept == look
        {
            return galley.clone();
        }
        self.laid_out += 1;
        let text = document.map().slice(self.spans[block]).unwrap_or_default();
        let galley = layout(ui, text, &self.format(block, setting, lanes, tokens), width);
        let laid = Laid { sound: sound(&galley, text), galley };
        self.galleys.insert(block, (look, laid.clone()));
        laid
    }

    fn format(&self, block: usize, setting: Setting, lanes: usize, t: &Tokens) -> TextFormat {
        let size = self.type_size(block, setting);
        let extra = lanes.saturating_sub(2) as f32 * setting.lane();
        let (font_id, color, height): (FontId, _, f32) = match self.blocks[block].kind {
            Kind::Headline => (theme::serif_semibold(size), t.ink, size * 1.24),
            Kind::Standfirst => (theme::serif_italic(size), t.soft, size * 1.6),
            Kind::Byline => (theme::sans(size), t.soft, size * 1.7),
            Kind::Caption => (theme::serif_italic(size), t.soft, size * 1.7),
            Kind::Body => (theme::serif(size), t.ink, setting.line()),
        };
        let line_height = Some((height + extra).round());
        TextFormat { font_id, color, line_height, ..TextFormat::default() }
    }

    /// Forgets the layouts that are far from what is seen.
    pub fn tidy(&mut self, first: usize, last: usize) {
        if self.galleys.len() > (last - first) + 2 * KEPT {
            self.galleys.retain(|block, _| *block + KEPT >= first && *block <= last + KEPT);
        }
    }
}

/// Cuts a long paragraph at white space.
fn cut(document: &Document, span: CharSpan) -> Vec<CharSpan> {
    if span.len() <= LONGEST {
        return vec![span];
    }
    let mut pieces = Vec::new();
    let mut start = span.start;
    while span.end - start > LONGEST {
        let piece = CharSpan::new(start, start + LONGEST);
        let text = document.map().slice(piece).unwrap_or_default();
        let keep = text
            .char_indices()
            .rev()
            .find(|(_, c)| c.is_whitespace())
            .map(|(byte, _)| text[..byte].chars().count() + 1)
            .filter(|&n| n > LONGEST / 2)
            .unwrap_or(LONGEST);
        pieces.push(CharSpan::new(start, start + keep));
        start = start + keep;
    }
    if start < span.end {
        pieces.push(CharSpan::new(start, span.end));
    }
    pieces
}

/// Lays out one block. egui counts a glyph for every character except in right-to-left runs, where it loses count; a
/// section for every such character brings the count back (without joining letters), and with it right offsets.
fn layout(ui: &Ui, text: &str, format: &TextFormat, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::single_section(text.to_owned(), format.clone());
    job.wrap.max_width = width;
    let galley = ui.fonts_mut(|f| f.layout_job(job));
    if sound(&galley, text) {
        return galley;
    }
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    let mut joins = false;
    for (n, c) in text.chars().enumerate() {
        let start = job.text.len();
        job.text.push(c);
        // Sections that look alike are joined before shaping; a spacing that nobody can see keeps them apart.
        let apart = if right_to_left(c) { (n % 2) as f32 * 1e-6 } else { 0.0 };
        let end = job.text.len();
        match job.sections.last_mut() {
            Some(last) if joins && !right_to_left(c) => {
                last.byte_range.end = end.into();
            }
            _ => job.sections.push(LayoutSection {
                leading_space: 0.0,
                byte_range: start.into()..end.into(),
                format: TextFormat { extra_letter_spacing: apart, ..format.clone() },
            }),
        }
        joins = !right_to_left(c);
    }
    ui.fonts_mut(|f| f.layout_job(job))
}

/// Whether every character has its place in the layout.
fn sound(galley: &Galley, text: &str) -> bool {
    let counted: usize = galley.rows.iter().map(|r| r.char_count_including_newline().0).sum();
    counted == text.chars().count()
}

fn right_to_left(c: char) -> bool {
    matches!(u32::from(c), 0x590..=0x8ff | 0x200f | 0x202b | 0x202e | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x1_0800..=0x1_0fff | 0x1_e800..=0x1_efff)
}

/// Where a stretch of a block lies: one rectangle a line, from the top of its line to the bottom, in the galley's
/// coordinates. `from` and `to` count from the block's start.
pub fn lines(galley: &Galley, from: usize, to: usize) -> impl Iterator<Item = Rect> + '_ {
    let a = galley.layout_from_cursor(CCursor::new(CharIndex(from)));
    let b = galley.layout_from_cursor(CCursor::new(CharIndex(to)));
    (a.row..=b.row).filter_map(move |number| {
        let row = galley.rows.get(number)?;
        let left = if number == a.row { row.x_offset(a.column) } else { 0.0 };
        let right = if number == b.row { row.x_offset(b.column) } else { row.size.x };
        (right > left)
            .then(|| Rect::from_min_max(row.pos + vec2(left, 0.0), pos2(row.pos.x + right, row.pos.y + row.size.y)))
    })
}

/// The character that is nearest to a point of the galley.
pub fn hit(galley: &Galley, at: Vec2) -> usize {
    galley.cursor_from_pos(at).index.0
}

/// Where the caret stands before character `at`: the top of its line, and the line's height.
pub fn caret(galley: &Galley, at: usize) -> Rect {
    galley.pos_from_cursor(CCursor::new(CharIndex(at)))
}
