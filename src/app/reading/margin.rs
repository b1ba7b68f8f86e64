//! The margins: who speaks on the left, which codes lie where on the right. Labels never collide; they push down.

use std::sync::Arc;

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{Align, Align2, Color32, Galley, Painter, Rect, Stroke, Ui, pos2, vec2};

use super::marks::{From, Mark, Shape};
use super::{Geometry, Reading, Setting, letters, page};
use crate::app::theme::{self, Tokens};
use crate::session::Session;
use crate::text::{CharOffset, CharSpan};

/// The space between two labels.
const GAP: f32 = 6.0;

/// What the margins are drawn with and about.
#[derive(Clone, Copy)]
pub(super) struct Drawn<'a> {
    pub ui: &'a Ui,
    pub painter: &'a Painter,
    pub session: &'a Session,
    pub g: Geometry,
    pub setting: Setting,
    pub t: &'a Tokens,
}

struct Label {
    /// Where it would like to stand.
    y: f32,
    names: Vec<String>,
    note: String,
    colours: Vec<Color32>,
    span: CharSpan,
    /// What a click selects.
    from: Option<From>,
    strong: bool,
}

impl Reading {
    /// Draws both margins; returns where the labels stand and what each is about, for the mouse.
    pub(super) fn paint_margins(&self, with: Drawn<'_>) -> Vec<(Rect, From)> {
        let mut places = Vec::new();
        self.paint_numbers(with);
        self.paint_speakers(with, &mut places);
        self.paint_stripes(with, &mut places);
        places
    }

    /// The numbers of the body's paragraphs, where they are wanted, and the marked places: both close to the text, where
    /// no speaker stands.
    fn paint_numbers(&self, with: Drawn<'_>) {
        let Drawn { painter, g, setting, t, .. } = with;
        for seen in &self.visible {
            let span = self.page.spans[seen.block];
            let size = self.page.type_size(seen.block, setting);
            let Some(line) = page::lines(&seen.galley, 0, 1).next() else { continue };
            let line = letters(line.translate(seen.pos.to_vec2()), size);
            let ribboned = self.places.iter().any(|p| {
                let caret = self.caret_rect(*p).filter(|_| span.start <= *p && *p <= span.end);
                caret.is_some_and(|c| (c.center().y - line.center().y).abs() < line.height())
            });
            if setting.numbers
                && !ribboned
                && let Some(number) = self.body_paragraph(span.start)
                && self.body.get(number - 1).is_some_and(|p| p.start == span.start)
            {
                let at = pos2(g.left - 6.0, line.center().y);
                painter.text(at, Align2::RIGHT_CENTER, number, theme::sans(10.0), t.soft);
            }
            for place in self.places.iter().filter(|p| span.start <= **p && **p <= span.end) {
                let Some(caret) = self.caret_rect(*place) else { continue };
                // A ribbon, as it hangs out of a book.
                let (x, y) = (g.left - 16.0, caret.center().y);
                let at = |dx: f32, dy: f32| pos2(x + dx, y + dy);
                let halves = [
                    vec![at(0.0, -7.0), at(7.0, -7.0), at(7.0, 7.0), at(3.5, 3.0)],
                    vec![at(0.0, -7.0), at(3.5, 3.0), at(0.0, 7.0)],
                ];
                painter.extend(halves.map(|half| eframe::egui::Shape::convex_polygon(half, t.accent, Stroke::NONE)));
            }
        }
    }

    /// The lines of a mark that are on the screen, as high as their letters.
    fn lines_on_screen(&self, mark: &Mark, setting: Setting) -> Option<Rect> {
        let mut hull: Option<Rect> = None;
        for seen in &self.visible {
            let block = self.page.spans[seen.block];
            let Some(part) = mark.span.intersection(block) else { continue };
            let size = self.page.type_size(seen.block, setting);
            for line in page::lines(&seen.galley, part.start - block.start, part.end - block.start) {
                let line = letters(line.translate(seen.pos.to_vec2()), size);
                hull = Some(hull.map_or(line, |h| h.union(line)));
            }
        }
        hull
    }

    /// The marks of the blocks that are seen, each once.
    fn seen_marks(&self) -> impl Iterator<Item = &Mark> {
        let first = self.visible.first().map(|v| self.page.spans[v.block].start);
        self.visible.iter().flat_map(move |seen| {
            let block = self.page.spans[seen.block];
            self.marks.in_block(seen.block).filter(move |m| m.span.start >= block.start || Some(block.start) == first)
        })
    }

    fn paint_speakers(&self, with: Drawn<'_>, places: &mut Vec<(Rect, From)>) {
        let Drawn { ui, painter, session, g, setting, t } = with;
        let x = g.left - 20.0;
        let width = g.before - 40.0;
        let mut free = f32::NEG_INFINITY;
        let mut last: Option<(String, String, f32)> = None;
        for mark in self.seen_marks() {
            let Shape::Rule { firm } = mark.shape else { continue };
            let Some(lines) = self.lines_on_screen(mark, setting) else { continue };
            let strong = self.chosen == Some(mark.from) || self.hovered == Some(mark.from);
            let colour = if firm || strong { t.accent } else { t.accent.gamma_multiply(0.62) };
            painter.rect_filled(Rect::from_min_max(pos2(x, lines.top()), pos2(x + 3.0, lines.bottom())), 1, colour);
            let caption = self.caption(session, mark);
            // A quotation that goes on after "he said" is not labelled again.
            let same = last.as_ref().is_some_and(|(name, note, bottom)| {
                *name == caption.name
                    && (*note == caption.note || caption.note.is_empty())
                    && lines.top() - bottom < 60.0
            });
            let named = (caption.name.clone(), caption.note.clone(), lines.bottom());
            if same {
                last = Some((named.0, last.map_or_else(String::new, |l| l.1), named.2));
                continue;
            }
            last = Some(named);
            let name = if caption.name.is_empty() { "speaker?" } else { caption.name.as_str() };
            let galley = label(ui, &[(name, t.ink)], &caption.note, width, Align::RIGHT, t);
            let y = lines.top().max(free);
            if y > g.surface.bottom() {
                break;
            }
            free = y + galley.size().y + GAP;
            places.push((Rect::from_min_max(pos2(x - 8.0 - width, y), pos2(x + 3.0, free - GAP)), mark.from));
            // Right-aligned text grows to the left of where it is put.
            painter.galley(pos2(x - 8.0, y), galley, t.ink);
        }
    }

    fn paint_stripes(&self, with: Drawn<'_>, places: &mut Vec<(Rect, From)>) {
        let Drawn { ui, painter, session, g, setting, t } = with;
        let x = g.right + 24.0;
        let width = g.after - 44.0;
        let mut labels: Vec<Label> = Vec::new();
        for mark in self.seen_marks() {
            let colour = match mark.shape {
                Shape::Bar { colour, .. } => t.code(colour),
                Shape::Ghost { colour, .. } => colour.map_or(t.soft, |c| t.code(c)),
                _ => continue,
            };
            let Some(lines) = self.lines_on_screen(mark, setting) else { continue };
            if lines.top() > g.surface.bottom() {
                continue;
            }
            let strong = self.chosen == Some(mark.from) || self.hovered == Some(mark.from);
            // A coding of several stretches is named once.
            if let Some(label) = labels.iter_mut().find(|l| l.from == Some(mark.from)) {
                label.strong |= strong;
                continue;
            }
            let caption = self.caption(session, mark);
            // Several codes on the same words share a label.
            let mine = matches!(mark.from, From::Coding(_));
            let same = |l: &&mut Label| l.span == mark.span && matches!(l.from, Some(From::Coding(_))) == mine;
            match labels.iter_mut().find(same).filter(|l| mine || l.note == caption.note) {
                Some(label) => {
                    label.names.push(caption.name);
                    label.colours.push(colour);
                    label.strong |= strong;
                }
                None => labels.push(Label {
                    y: lines.top(),
                    names: vec![caption.name],
                    note: caption.note,
                    colours: vec![colour],
                    span: mark.span,
                    from: Some(mark.from),
                    strong,
                }),
            }
        }
        let nothing = self.article.as_ref().and_then(|a| session.coding(a)).map(|c| &c.nothing_found);
        for passage in nothing.into_iter().flatten() {
            let start = passage.span.map_or(CharOffset::ZERO, |s| s.start);
            let Some(caret) = self.caret_rect(start) else { continue };
            labels.push(Label {
                y: caret.top() + 4.0,
                names: vec!["Nothing found".to_owned()],
                note: if passage.span.is_some() { "read" } else { "whole article read" }.to_owned(),
                colours: vec![t.faint],
                span: passage.span.unwrap_or_default(),
                from: None,
                strong: false,
            });
        }
        labels.sort_by(|a, b| a.y.total_cmp(&b.y));
        let mut free = f32::NEG_INFINITY;
        for l in labels {
            let y = l.y.max(free);
            if y > g.surface.bottom() {
                break;
            }
            let mut names: Vec<(&str, Color32)> = Vec::new();
            for (n, name) in l.names.iter().enumerate() {
                if n > 0 {
                    names.push((" · ", t.faint));
                }
                names.push((name.as_str(), t.ink));
            }
            let galley = label(ui, &names, &l.note, width, Align::LEFT, t);
            let rect = Rect::from_min_size(pos2(x, y), vec2(3.0, galley.size().y));
            if l.strong {
                let ground = Rect::from_min_size(pos2(x, y), vec2(galley.size().x + 18.0, galley.size().y)).expand(3.0);
                painter.rect_filled(ground, 4, t.selection);
            }
            let piece = rect.height() / l.colours.len() as f32;
            for (n, colour) in l.colours.iter().enumerate() {
                let top = rect.top() + n as f32 * piece;
                painter.rect_filled(Rect::from_min_max(pos2(x, top), pos2(x + 3.0, top + piece)), 0, *colour);
            }
            // A label that had to give way is tied to its line.
            if y > l.y + 2.0 {
                let tie = [pos2(g.right + 6.0, l.y + 8.0), pos2(x - 3.0, y + 8.0)];
                painter.line_segment(tie, Stroke::new(1.0, t.rule));
            }
            free = y + galley.size().y + GAP;
            let place = Rect::from_min_size(pos2(x, y), vec2(width + 12.0, galley.size().y));
            places.extend(l.from.map(|from| (place, from)));
            painter.galley(pos2(x + 12.0, y), galley, t.ink);
        }
    }
}

/// A label of one or more names with a note below.
fn label(ui: &Ui, names: &[(&str, Color32)], note: &str, width: f32, align: Align, t: &Tokens) -> Arc<Galley> {
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    job.wrap.max_rows = 6;
    job.halign = align;
    let format = |font_id, color| TextFormat { font_id, color, line_height: Some(15.0), ..TextFormat::default() };
    for (name, colour) in names {
        job.append(name, 0.0, format(theme::sans_medium(12.0), *colour));
    }
    if !note.is_empty() {
        job.append("\n", 0.0, format(theme::sans(theme::size::SMALL), t.soft));
        job.append(note, 0.0, format(theme::sans(theme::size::SMALL), t.soft));
    }
    ui.fonts_mut(|f| f.layout_job(job))
}
