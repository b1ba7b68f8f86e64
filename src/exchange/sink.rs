//! Where an export goes: one file, a folder, a zip file, or the memory.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Component, Path, PathBuf};

use crate::archive;

/// Where a format writes its files.
pub struct Sink<'a> {
    to: To<'a>,
    /// Told after each article how many are done; answers whether to go on.
    watch: &'a mut dyn FnMut(usize) -> bool,
    done: usize,
    /// How many bytes are wanted at the most.
    most: Option<usize>,
}

enum To<'a> {
    /// The one file of a format that has one. Its name is the user’s.
    One(&'a mut dyn Write),
    Folder(PathBuf),
    Zip(archive::Writer<&'a mut dyn Write>),
    Memory(&'a mut BTreeMap<String, Vec<u8>>),
}

impl<'a> Sink<'a> {
    /// One file, or what comes to one: where a format writes several, only [`main`](Self::main) may be called.
    pub fn one(out: &'a mut dyn Write, watch: &'a mut dyn FnMut(usize) -> bool) -> Self {
        Self { to: To::One(out), watch, done: 0, most: None }
    }

    /// A folder that is there and empty.
    pub fn folder(root: &Path, watch: &'a mut dyn FnMut(usize) -> bool) -> Self {
        Self { to: To::Folder(root.to_owned()), watch, done: 0, most: None }
    }

    /// The files of a folder in a zip file, the same byte for byte every time.
    pub fn zip(out: &'a mut dyn Write, watch: &'a mut dyn FnMut(usize) -> bool) -> Self {
        Self { to: To::Zip(archive::Writer::new(out)), watch, done: 0, most: None }
    }

    /// Files by their names; the one file of a format that has one is called `""`.
    pub fn memory(files: &'a mut BTreeMap<String, Vec<u8>>, watch: &'a mut dyn FnMut(usize) -> bool) -> Self {
        Self { to: To::Memory(files), watch, done: 0, most: None }
    }

    /// Stops, with [`is_enough`], when about so many bytes are written.
    pub fn at_most(mut self, bytes: usize) -> Self {
        self.most = Some(bytes);
        self
    }

    /// Writes the file of a format that has one file only.
    ///
    /// # Errors
    /// Where it cannot be written, or where `write` says so.
    pub fn main(
        &mut self,
        write: impl FnOnce(&mut dyn Write, &mut dyn FnMut() -> io::Result<()>) -> io::Result<()>,
    ) -> io::Result<()> {
        let (watch, done) = (&mut *self.watch, &mut self.done);
        let mut step = || step(watch, done);
        match &mut self.to {
            To::One(out) => {
                write(&mut **out, &mut step)?;
                out.flush()
            }
            To::Memory(files) => {
                let mut out = Capped { bytes: Vec::new(), most: self.most };
                let written = write(&mut out, &mut step);
                files.insert(String::new(), out.bytes);
                written
            }
            To::Folder(_) | To::Zip(_) => Err(io::Error::other("this format is one file, not a folder of files")),
        }
    }

    /// Writes one of the files of a format that has several. `name` is a path within the export, with `/`.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn file(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        if !is_inside(name) {
            return Err(io::Error::other(format!("“{name}” cannot be the name of a file")));
        }
        match &mut self.to {
            To::One(_) => Err(io::Error::other("this format is a folder of files; name a folder or a .zip file")),
            To::Folder(root) => {
                let path = root.join(name);
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                let mut out = BufWriter::new(fs::File::create_new(path)?);
                out.write_all(content)?;
                out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
            }
            To::Zip(zip) => zip.file(name, content),
            To::Memory(files) => {
                files.insert(name.to_owned(), content.to_vec());
                let written: usize = files.values().map(Vec::len).sum();
                if self.most.is_some_and(|most| written >= most) { Err(enough()) } else { Ok(()) }
            }
        }
    }

    /// Says that one more article is done.
    ///
    /// # Errors
    /// [`io::ErrorKind::Interrupted`] where somebody stopped it.
    pub fn step(&mut self) -> io::Result<()> {
        step(self.watch, &mut self.done)
    }

    /// Ends what needs an end.
    pub(super) fn finish(self) -> io::Result<()> {
        match self.to {
            To::Zip(zip) => zip.finish("").map(drop),
            _ => Ok(()),
        }
    }
}

fn step(watch: &mut dyn FnMut(usize) -> bool, done: &mut usize) -> io::Result<()> {
    *done += 1;
    if watch(*done) { Ok(()) } else { Err(io::Error::new(io::ErrorKind::Interrupted, "it was stopped")) }
}

fn enough() -> io::Error {
    io::Error::new(io::ErrorKind::QuotaExceeded, "enough")
}

/// Whether a name leads to a place within a folder.
pub fn is_inside(name: &str) -> bool {
    !name.is_empty() && Path::new(name).components().all(|c| matches!(c, Component::Normal(_)))
}

struct Capped {
    bytes: Vec<u8>,
    most: Option<usize>,
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        if self.most.is_some_and(|most| self.bytes.len() >= most) { Err(enough()) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
