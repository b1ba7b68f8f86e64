//! What stands in an `.ann` file: marks, events as marks, lines between them, and what is said of each. Knows nothing of
//! what the types mean here.

use std::collections::{BTreeMap, BTreeSet};

use super::{ATTRIBUTES, NOTES, OURS, note};
use crate::exchange::beside::settle;
use crate::exchange::{Incoming, Problem};
use crate::model::Value;

/// A mark on the text.
pub struct Mark {
    pub name: String,
    pub places: Vec<(usize, usize)>,
    pub words: String,
    pub said: BTreeMap<String, String>,
    pub custom: BTreeMap<String, Value>,
    /// By types.
    pub notes: BTreeMap<String, String>,
}

/// A line between two marks, by their numbers.
pub struct Line {
    pub id: String,
    pub kind: String,
    pub from: String,
    pub to: String,
    pub said: BTreeMap<String, String>,
}

/// A file of annotations.
#[derive(Default)]
pub struct Ann {
    pub marks: BTreeMap<String, Mark>,
    /// The marks in the order of the file.
    pub order: Vec<String>,
    pub lines: Vec<Line>,
}

impl Ann {
    /// Reads a file; what is not understood is told.
    ///
    /// # Errors
    /// Where a mark has no place, or is there twice: names the line.
    pub fn parse(file: &str, content: &str, incoming: &mut Incoming<'_>) -> Result<Self, Problem> {
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
                Some('R') => match relation(id, data) {
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

fn relation(id: &str, data: &str) -> Option<Line> {
    let mut words = data.split_whitespace();
    let kind = words.next()?;
    let mut end = || words.next()?.split_once(':').map(|(_, end)| end);
    Some(line_of(id, kind, end()?, end()?))
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
    pub fn settle(&mut self) {
        for (name, key) in NOTES {
            settle(&mut self.said, key, self.notes.remove(name), note);
        }
        for (name, words) in std::mem::take(&mut self.notes) {
            self.add(&name, &words);
        }
    }
}
