//! The corpus of SemEval 2020, task 11 (propaganda techniques): a folder with a text and two files of labels for each
//! article.
//!
//! | file | what it holds |
//! |---|---|
//! | `articles/articleN.txt` | the text, as it is |
//! | `labels-task-flc-tc/articleN.task-flc-tc.labels` | a line an annotation: `N`, label, start, end, with tabs between |
//! | `labels-task-si/articleN.task-si.labels` | the stretches alone, joined where they overlap: `N`, start, end |
//! | `techniques.txt` | the labels, a line each, for the task’s scorer |
//!
//! Offsets count code points, end-exclusive. `N` is the number that the article came with, or one of nine digits made
//! of its text. What a label says is in [`labels`](super::labels).
//!
//! Reading takes files of any of these kinds wherever they lie, files for several articles too; stretches without a
//! label are read as the code “Propaganda” where an article has no others.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use super::labels::Labels;
use super::{Bundle, Carries, Feature, Format, Incoming, Losses, Problem, Shape, Sink, Text};
use crate::model::{Article, Metadata, Project, Source};
use crate::text::CharSpan;

/// The format.
#[derive(Debug)]
pub struct SemEval;

/// The label of what has none.
const UNNAMED: &str = "Propaganda";

impl Format for SemEval {
    fn name(&self) -> &'static str {
        "semeval-2020-t11"
    }

    fn about(&self) -> &'static str {
        "the corpus of SemEval 2020 task 11: a folder with texts, labelled spans and bare spans"
    }

    fn shape(&self) -> Shape {
        Shape::Folder
    }

    fn carries(&self) -> Carries {
        Carries::NOTHING.and(&[Feature::Texts, Feature::UncodedArticles])
    }

    /// The task knows a stretch with a label once.
    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        let mut twice = 0;
        for coding in project.codings.values_mut() {
            let mut seen = BTreeSet::new();
            Arc::make_mut(coding).annotations.retain(|_, a| {
                let new = seen.insert((a.tag.clone(), a.spans.clone()));
                twice += usize::from(!new);
                new
            });
        }
        losses.tell("twice", twice, "codings of the same words with the same label as another are left out");
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        let labels = Labels::of(&project.codebook);
        let mut used = BTreeSet::new();
        let mut taken = BTreeSet::new();
        for article in project.articles.values() {
            let number = number(article, &mut taken);
            let mut rows: Vec<(CharSpan, String)> = Vec::new();
            for ((_, of), coding) in &project.codings {
                if *of == article.id {
                    let marks = coding.annotations.values();
                    rows.extend(marks.flat_map(|a| a.spans.iter().map(|s| (*s, labels.written(&a.tag)))));
                }
            }
            rows.sort();
            let (mut labelled, mut bare) = (String::new(), String::new());
            for (span, label) in &rows {
                labelled += &format!("{number}\t{label}\t{}\t{}\n", span.start, span.end);
            }
            for span in joined(rows.iter().map(|(span, _)| *span)) {
                bare += &format!("{number}\t{}\t{}\n", span.start, span.end);
            }
            used.extend(rows.into_iter().map(|(_, label)| label));
            sink.file(&format!("articles/article{number}.txt"), article.text.as_bytes())?;
            sink.file(&format!("labels-task-flc-tc/article{number}.task-flc-tc.labels"), labelled.as_bytes())?;
            sink.file(&format!("labels-task-si/article{number}.task-si.labels"), bare.as_bytes())?;
            sink.step()?;
        }
        let used: String = used.into_iter().map(|label| format!("{label}\n")).collect();
        sink.file("techniques.txt", used.as_bytes())
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        let first = |name: &str| bundle.head(name).lines().next().is_some_and(|line| Row::parse(line).is_some());
        bundle.with_ending("labels").any(first)
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let mut labelled = Rows::default();
        let mut bare = Rows::default();
        for name in bundle.with_ending("labels") {
            let (mut with, mut without) = (Rows::default(), Rows::default());
            for (n, line) in bundle.text(name)?.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                let wrong =
                    || Problem::at(name, n + 1, "this is not a number, a label, a start and an end, with tabs between");
                let row = Row::parse(line).ok_or_else(wrong)?;
                if row.label == Some("?") {
                    incoming.tell("stretches that wait for a label (“?”) were left out");
                    continue;
                }
                if row.label.is_some() { &mut with } else { &mut without }.add(&row);
            }
            labelled.merge(with);
            bare.merge(without);
        }
        for name in bundle.with_ending("txt") {
            let Some(number) = article_number(name.rsplit('/').next().unwrap_or(name)) else { continue };
            let id = format!("article-{number}");
            let text = incoming.article(&bundle.text(name)?, Some(&id), Metadata::default(), Source::default());
            put(incoming, &text, labelled.0.remove(number), bare.0.remove(number));
        }
        let numbers: BTreeSet<String> = labelled.0.keys().chain(bare.0.keys()).cloned().collect();
        let mut without = Vec::new();
        for number in numbers {
            let (labelled, bare) = (labelled.0.remove(&number), bare.0.remove(&number));
            match incoming.known_article(None, Some(&format!("article-{number}")), None) {
                Some(text) => put(incoming, &text, labelled, bare),
                None => without.push(format!("article{number}.txt")),
            }
        }
        match without.as_slice() {
            [] => {}
            [first, ..] if incoming.project().articles.is_empty() => return Err(Problem::Missing(first.clone())),
            [only] => incoming.tell(format!("the labels of an article without a text were left out: {only}")),
            [first, rest @ ..] => incoming.tell(format!(
                "the labels of {} articles without texts were left out: {first} and {} more",
                without.len(),
                rest.len()
            )),
        }
        Ok(())
    }
}

/// The article’s number: the one it came with, or nine digits made of its text.
fn number(article: &Article, taken: &mut BTreeSet<String>) -> String {
    let own = article.id.as_str().strip_prefix("article-").filter(|n| is_number(n)).map(str::to_owned);
    let hash = article.hash.get(..8).and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or_default();
    let made = (0..).map(|n| (100_000_000 + (hash + n) % 900_000_000).to_string());
    own.into_iter().chain(made).find(|n| taken.insert(n.clone())).unwrap_or_default()
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() < 20 && text.bytes().all(|b| b.is_ascii_digit())
}

/// The number in the name of a text’s file.
fn article_number(file: &str) -> Option<&str> {
    file.strip_prefix("article")?.strip_suffix(".txt").filter(|n| is_number(n))
}

/// Stretches in order, those that overlap or touch joined.
fn joined(spans: impl Iterator<Item = CharSpan>) -> Vec<CharSpan> {
    let mut spans: Vec<CharSpan> = spans.collect();
    spans.sort();
    let mut out: Vec<CharSpan> = Vec::new();
    for span in spans {
        match out.last_mut() {
            Some(last) if span.start <= last.end => *last = last.hull(span),
            _ => out.push(span),
        }
    }
    out
}

/// A line of a file of labels.
struct Row<'a> {
    number: &'a str,
    label: Option<&'a str>,
    start: usize,
    end: usize,
}

impl<'a> Row<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (number, rest) = line.trim_end_matches('\r').split_once('\t')?;
        let (rest, end) = rest.rsplit_once('\t')?;
        let (label, start) = rest.rsplit_once('\t').map_or((None, rest), |(label, start)| (Some(label), start));
        let (start, end) = (start.trim().parse().ok()?, end.trim().parse().ok()?);
        is_number(number).then_some(Self { number, label, start, end })
    }
}

/// How often each stretch is there with each label, by the articles’ numbers.
#[derive(Default)]
struct Rows(BTreeMap<String, Said>);

type Said = BTreeMap<(usize, usize, String), usize>;

impl Rows {
    fn add(&mut self, row: &Row<'_>) {
        let said = self.0.entry(row.number.to_owned()).or_default();
        *said.entry((row.start, row.end, row.label.unwrap_or(UNNAMED).to_owned())).or_default() += 1;
    }

    /// The corpus gives the same rows article by article and all in one file.
    fn merge(&mut self, other: Self) {
        for (number, said) in other.0 {
            let all = self.0.entry(number).or_default();
            for (row, times) in said {
                let known = all.entry(row).or_default();
                *known = times.max(*known);
            }
        }
    }
}

fn put(incoming: &mut Incoming<'_>, text: &Text, labelled: Option<Said>, bare: Option<Said>) {
    let places = |said: &Said| joined(said.keys().filter_map(|(start, end, _)| text.chars(*start, *end)));
    let said = match (labelled, bare) {
        (Some(labelled), bare) => {
            if bare.is_some_and(|bare| places(&bare) != places(&labelled)) {
                incoming.tell("stretches without a label were left out where an article has others with labels");
            }
            labelled
        }
        (None, bare) => bare.unwrap_or_default(),
    };
    for ((start, end, label), times) in said {
        let coder = incoming.somebody();
        for _ in 0..times {
            let spans = text.chars(start, end).map_or_else(Vec::new, |span| vec![span]);
            if let Some(new) = incoming.labelled(text, None, &label, spans) {
                incoming.put(text, &coder, new);
            }
        }
    }
}
