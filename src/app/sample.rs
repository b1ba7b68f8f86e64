//! The sample project: built into the program, and copied to where the window keeps its things when it is first
//! opened, so that it can be coded at once and looked at in any state.

use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

static SAMPLE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/projects/harbour-purge");

/// The folder of the sample's copy.
fn place(folder: Option<&Path>) -> PathBuf {
    folder.map_or_else(|| std::env::temp_dir().join("framelens"), Path::to_owned).join("sample").join("harbour-purge")
}

/// Copies the sample project, where no copy is there yet, and returns the copy's folder.
///
/// # Errors
/// Where the copy cannot be written.
pub fn copy(folder: Option<&Path>) -> io::Result<PathBuf> {
    let place = place(folder);
    if !place.join("project.ron").is_file() {
        std::fs::create_dir_all(&place)?;
        SAMPLE.extract(&place)?;
    }
    Ok(place)
}

/// Whether a project is the sample's copy.
pub fn is_sample(root: &Path, folder: Option<&Path>) -> bool {
    root == place(folder)
}
