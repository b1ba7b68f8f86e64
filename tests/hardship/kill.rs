//! The program is killed, again and again and at any moment, and what it had acknowledged is there when the project is
//! opened anew.
//!
//! Two programs are killed: `framelens apply`, and one that goes through a session frame by frame as the window does.
//! A mirror, fed with the same lines, tells what the project must be: as it is after some of the lines sent, at least
//! all those that were acknowledged, in order.
//!
//! `FRAMELENS_KILLS=1000 cargo test --release --no-default-features --test hardship kill -- --nocapture` takes its time.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::requests::{Chance, line};
use framelens::cli::apply::{Answer, Defaults, carry_line};
use framelens::detect::Rules;
use framelens::model::{
    Article, Code, CodeId, Coder, Colour, Entity, EntityId, EntityKind, Metadata, Project, Source, Variable,
    VariableKind,
};
use framelens::session::Session;
use framelens::store::{Disk, Failure, Opening, Step, Store};
use serde_json::Value;

/// By this variable the test binary knows that it is to be the program that is killed, and in which folder.
const CHILD: &str = "FRAMELENS_KILL_CHILD";

fn kills(short: usize) -> usize {
    std::env::var("FRAMELENS_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(short)
}

/// Three short articles with characters of every width, five codes, two coders.
fn small_project() -> Project {
    let mut project = Project::new("Ferry");
    for (id, name) in [("ada", "Ada"), ("bo", "Bo")] {
        let id: framelens::model::CoderId = id.parse().unwrap();
        project.coders.insert(id.clone(), Coder { id, name: name.to_owned() });
    }
    for n in 0..5u8 {
        let id: CodeId = format!("code-{n}").parse().unwrap();
        let mut code = Code::new(id.clone(), format!("Code {n}"), Colour::Palette(n));
        code.position = u32::from(n);
        project.codebook.codes.insert(id, code);
    }
    for title in ["Ferry row", "שלום לכולם", "👩‍👩‍👧‍👦 at sea"] {
        let text =
            format!("{title}\n\n“A purge,” said Mara Tallow 👍. The ferry was late.\n\nNobody calls it a witch hunt.");
        let metadata = Metadata { title: title.to_owned(), ..Metadata::default() };
        let article = Article::new(text, metadata, Vec::new(), Source::default());
        project.articles.insert(article.id.clone(), Arc::new(article));
    }
    let id = EntityId::new();
    let entity =
        Entity { id, name: "Mara Tallow".into(), kind: EntityKind::Person, aliases: Vec::new(), note: String::new() };
    project.entities.insert(id, entity);
    project.variables.insert("tone".into(), Variable { kind: VariableKind::Text, description: String::new() });
    project
}

fn session(root: &Path, project: Project) -> Session {
    Session::create(root, project, Arc::new(Rules::default())).unwrap()
}

/// The program that is killed, with what it says.
struct Victim {
    child: Child,
    answers: Receiver<Value>,
    complaints: Option<thread::JoinHandle<String>>,
}

impl Victim {
    fn new(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut err = child.stderr.take().unwrap();
        let (sender, answers) = channel();
        thread::spawn(move || {
            for line in out.split(b'\n').map_while(Result::ok) {
                // An answer that was cut off is none; and a test binary says things of its own.
                let answer = line.strip_prefix(b"@").unwrap_or(&line);
                if let Ok(answer) = serde_json::from_slice::<Value>(answer)
                    && answer.is_object()
                {
                    sender.send(answer).unwrap_or_default();
                }
            }
        });
        let complaints = thread::spawn(move || {
            let mut said = Vec::new();
            let _ = err.read_to_end(&mut said);
            String::from_utf8_lossy(&said).into_owned()
        });
        Self { child, answers, complaints: Some(complaints) }
    }

    fn complaints(&mut self) -> String {
        self.complaints.take().unwrap().join().unwrap()
    }
}

/// What came of it all.
#[derive(Debug, Default)]
struct Tally {
    kills: usize,
    ends: usize,
    acknowledged: usize,
    refused: usize,
    in_flight: usize,
    in_flight_kept: usize,
    /// Kills after which edits had to be brought back from a journal.
    brought_back: usize,
    /// Kills in the middle of writing a record.
    torn: usize,
    /// Kills while whole files were being saved: they left a temporary file.
    while_saving: usize,
}

/// How one program is killed.
struct Plan {
    lines: usize,
    burst: bool,
    /// How long after the last line.
    pause: Duration,
    /// The input ends, and the program would end by itself.
    ends: bool,
    /// It may end by itself.
    spared: bool,
}

impl Plan {
    fn new(chance: &mut Chance) -> Self {
        let micros = match chance.below(10) {
            0 | 1 => 0,
            2..=5 => chance.below(2_000),
            6 | 7 => chance.below(20_000),
            // The pause after which whole files are saved, and the saving.
            _ => 395_000 + chance.below(40_000),
        };
        let most = if chance.one_in(4) { 60 } else { 12 };
        Self {
            lines: 1 + chance.below(most),
            burst: chance.one_in(2),
            pause: Duration::from_micros(micros as u64),
            ends: chance.one_in(4),
            spared: chance.one_in(16),
        }
    }
}

fn kill_again_and_again(times: usize, seed: u64, program: impl Fn(&Path) -> Command) {
    let mut chance = Chance::new(seed);
    let mut tally = Tally::default();
    let mut place = tempfile::tempdir().unwrap();
    let mut root = place.path().join("study");
    drop(session(&root, small_project()));
    while tally.kills < times {
        // A project that grew for long makes everything slow.
        if (tally.kills + tally.ends) % 40 == 39 {
            place = tempfile::tempdir().unwrap();
            root = place.path().join("study");
            drop(session(&root, small_project()));
        }
        once(&mut chance, &mut tally, &root, &program);
    }
    eprintln!("{tally:?}; damage 0");
}

/// One life of the program.
fn once(chance: &mut Chance, tally: &mut Tally, root: &Path, program: &impl Fn(&Path) -> Command) {
    let plan = Plan::new(chance);
    let begin = Store::open(root).unwrap().project;
    let mirror_place = tempfile::tempdir().unwrap();
    let mut mirror = session(&mirror_place.path().join("mirror"), begin.clone());
    let mut states = vec![begin];
    let mut expected: Vec<Answer> = Vec::new();
    let mut told: Vec<Value> = Vec::new();
    let mut lines = Vec::new();

    let mut victim = Victim::new(program(root));
    let mut input = victim.child.stdin.take();
    let mut burst = Vec::new();
    for number in 1..=plan.lines {
        let mut line = line(chance, mirror.project());
        lines.push(String::from_utf8_lossy(&line).into_owned());
        expected.push(carry_line(&mut mirror, number, &line, &Defaults::default()));
        states.push(mirror.project().clone());
        line.push(b'\n');
        burst.append(&mut line);
        // A burst follows on the first line, so that it comes when the program is at work already.
        if plan.burst && number > 1 && number < plan.lines {
            continue;
        }
        // It may be gone already, of its own accord: that is seen below.
        if input.as_mut().is_some_and(|i| i.write_all(&burst).is_err()) {
            break;
        }
        burst.clear();
        // The last line, or the burst, is still under way when the pause before the kill begins.
        while number < plan.lines && told.len() < number {
            match victim.answers.recv_timeout(Duration::from_mins(1)) {
                Ok(answer) => told.push(answer),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("no answer to line {}: {expected:?}", told.len() + 1),
            }
        }
    }
    if plan.ends || plan.spared {
        drop(input.take());
    }
    if !plan.spared {
        thread::sleep(plan.pause);
        victim.child.kill().unwrap();
    }
    let status = victim.child.wait().unwrap();
    told.extend(victim.answers.iter());
    let complaints = victim.complaints();
    let known = [
        "had ended without saving",
        "ended in the middle of writing",
        "was open before",
        "lines failed",
        "line failed",
    ];
    // The last one may have been cut off.
    let whole = complaints.split_inclusive('\n').filter(|l| l.ends_with('\n'));
    for complaint in whole.filter(|l| l.starts_with("framelens: ")) {
        assert!(known.iter().any(|k| complaint.contains(k)), "{complaint}");
    }

    let sent = expected.len();
    let acknowledged = told.len();
    let by_itself = status.code().is_some();
    assert!(!by_itself || plan.ends || plan.spared, "it ended by itself: {status} {complaints}");
    assert!(!by_itself || acknowledged == sent, "{acknowledged} of {sent} lines answered: {complaints}");
    for (told, expected) in told.iter().zip(&expected) {
        assert_eq!(*told, serde_json::to_value(expected).unwrap());
    }

    let leftovers = temporary_files(root);
    let opened = Store::open(root).unwrap();
    assert_eq!(opened.notices, Vec::<String>::new());
    assert!(opened.changed.is_empty() && opened.strays.is_empty(), "{:?} {:?}", opened.changed, opened.strays);
    assert_eq!(opened.project.faults(), []);
    let found = (acknowledged..=sent).find(|k| states[*k] == opened.project);
    let Some(found) = found else {
        let lost = (0..acknowledged).rev().find(|k| states[*k] == opened.project);
        let more = framelens::edit::difference(&states[acknowledged], &opened.project);
        let less = framelens::edit::difference(&opened.project, &states[acknowledged]);
        let told: Vec<_> = told.iter().map(ToString::to_string).collect();
        let kept = place_kept(root);
        panic!(
            "{acknowledged} of {sent} lines were acknowledged, and the project is as after {lost:?}.\n\
             What was found and should not be: {more:#?}\nWhat should be: {less:#?}\n\
             Lines:\n{}\nAnswers:\n{}\nNews: {:?}\nComplaints: {complaints}\nThe folder is kept as {kept}",
            lines.join("\n"),
            told.join("\n"),
            opened.news
        );
    };
    if by_itself {
        tally.ends += 1;
        assert!(opened.news.is_empty() && opened.recovered.is_empty(), "{:?}", opened.news);
    } else {
        tally.kills += 1;
        tally.brought_back += usize::from(!opened.recovered.is_empty());
        tally.torn += usize::from(complaints.contains("in the middle"));
        tally.while_saving += usize::from(leftovers);
    }
    tally.acknowledged += told.iter().filter(|t| t["ok"] == true).count();
    tally.refused += told.iter().filter(|t| t["ok"] == false).count();
    let changed = |from: usize, to: usize| expected[from..to].iter().filter(|e| e.ok).count();
    tally.in_flight += changed(acknowledged, sent);
    tally.in_flight_kept += changed(acknowledged, found);
}

/// Copies a folder to where it stays after the test.
fn place_kept(root: &Path) -> String {
    let kept = tempfile::tempdir().unwrap().keep();
    copy(root, &kept);
    kept.display().to_string()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

/// Whether the saving of a file was broken off; what it left is cleared away, so that it is counted once.
fn temporary_files(folder: &Path) -> bool {
    let mut some = false;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            some |= temporary_files(&path);
        } else if path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(".saving-")) {
            std::fs::remove_file(path).unwrap();
            some = true;
        }
    }
    some
}

#[test]
fn what_apply_acknowledged_survives_every_kill() {
    kill_again_and_again(kills(12), 1, |root| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_framelens"));
        command.arg("apply").arg(root);
        command
    });
}

#[test]
fn what_the_window_acknowledged_survives_every_kill() {
    kill_again_and_again(kills(12), 2, |root| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "kill::a_session_frame_by_frame", "--nocapture", "--test-threads=1"]).env(CHILD, root);
        command
    });
}

/// What two programs that were killed left in their journals must not come back over what the third one saved, where
/// it dies, or cannot go on, while it clears their journals away.
#[test]
fn journals_that_cannot_be_removed_bring_nothing_back() {
    let place = tempfile::tempdir().unwrap();
    let root = |n: u8| place.path().join(format!("study-{n}"));
    let title = |session: &mut Session, title: &str| {
        let line = serde_json::json!({ "do": "title", "title": title }).to_string();
        assert!(carry_line(session, 1, line.as_bytes(), &Defaults::default()).ok);
        session.settle().unwrap();
    };
    // A copy of a folder whose program still runs is as that program would leave it if it were killed.
    let killed = |from: u8, to: u8| {
        copy(&root(from), &root(to));
        let _ = std::fs::remove_file(root(to).join("journal/open.ron"));
    };
    let mut first = session(&root(1), small_project());
    title(&mut first, "One");
    killed(1, 2);
    let (mut second, _) = Session::open(&root(2), Arc::new(Rules::default())).unwrap();
    title(&mut second, "Two");
    killed(2, 3);
    for removed in 0..3 {
        let left = std::sync::atomic::AtomicI32::new(removed);
        let disk = Disk::failing(move |step, path| {
            let journal = path.extension().is_some_and(|e| e == "journal");
            let fails = step == Step::Remove && journal && left.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) <= 0;
            fails.then_some(Failure::Before(std::io::ErrorKind::PermissionDenied))
        });
        let how = Opening { to_write: true, disk, ..Opening::default() };
        let working = 10 + removed as u8;
        copy(&root(3), &root(working));
        let (mut third, _) = Session::open_as(&root(working), Arc::new(Rules::default()), &how, &mut |_| ()).unwrap();
        title(&mut third, "Three");
        third.save_now().unwrap();
        third.settle().unwrap();
        killed(working, working + 10);
        let opened = Store::open(&root(working + 10)).unwrap();
        assert_eq!(opened.project.title, "Three", "{removed} of the journals were removed");
        assert!(opened.news.iter().all(|n| !n.contains("nother program")), "{:?}", opened.news);
        assert_eq!(opened.project, *third.project());
    }
}

/// Not a test by itself: where the variable is set, this is the program that is killed. It does with a session what the
/// window does: each frame it takes in what people did, polls, lets the journal be written and the files be saved.
#[test]
fn a_session_frame_by_frame() {
    let Some(root) = std::env::var_os(CHILD) else { return };
    let (mut session, _) = Session::open(Path::new(&root), Arc::new(Rules::default())).unwrap();
    let (sender, lines) = channel::<Vec<u8>>();
    thread::spawn(move || {
        for line in std::io::stdin().lock().split(b'\n').map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    let mut number = 0;
    let mut unanswered = Vec::new();
    loop {
        let frame = Instant::now();
        let mut over = false;
        loop {
            match lines.try_recv() {
                Ok(line) => {
                    number += 1;
                    unanswered.push(carry_line(&mut session, number, &line, &Defaults::default()));
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    over = true;
                    break;
                }
            }
        }
        session.poll();
        session.settle_soon();
        if session.is_settled() {
            let mut out = std::io::stdout().lock();
            for answer in unanswered.drain(..) {
                writeln!(out, "\n@{}", serde_json::to_string(&answer).unwrap()).unwrap();
            }
            out.flush().unwrap();
        }
        session.save_when_due();
        if over && unanswered.is_empty() {
            break;
        }
        thread::sleep(Duration::from_millis(5).saturating_sub(frame.elapsed()));
    }
    session.save_now().unwrap();
}
