//! `framelens apply` as scripts call it.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;

use framelens::model::{Article, Code, Coder, Colour, Metadata, Project, Source, Voice};
use framelens::store::Store;
use serde_json::{Value, json};

const TEXT: &str =
    "👩‍👩‍👧‍👦 purge\n\nשלום “purge” שלום. The ferry was late, and the purge was not.\n\n‘It is a purge,’ said Mara Tallow.";

struct Place {
    _keep: tempfile::TempDir,
    root: PathBuf,
}

impl Place {
    /// A project of one article, one coder and two codes that may be changed before it is written.
    fn with(change: impl FnOnce(&mut Project)) -> Self {
        let keep = tempfile::tempdir().unwrap();
        let root = keep.path().join("study");
        let mut project = Project::new("Ferry");
        project.coders.insert("ada".parse().unwrap(), Coder { id: "ada".parse().unwrap(), name: "Ada Brandt".into() });
        for (id, name, parent) in [("conflict", "Conflict", None), ("purge", "Purge", Some("conflict"))] {
            let mut code = Code::new(id.parse().unwrap(), name, Colour::Palette(0));
            code.parent = parent.map(|p| p.parse().unwrap());
            project.codebook.codes.insert(code.id.clone(), code);
        }
        put(&mut project, "Ferry row", TEXT);
        change(&mut project);
        drop(Store::create(&root, &project).unwrap());
        Self { _keep: keep, root }
    }

    fn new() -> Self {
        Self::with(|_| ())
    }

    fn project(&self) -> Project {
        let opened = Store::open(&self.root).unwrap();
        assert_eq!(opened.notices, Vec::<String>::new());
        assert_eq!(opened.project.faults(), []);
        opened.project
    }

    fn start(&self, arguments: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_framelens"))
            .arg("apply")
            .arg(&self.root)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn bytes(&self, arguments: &[&str], input: Vec<u8>) -> Output {
        let mut child = self.start(arguments);
        let mut stdin = child.stdin.take().unwrap();
        let writer = std::thread::spawn(move || {
            // The program may have ended before it read everything.
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        output
    }

    fn apply(&self, arguments: &[&str], lines: &[Value]) -> (Vec<Value>, i32) {
        let input: String = lines.iter().map(|l| format!("{l}\n")).collect();
        let output = self.bytes(arguments, input.into_bytes());
        (answers(&output), output.status.code().unwrap())
    }

    /// The answer to one line.
    fn one(&self, line: Value) -> Value {
        self.apply(&[], &[line]).0.remove(0)
    }
}

fn put(project: &mut Project, title: &str, text: &str) {
    let metadata = Metadata { title: title.to_owned(), ..Metadata::default() };
    let article = Article::new(text, metadata, Vec::new(), Source::default());
    project.articles.insert(article.id.clone(), Arc::new(article));
}

fn answers(output: &Output) -> Vec<Value> {
    let out = String::from_utf8(output.stdout.clone()).unwrap();
    out.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn error(answer: &Value) -> &str {
    assert_eq!(answer["ok"], false, "{answer}");
    answer["error"].as_str().unwrap()
}

fn code(place: Value) -> Value {
    let mut line = json!({ "do": "code", "article": "Ferry row", "code": "Purge" });
    line.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
    line
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, to).unwrap();
        }
    }
}

#[test]
fn every_verb_goes_through_the_program() {
    let keep = tempfile::tempdir().unwrap();
    let place = Place { root: keep.path().join("study"), _keep: keep };
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("projects/harbour-purge"), &place.root);
    let document = include_str!("../../docs/apply.md");
    let lines = document.lines().filter(|l| l.starts_with("{\"do\":") && !l.contains("-orphan\""));
    let lines: Vec<Value> = lines.map(|l| serde_json::from_str(l).unwrap()).collect();
    assert!(lines.len() > 35);
    let (answers, code) = place.apply(&[], &lines);
    assert_eq!(code, 0, "{answers:#?}");
    assert_eq!(answers.len(), lines.len());
    for (number, (line, answer)) in (1..).zip(lines.iter().zip(&answers)) {
        assert_eq!(answer["line"], number);
        assert_eq!(answer["ok"], true, "{line} {answer}");
        assert_eq!(answer.get("ref"), line.get("ref"));
    }
    assert_eq!(place.project().title, "The Harbour purge");
    assert!(!place.root.join("journal").exists(), "it closed the project");
}

#[test]
fn a_bad_line_costs_itself_alone() {
    let place = Place::new();
    let before = place.project();
    let mut input = b"\xef\xbb\xbf{\"do\":\"title\",\"title\":\"First\"}\r\n\n  \n".to_vec();
    let deep = "[".repeat(100_000);
    let huge = format!("{{\"do\":\"title\",\"title\":\"{}\"}}", "x".repeat(17 << 20));
    let bad: Vec<(&[u8], &str)> = vec![
        (b"nonsense", "not a request"),
        (b"{\"do\":\"title\",\"title\":\"\xff\"}", "not a request"),
        (b"[]", "not a request"),
        (b"null", "not a request"),
        (b"{\"do\":\"title\"", "not a request"),
        (b"{\"do\":\"title\",\"title\":\"A\"}{}", "not a request"),
        (b"{\"do\":\"title\",\"title\":\"A\",\"x\":1}", "unknown field `x`"),
        (b"{\"do\":\"title\",\"title\":\"A\",\"title\":\"B\"}", "duplicate field"),
        (b"{\"do\":\"title\",\"title\":7}", "invalid type"),
        (b"{\"title\":\"A\"}", "missing field `do`"),
        (b"{\"do\":\"fly\"}", "unknown variant `fly`"),
        (b"{\"do\":\"title\",\"title\":\"  \"}", "needs a name"),
        (b"{\"do\":\"title\",\"title\":\"A\",\"at\":\"yesterday\"}", "not a request"),
        (b"{\"do\":\"code\",\"article\":\"Ferry row\",\"code\":\"Purge\",\"start\":-1,\"end\":3}", "invalid value"),
        (
            b"{\"do\":\"code\",\"article\":\"Ferry row\",\"code\":\"Purge\",\"start\":0,\"end\":1,\"intensity\":4}",
            "1 to 3",
        ),
        (
            b"{\"do\":\"code\",\"article\":\"Ferry row\",\"code\":\"Purge\",\"start\":0,\"end\":1,\"voice\":\"loud\"}",
            "loud",
        ),
        (b"{\"do\":\"remove\",\"id\":\"7\"}", "not a request"),
        (b"{\"do\":\"undo\",\"x\":1}", "unknown field `x`"),
        (b"{\"do\":\"batch\",\"steps\":[]}", "empty"),
        (deep.as_bytes(), "not a request"),
        (huge.as_bytes(), "longer than 16 MB"),
    ];
    for (line, _) in &bad {
        input.extend_from_slice(line);
        input.push(b'\n');
    }
    input.extend_from_slice(b"{\"do\":\"title\",\"title\":\"Last\",\"ref\":{\"a\":[1]}}");
    let output = place.bytes(&[], input);
    assert_eq!(output.status.code(), Some(1));
    let answers = answers(&output);
    assert_eq!(answers.len(), bad.len() + 2);
    assert_eq!(answers[0], json!({ "line": 1, "ok": true }));
    for (number, ((line, wanted), answer)) in (4..).zip(bad.iter().zip(&answers[1..])) {
        assert_eq!(answer["line"], number);
        let line = String::from_utf8_lossy(&line[..line.len().min(80)]);
        assert!(error(answer).contains(wanted), "{line}: {answer}");
    }
    assert_eq!(answers.last().unwrap()["ref"], json!({ "a": [1] }));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains(&format!("{} of {} lines failed", bad.len(), bad.len() + 2)), "{err}");
    assert_eq!(place.project(), Project { title: "Last".into(), ..before });
}

#[test]
fn names_that_mean_several_are_asked_about() {
    let place = Place::with(|project| {
        put(project, "Ferry row", "Another text.");
        let twin = Code::new("purge-2".parse().unwrap(), "purge", Colour::Palette(1));
        project.codebook.codes.insert(twin.id.clone(), twin);
        project.coders.insert("bo".parse().unwrap(), Coder { id: "bo".parse().unwrap(), name: "Ada Brandt".into() });
    });
    let ids: Vec<_> = place.project().articles.keys().map(ToString::to_string).collect();
    let on = |article: &str, code: &str, coder: &str| json!({ "do": "code", "article": article, "code": code, "coder": coder, "start": 0, "end": 1 });
    let answer = place.one(on("Ferry row", "conflict", "ada"));
    assert!(ids.iter().all(|id| error(&answer).contains(id)), "{answer}");
    let answer = place.one(on(&ids[0], "Purge", "ada"));
    assert!(error(&answer).contains("Conflict / Purge (purge)") && error(&answer).contains("purge-2"), "{answer}");
    let answer = place.one(on(&ids[0], "purge-2", "Ada Brandt"));
    assert!(error(&answer).contains("ada, bo"), "{answer}");
    assert_eq!(place.one(on(&ids[0], "conflict /  purge", "bo"))["code"], "purge");
    assert_eq!(place.one(on(&ids[0], "purge-2", "ada"))["code"], "purge-2");
    // And who codes is not guessed where it could be either.
    let mut nobody = on(&ids[0], "conflict", "");
    nobody.as_object_mut().unwrap().remove("coder");
    assert!(error(&place.one(nobody)).contains("--coder"));
    for (article, code, coder) in
        [("ferry row", "purge", "ada"), (&ids[0], "None", "ada"), (&ids[0], "conflict", "Eve")]
    {
        assert!(error(&place.one(on(article, code, coder))).contains("there is no"));
    }
}

#[test]
fn words_are_found_by_code_points_and_by_quote() {
    let place = Place::new();
    let chars: Vec<char> = TEXT.chars().collect();
    let slice = |answer: &Value| -> String {
        let [start, end] = [0, 1].map(|i| answer["spans"][0][i].as_u64().unwrap() as usize);
        chars[start..end].iter().collect()
    };
    let answer = place.one(code(json!({ "start": 8, "end": 13 })));
    assert_eq!(answer["words"], "purge", "{answer}");
    for (at, words) in [
        (json!({ "quote": "purge", "nth": 2 }), "purge"),
        (json!({ "quote": "purge", "before": "“", "after": "”" }), "purge"),
        (json!({ "quote": "purge", "before": "and the" }), "purge"),
        (json!({ "quote": "👩‍👩‍👧‍👦" }), "👩‍👩‍👧‍👦"),
        (json!({ "quote": "שלום", "nth": 2 }), "שלום"),
        (json!({ "quote": "שלום", "after": "." }), "שלום"),
    ] {
        let answer = place.one(code(at.clone()));
        assert_eq!(answer["ok"], true, "{at}: {answer}");
        assert_eq!(answer["words"], words);
        assert_eq!(slice(&answer), words);
    }
    let several = place.one(code(json!({ "spans": [[20, 22], [8, 13]] })));
    assert_eq!(several["spans"], json!([[8, 13], [20, 22]]));
    for (at, wanted) in [
        (json!({ "quote": "purge" }), "4 times"),
        (json!({ "quote": "purge", "nth": 5 }), "4 times, not 5"),
        (json!({ "quote": "purge", "nth": 0 }), "counts from 1"),
        (json!({ "quote": "hunt" }), "do not stand"),
        (json!({ "quote": " " }), "empty"),
        (json!({ "quote": "ferry", "start": 1 }), "one way only"),
        (json!({ "start": 1 }), "belong together"),
        (json!({ "nth": 1 }), "no"),
        (json!({}), "where?"),
        (json!({ "spans": [] }), "empty"),
        (json!({ "start": 5, "end": 5 }), "empty"),
        (json!({ "start": 9, "end": 2 }), "empty"),
        (json!({ "start": 5, "end": 9_999_999 }), "does not fit"),
        (json!({ "start": 0, "end": u64::MAX }), "does not fit"),
    ] {
        let answer = place.one(code(at.clone()));
        assert!(error(&answer).contains(wanted), "{at}: {answer}");
    }
}

#[test]
fn an_answer_means_that_it_is_on_disk() {
    let place = Place::new();
    let mut child = place.start(&[]);
    let mut input = child.stdin.take().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    for n in 0..5 {
        writeln!(input, "{}", json!({ "do": "title", "title": format!("Title {n}") })).unwrap();
        let mut answer = String::new();
        out.read_line(&mut answer).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&answer).unwrap()["ok"], true);
        // What another reader sees now is what a crash would leave.
        assert_eq!(place.project().title, format!("Title {n}"));
    }
    // Meanwhile the project is nobody else's.
    let other = place.bytes(&[], b"{\"do\":\"title\",\"title\":\"Mine\"}\n".to_vec());
    assert_eq!(other.status.code(), Some(1));
    assert!(String::from_utf8(other.stderr).unwrap().contains("is open already"));
    drop(input);
    assert!(child.wait().unwrap().success());
    assert_eq!(place.project().title, "Title 4");
}

#[test]
fn scripts_that_are_run_twice_do_not_code_twice() {
    let place = Place::new();
    let id = "0195f000-0000-7000-8000-000000000001";
    let line = code(json!({ "quote": "ferry", "id": id, "at": "2025-03-04T10:30:00Z" }));
    let (answers, code) = place.apply(&[], &[line.clone(), line.clone()]);
    assert_eq!(code, 1);
    assert_eq!(answers[0]["id"], id);
    assert!(error(&answers[1]).contains("taken"));
    assert!(error(&place.one(line)).contains("taken"));
    let project = place.project();
    let (_, _, annotation) = project.annotations().next().unwrap();
    assert_eq!(project.annotations().count(), 1);
    assert_eq!(annotation.created.to_string(), "2025-03-04T10:30:00Z");
    assert_eq!(annotation.attributes, framelens::model::Attributes::default());
}

#[test]
fn whose_words_are_looked_up_where_that_is_asked_for() {
    let place = Place::new();
    let lines = [
        code(json!({ "quote": "purge", "nth": 4 })),
        code(json!({ "quote": "purge", "nth": 4, "voice": "scare", "speaker": null, "negated": true })),
    ];
    let (_, code) = place.apply(&["--whose-words"], &lines);
    assert_eq!(code, 0);
    let project = place.project();
    let mut all: Vec<_> = project.annotations().map(|(_, _, a)| a.clone()).collect();
    all.sort_by_key(|a| a.id);
    let [found, said] = [0, 1].map(|n| &all[n].attributes);
    assert_eq!(found.voice, Some(Voice::Quoted));
    assert_eq!(found.speaker.as_ref().unwrap().name, "Mara Tallow");
    assert_eq!((said.voice, &said.speaker, said.negated), (Some(Voice::Scare), &None, true));
}

#[test]
fn a_batch_is_done_whole_or_not_at_all() {
    let place = Place::new();
    let before = place.project();
    let title = json!({ "do": "title", "title": "B" });
    let good = json!({ "do": "batch", "steps": [title, code(json!({ "quote": "ferry" })), { "do": "finished", "article": "Ferry row" }] });
    let bad =
        json!({ "do": "batch", "steps": [title, code(json!({ "quote": "ferry" })), code(json!({ "quote": "?" }))] });
    let undo = json!({ "do": "undo" });
    let within = json!({ "do": "batch", "steps": [title, undo] });
    let (answers, _) = place.apply(&[], &[bad, good, within, undo.clone(), undo]);
    assert!(error(&answers[0]).starts_with("step 3: "), "{}", answers[0]);
    assert_eq!(answers[1]["steps"].as_array().unwrap().len(), 3);
    assert!(error(&answers[2]).starts_with("step 2: "));
    assert_eq!(answers[3]["label"], "3 changes together");
    assert!(error(&answers[4]).contains("nothing to undo"));
    assert_eq!(place.project(), before);
}

#[test]
fn what_would_lose_work_is_refused() {
    let place = Place::new();
    let (answers, _) = place.apply(
        &["--coder", "Ada Brandt"],
        &[
            code(json!({ "quote": "ferry" })),
            json!({ "do": "delete-code", "code": "Purge" }),
            json!({ "do": "remove-article", "article": "Ferry row" }),
            json!({ "do": "remove-coder", "who": "ada" }),
            json!({ "do": "add-code", "name": "PURGE" }),
            json!({ "do": "move-code", "code": "Conflict", "parent": "Purge" }),
            json!({ "do": "document", "article": "Ferry row", "variables": { "tone": "calm" } }),
            json!({ "do": "add-article", "title": "Ferry row", "text": TEXT }),
            json!({ "do": "put-variable", "name": "pages", "kind": "number" }),
            json!({ "do": "document", "article": "Ferry row", "variables": { "pages": "many" } }),
            json!({ "do": "document", "article": "Ferry row", "variables": { "pages": 3 } }),
            json!({ "do": "remove-variable", "name": "pages" }),
            json!({ "do": "delete-code", "code": "Purge", "with_codings": true }),
        ],
    );
    for (answer, wanted) in answers[1..8].iter().zip([
        "used by 1 codings",
        "has codings",
        "has codings",
        "already the name",
        "below itself",
        "no variable",
        "in the project already",
    ]) {
        assert!(error(answer).contains(wanted), "{answer}");
    }
    assert_eq!(answers[8]["ok"], true);
    assert!(error(&answers[9]).contains("holds a number"));
    assert_eq!(answers[10]["ok"], true);
    assert!(error(&answers[11]).contains("in use: 1"));
    assert_eq!(answers[12]["codings"], 1);
}

#[test]
fn the_first_failure_ends_it_where_that_is_asked_for() {
    let place = Place::new();
    let lines =
        [json!({ "do": "title", "title": "A" }), json!({ "do": "fly" }), json!({ "do": "title", "title": "B" })];
    let (answers, code) = place.apply(&["--stop-on-error"], &lines);
    assert_eq!((answers.len(), code), (2, 1));
    assert_eq!(place.project().title, "A");
}

#[test]
fn long_lines_and_many_lines() {
    let place = Place::new();
    let memo = "“purge” 👍 ".repeat(2 << 17);
    assert!(memo.len() > 2 << 20);
    assert_eq!(place.one(code(json!({ "quote": "ferry", "memo": memo })))["ok"], true);
    assert_eq!(place.project().annotations().next().unwrap().2.memo, memo);
    let lines: Vec<_> = (0..5000).map(|n| code(json!({ "start": n % 50, "end": n % 50 + 1, "ref": n }))).collect();
    let (answers, code) = place.apply(&[], &lines);
    assert_eq!(code, 0);
    assert!((0..).zip(&answers).all(|(n, a)| a["ref"] == n && a["line"] == n + 1 && a["ok"] == true));
    assert_eq!((answers.len(), place.project().annotations().count()), (5000, 5001));
}

#[test]
fn edits_come_from_a_file_too() {
    let place = Place::new();
    let file = place.root.with_file_name("edits.jsonl");
    fs::write(&file, "{\"do\":\"title\",\"title\":\"From a file\"}\n").unwrap();
    let output = place.bytes(&[file.to_str().unwrap()], Vec::new());
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(place.project().title, "From a file");
    let output = place.bytes(&["nowhere.jsonl"], Vec::new());
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("cannot read nowhere.jsonl"));
}

#[test]
fn who_has_read_enough_may_go_and_the_work_stays() {
    let place = Place::new();
    let mut child = place.start(&[]);
    let mut input = child.stdin.take().unwrap();
    writeln!(input, "{}", json!({ "do": "title", "title": "Heard" })).unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    drop(out);
    writeln!(input, "{}", json!({ "do": "title", "title": "Unheard" })).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(place.project().title, "Unheard");
}

#[test]
fn a_project_that_can_only_be_read_is_left_alone() {
    let place = Place::new();
    fs::create_dir_all(place.root.join("coding/ada")).unwrap();
    let (article, _) = place.project().articles.pop_first().unwrap();
    fs::write(place.root.join(format!("coding/ada/{article}.ron")), "no coding at all").unwrap();
    let output = place.bytes(&[], b"{\"do\":\"title\",\"title\":\"A\"}\n".to_vec());
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("nothing was changed") && err.contains("reading only"), "{err}");
    assert_eq!(Store::open(&place.root).unwrap().project.title, "Ferry");
    let nowhere = Command::new(env!("CARGO_BIN_EXE_framelens")).args(["apply", "no-such-study"]).output().unwrap();
    assert_eq!(nowhere.status.code(), Some(1));
    let called_wrongly = Command::new(env!("CARGO_BIN_EXE_framelens")).arg("apply").output().unwrap();
    assert_eq!(called_wrongly.status.code(), Some(2));
}
