//! A project as it would come back from a format: without what the format does not carry.
//!
//! Every export writes what is left here and nothing else, so what is announced is what is lost; and on the way back
//! this is what a file is compared with, so that what a program could not know does not count as its change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Carries, Feature, Losses};
use crate::model::{
    Annotation, AnnotationId, Article, ArticleId, Attributes, Code, CodeId, Codebook, Coder, CoderId, Coding, Colour,
    DocumentCoding, Metadata, Origin, Project, RelationEnd, Source, Tag,
};
use crate::text::CharSpan;

/// The coder under whom everything stands that does not say who made it.
pub const SOMEBODY: &str = "somebody";

/// The coder under whom suggestions that nobody answered stand in an export. They are no annotations, and are not read
/// back as such.
pub const SUGGESTIONS: &str = "suggestions";

/// What is left of a project in a format that carries `carries`, and what is lost.
pub fn reduce(project: &Project, carries: Carries) -> (Project, Losses) {
    let mut losses = Losses::default();
    let mut out = project.clone();
    let lacks = |feature| !carries.has(feature);

    if lacks(Feature::ProjectTitle) {
        losses.add(Feature::ProjectTitle, usize::from(!out.title.is_empty()));
        out.title.clear();
    }
    if lacks(Feature::Schema) {
        losses.add(Feature::Schema, out.variables.len());
        out.variables.clear();
    }
    let mut same = std::mem::take(&mut out.settings.same);
    same.retain(|id, one| out.articles.contains_key(id) && out.articles.contains_key(&one.article));
    out.settings = Default::default();
    if lacks(Feature::Same) {
        losses.add(Feature::Same, same.len());
    } else {
        out.settings.same = same;
    }

    out.codings = std::mem::take(&mut out.codings)
        .into_iter()
        .filter_map(|(key, coding)| {
            let coding = reduced(coding, carries, &mut losses);
            (!coding.is_empty()).then_some((key, coding))
        })
        .collect();
    if lacks(Feature::Coders) {
        forget_coders(&mut out, &mut losses);
    } else if lacks(Feature::CoderNames) {
        for coder in out.coders.values_mut().filter(|c| c.name != c.id.as_str()) {
            losses.add(Feature::CoderNames, 1);
            coder.name = coder.id.to_string();
        }
    }

    if lacks(Feature::IdleCoders) {
        let busy: BTreeSet<CoderId> = out.codings.keys().map(|(coder, _)| coder.clone()).collect();
        let before = out.coders.len();
        out.coders.retain(|id, _| busy.contains(id));
        losses.add(Feature::IdleCoders, before - out.coders.len());
    }

    let coded: BTreeSet<ArticleId> = out.codings.keys().map(|(_, article)| article.clone()).collect();
    if lacks(Feature::UncodedArticles) {
        let before = out.articles.len();
        out.articles.retain(|id, _| coded.contains(id));
        losses.add(Feature::UncodedArticles, before - out.articles.len());
    }
    if lacks(Feature::Texts) {
        losses.add(Feature::Texts, out.articles.len());
    }
    for article in out.articles.values_mut() {
        article_without(article, carries, &mut losses);
    }
    if lacks(Feature::Register) {
        losses.add(Feature::Register, out.entities.len());
        out.entities.clear();
    } else if lacks(Feature::UnusedNames) {
        let used: BTreeSet<_> = out.codings.values().flat_map(|c| super::record::names_of(c)).collect();
        let before = out.entities.len();
        out.entities.retain(|id, _| used.contains(id));
        losses.add(Feature::UnusedNames, before - out.entities.len());
    }
    codebook(&mut out, carries, &mut losses);
    (out, losses)
}

fn forget_coders(project: &mut Project, losses: &mut Losses) {
    let open = project.codings.iter().filter(|((coder, _), _)| coder.as_str() == SUGGESTIONS);
    let open = open.map(|(_, coding)| coding.annotations.len()).sum();
    losses.tell("suggestions", open, "suggestions that nobody answered stand among the codings");
    losses.add(Feature::Coders, project.coders.len());
    project.coders.clear();
    if project.codings.is_empty() {
        return;
    }
    let id: CoderId = SOMEBODY.parse().unwrap_or_else(|_| unreachable!("an id"));
    project.coders.insert(id.clone(), Coder { id: id.clone(), name: SOMEBODY.to_owned() });
    let mut codings: BTreeMap<(CoderId, ArticleId), Arc<Coding>> = BTreeMap::new();
    for ((_, article), coding) in std::mem::take(&mut project.codings) {
        match codings.entry((id.clone(), article)) {
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(coding);
            }
            std::collections::btree_map::Entry::Occupied(mut taken) => {
                let all = Arc::make_mut(taken.get_mut());
                let coding = (*coding).clone();
                all.annotations.extend(coding.annotations);
                all.orphans.extend(coding.orphans);
                all.relations.extend(coding.relations);
                all.nothing_found.extend(coding.nothing_found);
                all.decisions.extend(coding.decisions);
                all.document.codes.extend(coding.document.codes);
                all.document.primary = all.document.primary.take().or(coding.document.primary);
                all.document.variables.extend(coding.document.variables);
                all.document.finished = all.document.finished.max(coding.document.finished);
                if all.document.memo.is_empty() {
                    all.document.memo = coding.document.memo;
                }
            }
        }
    }
    project.codings = codings;
}

fn article_without(article: &mut Arc<Article>, carries: Carries, losses: &mut Losses) {
    let lacks = |feature| !carries.has(feature);
    let mut metadata = article.metadata.clone();
    if lacks(Feature::Titles) && !metadata.title.is_empty() {
        losses.add(Feature::Titles, 1);
        metadata.title.clear();
    }
    if lacks(Feature::Metadata) {
        let Metadata { title, variables, .. } = metadata.clone();
        let bare = Metadata { title, variables, ..Metadata::default() };
        losses.add(Feature::Metadata, usize::from(bare != metadata));
        metadata = bare;
    }
    if lacks(Feature::ArticleVariables) {
        losses.add(Feature::ArticleVariables, metadata.variables.len());
        metadata.variables.clear();
    }
    let mut parts = article.parts.clone();
    if lacks(Feature::Parts) {
        losses.add(Feature::Parts, parts.len());
        parts.clear();
    }
    let mut source = article.source.clone();
    if lacks(Feature::Sources) && source != Source::default() {
        losses.add(Feature::Sources, 1);
        source = Source::default();
    }
    if metadata != article.metadata || parts != article.parts || source != article.source {
        *article = Arc::new(Article { metadata, parts, source, ..(**article).clone() });
    }
}

fn reduced(mut coding: Arc<Coding>, carries: Carries, losses: &mut Losses) -> Arc<Coding> {
    let lacks = |feature| !carries.has(feature);
    // Most formats lose something of every annotation; one that loses nothing shares its memory with the project.
    let mut split = BTreeMap::new();
    let mut annotations: BTreeMap<AnnotationId, Arc<Annotation>> = BTreeMap::new();
    for whole in coding.annotations.values() {
        let pieces = pieces(annotation(whole, carries, losses), carries, losses);
        if let [first, _, ..] = pieces.as_slice() {
            split.insert(whole.id, first.id);
        }
        annotations.extend(pieces.into_iter().map(|a| (a.id, a)));
    }
    let work = Arc::make_mut(&mut coding);
    // A relation to what was split leads to its first piece.
    for relation in work.relations.values_mut() {
        relation.from = split.get(&relation.from).copied().unwrap_or(relation.from);
        if let RelationEnd::Annotation(to) = &mut relation.to {
            *to = split.get(to).copied().unwrap_or(*to);
        }
    }
    work.annotations = annotations;
    if lacks(Feature::Orphans) {
        losses.add(Feature::Orphans, work.orphans.len());
        work.orphans.clear();
    } else {
        work.orphans = work.orphans.values().map(|a| annotation(a, carries, losses)).map(|a| (a.id, a)).collect();
    }
    if lacks(Feature::Relations) {
        losses.add(Feature::Relations, work.relations.len());
        work.relations.clear();
    }
    if lacks(Feature::NothingFound) {
        losses.add(Feature::NothingFound, work.nothing_found.len());
        work.nothing_found.clear();
    }
    if lacks(Feature::Answers) {
        losses.add(Feature::Answers, work.decisions.len());
        work.decisions.clear();
    }
    document(&mut work.document, carries, losses);
    coding
}

fn document(document: &mut DocumentCoding, carries: Carries, losses: &mut Losses) {
    let lacks = |feature| !carries.has(feature);
    if lacks(Feature::DocumentCodes) {
        let primary = document.primary.take();
        let alone = primary.is_some_and(|code| !document.codes.contains(&code));
        losses.add(Feature::DocumentCodes, document.codes.len() + usize::from(alone));
        document.codes.clear();
    }
    if lacks(Feature::DocumentVariables) {
        losses.add(Feature::DocumentVariables, document.variables.len());
        document.variables.clear();
    }
    if lacks(Feature::DocumentMemos) {
        losses.add(Feature::DocumentMemos, usize::from(!document.memo.is_empty()));
        document.memo.clear();
    }
    if lacks(Feature::Finished) {
        losses.add(Feature::Finished, usize::from(document.finished.take().is_some()));
    }
}

fn annotation(old: &Arc<Annotation>, carries: Carries, losses: &mut Losses) -> Arc<Annotation> {
    let lacks = |feature| !carries.has(feature);
    let mut new = (**old).clone();
    let Attributes { voice, speaker, target, stance, intensity, certainty, negated, custom } = &mut new.attributes;
    if lacks(Feature::PartyEntities) {
        for party in [&mut *speaker, target].into_iter().flatten() {
            losses.add(Feature::PartyEntities, usize::from(party.entity.take().is_some()));
        }
    }
    let mut drop = |feature, there: bool| {
        let gone = there && lacks(feature);
        losses.add(feature, usize::from(gone));
        gone
    };
    if drop(Feature::Voice, voice.is_some()) {
        *voice = None;
    }
    if drop(Feature::Speaker, speaker.is_some()) {
        *speaker = None;
    }
    if drop(Feature::Target, target.is_some()) {
        *target = None;
    }
    if drop(Feature::Stance, stance.is_some()) {
        *stance = None;
    }
    if drop(Feature::Intensity, intensity.is_some()) {
        *intensity = None;
    }
    if drop(Feature::Certainty, certainty.is_some()) {
        *certainty = None;
    }
    if drop(Feature::Negation, *negated) {
        *negated = false;
    }
    if drop(Feature::Memos, !new.memo.is_empty()) {
        new.memo.clear();
    }
    if drop(Feature::Revisions, new.code_revision != 0) {
        new.code_revision = 0;
    }
    if drop(Feature::Origins, true) {
        new.origin = Origin::Hand;
    }
    if drop(Feature::Times, true) {
        new.created = jiff::Timestamp::UNIX_EPOCH;
        new.changed = jiff::Timestamp::UNIX_EPOCH;
    }
    // The id stays, so that what comes back can be compared; a reader finds such a coding by its words.
    drop(Feature::Ids, true);
    if lacks(Feature::Custom) {
        losses.add(Feature::Custom, custom.len());
        custom.clear();
    }
    if new == **old { old.clone() } else { Arc::new(new) }
}

/// The stretches of an annotation as annotations of their own, where the format knows only such.
fn pieces(whole: Arc<Annotation>, carries: Carries, losses: &mut Losses) -> Vec<Arc<Annotation>> {
    if carries.has(Feature::Discontinuous) || whole.spans.len() < 2 {
        return vec![whole];
    }
    losses.add(Feature::Discontinuous, 1);
    let piece = |(n, (span, anchor)): (usize, (&CharSpan, _))| {
        let id = derived_id(&["piece", &whole.id.to_string(), &n.to_string()]);
        Arc::new(Annotation { id, spans: vec![*span], anchors: vec![Clone::clone(anchor)], ..(*whole).clone() })
    };
    whole.spans.iter().zip(&whole.anchors).enumerate().map(piece).collect()
}

/// An id that is always the same for the same words (UUID version 8, from BLAKE3).
pub fn derived_id(of: &[&str]) -> AnnotationId {
    let mut hasher = blake3::Hasher::new();
    for part in of {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    AnnotationId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

fn codebook(project: &mut Project, carries: Carries, losses: &mut Losses) {
    let lacks = |feature| !carries.has(feature);
    if lacks(Feature::UnusedCodes) {
        let used = used_codes(project, carries.has(Feature::CodeTree));
        let before = project.codebook.codes.len();
        project.codebook.codes.retain(|id, _| used.contains(id));
        losses.add(Feature::UnusedCodes, before - project.codebook.codes.len());
    }
    if lacks(Feature::CodeIds) {
        losses.add(Feature::CodeIds, project.codebook.codes.len());
    }
    for code in project.codebook.codes.values_mut() {
        let bare = Code::new(code.id.clone(), code.name.clone(), Colour::Palette(0));
        if lacks(Feature::CodeTree) {
            losses.add(Feature::CodeTree, usize::from(code.parent.take().is_some()));
        }
        if lacks(Feature::CodeMeanings) {
            let says = |c: &Code| {
                !(c.definition.is_empty() && c.use_when.is_empty() && c.not_when.is_empty() && c.examples.is_empty())
            };
            losses.add(Feature::CodeMeanings, usize::from(says(code)));
            code.definition.clear();
            code.use_when.clear();
            code.not_when.clear();
            code.examples.clear();
        }
        if lacks(Feature::CodeColours) {
            losses.add(Feature::CodeColours, 1);
            code.colour = bare.colour;
        }
        if lacks(Feature::CodeDetails) {
            let plain = Code {
                position: bare.position,
                shortcut: None,
                retired: false,
                revision: bare.revision,
                history: Vec::new(),
                ..code.clone()
            };
            losses.add(Feature::CodeDetails, usize::from(plain != *code));
            *code = plain;
        }
    }
}

/// The codes that something is coded with; with `above`, also those that they stand below.
pub fn used_codes(project: &Project, above: bool) -> BTreeSet<CodeId> {
    let mut used = BTreeSet::new();
    for coding in project.codings.values() {
        let marks = coding.annotations.values().chain(coding.orphans.values());
        used.extend(marks.filter_map(|a| if let Tag::Frame(code) = &a.tag { Some(code.clone()) } else { None }));
        used.extend(coding.document.codes.iter().chain(&coding.document.primary).cloned());
    }
    if above {
        let parent = |book: &Codebook, id: &CodeId| book.get(id).and_then(|c| c.parent.clone());
        for id in used.clone() {
            let mut here = parent(&project.codebook, &id);
            while let Some(id) = here.filter(|id| used.insert(id.clone())) {
                here = parent(&project.codebook, &id);
            }
        }
    }
    used
}
