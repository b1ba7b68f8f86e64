//! A project in one file: packing it, with or without the texts, and unpacking one to work in it.

use std::path::{Path, PathBuf};

use eframe::egui::{Context, Key, Label, RichText, Role, TextEdit, Ui, WidgetInfo, vec2};

use super::App;
use super::dialogs::{Dialog, Then};
use super::files::Purpose;
use super::later::{Later, take};
use super::theme::{self, tokens};
use super::widgets::{count, hint, primary, secondary, size, soft};
use crate::import::{Options, gather, read};
use crate::session::SessionError;
use crate::store::{PACKED, PackError, SHARE, Texts, pack, pack_without_texts, rebuild, unpack};

/// The question how the project is packed.
#[derive(Default)]
pub struct PackForm {
    without_texts: bool,
}

/// What a packed project is found to be: whether its texts are withheld.
type Found = Result<bool, String>;

/// Why nothing was unpacked.
enum Failure {
    /// So many texts are not where they were looked for.
    Missing(usize),
    Other(String),
}

/// The question where a packed project is unpacked, and where its texts are.
pub struct UnpackForm {
    file: PathBuf,
    folder: String,
    texts: String,
    looking: Option<Later<Found>>,
    withheld: Option<bool>,
    /// Set when the question for the texts has just come up: it gets the keyboard.
    ask_texts: bool,
    working: Option<Later<Result<PathBuf, Failure>>>,
    /// How many texts were not found, once that is known, and whether their articles are to be left out.
    missing: Option<usize>,
    partial: bool,
    failed: Option<String>,
}

/// Whether a path is that of a packed project.
pub fn is_pack(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case(PACKED)) && path.is_file()
}

/// A folder beside the packed project that is not there yet.
fn folder_for(file: &Path) -> PathBuf {
    let name = file.file_stem().map_or_else(|| "project".into(), |n| n.to_string_lossy().into_owned());
    let mut folder = file.with_file_name(&name);
    let mut number = 2;
    while folder.symlink_metadata().is_ok() {
        folder = file.with_file_name(format!("{name}-{number}"));
        number += 1;
    }
    folder
}

impl UnpackForm {
    pub fn of(ctx: &Context, file: &Path) -> Self {
        let path = file.to_owned();
        let looking = Later::start(ctx, move || match Texts::withheld_by(&path) {
            Ok(_) => Ok(true),
            Err(PackError::HasTexts(_)) => Ok(false),
            Err(error) => Err(error.to_string()),
        });
        Self {
            file: file.to_owned(),
            folder: folder_for(file).display().to_string(),
            texts: String::new(),
            looking: Some(looking),
            withheld: None,
            ask_texts: false,
            working: None,
            missing: None,
            partial: false,
            failed: None,
        }
    }

    fn poll(&mut self) -> Option<PathBuf> {
        match take(&mut self.looking) {
            Some(Ok(Ok(withheld))) => (self.withheld, self.ask_texts) = (Some(withheld), withheld),
            Some(Ok(Err(why)) | Err(why)) => self.failed = Some(why),
            None => {}
        }
        match take(&mut self.working)? {
            Ok(Ok(folder)) => return Some(folder),
            Ok(Err(Failure::Missing(n))) => self.missing = Some(n),
            Ok(Err(Failure::Other(why))) | Err(why) => self.failed = Some(why),
        }
        None
    }

    fn start(&mut self, ctx: &Context) {
        let (file, folder) = (self.file.clone(), PathBuf::from(self.folder.trim()));
        let texts = (self.withheld == Some(true)).then(|| PathBuf::from(self.texts.trim()));
        let partial = self.partial && self.missing.is_some();
        (self.failed, self.missing) = (None, None);
        self.working = Some(Later::start(ctx, move || {
            let done = match texts {
                None => unpack(&file, &folder).map(drop),
                Some(texts) => put_together(&file, &folder, &texts, partial),
            };
            match done {
                Ok(()) => Ok(folder),
                Err(PackError::TextsMissing(names)) => Err(Failure::Missing(names.len())),
                Err(error) => Err(Failure::Other(error.to_string())),
            }
        }));
    }
}

/// Unpacks with texts from elsewhere, in whatever form they lie there.
fn put_together(file: &Path, folder: &Path, texts: &Path, partial: bool) -> Result<(), PackError> {
    let mut found = Texts::withheld_by(file)?;
    found.look_in(texts);
    if found.are_missing() {
        // As they came from outside: pages, old encodings, text files with a head.
        let (files, _) = gather(&[texts.to_owned()]);
        for article in files.iter().flat_map(|path| read(path, &Options::default()).articles).map(|c| c.article) {
            found.offer(&article.text);
        }
    }
    rebuild(file, &found, folder, partial).map(drop)
}

impl App {
    /// Opens whatever a path is: a project folder, or a packed project.
    pub(super) fn open_path(&mut self, ctx: &Context, path: &Path) {
        if is_pack(path) {
            self.dialog = Some(Dialog::Unpack(Box::new(UnpackForm::of(ctx, path))));
        } else if self.save_before_leaving() {
            self.start_opening(ctx, path);
        }
    }

    /// Asks how the project is to be packed.
    pub(super) fn ask_pack(&mut self) -> Result<(), SessionError> {
        let Some(session) = &self.session else { return Ok(()) };
        // What could not be read would be missing from the pack, and nobody would see that.
        if let Some(why) = session.read_only()
            && self.held_by.is_none()
        {
            return Err(SessionError::ReadOnly(why.to_owned()));
        }
        self.dialog = Some(Dialog::Pack(PackForm::default()));
        Ok(())
    }

    /// Packs the project in the background.
    pub(super) fn pack(&mut self, form: &PackForm, chosen: &Path) {
        let Some(session) = &mut self.session else { return };
        let without_texts = form.without_texts;
        let path = match chosen.extension() {
            Some(ending) if ending.eq_ignore_ascii_case(PACKED) => chosen.to_owned(),
            _ => {
                let mut name = chosen.as_os_str().to_owned();
                name.push(format!(".{PACKED}"));
                PathBuf::from(name)
            }
        };
        // It was asked about the file that was chosen, and about no other.
        let replace = path == chosen;
        session.in_background("Packing", move |project, _| {
            let articles = count(project.articles.len(), "article", "articles");
            let packed = if without_texts {
                pack_without_texts(project, &path, replace).map(|shown| {
                    let bytes = size(shown.receipt.bytes);
                    format!(
                        "{articles} packed without their texts into {} ({bytes}). Of the texts, codings show {:.1} % in all, and at the most {:.1} % of one.",
                        path.display(), shown.all, shown.most
                    )
                })
            } else {
                pack(project, &path, replace)
                    .map(|receipt| format!("{articles} packed into {} ({})", path.display(), size(receipt.bytes)))
            };
            packed.map_err(|error| match error {
                PackError::Exists(path) => format!("there is a file at {} already; choose another name", path.display()),
                PackError::TextNeeded(id) => {
                    format!("“{id}” was coded and is not in the project, so that its words cannot be withheld")
                }
                error => error.to_string(),
            })
        });
    }
}

pub(super) fn pack_ui(ui: &mut Ui, form: &mut PackForm) -> Then {
    ui.set_width(460.0);
    ui.heading("Pack into one file");
    hint(ui, "All of the project in one file, to send it or to put it away. The project stays as it is.");
    ui.add_space(8.0);
    let label = |text: &str| RichText::new(text).font(theme::sans(13.0));
    ui.radio_value(&mut form.without_texts, false, label("With the articles’ texts"));
    ui.radio_value(&mut form.without_texts, true, label("Without the articles’ texts"));
    if form.without_texts {
        ui.add_space(2.0);
        let text = format!(
            "For texts that may not be passed on. Still in it: what codings quote, at the most {SHARE} % of each \
             article; titles and metadata; memos and whatever else coders wrote. Whoever has the texts can make the \
             whole project of it again."
        );
        hint(ui, &text);
    }
    ui.add_space(10.0);
    let mut then = Then::Stay;
    ui.horizontal(|ui| {
        if primary(ui, "Choose the file…", "").clicked() {
            then = Then::Ask(Purpose::Pack);
        }
        if secondary(ui, "Cancel", "Esc").clicked() {
            then = Then::Close;
        }
    });
    then
}

pub(super) fn unpack_ui(ui: &mut Ui, form: &mut UnpackForm, fresh: bool) -> Then {
    if let Some(folder) = form.poll() {
        return Then::OpenFolder(folder);
    }
    ui.set_width((ui.ctx().content_rect().width() * 0.8).min(560.0));
    ui.heading("Unpack a project and open it");
    hint(ui, &form.file.display().to_string());
    ui.add_space(8.0);
    let mut then = Then::Stay;
    let busy = form.working.is_some();
    let enter = ui
        .add_enabled_ui(!busy, |ui| {
            let mut enter = path_row(ui, "Unpack into this folder", &mut form.folder, fresh, || {
                then = Then::Ask(Purpose::UnpackIn);
            });
            if form.withheld == Some(true) {
                ui.add_space(8.0);
                hint(
                    ui,
                    "The articles’ texts were left out of this file. Say where they are: a folder, a project, a pack.",
                );
                let first = std::mem::take(&mut form.ask_texts);
                enter |= path_row(ui, "The texts are in", &mut form.texts, first, || then = Then::Ask(Purpose::Texts));
            }
            enter
        })
        .inner;
    if let Some(missing) = form.missing {
        ui.add_space(6.0);
        let text = format!("{} not found there. Look somewhere else, or:", count(missing, "text was", "texts were"));
        ui.add(Label::new(RichText::new(text).color(tokens(ui).warning)).wrap());
        ui.checkbox(
            &mut form.partial,
            "Leave these articles out, with what was coded in them; that stays in the file alone",
        );
    }
    if let Some(failed) = &form.failed {
        ui.add_space(6.0);
        ui.add(Label::new(RichText::new(failed).color(tokens(ui).warning)).wrap());
    }
    ui.add_space(10.0);
    ui.horizontal(|ui| {
        let named = !form.folder.trim().is_empty();
        let ready = match form.withheld {
            None => false,
            Some(withheld) => !busy && named && (!withheld || !form.texts.trim().is_empty()),
        };
        if (ui.add_enabled_ui(ready, |ui| primary(ui, "Unpack and open", "")).inner.clicked() || enter) && ready {
            form.start(ui.ctx());
        }
        if secondary(ui, "Cancel", "Esc").clicked() {
            then = Then::Close;
        }
        if busy {
            ui.spinner();
            ui.label(soft(ui, "Unpacking…"));
        }
    });
    then
}

/// A path to be typed, with a button for the desktop's dialog. Returns whether Enter was pressed in it.
fn path_row(ui: &mut Ui, name: &str, path: &mut String, fresh: bool, ask: impl FnOnce()) -> bool {
    ui.label(RichText::new(name).font(theme::sans_medium(12.5)));
    ui.horizontal(|ui| {
        let width = ui.available_width() - 92.0;
        let field = ui.add(TextEdit::singleline(path).margin(vec2(8.0, 5.0)).desired_width(width));
        field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
        if fresh {
            field.request_focus();
        }
        if secondary(ui, "Choose…", "").clicked() {
            ask();
        }
        field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter))
    })
    .inner
}

/// Puts what was chosen into the question it was chosen for.
pub(super) fn chosen(form: &mut UnpackForm, purpose: Purpose, path: &Path) {
    let path = path.to_owned();
    match purpose {
        Purpose::UnpackIn => {
            let empty = std::fs::read_dir(&path).is_ok_and(|mut entries| entries.next().is_none());
            let name = form.file.file_stem().unwrap_or_default();
            // A folder that holds something already gets the project in a folder of its own.
            let folder = if empty || !path.exists() { path } else { folder_for(&path.join(name)) };
            form.folder = folder.display().to_string();
        }
        Purpose::Texts => {
            form.texts = path.display().to_string();
            form.missing = None;
        }
        _ => {}
    }
}
