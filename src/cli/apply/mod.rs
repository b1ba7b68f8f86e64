//! `framelens apply`: every change that the window can make, as JSON Lines.

mod carry;
mod input;
mod on_articles;
mod on_book;
mod on_spans;
mod refused;
mod request;
mod resolve;
mod schema;

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::{Outcome, complain, count, detector};
use crate::session::{Saved, Session, Told};
pub use carry::{Defaults, Done, carry_out};
pub use refused::Refused;
pub use request::{Request, Verb};
pub use schema::schema;

/// How many lines are settled together at the most, and how long a line waits for others.
const TOGETHER: usize = 512;
const LONGEST: Duration = Duration::from_millis(200);

/// How often the session is looked after while no line comes.
const FRAME: Duration = Duration::from_millis(20);

/// Change a project by a script
///
/// Reads one JSON object a line and writes one a line, in order: {"line":1,"ok":true,"id":…}, or
/// {"line":1,"ok":false,"error":…} where a line cannot be carried out; such a line changes nothing, and the next ones go
/// on. A line is answered when its change is on disk. Each line says with "do" what is to be done, and may have a
/// "coder", a moment "at" and a "ref" that comes back with the answer. docs/apply.md shows every verb; --schema writes
/// them all as a JSON Schema.
///
/// "start" and "end" count Unicode code points, end-exclusive. The command ends with 1 where any line failed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    echo '{\"do\":\"code\",\"article\":\"Ferry row\",\"quote\":\"witch hunt\",\"code\":\"Purge\"}' | \
    framelens apply my-study --coder Ada\n  \
    framelens apply my-study edits.jsonl --whose-words > answers.jsonl\n  \
    framelens apply --schema")]
pub struct Apply {
    /// The project folder
    #[arg(required_unless_present = "schema")]
    project: Option<PathBuf>,

    /// The file with the lines; `-`, or nothing, is standard input
    edits: Option<PathBuf>,

    /// Who codes, where a line does not say (id or name)
    #[arg(long, value_name = "CODER")]
    coder: Option<String>,

    /// Fill in voice, speaker and stance of codings as the window does; what a line says itself goes before
    #[arg(long)]
    whose_words: bool,

    /// Carry out nothing behind the first line that fails
    #[arg(long)]
    stop_on_error: bool,

    /// Write what a line may be, as a JSON Schema
    #[arg(long, exclusive = true)]
    schema: bool,
}

/// The answer to a line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// From 1.
    pub line: usize,
    pub ok: bool,
    /// What the line had as "ref".
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Value>,
    #[serde(flatten)]
    pub done: Done,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Carries out one line and answers it. The change is on disk only when the session has settled.
pub fn carry_line(session: &mut Session, number: usize, line: &[u8], defaults: &Defaults) -> Answer {
    let line = line.trim_ascii_end();
    match serde_json::from_slice::<Request>(line) {
        Ok(mut request) => {
            let reference = request.reference.take();
            answer(number, reference, carry_out(session, request, defaults))
        }
        Err(error) => answer(number, reference_of(line), Err(Refused::NotARequest(misread(&error)))),
    }
}

fn answer(line: usize, reference: Option<Value>, result: Result<Done, Refused>) -> Answer {
    match result {
        Ok(done) => Answer { line, ok: true, reference, done, error: None },
        Err(why) => Answer { line, ok: false, reference, done: Done::default(), error: Some(why.to_string()) },
    }
}

/// The line is known; the library counts within it and calls it line 1.
fn misread(error: &serde_json::Error) -> String {
    let told = error.to_string();
    let what = told.rsplit_once(" at line ").map_or(told.as_str(), |(what, _)| what);
    // A whole unknown word may stand in it.
    let what: String = what.chars().take(1000).collect();
    if error.column() == 0 { what } else { format!("{what} (column {})", error.column()) }
}

/// The "ref" of a line that is no request otherwise.
fn reference_of(line: &[u8]) -> Option<Value> {
    serde_json::from_slice::<Value>(line).ok()?.get_mut("ref").map(Value::take)
}

impl Apply {
    pub fn run(self) -> anyhow::Result<Outcome> {
        if self.schema {
            let mut out = BufWriter::new(io::stdout().lock());
            serde_json::to_writer_pretty(&mut out, &schema())?;
            out.write_all(b"\n")?;
            out.flush()?;
            return Ok(Outcome::Done);
        }
        let Some(project) = self.project else { bail!("which project?") };
        let (mut session, notices) = Session::open(&project, detector())?;
        notices.iter().for_each(|notice| complain(notice));
        if session.read_only().is_some() {
            bail!("nothing was changed, because {} is open for reading only", project.display());
        }
        let lines = input::read_lines(self.edits)?;
        let defaults = Defaults { coder: self.coder, whose_words: self.whose_words };
        let mut applier =
            Applier { session: &mut session, defaults, stop: self.stop_on_error, all: 0, failed: 0, trouble: false };
        let answered = applier.all(&lines, &mut BufWriter::new(io::stdout().lock()));
        let (all, failed, mut trouble) = (applier.all, applier.failed, applier.trouble);
        // Whatever became of the answers, the work ends up in its files.
        let saved = session.save_now();
        answered?;
        trouble |= tell(saved?);
        if failed > 0 {
            complain(&format!("{failed} of {} failed; the reasons are in the output", count(all, "line")));
            return Ok(Outcome::Partly);
        }
        // What another program did meanwhile may have undone what was answered.
        Ok(if trouble { Outcome::Partly } else { Outcome::Done })
    }
}

struct Applier<'s> {
    session: &'s mut Session,
    defaults: Defaults,
    /// Whether the first failure ends it.
    stop: bool,
    all: usize,
    failed: usize,
    /// Whether anything happened that whoever waits for the answers must know.
    trouble: bool,
}

impl Applier<'_> {
    fn all(&mut self, lines: &Receiver<input::Read>, out: &mut impl Write) -> anyhow::Result<()> {
        while let Some(first) = self.wait(lines) {
            let since = Instant::now();
            let mut answers = vec![self.one(first)];
            // What waits already is settled together.
            while answers.len() < TOGETHER && since.elapsed() < LONGEST && !self.stopped() {
                let Ok(next) = lines.try_recv() else { break };
                answers.push(self.one(next));
            }
            let settled = if answers.iter().any(|a| a.ok) { self.session.settle() } else { Ok(()) };
            if let Err(error) = &settled {
                for answer in answers.iter_mut().filter(|a| a.ok) {
                    answer.ok = false;
                    answer.done = Done::default();
                    answer.error = Some(format!(
                        "carried out, but it could not be saved, and may or may not be there when the project is opened again: {error}"
                    ));
                    self.failed += 1;
                }
            }
            for answer in &answers {
                serde_json::to_writer(&mut *out, answer)?;
                out.write_all(b"\n")?;
            }
            out.flush()?;
            // What is in memory is ahead of the disk now: nothing more is built on it.
            settled?;
            self.look_after();
            if self.stopped() {
                break;
            }
        }
        Ok(())
    }

    fn stopped(&self) -> bool {
        self.stop && self.failed > 0
    }

    fn one(&mut self, (number, line): input::Read) -> Answer {
        let answer = match line {
            Ok(line) => carry_line(self.session, number, &line, &self.defaults),
            Err(error) => answer(number, None, Err(Refused::Told(error))),
        };
        self.all += 1;
        self.failed += usize::from(!answer.ok);
        answer
    }

    /// The next line; `None` at the end. Meanwhile the session saves behind our back, as it does in the window.
    fn wait(&mut self, lines: &Receiver<input::Read>) -> Option<input::Read> {
        loop {
            let idle = self.session.saved() == Saved::Yes && self.session.jobs().next().is_none();
            if idle {
                return lines.recv().ok();
            }
            match lines.recv_timeout(FRAME) {
                Ok(line) => return Some(line),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => self.look_after(),
            }
        }
    }

    fn look_after(&mut self) {
        self.trouble |= tell(self.session.poll());
        self.session.look_outside(false);
        self.session.save_when_due();
    }
}

/// Says what happened meanwhile. Returns whether any of it was trouble.
fn tell(told: Vec<Told>) -> bool {
    let mut trouble = false;
    for told in told {
        trouble |= matches!(told, Told::Trouble(_));
        let (Told::News(text) | Told::Trouble(text)) = told;
        complain(&text);
    }
    trouble
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::sync_channel;

    use super::*;
    use crate::model::Project;
    use crate::store::{Disk, Failure, Opening, Step, Store};

    /// What a full disk does not take is not said to be there, and nothing more is built on it.
    #[test]
    fn what_is_not_on_disk_is_not_acknowledged() {
        static ROOM: AtomicUsize = AtomicUsize::new(usize::MAX);
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("study");
        drop(Store::create(&root, &Project::new("Before")).unwrap());
        let full = |step, _: &std::path::Path| {
            let room = ROOM.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
            (step == Step::Write && room.is_err()).then_some(Failure::Halfway(ErrorKind::StorageFull))
        };
        let how = Opening { to_write: true, disk: Disk::failing(full), ..Opening::default() };
        let (mut session, _) = Session::open_as(&root, detector(), &how, &mut |_| ()).unwrap();
        ROOM.store(0, Ordering::SeqCst);
        let (sender, lines) = sync_channel(9);
        for (number, line) in [(1, r#"{"do":"title","title":"A"}"#), (2, "{}"), (3, r#"{"do":"title","title":"B"}"#)] {
            sender.send((number, Ok(line.as_bytes().to_vec()))).unwrap();
        }
        drop(sender);
        let defaults = Defaults::default();
        let mut applier = Applier { session: &mut session, defaults, stop: false, all: 0, failed: 0, trouble: false };
        let mut out = Vec::new();
        assert!(applier.all(&lines, &mut out).is_err());
        assert_eq!((applier.all, applier.failed), (3, 3));
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out.matches("\"ok\":false").count(), 3);
        assert_eq!(out.matches("it could not be saved").count(), 2, "{out}");
        drop(session);
        let opened = Store::open(&root).unwrap();
        assert_eq!((opened.project.title.as_str(), opened.notices.len()), ("Before", 0));
    }
}
