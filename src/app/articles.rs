//! The list of articles.

use eframe::egui::{self, Rect, RichText, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2};

use super::App;
use super::command::Command;
use super::theme::{self, tokens};
use super::widgets::{focus_ring, hint};
use crate::model::{Article, ArticleId, Project};
use crate::session::Session;

/// Every row is as high, so that a list of any length is drawn in the same time.
const ROW: f32 = 66.0;

/// One line of the list, worked out when the project or the filter changes.
pub struct Row {
    id: ArticleId,
    title: String,
    /// Outlet and date.
    about: String,
    /// The share of the article that is coded, from 0 to 1; `None` where nothing is.
    coded: Option<f32>,
    finished: bool,
    /// It is coded by way of the article above it, which is the same.
    elsewhere: bool,
}

/// The list and its filter.
#[derive(Default)]
pub struct ArticleList {
    filter: String,
    rows: Vec<Row>,
    made_of: Option<(std::path::PathBuf, u64, String)>,
    pub focus_filter: bool,
    scroll_to: Option<ArticleId>,
}

impl ArticleList {
    /// The first article of a project, in the list's order.
    pub fn first(session: &Session) -> Option<ArticleId> {
        sorted(session.project()).first().map(|a| a.id.clone())
    }

    /// The article before or after another one in the list as it is filtered now.
    pub fn beside(&mut self, session: &Session, id: &ArticleId, forward: bool) -> Option<ArticleId> {
        self.update(session);
        let here = self.rows.iter().position(|r| r.id == *id);
        let next = match (here, forward) {
            (Some(here), true) => here + 1,
            (Some(here), false) => here.checked_sub(1)?,
            (None, _) => 0,
        };
        self.rows.get(next).map(|r| r.id.clone())
    }

    /// The articles that the filter leaves.
    pub fn listed(&mut self, session: &Session) -> Vec<ArticleId> {
        self.update(session);
        self.rows.iter().map(|r| r.id.clone()).collect()
    }

    /// Scrolls, with the next frame, to an article.
    pub fn show(&mut self, id: &ArticleId) {
        self.scroll_to = Some(id.clone());
    }

    fn update(&mut self, session: &Session) {
        let made_of = (session.root().to_owned(), session.revision(), self.filter.clone());
        if self.made_of.as_ref() == Some(&made_of) {
            return;
        }
        let wanted: Vec<String> = self.filter.to_lowercase().split_whitespace().map(str::to_owned).collect();
        self.rows = sorted(session.project())
            .into_iter()
            .map(|article| row(session, article))
            .filter(|r| {
                let text = format!("{} {}", r.title, r.about).to_lowercase();
                wanted.iter().all(|w| text.contains(w))
            })
            .collect();
        self.made_of = Some(made_of);
    }
}

/// The list of a project whose codings are not read yet.
pub fn listed(project: &Project) -> Vec<Row> {
    let row = |a: &Article| Row {
        id: a.id.clone(),
        title: a.display_title(),
        about: about(a),
        coded: None,
        finished: false,
        elsewhere: false,
    };
    sorted(project).into_iter().map(row).collect()
}

/// The articles by date, then by title; those without a date come last. What is coded by way of another article stands
/// below it.
fn sorted(project: &Project) -> Vec<&Article> {
    let mut articles: Vec<&Article> = project.articles.values().map(|a| &**a).collect();
    articles.sort_by_cached_key(|a| {
        let elsewhere = project.is_coded_elsewhere(&a.id);
        let head = if elsewhere { project.articles.get(project.stands_for(&a.id)) } else { None };
        let at = head.map_or(*a, |head| head);
        let date = at.metadata.published.clone();
        (date.is_none(), date, at.display_title(), at.id.clone(), elsewhere, a.id.clone())
    });
    articles
}

fn row(session: &Session, article: &Article) -> Row {
    let coding = session.coding(&article.id);
    let finished = coding.is_some_and(|c| c.document.finished.is_some());
    let coded = coding.filter(|c| !c.annotations.is_empty() || !c.nothing_found.is_empty()).map(|c| {
        let whole = c.nothing_found.iter().any(|n| n.span.is_none());
        let reached = c
            .annotations
            .values()
            .map(|a| a.hull().end.0)
            .chain(c.nothing_found.iter().filter_map(|n| n.span).map(|s| s.end.0))
            .max()
            .unwrap_or(0);
        // Full means finished, which only the coder can say.
        if whole || finished { 1.0 } else { 0.9 * reached as f32 / article.end.0.max(1) as f32 }
    });
    let elsewhere = session.project().is_coded_elsewhere(&article.id);
    Row { id: article.id.clone(), title: article.display_title(), about: about(article), coded, finished, elsewhere }
}

/// Outlet and date.
fn about(article: &Article) -> String {
    let mut about = article.metadata.outlet.clone();
    if let Some(date) = article.metadata.published.as_deref() {
        if !about.is_empty() {
            about.push_str(" · ");
        }
        about.push_str(&day(date));
    }
    about
}

/// `2025-03-04T…` as `4 Mar 2025`; what is not a date as it is.
pub fn day(published: &str) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut numbers = published.get(..10).unwrap_or_default().split('-').map(|n| n.parse::<usize>().ok());
    match (numbers.next().flatten(), numbers.next().flatten(), numbers.next().flatten()) {
        (Some(year), Some(month @ 1..=12), Some(day)) => format!("{day} {} {year}", MONTHS[month - 1]),
        _ => published.to_owned(),
    }
}

impl App {
    pub(super) fn articles_ui(&mut self, ui: &mut Ui) {
        let t = tokens(ui);
        let Some(session) = &self.session else {
            if let Some(opening) = &self.opening {
                ScrollArea::vertical().auto_shrink(false).show_rows(ui, ROW, opening.rows.len(), |ui, range| {
                    for row in &opening.rows[range] {
                        row_ui(ui, row, false);
                    }
                });
            }
            return;
        };
        self.articles.update(session);
        let count = session.project().articles.len();
        egui::Frame::new().inner_margin(egui::Margin { left: 12, right: 12, top: 12, bottom: 6 }).show(ui, |ui| {
            let hint = if count == 1 { "Filter 1 article".to_owned() } else { format!("Filter {count} articles") };
            let field = TextEdit::singleline(&mut self.articles.filter)
                .hint_text(RichText::new(hint.clone()).color(t.soft))
                .margin(vec2(10.0, 6.0))
                .desired_width(f32::INFINITY);
            let response = ui.add(field);
            response.widget_info(|| WidgetInfo::labeled(Role::SearchInput, true, "Filter articles"));
            if std::mem::take(&mut self.articles.focus_filter) {
                response.request_focus();
            }
            if response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Escape)) {
                self.articles.filter.clear();
                self.reading.take_focus();
            }
        });
        if count == 0 {
            egui::Frame::new().inner_margin(14).show(ui, |ui| {
                hint(ui, "No articles yet. Import them (Project → Import articles), or drop files here.");
            });
            return;
        }
        if self.articles.rows.is_empty() {
            egui::Frame::new().inner_margin(14).show(ui, |ui| hint(ui, "No article matches the filter."));
            return;
        }
        let open = self.reading.article().cloned();
        let mut area = ScrollArea::vertical().auto_shrink(false);
        if let Some(id) = self.articles.scroll_to.take()
            && let Some(at) = self.articles.rows.iter().position(|r| r.id == id)
        {
            let top = at as f32 * ROW;
            let memory = ui.scope_id().with("list offset");
            let (offset, height) = ui.data(|d| d.get_temp::<(f32, f32)>(memory)).unwrap_or((0.0, f32::INFINITY));
            if top < offset || top + ROW > offset + height {
                area = area.vertical_scroll_offset((top - height.min(600.0) / 3.0).max(0.0));
            }
        }
        ui.spacing_mut().item_spacing.y = 0.0;
        let memory = ui.scope_id().with("list offset");
        let output = area.show_rows(ui, ROW, self.articles.rows.len(), |ui, range| {
            for row in &self.articles.rows[range] {
                if row_ui(ui, row, open.as_ref() == Some(&row.id)) {
                    self.commands.push(Command::OpenArticle(row.id.clone()));
                }
            }
        });
        let seen = (output.state.clamped_offset().y, output.inner_rect.height());
        ui.data_mut(|d| d.insert_temp(memory, seen));
    }
}

/// One row; whether it was chosen.
fn row_ui(ui: &mut Ui, row: &Row, open: bool) -> bool {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let status = match (row.finished, row.coded) {
        _ if row.elsewhere => "the same as the one above, and coded there",
        (true, _) => "finished",
        (_, Some(_)) => "begun",
        _ => "not coded yet",
    };
    response.widget_info(|| {
        WidgetInfo::selected(Role::ListItem, true, open, format!("{}, {}, {status}", row.title, row.about))
    });
    let painter = ui.painter_at(rect);
    if open {
        painter.rect_filled(rect, 0, t.paper);
        painter.rect_filled(Rect::from_min_size(rect.min, vec2(3.0, rect.height())), 0, t.accent);
    } else if response.hovered() {
        painter.rect_filled(rect, 0, t.paper.gamma_multiply(0.6));
    }
    let inset = if row.elsewhere { 14.0 } else { 0.0 };
    let ink = if row.elsewhere { t.soft } else { t.ink };
    let width = rect.width() - 32.0 - inset;
    let mut job = egui::text::LayoutJob::simple(row.title.clone(), theme::sans_semibold(12.5), ink, width);
    job.wrap.max_rows = 2;
    let title = painter.layout_job(job);
    let about = {
        let mut job = egui::text::LayoutJob::simple(row.about.clone(), theme::sans(11.0), t.soft, width - 62.0);
        job.wrap.max_rows = 1;
        job.wrap.break_anywhere = true;
        painter.layout_job(job)
    };
    let height = title.size().y + 3.0 + about.size().y;
    let top = rect.center().y - height / 2.0;
    let foot = top + title.size().y + 3.0;
    painter.galley(pos2(rect.left() + 16.0 + inset, top), title, ink);
    painter.galley(pos2(rect.left() + 16.0 + inset, foot), about, t.soft);
    if row.elsewhere {
        let line = rect.left() + 22.0;
        painter.vline(line, rect.top() + 8.0..=rect.bottom() - 8.0, (1.0, t.rule));
        focus_ring(ui, &response, rect.shrink(3.0));
        return response.on_hover_text(status).clicked();
    }
    let bar = Rect::from_min_size(pos2(rect.right() - 66.0, foot + 5.0), vec2(50.0, 3.0));
    painter.rect_filled(bar, 1, t.rule);
    if let Some(part) = row.coded {
        let done = Rect::from_min_size(bar.min, vec2(bar.width() * part.clamp(0.04, 1.0), bar.height()));
        painter.rect_filled(done, 1, t.codes[1]);
    }
    focus_ring(ui, &response, rect.shrink(3.0));
    response.on_hover_text(status).clicked()
}

#[cfg(test)]
mod tests {
    #[test]
    fn days_are_readable() {
        assert_eq!(super::day("2025-03-04"), "4 Mar 2025");
        assert_eq!(super::day("2025-12-31T09:30+01:00"), "31 Dec 2025");
        assert_eq!(super::day("last week"), "last week");
        assert_eq!(super::day("2025-13-01"), "2025-13-01");
        assert_eq!(super::day("ünfug-ünfug"), "ünfug-ünfug");
    }
}
