//! What programs for tokens and spans write, read; and damaged files of theirs, refused.

use std::collections::BTreeMap;

use framelens::exchange::{Bundle, Format, Joined, Reading, Selection, format, preview, read, recognise, stream};
use framelens::model::{
    Annotation, AnnotationId, Article, Attributes, Coder, EntityKind, Metadata, Origin, Project, Source, Stance, Tag,
    Value, Voice,
};
use framelens::text::{CharSpan, OffsetMap};
use jiff::Timestamp;

fn taken(name: &str, bundle: &Bundle) -> Result<Joined, String> {
    let reading = Reading { coder: "me".to_owned(), now: Timestamp::UNIX_EPOCH };
    let joined = read(&Project::new(""), bundle, format(name).unwrap(), &reading).map_err(|e| e.to_string())?;
    assert_eq!(joined.project.faults(), []);
    Ok(joined)
}

fn one(name: &str, file: &str, text: &str) -> Joined {
    let bundle = Bundle::bytes(file, text.as_bytes().to_vec()).unwrap();
    assert_eq!(recognise(&bundle).map(Format::name), Some(name));
    taken(name, &bundle).unwrap()
}

fn refused(name: &str, file: &str, text: &[u8]) -> String {
    taken(name, &Bundle::bytes(file, text.to_vec()).unwrap()).unwrap_err()
}

/// Who marked which words as what.
fn marks(project: &Project) -> Vec<String> {
    let label = |a: &Annotation| match &a.tag {
        Tag::Frame(code) => project.codebook.get(code).unwrap().name.clone(),
        tag => tag.word().to_owned(),
    };
    project.annotations().map(|(coder, _, a)| format!("{coder}: {} = {}", a.words(), label(a))).collect()
}

fn the_text(project: &Project) -> &str {
    &project.articles.values().next().unwrap().text
}

fn document_codes(project: &Project) -> Vec<&str> {
    let codes = project.codings.values().flat_map(|c| &c.document.codes);
    codes.map(|c| project.codebook.get(c).unwrap().name.as_str()).collect()
}

#[test]
fn prodigy_lines() {
    let lines = concat!(
        r#"{"text":"Falk saw a 🛥 purge.","_input_hash":1,"tokens":[],"meta":{"source":"Harbour Post","n":3},"#,
        r#""spans":[{"start":0,"end":4,"token_start":0,"token_end":0,"label":"PER"},"#,
        r#"{"start":13,"end":18,"label":"Conflict","voice":"quoted","intensity":2,"sure":"no"}],"#,
        r#""relations":[{"head":4,"child":0,"label":"by","head_span":{"start":13,"end":18,"label":"Conflict"},"#,
        r#""child_span":{"start":0,"end":4,"label":"PER"}}],"answer":"accept","_annotator_id":"ada"}"#,
        "\n\n",
        r#"{"text":"No.","spans":[{"start":0,"end":2,"label":"Conflict"}],"answer":"reject"}"#,
        "\n",
        r#"{"text":"Yes, two.","options":[{"id":1,"text":"Money"},{"id":2,"text":"Power"}],"accept":[2],"answer":"accept"}"#,
        "\n",
    );
    let Joined { project, report } = one("spacy-jsonl", "ner.jsonl", lines);
    assert_eq!(marks(&project), ["ada: Falk = PERSON", "ada: purge = Conflict"]);
    assert_eq!(document_codes(&project), ["Power"]);
    assert_eq!(report.told, ["what was answered with “reject” in Prodigy was left out"]);
    let (_, _, purge) = project.annotations().find(|(_, _, a)| a.words() == "purge").unwrap();
    assert_eq!((purge.attributes.voice, purge.attributes.intensity), (Some(Voice::Quoted), Some(2)));
    assert_eq!(purge.attributes.custom["sure"], Value::Text("no".into()));
    let coding = project.codings.values().find(|c| !c.relations.is_empty()).unwrap();
    assert_eq!(coding.relations.values().next().unwrap().kind, "by");
    let article = project.articles.values().find(|a| a.text.starts_with("Falk")).unwrap();
    assert_eq!(article.metadata.variables["source"], Value::Text("Harbour Post".into()));
    let wrong = refused("spacy-jsonl", "a.jsonl", b"{\"text\":\"a\",\"spans\":[]}\n{\"text\":");
    assert!(wrong.starts_with("a.jsonl, line 2:"), "{wrong}");
}

#[test]
fn damaged_binaries_are_refused() {
    for bytes in [&b"x\x9c"[..], b"x\x9c\x03\x00\x00\x00\x00\x01", b"not at all", b""] {
        assert!(refused("spacy-docbin", "a.spacy", bytes).starts_with("a.spacy: "));
    }
    // A table that says it is longer than the file.
    let message = b"\x84\xa5attrs\x91\x41\xa6tokens\xc4\x00\xa7lengths\xc4\x04\xff\xff\xff\x7f\xa6spaces\xc4\x00";
    let bytes = miniz_oxide::deflate::compress_to_vec_zlib(message, 6);
    assert!(refused("spacy-docbin", "a.spacy", &bytes).contains("not as long"));
}

#[test]
fn doccano_for_each_annotator() {
    let files = BTreeMap::from([
        (
            "ada.jsonl".to_owned(),
            r#"{"id":7,"text":"Ein Boot 🛥 fährt","label":[[9,10,"LOC"],[4,8,"Ship"]],"Comments":["odd"],"year":1999}"#
                .into(),
        ),
        ("bo.jsonl".to_owned(), r#"{"id":7,"text":"Ein Boot 🛥 fährt","entities":[],"cats":["Sea"]}"#.into()),
    ]);
    let bundle = Bundle::folder("export", files);
    assert_eq!(recognise(&bundle).unwrap().name(), "doccano");
    let project = taken("doccano", &bundle).unwrap().project;
    let mut found = marks(&project);
    found.sort();
    assert_eq!(found, ["ada: Boot = Ship", "ada: 🛥 = PLACE"]);
    assert_eq!(project.articles.len(), 1);
    assert_eq!(project.articles.values().next().unwrap().metadata.variables["year"], Value::Number(1999.0));
    assert_eq!(document_codes(&project), ["Sea"]);
    assert!(project.codings.values().any(|c| c.document.memo == "odd"));
    let beyond = one("doccano", "a.jsonl", r#"{"text":"ab","label":[[0,9,"X"],[1,1,"X"],[0,1,"X"]]}"#);
    assert_eq!(marks(&beyond.project), ["me: a = X"]);
    assert_eq!(beyond.report.told.len(), 1);
    assert!(refused("doccano", "a.jsonl", b"[[[[").starts_with("a.jsonl, line 1"));
    assert!(refused("doccano", "a.jsonl", "[".repeat(100_000).as_bytes()).contains("recursion"));
}

#[test]
fn label_studio_regions_answers_and_units() {
    // The first task counts UTF-16 units, as old versions do; the second one code points.
    let tasks = r#"[{"id":1,"data":{"body":"💩 It was a purge.","outlet":"Post"},"annotations":[{"id":3,
        "completed_by":{"id":9,"email":"ada@example.org","first_name":"Ada","last_name":"Lund"},"created_at":"2024-05-15T12:09:16Z",
        "result":[
         {"id":"r1","from_name":"label","to_name":"txt","type":"labels","value":{"start":12,"end":17,"text":"purge","labels":["Conflict"]}},
         {"id":"r1","from_name":"memo","to_name":"txt","type":"textarea","value":{"start":12,"end":17,"text":["why?"]}},
         {"id":"r1","from_name":"tone","to_name":"txt","type":"choices","value":{"start":12,"end":17,"choices":["harsh"]}},
         {"id":"r2","from_name":"label","to_name":"txt","type":"labels","value":{"start":0,"end":2,"text":"💩","labels":["WORK"]}},
         {"id":"c","from_name":"topic","to_name":"txt","type":"choices","value":{"choices":["Sea","Law"]}},
         {"from_id":"r1","to_id":"r2","type":"relation","direction":"left","labels":["of"]}]},
        {"was_cancelled":true,"result":[]}],"predictions":[{"result":[{"id":"p"}]}]},
      {"id":2,"data":{"body":"💩 Again"},"annotations":[{"completed_by":2,"result":[
         {"id":"s","from_name":"label","to_name":"txt","type":"labels","value":{"start":2,"end":7,"labels":["Conflict"]}}]}]},
      {"id":3,"data":{"body":"https://example.org/a.png"},"annotations":[]}]"#;
    let config = r#"<View><Labels name="label" toName="txt"><Label value="Conflict"/><Label value="Peace &amp; quiet"/></Labels>
        <Text name="txt" value="$body"/></View>"#;
    let files = BTreeMap::from([
        ("config.xml".to_owned(), config.as_bytes().to_vec()),
        ("tasks.json".to_owned(), tasks.as_bytes().to_vec()),
    ]);
    let bundle = Bundle::folder("export", files.clone());
    assert_eq!(recognise(&bundle).unwrap().name(), "label-studio");
    let Joined { project, report } = taken("label-studio", &bundle).unwrap();
    let mut found = marks(&project);
    found.sort();
    assert_eq!(found, ["2: Again = Conflict", "ada-lund: purge = Conflict", "ada-lund: 💩 = WORK"]);
    assert_eq!(document_codes(&project), ["Law", "Sea"]);
    assert!(project.codebook.codes.values().any(|c| c.name == "Peace & quiet"));
    let (_, _, purge) = project.annotations().find(|(_, _, a)| a.words() == "purge").unwrap();
    assert_eq!((purge.memo.as_str(), &purge.attributes.custom["tone"]), ("why?", &Value::Text("harsh".into())));
    assert_eq!(purge.created.to_string(), "2024-05-15T12:09:16Z");
    let relation = project.codings.values().find_map(|c| c.relations.values().next()).unwrap();
    assert_eq!((relation.kind.as_str(), relation.from == purge.id), ("of", false));
    assert_eq!(report.told.len(), 3, "{:?}", report.told);
    let mut bomb = files;
    bomb.insert("config.xml".to_owned(), b"<!DOCTYPE a [<!ENTITY b \"c\">]><View a=\"&b;\"/>".to_vec());
    assert!(taken("label-studio", &Bundle::folder("x", bomb)).is_err());
}

#[test]
fn label_studio_in_short() {
    let text = r#"[{"text":"It was a purge.","id":1,"label":[{"start":9,"end":14,"text":"purge","labels":["Conflict"]}],
        "tone":{"choices":["Sea"]},"annotator":4,"annotation_id":2,"created_at":"2024-05-15T12:09:16Z","lead_time":1.0}]"#;
    let project = one("label-studio", "min.json", text).project;
    assert_eq!(marks(&project), ["4: purge = Conflict"]);
    assert_eq!(document_codes(&project), ["Sea"]);
}

#[test]
fn conllu_of_other_programs() {
    let text = "# newdoc id = d1\n# newpar\n# text = Don’t go, Ines Falk.\n1-2\tDon’t\t_\t_\t_\t_\t_\t_\t_\t_\n1\tDo\tdo\tAUX\t_\t_\t0\troot\t_\tner=O\n\
        2\tn’t\tnot\tPART\t_\t_\t1\tadvmod\t_\tner=O\n3\tgo\tgo\tVERB\t_\t_\t1\tx\t_\tSpaceAfter=No|ner=O\n4\t,\t,\tPUNCT\t_\t_\t1\tpunct\t_\tner=O\n\
        4.1\tx\tx\tX\t_\t_\t_\t_\t_\t_\n5\tInes\tInes\tPROPN\t_\t_\t1\tx\t_\tner=B-PERSON\n6\tFalk\tFalk\tPROPN\t_\t_\t5\tflat\t_\tSpaceAfter=No|ner=E-PERSON\n\
        7\t.\t.\tPUNCT\t_\t_\t1\tpunct\t_\tSpacesAfter=\\s\\n\n\n# newpar\n1\tEnd\t_\t_\t_\t_\t_\t_\t_\tFrame=B-Witch%20hunt:4\n";
    let project = one("conllu", "a.conllu", text).project;
    assert_eq!(the_text(&project), "Don’t go, Ines Falk. \nEnd");
    let mut found = marks(&project);
    found.sort();
    assert_eq!(found, ["me: End = Witch hunt", "me: Ines Falk = PERSON"]);
    let wrong = refused("conllu", "a.conllu", b"1\ta\t_\t_\t_\t_\t_\t_\t_\t_\n2\tb\n");
    assert!(wrong.starts_with("a.conllu, line 2:"), "{wrong}");
    assert!(refused("conllu", "a.conllu", b"x\ta\t_\t_\t_\t_\t_\t_\t_\t_\n").contains("no number"));
}

#[test]
fn conll_tags_of_every_kind() {
    for (name, column) in [
        ("iob", "I-PER I-PER O I-LOC B-LOC"),
        ("iob2", "B-PER I-PER O B-LOC B-LOC"),
        ("bioes", "B-PER E-PER O S-LOC S-LOC"),
        ("bilou", "B-PER L-PER O U-LOC U-LOC"),
    ] {
        let tokens = ["Ines", "Falk", ",", "Northmark", "Tarn"];
        let lines: String = tokens.iter().zip(column.split(' ')).map(|(t, c)| format!("{t} NN I-NP {c}\n")).collect();
        let project = one("conll-2003", "a.conll", &format!("{lines}\n")).project;
        let mut found = marks(&project);
        found.sort();
        assert_eq!(found, ["me: Ines Falk = PERSON", "me: Northmark = PLACE", "me: Tarn = PLACE"], "{name}");
    }
    let wrong = refused("conll-2003", "a.conll", b"a O\nb c O\n");
    assert!(wrong.starts_with("a.conll, line 2:"), "{wrong}");
}

/// A text whose words another program’s tokens would not cut so.
fn project() -> Project {
    let mut project = Project::new("Ferry");
    project.coders.insert("ada".parse().unwrap(), Coder { id: "ada".parse().unwrap(), name: "Ada Lund".into() });
    let article =
        Article::new("The  ferry-row 🛥\n\nFalk said “purge”.", Metadata::default(), vec![], Source::default());
    let map = OffsetMap::new(article.text.clone());
    let mut coding = framelens::model::Coding::default();
    for (n, span) in [(5, 14), (11, 14), (11, 16), (18, 22), (18, 34)].into_iter().enumerate() {
        let mut new = Annotation {
            id: AnnotationId::new(),
            tag: Tag::Entity(EntityKind::ALL[n]),
            spans: vec![],
            anchors: vec![],
            attributes: Attributes { stance: Some(Stance::Neutral), ..Attributes::default() },
            memo: String::new(),
            origin: Origin::Hand,
            code_revision: 0,
            created: Timestamp::UNIX_EPOCH,
            changed: Timestamp::UNIX_EPOCH,
        };
        assert!(new.place(&map, vec![CharSpan::chars(span.0, span.1)]));
        coding.annotations.insert(new.id, new.into());
    }
    project.codings.insert(("ada".parse().unwrap(), article.id.clone()), coding.into());
    project.articles.insert(article.id.clone(), article.into());
    project
}

#[test]
fn columns_of_conll() {
    let mut out = Vec::new();
    stream(&project(), &Selection::default(), format("conll-2003").unwrap(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let expected = concat!(
        "-DOCSTART- -X- -X- entity:ada entity:ada entity:ada\n\n",
        "The _ _ O O O\nferry- _ _ B-PERSON O O\nrow _ _ I-PERSON B-PLACE B-ORG\n🛥 _ _ O I-PLACE O\n\n",
    );
    assert_eq!(text.split_at(expected.len()).0, expected);
    let project = one("conll-2003", "a.conll", &text).project;
    assert_eq!(project.annotations().count(), 5);
    assert_eq!(the_text(&project).lines().next(), Some("The ferry- row 🛥"));
}

#[test]
fn tokens_of_conllu_tell_the_text() {
    let mut out = Vec::new();
    stream(&project(), &Selection::default(), format("conllu").unwrap(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("1\tThe\t_\t_\t_\t_\t_\t_\t_\tSpacesAfter=\\s\\s\n2\tferry-\t_"), "{text}");
    assert!(text.contains("\tEntity=I-PERSON:1,B-PLACE:2,B-ORG:3\n"), "{text}");
    let back = one("conllu", "a.conllu", &text).project;
    assert_eq!(the_text(&back), the_text(&project()));
    assert_eq!(back.annotations().count(), 5);
}

#[test]
fn each_is_known_for_what_it_is() {
    for name in ["spacy-jsonl", "spacy-docbin", "doccano", "doccano-relations", "label-studio", "conllu", "conll-2003"]
    {
        let format = format(name).unwrap();
        let (mut files, _) = preview(&project(), &Selection::default(), format, usize::MAX).unwrap();
        let bundle = match files.remove("") {
            Some(bytes) => Bundle::bytes(&format!("a.{}", format.shape().ending()), bytes).unwrap(),
            None => Bundle::folder("a", files),
        };
        assert_eq!(recognise(&bundle).map(Format::name), Some(name));
        let back = taken(name, &bundle).unwrap().project;
        assert_eq!(back.annotations().count(), 5, "{name}");
    }
}
