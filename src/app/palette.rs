//! Commands, codes and articles by a few letters.

use eframe::egui::{
    self, Align2, Area, Context, Frame, Id, Key, Modifiers, Order, RichText, Role, TextEdit, WidgetInfo, vec2,
};

use super::App;
use super::command::{Command, key_name};
use super::theme::{self, tokens};
use super::widgets::{fuzzy, key, swatch};
use crate::model::{Code, Colour};

/// How many entries are shown at once.
const SHOWN: usize = 12;

/// What the palette was opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Everything,
    /// Only codes: the words that are selected wait for one.
    Codes,
    /// Only codes: one more for the words of the selected coding.
    MoreCodes,
    /// Only codes: one for whatever is selected from now on.
    Brush,
}

pub struct Palette {
    scope: Scope,
    query: String,
    at: usize,
    fresh: bool,
}

impl Palette {
    pub fn new(scope: Scope) -> Self {
        Self { scope, query: String::new(), at: 0, fresh: true }
    }
}

struct Entry {
    title: String,
    note: String,
    colour: Option<Colour>,
    key: String,
    command: Command,
}

impl App {
    fn entries(&self, ctx: &Context, scope: Scope, query: &str) -> Vec<Entry> {
        let mut found: Vec<(i32, Entry)> = Vec::new();
        let mut offer = |bonus: i32, entry: Entry| {
            if let Some(score) = fuzzy(query, &entry.title) {
                found.push((score + bonus, entry));
            }
        };
        if let Some(session) = &self.session {
            let book = &session.project().codebook;
            let last = |code: &&Code| self.recent.iter().position(|r| *r == code.id).unwrap_or(usize::MAX);
            let mut codes: Vec<_> = book.tree().into_iter().map(|(_, c)| c).filter(|c| !c.retired).collect();
            // What was used last is likeliest to be wanted again.
            codes.sort_by_key(last);
            for code in codes {
                let digit = self.recent_key(&code.id).map(|n| n.to_string()).unwrap_or_default();
                let id = code.id.clone();
                offer(
                    if scope == Scope::Everything { 0 } else { 4 },
                    Entry {
                        title: code.name.clone(),
                        note: if last(&code) == usize::MAX { "code" } else { "used lately" }.to_owned(),
                        colour: Some(code.colour),
                        key: code.shortcut.map_or(digit, |k| k.to_ascii_uppercase().to_string()),
                        command: match scope {
                            Scope::MoreCodes => Command::CodeTooWith(id),
                            Scope::Brush => Command::BrushWith(Some(id)),
                            _ => Command::ApplyCode(id),
                        },
                    },
                );
            }
            if scope == Scope::Everything && !query.is_empty() {
                for article in session.project().articles.values() {
                    let note = if article.metadata.outlet.is_empty() { "article" } else { &article.metadata.outlet };
                    offer(
                        -2,
                        Entry {
                            title: article.display_title(),
                            note: note.to_owned(),
                            colour: None,
                            key: String::new(),
                            command: Command::OpenArticle(article.id.clone()),
                        },
                    );
                }
            }
        }
        if scope == Scope::Everything {
            for face in self.faces.iter().filter(|f| f.command != Command::Palette && self.can(&f.command)) {
                offer(
                    1,
                    Entry {
                        title: face.title.to_owned(),
                        note: face.menu.title().to_owned(),
                        colour: None,
                        key: face.shortcuts.first().map(|s| key_name(ctx, s)).unwrap_or_default(),
                        command: face.command.clone(),
                    },
                );
            }
        }
        if !query.trim().is_empty() {
            found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        }
        let mut entries: Vec<_> = found.into_iter().map(|(_, e)| e).collect();
        let named = |e: &Entry| e.colour.is_some() && e.title.eq_ignore_ascii_case(query.trim());
        if scope == Scope::Codes && !query.trim().is_empty() && !entries.iter().any(named) {
            let name = query.trim().to_owned();
            entries.push(Entry {
                title: format!("New code “{name}”"),
                note: "adds it to the codebook".to_owned(),
                colour: None,
                key: String::new(),
                command: Command::AddCode { name, parent: None, apply: true },
            });
        }
        entries
    }

    pub(super) fn palette_ui(&mut self, ctx: &Context) {
        let Some(mut palette) = self.palette.take() else { return };
        let entries = self.entries(ctx, palette.scope, &palette.query);
        let (up, down, enter, escape) = ctx.input_mut(|i| {
            (
                i.consume_key(Modifiers::NONE, Key::ArrowUp),
                i.consume_key(Modifiers::NONE, Key::ArrowDown),
                i.consume_key(Modifiers::NONE, Key::Enter),
                i.consume_key(Modifiers::NONE, Key::Escape),
            )
        });
        if down {
            palette.at += 1;
        }
        if up {
            palette.at = palette.at.saturating_sub(1);
        }
        palette.at = palette.at.min(entries.len().saturating_sub(1));
        let mut chosen = (enter && !palette.fresh).then_some(palette.at);
        let first = (palette.at + 1).saturating_sub(SHOWN);
        let area = Area::new(Id::unique("palette"))
            .order(Order::Foreground)
            .anchor(Align2::CENTER_TOP, vec2(0.0, 90.0))
            .show(ctx, |ui| {
                let t = tokens(ui);
                Frame::new()
                    .fill(t.paper)
                    .stroke(egui::Stroke::new(1.0, t.rule))
                    .corner_radius(10)
                    .inner_margin(10)
                    .shadow(ui.visuals().window_shadow)
                    .show(ui, |ui| {
                        ui.set_width(560.0);
                        let hint = match palette.scope {
                            Scope::Everything => "Commands, codes, articles",
                            Scope::Codes => "Which code? A new name makes a new one",
                            Scope::MoreCodes => "Which code as well?",
                            Scope::Brush => "Which code for all that you select now?",
                        };
                        let field = TextEdit::singleline(&mut palette.query)
                            .hint_text(hint)
                            .margin(vec2(10.0, 7.0))
                            .desired_width(f32::INFINITY);
                        let response = ui.add(field);
                        response.widget_info(|| WidgetInfo::labeled(Role::SearchInput, true, hint));
                        response.request_focus();
                        if response.changed() {
                            palette.at = 0;
                        }
                        ui.add_space(4.0);
                        if entries.is_empty() {
                            ui.label(RichText::new("Nothing of that name.").color(t.soft));
                        }
                        for (number, entry) in entries.iter().enumerate().skip(first).take(SHOWN) {
                            if entry_ui(ui, entry, number == palette.at) {
                                chosen = Some(number);
                            }
                        }
                    });
            });
        let outside = !palette.fresh
            && ctx.input(|i| i.pointer.any_pressed())
            && ctx.pointer_latest_pos().is_some_and(|p| !area.response.rect.contains(p));
        palette.fresh = false;
        if let Some(entry) = chosen.and_then(|n| entries.into_iter().nth(n)) {
            self.commands.push(entry.command);
            self.reading.take_focus();
        } else if escape || outside {
            self.reading.take_focus();
        } else {
            self.palette = Some(palette);
        }
    }
}

fn entry_ui(ui: &mut egui::Ui, entry: &Entry, on: bool) -> bool {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), egui::Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, on, &entry.title));
    if on || response.hovered() {
        ui.painter().rect_filled(rect, 6, if on { t.selection } else { t.panel });
    }
    ui.scope_builder(egui::UiBuilder::new().max_rect(rect.shrink2(vec2(8.0, 2.0))), |ui| {
        ui.horizontal_centered(|ui| {
            if let Some(colour) = entry.colour {
                swatch(ui, t.code(colour));
            }
            let width = ui.available_width() - 190.0;
            ui.scope(|ui| {
                ui.set_max_width(width);
                ui.add(egui::Label::new(&entry.title).truncate().selectable(false));
            });
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if !entry.key.is_empty() {
                    key(ui, &entry.key);
                }
                let note = RichText::new(&entry.note).font(theme::sans(theme::size::SMALL)).color(t.soft);
                ui.add(egui::Label::new(note).truncate().selectable(false));
            });
        });
    });
    response.clicked()
}
