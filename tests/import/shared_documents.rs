//! Documents that other programs wrote, where they lie beside the checkout; they are not part of this repository.

use std::fs;
use std::path::{Path, PathBuf};

use framelens::archive::Writer;
use framelens::import::{Candidate, Options, gather, read, read_bytes};

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/fixtures")).join(path);
    let there = path.exists();
    assert!(there || std::env::var_os("FRAMELENS_SHARED").is_none(), "there is no {}", path.display());
    there.then_some(path)
}

fn one(path: &str) -> Option<Candidate> {
    let mut found = read(&shared(path)?, &Options::default());
    assert!(found.skipped.is_empty(), "{:?}", found.skipped);
    assert_eq!(found.articles.len(), 1, "{path}");
    Some(found.articles.remove(0))
}

/// Path, format, title, date, authors, first words, last words.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    &'static [&'static str],
    &'static str,
    &'static str,
);

const LOREM: &str = "Lorem ipsum dolor sit amet, consetetur";

const ROWS: &[Row] = &[
    (
        "rtf/dkpro+dkpro-core/testfile.rtf",
        "rtf",
        "Title of the RTF file",
        Some("2015-02-18"),
        &["Carsten Schnober"],
        "Title of the RTF file\n\nThis is the RTF file's first paragraph.",
        "Now a heading\n\nAnd another paragraph.",
    ),
    (
        "rtf/dkpro+dkpro-core/testfile2.rtf",
        "rtf",
        "A 2nd RTF File",
        Some("2015-02-18"),
        &["Carsten Schnober"],
        "A 2nd RTF File\n\n",
        "There goes another test file.",
    ),
    (
        "pdf/dkpro+dkpro-core/data/test.rtf",
        "rtf",
        "",
        None,
        &[],
        "This is a test.\n\nDies ist ein Test.",
        "Umlauts (äöü) may require the substitution table.",
    ),
    (
        "pdf/dkpro+dkpro-core/data/test.pdf",
        "pdf",
        "",
        Some("2011-01-01"),
        &["bluefire"],
        "This is a test.\n\nDies ist ein Test.",
        "Umlauts (äöü) may require the substitution table.",
    ),
    (
        "pdf/py-pdf+sample-files/001-trivial/minimal-document.pdf",
        "pdf",
        "",
        Some("2022-04-03"),
        &[],
        LOREM,
        "dolor sit amet.",
    ),
    (
        "pdf/py-pdf+sample-files/002-trivial-libre-office-writer/002-trivial-libre-office-writer.pdf",
        "pdf",
        "",
        Some("2022-04-03"),
        &[],
        LOREM,
        "dolor sit amet.",
    ),
    (
        "pdf/py-pdf+sample-files/002-trivial-libre-office-writer/source.odt",
        "odt",
        "",
        Some("2022-04-03"),
        &[],
        LOREM,
        "dolor sit amet.",
    ),
    (
        "pdf/py-pdf+sample-files/004-pdflatex-4-pages/pdflatex-4-pages.pdf",
        "pdf",
        "",
        Some("2022-04-03"),
        &[],
        "Hello, here is some text without a meaning.",
        "the original language. There is no need for special content, but the length of words should match the language.",
    ),
    (
        "pdf/py-pdf+sample-files/006-pdflatex-outline/pdflatex-outline.pdf",
        "pdf",
        "",
        Some("2022-04-06"),
        &[],
        "Contents\n\n1 Foo\t2",
        // The page does end in this number; it is no page number.
        "the length of words should match the language. 5",
    ),
    (
        "pdf/py-pdf+sample-files/009-pdflatex-geotopo/GeoTopo-komprimiert.pdf",
        "pdf",
        "Einführung in die Geometrie und Topologie",
        Some("2016-12-31"),
        &["Martin Thoma"],
        "Einführung in die Geometrie und Topologie\n\n",
        // Its end is an index in columns, whose order nobody has looked at.
        "",
    ),
    (
        "pdf/py-pdf+sample-files/016-libre-office-link/libre-office-link.pdf",
        "pdf",
        "",
        Some("2022-07-31"),
        &[],
        "This is a link to",
        "an awesome blog.",
    ),
    (
        "docx-odt/ccbogel+QualCoder/ID2.odt",
        "odt",
        "",
        Some("2013-10-19"),
        &["colin-2"],
        "I have not studied much before",
        "The course cost €200.00 and I do not want to waste my money.",
    ),
    (
        "nexis/JBGruber+LexisNexisTools/tests/files/test.DOCX",
        "docx",
        "",
        Some("2019-11-07"),
        &[],
        "LexisNexis Uni Test",
        "LexisNexis Uni Test",
    ),
];

#[test]
fn documents_of_other_programs_are_read() {
    for (path, format, title, published, authors, first, last) in ROWS {
        let Some(candidate) = one(path) else { continue };
        let article = candidate.article;
        assert_eq!(article.source.format, *format, "{path}");
        assert_eq!(article.metadata.title, *title, "{path}");
        assert_eq!(article.metadata.published.as_deref(), *published, "{path}");
        assert_eq!(article.metadata.authors, *authors, "{path}");
        assert_eq!(article.metadata.outlet, "", "{path}");
        let end: String = article.text.chars().rev().take(160).collect::<Vec<_>>().into_iter().rev().collect();
        assert!(article.text.starts_with(first), "{path}: {}", article.text.chars().take(160).collect::<String>());
        assert!(article.text.ends_with(last), "{path}: {end}");
    }
}

#[test]
fn a_text_and_the_pdf_made_of_it_are_the_same() {
    let folder = "pdf/py-pdf+sample-files/002-trivial-libre-office-writer";
    let pdf = one(&format!("{folder}/002-trivial-libre-office-writer.pdf"));
    let odt = one(&format!("{folder}/source.odt"));
    if let (Some(pdf), Some(odt)) = (pdf, odt) {
        assert_eq!(pdf.article.text, odt.article.text);
    }
}

/// The books lie there unpacked.
fn book(folder: &str) -> Option<framelens::import::Found> {
    let folder = shared(folder)?;
    let (files, _) = gather(std::slice::from_ref(&folder));
    let mut names: Vec<PathBuf> = files;
    for more in ["mimetype", "META-INF/container.xml", "EPUB/package.opf"] {
        let path = folder.join(more);
        if !names.contains(&path) {
            names.push(path);
        }
    }
    let mut out = Vec::new();
    let mut zip = Writer::new(&mut out);
    for path in names {
        let name = path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
        zip.file(&name, &fs::read(&path).unwrap()).unwrap();
    }
    zip.finish("").unwrap();
    Some(read_bytes("book.epub", out, &Options::default()))
}

#[test]
fn books_of_others_are_read() {
    let rows = [
        (
            "nav-spine_in-spine",
            "Navigation accessible while in spine",
            "2021-01-26",
            "Navigation accessible while in spine\n\nTest passes if you can access the two links in the navigation document, which is in the spine.",
        ),
        ("pub-cmt-gif", "GIF image", "2021-04-01", "GIF image\n\nTest passes if you can see an image below."),
    ];
    for (name, title, date, text) in rows {
        let Some(found) = book(&format!("epub/w3c+epub-tests/tests/{name}")) else { continue };
        assert!(found.skipped.is_empty(), "{:?}", found.skipped);
        assert_eq!(found.articles.len(), 1, "{name}");
        let article = &found.articles[0].article;
        assert_eq!(&*article.text, text);
        let meta = &article.metadata;
        assert_eq!((meta.title.as_str(), meta.outlet.as_str()), (title, name));
        assert_eq!((meta.published.as_deref(), meta.language.as_deref()), (Some(date), Some("en")), "{name}");
        assert_eq!(meta.authors.len(), 1, "{name}");
    }
}
