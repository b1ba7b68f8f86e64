//! The verbs of attribution in a text, each with the words that stand for its speaker.

use std::ops::Range;

use super::scan::Shape;
use super::speakers::{DETERMINERS, PREPOSITIONS, PRONOUNS, Reading};
use super::verbs::{Form, Verb, Verbs};

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

impl Reading<'_, '_> {
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
        if !verb.then.is_empty() && !verb.then.iter().any(|w| w == self.low(i + 2)) {
            return None;
        }
        let tokens = i..i + 1 + usize::from(!verb.after.is_empty()) + usize::from(!verb.then.is_empty());
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
                .find(|j| self.low(*j) == "by" && self.pair(*j).is_none());
            let Some(by) = by else {
                // "were asked about “the purge”": somebody's words, it is not said whose.
                let marks = (tokens.end..sentence.end.min(tokens.end + 5)).any(|j| self.pair(j).is_some());
                let accuses = self.low(i) == "accused" && self.low(tokens.end) == "of";
                return (verb.form == Form::Past && (marks && (verb.naming || self.low(i) == "asked") || accuses))
                    .then(|| cue(self.pollster(i), true, false))
                    .flatten();
            };
            return (verb.form == Form::Past)
                .then(|| self.right(by + 1, sentence.end))
                .flatten()
                .and_then(|s| cue(Some(s), true, false));
        }
        // "groups accused of …"
        if verb.form == Form::Past && self.low(i) == "accused" && self.low(tokens.end) == "of" {
            return cue(None, true, false);
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
                let free = matches!(before, "," | "" | "and" | "while" | "—" | "–" | "by" | "before" | "after" | "but")
                    || self.pair(tokens.end).is_some()
                        && !DETERMINERS.contains(&before)
                        && !PREPOSITIONS.contains(&before);
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
                    // "Ana Ruiz and Tom Bell say", "Republicans say"
                    || !verb.noun && verb.clause && subject.end == i && !matches!(self.before(subject.start), "to" | "did" | "let" | "help")
                    || matches!(before, "would" | "will" | "could" | "did" | "does" | "might" | "may");
                (plural
                    && subject.end + 3 > i
                    && (!verb.noun
                        || PRONOUNS.contains(&self.low(subject.start))
                        || subject.start > sentence.start && self.low(subject.start - 1) == "what"
                        || self.opens_content(tokens.end)))
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

    /// In a paragraph on a poll the questions are the pollster's: the name before "poll" or "survey".
    fn pollster(&self, at: usize) -> Option<Range<usize>> {
        let paragraph = self.scan.paragraphs[self.scan.tokens.get(at)?.paragraph].start;
        let poll = (paragraph..at).rev().take(80).find(|i| matches!(self.low(*i), "poll" | "survey"))?;
        let name = poll.checked_sub(1).filter(|i| *i >= paragraph).and_then(|i| self.named(i))?;
        (self.low(at) == "asked").then(|| self.names[name].tokens.clone())
    }

    /// Whether what comes next looks like the start of what is said.
    fn opens_content(&self, i: usize) -> bool {
        self.low(i) == "that"
            || self.pair_of.get(i).copied().flatten().is_some()
            || PRONOUNS.contains(&self.low(i))
            || self.low(i) == ":"
    }
}
