//! The verbs of attribution, from `assets/lexicons/attribution.ron`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::inflect;
use crate::model::Stance;

const SOURCE: &str = include_str!("../../assets/lexicons/attribution.ron");

#[derive(Debug, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each says one thing of a verb")]
#[serde(deny_unknown_fields)]
struct Entry {
    verb: String,
    #[serde(default)]
    past: Vec<String>,
    stance: Stance,
    #[serde(default)]
    clause: bool,
    #[serde(default)]
    noun: bool,
    /// It opens indirect speech only with "that".
    #[serde(default)]
    that: bool,
    #[serde(default)]
    after: Vec<String>,
    /// One of these stands after that: "use the word".
    #[serde(default)]
    then: Vec<String>,
    /// It gives something a name: "call it a purge", "describe it as a purge".
    #[serde(default)]
    naming: bool,
}

/// Which form of the verb a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Base,
    Third,
    Past,
    Ing,
}

/// What a form of a verb of attribution tells.
#[expect(clippy::struct_excessive_bools, reason = "each says one thing of a verb")]
#[derive(Clone, Debug)]
pub(super) struct Verb {
    pub stance: Stance,
    pub form: Form,
    /// It may open indirect speech.
    pub clause: bool,
    /// This form is a noun as well.
    pub noun: bool,
    /// It counts only with this word after it ("point out").
    pub after: Vec<String>,
    pub then: Vec<String>,
    pub naming: bool,
    /// "say" and its like: it may open indirect speech without "that".
    pub plain: bool,
}

pub(super) struct Verbs {
    forms: HashMap<String, Verb>,
}

static VERBS: LazyLock<Verbs> = LazyLock::new(Verbs::read);

impl Verbs {
    pub fn get() -> &'static Self {
        &VERBS
    }

    fn read() -> Self {
        // The list is part of the program; a test reads it, so that a slip in it is found before it ships.
        let entries: Vec<Entry> = ron::from_str(SOURCE).unwrap_or_default();
        let mut forms = HashMap::new();
        for entry in entries {
            let regular = inflect::verb(&entry.verb);
            let mut put = |word: &str, form: Form| {
                let noun = entry.noun && matches!(form, Form::Base | Form::Third);
                forms.entry(word.to_owned()).or_insert_with(|| Verb {
                    stance: entry.stance,
                    form,
                    clause: entry.clause,
                    noun,
                    after: entry.after.clone(),
                    then: entry.then.clone(),
                    naming: entry.naming,
                    plain: entry.clause
                        && !entry.that
                        && !matches!(
                            entry.verb.as_str(),
                            "report"
                                | "write"
                                | "respond"
                                | "reply"
                                | "agree"
                                | "tweet"
                                | "add"
                                | "mention"
                                | "complain"
                                | "vow"
                                | "pledge"
                                | "promise"
                                | "joke"
                                | "expect"
                                | "propose"
                                | "recommend"
                                | "acknowledge"
                                | "disclose"
                                | "declare"
                                | "learn"
                                | "hope"
                                | "testify"
                                | "remark"
                                | "speculate"
                                | "lament"
                                | "feel"
                                | "recall"
                                | "dispute"
                                | "describe"
                                | "protest"
                        ),
                });
            };
            if entry.past.is_empty() {
                put(&regular[1], Form::Past);
            }
            for past in &entry.past {
                put(past, Form::Past);
            }
            put(&regular[0], Form::Third);
            put(&regular[2], Form::Ing);
            put(&entry.verb, Form::Base);
        }
        Self { forms }
    }

    /// The verb that a word, in lower case, is a form of.
    pub fn form(&self, word: &str) -> Option<&Verb> {
        self.forms.get(word)
    }

    /// Whether the word says by itself that who stands beside it speaks: "said", "told", "insists".
    pub fn speaks(&self, word: &str) -> bool {
        self.form(word)
            .is_some_and(|v| matches!(v.form, Form::Past | Form::Third) && !v.noun && v.clause && v.after.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_read() {
        let entries: Result<Vec<Entry>, _> = ron::from_str(SOURCE);
        assert!(entries.is_ok(), "{entries:?}");
        let verbs = Verbs::get();
        assert_eq!(verbs.form("charged").map(|v| v.stance), Some(Stance::Emotive));
        assert!(verbs.speaks("said") && !verbs.speaks("claims"));
    }
}
