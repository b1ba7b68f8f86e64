//! Framing phrases: the lexicon file, its forms, and where they stand in a text.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::inflect;

const BUILTIN: &str = include_str!("../../assets/lexicons/framing.ron");

/// How a word of a phrase inflects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    /// Plural and possessive: `hunt`, `hunts`.
    Noun,
    /// `purge`, `purges`, `purged`, `purging`.
    Verb,
    /// Both.
    Both,
}

/// Which word of a phrase changes, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inflection {
    /// The word as it stands in the phrase.
    pub word: String,
    pub how: How,
    /// Irregular forms, beside the regular ones: `["drove", "driven"]`.
    #[serde(default)]
    pub forms: Vec<String>,
}

/// One entry of a lexicon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Words with single spaces; between them a text may have a space or a hyphen, and two words may be written as one.
    pub phrase: String,
    #[serde(default)]
    pub inflect: Option<Inflection>,
    /// The name of the code that the phrase suggests.
    pub code: String,
    #[serde(default)]
    pub note: String,
}

/// What is wrong with a lexicon. Lines and columns count from 1.
#[derive(Debug, Error)]
pub enum LexiconError {
    #[error("the lexicon cannot be read: line {line}, column {column}: {reason}")]
    Syntax { line: usize, column: usize, reason: String },
    #[error("entry {entry} of the lexicon has no phrase: write at least one word with a letter or digit in it")]
    NoPhrase { entry: usize },
    #[error("the entry “{phrase}” has no code: write the name of the code that it suggests")]
    NoCode { phrase: String },
    #[error("the entry “{phrase}” inflects “{word}”, which is not one of its words")]
    NoSuchWord { phrase: String, word: String },
}

/// Framing phrases with the codes that they suggest, ready to be looked for.
#[derive(Clone, Debug)]
pub struct Lexicon {
    entries: Vec<Entry>,
    /// For the first word of a form: the words after it, and the entry.
    forms: HashMap<String, Vec<(Vec<String>, usize)>>,
    fingerprint: String,
}

impl Lexicon {
    /// Reads a lexicon: a RON list of entries.
    pub fn parse(text: &str) -> Result<Self, LexiconError> {
        let options = ron::Options::default().with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME);
        let entries: Vec<Entry> = options.from_str(text).map_err(|e| LexiconError::Syntax {
            line: e.span.start.line,
            column: e.span.start.col,
            reason: e.code.to_string(),
        })?;
        let mut forms: HashMap<String, Vec<(Vec<String>, usize)>> = HashMap::new();
        for (number, entry) in entries.iter().enumerate() {
            for words in entry.forms(number)? {
                let Some((first, rest)) = words.split_first() else { continue };
                let list = forms.entry(first.clone()).or_default();
                if !list.iter().any(|(r, _)| r == rest) {
                    list.push((rest.to_vec(), number));
                }
            }
        }
        let fingerprint = blake3::hash(text.as_bytes()).to_hex()[..8].to_owned();
        Ok(Self { entries, forms, fingerprint })
    }

    /// The lexicon that comes with the program.
    pub fn builtin() -> Self {
        // A test reads the file, so that a slip in it is found before it ships.
        Self::parse(BUILTIN).unwrap_or_else(|_| Self {
            entries: Vec::new(),
            forms: HashMap::new(),
            fingerprint: String::new(),
        })
    }

    /// The text of the lexicon that comes with the program, for a project that wants one of its own.
    pub fn builtin_text() -> &'static str {
        BUILTIN
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Eight hex digits that change with the lexicon's text.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The longest phrase that begins at the first of these words, as a count of words, and its entry.
    pub(super) fn longest<'w>(&self, first: &str, word: impl Fn(usize) -> Option<&'w str>) -> Option<(usize, &Entry)> {
        self.forms
            .get(first)?
            .iter()
            .filter(|(rest, _)| rest.iter().enumerate().all(|(k, w)| word(k + 1) == Some(w)))
            .max_by_key(|(rest, _)| rest.len())
            .map(|(rest, entry)| (rest.len() + 1, &self.entries[*entry]))
    }
}

impl Entry {
    /// Every way in which the phrase is written, as words in lower case.
    fn forms(&self, number: usize) -> Result<Vec<Vec<String>>, LexiconError> {
        let words: Vec<String> = parts(&self.phrase.to_lowercase()).map(str::to_owned).collect();
        if words.is_empty() || !words.iter().all(|w| w.chars().any(char::is_alphanumeric)) {
            return Err(LexiconError::NoPhrase { entry: number + 1 });
        }
        if self.code.trim().is_empty() {
            return Err(LexiconError::NoCode { phrase: self.phrase.clone() });
        }
        let mut out = vec![words.clone()];
        if let Some(inflection) = &self.inflect {
            let target = inflection.word.to_lowercase();
            let Some(at) = words.iter().position(|w| *w == target) else {
                return Err(LexiconError::NoSuchWord { phrase: self.phrase.clone(), word: inflection.word.clone() });
            };
            let mut changed: Vec<String> = inflection.forms.iter().map(|f| f.to_lowercase()).collect();
            if matches!(inflection.how, How::Noun | How::Both) {
                changed.push(inflect::plural(&target));
            }
            if matches!(inflection.how, How::Verb | How::Both) {
                changed.extend(inflect::verb(&target));
            }
            for form in changed {
                let mut words = words.clone();
                words[at] = form;
                out.push(words);
            }
        }
        // "witchhunt": two words written as one.
        if words.len() == 2 {
            out.extend(out.clone().into_iter().map(|w| vec![w.concat()]));
        }
        Ok(out)
    }
}

/// The words of a phrase or token: cut at white space and hyphens.
pub(super) fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || c == '-').filter(|w| !w.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builtin_lexicon_can_be_read() {
        let lexicon = Lexicon::parse(BUILTIN);
        assert!(lexicon.as_ref().is_ok_and(|l| l.entries().len() >= 60), "{:?}", lexicon.err());
    }

    #[test]
    fn mistakes_are_named() {
        for (text, want) in [
            ("[\n(phrase: \"x\", code: \"X\", colour: 3)]", "line 2"),
            ("[(phrase: \" - \", code: \"X\")]", "entry 1"),
            ("[(phrase: \"a b\", code: \" \")]", "has no code"),
            ("[(phrase: \"a b\", code: \"X\", inflect: (word: \"c\", how: Noun))]", "not one of its words"),
        ] {
            let error = Lexicon::parse(text).map(|_| ()).map_err(|e| e.to_string());
            assert!(error.as_ref().is_err_and(|e| e.contains(want)), "{text}: {error:?}");
        }
    }

    #[test]
    fn a_phrase_is_found_in_its_forms() {
        let text = r#"[(phrase: "clean house", code: "Clean-up", inflect: (word: "clean", how: Verb))]"#;
        let Ok(lexicon) = Lexicon::parse(text) else { panic!("the lexicon is good") };
        let found =
            |words: &[&str]| lexicon.longest(words[0], |k| words.get(k).copied()).map(|(n, e)| (n, e.code.clone()));
        assert_eq!(found(&["cleaning", "house", "now"]), Some((2, "Clean-up".to_owned())));
        assert_eq!(found(&["cleanhouse"]), Some((1, "Clean-up".to_owned())));
        assert_eq!(found(&["clean", "houses"]), None);
    }
}
