//! What the window remembers between starts. None of it belongs to a project.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use eframe::egui::ThemePreference;
use serde::{Deserialize, Serialize};

use super::reading::Setting;

/// The remembered settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: Paper,
    /// Size of the reading type, in points.
    pub type_size: f32,
    pub last_project: Option<PathBuf>,
    /// Who coded last, by project folder.
    pub coders: BTreeMap<PathBuf, String>,
    /// Who coded last, anywhere.
    pub last_coder: Option<String>,
    /// Width and height of the window, in points.
    pub window: Option<(f32, f32)>,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Paper {
    #[default]
    System,
    Light,
    Dark,
}

impl Paper {
    pub fn preference(self) -> ThemePreference {
        match self {
            Self::System => ThemePreference::System,
            Self::Light => ThemePreference::Light,
            Self::Dark => ThemePreference::Dark,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Paper::default(),
            type_size: Setting::STANDARD,
            last_project: None,
            coders: BTreeMap::new(),
            last_coder: None,
            window: None,
        }
    }
}

impl Settings {
    /// The settings in a folder; the standard ones where there are none or they cannot be read.
    pub fn load(folder: Option<&Path>) -> Self {
        folder
            .and_then(|f| std::fs::read_to_string(f.join("settings.ron")).ok())
            .and_then(|text| ron::from_str(&text).ok())
            .map(Self::sane)
            .unwrap_or_default()
    }

    fn sane(mut self) -> Self {
        self.type_size = if self.type_size.is_finite() {
            self.type_size.clamp(Setting::SMALLEST, Setting::LARGEST)
        } else {
            Setting::STANDARD
        };
        self.window = self.window.filter(|(w, h)| (400.0..=20_000.0).contains(w) && (300.0..=20_000.0).contains(h));
        self
    }

    /// Writes the settings. They are a convenience: where they cannot be written, nothing is said.
    pub fn save(&self, folder: Option<&Path>) {
        let Some(folder) = folder else { return };
        if let Ok(text) = ron::ser::to_string_pretty(self, ron::ser::PrettyConfig::default()) {
            let _ = crate::store::replace_file(&folder.join("settings.ron"), text.as_bytes());
        }
    }
}
