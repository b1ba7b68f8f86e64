//! Floor 5: the commands. They parse what is asked, call what lives below, and say what came of it.
//!
//! Results go to standard output, everything else to standard error. A command ends with 0, with 1 where the work
//! failed in whole or in part, or with 2 where it was called wrongly.

pub mod apply;
mod backup;
mod check;
mod detect;
mod export;
mod find;
mod import;
mod lines;
mod merge;
mod merge_file;
mod new;
mod pack;
mod pipeline;
mod progress;
mod tidy;
mod unpack;
mod window;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};

use crate::detect::{Detector, Rules};
use crate::model::Project;
use crate::store::{Opened, Store, is_own_file, read_any};

pub use window::{Environment, no_window, window_failed};

/// Code news articles, and keep track of whose words a framing is in.
#[derive(Debug, Parser)]
#[command(
    name = "framelens",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Without a command, framelens opens the window, with the PROJECT if one is named.\n\n\
                  Examples:\n  framelens my-study\n  framelens new my-study --coder Ada\n  \
                  framelens import my-study articles/\n  framelens detect article.txt\n\n\
                  Every command explains itself: framelens detect --help"
)]
pub struct Arguments {
    /// The project folder, or the packed project (.framelens), to open in the window
    pub project: Option<PathBuf>,

    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What can be done without a window.
#[derive(Debug, Subcommand)]
pub enum Command {
    New(new::New),
    Import(import::Import),
    Apply(apply::Apply),
    Detect(detect::Detect),
    Export(export::Export),
    Find(find::Find),
    Check(check::Check),
    Merge(merge::Merge),
    MergeFile(merge_file::MergeFile),
    Tidy(tidy::Tidy),
    Pack(pack::Pack),
    Unpack(unpack::Unpack),
    Backup(backup::Backup),
}

/// Whether all of the work was done; what was not is told already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    Partly,
}

impl Command {
    /// Does what was asked and returns the code to end with. Everything there is to say has been said then.
    pub fn run(self) -> ExitCode {
        let result = match self {
            Self::New(command) => command.run(),
            Self::Import(command) => command.run(),
            Self::Apply(command) => command.run(),
            Self::Detect(command) => command.run(),
            Self::Export(command) => command.run(),
            Self::Find(command) => command.run(),
            Self::Check(command) => command.run(),
            Self::Merge(command) => command.run(),
            Self::MergeFile(command) => command.run(),
            Self::Tidy(command) => command.run(),
            Self::Pack(command) => command.run(),
            Self::Unpack(command) => command.run(),
            Self::Backup(command) => command.run(),
        };
        match result {
            Ok(Outcome::Done) => ExitCode::SUCCESS,
            Ok(Outcome::Partly) => ExitCode::FAILURE,
            // Whoever read our output has seen enough: `framelens detect … | head -1`.
            Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
            Err(error) => {
                tell(&error);
                ExitCode::FAILURE
            }
        }
    }
}

/// Says what went wrong, with its causes, on standard error.
pub fn tell(error: &anyhow::Error) {
    complain(&format!("{error:#}"));
}

/// A line on standard error that says who speaks.
pub fn complain(message: &str) {
    // Where even that cannot be written, there is nobody to tell.
    let _ = writeln!(io::stderr(), "framelens: {message}");
}

/// A line on standard output.
fn say(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
            || cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind)
                == Some(io::ErrorKind::BrokenPipe)
    })
}

/// The detector that the commands work with.
fn detector() -> Arc<dyn Detector> {
    Arc::new(Rules::default())
}

/// Opens a project for reading and tells its notices. Returns whether there were any: then something may be missing.
fn open_to_read(root: &std::path::Path) -> anyhow::Result<(Opened, bool)> {
    let opened = Store::open(root)?;
    for notice in &opened.notices {
        complain(notice);
    }
    let noticed = !opened.notices.is_empty();
    Ok((opened, noticed))
}

/// Reads a project, wherever it is kept, with what is to be told of it. Where that is anything, something may be
/// missing.
fn read_project(path: &std::path::Path) -> anyhow::Result<(Project, Vec<String>)> {
    let packed = read_any(path)?;
    Ok((packed.project, packed.notices))
}

/// Refuses to write over a file of the project itself, whatever the user forces.
fn not_its_own(root: &std::path::Path, out: &std::path::Path) -> anyhow::Result<()> {
    if is_own_file(root, out) {
        anyhow::bail!("{} is a file of the project itself; choose another place", out.display());
    }
    Ok(())
}

/// A size in bytes as people read it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => count(bytes as usize, "byte"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// "1 article", "3 articles".
fn count(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_make_sense() {
        super::Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        for command in super::Arguments::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains(&format!("framelens {}", command.get_name())), "{}", command.get_name());
        }
    }
}
