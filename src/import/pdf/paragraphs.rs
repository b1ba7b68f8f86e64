//! Lines to paragraphs, by what stands between them, how they are set in and how large they are.

use std::collections::{BTreeMap, BTreeSet};

use super::super::paragraph::Paragraph;
use super::lines::{Line, Lines};

/// How many lines at the upper and the lower edge of a page may be running heads.
const EDGE: usize = 3;

/// The paragraphs of some pages.
pub fn of(mut pages: Vec<Lines>) -> Vec<Paragraph> {
    take_edges(&mut pages);
    let leading = leading(&pages);
    let words = words(&pages);
    let mut setter = Setter { words, done: Vec::new(), open: None };
    for page in &pages {
        let mut last: Option<&Line> = None;
        for (at, line) in page.lines.iter().enumerate() {
            let begins = match (last, &setter.open) {
                (Some(last), _) if last.region == line.region => begins(last, line, leading),
                // Another column or page: a sentence may go on there.
                (_, Some(open)) => !open.runs_on_into(line),
                _ => true,
            };
            setter.add(line, begins, at == 0);
            last = Some(line);
        }
    }
    setter.finish();
    setter.done
}

/// Takes away the lines that come back at the edge of the pages, and the numbers of the pages.
fn take_edges(pages: &mut [Lines]) {
    let mut seen = BTreeMap::<(String, i32), usize>::new();
    for page in pages.iter() {
        let found: BTreeSet<_> = edge(page).into_iter().filter_map(|at| page.lines.get(at)).map(key).collect();
        found.into_iter().for_each(|key| *seen.entry(key).or_default() += 1);
    }
    // Left and right pages may have different ones, and the first page of a chapter none.
    let often = if pages.len() < 3 { 2 } else { (pages.len() / 5).max(2) };
    for page in pages {
        let gone: BTreeSet<usize> = edge(page)
            .into_iter()
            .filter(|at| {
                page.lines.get(*at).is_some_and(|line| {
                    seen.get(&key(line)).is_some_and(|count| *count >= often) || is_page_number(line, page.height)
                })
            })
            .collect();
        let mut at = 0;
        page.lines.retain(|_| {
            at += 1;
            !gone.contains(&(at - 1))
        });
    }
}

/// The lines at the edge of a page.
fn edge(page: &Lines) -> Vec<usize> {
    let mut order: Vec<(usize, f32)> = page.lines.iter().map(|l| l.y).enumerate().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let in_margin = |y: f32| y < 0.14 * page.height || y > 0.8 * page.height;
    let first = order.iter().take(EDGE);
    let last = order.iter().rev().take(EDGE);
    first.chain(last).filter(|(_, y)| in_margin(*y)).map(|(at, _)| *at).collect()
}

/// A line with its numbers left open, and where it stands.
fn key(line: &Line) -> (String, i32) {
    let text = line.text.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect::<String>();
    (text.replace("##", "#").replace("##", "#"), (line.y / 6.0).round() as i32)
}

fn is_page_number(line: &Line, height: f32) -> bool {
    const WORDS: &[&str] = &["page", "of", "seite", "von", "p", "s", "sur", "página", "de", "pagina", "sida", "side"];
    let edge = line.y < 0.14 * height || line.y > 0.8 * height;
    let mut digits = false;
    edge && line.text.chars().count() <= 24
        && line.text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).all(|word| {
            let number = word.len() <= 4 && word.bytes().all(|b| b.is_ascii_digit());
            let roman = word.len() <= 6 && word.bytes().all(|b| b"ivxlc".contains(&b));
            digits |= number || roman;
            number || roman || WORDS.contains(&word.to_lowercase().as_str())
        })
        && digits
}

/// How far lines of a paragraph stand apart, in parts of their size: what is most frequent.
fn leading(pages: &[Lines]) -> f32 {
    let mut gaps = BTreeMap::<i32, usize>::new();
    for page in pages {
        for pair in page.lines.windows(2) {
            if let [one, other] = pair
                && one.region == other.region
                && other.y > one.y
                && (one.size - other.size).abs() < 0.5
            {
                *gaps.entry(((other.y - one.y) / one.size * 20.0).round() as i32).or_default() += 1;
            }
        }
    }
    let most = gaps.into_iter().filter(|(gap, _)| (16..=50).contains(gap)).max_by_key(|(_, count)| *count);
    most.map_or(1.2, |(gap, _)| gap as f32 / 20.0)
}

/// Whether a line begins a paragraph below another one of its column.
fn begins(last: &Line, line: &Line, leading: f32) -> bool {
    let size = last.size.max(line.size);
    if (last.size - line.size).abs() > 0.12 * size
        || last.bold != line.bold && (last.bold || line.bold) && size > 0.0 && short(last)
    {
        return true;
    }
    let gap = line.y - last.y;
    if gap > (leading * 1.28 * size).max(leading * size + 2.0) {
        return true;
    }
    let set_in = line.x0 - last.x0;
    // The first line of a paragraph is set in, or the one before it ended early.
    if set_in > 0.7 * size
        && set_in < 6.0 * size
        && line.x0 > line.left + 0.7 * size
        && last.x0 < line.left + 0.7 * size
    {
        return true;
    }
    line.text.contains('\t')
        || last.text.contains('\t')
        || (short(last) && ends_sentence(&last.text))
        || is_item(&line.text)
}

/// Whether a line ends well before the edge of its column.
fn short(line: &Line) -> bool {
    line.x1 < line.right - 0.12 * (line.right - line.left)
}

fn is_item(text: &str) -> bool {
    text.starts_with(['•', '▪', '◦', '‣']) || text.starts_with("– ")
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(['"', '”', '’', '\'', '»', ')', '“']).ends_with(['.', '!', '?', '…', ':'])
}

/// A paragraph that is being set.
struct Open {
    paragraph: Paragraph,
    last: Line,
}

impl Open {
    fn runs_on_into(&self, line: &Line) -> bool {
        let alike = (self.last.size - line.size).abs() < 0.1 * line.size && self.last.bold == line.bold;
        alike
            && !ends_sentence(&self.paragraph.text)
            && (!short(&self.last) || starts_small(&line.text))
            && self.paragraph.text.chars().count() > 40
    }
}

fn starts_small(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_lowercase)
}

struct Setter {
    words: BTreeSet<String>,
    done: Vec<Paragraph>,
    open: Option<Open>,
}

impl Setter {
    fn add(&mut self, line: &Line, begins: bool, first_on_page: bool) {
        if begins {
            self.finish();
        }
        match &mut self.open {
            Some(open) => {
                append(&mut open.paragraph.text, &line.text, &self.words);
                open.paragraph.bold &= line.bold;
                open.last = line.clone();
            }
            None => {
                let paragraph = Paragraph {
                    text: line.text.clone(),
                    bold: line.bold,
                    size: line.size,
                    breaks: first_on_page,
                    ..Paragraph::default()
                };
                self.open = Some(Open { paragraph, last: line.clone() });
            }
        }
    }

    fn finish(&mut self) {
        if let Some(open) = self.open.take()
            && !open.paragraph.is_empty()
        {
            self.done.push(open.paragraph);
        }
    }
}

/// The words that stand within lines, in small letters.
fn words(pages: &[Lines]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for line in pages.iter().flat_map(|p| &p.lines) {
        let count = line.text.split_whitespace().count();
        for (at, word) in line.text.split_whitespace().enumerate() {
            if at + 1 < count || !word.ends_with(['-', '\u{ad}', '‐']) {
                all.insert(bare(word));
            }
        }
    }
    all
}

fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// Adds a line to a text. A word that is divided at the line's end is joined: without its hyphen where it goes on in
/// small letters and is not written with one elsewhere.
fn append(text: &mut String, line: &str, words: &BTreeSet<String>) {
    let divided = text.ends_with(['-', '\u{ad}', '‐'])
        && text.chars().rev().nth(1).is_some_and(char::is_alphabetic)
        && line.chars().next().is_some_and(char::is_alphabetic);
    if !divided {
        text.push(' ');
        text.push_str(line);
        return;
    }
    let soft = text.ends_with('\u{ad}');
    let head = text.split_whitespace().next_back().unwrap_or_default();
    let tail = line.split_whitespace().next().unwrap_or_default();
    let stem = head.trim_end_matches(['-', '\u{ad}', '‐']);
    let joined = words.contains(&bare(&format!("{stem}{tail}")));
    let hyphened = words.contains(&bare(&format!("{stem}-{tail}")));
    if soft || joined || (starts_small(line) && !hyphened) {
        text.pop();
    }
    text.push_str(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divided_words_are_joined_as_they_are_written_elsewhere() {
        let words: BTreeSet<String> = ["ferryman", "well-known"].map(str::to_owned).into();
        for (head, tail, expected) in [
            ("the ferry-", "man said", "the ferryman said"),
            ("a well-", "known boat", "a well-known boat"),
            ("the Anglo-", "Marl treaty", "the Anglo-Marl treaty"),
            ("the tim\u{ad}", "ber", "the timber"),
            ("from 1990-", "2000", "from 1990- 2000"),
            ("one", "two", "one two"),
        ] {
            let mut text = head.to_owned();
            append(&mut text, tail, &words);
            assert_eq!(text, expected);
        }
    }
}
