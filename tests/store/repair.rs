//! Floor 3, repair: what was broken is whole again where a backup or the rest of the project knows how, nothing is
//! thrown away, and a second repair finds nothing to do.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::common::{Dice, dice};
use framelens::model::{Project, Relation, RelationEnd, RelationId};
use framelens::store::backups::{list, make};
use framelens::store::repair::{Plan, examine};
use framelens::store::{Store, everything};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use tempfile::TempDir;

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(here) = open.pop() {
        for entry in fs::read_dir(&here).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                all.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    all
}

/// A project with something of most things, and without relations to nowhere.
fn some_project() -> Project {
    let mut runner = TestRunner::deterministic();
    loop {
        let mut dice: Dice = prop::collection::vec(any::<u32>(), 900).new_tree(&mut runner).unwrap().current().into();
        let project = dice.project();
        let coded = project.codings.values().filter(|c| c.annotations.values().any(|a| a.tag.code().is_some())).count();
        if coded > 1 && project.codebook.codes.len() > 2 && !project.entities.is_empty() && project.articles.len() > 2 {
            return project;
        }
    }
}

struct Place {
    _keep: TempDir,
    root: PathBuf,
    project: Project,
}

impl Place {
    fn new(project: Project) -> Self {
        let keep = TempDir::new().unwrap();
        let root = keep.path().join("study");
        Store::create(&root, &project).unwrap();
        Self { _keep: keep, root, project }
    }

    fn with_backup() -> Self {
        let place = Self::new(some_project());
        make(&place.root, &place.project, "by-hand").unwrap().unwrap();
        place
    }

    /// Looks, which changes nothing; repairs; and looks again, when there is nothing more to do.
    fn repair(&self) -> Plan {
        let before = files(&self.root);
        let plan = examine(&self.root).unwrap();
        assert_eq!(files(&self.root), before, "looking changed something");
        let copy = plan.carry_out().unwrap();
        assert_eq!(copy.is_some(), !plan.steps.is_empty());
        let again = examine(&self.root).unwrap();
        assert_eq!(again.steps, [], "a second repair had something to do");
        // Every byte that was there still is: where it was, or out of the way.
        let after = files(&self.root);
        for (name, content) in before {
            let rewritten = name == Path::new("project.ron") || name == Path::new("codebook.ron");
            let stray = name.to_string_lossy().contains(".saving-");
            assert!(rewritten || stray || after.values().any(|c| *c == content), "{} is lost", name.display());
        }
        plan
    }

    fn file(&self, folder: &str, ending: &str) -> PathBuf {
        let all = files(&self.root);
        let found = all.keys().find(|p| p.starts_with(folder) && p.extension().is_some_and(|e| e == ending));
        self.root.join(found.unwrap())
    }

    fn open(&self) -> Project {
        let opened = Store::open(&self.root).unwrap();
        assert_eq!(opened.notices, Vec::<String>::new());
        opened.project
    }
}

#[test]
fn a_sound_project_is_left_alone() {
    let place = Place::new(some_project());
    let before = files(&place.root);
    assert_eq!(place.repair().steps, []);
    assert_eq!(files(&place.root), before);
}

#[test]
fn every_file_comes_back_from_the_newest_backup_that_has_it() {
    let place = Place::with_backup();
    for name in files(&place.root).into_keys().filter(|p| !p.starts_with("backups")) {
        for damage in [None, Some(&b""[..]), Some(b"(format: 2"), Some(b"\xff\xfe"), Some(b"()")] {
            let text = name.extension().is_some_and(|e| e == "txt");
            let coding_gone = name.starts_with("coding") && damage.is_none();
            let entities_gone = name.starts_with("entities.ron") && damage.is_none();
            let article_gone = name.starts_with("articles") && !text && damage.is_none();
            if coding_gone || entities_gone || article_gone || (text && damage != Some(b"\xff\xfe") && damage.is_some())
            {
                // Nobody can tell these from what was taken out on purpose, or from another text.
                continue;
            }
            let path = place.root.join(&name);
            match damage {
                None => fs::remove_file(&path).unwrap(),
                Some(bytes) => fs::write(&path, bytes).unwrap(),
            }
            let plan = place.repair();
            assert!(plan.steps.iter().any(|s| s.told.contains("taken from the backup")), "{name:?} {plan:?}");
            assert_eq!(place.open(), place.project, "{name:?} {damage:?}");
            // The copies of the broken folder are not mistaken for good ones.
        }
    }
}

#[test]
fn without_a_backup_what_cannot_be_read_is_kept_aside() {
    let place = Place::new(some_project());
    let coding = place.file("coding", "ron");
    fs::write(&coding, "work, but broken").unwrap();
    let plan = place.repair();
    assert!(plan.steps.iter().any(|s| s.told.contains("no backup has it")), "{plan:?}");
    assert!(!coding.exists());
    let kept = files(&place.root.join("backups/broken"));
    assert!(kept.values().any(|c| c == b"work, but broken"));
    let raw = list(&place.root).unwrap();
    assert!(raw.len() == 1 && raw[0].raw && raw[0].why == "before-repair");
    assert_eq!(place.open().codings.len(), place.project.codings.len() - 1);
    assert_eq!(place.open().articles, place.project.articles);
}

#[test]
fn main_files_are_made_anew_from_what_is_there() {
    let place = Place::new(some_project());
    fs::write(place.root.join("project.ron"), "").unwrap();
    fs::write(place.root.join("codebook.ron"), "").unwrap();
    fs::write(place.root.join("entities.ron"), "").unwrap();
    let plan = place.repair();
    assert!(plan.steps.len() >= 5, "{plan:?}");
    let project = place.open();
    assert_eq!(project.title, "study");
    assert_eq!(project.codings, place.project.codings);
    assert_eq!(project.articles, place.project.articles);
    assert_eq!(project.faults(), []);
    let coders: Vec<_> = project.coders.values().map(|c| c.name.as_str()).collect();
    assert!(coders.contains(&"jl"), "{coders:?}");
    for code in project.codebook.codes.values() {
        assert_eq!(code.name, code.id.as_str());
        assert!(code.definition.contains("recovered"));
    }
    // A folder that lost its mark altogether is still known for what it was.
    fs::remove_file(place.root.join("project.ron")).unwrap();
    place.repair();
    assert_eq!(place.open().codings, place.project.codings);
}

#[test]
fn an_article_whose_text_is_there_is_made_anew() {
    let place = Place::new(some_project());
    let about = place.file("articles", "ron");
    for damage in [Some("broken"), None] {
        match damage {
            Some(damage) => fs::write(&about, damage).unwrap(),
            None => fs::remove_file(&about).unwrap(),
        }
        let plan = place.repair();
        let coded = place.project.codings.keys().any(|(_, a)| about.file_stem().unwrap().to_str() == Some(a.as_str()));
        if damage.is_some() || coded {
            assert!(plan.steps.iter().any(|s| s.told.contains("made anew from the text")), "{plan:?}");
            let texts: Vec<_> = place.open().articles.values().map(|a| a.text.clone()).collect();
            assert_eq!(texts, place.project.articles.values().map(|a| a.text.clone()).collect::<Vec<_>>());
        }
    }
}

#[test]
fn what_does_not_fit_together_is_made_to_fit() {
    let mut project = some_project();
    let ids: Vec<_> = project.codebook.codes.keys().cloned().collect();
    let used = project.annotations().find_map(|(_, _, a)| a.tag.code().cloned()).unwrap();
    project.codebook.codes.remove(&used);
    let rest: Vec<_> = ids.into_iter().filter(|id| *id != used).collect();
    project.codebook.codes.get_mut(&rest[0]).unwrap().parent = Some(rest[1].clone());
    project.codebook.codes.get_mut(&rest[1]).unwrap().parent = Some(rest[0].clone());
    let gone = project.codings.keys().next().unwrap().0.clone();
    project.coders.remove(&gone);
    let coding = Arc::make_mut(project.codings.values_mut().next().unwrap());
    let from = framelens::model::AnnotationId::new();
    let id = RelationId::new();
    coding.relations.insert(id, Relation { id, kind: "denies".to_owned(), from, to: RelationEnd::Annotation(from) });
    let place = Place::new(project);
    let plan = place.repair();
    assert!(plan.left.iter().any(|l| l.contains("denies") && l.contains("points nowhere")), "{plan:?}");
    let repaired = place.open();
    assert_eq!(repaired.faults(), []);
    assert_eq!(repaired.codings, place.project.codings, "no work was touched");
    assert_eq!(repaired.coders[&gone].name, gone.as_str());
    assert_eq!(repaired.codebook.codes[&used].name, used.as_str());
    assert_eq!(repaired.codebook.codes.len(), place.project.codebook.codes.len() + 1);
}

#[test]
fn work_on_an_article_that_is_gone_is_kept() {
    let place = Place::new(some_project());
    let article = place.project.codings.keys().next().unwrap().1.clone();
    let remove = || {
        for ending in ["ron", "txt"] {
            fs::remove_file(place.root.join(format!("articles/{article}.{ending}"))).unwrap();
        }
    };
    let backup = make(&place.root, &place.project, "").unwrap().unwrap();
    remove();
    place.repair();
    assert_eq!(place.open(), place.project);
    fs::remove_file(backup.path).unwrap();
    for copy in list(&place.root).unwrap() {
        fs::remove_file(copy.path).unwrap();
    }
    remove();
    let plan = place.repair();
    assert!(plan.steps.is_empty() && plan.left.len() == 1, "{plan:?}");
    assert!(plan.left[0].contains(article.as_str()) && plan.left[0].contains("the codings are kept"));
    assert_eq!(place.open().codings, place.project.codings);
}

#[test]
fn what_is_not_understood_is_left_as_it_is() {
    let place = Place::with_backup();
    let coding = place.file("coding", "ron");
    let text = fs::read_to_string(&coding).unwrap();
    fs::write(&coding, text.replacen("(\n", "(\n    of_tomorrow: 3,\n", 1)).unwrap();
    let plan = place.repair();
    assert_eq!((plan.steps.len(), plan.left.len()), (0, 1));
    assert!(plan.left[0].contains("of_tomorrow"), "{plan:?}");

    // A newer program's project is not touched at all, whatever looks broken in it.
    for content in ["(format: 99, leaves: 3)", "(format: 99)"] {
        fs::write(place.root.join("codebook.ron"), content).unwrap();
        fs::write(&coding, "broken").unwrap();
        let plan = place.repair();
        assert_eq!(plan.steps, []);
        assert!(plan.left[0].contains("newer Framelens"), "{plan:?}");
    }
}

#[test]
fn a_text_that_was_changed_is_put_back_where_a_backup_has_it() {
    let place = Place::with_backup();
    let path = place.file("articles", "txt");
    let coded = fs::read_to_string(&path).unwrap();
    let zeros = vec![0; coded.len()];
    for damage in
        [&b""[..], b"another text", &zeros, b" \n", &coded.as_bytes()[..coded.floor_char_boundary(coded.len() / 2)]]
    {
        fs::write(&path, damage).unwrap();
        let plan = place.repair();
        assert!(plan.left.is_empty() && plan.changed.is_empty(), "{plan:?}");
        assert_eq!(place.open(), place.project);
    }
}

#[test]
fn without_a_backup_a_changed_text_is_for_people_to_decide() {
    let place = Place::new(some_project());
    let path = place.file("articles", "txt");
    fs::write(&path, "another text").unwrap();
    let plan = place.repair();
    assert!(plan.steps.is_empty() && plan.changed.len() == 1, "{plan:?}");
    for ruin in ["", "\0\0\0\0", " \n"] {
        fs::write(&path, ruin).unwrap();
        let plan = place.repair();
        assert!(plan.steps.is_empty() && plan.changed.is_empty(), "{plan:?}");
        assert!(plan.left.len() == 1 && plan.left[0].contains("no backup"), "{plan:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), ruin);
    }
}

/// How other programs write the same text.
fn otherwise(text: &str) -> Vec<Vec<u8>> {
    let wide: Vec<u16> = text.encode_utf16().collect();
    vec![
        text.replace('\n', "\r\n").into_bytes(),
        text.replace('\n', "\r").into_bytes(),
        format!("\u{feff}{text}").into_bytes(),
        format!("\u{feff}{}", text.replace('\n', "\r\n")).into_bytes(),
        [0xff, 0xfe].into_iter().chain(wide.iter().flat_map(|unit| unit.to_le_bytes())).collect(),
        [0xfe, 0xff].into_iter().chain(wide.iter().flat_map(|unit| unit.to_be_bytes())).collect(),
    ]
}

#[test]
fn line_ends_and_encodings_of_a_text_are_undone() {
    let place = Place::new(some_project());
    let path = place.file("articles", "txt");
    let coded = "Ferries stay in port.\nThe harbour waits – for “Ada”.\n";
    let id = path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
    let mut project = place.project.clone();
    let mut article = framelens::model::Article::new(coded, Default::default(), Vec::new(), Default::default());
    article.id = id;
    project.codings.retain(|(_, on), _| *on != article.id);
    project.articles.insert(article.id.clone(), Arc::new(article));
    let place = Place::new(project);
    let path = place.root.join("articles").join(path.file_name().unwrap());
    for bytes in otherwise(coded) {
        fs::write(&path, bytes).unwrap();
        let plan = place.repair();
        assert!(plan.steps.len() == 1 && plan.left.is_empty() && plan.changed.is_empty(), "{plan:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), coded);
    }
}

#[test]
fn what_broken_saves_left_behind_goes_after_an_hour() {
    let place = Place::new(some_project());
    let (old, new) = (place.root.join("articles/.saving-old"), place.root.join(".saving-new"));
    for path in [&old, &new] {
        fs::write(path, "half").unwrap();
    }
    let two_hours = SystemTime::now() - Duration::from_hours(2);
    fs::File::options().write(true).open(&old).unwrap().set_modified(two_hours).unwrap();
    assert_eq!(place.repair().steps.len(), 1);
    assert!(!old.exists() && new.exists());
}

#[test]
fn what_was_never_a_project_is_not_made_one() {
    let keep = TempDir::new().unwrap();
    assert!(examine(keep.path()).is_err());
    assert!(examine(&keep.path().join("nowhere")).is_err());
    fs::create_dir(keep.path().join("articles")).unwrap();
    assert!(examine(keep.path()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever is spoiled, and whether or not there is a backup: the repaired project opens for writing unless something
    /// is left to people, no byte is lost, and a second repair has nothing to do.
    #[test]
    fn whatever_is_spoiled(
        mut dice in dice(700),
        backup in any::<bool>(),
        spoils in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let place = Place::new(dice.project());
        if backup {
            make(&place.root, &place.project, "by-hand").unwrap();
        }
        let all: Vec<_> = files(&place.root).into_keys().filter(|p| !p.starts_with("backups")).collect();
        for (file, at, byte) in spoils {
            let path = place.root.join(file.get(&all));
            let Ok(mut bytes) = fs::read(&path) else { continue };
            if byte == 0 {
                fs::remove_file(&path).unwrap();
            } else if !bytes.is_empty() {
                let at = at.index(bytes.len());
                if byte < 128 { bytes.truncate(at) } else { bytes[at] = byte }
                fs::write(&path, bytes).unwrap();
            }
        }
        let plan = place.repair();
        let opened = Store::open_to_write(&place.root).unwrap();
        if plan.left.is_empty() && plan.changed.is_empty() {
            prop_assert_eq!(&opened.notices, &Vec::<String>::new());
            prop_assert_eq!(opened.project.faults(), []);
            opened.store.save(&opened.project, &everything(&opened.project)).unwrap();
        }
    }
}
