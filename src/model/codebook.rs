//! The codes, and what a coder must know to use them.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{CodeId, CoderId, slug};

/// A frame code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]

pub struct Code {
    pub id: CodeId,
    pub name: String,
    pub colour: Colour,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<CodeId>,
    /// Place among the codes with the same parent; equal places are sorted by name.
    #[serde(default)]
    pub position: u32,
    #[serde(default)]
    pub definition: String,
    #[serde(default)]
    pub use_when: String,
    #[serde(default)]
    pub not_when: String,
    #[serde(default)]
    pub examples: Vec<String>,
    /// The key that applies the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortcut: Option<char>,
    /// A retired code keeps its codings and is offered no more.
    #[serde(default)]
    pub retired: bool,
    /// Goes up by one whenever the definition, or when to use the code, changes.
    #[serde(default = "first_revision")]
    pub revision: u32,
    /// What the code meant before, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Revision>,
}

/// What a code meant until it was changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]

pub struct Revision {
    pub revision: u32,
    pub until: Timestamp,
    pub changed_by: CoderId,
    pub definition: String,
    pub use_when: String,
    pub not_when: String,
}

fn first_revision() -> u32 {
    1
}

/// How many colours the palette has; the theme knows what they look like on light and on dark paper.
pub const PALETTE: u8 = 10;

/// A code's colour: one of the palette, which is safe for the colour-blind, or one that somebody chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Colour {
    /// From 0 up to, and not including, [`PALETTE`].
    Palette(u8),
    Custom([u8; 3]),
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Palette(n) => write!(f, "palette-{}", n + 1),
            Self::Custom([r, g, b]) => write!(f, "#{r:02x}{g:02x}{b:02x}"),
        }
    }
}

impl FromStr for Colour {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        let palette =
            |n: &str| n.parse::<u8>().ok().filter(|n| (1..=PALETTE).contains(n)).map(|n| Self::Palette(n - 1));
        let custom = |hex: &str| {
            (hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
                .then(|| u32::from_str_radix(hex, 16).ok())
                .flatten()
                .map(|n| Self::Custom([(n >> 16) as u8, (n >> 8) as u8, n as u8]))
        };
        s.strip_prefix("palette-")
            .and_then(palette)
            .or_else(|| s.strip_prefix('#').and_then(custom))
            .ok_or_else(|| format!("“{s}” is not a colour: write palette-1 to palette-{PALETTE}, or #rrggbb"))
    }
}

impl TryFrom<String> for Colour {
    type Error = String;
    fn try_from(s: String) -> Result<Self, String> {
        s.parse()
    }
}

impl From<Colour> for String {
    fn from(c: Colour) -> String {
        c.to_string()
    }
}

impl Code {
    /// A code with nothing but a name.
    pub fn new(id: CodeId, name: impl Into<String>, colour: Colour) -> Self {
        Self {
            id,
            name: name.into(),
            colour,
            parent: None,
            position: 0,
            definition: String::new(),
            use_when: String::new(),
            not_when: String::new(),
            examples: Vec::new(),
            shortcut: None,
            retired: false,
            revision: 1,
            history: Vec::new(),
        }
    }

    /// Whether `self` says something else than `other` about when the code is to be used.
    pub fn means_otherwise(&self, other: &Self) -> bool {
        (&self.definition, &self.use_when, &self.not_when) != (&other.definition, &other.use_when, &other.not_when)
    }
}

/// The order of codes with the same parent.
fn order(a: &Code, b: &Code) -> Ordering {
    (a.position, &a.name, &a.id).cmp(&(b.position, &b.name, &b.id))
}

/// The codes of a project: a forest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Codebook {
    pub codes: BTreeMap<CodeId, Code>,
}

impl Codebook {
    pub fn get(&self, id: &CodeId) -> Option<&Code> {
        self.codes.get(id)
    }

    /// The code that is called so; capitals do not matter.
    pub fn by_name(&self, name: &str) -> Option<&Code> {
        let name = name.to_lowercase();
        self.codes.values().find(|c| c.name.to_lowercase() == name)
    }

    /// The codes right below `parent` (`None`: the roots), in their order.
    pub fn children(&self, parent: Option<&CodeId>) -> Vec<&Code> {
        let mut found: Vec<_> = self.codes.values().filter(|c| c.parent.as_ref() == parent).collect();
        found.sort_by(|a, b| order(a, b));
        found
    }

    /// Every code with its depth, parents before children, in order. A code whose parent is missing, or is one of its
    /// own descendants, stands as a root, so that no code can fall out of sight.
    pub fn tree(&self) -> Vec<(usize, &Code)> {
        let mut below: BTreeMap<Option<&CodeId>, Vec<&Code>> = BTreeMap::new();
        for code in self.codes.values() {
            below.entry(code.parent.as_ref()).or_default().push(code);
        }
        for row in below.values_mut() {
            row.sort_by(|a, b| order(a, b));
        }
        let orphan = |c: &&Code| c.parent.as_ref().is_some_and(|p| !self.codes.contains_key(p));
        // A file may hold a chain of any length: no recursion.
        let mut out = Vec::with_capacity(self.codes.len());
        let mut seen = BTreeSet::new();
        let roots = below.get(&None).into_iter().flatten().copied();
        for root in roots.chain(self.codes.values().filter(orphan)).chain(self.codes.values()) {
            let mut open = vec![(0, root)];
            while let Some((depth, code)) = open.pop() {
                if seen.insert(&code.id) {
                    out.push((depth, code));
                    let children = below.get(&Some(&code.id)).into_iter().flatten();
                    open.extend(children.rev().map(|child| (depth + 1, *child)));
                }
            }
        }
        out
    }

    /// A code and all below it.
    pub fn with_descendants(&self, id: &CodeId) -> BTreeSet<CodeId> {
        let mut below: BTreeMap<&CodeId, Vec<&CodeId>> = BTreeMap::new();
        for code in self.codes.values() {
            if let Some(parent) = &code.parent {
                below.entry(parent).or_default().push(&code.id);
            }
        }
        let mut found = BTreeSet::from([id.clone()]);
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            for child in below.get(id).into_iter().flatten() {
                if found.insert((*child).clone()) {
                    open.push(child);
                }
            }
        }
        found
    }

    /// The codes that are their own ancestors.
    pub fn loops(&self) -> BTreeSet<&CodeId> {
        let mut looped = BTreeSet::new();
        // How far each code was walked up from, by the number of the walk.
        let mut walked: BTreeMap<&CodeId, usize> = BTreeMap::new();
        for (walk, start) in self.codes.values().enumerate() {
            let mut here = start;
            while !walked.contains_key(&here.id) {
                walked.insert(&here.id, walk);
                match here.parent.as_ref().and_then(|p| self.codes.get(p)) {
                    Some(parent) => here = parent,
                    None => break,
                }
            }
            // Back on this walk's own way: the codes from here round to here again.
            if here.parent.as_ref().is_some_and(|p| self.codes.contains_key(p)) && walked.get(&here.id) == Some(&walk) {
                let mut next = Some(here);
                while let Some(code) = next.filter(|c| looped.insert(&c.id)) {
                    next = code.parent.as_ref().and_then(|p| self.codes.get(p));
                }
            }
        }
        looped
    }

    /// The names from the root down, as in `Conflict frame / Purge`.
    pub fn path(&self, id: &CodeId) -> String {
        let mut names = Vec::new();
        let mut seen = BTreeSet::new();
        let mut next = Some(id);
        while let Some(code) = next.filter(|id| seen.insert((*id).clone())).and_then(|id| self.get(id)) {
            names.push(code.name.as_str());
            next = code.parent.as_ref();
        }
        names.reverse();
        names.join(" / ")
    }

    /// An id for a new code of this name. `salt` (any random bytes) keeps two coders' new codes of one name apart
    /// until they are merged on purpose.
    pub fn new_id(&self, name: &str, salt: u16) -> CodeId {
        let stem = slug(name, 60);
        (0..=u16::MAX)
            .map(|n| format!("{stem}-{:04x}", salt.wrapping_add(n)))
            .filter_map(|id| id.parse().ok())
            .find(|id| !self.codes.contains_key(id))
            .unwrap_or_else(|| unreachable!("65,536 codes of one name"))
    }

    /// The palette's colour that is used least so far.
    pub fn next_colour(&self) -> Colour {
        let used = |n: u8| self.codes.values().filter(|c| c.colour == Colour::Palette(n)).count();
        Colour::Palette((0..PALETTE).min_by_key(|&n| used(n)).unwrap_or(0))
    }
}
