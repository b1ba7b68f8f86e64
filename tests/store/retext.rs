//! An article's text changes, and everybody's work on it comes along or is kept apart: nothing goes without a word.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::common::{Dice, dice};
use framelens::detect::{Detector, Lexicon, Rules};
use framelens::edit::{Desk, Edit, EditError, Retexted, retext};
use framelens::model::{
    Annotation, AnnotationId, Article, ArticleId, Code, Coder, CoderId, Colour, Decision, Layer, Metadata,
    NothingFound, Origin, Outcome, Part, PartKind, Project, Source, Suggested, Tag,
};
use framelens::session::{Session, SessionError};
use framelens::store::Store;
use framelens::text::{CharSpan, OffsetMap};
use proptest::prelude::*;

const TEXT: &str = "Mayor denies purge\nBy Tove Lind\nThe mayor of Northmark denied on Monday that a purge of her critics was under way. “It is a witch hunt,” she said of the inquiry.\nNobody at the harbour office was removed, she added, and nobody would be.\n";

fn at(text: &str, words: &str) -> CharSpan {
    let byte = text.find(words).unwrap_or_else(|| panic!("no “{words}”"));
    let start = text[..byte].chars().count();
    CharSpan::chars(start, start + words.chars().count())
}

fn coder() -> CoderId {
    "ada".parse().unwrap()
}

/// A coder's project with one article and a code; each of `coded` is a coding of the stretches joined by `+`.
fn project(coded: &[&str]) -> (Project, ArticleId, Vec<AnnotationId>) {
    let mut project = Project::new("Harbour");
    project.coders.insert(coder(), Coder { id: coder(), name: "Ada".to_owned() });
    let code = Code::new("purge-0001".parse().unwrap(), "Purge", Colour::Palette(0));
    project.codebook.codes.insert(code.id.clone(), code.clone());
    let parts = [("Mayor denies purge", PartKind::Headline), ("By Tove Lind", PartKind::Byline)];
    let parts = parts.map(|(words, kind)| Part { kind, span: at(TEXT, words) });
    let article = Article::new(TEXT, Metadata::default(), parts.to_vec(), Source::default());
    let id = article.id.clone();
    project.articles.insert(id.clone(), Arc::new(article));
    let map = OffsetMap::new(TEXT);
    let now = "2025-03-04T10:00:00Z".parse().unwrap();
    let mut ids = Vec::new();
    for words in coded {
        let mut annotation = Annotation {
            id: AnnotationId::new(),
            tag: Tag::Frame(code.id.clone()),
            spans: vec![],
            anchors: vec![],
            attributes: Default::default(),
            memo: String::new(),
            origin: Origin::Hand,
            code_revision: 1,
            created: now,
            changed: now,
        };
        assert!(annotation.place(&map, words.split('+').map(|w| at(TEXT, w)).collect()));
        ids.push(annotation.id);
        let at = Desk { coder: coder(), article: id.clone() };
        Edit::Annotation { at, id: annotation.id, to: Some(Box::new(annotation)) }.apply(&mut project).unwrap();
    }
    (project, id, ids)
}

fn words(project: &Project, article: &ArticleId, id: AnnotationId) -> String {
    project.annotation(&coder(), article, id).map(Annotation::words).unwrap_or_default()
}

/// The same project as it is found when another program has written the text: the hash is the old one.
fn changed_outside(project: &Project, id: &ArticleId, text: &str) -> Project {
    let mut project = project.clone();
    let article = Arc::make_mut(project.articles.get_mut(id).unwrap());
    article.text = text.into();
    article.end = OffsetMap::new(text).char_len();
    project
}

#[test]
fn codings_go_with_their_words() {
    let coded = ["a purge of her critics", "“It is a witch hunt,”", "mayor of Northmark+the inquiry", "harbour office"];
    let (before, id, ids) = project(&coded);
    let new = TEXT
        .replace("Mayor denies", "The mayor of Northmark denies a")
        .replace("a purge of her critics", "a prge of her crities")
        .replace("harbour office", "town");
    let mut project = before.clone();
    let (edit, told) = retext(&project, &id, new.as_str().into(), None).unwrap();
    let back = edit.apply(&mut project).unwrap();
    assert_eq!(project.faults(), []);
    assert_eq!(&*project.articles[&id].text, new.as_str());
    assert_eq!(project.articles[&id].id, id, "the id stays, though the text it was made of does not");
    assert_eq!((told.exact, told.fuzzy.len(), told.orphans.len()), (2, 1, 1), "{told:?}");
    assert_eq!(words(&project, &id, ids[0]), "a prge of her crities");
    assert_eq!(words(&project, &id, ids[1]), "“It is a witch hunt,”");
    assert_eq!(words(&project, &id, ids[2]), "mayor of Northmark … the inquiry");
    let moved = &told.fuzzy[0];
    assert_eq!((moved.before.as_str(), moved.after.as_str()), ("a purge of her critics", "a prge of her crities"));
    assert!(moved.score > 0.8 && moved.score < 1.0);
    assert_eq!(told.orphans[0].words, "harbour office");
    // An orphan is what it was, to the last offset.
    let orphan = &project.coding(&coder(), &id).unwrap().orphans[&ids[3]];
    assert_eq!(&**orphan, before.annotation(&coder(), &id, ids[3]).unwrap());
    let parts = &project.articles[&id].parts;
    assert_eq!(parts[0].span, at(&new, "The mayor of Northmark denies a purge"), "the headline is the whole line");
    assert_eq!(parts[1].span, at(&new, "By Tove Lind"));
    assert!(told.parts.is_empty());
    back.restore(&mut project).unwrap();
    assert_eq!(project, before);
}

#[test]
fn an_orphan_comes_back_with_its_words() {
    let (mut project, id, ids) = project(&["harbour office", "witch hunt"]);
    let start = project.clone();
    let without = TEXT.replace("Nobody at the harbour office was removed, she added, and nobody would be.\n", "");
    let (edit, told) = retext(&project, &id, without.as_str().into(), None).unwrap();
    edit.apply(&mut project).unwrap();
    assert_eq!((told.exact, told.orphans.len()), (1, 1));
    let (edit, told) = retext(&project, &id, TEXT.into(), None).unwrap();
    edit.apply(&mut project).unwrap();
    assert_eq!((told.exact, told.returned.len()), (1, 1));
    assert_eq!(told.returned[0].annotation, ids[0]);
    assert_eq!(project, start);
}

#[test]
fn a_discontinuous_coding_that_loses_a_stretch_is_lost_whole() {
    let (mut project, id, ids) = project(&["witch hunt+harbour office"]);
    let (edit, told) = retext(&project, &id, TEXT.replace("harbour office", "pier").into(), None).unwrap();
    edit.apply(&mut project).unwrap();
    assert_eq!((told.exact, told.orphans.len()), (0, 1));
    assert_eq!(project.coding(&coder(), &id).unwrap().orphans[&ids[0]].spans.len(), 2);
}

#[test]
fn what_has_no_words_of_its_own_goes_along_or_is_listed() {
    let (mut project, id, ids) = project(&["witch hunt"]);
    let passages = ["Nobody at the harbour office was removed", "The mayor of Northmark denied on Monday"];
    let coding = Arc::make_mut(project.codings.get_mut(&(coder(), id.clone())).unwrap());
    for passage in passages {
        coding.nothing_found.insert(NothingFound { span: Some(at(TEXT, passage)) });
    }
    coding.nothing_found.insert(NothingFound { span: None });
    let answer = |words: &str| Suggested { span: at(TEXT, words), layer: Layer::Frame, label: "Purge".to_owned() };
    let decision = |outcome| Decision {
        detector: "rules".to_owned(),
        version: "1".to_owned(),
        score: 0.9,
        outcome,
        at: "2025-03-04T10:00:00Z".parse().unwrap(),
    };
    coding.decisions.insert(answer("witch hunt"), decision(Outcome::Accepted(ids[0])));
    coding.decisions.insert(answer("purge of her critics"), decision(Outcome::Rejected));
    coding.decisions.insert(answer("removed"), decision(Outcome::Rejected));
    let before = project.clone();

    let new = format!(
        "A correction stands above.\n{}",
        TEXT.replace("Nobody at the harbour office was removed, she added", "Quite so")
    );
    let (edit, told) = retext(&project, &id, new.as_str().into(), None).unwrap();
    let back = edit.apply(&mut project).unwrap();
    assert_eq!(told.passages, [(coder(), at(TEXT, passages[0]))]);
    assert_eq!(told.answers, [(coder(), answer("removed"))]);
    assert!(told.loses_marks() && !told.is_whole());
    let coding = project.coding(&coder(), &id).unwrap();
    let kept: Vec<_> = coding.nothing_found.iter().map(|n| n.span).collect();
    assert_eq!(kept, [None, Some(at(&new, passages[1]))]);
    let answered: BTreeSet<_> = coding.decisions.keys().map(|s| s.span).collect();
    assert_eq!(answered, BTreeSet::from([at(&new, "witch hunt"), at(&new, "purge of her critics")]));
    back.restore(&mut project).unwrap();
    assert_eq!(project, before);

    // The same, found on disk with the old text unknown: what stands between codings that moved alike moved too.
    let outside = changed_outside(&before, &id, &new);
    let (edit, told) = retext(&outside, &id, new.as_str().into(), None).unwrap();
    let mut project = outside.clone();
    let back = edit.apply(&mut project).unwrap();
    assert_eq!(project.faults(), []);
    assert_eq!((told.exact, told.passages.len()), (1, 2), "{told:?}");
    assert_eq!(told.answers.len(), 2);
    assert!(
        project
            .coding(&coder(), &id)
            .unwrap()
            .decisions
            .contains_key(&Suggested { span: at(&new, "witch hunt"), ..answer("witch hunt") })
    );
    back.restore(&mut project).unwrap();
    assert_eq!(project, outside);
    // Put back as it was, all is as it was.
    let (edit, told_back) = retext(&outside, &id, TEXT.into(), None).unwrap();
    let mut put_back = outside.clone();
    edit.apply(&mut put_back).unwrap();
    assert!(told_back.is_whole() && put_back == before);
    // And with the old text known, as if it had been corrected here.
    let (edit, known) = retext(&outside, &id, new.as_str().into(), Some(TEXT)).unwrap();
    edit.apply(&mut project).unwrap();
    assert_eq!((known.passages.len(), known.answers.len()), (1, 1));
    // A text that was never coded is no help.
    let (_, other) = retext(&outside, &id, new.as_str().into(), Some("Something else.")).unwrap();
    assert_eq!(other, told);
}

#[test]
fn work_that_does_not_fit_together_is_kept_all_the_same() {
    let (mut project, id, ids) = project(&["witch hunt", "harbour office"]);
    project.codebook.codes.clear();
    let before = project.clone();
    let (edit, told) = retext(&project, &id, format!("More. {TEXT}").into(), None).unwrap();
    let back = edit.apply(&mut project).unwrap();
    assert_eq!(told.orphans.len(), 2);
    assert_eq!(project.faults(), []);
    assert_eq!(project.coding(&coder(), &id).unwrap().orphans.keys().copied().collect::<Vec<_>>(), ids);
    back.restore(&mut project).unwrap();
    assert_eq!(project, before);
    project.coders.clear();
    let before = project.clone();
    let (edit, _) = retext(&project, &id, format!("More. {TEXT}").into(), None).unwrap();
    assert_eq!(edit.apply(&mut project), Err(EditError::NoCoder(coder())));
    assert_eq!(project, before);
    let nowhere: ArticleId = "no-such-article".parse().unwrap();
    assert_eq!(retext(&project, &nowhere, "x".into(), None).unwrap_err(), EditError::NoArticle(nowhere));
}

/// A text with some changes, from a few letters to whole stretches.
fn edited(dice: &mut Dice, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..dice.roll(5) {
        let start = dice.roll(chars.len() + 1);
        let end = (start + dice.roll(12)).min(chars.len());
        let new: Vec<char> = dice.words().chars().collect();
        chars.splice(start..end, new);
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_goes_without_a_word(mut dice in dice(700), mut more in dice(60), outside in any::<bool>(), known in any::<bool>()) {
        let mut project = dice.project();
        let ids: Vec<_> = project.articles.keys().cloned().collect();
        let id = more.pick(&ids);
        let old = project.articles[&id].text.clone();
        let new: Arc<str> = edited(&mut more, &old).into();
        if outside {
            project = changed_outside(&project, &id, &new);
        }
        let before = project.clone();
        let (edit, told) = retext(&project, &id, new.clone(), known.then_some(&*old)).unwrap();
        if new == old && !outside {
            prop_assert_eq!(&edit, &Edit::Batch(vec![]));
            prop_assert!(told.is_whole());
        }
        let back = edit.clone().apply(&mut project).unwrap();
        let after = project.clone();
        prop_assert_eq!(after.faults(), []);
        prop_assert_eq!(&after.articles[&id].text, &new);
        let mut counted = Retexted::default();
        for ((coder, article), coding) in &before.codings {
            let now = after.coding(coder, article).cloned().unwrap_or_default();
            if *article != id {
                prop_assert_eq!(&now, &**coding);
                continue;
            }
            for (annotation, was) in &coding.annotations {
                match now.annotations.get(annotation) {
                    Some(is) => {
                        counted.exact += usize::from(is.words() == was.words());
                        let same = Annotation { spans: was.spans.clone(), anchors: was.anchors.clone(), ..(**is).clone() };
                        prop_assert_eq!(&same, &**was, "only its place may change");
                    }
                    None => prop_assert_eq!(now.orphans.get(annotation), Some(was)),
                }
            }
            for (annotation, was) in &coding.orphans {
                let is = now.annotations.get(annotation).map(|a| a.words());
                let kept = now.orphans.values().any(|o| Annotation { id: *annotation, ..(**o).clone() } == **was);
                prop_assert!(kept || is == Some(was.words()));
            }
            prop_assert_eq!(&now.relations, &coding.relations);
            prop_assert_eq!(&now.document, &coding.document);
            let lost = told.answers.iter().filter(|(c, _)| c == coder).count();
            prop_assert_eq!(now.decisions.len() + lost, coding.decisions.len());
            prop_assert_eq!(now.annotations.len() + now.orphans.len(), coding.annotations.len() + coding.orphans.len());
        }
        prop_assert!(counted.exact >= told.exact);
        prop_assert_eq!(after.articles[&id].parts.len() + told.parts.len(), before.articles[&id].parts.len());
        // Once more changes nothing.
        let (again, whole) = retext(&after, &id, new, None).unwrap();
        prop_assert_eq!(again, Edit::Batch(vec![]));
        prop_assert!(whole.is_whole());
        back.clone().restore(&mut project).unwrap();
        prop_assert!(project == before);
        edit.apply(&mut project).unwrap();
        prop_assert!(project == after);
    }

    /// There and back again: what was found to the letter both times stands where it stood.
    #[test]
    fn there_and_back(mut dice in dice(700), put in "[a-z ]{1,30}", where_to in 0usize..40) {
        let mut project = dice.project();
        let ids: Vec<_> = project.articles.keys().cloned().collect();
        let id = dice.pick(&ids);
        let before = project.clone();
        let old = project.articles[&id].text.clone();
        let mut new: Vec<char> = old.chars().collect();
        let place = where_to.min(new.len());
        new.splice(place..place, put.chars());
        let new: String = new.into_iter().collect();
        let (edit, there) = retext(&project, &id, new.as_str().into(), None).unwrap();
        edit.apply(&mut project).unwrap();
        let (edit, back) = retext(&project, &id, old, None).unwrap();
        edit.apply(&mut project).unwrap();
        prop_assert_eq!(&project.articles[&id].text, &before.articles[&id].text);
        let all_came = [&there, &back].iter().all(|t| t.is_whole() && t.returned.is_empty());
        if all_came {
            prop_assert!(project == before);
        }
        // What was lost on the way is there again, to the letter, unless nothing tells it from its like.
        let lost: BTreeSet<_> = there.orphans.iter().map(|o| (&o.coder, o.annotation)).collect();
        for ((coder, article), coding) in before.codings.iter().filter(|((_, article), _)| *article == id) {
            let now = project.coding(coder, article).cloned().unwrap_or_default();
            for (annotation, was) in &coding.annotations {
                let whole = lost.contains(&(coder, *annotation)) && back.returned.iter().any(|r| r.annotation == *annotation);
                if whole {
                    prop_assert_eq!(now.annotations.get(annotation).map(|a| a.words()), Some(was.words()));
                }
            }
        }
    }
}

fn session(project: Project) -> (Session, PathBuf) {
    let folder = tempfile::tempdir().unwrap().keep().join("p");
    let rules: Arc<dyn Detector> = Arc::new(Rules::new(Lexicon::builtin()));
    let mut session = Session::create(&folder, project, rules).unwrap();
    session.code_as(&coder()).unwrap();
    (session, folder)
}

#[test]
fn a_text_is_corrected_as_one_step() {
    let (project, id, ids) = project(&["a purge of her critics", "harbour office"]);
    let (mut session, folder) = session(project.clone());
    let document = session.document(&id).unwrap();
    assert_eq!(session.correct_text(&id, TEXT).unwrap().exact, 2);
    assert_eq!(session.history().next_undo(), None, "nothing was corrected");
    let new = TEXT.replace("a purge", "a “purge”").replace("harbour office", "pier").replace('\n', "\r\n");
    let preview = session.preview_text(&id, &new).unwrap();
    assert_eq!(session.project(), &project);
    let told = session.correct_text(&id, &new).unwrap();
    assert_eq!(told, preview);
    assert_eq!((told.exact, told.fuzzy.len(), told.orphans.len()), (0, 1, 1));
    assert_eq!(session.history().next_undo(), Some("Correct the text"));
    let text = session.article(&id).unwrap().text.clone();
    assert!(!text.contains('\r') && !session.text_changed(&id));
    assert_eq!(session.document(&id).unwrap().as_str(), &*text, "the text at hand is the new one");
    assert_eq!(words(session.project(), &id, ids[0]), "a “purge” of her critics");

    let orphans = session.orphans(Some(&coder()));
    assert_eq!((orphans.len(), orphans[0].article, orphans[0].annotation.id), (1, &id, ids[1]));
    assert!(matches!(session.place_orphan(&id, ids[1], vec![]), Err(SessionError::NothingSelected)));
    assert!(matches!(session.place_orphan(&id, ids[0], vec![]), Err(SessionError::NoAnnotation)));
    session.place_orphan(&id, ids[1], vec![at(&text, "pier")]).unwrap();
    assert_eq!(words(session.project(), &id, ids[1]), "pier");
    assert!(session.orphans(None).is_empty());
    session.undo().unwrap();
    session.delete_orphan(&id, ids[1]).unwrap();
    assert!(session.orphans(None).is_empty() && session.annotation(&id, ids[1]).is_none());
    session.undo().unwrap();
    session.undo().unwrap();
    assert_eq!(session.project(), &project);
    assert_eq!(session.document(&id).unwrap().as_str(), document.as_str(), "and the old one after undo");
    session.redo().unwrap();
    assert_eq!(session.document(&id).unwrap().as_str(), &*text);
    session.save_now().unwrap();
    let opened = Store::open(&folder).unwrap();
    assert_eq!(opened.notices, [""; 0]);
    assert_eq!(&opened.project, session.project(), "the corrected text is on disk, and the orphan beside it");
    for empty in ["", " \n\t", "\u{feff}"] {
        assert!(matches!(session.correct_text(&id, empty), Err(SessionError::TextEmpty)));
    }
    drop(session);
    std::fs::remove_dir_all(folder.parent().unwrap()).unwrap();
}

#[test]
fn what_was_detected_in_another_text_counts_no_more() {
    let (project, id, _) = project(&[]);
    let (mut session, folder) = session(project);
    let wait = |session: &mut Session| {
        while session.detected(&id).is_none() {
            session.poll();
            std::thread::yield_now();
        }
    };
    wait(&mut session);
    session.correct_text(&id, &TEXT.replace("Northmark", "Southmark")).unwrap();
    assert!(session.known_findings(&id).is_none());
    wait(&mut session);
    session.undo().unwrap();
    assert!(session.known_findings(&id).is_none());
    drop(session);
    std::fs::remove_dir_all(folder.parent().unwrap()).unwrap();
}

#[test]
fn nothing_is_coded_on_a_text_that_was_not_coded() {
    let (project, id, ids) = project(&["a purge of her critics", "harbour office"]);
    let code = project.codebook.codes.keys().next().unwrap().clone();
    let new = TEXT.replace("Mayor denies", "Mayor again denies");
    let outside = changed_outside(&project, &id, &new);
    let (mut session, folder) = session(outside.clone());
    assert_eq!(session.changed_texts(), std::slice::from_ref(&id));
    let refused = |result: Result<(), SessionError>| matches!(result, Err(SessionError::TextChanged(_)));
    assert!(refused(session.code(&id, vec![CharSpan::chars(0, 5)], &code).map(drop)));
    assert!(refused(session.change(&id, ids[0], "Memo", None, |a| a.memo.push('x'))));
    assert!(refused(session.toggle_nothing_found(&id, Some(CharSpan::chars(0, 5)))));
    session.toggle_finished(&id).unwrap();
    session.undo().unwrap();
    assert_eq!(session.project(), &outside);
    let preview = session.preview_reanchor(&id, None).unwrap();
    let told = session.reanchor(&id, None).unwrap();
    assert_eq!(told, preview);
    assert_eq!((told.exact, told.is_whole()), (2, false), "{told:?}");
    assert_eq!(told.parts.len(), 1, "whether the headline is longer now cannot be known; the byline is a line");
    assert_eq!(session.history().next_undo(), Some("Find the codings again"));
    assert!(session.changed_texts().is_empty());
    assert_eq!(session.project().faults(), []);
    session.code(&id, vec![CharSpan::chars(0, 5)], &code).unwrap();
    session.undo().unwrap();
    session.undo().unwrap();
    assert_eq!(session.project(), &outside);
    let told = session.reanchor(&id, Some(TEXT)).unwrap();
    assert!(told.is_whole(), "{told:?}");
    drop(session);
    std::fs::remove_dir_all(folder.parent().unwrap()).unwrap();
}
