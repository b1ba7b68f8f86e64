//! Right-to-left lines. egui sets their letters one after the other from left to right, which keeps the count that
//! positions depend on; here each line is put into the order in which it is read, by the Unicode Bidirectional
//! Algorithm (UAX #9). Letters are not joined.

use std::sync::Arc;

use eframe::egui::{Galley, Rect, pos2};
use unicode_bidi::BidiInfo;
use unicode_segmentation::UnicodeSegmentation as _;

/// Where a character stands in a line that was put in order, in the galley's coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    pub left: f32,
    pub right: f32,
    /// Whether what follows it stands on its left.
    pub leftward: bool,
}

impl Cell {
    /// The edge at which a caret stands before the character, or behind it.
    pub fn edge(self, before: bool) -> f32 {
        if before == self.leftward { self.right } else { self.left }
    }
}

/// For each line of a block the cells of its characters; `None` for a line that runs from left to right.
pub type Lines = Vec<Option<Vec<Cell>>>;

/// Whether a text has letters that run from right to left.
pub fn needed(text: &str) -> bool {
    text.chars().any(right_to_left)
}

pub fn right_to_left(c: char) -> bool {
    matches!(u32::from(c), 0x590..=0x8ff | 0x200f | 0x202b | 0x202e | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x1_0800..=0x1_0fff | 0x1_e800..=0x1_efff)
}

/// The text as it is to be drawn: brackets that stand among right-to-left letters are those of the other side. As many
/// characters as before.
pub fn mirrored(text: &str) -> String {
    let info = BidiInfo::new(text, None);
    text.char_indices().map(|(at, c)| if info.levels[at].is_rtl() { counterpart(c) } else { c }).collect()
}

fn counterpart(c: char) -> char {
    const PAIRS: &[(char, char)] =
        &[('(', ')'), ('[', ']'), ('{', '}'), ('<', '>'), ('«', '»'), ('‹', '›'), ('≤', '≥'), ('⟨', '⟩')];
    let other = PAIRS.iter().find_map(|(a, b)| {
        if c == *a {
            Some(*b)
        } else if c == *b {
            Some(*a)
        } else {
            None
        }
    });
    other.unwrap_or(c)
}

/// Puts every line of a laid-out text in order, and tells where its characters now stand. A paragraph that begins with
/// right-to-left letters is set to the right edge, `width`. The galley has a glyph for every character of the text.
pub fn put_in_order(galley: &mut Arc<Galley>, text: &str, width: f32) -> Lines {
    let info = BidiInfo::new(text, None);
    let [paragraph] = info.paragraphs.as_slice() else { return vec![None; galley.rows.len()] };
    let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let galley = Arc::make_mut(galley);
    let mut lines = Vec::with_capacity(galley.rows.len());
    let mut first = 0;
    for placed in &mut galley.rows {
        let count = placed.row.glyphs.len();
        let (from, to) = (first, first + count);
        first = to + usize::from(placed.ends_with_newline);
        if to >= bytes.len() || count == 0 {
            lines.push(None);
            continue;
        }
        let line = bytes[from]..bytes[to];
        let (levels, runs) = info.visual_runs(paragraph, line);
        let base = paragraph.level.is_rtl();
        if !base && runs.iter().all(|run| !levels[run.start].is_rtl()) {
            lines.push(None);
            continue;
        }
        if base {
            placed.pos.x = (width - placed.row.size.x).max(0.0);
        }
        let row = Arc::make_mut(&mut placed.row);
        let edges: Vec<f32> = row.glyphs.iter().map(|g| g.pos.x).chain([row.size.x]).collect();
        let glyph_of = |byte: usize| bytes.partition_point(|b| *b < byte) - from;
        let mut new = vec![(0.0, false); count];
        let mut x = 0.0;
        for run in runs {
            let leftward = levels[run.start].is_rtl();
            let mut clusters: Vec<usize> =
                text[run.clone()].grapheme_indices(true).map(|(at, _)| glyph_of(run.start + at)).collect();
            clusters.push(glyph_of(run.end));
            let mut spans: Vec<(usize, usize)> = clusters.windows(2).map(|pair| (pair[0], pair[1])).collect();
            if leftward {
                spans.reverse();
            }
            for (start, end) in spans {
                for glyph in start..end {
                    new[glyph] = (x + edges[glyph] - edges[start], leftward);
                }
                x += edges[end] - edges[start];
            }
        }
        let mesh = &mut row.visuals.mesh;
        let mut cells = Vec::with_capacity(count);
        for (number, glyph) in row.glyphs.iter_mut().enumerate() {
            let (left, leftward) = new[number];
            let shift = left - glyph.pos.x;
            glyph.pos.x = left;
            if !glyph.uv_rect.is_nothing() {
                let corner = glyph.first_vertex as usize;
                for vertex in mesh.vertices.iter_mut().skip(corner).take(4) {
                    vertex.pos.x += shift;
                }
            }
            let left = placed.pos.x + left;
            let right = left + (edges[number + 1] - edges[number]).max(0.0);
            cells.push(Cell { left, right, leftward });
        }
        row.visuals.mesh_bounds = mesh.calc_bounds();
        lines.push(Some(cells));
    }
    galley.rect.max.x = galley.rect.max.x.max(width);
    galley.mesh_bounds = Rect::from_min_max(galley.rect.min, pos2(width, galley.rect.max.y)).union(galley.mesh_bounds);
    lines
}

/// The stretches of a line that the characters from `from` up to `to` cover, from left to right.
pub fn stretches(cells: &[Cell], from: usize, to: usize) -> Vec<(f32, f32)> {
    let mut found: Vec<(f32, f32)> =
        cells[from.min(cells.len())..to.min(cells.len())].iter().map(|c| (c.left, c.right)).collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut joined: Vec<(f32, f32)> = Vec::new();
    for (left, right) in found {
        match joined.last_mut() {
            Some(last) if left <= last.1 + 0.5 => last.1 = last.1.max(right),
            _ => joined.push((left, right)),
        }
    }
    joined
}

/// Before which character of a line a click at `x` puts the caret.
pub fn nearest(cells: &[Cell], x: f32) -> usize {
    let apart = |cell: &Cell| if x < cell.left { cell.left - x } else { (x - cell.right).max(0.0) };
    // Of characters without a width, a mark over its letter, the letter is meant.
    let best = (0..cells.len()).min_by(|a, b| apart(&cells[*a]).total_cmp(&apart(&cells[*b])));
    let Some(at) = best else { return 0 };
    let cell = cells[at];
    let left_half = x < f32::midpoint(cell.left, cell.right);
    if left_half == cell.leftward { at + 1 } else { at }
}

/// Where the caret stands before the character `column` of a line, or behind the last one.
pub fn caret(cells: &[Cell], column: usize) -> f32 {
    match (cells.get(column), cells.last()) {
        (Some(cell), _) => cell.edge(true),
        (None, Some(last)) => last.edge(false),
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(left: f32, right: f32, leftward: bool) -> Cell {
        Cell { left, right, leftward }
    }

    #[test]
    fn brackets_are_turned_where_letters_run_to_the_left() {
        assert_eq!(mirrored("a (b) שלום (עולם)"), "a (b) שלום )עולם(");
        assert_eq!(mirrored("no (brackets)"), "no (brackets)");
        assert_eq!(mirrored("«שלום»").chars().count(), 6);
    }

    #[test]
    fn a_line_of_both_directions() {
        // "ab" then three letters that run to the left, as they are drawn: a b 5 4 3
        let cells = [
            cell(0., 5., false),
            cell(5., 10., false),
            cell(20., 25., true),
            cell(15., 20., true),
            cell(10., 15., true),
        ];
        assert_eq!(stretches(&cells, 0, 2), [(0., 10.)]);
        assert_eq!(stretches(&cells, 1, 3), [(5., 10.), (20., 25.)]);
        assert_eq!(stretches(&cells, 2, 5), [(10., 25.)]);
        let carets = [0, 1, 2, 3, 4, 5].map(|n| caret(&cells, n) as i32);
        assert_eq!(carets, [0, 5, 25, 20, 15, 10]);
        // A click on the left half of a letter that runs to the left goes behind it.
        assert_eq!(nearest(&cells, 11.0), 5);
        assert_eq!(nearest(&cells, 14.0), 4);
        assert_eq!(nearest(&cells, 24.0), 2);
        assert_eq!(nearest(&cells, -3.0), 0);
        assert_eq!(nearest(&cells, 6.0), 1);
        assert_eq!(nearest(&[], 3.0), 0);
    }
}
