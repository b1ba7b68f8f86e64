//! The sample project that the first start opens is whole, and shows what the program is for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use framelens::model::{Layer, PartKind, Placement, VariableKind, Voice};
use framelens::store::{Opened, Store, everything};
use framelens::text::{Document, normalise};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("projects/harbour-purge")
}

fn open() -> Opened {
    let opened = Store::open(&folder()).unwrap();
    assert_eq!(opened.notices, Vec::<String>::new());
    opened
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    all
}

#[test]
fn it_is_whole() {
    let project = open().project;
    assert_eq!(project.faults(), []);
    assert!(project.articles.len() >= 9);
    let outlets: BTreeSet<_> = project.articles.values().map(|a| &a.metadata.outlet).collect();
    assert_eq!(outlets.len(), 3);
    for article in project.articles.values() {
        assert_eq!(normalise(&article.text), *article.text);
        assert_eq!(article.id.as_str().rsplit('-').next(), article.hash.get(..8));
        let document = Document::new(article.text.clone());
        let headline = article.parts.iter().find(|p| p.kind == PartKind::Headline).unwrap();
        assert_eq!(document.map().slice(headline.span), Some(article.metadata.title.as_str()));
        assert!(article.metadata.published.is_some() && article.metadata.section.is_some());
        for part in &article.parts {
            assert_eq!(document.paragraph_at(part.span.start), Some(part.span), "{}", article.id);
        }
    }
    let keys: Vec<_> = project.codebook.codes.values().filter_map(|c| c.shortcut).collect();
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len(), "two codes on one key");
    for code in project.codebook.codes.values() {
        assert!(!code.definition.is_empty() && !code.use_when.is_empty() && !code.not_when.is_empty(), "{}", code.name);
    }
    for (coder, article, annotation) in project.annotations() {
        let here = format!("{coder} {article} {}", annotation.words());
        assert_eq!(annotation.id.0.get_version_num(), 7, "{here}");
        let (seconds, _) = annotation.id.0.get_timestamp().unwrap().to_unix();
        assert_eq!(i64::try_from(seconds).unwrap(), annotation.created.as_second(), "{here}");
        assert!(annotation.created <= annotation.changed, "{here}");
        let attributes = &annotation.attributes;
        if annotation.tag.layer() == Layer::Frame {
            let voice = attributes.voice.unwrap();
            assert_eq!(voice.has_speaker(), attributes.speaker.is_some(), "{here}");
        }
        for party in attributes.speaker.iter().chain(&attributes.target) {
            assert!(party.entity.is_none_or(|e| project.entities.contains_key(&e)), "{here}");
        }
    }
    for coding in project.codings.values() {
        for (name, value) in &coding.document.variables {
            let VariableKind::OneOf(allowed) = &project.variables[name].kind else { panic!("{name}") };
            assert!(allowed.contains(&value.to_string()), "{name}: {value}");
        }
        for nothing in coding.nothing_found.iter().filter_map(|n| n.span) {
            let frames = coding.annotations.values().filter(|a| a.tag.layer() == Layer::Frame);
            assert!(frames.into_iter().all(|a| a.spans.iter().all(|s| !s.overlaps(nothing))));
        }
    }
}

#[test]
fn it_shows_what_the_program_is_for() {
    let project = open().project;
    assert_eq!(project.coders.len(), 2);
    let voices: BTreeSet<_> = project.annotations().filter_map(|(_, _, a)| a.attributes.voice).collect();
    assert_eq!(voices, Voice::ALL.iter().copied().collect());
    let layers: BTreeSet<_> = project.annotations().map(|(_, _, a)| a.tag.layer()).collect();
    assert_eq!(layers, Layer::ALL.iter().copied().collect());

    // The coders agree on much and differ in code, in voice and in where a span ends.
    let [a, b] = ["jl", "ao"].map(|coder| -> Vec<_> {
        let frames = project.annotations().filter(|(c, _, n)| c.as_str() == coder && n.tag.layer() == Layer::Frame);
        frames.map(|(_, article, n)| (article, n.hull(), &n.tag, n.attributes.voice)).collect()
    });
    let pairs = || a.iter().flat_map(|x| b.iter().map(move |y| (x, y))).filter(|(x, y)| x.0 == y.0);
    assert!(pairs().any(|(x, y)| x == y));
    assert!(pairs().any(|(x, y)| x.1 == y.1 && x.2 != y.2), "another code on the same words");
    assert!(pairs().any(|(x, y)| x.1 == y.1 && x.2 == y.2 && x.3 != y.3), "another voice for the same words");
    assert!(pairs().any(|(x, y)| x.1 != y.1 && x.1.overlaps(y.1) && x.2 == y.2), "another end for the same thing");

    // One outlet's own word is another's quotation, and some articles wait to be coded.
    let (mut own, mut quoted) = (BTreeSet::new(), BTreeSet::new());
    for (_, article, annotation) in project.annotations() {
        let outlet = &project.articles[article].metadata.outlet;
        if annotation.words() == "purge" {
            match annotation.attributes.voice {
                Some(Voice::Outlet | Voice::Headline) => own.insert(outlet),
                Some(Voice::Quoted) => quoted.insert(outlet),
                _ => false,
            };
        }
    }
    assert!(!own.is_empty() && quoted.len() == 3, "{own:?} {quoted:?}");
    let coded: BTreeSet<_> = project.codings.keys().map(|(_, article)| article).collect();
    assert!(coded.len() < project.articles.len());
    let placements: BTreeSet<_> = project
        .annotations()
        .map(|(_, article, annotation)| {
            let article = &project.articles[article];
            Placement::of(&Document::new(article.text.clone()), &article.parts, annotation.hull().start)
        })
        .collect();
    assert_eq!(placements, Placement::ALL.iter().copied().collect());
}

#[test]
fn saving_it_again_changes_no_byte() {
    let before = files(&folder());
    let copy = tempfile::TempDir::new().unwrap();
    for (path, content) in &before {
        let to = copy.path().join(path.strip_prefix(folder()).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, content).unwrap();
    }
    let opened = Store::open_to_write(copy.path()).unwrap();
    opened.store.save(&opened.project, &everything(&opened.project)).unwrap();
    // And from nothing, not only over files that are the same already.
    let anew = tempfile::TempDir::new().unwrap();
    drop(Store::create(anew.path(), &opened.project).unwrap());
    drop(opened);
    for folder in [copy.path(), anew.path()] {
        let after = files(folder);
        assert_eq!(after.len(), before.len());
        for (path, content) in &before {
            let name = path.strip_prefix(self::folder()).unwrap();
            assert!(after.get(&folder.join(name)) == Some(content), "{}", name.display());
        }
    }
}
