//! How the versions of one slot become one: the machinery that is the same for all of them.
//!
//! Everything here is a choice of the greatest, a union, or both field by field. So it does not matter in which order
//! versions come, in which groups, or how often.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use serde::Serialize;

use super::report::{Item, Kept, Lost, Report};

/// The canonical written form of a value: what is compared where nothing better is known.
pub fn key<T: Serialize + ?Sized>(value: &T) -> String {
    ron::to_string(value).unwrap_or_else(|e| unreachable!("plain data: {e}"))
}

/// Whether two values say the same. (A number that is none is not equal to itself, but is written alike.)
pub fn same<T: PartialEq + Serialize>(a: &T, b: &T) -> bool {
    a == b || key(a) == key(b)
}

/// The order of plain values: what says something comes after what says nothing, then the written form decides.
pub fn plain<T: Serialize>(value: &T) -> (bool, String) {
    let key = key(value);
    (!matches!(key.as_str(), "\"\"" | "None" | "[]" | "{}" | "()" | "false"), key)
}

/// The order of memos: the longer one wins, and so the one that holds the other.
pub fn longer(memo: &str) -> (usize, String) {
    (memo.chars().count(), memo.to_owned())
}

/// A version that differs from the base's, and the inputs that have it.
pub struct Version<'a, V> {
    pub value: &'a V,
    pub inputs: Vec<usize>,
}

struct Gone {
    field: Option<String>,
    kept: String,
    lost: String,
    inputs: Vec<usize>,
}

/// Several versions of one thing, each different from the others and from the base's, to be merged field by field.
pub struct Versions<'a, V> {
    pub base: Option<&'a V>,
    all: Vec<Version<'a, V>>,
    gone: Vec<Gone>,
}

impl<V: Clone + PartialEq + Serialize> Versions<'_, V> {
    /// The greatest version as a whole.
    pub fn whole<R: Ord>(&mut self, rank: impl Fn(&V) -> R) -> V {
        self.whole_but(V::clone, rank)
    }

    /// The greatest version as a whole, but for a field that `rest` makes alike in all of them.
    pub fn whole_but<R: Ord>(&mut self, rest: impl Fn(&V) -> V, rank: impl Fn(&V) -> R) -> V {
        let all: Vec<_> = self.all.iter().map(|v| (rest(v.value), &v.inputs)).collect();
        let best = all.iter().max_by_key(|(v, _)| (rank(v), key(v)));
        let (best, _) = best.unwrap_or_else(|| unreachable!("there are several versions"));
        for (lost, inputs) in all.iter().filter(|(v, _)| !same(v, best)) {
            self.gone.push(Gone { field: None, kept: key(best), lost: key(lost), inputs: (*inputs).clone() });
        }
        best.clone()
    }

    /// One field: the base's where nobody changed it, else the greatest of those who did.
    pub fn field<T: Clone + PartialEq + Serialize, R: Ord>(
        &mut self,
        name: &str,
        get: impl Fn(&V) -> T,
        rank: impl Fn(&V, &T) -> R,
    ) -> T {
        let base = self.base.map(&get);
        let mut said: Vec<(R, T, Vec<usize>)> = Vec::new();
        for version in &self.all {
            let value = get(version.value);
            if !base.as_ref().is_some_and(|b| same(b, &value)) {
                said.push((rank(version.value, &value), value, version.inputs.clone()));
            }
        }
        let best =
            said.iter().enumerate().max_by(|(_, a), (_, b)| a.0.cmp(&b.0).then_with(|| key(&a.1).cmp(&key(&b.1))));
        let Some((best, _)) = best else {
            return base.unwrap_or_else(|| unreachable!("without a base everybody says something"));
        };
        let (_, best, _) = said.swap_remove(best);
        for (_, lost, inputs) in said.into_iter().filter(|(_, value, _)| !same(value, &best)) {
            self.gone.push(Gone { field: Some(name.to_owned()), kept: key(&best), lost: key(&lost), inputs });
        }
        best
    }

    /// A field in the order of plain values.
    pub fn plain<T: Clone + PartialEq + Serialize>(&mut self, name: &str, get: impl Fn(&V) -> T) -> T {
        self.field(name, get, |_, value| plain(value))
    }

    /// A memo.
    pub fn memo(&mut self, name: &str, get: impl Fn(&V) -> String) -> String {
        self.field(name, get, |_, memo| longer(memo))
    }

    /// The greatest value of a field that only ever grows.
    pub fn latest<T: Ord + Copy>(&self, get: impl Fn(&V) -> T) -> T {
        let all = self.all.iter().map(|v| v.value).chain(self.base);
        all.map(get).max().unwrap_or_else(|| unreachable!("there are several versions"))
    }

    /// Values by name: each name is a field of its own.
    pub fn values<K: Ord + Clone + Display, T: Clone + PartialEq + Serialize>(
        &mut self,
        name: &str,
        get: impl Fn(&V) -> &BTreeMap<K, T>,
    ) -> BTreeMap<K, T> {
        let everybody = self.all.iter().map(|v| v.value).chain(self.base);
        let names: BTreeSet<K> = everybody.flat_map(|v| get(v).keys().cloned()).collect();
        let mut out = BTreeMap::new();
        for one in names {
            // What somebody took away loses to what somebody changed: nothing is the least.
            let value = self.field(&format!("{name}: {one}"), |v| get(v).get(&one).cloned(), |_, value| plain(value));
            out.extend(value.map(|value| (one, value)));
        }
        // That somebody does not know a value is nothing that could be lost.
        self.gone.retain(|gone| gone.lost != "None" || gone.field.as_ref().is_none_or(|f| !f.starts_with(name)));
        out
    }

    /// A set: what anybody added, and of what the base has, what nobody took away.
    pub fn set<T: Ord + Clone>(&self, get: impl Fn(&V) -> BTreeSet<T>) -> BTreeSet<T> {
        let base = self.base.map(&get).unwrap_or_default();
        let all: Vec<_> = self.all.iter().map(|v| get(v.value)).collect();
        let mut out: BTreeSet<T> = all.iter().flatten().filter(|x| !base.contains(x)).cloned().collect();
        out.extend(base.into_iter().filter(|x| all.iter().all(|set| set.contains(x))));
        out
    }

    /// A list whose order says little: merged as a set, and written as somebody wrote it where somebody wrote all of
    /// it, else sorted.
    pub fn list(&self, get: impl Fn(&V) -> Vec<String>) -> Vec<String> {
        let as_set = |list: Vec<String>| list.into_iter().collect::<BTreeSet<_>>();
        let merged = self.set(|v| as_set(get(v)));
        let sorted: Vec<String> = merged.iter().cloned().collect();
        let base = self.base.map(&get);
        let lists = self.all.iter().map(|v| get(v.value)).filter(|l| base.as_ref() != Some(l));
        // The sorted form is the least, so that what was put together here gives way to what a person wrote.
        let written = lists.filter(|l| as_set(l.clone()) == merged).max_by_key(|l| (*l != sorted, l.clone()));
        match base {
            Some(base) if written.is_none() && as_set(base.clone()) == merged => base,
            _ => written.unwrap_or(sorted),
        }
    }
}

/// The one algorithm for every kind of slot: what the base has and nobody changed stays; what one changed is taken
/// from there; what several changed is joined; what was deleted by one and changed by another stays.
pub fn slots<K: Ord + Clone, V: Clone + PartialEq + Serialize>(
    report: &mut Report,
    base: &BTreeMap<K, V>,
    sides: &[&BTreeMap<K, V>],
    item: impl Fn(&K, &V) -> Item,
    join: impl Fn(&mut Versions<'_, V>) -> V,
) -> BTreeMap<K, V> {
    let keys: BTreeSet<&K> = base.keys().chain(sides.iter().flat_map(|s| s.keys())).collect();
    let mut out = BTreeMap::new();
    for k in keys {
        let there = base.get(k);
        let values: Vec<Option<&V>> = sides.iter().map(|s| s.get(k)).collect();
        let mut all: Vec<Version<'_, V>> = Vec::new();
        for (n, value) in values.iter().enumerate() {
            let Some(value) = value.filter(|v| !there.is_some_and(|b| same(b, v))) else { continue };
            match all.iter_mut().find(|v| same(v.value, value)) {
                Some(known) => known.inputs.push(n),
                None => all.push(Version { value, inputs: vec![n] }),
            }
        }
        let lacking: Vec<usize> = (0..values.len()).filter(|n| values[*n].is_none()).collect();
        let Some(any) = values.iter().flatten().copied().chain(there).next() else { continue };
        let what = item(k, any);
        for version in &all {
            // What the first one, into which the others are merged, has as well, came with it.
            let first = version.inputs.first() == Some(&0);
            for n in version.inputs.iter().filter(|n| !first || **n == 0) {
                if there.is_some() {
                    report.inputs[*n].changed.push(what.clone());
                } else if lacking.first() == Some(&0) || *n == 0 && !lacking.is_empty() {
                    report.inputs[*n].new.push(what.clone());
                }
            }
        }
        if lacking.is_empty() && (all.is_empty() || all.len() == 1 && all[0].inputs.len() == values.len()) {
            *report.same.entry(what.kind).or_default() += 1;
        }
        if there.is_some() && !lacking.is_empty() {
            if all.is_empty() {
                let deleters = if lacking[0] == 0 { &lacking[..1] } else { &lacking };
                deleters.iter().for_each(|n| report.inputs[*n].deleted.push(what.clone()));
                continue;
            }
            let why = format!(
                "deleted in {}, changed in {}",
                named(report, &lacking),
                named(report, &all.iter().flat_map(|v| v.inputs.clone()).collect::<Vec<_>>())
            );
            report.kept.push(Kept { item: what.clone(), why });
        }
        let value = match all.as_slice() {
            [] => any.clone(),
            [one] => one.value.clone(),
            _ => {
                let mut versions = Versions { base: there, all, gone: Vec::new() };
                let joined = join(&mut versions);
                let told = |n| versions.gone.iter().any(|gone| gone.inputs.contains(n));
                if versions.all.iter().any(|v| !same(v.value, &joined) && !v.inputs.iter().any(told)) {
                    report.combined.push(what.clone());
                }
                for gone in versions.gone {
                    let inputs = gone.inputs.iter().map(|n| report.inputs[*n].input.clone()).collect();
                    let Gone { field, kept, lost, .. } = gone;
                    report.lost.push(Lost { item: what.clone(), field, kept, lost, inputs });
                }
                joined
            }
        };
        out.insert(k.clone(), value);
    }
    out
}

fn named(report: &Report, inputs: &[usize]) -> String {
    inputs.iter().map(|n| report.inputs[*n].input.as_str()).collect::<Vec<_>>().join(", ")
}
