//! What was read from a file, held against the project and put into it.
//!
//! What the file could have known is the project as it would come back from that format ([`reduce`](super::reduce)).
//! What is the same there is left as it is, with all that the file had no place for; what differs was changed in the
//! other program, and only that is changed here. Nothing is deleted: a file may hold a part of a project.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::incoming::Found;
use super::{Carries, Feature, Format, Losses, reduce};
use crate::model::{
    Annotation, AnnotationId, ArticleId, Attributes, Code, CoderId, Coding, DocumentCoding, Origin, Project, Tag,
};
use crate::text::CharSpan;

/// A project with what was read from a file, and what became of it.
#[derive(Debug)]
pub struct Joined {
    pub project: Project,
    pub report: Report,
}

/// What came of reading a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub new_articles: usize,
    pub known_articles: usize,
    pub new_codes: usize,
    pub changed_codes: usize,
    pub new_coders: usize,
    pub new_annotations: usize,
    /// Annotations of the project that the other program changed.
    pub changed_annotations: usize,
    /// Annotations that the project has just so.
    pub same_annotations: usize,
    /// What was left out or looked odd.
    pub told: Vec<String>,
}

impl Report {
    /// What came, in a sentence.
    pub fn sentence(&self) -> String {
        let count = |n: usize, one: &str| match n {
            1 => format!("1 {one}"),
            n if one.ends_with('y') => format!("{n} {}ies", &one[..one.len() - 1]),
            n => format!("{n} {one}s"),
        };
        let mut parts = Vec::new();
        let mut some = |n: usize, text: String| {
            if n > 0 {
                parts.push(text);
            }
        };
        some(self.new_articles, count(self.new_articles, "new article"));
        some(self.new_annotations, count(self.new_annotations, "new coding"));
        some(
            self.changed_annotations,
            format!("{} changed in the other program", count(self.changed_annotations, "coding")),
        );
        some(self.new_codes, count(self.new_codes, "new code"));
        some(self.changed_codes, format!("{} changed in the other program", count(self.changed_codes, "code")));
        some(self.new_coders, count(self.new_coders, "new coder"));
        some(self.same_annotations, format!("{} there already", count(self.same_annotations, "coding")));
        if parts.is_empty() {
            return if self.known_articles > 0 {
                format!("Nothing new: {} there already", count(self.known_articles, "article"))
            } else {
                "Nothing new".to_owned()
            };
        }
        parts.join(", ")
    }
}

/// Puts what was read in a format into a project.
pub fn join(known: &Project, found: Found, format: &dyn Format, now: jiff::Timestamp) -> Joined {
    let carries = format.carries();
    let Found { project: mut brought, identified, told } = found;
    let mut report = Report { told, ..Report::default() };
    let before = brought.codings.len();
    brought.codings.retain(|(coder, _), _| coder.as_str() != reduce::SUGGESTIONS);
    brought.coders.retain(|coder, _| coder.as_str() != reduce::SUGGESTIONS);
    if brought.codings.len() < before {
        report.told.push("suggestions that nobody has answered were left out".to_owned());
        // Codes that only suggestions would have needed stay out with them.
        let used = reduce::used_codes(&brought, true);
        brought.codebook.codes.retain(|id, _| used.contains(id) || known.codebook.codes.contains_key(id));
    }
    let mut out = known.clone();

    // The part of the project that the file could be about, as the format would give it back.
    let mut about = known.clone();
    about.articles.retain(|id, _| brought.articles.contains_key(id));
    about.codings.retain(|(_, id), _| brought.articles.contains_key(id));
    let (mut before, _) = reduce::reduce(&about, carries.and(&[Feature::UnusedCodes, Feature::UncodedArticles]));
    format.adapt(&mut before, &mut Losses::default());

    for (id, article) in brought.articles {
        if known.articles.contains_key(&id) {
            report.known_articles += 1;
        } else {
            report.new_articles += 1;
            out.articles.insert(id, article);
        }
    }
    for (id, entity) in brought.entities {
        out.entities.entry(id).or_insert(entity);
    }
    // A name that the format had to bend is not a new one.
    for (name, variable) in brought.variables.into_iter().filter(|(name, _)| !before.variables.contains_key(name)) {
        out.variables.entry(name).or_insert(variable);
    }
    if known.title.is_empty() && carries.has(Feature::ProjectTitle) {
        out.title = brought.title;
    }
    for (id, code) in brought.codebook.codes {
        match (known.codebook.get(&id), before.codebook.get(&id)) {
            (None, _) => {
                report.new_codes += 1;
                out.codebook.codes.insert(id, code);
            }
            (Some(mine), Some(seen)) => {
                let new = changed_code(mine, seen, &code, carries, now);
                if new == *mine {
                    continue;
                }
                if identified.contains(&id) {
                    report.changed_codes += 1;
                    out.codebook.codes.insert(id, new);
                } else {
                    report.told.push(format!(
                        "the code “{}” is described otherwise in the file; the project’s description was kept",
                        mine.name
                    ));
                }
            }
            (Some(_), None) => {}
        }
    }
    let index = Index::of(&before, carries);
    let mut used = BTreeSet::new();
    for ((coder, article), coding) in brought.codings {
        let (work, answers) =
            work(known, &before, &index, &mut used, &coder, &article, &coding, carries, now, &mut report);
        for (whose, annotation) in answers {
            put(&mut out, &whose, &article, annotation);
        }
        let key = (coder, article);
        if !work.is_empty() {
            let all = Arc::make_mut(out.codings.entry(key).or_default());
            all.annotations.extend(work.annotations);
            let placed = |id: &AnnotationId| all.annotations.contains_key(id);
            let lost: Vec<_> = work.orphans.into_iter().filter(|(id, _)| !placed(id)).collect();
            for (id, orphan) in lost {
                all.orphans.entry(id).or_insert(orphan);
            }
            for (id, relation) in work.relations {
                all.relations.entry(id).or_insert(relation);
            }
            for (about, decision) in work.decisions {
                all.decisions.entry(about).or_insert(decision);
            }
            all.nothing_found.extend(work.nothing_found);
            join_document(&mut all.document, work.document, &mut report);
        }
    }
    // Where the file says nothing of coders, it may hold only what somebody here has said already.
    let busy: BTreeSet<CoderId> = out.codings.keys().map(|(coder, _)| coder.clone()).collect();
    for (id, coder) in brought.coders {
        if busy.contains(&id) || carries.has(Feature::IdleCoders) {
            report.new_coders += usize::from(!out.coders.contains_key(&id));
            out.coders.entry(id).or_insert(coder);
        }
    }
    Joined { project: out, report }
}

fn put(project: &mut Project, coder: &CoderId, article: &ArticleId, annotation: Arc<Annotation>) {
    let work = Arc::make_mut(project.codings.entry((coder.clone(), article.clone())).or_default());
    work.orphans.remove(&annotation.id);
    work.annotations.insert(annotation.id, annotation);
}

/// An article, a tag and the stretches.
type Place<'a> = (&'a ArticleId, &'a Tag, &'a [CharSpan]);

/// What the project would have given, to be found by id, or by place and tag.
struct Index<'a> {
    by_id: BTreeMap<AnnotationId, (&'a CoderId, &'a ArticleId, &'a Arc<Annotation>)>,
    by_place: BTreeMap<Place<'a>, Vec<(&'a CoderId, &'a Arc<Annotation>)>>,
}

impl<'a> Index<'a> {
    fn of(project: &'a Project, carries: Carries) -> Self {
        let mut new = Self { by_id: BTreeMap::new(), by_place: BTreeMap::new() };
        for ((coder, article), coding) in &project.codings {
            for annotation in coding.annotations.values() {
                if carries.has(Feature::Ids) {
                    new.by_id.insert(annotation.id, (coder, article, annotation));
                }
                let place = (article, &annotation.tag, annotation.spans.as_slice());
                new.by_place.entry(place).or_default().push((coder, annotation));
            }
        }
        new
    }

    /// The annotation of the project that this one is, or comes from.
    fn find(
        &self,
        coder: &CoderId,
        article: &ArticleId,
        a: &Annotation,
        carries: Carries,
        used: &BTreeSet<AnnotationId>,
    ) -> Option<&'a Arc<Annotation>> {
        if let Some((_, there, found)) = self.by_id.get(&a.id) {
            return (*there == article).then_some(*found);
        }
        let alike = self.by_place.get(&(article, &a.tag, a.spans.as_slice()))?;
        let free = alike
            .iter()
            .filter(|(whose, found)| (*whose == coder || !carries.has(Feature::Coders)) && !used.contains(&found.id));
        free.min_by_key(|(_, found)| !same(found, a, carries)).map(|(_, found)| *found)
    }
}

/// Whether two annotations say the same, as far as a format can tell.
fn same(a: &Annotation, b: &Annotation, carries: Carries) -> bool {
    let has = |feature| carries.has(feature);
    a.tag == b.tag
        && a.spans == b.spans
        && a.attributes == b.attributes
        && a.memo == b.memo
        && (!has(Feature::Revisions) || a.code_revision == b.code_revision)
        && (!has(Feature::Origins) || a.origin == b.origin)
        && (!has(Feature::Times) || (a.created, a.changed) == (b.created, b.changed))
}

/// What of somebody’s work in the file is new, and the project’s annotations that were changed, with their coders.
fn work(
    known: &Project,
    before: &Project,
    index: &Index<'_>,
    used: &mut BTreeSet<AnnotationId>,
    coder: &CoderId,
    article: &ArticleId,
    coding: &Coding,
    carries: Carries,
    now: jiff::Timestamp,
    report: &mut Report,
) -> (Coding, Vec<(CoderId, Arc<Annotation>)>) {
    let mut new = Coding { annotations: BTreeMap::new(), ..coding.clone() };
    let mut changed = Vec::new();
    // Under which id the project has what the file calls otherwise.
    let mut called = BTreeMap::new();
    for annotation in coding.annotations.values() {
        let Some(seen) = index.find(coder, article, annotation, carries, used) else {
            report.new_annotations += 1;
            new.annotations.insert(annotation.id, annotation.clone());
            continue;
        };
        used.insert(seen.id);
        called.insert(annotation.id, seen.id);
        if same(seen, annotation, carries) {
            report.same_annotations += 1;
            continue;
        }
        let mine = known
            .coders
            .keys()
            .chain([coder])
            .find_map(|whose| Some((whose, known.coding(whose, article)?.annotations.get(&seen.id)?)));
        match mine {
            Some((whose, mine)) => {
                report.changed_annotations += 1;
                changed.push((whose.clone(), Arc::new(overlaid(mine, seen, annotation, carries, now))));
            }
            // A stretch of what has several here: it cannot be put back into the whole.
            None => {
                report.new_annotations += 1;
                new.annotations.insert(annotation.id, annotation.clone());
            }
        }
    }
    for relation in new.relations.values_mut() {
        relation.from = called.get(&relation.from).copied().unwrap_or(relation.from);
        if let crate::model::RelationEnd::Annotation(to) = &mut relation.to {
            *to = called.get(to).copied().unwrap_or(*to);
        }
    }
    let seen = before.coding(coder, article);
    if let Some(seen) = seen {
        // Lines between stretches of what is whole here are known by where they came from.
        new.relations.retain(|id, relation| seen.relations.get(id) != Some(relation));
        // Answers are known by what they answer, which a format may have had to write otherwise.
        new.decisions.retain(|about, decision| seen.decisions.get(about) != Some(decision));
        if seen.document == new.document {
            new.document = DocumentCoding::default();
        }
    }
    (new, changed)
}

/// The project’s annotation with what the other program changed.
fn overlaid(
    mine: &Annotation,
    seen: &Annotation,
    theirs: &Annotation,
    carries: Carries,
    now: jiff::Timestamp,
) -> Annotation {
    fn take<T: PartialEq + Clone>(mine: &mut T, seen: &T, theirs: &T) {
        if seen != theirs {
            *mine = theirs.clone();
        }
    }
    let mut new = mine.clone();
    take(&mut new.tag, &seen.tag, &theirs.tag);
    if seen.spans != theirs.spans {
        new.spans = theirs.spans.clone();
        new.anchors = theirs.anchors.clone();
    }
    let (Attributes { voice, speaker, target, stance, intensity, certainty, negated, custom }, old, said) =
        (&mut new.attributes, &seen.attributes, &theirs.attributes);
    take(voice, &old.voice, &said.voice);
    take(speaker, &old.speaker, &said.speaker);
    take(target, &old.target, &said.target);
    take(stance, &old.stance, &said.stance);
    take(intensity, &old.intensity, &said.intensity);
    take(certainty, &old.certainty, &said.certainty);
    take(negated, &old.negated, &said.negated);
    for name in old.custom.keys().chain(said.custom.keys()) {
        match (old.custom.get(name), said.custom.get(name)) {
            (before, Some(now)) if before != Some(now) => drop(custom.insert(name.clone(), now.clone())),
            (Some(_), None) => drop(custom.remove(name)),
            _ => {}
        }
    }
    take(&mut new.memo, &seen.memo, &theirs.memo);
    if carries.has(Feature::Revisions) {
        take(&mut new.code_revision, &seen.code_revision, &theirs.code_revision);
    }
    if carries.has(Feature::Origins) {
        take(&mut new.origin, &seen.origin, &theirs.origin);
    } else if let Origin::Accepted { edited, .. } = &mut new.origin {
        *edited = true;
    }
    new.changed = if carries.has(Feature::Times) && theirs.changed > mine.changed { theirs.changed } else { now };
    new
}

/// The project’s code with what the other program changed.
fn changed_code(mine: &Code, seen: &Code, theirs: &Code, carries: Carries, now: jiff::Timestamp) -> Code {
    let mut new = mine.clone();
    if carries.has(Feature::CodeIds) && seen.name != theirs.name {
        new.name = theirs.name.clone();
    }
    if carries.has(Feature::CodeTree) && seen.parent != theirs.parent {
        new.parent = theirs.parent.clone();
    }
    if carries.has(Feature::CodeColours) && seen.colour != theirs.colour {
        new.colour = theirs.colour;
    }
    if carries.has(Feature::CodeMeanings) {
        let meaning = |c: &Code| (c.definition.clone(), c.use_when.clone(), c.not_when.clone());
        if meaning(seen) != meaning(theirs) {
            (new.definition, new.use_when, new.not_when) = meaning(theirs);
            new.revision = mine.revision + 1;
            new.history.push(crate::model::Revision {
                revision: mine.revision,
                until: now,
                changed_by: "imported".parse().unwrap_or_else(|_| unreachable!("an id")),
                definition: mine.definition.clone(),
                use_when: mine.use_when.clone(),
                not_when: mine.not_when.clone(),
            });
        }
        if seen.examples != theirs.examples {
            new.examples = theirs.examples.clone();
        }
    }
    if carries.has(Feature::CodeDetails) && theirs.revision > mine.revision {
        new = theirs.clone();
    }
    new
}

/// What is said of a whole article: what the project says stays, what it does not say is taken.
fn join_document(mine: &mut DocumentCoding, theirs: DocumentCoding, report: &mut Report) {
    if let Some(primary) = theirs.primary {
        if mine.primary.as_ref().is_some_and(|p| *p != primary) {
            report
                .told
                .push("another governing frame of an article stands in the file; the project’s was kept".to_owned());
        }
        mine.primary.get_or_insert(primary);
    }
    mine.codes.extend(theirs.codes);
    for (name, value) in theirs.variables {
        if mine.variables.get(&name).is_some_and(|v| *v != value) {
            report.told.push(format!("another value of “{name}” stands in the file; the project’s was kept"));
        }
        mine.variables.entry(name).or_insert(value);
    }
    if mine.memo.is_empty() {
        mine.memo = theirs.memo;
    } else if !theirs.memo.is_empty() && theirs.memo != mine.memo {
        report.told.push("another memo on an article stands in the file; the project’s was kept".to_owned());
    }
    mine.finished = mine.finished.or(theirs.finished);
}
