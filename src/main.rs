//! Floor 6: parses the command line, and opens the window or runs a command.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _, error::ErrorKind};
use framelens::cli::Arguments;

fn main() -> ExitCode {
    quiet_readers();
    let arguments = Arguments::parse();
    match arguments.command {
        Some(command) => command.run(),
        None => {
            if let Some(word) = arguments.project.as_deref().filter(|p| is_mistyped(p)) {
                let message = format!("there is no command and no project “{}”", word.display());
                Arguments::command().error(ErrorKind::InvalidSubcommand, message).exit();
            }
            open_window(arguments.project)
        }
    }
}

/// Whether a word in the place of a project is rather a command that does not exist: nothing has that name, and it is
/// not written like a path.
fn is_mistyped(project: &Path) -> bool {
    !project.exists() && project.components().count() == 1 && project.extension().is_none()
}

/// A panic in a library that reads files becomes an error for that file; its message would only frighten.
fn quiet_readers() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().name() != Some(framelens::import::QUIET_THREAD) {
            tell(info);
        }
    }));
}

#[cfg(feature = "gui")]
fn open_window(project: Option<PathBuf>) -> ExitCode {
    use framelens::cli::{Environment, complain, no_window, window_failed};
    let unix_desktop = cfg!(all(unix, not(target_vendor = "apple"), not(target_os = "android")));
    let variable = |name: &str| std::env::var_os(name).map(|v| v.to_string_lossy().into_owned());
    let (display, wayland_display, wayland_socket) =
        (variable("DISPLAY"), variable("WAYLAND_DISPLAY"), variable("WAYLAND_SOCKET"));
    let surroundings = Environment {
        unix_desktop,
        display: display.as_deref(),
        wayland_display: wayland_display.as_deref(),
        wayland_socket: wayland_socket.as_deref(),
    };
    if surroundings.has_no_display() {
        complain(&no_window("there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)", unix_desktop));
        return ExitCode::FAILURE;
    }
    // The window's libraries are loaded while it starts, and some of the code that loads them panics.
    match std::panic::catch_unwind(|| framelens::app::run(project)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            complain(&window_failed(&format!("{error:#}"), unix_desktop));
            ExitCode::FAILURE
        }
        Err(panic) => {
            let told = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            complain(&window_failed(told.unwrap_or("a fault in the program"), unix_desktop));
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(feature = "gui"))]
fn open_window(_: Option<PathBuf>) -> ExitCode {
    use framelens::cli::{complain, no_window};
    complain(&no_window("this framelens was built without one", false));
    ExitCode::FAILURE
}
