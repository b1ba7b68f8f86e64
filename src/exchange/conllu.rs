//! CoNLL-U: a token a line, in ten columns, a blank line between sentences. The text comes back exactly: `SpaceAfter=No`
//! and `SpacesAfter=` (as UDPipe writes it) say what stands between tokens.
//!
//! | where | what it holds |
//! |---|---|
//! | `# newdoc id` | the article’s id |
//! | `# article` | title, outlet, date … in JSON |
//! | `# coder` | `id`, `name`, and what they said of the article as a whole, in JSON; a line for each coder |
//! | `# newpar`, `# sent_id`, `# text` | as everywhere |
//! | `# annotation` | before the sentence that it begins in: its number `n`, its `coder`, and what else is said of it, in JSON |
//! | `# relation` | `from` and `to`: the numbers of two annotations of the article; `label` |
//! | `Entity=`, `Quote=`, `Claim=`, `Frame=` in MISC | `B-PERSON:3,I-ORG:2`: the label of each annotation that the token is in, and its number; `B` where a stretch begins, `I` where it goes on. White space and `%,=\|` in labels are written `%20` … |
//!
//! Read are also other programs’ IOB or BIOES tags under `NER`, `ner`, `NE`, `Entity`. Morphology and syntax are left out.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use super::about::{self, Known, number, words};
use super::labels::Labels;
use super::record::codings_of;
use super::tokens::{Tokens, without_white_space};
use super::{Bundle, Carries, Feature, Format, Incoming, Losses, Problem, Shape, Sink, Text};
use crate::model::{
    Annotation, AnnotationId, Article, ClaimKind, EntityKind, Layer, Project, QuoteKind, RelationEnd, Tag,
};
use crate::text::{CharSpan, OffsetMap};

/// The format.
#[derive(Debug)]
pub struct ConllU;

impl Format for ConllU {
    fn name(&self) -> &'static str {
        "conllu"
    }

    fn about(&self) -> &'static str {
        "CoNLL-U: a token a line, codings in the last column"
    }

    fn shape(&self) -> Shape {
        Shape::File("conllu")
    }

    fn carries(&self) -> Carries {
        about::CARRIED.and(&[Feature::Discontinuous])
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        without_white_space(project, losses);
        let before = project.articles.len();
        project.articles.retain(|_, a| !a.text.trim().is_empty());
        let articles = &project.articles;
        project.codings.retain(|(_, article), _| articles.contains_key(article));
        losses.tell("empty-articles", before - project.articles.len(), "articles without a word are left out");
        about::plain_relations(project, losses);
        about::sweep(project, self.carries(), losses);
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        let labels = Labels::of(&project.codebook);
        sink.main(|out, step| {
            for article in project.articles.values() {
                write_article(out, project, &labels, article)?;
                step()?;
            }
            Ok(())
        })
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        let Some(name) = bundle.only() else { return false };
        let head = bundle.head(name);
        let mut lines = head.lines().filter(|l| !l.trim().is_empty());
        let is_token = |line: &str| {
            let first = line.split('\t').next().unwrap_or_default();
            line.split('\t').count() == 10 && first.starts_with(|c: char| c.is_ascii_digit())
        };
        head.starts_with("# newdoc") || lines.find(|l| !l.starts_with('#')).is_some_and(is_token)
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let name = bundle.only().ok_or(Problem::NotOneFile)?;
        let text = bundle.text(name)?;
        let known = Known::of(incoming.known(), self);
        let mut doc = Doc::default();
        let mut sentence = Sentence::default();
        for (n, line) in text.lines().enumerate() {
            if let Some(comment) = line.strip_prefix('#') {
                let (key, value) = comment.split_once('=').unwrap_or((comment, ""));
                let (key, value) = (key.trim(), value.trim());
                if matches!(key, "newdoc" | "newdoc id") && !(doc.tokens.is_empty() && doc.is_fresh) {
                    std::mem::take(&mut doc).read(incoming, &known);
                }
                doc.comment(key, value).map_err(|what| Problem::at(name, n + 1, what))?;
            } else if line.trim().is_empty() {
                sentence = Sentence::default();
            } else {
                doc.token(line, &mut sentence).map_err(|what| Problem::at(name, n + 1, what))?;
            }
        }
        doc.read(incoming, &known);
        Ok(())
    }
}

fn key_of(layer: Layer) -> &'static str {
    match layer {
        Layer::Entity => "Entity",
        Layer::Quote => "Quote",
        Layer::Claim => "Claim",
        Layer::Frame => "Frame",
    }
}

fn write_article(out: &mut dyn Write, project: &Project, labels: &Labels, article: &Article) -> io::Result<()> {
    let map = OffsetMap::new(article.text.clone());
    let works: Vec<_> = codings_of(project, article).collect();
    let annotations: Vec<(&str, &Annotation)> =
        works.iter().flat_map(|(coder, c)| c.in_order().into_iter().map(|a| (coder.as_str(), a))).collect();
    let tokens = Tokens::of(&map, annotations.iter().flat_map(|(_, a)| a.spans.iter().copied()));
    let numbers: BTreeMap<AnnotationId, usize> =
        annotations.iter().enumerate().map(|(n, (_, a))| (a.id, n + 1)).collect();
    // What each token says, by its key; and which annotations begin with it.
    let mut marks: Vec<BTreeMap<&str, Vec<String>>> = vec![BTreeMap::new(); tokens.all.len()];
    let mut begin: Vec<Vec<usize>> = vec![Vec::new(); tokens.all.len()];
    for (n, (_, a)) in annotations.iter().enumerate() {
        let label = match &a.tag {
            Tag::Frame(code) => labels.code(code),
            tag => tag.word().to_owned(),
        };
        for (stretch, span) in a.spans.iter().enumerate() {
            let within = tokens.within(*span);
            if let Some(first) = begin.get_mut(within.start).filter(|_| stretch == 0) {
                first.push(n);
            }
            for t in within.clone() {
                let letter = if t == within.start { 'B' } else { 'I' };
                let mark = format!("{letter}-{}:{}", escaped(&label), n + 1);
                marks[t].entry(key_of(a.tag.layer())).or_default().push(mark);
            }
        }
    }
    writeln!(out, "# newdoc id = {}", article.id)?;
    writeln!(out, "# article = {}", Json::Object(about::article(article)))?;
    for (coder, coding) in &works {
        let mut said = about::whole(labels, coding);
        said.insert("id".to_owned(), json!(coder.as_str()));
        said.insert("name".to_owned(), json!(project.coders.get(coder).map_or(coder.as_str(), |c| c.name.as_str())));
        writeln!(out, "# coder = {}", Json::Object(said))?;
    }
    for relation in works.iter().flat_map(|(_, coding)| coding.relations.values()) {
        if let RelationEnd::Annotation(to) = &relation.to
            && let (Some(from), Some(to)) = (numbers.get(&relation.from), numbers.get(to))
        {
            writeln!(out, "# relation = {}", json!({"from": from, "to": to, "label": relation.kind}))?;
        }
    }
    let mut paragraph = true;
    for (n, (first, sentence)) in tokens.sentences().into_iter().enumerate() {
        if paragraph {
            writeln!(out, "# newpar")?;
        }
        writeln!(out, "# sent_id = {}-s{}", article.id, n + 1)?;
        let plain: String = sentence.iter().flat_map(|t| [t.text, if t.after.is_empty() { "" } else { " " }]).collect();
        writeln!(out, "# text = {}", plain.trim_end())?;
        for &number in begin[first..first + sentence.len()].iter().flatten() {
            let (coder, a) = annotations[number];
            let mut said = about::annotation(a);
            said.insert("n".to_owned(), json!(number + 1));
            said.insert("coder".to_owned(), json!(coder));
            writeln!(out, "# annotation = {}", Json::Object(said))?;
        }
        for (i, token) in sentence.iter().enumerate() {
            let mut misc: Vec<String> =
                marks[first + i].iter().map(|(key, all)| format!("{key}={}", all.join(","))).collect();
            match token.after {
                "" => misc.push("SpaceAfter=No".to_owned()),
                " " if first + i + 1 < tokens.all.len() => {}
                other => misc.push(format!("SpacesAfter={}", spaces(other))),
            }
            if first + i == 0 && !tokens.before.is_empty() {
                misc.push(format!("SpacesBefore={}", spaces(tokens.before)));
            }
            let misc = if misc.is_empty() { "_".to_owned() } else { misc.join("|") };
            writeln!(out, "{}\t{}\t_\t_\t_\t_\t_\t_\t_\t{misc}", i + 1, token.text)?;
        }
        writeln!(out)?;
        paragraph = sentence.last().is_some_and(|t| t.after.contains('\n'));
    }
    Ok(())
}

/// White space in UDPipe’s way of writing it.
fn spaces(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            ' ' => out.push_str("\\s"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c => out.push(c),
        }
        out
    })
}

fn unspaced(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let c = if c == '\\' { chars.next().unwrap_or('\\') } else { c };
        out.push(match c {
            's' => ' ',
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'p' => '|',
            c => c,
        });
    }
    out
}

/// A label for MISC: what has a meaning there is written as its bytes, `%` before each.
fn escaped(label: &str) -> String {
    let mut out = String::new();
    for c in label.chars() {
        if c.is_whitespace() || c.is_control() || matches!(c, '%' | ',' | '=' | '|') {
            c.encode_utf8(&mut [0; 4]).bytes().for_each(|b| out.push_str(&format!("%{b:02X}")));
        } else {
            out.push(c);
        }
    }
    out
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match hex.filter(|_| first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Where in a sentence a reader is.
#[derive(Default)]
struct Sentence {
    /// The last word of a token that holds several, where one is open.
    until: usize,
    begun: bool,
}

/// A token, in code points of the text so far.
struct Token {
    start: usize,
    end: usize,
    misc: Vec<(String, String)>,
}

/// An article in the making.
#[derive(Default)]
struct Doc {
    raw: String,
    /// How many code points it has.
    chars: usize,
    tokens: Vec<Token>,
    /// The white space that is taken to stand before the next token, where nobody says what does.
    pending: Option<&'static str>,
    is_fresh: bool,
    id: String,
    about: Map<String, Json>,
    coders: Vec<Map<String, Json>>,
    annotations: BTreeMap<usize, Map<String, Json>>,
    relations: Vec<Json>,
    newpar: bool,
}

impl Doc {
    fn comment(&mut self, key: &str, value: &str) -> Result<(), String> {
        let json = || match serde_json::from_str(value) {
            Ok(Json::Object(map)) => Ok(map),
            Ok(_) => Err("it is not an object {…}".to_owned()),
            Err(e) => Err(e.to_string()),
        };
        match key {
            "newdoc" | "newdoc id" => {
                self.is_fresh = true;
                value.clone_into(&mut self.id);
            }
            "newpar" | "newpar id" => self.newpar = true,
            // Other programs’ comments may be called alike.
            "article" if value.starts_with('{') => self.about = json()?,
            "coder" if value.starts_with('{') => self.coders.push(json()?),
            "relation" if value.starts_with('{') => self.relations.push(Json::Object(json()?)),
            "annotation" if value.starts_with('{') => {
                let map = json()?;
                self.annotations.extend(number(map.get("n")).map(|n| (n, map)));
            }
            key => {
                let meta = key.strip_prefix("meta::").map(|key| (key.to_owned(), json!(value)));
                self.about.extend(meta);
            }
        }
        Ok(())
    }

    fn push(&mut self, text: &str) {
        self.raw.push_str(text);
        self.chars += text.chars().count();
    }

    fn token(&mut self, line: &str, sentence: &mut Sentence) -> Result<(), String> {
        let columns: Vec<&str> = line.split('\t').collect();
        let &[id, form, .., misc] = columns.as_slice() else { return Err("it has not ten columns".to_owned()) };
        if columns.len() != 10 {
            return Err(format!("it has {} columns, not ten", columns.len()));
        }
        let misc: Vec<(String, String)> =
            misc.split('|').filter_map(|p| p.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        if id.contains('.') {
            return Ok(());
        }
        let number = |id: &str| id.parse::<usize>().map_err(|_| format!("“{id}” is no number of a token"));
        let (first, last) = match id.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(id)?, number(id)?),
        };
        if last <= sentence.until {
            // A word within a token: its text is the token’s.
            self.tokens.last_mut().into_iter().for_each(|t| t.misc.extend(misc.iter().cloned()));
            return Ok(());
        }
        sentence.until = if last > first { last } else { sentence.until };
        let said = |key: &str| misc.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str());
        let newpar = std::mem::take(&mut self.newpar) && !std::mem::replace(&mut sentence.begun, true);
        if let Some(pending) = self.pending.take() {
            self.push(if newpar { "\n" } else { pending });
        }
        if let Some(before) = said("SpacesBefore") {
            self.push(&unspaced(before));
        }
        let start = self.chars;
        self.push(form);
        let end = self.chars;
        match (said("SpacesAfter"), said("SpaceAfter")) {
            (Some(after), _) => self.push(&unspaced(after)),
            (None, Some("No")) => self.pending = Some(""),
            (None, _) => self.pending = Some(" "),
        }
        self.tokens.push(Token { start, end, misc });
        Ok(())
    }

    /// Gives what came together to `incoming`.
    fn read(mut self, incoming: &mut Incoming<'_>, known: &Known) {
        if self.tokens.is_empty() {
            return;
        }
        if self.about.is_empty() && !self.id.is_empty() {
            self.about.insert("title".to_owned(), json!(self.id));
        }
        let text = about::read_article(incoming, &self.raw, &self.about);
        let mut by_number: BTreeMap<usize, AnnotationId> = BTreeMap::new();
        let mut whose: BTreeMap<AnnotationId, crate::model::CoderId> = BTreeMap::new();
        for mut coder in self.coders {
            let (id, name) = (words(coder.remove("id").as_ref()), words(coder.remove("name").as_ref()));
            let id = incoming.coder(&id.unwrap_or_default(), &name.unwrap_or_default());
            about::read_whole(incoming, known, &text, &id, &coder);
        }
        for found in found(&self.tokens) {
            let said = found.number.and_then(|n| self.annotations.get(&n));
            let coder = match said.and_then(|s| s.get("coder")?.as_str()) {
                Some(id) => incoming.coder(id, ""),
                None => incoming.somebody(),
            };
            let spans: Option<Vec<CharSpan>> = found.spans.iter().map(|(s, e)| text.chars(*s, *e)).collect();
            let id = said.and_then(|s| s.get("id")?.as_str());
            let Some(mut new) = labelled(incoming, known, &text, id, &found, spans.unwrap_or_default()) else {
                continue;
            };
            if let Some(said) = said {
                about::read_annotation(&mut new, said, &["n", "coder"]);
            }
            let new = incoming.put(&text, &coder, new);
            by_number.extend(found.number.map(|n| (n, new)));
            whose.insert(new, coder);
        }
        for relation in &self.relations {
            let end = |key: &str| by_number.get(&number(relation.get(key))?);
            if let (Some(from), Some(to)) = (end("from"), end("to"))
                && let Some(coder) = whose.get(from)
            {
                about::relate(incoming, &text, coder, *from, *to, &words(relation.get("label")).unwrap_or_default());
            }
        }
        if self.tokens.iter().flat_map(|t| &t.misc).any(|(k, v)| k == "Entity" && v.contains(['(', ')'])) {
            incoming.tell("entities in brackets (Entity=(…)) were left out");
        }
    }
}

/// An annotation as the tokens tell it.
struct Marked {
    key: String,
    label: String,
    number: Option<usize>,
    /// In code points.
    spans: Vec<(usize, usize)>,
}

/// The annotations that tokens tell of, in the order of their first tokens.
fn found(tokens: &[Token]) -> Vec<Marked> {
    let mut out: Vec<Marked> = Vec::new();
    let mut numbered: BTreeMap<usize, usize> = BTreeMap::new();
    // What goes on from the last token: which annotation, by its key.
    let mut open: BTreeMap<String, usize> = BTreeMap::new();
    for (t, token) in tokens.iter().enumerate() {
        let mut still: BTreeMap<String, usize> = BTreeMap::new();
        for (key, value) in &token.misc {
            let layer = Layer::ALL.iter().any(|l| key_of(*l) == key);
            if !layer && !["NER", "ner", "NE"].contains(&key.as_str())
                || value.contains(['(', ')']) && !value.contains(':')
            {
                continue;
            }
            for mark in value.split(',') {
                let Some((letter, label)) = mark.split_once('-') else { continue };
                let (label, number) = match label.rsplit_once(':').map(|(l, n)| (l, n.parse::<usize>())) {
                    Some((label, Ok(number))) => (label, Some(number)),
                    _ => (label, None),
                };
                let (goes_on, ends) = match letter {
                    "B" => (false, false),
                    "I" => (true, false),
                    "E" | "L" => (true, true),
                    "S" | "U" => (false, true),
                    _ => continue,
                };
                let before = match number {
                    Some(n) => numbered.get(&n).copied(),
                    None => open.get(key).copied().filter(|&n| goes_on && out[n].label == unescaped(label)),
                };
                let index = before.unwrap_or_else(|| {
                    out.push(Marked { key: key.clone(), label: unescaped(label), number, spans: Vec::new() });
                    out.len() - 1
                });
                numbered.extend(number.map(|n| (n, index)));
                let follows = t > 0 && out[index].spans.last().is_some_and(|s| s.1 == tokens[t - 1].end);
                match out[index].spans.last_mut() {
                    Some(last) if goes_on && follows => last.1 = token.end,
                    _ => out[index].spans.push((token.start, token.end)),
                }
                if number.is_none() && !ends {
                    still.insert(key.clone(), index);
                }
            }
        }
        open = still;
    }
    out
}

fn labelled(
    incoming: &mut Incoming<'_>,
    known: &Known,
    text: &Text,
    id: Option<&str>,
    found: &Marked,
    spans: Vec<CharSpan>,
) -> Option<Annotation> {
    let label = found.label.as_str();
    let tag = match found.key.as_str() {
        "Entity" => EntityKind::from_word(label).map(Tag::Entity),
        "Quote" => QuoteKind::from_word(label).map(Tag::Quote),
        "Claim" => ClaimKind::from_word(label).map(Tag::Claim),
        "Frame" => Some(Tag::Frame(known.code(incoming, label))),
        _ => None,
    };
    match tag {
        Some(tag) => incoming.annotation(text, id, tag, spans),
        None => known.labelled(incoming, text, id, label, spans),
    }
}
