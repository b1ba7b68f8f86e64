//! From keys to commands.

use eframe::egui::{Context, Key, KeyboardShortcut, Modifiers};

use super::command::{Command, Face, yields_to};
use super::reading::From;
use super::{App, Reading};

/// The keys that a code may have: the digits, and the letters that no command uses.
pub const CODE_KEYS: &str = "1234567890ABDEGHILOPQRSTUVYZ";

impl App {
    /// Turns the keys of this frame into commands. No key that types a letter does anything else while somebody types.
    pub(super) fn read_shortcuts(&mut self, ctx: &Context) {
        let typing = ctx.text_edit_focused();
        let busy = self.dialog.is_some() || self.palette.is_some() || eframe::egui::Popup::is_any_open(ctx);
        if busy {
            return;
        }
        // On a button, Enter and Space press the button.
        let elsewhere = ctx.memory(eframe::egui::Memory::focused).is_some_and(|f| f != Reading::id());
        let suggestion = matches!(self.reading.chosen, Some(From::Suggestion(_)));
        let mut found = Vec::new();
        ctx.input_mut(|input| {
            for (shortcut, command) in &self.keys {
                let shortcut = *shortcut;
                let plain = shortcut.conflicts_with_text_editing()
                    || !(shortcut.modifiers.command || shortcut.modifiers.ctrl || shortcut.modifiers.alt);
                if typing
                    && (plain || matches!(command, Command::Copy | Command::SelectAll | Command::Undo | Command::Redo))
                {
                    continue;
                }
                if elsewhere && matches!(shortcut.logical_key, Key::Enter | Key::Tab) {
                    continue;
                }
                // Enter is the suggestion's while one is selected.
                if matches!(shortcut.logical_key, Key::Enter) && (yields_to(command).is_some() == suggestion) {
                    continue;
                }
                if shortcut.modifiers.is_none() && input.modifiers.any() && shortcut.logical_key != Key::Questionmark {
                    continue;
                }
                if input.consume_shortcut(&shortcut) {
                    found.push(command.clone());
                }
            }
            if !typing
                && !input.modifiers.any()
                && let Some(session) = &self.session
            {
                for code in session.project().codebook.codes.values().filter(|c| !c.retired) {
                    let key = code.shortcut.and_then(key_of);
                    if key.is_some_and(|key| input.consume_key(Modifiers::NONE, key)) {
                        found.push(Command::ApplyCode(code.id.clone()));
                    }
                }
                // A digit that no code has is that of a code that was used lately.
                for code in &self.recent {
                    let digit = self.recent_key(code).and_then(|n| char::from_digit(n as u32, 10)).and_then(key_of);
                    if digit.is_some_and(|key| input.consume_key(Modifiers::NONE, key)) {
                        found.push(Command::ApplyCode(code.clone()));
                    }
                }
            }
        });
        // With a brush in hand, the key that asks for a code needs no answer.
        if let Some(code) = &self.brush {
            for command in &mut found {
                if *command == Command::PickCode && !self.reading.selection.span().is_empty() {
                    *command = Command::ApplyCode(code.clone());
                }
            }
        }
        self.commands.extend(found);
    }
}

/// Every key with its command. A key with more modifiers comes before the same key with fewer, so that it is tried
/// first.
pub fn keys(faces: &[Face]) -> Vec<(KeyboardShortcut, Command)> {
    let mut keys: Vec<_> = faces.iter().flat_map(|f| f.shortcuts.iter().map(|s| (*s, f.command.clone()))).collect();
    keys.sort_by_key(|(s, _)| std::cmp::Reverse(count(s.modifiers)));
    keys
}

fn count(m: Modifiers) -> u32 {
    [m.alt, m.shift, m.command || m.ctrl].into_iter().map(u32::from).sum()
}

/// The key on which a letter or digit lies.
pub fn key_of(c: char) -> Option<Key> {
    Key::from_name(&c.to_ascii_uppercase().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_for_codes_are_free() {
        for c in CODE_KEYS.chars() {
            let key = key_of(c).unwrap_or(Key::Escape);
            assert_ne!(key, Key::Escape, "{c}");
            for face in super::super::faces() {
                for s in &face.shortcuts {
                    assert!(
                        s.logical_key != key || !s.modifiers.is_none(),
                        "{c} is also the key of {:?}",
                        face.command
                    );
                }
            }
        }
    }
}
