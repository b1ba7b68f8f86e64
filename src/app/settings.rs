//! What the window remembers between starts. None of it belongs to a project.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use eframe::egui::{Context, ThemePreference};
use serde::{Deserialize, Serialize};

use super::reading::{Setting, Shown};
use super::theme;
use crate::model::ArticleId;
use crate::session::Session;
use crate::text::CharOffset;

/// A place in an article that somebody has marked.
pub type Place = (ArticleId, CharOffset);

/// The remembered settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: Paper,
    /// Size of the reading type, in points.
    pub type_size: f32,
    /// From one line to the next, in sizes of the type.
    pub leading: f32,
    /// The length of a line, in letters.
    pub measure: f32,
    /// Whether the paragraphs of the body are numbered.
    pub numbers: bool,
    /// Whether a selection by mouse is widened to whole words.
    pub whole_words: bool,
    /// Whether things may move and fade.
    pub motion: bool,
    /// How large everything is, from 1 to 2.
    pub scale: f32,
    /// The marked places, by project folder.
    pub places: BTreeMap<PathBuf, Vec<Place>>,
    pub last_project: Option<PathBuf>,
    /// The projects that were open, the latest first.
    pub recent: Vec<PathBuf>,
    /// The article that was open last, by project folder.
    pub open: BTreeMap<PathBuf, ArticleId>,
    /// What is shown on the page.
    pub shown: Shown,
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
    /// Black on white.
    Contrast,
}

impl Paper {
    pub fn preference(self) -> ThemePreference {
        match self {
            Self::System => ThemePreference::System,
            Self::Light | Self::Contrast => ThemePreference::Light,
            Self::Dark => ThemePreference::Dark,
        }
    }

    /// Dresses a window in this paper.
    pub fn apply(self, ctx: &Context) {
        theme::dress_light(ctx, self == Self::Contrast);
        ctx.set_theme(self.preference());
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Paper::default(),
            type_size: Setting::STANDARD,
            leading: Setting::LEADING,
            measure: Setting::MEASURE,
            numbers: false,
            whole_words: true,
            motion: true,
            scale: 1.0,
            places: BTreeMap::new(),
            last_project: None,
            recent: Vec::new(),
            open: BTreeMap::new(),
            shown: Shown::default(),
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
        let within = |n: f32, least: f32, most: f32, standard: f32| {
            if n.is_finite() { n.clamp(least, most) } else { standard }
        };
        self.type_size = within(self.type_size, Setting::SMALLEST, Setting::LARGEST, Setting::STANDARD);
        self.leading = within(self.leading, 1.4, 2.6, Setting::LEADING);
        self.measure = within(self.measure, 40.0, 100.0, Setting::MEASURE);
        self.scale = within(self.scale, 1.0, 2.0, 1.0);
        self.window = self.window.filter(|(w, h)| (400.0..=20_000.0).contains(w) && (300.0..=20_000.0).contains(h));
        self
    }

    /// The places that are marked in the project that is open.
    pub fn places_in(&self, session: Option<&Session>) -> &[Place] {
        session.and_then(|s| self.places.get(s.root())).map_or(&[], Vec::as_slice)
    }

    /// How the page is set.
    pub fn setting(&self) -> Setting {
        Setting {
            size: self.type_size,
            leading: self.leading,
            measure: self.measure,
            numbers: self.numbers,
            whole_words: self.whole_words,
        }
    }

    /// Writes the settings. They are a convenience: where they cannot be written, nothing is said.
    pub fn save(&self, folder: Option<&Path>) {
        let Some(folder) = folder else { return };
        if let Ok(text) = ron::ser::to_string_pretty(self, ron::ser::PrettyConfig::default()) {
            let _ = crate::store::replace_file(&folder.join("settings.ron"), text.as_bytes());
        }
    }
}
