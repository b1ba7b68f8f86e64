//! What is imported: looked at first, taken as one step, the same article in two papers told apart and kept together.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use framelens::detect::{Lexicon, Rules};
use framelens::import::{Field, Options};
use framelens::model::{ArticleId, Project, SameAs};
use framelens::session::{Copies, Head, Pending, Session, look};
use tempfile::TempDir;

const WIRE: &str = "The council of Riverside said on Tuesday that the last boat would leave at six. Nobody who lives on \
    the island had been asked beforehand. A petition with four hundred names was handed in at the town hall in the \
    evening, and the mayor promised to read it before the week was over.";

fn session() -> (TempDir, Session) {
    let place = tempfile::tempdir().unwrap();
    let detector = Arc::new(Rules::new(Lexicon::builtin()));
    let session = Session::create(&place.path().join("project"), Project::new("Ferry"), detector).unwrap();
    (place, session)
}

fn write(place: &Path, name: &str, text: &str) -> PathBuf {
    let path = place.join(name);
    fs::write(&path, text).unwrap();
    path
}

fn wire(outlet: &str, more: &str) -> String {
    format!("Title: Last boat to leave at six\nOutlet: {outlet}\nPublished: 4 March 2025\n\n{WIRE}{more}\n")
}

fn found(session: &Session, paths: &[PathBuf]) -> Pending {
    look(session.project(), paths, &Options::default(), |_, _| true)
}

fn ids(session: &Session) -> Vec<ArticleId> {
    session.project().articles.keys().cloned().collect()
}

#[test]
fn one_report_in_two_papers_is_two_articles_that_are_the_same() {
    let (place, mut session) = session();
    let paths = [
        write(place.path(), "a.txt", &wire("The Riverside Post", "")),
        write(place.path(), "b.txt", &wire("Island Gazette", "")),
        write(place.path(), "c.txt", &wire("Capital Ledger", "\n\nThe opposition called it a scandal.")),
        write(
            place.path(),
            "d.txt",
            "Tram line opens\n\nThe new tram goes from the harbour to the hill in nine minutes.",
        ),
    ];
    let pending = found(&session, &paths);
    assert_eq!((pending.rows.len(), pending.alike.len()), (4, 1));
    let alike = &pending.alike[0];
    assert_eq!((&alike.head, alike.rows.as_slice(), alike.exact), (&Head::Row(0), &[1, 2][..], false));
    assert!(pending.rows.iter().all(|row| !row.known));
    let before = session.project().clone();
    let taken = session.take(&pending, |_| true, |_| Copies::Once).unwrap();
    assert_eq!((taken.new, taken.alike, taken.left_out), (4, 2, 0));
    let project = session.project();
    assert_eq!(project.articles.len(), 4, "two papers, two articles, though title and words are the same");
    let head = &pending.rows[0].candidate.article.id;
    let others = project.alike(head);
    assert_eq!(others.len(), 2);
    assert!(others.iter().all(|id| project.stands_for(id) == head && project.is_coded_elsewhere(id)));
    assert!(!project.is_coded_elsewhere(head));
    let report = fs::read_to_string(taken.report.unwrap()).unwrap();
    assert!(report.contains("the same as last-boat-to-leave-at-six") && report.lines().count() == 3, "{report}");

    // The same again brings nothing, whatever the order.
    let again: Vec<_> = paths.iter().rev().cloned().collect();
    let pending = found(&session, &again);
    assert!(pending.rows.iter().all(|row| row.known), "{:?}", pending.rows);
    assert!(pending.alike.is_empty());
    assert_eq!(session.take(&pending, |_| true, |_| Copies::Apart).unwrap().known, 4);

    // One more copy stands under the one that stands for the others.
    let late = write(place.path(), "e.txt", &wire("Late Paper", ""));
    let pending = found(&session, &[late]);
    assert_eq!(pending.alike[0].head, Head::Known(head.clone()));
    session.take(&pending, |_| true, |_| Copies::Apart).unwrap();
    assert_eq!(session.project().alike(head).len(), 3);
    assert_eq!(session.project().alike(head).iter().filter(|id| session.project().is_coded_elsewhere(id)).count(), 2);

    session.undo().unwrap();
    session.undo().unwrap();
    assert_eq!(session.project(), &before, "one undo an import");
}

#[test]
fn what_is_like_another_one_may_stay_out() {
    let (place, mut session) = session();
    let paths = [
        write(place.path(), "a.txt", &wire("The Riverside Post", "")),
        write(place.path(), "b.txt", &wire("Island Gazette", "")),
        write(place.path(), "c.txt", &wire("Capital Ledger", "")),
    ];
    let pending = found(&session, &paths);
    assert!(pending.alike[0].exact);
    // The head is not wanted: the next one takes its place.
    let taken = session.take(&pending, |row| row != 0, |_| Copies::LeftOut).unwrap();
    assert_eq!((taken.new, taken.left_out, taken.alike), (1, 2, 0));
    let kept = session.project().articles.values().next().unwrap();
    assert_eq!(kept.metadata.outlet, "Island Gazette");
    let report = fs::read_to_string(taken.report.unwrap()).unwrap();
    assert!(report.contains("not wanted") && report.contains("not imported"), "{report}");
}

#[test]
fn what_a_table_holds_is_kept_for_the_next_one() {
    let (place, mut session) = session();
    let table = |n: usize| {
        let body = format!("The council said on day {n} that the last boat would leave at six in the evening.");
        format!("kicker;lead;lean\nBoat {n};\"{body}\";left\nTram {n};\"{}\";right\n", body.replace("boat", "tram"))
    };
    let first = write(place.path(), "one.csv", &table(1));
    let names: Vec<String> = ["kicker", "lead", "lean"].map(str::to_owned).to_vec();
    let mut options = Options::default();
    let columns = [("kicker", Field::Title), ("lead", Field::Text), ("lean", Field::Variable)];
    options.named = columns.map(|(name, field)| (name.to_owned(), field)).into();
    let pending = look(session.project(), &[first], &options, |_, _| true);
    assert_eq!(pending.tables[0].names, names);
    assert_eq!(pending.rows[0].candidate.article.metadata.title, "Boat 1");
    session.take(&pending, |_| true, |_| Copies::Apart).unwrap();
    let second = write(place.path(), "two.csv", &table(2));
    let pending = found(&session, &[second]);
    let article = &pending.rows[1].candidate.article;
    assert_eq!(
        (article.metadata.title.as_str(), article.metadata.variables["lean"].to_string().as_str()),
        ("Tram 2", "right")
    );
    session.undo().unwrap();
    assert!(session.project().settings.columns.is_empty());
}

#[test]
fn whether_articles_are_the_same_can_be_said_and_taken_back() {
    let (place, mut session) = session();
    let texts = ["Boats stop at six in the evening.", "Trams stop at seven.", "Buses stop at eight."];
    let paths: Vec<_> =
        texts.iter().enumerate().map(|(n, text)| write(place.path(), &format!("{n}.txt"), text)).collect();
    let pending = found(&session, &paths);
    assert!(pending.alike.is_empty());
    session.take(&pending, |_| true, |_| Copies::Apart).unwrap();
    let [a, b, c] = ids(&session).try_into().unwrap();
    let same = |article: &ArticleId, once| Some(SameAs { article: article.clone(), once });
    session.say_same(std::slice::from_ref(&b), same(&a, true)).unwrap();
    // What was the same as B goes with it.
    session.say_same(std::slice::from_ref(&c), same(&b, false)).unwrap();
    assert_eq!(session.project().stands_for(&c), &a);
    assert_eq!(session.project().alike(&a).len(), 2);
    session.say_same(std::slice::from_ref(&a), same(&b, false)).unwrap();
    assert_eq!(session.project().stands_for(&c), &a, "it stands for them already");
    session.say_same(&[b.clone(), c.clone()], None).unwrap();
    assert!(session.project().settings.same.is_empty());
    session.undo().unwrap();
    assert!(session.project().is_coded_elsewhere(&b) || !session.project().settings.same.is_empty());
}

#[test]
fn nothing_comes_in_where_it_was_stopped_or_cannot_be_read() {
    let (place, mut session) = session();
    let good = write(place.path(), "a.txt", &wire("The Riverside Post", ""));
    let bad = place.path().join("b.txt");
    fs::write(&bad, [0, 159, 146, 150, 1, 2, 3]).unwrap();
    let pending = look(session.project(), &[good.clone(), bad.clone()], &Options::default(), |_, _| false);
    assert!(pending.stopped && pending.rows.is_empty());
    let pending = found(&session, &[good, bad, place.path().join("gone.txt")]);
    assert_eq!((pending.rows.len(), pending.skipped.len(), pending.stopped), (1, 2, false));
    let taken = session.take(&pending, |_| true, |_| Copies::Apart).unwrap();
    assert_eq!((taken.new, taken.skipped), (1, 2));
    let said = String::from(&taken);
    assert!(said.starts_with("1 article imported; 2 could not be read (imports/import-"), "{said}");
    let report = fs::read_to_string(taken.report.unwrap()).unwrap();
    assert!(report.contains("gone.txt") && report.contains("no such file"), "{report}");
}
