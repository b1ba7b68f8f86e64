//! What the window says while there is nothing to read, and how one begins: the sample, a new project, a recent one.

use std::path::{Path, PathBuf};

use eframe::egui::{Button, Key, RichText, Ui, vec2};

use super::App;
use super::command::Command;
use super::dialogs::Then;
use super::theme::{self, tokens};
use super::widgets::{heading, hint, key, secondary, soft};

/// How many projects are remembered.
const RECENT: usize = 8;

impl App {
    /// Notes that a project was opened.
    pub(super) fn remember_project(&mut self, root: &Path) {
        let recent = &mut self.settings.recent;
        recent.retain(|p| p != root);
        recent.insert(0, root.to_owned());
        recent.truncate(RECENT);
        self.settings.last_project = Some(root.to_owned());
    }

    /// What the page says while there is nothing to read.
    pub(super) fn welcome_ui(&mut self, ui: &mut Ui) {
        let t = tokens(ui);
        ui.painter().rect_filled(ui.max_rect(), 0, t.paper);
        let height = ui.available_height();
        ui.vertical_centered(|ui| {
            ui.add_space(height * if self.session.is_some() { 0.3 } else { 0.18 });
            if self.opening.is_some() {
                ui.spinner();
                ui.label(soft(ui, "Opening the project…"));
                return;
            }
            let (title, text): (&str, &str) = if self.session.is_some() {
                ("No articles yet", "Import articles from files of any kind, or drop them onto this window.")
            } else {
                ("Framelens", "Code news articles, and keep track of whose words a framing is in.")
            };
            ui.label(RichText::new(title).font(theme::serif_semibold(29.0)).color(t.ink));
            ui.label(RichText::new(text).font(theme::serif_italic(18.0)).color(t.soft));
            ui.add_space(18.0);
            let choices: &[Command] = if self.session.is_some() {
                &[Command::ImportArticles, Command::OpenSample]
            } else {
                &[Command::OpenSample, Command::OpenProject, Command::NewProject]
            };
            self.choices_ui(ui, choices);
            ui.add_space(12.0);
            ui.horizontal(|ui| {
                ui.add_space((ui.available_width() - 150.0).max(0.0) / 2.0);
                ui.label(soft(ui, "All keys on one sheet:"));
                key(ui, "?");
            });
            if self.session.is_none()
                && let Some(path) = recent_ui(ui, &self.settings.recent, None)
            {
                let ctx = ui.ctx().clone();
                self.open_path(&ctx, &path);
            }
        });
    }

    fn choices_ui(&mut self, ui: &mut Ui, choices: &[Command]) {
        for choice in choices {
            let Some(face) = self.faces.iter().find(|f| f.command == *choice) else { continue };
            let button = Button::new(RichText::new(face.title).font(theme::sans_medium(14.0)));
            if ui.add(button.min_size(vec2(240.0, 34.0))).on_hover_text(face.tooltip).clicked() {
                self.commands.push(choice.clone());
            }
            ui.add_space(2.0);
        }
    }

    /// The same beginnings, while a project is open.
    pub(super) fn welcome_dialog_ui(&mut self, ui: &mut Ui) -> Then {
        ui.set_width(420.0);
        ui.heading("Welcome to Framelens");
        hint(ui, "Code news articles, and keep track of whose words a framing is in. What is open now is saved.");
        ui.add_space(8.0);
        let before = self.commands.len();
        ui.vertical_centered_justified(|ui| {
            self.choices_ui(ui, &[Command::OpenSample, Command::NewProject, Command::OpenProject, Command::Tour]);
        });
        let chosen = self.commands.len() > before;
        let open = self.session.as_ref().map(|s| s.root().to_owned());
        if let Some(path) = recent_ui(ui, &self.settings.recent, open.as_deref()) {
            return Then::OpenFolder(path);
        }
        ui.add_space(10.0);
        let close = secondary(ui, "Close", "Esc").clicked() || ui.input(|i| i.key_pressed(Key::Escape));
        if chosen || close { Then::Close } else { Then::Stay }
    }
}

/// The projects that were open lately; one that was chosen. What is not there any more is not offered.
fn recent_ui(ui: &mut Ui, recent: &[PathBuf], open: Option<&Path>) -> Option<PathBuf> {
    let there: Vec<_> =
        recent.iter().filter(|p| Some(p.as_path()) != open && p.join("project.ron").is_file()).collect();
    if there.is_empty() {
        return None;
    }
    let mut chosen = None;
    ui.add_space(16.0);
    ui.allocate_ui_with_layout(
        vec2(420.0_f32.min(ui.available_width()), 0.0),
        eframe::egui::Layout::top_down(eframe::egui::Align::LEFT),
        |ui| {
            heading(ui, "Lately open", |_| {});
            for path in there {
                let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                let place = path.parent().map(|p| p.display().to_string()).unwrap_or_default();
                let button = Button::new((RichText::new(name).font(theme::sans_medium(13.0)), soft(ui, place)));
                if ui.add(button.frame_when_inactive(false).truncate()).clicked() {
                    chosen = Some(path.clone());
                }
            }
        },
    );
    chosen
}
