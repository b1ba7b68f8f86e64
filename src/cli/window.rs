//! What to say where no window can be opened.

/// What the surroundings say of a display.
#[derive(Clone, Copy, Debug, Default)]
pub struct Environment<'a> {
    /// Whether windows come from X11 or Wayland here, as on Linux and the BSDs.
    pub unix_desktop: bool,
    /// The variable `DISPLAY`.
    pub display: Option<&'a str>,
    /// The variable `WAYLAND_DISPLAY`.
    pub wayland_display: Option<&'a str>,
    /// The variable `WAYLAND_SOCKET`.
    pub wayland_socket: Option<&'a str>,
}

impl Environment<'_> {
    /// Whether there is nothing that a window could be shown on.
    pub fn has_no_display(self) -> bool {
        let set = |variable: Option<&str>| variable.is_some_and(|v| !v.is_empty());
        self.unix_desktop && !set(self.display) && !set(self.wayland_display) && !set(self.wayland_socket)
    }
}

/// The packages that the window needs on Debian and Ubuntu.
const PACKAGES: &str = "libxkbcommon-x11-0 libgl1 libegl1 libxcursor1 libxi6 libxrandr2";

/// The message where the window cannot be opened: what was wrong, what to install, what works without it.
pub fn no_window(reason: &str, unix_desktop: bool) -> String {
    let install = if unix_desktop {
        format!("The window needs a display and, on Debian or Ubuntu: sudo apt install {PACKAGES}\n")
    } else {
        String::new()
    };
    format!(
        "the window cannot be opened: {reason}\n{install}Without a window these work: framelens detect FILE, new, \
         import, apply, merge, pack, export, check (framelens --help)"
    )
}

/// The message where the window ended with an error. One that is about the display or a library of the system names
/// what to install; any other is told as it is.
pub fn window_failed(reason: &str, unix_desktop: bool) -> String {
    const SIGNS: &[&str] = &[
        "display",
        "wayland",
        "x11",
        "xkb",
        "egl",
        "opengl",
        "glx",
        "glutin",
        "winit",
        "library",
        ".so",
        "compositor",
        "graphics",
        "gl context",
        "adapter",
    ];
    let told = reason.to_lowercase();
    if SIGNS.iter().any(|sign| told.contains(sign)) {
        no_window(reason, unix_desktop)
    } else {
        format!("the window broke off: {reason}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_about_the_display_says_what_to_install() {
        for reason in
            ["Library libxkbcommon-x11.so could not be loaded", "failed to open the X11 display", "no EGL config"]
        {
            assert!(window_failed(reason, true).contains("apt install"), "{reason}");
        }
        assert_eq!(window_failed("index out of bounds", true), "the window broke off: index out of bounds");
    }

    #[test]
    fn a_display_is_known_by_its_variables() {
        let bare = Environment { unix_desktop: true, ..Environment::default() };
        assert!(bare.has_no_display());
        assert!(Environment { display: Some(""), ..bare }.has_no_display());
        assert!(!Environment { display: Some(":0"), ..bare }.has_no_display());
        assert!(!Environment { wayland_display: Some("wayland-0"), ..bare }.has_no_display());
        assert!(!Environment { wayland_socket: Some("5"), ..bare }.has_no_display());
        assert!(!Environment::default().has_no_display());
    }

    #[test]
    fn the_message_names_what_to_install_and_what_works() {
        let told = no_window("no display", true);
        assert!(told.contains("libxkbcommon-x11-0 libgl1") && told.contains("framelens detect FILE"));
        assert!(!no_window("no display", false).contains("apt"));
    }
}
