//! spaCy’s `DocBin` (version 0.1, as spaCy 3 writes it): MessagePack in a zlib stream. `DocBin().from_disk(path)` reads
//! it, and `doc.spans` has the annotations, a group for each layer; `doc.ents` has the names as far as they do not
//! overlap, `doc.cats` the codes on whole articles. What has no place of its own is in `doc.user_data["framelens"]` and,
//! by the span’s `id_`, in `doc.spans[…].attrs["details"]`.
//!
//! Read are the groups of spans, the entities (where no span says the same), the categories and our own keys; parts of
//! speech, syntax and the rest are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use rmpv::Value;
use serde_json::{Map, Value as Json, json};

use super::{CARRIED, Doc, ends, strings, text_of};
use crate::exchange::about::{self, Known};
use crate::exchange::labels::Labels;
use crate::exchange::{Bundle, Carries, Format, Incoming, Losses, Problem, Shape, Sink, Text};
use crate::model::{Annotation, AnnotationId, CoderId, Layer, Project};
use crate::text::{CharSpan, OffsetMap};

/// The columns of the table of tokens, by spaCy’s numbers: ORTH, NORM, LEMMA, POS, TAG, DEP, ENT_IOB, ENT_TYPE, HEAD,
/// SENT_START, ENT_KB_ID, MORPH, ENT_ID: the default, so that the file can be merged with others.
const COLUMNS: [u64; 13] = [65, 67, 73, 74, 75, 76, 77, 78, 79, 80, 452, 453, 454];
const ORTH: u64 = 65;
const ENT_IOB: u64 = 77;
const ENT_TYPE: u64 = 78;
const SENT_START: u64 = 80;
/// What ENT_IOB says.
const INSIDE: u64 = 1;
const OUTSIDE: u64 = 2;
const BEGINS: u64 = 3;
/// How much a file may hold when it is unpacked, in bytes.
const MOST: usize = 1 << 30;
/// Under which key our own things stand.
const OURS: &str = "framelens";

/// The format.
#[derive(Debug)]
pub struct DocBin;

impl Format for DocBin {
    fn name(&self) -> &'static str {
        "spacy-docbin"
    }

    fn about(&self) -> &'static str {
        "spaCy’s binary corpus (.spacy): doc.spans, doc.ents, doc.cats"
    }

    fn shape(&self) -> Shape {
        Shape::File("spacy")
    }

    fn carries(&self) -> Carries {
        CARRIED
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        about::plain_relations(project, losses);
        about::sweep(project, CARRIED, losses);
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        let labels = Labels::of(&project.codebook);
        sink.main(|out, step| {
            let mut corpus = Corpus::default();
            let cats: BTreeSet<String> =
                project.codings.values().flat_map(|c| c.document.codes.iter().map(|code| labels.code(code))).collect();
            for article in project.articles.values() {
                let map = OffsetMap::new(article.text.clone());
                for doc in Doc::all(project, article) {
                    corpus.add(project, &labels, &cats, &map, &doc)?;
                }
                step()?;
            }
            out.write_all(&miniz_oxide::deflate::compress_to_vec_zlib(&packed(&corpus.message())?, 6))
        })
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        let Some(name) = bundle.only() else { return false };
        // A zlib stream is known by its first two bytes: deflate, and a sum that 31 divides.
        let called = bundle.with_ending("spacy").next().is_some();
        called
            && bundle
                .read(name)
                .is_ok_and(|b| b.len() > 2 && b[0] == 0x78 && u16::from_be_bytes([b[0], b[1]]) % 31 == 0)
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let name = bundle.only().ok_or(Problem::NotOneFile)?;
        let bytes = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&bundle.read(name)?, MOST)
            .map_err(|_| Problem::within(name, "it is damaged, or larger than 1 GB when unpacked"))?;
        let message = unpacked(&bytes).ok_or_else(|| Problem::within(name, "it holds no MessagePack"))?;
        let known = Known::of(incoming.known(), self);
        read(incoming, &known, &message).map_err(|what| Problem::within(name, what))
    }
}

/// A DocBin in the making.
#[derive(Default)]
struct Corpus {
    tokens: Vec<u8>,
    spaces: Vec<u8>,
    lengths: Vec<u8>,
    strings: BTreeSet<String>,
    cats: Vec<Value>,
    flags: Vec<Value>,
    groups: Vec<Value>,
    data: Vec<Value>,
}

impl Corpus {
    fn add(
        &mut self,
        project: &Project,
        labels: &Labels,
        cats: &BTreeSet<String>,
        map: &OffsetMap,
        doc: &Doc<'_>,
    ) -> io::Result<()> {
        let pieces = doc.pieces(map);
        // Of names that overlap, the longest is an entity.
        let mut names: Vec<&Annotation> =
            doc.annotations().into_iter().filter(|a| a.tag.layer() == Layer::Entity).collect();
        names.sort_by_key(|a| (std::cmp::Reverse(a.hull().len()), a.hull().start));
        let mut entities: Vec<Option<(bool, u64)>> = vec![None; pieces.len()];
        for name in names {
            let (first, last) = ends(&pieces, name.hull());
            let Some(place) = entities.get_mut(first..=last).filter(|p| p.iter().all(Option::is_none)) else {
                continue;
            };
            let label = self.number(&labels.written(&name.tag));
            place.iter_mut().enumerate().for_each(|(n, e)| *e = Some((n == 0, label)));
        }
        for (piece, entity) in pieces.iter().zip(&entities) {
            for column in COLUMNS {
                let value = match (column, entity) {
                    (ORTH, _) => self.number(piece.text),
                    (ENT_IOB, Some((true, _))) => BEGINS,
                    (ENT_IOB, Some((false, _))) => INSIDE,
                    (ENT_IOB, None) => OUTSIDE,
                    (ENT_TYPE, Some((_, label))) => *label,
                    (SENT_START, _) if piece.opens => 1,
                    (SENT_START, _) => u64::MAX,
                    _ => 0,
                };
                self.tokens.extend(value.to_le_bytes());
            }
            self.spaces.push(u8::from(piece.space));
        }
        self.lengths.extend((pieces.len() as i32).to_le_bytes());
        self.flags.push(map_of([("has_unknown_spaces", Value::from(false))]));
        let whole = doc.whole(labels);
        let chosen: BTreeSet<&str> =
            whole.get("codes").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).collect();
        let cat = |label: &String| {
            let holds = f64::from(u8::from(chosen.contains(label.as_str())));
            (Value::from(label.as_str()), Value::F64(holds))
        };
        self.cats.push(Value::Map(if doc.work.is_some() { cats.iter().map(cat).collect() } else { Vec::new() }));
        self.group(labels, &pieces, doc)?;
        let mut ours = Map::new();
        ours.insert("article".to_owned(), Json::Object(about::article(doc.article)));
        if let (Some((coder, _)), Some(name)) = (doc.work, doc.coder_name(project)) {
            ours.insert("coder".to_owned(), json!(coder.as_str()));
            ours.insert("coder_name".to_owned(), json!(name));
            ours.insert("document".to_owned(), Json::Object(whole));
        }
        let relation = |(from, to, kind): (&Annotation, &Annotation, &str)| json!({"from": from.id.to_string(), "to": to.id.to_string(), "label": kind});
        let relations: Vec<Json> = doc.relations().into_iter().map(relation).collect();
        if !relations.is_empty() {
            ours.insert("relations".to_owned(), json!(relations));
        }
        self.data.push(Value::Binary(packed(&map_of([(OURS, message_of(&Json::Object(ours)))]))?));
        Ok(())
    }

    /// The groups of spans of a document, one a layer.
    fn group(&mut self, labels: &Labels, pieces: &[super::Piece<'_>], doc: &Doc<'_>) -> io::Result<()> {
        let mut layers: BTreeMap<Layer, Vec<&Annotation>> = BTreeMap::new();
        for annotation in doc.annotations() {
            layers.entry(annotation.tag.layer()).or_default().push(annotation);
        }
        if layers.is_empty() {
            self.groups.push(Value::Binary(packed(&Value::Array(Vec::new()))?));
            return Ok(());
        }
        let mut groups = Vec::new();
        for (layer, annotations) in layers {
            let mut spans = Vec::new();
            let mut details = Map::new();
            for a in annotations {
                let (first, last) = ends(pieces, a.hull());
                let mut span = Vec::with_capacity(40);
                for number in [self.number(&a.id.to_string()), 0, self.number(&labels.written(&a.tag))] {
                    span.extend(number.to_be_bytes());
                }
                for number in [first, last + 1, a.hull().start.0, a.hull().end.0] {
                    span.extend((number as i32).to_be_bytes());
                }
                spans.push(Value::Binary(span));
                details.insert(a.id.to_string(), Json::Object(about::annotation(a)));
            }
            let attrs = map_of([("details", message_of(&Json::Object(details)))]);
            let group = map_of([("name", Value::from(layer.word())), ("attrs", attrs), ("spans", Value::Array(spans))]);
            groups.push((Value::Binary(packed(&group)?), Value::Array(vec![Value::from(layer.word())])));
        }
        self.groups.push(Value::Binary(packed(&Value::Map(groups))?));
        Ok(())
    }

    fn number(&mut self, text: &str) -> u64 {
        if !self.strings.contains(text) {
            self.strings.insert(text.to_owned());
        }
        strings::number(text)
    }

    fn message(self) -> Value {
        map_of([
            ("version", Value::from("0.1")),
            ("attrs", Value::Array(COLUMNS.map(Value::from).to_vec())),
            ("tokens", Value::Binary(self.tokens)),
            ("spaces", Value::Binary(self.spaces)),
            ("lengths", Value::Binary(self.lengths)),
            ("strings", Value::Array(self.strings.iter().map(|s| Value::from(s.as_str())).collect())),
            ("cats", Value::Array(self.cats)),
            ("flags", Value::Array(self.flags)),
            ("span_groups", Value::Array(self.groups)),
            ("user_data", Value::Array(self.data)),
        ])
    }
}

fn map_of<const N: usize>(pairs: [(&str, Value); N]) -> Value {
    Value::Map(pairs.into_iter().map(|(key, value)| (Value::from(key), value)).collect())
}

fn packed(value: &Value) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    rmpv::encode::write_value(&mut bytes, value).map_err(io::Error::other)?;
    Ok(bytes)
}

/// One value and nothing behind it.
fn unpacked(mut bytes: &[u8]) -> Option<Value> {
    let value = rmpv::decode::read_value_with_max_depth(&mut bytes, 200).ok()?;
    bytes.is_empty().then_some(value)
}

fn message_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(yes) => Value::from(*yes),
        Json::Number(n) => n.as_i64().map(Value::from).or(n.as_f64().map(Value::F64)).unwrap_or(Value::Nil),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(all) => Value::Array(all.iter().map(message_of).collect()),
        Json::Object(map) => Value::Map(map.iter().map(|(k, v)| (Value::from(k.as_str()), message_of(v))).collect()),
    }
}

/// What of MessagePack is JSON as well.
fn json_of(value: &Value) -> Json {
    match value {
        Value::Boolean(yes) => json!(yes),
        Value::Integer(n) => n.as_i64().map_or_else(|| json!(n.as_u64()), Json::from),
        Value::F32(n) => json!(n),
        Value::F64(n) => json!(n),
        Value::String(text) => text.as_str().map_or(Json::Null, Json::from),
        Value::Array(all) => all.iter().map(json_of).collect(),
        Value::Map(pairs) => {
            let pair = |(k, v): &(Value, Value)| Some((k.as_str()?.to_owned(), json_of(v)));
            Json::Object(pairs.iter().filter_map(pair).collect())
        }
        _ => Json::Null,
    }
}

fn field<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value.as_map()?.iter().find(|(k, _)| k.as_str() == Some(key)).map(|(_, v)| v)
}

fn object(value: Option<&Value>) -> Map<String, Json> {
    match value.map(json_of) {
        Some(Json::Object(map)) => map,
        _ => Map::new(),
    }
}

/// The strings of a file by their numbers.
struct Strings(BTreeMap<u64, String>);

impl Strings {
    fn get(&self, number: u64) -> Option<String> {
        self.0.get(&number).cloned().or_else(|| strings::word(number))
    }
}

/// Reads a corpus; the error says what is wrong with it.
fn read(incoming: &mut Incoming<'_>, known: &Known, message: &Value) -> Result<(), String> {
    let bytes = |key: &str| match field(message, key) {
        Some(Value::Binary(bytes)) => Ok(bytes.as_slice()),
        Some(Value::String(text)) => Ok(text.as_bytes()),
        _ => Err(format!("it has no “{key}”: it is no DocBin of spaCy 3")),
    };
    let list = |key: &str| field(message, key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let columns: Vec<u64> = list("attrs").iter().filter_map(Value::as_u64).collect();
    let column = |attribute: u64| columns.iter().position(|c| *c == attribute);
    let orth = column(ORTH).ok_or("its tokens have no words (ORTH)")?;
    let (cells, rest) = bytes("tokens")?.as_chunks::<8>();
    let (lengths, odd) = bytes("lengths")?.as_chunks::<4>();
    let lengths: Vec<usize> = lengths
        .iter()
        .map(|n| usize::try_from(i32::from_le_bytes(*n)).map_err(|_| "a length below 0"))
        .collect::<Result<_, _>>()?;
    let spaces = bytes("spaces")?;
    let rows = lengths.iter().try_fold(0_usize, |sum, n| sum.checked_add(*n)).unwrap_or(usize::MAX);
    if !rest.is_empty()
        || !odd.is_empty()
        || rows.checked_mul(columns.len()) != Some(cells.len())
        || spaces.len() != rows
    {
        return Err("its tables of tokens are not as long as its documents".to_owned());
    }
    let known_strings = list("strings").iter().filter_map(Value::as_str);
    let strings = Strings(known_strings.map(|s| (strings::number(s), s.to_owned())).collect());
    let mut first = 0;
    for (n, length) in lengths.into_iter().enumerate() {
        let unknown = list("flags").get(n).and_then(|f| field(f, "has_unknown_spaces")?.as_bool()).unwrap_or(false);
        let row = |i: usize| &cells[(first + i) * columns.len()..(first + i + 1) * columns.len()];
        let mut tokens = Vec::with_capacity(length);
        for i in 0..length {
            let orth = u64::from_le_bytes(row(i)[orth]);
            let word =
                strings.get(orth).ok_or_else(|| format!("document {}: a word is not in its list of strings", n + 1))?;
            let space = if unknown { i + 1 < length } else { spaces[first + i] != 0 };
            tokens.push((word, space));
        }
        let (raw, places) = text_of(tokens.iter().map(|(word, space)| (word.as_str(), *space)));
        let cell = |attribute: u64, i: usize| column(attribute).map(|c| u64::from_le_bytes(row(i)[c]));
        let entities = entities(length, &|i| cell(ENT_IOB, i), &|i| cell(ENT_TYPE, i));
        let data = match list("user_data").get(n) {
            Some(Value::Binary(bytes)) => unpacked(bytes),
            _ => None,
        };
        let ours = object(data.as_ref().and_then(|d| field(d, OURS)));
        let cats = object(list("cats").get(n));
        let groups =
            groups(list("span_groups").get(n)).ok_or_else(|| format!("document {}: spans are damaged", n + 1))?;
        document(incoming, known, &strings, &raw, &places, entities, &groups, &cats, &ours);
        first += length;
    }
    Ok(())
}

/// The entities: first token, the one behind the last, and the number of the label.
fn entities(
    length: usize,
    iob: &dyn Fn(usize) -> Option<u64>,
    label: &dyn Fn(usize) -> Option<u64>,
) -> Vec<(usize, usize, u64)> {
    let mut out: Vec<(usize, usize, u64)> = Vec::new();
    for i in 0..length {
        let kind = label(i).unwrap_or_default();
        match (iob(i), out.last_mut()) {
            (Some(INSIDE), Some(last)) if last.1 == i && last.2 == kind => last.1 = i + 1,
            (Some(INSIDE | BEGINS), _) if kind != 0 => out.push((i, i + 1, kind)),
            _ => {}
        }
    }
    out
}

/// The groups of spans with their names. There are three ways in which they have been written.
fn groups(value: Option<&Value>) -> Option<Vec<(String, Value)>> {
    let bytes = match value {
        None | Some(Value::Nil) => return Some(Vec::new()),
        Some(Value::Binary(bytes)) if bytes.is_empty() => return Some(Vec::new()),
        Some(Value::Binary(bytes)) => bytes,
        Some(_) => return None,
    };
    let name = |group: &Value| field(group, "name").and_then(Value::as_str).unwrap_or_default().to_owned();
    match unpacked(bytes)? {
        Value::Array(all) => all.iter().map(|g| unpacked(g.as_slice()?).map(|g| (name(&g), g))).collect(),
        Value::Map(all) => {
            let group = |(bytes, keys): &(Value, Value)| {
                let group = unpacked(bytes.as_slice()?)?;
                let key = keys.as_array().and_then(|k| k.first()?.as_str()).map_or_else(|| name(&group), str::to_owned);
                Some((key, group))
            };
            all.iter().map(group).collect()
        }
        _ => None,
    }
}

fn document(
    incoming: &mut Incoming<'_>,
    known: &Known,
    strings: &Strings,
    raw: &str,
    places: &[CharSpan],
    entities: Vec<(usize, usize, u64)>,
    groups: &[(String, Value)],
    cats: &Map<String, Json>,
    ours: &Map<String, Json>,
) {
    let about = ours.get("article").and_then(Json::as_object).cloned().unwrap_or_default();
    let text = about::read_article(incoming, raw, &about);
    let whole = ours.get("document").and_then(Json::as_object);
    let mut whole_said = whole.cloned().unwrap_or_default();
    if whole.is_none() && groups.is_empty() && entities.is_empty() && cats.is_empty() {
        return;
    }
    let who = |key: &str| ours.get(key).and_then(Json::as_str).unwrap_or_default();
    let coder =
        if who("coder").is_empty() { incoming.somebody() } else { incoming.coder(who("coder"), who("coder_name")) };
    let span = |first: usize, end: usize| {
        let (start, last) = (places.get(first)?, places.get(end.checked_sub(1)?)?);
        text.chars(start.start.0, last.end.0)
    };
    let mut seen: BTreeSet<(CharSpan, String)> = BTreeSet::new();
    let mut by_id: BTreeMap<String, AnnotationId> = BTreeMap::new();
    for (key, group) in groups {
        let details = field(group, "attrs").and_then(|a| field(a, "details")).map(json_of).unwrap_or_default();
        for packed in field(group, "spans").and_then(Value::as_array).into_iter().flatten() {
            let Some((id, label, first, end)) = packed.as_slice().and_then(span_of) else {
                incoming.tell("spans that cannot be read were left out");
                continue;
            };
            let id = strings.get(id).filter(|id| !id.is_empty());
            let label = strings.get(label).filter(|l| !l.is_empty()).unwrap_or_else(|| key.clone());
            let place = span(first, end);
            let Some(mut new) = known.labelled(incoming, &text, id.as_deref(), &label, place.into_iter().collect())
            else {
                continue;
            };
            seen.extend(place.map(|p| (p, label)));
            if let Some(said) = id.as_ref().and_then(|id| details.get(id)?.as_object()) {
                about::read_annotation(&mut new, said, &[]);
            }
            let new = incoming.put(&text, &coder, new);
            by_id.extend(id.map(|id| (id, new)));
        }
    }
    for (first, end, label) in entities {
        let label = strings.get(label).unwrap_or_else(|| "unnamed".to_owned());
        let Some(place) = span(first, end) else { continue };
        // An entity that is also in a group of spans is one annotation.
        if seen.insert((place, label.clone()))
            && let Some(new) = known.labelled(incoming, &text, None, &label, vec![place])
        {
            incoming.put(&text, &coder, new);
        }
    }
    relations(incoming, &text, &coder, &by_id, ours);
    let codes: Vec<Json> = super::jsonl::chosen(cats).collect();
    if !codes.is_empty() {
        whole_said.insert("codes".to_owned(), Json::Array(codes));
    }
    about::read_whole(incoming, known, &text, &coder, &whole_said);
}

fn relations(
    incoming: &mut Incoming<'_>,
    text: &Text,
    coder: &CoderId,
    by_id: &BTreeMap<String, AnnotationId>,
    ours: &Map<String, Json>,
) {
    for relation in ours.get("relations").and_then(Json::as_array).into_iter().flatten() {
        let said = |key: &str| relation.get(key).and_then(Json::as_str).unwrap_or_default();
        if let (Some(from), Some(to)) = (by_id.get(said("from")), by_id.get(said("to"))) {
            about::relate(incoming, text, coder, *from, *to, said("label"));
        }
    }
}

/// A span as spaCy packs it: the numbers of its id, of an entry of a knowledge base and of its label; its first token and
/// the one behind its last; its characters.
fn span_of(bytes: &[u8]) -> Option<(u64, u64, usize, usize)> {
    let wide = |at: usize| Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    let narrow = |at: usize| {
        let number = i32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?);
        usize::try_from(number).ok()
    };
    (bytes.len() == 40).then_some(())?;
    Some((wide(0)?, wide(16)?, narrow(24)?, narrow(28)?))
}
