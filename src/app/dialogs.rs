//! Questions that stand before the window until they are answered.

use std::path::{Path, PathBuf};

use eframe::egui::{self, Context, Id, Key, Modal, RichText, Role, TextEdit, Ui, WidgetInfo, vec2};

use super::App;
use super::alike::CompareForm;
use super::backups::BackupsForm;
use super::codebook::DefinitionForm;
use super::command::{Command, Face, Menu, key_name};
use super::exporting::{ExportForm, export_ui};
use super::files::{Answer, Pending, Purpose};
use super::importing::ImportForm;
use super::merging::MergeForm;
use super::opening::{Answered, InUse};
use super::packing::{self, PackForm, UnpackForm, pack_ui, unpack_ui};
use super::preferences::Preferences;
use super::texts::{Chosen, TextForm};
use super::theme::{self, tokens};
use super::widgets::{hint, key, primary, secondary};
use crate::model::{CodeId, CoderId, Project};
use crate::session::Session;
use crate::store;

/// The question that is open.
pub enum Dialog {
    WhoCodes {
        coders: Vec<(CoderId, String)>,
        name: String,
        current: Option<CoderId>,
    },
    DeleteCode {
        id: CodeId,
        name: String,
        codings: usize,
    },
    Define(DefinitionForm),
    /// The desktop has no dialog for files: a field of our own.
    Path {
        purpose: Purpose,
        path: String,
        error: Option<String>,
    },
    NewProject {
        folder: PathBuf,
        title: String,
    },
    Export(Box<ExportForm>),
    CorrectText(TextForm),
    Merge(Box<MergeForm>),
    Import(Box<ImportForm>),
    Compare(CompareForm),
    Backups(Box<BackupsForm>),
    Pack(PackForm),
    Unpack(Box<UnpackForm>),
    CloseUnsaved(String),
    InUse(InUse),
    Keys,
    Settings(Box<Preferences>),
    Welcome,
}

impl Dialog {
    pub fn who_codes(session: &Session) -> Self {
        Self::WhoCodes {
            coders: session.project().coders.values().map(|c| (c.id.clone(), c.name.clone())).collect(),
            name: String::new(),
            current: session.coder().map(|c| c.id.clone()),
        }
    }
}

/// What a dialog's answer does beyond sending commands.
pub(super) enum Then {
    Stay,
    Close,
    Path(Purpose, PathBuf),
    Create(PathBuf, String),
    /// Files are asked for; the question is kept until they are known.
    Ask(Purpose),
    /// A folder that was just made is opened.
    OpenFolder(PathBuf),
    CloseWindow,
    Open(PathBuf, store::Opening),
}

impl App {
    pub(super) fn dialog_ui(&mut self, ctx: &Context) {
        let Some(mut dialog) = self.dialog.take() else {
            self.dialog_shown = None;
            return;
        };
        // The first frame of a question gives the keyboard to its field.
        let kind = std::mem::discriminant(&dialog);
        let fresh = self.dialog_shown.replace(kind) != Some(kind);
        let mut then = Then::Stay;
        let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(22).corner_radius(10);
        let modal = Modal::new(Id::unique("dialog")).frame(frame).show(ctx, |ui| {
            then = self.question(ui, &mut dialog, fresh);
        });
        if matches!(then, Then::Stay) && modal.should_close() {
            let stays = match (&mut dialog, &self.session) {
                (Dialog::CorrectText(form), Some(session)) => !form.may_leave(session),
                (Dialog::Settings(form), _) => form.is_listening(),
                _ => false,
            };
            then = if stays { Then::Stay } else { Then::Close };
        }
        if !matches!(then, Then::Stay) {
            self.dialog_shown = None;
        }
        match then {
            Then::Stay => self.dialog = Some(dialog),
            Then::Close => self.reading.take_focus(),
            Then::Ask(purpose) => self.ask_files(ctx, purpose, Some(dialog)),
            Then::OpenFolder(folder) => self.open_path(ctx, &folder),
            Then::Path(purpose, path) => {
                let kept = self.kept.take();
                self.use_path(ctx, purpose, vec![path], kept);
            }
            Then::Create(folder, title) => self.create_project(ctx, &folder, &title),
            Then::Open(path, how) => {
                if let Dialog::InUse(in_use) = dialog {
                    self.asked_for = Some(in_use);
                }
                self.start_opening_as(ctx, &path, how);
            }
            Then::CloseWindow => {
                self.closing = true;
                ctx.send_viewport_cmd(egui::ViewportCommand::Close);
            }
        }
    }

    fn question(&mut self, ui: &mut Ui, dialog: &mut Dialog, fresh: bool) -> Then {
        match dialog {
            Dialog::WhoCodes { coders, name, current } => self.who_codes_ui(ui, coders, name, current.as_ref(), fresh),
            Dialog::DeleteCode { id, name, codings } => {
                ui.set_width(400.0);
                ui.heading(format!("Delete “{name}”?"));
                let text = match codings {
                    0 => "No coding uses it. Codes below it move up.".to_owned(),
                    1 => "One coding uses it and goes with it. Codes below it move up. You can undo this.".to_owned(),
                    n => format!(
                        "{n} codings, by all coders, use it and go with it. Codes below it move up. You can undo this."
                    ),
                };
                hint(ui, &text);
                ui.add_space(8.0);
                let mut then = Then::Stay;
                ui.horizontal(|ui| {
                    if primary(ui, "Delete", "").clicked() {
                        self.commands.push(Command::DeleteCode(id.clone()));
                        then = Then::Close;
                    }
                    if secondary(ui, "Keep it", "Esc").clicked() {
                        then = Then::Close;
                    }
                });
                then
            }
            Dialog::Define(form) => match form.ui(ui) {
                Some(true) => {
                    self.commands.push(Command::DefineCode(form.id.clone(), form.definition.clone()));
                    Then::Close
                }
                Some(false) => Then::Close,
                None => Then::Stay,
            },
            Dialog::Path { purpose, path, error } => path_ui(ui, *purpose, path, error, fresh),
            Dialog::NewProject { folder, title } => new_project_ui(ui, folder, title, fresh),
            Dialog::Export(form) => match &mut self.session {
                Some(session) => export_ui(ui, form, session),
                None => Then::Close,
            },
            Dialog::CorrectText(form) => match self.session.as_ref().map(|session| form.ui(ui, session, fresh)) {
                Some(Chosen::Nothing) => Then::Stay,
                Some(Chosen::Do(command)) => {
                    self.commands.push(command);
                    Then::Close
                }
                Some(Chosen::Leave) | None => Then::Close,
            },
            Dialog::Merge(form) => self.merge_ui(ui, form),
            Dialog::Import(form) => self.import_ui(ui, form),
            Dialog::Compare(form) => self.compare_ui(ui, form),
            Dialog::Backups(form) => self.backups_ui(ui, form),
            Dialog::Pack(form) => pack_ui(ui, form),
            Dialog::Unpack(form) => unpack_ui(ui, form, fresh),
            Dialog::CloseUnsaved(why) => {
                ui.set_width(440.0);
                ui.heading("Not everything is saved");
                hint(ui, why);
                ui.add_space(8.0);
                let mut then = Then::Stay;
                ui.horizontal(|ui| {
                    if primary(ui, "Stay", "Esc").clicked() {
                        then = Then::Close;
                    }
                    if secondary(ui, "Save a copy…", "").clicked() {
                        self.commands.push(Command::SaveCopy);
                        then = Then::Close;
                    }
                    if secondary(ui, "Close and lose it", "").clicked() {
                        then = Then::CloseWindow;
                    }
                });
                then
            }
            Dialog::InUse(in_use) => match in_use.ui(ui, fresh) {
                None => Then::Stay,
                Some(Answered::Leave) => Then::Close,
                Some(Answered::Open(how)) => Then::Open(in_use.path.clone(), how),
            },
            Dialog::Welcome => self.welcome_dialog_ui(ui),
            Dialog::Settings(form) => self.preferences_ui(ui, form),
            Dialog::Keys => {
                keys_ui(ui, &self.faces, self.session.as_ref());
                if ui.input(|i| i.key_pressed(Key::Questionmark)) { Then::Close } else { Then::Stay }
            }
        }
    }

    fn who_codes_ui(
        &mut self,
        ui: &mut Ui,
        coders: &[(CoderId, String)],
        name: &mut String,
        current: Option<&CoderId>,
        fresh: bool,
    ) -> Then {
        ui.set_width(360.0);
        ui.heading("Who is coding?");
        hint(ui, "Every coding carries its coder’s name. Choose yours, so that nobody codes under another’s.");
        ui.add_space(6.0);
        let mut then = Then::Stay;
        for (id, title) in coders {
            let button = egui::Button::selectable(current == Some(id), title.as_str());
            if ui.add(button.min_size(vec2(ui.available_width(), 28.0))).clicked() {
                self.commands.push(Command::CodeAs(id.clone()));
                then = Then::Close;
            }
        }
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            let field =
                TextEdit::singleline(name).hint_text("Somebody else").margin(vec2(8.0, 5.0)).desired_width(240.0);
            let response = ui.add(field);
            response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Name of the coder"));
            if fresh {
                response.request_focus();
            }
            let enter = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
            let ready = !name.trim().is_empty();
            if (ui.add_enabled_ui(ready, |ui| secondary(ui, "Code as", "↵")).inner.clicked() || enter) && ready {
                self.commands.push(Command::CodeAsNamed(name.trim().to_owned()));
                then = Then::Close;
            }
        });
        // A name that was mistyped is mended without changing whose work it is.
        if let Some((_, old)) = coders.iter().find(|(id, _)| current == Some(id))
            && !name.trim().is_empty()
            && secondary(ui, &format!("Rename {old} to {}", name.trim()), "").clicked()
        {
            self.commands.push(Command::RenameCoder(name.trim().to_owned()));
            then = Then::Close;
        }
        then
    }

    /// Asks for files, by the desktop's dialog.
    pub(super) fn ask_files(&mut self, ctx: &Context, purpose: Purpose, keep: Option<Dialog>) {
        let suggested = match &keep {
            Some(Dialog::Export(form)) => {
                let name = self.session.as_ref().map_or("export", |s| s.project().title.as_str());
                let ending = form.ending();
                format!("{}.{ending}", crate::model::slug(name, 40))
            }
            Some(Dialog::Pack(_)) => {
                let name = self.session.as_ref().map_or("project", |s| s.project().title.as_str());
                format!("{}.{}", crate::model::slug(name, 40), store::PACKED)
            }
            _ => String::new(),
        };
        self.kept = keep;
        let wake = ctx.clone();
        let dialogs = self.dialogs.clone();
        self.pending = Some(Pending::ask(dialogs, purpose, suggested, move || wake.request_repaint()));
    }

    /// Takes in what the desktop's dialog answered.
    pub(super) fn poll_files(&mut self, ctx: &Context) {
        let Some(pending) = &self.pending else { return };
        let Some(answer) = pending.answer() else { return };
        let purpose = pending.purpose;
        self.pending = None;
        match answer {
            Answer::Cancelled => self.dialog = self.kept.take().filter(|kept| matches!(kept, Dialog::Unpack(_))),
            Answer::Unavailable if matches!(self.kept, Some(Dialog::Unpack(_))) => {
                self.dialog = self.kept.take();
                self.notices.tell("This desktop offers no file dialog. Type or paste the path.");
            }
            Answer::Unavailable => {
                let path = dirs_start().to_string_lossy().into_owned();
                self.dialog = Some(Dialog::Path { purpose, path, error: None });
            }
            Answer::Paths(paths) => {
                let kept = self.kept.take();
                self.use_path(ctx, purpose, paths, kept);
            }
        }
    }

    /// Does what the files were asked for.
    fn use_path(&mut self, ctx: &Context, purpose: Purpose, paths: Vec<PathBuf>, kept: Option<Dialog>) {
        let Some(first) = paths.first().cloned() else { return };
        match purpose {
            Purpose::OpenProject | Purpose::OpenPacked => self.open_path(ctx, &first),
            Purpose::MergeFolder | Purpose::MergePacked => self.start_merge(ctx, &first),
            Purpose::Pack => {
                if let Some(Dialog::Pack(form)) = kept {
                    self.pack(&form, &first);
                }
            }
            Purpose::UnpackIn | Purpose::Texts => {
                if let Some(Dialog::Unpack(mut form)) = kept {
                    packing::chosen(&mut form, purpose, &first);
                    self.dialog = Some(Dialog::Unpack(form));
                }
            }
            Purpose::NewProject => {
                let title = first.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                self.dialog = Some(Dialog::NewProject { folder: first, title });
            }
            Purpose::SaveCopy => self.save_copy(&first),
            Purpose::Import => self.import(ctx, paths),
            Purpose::Export => {
                if let Some(Dialog::Export(form)) = kept {
                    self.export(&form, &first);
                }
            }
        }
    }

    fn create_project(&mut self, ctx: &Context, folder: &Path, title: &str) {
        if !self.save_before_leaving() {
            return;
        }
        // A folder that holds something already gets the project in a folder of its own.
        let folder = if is_taken(folder) { folder.join(crate::model::slug(title, 60)) } else { folder.to_owned() };
        match Session::create(&folder, Project::new(title.trim()), self.detector.clone()) {
            Ok(session) => self.take_session(ctx, session, Vec::new()),
            Err(error) => self.notices.warn(error.to_string()),
        }
    }
}

/// Where a path field begins: the home folder.
fn dirs_start() -> PathBuf {
    ["HOME", "USERPROFILE"].iter().find_map(std::env::var_os).map_or_else(|| PathBuf::from("."), PathBuf::from).join("")
}

/// The desktop's dialogs ask this by themselves.
const REPLACE: &str = "That file exists. Go on once more to replace it.";

fn path_ui(ui: &mut Ui, purpose: Purpose, path: &mut String, error: &mut Option<String>, fresh: bool) -> Then {
    ui.set_width(520.0);
    ui.heading(purpose.title());
    hint(ui, "This desktop offers no file dialog. Type or paste the path.");
    ui.add_space(6.0);
    let response = ui.add(TextEdit::singleline(path).margin(vec2(8.0, 6.0)).desired_width(f32::INFINITY));
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Path"));
    let enter = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    if fresh {
        response.request_focus();
    }
    if enter {
        // Enter takes the keyboard from a field; where the path was wrong, it is wanted again.
        response.request_focus();
    }
    if let Some(error) = error {
        ui.label(RichText::new(error.as_str()).color(tokens(ui).warning));
    }
    ui.add_space(8.0);
    let mut then = Then::Stay;
    ui.horizontal(|ui| {
        if primary(ui, "Go on", "↵").clicked() || enter {
            let chosen = PathBuf::from(path.trim());
            if path.trim().is_empty() {
                *error = Some("Type a path first.".to_owned());
            } else if purpose.must_exist() && !chosen.exists() {
                *error = Some(format!("There is nothing at {}.", chosen.display()));
            } else if purpose.writes_a_file() && chosen.exists() && error.as_deref() != Some(REPLACE) {
                *error = Some(REPLACE.to_owned());
            } else {
                then = Then::Path(purpose, chosen);
            }
        }
        if secondary(ui, "Cancel", "Esc").clicked() {
            then = Then::Close;
        }
    });
    then
}

/// Whether a folder holds something already.
fn is_taken(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

fn new_project_ui(ui: &mut Ui, folder: &Path, title: &mut String, fresh: bool) -> Then {
    ui.set_width(440.0);
    ui.heading("New project");
    let place = if is_taken(folder) { "In a new folder in" } else { "In" };
    hint(ui, &format!("{place} {}", folder.display()));
    ui.add_space(6.0);
    let response =
        ui.add(TextEdit::singleline(title).hint_text("Title").margin(vec2(8.0, 6.0)).desired_width(f32::INFINITY));
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Title of the project"));
    if fresh {
        response.request_focus();
    }
    let enter = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    ui.add_space(8.0);
    let mut then = Then::Stay;
    ui.horizontal(|ui| {
        let ready = !title.trim().is_empty();
        if (ui.add_enabled_ui(ready, |ui| primary(ui, "Make it", "↵")).inner.clicked() || enter) && ready {
            then = Then::Create(folder.to_owned(), title.clone());
        }
        if secondary(ui, "Cancel", "Esc").clicked() {
            then = Then::Close;
        }
    });
    then
}

/// Every key on one sheet.
fn keys_ui(ui: &mut Ui, faces: &[Face], session: Option<&Session>) {
    ui.heading("Keys");
    hint(
        ui,
        "Esc closes this sheet. Arrows, Home, End and Page keys move the caret; with Shift they select, with Ctrl they go by words and paragraphs.",
    );
    ui.add_space(8.0);
    let height = ui.ctx().content_rect().height() * 0.7;
    egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
        ui.horizontal_top(|ui| {
            for column in
                [&[Menu::Coding][..], &[Menu::Suggestions, Menu::Edit, Menu::Project], &[Menu::View, Menu::Help]]
            {
                ui.vertical(|ui| {
                    ui.set_width(270.0);
                    for menu in column {
                        ui.label(RichText::new(menu.title()).font(theme::sans_semibold(12.5)));
                        for face in faces.iter().filter(|f| f.menu == *menu && !f.shortcuts.is_empty()) {
                            ui.horizontal(|ui| {
                                ui.spacing_mut().item_spacing.x = 4.0;
                                ui.label(RichText::new(face.title).font(theme::sans(12.0)));
                                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                                    for shortcut in face.shortcuts.iter().rev() {
                                        key(ui, &key_name(ui.ctx(), shortcut));
                                    }
                                });
                            });
                        }
                        ui.add_space(8.0);
                    }
                });
                ui.add_space(12.0);
            }
        });
        if let Some(session) = session {
            ui.label(RichText::new("Codes").font(theme::sans_semibold(12.5)));
            ui.horizontal_wrapped(|ui| {
                for (_, code) in session.project().codebook.tree() {
                    if let Some(shortcut) = code.shortcut {
                        key(ui, &shortcut.to_ascii_uppercase().to_string());
                        ui.label(RichText::new(&code.name).font(theme::sans(12.0)));
                        ui.add_space(6.0);
                    }
                }
            });
        }
    });
}
