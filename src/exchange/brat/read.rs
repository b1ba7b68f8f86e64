//! Reading brat’s files: ours, and those of other people.

use std::collections::{BTreeMap, BTreeSet};

use super::ann::{Ann, Mark};
use super::conf::{self, Conf};
use crate::exchange::beside::{Beside, Pages};
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

/// From numbers of a file to a place.
type To = fn(&Text, usize, usize) -> Option<CharSpan>;

/// In which unit a file counts. Brat counts code points; other programs that write its files count as their language
/// does. The words beside each mark tell.
fn unit(text: &Text, ann: &Ann) -> (&'static str, To) {
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
fn fits(text: &Text, mark: &Mark, to: To) -> bool {
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
