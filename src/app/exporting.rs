//! The question what is exported, in which format, with a look at what will be written and what will be left out.

use std::path::Path;
use std::sync::Arc;

use eframe::egui::{Align, ComboBox, Label, Layout, RichText, Role, ScrollArea, TextEdit, Ui, WidgetInfo, vec2};

use super::App;
use super::dialogs::{Dialog, Then};
use super::files::Purpose;
use super::later::{Later, take};
use super::theme::{self, tokens};
use super::widgets::{card, count, hint, primary, secondary, soft};
use crate::detect::Detector;
use crate::exchange::{self, FORMATS, Format, SUGGESTIONS, Selection, Shape};
use crate::model::{ArticleId, CodeId, CoderId, Layer, Project};
use crate::session::{Progress, Session, with_suggestions};

/// How much of an export is shown beforehand, in bytes of its first files.
const SHOWN: usize = 6_000;
/// How many articles are written to show it.
const FEW: usize = 20;

/// Which articles go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Articles {
    All,
    /// Those that the filter of the list leaves.
    Listed,
    /// The one that is open.
    Open,
}

/// All that is chosen.
#[derive(Clone, Debug, PartialEq)]
struct Choice {
    format: &'static str,
    articles: Articles,
    coders: Vec<(CoderId, bool)>,
    layers: Vec<(Layer, bool)>,
    /// A code with all below it; `None` is all of them.
    code: Option<CodeId>,
    settled: bool,
    suggestions: bool,
    rejected: bool,
    /// The project’s revision: what is shown is of the project as it is.
    revision: u64,
}

/// The start of an export, and what it leaves out.
struct Preview {
    files: Vec<(String, String)>,
    written: exchange::Written,
    /// Whether a few articles stand for all.
    few: bool,
}

/// The question.
pub struct ExportForm {
    choice: Choice,
    listed: Vec<ArticleId>,
    open: Option<ArticleId>,
    filter: String,
    looking: Option<Later<Result<Preview, String>>>,
    looked_for: Option<Choice>,
    preview: Option<Result<Preview, String>>,
}

impl ExportForm {
    pub fn of(session: &Session, listed: Vec<ArticleId>, open: Option<ArticleId>) -> Self {
        let choice = Choice {
            format: FORMATS[0].name(),
            articles: Articles::All,
            coders: session.project().coders.keys().map(|id| (id.clone(), true)).collect(),
            layers: Layer::ALL.iter().map(|layer| (*layer, true)).collect(),
            code: None,
            settled: false,
            suggestions: false,
            rejected: true,
            revision: session.revision(),
        };
        Self { choice, listed, open, filter: String::new(), looking: None, looked_for: None, preview: None }
    }

    /// The usual ending of a file of the chosen format.
    pub fn ending(&self) -> &'static str {
        self.format().shape().ending()
    }

    fn format(&self) -> &'static dyn Format {
        FORMATS.iter().copied().find(|f| f.name() == self.choice.format).unwrap_or(FORMATS[0])
    }

    /// What is chosen, for the project as it is.
    fn order(&self, session: &Session) -> Result<Order, String> {
        let project = session.project();
        let choice = &self.choice;
        let articles = match choice.articles {
            Articles::All => None,
            Articles::Listed => Some(self.listed.iter().cloned().collect()),
            Articles::Open => Some(self.open.iter().cloned().collect()),
        };
        let some = |all: &[(CoderId, bool)]| all.iter().any(|(_, on)| !on);
        let on = choice.coders.iter().filter(|(_, on)| *on).map(|(id, _)| id.clone());
        let coders = some(&choice.coders).then(|| on.collect());
        let layers = choice.layers.iter().filter(|(_, on)| *on).map(|(layer, _)| *layer);
        let layers = choice.layers.iter().any(|(_, on)| !on).then(|| layers.collect());
        let codes = choice.code.as_ref().map(|code| project.codebook.with_descendants(code));
        let mut selection = Selection { articles, coders, codes, layers, rejected: choice.rejected };
        if choice.settled {
            selection = selection
                .settled(project)
                .map_err(|_| "Say below whose work settles where coders differ.".to_owned())?;
        }
        if choice.suggestions
            && let Some(coders) = &mut selection.coders
        {
            coders.extend(SUGGESTIONS.parse::<CoderId>().ok());
        }
        let detector = choice.suggestions.then(|| session.detector());
        Ok(Order { selection, detector, format: self.format() })
    }

    fn look(&mut self, ui: &Ui, session: &Session) {
        if let Some(came) = take(&mut self.looking) {
            self.preview = Some(came.and_then(|preview| preview));
        }
        self.choice.revision = session.revision();
        if self.looked_for.as_ref() == Some(&self.choice) || self.looking.is_some() {
            return;
        }
        self.looked_for = Some(self.choice.clone());
        match self.order(session) {
            Ok(order) => {
                let project = session.project().clone();
                self.looking = Some(Later::start(ui.ctx(), move || order.preview(&project)));
            }
            Err(why) => self.preview = Some(Err(why)),
        }
    }
}

/// An export that is wanted.
pub struct Order {
    selection: Selection,
    detector: Option<Arc<dyn Detector>>,
    format: &'static dyn Format,
}

impl Order {
    /// The project, with what was suggested where that is wanted.
    fn project(&self, project: &Project) -> Project {
        let wanted = |id: &ArticleId| self.selection.articles.as_ref().is_none_or(|a| a.contains(id));
        match &self.detector {
            Some(detector) => with_suggestions(project, &**detector, wanted),
            None => project.clone(),
        }
    }

    fn preview(&self, project: &Project) -> Result<Preview, String> {
        // Detection takes its time: a few articles are enough to see what it looks like.
        let mut few = project.clone();
        if self.detector.is_some() {
            let wanted = |id: &ArticleId| self.selection.articles.as_ref().is_none_or(|a| a.contains(id));
            let kept: Vec<_> = project.articles.keys().filter(|id| wanted(id)).take(FEW).cloned().collect();
            few.articles.retain(|id, _| kept.contains(id));
            few.codings.retain(|(_, id), _| kept.contains(id));
        }
        let smaller = few.articles.len() < project.articles.len();
        let project = self.project(&few);
        let (files, written) =
            exchange::preview(&project, &self.selection, self.format, SHOWN).map_err(|e| e.to_string())?;
        let shown = files.into_iter().take(3).map(|(name, bytes)| (name, shown(&bytes)));
        Ok(Preview { files: shown.collect(), written, few: smaller && self.detector.is_some() })
    }

    /// Writes it, and says what came of it.
    pub fn write(&self, project: &Project, path: &Path, progress: &Progress) -> Result<String, String> {
        let all = project.articles.len();
        let project = self.project(project);
        let written = exchange::export(&project, &self.selection, self.format, path, true, &mut |done| {
            progress.at(done, all);
            !progress.cancelled()
        })
        .map_err(|e| e.to_string())?;
        let mut said = format!(
            "{} and {} written to {}",
            count(written.articles, "article", "articles"),
            count(written.annotations, "coding", "codings"),
            path.display()
        );
        let losses = written.losses.list();
        if !losses.is_empty() {
            said += ". What this format has no place for stands beside it, in ";
            said += exchange::LEFT_OUT;
        }
        Ok(said)
    }
}

/// The start of a file as people read it.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN)]);
    let odd = text.chars().filter(|c| *c == '\u{fffd}' || c.is_control() && !c.is_whitespace()).count();
    if odd * 20 > text.chars().count() {
        return "This file is not text; the program that it is for shows it.".to_owned();
    }
    let lines = text.lines().take(40).map(|line| {
        let short: String = line.chars().take(400).collect();
        if short.len() < line.len() { short + " …" } else { short }
    });
    lines.collect::<Vec<_>>().join("\n")
}

impl App {
    pub(super) fn ask_export(&mut self) {
        let Some(session) = &self.session else { return };
        let open = self.reading.article().cloned();
        let listed = self.articles.listed(session);
        self.dialog = Some(Dialog::Export(Box::new(ExportForm::of(session, listed, open))));
    }

    /// Writes an export in the background.
    pub(super) fn export(&mut self, form: &ExportForm, path: &Path) {
        let Some(session) = &mut self.session else { return };
        let path = path.to_owned();
        match form.order(session) {
            Ok(order) => {
                session.in_background("Export", move |project, progress| order.write(project, &path, progress));
            }
            Err(why) => self.notices.warn(why),
        }
    }
}

pub(super) fn export_ui(ui: &mut Ui, form: &mut ExportForm, session: &mut Session) -> Then {
    let room = ui.ctx().content_rect().size();
    let width = (room.x * 0.9).min(860.0);
    ui.set_width(width);
    ui.heading("Export");
    hint(ui, "Articles and codings for other programs. The project stays as it is.");
    ui.add_space(8.0);
    form.look(ui, session);
    let height = (room.y * 0.9 - 170.0).clamp(240.0, 470.0);
    ui.allocate_ui_with_layout(vec2(width, height), Layout::left_to_right(Align::Min), |ui| {
        ui.allocate_ui(vec2(250.0, height), |ui| ui.vertical(|ui| formats_ui(ui, form, height)));
        ui.add_space(14.0);
        ui.vertical(|ui| {
            ui.set_width(ui.available_width());
            choices_ui(ui, form, session);
            ui.add_space(8.0);
            preview_ui(ui, form);
        });
    });
    ui.add_space(10.0);
    let mut then = Then::Stay;
    ui.horizontal(|ui| {
        let ready = form.order(session).is_ok() && form.choice.coders.iter().any(|(_, on)| *on)
            || form.choice.coders.is_empty();
        let place = if form.format().shape() == Shape::Folder { "Choose a .zip file…" } else { "Choose a file…" };
        if ui.add_enabled_ui(ready, |ui| primary(ui, place, "")).inner.clicked() && ready {
            then = Then::Ask(Purpose::Export);
        }
        if secondary(ui, "Cancel", "Esc").clicked() {
            then = Then::Close;
        }
        if form.looking.is_some() {
            ui.spinner();
        } else if form.format().shape() == Shape::Folder {
            ui.label(soft(ui, "A name without .zip makes a folder."));
        }
    });
    then
}

fn formats_ui(ui: &mut Ui, form: &mut ExportForm, height: f32) {
    let field = TextEdit::singleline(&mut form.filter).hint_text("Find a format").desired_width(f32::INFINITY);
    let field = ui.add(field.margin(vec2(8.0, 5.0)));
    field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Find a format"));
    ui.add_space(4.0);
    let wanted = form.filter.to_lowercase();
    ScrollArea::vertical().id_salt("formats").max_height(height - 40.0).auto_shrink([false, false]).show(ui, |ui| {
        for offered in FORMATS {
            let text = format!("{} {}", offered.name(), offered.about()).to_lowercase();
            if !wanted.split_whitespace().all(|word| text.contains(word)) {
                continue;
            }
            let on = form.choice.format == offered.name();
            let name = RichText::new(offered.name()).font(theme::sans_medium(13.0));
            if ui.radio(on, name).on_hover_text(offered.about()).clicked() {
                form.choice.format = offered.name();
            }
            ui.horizontal_top(|ui| {
                ui.add_space(18.0);
                ui.vertical(|ui| ui.add(Label::new(soft(ui, offered.about())).wrap()));
            });
            ui.add_space(5.0);
        }
    });
}

fn choices_ui(ui: &mut Ui, form: &mut ExportForm, session: &mut Session) {
    let label = |text: &str| RichText::new(text).font(theme::sans(13.0));
    let choice = &mut form.choice;
    ui.horizontal_wrapped(|ui| {
        title(ui, "Articles");
        ui.radio_value(&mut choice.articles, Articles::All, label("all"));
        if form.listed.len() < session.project().articles.len() {
            let text = format!("those in the list ({})", form.listed.len());
            ui.radio_value(&mut choice.articles, Articles::Listed, label(&text));
        }
        if form.open.is_some() {
            ui.radio_value(&mut choice.articles, Articles::Open, label("the open one"));
        }
    });
    ui.horizontal_wrapped(|ui| {
        title(ui, "Layers");
        for (layer, on) in &mut choice.layers {
            ui.checkbox(on, label(layer.title()));
        }
    });
    ui.horizontal_wrapped(|ui| {
        title(ui, "Codes");
        let book = &session.project().codebook;
        let named = choice.code.as_ref().map_or_else(|| "all codes".to_owned(), |code| book.path(code));
        let shown = ComboBox::from_id_salt("codes to export").selected_text(&named).show_ui(ui, |ui| {
            ui.selectable_value(&mut choice.code, None, "all codes");
            for (depth, code) in book.tree() {
                let name = format!("{}{}", "   ".repeat(depth), code.name);
                ui.selectable_value(&mut choice.code, Some(code.id.clone()), name);
            }
        });
        shown.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, format!("Codes to export: {named}")));
    });
    if !choice.coders.is_empty() {
        ui.horizontal_wrapped(|ui| {
            title(ui, "Coders");
            for (id, on) in &mut choice.coders {
                let name = session.project().coders.get(id).map_or(id.as_str(), |c| c.name.as_str());
                ui.checkbox(on, label(name));
            }
        });
    }
    ui.horizontal_wrapped(|ui| {
        title(ui, "Also");
        ui.checkbox(&mut choice.suggestions, label("suggestions that nobody answered"));
        ui.checkbox(&mut choice.rejected, label("which were rejected"));
    });
    ui.horizontal_wrapped(|ui| {
        title(ui, "");
        ui.checkbox(&mut choice.settled, label("only what is settled"));
    });
    if choice.settled {
        settled_ui(ui, session);
    }
}

/// Whose work settles where coders differ. It holds for the project, and can be undone.
fn settled_ui(ui: &mut Ui, session: &mut Session) {
    let coders: Vec<_> = session.project().coders.values().map(|c| (c.id.clone(), c.name.clone())).collect();
    let mut settled = session.project().settings.settled_by.clone();
    let before = settled.clone();
    ui.horizontal_wrapped(|ui| {
        title(ui, "");
        ui.label(soft(ui, "Settled is the work of"));
        for (id, name) in coders {
            let mut on = settled.contains(&id);
            if ui.checkbox(&mut on, RichText::new(name).font(theme::sans(13.0))).changed() {
                if on {
                    settled.insert(id)
                } else {
                    settled.remove(&id)
                };
            }
        }
    });
    if settled != before {
        // Where the project cannot be changed, the marks stay as they are, and the reason stands in the status bar.
        let _ = session.change_settings(|settings| settings.settled_by = settled);
    }
}

fn title(ui: &mut Ui, text: &str) {
    let font = theme::sans_medium(12.0);
    ui.allocate_ui_with_layout(vec2(62.0, 20.0), Layout::left_to_right(Align::Center), |ui| {
        ui.set_width(62.0);
        ui.label(RichText::new(text).font(font));
    });
}

fn preview_ui(ui: &mut Ui, form: &ExportForm) {
    let preview = match &form.preview {
        None => return,
        Some(Err(why)) => {
            ui.add(Label::new(RichText::new(why).color(tokens(ui).warning)).wrap());
            return;
        }
        Some(Ok(preview)) => preview,
    };
    let (articles, codings) = (preview.written.articles, preview.written.annotations);
    let counted = format!("{} and {}", count(articles, "article", "articles"), count(codings, "coding", "codings"));
    let said = if preview.few { format!("Of the first {articles}: {codings} with what is suggested") } else { counted };
    ui.label(RichText::new(said).font(theme::sans_medium(13.0)));
    let losses = preview.written.losses.list();
    let room = ui.available_height();
    let left_out = if losses.is_empty() { 22.0 } else { (room * 0.4).min(22.0 + 17.0 * losses.len() as f32) };
    let height = (room - left_out - 14.0).max(60.0);
    card(ui, |ui| {
        ScrollArea::vertical().id_salt("preview").max_height(height - 28.0).auto_shrink([false, false]).show(
            ui,
            |ui| {
                for (name, text) in &preview.files {
                    if !name.is_empty() {
                        ui.label(soft(ui, name));
                    }
                    ui.add(Label::new(RichText::new(text).monospace().size(11.5)).wrap());
                }
            },
        );
    });
    ui.add_space(4.0);
    if losses.is_empty() {
        ui.label(soft(ui, "Nothing of what is chosen is left out."));
        return;
    }
    ScrollArea::vertical().id_salt("left out").max_height(left_out).auto_shrink([false, true]).show(ui, |ui| {
        for loss in losses {
            ui.add(Label::new(soft(ui, format!("• {}", loss.say))).wrap());
        }
    });
}
