//! Who speaks: the words that stand for a speaker beside a verb of attribution.

use std::ops::Range;

use super::LocalEntity;
use super::gazetteer::{Gazetteer, Gender};
use super::linking::Linked;
use super::marks::Pair;
use super::names::Name;
use super::numbers::Amount;
use super::scan::{Scan, Shape};
use super::verbs::Verbs;
use crate::model::EntityKind;

/// Everything that is known of a text when quotations are looked for.
pub(super) struct Reading<'r, 't> {
    pub scan: &'r Scan<'t>,
    pub names: &'r [Name],
    pub linked: &'r Linked,
    pub pairs: &'r [Pair],
    /// For every token the name it belongs to.
    pub name_of: Vec<Option<usize>>,
    /// For every token the outermost pair it stands in, marks included.
    pub pair_of: Vec<Option<usize>>,
    /// For every token whether it is part of a date.
    pub dated: Vec<bool>,
    /// Who wrote the article, in order: a name there is nobody's of whom the article speaks.
    pub bylines: Vec<Range<usize>>,
}

pub(super) const PRONOUNS: &[&str] = &["he", "she", "they", "we", "i", "it", "you"];
pub(super) const DETERMINERS: &[&str] = &[
    "the", "a", "an", "his", "her", "their", "its", "our", "my", "your", "this", "that", "these", "those", "some",
    "many", "several", "another", "one", "two", "three", "four", "five", "no", "any", "every", "each", "both", "all",
    "most", "other",
];
pub(super) const PREPOSITIONS: &[&str] = &[
    "of",
    "for",
    "at",
    "from",
    "in",
    "with",
    "to",
    "on",
    "by",
    "about",
    "after",
    "before",
    "during",
    "against",
    "into",
    "over",
    "under",
    "as",
    "since",
    "through",
    "despite",
    "amid",
    "among",
    "between",
    "without",
    "within",
    "near",
    "towards",
    "toward",
    "until",
    "than",
    "like",
    "following",
    "because",
    "while",
    "when",
    "where",
    "if",
    "although",
    "though",
    "that",
    "what",
    "which",
];
const HELPERS: &[&str] = &[
    "has",
    "have",
    "had",
    "also",
    "later",
    "then",
    "now",
    "never",
    "once",
    "again",
    "today",
    "just",
    "still",
    "would",
    "could",
    "might",
    "may",
    "will",
    "did",
    "does",
    "do",
    "always",
    "often",
    "even",
    "earlier",
    "yesterday",
    "ever",
    "further",
    "himself",
    "herself",
    "is",
    "are",
    "was",
    "were",
    "been",
    "'s",
    "'re",
    "'m",
    "am",
    "themselves",
    "itself",
    "first",
    "both",
    "all",
    "too",
    "'d",
    "'ve",
    "should",
    "must",
    "soon",
    "not",
    "didn't",
    "so",
    "far",
    "yet",
    "only",
    "already",
];

impl<'r, 't> Reading<'r, 't> {
    pub fn new(
        scan: &'r Scan<'t>,
        names: &'r [Name],
        linked: &'r Linked,
        pairs: &'r [Pair],
        amounts: &[Amount],
        bylines: Vec<Range<usize>>,
    ) -> Self {
        let count = scan.tokens.len();
        let mut reading = Self {
            scan,
            names,
            linked,
            pairs,
            name_of: vec![None; count],
            pair_of: vec![None; count],
            dated: vec![false; count],
            bylines,
        };
        for (i, name) in names.iter().enumerate() {
            reading.name_of[name.tokens.clone()].fill(Some(i));
        }
        for (i, pair) in pairs.iter().enumerate().filter(|(_, p)| !p.nested) {
            reading.pair_of[scan.within(pair.outer)].fill(Some(i));
        }
        for amount in amounts.iter().filter(|a| a.kind == EntityKind::Date) {
            reading.dated[amount.tokens.clone()].fill(true);
        }
        reading
    }

    /// The outermost pair a token stands in; none beyond the text's end.
    pub fn pair(&self, i: usize) -> Option<usize> {
        self.pair_of.get(i).copied().flatten()
    }

    /// The name a token belongs to.
    pub fn named(&self, i: usize) -> Option<usize> {
        self.name_of.get(i).copied().flatten()
    }

    pub fn dated(&self, i: usize) -> bool {
        self.dated.get(i) == Some(&true)
    }

    pub fn low(&self, i: usize) -> &str {
        self.scan.low(i)
    }

    pub fn sentence_of(&self, i: usize) -> Range<usize> {
        self.scan.tokens.get(i).map_or(0..0, |t| self.scan.sentences[t.sentence].clone())
    }

    pub(super) fn before(&self, i: usize) -> &str {
        i.checked_sub(1).map_or("", |j| self.scan.low(j))
    }

    pub(super) fn person(&self, i: usize) -> Option<&Name> {
        self.name_of.get(i).copied().flatten().map(|n| &self.names[n]).filter(|n| n.kind == EntityKind::Person)
    }

    /// The subject of a sentence: its first name or noun phrase before `limit`.
    pub fn first_subject(&self, sentence: &Range<usize>, limit: usize) -> Option<Range<usize>> {
        let first = (sentence.start..limit.min(sentence.end)).find(|i| self.scan.tokens[*i].is_word())?;
        if PRONOUNS.contains(&self.low(first)) {
            return Some(first..first + 1);
        }
        let near = first..limit.min(first + 12);
        if let Some(name) = near.clone().take_while(|i| self.low(*i) != ",").find_map(|i| self.person(i)) {
            return Some(name.tokens.clone());
        }
        if let Some(n) = self.named(first).or_else(|| self.name_of.get(first + 1).copied().flatten()) {
            return Some(self.apposed(self.names[n].tokens.clone()));
        }
        if DETERMINERS.contains(&self.low(first)) {
            return self.right(first, limit);
        }
        None
    }

    /// The speaker before a verb.
    pub(super) fn left(&self, verb: usize, sentence: &Range<usize>) -> Option<Range<usize>> {
        let mut i = verb;
        let floor = sentence.start;
        let mut steps = 0;
        loop {
            i = i.checked_sub(1).filter(|i| *i >= floor)?;
            steps += 1;
            if steps > 12 {
                return None;
            }
            let word = self.low(i);
            let adverb = word.len() > 4 && word.ends_with("ly") && self.named(i).is_none() && word != "family";
            if HELPERS.contains(&word) || adverb || self.dated(i) {
                continue;
            }
            if self.dated.get(i + 1) == Some(&true)
                && matches!(word, "on" | "in" | "last" | "late" | "early" | "this" | "since")
            {
                continue;
            }
            break;
        }
        self.phrase_ending(i, floor, 0)
    }

    /// The name or noun phrase whose last token is `i`.
    fn phrase_ending(&self, i: usize, floor: usize, depth: usize) -> Option<Range<usize>> {
        let word = self.low(i);
        if PRONOUNS.contains(&word) {
            return Some(i..i + 1);
        }
        // "one of them", "some of us"
        if matches!(word, "them" | "us" | "these" | "those") && i >= floor + 2 && self.low(i - 1) == "of" {
            return Some(i - 2..i + 1);
        }
        // "most had used", "the two said"
        if matches!(
            word,
            "most" | "many" | "some" | "others" | "both" | "few" | "one" | "two" | "three" | "four" | "another"
        ) && self.scan.shape(i) != Shape::Number
        {
            let article = i > floor && matches!(self.low(i - 1), "the" | "but" | "and");
            return Some(i - usize::from(article && self.low(i - 1) == "the")..i + 1);
        }
        if self.scan.shape(i) == Shape::Number
            || self.named(i).is_none() && Verbs::get().speaks(word)
            || i > floor && matches!(word, "is" | "said")
        {
            return None;
        }
        if word == "who" {
            let before = i.checked_sub(1).filter(|j| *j >= floor)?;
            let before = if self.low(before) == "," { before.checked_sub(1).filter(|j| *j >= floor)? } else { before };
            return if depth < 2 { self.phrase_ending(before, floor, depth + 1) } else { None };
        }
        if matches!(word, "," | "—" | "–" | "-" | ")") {
            return if depth < 1 { self.past_apposition(i, floor) } else { None };
        }
        if let Some(n) = self.named(i) {
            let name = &self.names[n];
            if name.kind == EntityKind::Person {
                return Some(name.tokens.clone());
            }
            let mut before = name.tokens.start;
            if before > floor && self.low(before - 1) == "the" {
                before -= 1;
            }
            let owned = self.chain(name.tokens.start, floor);
            // "The leaders of three unions affiliated to the Harbour Party": the name is not the subject.
            if owned.is_none() && before > floor && PREPOSITIONS.contains(&self.low(before - 1)) {
                return self.opening(floor, i).or(Some(name.tokens.clone()));
            }
            return Some(owned.unwrap_or(name.tokens.start)..name.tokens.end);
        }
        if !self.scan.tokens[i].is_word()
            || PREPOSITIONS.contains(&word)
            || DETERMINERS.contains(&word) && word != "others"
        {
            return None;
        }
        let start = self.phrase_start(i, floor);
        let chain = self.chain(start, floor);
        if chain.is_none()
            && depth < 2
            && start > floor
            && PREPOSITIONS.contains(&self.low(start - 1))
            && let Some(subject) = self.opening(floor, i)
        {
            return Some(subject);
        }
        let start = chain.unwrap_or(start);
        Some(start..i + 1)
    }

    /// The subject that opens a sentence, where nothing but words stands between it and `last`: "two officials" of "But
    /// two officials who were in the room".
    fn opening(&self, floor: usize, last: usize) -> Option<Range<usize>> {
        let mut first = floor;
        while first < last.min(floor + 6)
            && (!self.scan.tokens[first].is_word() || matches!(self.low(first), "but" | "and" | "yet"))
        {
            first += 1;
        }
        let plain = last < first + 24 && (first..last).all(|i| self.scan.tokens[i].is_word());
        if !plain || !DETERMINERS.contains(&self.low(first)) && self.scan.shape(first) != Shape::Capital {
            return None;
        }
        let end = (first + 1..last).find(|i| {
            matches!(self.low(*i), "who" | "affiliated" | "in" | "at" | "from" | "on" | "close" | "with" | "to")
        })?;
        (end <= first + 8).then_some(first..end)
    }

    /// A description with the name after it is the person: "the chair of the party, Ana Ruiz".
    fn apposed(&self, tokens: Range<usize>) -> Range<usize> {
        if self.low(tokens.end) != "," || self.person(tokens.end - 1).is_some() {
            return tokens;
        }
        let mut at = tokens.end + 1;
        while at < tokens.end + 3 && Gazetteer::get().is_title(self.low(at)) && self.named(at).is_none() {
            at += 1;
        }
        match self.person(at) {
            Some(name) if name.tokens.start == at && self.low(name.tokens.end) != "and" => name.tokens.clone(),
            _ => tokens,
        }
    }

    /// The first token of the noun phrase that ends with the noun `i`: back to its determiner.
    fn phrase_start(&self, i: usize, floor: usize) -> usize {
        let mut start = i;
        for _ in 0..8 {
            let Some(j) = start.checked_sub(1).filter(|j| *j >= floor) else { break };
            if let Some(p) = self.pair(j) {
                // The "Ribble" director
                let inside = self.scan.within(self.pairs[p].outer);
                if inside.len() > 8 || inside.start < floor {
                    break;
                }
                start = inside.start;
                continue;
            }
            let word = self.low(j);
            if DETERMINERS.contains(&word) {
                start = j;
                break;
            }
            let fits = (self.scan.tokens[j].is_word() || self.scan.shape(j) == Shape::Clitic)
                && !PREPOSITIONS.contains(&word)
                && !PRONOUNS.contains(&word)
                && !HELPERS.contains(&word)
                && !matches!(
                    word,
                    "and" | "but" | "or" | "is" | "are" | "was" | "were" | "be" | "been" | "not" | "who" | "there"
                );
            if !fits {
                break;
            }
            start = j;
        }
        start
    }

    /// "a spokesman for the ministry": where the whole begins, if a noun and a preposition stand before.
    fn chain(&self, start: usize, floor: usize) -> Option<usize> {
        let mut at = start;
        let mut out = None;
        for _ in 0..3 {
            let Some(mut j) = at.checked_sub(1).filter(|j| *j >= floor) else { return out };
            if matches!(self.low(j), "the" | "a" | "an" | "its" | "his" | "her" | "their") {
                j = match j.checked_sub(1).filter(|j| *j >= floor) {
                    Some(j) => j,
                    None => return out,
                };
            }
            if !matches!(self.low(j), "of" | "for" | "at" | "from" | "with" | "in") {
                return out;
            }
            let Some(noun) = j.checked_sub(1).filter(|n| *n >= floor) else { return out };
            let small = self.scan.shape(noun) == Shape::Lower || self.scan.opens_sentence(noun);
            if !small || PREPOSITIONS.contains(&self.low(noun)) {
                return out;
            }
            let lists = Gazetteer::get();
            let speaks = lists.role(self.low(noun)).is_some()
                || matches!(
                    self.low(noun),
                    "source"
                        | "sources"
                        | "statement"
                        | "report"
                        | "study"
                        | "survey"
                        | "poll"
                        | "people"
                        | "representatives"
                        | "group"
                        | "officials"
                        | "department"
                        | "office"
                );
            if !speaks {
                return out;
            }
            at = self.phrase_start(noun, floor);
            out = Some(at);
        }
        out
    }

    /// "Ruiz, who chairs the board, said": from the second comma back to the name before the first.
    fn past_apposition(&self, close: usize, floor: usize) -> Option<Range<usize>> {
        let mark = self.low(close);
        let open = if mark == ")" { "(" } else { mark };
        let mut seen = 0;
        let mut j = close;
        let mut fallback = None;
        // "Its convenor, Ana Ruiz, said"
        if let Some(name) = close.checked_sub(1).filter(|i| *i >= floor).and_then(|i| self.person(i)) {
            let mut before = name.tokens.start;
            while before > floor && Gazetteer::get().is_title(self.low(before - 1)) {
                before -= 1;
            }
            if before > floor && self.low(before - 1) == open {
                return Some(name.tokens.clone());
            }
        }
        while j > floor && close - j < 45 && seen < 3 {
            j -= 1;
            if let Some(p) = self.pair(j) {
                j = self.scan.within(self.pairs[p].outer).start;
                continue;
            }
            let dash = matches!(open, "—" | "–" | "-") && matches!(self.low(j), "—" | "–" | "-");
            if self.low(j) != open && !dash {
                continue;
            }
            seen += 1;
            let Some(end) = j.checked_sub(1).filter(|e| *e >= floor) else { break };
            if let Some(name) = self.person(end) {
                return Some(name.tokens.clone());
            }
            if fallback.is_none() {
                fallback = self.phrase_ending(end, floor, 2).filter(|p| {
                    let first = self.low(p.start);
                    DETERMINERS.contains(&first) || self.named(end).is_some() || self.low(p.end - 1).ends_with('s')
                });
            }
        }
        fallback
    }

    /// The speaker that begins at `from`: a name, a pronoun, or a noun phrase up to the next break.
    pub fn right(&self, from: usize, limit: usize) -> Option<Range<usize>> {
        let first = self.low(from);
        if from >= limit {
            return None;
        }
        if PRONOUNS.contains(&first) {
            return Some(from..from + 1);
        }
        let mut i = from;
        while i < limit && i < from + 14 {
            if let Some(n) = self.named(i) {
                let name = &self.names[n];
                if name.kind == EntityKind::Person {
                    return Some(name.tokens.clone());
                }
                i = name.tokens.end.max(i + 1);
                continue;
            }
            let word = self.low(i);
            let stops = !self.scan.tokens[i].is_word() && self.scan.shape(i) != Shape::Clitic
                || self.dated(i)
                || PRONOUNS.contains(&word)
                || matches!(
                    word,
                    "who"
                        | "which"
                        | "and"
                        | "as"
                        | "that"
                        | "to"
                        | "on"
                        | "in"
                        | "after"
                        | "during"
                        | "when"
                        | "is"
                        | "was"
                        | "are"
                        | "were"
                        | "has"
                        | "had"
                        | "will"
                        | "would"
                        | "about"
                        | "by"
                        | "with"
                        | "before"
                        | "while"
                        | "last"
                        | "earlier"
                        | "later"
                )
                || i > from && (Verbs::get().speaks(word) || HELPERS.contains(&word));
            if stops {
                break;
            }
            i += 1;
        }
        while i > from && (PREPOSITIONS.contains(&self.low(i - 1)) || DETERMINERS.contains(&self.low(i - 1))) {
            i -= 1;
        }
        let named = self.named(from).is_some();
        let noun = DETERMINERS.contains(&first) || Gazetteer::get().role(first).is_some() || first.ends_with('s');
        (i > from
            && (named
                || noun
                || self.scan.tokens[from].is_capital()
                || i <= from + 4 && self.scan.shape(from) == Shape::Lower))
            .then(|| self.apposed(from..i))
    }

    /// Whom the words of a speaker stand for, pronouns not counted.
    pub fn entity(&self, tokens: &Range<usize>) -> Option<LocalEntity> {
        let mut names = tokens.clone().filter_map(|i| self.named(i));
        let first = names.next();
        let last = tokens.end.checked_sub(1).and_then(|i| self.named(i));
        let person = first
            .into_iter()
            .chain(last)
            .find(|n| self.names[*n].kind == EntityKind::Person && self.names[*n].tokens.end == tokens.end);
        if let Some(n) = person {
            return self.linked.entities[n];
        }
        if let Some(entity) = self.linked.described(self.scan, tokens) {
            return Some(entity);
        }
        // A bare name, or a name with an article.
        let n = last?;
        let name = &self.names[n];
        let bare = name.tokens.start <= tokens.start + 1
            && name.tokens.end == tokens.end
            && (name.tokens.start == tokens.start || DETERMINERS.contains(&self.low(tokens.start)));
        bare.then(|| self.linked.entities[n]).flatten()
    }

    /// Whether the words are a pronoun that stands for somebody named before.
    pub fn is_pronoun(&self, tokens: &Range<usize>) -> bool {
        tokens.len() == 1 && matches!(self.low(tokens.start), "he" | "she" | "they" | "it")
    }

    /// What the pronoun at a token tells of whom it stands for.
    fn gender(&self, at: usize) -> Option<Gender> {
        match self.low(at) {
            "she" => Some(Gender::Female),
            "he" => Some(Gender::Male),
            _ => None,
        }
    }

    fn in_byline(&self, at: usize) -> bool {
        self.bylines.iter().any(|b| b.contains(&at))
    }

    /// Whom a pronoun at `at` stands for: whoever last spoke or opened a sentence, if the pronoun fits.
    pub fn antecedent(&self, at: usize, last_speaker: Option<(usize, LocalEntity)>) -> Option<LocalEntity> {
        let paragraph = self.scan.tokens.get(at)?.paragraph;
        let gender = self.gender(at);
        match self.low(at) {
            // One of a group, or a group: nobody in particular.
            "they" => return None,
            "it" => return self.body(at),
            _ => {}
        }
        let floor = self.scan.paragraphs[paragraph.saturating_sub(2)].start;
        let last_speaker = last_speaker.filter(|(_, e)| self.linked.fits(*e, gender));
        let mut any = None;
        for i in (floor..at).rev().take(250) {
            if let Some((token, entity)) = last_speaker
                && token >= i
            {
                return Some(entity);
            }
            if self.pair(i).is_some() || self.in_byline(i) {
                continue;
            }
            let Some(name) = self.person(i) else { continue };
            let entity = self.named(i).and_then(|n| self.linked.entities[n]);
            if !entity.is_some_and(|e| self.linked.fits(e, gender)) {
                continue;
            }
            any = any.or(entity);
            let sentence = self.sentence_of(i);
            if name.tokens.start - sentence.start <= 8 {
                return entity;
            }
        }
        any
    }

    /// The body that "it" stands for: the one that opened a sentence before it in the paragraph.
    fn body(&self, at: usize) -> Option<LocalEntity> {
        let paragraph = self.scan.paragraphs[self.scan.tokens.get(at)?.paragraph].start;
        let mut i = self.sentence_of(at).start;
        for _ in 0..3 {
            i = i.checked_sub(1).filter(|i| *i >= paragraph)?;
            let sentence = self.sentence_of(i);
            let named = (sentence.start..sentence.end.min(sentence.start + 3)).find_map(|t| self.named(t));
            if let Some(n) = named.filter(|n| self.names[*n].kind == EntityKind::Org) {
                return self.linked.entities[n];
            }
            i = sentence.start;
        }
        None
    }
}
