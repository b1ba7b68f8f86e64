//! The codebook: choose a code, add, rename, recolour, nest, define, delete.

use std::collections::BTreeMap;

use eframe::egui::{
    self, Button, Key, Popup, PopupCloseBehavior, Rect, Role, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use super::command::{Command, Definition};
use super::reading::Reading;
use super::shortcuts::CODE_KEYS;
use super::theme::{self, tokens};
use super::widgets::{focus_ring, heading, hint, paint_key, swatch};
use crate::model::{Code, CodeId, Colour, PALETTE};
use crate::session::Session;

/// A name that is being typed.
enum Naming {
    /// A new code below this one, or a root.
    New(Option<CodeId>),
    Existing(CodeId),
}

#[derive(Default)]
pub struct CodebookPanel {
    naming: Option<Naming>,
    name: String,
    /// The name field takes the keyboard with the next frame.
    focus: bool,
    counts: BTreeMap<CodeId, usize>,
    counted: Option<u64>,
}

impl CodebookPanel {
    /// Opens the field for a new code's name.
    pub fn start_new(&mut self, parent: Option<CodeId>) {
        self.naming = Some(Naming::New(parent));
        self.name.clear();
        self.focus = true;
    }

    fn start_rename(&mut self, code: &Code) {
        self.naming = Some(Naming::Existing(code.id.clone()));
        self.name.clone_from(&code.name);
        self.focus = true;
    }

    pub fn ui(&mut self, ui: &mut Ui, session: &Session, reading: &Reading, commands: &mut Vec<Command>) {
        if self.counted != Some(session.revision()) {
            self.counted = Some(session.revision());
            self.counts = session.project().code_counts().into_iter().map(|(id, n)| (id.clone(), n)).collect();
        }
        heading(ui, "Codebook", |ui| {
            let add =
                Button::new(egui::RichText::new("+ Code").font(theme::sans_medium(11.5))).frame_when_inactive(false);
            if ui.add(add).on_hover_text("Add a code").clicked() {
                self.start_new(None);
            }
        });
        let tree = session.project().codebook.tree();
        if tree.is_empty() && self.naming.is_none() {
            hint(ui, "No codes yet. Add the first one, or accept a suggestion: its code joins the codebook.");
        }
        ui.spacing_mut().item_spacing.y = 1.0;
        for &(depth, code) in &tree {
            match &self.naming {
                Some(Naming::Existing(id)) if *id == code.id => self.name_field(ui, depth, commands),
                _ => self.row(ui, session, reading, depth, code, &tree, commands),
            }
            if matches!(&self.naming, Some(Naming::New(Some(parent))) if *parent == code.id) {
                self.name_field(ui, depth + 1, commands);
            }
        }
        if matches!(self.naming, Some(Naming::New(None))) {
            self.name_field(ui, 0, commands);
        }
        ui.spacing_mut().item_spacing.y = 6.0;
    }

    fn name_field(&mut self, ui: &mut Ui, depth: usize, commands: &mut Vec<Command>) {
        ui.horizontal(|ui| {
            ui.add_space(depth as f32 * 16.0);
            let field = TextEdit::singleline(&mut self.name)
                .hint_text("Name of the code")
                .margin(vec2(8.0, 4.0))
                .desired_width(f32::INFINITY);
            let response = ui.add(field);
            response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Name of the code"));
            if std::mem::take(&mut self.focus) {
                response.request_focus();
                return;
            }
            let (enter, escape) = ui.input(|i| (i.key_pressed(Key::Enter), i.key_pressed(Key::Escape)));
            if escape {
                self.naming = None;
            } else if enter || response.lost_focus() {
                let name = self.name.trim().to_owned();
                if !name.is_empty() {
                    match self.naming.take() {
                        Some(Naming::New(parent)) => commands.push(Command::AddCode { name, parent, apply: false }),
                        Some(Naming::Existing(id)) => commands.push(Command::RenameCode(id, name)),
                        None => {}
                    }
                }
                self.naming = None;
            }
        });
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        reading: &Reading,
        depth: usize,
        code: &Code,
        tree: &[(usize, &Code)],
        commands: &mut Vec<Command>,
    ) {
        let t = tokens(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 26.0), Sense::click());
        let count = self.counts.get(&code.id).copied().unwrap_or(0);
        let key = code.shortcut.map(|k| k.to_ascii_uppercase().to_string());
        response.widget_info(|| {
            let key = key.as_ref().map_or_else(String::new, |k| format!(", key {k}"));
            WidgetInfo::labeled(Role::Button, true, format!("{}, {count} codings{key}", code.name))
        });
        let chosen = match reading.chosen {
            Some(super::reading::From::Coding(id)) => reading
                .article()
                .and_then(|a| session.annotation(a, id))
                .is_some_and(|a| a.tag.code() == Some(&code.id)),
            _ => false,
        };
        let painter = ui.painter_at(rect.expand(2.0));
        let indent = depth as f32 * 16.0;
        if chosen || response.hovered() {
            let row = Rect::from_min_max(pos2(rect.left() + indent - 2.0, rect.top()), rect.max);
            let edge = if chosen { t.rule } else { t.paper };
            painter.rect(row, 6, t.paper, egui::Stroke::new(1.0, edge), egui::StrokeKind::Inside);
        }
        let square = Rect::from_min_size(pos2(rect.left() + indent + 5.0, rect.center().y - 5.5), vec2(11.0, 11.0));
        painter.rect_filled(square, 3, t.code(code.colour));
        let mut right = rect.right() - 6.0;
        if let Some(key) = &key {
            paint_key(ui, Rect::from_min_size(pos2(right - 18.0, rect.center().y - 8.0), vec2(18.0, 16.0)), key);
        }
        right -= 26.0;
        let count_text = painter.layout_no_wrap(count.to_string(), theme::sans(12.0), t.soft);
        painter.galley(
            pos2(right - count_text.size().x, rect.center().y - count_text.size().y / 2.0),
            count_text,
            t.soft,
        );
        let left = square.right() + 8.0;
        let mut job = egui::text::LayoutJob::simple(code.name.clone(), theme::sans(13.0), t.ink, right - 34.0 - left);
        job.wrap.max_rows = 1;
        job.wrap.break_anywhere = true;
        let name = painter.layout_job(job);
        painter.galley(pos2(left, rect.center().y - name.size().y / 2.0), name, t.ink);
        focus_ring(ui, &response, rect);

        if response.clicked() {
            commands.push(Command::ApplyCode(code.id.clone()));
        }
        Popup::context_menu(&response)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| self.menu(ui, code, tree, commands));
        let about = about(code);
        response.on_hover_ui(|ui| {
            ui.set_max_width(320.0);
            ui.label(about);
        });
    }

    fn menu(&mut self, ui: &mut Ui, code: &Code, tree: &[(usize, &Code)], commands: &mut Vec<Command>) {
        ui.set_min_width(220.0);
        let entry = |ui: &mut Ui, text: &str| {
            let clicked = ui.button(text).clicked();
            if clicked {
                ui.close();
            }
            clicked
        };
        if entry(ui, "Rename") {
            self.start_rename(code);
        }
        if entry(ui, "Add a code below") {
            self.start_new(Some(code.id.clone()));
        }
        if entry(ui, "Definition and examples…") {
            commands.push(Command::EditCode(code.id.clone()));
        }
        ui.menu_button("Colour", |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.set_max_width(170.0);
                let t = tokens(ui);
                for n in 0..PALETTE {
                    let colour = Colour::Palette(n);
                    let (rect, response) = ui.allocate_exact_size(vec2(24.0, 24.0), Sense::click());
                    response.widget_info(|| {
                        WidgetInfo::selected(
                            Role::RadioButton,
                            true,
                            code.colour == colour,
                            format!("Colour {}", n + 1),
                        )
                    });
                    ui.painter().rect_filled(rect.shrink(3.0), 4, t.code(colour));
                    if code.colour == colour {
                        let edge = egui::Stroke::new(2.0, t.ink);
                        ui.painter().rect_stroke(rect, 6, edge, egui::StrokeKind::Inside);
                    }
                    if response.clicked() {
                        commands.push(Command::RecolourCode(code.id.clone(), colour));
                        ui.close();
                    }
                }
            });
        });
        ui.menu_button("Key", |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.set_max_width(240.0);
                if ui.selectable_label(code.shortcut.is_none(), "none").clicked() {
                    commands.push(Command::SetShortcut(code.id.clone(), None));
                    ui.close();
                }
                for key in CODE_KEYS.chars() {
                    let taken = tree.iter().find(|(_, c)| c.shortcut.is_some_and(|s| s.eq_ignore_ascii_case(&key)));
                    let mine = taken.is_some_and(|(_, c)| c.id == code.id);
                    let button = Button::selectable(mine, key.to_string());
                    let mut response = ui.add_enabled(taken.is_none() || mine, button);
                    if let Some((_, other)) = taken.filter(|_| !mine) {
                        response = response.on_disabled_hover_text(format!("The key of “{}”", other.name));
                    }
                    if response.clicked() {
                        commands.push(Command::SetShortcut(code.id.clone(), Some(key)));
                        ui.close();
                    }
                }
            });
        });
        ui.menu_button("Move below", |ui| {
            if ui.add_enabled(code.parent.is_some(), Button::new("(top level)")).clicked() {
                commands.push(Command::NestCode(code.id.clone(), None));
                ui.close();
            }
            for (depth, other) in tree {
                // Not below itself or one of its own.
                let below = std::iter::successors(Some(*other), |c| {
                    c.parent.as_ref().and_then(|p| tree.iter().find(|(_, c)| c.id == *p)).map(|(_, c)| *c)
                })
                .take(tree.len())
                .any(|c| c.id == code.id);
                if below || code.parent.as_ref() == Some(&other.id) {
                    continue;
                }
                ui.horizontal(|ui| {
                    ui.add_space(*depth as f32 * 12.0);
                    swatch(ui, tokens(ui).code(other.colour));
                    if ui.button(&other.name).clicked() {
                        commands.push(Command::NestCode(code.id.clone(), Some(other.id.clone())));
                        ui.close();
                    }
                });
            }
        });
        ui.separator();
        if ui.button("Delete…").clicked() {
            commands.push(Command::AskDeleteCode(code.id.clone()));
            ui.close();
        }
    }
}

/// What a code means, for a tooltip.
fn about(code: &Code) -> String {
    let mut text = if code.definition.is_empty() {
        "No definition yet. Right-click for what can be done with a code.".to_owned()
    } else {
        code.definition.clone()
    };
    for (title, more) in [("Use when", &code.use_when), ("Do not use when", &code.not_when)] {
        if !more.is_empty() {
            text.push_str(&format!("\n\n{title}: {more}"));
        }
    }
    if !code.examples.is_empty() {
        text.push_str(&format!("\n\nFor example: {}", code.examples.join(" · ")));
    }
    text
}

/// The form in which a code is defined.
pub struct DefinitionForm {
    pub id: CodeId,
    pub name: String,
    pub definition: Definition,
    pub codings: usize,
    pub revision: u32,
    /// One example a line.
    examples: String,
}

impl DefinitionForm {
    pub fn of(session: &Session, id: &CodeId) -> Option<Self> {
        let code = session.project().codebook.get(id)?;
        Some(Self {
            id: id.clone(),
            name: code.name.clone(),
            definition: Definition {
                definition: code.definition.clone(),
                use_when: code.use_when.clone(),
                not_when: code.not_when.clone(),
                examples: code.examples.clone(),
            },
            examples: code.examples.join("\n"),
            codings: session.codings_of(id),
            revision: code.revision,
        })
    }

    /// The fields; whether the form is done: `Some(true)` to keep what it says.
    pub fn ui(&mut self, ui: &mut Ui) -> Option<bool> {
        ui.set_width(460.0);
        ui.heading(&self.name);
        hint(
            ui,
            &format!(
                "Revision {} · {} codings. A change of meaning makes a new revision.",
                self.revision, self.codings
            ),
        );
        ui.add_space(6.0);
        let mut field = |label: &str, text: &mut String, rows: usize| {
            let name = ui.label(egui::RichText::new(label).font(theme::sans_medium(12.0)));
            ui.add(TextEdit::multiline(text).desired_rows(rows).desired_width(f32::INFINITY).margin(vec2(8.0, 6.0)))
                .labelled_by(name.id);
        };
        field("Definition", &mut self.definition.definition, 3);
        field("Use when", &mut self.definition.use_when, 2);
        field("Do not use when", &mut self.definition.not_when, 2);
        field("Examples, one a line", &mut self.examples, 2);
        ui.add_space(8.0);
        let mut done = None;
        ui.horizontal(|ui| {
            if super::widgets::primary(ui, "Keep", "").clicked() {
                let lines = self.examples.lines().map(str::trim).filter(|l| !l.is_empty());
                self.definition.examples = lines.map(str::to_owned).collect();
                done = Some(true);
            }
            if super::widgets::secondary(ui, "Cancel", "Esc").clicked() {
                done = Some(false);
            }
        });
        done
    }
}
