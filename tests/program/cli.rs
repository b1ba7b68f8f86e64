//! The program as scripts call it: what it writes where, and with which code it ends.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn framelens() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_framelens"));
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    command
}

fn run(arguments: &[&str]) -> Output {
    framelens().args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn piped(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = framelens()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // The program may have ended before it read everything.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    out(output).lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn fixture(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name).to_str().unwrap().to_owned()
}

struct Place {
    _keep: tempfile::TempDir,
    root: PathBuf,
}

impl Place {
    fn new() -> Self {
        let keep = tempfile::tempdir().unwrap();
        Self { root: keep.path().to_owned(), _keep: keep }
    }

    fn path(&self, name: &str) -> String {
        self.root.join(name).to_str().unwrap().to_owned()
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        fs::write(self.root.join(name), content).unwrap();
        self.path(name)
    }
}

#[test]
fn from_a_new_project_to_an_export() {
    let place = Place::new();
    let project = place.path("study");
    let made = run(&["new", &project, "--title", "The ferry", "--coder", "Ada Brandt"]);
    assert_eq!((code(&made), err(&made).as_str()), (0, ""));
    let again = run(&["new", &project]);
    assert_eq!(code(&again), 1);
    assert!(err(&again).starts_with("framelens: ") && err(&again).contains("is not empty"), "{}", err(&again));

    let imported = run(&["import", &project, &fixture("ferry.txt"), &fixture("bridge.html")]);
    assert_eq!((code(&imported), out(&imported).as_str()), (0, "2 articles imported\n"), "{}", err(&imported));
    let twice = run(&["import", &project, &fixture("ferry.txt")]);
    assert_eq!((code(&twice), out(&twice).as_str()), (0, "0 articles imported; 1 in the project already\n"));
    assert!(err(&twice).contains("“Last ferry to leave at dusk” is in the project already"));

    let json = place.path("out.jsonl");
    assert_eq!(code(&run(&["export", &project, "--format", "jsonl", "--out", &json])), 0);
    let records: Vec<Value> =
        fs::read_to_string(&json).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(records.len(), 2);
    assert!(records.iter().any(|r| r["text"] == fs::read_to_string(fixture("ferry.txt")).unwrap()));
    let kept = run(&["export", &project, "--format", "csv", "--out", &json]);
    assert_eq!(code(&kept), 1);
    assert!(err(&kept).contains("--force"));
    let table = run(&["export", &project, "--format", "csv", "--out", "-"]);
    assert!(out(&table).starts_with("article,title,outlet,published,authors,"), "{}", out(&table));
    assert_eq!(code(&run(&["export", &project, "--format", "csv", "--out", &json, "--force"])), 0);
    let unknown = run(&["export", &project, "--format", "csv", "--out", "-", "--coder", "nobody"]);
    assert_eq!(code(&unknown), 1);
    assert!(err(&unknown).contains("no coder “nobody”") && err(&unknown).contains("ada-brandt"));

    let checked = run(&["check", &project]);
    assert_eq!(out(&checked), "The ferry: 2 articles, 1 coder, 0 codes, 0 annotations\nSound.\n");
    assert_eq!(code(&checked), 0);
}

#[test]
fn a_damaged_project_is_found_and_left_alone() {
    let place = Place::new();
    let project = place.path("study");
    run(&["new", &project]);
    run(&["import", &project, &fixture("ferry.txt")]);
    let texts = place.root.join("study/articles");
    let text =
        fs::read_dir(&texts).unwrap().map(|e| e.unwrap().path()).find(|p| p.extension().unwrap() == "txt").unwrap();
    fs::write(&text, "Something else").unwrap();
    let checked = run(&["check", &project]);
    assert_eq!(code(&checked), 1);
    assert!(out(&checked).contains("Not sound"), "{}", out(&checked));
    assert_eq!(fs::read_to_string(&text).unwrap(), "Something else");
    // Other articles can come; nothing of this one is touched.
    let import = run(&["import", &project, &fixture("bridge.html")]);
    assert_eq!(code(&import), 0);
    assert!(err(&import).contains("was changed by another program"), "{}", err(&import));
    assert_eq!(fs::read_to_string(&text).unwrap(), "Something else");
    fs::write(text.with_extension("ron"), "not what it was").unwrap();
    let import = run(&["import", &project, &fixture("ferry-header.txt")]);
    assert_eq!(code(&import), 1);
    assert!(err(&import).contains("reading only"));
    let missing = run(&["check", &place.path("nowhere")]);
    assert_eq!(code(&missing), 1);
    assert!(err(&missing).contains("framelens new"));
}

#[test]
fn what_cannot_be_imported_is_told_and_the_rest_comes() {
    let place = Place::new();
    let project = place.path("study");
    run(&["new", &project]);
    fs::create_dir(place.path("in")).unwrap();
    place.file("in/good.txt", "Boats stop\n\nThey stop at six.");
    place.file("in/empty.txt", "");
    place.file("in/picture.png", b"\x89PNG\r\n\x1a\nrest");
    let imported =
        run(&["import", &project, &place.path("in"), &place.path("gone.txt"), &place.path("in/good.txt/below")]);
    assert_eq!(code(&imported), 1);
    assert!(out(&imported).starts_with("1 article imported; 4 could not be read (imports/"), "{}", out(&imported));
    let told = err(&imported);
    assert_eq!(told.lines().count(), 4, "{told}");
    assert!(told.contains("empty.txt: the file is empty") && told.contains("picture.png: this is a picture (PNG)"));
    assert!(told.lines().all(|l| l.starts_with("framelens: ")));
}

#[cfg(unix)]
#[test]
fn a_folder_without_rights_is_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let project = place.path("study");
    run(&["new", &project]);
    let shut = place.path("shut");
    fs::create_dir(&shut).unwrap();
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o000)).unwrap();
    // Whoever may do everything may read this, too.
    let barred = fs::read_dir(&shut).is_err();
    if barred {
        let imported = run(&["import", &project, &shut]);
        assert_eq!(code(&imported), 1);
        assert!(err(&imported).contains("you may read it"), "{}", err(&imported));
        let exported = run(&["export", &project, "--format", "csv", "--out", &format!("{shut}/x.csv")]);
        assert_eq!(code(&exported), 1);
        assert_eq!(code(&run(&["new", &format!("{shut}/y")])), 1);
    }
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o755)).unwrap();
    let below = place.file("file", "x");
    assert_eq!(code(&run(&["new", &format!("{below}/project")])), 1);
    let exported = run(&["export", &project, "--format", "csv", "--out", &format!("{below}/x.csv")]);
    assert_eq!(code(&exported), 1);
    assert!(err(&exported).contains("cannot write"), "{}", err(&exported));
}

#[test]
fn files_are_detected_in_their_order() {
    let output = run(&["detect", &fixture("ferry.txt"), &fixture("bridge.html"), &fixture("ferry-header.txt")]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let found = lines(&output);
    let ids: Vec<_> = found.iter().map(|f| f["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["ferry.txt", "bridge.html", "ferry-header.txt"]);
    // Places count in the file, or in the text that is given.
    assert!(found[0].get("text").is_none());
    let file = fs::read_to_string(fixture("ferry.txt")).unwrap();
    for (found, text) in [(&found[0], file.as_str()), (&found[1], found[1]["text"].as_str().unwrap())] {
        let mut some = 0;
        for list in ["entities", "quotes", "claims", "cues"] {
            for item in found[list].as_array().unwrap() {
                let at = |name: &str| usize::try_from(item[name].as_u64().unwrap()).unwrap();
                let words: String = text.chars().skip(at("start")).take(at("end") - at("start")).collect();
                assert_eq!(item["text"], words);
                assert_eq!(&text[at("byte_start")..at("byte_end")], words);
                some += 1;
            }
        }
        assert!(some > 5);
    }
    assert!(found[2]["text"].as_str().unwrap().starts_with("Last ferry to leave at dusk\n\nEvening"));
    let cues = lines(&run(&["detect", "--layers", "quotes,cues", &fixture("ferry.txt")]));
    assert!(cues[0].get("entities").is_none() && cues[0]["cues"].is_array());
}

#[test]
fn standard_input_is_a_text_or_lines() {
    let text = piped(&["detect", "-"], "\"It is a purge,\" said Ines Falk.".as_bytes());
    assert_eq!(lines(&text)[0]["id"], "stdin");
    assert_eq!(lines(&text)[0]["quotes"][0]["text"], "It is a purge,");
    let input = concat!(
        "\u{feff}{\"id\":\"a\",\"text\":\"One “purge”.\\r\\nTwo.\"}\r\n",
        "\n",
        "{\"id\":12,\"text\":\"Falk said no.\"}\n",
        "not json\n",
        "{\"id\":\"c\"}\n",
        "{\"text\":\"\"}",
    );
    let mut input = input.as_bytes().to_vec();
    input.extend(b"\n{\"id\":\"d\",\"text\":\"\xff\xfe\"}\n{\"id\":\"e\",\"text\":\"End.\"}");
    let output = piped(&["detect"], &input);
    assert_eq!(code(&output), 1);
    let found = lines(&output);
    let places: Vec<_> = found.iter().map(|f| f.get("error").map_or(f["id"].clone(), |_| f["line"].clone())).collect();
    let expected: Vec<Value> = vec!["a".into(), "12".into(), 4.into(), 5.into(), "6".into(), 7.into(), "e".into()];
    assert_eq!(places, expected, "{}", out(&output));
    assert!(err(&output).contains("3 of 7 inputs could not be read"));
    let nothing = piped(&["detect"], b"");
    assert_eq!((code(&nothing), out(&nothing).as_str()), (0, ""));
}

#[test]
fn lines_are_known_by_what_they_hold() {
    let place = Place::new();
    let rows = place.file("rows.txt", "{\"id\":\"r1\",\"text\":\"A.\"}\n{\"id\":\"r2\",\"text\":\"B.\"}\n");
    let ids = |output: &Output| lines(output).iter().map(|l| l["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&run(&["detect", &rows])), ["r1", "r2"]);
    assert_eq!(ids(&run(&["detect", "--format", "text", &rows])), ["rows.txt"]);
    let project = place.path("study");
    run(&["new", &project]);
    assert_eq!(out(&run(&["import", &project, &rows])), "2 articles imported\n");
}

#[test]
fn each_bad_file_costs_one_line() {
    let place = Place::new();
    let empty = place.file("empty.txt", "");
    let binary = place.file("binary", [0u8, 1, 2, 3, 255, 254, 0, 0, 9, 9]);
    let latin = place.file("latin.txt", b"Le maire a d\xe9nonc\xe9 une \xabpurge\xbb, dit-on \xe0 la mairie.");
    let rows = place.file("rows.jsonl", "{\"id\":\"r1\",\"text\":\"A.\"}\n[]\n");
    let below = format!("{empty}/below");
    let output = run(&["detect", &empty, &binary, &latin, &rows, &below, &place.path("gone"), &fixture("ferry.txt")]);
    assert_eq!(code(&output), 1);
    let found = lines(&output);
    assert_eq!(found.len(), 8);
    let bad: Vec<_> = found.iter().map(|f| f.get("error").is_some()).collect();
    assert_eq!(bad, [true, true, false, false, true, true, true, false]);
    assert_eq!(found[0]["file"], empty.as_str());
    assert!(found[2]["text"].as_str().unwrap().contains("dénoncé une «purge»"));
    assert_eq!((&found[4]["file"], &found[4]["line"]), (&Value::from(rows.as_str()), &Value::from(2)));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let line = b"{\"id\":1,\"text\":\"\\\"It is a purge,\\\" said Ines Falk of the Harbour Party.\"}\n";
    let mut child =
        framelens().arg("detect").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || while stdin.write_all(line).is_ok() {});
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    stdout.read_line(&mut first).unwrap();
    assert!(first.contains("\"id\":\"1\""));
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!((code(&output), err(&output).as_str()), (0, ""));
}

#[test]
fn an_answer_comes_before_the_next_question() {
    let mut child = framelens().args(["detect", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for n in 0..5 {
        writeln!(stdin, "{{\"id\":{n},\"text\":\"Falk said no.\"}}").unwrap();
        stdin.flush().unwrap();
        let mut answer = String::new();
        stdout.read_line(&mut answer).unwrap();
        assert!(answer.contains(&format!("\"id\":\"{n}\"")));
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

/// The most memory a process has held, in megabytes.
#[cfg(target_os = "linux")]
fn peak(pid: u32) -> usize {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() / 1024
}

#[cfg(target_os = "linux")]
#[test]
fn many_lines_take_little_memory() {
    let text = fs::read_to_string(fixture("ferry.txt")).unwrap();
    let megabytes = if cfg!(debug_assertions) { 8 } else { 200 };
    let mut child = framelens()
        .args(["detect", "--layers", "claims"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut all = Vec::new();
        stdout.read_to_end(&mut all).unwrap();
        all.iter().filter(|b| **b == b'\n').count()
    });
    let line = serde_json::json!({ "text": text }).to_string() + "\n";
    let count = megabytes * 1_000_000 / line.len();
    for _ in 0..count {
        stdin.write_all(line.as_bytes()).unwrap();
    }
    let peak = peak(child.id());
    drop(stdin);
    assert!(child.wait().unwrap().success());
    assert_eq!(reader.join().unwrap(), count);
    assert!(peak < 100, "{peak} MB");
}

#[test]
fn a_very_large_text_comes_through() {
    let place = Place::new();
    let text = fs::read_to_string(fixture("ferry.txt")).unwrap();
    let bytes = if cfg!(debug_assertions) { 3_000_000 } else { 50_000_000 };
    let large = place.file("large.txt", text.repeat(bytes / text.len()));
    let project = place.path("study");
    run(&["new", &project]);
    let imported = run(&["import", &project, &large]);
    assert_eq!(out(&imported), "1 article imported\n", "{}", err(&imported));
    let mut child = framelens().args(["detect", &large]).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut start = [0; 20];
    // The line is whole in memory before its first byte is written.
    stdout.read_exact(&mut start).unwrap();
    #[cfg(target_os = "linux")]
    {
        let (peak, most) = (peak(child.id()), 100 + 60 * (bytes / 1_000_000));
        assert!(peak < most, "{peak} MB");
    }
    std::io::copy(&mut stdout, &mut std::io::sink()).unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn wrong_usage_ends_with_two() {
    for wrong in
        [&["frobnicate"][..], &["detect", "--nonsense"], &["export"], &["import", "x"], &["detect", "--layers", "x"]]
    {
        let output = run(wrong);
        assert_eq!(code(&output), 2, "{wrong:?}");
        assert!(out(&output).is_empty() && !err(&output).is_empty());
    }
    for help in [&["--help"][..], &["detect", "--help"], &["help", "export"], &["--version"]] {
        assert_eq!(code(&run(help)), 0);
    }
    assert!(out(&run(&["import", "--help"])).contains("Example"));
}

#[test]
fn without_a_display_the_window_says_what_works() {
    let output = run(&[]);
    if cfg!(target_os = "linux") || !cfg!(feature = "gui") {
        assert_eq!(code(&output), 1);
        assert!(err(&output).contains("framelens detect FILE"), "{}", err(&output));
        assert!(!cfg!(feature = "gui") || err(&output).contains("libxkbcommon-x11-0"));
    }
}
