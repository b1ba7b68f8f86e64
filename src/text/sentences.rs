//! Sentences: Unicode's sentence boundaries (UAX #29), mended where newspapers break them.

use unicode_segmentation::UnicodeSegmentation as _;

use super::ByteSpan;

/// Abbreviations that are followed by a name or a number: the sentence goes on after them whatever comes.
const JOINING: &[&str] = &[
    "Mr", "Mrs", "Ms", "Mx", "Messrs", "Dr", "Prof", "Rev", "Revd", "Hon", "Rt", "St", "Fr", "Sr", "Jr", "Gen", "Lt",
    "Col", "Maj", "Capt", "Cmdr", "Sgt", "Cpl", "Adm", "Brig", "Sen", "Rep", "Reps", "Sens", "Gov", "Pres", "Supt",
    "Insp", "Det", "Mt", "Ft", "No", "Nos", "Vol", "Fig", "Art", "Sec", "pp", "p", "vs", "v", "cf", "viz", "approx",
    "ca", "c", "Jan", "Feb", "Apr", "Jun", "Jul", "Aug", "Sept", "Sep", "Oct", "Nov", "Dec", "e.g", "i.e", "Mme",
    "Mlle", "Msgr", "Hr",
];

/// Words that open a sentence and hardly ever follow an abbreviation inside one. After "U.S." or "Inc." they mean
/// that the sentence has ended.
const OPENERS: &[&str] = &[
    "The",
    "A",
    "An",
    "He",
    "She",
    "It",
    "They",
    "We",
    "I",
    "You",
    "His",
    "Her",
    "Its",
    "Their",
    "Our",
    "My",
    "This",
    "That",
    "These",
    "Those",
    "There",
    "But",
    "And",
    "Or",
    "Yet",
    "In",
    "On",
    "At",
    "As",
    "By",
    "For",
    "From",
    "With",
    "After",
    "Before",
    "When",
    "While",
    "If",
    "However",
    "Meanwhile",
    "Critics",
    "Asked",
    "Some",
    "Many",
    "Most",
    "No",
    "Not",
    "What",
    "Who",
    "Why",
    "How",
    "Since",
    "Under",
    "Both",
    "Such",
    "One",
    "Two",
];

/// The sentences of a text in order, each without the white space around it. Together they hold every character that
/// is not white space.
///
/// A sentence goes on after "Mr." and its like, after an initial ("J. Smith"), after "U.S." unless a word follows that
/// opens sentences, and after a question or exclamation mark in quotation marks when a small letter follows ("Why?"
/// she asked). A line break ends one.
pub fn sentences(text: &str) -> Vec<ByteSpan> {
    let mut out: Vec<ByteSpan> = Vec::new();
    let mut open: Option<usize> = None;
    let mut pieces = text.split_sentence_bound_indices().peekable();
    while let Some((at, piece)) = pieces.next() {
        let start = *open.get_or_insert(at);
        let end = at + piece.len();
        let goes_on =
            !piece.ends_with('\n') && pieces.peek().is_some_and(|(_, next)| continues(&text[start..end], next));
        if goes_on {
            continue;
        }
        open = None;
        let body = text[start..end].trim();
        if !body.is_empty() {
            let start = start + text[start..end].find(body).unwrap_or(0);
            out.push(ByteSpan::bytes(start, start + body.len()));
        }
    }
    out
}

/// Whether the sentence that `before` ends in goes on in `after`.
fn continues(before: &str, after: &str) -> bool {
    let Some(next) = after.trim_start().chars().next() else { return false };
    let before = before.trim_end();
    // Only closing marks: they belong to the sentence they close.
    if matches!(after.trim(), "\"" | "”" | "’" | "'" | "»" | ")") {
        return true;
    }
    let bare = before.trim_end_matches(['"', '”', '’', '\'', '»', ')', ']']);
    if next.is_lowercase() && bare.ends_with(['?', '!', '…', '.']) {
        return true;
    }
    let Some(stem) = before.strip_suffix('.') else { return false };
    let last = stem.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '“' | '‘' | '\'' | '—')).next();
    let Some(last) = last.filter(|l| !l.is_empty()) else { return false };
    if JOINING.contains(&last) {
        // "No." and "Oct." join only a number that follows.
        let before_numbers = matches!(last, "No" | "Nos" | "p" | "pp" | "Art" | "Sec" | "Jan" | "Feb" | "Apr" | "Jun")
            || matches!(last, "Jul" | "Aug" | "Sep" | "Sept" | "Oct" | "Nov" | "Dec");
        return !before_numbers || next.is_ascii_digit();
    }
    let letters = last.chars().filter(|c| c.is_alphabetic()).count();
    let initial = letters == 1 && last.chars().all(char::is_uppercase) && last != "I";
    // "U.S", "a.m", "Ph.D": letters with full stops between them.
    let dotted = last.contains('.') && last.split('.').all(|p| (1..=2).contains(&p.chars().count()));
    let firm = matches!(last, "Inc" | "Ltd" | "Co" | "Corp" | "Bros" | "plc");
    if !(initial || dotted || firm) {
        return false;
    }
    let word: String = after.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
    next.is_alphanumeric() && !OPENERS.contains(&word.as_str())
}
