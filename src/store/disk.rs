//! Everything that the store does to the disk goes through here, so that tests can make each single step fail.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

/// One step of the store's on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    MakeFolder,
    /// A new file, empty as yet.
    Create,
    Write,
    /// What was written is forced to the disk.
    Sync,
    Rename,
    Remove,
    SyncFolder,
    /// A file is cut back to what was good in it.
    Cut,
}

/// How a step fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nothing is done.
    Before(io::ErrorKind),
    /// Of what is written, half arrives; of other steps, nothing is done.
    Halfway(io::ErrorKind),
    /// It is done, and reported as failed all the same: an interrupted rename on a share.
    After(io::ErrorKind),
}

impl Failure {
    fn error(self) -> io::Error {
        let (Self::Before(kind) | Self::Halfway(kind) | Self::After(kind)) = self;
        io::Error::new(kind, format!("{kind} (made to fail)"))
    }
}

type Saboteur = dyn Fn(Step, &Path) -> Option<Failure> + Send + Sync;

/// The disk as the store sees it.
#[derive(Clone, Default)]
pub struct Disk(Option<Arc<Saboteur>>);

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Disk(failing)" } else { "Disk" })
    }
}

impl Disk {
    /// A disk whose steps fail where `saboteur` says so: for tests of what happens then.
    pub fn failing(saboteur: impl Fn(Step, &Path) -> Option<Failure> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(saboteur)))
    }

    fn step<T>(&self, step: Step, path: &Path, work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        match self.0.as_ref().and_then(|saboteur| saboteur(step, path)) {
            None => work(),
            Some(failure @ Failure::After(_)) => work().and(Err(failure.error())),
            Some(failure) => Err(failure.error()),
        }
    }

    pub fn make_folder(&self, path: &Path) -> io::Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        self.step(Step::MakeFolder, path, || fs::create_dir_all(path))
    }

    /// A new file to append to; it must not exist.
    pub fn create(&self, path: &Path) -> io::Result<File> {
        self.step(Step::Create, path, || OpenOptions::new().append(true).create_new(true).open(path))
    }

    pub fn write(&self, file: &mut File, path: &Path, content: &[u8]) -> io::Result<()> {
        match self.0.as_ref().and_then(|saboteur| saboteur(Step::Write, path)) {
            None => file.write_all(content),
            Some(Failure::Before(kind)) => Err(Failure::Before(kind).error()),
            Some(failure @ Failure::Halfway(_)) => {
                file.write_all(&content[..content.len() / 2]).and(Err(failure.error()))
            }
            Some(failure @ Failure::After(_)) => file.write_all(content).and(Err(failure.error())),
        }
    }

    pub fn sync(&self, file: &File, path: &Path) -> io::Result<()> {
        self.step(Step::Sync, path, || file.sync_data())
    }

    /// Cuts a file back to `length` bytes.
    pub fn cut(&self, file: &File, path: &Path, length: u64) -> io::Result<()> {
        self.step(Step::Cut, path, || file.set_len(length).and_then(|()| file.sync_data()))
    }

    /// Replaces a file so that, whatever happens, either the old one or the new one is there: writes a temporary file
    /// beside it, forces that to the disk, renames it over `path` and forces the folder to the disk.
    pub fn replace(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.replace_by(path, |file| file.write_all(content))
    }

    /// As [`replace`](Self::replace), for what is written piece by piece. Where `write` fails, the old file stays.
    pub fn replace_by<T>(&self, path: &Path, write: impl FnOnce(&mut File) -> io::Result<T>) -> io::Result<T> {
        let folder = folder_of(path);
        self.make_folder(folder)?;
        let make = || tempfile::Builder::new().prefix(".saving-").tempfile_in(folder);
        let mut temporary = self.step(Step::Create, path, make)?;
        let written = self.step(Step::Write, path, || write(temporary.as_file_mut()))?;
        self.step(Step::Sync, path, || temporary.as_file().sync_all())?;
        // Temporary files are made for their owner alone; a project may be in a folder that a team shares.
        if let Ok(old) = fs::metadata(path) {
            fs::set_permissions(temporary.path(), old.permissions())?;
        } else {
            share(temporary.as_file())?;
        }
        self.step(Step::Rename, path, || temporary.persist(path).map(drop).map_err(io::Error::from))?;
        self.sync_folder(folder)?;
        Ok(written)
    }

    /// Removes a file and forces its folder to the disk.
    pub fn remove(&self, path: &Path) -> io::Result<()> {
        self.step(Step::Remove, path, || fs::remove_file(path))?;
        self.sync_folder(folder_of(path))
    }

    /// Moves a file to where nothing is yet.
    pub fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        if let Some(folder) = to.parent() {
            self.make_folder(folder)?;
        }
        self.step(Step::Rename, from, || fs::rename(from, to))
    }

    /// A rename is on disk only when its folder is. Windows has no such call for folders and does not need it.
    pub fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.step(Step::SyncFolder, folder, || if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) })
    }
}

/// The folder that a file is in; of a bare name, the one that is worked in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Replaces one file outside a project, as [`Disk::replace`] does.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    Disk::default().replace(path, content)
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
