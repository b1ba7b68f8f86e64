//! The oldest of the agencies' formats, IPTC 7901: a line of codes, the headline, the text in short lines, a signature.

use super::{Haul, lines, names, read_text};
use crate::import::{Block, Draft, Intake, Problem, Raw, Reader, Sample, known};

/// The reader of IPTC 7901.
#[derive(Debug)]
pub struct Wire;

impl Reader for Wire {
    fn name(&self) -> &'static str {
        "iptc7901"
    }

    fn about(&self) -> &'static str {
        "IPTC 7901, an agency's message as text"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        let head = sample.head.trim_start_matches(|c: char| c.is_control() || c.is_whitespace());
        let Some((first, rest)) = head.split_once('\n') else { return false };
        Codes::read(first).is_some() && rest.lines().take(15).any(|l| l.trim_end().ends_with(" ="))
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        read_text(self.name(), raw, intake, |text| {
            let mut haul = Haul::default();
            // Head, text and end are set off by signs that no article has.
            let text = text.replace(|c: char| c.is_control() && c != '\n' && c != '\t', "");
            haul.article(article(&text).ok_or(Problem::NoTextIn { what: "a text that is no message".to_owned() })?);
            Ok(haul)
        })
    }
}

/// The first line: service and number, urgency, category, count of words, source and its number.
struct Codes<'a> {
    service: &'a str,
    urgency: &'a str,
    category: &'a str,
    words: &'a str,
    source: &'a str,
}

impl<'a> Codes<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let line = line.trim_matches(|c: char| c.is_control() || c.is_whitespace());
        let words: Vec<&str> = line.split_whitespace().collect();
        let [service, urgency, category, count, rest @ ..] = words.as_slice() else { return None };
        let number = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_digit());
        let letters = service.trim_end_matches(|c: char| c.is_ascii_digit());
        let fits = (2..=4).contains(&letters.len())
            && letters.bytes().all(|b| b.is_ascii_alphabetic())
            && service.len() > letters.len()
            && number(urgency)
            && urgency.len() == 1
            && category.len() <= 3
            && category.bytes().all(|b| b.is_ascii_alphabetic())
            && number(count)
            && line.len() < 80;
        let source = rest.iter().rev().find(|w| !number(w)).copied()?;
        fits.then_some(Self { service, urgency, category, words: count, source })
    }
}

fn article(text: &str) -> Option<Draft> {
    let text = text.trim_start_matches(|c: char| c.is_control() || c.is_whitespace());
    let (first, rest) = text.split_once('\n')?;
    let codes = Codes::read(first)?;
    let mut draft = Draft { outlet: codes.source.to_owned(), ..Draft::default() };
    draft.words(codes.words);
    draft.also("urgency", codes.urgency);
    draft.also("category", codes.category);
    draft.also(known::IDENTIFIER, codes.service);
    let mut above = Vec::new();
    let mut below = rest;
    while let Some((line, after)) = below.split_once('\n') {
        below = after;
        let line = line.trim();
        if let Some(last) = line.strip_suffix('=') {
            above.push(last.trim());
            break;
        }
        if !line.is_empty() {
            above.push(line);
        }
        if above.len() > 15 {
            return None;
        }
    }
    if let Some(byline) = above.pop_if(|l| l.starts_with("By ") || l.starts_with("Von ") || l.starts_with("Por ")) {
        draft.authors = names(byline, &[codes.source]).into_iter().filter(|n| !n.starts_with(codes.source)).collect();
        draft.byline = Some(byline.to_owned());
    }
    // Keywords end in a stroke; marks such as REFILE are in capitals; what is left is the headline.
    let is_slug = |l: &&str| l.ends_with('/');
    let is_mark = |l: &&str| l.chars().count() < 25 && !l.chars().any(char::is_lowercase);
    let slug: Vec<&str> = above.iter().copied().filter(is_slug).collect();
    draft.also(
        known::KEYWORDS,
        slug.join(" ").trim_matches('/').split('/').map(str::trim).collect::<Vec<_>>().join("; "),
    );
    draft.also("mark", above.iter().copied().filter(|l| !is_slug(l) && is_mark(l)).collect::<Vec<_>>().join("; "));
    draft.title = above.iter().copied().filter(|l| !is_slug(l) && !is_mark(l)).collect::<Vec<_>>().join(" ");
    // Behind the text stand notes for editors.
    let end = below.match_indices("\n#").map(|(at, _)| at).chain(below.find("\n* * *")).min().unwrap_or(below.len());
    let (text, tail) = below.split_at_checked(end)?;
    draft.body = lines::wrapped(text).into_iter().map(Block::body).collect();
    draft.published = tail.lines().chain(text.lines()).rev().find_map(moment);
    let opening = draft.body.first().and_then(|b| b.text.split_once(" (")).map(|(place, _)| place.to_owned());
    draft.also(known::DATELINE, opening.filter(|o| o.chars().count() < 40).unwrap_or_default());
    Some(draft)
}

/// `131137 GMT Nov 13`: day, hour, minute, zone, month, year.
fn moment(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [clock, zone, month, year] = words.as_slice() else { return None };
    let clock = clock.get(..6).filter(|c| c.len() == clock.len() && c.bytes().all(|b| b.is_ascii_digit()))?;
    let (day, hour, minute) = (clock.get(..2)?, clock.get(2..4)?, clock.get(4..)?);
    let year = if year.len() == 2 { format!("20{year}") } else { (*year).to_owned() };
    let written = format!("{day} {month} {year} {hour}:{minute} {zone}");
    crate::import::dates::leading(&written).filter(|l| l.rest.is_empty()).map(|l| l.iso)
}
