//! Five steps for whoever sits before the window for the first time. Each is done by doing it, or passed over; all of
//! it can be skipped, and asked for again.

use eframe::egui::{self, Align2, Area, Context, Frame, Id, Order, RichText, Role, WidgetInfo, vec2};

use super::App;
use super::reading::From;
use super::theme::{self, tokens};
use super::widgets::{hint, primary, secondary};

struct Step {
    title: &'static str,
    text: &'static str,
    /// Whether it has been done.
    done: fn(&App, &Start) -> bool,
}

/// How things stood when a step began.
#[derive(Clone, Debug, Default)]
struct Start {
    codings: usize,
    article: Option<crate::model::ArticleId>,
}

const STEPS: [Step; 5] = [
    Step {
        title: "Read",
        text: "On the left stands who speaks, on the right what is coded and whose words it is in. Names have a tinted \
               ground, codings a bar. Choose another article in the list, or press J.",
        done: |app, start| app.reading.article().cloned() != start.article,
    },
    Step {
        title: "Select",
        text: "Drag over some words; a double click takes a word, a triple click a sentence. With the keyboard: arrows, \
               with Shift; W makes the selection larger.",
        done: |app, _| !app.reading.selection.span().is_empty(),
    },
    Step {
        title: "Code",
        text: "Press the key beside a code in the codebook, say 2, or click the code. C asks which one, and makes a new \
               one of a name that is not there yet.",
        done: |app, start| app.codings_here() > start.codings,
    },
    Step {
        title: "Whose words?",
        text: "Click a coding. The card on the right says whose words it is in: the outlet’s own, quoted, reported, in \
               scare quotes. Correct it where it is wrong.",
        done: |app, _| matches!(app.reading.chosen, Some(From::Coding(_))) && app.said_whose_words,
    },
    Step {
        title: "Take it back, and go on",
        text: "Ctrl+Z takes back any step. Everything is saved as you go. Tab walks the suggestions, Ctrl+K finds every \
               command, ? shows every key.",
        done: |_, _| false,
    },
];

/// Where somebody is in the tour.
#[derive(Clone, Debug, Default)]
pub struct Tour {
    at: usize,
    start: Start,
}

impl App {
    pub(super) fn begin_tour(&mut self) {
        self.tour = Some(Tour { at: 0, start: self.start_of_step() });
        self.said_whose_words = false;
    }

    fn start_of_step(&self) -> Start {
        Start { codings: self.codings_here(), article: self.reading.article().cloned() }
    }

    fn codings_here(&self) -> usize {
        let coding = self.reading.article().and_then(|a| self.session.as_ref()?.coding(a));
        coding.map_or(0, |c| c.annotations.len())
    }

    /// The card of the step that is on.
    pub(super) fn tour_ui(&mut self, ctx: &Context) {
        let Some(mut tour) = self.tour.take() else { return };
        if self.reading.article().is_none() || self.dialog.is_some() || self.palette.is_some() {
            // An article that opens by itself is not one that was chosen.
            if tour.start.article.is_none() {
                tour.start = self.start_of_step();
            }
            self.tour = Some(tour);
            return;
        }
        if tour.start.article.is_none() {
            tour.start = self.start_of_step();
        }
        if (STEPS[tour.at].done)(self, &tour.start) {
            tour = Tour { at: tour.at + 1, start: self.start_of_step() };
        }
        let (mut next, mut skip) = (false, false);
        let step = &STEPS[tour.at];
        let last = tour.at + 1 == STEPS.len();
        Area::new(Id::unique("tour")).order(Order::Foreground).anchor(Align2::CENTER_BOTTOM, vec2(0.0, -52.0)).show(
            ctx,
            |ui| {
                let t = tokens(ui);
                let shadow = ui.visuals().window_shadow;
                let frame = Frame::new().fill(t.paper).stroke(egui::Stroke::new(1.0, t.accent)).corner_radius(10);
                frame.inner_margin(16).shadow(shadow).show(ui, |ui| {
                    ui.set_width(440.0);
                    let title = format!("{} of {}: {}", tour.at + 1, STEPS.len(), step.title);
                    let label = ui.label(RichText::new(&title).font(theme::sans_semibold(14.0)).color(t.ink));
                    label.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Tour, step {title}")));
                    hint(ui, step.text);
                    ui.add_space(6.0);
                    ui.horizontal(|ui| {
                        if last {
                            skip = primary(ui, "Done", "").clicked();
                        } else {
                            next = primary(ui, "Next step", "").clicked();
                            skip = secondary(ui, "Skip the tour", "").clicked();
                        }
                    });
                });
            },
        );
        if next {
            tour = Tour { at: tour.at + 1, start: self.start_of_step() };
        }
        if skip {
            self.reading.take_focus();
        } else {
            self.tour = Some(tour);
        }
    }
}
