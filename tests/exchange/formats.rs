//! What is exported can be read back, and every span's words are its text's.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use framelens::edit::{Desk, Edit};
use framelens::exchange::{ArticleRecord, COLUMNS, ExchangeError, FORMATS, Selection, export, format, preview, stream};
use framelens::model::{
    Annotation, AnnotationId, Article, Attributes, ClaimKind, Code, CodeId, Coder, CoderId, Colour, Decision,
    DocumentCoding, EntityKind, Layer, Metadata, NothingFound, Origin, Outcome, Part, PartKind, Party, Project,
    QuoteKind, Relation, RelationEnd, RelationId, Source, Stance, Suggested, Tag, Value, Voice,
};
use framelens::text::{CharSpan, OffsetMap, normalise};
use jiff::Timestamp;
use proptest::prelude::*;

fn id<T: std::str::FromStr>(id: &str) -> T {
    id.parse().ok().unwrap()
}

fn project() -> Project {
    let mut project = Project::new("Ferry");
    for (coder, name) in [("ada", "Ada"), ("bo", "Bo Lund")] {
        project.coders.insert(id(coder), Coder { id: id(coder), name: name.into() });
    }
    for (code, name, parent) in [
        ("conflict", "Conflict", None),
        ("witch-hunt", "Witch hunt", Some("conflict")),
        ("money", "Money, \"cost\"", None),
    ] {
        let mut new = Code::new(id::<CodeId>(code), name, Colour::Palette(0));
        new.parent = parent.map(id);
        project.codebook.codes.insert(id(code), new);
    }
    project
}

fn put(project: &mut Project, edit: Edit) {
    edit.apply(project).unwrap();
}

fn desk(coder: &str, article: &Article) -> Desk {
    Desk { coder: id(coder), article: article.id.clone() }
}

fn annotation(map: &OffsetMap, spans: Vec<CharSpan>, tag: Tag) -> Option<Annotation> {
    let mut new = Annotation {
        id: AnnotationId::new(),
        tag,
        spans: vec![],
        anchors: vec![],
        attributes: Attributes::default(),
        memo: String::new(),
        origin: Origin::Hand,
        code_revision: 1,
        created: Timestamp::UNIX_EPOCH,
        changed: Timestamp::UNIX_EPOCH,
    };
    new.place(map, spans).then_some(new)
}

fn add(project: &mut Project, text: &str) -> Arc<Article> {
    let parts = vec![Part { kind: PartKind::Headline, span: CharSpan::chars(0, 1) }];
    let metadata = Metadata { title: "A “title”, with; marks".into(), ..Metadata::default() };
    let article = Arc::new(Article::new(text, metadata, parts, Source::default()));
    put(project, Edit::Article { id: article.id.clone(), to: Some(article.clone()) });
    article
}

fn written(project: &Project, selection: &Selection, name: &str) -> Vec<u8> {
    let mut out = Vec::new();
    stream(project, selection, format(name).unwrap(), &mut out).unwrap();
    out
}

fn records(project: &Project, selection: &Selection) -> Vec<ArticleRecord> {
    let lines = String::from_utf8(written(project, selection, "jsonl")).unwrap();
    lines.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

/// A project in which both coders said something of everything.
fn full() -> (Project, Arc<Article>) {
    let mut project = project();
    let article = add(&mut project, "Ferry row 🛥\n\nFalk saw a “purge” in it.\nIt cost 9 crowns.");
    let map = OffsetMap::new(article.text.clone());
    let at = desk("ada", &article);
    let spans = vec![CharSpan::chars(13, 17), CharSpan::chars(25, 30)];
    let mut hunt = annotation(&map, spans, Tag::Frame(id("witch-hunt"))).unwrap();
    hunt.attributes = Attributes {
        voice: Some(Voice::Quoted),
        speaker: Party::named("Ines Falk"),
        target: Party::named("the \"board\", mostly"),
        stance: Some(Stance::Emotive),
        intensity: Some(2),
        certainty: Some(3),
        negated: true,
        custom: BTreeMap::from([("seen".into(), Value::YesNo(true)), ("n".into(), Value::Number(1.5))]),
    };
    hunt.memo = "two\nlines, \"quoted\"".into();
    hunt.origin = Origin::Accepted { detector: "rules".into(), version: "1".into(), score: 0.5, edited: true };
    let claim = annotation(&map, vec![CharSpan::chars(37, 53)], Tag::Claim(ClaimKind::Statistic)).unwrap();
    let name = annotation(&map, vec![CharSpan::chars(13, 17)], Tag::Entity(EntityKind::Person)).unwrap();
    let relation =
        Relation { id: RelationId::new(), kind: "denies".into(), from: hunt.id, to: RelationEnd::Annotation(claim.id) };
    let decision = |outcome| {
        Some(Box::new(Decision {
            detector: "rules".into(),
            version: "1".into(),
            score: 0.5,
            outcome,
            at: Timestamp::UNIX_EPOCH,
        }))
    };
    let about = |start, label: &str| Suggested {
        span: CharSpan::chars(start, start + 1),
        layer: Layer::Frame,
        label: label.into(),
    };
    let hunted = hunt.id;
    for a in [hunt, claim, name] {
        put(&mut project, Edit::Annotation { at: at.clone(), id: a.id, to: Some(Box::new(a)) });
    }
    put(&mut project, Edit::Relation { at: at.clone(), id: relation.id, to: Some(Box::new(relation)) });
    let document = DocumentCoding { primary: Some(id("money")), codes: [id("conflict")].into(), ..Default::default() };
    put(&mut project, Edit::Document { at: at.clone(), to: Box::new(document) });
    for (about, outcome) in [(about(1, "x"), Outcome::Rejected), (about(2, "y"), Outcome::Accepted(hunted))] {
        put(&mut project, Edit::Decision { at: at.clone(), about, to: decision(outcome) });
    }
    let bo = desk("bo", &article);
    put(&mut project, Edit::NothingFound { at: bo.clone(), what: NothingFound { span: None }, present: true });
    let what = NothingFound { span: Some(CharSpan::chars(10, 11)) };
    put(&mut project, Edit::NothingFound { at: bo, what, present: true });
    (project, article)
}

#[test]
fn json_lines_carry_everything() {
    let (project, article) = full();
    let records = records(&project, &Selection::default());
    assert_eq!(records.len(), 1);
    let record = &records[0];
    assert_eq!((record.text.as_str(), record.hash.as_str()), (&*article.text, article.hash.as_str()));
    assert_eq!(record.parts[0].kind, "headline");
    let hunt = record.annotations.iter().find(|a| a.layer == Layer::Frame).unwrap();
    assert_eq!((hunt.label.as_str(), hunt.code.as_deref()), ("Witch hunt", Some("witch-hunt")));
    assert_eq!(hunt.path, ["Conflict", "Witch hunt"]);
    assert_eq!(hunt.text, "Falk … purge");
    assert_eq!(hunt.spans[1].byte_start, Some(30));
    assert_eq!(hunt.speaker.as_ref().unwrap().name, "Ines Falk");
    assert_eq!((hunt.negated, hunt.intensity, hunt.certainty), (true, Some(2), Some(3)));
    assert_eq!(hunt.custom["n"], 1.5);
    let [ada, bo] = record.codings.as_slice() else { panic!() };
    assert_eq!((ada.primary.as_deref(), ada.codes.as_slice()), (Some("Money, \"cost\""), &["Conflict".to_owned()][..]));
    assert_eq!((ada.relations.len(), ada.decisions.len(), ada.nothing_found), (1, 2, false));
    assert_eq!((bo.coder_name.as_str(), bo.nothing_found), ("Bo Lund", true));
    assert_eq!(bo.nothing_found_in[0].text, "🛥");
    let labels: Vec<_> = record.annotations.iter().map(|a| a.label.as_str()).collect();
    assert_eq!(labels, ["Witch hunt", "PERSON", "statistic"]);
}

#[test]
fn codings_that_lost_their_words_are_written_apart() {
    let (mut project, article) = full();
    let without = article.text.replace("purge", "change");
    let (edit, told) = framelens::edit::retext(&project, &article.id, without.into(), None).unwrap();
    put(&mut project, edit);
    assert_eq!(told.orphans.len(), 1);
    let record = &records(&project, &Selection::default())[0];
    assert!(record.annotations.iter().all(|a| a.layer != Layer::Frame));
    let [orphan] = record.orphans.as_slice() else { panic!("{:?}", record.orphans) };
    assert_eq!(
        (orphan.label.as_str(), orphan.text.as_str(), orphan.coder.as_str()),
        ("Witch hunt", "Falk … purge", "ada")
    );
    assert_eq!(orphan.spans.len(), 2);
    assert_eq!(orphan.memo, "two\nlines, \"quoted\"");
    let claims = Selection::named(&project, &[], &[], &[], &["claim".to_owned()]).unwrap();
    assert!(records(&project, &claims)[0].orphans.is_empty());
}

#[test]
fn only_what_is_selected_is_written() {
    let (project, article) = full();
    let named = |articles: &[&str], coders: &[&str], codes: &[&str], layers: &[&str]| {
        let own = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        Selection::named(&project, &own(articles), &own(coders), &own(codes), &own(layers))
    };
    let labels = |selection: &Selection| {
        records(&project, selection)
            .iter()
            .flat_map(|r| r.annotations.iter().map(|a| a.label.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(labels(&named(&[], &["bo lund"], &[], &[]).unwrap()), [""; 0]);
    assert_eq!(labels(&named(&[], &["ADA"], &["conflict"], &[]).unwrap()), ["Witch hunt"]);
    assert_eq!(labels(&named(&[], &[], &["money"], &["frames", "claims"]).unwrap()), ["statistic"]);
    assert_eq!(labels(&named(&[article.id.as_str()], &[], &[], &["entities"]).unwrap()), ["PERSON"]);
    let accepted = Selection { rejected: false, ..Selection::default() };
    assert_eq!(records(&project, &accepted)[0].codings[0].decisions.len(), 1);
    // A relation needs both its ends, and a document coding is a matter of frames.
    let claims = records(&project, &named(&[], &[], &[], &["claim"]).unwrap());
    assert!(claims[0].codings[0].relations.is_empty() && claims[0].codings[0].primary.is_none());
    let missing = named(&[], &["nobody"], &[], &[]).unwrap_err().to_string();
    assert_eq!(missing, "there is no coder “nobody” in this project. There are: ada, bo");
}

#[test]
fn files_are_whole_and_not_overwritten_unasked() {
    let (project, _) = full();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("out.csv");
    let (csv, all) = (format("csv").unwrap(), Selection::default());
    fs::write(&path, "mine").unwrap();
    assert!(matches!(export(&project, &all, csv, &path, false, &mut |_| true), Err(ExchangeError::Exists(_))));
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    assert_eq!(export(&project, &all, csv, &path, true, &mut |_| true).unwrap().annotations, 3);
    assert!(fs::read_to_string(&path).unwrap().starts_with("article,title,"));
    assert!(matches!(export(&project, &all, csv, dir.path(), true, &mut |_| true), Err(ExchangeError::Folder(_))));
    assert!(matches!(
        export(&project, &all, csv, &dir.path().join("no/such/x.csv"), false, &mut |_| true),
        Err(ExchangeError::Write { .. })
    ));
    let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "a temporary file was left: {names:?}");
    assert!(fs::read_to_string(dir.path().join("out.csv.left-out.json")).unwrap().contains("\"texts\""));
    assert!(format("docx").err().unwrap().to_string().contains("jsonl, csv, csv-excel"));
}

#[test]
fn a_mark_for_excel_is_all_that_differs() {
    let (project, _) = full();
    let (plain, excel) =
        (written(&project, &Selection::default(), "csv"), written(&project, &Selection::default(), "csv-excel"));
    assert_eq!(excel.strip_prefix("\u{feff}".as_bytes()).unwrap(), plain);
}

const PIECES: &[&str] = &[
    "witch hunt",
    "🏴‍☠️",
    "e\u{301}",
    "שלום עליכם",
    "العربية",
    "日本語",
    "“",
    "”",
    "\"",
    "'",
    ",",
    ";",
    "\r\n",
    "\r",
    "\n",
    "\t",
    "\u{feff}",
    "\u{a0}",
    " ",
    "=1+1",
    "\\",
    "𝒳",
    "\u{202e}",
    "null",
    "{}",
    "\u{0}",
    "\u{2028}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_back(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES), 1..40),
        cuts in proptest::collection::vec(proptest::collection::vec((0usize..200, 1usize..30), 1..4), 1..8),
        memo in proptest::sample::select(PIECES),
    ) {
        let mut project = project();
        let text = normalise(&pieces.concat()).into_owned();
        if text.is_empty() {
            return Ok(());
        }
        let article = add(&mut project, &text);
        let map = OffsetMap::new(article.text.clone());
        let length = map.char_len().0;
        let mut made = BTreeMap::new();
        for (n, cuts) in cuts.iter().enumerate() {
            let spans = cuts.iter().map(|(s, l)| CharSpan::chars(s % length, (s % length + l).min(length))).collect();
            let tag = match n % 3 { 0 => Tag::Frame(id("money")), 1 => Tag::Quote(QuoteKind::Scare), _ => Tag::Frame(id("witch-hunt")) };
            if let Some(mut new) = annotation(&map, spans, tag) {
                new.memo = memo.to_owned();
                new.attributes.speaker = Party::named(memo);
                made.insert(new.id.to_string(), new.clone());
                let coder: CoderId = id(if n % 2 == 0 { "ada" } else { "bo" });
                let at = Desk { coder, article: article.id.clone() };
                put(&mut project, Edit::Annotation { at, id: new.id, to: Some(Box::new(new)) });
            }
        }
        let everything = Selection::default();
        let records = records(&project, &everything);
        prop_assert_eq!(&records[0].text, &text);
        prop_assert_eq!(records[0].annotations.len(), made.len());
        for a in &records[0].annotations {
            let made = &made[&a.id];
            prop_assert_eq!(a.spans.len(), made.spans.len());
            prop_assert_eq!(&a.text, &made.words());
            prop_assert_eq!(&a.memo, &made.memo);
            for span in &a.spans {
                let by_chars: String = text.chars().skip(span.start).take(span.end - span.start).collect();
                prop_assert_eq!(&by_chars, &span.text);
                prop_assert_eq!(&text[span.byte_start.unwrap()..span.byte_end.unwrap()], span.text.as_str());
            }
        }
        for name in ["csv", "csv-excel"] {
            let table = written(&project, &everything, name);
            let table = table.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&table);
            let mut reader = csv::Reader::from_reader(table);
            prop_assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), COLUMNS.to_vec());
            let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
            prop_assert_eq!(rows.len(), made.len());
            for row in rows {
                let made = &made[&row["annotation"]];
                prop_assert_eq!(&row["text"], &made.words());
                prop_assert_eq!(&row["memo"], &made.memo);
                prop_assert_eq!(&row["title"], &article.metadata.title);
                let spans: Vec<CharSpan> = row["spans"].split(';').map(|s| {
                    let (start, end) = s.split_once("..").unwrap();
                    CharSpan::chars(start.parse().unwrap(), end.parse().unwrap())
                }).collect();
                prop_assert_eq!(&spans, &made.spans);
                let words: Vec<_> = row["byte_spans"].split(';').map(|s| {
                    let (start, end) = s.split_once("..").unwrap();
                    &text[start.parse().unwrap()..end.parse().unwrap()]
                }).collect();
                prop_assert_eq!(words.join(" … "), made.words());
            }
        }
    }
}

#[test]
fn the_start_of_every_format_can_be_seen_and_every_export_stopped() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("projects/harbour-purge");
    let project = framelens::store::Store::open(&root).unwrap().project;
    let folder = tempfile::tempdir().unwrap();
    for format in FORMATS {
        let name = format.name();
        for bytes in [1, 6_000] {
            let (files, written) = preview(&project, &Selection::default(), *format, bytes).unwrap();
            assert!(!files.is_empty() && files.values().any(|f| !f.is_empty()), "{name}");
            assert_eq!(written.annotations > 0, !name.contains("codebook"), "{name}");
        }
        let path = folder.path().join(name);
        let told = std::cell::Cell::new(0);
        let done = export(&project, &Selection::default(), *format, &path, false, &mut |_| {
            told.set(told.get() + 1);
            false
        });
        if told.get() > 0 {
            assert!(matches!(done, Err(ExchangeError::Stopped)), "{name}: {done:?}");
            assert!(!path.exists(), "{name}");
        } else {
            assert!(done.is_ok() && name.contains("codebook"), "{name}: {done:?}");
        }
    }
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(left.iter().all(|n| n.to_string_lossy().contains("codebook")), "{left:?}");
}
