//! Real files of brat, WebAnno and SemEval, where they lie beside the checkout; they are not part of this repository.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use framelens::exchange::{Bundle, Format, Joined, Problem, Reading, format, read, recognise};
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
    assert_eq!(recognise(&bundle).map(Format::name), Some(name), "{}", path.display());
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

/// Further events on a mark that is one already: each is a mark of its own here.
fn further_events(ann: &str) -> usize {
    let triggers: Vec<&str> = ann
        .lines()
        .filter(|l| l.starts_with('E'))
        .filter_map(|l| l.split('\t').nth(1)?.split(' ').next()?.split_once(':').map(|(_, t)| t))
        .collect();
    triggers.len() - triggers.iter().collect::<BTreeSet<_>>().len()
}

#[test]
fn brat_folders() {
    // Folder, files, marks, further events, relations, refused files.
    let folders = [
        ("nlplab+brat/example-data/tutorials/news", 9, 90, 0, 45),
        ("nlplab+brat/example-data/corpora/NCBI-disease", 9, 94, 0, 0),
        ("nlplab+brat/example-data/corpora/CoNLL-ST_2002", 14, 566, 0, 0),
        ("nlplab+brat/example-data/corpora/TDT", 1, 277, 0, 282),
        ("nlplab+brat/example-data/corpora/BioNLP-ST_2011/BioNLP-ST_2011_ID", 6, 331, 49, 150),
        ("dkpro+dkpro-core/brat", 4, 16, 0, 1),
        ("inception-project+inception/corpora/TDT", 3, 682, 0, 702),
        ("inception-project+inception/corpora/TDT-b105-sample.zip", 1, 239, 0, 237),
    ];
    for (folder, files, marks, events, relations) in folders {
        let Some(path) = shared(&format!("brat/{folder}")) else { return };
        let Joined { project, report } = opened(&path, "brat").unwrap();
        let bundle = Bundle::open(&path).unwrap();
        let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut counted = (0, 0, 0);
        for name in bundle.with_ending("ann") {
            let Ok(text) = bundle.text(&name.replace(".ann", ".txt")) else { continue };
            let ann = bundle.text(name).unwrap();
            let words = brat_words(&text, &ann);
            counted = (counted.0 + 1, counted.1 + words.len(), counted.2 + further_events(&ann));
            expected.entry(text).or_default().extend(words);
        }
        assert_eq!(counted, (files, marks, events), "{folder}");
        let found = words(&project);
        assert_eq!(found.values().map(Vec::len).sum::<usize>(), marks + events, "{folder}");
        for (text, words) in expected.iter_mut().filter(|(_, words)| !words.is_empty()) {
            words.sort();
            let mut found = found[text].clone();
            // What further events mark is marked already.
            let mut rest = words.iter();
            found.retain(|word| rest.clone().next() == Some(word) && rest.next().is_some() || events == 0);
            assert_eq!(&found, words, "{folder}");
        }
        let drawn: usize = project.codings.values().map(|c| c.relations.len()).sum();
        assert_eq!(drawn, relations, "{folder}");
        let missing = report.told.iter().filter(|told| told.contains("there is no text")).count();
        assert_eq!(missing, if folder.starts_with("dkpro") { 2 } else { 0 }, "{:?}", report.told);
    }
}

/// What a file of WebAnno TSV says, worked out here: the words of each annotation of its layers of spans, and how many
/// have no words.
fn tsv_words(content: &str) -> (Vec<String>, usize) {
    let mut columns: Vec<(String, bool, bool)> = Vec::new();
    let mut text: Vec<u16> = Vec::new();
    let mut pending: Vec<String> = Vec::new();
    let mut marks: BTreeMap<(String, String), (usize, usize)> = BTreeMap::new();
    for line in content.lines() {
        if let Some((kind, rest)) = line.strip_prefix("#T_").and_then(|l| l.split_once('=')) {
            let mut fields = rest.split('|');
            let layer = fields.next().unwrap();
            let features: Vec<&str> = fields.filter(|f| !f.is_empty()).collect();
            for feature in if features.is_empty() { vec![""] } else { features } {
                let slot = kind == "SP" && feature.contains('.') && !feature.starts_with("ROLE_");
                columns.push((layer.to_owned(), kind == "SP", slot));
                if kind == "CH" && feature == "referenceRelation" {
                    columns.last_mut().unwrap().2 = true;
                }
            }
        } else if let Some(words) = line.strip_prefix("#Text=") {
            pending.push(words.replace("\\t", "\t").replace("\\\\", "\\"));
        } else if !line.starts_with('#') && !line.is_empty() {
            let fields: Vec<&str> = line.split('\t').collect();
            let (start, end) = fields[1].split_once('-').unwrap();
            let (start, end): (usize, usize) = (start.parse().unwrap(), end.parse().unwrap());
            if !pending.is_empty() {
                text.truncate(start);
                text.resize(start, u16::from(b' '));
                text.extend(std::mem::take(&mut pending).join("\n").encode_utf16());
                text.push(u16::from(b'\n'));
            }
            let mut depth: BTreeMap<(String, usize), String> = BTreeMap::new();
            for (n, (layer, span, other)) in columns.iter().enumerate().filter(|(_, c)| c.1 || c.2) {
                let cell = fields[3 + n].replace("\\|", "/").replace("\\]", "/");
                if cell == "_" || !*span && !cell.contains("->") {
                    continue;
                }
                for (at, value) in cell.split('|').enumerate() {
                    let own = format!("{} {at}", fields[0]);
                    let key = match value.strip_suffix(']').and_then(|v| v.rsplit_once('[')) {
                        _ if *other && *span => own,
                        _ if *other => value.rsplit_once("->").unwrap().1.to_owned(),
                        Some((_, number)) => format!("[{number}"),
                        None => own,
                    };
                    let key = depth.entry((layer.clone(), at)).or_insert(key).clone();
                    let mark = marks.entry((layer.clone(), key)).or_insert((start, end));
                    mark.1 = mark.1.max(end);
                }
            }
        }
    }
    let empty = marks.values().filter(|(s, e)| s == e).count();
    let words = marks.values().filter(|(s, e)| s < e);
    (words.map(|(s, e)| String::from_utf16(&text[*s..*e]).unwrap()).collect(), empty)
}

#[test]
fn webanno_files() {
    let Some(path) = shared("webanno-tsv") else { return };
    let bundle = Bundle::open(&path).unwrap();
    let (mut older, mut files, mut marks, mut nothing, mut relations) = (0, 0, 0, 0, 0);
    for name in bundle.with_ending("tsv") {
        let read = opened(&path.join(name), "webanno-tsv");
        if !bundle.text(name).unwrap().starts_with("#FORMAT=WebAnno TSV 3.") {
            let error = read.unwrap_err().to_string();
            assert!(error.contains("line 1: this is not WebAnno TSV 3"), "{name}: {error}");
            older += 1;
            continue;
        }
        let Joined { project, report } = read.unwrap_or_else(|e| panic!("{name}: {e}"));
        let (mut expected, empty) = tsv_words(&bundle.text(name).unwrap());
        expected.sort();
        let found: Vec<String> = words(&project).into_values().flatten().collect();
        assert_eq!(found, expected, "{name}");
        assert_eq!(report.told.iter().any(|told| told.contains("of no words")), empty > 0, "{name}: {:?}", report.told);
        relations += project.codings.values().map(|c| c.relations.len()).sum::<usize>();
        (files, marks, nothing) = (files + 1, marks + found.len(), nothing + empty);
    }
    assert_eq!((older, files, marks, nothing, relations), (15, 76, 6097, 13, 765));
}

#[test]
fn semeval_folders() {
    // Folder, articles, spans with a label, spans without in articles that have no others.
    for (folder, articles, labelled, bare) in [("semeval-2020-t11", 16, 262, 0), ("semeval-2020-t11-scorer", 12, 77, 2)]
    {
        let Some(path) = shared(folder) else { return };
        let Joined { project, report } = opened(&path, "semeval-2020-t11").unwrap();
        let bundle = Bundle::open(&path).unwrap();
        let mut texts: BTreeMap<String, Vec<char>> = BTreeMap::new();
        for name in bundle.with_ending("txt") {
            let file = name.rsplit('/').next().unwrap();
            if let Some(number) = file.strip_prefix("article").and_then(|n| n.strip_suffix(".txt")) {
                texts.insert(number.to_owned(), bundle.text(name).unwrap().chars().collect());
            }
        }
        let (mut rows, mut plain): (BTreeSet<Vec<String>>, BTreeSet<Vec<String>>) = Default::default();
        for name in bundle.with_ending("labels") {
            for line in bundle.text(name).unwrap().lines() {
                let row: Vec<String> = line.split('\t').map(str::to_owned).collect();
                if row.len() == 4 { &mut rows } else { &mut plain }.insert(row);
            }
        }
        rows.retain(|row| texts.contains_key(&row[0]));
        plain.retain(|row| texts.contains_key(&row[0]) && !rows.iter().any(|r| r[0] == row[0]));
        assert_eq!((texts.len(), rows.len(), plain.len()), (articles, labelled, bare), "{folder}");
        let mut expected: Vec<String> = rows
            .iter()
            .chain(&plain)
            .map(|row| {
                let at = |n: usize| row[row.len() - n].parse::<usize>().unwrap();
                let label = if row.len() == 4 { &row[1] } else { "Propaganda" };
                format!("{} {label}: {}", row[0], texts[&row[0]][at(2)..at(1)].iter().collect::<String>())
            })
            .collect();
        expected.sort();
        let mut found: Vec<String> = project
            .annotations()
            .map(|(_, article, a)| {
                let label = &project.codebook.get(a.tag.code().unwrap()).unwrap().name;
                format!("{} {label}: {}", article.as_str().strip_prefix("article-").unwrap(), a.words())
            })
            .collect();
        found.sort();
        assert_eq!(found, expected, "{folder}");
        // The labels of the development set are there without its texts.
        let told = "the labels of 74 articles without texts were left out: article730093263.txt and 73 more";
        assert_eq!(report.told, [told]);
    }
}
