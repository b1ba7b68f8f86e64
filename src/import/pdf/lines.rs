//! Glyphs to pieces of lines, and these to lines in the order in which they are read.

use super::glyphs::{Glyph, Page};
use super::reading_order::in_order;

/// A piece of a line, or a whole one: words without a wide gap between them.
#[derive(Clone, Debug, Default)]
pub struct Line {
    pub text: String,
    pub x0: f32,
    pub x1: f32,
    pub y: f32,
    pub size: f32,
    pub bold: bool,
    /// The column or the like that it stands in, and that one's edges.
    pub region: usize,
    pub left: f32,
    pub right: f32,
}

/// The lines of a page.
#[derive(Debug, Default)]
pub struct Lines {
    pub height: f32,
    pub lines: Vec<Line>,
}

/// The lines of a page in reading order.
pub fn page(page: Page) -> Lines {
    let mut pieces = Vec::new();
    for row in rows(page.glyphs) {
        split(row, &mut pieces);
    }
    let mut lines = Vec::new();
    for (number, region) in in_order(pieces).into_iter().enumerate() {
        let left = region.iter().map(|l| l.x0).fold(f32::MAX, f32::min);
        let right = region.iter().map(|l| l.x1).fold(f32::MIN, f32::max);
        for piece in region {
            match lines.last_mut() {
                Some(last) if beside(last, &piece) && last.region == number => join(last, &piece),
                _ => lines.push(Line { region: number, left, right, ..piece }),
            }
        }
    }
    Lines { height: page.height, lines }
}

/// Glyphs that stand on one line, from left to right, the lines from above.
fn rows(mut glyphs: Vec<Glyph>) -> Vec<Vec<Glyph>> {
    glyphs.retain(|g| !g.text.is_empty());
    glyphs.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut rows: Vec<Vec<Glyph>> = Vec::new();
    for glyph in glyphs {
        let row = rows.iter_mut().rev().take(8).find(|row| {
            row.last().is_some_and(|last| (last.y - glyph.y).abs() <= 0.22 * last.size.max(glyph.size))
                || row.first().is_some_and(|first| (first.y - glyph.y).abs() <= 0.22 * first.size)
        });
        match row {
            Some(row) => row.push(glyph),
            None => rows.push(vec![glyph]),
        }
    }
    let mut rows = with_raised(rows);
    for row in &mut rows {
        row.sort_by(|a, b| a.x0.total_cmp(&b.x0));
        // Some programs print a letter twice to make it bold.
        row.dedup_by(|b, a| a.text == b.text && (a.x0 - b.x0).abs() < 0.12 * a.size && (a.size - b.size).abs() < 0.5);
    }
    rows
}

/// Puts small raised and lowered signs into the rows that they belong to.
fn with_raised(rows: Vec<Vec<Glyph>>) -> Vec<Vec<Glyph>> {
    let size = |row: &[Glyph]| row.iter().map(|g| g.size).fold(0.0, f32::max);
    let mut done: Vec<Vec<Glyph>> = Vec::new();
    let mut raised: Vec<Glyph> = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while let Some(mut row) = rows.next() {
        let (here, y) = (size(&row), row.first().map_or(0.0, |g| g.y));
        let fits = |other: &[Glyph], most: f32| {
            let large = size(other);
            here < 0.85 * large
                && other.first().is_some_and(|o| (o.y - y).abs() < most * large)
                && row.iter().all(|g| other.iter().any(|o| (o.x1 - g.x0).abs() < large || (o.x0 - g.x1).abs() < large))
        };
        if rows.peek().is_some_and(|next| fits(next, 0.55)) {
            raised.append(&mut row);
        } else if let Some(last) = done.last_mut().filter(|last| fits(last, 0.35)) {
            last.append(&mut row);
        } else {
            row.append(&mut raised);
            done.push(row);
        }
    }
    if !raised.is_empty() {
        done.push(raised);
    }
    done
}

/// Cuts a row where a gap is wider than any between words, and sets spaces where there is none.
fn split(row: Vec<Glyph>, pieces: &mut Vec<Line>) {
    let mut open: Option<(Line, f32)> = None;
    let mut space = false;
    for glyph in row {
        if glyph.text.trim().is_empty() {
            space = true;
            continue;
        }
        let size = glyph.size;
        let letters = glyph.text.chars().count();
        if let Some((line, bold)) = &mut open {
            let gap = glyph.x0 - line.x1;
            if gap > 1.1 * size.max(line.size) {
                finish(open.take(), pieces);
            } else {
                if space || gap > 0.18 * size.min(line.size) {
                    line.text.push(' ');
                }
                line.text.push_str(&glyph.text);
                line.x1 = line.x1.max(glyph.x1);
                line.size = line.size.max(size);
                line.y = if size >= line.size { glyph.y } else { line.y };
                *bold += if glyph.bold { letters as f32 } else { 0.0 };
            }
        }
        space = false;
        if open.is_none() {
            let bold = if glyph.bold { letters as f32 } else { 0.0 };
            let line = Line { text: glyph.text, x0: glyph.x0, x1: glyph.x1, y: glyph.y, size, ..Line::default() };
            open = Some((line, bold));
        }
    }
    finish(open, pieces);
}

fn finish(open: Option<(Line, f32)>, pieces: &mut Vec<Line>) {
    if let Some((mut line, bold)) = open {
        line.bold = bold > 0.8 * line.text.chars().filter(|c| !c.is_whitespace()).count() as f32;
        pieces.push(line);
    }
}

fn beside(one: &Line, other: &Line) -> bool {
    (one.y - other.y).abs() <= 0.25 * one.size.max(other.size) && other.x0 >= one.x1 - 0.5 * one.size
}

fn join(line: &mut Line, piece: &Line) {
    // A gap of a justified line is a space, what stands further apart a column of a table.
    let wide = piece.x0 - line.x1 > 2.5 * line.size.max(piece.size);
    line.text.push(if wide { '\t' } else { ' ' });
    line.text.push_str(&piece.text);
    line.x1 = piece.x1;
    line.size = line.size.max(piece.size);
    line.bold &= piece.bold;
}
