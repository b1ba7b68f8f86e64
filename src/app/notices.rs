//! Quiet words at the lower edge of the page. Good news goes by itself; bad news stays until it is put away.

use std::time::{Duration, Instant};

use eframe::egui::{self, Align2, Area, Context, Frame, Key, Margin, Modifiers, Order, ScrollArea, Stroke, Ui, vec2};

use super::theme::{self, tokens};
use super::widgets::secondary;
use crate::session::Told;

const STAY: Duration = Duration::from_secs(6);

/// How much of a long text is shown until more is asked for, in code points and in lines.
const BRIEF: (usize, usize) = (280, 4);

/// How many are shown at once.
const MOST: usize = 3;

#[derive(Debug)]
struct Notice {
    text: String,
    /// What is there to be read and copied beyond the text.
    full: Option<String>,
    /// Whether all of it is shown.
    open: bool,
    /// `None`: until it is put away.
    until: Option<Instant>,
}

/// What the user has been told and has not put away.
#[derive(Debug, Default)]
pub struct Notices {
    notices: Vec<Notice>,
}

impl Notices {
    /// Something that is good to know.
    pub fn tell(&mut self, text: impl Into<String>) {
        // What takes long to read stays until it was read.
        let text = text.into();
        let until = brief(&text).is_none().then(|| Instant::now() + STAY);
        self.add(text, None, until);
    }

    /// Something that must not be missed.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.add(text.into(), None, None);
    }

    /// As [`warn`](Self::warn), with a report that can be opened and copied.
    pub fn report(&mut self, text: impl Into<String>, report: String) {
        self.add(text.into(), Some(report), None);
    }

    /// What the session has to tell.
    pub fn put(&mut self, told: Told) {
        match told {
            Told::News(text) => self.tell(text),
            Told::Trouble(text) => self.warn(text),
        }
    }

    fn add(&mut self, text: String, full: Option<String>, until: Option<Instant>) {
        self.notices.retain(|n| n.text != text);
        self.notices.push(Notice { text, full, open: false, until });
        if self.notices.len() > MOST {
            // Good news makes room first: a warning that nobody has put away may not have been read.
            let first = self.notices.iter().position(|n| n.until.is_some()).unwrap_or(0);
            self.notices.remove(first);
        }
    }

    /// What was told of a trouble that is over.
    pub fn put_all_away(&mut self) {
        self.notices.clear();
    }

    /// Whether anything is shown that will go by itself.
    pub fn is_telling(&self) -> bool {
        self.notices.iter().any(|n| n.until.is_some())
    }

    /// Puts the newest of those away that stay, as Esc does. Returns whether there was one.
    pub fn put_away_newest(&mut self) -> bool {
        let newest = self.notices.iter().rposition(|n| n.until.is_none());
        newest.map(|at| self.notices.remove(at)).is_some()
    }

    /// Takes Esc for itself where the page has no use for it.
    pub fn read_escape(&mut self, ctx: &Context) {
        if self.notices.iter().any(|n| n.until.is_none())
            && ctx.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape))
        {
            self.put_away_newest();
        }
    }

    pub fn ui(&mut self, ctx: &Context) {
        let now = Instant::now();
        self.notices.retain(|n| n.until.is_none_or(|until| until > now));
        if let Some(next) = self.notices.iter().filter_map(|n| n.until).min() {
            ctx.request_repaint_after(next - now);
        }
        if self.notices.is_empty() {
            return;
        }
        let mut gone = None;
        Area::new(egui::Id::unique("notices"))
            .order(Order::Foreground)
            .anchor(Align2::CENTER_BOTTOM, vec2(0.0, -44.0))
            .show(ctx, |ui| {
                for (number, notice) in self.notices.iter_mut().enumerate() {
                    let t = tokens(ui);
                    let edge = if notice.until.is_none() { t.warning } else { t.rule };
                    Frame::new()
                        .fill(t.paper)
                        .stroke(Stroke::new(1.0, edge))
                        .corner_radius(8)
                        .inner_margin(Margin::symmetric(14, 8))
                        .shadow(ui.visuals().popup_shadow)
                        .show(ui, |ui| {
                            ui.set_max_width(560.0);
                            ui.push_id(number, |ui| {
                                if notice.ui(ui) {
                                    gone = Some(number);
                                }
                            });
                        });
                }
            });
        if let Some(number) = gone {
            self.notices.remove(number);
        }
    }
}

impl Notice {
    /// Returns whether it was put away.
    fn ui(&mut self, ui: &mut Ui) -> bool {
        let ink = tokens(ui).ink;
        let label = |text: &str| egui::Label::new(egui::RichText::new(text).font(theme::sans(13.0)).color(ink)).wrap();
        let short = brief(&self.text);
        let more = short.is_some() || self.full.is_some();
        if !more {
            let mut gone = false;
            ui.horizontal(|ui| {
                if self.until.is_none() {
                    // The button takes its room first; the text wraps in what is left.
                    let room = (ui.available_width() - 96.0).max(200.0);
                    ui.scope(|ui| {
                        ui.set_max_width(room);
                        ui.add(label(&self.text));
                    });
                    gone = secondary(ui, "Put away", "").on_hover_text("Esc puts it away too").clicked();
                } else {
                    ui.add(label(&self.text));
                }
            });
            return gone;
        }
        if self.open {
            let height = (ui.ctx().content_rect().height() * 0.4).max(120.0);
            ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
                ui.add(label(&self.text));
                if let Some(full) = &self.full {
                    ui.add_space(4.0);
                    ui.add(label(full));
                }
            });
        } else {
            ui.add(label(short.as_deref().unwrap_or(&self.text)));
        }
        ui.add_space(4.0);
        let mut gone = false;
        ui.horizontal(|ui| {
            if secondary(ui, if self.open { "Less" } else { "More…" }, "").clicked() {
                self.open = !self.open;
            }
            let copy = if self.full.is_some() { "Copy the report" } else { "Copy" };
            if secondary(ui, copy, "").clicked() {
                ui.ctx().copy_text(self.full.clone().unwrap_or_else(|| self.text.clone()));
            }
            gone = secondary(ui, "Put away", "").on_hover_text("Esc puts it away too").clicked();
        });
        gone
    }
}

/// The beginning of a text that is too long to be shown at once; `None` where it is not.
fn brief(text: &str) -> Option<String> {
    let (chars, lines) = BRIEF;
    let end = text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
    let breaks = text.match_indices('\n').map(|(at, _)| at).filter(|at| *at + 1 < text.len());
    let end = breaks.take(lines).nth(lines - 1).map_or(end, |at| at.min(end));
    (end < text.trim_end().len()).then(|| format!("{}…", text[..end].trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_shown_in_part_and_stay() {
        assert_eq!(brief("Saved"), None);
        assert_eq!(brief("one\ntwo\nthree\nfour\n"), None);
        assert_eq!(brief("one\ntwo\nthree\nfour\nfive\n").as_deref(), Some("one\ntwo\nthree\nfour…"));
        assert_eq!(brief(&"é".repeat(280)), None);
        assert_eq!(brief(&"é".repeat(281)), Some("é".repeat(280) + "…"));
        let mut notices = Notices::default();
        notices.tell("word ".repeat(100));
        assert!(!notices.is_telling(), "it does not go before it can be read");
        assert!(notices.put_away_newest() && !notices.put_away_newest());
    }

    #[test]
    fn good_news_does_not_push_a_warning_out() {
        let mut notices = Notices::default();
        notices.warn("Not saved");
        for n in 0..5 {
            notices.tell(format!("News {n}"));
        }
        assert!(notices.notices.iter().any(|n| n.text == "Not saved"));
        assert_eq!(notices.notices.len(), MOST);
    }
}
