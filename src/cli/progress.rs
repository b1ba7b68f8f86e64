//! How far a command is, on a terminal only.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// How often the line is drawn at the most.
const PAUSE: Duration = Duration::from_millis(100);

/// A line on standard error that is drawn over; nothing where standard error is no terminal.
#[derive(Debug)]
pub struct Progress {
    verb: &'static str,
    total: Option<usize>,
    done: usize,
    shown: bool,
    last: Instant,
    terminal: bool,
}

impl Progress {
    pub fn new(verb: &'static str, total: Option<usize>) -> Self {
        let terminal = io::stderr().is_terminal();
        Self { verb, total, done: 0, shown: false, last: Instant::now(), terminal }
    }

    /// Says that `n` more are done.
    pub fn step(&mut self, n: usize) {
        self.done += n;
        if self.terminal && self.last.elapsed() >= PAUSE {
            self.last = Instant::now();
            self.shown = true;
            let of = self.total.map(|t| format!(" of {t}")).unwrap_or_default();
            let _ = write!(io::stderr(), "\r{} {}{of} …\u{1b}[K", self.verb, self.done);
        }
    }

    /// Takes the line away, so that something else can be written.
    pub fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
