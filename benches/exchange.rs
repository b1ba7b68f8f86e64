//! The largest project in other programs’ formats, out and in: seconds, megabytes a second, memory; and the same XMI
//! files by dkpro-cassis in the same run, where `FRAMELENS_PYTHON` names a Python that has it.
//!
//! Each step runs in a process of its own, so that its memory can be told.

mod large;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use framelens::exchange::{Bundle, Reading, Selection, Shape, export, format, read};
use framelens::model::Project;
use large::{ARTICLES, CODINGS};

const FORMATS: &[&str] = &["cas-xmi", "jsonl", "parquet"];
/// How many articles are read and written beside another program.
const SAMPLE: usize = 500;
const OUT: &str = "--out";
const IN: &str = "--in";

/// What this process holds in memory at its largest, in MB. Linux alone says so.
fn most() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM:"));
    let kb = line.and_then(|l| l.split_whitespace().nth(1)?.parse::<usize>().ok());
    kb.map_or_else(|| "memory not known".to_owned(), |kb| format!("{} MB", kb >> 10))
}

/// The bytes of a file, or of all files in a folder.
fn size(path: &Path) -> u64 {
    if !path.is_dir() {
        return std::fs::metadata(path).unwrap().len();
    }
    std::fs::read_dir(path).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).sum()
}

fn row(what: &str, time: Duration, path: &Path, more: &str) {
    let bytes = size(path) as f64 / 1e6;
    let seconds = time.as_secs_f64();
    println!("{what:<16}{seconds:>8.2} s {:>8.0} MB/s of {bytes:.0} MB   {more}", bytes / seconds);
}

fn out(project: &Project, name: &str, path: &Path) -> Duration {
    let start = Instant::now();
    let written = export(project, &Selection::default(), format(name).unwrap(), path, false, &mut |_| true).unwrap();
    assert_eq!(written.annotations, written.articles * CODINGS);
    start.elapsed()
}

fn back(name: &str, path: &Path, articles: usize) -> Duration {
    let start = Instant::now();
    let reading = Reading { coder: "ada".to_owned(), now: "2025-03-04T10:00:00Z".parse().unwrap() };
    let joined = read(&Project::new(""), &Bundle::open(path).unwrap(), format(name).unwrap(), &reading).unwrap();
    let time = start.elapsed();
    assert_eq!(joined.project.articles.len(), articles);
    assert_eq!(joined.project.annotations().count(), articles * CODINGS);
    time
}

/// One step, in this process alone.
fn step(args: &[String]) {
    let [what, name, path] = args else { panic!("{args:?}") };
    let path = Path::new(path);
    if what == OUT {
        let project = large::project(ARTICLES);
        let before = most();
        let time = out(&project, name, path);
        row(&format!("{name} out"), time, path, &format!("{} at most, {before} of it the project", most()));
    } else {
        row(&format!("{name} in"), back(name, path, ARTICLES), path, &format!("{} at most", most()));
    }
}

/// The same files by Framelens and by dkpro-cassis.
fn beside(python: &str, folder: &Path) {
    let project = large::project(SAMPLE);
    let (ours, theirs) = (folder.join("ours"), folder.join("theirs"));
    let mut best = (Duration::MAX, Duration::MAX);
    for _ in 0..3 {
        let _ = std::fs::remove_dir_all(&ours);
        let time = out(&project, "cas-xmi", &ours);
        best = (best.0.min(time), best.1.min(back("cas-xmi", &ours, SAMPLE)));
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/cassis.py");
    let said = Command::new(python).arg(script).arg(&ours).arg(&theirs).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let said: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(said["annotations"].as_u64(), Some((SAMPLE * CODINGS) as u64));
    let (load, write) = (said["load"].as_f64().unwrap(), said["write"].as_f64().unwrap());
    let (wrote, read) = (best.0.as_secs_f64(), best.1.as_secs_f64());
    println!("{SAMPLE} XMI files with {} annotations", SAMPLE * CODINGS);
    println!("writing         {wrote:>8.2} s   dkpro-cassis {write:>8.2} s   {:.1} times as fast", write / wrote);
    println!("reading         {read:>8.2} s   dkpro-cassis {load:>8.2} s   {:.1} times as fast", load / read);
    let (mine, other) = (wrote + read, write + load);
    println!(
        "both            {mine:>8.2} s   dkpro-cassis {other:>8.2} s   {:.1} times as fast   bar 10",
        other / mine
    );
    // What other programs write back is read again, with everything in it.
    back("cas-xmi", theirs_with_types(&ours, &theirs), SAMPLE);
}

fn theirs_with_types<'a>(ours: &Path, theirs: &'a Path) -> &'a Path {
    std::fs::copy(ours.join("TypeSystem.xml"), theirs.join("TypeSystem.xml")).unwrap();
    theirs
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if args.first().is_some_and(|a| a == OUT || a == IN) {
        return step(&args);
    }
    let folder = tempfile::tempdir().unwrap();
    let alone = std::env::current_exe().unwrap();
    println!("{ARTICLES} articles, {} annotations", ARTICLES * CODINGS);
    for name in FORMATS {
        let Ok(format) = format(name) else {
            println!("{name:<16}is not among the formats");
            continue;
        };
        let ending = if let Shape::File(ending) = format.shape() { format!(".{ending}") } else { String::new() };
        let path = folder.path().join(format!("large{ending}"));
        for what in [OUT, IN] {
            assert!(Command::new(&alone).args([what, name]).arg(&path).status().unwrap().success());
        }
    }
    match std::env::var("FRAMELENS_PYTHON") {
        Ok(python) => beside(&python, folder.path()),
        Err(_) => println!("dkpro-cassis was not tried: FRAMELENS_PYTHON names no Python"),
    }
}
