//! The floors of the house: each module knows only those below it. Reads the source as text, so it also sees what a
//! feature leaves out of the build.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The floor of each top module of the crate.
const FLOORS: &[(&str, u8)] = &[
    ("text", 0),
    ("archive", 0),
    ("model", 1),
    ("edit", 2),
    ("store", 3),
    ("import", 3),
    ("exchange", 3),
    ("detect", 3),
    ("find", 3),
    ("analysis", 3),
    ("exercise", 3),
    ("session", 4),
    ("app", 5),
    ("cli", 5),
    ("main", 6),
    ("lib", 6),
];

fn floor(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

/// What is wrong in one source file. `path` is relative to the package, with `/`.
fn faults(path: &str, source: &str) -> Vec<String> {
    let mut out = Vec::new();
    let bare = without_comments(source);
    if let Some(module) = module_of(path) {
        match floor(module) {
            None => out.push(format!("{path}: the module “{module}” has no floor in tests/plain/architecture.rs")),
            Some(here) => {
                for (line, other) in uses(&bare, module) {
                    let Some(there) = floor(&other) else { continue };
                    if other != module && there >= here {
                        let what = if there == here { "its neighbour" } else { "the floor above," };
                        out.push(format!("{path}:{line}: “{module}” may not know {what} “{other}”"));
                    }
                }
            }
        }
        if module != "app" && module != "main" {
            for word in ["egui", "eframe", "egui_extras", "epaint"] {
                for line in lines_with(&bare, |l| has_word(l, word)) {
                    out.push(format!("{path}:{line}: only the window may know {word}"));
                }
            }
        }
        if module == "app" && !path.starts_with("src/app/theme") {
            for line in lines_with(&bare, has_colour) {
                out.push(format!("{path}:{line}: colours stand in src/app/theme alone"));
            }
        }
    }
    for line in lines_with(source, has_absolute_path) {
        out.push(format!("{path}:{line}: an absolute path of somebody's machine"));
    }
    out
}

/// The top module that a file belongs to; `None` outside `src`.
fn module_of(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("src/")?;
    Some(rest.split('/').next().unwrap_or(rest).trim_end_matches(".rs"))
}

/// The top modules that a file names: `crate::x`, `crate::{x, y::z}`, `framelens::x` in the binary.
fn uses(source: &str, module: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for root in ["crate::", "framelens::"] {
        if root == "framelens::" && module != "main" {
            continue;
        }
        for (at, _) in source.match_indices(root) {
            if source[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let line = source[..at].matches('\n').count() + 1;
            let rest = &source[at + root.len()..];
            match rest.strip_prefix('{') {
                Some(group) => found.extend(heads(group).into_iter().map(|name| (line, name))),
                None => found.push((line, word(rest))),
            }
        }
    }
    found
}

/// The first word of each item in a `{…}` group that has just been opened.
fn heads(group: &str) -> Vec<String> {
    let mut out = Vec::new();
    let (mut depth, mut fresh) = (0, true);
    for (i, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            c if fresh && !c.is_whitespace() => {
                out.push(word(&group[i..]));
                fresh = false;
            }
            _ => {}
        }
    }
    out
}

fn word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn has_word(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| !line[..at].ends_with(part) && !line[at + word.len()..].starts_with(part))
}

/// Whether a line of code writes out a colour.
fn has_colour(line: &str) -> bool {
    let constant = line.match_indices("Color32::").any(|(at, name)| {
        let name = word(&line[at + name.len()..]);
        let shouted =
            !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit());
        // What is not a colour of its own.
        let neutral = matches!(name.as_str(), "TRANSPARENT" | "PLACEHOLDER");
        (shouted && !neutral) || name.starts_with("from_")
    });
    let made = ["Rgba::from_", "Hsva::new", "hex_color!", "Color32::from_hex"].iter().any(|make| line.contains(make));
    let hex = line.match_indices("\"#").any(|(at, mark)| {
        let digits: String = line[at + mark.len()..].chars().take_while(char::is_ascii_hexdigit).collect();
        matches!(digits.len(), 3 | 4 | 6 | 8) && line[at + mark.len() + digits.len()..].starts_with('"')
    });
    constant || made || hex
}

/// Whether a line names a folder of one machine: a home folder, or one that was worked in. (Written in pieces, so that
/// this file does not find itself.)
fn has_absolute_path(line: &str) -> bool {
    let roots =
        [["/ho", "me/"], ["/Us", "ers/"], ["/ro", "ot/"], ["/wo", "rk/"], ["C:\\\\U", "sers"], ["C:\\U", "sers"]];
    roots.iter().map(|r| r.concat()).any(|root| {
        line.match_indices(&root).any(|(at, _)| {
            // `text/work/x` and `https://example.org/home/` are not paths from the root.
            !line[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | '}' | ')'))
        })
    })
}

fn lines_with(source: &str, wrong: impl Fn(&str) -> bool) -> Vec<usize> {
    source.lines().enumerate().filter(|(_, l)| wrong(l)).map(|(i, _)| i + 1).collect()
}

/// The source with comments blanked out, line for line. Strings stay, and marks in them do not begin comments.
fn without_comments(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut chars = source.chars().peekable();
    let mut blocks = 0u32;
    let mut string = false;
    while let Some(c) = chars.next() {
        if blocks > 0 {
            match (c, chars.peek()) {
                ('*', Some('/')) => {
                    chars.next();
                    blocks -= 1;
                }
                ('/', Some('*')) => {
                    chars.next();
                    blocks += 1;
                }
                ('\n', _) => out.push('\n'),
                _ => {}
            }
        } else if string {
            out.push(c);
            if c == '\\' {
                out.extend(chars.next());
            } else if c == '"' {
                string = false;
            }
        } else if c == '/' && chars.peek() == Some(&'/') {
            while chars.next_if(|c| *c != '\n').is_some() {}
        } else if c == '/' && chars.peek() == Some(&'*') {
            chars.next();
            blocks = 1;
        } else if c == '\'' && chars.peek() == Some(&'"') {
            // The character '"' opens no string.
            out.push(c);
            out.extend(chars.next());
        } else {
            string = c == '"';
            out.push(c);
        }
    }
    out
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

#[test]
fn no_arrow_runs_upward() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "tests", "benches", "examples"] {
        sources(&root.join(folder), &mut files);
    }
    files.sort();
    assert!(files.len() > 20, "the source is not where this test looks for it");
    let mut report = String::new();
    for file in files {
        let path = file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        for fault in faults(&path, &fs::read_to_string(&file).unwrap()) {
            writeln!(report, "{fault}").unwrap();
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

#[test]
fn the_checker_finds_what_is_wrong() {
    let some = |path: &str, source: &str| faults(path, source).len();
    // Upward, sideways, in every way of writing it.
    assert_eq!(some("src/text/map.rs", "use crate::model::Article;"), 1);
    assert_eq!(some("src/edit/mod.rs", "fn f() { crate::store::Store::open() }"), 1);
    assert_eq!(some("src/detect/mod.rs", "use crate::analysis;"), 1);
    assert_eq!(some("src/detect.rs", "use crate::{text::{Document, analysis}, analysis::x, cli};"), 2);
    assert_eq!(some("src/session/mod.rs", "use crate::{\n    app,\n    model,\n};"), 1);
    assert_eq!(some("src/cli/mod.rs", "pub(in crate::app) struct X;"), 1);
    assert_eq!(some("src/novel/mod.rs", ""), 1);
    assert!(faults("src/text/map.rs", "\n\nuse crate::model::Article;")[0].starts_with("src/text/map.rs:3: "));
    // Downward, within a module, in comments and in other crates' names.
    assert_eq!(some("src/session/mod.rs", "use crate::{detect::{self, Findings}, edit, model, store, text};"), 0);
    assert_eq!(some("src/store/mod.rs", "use crate::store::files; // not crate::session\n/* crate::app */"), 0);
    assert_eq!(some("src/main.rs", "use framelens::{app, cli};"), 0);
    assert_eq!(some("src/text/mod.rs", "use subcrate::model::X;"), 0);
    assert_eq!(some("src/text/mod.rs", "const A: &str = \"http://x\"; use crate::model;"), 1);
    // The window's own.
    assert_eq!(some("src/session/mod.rs", "use egui::Context;"), 1);
    assert_eq!(some("src/cli/mod.rs", "fn f(x: eframe::Frame) {}"), 1);
    assert_eq!(some("src/app/mod.rs", "use egui::Context; // Color32::RED"), 0);
    assert_eq!(some("src/session/mod.rs", "// as in egui\nlet egui_like = 1;"), 0);
    for colour in [
        "Color32::from_rgb(1, 2, 3)",
        "egui::Color32::from_rgba_unmultiplied(1, 2, 3, 4)",
        "Color32::RED",
        "Color32::LIGHT_BLUE",
        "Color32::from_gray(20)",
        "egui::hex_color!(\"#aabbcc\")",
        "\"#aabbcc\"",
        "Rgba::from_rgb(0.1, 0.2, 0.3)",
    ] {
        assert_eq!(some("src/app/reading.rs", colour), 1, "{colour}");
        assert_eq!(some("src/app/theme.rs", colour), 0, "{colour}");
        assert_eq!(some("src/app/theme/light.rs", colour), 0, "{colour}");
    }
    assert_eq!(some("src/app/reading.rs", "Color32::TRANSPARENT; let c: Color32 = theme.accent; \"#first\""), 0);
    // Somebody's machine.
    for path in ["home/ada/x", "work/x", "Users/ada", "root/.cargo"] {
        assert_eq!(some("tests/x.rs", &format!("let p = \"/{path}\";")), 1, "{path}");
    }
    assert_eq!(some("tests/x.rs", "\"homework/x\" \"a/work/b\" \"https://example.org/home/\""), 0);
}
