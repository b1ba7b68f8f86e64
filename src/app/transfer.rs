//! Files that are dropped on the window.

use std::path::PathBuf;

use eframe::egui::Context;

use super::App;
use super::packing::is_pack;

impl App {
    /// Files that somebody drops on the window.
    pub(super) fn take_dropped_files(&mut self, ctx: &Context) {
        let dropped: Vec<PathBuf> = ctx.input(|i| i.raw.dropped_files.iter().map(|f| f.path().to_owned()).collect());
        match dropped.as_slice() {
            [] => {}
            _ if self.dialog.is_some() => self.notices.tell("Answer the question that is open; then drop it again"),
            [one] if one.join("project.ron").is_file() || is_pack(one) => self.open_path(ctx, one),
            _ if self.session.is_some() => self.import(ctx, dropped),
            _ => self.notices.warn("Open or make a project first; then drop articles onto it."),
        }
    }
}
