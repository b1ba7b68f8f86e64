//! Tables of articles: what columns are taken for, and what rows become.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use framelens::import::{Columns, Field, Found, Options, Problem, read_bytes, signature};
use framelens::model::{Article, PartKind, Value};
use parquet::arrow::ArrowWriter;
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

const BODY: &str =
    "The council said on Tuesday that the last ferry will leave at dusk, and that nobody had been asked.";
const BODY_2: &str =
    "Drivers will pay three crowns from May. “A raid on commuters,” said Bo Lund, who crosses every day.";

fn read(name: &str, bytes: impl Into<Vec<u8>>) -> Found {
    read_bytes(name, bytes.into(), &Options::default())
}

fn articles(name: &str, bytes: impl Into<Vec<u8>>) -> Vec<Article> {
    read(name, bytes).whole().unwrap()
}

fn field(found: &Found, name: &str) -> Field {
    found.tables[0].columns[name]
}

/// The first row of every table below that has these columns.
fn check_ferry(article: &Article, format: &str) {
    let m = &article.metadata;
    assert_eq!(m.title, "Last ferry to leave at dusk");
    assert_eq!(m.outlet, "The Riverside Post");
    assert_eq!(m.published.as_deref(), Some("2025-03-04"));
    assert_eq!(m.authors, ["Ada Brandt", "Bo Lund"]);
    assert_eq!(m.url.as_deref(), Some("https://post.example/ferry"));
    assert_eq!(m.language.as_deref(), Some("en"));
    assert_eq!(&*article.text, format!("Last ferry to leave at dusk\n\n{BODY}\n\nSecond paragraph."));
    assert_eq!(article.parts[0].kind, PartKind::Headline);
    assert_eq!(article.source.format, format);
    assert_eq!(m.variables["reach"], Value::Number(1200.5));
    assert_eq!(m.variables["checked"], Value::YesNo(true));
    assert!(!m.variables.contains_key("country"), "the same everywhere");
    assert_eq!(m.variables.len(), 2, "{:?}", m.variables);
}

fn csv(between: char) -> String {
    let quoted = |cells: &[&str]| {
        let cells: Vec<String> = cells.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect();
        cells.join(&between.to_string()) + "\r\n"
    };
    let mut out = quoted(&[
        "headline", "source", "date", "author", "link", "lang", "body", "reach", "checked", "country", "none",
    ]);
    let body = format!("{BODY}\n\nSecond paragraph.");
    out += &quoted(&[
        "Last ferry to leave at dusk",
        "The Riverside Post",
        "04/03/2025",
        "Ada Brandt; Bo Lund",
        "https://post.example/ferry",
        "en",
        &body,
        "1200.5",
        "yes",
        "NM",
        "",
    ]);
    out += &quoted(&[
        "Bridge toll \"a raid\"",
        "Northmark Daily",
        "17/03/2025",
        "",
        "https://daily.example/toll",
        "en",
        BODY_2,
        "7",
        "no",
        "NM",
        "",
    ]);
    out
}

#[test]
fn csv_is_read_whatever_stands_between_its_cells() {
    for between in [',', ';', '\t', '|'] {
        let found = read("press.csv", csv(between));
        assert_eq!(found.tables[0].columns["body"], Field::Text);
        assert_eq!(found.tables[0].rows[1][0], "Bridge toll \"a raid\"");
        let articles = found.whole().unwrap();
        check_ferry(&articles[0], "csv");
        assert_eq!(articles[1].metadata.title, "Bridge toll \"a raid\"");
        assert_eq!(articles[1].metadata.published.as_deref(), Some("2025-03-17"));
        assert_eq!(articles[1].metadata.authors, [""; 0]);
    }
    // Known by what is in it, too.
    check_ferry(&articles("press", csv(','))[0], "csv");
}

#[test]
fn excels_own_line_and_encodings_are_understood() {
    let said = format!("sep=;\r\n{}", csv(';'));
    check_ferry(&articles("press.csv", said.clone())[0], "csv");
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(csv('\t').encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let article = articles("press.csv", wide).remove(0);
    assert_eq!(article.source.encoding.as_deref(), Some("UTF-16LE"));
    check_ferry(&article, "csv");
    let german = "Überschrift;Zeitung;Datum;Volltext\nFähre fährt nicht mehr;Der Flußbote;04.03.2025;Der Rat erklärte am Dienstag, die Fähre werde nicht mehr fahren.\n";
    let article = articles("presse.csv", encoding_rs::WINDOWS_1252.encode(german).0.into_owned()).remove(0);
    assert_eq!(article.metadata.title, "Fähre fährt nicht mehr");
    assert_eq!(
        (article.metadata.outlet.as_str(), article.metadata.published.as_deref()),
        ("Der Flußbote", Some("2025-03-04"))
    );
    assert!(article.text.ends_with("nicht mehr fahren."));
}

#[test]
fn quotation_marks_after_backslashes_are_read() {
    let table = "title,text\n\"The \\\"purge\\\"\",\"He said: \\\"No, never\\\".\"\n";
    let article = articles("a.csv", table).remove(0);
    assert_eq!(article.metadata.title, "The \"purge\"");
    assert_eq!(&*article.text, "The \"purge\"\n\nHe said: \"No, never\".");
}

#[test]
fn columns_without_telling_names_are_known_by_what_is_in_them() {
    let mut table = String::from("a,b,c,d,e,f\n");
    for n in 1..=12 {
        writeln!(
            table,
            "Headline of the day {n},2025-03-{n:02},https://post.example/{n},\"Story {n}. {BODY}\",post{}.example,{}",
            n % 2,
            n * 3
        )
        .unwrap();
    }
    let found = read("x.csv", table);
    let fields: Vec<_> = ["a", "b", "c", "d", "e", "f"].map(|n| field(&found, n)).to_vec();
    assert_eq!(fields, [Field::Title, Field::Published, Field::Url, Field::Text, Field::Outlet, Field::Variable]);
    assert_eq!(found.articles[11].article.metadata.variables["f"], Value::Number(36.0));
    // Without a header.
    let found =
        read("x.csv", format!("2025-03-04,Ferry row goes on,\"{BODY}\"\n2025-03-05,Toll row goes on,\"{BODY_2}\"\n"));
    assert_eq!(found.articles.len(), 2);
    assert_eq!(found.articles[0].article.metadata.published.as_deref(), Some("2025-03-04"));
    assert_eq!(found.articles[0].article.metadata.title, "Ferry row goes on");
}

#[test]
fn what_the_researcher_says_of_the_columns_holds() {
    let table = format!("a,b,c\nOne,{BODY_2},The ferry stops.\nTwo,x,\n");
    let names: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
    let said: Columns =
        [("a", Field::Identifier), ("b", Field::Ignored), ("c", Field::Text)].map(|(n, f)| (n.to_owned(), f)).into();
    let options = Options { columns: [(signature(&names), said.clone())].into(), ..Options::default() };
    let table = table.replace(BODY_2, &format!("\"{BODY_2}\""));
    let found = read_bytes("x.csv", table.into_bytes(), &options);
    assert_eq!(&*found.articles[0].article.text, "The ferry stops.");
    assert_eq!(found.articles[0].article.metadata.variables["identifier"], Value::Text("One".to_owned()));
    assert_eq!(found.skipped[0].to_string().split(": ").next(), Some("x.csv, row 3"));
    assert_eq!(found.tables[0].columns, said);
}

#[test]
fn rows_without_text_are_told_by_number() {
    let found = read("x.csv", "id,text\n1,The ferry stops.\n2,\n3, \n4,It goes on.\n5,\n");
    assert_eq!(found.articles.len(), 2);
    let told: Vec<String> = found.skipped.iter().map(ToString::to_string).collect();
    assert!(told[0].starts_with("x.csv, rows 3–4: it has no text") && told[1].starts_with("x.csv, row 6:"), "{told:?}");
    let none = read("x.csv", "a,b\n1,2\n").whole().unwrap_err();
    assert!(matches!(none.problem, Problem::NoTextColumn { .. }), "{none}");
    assert!(none.to_string().contains("(a, b)"));
}

#[test]
fn odd_rows_and_large_numbers_are_noticed() {
    let found = read("x.csv", "text,n\nThe ferry stops.,1\nIt goes on.,2,3\n\"Never closed,4\nThe toll.,5\nMore.,6\n");
    let warned: Vec<_> = found.articles.iter().map(|c| c.warnings.len()).collect();
    assert_eq!(warned, [0, 1, 1], "{:?}", found.articles.iter().map(|c| &c.warnings).collect::<Vec<_>>());
    let json = "[{\"text\":\"The ferry stops.\",\"post\":1234567890123456789,\"date\":1741046400},{\"text\":\"x\",\"date\":20250305}]";
    let articles = articles("x.json", json);
    assert_eq!(articles[0].metadata.variables["post"], Value::Text("1234567890123456789".to_owned()));
    assert_eq!(articles[0].metadata.published.as_deref(), Some("2025-03-04T00:00:00Z"));
    assert_eq!(articles[1].metadata.published.as_deref(), Some("2025-03-05"));
}

#[test]
fn media_cloud_lists_have_no_texts() {
    let list = "id,indexed_date,language,media_name,media_url,publish_date,title,url\n1,2025-03-05,en,post.example,post.example,2025-03-04,Ferry to stop,https://post.example/ferry\n";
    let found = read("mc.csv", list);
    assert!(matches!(found.skipped[0].problem, Problem::ListOnly { .. }), "{:?}", found.skipped);
    assert_eq!(
        [field(&found, "media_name"), field(&found, "publish_date"), field(&found, "id")],
        [Field::Outlet, Field::Published, Field::Identifier]
    );
    let with = list.replace(",url\n", ",url,text\n").replace("/ferry\n", "/ferry,The ferry stops.\n");
    assert_eq!(articles("mc.csv", with)[0].metadata.outlet, "post.example");
}

#[test]
fn news_please_is_read() {
    let json = format!(
        r#"{{"authors":["Ada Brandt"],"date_download":"2025-03-05 10:00:00","date_modify":null,"date_publish":"2025-03-04 06:00:00","description":"The council said on Tuesday that the last ferry…","filename":"x.json","image_url":"https://post.example/i.jpg","language":"en","localpath":null,"maintext":"{BODY}","source_domain":"post.example","title":"Last ferry to leave at dusk","title_page":null,"title_rss":null,"url":"https://post.example/ferry"}}"#
    );
    let article = articles("ferry.json", json).remove(0);
    let m = &article.metadata;
    assert_eq!(&*article.text, format!("Last ferry to leave at dusk\n\n{BODY}"));
    assert_eq!((m.outlet.as_str(), m.published.as_deref()), ("post.example", Some("2025-03-04T06:00:00")));
    assert_eq!(m.authors, ["Ada Brandt"]);
    assert_eq!(m.variables.keys().collect::<Vec<_>>(), ["date_download"]);
}

#[test]
fn json_is_read_however_it_is_nested() {
    let record = |n: usize| {
        format!(
            r#"{{"title":"Story {n} of the day","source":{{"id":null,"name":"The Post"}},"publishedAt":"2025-03-0{n}T06:00:00Z","authors":[{{"name":"Ada Brandt"}}],"content":"{BODY} {n}","stats":{{"likes":{n},"hot":false}},"spans":[{{"start":1}}]}}"#
        )
    };
    let list = format!("[{},\n{}]", record(1), record(2));
    for json in [
        list.clone(),
        format!("{{\"status\":\"ok\",\"articles\":{list}}}"),
        format!("\u{feff}{{\"response\":{{\"docs\":{list},\"tags\":[]}}}}"),
    ] {
        let found = articles("news", json);
        assert_eq!(found.len(), 2);
        let m = &found[1].metadata;
        assert_eq!((m.title.as_str(), m.outlet.as_str()), ("Story 2 of the day", "The Post"));
        assert_eq!(
            (m.published.as_deref(), m.authors.as_slice()),
            (Some("2025-03-02T06:00:00Z"), &["Ada Brandt".to_owned()][..])
        );
        assert_eq!(m.variables["stats.likes"], Value::Number(2.0));
        assert_eq!(m.variables.len(), 1, "{:?}", m.variables);
    }
    let lines = articles("news", format!("{}\n\n{}\n", record(1), record(2)));
    assert_eq!((lines.len(), lines[0].source.format.as_str()), (2, "jsonl"));
    assert_eq!(lines[1].metadata.outlet, "The Post");
    let broken = read("x.json", "[{\"text\": \"cut o").whole().unwrap_err();
    assert!(matches!(broken.problem, Problem::Damaged { .. }));
    let deep = format!("{{\"text\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(read("x.json", deep).whole().unwrap_err().problem, Problem::Damaged { .. }));
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().write_string(0, 0, "About these articles").unwrap();
    let sheet = book.add_worksheet();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let names = ["headline", "source", "date", "author", "link", "lang", "body", "reach", "checked", "country"];
    for (n, name) in (0..).zip(names) {
        sheet.write_string(0, n, name).unwrap();
    }
    let body = format!("{BODY}\n\nSecond paragraph.");
    let rows = [
        [
            "Last ferry to leave at dusk",
            "The Riverside Post",
            "",
            "Ada Brandt; Bo Lund",
            "https://post.example/ferry",
            "en",
            &body,
        ],
        ["Bridge toll", "Northmark Daily", "", "Ada Brandt", "https://daily.example/toll", "en", BODY_2],
    ];
    for (row, cells) in (1..).zip(rows) {
        for (n, cell) in (0..).zip(cells).filter(|(n, _)| *n != 2) {
            sheet.write_string(row, n, cell).unwrap();
        }
        let day = ExcelDateTime::from_ymd(2025, 3, 3 + row as u8).unwrap();
        sheet.write_datetime_with_format(row, 2, &day, &date).unwrap();
        sheet.write_number(row, 7, 1200.5 * f64::from(row)).unwrap();
        sheet.write_boolean(row, 8, row == 1).unwrap();
        sheet.write_string(row, 9, "NM").unwrap();
    }
    // A cell far out costs nothing.
    sheet.write_string(1_048_575, 16_383, "end").unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn workbooks_give_the_sheet_with_texts() {
    let found = articles("press.xlsx", workbook());
    assert_eq!(found.len(), 2);
    check_ferry(&found[0], "xlsx");
    assert_eq!(found[1].metadata.published.as_deref(), Some("2025-03-05"));
}

fn parquet() -> Vec<u8> {
    let text = |values: &[&str]| -> ArrayRef { Arc::new(StringArray::from(values.to_vec())) };
    let mut authors = ListBuilder::new(StringBuilder::new());
    authors.append_value([Some("Ada Brandt"), Some("Bo Lund")]);
    authors.append_null();
    let at: i64 = 1_741_046_400_000_000;
    let body = format!("{BODY}\n\nSecond paragraph.");
    let batch = RecordBatch::try_from_iter([
        ("headline", text(&["Last ferry to leave at dusk", "Bridge toll"])),
        ("source", text(&["The Riverside Post", "Northmark Daily"])),
        ("date", Arc::new(TimestampMicrosecondArray::from(vec![at, at + 1])) as ArrayRef),
        ("authors", Arc::new(authors.finish()) as ArrayRef),
        ("link", text(&["https://post.example/ferry", "https://daily.example/toll"])),
        ("lang", text(&["en", "en"])),
        ("body", text(&[&body, BODY_2])),
        ("reach", Arc::new(Float64Array::from(vec![1200.5, 7.0])) as ArrayRef),
        ("checked", Arc::new(BooleanArray::from(vec![true, false])) as ArrayRef),
        ("country", text(&["NM", "NM"])),
    ])
    .unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn parquet_is_read() {
    let mut found = articles("press.parquet", parquet());
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].metadata.published.as_deref(), Some("2025-03-04T00:00:00Z"));
    found[0].metadata.published = Some("2025-03-04".to_owned());
    check_ferry(&found[0], "parquet");
}

#[test]
fn texts_are_no_tables() {
    for text in [
        "Ferry to stop, says council\n\nThe council, on Tuesday, said so.\n",
        "Title, date, text: what a headline needs\nBody, and more, of it.\n",
        "{ is a brace.\n",
        "[Note: this is a draft]\n\nThe ferry stops.",
        "One line, with a comma",
    ] {
        assert_eq!(articles("a.txt", text)[0].source.format, "text", "{text}");
    }
    assert_eq!(
        articles("a.html", "<table><tr><td>text,title</td></tr></table><p>Words of the page, and more.</p>")[0]
            .source
            .format,
        "html"
    );
}

#[test]
fn many_columns_and_rows_are_bounded() {
    let wide: String = (0..6000).map(|n| format!("c{n},")).collect();
    let refused = read("x.csv", format!("text,{wide}\nThe ferry,{wide}\n")).whole().unwrap_err();
    assert!(matches!(refused.problem, Problem::TooMany { what: "columns", .. }));
    let mut lines = String::new();
    for n in 0..6000 {
        writeln!(lines, "{{\"text\":\"The ferry stops.\",\"k{n}\":1}}").unwrap();
    }
    assert!(matches!(read("x.jsonl", lines).skipped[0].problem, Problem::TooMany { what: "columns", .. }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spoiled_tables_are_articles_or_errors(
        which in 0_usize..5,
        cut in 0.0..1.0_f64,
        flips in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
        splice in any::<bool>(),
    ) {
        let (name, mut bytes) = match which {
            0 => ("a.csv", csv(';').into_bytes()),
            1 => ("a.xlsx", workbook()),
            2 => ("a.parquet", parquet()),
            3 => ("a.json", format!("[{{\"title\":\"Row\",\"text\":\"{BODY}\",\"n\":{{\"a\":[1,\"x\"]}}}}]").into_bytes()),
            _ => ("a.jsonl", format!("{{\"text\":\"{BODY}\",\"parts\":[]}}\n{{\"text\":\"{BODY_2}\"}}\n").into_bytes()),
        };
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let at = (bytes.len() as f64 * cut) as usize;
        if splice {
            let tail = bytes[at / 2..].to_vec();
            bytes.truncate(at);
            bytes.extend(tail);
        } else if cut < 0.8 {
            bytes.truncate(at);
        }
        let found = read(name, bytes);
        for problem in &found.skipped {
            prop_assert!(!matches!(problem.problem, Problem::TooSlow { .. }), "{problem}");
        }
        for candidate in found.articles {
            prop_assert!(!candidate.article.text.trim().is_empty());
        }
    }
}
