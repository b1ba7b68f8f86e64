//! Keys and values that a person can read in another program’s note or description, and that come back exactly:
//!
//! ```text
//! What somebody wrote freely.
//!
//! Framelens:
//! id: witch-hunt
//! revision: 3
//! ```
//!
//! The block stands at the end. In values, line ends are `\n` and a backslash is `\\`.

use std::collections::BTreeMap;

/// The line that the keys and values stand under.
pub const HEADING: &str = "Framelens:";

/// Free words with keys and values below them.
pub fn write<'a>(free: &str, lines: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let mut out = String::from(free);
    if !free.is_empty() {
        out.push_str("\n\n");
    }
    out.push_str(HEADING);
    for (key, value) in lines {
        out.push_str(&format!("\n{key}: {}", escaped(&value)));
    }
    out
}

/// The free words, and, where there are any, the keys and values below them.
pub fn read(text: &str) -> (String, Option<BTreeMap<String, String>>) {
    let text = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() };
    let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect::<Vec<_>>();
    let is_heading = |at: &&usize| text[**at..].lines().next().is_some_and(|line| line.trim_end() == HEADING);
    let Some(&at) = starts.iter().rev().find(is_heading) else { return (text, None) };
    let mut said = BTreeMap::new();
    for line in text[at..].lines().skip(1).filter(|line| !line.trim().is_empty()) {
        let Some((key, value)) = line.split_once(": ").or_else(|| Some((line.trim_end().strip_suffix(':')?, "")))
        else {
            return (text, None);
        };
        said.insert(key.to_owned(), plain(value));
    }
    let free = &text[..at];
    let free = free.strip_suffix("\n\n").or_else(|| free.strip_suffix('\n')).unwrap_or(free);
    (free.to_owned(), Some(said))
}

/// Whether free words alone would be read as having keys and values.
pub fn is_misread(free: &str) -> bool {
    read(free).1.is_some()
}

/// A value on one line.
pub fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r")
}

/// The value that was written on one line.
pub fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (c, chars.clone().next()) {
            ('\\', Some(next @ ('\\' | 'n' | 'r'))) => {
                out.push(match next {
                    'n' => '\n',
                    'r' => '\r',
                    other => other,
                });
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}

/// A name as other programs can show it: on one line, and `instead` where nothing can be seen of it.
pub fn shown(name: &str, instead: &str) -> String {
    let line = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { instead.to_owned() } else { line }
}

/// The name that was shown so: `kept` is the exact one, as it was noted beside it, and holds unless somebody has
/// changed what was shown since.
pub fn named(shown_as: &str, kept: Option<&String>, instead: &str) -> String {
    kept.filter(|kept| shown(kept, instead) == shown_as).map_or_else(|| shown_as.to_owned(), Clone::clone)
}
