//! The selected coding, and the selected suggestion.

use eframe::egui::{self, Button, ComboBox, Label, RichText, Role, TextEdit, Ui, WidgetInfo, vec2};

use super::command::{By, Change, Command};
use super::reading::{From, Reading};
use super::theme::{self, tokens};
use super::widgets::{card, heading, hint, key, pill, primary, secondary, soft, swatch};
use crate::model::{Annotation, AnnotationId, ArticleId, Layer, Placement, Stance, Tag, Voice};
use crate::session::{Ends, Session};

/// A field and what the project held for it when it was last looked at. What is being typed is kept until the project
/// says something else.
#[derive(Default)]
struct Typed {
    text: String,
    known: String,
}

impl Typed {
    fn follow(&mut self, held: &str, other_coding: bool) {
        if other_coding || self.known != held {
            // A blank at the end is part of typing, not of what is held.
            if other_coding || self.text.trim() != held.trim() {
                self.text = held.to_owned();
            }
            self.known = held.to_owned();
        }
    }
}

/// What is being typed about a coding.
#[derive(Default)]
pub struct Inspector {
    of: Option<AnnotationId>,
    speaker: Typed,
    target: Typed,
    memo: Typed,
    pub focus_memo: bool,
}

impl Inspector {
    pub fn ui(&mut self, ui: &mut Ui, session: &Session, reading: &Reading, commands: &mut Vec<Command>) {
        heading(ui, "Coding", |_| {});
        if let (Some(article), Some(From::Other(id))) = (reading.article(), reading.chosen) {
            self.of = None;
            other_ui(ui, session, article, id);
            return;
        }
        let (Some(article), Some(From::Coding(id))) = (reading.article(), reading.chosen) else {
            self.of = None;
            card(ui, |ui| {
                hint(
                    ui,
                    "Select words and press a code’s key, or click a code. Click a coding to see whose words it is in.",
                );
            });
            return;
        };
        let Some(annotation) = session.annotation(article, id) else { return };
        self.load(annotation);
        let parts = session.article(article).map(|a| a.parts.clone()).unwrap_or_default();
        let start = annotation.hull().start;
        let placement = Placement::of(reading.document(), &parts, start);
        card(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 5.0;
            let t = tokens(ui);
            let words = RichText::new(annotation.words()).font(theme::serif_italic(15.5)).color(t.ink);
            ui.add(Label::new(words).wrap());
            ui.add_space(2.0);
            let mut set = |change| commands.push(Command::Set(id, change));
            if annotation.tag.layer() == Layer::Frame {
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
                    for &voice in Voice::ALL {
                        let on = annotation.attributes.voice == Some(voice);
                        if pill(ui, voice.title(), on, whose(voice)).clicked() {
                            set(Change::Voice(voice));
                        }
                    }
                });
                ui.add_space(2.0);
            }
            row(ui, "Code", |ui| code_choice(ui, session, annotation, &mut set));
            let layer = annotation.tag.layer();
            let has_speaker = layer == Layer::Quote
                || (layer == Layer::Frame && annotation.attributes.voice.is_none_or(Voice::has_speaker))
                || annotation.attributes.speaker.is_some();
            if has_speaker {
                row(ui, "Speaker", |ui| {
                    if line_field(ui, "Speaker", &mut self.speaker.text) {
                        set(Change::Speaker(self.speaker.text.clone()));
                    }
                });
            }
            // Of a name it is whom or what the name stands for.
            let target = if layer == Layer::Entity { "Stands for" } else { "Target" };
            row(ui, target, |ui| {
                if line_field(ui, target, &mut self.target.text) {
                    set(Change::Target(self.target.text.clone()));
                }
            });
            if has_speaker {
                row(ui, "Attribution", |ui| stance_choice(ui, annotation, &mut set));
            }
            row(ui, "Placement", |ui| {
                ui.label(match reading.body_paragraph(start) {
                    Some(paragraph) => format!("{}, paragraph {paragraph}", placement.title()),
                    None => placement.title().to_owned(),
                });
            });
            if annotation.tag.layer() == Layer::Frame {
                row(ui, "Intensity", |ui| intensity(ui, annotation, &mut set));
                row(ui, "Denied", |ui| {
                    let mut negated = annotation.attributes.negated;
                    ui.visuals_mut().widgets.inactive.bg_stroke = egui::Stroke::new(1.0, t.soft);
                    let tick = ui.checkbox(&mut negated, "");
                    tick.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, negated, "Denied"));
                    if tick.on_hover_text("The frame is named to be denied: “not a witch hunt”").changed() {
                        set(Change::Negated(negated));
                    }
                });
            }
            ends(ui, commands);
            let memo = TextEdit::multiline(&mut self.memo.text)
                .hint_text("Memo")
                .desired_rows(2)
                .desired_width(f32::INFINITY)
                .margin(vec2(8.0, 6.0));
            let memo = ui.add(memo);
            memo.widget_info(|| WidgetInfo::labeled(Role::MultilineTextInput, true, "Memo"));
            if std::mem::take(&mut self.focus_memo) {
                memo.request_focus();
            }
            if memo.changed() {
                commands.push(Command::Set(id, Change::Memo(self.memo.text.clone())));
            }
            ui.horizontal(|ui| {
                ui.label(soft(ui, origin(annotation)));
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    let delete = Button::new(RichText::new("Delete").font(theme::sans(theme::size::SMALL)));
                    if ui.add(delete).on_hover_text("Delete this coding (Del)").clicked() {
                        commands.push(Command::DeleteCoding);
                    }
                });
            });
        });
    }

    /// Takes the coding's words into the fields, where they have changed.
    fn load(&mut self, annotation: &Annotation) {
        let other = self.of.replace(annotation.id) != Some(annotation.id);
        let name = |party: &Option<crate::model::Party>| party.as_ref().map_or(String::new(), |p| p.name.clone());
        self.speaker.follow(&name(&annotation.attributes.speaker), other);
        self.target.follow(&name(&annotation.attributes.target), other);
        self.memo.follow(&annotation.memo, other);
    }
}

fn whose(voice: Voice) -> &'static str {
    match voice {
        Voice::Outlet => "The outlet’s own words",
        Voice::Quoted => "Somebody’s words, in quotation marks",
        Voice::Reported => "Somebody’s sense in the outlet’s words",
        Voice::Scare => "In quotation marks that quote nobody",
        Voice::Headline => "The outlet’s own words in a headline",
        Voice::Name => "Part of a name or a title",
    }
}

/// A line of the card: what, and its value at the right.
fn row(ui: &mut Ui, label: &str, value: impl FnOnce(&mut Ui)) {
    let t = tokens(ui);
    let top = ui.cursor().top() - 2.0;
    ui.painter().hline(ui.max_rect().x_range(), top, egui::Stroke::new(1.0, t.rule));
    ui.horizontal(|ui| {
        ui.set_min_height(26.0);
        let text = RichText::new(label).font(theme::sans(12.0)).color(t.soft);
        ui.add(Label::new(text).selectable(false));
        // No boxes within the card: what can be changed shows its edge when the mouse is over it.
        let widgets = &mut ui.visuals_mut().widgets;
        widgets.inactive.bg_stroke = egui::Stroke::NONE;
        widgets.noninteractive.bg_stroke = egui::Stroke::NONE;
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), value);
    });
}

/// A field of one line; whether something was typed. What is typed is kept at once, as the memo is, so that closing the
/// window loses nothing.
fn line_field(ui: &mut Ui, name: &str, text: &mut String) -> bool {
    let field = TextEdit::singleline(text)
        .hint_text("—")
        .align(egui::Align2::RIGHT_CENTER)
        .desired_width(ui.available_width().min(190.0))
        .margin(vec2(6.0, 3.0));
    let response = ui.add(field);
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
    response.changed()
}

fn code_choice(ui: &mut Ui, session: &Session, annotation: &Annotation, set: &mut impl FnMut(Change)) {
    let Some(current) = annotation.tag.code() else {
        let word = match &annotation.tag {
            Tag::Entity(kind) => kind.title(),
            Tag::Quote(kind) => kind.title(),
            Tag::Claim(kind) => kind.title(),
            Tag::Frame(_) => "",
        };
        ui.label(format!("{} · {}", annotation.tag.layer().title(), word));
        return;
    };
    let book = &session.project().codebook;
    let name = book.get(current).map_or("(code is gone)", |c| c.name.as_str());
    let choice = ComboBox::from_id_salt("code of the coding").selected_text(name).show_ui(ui, |ui| {
        for (depth, code) in book.tree() {
            ui.horizontal(|ui| {
                ui.add_space(depth as f32 * 12.0);
                swatch(ui, tokens(ui).code(code.colour));
                if ui.selectable_label(code.id == *current, &code.name).clicked() {
                    set(Change::Code(code.id.clone()));
                    ui.close();
                }
            });
        }
    });
    choice.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, format!("Code of the coding: {name}")));
}

fn stance_choice(ui: &mut Ui, annotation: &Annotation, set: &mut impl FnMut(Change)) {
    let current = annotation.attributes.stance;
    let name = current.map_or("—", Stance::title);
    let choice = ComboBox::from_id_salt("stance of the coding").selected_text(name).show_ui(ui, |ui| {
        for stance in std::iter::once(None).chain(Stance::ALL.iter().copied().map(Some)) {
            let title = stance.map_or("—", Stance::title);
            if ui.selectable_label(stance == current, title).clicked() {
                set(Change::Stance(stance));
            }
        }
    });
    choice.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, format!("Attribution: {name}")));
}

fn intensity(ui: &mut Ui, annotation: &Annotation, set: &mut impl FnMut(Change)) {
    let t = tokens(ui);
    let current = annotation.attributes.intensity.unwrap_or(0);
    ui.spacing_mut().item_spacing.x = 2.0;
    // The layout runs from the right.
    for n in (1..=3u8).rev() {
        let (rect, response) = ui.allocate_exact_size(vec2(18.0, 22.0), egui::Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, n <= current, format!("Intensity {n}")));
        let (fill, edge) = if n <= current { (t.ink, t.ink) } else { (t.paper, t.soft) };
        ui.painter().circle(rect.center(), 4.0, fill, egui::Stroke::new(1.0, edge));
        super::widgets::focus_ring(ui, &response, rect);
        if response.clicked() {
            set(Change::Intensity((n != current).then_some(n)));
        }
    }
}

/// Buttons that move the ends by a word.
fn ends(ui: &mut Ui, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    let top = ui.cursor().top() - 2.0;
    ui.painter().hline(ui.max_rect().x_range(), top, egui::Stroke::new(1.0, t.rule));
    let mut step = |ui: &mut Ui, sign: &str, end, right: bool, name: &str| {
        let button = ui.add(Button::new(sign).small().min_size(vec2(24.0, 20.0)));
        button.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
        if button.on_hover_text(name).clicked() {
            commands.push(Command::Nudge(end, By::Word, right));
        }
    };
    let label = |ui: &mut Ui, text: &str| {
        ui.add(Label::new(RichText::new(text).font(theme::sans(12.0)).color(t.soft)).selectable(false));
    };
    ui.horizontal(|ui| {
        ui.set_min_height(28.0);
        ui.spacing_mut().item_spacing.x = 4.0;
        label(ui, "Start");
        step(ui, "←", Ends::Start, false, "Start one word left");
        step(ui, "→", Ends::Start, true, "Start one word right");
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            step(ui, "→", Ends::End, true, "End one word right");
            step(ui, "←", Ends::End, false, "End one word left");
            label(ui, "End");
        });
    });
}

fn origin(annotation: &Annotation) -> String {
    use crate::model::Origin;
    match &annotation.origin {
        Origin::Hand => "coded by hand".to_owned(),
        Origin::Accepted { detector, edited, .. } => {
            format!("accepted from {detector}{}", if *edited { ", edited" } else { "" })
        }
        Origin::Imported { from } => format!("imported from {from}"),
    }
}

/// What somebody else has coded: to be read, not to be changed.
fn other_ui(ui: &mut Ui, session: &Session, article: &ArticleId, id: AnnotationId) {
    let Some((coder, annotation)) = session.anybodys(article, id) else { return };
    let project = session.project();
    let coder = project.coders.get(coder).map_or_else(|| coder.to_string(), |c| c.name.clone());
    card(ui, |ui| {
        let t = tokens(ui);
        ui.add(Label::new(RichText::new(annotation.words()).font(theme::serif_italic(15.5)).color(t.ink)).wrap());
        let what = match &annotation.tag {
            Tag::Frame(code) => project.codebook.get(code).map_or_else(|| code.to_string(), |c| c.name.clone()),
            tag => tag.word().to_owned(),
        };
        let attributes = &annotation.attributes;
        let mut about = vec![what];
        about.extend(attributes.voice.map(|v| v.title().to_owned()));
        about.extend(attributes.speaker.as_ref().map(|s| s.name.clone()));
        hint(ui, &about.join(" · "));
        if !annotation.memo.is_empty() {
            ui.add(Label::new(soft(ui, annotation.memo.clone())).wrap());
        }
        ui.label(soft(ui, format!("Coded by {coder}")));
    });
}

/// The suggestion that is selected, or the next one.
pub fn suggestion_ui(ui: &mut Ui, session: &Session, reading: &Reading, shown: bool, commands: &mut Vec<Command>) {
    let frames = reading.frame_suggestions();
    let chosen = match reading.chosen {
        Some(From::Suggestion(index)) => Some(index),
        _ => None,
    };
    let place = chosen.and_then(|c| frames.iter().position(|f| *f == c));
    let title = match place {
        Some(place) => format!("Suggestion {} of {}", place + 1, frames.len()),
        None if chosen.is_some() => "Found in the text".to_owned(),
        None => format!("Suggestions: {}", frames.len()),
    };
    heading(ui, &title, |_| {});
    card(ui, |ui| {
        if session.project().settings.blind {
            hint(ui, "This project is coded blind: suggestions are hidden (Suggestions → Blind).");
            return;
        }
        if reading.article().is_none() {
            hint(ui, "They come with the first article.");
            return;
        }
        let Some(detected) = reading.detected() else {
            hint(ui, "Looking for names, quotations and framing…");
            return;
        };
        let Some(found) = chosen.and_then(|c| detected.suggestions.get(c)) else {
            if frames.is_empty() || !shown {
                hint(
                    ui,
                    if shown {
                        "None wait for an answer in this article."
                    } else {
                        "Frame suggestions are hidden (View)."
                    },
                );
            } else {
                ui.horizontal(|ui| {
                    hint(ui, "Walk through them with");
                    key(ui, "Tab");
                });
                if secondary(ui, "First suggestion", "Tab").clicked() {
                    commands.push(Command::NextSuggestion);
                }
            }
            return;
        };
        let t = tokens(ui);
        let words = reading.document().map().slice(found.span).unwrap_or_default();
        ui.add(Label::new(RichText::new(words).font(theme::serif_italic(15.5)).color(t.ink)).wrap());
        let mut about = vec![found.label.clone()];
        about.extend(found.voice.map(|v| v.title().to_owned()));
        about.extend(found.speaker.clone());
        if found.negated {
            about.push("denied".to_owned());
        }
        hint(ui, &about.join(" · "));
        if !found.why.is_empty() {
            ui.add(Label::new(soft(ui, found.why.clone())).wrap());
        }
        if found.layer == Layer::Frame && session.tag_of(found).is_none() {
            ui.add(Label::new(soft(ui, format!("Accepting adds the code “{}” to the codebook.", found.label))).wrap());
        }
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
            if primary(ui, "Accept", "↵").clicked() {
                commands.push(Command::AcceptSuggestion);
            }
            if secondary(ui, "Reject", "X").clicked() {
                commands.push(Command::RejectSuggestion);
            }
            if secondary(ui, "Next", "Tab").clicked() {
                commands.push(Command::NextSuggestion);
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::Typed;

    #[test]
    fn what_is_typed_stays_until_the_project_says_otherwise() {
        let mut field = Typed::default();
        field.follow("two", true);
        field.text.push_str(" council ");
        // Something else in the project has changed.
        field.follow("two", false);
        assert_eq!(field.text, "two council ");
        // What was typed has arrived, without the blank.
        field.follow("two council", false);
        assert_eq!(field.text, "two council ");
        // An undo.
        field.follow("two", false);
        assert_eq!(field.text, "two");
        field.follow("", true);
        assert_eq!(field.text, "");
    }
}
