//! JSON Lines without the texts, for articles that may not be passed on.
//!
//! ```text
//! {"chars":4211,"shown":380,"hash":"…","id":"…","title":"…",…,"annotations":[{…,"spans":[{"start":12,"end":22,
//!   "byte_start":12,"byte_end":22,"text":"witch hu","around":["this “",""]}],…}],"codings":[…]}
//! ```
//!
//! A line is one of [`jsonl`](super::jsonl)’s with these differences. There is no `text`, only its `hash`, its length in
//! code points (`chars`) and how many of them the line still shows (`shown`). Of the words of a coding there are at most
//! [`WORDS`] code points, in `around` at most [`CONTEXT`] on each side. Where the words of all codings of an article and
//! what is around them would show more than [`SHARE`] per cent of its text, context goes first, then words, until they do
//! not. Passages in which nothing was found are there by their offsets alone, and codings that lost their words are left
//! out: their words are those of an older text. Titles, metadata, memos and whatever else people wrote stay.
//!
//! Whoever holds the texts imports them first and then such a file: the articles are known by their hashes.

use std::collections::BTreeSet;
use std::io;

use super::incoming::Incoming;
use super::record::{self, ArticleRecord};
use super::{Bundle, Carries, Feature, Format, Problem, Shape, Sink, jsonl};
use crate::model::{Article, Project};
use crate::text::{Anchor, CONTEXT, CharSpan, OffsetMap};

/// How many code points of a coding’s words are shown at the most.
pub const WORDS: usize = 64;

/// How much of an article’s text all codings together show at the most, in per cent of its code points: as much as a
/// packed project without texts.
pub const SHARE: usize = 10;

/// Words, and context on each side, from what is tried first to what is always little enough.
const STEPS: &[(usize, usize)] =
    &[(WORDS, CONTEXT), (WORDS, 16), (WORDS, 8), (WORDS, 0), (32, 0), (16, 0), (8, 0), (4, 0), (0, 0)];

/// The format.
#[derive(Debug)]
pub struct Textless;

/// A line: these two first, by which it is known.
#[derive(serde::Serialize)]
struct Line {
    chars: usize,
    shown: usize,
    #[serde(flatten)]
    rest: serde_json::Value,
}

impl Format for Textless {
    fn name(&self) -> &'static str {
        "jsonl-textless"
    }

    fn about(&self) -> &'static str {
        "JSON Lines without the texts, for articles that may not be passed on; read where the articles are"
    }

    fn shape(&self) -> Shape {
        Shape::File("jsonl")
    }

    fn carries(&self) -> Carries {
        jsonl::JsonLines.carries().but(&[Feature::Texts, Feature::Orphans])
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        sink.main(|out, step| {
            for article in project.articles.values() {
                let mut record = record::article(project, article);
                let shown = withhold(article, &mut record);
                let mut rest = serde_json::to_value(&record)?;
                rest.as_object_mut().and_then(|fields| fields.remove("text"));
                serde_json::to_writer(&mut *out, &Line { chars: article.end.0, shown, rest })?;
                out.write_all(b"\n")?;
                step()?;
            }
            Ok(())
        })
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        let Some(name) = bundle.only() else { return false };
        let head = bundle.head(name);
        let line = head.trim_start().lines().next().unwrap_or_default();
        is_one(line)
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let name = bundle.only().ok_or(Problem::NotOneFile)?;
        let text = bundle.text(name)?;
        for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let record = of_line(line).map_err(|what| Problem::at(name, n + 1, what))?;
            match incoming.known_article(Some(&record.hash), None, None) {
                Some(text) => jsonl::read_into(incoming, &text, record, std::collections::BTreeMap::new()),
                None => waits(incoming, &record),
            }
        }
        Ok(())
    }
}

/// Whether the first line of a file, or as much as is there of it, is one of these.
pub(super) fn is_one(line: &str) -> bool {
    line.starts_with("{\"chars\":") || of_line(line).is_ok()
}

/// A line as one of JSON Lines whose text is empty.
fn of_line(line: &str) -> Result<ArticleRecord, String> {
    let mut json: serde_json::Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
    let fields = json.as_object_mut().ok_or("no object")?;
    if !fields.contains_key("chars") || fields.insert("text".to_owned(), "".into()).is_some() {
        return Err("no line without a text: “chars” is missing, or “text” is there".to_owned());
    }
    serde_json::from_value(json).map_err(|e| e.to_string())
}

fn waits(incoming: &mut Incoming<'_>, record: &ArticleRecord) {
    let called = if record.title.trim().is_empty() { &record.id } else { &record.title };
    let (n, what) = match record.annotations.len() {
        0 => ("nothing".to_owned(), "waits"),
        1 => ("1 coding".to_owned(), "waits"),
        n => (format!("{n} codings"), "wait"),
    };
    let hash: String = record.hash.chars().take(8).collect();
    incoming.tell(format!(
        "the text of “{called}” (hash {hash}…) is not in this project; {n} {what} for it. Import it, then this file again"
    ));
}

/// Takes away the text and cuts the words; how many code points of the text are still shown.
fn withhold(article: &Article, record: &mut ArticleRecord) -> usize {
    let ((words, context), shown) = little_enough(article.end.0, record);
    let map = OffsetMap::new(article.text.clone());
    record.text.clear();
    for coding in &mut record.codings {
        coding.nothing_found_in.iter_mut().for_each(|passage| passage.text.clear());
    }
    for annotation in &mut record.annotations {
        for span in &mut annotation.spans {
            // What does not fit the text is not counted, and not shown.
            let Some(anchor) = Anchor::of(&map, CharSpan::chars(span.start, span.end)) else {
                span.text.clear();
                continue;
            };
            let skip = anchor.before.chars().count().saturating_sub(context);
            let around = (anchor.before.chars().skip(skip).collect(), anchor.after.chars().take(context).collect());
            span.text = anchor.exact.chars().take(words).collect();
            span.around = (context > 0).then_some(around);
        }
        annotation.text = annotation.spans.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join(" … ");
    }
    shown
}

/// The most that may be shown of the codings’ words, and how many code points of the text that is.
fn little_enough(chars: usize, record: &ArticleRecord) -> ((usize, usize), usize) {
    let spans = record.annotations.iter().flat_map(|a| &a.spans).filter(|s| s.byte_start.is_some());
    let spans: BTreeSet<(usize, usize)> = spans.map(|s| (s.start, s.end)).collect();
    let shown = |(words, context): (usize, usize)| -> usize {
        let pieces = spans.iter().flat_map(|&(start, end)| {
            [(start.saturating_sub(context), (start + words).min(end)), (end, (end + context).min(chars))]
        });
        let mut pieces: Vec<_> = pieces.filter(|(from, to)| from < to).collect();
        pieces.sort_unstable();
        let mut seen = 0;
        pieces.into_iter().fold(0, |sum, (from, to)| {
            let new = to.saturating_sub(from.max(seen));
            seen = seen.max(to);
            sum + new
        })
    };
    let step = STEPS.iter().copied().find(|step| shown(*step) * 100 <= chars * SHARE).unwrap_or((0, 0));
    (step, shown(step))
}
