//! Floor 2, merging: in whatever order, in whatever groups, however often, and nothing is dropped without a word.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use common::{Dice, dice, edit};
use framelens::edit::merge::{Choices, Input, Keep, Kind, Merged, Report, merge};
use framelens::edit::{Desk, Edit, difference};
use framelens::model::{
    Annotation, AnnotationId, Article, Code, CodeId, Coder, CoderId, Colour, DocumentCoding, Metadata, NothingFound,
    Origin, Project, Source, Tag, Variable, VariableKind, Voice,
};
use framelens::text::{CharSpan, OffsetMap};
use proptest::prelude::*;

const NAMES: [&str; 5] = ["ada", "bo", "cy", "di", "ed"];

fn all(projects: &[&Project], base: Option<&Project>) -> Merged {
    let inputs: Vec<_> = projects.iter().zip(NAMES).map(|(project, name)| Input { name, project }).collect();
    merge(&inputs, base, &Choices::default())
}

fn of(projects: &[&Project], base: Option<&Project>) -> Project {
    all(projects, base).project
}

/// A project after some random work.
fn worked(from: &Project, dice: &mut Dice, edits: usize) -> Project {
    let mut project = from.clone();
    for _ in 0..edits {
        let edit = edit(dice, &project, 1);
        let _ = edit.apply(&mut project);
    }
    // What people did last is later than what they did first, and two people seldom in the same moment.
    project
}

/// Three projects: grown out of one, or unrelated ones in which the same ids and names stand for different things.
fn three(dice: &mut Dice, more: &mut [Dice; 3], related: bool) -> (Project, [Project; 3]) {
    let base = dice.project();
    let inputs = std::array::from_fn(|n| {
        let from = if related { base.clone() } else { more[n].project() };
        worked(&from, &mut more[n], 10)
    });
    (base, inputs)
}

fn three_dice() -> impl Strategy<Value = [Dice; 3]> {
    [dice(500), dice(500), dice(500)]
}

/// Every code is called after its id, but for new ones, some of which have the same name, and of those some the same
/// meaning: one of a name in each project.
fn with_clear_names(project: &mut Project, which: usize, dice: &mut Dice) {
    for code in project.codebook.codes.values_mut() {
        code.name = format!("Code {}", code.id);
    }
    for name in ["Purge", "Hunt"] {
        if dice.chance(2) {
            let id: CodeId = format!("{}-{which}", name.to_lowercase()).parse().unwrap();
            let mut code = dice.code(id.clone(), None);
            (code.name, code.use_when, code.not_when) = (name.to_owned(), String::new(), String::new());
            code.definition = dice.pick(&["", "Removal."]).to_owned();
            project.codebook.codes.insert(id.clone(), code);
            // And it is used.
            let (Some(article), Some(coder)) = (project.articles.values().next(), project.coders.keys().next()) else {
                continue;
            };
            let at = Desk { coder: coder.clone(), article: article.id.clone() };
            let annotation = dice.annotation(article, &[id], &[]);
            let edit = Edit::Annotation { at, id: annotation.id, to: Some(Box::new(annotation)) };
            edit.apply(project).unwrap();
        }
    }
}

/// Whether these projects are one of the cases in which merging in groups cannot be the same as merging at once: see
/// the head of `edit::merge`.
fn excepted(inputs: &[&Project], base: Option<&Project>) -> bool {
    let everybody = || inputs.iter().copied().chain(base);
    // Articles: one text under two ids that stand together or have several texts; three texts under one id.
    let mut texts: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let mut ids: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (id, article) in everybody().flat_map(|p| &p.articles) {
        texts.entry(id).or_default().insert(&article.text);
        ids.entry(&article.text).or_default().insert(id);
    }
    let shared = ids.values().filter(|ids| ids.len() > 1).any(|ids| {
        ids.iter().any(|id| texts[*id].len() > 1)
            || everybody().any(|p| ids.iter().filter(|id| p.articles.contains_key(**id)).count() > 1)
    });
    if shared || texts.values().any(|t| t.len() > 2) {
        return true;
    }
    // Loops.
    let report = |inputs: &[&Project]| all(inputs, base).report;
    let loops = |r: &Report| r.lost.iter().any(|l| l.field.as_deref() == Some("parent") && l.inputs.is_empty());
    let [a, b, c] = inputs else { panic!("three") };
    if [report(&[a, b]), report(&[b, c]), report(&[a, c]), report(inputs)].iter().any(loops) {
        return true;
    }
    let Some(base) = base else { return false };
    // With a base: what more than two changed differently, and what was deleted and is used in what several changed.
    let gone =
        |code: &CodeId| base.codebook.get(code).is_some() && inputs.iter().any(|p| p.codebook.get(code).is_none());
    let gone_name = |a: &Annotation| {
        let parties = a.attributes.speaker.iter().chain(&a.attributes.target);
        let mut ids = parties.filter_map(|p| p.entity);
        ids.any(|id| base.entities.contains_key(&id) && inputs.iter().any(|p| !p.entities.contains_key(&id)))
    };
    let mut marks: BTreeMap<_, Vec<&Annotation>> = BTreeMap::new();
    let mut documents: BTreeMap<_, Vec<&DocumentCoding>> = BTreeMap::new();
    for p in inputs {
        for (at, coding) in &p.codings {
            let before = base.codings.get(at);
            for (id, a) in coding.annotations.iter().chain(&coding.orphans) {
                let was = before.and_then(|b| b.annotations.get(id).or_else(|| b.orphans.get(id)));
                let list = marks.entry((at, id)).or_default();
                if was != Some(a) && !list.contains(&a) {
                    list.push(a);
                }
            }
            let list = documents.entry(at).or_default();
            if before.map(|b| &b.document) != Some(&coding.document) && !list.contains(&&coding.document) {
                list.push(&coding.document);
            }
        }
    }
    let contested = |list: &&Vec<&Annotation>| {
        list.len() > 2 || list.len() > 1 && list.iter().any(|a| a.tag.code().is_some_and(gone) || gone_name(a))
    };
    let contested_document = |list: &&Vec<&DocumentCoding>| {
        list.len() > 1 && list.iter().any(|d| d.codes.iter().chain(&d.primary).any(gone))
    };
    let contested_code = base.codebook.codes.keys().any(|id| {
        let versions: Vec<_> = inputs.iter().filter_map(|p| p.codebook.get(id)).collect();
        let new = versions.iter().filter(|c| base.codebook.get(id) != Some(c));
        new.clone().count() > 1 && new.into_iter().any(|c| c.parent.as_ref().is_some_and(gone))
    });
    marks.values().any(|l| contested(&l)) || documents.values().any(|l| contested_document(&l)) || contested_code
}

/// Where two projects are not the same: the edits between them.
fn apart(a: &Project, b: &Project) -> Option<String> {
    (a != b).then(|| format!("{} {} {:#?}", a.id, b.id, difference(a, b)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_order_does_not_matter(mut dice in dice(500), mut more in three_dice(), related in any::<bool>(), known in any::<bool>()) {
        let (base, [a, b, c]) = three(&mut dice, &mut more, related);
        let base = known.then_some(&base);
        prop_assert_eq!(apart(&of(&[&a, &b], base), &of(&[&b, &a], base)), None);
        let once = of(&[&a, &b, &c], base);
        for order in [[&a, &c, &b], [&b, &a, &c], [&b, &c, &a], [&c, &a, &b], [&c, &b, &a]] {
            prop_assert_eq!(apart(&of(&order, base), &once), None);
        }
        prop_assert!(of(&[&a, &b, &c, &b, &a], base) == once, "nor how often");
    }

    #[test]
    fn merging_again_changes_nothing(mut dice in dice(500), mut more in three_dice(), related in any::<bool>(), known in any::<bool>()) {
        let (base, [a, b, _]) = three(&mut dice, &mut more, related);
        let base = known.then_some(&base);
        prop_assert_eq!(apart(&of(&[&a], base), &a), None);
        prop_assert_eq!(apart(&of(&[&a, &a], base), &a), None);
        let once = of(&[&a, &b], None);
        for again in [vec![&once, &a], vec![&once, &b], vec![&once, &a, &b], vec![&once, &once]] {
            prop_assert_eq!(apart(&of(&again, None), &once), None);
        }
        prop_assert!(!all(&[&once, &b], None).report.brought_something());
    }

    #[test]
    fn groups_do_not_matter(mut dice in dice(500), mut more in three_dice(), related in any::<bool>(), known in any::<bool>()) {
        let (mut base, mut inputs) = three(&mut dice, &mut more, related);
        with_clear_names(&mut base, 9, &mut Dice::from(vec![]));
        for (n, input) in inputs.iter_mut().enumerate() {
            with_clear_names(input, n, &mut more[n]);
        }
        let base = known.then_some(&base);
        let [a, b, c] = &inputs;
        prop_assume!(!excepted(&[a, b, c], base));
        let once = of(&[a, b, c], base);
        for (pair, third) in [([a, b], c), ([b, c], a), ([a, c], b)] {
            prop_assert_eq!(apart(&of(&[&of(&pair, base), third], base), &once), None);
        }
    }

    #[test]
    fn nothing_is_dropped_without_a_word(mut dice in dice(500), mut more in three_dice(), related in any::<bool>(), known in any::<bool>()) {
        let (base, inputs) = three(&mut dice, &mut more, related);
        let base = known.then_some(&base);
        let [a, b, c] = &inputs;
        let Merged { project, report } = all(&[a, b, c], base);
        let unified = |id: &str| report.unified.iter().any(|u| u.item.id == id);
        for (n, input) in inputs.iter().enumerate() {
            for ((coder, article), coding) in &input.codings {
                let here = project.coding(coder, article);
                for (id, annotation) in &coding.annotations {
                    let there = here.and_then(|c| c.annotations.get(id)) == Some(annotation);
                    let renamed = unified(article.as_str()) || annotation.tag.code().is_some_and(|c| unified(c.as_str()));
                    prop_assert!(there || renamed || report.mentions(*id), "{} of {}", id, NAMES[n]);
                }
                for (id, orphan) in &coding.orphans {
                    let there = here.and_then(|c| c.orphans.get(id)) == Some(orphan);
                    let renamed = unified(article.as_str()) || orphan.tag.code().is_some_and(|c| unified(c.as_str()));
                    prop_assert!(there || renamed || report.mentions(*id), "orphan {} of {}", id, NAMES[n]);
                }
            }
            let told = |kind: Kind, id: &str| {
                let came = report.inputs.iter().flat_map(|c| c.new.iter().chain(&c.changed).chain(&c.deleted));
                came.chain(report.lost.iter().map(|l| &l.item)).chain(report.unified.iter().map(|u| &u.item)).any(|i| i.kind == kind && i.id == id)
            };
            for (id, code) in &input.codebook.codes {
                prop_assert!(project.codebook.get(id) == Some(code) || told(Kind::Code, id.as_str()) || code.parent.is_some());
            }
            for (id, article) in &input.articles {
                prop_assert!(project.articles.get(id) == Some(article) || told(Kind::Article, id.as_str()));
            }
            for (id, entity) in &input.entities {
                prop_assert!(project.entities.get(id) == Some(entity) || told(Kind::Entity, &id.to_string()));
            }
            for (id, coder) in &input.coders {
                prop_assert!(project.coders.get(id) == Some(coder) || told(Kind::Coder, id.as_str()));
            }
        }
        prop_assert!(!serde_json::to_string(&report).unwrap().is_empty());
        let _ = report.text();
    }

    #[test]
    fn the_result_is_sound_and_one_edit_away(mut dice in dice(500), mut more in three_dice(), related in any::<bool>(), known in any::<bool>()) {
        let (base, [a, b, c]) = three(&mut dice, &mut more, related);
        prop_assert!([&base, &a, &b, &c].iter().all(|p| p.faults().is_empty()));
        let base = known.then_some(&base);
        let merged = of(&[&a, &b, &c], base);
        prop_assert_eq!(merged.faults(), []);
        prop_assert!(merged.codings.values().all(|c| !c.is_empty()));
        for coding in merged.codings.values() {
            prop_assert!(coding.annotations.keys().all(|id| !coding.orphans.contains_key(id)));
        }
        let mut mine = a.clone();
        let back = difference(&a, &merged).apply(&mut mine);
        prop_assert!(back.is_ok(), "{:?}", back);
        mine.id = merged.id;
        prop_assert!(mine == merged);
        mine.id = a.id;
        back.unwrap().restore(&mut mine).unwrap();
        prop_assert!(mine == a);
    }

    /// Who changed nothing has no say.
    #[test]
    fn the_unchanged_side_never_wins(mut dice in dice(500), mut more in dice(500)) {
        let base = dice.project();
        let changed = worked(&base, &mut more, 12);
        prop_assert_eq!(apart(&of(&[&base, &changed], Some(&base)), &changed), None);
        prop_assert_eq!(apart(&of(&[&changed, &base, &base], Some(&base)), &changed), None);
    }
}
