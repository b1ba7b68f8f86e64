//! What docs/apply.md shows works, and docs/apply.schema.json says the same.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use framelens::cli::apply::{Defaults, carry_line, schema};
use framelens::detect::Rules;
use framelens::model::AnnotationId;
use framelens::session::Session;
use framelens::store::Store;
use serde_json::{Value, json};

fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The requests that the document shows, in order.
fn examples() -> Vec<Value> {
    let text = file("docs/apply.md");
    let blocks = text.split("```json\n").skip(1).map(|block| block.split("```").next().unwrap());
    blocks.flat_map(str::lines).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The sample project, with two codings that lost their words.
fn sample(folder: &Path) -> Session {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("projects/harbour-purge");
    let mut project = Store::open(&sample).unwrap().project;
    let (_, coding) = project
        .codings
        .iter_mut()
        .find(|((coder, a), _)| coder.as_str() == "jl" && a.as_str().starts_with("the-letters"))
        .unwrap();
    let coding = Arc::make_mut(coding);
    let annotation = coding.annotations.values().next().unwrap().clone();
    for id in ["0195f000-0000-7000-8000-00000000000a", "0195f000-0000-7000-8000-00000000000b"] {
        let id = AnnotationId(id.parse().unwrap());
        let orphan = framelens::model::Annotation { id, ..(*annotation).clone() };
        coding.orphans.insert(id, Arc::new(orphan));
    }
    Session::create(folder, project, Arc::new(Rules::default())).unwrap()
}

#[test]
fn every_example_works() {
    let place = tempfile::tempdir().unwrap();
    let mut session = sample(&place.path().join("study"));
    for (number, example) in examples().iter().enumerate() {
        let answer = carry_line(&mut session, number, example.to_string().as_bytes(), &Defaults::default());
        assert!(answer.ok, "{example}\n{answer:?}");
        assert_eq!(answer.reference.as_ref(), example.get("ref"));
        assert_eq!(session.project().faults(), [], "{example}");
    }
    session.save_now().unwrap();
    let opened = Store::open(&place.path().join("study")).unwrap();
    assert_eq!(opened.notices, Vec::<String>::new());
    assert_eq!(opened.project, *session.project());
}

/// The fields that the schema gives each verb.
fn verbs(of: &Value) -> Vec<(String, &serde_json::Map<String, Value>, BTreeSet<&str>)> {
    let all = of["oneOf"].as_array().unwrap().iter();
    all.map(|verb| {
        let fields = verb["properties"].as_object().unwrap();
        assert_eq!(verb["additionalProperties"], json!(false), "{verb}");
        let required = verb["required"].as_array().unwrap().iter().map(|r| r.as_str().unwrap()).collect();
        (fields["do"]["const"].as_str().unwrap().to_owned(), fields, required)
    })
    .collect()
}

#[test]
fn the_kept_schema_is_the_one_that_is_written() {
    let kept: Value = serde_json::from_str(&file("docs/apply.schema.json")).unwrap();
    assert_eq!(kept, schema(), "write it anew: framelens apply --schema > docs/apply.schema.json");
}

#[test]
fn schema_document_and_program_know_the_same_verbs_and_fields() {
    let schema = schema();
    let verbs = verbs(&schema);
    let examples = examples();
    let shown: BTreeSet<_> = examples.iter().map(|e| e["do"].as_str().unwrap()).collect();
    let known: BTreeSet<_> = verbs.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(shown, known);
    let place = tempfile::tempdir().unwrap();
    let mut session = sample(&place.path().join("study"));
    for example in &examples {
        let (name, fields, required) = verbs.iter().find(|(name, ..)| example["do"] == **name).unwrap();
        let given: BTreeSet<_> = example.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(given.iter().all(|f| fields.contains_key(*f)), "{example}");
        assert!(required.iter().all(|f| given.contains(f)), "{example}");
        // What the schema does not know, the program refuses; what it requires, the program misses.
        let mut more = example.clone();
        more["no_such_field"] = json!(1);
        let refused = |session: &mut Session, line: &Value| {
            let answer = carry_line(session, 1, line.to_string().as_bytes(), &Defaults::default());
            answer.error.unwrap_or_else(|| panic!("{name}: {line}"))
        };
        let error = refused(&mut session, &more);
        assert!(error.contains("unknown field `no_such_field`"), "{error}");
        for field in required.iter().filter(|f| **f != "do") {
            let mut less = example.clone();
            less.as_object_mut().unwrap().remove(*field);
            let error = refused(&mut session, &less);
            assert!(error.contains(&format!("missing field `{field}`")), "{error}");
        }
    }
}

#[test]
fn every_field_of_the_schema_is_read() {
    let schema = schema();
    let place = tempfile::tempdir().unwrap();
    let mut session = sample(&place.path().join("study"));
    for (name, fields, _) in verbs(&schema) {
        for field in fields.keys().filter(|f| *f != "do" && *f != "ref") {
            // No field takes this, so that one which is read says so by its type.
            let line = json!({ "do": name, field.as_str(): [[[]]] });
            let answer = carry_line(&mut session, 1, line.to_string().as_bytes(), &Defaults::default());
            let error = answer.error.unwrap();
            assert!(!error.contains("unknown field"), "{name} {field}: {error}");
        }
    }
}
