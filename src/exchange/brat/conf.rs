//! `annotation.conf` and `visual.conf`: which types there are, what stands below what, and what they are called.

use std::collections::{BTreeMap, BTreeSet};

use super::{ATTRIBUTES, note, type_of};
use crate::model::{ClaimKind, EntityKind, Project, QuoteKind, RelationEnd, Tag};

/// How deep a type may stand below others.
const DEEPEST: usize = 64;
/// How many types are read.
const MOST: usize = 2000;

/// The types of relations: each kind of the project under a name that brat allows.
#[derive(Debug, Default)]
pub struct Relations(BTreeMap<String, String>);

impl Relations {
    pub fn of(project: &Project) -> Self {
        let mut taken: BTreeSet<String> = project.codebook.codes.keys().map(ToString::to_string).collect();
        let mut out = BTreeMap::new();
        let between = |r: &&crate::model::Relation| matches!(r.to, RelationEnd::Annotation(_));
        for relation in project.codings.values().flat_map(|c| c.relations.values()).filter(between) {
            if out.contains_key(&relation.kind) {
                continue;
            }
            let legal = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
            let stem: String = relation.kind.trim().chars().map(legal).take(60).collect();
            let stem = if stem.chars().all(|c| c == '_' || c == '-') { "related".to_owned() } else { stem };
            let names = std::iter::once(stem.clone()).chain((2..).map(|n| format!("{stem}_{n}")));
            let free = { names }.find(|name| EntityKind::from_word(name).is_none() && taken.insert(name.clone()));
            out.insert(relation.kind.clone(), free.unwrap_or_default());
        }
        Self(out)
    }

    pub fn type_of(&self, kind: &str) -> &str {
        self.0.get(kind).map_or("related", String::as_str)
    }
}

/// `annotation.conf` and `visual.conf` for a project.
pub fn write(project: &Project, relations: &Relations) -> (String, String) {
    let mut types =
        String::from("# Written by Framelens. A code’s type is its id; visual.conf says what it is called.\n\n");
    let mut labels = String::from("[labels]\n\n");
    types += "[entities]\n\n";
    for (depth, code) in project.codebook.tree() {
        types += &format!("{}{}\n", "\t".repeat(depth), code.id);
        labels += &format!("{} | {}\n", code.id, shown(&code.name, code.id.as_str()));
    }
    let layers: [(&str, Vec<(Tag, &str)>); 3] = [
        ("names", EntityKind::ALL.iter().map(|k| (Tag::Entity(*k), k.title())).collect()),
        ("quotations", QuoteKind::ALL.iter().map(|k| (Tag::Quote(*k), k.title())).collect()),
        ("claims", ClaimKind::ALL.iter().map(|k| (Tag::Claim(*k), k.title())).collect()),
    ];
    for (heading, tags) in layers {
        // No code’s id has “_”, and with “!” the line is a heading and no type.
        types += &format!("!_{heading}\n");
        for (tag, title) in tags {
            types += &format!("\t{}\n", type_of(&tag));
            labels += &format!("{} | {title}\n", type_of(&tag));
        }
    }
    types += "\n[relations]\n\n";
    for (kind, name) in &relations.0 {
        types += &format!("{name}\tArg1:<ENTITY>, Arg2:<ENTITY>\n");
        labels += &format!("{name} | {}\n", shown(kind, name));
    }
    types += "\n[events]\n\n[attributes]\n\n";
    for (name, key, values) in ATTRIBUTES {
        let mut values: Vec<String> = values.iter().map(|v| (*v).to_owned()).collect();
        let rare = |a: &crate::model::Annotation| match key {
            "intensity" => a.attributes.intensity,
            "certainty" => a.attributes.certainty,
            _ => None,
        };
        let others: BTreeSet<String> =
            project.annotations().filter_map(|(_, _, a)| rare(a)).map(|n| n.to_string()).collect();
        values.extend(others.into_iter().filter(|v| !["1", "2", "3"].contains(&v.as_str())));
        let values = if values.is_empty() { String::new() } else { format!(", Value:{}", values.join("|")) };
        types += &format!("{name}\tArg:<ENTITY>{values}\n");
    }
    labels += "\n[drawing]\n\nSPAN_DEFAULT\tfgColor:black, bgColor:lightgreen, borderColor:darken\n";
    labels += "ARC_DEFAULT\tcolor:black, dashArray:-, arrowHead:triangle-5\n";
    (types, labels)
}

/// A name as a label: `|` stands between labels.
pub fn shown(name: &str, else_: &str) -> String {
    let name = note(&name.replace('|', "/"));
    if name.is_empty() { else_.to_owned() } else { name }
}

/// What the two files of a folder say.
#[derive(Debug, Default)]
pub struct Conf {
    /// Types of marks and events that may be used, in order, each with those that it stands below, from the root down.
    pub types: Vec<Vec<String>>,
    /// What a type is called.
    labels: BTreeMap<String, String>,
    index: BTreeMap<String, usize>,
}

impl Conf {
    /// Reads the files as far as they can be understood; what cannot is passed over, as it only describes.
    pub fn read(annotation: &str, visual: &str) -> Self {
        let mut new = Self::default();
        let mut section = String::new();
        let mut above: Vec<String> = Vec::new();
        for line in annotation.lines().filter(|l| !l.trim_start().starts_with('#')) {
            if let Some(name) = heading(line) {
                (section, above) = (name.to_owned(), Vec::new());
                continue;
            }
            let words = line.trim_start_matches([' ', '\t']);
            let depth = (line.len() - words.len()).min(DEEPEST).min(above.len());
            let name = words.split(|c: char| c.is_whitespace() || c == '|').next().unwrap_or_default();
            let separator = !name.is_empty() && name.chars().all(|c| c == '-');
            if !matches!(section.as_str(), "entities" | "events" | "spans") || name.starts_with('<') || separator {
                continue;
            }
            let (name, used) = name.strip_prefix('!').map_or((name, true), |name| (name, false));
            if name.is_empty() {
                continue;
            }
            above.truncate(depth);
            above.push(name.to_owned());
            if used && new.types.len() < MOST && !new.index.contains_key(name) {
                new.index.insert(name.to_owned(), new.types.len());
                new.types.push(above.clone());
            }
        }
        let mut section = String::new();
        for line in visual.lines().filter(|l| !l.trim_start().starts_with('#')) {
            if let Some(name) = heading(line) {
                section = name.to_owned();
            } else if section == "labels"
                && let Some((name, rest)) = line.split_once('|')
            {
                let label = rest.split('|').next().unwrap_or_default().trim();
                if !label.is_empty() {
                    new.labels.insert(name.trim().to_owned(), label.to_owned());
                }
            }
        }
        new
    }

    /// What a type is called.
    pub fn label<'a>(&'a self, name: &'a str) -> &'a str {
        self.labels.get(name).map_or(name, String::as_str)
    }

    /// The types from the root down to one; the type alone where it is not declared.
    pub fn path(&self, name: &str) -> Vec<String> {
        self.index.get(name).map_or_else(|| vec![name.to_owned()], |at| self.types[*at].clone())
    }
}

fn heading(line: &str) -> Option<&str> {
    line.trim().strip_prefix('[')?.strip_suffix(']')
}
