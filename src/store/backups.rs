//! Copies of a project's past, in its own folder.
//!
//! ```text
//! backups/2026-03-04T09-30-00.000Z.framelens                the project as it was, packed
//! backups/2026-03-04T09-30-00.000Z-before-restore.framelens  and why it was kept
//! backups/2026-03-04T09-30-00.000Z-before-repair.zip        every file of the folder as it lay there, sound or not
//! ```
//!
//! The moment is in UTC, so that the names sort by age on every machine.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::pack::{ENDING, Pack, PackError, Packed, Strangers, read_open, write};
use super::{Disk, JOURNALS, StoreError, layout};
use crate::archive::Writer;
use crate::model::{self, Project, slug};

/// The folder within a project that holds its backups.
pub const FOLDER: &str = "backups";

/// Where repair puts what it takes out of the way; never part of a backup, since it lies among them.
pub(super) const BROKEN: &str = "broken";

/// Whether a file or folder is left out of a copy of the whole folder: the backups themselves, and of the journals' folder
/// all but the journals, which may hold the only copy of somebody's work.
fn is_not_copied(name: &str) -> bool {
    let in_journals = name.strip_prefix(JOURNALS).and_then(|rest| rest.strip_prefix('/'));
    name == FOLDER || in_journals.is_some_and(|rest| rest.contains('/') || !rest.ends_with(".journal"))
}

/// Files up to this size are packed in memory, larger ones copied piece by piece.
const PACKED_IN_MEMORY: u64 = 64 << 20;

/// One copy of a project's past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    pub path: PathBuf,
    pub at: Timestamp,
    /// What it was made before or for, in `a–z`, `0–9` and `-`; empty where it was simply time.
    pub why: String,
    /// How large it is, in bytes.
    pub bytes: u64,
    /// Whether it is a copy of the folder's files as they lay there, which may have been broken.
    pub raw: bool,
}

impl Backup {
    /// The file's name, by which people choose it.
    pub fn name(&self) -> String {
        self.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
    }

    pub(super) fn open(&self) -> Result<Pack, PackError> {
        Pack::open(&self.path, if self.raw { Strangers::Leave } else { Strangers::Refuse })
    }

    fn of(path: PathBuf) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let (stem, ending) = name.rsplit_once('.')?;
        let raw = match ending {
            ENDING => false,
            "zip" => true,
            _ => return None,
        };
        let (moment, why) = (stem.get(..LENGTH)?, stem.get(LENGTH..)?);
        let why = if why.is_empty() { why } else { why.strip_prefix('-')? };
        let at = moment_of(moment)?;
        let about = fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file)?;
        Some(Self { at, why: why.to_owned(), bytes: about.len(), raw, path })
    }

    /// Made before something that might have gone wrong. Such a copy is not pushed out by those that are made by the
    /// clock.
    fn is_before(&self) -> bool {
        self.raw || self.why.starts_with("before-")
    }

    /// The files as an older program wrote them. Never removed by the program.
    fn is_of_older_format(&self) -> bool {
        self.why.starts_with("before-format-")
    }
}

/// How many bytes the moment has in a backup's name.
const LENGTH: usize = "2026-03-04T09-30-00.000Z".len();

fn name_of_moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H-%M-%S%.3fZ").to_string()
}

fn moment_of(name: &str) -> Option<Timestamp> {
    let (day, time) = name.split_once('T')?;
    let at: Timestamp = format!("{day}T{}", time.replace('-', ":")).parse().ok()?;
    (name_of_moment(at) == name).then_some(at)
}

/// The backups of the project at `root`, newest first. What else lies in the folder is passed over.
///
/// # Errors
/// Where the folder is there but cannot be read.
pub fn list(root: &Path) -> Result<Vec<Backup>, StoreError> {
    let folder = root.join(FOLDER);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(StoreError::io("read the folder", &folder)(e)),
    };
    let mut found = Vec::new();
    for entry in entries {
        found.extend(Backup::of(entry.map_err(StoreError::io("read the folder", &folder))?.path()));
    }
    found.sort_by(|a, b| (b.at, &b.path).cmp(&(a.at, &a.path)));
    Ok(found)
}

/// A name for a backup that is made now. It sorts behind all there are, even where the clock was set back.
fn next_name(root: &Path, why: &str, ending: &str) -> Result<PathBuf, StoreError> {
    let now = Timestamp::now();
    let newest = list(root)?.into_iter().map(|b| b.at).find(|at| *at >= now);
    let at = match newest {
        Some(newest) => Timestamp::from_millisecond(newest.as_millisecond() + 1).unwrap_or(newest),
        None => now,
    };
    let why = if why.trim().is_empty() { String::new() } else { format!("-{}", slug(why, 40)) };
    Ok(root.join(FOLDER).join(format!("{}{why}.{ending}", name_of_moment(at))))
}

/// Keeps the project as it is now, and lets the oldest copies go where there are more than the project's settings say.
/// `why`: what it is made before or for; empty where it is simply time. Returns `None`, and makes nothing, where the
/// newest backup holds just the same, or where the settings say that none are kept and nobody asked for this one.
///
/// # Errors
/// Where it cannot be written. The project itself is not touched.
pub fn make(root: &Path, project: &Project, why: &str) -> Result<Option<Backup>, PackError> {
    make_on(&Disk::default(), root, project, why)
}

/// As [`make`], on this disk.
///
/// # Errors
/// As [`make`].
pub fn make_on(disk: &Disk, root: &Path, project: &Project, why: &str) -> Result<Option<Backup>, PackError> {
    if project.settings.backups.keep == 0 && why.is_empty() {
        return Ok(None);
    }
    let newest = list(root)?.into_iter().find(|b| !b.raw);
    if let Some(newest) = newest
        && let Ok(mut pack) = newest.open()
        && pack.claimed().is_some_and(|content| content == super::pack::content_hash(project))
        && pack.content().ok() == pack.claimed()
    {
        return Ok(None);
    }
    let path = next_name(root, why, ENDING)?;
    let files = layout::all_files(project).map(|(name, _, content)| (name, content));
    disk.replace_by(&path, |file| write(file, files)).map_err(PackError::io("write", &path))?;
    rotate_on(disk, root, &project.settings.backups)?;
    Ok(Backup::of(path))
}

/// Whether it is time for another backup: none was made within the minutes that the settings say.
///
/// # Errors
/// As [`list`].
pub fn due(root: &Path, settings: &model::Backups, now: Timestamp) -> Result<bool, StoreError> {
    if settings.keep == 0 {
        return Ok(false);
    }
    let newest = list(root)?.into_iter().find(|b| !b.raw);
    Ok(newest.is_none_or(|newest| now.duration_since(newest.at).as_secs() >= i64::from(settings.minutes) * 60))
}

/// The text of an article with this hash (BLAKE3, in hex), from the newest backup that has it.
pub fn text(root: &Path, article: &model::ArticleId, hash: &str) -> Option<String> {
    let name = layout::name_of(&layout::Role::Text(article.clone()).path());
    let with = |backup: Backup| {
        let bytes = backup.open().ok()?.read_named(&name)?;
        let text = String::from_utf8(bytes).ok()?;
        (model::Article::hash_of(&text) == hash).then_some(text)
    };
    list(root).ok()?.into_iter().find_map(with)
}

/// Lets the oldest backups go where there are more, or larger ones, than the settings say. Those made before something
/// (a restore, a repair) are counted by themselves, as many as the others; the newest one of all stays, however large it
/// is, and so does what an older program wrote. Where the settings keep none, nothing is removed: who stops making
/// copies has not asked to lose those there are. Returns what went.
///
/// # Errors
/// Where one cannot be removed.
pub fn rotate(root: &Path, settings: &model::Backups) -> Result<Vec<Backup>, StoreError> {
    rotate_on(&Disk::default(), root, settings)
}

fn rotate_on(disk: &Disk, root: &Path, settings: &model::Backups) -> Result<Vec<Backup>, StoreError> {
    if settings.keep == 0 {
        return Ok(Vec::new());
    }
    let all = list(root)?;
    let newest = all.iter().find(|b| !b.raw).map(|b| b.path.clone());
    let mut room = u64::from(settings.megabytes) * 1_000_000;
    let mut gone = Vec::new();
    // The room goes to the clock's copies first; what was made before something gets what they leave.
    for before in [false, true] {
        let row = all.iter().filter(|b| !b.is_of_older_format() && b.is_before() == before);
        let mut full = false;
        for (n, backup) in row.enumerate() {
            let stays = newest.as_ref() == Some(&backup.path);
            // Once one does not fit, the older ones go as well: a row of copies without holes.
            full |= n >= settings.keep as usize || (n > 0 && backup.bytes > room);
            if full && !stays {
                disk.remove(&backup.path).map_err(StoreError::io("remove", &backup.path))?;
                gone.push(backup.clone());
            } else {
                room = room.saturating_sub(backup.bytes);
            }
        }
    }
    Ok(gone)
}

/// Reads the project that a backup holds.
///
/// # Errors
/// Where the backup is damaged, or the folder it is a copy of could not have been opened.
pub fn read(backup: &Backup) -> Result<Packed, PackError> {
    read_open(backup.open()?, &backup.path)
}

/// Copies every file of the folder as it lies there, sound or not, journals with it, but for the backups and the lock. Links
/// are not followed.
///
/// # Errors
/// Where a file cannot be copied; no backup is made then, and whoever wanted to change something should not.
pub fn backup_folder(root: &Path, why: &str) -> Result<Backup, PackError> {
    backup_folder_on(&Disk::default(), root, why)
}

/// As [`backup_folder`], on this disk.
///
/// # Errors
/// As [`backup_folder`].
pub fn backup_folder_on(disk: &Disk, root: &Path, why: &str) -> Result<Backup, PackError> {
    let path = next_name(root, why, "zip")?;
    let mut files = Vec::new();
    gather(root, root, &mut files)?;
    files.sort();
    let mut failed = root.to_owned();
    disk.replace_by(&path, |out| {
        let mut zip = Writer::new(BufWriter::new(out));
        for (name, file) in &files {
            failed.clone_from(file);
            let mut open = File::open(file)?;
            if open.metadata()?.len() > PACKED_IN_MEMORY {
                zip.large_file(name, &mut open)?;
            } else {
                let mut bytes = Vec::new();
                // A file that grows meanwhile does not grow here.
                open.take(PACKED_IN_MEMORY * 2).read_to_end(&mut bytes)?;
                zip.file(name, &bytes)?;
            }
        }
        failed.clone_from(&path);
        zip.finish("")
    })
    .map_err(|reason| StoreError::Io { doing: "copy", path: failed, reason })?;
    Backup::of(path.clone()).ok_or_else(|| PackError::io("find", &path)(io::ErrorKind::NotFound.into()))
}

/// Every plain file below a folder with its name within the project. Unsaved temporary files are left out.
fn gather(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> Result<(), StoreError> {
    let failed = || StoreError::io("read the folder", folder);
    for entry in fs::read_dir(folder).map_err(failed())? {
        let entry = entry.map_err(failed())?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(failed())?);
        let name = layout::name_of(path.strip_prefix(root).unwrap_or(&path));
        if kind.is_dir() {
            if !is_not_copied(&name) {
                gather(root, &path, files)?;
            }
        } else if kind.is_file()
            && !is_not_copied(&name)
            && !entry.file_name().to_string_lossy().starts_with(".saving-")
        {
            files.push((name, path));
        }
    }
    Ok(())
}

/// The newest backup of the one folder whose content the other one's backups hold too: where two copies of a project
/// were last the same, and so what a merge of the two begins from.
///
/// # Errors
/// As [`list`]. Backups that are damaged are passed over.
pub fn newest_common(a: &Path, b: &Path) -> Result<Option<Backup>, StoreError> {
    let claims = |root: &Path| -> Result<Vec<(String, Backup)>, StoreError> {
        let packs = list(root)?.into_iter().filter(|b| !b.raw);
        Ok(packs.filter_map(|b| Some((b.open().ok()?.claimed()?, b))).collect())
    };
    let proven = |backup: &Backup, claim: &str| {
        backup.open().and_then(|mut pack| pack.content()).is_ok_and(|content| content == claim)
    };
    let others = claims(b)?;
    let known: BTreeSet<&str> = others.iter().map(|(claim, _)| claim.as_str()).collect();
    Ok(claims(a)?.into_iter().filter(|(claim, _)| known.contains(claim.as_str())).find_map(|(claim, backup)| {
        let also = others.iter().any(|(other, there)| *other == claim && proven(there, &claim));
        (also && proven(&backup, &claim)).then_some(backup)
    }))
}
