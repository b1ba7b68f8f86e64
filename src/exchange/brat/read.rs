//! Reading brat’s files: ours, and those of other people.

use std::collections::{BTreeMap, BTreeSet};

use super::conf::{self, Conf};
use super::{ATTRIBUTES, NOTES, OURS, note};
use crate::exchange::beside::{Beside, Pages, settle};
use crate::exchange::labels::{self, Label};
use crate::exchange::reduce::derived_id;
use crate::exchange::{Bundle, Incoming, Problem, Text, details};
use crate::model::{AnnotationId, CoderId, Relation, RelationEnd, RelationId, Source, Tag, Value};
use crate::text::CharSpan;

/// Reads all articles of a folder, with those of the folders in it.
pub fn folder(bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
    let mut confs: BTreeMap<String, Conf> = BTreeMap::new();
    let beside = Beside::find(bundle)?;
    let root = beside.as_ref().map(|(root, _)| root.clone());
    let mut pages = match beside {
        Some((root, beside)) => {
            let conf = Conf::of(bundle, &root);
            let beside = arranged(beside, &conf);
            confs.insert(root, conf);
            beside.open(incoming)
        }
        None => Pages::default(),
    };
    let texts: BTreeSet<&str> = bundle.with_ending("txt").map(|n| &n[..n.len() - 4]).collect();
    let marks: BTreeSet<&str> = bundle.with_ending("ann").map(|n| &n[..n.len() - 4]).collect();
    if let Some(missing) = marks.first().filter(|_| marks.is_disjoint(&texts)) {
        return Err(Problem::Missing(format!("{missing}.txt")));
    }
    for missing in marks.difference(&texts) {
        incoming.tell(format!("“{missing}.ann” was left out: there is no text “{missing}.txt”"));
    }
    for _ in texts.difference(&marks) {
        incoming.tell("texts without a file of annotations beside them were left out");
    }
    let coders = Coders::of(bundle, root, &texts)?;
    let mut seen = Seen::default();
    for stem in texts.intersection(&marks) {
        let (folder, file) = stem.rsplit_once('/').unwrap_or(("", stem));
        let key = conf_folder(bundle, folder);
        if !confs.contains_key(&key) {
            confs.insert(key.clone(), Conf::of(bundle, &key));
        }
        let conf = &confs[&key];
        let raw = bundle.text(&format!("{stem}.txt"))?;
        let source = Source { file: format!("{file}.txt"), format: "brat".to_owned(), ..Source::default() };
        let text = pages.article(incoming, file, &raw, source);
        let name = format!("{stem}.ann");
        let ann = Ann::parse(&name, &bundle.text(&name)?, incoming)?;
        let coder = match coders.folder(stem).or(pages.coder(file).map(CoderId::as_str)) {
            Some(id) if !ann.marks.is_empty() => incoming.coder(id, ""),
            _ if ann.marks.is_empty() => continue,
            _ => incoming.somebody(),
        };
        put(incoming, &text, &coder, ann, conf, &pages, &mut seen);
    }
    // What is declared is part of the codebook, used or not.
    for conf in confs.values() {
        for name in conf.types.iter().filter_map(|path| path.last()) {
            tag(incoming, conf, &pages, name);
        }
    }
    pages.finish(incoming);
    Ok(())
}

/// The codebook as it stands in the two files of brat’s, which people change: names and places.
fn arranged(mut beside: Beside, conf: &Conf) -> Beside {
    let ids: BTreeSet<String> = beside.codes.iter().map(|c| c.id.to_string()).collect();
    let mut order: BTreeMap<String, usize> = BTreeMap::new();
    for code in &mut beside.codes {
        let id = code.id.to_string();
        let label = conf.label(&id);
        if label != conf::shown(&code.name, &id) && label != id {
            code.name = label.to_owned();
        }
        let path = conf.path(&id);
        if let Some(at) = conf.types.iter().position(|p| *p == path) {
            order.insert(id, at);
            let above = path.iter().rev().skip(1).find(|name| ids.contains(*name));
            code.parent = above.and_then(|name| name.parse().ok());
        }
    }
    beside.codes.sort_by_key(|code| order.get(code.id.as_str()).copied().unwrap_or(usize::MAX));
    beside
}

impl Conf {
    /// The files of a folder (`""`, or with `/` at its end).
    fn of(bundle: &Bundle, folder: &str) -> Self {
        let text = |name: &str| bundle.text(&format!("{folder}{name}")).unwrap_or_default();
        Self::read(&text("annotation.conf"), &text("visual.conf"))
    }
}

/// The nearest folder that describes the types of a folder’s files: itself or one above it.
fn conf_folder(bundle: &Bundle, folder: &str) -> String {
    let mut here = folder;
    loop {
        let prefix = if here.is_empty() { String::new() } else { format!("{here}/") };
        if here.is_empty() || bundle.names().binary_search(&format!("{prefix}annotation.conf")).is_ok() {
            return prefix;
        }
        here = here.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

/// Whose work a file is: a folder is a coder where it lies beside `framelens.json`, or where the same text lies in
/// several folders.
struct Coders {
    root: Option<String>,
    shared: BTreeSet<String>,
}

impl Coders {
    fn of(bundle: &Bundle, root: Option<String>, texts: &BTreeSet<&str>) -> Result<Self, Problem> {
        let mut alike: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for stem in texts {
            alike.entry(stem.rsplit('/').next().unwrap_or(stem)).or_default().push(stem);
        }
        let mut shared = BTreeSet::new();
        for stems in alike.values().filter(|stems| stems.len() > 1 && root.is_none()) {
            let mut by_text: BTreeMap<[u8; 32], Vec<&str>> = BTreeMap::new();
            for stem in stems {
                let hash = blake3::hash(&bundle.read(&format!("{stem}.txt"))?);
                by_text.entry(*hash.as_bytes()).or_default().push(stem);
            }
            for stems in by_text.into_values().filter(|stems| stems.len() > 1) {
                shared.extend(stems.into_iter().map(str::to_owned));
            }
        }
        Ok(Self { root, shared })
    }

    fn folder<'a>(&self, stem: &'a str) -> Option<&'a str> {
        let (folder, _) = stem.rsplit_once('/')?;
        match &self.root {
            Some(root) => folder.strip_prefix(root.as_str()).filter(|f| !f.is_empty()),
            None => Some(folder.rsplit('/').next().unwrap_or(folder)).filter(|_| self.shared.contains(stem)),
        }
    }
}

/// What a type of brat’s says of its words; what it is called there, where that is another word.
fn tag(incoming: &mut Incoming<'_>, conf: &Conf, pages: &Pages, name: &str) -> (Tag, Option<String>) {
    if let Some(code) = pages.code(name) {
        return (Tag::Frame(code), None);
    }
    let ours = ["quote", "claim"].iter().find_map(|layer| name.strip_prefix(&format!("{layer}_")).map(|w| (layer, w)));
    if let Some((layer, word)) = ours
        && let Label::Layer { tag, called } = labels::read(&format!("{layer}: {word}"))
    {
        return (tag, called);
    }
    if let Label::Layer { tag, called } = labels::read(name) {
        return (tag, called);
    }
    let path: Vec<String> = conf.path(name).iter().map(|part| conf.label(part).to_owned()).collect();
    let known = conf.path(name).iter().rev().skip(1).find_map(|part| pages.code(part));
    let path = match known {
        // Below a code of ours, whose name may be shown otherwise than it is.
        Some(code) => {
            let book = &incoming.project().codebook;
            let mut path = super::super::row::path(book, &code);
            path.push(conf.label(name).to_owned());
            path
        }
        None => path,
    };
    (Tag::Frame(incoming.code(None, &path)), None)
}

/// Ids that were given already: a copy of a mark is another mark.
#[derive(Default)]
struct Seen {
    ids: BTreeSet<String>,
}

impl Seen {
    fn fresh(&mut self, id: String) -> Option<String> {
        self.ids.insert(id.clone()).then_some(id)
    }
}

/// A mark on the text.
struct Mark {
    name: String,
    places: Vec<(usize, usize)>,
    words: String,
    said: BTreeMap<String, String>,
    custom: BTreeMap<String, Value>,
    /// By types.
    notes: BTreeMap<String, String>,
}

/// A line between two marks, by their numbers.
struct Line {
    id: String,
    kind: String,
    from: String,
    to: String,
    said: BTreeMap<String, String>,
}

/// A file of annotations.
#[derive(Default)]
struct Ann {
    marks: BTreeMap<String, Mark>,
    /// The marks in the order of the file.
    order: Vec<String>,
    lines: Vec<Line>,
}

impl Ann {
    fn parse(file: &str, content: &str, incoming: &mut Incoming<'_>) -> Result<Self, Problem> {
        let mut new = Self::default();
        let (mut attributes, mut events) = (Vec::new(), Vec::new());
        for (n, line) in content.split('\n').enumerate() {
            let line = line.strip_suffix('\r').unwrap_or(line);
            if line.trim().is_empty() {
                continue;
            }
            let mut fields = line.splitn(3, '\t');
            let (id, data) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
            let tail = fields.next().unwrap_or_default();
            match id.chars().next() {
                Some('T') => {
                    let mark = mark(data, tail).ok_or_else(|| {
                        Problem::at(file, n + 1, format!("“{data}” is not a type with places in the text"))
                    })?;
                    if new.marks.insert(id.to_owned(), mark).is_some() {
                        return Err(Problem::at(file, n + 1, format!("{id} is there twice")));
                    }
                    new.order.push(id.to_owned());
                }
                Some('E') => events.push((n, id, data)),
                Some('R') => match new.relation(id, data) {
                    Some(line) => new.lines.push(line),
                    None => incoming.tell(format!("{file}, line {}: this relation was not understood", n + 1)),
                },
                Some('*') => {
                    let mut words = data.split_whitespace();
                    let (kind, first) = (words.next().unwrap_or("Equiv"), words.next().unwrap_or_default());
                    for other in words {
                        new.lines.push(line_of("", kind, first, other));
                    }
                }
                Some('A' | 'M' | 'N' | '#') => attributes.push((n, id, data, tail)),
                _ => incoming.tell(format!("{file}, line {}: this line was not understood", n + 1)),
            }
        }
        let stands_for = new.events(file, &events, incoming);
        for line in &mut new.lines {
            for end in [&mut line.from, &mut line.to] {
                if let Some(mark) = stands_for.get(end.as_str()) {
                    *end = mark.clone();
                }
            }
        }
        let lines: BTreeMap<String, usize> = new.lines.iter().enumerate().map(|(n, l)| (l.id.clone(), n)).collect();
        for (n, id, data, tail) in attributes {
            let mut words = data.splitn(3, ' ');
            let (name, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default().trim());
            let value = words.next().unwrap_or_default().trim();
            let target = stands_for.get(target).map_or(target, String::as_str);
            if let Some(line) = lines.get(target).filter(|_| !target.is_empty()).map(|at| &mut new.lines[*at]) {
                if name == OURS && id.starts_with('#') {
                    line.said = strings(tail);
                } else {
                    incoming.tell("notes and attributes of relations were left out");
                }
            } else if let Some(mark) = new.marks.get_mut(target) {
                mark.say(id, name, value, tail);
            } else {
                incoming.tell(format!("{file}, line {}: what this note or attribute is said of is not there", n + 1));
            }
        }
        Ok(new)
    }

    fn relation(&self, id: &str, data: &str) -> Option<Line> {
        let mut words = data.split_whitespace();
        let kind = words.next()?;
        let mut end = || words.next()?.split_once(':').map(|(_, end)| end);
        Some(line_of(id, kind, end()?, end()?))
    }

    /// Events: each is its trigger’s mark, or one like it where another event has that already; its participants are
    /// lines. Answers which mark each event is.
    fn events(
        &mut self,
        file: &str,
        events: &[(usize, &str, &str)],
        incoming: &mut Incoming<'_>,
    ) -> BTreeMap<String, String> {
        let mut stands_for = BTreeMap::new();
        let mut taken = BTreeSet::new();
        let mut roles = Vec::new();
        for (n, id, data) in events {
            let mut words = data.split_whitespace();
            let head = words.next().and_then(|w| w.split_once(':'));
            let Some((kind, trigger, mark)) = head.and_then(|(k, t)| Some((k, t, self.marks.get(t)?))) else {
                incoming.tell(format!("{file}, line {}: this event was not understood", n + 1));
                continue;
            };
            let mut here = trigger.to_owned();
            if !taken.insert(trigger) {
                here = (*id).to_owned();
                let again = Mark::new(kind, mark.places.clone(), &mark.words);
                self.marks.insert(here.clone(), again);
                self.order.push(here.clone());
            }
            stands_for.insert((*id).to_owned(), here.clone());
            roles.extend(words.filter_map(|w| w.split_once(':')).map(|(role, to)| line_of("", role, &here, to)));
        }
        self.lines.extend(roles);
        stands_for
    }
}

fn mark(data: &str, words: &str) -> Option<Mark> {
    let (name, places) = data.split_once(' ')?;
    let place = |place: &str| {
        let (start, end) = place.trim().split_once(' ')?;
        Some((start.parse().ok()?, end.parse().ok()?))
    };
    let places: Option<Vec<_>> = places.split(';').map(place).collect();
    Some(Mark::new(name, places?, words))
}

fn line_of(id: &str, kind: &str, from: &str, to: &str) -> Line {
    let own = str::to_owned;
    Line { id: own(id), kind: own(kind), from: own(from), to: own(to), said: BTreeMap::new() }
}

/// The strings of a JSON object; nothing where it is none.
fn strings(json: &str) -> BTreeMap<String, String> {
    let map: BTreeMap<String, serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
    map.into_iter().filter_map(|(k, v)| Some((k, v.as_str()?.to_owned()))).collect()
}

impl Mark {
    fn new(name: &str, places: Vec<(usize, usize)>, words: &str) -> Self {
        let (said, custom, notes) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { name: name.to_owned(), places, words: words.to_owned(), said, custom, notes }
    }

    /// An attribute, a link to a database or a note.
    fn say(&mut self, id: &str, name: &str, value: &str, tail: &str) {
        match id.chars().next() {
            Some('#') if name == OURS => self.said.extend(strings(tail)),
            Some('#') => {
                let all = self.notes.entry(name.to_owned()).or_default();
                if !all.is_empty() {
                    all.push('\n');
                }
                all.push_str(&note(tail));
            }
            Some('N') => self.add(name, format!("{value} {}", tail.trim()).trim()),
            _ => match (ATTRIBUTES.iter().find(|(ours, _, _)| *ours == name), value) {
                (Some((_, key, _)), "") => drop(self.said.insert((*key).to_owned(), "true".to_owned())),
                (Some((_, key, _)), value) => drop(self.said.insert((*key).to_owned(), value.to_owned())),
                (None, "") => drop(self.custom.insert(name.to_owned(), Value::YesNo(true))),
                (None, value) => self.add(name, value),
            },
        }
    }

    fn add(&mut self, name: &str, value: &str) {
        let value = match self.custom.get(name) {
            Some(before) => format!("{before}; {value}"),
            None => value.to_owned(),
        };
        self.custom.insert(name.to_owned(), Value::Text(value));
    }

    /// What the notes say. One that brat would bend stands in ours as well, and counts where nobody changed the other.
    fn settle(&mut self) {
        for (name, key) in NOTES {
            settle(&mut self.said, key, self.notes.remove(name), note);
        }
        for (name, words) in std::mem::take(&mut self.notes) {
            self.add(&name, &words);
        }
    }
}

/// In which unit a file counts. Brat counts code points; other programs that write its files count as their language
/// does. The words beside each mark tell.
fn unit(text: &Text, ann: &Ann) -> (&'static str, fn(&Text, usize, usize) -> Option<CharSpan>) {
    type To = fn(&Text, usize, usize) -> Option<CharSpan>;
    let kept: To = |text, start, end| {
        let fits = start <= end && end <= text.map().char_len().0;
        fits.then(|| CharSpan::chars(start, end))
    };
    let units: [(&str, To); 4] = [
        ("", |text, start, end| text.chars(start, end)),
        ("code points of the text with single line ends", kept),
        ("UTF-16 units", |text, start, end| text.utf16(start, end)),
        ("bytes", |text, start, end| text.bytes(start, end)),
    ];
    let fitting = |to: To| ann.marks.values().filter(|mark| fits(text, mark, to)).count();
    let mut best = (fitting(units[0].1), units[0]);
    for unit in &units[1..] {
        if best.0 == ann.marks.len() {
            break;
        }
        let n = fitting(unit.1);
        if n > best.0 {
            best = (n, *unit);
        }
    }
    best.1
}

/// Whether a mark’s words are those at its place; white space does not count, as programs bend it.
fn fits(text: &Text, mark: &Mark, to: fn(&Text, usize, usize) -> Option<CharSpan>) -> bool {
    let spans: Option<Vec<_>> = mark.places.iter().map(|(s, e)| to(text, *s, *e)).collect();
    let Some(spans) = spans else { return false };
    let here = spans.iter().flat_map(|s| text.words(*s).chars()).filter(|c| !c.is_whitespace() && !c.is_control());
    here.eq(mark.words.chars().filter(|c| !c.is_whitespace() && !c.is_control()))
}

fn put(
    incoming: &mut Incoming<'_>,
    text: &Text,
    coder: &CoderId,
    mut ann: Ann,
    conf: &Conf,
    pages: &Pages,
    seen: &mut Seen,
) {
    let (unit, to) = unit(text, &ann);
    if !unit.is_empty() {
        incoming.tell(format!("the places of a file count {unit}, as its words show"));
    }
    let mut ids: BTreeMap<String, AnnotationId> = BTreeMap::new();
    for number in &ann.order {
        let Some(mark) = ann.marks.get_mut(number) else { continue };
        if !mark.words.trim().is_empty() && !fits(text, mark, to) {
            incoming.tell("words beside a mark are not those at its place in the text; the place counts");
        }
        let spans: Option<Vec<_>> = mark.places.iter().map(|(s, e)| to(text, *s, *e)).collect();
        mark.settle();
        let coder_said = mark.said.remove("coder");
        // A file that was copied for somebody else holds other marks with the same ids.
        let same = coder_said.is_none_or(|said| said == coder.as_str());
        let id = mark.said.remove("id").filter(|_| same).and_then(|id| seen.fresh(id));
        let (tag, called) = tag(incoming, conf, pages, &mark.name);
        let Some(mut new) = incoming.annotation(text, id.as_deref(), tag, spans.unwrap_or_default()) else { continue };
        new.attributes.custom.extend(called.map(|called| ("label".to_owned(), Value::Text(called))));
        details::put(&mut new, mark.said.iter().map(|(k, v)| (k.as_str(), v.as_str())));
        new.attributes.custom.append(&mut mark.custom);
        ids.insert(number.clone(), incoming.put(text, coder, new));
    }
    for line in ann.lines {
        let (Some(from), Some(to)) = (ids.get(&line.from), ids.get(&line.to)) else {
            incoming.tell("relations to what is not there were left out");
            continue;
        };
        let said = |key: &str| line.said.get(key).cloned();
        let kind = match said("kind").filter(|_| said("as").as_deref() == Some(line.kind.as_str())) {
            Some(exact) => exact,
            None => conf.label(&line.kind).to_owned(),
        };
        let id = said("id").and_then(|id| id.parse().ok()).map(RelationId);
        let id = id.filter(|id| seen.fresh(id.to_string()).is_some());
        let id = id.unwrap_or_else(|| RelationId(derived_id(&[&kind, &from.to_string(), &to.to_string()]).0));
        incoming.relate(text, coder, Relation { id, kind, from: *from, to: RelationEnd::Annotation(*to) });
    }
}
