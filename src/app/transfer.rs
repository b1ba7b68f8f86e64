//! Articles and corpora in: import, dropped files. All of it runs in the background.

use std::path::PathBuf;

use eframe::egui::Context;

use super::App;
use super::packing::is_pack;
use crate::session::SessionError;

/// Whose work codings are where a file does not say.
const IMPORTED: &str = "imported";

impl App {
    /// Reads articles, and what other programs made of them, in the background.
    pub(super) fn import(&mut self, paths: Vec<PathBuf>) {
        let Some(session) = &mut self.session else { return };
        if let Some(why) = session.read_only() {
            self.notices.warn(SessionError::ReadOnly(why.to_owned()).to_string());
            return;
        }
        session.import(paths, IMPORTED);
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
}
