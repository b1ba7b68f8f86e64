//! The files that a list of paths means.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{ImportError, Problem};

/// How deep folders may be nested.
const DEEPEST: usize = 64;

/// The files at the given paths, each once: a file is itself, a folder is all that is in it and below it, sorted,
/// without what is hidden (a name that starts with a dot). A path that was given by name is taken even if hidden.
/// What cannot be looked into is returned as errors.
pub fn gather(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<ImportError>) {
    let mut walk = Walk::default();
    for path in paths {
        walk.visit(path, 0);
    }
    (walk.files, walk.errors)
}

#[derive(Default)]
struct Walk {
    files: Vec<PathBuf>,
    errors: Vec<ImportError>,
    seen: BTreeSet<PathBuf>,
    /// The folders on the way here, by their true paths.
    above: Vec<PathBuf>,
}

impl Walk {
    fn fail(&mut self, path: &Path, problem: Problem) {
        self.errors.push(ImportError { file: path.display().to_string(), problem });
    }

    fn visit(&mut self, path: &Path, depth: usize) {
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(error) => return self.fail(path, Problem::unreadable(error)),
        };
        if !real.is_dir() {
            if self.seen.insert(real) {
                self.files.push(path.to_owned());
            }
            return;
        }
        if self.above.contains(&real) || depth > DEEPEST {
            return self.fail(path, Problem::Loop);
        }
        // A folder that is reached twice, by a link or by name, is read once.
        if !self.seen.insert(real.clone()) {
            return;
        }
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) => return self.fail(path, Problem::unreadable(error)),
        };
        let mut inside = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) if entry.file_name().to_string_lossy().starts_with('.') => {}
                Ok(entry) => inside.push(entry.path()),
                Err(error) => self.fail(path, Problem::unreadable(error)),
            }
        }
        inside.sort();
        self.above.push(real);
        for path in inside {
            self.visit(&path, depth + 1);
        }
        self.above.pop();
    }
}
