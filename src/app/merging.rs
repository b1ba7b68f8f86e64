//! Another copy of the project comes in: it is read, then it is shown what would come and what has to be decided, and
//! only then is anything merged.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::{Context, Grid, Label, RichText, ScrollArea, Ui};
use jiff::Timestamp;

use super::App;
use super::backups::moment;
use super::dialogs::{Dialog, Then};
use super::later::{Later, take};
use super::theme::{self, tokens};
use super::widgets::{card, count, primary, secondary, soft};
use crate::edit::difference;
use crate::edit::merge::{Choices, Input, Keep, Kind, Lost, Merged, Report, Undecided, counts, merge};
use crate::model::Project;
use crate::store::{backups, read_any};

/// What the report calls the project that is open.
const MINE: &str = "this project";

/// How many things of a kind are listed; all of them are in the report.
const LISTED: usize = 30;

/// Another project as it was read.
struct Brought {
    project: Project,
    /// What both come from, where both have a backup of it.
    base: Option<(Timestamp, Project)>,
    /// What could not be read of it.
    notices: Vec<String>,
}

/// What would come of it.
struct Outlook {
    report: Report,
    /// Whether anything would change here.
    something: bool,
}

/// The question whether, and how, a project is to be merged into the one that is open.
pub struct MergeForm {
    path: PathBuf,
    name: String,
    reading: Option<Later<Result<Brought, String>>>,
    brought: Option<Arc<Brought>>,
    looking: Option<Later<Outlook>>,
    outlook: Option<Outlook>,
    /// The state of the open project for which it was looked, and what was chosen then.
    looked: Option<(u64, Choices)>,
    /// The codes that somebody has to decide about, as they were before anything was chosen.
    codes: Option<Vec<Undecided>>,
    choices: Choices,
    failed: Option<String>,
}

impl MergeForm {
    fn of(ctx: &Context, mine: &Path, path: &Path) -> Self {
        let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        let (mine, theirs) = (mine.to_owned(), path.to_owned());
        let reading = Later::start(ctx, move || read(&mine, &theirs));
        Self {
            path: path.to_owned(),
            name: if name == MINE { path.display().to_string() } else { name },
            reading: Some(reading),
            brought: None,
            looking: None,
            outlook: None,
            looked: None,
            codes: None,
            choices: Choices::default(),
            failed: None,
        }
    }

    /// Takes in what the threads have found out, and has it looked again where something is not as it was then.
    fn poll(&mut self, ctx: &Context, mine: &Project, revision: u64) {
        match take(&mut self.reading) {
            Some(Ok(Ok(brought))) => self.brought = Some(Arc::new(brought)),
            Some(Ok(Err(why)) | Err(why)) => self.failed = Some(why),
            None => {}
        }
        match take(&mut self.looking) {
            Some(Ok(outlook)) => {
                if self.choices.codes.is_empty() {
                    let of_codes = outlook.report.decisions.iter().filter(|d| d.kind == Kind::Code);
                    let mut codes: Vec<_> = of_codes.cloned().collect();
                    // What is here already is said first.
                    for one in &mut codes {
                        one.versions.sort_by_key(|v| !v.inputs.iter().any(|i| i == MINE));
                    }
                    self.codes = Some(codes);
                }
                self.outlook = Some(outlook);
            }
            Some(Err(why)) => self.failed = Some(why),
            None => {}
        }
        let now = (revision, self.choices.clone());
        if let Some(brought) = &self.brought
            && self.looking.is_none()
            && self.failed.is_none()
            && self.looked.as_ref() != Some(&now)
        {
            let (mine, brought, name, choices) = (mine.clone(), brought.clone(), self.name.clone(), now.1.clone());
            self.looking = Some(Later::start(ctx, move || {
                let inputs = [Input { name: MINE, project: &mine }, Input { name: &name, project: &brought.project }];
                let base = brought.base.as_ref().map(|(_, base)| base);
                let Merged { project, report } = merge(&inputs, base, &choices);
                let something = !difference(&mine, &project).touches().is_empty();
                Outlook { report, something }
            }));
            self.looked = Some(now);
        }
    }
}

/// Reads another project, and what both come from.
fn read(mine: &Path, path: &Path) -> Result<Brought, String> {
    let packed = read_any(path).map_err(|e| match e {
        crate::store::PackError::TextsWithheld(_) => {
            "The texts of this pack are withheld. Open it first (Project → Open a packed project…), which puts the \
             texts back; then merge the folder."
                .to_owned()
        }
        e => e.to_string(),
    })?;
    let mut base = None;
    // What could not be read of a copy would count as deleted in it.
    if path.is_dir()
        && packed.notices.is_empty()
        && let Ok(Some(backup)) = backups::newest_common(mine, path)
        && let Ok(was) = backups::read(&backup)
        && was.notices.is_empty()
    {
        base = Some((backup.at, was.project));
    }
    Ok(Brought { project: packed.project, base, notices: packed.notices })
}

impl App {
    /// Begins to read a project that is to come into this one.
    pub(super) fn start_merge(&mut self, ctx: &Context, path: &Path) {
        let Some(session) = &self.session else { return };
        let path = if path.ends_with("project.ron") { path.parent().unwrap_or(path) } else { path };
        let same = |a: &Path, b: &Path| a.canonicalize().ok().is_some_and(|a| b.canonicalize().ok() == Some(a));
        if same(session.root(), path) {
            self.notices.tell("This is the project that is open: there is nothing to merge");
            return;
        }
        self.dialog = Some(Dialog::Merge(Box::new(MergeForm::of(ctx, session.root(), path))));
    }

    pub(super) fn merge_ui(&mut self, ui: &mut Ui, form: &mut MergeForm) -> Then {
        let Some(session) = &self.session else { return Then::Close };
        form.poll(ui.ctx(), session.project(), session.revision());
        let room = ui.ctx().content_rect();
        ui.set_width((room.width() * 0.8).min(680.0));
        ui.heading(format!("Merge “{}” into this project", form.name)).on_hover_text(form.path.display().to_string());
        ui.add_space(8.0);
        if let Some(why) = &form.failed {
            ui.add(Label::new(RichText::new(why).color(tokens(ui).warning)).wrap());
            ui.add_space(10.0);
            return if secondary(ui, "Close", "Esc").clicked() { Then::Close } else { Then::Stay };
        }
        let Some(brought) = form.brought.clone().filter(|_| form.outlook.is_some()) else {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(soft(ui, if form.brought.is_some() { "Comparing the two…" } else { "Reading it…" }));
            });
            ui.add_space(10.0);
            return if secondary(ui, "Cancel", "Esc").clicked() { Then::Close } else { Then::Stay };
        };
        let busy = form.looking.is_some();
        let height = (room.height() - 260.0).max(160.0);
        ScrollArea::vertical().auto_shrink([false, true]).max_height(height).min_scrolled_height(height).show(
            ui,
            |ui| {
                // The bar has a place of its own.
                ui.set_width(ui.available_width() - 10.0);
                if let Some(outlook) = &form.outlook {
                    whence_ui(ui, &brought, &self.zone);
                    came_ui(ui, outlook);
                }
                if let Some(codes) = &form.codes {
                    for one in codes {
                        decide_ui(ui, one, &form.name, &mut form.choices);
                    }
                }
                if let Some(outlook) = &form.outlook {
                    rest_ui(ui, &outlook.report);
                }
            },
        );
        ui.add_space(10.0);
        let mut then = Then::Stay;
        ui.horizontal(|ui| {
            let something = form.outlook.as_ref().is_some_and(|o| o.something);
            if something {
                let ready = !busy;
                if ui.add_enabled_ui(ready, |ui| primary(ui, "Merge", "")).inner.clicked() && ready {
                    self.merge(form, &brought);
                    then = Then::Close;
                }
            }
            if secondary(ui, "Copy the report", "").clicked()
                && let Some(outlook) = &form.outlook
            {
                ui.ctx().copy_text(outlook.report.text());
            }
            if secondary(ui, if something { "Cancel" } else { "Close" }, "Esc").clicked() {
                then = Then::Close;
            }
            if busy {
                ui.spinner();
            } else if something {
                ui.label(soft(ui, "One step: Undo takes it back."));
            }
        });
        then
    }

    fn merge(&mut self, form: &MergeForm, brought: &Brought) {
        let Some(session) = &mut self.session else { return };
        let others = [Input { name: &form.name, project: &brought.project }];
        let base = brought.base.as_ref().map(|(_, base)| base);
        match session.merge(MINE, &others, base, &form.choices) {
            Ok(report) => {
                let summary = format!("Merged “{}”: {}. Undo takes it back.", form.name, summary(&report));
                match look_at(&report) {
                    Some(look) => self.notices.report(format!("{summary} {look}"), report.text()),
                    None => self.notices.tell(summary),
                }
                self.leave_missing_article();
            }
            Err(error) => self.notices.warn(format!("Nothing was merged: {error}")),
        }
    }
}

/// What came, in one line.
fn summary(report: &Report) -> String {
    let Some(came) = report.inputs.get(1) else { return "nothing new".to_owned() };
    let parts: Vec<_> = [("new", &came.new), ("changed", &came.changed), ("deleted", &came.deleted)]
        .into_iter()
        .filter(|(_, items)| !items.is_empty())
        .map(|(word, items)| format!("{word}: {}", counts(items)))
        .collect();
    if parts.is_empty() { "nothing new".to_owned() } else { parts.join("; ") }
}

/// What somebody should look at; `None` where all went by itself.
fn look_at(report: &Report) -> Option<String> {
    let lost = report.lost.iter().filter(|l| l.is_work()).count();
    let all = [
        (lost, "thing gave way", "things gave way"),
        (report.decisions.len(), "thing is undecided", "things are undecided"),
        (report.orphaned.len(), "coding has no place in the text", "codings have no place in the text"),
    ];
    let some: Vec<_> = all.iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| count(*n, one, many)).collect();
    (!some.is_empty()).then(|| format!("Look at this: {}.", some.join(", ")))
}

fn title(ui: &mut Ui, text: &str) {
    ui.add_space(10.0);
    ui.add(Label::new(RichText::new(text).font(theme::sans_semibold(12.5)).color(tokens(ui).ink)).wrap());
    ui.add_space(2.0);
}

fn line(ui: &mut Ui, text: String) {
    ui.add(Label::new(soft(ui, text)).wrap());
}

/// Where both come from, and what could not be read.
fn whence_ui(ui: &mut Ui, brought: &Brought, zone: &jiff::tz::TimeZone) {
    let text = match &brought.base {
        Some((at, _)) => format!(
            "Both come from the backup of {}: what was deleted there since then is deleted here too.",
            moment(*at, zone)
        ),
        None => "It is not known what both come from, so nothing here is deleted.".to_owned(),
    };
    line(ui, text);
    for notice in &brought.notices {
        ui.add(Label::new(RichText::new(notice).font(theme::sans(12.0)).color(tokens(ui).warning)).wrap());
    }
}

/// How much comes, kind by kind.
fn came_ui(ui: &mut Ui, outlook: &Outlook) {
    let Some(came) = outlook.report.inputs.get(1) else { return };
    if !outlook.something {
        title(ui, "Nothing new: all that is in it is here already");
    }
    let columns = [&came.new, &came.changed, &came.deleted];
    let kinds: BTreeSet<Kind> = columns.iter().flat_map(|items| items.iter().map(|i| i.kind)).collect();
    if !kinds.is_empty() {
        title(ui, "What comes");
        Grid::new("what comes").num_columns(4).spacing([28.0, 4.0]).min_row_height(20.0).show(ui, |ui| {
            for head in ["", "New", "Changed", "Deleted"] {
                ui.label(soft(ui, head));
            }
            ui.end_row();
            for kind in kinds {
                let (_, many) = kind.words();
                let mut name = many.to_owned();
                name[..1].make_ascii_uppercase();
                ui.label(RichText::new(name).font(theme::sans(12.5)));
                for items in columns {
                    let n = items.iter().filter(|i| i.kind == kind).count();
                    let text = if n == 0 { "–".to_owned() } else { n.to_string() };
                    ui.label(RichText::new(text).font(theme::sans_medium(12.5)));
                }
                ui.end_row();
            }
        });
    }
    let told = [Kind::Article, Kind::Code, Kind::Annotation];
    let same: Vec<_> = outlook.report.same.iter().filter(|(kind, n)| **n > 0 && told.contains(kind)).collect();
    if !same.is_empty() {
        ui.add_space(4.0);
        let told: Vec<_> = same
            .into_iter()
            .map(|(kind, n)| {
                let (one, many) = kind.words();
                count(*n, one, many)
            })
            .collect();
        line(ui, format!("The same in both: {}.", told.join(", ")));
    }
}

/// Asks what becomes of codes that have one name and different meanings.
fn decide_ui(ui: &mut Ui, one: &Undecided, theirs: &str, choices: &mut Choices) {
    title(ui, &format!("To decide: the code “{}” does not mean the same in both", one.name));
    card(ui, |ui| {
        for version in &one.versions {
            line(ui, format!("In {}: {}", whose(&version.inputs, theirs), version.says));
        }
        ui.add_space(4.0);
        let chosen = choices.codes.get(&one.name).cloned();
        let mut choose = |ui: &mut Ui, keep: Keep, text: &str| {
            let on = chosen.as_ref() == Some(&keep);
            let radio = ui.radio(on, RichText::new(text).font(theme::sans(12.5)));
            if radio.clicked() {
                choices.codes.insert(one.name.clone(), keep);
            }
        };
        choose(ui, Keep::Apart, "Keep both");
        for version in &one.versions {
            let text = format!("One code, with the meaning in {}", whose(&version.inputs, theirs));
            choose(ui, Keep::Of(version.id.clone()), &text);
        }
        if chosen.is_none() {
            line(ui, "Until somebody decides, both are kept. A later merge asks again.".to_owned());
        }
    });
}

fn whose(inputs: &[String], theirs: &str) -> String {
    let named = inputs.iter().map(|i| if i == theirs { format!("“{i}”") } else { i.clone() });
    named.collect::<Vec<_>>().join(" and ")
}

/// What else there is to know.
fn rest_ui(ui: &mut Ui, report: &Report) {
    let others: Vec<_> = report.decisions.iter().filter(|d| d.kind != Kind::Code).collect();
    listed(ui, "Undecided", &others, |d| format!("{} “{}”: {}", d.kind.words().0, d.name, d.meanwhile));
    let (work, looks): (Vec<&Lost>, Vec<&Lost>) = report.lost.iter().partition(|l| l.is_work());
    let gave_way = |l: &&Lost| {
        let field = l.field.as_ref().map(|f| format!(", {f}")).unwrap_or_default();
        // Plain values are shown; what only a file's form could say stands in the report that is copied.
        let plain = |value: &str| value.chars().count() <= 80 && !value.contains(['(', '[', '{']);
        if plain(&l.kept) && plain(&l.lost) {
            let (kept, lost) = (shortened(&l.kept), shortened(&l.lost));
            format!("{}{field}: kept {kept}; {} had {lost}", l.item.told(), l.inputs.join(", "))
        } else {
            format!("{}{field}: differs in {}; what is here is kept", l.item.told(), l.inputs.join(", "))
        }
    };
    listed(ui, "What gives way", &work, gave_way);
    listed(ui, "What gives way of how things look", &looks, gave_way);
    let kept: Vec<_> = report.kept.iter().collect();
    listed(ui, "What was deleted on one side and stays", &kept, |k| format!("{}: {}", k.item.told(), k.why));
    let orphaned: Vec<_> = report.orphaned.iter().collect();
    listed(ui, "What has no place in the text any more, and is kept beside it", &orphaned, |i| i.told());
    let unified: Vec<_> = report.unified.iter().collect();
    listed(ui, "What is one from now on", &unified, |u| format!("{} ({}) is now {}", u.item.told(), u.item.id, u.into));
    let deleted: Vec<_> = report.inputs.iter().skip(1).flat_map(|c| &c.deleted).collect();
    listed(ui, "What is deleted here too", &deleted, |i| i.told());
    let notes: Vec<_> = report.notes.iter().collect();
    listed(ui, "Good to know", &notes, |n| (*n).clone());
    let mut together = BTreeMap::new();
    together.insert("Put together from both", &report.combined);
    together.insert("Put on the corrected text", &report.moved);
    for (what, items) in together {
        if !items.is_empty() {
            ui.add_space(4.0);
            line(ui, format!("{what}: {}.", counts(items)));
        }
    }
}

fn listed<T>(ui: &mut Ui, head: &str, items: &[T], told: impl Fn(&T) -> String) {
    if items.is_empty() {
        return;
    }
    title(ui, &format!("{head} ({})", items.len()));
    for item in items.iter().take(LISTED) {
        line(ui, told(item));
    }
    if items.len() > LISTED {
        line(ui, format!("… and {} more; the report has them all.", items.len() - LISTED));
    }
}

/// What a project's file says, as far as a line of a list has room.
fn shortened(text: &str) -> String {
    let plain: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(161).collect();
    match plain.char_indices().nth(160) {
        Some((end, _)) => format!("{}…", &plain[..end]),
        None => plain,
    }
}
