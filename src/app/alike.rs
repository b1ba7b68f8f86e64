//! Articles that are the same as another one, or nearly: the line over the page that says so, and the two side by side.

use eframe::egui::{Frame, Label, Margin, RichText, Ui};

use super::App;
use super::articles::day;
use super::command::Command;
use super::dialogs::{Dialog, Then};
use super::importing::beside_ui;
use super::theme::{self, tokens};
use super::widgets::{hint, secondary};
use crate::model::{Article, ArticleId, SameAs};
use crate::session::Session;

/// Two articles that are shown side by side.
pub struct CompareForm {
    one: ArticleId,
    other: ArticleId,
}

/// What is chosen for an article that is the same as another one.
enum Chosen {
    Open(ArticleId),
    Compare(ArticleId),
    Same(Option<SameAs>),
}

impl App {
    /// The line over an article that others are the same as.
    pub(super) fn alike_ui(&mut self, ui: &mut Ui) {
        let (Some(session), Some(article)) = (&self.session, self.reading.article().cloned()) else { return };
        let project = session.project();
        let alike = project.alike(&article);
        let Some(first) = alike.first().and_then(|id| project.articles.get(id)) else { return };
        let head = project.stands_for(&article).clone();
        let elsewhere = project.is_coded_elsewhere(&article);
        let mut text = format!("The same words, or nearly, as “{}”", first.display_title());
        let about = about(first);
        if !about.is_empty() {
            text += &format!(" ({about})");
        }
        match alike.len() - 1 {
            0 => {}
            1 => text += " and another article",
            n => text += &format!(" and {n} others"),
        }
        text += if elsewhere { ". It is coded there, and not here." } else { "." };
        let mut chosen = None;
        Frame::new().fill(tokens(ui).panel).inner_margin(Margin::symmetric(18, 8)).show(ui, |ui| {
            ui.take_available_width();
            ui.horizontal_wrapped(|ui| {
                ui.add(Label::new(RichText::new(text).font(theme::sans(12.5))).wrap());
                if secondary(ui, "Open it", "").clicked() {
                    chosen = Some(Chosen::Open(first.id.clone()));
                }
                if secondary(ui, "Compare", "").clicked() {
                    chosen = Some(Chosen::Compare(first.id.clone()));
                }
                if head != article && session.read_only().is_none() {
                    let same = |once| Chosen::Same(Some(SameAs { article: head.clone(), once }));
                    if elsewhere && secondary(ui, "Code it apart", "").clicked() {
                        chosen = Some(same(false));
                    }
                    if !elsewhere && secondary(ui, "Code it there only", "").clicked() {
                        chosen = Some(same(true));
                    }
                    if secondary(ui, "They are not the same", "").clicked() {
                        chosen = Some(Chosen::Same(None));
                    }
                }
            });
        });
        match chosen {
            None => {}
            Some(Chosen::Open(id)) => self.commands.push(Command::OpenArticle(id)),
            Some(Chosen::Compare(other)) => self.dialog = Some(Dialog::Compare(CompareForm { one: article, other })),
            Some(Chosen::Same(same)) => {
                if let Some(session) = &mut self.session
                    && let Err(error) = session.say_same(&[article], same)
                {
                    self.notices.warn(error.to_string());
                }
            }
        }
    }

    pub(super) fn compare_ui(&mut self, ui: &mut Ui, form: &CompareForm) -> Then {
        let project = self.session.as_ref().map(Session::project);
        let article = |id| project.and_then(|p| p.articles.get(id));
        let (Some(one), Some(other)) = (article(&form.one), article(&form.other)) else { return Then::Close };
        let room = ui.ctx().content_rect().size();
        ui.set_width((room.x * 0.9).min(1000.0));
        ui.heading("Side by side");
        hint(ui, "Marked is what only one of the two has.");
        ui.add_space(8.0);
        beside_ui(ui, one, other, (room.y * 0.9 - 180.0).clamp(200.0, 700.0));
        ui.add_space(10.0);
        if secondary(ui, "Close", "Esc").clicked() { Then::Close } else { Then::Stay }
    }
}

/// Outlet and day.
fn about(article: &Article) -> String {
    let day = article.metadata.published.as_deref().map(day).unwrap_or_default();
    let both = [article.metadata.outlet.clone(), day];
    both.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}
