//! Names that only the whole text can settle: unknown capitalised runs, and headlines in capitals throughout.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::names::Finder;
use super::runs::is_name_token;
use crate::model::EntityKind;

impl Finder<'_, '_> {
    /// Decides what nothing spoke for, now that the whole text has been read.
    pub(super) fn settle_weak(&mut self) {
        let mut surnames: HashSet<String> = HashSet::new();
        // Last words of runs that are only taken for people: they speak for single words, not for other runs.
        let mut guessed: HashSet<String> = HashSet::new();
        let mut known: HashMap<String, (EntityKind, f32)> = HashMap::new();
        for name in &self.found {
            if name.kind == EntityKind::Person {
                surnames.insert(self.low(name.tokens.end - 1).to_owned());
                surnames.insert(self.low(name.tokens.start).to_owned());
            }
            let key = self.scan.key(&name.tokens);
            // "the Harbour Party" ... "Harbour"
            if let Some(short) = key.strip_suffix(" party").filter(|s| !s.contains(' ') && name.kind == EntityKind::Org)
            {
                known.entry(short.to_owned()).or_insert((EntityKind::Org, 0.8));
            }
            known.entry(key).or_insert((name.kind, name.score));
        }
        let mut votes: HashMap<String, HashMap<EntityKind, f32>> = HashMap::new();
        let mut inside: HashSet<String> = HashSet::new();
        for weak in &self.weak {
            let key = self.scan.key(&weak.tokens);
            if let Some((kind, score, _)) = weak.guess {
                *votes.entry(key.clone()).or_default().entry(kind).or_default() += score;
                if kind == EntityKind::Person && weak.tokens.len() > 1 {
                    guessed.insert(self.low(weak.tokens.end - 1).to_owned());
                }
            }
            if !weak.opens {
                inside.insert(key);
            }
        }
        // Words that stand alone somewhere, and runs that come back: both speak for a name.
        let mut alone: HashSet<String> = HashSet::new();
        let mut uses: HashMap<String, usize> = HashMap::new();
        for weak in &self.weak {
            let key = self.scan.key(&weak.tokens);
            *uses.entry(key.clone()).or_default() += 1;
            if weak.tokens.len() == 1 {
                alone.insert(key);
            }
        }
        let by_end: HashMap<usize, EntityKind> = self.found.iter().map(|n| (n.tokens.end, n.kind)).collect();
        let by_start: HashMap<usize, EntityKind> = self.found.iter().map(|n| (n.tokens.start, n.kind)).collect();
        for weak in std::mem::take(&mut self.weak) {
            let key = self.scan.key(&weak.tokens);
            let last = self.low(weak.tokens.end - 1);
            let single = weak.tokens.len() == 1;
            let vote = votes.get(&key).and_then(|v| v.iter().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0))));
            let (kind, score, why) = if let Some((kind, score)) = known.get(&key) {
                (*kind, *score, "named elsewhere in the text")
            } else if surnames.contains(last) && !self.lists.stop.contains(last) {
                (EntityKind::Person, 0.9, "surname of somebody named in the text")
            } else if single && guessed.contains(last) && !self.lists.stop.contains(last) {
                (EntityKind::Person, 0.7, "surname of somebody named in the text")
            } else if let Some((kind, score)) = vote {
                (*kind, score.min(0.8), weak.guess.map_or("named elsewhere in the text", |g| g.2))
            } else {
                // In a list beside names of one kind: "the Fell Society, Advance and the Dale Union".
                let Some(kind) = self.listed(&weak.tokens, &by_end, &by_start) else { continue };
                if weak.opens || self.lower.contains(last) || self.lists.stop.contains(last) {
                    continue;
                }
                (kind, 0.55, "in a list of names")
            };
            let lone = !single && kind == EntityKind::Person && score < 0.6;
            if lone && !alone.contains(last) && uses.get(&key).is_none_or(|n| *n < 2) {
                continue;
            }
            if single && weak.opens && self.lower.contains(last) && !surnames.contains(last) {
                continue;
            }
            self.emit(weak.tokens, kind, score, why, None);
        }
    }

    /// The kind of the names beside an unknown one in a list.
    fn listed(
        &self,
        tokens: &Range<usize>,
        by_end: &HashMap<usize, EntityKind>,
        by_start: &HashMap<usize, EntityKind>,
    ) -> Option<EntityKind> {
        let mut i = tokens.start;
        while i > 0 && tokens.start - i < 3 && matches!(self.scan.low(i - 1), "," | "and" | "or" | "the") {
            i -= 1;
        }
        let before = (i < tokens.start && self.scan.low(i) != "the").then(|| by_end.get(&i)).flatten();
        let mut j = tokens.end;
        while j < tokens.end + 3 && matches!(self.scan.low(j), "," | "and" | "or" | "the") {
            j += 1;
        }
        let after = (j > tokens.end && self.scan.low(tokens.end) == ",").then(|| by_start.get(&j)).flatten();
        before.or(after).copied().filter(|k| matches!(k, EntityKind::Org | EntityKind::Place | EntityKind::Person))
    }

    /// In a headline with capitals throughout: what the body names, known names, given names with a surname.
    pub(super) fn headlines(&mut self, sentences: &[usize]) {
        let mut known: HashMap<String, Vec<(Vec<String>, EntityKind)>> = HashMap::new();
        let mut seen = HashSet::new();
        for name in &self.found {
            let words: Vec<String> = name.tokens.clone().map(|i| self.scan.low(i).to_owned()).collect();
            let mut entries = Vec::new();
            if name.kind == EntityKind::Person && words.len() > 1 {
                entries.push(vec![words[words.len() - 1].clone()]);
            }
            if name.kind == EntityKind::Org && words.len() == 2 && words[1] == "party" {
                entries.push(vec![words[0].clone()]);
            }
            entries.push(words);
            for words in entries {
                if seen.insert(words.clone()) {
                    known.entry(words[0].clone()).or_default().push((words, name.kind));
                }
            }
        }
        for sentence in sentences {
            let Range { start, end } = self.scan.sentences[*sentence];
            let mut i = start;
            while i < end {
                if self.blocked[i] || !is_name_token(self.scan, i) {
                    i += 1;
                    continue;
                }
                if let Some(next) = self.account(i, end) {
                    i = next;
                    continue;
                }
                // A bound, so that one word that opens many names does not make headlines slow.
                let own = known.get(self.scan.low(i)).and_then(|list| {
                    list.iter()
                        .take(64)
                        .filter(|(words, _)| {
                            words.len() <= end - i && words.iter().enumerate().all(|(k, w)| self.scan.low(i + k) == w)
                        })
                        .max_by_key(|(words, _)| words.len())
                        .map(|(words, kind)| (words.len(), *kind, 0.85, "named elsewhere in the text"))
                });
                let listed = self.lists.phrase_at(self.scan, i, end).map(|(len, kind)| (len, kind, 0.85, "known name"));
                let person =
                    (self.lists.is_given(self.low(i)) && i + 1 < end && self.plain_name(i + 1) && !self.blocked[i + 1])
                        .then_some((2, EntityKind::Person, 0.7, "given name and surname"));
                let group =
                    self.lists.is_group(self.low(i)).then_some((1, EntityKind::Group, 0.8, "people or following"));
                let best =
                    [own, listed, person, group].into_iter().flatten().reduce(|a, b| if b.0 > a.0 { b } else { a });
                match best {
                    Some((len, kind, score, why)) => {
                        self.emit(i..i + len, kind, score, why, None);
                        i += len;
                    }
                    None => i += 1,
                }
            }
        }
    }
}
