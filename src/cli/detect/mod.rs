//! `framelens detect`: a filter from texts to findings.

mod inputs;

use std::io::{self, BufWriter, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::pipeline::in_order;
use super::progress::Progress;
use super::{Outcome, complain, count, detector};
use crate::detect::{Article as Found, Detector, Input};
use crate::import::{self, Options, Record};
use crate::model::{Layer, Part};
use crate::text::Document;
use inputs::{Inputs, Job};

/// Find names, quotations, claims and framing words in texts
///
/// Reads text files, saved web pages, and JSON Lines of articles ({"id":…,"text":…}, from standard input or from files
/// that end in .jsonl or .ndjson), and writes one JSON object an article, in the order of the input. Standard input is
/// taken for JSON Lines where it begins with "{", and else for one text.
///
/// "start" and "end" count Unicode code points of the text, "byte_start" and "byte_end" its UTF-8 bytes, both
/// end-exclusive. They count in the text as it is in the JSON, or in the file. Where a file's text had to be changed to
/// be read (a web page; CRLF line ends; an older encoding; header lines), the object has that text as "text".
///
/// An input that cannot be read costs one object {"line":…,"error":…} or {"file":…,"error":…} in its place, and the
/// command ends with 1.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  framelens detect article.txt\n  \
                  framelens detect articles/ --layers quotes,cues > findings.jsonl\n  \
                  cat articles.jsonl | framelens detect - | jq '.quotes[].speaker.text'\n  \
                  parallel --pipe --block 20M framelens detect < articles.jsonl")]
pub struct Detect {
    /// Files and folders; `-`, or nothing, is standard input
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// What to look for [default: everything]
    #[arg(long, value_delimiter = ',', value_name = "LAYERS")]
    layers: Vec<Wanted>,

    /// What the input is, where it should not be seen from its content
    #[arg(long)]
    format: Option<InputFormat>,

    /// Write each article's text as "text"
    #[arg(long)]
    text: bool,
}

/// A list in the output.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Wanted {
    Entities,
    Quotes,
    Claims,
    Cues,
}

impl Wanted {
    fn layer(self) -> Layer {
        match self {
            Self::Entities => Layer::Entity,
            Self::Quotes => Layer::Quote,
            Self::Claims => Layer::Claim,
            Self::Cues => Layer::Frame,
        }
    }
}

/// What an input is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum InputFormat {
    Text,
    Html,
    Jsonl,
}

/// One line of the output.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    found: Found,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
}

/// A line in place of an input that could not be read.
#[derive(Serialize)]
struct Failure {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    error: String,
}

/// What became of one input.
struct Done {
    /// Whole lines with their ends.
    lines: Vec<u8>,
    failed: bool,
}

impl Detect {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let mut layers: Vec<Layer> = self.layers.iter().map(|w| w.layer()).collect();
        if layers.is_empty() {
            layers = Layer::ALL.to_vec();
        }
        let inputs = Inputs { paths: self.paths, format: self.format };
        let detector = detector();
        let with_text = self.text;
        let work = move |job: Job| Worker { detector: &*detector, layers: &layers, with_text }.done(job);
        let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        let mut progress = Progress::new("Read", None);
        let (mut all, mut failed) = (0usize, 0usize);
        in_order(
            move |feed| inputs.feed(&feed),
            work,
            |done: Done, more| -> io::Result<()> {
                all += 1;
                failed += usize::from(done.failed);
                out.write_all(&done.lines)?;
                // Whoever waits for this line gets it before we wait for the next one.
                if !more {
                    out.flush()?;
                }
                progress.step(1);
                Ok(())
            },
        )?;
        out.flush()?;
        drop(progress);
        if failed > 0 {
            complain(&format!("{failed} of {} could not be read; the reasons are in the output", count(all, "input")));
            return Ok(Outcome::Partly);
        }
        Ok(Outcome::Done)
    }
}

struct Worker<'a> {
    detector: &'a dyn Detector,
    layers: &'a [Layer],
    with_text: bool,
}

impl Worker<'_> {
    fn done(&self, job: Job) -> Done {
        let (file, line) = job.place();
        let result = catch_unwind(AssertUnwindSafe(|| self.lines(job)));
        let error = match result {
            Ok(Ok(lines)) => return Done { lines, failed: false },
            Ok(Err(error)) => error,
            Err(_) => "detection broke off on this text: a fault in the program, not in the text".to_owned(),
        };
        let mut lines = Vec::new();
        push(&mut lines, &Failure { file, line, error });
        Done { lines, failed: true }
    }

    fn lines(&self, job: Job) -> Result<Vec<u8>, String> {
        let mut lines = Vec::new();
        match job {
            Job::Failed { error, .. } => return Err(error),
            Job::Line { bytes, number, .. } => {
                let record = Record::parse(&bytes)?;
                drop(bytes);
                let parts = record.parts();
                let id = record.id()?.unwrap_or_else(|| number.to_string());
                self.push(&mut lines, &id, record.text, &parts, false);
            }
            Job::File { path, format } => {
                let bytes = import::read_raw(&path).map_err(|e| e.problem.to_string())?;
                let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
                self.text(&mut lines, &name, bytes, format)?;
            }
            Job::Text { bytes, format } => self.text(&mut lines, "stdin", bytes, format)?,
        }
        Ok(lines)
    }

    fn text(&self, lines: &mut Vec<u8>, id: &str, bytes: Vec<u8>, format: Option<&str>) -> Result<(), String> {
        let options = Options { format: format.map(str::to_owned), ..Options::default() };
        let found = import::read_bytes(id, bytes, &options);
        for article in found.whole().map_err(|e| e.problem.to_string())? {
            // Where the text is the file, byte for byte, its places can be found in the file.
            let changed = article.hash != article.source.hash;
            self.push(lines, id, article.text, &article.parts, changed);
        }
        Ok(())
    }

    fn push(
        &self,
        lines: &mut Vec<u8>,
        id: &str,
        text: impl Into<std::sync::Arc<str>>,
        parts: &[Part],
        text_is_new: bool,
    ) {
        let document = Document::new(text);
        let findings = self.detector.detect(Input { document: &document, parts }, self.layers);
        let found = Found::of(id, &document, &findings, self.layers);
        drop(findings);
        push(lines, &Line { found, text: (self.with_text || text_is_new).then(|| document.as_str()) });
    }
}

fn push(lines: &mut Vec<u8>, value: &impl Serialize) {
    if serde_json::to_writer(&mut *lines, value).is_err() {
        unreachable!("strings and numbers are always JSON, and memory can always be written to");
    }
    lines.push(b'\n');
}
