//! The project folder at its largest: what opening costs beside reading the same bytes, what it holds in memory, and
//! what saving and journalling cost beside writing the same bytes to the same disk.

mod large;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use framelens::edit::{Desk, Edit, Touched};
use framelens::model::Annotation;
use framelens::store::{Opening, Store};
use large::{ARTICLES, CODINGS};
use rayon::prelude::*;

fn files(folder: &Path, all: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, all) } else { all.push(path) }
    }
}

/// Reads every file of the folder on all cores. Returns the bytes read.
fn read(root: &Path) -> usize {
    let mut all = Vec::new();
    files(root, &mut all);
    all.par_iter().map(|path| std::fs::read(path).unwrap().len()).sum()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// A measured row beside what the same bytes cost without the program: the median and the worst hundredth of each.
fn row(what: &str, mut times: Vec<Duration>, mut plain: Vec<Duration>) {
    times.sort();
    plain.sort();
    let worst = |t: &[Duration]| ms(t[t.len() - 1 - t.len() / 100]);
    let (a, b) = (ms(times[times.len() / 2]), ms(plain[plain.len() / 2]));
    println!(
        "{what:<34}{a:>9.2} ms (worst 1 % {:.2})   plain {b:.2} ms (worst 1 % {:.2})   {:.2} times",
        worst(&times),
        worst(&plain),
        a / b
    );
}

/// What this process holds in memory, in MB: now, and at its largest. Linux alone says so.
fn memory() -> Option<(usize, usize)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let field = |name: &str| -> Option<usize> {
        let line = status.lines().find(|l| l.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse::<usize>().ok().map(|kb| kb >> 10)
    };
    Some((field("VmRSS:")?, field("VmHWM:")?))
}

/// Opens the project in a process of its own and says what that took of memory.
const OPEN_ALONE: &str = "--open-alone";

fn open_alone(root: &Path) {
    let opened = Store::open(root).unwrap();
    let texts: usize = opened.project.articles.values().map(|a| a.text.len()).sum();
    let corpus = texts >> 20;
    match memory() {
        Some((now, most)) => {
            println!(
                "memory        {now} MB open, {most} MB at most   bar {} MB (corpus {corpus} MB)",
                2 * corpus + 150
            );
        }
        None => println!("memory        not known on this system"),
    }
}

fn opening(root: &Path) {
    let (mut plain, mut listed, mut open) = (Vec::new(), Vec::new(), Vec::new());
    let mut bytes = 0;
    for _ in 0..9 {
        let start = Instant::now();
        bytes = read(root);
        plain.push(start.elapsed());
        let start = Instant::now();
        let mut list = Duration::ZERO;
        let opened = Store::open_as(root, &Opening::default(), &mut |_| list = start.elapsed()).unwrap();
        open.push(start.elapsed());
        listed.push(list);
        assert_eq!(opened.project.annotations().count(), ARTICLES * CODINGS);
        assert_eq!(opened.notices, Vec::<String>::new());
    }
    let (plain, listed, open) = (median(plain), median(listed), median(open));
    let times = |t: Duration| t.as_secs_f64() / plain.as_secs_f64();
    println!("{ARTICLES} articles, {} annotations, {} MB", ARTICLES * CODINGS, bytes >> 20);
    println!("reading the bytes  {:>7.0} ms", ms(plain));
    println!("articles listed    {:>7.0} ms   {:.1} times", ms(listed), times(listed));
    println!("open               {:>7.0} ms   {:.1} times   bar 3", ms(open), times(open));
}

/// Work of one hour: one annotation's memo changes over and over.
fn working(root: &Path) {
    const EDITS: usize = 400;
    const SAVES: usize = 200;
    let opened = Store::open_to_write(root).unwrap();
    let (store, mut project) = (opened.store, opened.project);
    assert_eq!(store.read_only(), None);
    let ((coder, article), coding) = project.codings.iter().next().unwrap();
    let at = Desk { coder: coder.clone(), article: article.clone() };
    let annotation = coding.annotations.values().next().unwrap().clone();
    let step = |n: usize| {
        let to = Annotation { memo: format!("memo {n:04}"), ..(*annotation).clone() };
        Edit::Annotation { at: at.clone(), id: to.id, to: Some(Box::new(to)) }
    };
    let touched = BTreeSet::from([Touched::Coding(at.coder.clone(), at.article.clone())]);
    let file = root.join("coding").join(at.coder.as_str()).join(format!("{}.ron", at.article));
    let (other, fresh) = (file.with_extension("copy"), file.with_extension("fresh"));
    let (mut saving, mut plain) = (Vec::new(), Vec::new());
    for n in 0..SAVES {
        step(n).apply(&mut project).unwrap();
        let start = Instant::now();
        store.save(&project, &touched).unwrap();
        saving.push(start.elapsed());
        let bytes = std::fs::read(&file).unwrap();
        let start = Instant::now();
        let mut new = std::fs::File::create(&fresh).unwrap();
        new.write_all(&bytes).unwrap();
        new.sync_all().unwrap();
        std::fs::rename(&fresh, &other).unwrap();
        std::fs::File::open(file.parent().unwrap()).unwrap().sync_all().unwrap();
        plain.push(start.elapsed());
    }
    row("saving one article’s codings", saving, plain);

    let (mut journalling, mut plain) = (Vec::new(), Vec::new());
    let beside = root.join("journal").join("plain.log");
    let mut log = std::fs::File::create(&beside).unwrap();
    let mut before = 0;
    for n in 0..EDITS {
        let edit = step(SAVES + n);
        let was = edit.clone().apply(&mut project).unwrap();
        let start = Instant::now();
        store.journal(&project, &edit, was);
        assert!(store.settle(None).unwrap());
        journalling.push(start.elapsed());
        let written = journal_bytes(root);
        let line = vec![b'x'; (written - before) as usize];
        before = written;
        let start = Instant::now();
        log.write_all(&line).unwrap();
        log.sync_data().unwrap();
        plain.push(start.elapsed());
    }
    row("journalling one edit", journalling, plain);
    store.save(&project, &touched).unwrap();
    store.saved_up_to(store.last_edit());
}

fn journal_bytes(root: &Path) -> u64 {
    let entries = std::fs::read_dir(root.join("journal")).unwrap().map(|e| e.unwrap().path());
    let journals = entries.filter(|p| p.extension().is_some_and(|e| e == "journal"));
    journals.map(|p| std::fs::metadata(p).unwrap().len()).sum()
}

fn main() {
    let mut told = std::env::args().skip_while(|a| a != OPEN_ALONE).skip(1);
    if let Some(root) = told.next() {
        return open_alone(Path::new(&root));
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("large");
    Store::create(&root, &large::project(ARTICLES)).unwrap();
    opening(&root);
    let alone = std::env::current_exe().unwrap();
    assert!(std::process::Command::new(alone).arg(OPEN_ALONE).arg(&root).status().unwrap().success());
    working(&root);
}
