//! Work that was done on one version of an article's text is put on another one.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::join::key;
use super::report::{Item, Kind, Lost, Report};
use crate::model::{Annotation, Coding, NothingFound, Suggested};
use crate::text::{Anchor, ByteSpan, CharSpan, OffsetMap};

/// The annotation on another text, where its words stand there and it is plain where. `old` is the text it was made
/// on, where that is known.
///
/// This is the one place where a merge decides about that.
pub fn place(annotation: &Annotation, _old: Option<&OffsetMap>, new: &OffsetMap) -> Option<Annotation> {
    let spans: Option<Vec<CharSpan>> = annotation.anchors.iter().map(|anchor| find(anchor, new)).collect();
    let spans = spans?;
    let mut placed = annotation.clone();
    // Stretches that come to touch, or change their order, would be others than the coder's.
    let apart = spans.windows(2).all(|w| w[0].end < w[1].start);
    (apart && placed.place(new, spans)).then_some(placed)
}

/// How many code points of the surroundings are compared on each side: more than an anchor keeps, unless somebody
/// wrote it by hand.
const MOST: usize = 64;

/// Where the anchor's words stand: the one place, or of several the one whose surroundings are most like the anchor's.
fn find(anchor: &Anchor, map: &OffsetMap) -> Option<CharSpan> {
    if anchor.exact.is_empty() {
        return None;
    }
    let text = map.as_str();
    let mut best: Option<(usize, usize, bool)> = None;
    for (at, _) in text.match_indices(anchor.exact.as_str()) {
        let alike = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| {
            a.zip(b).take(MOST).take_while(|(a, b)| a == b).count()
        };
        let behind = &text[at + anchor.exact.len()..];
        let likeness = alike(&mut text[..at].chars().rev(), &mut anchor.before.chars().rev())
            + alike(&mut behind.chars(), &mut anchor.after.chars());
        best = match best {
            Some((most, _, _)) if likeness == most => best.map(|(most, at, _)| (most, at, false)),
            Some((most, _, _)) if likeness < most => best,
            _ => Some((likeness, at, true)),
        };
    }
    let (_, at, alone) = best?;
    if !alone {
        return None;
    }
    map.chars(ByteSpan::bytes(at, at + anchor.exact.len()))
}

/// A passage on another text, by the words that it covers in the old one.
fn passage(span: CharSpan, old: &OffsetMap, new: &OffsetMap) -> Option<CharSpan> {
    find(&Anchor::of(old, span)?, new)
}

/// One coder's work on the text that stays. `tell`: where what came of it is reported, and by which input it was.
pub fn coding(
    coding: &Arc<Coding>,
    old: Option<&Arc<str>>,
    new: &Arc<str>,
    item: impl Fn(Kind, String, String) -> Item,
    mut tell: Option<(&mut Report, usize)>,
) -> Arc<Coding> {
    if old.is_some_and(|old| Arc::ptr_eq(old, new) || old == new) {
        return coding.clone();
    }
    let new = OffsetMap::new(new.clone());
    let old = old.map(|old| OffsetMap::new(old.clone()));
    let mut out = Coding { annotations: BTreeMap::new(), ..(**coding).clone() };
    for (id, annotation) in &coding.annotations {
        let about = || item(Kind::Annotation, id.to_string(), annotation.words());
        let stands = annotation.spans.iter().zip(&annotation.anchors).all(|(s, a)| a.fits(&new, *s));
        if old.is_none() && stands {
            out.annotations.insert(*id, annotation.clone());
        } else if let Some(placed) = place(annotation, old.as_ref(), &new) {
            if let Some((report, _)) = tell.as_mut() {
                report.moved.push(about());
            }
            out.annotations.insert(*id, Arc::new(placed));
        } else {
            if let Some((report, _)) = tell.as_mut() {
                report.orphaned.push(about());
            }
            out.orphans.insert(*id, annotation.clone());
        }
    }
    let Some(old) = old else { return Arc::new(out) };
    let mut gone = |what: Item, lost: String| {
        if let Some((report, input)) = tell.as_mut() {
            let inputs = vec![report.inputs[*input].input.clone()];
            let kept = "no place in the text that stays".to_owned();
            report.lost.push(Lost { item: what, field: None, kept, lost, inputs });
        }
    };
    out.nothing_found.clear();
    for what in &coding.nothing_found {
        let placed = match what.span {
            None => Some(*what),
            Some(span) => passage(span, &old, &new).map(|span| NothingFound { span: Some(span) }),
        };
        match placed {
            Some(placed) => drop(out.nothing_found.insert(placed)),
            None => {
                let words = what.span.and_then(|s| old.slice(s)).unwrap_or_default().to_owned();
                gone(item(Kind::NothingFound, key(what), words), key(what));
            }
        }
    }
    out.decisions.clear();
    for (about, decision) in &coding.decisions {
        let placed = passage(about.span, &old, &new).map(|span| Suggested { span, ..about.clone() });
        match placed.filter(|placed| !out.decisions.contains_key(placed)) {
            Some(placed) => drop(out.decisions.insert(placed, decision.clone())),
            None => gone(item(Kind::Answer, key(about), about.label.clone()), key(&(about, decision))),
        }
    }
    Arc::new(out)
}
