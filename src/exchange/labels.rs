//! One word for what an annotation says, for formats that have room for one word only; and back.
//!
//! | written | what it is |
//! |---|---|
//! | `PERSON`, `ORG`, `PLACE` … | a name, by its kind |
//! | `quote: direct` | a quotation |
//! | `claim: poll` | a claim |
//! | anything else | a code’s name; the names from the root down, joined by ` > `, where its name alone does not tell it from another |
//! | `code: PERSON` | a code that is called like one of the above |
//!
//! Other programs’ labels for names (`PER`, `LOC`, `GPE`, `NORP` …) are read as the kind they mean; what they were called
//! is kept as the attribute `label`. Every other label becomes a code.

use std::collections::BTreeMap;

use crate::model::{ClaimKind, CodeId, Codebook, EntityKind, QuoteKind, Tag};

/// What stands between the names of a path.
pub const BETWEEN: &str = " > ";

const CODE: &str = "code: ";

/// Other programs’ labels of names, and the kind that each is here.
const FOREIGN: &[(&str, EntityKind)] = &[
    ("PER", EntityKind::Person),
    ("PERS", EntityKind::Person),
    ("LOC", EntityKind::Place),
    ("LOCATION", EntityKind::Place),
    ("GPE", EntityKind::Place),
    ("FAC", EntityKind::Place),
    ("FACILITY", EntityKind::Place),
    ("ORGANIZATION", EntityKind::Org),
    ("ORGANISATION", EntityKind::Org),
    ("NORP", EntityKind::Group),
    ("WORK_OF_ART", EntityKind::Work),
    ("TIME", EntityKind::Date),
    ("CARDINAL", EntityKind::Number),
    ("ORDINAL", EntityKind::Number),
    ("QUANTITY", EntityKind::Number),
];

/// What a label means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Label {
    /// A name, a quotation or a claim. Where another program calls it otherwise, `called` is its word.
    Layer { tag: Tag, called: Option<String> },
    /// A code, by its name or by the names from the root down.
    Code(Vec<String>),
}

/// Reads a label.
pub fn read(label: &str) -> Label {
    let label = label.trim();
    let plain = |tag| Label::Layer { tag, called: None };
    if let Some(kind) = EntityKind::from_word(label) {
        return plain(Tag::Entity(kind));
    }
    if let Some(kind) = label.strip_prefix("quote: ").and_then(QuoteKind::from_word) {
        return plain(Tag::Quote(kind));
    }
    if let Some(kind) = label.strip_prefix("claim: ").and_then(ClaimKind::from_word) {
        return plain(Tag::Claim(kind));
    }
    if let Some((called, kind)) = FOREIGN.iter().find(|(word, _)| *word == label) {
        return Label::Layer { tag: Tag::Entity(*kind), called: Some((*called).to_owned()) };
    }
    let name = label.strip_prefix(CODE).unwrap_or(label);
    Label::Code(name.split(BETWEEN).map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()).collect())
}

/// The labels of a project’s codes, each another one.
#[derive(Clone, Debug, Default)]
pub struct Labels(BTreeMap<CodeId, String>);

impl Labels {
    pub fn of(book: &Codebook) -> Self {
        let folded = |s: &str| s.to_lowercase();
        // White space at the ends and line ends do not survive in most formats, and tell no codes apart.
        let tidy = |s: &str| s.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        for code in book.codes.values() {
            *names.entry(folded(&tidy(&code.name))).or_default() += 1;
        }
        let mut taken: BTreeMap<String, usize> = BTreeMap::new();
        let mut out = BTreeMap::new();
        for code in book.codes.values() {
            let name = tidy(&code.name);
            let path = || super::row::path(book, &code.id).iter().map(|n| tidy(n)).collect::<Vec<_>>().join(BETWEEN);
            let mut label = if names[&folded(&name)] == 1 && !name.contains(BETWEEN.trim()) { name } else { path() };
            if label.is_empty() {
                label = code.id.to_string();
            }
            if read(&label) != Label::Code(label.split(BETWEEN).map(str::to_owned).collect()) {
                label = format!("{CODE}{label}");
            }
            *taken.entry(folded(&label)).or_insert(0) += 1;
            out.insert(code.id.clone(), label);
        }
        // Codes that share even their path are told apart by their ids.
        for (id, label) in &mut out {
            if taken[&folded(label)] > 1 {
                *label = format!("{label} ({id})");
            }
        }
        Self(out)
    }

    /// The label of what an annotation says.
    pub fn written(&self, tag: &Tag) -> String {
        match tag {
            Tag::Entity(kind) => kind.word().to_owned(),
            Tag::Quote(kind) => format!("quote: {kind}"),
            Tag::Claim(kind) => format!("claim: {kind}"),
            Tag::Frame(code) => self.code(code),
        }
    }

    /// The label of a code; its id where the codebook has lost it.
    pub fn code(&self, code: &CodeId) -> String {
        self.0.get(code).cloned().unwrap_or_else(|| code.to_string())
    }
}
