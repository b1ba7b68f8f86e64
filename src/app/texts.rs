//! Texts that change: the question in which one is corrected, the banner over one that another program changed, and
//! the list of codings that lost their words.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::text_edit::TextEditState;
use eframe::egui::{self, Context, Frame, Label, Margin, RichText, Role, TextEdit, Ui, WidgetInfo, vec2};

use super::command::Command;
use super::reading::Reading;
use super::theme::{self, tokens};
use super::widgets::{card, count, heading, hint, primary, secondary, soft};
use crate::edit::Retexted;
use crate::model::ArticleId;
use crate::session::{Session, SessionError};
use crate::text::CharOffset;

/// How long nothing must have been typed before it is looked at what becomes of the codings.
const PAUSE: Duration = Duration::from_millis(250);

type Answer = Result<Retexted, String>;

/// What would become of the codings, found out on another thread.
#[derive(Default)]
struct Outlook {
    waiting: Option<Receiver<Answer>>,
    told: Option<Answer>,
}

impl Outlook {
    fn start(&mut self, ctx: &Context, work: impl FnOnce() -> Result<Retexted, SessionError> + Send + 'static) {
        let (sender, receiver) = channel();
        let wake = ctx.clone();
        let look = move || {
            // Where the question was answered meanwhile, nobody listens.
            let _ = sender.send(work().map_err(|e| e.to_string()));
            wake.request_repaint();
        };
        let started = std::thread::Builder::new().name("framelens-texts".to_owned()).spawn(look).is_ok();
        self.waiting = started.then_some(receiver);
    }

    fn poll(&mut self) {
        match self.waiting.as_ref().map(Receiver::try_recv) {
            Some(Ok(answer)) => {
                self.told = Some(answer);
                self.waiting = None;
            }
            Some(Err(TryRecvError::Disconnected)) => self.waiting = None,
            _ => {}
        }
    }
}

/// What was answered.
pub enum Chosen {
    Nothing,
    Leave,
    Do(Command),
}

/// The text of an article while it is being corrected.
pub struct TextForm {
    article: ArticleId,
    text: String,
    /// Where the caret begins: where it stands on the page.
    caret: CharOffset,
    /// When the text was last changed since its outlook was asked for.
    typed: Option<Instant>,
    outlook: Outlook,
    /// Whether it was asked if what was typed is to be thrown away.
    leaving: bool,
}

impl TextForm {
    pub fn of(session: &Session, article: &ArticleId, caret: CharOffset) -> Option<Self> {
        let text = session.article(article)?.text.to_string();
        Some(Self { article: article.clone(), text, caret, typed: None, outlook: Outlook::default(), leaving: false })
    }

    /// Whether the question may go as it is; where something was typed, that is asked first.
    pub fn may_leave(&mut self, session: &Session) -> bool {
        let changed = session.article(&self.article).is_some_and(|a| *a.text != *self.text);
        let first = changed && !self.leaving;
        self.leaving |= changed;
        !first
    }

    pub fn ui(&mut self, ui: &mut Ui, session: &Session, fresh: bool) -> Chosen {
        let room = ui.ctx().content_rect();
        ui.set_width((room.width() * 0.7).min(760.0));
        ui.heading("Correct the text");
        hint(
            ui,
            "For what a scan or an import got wrong. Everybody’s codings stay with their words, where those are still there. You can undo this.",
        );
        ui.add_space(6.0);
        let height = room.height() * 0.55;
        egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink(false).show(ui, |ui| {
            let id = ui.make_persistent_id("text of the article");
            if fresh {
                let mut state = TextEditState::default();
                state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(self.caret.0))));
                state.store(ui.ctx(), id);
            }
            let field = TextEdit::multiline(&mut self.text)
                .id(id)
                .font(theme::serif(15.0))
                .desired_width(f32::INFINITY)
                .desired_rows(12)
                .margin(vec2(10.0, 8.0));
            let field = ui.add(field);
            field.widget_info(|| WidgetInfo::labeled(Role::MultilineTextInput, true, "Text of the article"));
            if fresh {
                field.request_focus();
            }
            if field.changed() {
                self.typed = Some(Instant::now());
                self.leaving = false;
            }
        });
        self.outlook.poll();
        if let Some(typed) = self.typed
            && self.outlook.waiting.is_none()
        {
            if typed.elapsed() >= PAUSE {
                let (look, text) = (session.outlook(), self.text.clone());
                let article = self.article.clone();
                self.outlook.start(ui.ctx(), move || look(&article, &text));
                self.typed = None;
            } else {
                ui.ctx().request_repaint_after(PAUSE);
            }
        }
        ui.add_space(6.0);
        let line = match &self.outlook.told {
            _ if self.typed.is_some() || self.outlook.waiting.is_some() => soft(ui, "Looking where the codings are…"),
            Some(Ok(told)) if !told.orphans.is_empty() => RichText::new(would(told)).color(tokens(ui).warning),
            Some(Ok(told)) => soft(ui, would(told)),
            Some(Err(why)) => RichText::new(why.as_str()).color(tokens(ui).warning),
            None => soft(ui, "Nothing is changed yet."),
        };
        ui.add(Label::new(line).wrap());
        ui.add_space(8.0);
        let mut chosen = Chosen::Nothing;
        if self.leaving {
            ui.horizontal(|ui| {
                ui.label(RichText::new("Throw away what you typed?").font(theme::sans_medium(13.0)));
                if secondary(ui, "Throw it away", "Esc").clicked() {
                    chosen = Chosen::Leave;
                }
                if primary(ui, "Go on correcting", "").clicked() {
                    self.leaving = false;
                }
            });
            return chosen;
        }
        ui.horizontal(|ui| {
            // What becomes of the codings is seen before it is done.
            let known =
                matches!(self.outlook.told, Some(Ok(_))) && self.typed.is_none() && self.outlook.waiting.is_none();
            let ready = known && !self.text.trim().is_empty();
            if ui.add_enabled_ui(ready, |ui| primary(ui, "Correct", "")).inner.clicked() && ready {
                chosen = Chosen::Do(Command::SetText(self.article.clone(), self.text.clone()));
            }
            if secondary(ui, "Cancel", "Esc").clicked() && self.may_leave(session) {
                chosen = Chosen::Leave;
            }
        });
        chosen
    }
}

fn percent(told: &Retexted) -> String {
    let least = told.fuzzy.iter().map(|m| m.score).fold(1.0, f32::min);
    format!("{:.0} %", f64::from(least) * 100.0)
}

/// Which marks without words of their own go.
fn marks(told: &Retexted) -> Option<String> {
    let all = [
        (told.parts.len(), "part of the page", "parts of the page"),
        (told.passages.len(), "passage read with nothing found", "passages read with nothing found"),
        (told.answers.len(), "answered suggestion", "answered suggestions"),
    ];
    let some: Vec<_> = all.iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| count(*n, one, many)).collect();
    (!some.is_empty()).then(|| some.join(", "))
}

/// What would become of the codings.
fn would(told: &Retexted) -> String {
    let mut parts = vec![count(told.exact, "coding stays at its words", "codings stay at their words")];
    if !told.fuzzy.is_empty() {
        parts.push(format!("{} ({})", count(told.fuzzy.len(), "moves", "move, at the least"), percent(told)));
    }
    if !told.orphans.is_empty() {
        parts.push(count(told.orphans.len(), "would lose its words", "would lose their words"));
    }
    if !told.returned.is_empty() {
        parts.push(count(told.returned.len(), "would find its words again", "would find their words again"));
    }
    let lost = marks(told).map(|marks| format!(" No longer marked: {marks}.")).unwrap_or_default();
    format!("{}.{lost}", parts.join(", "))
}

/// What became of the codings.
pub fn became(told: &Retexted) -> String {
    let named = |words: &str| {
        let short: String = words.chars().take(40).collect();
        format!("“{short}{}”", if short.len() < words.len() { "…" } else { "" })
    };
    let listed = |all: Vec<String>| {
        let more = if all.len() > 3 { ", …" } else { "" };
        format!("{}{more}", all.into_iter().take(3).collect::<Vec<_>>().join(", "))
    };
    let mut text = format!("{}.", count(told.exact, "coding stands at its words", "codings stand at their words"));
    if !told.fuzzy.is_empty() {
        let moved = told.fuzzy.iter().map(|m| format!("{} is now {}", named(&m.before), named(&m.after))).collect();
        text += &format!(" Look at {}: {}.", count(told.fuzzy.len(), "that moved", "that moved"), listed(moved));
    }
    if !told.orphans.is_empty() {
        let lost = told.orphans.iter().map(|o| named(&o.words)).collect();
        let what = count(told.orphans.len(), "lost its words and is kept", "lost their words and are kept");
        text += &format!(" {what} under “Lost their words”: {}.", listed(lost));
    }
    if !told.returned.is_empty() {
        text += &format!(" {} again.", count(told.returned.len(), "found its words", "found their words"));
    }
    if let Some(marks) = marks(told) {
        text += &format!(" No longer marked: {marks}.");
    }
    text
}

/// What is known of the open article's text.
#[derive(Default)]
pub struct Watch {
    /// The article and the state of the project for which it was looked.
    looked: Option<(ArticleId, u64)>,
    changed: bool,
    outlook: Outlook,
    /// The articles whose banner was put away.
    put_away: BTreeSet<ArticleId>,
}

impl Watch {
    /// The banner over a text that another program changed.
    pub fn ui(&mut self, ui: &mut Ui, session: &Session, article: &ArticleId, commands: &mut Vec<Command>) {
        let now = (article.clone(), session.revision());
        if self.looked.as_ref() != Some(&now) {
            self.changed = session.text_changed(article);
            self.outlook = Outlook::default();
            if self.changed {
                let (look, id) = (session.outlook_again(), article.clone());
                self.outlook.start(ui.ctx(), move || look(&id));
            }
            self.looked = Some(now);
        }
        if !self.changed || self.put_away.contains(article) {
            return;
        }
        self.outlook.poll();
        let mut text = "This text was changed by another program.".to_owned();
        match &self.outlook.told {
            Some(Ok(told)) => {
                let found = count(told.exact, "coding is found again exactly", "codings are found again exactly");
                text += &format!(" {found}, {} nearly, {} not.", told.fuzzy.len(), told.orphans.len());
                if let Some(marks) = marks(told) {
                    text += &format!(" No longer marked: {marks}.");
                }
            }
            Some(Err(why)) => text += &format!(" {why}"),
            None => text += " Looking where the codings are…",
        }
        let t = tokens(ui);
        Frame::new().fill(t.panel).inner_margin(Margin::symmetric(18, 10)).show(ui, |ui| {
            ui.take_available_width();
            ui.add(Label::new(RichText::new(text).font(theme::sans(12.5)).color(t.ink)).wrap());
            ui.add_space(4.0);
            ui.horizontal(|ui| {
                let writable = session.read_only().is_none();
                if ui.add_enabled_ui(writable, |ui| primary(ui, "Find them again", "")).inner.clicked() && writable {
                    commands.push(Command::FindCodingsAgain);
                }
                let back = ui.add_enabled_ui(writable, |ui| secondary(ui, "Put the text back", "")).inner;
                if back.on_hover_text("As it was coded, from the newest backup that has it").clicked() && writable {
                    commands.push(Command::PutTextBack);
                }
                let leave = secondary(ui, "Leave it for now", "");
                if leave.on_hover_text("Leave all as it is; nothing is coded in this article").clicked() {
                    self.put_away.insert(article.clone());
                }
            });
        });
    }
}

/// The coder's codings in the open article that lost their words.
pub fn orphans_ui(ui: &mut Ui, session: &Session, reading: &Reading, commands: &mut Vec<Command>) {
    let Some(article) = reading.article() else { return };
    let Some(coding) = session.coding(article).filter(|c| !c.orphans.is_empty()) else { return };
    heading(ui, &format!("Lost their words ({})", coding.orphans.len()), |_| {});
    card(ui, |ui| {
        hint(
            ui,
            "The text changed, and these words are not in it any more. Select where a coding belongs, or delete it.",
        );
        for (id, orphan) in &coding.orphans {
            ui.add_space(6.0);
            let t = tokens(ui);
            let words: String = orphan.words().chars().take(200).collect();
            ui.add(Label::new(RichText::new(words).font(theme::serif_italic(15.5)).color(t.ink)).wrap());
            let code =
                orphan.tag.code().map(|c| session.project().codebook.get(c).map_or("(code is gone)", |c| &c.name));
            ui.label(soft(ui, code.unwrap_or(orphan.tag.layer().title())));
            ui.horizontal_wrapped(|ui| {
                let there = reading.target().is_some() && session.read_only().is_none();
                let place = ui.add_enabled_ui(there, |ui| secondary(ui, "Place at the selection", "")).inner;
                if place.clicked() && there {
                    commands.push(Command::PlaceOrphan(*id));
                }
                if secondary(ui, "Delete", "").on_hover_text("Delete this coding for good").clicked() {
                    commands.push(Command::DeleteOrphan(*id));
                }
            });
        }
    });
    ui.add_space(14.0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Moved, Told};
    use crate::model::AnnotationId;

    #[test]
    fn what_becomes_of_the_codings_is_said_in_words() {
        let coder: crate::model::CoderId = "ada".parse().unwrap_or_else(|_| unreachable!("an id"));
        let annotation = AnnotationId::new();
        let mut told = Retexted { exact: 14, ..Retexted::default() };
        assert_eq!(would(&told), "14 codings stay at their words.");
        assert_eq!(became(&told), "14 codings stand at their words.");
        let (before, after) = ("purge".to_owned(), "prge".to_owned());
        told.fuzzy.push(Moved { coder: coder.clone(), annotation, before, after, score: 0.884 });
        told.orphans.push(Told { coder, annotation, words: "witch hunt".to_owned() });
        assert_eq!(would(&told), "14 codings stay at their words, 1 moves (88 %), 1 would lose its words.");
        assert!(became(&told).contains("“purge” is now “prge”") && became(&told).contains("“witch hunt”"));
    }
}
