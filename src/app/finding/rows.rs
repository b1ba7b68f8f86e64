//! One place that was found: a line with the match in its middle, and where it stands.

use eframe::egui::text::LayoutJob;
use eframe::egui::{Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{Finding, place};
use crate::app::articles::day;
use crate::app::reading::right_to_left;
use crate::app::theme::{self, tokens};
use crate::find::{Line, marks};
use crate::model::{Article, Colour};
use crate::session::Session;

/// The height of a row; every row is as high, so that any number of them is drawn in the same time.
pub const ROW: f32 = 48.0;
/// The size of the line's type.
const TYPE: f32 = 16.0;
/// More letters than this fit on no side of a row.
const CONTEXT: usize = 140;
/// Where in the row the match begins.
const MIDDLE: f32 = 0.45;
/// Room for the tick.
const TICK: f32 = 40.0;

/// A row as it is shown.
pub struct Row {
    line: Line,
    /// The line is read from right to left.
    rtl: bool,
    about: String,
    /// The codes on the words, with their colours.
    codes: Vec<(Colour, String)>,
    /// What a screen reader says.
    pub said: String,
}

/// What was done to a row.
pub enum Did {
    Nothing,
    Tick,
    Jump,
}

/// The article's title, outlet and day.
pub fn about(article: &Article) -> String {
    let day = article.metadata.published.as_deref().map(day).unwrap_or_default();
    let parts = [article.display_title(), article.metadata.outlet.clone(), day];
    parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" · ")
}

impl Finding {
    fn make_row(&self, session: &Session, number: usize) -> Option<Row> {
        let hit = self.found.hits.get(number)?;
        let line = hit.line(CONTEXT);
        let about = about(&hit.article);
        let mut codes: Vec<(Colour, String)> = Vec::new();
        let mut voices = Vec::new();
        if let Some(coder) = session.coder() {
            for mark in marks(session.project(), hit, Some(&coder.id)) {
                let Some(code) = session.project().codebook.get(&mark.code) else { continue };
                let entry = (code.colour, code.name.clone());
                if !codes.contains(&entry) {
                    codes.push(entry);
                }
                voices.extend(mark.voice.map(crate::model::Voice::title));
            }
        }
        voices.dedup();
        if let (Some((_, last)), Some(voice)) = (codes.last_mut(), voices.first()) {
            last.push_str(&format!(" · {voice}"));
        }
        let strong = line.matched.chars().chain(line.right.chars()).chain(line.left.chars());
        let rtl = strong.filter(|c| c.is_alphabetic()).map(right_to_left).next().unwrap_or(false);
        let coded: Vec<&str> = codes.iter().map(|(_, name)| name.as_str()).collect();
        let coded = if coded.is_empty() { String::new() } else { format!(". Coded {}", coded.join(", ")) };
        let said = format!("{}{}{}. {about}{coded}", line.left, line.matched, line.right);
        Some(Row { line, rtl, about, codes, said })
    }

    /// Draws one row, and says what was done to it.
    pub(super) fn row_ui(&mut self, ui: &mut Ui, session: &Session, number: usize, focused: bool) -> Did {
        if !self.rows.contains_key(&number)
            && let Some(row) = self.make_row(session, number)
        {
            self.rows.insert(number, row);
        }
        let (Some(row), Some(hit)) = (self.rows.get(&number), self.found.hits.get(number)) else { return Did::Nothing };
        let t = tokens(ui);
        let here = self.at == number;
        let ticked = !self.ticked.is_empty() && self.ticked.contains(&place(hit));
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::CLICK);
        response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, here, &row.said));
        let painter = ui.painter_at(rect);
        if here {
            painter.rect_filled(rect, 0, t.selection.gamma_multiply(if focused { 1.0 } else { 0.55 }));
            if focused {
                painter.rect_filled(Rect::from_min_size(rect.min, vec2(3.0, rect.height())), 0, t.accent);
            }
        } else if response.hovered() {
            painter.rect_filled(rect, 0, t.panel);
        }
        painter.hline(rect.x_range(), rect.bottom() - 0.5, (1.0, t.rule.gamma_multiply(0.6)));

        let room = Rect::from_min_max(pos2(rect.left() + TICK, rect.top()), pos2(rect.right() - 18.0, rect.bottom()));
        head_ui(ui, row, room);
        line_ui(ui, &row.line, row.rtl, room);

        let zone = Rect::from_min_max(rect.min, pos2(room.left() - 4.0, rect.bottom()));
        let tick = ui.interact(zone, response.id.with("tick"), Sense::CLICK);
        tick.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, ticked, format!("Tick: {}", row.said)));
        let square = Rect::from_center_size(pos2(rect.left() + 21.0, rect.center().y), vec2(15.0, 15.0));
        let edge = if ticked { t.accent } else { t.faint };
        let fill = if ticked { t.accent } else { t.paper };
        painter.rect(square, 4, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
        if ticked {
            let at = |x: f32, y: f32| square.min + vec2(x, y);
            let stroke = Stroke::new(1.8, t.on_accent);
            painter.line_segment([at(3.5, 7.8), at(6.4, 10.6)], stroke);
            painter.line_segment([at(6.4, 10.6), at(11.4, 4.6)], stroke);
        }
        if tick.clicked() {
            return Did::Tick;
        }
        let clicked = response.clicked();
        if response.hovered() {
            ui.ctx().set_cursor_icon(eframe::egui::CursorIcon::PointingHand);
        }
        if clicked { Did::Jump } else { Did::Nothing }
    }
}

/// Over the line: where it stands, and the codes on it.
fn head_ui(ui: &Ui, row: &Row, room: Rect) {
    let t = tokens(ui);
    let painter = ui.painter_at(room);
    let top = room.top() + 5.0;
    // The codes stand at the right end, each beside a bar of its colour.
    let mut right = room.right();
    let shown = row.codes.len().min(2);
    let more = row.codes.len() - shown;
    if more > 0 {
        let galley = painter.layout_no_wrap(format!("+{more}"), theme::sans(11.0), t.soft);
        right -= galley.size().x;
        painter.galley(pos2(right, top), galley, t.soft);
        right -= 8.0;
    }
    for (colour, name) in row.codes[..shown].iter().rev() {
        let galley = painter.layout_job(one_line(name, 11.0, t.soft, 150.0));
        right -= galley.size().x;
        let middle = top + galley.size().y / 2.0;
        painter.galley(pos2(right, top), galley, t.soft);
        right -= 17.0;
        let bar = Rect::from_center_size(pos2(right + 5.5, middle), vec2(11.0, 3.0));
        painter.rect_filled(bar, 1, t.code(*colour));
        right -= 10.0;
    }
    if !row.codes.is_empty() {
        let zone = Rect::from_min_max(pos2(right, room.top()), pos2(room.right(), top + 14.0));
        let names: Vec<&str> = row.codes.iter().map(|(_, n)| n.as_str()).collect();
        let hover = ui.interact(zone, ui.scope_id().with(("codes", zone.top() as i64)), Sense::hover());
        hover.on_hover_text(names.join("\n"));
    }
    let width = (right - room.left() - 8.0).max(40.0);
    let about = painter.layout_job(one_line(&row.about, 11.0, t.soft, width));
    painter.galley(pos2(room.left(), top), about, t.soft);
}

/// The line itself: what comes before ends where the match begins, in the middle of the row.
fn line_ui(ui: &Ui, line: &Line, rtl: bool, room: Rect) {
    let t = tokens(ui);
    let painter = ui.painter_at(room);
    let lay = |text: &str, font| painter.layout_no_wrap(text.to_owned(), font, t.ink);
    let (before, behind) = (lay(&line.left, theme::serif(TYPE)), lay(&line.right, theme::serif(TYPE)));
    let matched = lay(&line.matched, theme::serif_semibold(TYPE));
    let y = |height: f32| room.bottom() - 6.0 - height;
    let middle = (room.left() + room.width() * MIDDLE).round();
    let (left, right) = if rtl { (behind, before) } else { (before, behind) };
    let end = middle + matched.size().x;
    let ground = Rect::from_min_max(pos2(middle - 2.0, y(matched.size().y)), pos2(end + 2.0, room.bottom() - 5.0));
    painter.rect_filled(ground, 3, t.other);
    painter.galley(pos2(middle - left.size().x, y(left.size().y)), left, t.ink);
    painter.galley(pos2(middle, y(matched.size().y)), matched, t.ink);
    painter.galley(pos2(end, y(right.size().y)), right, t.ink);
}

/// A text on one line, cut where it is too long.
fn one_line(text: &str, size: f32, ink: eframe::egui::Color32, width: f32) -> LayoutJob {
    let mut job = LayoutJob::simple(text.to_owned(), theme::sans(size), ink, width);
    job.wrap.max_rows = 1;
    job.wrap.break_anywhere = true;
    job
}
