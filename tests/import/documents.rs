//! Word documents, OpenDocument texts, rich text, PDF and e-books.

use std::io::Cursor;
use std::time::{Duration, Instant};

use framelens::archive::{Limits, Reader, Writer};
use framelens::import::{Candidate, Found, Options, Problem, read_bytes};
use framelens::model::PartKind;
use proptest::prelude::*;

fn packed(files: &[(&str, &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut zip = Writer::new(&mut out);
    for (name, content) in files {
        zip.file(name, content.as_bytes()).unwrap();
    }
    zip.finish("").unwrap();
    out
}

fn found(name: &str, bytes: Vec<u8>) -> Found {
    read_bytes(name, bytes, &Options::default())
}

fn one(name: &str, bytes: Vec<u8>) -> Candidate {
    let mut found = found(name, bytes);
    assert!(found.skipped.is_empty(), "{:?}", found.skipped);
    assert_eq!(found.articles.len(), 1);
    found.articles.remove(0)
}

fn problem(name: &str, bytes: Vec<u8>) -> Problem {
    found(name, bytes).whole().unwrap_err().problem
}

const STYLES: &str = r#"<w:styles xmlns:w="w">
<w:style w:type="paragraph" w:default="1" w:styleId="Standard"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Bild"><w:name w:val="caption"/></w:style>
<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Fn"><w:name w:val="footnote text"/></w:style></w:styles>"#;

fn docx(body: &str) -> Vec<u8> {
    let document = format!(r#"<w:document xmlns:w="w" xmlns:mc="mc"><w:body>{body}</w:body></w:document>"#);
    let relations = r#"<Relationships><Relationship Type="x/styles" Target="styles.xml"/><Relationship Type="x/footnotes" Target="footnotes.xml"/></Relationships>"#;
    packed(&[
        ("[Content_Types].xml", "<Types/>"),
        (
            "_rels/.rels",
            r#"<Relationships><Relationship Type="x/officeDocument" Target="/word/document.xml"/></Relationships>"#,
        ),
        ("word/_rels/document.xml.rels", relations),
        ("word/document.xml", &document),
        ("word/styles.xml", STYLES),
        ("word/header1.xml", "<w:hdr><w:p><w:r><w:t>Running head</w:t></w:r></w:p></w:hdr>"),
        (
            "word/footnotes.xml",
            r#"<w:footnotes><w:footnote w:id="0"><w:p><w:r><w:t>Rule</w:t></w:r></w:p></w:footnote><w:footnote w:id="2"><w:p><w:pPr><w:pStyle w:val="Fn"/></w:pPr><w:r><w:t>Minutes of 3 March.</w:t></w:r></w:p></w:footnote></w:footnotes>"#,
        ),
        (
            "docProps/core.xml",
            "<c><title>Microsoft Word - draft7.doc</title><creator>Template Owner</creator><created>2025-03-05T10:00:00Z</created><language>en-GB</language></c>",
        ),
    ])
}

const FERRY: &str = r#"
<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr><w:r><w:t>Last ferry 1</w:t></w:r></w:p>
<w:p><w:pPr><w:pStyle w:val="Titel"/></w:pPr><w:r><w:t>Last ferry to </w:t></w:r><w:r><w:t>leave at dusk</w:t></w:r></w:p>
<w:p><w:r><w:t>By Ada Brandt</w:t></w:r></w:p>
<w:p><w:r><w:t>4 March 2025</w:t></w:r></w:p>
<w:p><w:r><w:t xml:space="preserve">The council said </w:t></w:r><w:del><w:r><w:delText>nothing </w:delText></w:r></w:del><w:ins><w:r><w:t>so &amp; more</w:t></w:r></w:ins><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t xml:space="preserve"> in </w:t></w:r><w:hyperlink><w:r><w:t>its minutes</w:t></w:r></w:hyperlink><w:r><w:rPr><w:vanish/></w:rPr><w:t> secret</w:t></w:r><w:r><w:t>.</w:t></w:r></w:p>
<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF x</w:instrText></w:r><w:r><w:t>code</w:t></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>Nobody</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t xml:space="preserve"> was</w:t><w:br/><w:t>asked.</w:t></w:r></w:p>
<w:p><w:pPr><w:pStyle w:val="Bild"/></w:pPr><w:r><w:t>The pier.</w:t></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Boats</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>12</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>Gone</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t xml:space="preserve">One </w:t></w:r></w:p><w:p><w:r><w:t>paragraph.</w:t></w:r></w:p>
<mc:AlternateContent><mc:Choice><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></mc:Choice><mc:Fallback><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent>"#;

const FERRY_TEXT: &str = "Last ferry to leave at dusk\n\nBy Ada Brandt\n\n4 March 2025\n\nThe council said so & more¹ in its minutes.\n\nNobody was\nasked.\n\nThe pier.\n\nBoats\t12\n\nOne paragraph.\n\nIn a box.\n\n¹ Minutes of 3 March.";

#[test]
fn a_word_document_is_read_as_it_is_printed() {
    let candidate = one("ferry.docx", docx(FERRY));
    let article = candidate.article;
    assert_eq!(&*article.text, FERRY_TEXT);
    let kinds: Vec<_> = article.parts.iter().map(|p| p.kind).collect();
    assert_eq!(kinds, [PartKind::Headline, PartKind::Byline, PartKind::Caption]);
    assert_eq!(article.metadata.title, "Last ferry to leave at dusk");
    assert_eq!(article.metadata.authors, ["Ada Brandt"]);
    assert_eq!(article.metadata.published.as_deref(), Some("2025-03-04"));
    assert_eq!(article.source.format, "docx");
    assert!(candidate.warnings.is_empty());
}

#[test]
fn properties_help_where_the_text_says_nothing() {
    let body = "<w:p><w:r><w:t>The council said so on Tuesday, and nobody was asked.</w:t></w:r></w:p>";
    let candidate = one("x.docx", docx(body));
    assert_eq!(candidate.article.metadata.title, "");
    assert_eq!(candidate.article.metadata.authors, ["Template Owner"]);
    assert_eq!(candidate.article.metadata.published.as_deref(), Some("2025-03-05"));
    assert!(candidate.warnings[0].contains("look whether it was published then"));
}

#[test]
fn documents_without_words_and_broken_ones_say_so() {
    assert!(matches!(problem("x.docx", docx("")), Problem::Empty));
    assert!(matches!(problem("x.docx", docx("<w:p><a:blip/></w:p>")), Problem::OnlyPictures));
    assert!(matches!(problem("x.docx", docx("<w:p>")), Problem::Damaged { .. }));
    assert!(matches!(problem("x.docx", docx(&"<w:p>".repeat(3000))), Problem::TooComplex { .. }));
    let mut locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert!(matches!(problem("x.docx", locked), Problem::Protected));
    assert!(matches!(problem("x.rtf", b"{\\rtf1 The council said".to_vec()), Problem::Damaged { .. }));
    assert!(matches!(
        problem("x.rtf", format!("{{\\rtf1{}", "{".repeat(20_000)).into_bytes()),
        Problem::TooComplex { .. }
    ));
    assert!(matches!(problem("x.rtf", b"{\\rtf1}".to_vec()), Problem::Empty));
    assert!(matches!(problem("x.rtf", b"{\\rtf1{\\pict ffff}}".to_vec()), Problem::OnlyPictures));
    assert!(matches!(problem("x.pdf", b"%PDF-1.4\nnothing".to_vec()), Problem::Damaged { .. }));
}

const RTF: &str = r"{\rtf1\ansi\ansicpg1252\deff0\uc1{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}{\f2\fcharset128 Gothic;}}
{\stylesheet{\s0 Normal;}{\s1\b Title;}{\s2 caption;}{\*\cs3 Strong;}}{\info{\title Untitled}{\author Owner}{\creatim\yr2025\mo3\dy5}}
{\header Running head\par}\pard\s1\b Last ferry to leave at dusk\par\pard\plain By Ada Brandt\par 4 March 2025\par
The caf\'e9 said \u8220?so\u8221? \endash  {\f1\'ef\'f0\'e8} {\f2\'93\'fa\'96\'7b}{\super\chftn}{\footnote\pard {\super\chftn} Minutes of 3 March.} twice.{\v hidden}{\deleted gone}\line Next \u-10179?\u-8704? line.\par
{\field{\*\fldinst{HYPERLINK x}}{\fldrslt its minutes}} {\*\unknown no}{\upr{plain}{\*\ud other}} \{\\\}\par
{\listtext 1.\tab}One item\par\pard\s2 The pier.\par
\trowd\pard\intbl Boats\cell 12\cell\row\pard{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt In a box.\par}}{\shprslt In a box.\par}}Last\par}";

#[test]
fn rich_text_is_read_as_it_is_printed() {
    let article = one("ferry.rtf", RTF.into()).article;
    let expected = "Last ferry to leave at dusk\n\nBy Ada Brandt\n\n4 March 2025\n\nThe café said “so” – при 日本¹ twice.\nNext 😀 line.\n\nits minutes other {\\}\n\nOne item\n\nThe pier.\n\nBoats\t12\n\nIn a box.\n\nLast\n\n¹ Minutes of 3 March.";
    assert_eq!(&*article.text, expected);
    assert_eq!(article.metadata.title, "Last ferry to leave at dusk");
    assert_eq!(article.metadata.authors, ["Ada Brandt"]);
    assert_eq!(article.metadata.published.as_deref(), Some("2025-03-04"));
    assert_eq!(article.parts.iter().map(|p| p.kind).next_back(), Some(PartKind::Caption));
}

fn odt() -> Vec<u8> {
    let content = r#"<office:document-content><office:automatic-styles><style:style style:name="P1" style:parent-style-name="Title"/></office:automatic-styles>
<office:body><office:text><text:tracked-changes><text:p>gone</text:p></text:tracked-changes>
<text:p text:style-name="P1">Last ferry to leave   at
 dusk</text:p><text:p>By Ada Brandt</text:p><text:p>4 March 2025</text:p>
<text:p>The council<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Minutes of 3 March.</text:p></text:note-body></text:note> said<text:s text:c="2"/><text:span>so</text:span><office:annotation><text:p>why?</text:p></office:annotation>.<text:line-break/>Twice.</text:p>
<text:h text:outline-level="2">Boats</text:h>
<table:table><table:table-row><table:table-cell><text:p>Boats</text:p></table:table-cell><table:table-cell><text:p>12</text:p></table:table-cell></table:table-row></table:table>
</office:text></office:body></office:document-content>"#;
    let styles = r#"<office:document-styles><style:style style:name="Title"/><office:master-styles><style:header><text:p>Running head</text:p></style:header></office:master-styles></office:document-styles>"#;
    let meta = "<office:document-meta><office:meta><dc:title>Untitled 1</dc:title><dc:creator>Owner</dc:creator><dc:language>en-GB</dc:language></office:meta></office:document-meta>";
    packed(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", content),
        ("styles.xml", styles),
        ("meta.xml", meta),
    ])
}

#[test]
fn an_opendocument_text_is_read_as_it_is_printed() {
    let article = one("ferry.odt", odt()).article;
    let expected = "Last ferry to leave at dusk\n\nBy Ada Brandt\n\n4 March 2025\n\nThe council¹ said  so.\nTwice.\n\nBoats\n\nBoats\t12\n\n¹ Minutes of 3 March.";
    assert_eq!(&*article.text, expected);
    assert_eq!(article.metadata.authors, ["Ada Brandt"]);
    assert_eq!(article.metadata.published.as_deref(), Some("2025-03-04"));
    assert_eq!(article.source.format, "odt");
    let manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>";
    let locked = packed(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", "x"),
    ]);
    assert!(matches!(problem("x.odt", locked), Problem::Protected));
}

fn epub() -> Vec<u8> {
    let package = r#"<package><metadata><dc:title>The Marl Letters</dc:title><dc:creator>Ada Brandt</dc:creator><dc:language>en-GB</dc:language><dc:date>2024-05-01</dc:date></metadata>
<manifest><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/><item id="a" href="one%20.xhtml" media-type="application/xhtml+xml"/><item id="b" href="two.xhtml" media-type="application/xhtml+xml"/><item id="c" href="cover.xhtml" media-type="application/xhtml+xml"/><item id="d" href="lost.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="c"/><itemref idref="n"/><itemref idref="b"/><itemref idref="a"/><itemref idref="a"/><itemref idref="d"/></spine></package>"#;
    let page = |title: &str, text: &str| {
        format!("<html><head><title>Book</title></head><body><h1>{title}</h1><p>{text}</p></body></html>")
    };
    let text = "The council said so on Tuesday, and nobody in the town had been asked about it.";
    packed(&[
        ("mimetype", "application/epub+zip"),
        (
            "META-INF/container.xml",
            r#"<container><rootfiles><rootfile full-path="OPS/p.opf"/></rootfiles></container>"#,
        ),
        ("OPS/p.opf", package),
        ("OPS/nav.xhtml", &page("Contents", text)),
        ("OPS/one .xhtml", &page("The boats", text)),
        ("OPS/two.xhtml", &page("The pier", text)),
        ("OPS/cover.xhtml", &page("The Marl Letters", "A novel")),
    ])
}

#[test]
fn each_chapter_of_a_book_is_an_article() {
    let found = found("marl.epub", epub());
    let titles: Vec<_> = found.articles.iter().map(|c| c.article.metadata.title.as_str()).collect();
    assert_eq!(titles, ["The pier", "The boats"]);
    let first = &found.articles[0].article;
    assert_eq!(
        (first.metadata.outlet.as_str(), first.metadata.authors[0].as_str()),
        ("The Marl Letters", "Ada Brandt")
    );
    assert_eq!(first.metadata.published.as_deref(), Some("2024-05-01"));
    assert_eq!(first.metadata.language.as_deref(), Some("en-GB"));
    assert!(first.text.starts_with("The pier\n\nThe council said so"));
    assert_eq!(found.skipped.len(), 1);
    assert!(found.skipped[0].file.ends_with("lost.xhtml"));
}

/// A PDF with a page for each content stream.
fn pdf(pages: &[String]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|n| format!("{} 0 R", 10 + 2 * n)).collect();
    let mut out = format!(
        "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Count {}/Kids[{}]/MediaBox[0 0 600 800]/Resources<</Font<</F 3 0 R/B 4 0 R>>>>>>\nendobj\n3 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>\nendobj\n4 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>\nendobj\n5 0 obj\n<</Title(Untitled)/Author(Ada Brandt)/CreationDate(D:20250304120000Z)>>\nendobj\n",
        pages.len(),
        kids.join(" ")
    );
    for (n, page) in pages.iter().enumerate() {
        let at = 10 + 2 * n;
        out.push_str(&format!("{at} 0 obj\n<</Type/Page/Parent 2 0 R/Contents {} 0 R>>\nendobj\n", at + 1));
        out.push_str(&format!("{} 0 obj\n<</Length {}>>\nstream\n{page}\nendstream\nendobj\n", at + 1, page.len()));
    }
    out.push_str("trailer\n<</Root 1 0 R/Info 5 0 R>>\n%%EOF\n");
    out.into_bytes()
}

fn set(x: i32, y: i32, size: i32, lines: &[&str]) -> String {
    let font = if size > 14 { "B" } else { "F" };
    let lines: Vec<String> = lines.iter().map(|l| format!("({l}) Tj T*")).collect();
    format!("BT /{font} {size} Tf {} TL 1 0 0 1 {x} {y} Tm {} ET\n", size + 2, lines.join(" "))
}

fn pages() -> Vec<String> {
    let page = |n: i32, title: &str, left: &[&str], right: &[&str]| {
        let mut out = set(50, 770, 9, &["The Riverside Post"]);
        // The right column is drawn before the left one.
        out += &set(310, 680, 10, right);
        out += &set(50, 680, 10, left);
        if !title.is_empty() {
            out += &set(50, 720, 24, &[title]);
        }
        out + &set(295, 30, 9, &[&n.to_string()])
    };
    vec![
        page(
            1,
            "Last ferry to leave at dusk",
            &[
                "The council of the town said on Tuesday",
                "that the last ferry would leave at dusk,",
                "and that the ferry-",
                "men had been told about it in March.",
            ],
            &[
                "Nobody in the harbour had been asked, a",
                "speaker of the Anglo-",
                "Marl society said, and the ferrymen were",
                "angry about the way in which the council",
            ],
        ),
        page(
            2,
            "",
            &[
                "had told them so. They will not give in,",
                "they said, before the boats are counted,",
                "and before the mayor has been seen there",
                "once more on the pier with his own eyes.",
            ],
            &[
                "The boats themselves are old and slow by",
                "now, and the town has no money for them,",
                "as everybody knows who has to take them.",
                "Twelve of them lie in the harbour today.",
            ],
        ),
    ]
}

#[test]
fn a_pdf_is_read_column_by_column() {
    let candidate = one("ferry.pdf", pdf(&pages()));
    let expected = "Last ferry to leave at dusk\n\nThe council of the town said on Tuesday that the last ferry would leave at dusk, and that the ferrymen had been told about it in March.\n\nNobody in the harbour had been asked, a speaker of the Anglo-Marl society said, and the ferrymen were angry about the way in which the council had told them so. They will not give in, they said, before the boats are counted, and before the mayor has been seen there once more on the pier with his own eyes.\n\nThe boats themselves are old and slow by now, and the town has no money for them, as everybody knows who has to take them. Twelve of them lie in the harbour today.";
    assert_eq!(&*candidate.article.text, expected);
    assert_eq!(candidate.article.metadata.title, "Last ferry to leave at dusk");
    assert_eq!(candidate.article.metadata.authors, ["Ada Brandt"]);
    assert_eq!(candidate.article.metadata.published.as_deref(), Some("2025-03-04"));
    assert!(matches!(problem("x.pdf", pdf(&[String::new()])), Problem::Empty));
}

/// Bytes that were changed, cut off, and put in twice.
fn spoil(mut bytes: Vec<u8>, cut: f64, flips: &[(f64, u8)], again: Option<(f64, f64)>) -> Vec<u8> {
    let place = |part: f64, length: usize| (part * length as f64) as usize;
    for (at, byte) in flips {
        let at = place(*at, bytes.len());
        bytes[at] = *byte;
    }
    if let Some((from, to)) = again {
        let piece = bytes[place(from.min(to), bytes.len())..place(from.max(to), bytes.len())].to_vec();
        let at = place(from, bytes.len());
        bytes.splice(at..at, piece);
    }
    bytes.truncate(place(cut, bytes.len()));
    bytes
}

/// A zip file with what is in it spoiled, so that its checksums are right and its reader gets to see it.
fn spoiled_within(zip: &[u8], spoil: impl Fn(Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    let limits = Limits { entries: 100, each: 1 << 20, total: 1 << 24, capitals: true };
    let mut from = Reader::open(Cursor::new(zip), limits).unwrap();
    let mut out = Vec::new();
    let mut to = Writer::new(&mut out);
    for entry in from.entries().to_vec() {
        let content = from.read(&entry).unwrap();
        // By these it is known what the file is.
        let sign = matches!(entry.name.as_str(), "mimetype" | "[Content_Types].xml");
        to.file(&entry.name, &if sign { content } else { spoil(content) }).unwrap();
    }
    to.finish("").unwrap();
    out
}

const NAMES: [&str; 5] = ["x.docx", "x.odt", "x.epub", "x.rtf", "x.pdf"];

fn good(which: usize) -> Vec<u8> {
    match which {
        0 => docx(FERRY),
        1 => odt(),
        2 => epub(),
        3 => RTF.into(),
        _ => pdf(&pages()),
    }
}

#[test]
fn what_is_cut_off_is_damaged() {
    for (which, name) in NAMES.into_iter().enumerate().take(4) {
        let mut bytes = good(which);
        bytes.truncate(bytes.len() * 3 / 4);
        let problem = problem(name, bytes);
        assert!(matches!(problem, Problem::Damaged { .. }), "{name}: {problem}");
    }
}

fn unharmed(name: &str, bytes: Vec<u8>) -> Result<usize, TestCaseError> {
    let start = Instant::now();
    let found = found(name, bytes);
    prop_assert!(start.elapsed() < Duration::from_secs(20));
    for error in &found.skipped {
        prop_assert!(!matches!(error.problem, Problem::Panicked | Problem::TooSlow { .. }), "{}", error);
    }
    for candidate in &found.articles {
        prop_assert!(!candidate.article.text.trim().is_empty());
    }
    Ok(found.articles.len())
}

/// Spoiled files must get as far as the readers that are to be tried, or this tries nothing.
#[test]
fn lightly_spoiled_documents_still_give_articles() {
    for (which, name) in NAMES.into_iter().enumerate() {
        let light = |bytes| spoil(bytes, 1.0, &[(0.97, b' ')], None);
        let bytes = if which < 3 { spoiled_within(&good(which), |b| b) } else { light(good(which)) };
        assert!(unharmed(name, bytes).unwrap() > 0, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spoiled_documents_are_articles_or_errors(
        which in 0..NAMES.len(),
        within in any::<bool>(),
        cut in 0.2..3.0f64,
        flips in proptest::collection::vec((0.0..1.0f64, any::<u8>()), 0..6),
        again in proptest::option::of((0.0..1.0f64, 0.0..1.0f64)),
    ) {
        let cut = cut.min(1.0);
        let change = |bytes: Vec<u8>| spoil(bytes, cut, &flips, again);
        let bytes = if within && which < 3 { spoiled_within(&good(which), change) } else { change(good(which)) };
        unharmed(NAMES[which], bytes)?;
    }
}

#[test]
fn a_scan_and_a_locked_file_say_what_they_are() {
    let file = |name: &str| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/import");
        std::fs::read(folder.join(name)).unwrap()
    };
    assert!(matches!(problem("scan.pdf", file("scan.pdf")), Problem::OnlyPictures));
    assert!(matches!(problem("locked.pdf", file("locked.pdf")), Problem::Protected));
    // What may only not be copied by its publisher's wish opens without a password, and is read.
    let read = one("no-copying.pdf", file("no-copying.pdf"));
    assert_eq!(&*read.article.text, "The council said that the last boat would leave at six.");
}
