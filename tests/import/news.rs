//! Files of news databases and agencies become the right articles. All of the texts are made up.

use framelens::import::{Found, Options, Problem, read_bytes};
use framelens::model::{Article, PartKind, Value};
use proptest::prelude::*;

fn found(name: &str, text: &str) -> Found {
    read_bytes(name, text.as_bytes().to_vec(), &Options::default())
}

fn all(name: &str, text: &str) -> Vec<Article> {
    found(name, text).whole().unwrap()
}

fn variable(article: &Article, name: &str) -> String {
    match article.metadata.variables.get(name) {
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// Title, outlet, day, authors.
fn card(article: &Article) -> (&str, &str, &str, Vec<&str>) {
    let meta = &article.metadata;
    let authors = meta.authors.iter().map(String::as_str).collect();
    (&meta.title, &meta.outlet, meta.published.as_deref().unwrap_or_default(), authors)
}

const NEXIS_OLD: &str = "
                               1 of 2 DOCUMENTS

                              The Riverside Post

                        March 4, 2025 Tuesday 8:20 AM GMT
                               Late City Final

Last ferry to leave at dusk

BYLINE: By Ada Brandt and Bo Lund

SECTION: LOCAL; Pg. 5

LENGTH: 1,204 words

DATELINE: RIVERSIDE

HIGHLIGHT: Evening boats fall to the axe.

The last boat will leave at six in the evening from May, the council said on
Tuesday, and nobody on the island had been asked.

   \"It is a raid on commuters,\" said Falk, who has lived there since the war
and does not drive.

LOAD-DATE: March 5, 2025

LANGUAGE: ENGLISH

GRAPHIC: The pier at dusk.

PUBLICATION-TYPE: Newspaper

                       Copyright 2025 The Riverside Post
                              All Rights Reserved

                               2 of 2 DOCUMENTS

                               Nordmark Kurier

                         5. März 2025 Mittwoch
                              Gesamtausgabe

Brücke wird teurer

RUBRIK: Politik; S. 3

LÄNGE: 310 Wörter

AUTOR: Ada Brandt

Die Maut für die Brücke steigt im Mai auf drei Kronen, wie der Rat am Dienstag
mitteilte.

SPRACHE: GERMAN

                       Copyright 2025 Nordmark Kurier
";

#[test]
fn the_older_nexis_is_read_from_plain_text() {
    let articles = all("export.txt", NEXIS_OLD);
    assert_eq!(articles.len(), 2);
    let first = &articles[0];
    assert_eq!(
        card(first),
        ("Last ferry to leave at dusk", "The Riverside Post", "2025-03-04T08:20+00:00", vec!["Ada Brandt", "Bo Lund"])
    );
    assert_eq!(first.source.format, "nexis");
    assert_eq!(
        &*first.text,
        "Last ferry to leave at dusk\n\nEvening boats fall to the axe.\n\nBy Ada Brandt and Bo Lund\n\nThe last boat will leave at six in the evening from May, the council said on Tuesday, and nobody on the island had been asked.\n\n\"It is a raid on commuters,\" said Falk, who has lived there since the war and does not drive.\n\nThe pier at dusk."
    );
    assert_eq!(first.parts.last().unwrap().kind, PartKind::Caption);
    for (name, value) in [
        ("edition", "Late City Final"),
        ("page", "5"),
        ("words", "1204"),
        ("dateline", "RIVERSIDE"),
        ("updated", "2025-03-05"),
        ("publication-type", "Newspaper"),
        ("copyright", "Copyright 2025 The Riverside Post All Rights Reserved"),
    ] {
        assert_eq!(variable(first, name), value, "{name}");
    }
    assert_eq!((first.metadata.section.as_deref(), first.metadata.language.as_deref()), (Some("LOCAL"), Some("en")));
    assert_eq!(card(&articles[1]), ("Brücke wird teurer", "Nordmark Kurier", "2025-03-05", vec!["Ada Brandt"]));
    assert_eq!(variable(&articles[1], "edition"), "Gesamtausgabe");
    assert_eq!((variable(&articles[1], "page"), variable(&articles[1], "words")), ("3".to_owned(), "310".to_owned()));
    assert!(articles[1].text.ends_with("wie der Rat am Dienstag mitteilte."));
}

const NEXIS_NEW: &str = "User Name: A Student
Date and Time: Thursday, March 6, 2025 10:02:00 AM CET
Job Number: 1234567
Documents (3)
1. Last ferry to leave at dusk
Client/Matter: -None-
Search Terms: ferry AND council
2. Bridge toll a raid on commuters
Client/Matter: -None-
Search Terms: ferry AND council
Narrowed by
Timeline: Mar 01, 2025 to Mar 31, 2025
Page 1 of 3
Last ferry to leave at dusk
The Riverside Post
March 4, 2025 Tuesday
Late City Final
Copyright 2025 The Riverside Post All Rights Reserved
Section: LOCAL; Pg. A5
Length:\u{a0}823 words
Byline: Ada Brandt, Transport Editor
Highlight: Evening boats fall to the axe.
Body
The last boat will leave at six in the evening from May, the council said.
Page 2 of 3
Last ferry to leave at dusk
Falk says: Nobody asked us, and nobody will, not before the summer is over and the boats are sold to somebody else.
Graphic
The pier at dusk.
Classification
Language: ENGLISH
Publication-Type: Newspaper
Subject: FERRIES (90%); COMMUTING (78%)
Load-Date: March 5, 2025
End of Document
Bridge toll a raid on commuters
The Riverside Post
March 5, 2025 Wednesday
Copyright 2025 The Riverside Post All Rights Reserved
Length: 40 words
Body
Drivers will pay three crowns from May.
Load-Date: March 6, 2025
End of Document
";

#[test]
fn the_newer_nexis_is_read_without_its_cover() {
    let found = found("export.txt", NEXIS_NEW);
    let articles: Vec<&Article> = found.articles.iter().map(|c| &c.article).collect();
    assert_eq!((articles.len(), found.skipped.len()), (2, 0));
    assert_eq!(
        card(articles[0]),
        ("Last ferry to leave at dusk", "The Riverside Post", "2025-03-04", vec!["Ada Brandt"])
    );
    assert_eq!(card(articles[1]), ("Bridge toll a raid on commuters", "The Riverside Post", "2025-03-05", vec![]));
    let text = &articles[0].text;
    assert_eq!(text.matches("Last ferry to leave at dusk").count(), 1);
    assert!(text.contains("\n\nFalk says: Nobody asked us") && text.ends_with("\n\nThe pier at dusk."), "{text}");
    for (name, value) in [
        ("edition", "Late City Final"),
        ("page", "A5"),
        ("words", "823"),
        ("keywords", "FERRIES (90%); COMMUTING (78%)"),
        ("updated", "2025-03-05"),
        ("publication-type", "Newspaper"),
    ] {
        assert_eq!(variable(articles[0], name), value, "{name}");
    }
    // The cover speaks of three.
    assert!(
        found.articles[1].warnings[0].contains("holds 3 documents, and 2 were found"),
        "{:?}",
        found.articles[1].warnings
    );
}

#[test]
fn nexis_pages_are_split_and_excuses_skipped() {
    let head = "<HTML><HEAD><TITLE>x</TITLE></HEAD><BODY>";
    let mark = "<!-- Hide XML section from browser\n<DOC NUMBER=1>\n<DOCFULL> -->";
    let page = format!(
        "{head}<P>Download Request: Selected Items: 1-2</P>{mark}<P>1 of 2 DOCUMENTS</P><P>The Riverside Post</P><P>March 4, 2025 Tuesday<BR>Late City Final</P><P>Ferry rows<BR>on</P><P><SPAN>LENGTH: </SPAN>12 words</P><DIV><P>One.</P><TABLE><TR><TD WIDTH=1><P CLASS=c>a</P></TD><TD><P>b</P></TD></TR></TABLE></DIV><P>LANGUAGE: ENGLISH</P><P>Copyright 2025 The Riverside Post</P>{mark}<P>We are sorry but there is an error in this document and it is not possible to display it.</P></BODY></HTML>"
    );
    let found = found("export.html", &page);
    assert_eq!(card(&found.articles[0].article), ("Ferry rows on", "The Riverside Post", "2025-03-04", vec![]));
    assert_eq!(&*found.articles[0].article.text, "Ferry rows on\n\nOne.\n\na\tb");
    assert!(matches!(found.skipped[0].problem, Problem::NotGiven { .. }));
    assert!(found.articles[0].warnings.is_empty(), "{:?}", found.articles[0].warnings);
}

/// Lines as the paragraphs of a Word document.
fn docx(lines: &str) -> Vec<u8> {
    let paragraphs: String = lines
        .lines()
        .map(|l| {
            format!(
                "<w:p><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>",
                l.replace('&', "&amp;").replace('<', "&lt;")
            )
        })
        .collect();
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";
    let document = format!(
        "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{paragraphs}</w:body></w:document>"
    );
    let mut bytes = Vec::new();
    let mut zip = framelens::archive::Writer::new(&mut bytes);
    zip.file("[Content_Types].xml", types.as_bytes()).unwrap();
    zip.file("word/document.xml", document.as_bytes()).unwrap();
    zip.finish("").unwrap();
    bytes
}

/// Lines as the paragraphs of rich text.
fn rtf(lines: &str) -> Vec<u8> {
    let mut out = "{\\rtf1\\ansi ".to_owned();
    for c in lines.chars() {
        match c {
            '\n' => out.push_str("\\par\n"),
            '\\' | '{' | '}' => out.extend(['\\', c]),
            c if c.is_ascii() => out.push(c),
            c => out.push_str(&format!("\\u{}?", c as u32)),
        }
    }
    out.push('}');
    out.into_bytes()
}

#[test]
fn a_document_holds_the_same_lines() {
    let plain = read_bytes("export.txt", NEXIS_NEW.as_bytes().to_vec(), &Options::default());
    for bytes in [docx(NEXIS_NEW), rtf(NEXIS_NEW)] {
        for options in [Options::default(), Options::format("nexis")] {
            let packed = read_bytes("export", bytes.clone(), &options);
            assert_eq!(packed.articles.len(), 2, "{:?}", packed.skipped);
            for (one, other) in plain.articles.iter().zip(&packed.articles) {
                assert_eq!((&one.article.text, &one.article.metadata), (&other.article.text, &other.article.metadata));
                assert_eq!(
                    (one.warnings.clone(), other.article.source.format.as_str()),
                    (other.warnings.clone(), "nexis")
                );
            }
        }
    }
    let found = read_bytes("Factiva.rtf", rtf(FACTIVA_PLAIN), &Options::default());
    assert_eq!((found.articles.len(), found.articles[0].article.source.format.as_str()), (2, "factiva"));
    assert_eq!(card(&found.articles[1].article), ("Brücke wird teurer", "Nordmark Kurier", "2025-03-05", vec![]));
    let found = read_bytes("p.docx", docx(PROQUEST), &Options::default());
    assert_eq!((found.articles.len(), found.articles[0].article.source.format.as_str()), (2, "proquest"));
    // A Word document like others stays one.
    let found = read_bytes("a.docx", docx("Ferry to stop\n\nThe council said so."), &Options::default());
    assert_eq!(found.articles[0].article.source.format, "docx");
}

const FACTIVA: &str = "HD  Ferry to stop at dusk
BY  By Ada Brandt
WC  823 words
PD  4 March 2025
ET  15:32
SN  The Riverside Post
SC  RIVPOS
ED  Late City Final
PG  A5
LA  English
CY  (c) 2025 The Riverside Post
LP  
The last boat will leave at six.
TD  
Nobody had been asked.
So it goes.
NS  gtrans : Transport | gpol : Domestic Politics
RE  nmark : Nordmark
AN  Document RIVPOS0020250304el3400001
";

#[test]
fn factiva_is_read_with_its_codes_and_without() {
    let coded = &all("factiva.txt", FACTIVA)[0];
    assert_eq!(card(coded), ("Ferry to stop at dusk", "The Riverside Post", "2025-03-04T15:32", vec!["Ada Brandt"]));
    assert!(
        coded.text.ends_with("The last boat will leave at six.\n\nNobody had been asked.\n\nSo it goes."),
        "{}",
        coded.text
    );
    for (name, value) in [
        ("words", "823"),
        ("page", "A5"),
        ("edition", "Late City Final"),
        ("keywords", "Transport; Domestic Politics"),
        ("RE", "Nordmark"),
        ("SC", "RIVPOS"),
        ("identifier", "RIVPOS0020250304el3400001"),
        ("database", "Factiva"),
    ] {
        assert_eq!(variable(coded, name), value, "{name}");
    }
    let articles = all("factiva.txt", FACTIVA_PLAIN);
    assert_eq!(
        card(&articles[0]),
        ("Ferry to stop at dusk", "The Riverside Post", "2025-03-04T15:32", vec!["Ada Brandt"])
    );
    assert_eq!(
        (articles[0].metadata.section.as_deref(), variable(&articles[0], "page")),
        (Some("Local"), "A5".to_owned())
    );
    assert_eq!(card(&articles[1]), ("Brücke wird teurer", "Nordmark Kurier", "2025-03-05", vec![]));
    assert_eq!(articles[1].metadata.language.as_deref(), Some("de"));
    assert!(articles[1].text.ends_with("\n\nDie Maut steigt."));
}

const FACTIVA_PLAIN: &str = "Local\n\nFerry to stop at dusk\n\nBy Ada Brandt\n\n823 words\n\n4 March 2025\n\n15:32\n\nThe Riverside Post\n\nRIVPOS\n\nA5\n\nEnglish\n\n(c) 2025 The Riverside Post\n\nThe last boat will leave at six.\n\nNobody had been asked.\n\nDocument RIVPOS0020250304el3400001\n\nBrücke wird teurer\n\n40 Wörter\n\n5. März 2025\n\nNordmark Kurier\n\nNORKUR\n\nDeutsch\n\nCopyright 2025 Nordmark Kurier\n\nDie Maut steigt.\n\nDokument NORKUR0020250305el3500002\n";

const FACTIVA_PAGE: &str = "<html><head><title>Factiva</title></head><body><div class=\"article enArticle\"><table><tr><td><b>HD</b>&nbsp;</td><td><b class='enHeadline'>Ferry to stop</b></td></tr><tr><td><b>WC</b></td><td>12 words</td></tr><tr><td><b>PD</b></td><td>4 March 2025</td></tr><tr><td><b>SN</b></td><td>The Post</td></tr><tr><td><p><b>LP</b>&nbsp;</p></td><td><p>One.</p><p>Two.</p></td></tr><tr><td><b>AN</b></td><td>Document POST000020250304el3400001</td></tr></table></div><div class='article enArticle'><div id='hd'><span class='enHeadline'>Toll rows on</span></div><div class='author'>Bo Lund</div><div>40 words</div><div>5 March 2025</div><div>The Post</div><div>POST</div><div>English</div><div>© 2025 The Post</div><p>Three.</p></div></body></html>";

#[test]
fn factiva_pages_are_read() {
    let articles = all("factiva.html", FACTIVA_PAGE);
    assert_eq!(card(&articles[0]), ("Ferry to stop", "The Post", "2025-03-04", vec![]));
    assert_eq!(&*articles[0].text, "Ferry to stop\n\nOne.\n\nTwo.");
    assert_eq!(card(&articles[1]), ("Toll rows on", "The Post", "2025-03-05", vec!["Bo Lund"]));
    assert_eq!(&*articles[1].text, "Toll rows on\n\nBo Lund\n\nThree.");
}

const PROQUEST: &str = "____________________________________________________________
Document 1 of 2

Ferry to stop at dusk

Author: Brandt, Ada; Lund, Bo

Publication info: The Riverside Post ; Riverside [Riverside]04 Mar 2025.

Abstract: Boats stop.

Links: https://library.example/link

Full text: The last boat will leave at six.

Nobody had been asked: not one.

Subject: Ferries; Commuting

Title: Ferry to stop at dusk

Publication title: The Riverside Post

Pages: A.5

Publication year: 2025

Publication date: Mar 4, 2025

Section: Local

Publisher: The Riverside Post Company

Language of publication: English

ProQuest document ID: 1234567890

Document URL: https://www.proquest.example/docview/1234567890

Copyright: (Copyright (c) 2025 The Riverside Post)

Last updated: 2025-03-05

Database: Newsstream
____________________________________________________________
Document 2 of 2

Full text: Drivers will pay three crowns from May.

Title: Bridge toll

Publication title: The Riverside Post

Publication date: Mar 5, 2025
____________________________________________________________

Contact us at: https://support.example
";

#[test]
fn proquest_is_read() {
    let found = found("ProQuest.txt", PROQUEST);
    let first = &found.articles[0].article;
    assert_eq!(found.articles.len(), 2, "{:?}", found.skipped);
    assert_eq!(
        card(first),
        ("Ferry to stop at dusk", "The Riverside Post", "2025-03-04", vec!["Ada Brandt", "Bo Lund"])
    );
    assert!(
        first.text.ends_with("The last boat will leave at six.\n\nNobody had been asked: not one."),
        "{}",
        first.text
    );
    for (name, value) in [
        ("page", "A.5"),
        ("identifier", "1234567890"),
        ("keywords", "Ferries; Commuting"),
        ("abstract", "Boats stop."),
        ("updated", "2025-03-05"),
        ("database", "Newsstream"),
        ("Publisher", "The Riverside Post Company"),
    ] {
        assert_eq!(variable(first, name), value, "{name}");
    }
    assert_eq!(first.metadata.url.as_deref(), Some("https://www.proquest.example/docview/1234567890"));
    assert!(found.articles.iter().all(|c| c.warnings.is_empty()));
    let xml = "<Record><RecordID>7</RecordID><RecordTitle>Ferry to stop</RecordTitle><Publication><Title>The Post</Title></Publication><NumericPubDate>20250304</NumericPubDate><Contributor><NormalizedDisplayForm>Brandt, Ada</NormalizedDisplayForm></Contributor><FullText>The last boat will leave at six.</FullText></Record>";
    assert_eq!(card(&all("7.xml", xml)[0]), ("Ferry to stop", "The Post", "2025-03-04", vec!["Ada Brandt"]));
}

#[test]
fn europresse_is_read_in_both_layouts() {
    let new = "<html><body><article><header><div class='rdp__DocPublicationName'><span class='DocPublicationName'>Le Courrier (Paris), no. 12</span></div><span class='DocHeader'>Politique, mardi 4 mars 2025, p. 7</span><div class='titreArticle'><p class='sm-margin-TopNews titreArticleVisu rdp__articletitle'>Le dernier bac</p><p class='sm-margin-TopNews rdp__subtitle'>À six heures</p></div><div class='docAuthors'>Ada Brandt</div></header><section><div class='DocText clearfix'><div class='docOcurrContainer'><p>Un.</p><p>Deux <mark>bac</mark>.</p></div></div></section><footer><small>© 2025 Le Courrier. Tous droits réservés.</small><p>news·20250304·LC·1</p></footer></article></body></html>";
    let article = &all("europresse.html", new)[0];
    assert_eq!(card(article), ("Le dernier bac", "Le Courrier (Paris)", "2025-03-04", vec!["Ada Brandt"]));
    assert_eq!(&*article.text, "Le dernier bac\n\nÀ six heures\n\nAda Brandt\n\nUn.\n\nDeux bac.");
    for (name, value) in [
        ("page", "7"),
        ("issue", "12"),
        ("identifier", "news·20250304·LC·1"),
        ("copyright", "© 2025 Le Courrier. Tous droits réservés."),
    ] {
        assert_eq!(variable(article, name), value, "{name}");
    }
    assert_eq!(article.metadata.section.as_deref(), Some("Politique"));
    let old = "<html><body><table><tr><td><span class=\"DocPublicationName\">Le Courrier</span><br><span class=\"DocHeader\">mardi </span><span class=\"DocHeader\">4 mars 2025</span><br><br><span class=\"TitreArticleVisu\">Le bac</span><br><br>Bo Lund<br><p></p>Un.<p></p><b><i>© 2025 Le Courrier.</i></b><p></p>Numéro de document : news·2<br></td></tr></table></body></html>";
    let article = &all("europresse.html", old)[0];
    assert_eq!(card(article), ("Le bac", "Le Courrier", "2025-03-04", vec!["Bo Lund"]));
    assert_eq!(&*article.text, "Le bac\n\nBo Lund\n\nUn.");
}

const NITF: &str = "<?xml version='1.0'?><!DOCTYPE nitf [<!ENTITY x 'boom'>]><nitf><head><docdata><doc-id id-string='n1'/><date.issue norm='20250304T093000+0100'/><doc.copyright year='2025' holder='North Wire'/><key-list><keyword key='ferries'/></key-list></docdata><pubdata name='The Post' edition.name='Late'/></head><body><body.head><hedline><hl1>Ferry to stop</hl1></hedline><byline>By <person>Ada Brandt</person><byttl>Editor</byttl></byline><dateline>RIVERSIDE</dateline><abstract><p>At six.</p></abstract></body.head><body.content><p>The <org>council</org> said &amp; did &x;so.</p><media><media-reference source='a'/><media-caption>The pier.</media-caption></media><hl2>And then</hl2><ul><li>a</li></ul></body.content></body></nitf>";

#[test]
fn nitf_is_read() {
    let article = &all("a.xml", NITF)[0];
    assert_eq!(card(article), ("Ferry to stop", "The Post", "2025-03-04T09:30:00+01:00", vec!["Ada Brandt"]));
    assert_eq!(
        &*article.text,
        "Ferry to stop\n\nAt six.\n\nBy Ada Brandt, Editor\n\nThe council said & did so.\n\nThe pier.\n\nAnd then\n\na"
    );
    for (name, value) in
        [("edition", "Late"), ("identifier", "n1"), ("keywords", "ferries"), ("copyright", "2025 North Wire")]
    {
        assert_eq!(variable(article, name), value, "{name}");
    }
}

const NEWSML: &str = "<newsMessage xmlns='http://iptc.org/std/nar/2006-10-01/'><itemSet><newsItem guid='g1' xml:lang='en-GB'><itemMeta><itemClass qcode='ninat:text'/><provider literal='North Wire'/><versionCreated>2025-03-04T10:00:00+00:00</versionCreated><firstCreated>2025-03-04T09:30:00+00:00</firstCreated></itemMeta><contentMeta><by>By Ada Brandt</by><headline>Ferry to stop</headline><subject><name>Transport</name></subject></contentMeta><contentSet><inlineXML><html><body><p>The council said so.</p></body></html></inlineXML></contentSet></newsItem><newsItem guid='g2'><itemMeta><itemClass qcode='ninat:picture'/></itemMeta><contentSet><remoteContent/></contentSet></newsItem><packageItem guid='g3'/></itemSet></newsMessage>";

#[test]
fn newsml_gives_its_texts_and_says_what_the_rest_is() {
    let found = found("a.xml", NEWSML);
    assert_eq!(
        card(&found.articles[0].article),
        ("Ferry to stop", "North Wire", "2025-03-04T09:30:00+00:00", vec!["Ada Brandt"])
    );
    assert_eq!(variable(&found.articles[0].article, "updated"), "2025-03-04T10:00:00+00:00");
    let skipped: Vec<String> = found.skipped.iter().map(ToString::to_string).collect();
    assert!(skipped[0].starts_with("a.xml, g2: this is a picture"), "{skipped:?}");
    assert!(skipped[1].starts_with("a.xml, g3: this is a package"), "{skipped:?}");
    // A message that breaks off keeps its whole items.
    let cut = read_bytes("a.xml", NEWSML.as_bytes()[..NEWSML.len() - 150].to_vec(), &Options::default());
    assert_eq!((cut.articles.len(), cut.skipped.len()), (1, 1));
    assert!(matches!(cut.skipped[0].problem, Problem::Damaged { .. }));
}

const NINJS: &str = r#"{"uri":"https://wire.example/1","type":"text","versioncreated":"2025-03-04T10:00:00Z","headline":"Ferry to stop","byline":"Ada Brandt and Bo Lund","language":"en","source":"North Wire","body_html":"<p>The council said so.</p><figure><figcaption>The pier.</figcaption></figure>","subject":[{"code":"1","name":"Transport"}],"keywords":["ferry"]}"#;

#[test]
fn ninjs_is_read() {
    let article = &all("a.json", NINJS)[0];
    assert_eq!(card(article), ("Ferry to stop", "North Wire", "2025-03-04T10:00:00Z", vec!["Ada Brandt", "Bo Lund"]));
    assert_eq!(&*article.text, "Ferry to stop\n\nAda Brandt and Bo Lund\n\nThe council said so.\n\nThe pier.");
    assert_eq!(
        (variable(article, "subject"), variable(article, "keywords")),
        ("Transport".to_owned(), "ferry".to_owned())
    );
    let newer = r#"[{"uri":"u2","type":"text","versionCreated":"2025-03-04T10:00:00Z","headlines":[{"role":"main","value":"Toll"}],"bodies":[{"contentType":"text/plain","value":"One.\nTwo."}]},{"uri":"u3","type":"picture","versionCreated":"2025-03-04T10:00:00Z","headlines":[]}]"#;
    let found = found("a.json", newer);
    assert_eq!(&*found.articles[0].article.text, "Toll\n\nOne.\n\nTwo.");
    assert!(matches!(&found.skipped[0].problem, Problem::NoTextIn { what } if what == "a picture"));
}

const WIRE: &str = "abc0062 4 i 211  nwire 061\n\nNordmark/ferries/\nREFILE\nNordmark council: Last boat to leave at six\nBy Ada Brandt =\n\n   Riverside (nwire) - The last boat will leave at six in the evening,\nthe council said Tuesday.\n\n   Nobody had been asked.\n\n# Notebook\n- Tel: 1\n\nnwire ab\n\n041137 GMT Mar 25 \n";

#[test]
fn wires_and_ritzau_are_read() {
    let article = &all("wire.txt", WIRE)[0];
    assert_eq!(
        card(article),
        ("Nordmark council: Last boat to leave at six", "nwire", "2025-03-04T11:37+00:00", vec!["Ada Brandt"])
    );
    assert!(article.text.ends_with("the council said Tuesday.\n\nNobody had been asked."), "{}", article.text);
    assert_eq!(
        (variable(article, "dateline"), variable(article, "keywords")),
        ("Riverside".to_owned(), "Nordmark; ferries".to_owned())
    );
    let xml = "<RBNews><NewsID>7</NewsID><PublishDate>2025-03-04T11:37:00.25</PublishDate><headline>Færge stopper</headline><subtitle/><town>Nordmark</town><content>&lt;p&gt;Det sker.&lt;/p&gt;&lt;p&gt;Snart.&lt;/p&gt;</content><byLine>Bo Lund</byLine></RBNews>";
    assert_eq!(card(&all("r.xml", xml)[0]), ("Færge stopper", "Ritzau", "2025-03-04T11:37:00.25", vec!["Bo Lund"]));
}

const WIKINEWS: &str = "{{date|March 4, 2025}}\n{{Nordmark}}\n[[File:Pier.jpg|thumb|The [[pier]].]]\nThe '''last boat''' of [[Riverside|the town]] will leave at six, {{w|Falk|Mr Falk}} said.<ref>x</ref>\n\n== Reaction ==\n* Nobody had been [https://post.example asked].\n\n== Sources ==\n*{{source|url=https://post.example/1|title=Ferry|pub=The Post}}\n\n[[Category:Transport]]\n";

#[test]
fn wikinews_is_read() {
    let article = &all("Last_ferry_to_leave.txt", WIKINEWS)[0];
    assert_eq!(card(article), ("Last ferry to leave", "Wikinews", "2025-03-04", vec![]));
    assert_eq!(
        &*article.text,
        "Last ferry to leave\n\nThe last boat of the town will leave at six, Mr Falk said.\n\nReaction\n\nNobody had been asked."
    );
    assert_eq!(
        (variable(article, "keywords"), variable(article, "sources")),
        ("Transport".to_owned(), "Ferry, The Post, https://post.example/1".to_owned())
    );
    let export = format!(
        "<mediawiki xml:lang='en'><siteinfo><sitename>Wikinews</sitename></siteinfo><page><title>Last ferry</title><ns>0</ns><id>3</id><revision><timestamp>2025-03-05T01:02:03Z</timestamp><text>{}</text></revision></page><page><title>Talk:Last ferry</title><ns>1</ns></page></mediawiki>",
        WIKINEWS.replace('<', "&lt;")
    );
    let articles = all("dump.xml", &export);
    assert_eq!(articles.len(), 1);
    assert_eq!(card(&articles[0]), ("Last ferry", "Wikinews", "2025-03-04", vec![]));
}

#[test]
fn other_texts_are_not_taken_for_exports() {
    for text in [
        "The council has 3 of 4 documents.\n\nThe rest is lost.",
        "Title: Ferry\nOutlet: The Post\n\nBody\n\nThe end.",
        "Document the damage, they said.\n\nAll 823 words of it.",
        "The body lay there.\n\nEnd of Document",
    ] {
        let articles = all("a.txt", text);
        assert_eq!((articles.len(), articles[0].source.format.as_str()), (1, "text"), "{text}");
    }
    assert_eq!(all("a.html", "<html><body><article><h1>Ferry to stop</h1><p>The council of Nordmark said so on Tuesday, and it will be done.</p></article></body></html>")[0].source.format, "html");
}

#[test]
fn hostile_files_end_soon() {
    let started = std::time::Instant::now();
    for (name, text) in [
        ("a.xml", format!("<nitf>{}", "<p>".repeat(100_000))),
        ("a.xml", format!("<newsItem>{}", "<a/>".repeat(300_000))),
        ("a.txt", format!("{{{{date|x}}}}{}", "[[".repeat(200_000))),
        ("a.txt", format!("{{{{date|x}}}}{}", "{{".repeat(200_000))),
        ("a.txt", format!("1 of 2 DOCUMENTS\n\n{}", "A: b\n\n".repeat(100_000))),
        ("a.txt", format!("Full text: x\nPublication title: y\n{}", "_".repeat(100_000))),
        (
            "a.json",
            format!("{{\"uri\":\"a\",\"type\":\"text\",\"versioncreated\":\"\",\"headline\":{}", "[".repeat(100_000)),
        ),
    ] {
        for error in found(name, &text).skipped {
            assert!(!matches!(error.problem, Problem::Panicked), "{error}");
        }
    }
    assert!(started.elapsed().as_secs() < 120);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spoilt_files_do_no_harm(which in 0usize..11, cut in 0.0..1.0f64, at in 0.0..1.0f64, byte in any::<u8>(), other in 0usize..11, splice in any::<bool>()) {
        let good = [NEXIS_OLD, NEXIS_NEW, FACTIVA, FACTIVA_PAGE, PROQUEST, NITF, NEWSML, NINJS, WIRE, WIKINEWS, ""];
        let formats = ["nexis", "nexis", "factiva", "factiva", "proquest", "nitf", "newsml", "ninjs", "iptc7901", "wikinews", "europresse"];
        let mut bytes = good[which].as_bytes().to_vec();
        let place = |share: f64, length: usize| ((length as f64) * share) as usize;
        let here = place(at, bytes.len());
        if let Some(b) = bytes.get_mut(here) {
            *b = byte;
        }
        bytes.truncate(place(cut, bytes.len()).max(1));
        if splice {
            bytes.extend(good[other].as_bytes());
        }
        for options in [Options::default(), Options::format(formats[which])] {
            let found = read_bytes("spoilt", bytes.clone(), &options);
            for error in &found.skipped {
                prop_assert!(!matches!(error.problem, Problem::Panicked | Problem::TooSlow { .. }), "{error}");
            }
            for candidate in &found.articles {
                prop_assert!(!candidate.article.text.trim().is_empty());
            }
        }
    }
}
