//! `framelens find`

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use clap::builder::PossibleValue;
use serde::Serialize;
use unicode_segmentation::UnicodeSegmentation as _;

use super::{Outcome, complain, count, detector, open_to_read, say};
use crate::find::{Day, Filter, Hit, Line, Options, Order, Query, Sorted, marks, search};
use crate::model::{Article, CodeId, CoderId, Project, Voice};
use crate::session::detected_voices;
use crate::text::CharSpan;

/// Find words in a project's articles, each with what stands around it
///
/// What may be asked for: words (purge, witch hunt), with * for the rest of a word or for any word (purg*, the * party); a
/// phrase exactly as it is written ("witch hunt", the quotation marks being part of it); a regular expression
/// (/expel(s|led)/); two things near each other, in either order (war NEAR/5 peace: at most four words between them).
/// Capitals and the inside of words do not matter unless --case or --word says so. Nothing is changed, and finding nothing
/// is no failure.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  framelens find my-study 'witch hunt'\n  \
                  framelens find my-study 'purg* NEAR/5 members' --voice outlet --sort left\n  \
                  framelens find my-study '/expel(s|led)/' --word --json | jq .text")]
pub struct Find {
    /// The project folder
    project: PathBuf,

    /// What to look for
    query: String,

    /// The query is one regular expression, without slashes around it
    #[arg(long)]
    regex: bool,

    /// Capitals count
    #[arg(long)]
    case: bool,

    /// Whole words only
    #[arg(long)]
    word: bool,

    /// Only articles of this outlet; may be given several times
    #[arg(long, value_name = "NAME")]
    outlet: Vec<String>,

    /// Only articles of this day or later (2025-03-04, 2025-03, 2025)
    #[arg(long, value_name = "DATE")]
    from: Option<Day>,

    /// Only articles of this day or earlier
    #[arg(long, value_name = "DATE")]
    to: Option<Day>,

    /// Only these articles (ids or titles)
    #[arg(long, value_name = "ID", num_args = 1..)]
    articles: Vec<String>,

    /// Only words that are coded with this code or one below it (id or name); may be given several times
    #[arg(long, value_name = "NAME")]
    code: Vec<String>,

    /// Only words in this voice, by the codings on them, else by detection; may be given several times
    #[arg(long, value_name = "VOICE", value_parser = words(Voice::ALL.iter().map(|v| v.word())))]
    voice: Vec<String>,

    /// Count only what this coder coded (id or name); by itself: only words that this coder marked
    #[arg(long, value_name = "CODER")]
    coder: Vec<String>,

    /// The order of the lines
    #[arg(long, default_value = "article", value_parser = words(Order::ALL.iter().map(|o| o.word())))]
    sort: String,

    /// How many letters are shown on each side
    #[arg(long, value_name = "N", default_value_t = 40)]
    context: usize,

    /// Say only how many there are
    #[arg(long, conflicts_with = "sort")]
    count: bool,

    /// Write JSON Lines: offsets in code points and in bytes, context, codings
    #[arg(long)]
    json: bool,
}

fn words(words: impl Iterator<Item = &'static str>) -> Vec<PossibleValue> {
    words.map(PossibleValue::new).collect()
}

impl Find {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let options = Options { case: self.case, word: self.word, regex: self.regex };
        let query = Query::new(&self.query, options)?;
        let (opened, noticed) = open_to_read(&self.project)?;
        let project = &opened.project;
        let filter = self.filter(project)?;
        let detector = detector();
        let voice_at = |article: &Article, spans: &[CharSpan]| detected_voices(&*detector, article, spans);
        let order = Order::ALL.into_iter().find(|o| o.word() == self.sort).unwrap_or_default();
        let most = if self.count { 0 } else { usize::MAX };
        let mut out = BufWriter::new(io::stdout().lock());
        let mut written: anyhow::Result<()> = Ok(());
        let mut sorted = Sorted::new(order);
        let (mut found, mut articles) = (0, 0);
        search(project, &query, &filter, &voice_at, most, &|| false, &mut |batch| {
            (found, articles) = (batch.found, batch.articles);
            // What needs no sorting is written as it comes.
            if order == Order::Article {
                written = batch.hits.iter().try_for_each(|hit| self.write(&mut out, project, hit));
            } else {
                sorted.add(batch.hits);
            }
            written.is_ok()
        });
        written?;
        sorted.into_hits().iter().try_for_each(|hit| self.write(&mut out, project, hit))?;
        out.flush()?;
        drop(out);
        if self.count && self.json {
            say(&serde_json::json!({ "found": found, "articles": articles }).to_string())?;
        } else if self.count {
            say(&format!("{} in {}", count(found, "place"), count(articles, "article")))?;
        }
        if noticed {
            complain("what could not be read was not searched");
            return Ok(Outcome::Partly);
        }
        Ok(Outcome::Done)
    }

    fn filter(&self, project: &Project) -> anyhow::Result<Filter> {
        let outlet = |name: &String| {
            let known = project.articles.values().any(|a| same(&a.metadata.outlet, name));
            if known { Ok(name.clone()) } else { Err(anyhow::anyhow!("no article is of the outlet “{name}”")) }
        };
        let coders = project.coders.values().map(|c| (c.id.clone(), [c.id.as_str(), &c.name]));
        let codes = project.codebook.codes.values().map(|c| (c.id.clone(), [c.id.as_str(), &c.name]));
        let articles = project.articles.values().map(|a| (a.id.clone(), [a.id.as_str(), &a.metadata.title]));
        let codes: Vec<CodeId> = named("code", &self.code, codes)?;
        Ok(Filter {
            articles: named("article", &self.articles, articles)?.into_iter().collect(),
            outlets: self.outlet.iter().map(outlet).collect::<Result<_, _>>()?,
            from: self.from.clone(),
            to: self.to.clone(),
            codes: codes.iter().flat_map(|c| project.codebook.with_descendants(c)).collect(),
            coders: named("coder", &self.coder, coders)?.into_iter().collect(),
            voices: self.voice.iter().filter_map(|v| Voice::from_word(v)).collect(),
        })
    }

    fn write(&self, out: &mut impl Write, project: &Project, hit: &Hit) -> anyhow::Result<()> {
        if self.json {
            serde_json::to_writer(&mut *out, &Record::of(project, hit, self.context))?;
            writeln!(out)?;
            return Ok(());
        }
        let Line { left, matched, right } = hit.line(self.context);
        // Padded by hand: what counts is letters as people see them.
        let pad = " ".repeat(self.context.saturating_sub(left.graphemes(true).count()));
        let from = source(&hit.article);
        writeln!(out, "{pad}{left}[{matched}]{right}\t{from}")?;
        Ok(())
    }
}

/// Whom the words come from: outlet, day, title, as far as they are known.
fn source(article: &Article) -> String {
    let day = article.metadata.published.as_deref().map(|p| p.get(..10).unwrap_or(p)).unwrap_or_default();
    let parts = [article.metadata.outlet.trim().to_owned(), day.to_owned(), article.display_title()];
    let parts: Vec<_> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    parts.join(" · ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// The ids of what is meant by names or ids.
fn named<'a, Id>(
    what: &str,
    names: &[String],
    known: impl Iterator<Item = (Id, [&'a str; 2])> + Clone,
) -> anyhow::Result<Vec<Id>> {
    let mut ids = Vec::new();
    for name in names {
        let before = ids.len();
        ids.extend(known.clone().filter(|(_, called)| called.iter().any(|c| same(c, name))).map(|(id, _)| id));
        if ids.len() == before {
            bail!("there is no {what} “{name}” in this project");
        }
    }
    Ok(ids)
}

/// A hit as JSON.
#[derive(Serialize)]
struct Record<'a> {
    article: &'a str,
    title: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    outlet: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<&'a str>,
    start: usize,
    end: usize,
    byte_start: usize,
    byte_end: usize,
    left: String,
    text: &'a str,
    right: String,
    codings: Vec<Coded<'a>>,
}

/// A coding on the words of a hit.
#[derive(Serialize)]
struct Coded<'a> {
    coder: CoderId,
    code: CodeId,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    voice: Option<Voice>,
}

impl<'a> Record<'a> {
    fn of(project: &'a Project, hit: &'a Hit, context: usize) -> Self {
        let Line { left, right, .. } = hit.line(context);
        let name = |code: &CodeId| project.codebook.get(code).map_or("", |c| c.name.as_str());
        let codings = marks(project, hit, None).into_iter();
        Self {
            article: hit.article.id.as_str(),
            title: hit.article.display_title(),
            outlet: &hit.article.metadata.outlet,
            published: hit.article.metadata.published.as_deref(),
            start: hit.span.start.0,
            end: hit.span.end.0,
            byte_start: hit.bytes.start.0,
            byte_end: hit.bytes.end.0,
            left,
            text: hit.words(),
            right,
            codings: codings
                .map(|m| Coded { name: name(&m.code), coder: m.coder, code: m.code, voice: m.voice })
                .collect(),
        }
    }
}
