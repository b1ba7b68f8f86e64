//! The settings, in one place: the page, the window, the keys.

use eframe::egui::{
    self, Align, Context, Event, Key, KeyboardShortcut, Layout, RichText, Role, ScrollArea, Slider, TextEdit, Ui,
    WidgetInfo, vec2,
};

use super::App;
use super::command::{Command, key_name};
use super::dialogs::Then;
use super::keymap::{Keymap, written};
use super::reading::Setting;
use super::settings::{Paper, Settings};
use super::theme::{self, tokens};
use super::widgets::{fuzzy, heading, hint, pill, secondary, soft};

/// What is open in the settings.
#[derive(Default)]
pub struct Preferences {
    keys: bool,
    wanted: String,
    /// The command that waits for its new key.
    listening: Option<Command>,
    /// What came of the last key that was given.
    told: String,
}

impl Preferences {
    /// Whether a key is waited for, so that Esc means that one.
    pub fn is_listening(&self) -> bool {
        self.listening.is_some()
    }
}

/// Puts into force what holds for the whole window.
pub fn apply(ctx: &Context, settings: &Settings) {
    ctx.set_zoom_factor(settings.scale);
    let time = if settings.motion { 1.0 / 12.0 } else { 0.0 };
    ctx.all_styles_mut(|style| style.animation_time = time);
}

impl App {
    pub(super) fn preferences_ui(&mut self, ui: &mut Ui, form: &mut Preferences) -> Then {
        let room = ui.ctx().content_rect().size();
        ui.set_width((room.x * 0.9).min(600.0));
        let height = (room.y * 0.9 - 170.0).clamp(220.0, 480.0);
        ui.heading("Settings");
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            if pill(ui, "Page and window", !form.keys, "").clicked() {
                form.keys = false;
            }
            if pill(ui, "Keys", form.keys, "").clicked() {
                form.keys = true;
            }
        });
        ui.add_space(8.0);
        if form.keys {
            self.keys_form(ui, form, height);
        } else {
            self.page_form(ui);
        }
        ui.add_space(10.0);
        // While a key is waited for, Esc only ends the waiting.
        if secondary(ui, "Done", "Esc").clicked() && form.listening.is_none() { Then::Close } else { Then::Stay }
    }

    fn page_form(&mut self, ui: &mut Ui) {
        let before = self.settings.clone();
        let s = &mut self.settings;
        let mut theme = s.theme;
        line(ui, "Theme", |ui, _| {
            for (paper, title) in [
                (Paper::System, "As the system"),
                (Paper::Light, "Light"),
                (Paper::Dark, "Dark"),
                (Paper::Contrast, "High contrast"),
            ] {
                if pill(ui, title, theme == paper, "").clicked() {
                    theme = paper;
                }
            }
        });
        number(ui, "Type size", &mut s.type_size, Setting::SMALLEST..=Setting::LARGEST, 1.0, " pt");
        number(ui, "Leading", &mut s.leading, 1.4..=2.6, 0.05, " × size");
        number(ui, "Line length", &mut s.measure, 40.0..=100.0, 1.0, " letters");
        let mut scale = (s.scale * 100.0).round();
        number(ui, "Interface scale", &mut scale, 100.0..=200.0, 5.0, " %");
        s.scale = scale / 100.0;
        ui.add_space(4.0);
        tick(ui, "Number the paragraphs", &mut s.numbers, "In the left margin, the paragraphs of the body");
        tick(
            ui,
            "Select whole words with the mouse",
            &mut s.whole_words,
            "A drag is widened to words, without the punctuation behind them; with Alt held down it is the other way",
        );
        tick(ui, "Let things move and fade", &mut s.motion, "Menus and panels that open gently");
        ui.add_space(4.0);
        if secondary(ui, "Standard settings", "").clicked() {
            let standard = Settings::default();
            s.type_size = standard.type_size;
            (s.leading, s.measure, s.scale) = (standard.leading, standard.measure, standard.scale);
            (s.numbers, s.whole_words, s.motion) = (standard.numbers, standard.whole_words, standard.motion);
        }
        let changed = *s != before;
        if theme != before.theme {
            self.set_theme(ui.ctx(), theme);
        }
        if changed {
            // A window that grows under the mouse that drags the slider would run away from it.
            if !ui.ctx().egui_is_using_pointer() || before.motion != self.settings.motion {
                apply(ui.ctx(), &self.settings);
            }
            self.settings.save(self.folder.as_deref());
            self.reading.reveal(self.reading.selection.head);
        } else if (ui.ctx().zoom_factor() - self.settings.scale).abs() > 1e-3 && !ui.ctx().egui_is_using_pointer() {
            apply(ui.ctx(), &self.settings);
        }
    }

    fn keys_form(&mut self, ui: &mut Ui, form: &mut Preferences, height: f32) {
        if let Some(command) = form.listening.clone()
            && let Some(pressed) = pressed(ui)
        {
            form.listening = None;
            form.told = match pressed {
                None => String::new(),
                Some(shortcut) => match self.give_key(&command, shortcut) {
                    Err(error) => format!("{}: {error}.", key_name(ui.ctx(), &shortcut)),
                    Ok(lost) => {
                        let titles: Vec<_> = lost.iter().filter_map(|c| self.title(c)).collect();
                        let title = self.title(&command).unwrap_or_default();
                        let key = key_name(ui.ctx(), &shortcut);
                        if titles.is_empty() {
                            format!("{key} is now “{title}”.")
                        } else {
                            format!("{key} is now “{title}”, and no longer “{}”.", titles.join("”, “"))
                        }
                    }
                },
            };
        }
        ui.horizontal(|ui| {
            let field = TextEdit::singleline(&mut form.wanted)
                .hint_text("Search the commands")
                .margin(vec2(8.0, 5.0))
                .desired_width(260.0);
            let response = ui.add(field);
            response.widget_info(|| WidgetInfo::labeled(Role::SearchInput, true, "Search the commands"));
            if !self.keymap.is_standard() && secondary(ui, "Standard keys", "").clicked() {
                self.keep_keys(Keymap::default());
                form.told = "Every command has its standard keys again.".to_owned();
            }
        });
        let told =
            if form.listening.is_some() { "Press the new key. Esc leaves it as it is." } else { form.told.as_str() };
        hint(
            ui,
            if told.is_empty() {
                "A key is given to one command at a time. Single letters are for codes."
            } else {
                told
            },
        );
        ui.add_space(4.0);
        let faces = self.faces.clone();
        let mut menu = None;
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink(false).show(ui, |ui| {
            for face in faces.iter().filter(|f| fuzzy(&form.wanted, f.title).is_some()) {
                if menu != Some(face.menu) {
                    menu = Some(face.menu);
                    ui.add_space(4.0);
                    heading(ui, face.menu.title(), |_| {});
                }
                ui.horizontal(|ui| {
                    ui.label(RichText::new(face.title).font(theme::sans(12.5)));
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        ui.spacing_mut().item_spacing.x = 4.0;
                        let waits = form.listening.as_ref() == Some(&face.command);
                        let add = ui.small_button(if waits { "press a key…" } else { "+" });
                        add.widget_info(|| {
                            WidgetInfo::labeled(Role::Button, true, format!("Give a key to {}", face.title))
                        });
                        if add.clicked() {
                            form.listening = Some(face.command.clone());
                            // Enter, or Space, pressed the button; it is not the new key.
                            ui.ctx().memory_mut(|m| m.surrender_focus(add.id));
                        }
                        for shortcut in face.shortcuts.iter().rev() {
                            if key_button(ui, face.title, *shortcut) {
                                self.take_key(&face.command, *shortcut);
                                form.told = format!("{} is free.", key_name(ui.ctx(), shortcut));
                            }
                        }
                    });
                });
            }
        });
    }

    fn title(&self, command: &Command) -> Option<&'static str> {
        self.faces.iter().find(|f| f.command == *command).map(|f| f.title)
    }
}

/// A key that a click takes away.
fn key_button(ui: &mut Ui, title: &str, shortcut: KeyboardShortcut) -> bool {
    let name = key_name(ui.ctx(), &shortcut);
    let button = egui::Button::new(soft(ui, &name)).small();
    let response = ui.add(button).on_hover_text("Click to take this key away");
    response
        .widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Take {} from {title}", written(shortcut))));
    response.clicked()
}

/// The key that was pressed in this frame: `Some(None)` for Esc.
#[expect(clippy::option_option, reason = "nothing pressed, pressed to leave, pressed to choose")]
fn pressed(ui: &Ui) -> Option<Option<KeyboardShortcut>> {
    ui.input_mut(|input| {
        let found = input.events.iter().find_map(|event| match event {
            Event::Key { key, pressed: true, repeat: false, modifiers, .. } => Some((*key, *modifiers)),
            // Most desktops send these in place of the keys.
            Event::Copy => Some((Key::C, egui::Modifiers::COMMAND)),
            Event::Cut => Some((Key::X, egui::Modifiers::COMMAND)),
            Event::Paste(_) => Some((Key::V, egui::Modifiers::COMMAND)),
            _ => None,
        })?;
        input.events.retain(|e| !matches!(e, Event::Key { .. } | Event::Text(_) | Event::Copy | Event::Cut));
        let (key, m) = found;
        if key == Key::Escape {
            return Some(None);
        }
        let mut modifiers = egui::Modifiers::NONE;
        modifiers.alt = m.alt;
        modifiers.shift = m.shift && key != Key::Questionmark;
        modifiers.command = m.command || m.ctrl;
        Some(Some(KeyboardShortcut::new(modifiers, key)))
    })
}

fn line(ui: &mut Ui, title: &str, content: impl FnOnce(&mut Ui, egui::Id)) {
    ui.horizontal(|ui| {
        let label = ui.allocate_ui_with_layout(vec2(120.0, 28.0), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(120.0);
            ui.label(title)
        });
        content(ui, label.inner.id);
    });
}

fn number(ui: &mut Ui, title: &str, value: &mut f32, range: std::ops::RangeInclusive<f32>, step: f64, suffix: &str) {
    line(ui, title, |ui, label| {
        ui.spacing_mut().slider_width = 250.0;
        ui.visuals_mut().widgets.inactive.bg_fill = tokens(ui).rule;
        let decimals = usize::from(step < 1.0) * 2;
        let slider = Slider::new(value, range).step_by(step).suffix(suffix).fixed_decimals(decimals);
        ui.add(slider).labelled_by(label);
    });
}

fn tick(ui: &mut Ui, title: &str, on: &mut bool, about: &str) {
    ui.scope(|ui| {
        ui.visuals_mut().widgets.inactive.bg_stroke = egui::Stroke::new(1.0, tokens(ui).soft);
        ui.checkbox(on, title).on_hover_text(about);
    });
}
