//! Web Annotation, TEI, JSON Lines without texts and the page, as other programs write and read them.

use std::collections::BTreeMap;
use std::sync::Arc;

use framelens::exchange::{Bundle, Joined, Problem, Reading, Selection, format, read, recognise, stream};
use framelens::model::{
    Annotation, AnnotationId, Article, Attributes, Code, CodeId, Coder, CoderId, Colour, EntityKind, Metadata, Origin,
    Part, PartKind, Party, Project, QuoteKind, Source, Tag, Value, Voice,
};
use framelens::text::{CharSpan, OffsetMap};
use jiff::Timestamp;

fn id<T: std::str::FromStr>(id: &str) -> T {
    id.parse().ok().unwrap()
}

fn bring(known: &Project, name: &str, file: &str, content: &str) -> Result<Joined, Problem> {
    let reading = Reading { coder: "imported".to_owned(), now: Timestamp::UNIX_EPOCH };
    read(known, &Bundle::bytes(file, content.into())?, format(name).unwrap(), &reading)
}

fn written(project: &Project, name: &str) -> String {
    let mut out = Vec::new();
    stream(project, &Selection::default(), format(name).unwrap(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Label, words, coder, speaker and memo of every annotation, in the order of the text.
fn rows(project: &Project) -> Vec<String> {
    let mut all: Vec<_> = project.annotations().collect();
    all.sort_by_key(|(_, article, a)| ((*article).clone(), a.hull(), a.tag.clone()));
    let row = |(coder, article, a): (&CoderId, &framelens::model::ArticleId, &Annotation)| {
        let map = OffsetMap::new(project.articles[article].text.clone());
        let words: Vec<&str> = a.spans.iter().map(|s| map.slice(*s).unwrap()).collect();
        let label = match &a.tag {
            Tag::Frame(code) => project.codebook.path(code),
            tag => format!("{:?} {}", tag.layer(), tag.word()),
        };
        let speaker = a.attributes.speaker.as_ref().map_or("", |p| &p.name);
        format!("{label}|{}|{coder}|{speaker}|{}", words.join(" … "), a.memo)
    };
    all.into_iter().map(row).collect()
}

/// One article with one coding on each of some stretches.
fn project(text: &str, title: &str, spans: &[(usize, usize)], memo: &str) -> Project {
    let mut project = Project::new(title);
    let ada: CoderId = id("ada");
    project.coders.insert(ada.clone(), Coder { id: ada.clone(), name: title.to_owned() });
    let code: CodeId = id("witch-hunt");
    project.codebook.codes.insert(code.clone(), Code::new(code.clone(), format!("Hunt {title}"), Colour::Palette(1)));
    let parts = vec![Part { kind: PartKind::Headline, span: CharSpan::chars(0, 3) }];
    let metadata = Metadata { title: title.to_owned(), ..Metadata::default() };
    let article = Arc::new(Article::new(text, metadata, parts, Source::default()));
    let map = OffsetMap::new(article.text.clone());
    let mut coding = framelens::model::Coding::default();
    for (n, (from, to)) in spans.iter().enumerate() {
        let mut a = Annotation {
            id: AnnotationId::new(),
            tag: if n % 3 == 2 { Tag::Quote(QuoteKind::Direct) } else { Tag::Frame(code.clone()) },
            spans: vec![],
            anchors: vec![],
            attributes: Attributes {
                voice: Some(Voice::Quoted),
                speaker: Some(Party { name: memo.to_owned(), entity: None }),
                custom: BTreeMap::from([(memo.to_owned(), Value::Text(memo.to_owned()))]),
                ..Attributes::default()
            },
            memo: memo.to_owned(),
            origin: Origin::Hand,
            code_revision: 1,
            created: Timestamp::UNIX_EPOCH,
            changed: Timestamp::UNIX_EPOCH,
        };
        assert!(a.place(&map, vec![CharSpan::chars(*from, *to)]));
        coding.annotations.insert(a.id, Arc::new(a));
    }
    project.codings.insert((ada, article.id.clone()), Arc::new(coding));
    project.articles.insert(article.id.clone(), article);
    project
}

#[test]
fn without_texts_a_tenth_is_shown_at_most() {
    let text: String = (0..200).map(|n| format!("Word{n:03} ")).collect();
    for count in [1, 2, 5, 20, 60] {
        let spans: Vec<_> = (0..count).map(|n| (n * 24, n * 24 + 20)).collect();
        let project = project(&text, "Long", &spans, "");
        let lines = written(&project, "jsonl-textless");
        let line: serde_json::Value = serde_json::from_str(lines.trim_end()).unwrap();
        assert!(line.get("text").is_none());
        assert_eq!(line["chars"], 1600);
        // All words that are anywhere in it, as far as they are the text’s.
        let shown = (0..200).filter(|n| lines.contains(&format!("ord{n:03}"))).count();
        assert!(shown * 8 <= 160 + 16 * 8, "{count}: {shown}");
        assert!(line["shown"].as_u64().unwrap() * 10 <= 1600, "{count}");
        let mut seen = vec![false; 1600];
        for span in line["annotations"].as_array().unwrap().iter().flat_map(|a| a["spans"].as_array().unwrap()) {
            let (start, end) = (span["start"].as_u64().unwrap() as usize, span["end"].as_u64().unwrap() as usize);
            let words = span["text"].as_str().unwrap();
            assert_eq!(words, &text[start..start + words.len()]);
            seen[start..start + words.len()].fill(true);
            if let Some(around) = span["around"].as_array() {
                let (before, after) = (around[0].as_str().unwrap(), around[1].as_str().unwrap());
                assert!(text[..start].ends_with(before) && text[end..].starts_with(after));
                seen[start - before.len()..start].fill(true);
                seen[end..end + after.len()].fill(true);
            }
        }
        let seen = seen.into_iter().filter(|s| *s).count();
        assert_eq!(seen as u64, line["shown"].as_u64().unwrap());
    }
}

#[test]
fn without_texts_codings_wait_for_their_articles() {
    let whole = project("One 🛥 two three four five six seven eight", "Ferry", &[(4, 5), (6, 9)], "memo");
    let lines = written(&whole, "jsonl-textless");
    let bundle = Bundle::bytes("x.jsonl", lines.clone().into()).unwrap();
    assert_eq!(recognise(&bundle).unwrap().name(), "jsonl-textless");
    let Joined { project: none, report } = bring(&Project::new(""), "jsonl-textless", "x.jsonl", &lines).unwrap();
    assert_eq!(none.annotations().count(), 0);
    assert_eq!(report.told.len(), 1);
    assert!(report.told[0].contains("“Ferry”") && report.told[0].contains("2 codings wait"), "{:?}", report.told);
    let texts = Project { articles: whole.articles.clone(), ..Project::new("") };
    let back = bring(&texts, "jsonl-textless", "x.jsonl", &lines).unwrap().project;
    assert_eq!(rows(&back), rows(&whole));
    assert_eq!(back.codings.values().next().unwrap().annotations, whole.codings.values().next().unwrap().annotations);
    // A text that was changed is not the one that was coded.
    let changed = project("One 🛥 two three four five six seven nine", "Ferry", &[], "");
    assert_eq!(bring(&changed, "jsonl-textless", "x.jsonl", &lines).unwrap().report.told.len(), 1);
    for bad in ["{\"chars\":3}", "{\"chars\":", "[]", "{\"id\":\"x\",\"text\":\"y\",\"chars\":1}"] {
        let problem = bring(&texts, "jsonl-textless", "x.jsonl", bad).unwrap_err().to_string();
        assert!(problem.starts_with("x.jsonl, line 1: "), "{problem}");
    }
}

const WEB: &str = r##"{"@context":"http://www.w3.org/ns/anno.jsonld","type":"AnnotationPage","items":[
 {"id":"#1","type":"Annotation","creator":{"id":"https://pad.example/u/7","name":"Bo Lund"},"created":"2025-03-04T10:00:00Z",
  "body":[{"type":"TextualBody","purpose":"tagging","value":"PER"},{"type":"TextualBody","purpose":"commenting","value":"who?"}],
  "target":{"source":{"id":"https://pad.example/a","type":"TextualBody","value":"\ufeffThe 🛥 ferry\r\nInes Falk said: late. late!","language":"en"},
   "selector":[{"type":"TextQuoteSelector","exact":"Ines Falk"},{"type":"TextPositionSelector","start":14,"end":23}]}},
 {"id":"#2","type":["Annotation"],"motivation":"tagging","bodyValue":"Delay",
  "target":[{"source":"https://pad.example/a","selector":{"type":"TextQuoteSelector","exact":"late","prefix":"late. "}},
            {"source":"https://pad.example/a","selector":{"type":"TextPositionSelector","start":7,"end":12}}]},
 {"id":"#3","type":"Annotation","motivation":"highlighting",
  "target":{"source":"https://pad.example/a","selector":{"type":"TextPositionSelector","start":7,"end":12,
    "refinedBy":{"type":"TextPositionSelector","start":1,"end":3}}}},
 {"id":"#4","type":"Annotation","body":{"type":"TextualBody","value":"only words"},
  "target":{"source":"https://pad.example/a","selector":[{"type":"TextPositionSelector","start":8,"end":13},{"type":"TextQuoteSelector","exact":"ferry"}]}},
 {"id":"#5","type":"Annotation","motivation":"linking","body":"#2","target":"#1"},
 {"id":"#6","type":"Annotation","body":{"type":"TextualBody","purpose":"classifying","value":"Harbour"},"target":"https://pad.example/a"},
 {"id":"#7","type":"Annotation","body":"x","target":{"source":"https://pad.example/a","selector":{"type":"TextQuoteSelector","exact":"late"}}},
 {"id":"#8","type":"Annotation","body":"x","target":{"source":"https://pad.example/a","selector":{"type":"TextPositionSelector","start":8,"end":999}}},
 {"id":"#9","type":"Annotation","body":"x","target":{"source":"https://pad.example/a","selector":{"type":"SvgSelector","value":"<svg/>"}}},
 {"id":"#10","type":"Annotation","body":"x","target":"https://pad.example/picture.png"},
 {"id":"#11","type":"Annotation","body":"https://terms.example/tags/Quay","motivation":"classifying",
  "target":{"source":"https://pad.example/a","selector":{"type":"RangeSelector",
   "startSelector":{"type":"TextQuoteSelector","exact":"The"},"endSelector":{"type":"TextQuoteSelector","exact":"Ines"}}}}
]}"##;

#[test]
fn web_annotations_of_other_programs_are_read() {
    let bundle = Bundle::bytes("x.json", WEB.into()).unwrap();
    assert_eq!(recognise(&bundle).unwrap().name(), "w3c");
    let Joined { project, report } = bring(&Project::new(""), "w3c", "x.json", WEB).unwrap();
    assert_eq!(project.articles.len(), 1);
    assert_eq!(&*project.articles.values().next().unwrap().text, "The 🛥 ferry\nInes Falk said: late. late!");
    let bo = project.coders.values().find(|c| c.name == "Bo Lund").unwrap().id.to_string();
    assert_eq!(
        rows(&project),
        [
            "Quay|The 🛥 ferry\n|imported||".to_owned(),
            "annotation|ferry|imported||only words".to_owned(),
            "Delay|ferry … late|imported||".to_owned(),
            "highlighting|er|imported||".to_owned(),
            format!("Entity PERSON|Ines Falk|{bo}||who?"),
        ]
    );
    let work = project.codings.values().find(|c| !c.document.codes.is_empty()).unwrap();
    assert_eq!(project.codebook.path(work.document.codes.iter().next().unwrap()), "Harbour");
    assert_eq!(project.codings.values().map(|c| c.relations.len()).sum::<usize>(), 1);
    assert_eq!(report.told.len(), 4, "{:#?}", report.told);
    // The same file again brings nothing.
    let again = bring(&project, "w3c", "x.json", WEB).unwrap().project;
    assert_eq!(again, project);
}

#[test]
fn what_is_no_web_annotation_is_refused() {
    let deep = "[".repeat(5000);
    for bad in ["", "no JSON", "{}", "[1,2]", "{\"type\":\"Squirrel\",\"target\":\"x\"}", deep.as_str()] {
        assert!(bring(&Project::new(""), "w3c", "x.json", bad).is_err(), "{bad:.40}");
    }
    let problem = bring(&Project::new(""), "w3c", "x.json", "{\n\"a\": nothing}").unwrap_err().to_string();
    assert!(problem.starts_with("x.json, line 2: "), "{problem}");
}

const TEI: &str = r##"<?xml version="1.0"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>The   ferry</title><author>Bo Lund</author>
 <respStmt xml:id="mw"><resp>coding</resp><persName>Mia Wolf</persName></respStmt></titleStmt>
 <publicationStmt><publisher>Quay Gazette</publisher><date when="2025-03-04">4 March</date></publicationStmt></fileDesc>
 <encodingDesc><classDecl><taxonomy><category xml:id="conf"><catDesc>Conflict</catDesc>
   <category xml:id="wh"><catDesc>Witch hunt</catDesc></category></category></taxonomy></classDecl></encodingDesc>
 <profileDesc><particDesc><listPerson><person xml:id="falk"><persName>Ines Falk</persName></person></listPerson></particDesc></profileDesc>
</teiHeader>
<text><body>
 <div><head>A row
   &amp; a ferry</head>
 <p xml:id="p1"><persName ref="#falk">Ines
     Falk</persName> of <rs type="place">Kelp<lb break="no"/>gate</rs> said <said who="#falk" cert="high">it was a
   <seg ana="#wh" resp="#mw">witch <hi>hunt</hi></seg></said>.</p>
 <lg><l>First <choice><sic>vers</sic><corr>verse</corr></choice></l><l>second<note>n</note></l></lg>
 <p><w xml:id="w1">The</w> <w xml:id="w2">board</w><c>.</c></p></div>
</body></text>
<standOff><spanGrp type="frames" resp="#mw"><span from="#w1" to="#w2">Power</span><span target="#string-range(p1,12,4)" ana="#conf">a note</span>
  <span target="#nowhere">x</span></spanGrp>
 <listAnnotation><annotation xml:id="a1" target="#p1" motivation="commenting"><note>Whole
   paragraph</note></annotation></listAnnotation></standOff></TEI>"##;

#[test]
fn tei_of_other_programs_is_read() {
    let bundle = Bundle::bytes("x.xml", TEI.into()).unwrap();
    assert_eq!(recognise(&bundle).unwrap().name(), "tei");
    let Joined { project, report } = bring(&Project::new(""), "tei", "x.xml", TEI).unwrap();
    let article = project.articles.values().next().unwrap();
    let first = "Ines Falk of Kelpgate said it was a witch hunt.";
    assert_eq!(&*article.text, format!("A row & a ferry\n\n{first}\n\nFirst vers\nsecondn\n\nThe board."));
    assert_eq!(article.metadata.title, "The ferry");
    assert_eq!(article.metadata.outlet, "Quay Gazette");
    assert_eq!(article.metadata.authors, ["Bo Lund"]);
    assert_eq!(article.metadata.published.as_deref(), Some("2025-03-04"));
    assert_eq!(article.parts, [Part { kind: PartKind::Headline, span: CharSpan::chars(0, 15) }]);
    assert_eq!(
        rows(&project),
        [
            "Entity PERSON|Ines Falk|imported||".to_owned(),
            format!("commenting|{first}|imported||Whole paragraph"),
            // Twelve characters into the file’s paragraph, the white space counted as it stands there.
            "Conflict|lk o|mw||a note".to_owned(),
            "Entity PLACE|Kelpgate|imported||".to_owned(),
            "Quote direct|it was a witch hunt|imported|Ines Falk|".to_owned(),
            "Conflict / Witch hunt|witch hunt|mw||".to_owned(),
            "Power|The board|mw||".to_owned(),
        ]
    );
    assert_eq!(project.coders[&id::<CoderId>("mw")].name, "Mia Wolf");
    assert_eq!(report.told.len(), 2, "{:#?}", report.told);
    assert_eq!(bring(&project, "tei", "x.xml", TEI).unwrap().project, project);
    let person = project.annotations().find(|(_, _, a)| a.tag == Tag::Entity(EntityKind::Person)).unwrap().2;
    assert_eq!(person.attributes.custom["ref"], Value::Text("#falk".to_owned()));
}

#[test]
fn tei_that_is_broken_or_hostile_is_refused() {
    let head = "<TEI xmlns=\"http://www.tei-c.org/ns/1.0\"><text><body><p>";
    let tail = "</p></body></text></TEI>";
    let bomb = format!("<!DOCTYPE TEI [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>{head}&b;{tail}");
    let deep = format!("{head}{}{}{tail}", "<hi>".repeat(100_000), "</hi>".repeat(100_000));
    let file = format!("<!DOCTYPE TEI [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>{head}&x;{tail}");
    let twice = format!("{head}{tail}{head}{tail}");
    for bad in ["", "no XML", "<html/>", head, &bomb, &deep, &file, &twice, "<TEI><teiHeader/></TEI>"] {
        let problem = bring(&Project::new(""), "tei", "x.xml", bad).unwrap_err().to_string();
        assert!(problem.starts_with("x.xml"), "{problem}");
    }
    assert!(bring(&Project::new(""), "tei", "x.xml", &format!("{head}fine{tail}")).is_ok());
}

#[test]
fn tei_keeps_what_xml_has_no_place_for_in_mind() {
    let whole = project("One\u{ffff} two\nthree \u{a0}\nfour", "T", &[(0, 6), (5, 12)], "a\u{1b}b");
    let (_, losses) = framelens::exchange::prepare(&whole, &Selection::default(), format("tei").unwrap());
    assert!(!losses.is_empty());
    let xml = written(&whole, "tei");
    assert!(!xml.contains('\u{ffff}') && !xml.contains('\u{1b}'));
    let back = bring(&whole, "tei", "x.xml", &xml).unwrap();
    assert_eq!(back.project, whole, "{:?}", back.report);
}

#[test]
fn the_page_holds_everything_and_nothing_gets_out_of_it() {
    let hostile = "</style><script>alert(1)</script>\" onmouseover='x' <!-- & \u{0} ]]>";
    let text = "He said <b>“no & yes”</b> to it. ".repeat(4);
    let page = written(&project(&text, hostile, &[(0, 12), (6, 20), (8, 40), (30, 60)], hostile), "html");
    let lower = page.to_lowercase();
    for bad in ["<script", "<!-- &", "<b>“", "onmouseover='", "\u{0}"] {
        assert!(!lower.contains(bad), "{bad}");
    }
    assert_eq!(lower.matches("</style>").count(), 1);
    assert!(!lower.contains("http://") && !lower.contains("https://") && !lower.contains("url("));
    // All of the text is there, in its order, between the marks.
    let document = dom_query::Document::from(page.as_str());
    for unwanted in [".ref", ".tip"] {
        document.select(unwanted).remove();
    }
    assert_eq!(document.select("article .row p").text().trim_end(), text.trim_end());
    let again = dom_query::Document::from(page.as_str());
    assert_eq!(again.select("ol.codings > li").length(), 4);
    assert_eq!(again.select("article a.ref").length(), 4);
    assert_eq!(again.select("script, img, link, iframe, object").length(), 0);
    assert_eq!(again.select("h1").length(), 1);
    for (link, n) in again.select("a[href^='#']").iter().map(|a| (a.attr("href").unwrap(), 1)) {
        let target = format!("[id='{}']", link.trim_start_matches('#'));
        assert_eq!(again.select(&target).length(), n, "{link}");
    }
    // Where two frames lie over the same words, both bars are drawn.
    assert!(page.matches("linear-gradient").count() > 4 && page.contains("),linear-gradient("));
}
