//! The lists of names and name-like words, read once.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::scan::{Scan, Token};
use crate::model::EntityKind;

macro_rules! list {
    ($name:literal) => {
        include_str!(concat!("../../assets/gazetteer/", $name, ".txt"))
    };
}

/// What "she" and "he" tell of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gender {
    Female,
    Male,
}

type Words = HashSet<&'static str>;

/// The lists in `assets/gazetteer/`.
pub(super) struct Gazetteer {
    pub given: Words,
    female: Words,
    male: Words,
    /// Given names that are everyday words too.
    pub given_words: Words,
    pub titles: Words,
    pub honours: Words,
    /// Role nouns, each with the number of its group of interchangeable words.
    pub roles: HashMap<&'static str, usize>,
    pub role_modifiers: Words,
    pub org_heads: Words,
    pub org_of_heads: Words,
    pub place_heads: Words,
    pub place_first: Words,
    pub event_heads: Words,
    pub groups: Words,
    pub stop: Words,
    pub work_nouns: Words,
    pub slogan_nouns: Words,
    pub months: Words,
    pub days: Words,
    phrases: HashMap<String, Vec<(Vec<String>, EntityKind)>>,
}

static LISTS: LazyLock<Gazetteer> = LazyLock::new(Gazetteer::read);

impl Gazetteer {
    pub fn get() -> &'static Self {
        &LISTS
    }

    fn read() -> Self {
        let mut phrases: HashMap<String, Vec<(Vec<String>, EntityKind)>> = HashMap::new();
        for (text, kind) in [
            (list!("places"), EntityKind::Place),
            (list!("organisations"), EntityKind::Org),
            (list!("events"), EntityKind::Event),
        ] {
            for entry in lines(text).flat_map(|l| l.split(';')).map(str::trim).filter(|e| !e.is_empty()) {
                let words = phrase_words(entry);
                if let Some(first) = words.first() {
                    phrases.entry(first.clone()).or_default().push((words, kind));
                }
            }
        }
        let mut months = Words::new();
        let mut days = Words::new();
        for line in lines(list!("calendar")) {
            let into = if line.contains("day") { &mut days } else { &mut months };
            into.extend(line.split_whitespace());
        }
        let roles = lines(list!("roles"))
            .enumerate()
            .flat_map(|(group, line)| line.split_whitespace().map(move |word| (word, group)))
            .collect();
        let (female, male) = (words(list!("given-female")), words(list!("given-male")));
        let mut given = words(list!("given-names"));
        given.extend(female.iter().chain(&male));
        Self {
            given,
            female,
            male,
            given_words: words(list!("given-names-words")),
            titles: words(list!("titles")),
            honours: words(list!("honours")),
            roles,
            role_modifiers: words(list!("role-modifiers")),
            org_heads: words(list!("org-heads")),
            org_of_heads: words(list!("org-of-heads")),
            place_heads: words(list!("place-heads")),
            place_first: words(list!("place-first")),
            event_heads: words(list!("event-heads")),
            groups: words(list!("groups")),
            stop: words(list!("stop-words")),
            work_nouns: words(list!("work-nouns")),
            slogan_nouns: words(list!("slogan-nouns")),
            months,
            days,
            phrases,
        }
    }

    /// The longest known name that begins at a token, as a count of tokens, and what it names.
    pub fn phrase_at(&self, scan: &Scan<'_>, at: usize, end: usize) -> Option<(usize, EntityKind)> {
        let candidates = self.phrases.get(scan.low(at))?;
        let capital = |i: usize| scan.tokens.get(i).is_some_and(Token::is_capital);
        candidates
            .iter()
            .filter(|(words, _)| {
                at + words.len() <= end
                    && capital(at)
                    && words.iter().enumerate().skip(1).all(|(k, w)| scan.low(at + k) == w)
                    && (words.len() == 1 || capital(at + words.len() - 1) || scan.tokens[at + words.len() - 1].is_word())
                    // "us", "who" and "it" are words, "US" and "WHO" names.
                    && (words.len() > 1 || scan.raw(at).len() > 3 || written_as_known(&words[0], scan.raw(at)))
            })
            .max_by_key(|(words, _)| words.len())
            .map(|(words, kind)| (words.len(), *kind))
    }

    /// The group number of a role noun, singular or plural.
    pub fn role(&self, word: &str) -> Option<usize> {
        self.roles.get(word).or_else(|| self.roles.get(word.strip_suffix('s')?)).copied()
    }

    /// Whether a word names a people, a faith or a following, singular, plural or as an adjective.
    pub fn is_group(&self, word: &str) -> bool {
        self.groups.contains(word)
            || word.strip_suffix('s').is_some_and(|w| self.groups.contains(w))
            || word.strip_suffix("ies").is_some_and(|w| w == "tor")
    }

    pub fn is_given(&self, word: &str) -> bool {
        self.given.contains(word)
    }

    /// Whether a word names women or men, as a given name, a title or a role.
    pub fn gender(&self, word: &str) -> Option<Gender> {
        let word = word.trim_end_matches('.');
        match word {
            "ms" | "mrs" | "miss" | "mme" | "mlle" | "frau" | "señora" | "signora" | "madame" | "madam" | "dame"
            | "lady" | "baroness" | "sister" | "queen" | "princess" | "duchess" | "countess" | "viscountess"
            | "spokeswoman" | "chairwoman" | "congresswoman" | "businesswoman" | "actress" | "heiress" | "widow"
            | "wife" | "daughter" | "mother" | "aunt" | "policewoman" | "grandmother" => Some(Gender::Female),
            "mr" | "sir" | "lord" | "viscount" | "monsieur" | "herr" | "señor" | "signor" | "brother" | "king"
            | "prince" | "duke" | "baron" | "imam" | "rabbi" | "spokesman" | "chairman" | "congressman"
            | "businessman" | "husband" | "son" | "father" | "uncle" | "policeman" | "grandfather" => {
                Some(Gender::Male)
            }
            _ if self.female.contains(word) => Some(Gender::Female),
            _ if self.male.contains(word) => Some(Gender::Male),
            _ => None,
        }
    }

    /// A given name, be it an everyday word too.
    pub fn may_be_given(&self, word: &str) -> bool {
        self.given.contains(word) || self.given_words.contains(word)
    }

    /// A title such as "Mr." or "Senator".
    pub fn is_title(&self, word: &str) -> bool {
        self.titles.contains(word.trim_end_matches('.'))
    }

    pub fn is_honour(&self, word: &str) -> bool {
        self.honours.contains(word)
    }
}

/// Short names count only in capitals, or as a known mixed form such as "Nato".
fn written_as_known(word: &str, raw: &str) -> bool {
    let common =
        matches!(word, "us" | "who" | "un" | "it" | "rt" | "pew" | "sun" | "fed" | "vox" | "gm" | "ge" | "mit");
    !common || raw.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase)
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'))
}

fn words(text: &'static str) -> Words {
    lines(text).flat_map(str::split_whitespace).collect()
}

/// A list entry as the scanner would cut it: possessives and ampersands apart.
fn phrase_words(entry: &str) -> Vec<String> {
    let mut out = Vec::new();
    for word in entry.to_lowercase().split_whitespace() {
        if let Some(stem) = word.strip_suffix("'s") {
            out.push(stem.to_owned());
            out.push("'s".to_owned());
        } else {
            out.push(word.to_owned());
        }
    }
    out
}
