//! Floor 2: whatever is done can be undone, and what is refused changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::common::{dice, edit};
use framelens::edit::{
    Desk, Edit, EditError, Group, History, Slot, Touched, delete_code, difference, move_code, put_code,
};
use framelens::model::{
    Annotation, AnnotationId, Article, Code, CodeId, Coder, CoderId, Colour, DocumentCoding, Metadata, NothingFound,
    Project, Source, Tag,
};
use framelens::store::everything;
use framelens::text::{CharSpan, OffsetMap};
use proptest::prelude::*;

/// Puts into a project what one file of it held in another state.
fn take(project: &mut Project, from: &Project, touched: &Touched) {
    fn set<K: Ord + Clone, V: Clone>(to: &mut BTreeMap<K, V>, from: &BTreeMap<K, V>, key: &K) {
        match from.get(key) {
            Some(value) => to.insert(key.clone(), value.clone()),
            None => to.remove(key),
        };
    }
    match touched {
        Touched::Project => {
            project.title.clone_from(&from.title);
            project.coders.clone_from(&from.coders);
            project.variables.clone_from(&from.variables);
            project.settings.clone_from(&from.settings);
        }
        Touched::Codebook => project.codebook.clone_from(&from.codebook),
        Touched::Entities => project.entities.clone_from(&from.entities),
        Touched::Article(id) => set(&mut project.articles, &from.articles, id),
        Touched::Coding(coder, id) => set(&mut project.codings, &from.codings, &(coder.clone(), id.clone())),
    }
}

/// The parts of a project that differ, as the files that they are kept in.
fn differing(a: &Project, b: &Project) -> Vec<Touched> {
    let mut all = Vec::new();
    if (a.id, &a.title, &a.coders, &a.variables, &a.settings) != (b.id, &b.title, &b.coders, &b.variables, &b.settings)
    {
        all.push(Touched::Project);
    }
    if a.codebook != b.codebook {
        all.push(Touched::Codebook);
    }
    if a.entities != b.entities {
        all.push(Touched::Entities);
    }
    for id in a.articles.keys().chain(b.articles.keys()) {
        if a.articles.get(id) != b.articles.get(id) {
            all.push(Touched::Article(id.clone()));
        }
    }
    for key in a.codings.keys().chain(b.codings.keys()) {
        if a.codings.get(key) != b.codings.get(key) {
            all.push(Touched::Coding(key.0.clone(), key.1.clone()));
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_edit_has_its_inverse(mut dice in dice(600), mut more in dice(600)) {
        let mut project = dice.project();
        for _ in 0..12 {
            let edit = edit(&mut more, &project, 2);
            let before = project.clone();
            match edit.clone().apply(&mut project) {
                Err(_) => prop_assert_eq!(&project, &before, "refused, and yet changed"),
                Ok(inverse) => {
                    let after = project.clone();
                    let touched = edit.touches();
                    for part in differing(&before, &after) {
                        prop_assert!(touched.contains(&part), "{:?} is not told to have changed", part);
                    }
                    prop_assert_eq!(project.faults(), []);
                    let again = edit.clone().apply(&mut project);
                    prop_assert!(again.is_ok() || matches!(edit, Edit::Batch(_)), "refused the second time: {:?}", again);
                    prop_assert_eq!(&project, &after, "twice is not once");
                    let redo = inverse.clone().apply(&mut project).unwrap();
                    prop_assert_eq!(&project, &before, "the inverse does not undo");
                    redo.restore(&mut project).unwrap();
                    prop_assert_eq!(&project, &after, "the inverse's inverse does not redo");
                    inverse.restore(&mut project).unwrap();
                    prop_assert_eq!(&project, &before);
                    edit.apply(&mut project).unwrap();
                }
            }
        }
    }

    /// Whatever two projects are: unrelated, or one grown out of the other.
    #[test]
    fn the_difference_makes_one_of_the_other(mut dice in dice(600), mut more in dice(900), related in any::<bool>()) {
        let from = dice.project();
        let mut to = if related { from.clone() } else { more.project() };
        to.id = from.id;
        for _ in 0..20 {
            let _ = edit(&mut more, &to, 1).apply(&mut to);
        }
        let mut project = from.clone();
        let back = difference(&from, &to).apply(&mut project);
        prop_assert!(back.is_ok(), "{back:?}");
        prop_assert!(project == to);
        prop_assert_eq!(difference(&project, &to), Edit::Batch(Vec::new()));
        back.unwrap().restore(&mut project).unwrap();
        prop_assert!(project == from);
    }

    /// What a crash leaves: some files from the beginning of a row of edits, some from within it.
    #[test]
    fn replaying_a_row_of_edits_ends_where_the_row_ended(mut dice in dice(600), mut more in dice(900)) {
        let start = dice.project();
        let mut end = start.clone();
        let (mut row, mut states) = (Vec::new(), vec![start]);
        for _ in 0..25 {
            let edit = edit(&mut more, &end, 1);
            if edit.clone().apply(&mut end).is_ok() {
                row.push(edit);
                states.push(end.clone());
            }
        }
        // Each file in the state after some edit.
        let mut found = states[0].clone();
        let all: BTreeSet<_> = states.iter().flat_map(everything).collect();
        for touched in all {
            let at = more.roll(states.len());
            take(&mut found, &states[at], &touched);
        }
        for edit in row {
            // As a journal keeps it.
            let written = ron::to_string(&edit).unwrap();
            let read: Edit = ron::from_str(&written).unwrap();
            prop_assert_eq!(&read, &edit);
            read.replay(&mut found);
        }
        prop_assert!(found == end);
    }

    /// What stands in a slot can be put there again and changes nothing; an emptied slot is filled again.
    #[test]
    fn a_slot_gives_back_what_it_holds(mut dice in dice(900)) {
        let project = dice.project();
        for slot in Slot::all(&project) {
            let edit = slot.in_project(&project).unwrap();
            prop_assert_eq!(edit.slot(), Some(slot));
            let mut same = project.clone();
            edit.replay(&mut same);
            prop_assert!(same == project);
        }
    }

    #[test]
    fn history_goes_all_the_way_back_and_forth(mut dice in dice(600), mut more in dice(600)) {
        let mut project = dice.project();
        let start = project.clone();
        let mut history = History::default();
        let mut states = Vec::new();
        for n in 0..10 {
            let edit = edit(&mut more, &project, 1);
            if let Ok(touched) = history.perform(&mut project, format!("step {n}"), edit.clone(), None) {
                prop_assert_eq!(touched, edit.touches());
                states.push((n, project.clone()));
            }
        }
        let end = project.clone();
        for (n, state) in states.iter().rev() {
            prop_assert_eq!(&project, state);
            let wanted = format!("step {n}");
            prop_assert_eq!(history.next_undo(), Some(wanted.as_str()));
            prop_assert_eq!(history.undo(&mut project).unwrap().unwrap().0, wanted);
        }
        prop_assert_eq!(&project, &start);
        prop_assert!(history.undo(&mut project).unwrap().is_none() && history.next_undo().is_none());
        for (n, state) in &states {
            let wanted = format!("step {n}");
            prop_assert_eq!(history.next_redo(), Some(wanted.as_str()));
            prop_assert_eq!(history.redo(&mut project).unwrap().unwrap().0, wanted);
            prop_assert_eq!(&project, state);
        }
        prop_assert_eq!(&project, &end);
        prop_assert!(history.redo(&mut project).unwrap().is_none());
    }

    #[test]
    fn a_deleted_code_leaves_no_trace_and_comes_back(mut dice in dice(700), which in 0usize..9) {
        let mut project = dice.project();
        let before = project.clone();
        let ids: Vec<_> = project.codebook.codes.keys().cloned().collect();
        let id = &ids[which % ids.len()];
        let parent = project.codebook.get(id).unwrap().parent.clone();
        let children: Vec<_> = project.codebook.children(Some(id)).into_iter().map(|c| c.id.clone()).collect();
        let coded = project.code_counts().get(id).copied().unwrap_or(0);
        let whole = project.codings.values().filter(|c| c.document.primary.as_ref() == Some(id) || c.document.codes.contains(id));
        let wanted = coded + whole.count();

        let (edit, count) = delete_code(&project, id).unwrap();
        prop_assert_eq!(count, wanted);
        let inverse = edit.apply(&mut project).unwrap();
        prop_assert!(project.codebook.get(id).is_none());
        prop_assert_eq!(project.faults(), []);
        prop_assert!(project.codings.values().all(|c| c.document.primary.as_ref() != Some(id) && !c.document.codes.contains(id)));
        for child in children {
            prop_assert_eq!(&project.codebook.get(&child).unwrap().parent, &parent);
        }
        prop_assert_eq!(before.annotations().count() - project.annotations().count(), coded);
        inverse.apply(&mut project).unwrap();
        prop_assert_eq!(project, before);
    }

    #[test]
    fn a_moved_code_stands_where_it_was_put(mut dice in dice(300), which in 0usize..9, below in 0usize..9, position in 0usize..9) {
        let mut project = dice.project();
        let before = project.clone();
        let ids: Vec<_> = project.codebook.codes.keys().cloned().collect();
        let id = &ids[which % ids.len()];
        let parent = ids.get(below);
        let others = project.codebook.children(parent).iter().filter(|c| c.id != *id).count();
        let edit = move_code(&project, id, parent, position).unwrap();
        match edit.apply(&mut project) {
            Err(error) => {
                prop_assert!(matches!(error, EditError::Loop(_)));
                prop_assert!(before.codebook.with_descendants(id).contains(parent.unwrap()));
                prop_assert_eq!(project, before);
            }
            Ok(inverse) => {
                let row = project.codebook.children(parent);
                prop_assert_eq!(row.iter().position(|c| c.id == *id), Some(position.min(others)));
                prop_assert_eq!(project.codebook.tree().len(), ids.len());
                inverse.apply(&mut project).unwrap();
                prop_assert_eq!(project, before);
            }
        }
    }
}

/// A project with one code, one coder and one article.
fn small() -> (Project, CodeId, Desk) {
    let mut project = Project::new("Small");
    let coder: CoderId = "jl".parse().unwrap();
    let code: CodeId = "purge-0001".parse().unwrap();
    project.coders.insert(coder.clone(), Coder { id: coder.clone(), name: "Jonna".to_owned() });
    project.codebook.codes.insert(code.clone(), Code::new(code.clone(), "Purge", Colour::Palette(0)));
    let article = Article::new("This is not a purge.", Metadata::default(), vec![], Source::default());
    let at = Desk { coder, article: article.id.clone() };
    project.articles.insert(article.id.clone(), Arc::new(article));
    (project, code, at)
}

fn coding(project: &Project, code: &CodeId, at: &Desk, start: usize, end: usize) -> Annotation {
    let now = "2025-03-04T10:00:00Z".parse().unwrap();
    let mut annotation = Annotation {
        id: AnnotationId::new(),
        tag: Tag::Frame(code.clone()),
        spans: vec![],
        anchors: vec![],
        attributes: Default::default(),
        memo: String::new(),
        origin: framelens::model::Origin::Hand,
        code_revision: 1,
        created: now,
        changed: now,
    };
    let map = OffsetMap::new(project.articles[&at.article].text.clone());
    assert!(annotation.place(&map, vec![CharSpan::chars(start, end)]));
    annotation
}

fn put(at: &Desk, annotation: Annotation) -> Edit {
    Edit::Annotation { at: at.clone(), id: annotation.id, to: Some(Box::new(annotation)) }
}

#[test]
fn what_is_in_use_stays() {
    let (mut project, code, at) = small();
    let annotation = coding(&project, &code, &at, 14, 19);
    put(&at, annotation.clone()).apply(&mut project).unwrap();
    let before = project.clone();
    let refused = |project: &mut Project, edit: Edit| edit.apply(project).unwrap_err();
    let gone = Edit::Code { id: code.clone(), to: None };
    assert_eq!(refused(&mut project, gone), EditError::CodeInUse("Purge".to_owned(), 1));
    let gone = Edit::Article { id: at.article.clone(), to: None };
    assert_eq!(refused(&mut project, gone), EditError::ArticleInUse(at.article.clone()));
    let gone = Edit::Coder { id: at.coder.clone(), to: None };
    assert_eq!(refused(&mut project, gone), EditError::CoderInUse(at.coder.clone()));
    // Another text under the old hash is another text all the same.
    let mut forged = (*project.articles[&at.article]).clone();
    forged.text = "This is not a party.".into();
    let forged = Edit::Article { id: at.article.clone(), to: Some(Arc::new(forged)) };
    assert_eq!(refused(&mut project, forged), EditError::ArticleInUse(at.article.clone()));
    let below = Code { parent: Some(code.clone()), ..project.codebook.codes[&code].clone() };
    let looped = Edit::Code { id: code.clone(), to: Some(Box::new(below)) };
    assert_eq!(refused(&mut project, looped), EditError::Loop("Purge".to_owned()));
    assert_eq!(project, before);
}

#[test]
fn a_batch_that_fails_in_the_middle_does_nothing() {
    let (mut project, code, at) = small();
    let before = project.clone();
    let first = coding(&project, &code, &at, 0, 4);
    let mut second = coding(&project, &code, &at, 14, 19);
    second.tag = Tag::Frame("no-such-code".parse().unwrap());
    let batch = Edit::Batch(vec![
        Edit::Title("Other".to_owned()),
        Edit::Batch(vec![put(&at, first)]),
        put(&at, second),
        Edit::Title("Never".to_owned()),
    ]);
    assert!(matches!(batch.apply(&mut project), Err(EditError::NoCode(_))));
    assert_eq!(project, before);
}

#[test]
fn a_faulty_coding_can_be_deleted_and_had_back() {
    let (mut project, code, at) = small();
    let annotation = coding(&project, &code, &at, 14, 19);
    put(&at, annotation.clone()).apply(&mut project).unwrap();
    let far = NothingFound { span: Some(CharSpan::chars(5, 500)) };
    Arc::make_mut(project.codings.values_mut().next().unwrap()).nothing_found.insert(far);
    // As after a codebook was merged by hand: the code is gone, its coding is not.
    project.codebook.codes.clear();
    let before = project.clone();

    let gone = Edit::Annotation { at: at.clone(), id: annotation.id, to: None };
    let mut history = History::default();
    history.perform(&mut project, "Delete", gone.clone(), None).unwrap();
    history
        .perform(&mut project, "Clear", Edit::NothingFound { at: at.clone(), what: far, present: false }, None)
        .unwrap();
    assert!(project.codings.is_empty());
    history.undo(&mut project).unwrap();
    history.undo(&mut project).unwrap();
    assert_eq!(project, before);

    let missing = Edit::Metadata { article: "no-such".parse().unwrap(), to: Box::default() };
    let code = Code::new(code.clone(), "Purge", Colour::Palette(0));
    let code = Edit::Code { id: code.id.clone(), to: Some(Box::new(code)) };
    assert!(Edit::Batch(vec![gone, code, missing]).apply(&mut project).is_err());
    assert_eq!(project, before);
}

#[test]
fn small_edits_of_one_kind_are_undone_together() {
    let (mut project, code, at) = small();
    let start = project.clone();
    let mut history = History::default();
    let mut annotation = coding(&project, &code, &at, 14, 19);
    history.perform(&mut project, "Code", put(&at, annotation.clone()), None).unwrap();
    let coded = project.clone();
    let group = Some(Group::Memo(annotation.id));
    // Typed letter by letter, longer than any stack would bear if each letter lay inside the next.
    for n in 0..20_000 {
        annotation.memo = format!("memo {n}");
        history.perform(&mut project, "Memo", put(&at, annotation.clone()), group.clone()).unwrap();
    }
    let typed = project.clone();
    for n in 0..300 {
        let document = DocumentCoding { memo: format!("{n}"), ..Default::default() };
        let both =
            Edit::Batch(vec![Edit::Document { at: at.clone(), to: Box::new(document) }, put(&at, annotation.clone())]);
        history.perform(&mut project, "Ends", both, Some(Group::Ends(annotation.id))).unwrap();
    }
    let end = project.clone();
    for state in [&typed, &coded, &start] {
        assert!(history.undo(&mut project).unwrap().is_some());
        assert_eq!(&project, state);
    }
    assert_eq!(history.next_undo(), None);
    for state in [&coded, &typed, &end] {
        assert!(history.redo(&mut project).unwrap().is_some());
        assert_eq!(&project, state);
    }
    assert_eq!(history.next_redo(), None);
}

#[test]
fn a_step_that_was_undone_or_redone_is_finished() {
    let (mut project, code, at) = small();
    let mut history = History::default();
    let mut annotation = coding(&project, &code, &at, 14, 19);
    let group = || Some(Group::Memo(annotation.id));
    let id = group();
    history.perform(&mut project, "Memo", put(&at, annotation.clone()), id.clone()).unwrap();
    history.perform(&mut project, "Title", Edit::Title("T".to_owned()), None).unwrap();
    history.undo(&mut project).unwrap();
    annotation.memo = "one".to_owned();
    history.perform(&mut project, "Memo 2", put(&at, annotation.clone()), id.clone()).unwrap();
    assert_eq!(history.next_redo(), None, "a new edit ends what could be redone");
    assert_eq!(history.next_undo(), Some("Memo 2"));
    history.undo(&mut project).unwrap();
    history.redo(&mut project).unwrap();
    annotation.memo = "two".to_owned();
    history.perform(&mut project, "Memo 3", put(&at, annotation), id).unwrap();
    assert_eq!(history.next_undo(), Some("Memo 3"));
    history.undo(&mut project).unwrap();
    assert_eq!(history.next_undo(), Some("Memo 2"));
}

#[test]
fn a_refused_edit_is_not_remembered() {
    let (mut project, _, _) = small();
    let mut history = History::default();
    history.perform(&mut project, "Title", Edit::Title("T".to_owned()), None).unwrap();
    history.undo(&mut project).unwrap();
    let bad =
        Edit::Coder { id: "a".parse().unwrap(), to: Some(Coder { id: "b".parse().unwrap(), name: String::new() }) };
    assert!(history.perform(&mut project, "Bad", bad, None).is_err());
    assert_eq!((history.next_undo(), history.next_redo()), (None, Some("Title")));
}

#[test]
fn a_new_meaning_is_a_new_revision() {
    let (mut project, id, at) = small();
    let by = at.coder;
    let put = |project: &mut Project, code: Code, time: &str| {
        put_code(project, code, &by, time.parse().unwrap()).apply(project).unwrap();
        project.codebook.get(&id).unwrap().clone()
    };
    let first = project.codebook.get(&id).unwrap().clone();
    let renamed = put(&mut project, Code { name: "Purging".to_owned(), ..first.clone() }, "2025-03-01T00:00:00Z");
    assert_eq!((renamed.revision, renamed.history.len()), (1, 0), "a new name is not a new meaning");
    let second = put(&mut project, Code { definition: "Removal.".to_owned(), ..renamed }, "2025-03-02T00:00:00Z");
    assert_eq!((second.revision, second.history.len()), (2, 1));
    let kept = &second.history[0];
    assert_eq!((kept.revision, kept.definition.as_str(), &kept.changed_by), (1, "", &by));
    assert_eq!(kept.until.to_string(), "2025-03-02T00:00:00Z");
    // A form that was filled in from the first revision cannot take the second one back.
    let stale = Code { definition: second.definition.clone(), name: "Purge".to_owned(), ..first };
    let third = put(&mut project, stale, "2025-03-03T00:00:00Z");
    assert_eq!((third.revision, &third.history), (2, &second.history));
    let fourth = put(&mut project, Code { not_when: "Tidying.".to_owned(), ..third }, "2025-03-04T00:00:00Z");
    assert_eq!((fourth.revision, fourth.history.len()), (3, 2));
    let new: CodeId = "new-0001".parse().unwrap();
    let edit = put_code(&project, Code::new(new.clone(), "New", Colour::Palette(1)), &by, fourth.history[0].until);
    edit.apply(&mut project).unwrap();
    assert_eq!(project.codebook.get(&new).unwrap().revision, 1);
}
