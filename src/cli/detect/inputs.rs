//! Where the texts come from: files, folders, standard input, lines of JSON.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

use super::super::complain;
use super::super::lines::{Line, next_line};
use super::super::pipeline::Feed;
use super::InputFormat;
use crate::import::{LARGEST, gather, is_json_lines};

/// One piece of work.
pub enum Job {
    /// A file to read.
    File { path: PathBuf, format: Option<&'static str> },
    /// A line of JSON; `number` counts from 1.
    Line { file: Option<PathBuf>, number: usize, bytes: Vec<u8> },
    /// What came in on standard input, as one text.
    Text { bytes: Vec<u8>, format: Option<&'static str> },
    /// What could not even be read.
    Failed { file: Option<String>, number: Option<usize>, error: String },
}

impl Job {
    /// The file and the line, for a message.
    pub fn place(&self) -> (Option<String>, Option<usize>) {
        match self {
            Self::File { path, .. } => (Some(path.display().to_string()), None),
            Self::Line { file, number, .. } => (file.as_ref().map(|f| f.display().to_string()), Some(*number)),
            Self::Text { .. } => (Some("-".to_owned()), None),
            Self::Failed { file, number, .. } => (file.clone(), *number),
        }
    }
}

/// What was named on the command line.
pub struct Inputs {
    pub paths: Vec<PathBuf>,
    pub format: Option<InputFormat>,
}

impl Inputs {
    /// Puts everything in, in order, until nobody wants it any more.
    pub fn feed(self, feed: &Feed<Job>) {
        if self.paths.is_empty() {
            self.stdin(feed);
            return;
        }
        for path in &self.paths {
            let go_on = if path == Path::new("-") { self.stdin(feed) } else { self.path(feed, path) };
            if !go_on {
                return;
            }
        }
    }

    fn reader(&self) -> Option<&'static str> {
        match self.format {
            Some(InputFormat::Text) => Some("text"),
            Some(InputFormat::Html) => Some("html"),
            _ => None,
        }
    }

    /// Puts in a file, or what is in a folder. Each path on the command line counts, even one that is named twice.
    fn path(&self, feed: &Feed<Job>, path: &Path) -> bool {
        // A pipe such as `<(…)` has no other name to be gathered under.
        let (files, errors) =
            if path.is_dir() || !path.exists() { gather(&[path.to_owned()]) } else { (vec![path.to_owned()], vec![]) };
        for error in errors {
            let job = Job::Failed { file: Some(error.file), number: None, error: error.problem.to_string() };
            if !feed.put(job, 0) {
                return false;
            }
        }
        files.into_iter().all(|file| match self.format {
            Some(InputFormat::Jsonl) => lines_of_file(feed, &file),
            None if holds_lines(&file) => lines_of_file(feed, &file),
            _ => {
                let size = std::fs::metadata(&file).map_or(0, |m| usize::try_from(m.len()).unwrap_or(usize::MAX / 4));
                feed.put(Job::File { path: file, format: self.reader() }, size.min(1 << 40))
            }
        })
    }

    fn stdin(&self, feed: &Feed<Job>) -> bool {
        let stdin = io::stdin();
        if stdin.is_terminal() {
            complain("reading from the terminal; end with Ctrl-D. (framelens detect --help tells more)");
        }
        let mut input = BufReader::with_capacity(1 << 16, stdin.lock());
        let lines = match self.format {
            Some(InputFormat::Jsonl) => true,
            Some(_) => false,
            None => match begins_with_brace(&mut input) {
                Ok(Some(brace)) => brace,
                Ok(None) => return true,
                Err(error) => return failed(feed, Some("-".to_owned()), None, &error),
            },
        };
        if lines {
            return put_lines(feed, None, &mut input);
        }
        let mut bytes = Vec::new();
        match input.take(LARGEST + 1).read_to_end(&mut bytes) {
            Ok(0) => true,
            Ok(size) => feed.put(Job::Text { bytes, format: self.reader() }, size),
            Err(error) => failed(feed, Some("-".to_owned()), None, &error),
        }
    }
}

/// Whether the input's first character is `{`, white space and a byte-order mark aside; `None` where there is no input.
fn begins_with_brace(input: &mut impl BufRead) -> io::Result<Option<bool>> {
    let buffer = input.fill_buf()?;
    if buffer.is_empty() {
        return Ok(None);
    }
    let start = buffer.strip_prefix("\u{feff}".as_bytes()).unwrap_or(buffer);
    Ok(Some(start.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{')))
}

fn failed(feed: &Feed<Job>, file: Option<String>, number: Option<usize>, error: &io::Error) -> bool {
    feed.put(Job::Failed { file, number, error: format!("cannot be read: {error}") }, 0)
}

/// Whether a file is JSON Lines: by its ending, or by its first line.
fn holds_lines(file: &Path) -> bool {
    let ending = file.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    if ending.is_some_and(|e| e == "jsonl" || e == "ndjson") {
        return true;
    }
    // What is no file can be read only once.
    if !file.is_file() {
        return false;
    }
    let mut head = Vec::new();
    let read = File::open(file).and_then(|f| f.take(64 << 10).read_to_end(&mut head));
    read.is_ok() && is_json_lines(&String::from_utf8_lossy(&head))
}

fn lines_of_file(feed: &Feed<Job>, path: &Path) -> bool {
    match File::open(path) {
        Ok(file) => put_lines(feed, Some(path), &mut BufReader::with_capacity(1 << 18, file)),
        Err(error) => failed(feed, Some(path.display().to_string()), None, &error),
    }
}

/// Puts in the lines that are not blank.
fn put_lines(feed: &Feed<Job>, file: Option<&Path>, input: &mut impl BufRead) -> bool {
    let name = || file.map(|f| f.display().to_string());
    for number in 1.. {
        let mut bytes = match next_line(input, LARGEST) {
            Ok(None) => return true,
            Ok(Some(Line::Whole(bytes))) => bytes,
            Ok(Some(Line::TooLong)) => {
                let error = format!("the line is longer than {} MB", LARGEST >> 20);
                if !feed.put(Job::Failed { file: name(), number: Some(number), error }, 0) {
                    return false;
                }
                continue;
            }
            Err(error) => return failed(feed, name(), Some(number), &error),
        };
        if number == 1 && bytes.starts_with("\u{feff}".as_bytes()) {
            bytes.drain(.."\u{feff}".len());
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let size = bytes.len();
        if !feed.put(Job::Line { file: file.map(Path::to_owned), number, bytes }, size) {
            return false;
        }
    }
    true
}
