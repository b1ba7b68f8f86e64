//! The bar at the top (project, menus, palette) and the one at the bottom (coder, progress, jobs, saved state).

use eframe::egui::{self, Align, Button, Layout, MenuBar, RichText, Ui, vec2};

use super::App;
use super::command::{Command, Face, Menu, key_name, layer_of};
use super::settings::Paper;
use super::theme::{self, tokens};
use super::widgets::soft;
use crate::session::Saved;

impl App {
    pub(super) fn top_bar_ui(&mut self, ui: &mut Ui) {
        let t = tokens(ui);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            self.palette_button(ui);
            self.toolbar_ui(ui);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let title = self.session.as_ref().map_or("Framelens", |s| s.project().title.as_str());
                let title = RichText::new(title).font(theme::sans_semibold(13.5)).color(t.ink);
                let room = ui.available_width() * 0.4;
                ui.scope(|ui| {
                    ui.set_max_width(room);
                    ui.add(egui::Label::new(title).truncate().selectable(false));
                });
                ui.add_space(12.0);
                MenuBar::new().ui(ui, |ui| {
                    for menu in Menu::ALL {
                        ui.menu_button(menu.title(), |ui| {
                            ui.set_min_width(250.0);
                            let faces: Vec<Face> = self.faces.iter().filter(|f| f.menu == menu).cloned().collect();
                            // In a low window the longest menu is scrolled.
                            let height = ui.ctx().content_rect().height() - 60.0;
                            if faces.len() as f32 * 24.0 > height {
                                let area = egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height);
                                area.show(ui, |ui| self.menu_entries(ui, faces));
                            } else {
                                self.menu_entries(ui, faces);
                            }
                        });
                    }
                });
            });
        });
    }

    fn menu_entries(&mut self, ui: &mut Ui, faces: Vec<Face>) {
        for face in faces {
            if face.starts_group {
                ui.separator();
            }
            self.menu_entry(ui, &face);
        }
    }

    fn menu_entry(&mut self, ui: &mut Ui, face: &Face) {
        let on = self.is_on(&face.command);
        let (title, enabled) = self.title_of(face);
        let mut button = Button::selectable(on.unwrap_or(false), title);
        if let Some(shortcut) = face.shortcuts.first() {
            button = button.shortcut_text(key_name(ui.ctx(), shortcut));
        }
        let mut response = ui.add_enabled(enabled, button);
        if !face.tooltip.is_empty() {
            response = response.on_hover_text(face.tooltip);
        }
        if response.clicked() {
            self.commands.push(face.command.clone());
            ui.close();
        }
    }

    /// Whether a command that switches something has it switched on.
    pub(super) fn is_on(&self, command: &Command) -> Option<bool> {
        match command {
            Command::ThemeLight => Some(self.settings.theme == Paper::Light),
            Command::ThemeDark => Some(self.settings.theme == Paper::Dark),
            Command::ThemeSystem => Some(self.settings.theme == Paper::System),
            Command::ThemeContrast => Some(self.settings.theme == Paper::Contrast),
            Command::ParagraphNumbers => Some(self.settings.numbers),
            Command::Brush => Some(self.brush.is_some()),
            Command::ShowOthers => self.session.as_ref().map(|s| self.shown.others && !s.project().settings.blind),
            Command::ShowSuggestions => Some(self.shown.suggestions),
            Command::BlindMode => self.session.as_ref().map(|s| s.project().settings.blind),
            other => layer_of(other).map(|layer| *{ self.shown }.layer(layer)),
        }
    }

    /// A command's title as it stands now, and whether it can be used.
    pub(super) fn title_of(&self, face: &Face) -> (String, bool) {
        let history = self.session.as_ref().map(crate::session::Session::history);
        match face.command {
            Command::Undo => match history.and_then(|h| h.next_undo()) {
                Some(step) => (format!("Undo: {step}"), true),
                None => ("Undo".to_owned(), false),
            },
            Command::Redo => match history.and_then(|h| h.next_redo()) {
                Some(step) => (format!("Redo: {step}"), true),
                None => ("Redo".to_owned(), false),
            },
            _ => (face.title.to_owned(), self.can(&face.command)),
        }
    }

    fn palette_button(&mut self, ui: &mut Ui) {
        let t = tokens(ui);
        let width = (ui.available_width() * 0.22).clamp(190.0, 300.0);
        let (rect, response) = ui.allocate_exact_size(vec2(width, 30.0), egui::Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Find a command"));
        let edge = if response.hovered() { t.faint } else { t.rule };
        let painter = ui.painter();
        painter.rect(rect, 6, t.paper, egui::Stroke::new(1.0, edge), egui::StrokeKind::Inside);
        let at = rect.left_center() + vec2(11.0, 0.0);
        painter.text(at, egui::Align2::LEFT_CENTER, "Commands, codes, articles…", theme::sans(12.5), t.soft);
        let shortcut = self.faces.iter().find(|f| f.command == Command::Palette).and_then(|f| f.shortcuts.first());
        let name = shortcut.map(|s| key_name(ui.ctx(), s)).unwrap_or_default();
        let wide = 9.0 + painter.layout_no_wrap(name.clone(), theme::sans(10.5), t.soft).size().x;
        let cap = egui::Rect::from_min_size(rect.right_center() - vec2(wide + 9.0, 8.0), vec2(wide, 16.0));
        super::widgets::paint_key(ui, cap, &name);
        super::widgets::focus_ring(ui, &response, rect);
        if response.clicked() {
            self.commands.push(Command::Palette);
        }
    }

    pub(super) fn status_bar_ui(&mut self, ui: &mut Ui) {
        let t = tokens(ui);
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = 18.0;
            let Some(session) = &self.session else {
                ui.label(soft(ui, if self.opening.is_some() { "Opening…" } else { "No project is open" }));
                return;
            };
            let coder = session.coder().map_or("nobody yet", |c| c.name.as_str());
            let button = Button::new(soft(ui, format!("Coder: {coder}"))).frame_when_inactive(false);
            if ui.add(button).on_hover_text("Choose, add or rename a coder").clicked() {
                self.commands.push(Command::ChooseCoder);
            }
            if let Some(code) = self.brush.as_ref().and_then(|b| session.project().codebook.get(b)) {
                let text = RichText::new(format!("Brush: {}", code.name))
                    .font(theme::sans_semibold(theme::size::SMALL))
                    .color(t.accent);
                let label = ui.add(Button::new(text).frame_when_inactive(false));
                if label.on_hover_text("What you select gets this code. Esc, or a click here, lays it down.").clicked()
                {
                    self.commands.push(Command::BrushWith(None));
                }
            }
            if session.project().settings.blind {
                ui.label(soft(ui, "Blind: no suggestions"));
            }
            if let Some(article) = self.reading.article() {
                let codings = session.coding(article).map_or(0, |c| c.annotations.len());
                let count = if codings == 1 { "1 coding".to_owned() } else { format!("{codings} codings") };
                let place = match self.reading.body_paragraph(self.reading.selection.head) {
                    Some(here) => format!("{count} · paragraph {here} of {}", self.reading.body_len()),
                    None => count,
                };
                ui.label(soft(ui, place));
                if self.reading.detected().is_none() {
                    ui.label(soft(ui, "Detecting…"));
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some(why) = session.read_only() {
                    let text =
                        RichText::new("Read-only").font(theme::sans_semibold(theme::size::SMALL)).color(t.warning);
                    let why = self.held_by.as_deref().unwrap_or(why);
                    let label = ui.add(Button::new(text).frame_when_inactive(false));
                    if label.on_hover_text(format!("{why}\nClick to try to open it for work.")).clicked() {
                        self.commands.push(Command::OpenForWork);
                    }
                } else {
                    let loud = |text: &str| {
                        RichText::new(text).font(theme::sans_semibold(theme::size::SMALL)).color(t.warning)
                    };
                    match session.saved() {
                        Saved::Yes => drop(ui.label(soft(ui, "Every change saved"))),
                        Saved::Soon => drop(ui.label(soft(ui, "Saving…"))),
                        Saved::Failed(why) => {
                            ui.label(loud("Not saved")).on_hover_text(format!("{why}\nIt is tried again by itself."));
                            let copy = ui.small_button("Save a copy…");
                            if copy
                                .on_hover_text("Write the whole project into another folder and go on there")
                                .clicked()
                            {
                                self.commands.push(Command::SaveCopy);
                            }
                        }
                    }
                    if session.is_taken() {
                        ui.label(loud("Open elsewhere")).on_hover_text(super::opening::TAKEN);
                    }
                }
                for job in session.jobs().filter(|j| j.title != "Saving" && j.title != "Detection") {
                    let (done, total) = job.progress.so_far();
                    if ui.small_button("Stop").on_hover_text(format!("Stop: {}", job.title)).clicked() {
                        job.progress.cancel();
                    }
                    let text = if total > 0 {
                        format!("{}: {done} of {total}", job.title)
                    } else {
                        format!("{}…", job.title)
                    };
                    ui.label(soft(ui, text));
                    ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
                }
            });
        });
    }
}
