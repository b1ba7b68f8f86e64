//! Conflicted copies beside broken files: they are never in the way, and may hold what the file itself has lost. What
//! else is in them is taken in once the project opens again.

use std::path::Path;

use super::super::files::Kind;
use super::{Act, Look, decoded, entries, is_ron, parse, read};

impl Look<'_> {
    /// The newest good version of a file elsewhere, in a backup or else in a conflicted copy beside it: its bytes, what is
    /// in it, and where it is from.
    pub(super) fn elsewhere<T>(&self, name: &str, good: impl Fn(&[u8]) -> Option<T>) -> Option<(Vec<u8>, T, String)> {
        if let Some((bytes, value, backup)) = self.in_backups(name, &good) {
            return Some((bytes, value, format!("the backup {backup}")));
        }
        let (folder, own) = match name.rsplit_once('/') {
            Some((folder, own)) => (self.root.join(folder), own),
            None => (self.root.to_owned(), name),
        };
        let stem = own.strip_suffix(".ron")?;
        entries(&folder).ok()?.into_iter().filter(|path| is_ron(path)).find_map(|path| {
            let copy = path.file_name()?.to_str()?;
            // Some programs write their mark before the name, but most behind it; articles are known by their text.
            if copy == own || !(copy.starts_with(stem) || name.starts_with("articles/")) {
                return None;
            }
            let bytes = read(&path).ok()??;
            let value = good(&bytes)?;
            Some((bytes, value, format!("the conflicted copy {copy}")))
        })
    }

    /// Takes a file out of the way that has no name of the project's own, unless it can be read as what lies in its
    /// folder: then somebody's work may be in it.
    pub(super) fn unless_a_copy<T: Kind>(&mut self, path: &Path, name: String, told: String) {
        let bytes = read(path).ok().flatten().map(|bytes| decoded(&bytes).map_or(bytes, String::into_bytes));
        if bytes.and_then(|bytes| parse::<T>(&bytes).value()).is_none() {
            self.step(name, Act::Replace(None), told);
        }
    }
}
