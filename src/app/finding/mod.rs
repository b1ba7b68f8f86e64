//! The view *Find*: a concordance of what is asked for, and coding what was found.

mod asking;
mod empty;
mod rows;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::{self, Context, Frame, Id, Key, Margin, Modifiers, Role, ScrollArea, Sense, Ui, WidgetInfo};

use super::command::Command;
use super::palette::{Palette, Scope};
use super::theme::{self, tokens};
use super::widgets::{count, focus_ring};
use super::{App, View};
use crate::find::{Filter, Hit, Options, Order, literally};
use crate::model::{ArticleId, CodeId, Voice};
use crate::session::{Asked, CodedHits, Found, Search, Session, SessionError};
use crate::text::CharSpan;

/// Longer selections are passages and not something to look for.
const LONGEST_SELECTION: usize = 200;

/// By what a hit is known again when the search is done anew.
type Place = (ArticleId, CharSpan);

/// What is asked for, what was found, and which of it is ticked.
#[derive(Default)]
pub struct Finding {
    query: String,
    options: Options,
    outlet: Option<String>,
    from: String,
    to: String,
    code: Option<CodeId>,
    voice: Option<Voice>,
    order: Order,
    /// The one article that is searched.
    only: Option<ArticleId>,
    /// What comes is ticked.
    tick_all: bool,

    search: Option<Search>,
    /// The project and its revision when the search began.
    asked_of: Option<(PathBuf, u64)>,
    /// What is shown: of this search, or, until it has found something, of the one before.
    found: Arc<Found>,
    /// Whose coding the marks on the rows are, and in which state.
    rows_of: Option<(PathBuf, u64)>,
    rows: HashMap<usize, rows::Row>,
    /// The outlets of the project.
    outlets: Vec<String>,
    ticked: HashSet<Place>,
    /// The row that the keyboard is on.
    at: usize,
    scroll_to_row: bool,
    focus_query: bool,
    focus_list: bool,
    /// Where the last jump went.
    jumped: Option<Place>,
}

fn place(hit: &Hit) -> Place {
    (hit.article.id.clone(), hit.span)
}

impl Finding {
    /// The list's id: what the keyboard is given to.
    pub fn list_id() -> Id {
        Id::unique("found places")
    }

    /// Gives the keyboard to the list, or, where there is none, to the query.
    pub fn take_focus(&mut self) {
        if self.found.hits.is_empty() { self.focus_query = true } else { self.focus_list = true }
    }

    /// Whether there is anything to tick or code.
    pub fn any(&self) -> bool {
        !self.found.hits.is_empty()
    }

    /// What has been found so far.
    pub fn found(&self) -> &Found {
        &self.found
    }

    /// Whether what is shown is all that there is of what is asked for now.
    pub fn is_done(&self) -> bool {
        let answers = |search: &Search| search.asked.query == self.query && Arc::ptr_eq(&search.found(), &self.found);
        self.found.done && self.search.as_ref().is_some_and(answers)
    }

    /// What a code would be put on: what is ticked, or, where nothing is, the row that the keyboard is on.
    pub fn targets(&self) -> Vec<Hit> {
        let hits = &self.found.hits;
        if self.ticked.is_empty() {
            return hits.get(self.at).cloned().into_iter().collect();
        }
        hits.iter().filter(|hit| self.ticked.contains(&place(hit))).cloned().collect()
    }

    fn tick_all(&mut self) {
        if self.ticked.len() == self.found.hits.len() {
            self.ticked.clear();
        } else {
            self.ticked = self.found.hits.iter().map(place).collect();
        }
    }

    fn toggle(&mut self, row: usize) {
        if let Some(place) = self.found.hits.get(row).map(place)
            && !self.ticked.remove(&place)
        {
            self.ticked.insert(place);
        }
    }

    /// What the fields ask for; `Err` with what is wrong with a date.
    fn asked(&self, session: &Session) -> Result<Asked, String> {
        let day = |text: &str| match text.trim() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|e: crate::find::DayError| e.to_string()),
        };
        let codes = self.code.iter().flat_map(|c| session.project().codebook.with_descendants(c)).collect();
        // Coders see their own work and nobody else's.
        let by_coding = self.code.is_some() || self.voice.is_some();
        let coders = session.coder().filter(|_| by_coding).map(|c| c.id.clone()).into_iter().collect();
        let filter = Filter {
            articles: self.only.clone().into_iter().collect(),
            outlets: self.outlet.clone().into_iter().collect(),
            from: day(&self.from)?,
            to: day(&self.to)?,
            codes,
            coders,
            voices: self.voice.into_iter().collect(),
        };
        Ok(Asked { query: self.query.clone(), options: self.options, filter, order: self.order })
    }

    /// Whether anything narrows the search down.
    fn is_filtered(&self) -> bool {
        self.only.is_some()
            || self.outlet.is_some()
            || self.code.is_some()
            || self.voice.is_some()
            || !self.from.trim().is_empty()
            || !self.to.trim().is_empty()
    }

    fn clear_filters(&mut self) {
        self.only = None;
        (self.outlet, self.code, self.voice) = (None, None, None);
        self.from.clear();
        self.to.clear();
    }

    /// Searches anew where something else is asked or the project is another, and takes in what has come.
    fn update(&mut self, session: &mut Session) -> Result<(), String> {
        let now = (session.root().to_owned(), session.revision());
        if self.asked_of.as_ref().is_some_and(|(root, _)| *root != now.0) {
            *self = Self { query: std::mem::take(&mut self.query), focus_query: true, ..Self::default() };
        }
        if self.asked_of.as_ref() != Some(&now) {
            self.outlets = outlets(session);
            self.code = self.code.take().filter(|c| session.project().codebook.get(c).is_some());
        }
        if self.query.trim().is_empty() {
            self.search = None;
            self.asked_of = Some(now);
            self.show(Arc::default());
            self.ticked.clear();
            return Ok(());
        }
        let asked = self.asked(session)?;
        let before = self.search.as_ref().map(|s| &s.asked);
        if before != Some(&asked) || self.asked_of.as_ref() != Some(&now) {
            // Rows that are ticked stay so in another order, and after something was coded.
            let same = before.is_some_and(|b| *b == Asked { order: b.order, ..asked.clone() });
            if !same {
                self.ticked.clear();
            }
            if before != Some(&asked) {
                self.at = 0;
                self.scroll_to_row = true;
            }
            self.search = Some(session.find(asked));
            self.asked_of = Some(now.clone());
        }
        let found = self.search.as_ref().map(Search::found).unwrap_or_default();
        let is_something = found.done || found.of > 0;
        if is_something && !Arc::ptr_eq(&found, &self.found) {
            if found.done && !self.ticked.is_empty() {
                let there: HashSet<Place> = found.hits.iter().map(place).collect();
                self.ticked.retain(|p| there.contains(p));
            }
            let done = found.done;
            self.show(found);
            if done && std::mem::take(&mut self.tick_all) {
                self.ticked = self.found.hits.iter().map(place).collect();
                self.focus_list = !self.found.hits.is_empty();
            }
        }
        if self.rows_of.as_ref() != Some(&now) {
            self.rows.clear();
            self.rows_of = Some(now);
        }
        Ok(())
    }

    fn show(&mut self, found: Arc<Found>) {
        self.found = found;
        self.rows.clear();
        self.at = self.at.min(self.found.hits.len().saturating_sub(1));
    }

    /// The lines that are ticked, or the one the keyboard is on, to be pasted into a table.
    fn lines(&self) -> String {
        let line = |hit: &Hit| {
            let line = hit.line(80);
            format!("{}\t{}\t{}\t{}", line.left, line.matched, line.right, rows::about(&hit.article))
        };
        self.targets().iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// The keys of the list.
    fn keyboard(&mut self, ui: &Ui, page: usize, commands: &mut Vec<Command>) {
        let last = self.found.hits.len().saturating_sub(1);
        let pressed = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
        let at = self.at;
        for (key, to) in [
            (Key::ArrowDown, at + 1),
            (Key::ArrowUp, at.saturating_sub(1)),
            (Key::PageDown, at + page),
            (Key::PageUp, at.saturating_sub(page)),
            (Key::Home, 0),
            (Key::End, last),
        ] {
            if pressed(key) {
                if key == Key::ArrowUp && at == 0 {
                    self.focus_query = true;
                }
                self.at = to.min(last);
                self.scroll_to_row = true;
            }
        }
        if pressed(Key::Space) {
            self.toggle(self.at);
        }
        if pressed(Key::Enter)
            && let Some(hit) = self.found.hits.get(self.at)
        {
            let place = place(hit);
            if self.ticked.contains(&place) {
                commands.push(Command::PickCode);
            } else {
                commands.push(Command::ReadAt(place.0, place.1));
            }
        }
    }
}

/// The names of the project's outlets.
fn outlets(session: &Session) -> Vec<String> {
    let names = session.project().articles.values().map(|a| a.metadata.outlet.trim());
    let names: std::collections::BTreeSet<&str> = names.filter(|n| !n.is_empty()).collect();
    names.into_iter().map(str::to_owned).collect()
}

impl App {
    /// What has been found.
    pub fn finding(&self) -> &Finding {
        &self.finding
    }

    /// Opens the view, with the words that are selected on the page as what is asked for.
    pub(super) fn open_find(&mut self) {
        if self.session.is_none() {
            return;
        }
        let span = self.reading.selection.span();
        let selected = self.reading.document().map().slice(span).unwrap_or_default();
        let here = self.reading.article().map(|a| (a.clone(), span));
        let wanted = !span.is_empty() && span.len() <= LONGEST_SELECTION && self.finding.jumped != here;
        if self.view == View::Read && wanted && !selected.trim().is_empty() {
            self.finding.query = literally(selected);
            self.finding.options.regex = false;
        }
        self.view = View::Find;
        self.finding.focus_query = true;
    }

    /// Finds the words that are selected on the page, in this article at first, and ticks every place.
    pub(super) fn find_occurrences(&mut self) {
        let span = self.reading.selection.span();
        let words = self.reading.document().map().slice(span).unwrap_or_default();
        if words.trim().is_empty() {
            return;
        }
        self.finding.clear_filters();
        self.finding.query = literally(words);
        self.finding.options = Options { word: true, ..Options::default() };
        self.finding.only = self.reading.article().cloned();
        self.finding.tick_all = true;
        // What was found before is not what is asked for now.
        self.finding.search = None;
        self.finding.show(Arc::default());
        self.view = View::Find;
    }

    /// The views, by name.
    pub(super) fn tabs_ui(&mut self, ui: &mut Ui) {
        let t = tokens(ui);
        let strip = Frame::new().fill(t.panel).inner_margin(Margin { left: 14, right: 14, top: 0, bottom: 0 });
        strip.show(ui, |ui| {
            ui.take_available_width();
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                for (view, title, command) in [(View::Read, "Read", Command::Read), (View::Find, "Find", Command::Find)]
                {
                    if tab_ui(ui, title, self.view == view) && self.view != view {
                        self.commands.push(command);
                    }
                }
            });
        });
        ui.painter().hline(ui.max_rect().x_range(), ui.min_rect().bottom(), (1.0, t.rule));
    }

    /// Goes back to the page.
    pub(super) fn read(&mut self) {
        self.view = View::Read;
        self.reading.take_focus();
    }

    /// Goes to a place that was found.
    pub(super) fn read_at(&mut self, article: &ArticleId, span: CharSpan) {
        self.open_article(article);
        self.read();
        self.reading.select(span);
        self.finding.jumped = Some((article.clone(), span));
    }

    /// Asks for the code to be put on what is ticked.
    pub(super) fn pick_code_for_found(&mut self) {
        if self.finding.any() {
            self.palette = Some(Palette::new(Scope::Codes));
        }
    }

    /// Puts a code on what is ticked.
    pub(super) fn code_found(&mut self, code: CodeId) -> Result<(), SessionError> {
        let Some(session) = &mut self.session else { return Ok(()) };
        let hits = self.finding.targets();
        if hits.is_empty() {
            self.notices.tell("There is nothing here to code: look for something, and tick what is to be coded");
            return Ok(());
        }
        let told = session.code_hits(&hits, &code)?;
        let name = session.project().codebook.get(&code).map_or_else(String::new, |c| c.name.clone());
        self.remember_code(&code);
        self.finding.ticked.clear();
        self.finding.focus_list = true;
        let text = became(told, &name);
        if told.gone + told.elsewhere > 0 {
            self.notices.warn(text);
        } else {
            self.notices.tell(text);
        }
        Ok(())
    }

    pub(super) fn tick_all_found(&mut self) {
        self.finding.tick_all();
    }

    pub(super) fn copy_found(&self, ctx: &Context) {
        ctx.copy_text(self.finding.lines());
    }

    pub(super) fn find_ui(&mut self, ui: &mut Ui) {
        let Some(session) = &mut self.session else { return };
        let t = tokens(ui);
        ui.painter().rect_filled(ui.available_rect_before_wrap(), 0, t.paper);
        let trouble = self.finding.update(session).err();
        let escape = Frame::new().inner_margin(Margin { left: 18, right: 18, top: 12, bottom: 8 }).show(ui, |ui| {
            ui.reset_style();
            let escape = self.finding.asking_ui(ui, session, trouble.as_deref());
            ui.add_space(2.0);
            self.finding.summary_ui(ui, session, trouble.as_deref(), &mut self.commands);
            escape
        });
        let line = ui.cursor().top();
        ui.painter().hline(ui.max_rect().x_range(), line, (1.0, t.rule));
        let error = trouble.or_else(|| self.finding.found.error.as_ref().map(ToString::to_string));
        let searching = self.finding.search.is_some() && !self.finding.found.done;
        if self.finding.query.trim().is_empty() {
            self.finding.examples_ui(ui);
        } else if error.is_some() {
            empty::broken_ui(ui);
        } else if self.finding.found.hits.is_empty() {
            if !searching {
                self.finding.nothing_ui(ui, session);
            }
        } else {
            self.finding.list_ui(ui, session, &mut self.commands);
        }
        // Esc goes back to the page, from wherever it is pressed here.
        let on_list = ui.memory(|m| m.has_focus(Finding::list_id()));
        let escape = escape.inner || (on_list && ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape)));
        if escape && self.palette.is_none() && self.dialog.is_none() {
            self.commands.push(Command::Read);
        }
    }
}

/// The name of a view, with a line under the one that is open.
fn tab_ui(ui: &mut Ui, title: &str, open: bool) -> bool {
    let t = tokens(ui);
    let ink = if open { t.ink } else { t.soft };
    let galley = ui.painter().layout_no_wrap(title.to_owned(), theme::sans_medium(12.5), ink);
    let (rect, response) = ui.allocate_exact_size(galley.size() + egui::vec2(20.0, 13.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, open, format!("View: {title}")));
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, ink);
    if open || response.hovered() {
        let line = egui::Rect::from_min_max(
            egui::pos2(rect.left() + 8.0, rect.bottom() - 2.0),
            rect.max - egui::vec2(8.0, 0.0),
        );
        ui.painter().rect_filled(line, 1, if open { t.accent } else { t.rule });
    }
    focus_ring(ui, &response, rect.shrink(2.0));
    response.clicked()
}

/// What is told of places that were coded.
fn became(told: CodedHits, name: &str) -> String {
    let mut parts = Vec::new();
    if told.coded > 0 {
        parts.push(format!("{} coded “{name}”", count(told.coded, "place", "places")));
    }
    if told.already > 0 {
        parts.push(format!("{} had the code “{name}” already", told.already));
    }
    if told.elsewhere > 0 {
        parts.push(format!("{} left out, since their article is the same as another and coded there", told.elsewhere));
    }
    if told.gone > 0 {
        parts.push(format!("{} left out, since their text has changed", told.gone));
    }
    parts.join("; ")
}

impl Finding {
    fn list_ui(&mut self, ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
        let id = Self::list_id();
        let surface = ui.available_rect_before_wrap();
        let list = ui.interact(surface, id, Sense::focusable_noninteractive());
        if std::mem::take(&mut self.focus_list) {
            list.request_focus();
        }
        list.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, "Places found"));
        let focused = list.has_focus();
        if focused {
            let keep = egui::EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: true };
            ui.memory_mut(|m| m.set_focus_lock_filter(id, keep));
            let busy = egui::Popup::is_any_open(ui.ctx());
            if !busy {
                self.keyboard(ui, (surface.height() / rows::ROW) as usize, commands);
            }
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut area = ScrollArea::vertical().auto_shrink(false);
        let memory = id.with("offset");
        if std::mem::take(&mut self.scroll_to_row) {
            let offset = ui.data(|d| d.get_temp::<f32>(memory)).unwrap_or(0.0);
            let top = self.at as f32 * rows::ROW;
            if top < offset {
                area = area.vertical_scroll_offset(top);
            } else if top + rows::ROW > offset + surface.height() {
                area = area.vertical_scroll_offset(top + rows::ROW - surface.height());
            }
        }
        let output = area.show_rows(ui, rows::ROW, self.found.hits.len(), |ui, range| {
            // Only what is near to what is seen is kept.
            if self.rows.len() > 4 * range.len() + 64 {
                self.rows.clear();
            }
            for number in range {
                match self.row_ui(ui, session, number, focused) {
                    rows::Did::Nothing => {}
                    rows::Did::Tick => {
                        self.at = number;
                        self.toggle(number);
                        self.focus_list = true;
                    }
                    rows::Did::Jump => {
                        self.at = number;
                        if let Some(hit) = self.found.hits.get(number) {
                            commands.push(Command::ReadAt(hit.article.id.clone(), hit.span));
                        }
                    }
                }
            }
        });
        ui.data_mut(|d| d.insert_temp(memory, output.state.clamped_offset().y));
        let said = self.rows.get(&self.at).map(|row| row.said.clone()).unwrap_or_default();
        ui.ctx().accesskit_node_builder(id, |node| node.set_description(said));
    }
}
