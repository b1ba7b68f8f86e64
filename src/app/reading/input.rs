//! The caret, the selection, and what the mouse does.

use eframe::egui::{CursorIcon, Event, Key, Modifiers, Response, Ui};

use super::marks::From;
use super::{Geometry, Reading, Selection, Setting, page};
use crate::app::command::Command;
use crate::app::theme::Tokens;
use crate::text::{CharOffset, CharSpan, Extent};

/// A mouse button that is down on the text.
#[derive(Clone, Copy, Debug)]
pub struct Press {
    /// What the press selected: a caret, a word (double click) or a sentence (triple click).
    unit: CharSpan,
    /// By what the drag grows: `None` is letter by letter.
    by: Option<Extent>,
    moved: bool,
    /// Shift was down: the press only moved the head.
    extends: bool,
}

impl Reading {
    pub(super) fn mouse(&mut self, ui: &Ui, response: &Response, g: Geometry, setting: Setting) {
        let pointer = ui.input(|i| i.pointer.latest_pos());
        let over_text = |p: eframe::egui::Pos2| p.x > g.left - 12.0 && p.x < g.right + 12.0;
        let Some(pointer) = pointer.filter(|_| response.contains_pointer() || self.pressed.is_some()) else {
            self.hovered = None;
            return;
        };
        // Alt does what the setting does not.
        let exact = ui.input(|i| i.modifiers.alt) == setting.whole_words;
        let at = self.position_at(pointer);
        if response.contains_pointer() && over_text(pointer) {
            ui.ctx().set_cursor_icon(CursorIcon::Text);
        } else if self.labels.iter().any(|(rect, _)| rect.contains(pointer)) {
            ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
        }
        self.hovered = at
            .filter(|_| over_text(pointer) && self.pressed.is_none())
            .and_then(|at| self.under(at).first().map(|m| m.from));
        let Some(at) = at else { return };
        let (pressed, released, shift) =
            ui.input(|i| (i.pointer.primary_pressed(), i.pointer.primary_released(), i.modifiers.shift));
        if pressed
            && response.contains_pointer()
            && let Some((_, from)) = self.labels.iter().find(|(rect, _)| rect.contains(pointer))
        {
            response.request_focus();
            self.chosen = Some(*from);
            self.selection = Selection::at(self.selection.head);
        } else if pressed && response.contains_pointer() && over_text(pointer) {
            response.request_focus();
            self.goal = None;
            self.press(ui, at, shift);
        } else if let Some(press) = &mut self.pressed
            && ui.input(|i| i.pointer.primary_down())
        {
            press.moved |= ui.input(|i| i.pointer.is_decidedly_dragging());
            let press = *press;
            if press.moved {
                self.drag_to(ui, at, press, pointer, g);
            }
        }
        if released && let Some(press) = self.pressed.take() {
            let chosen_freely = (press.moved && press.by.is_none()) || press.extends;
            if chosen_freely && !exact && !self.selection.span().is_empty() {
                let forward = self.selection.anchor <= self.selection.head;
                let snapped = self.document.snap_to_words(self.selection.span());
                self.selection = if forward {
                    Selection::of(snapped)
                } else {
                    Selection { anchor: snapped.end, head: snapped.start }
                };
            } else if !press.moved && press.by.is_none() && !press.extends {
                match Self::clicks_in_frame(ui) {
                    Some(by) => self.select_unit(at, by),
                    None => self.click(at),
                }
            }
            if press.moved || press.extends {
                self.chosen = None;
            }
            // A double click may become a triple one; a brush waits for a drag.
            self.released = (press.moved || press.extends) && !self.selection.span().is_empty();
        }
    }

    fn press(&mut self, ui: &Ui, at: CharOffset, shift: bool) {
        // egui tells of a double click when the button goes up; how many presses came before is told sooner here.
        let now = ui.input(|i| i.time);
        let memory = Self::id().with("clicks");
        let (count, last, place) =
            ui.data(|d| d.get_temp::<(u32, f64, usize)>(memory)).unwrap_or((0, f64::NEG_INFINITY, 0));
        let again = now - last < 0.4 && place.abs_diff(at.0) <= 2;
        let count = if again { count % 3 + 1 } else { 1 };
        ui.data_mut(|d| d.insert_temp(memory, (count, now, at.0)));
        let by = match count {
            2 => Some(Extent::Word),
            3 => Some(Extent::Sentence),
            _ => None,
        };
        if shift && count == 1 {
            self.selection.head = at;
            self.pressed = Some(Press { unit: self.selection.span(), by: None, moved: false, extends: true });
            return;
        }
        let unit = by.and_then(|by| self.document.unit_at(at, by)).unwrap_or(CharSpan::new(at, at));
        self.selection = Selection::of(unit);
        if by.is_some() {
            self.chosen = None;
        }
        self.pressed = Some(Press { unit, by, moved: false, extends: false });
    }

    fn drag_to(&mut self, ui: &Ui, at: CharOffset, press: Press, pointer: eframe::egui::Pos2, g: Geometry) {
        let here = press.by.and_then(|by| self.document.unit_at(at, by)).unwrap_or(CharSpan::new(at, at));
        if press.extends {
            self.selection.head = at;
        } else if here.start < press.unit.start {
            self.selection = Selection { anchor: press.unit.end, head: here.start };
        } else {
            self.selection = Selection { anchor: press.unit.start, head: here.end.max(press.unit.end) };
        }
        // Near the edge the page moves along.
        let edge = 28.0;
        let pull = if pointer.y < g.surface.top() + edge {
            pointer.y - (g.surface.top() + edge)
        } else if pointer.y > g.surface.bottom() - edge {
            pointer.y - (g.surface.bottom() - edge)
        } else {
            0.0
        };
        if pull != 0.0 {
            self.offset += pull.clamp(-60.0, 60.0) * 0.3;
            ui.ctx().request_repaint();
        }
    }

    /// What two or three clicks select whose presses came within one frame, as on a slow machine: only egui has counted
    /// them.
    fn clicks_in_frame(ui: &Ui) -> Option<Extent> {
        let button = eframe::egui::PointerButton::Primary;
        ui.input(|i| {
            let three = i.pointer.button_triple_clicked(button).then_some(Extent::Sentence);
            three.or(i.pointer.button_double_clicked(button).then_some(Extent::Word))
        })
    }

    fn select_unit(&mut self, at: CharOffset, by: Extent) {
        if let Some(unit) = self.document.unit_at(at, by) {
            self.selection = Selection::of(unit);
            self.chosen = None;
        }
    }

    /// A click selects what lies there; the next click at the same place what lies below it, and so round.
    fn click(&mut self, at: CharOffset) {
        let under: Vec<From> = self.under(at).iter().map(|m| m.from).collect();
        let next = match self.chosen.and_then(|c| under.iter().position(|u| *u == c)) {
            Some(now) => under.get(now + 1).or(under.first()).copied(),
            None => under.first().copied(),
        };
        self.chosen = next;
    }

    /// The keys that move the caret. Everything else is a [`Command`].
    pub(super) fn keyboard(
        &mut self,
        ui: &Ui,
        g: Geometry,
        setting: Setting,
        tokens: &Tokens,
        commands: &mut Vec<Command>,
    ) {
        let events = ui.input(|i| i.events.clone());
        for event in events {
            match event {
                Event::Key { key, pressed: true, modifiers, .. } => self.key(ui, key, modifiers, g, setting, tokens),
                // On most desktops the keys for copying arrive as this.
                Event::Copy => commands.push(Command::Copy),
                _ => {}
            }
        }
    }

    fn key(&mut self, ui: &Ui, key: Key, modifiers: Modifiers, g: Geometry, setting: Setting, tokens: &Tokens) {
        if modifiers.alt && key != Key::Escape {
            return;
        }
        let head = self.selection.head;
        let whole = modifiers.command || modifiers.ctrl;
        let target = match key {
            Key::ArrowLeft if whole => Some(self.document.next_word(head, false)),
            Key::ArrowRight if whole => Some(self.document.next_word(head, true)),
            Key::ArrowLeft if !modifiers.shift && !self.selection.span().is_empty() => {
                Some(self.selection.span().start)
            }
            Key::ArrowRight if !modifiers.shift && !self.selection.span().is_empty() => Some(self.selection.span().end),
            Key::ArrowLeft => Some(self.letter(head, false)),
            Key::ArrowRight => Some(self.letter(head, true)),
            Key::ArrowUp if whole => self.paragraph(head, false),
            Key::ArrowDown if whole => self.paragraph(head, true),
            Key::ArrowUp | Key::ArrowDown | Key::PageUp | Key::PageDown => {
                let down = matches!(key, Key::ArrowDown | Key::PageDown);
                let by = if matches!(key, Key::PageUp | Key::PageDown) { g.surface.height() * 0.85 } else { 0.0 };
                self.line(ui, head, down, by, g, setting, tokens)
            }
            Key::Home if whole => self.document.paragraphs().first().map(|p| p.start),
            Key::End if whole => self.document.paragraphs().last().map(|p| p.end),
            Key::Home | Key::End => Some(self.line_end(ui, head, key == Key::End, g, setting, tokens)),
            Key::Escape => {
                self.chosen = None;
                self.selection = Selection::at(head);
                None
            }
            _ => None,
        };
        let Some(target) = target else { return };
        if !matches!(key, Key::ArrowUp | Key::ArrowDown | Key::PageUp | Key::PageDown) {
            self.goal = None;
        }
        self.selection.head = target;
        if !modifiers.shift {
            self.selection.anchor = target;
        }
        self.reveal = Some(target);
    }

    /// One grapheme on, across the gaps between paragraphs.
    fn letter(&self, from: CharOffset, right: bool) -> CharOffset {
        use unicode_segmentation::UnicodeSegmentation as _;
        let Some(paragraph) = self.document.paragraph_at(from) else { return from };
        let map = self.document.map();
        if right {
            if from >= paragraph.end {
                return self.paragraph(from, true).unwrap_or(from);
            }
            let rest = map.slice(CharSpan::new(from.max(paragraph.start), paragraph.end)).unwrap_or_default();
            from.max(paragraph.start) + rest.graphemes(true).next().map_or(1, |g| g.chars().count())
        } else {
            if from <= paragraph.start {
                let before = self.document.paragraph_index(from).and_then(|i| i.checked_sub(1));
                return before.map_or(paragraph.start, |i| self.document.paragraphs()[i].end);
            }
            let rest = map.slice(CharSpan::new(paragraph.start, from)).unwrap_or_default();
            from.saturating_sub(rest.graphemes(true).next_back().map_or(1, |g| g.chars().count()))
        }
    }

    /// The start of this paragraph, or of the one before or after it.
    fn paragraph(&self, from: CharOffset, down: bool) -> Option<CharOffset> {
        let paragraphs = self.document.paragraphs();
        let here = self.document.paragraph_index(from)?;
        if down {
            Some(paragraphs.get(here + 1).map_or(paragraphs[here].end, |p| p.start))
        } else if from > paragraphs[here].start {
            Some(paragraphs[here].start)
        } else {
            Some(paragraphs[here.saturating_sub(1)].start)
        }
    }

    /// One line up or down, or by a distance, at the column the caret came from.
    fn line(
        &mut self,
        ui: &Ui,
        from: CharOffset,
        down: bool,
        by: f32,
        g: Geometry,
        setting: Setting,
        tokens: &Tokens,
    ) -> Option<CharOffset> {
        let mut block = self.page.block_at(from);
        let galley = self.galley(ui, block, g, setting, tokens);
        let caret = page::caret(&galley, self.within(block, from));
        let x = *self.goal.get_or_insert(caret.center().x);
        let half = caret.height() / 2.0;
        let mut y = if down { caret.bottom() + half.min(8.0) + by } else { caret.top() - half.min(8.0) - by };
        // The same point, seen from the block it falls into.
        while y < 0.0 {
            let above = self.page.space_above(block, setting);
            let Some(before) = block.checked_sub(1) else { return Some(self.page.spans[0].start) };
            block = before;
            let height = self.galley(ui, block, g, setting, tokens).size().y;
            y = if by == 0.0 { height - 4.0 } else { y + above + height };
        }
        loop {
            let height = self.galley(ui, block, g, setting, tokens).size().y;
            if y <= height {
                break;
            }
            if block + 1 >= self.page.len() {
                return self.page.spans.last().map(|s| s.end);
            }
            block += 1;
            y = if by == 0.0 { 4.0 } else { (y - height - self.page.space_above(block, setting)).max(4.0) };
        }
        let galley = self.galley(ui, block, g, setting, tokens);
        let span = self.page.spans[block];
        Some((span.start + page::hit(&galley, eframe::egui::vec2(x, y))).min(span.end))
    }

    /// The start or the end of the line that holds the caret.
    fn line_end(
        &mut self,
        ui: &Ui,
        from: CharOffset,
        end: bool,
        g: Geometry,
        setting: Setting,
        tokens: &Tokens,
    ) -> CharOffset {
        let block = self.page.block_at(from);
        let galley = self.galley(ui, block, g, setting, tokens);
        let caret = page::caret(&galley, self.within(block, from));
        let x = if end { f32::INFINITY } else { f32::NEG_INFINITY };
        let span = self.page.spans[block];
        (span.start + page::hit(&galley, eframe::egui::vec2(x.clamp(-1.0, 1e6), caret.center().y))).min(span.end)
    }
}
