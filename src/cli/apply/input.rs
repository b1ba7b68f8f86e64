//! The lines that wait to be carried out, read on a thread of their own.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use anyhow::Context as _;

use super::super::complain;
use super::super::lines::{Line, next_line};

/// No line is longer than this, in bytes.
pub const LONGEST: u64 = 16 << 20;

/// How many lines wait at the most: 16 of the longest are 256 MB.
const WAITING: usize = 16;

/// A line that is not blank, with its number from 1; or why it could not be read.
pub type Read = (usize, Result<Vec<u8>, String>);

/// Reads the lines of a file, or of standard input (`None`, `-`). The receiver hears no more at the end of the input.
///
/// # Errors
/// Where the file cannot be opened.
pub fn read_lines(path: Option<PathBuf>) -> anyhow::Result<Receiver<Read>> {
    let (sender, receiver) = sync_channel(WAITING);
    let file = match path.filter(|path| path != Path::new("-")) {
        Some(path) => Some(File::open(&path).with_context(|| format!("cannot read {}", path.display()))?),
        None => None,
    };
    // Not joined: it may be waiting for somebody to type.
    thread::spawn(move || match file {
        Some(file) => send(&sender, &mut BufReader::with_capacity(1 << 16, file)),
        None => {
            let stdin = io::stdin();
            if stdin.is_terminal() {
                complain("reading from the terminal; end with Ctrl-D. (framelens apply --help tells more)");
            }
            send(&sender, &mut BufReader::with_capacity(1 << 16, stdin.lock()));
        }
    });
    Ok(receiver)
}

fn send(to: &SyncSender<Read>, input: &mut impl BufRead) {
    for number in 1.. {
        let line = match next_line(input, LONGEST) {
            Ok(None) => return,
            Ok(Some(Line::Whole(mut bytes))) => {
                if number == 1 && bytes.starts_with("\u{feff}".as_bytes()) {
                    bytes.drain(.."\u{feff}".len());
                }
                if bytes.iter().all(u8::is_ascii_whitespace) {
                    continue;
                }
                Ok(bytes)
            }
            Ok(Some(Line::TooLong)) => Err(format!("the line is longer than {} MB", LONGEST >> 20)),
            Err(error) => {
                let _ = to.send((number, Err(format!("cannot be read: {error}"))));
                return;
            }
        };
        if to.send((number, line)).is_err() {
            return;
        }
    }
}
