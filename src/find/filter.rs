//! Where is searched.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::model::{Annotation, Article, ArticleId, CodeId, CoderId, Voice};

/// Where is searched, and which hits count. What is empty lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub articles: BTreeSet<ArticleId>,
    /// Names of outlets; capitals do not matter.
    pub outlets: BTreeSet<String>,
    /// The first day and the last one. Articles without a date lie outside.
    pub from: Option<Day>,
    pub to: Option<Day>,
    /// Only hits that share words with a coding under one of these.
    pub codes: BTreeSet<CodeId>,
    /// Whose codings count, here and for voices; where this is all that is asked, only hits that share words with one of
    /// their annotations.
    pub coders: BTreeSet<CoderId>,
    /// Only hits in one of these voices: by the codings on them, and where those say nothing, by detection.
    pub voices: BTreeSet<Voice>,
}

impl Filter {
    /// Whether an article is searched at all.
    pub fn has(&self, article: &Article) -> bool {
        let outlet = article.metadata.outlet.trim();
        let published = article.metadata.published.as_deref();
        (self.articles.is_empty() || self.articles.contains(&article.id))
            && (self.outlets.is_empty() || self.outlets.iter().any(|o| alike(o.trim(), outlet)))
            && self.from.as_ref().is_none_or(|day| published.is_some_and(|p| day.is_not_after(p)))
            && self.to.as_ref().is_none_or(|day| published.is_some_and(|p| day.is_not_before(p)))
    }

    /// Whether each hit must be looked at by itself.
    pub fn is_of_places(&self) -> bool {
        !(self.codes.is_empty() && self.coders.is_empty() && self.voices.is_empty())
    }

    pub(super) fn has_coder(&self, coder: &CoderId) -> bool {
        self.coders.is_empty() || self.coders.contains(coder)
    }

    /// Whether the annotations on a hit are such as are asked for, as far as codes and coders go.
    pub(super) fn accepts(&self, on: &[&Annotation]) -> bool {
        if self.codes.is_empty() {
            return self.coders.is_empty() || !self.voices.is_empty() || !on.is_empty();
        }
        on.iter().any(|a| a.tag.code().is_some_and(|c| self.codes.contains(c)))
    }
}

fn alike(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

/// A day, a month or a year, as people narrow down a time: `2025-03-04`, `2025-03`, `2025`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(String);

/// What is not a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a date: write 2025-03-04, 2025-03 or 2025")]
pub struct DayError(pub String);

impl Day {
    /// Whether a moment in ISO 8601 is on this day or later.
    fn is_not_after(&self, moment: &str) -> bool {
        self.0.as_str() <= moment
    }

    /// Whether a moment is on this day or earlier.
    fn is_not_before(&self, moment: &str) -> bool {
        moment.get(..self.0.len()).unwrap_or(moment) <= self.0.as_str()
    }
}

impl FromStr for Day {
    type Err = DayError;
    fn from_str(s: &str) -> Result<Self, DayError> {
        let s = s.trim();
        // The first day of what is written must be one.
        let full = match s.len() {
            4 => format!("{s}-01-01"),
            7 => format!("{s}-01"),
            _ => s.to_owned(),
        };
        let digits = s.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let sound = full.len() == 10 && digits && full.parse::<jiff::civil::Date>().is_ok();
        if sound { Ok(Self(s.to_owned())) } else { Err(DayError(s.to_owned())) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
