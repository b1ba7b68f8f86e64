//! Floor 3: text in, findings out. A detector proposes; only a person makes an annotation of what it proposes.

mod attribution;
mod claims;
mod cues;
mod gazetteer;
mod indirect;
mod inflect;
mod lexicon;
mod linking;
mod marks;
mod names;
mod numbers;
mod output;
mod rules;
mod runs;
mod saying;
mod scan;
mod settle;
mod speakers;
mod suggest;
mod verbs;
mod whose;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::model::{ClaimKind, EntityKind, Layer, Part, Placement, QuoteKind, Stance, Voice};
use crate::text::{CharSpan, Document};

pub use lexicon::{Entry, How, Inflection, Lexicon, LexiconError};
pub use output::{Article, ClaimOut, CueOut, EntityOut, QuoteOut, Words, to_json};
pub use rules::Rules;
pub use suggest::{Suggestion, suggestions};
pub use whose::{Whose, whose_words};

/// One detector. It keeps no state between texts and may be used from several threads at once.
pub trait Detector: Send + Sync {
    /// Recorded with every suggestion and with every annotation that comes of one.
    fn name(&self) -> &str;

    /// Changes whenever the same text may give other findings.
    fn version(&self) -> &str;

    /// What stands in the text. `wanted` says which layers the caller will look at; the others may be left empty.
    fn detect(&self, input: Input<'_>, wanted: &[Layer]) -> Findings;
}

/// A text with the marks that tell a headline from a body.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    pub document: &'a Document,
    pub parts: &'a [Part],
}

/// What a detector found. All spans count code points; each list is in the order of the text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    pub entities: Vec<Mention>,
    pub quotes: Vec<Quotation>,
    pub claims: Vec<Claim>,
    pub cues: Vec<Cue>,
}

/// Somebody or something that an article names, by its place among those the article names: 0 is `e1` in the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocalEntity(pub usize);

/// A name in the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    pub span: CharSpan,
    pub kind: EntityKind,
    /// Mentions of one thing share this. Numbers, dates and amounts have none.
    pub entity: Option<LocalEntity>,
    /// From 0 to 1; for rules, how often the rule is right.
    pub score: f32,
    /// A short phrase for people: "given name and surname".
    pub why: Cow<'static, str>,
}

/// Words that stand for somebody: a name, a pronoun, a description.
#[derive(Clone, Debug, PartialEq)]
pub struct Speaker {
    pub span: CharSpan,
    /// Whom the words stand for, where the text makes that plain.
    pub entity: Option<LocalEntity>,
}

/// A pair of quotation marks and what it does, or a reporting clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Quotation {
    /// The words, without the marks.
    pub span: CharSpan,
    pub kind: QuoteKind,
    pub speaker: Option<Speaker>,
    /// The words of attribution: "said", "according to".
    pub cue: Option<CharSpan>,
    pub stance: Option<Stance>,
    pub score: f32,
    pub why: Cow<'static, str>,
}

/// A stretch that says something which can be checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    pub span: CharSpan,
    pub kind: ClaimKind,
    pub score: f32,
    pub why: Cow<'static, str>,
}

/// A framing word and whose word it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    pub span: CharSpan,
    /// The name of the code that the lexicon suggests.
    pub code: String,
    pub voice: Voice,
    pub speaker: Option<Speaker>,
    pub stance: Option<Stance>,
    /// "not a witch hunt", "denied a purge".
    pub negated: bool,
    pub placement: Placement,
    pub score: f32,
    pub why: Cow<'static, str>,
    /// The words of attribution of the quotation around it: "said".
    pub attribution: Option<CharSpan>,
}
