//! Files that are dropped on the window, and text that is pasted into it.

use std::path::PathBuf;

use eframe::egui::{Context, Event};

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

    /// Text that somebody pastes where nothing is typed: an article to be imported.
    pub(super) fn take_pasted_text(&mut self, ctx: &Context) {
        let busy = self.dialog.is_some() || self.palette.is_some() || ctx.text_edit_focused();
        if busy || self.session.is_none() {
            return;
        }
        let pasted = ctx.input(|i| {
            i.events.iter().find_map(|event| match event {
                Event::Paste(text) if !text.trim().is_empty() => Some(text.clone()),
                _ => None,
            })
        });
        if let Some(text) = pasted {
            self.import_text(ctx, text);
        }
    }
}
