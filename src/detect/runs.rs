//! Where a capitalised run ends: which small words join two capitalised ones into one name.

use super::gazetteer::Gazetteer;
use super::scan::{Scan, Shape};

const PARTICLES: &[&str] = &[
    "de", "da", "di", "du", "del", "della", "la", "le", "von", "van", "der", "den", "ter", "ten", "zu", "bin", "ibn",
    "bint", "al", "el", "y", "dos", "das", "do", "des", "af", "av", "ben", "abu", "ap", "d'", "e",
];
/// Words whose possessive stands in organisations' names: "Women's Institute".
const OWNERS: &[&str] = &[
    "people",
    "women",
    "children",
    "men",
    "king",
    "queen",
    "workers",
    "farmers",
    "teachers",
    "citizens",
    "veterans",
    "lloyd",
    "players",
    "writers",
    "nurses",
    "students",
    "sainsbury",
    "moody",
    "sotheby",
    "christie",
];

pub(super) fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&word)
}

/// Whether a token is written like a part of a name: capitalised, and not "Soviet-backed".
pub(super) fn is_name_token(scan: &Scan<'_>, i: usize) -> bool {
    let Some(token) = scan.tokens.get(i) else { return false };
    if !token.is_capital() {
        return false;
    }
    let raw = scan.raw(i);
    match raw.split_once('-') {
        None => true,
        Some((head, tail)) => {
            let small = tail.chars().next().is_some_and(char::is_lowercase);
            !small
                || is_particle(&tail[..tail.find('-').unwrap_or(tail.len())])
                || head.chars().count() <= 2 && tail.len() > 6
        }
    }
}

/// The end of the run that begins with the capitalised token `start`.
pub(super) fn run_end(scan: &Scan<'_>, lists: &Gazetteer, blocked: &[bool], start: usize, end: usize) -> usize {
    let name = |i: usize| i < end && !blocked[i] && is_name_token(scan, i);
    let low = |i: usize| if i < end { scan.low(i) } else { "" };
    // Where the capitalised words from `i` end.
    let plain_end = |mut i: usize| {
        while name(i) {
            i += 1;
        }
        i
    };
    let org_tail = |i: usize| {
        let to = plain_end(i);
        to > i
            && lists.org_heads.contains(scan.low(to - 1))
            && lists.phrase_at(scan, i, to).is_none_or(|(len, _)| i + len < to)
    };
    let owner = |i: usize| low(i) == "'s" || i < end && owns(scan, i);
    let mut j = start + 1;
    while j < end {
        if name(j) {
            j += 1;
            continue;
        }
        let previous = low(j - 1).trim_end_matches('.');
        let word = low(j);
        let after_the = if low(j + 1) == "the" { j + 2 } else { j + 1 };
        let next = match word {
            w if is_particle(w) && name(j + 1) => j + 1,
            w if is_particle(w) && is_particle(low(j + 1)) && name(j + 2) => j + 2,
            "of" if name(after_the) && joins_of(lists, previous) => after_the,
            "for" | "on" | "against"
                if name(after_the)
                    && lists.org_of_heads.contains(previous)
                    && !matches!(
                        previous,
                        "labour"
                            | "conservatives"
                            | "greens"
                            | "democrats"
                            | "republicans"
                            | "house"
                            | "court"
                            | "people"
                            | "university"
                            | "congress"
                    ) =>
            {
                after_the
            }
            // "Labour Against the Closures"
            "the" if name(j + 1) && j > start + 1 && matches!(previous, "against" | "for" | "of" | "in") => j + 1,
            "in" if j == start + 1
                && name(j + 1)
                && plain_end(j + 1) > j + 2
                && org_tail(j + 1)
                && !lists.stop.contains(previous)
                && !scan.opens_sentence(start)
                && !lists.may_be_given(previous) =>
            {
                j + 1
            }
            "&" if name(j + 1) => j + 1,
            // "Department of Housing and Urban Development"
            "and" if name(j + 1) && governs(scan, start, j) => j + 1,
            // "Harrow Shipping, Inc."
            "," if matches!(low(j + 1).trim_end_matches('.'), "inc" | "ltd" | "llc" | "plc" | "corp")
                && name(j + 1) =>
            {
                j + 1
            }
            "and"
                if name(j + 1)
                    && org_tail(j + 1)
                    && j <= start + 2
                    && plain_end(j + 1)
                        > j + 2
                            - usize::from(matches!(
                                low(j + 1),
                                "agency" | "administration" | "commission" | "executive"
                            ))
                    && !lists.may_be_given(low(start))
                    && !lists.stop.contains(previous)
                    && !lists.org_heads.contains(previous)
                    && lists.phrase_at(scan, start, j).is_none() =>
            {
                j + 1
            }
            // "the Northmark Teachers' Federation", "the Dockers' and Ferrymen's Union"
            "'" | "’" if owns(scan, j) && org_tail(j + 1) => j + 1,
            "'" | "’" if owns(scan, j) && low(j + 1) == "and" && name(j + 2) && owner(j + 3) && org_tail(j + 4) => {
                j + 4
            }
            "'s" if OWNERS.contains(&previous) && org_tail(j + 1) => j + 1,
            "'s" if lists.phrase_at(scan, start, j + 1).is_some_and(|(len, _)| start + len == j + 1) => j + 1,
            _ => break,
        };
        j = next;
    }
    // A number at the end: "Channel 4", "Apollo 11".
    if j < end
        && scan.shape(j) == Shape::Number
        && lists.phrase_at(scan, start, j + 1).is_some_and(|(len, _)| start + len == j + 1)
    {
        j += 1;
    }
    j
}

/// Whether a mark is the end of a plural's possessive: "teachers'".
fn owns(scan: &Scan<'_>, i: usize) -> bool {
    i > 0
        && matches!(scan.low(i), "'" | "’")
        && scan.low(i - 1).ends_with('s')
        && scan.tokens[i - 1].end == scan.tokens[i].start
}

/// Whether a run is a department, ministry or committee of or for something, to which more may be added with "and".
fn governs(scan: &Scan<'_>, start: usize, end: usize) -> bool {
    (start + 1..end).any(|i| {
        matches!(scan.low(i), "of" | "for" | "on")
            && matches!(
                scan.low(i - 1),
                "department"
                    | "ministry"
                    | "committee"
                    | "office"
                    | "commission"
                    | "institute"
                    | "school"
                    | "college"
                    | "faculty"
                    | "agency"
                    | "board"
                    | "bureau"
                    | "academy"
            )
    })
}

fn joins_of(lists: &Gazetteer, head: &str) -> bool {
    lists.org_of_heads.contains(head)
        || matches!(
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
                | "battle"
                | "treaty"
                | "siege"
                | "massacre"
                | "declaration"
                | "county"
                | "district"
                | "province"
                | "museum"
                | "secretary"
                | "minister"
        ) && !matches!(head, "secretary" | "minister")
}
