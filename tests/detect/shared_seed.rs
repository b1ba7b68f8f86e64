//! The detector on a real article, where one is at hand beside the repository; skipped where it is not.

use std::path::Path;

use framelens::detect::{Cue, Detector, Findings, Input, Mention, Quotation, Rules};
use framelens::model::{EntityKind, Layer, QuoteKind, Voice};
use framelens::text::Document;

fn article() -> Option<Document> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seed/article.txt");
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(Document::new(text)),
        Err(_) => {
            assert!(std::env::var_os("FRAMELENS_SHARED").is_none(), "there is no ../shared/seed/article.txt");
            println!("skipped: there is no article at ../shared/seed/article.txt");
            None
        }
    }
}

fn detect(document: &Document) -> Findings {
    Rules::default().detect(Input { document, parts: &[] }, Layer::ALL)
}

fn words<'d>(document: &'d Document, mention: &Mention) -> &'d str {
    document.map().slice(mention.span).unwrap_or_default()
}

fn named<'f>(findings: &'f Findings, document: &Document, name: &str) -> &'f Mention {
    findings.entities.iter().find(|m| words(document, m) == name).unwrap_or_else(|| panic!("{name} is not found"))
}

#[test]
fn everybody_and_every_body_is_found() {
    let Some(document) = article() else { return };
    let findings = detect(&document);
    for (kind, names) in [
        (
            EntityKind::Person,
            &[
                "Ken Loach",
                "Sir Keir Starmer",
                "Jeremy Corbyn",
                "John McDonnell",
                "John Bercow",
                "Nelson Mandela",
                "Jon Trickett",
                "Dave Ward",
                "Yanis Varoufakis",
                "Francisco Franco",
                "Boris Johnson",
                "Loach",
                "Starmer",
                "Corbyn",
                "McDonnell",
                "Sir Keir",
            ][..],
        ),
        (
            EntityKind::Org,
            &[
                "Labour Party",
                "Labour",
                "National Executive Committee",
                "NEC",
                "Socialist Appeal",
                "Labour Against the Witch Hunt",
                "Labour in Exile Network",
                "Resist",
                "Syriza",
                "POUM",
                "Conservative Students",
                "Twitter",
            ],
        ),
        (EntityKind::Group, &["British", "Tories", "Greek", "Trotskyist"]),
        (EntityKind::Place, &["Barcelona"]),
        (EntityKind::Event, &["Spanish Civil War"]),
        (
            EntityKind::Work,
            &["Kes", "Cathy Come Home", "Poor Cow", "Land and Freedom", "I, Daniel Blake", "Sorry We Missed You"],
        ),
        (EntityKind::Date, &["August 14, 2021", "1995", "May 1937", "Saturday", "July"]),
    ] {
        for name in names {
            assert_eq!(named(&findings, &document, name).kind, kind, "{name}");
        }
    }
    for (a, b) in [
        ("Loach", "Ken Loach"),
        ("Starmer", "Sir Keir Starmer"),
        ("Sir Keir", "Sir Keir Starmer"),
        ("Corbyn", "Jeremy Corbyn"),
        ("McDonnell", "John McDonnell"),
        ("NEC", "National Executive Committee"),
        ("Labour", "Labour Party"),
    ] {
        assert_eq!(named(&findings, &document, a).entity, named(&findings, &document, b).entity, "{a} is {b}");
    }
}

#[test]
fn every_pair_of_marks_is_judged() {
    let Some(document) = article() else { return };
    let findings = detect(&document);
    let marked: Vec<(QuoteKind, String)> = findings
        .quotes
        .iter()
        .filter(|q| q.kind != QuoteKind::Indirect)
        .map(|q| (q.kind, document.map().slice(q.span).unwrap_or_default().chars().take(20).collect()))
        .collect();
    let want = [
        (QuoteKind::Partial, "disown"),
        (QuoteKind::Partial, "witch hunt"),
        (QuoteKind::Partial, "party of the people"),
        (QuoteKind::Scare, "witch hunt"),
        (QuoteKind::Title, "Kes"),
        (QuoteKind::Partial, "disown"),
        (QuoteKind::Partial, "the people"),
        (QuoteKind::Direct, "Well, I am proud to "),
        (QuoteKind::Direct, "Starmer and his cliq"),
        (QuoteKind::Direct, "Labour HQ finally de"),
        (QuoteKind::Partial, "such a fine socialis"),
        (QuoteKind::Partial, "disgrace"),
        (QuoteKind::Slogan, "Hang Nelson Mandela"),
        (QuoteKind::Scare, "kitchen sink"),
        (QuoteKind::Title, "Cathy Come Home"),
        (QuoteKind::Title, "Poor Cow"),
        (QuoteKind::Title, "Kes"),
        (QuoteKind::Title, "Land and Freedom"),
        (QuoteKind::Title, "I, Daniel Blake"),
        (QuoteKind::Title, "Sorry We Missed You"),
    ];
    assert_eq!(marked, want.map(|(k, w)| (k, w.to_owned())));
}

#[test]
fn a_framing_word_has_the_voice_of_whoever_says_it() {
    let Some(document) = article() else { return };
    let findings = detect(&document);
    let loach = named(&findings, &document, "Ken Loach").entity;
    let cues = |code: &str| -> Vec<&Cue> { findings.cues.iter().filter(|c| c.code == code).collect() };
    let around = |cue: &Cue| -> Option<&Quotation> {
        findings.quotes.iter().filter(|q| q.span.encloses(cue.span)).min_by_key(|q| q.span.len())
    };
    let speaker = |cue: &Cue| cue.speaker.as_ref().and_then(|s| s.entity);

    let hunts = cues("Witch hunt");
    let voices: Vec<Voice> = hunts.iter().map(|c| c.voice).collect();
    assert_eq!(voices, [Voice::Quoted, Voice::Scare, Voice::Quoted, Voice::Name]);
    assert_eq!(around(hunts[0]).map(|q| q.kind), Some(QuoteKind::Partial));
    let director = hunts[0].speaker.as_ref().and_then(|s| document.map().slice(s.span));
    assert_eq!((director, speaker(hunts[0])), (Some("The 85-year-old director"), loach));
    assert_eq!((around(hunts[2]).map(|q| q.kind), speaker(hunts[2])), (Some(QuoteKind::Direct), loach));

    let purge = cues("Purge");
    assert_eq!((purge[0].voice, speaker(purge[0])), (Voice::Quoted, loach));
    assert_eq!(around(purge[0]).map(|q| q.kind), Some(QuoteKind::Direct));

    let list = cues("Hit list");
    assert_eq!((list[0].voice, speaker(list[0])), (Voice::Reported, loach));
    let words = list[0].speaker.as_ref().and_then(|s| document.map().slice(s.span));
    assert_eq!(words, Some("The \"Kes\" director"));
}
