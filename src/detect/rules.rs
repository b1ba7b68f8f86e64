//! The detector by rule: no model, no training, the same on every machine.

use super::attribution::{Found, attribute, titles_and_slogans};
use super::cues::hits;
use super::indirect::indirect;
use super::lexicon::Lexicon;
use super::linking::{Clusters, link};
use super::marks::{Pair, pairs};
use super::names::{Name, names};
use super::numbers::{Amount, amounts};
use super::scan::Scan;
use super::speakers::Reading;
use super::whose::{innermost, names as is_name, voice};
use super::{Claim, Cue, Detector, Findings, Input, LocalEntity, Mention, Quotation, Speaker, claims};
use crate::model::{EntityKind, Layer, PartKind, Placement, QuoteKind, Stance, Voice};
use crate::text::{ByteSpan, CharSpan};

/// Finds names, quotations, claims and framing cues by rule. English.
#[derive(Clone, Debug)]
pub struct Rules {
    lexicon: Lexicon,
    version: String,
}

impl Rules {
    /// A detector that looks for the phrases of this lexicon.
    pub fn new(lexicon: Lexicon) -> Self {
        let version = format!("2-{}", lexicon.fingerprint());
        Self { lexicon, version }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self::new(Lexicon::builtin())
    }
}

impl Detector for Rules {
    fn name(&self) -> &'static str {
        "rules"
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn detect(&self, input: Input<'_>, wanted: &[Layer]) -> Findings {
        let mut findings = Findings::default();
        let mut clusters = Clusters::default();
        for window in windows(input.document.as_str()) {
            let found = self.window(input, &window, wanted, &mut clusters);
            findings.entities.extend(found.entities);
            findings.quotes.extend(found.quotes);
            findings.claims.extend(found.claims);
            findings.cues.extend(found.cues);
        }
        findings.entities.shrink_to_fit();
        findings.quotes.shrink_to_fit();
        findings.cues.shrink_to_fit();
        findings
    }
}

/// A text longer than this, in bytes, is read in stretches of about this length, so that what is kept of its words
/// stays small. No article is that long; a book, or a year's articles in one file, may be.
const WINDOW: usize = 1 << 20;

/// The text cut between paragraphs. A paragraph is never cut, however long.
fn windows(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0;
    while text.len() - from > WINDOW + WINDOW / 2 {
        let mut near = from + WINDOW;
        while !text.is_char_boundary(near) {
            near += 1;
        }
        let Some(line) = text[near..].find('\n') else { break };
        out.push(from..near + line + 1);
        from = near + line + 1;
    }
    out.push(from..text.len());
    out
}

impl Rules {
    /// What stands in a stretch of the text, with its positions in the whole.
    fn window(
        &self,
        input: Input<'_>,
        window: &std::ops::Range<usize>,
        wanted: &[Layer],
        clusters: &mut Clusters,
    ) -> Findings {
        let scan = Scan::new(&input.document.as_str()[window.clone()]);
        let amounts = amounts(&scan);
        let mut findings = Findings::default();
        let chars = |bytes: ByteSpan| {
            let whole = ByteSpan::bytes(bytes.start.0 + window.start, bytes.end.0 + window.start);
            input.document.map().chars(whole).unwrap_or_default()
        };
        if wanted.contains(&Layer::Claim) {
            findings.claims = claims::claims(&scan, &amounts)
                .into_iter()
                .map(|a| Claim { span: chars(scan.bytes(&a.tokens)), kind: a.kind, score: a.score, why: a.why.into() })
                .collect();
        }
        let named = [Layer::Entity, Layer::Quote, Layer::Frame].iter().any(|l| wanted.contains(l));
        if !named {
            return findings;
        }
        let pairs = pairs(&scan);
        let fixed = titles_and_slogans(&scan, &pairs);
        let names = all_names(&scan, &amounts, &pairs, &fixed);
        let linked = link(&scan, &names, clusters);
        let mentions = mentions(&scan, &names, &linked.entities, &amounts, chars);
        if wanted.contains(&Layer::Quote) || wanted.contains(&Layer::Frame) {
            let bylines = bylines(&scan, &names, input, window.start);
            let reading = Reading::new(&scan, &names, &linked, &pairs, &amounts, bylines);
            let verbs = reading.cue_verbs();
            let mut found = attribute(&reading, &verbs, &fixed);
            let reported = indirect(&reading, &verbs, &found);
            found.extend(reported);
            found.sort_by_key(|f| (f.bytes.start, std::cmp::Reverse(f.bytes.end)));
            let quotes = quotations(&reading, found, chars);
            if wanted.contains(&Layer::Frame) {
                findings.cues = self.cues(input, &scan, &mentions, &quotes, chars);
            }
            if wanted.contains(&Layer::Quote) {
                findings.quotes = quotes;
            }
        }
        if wanted.contains(&Layer::Entity) {
            findings.entities = mentions;
        }
        findings
    }
}

/// Where it says who wrote the article: the parts marked so, and near the beginning a paragraph that is a name alone.
fn bylines(scan: &Scan<'_>, names: &[Name], input: Input<'_>, base: usize) -> Vec<std::ops::Range<usize>> {
    let marked = input.parts.iter().filter(|p| p.kind == PartKind::Byline);
    let here = |span: ByteSpan| {
        let inside = span.start.0 >= base && span.end.0 <= base + scan.text.len();
        inside.then(|| scan.within(ByteSpan::bytes(span.start.0 - base, span.end.0 - base)))
    };
    let mut out: Vec<_> = marked.filter_map(|p| input.document.map().bytes(p.span)).filter_map(here).collect();
    if base > 0 {
        return out;
    }
    for paragraph in scan.paragraphs.iter().take(6).skip(1) {
        let by = paragraph.start + usize::from(scan.low(paragraph.start) == "by");
        let alone = |n: &Name| {
            n.kind == EntityKind::Person && n.tokens.len() > 1 && n.tokens.start == by && n.tokens.end >= paragraph.end
        };
        let first = names.partition_point(|n| n.tokens.start < paragraph.start);
        if names[first..].first().is_some_and(alone) {
            out.push(paragraph.clone());
        }
    }
    out
}

/// Names, with the titles of works among them.
fn all_names(scan: &Scan<'_>, amounts: &[Amount], pairs: &[Pair], fixed: &[Option<QuoteKind>]) -> Vec<Name> {
    let mut blocked = vec![false; scan.tokens.len()];
    for amount in amounts {
        blocked[amount.tokens.clone()].fill(true);
    }
    let mut works = Vec::new();
    for (pair, kind) in pairs.iter().zip(fixed) {
        let tokens = scan.within(pair.inner);
        if *kind == Some(QuoteKind::Title) && !tokens.is_empty() && !blocked[tokens.start] {
            blocked[tokens.clone()].fill(true);
            works.push(Name {
                tokens,
                kind: EntityKind::Work,
                score: 0.9,
                why: "title in quotation marks",
                role: None,
            });
        }
    }
    let mut found = names(scan, &blocked);
    signatures(scan, &mut found);
    found.extend(works);
    found.sort_by_key(|n| n.tokens.start);
    found
}

/// Two or three letters that stand alone after a quotation are a signature when somebody's names begin with them.
fn signatures(scan: &Scan<'_>, names: &mut [Name]) {
    let signed = |n: &Name| {
        n.kind == EntityKind::Org
            && n.tokens.len() == 1
            && scan.raw(n.tokens.start).chars().count() <= 3
            && n.tokens.start > 0
            && scan.shape(n.tokens.start - 1) == super::scan::Shape::Mark
            && scan.tokens.get(n.tokens.end).is_none_or(|t| t.paragraph != scan.tokens[n.tokens.start].paragraph)
    };
    for i in 0..names.len() {
        if signed(&names[i]) {
            let letters = scan.raw(names[i].tokens.start);
            let known = names.iter().any(|p| {
                p.kind == EntityKind::Person
                    && p.tokens.len() > 1
                    && super::linking::is_acronym(scan, &p.tokens, letters)
            });
            if known {
                names[i].kind = EntityKind::Person;
                names[i].why = "initials of somebody named in the text";
            }
        }
    }
}

fn mentions(
    scan: &Scan<'_>,
    names: &[Name],
    entities: &[Option<LocalEntity>],
    amounts: &[Amount],
    chars: impl Fn(ByteSpan) -> CharSpan,
) -> Vec<Mention> {
    let mut out: Vec<Mention> = names
        .iter()
        .zip(entities)
        .map(|(name, entity)| Mention {
            span: chars(scan.bytes(&name.tokens)),
            kind: name.kind,
            entity: *entity,
            score: name.score,
            why: why(scan, name),
        })
        .collect();
    out.extend(amounts.iter().map(|a| Mention {
        span: chars(scan.bytes(&a.tokens)),
        kind: a.kind,
        entity: None,
        score: 0.9,
        why: "written as one".into(),
    }));
    out.sort_by_key(|m| (m.span.start, m.span.end));
    out
}

fn why(scan: &Scan<'_>, name: &Name) -> std::borrow::Cow<'static, str> {
    match &name.role {
        Some(role) if name.kind == EntityKind::Person && role.len() <= 6 => {
            format!("name after “{}”", &scan.text[scan.bytes(role).range()]).into()
        }
        _ => name.why.into(),
    }
}

/// Turns quotations into findings, with pronouns resolved in the order of the text.
fn quotations(reading: &Reading<'_, '_>, found: Vec<Found>, chars: impl Fn(ByteSpan) -> CharSpan) -> Vec<Quotation> {
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by_key(|i| found[*i].at);
    let mut entities: Vec<Option<LocalEntity>> = vec![None; found.len()];
    let mut last: Option<(usize, LocalEntity)> = None;
    for i in order {
        let Some(words) = &found[i].speaker else { continue };
        let entity = if reading.is_pronoun(words) {
            reading.antecedent(words.start, last)
        } else {
            reading.entity(words).or_else(|| initials(reading, words))
        };
        entities[i] = entity;
        if let Some(entity) = entity
            && (reading.is_pronoun(words)
                || words
                    .clone()
                    .any(|t| reading.name_of[t].is_none_or(|n| reading.names[n].kind == EntityKind::Person)))
        {
            last = Some((words.start, entity));
        }
    }
    found
        .into_iter()
        .zip(entities)
        .map(|(f, entity)| Quotation {
            span: chars(f.bytes),
            kind: f.kind,
            speaker: f.speaker.map(|words| Speaker { span: chars(reading.scan.bytes(&words)), entity }),
            cue: f.cue.map(|c| chars(reading.scan.bytes(&c))),
            stance: f.stance,
            score: f.score,
            why: f.why.into(),
        })
        .collect()
}

/// The one person whose names begin with these letters: "KL" under a quotation.
fn initials(reading: &Reading<'_, '_>, words: &std::ops::Range<usize>) -> Option<LocalEntity> {
    let scan = reading.scan;
    if words.len() != 1 || scan.shape(words.start) != super::scan::Shape::Upper {
        return None;
    }
    let mut one = None;
    for (name, entity) in reading.names.iter().zip(&reading.linked.entities) {
        if name.kind == EntityKind::Person
            && name.tokens.len() > 1
            && super::linking::is_acronym(scan, &name.tokens, scan.raw(words.start))
        {
            match one {
                Some(e) if Some(e) != *entity => return None,
                _ => one = *entity,
            }
        }
    }
    one
}

impl Rules {
    fn cues(
        &self,
        input: Input<'_>,
        scan: &Scan<'_>,
        mentions: &[Mention],
        quotes: &[Quotation],
        chars: impl Fn(ByteSpan) -> CharSpan,
    ) -> Vec<Cue> {
        let mut out = Vec::new();
        let mut next_quote = 0;
        let mut next_name = 0;
        let mut open: Vec<&Quotation> = Vec::new();
        for hit in hits(scan, &self.lexicon) {
            let span = chars(hit.bytes);
            // The quotations around it: they and the hits come in the same order.
            while next_quote < quotes.len() && quotes[next_quote].span.start <= span.start {
                open.push(&quotes[next_quote]);
                next_quote += 1;
            }
            open.retain(|q| q.span.end > span.start);
            let around = innermost(open.iter().copied().filter(|q| q.span.encloses(span)));
            while mentions.get(next_name).is_some_and(|m| m.span.end <= span.start) {
                next_name += 1;
            }
            let in_name = mentions[next_name..].iter().take(3).any(|m| is_name(m, span));
            let (voice, quote) = voice(input, span, in_name, around);
            let stance = if hit.manner.distanced { Some(Stance::Distancing) } else { quote.and_then(|q| q.stance) };
            out.push(Cue {
                span,
                code: hit.code,
                voice,
                speaker: quote.and_then(|q| q.speaker.clone()),
                stance,
                negated: hit.manner.negated,
                placement: Placement::of(input.document, input.parts, span.start),
                score: if voice == Voice::Name { 0.5 } else { 0.9 },
                why: format!("lexicon: {}", hit.phrase).into(),
                attribution: quote.and_then(|q| q.cue),
            });
        }
        out
    }
}
