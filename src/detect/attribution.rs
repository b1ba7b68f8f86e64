//! What each pair of quotation marks does, and whose words stand in it.

use std::ops::Range;

use super::gazetteer::Gazetteer;
use super::marks::Pair;
use super::saying::CueVerb;
use super::scan::{Scan, Shape};
use super::speakers::Reading;
use crate::model::{EntityKind, QuoteKind, Stance};
use crate::text::ByteSpan;

/// A quotation before its positions are turned into code points.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub bytes: ByteSpan,
    pub kind: QuoteKind,
    pub speaker: Option<Range<usize>>,
    pub cue: Option<Range<usize>>,
    pub stance: Option<Stance>,
    pub score: f32,
    pub why: &'static str,
    /// The token at which the speaker's words are placed, for pronouns.
    pub at: usize,
}

/// Which pairs hold the title of a work, or words on a shirt, a banner or in a chant. Needs no names, so that names
/// can be looked for with the titles known.
pub(super) fn titles_and_slogans(scan: &Scan<'_>, pairs: &[Pair]) -> Vec<Option<QuoteKind>> {
    let lists = Gazetteer::get();
    let mut out = vec![None; pairs.len()];
    let mut titles = std::collections::HashSet::new();
    // Twice, so that a title's first plain use tells of an earlier one.
    for _ in 0..2 {
        for (i, pair) in pairs.iter().enumerate() {
            if out[i].is_some() {
                continue;
            }
            let inside = scan.within(pair.inner);
            if inside.is_empty() || inside.len() > 14 {
                continue;
            }
            let outside = scan.within(pair.outer);
            let key = scan.key(&inside);
            let large = title_like(scan, &inside);
            if beside_slogan(scan, lists, &outside) {
                out[i] = Some(QuoteKind::Slogan);
                continue;
            }
            let listed = i > 0
                && out[i - 1] == Some(QuoteKind::Title)
                && joined(scan, &scan.within(pairs[i - 1].outer), &outside);
            let starts_list = pairs.get(i + 1).is_some()
                && out.get(i + 1).copied().flatten() == Some(QuoteKind::Title)
                && joined(scan, &outside, &scan.within(pairs[i + 1].outer));
            let works = large
                && longish(scan, &inside)
                && outside.start < scan.tokens.len()
                && in_paragraph_of_works(scan, outside.start);
            if works || large && (titles.contains(&key) || listed || starts_list || beside_work(scan, lists, &outside))
            {
                out[i] = Some(QuoteKind::Title);
                titles.insert(key);
            }
        }
    }
    out
}

/// Two large words or more, and no end of a sentence.
fn longish(scan: &Scan<'_>, inside: &Range<usize>) -> bool {
    inside.clone().filter(|i| scan.tokens[*i].is_capital() && scan.low(*i).len() > 3).count() >= 2
        && scan.tokens[inside.end - 1].is_word()
}

/// Whether a paragraph speaks of films, books and the like.
fn in_paragraph_of_works(scan: &Scan<'_>, at: usize) -> bool {
    let paragraph = scan.paragraphs[scan.tokens[at].paragraph].clone();
    let near = paragraph.start.max(at.saturating_sub(60))..paragraph.end.min(at + 60);
    near.into_iter().any(|i| {
        let word = singular(scan.low(i));
        matches!(
            word,
            "film"
                | "movie"
                | "cinema"
                | "comedy"
                | "novel"
                | "album"
                | "sitcom"
                | "thriller"
                | "trilogy"
                | "documentary"
        )
    })
}

/// Every word but small ones begins large, and the words do not end like a sentence that goes on.
fn title_like(scan: &Scan<'_>, inside: &Range<usize>) -> bool {
    let mut large = 0;
    for i in inside.clone() {
        let token = &scan.tokens[i];
        if !token.is_word() {
            continue;
        }
        let first = i == inside.start;
        if token.is_capital() || token.shape == Shape::Number {
            large += 1;
        } else if first
            || scan.low(i).len() > 4
            || !matches!(
                scan.low(i),
                "of" | "the"
                    | "a"
                    | "an"
                    | "and"
                    | "in"
                    | "on"
                    | "to"
                    | "for"
                    | "with"
                    | "from"
                    | "at"
                    | "by"
                    | "or"
                    | "but"
                    | "as"
                    | "is"
                    | "my"
                    | "into"
                    | "de"
                    | "la"
                    | "le"
                    | "v"
                    | "vs"
                    | "who"
            )
        {
            return false;
        }
    }
    large > 0
}

fn joined(scan: &Scan<'_>, left: &Range<usize>, right: &Range<usize>) -> bool {
    right.start <= left.end + 2
        && right.start >= left.end
        && (left.end..right.start).all(|i| matches!(scan.low(i), "," | "and" | "&" | "or" | ";"))
}

fn singular(word: &str) -> &str {
    match word {
        "series" | "news" => word,
        w if w.ends_with("ies") => w,
        w => w.strip_suffix('s').unwrap_or(w),
    }
}

fn beside_work(scan: &Scan<'_>, lists: &Gazetteer, outside: &Range<usize>) -> bool {
    let sentence = scan.tokens.get(outside.start).map_or(0..0, |t| scan.sentences[t.sentence].clone());
    let is_work = |i: usize| {
        let word = scan.low(i);
        lists.work_nouns.contains(word)
            || lists.work_nouns.contains(singular(word))
            || word.rsplit_once('-').is_some_and(|(_, w)| lists.work_nouns.contains(w))
    };
    let floor = sentence.start.max(outside.start.saturating_sub(7));
    for i in (floor..outside.start).rev() {
        let word = scan.low(i);
        // Another clause or another quotation stands between.
        if matches!(word, "said" | "says" | "told" | ":" | ";" | "that") {
            break;
        }
        if is_work(i) {
            return true;
        }
    }
    let follows = (outside.end..sentence.end.max(outside.end).min(outside.end + 3))
        .take_while(|i| scan.tokens[*i].is_word())
        .any(|i| {
            is_work(i)
                || matches!(
                    scan.low(i),
                    "director"
                        | "author"
                        | "star"
                        | "actor"
                        | "actress"
                        | "singer"
                        | "creator"
                        | "producer"
                        | "screenwriter"
                        | "trailer"
                        | "premiere"
                        | "co-star"
                )
        });
    let before = outside.start.checked_sub(1).map_or("", |i| scan.low(i));
    follows
        || matches!(
            before,
            "directed" | "starring" | "titled" | "entitled" | "authored" | "painted" | "penned" | "premiered"
        )
}

fn beside_slogan(scan: &Scan<'_>, lists: &Gazetteer, outside: &Range<usize>) -> bool {
    let is_slogan =
        |i: usize| lists.slogan_nouns.contains(scan.low(i)) || lists.slogan_nouns.contains(singular(scan.low(i)));
    let sentence = scan.tokens.get(outside.start).map_or(0..0, |t| scan.sentences[t.sentence].clone());
    let after = (outside.end..sentence.end.max(outside.end).min(outside.end + 2))
        .take_while(|i| scan.tokens[*i].is_word())
        .any(is_slogan);
    let floor = sentence.start.max(outside.start.saturating_sub(4));
    let before = (floor..outside.start)
        .rev()
        .take_while(|i| scan.tokens[*i].is_word() || matches!(scan.low(*i), ":" | ","))
        .any(|i| {
            is_slogan(i) && !matches!(scan.low(i), "sign" | "signs" | "flag" | "hat" | "cap")
                || is_slogan(i)
                    && (i..outside.start).any(|j| matches!(scan.low(j), "reading" | "read" | "saying" | "that"))
        });
    after || before
}

/// Judges every outermost pair.
pub(super) fn attribute(reading: &Reading<'_, '_>, cues: &[CueVerb], fixed: &[Option<QuoteKind>]) -> Vec<Found> {
    let mut out: Vec<Found> = Vec::new();
    // What stands in the paragraph so far, for a quotation that carries on.
    let mut previous: Option<(usize, usize)> = None;
    let mut waiting: Vec<usize> = Vec::new();
    for (i, pair) in reading.pairs.iter().enumerate() {
        if let Some(kind) = fixed[i] {
            out.push(plain(
                pair,
                kind,
                0.9,
                if kind == QuoteKind::Title {
                    "title beside a word for a work"
                } else {
                    "words on a shirt, a banner or in a chant"
                },
                reading,
            ));
            continue;
        }
        if pair.nested {
            continue;
        }
        let judged = judge(reading, cues, pair);
        let inside = reading.scan.within(pair.inner);
        let Some(paragraph) = reading.scan.tokens.get(inside.start).map(|t| t.paragraph) else { continue };
        let whole = clausal(reading.scan, &inside);
        let mut found = match judged {
            Some(found) => found,
            None => {
                let carried = previous.filter(|(p, at)| {
                    *p == paragraph && whole && stands_free(reading, pair)
                        || *p + 1 == paragraph
                            && whole
                            && fills_paragraph(reading, pair)
                            && out[*at].kind == QuoteKind::Direct
                });
                if let Some((p, at)) = carried {
                    let before = out[at].clone();
                    let score = if p == paragraph { 0.85 } else { 0.6 };
                    Found {
                        bytes: pair.inner,
                        kind: QuoteKind::Direct,
                        score,
                        why: "goes on after an attributed quotation",
                        ..before
                    }
                } else if let Some(found) = introduced(reading, cues, pair, paragraph) {
                    found
                } else if whole && (inside.len() >= 8 || fills_paragraph(reading, pair)) && stands_free(reading, pair) {
                    plain(pair, QuoteKind::Direct, 0.5, "whole sentence in quotation marks", reading)
                } else {
                    plain(pair, QuoteKind::Scare, 0.7, "quotation marks without attribution", reading)
                }
            }
        };
        if !pair.closed {
            found.score *= 0.7;
        }
        let at = out.len();
        let attributed = found.speaker.is_some() && found.kind == QuoteKind::Direct;
        // "A." "B," she said: the first belongs to her too.
        if attributed {
            for w in waiting
                .drain(..)
                .filter(|w: &usize| paragraph_of(reading, &out[*w]) == Some(paragraph))
                .collect::<Vec<_>>()
            {
                out[w].speaker.clone_from(&found.speaker);
                out[w].cue.clone_from(&found.cue);
                out[w].stance = found.stance;
                out[w].at = found.at;
                out[w].score = 0.8;
                out[w].why = "goes on in an attributed quotation";
            }
            previous = Some((paragraph, at));
        } else if found.kind == QuoteKind::Direct {
            waiting.push(at);
        }
        // A quotation that runs over paragraphs ends in a later one.
        if let (Some((p, _)), Some(last)) = (&mut previous, inside.end.checked_sub(1))
            && attributed
        {
            *p = reading.scan.tokens[last].paragraph;
        }
        out.push(found);
    }
    out
}

fn paragraph_of(reading: &Reading<'_, '_>, found: &Found) -> Option<usize> {
    let i = reading.scan.within(found.bytes).start;
    reading.scan.tokens.get(i).map(|t| t.paragraph)
}

fn plain(pair: &Pair, kind: QuoteKind, score: f32, why: &'static str, reading: &Reading<'_, '_>) -> Found {
    Found {
        bytes: pair.inner,
        kind,
        speaker: None,
        cue: None,
        stance: None,
        score,
        why,
        at: reading.scan.within(pair.outer).start,
    }
}

/// Whether quoted words are a clause of their own rather than a few words out of one.
fn clausal(scan: &Scan<'_>, inside: &Range<usize>) -> bool {
    let words = inside.clone().filter(|i| scan.tokens[*i].is_word()).count();
    let large = inside.clone().find(|i| scan.tokens[*i].is_word()).is_some_and(|i| scan.tokens[i].is_capital());
    let ended = inside.end.checked_sub(1).is_some_and(|i| matches!(scan.low(i), "." | "!" | "?" | "," | "…"));
    words >= 3 && large && (ended || words >= 5) || words >= 1 && large && ended || words >= 12
}

/// Nothing but a sentence's end, a colon or a mark stands right before the pair.
fn stands_free(reading: &Reading<'_, '_>, pair: &Pair) -> bool {
    let first = reading.scan.within(pair.outer).start;
    let Some(token) = reading.scan.tokens.get(first) else { return false };
    let paragraph = &reading.scan.paragraphs[token.paragraph];
    first == paragraph.start
        || reading.scan.tokens[first - 1].sentence != token.sentence
        || matches!(reading.low(first - 1), "." | "!" | "?" | ":" | "—" | "–")
        || reading.pair(first - 1).is_some()
}

/// The pair is all that its paragraph holds, but for a little.
fn fills_paragraph(reading: &Reading<'_, '_>, pair: &Pair) -> bool {
    let outside = reading.scan.within(pair.outer);
    let (Some(first), Some(last)) =
        (reading.scan.tokens.get(outside.start), outside.end.checked_sub(1).and_then(|i| reading.scan.tokens.get(i)))
    else {
        return false;
    };
    outside.start <= reading.scan.paragraphs[first.paragraph].start + 1
        && outside.end + 4 >= reading.scan.paragraphs[last.paragraph].end
}

fn judge(reading: &Reading<'_, '_>, cues: &[CueVerb], pair: &Pair) -> Option<Found> {
    let scan = reading.scan;
    let outside = scan.within(pair.outer);
    let inside = scan.within(pair.inner);
    let last = inside.end.checked_sub(1).filter(|l| *l >= inside.start)?;
    let whole = clausal(scan, &inside);
    let line = scan.lines[scan.tokens[last].paragraph];
    let line_tokens = scan.paragraphs[scan.tokens[last].paragraph].clone();
    let found = |cue: &CueVerb, kind, score, why| Found {
        bytes: pair.inner,
        kind,
        speaker: cue.speaker.clone(),
        cue: Some(cue.tokens.clone()),
        stance: Some(cue.verb.stance),
        score,
        why,
        at: cue.tokens.start,
    };
    debug_assert!(line.end.0 >= line.start.0);
    let in_speaker =
        |cue: &CueVerb| cue.speaker.as_ref().is_some_and(|s| s.start < outside.end && outside.start < s.end);

    // `"…," she said`, `"…", said Ruiz`, `"…" — Ruiz charged`
    let mut next = outside.end;
    let comma_outside = matches!(reading.low(next), "," | "—" | "–");
    if comma_outside {
        next += 1;
    }
    let comma_inside = matches!(reading.low(last), "," | "." | "?" | "!" | "…" | "—");
    if pair.closed && (comma_outside || comma_inside) {
        let from = cues.partition_point(|c| c.tokens.start < next);
        if let Some(cue) = cues[from..].iter().take(2).find(|c| {
            c.tokens.start < line_tokens.end
                && c.tokens.start < next + 40
                && !in_speaker(c)
                && !c.inherits
                && c.verb.form != super::verbs::Form::Ing
        }) {
            let begins = match &cue.speaker {
                Some(s) if s.start < cue.tokens.start => s.start,
                _ => cue.tokens.start,
            };
            // Titles and articles may stand before a name: "former minister Ana Ruiz said".
            let near = begins >= next
                && (next..begins).all(|i| reading.pair(i).is_none() && scan.tokens[i].is_word())
                && begins <= next + 8;
            let same =
                scan.tokens[cue.tokens.start].sentence == scan.tokens.get(next).map_or(usize::MAX, |t| t.sentence);
            let begins_large = scan.tokens[next.min(scan.tokens.len() - 1)].is_capital()
                && reading.named(next).is_none()
                && reading.low(last) != ",";
            if near && same && cue.speaker.is_some() && !(begins_large && !comma_outside && reading.low(next) != "he") {
                return Some(found(cue, QuoteKind::Direct, 0.95, "attributed after the quotation"));
            }
            if near && same && cue.speaker.is_some() && !cue.inverted && reading.low(last) != "." {
                return Some(found(cue, QuoteKind::Direct, 0.9, "attributed after the quotation"));
            }
        }
    }

    // `She said: "…"`, `Ruiz said, "…"`, `Ruiz: "…"`
    let first = outside.start;
    let sentence = sentence_before(reading, first);
    let to = cues.partition_point(|c| c.tokens.start < first);
    let mut near = cues[..to].iter().rev().take(6).filter(|c| c.tokens.start >= sentence.start && !in_speaker(c));
    let before = near.clone().find(|c| c.speaker.is_some()).or_else(|| near.next());
    let mark = first.checked_sub(1).filter(|i| *i >= sentence.start).map_or("", |i| reading.low(i));
    if let Some(cue) = before {
        let gap = first - cue.tokens.end;
        let open = !(cue.tokens.end..first).any(|i| reading.pair(i).is_some());
        let led = matches!(mark, ":" | ",");
        if whole && open && (led && gap <= 14 || gap == 0 && !cue.inverted) {
            return Some(found(cue, QuoteKind::Direct, 0.92, "attributed before the quotation"));
        }
        if !cue.inverted || cue.according || cue.tokens.start > sentence.start {
            let kind = if whole && led && inside.len() > 6 { QuoteKind::Direct } else { QuoteKind::Partial };
            return Some(found(cue, kind, 0.85, "a few words in an attributed sentence"));
        }
    }
    if mark == ":"
        && first >= 2
        && whole
        && let Some(n) = reading.named(first - 2).filter(|n| reading.names[*n].kind == EntityKind::Person)
    {
        return Some(Found {
            speaker: Some(reading.names[n].tokens.clone()),
            ..plain(pair, QuoteKind::Direct, 0.85, "name and colon before the quotation", reading)
        });
    }
    // A verb later in the sentence: `The "farce" must end, Ruiz said.`
    let sentence_end = scan.tokens.get(last).map_or(first, |t| scan.sentences[t.sentence].end);
    let from = cues.partition_point(|c| c.tokens.start < outside.end);
    let later = cues[from..].iter().take(3).find(|c| c.tokens.start < sentence_end && !in_speaker(c));
    if let Some(cue) = later {
        let begins = match &cue.speaker {
            Some(s) if s.start < cue.tokens.start => s.start,
            _ => cue.tokens.start,
        };
        let closes = cue.tokens.end + 8 >= sentence_end || cue.according;
        let comma = begins.checked_sub(1).is_some_and(|i| matches!(reading.low(i), "," | "—" | "–") || i < outside.end);
        if begins >= outside.end && closes && comma && cue.speaker.is_some() {
            return Some(found(cue, QuoteKind::Partial, 0.8, "a few words in an attributed sentence"));
        }
    }
    signed(reading, pair)
}

/// The sentence around a pair's opening mark, as far as it lies before it. A pair that holds whole sentences is cut by
/// the sentence rule, so the mark's own sentence begins after the last sentence's end outside the pair.
fn sentence_before(reading: &Reading<'_, '_>, first: usize) -> Range<usize> {
    let own = reading.sentence_of(first);
    own.start..first.max(own.start)
}

/// A paragraph that is a quotation and a signature: a name, or the first letters of one.
fn signed(reading: &Reading<'_, '_>, pair: &Pair) -> Option<Found> {
    let scan = reading.scan;
    let outside = scan.within(pair.outer);
    let paragraph = scan.tokens.get(outside.start).map(|t| scan.paragraphs[t.paragraph].clone())?;
    if outside.start != paragraph.start || outside.end >= paragraph.end || paragraph.end - outside.end > 6 {
        return None;
    }
    let tail = outside.end..paragraph.end;
    let mut start = tail.start;
    while start < tail.end && !scan.tokens[start].is_word() {
        start += 1;
    }
    let name =
        (start..tail.end).find_map(|i| reading.named(i)).filter(|n| reading.names[*n].kind == EntityKind::Person);
    let speaker = if let Some(n) = name {
        reading.names[n].tokens.clone()
    } else if start + 1 == tail.end && scan.shape(start) == Shape::Upper && scan.raw(start).chars().count() <= 3 {
        start..start + 1
    } else {
        return None;
    };
    Some(Found { speaker: Some(speaker), ..plain(pair, QuoteKind::Direct, 0.8, "signed quotation", reading) })
}

/// A quotation in a paragraph of its own after a paragraph that ends with a colon.
fn introduced(reading: &Reading<'_, '_>, cues: &[CueVerb], pair: &Pair, paragraph: usize) -> Option<Found> {
    let scan = reading.scan;
    let before = scan.paragraphs.get(paragraph.checked_sub(1)?)?.clone();
    let first = scan.within(pair.outer).start;
    if first != scan.paragraphs[paragraph].start || before.is_empty() || reading.low(before.end - 1) != ":" {
        return None;
    }
    let sentence = reading.sentence_of(before.end - 1);
    let to = cues.partition_point(|c| c.tokens.start < before.end);
    let cue = cues[..to].last().filter(|c| c.tokens.start >= sentence.start);
    let speaker = cue.and_then(|c| c.speaker.clone()).or_else(|| reading.first_subject(&sentence, sentence.end))?;
    Some(Found {
        speaker: Some(speaker),
        cue: cue.map(|c| c.tokens.clone()),
        stance: cue.map(|c| c.verb.stance),
        ..plain(pair, QuoteKind::Direct, 0.8, "attributed in the paragraph before", reading)
    })
}
