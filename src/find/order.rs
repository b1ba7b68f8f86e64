//! The order of the lines.

use super::Hit;
use crate::text::words;

/// By what the lines of a concordance are sorted. What is equal stays in the order of the articles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By date, title and place in the text.
    #[default]
    Article,
    /// By the words before, from the match outward.
    Left,
    /// By the words behind.
    Right,
    /// By what was found.
    Match,
    /// By day, without the articles' titles; what has no date comes last.
    Date,
    Outlet,
}

impl Order {
    pub const ALL: [Self; 6] = [Self::Article, Self::Left, Self::Right, Self::Match, Self::Date, Self::Outlet];

    /// The word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Left => "left",
            Self::Right => "right",
            Self::Match => "what matches",
            Self::Date => "date",
            Self::Outlet => "outlet",
        }
    }

    /// The words in a menu.
    pub fn title(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Left => "the words before",
            Self::Right => "the words behind",
            Self::Match => "what matches",
            Self::Date => "date, newest first",
            Self::Outlet => "outlet",
        }
    }
}

/// How many words on one side count.
const WORDS: usize = 6;
/// How much of the text on one side is looked at for them, in bytes.
const REACH: usize = 160;

/// Hits in an order, to which more can be added.
#[derive(Debug, Default)]
pub struct Sorted {
    order: Order,
    rows: Vec<(String, Hit)>,
}

impl Sorted {
    pub fn new(order: Order) -> Self {
        Self { order, rows: Vec::new() }
    }

    /// Puts more hits, which come in the order of the articles, where they belong.
    pub fn add(&mut self, hits: Vec<Hit>) {
        let order = self.order;
        self.rows.extend(hits.into_iter().map(|hit| (key(order, &hit), hit)));
        match order {
            Order::Article => {}
            // ISO dates sort as they are written; the newest come first, and those without one last.
            Order::Date => self.rows.sort_by(|a, b| (a.0.is_empty(), &b.0).cmp(&(b.0.is_empty(), &a.0))),
            Order::Outlet => self.rows.sort_by(|a, b| (a.0.is_empty(), &a.0).cmp(&(b.0.is_empty(), &b.0))),
            _ => self.rows.sort_by(|a, b| a.0.cmp(&b.0)),
        }
    }

    /// The hits as they stand now.
    pub fn hits(&self) -> Vec<Hit> {
        self.rows.iter().map(|(_, hit)| hit.clone()).collect()
    }

    pub fn into_hits(self) -> Vec<Hit> {
        self.rows.into_iter().map(|(_, hit)| hit).collect()
    }
}

fn key(order: Order, hit: &Hit) -> String {
    let text = &hit.article.text;
    match order {
        Order::Article => String::new(),
        Order::Left => {
            let end = hit.bytes.start.0;
            let near = &text[text.ceil_char_boundary(end.saturating_sub(REACH))..end];
            let before: Vec<_> = words(near).map(|w| &near[w.range()]).collect();
            join(before.into_iter().rev())
        }
        Order::Right => {
            let start = hit.bytes.end.0;
            let near = &text[start..text.floor_char_boundary((start + REACH).min(text.len()))];
            join(words(near).map(|w| &near[w.range()]))
        }
        Order::Match => {
            let words = text[hit.bytes.range()].split_whitespace();
            words.take(2 * WORDS).collect::<Vec<_>>().join(" ").to_lowercase()
        }
        Order::Date => hit.article.metadata.published.clone().unwrap_or_default(),
        Order::Outlet => hit.article.metadata.outlet.trim().to_lowercase(),
    }
}

fn join<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.take(WORDS).collect::<Vec<_>>().join(" ").to_lowercase()
}
