//! What the columns of a table are, by their names and by what is in them.

use std::collections::BTreeSet;

use super::super::{Columns, Field};
use super::names::{self, field};
use super::{Cell, Table, named};
use crate::import::table::draft::{is_day, looks_like_date};

/// How many rows are looked at.
const LOOK: usize = 200;
/// How long a column without a telling name is on average, in code points, if it is the text.
const SHORTEST_TEXT: usize = 80;

/// What the columns are taken for.
pub fn columns(table: &Table) -> Columns {
    let seen: Vec<Seen> = Seen::all(table);
    let mut fields: Vec<Option<Field>> = vec![None; table.names.len()];
    if names::is_news_please(&table.names) {
        for (name, field) in table.names.iter().zip(&mut fields) {
            *field = names::NEWS_PLEASE_OWN.contains(&name.as_str()).then_some(Field::Ignored);
        }
    }
    by_name(table, &seen, &mut fields);
    by_content(&seen, &mut fields);
    for (n, name) in table.names.iter().enumerate() {
        // What begins so is a program's own: hashes, states.
        if fields[n].is_none() && (name.starts_with('_') || name.to_lowercase().starts_with("unnamed:")) {
            fields[n] = Some(Field::Ignored);
        }
    }
    named(table, &fields)
}

/// Gives each field to the column whose name is the surest. The longest of those called a text is the text.
fn by_name(table: &Table, seen: &[Seen], fields: &mut [Option<Field>]) {
    let known: Vec<_> = table.names.iter().map(|name| field(name)).collect();
    for field in Field::ALL {
        let named = |n: &usize| fields[*n].is_none() && known[*n].is_some_and(|(f, _)| f == field);
        let fits = |n: &usize| seen[*n].filled > 0 && seen[*n].may_be(field);
        let best = (0..table.names.len()).filter(named).filter(fits).min_by_key(|n| {
            let sure = known[*n].map_or(usize::MAX, |(_, at)| at);
            if field == Field::Text { (usize::MAX - seen[*n].average(), sure) } else { (sure, *n) }
        });
        // A column that is called so and is empty is still one: other files of the same making have something there.
        let empty = || (0..table.names.len()).filter(named).find(|n| seen[*n].filled == 0 && field != Field::Text);
        if let Some(n) = best.or_else(empty) {
            fields[n] = Some(field);
        }
    }
}

fn by_content(seen: &[Seen], fields: &mut [Option<Field>]) {
    let has = |fields: &[Option<Field>], field| fields.contains(&Some(field));
    let free = |fields: &[Option<Field>]| -> Vec<usize> {
        (0..seen.len()).filter(|n| fields[*n].is_none() && seen[*n].filled > 0).collect()
    };
    let mut give = |field, pick: &dyn Fn(&[usize]) -> Option<usize>| {
        if !has(fields, field)
            && let Some(n) = pick(&free(fields))
        {
            fields[n] = Some(field);
        }
    };
    let most = |share: fn(&Seen) -> usize| {
        move |free: &[usize]| free.iter().copied().find(|n| share(&seen[*n]) * 10 >= seen[*n].filled * 9)
    };
    give(Field::Text, &|free| {
        let longest = free.iter().copied().max_by_key(|n| seen[*n].average())?;
        (seen[longest].average() >= SHORTEST_TEXT && seen[longest].words >= 8 && seen[longest].urls == 0)
            .then_some(longest)
    });
    give(Field::Url, &most(|s| s.urls));
    give(Field::Published, &most(|s| s.dates));
    give(Field::Language, &most(|s| s.languages));
    give(Field::Title, &|free| {
        free.iter().copied().find(|n| {
            let s = &seen[*n];
            (15..=200).contains(&s.average()) && s.words >= 3 && s.distinct * 10 >= s.filled * 9 && s.urls == 0
        })
    });
    give(Field::Outlet, &|free| {
        // Short values that come again and look like a site's name.
        free.iter().copied().find(|n| {
            let s = &seen[*n];
            s.domains * 10 >= s.filled * 9 && (s.distinct * 2 <= s.filled || s.filled < 3)
        })
    });
}

/// What is seen of a column's first rows.
#[derive(Default)]
struct Seen {
    filled: usize,
    chars: usize,
    /// Words of a cell, on average.
    words: usize,
    dates: usize,
    urls: usize,
    domains: usize,
    languages: usize,
    numbers: usize,
    distinct: usize,
}

impl Seen {
    fn all(table: &Table) -> Vec<Self> {
        let mut seen: Vec<Self> = Vec::new();
        seen.resize_with(table.names.len(), Self::default);
        let mut values: Vec<BTreeSet<u64>> = vec![BTreeSet::new(); table.names.len()];
        for (n, cell) in table.rows.iter().take(LOOK).flat_map(|row| &row.cells) {
            if let (Some(seen), Some(values)) = (seen.get_mut(*n), values.get_mut(*n)) {
                let words = cell.words();
                seen.add(cell, words.trim());
                values.insert(crc32fast::hash(words.as_bytes()).into());
            }
        }
        for (seen, values) in seen.iter_mut().zip(values) {
            seen.distinct = values.len();
            seen.words /= seen.filled.max(1);
        }
        seen
    }

    fn add(&mut self, cell: &Cell, words: &str) {
        self.filled += 1;
        self.chars += words.chars().count();
        self.words += words.split_whitespace().count();
        self.dates += usize::from(matches!(cell, Cell::Text(_)) && looks_like_date(words));
        let one_word = !words.contains(char::is_whitespace);
        self.urls += usize::from(one_word && (words.starts_with("https://") || words.starts_with("http://")));
        self.domains += usize::from(one_word && is_domain(words));
        self.languages += usize::from(is_language(words));
        self.numbers += usize::from(matches!(cell, Cell::Number(_)) || words.parse::<f64>().is_ok());
    }

    /// Code points of a cell, on average.
    fn average(&self) -> usize {
        self.chars / self.filled.max(1)
    }

    /// Whether what is in the column speaks against what its name says.
    fn may_be(&self, field: Field) -> bool {
        let all = |count: usize| count * 10 >= self.filled * 9;
        match field {
            Field::Text => !all(self.numbers) && !all(self.urls) && !all(self.dates),
            Field::Title | Field::Outlet | Field::Standfirst | Field::Authors => !all(self.numbers),
            Field::Url => self.urls > 0,
            Field::Published | Field::Updated => self.dates + self.numbers > 0,
            Field::Language => self.average() <= 20,
            Field::Words => all(self.numbers) || self.average() <= 20,
            Field::Section | Field::Page | Field::Edition => self.average() <= 120,
            _ => true,
        }
    }
}

fn is_domain(words: &str) -> bool {
    let Some((name, end)) = words.rsplit_once('.') else { return false };
    !name.is_empty() && (2..=12).contains(&end.len()) && end.chars().all(|c| c.is_ascii_alphabetic())
}

/// `en`, `de-AT`: one of the languages that are told apart here.
fn is_language(words: &str) -> bool {
    let main = words.split(['-', '_']).next().unwrap_or(words);
    words.len() <= 7
        && main.len() == 2
        && super::super::language::is_known(&main.to_ascii_lowercase())
        && !is_day(words)
}
