//! RIS, as Zotero, EndNote, Mendeley and library catalogues write it: a tag, two blanks, a stroke and a value a line.

use super::super::decode::decode;
use super::super::mail::is_url;
use super::super::table::turned;
use super::super::{Intake, Problem, Raw, Reader, Sample, known};
use super::Reference;

/// The reader of RIS.
#[derive(Debug)]
pub struct Ris;

impl Reader for Ris {
    fn name(&self) -> &'static str {
        "ris"
    }

    fn about(&self) -> &'static str {
        "references as RIS, with their attachments (Zotero, EndNote)"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        let mut tags = sample.head.trim_start_matches('\u{feff}').lines().filter_map(tagged);
        tags.any(|(tag, _)| tag == "TY") && tags.take(3).count() >= 1
    }

    fn read(&self, mut raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let mut source = raw.source(self.name(), None);
        let decoded = decode(std::mem::take(&mut raw.bytes))?;
        source.encoding = decoded.encoding;
        let records = records(decoded.text.trim_start_matches('\u{feff}'));
        if records.is_empty() {
            return Err(Problem::NothingInside { what: "reference" });
        }
        for (number, record) in (1..).zip(records) {
            reference(&record).lay_down(number, &source, intake)?;
        }
        Ok(())
    }
}

/// Tag and value of a line: `TY  - JOUR`.
fn tagged(line: &str) -> Option<(&str, &str)> {
    let (tag, rest) = line.split_at_checked(2)?;
    let sound = tag.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) && !tag.starts_with(char::is_numeric);
    let value = rest.strip_prefix("  -")?;
    (sound && (value.is_empty() || value.starts_with(char::is_whitespace))).then(|| (tag, value.trim()))
}

/// The tags and values of a record.
type Record<'a> = Vec<(&'a str, String)>;

/// The records; what stands outside them is left alone, and lines without a tag belong to the value before them.
fn records(text: &str) -> Vec<Record<'_>> {
    let mut records: Vec<Record<'_>> = Vec::new();
    let mut within = false;
    for line in text.lines() {
        match tagged(line) {
            Some(("TY", value)) => {
                within = true;
                records.push(vec![("TY", value.to_owned())]);
            }
            Some(("ER", _)) => within = false,
            Some((tag, value)) if within => {
                if let Some(record) = records.last_mut() {
                    record.push((tag, value.to_owned()));
                }
            }
            None if within => {
                if let Some((_, value)) = records.last_mut().and_then(|r| r.last_mut())
                    && !(value.is_empty() && line.trim().is_empty())
                {
                    value.push('\n');
                    value.push_str(line.trim());
                }
            }
            _ => {}
        }
    }
    records
}

fn reference(record: &Record<'_>) -> Reference {
    let mut reference = Reference::default();
    let first = |tags: &[&str]| {
        let value = |tag: &&str| record.iter().find(|(t, v)| t == tag && !v.trim().is_empty());
        tags.iter().find_map(value).map(|(_, value)| value.trim().to_owned())
    };
    let draft = &mut reference.draft;
    draft.title = first(&["TI", "T1", "CT", "BT", "ST"]).unwrap_or_default();
    draft.outlet = first(&["JF", "JO", "T2", "JA", "J2", "PB", "BT"]).filter(|o| *o != draft.title).unwrap_or_default();
    draft.url = first(&["UR", "LK"]).filter(|u| is_url(u));
    draft.language = first(&["LA"]);
    draft.section = first(&["SE"]);
    // The more a date says, the better.
    let dates = record.iter().filter(|(tag, _)| matches!(*tag, "DA" | "PY" | "Y1")).filter_map(|(_, v)| date(v));
    draft.published = dates.max_by_key(String::len);
    for (tag, name) in [("ET", known::EDITION), ("AN", known::IDENTIFIER), ("ID", known::IDENTIFIER)] {
        draft.also(name, first(&[tag]).unwrap_or_default());
    }
    draft.also(known::DATABASE, first(&["DP", "DB"]).unwrap_or_default());
    draft.also(
        known::PAGE,
        match (first(&["SP"]), first(&["EP"])) {
            (Some(from), Some(to)) if from != to => format!("{from}-{to}"),
            (from, to) => from.or(to).unwrap_or_default(),
        },
    );
    reference.summary = first(&["AB", "N2"]).unwrap_or_default();
    let mut rest: std::collections::BTreeMap<&str, Vec<&str>> = std::collections::BTreeMap::new();
    for (tag, value) in record {
        match *tag {
            "AU" | "A1" => reference.draft.authors.push(turned(value)),
            "KW" => rest.entry(known::KEYWORDS).or_default().push(value),
            "L1" | "L2" | "L3" | "L4" if !is_url(value) && !value.is_empty() => {
                reference.files.extend(value.split(';').map(str::to_owned));
            }
            "TI" | "T1" | "CT" | "BT" | "ST" | "JF" | "JO" | "JA" | "J2" | "T2" | "UR" | "LK" | "LA" | "SE" | "DA"
            | "PY" | "Y1" | "ET" | "AN" | "ID" | "DP" | "DB" | "SP" | "EP" | "AB" | "N2" => {}
            tag => rest.entry(name(tag)).or_default().push(value),
        }
    }
    for (name, values) in rest {
        let values: Vec<&str> = values.into_iter().filter(|v| !v.trim().is_empty()).collect();
        reference.draft.also(name, values.join("; "));
    }
    reference
}

/// What a tag is called where it has a plain name.
fn name(tag: &str) -> &str {
    match tag {
        "TY" => "type",
        "DO" => "doi",
        "VL" | "VO" => "volume",
        "IS" => "issue",
        "SN" => "issn",
        "PB" => "publisher",
        "CY" => "place",
        "N1" => "notes",
        "Y2" => "accessed",
        "RP" | "C1" | "C2" => tag,
        "A2" | "ED" => "editors",
        _ => tag,
    }
}

/// `2011/08/05/`, with month and day or without, in ISO 8601; other ways of writing as they are.
fn date(value: &str) -> Option<String> {
    let value = value.trim();
    let pieces: Vec<&str> = value.split('/').map(str::trim).collect();
    let number = |n: usize, most: usize| {
        let piece = pieces.get(n)?;
        (!piece.is_empty() && piece.len() <= most && piece.bytes().all(|b| b.is_ascii_digit())).then_some(*piece)
    };
    match (number(0, 4).filter(|y| y.len() == 4), number(1, 2), number(2, 2)) {
        (Some(year), Some(month), Some(day)) => Some(format!("{year}-{month:0>2}-{day:0>2}")),
        (Some(year), Some(month), None) => Some(format!("{year}-{month:0>2}")),
        (Some(year), ..) => Some(year.to_owned()),
        _ if value.is_empty() => None,
        _ => Some(value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_dates() {
        assert_eq!(tagged("TY  - NEWS"), Some(("TY", "NEWS")));
        assert_eq!(tagged("ER  -"), Some(("ER", "")));
        for none in ["ER then", "T", "TY - NEWS", "ty  - NEWS", "1A  - x", "é  - x"] {
            assert_eq!(tagged(none), None, "{none}");
        }
        for (written, expected) in [
            ("2011/08/05/17:47", "2011-08-05"),
            ("1948/07//", "1948-07"),
            ("2020//", "2020"),
            ("2025-03-04", "2025-03-04"),
        ] {
            assert_eq!(date(written).as_deref(), Some(expected));
        }
    }
}
