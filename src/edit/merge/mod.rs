//! Several projects become one.
//!
//! Slot by slot, as [`Slot`](super::Slot) cuts a project: what the base has and nobody changed stays; what one project
//! changed is taken from there; what several changed is put together field by field where the base knows the slot, and
//! of what differs even then, one gives way by an order of values that has nothing to do with the order of the inputs.
//! Without a base, the base is an empty project: then nothing counts as deleted.
//!
//! So it does not matter in which order projects are merged, in which groups, or how often, with these exceptions,
//! where a merge of some of them cannot know what a third one would say, and leaves no trace of what it chose from:
//!
//! * a code shares its name with another one, and has another name or meaning in one of the projects, or stands beside
//!   the other in one of them (likewise two articles with one text in one project);
//! * three different texts of one article: what has no place in the one in between becomes an orphan there;
//! * codes that together make a loop, which the merge opens;
//! * with a base: an annotation that more than two projects changed, each in another way; and something deleted that
//!   another project uses in what a third one changed too, or made on a text that a third one corrected.
//!
//! Projects merged at once, in whatever order, always give the same.

mod fields;
mod join;
mod place;
mod report;
mod same;
mod whole;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::fields::Mark;
use self::join::{key, slots};
use self::same::Renamed;
use crate::model::{Article, ArticleId, CoderId, Coding, DocumentCoding, NothingFound, Project};

pub use report::{Came, Item, Kept, Kind, Lost, Report, Undecided, Unified, Version, counts};

/// A project to be merged, and what the report calls it: a folder, a coder.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    pub name: &'a str,
    pub project: &'a Project,
}

/// What people decided beforehand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// What becomes of the codes that have this name; capitals and white space around it do not matter.
    pub codes: BTreeMap<String, Keep>,
    /// Only one file of the projects is there, all else is empty. Then codes that are alike stay apart, since the
    /// codings that name them are in other files.
    pub one_file: bool,
}

/// What becomes of codes with one name and different meanings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    /// They stay different codes, also where their meanings are the same.
    Apart,
    /// They are one, with the meaning of the code with this id, or of the one in the input with this name.
    Of(String),
}

/// What became of the inputs.
#[derive(Clone, Debug)]
pub struct Merged {
    pub project: Project,
    pub report: Report,
}

/// Merges projects, all of them at once. `base` is what they all come from, where that is known. Of no inputs at all
/// comes the base, or an empty project.
pub fn merge(inputs: &[Input<'_>], base: Option<&Project>, choices: &Choices) -> Merged {
    let mut report = Report::default();
    report.inputs.extend(inputs.iter().map(|i| Came { input: i.name.to_owned(), ..Came::default() }));
    let Some((first, others)) = inputs.split_first() else {
        let project = base.cloned().unwrap_or_else(|| Project { id: uuid::Uuid::nil(), ..Project::new("") });
        return Merged { project, report };
    };
    tell_ids(inputs, &mut report);
    // What is the same everywhere is not touched, whatever may be odd in it.
    if base.is_none() && choices.codes.is_empty() && others.iter().all(|i| i.project == first.project) {
        for slot in super::Slot::all(first.project) {
            *report.same.entry(kind_of(&slot)).or_default() += 1;
        }
        return Merged { project: first.project.clone(), report };
    }
    let empty = Project { id: uuid::Uuid::nil(), ..Project::new("") };
    let known = base.unwrap_or(&empty);
    let id = inputs.iter().map(|i| i.project.id).min().unwrap_or(known.id);
    let mut project = Project { id, ..empty.clone() };

    small_things(inputs, base, &mut project, &mut report);
    let sides: Vec<_> = inputs.iter().map(|i| &i.project.codebook.codes).collect();
    let mut codes = slots(
        &mut report,
        &known.codebook.codes,
        &sides,
        |id, c| Item::new(Kind::Code, id, c.name.trim()),
        fields::code,
    );
    let sides: Vec<_> = inputs.iter().map(|i| &i.project.articles).collect();
    let mut articles = slots(
        &mut report,
        &known.articles,
        &sides,
        |id, a| Item::new(Kind::Article, id, a.display_title()),
        fields::article,
    );
    let renamed = Renamed {
        codes: same::codes(inputs, base, choices, &mut codes, &mut report),
        articles: same::articles(inputs, base, &mut articles, &mut report),
    };
    project.codebook.codes = codes.into_iter().map(|(id, code)| (id, renamed.parented(&code))).collect();
    project.articles = articles;

    let works: Vec<_> = inputs
        .iter()
        .enumerate()
        .map(|(n, input)| works(input.project, &renamed, &project.articles, Some((&mut report, n))))
        .collect();
    let before = works_of_base(known, &renamed, &project.articles);
    project.codings = codings(&works, &before, &mut report);

    let mut known = known.clone();
    known.codings = before;
    known.codebook.codes = known.codebook.codes.values().map(|c| (c.id.clone(), renamed.parented(c))).collect();
    whole::bring_back(&mut project, &known, inputs, &works, &mut report);
    whole::open_loops(&mut project, &mut report);
    whole::tell_doubles(&project, &mut report, |a, b| {
        inputs.iter().any(|i| i.project.entities.contains_key(&a) && i.project.entities.contains_key(&b))
    });
    Merged { project, report }
}

fn kind_of(slot: &super::Slot) -> Kind {
    use super::Slot;
    match slot {
        Slot::Title => Kind::Title,
        Slot::Settings => Kind::Settings,
        Slot::Variable(_) => Kind::Variable,
        Slot::Coder(_) => Kind::Coder,
        Slot::Code(_) => Kind::Code,
        Slot::Entity(_) => Kind::Entity,
        Slot::Article(_) | Slot::Metadata(_) => Kind::Article,
        Slot::Annotation(..) | Slot::Orphan(..) => Kind::Annotation,
        Slot::Relation(..) => Kind::Relation,
        Slot::Document(_) => Kind::Document,
        Slot::NothingFound(..) => Kind::NothingFound,
        Slot::Decision(..) => Kind::Answer,
    }
}

fn tell_ids(inputs: &[Input<'_>], report: &mut Report) {
    let ids: BTreeSet<_> = inputs.iter().map(|i| i.project.id).collect();
    if ids.len() > 1 {
        let titles: Vec<_> = inputs.iter().map(|i| format!("“{}” in {}", i.project.title, i.name)).collect();
        report.notes.push(format!("these are not copies of one project: {}", titles.join(", ")));
    }
}

/// Title, settings, variables, coders and the register of names.
fn small_things(inputs: &[Input<'_>], base: Option<&Project>, project: &mut Project, report: &mut Report) {
    fn one<T: Clone>(value: &T) -> BTreeMap<(), T> {
        BTreeMap::from([((), value.clone())])
    }
    let nothing = Project { id: uuid::Uuid::nil(), ..Project::new("") };
    let known = base.unwrap_or(&nothing);
    let all = || inputs.iter().map(|i| i.project);

    let titles: Vec<_> = all().map(|p| one(&p.title)).collect();
    let before = base.map(|b| one(&b.title)).unwrap_or_default();
    let title = |(): &(), t: &String| Item::new(Kind::Title, "title", t.clone());
    let titles = slots(report, &before, &titles.iter().collect::<Vec<_>>(), title, |v| v.plain("title", String::clone));
    project.title = titles.into_values().next().unwrap_or_default();

    let settings: Vec<_> = all().map(|p| one(&p.settings)).collect();
    let before = base.map(|b| one(&b.settings)).unwrap_or_default();
    let item = |(): &(), _: &_| Item::new(Kind::Settings, "settings", "settings");
    let settings = slots(report, &before, &settings.iter().collect::<Vec<_>>(), item, fields::settings);
    project.settings = settings.into_values().next().unwrap_or_default();

    let told = report.lost.len();
    let sides: Vec<_> = all().map(|p| &p.variables).collect();
    let item = |name: &String, _: &_| Item::new(Kind::Variable, name, name.clone());
    project.variables = slots(report, &known.variables, &sides, item, fields::variable);
    let sides: Vec<_> = all().map(|p| &p.coders).collect();
    let item = |id: &CoderId, c: &crate::model::Coder| Item::new(Kind::Coder, id, c.name.clone());
    project.coders = slots(report, &known.coders, &sides, item, fields::coder);
    let lost: Vec<Lost> = report.lost[told..].to_vec();
    report.decisions.extend(lost.iter().filter_map(|l| undecided(l, inputs, project)));

    let sides: Vec<_> = all().map(|p| &p.entities).collect();
    let item = |id: &_, e: &crate::model::Entity| Item::new(Kind::Entity, id, e.name.clone());
    project.entities = slots(report, &known.entities, &sides, item, fields::entity);
}

/// What is not only a matter of wording: one id for two people, one name for two kinds of variable.
fn undecided(lost: &Lost, inputs: &[Input<'_>], project: &Project) -> Option<Undecided> {
    let said = |input: &Input<'_>| match lost.item.kind {
        Kind::Coder => project
            .coders
            .keys()
            .find(|id| id.as_str() == lost.item.id)
            .and_then(|id| input.project.coders.get(id))
            .map(|c| c.name.clone()),
        _ => input.project.variables.get(&lost.item.id).map(|v| key(&v.kind)),
    };
    let meanwhile = match (lost.item.kind, lost.field.as_deref()) {
        (Kind::Coder, Some("name")) if same::name_of(&lost.kept) != same::name_of(&lost.lost) => {
            format!("one id for different names; the work of both is kept under it, as {}", lost.kept)
        }
        (Kind::Variable, Some("kind")) => format!("one name for different kinds; {} was kept", lost.kept),
        _ => return None,
    };
    let mut versions: Vec<Version> = Vec::new();
    for input in inputs {
        let Some(says) = said(input) else { continue };
        match versions.iter_mut().find(|v| v.says == says) {
            Some(version) => version.inputs.push(input.name.to_owned()),
            None => versions.push(Version { id: String::new(), says, inputs: vec![input.name.to_owned()] }),
        }
    }
    Some(Undecided { kind: lost.item.kind, name: lost.item.id.clone(), versions, meanwhile })
}

type Codings = BTreeMap<(CoderId, ArticleId), Arc<Coding>>;
type Articles = BTreeMap<ArticleId, Arc<Article>>;

/// All work of a project under the names, and on the texts, of the result.
fn works(from: &Project, renamed: &Renamed, to: &Articles, mut tell: Option<(&mut Report, usize)>) -> Codings {
    let mut out = Codings::new();
    for ((coder, article), coding) in from.codings.iter().filter(|(_, c)| !c.is_empty()) {
        let id = renamed.article(article);
        let mut coding = renamed.coding(coding);
        if let Some(new) = to.get(id) {
            let old = from.articles.get(article).map(|a| &a.text);
            let item = |kind, id_of: String, name: String| Item::new(kind, id_of, name).at(coder, id);
            let tell = tell.as_mut().map(|(report, n)| (&mut **report, *n));
            coding = place::coding(&coding, old, &new.text, item, tell);
        }
        out.insert((coder.clone(), id.clone()), coding);
    }
    out
}

fn works_of_base(base: &Project, renamed: &Renamed, to: &Articles) -> Codings {
    works(base, renamed, to, None)
}

/// Joins the work of every coder on every article.
fn codings(sides: &[Codings], before: &Codings, report: &mut Report) -> Codings {
    let nothing = Arc::new(Coding::default());
    let keys: BTreeSet<_> = before.keys().chain(sides.iter().flat_map(|s| s.keys())).collect();
    let mut out = Codings::new();
    for at in keys {
        let of = |codings: &Codings| codings.get(at).unwrap_or(&nothing).clone();
        let all: Vec<_> = sides.iter().map(of).collect();
        let coding = coding(at, &all, &of(before), report);
        if !coding.is_empty() {
            out.insert(at.clone(), Arc::new(coding));
        }
    }
    out
}

fn coding(at: &(CoderId, ArticleId), sides: &[Arc<Coding>], before: &Coding, report: &mut Report) -> Coding {
    let item = |kind, id: String, name: String| Item::new(kind, id, name).at(&at.0, &at.1);

    let all: Vec<_> = sides.iter().enumerate().map(|(n, c)| marks(c, at, Some((report, n)))).collect();
    let joined = slots(
        report,
        &marks(before, at, None),
        &all.iter().collect::<Vec<_>>(),
        |id, m| item(Kind::Annotation, id.to_string(), m.annotation.words()),
        fields::mark,
    );
    let (orphans, annotations): (Vec<_>, Vec<_>) = joined.into_iter().partition(|(_, mark)| mark.orphan);

    let all: Vec<_> = sides.iter().map(|c| &c.relations).collect();
    let relation = |id: &_, r: &crate::model::Relation| item(Kind::Relation, format!("{id}"), r.kind.clone());
    let relations = slots(report, &before.relations, &all, relation, |v| v.whole(|_| ()));

    let all: Vec<_> = sides.iter().map(|c| &c.decisions).collect();
    let answer = |about: &crate::model::Suggested, _: &_| item(Kind::Answer, key(about), about.label.clone());
    let decisions = slots(report, &before.decisions, &all, answer, fields::decision);

    let as_map = |c: &Coding| c.nothing_found.iter().map(|n| (*n, true)).collect::<BTreeMap<_, _>>();
    let all: Vec<_> = sides.iter().map(|c| as_map(c)).collect();
    let nothing = |n: &NothingFound, _: &bool| item(Kind::NothingFound, key(n), String::new());
    let nothing = slots(report, &as_map(before), &all.iter().collect::<Vec<_>>(), nothing, |_| true);

    // An article of which nothing is said as a whole has an empty coding as a whole: there is always a base.
    let as_map = |c: &Coding| BTreeMap::from([((), c.document.clone())]);
    let all: Vec<_> = sides.iter().map(|c| as_map(c)).collect();
    let document = |(): &(), _: &_| item(Kind::Document, at.1.to_string(), String::new());
    let documents = slots(report, &as_map(before), &all.iter().collect::<Vec<_>>(), document, fields::document);
    if before.document == DocumentCoding::default() {
        // What was nothing before and is something now is not called a change, but new.
        let silent = |c: &Arc<Coding>| c.document == before.document;
        for (n, came) in report.inputs.iter_mut().enumerate() {
            let changed = came.changed.pop_if(|i| {
                i.kind == Kind::Document && i.coder.as_ref() == Some(&at.0) && i.article.as_ref() == Some(&at.1)
            });
            came.new.extend(changed.filter(|_| if n == 0 { sides.iter().any(silent) } else { silent(&sides[0]) }));
        }
    }

    Coding {
        annotations: annotations.into_iter().map(|(id, mark)| (id, Arc::new(mark.annotation))).collect(),
        orphans: orphans.into_iter().map(|(id, mark)| (id, Arc::new(mark.annotation))).collect(),
        relations,
        document: documents.into_values().next().unwrap_or_default(),
        nothing_found: nothing.into_keys().collect(),
        decisions,
    }
}

/// A coder's annotations, placed and not. Where one id stands for both, which no project that was saved here holds,
/// the placed one is taken and the other told.
fn marks(
    coding: &Coding,
    at: &(CoderId, ArticleId),
    tell: Option<(&mut Report, usize)>,
) -> BTreeMap<crate::model::AnnotationId, Mark> {
    let mark = |orphan| {
        move |(id, a): (&crate::model::AnnotationId, &Arc<crate::model::Annotation>)| {
            (*id, Mark { orphan, annotation: (**a).clone() })
        }
    };
    let mut all: BTreeMap<_, _> = coding.orphans.iter().map(mark(true)).collect();
    let placed: Vec<_> = coding.annotations.iter().map(mark(false)).collect();
    let mut twice = Vec::new();
    for (id, mark) in placed {
        twice.extend(all.insert(id, mark));
    }
    if let Some((report, n)) = tell {
        for mark in twice {
            let item = Item::new(Kind::Annotation, mark.annotation.id, mark.annotation.words()).at(&at.0, &at.1);
            let inputs = vec![report.inputs[n].input.clone()];
            let (kept, lost) = ("the one that stands in the text".to_owned(), key(&mark.annotation));
            report.lost.push(Lost { item, field: None, kept, lost, inputs });
        }
    }
    all
}
