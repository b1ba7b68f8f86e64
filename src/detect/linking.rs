//! Which names in one article name the same thing, and whom a description stands for.

use std::collections::HashMap;
use std::ops::Range;

use super::LocalEntity;
use super::gazetteer::{Gazetteer, Gender};
use super::names::Name;
use super::scan::{Scan, Shape};
use crate::model::EntityKind;

/// Names with their entities.
pub(super) struct Linked {
    /// Parallel to the names.
    pub entities: Vec<Option<LocalEntity>>,
    genders: HashMap<LocalEntity, Gender>,
    roles: Vec<RoleUse>,
}

/// Somebody is said to be something: "film director Ana Ruiz".
struct RoleUse {
    entity: LocalEntity,
    /// The role noun and its group in the list of roles.
    noun: String,
    group: usize,
    former: bool,
    /// Words before the noun.
    modifiers: Vec<String>,
}

/// Gives every name its entity, numbered in the order in which they first appear.
pub(super) fn link(scan: &Scan<'_>, names: &[Name], clusters: &mut Clusters) -> Linked {
    let people = People::of(scan, names);
    let acronyms = bracketed(scan, names);
    let mut keys: Vec<String> = Vec::with_capacity(names.len());
    for (i, name) in names.iter().enumerate() {
        keys.push(match name.kind {
            EntityKind::Person => format!("P {}", people.key(scan, name)),
            EntityKind::Org => format!("O {}", acronyms.get(&i).cloned().unwrap_or_else(|| org_key(scan, name))),
            EntityKind::Group => format!("G {}", singular(&scan.key(&name.tokens))),
            EntityKind::Place => format!("L {}", place_key(&scan.key(&name.tokens))),
            kind => format!("{kind} {}", scan.key(&name.tokens)),
        });
    }
    // "Northern Fell Society" ... "NFS"; "Harbour Party" ... "Harbour".
    let mut aliases: HashMap<String, String> = HashMap::new();
    for (i, name) in names.iter().enumerate() {
        if name.kind != EntityKind::Org || name.tokens.len() < 2 {
            continue;
        }
        let key = &keys[i];
        if let Some(short) = key.strip_suffix(" party") {
            aliases.entry(short.to_owned()).or_insert_with(|| key.clone());
        }
        let initials = initials(scan, &name.tokens);
        if initials.len() >= 2 {
            aliases.entry(format!("O {}", initials.to_lowercase())).or_insert_with(|| key.clone());
        }
    }
    for (i, full) in &acronyms {
        aliases.insert(format!("O {}", scan.key(&names[*i].tokens)), format!("O {full}"));
    }
    let entities: Vec<_> = keys.iter().map(|key| Some(clusters.number(aliases.get(key).unwrap_or(key)))).collect();
    let roles = roles(scan, names, &entities);
    let genders = genders(scan, names, &entities);
    Linked { entities, genders, roles }
}

/// The entities found so far, by key. Kept from one stretch of a long text to the next.
#[derive(Default)]
pub(super) struct Clusters {
    numbers: HashMap<String, LocalEntity>,
}

impl Clusters {
    fn number(&mut self, key: &str) -> LocalEntity {
        let next = LocalEntity(self.numbers.len());
        *self.numbers.entry(key.to_owned()).or_insert(next)
    }
}

/// The people of a text by their full names.
struct People {
    by_surname: HashMap<String, Vec<String>>,
    by_given: HashMap<String, Vec<String>>,
    by_initials: HashMap<String, Vec<String>>,
}

impl People {
    fn of(scan: &Scan<'_>, names: &[Name]) -> Self {
        let mut people = Self { by_surname: HashMap::new(), by_given: HashMap::new(), by_initials: HashMap::new() };
        for name in names.iter().filter(|n| n.kind == EntityKind::Person) {
            let words = person_words(scan, name);
            if let [given, .., surname] = words.as_slice() {
                let key = format!("{given} {surname}");
                let initials = initials(scan, &name.tokens).to_lowercase();
                for (map, word) in [
                    (&mut people.by_surname, surname),
                    (&mut people.by_given, given),
                    (&mut people.by_initials, &initials),
                ] {
                    let list = map.entry(word.clone()).or_default();
                    if !list.contains(&key) && list.len() < 32 {
                        list.push(key.clone());
                    }
                }
            }
        }
        people
    }

    /// The full name that a mention stands for, as far as that is plain.
    fn key(&self, scan: &Scan<'_>, name: &Name) -> String {
        let words = person_words(scan, name);
        match words.as_slice() {
            [given, .., surname] => format!("{given} {surname}"),
            [word] => {
                let only = |list: Option<&Vec<String>>| list.filter(|l| l.len() == 1).map(|l| l[0].clone());
                only(self.by_surname.get(word))
                    .or_else(|| if self.by_surname.contains_key(word) { None } else { only(self.by_given.get(word)) })
                    .or_else(|| if word.len() <= 3 { only(self.by_initials.get(word)) } else { None })
                    .unwrap_or_else(|| word.clone())
            }
            [] => scan.key(&name.tokens),
        }
    }
}

/// A person's names in lower case, without honours, posts and suffixes.
fn person_words(scan: &Scan<'_>, name: &Name) -> Vec<String> {
    let lists = Gazetteer::get();
    name.tokens
        .clone()
        .map(|i| scan.low(i).trim_end_matches('.'))
        .filter(|w| {
            !lists.is_honour(w)
                && !matches!(*w, "jr" | "sr" | "ii" | "iii" | "'s")
                && w.chars().any(char::is_alphanumeric)
        })
        .map(str::to_owned)
        .collect()
}

fn org_key(scan: &Scan<'_>, name: &Name) -> String {
    let key = scan.key(&name.tokens);
    match key.as_str() {
        "tories" | "conservatives" => "conservative party".to_owned(),
        "u.n" => "un".to_owned(),
        _ => key,
    }
}

fn singular(key: &str) -> String {
    match key {
        "tories" => "tory".to_owned(),
        k => k.strip_suffix('s').filter(|k| k.len() > 3).unwrap_or(k).to_owned(),
    }
}

fn place_key(key: &str) -> String {
    match key {
        "us" | "u.s" | "usa" | "u.s.a" | "america" | "united states" | "united states of america" => "united states",
        "uk" | "u.k" | "britain" | "great britain" | "united kingdom" => "united kingdom",
        key => key,
    }
    .to_owned()
}

/// The first letters of a name's capitalised words.
fn initials(scan: &Scan<'_>, tokens: &Range<usize>) -> String {
    tokens
        .clone()
        .filter(|i| {
            matches!(scan.shape(*i), Shape::Capital | Shape::Upper)
                && !matches!(scan.low(*i), "the" | "of" | "and" | "for")
        })
        .flat_map(|i| scan.raw(i).split('-').filter_map(|p| p.chars().next()))
        .collect::<String>()
        .to_uppercase()
}

/// Whether `short` is made of the first letters of a name, small words counted or not.
pub(super) fn is_acronym(scan: &Scan<'_>, tokens: &Range<usize>, short: &str) -> bool {
    let short: String = short.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase();
    let all: String = tokens.clone().filter_map(|i| scan.raw(i).chars().next()).collect::<String>().to_uppercase();
    short.chars().count() >= 2 && (initials(scan, tokens) == short || all == short)
}

/// Acronyms in brackets right after the name they stand for: the name's key by the acronym's number.
fn bracketed(scan: &Scan<'_>, names: &[Name]) -> HashMap<usize, String> {
    let mut out = HashMap::new();
    for (i, pair) in names.windows(2).enumerate() {
        let [full, short] = pair else { continue };
        let adjacent = short.tokens.start == full.tokens.end + 1
            && scan.low(full.tokens.end) == "("
            && scan.low(short.tokens.end) == ")"
            && short.tokens.len() == 1
            && scan.shape(short.tokens.start) == Shape::Upper;
        let same_start = scan.raw(full.tokens.start).chars().next() == scan.raw(short.tokens.start).chars().next();
        if adjacent
            && full.kind == EntityKind::Org
            && (same_start || is_acronym(scan, &full.tokens, scan.raw(short.tokens.start)))
        {
            out.insert(i + 1, org_key(scan, full));
        }
    }
    out
}

/// Which people are women and which men, as far as titles, roles and given names tell; a title tells more.
fn genders(scan: &Scan<'_>, names: &[Name], entities: &[Option<LocalEntity>]) -> HashMap<LocalEntity, Gender> {
    let lists = Gazetteer::get();
    let mut out = HashMap::new();
    let (mut sure, mut single) = (HashMap::new(), HashMap::new());
    for (name, entity) in names.iter().zip(entities) {
        let (EntityKind::Person, Some(entity)) = (name.kind, *entity) else { continue };
        let words = name.role.iter().cloned().flatten().chain(name.tokens.clone().take(1));
        let title = words.filter(|i| !lists.is_given(scan.low(*i))).find_map(|i| lists.gender(scan.low(i)));
        if let Some(gender) = title {
            sure.entry(entity).or_insert(gender);
        }
        let first = name.tokens.clone().find(|i| !lists.is_honour(scan.low(*i)) && scan.shape(*i) != Shape::Initial);
        if let Some(gender) = first.and_then(|i| lists.gender(scan.low(i))) {
            // A name of one word may be a surname.
            let into = if name.tokens.len() > 1 { &mut out } else { &mut single };
            into.entry(entity).or_insert(gender);
        }
    }
    single.extend(out);
    single.extend(sure);
    single
}

const FORMER: &[&str] =
    &["former", "ex", "late", "ousted", "suspended", "onetime", "one-time", "then", "previous", "erstwhile"];

/// Who is said to be what: before the name ("film director Ana Ruiz") or after it ("Ana Ruiz, chair of the board,").
fn roles(scan: &Scan<'_>, names: &[Name], entities: &[Option<LocalEntity>]) -> Vec<RoleUse> {
    let lists = Gazetteer::get();
    let mut out = Vec::new();
    for (name, entity) in names.iter().zip(entities) {
        let (EntityKind::Person, Some(entity)) = (name.kind, *entity) else { continue };
        let after = || {
            let comma = scan.low(name.tokens.end) == ",";
            let end = scan.tokens.get(name.tokens.end).map_or(0, |t| scan.sentences[t.sentence].end);
            (name.tokens.end + 1..end.min(name.tokens.end + 9))
                .take_while(|i| {
                    comma
                        && (scan.tokens[*i].is_word())
                        && !matches!(scan.low(*i), "of" | "who" | "and" | "for" | "said")
                })
                .filter(|i| lists.roles.contains_key(scan.low(*i)))
                .last()
                .map(|head| name.tokens.end + 1..head + 1)
        };
        // "The chair of the Harbour Party, Maren Oyelaran,"
        let before = || {
            let comma = name.tokens.start.checked_sub(1).filter(|i| scan.low(*i) == ",")?;
            let floor = scan.sentences[scan.tokens[comma].sentence].start.max(comma.saturating_sub(9));
            let mut first = comma;
            while first > floor && (scan.tokens[first - 1].is_word() || scan.shape(first - 1) == Shape::Clitic) {
                first -= 1;
            }
            let head = (first..comma).find(|i| {
                lists.roles.contains_key(scan.low(*i))
                    && (*i + 1 == comma || matches!(scan.low(*i + 1), "of" | "for" | "at" | "in"))
            })?;
            Some(first..head + 1)
        };
        let Some(range) = name.role.clone().or_else(before).or_else(after) else { continue };
        for head in range.clone() {
            let Some(group) = lists.role(scan.low(head)) else { continue };
            let first = range.start.saturating_sub(5);
            let former = (first..head)
                .rev()
                .take_while(|i| scan.tokens[*i].is_word())
                .any(|i| FORMER.contains(&scan.low(i)) || scan.low(i).starts_with("ex-"));
            out.push(RoleUse {
                entity,
                noun: scan.low(head).to_owned(),
                group,
                former,
                modifiers: (range.start..head).map(|i| scan.low(i).to_owned()).collect(),
            });
        }
    }
    out
}

impl Linked {
    /// Whether a person may be meant by "she" or by "he"; who is not known may be either.
    pub fn fits(&self, entity: LocalEntity, gender: Option<Gender>) -> bool {
        match (self.genders.get(&entity), gender) {
            (Some(known), Some(gender)) => *known == gender,
            _ => true,
        }
    }

    /// The one person whom a description such as "the 85-year-old director" stands for.
    pub fn described(&self, scan: &Scan<'_>, tokens: &Range<usize>) -> Option<LocalEntity> {
        if tokens.is_empty()
            || !matches!(scan.low(tokens.start), "the" | "this" | "that" | "his" | "her" | "their" | "its")
        {
            return None;
        }
        let lists = Gazetteer::get();
        // The head stands before "of": "the leader of the opposition".
        let end = tokens.clone().find(|i| matches!(scan.low(*i), "of" | "for" | "at" | "from")).unwrap_or(tokens.end);
        let head = end.checked_sub(1)?;
        let noun = scan.low(head);
        let group = *lists.roles.get(noun)?;
        let former = tokens.clone().any(|i| FORMER.contains(&scan.low(i)));
        let fitting = |test: &dyn Fn(&RoleUse) -> bool| -> Option<LocalEntity> {
            let mut one = None;
            for role in self.roles.iter().filter(|r| r.group == group && test(r)) {
                match one {
                    Some(e) if e != role.entity => return None,
                    _ => one = Some(role.entity),
                }
            }
            one
        };
        let said: Vec<&str> = (tokens.start + 1..head).map(|i| scan.low(i)).collect();
        fitting(&|r| r.former == former && r.noun == noun && r.modifiers.iter().any(|m| said.contains(&m.as_str())))
            .or_else(|| fitting(&|r| r.former == former && r.noun == noun))
            .or_else(|| fitting(&|r| r.former == former))
            .or_else(|| fitting(&|r| r.noun == noun))
    }
}
