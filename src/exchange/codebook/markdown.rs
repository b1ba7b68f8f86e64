//! A codebook that people read and print, in Markdown:
//!
//! ```text
//! # Codebook
//!
//! ## Conflict frame
//!
//! > Conflict told as persecution.
//!
//! **Use when**
//!
//! > somebody is said to be hunted down for an opinion
//!
//! **Do not use when**
//!
//! > the words are the title of a play
//!
//! **Example**
//!
//! > a witch hunt against the harbour board
//!
//! - id: conflict-frame
//! - colour: palette-1
//! - revision: 3
//!
//! ### Purge
//! ```
//!
//! A code stands below the last one whose heading is a level higher. Files of this shape are read again.

use std::collections::BTreeMap;
use std::io;

use super::{CARRIED, Entry, bring, details, only_codes};
use crate::exchange::incoming::Incoming;
use crate::exchange::{Bundle, Carries, Format, Losses, Problem, Shape, Sink, keyed};
use crate::model::{Code, Project};

const TITLE: &str = "# Codebook";
const USE_WHEN: &str = "**Use when**";
const NOT_WHEN: &str = "**Do not use when**";
const EXAMPLE: &str = "**Example**";
/// How many `#` a heading has at the most.
const LOWEST: usize = 6;

/// The format.
#[derive(Debug)]
pub struct CodebookMarkdown;

impl Format for CodebookMarkdown {
    fn name(&self) -> &'static str {
        "codebook-md"
    }

    fn about(&self) -> &'static str {
        "the codebook to be read and printed, in Markdown"
    }

    fn shape(&self) -> Shape {
        Shape::File("md")
    }

    fn carries(&self) -> Carries {
        CARRIED
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        only_codes(project, losses);
        super::tags::plain_line_ends(project, losses);
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        let mut out = format!("{TITLE}\n");
        for (depth, code) in project.codebook.tree() {
            write_code(depth, code, &mut out);
        }
        sink.main(|to, _| to.write_all(out.as_bytes()))
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        bundle.only().is_some_and(|name| {
            let head = bundle.head(name);
            head.lines().next().is_some_and(|line| line.trim_end() == TITLE)
                && head.lines().any(|l| l.starts_with("- id: "))
        })
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let name = bundle.only().ok_or(Problem::NotOneFile)?;
        let text = bundle.text(name)?;
        if text.lines().next().map(str::trim_end) != Some(TITLE) {
            return Err(Problem::at(name, 1, format!("it does not begin with “{TITLE}”")));
        }
        let entries = entries(&text);
        bring(incoming, entries);
        Ok(())
    }
}

fn write_code(depth: usize, code: &Code, out: &mut String) {
    let shown = keyed::shown(&code.name, code.id.as_str());
    out.push_str(&format!("\n{} {shown}\n", "#".repeat((depth + 2).min(LOWEST))));
    quote(None, &code.definition, out);
    quote(Some(USE_WHEN), &code.use_when, out);
    quote(Some(NOT_WHEN), &code.not_when, out);
    for example in &code.examples {
        out.push_str(&format!("\n{EXAMPLE}\n"));
        quoted(example, out);
    }
    out.push('\n');
    let mut lines = details(code);
    if shown != code.name {
        lines.push(("name", code.name.clone()));
    }
    lines.extend(code.parent.as_ref().map(|parent| ("parent", parent.to_string())));
    for (key, value) in lines {
        out.push_str(&format!("- {key}: {}\n", keyed::escaped(&value)));
    }
}

fn quote(heading: Option<&str>, text: &str, out: &mut String) {
    if !text.is_empty() {
        out.extend(heading.map(|h| format!("\n{h}\n")));
        quoted(text, out);
    }
}

fn quoted(text: &str, out: &mut String) {
    out.push('\n');
    for line in text.split('\n') {
        out.push_str(&format!("> {line}\n"));
    }
}

/// One code as it is read.
#[derive(Default)]
struct Block {
    level: usize,
    name: String,
    /// What is quoted, under the words in bold that it stands below.
    quotes: Vec<(String, Vec<String>)>,
    said: BTreeMap<String, String>,
}

fn entries(text: &str) -> Vec<Entry> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut new_quote = true;
    for line in text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).skip(1) {
        let level = line.chars().take_while(|c| *c == '#').count();
        if (2..=LOWEST).contains(&level) && line[level..].starts_with(' ') {
            blocks.push(Block { level, name: line[level..].trim().to_owned(), ..Block::default() });
            new_quote = true;
            continue;
        }
        let Some(block) = blocks.last_mut() else { continue };
        if let Some(words) = line.strip_prefix('>') {
            let words = words.strip_prefix(' ').unwrap_or(words).to_owned();
            if new_quote && block.quotes.last().is_none_or(|(_, lines)| !lines.is_empty()) {
                block.quotes.push((String::new(), Vec::new()));
            }
            block.quotes.iter_mut().last().into_iter().for_each(|(_, lines)| lines.push(words.clone()));
            new_quote = false;
            continue;
        }
        new_quote = true;
        if [USE_WHEN, NOT_WHEN, EXAMPLE].contains(&line.trim()) {
            block.quotes.push((line.trim().to_owned(), Vec::new()));
        } else if let Some((key, value)) =
            line.strip_prefix("- ").and_then(|l| l.split_once(": ").or(l.split_once(':')))
        {
            block.said.insert(key.trim().to_owned(), keyed::plain(value));
        }
    }
    let ids: BTreeMap<String, usize> =
        blocks.iter().enumerate().filter_map(|(n, b)| Some((b.said.get("id")?.clone(), n))).collect();
    let levels: Vec<usize> = blocks.iter().map(|b| b.level).collect();
    blocks.into_iter().enumerate().map(|(n, block)| block.entry(n, &levels, &ids)).collect()
}

impl Block {
    fn entry(self, n: usize, levels: &[usize], ids: &BTreeMap<String, usize>) -> Entry {
        let id = self.said.get("id").map(String::as_str).unwrap_or_default();
        let name = keyed::named(&self.name, self.said.get("name"), id);
        let mut entry = Entry::new(&name, &format!("{n} {name}"));
        entry.has_meaning = true;
        for (heading, lines) in &self.quotes {
            let text = lines.join("\n");
            match heading.as_str() {
                USE_WHEN => entry.code.use_when = text,
                NOT_WHEN => entry.code.not_when = text,
                EXAMPLE => entry.code.examples.push(text),
                _ if entry.code.definition.is_empty() => entry.code.definition = text,
                _ => entry.code.definition.push_str(&format!("\n\n{text}")),
            }
        }
        entry.detail(&self.said);
        let above = levels[..n].iter().rposition(|level| *level < self.level);
        // Below the sixth level, headings cannot tell.
        let named = self.said.get("parent").and_then(|parent| ids.get(parent)).copied();
        entry.parent = if self.level == LOWEST { named.or(above) } else { above };
        entry
    }
}
