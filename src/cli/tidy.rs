//! `framelens tidy`

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use clap::Args;

use super::{Outcome, say};
use crate::store::{Store, replace_file};

/// Lines for `.gitattributes`. A text must stay as it was coded, byte for byte.
const ATTRIBUTES: &[&str] = &["*.ron merge=framelens text eol=lf", "articles/*.txt merge=framelens -text"];

/// Lines for `.gitignore`: what is of one computer and of one moment.
const IGNORED: &[&str] = &["journal/", "backups/", ".saving-*"];

/// Set a project up for git
///
/// Writes .gitattributes and .gitignore into the project folder, so that git merges its files with framelens and never
/// changes a text; lines that are there already stay. Git does not take the command itself from a repository: each
/// person sets it once, with the two lines that are printed or with --configure.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  framelens tidy my-study\n  framelens tidy my-study --configure")]
pub struct Tidy {
    /// The project folder
    project: PathBuf,

    /// Also set the merge command in the repository (its own settings, not yours)
    #[arg(long)]
    configure: bool,
}

impl Tidy {
    pub fn run(self) -> anyhow::Result<Outcome> {
        // Whether it is a project at all; what is wrong in it is nothing to this command.
        let opened = Store::open(&self.project)?;
        let root = opened.store.root();
        for (name, lines) in [(".gitattributes", ATTRIBUTES), (".gitignore", IGNORED)] {
            let path = root.join(name);
            match add_lines(&path, lines)? {
                0 => say(&format!("{} has what it needs", path.display()))?,
                _ => say(&format!("{} written", path.display()))?,
            }
        }
        let settings = |program: &str| {
            [
                ("merge.framelens.name", "Framelens project files".to_owned()),
                ("merge.framelens.driver", format!("{program} merge-file %O %A %B %P")),
            ]
        };
        if self.configure {
            let program = std::env::current_exe().context("where this program lies cannot be told")?;
            for (name, value) in settings(&quoted(&program)) {
                configure(root, name, &value)?;
            }
            say("The repository merges with framelens now. Others set it in their own copies")?;
        } else {
            say(
                "Everybody who merges sets this once in their copy of the repository (or: framelens tidy --configure):",
            )?;
            for (name, value) in settings("framelens") {
                say(&format!("  git config {name} \"{value}\""))?;
            }
        }
        Ok(Outcome::Done)
    }
}

/// Puts lines at the end of a file that are not in it yet; all that is there stays. Returns how many.
fn add_lines(path: &Path, lines: &[&str]) -> anyhow::Result<usize> {
    let mut content = match fs::read(path) {
        Ok(content) => content,
        Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(e) => return Err(e).with_context(|| format!("cannot read {}", path.display())),
    };
    let there = |line: &&&str| content.split(|b| *b == b'\n').any(|l| l.trim_ascii() == line.as_bytes());
    let new: Vec<&str> = lines.iter().filter(|line| !there(line)).copied().collect();
    if new.is_empty() {
        return Ok(0);
    }
    if content.last().is_some_and(|b| *b != b'\n') {
        content.push(b'\n');
    }
    for line in &new {
        content.extend_from_slice(line.as_bytes());
        content.push(b'\n');
    }
    replace_file(path, &content).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(new.len())
}

/// A path as one word for the shell that git runs its drivers with.
fn quoted(path: &Path) -> String {
    let path = path.to_string_lossy();
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.into_owned() };
    format!("'{}'", path.replace('\'', "'\\''"))
}

fn configure(root: &Path, name: &str, value: &str) -> anyhow::Result<()> {
    let run = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["config", "--local", name, value])
        .stdin(Stdio::null())
        .output()
        .context("git could not be started")?;
    if !run.status.success() {
        bail!("git did not take the setting {name}: {}", String::from_utf8_lossy(&run.stderr).trim());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_there_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        assert_eq!(add_lines(&path, &["a", "b"]).unwrap(), 2);
        fs::write(&path, b"mine \xff\r\n  a\r\nlast").unwrap();
        assert_eq!(add_lines(&path, &["a", "b"]).unwrap(), 1);
        assert_eq!(fs::read(&path).unwrap(), b"mine \xff\r\n  a\r\nlast\nb\n");
        assert_eq!(add_lines(&path, &["a", "b"]).unwrap(), 0);
    }

    #[test]
    fn a_path_is_one_word() {
        assert_eq!(quoted(Path::new("a b/it's")), "'a b/it'\\''s'");
    }
}
