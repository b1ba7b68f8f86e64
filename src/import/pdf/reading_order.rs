//! The order in which the pieces of a page are read: columns from left to right, and what runs across them before or
//! after.

use super::lines::Line;

/// How often a page is cut in two, one cut in the other.
const DEEPEST: usize = 40;
/// With more pieces than this a page is a drawing, and is read from above.
const MOST: usize = 4000;
/// A column has as many letters in a line as this, and as many lines.
const LETTERS: usize = 14;
const LINES: usize = 3;

/// The pieces by regions, in order; within a region from above, and from left to right.
pub fn in_order(pieces: Vec<Line>) -> Vec<Vec<Line>> {
    let mut regions = Vec::new();
    if pieces.len() > MOST {
        leaf(pieces, &mut regions);
    } else {
        cut(pieces, DEEPEST, &mut regions);
    }
    regions
}

fn cut(mut pieces: Vec<Line>, depth: usize, regions: &mut Vec<Vec<Line>>) {
    if pieces.is_empty() {
        return;
    }
    if depth == 0 || pieces.len() < 2 * LINES {
        leaf(pieces, regions);
        return;
    }
    if let Some(x) = gutter(&pieces) {
        let (left, right) = pieces.into_iter().partition(|p| p.x0 < x);
        cut(left, depth - 1, regions);
        cut(right, depth - 1, regions);
        return;
    }
    pieces.sort_by(|a, b| a.y.total_cmp(&b.y));
    // What runs across stands above the columns or below them.
    let bands: Vec<usize> = (1..pieces.len()).filter(|at| is_gap(&pieces, *at)).take(200).collect();
    let below = bands.iter().find(|at| pieces.get(**at..).and_then(gutter).is_some());
    let above = || bands.iter().rev().find(|at| pieces.get(..**at).and_then(gutter).is_some());
    if let Some(at) = below.or_else(above).copied() {
        let rest = pieces.split_off(at);
        cut(pieces, depth - 1, regions);
        cut(rest, depth - 1, regions);
    } else {
        leaf(pieces, regions);
    }
}

/// Whether all pieces before `at` stand above all others; they are sorted by their lines.
fn is_gap(pieces: &[Line], at: usize) -> bool {
    match (at.checked_sub(1).and_then(|before| pieces.get(before)), pieces.get(at)) {
        (Some(one), Some(other)) => other.y - one.y > 0.6 * one.size.min(other.size),
        _ => false,
    }
}

/// Where an empty strip runs from top to bottom with columns of text on both sides.
fn gutter(pieces: &[Line]) -> Option<f32> {
    let mut across: Vec<&Line> = pieces.iter().collect();
    across.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    let mut end = f32::MIN;
    for (at, piece) in across.iter().enumerate() {
        if at >= LINES && piece.x0 > end + 0.6 * piece.size.min(12.0) {
            let (left, right) = across.split_at(at);
            if is_column(left) && is_column(right) && side_by_side(left, right) {
                return Some(f32::midpoint(end, piece.x0));
            }
        }
        end = end.max(piece.x1);
    }
    None
}

fn is_column(pieces: &[&Line]) -> bool {
    let letters: usize = pieces.iter().map(|p| p.text.chars().count()).sum();
    pieces.len() >= LINES && letters >= LETTERS * pieces.len()
}

fn side_by_side(left: &[&Line], right: &[&Line]) -> bool {
    let span = |list: &[&Line]| {
        let top = list.iter().map(|p| p.y).fold(f32::MAX, f32::min);
        let bottom = list.iter().map(|p| p.y).fold(f32::MIN, f32::max);
        (top, bottom)
    };
    let ((a, b), (c, d)) = (span(left), span(right));
    b.min(d) - a.max(c) > 0.0
}

fn leaf(mut pieces: Vec<Line>, regions: &mut Vec<Vec<Line>>) {
    pieces.sort_by(|a, b| a.y.total_cmp(&b.y));
    // Pieces of one line may differ by a hair in how high they stand.
    let mut rows: Vec<Vec<Line>> = Vec::new();
    for piece in pieces {
        match rows.last_mut() {
            Some(row) if row.first().is_some_and(|f| (f.y - piece.y).abs() <= 0.25 * f.size.max(piece.size)) => {
                row.push(piece);
            }
            _ => rows.push(vec![piece]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    }
    regions.push(rows.into_iter().flatten().collect());
}
