//! Who speaks: the words that stand for a speaker beside a verb of attribution.

use std::ops::Range;

use super::LocalEntity;
use super::gazetteer::Gazetteer;
use super::linking::Linked;
use super::marks::Pair;
use super::names::Name;
use super::numbers::Amount;
use super::scan::{Scan, Shape};
use super::verbs::{Form, Verb, Verbs};
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
}

/// A verb of attribution in its sentence.
#[derive(Clone, Debug)]
pub(super) struct CueVerb {
    /// The words: "said", "pointed out", "according to".
    pub tokens: Range<usize>,
    pub verb: Verb,
    pub speaker: Option<Range<usize>>,
    /// The speaker stands after the verb.
    pub inverted: bool,
    /// The subject is that of the verb before: "and said".
    pub inherits: bool,
    pub according: bool,
}

const PRONOUNS: &[&str] = &["he", "she", "they", "we", "i", "it", "you"];
const DETERMINERS: &[&str] = &[
    "the", "a", "an", "his", "her", "their", "its", "our", "my", "your", "this", "that", "these", "those", "some",
    "many", "several", "another", "one", "two", "three", "four", "five", "no", "any", "every", "each", "both", "all",
    "most", "other",
];
const PREPOSITIONS: &[&str] = &[
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
];

impl<'r, 't> Reading<'r, 't> {
    pub fn new(
        scan: &'r Scan<'t>,
        names: &'r [Name],
        linked: &'r Linked,
        pairs: &'r [Pair],
        amounts: &[Amount],
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

    fn before(&self, i: usize) -> &str {
        i.checked_sub(1).map_or("", |j| self.scan.low(j))
    }

    fn person(&self, i: usize) -> Option<&Name> {
        self.name_of.get(i).copied().flatten().map(|n| &self.names[n]).filter(|n| n.kind == EntityKind::Person)
    }

    /// The verbs of attribution that stand outside quotation marks, in order.
    pub fn cue_verbs(&self) -> Vec<CueVerb> {
        let mut out: Vec<CueVerb> = Vec::new();
        let mut i = 0;
        while i < self.scan.tokens.len() {
            if self.pair(i).is_none()
                && self.named(i).is_none()
                && let Some(cue) = self.cue_at(i, out.last())
            {
                i = cue.tokens.end;
                out.push(cue);
                continue;
            }
            i += 1;
        }
        out
    }

    fn cue_at(&self, i: usize, last: Option<&CueVerb>) -> Option<CueVerb> {
        let verbs = Verbs::get();
        let sentence = self.sentence_of(i);
        if self.low(i) == "according" && self.low(i + 1) == "to" {
            let verb = verbs.form("said")?.clone();
            let speaker = self.right(i + 2, sentence.end);
            return Some(CueVerb { tokens: i..i + 2, verb, speaker, inverted: true, inherits: false, according: true });
        }
        let verb = verbs.form(self.low(i))?.clone();
        if !verb.after.is_empty() && !verb.after.iter().any(|w| w == self.low(i + 1)) {
            return None;
        }
        let tokens = i..i + 1 + usize::from(!verb.after.is_empty());
        let before = if i > sentence.start { self.before(i) } else { "" };
        if DETERMINERS.contains(&before) && before != "all" && before != "both"
            || matches!(before, "of" | "to")
            || before == "'s" && !(i > 1 && PRONOUNS.contains(&self.low(i - 2)))
        {
            return None;
        }
        let cue = |speaker, inverted, inherits| {
            Some(CueVerb { tokens: tokens.clone(), verb: verb.clone(), speaker, inverted, inherits, according: false })
        };
        if verb.form == Form::Ing
            && matches!(before, "is" | "are" | "was" | "were" | "'s" | "'re" | "'m" | "am" | "been")
        {
            // "is claiming that"
            let subject = self.left(i, &sentence)?;
            return self.opens_content(tokens.end).then(|| cue(Some(subject), false, false)).flatten();
        }
        if matches!(before, "was" | "were" | "been" | "be" | "being" | "is" | "are" | "'re" | "am" | "'m") {
            // Passive: the speaker, if any, comes after "by".
            let by = (tokens.end..sentence.end.min(tokens.end + 12))
                .find(|j| self.low(*j) == "by" && self.pair(*j).is_none())?;
            return (verb.form == Form::Past)
                .then(|| self.right(by + 1, sentence.end))
                .flatten()
                .and_then(|s| cue(Some(s), true, false));
        }
        // `"…," said Ana Ruiz` and `"…" said the director`
        let after_mark = i > 0
            && (self.pair(i - 1).is_some() || matches!(before, "," | "—" | "–") && i > 1 && self.pair(i - 2).is_some());
        if after_mark
            && verb.form != Form::Ing
            && self.scan.shape(i - 1) != Shape::Clitic
            && let Some(speaker) = self.right(tokens.end, sentence.end)
        {
            return cue(Some(speaker), true, false);
        }
        match verb.form {
            Form::Ing => {
                let free = matches!(before, "," | "" | "and" | "while" | "—" | "–" | "by" | "before" | "after" | "but");
                let speaker =
                    last.filter(|c| self.sentence_of(c.tokens.start) == sentence).and_then(|c| c.speaker.clone());
                let speaker = speaker.or_else(|| self.first_subject(&sentence, i));
                (free && speaker.is_some()).then(|| cue(speaker, false, true)).flatten()
            }
            Form::Base => {
                let subject = self.left(i, &sentence)?;
                let plural = subject.end == subject.start + 1
                    && matches!(self.low(subject.start), "they" | "we" | "i" | "you")
                    || self.low(subject.end - 1).ends_with('s') && self.scan.shape(subject.end - 1) == Shape::Lower
                    || matches!(self.low(subject.end - 1), "people" | "police" | "men" | "women")
                    || matches!(before, "would" | "will" | "could" | "did" | "does" | "might" | "may");
                (plural
                    && subject.end + 3 > i
                    && (!verb.noun || PRONOUNS.contains(&self.low(subject.start)) || self.opens_content(tokens.end)))
                .then(|| cue(Some(subject), false, false))
                .flatten()
            }
            Form::Past | Form::Third => {
                if matches!(before, "and" | "but" | "then") || before.is_empty() {
                    let speaker = last
                        .filter(|c| self.sentence_of(c.tokens.start) == sentence && c.tokens.start + 60 > i)
                        .and_then(|c| c.speaker.clone())
                        .or_else(|| self.first_subject(&sentence, i));
                    if before.is_empty() || speaker.is_none() {
                        return None;
                    }
                    return (!verb.noun || self.opens_content(tokens.end)).then(|| cue(speaker, false, true)).flatten();
                }
                if PREPOSITIONS.contains(&before) {
                    return None;
                }
                if let Some(subject) = self.left(i, &sentence) {
                    let sure = !verb.noun
                        || self.person(subject.end - 1).is_some()
                        || PRONOUNS.contains(&self.low(subject.start))
                        || self.opens_content(tokens.end);
                    return sure.then(|| cue(Some(subject), false, false)).flatten();
                }
                // "The bridge is closed, said Ana Ruiz."
                if before == "," && !verb.noun && verb.clause {
                    let speaker = self.right(tokens.end, sentence.end)?;
                    let ends = speaker.end + 9 >= sentence.end || !self.scan.tokens[speaker.end].is_word();
                    return ends.then(|| cue(Some(speaker), true, false)).flatten();
                }
                None
            }
        }
    }

    /// Whether what comes next looks like the start of what is said.
    fn opens_content(&self, i: usize) -> bool {
        self.low(i) == "that"
            || self.pair_of.get(i).copied().flatten().is_some()
            || PRONOUNS.contains(&self.low(i))
            || self.low(i) == ":"
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
            return Some(self.names[n].tokens.clone());
        }
        if DETERMINERS.contains(&self.low(first)) {
            return self.right(first, limit);
        }
        None
    }

    /// The speaker before a verb.
    fn left(&self, verb: usize, sentence: &Range<usize>) -> Option<Range<usize>> {
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
            let owned = self.chain(name.tokens.start, floor);
            return Some(owned.unwrap_or(name.tokens.start)..name.tokens.end);
        }
        if !self.scan.tokens[i].is_word()
            || PREPOSITIONS.contains(&word)
            || DETERMINERS.contains(&word) && word != "others"
        {
            return None;
        }
        let start = self.phrase_start(i, floor);
        let start = self.chain(start, floor).unwrap_or(start);
        Some(start..i + 1)
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
            if self.scan.shape(noun) != Shape::Lower || PREPOSITIONS.contains(&self.low(noun)) {
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
                || i > from && Verbs::get().speaks(word);
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
            .then_some(from..i)
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
        tokens.len() == 1 && matches!(self.low(tokens.start), "he" | "she" | "they")
    }

    /// The person a pronoun at `at` stands for: whoever last spoke or opened a sentence.
    pub fn antecedent(&self, at: usize, last_speaker: Option<(usize, LocalEntity)>) -> Option<LocalEntity> {
        let paragraph = self.scan.tokens.get(at)?.paragraph;
        let floor = self.scan.paragraphs[paragraph.saturating_sub(2)].start;
        let mut any = None;
        for i in (floor..at).rev().take(250) {
            if let Some((token, entity)) = last_speaker
                && token >= i
            {
                return Some(entity);
            }
            if self.pair(i).is_some() {
                continue;
            }
            let Some(name) = self.person(i) else { continue };
            let entity = self.named(i).and_then(|n| self.linked.entities[n]);
            any = any.or(entity);
            let sentence = self.sentence_of(i);
            if name.tokens.start - sentence.start <= 6 {
                return entity;
            }
        }
        any
    }
}
