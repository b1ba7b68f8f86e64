//! Small pieces that several panels use.

use eframe::egui::{
    self, Align2, Color32, Frame, Margin, Rect, Response, RichText, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

use super::theme::{self, tokens};

/// A panel's heading, in small spaced capitals, with something small at its right end.
pub fn heading(ui: &mut Ui, text: &str, aside: impl FnOnce(&mut Ui)) {
    let t = tokens(ui);
    ui.horizontal(|ui| {
        let font = theme::sans_semibold(theme::size::HEADING);
        let label = RichText::new(text.to_uppercase()).font(font).color(t.soft).extra_letter_spacing(0.6);
        ui.add(egui::Label::new(label).selectable(false));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), aside);
    });
    ui.add_space(2.0);
}

/// A card: paper, a hairline, rounded corners.
pub fn card<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    let t = tokens(ui);
    Frame::new()
        .fill(t.paper)
        .stroke(Stroke::new(1.0, t.rule))
        .corner_radius(8)
        .inner_margin(Margin::symmetric(12, 10))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            content(ui)
        })
        .inner
}

/// A key as it stands on a keyboard, drawn small.
pub fn key(ui: &mut Ui, name: &str) -> Response {
    let t = tokens(ui);
    let galley = ui.painter().layout_no_wrap(name.to_owned(), theme::sans(10.5), t.soft);
    let size = vec2((galley.size().x + 9.0).max(18.0), 16.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    paint_key(ui, rect, name);
    response
}

/// Draws a key in a given place.
pub fn paint_key(ui: &Ui, rect: Rect, name: &str) {
    let t = tokens(ui);
    ui.painter().rect(rect, 4, t.paper, Stroke::new(1.0, t.rule), StrokeKind::Inside);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, name, theme::sans(10.5), t.soft);
}

/// A pill that is on or off.
pub fn pill(ui: &mut Ui, text: &str, on: bool, tooltip: &str) -> Response {
    let t = tokens(ui);
    let ink = if on { t.on_accent } else { t.ink };
    let galley = ui.painter().layout_no_wrap(text.to_owned(), theme::sans(12.0), ink);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(20.0, 9.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, on, text));
    let fill = if on { t.accent } else { t.paper };
    let edge = if response.hovered() { t.faint } else { t.rule };
    let painter = ui.painter();
    painter.rect(
        rect,
        rect.height() / 2.0,
        fill,
        Stroke::new(1.0, if on { t.accent } else { edge }),
        StrokeKind::Inside,
    );
    painter.galley(rect.center() - galley.size() / 2.0, galley, ink);
    focus_ring(ui, &response, rect);
    if tooltip.is_empty() { response } else { response.on_hover_text(tooltip) }
}

/// The button that does what a card is about.
pub fn primary(ui: &mut Ui, text: &str, key: &str) -> Response {
    let t = tokens(ui);
    action(ui, text, key, t.accent, t.on_accent)
}

/// Any other button of a card.
pub fn secondary(ui: &mut Ui, text: &str, key: &str) -> Response {
    let t = tokens(ui);
    action(ui, text, key, t.paper, t.ink)
}

fn action(ui: &mut Ui, text: &str, key: &str, fill: Color32, ink: Color32) -> Response {
    let t = tokens(ui);
    let enabled = ui.is_enabled();
    let words = ui.painter().layout_no_wrap(text.to_owned(), theme::sans_medium(12.5), ink);
    let cap = (!key.is_empty())
        .then(|| ui.painter().layout_no_wrap(key.to_owned(), theme::sans(10.5), t.soft).size().x)
        .map_or(0.0, |w| (w + 9.0).max(18.0) + 6.0);
    let size = vec2(words.size().x + cap + 22.0, 28.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, text));
    let edge = if fill == t.paper { t.rule } else { fill };
    let edge = if response.hovered() { t.faint } else { edge };
    ui.painter().rect(rect, 6, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
    let at = pos2(rect.left() + 11.0, rect.center().y - words.size().y / 2.0);
    let end = at.x + words.size().x;
    ui.painter().galley(at, words, ink);
    if cap > 0.0 {
        let rect = Rect::from_min_size(pos2(end + 6.0, rect.center().y - 8.0), vec2(cap - 6.0, 16.0));
        paint_key(ui, rect, key);
    }
    focus_ring(ui, &response, rect);
    response
}

/// A square of a code's colour.
pub fn swatch(ui: &mut Ui, colour: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(11.0, 11.0), Sense::hover());
    ui.painter().rect_filled(rect, 3, colour);
}

/// Shows where the keyboard is.
pub fn focus_ring(ui: &Ui, response: &Response, rect: Rect) {
    if response.has_focus() {
        let stroke = Stroke::new(2.0, tokens(ui).accent);
        ui.painter().rect_stroke(rect.expand(2.0), 7, stroke, StrokeKind::Outside);
    }
}

/// Secondary text.
pub fn soft(ui: &Ui, text: impl Into<String>) -> RichText {
    RichText::new(text).font(theme::sans(theme::size::SMALL)).color(tokens(ui).soft)
}

/// A sentence that says what to do where there is nothing yet.
pub fn hint(ui: &mut Ui, text: &str) {
    let text = RichText::new(text).font(theme::sans(12.5)).color(tokens(ui).soft);
    ui.add(egui::Label::new(text).wrap().selectable(false));
}

/// A size in bytes, in words.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// "1 article", "3 articles".
pub fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// How well a text matches what was typed: `None` where its letters do not occur in order; higher is better.
pub fn fuzzy(query: &str, text: &str) -> Option<i32> {
    let mut score = 0;
    let mut last: Option<usize> = None;
    let letters: Vec<char> = text.to_lowercase().chars().collect();
    for wanted in query.to_lowercase().chars().filter(|c| !c.is_whitespace()) {
        let from = last.map_or(0, |l| l + 1);
        let found = (from..letters.len()).find(|&i| letters[i] == wanted)?;
        let starts_word = found == 0 || !letters[found - 1].is_alphanumeric();
        score += if last.is_some_and(|l| l + 1 == found) { 8 } else { 0 };
        score += if starts_word { 10 } else { 0 };
        score -= (found - from).min(10) as i32;
        last = Some(found);
    }
    Some(score - letters.len() as i32 / 8)
}

#[cfg(test)]
mod tests {
    use super::fuzzy;

    #[test]
    fn fuzzy_prefers_words_and_runs() {
        assert!(fuzzy("wh", "Witch hunt") > fuzzy("wh", "Show"));
        assert!(fuzzy("purge", "Purge") > fuzzy("purge", "People urge"));
        assert_eq!(fuzzy("xyz", "Purge"), None);
        assert!(fuzzy("", "anything").is_some());
    }
}
