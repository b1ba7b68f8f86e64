//! Names of people, organisations, places, groups and events, by the company they keep.

use std::collections::HashSet;
use std::ops::Range;

use super::gazetteer::Gazetteer;
use super::runs::{is_name_token, run_end};
use super::scan::{Scan, Shape, Token};
use crate::model::EntityKind;

/// A name as a range of tokens.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Name {
    pub tokens: Range<usize>,
    pub kind: EntityKind,
    pub score: f32,
    pub why: &'static str,
    /// The words before the name that say what the person is: "film director".
    pub role: Option<Range<usize>>,
}

/// All names in order, without overlap. `blocked` tokens (dates, amounts, titles) are left alone.
pub(super) fn names(scan: &Scan<'_>, blocked: &[bool]) -> Vec<Name> {
    let mut finder = Finder {
        scan,
        lists: Gazetteer::get(),
        blocked,
        lower: (0..scan.tokens.len()).filter(|i| scan.shape(*i) == Shape::Lower).map(|i| scan.low(i)).collect(),
        found: Vec::new(),
        weak: Vec::new(),
    };
    let mut headlines = Vec::new();
    for (number, sentence) in scan.sentences.iter().enumerate() {
        if finder.title_case(sentence) {
            headlines.push(number);
        } else {
            finder.sentence(sentence.clone());
        }
    }
    finder.settle_weak();
    finder.headlines(&headlines);
    let mut found = finder.found;
    found.sort_by_key(|n| n.tokens.start);
    found.dedup_by(|b, a| b.tokens.start < a.tokens.end);
    found
}

pub(super) struct Finder<'s, 't> {
    pub(super) scan: &'s Scan<'t>,
    pub(super) lists: &'static Gazetteer,
    pub(super) blocked: &'s [bool],
    /// Words that the text also writes small.
    pub(super) lower: HashSet<&'s str>,
    pub(super) found: Vec<Name>,
    pub(super) weak: Vec<Weak>,
}

/// A capitalised run that nothing speaks for yet.
pub(super) struct Weak {
    pub(super) tokens: Range<usize>,
    pub(super) guess: Option<(EntityKind, f32, &'static str)>,
    pub(super) opens: bool,
}

/// Letters after a name.
const POSTS: &[&str] =
    &["mp", "msp", "mep", "qc", "kc", "phd", "mbe", "obe", "cbe", "jr", "sr", "md", "esq", "td", "mla", "mk"];
/// What bodies are called together.
const BODIES: &[&str] = &[
    "groups",
    "organisations",
    "organizations",
    "unions",
    "parties",
    "factions",
    "clubs",
    "charities",
    "companies",
    "firms",
    "bodies",
    "associations",
    "societies",
    "newspapers",
    "outlets",
    "banks",
    "brands",
    "businesses",
    "networks",
    "movements",
    "campaigns",
    "agencies",
    "think-tanks",
    "sects",
    "bands",
    "retailers",
    "airlines",
    "lenders",
    "publishers",
];
const NEWSPAPERS: &[&str] = &[
    "gazette",
    "courier",
    "ledger",
    "herald",
    "chronicle",
    "tribune",
    "echo",
    "argus",
    "examiner",
    "inquirer",
    "enquirer",
    "globe",
    "bugle",
    "clarion",
    "advertiser",
    "mercury",
    "record",
    "standard",
    "dispatch",
    "sentinel",
    "bulletin",
];
/// Everyday adjectives that open the names of bodies and things sooner than people's.
const EVERYDAY: &[&str] = &[
    "open",
    "red",
    "blue",
    "green",
    "black",
    "white",
    "new",
    "old",
    "free",
    "great",
    "big",
    "small",
    "fair",
    "first",
    "true",
    "common",
    "public",
    "golden",
    "silver",
    "young",
    "better",
    "clean",
    "clear",
    "high",
    "low",
    "bright",
    "fresh",
    "united",
    "central",
    "local",
    "northern",
    "southern",
    "eastern",
    "western",
    "northeast",
    "northwest",
    "good",
    "right",
    "real",
    "total",
    "active",
    "direct",
    "modern",
    "broad",
    "grand",
    "little",
    "long",
    "deep",
];
/// Words that are function words wherever they stand.
const FUNCTION: &[&str] = &[
    "the", "a", "an", "in", "on", "at", "of", "for", "from", "to", "with", "by", "and", "but", "or", "as", "if",
    "when", "while", "after", "before", "since", "this", "that", "these", "those", "his", "her", "its", "their", "our",
    "my", "your", "he", "she", "it", "they", "we", "i", "you", "there", "here", "so", "yet", "not", "no", "both",
    "former", "under", "like", "unlike", "although", "though", "because", "even", "then", "now", "yes", "oh", "dear",
    "hi", "hello", "thanks",
];

impl Finder<'_, '_> {
    /// Whether a sentence writes nearly all its words large, so that capitals say nothing.
    fn title_case(&self, sentence: &Range<usize>) -> bool {
        let (mut words, mut large) = (0, 0);
        for i in sentence.clone() {
            if self.scan.tokens[i].is_word() && self.scan.low(i).len() > 3 && self.scan.shape(i) != Shape::Number {
                words += 1;
                large += usize::from(is_name_token(self.scan, i));
            }
        }
        words >= 4 && large * 10 >= words * 9 || words >= 2 && large == words && sentence.len() <= words + 1
    }

    fn sentence(&mut self, sentence: Range<usize>) {
        let mut i = sentence.start;
        while i < sentence.end {
            if !is_name_token(self.scan, i) || self.blocked[i] {
                i += 1;
                continue;
            }
            if let Some(end) = self.account(i, sentence.end) {
                i = end;
                continue;
            }
            let end = run_end(self.scan, self.lists, self.blocked, i, sentence.end);
            self.run(i, end);
            i = end;
        }
    }

    /// "Northmark Counts (@northmarkcounts)": the signature of a post that is no person's. Where it ends.
    pub(super) fn account(&mut self, a: usize, end: usize) -> Option<usize> {
        let mut b = a;
        while b < end && b < a + 5 && is_name_token(self.scan, b) {
            b += 1;
        }
        let handle = self.scan.low(b + 1).strip_prefix('@')?;
        if b < a + 2 || self.scan.low(b) != "(" || self.lists.is_given(self.low(a)) {
            return None;
        }
        let joined: String = (a..b).map(|i| self.low(i)).collect();
        if joined != handle || self.lists.phrase_at(self.scan, a, b).is_none() && self.shape(a, b).is_none() {
            return None;
        }
        self.emit(a..b, EntityKind::Org, 0.8, "name of an account", None);
        Some(b)
    }

    pub(super) fn low(&self, i: usize) -> &str {
        self.scan.low(i).trim_end_matches('.')
    }

    /// Whether the token's capital may be owed to its place.
    fn opens(&self, i: usize) -> bool {
        self.scan.opens_sentence(i) || i > 0 && self.scan.shape(i - 1) == Shape::Mark || i > 0 && self.low(i - 1) == ":"
    }

    fn run(&mut self, mut a: usize, b: usize) {
        // What opens a sentence is large for that alone.
        while a < b {
            let word = self.low(a);
            let phrase = self.lists.phrase_at(self.scan, a, b).is_some();
            let function = FUNCTION.contains(&word);
            if phrase {
                break;
            }
            let role = a + 1 < b && (self.lists.is_title(word) || self.lists.roles.contains_key(word));
            let stop =
                function || !role && self.lists.stop.contains(word) && self.opens(a) && self.shape(a, b).is_none();
            let common = self.opens(a)
                && a + 1 < b
                && self.scan.shape(a) == Shape::Capital
                && !self.lists.may_be_given(word)
                && !self.lists.is_title(word)
                && !self.lists.is_honour(word)
                && self.lists.role(word).is_none()
                && !self.lists.is_group(word)
                && (self.lower.contains(word) || word.ends_with("ly") || self.lists.may_be_given(self.low(a + 1)))
                && self.shape(a, b).is_none();
            if !(stop || common) {
                break;
            }
            a += 1;
            while a < b && !is_name_token(self.scan, a) {
                a += 1;
            }
        }
        let role = self.role_before(a);
        self.segment(a, b, role);
    }

    /// The words right before a name that say what the person is, in small letters: "film director".
    fn role_before(&self, a: usize) -> Option<Range<usize>> {
        let head = a.checked_sub(1)?;
        if self.scan.tokens[head].sentence != self.scan.tokens.get(a)?.sentence {
            return None;
        }
        let word = self.low(head);
        // "director of public prosecutions Ann Lee": a few small words back to "of".
        let direct =
            self.scan.shape(head) == Shape::Lower && (self.lists.roles.contains_key(word) || self.lists.is_title(word));
        if direct {
            let mut start = head;
            while start > 0
                && head - start < 3
                && self.scan.shape(start - 1) == Shape::Lower
                && self.modifies(start - 1)
            {
                start -= 1;
            }
            return Some(start..a);
        }
        (2..=4).find_map(|back| {
            let of = a.checked_sub(back)?;
            let small = (of + 1..a).all(|i| self.scan.shape(i) == Shape::Lower && !FUNCTION.contains(&self.low(i)));
            (small && self.low(of) == "of" && of > 0 && self.lists.roles.contains_key(self.low(of - 1)))
                .then(|| of - 1..a)
        })
    }

    fn modifies(&self, i: usize) -> bool {
        self.lists.role_modifiers.contains(self.low(i)) || self.lists.roles.contains_key(self.low(i))
    }

    fn segment(&mut self, mut a: usize, mut b: usize, mut role: Option<Range<usize>>) {
        let mut post = false;
        while b > a + 1 && POSTS.contains(&self.low(b - 1)) && !self.lists.may_be_given(self.low(b - 1)) {
            post = post || !matches!(self.low(b - 1), "jr" | "sr");
            // "Jr." stays part of the name.
            if matches!(self.low(b - 1), "jr" | "sr") {
                break;
            }
            b -= 1;
        }
        loop {
            if a >= b {
                return;
            }
            if !is_name_token(self.scan, a) {
                a += 1;
                continue;
            }
            if let Some((len, kind)) =
                self.lists.phrase_at(self.scan, a, b).filter(|(len, _)| *len > 1 || self.surely(a))
            {
                if a + len == b && !(role.is_some() && self.lists.may_be_given(self.low(a))) {
                    return self.emit(a..b, kind, 0.95, "known name", None);
                }
                let given = len == 1 && self.lists.may_be_given(self.low(a)) && self.plain_name(a + 1);
                if !given && a + len < b {
                    if let Some((kind, score, why)) = self.shape(a, b) {
                        return self.emit(a..b, kind, score, why, None);
                    }
                    self.emit(a..a + len, kind, 0.9, "known name", None);
                    a += len;
                    role = None;
                    continue;
                }
            }
            if self.lists.is_honour(self.low(a)) && a + 1 < b {
                return self.emit(a..b, EntityKind::Person, 0.97, "name after a title", role);
            }
            let given = self.lists.may_be_given(self.low(a)) && self.plain_name(a + 1) && a + 1 < b;
            if !given && self.lists.is_title(self.low(a)) && (a + 1 < b) && self.shape(a, b).is_none() {
                role = Some(role.map_or(a, |r| r.start)..a + 1);
                a += 1;
                continue;
            }
            if !given
                && let Some((from, to)) = self.role_in(a, b)
                && (self.shape(a, b).is_none() || to + 1 < b && self.shape(to, b).is_none())
            {
                if from > a {
                    self.segment(a, from, None);
                }
                role = Some(from..to);
                a = to;
                if a >= b {
                    return;
                }
                continue;
            }
            if !given && a + 1 < b && self.lists.is_group(self.low(a)) && self.shape(a, b).is_none() {
                self.emit(a..a + 1, EntityKind::Group, 0.9, "people or following", None);
                a += 1;
                continue;
            }
            return self.classify(a..b, role, post);
        }
    }

    /// Whether a known name of one word that is an everyday word too is meant as a name here.
    fn surely(&self, a: usize) -> bool {
        let word = self.low(a);
        let article = a > 0 && self.scan.low(a - 1) == "the";
        match word {
            "times" | "sun" | "mirror" | "observer" | "independent" | "economist" | "spectator" | "telegraph"
            | "guardian" | "lords" | "commons" | "fed" | "blitz" | "troubles" | "atlantic" | "enlightenment"
            | "reformation" | "capitol" => article,
            "total" | "apple" | "shell" | "meta" | "unite" | "intel" | "fox" | "shelter" | "liberty" | "stonewall"
            | "momentum" | "vox" | "telegram" | "eton" | "treasury" | "nice" | "cork" | "hull" | "derby" | "bath"
            | "reading" | "buffalo" | "phoenix" | "mars" | "venus" | "jupiter" | "earth" | "turkey" | "chad"
            | "jersey" => !self.opens(a) && !self.lower.contains(word),
            _ => true,
        }
    }

    /// The first role phrase in a run: its modifiers and the role noun.
    fn role_in(&self, a: usize, b: usize) -> Option<(usize, usize)> {
        let head = (a..b).find(|i| {
            let word = self.low(*i);
            self.lists.role(word).is_some() || POSTS.contains(&word) || matches!(word, "mps" | "meps" | "msps" | "hq")
        })?;
        let mut from = head;
        while from > a && self.modifies(from - 1) && self.lists.phrase_at(self.scan, from - 1, b).is_none() {
            from -= 1;
        }
        // "General Secretary Mick Lynch", "Attorney General Ann Lee": a role noun may follow another.
        let mut to = head + 1;
        while to < b && self.lists.role(self.low(to)).is_some() {
            to += 1;
        }
        Some((from, to))
    }

    pub(super) fn plain_name(&self, i: usize) -> bool {
        let shape = self.scan.shape(i);
        matches!(shape, Shape::Capital | Shape::Initial) || super::runs::is_particle(self.low(i))
    }

    /// What a run of several words is by its first and last words and by what joins them.
    fn shape(&self, a: usize, b: usize) -> Option<(EntityKind, f32, &'static str)> {
        if b < a + 2 {
            return None;
        }
        let (first, last) = (self.low(a), self.low(b - 1));
        if self.lists.is_given(first)
            && b == a + 2
            && !matches!(
                last,
                "foundation" | "institute" | "trust" | "inc" | "ltd" | "party" | "group" | "university" | "museum"
            )
        {
            return None;
        }
        let joined = |i: usize| matches!(self.low(i), "of" | "for" | "against" | "on" | "in");
        if let Some(of) = (a + 1..b).find(|i| joined(*i)) {
            let head = self.low(of - 1);
            if matches!(
                head,
                "republic"
                    | "kingdom"
                    | "isle"
                    | "gulf"
                    | "strait"
                    | "cape"
                    | "bay"
                    | "city"
                    | "state"
                    | "county"
                    | "district"
                    | "province"
                    | "islands"
            ) {
                return Some((EntityKind::Place, 0.85, "shape of a place's name"));
            }
            if self.lists.event_heads.contains(head) {
                return Some((EntityKind::Event, 0.85, "shape of an event's name"));
            }
            if self.lists.org_of_heads.contains(head) || self.low(of) == "against" {
                return Some((EntityKind::Org, 0.9, "shape of an organisation's name"));
            }
        }
        if self.lists.org_heads.contains(last) {
            return Some((EntityKind::Org, 0.9, "shape of an organisation's name"));
        }
        if (a..b).any(|i| matches!(self.low(i), "&")) {
            return Some((EntityKind::Org, 0.8, "shape of an organisation's name"));
        }
        if self.lists.event_heads.contains(last) && !self.lists.is_title(first) {
            return Some((EntityKind::Event, 0.8, "shape of an event's name"));
        }
        if self.lists.place_heads.contains(last) && !self.lists.is_title(first) {
            return Some((EntityKind::Place, 0.8, "shape of a place's name"));
        }
        if self.lists.place_first.contains(first) && b <= a + 3 && self.scan.shape(a + 1) == Shape::Capital {
            return Some((EntityKind::Place, 0.8, "shape of a place's name"));
        }
        None
    }

    fn classify(&mut self, tokens: Range<usize>, role: Option<Range<usize>>, post: bool) {
        let (a, b) = (tokens.start, tokens.end);
        let len = b - a;
        let word = self.low(a);
        if len == 1 && (self.lists.stop.contains(word) || word.chars().count() < 2) {
            return;
        }
        if self.in_list_of_bodies(a) {
            return self.emit(tokens, EntityKind::Org, 0.8, "in a list of groups", None);
        }
        if matches!(self.low(b - 1), "prize" | "award" | "medal") && len > 1 {
            return;
        }
        if let Some((kind, score, why)) = self.shape(a, b) {
            return self.emit(tokens, kind, score, why, None);
        }
        if let Some((kind, score, why)) = self.company(&tokens) {
            return self.emit(tokens, kind, score, why, None);
        }
        if role.is_some() && self.scan.shape(a) != Shape::Upper {
            return self.emit(tokens, EntityKind::Person, 0.9, "name after a role", role);
        }
        if len >= 2 && (self.lists.may_be_given(word) || post) {
            return self.emit(tokens, EntityKind::Person, 0.95, "given name and surname", role);
        }
        if len == 1 && self.lists.is_group(word) {
            return self.emit(tokens, EntityKind::Group, 0.9, "people or following", None);
        }
        if len == 1 && self.scan.shape(a) == Shape::Upper {
            let letters = word.chars().filter(|c| c.is_alphabetic()).count();
            let shouted = self.shouted(a);
            if (2..=6).contains(&letters) && !shouted && !self.lists.is_given(word) {
                return self.emit(tokens, EntityKind::Org, 0.75, "acronym", None);
            }
            if shouted {
                return;
            }
        }
        if self.acronym_follows(&tokens) {
            return self.emit(tokens, EntityKind::Org, 0.9, "acronym in brackets", None);
        }
        if len >= 2 && (a..b).any(|i| self.scan.shape(i) == Shape::Initial) {
            return self.emit(tokens, EntityKind::Person, 0.85, "initials and surname", role);
        }
        let opens = self.opens(a);
        if len == 1 && self.lists.is_given(word) {
            return self.emit(tokens, EntityKind::Person, 0.75, "given name", None);
        }
        let guess = self.context(&tokens);
        self.weak.push(Weak { tokens, guess, opens });
    }

    /// "four groups: Open Deck, Red Quay and the Fell Circle", "unions such as Advance": what stands in such a list.
    fn in_list_of_bodies(&self, a: usize) -> bool {
        let floor = self.scan.sentences[self.scan.tokens[a].sentence].start.max(a.saturating_sub(24));
        let mut i = a;
        while i > floor {
            i -= 1;
            let word = self.scan.low(i);
            match word {
                ":" => return i > floor && BODIES.contains(&self.scan.low(i - 1)),
                "as" if i > floor + 1 && self.scan.low(i - 1) == "such" => return self.body_before(i - 1),
                "including" | "called" | "named" => return self.body_before(i),
                "," | "and" | "or" | "the" | "of" | "for" | "against" | "&" => {}
                _ if is_name_token(self.scan, i) => {}
                _ => return false,
            }
        }
        false
    }

    fn body_before(&self, i: usize) -> bool {
        let at = if i > 0 && self.scan.low(i - 1) == "," { i.saturating_sub(2) } else { i.saturating_sub(1) };
        BODIES.contains(&self.scan.low(at))
    }

    /// What the small word right beside a name makes of it: "the Meridian coalition", "the Old Customs House".
    fn company(&self, tokens: &Range<usize>) -> Option<(EntityKind, f32, &'static str)> {
        let (a, b) = (tokens.start, tokens.end);
        let article = a > 0 && self.scan.low(a - 1) == "the";
        let before = a.checked_sub(1 + usize::from(article)).map_or("", |i| self.scan.low(i));
        let next = self.scan.low(b);
        if matches!(next, "coalition" | "alliance" | "poll" | "survey" | "bloc") && self.scan.shape(a) == Shape::Capital
        {
            return Some((EntityKind::Org, 0.65, "beside a word for a body"));
        }
        if matches!(next, "café" | "cafe" | "pub" | "hotel" | "theatre" | "cinema" | "estate" | "square" | "street")
            && self.scan.shape(a) == Shape::Capital
            && !self.lists.is_given(self.low(a))
        {
            return Some((EntityKind::Place, 0.65, "beside a word for a place"));
        }
        let last = self.low(b - 1);
        if tokens.len() == 1 && article && NEWSPAPERS.contains(&last) {
            return Some((EntityKind::Org, 0.75, "newspaper"));
        }
        let placed = matches!(
            before,
            "at" | "in" | "inside" | "outside" | "near" | "to" | "from" | "on" | "of" | "behind" | "opposite"
        );
        if tokens.len() > 1
            && placed
            && matches!(last, "house" | "hall" | "quay" | "pier" | "wharf" | "inn" | "building" | "arms" | "court")
        {
            return Some((EntityKind::Place, 0.75, "building after a preposition of place"));
        }
        None
    }

    /// Whether the words around are in capitals too.
    fn shouted(&self, i: usize) -> bool {
        let upper = |j: usize| self.scan.shape(j) == Shape::Upper && self.scan.low(j).len() > 3;
        i > 0 && upper(i - 1) || upper(i + 1) || i > 1 && upper(i - 2) || upper(i + 2)
    }

    /// "Northern Fell Society (NFS)"
    fn acronym_follows(&self, tokens: &Range<usize>) -> bool {
        self.scan.low(tokens.end) == "("
            && self.scan.shape(tokens.end + 1) == Shape::Upper
            && super::linking::is_acronym(self.scan, tokens, self.scan.raw(tokens.end + 1))
    }

    /// What the words around an unknown name make of it.
    fn context(&self, tokens: &Range<usize>) -> Option<(EntityKind, f32, &'static str)> {
        let before = tokens.start.checked_sub(1).map_or("", |i| self.low(i));
        let (next, after) = (self.scan.low(tokens.end), self.scan.low(tokens.end + 1));
        let len = tokens.len();
        let speaks = super::verbs::Verbs::get().speaks(next) && !self.low(tokens.start).ends_with("ly");
        let aged = next == ","
            && self.scan.shape(tokens.end + 1) == Shape::Number
            && self.scan.low(tokens.end + 2) == ","
            && after.parse::<u8>().is_ok_and(|n| (5..=110).contains(&n));
        let handle = next == "(" && after.starts_with('@');
        let relative = next == "," && matches!(after, "who" | "whose") || matches!(next, "who" | "whose");
        if aged || relative || handle && len >= 2 || speaks && before != "the" {
            return Some((EntityKind::Person, 0.75, "name beside a verb of saying, an age or “who”"));
        }
        // "Open Deck", "Red Quay": everyday words, written large.
        let everyday = len == 2 && EVERYDAY.contains(&self.low(tokens.start));
        if everyday {
            return Some((EntityKind::Org, 0.5, "capitalised everyday words"));
        }
        let role = || self.role_apposed(tokens);
        if matches!(len, 2 | 3) && next == "," && role()
            || before == "," && matches!(len, 2 | 3) && self.role_behind(tokens.start)
        {
            return Some((EntityKind::Person, 0.8, "name beside a role"));
        }
        if matches!(before, "said" | "says" | "told" | "and" | "by") && len == 2 {
            return Some((EntityKind::Person, 0.65, "two capitalised words"));
        }
        if matches!(before, "in" | "near" | "throughout" | "across" | "outside" | "toward" | "towards") {
            return Some((EntityKind::Place, 0.6, "name after a preposition of place"));
        }
        let listed = |i: usize| {
            self.lists
                .phrase_at(self.scan, i, (i + 4).min(self.scan.tokens.len()))
                .is_some_and(|p| p.1 == EntityKind::Place)
        };
        let kind_of_place = matches!(
            next,
            "district"
                | "province"
                | "region"
                | "area"
                | "county"
                | "village"
                | "town"
                | "neighbourhood"
                | "neighborhood"
                | "suburb"
        );
        let of_place = before == "of"
            && tokens.start > 1
            && matches!(
                self.low(tokens.start - 2),
                "city" | "town" | "village" | "port" | "island" | "suburb" | "province" | "state"
            );
        if kind_of_place
            || of_place
            || next == ","
                && self.scan.tokens.get(tokens.end + 1).is_some_and(Token::is_capital)
                && listed(tokens.end + 1)
        {
            return Some((EntityKind::Place, 0.7, "beside a word for a place"));
        }
        if len == 1
            && matches!(next, "administration" | "presidency" | "campaign" | "family" | "supporters")
            && before == "the"
        {
            return Some((EntityKind::Person, 0.6, "surname before “administration”"));
        }
        if before == "the" {
            return (len >= 2 || self.scan.shape(tokens.start) == Shape::Upper).then_some((
                EntityKind::Org,
                0.5,
                "capitalised words after “the”",
            ));
        }
        if matches!(len, 2 | 3)
            && tokens.clone().all(|i| {
                self.scan.shape(i) == Shape::Capital
                    && !self.lower.contains(self.low(i))
                    && !self.lists.stop.contains(self.low(i))
            })
        {
            return Some((EntityKind::Person, 0.55, "two capitalised words"));
        }
        None
    }

    /// "Ana Ruiz, the most thoughtful member of the council,"
    fn role_apposed(&self, tokens: &Range<usize>) -> bool {
        let from = tokens.end + 1;
        (from..from + 8)
            .take_while(|i| self.scan.tokens.get(*i).is_some_and(Token::is_word))
            .any(|i| self.scan.shape(i) == Shape::Lower && self.lists.role(self.low(i)).is_some())
    }

    /// "the treasurer, Ana Ruiz"
    fn role_behind(&self, at: usize) -> bool {
        at >= 2
            && (at.saturating_sub(8)..at - 1)
                .rev()
                .take_while(|i| self.scan.tokens[*i].is_word() || self.scan.shape(*i) == Shape::Clitic)
                .any(|i| self.scan.shape(i) == Shape::Lower && self.lists.role(self.low(i)).is_some())
    }

    pub(super) fn emit(
        &mut self,
        tokens: Range<usize>,
        kind: EntityKind,
        score: f32,
        why: &'static str,
        role: Option<Range<usize>>,
    ) {
        let mut end = tokens.end;
        while end > tokens.start
            && !is_name_token(self.scan, end - 1)
            && self.scan.shape(end - 1) != Shape::Clitic
            && self.scan.shape(end - 1) != Shape::Number
        {
            end -= 1;
        }
        if end > tokens.start {
            self.found.push(Name { tokens: tokens.start..end, kind, score, why, role });
        }
    }
}
