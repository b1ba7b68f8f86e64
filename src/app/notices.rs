//! Quiet words at the lower edge of the page. Good news goes by itself; bad news stays until it is put away.

use std::time::{Duration, Instant};

use eframe::egui::{self, Align2, Area, Context, Frame, Margin, Order, Stroke, vec2};

use super::theme::{self, tokens};
use crate::session::Told;

const STAY: Duration = Duration::from_secs(6);

#[derive(Debug)]
struct Notice {
    text: String,
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
        self.add(text.into(), Some(Instant::now() + STAY));
    }

    /// Something that must not be missed.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.add(text.into(), None);
    }

    /// What the session has to tell.
    pub fn put(&mut self, told: Told) {
        match told {
            Told::News(text) => self.tell(text),
            Told::Trouble(text) => self.warn(text),
        }
    }

    fn add(&mut self, text: String, until: Option<Instant>) {
        self.notices.retain(|n| n.text != text);
        self.notices.push(Notice { text, until });
        if self.notices.len() > 3 {
            self.notices.remove(0);
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
                for (number, notice) in self.notices.iter().enumerate() {
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
                            ui.horizontal(|ui| {
                                let text = egui::RichText::new(&notice.text).font(theme::sans(13.0)).color(t.ink);
                                ui.add(egui::Label::new(text).wrap());
                                if notice.until.is_none() && ui.button("Put away").clicked() {
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
