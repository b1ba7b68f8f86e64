//! Drawing the text with what lies behind and under it.

use eframe::egui::{Color32, Mesh, Painter, Rect, Stroke, StrokeKind, pos2, vec2};

use super::marks::{From, Mark, Shape};
use super::{Reading, Setting, baseline, letters, page};
use crate::app::theme::Tokens;
use crate::session::Session;
use crate::text::CharSpan;

const BAR: f32 = 3.0;

impl Reading {
    pub(super) fn paint_text(&self, painter: &Painter, session: &Session, setting: Setting, t: &Tokens, focused: bool) {
        let selection = self.selection.span();
        for seen in &self.visible {
            let size = self.page.type_size(seen.block, setting);
            let block = self.page.spans[seen.block];
            let lines = |span: CharSpan| {
                let part = span.intersection(block);
                let origin = seen.pos.to_vec2();
                part.into_iter()
                    .flat_map(|p| page::lines(&seen.galley, p.start - block.start, p.end - block.start))
                    .map(move |r| r.translate(origin))
            };
            // From the bottom up: grounds, what is chosen, the selection, the letters, bars, outlines.
            for mark in self.marks.in_block(seen.block) {
                if let Shape::Ground { kind, firm } = mark.shape {
                    for line in lines(mark.span) {
                        let rect = letters(line, size);
                        painter.rect_filled(rect, 3, t.entity(kind));
                        if firm {
                            let edge = Stroke::new(1.0, t.faint);
                            painter.rect_stroke(rect, 3, edge, StrokeKind::Inside);
                        }
                    }
                }
            }
            for mark in self.marks.in_block(seen.block) {
                let lifted = self.chosen == Some(mark.from) || self.hovered == Some(mark.from);
                let thread = matches!(mark.shape, Shape::Thread { .. });
                if lifted && !thread && matches!(mark.from, From::Coding(_) | From::Other(_)) {
                    let strength = if self.chosen == Some(mark.from) { 1.0 } else { 0.5 };
                    for line in lines(mark.span) {
                        painter.rect_filled(letters(line, size), 2, t.selection.gamma_multiply(strength));
                    }
                }
            }
            if !selection.is_empty() {
                for line in lines(selection) {
                    let rect = letters(line, size);
                    painter.rect_filled(rect, 0, t.selection);
                    // Not by colour alone: an edge marks where the selection begins and ends.
                    painter.hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, t.accent));
                }
            }
            painter.galley(seen.pos, seen.galley.galley.clone(), t.ink);
            let mut marks = Mesh::default();
            for mark in self.marks.in_block(seen.block) {
                let strong = self.chosen == Some(mark.from) || self.hovered == Some(mark.from);
                let dim = !strong && matches!(self.hovered, Some(From::Coding(_)));
                match mark.shape {
                    Shape::Bar { colour, lane } => {
                        let colour = t.code(colour).gamma_multiply(if dim { 0.45 } else { 1.0 });
                        for line in lines(mark.span) {
                            bar(&mut marks, line, size, lane, setting, colour, strong);
                        }
                    }
                    Shape::Ghost { colour, lane } => {
                        let colour = colour.map_or(t.soft, |c| t.code(c));
                        for line in lines(mark.span) {
                            hollow(&mut marks, line, size, lane, setting, colour, strong);
                        }
                    }
                    Shape::Thread { colour, lane } => {
                        let colour = t.code(colour).gamma_multiply(if dim { 0.45 } else { 1.0 });
                        for line in lines(mark.span) {
                            let y = lane_top(line, size, lane, setting) + 1.0;
                            let thread = Rect::from_min_max(pos2(line.left(), y), pos2(line.right(), y + 1.0));
                            marks.add_colored_rect(thread, colour);
                        }
                    }
                    Shape::Dots { lane, firm } => {
                        let colour = if firm || strong { t.ink } else { t.soft.gamma_multiply(0.8) };
                        for line in lines(mark.span) {
                            let y = lane_top(line, size, lane, setting);
                            let mut x = line.left().round();
                            while x < line.right() - 1.0 {
                                marks.add_colored_rect(Rect::from_min_size(pos2(x, y), vec2(2.0, 2.0)), colour);
                                x += 5.0;
                            }
                        }
                    }
                    Shape::Outline { colour } => {
                        let colour = colour.map_or(t.soft, |c| t.code(c));
                        for line in lines(mark.span) {
                            outline(
                                painter,
                                &mut marks,
                                letters(line, size).expand2(vec2(0.5, 1.0)),
                                colour,
                                strong,
                                t,
                            );
                        }
                    }
                    Shape::Ground { .. } | Shape::Rule { .. } => {
                        if self.chosen == Some(mark.from) && matches!(mark.from, From::Suggestion(_)) {
                            for line in lines(mark.span) {
                                outline(painter, &mut marks, letters(line, size).expand(1.0), t.accent, true, t);
                            }
                        }
                    }
                }
            }
            painter.add(marks);
            if !seen.galley.sound {
                let at = seen.pos - vec2(8.0, 0.0);
                painter.vline(at.x, at.y..=at.y + seen.galley.size().y, Stroke::new(1.0, t.warning));
            }
        }
        if focused && session.read_only().is_none() {
            self.paint_caret(painter, t);
        }
    }

    fn paint_caret(&self, painter: &Painter, t: &Tokens) {
        let Some(caret) = self.caret_rect(self.selection.head) else { return };
        let middle = caret.center().y;
        let half = (caret.height() * 0.36).min(16.0);
        let x = painter.round_to_pixel_center(caret.left());
        painter.vline(x, middle - half..=middle + half, Stroke::new(1.5, t.accent));
    }

    /// The marks under a position: the shortest first.
    pub(super) fn under(&self, at: crate::text::CharOffset) -> Vec<&Mark> {
        let mut found: Vec<&Mark> = self
            .marks
            .in_block(self.page.block_at(at))
            .filter(|m| m.span.contains(at) && !matches!(m.shape, Shape::Rule { .. } | Shape::Thread { .. }))
            .collect();
        let rank = |m: &Mark| match (m.from, m.shape) {
            (From::Coding(_), _) => 0,
            (From::Other(_), _) => 3,
            (_, Shape::Outline { .. }) => 1,
            _ => 2,
        };
        found.sort_by_key(|m| (rank(m), m.span.len()));
        found
    }
}

fn lane_top(line: Rect, size: f32, lane: usize, setting: Setting) -> f32 {
    (baseline(line, size) + size * 0.24 + lane as f32 * setting.lane()).round()
}

/// Bars, dots and dashes go into one mesh a block: they are many, upright and whole pixels wide, and need no smoothing.
fn bar(marks: &mut Mesh, line: Rect, size: f32, lane: usize, setting: Setting, colour: Color32, strong: bool) {
    let top = lane_top(line, size, lane, setting);
    let height = if strong { BAR + 1.0 } else { BAR };
    marks.add_colored_rect(Rect::from_min_max(pos2(line.left(), top), pos2(line.right(), top + height)), colour);
}

/// The edges of a bar: what somebody else has coded.
fn hollow(marks: &mut Mesh, line: Rect, size: f32, lane: usize, setting: Setting, colour: Color32, strong: bool) {
    let top = lane_top(line, size, lane, setting);
    let height = BAR + if strong { 2.0 } else { 1.0 };
    let rect = Rect::from_min_max(pos2(line.left(), top), pos2(line.right(), top + height));
    for y in [rect.top(), rect.bottom() - 1.0] {
        marks.add_colored_rect(Rect::from_min_max(pos2(rect.left(), y), pos2(rect.right(), y + 1.0)), colour);
    }
    for x in [rect.left(), rect.right() - 1.0] {
        marks.add_colored_rect(Rect::from_min_max(pos2(x, rect.top()), pos2(x + 1.0, rect.bottom())), colour);
    }
}

fn outline(painter: &Painter, marks: &mut Mesh, rect: Rect, colour: Color32, strong: bool, t: &Tokens) {
    if strong {
        painter.rect_stroke(rect, 4, Stroke::new(2.0, t.accent), StrokeKind::Middle);
        return;
    }
    let (dash, gap, thick) = (4.0, 3.0, 1.5);
    let mut x = rect.left();
    while x < rect.right() {
        let end = (x + dash).min(rect.right());
        for y in [rect.top(), rect.bottom() - thick] {
            marks.add_colored_rect(Rect::from_min_max(pos2(x, y), pos2(end, y + thick)), colour);
        }
        x += dash + gap;
    }
    let mut y = rect.top();
    while y < rect.bottom() {
        let end = (y + dash).min(rect.bottom());
        for x in [rect.left(), rect.right() - thick] {
            marks.add_colored_rect(Rect::from_min_max(pos2(x, y), pos2(x + thick, end)), colour);
        }
        y += dash + gap;
    }
}
