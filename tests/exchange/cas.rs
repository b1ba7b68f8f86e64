//! UIMA’s CAS: what other programs write, what they are given, and files that nobody ought to have written.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use framelens::exchange::{Bundle, Joined, Reading, Selection, Sink, export, format, prepare, read};
use framelens::model::{
    Annotation, AnnotationId, Article, Code, Coder, Coding, Colour, EntityKind, Metadata, Project, QuoteKind, Relation,
    RelationEnd, RelationId, Tag, Value,
};
use framelens::text::{CharSpan, OffsetMap};
use jiff::Timestamp;

fn reading() -> Reading {
    Reading { coder: "somebody".to_owned(), now: Timestamp::UNIX_EPOCH }
}

fn taken(files: &[(&str, &str)], known: &Project) -> Result<Joined, String> {
    let files: BTreeMap<_, _> = files.iter().map(|(n, t)| ((*n).to_owned(), t.as_bytes().to_vec())).collect();
    let bundle = Bundle::folder("corpus", files);
    let format = framelens::exchange::recognise(&bundle).ok_or("not recognised")?;
    read(known, &bundle, format, &reading()).map_err(|e| e.to_string())
}

fn fresh(files: &[(&str, &str)]) -> Joined {
    let joined = taken(files, &Project::new("")).unwrap();
    assert_eq!(joined.project.faults(), vec![]);
    joined
}

/// Every annotation as its label, its words and its further attributes; every relation as kind and ends.
fn said(project: &Project) -> Vec<String> {
    let mut out = Vec::new();
    for coding in project.codings.values() {
        for a in coding.in_order() {
            let label = match &a.tag {
                Tag::Frame(code) => project.codebook.path(code),
                tag => tag.word().to_owned(),
            };
            let mut line = format!("{label}: {}", a.words());
            for (name, value) in &a.attributes.custom {
                write!(line, " {name}={value:?}").unwrap();
            }
            out.push(line);
        }
        let words = |id| coding.annotations.get(&id).map_or_else(String::new, |a| a.words());
        for r in coding.relations.values() {
            let RelationEnd::Annotation(to) = r.to else { continue };
            out.push(format!("{} -> {} ({})", words(r.from), words(to), r.kind));
        }
    }
    out
}

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier">
  <types>
    <typeDescription><name>webanno.custom.Mood</name><description/><supertypeName>uima.tcas.Annotation</supertypeName>
      <features>
        <featureDescription><name>value</name><description/><rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>
        <featureDescription><name>strength</name><description/><rangeTypeName>uima.cas.Integer</rangeTypeName></featureDescription>
        <featureDescription><name>sure</name><description/><rangeTypeName>uima.cas.Boolean</rangeTypeName></featureDescription>
        <featureDescription><name>cues</name><description/><rangeTypeName>uima.cas.StringArray</rangeTypeName></featureDescription>
        <featureDescription><name>holders</name><description/><rangeTypeName>uima.cas.FSArray</rangeTypeName></featureDescription>
        <featureDescription><name>next</name><description/><rangeTypeName>webanno.custom.Mood</rangeTypeName></featureDescription>
      </features>
    </typeDescription>
    <typeDescription><name>webanno.custom.Link</name><description/><supertypeName>uima.cas.TOP</supertypeName>
      <features>
        <featureDescription><name>role</name><description/><rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>
        <featureDescription><name>target</name><description/><rangeTypeName>uima.tcas.Annotation</rangeTypeName></featureDescription>
      </features>
    </typeDescription>
    <typeDescription><name>webanno.custom.Tie</name><description/><supertypeName>uima.tcas.Annotation</supertypeName>
      <features>
        <featureDescription><name>Governor</name><description/><rangeTypeName>uima.tcas.Annotation</rangeTypeName></featureDescription>
        <featureDescription><name>Dependent</name><description/><rangeTypeName>uima.tcas.Annotation</rangeTypeName></featureDescription>
        <featureDescription><name>value</name><description/><rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>
      </features>
    </typeDescription>
    <typeDescription><name>my.Word</name><description/><supertypeName>de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token</supertypeName></typeDescription>
  </types>
</typeSystemDescription>"#;

/// The text: an emoji, a line end as Windows writes it, a name.
const XMI: &str = r#"<?xml version="1.1" encoding="UTF-8"?>
<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:custom="http:///webanno/custom.ecore"
  xmlns:type="http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore"
  xmlns:type2="http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore" xmlns:my="http:///my.ecore"
  xmlns:type3="http:///de/tudarmstadt/ukp/dkpro/core/api/metadata/type.ecore"
  xmlns:tcas="http:///uima/tcas.ecore" xmi:version="2.0">
  <cas:NULL xmi:id="0"/>
  <type3:DocumentMetaData xmi:id="2" sofa="1" begin="0" end="41" language="en" documentTitle="Quay" documentId="quay.txt"/>
  <type2:Token xmi:id="3" sofa="1" begin="0" end="2"/>
  <my:Word xmi:id="4" sofa="1" begin="3" end="8"/>
  <custom:Mood xmi:id="5" sofa="1" begin="3" end="8" value="angry" strength="3" sure="true" holders="11 12" next="6">
    <cues>&lt;loud&gt; &#38; long</cues>
    <cues>red</cues>
  </custom:Mood>
  <custom:Mood xmi:id="6" sofa="1" begin="10" end="15"/>
  <type:NamedEntity xmi:id="7" sofa="1" begin="19" end="29" value="PER"/>
  <type:NamedEntity xmi:id="8" sofa="1" begin="30" end="30" value="ORG"/>
  <type:NamedEntity xmi:id="13" sofa="1" begin="30" end="99" value="ORG"/>
  <type:NamedEntity xmi:id="14" sofa="1" begin="1" end="8" value="ORG"/>
  <custom:Tie xmi:id="9" sofa="1" begin="19" end="29" Governor="5" Dependent="7" value="felt by"/>
  <custom:Tie xmi:id="10" sofa="1" begin="0" end="2" Governor="5" Dependent="3" value="felt by"/>
  <custom:Link xmi:id="11" role="of" target="7"/>
  <custom:Link xmi:id="12" role="of" target="3"/>
  <cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString="&#128545; Anger&#13;&#10;again by Joan Marsh today."/>
  <cas:View sofa="1" members="2 3 4 5 6 7 8 9 10 13 14"/>
</xmi:XMI>"#;

#[test]
fn layers_features_and_relations_of_inception_are_read() {
    let joined = fresh(&[("TypeSystem.xml", TYPES), ("quay.xmi", XMI)]);
    let article = joined.project.articles.values().next().unwrap();
    assert_eq!((article.metadata.title.as_str(), article.metadata.language.as_deref()), ("Quay", Some("en")));
    assert_eq!(&*article.text, "😡 Anger\nagain by Joan Marsh today.");
    let text = |t: &str| Value::Text(t.to_owned());
    let custom = [
        ("cues", text(r#"["<loud> & long","red"]"#)),
        ("strength", Value::Number(3.0)),
        ("sure", Value::YesNo(true)),
        ("type", text("webanno.custom.Mood")),
    ];
    let custom: String = custom.iter().map(|(n, v)| format!(" {n}={v:?}")).collect();
    let ner = "type=Text(\"de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity\")";
    let mut lines = said(&joined.project);
    lines[3..].sort();
    assert_eq!(
        lines,
        [
            format!("angry: Anger{custom}"),
            "Mood: again".to_owned(),
            format!("PERSON: Joan Marsh label=Text(\"PER\") {ner}"),
            "Anger -> Joan Marsh (felt by)".to_owned(),
            "Anger -> Joan Marsh (of)".to_owned(),
            "Anger -> again (next)".to_owned(),
        ]
    );
    let mut told = joined.report.told.clone();
    told.sort();
    assert_eq!(
        told,
        [
            "annotations of no words (“NamedEntity”) were left out",
            "annotations of no words, or beyond the end of the text, were left out (2 times)",
            "references (“holders”) to what is no coding were left out",
            "relations (“Tie”) of what is no coding were left out",
            "sentences, tokens and other segments are no codings and were passed over",
        ]
    );
}

#[test]
fn a_file_without_types_is_read_as_well_as_it_can_be() {
    let joined = fresh(&[("quay.xmi", XMI)]);
    assert!(joined.report.told.iter().any(|t| t.contains("no TypeSystem.xml")), "{:?}", joined.report.told);
    let lines = said(&joined.project);
    assert!(lines.contains(&"Anger -> Joan Marsh (felt by)".to_owned()), "{lines:?}");
    assert!(lines.iter().any(|l| l.starts_with("angry: Anger")), "{lines:?}");
    // The types may lie beside the one file that is opened.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("TypeSystem.xml"), TYPES).unwrap();
    std::fs::write(folder.path().join("quay.xmi"), XMI).unwrap();
    let bundle = Bundle::open(&folder.path().join("quay.xmi")).unwrap();
    let beside = read(&Project::new(""), &bundle, format("cas-xmi").unwrap(), &reading()).unwrap();
    let whole = fresh(&[("TypeSystem.xml", TYPES), ("quay.xmi", XMI)]);
    assert_eq!(said(&beside.project), said(&whole.project));
}

#[test]
fn two_views_are_two_articles() {
    let xmi = r#"<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:n="http:///uima/noNamespace.ecore" xmi:version="2.0">
  <n:Mark xmi:id="3" sofa="1" begin="0" end="3" category="a"/>
  <n:Mark xmi:id="4" sofa="2" begin="0" end="4"/>
  <cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" sofaString="One way"/>
  <cas:Sofa xmi:id="2" sofaNum="2" sofaID="Translation" sofaString="Ein Weg"/>
  <cas:View sofa="1" members="3"/><cas:View sofa="2" members="4"/>
</xmi:XMI>"#;
    let joined = fresh(&[("way.xmi", xmi)]);
    let mut lines = said(&joined.project);
    lines.sort();
    assert_eq!(lines, ["Mark: Ein ", "a: One type=Text(\"Mark\")"]);
    let titles: Vec<_> = joined.project.articles.values().map(|a| a.metadata.title.as_str()).collect();
    assert!(titles.contains(&"way (Translation)"), "{titles:?}");
}

#[test]
fn structures_in_json_are_read() {
    let json = r##"{
  "%TYPES": {"my.Mark": {"%NAME": "my.Mark", "%SUPER_TYPE": "uima.tcas.Annotation",
    "score": {"%NAME": "score", "%RANGE": "uima.cas.Double"}, "to": {"%NAME": "to", "%RANGE": "my.Mark"}}},
  "%FEATURE_STRUCTURES": {
    "1": {"%TYPE": "uima.cas.Sofa", "sofaNum": 1, "sofaID": "_InitialView", "sofaString": "\ud83d\ude21 one two"},
    "2": {"%TYPE": "my.Mark", "@sofa": 1, "begin": 3, "end": 6, "score": 0.5, "@to": 3},
    "3": {"%TYPE": "my.Mark", "@sofa": 1, "begin": 7, "end": 10, "#score": "Infinity", "value": "B", "many": [1, "x"]},
    "4": {"%TYPE": "uima.tcas.DocumentAnnotation", "@sofa": 1, "begin": 0, "end": 10, "language": "de"}
  },
  "%VIEWS": {"_InitialView": {"%SOFA": 1, "%MEMBERS": [2, 3, 4]}}
}"##;
    let joined = fresh(&[("a.json", json), ("left-out.json", "{}")]);
    assert_eq!(
        said(&joined.project),
        [
            "Mark: one score=Number(0.5)",
            "B: two many=Text(\"[\\\"1\\\",\\\"x\\\"]\") score=Text(\"Infinity\") type=Text(\"my.Mark\")",
            "one -> two (to)",
        ]
    );
    assert_eq!(joined.project.articles.values().next().unwrap().metadata.language.as_deref(), Some("de"));
}

/// An article with an entity that comes after an emoji, a quotation of two stretches, a frame and a relation.
fn project(text: &str) -> Project {
    let mut project = Project::new("");
    let article = Article::new(
        text,
        Metadata { title: "Quay & <harbour>".to_owned(), ..Metadata::default() },
        Vec::new(),
        Default::default(),
    );
    let coder = Coder { id: "ada".parse().unwrap(), name: "Ada \"A\" Brandt".to_owned() };
    let code = Code::new("witch-hunt".parse().unwrap(), "Witch hunt", Colour::Palette(0));
    let map = OffsetMap::new(article.text.clone());
    let mut coding = Coding::default();
    let mut put = |n: u128, tag: Tag, spans: &[(usize, usize)]| {
        let revision = u32::from(tag.code().is_some());
        let mut new = Annotation {
            id: AnnotationId(uuid::Uuid::from_u128(n)),
            tag,
            spans: Vec::new(),
            anchors: Vec::new(),
            attributes: Default::default(),
            memo: "a\nmemo\t".to_owned(),
            origin: framelens::model::Origin::Hand,
            code_revision: revision,
            created: Timestamp::UNIX_EPOCH,
            changed: Timestamp::UNIX_EPOCH,
        };
        assert!(new.place(&map, spans.iter().map(|(s, e)| CharSpan::chars(*s, *e)).collect()));
        coding.annotations.insert(new.id, new.clone().into());
        new.id
    };
    let from = put(1, Tag::Entity(EntityKind::Person), &[(2, 6)]);
    let to = put(2, Tag::Quote(QuoteKind::Partial), &[(7, 11), (12, 15)]);
    put(3, Tag::Frame(code.id.clone()), &[(7, 11)]);
    let relation = Relation {
        id: RelationId(uuid::Uuid::from_u128(9)),
        kind: "says".to_owned(),
        from,
        to: RelationEnd::Annotation(to),
    };
    coding.relations.insert(relation.id, relation);
    project.codings.insert((coder.id.clone(), article.id.clone()), coding.into());
    project.articles.insert(article.id.clone(), article.into());
    project.codebook.codes.insert(code.id.clone(), code);
    project.coders.insert(coder.id.clone(), coder);
    project
}

fn written(project: &Project, name: &str) -> BTreeMap<String, String> {
    let format = format(name).unwrap();
    let (reduced, _) = prepare(project, &Selection::default(), format);
    let mut files = BTreeMap::new();
    format.write(&reduced, &mut Sink::memory(&mut files, &mut |_| true)).unwrap();
    files.into_iter().map(|(n, bytes)| (n, String::from_utf8(bytes).unwrap())).collect()
}

const TEXT: &str = "😡 Joan said then so.\n";

#[test]
fn what_is_written_is_what_uima_reads() {
    let files = written(&project(TEXT), "cas-xmi");
    let (name, xmi) = files.iter().find(|(_, text)| text.contains("sofaString")).unwrap();
    assert!(name.starts_with("quay-harbour-"), "{name}");
    assert!(files["TypeSystem.xml"].contains("<name>framelens.Frame</name>"));
    // Behind the emoji, UTF-16 is one ahead of code points.
    let line = |start: &str| xmi.lines().map(str::trim).find(|l| l.starts_with(start)).unwrap_or_default().to_owned();
    let entity = line("<framelens:Entity");
    assert!(entity.contains(r#"begin="3" end="7""#) && entity.contains(r#"value="PERSON" label="PERSON""#), "{entity}");
    assert!(entity.contains("memo=\"a&#10;memo&#9;\""), "{entity}");
    let quotes: Vec<_> = xmi.lines().filter(|l| l.contains("<framelens:Quote")).collect();
    assert_eq!(quotes.len(), 2);
    assert!(quotes[0].contains(r#"begin="8" end="12""#) && quotes[0].contains(r#"piece="1""#), "{}", quotes[0]);
    assert!(quotes[1].contains(r#"begin="13" end="16""#) && quotes[1].contains(r#"piece="2""#), "{}", quotes[1]);
    let id = |line: &str| line.split("xmi:id=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let relation = line("<framelens:Relation");
    let ends = format!(r#"Governor="{}" Dependent="{}""#, id(&entity), id(quotes[0]));
    assert!(relation.contains(&ends), "{relation} {ends}");
    assert!(line("<cas:Sofa").contains("sofaString=\"😡 Joan said then so.&#10;\""));
    assert!(line("<framelens:Coding").contains("coder_name=\"Ada &quot;A&quot; Brandt\""));
    assert_eq!(xmi.matches("<seg:Token").count(), 6);
}

#[test]
fn what_another_program_changes_is_changed() {
    let project = project(TEXT);
    for name in ["cas-xmi", "cas-json"] {
        let mut files = written(&project, name);
        let change = |text: &mut String, from: &str, to: &str| {
            assert!(text.contains(from), "{from} is not in {text}");
            *text = text.replacen(from, to, 1);
        };
        let text = files.values_mut().find(|t| t.contains("sofaString")).unwrap();
        if name == "cas-xmi" {
            // Another code on the frame, another end of the name, one more coding.
            change(text, "label=\"Witch hunt\" code=", "label=\"Purge\" code=");
            change(text, r#"begin="3" end="7" coder"#, r#"begin="3" end="12" coder"#);
            change(
                text,
                "  <cas:Sofa",
                "  <framelens:Claim xmi:id=\"999\" sofa=\"1\" begin=\"3\" end=\"7\" label=\"poll\"/>\n  <cas:Sofa",
            );
        } else {
            change(text, r#""begin":3,"changed""#, r#""begin":0,"changed""#);
        }
        let files: Vec<_> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
        let joined = taken(&files, &project).unwrap();
        let report = joined.report;
        if name == "cas-xmi" {
            assert_eq!((report.changed_annotations, report.new_annotations, report.new_codes), (2, 1, 1));
            let lines = said(&joined.project);
            assert!(lines.contains(&"Purge: said".to_owned()), "{lines:?}");
            assert!(lines.contains(&"PERSON: Joan said".to_owned()), "{lines:?}");
            assert!(lines.contains(&"poll: Joan".to_owned()), "{lines:?}");
        } else {
            assert_eq!((report.changed_annotations, report.new_annotations), (1, 0));
        }
        assert_eq!(joined.project.faults(), vec![]);
    }
}

#[test]
fn signs_that_xml_cannot_hold_are_told_and_come_home() {
    let project = project("😡 Joan said then \u{ffff}so.\n");
    let format = format("cas-xmi").unwrap();
    let (reduced, losses) = prepare(&project, &Selection::default(), format);
    assert!(losses.list().iter().any(|l| l.what == "texts" && l.count == 1), "{losses:?}");
    assert!(reduced.articles.values().next().unwrap().text.contains("then \u{fffd}so"));
    let files = written(&project, "cas-xmi");
    let files: Vec<_> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let joined = taken(&files, &project).unwrap();
    assert_eq!(joined.project, project, "{:?}", joined.report);
}

#[test]
fn what_nobody_ought_to_have_written_is_refused() {
    let xmi = |inside: &str| {
        format!(
            "<xmi:XMI xmlns:xmi=\"http://www.omg.org/XMI\" xmlns:cas=\"http:///uima/cas.ecore\" xmlns:n=\"http:///n.ecore\">\n{inside}\n<cas:Sofa xmi:id=\"1\" sofaNum=\"1\" sofaID=\"_InitialView\" sofaString=\"One\"/></xmi:XMI>"
        )
    };
    let refused = |text: &str| taken(&[("a.xmi", text)], &Project::new("")).map(drop).unwrap_err();
    let bomb = format!(
        "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>{}",
        xmi("<n:A sofa=\"1\" begin=\"0\" end=\"1\" value=\"&b;\"/>")
    );
    assert!(refused(&bomb).starts_with("a.xmi, line 2"), "{}", refused(&bomb));
    assert!(refused(&xmi("<n:A><v>&b;</v></n:A>")).contains("“b”"));
    assert!(refused(&xmi(&"<n:A>".repeat(50_000))).contains("too deep"));
    assert!(refused(&xmi("<n:A")).starts_with("a.xmi, line"));
    let whole = xmi("");
    assert!(refused(&whole[..whole.len() - 5]).contains("a.xmi, line"));
    assert!(refused("<html xmlns:xmi=\"http://www.omg.org/XMI\"/>").contains("no XMI"));
    // Odd, and read without what is odd.
    for odd in [
        "<n:A xmi:id=\"7\" sofa=\"1\" begin=\"-1\" end=\"2\"/>",
        "<n:A xmi:id=\"7\" sofa=\"1\" begin=\"2\" end=\"1\"/>",
        "<n:A xmi:id=\"7\" sofa=\"1\" begin=\"0\" end=\"99999999999999999999999999\"/>",
        "<n:A xmi:id=\"7\" sofa=\"9\" begin=\"0\" end=\"1\"/>",
    ] {
        let joined = fresh(&[("a.xmi", &xmi(odd))]);
        assert_eq!(said(&joined.project), Vec::<String>::new(), "{odd}");
        assert!(joined.report.told.len() > 1, "{odd}: {:?}", joined.report.told);
    }
    let circle = "<n:A xmi:id=\"7\" sofa=\"1\" begin=\"0\" end=\"1\" target=\"8\"/><cas:NonEmptyFSList xmi:id=\"8\" head=\"7\" tail=\"8\"/>";
    assert_eq!(said(&fresh(&[("a.xmi", &xmi(circle))]).project), ["A: O", "O -> O (target)"]);
    // What would take for ever: every annotation refers to a list that holds all of them; thousands are one and the same.
    let all: String = (10..5_010).map(|n| format!("{n} ")).collect();
    let each = |n| format!("<n:A xmi:id=\"{n}\" sofa=\"1\" begin=\"0\" end=\"1\" target=\"9\"/>");
    let many: String = (10..5_010).map(each).collect();
    let joined = fresh(&[("a.xmi", &xmi(&format!("<cas:FSArray xmi:id=\"9\" elements=\"{all}\"/>{many}")))]);
    assert_eq!(joined.project.annotations().count(), 5_000);
    assert!(joined.report.told.iter().any(|t| t.contains("more references")), "{:?}", joined.report.told);
    let types = "<typeSystemDescription><types><typeDescription><name>n.A</name><supertypeName>n.A</supertypeName></typeDescription></types></typeSystemDescription>";
    let mark = xmi("<n:A xmi:id=\"7\" sofa=\"1\" begin=\"0\" end=\"1\"/>");
    assert_eq!(said(&fresh(&[("a.xmi", &mark), ("TypeSystem.xml", types)]).project), ["A: O"]);
    let json = |text: &str| taken(&[("a.json", text)], &Project::new("")).map(drop).unwrap_err();
    assert!(json("{\"%TYPES\":{},").starts_with("a.json, line 1"));
    assert!(json("{\"%TYPES\":{},\"%FEATURE_STRUCTURES\":7}").contains("neither"));
    assert!(json("{\"%TYPES\":{},\"%FEATURE_STRUCTURES\":[7]}").contains("%TYPE"));
    assert!(json(&format!("{{\"%TYPES\":{}", "[".repeat(100_000))).starts_with("a.json"));
    let cut = r#"{"%FEATURE_STRUCTURES":[{"%ID":1,"%TYPE":"uima.cas.Sofa","sofaString":"a😡"},{"%TYPE":"n.A","@sofa":1,"begin":0,"end":2}]}"#;
    assert_eq!(said(&fresh(&[("a.json", cut)]).project), Vec::<String>::new());
}

/// Where `FRAMELENS_PYTHON` names a Python with dkpro-cassis: what it loads and writes back is still all there.
#[test]
fn what_cassis_writes_back_changes_nothing() {
    let Ok(python) = std::env::var("FRAMELENS_PYTHON") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (folder.path().join("ours"), folder.path().join("theirs"));
    let (project, format) = (project(TEXT), format("cas-xmi").unwrap());
    export(&project, &Selection::default(), format, &ours, false, &mut |_| true).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/cassis.py");
    let said = std::process::Command::new(python).arg(script).arg(&ours).arg(&theirs).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    std::fs::copy(ours.join("TypeSystem.xml"), theirs.join("TypeSystem.xml")).unwrap();
    let joined = read(&project, &Bundle::open(&theirs).unwrap(), format, &reading()).unwrap();
    assert_eq!(joined.project, project, "{:?}", joined.report);
}
