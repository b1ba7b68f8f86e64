//! Sentences that say something which can be checked.

use std::ops::Range;

use super::numbers::Amount;
use super::scan::Scan;
use crate::model::{ClaimKind, EntityKind};

/// A check-worthy clause as a range of tokens.
pub(super) struct Assertion {
    pub tokens: Range<usize>,
    pub kind: ClaimKind,
    pub score: f32,
    pub why: &'static str,
}

const POLL: &[&str] = &[
    "poll",
    "polls",
    "polling",
    "polled",
    "survey",
    "surveys",
    "surveyed",
    "yougov",
    "ipsos",
    "gallup",
    "respondents",
];
const COUNTED: &[&str] = &[
    "rose",
    "risen",
    "rise",
    "rises",
    "fell",
    "fallen",
    "falls",
    "fall",
    "grew",
    "grown",
    "increased",
    "increase",
    "decreased",
    "decrease",
    "dropped",
    "drop",
    "doubled",
    "tripled",
    "trebled",
    "halved",
    "cost",
    "costs",
    "cut",
    "killed",
    "died",
    "injured",
    "deaths",
    "earn",
    "earns",
    "earned",
    "spent",
    "spend",
    "spends",
    "owed",
    "owes",
    "paid",
    "lost",
    "gained",
    "total",
    "totalled",
    "totaled",
    "average",
    "rate",
    "majority",
    "proportion",
    "share",
    "per",
    "jobs",
    "unemployment",
    "people",
    "members",
    "households",
    "families",
    "workers",
    "voters",
    "votes",
    "patients",
    "pupils",
    "students",
    "children",
    "arrests",
    "cases",
    "homes",
    "employees",
    "refugees",
    "migrants",
];
const COMPARING: &[&str] = &[
    "more", "less", "fewer", "higher", "lower", "larger", "smaller", "greater", "bigger", "faster", "slower", "worse",
    "better", "cheaper", "richer", "poorer", "older", "younger", "longer", "shorter",
];
const SUPERLATIVE: &[&str] = &[
    "highest",
    "lowest",
    "largest",
    "smallest",
    "biggest",
    "worst",
    "fastest",
    "longest",
    "oldest",
    "youngest",
    "poorest",
    "richest",
    "fewest",
    "deadliest",
    "record",
];
const TRAILING: &[&str] = &[
    "trailing",
    "trails",
    "trail",
    "leads",
    "leading",
    "ahead",
    "behind",
    "outnumber",
    "outnumbered",
    "overtook",
    "overtaken",
    "exceeds",
    "exceeded",
    "twice",
    "double",
    "triple",
];
const CAUSES: &[&str] = &[
    "caused",
    "causes",
    "causing",
    "led",
    "leads",
    "resulted",
    "results",
    "triggered",
    "sparked",
    "due",
    "because",
    "thanks",
];

/// For so many words one assertion is worth showing.
const WORDS_A_CLAIM: usize = 100;
/// What is less worth checking than this is not shown.
const FLOOR: f32 = 0.55;
/// A sentence of more tokens than this is cut into clauses.
const LONG: usize = 22;

/// The assertions of a text in order: the most check-worthy, about one for a hundred words.
pub(super) fn claims(scan: &Scan<'_>, amounts: &[Amount]) -> Vec<Assertion> {
    let mut out = Vec::new();
    let mut next = 0;
    let quoted = quoted_sentences(scan);
    for (number, sentence) in scan.sentences.iter().enumerate() {
        let poll = sentence.clone().any(|i| POLL.contains(&scan.low(i)));
        for clause in clauses(scan, sentence) {
            while next < amounts.len() && amounts[next].tokens.end <= clause.start {
                next += 1;
            }
            let here: Vec<&Amount> = amounts[next..].iter().take_while(|a| a.tokens.start < clause.end).collect();
            if let Some((kind, score, why)) = judge(scan, &clause, &here, poll, quoted[number]) {
                out.push(Assertion { tokens: clause, kind, score, why });
            }
        }
    }
    let words = scan.tokens.iter().filter(|t| t.is_word()).count();
    let most = words.div_ceil(WORDS_A_CLAIM);
    out.retain(|a| a.score >= FLOOR);
    if out.len() > most {
        let mut order: Vec<usize> = (0..out.len()).collect();
        order.sort_by(|a, b| out[*b].score.total_cmp(&out[*a].score).then(a.cmp(b)));
        order.truncate(most);
        order.sort_unstable();
        let mut kept = order.into_iter().peekable();
        let mut at = 0;
        out.retain(|_| {
            let keep = kept.peek() == Some(&at);
            if keep {
                kept.next();
            }
            at += 1;
            keep
        });
    }
    out
}

/// For every sentence whether it begins inside quotation marks or with one.
fn quoted_sentences(scan: &Scan<'_>) -> Vec<bool> {
    let mut out = Vec::with_capacity(scan.sentences.len());
    let mut open = false;
    let mut paragraph = usize::MAX;
    for sentence in &scan.sentences {
        let here = scan.tokens[sentence.start].paragraph;
        if here != paragraph {
            open = false;
            paragraph = here;
        }
        let mut inside = open;
        for i in sentence.clone() {
            match scan.low(i) {
                "“" => open = true,
                "”" => open = false,
                "\"" => open = !open,
                _ => {}
            }
            inside = inside || i == sentence.start && open;
        }
        out.push(inside);
    }
    out
}

/// A sentence cut at semicolons, colons and dashes, and a long one at the small words that begin a clause; what says
/// who said it, and final punctuation, left out.
fn clauses(scan: &Scan<'_>, sentence: &Range<usize>) -> Vec<Range<usize>> {
    let long = sentence.len() > LONG;
    let mut out = Vec::new();
    let mut from = sentence.start;
    for i in sentence.clone() {
        let (word, next) = (scan.low(i), scan.low(i + 1));
        let roomy = i >= from + 5 && i + 5 < sentence.end;
        let joins = matches!(
            next,
            "and"
                | "but"
                | "while"
                | "although"
                | "though"
                | "because"
                | "after"
                | "before"
                | "when"
                | "according"
                | "insisting"
                | "saying"
                | "adding"
                | "so"
                | "or"
                | "yet"
                | "whereas"
        );
        let span_of_time = matches!(scan.low(i + 2), "days" | "weeks" | "months" | "years" | "hours");
        // "He pointed out that …"
        let reported = word == "that"
            && i > from
            && i + 6 < sentence.end
            && !(from..i).any(|j| matches!(scan.low(j), "cent" | "percent" | "%") || figure(scan, j))
            && (super::verbs::Verbs::get().speaks(scan.low(i - 1)) || scan.low(i - 1) == "out");
        let cut = matches!(word, ";" | ":")
            || matches!(word, "—" | "–") && roomy
            || long && roomy && word == "," && (joins || span_of_time)
            || reported;
        if cut {
            out.push(from..i);
            from = i + 1;
        }
    }
    out.push(from..sentence.end);
    let word = |i: usize| scan.tokens[i].is_word();
    out.into_iter()
        .filter_map(|mut c| {
            // ", she said" at the end
            if let Some(comma) = c.clone().rev().take(9).find(|i| scan.low(*i) == ",")
                && (comma + 1..c.end).any(|i| super::verbs::Verbs::get().speaks(scan.low(i)))
                && comma > c.start + 4
            {
                c.end = comma;
            }
            while c.start < c.end
                && matches!(scan.low(c.start), "and" | "but" | "while" | "or" | "," | "though" | "although")
            {
                c.start += 1;
            }
            let start = c.clone().find(|i| word(*i) || matches!(scan.low(*i), "$" | "£" | "€"))?;
            let mut end = c.clone().rev().find(|i| word(*i) || matches!(scan.low(*i), "%" | ")"))? + 1;
            // A quotation that the clause opens it also closes.
            if scan.low(end) == "”"
                || scan.low(end) == "\"" && (start..end).filter(|i| scan.low(*i) == "\"").count() % 2 == 1
            {
                end += usize::from((start..end).any(|i| matches!(scan.low(i), "“" | "\"")));
            }
            (end >= start + 4).then_some(start..end)
        })
        .collect()
}

/// An age ("Vell, 81,"; "aged 40") or a count of votes ("by 19 to 12", "18 votes to 14"): seldom worth checking.
fn passing(scan: &Scan<'_>, amount: &Amount) -> bool {
    let (first, end) = (amount.tokens.start, amount.tokens.end);
    let before = first.checked_sub(1).map_or("", |i| scan.low(i));
    let next = scan.low(end);
    let number = |i: usize| scan.shape(i) == super::scan::Shape::Number;
    let age = before == "," && matches!(next, "," | ".") && scan.raw(first).len() <= 3
        || before == "aged"
        || matches!(next, "years") && scan.low(end + 1) == "old";
    let votes = next == "to" && number(end + 1)
        || matches!(next, "votes" | "vote") && scan.low(end + 1) == "to"
        || before == "to" && first >= 2 && (number(first - 2) || matches!(scan.low(first - 2), "votes" | "vote"));
    let rising = (first.saturating_sub(6)..first).any(|i| matches!(scan.low(i), "from" | "rose" | "risen" | "grew"));
    let vague = matches!(before, "several" | "many" | "few" | "some") && !number(first);
    age || vague || votes && !rising
}

fn figure(scan: &Scan<'_>, i: usize) -> bool {
    scan.shape(i) == super::scan::Shape::Number
}

/// A number so large that it counts something: "213,000", "1.1 million".
fn large(scan: &Scan<'_>, amount: &Amount) -> bool {
    let digits = scan.low(amount.tokens.start).bytes().filter(u8::is_ascii_digit).count();
    digits >= 5 || amount.tokens.clone().any(|i| matches!(scan.low(i), "million" | "billion" | "trillion"))
}

/// A number of two digits or more, or in words with a scale; not "scores of", which says little.
fn substantial(scan: &Scan<'_>, amount: &Amount) -> bool {
    let first = scan.low(amount.tokens.start);
    let digits = first.bytes().filter(u8::is_ascii_digit).count();
    digits >= 2
        || digits == 1 && amount.tokens.len() > 1
        || amount.tokens.clone().any(|i| {
            matches!(
                scan.low(i),
                "hundred" | "thousand" | "million" | "billion" | "twenty" | "thirty" | "forty" | "fifty"
            )
        })
}

fn judge(
    scan: &Scan<'_>,
    clause: &Range<usize>,
    amounts: &[&Amount],
    poll: bool,
    quoted: bool,
) -> Option<(ClaimKind, f32, &'static str)> {
    let has = |list: &[&str]| clause.clone().any(|i| list.contains(&scan.low(i)));
    let pair = |a: &[&str], b: &[&str]| {
        clause.clone().any(|i| a.contains(&scan.low(i)) && i + 1 < clause.end && b.contains(&scan.low(i + 1)))
    };
    let kinds = |kind: EntityKind| amounts.iter().any(|a| a.kind == kind);
    let question = scan.low(clause.end) == "?";
    if question {
        return None;
    }
    let counted = kinds(EntityKind::Percent) || kinds(EntityKind::Money);
    // "four factions" and "the last two films" count little; "1,000 members" and "40 people" do.
    let number = amounts.iter().any(|a| a.kind == EntityKind::Number && substantial(scan, a) && !passing(scan, a));
    let counts = amounts.iter().any(|a| {
        let near = a.tokens.start.saturating_sub(5).max(clause.start)..(a.tokens.end + 4).min(clause.end);
        a.kind == EntityKind::Number
            && substantial(scan, a)
            && !passing(scan, a)
            && (large(scan, a) || near.into_iter().any(|i| COUNTED.contains(&scan.low(i))))
    });
    let hedged = clause.clone().any(|i| matches!(scan.low(i), "if" | "could" | "might" | "should" | "would"));
    let soft = if hedged { 0.1 } else { 0.0 } + if quoted { 0.1 } else { 0.0 };
    if poll && (counted || number || has(TRAILING) || has(COMPARING) || has(SUPERLATIVE)) {
        return Some((ClaimKind::Poll, 0.9 - soft, "poll and figure"));
    }
    let than = (clause.start..clause.end).find(|i| scan.low(*i) == "than").is_some_and(|than| {
        (than.saturating_sub(8).max(clause.start)..than).any(|i| COMPARING.contains(&scan.low(i)))
            // "more than 40 people" counts; it does not compare.
            && !amounts.iter().any(|a| a.tokens.start == than + 1)
            && !matches!(scan.low(than - 1), "rather" | "other")
    });
    let standard = has(SUPERLATIVE) && pair(&["since", "in"], &["the", "records", "more", "decades", "history", "at"])
        || pair(&["times", "twice"], &["as", "more", "the", "higher"]);
    if than || standard || has(TRAILING) && counted {
        return Some((ClaimKind::Comparison, 0.75 - soft, "comparison"));
    }
    if counted {
        return Some((ClaimKind::Statistic, 0.85 - soft, "percentage or amount of money"));
    }
    if counts {
        return Some((ClaimKind::Statistic, 0.75 - soft, "figure and what it counts"));
    }
    let promise = pair(
        &["pledged", "promised", "vowed", "promises", "pledges", "vows"],
        &["to", "that", "a", "the", "he", "she", "they"],
    ) || pair(&["we", "i"], &["will", "'ll", "shall"])
        && has(&[
            "build",
            "cut",
            "end",
            "create",
            "deliver",
            "raise",
            "invest",
            "scrap",
            "abolish",
            "introduce",
            "protect",
            "ban",
            "fund",
        ]);
    if promise && !quoted {
        return Some((ClaimKind::Promise, 0.6 - soft, "promise"));
    }
    let prediction = pair(&["expected", "likely", "set", "projected", "predicted", "forecast"], &["to"])
        || pair(&["will", "would"], &["never", "inevitably", "soon", "eventually"]);
    if prediction {
        return Some((ClaimKind::Prediction, 0.6 - soft, "prediction"));
    }
    let causal = pair(&["because", "due", "thanks"], &["of", "to"])
        || pair(&["led", "leads", "resulted"], &["to", "in"])
        || pair(&["caused", "triggered", "sparked"], &["by", "a", "the"]);
    if causal && has(CAUSES) {
        return Some((ClaimKind::Causal, 0.6 - soft, "cause and effect"));
    }
    let dated = amounts.iter().any(|a| {
        a.kind == EntityKind::Date
            && a.tokens.clone().any(|i| scan.raw(i).starts_with(|c: char| c.is_ascii_digit()))
            && a.tokens.start.checked_sub(1).is_none_or(|i| scan.low(i) != "since")
    });
    let happened = pair(
        &["was", "were", "has", "have", "had", "been"],
        &[
            "arrested",
            "elected",
            "killed",
            "expelled",
            "sacked",
            "banned",
            "convicted",
            "appointed",
            "founded",
            "signed",
            "approved",
            "passed",
            "launched",
            "charged",
            "suspended",
            "jailed",
            "sentenced",
            "been",
        ],
    ) || has(&["voted", "resigned", "signed", "ruled", "invaded"]);
    (dated && happened).then_some((ClaimKind::Event, 0.58 - soft, "dated event"))
}
