//! Articles come in: what was found is shown first, with what should be looked at, and only then anything is taken.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::text::LayoutJob;
use eframe::egui::{
    Align, ComboBox, Context, Label, Layout, ProgressBar, RichText, Role, ScrollArea, TextFormat, Ui, WidgetInfo, vec2,
};

use super::App;
use super::articles::day;
use super::dialogs::{Dialog, Then};
use super::later::{Later, take};
use super::theme::{self, tokens};
use super::widgets::{card, count, hint, primary, secondary, soft};
use crate::import::{Field, Options, read_bytes, signature};
use crate::model::{Article, Project};
use crate::session::{Copies, Pending, Progress, Session, SessionError, look};
use crate::text::{Alignment, CharSpan};

/// Whose work codings are where a file does not say.
const IMPORTED: &str = "imported";
/// How high a line of the list is.
const LINE: f32 = 40.0;
/// How much of each text is held against the other, in code points.
const COMPARED: usize = 20_000;

/// Which part of what was found is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    Articles,
    Alike,
    Columns,
    Skipped,
}

/// The question what of some files comes in.
pub struct ImportForm {
    paths: Vec<PathBuf>,
    /// Words that were pasted, in place of files.
    pasted: Option<String>,
    options: Options,
    progress: Arc<Progress>,
    looking: Option<Later<Pending>>,
    found: Pending,
    failed: Option<String>,
    wanted: Vec<bool>,
    copies: Vec<Copies>,
    page: Page,
    /// The group and the place in it that is shown beside its head.
    compared: Option<(usize, usize)>,
    /// Nothing was asked yet: what needs no answer is taken at once.
    fresh: bool,
}

impl ImportForm {
    pub fn of(ctx: &Context, session: &Session, paths: Vec<PathBuf>) -> Self {
        let mut form = Self {
            paths,
            pasted: None,
            options: Options::default(),
            progress: Arc::default(),
            looking: None,
            found: Pending::default(),
            failed: None,
            wanted: Vec::new(),
            copies: Vec::new(),
            page: Page::Articles,
            compared: None,
            fresh: true,
        };
        form.look(ctx, session.project());
        form
    }

    /// The same for words that were pasted. They are always asked about: one may have meant to paste elsewhere.
    fn of_text(ctx: &Context, session: &Session, text: String) -> Self {
        let mut form = Self::of(ctx, session, Vec::new());
        form.pasted = Some(text);
        form.fresh = false;
        form.look(ctx, session.project());
        form
    }

    fn look(&mut self, ctx: &Context, project: &Project) {
        let (project, paths, options) = (project.clone(), self.paths.clone(), self.options.clone());
        self.progress = Arc::default();
        let progress = self.progress.clone();
        let pasted = self.pasted.clone();
        self.looking = Some(Later::start(ctx, move || {
            if let Some(text) = pasted {
                let mut found = Pending::default();
                found.take_in(&project, read_bytes("clipboard", text.into_bytes(), &options));
                return found;
            }
            look(&project, &paths, &options, |done, all| {
                progress.at(done, all);
                !progress.cancelled()
            })
        }));
    }

    fn poll(&mut self) {
        match take(&mut self.looking) {
            Some(Ok(found)) => {
                self.wanted = found.rows.iter().map(|row| !row.known).collect();
                self.copies = vec![Copies::Apart; found.alike.len()];
                self.compared = None;
                self.found = found;
            }
            Some(Err(why)) => self.failed = Some(why),
            None => {}
        }
    }

    /// Whether there is nothing to look at or to choose: one article, or none but corpora, and nothing odd.
    fn is_plain(&self) -> bool {
        let found = &self.found;
        self.failed.is_none()
            && found.rows.len() <= 1
            && found.rows.iter().all(|row| row.candidate.warnings.is_empty())
            && found.alike.is_empty()
            && found.tables.is_empty()
            && (found.skipped.is_empty() || found.rows.is_empty())
    }

    /// How many articles come in as it is chosen now.
    fn coming(&self) -> usize {
        let left_out = self.found.alike.iter().zip(&self.copies).filter(|(_, how)| **how == Copies::LeftOut);
        let left_out: Vec<usize> = left_out.flat_map(|(alike, _)| alike.rows.iter().copied()).collect();
        (self.wanted.iter().enumerate()).filter(|(n, on)| **on && !left_out.contains(n)).count()
    }
}

impl App {
    /// Looks at files, and asks what of them comes in where there is something to ask.
    pub(super) fn import(&mut self, ctx: &Context, paths: Vec<PathBuf>) {
        let Some(session) = &self.session else { return };
        if let Some(why) = session.read_only() {
            self.notices.warn(SessionError::ReadOnly(why.to_owned()).to_string());
            return;
        }
        self.dialog = Some(Dialog::Import(Box::new(ImportForm::of(ctx, session, paths))));
    }

    /// Looks at words that were pasted.
    pub(super) fn import_text(&mut self, ctx: &Context, text: String) {
        let Some(session) = &self.session else { return };
        if let Some(why) = session.read_only() {
            self.notices.warn(SessionError::ReadOnly(why.to_owned()).to_string());
            return;
        }
        self.dialog = Some(Dialog::Import(Box::new(ImportForm::of_text(ctx, session, text))));
    }

    pub(super) fn import_ui(&mut self, ui: &mut Ui, form: &mut ImportForm) -> Then {
        form.poll();
        let Some(session) = &self.session else { return Then::Close };
        if form.looking.is_some() {
            return reading_ui(ui, form);
        }
        if std::mem::take(&mut form.fresh) && form.is_plain() {
            self.bring_in(form);
            return Then::Close;
        }
        let room = ui.ctx().content_rect().size();
        let size = vec2((room.x * 0.9).min(920.0), (room.y * 0.9 - 190.0).clamp(200.0, 520.0));
        ui.set_width(size.x);
        ui.heading("Import");
        let corpora = form.found.corpora.len();
        let mut said = format!("{} found", count(form.found.rows.len(), "article", "articles"));
        if corpora > 0 {
            said += &format!(", and {} with codings", count(corpora, "corpus", "corpora"));
        }
        if form.found.stopped {
            said += "; it was stopped before everything was read";
        }
        hint(ui, &format!("{said}. Nothing is in the project yet."));
        if let Some(why) = &form.failed {
            ui.add(Label::new(RichText::new(why).color(tokens(ui).warning)).wrap());
        }
        ui.add_space(8.0);
        pages_ui(ui, form);
        ui.add_space(6.0);
        let project = session.project().clone();
        let mut again = false;
        ui.allocate_ui(size, |ui| {
            ui.set_min_size(size);
            match form.page {
                Page::Articles => rows_ui(ui, form, size.y),
                Page::Alike => alike_ui(ui, form, &project, size.y),
                Page::Columns => again = columns_ui(ui, form, size.y),
                Page::Skipped => skipped_ui(ui, form, size.y),
            }
        });
        if again {
            form.look(ui.ctx(), &project);
        }
        ui.add_space(10.0);
        let mut then = Then::Stay;
        ui.horizontal(|ui| {
            let coming = form.coming();
            let text = match (coming, corpora) {
                (0, 0) => "Import".to_owned(),
                (0, n) => format!("Import {}", count(n, "corpus", "corpora")),
                (n, _) => format!("Import {}", count(n, "article", "articles")),
            };
            let ready = coming > 0 || corpora > 0;
            if ui.add_enabled_ui(ready, |ui| primary(ui, &text, "")).inner.clicked() && ready {
                self.bring_in(form);
                then = Then::Close;
            }
            if secondary(ui, "Cancel", "Esc").clicked() {
                then = Then::Close;
            }
            ui.label(soft(ui, "One undo takes the import back."));
        });
        then
    }

    fn bring_in(&mut self, form: &mut ImportForm) {
        let Some(session) = &mut self.session else { return };
        let (wanted, copies) = (&form.wanted, &form.copies);
        let on = |n: usize| wanted.get(n).copied().unwrap_or(false);
        let how = |n: usize| copies.get(n).copied().unwrap_or_default();
        if form.found.rows.is_empty() {
            for error in &form.found.skipped {
                self.notices.warn(error.to_string());
            }
        } else {
            match session.take(&form.found, on, how) {
                Ok(taken) if taken.new == 0 && taken.known > 0 => {
                    self.notices.tell("Nothing new: these articles are in the project already");
                }
                Ok(taken) => self.notices.tell(String::from(&taken)),
                Err(error) => self.notices.warn(error.to_string()),
            }
        }
        session.import_corpora(std::mem::take(&mut form.found.corpora), IMPORTED);
    }
}

fn reading_ui(ui: &mut Ui, form: &ImportForm) -> Then {
    ui.set_width(360.0);
    ui.heading("Import");
    let (done, all) = form.progress.so_far();
    ui.label(soft(ui, format!("Looking at {} …", count(all.max(form.paths.len()), "file", "files"))));
    ui.add_space(8.0);
    if all > 1 {
        ui.add(ProgressBar::new(done as f32 / all as f32).desired_height(6.0));
        ui.add_space(8.0);
    }
    ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
    if secondary(ui, "Stop", "").clicked() {
        form.progress.cancel();
    }
    Then::Stay
}

fn pages_ui(ui: &mut Ui, form: &mut ImportForm) {
    let found = &form.found;
    let alike: usize = found.alike.iter().map(|a| a.rows.len()).sum();
    let pages = [
        (Page::Articles, "Articles", found.rows.len()),
        (Page::Alike, "The same", alike),
        (Page::Columns, "Columns", found.tables.len()),
        (Page::Skipped, "Not read", found.skipped.len()),
    ];
    ui.horizontal(|ui| {
        for (page, name, many) in pages {
            if many == 0 && page != Page::Articles {
                continue;
            }
            let text = RichText::new(format!("{name} ({many})")).font(theme::sans_medium(13.0));
            ui.selectable_value(&mut form.page, page, text);
        }
    });
}

fn rows_ui(ui: &mut Ui, form: &mut ImportForm, height: f32) {
    let t = tokens(ui);
    let (rows, wanted) = (&form.found.rows, &mut form.wanted);
    let all_on = rows.iter().zip(wanted.iter()).all(|(row, on)| *on || row.known);
    let mut every = all_on;
    if ui.checkbox(&mut every, RichText::new("all").font(theme::sans(13.0))).changed() {
        rows.iter().zip(wanted.iter_mut()).for_each(|(row, on)| *on = every && !row.known);
    }
    ScrollArea::vertical().id_salt("found").max_height(height - 30.0).auto_shrink(false).show_rows(
        ui,
        LINE,
        rows.len(),
        |ui, range| {
            for n in range {
                let (Some(row), Some(on)) = (rows.get(n), wanted.get_mut(n)) else { continue };
                let article = &row.candidate.article;
                let title = article.display_title();
                ui.allocate_ui_with_layout(
                    vec2(ui.available_width(), LINE),
                    Layout::left_to_right(Align::Center),
                    |ui| {
                        ui.add_enabled_ui(!row.known, |ui| {
                            let box_ = ui.checkbox(on, "");
                            box_.widget_info(|| WidgetInfo::selected(Role::CheckBox, !row.known, *on, &title));
                        });
                        ui.vertical(|ui| {
                            ui.spacing_mut().item_spacing.y = 1.0;
                            ui.add_space(3.0);
                            ui.add(Label::new(RichText::new(&title).font(theme::sans_medium(13.0))).truncate());
                            ui.horizontal(|ui| {
                                if row.known {
                                    ui.label(RichText::new("in the project already").size(11.5).color(t.warning));
                                }
                                for warning in &row.candidate.warnings {
                                    ui.label(RichText::new(warning).size(11.5).color(t.warning));
                                }
                                ui.add(Label::new(soft(ui, about(article, &row.candidate.file))).truncate());
                            });
                        });
                    },
                );
            }
        },
    );
}

/// Outlet, day, length, format and file.
fn about(article: &Article, file: &str) -> String {
    let meta = &article.metadata;
    let words = article.text.split_whitespace().count();
    let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let mut all = vec![meta.outlet.clone(), meta.published.as_deref().map(day).unwrap_or_default()];
    all.extend([count(words, "word", "words"), article.source.format.clone(), file.to_owned()]);
    all.retain(|part| !part.is_empty());
    all.join(" · ")
}

fn alike_ui(ui: &mut Ui, form: &mut ImportForm, project: &Project, height: f32) {
    ui.horizontal(|ui| {
        ui.label(soft(ui, "All of them:"));
        for how in Copies::ALL {
            if ui.small_button(copies_word(how)).clicked() {
                form.copies.fill(how);
            }
        }
    });
    let mut compared = form.compared;
    ScrollArea::vertical().id_salt("alike").max_height(height - 30.0).auto_shrink(false).show(ui, |ui| {
        for (n, alike) in form.found.alike.iter().enumerate() {
            let Some(head) = form.found.head(project, alike) else { continue };
            let how = if alike.exact { "the same words" } else { "nearly the same words" };
            card(ui, |ui| {
                ui.label(RichText::new(head.display_title()).font(theme::sans_medium(13.0)));
                ui.label(soft(ui, about(head, "")));
                for (place, row) in alike.rows.iter().enumerate() {
                    let Some(row) = form.found.rows.get(*row) else { continue };
                    ui.horizontal(|ui| {
                        ui.label(soft(ui, format!("{how}:")));
                        let shown = compared == Some((n, place));
                        if ui.selectable_label(shown, "Compare").clicked() {
                            compared = (!shown).then_some((n, place));
                        }
                        let words = format!(
                            "{} · {}",
                            row.candidate.article.display_title(),
                            about(&row.candidate.article, &row.candidate.file)
                        );
                        ui.add(Label::new(words).truncate());
                    });
                    if compared == Some((n, place)) {
                        beside_ui(ui, head, &row.candidate.article, 220.0);
                    }
                }
                ui.horizontal(|ui| {
                    if let Some(chosen) = form.copies.get_mut(n) {
                        for how in Copies::ALL {
                            ui.radio_value(chosen, how, copies_word(how));
                        }
                    }
                });
            });
            ui.add_space(6.0);
        }
    });
    form.compared = compared;
}

fn copies_word(how: Copies) -> &'static str {
    match how {
        Copies::Apart => "coded apart",
        Copies::Once => "coded once",
        Copies::LeftOut => "left out",
    }
}

/// Two articles side by side, with what only one of them has marked.
pub fn beside_ui(ui: &mut Ui, one: &Article, other: &Article, height: f32) {
    let cut = |text: &str| -> String { text.chars().take(COMPARED).collect() };
    let (a, b) = (cut(&one.text), cut(&other.text));
    let ends = |text: &str| crate::text::CharOffset(text.chars().count());
    // Two texts that were compared in the frame before are not compared again.
    let id = ui.scope_id().with((&one.id, &other.id));
    let known = ui.data(|d| d.get_temp::<Arc<(Vec<CharSpan>, Vec<CharSpan>)>>(id));
    let marks = known.unwrap_or_else(|| {
        let marks = Arc::new(Alignment::between(&a, &b).differences(ends(&a), ends(&b)));
        ui.data_mut(|d| d.insert_temp(id, marks.clone()));
        marks
    });
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = 20.0;
        ui.columns(2, |columns| {
            let sides = [(&a, &marks.0, one, "left"), (&b, &marks.1, other, "right")];
            for (ui, (text, spans, article, side)) in columns.iter_mut().zip(sides) {
                ui.label(soft(ui, about(article, "")));
                let area = ScrollArea::vertical().id_salt((side, &article.id)).max_height(height);
                area.auto_shrink([false, true]).show(ui, |ui| {
                    let job = marked(ui, text, spans);
                    // A column would set its words to both edges.
                    ui.with_layout(Layout::top_down(Align::LEFT), |ui| ui.add(Label::new(job).wrap()));
                });
            }
        });
    });
}

fn marked(ui: &Ui, text: &str, spans: &[CharSpan]) -> LayoutJob {
    let t = tokens(ui);
    let plain =
        TextFormat { font_id: theme::serif(14.0), color: t.ink, line_height: Some(21.0), ..TextFormat::default() };
    let strong = TextFormat { background: t.selection, ..plain.clone() };
    let mut job = LayoutJob::default();
    let (mut rest, mut at) = (text, 0);
    let mut take = |until: usize, format: &TextFormat, job: &mut LayoutJob| {
        let bytes = rest.char_indices().nth(until - at).map_or(rest.len(), |(byte, _)| byte);
        let (words, after) = rest.split_at(bytes);
        job.append(words, 0.0, format.clone());
        (rest, at) = (after, until);
    };
    for span in spans {
        take(span.start.0, &plain, &mut job);
        take(span.end.0, &strong, &mut job);
    }
    take(usize::MAX, &plain, &mut job);
    job
}

/// What the columns of tables hold. Says whether something was changed, so that the files are to be read anew.
fn columns_ui(ui: &mut Ui, form: &mut ImportForm, height: f32) -> bool {
    let mut changed = false;
    ScrollArea::vertical().id_salt("columns").max_height(height).auto_shrink(false).show(ui, |ui| {
        for table in &form.found.tables {
            ui.label(RichText::new(&table.file).font(theme::sans_medium(13.0)));
            eframe::egui::Grid::new(("columns of", &table.file)).num_columns(3).spacing([14.0, 6.0]).show(ui, |ui| {
                for (n, name) in table.names.iter().enumerate() {
                    let now = table.columns.get(name).copied().unwrap_or(Field::Ignored);
                    let mut chosen = now;
                    ui.label(name);
                    let shown =
                        ComboBox::from_id_salt((&table.file, n)).selected_text(field_word(chosen)).show_ui(ui, |ui| {
                            for field in Field::ALL {
                                ui.selectable_value(&mut chosen, field, field_word(field));
                            }
                        });
                    shown.response.widget_info(|| {
                        WidgetInfo::labeled(Role::ComboBox, true, format!("{name}: {}", field_word(now)))
                    });
                    let samples: Vec<&str> =
                        table.rows.iter().filter_map(|row| row.get(n)).map(String::as_str).collect();
                    ui.add(Label::new(soft(ui, samples.join(" · "))).truncate());
                    ui.end_row();
                    if chosen != now {
                        let mut columns = table.columns.clone();
                        columns.insert(name.clone(), chosen);
                        form.options.columns.insert(signature(&table.names), columns);
                        changed = true;
                    }
                }
            });
            ui.add_space(8.0);
        }
    });
    changed
}

fn field_word(field: Field) -> &'static str {
    match field {
        Field::Variable => "a variable",
        Field::Ignored => "not read",
        Field::Words => "length in words",
        Field::Published => "date",
        Field::Updated => "date of change",
        _ => field.word(),
    }
}

fn skipped_ui(ui: &mut Ui, form: &ImportForm, height: f32) {
    ScrollArea::vertical().id_salt("skipped").max_height(height).auto_shrink(false).show(ui, |ui| {
        for error in &form.found.skipped {
            ui.add(Label::new(RichText::new(&error.file).font(theme::sans_medium(13.0))).wrap());
            ui.add(Label::new(soft(ui, error.problem.to_string())).wrap());
            ui.add_space(5.0);
        }
    });
}
