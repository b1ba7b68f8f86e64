//! The types that are written, and what a file says of its own.
//!
//! Features of our types are strings, so that INCEpTION takes the types as layers of its own; only relations refer to
//! what they link, by the names that INCEpTION asks for. Entities inherit from DKPro Core’s `NamedEntity`: who looks for
//! names finds them, with their kind in `value`; it stands in `label` as well, since INCEpTION does not see inherited
//! features.

use std::collections::{BTreeMap, HashMap};

use quick_xml::events::Event;
use serde_json::{Map, Value as Json, json};

use super::super::Problem;
use super::super::details;

/// DKPro’s package of what describes the document.
pub const METADATA: &str = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.";

/// A type that is written.
#[derive(Debug)]
pub struct Kind {
    pub name: &'static str,
    /// Which prefix it has in XMI, and how it is called there.
    pub element: &'static str,
    pub above: &'static str,
    pub about: &'static str,
    /// Features that hold a string.
    pub strings: &'static [&'static str],
    /// Features that refer to an annotation.
    pub links: &'static [&'static str],
    /// Whether it has the features that [`details`] gives.
    pub detailed: bool,
}

const ANNOTATION: &str = "uima.tcas.Annotation";
const WHOLE: &str = "uima.cas.AnnotationBase";
const NAMED: &str = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity";

macro_rules! kinds {
    ($($(#[doc = $about:literal])+ $const:ident = $name:expr, $element:literal, $above:expr, $detailed:literal, $strings:expr, $links:expr;)+) => {
        $($(#[doc = $about])+ pub static $const: Kind = Kind {
            name: $name,
            element: $element,
            above: $above,
            about: concat!($($about),+),
            strings: &$strings,
            links: &$links,
            detailed: $detailed,
        };)+
        /// All of them.
        pub static KINDS: &[&Kind] = &[$(&$const),+];
    };
}

kinds! {
    /// Title, id and language of the document.
    METADATA_KIND = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData", "meta:DocumentMetaData",
        "uima.tcas.DocumentAnnotation", false, ["documentTitle", "documentId", "documentUri"], [];
    /// A sentence.
    SENTENCE = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence", "seg:Sentence", ANNOTATION, false, [], [];
    /// A word or a mark of punctuation.
    TOKEN = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token", "seg:Token", ANNOTATION, false, [], [];
    /// A name.
    NAMED_ENTITY = NAMED, "ner:NamedEntity", ANNOTATION, false, ["value", "identifier"], [];
    /// A name that a coder marked: PERSON, ORG, PLACE and others.
    ENTITY = "framelens.Entity", "framelens:Entity", NAMED, true, ["label", "coder", "uuid", "piece"], [];
    /// A quotation.
    QUOTE = "framelens.Quote", "framelens:Quote", ANNOTATION, true, ["label", "coder", "uuid", "piece"], [];
    /// A claim.
    CLAIM = "framelens.Claim", "framelens:Claim", ANNOTATION, true, ["label", "coder", "uuid", "piece"], [];
    /// A stretch under a code.
    FRAME = "framelens.Frame", "framelens:Frame", ANNOTATION, true, ["label", "code", "coder", "uuid", "piece"], [];
    /// What links two codings.
    RELATION = "framelens.Relation", "framelens:Relation", ANNOTATION, false,
        ["label", "coder", "uuid"], ["Governor", "Dependent"];
    /// What links a coding to a name of the register, or to what is not here.
    // No feature may be called by a word that Python keeps for itself, such as `from`: cassis could not make the type.
    LOOSE = "framelens.LooseRelation", "framelens:LooseRelation", WHOLE, false,
        ["label", "coder", "uuid", "source", "to", "entity"], [];
    /// A headline, standfirst, byline or caption.
    PART = "framelens.Part", "framelens:Part", ANNOTATION, false, ["label"], [];
    /// A passage that was read and holds nothing to code.
    NOTHING = "framelens.NothingFound", "framelens:NothingFound", ANNOTATION, false, ["coder"], [];
    /// What is known of the article. Lists and variables are JSON.
    ARTICLE = "framelens.Article", "framelens:Article", WHOLE, false,
        ["id", "hash", "title", "outlet", "authors", "published", "url", "language", "section", "variables", "file",
         "format", "file_hash", "encoding"], [];
    /// What a coder said of the article as a whole. Lists, variables and answers to suggestions are JSON.
    CODING = "framelens.Coding", "framelens:Coding", WHOLE, false,
        ["coder", "coder_name", "primary", "primary_code", "codes", "code_ids", "variables", "memo", "finished",
         "nothing_found", "decisions"], [];
    /// A code that is used here, or that stands above one.
    CODE = "framelens.Code", "framelens:Code", WHOLE, false, ["id", "name", "label", "parent"], [];
    /// An entry of the register of names that codings here refer to. The aliases are JSON.
    NAME = "framelens.Name", "framelens:Name", WHOLE, false, ["uuid", "name", "label", "aliases", "note"], [];
    /// A coding whose words are not in the text any more, as JSON.
    ORPHAN = "framelens.Orphan", "framelens:Orphan", WHOLE, false, ["record"], [];
}

impl Kind {
    fn features(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let more = if self.detailed { details::KEYS } else { &[] };
        let strings = self.strings.iter().chain(more).map(|f| (*f, "uima.cas.String"));
        strings.chain(self.links.iter().map(|f| (*f, ANNOTATION)))
    }
}

/// The types in the format of UIMA’s descriptors.
pub fn descriptor() -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<typeSystemDescription xmlns=\"http://uima.apache.org/resourceSpecifier\">\n  <name>Framelens</name>\n  <types>\n",
    );
    for kind in KINDS {
        out += &format!(
            "    <typeDescription>\n      <name>{}</name>\n      <description>{}</description>\n      <supertypeName>{}</supertypeName>\n",
            kind.name,
            kind.about.trim(),
            kind.above
        );
        let mut features = kind.features().peekable();
        if features.peek().is_some() {
            out += "      <features>\n";
            for (name, range) in features {
                out += &format!(
                    "        <featureDescription>\n          <name>{name}</name>\n          <description/>\n          <rangeTypeName>{range}</rangeTypeName>\n        </featureDescription>\n"
                );
            }
            out += "      </features>\n";
        }
        out += "    </typeDescription>\n";
    }
    out + "  </types>\n</typeSystemDescription>\n"
}

/// The types as the JSON form has them.
pub fn json() -> Json {
    let mut all = Map::new();
    for kind in KINDS {
        let mut one = Map::new();
        one.insert("%NAME".to_owned(), kind.name.into());
        one.insert("%SUPER_TYPE".to_owned(), kind.above.into());
        for (name, range) in kind.features() {
            one.insert(name.to_owned(), json!({ "%NAME": name, "%RANGE": range }));
        }
        all.insert(kind.name.to_owned(), Json::Object(one));
    }
    Json::Object(all)
}

/// What a feature holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    Text,
    Number,
    YesNo,
    /// Strings, numbers or truth values, several.
    List,
    /// Other structures, one or several.
    Link,
}

/// A type as it is declared.
#[derive(Clone, Debug, Default)]
struct Declared {
    above: String,
    features: BTreeMap<String, String>,
}

/// A type with all that it inherits.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub features: HashMap<String, Range>,
    /// The names of the type itself and of those above it.
    pub lineage: Vec<String>,
}

/// Types that have been declared, gathered before they are [settled](System).
#[derive(Clone, Debug, Default)]
pub struct Declarations(BTreeMap<String, Declared>);

impl Declarations {
    /// Puts our own in, where they are not declared: a file may be read without those that it was written with.
    pub fn add_ours(&mut self) {
        for kind in KINDS {
            for (name, range) in kind.features() {
                self.feature(kind.name, name, range);
            }
            self.above(kind.name, kind.above);
        }
    }

    /// Whether none is declared.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn above(&mut self, name: &str, above: &str) {
        let declared = self.0.entry(name.to_owned()).or_default();
        if declared.above.is_empty() {
            declared.above = above.to_owned();
        }
    }

    fn feature(&mut self, name: &str, feature: &str, range: &str) {
        let declared = self.0.entry(name.to_owned()).or_default();
        declared.features.entry(feature.to_owned()).or_insert_with(|| range.to_owned());
    }

    /// Reads a descriptor. `false` where it is none.
    ///
    /// # Errors
    /// Where it is XML that cannot be read.
    pub fn read_descriptor(&mut self, file: &str, text: &str) -> Result<bool, Problem> {
        let mut reader = quick_xml::Reader::from_str(text);
        let (mut open, mut here): (Vec<String>, String) = (Vec::new(), String::new());
        let (mut kind, mut feature): (String, String) = (String::new(), String::new());
        let line = |at: u64| 1 + text.as_bytes().iter().take(at as usize).filter(|b| **b == b'\n').count();
        loop {
            let event = reader.read_event().map_err(|e| Problem::at(file, line(reader.error_position()), e))?;
            match event {
                Event::Start(start) => {
                    let name = start.local_name().as_ref().to_owned();
                    if open.is_empty() && name != "typeSystemDescription" {
                        return Ok(false);
                    }
                    if open.len() >= 32 {
                        return Err(Problem::at(
                            file,
                            line(reader.buffer_position()),
                            "elements lie too deep in each other",
                        ));
                    }
                    here.clear();
                    open.push(name);
                }
                Event::Text(said) => here.push_str(&said),
                Event::End(_) => {
                    let Some(closed) = open.pop() else { continue };
                    let said = here.trim();
                    match (open.last().map(String::as_str), closed.as_str()) {
                        (Some("typeDescription"), "name") => said.clone_into(&mut kind),
                        (Some("typeDescription"), "supertypeName") => self.above(&kind, said),
                        (Some("featureDescription"), "name") => said.clone_into(&mut feature),
                        (Some("featureDescription"), "rangeTypeName") => self.feature(&kind, &feature, said),
                        _ => {}
                    }
                    here.clear();
                }
                Event::Eof => {
                    return Ok(!open.is_empty() || !kind.is_empty() || text.contains("typeSystemDescription"));
                }
                _ => {}
            }
        }
    }

    /// Reads the types of a file in JSON.
    pub fn read_json(&mut self, types: &Map<String, Json>) {
        for (name, said) in types {
            let Some(said) = said.as_object() else { continue };
            self.above(name, said.get("%SUPER_TYPE").and_then(Json::as_str).unwrap_or_default());
            for (feature, said) in said.iter().filter(|(name, _)| !name.starts_with('%')) {
                self.feature(name, feature, said.get("%RANGE").and_then(Json::as_str).unwrap_or("uima.cas.TOP"));
            }
        }
    }

    fn range(&self, name: &str) -> Range {
        let Some(short) = name.strip_prefix("uima.cas.") else {
            // A string of which only certain values are allowed is a type of its own.
            let is_text = self.0.get(name).is_some_and(|d| d.above == "uima.cas.String");
            return if is_text { Range::Text } else { Range::Link };
        };
        match short {
            "String" => Range::Text,
            "Integer" | "Short" | "Long" | "Byte" | "Float" | "Double" => Range::Number,
            "Boolean" => Range::YesNo,
            "StringArray" | "IntegerArray" | "ShortArray" | "LongArray" | "ByteArray" | "FloatArray"
            | "DoubleArray" | "BooleanArray" | "StringList" | "IntegerList" | "FloatList" | "String[]"
            | "Integer[]" | "Short[]" | "Long[]" | "Byte[]" | "Float[]" | "Double[]" | "Boolean[]" => Range::List,
            _ => Range::Link,
        }
    }
}

/// The types of a file, each with all that it inherits.
#[derive(Clone, Debug, Default)]
pub struct System(HashMap<String, Known>);

impl System {
    /// What is declared, settled.
    pub fn of(declared: &Declarations) -> Self {
        let settled = |name: &String| {
            let mut known = Known::default();
            let mut here = Some(name.as_str());
            // A file may declare a circle.
            while let Some(name) = here.filter(|n| !n.is_empty() && known.lineage.len() < 64) {
                known.lineage.push(name.to_owned());
                let found = declared.0.get(name);
                for (feature, range) in found.into_iter().flat_map(|d| &d.features) {
                    known.features.entry(feature.clone()).or_insert_with(|| declared.range(range));
                }
                here = found.map(|d| d.above.as_str());
            }
            (name.clone(), known)
        };
        Self(declared.0.keys().map(settled).collect())
    }

    /// What is known of a type.
    pub fn get(&self, name: &str) -> Option<&Known> {
        self.0.get(name)
    }

    /// Whether a type or one above it is such a one.
    fn is(&self, name: &str, such: impl Fn(&str) -> bool) -> bool {
        such(name) || self.get(name).is_some_and(|k| k.lineage.iter().any(|n| such(n)))
    }

    /// Whether a type only cuts the text: sentences, tokens, paragraphs and their like.
    pub fn is_segment(&self, name: &str) -> bool {
        self.is(name, |n| {
            let short = n.rsplit('.').next().unwrap_or(n);
            matches!(short, "Token" | "Sentence" | "Paragraph")
                || n.starts_with("de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.")
        })
    }

    /// Whether a type describes the document and nothing in it.
    pub fn is_about_document(&self, name: &str) -> bool {
        self.is(name, |n| n == "uima.tcas.DocumentAnnotation" || n.starts_with(METADATA))
    }
}
