//! What an export leaves out or writes in another shape, counted: nothing of it happens without a word.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Feature;

/// What a format could not carry of what was selected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    left_out: BTreeMap<Feature, usize>,
    /// What is peculiar to a format, by its word, with what is said of it.
    peculiar: BTreeMap<&'static str, (usize, &'static str)>,
}

/// One line of the file that says what was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// A short name that stays the same, for programs: `memos`.
    pub what: String,
    pub count: usize,
    /// A sentence for people.
    pub say: String,
}

impl Losses {
    /// Counts what is left out. Nothing is said of what is not there.
    pub fn add(&mut self, feature: Feature, count: usize) {
        if count > 0 {
            *self.left_out.entry(feature).or_default() += count;
        }
    }

    /// Counts what a format does beyond leaving out features: `what` is its name for programs, `say` the rest of a
    /// sentence that begins with the count ("passages that lie inside others are left out").
    pub fn tell(&mut self, what: &'static str, count: usize, say: &'static str) {
        if count > 0 {
            self.peculiar.entry(what).or_insert((0, say)).0 += count;
        }
    }

    pub fn is_empty(&self) -> bool {
        self.left_out.is_empty() && self.peculiar.is_empty()
    }

    /// How many of a feature were left out.
    pub fn count(&self, feature: Feature) -> usize {
        self.left_out.get(&feature).copied().unwrap_or_default()
    }

    /// Everything, in a stable order.
    pub fn list(&self) -> Vec<Loss> {
        let mut out = Vec::new();
        for (feature, &count) in &self.left_out {
            let (one, many) = feature.words();
            let say = match (feature, count) {
                (Feature::Discontinuous, 1) => format!("1 {one} is split into one coding a stretch"),
                (Feature::Discontinuous, _) => format!("{count} {many} are split into one coding a stretch"),
                (_, 1) => format!("1 {one} is left out"),
                _ => format!("{count} {many} are left out"),
            };
            out.push(Loss { what: feature.word(), count, say });
        }
        for (what, &(count, say)) in &self.peculiar {
            out.push(Loss { what: (*what).to_owned(), count, say: format!("{count} {say}") });
        }
        out
    }

    /// The file that lies beside an export, as JSON: `{"left_out":[{"what":…,"count":…,"say":…}]}`.
    pub fn json(&self) -> String {
        let all = serde_json::json!({ "left_out": self.list() });
        format!("{all:#}\n")
    }
}
