//! Journals: they know whose they are, and one that is not this project's keeps it from being opened to work in.

use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::super::journal::{self, Begun};
use super::super::{FORMAT, JOURNALS, LARGEST, StoreError};
use super::{Act, Look, entries, name_of};

impl Look<'_> {
    fn journal_files(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut files = entries(&self.root.join(JOURNALS))?;
        let hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        files.retain(|path| path.extension().is_some_and(|ending| ending == "journal") && !hidden(path));
        Ok(files)
    }

    /// The id of the project whose edits the newest journal holds.
    pub(super) fn id_in_journals(&self) -> Option<Uuid> {
        let journals = self.journal_files().ok()?;
        journals.iter().rev().find_map(|path| begun(path).ok()?).map(|begun| begun.project)
    }

    pub(super) fn journals(&mut self) -> Result<(), StoreError> {
        for path in self.journal_files()? {
            let name = name_of(path.strip_prefix(self.root).unwrap_or(&path));
            match begun(&path) {
                Ok(Some(begun)) if begun.format > FORMAT => {
                    self.newer.get_or_insert(name);
                }
                Ok(Some(begun)) if begun.project != self.project.id => {
                    let told = format!(
                        "{name} is the journal of another project: taken out of the way. If that project lacks work, put it into its journal folder and open it"
                    );
                    self.step(name, Act::Replace(None), told);
                }
                Ok(_) => {}
                Err(reason) => {
                    let told = format!("{name} cannot be a journal ({reason}): taken out of the way; look into it");
                    self.step(name, Act::Replace(None), told);
                }
            }
        }
        Ok(())
    }
}

/// What a journal says that it is of; `None` where not even that was written.
fn begun(path: &Path) -> Result<Option<Begun>, String> {
    let about = path.metadata().map_err(|e| e.to_string())?;
    if !about.is_file() {
        return Err("it is not a file".to_owned());
    }
    if about.len() > 4 * LARGEST {
        return Err("it is longer than one can be".to_owned());
    }
    let bytes = std::fs::read(path).map_err(|e| e.to_string())?;
    Ok(journal::read(&bytes).begun)
}
