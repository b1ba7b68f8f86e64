//! The few buttons that are always in sight: one step back and forth, and which layers are shown.

use eframe::egui::{Align, Align2, Layout, Response, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, vec2};
use lucide_icons::Icon;

use super::App;
use super::command::{Command, key_name};
use super::theme::{self, tokens};
use super::widgets::focus_ring;

/// What stands in the bar: the command, its picture, and what a screen reader calls the button.
const BUTTONS: &[(Command, Icon, &str)] = &[
    (Command::Undo, Icon::Undo2, "Undo the last step"),
    (Command::Redo, Icon::Redo2, "Do again what was undone"),
    (Command::ShowEntities, Icon::UserRound, "Show names"),
    (Command::ShowQuotations, Icon::Quote, "Show quotations"),
    (Command::ShowClaims, Icon::BadgeCheck, "Show claims"),
    (Command::ShowFrames, Icon::Highlighter, "Show frame codings"),
    (Command::ShowSuggestions, Icon::Sparkles, "Show suggestions"),
    (Command::ShowOthers, Icon::Users, "Show what others coded"),
];
const SIDE: f32 = 28.0;
const GAP: f32 = 10.0;
/// What title and menus need.
const MENUS: f32 = 560.0;

impl App {
    /// The buttons, at the right end of what is free; nothing where there is no room for all of them.
    pub(super) fn toolbar_ui(&mut self, ui: &mut Ui) {
        let needed = BUTTONS.len() as f32 * (SIDE + 2.0) + GAP;
        if ui.available_width() < needed + MENUS || self.session.is_none() {
            return;
        }
        let (rect, _) = ui.allocate_exact_size(vec2(needed, SIDE), Sense::hover());
        let bar = UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center));
        ui.scope_builder(bar, |ui| self.buttons_ui(ui));
    }

    fn buttons_ui(&mut self, ui: &mut Ui) {
        ui.spacing_mut().item_spacing.x = 2.0;
        for (number, (command, icon, name)) in BUTTONS.iter().enumerate() {
            if number == 2 {
                ui.add_space(GAP - 2.0);
            }
            let Some(face) = self.faces.iter().find(|f| f.command == *command) else { continue };
            let (title, enabled) = self.title_of(face);
            let key = face.shortcuts.first().map(|s| format!(" ({})", key_name(ui.ctx(), s))).unwrap_or_default();
            let on = self.is_on(command);
            let about = match on {
                Some(true) => format!("{name}: on{key}"),
                Some(false) => format!("{name}: off{key}"),
                None => format!("{title}{key}"),
            };
            let response = ui.add_enabled_ui(enabled, |ui| icon_button(ui, *icon, name, on)).inner;
            if response.on_hover_text(about).clicked() {
                self.commands.push(command.clone());
            }
        }
    }
}

/// A button that is a picture. One that switches something has a ground while it is on, and a line through it while it
/// is off: its state is not told by colour alone.
pub fn icon_button(ui: &mut Ui, icon: Icon, name: &str, on: Option<bool>) -> Response {
    let t = tokens(ui);
    let enabled = ui.is_enabled();
    let (rect, response) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::click());
    response.widget_info(|| match on {
        Some(on) => WidgetInfo::selected(Role::CheckBox, enabled, on, name),
        None => WidgetInfo::labeled(Role::Button, enabled, name),
    });
    let ink = if !enabled {
        t.faint.gamma_multiply(0.6)
    } else if on == Some(false) {
        t.soft
    } else {
        t.ink
    };
    let painter = ui.painter();
    if on == Some(true) {
        painter.rect_filled(rect, 6, t.selection);
    }
    if response.hovered() {
        painter.rect_stroke(rect, 6, Stroke::new(1.0, t.faint), StrokeKind::Inside);
    }
    painter.text(rect.center(), Align2::CENTER_CENTER, char::from(icon), theme::icon(15.0), ink);
    if on == Some(false) {
        let (a, b) = (rect.left_bottom() + vec2(7.0, -7.0), rect.right_top() + vec2(-7.0, 7.0));
        painter.line_segment([a, b], Stroke::new(3.0, t.panel));
        painter.line_segment([a, b], Stroke::new(1.3, ink));
    }
    focus_ring(ui, &response, rect.shrink(1.0));
    response
}
