//! What is asked: the field, its switches, the filters, and what came of it.

use eframe::egui::{
    Align, ComboBox, Key, Layout, Modifiers, Response, RichText, Role, Sense, Stroke, StrokeKind, TextEdit, Ui,
    WidgetInfo, vec2,
};

use super::Finding;
use crate::app::command::Command;
use crate::app::theme::{self, tokens};
use crate::app::widgets::{count, focus_ring, pill, primary, soft, swatch};
use crate::find::Order;
use crate::model::Voice;
use crate::session::{MOST, Session};

impl Finding {
    /// The field with its switches, and the filters below. Whether Esc was pressed in the field.
    pub(super) fn asking_ui(&mut self, ui: &mut Ui, session: &Session, _: Option<&str>) -> bool {
        let t = tokens(ui);
        let mut escape = false;
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let regex = "The whole query is one regular expression";
                switch(ui, ".*", "Regular expression", &mut self.options.regex, regex);
                let word = "Only where no letter stands right before or behind";
                switch(ui, "Word", "Whole words", &mut self.options.word, word);
                switch(ui, "Aa", "Capitals count", &mut self.options.case, "Capitals and small letters are different");
                ui.add_space(4.0);
                let hint = "Words, “phrases”, purg*, /expressions/, war NEAR/5 peace";
                // Up and Down belong to the list below.
                let down = ui.memory(|m| m.has_focus(field_id()))
                    && ui.input_mut(|i| {
                        i.consume_key(Modifiers::NONE, Key::ArrowDown) || i.consume_key(Modifiers::NONE, Key::Enter)
                    });
                let field = TextEdit::singleline(&mut self.query)
                    .id(field_id())
                    .hint_text(RichText::new(hint).color(t.soft))
                    .font(theme::sans(14.5))
                    .margin(vec2(11.0, 8.0))
                    .desired_width(f32::INFINITY);
                let response = ui.add(field);
                response.widget_info(|| WidgetInfo::labeled(Role::SearchInput, true, "Find in all articles"));
                if std::mem::take(&mut self.focus_query) {
                    response.request_focus();
                    select_all(ui, &self.query);
                }
                if down && self.any() {
                    self.focus_list = true;
                }
                escape = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Escape));
            });
        });
        ui.add_space(2.0);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
            self.only_ui(ui, session);
            self.outlet_ui(ui);
            self.dates_ui(ui);
            self.code_ui(ui, session);
            self.voice_ui(ui, session);
            self.order_ui(ui);
            if self.is_filtered() && ui.small_button("Clear filters").clicked() {
                self.clear_filters();
            }
        });
        escape
    }

    /// While one article is searched: which one, and the way to all of them.
    fn only_ui(&mut self, ui: &mut Ui, session: &Session) {
        let Some(article) = self.only.as_ref().and_then(|id| session.article(id)) else { return };
        let title = crate::session::shorten(&article.display_title());
        if pill(ui, "This article", true, &title).clicked() || pill(ui, "All articles", false, "").clicked() {
            self.only = None;
            self.tick_all = !self.ticked.is_empty();
        }
    }

    fn outlet_ui(&mut self, ui: &mut Ui) {
        let shown = self.outlet.clone().unwrap_or_else(|| "Any outlet".to_owned());
        let choice = ComboBox::from_id_salt("outlet to find in").width(110.0).truncate().selected_text(&shown);
        let choice = choice.show_ui(ui, |ui| {
            ui.selectable_value(&mut self.outlet, None, "Any outlet");
            for outlet in &self.outlets {
                ui.selectable_value(&mut self.outlet, Some(outlet.clone()), outlet);
            }
        });
        choice.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, format!("Outlet: {shown}")));
    }

    fn dates_ui(&mut self, ui: &mut Ui) {
        let t = tokens(ui);
        for (text, name, hint) in [(&mut self.from, "From day", "from"), (&mut self.to, "To day", "to")] {
            let wrong = !text.trim().is_empty() && text.trim().parse::<crate::find::Day>().is_err();
            let field = TextEdit::singleline(text)
                .hint_text(RichText::new(hint).color(t.soft))
                .text_color(if wrong { t.warning } else { t.ink })
                .margin(vec2(8.0, 5.0))
                .desired_width(74.0);
            let response = ui.add(field);
            response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
            response.on_hover_text("A day, a month or a year: 2025-03-04, 2025-03, 2025");
        }
    }

    fn code_ui(&mut self, ui: &mut Ui, session: &Session) {
        let book = &session.project().codebook;
        let shown = self.code.as_ref().and_then(|c| book.get(c)).map_or("Any code or none", |c| &c.name).to_owned();
        let choice = ComboBox::from_id_salt("code to find in").width(120.0).truncate().selected_text(&shown);
        let choice = choice.show_ui(ui, |ui| {
            ui.selectable_value(&mut self.code, None, "Any code or none");
            for (depth, code) in book.tree() {
                ui.horizontal(|ui| {
                    ui.add_space(depth as f32 * 12.0);
                    swatch(ui, tokens(ui).code(code.colour));
                    ui.selectable_value(&mut self.code, Some(code.id.clone()), &code.name);
                });
            }
        });
        choice.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, format!("Coded: {shown}")));
        choice.response.on_hover_text(
            "Only words that you coded with this code or one below it (while nobody codes: that anybody did)",
        );
    }

    fn voice_ui(&mut self, ui: &mut Ui, session: &Session) {
        let shown = self.voice.map_or("Any voice", Voice::title);
        let choice = ComboBox::from_id_salt("voice to find in").width(96.0).truncate().selected_text(shown);
        let choice = choice.show_ui(ui, |ui| {
            ui.selectable_value(&mut self.voice, None, "Any voice");
            for voice in Voice::ALL {
                ui.selectable_value(&mut self.voice, Some(*voice), voice.title());
            }
        });
        choice.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, format!("Voice: {shown}")));
        choice.response.on_hover_text(voice_is(session));
    }

    fn order_ui(&mut self, ui: &mut Ui) {
        let shown = self.order.title();
        let choice = ComboBox::from_id_salt("order of what is found").width(130.0).selected_text(format!("By {shown}"));
        let choice = choice.show_ui(ui, |ui| {
            for order in Order::ALL {
                ui.selectable_value(&mut self.order, order, order.title());
            }
        });
        choice.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, format!("Sorted by: {shown}")));
        choice.response.on_hover_text("The order of the lines");
    }

    /// How much was found, what is wrong, what is ticked.
    pub(super) fn summary_ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        trouble: Option<&str>,
        commands: &mut Vec<Command>,
    ) {
        let t = tokens(ui);
        ui.horizontal(|ui| {
            ui.set_min_height(30.0);
            let error = trouble.map(str::to_owned).or_else(|| self.found.error.as_ref().map(ToString::to_string));
            if let Some(error) = error {
                let text = RichText::new(first_capital(&error)).font(theme::sans_medium(12.5)).color(t.warning);
                ui.add(eframe::egui::Label::new(text).wrap());
                return;
            }
            if self.query.trim().is_empty() {
                ui.label(soft(ui, format!("{} to search", count_of(session.project().articles.len(), "article"))));
                return;
            }
            let found = &self.found;
            let told = format!("{} in {}", thousands(found.found), count_of(found.articles, "article"));
            ui.label(RichText::new(told).font(theme::sans_semibold(13.0)).color(t.ink));
            if found.found > found.hits.len() {
                let text = format!("The first {} are listed; narrow the search down to see others.", thousands(MOST));
                ui.label(RichText::new(text).font(theme::sans(theme::size::SMALL)).color(t.warning));
            }
            if !found.done {
                let so_far = format!("searching: {} of {}", thousands(found.searched), thousands(found.of));
                ui.label(soft(ui, so_far));
            } else if self.voice.is_some() {
                ui.label(soft(ui, "Voice: as coded, else as detected")).on_hover_text(voice_is(session));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let targets = self.ticked.len();
                if targets == 0 {
                    if found.hits.is_empty() {
                        return;
                    }
                    ui.label(soft(ui, "Space ticks a line, ↵ goes there"));
                    return;
                }
                if primary(ui, "Code…", "C").on_hover_text("Put one code on all that is ticked, as one step").clicked()
                {
                    commands.push(Command::PickCode);
                }
                if ui.small_button("Untick").on_hover_text("Take all ticks away").clicked() {
                    self.ticked.clear();
                    return;
                }
                let articles: std::collections::HashSet<_> = self.ticked.iter().map(|(a, _)| a).collect();
                let text =
                    format!("{} in {} will be coded", count_of(targets, "place"), count_of(articles.len(), "article"));
                ui.label(RichText::new(text).font(theme::sans_medium(12.5)).color(t.ink));
            });
        });
    }
}

/// The field's id.
fn field_id() -> eframe::egui::Id {
    eframe::egui::Id::unique("find in all articles")
}

/// Selects what stands in the field, so that typing replaces it.
fn select_all(ui: &Ui, text: &str) {
    use eframe::egui::text::{CCursor, CCursorRange, CharIndex};
    let mut state = eframe::egui::TextEdit::load_state(ui.ctx(), field_id()).unwrap_or_default();
    let end = CCursor::new(CharIndex(text.chars().count()));
    state.cursor.set_char_range(Some(CCursorRange::two(CCursor::default(), end)));
    state.store(ui.ctx(), field_id());
}

/// What a filter of voices looks at.
fn voice_is(session: &Session) -> &'static str {
    if session.project().settings.blind {
        "Whose words they are, as your codings on them say. This project is coded blind, so nothing that was detected counts"
    } else {
        "Whose words they are: as your codings on them say; where there is none, as the detector finds"
    }
}

/// A small button that stays pressed.
fn switch(ui: &mut Ui, text: &str, name: &str, on: &mut bool, tooltip: &str) -> Response {
    let t = tokens(ui);
    let ink = if *on { t.on_accent } else { t.soft };
    let galley = ui.painter().layout_no_wrap(text.to_owned(), theme::sans_medium(12.5), ink);
    let (rect, response) = ui.allocate_exact_size(vec2((galley.size().x + 16.0).max(34.0), 32.0), Sense::click());
    if response.clicked() {
        *on = !*on;
    }
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, *on, name));
    let (fill, edge) = match (*on, response.hovered()) {
        (true, _) => (t.accent, t.accent),
        (false, true) => (t.paper, t.faint),
        (false, false) => (t.paper, t.rule),
    };
    ui.painter().rect(rect, 6, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, ink);
    focus_ring(ui, &response, rect);
    response.on_hover_text(format!("{name}\n{tooltip}"))
}

/// "1 article", "1,204 articles".
pub(super) fn count_of(n: usize, one: &str) -> String {
    if n < 1_000 { count(n, one, &format!("{one}s")) } else { format!("{} {one}s", thousands(n)) }
}

/// 1204 as `1,204`.
fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

fn first_capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn large_numbers_are_readable() {
        for (n, told) in [(0, "0"), (999, "999"), (1_204, "1,204"), (100_000, "100,000"), (1_000_000, "1,000,000")] {
            assert_eq!(super::thousands(n), told);
        }
    }
}
