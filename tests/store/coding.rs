//! Codings that are cut, joined and given more codes, without a window: nothing that a coder said is lost, and one undo
//! brings everything back.

use std::sync::Arc;

use framelens::detect::Rules;
use framelens::model::{AnnotationId, ArticleId, CodeId, Party, Project, Relation, RelationEnd, RelationId, Voice};
use framelens::session::{Session, SessionError};
use framelens::text::{CharOffset, CharSpan};
use proptest::prelude::*;
use tempfile::TempDir;

const TEXT: &str =
    "Ferry\n\nNo boats 🚢 were seen, said the harbour. Nobody asked the שלום islanders before the purge.";

fn open() -> (TempDir, Session, ArticleId, CodeId) {
    let place = tempfile::tempdir().unwrap();
    let mut session =
        Session::create(&place.path().join("study"), Project::new("Ferry"), Arc::new(Rules::default())).unwrap();
    session.code_as_named("Ada");
    let metadata = framelens::model::Metadata { title: "Ferry".into(), ..Default::default() };
    let article = framelens::model::Article::new(TEXT, metadata, vec![], framelens::model::Source::default());
    let id = session.add_article(article).unwrap();
    let code = session.add_code("Purge", None).unwrap();
    (place, session, id, code)
}

fn words(session: &Session, article: &ArticleId) -> Vec<String> {
    session.coding(article).map(|c| c.in_order().iter().map(|a| a.words()).collect()).unwrap_or_default()
}

fn relation(from: AnnotationId, to: AnnotationId) -> Relation {
    Relation { id: RelationId::new(), kind: "answers".into(), from, to: RelationEnd::Annotation(to) }
}

#[test]
fn what_is_joined_keeps_what_was_said_of_both() {
    let (_place, mut session, article, code) = open();
    let at = |start, end| vec![CharSpan::chars(start, end)];
    let one = session.code(&article, at(7, 15), &code).unwrap();
    let two = session.code(&article, at(18, 27), &code).unwrap();
    let third = session.code(&article, at(50, 56), &code).unwrap();
    session.change(&article, one, "Memo", None, |a| a.memo = "first".into()).unwrap();
    session
        .change(&article, two, "Memo", None, |a| {
            a.memo = "second".into();
            a.attributes.speaker = Party::named("the harbour");
            a.attributes.voice = Some(Voice::Reported);
        })
        .unwrap();
    session.change(&article, one, "Voice", None, |a| a.attributes.voice = Some(Voice::Outlet)).unwrap();
    session.relate(&article, relation(two, third)).unwrap();
    session.relate(&article, relation(one, two)).unwrap();
    let before = session.project().clone();
    assert_eq!(session.joinable(&article, one), Some(two), "the nearest");
    session.join(&article, one, two).unwrap();
    let joined = session.annotation(&article, one).unwrap();
    assert_eq!(joined.memo, "first\nsecond");
    assert_eq!(joined.attributes.voice, Some(Voice::Outlet), "what the first one says holds");
    assert_eq!(joined.attributes.speaker.as_ref().map(|s| s.name.as_str()), Some("the harbour"));
    assert_eq!(joined.spans.len(), 2, "a word lies between them");
    assert!(session.annotation(&article, two).is_none());
    let relations: Vec<_> = session.coding(&article).unwrap().relations.values().map(|r| (r.from, r.to)).collect();
    assert_eq!(
        relations,
        [(one, RelationEnd::Annotation(third))],
        "one relation moved; the one between the two is gone"
    );
    session.undo().unwrap();
    assert_eq!(*session.project(), before, "one undo");

    let other = session.add_code("Money", None).unwrap();
    let apart = session.code(&article, at(30, 34), &other).unwrap();
    assert!(matches!(session.join(&article, one, apart), Err(SessionError::NothingToJoin)));
    assert!(matches!(session.join(&article, one, one), Err(SessionError::NothingToJoin)));
    assert!(matches!(session.code_too(&article, one, &code), Err(SessionError::CodedAlready(_))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cutting_keeps_every_word(start in 0usize..80, len in 1usize..40, gap in 0usize..10, cut in 0usize..100) {
        let (_place, mut session, article, code) = open();
        let all = TEXT.chars().count();
        let span = |from: usize, len: usize| CharSpan::chars(from.min(all - 1), (from + len).min(all));
        let first = span(start, len);
        let second = span(first.end.0 + gap + 1, len);
        let mut spans = vec![first];
        spans.extend((second.start > first.end && !second.is_empty()).then_some(second));
        let id = session.code(&article, spans.clone(), &code).unwrap();
        let before = session.project().clone();
        let letters = |texts: &[String]| -> String {
            let mut all: Vec<char> = texts.concat().chars().filter(|c| !c.is_whitespace() && *c != '…').collect();
            all.sort_unstable();
            all.into_iter().collect()
        };
        let said = words(&session, &article);
        match session.split(&article, id, CharOffset(cut)) {
            Err(SessionError::NotInside) => {
                let hull = session.annotation(&article, id).unwrap().hull();
                let map = framelens::text::OffsetMap::new(TEXT);
                let blank = |s: CharSpan| s.intersection(hull).and_then(|s| map.slice(s)).is_none_or(|w| w.trim().is_empty());
                prop_assert!(
                    blank(CharSpan::chars(0, cut)) || blank(CharSpan::chars(cut.min(all), all)),
                    "there was something on either side of {}", cut
                );
                prop_assert_eq!(&before, session.project());
            }
            Err(other) => prop_assert!(false, "{other}"),
            Ok(new) => {
                prop_assert_eq!(letters(&said), letters(&words(&session, &article)));
                let (a, b) = (session.annotation(&article, id).unwrap(), session.annotation(&article, new).unwrap());
                prop_assert!(a.hull().end <= b.hull().start && a.hull().end <= CharOffset(cut) && CharOffset(cut) <= b.hull().start.max(CharOffset(cut)));
                session.join(&article, id, new).unwrap();
                prop_assert_eq!(words(&session, &article).len(), 1);
                session.undo().unwrap();
                session.undo().unwrap();
                prop_assert_eq!(&before, session.project());
            }
        }
    }
}
