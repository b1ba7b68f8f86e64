//! Tables as other people keep them, workbooks, Parquet files of other writers, and the folders that are only written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow_array::{Array as _, ArrayRef, Int32Array, LargeListArray, LargeStringArray, RecordBatch, StructArray};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{DataType, Field};
use framelens::edit::{Desk, Edit};
use framelens::exchange::{
    Bundle, Format, Joined, Problem, Reading, Report, Selection, Sink, format, prepare, preview, read, recognise,
};
use framelens::model::{
    Annotation, AnnotationId, Article, Attributes, ClaimKind, Code, CodeId, Coder, CoderId, Colour, DocumentCoding,
    EntityKind, Metadata, NothingFound, Origin, Party, Project, Source, Stance, Tag, Value, Voice,
};
use framelens::text::{CharSpan, OffsetMap};
use jiff::Timestamp;

const FERRY: &str = "Ferry row grows\n\nInes Falk spoke of a “purge” 🛥 on the quay.\nThe line lost 9 boats.";
const BRIDGE: &str = "Bridge to stay shut\n\n=SUM of all fears, said the mayor.";

fn id<T: std::str::FromStr>(id: &str) -> T {
    id.parse().ok().unwrap()
}

/// Two articles, a code, nobody's work.
fn project() -> Project {
    let mut project = Project::new("Quay");
    for (title, outlet, text) in [("Ferry row grows", "Quay Gazette", FERRY), ("=Bridge, “shut”", "Courier", BRIDGE)]
    {
        let metadata = Metadata { title: title.into(), outlet: outlet.into(), ..Metadata::default() };
        let article = Arc::new(Article::new(text, metadata, vec![], Source::default()));
        project.articles.insert(article.id.clone(), article);
    }
    let code = Code::new(id::<CodeId>("purge-1a2b"), "Purge", Colour::Palette(0));
    project.codebook.codes.insert(code.id.clone(), code);
    project
}

fn article(project: &Project, text: &str) -> Arc<Article> {
    project.articles.values().find(|a| &*a.text == text).unwrap().clone()
}

fn reading() -> Reading {
    Reading { coder: "me".into(), now: Timestamp::UNIX_EPOCH }
}

fn read_bytes(project: &Project, name: &str, file: &str, bytes: Vec<u8>) -> Result<Joined, Problem> {
    read(project, &Bundle::bytes(file, bytes).unwrap(), format(name).unwrap(), &reading())
}

fn written(project: &Project, name: &str) -> BTreeMap<String, Vec<u8>> {
    let format = format(name).unwrap();
    let (reduced, _) = prepare(project, &Selection::default(), format);
    let mut files = BTreeMap::new();
    format.write(&reduced, &mut Sink::memory(&mut files, &mut |_| true)).unwrap();
    files
}

fn one(project: &Project, name: &str) -> Vec<u8> {
    written(project, name).remove("").unwrap()
}

/// Coder, words, tag and attributes of every annotation.
fn all(project: &Project) -> Vec<(String, String, Tag, Attributes)> {
    project
        .annotations()
        .map(|(coder, _, a)| (coder.to_string(), a.words(), a.tag.clone(), a.attributes.clone()))
        .collect()
}

fn add(project: &mut Project, coder: &str, text: &str, words: &str, tag: Tag) -> Annotation {
    let article = article(project, text);
    let map = OffsetMap::new(article.text.clone());
    let at = text.find(words).unwrap();
    let start = text[..at].chars().count();
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
    assert!(new.place(&map, vec![CharSpan::chars(start, start + words.chars().count())]));
    let coder_id: CoderId = id(coder);
    project.coders.insert(coder_id.clone(), Coder { id: coder_id.clone(), name: coder.into() });
    let at = Desk { coder: coder_id, article: article.id.clone() };
    Edit::Annotation { at, id: new.id, to: Some(Box::new(new.clone())) }.apply(project).unwrap();
    new
}

#[test]
fn a_table_that_somebody_keeps_by_hand_is_read() {
    let project = project();
    // Semicolons, a byte-order mark, CRLF, columns in another order, one that is unknown, Excel's TRUE.
    let table = "\u{feff}Title;coder;label;start;end;text;voice;negated;Grade;memo\r\n\
                 Ferry row grows;Ada Brandt;purge;39;44;purge;quoted;TRUE;A;\"two\r\nlines; one cell\"\r\n\
                 Ferry row grows;Ada Brandt;PER;;;Ines Falk;;;B;\r\n\
                 Ferry row grows;;New code;55;59;quay;Paper;;;\r\n";
    let bundle = Bundle::bytes("mine.csv", table.as_bytes().to_vec()).unwrap();
    assert_eq!(recognise(&bundle).map(Format::name), Some("csv"));
    let Joined { project: now, report } = read(&project, &bundle, format("csv").unwrap(), &reading()).unwrap();
    let found = all(&now);
    assert_eq!(found.len(), 3, "{:?}", report.told);
    let by = |words: &str| found.iter().find(|(_, w, ..)| w == words).unwrap();
    let (coder, _, tag, said) = by("purge");
    assert_eq!((coder.as_str(), tag), ("ada-brandt", &Tag::Frame(id("purge-1a2b"))));
    assert_eq!((said.voice, said.negated), (Some(Voice::Quoted), true));
    let memos: BTreeSet<String> = now.annotations().map(|(_, _, a)| a.memo.clone()).collect();
    assert!(memos.contains("two\r\nlines; one cell"));
    let (_, _, tag, said) = by("Ines Falk");
    assert_eq!(tag, &Tag::Entity(EntityKind::Person));
    assert_eq!(said.custom["label"], Value::Text("PER".into()));
    let (coder, _, tag, said) = by("quay");
    assert_eq!(coder, "me");
    assert_eq!(now.codebook.get(tag.code().unwrap()).unwrap().name, "New code");
    assert_eq!((said.voice, &said.custom["voice"]), (None, &Value::Text("Paper".into())));
    assert_eq!(report.told, ["the column “Grade” is not known here and was left out"]);
    assert_eq!((report.new_annotations, report.new_codes, report.new_coders), (3, 1, 2));
    // Once more brings nothing.
    let again = read(&now, &bundle, format("csv").unwrap(), &reading()).unwrap();
    assert_eq!((again.report.new_annotations, again.report.same_annotations), (0, 3));
}

#[test]
fn what_cannot_be_placed_is_told_and_left_out() {
    let project = project();
    let hash = article(&project, FERRY).hash.clone();
    let table = format!(
        "sep=|\narticle_hash|article|title|layer|label|code|spans|text\n\
         {hash}|||frame|Otherwise|purge-1a2b|39..44|what spreadsheets did\n\
         {hash}|||claim|statistic||61..76|\n\
         {hash}|||claim|nonsense||61..76|\n\
         {hash}|||mood|grim||61..76|\n\
         {hash}|||frame|Purge||82..999|\n\
         {hash}|||frame|Purge||a..b|\n\
         {hash}|||frame|Purge||5..5|\n\
         {}|||frame|Purge||0..5|\n\
         ||Ferry row grows|frame|Purge||0..5|Bridge\n\
         ||No such article|frame|Purge||0..5|Ferry\n\
         |||||||\n",
        "0".repeat(64)
    );
    let Joined { project: now, report } = read_bytes(&project, "csv", "t.csv", table.into_bytes()).unwrap();
    let words: Vec<_> = all(&now).into_iter().map(|(_, words, tag, _)| (words, tag)).collect();
    assert_eq!(words.len(), 2, "{words:?}");
    assert!(words.contains(&("purge".into(), Tag::Frame(id("purge-1a2b")))));
    assert!(words.contains(&("The line lost 9".into(), Tag::Claim(ClaimKind::Statistic))));
    assert_eq!(now.codebook, project.codebook);
    assert_eq!(
        report.told,
        [
            "rows whose label is not the name of their code were read by the code’s id",
            "rows of the unknown kind “nonsense” were left out",
            "rows of the unknown kind “mood” were left out",
            "rows whose place cannot be read were left out (2 times)",
            "annotations of no words, or beyond the end of the text, were left out",
            "rows on articles that are not in the project, or that have another text there, were left out (2 times)",
            "rows whose words do not stand at their place in the text were left out",
            "the first row whose place cannot be read is in line 7",
        ]
    );
    let refused = read_bytes(&project, "csv", "t.csv", b"a,b\n1,2\n".to_vec()).unwrap_err().to_string();
    assert!(refused.starts_with("t.csv: a column for the article"), "{refused}");
    for strange in ["", "\u{feff}", "\n\n", "a,b\n\"", "article,label,spans"] {
        let bundle = Bundle::bytes("x.csv", strange.into()).unwrap();
        assert_eq!(recognise(&bundle).is_some(), strange.starts_with("article"), "{strange:?}");
        let _ = read(&project, &bundle, format("csv").unwrap(), &reading());
    }
}

#[test]
fn cells_are_written_as_they_are() {
    let mut project = project();
    add(&mut project, "ada", BRIDGE, "=SUM of all fears", Tag::Frame(id("purge-1a2b")));
    for (name, between) in [("csv", ","), ("tsv", "\t")] {
        let table = String::from_utf8(one(&project, name)).unwrap();
        let (header, row) = table.split_once('\n').unwrap();
        assert_eq!(header.split(between).count(), 43);
        assert!(row.contains("=SUM of all fears") && !row.contains("'=SUM"), "{row}");
        let bundle = Bundle::bytes("x", table.into_bytes()).unwrap();
        assert_eq!(recognise(&bundle).map(Format::name), Some(name));
    }
}

/// A project with work of two coders.
fn coded() -> Project {
    let mut project = project();
    let frame = || Tag::Frame(id("purge-1a2b"));
    for (coder, voice, words) in
        [("ada", Some(Voice::Quoted), "purge"), ("ada", None, "lost"), ("bo", Some(Voice::Outlet), "row")]
    {
        let mut new = add(&mut project, coder, FERRY, words, frame());
        new.attributes.voice = voice;
        new.attributes.negated = words == "lost";
        let at = Desk { coder: id(coder), article: article(&project, FERRY).id.clone() };
        Edit::Annotation { at, id: new.id, to: Some(Box::new(new)) }.apply(&mut project).unwrap();
    }
    add(&mut project, "bo", FERRY, "Ines Falk", Tag::Entity(EntityKind::Person));
    let at = Desk { coder: id("bo"), article: article(&project, FERRY).id.clone() };
    let document =
        DocumentCoding { primary: Some(id("purge-1a2b")), codes: [id("purge-1a2b")].into(), ..Default::default() };
    Edit::Document { at, to: Box::new(document) }.apply(&mut project).unwrap();
    let at = Desk { coder: id("bo"), article: article(&project, BRIDGE).id.clone() };
    Edit::NothingFound { at, what: NothingFound { span: None }, present: true }.apply(&mut project).unwrap();
    let mut with = (*article(&project, BRIDGE)).clone();
    with.metadata.variables =
        [("title".to_owned(), Value::YesNo(true)), ("reach".to_owned(), Value::Number(1.5))].into();
    project.articles.insert(with.id.clone(), Arc::new(with));
    project
}

fn table(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(bytes).deserialize().map(Result::unwrap).collect()
}

#[test]
fn articles_and_codes_are_counted() {
    let project = coded();
    let articles = table(&one(&project, "csv-articles"));
    let get = |title: &str| articles.iter().find(|row| row["title"] == title).unwrap();
    let ferry = get("Ferry row grows");
    let pick =
        |row: &BTreeMap<String, String>, names: &[&str]| names.iter().map(|n| row[*n].clone()).collect::<Vec<_>>();
    let names =
        ["outlet", "characters", "words", "paragraphs", "coders", "nothing_found", "codings", "frames", "entities"];
    assert_eq!(pick(ferry, &names), ["Quay Gazette", "83", "17", "3", "2", "0", "4", "3", "1"]);
    let bridge = get("=Bridge, “shut”");
    assert_eq!(
        pick(bridge, &["coders", "nothing_found", "codings", "reach", "variable: title"]),
        ["1", "1", "0", "1.5", "true"]
    );
    let counts = table(&one(&project, "csv-counts"));
    let names = [
        "coder",
        "label",
        "codings",
        "voice_quoted",
        "voice_outlet",
        "voice_unknown",
        "negated",
        "whole_article",
        "governing",
        "articles",
    ];
    let counts: Vec<_> = counts.iter().map(|row| pick(row, &names).join(" ")).collect();
    assert_eq!(counts, ["ada Purge 2 1 0 1 1 false false 1", "bo Purge 1 0 1 0 0 true true 1"]);
    let (_, what) = preview(&project, &Selection::default(), format("csv-counts").unwrap(), 1 << 20).unwrap();
    assert!(what.losses.json().contains("4 codings are counted"));
}

#[test]
fn workbooks_of_others_are_read() {
    let project = project();
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().set_name("Notes").unwrap().write_string(0, 0, "nothing of interest").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("My codings").unwrap();
    for (n, name) in ["title", "label", "start", "end", "intensity", "negated", "text"].iter().enumerate() {
        sheet.write_string(0, n as u16, *name).unwrap();
    }
    sheet.write_string(2, 0, "=Bridge, “shut”").unwrap();
    sheet.write_string(2, 1, "Purge").unwrap();
    sheet.write_number(2, 2, 21.0).unwrap();
    sheet.write_number(2, 3, 38.0).unwrap();
    sheet.write_number(2, 4, 3.0).unwrap();
    sheet.write_boolean(2, 5, true).unwrap();
    sheet.write_string(2, 6, "=SUM of all fears").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let Joined { project: now, report } = read_bytes(&project, "xlsx", "mine.xlsx", bytes.clone()).unwrap();
    let found = all(&now);
    assert_eq!(found.len(), 1, "{report:?}");
    assert_eq!((found[0].1.as_str(), found[0].3.intensity, found[0].3.negated), ("=SUM of all fears", Some(3), true));
    // It is not ours by its sheets' names.
    assert!(!format("xlsx").unwrap().recognises(&Bundle::bytes("mine.xlsx", bytes).unwrap()));

    // One cell in the last corner of a sheet.
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Annotations").unwrap();
    sheet.write_string(1_048_575, 16_383, "x").unwrap();
    sheet.write_string(1_048_575, 999, "x").unwrap();
    let refused = read_bytes(&project, "xlsx", "far.xlsx", book.save_to_buffer().unwrap()).unwrap_err().to_string();
    assert!(refused.contains("a column for the article"), "{refused}");
}

#[test]
fn workbooks_are_cut_where_cells_end_and_keep_meanings() {
    let mut project = coded();
    let mut long = add(&mut project, "ada", FERRY, "grows", Tag::Frame(id("purge-1a2b")));
    long.memo = "é🛥".repeat(15_000);
    let at = Desk { coder: id("ada"), article: article(&project, FERRY).id.clone() };
    Edit::Annotation { at, id: long.id, to: Some(Box::new(long.clone())) }.apply(&mut project).unwrap();
    let code = project.codebook.codes.get_mut(&id::<CodeId>("purge-1a2b")).unwrap();
    code.definition = "Driven out.\nAll of them.".into();
    code.examples = vec!["a purge, he said".into(), " ".into()];
    let xlsx = format("xlsx").unwrap();
    let (reduced, losses) = prepare(&project, &Selection::default(), xlsx);
    assert!(losses.json().contains("1 texts are longer than a cell"), "{}", losses.json());
    let bytes = one(&project, "xlsx");
    assert_eq!(bytes, one(&project, "xlsx"), "the same project makes the same file");
    let bundle = Bundle::bytes("x.xlsx", bytes).unwrap();
    assert_eq!(recognise(&bundle).map(Format::name), Some("xlsx"));
    let mut known = project.clone();
    known.codings.clear();
    known.codebook.codes.clear();
    let now = read(&known, &bundle, xlsx, &reading()).unwrap().project;
    let back = now.annotations().find(|(_, _, a)| a.id == long.id).unwrap().2;
    assert_eq!(back.memo.encode_utf16().count(), 32_767);
    assert!(long.memo.starts_with(&back.memo));
    assert_eq!(now.codebook.codes.values().next().unwrap().definition, "Driven out.\nAll of them.");
    assert_eq!(now.codebook.codes.values().next().unwrap().examples, ["a purge, he said"]);
    assert_eq!(now.annotations().count(), reduced.annotations().count());
    let refused = read_bytes(&project, "xlsx", "x.xlsx", b"PK\x05\x06".iter().copied().chain([0; 18]).collect());
    assert!(matches!(refused, Err(Problem::Malformed(_))), "{refused:?}");
}

#[test]
fn what_is_changed_in_a_workbook_is_changed_here() {
    let project = coded();
    let mut files = table(&one(&project, "csv"));
    for row in files.iter_mut().filter(|row| row["text"] == "purge") {
        row.insert("voice".into(), "scare".into());
        row.insert("speaker".into(), "Ines Falk".into());
    }
    let mut out = csv::Writer::from_writer(Vec::new());
    let columns: Vec<_> = files[0].keys().cloned().collect();
    out.write_record(&columns).unwrap();
    files.iter().for_each(|row| out.write_record(columns.iter().map(|c| &row[c])).unwrap());
    let Joined { project: now, report } = read_bytes(&project, "csv", "x.csv", out.into_inner().unwrap()).unwrap();
    assert_eq!(report, Report { known_articles: 1, changed_annotations: 1, same_annotations: 3, ..Report::default() });
    let changed = all(&now).into_iter().find(|(_, words, ..)| words == "purge").unwrap().3;
    assert_eq!((changed.voice, changed.speaker), (Some(Voice::Scare), Party::named("Ines Falk")));
}

/// A Parquet file as another writer would make it: long strings and lists, 32-bit places, few columns, one more.
fn foreign(start: i32) -> Vec<u8> {
    let strings = |s: &[&str]| -> ArrayRef { Arc::new(LargeStringArray::from(s.to_vec())) };
    let list = |inside: StructArray| -> ArrayRef {
        let field = Arc::new(Field::new("item", DataType::Struct(inside.fields().clone()), true));
        Arc::new(LargeListArray::new(field, OffsetBuffer::from_lengths([inside.len()]), Arc::new(inside), None))
    };
    let number = |n: i32| -> ArrayRef { Arc::new(Int32Array::from(vec![n])) };
    let field = |name: &str, array: &ArrayRef| Arc::new(Field::new(name, array.data_type().clone(), true));
    let object = |columns: Vec<(&str, ArrayRef)>| {
        StructArray::from(columns.into_iter().map(|(name, array)| (field(name, &array), array)).collect::<Vec<_>>())
    };
    let spans = list(object(vec![("start", number(start)), ("end", number(start + 4))]));
    let marks = list(object(vec![
        ("layer", strings(&["frame"])),
        ("label", strings(&["Purge"])),
        ("voice", strings(&["quoted"])),
        ("coder", strings(&["Zoë"])),
        ("spans", spans),
    ]));
    let columns = [("text", strings(&["A 🛥 boat\r\nsank"])), ("annotations", marks), ("topic", strings(&["sea"]))];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn parquet_files_of_others_are_read() {
    let project = project();
    let bytes = foreign(4);
    let bundle = Bundle::bytes("theirs.parquet", bytes).unwrap();
    assert_eq!(recognise(&bundle).map(Format::name), Some("parquet"));
    let Joined { project: now, report } = read(&project, &bundle, format("parquet").unwrap(), &reading()).unwrap();
    let found = all(&now);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].0.as_str(), found[0].1.as_str()), ("zoe", "boat"));
    assert_eq!((&found[0].2, found[0].3.voice), (&Tag::Frame(id("purge-1a2b")), Some(Voice::Quoted)));
    assert_eq!(report.told, ["the column “topic” is not known here and was left out"]);
    // A place before the beginning is no place.
    let refused = read_bytes(&project, "parquet", "t.parquet", foreign(-4)).unwrap_err().to_string();
    assert!(refused.starts_with("t.parquet: row 1: "), "{refused}");
    for broken in [&b"PAR1"[..], b"PAR1PAR1", b"PAR1\xff\xff\xff\x7fPAR1", b""] {
        assert!(read_bytes(&project, "parquet", "t.parquet", broken.to_vec()).is_err());
    }
}

#[test]
fn near_duplicates_come_into_one_split() {
    let mut project = Project::new("Splits: \"quoted\"");
    let words = |n: usize| (0..60).map(|w| format!("word{}", (w * 31 + n * 1009) % 4999)).collect::<Vec<_>>();
    let mut pairs = Vec::new();
    for n in 0..40 {
        let mut put = |text: String| {
            let article = Article::new(text, Metadata::default(), vec![], Source::default());
            let id = article.id.to_string();
            project.articles.insert(article.id.clone(), Arc::new(article));
            id
        };
        let first = put(words(n).join(" "));
        if n % 4 == 0 {
            let mut changed = words(n);
            changed[30] = "other".into();
            pairs.push((first, put(changed.join(" "))));
        }
    }
    let files = written(&project, "huggingface");
    assert_eq!(
        files.keys().map(String::as_str).collect::<Vec<_>>(),
        ["README.md", "data/test.parquet", "data/train.parquet", "data/validation.parquet"]
    );
    assert_eq!(files, written(&project, "huggingface"));
    let mut split = BTreeMap::new();
    let mut sizes = Vec::new();
    for name in ["train", "validation", "test"] {
        let bytes = files[&format!("data/{name}.parquet")].clone();
        let part = read_bytes(&Project::new(""), "parquet", "x.parquet", bytes).unwrap().project;
        sizes.push(part.articles.len());
        split.extend(part.articles.keys().map(|id| (id.to_string(), name)));
    }
    assert_eq!(sizes, [40, 5, 5]);
    for (a, b) in &pairs {
        assert_eq!(split[a], split[b]);
    }
    let card = String::from_utf8(files["README.md"].clone()).unwrap();
    assert!(card.starts_with("---\npretty_name: \"Splits: \\\"quoted\\\"\"\n"), "{card}");
    assert!(
        card.contains("drawn with the seed 20250101") && card.contains("(20 of the articles are like another one)")
    );
    // Nothing at all is still a folder that can be read.
    assert_eq!(written(&Project::new(""), "huggingface").len(), 2);
}

#[test]
fn the_folder_to_start_from_is_whole() {
    let files = written(&coded(), "starter");
    let names = [
        "READ-ME.txt",
        "analyse.R",
        "analyse.py",
        "annotations.csv",
        "articles.csv",
        "codebook.csv",
        "codes-by-article.csv",
    ];
    assert_eq!(files.keys().map(String::as_str).collect::<Vec<_>>(), names);
    assert_eq!(table(&files["annotations.csv"]).len(), 4);
    assert_eq!(table(&files["codebook.csv"])[0]["name"], "Purge");
    // The tables alone can be read back.
    let back = read_bytes(&project(), "csv", "annotations.csv", files["annotations.csv"].clone()).unwrap();
    assert_eq!(back.report.new_annotations, 4);
    // Where Python is there, its script runs.
    let dir = tempfile::tempdir().unwrap();
    files.iter().for_each(|(name, bytes)| std::fs::write(dir.path().join(name), bytes).unwrap());
    let run = std::process::Command::new("python3").arg("analyse.py").current_dir(dir.path()).output();
    if let Ok(run) = run {
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        assert!(said.contains("Codes by outlet\n       Quay Gazette\nPurge             3\n"), "{said}");
    }
}

#[test]
fn stances_and_moments_come_back_from_a_table() {
    let mut project = coded();
    let mut full = add(&mut project, "bo", FERRY, "boats", Tag::Frame(id("purge-1a2b")));
    full.attributes = Attributes {
        stance: Some(Stance::Emotive),
        certainty: Some(2),
        custom: [("tone".to_owned(), Value::Number(f64::INFINITY))].into(),
        ..Attributes::default()
    };
    full.origin = Origin::Imported { from: "an older study".into() };
    full.created = "2025-03-04T05:06:07.123456789Z".parse().unwrap();
    let at = Desk { coder: id("bo"), article: article(&project, FERRY).id.clone() };
    Edit::Annotation { at, id: full.id, to: Some(Box::new(full.clone())) }.apply(&mut project).unwrap();
    let mut known = project.clone();
    known.codings.clear();
    for name in ["csv", "csv-excel", "tsv", "xlsx"] {
        let now = read_bytes(&known, name, "x", one(&project, name)).unwrap().project;
        let back = now.annotations().find(|(_, _, a)| a.id == full.id).unwrap().2;
        assert_eq!(back, &full, "{name}");
    }
}
