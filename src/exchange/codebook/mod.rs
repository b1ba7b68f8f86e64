//! What the formats of codebooks have in common: a code as words for other programs, and codes from their files.
//!
//! A description that another program shows:
//!
//! ```text
//! Conflict told as persecution.
//! Use when: somebody is said to be hunted down for an opinion
//! Do not use when: the words are the title of a play
//! Example: a witch hunt against the harbour board
//!
//! Framelens:
//! id: witch-hunt
//! colour: palette-2
//! revision: 3
//! ```

pub mod markdown;
pub mod refi;
pub mod table;
pub mod tags;

use std::collections::{BTreeMap, BTreeSet};

use super::incoming::Incoming;
use super::{Carries, Feature, Losses, keyed};
use crate::model::{Code, CodeId, Codebook, Colour, PALETTE, Project, slug};

/// What a codebook carries.
pub const CARRIED: Carries = Carries::NOTHING.and(&[
    Feature::CodeIds,
    Feature::CodeTree,
    Feature::CodeMeanings,
    Feature::CodeColours,
    Feature::CodeDetails,
    Feature::UnusedCodes,
]);

/// The colours of the palette where they must be numbers, as they look on light paper.
const COLOURS: [[u8; 3]; PALETTE as usize] = [
    [0xc4, 0x4e, 0x00],
    [0x0b, 0x7a, 0x5b],
    [0x1e, 0x66, 0xa8],
    [0xa3, 0x47, 0x7f],
    [0x9a, 0x6b, 0x00],
    [0x5e, 0x50, 0xb5],
    [0x00, 0x7c, 0x8c],
    [0xb0, 0x2e, 0x3c],
    [0x66, 0x78, 0x14],
    [0x6b, 0x5b, 0x4e],
];

const USE_WHEN: &str = "Use when: ";
const NOT_WHEN: &str = "Do not use when: ";
const EXAMPLE: &str = "Example: ";

/// A colour as `#rrggbb`.
pub fn rgb(colour: Colour) -> String {
    let colour = match colour {
        Colour::Palette(n) => Colour::Custom(COLOURS[usize::from(n) % COLOURS.len()]),
        custom @ Colour::Custom(_) => custom,
    };
    colour.to_string()
}

/// A colour from `#rrggbb` or `#rgb`, with the palette’s where `kept` says that it was one and it looks so still.
pub fn colour(written: &str, kept: Option<&String>) -> Option<Colour> {
    let written = written.trim().to_ascii_lowercase();
    if let Some(kept) = kept.and_then(|kept| kept.parse().ok()).filter(|kept| rgb(*kept) == written) {
        return Some(kept);
    }
    let short: Vec<char> = written.strip_prefix('#')?.chars().collect();
    match short.as_slice() {
        [r, g, b] => format!("#{r}{r}{g}{g}{b}{b}").parse().ok(),
        _ => written.parse().ok(),
    }
}

/// Leaves nothing but the codebook.
pub fn only_codes(project: &mut Project, losses: &mut Losses) {
    let marks = project.codings.values().map(|c| c.annotations.len()).sum();
    losses.tell("codings", marks, "codings are left out: a codebook holds codes alone");
    losses.tell("articles", project.articles.len(), "articles are left out: a codebook holds codes alone");
    project.codings.clear();
    project.articles.clear();
    project.coders.clear();
}

/// What a code means, in the words that other programs show, without the keys and values.
fn meaning(code: &Code) -> String {
    let guarded = |text: &str| {
        let special = |line: &str| {
            line.starts_with('\\') || [USE_WHEN, NOT_WHEN, EXAMPLE].iter().any(|m| line.starts_with(m.trim_end()))
        };
        let line = |line: &str| if special(line) { format!("\\{line}") } else { line.to_owned() };
        text.split('\n').map(line).collect::<Vec<_>>().join("\n")
    };
    let mut out = Vec::new();
    if !code.definition.is_empty() {
        out.push(guarded(&code.definition));
    }
    let mut say = |marker: &str, text: &str| out.push(format!("{marker}{}", guarded(text)));
    if !code.use_when.is_empty() {
        say(USE_WHEN, &code.use_when);
    }
    if !code.not_when.is_empty() {
        say(NOT_WHEN, &code.not_when);
    }
    code.examples.iter().for_each(|example| say(EXAMPLE, example));
    out.join("\n")
}

/// What a code is beyond its name, its place in the tree and its meaning.
pub fn details(code: &Code) -> Vec<(&'static str, String)> {
    let mut out = vec![("id", code.id.to_string()), ("colour", code.colour.to_string())];
    let mut put = |key, value: Option<String>| out.extend(value.map(|value| (key, value)));
    put("position", Some(code.position).filter(|n| *n != 0).map(|n| n.to_string()));
    put("key", code.shortcut.map(|c| c.to_string()));
    put("retired", code.retired.then(|| "yes".to_owned()));
    put("revision", Some(code.revision.to_string()));
    put("history", (!code.history.is_empty()).then(|| serde_json::to_string(&code.history).unwrap_or_default()));
    out
}

/// A description that says all of a code. `more` is what else is to be noted.
pub fn description(code: &Code, more: Vec<(&'static str, String)>) -> String {
    keyed::write(&meaning(code), details(code).into_iter().chain(more))
}

/// A code in another program’s file.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Which of the entries it stands below.
    pub parent: Option<usize>,
    /// Its id here, where the file says so.
    pub id: Option<CodeId>,
    /// What tells it from the other codes of the file and stays the same: its id there, or its path.
    pub known_as: String,
    /// All that is said of it; its id and its parent are not looked at.
    pub code: Code,
    /// Whether the file says what it means; which colour it has; and the rest.
    pub has_meaning: bool,
    pub has_colour: bool,
    pub has_details: bool,
}

impl Entry {
    pub fn new(name: &str, known_as: &str) -> Self {
        let id: CodeId = "code".parse().unwrap_or_else(|_| unreachable!("an id"));
        Self {
            parent: None,
            id: None,
            known_as: known_as.to_owned(),
            code: Code::new(id, name, Colour::Palette(0)),
            has_meaning: false,
            has_colour: false,
            has_details: false,
        }
    }

    /// Takes up a description. Answers the keys and values that stand in it.
    pub fn describe(&mut self, text: &str) -> BTreeMap<String, String> {
        let (free, said) = keyed::read(text);
        let ours = said.is_some();
        self.has_meaning |= ours || !free.trim().is_empty();
        let code = &mut self.code;
        let mut texts: Vec<(&str, String)> = Vec::new();
        let lines = free.split('\n').filter(|_| !free.is_empty());
        for line in lines {
            let marker = [USE_WHEN, NOT_WHEN, EXAMPLE].into_iter().find(|m| line.starts_with(m.trim_end()));
            // Only what was guarded here loses its guard.
            let bare = line.strip_prefix('\\').filter(|_| ours).unwrap_or(line);
            match (marker, texts.last_mut()) {
                (Some(marker), _) => texts.push((marker, line.strip_prefix(marker).unwrap_or_default().to_owned())),
                (None, None) => texts.push(("", bare.to_owned())),
                (None, Some((_, text))) => {
                    text.push('\n');
                    text.push_str(bare);
                }
            }
        }
        for (marker, text) in texts {
            let text =
                text.strip_prefix('\\').filter(|_| ours && !marker.is_empty()).map(str::to_owned).unwrap_or(text);
            match marker {
                USE_WHEN => code.use_when = text,
                NOT_WHEN => code.not_when = text,
                EXAMPLE => code.examples.push(text),
                _ => code.definition = text,
            }
        }
        let said = said.unwrap_or_default();
        self.detail(&said);
        said
    }

    /// Takes up keys and values as [`details`] makes them.
    pub fn detail(&mut self, said: &BTreeMap<String, String>) {
        self.id = said.get("id").and_then(|id| id.parse().ok()).or(self.id.take());
        let code = &mut self.code;
        if let Some(colour) = said.get("colour").and_then(|c| c.parse().ok()) {
            code.colour = colour;
            self.has_colour = true;
        }
        if let Some(revision) = said.get("revision").and_then(|n| n.parse().ok()) {
            code.revision = revision;
            self.has_details = true;
            code.position = said.get("position").and_then(|n| n.parse().ok()).unwrap_or_default();
            code.shortcut = said.get("key").and_then(|key| key.chars().next());
            code.retired = said.get("retired").is_some_and(|word| word == "yes");
            code.history = said.get("history").and_then(|h| serde_json::from_str(h).ok()).unwrap_or_default();
        }
    }
}

/// Brings the codes of a file. Answers under which ids they are here, in the order of the entries.
pub fn bring(incoming: &mut Incoming<'_>, entries: Vec<Entry>) -> Vec<CodeId> {
    let mut ids: Vec<Option<CodeId>> = vec![None; entries.len()];
    let mut taken: BTreeSet<CodeId> = BTreeSet::new();
    for start in 0..entries.len() {
        // Those above come first. In a file they may stand anywhere, and even run in a circle.
        let (mut way, mut on_way) = (Vec::new(), BTreeSet::new());
        let mut next = Some(start);
        while let Some(at) = next.filter(|at| *at < entries.len() && ids[*at].is_none() && on_way.insert(*at)) {
            way.push(at);
            next = entries[at].parent;
        }
        for at in way.into_iter().rev() {
            let entry = &entries[at];
            let parent = entry.parent.and_then(|p| ids.get(p)?.clone());
            ids[at] = Some(bring_one(incoming, entry, parent, at, &mut taken));
        }
    }
    ids.into_iter().flatten().collect()
}

fn bring_one(
    incoming: &mut Incoming<'_>,
    entry: &Entry,
    parent: Option<CodeId>,
    at: usize,
    taken: &mut BTreeSet<CodeId>,
) -> CodeId {
    let book = &incoming.known().codebook;
    let given = entry.id.clone().filter(|id| !taken.contains(id));
    let folded = |name: &str| name.trim().to_lowercase();
    let known = given.as_ref().and_then(|id| book.get(id)).or_else(|| {
        let alike = |c: &&Code| c.parent == parent && folded(&c.name) == folded(&entry.code.name);
        book.codes.values().find(|c| alike(c) && !taken.contains(&c.id)).filter(|_| given.is_none())
    });
    let known = known.cloned();
    let id = given.unwrap_or_else(|| new_id(book, &entry.code.name, &entry.known_as, taken));
    let mut code = Code { id, parent, ..entry.code.clone() };
    if let Some(known) = &known {
        if !entry.has_meaning {
            (code.definition, code.use_when) = (known.definition.clone(), known.use_when.clone());
            (code.not_when, code.examples) = (known.not_when.clone(), known.examples.clone());
        }
        if !entry.has_details {
            (code.position, code.shortcut, code.retired) = (known.position, known.shortcut, known.retired);
            (code.revision, code.history) = (known.revision, known.history.clone());
        }
    }
    let looks = rgb(code.colour);
    let kept = known.as_ref().map(|k| k.colour).filter(|kept| rgb(*kept) == looks);
    if let Some(kept) = kept {
        // What is a number there may be one of the palette here.
        code.colour = kept;
    } else if !entry.has_colour {
        code.colour = known.map_or(Colour::Palette((at % usize::from(PALETTE)) as u8), |c| c.colour);
    }
    if code.name.is_empty() && entry.id.is_none() {
        code.name = "unnamed".to_owned();
    }
    let here = incoming.put_code(code);
    taken.insert(here.clone());
    here
}

/// An id that is the same whenever the same file is read.
fn new_id(book: &Codebook, name: &str, known_as: &str, taken: &BTreeSet<CodeId>) -> CodeId {
    let hash = blake3::hash(known_as.as_bytes());
    let salt = u16::from_le_bytes([hash.as_bytes()[0], hash.as_bytes()[1]]);
    let stem = slug(name, 60);
    let words = (0..=u32::MAX).map(|n| match n {
        0 => format!("{stem}-{salt:04x}"),
        n => format!("{stem}-{salt:04x}-{n}"),
    });
    // A code of the project that another program’s code was read as before is that code.
    let free = |id: &CodeId| !taken.contains(id) && book.get(id).is_none_or(|c| slug(&c.name, 60) == stem);
    words.filter_map(|id| id.parse().ok()).find(free).unwrap_or_else(|| unreachable!("numbers do not end"))
}
