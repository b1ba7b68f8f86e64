//! Whose words a stretch of text is in.

use super::cues::manner;
use super::scan::Scan;
use super::{Findings, Input, LocalEntity, Mention, Quotation, Speaker};
use crate::model::{EntityKind, PartKind, QuoteKind, Stance, Voice};
use crate::text::{CharSpan, Document};

/// Whose words a stretch is in, and how it is put.
#[derive(Clone, Debug, PartialEq)]
pub struct Whose {
    pub voice: Voice,
    /// The fullest name of the speaker in the article, else the words that stand for the speaker.
    pub speaker: Option<String>,
    pub stance: Option<Stance>,
    /// "not a witch hunt", "denied a purge".
    pub negated: bool,
}

/// Whose words `span` is in, by what was found in the text.
pub fn whose_words(input: Input<'_>, findings: &Findings, span: CharSpan) -> Whose {
    let name = findings.entities.iter().any(|m| names(m, span));
    let quotes = findings.quotes.iter().filter(|q| q.span.encloses(span));
    let (voice, quote) = voice(input, span, name, innermost(quotes));
    let manner = input.document.paragraph_at(span.start).and_then(|paragraph| {
        let text = input.document.map().slice(paragraph)?;
        let before = input.document.map().slice(CharSpan { start: paragraph.start, end: span.start })?;
        let scan = Scan::new(text);
        Some(manner(&scan, scan.tokens.partition_point(|t| t.end <= before.len())))
    });
    let manner = manner.unwrap_or_default();
    Whose {
        voice,
        speaker: quote.and_then(|q| q.speaker.as_ref()).and_then(|s| speaker_name(findings, input.document, s)),
        stance: if manner.distanced { Some(Stance::Distancing) } else { quote.and_then(|q| q.stance) },
        negated: manner.negated,
    }
}

/// Whether a stretch is part of a name and no more than a part: the "Witch Hunt" of "Friends Against the Witch Hunt".
/// A work's title is a name throughout.
pub(super) fn names(mention: &Mention, span: CharSpan) -> bool {
    let whole = mention.span == span;
    let counts = match mention.kind {
        EntityKind::Work => true,
        EntityKind::Org | EntityKind::Event | EntityKind::Place => !whole || span.len() > 20,
        EntityKind::Person => !whole,
        _ => false,
    };
    counts && mention.span.encloses(span)
}

/// Of the quotations around a stretch the one that tells whose words it is in.
pub(super) fn innermost<'q>(around: impl Iterator<Item = &'q Quotation>) -> Option<&'q Quotation> {
    around.min_by_key(|q| (q.span.len(), q.kind == QuoteKind::Indirect))
}

/// The voice of a stretch, and the quotation it speaks in.
pub(super) fn voice<'q>(
    input: Input<'_>,
    span: CharSpan,
    in_name: bool,
    around: Option<&'q Quotation>,
) -> (Voice, Option<&'q Quotation>) {
    if in_name {
        return (Voice::Name, None);
    }
    match around.map(|q| (q.kind, q)) {
        None => {
            let headline = input.parts.iter().any(|p| p.kind == PartKind::Headline && p.span.encloses(span));
            (if headline { Voice::Headline } else { Voice::Outlet }, None)
        }
        Some((QuoteKind::Direct | QuoteKind::Partial | QuoteKind::Slogan, q)) => (Voice::Quoted, Some(q)),
        Some((QuoteKind::Indirect, q)) => (Voice::Reported, Some(q)),
        Some((QuoteKind::Scare, _)) => (Voice::Scare, None),
        Some((QuoteKind::Title, _)) => (Voice::Name, None),
    }
}

/// The fullest name of whoever speaks, else the words.
fn speaker_name(findings: &Findings, document: &Document, speaker: &Speaker) -> Option<String> {
    let named = speaker.entity.and_then(|e| fullest(findings, document, e));
    named.or_else(|| document.map().slice(speaker.span).map(str::to_owned))
}

fn fullest(findings: &Findings, document: &Document, entity: LocalEntity) -> Option<String> {
    let mut best: Option<&Mention> = None;
    for mention in findings.entities.iter().filter(|m| m.entity == Some(entity)) {
        if best.is_none_or(|b| b.span.len() < mention.span.len()) {
            best = Some(mention);
        }
    }
    document.map().slice(best?.span).map(str::to_owned)
}
