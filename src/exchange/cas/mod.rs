//! UIMA’s CAS, as INCEpTION, DKPro and Python’s cassis take it: a folder with a file for each article, in XMI with the
//! types beside them (`TypeSystem.xml`), or in JSON with the types in each.
//!
//! Offsets count UTF-16 units. Each coding is an annotation of a type by its layer ([types](types)), with `label` (the
//! kind or the code), `coder`, `uuid` and all that is said of it as features. A coding of several stretches is as many
//! annotations with one `uuid`, numbered by `piece`: so other programs show the words that were coded and none between
//! them. Its further features stand at the first stretch.

mod found;
mod json;
mod make;
mod take;
mod types;
mod xmi;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use rayon::prelude::*;

use super::incoming::Incoming;
use super::labels::Labels;
use super::{Bundle, Carries, Feature, Format, LEFT_OUT, Losses, Problem, Shape, Sink, adapt};
use crate::model::{Article, Project};
use found::Cas;
use types::{Declarations, System};

/// How many articles are made or read at once. Their files are in memory together, and twice as many.
const AT_ONCE: usize = 64;

/// The bytes of a file.
type File = Vec<u8>;

/// The format.
#[derive(Debug)]
pub struct UimaCas {
    /// JSON, and not XMI.
    pub json: bool,
}

impl Format for UimaCas {
    fn name(&self) -> &'static str {
        if self.json { "cas-json" } else { "cas-xmi" }
    }

    fn about(&self) -> &'static str {
        if self.json {
            "UIMA CAS in JSON, a file an article with its types, for cassis and other programs of UIMA"
        } else {
            "UIMA CAS in XMI, a file an article and their types, for INCEpTION, DKPro and cassis"
        }
    }

    fn shape(&self) -> Shape {
        Shape::Folder
    }

    fn carries(&self) -> Carries {
        Carries::EVERYTHING.but(&[
            Feature::CodeMeanings,
            Feature::CodeColours,
            Feature::CodeDetails,
            Feature::UnusedCodes,
            Feature::UnusedNames,
            Feature::IdleCoders,
            Feature::Schema,
            Feature::ProjectTitle,
        ])
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        let mut misplaced = 0;
        for ((_, article), coding) in &mut project.codings {
            let end = project.articles.get(article).map(|a| a.end);
            let fits = |a: &crate::model::Annotation| a.spans.iter().all(|s| Some(s.end) <= end);
            if coding.annotations.values().any(|a| !fits(a)) {
                let all = &mut Arc::make_mut(coding).annotations;
                let before = all.len();
                all.retain(|_, a| fits(a));
                misplaced += before - all.len();
            }
        }
        losses.tell("misplaced", misplaced, "codings reach beyond the end of their text and are left out");
        if self.json {
            return;
        }
        adapt::for_xml(project, losses);
        let mut changed = 0;
        for article in project.articles.values_mut() {
            if !article.text.chars().all(adapt::is_in_xml) {
                let text = adapt::text_for_xml(&article.text).into();
                *article = Arc::new(Article { text, ..(**article).clone() });
                changed += 1;
            }
        }
        losses.tell("texts", changed, "texts hold control characters, which become “\u{fffd}”");
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        let labels = Labels::of(&project.codebook);
        if !self.json {
            sink.file("TypeSystem.xml", types::descriptor().as_bytes())?;
        }
        let articles: Vec<&Arc<Article>> = project.articles.values().collect();
        let make = |article: &&Arc<Article>| {
            let made = make::article(project, &labels, article);
            if self.json { json::write(&made, &article.text) } else { xmi::write(&made, &article.text) }
        };
        let ending = if self.json { "json" } else { "xmi" };
        let mut chunks = articles.chunks(AT_ONCE);
        let mut ready: Option<(&[&Arc<Article>], Vec<File>)> = None;
        // While some are written, the next ones are made.
        loop {
            let next = chunks.next();
            let made = std::thread::scope(|scope| -> io::Result<_> {
                let next = next.map(|chunk| (chunk, scope.spawn(|| chunk.par_iter().map(make).collect::<Vec<File>>())));
                for (article, bytes) in ready.take().into_iter().flat_map(|(chunk, made)| chunk.iter().zip(made)) {
                    sink.file(&format!("{}.{ending}", article.id), &bytes)?;
                    sink.step()?;
                }
                let Some((chunk, made)) = next else { return Ok(None) };
                let made = made.join().map_err(|_| io::Error::other("an article could not be written"))?;
                Ok(Some((chunk, made)))
            })?;
            match made {
                Some(made) => ready = Some(made),
                None => return Ok(()),
            }
        }
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        if self.json {
            let one = |name: &str| {
                let head = bundle.head(name);
                head.trim_start().starts_with('{')
                    && ["\"%TYPES\"", "\"%FEATURE_STRUCTURES\"", "\"%VIEWS\""].iter().any(|key| head.contains(key))
            };
            return bundle.with_ending("json").filter(|name| !is_left_out(name)).take(4).any(one);
        }
        let one = |name: &str| bundle.head(name).contains("http://www.omg.org/XMI");
        bundle.with_ending("xmi").next().is_some_and(one) || bundle.only().is_some_and(one)
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        if self.json { read_json(bundle, incoming) } else { read_xmi(bundle, incoming) }
    }
}

fn is_left_out(name: &str) -> bool {
    name.rsplit('/').next() == Some(LEFT_OUT)
}

type Parsed = Result<Option<(Cas, Arc<System>)>, Problem>;

/// Reads files, those of a chunk at once, while what was read before is taken in. `parse` is given the name and the text.
fn read(
    bundle: &Bundle,
    incoming: &mut Incoming<'_>,
    names: &[&str],
    parse: impl Fn(&str, &str) -> Parsed + Sync,
) -> Result<(), Problem> {
    let (mut texts, mut reason) = (0, None);
    let mut take = |ready: Vec<(&str, Parsed)>| {
        for (name, parsed) in ready {
            match parsed? {
                Some((cas, system)) => match take::take(incoming, name, &cas, &system) {
                    0 => {
                        let problem = take::no_text(name, &cas);
                        incoming.tell(problem.to_string());
                        reason.get_or_insert(problem);
                    }
                    n => texts += n,
                },
                None => incoming.tell(format!("{name} is no CAS and was passed over")),
            }
        }
        Ok::<(), Problem>(())
    };
    let mut ready = Vec::new();
    for chunk in names.chunks(AT_ONCE) {
        let mut raw = Vec::with_capacity(chunk.len());
        for name in chunk {
            raw.push((*name, bundle.text(name)?));
        }
        let parse = |name, text: &str| {
            let mut parsed = parse(name, text)?;
            // Our own files say from which file an article came; an article of others came from this one.
            if let Some((cas, _)) = parsed.as_mut().filter(|(cas, _)| !cas.is_ours()) {
                cas.hash = blake3::hash(text.as_bytes()).to_hex().to_string();
            }
            Ok(parsed)
        };
        let before = std::mem::take(&mut ready);
        let (next, taken) = rayon::join(
            || raw.into_par_iter().map(|(name, text)| (name, parse(name, &text))).collect::<Vec<_>>(),
            || take(before),
        );
        taken?;
        ready = next;
    }
    take(ready)?;
    match reason {
        Some(reason) if texts == 0 => Err(reason),
        _ => Ok(()),
    }
}

fn read_xmi(bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
    let mut names: Vec<&str> = bundle.with_ending("xmi").collect();
    if names.is_empty() {
        names = bundle.only().filter(|name| bundle.head(name).contains("http://www.omg.org/XMI")).into_iter().collect();
    }
    // The types lie beside the files, or somewhere among them.
    let folder = |name: &str| name.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let mut beside: HashMap<String, Declarations> = HashMap::new();
    let mut all = Declarations::default();
    for name in bundle.with_ending("xml").filter(|name| !names.contains(name)) {
        let text = bundle.text(name)?;
        if beside.entry(folder(name)).or_default().read_descriptor(name, &text)? {
            all.read_descriptor(name, &text)?;
        }
    }
    let stem = bundle.name().rsplit_once('.').map_or("", |(stem, _)| stem);
    for (name, text) in bundle.beside(&["TypeSystem.xml", "typesystem.xml", &format!("{stem}-typesystem.xml")]) {
        all.read_descriptor(&name, &text)?;
    }
    if names.is_empty() && all.is_empty() {
        return Err(Problem::Unrecognised);
    }
    if all.is_empty() {
        incoming.tell("there is no TypeSystem.xml: what other programs’ features hold was guessed");
    }
    let settled = |mut declared: Declarations| {
        declared.add_ours();
        Arc::new(System::of(&declared))
    };
    let beside: HashMap<String, Arc<System>> =
        beside.into_iter().filter(|(_, d)| !d.is_empty()).map(|(folder, d)| (folder, settled(d))).collect();
    let all = settled(all);
    read(bundle, incoming, &names, |name, text| {
        let system = beside.get(&folder(name)).unwrap_or(&all).clone();
        Ok(Some((xmi::read(name, text, &system)?, system)))
    })
}

fn read_json(bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
    let mut names: Vec<&str> = bundle.with_ending("json").filter(|name| !is_left_out(name)).collect();
    if names.is_empty() {
        names = bundle.only().into_iter().collect();
    }
    // The types are the same in every file of a folder that a program has written.
    read(bundle, incoming, &names, |name, text| {
        let found = json::read(name, text)?;
        Ok(found.map(|(cas, declared)| (cas, Arc::new(System::of(&declared)))))
    })
}
