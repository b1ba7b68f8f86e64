//! Replacing a file so that, whatever happens, either the old one or the new one is there.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// Writes a temporary file beside `path`, forces it to disk, renames it over `path` and forces the folder to disk.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    fs::create_dir_all(folder)?;
    let mut temporary = tempfile::Builder::new().prefix(".saving-").tempfile_in(folder)?;
    temporary.write_all(content)?;
    temporary.as_file().sync_all()?;
    // Temporary files are made for their owner alone; a project may be in a folder that a team shares.
    if let Ok(old) = fs::metadata(path) {
        fs::set_permissions(temporary.path(), old.permissions())?;
    } else {
        share(temporary.as_file())?;
    }
    temporary.persist(path)?;
    sync(folder)
}

/// Removes a file and forces its folder to disk.
pub fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)?;
    sync(folder_of(path))
}

/// The folder that a file is in; of a bare name, the one that is worked in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(unix)]
fn share(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn share(_: &File) -> io::Result<()> {
    Ok(())
}

/// A rename is on disk only when its folder is. Windows has no such call for folders and does not need it.
#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}
