//! Articles in and corpora out: import, dropped files, export. All of it runs in the background.

use std::path::{Path, PathBuf};

use eframe::egui::Context;

use super::App;
use super::packing::is_pack;
use crate::model::{CoderId, Project};
use crate::session::SessionError;
use crate::{exchange, import};

impl App {
    /// Reads articles in the background; they join the project as one step.
    pub(super) fn import(&mut self, paths: Vec<PathBuf>) {
        let Some(session) = &mut self.session else { return };
        if let Some(why) = session.read_only() {
            self.notices.warn(SessionError::ReadOnly(why.to_owned()).to_string());
            return;
        }
        session.import_in_background(paths.len(), move |progress| {
            let (articles, errors) = import::read_all(&paths, None, |done, total| {
                progress.at(done, total);
                !progress.cancelled()
            });
            let mut problems: Vec<String> = errors.iter().map(ToString::to_string).collect();
            if progress.cancelled() {
                problems.push("The import was stopped; what had been read is there".to_owned());
            }
            (articles, problems)
        });
    }

    /// Files that somebody drops on the window.
    pub(super) fn take_dropped_files(&mut self, ctx: &Context) {
        let dropped: Vec<PathBuf> = ctx.input(|i| i.raw.dropped_files.iter().map(|f| f.path().to_owned()).collect());
        match dropped.as_slice() {
            [] => {}
            _ if self.dialog.is_some() => self.notices.tell("Answer the question that is open; then drop it again"),
            [one] if one.join("project.ron").is_file() || is_pack(one) => self.open_path(ctx, one),
            _ if self.session.is_some() => self.import(dropped),
            _ => self.notices.warn("Open or make a project first; then drop articles onto it."),
        }
    }

    pub(super) fn export(&mut self, format: &'static str, coders: Vec<CoderId>, path: &Path) {
        let Some(session) = &mut self.session else { return };
        let path = path.to_owned();
        session.in_background("Export", move |project: &Project, _| {
            write_export(project, format, coders, &path).map_err(|e| e.to_string())
        });
    }
}

/// Writes an export and says what came of it. The dialog has asked before it gave a file that exists.
fn write_export(
    project: &Project,
    format: &str,
    coders: Vec<CoderId>,
    path: &Path,
) -> Result<String, exchange::ExchangeError> {
    let coders = (coders.len() < project.coders.len()).then(|| coders.into_iter().collect());
    let selection = exchange::Selection { coders, ..exchange::Selection::default() };
    let format = exchange::format(format)?;
    let written = exchange::export(project, &selection, format, path, true, &mut |_| true)?;
    let count = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    let (articles, codings) = (count(written.articles, "article"), count(written.annotations, "coding"));
    Ok(format!("{articles} and {codings} written to {}", path.display()))
}
