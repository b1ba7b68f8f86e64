//! A folder for Hugging Face `datasets`: a card and the articles in three splits, as [Parquet](super::parquet).
//!
//! ```text
//! README.md                 the card: what is in it, how it was split, what the codes mean
//! data/train.parquet        about 80 of 100 articles
//! data/validation.parquet   about 10
//! data/test.parquet         about 10
//! ```
//!
//! `datasets.load_dataset("folder")` reads it, without a network. A split that would have no article has no file.
//!
//! Articles are not drawn one by one: those that are [nearly the same](crate::text::near_duplicates), such as one
//! agency's report in two papers, come into the same split, so that nothing is tested on what was learnt by heart. The
//! draw is made with a fixed seed, which the card names, and by the articles' texts alone: the same articles are split
//! the same way on every computer.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;

use arrow_schema::{DataType, Field};

use super::{Carries, Feature, Format, Losses, Shape, Sink, parquet, row};
use crate::model::{Article, Project};
use crate::text::{Shingles, near_duplicates};

/// The seed of the draw.
const SEED: u64 = 20_250_101;
/// From which likeness on two articles are nearly the same.
const ALIKE: f64 = 0.5;
/// The splits, and how many of 100 articles each is to have.
const SPLITS: [(&str, usize); 3] = [("train", 80), ("validation", 10), ("test", 10)];

/// The format.
#[derive(Debug)]
pub struct HuggingFace;

impl Format for HuggingFace {
    fn name(&self) -> &'static str {
        "huggingface"
    }

    fn about(&self) -> &'static str {
        "a folder for Hugging Face datasets: a card, and the articles split for training and testing"
    }

    fn shape(&self) -> Shape {
        Shape::Folder
    }

    fn carries(&self) -> Carries {
        parquet::Parquet.carries().and(&[Feature::ProjectTitle, Feature::CodeMeanings, Feature::UnusedCodes])
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        parquet::adapt(project, losses);
    }

    fn is_read(&self) -> bool {
        false
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        let articles: Vec<&Article> = project.articles.values().map(|a| &**a).collect();
        let shingles: Vec<Shingles> = articles.iter().map(|a| Shingles::of(&a.text)).collect();
        let groups = near_duplicates(&shingles, ALIKE);
        let alike = groups.iter().filter(|g| g.len() > 1).map(Vec::len).sum();
        let splits = split(&articles, groups);
        sink.file("README.md", card(project, &splits, alike).as_bytes())?;
        for (name, articles) in &splits {
            let mut bytes = Vec::new();
            parquet::write(project, articles.iter().copied(), &mut bytes, &mut || sink.step())?;
            sink.file(&format!("data/{name}.parquet"), &bytes)?;
        }
        Ok(())
    }
}

/// The splits that have articles, each in the order of the articles' ids.
fn split<'a>(articles: &[&'a Article], groups: Vec<Vec<usize>>) -> Vec<(&'static str, Vec<&'a Article>)> {
    // By lot: groups in the order of hashes of the seed and of what they hold.
    let lot = |group: &Vec<usize>| {
        let least = group.iter().map(|n| articles[*n].hash.as_str()).min().unwrap_or_default();
        *blake3::hash(format!("{SEED} {least}").as_bytes()).as_bytes()
    };
    let mut groups: Vec<_> = groups.into_iter().map(|group| (lot(&group), group)).collect();
    groups.sort();
    let mut splits: [Vec<usize>; SPLITS.len()] = Default::default();
    for (_, group) in groups {
        // To the split that is furthest from what it is to have; of equals, the first.
        let share = |n: usize| (SPLITS[n].1 * articles.len()) as i64 - (100 * splits[n].len()) as i64;
        let neediest = (0..SPLITS.len()).rev().max_by_key(|n| share(*n)).unwrap_or(0);
        splits[neediest].extend(group);
    }
    let named = SPLITS.iter().zip(splits).filter(|(_, places)| !places.is_empty());
    let mut out: Vec<_> = named
        .map(|((name, _), mut places)| {
            places.sort_unstable();
            (*name, places.into_iter().map(|n| articles[n]).collect::<Vec<_>>())
        })
        .collect();
    if out.is_empty() {
        out.push((SPLITS[0].0, Vec::new()));
    }
    out
}

/// A text in YAML: what is a string in JSON is one there too.
fn quoted(text: &str) -> String {
    // YAML allows fewer characters than JSON.
    let plain: String = text.chars().map(|c| if c.is_control() || c == '\u{feff}' { ' ' } else { c }).collect();
    serde_json::Value::from(plain).to_string()
}

/// One line of Markdown, in which nothing is a mark of Markdown.
fn line(text: &str) -> String {
    let mut out = String::new();
    for c in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn card(project: &Project, splits: &[(&str, Vec<&Article>)], alike: usize) -> String {
    let title = if project.title.trim().is_empty() { "News articles, coded by hand" } else { project.title.trim() };
    let articles: usize = splits.iter().map(|(_, articles)| articles.len()).sum();
    let size = match articles {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        _ => "100K<n<1M",
    };
    let mut out = String::from("---\n");
    let _ = writeln!(out, "pretty_name: {}", quoted(title));
    let languages: BTreeSet<String> = project
        .articles
        .values()
        .filter_map(|a| a.metadata.language.as_deref()?.split('-').next().map(str::to_lowercase))
        .filter(|l| (2..=3).contains(&l.len()) && l.bytes().all(|b| b.is_ascii_lowercase()))
        .collect();
    if !languages.is_empty() {
        out += "language:\n";
        languages.iter().for_each(|l| out += &format!("- {}\n", quoted(l)));
    }
    out += "license: other\nlicense_name: to-be-named\n";
    out += "task_categories:\n- token-classification\n- text-classification\n";
    out += "tags:\n- news\n- framing\n- quotation\n- content-analysis\n";
    let _ = writeln!(out, "size_categories:\n- {size}\nconfigs:\n- config_name: default\n  data_files:");
    for (name, _) in splits {
        let _ = writeln!(out, "  - split: {name}\n    path: data/{name}.parquet");
    }
    out += "dataset_info:\n  features:\n";
    parquet::shape::COLUMNS.iter().for_each(|field| feature(&mut out, field, 2));
    out += "---\n\n";
    let _ = writeln!(out, "# {}\n", line(title));
    body(&mut out, project, splits, alike);
    out
}

/// A column as `datasets` describes it.
fn feature(out: &mut String, field: &Field, depth: usize) {
    let indent = " ".repeat(depth);
    let _ = writeln!(out, "{indent}- name: {}", field.name());
    kind(out, field.data_type(), depth + 2);
}

fn kind(out: &mut String, of: &DataType, depth: usize) {
    let indent = " ".repeat(depth);
    match of {
        DataType::Struct(fields) => {
            let _ = writeln!(out, "{indent}struct:");
            fields.iter().for_each(|field| feature(out, field, depth));
        }
        DataType::List(element) => match element.data_type() {
            DataType::Struct(fields) => {
                let _ = writeln!(out, "{indent}list:");
                fields.iter().for_each(|field| feature(out, field, depth));
            }
            of => {
                let _ = writeln!(out, "{indent}list: {}", word(of));
            }
        },
        of => {
            let _ = writeln!(out, "{indent}dtype: {}", word(of));
        }
    }
}

fn word(of: &DataType) -> &'static str {
    match of {
        DataType::Boolean => "bool",
        DataType::Int32 => "int32",
        DataType::Int64 => "int64",
        DataType::Float32 => "float32",
        DataType::Float64 => "float64",
        DataType::Timestamp(..) => "timestamp[ns, tz=UTC]",
        _ => "string",
    }
}

fn body(out: &mut String, project: &Project, splits: &[(&str, Vec<&Article>)], alike: usize) {
    *out += "News articles in which people marked framing words, quotations, claims and names, and said **whose words** \
             each framing is in: the outlet's own, or somebody's whom it quotes.\n\n";
    *out += "```python\nfrom datasets import load_dataset\n\ndata = load_dataset(\"path/to/this/folder\")\n```\n\n";
    *out += "## Splits\n\n| split | articles | annotations |\n|---|---|---|\n";
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for ((_, article), coding) in &project.codings {
        *count.entry(article.as_str()).or_default() += coding.annotations.len();
    }
    for (name, articles) in splits {
        let annotations: usize = articles.iter().filter_map(|a| count.get(a.id.as_str())).sum();
        let _ = writeln!(out, "| {name} | {} | {annotations} |", articles.len());
    }
    let _ = writeln!(
        out,
        "\nArticles were drawn with the seed {SEED}, 80 : 10 : 10. Articles that are nearly the same are in the same \
         split ({alike} of the articles are like another one): two texts count as nearly the same if at least half of \
         their runs of five words, taken together, stand in both.\n"
    );
    *out += "## Fields\n\n\
        One row is one article.\n\n\
        | field | what it holds |\n|---|---|\n\
        | `id`, `hash` | the article's id; BLAKE3 of its text in hex |\n\
        | `text` | the whole text, headline and standfirst included |\n\
        | `title`, `outlet`, `authors`, `published`, `url`, `language`, `section` | what is known of the article |\n\
        | `variables` | the project's own variables: `name`, `kind`, `value`, and `number` where it is one |\n\
        | `source` | from which file the article came |\n\
        | `parts` | which stretches are `headline`, `standfirst`, `byline`, `caption` |\n\
        | `annotations` | what was marked, by whom |\n\
        | `orphans` | annotations whose words are not in the text any more; mostly empty |\n\
        | `codings` | what each coder said of the article as a whole; `nothing_found` means read and found empty |\n\
        | `codebook`, `entities` | the codes and the names that this article's annotations refer to |\n\n\
        Of an annotation: `layer` is `frame`, `quote`, `claim` or `entity`; `label` the code's name or the layer's own \
        word; `path` leads down to it through the codebook; `spans` are its stretches. `voice` says whose words they \
        are (`outlet`, `quoted`, `reported`, `scare`, `headline`, `name`), with `speaker`, `target` and `stance`; \
        `negated` that the frame is named to be denied.\n\n\
        `start` and `end` count Unicode code points of `text`, end-exclusive, so that `text[start:end]` in Python is \
        the words; `byte_start` and `byte_end` count UTF-8 bytes.\n\n";
    if !project.codebook.codes.is_empty() {
        *out += "## Codes\n\n";
        for (depth, code) in project.codebook.tree() {
            let indent = "  ".repeat(depth.min(8));
            let _ = write!(out, "{indent}- **{}**", line(&row::name(&project.codebook, &code.id)));
            for (said, text) in [("", &code.definition), ("Use when: ", &code.use_when), ("Not when: ", &code.not_when)]
            {
                if !text.trim().is_empty() {
                    let _ = write!(out, " {said}{}", line(text));
                }
            }
            out.push('\n');
        }
        out.push('\n');
    }
    *out += "## Licence\n\n\
        Not named yet. The annotations are their coders' and the texts mostly their publishers': before this folder is \
        given to anybody, put the licence here and in the head of this file (`license`), or leave the texts out.\n";
}
