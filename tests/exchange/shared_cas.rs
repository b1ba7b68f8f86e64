//! Files of UIMA’s programs, where they lie beside the checkout; they are not part of this repository.

use std::fs;
use std::path::{Path, PathBuf};

use framelens::exchange::{Bundle, Format, Joined, Reading, format, read, recognise};
use framelens::model::Project;
use jiff::Timestamp;

/// Of a file: how many articles and annotations it holds, or what is said of it.
type Expected = Result<(usize, usize), &'static str>;

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")).join(path);
    let there = path.exists();
    assert!(there || std::env::var_os("FRAMELENS_SHARED").is_none(), "there is no {}", path.display());
    there.then_some(path)
}

fn taken(bundle: &Bundle, format: &dyn Format) -> Result<Joined, String> {
    let reading = Reading { coder: "somebody".to_owned(), now: Timestamp::UNIX_EPOCH };
    read(&Project::new(""), bundle, format, &reading).map_err(|e| e.to_string())
}

/// The words of every annotation, in the order of the text.
fn words(project: &Project) -> Vec<String> {
    let mut all: Vec<_> = project.annotations().map(|(_, _, a)| a).collect();
    all.sort_by_key(|a| (a.hull().start, a.hull().end));
    all.iter().map(|a| a.words()).collect()
}

/// Stretches of a text counted in UTF-16 units, with line ends as they are kept.
fn covered(text: &str, spans: impl IntoIterator<Item = (usize, usize)>) -> Vec<String> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut spans: Vec<_> = spans.into_iter().filter(|(start, end)| start < end && *end <= units.len()).collect();
    spans.sort_unstable();
    spans.into_iter().map(|(s, e)| String::from_utf16(&units[s..e]).unwrap().replace("\r\n", "\n")).collect()
}

/// What a file in XMI says, read as plainly as can be: the stretches of the elements that `is_wanted`, by their names.
fn plainly(xmi: &str, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let attribute = |tag: &str, name: &str| -> Option<String> {
        let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
        Some(tag[from..from + tag[from..].find('"')?].to_owned())
    };
    let mut text = String::new();
    let mut spans = Vec::new();
    for tag in xmi.split('<').skip(1) {
        let name = tag.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next().unwrap();
        let tag = tag.replace(['\n', '\t'], " ");
        if name == "cas:Sofa" {
            text = attribute(&tag, "sofaString").unwrap_or_default();
        } else if is_wanted(name.rsplit(':').next().unwrap()) {
            let number = |name| attribute(&tag, name).and_then(|n| n.parse().ok());
            spans.extend(number("begin").zip(number("end")));
        }
    }
    while let Some(at) = text.find("&#") {
        let end = at + text[at..].find(';').unwrap();
        let c = char::from_u32(text[at + 2..end].parse().unwrap()).unwrap();
        text.replace_range(at..=end, c.encode_utf8(&mut [0; 4]));
    }
    covered(&text, spans)
}

const PASSED: &[&str] = &["Token", "Sentence", "DocumentMetaData", "DocumentAnnotation", "TagsetDescription"];

fn is_coding(name: &str) -> bool {
    !PASSED.contains(&name)
}

#[test]
fn files_in_xmi_are_read() {
    let Some(folder) = shared("fixtures/uima-cas-xmi/dkpro+dkpro-cassis") else { return };
    // How many annotations, and how many relations; `None`: refused.
    let expected: &[(&str, Result<usize, &str>)] = &[
        ("cas_with_collections", Ok(0)),
        ("cas_with_empty_array_reference", Ok(0)),
        ("cas_with_floating_point_special_values", Ok(0)),
        ("cas_with_list_features", Err("it holds no text")),
        ("cas_with_nonindexed_fs", Ok(0)),
        ("cas_with_reserved_names", Ok(0)),
        ("cas_with_smileys", Ok(5)),
        ("cas_with_two_sofas", Ok(0)),
        ("empty_cas", Ok(0)),
        ("lenient_cas", Ok(1)),
        ("small_cas", Ok(0)),
    ];
    let mut files: Vec<_> = fs::read_dir(folder.join("xmi")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), expected.len());
    for (path, (name, annotations)) in files.iter().zip(expected) {
        assert_eq!(path.file_stem().unwrap().to_str().unwrap(), *name);
        let bundle = Bundle::open(path).unwrap();
        let xmi = recognise(&bundle).unwrap();
        assert_eq!(xmi.name(), "cas-xmi");
        match (taken(&bundle, xmi), annotations) {
            (Ok(joined), Ok(n)) => {
                assert_eq!(joined.project.articles.len(), 1, "{name}");
                assert_eq!(joined.project.annotations().count(), *n, "{name}");
                assert_eq!(joined.project.faults(), vec![]);
                assert_eq!(words(&joined.project), plainly(&fs::read_to_string(path).unwrap(), is_coding), "{name}");
            }
            (Err(said), Err(why)) => assert!(said.ends_with(why), "{said}"),
            (read, _) => panic!("{name}: {read:?}"),
        }
    }
    // As one folder, with all the types that lie in it.
    let joined = taken(&Bundle::open(&folder).unwrap(), format("cas-xmi").unwrap()).unwrap();
    assert_eq!(joined.project.annotations().count(), 6);
    assert!(joined.report.told.iter().any(|t| t.contains("cas_with_list_features.xmi: it holds no text")));
}

#[test]
fn words_after_emoji_and_carriage_returns_are_right() {
    let Some(path) = shared("fixtures/uima-cas-xmi/dkpro+dkpro-cassis/xmi/cas_with_smileys.xmi") else { return };
    let joined = taken(&Bundle::open(&path).unwrap(), format("cas-xmi").unwrap()).unwrap();
    assert_eq!(words(&joined.project), ["Transformers", "Transformers", "Transformers", "PyTorch", "TensorFlow"]);
    assert_eq!(joined.project.articles.values().next().unwrap().metadata.title, "huggingface.txt");
}

#[test]
fn files_in_json_are_read() {
    let Some(folder) = shared("fixtures/uima-cas-json/dkpro+dkpro-cassis/json") else { return };
    // How many annotations and relations.
    let expected: &[(&str, Expected)] = &[
        ("child_type_before_parent.json", Err("it holds no text")),
        ("fs_as_array/one-way/casWithBadSofaFsOrder/data-ref.json", Ok((0, 0))),
        ("fs_as_array/one-way/casWithBadSofaFsOrder/data.json", Ok((0, 0))),
        ("fs_as_array/one-way/tsv3-testSimpleSlotFeature/data-ref.json", Ok((3, 2))),
        ("fs_as_array/one-way/tsv3-testSimpleSlotFeature/data.json", Ok((3, 2))),
        ("fs_as_array/one-way/tsv3-testSimpleSlotFeature/debug.xmi", Ok((3, 2))),
        ("fs_as_array/ser-ref/casWithEmojiUnicodeTextAndAnnotations/data.json", Ok((9, 0))),
        ("fs_as_array/ser-ref/casWithEmojiUnicodeTextAndAnnotations/debug.xmi", Ok((9, 0))),
        ("fs_as_array/ser-ref/casWithFloatingPointSpecialValues/data.json", Err("it holds no text")),
        ("fs_as_array/ser-ref/casWithFloatingPointSpecialValues/debug.xmi", Err("it holds no text")),
        ("fs_as_array/ser-ref/casWithSofaDataArray/data.json", Err("it holds bytes in place of a text")),
        ("fs_as_array/ser-ref/casWithSofaDataArray/debug.xmi", Err("it holds bytes in place of a text")),
        (
            "fs_as_array/ser-ref/casWithSofaDataURI/data.json",
            Err("not in it but at classpath:/ProgrammaticallyCreatedCasDataSuite/document.txt"),
        ),
        (
            "fs_as_array/ser-ref/casWithSofaDataURI/debug.xmi",
            Err("not in it but at classpath:/ProgrammaticallyCreatedCasDataSuite/document.txt"),
        ),
        ("fs_as_array/ser-ref/casWithTextAndAnnotations/data.json", Ok((4, 0))),
        ("fs_as_array/ser-ref/casWithTextAndAnnotations/debug.xmi", Err("it holds no text")),
        ("fs_as_array/ser-ref/casWithTraditionalChineseTextAndAnnotations/data.json", Ok((4, 0))),
        ("fs_as_array/ser-ref/casWithTraditionalChineseTextAndAnnotations/debug.xmi", Ok((4, 0))),
        ("fs_as_array/ser-ref/emptyCas/data.json", Err("it holds no text")),
        ("fs_as_array/ser-ref/emptyCas/debug.xmi", Err("it holds no text")),
    ];
    for (name, counts) in expected {
        let path = folder.join(name);
        let bundle = Bundle::open(&path).unwrap();
        let format = recognise(&bundle).unwrap();
        let is_json = Path::new(name).extension().is_some_and(|e| e == "json");
        assert_eq!(format.name(), if is_json { "cas-json" } else { "cas-xmi" });
        let text = fs::read_to_string(&path).unwrap();
        match (taken(&bundle, format), counts) {
            (Ok(joined), Ok(counts)) => {
                let project = &joined.project;
                let relations = project.codings.values().map(|c| c.relations.len()).sum();
                assert_eq!((project.annotations().count(), relations), *counts, "{name}");
                assert_eq!(project.faults(), vec![]);
                let plain = if is_json { plainly_json(&text) } else { plainly(&text, is_coding) };
                assert_eq!(words(project), plain, "{name}");
            }
            (Err(said), Err(why)) => assert!(said.ends_with(why), "{said}"),
            (read, _) => panic!("{name}: {read:?}"),
        }
    }
}

fn plainly_json(text: &str) -> Vec<String> {
    let all: serde_json::Value = serde_json::from_str(text).unwrap();
    let all = all["%FEATURE_STRUCTURES"].as_array().unwrap();
    let text = all.iter().find_map(|s| s["sofaString"].as_str()).unwrap();
    let wanted = |s: &&serde_json::Value| is_coding(s["%TYPE"].as_str().unwrap().rsplit('.').next().unwrap());
    let span = |s: &serde_json::Value| Some((s["begin"].as_u64()? as usize, s["end"].as_u64()? as usize));
    covered(text, all.iter().filter(wanted).filter_map(span))
}

#[test]
fn links_with_roles_become_relations() {
    let path =
        "fixtures/uima-cas-json/dkpro+dkpro-cassis/json/fs_as_array/one-way/tsv3-testSimpleSlotFeature/data.json";
    let Some(path) = shared(path) else { return };
    let joined = taken(&Bundle::open(&path).unwrap(), format("cas-json").unwrap()).unwrap();
    let coding = joined.project.codings.values().next().unwrap();
    let word = |id| coding.annotations[&id].words();
    let mut lines: Vec<_> = coding
        .relations
        .values()
        .map(|r| match r.to {
            framelens::model::RelationEnd::Annotation(to) => (r.kind.as_str(), word(r.from), word(to)),
            framelens::model::RelationEnd::Entity(_) => unreachable!(),
        })
        .collect();
    lines.sort();
    let line = |kind, to: &str| (kind, "This".to_owned(), to.to_owned());
    assert_eq!(lines, [line("p1", "is"), line("p2", "a")]);
}
