//! Real tables, archives, saved pages and references, where they lie beside the checkout; they are not part of this
//! repository.

use std::path::{Path, PathBuf};

use framelens::import::{Found, Options, gather, known, read};
use framelens::model::{Article, Value};

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/fixtures")).join(path);
    let there = path.exists();
    assert!(there || std::env::var_os("FRAMELENS_SHARED").is_none(), "there is no {}", path.display());
    there.then_some(path)
}

fn found(path: &str) -> Option<Found> {
    Some(read(&shared(path)?, &Options::default()))
}

/// Title, outlet, published, authors, address, and how the text begins and ends.
type Expected<'a> = (&'a str, &'a str, Option<&'a str>, &'a [&'a str], Option<&'a str>, &'a str, &'a str);

fn check(article: &Article, (title, outlet, published, authors, url, begins, ends): Expected<'_>) {
    let m = &article.metadata;
    assert_eq!((m.title.as_str(), m.outlet.as_str(), m.published.as_deref()), (title, outlet, published));
    assert_eq!((m.authors.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), m.url.as_deref()), (authors, url));
    assert!(article.text.starts_with(begins) && article.text.ends_with(ends), "{title}: {}", article.text);
}

fn only(found: &Found, expected: Expected<'_>) {
    assert_eq!((found.articles.len(), found.skipped.len()), (1, 0), "{:?}", found.skipped);
    check(&found.articles[0].article, expected);
}

fn refused(found: &Found, reason: &str) {
    assert!(found.articles.is_empty() && found.skipped.len() == 1, "{:?}", found.skipped);
    assert!(found.skipped[0].problem.to_string().contains(reason), "{}", found.skipped[0]);
}

#[test]
fn news_please() {
    let Some(found) = found("news-please/fhamborg+news-please/newsplease/examples/sample.json") else { return };
    only(
        &found,
        (
            "Moscow to Kiev: Stick to Minsk ceasefire, stop making false ‘invasion’ claims",
            "www.rt.com",
            Some("2017-07-17T17:03:00"),
            &[],
            Some("https://www.rt.com/news/203203-ukraine-russia-troops-border/"),
            "Moscow to Kiev: Stick to Minsk ceasefire, stop making false ‘invasion’ claims\n\nRussia has called on Ukraine",
            "because of copyright laws].",
        ),
    );
    assert!(found.articles[0].article.metadata.variables.is_empty());
}

#[test]
fn web_archives() {
    let folder = "warc/webrecorder+warcio";
    for (file, url, captured) in [
        ("example-bad-non-chunked.warc.gz", "http://example.com/", "2017-03-06T04:02:06Z"),
        ("example-resource.warc.gz", "http://example.com/", "2017-04-29T01:30:30Z"),
        (
            "example-space-in-url.arc",
            "http://example.com/index.cfm?FuseAction=Email&EmailTitle=Examples From The Live Web&IsPopUp=False",
            "2014-02-16T05:02:21Z",
        ),
        ("example-trunc.warc", "http://example.com/", "2017-03-06T04:02:06Z"),
        ("example-wget-bad-target-uri.warc.gz", "http://example.com/", "2018-02-09T15:12:11Z"),
        ("example-wrong-chunks.warc.gz", "http://example.com/", "2018-11-02T18:55:11Z"),
        ("example.arc", "http://example.com/", "2014-02-16T05:02:21Z"),
        ("example.arc.gz", "http://example.com/", "2014-02-16T05:02:21Z"),
        ("example.warc.gz", "http://example.com/", "2017-03-06T04:02:06Z"),
    ] {
        let Some(found) = found(&format!("{folder}/{file}")) else { return };
        println!("{file}");
        let begins = "Example Domain\n\nThis domain is established to be used for illustrative examples";
        only(&found, ("Example Domain", "", None, &[], Some(url), begins, "More information..."));
        let variables = &found.articles[0].article.metadata.variables;
        assert_eq!(variables[known::CAPTURED], Value::Text(captured.to_owned()));
    }
    for file in ["bad.arc", "post-test.warc.gz"] {
        let Some(found) = found(&format!("{folder}/{file}")) else { return };
        refused(&found, "there is no web page in it");
    }
}

#[test]
fn mhtml() {
    let Some(page) = found("mhtml/inception-project+inception/mhtml/A_KAE.mhtml") else { return };
    only(
        &page,
        (
            "Ausführungsanordnung zur Konzessionsabgabenanordnung (A/KAE)",
            "",
            None,
            &[],
            Some("https://www.gesetze-im-internet.de/kaeaano/BJNR507500943.html"),
            "Ausführungsanordnung zur Konzessionsabgabenanordnung (A/KAE)\n\nVollzitat:",
            "Der Reichskommissar für die Preisbildung",
        ),
    );
    let captured = &page.articles[0].article.metadata.variables[known::CAPTURED];
    assert_eq!(*captured, Value::Text("2024-08-30T20:54:29+02:00".to_owned()));
    let Some(text) = found("mhtml/inception-project+inception/mhtml/A_KAE.txt") else { return };
    assert_eq!(text.articles[0].article.source.format, "text");
}

#[test]
fn references() {
    let lorem = "Nullam dictum felis eu pede mollis pretium.";
    for (file, outlet) in
        [("example_extraneous_data", "Lorem"), ("example_full", "Lorem"), ("example_full_write", "lorem")]
    {
        let Some(found) = found(&format!("ris/MrTango+rispy/{file}.ris")) else { return };
        assert_eq!((found.articles.len(), found.skipped.len()), (2, 0));
        let url = Some("http://example_url.com");
        let (one, other) = (&["Karl Marx", "Astrid Lindgren"], &["Karlus Marxus", "Astrid Lindgren"]);
        let begins = "Title of reference\n\nBACKGROUND: Lorem ipsum";
        check(&found.articles[0].article, ("Title of reference", outlet, Some("2014"), one, url, begins, lorem));
        let begins = "The title of the reference\n\nBACKGROUND: Lorem dammed";
        check(
            &found.articles[1].article,
            ("The title of the reference", outlet, Some("2006"), other, url, begins, lorem),
        );
        assert_eq!(found.articles[0].warnings, ["only the abstract: the reference has no attachment"]);
    }
    for (file, title) in [
        ("example_custom_list_tags", "reference 1"),
        ("example_multi_unknown_tags", "reference 1 (“A Mathematical Theory of Communication”)"),
        ("example_single_unknown_tag", "reference 1 (“A Mathematical Theory of Communication”)"),
        ("example_starting_newlines", "reference 1 (“A Mathematical Theory of Communication”)"),
    ] {
        let Some(found) = found(&format!("ris/MrTango+rispy/{file}.ris")) else { return };
        refused(&found, "it has no text");
        assert!(found.skipped[0].file.ends_with(title), "{}", found.skipped[0]);
    }
    let Some(empty) = found("ris/MrTango+rispy/example_empty_tag.ris") else { return };
    let title = "Outcome Measures After Shoulder Stabilization in the Athletic Population: A Systematic Review of Clinical and Patient-Reported Metrics";
    let outlet = "Orthopaedic Journal of Sports Medicine";
    let begins = format!("{title}\n\nBackground: Athletic endeavor");
    only(&empty, (title, outlet, Some("2020"), &["Fanning E."], None, &begins, "safe return to sport..."));
    let Some(lines) = found("ris/MrTango+rispy/example_multiline.ris") else { return };
    let texts: Vec<&str> = lines.articles.iter().map(|c| &*c.article.text).collect();
    let two = "first line,\nER then second line and at the end\nthe last line";
    assert_eq!(texts, ["first line, ER then second line and at the end the last line", two, two]);
    let Some(russian) = found("ris/MrTango+rispy/example_utf_chars.ris") else { return };
    let title = "Состояние рецепторного аппарата эндометрия и метаболизм эстрогенов при гиперплазиях эндометрия в позднем репродуктивном периоде";
    let authors = ["Yu E. Dobrokhotova", "R. O. Yusupova", "R. I. Ozerova", "L. Z. Fayzullin", "V. N. Karnaukhov"];
    let outlet = "Gynecology, Obstetrics and Perinatology";
    only(&russian, (title, outlet, Some("2009"), &authors, None, title, "in the late reproductive period"));
    let Some(zotero) = found("ris/ccbogel+QualCoder/Examples/bibliography.ris") else { return };
    assert_eq!((zotero.articles.len(), zotero.skipped.len()), (1, 2));
    check(
        &zotero.articles[0].article,
        (
            "Unions, Norms, and the Rise in U.S. Wage Inequality",
            "American Sociological Review",
            Some("2011"),
            &["Bruce Western", "Jake Rosenfeld"],
            Some("http://asr.sagepub.com/content/76/4/513.abstract"),
            "Unions, Norms, and the Rise in U.S. Wage Inequality\n\nFrom 1973 to 2007, private sector",
            "stratification of wages by education.",
        ),
    );
}

#[test]
fn lines_of_json() {
    let folder = "jsonl/explosion+prodigy-recipes";
    for (file, count, outlet, first, last, section) in [
        (
            "annotated_github-issues-DOCUMENTATION-textcat",
            830,
            "GitHub",
            "\"csc.exe\" exited with code -532462766.",
            None,
            None,
        ),
        (
            "annotated_reddit-PRODUCT-ner",
            1800,
            "",
            "This was taken during the Easter celebrations at Real de Catorce, MX.",
            None,
            Some("photography"),
        ),
        (
            "bio_events",
            129,
            "BioNLP 2011 Genia Shared Task, PMC-1310901",
            "Although the bcr-abl translocation has been shown",
            Some("in the pathogenesis of CML."),
            None,
        ),
        (
            "news_headlines",
            200,
            "The New York Times",
            "Uber’s Lesson: Silicon Valley’s Start-Up Machine Needs Fixing",
            None,
            None,
        ),
    ] {
        let Some(found) = found(&format!("{folder}/{file}.jsonl")) else { return };
        assert_eq!((found.articles.len(), found.skipped.len()), (count, 0), "{file}");
        let article = &found.articles[0].article;
        assert_eq!((article.metadata.outlet.as_str(), article.metadata.section.as_deref()), (outlet, section));
        assert!(article.text.starts_with(first) && article.text.ends_with(last.unwrap_or(first)), "{}", article.text);
        assert!(!article.metadata.variables.contains_key("spans"), "{file}");
    }
}

#[test]
fn parquet() {
    let Some(folder) = shared("parquet") else { return };
    let (files, _) = gather(&[folder]);
    let mut seen = 0;
    for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "parquet")) {
        let name = file.file_name().unwrap().to_str().unwrap();
        let reason = match name {
            "delta_byte_array.parquet" => "it is packed with delta strings (DELTA_BYTE_ARRAY)",
            "large_string_map.brotli.parquet" => "it is packed with BROTLI compression",
            "lz4_raw_compressed.parquet" => "it is packed with LZ4_RAW compression",
            "nation.dict-malformed.parquet" => "the file is damaged: ",
            "null_list.parquet" | "nulls.snappy.parquet" | "single_nan.parquet" => "there is no text in it",
            // Numbers, short words and lists: nothing that could be the text of an article.
            _ => "no column of this table could be taken for the text (",
        };
        refused(&read(file, &Options::default()), reason);
        seen += 1;
    }
    assert_eq!(seen, 13);
}
