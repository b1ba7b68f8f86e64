//! Files from outside: what becomes an article, and what is refused with a message.

use std::fs;
use std::path::{Path, PathBuf};

use framelens::import::{ImportError, Options, Problem, gather, read, read_all, read_bytes};
use framelens::model::{Article, PartKind};
use framelens::text::OffsetMap;
use proptest::prelude::*;

fn in_memory(name: &str, bytes: Vec<u8>) -> Result<Vec<Article>, ImportError> {
    read_bytes(name, bytes, &Options::default()).whole()
}

fn named(name: &str, bytes: Vec<u8>, format: &str) -> Result<Vec<Article>, ImportError> {
    read_bytes(name, bytes, &Options::format(format)).whole()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn one(path: &Path) -> Article {
    let mut found = read(path, &Options::default()).whole().unwrap();
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn parts(article: &Article) -> Vec<(PartKind, String)> {
    let map = OffsetMap::new(article.text.clone());
    article.parts.iter().map(|p| (p.kind, map.slice(p.span).unwrap().to_owned())).collect()
}

#[test]
fn a_text_is_taken_as_it_stands() {
    let article = one(&fixture("ferry.txt"));
    assert_eq!(&*article.text, fs::read_to_string(fixture("ferry.txt")).unwrap());
    assert_eq!(article.metadata.title, "Last ferry to leave at dusk");
    assert_eq!(article.metadata.authors, ["Ada Brandt", "Bo Lund"]);
    let kinds: Vec<_> = parts(&article).into_iter().map(|(k, _)| k).collect();
    assert_eq!(kinds, [PartKind::Headline, PartKind::Standfirst, PartKind::Byline]);
    assert_eq!((article.source.format.as_str(), article.source.file.as_str()), ("text", "ferry.txt"));
}

#[test]
fn a_header_is_read() {
    let article = one(&fixture("ferry-header.txt"));
    assert!(article.text.starts_with("Last ferry to leave at dusk\n\nEvening boats fall"));
    assert!(!article.text.contains("Outlet:"));
    assert_eq!(article.metadata.outlet, "The Riverside Post");
    assert_eq!(article.metadata.published.as_deref(), Some("2025-03-04"));
    assert_eq!(article.metadata.language.as_deref(), Some("en-GB"));
    assert_eq!(parts(&article)[2], (PartKind::Byline, "By Ada Brandt".to_owned()));
}

#[test]
fn a_page_gives_its_article() {
    let article = one(&fixture("bridge.html"));
    let expected = [
        (PartKind::Headline, "Bridge toll ‘a raid on commuters’"),
        (PartKind::Standfirst, "Drivers will pay three crowns from May."),
        (PartKind::Byline, "By Ada Brandt"),
        (PartKind::Caption, "The Marl Bridge at rush hour."),
    ];
    assert_eq!(parts(&article), expected.map(|(k, t)| (k, t.to_owned())), "{}", article.text);
    let start = "Bridge toll ‘a raid on commuters’\n\nDrivers will pay three crowns from May.\n\nBy Ada Brandt\n\n";
    assert!(article.text.starts_with(start), "{}", article.text);
    assert_eq!(article.text.matches("By Ada Brandt").count(), 1);
    assert_eq!(article.text.matches("three crowns from May.").count(), 1);
    assert!(article.text.contains("“stitch-up” & promised to take the matter"));
    assert!(article.text.contains("58\u{a0}per cent"));
    for left_out in ["advert", "Weather", "Copyright", "color"] {
        assert!(!article.text.contains(left_out), "{left_out}");
    }
    let meta = &article.metadata;
    assert_eq!(meta.title, "Bridge toll ‘a raid on commuters’");
    assert_eq!((meta.outlet.as_str(), meta.section.as_deref()), ("The Riverside Post", Some("Transport")));
    assert_eq!(meta.authors, ["Ada Brandt"]);
    assert_eq!(meta.published.as_deref(), Some("2025-03-09T07:15:00+01:00"));
    assert_eq!(meta.url.as_deref(), Some("https://post.example/news/bridge-toll"));
    assert_eq!(meta.language.as_deref(), Some("en-GB"));
}

#[test]
fn a_page_in_an_old_encoding_is_read_by_what_it_names() {
    let page = "<html><head><meta http-equiv=Content-Type content='text/html; charset=iso-8859-2'></head><body><article><h1>Most przez rzekę</h1><p>Burmistrz ogłosił, że most zostanie otwarty wiosną, a mieszkańcy się cieszą.</p><p>Łódź popłynie o świcie.</p></article></body></html>";
    let bytes = encoding_rs::ISO_8859_2.encode(page).0.into_owned();
    let article = in_memory("most.html", bytes).unwrap().remove(0);
    assert!(article.text.contains("Łódź popłynie o świcie."), "{}", article.text);
    assert_eq!(article.source.encoding.as_deref(), Some("ISO-8859-2"));
}

#[test]
fn the_same_words_make_the_same_article_whatever_the_line_ends() {
    let plain = in_memory("a.txt", b"One.\n\nTwo.\n".to_vec()).unwrap().remove(0);
    let mut windows = b"\xef\xbb\xbf".to_vec();
    windows.extend(b"One.\r\n\r\nTwo.\r\n");
    let windows = in_memory("b.txt", windows).unwrap().remove(0);
    assert_eq!((plain.id, plain.text), (windows.id, windows.text));
}

#[test]
fn lines_of_json_give_an_article_each() {
    let lines = concat!(
        r#"{"id":1,"text":"Boats stop\n\nAt six.","title":"Boats stop","authors":["Ada Brandt"],"published":"4 March 2025"}"#,
        "\r\n\n",
        r#"{"text":"🛥 Row.\r\nBody.","parts":[{"kind":"headline","start":0,"end":6}],"annotations":[{"x":1}],"outlet":null}"#,
    );
    let found = in_memory("rows", lines.as_bytes().to_vec()).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(parts(&found[0]), [(PartKind::Headline, "Boats stop".to_owned())]);
    assert_eq!(
        (found[0].metadata.published.as_deref(), found[0].source.format.as_str()),
        (Some("2025-03-04"), "jsonl")
    );
    assert_eq!(&*found[1].text, "🛥 Row.\nBody.");
    let found = read_bytes("rows", b"{\"text\":\"A.\"}\n{\"id\":2}\nbroken\n".to_vec(), &Options::default());
    assert_eq!(found.articles.len(), 1);
    let bad: Vec<String> = found.skipped.iter().map(ToString::to_string).collect();
    assert!(bad[0].starts_with("rows: line 3: not an article (expected value"), "{bad:?}");
    assert!(bad[1].starts_with("rows, line 2: it has no text"), "{bad:?}");
}

#[test]
fn many_paths_are_read_until_it_is_enough() {
    let paths = [fixture("ferry.txt"), fixture("gone.txt"), fixture("bridge.html")];
    let found = read_all(&paths, &Options::default(), |_, total| total == 2);
    let (articles, errors) = (found.articles, found.skipped);
    assert_eq!((articles.len(), errors.len()), (2, 1));
    assert_eq!(read_all(&paths, &Options::default(), |_, _| false).articles.len(), 0);
}

#[test]
fn what_is_no_article_is_refused_with_a_reason() {
    let problem = |bytes: &[u8]| in_memory("in/x.txt", bytes.to_vec()).unwrap_err();
    assert!(matches!(problem(b"").problem, Problem::Empty));
    assert!(matches!(problem(b" \r\n\t ").problem, Problem::Empty));
    assert!(matches!(problem(b"Outlet: The Post\n\n").problem, Problem::Empty));
    assert!(matches!(problem(b"\x89PNG\r\n\x1a\n....").problem, Problem::Binary { .. }));
    assert!(matches!(problem(&[0, 159, 146, 150, 1, 2, 3]).problem, Problem::NotText));
    assert!(matches!(problem(b"<html><body><script>x</script></body></html>").problem, Problem::NoArticle));
    assert!(problem(b"").to_string().starts_with("in/x.txt: the file is empty"));
    let unknown = named("x", b"words".to_vec(), "scroll").unwrap_err().to_string();
    assert!(unknown.contains("html, jsonl"), "{unknown}");
    assert!(matches!(
        read(Path::new("no/such/file.txt"), &Options::default()).whole().unwrap_err().problem,
        Problem::Missing
    ));
}

#[test]
fn a_hostile_page_is_refused_and_soon() {
    let started = std::time::Instant::now();
    for page in [
        format!("<html>{}</html>", "<div>".repeat(100_000)),
        format!("<html>{}x{}</html>", "<span>".repeat(100_000), "</span>".repeat(100_000)),
        format!("<html>{}", "<table><tr><td>".repeat(50_000)),
        format!(
            "<html><p>{}{}",
            (0..450).map(|n| format!("<b id={n}>")).collect::<String>(),
            "</p><p>x".repeat(50_000)
        ),
        format!("<html></div>{}", "<svg><desc>".repeat(50_000)),
    ] {
        let refused = in_memory("deep.html", page.into_bytes()).err().map(|e| e.problem);
        assert!(matches!(refused, Some(Problem::TooComplex { .. })));
    }
    assert!(started.elapsed().as_secs() < 60);
}

#[test]
fn a_large_text_is_read() {
    let text = "The ferry leaves at six. “Nobody asked us,” said Falk.\n\n".repeat(if cfg!(debug_assertions) {
        80_000
    } else {
        800_000
    });
    let article = in_memory("large.txt", text.clone().into_bytes()).unwrap().remove(0);
    assert_eq!(article.text.len(), text.len());
}

#[test]
fn folders_are_walked_once_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    for file in ["b.txt", "a/z.txt", "a/y/x.txt", ".hidden/h.txt", "a/.h.txt"] {
        fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
        fs::write(root.join(file), "x").unwrap();
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(root, root.join("a/loop")).unwrap();
    let (files, errors) = gather(&[root.to_owned(), root.join("b.txt"), root.join("gone")]);
    let names: Vec<_> =
        files.iter().map(|f| f.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/")).collect();
    assert_eq!(names, ["a/y/x.txt", "a/z.txt", "b.txt"]);
    let problems: Vec<_> = errors.iter().map(|e| &e.problem).collect();
    assert!(matches!(problems.last(), Some(Problem::Missing)));
    #[cfg(unix)]
    assert!(matches!(problems.as_slice(), [Problem::Loop, Problem::Missing]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), html in any::<bool>()) {
        let format = html.then_some("html");
        let options = Options { format: format.map(str::to_owned), ..Options::default() };
        match read_bytes("any", bytes, &options).whole() {
            Ok(articles) => for article in articles { check(&article); },
            Err(error) => prop_assert!(!matches!(error.problem, Problem::Panicked)),
        }
    }

    #[test]
    fn no_markup_makes_a_reader_panic(
        pieces in proptest::collection::vec(
            prop_oneof![
                Just("<p>"), Just("</p>"), Just("<table>"), Just("<td>"), Just("<b>"), Just("</b>"), Just("<a href=x>"),
                Just("<h1>"), Just("</h1>"), Just("<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"author\":"),
                Just("</script>"), Just("<svg>"), Just("<template>"), Just("<select>"), Just("<br>"), Just("<figcaption>"),
                Just("Words of a sentence that goes on, and on. "), Just("&amp;"), Just("&#x1F980;"), Just("عربي "), Just("<!--"),
                Just("-->"), Just("<div class=standfirst>"), Just("<div class=byline>By Ada Brandt"), Just("</div>"),
                Just("<math><mi>"), Just("<frameset>"), Just("<body>"), Just("<pre>\n"), Just("\r\n"), Just("\u{0}"),
            ],
            0..60,
        )
    ) {
        match named("any.html", pieces.concat().into_bytes(), "html") {
            Ok(articles) => for article in articles { check(&article); },
            Err(error) => prop_assert!(!matches!(error.problem, Problem::Panicked), "{error}"),
        }
    }

    #[test]
    fn every_text_comes_back(text in "\\PC{1,80}(\n\n\\PC{1,80}){0,3}") {
        let words = text.trim();
        if let Ok(articles) = named("any", text.clone().into_bytes(), "text") {
            check(&articles[0]);
            prop_assert!(words.is_empty() || articles[0].text.contains(words.lines().last().unwrap().trim()));
        }
    }
}

/// What holds for every article: parts in order, none overlapping, all within the text, no odd characters.
fn check(article: &Article) {
    let map = OffsetMap::new(article.text.clone());
    let mut last = 0;
    for part in &article.parts {
        assert!(part.span.start.0 >= last && !part.span.is_empty());
        assert!(!map.slice(part.span).unwrap().contains("\n\n"));
        last = part.span.end.0;
    }
    assert!(!article.text.trim().is_empty());
    assert!(article.text.chars().all(|c| !c.is_control() || c == '\n' || c == '\t'));
}
