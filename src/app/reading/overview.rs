//! The article in small along the right edge: where the codings are, which part is seen, and a way to get there.

use eframe::egui::{Color32, CursorIcon, Mesh, Painter, Rect, Role, Sense, Ui, WidgetInfo, pos2};

use super::marks::Shape;
use super::{Geometry, Reading};
use crate::app::theme::Tokens;
use crate::session::Session;
use crate::text::CharOffset;

/// The map's strokes, worked out once for each state of the article and height of the window.
#[derive(Default)]
pub struct Overview {
    strokes: Vec<(f32, f32, Color32)>,
    /// The height and the paper that they are for.
    of: Option<(f32, Color32)>,
}

impl Overview {
    pub fn forget(&mut self) {
        self.of = None;
    }
}

impl Reading {
    pub(super) fn paint_overview(&mut self, ui: &Ui, painter: &Painter, session: &Session, g: Geometry, t: &Tokens) {
        let rect = g.overview;
        if rect.height() < 20.0 {
            return;
        }
        let length = self.document.map().char_len().0.max(1) as f32;
        let y_of = |at: CharOffset| rect.top() + rect.height() * at.0 as f32 / length;
        let id = Self::id().with("overview");
        let response = ui.interact(rect.expand2(eframe::egui::vec2(6.0, 0.0)), id, Sense::click_and_drag());
        response.widget_info(|| {
            let count = self.article.as_ref().and_then(|a| session.coding(a)).map_or(0, |c| c.annotations.len());
            WidgetInfo::labeled(Role::ScrollBar, true, format!("Map of the article, {count} codings"))
        });
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        if let Some(pointer) = response.interact_pointer_pos()
            && (response.clicked() || response.dragged())
        {
            let part = ((pointer.y - rect.top()) / rect.height()).clamp(0.0, 1.0);
            let at = CharOffset((part * length) as usize);
            self.top = self.page.block_at(at);
            self.offset = 0.0;
            ui.ctx().request_repaint();
        }
        painter.rect_filled(rect, 4, t.rule.gamma_multiply(0.7));
        if let (Some(first), Some(last)) = (self.visible.first(), self.visible.last()) {
            let seen = Rect::from_min_max(
                pos2(rect.left(), y_of(self.page.spans[first.block].start)),
                pos2(rect.right(), y_of(self.page.spans[last.block].end)),
            );
            let seen = seen.intersect(rect);
            if seen.height() < rect.height() - 1.0 {
                painter.rect_filled(seen, 4, t.faint.gamma_multiply(0.45));
            }
        }
        if self.overview.of != Some((rect.height(), t.paper)) {
            self.overview.of = Some((rect.height(), t.paper));
            // One stroke a pixel and colour is all that can be seen, however many codings there are.
            let mut strokes: Vec<(f32, f32, Color32)> = Vec::new();
            for mark in &self.marks.marks {
                let Shape::Bar { colour, .. } = mark.shape else { continue };
                let (a, b) = (y_of(mark.span.start) - rect.top(), y_of(mark.span.end) - rect.top());
                let (a, b, colour) = (a.floor(), b.max(a + 3.0).ceil(), t.code(colour));
                match strokes.last_mut() {
                    Some(last) if last.2 == colour && a <= last.1 => last.1 = last.1.max(b),
                    Some(last) if a <= last.0 => {}
                    _ => strokes.push((a, b, colour)),
                }
            }
            self.overview.strokes = strokes;
        }
        let mut strokes = Mesh::default();
        for (a, b, colour) in &self.overview.strokes {
            let stroke = Rect::from_min_max(pos2(rect.left(), rect.top() + a), pos2(rect.right(), rect.top() + b));
            strokes.add_colored_rect(stroke, *colour);
        }
        painter.add(strokes);
    }
}
