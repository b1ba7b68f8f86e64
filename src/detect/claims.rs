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

/// The assertions of a text in order.
pub(super) fn claims(scan: &Scan<'_>, amounts: &[Amount]) -> Vec<Assertion> {
    let mut out = Vec::new();
    let mut next = 0;
    for sentence in &scan.sentences {
        for clause in clauses(scan, sentence) {
            while next < amounts.len() && amounts[next].tokens.end <= clause.start {
                next += 1;
            }
            let here: Vec<&Amount> = amounts[next..].iter().take_while(|a| a.tokens.start < clause.end).collect();
            if let Some((kind, score, why)) = judge(scan, &clause, &here) {
                out.push(Assertion { tokens: clause, kind, score, why });
            }
        }
    }
    out
}

/// A sentence cut at semicolons and, where both sides are long enough, at dashes; final punctuation left out.
fn clauses(scan: &Scan<'_>, sentence: &Range<usize>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = sentence.start;
    for i in sentence.clone() {
        let cut = scan.low(i) == ";" || matches!(scan.low(i), "—" | "–") && i >= from + 6 && i + 6 < sentence.end;
        if cut {
            out.push(from..i);
            from = i + 1;
        }
    }
    out.push(from..sentence.end);
    let word = |i: usize| scan.tokens[i].is_word();
    out.into_iter()
        .filter_map(|c| {
            let start = c.clone().find(|i| word(*i) || matches!(scan.low(*i), "$" | "£" | "€"))?;
            let end = c.clone().rev().find(|i| word(*i) || matches!(scan.low(*i), "%" | ")"))? + 1;
            (end >= start + 4).then_some(start..end)
        })
        .collect()
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

fn judge(scan: &Scan<'_>, clause: &Range<usize>, amounts: &[&Amount]) -> Option<(ClaimKind, f32, &'static str)> {
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
    let number = amounts.iter().any(|a| a.kind == EntityKind::Number && substantial(scan, a));
    let counts = amounts.iter().any(|a| {
        let near = a.tokens.start.saturating_sub(5).max(clause.start)..(a.tokens.end + 4).min(clause.end);
        a.kind == EntityKind::Number && substantial(scan, a) && near.into_iter().any(|i| COUNTED.contains(&scan.low(i)))
    });
    let hedged = clause.clone().any(|i| matches!(scan.low(i), "if" | "could" | "might" | "should" | "would"));
    let soft = if hedged { 0.1 } else { 0.0 };
    if has(POLL) && (counted || number || has(TRAILING) || has(COMPARING) || has(SUPERLATIVE)) {
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
    if promise {
        return Some((ClaimKind::Promise, 0.6, "promise"));
    }
    let prediction = pair(&["expected", "likely", "set", "projected", "predicted", "forecast"], &["to"])
        || pair(&["will", "would"], &["never", "inevitably", "soon", "eventually"]);
    if prediction {
        return Some((ClaimKind::Prediction, 0.55, "prediction"));
    }
    let causal = pair(&["because", "due", "thanks"], &["of", "to"])
        || pair(&["led", "leads", "resulted"], &["to", "in"])
        || pair(&["caused", "triggered", "sparked"], &["by", "a", "the"]);
    if causal && has(CAUSES) {
        return Some((ClaimKind::Causal, 0.55, "cause and effect"));
    }
    let dated = kinds(EntityKind::Date);
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
    (dated && happened).then_some((ClaimKind::Event, 0.5, "dated event"))
}
