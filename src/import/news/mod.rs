//! What news databases and news agencies give away: Nexis, Factiva, ProQuest, Europresse, and the formats of the agencies.
//!
//! The files of the databases differ in how they are packed (HTML, RTF, DOCX, PDF, plain text), not in what their lines
//! say. A reader therefore takes the lines out of the container first, and reads one and the same layout from there.

mod europresse;
mod factiva;
mod languages;
mod lines;
mod newsml;
mod nexis;
mod ninjs;
mod nitf;
mod proquest;
mod ritzau;
mod tree;
mod wikinews;
mod wire;

use super::decode::{Decoded, decode_labelled};
use super::html::declared;
use super::paragraph::{Paragraph, Role};
use super::text::authors;
use super::{Draft, Intake, Problem, Raw, docx, isolated, pdf, rtf};
use lines::Line;

pub use europresse::Europresse;
pub use factiva::Factiva;
pub use newsml::NewsMl;
pub use nexis::Nexis;
pub use ninjs::Ninjs;
pub use nitf::Nitf;
pub use proquest::ProQuest;
pub use ritzau::Ritzau;
pub use wikinews::Wikinews;
pub use wire::Wire;

/// What was read of a piece of a file.
#[derive(Debug)]
enum Piece {
    Article(Box<Draft>),
    /// What it is called, and why it is none.
    Skipped {
        piece: String,
        problem: Problem,
    },
}

/// What was read of a file, in order.
#[derive(Debug, Default)]
pub(super) struct Haul {
    pieces: Vec<Piece>,
    /// How many articles the file says there are.
    said: Option<usize>,
    /// What kept it from being read to its end.
    broken: Option<Problem>,
}

impl Haul {
    fn article(&mut self, draft: Draft) {
        self.pieces.push(Piece::Article(Box::new(draft)));
    }

    fn skip(&mut self, piece: impl Into<String>, problem: Problem) {
        self.pieces.push(Piece::Skipped { piece: piece.into(), problem });
    }

    /// Lays the articles down.
    pub(super) fn lay_down(self, source: &crate::model::Source, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let pieces = self.pieces.len();
        let mut last = None;
        for (number, piece) in (1..).zip(self.pieces) {
            match piece {
                Piece::Article(draft) => {
                    if draft.body.is_empty() {
                        let what = format!("“{}”", first_words(&draft.title));
                        intake.skip(&format!("document {number}"), Problem::NoTextIn { what });
                        continue;
                    }
                    let dated = draft.published.is_some();
                    match draft.article(source.clone()) {
                        Ok(article) => intake.article(article)?,
                        Err(problem) => {
                            intake.skip(&format!("document {number}"), problem);
                            continue;
                        }
                    }
                    last = Some(number);
                    if !dated {
                        intake.warn("no date was found; look when it was published");
                    }
                }
                Piece::Skipped { piece, problem } => intake.skip(&piece, problem),
            }
        }
        if let Some(said) = self.said.filter(|said| *said != pieces)
            && last.is_some()
        {
            intake.warn(format!(
                "the file says that it holds {said} documents, and {pieces} were found in it; look whether one is missing"
            ));
        }
        self.broken.map_or(Ok(()), Err)
    }
}

/// The start of a title, for a message.
fn first_words(title: &str) -> String {
    if title.is_empty() {
        return "a document without a title".to_owned();
    }
    let cut: String = title.chars().take(60).collect();
    if cut.len() < title.len() { format!("{cut}…") } else { cut }
}

/// What a database put into a document, with the name of the format; `None` where it is a document like others.
pub(super) fn in_document(paragraphs: &[Paragraph]) -> Option<(&'static str, Haul)> {
    let lines: Vec<Line> = paragraphs.iter().map(Line::from).collect();
    let mut head = String::new();
    for line in lines.iter().take(4000) {
        head.push_str(&line.text);
        head.push('\n');
    }
    let (format, haul) = if proquest::is_export(&head) {
        ("proquest", proquest::documents(&lines))
    } else if nexis::is_export(&head) {
        ("nexis", nexis::documents(&lines))
    } else if factiva::is_export(&head) {
        ("factiva", factiva::documents(&lines))
    } else {
        return None;
    };
    (!haul.pieces.is_empty()).then_some((format, haul))
}

/// The lines of a document in a container; `None` where the file is text.
fn packed(bytes: &[u8]) -> Option<Result<Vec<Line>, Problem>> {
    let paragraphs = match bytes {
        b if b.starts_with(b"PK") => docx::blocks(bytes),
        b if b.starts_with(b"{\\rtf") => rtf::blocks(bytes),
        b if b.starts_with(b"%PDF-") => pdf::blocks(bytes),
        _ => return None,
    };
    Some(paragraphs.map(|all| all.iter().map(Line::from).collect()))
}

impl From<&Paragraph> for Line {
    fn from(paragraph: &Paragraph) -> Self {
        let heading = matches!(paragraph.role, Role::Title | Role::Heading(_));
        Self { text: paragraph.text.clone(), centred: false, strong: paragraph.bold || heading }
    }
}

/// Reads a file of text or a document with lines.
fn read_lines(
    format: &str,
    raw: Raw<'_>,
    intake: &mut Intake<'_>,
    documents: impl FnOnce(&[Line]) -> Haul,
    text: impl FnOnce(String) -> Result<Haul, Problem> + Send + 'static,
) -> Result<(), Problem> {
    match packed(&raw.bytes) {
        Some(lines) => documents(&lines?).lay_down(&raw.source(format, None), intake),
        None => read_text(format, raw, intake, text),
    }
}

/// Reads a file of text: decodes it, has it read away from the rest, and lays down what was found.
fn read_text(
    format: &str,
    mut raw: Raw<'_>,
    intake: &mut Intake<'_>,
    read: impl FnOnce(String) -> Result<Haul, Problem> + Send + 'static,
) -> Result<(), Problem> {
    let mut source = raw.source(format, None);
    let label = declared(&raw.bytes);
    let Decoded { text, encoding } = decode_labelled(std::mem::take(&mut raw.bytes), label)?;
    source.encoding = encoding;
    isolated(move || read(text))?.lay_down(&source, intake)
}

/// The name of an XML file's outermost element, without its name space; empty where it is no XML.
fn root_of(head: &str) -> &str {
    let mut rest = head.trim_start_matches('\u{feff}').trim_start();
    loop {
        let (from, close) = match rest {
            r if r.starts_with("<?") => (2, "?>"),
            r if r.starts_with("<!--") => (4, "-->"),
            // A document type may hold a list of its own in brackets.
            r if r.starts_with("<!") => {
                (2, if r.split('>').next().is_some_and(|t| t.contains('[')) { "]>" } else { ">" })
            }
            _ => break,
        };
        let Some(at) = rest.get(from..).and_then(|r| r.find(close)) else { return "" };
        rest = rest.get(from + at + close.len()..).unwrap_or_default().trim_start();
    }
    let Some(tag) = rest.strip_prefix('<') else { return "" };
    let name = tag.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next().unwrap_or_default();
    name.rsplit(':').next().unwrap_or_default()
}

/// The names in a byline, without the names of agencies and outlets, and without what is a job.
fn names(byline: &str, houses: &[&str]) -> Vec<String> {
    let house = |name: &str| {
        let small = name.to_lowercase();
        houses.iter().any(|h| !h.is_empty() && h.to_lowercase() == small)
    };
    let pieces = byline.split(" / ").flat_map(authors);
    let site = |name: &str| name.contains('.') && !name.contains(' ');
    pieces.filter(|name| !house(name) && !site(name)).collect()
}

/// Entries with `; ` between them, none twice.
fn joined(entries: impl IntoIterator<Item = String>) -> String {
    let mut list: Vec<String> = Vec::new();
    for entry in entries {
        let entry = entry.split_whitespace().collect::<Vec<_>>().join(" ");
        if !entry.is_empty() && !list.contains(&entry) {
            list.push(entry);
        }
    }
    list.join("; ")
}
