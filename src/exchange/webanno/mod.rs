//! WebAnno TSV 3.3, as INCEpTION and WebAnno write and read it: a folder with a file an article.
//!
//! ```text
//! #FORMAT=WebAnno TSV 3.3
//! #T_SP=webanno.custom.Framelens|label|coder|voice|speaker|target|stance|intensity|certainty|negated|memo|details
//! #T_RL=webanno.custom.FramelensRelation|kind|details|BT_webanno.custom.Framelens
//!
//!
//! #Text=The harbour purge goes on.
//! 1-1    0-3     The        _               _         …
//! 1-2    4-11    harbour    Witch hunt[1]   ada[1]    …
//! 1-3    12-17   purge      Witch hunt[1]   ada[1]    …
//! ```
//!
//! Offsets count UTF-16 units, end-exclusive. Our sentences reach to the start of the next one, so that the white space
//! between them is kept; a line end within one begins another `#Text=`. Tokens are words and marks; of a token that is
//! covered in part, the part has a line of its own (`1-2.1`). Every annotation has a number in brackets. `label` is that
//! of [`labels`](super::labels), `details` one object of JSON with the id and whatever else has no column. What stands
//! on the article as a whole is in `framelens.json` (see [`beside`](super::beside)), with the text where it begins with
//! white space, which the format does not keep.
//!
//! Other people’s layers: what the feature `value` or `label` says becomes the label; the other features become
//! attributes; slots, relations and chains become relations. Where several files hold one text, each is the work of the
//! coder whom its name names.

mod parse;
mod read;
mod write;

use std::io;
use std::sync::Arc;

use super::beside::Beside;
use super::{Bundle, Carries, Feature, Format, Incoming, Losses, Problem, Shape, Sink};
use crate::model::Project;
use crate::text::{CharSpan, OffsetMap};

/// The format.
#[derive(Debug)]
pub struct WebAnno;

/// Our layer of stretches.
const LAYER: &str = "webanno.custom.Framelens";
/// Our layer of lines between them.
const RELATIONS: &str = "webanno.custom.FramelensRelation";
/// The features of our layer that have a column of their own, besides `label` and `coder`, which come before, and
/// `details`.
const COLUMNS: [&str; 8] = ["voice", "speaker", "target", "stance", "intensity", "certainty", "negated", "memo"];

impl Format for WebAnno {
    fn name(&self) -> &'static str {
        "webanno-tsv"
    }

    fn about(&self) -> &'static str {
        "WebAnno TSV 3.3 for INCEpTION and WebAnno: a folder with a .tsv file an article"
    }

    fn shape(&self) -> Shape {
        Shape::Folder
    }

    fn carries(&self) -> Carries {
        Carries::EVERYTHING.but(&[Feature::Discontinuous])
    }

    /// The format marks tokens: white space at the ends of a stretch is cut off.
    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        let (mut cut, mut empty) = (0, 0);
        for ((_, article), coding) in &mut project.codings {
            let Some(article) = project.articles.get(article) else { continue };
            let map = OffsetMap::new(article.text.clone());
            let fits = |span: CharSpan| map.slice(span).is_some_and(|w| w.trim().len() == w.len() && !w.is_empty());
            if coding.annotations.values().all(|a| a.spans.iter().all(|s| fits(*s))) {
                continue;
            }
            let coding = Arc::make_mut(coding);
            coding.annotations.retain(|_, annotation| {
                let spans: Vec<CharSpan> = annotation.spans.iter().map(|s| trimmed(&map, *s)).collect();
                if spans == annotation.spans && !spans.iter().any(|s| s.is_empty()) {
                    return true;
                }
                let placed = Arc::make_mut(annotation).place(&map, spans);
                cut += usize::from(placed);
                empty += usize::from(!placed);
                placed
            });
        }
        project.codings.retain(|_, coding| !coding.is_empty());
        losses.tell("edges", cut, "codings begin or end with white space, which is cut off");
        losses.tell("spaces", empty, "codings of white space alone are left out");
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        let labels = super::labels::Labels::of(&project.codebook);
        let mut beside = Beside::of(project);
        for article in project.articles.values() {
            let lead = &article.text[..article.text.len() - article.text.trim_start().len()];
            beside.add(project, article, None, lead.chars().any(|c| c != ' ') || lead.len() == article.text.len());
            // INCEpTION reads no file without a sentence; such a text stands beside.
            if lead.len() < article.text.len() {
                let file = write::file(project, article, &labels);
                sink.file(&format!("{}.tsv", article.id), file.as_bytes())?;
            }
            sink.step()?;
        }
        beside.write(sink)
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        // The older kinds are known, so that they can be refused by name.
        let older = |head: &str| head.trim_start().starts_with("# ") && head.contains("\n#text=");
        let is_one = |name: &str| {
            let head = bundle.head(name);
            head.starts_with("#FORMAT=WebAnno TSV") || older(&head)
        };
        bundle.only().is_some_and(is_one) || bundle.with_ending("tsv").take(50).any(is_one)
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        read::folder(bundle, incoming)
    }
}

/// A stretch without the white space at its ends.
fn trimmed(map: &OffsetMap, span: CharSpan) -> CharSpan {
    let words = map.slice(span).unwrap_or_default();
    let lead = words[..words.len() - words.trim_start().len()].chars().count();
    CharSpan::chars(span.start.0 + lead, span.start.0 + lead + words.trim().chars().count())
}

/// A value as it stands in a cell on one line.
fn one_line(value: &str) -> String {
    value.replace('\r', " ")
}
