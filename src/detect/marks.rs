//! Quotation marks: which belong together.

use super::scan::{Scan, is_mark};
use crate::text::ByteSpan;

/// Words between two quotation marks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair {
    /// The words, without the marks, in bytes.
    pub inner: ByteSpan,
    /// The words with their marks.
    pub outer: ByteSpan,
    /// Whether it stands inside another pair.
    pub nested: bool,
    /// Whether the closing mark was found.
    pub closed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Straight,
    /// Two single marks that stand for one double.
    Twin,
    Double,
    Single,
    StraightSingle,
    Low,
    LowSingle,
    Angle,
    AngleBack,
    AngleSingle,
    Corner,
}

impl Style {
    fn single(self) -> bool {
        matches!(self, Self::Single | Self::StraightSingle | Self::LowSingle | Self::AngleSingle)
    }

    fn closes(self, mark: char) -> bool {
        match self {
            Self::Twin => false,
            Self::Straight => matches!(mark, '"' | '＂' | '”'),
            Self::Double => matches!(mark, '”' | '"'),
            Self::Single => mark == '’',
            Self::StraightSingle => mark == '\'',
            Self::Low => matches!(mark, '“' | '”' | '‟' | '"'),
            Self::LowSingle => matches!(mark, '‘' | '’'),
            Self::Angle => mark == '»',
            Self::AngleBack => mark == '«',
            Self::AngleSingle => mark == '›',
            Self::Corner => mark == '」',
        }
    }
}

struct Open {
    style: Style,
    at: usize,
    after: usize,
    /// Pairs found before it was opened: those after it are nested in it.
    pairs: usize,
    line: usize,
}

/// All pairs of a text, in order of their opening marks.
pub(super) fn pairs(scan: &Scan<'_>) -> Vec<Pair> {
    let mut out: Vec<Pair> = Vec::new();
    let mut carried: Option<Open> = None;
    for (line, span) in scan.lines.iter().enumerate() {
        let text = &scan.text[span.range()];
        let mut stack: Vec<Open> = Vec::new();
        let mut skip = 0;
        if let Some(open) = carried.take() {
            // A quotation that runs on: its mark is repeated at the start of each of its paragraphs.
            skip = text.chars().next().map_or(0, char::len_utf8);
            stack.push(open);
        }
        paragraph(scan.text, span.start.0 + skip, span.end.0, line, &mut stack, &mut out);
        let next = scan.lines.get(line + 1).map(|s| &scan.text[s.range()]);
        while let Some(open) = stack.pop() {
            let depth = stack.len();
            let first_char = scan.text[open.at..].chars().next().unwrap_or(' ');
            let runs_on = depth == 0
                && !open.style.single()
                && line - open.line < 30
                && next.is_some_and(|n| n.starts_with(first_char) && !closes_alone(n, first_char));
            if runs_on {
                carried = Some(open);
            } else if depth == 0 && !open.style.single() {
                leave_open(scan, &open, span.end.0, &mut out);
            }
        }
    }
    out.sort_by_key(|p| (p.outer.start, std::cmp::Reverse(p.outer.end)));
    out
}

/// A paragraph that is a short pair of its own does not carry on the one before.
fn closes_alone(paragraph: &str, _mark: char) -> bool {
    paragraph.chars().nth(1).is_none_or(char::is_whitespace)
}

/// A mark that is never closed quotes to the end of its paragraph when it stands at its start or was unmistakable.
fn leave_open(scan: &Scan<'_>, open: &Open, end: usize, out: &mut Vec<Pair>) {
    let at_start = scan.lines.get(open.line).is_some_and(|l| l.start.0 == open.at);
    if !at_start && matches!(open.style, Style::Straight | Style::Twin) {
        return;
    }
    let inner = trimmed(scan.text, open.after, end);
    if !scan.text[inner.range()].contains(char::is_alphanumeric) {
        return;
    }
    for pair in &mut out[open.pairs..] {
        pair.nested = true;
    }
    out.push(Pair { inner, outer: ByteSpan::bytes(open.at, inner.end.0), nested: false, closed: false });
}

fn trimmed(text: &str, from: usize, to: usize) -> ByteSpan {
    let body = &text[from..to.max(from)];
    let lead = body.len() - body.trim_start().len();
    let words = body.trim();
    ByteSpan::bytes(from + lead, from + lead + words.len())
}

fn paragraph(text: &str, from: usize, to: usize, line: usize, stack: &mut Vec<Open>, out: &mut Vec<Pair>) {
    let singles = SingleEnds::of(text, from, to);
    let mut before: Option<char> = text[..from].chars().next_back().filter(|c| *c != '\n');
    let mut chars = text[from..to].char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        let previous = before.replace(c);
        if !is_mark(c) {
            continue;
        }
        let at = from + i;
        let after = at + c.len_utf8();
        if c == '\'' && next == Some('\'') {
            // Two single marks for a double one.
            chars.next();
            let after = after + 1;
            if let Some(depth) = stack.iter().rposition(|o| o.style == Style::Twin) {
                close(text, stack, depth, at, after, out);
            } else if text[after..to].starts_with(|c: char| !c.is_whitespace()) && stack.len() < 4 {
                stack.push(Open { style: Style::Twin, at, after, pairs: out.len(), line });
            }
            continue;
        }
        if let Some(depth) = stack.iter().rposition(|o| o.style.closes(c))
            && may_close(c, previous, next, &stack[depth], at, &singles)
        {
            close(text, stack, depth, at, after, out);
            continue;
        }
        if let Some(style) = opening(c, previous, next, stack, at, &singles, &text[after..to])
            && stack.len() < 4
        {
            stack.push(Open { style, at, after, pairs: out.len(), line });
        }
    }
}

fn close(text: &str, stack: &mut Vec<Open>, depth: usize, at: usize, after: usize, out: &mut Vec<Pair>) {
    stack.truncate(depth + 1);
    let Some(open) = stack.pop() else { return };
    let inner = trimmed(text, open.after, at);
    if inner.is_empty() {
        return;
    }
    for pair in &mut out[open.pairs..] {
        pair.nested = true;
    }
    out.push(Pair { inner, outer: ByteSpan::bytes(open.at, after), nested: depth > 0, closed: true });
}

fn may_close(
    mark: char,
    previous: Option<char>,
    next: Option<char>,
    open: &Open,
    at: usize,
    singles: &SingleEnds,
) -> bool {
    let space_before = previous.is_none_or(char::is_whitespace);
    let word_after = next.is_some_and(char::is_alphanumeric);
    match mark {
        '\'' | '’' => !word_after && !space_before && at > open.at && singles.closes(at),
        // A straight mark between a space and a word opens, whatever is open already.
        '"' | '＂' => !(space_before && word_after),
        '“' | '‘' | '«' => !word_after,
        _ => true,
    }
}

fn opening(
    mark: char,
    previous: Option<char>,
    next: Option<char>,
    stack: &[Open],
    at: usize,
    singles: &SingleEnds,
    rest: &str,
) -> Option<Style> {
    let free_before = previous.is_none_or(|c| {
        c.is_whitespace() || matches!(c, '(' | '[' | '—' | '–' | '-' | '/' | '…' | ':' | ',') || is_mark(c)
    });
    let filled_after = next.is_some_and(|c| !c.is_whitespace());
    match mark {
        '“' => Some(Style::Double),
        '„' | '‟' => Some(Style::Low),
        '«' => Some(Style::Angle),
        '»' if filled_after && free_before => Some(Style::AngleBack),
        '‹' => Some(Style::AngleSingle),
        '「' => Some(Style::Corner),
        '‚' if filled_after && free_before => Some(Style::LowSingle),
        '"' | '＂' if filled_after && free_before => {
            let open = stack.iter().any(|o| o.style == Style::Straight);
            (!open || previous.is_some_and(|c| matches!(c, '\'' | '‘'))).then_some(Style::Straight)
        }
        '‘' if filled_after && free_before && !elided(rest) => singles.follow(at).then_some(Style::Single),
        '\'' if free_before && next.is_some_and(|c| c.is_alphanumeric() || is_mark(c) || c == '…') => {
            let inside = stack.iter().any(|o| o.style == Style::StraightSingle);
            (!inside && !elided(rest) && singles.follow(at)).then_some(Style::StraightSingle)
        }
        _ => None,
    }
}

/// `'90s`, `'em`, `'til`: the mark stands for letters left out.
fn elided(rest: &str) -> bool {
    let word: String = rest.chars().take(8).take_while(|c| c.is_alphanumeric()).collect();
    let decade = word.len() == 3 && word.ends_with('s') && word.bytes().take(2).all(|b| b.is_ascii_digit());
    decade || matches!(word.to_lowercase().as_str(), "em" | "til" | "tis" | "twas" | "cause" | "bout" | "round")
}

/// The places in a paragraph at which a single mark can close a quotation, as told apart from an apostrophe.
///
/// `the members' plan` and `'the members'` end alike. Where a mark after an `s` is followed by a word, it closes only
/// if no clearer closing mark comes before the next opening one.
struct SingleEnds {
    closing: Vec<usize>,
}

impl SingleEnds {
    fn of(text: &str, from: usize, to: usize) -> Self {
        let mut closing = Vec::new();
        let mut doubtful: Option<usize> = None;
        let mut before: Option<char> = None;
        let mut chars = text[from..to].char_indices().peekable();
        while let Some((i, c)) = chars.next() {
            let next = chars.peek().map(|(_, c)| *c);
            let previous = before.replace(c);
            if !matches!(c, '\'' | '’' | '‘') {
                continue;
            }
            let at = from + i;
            if previous == Some(c) || next == Some(c) {
                continue;
            }
            let opens = c == '‘' || previous.is_none_or(char::is_whitespace) && next.is_some_and(char::is_alphanumeric);
            if opens {
                // What was doubtful before an opening mark has to be the end after all.
                closing.extend(doubtful.take());
                continue;
            }
            if previous.is_none_or(char::is_whitespace) || next.is_some_and(char::is_alphanumeric) {
                continue;
            }
            if previous == Some('s') && next.is_some_and(char::is_whitespace) {
                let mut after = text[at + c.len_utf8()..to].trim_start().chars();
                if after.next().is_some_and(char::is_lowercase) {
                    // The last doubtful mark wins: "'Stop the bosses' and owners' greed'" has a clear end anyway.
                    doubtful = Some(at);
                    continue;
                }
            }
            doubtful = None;
            closing.push(at);
        }
        closing.extend(doubtful);
        Self { closing }
    }

    fn closes(&self, at: usize) -> bool {
        self.closing.binary_search(&at).is_ok()
    }

    /// Whether any closing place comes after `at`.
    fn follow(&self, at: usize) -> bool {
        self.closing.last().is_some_and(|last| *last > at + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let scan = Scan::new(text);
        pairs(&scan).iter().map(|p| format!("{}{}", if p.nested { "+" } else { "" }, &text[p.inner.range()])).collect()
    }

    #[test]
    fn marks_of_every_style_are_paired() {
        for (text, want) in [
            (r#"She said "no" twice."#, vec!["no"]),
            ("She said “no” and “never”.", vec!["no", "never"]),
            ("Er sagte „nein“ und »nie« und «non».", vec!["nein", "nie", "non"]),
            ("Elle a dit « non merci ».", vec!["non merci"]),
            ("It's the members' vote, isn't it?", vec![]),
            ("He said 'it isn't right' and left.", vec!["it isn't right"]),
            ("'Don't wait. Well...' KL", vec!["Don't wait. Well..."]),
            ("The ‘workers’ plan’ isn’t ready.", vec!["workers’ plan"]),
            ("The so-called 'reforms' hurt.", vec!["reforms"]),
            ("“She called it ‘a farce’ again,” he said.", vec!["She called it ‘a farce’ again,", "+a farce"]),
            (r#"A 6'2" man said "hello"."#, vec!["hello"]),
            ("Back in the '90s they 'lost'.", vec!["lost"]),
            ("“Never closed, he said.", vec!["Never closed, he said."]),
            ("«‹„", vec![]),
        ] {
            assert_eq!(found(text), want, "{text}");
        }
    }

    #[test]
    fn a_quotation_runs_over_paragraphs() {
        assert_eq!(found("“One.\n\n“Two.\n\n“Three,” she said."), ["One.\n\n“Two.\n\n“Three,"]);
        assert_eq!(found("\"One.\n\n\"Two,\" she said. \"Four.\""), ["One.\n\n\"Two,", "Four."]);
    }
}
