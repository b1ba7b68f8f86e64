//! Floor 2, merging: in whatever order, in whatever groups, however often, and nothing is dropped without a word.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::common::{Dice, dice, edit};
use framelens::edit::merge::{Choices, Input, Keep, Kind, Merged, Report, merge};
use framelens::edit::{Desk, Edit, difference};
use framelens::model::{
    Annotation, AnnotationId, Article, ArticleId, Code, CodeId, Coder, CoderId, Colour, DocumentCoding, Metadata,
    NothingFound, Origin, Project, Source, Suggested, Tag, Variable, VariableKind, Voice,
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
    once_each(&mut project);
    project
}

/// Somebody corrects the beginning of an article's text; what was coded there keeps its words.
fn correct(project: &mut Project, id: &ArticleId, beginning: &str) {
    let Some(old) = project.articles.get(id).cloned() else { return };
    let text = format!("{beginning}{}", old.text);
    let by = beginning.chars().count();
    let moved = |s: CharSpan| CharSpan::chars(s.start.0 + by, s.end.0 + by);
    let map = OffsetMap::new(text.clone());
    let new = Article {
        hash: Article::hash_of(&text),
        end: map.char_len(),
        text: text.into(),
        parts: vec![],
        ..(*old).clone()
    };
    project.articles.insert(id.clone(), Arc::new(new));
    for (_, coding) in project.codings.iter_mut().filter(|((_, article), _)| article == id) {
        let coding = Arc::make_mut(coding);
        for annotation in coding.annotations.values_mut() {
            let spans = annotation.spans.iter().copied().map(moved).collect();
            assert!(Arc::make_mut(annotation).place(&map, spans));
        }
        let found = std::mem::take(&mut coding.nothing_found);
        coding.nothing_found = found.into_iter().map(|n| NothingFound { span: n.span.map(moved) }).collect();
        let answers = std::mem::take(&mut coding.decisions);
        coding.decisions = answers.into_iter().map(|(s, d)| (Suggested { span: moved(s.span), ..s }, d)).collect();
    }
}

/// In a project that can be saved, an id stands for an annotation that has its place or for one that has lost it.
fn once_each(project: &mut Project) {
    for coding in project.codings.values_mut().map(Arc::make_mut) {
        coding.orphans.retain(|id, _| !coding.annotations.contains_key(id));
    }
    project.codings.retain(|_, c| !c.is_empty());
}

/// Three projects: grown out of one, or unrelated ones in which the same ids and names stand for different things.
fn three(dice: &mut Dice, more: &mut [Dice; 3], related: bool) -> (Project, [Project; 3]) {
    let mut base = dice.project();
    once_each(&mut base);
    let first = base.articles.keys().next().cloned();
    let inputs = std::array::from_fn(|n| {
        let from = if related { base.clone() } else { more[n].project() };
        let mut project = worked(&from, &mut more[n], 10);
        if let Some(first) = first.as_ref().filter(|_| more[n].chance(3)) {
            correct(&mut project, first, "Corrected: ");
        }
        project
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

/// Whether a loop of codes was opened.
fn loops(report: &Report) -> bool {
    report.lost.iter().any(|l| l.field.as_deref() == Some("parent") && l.inputs.is_empty())
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
    let [a, b, c] = inputs else { panic!("three") };
    if [[a, b], [b, c], [a, c]].iter().any(|pair| loops(&all(pair.map(|p| *p).as_slice(), base).report))
        || loops(&all(inputs, base).report)
    {
        return true;
    }
    let Some(base) = base else { return false };
    // Something deleted, and two texts of an article.
    let deleted = inputs.iter().any(|p| {
        base.coders.keys().any(|id| !p.coders.contains_key(id))
            || base.codebook.codes.keys().any(|id| p.codebook.get(id).is_none())
            || base.entities.keys().any(|id| !p.entities.contains_key(id))
    });
    if deleted && texts.values().any(|t| t.len() > 1) {
        return true;
    }
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
                if was != Some(a) && !list.contains(&&**a) {
                    list.push(&**a);
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
    #![proptest_config(ProptestConfig::with_cases(200))]

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
        let Merged { project: once, report } = all(&[&a, &b], None);
        prop_assume!(!loops(&report));
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
                came.chain(report.lost.iter().map(|l| &l.item)).chain(report.unified.iter().map(|u| &u.item)).chain(&report.combined).any(|i| i.kind == kind && i.id == id)
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
        for project in [&base, &a, &b, &c] {
            prop_assert_eq!(project.faults(), []);
        }
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
        let mut base = dice.project();
        once_each(&mut base);
        let changed = worked(&base, &mut more, 12);
        prop_assert_eq!(apart(&of(&[&base, &changed], Some(&base)), &changed), None);
        prop_assert_eq!(apart(&of(&[&changed, &base, &base], Some(&base)), &changed), None);
    }
}

/// A project with two coders, one code and one article.
fn small() -> Project {
    let mut project = Project::new("Small");
    for (id, name) in [("ada", "Ada Brandt"), ("bo", "Bo Lind")] {
        let id: CoderId = id.parse().unwrap();
        project.coders.insert(id.clone(), Coder { id, name: name.to_owned() });
    }
    put_code(&mut project, "purge-0001", "Purge", "Removal of rivals.");
    let metadata = Metadata { title: "Vote".to_owned(), ..Metadata::default() };
    let article = Article::new("This is not a purge, she said.\nIt is a vote.", metadata, vec![], Source::default());
    project.articles.insert(article.id.clone(), Arc::new(article));
    project
}

fn put_code(project: &mut Project, id: &str, name: &str, definition: &str) -> CodeId {
    let id: CodeId = id.parse().unwrap();
    let mut code = Code::new(id.clone(), name, Colour::Palette(0));
    code.definition = definition.to_owned();
    project.codebook.codes.insert(id.clone(), code);
    id
}

fn code(project: &mut Project, coder: &str, code: &str, number: u128, words: &str) -> AnnotationId {
    let article = project.articles.values().next().unwrap().clone();
    let map = OffsetMap::new(article.text.clone());
    let start = article.text[..article.text.find(words).unwrap()].chars().count();
    let mut annotation = Annotation {
        id: AnnotationId(uuid::Uuid::from_u128(number)),
        tag: Tag::Frame(code.parse().unwrap()),
        spans: vec![],
        anchors: vec![],
        attributes: Default::default(),
        memo: String::new(),
        origin: Origin::Hand,
        code_revision: 1,
        created: at(0),
        changed: at(0),
    };
    assert!(annotation.place(&map, vec![CharSpan::chars(start, start + words.chars().count())]));
    let id = annotation.id;
    let at = Desk { coder: coder.parse().unwrap(), article: article.id.clone() };
    Edit::Annotation { at, id, to: Some(Box::new(annotation)) }.apply(project).unwrap();
    id
}

fn at(minute: i64) -> jiff::Timestamp {
    jiff::Timestamp::new(1_740_000_000 + 60 * minute, 0).unwrap()
}

/// Changes the one annotation with this id, wherever it is.
fn change(project: &mut Project, id: AnnotationId, minute: i64, change: impl FnOnce(&mut Annotation)) {
    let coding = project.codings.values_mut().find(|c| c.annotations.contains_key(&id)).unwrap();
    let annotation = Arc::make_mut(Arc::make_mut(coding).annotations.get_mut(&id).unwrap());
    change(annotation);
    annotation.changed = at(minute);
}

fn annotation(project: &Project, id: AnnotationId) -> Option<&Annotation> {
    project.annotations().find(|(_, _, a)| a.id == id).map(|(_, _, a)| a)
}

#[test]
fn two_coders_come_together() {
    let base = small();
    let (mut a, mut b) = (base.clone(), base.clone());
    let first = code(&mut a, "ada", "purge-0001", 1, "purge");
    let second = code(&mut b, "bo", "purge-0001", 2, "vote");
    for base in [None, Some(&base)] {
        let Merged { project, report } = all(&[&a, &b], base);
        assert!(annotation(&project, first).is_some() && annotation(&project, second).is_some());
        assert_eq!((report.decisions.len(), report.lost.len(), report.unified.len()), (0, 0, 0));
        assert_eq!(report.inputs[1].new.len(), 1);
        assert_eq!(report.text(), "From bo: new: 1 annotation\n");
    }
}

#[test]
fn each_field_comes_from_who_changed_it() {
    let mut base = small();
    let id = code(&mut base, "ada", "purge-0001", 1, "purge");
    let (mut a, mut b) = (base.clone(), base.clone());
    change(&mut a, id, 1, |a| a.attributes.voice = Some(Voice::Quoted));
    change(&mut b, id, 2, |a| a.memo = "denied".to_owned());
    let merged = all(&[&a, &b], Some(&base));
    let both = annotation(&merged.project, id).unwrap();
    assert_eq!((both.attributes.voice, both.memo.as_str(), both.changed), (Some(Voice::Quoted), "denied", at(2)));
    assert!(merged.report.lost.is_empty(), "{:?}", merged.report.lost);

    // The same field: the later one wins, and the other is told in full.
    change(&mut b, id, 2, |a| a.attributes.voice = Some(Voice::Headline));
    let merged = all(&[&a, &b], Some(&base));
    assert_eq!(annotation(&merged.project, id).unwrap().attributes.voice, Some(Voice::Headline));
    let [lost] = merged.report.lost.as_slice() else { panic!("{:?}", merged.report.lost) };
    assert_eq!((lost.field.as_deref(), lost.lost.as_str()), (Some("voice"), "Some(quoted)"));
    assert_eq!(lost.inputs, ["ada"]);
    assert!(lost.is_work() && merged.report.text().contains("voice"));
    // Without a base, the later one as a whole.
    let merged = all(&[&a, &b], None);
    assert_eq!(annotation(&merged.project, id), annotation(&b, id));
    assert!(merged.report.lost[0].lost.contains("quoted"));
}

#[test]
fn what_was_deleted_goes_unless_somebody_needs_it() {
    let mut base = small();
    put_code(&mut base, "hunt-0001", "Hunt", "");
    let mut below = base.codebook.codes[&"hunt-0001".parse().unwrap()].clone();
    below.id = "chase-0001".parse().unwrap();
    below.parent = Some("hunt-0001".parse().unwrap());
    below.name = "Chase".to_owned();
    base.codebook.codes.insert(below.id.clone(), below);
    let id = code(&mut base, "ada", "purge-0001", 1, "purge");
    let mut a = base.clone();
    a.codings.clear();
    a.codebook.codes.retain(|id, _| id.as_str() == "purge-0001");

    let merged = all(&[&a, &base], Some(&base));
    assert_eq!(merged.project, a);
    assert_eq!(merged.report.inputs[0].deleted.len(), 3);
    assert_eq!(of(&[&a, &base], None), base, "without a base nothing was ever deleted");

    // Changed meanwhile: it stays.
    let mut b = base.clone();
    change(&mut b, id, 1, |a| a.memo = "see p. 3".to_owned());
    let merged = all(&[&a, &b], Some(&base));
    assert_eq!(annotation(&merged.project, id), annotation(&b, id));
    assert!(merged.report.kept[0].why.contains("deleted in ada, changed in bo"), "{:?}", merged.report.kept);

    // In use meanwhile: it comes back with the code above it.
    let mut b = base.clone();
    code(&mut b, "bo", "chase-0001", 2, "vote");
    let merged = all(&[&a, &b], Some(&base));
    assert_eq!(merged.project.faults(), []);
    assert_eq!(merged.project.codebook, base.codebook);
    assert_eq!(merged.report.kept.len(), 2);
    assert!(annotation(&merged.project, id).is_none());
}

#[test]
fn codes_of_one_name_and_meaning_become_one() {
    let base = small();
    let (mut a, mut b) = (base.clone(), base.clone());
    put_code(&mut a, "witch-hunt-0002", "Witch hunt", "Blame.");
    put_code(&mut b, "witch-hunt-0001", " witch Hunt", "Blame. ");
    let mut below = b.codebook.codes[&"purge-0001".parse().unwrap()].clone();
    (below.id, below.name) = ("mob-0001".parse().unwrap(), "Mob".to_owned());
    below.parent = Some("witch-hunt-0002".parse().unwrap());
    a.codebook.codes.insert(below.id.clone(), below);
    let first = code(&mut a, "ada", "witch-hunt-0002", 1, "purge");
    let second = code(&mut b, "bo", "witch-hunt-0001", 2, "purge");
    let document = DocumentCoding {
        primary: Some("witch-hunt-0002".parse().unwrap()),
        codes: ["witch-hunt-0002".parse().unwrap()].into(),
        ..Default::default()
    };
    let desk = Desk { coder: "ada".parse().unwrap(), article: a.articles.keys().next().unwrap().clone() };
    Edit::Document { at: desk.clone(), to: Box::new(document) }.apply(&mut a).unwrap();

    let Merged { project, report } = all(&[&a, &b], None);
    let one: CodeId = "witch-hunt-0001".parse().unwrap();
    assert_eq!(project.codebook.codes.len(), 3);
    for id in [first, second] {
        assert_eq!(annotation(&project, id).unwrap().tag, Tag::Frame(one.clone()));
    }
    let document = &project.coding(&desk.coder, &desk.article).unwrap().document;
    assert_eq!((document.primary.as_ref(), document.codes.first()), (Some(&one), Some(&one)));
    assert_eq!(project.codebook.codes[&"mob-0001".parse().unwrap()].parent, Some(one));
    assert_eq!(report.unified.len(), 1);
    assert!(report.decisions.is_empty() && report.text().contains("witch-hunt-0002"), "{}", report.text());
    assert_eq!(of(&[&project, &b, &a], None), project);
}

#[test]
fn codes_of_one_name_and_two_meanings_wait_for_a_decision() {
    let base = small();
    let (mut a, mut b) = (base.clone(), base.clone());
    put_code(&mut a, "hunt-0001", "Hunt", "Of people.");
    put_code(&mut b, "hunt-0002", "Hunt", "Of foxes.");
    let first = code(&mut a, "ada", "hunt-0001", 1, "purge");
    let second = code(&mut b, "bo", "hunt-0002", 2, "purge");
    let inputs = [Input { name: "ada", project: &a }, Input { name: "bo", project: &b }];
    let with = |inputs: &[Input<'_>], keep: Option<Keep>| {
        let codes = keep.map(|keep| ("hunt ".to_owned(), keep)).into_iter().collect();
        merge(inputs, None, &Choices { codes, ..Choices::default() })
    };
    let open = with(&inputs, None);
    assert_eq!(open.project.codebook.codes.len(), 3);
    let [decision] = open.report.decisions.as_slice() else { panic!("{:?}", open.report.decisions) };
    assert_eq!((decision.kind, decision.name.as_str(), decision.versions.len()), (Kind::Code, "Hunt", 2));
    assert_eq!(decision.versions[1].inputs, ["bo"]);
    // Who holds both knows of it.
    let again = with(&[Input { name: "m", project: &open.project }, inputs[1]], None);
    assert!(again.report.decisions.is_empty() && !again.report.notes.is_empty());

    let apart = with(&inputs, Some(Keep::Apart));
    assert_eq!((apart.project, apart.report.decisions.len()), (open.project.clone(), 0));

    for whose in ["bo", "hunt-0002"] {
        let one = with(&inputs, Some(Keep::Of(whose.to_owned())));
        let code = &one.project.codebook.codes[&"hunt-0001".parse().unwrap()];
        assert_eq!((code.definition.as_str(), code.revision), ("Of foxes.", 2));
        // What was coded under the other meaning can be told.
        assert_eq!(annotation(&one.project, first).unwrap().code_revision, 1);
        assert_eq!(annotation(&one.project, second).unwrap().code_revision, 2);
        assert_eq!(annotation(&one.project, second).unwrap().tag.code(), Some(&code.id));
        assert!(one.report.text().contains("Of people."), "what it meant is told");
        assert_eq!(one.project.faults(), []);
        let again =
            with(&[Input { name: "m", project: &one.project }, inputs[0], inputs[1]], Some(Keep::Of("bo".into())));
        assert_eq!(again.project, one.project);
    }
    // Also within one project.
    let one = with(&[Input { name: "m", project: &open.project }], Some(Keep::Of("hunt-0001".to_owned())));
    assert_eq!(one.project.codebook.codes.len(), 2);
    assert_eq!(one.project.codebook.codes[&"hunt-0001".parse().unwrap()].definition, "Of people.");
    let none = with(&inputs, Some(Keep::Of("nobody".to_owned())));
    assert_eq!((none.report.unheeded, none.project), (vec!["hunt ".to_owned()], open.project));
}

#[test]
fn codings_move_to_the_corrected_text() {
    let base = small();
    let (mut a, mut b) = (base.clone(), base.clone());
    let id = base.articles.keys().next().unwrap();
    let text = "This is not a big purge, she said.\nIt is a poll.";
    let corrected = Article {
        text: text.into(),
        hash: Article::hash_of(text),
        end: framelens::text::CharOffset(text.chars().count()),
        ..(*base.articles[id]).clone()
    };
    a.articles.insert(id.clone(), Arc::new(corrected));
    let stays = code(&mut b, "bo", "purge-0001", 1, "purge");
    let gone = code(&mut b, "bo", "purge-0001", 2, "vote");
    let desk = Desk { coder: "bo".parse().unwrap(), article: id.clone() };
    let coding = Arc::make_mut(b.codings.get_mut(&(desk.coder.clone(), desk.article.clone())).unwrap());
    coding.nothing_found.extend([
        NothingFound { span: None },
        NothingFound { span: Some(CharSpan::chars(21, 24)) },
        NothingFound { span: Some(CharSpan::chars(39, 43)) },
    ]);
    for base in [None, Some(&base)] {
        let Merged { project, report } = all(&[&b, &a], base);
        assert_eq!(project.articles[id].text.as_ref(), text);
        assert_eq!(project.faults(), []);
        assert_eq!(annotation(&project, stays).unwrap().spans, [CharSpan::chars(18, 23)]);
        let coding = project.coding(&desk.coder, &desk.article).unwrap();
        assert_eq!(coding.orphans[&gone].words(), "vote");
        assert_eq!((report.moved.len(), report.orphaned.len()), (1, 1));
        let spans: Vec<_> = coding.nothing_found.iter().map(|n| n.span).collect();
        assert_eq!(spans, [None, Some(CharSpan::chars(25, 28))]);
        assert!(report.lost.iter().any(|l| l.item.kind == Kind::NothingFound && l.item.name == "vote"));
        let mut mine = b.clone();
        difference(&b, &project).apply(&mut mine).unwrap();
        assert_eq!(mine, project);
    }
}

#[test]
fn one_text_is_one_article() {
    let base = small();
    let mut b = Project { articles: BTreeMap::new(), ..base.clone() };
    let old = base.articles.values().next().unwrap();
    let metadata = Metadata { title: "A vote".to_owned(), ..Metadata::default() };
    let other = Article::new(old.text.clone(), metadata, vec![], Source::default());
    assert!(other.id < old.id);
    b.articles.insert(other.id.clone(), Arc::new(other.clone()));
    let mut a = base.clone();
    let first = code(&mut a, "ada", "purge-0001", 1, "purge");
    let second = code(&mut b, "ada", "purge-0001", 2, "vote");
    let Merged { project, report } = all(&[&a, &b], None);
    assert_eq!(project.articles.keys().collect::<Vec<_>>(), [&other.id]);
    let coding = project.coding(&"ada".parse().unwrap(), &other.id).unwrap();
    assert_eq!(coding.annotations.keys().collect::<Vec<_>>(), [&first, &second]);
    assert_eq!(report.unified.len(), 1);
    // Somebody who has both tells them apart.
    let mut both = a.clone();
    both.articles.insert(other.id.clone(), Arc::new(other));
    let Merged { project, report } = all(&[&a, &both], None);
    assert_eq!((project.articles.len(), report.unified.len()), (2, 0));
}

#[test]
fn one_id_for_two_people_or_two_kinds_is_told() {
    let mut base = small();
    let number = Variable { kind: VariableKind::Number, description: String::new() };
    base.variables.insert("reach".to_owned(), number.clone());
    let (mut a, mut b) = (base.clone(), base.clone());
    let ada: CoderId = "ada".parse().unwrap();
    b.coders.get_mut(&ada).unwrap().name = "Ada Quist".to_owned();
    b.variables.insert("reach".to_owned(), Variable { kind: VariableKind::Text, ..number.clone() });
    let options = |list: &[&str]| Variable {
        kind: VariableKind::OneOf(list.iter().map(|s| (*s).to_owned()).collect()),
        ..number.clone()
    };
    a.variables.insert("tone".to_owned(), options(&["warm", "cold"]));
    b.variables.insert("tone".to_owned(), options(&["cold", "dry"]));
    let Merged { project, report } = all(&[&a, &b], None);
    let kinds: Vec<_> = report.decisions.iter().map(|d| (d.kind, d.name.as_str(), d.versions.len())).collect();
    assert_eq!(kinds, [(Kind::Variable, "reach", 2), (Kind::Coder, "ada", 2)]);
    assert_eq!(project.variables["tone"], options(&["cold", "dry", "warm"]));
    assert_eq!(project.variables["reach"].kind, VariableKind::Text);
    // With a base, it is plain that the name was changed.
    let Merged { project, report } = all(&[&a, &b], Some(&base));
    assert_eq!((project.coders[&ada].name.as_str(), report.decisions.len()), ("Ada Quist", 0));
}

#[test]
fn loops_that_only_the_merge_makes_are_opened() {
    let mut base = small();
    put_code(&mut base, "hunt-0001", "Hunt", "");
    let (hunt, purge): (CodeId, CodeId) = ("hunt-0001".parse().unwrap(), "purge-0001".parse().unwrap());
    let (mut a, mut b) = (base.clone(), base.clone());
    a.codebook.codes.get_mut(&hunt).unwrap().parent = Some(purge.clone());
    b.codebook.codes.get_mut(&purge).unwrap().parent = Some(hunt.clone());
    for base in [None, Some(&base)] {
        let Merged { project, report } = all(&[&a, &b], base);
        assert_eq!(project.faults(), []);
        assert_eq!(project.codebook.codes[&hunt].parent, None);
        assert_eq!(project.codebook.codes[&purge].parent.as_ref(), Some(&hunt));
        assert!(report.text().contains("its own ancestor"));
        assert_eq!(of(&[&project, &a, &b], base), project);
    }
}

#[test]
fn faults_and_odd_numbers_do_not_trouble_it() {
    let mut a = small();
    let id = code(&mut a, "ada", "purge-0001", 1, "purge");
    change(&mut a, id, 1, |a| {
        a.attributes.custom.insert("n".to_owned(), framelens::model::Value::Number(f64::NAN));
    });
    let b = small();
    let merged = of(&[&a, &b], None);
    assert_eq!(format!("{merged:?}"), format!("{:?}", of(&[&merged, &a], None)));
    // Work on an article that is missing here finds its place where it is there, and is not lost where it is not.
    let mut homeless = small();
    code(&mut homeless, "bo", "purge-0001", 2, "vote");
    homeless.articles.clear();
    assert_eq!(of(&[&homeless, &small()], None).faults(), []);
    assert_eq!(of(&[&homeless, &Project::new("Empty")], None).codings, homeless.codings);
    assert_eq!(of(&[], None).codings.len(), 0);
}
