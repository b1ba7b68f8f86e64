//! The thread that appends edits to the journal and forces them to the disk. Whoever edits hands a record over and goes
//! on; before an edit may be called safe, they wait for it.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::MARK;
use super::disk::Disk;
use super::journal::{Begun, Did, Record};
use super::lock::is_at;
use crate::edit::Edit;

/// How long after a failure the journal is tried again.
const RETRY: Duration = Duration::from_secs(2);
/// A journal of this many bytes begins anew once all of it is in the project's files.
const LONG: u64 = 256 << 10;

/// One writer's journal. The file is made with the first edit.
#[derive(Debug)]
pub struct Writer {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Record>,
    /// What is on disk and not yet in the project's files: should the journal be taken away, it is written anew.
    kept: Vec<Record>,
    /// The number of the last edit that was handed over.
    last: u64,
    /// The number of the last edit that is on disk.
    written: u64,
    /// The number of the last edit that is in the project's files.
    saved: u64,
    /// Why the journal could not be written; it is tried again.
    failure: Option<String>,
    /// Whether the last attempt failed, also where somebody has asked for another one since.
    has_failed: bool,
    closing: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Writer {
    /// A journal at `path`, which must not exist.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub fn new(path: PathBuf, begun: Begun, disk: Disk) -> io::Result<Self> {
        let shared = Arc::<Shared>::default();
        let file = JournalFile { path, begun, disk, open: None, length: 0 };
        let own = shared.clone();
        let thread = thread::Builder::new().name("framelens-journal".to_owned()).spawn(move || own.write_all(file))?;
        Ok(Self { shared, thread: Mutex::new(Some(thread)) })
    }

    /// Hands an edit over, with what stood in its slots before. Returns its number.
    pub fn append(&self, edit: Edit, was: Edit) -> u64 {
        let mut state = self.shared.lock();
        state.last += 1;
        let number = state.last;
        state.queue.push_back(Record::Did(Did { number, edit, was }));
        self.shared.changed.notify_all();
        number
    }

    /// The number of the last edit that was handed over.
    pub fn last(&self) -> u64 {
        self.shared.lock().last
    }

    /// Whether everything handed over is on disk.
    pub fn is_settled(&self) -> bool {
        let state = self.shared.lock();
        state.written >= state.last
    }

    /// Why the journal cannot be written, while it cannot.
    pub fn failure(&self) -> Option<String> {
        self.shared.lock().failure.clone()
    }

    /// Waits until everything handed over so far is on disk, `longest` at the most. Returns whether it is.
    ///
    /// # Errors
    /// Why it could not be written. It stays in memory, in order, and is tried again.
    pub fn wait(&self, longest: Option<Duration>) -> Result<bool, String> {
        let until = longest.map(|l| Instant::now() + l);
        let mut state = self.shared.lock();
        let number = state.last;
        // A failure of before may be over by now: whoever waits wants to know how it is today.
        if state.failure.take().is_some() {
            self.shared.changed.notify_all();
        }
        loop {
            if state.written >= number {
                return Ok(true);
            }
            if let Some(failure) = &state.failure {
                return Err(failure.clone());
            }
            state = match until {
                None => self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Ok(false);
                    }
                    self.shared.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// Says that everything up to this edit is in the project's files.
    pub fn saved(&self, number: u64) {
        let mut state = self.shared.lock();
        if number > state.saved {
            state.saved = number;
            state.queue.push_back(Record::Saved(number));
            self.shared.changed.notify_all();
        }
    }
}

impl Writer {
    /// Writes what waits, and ends; where all of it is in the project's files, the journal is not needed any more and
    /// goes.
    pub fn close(&self) {
        self.shared.lock().closing = true;
        self.shared.changed.notify_all();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic there has been told where it happened.
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn write_all(&self, mut file: JournalFile) {
        let mut state = self.lock();
        loop {
            if state.failure.is_some() && !state.closing {
                // Somebody who waits, or time, ends the pause.
                let paused = self.changed.wait_timeout_while(state, RETRY, |s| s.failure.is_some() && !s.closing);
                state = paused.unwrap_or_else(PoisonError::into_inner).0;
            }
            if state.queue.is_empty() {
                if state.closing {
                    if state.saved >= state.last {
                        // One that stays says that everything in it is saved: it does no harm.
                        let _ = file.remove();
                    }
                    return;
                }
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            // What came while the last ones were written is written together.
            let waiting = state.queue.len();
            let records: Vec<Record> = if file.is_gone() {
                state.kept.iter().chain(&state.queue).cloned().collect()
            } else {
                state.queue.iter().cloned().collect()
            };
            let all_saved = state.saved >= state.last;
            let failed = std::mem::replace(&mut state.has_failed, false);
            drop(state);
            // A journal that lacks edits which the files have would bring back what came before them: where all is in
            // the files, it goes. That needs no room on a full disk.
            let result = if all_saved && (failed || file.length > LONG) {
                file.remove()
            } else {
                file.append(&records, all_saved)
            };
            state = self.lock();
            match result {
                Ok(()) => {
                    let State { queue, kept, saved, .. } = &mut *state;
                    kept.extend(queue.drain(..waiting));
                    kept.retain(|record| matches!(record, Record::Did(did) if did.number > *saved));
                    let did = |r: &Record| if let Record::Did(did) = r { Some(did.number) } else { None };
                    state.written = records.iter().filter_map(did).max().unwrap_or(0).max(state.written);
                    state.failure = None;
                }
                Err(error) => {
                    state.has_failed = true;
                    state.failure = Some(error.to_string());
                    if state.closing {
                        self.changed.notify_all();
                        return;
                    }
                }
            }
            self.changed.notify_all();
        }
    }
}

struct JournalFile {
    path: PathBuf,
    begun: Begun,
    disk: Disk,
    open: Option<File>,
    /// How many bytes of it are good.
    length: u64,
}

impl JournalFile {
    fn append(&mut self, records: &[Record], all_saved: bool) -> io::Result<()> {
        if all_saved && self.open.is_none() {
            return Ok(());
        }
        let mut text: String = records.iter().map(Record::line).collect();
        let disk = self.disk.clone();
        let file = match &mut self.open {
            Some(file) => {
                // A failed attempt may have left half a record.
                if file.metadata()?.len() != self.length {
                    disk.cut(file, &self.path, self.length)?;
                }
                file
            }
            slot => {
                if let Some(folder) = self.path.parent() {
                    // Where the project is gone, nothing is made in its place.
                    if !folder.parent().is_some_and(|root| root.join(MARK).is_file()) {
                        return Err(io::Error::new(io::ErrorKind::NotFound, "the project is not there any more"));
                    }
                    disk.make_folder(folder)?;
                }
                // What an attempt that failed halfway left behind holds nothing that is not in the queue.
                if self.path.exists() {
                    disk.remove(&self.path)?;
                }
                text.insert_str(0, &Record::Begun(self.begun.clone()).line());
                self.length = 0;
                let file = disk.create(&self.path)?;
                if let Some(folder) = self.path.parent() {
                    disk.sync_folder(folder)?;
                }
                slot.insert(file)
            }
        };
        let written = disk.write(file, &self.path, text.as_bytes()).and_then(|()| disk.sync(file, &self.path));
        let written = written.and_then(|()| {
            let gone = || io::Error::new(io::ErrorKind::NotFound, "another program took the journal away");
            if is_at(file, &self.path) { Ok(()) } else { Err(gone()) }
        });
        if let Err(error) = written {
            if self.length == 0 {
                self.open = None;
            }
            return Err(error);
        }
        self.length += text.len() as u64;
        Ok(())
    }

    /// Whether another program took the file away or put another in its place.
    fn is_gone(&mut self) -> bool {
        let gone = self.open.as_ref().is_some_and(|file| !is_at(file, &self.path));
        if gone {
            self.open = None;
            self.length = 0;
        }
        gone
    }

    /// Takes the journal away; the next edit makes a new one.
    fn remove(&mut self) -> io::Result<()> {
        self.open = None;
        self.length = 0;
        if self.path.exists() { self.disk.remove(&self.path) } else { Ok(()) }
    }
}
