//! Searching 10,000 articles, beside ripgrep on the same texts in files, in turn, in one run. Both count every place.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use framelens::find::{Filter, Options, Query, search};
use framelens::model::{Article, Metadata, Project, Source};

const ARTICLES: usize = 10_000;
const ROUNDS: usize = 7;

/// About four kilobytes, no two the same.
fn text(n: usize) -> String {
    let words = "the council said on Tuesday that nobody had been asked before the ferry would leave harbour and members \
                 of the party called the decision a purge while others spoke of rules which had been plain for years";
    let words: Vec<&str> = words.split_whitespace().collect();
    let mut out = format!("Article {n}\n\n");
    let mut state = n as u64 * 0x9e37_79b9_7f4a_7c15 + 1;
    for i in 0..720 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        out.push_str(words[(state % words.len() as u64) as usize]);
        out.push_str(match i % 90 {
            89 => ".\n\n",
            17 | 44 => ", ",
            _ => " ",
        });
    }
    if n.is_multiple_of(100) {
        let _ = write!(out, "They called it a Witch hunt.");
    }
    out
}

fn main() {
    let place = tempfile::tempdir().unwrap();
    let mut project = Project::new("Speed");
    let mut bytes = 0;
    for n in 0..ARTICLES {
        let text = text(n);
        bytes += text.len();
        std::fs::write(place.path().join(format!("{n:05}.txt")), &text).unwrap();
        let metadata = Metadata { title: format!("Article {n}"), ..Metadata::default() };
        let article = Article::new(text, metadata, vec![], Source::default());
        project.articles.insert(article.id.clone(), article.into());
    }
    println!("{ARTICLES} articles, {} MB", bytes >> 20);
    let there = Command::new("rg").arg("--version").output().is_ok();
    if !there {
        println!("ripgrep is not here (Debian’s package ripgrep): only our own times");
    }
    let expressions = [
        ("a rare word", "Witch", Options { case: true, ..Options::default() }, Some(("-F", "Witch"))),
        ("a frequent word", "purge", Options { case: true, ..Options::default() }, Some(("-F", "purge"))),
        ("a phrase, capitals or not", "witch hunt", Options::default(), Some(("-i", r"witch\s+hunt"))),
        (
            "an expression",
            r"/party\s+(called|spoke)/",
            Options { case: true, ..Options::default() },
            Some(("-e", r"party\s+(called|spoke)")),
        ),
        ("two things near each other", "party NEAR/5 purge", Options::default(), None),
    ];
    for (what, query, options, theirs) in expressions {
        let query = Query::new(query, options).unwrap();
        let (mut found, mut ours, mut rg) = (0, Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let start = Instant::now();
            let nobody = |_: &Article, spans: &[framelens::text::CharSpan]| vec![None; spans.len()];
            search(&project, &query, &Filter::default(), &nobody, usize::MAX, &|| false, &mut |batch| {
                found = batch.found;
                true
            });
            ours.push(start.elapsed());
            if let (true, Some((flag, expression))) = (there, theirs) {
                rg.push(ripgrep(place.path(), flag, expression));
            }
        }
        let ours = middle(ours);
        let beside = match theirs {
            Some(_) if there => {
                let rg = middle(rg);
                format!("; ripgrep {rg:.1?}: {:.2} times its speed", rg.as_secs_f64() / ours.as_secs_f64())
            }
            _ => String::new(),
        };
        println!("{what:28} {found:7} places {ours:.1?}{beside}");
    }
}

fn ripgrep(folder: &Path, flag: &str, expression: &str) -> Duration {
    let start = Instant::now();
    // Every place, as ours; nothing is printed to a terminal.
    let out =
        Command::new("rg").args(["--count-matches", "--no-messages", flag, expression]).arg(folder).output().unwrap();
    assert!(out.status.success());
    start.elapsed()
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
