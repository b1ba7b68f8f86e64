//! The copies of the project's past: what there is, one more, back to one, and how many are kept.

use eframe::egui::{Align, Context, DragValue, Grid, Key, Label, Layout, Modifiers, RichText, ScrollArea, Ui};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::App;
use super::dialogs::{Dialog, Then};
use super::later::{Later, take};
use super::theme::{self, tokens};
use super::widgets::{hint, primary, secondary, size, soft};
use crate::model;
use crate::session::Session;
use crate::store::StoreError;
use crate::store::backups::{self, Backup};

/// What a click on "Make one now" is remembered as.
const BY_HAND: &str = "by-hand";

/// The list of backups while it is shown.
pub struct BackupsForm {
    listing: Option<Later<Result<Vec<Backup>, StoreError>>>,
    list: Vec<Backup>,
    /// Whether the list was read at least once.
    known: bool,
    making: Option<Later<Result<Option<Backup>, String>>>,
    /// The one that is to be gone back to, if that is confirmed.
    asked: Option<Backup>,
    settings: model::Backups,
    /// The project's settings as they were last seen here.
    seen: model::Backups,
    told: Option<String>,
    failed: Option<String>,
}

impl BackupsForm {
    fn of(ctx: &Context, session: &Session) -> Self {
        let mut form = Self {
            listing: None,
            list: Vec::new(),
            known: false,
            making: None,
            asked: None,
            settings: session.project().settings.backups,
            seen: session.project().settings.backups,
            told: None,
            failed: None,
        };
        form.look(ctx, session);
        form
    }

    fn look(&mut self, ctx: &Context, session: &Session) {
        let root = session.root().to_owned();
        self.listing = Some(Later::start(ctx, move || backups::list(&root)));
    }

    fn poll(&mut self, ctx: &Context, session: &Session) {
        match take(&mut self.listing) {
            Some(Ok(Ok(list))) => {
                self.list = list;
                self.known = true;
            }
            Some(Ok(Err(error))) => self.failed = Some(error.to_string()),
            Some(Err(why)) => self.failed = Some(why),
            None => {}
        }
        match take(&mut self.making) {
            Some(Ok(Ok(made))) => {
                self.told = Some(match made {
                    Some(backup) => format!("Made ({}).", size(backup.bytes)),
                    None => "The newest one holds all there is; no other was made.".to_owned(),
                });
                self.look(ctx, session);
            }
            Some(Ok(Err(why)) | Err(why)) => self.failed = Some(why),
            None => {}
        }
    }
}

/// A moment as the reader's clocks show it: "4 Mar 2026, 10:30".
pub fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%-d %b %Y, %H:%M").to_string()
}

/// Why a backup was made, in words.
fn why(backup: &Backup) -> String {
    match backup.why.as_str() {
        "" => "made by itself".to_owned(),
        BY_HAND => "made by hand".to_owned(),
        "before-restore" => "before going back to another".to_owned(),
        "before-repair" => "before a repair; all files as they lay there".to_owned(),
        other if other.starts_with("before-format-") => {
            "before a newer Framelens wrote here; all files as they lay there".to_owned()
        }
        other => other.replace('-', " "),
    }
}

impl App {
    pub(super) fn show_backups(&mut self, ctx: &Context) {
        self.dialog = self.session.as_ref().map(|s| Dialog::Backups(Box::new(BackupsForm::of(ctx, s))));
    }

    pub(super) fn backups_ui(&mut self, ui: &mut Ui, form: &mut BackupsForm) -> Then {
        let Some(session) = &self.session else { return Then::Close };
        form.poll(ui.ctx(), session);
        let room = ui.ctx().content_rect();
        ui.set_width((room.width() * 0.8).min(600.0));
        if form.asked.is_some() {
            return self.go_back_ui(ui, form);
        }
        let writable = session.read_only().is_none();
        ui.heading("Backups");
        hint(ui, "Copies of the whole project as it was, in its own folder.");
        ui.add_space(8.0);
        if form.list.is_empty() {
            let text = if form.known { "There is no backup yet." } else { "Looking…" };
            hint(ui, if form.failed.is_some() { "" } else { text });
        }
        let height = (room.height() - 350.0).max(120.0);
        ScrollArea::vertical().auto_shrink([false, true]).max_height(height).min_scrolled_height(height).show(
            ui,
            |ui| {
                // The bar has a place of its own.
                ui.set_width(ui.available_width() - 10.0);
                Grid::new("backups").num_columns(4).spacing([16.0, 6.0]).striped(true).show(ui, |ui| {
                    for backup in &form.list {
                        ui.label(RichText::new(moment(backup.at, &self.zone)).font(theme::sans_medium(12.5)));
                        // Long reasons wrap, so that the button beside them is never pushed out of the window.
                        ui.scope(|ui| {
                            ui.set_width((ui.ctx().content_rect().width() * 0.8).min(600.0) - 356.0);
                            ui.add(Label::new(soft(ui, why(backup))).wrap());
                        });
                        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                            ui.label(soft(ui, size(backup.bytes)))
                        });
                        let button = ui.add_enabled_ui(writable, |ui| secondary(ui, "Go back to this…", "")).inner;
                        if button.clicked() && writable {
                            form.asked = Some(backup.clone());
                        }
                        ui.end_row();
                    }
                });
            },
        );
        ui.add_space(10.0);
        self.settings_ui(ui, form, writable);
        if let Some(failed) = &form.failed {
            ui.add_space(4.0);
            ui.add(Label::new(RichText::new(failed).color(tokens(ui).warning)).wrap());
        }
        ui.add_space(10.0);
        let mut then = Then::Stay;
        ui.horizontal(|ui| {
            let ready = writable && form.making.is_none();
            if ui.add_enabled_ui(ready, |ui| primary(ui, "Make one now", "")).inner.clicked()
                && ready
                && let Some(session) = &self.session
            {
                let (root, project) = (session.root().to_owned(), session.project().clone());
                (form.told, form.failed) = (None, None);
                form.making = Some(Later::start(ui.ctx(), move || {
                    backups::make(&root, &project, BY_HAND).map_err(|e| e.to_string())
                }));
            }
            if secondary(ui, "Close", "Esc").clicked() {
                then = Then::Close;
            }
            if form.making.is_some() {
                ui.spinner();
            } else if let Some(told) = &form.told {
                ui.add(Label::new(soft(ui, told)).wrap());
            }
        });
        then
    }

    /// How many are kept. A change holds as soon as the number is left.
    fn settings_ui(&mut self, ui: &mut Ui, form: &mut BackupsForm, writable: bool) {
        let current = self.session.as_ref().map_or(form.seen, |s| s.project().settings.backups);
        // Another program may have changed them meanwhile; what was not touched here follows.
        if form.settings == form.seen {
            form.settings = current;
        }
        form.seen = if form.settings == current { current } else { form.seen };
        let now = &mut form.settings;
        let mut editing = false;
        ui.add_enabled_ui(writable, |ui| {
            Grid::new("settings of the backups").num_columns(2).spacing([12.0, 6.0]).show(ui, |ui| {
                let mut row = |label: &str, value: &mut u32, most: u32, unit: &str| {
                    let name = ui.label(RichText::new(label).font(theme::sans(12.5)));
                    // A whole number each step, also for who steps by a screen reader.
                    let field = DragValue::new(value).range(0..=most).speed(1.0).suffix(unit);
                    let field = ui.add(field).labelled_by(name.id);
                    editing |= field.dragged() || field.has_focus();
                    ui.end_row();
                };
                row("Keep at the most", &mut now.keep, 1_000, "");
                row("Room for all of them", &mut now.megabytes, 1_000_000, " MB");
                row("One after this much work", &mut now.minutes, 100_000, " min");
            });
        });
        if now.keep == 0 {
            hint(ui, "None are made by themselves, and none are removed.");
        }
        // Esc closes this before the field is left.
        editing &= !ui.input(|i| i.key_pressed(Key::Escape));
        let settings = *now;
        if writable
            && !editing
            && let Some(session) = &mut self.session
            && settings != form.seen
        {
            if let Err(error) = session.change_settings(|s| s.backups = settings) {
                form.failed = Some(error.to_string());
            }
            form.settings = session.project().settings.backups;
            form.seen = form.settings;
        }
    }

    /// Asks, once, whether it is meant.
    fn go_back_ui(&mut self, ui: &mut Ui, form: &mut BackupsForm) -> Then {
        let Some(backup) = form.asked.clone() else { return Then::Stay };
        ui.heading(format!("Go back to {}?", moment(backup.at, &self.zone)));
        hint(
            ui,
            "Codings, codebook and articles become what they were then, those of all coders. What there is now is kept \
             as a backup first. It is one step: Undo takes it back.",
        );
        ui.add_space(10.0);
        let mut then = Then::Stay;
        ui.horizontal(|ui| {
            if primary(ui, "Go back", "").clicked()
                && let Some(session) = &mut self.session
            {
                match session.restore_backup(&backup) {
                    Ok(true) => {
                        self.notices.tell(format!("The project is as it was on {}", moment(backup.at, &self.zone)));
                        self.leave_missing_article();
                        then = Then::Close;
                    }
                    Ok(false) => {
                        self.notices.tell("Nothing to do: the project is as it was then");
                        then = Then::Close;
                    }
                    Err(error) => {
                        form.failed = Some(error.to_string());
                        form.asked = None;
                    }
                }
            }
            let leave = secondary(ui, "Leave it as it is", "Esc").clicked();
            // One step back to the list, not out of it.
            if leave || ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape)) {
                form.asked = None;
            }
        });
        then
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_readers_clock() {
        let at: Timestamp = "2026-03-04T09:30:00Z".parse().unwrap_or_default();
        assert_eq!(moment(at, &TimeZone::UTC), "4 Mar 2026, 09:30");
        assert_eq!(moment(at, &TimeZone::fixed(jiff::tz::offset(2))), "4 Mar 2026, 11:30");
    }
}
