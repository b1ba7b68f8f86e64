//! Real files of programs that annotate tokens and spans, where they lie beside the checkout.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use framelens::exchange::{Bundle, Joined, Reading, format, read, recognise};
use framelens::model::{Project, Tag};
use jiff::Timestamp;
use serde_json::Value as Json;

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/fixtures")).join(path);
    let there = path.exists();
    assert!(there || std::env::var_os("FRAMELENS_SHARED").is_none(), "there is no {}", path.display());
    there.then_some(path)
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.file_name().unwrap() != "SOURCE.txt" {
            found.push(path);
        }
    }
    found.sort();
}

fn taken(bundle: &Bundle, name: &str) -> Result<Joined, String> {
    let reading = Reading { coder: "somebody".to_owned(), now: Timestamp::UNIX_EPOCH };
    let joined = read(&Project::new(""), bundle, format(name).unwrap(), &reading).map_err(|e| e.to_string())?;
    assert_eq!(joined.project.faults(), []);
    Ok(joined)
}

/// What each file is taken for, and what is read of it: articles, annotations, codes on whole articles.
fn outcome(path: &Path) -> String {
    let bundle = match Bundle::open(path) {
        Ok(bundle) => bundle,
        Err(e) => return format!("closed: {e}"),
    };
    let Some(format) = recognise(&bundle) else { return "not recognised".to_owned() };
    match taken(&bundle, format.name()) {
        Ok(Joined { project, .. }) => {
            let codes: usize = project.codings.values().map(|c| c.document.codes.len()).sum();
            format!("{} {} {} {codes}", format.name(), project.articles.len(), project.annotations().count())
        }
        Err(e) => format!("{}: {e}", format.name()),
    }
}

/// Files, and what comes of each.
const OUTCOMES: &[(&str, &str)] = &[
    ("conll-2003/dkpro+dkpro-core/2002/germeval2014_test.conll", "conll-2003 1 6 0"),
    ("conll-2003/dkpro+dkpro-core/2002/germeval2014_test.conll.out", "not recognised"),
    ("conll-2003/dkpro+dkpro-core/2002/ner2002_test.conll", "conll-2003 1 4 0"),
    ("conll-2003/dkpro+dkpro-core/2003/en-orig.conll", "conll-2003 1 3 0"),
    ("conllu/dkpro+dkpro-core/u/conllu-en-orig.conllu", "conllu 1 0 0"),
    ("conllu/dkpro+dkpro-core/u/conllu-en-orig2.conllu", "conllu 1 0 0"),
    ("conllu/dkpro+dkpro-core/u/conllu-en-ref.conllu", "conllu 1 0 0"),
    ("conllu/dkpro+dkpro-core/u_v2/conllu-empty_nodes.conllu", "conllu 1 0 0"),
    ("conllu/dkpro+dkpro-core/u_v2/conllu-linebreaks.conllu", "conllu 1 0 0"),
    ("conllu/dkpro+dkpro-core/u_v2/conllu-multiple_document_IDs.conllu", "conllu 2 0 0"),
    ("conllu/dkpro+dkpro-core/u_v2/conllu-paragraph_and_document_boundaries.conllu", "conllu 1 0 0"),
    ("conllu/dkpro+dkpro-core/u_v2/conllu-sentence_bounaries_and_comments.conllu", "conllu 1 0 0"),
    ("conllu/dkpro+dkpro-core/u_v2/conllu-syntactic_annotation.conllu", "conllu 1 0 0"),
    ("conllu/dkpro+dkpro-core/u_v2/conllu-untokenized_text.conllu", "conllu 1 0 0"),
    (
        "spacy-jsonl/explosion+prodigy-recipes/patterns_countries-GPE.jsonl",
        "spacy-jsonl: patterns_countries-GPE.jsonl, line 1: these are patterns to match with, and no texts",
    ),
    (
        "spacy-jsonl/explosion+prodigy-recipes/patterns_drugs-DRUG.jsonl",
        "spacy-jsonl: patterns_drugs-DRUG.jsonl, line 1: these are patterns to match with, and no texts",
    ),
    (
        "spacy-jsonl/explosion+prodigy-recipes/patterns_insults-INSULT.jsonl",
        "spacy-jsonl: patterns_insults-INSULT.jsonl, line 1: these are patterns to match with, and no texts",
    ),
    (
        "spacy-jsonl/explosion+prodigy-recipes/patterns_skateboarding_tricks-TRICK.jsonl",
        "spacy-jsonl: patterns_skateboarding_tricks-TRICK.jsonl, line 1: these are patterns to match with, and no texts",
    ),
    (
        "doccano/doccano+doccano/data_export/pipeline/examples/bounding_box/example.jsonl",
        "doccano: example.jsonl, line 13: trailing comma at line 13 column 1",
    ),
    (
        "doccano/doccano+doccano/data_export/pipeline/examples/image_captioning/example.jsonl",
        "doccano: example.jsonl: text 1: it is about a picture or a sound, not a text",
    ),
    (
        "doccano/doccano+doccano/data_export/pipeline/examples/image_classification/example.jsonl",
        "doccano: example.jsonl: text 1: it is about a picture or a sound, not a text",
    ),
    (
        "doccano/doccano+doccano/data_export/pipeline/examples/relation_extraction/example.jsonl",
        "doccano-relations 1 4 0",
    ),
    (
        "doccano/doccano+doccano/data_export/pipeline/examples/segmentation/example.jsonl",
        "doccano: example.jsonl, line 9: trailing comma at line 9 column 1",
    ),
    (
        "doccano/doccano+doccano/data_export/pipeline/examples/sequence_to_sequence/example.json",
        "doccano: example.json: its labels are texts that answer texts, and no codes",
    ),
    (
        "doccano/doccano+doccano/data_export/pipeline/examples/speech_to_text/example.jsonl",
        "doccano: example.jsonl: text 1: it is about a picture or a sound, not a text",
    ),
    ("doccano/doccano+doccano/data_export/pipeline/examples/text_classification/example.csv", "not recognised"),
    ("doccano/doccano+doccano/data_export/pipeline/examples/text_classification/example.json", "doccano 3 0 3"),
    ("doccano/doccano+doccano/data_export/pipeline/examples/text_classification/example.jsonl", "doccano 3 0 3"),
    ("doccano/doccano+doccano/data_export/pipeline/examples/text_classification/example.txt", "not recognised"),
    (
        "doccano/doccano+doccano/data_import/pipeline/examples/relation_extraction/example.jsonl",
        "doccano-relations 1 4 0",
    ),
    ("doccano/doccano+doccano/data_import/pipeline/examples/sequence_labeling/example.jsonl", "doccano 3 3 0"),
    ("doccano/doccano+doccano/data_import/pipeline/examples/sequence_to_sequence/example.csv", "not recognised"),
    (
        "doccano/doccano+doccano/data_import/pipeline/examples/sequence_to_sequence/example.json",
        "doccano: example.json: its labels are texts that answer texts, and no codes",
    ),
    (
        "doccano/doccano+doccano/data_import/pipeline/examples/sequence_to_sequence/example.jsonl",
        "doccano: example.jsonl: its labels are texts that answer texts, and no codes",
    ),
    ("doccano/doccano+doccano/data_import/pipeline/examples/task_agnostic/text_lines.txt", "not recognised"),
    ("doccano/doccano+doccano/data_import/pipeline/examples/text_classification/example.json", "doccano 3 0 3"),
    ("doccano/doccano+doccano/data_import/pipeline/examples/text_classification/example.txt", "not recognised"),
    ("doccano/doccano+doccano/data_import/tests/data/relation_extraction/example.jsonl", "doccano-relations 1 4 0"),
    ("doccano/doccano+doccano/data_import/tests/data/seq2seq/example.csv", "not recognised"),
    ("doccano/doccano+doccano/data_import/tests/data/seq2seq/example.json", "doccano 2 0 1"),
    ("doccano/doccano+doccano/data_import/tests/data/seq2seq/example.jsonl", "doccano 2 0 1"),
    ("doccano/doccano+doccano/data_import/tests/data/sequence_labeling/example.conll", "conll-2003 1 2 0"),
    ("doccano/doccano+doccano/data_import/tests/data/sequence_labeling/example.jsonl", "doccano 2 1 0"),
    ("doccano/doccano+doccano/data_import/tests/data/sequence_labeling/example_overlapping.jsonl", "doccano 1 2 0"),
    ("doccano/doccano+doccano/data_import/tests/data/sequence_labeling/labeling.invalid.conll", "not recognised"),
    ("doccano/doccano+doccano/data_import/tests/data/text_classification/example.invalid.2.csv", "not recognised"),
    ("doccano/doccano+doccano/data_import/tests/data/text_classification/example.invalid.2.xlsx", "not recognised"),
    ("doccano/doccano+doccano/data_import/tests/data/text_classification/example.json", "doccano 3 0 3"),
    ("doccano/doccano+doccano/data_import/tests/data/text_classification/example.xlsx", "not recognised"),
    (
        "doccano/doccano+doccano/data_import/tests/data/text_classification/example_one_column_no_header.xlsx",
        "not recognised",
    ),
    (
        "doccano/doccano+doccano/data_import/tests/data/text_classification/example_out_of_order_columns.csv",
        "not recognised",
    ),
    ("doccano/doccano+doccano-transformer/data/classification/classification.jsonl", "doccano 3 0 3"),
    ("doccano/doccano+doccano-transformer/data/labeling/labeling.conll2003.user2", "conll-2003 2 11 0"),
    ("doccano/doccano+doccano-transformer/data/labeling/labeling.spacy.user1", "not recognised"),
    ("doccano/doccano+doccano-transformer/data/labeling/labeling.spacy.user2", "not recognised"),
    ("doccano/doccano+doccano-transformer/data/labeling/labeling_text_label.jsonl", "doccano 2 11 0"),
    ("doccano/doccano+doccano-transformer/data/labeling/labeling_text_label.spacy.user0", "not recognised"),
    ("doccano/doccano+doccano-transformer/data/seq2seq/seq2seq.csv", "not recognised"),
    (
        "doccano/doccano+doccano-transformer/data/seq2seq/seq2seq.jsonl",
        "doccano: seq2seq.jsonl: text 1: its labels are texts that answer texts, and no codes",
    ),
    ("label-studio/HumanSignal+label-studio-converter/test_export_csv/csv_test2.json", "label-studio 1 0 1"),
    ("label-studio/HumanSignal+label-studio-converter/test_export_csv/csv_test2_result.csv", "not recognised"),
    ("label-studio/HumanSignal+label-studio-converter/test_export_csv/csv_test_history.json", "label-studio 1 0 1"),
    (
        "label-studio/HumanSignal+label-studio-converter/test_export_json_min/data_repeater.json",
        "label-studio: data_repeater.json: no task of it has a text of its own",
    ),
    ("label-studio/HumanSignal+label-studio-converter/test_export_json_min/label_config.xml", "not recognised"),
    (
        "label-studio/HumanSignal+label-studio-converter/test_export_json_min/label_config_repeater.json",
        "not recognised",
    ),
    ("label-studio/HumanSignal+label-studio-sdk/test_export_csv/csv_test2.json", "label-studio 1 0 1"),
    ("label-studio/HumanSignal+label-studio-sdk/test_export_csv/csv_test2_result.csv", "not recognised"),
    (
        "label-studio/HumanSignal+label-studio-sdk/test_export_csv/csv_test_colliding_keys_mixed.json",
        "label-studio 2 0 1",
    ),
    ("label-studio/HumanSignal+label-studio-sdk/test_export_csv/csv_test_history.json", "label-studio 1 0 1"),
    ("label-studio/HumanSignal+label-studio-sdk/test_export_json_min/chat_data.json", "label-studio 1 0 0"),
    (
        "label-studio/HumanSignal+label-studio-sdk/test_export_json_min/data_repeater.json",
        "label-studio: data_repeater.json: no task of it has a text of its own",
    ),
    ("label-studio/HumanSignal+label-studio-sdk/test_export_json_min/label_config.xml", "not recognised"),
    ("label-studio/HumanSignal+label-studio-sdk/test_export_json_min/label_config_repeater.json", "not recognised"),
];

#[test]
fn every_file_is_read_or_refused_as_it_should_be() {
    for folder in ["conll-2003", "conllu", "spacy-jsonl", "doccano", "label-studio"] {
        let Some(path) = shared(folder) else { return };
        let mut found = Vec::new();
        files(&path, &mut found);
        for file in found {
            let name = file.strip_prefix(path.parent().unwrap()).unwrap().display().to_string();
            let expected = OUTCOMES.iter().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("{name} is new"));
            assert_eq!(outcome(&file), expected.1, "{name}");
        }
    }
}

/// The words of all annotations with what they were called, sorted.
fn words(project: &Project) -> Vec<(String, String)> {
    let called = |a: &framelens::model::Annotation| match (&a.tag, a.attributes.custom.get("label")) {
        (_, Some(label)) => label.to_string(),
        (Tag::Frame(code), None) => project.codebook.get(code).unwrap().name.clone(),
        (tag, None) => tag.word().to_owned(),
    };
    let mut all: Vec<_> = project.annotations().map(|(_, _, a)| (a.words(), called(a))).collect();
    all.sort();
    all
}

#[test]
fn tagged_tokens_give_their_words() {
    let expected: [(&str, &[(&str, &str)]); 4] = [
        ("conll-2003/dkpro+dkpro-core/2003/en-orig.conll", &[("Baghdad", "LOC"), ("Ekeus", "PER"), ("U.N.", "ORG")]),
        (
            "conll-2003/dkpro+dkpro-core/2002/ner2002_test.conll",
            &[("Argentina", "LOC"), ("Del Bosque", "PER"), ("Real Madrid", "ORG"), ("Wolff", "PER")],
        ),
        (
            "conll-2003/dkpro+dkpro-core/2002/germeval2014_test.conll",
            &[
                ("Bonn", "LOC"),
                ("Braunschweig", "LOC"),
                ("Stuttgart", "LOC"),
                ("Troia", "LOC"),
                ("Troia - Traum und Wirklichkeit", "OTH"),
                ("Troia-Ausstellung", "LOCpart"),
            ],
        ),
        (
            "doccano/doccano+doccano/data_import/tests/data/sequence_labeling/example.conll",
            &[("JAPAN", "LOC"), ("Nadim Ladki", "PER")],
        ),
    ];
    for (name, expected) in expected {
        let Some(path) = shared(name) else { return };
        let joined = taken(&Bundle::open(&path).unwrap(), "conll-2003").unwrap();
        let expected: Vec<_> = expected.iter().map(|(w, l)| ((*w).to_owned(), (*l).to_owned())).collect();
        assert_eq!(words(&joined.project), expected, "{name}");
    }
}

#[test]
fn texts_of_conllu_are_those_that_it_gives_itself() {
    let Some(path) = shared("conllu") else { return };
    let mut found = Vec::new();
    files(&path, &mut found);
    for file in found {
        let joined = taken(&Bundle::open(&file).unwrap(), "conllu").unwrap();
        let text: String = joined.project.articles.values().map(|a| a.text.to_string()).collect();
        for line in fs::read_to_string(&file).unwrap().lines() {
            if let Some(sentence) = line.strip_prefix("# text = ") {
                assert!(text.contains(sentence), "{}: {sentence}", file.display());
            }
        }
    }
}

#[test]
fn spans_of_doccano_are_the_slices_of_its_texts() {
    let names = [
        "doccano+doccano/data_export/pipeline/examples/relation_extraction/example.jsonl",
        "doccano+doccano/data_import/pipeline/examples/sequence_labeling/example.jsonl",
        "doccano+doccano/data_import/tests/data/sequence_labeling/example.jsonl",
        "doccano+doccano/data_import/tests/data/sequence_labeling/example_overlapping.jsonl",
        "doccano+doccano-transformer/data/labeling/labeling_text_label.jsonl",
    ];
    for name in names {
        let Some(path) = shared(&format!("doccano/{name}")) else { return };
        let joined = taken(&Bundle::open(&path).unwrap(), "doccano").unwrap();
        let mut expected = Vec::new();
        let text = fs::read_to_string(&path).unwrap();
        for json in serde_json::Deserializer::from_str(&text).into_iter::<Json>().map(Result::unwrap) {
            let text: Vec<char> = json["text"].as_str().unwrap_or_default().chars().collect();
            for key in ["label", "labels", "column_label", "entities"] {
                for span in json[key].as_array().into_iter().flatten() {
                    let at = |n: usize, key: &str| if span.is_array() { &span[n] } else { &span[key] };
                    let number = |n, key| at(n, key).as_u64().unwrap() as usize;
                    let text = match json["column_data"].as_str() {
                        Some(data) => data.chars().collect(),
                        None => text.clone(),
                    };
                    if !text.is_empty() {
                        let words: String = text[number(0, "start_offset")..number(1, "end_offset")].iter().collect();
                        expected.push((words, at(2, "label").as_str().unwrap().to_owned()));
                    }
                }
            }
        }
        expected.sort();
        assert_eq!(words(&joined.project), expected, "{name}");
    }
    let Some(path) = shared(&format!("doccano/{}", names[0])) else { return };
    let joined = taken(&Bundle::open(&path).unwrap(), "doccano-relations").unwrap();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for coding in joined.project.codings.values() {
        coding.relations.values().for_each(|r| *kinds.entry(&r.kind).or_default() += 1);
    }
    assert_eq!(kinds, BTreeMap::from([("foundedAt", 1), ("foundedBy", 2)]));
}
