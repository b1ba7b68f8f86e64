//! What changed from one version of the project folder to the next, and what is done before an older one is written to.
//!
//! There is no step that turns an old project into a new one: whoever reads a file takes what is missing as empty, and a
//! file becomes one of the new version when it is next saved. So that an older program can still be gone back to, all
//! files are copied as they are before the first of them is.

use std::path::{Path, PathBuf};

use super::backups::{self, backup_folder_on};
use super::pack::PackError;
use super::{Disk, FORMAT};

/// What each version of the project folder brought.
pub const CHANGES: &[(u32, &str)] = &[
    (1, "project, codebook, entities, articles, codings"),
    (2, "codings: `orphans`, work whose words left the text; settings: `backups`, what is kept of the past"),
];

/// To be called before the first file of a project is written after it was opened; `oldest` is the oldest format that
/// any of its files had. Where that is an older one than is written now, every file is copied as it is into
/// `backups/…-before-format-N.zip`, once. Returns the copy that was made.
///
/// # Errors
/// Where the copy cannot be made: then nothing should be written.
pub fn before_first_save(root: &Path, oldest: u32, disk: &Disk) -> Result<Option<PathBuf>, PackError> {
    if oldest >= FORMAT {
        return Ok(None);
    }
    let why = format!("before-format-{FORMAT}");
    if backups::list(root)?.iter().any(|b| b.raw && b.why == why) {
        return Ok(None);
    }
    backup_folder_on(disk, root, &why).map(|backup| Some(backup.path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_told() {
        let formats: Vec<u32> = CHANGES.iter().map(|(format, _)| *format).collect();
        assert_eq!(formats, (1..=FORMAT).collect::<Vec<_>>());
    }
}
