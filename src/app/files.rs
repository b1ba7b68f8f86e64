//! Choosing files: the desktop's own dialogs, off the window's thread, and a path field where the desktop has none.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::store;

/// What files are wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    OpenProject,
    NewProject,
    SaveCopy,
    Import,
    Export,
    MergeFolder,
    MergePacked,
    Pack,
    OpenPacked,
    /// A folder in which the packed project is unpacked.
    UnpackIn,
    /// A folder that has the texts that a pack left out.
    Texts,
}

impl Purpose {
    pub fn title(self) -> &'static str {
        match self {
            Self::OpenProject => "Open a project folder",
            Self::NewProject => "A folder for the new project",
            Self::SaveCopy => "A folder for the copy",
            Self::Import => "Articles to import",
            Self::Export => "Write the export to",
            Self::MergeFolder => "A project folder to merge into this one",
            Self::MergePacked => "A packed project to merge into this one",
            Self::Pack => "Pack the project into",
            Self::OpenPacked => "Open a packed project",
            Self::UnpackIn => "A folder to unpack into",
            Self::Texts => "A folder that has the texts",
        }
    }

    /// Whether what is chosen must be there already.
    pub fn must_exist(self) -> bool {
        matches!(self, Self::OpenProject | Self::Import | Self::MergeFolder | Self::MergePacked | Self::OpenPacked)
    }

    /// Whether a file is written, which may be there already.
    pub fn writes_a_file(self) -> bool {
        matches!(self, Self::Export | Self::Pack)
    }
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Paths(Vec<PathBuf>),
    Cancelled,
    /// The desktop offers no dialog.
    Unavailable,
}

/// Asks for files. Called on a thread of its own; may take as long as the user does.
pub trait FileDialogs: Send + Sync {
    fn ask(&self, purpose: Purpose, suggested: &str) -> Answer;
}

/// The desktop's dialogs.
pub struct Desktop;

/// An answer sooner than this was not given by a person.
const TOO_SOON: Duration = Duration::from_millis(150);

impl FileDialogs for Desktop {
    fn ask(&self, purpose: Purpose, suggested: &str) -> Answer {
        if !available() {
            return Answer::Unavailable;
        }
        let started = Instant::now();
        // The asynchronous form is the one that may be used beside the window's thread on every system.
        let dialog = rfd::AsyncFileDialog::new().set_title(purpose.title());
        let one = |file: Option<rfd::FileHandle>| file.map(|f| vec![f.path().to_owned()]);
        let paths = pollster::block_on(async {
            match purpose {
                Purpose::OpenProject
                | Purpose::NewProject
                | Purpose::SaveCopy
                | Purpose::MergeFolder
                | Purpose::UnpackIn
                | Purpose::Texts => one(dialog.pick_folder().await),
                Purpose::MergePacked | Purpose::OpenPacked => one(dialog
                    .add_filter("Packed projects", &[store::PACKED])
                    .add_filter("All files", &["*"])
                    .pick_file()
                    .await),
                Purpose::Import => dialog
                    .add_filter("Articles", &["txt", "text", "md", "html", "htm", "jsonl"])
                    .add_filter("All files", &["*"])
                    .pick_files()
                    .await
                    .map(|files| files.iter().map(|f| f.path().to_owned()).collect()),
                Purpose::Export | Purpose::Pack => one(dialog.set_file_name(suggested).save_file().await),
            }
        });
        match paths {
            Some(paths) if !paths.is_empty() => Answer::Paths(paths),
            // Without a portal and without the helper program the library says "cancelled" at once.
            _ if started.elapsed() < TOO_SOON => Answer::Unavailable,
            _ => Answer::Cancelled,
        }
    }
}

/// Whether the desktop can be expected to show a dialog.
fn available() -> bool {
    if cfg!(not(all(unix, not(target_os = "macos")))) {
        return true;
    }
    let on_path = |program: &str| {
        std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
    };
    let bus = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
        || std::env::var_os("XDG_RUNTIME_DIR").is_some_and(|dir| Path::new(&dir).join("bus").exists());
    bus || on_path("zenity")
}

/// A question that waits for its answer.
pub struct Pending {
    pub purpose: Purpose,
    receiver: Receiver<Answer>,
}

impl Pending {
    /// Asks on a thread of its own; `wake` is called when the answer is there.
    pub fn ask(
        dialogs: Arc<dyn FileDialogs>,
        purpose: Purpose,
        suggested: String,
        wake: impl FnOnce() + Send + 'static,
    ) -> Self {
        let (sender, receiver) = channel();
        let ask = move || {
            // Where the window is gone, nobody needs the answer.
            let _ = sender.send(dialogs.ask(purpose, &suggested));
            wake();
        };
        if thread::Builder::new().name("framelens-dialog".to_owned()).spawn(ask).is_err() {
            return Self { purpose, receiver: channel().1 };
        }
        Self { purpose, receiver }
    }

    /// The answer, once it is there.
    pub fn answer(&self) -> Option<Answer> {
        match self.receiver.try_recv() {
            Ok(answer) => Some(answer),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Answer::Unavailable),
        }
    }
}
