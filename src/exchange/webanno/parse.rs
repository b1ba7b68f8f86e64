//! What stands in a file of WebAnno TSV: its text, its annotations and the lines between them. Knows nothing of what
//! they mean here.

use std::collections::BTreeMap;

use crate::exchange::Problem;
use crate::text::{CharSpan, OffsetMap, Utf16Offset};

/// How much white space is put where a file says that there is some, in UTF-16 units.
const WIDEST: usize = 1 << 20;

/// What is said of a mark or a line, by the names of features.
type Features = BTreeMap<String, String>;

/// A file’s content.
#[derive(Debug, Default)]
pub struct File {
    pub text: String,
    pub marks: Vec<Mark>,
    pub lines: Vec<Line>,
    /// How many tokens differ from the text at their places.
    pub odd: usize,
    /// How many lines or slots lead to what is not there.
    pub loose: usize,
}

/// An annotation.
#[derive(Debug)]
pub struct Mark {
    /// The layer’s full name.
    pub layer: String,
    /// In UTF-16 units.
    pub start: usize,
    pub end: usize,
    pub features: Features,
}

/// A line between two annotations, which are given by their places in the list.
#[derive(Debug)]
pub struct Line {
    pub layer: String,
    pub from: usize,
    pub to: usize,
    pub features: Features,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    Value,
    Role,
    Slot,
    Source,
    ChainType,
    ChainLink,
}

struct Column {
    kind: Kind,
    name: String,
    at: usize,
}

struct Layer {
    kind: char,
    name: String,
    columns: Vec<Column>,
    /// For lines: the layer that they join.
    base: String,
}

/// What is known by an address before all marks are known.
struct Loose {
    layer: String,
    /// The layer of what is meant; empty where it may be any.
    base: String,
    from: Address,
    to: Address,
    features: Features,
}

#[derive(Clone)]
enum Address {
    Mark(usize),
    /// A line of the file and a number there, 0 where there is none.
    Place(String, usize),
}

/// What stands on a line of the file: the layer’s number with the place in the stack, and the mark.
type Stacks = BTreeMap<(usize, usize), usize>;

#[derive(Default)]
struct Reader {
    out: File,
    /// How long the text is, in UTF-16 units.
    units: usize,
    /// Where the sentence that is being read begins, and its text.
    sentence: Option<(usize, OffsetMap)>,
    layers: Vec<Layer>,
    width: usize,
    /// Marks by the numbers of their layers and their own.
    by_number: BTreeMap<(usize, usize), usize>,
    by_line: BTreeMap<String, Stacks>,
    chains: BTreeMap<(usize, usize, usize), usize>,
    loose: Vec<Loose>,
}

/// Reads a file.
///
/// # Errors
/// Where it is not of this format, or damaged: names the line.
pub fn parse(name: &str, content: &str) -> Result<File, Problem> {
    let mut reader = Reader::default();
    let mut lines = content.split('\n').map(|l| l.strip_suffix('\r').unwrap_or(l)).enumerate().peekable();
    let format = lines.next().map_or("", |(_, line)| line.trim_end());
    let version = format.strip_prefix("#FORMAT=WebAnno TSV ").unwrap_or_default();
    if version != "3" && !version.starts_with("3.") {
        return Err(Problem::at(
            name,
            1,
            "this is not WebAnno TSV 3; the older kinds have no places and are not read: export it anew as 3.3",
        ));
    }
    while let Some((n, line)) = lines.next_if(|(_, line)| !line.trim().is_empty() && !line.starts_with("#Text=")) {
        reader.header(line).ok_or_else(|| Problem::at(name, n + 1, "this layer was not understood"))?;
    }
    let mut pending: Vec<String> = Vec::new();
    for (n, line) in lines {
        let wrong = |what: &str| Problem::at(name, n + 1, what);
        if let Some(text) = line.strip_prefix("#Text=") {
            pending.push(unescaped(text));
        } else if !line.is_empty() && !line.starts_with('#') {
            let fields: Vec<&str> = line.split('\t').collect();
            let [id, place, words, cells @ ..] = fields.as_slice() else {
                return Err(wrong("a token has at least a number, a place and its words, with tabs between"));
            };
            let place = place.split_once('-').and_then(|(s, e)| Some((s.parse().ok()?, e.parse().ok()?)));
            let (start, end): (usize, usize) =
                place.filter(|(s, e)| s <= e).ok_or_else(|| wrong("the place of this token is not two numbers"))?;
            if cells.len() < reader.width {
                return Err(wrong("there are fewer columns here than the layers at the head of the file ask for"));
            }
            if !pending.is_empty() {
                reader.sentence(&std::mem::take(&mut pending).join("\n"), start, words).map_err(wrong)?;
            }
            if end > reader.units {
                return Err(wrong("this token lies beyond its sentence"));
            }
            reader.out.odd += usize::from(!reader.fits(start, end, words));
            reader
                .token(id, (start, end), cells)
                .ok_or_else(|| wrong("what stands on this token was not understood"))?;
        }
    }
    reader.out.text.pop();
    reader.settle();
    Ok(reader.out)
}

impl Reader {
    /// `#T_SP=layer|feature|…`
    fn header(&mut self, line: &str) -> Option<()> {
        let (kind, rest) = line.strip_prefix("#T_")?.split_once('=')?;
        let kind = match kind {
            "SP" => 'S',
            "RL" => 'R',
            "CH" => 'C',
            _ => return None,
        };
        let mut fields = rest.split('|');
        let mut layer = Layer { kind, name: fields.next()?.to_owned(), columns: Vec::new(), base: String::new() };
        for field in fields.filter(|f| !f.is_empty()) {
            let is_slot = layer.columns.last().is_some_and(|c| c.kind == Kind::Role);
            let (kind, name) = match (kind, field) {
                ('S', f) if f.starts_with("ROLE_") => {
                    (Kind::Role, f.split_once(':').map_or(f, |(_, f)| f).split('_').next().unwrap_or(f))
                }
                ('S', f) if is_slot && f.contains('.') => (Kind::Slot, f),
                ('R', f) if f.starts_with("BT_") => {
                    layer.base = f[3..].to_owned();
                    (Kind::Source, f)
                }
                ('C', "referenceType") => (Kind::ChainType, field),
                ('C', "referenceRelation") => (Kind::ChainLink, field),
                (_, f) => (Kind::Value, f),
            };
            layer.columns.push(Column { kind, name: name.to_owned(), at: self.width });
            self.width += 1;
        }
        if layer.columns.is_empty() {
            layer.columns.push(Column { kind: Kind::Nothing, name: String::new(), at: self.width });
            self.width += 1;
        }
        // Which link of a chain a mark is, is to be known before what it is called.
        layer.columns.sort_by_key(|c| c.kind != Kind::ChainLink);
        self.layers.push(layer);
        Some(())
    }

    /// Adds a sentence to the text, of which the first token begins at `start`.
    fn sentence(&mut self, text: &str, start: usize, token: &str) -> Result<(), &'static str> {
        // Some programs leave the white space before the first token in the sentence.
        let lead = if token.starts_with(char::is_whitespace) { 0 } else { text.len() - text.trim_start().len() };
        let begin = start.checked_sub(units(&text[..lead])).ok_or("this sentence begins before the text does")?;
        if self.units == begin + 1 && self.out.text.ends_with('\n') {
            self.out.text.pop();
            self.units -= 1;
        }
        let gap = begin.checked_sub(self.units).ok_or("this sentence begins before the one before it ends")?;
        if gap > WIDEST {
            return Err("this sentence lies too far behind the one before it");
        }
        self.out.text.extend(std::iter::repeat_n(' ', gap));
        self.out.text.push_str(text);
        self.out.text.push('\n');
        self.units += gap + units(text) + 1;
        self.sentence = Some((begin, OffsetMap::new(text)));
        Ok(())
    }

    /// Whether a token is what stands at its place.
    fn fits(&self, start: usize, end: usize, words: &str) -> bool {
        let Some((begin, sentence)) = &self.sentence else { return false };
        let at = |n: usize| sentence.utf16_to_char(Utf16Offset(n.checked_sub(*begin)?));
        let there = at(start).zip(at(end)).and_then(|(start, end)| sentence.slice(CharSpan { start, end }));
        start == end || there.is_some_and(|there| there == words || there == unescaped(words))
    }

    /// Everything on a line.
    fn token(&mut self, id: &str, place: (usize, usize), cells: &[&str]) -> Option<()> {
        let layers = std::mem::take(&mut self.layers);
        let mut stacks = Stacks::new();
        let mut done = Some(());
        for (n, layer) in layers.iter().enumerate() {
            let on = match layer.kind {
                'R' => self.lines(id, layer, cells),
                'C' => self.chain(n, layer, place, cells, &mut stacks),
                _ => self.span(n, layer, place, cells, &mut stacks),
            };
            done = done.and(on);
        }
        self.layers = layers;
        self.by_line.insert(id.to_owned(), stacks);
        done
    }

    fn mark(&mut self, layer: &Layer, (start, end): (usize, usize)) -> usize {
        self.out.marks.push(Mark { layer: layer.name.clone(), start, end, features: BTreeMap::new() });
        self.out.marks.len() - 1
    }

    fn span(
        &mut self,
        n: usize,
        layer: &Layer,
        place: (usize, usize),
        cells: &[&str],
        stacks: &mut Stacks,
    ) -> Option<()> {
        let mut roles: BTreeMap<usize, (&str, Vec<String>)> = BTreeMap::new();
        for column in &layer.columns {
            let cell = cells.get(column.at)?;
            if *cell == "_" || cell.is_empty() {
                continue;
            }
            for (depth, value) in split(cell, '|').into_iter().enumerate() {
                // In a slot the numbers are those of what is meant.
                let (value, number) = if column.kind == Kind::Slot { (value, 0) } else { numbered(value) };
                let known = stacks.get(&(n, depth)).copied().or_else(|| {
                    let mark = *self.by_number.get(&(n, number)).filter(|_| number > 0)?;
                    self.out.marks[mark].end = self.out.marks[mark].end.max(place.1);
                    Some(mark)
                });
                let mark = known.unwrap_or_else(|| self.mark(layer, place));
                stacks.insert((n, depth), mark);
                if number > 0 {
                    self.by_number.entry((n, number)).or_insert(mark);
                }
                match column.kind {
                    Kind::Role => drop(roles.insert(
                        depth,
                        (&column.name, split(value, ';').into_iter().map(|v| plain(v).unwrap_or_default()).collect()),
                    )),
                    Kind::Slot => self.slots(mark, layer, roles.get(&depth), value, &column.name),
                    _ => self.out.marks[mark].features.extend(plain(value).map(|v| (column.name.clone(), v))),
                }
            }
        }
        Some(())
    }

    /// `1-2;1-3[2]`: what is in the slots of a mark.
    fn slots(&mut self, mark: usize, layer: &Layer, roles: Option<&(&str, Vec<String>)>, value: &str, base: &str) {
        let base = if base.starts_with("uima.") { "" } else { base };
        for (n, target) in split(value, ';').into_iter().enumerate().filter(|(_, t)| *t != "*" && *t != "_") {
            let (place, number) = numbered(target);
            let role = roles.and_then(|(_, roles)| roles.get(n).cloned()).filter(|r| !r.is_empty());
            let role = role.or(roles.map(|(name, _)| (*name).to_owned())).unwrap_or_default();
            self.loose.push(Loose {
                layer: layer.name.clone(),
                base: base.to_owned(),
                from: Address::Mark(mark),
                to: Address::Place(place.to_owned(), number),
                features: BTreeMap::from([("role".to_owned(), role)]),
            });
        }
    }

    /// The lines that lead to a token: their features, and whence they come.
    fn lines(&mut self, id: &str, layer: &Layer, cells: &[&str]) -> Option<()> {
        let mut all: Vec<(Features, Option<(Address, usize)>)> = Vec::new();
        for column in &layer.columns {
            let cell = cells.get(column.at)?;
            if *cell == "_" || cell.is_empty() {
                continue;
            }
            for (depth, value) in split(cell, '|').into_iter().enumerate() {
                if all.len() <= depth {
                    all.resize_with(depth + 1, Default::default);
                }
                if column.kind == Kind::Source {
                    let (place, numbers) = match value.rsplit_once('[') {
                        Some((place, numbers)) => (place, numbers.trim_end_matches(']')),
                        None => (value, "0_0"),
                    };
                    let (from, to) = numbers.split_once('_').unwrap_or((numbers, "0"));
                    let from = Address::Place(place.to_owned(), from.parse().ok()?);
                    all[depth].1 = Some((from, to.parse().ok()?));
                } else {
                    all[depth].0.extend(plain(numbered(value).0).map(|v| (column.name.clone(), v)));
                }
            }
        }
        for (features, ends) in all {
            // Features alone are those of a line that an older program cut off.
            let Some((from, to)) = ends else {
                self.out.loose += 1;
                continue;
            };
            let to = Address::Place(id.to_owned(), to);
            self.loose.push(Loose { layer: layer.name.clone(), base: layer.base.clone(), from, to, features });
        }
        Some(())
    }

    /// `CORE->1-2`: the second link of the first chain.
    fn chain(
        &mut self,
        n: usize,
        layer: &Layer,
        place: (usize, usize),
        cells: &[&str],
        stacks: &mut Stacks,
    ) -> Option<()> {
        for column in &layer.columns {
            let cell = cells.get(column.at)?;
            if *cell == "_" || cell.is_empty() {
                continue;
            }
            for (depth, value) in split(cell, '|').into_iter().enumerate() {
                if column.kind == Kind::ChainLink {
                    let (value, link) = value.rsplit_once("->")?;
                    let (chain, link) = link.split_once('-')?;
                    let key = (n, chain.parse().ok()?, link.parse().ok()?);
                    let mark = match self.chains.get(&key) {
                        Some(mark) => *mark,
                        None => self.mark(layer, place),
                    };
                    self.out.marks[mark].end = self.out.marks[mark].end.max(place.1);
                    self.chains.insert(key, mark);
                    stacks.insert((n, depth), mark);
                    self.out.marks[mark].features.extend(plain(value).map(|v| (column.name.clone(), v)));
                } else if let Some(mark) = stacks.get(&(n, depth)) {
                    let value = plain(numbered(value).0);
                    self.out.marks[*mark].features.extend(value.map(|v| (column.name.clone(), v)));
                }
            }
        }
        Some(())
    }

    /// Gives lines their ends, now that all marks are known.
    fn settle(&mut self) {
        for loose in std::mem::take(&mut self.loose) {
            let ends = (self.find(&loose.from, &loose.base), self.find(&loose.to, &loose.base));
            let (Some(from), Some(to)) = ends else {
                self.out.loose += 1;
                continue;
            };
            self.out.lines.push(Line { layer: loose.layer, from, to, features: loose.features });
        }
        let mut last: Option<((usize, usize), usize)> = None;
        for ((layer, chain, _), mark) in std::mem::take(&mut self.chains) {
            if let Some((before, from)) = last
                && before == (layer, chain)
            {
                let relation = self.out.marks[from].features.remove("referenceRelation");
                let features = relation.map(|r| ("referenceRelation".to_owned(), r)).into_iter().collect();
                let layer = self.layers.get(layer).map_or_else(String::new, |l| l.name.clone());
                self.out.lines.push(Line { layer, from, to: mark, features });
            }
            last = Some(((layer, chain), mark));
        }
    }

    fn find(&self, address: &Address, base: &str) -> Option<usize> {
        let (place, number) = match address {
            Address::Mark(mark) => return Some(*mark),
            Address::Place(place, number) => (place, *number),
        };
        let is_meant = |layer: usize| base.is_empty() || self.layers.get(layer).is_some_and(|l| l.name == base);
        if number > 0 {
            let mut layers = (0..self.layers.len()).filter(|n| is_meant(*n));
            return layers.find_map(|n| self.by_number.get(&(n, number)).copied());
        }
        self.by_line.get(place)?.iter().find(|((layer, _), _)| is_meant(*layer)).map(|(_, mark)| *mark)
    }
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The parts of a cell between marks that are not escaped.
fn split(cell: &str, at: char) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (n, c) in cell.char_indices() {
        if c == at && !escaped {
            out.push(&cell[start..n]);
            start = n + c.len_utf8();
        }
        escaped = c == '\\' && !escaped;
    }
    out.push(&cell[start..]);
    out
}

/// A value and the number in brackets behind it; 0 where there is none.
fn numbered(value: &str) -> (&str, usize) {
    let number = || {
        let (before, number) = value.strip_suffix(']')?.rsplit_once('[')?;
        // An escaped bracket is part of the value; an escaped backslash before it is not.
        let slashes = before.bytes().rev().take_while(|b| *b == b'\\').count();
        Some((before, number.parse().ok().filter(|_| slashes % 2 == 0)?))
    };
    number().unwrap_or((value, 0))
}

/// What a value says; `None` where it says that there is none.
fn plain(value: &str) -> Option<String> {
    (value != "*" && value != "_" && !value.is_empty()).then(|| unescaped(value))
}

fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (c, false) => out.push(c),
            _ => match chars.next() {
                Some('t') => out.push('\t'),
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('f') => out.push('\u{c}'),
                Some('b') => out.push('\u{8}'),
                Some(c) => out.push(c),
                None => out.push('\\'),
            },
        }
    }
    out
}
