//! REFI-QDA projects and codebooks, Taguette projects, and codebooks as tables and Markdown: as other programs write
//! them, as people spoil them, and as they are written here.

use std::collections::BTreeMap;

use framelens::exchange::{
    Bundle, Incoming, Joined, Problem, Reading, Selection, Sink, format, join, prepare, read, recognise,
};
use framelens::model::{Project, Tag, Value};
use jiff::Timestamp;
use proptest::prelude::*;

/// How a program counts places: what it says for a byte of the text.
type Way<'a> = &'a dyn Fn(usize) -> usize;

fn reading() -> Reading {
    Reading { coder: "somebody".to_owned(), now: Timestamp::UNIX_EPOCH }
}

fn folder(files: &[(&str, &str)]) -> Bundle {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    Bundle::folder("study.qdpx", files)
}

fn taken(bundle: &Bundle, name: &str) -> Joined {
    taken_into(&Project::new(""), bundle, name)
}

fn taken_into(known: &Project, bundle: &Bundle, name: &str) -> Joined {
    assert_eq!(recognise(bundle).map(framelens::exchange::Format::name), Some(name));
    let joined = read(known, bundle, format(name).unwrap(), &reading()).unwrap();
    assert_eq!(joined.project.faults(), []);
    joined
}

fn written(project: &Project, name: &str) -> Bundle {
    let format = format(name).unwrap();
    let (reduced, _) = prepare(project, &Selection::default(), format);
    let mut files = BTreeMap::new();
    format.write(&reduced, &mut Sink::memory(&mut files, &mut |_| true)).unwrap();
    Bundle::bytes(&format!("study.{}", format.shape().ending()), files.remove("").unwrap()).unwrap()
}

/// The annotations as `label: words (coder)`, in the order of the text.
fn said(project: &Project) -> Vec<String> {
    let mut all: Vec<_> = project.annotations().collect();
    all.sort_by_key(|(coder, _, a)| (a.spans.clone(), a.tag.clone(), (*coder).clone()));
    let label = |tag: &Tag| match tag {
        Tag::Frame(code) => project.codebook.path(code),
        tag => tag.word().to_owned(),
    };
    all.iter().map(|(coder, _, a)| format!("{}: {} ({coder})", label(&a.tag), a.words())).collect()
}

const HARBOUR: &str = "The harbour 🚢 board met.\nIt was a witch hunt, said Ann Loach.\n";

fn strange_project(origin: &str, selections: &str) -> String {
    format!(
        r##"<?xml version="1.0" encoding="utf-8"?>
<Project xmlns="urn:QDA-XML:project:1.0" name="Harbour" origin="{origin}">
<Users><User guid="AAAAAAAA-0000-0000-0000-000000000001" name="Ada Ongley"/>
<User guid="AAAAAAAA-0000-0000-0000-000000000002" name="Nobody"/></Users>
<CodeBook><Codes>
<Code guid="{{BBBBBBBB-0000-0000-0000-000000000001}}" name="Conflict" isCodable="true" color="#F00">
<Description>Sides against each other
Use when: two sides are named</Description>
<Code guid="BBBBBBBB-0000-0000-0000-000000000002" name="Witch hunt" isCodable="true"/></Code>
</Codes></CodeBook>
<Variables><Variable guid="CCCCCCCC-0000-0000-0000-000000000001" name="year" typeOfVariable="Integer"/></Variables>
<Cases><Case guid="CCCCCCCC-0000-0000-0000-000000000002" name="Port papers">
<VariableValue><VariableRef targetGUID="CCCCCCCC-0000-0000-0000-000000000001"/><IntegerValue>1987</IntegerValue></VariableValue>
<SourceRef targetGUID="DDDDDDDD-0000-0000-0000-000000000001"/></Case></Cases>
<Sources><TextSource guid="DDDDDDDD-0000-0000-0000-000000000001" name="Board meets" plainTextPath="internal://one.txt">
{selections}
<Coding guid="EEEEEEEE-0000-0000-0000-000000000009" creatingUser="AAAAAAAA-0000-0000-0000-000000000001"><CodeRef targetGUID="BBBBBBBB-0000-0000-0000-000000000001"/></Coding>
</TextSource></Sources>
<Notes><Note guid="FFFFFFFF-0000-0000-0000-000000000001" name="m"><PlainTextContent>strong &amp; clear</PlainTextContent></Note></Notes>
<Sets><Set guid="CCCCCCCC-0000-0000-0000-000000000003" name="Dailies"><MemberSource targetGUID="DDDDDDDD-0000-0000-0000-000000000001"/></Set></Sets>
</Project>"##
    )
}

/// A selection with two codings and a note.
fn selection(start: usize, end: usize) -> String {
    format!(
        r#"<PlainTextSelection guid="EEEEEEEE-0000-0000-0000-{start:012}" name="" startPosition="{start}" endPosition="{end}" creatingUser="AAAAAAAA-0000-0000-0000-000000000001" creationDateTime="2024-05-01T10:00:00Z">
<Coding guid="EEEEEEEE-0000-0000-0001-{start:012}" creatingUser="AAAAAAAA-0000-0000-0000-000000000001"><CodeRef targetGUID="bbbbbbbb-0000-0000-0000-000000000002"/></Coding>
<Coding guid="EEEEEEEE-0000-0000-0002-{start:012}"><CodeRef targetGUID="BBBBBBBB-0000-0000-0000-000000000001"/></Coding>
<NoteRef targetGUID="FFFFFFFF-0000-0000-0000-000000000001"/></PlainTextSelection>"#
    )
}

#[test]
fn a_project_of_another_program_is_read() {
    let at = HARBOUR.chars().collect::<String>().find("witch").map(|b| HARBOUR[..b].chars().count()).unwrap();
    let qde = strange_project("Strange 1", &selection(at, at + 10));
    let bundle = folder(&[("Project.QDE", &qde), ("Sources/ONE.txt", HARBOUR)]);
    let Joined { project, report } = taken(&bundle, "refi-qda");
    assert_eq!(
        said(&project),
        ["Conflict: witch hunt (ada-ongley)", "Conflict / Witch hunt: witch hunt (ada-ongley)"],
        "{report:?}"
    );
    assert!(project.annotations().all(|(.., a)| a.memo == "strong & clear"));
    assert!(project.annotations().all(|(.., a)| a.created.to_string() == "2024-05-01T10:00:00Z"));
    let article = project.articles.values().next().unwrap();
    assert_eq!(article.metadata.title, "Board meets");
    let variables: Vec<_> = article.metadata.variables.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
    let expected = [
        ("Dailies", Value::YesNo(true)),
        ("case", Value::Text("Port papers".to_owned())),
        ("year", Value::Number(1987.0)),
    ];
    assert_eq!(variables, expected);
    let conflict = project.codebook.by_name("Conflict").unwrap();
    assert_eq!(conflict.colour.to_string(), "#ff0000");
    assert_eq!(
        (conflict.definition.as_str(), conflict.use_when.as_str()),
        ("Sides against each other", "two sides are named")
    );
    let coding = project.codings.values().find(|c| !c.document.codes.is_empty()).unwrap();
    assert!(coding.document.codes.contains(&conflict.id));
    // Reading it again brings nothing.
    let again = taken_into(&project, &bundle, "refi-qda");
    assert_eq!(again.project, project, "{:?}", again.report);
}

#[test]
fn ways_of_counting_are_told_apart() {
    let crlf = format!("\u{feff}{}", HARBOUR.replace('\n', "\r\n").repeat(4));
    let words = |offset: &dyn Fn(usize) -> usize| -> String {
        let plain = crlf.trim_start_matches('\u{feff}');
        let found = plain.match_indices("witch hunt").map(|(at, w)| selection(offset(at), offset(at + w.len())));
        found.collect()
    };
    let plain = crlf.trim_start_matches('\u{feff}');
    let utf16 = |at: usize| plain[..at].encode_utf16().count();
    let chars = |at: usize| plain[..at].chars().count();
    let lf = |at: usize| plain[..at].replace('\r', "").chars().count();
    let marked = |at: usize| chars(at) + 1;
    let ways: [(&str, Way<'_>, bool); 5] = [
        ("NVivo for Windows 12.6", &utf16, true),
        ("Strange", &utf16, true),
        ("Strange", &chars, false),
        ("Strange", &lf, true),
        ("Strange", &marked, true),
    ];
    for (origin, way, is_told) in ways {
        let qde = strange_project(origin, &words(way));
        let bundle = folder(&[("project.qde", &qde), ("sources/one.txt", &crlf)]);
        let Joined { project, report } = taken(&bundle, "refi-qda");
        assert_eq!(project.annotations().count(), 8);
        assert!(project.annotations().all(|(.., a)| a.words() == "witch hunt"), "{origin} {report:?}");
        assert_eq!(report.told.iter().any(|t| t.contains("count places")), is_told, "{:?}", report.told);
    }
}

#[test]
fn what_is_written_for_nvivo_is_read_back_in_its_units() {
    proptest!(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() }, |(dice in crate::common::dice(200))| {
        let project = dice.tidy().project();
        let bundle = written(&project, "refi-qda-nvivo");
        let joined = read(&project, &bundle, format("refi-qda").unwrap(), &reading()).unwrap();
        prop_assert_eq!(&joined.project, &project, "{:?}", joined.report);
        // The same project gives the same file.
        let name = bundle.names().iter().find(|n| *n == "project.qde").unwrap();
        let again = written(&project, "refi-qda-nvivo");
        prop_assert_eq!(bundle.read(name).unwrap(), again.read(name).unwrap());
    });
}

#[test]
fn what_another_program_has_no_room_for_stays() {
    // All that is noted in descriptions goes, and moments are cut to seconds.
    let project = framelens_sample();
    let bundle = written(&project, "refi-qda");
    let qde = bundle.text("project.qde").unwrap();
    let mut bare = String::new();
    for line in qde.replace("<Description>", "\u{1}").split('\u{1}').enumerate().map(|(n, piece)| match n {
        0 => piece,
        _ => piece.split_once("</Description>\n").unwrap().1,
    }) {
        bare.push_str(line);
    }
    let bare = bare.replace(framelens_origin(), "Strange 3").replace(".5Z", "Z");
    let mut files = vec![("project.qde", bare.as_str())];
    let sources: Vec<_> = bundle.names().iter().filter(|n| n.starts_with("sources/")).collect();
    let texts: Vec<_> = sources.iter().map(|n| bundle.text(n).unwrap()).collect();
    files.extend(sources.iter().zip(&texts).map(|(n, t)| (n.as_str(), t.as_str())));
    let joined = read(&project, &folder(&files), format("refi-qda").unwrap(), &reading()).unwrap();
    assert_eq!(joined.report.changed_annotations, 0, "{:?}", joined.report);
    assert_eq!(joined.project.codings, project.codings);
    assert_eq!(joined.project.codebook, project.codebook);
}

fn framelens_origin() -> &'static str {
    concat!("Framelens ", env!("CARGO_PKG_VERSION"))
}

/// A small project of one article, with all that a coding can say.
fn framelens_sample() -> Project {
    let qde = strange_project("Strange 1", &selection(35, 45));
    let bundle = folder(&[("project.qde", &qde), ("sources/one.txt", HARBOUR)]);
    let mut project = taken(&bundle, "refi-qda").project;
    for coding in project.codings.values_mut() {
        for annotation in std::sync::Arc::make_mut(coding).annotations.values_mut() {
            let annotation = std::sync::Arc::make_mut(annotation);
            annotation.attributes.voice = Some(framelens::model::Voice::Quoted);
            annotation.attributes.speaker = framelens::model::Party::named("Ann Loach");
            annotation.origin = framelens::model::Origin::Hand;
            annotation.created = "2024-05-01T10:00:00.5Z".parse().unwrap();
            annotation.changed = "2024-05-02T10:00:00.5Z".parse().unwrap();
        }
    }
    for code in project.codebook.codes.values_mut() {
        code.use_when = "two sides are named".to_owned();
        code.shortcut = Some('w');
    }
    project
}

#[test]
fn broken_and_hostile_projects_are_refused() {
    let refused = |qde: &str| -> Problem {
        let bundle = folder(&[("project.qde", qde), ("sources/one.txt", HARBOUR)]);
        read(&Project::new(""), &bundle, format("refi-qda").unwrap(), &reading()).unwrap_err()
    };
    let bomb =
        r#"<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Project xmlns="urn:QDA-XML:project:1.0" name="&b;"/>"#;
    assert!(refused(bomb).to_string().contains("document type"));
    assert!(refused("<Project><Users>&strange;</Users></Project>").to_string().contains("strange"));
    assert!(refused("<Project><Users></Project>").to_string().contains("line 1"));
    assert!(refused("<CodeBook/>").to_string().contains("CodeBook"));
    assert!(refused("").to_string().contains("project.qde"));
    assert!(refused(&"<Project>".repeat(100_000)).to_string().contains("deep"));
    let none = Bundle::folder("x", BTreeMap::from([("a.txt".to_owned(), Vec::new())]));
    assert!(read(&Project::new(""), &none, format("refi-qda").unwrap(), &reading()).is_err());
    // Places that are none.
    for place in ["-1", "99999999999999999999", "3.5", ""] {
        let qde =
            strange_project("x", &selection(1, 2).replace("endPosition=\"2\"", &format!("endPosition=\"{place}\"")));
        let bundle = folder(&[("project.qde", &qde), ("sources/one.txt", HARBOUR)]);
        let Joined { project, report } = taken(&bundle, "refi-qda");
        assert_eq!(project.annotations().count(), 0);
        assert!(!report.told.is_empty());
    }
    // Codes that are said to be one another.
    let twice =
        strange_project("x", "").replace("Sides against each other", "Framelens:\nid: same\nrevision: 1").replace(
            "isCodable=\"true\"/>",
            "isCodable=\"true\"><Description>Framelens:\nid: same\nrevision: 1</Description></Code>",
        );
    let bundle = folder(&[("project.qde", &twice), ("sources/one.txt", HARBOUR)]);
    assert_eq!(taken(&bundle, "refi-qda").project.codebook.codes.len(), 2);
}

#[test]
fn spoiled_projects_panic_nowhere() {
    proptest!(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() }, |(at in 0_usize..4000, n in 0_usize..60, what in "\\PC{0,12}")| {
        let qde = strange_project("Strange", &selection(35, 45));
        let mut spoiled: Vec<char> = qde.chars().collect();
        let at = at % spoiled.len();
        let end = (at + n).min(spoiled.len());
        spoiled.splice(at..end, what.chars());
        let spoiled: String = spoiled.into_iter().collect();
        let bundle = folder(&[("project.qde", &spoiled), ("sources/one.txt", HARBOUR)]);
        let known = Project::new("");
        let format = format("refi-qda").unwrap();
        let mut incoming = Incoming::new(&known, "spoiled", "somebody", Timestamp::UNIX_EPOCH);
        if format.read(&bundle, &mut incoming).is_ok() {
            let joined = join(&known, incoming.finish(), format, Timestamp::UNIX_EPOCH);
            prop_assert_eq!(joined.project.faults(), vec![]);
        }
    });
}

fn one(name: &str, text: &str) -> Bundle {
    Bundle::bytes(name, text.as_bytes().to_vec()).unwrap()
}

fn codes(project: &Project) -> Vec<String> {
    let mut all: Vec<_> = project
        .codebook
        .codes
        .values()
        .map(|c| format!("{}: {}", project.codebook.path(&c.id), c.definition))
        .collect();
    all.sort();
    all
}

#[test]
fn codebooks_of_other_programs_are_read() {
    let qdc = r##"<?xml version="1.0"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="Strange"><Codes>
<Code guid="BBBBBBBB-0000-0000-0000-000000000001" name="Conflict" isCodable="false"><Description>sides</Description>
<Code guid="BBBBBBBB-0000-0000-0000-000000000002" name="Purge" isCodable="true" color="#112233"/></Code></Codes>
<Sets><Set guid="BBBBBBBB-0000-0000-0000-000000000003" name="Mine"><MemberCode guid="BBBBBBBB-0000-0000-0000-000000000002"/></Set></Sets></CodeBook>"##;
    let Joined { project, report } = taken(&one("book.qdc", qdc), "refi-codebook");
    assert_eq!(codes(&project), ["Conflict / Purge: ", "Conflict: sides"]);
    assert_eq!(report.told, ["groups of codes were left out"]);

    let csv = "Name;Description;Parent\r\nPurge;throwing out;Conflict\r\nConflict;\"sides; two\";\r\n";
    let Joined { project, .. } = taken(&one("book.csv", csv), "codebook-csv");
    assert_eq!(codes(&project), ["Conflict / Purge: throwing out", "Conflict: sides; two"]);

    let round = "name,definition,parent\na,,b\nb,,a\nc,,c\n";
    assert_eq!(taken(&one("book.csv", round), "codebook-csv").project.codebook.codes.len(), 3);

    let tags = "tag,description,number of highlights\nEconomic.Jobs,work,2\nEconomic,money,1\n";
    let Joined { project, .. } = taken(&one("codebook.csv", tags), "taguette-codebook");
    assert_eq!(codes(&project), ["Economic / Jobs: work", "Economic: money"]);

    let md = "# Codebook\n\n## Conflict\n\n> sides\n\n- id: conflict\n\n### Purge\n\n**Use when**\n\n> thrown out\n> of a party\n";
    let Joined { project, .. } = taken(&one("codebook.md", md), "codebook-md");
    assert_eq!(codes(&project), ["Conflict / Purge: ", "Conflict: sides"]);
    assert_eq!(project.codebook.by_name("Purge").unwrap().use_when, "thrown out\nof a party");
}

fn database(sql: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.sqlite3");
    let database = rusqlite::Connection::open(&path).unwrap();
    database.execute_batch(sql).unwrap();
    database.close().unwrap();
    std::fs::read(path).unwrap()
}

const TABLES: &str = "CREATE TABLE projects(id INTEGER PRIMARY KEY, name TEXT, description TEXT);
CREATE TABLE documents(id INTEGER PRIMARY KEY, name TEXT, description TEXT, filename TEXT, contents TEXT);
CREATE TABLE tags(id INTEGER PRIMARY KEY, path TEXT, description TEXT);
CREATE TABLE highlight_tags(highlight_id INTEGER, tag_id INTEGER);
CREATE TABLE highlights(id INTEGER PRIMARY KEY, document_id INTEGER, start_offset INTEGER, end_offset INTEGER, snippet TEXT);
CREATE TABLE commands(id INTEGER PRIMARY KEY, date TEXT, user_login TEXT, payload TEXT);
INSERT INTO projects VALUES(1, 'Harbour', '');
INSERT INTO tags VALUES(1, 'Conflict.Hunt', 'sides');
INSERT INTO documents VALUES(1, 'Board', '', 'b.html', '<h1>Café &amp; port</h1><p>A <b>witch</b> hunt, she said.<br>Ende.</p>');
INSERT INTO commands VALUES(1, '2024-05-01 10:00:00.250000', 'ada', '{\"type\":\"highlight_add\",\"highlight_id\":1,\"tags\":[1]}');
";

#[test]
fn a_taguette_project_is_read() {
    // “Café & port” are 12 bytes, then follows “A witch hunt”.
    let rows = "INSERT INTO highlights VALUES(1, 1, 14, 24, 'witch hunt'), (2, 1, 0, 13, ''), (3, 1, 5, 900, ''), (4, 7, 0, 1, '');
INSERT INTO highlight_tags VALUES(1, 1), (2, 1), (3, 1), (4, 1);";
    let bundle = Bundle::bytes("h.sqlite3", database(&format!("{TABLES}{rows}"))).unwrap();
    let Joined { project, report } = taken(&bundle, "taguette");
    let article = project.articles.values().next().unwrap();
    assert_eq!(&*article.text, "Café & port\nA witch hunt, she said.\nEnde.");
    assert_eq!(said(&project), ["Conflict / Hunt: Café & port\nA (somebody)", "Conflict / Hunt: witch hunt (ada)"]);
    assert_eq!(project.title, "Harbour");
    assert_eq!(report.told.len(), 2, "{:?}", report.told);
    let again = taken_into(&project, &bundle, "taguette");
    assert_eq!(again.project, project, "{:?}", again.report);
}

#[test]
fn a_hostile_database_is_refused() {
    let refused = |bytes: Vec<u8>| {
        let bundle = Bundle::bytes("h.sqlite3", bytes).unwrap();
        read(&Project::new(""), &bundle, format("taguette").unwrap(), &reading()).unwrap_err().to_string()
    };
    // A table that never ends.
    let endless = TABLES
        .replace("CREATE TABLE tags(id INTEGER PRIMARY KEY, path TEXT, description TEXT);", "")
        .replace("INSERT INTO tags VALUES(1, 'Conflict.Hunt', 'sides');", "")
        + "CREATE VIEW tags(id, path, description) AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, 'x' || i, '' FROM n;";
    assert!(refused(database(&endless)).contains("no table “tags”"));
    let counted = TABLES
        .replace(
            "CREATE TABLE tags(id INTEGER PRIMARY KEY, path TEXT, description TEXT);",
            "CREATE TABLE tags(id INTEGER PRIMARY KEY, path TEXT, description TEXT AS (zeroblob(300000000)));",
        )
        .replace(
            "INSERT INTO tags VALUES(1, 'Conflict.Hunt', 'sides');",
            "INSERT INTO tags(id, path) VALUES(1, 'Conflict.Hunt');",
        );
    assert!(!refused(database(&counted)).is_empty());
    assert!(refused(b"SQLite format 3\0 and nothing else".to_vec()).contains("no SQLite"));
    assert!(!refused(database("CREATE TABLE a(b);")).is_empty());
    let mut half = database(TABLES);
    half.truncate(half.len() / 2);
    assert!(!refused(half).is_empty());
}
