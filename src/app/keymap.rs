//! Which keys do what, where somebody wants others than the standard ones: `keys.ron` beside the window's settings.
//!
//! ```ron
//! { "NextArticle": ["Ctrl+PageDown", "J"], "NewCode": [] }
//! ```
//!
//! A command that is not named there has its standard keys. `Ctrl` is the command key of a Mac.

use std::collections::BTreeMap;
use std::path::Path;

use eframe::egui::{Key, KeyboardShortcut, Modifiers};
use serde::{Deserialize, Serialize};

use super::App;
use super::command::{Command, Face, faces, yields_to};
use super::shortcuts::{CODE_KEYS, key_of, keys};

/// The keys that somebody has chosen, by the name of the command.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Keymap(BTreeMap<String, Vec<String>>);

/// Why a key cannot be given to a command.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum KeyError {
    #[error("letters and digits alone are for codes")]
    ForCodes,
    #[error("this key moves the caret or leaves a field")]
    Moves,
}

/// The name of a command in the file.
pub fn name(command: &Command) -> String {
    format!("{command:?}")
}

/// A key as it is written in the file.
pub fn written(shortcut: KeyboardShortcut) -> String {
    let m = shortcut.modifiers;
    let mut out = String::new();
    for (on, word) in [(m.command || m.ctrl, "Ctrl+"), (m.alt, "Alt+"), (m.shift, "Shift+")] {
        if on {
            out.push_str(word);
        }
    }
    out + shortcut.logical_key.name()
}

/// A key from how it is written; `None` where it is none.
pub fn read(text: &str) -> Option<KeyboardShortcut> {
    let mut modifiers = Modifiers::NONE;
    let mut rest = text.trim();
    loop {
        let (word, after) = rest.split_once('+').filter(|(w, after)| !w.is_empty() && !after.is_empty()).unzip();
        let add = match word.map(str::to_ascii_lowercase).as_deref() {
            Some("ctrl" | "cmd" | "command") => Modifiers::COMMAND,
            Some("alt" | "option") => Modifiers::ALT,
            Some("shift") => Modifiers::SHIFT,
            _ => return Some(KeyboardShortcut::new(modifiers, Key::from_name(rest)?)),
        };
        modifiers = modifiers.plus(add);
        rest = after.unwrap_or_default();
    }
}

/// Whether a command may have a key at all.
///
/// # Errors
/// Where codes or the caret need it.
pub fn check(shortcut: KeyboardShortcut) -> Result<(), KeyError> {
    let m = shortcut.modifiers;
    let alone = m.is_none();
    if alone && CODE_KEYS.chars().filter_map(key_of).any(|k| k == shortcut.logical_key) {
        return Err(KeyError::ForCodes);
    }
    let moves = matches!(
        shortcut.logical_key,
        Key::ArrowLeft | Key::ArrowRight | Key::ArrowUp | Key::ArrowDown | Key::Home | Key::End
    );
    if (moves && !m.alt) || shortcut.logical_key == Key::Escape {
        return Err(KeyError::Moves);
    }
    Ok(())
}

/// The commands that have a key, beyond those that may share one.
pub fn who_has(faces: &[Face], shortcut: KeyboardShortcut, but: &Command) -> Vec<Command> {
    let shared = |other: &Command| yields_to(other).as_ref() == Some(but) || yields_to(but).as_ref() == Some(other);
    faces
        .iter()
        .filter(|f| f.command != *but && f.shortcuts.contains(&shortcut) && !shared(&f.command))
        .map(|f| f.command.clone())
        .collect()
}

impl Keymap {
    /// The keys in a folder; the standard ones where there are none or they cannot be read.
    pub fn load(folder: Option<&Path>) -> Self {
        let text = folder.and_then(|f| std::fs::read_to_string(f.join("keys.ron")).ok());
        text.and_then(|t| ron::from_str(&t).ok()).unwrap_or_default()
    }

    /// Writes the keys; says whether that could be done.
    pub fn save(&self, folder: Option<&Path>) -> bool {
        let Some(folder) = folder else { return true };
        ron::ser::to_string_pretty(self, ron::ser::PrettyConfig::default())
            .is_ok_and(|text| crate::store::replace_file(&folder.join("keys.ron"), text.as_bytes()).is_ok())
    }

    /// Every command with the keys it has. A key that the file gives to two commands, or may not give, is left with the
    /// first one or with nobody.
    pub fn faces(&self) -> Vec<Face> {
        let mut all = faces();
        let chosen = |f: &Face| self.0.get(&name(&f.command));
        let mut taken: Vec<(KeyboardShortcut, Command)> = Vec::new();
        // What somebody has chosen comes before what is standard.
        for first in [true, false] {
            for face in &mut all {
                let Some(words) = chosen(face).filter(|_| first) else {
                    if chosen(face).is_none() && !first {
                        face.shortcuts.retain(|s| !taken.iter().any(|(t, c)| t == s && *c != face.command));
                    }
                    continue;
                };
                let mut keys: Vec<_> = words.iter().filter_map(|w| read(w)).filter(|s| check(*s).is_ok()).collect();
                keys.retain(|s| !taken.iter().any(|(t, _)| t == s));
                taken.extend(keys.iter().map(|s| (*s, face.command.clone())));
                face.shortcuts = keys;
            }
        }
        all
    }

    /// Gives a command these keys and no others.
    pub fn put(&mut self, command: &Command, shortcuts: &[KeyboardShortcut]) {
        let standard = faces().into_iter().find(|f| f.command == *command).map(|f| f.shortcuts);
        if standard.as_deref() == Some(shortcuts) {
            self.0.remove(&name(command));
        } else {
            self.0.insert(name(command), shortcuts.iter().map(|s| written(*s)).collect());
        }
    }

    pub fn is_standard(&self) -> bool {
        self.0.is_empty()
    }
}

impl App {
    /// Works with these keys from now on.
    pub(super) fn take_keys(&mut self, keymap: Keymap) {
        self.faces = keymap.faces();
        self.keys = keys(&self.faces);
        self.keymap = keymap;
    }

    /// Gives a command one more key; whoever had it before loses it, and is named.
    pub(super) fn give_key(&mut self, command: &Command, shortcut: KeyboardShortcut) -> Result<Vec<Command>, KeyError> {
        check(shortcut)?;
        let mut keymap = self.keymap.clone();
        let lost = who_has(&self.faces, shortcut, command);
        for face in &self.faces {
            let mut keys = face.shortcuts.clone();
            if face.command == *command {
                keys.retain(|k| *k != shortcut);
                keys.push(shortcut);
            } else if lost.contains(&face.command) {
                keys.retain(|k| *k != shortcut);
            } else {
                continue;
            }
            keymap.put(&face.command, &keys);
        }
        self.keep_keys(keymap);
        Ok(lost)
    }

    /// Takes a key from a command.
    pub(super) fn take_key(&mut self, command: &Command, shortcut: KeyboardShortcut) {
        let mut keymap = self.keymap.clone();
        if let Some(face) = self.faces.iter().find(|f| f.command == *command) {
            let keys: Vec<_> = face.shortcuts.iter().copied().filter(|k| *k != shortcut).collect();
            keymap.put(command, &keys);
        }
        self.keep_keys(keymap);
    }

    pub(super) fn keep_keys(&mut self, keymap: Keymap) {
        if !keymap.save(self.folder.as_deref()) {
            self.notices.warn("The keys could not be written; they hold until the window is closed.");
        }
        self.take_keys(keymap);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_as_they_are_read() {
        for face in faces() {
            for shortcut in face.shortcuts {
                assert_eq!(read(&written(shortcut)), Some(shortcut), "{}", written(shortcut));
                assert_eq!(check(shortcut), Ok(()), "{}", written(shortcut));
            }
        }
        for wrong in ["", "Ctrl+", "Ctrl+Nothing", "Hyper+A", "++"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn names_are_one_each() {
        let mut names: Vec<_> = faces().iter().map(|f| name(&f.command)).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn whatever_the_file_says_no_key_has_two_commands() {
        let text = r#"{"NextArticle": ["Ctrl+K", "Shift+Q", "rubbish", "A", "Left"], "PreviousArticle": ["Ctrl+K"], "Nobody": ["Q"]}"#;
        let map: Keymap = ron::from_str(text).unwrap_or_default();
        let faces = map.faces();
        let of = |c: Command| faces.iter().find(|f| f.command == c).map(|f| f.shortcuts.clone()).unwrap_or_default();
        assert_eq!(of(Command::NextArticle).iter().map(|s| written(*s)).collect::<Vec<_>>(), ["Ctrl+K", "Shift+Q"]);
        assert!(of(Command::PreviousArticle).is_empty());
        assert!(of(Command::Palette).is_empty() && of(Command::MarkQuotation).is_empty());
        for face in &faces {
            for shortcut in &face.shortcuts {
                assert_eq!(who_has(&faces, *shortcut, &face.command), [], "{}", written(*shortcut));
            }
        }
        assert_eq!(ron::from_str::<Keymap>("{").unwrap_or_default(), Keymap::default());
    }
}
