//! What is said while there is nothing to list.

use eframe::egui::{Frame, Label, Margin, RichText, Role, Sense, Ui, WidgetInfo, vec2};

use super::Finding;
use super::asking::count_of;
use crate::app::theme::{self, tokens};
use crate::app::widgets::{focus_ring, hint, secondary};
use crate::session::Session;

/// What may be typed, and what it finds.
const EXAMPLES: [(&str, &str); 6] = [
    ("witch hunt", "these words, with any white space between them"),
    ("purg*", "words that begin so: purge, purged, purging; “the * party” takes any one word"),
    ("\"Witch hunt\"", "exactly this, with “Aa” also its capitals"),
    ("party NEAR/5 purge", "the two with at most four words between them, whichever comes first"),
    ("/expel(s|led|ling)/", "a regular expression"),
    ("the /wom[ae]n/ \"who left\"", "and all of them one behind the other"),
];

impl Finding {
    /// Nothing is typed yet.
    pub(super) fn examples_ui(&mut self, ui: &mut Ui) {
        let t = tokens(ui);
        Frame::new().inner_margin(Margin { left: 28, right: 28, top: 30, bottom: 10 }).show(ui, |ui| {
            ui.reset_style();
            let title = RichText::new("Find words in all articles").font(theme::serif_semibold(22.0)).color(t.ink);
            ui.add(Label::new(title).selectable(false));
            hint(ui, "Type above; what is found appears while you type. For example:");
            ui.add_space(10.0);
            for (query, means) in EXAMPLES {
                if example_ui(ui, query, means) {
                    query.clone_into(&mut self.query);
                    self.options.regex = false;
                    self.focus_query = true;
                }
            }
        });
    }

    /// What is asked for is nowhere.
    pub(super) fn nothing_ui(&mut self, ui: &mut Ui, session: &Session) {
        let t = tokens(ui);
        Frame::new().inner_margin(Margin { left: 28, right: 28, top: 30, bottom: 10 }).show(ui, |ui| {
            ui.reset_style();
            let title = RichText::new("Not found").font(theme::serif_semibold(22.0)).color(t.ink);
            ui.add(Label::new(title).selectable(false));
            let all = session.project().articles.len();
            if self.found.of < all {
                hint(
                    ui,
                    &format!(
                        "{} of {} were searched: the filters leave the others out.",
                        self.found.of,
                        count_of(all, "article")
                    ),
                );
            } else {
                hint(ui, &format!("It stands in none of {}.", count_of(all, "article")));
            }
            ui.add_space(8.0);
            ui.horizontal_wrapped(|ui| {
                if self.is_filtered() && secondary(ui, "Clear the filters", "").clicked() {
                    self.clear_filters();
                }
                if self.options.case && secondary(ui, "Let capitals not matter", "").clicked() {
                    self.options.case = false;
                }
                if self.options.word && secondary(ui, "Look within words too", "").clicked() {
                    self.options.word = false;
                }
            });
        });
    }
}

/// The query cannot be read; what is wrong stands right below it.
pub(super) fn broken_ui(ui: &mut Ui) {
    Frame::new().inner_margin(Margin { left: 28, right: 28, top: 30, bottom: 10 }).show(ui, |ui| {
        ui.reset_style();
        hint(
            ui,
            "Nothing is searched until this can be read. To look for a sign itself, put it in \"quotation marks\".",
        );
    });
}

fn example_ui(ui: &mut Ui, query: &str, means: &str) -> bool {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width().min(640.0), 34.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Find {query}: {means}")));
    if response.hovered() {
        ui.painter().rect_filled(rect, 6, t.panel);
    }
    let painter = ui.painter_at(rect);
    let typed = painter.layout_no_wrap(query.to_owned(), theme::sans_medium(13.5), t.accent);
    painter.galley(rect.left_center() + vec2(10.0, -typed.size().y / 2.0), typed, t.accent);
    let mut job = eframe::egui::text::LayoutJob::simple(
        means.to_owned(),
        theme::sans(12.5),
        t.soft,
        (rect.width() - 222.0).max(60.0),
    );
    job.wrap.max_rows = 2;
    let means = painter.layout_job(job);
    painter.galley(rect.left_center() + vec2(212.0, -means.size().y / 2.0), means, t.soft);
    focus_ring(ui, &response, rect);
    response.clicked()
}
