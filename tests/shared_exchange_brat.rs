//! Real files of brat, WebAnno and SemEval, where they lie beside the checkout; they are not part of this repository.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use framelens::exchange::{Bundle, Joined, Problem, Reading, format, read, recognise};
use framelens::model::Project;
use jiff::Timestamp;

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/fixtures")).join(path);
    let there = path.exists();
    assert!(there || std::env::var_os("FRAMELENS_SHARED").is_none(), "there is no {}", path.display());
    there.then_some(path)
}

fn opened(path: &Path, name: &str) -> Result<Joined, Problem> {
    let bundle = Bundle::open(path)?;
    assert_eq!(recognise(&bundle).map(|f| f.name()), Some(name), "{}", path.display());
    let reading = Reading { coder: "Vera".to_owned(), now: Timestamp::UNIX_EPOCH };
    let joined = read(&Project::new(""), &bundle, format(name).unwrap(), &reading)?;
    assert_eq!(joined.project.faults(), vec![]);
    Ok(joined)
}

/// The words of all annotations, article by article, sorted; ` | ` between stretches.
fn words(project: &Project) -> BTreeMap<String, Vec<String>> {
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, article, annotation) in project.annotations() {
        let text: Vec<char> = project.articles[article].text.chars().collect();
        let piece = |s: &framelens::text::CharSpan| text[s.start.0..s.end.0].iter().collect::<String>();
        let words: Vec<String> = annotation.spans.iter().map(piece).collect();
        out.entry(project.articles[article].text.to_string()).or_default().push(words.join(" | "));
    }
    out.values_mut().for_each(|words| words.sort());
    out
}

/// What brat says of a text: the words of each mark at its code points, worked out here.
fn brat_words(text: &str, ann: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    for line in ann.lines().filter(|l| l.starts_with('T')) {
        let mut fields = line.split('\t');
        let (_, data, covered) = (fields.next(), fields.next().unwrap(), fields.next().unwrap());
        let (_, places) = data.split_once(' ').unwrap();
        let mut spans: Vec<(usize, usize)> = places
            .split(';')
            .map(|p| p.split_once(' ').map(|(s, e)| (s.parse().unwrap(), e.parse().unwrap())).unwrap())
            .collect();
        let words: Vec<String> = spans.iter().map(|(s, e)| chars[*s..*e].iter().collect()).collect();
        assert_eq!(words.join(" ").replace('\n', " "), covered, "{line}");
        // Stretches that touch are one here.
        spans.sort_unstable();
        let mut joined: Vec<(usize, usize)> = Vec::new();
        for (s, e) in spans {
            match joined.last_mut() {
                Some(last) if s <= last.1 => last.1 = last.1.max(e),
                _ => joined.push((s, e)),
            }
        }
        let words: Vec<String> = joined.iter().map(|(s, e)| chars[*s..*e].iter().collect()).collect();
        out.push(words.join(" | "));
    }
    out.sort();
    out
}

#[test]
fn brat_folders() {
    // Folder, files, marks, further events on a mark that is one already, relations.
    let folders: &[(&str, usize, usize, usize, usize)] = &[];
    for folder in [
        "nlplab+brat/example-data/tutorials/news",
        "nlplab+brat/example-data/corpora/NCBI-disease",
        "nlplab+brat/example-data/corpora/CoNLL-ST_2002",
        "nlplab+brat/example-data/corpora/TDT",
        "nlplab+brat/example-data/corpora/BioNLP-ST_2011/BioNLP-ST_2011_ID",
        "dkpro+dkpro-core/brat",
        "inception-project+inception/corpora/TDT",
        "inception-project+inception/corpora/TDT-b105-sample.zip",
        "",
    ] {
        let Some(path) = shared(&format!("brat/{folder}")) else { return };
        let Joined { project, report } = opened(&path, "brat").unwrap();
        let bundle = Bundle::open(&path).unwrap();
        let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut files = 0;
        for name in bundle.with_ending("ann") {
            let Ok(text) = bundle.text(&name.replace(".ann", ".txt")) else { continue };
            let words = brat_words(&text, &bundle.text(name).unwrap());
            files += 1;
            expected.entry(text).or_default().extend(words);
        }
        expected.retain(|_, w| !w.is_empty());
        expected.values_mut().for_each(|w| w.sort());
        let found = words(&project);
        let relations: usize = project.codings.values().map(|c| c.relations.len()).sum();
        let n = |w: &BTreeMap<String, Vec<String>>| w.values().map(Vec::len).sum::<usize>();
        println!(
            "{folder}: files {files} T {} read {} relations {relations} articles {} codes {} coders {:?}",
            n(&expected),
            n(&found),
            project.articles.len(),
            project.codebook.codes.len(),
            project.coders.keys().collect::<Vec<_>>()
        );
        println!("{:#?}", report.told);
        for (text, w) in &expected {
            if found.get(text) != Some(w) {
                println!("DIFF {} {}", w.len(), found.get(text).map_or(0, Vec::len));
            }
        }
    }
    let _ = folders;
}
