//! Indirect speech: somebody's sense in the outlet's words.

use std::ops::Range;

use super::attribution::Found;
use super::saying::CueVerb;
use super::scan::Shape;
use super::speakers::{PREPOSITIONS, Reading};
use super::verbs::Form;
use crate::model::QuoteKind;

/// How many tokens a reported clause may reach from its verb.
const REACH: usize = 150;

const BREAKS: &[&str] = &[
    "in", "on", "at", "to", "of", "with", "as", "for", "by", "about", "during", "after", "before", "from", "through",
    "so", "nothing", "goodbye", "yes", "no", "more", "and", "but", "or", "against",
];

/// The clauses that verbs of attribution report, in the order of the verbs.
pub(super) fn indirect(reading: &Reading<'_, '_>, cues: &[CueVerb], marked: &[Found]) -> Vec<Found> {
    let mut out: Vec<Found> = asked(reading);
    out.extend(of_nouns(reading));
    for (n, cue) in cues.iter().enumerate() {
        if cue.speaker.is_none() && reading.low(cue.tokens.start) != "accused" {
            continue;
        }
        // A bound on how far a clause reaches keeps the work linear however long a sentence is.
        let whole = reading.sentence_of(cue.tokens.start);
        let sentence = whole.start.max(cue.tokens.start.saturating_sub(REACH))..whole.end.min(cue.tokens.end + REACH);
        let next = cues.get(n + 1).filter(|c| sentence.contains(&c.tokens.start));
        if let Some(content) = accused(reading, cue, &sentence) {
            out.push(report(reading, cue, &content));
            continue;
        }
        if cue.verb.naming
            && let Some(content) = named_as(reading, cue, &sentence)
        {
            out.push(Found { why: "what somebody calls it", ..report(reading, cue, &content) });
            continue;
        }
        if !cue.verb.clause || cue.speaker.is_none() {
            continue;
        }
        if let Some((first, second)) = around(reading, cue, &sentence) {
            out.push(report(reading, cue, &first));
            out.push(report(reading, cue, &second));
            continue;
        }
        let content = if cue.according {
            according(reading, cue, &sentence)
        } else {
            after(reading, cue, &sentence).or_else(|| before(reading, cue, &sentence))
        };
        let Some(content) = content else { continue };
        let content = shorten(reading, content, next, marked, cue);
        let words = content.clone().filter(|i| reading.scan.tokens[*i].is_word()).count();
        if words < 3 || covered(reading, &content) {
            continue;
        }
        let bytes = reading.scan.bytes(&content);
        if out.last().is_some_and(|f| f.bytes == bytes) {
            continue;
        }
        out.push(report(reading, cue, &content));
    }
    out
}

fn report(reading: &Reading<'_, '_>, cue: &CueVerb, content: &Range<usize>) -> Found {
    Found {
        bytes: reading.scan.bytes(content),
        kind: QuoteKind::Indirect,
        speaker: cue.speaker.clone(),
        cue: Some(cue.tokens.clone()),
        stance: Some(cue.verb.stance),
        score: if reading.low(content.start) == "that" || cue.according { 0.85 } else { 0.75 },
        why: "reported speech",
        at: cue.tokens.start,
    }
}

/// "Ruiz accused the board of …": what somebody is accused of.
fn accused(reading: &Reading<'_, '_>, cue: &CueVerb, sentence: &Range<usize>) -> Option<Range<usize>> {
    if !matches!(reading.low(cue.tokens.start), "accused" | "accuses" | "accusing" | "accuse")
        || cue.inverted && cue.speaker.is_some()
    {
        return None;
    }
    let mut end = content_end(reading, sentence);
    if cue.speaker.is_none() {
        // "Ruiz, accused of keeping it, has asked"
        end = (cue.tokens.end..end).find(|i| reading.low(*i) == ",").unwrap_or(end);
    }
    let of = (cue.tokens.end..end.min(cue.tokens.end + 14)).find(|i| reading.low(*i) == "of")?;
    (of + 2 < end && !covered(reading, &(of + 1..end))).then_some(of + 1..end)
}

/// "Critics call it a purge", "critics described the vote as a purge", "what critics call a purge": what it is called.
fn named_as(reading: &Reading<'_, '_>, cue: &CueVerb, sentence: &Range<usize>) -> Option<Range<usize>> {
    if cue.inverted {
        return None;
    }
    let limit = sentence.end.min(cue.tokens.end + 24);
    let from = cue.tokens.end;
    let subject = cue.speaker.as_ref()?;
    let called = matches!(
        reading.low(cue.tokens.start),
        "call"
            | "calls"
            | "called"
            | "calling"
            | "dub"
            | "dubs"
            | "dubbed"
            | "label"
            | "labels"
            | "labelled"
            | "labeled"
            | "brand"
            | "brands"
            | "branded"
            | "term"
            | "terms"
            | "termed"
            | "deem"
            | "deemed"
    );
    let what = subject.start > sentence.start && reading.low(subject.start - 1) == "what";
    let marked = |i: usize| reading.pair(i).is_some();
    let start = if !cue.verb.then.is_empty() || what {
        if !what && matches!(reading.low(from), "of" | "for" | "in" | "to" | "that") {
            return None;
        }
        from
    } else {
        let object = |most: usize| (from..limit).take(most).take_while(|i| !matches!(reading.low(*i), "," | ";" | ":"));
        let pronoun = matches!(reading.low(from), "it" | "him" | "her" | "them" | "this" | "that");
        let fits = object(14).any(|i| reading.low(i) == "as")
            || called
                && !PREPOSITIONS.contains(&reading.low(from))
                && !marked(from)
                && (pronoun || object(10).skip(1).any(|i| matches!(reading.low(i), "a" | "an")));
        if !fits {
            return None;
        }
        from
    };
    let end = (start..limit)
        .find(|i| {
            let plain = !marked(*i) && *i > start;
            !reading.scan.tokens[*i].is_word() && !marked(*i) && reading.scan.shape(*i) != Shape::Clitic
                || plain
                    && matches!(
                        reading.low(*i),
                        "and"
                            | "but"
                            | "because"
                            | "when"
                            | "after"
                            | "before"
                            | "which"
                            | "while"
                            | "is"
                            | "was"
                            | "had"
                            | "are"
                            | "were"
                    )
        })
        .unwrap_or(limit);
    // Words in marks stand for themselves.
    let bare = !(start..end).any(marked);
    (bare && end > start + usize::from(!what && cue.verb.then.is_empty())).then_some(start..end)
}

/// "Her claim that it was a purge": what is claimed, by whom.
fn of_nouns(reading: &Reading<'_, '_>) -> Vec<Found> {
    let scan = reading.scan;
    let mut out = Vec::new();
    for i in 1..scan.tokens.len().saturating_sub(4) {
        if scan.low(i + 1) != "that" || !NOUNS.contains(&scan.low(i)) || reading.pair(i).is_some() {
            continue;
        }
        let sentence = reading.sentence_of(i);
        let owner = i - 1;
        let speaker = match scan.low(owner) {
            "his" | "her" | "their" => owner..owner + 1,
            "'s" if owner > sentence.start => match reading.named(owner - 1) {
                Some(n) => reading.names[n].tokens.clone(),
                None => continue,
            },
            _ => continue,
        };
        let limit = content_end(reading, &sentence).min(i + 40);
        let end = (i + 2..limit).find(|j| matches!(reading.low(*j), "," | ";" | ":" | "—" | "–")).unwrap_or(limit);
        if end < i + 5 || speaker.start < sentence.start || covered(reading, &(i + 1..end)) {
            continue;
        }
        out.push(Found {
            bytes: scan.bytes(&(i + 1..end)),
            kind: QuoteKind::Indirect,
            speaker: Some(speaker),
            cue: Some(i..i + 1),
            stance: Some(crate::model::Stance::Distancing),
            score: 0.7,
            why: "what somebody claims",
            at: i,
        });
    }
    out
}

/// Nouns that say that what follows "that" is somebody's.
const NOUNS: &[&str] = &[
    "claim",
    "claims",
    "allegation",
    "allegations",
    "assertion",
    "assertions",
    "accusation",
    "accusations",
    "argument",
    "arguments",
    "warning",
    "warnings",
    "belief",
    "contention",
    "suggestion",
    "suggestions",
    "statement",
    "statements",
    "promise",
    "pledge",
    "prediction",
    "predictions",
    "charge",
    "charges",
    "insistence",
    "admission",
    "complaint",
    "complaints",
    "denial",
    "denials",
    "declaration",
    "view",
    "conviction",
];
/// What finds and shows things, as a person would say them.
const INQUIRIES: &[&str] = &[
    "study",
    "studies",
    "survey",
    "surveys",
    "poll",
    "polls",
    "research",
    "report",
    "reports",
    "analysis",
    "review",
    "panel",
    "court",
    "inquiry",
    "investigation",
    "paper",
    "audit",
    "judge",
    "jury",
    "tribunal",
    "researchers",
    "investigators",
];

/// "Asked whether it was a purge, she …": the question, of whomever.
fn asked(reading: &Reading<'_, '_>) -> Vec<Found> {
    let mut out = Vec::new();
    for sentence in &reading.scan.sentences {
        let i = sentence.start;
        let asks = matches!(reading.low(i), "asked" | "pressed" | "questioned")
            && matches!(reading.low(i + 1), "whether" | "if" | "why" | "how" | "what");
        let comma = asks.then(|| (i + 2..sentence.end.min(i + 40)).find(|j| reading.low(*j) == ",")).flatten();
        if let Some(comma) = comma.filter(|c| *c > i + 3) {
            out.push(Found {
                bytes: reading.scan.bytes(&(i + 1..comma)),
                kind: QuoteKind::Indirect,
                speaker: None,
                cue: Some(i..i + 1),
                stance: Some(crate::model::Stance::Neutral),
                score: 0.7,
                why: "a question put to somebody",
                at: i,
            });
        }
    }
    out
}

/// "The bridge, Ruiz said, is closed": the clause before and the clause after.
fn around(reading: &Reading<'_, '_>, cue: &CueVerb, sentence: &Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
    let speaker = cue.speaker.as_ref()?;
    let (left, right) = (speaker.start.min(cue.tokens.start), speaker.end.max(cue.tokens.end));
    let end = content_end(reading, sentence);
    let comma = left.checked_sub(1).filter(|i| *i > sentence.start && matches!(reading.low(*i), "," | "—" | "–"))?;
    let again = matches!(reading.low(right), "," | "—" | "–")
        && right + 3 < end
        && (comma > sentence.start + 1 || reading.named(sentence.start).is_some());
    let bare = reading.pair(comma - 1).is_none() && reading.pair(right + 1).is_none();
    // "after the vote, Ruiz said, …" begins with a time, and a short beginning is a setting, not a clause.
    let setting = matches!(
        reading.low(sentence.start),
        "in" | "on" | "at" | "after" | "when" | "during" | "asked" | "if" | "as" | "speaking" | "and" | "but"
    );
    (again && bare && !cue.inherits && !cue.according && !(setting && comma < sentence.start + 4))
        .then_some((sentence.start..comma, right + 1..end))
}

/// "Ruiz said that …", "Ruiz said she …", "Ruiz told the paper the …"
fn after(reading: &Reading<'_, '_>, cue: &CueVerb, sentence: &Range<usize>) -> Option<Range<usize>> {
    let scan = reading.scan;
    let mut i = cue.tokens.end;
    if cue.inverted {
        return None;
    }
    let end = content_end(reading, sentence);
    // "She admitted, however, that …"
    if reading.low(i) == "," && reading.low(i + 2) == "," && reading.low(i + 3) == "that" && cue.verb.clause {
        i += 3;
    }
    if i >= end {
        return None;
    }
    // "that" may stand a little further on: "said in a letter on Monday that".
    let that = (i..end.min(i + 12))
        .take_while(|j| reading.low(*j) != "," && reading.pair(*j).is_none())
        .find(|j| reading.low(*j) == "that");
    if let Some(that) = that {
        let direct = that == i
            || BREAKS.contains(&reading.low(i))
            || reading.dated(i)
            || matches!(
                scan.low(cue.tokens.start),
                "told" | "tells" | "tell" | "warned" | "warns" | "reminded" | "promised"
            );
        if direct {
            return Some(that..end);
        }
    }
    let found = matches!(reading.low(cue.tokens.start), "found" | "shows" | "showed" | "finds")
        && cue.speaker.as_ref().is_some_and(|s| s.clone().any(|i| INQUIRIES.contains(&reading.low(i))));
    if !found && (!cue.verb.plain || cue.verb.noun && cue.verb.form != Form::Past) {
        return None;
    }
    if matches!(scan.low(cue.tokens.start), "told" | "tells" | "tell" | "warned" | "warns" | "reminded") {
        // Its object stands first.
        i = object_end(reading, i, end)?;
    }
    // "said on Monday she …"
    if matches!(reading.low(i), "on" | "in" | "late" | "early" | "last") || reading.dated(i) {
        let mut j = i;
        while j < end && j < i + 5 && !reading.dated(j) {
            j += 1;
        }
        if reading.dated(j) {
            while j < end && reading.dated(j) {
                j += 1;
            }
            if matches!(reading.low(j), "morning" | "evening" | "night" | "afternoon") {
                j += 1;
            }
            i = j;
        }
    }
    if i >= end || BREAKS.contains(&reading.low(i)) || reading.pair(i).is_some() {
        return None;
    }
    let starts = scan.tokens[i].is_word();
    let short = end - i < 3;
    (starts && !short && has_verb(reading, i..end)).then_some(i..end)
}

/// "The bridge is closed, Ruiz said."
fn before(reading: &Reading<'_, '_>, cue: &CueVerb, sentence: &Range<usize>) -> Option<Range<usize>> {
    let speaker = cue.speaker.as_ref()?;
    let left = if cue.inverted { cue.tokens.start } else { speaker.start };
    let right = cue.tokens.end.max(speaker.end);
    // What follows the verb may only be a time, a place or the hearer.
    if right + 14 < sentence.end || cue.inherits {
        return None;
    }
    let comma = (sentence.start..left).rev().take(8).find(|i| reading.low(*i) == ",")?;
    let gap_is_name =
        (comma + 1..left).all(|i| reading.scan.tokens[i].is_word() || reading.scan.shape(i) == Shape::Mark);
    let mut start = sentence.start;
    while start < comma && !reading.scan.tokens[start].is_word() {
        start += 1;
    }
    if matches!(reading.low(start), "but" | "and" | "yet") {
        start += 1;
    }
    (gap_is_name
        && has_verb(reading, start..comma)
        && !matches!(
            reading.low(start),
            "in" | "on" | "at" | "after" | "when" | "during" | "asked" | "if" | "as" | "speaking"
        ))
    .then_some(start..comma)
}

/// "According to Ruiz, …" and "…, according to Ruiz."
fn according(reading: &Reading<'_, '_>, cue: &CueVerb, sentence: &Range<usize>) -> Option<Range<usize>> {
    let speaker = cue.speaker.as_ref()?;
    let end = content_end(reading, sentence);
    let opens = (sentence.start..cue.tokens.start).all(|i| !reading.scan.tokens[i].is_word());
    if opens {
        let comma = (speaker.end..end).take(30).find(|i| reading.low(*i) == ",")?;
        return Some(comma + 1..end);
    }
    let mut to = cue.tokens.start;
    if to > sentence.start && reading.low(to - 1) == "," {
        to -= 1;
    }
    let mut start = sentence.start;
    while start < to && !reading.scan.tokens[start].is_word() {
        start += 1;
    }
    Some(start..to)
}

fn object_end(reading: &Reading<'_, '_>, from: usize, end: usize) -> Option<usize> {
    if let Some(n) = reading.named(from).or_else(|| reading.named(from + 1)) {
        return Some(reading.names[n].tokens.end);
    }
    let mut i = from;
    while i < end && i < from + 5 {
        let word = reading.low(i);
        let opens = matches!(word, "he" | "she" | "they" | "it" | "we" | "i" | "the" | "a" | "there" | "his" | "her");
        if opens && i > from {
            return Some(i);
        }
        i += 1;
        if matches!(
            word,
            "reporters"
                | "journalists"
                | "him"
                | "them"
                | "me"
                | "us"
                | "parliament"
                | "supporters"
                | "lawmakers"
                | "mps"
                | "voters"
        ) || word == "her" && i == from + 1
        {
            return Some(i);
        }
    }
    None
}

fn content_end(reading: &Reading<'_, '_>, sentence: &Range<usize>) -> usize {
    let mut end = sentence.end;
    while end > sentence.start
        && !reading.scan.tokens[end - 1].is_word()
        && reading.scan.shape(end - 1) != Shape::Mark
        && reading.low(end - 1) != "%"
        && reading.low(end - 1) != ")"
    {
        end -= 1;
    }
    end
}

/// Some word that a finite clause has: a helper verb, a negation or an ending.
fn has_verb(reading: &Reading<'_, '_>, tokens: Range<usize>) -> bool {
    tokens.clone().any(|i| {
        let w = reading.low(i);
        matches!(
            w,
            "is" | "are"
                | "was"
                | "were"
                | "be"
                | "been"
                | "has"
                | "have"
                | "had"
                | "will"
                | "would"
                | "can"
                | "could"
                | "should"
                | "must"
                | "may"
                | "might"
                | "do"
                | "does"
                | "did"
                | "'s"
                | "'re"
                | "'ve"
                | "'ll"
                | "'d"
                | "'m"
                | "not"
                | "need"
                | "needs"
                | "want"
                | "wants"
                | "got"
                | "went"
                | "came"
                | "took"
                | "made"
                | "gave"
                | "saw"
                | "knew"
                | "left"
                | "found"
                | "won"
                | "lost"
        ) || w.ends_with("n't")
            || w.len() > 4 && w.ends_with("ed")
    }) || tokens.clone().skip(1).take(8).any(|i| {
        let w = reading.low(i);
        reading.scan.shape(i) == Shape::Lower && w.len() > 3 && w.ends_with('s') && !w.ends_with("ss")
    }) || tokens
        .clone()
        .next()
        .is_some_and(|i| matches!(reading.low(i), "he" | "she" | "they" | "it" | "we" | "i" | "there"))
}

/// Cuts a clause before the next verb of the same speaker, and before a direct quotation that it leads up to.
fn shorten(
    reading: &Reading<'_, '_>,
    content: Range<usize>,
    next: Option<&CueVerb>,
    marked: &[Found],
    own: &CueVerb,
) -> Range<usize> {
    let mut end = content.end;
    if let Some(next) = next.filter(|c| {
        c.inherits
            && content.contains(&c.tokens.start)
            && c.tokens.start > content.start + 1
            && own.tokens.start < c.tokens.start
    }) {
        end = next.tokens.start;
        while end > content.start
            && (matches!(reading.low(end - 1), "and" | "but" | "," | "—" | "–" | "also" | "then" | "while"))
        {
            end -= 1;
        }
    }
    // `…, adding: "We are closed."`
    let first_byte = reading.scan.tokens.get(content.start).map_or(0, |t| t.start);
    let from = marked.partition_point(|f| f.bytes.start.0 < first_byte);
    let direct = marked[from..].iter().take(4).find(|f| f.kind == QuoteKind::Direct);
    if let Some(direct) = direct {
        let at = reading.scan.within(direct.bytes).start;
        if content.contains(&at) && at > content.start + 2 && matches!(reading.low(at.saturating_sub(2)), ":" | ",") {
            end = end.min(at - 2);
        }
    }
    while end > content.start && (matches!(reading.low(end - 1), "," | ":" | ";" | "—" | "–")) {
        end -= 1;
    }
    content.start..end
}

/// Whether all words of a clause stand in quotation marks anyway.
fn covered(reading: &Reading<'_, '_>, content: &Range<usize>) -> bool {
    content
        .clone()
        .filter(|i| reading.scan.tokens[*i].is_word() && reading.low(*i) != "that")
        .all(|i| reading.pair(i).is_some())
}
