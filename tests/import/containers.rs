//! Files in files: zip, gzip, archives of the web, pages saved as one file; references with attachments.

use std::fmt::Write as _;
use std::fs;

use framelens::archive::Writer;
use framelens::import::{Found, Options, Problem, known, read, read_all, read_bytes};
use framelens::model::Value;
use miniz_oxide::deflate::compress_to_vec;
use proptest::prelude::*;

fn found(name: &str, bytes: impl Into<Vec<u8>>) -> Found {
    read_bytes(name, bytes.into(), &Options::default())
}

fn page(title: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title></head><body><article><h1>{title}</h1>\
         <p>The council said on Tuesday that the last ferry will leave at dusk, and that nobody had been asked.</p>\
         <p>“We will fight it,” said Bo Lund, who crosses the river every day.</p></article></body></html>"
    )
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    out.extend(compress_to_vec(content, 6));
    out.extend(crc32fast::hash(content).to_le_bytes());
    out.extend((content.len() as u32).to_le_bytes());
    out
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes);
    for (name, content) in files {
        writer.file(name, content).unwrap();
    }
    writer.finish("").unwrap();
    bytes
}

#[test]
fn zip_files_give_what_is_in_them() {
    let page = page("Ferry to stop");
    let inner = zip(&[("deep.txt", b"Deep in the harbour\n\nThe ferry stops.")]);
    let bytes = zip(&[
        ("2025/march/ferry.html", page.as_bytes()),
        ("../../etc/passwd.txt", b"Only a name\n\nNothing is written anywhere."),
        ("__MACOSX/2025/._ferry.html", b"rubbish"),
        ("2025/.hidden/a.txt", b"hidden"),
        ("2025/march/ferry_files/style.css", b"p { }"),
        ("2025/empty.txt", b""),
        ("inner.zip", &inner),
        ("table.csv", b"title,text\nRow,The ferry stops.\n"),
    ]);
    let all = found("export.zip", bytes.clone());
    let names: Vec<&str> = all.articles.iter().map(|c| c.file.as_str()).collect();
    let expected = [
        "export.zip/2025/march/ferry.html",
        "export.zip/../../etc/passwd.txt",
        "export.zip/inner.zip/deep.txt",
        "export.zip/table.csv",
    ];
    assert_eq!(names, expected);
    assert_eq!(all.articles[0].article.metadata.title, "Ferry to stop");
    assert_eq!(all.articles[0].article.source.format, "html");
    assert_eq!(all.skipped.len(), 1);
    assert!(all.skipped[0].to_string().starts_with("export.zip/2025/empty.txt: the file is empty"));
    let named = read_bytes("export.zip", bytes, &Options::format("zip"));
    assert_eq!(named.articles.len(), 4, "what is asked for is the file's format, not that of what is in it");
    // A name in letters of DOS, and nothing said of UTF-8.
    let mut dos = zip(&[("F#hre.txt", b"The ferry stops.")]);
    for at in 0..dos.len() - 5 {
        match &dos[at..at + 4] {
            b"PK\x03\x04" => dos[at + 7] = 0,
            b"PK\x01\x02" => dos[at + 9] = 0,
            b"F#hr" => dos[at + 1] = 0x84,
            _ => {}
        }
    }
    assert_eq!(found("x.zip", dos).articles[0].file, "x.zip/Fähre.txt");
    let none = found("x.zip", zip(&[("a.png", b"x")]));
    assert!(matches!(none.skipped[0].problem, Problem::NothingInside { .. }));
    let cut = zip(&[("a.txt", b"words")]);
    assert!(matches!(found("x.zip", &cut[..cut.len() - 9]).skipped[0].problem, Problem::Damaged { .. }));
}

#[test]
fn nested_and_growing_files_are_bounded() {
    let mut bytes = zip(&[("a.txt", b"words")]);
    for _ in 0..12 {
        bytes = zip(&[("in.zip", &bytes)]);
    }
    let deep = found("deep.zip", bytes);
    assert!(deep.articles.is_empty());
    assert!(matches!(deep.skipped[0].problem, Problem::TooDeep { .. }), "{:?}", deep.skipped);
    let large = gzip(&vec![b' '; 300 << 20]);
    let refused = found("large.txt.gz", large);
    assert!(matches!(refused.skipped[0].problem, Problem::TooMuch { .. }), "{:?}", refused.skipped);
}

#[test]
fn gzip_gives_what_is_in_it() {
    let packed = gzip(page("Ferry to stop").as_bytes());
    let all = found("ferry.html.gz", packed.clone());
    assert_eq!(all.articles[0].file, "ferry.html.gz/ferry.html");
    assert_eq!(all.articles[0].article.metadata.title, "Ferry to stop");
    for (spoiled, reason) in [
        (packed[..packed.len() - 12].to_vec(), "it ends too early"),
        ([&packed[..packed.len() - 8], &[0; 8]].concat(), "its content is not what was packed"),
        ([&packed[..], b"rubbish"].concat(), "what follows is not packed by gzip"),
    ] {
        let error = found("ferry.html.gz", spoiled).whole().unwrap_err();
        assert!(error.to_string().contains(reason), "{error}");
    }
}

fn http(headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n").as_bytes(), body].concat()
}

fn warc(kind: &str, url: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: <{url}>\r\nWARC-Date: 2025-03-04T06:00:00Z\r\n\
         Content-Type: application/http; msgtype={kind}\r\nContent-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn archive() -> Vec<Vec<u8>> {
    let html = page("Ferry to stop");
    let mut chunks = String::new();
    let toll = page("Toll row");
    for piece in [&toll[..100], &toll[100..]] {
        write!(chunks, "{:x}\r\n{piece}\r\n", piece.len()).unwrap();
    }
    chunks += "0\r\n\r\n";
    let latin = encoding_rs::WINDOWS_1252
        .encode("<html><body><h1>Fähre fährt nicht</h1><p>Der Rat erklärte am Dienstag, die Fähre werde künftig nicht mehr fahren.</p></body></html>")
        .0
        .into_owned();
    let other = |status: &str| format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\n\r\n{html}").into_bytes();
    vec![
        warc("warcinfo", "", b"software: none\r\n"),
        warc("request", "https://post.example/ferry", b"GET / HTTP/1.1\r\n\r\n"),
        warc(
            "response",
            "https://post.example/ferry",
            &http("Content-Type: text/html\r\nContent-Encoding: gzip", &gzip(html.as_bytes())),
        ),
        warc(
            "response",
            "https://post.example/toll/",
            &http("Content-Type: text/html; charset=UTF-8\r\nTransfer-Encoding: chunked", chunks.as_bytes()),
        ),
        warc(
            "response",
            "https://bote.example/f.html",
            &http("Content-Type: text/html;charset=iso-8859-1\r\nTransfer-Encoding: chunked", &latin),
        ),
        warc("response", "https://post.example/gone", &other("404 Not Found")),
        warc("response", "https://post.example/moved", &other("301 Moved")),
        warc("response", "https://post.example/robots.txt", &http("Content-Type: text/plain", b"User-agent: *")),
        warc("response", "https://post.example/i.png", &http("Content-Type: image/png", b"\x89PNG")),
        warc(
            "response",
            "https://post.example/note.txt",
            &http("Content-Type: text/plain", b"A note on the ferry\n\nIt stops."),
        ),
    ]
}

fn check_archive(all: &Found) {
    assert!(all.skipped.is_empty(), "{:?}", all.skipped);
    let seen: Vec<_> = all
        .articles
        .iter()
        .map(|c| (c.article.metadata.title.as_str(), c.article.metadata.url.as_deref().unwrap()))
        .collect();
    assert_eq!(
        seen,
        [
            ("Ferry to stop", "https://post.example/ferry"),
            ("Toll row", "https://post.example/toll/"),
            ("Fähre fährt nicht", "https://bote.example/f.html"),
            ("A note on the ferry", "https://post.example/note.txt"),
        ]
    );
    for candidate in &all.articles {
        let metadata = &candidate.article.metadata;
        assert_eq!(metadata.variables[known::CAPTURED], Value::Text("2025-03-04T06:00:00Z".to_owned()));
        assert_eq!(metadata.published, None);
    }
    assert!(all.articles[1].article.text.ends_with("who crosses the river every day."));
}

#[test]
fn archives_of_the_web_give_their_pages() {
    check_archive(&found("crawl.warc", archive().concat()));
    let packed: Vec<u8> = archive().iter().flat_map(|record| gzip(record)).collect();
    check_archive(&found("crawl.warc.gz", packed));
    check_archive(&found("crawl.warc.gz", gzip(&archive().concat())));
    // Parted where no record ends.
    let whole = archive().concat();
    let parted: Vec<u8> = whole.chunks(700).flat_map(gzip).collect();
    assert!(found("crawl.warc.gz", parted).articles.len() >= 3);
    let html = page("Ferry to stop");
    let block = http("Content-Type: text/html", html.as_bytes());
    let mut arc = format!("filedesc://a.arc 0.0.0.0 20250304060000 text/plain 10\n1 0 x\nabc\n\nhttps://post.example/a b 10.0.0.1 20250304060000 text/html {}\n", block.len()).into_bytes();
    arc.extend(&block);
    arc.extend(b"\nhttp://bad.example/ 10.0.0.1 20250304060000 text/html -1\n\n");
    let all = found("old.arc", arc);
    assert_eq!(all.articles[0].article.metadata.url.as_deref(), Some("https://post.example/a b"));
    assert_eq!(
        all.articles[0].article.metadata.variables[known::CAPTURED],
        Value::Text("2025-03-04T06:00:00Z".to_owned())
    );
    // One record says that it is longer than the file.
    let mut cut = archive()[2].clone();
    cut.truncate(cut.len() - 40);
    let cut = [archive()[9].clone(), cut].concat();
    assert_eq!(found("cut.warc", cut).articles.len(), 1);
}

fn mhtml() -> String {
    let page = page("Fähre to stop")
        .replace('=', "=3D")
        .replace('ä', "=C3=A4")
        .replace('“', "=E2=80=9C")
        .replace('”', "=E2=80=9D");
    format!(
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://post.example/ferry\r\nSubject: x\r\nDate: Tue, 4 Mar 2025 06:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"--b--x\"\r\n\r\n\r\n----b--x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: https://post.example/ferry\r\n\r\n{}\r\n----b--x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n----b--x--\r\n",
        page.as_bytes().chunks(70).map(|c| String::from_utf8_lossy(c).into_owned()).collect::<String>()
    )
}

#[test]
fn pages_saved_as_one_file_are_read() {
    for name in ["ferry.mhtml", "ferry"] {
        let all = found(name, mhtml());
        let metadata = &all.articles[0].article.metadata;
        assert_eq!(metadata.title, "Fähre to stop");
        assert_eq!(metadata.url.as_deref(), Some("https://post.example/ferry"));
        assert_eq!(metadata.variables[known::CAPTURED], Value::Text("2025-03-04T06:00:00+01:00".to_owned()));
        assert!(all.articles[0].article.text.contains("“We will fight it,” said Bo Lund"));
        assert!(all.articles[0].warnings.is_empty());
    }
    let cut = mhtml();
    let cut = &cut[..cut.find("Bo Lund").unwrap()];
    assert_eq!(found("ferry.mhtml", cut).articles[0].warnings, ["the file is cut off, and its words may be as well"]);
}

#[test]
fn pages_with_pictures_in_them_say_where_they_are_from() {
    let picture = format!("<img src=\"data:image/png;base64,{}\">", "iVBORw0K".repeat(200_000));
    for (comment, url) in [
        (
            "<!--\n Page saved with SingleFile \n url: https://post.example/ferry \n saved date: Tue Mar 04 2025\n-->",
            "https://post.example/ferry",
        ),
        (
            "<!-- Saved from https://post.example/toll at 2025-03-04T06:00:00Z using monolith v2.8.1 -->",
            "https://post.example/toll",
        ),
    ] {
        let page = page("Ferry to stop")
            .replace("<html>", &format!("<html>{comment}"))
            .replace("<p>“", &format!("{picture}<p>“"));
        let all = found("ferry.html", page);
        let article = &all.articles[0].article;
        assert_eq!(article.metadata.url.as_deref(), Some(url));
        assert!(article.text.len() < 400 && article.text.ends_with("every day."), "{}", article.text.len());
    }
}

const RIS: &str = "TY  - NEWS\r\nTI  - Last ferry to leave at dusk\r\nAU  - Brandt, Ada\r\nAU  - Lund, Bo\r\nT2  - The Riverside Post\r\nDA  - 2025/03/04/\r\nPY  - 2025\r\nUR  - https://post.example/ferry\r\nSP  - A1\r\nKW  - ferries\r\nKW  - council\r\nAB  - The ferry stops.\r\nL1  - files/12/ferry.txt\r\nER  - \r\n\r\nTY  - NEWS\r\nTI  - Toll row\r\nAB  - Drivers will pay\r\nthree crowns.\r\nL1  - files/13/gone.pdf\r\nER  - \r\n\r\nTY  - NEWS\r\nTI  - Nothing to read\r\nER  - \r\n";

#[test]
fn references_bring_their_attachments() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("export.ris");
    fs::create_dir_all(place.path().join("files/12")).unwrap();
    fs::write(&path, RIS).unwrap();
    fs::write(place.path().join("files/12/ferry.txt"), "Ferry row\n\nThe council said so.\n\nNobody had been asked.")
        .unwrap();
    let all = read(&path, &Options::default());
    assert_eq!((all.articles.len(), all.skipped.len(), all.used.len()), (2, 1, 1));
    let ferry = &all.articles[0];
    let metadata = &ferry.article.metadata;
    assert_eq!(metadata.title, "Last ferry to leave at dusk");
    assert_eq!((metadata.outlet.as_str(), metadata.published.as_deref()), ("The Riverside Post", Some("2025-03-04")));
    assert_eq!(metadata.authors, ["Ada Brandt", "Bo Lund"]);
    assert_eq!(metadata.variables["page"], Value::Text("A1".to_owned()));
    assert_eq!(metadata.variables["keywords"], Value::Text("ferries; council".to_owned()));
    assert!(ferry.article.text.ends_with("Nobody had been asked.") && ferry.warnings.is_empty());
    assert_eq!(&*all.articles[1].article.text, "Toll row\n\nDrivers will pay\nthree crowns.");
    assert_eq!(all.articles[1].warnings, ["only the abstract: the attachment is not where the reference says"]);
    assert!(all.skipped[0].to_string().contains("reference 3 (“Nothing to read”): it has no text"));
    // With the whole folder, the attachment is no article of its own.
    assert_eq!(read_all(&[place.path().to_owned()], &Options::default(), |_, _| true).articles.len(), 2);
}

#[test]
fn csl_json_is_read() {
    let csl = r#"[{"id":"b/1","type":"article-newspaper","title":"Last ferry to leave at dusk","container-title":"The Riverside Post","author":[{"family":"Brandt","given":"Ada"},{"literal":"Staff of the Post"}],"issued":{"date-parts":[[2025,3,4]]},"URL":"https://post.example/ferry","abstract":"The ferry stops.","page":"A1","DOI":"10.1/x","note":""},{"id":"b/2","type":"article-newspaper","title":"Toll row","issued":{"raw":"March 5, 2025"}}]"#;
    let all = found("export.json", csl);
    let article = &all.articles[0].article;
    assert_eq!(article.source.format, "csl");
    assert_eq!(article.metadata.authors, ["Ada Brandt", "Staff of the Post"]);
    assert_eq!(
        (article.metadata.outlet.as_str(), article.metadata.published.as_deref()),
        ("The Riverside Post", Some("2025-03-04"))
    );
    assert_eq!(&*article.text, "Last ferry to leave at dusk\n\nThe ferry stops.");
    assert_eq!(all.articles[0].warnings, ["only the abstract: the reference has no attachment"]);
    assert!(matches!(all.skipped[0].problem, Problem::NoText));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spoiled_containers_are_articles_or_errors(
        which in 0_usize..6,
        cut in 0.0..1.0_f64,
        flips in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
        splice in any::<bool>(),
    ) {
        let (name, mut bytes) = match which {
            0 => ("a.zip", zip(&[("a.html", page("Ferry").as_bytes()), ("b/c.csv", b"title,text\nRow,Words.\n")])),
            1 => ("a.txt.gz", gzip(b"Ferry row\n\nThe ferry stops.")),
            2 => ("a.warc", archive().concat()),
            3 => ("a.warc.gz", archive().iter().flat_map(|r| gzip(r)).collect()),
            4 => ("a.mhtml", mhtml().into_bytes()),
            _ => ("a.ris", RIS.as_bytes().to_vec()),
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
        let all = found(name, bytes);
        for problem in &all.skipped {
            prop_assert!(!matches!(problem.problem, Problem::TooSlow { .. } | Problem::Panicked), "{problem}");
        }
        for candidate in all.articles {
            prop_assert!(!candidate.article.text.trim().is_empty());
        }
    }
}
