//! Which of several codes and articles are one, and what follows from that for everything that names them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::report::{Item, Kind, Report, Undecided, Unified, Version};
use super::{Choices, Input, Keep, join};
use crate::model::{Article, ArticleId, Code, CodeId, Coding, Project, Tag};

/// A code that another one stands for from now on.
#[derive(Clone, Debug)]
pub struct Stand {
    pub id: CodeId,
    /// The revision at which both mean the same: the old code's and the new one's.
    revisions: (u32, u32),
}

/// What is called otherwise in the result than in the project it came from.
#[derive(Debug, Default)]
pub struct Renamed {
    pub codes: BTreeMap<CodeId, Stand>,
    pub articles: BTreeMap<ArticleId, ArticleId>,
}

/// A code's name as people compare it.
pub fn name_of(name: &str) -> String {
    name.trim().to_lowercase()
}

fn meaning(code: &Code) -> (&str, &str, &str) {
    (code.definition.trim(), code.use_when.trim(), code.not_when.trim())
}

/// Makes one of the codes that have one name and one meaning, or of which somebody said that they are one. The
/// smallest id survives with all that is said under it. Codes that stand beside each other in one project are kept
/// apart: somebody there tells them apart.
pub fn codes(
    inputs: &[Input<'_>],
    base: Option<&Project>,
    choices: &Choices,
    codes: &mut BTreeMap<CodeId, Code>,
    report: &mut Report,
) -> BTreeMap<CodeId, Stand> {
    let mut stands = BTreeMap::new();
    let projects: Vec<&Project> = inputs.iter().map(|i| i.project).chain(base).collect();
    let together =
        |ids: &[CodeId]| projects.iter().any(|p| ids.iter().filter(|id| p.codebook.codes.contains_key(id)).count() > 1);
    let mut by_name: BTreeMap<String, Vec<CodeId>> = BTreeMap::new();
    for code in codes.values() {
        by_name.entry(name_of(&code.name)).or_default().push(code.id.clone());
    }
    for (name, choice) in &choices.codes {
        let known = by_name.get(&name_of(name)).is_some_and(|ids| match choice {
            Keep::Apart => true,
            Keep::Of(whose) => chosen(inputs, codes, ids, whose).is_some(),
        });
        if !known {
            report.unheeded.push(name.clone());
        }
    }
    let one_file = choices.one_file;
    let choices: BTreeMap<String, &Keep> = choices.codes.iter().map(|(name, keep)| (name_of(name), keep)).collect();
    for (name, ids) in by_name.into_iter().filter(|(_, ids)| ids.len() > 1) {
        match choices.get(&name) {
            Some(Keep::Apart) => continue,
            Some(Keep::Of(whose)) => {
                let Some(meant) = chosen(inputs, codes, &ids, whose) else { continue };
                unify_as(&ids, &meant, codes, &mut stands, report);
                continue;
            }
            None => {}
        }
        let mut by_meaning: BTreeMap<(&str, &str, &str), Vec<CodeId>> = BTreeMap::new();
        for id in &ids {
            by_meaning.entry(meaning(&codes[id])).or_default().push(id.clone());
        }
        let classes: Vec<Vec<CodeId>> = by_meaning.into_values().collect();
        let several = classes.len() > 1;
        for class in classes.into_iter().filter(|class| class.len() > 1 && !together(class) && !one_file) {
            unify(&class, codes, &mut stands, report);
        }
        if together(&ids) {
            report.notes.push(format!("there are several codes called “{}”", codes[&ids[0]].name));
        } else if several || one_file {
            let left = ids.iter().filter(|id| codes.contains_key(id));
            report.decisions.push(Undecided {
                kind: Kind::Code,
                name: codes.get(&ids[0]).map(|c| c.name.trim().to_owned()).unwrap_or_default(),
                versions: left.map(|id| version(inputs, codes, id)).collect(),
                meanwhile: if several { "the same name with different meanings" } else { "the same name twice" }
                    .to_owned()
                    + "; all are kept",
            });
        }
    }
    stands
}

fn version(inputs: &[Input<'_>], codes: &BTreeMap<CodeId, Code>, id: &CodeId) -> Version {
    let holds = inputs.iter().filter(|i| i.project.codebook.codes.contains_key(id));
    let (definition, use_when, not_when) = codes.get(id).map(meaning).unwrap_or_default();
    let says = [("", definition), ("use: ", use_when), ("not: ", not_when)];
    let says: Vec<String> = says.iter().filter(|(_, s)| !s.is_empty()).map(|(what, s)| format!("{what}{s}")).collect();
    Version {
        id: id.to_string(),
        says: if says.is_empty() { "(no definition)".to_owned() } else { says.join("; ") },
        inputs: holds.map(|i| i.name.to_owned()).collect(),
    }
}

/// The code whose meaning somebody chose: by its id, or as the one of that name in one of the inputs.
fn chosen(inputs: &[Input<'_>], codes: &BTreeMap<CodeId, Code>, ids: &[CodeId], whose: &str) -> Option<Code> {
    if let Some(id) = ids.iter().find(|id| id.as_str() == whose) {
        return codes.get(id).cloned();
    }
    let project = inputs.iter().find(|i| i.name == whose)?.project;
    let mut of_input = ids.iter().filter_map(|id| project.codebook.get(id));
    let code = of_input.next()?;
    of_input.next().is_none().then(|| code.clone())
}

fn unify(
    class: &[CodeId],
    codes: &mut BTreeMap<CodeId, Code>,
    stands: &mut BTreeMap<CodeId, Stand>,
    report: &mut Report,
) {
    let Some((first, others)) = class.split_first() else { return };
    let Some(revision) = codes.get(first).map(|c| c.revision) else { return };
    for id in others {
        let Some(code) = codes.remove(id) else { continue };
        report.unify(Item::new(Kind::Code, id, code.name.trim()), first.to_string(), join::key(&code));
        stands.insert(id.clone(), Stand { id: first.clone(), revisions: (code.revision, revision) });
    }
}

/// Makes one code of several with different meanings: the first one's id, the chosen one's meaning. Where that is new
/// under the id, it is a revision of its own, later than all, so that a coding made under another meaning can be told.
fn unify_as(
    class: &[CodeId],
    meant: &Code,
    codes: &mut BTreeMap<CodeId, Code>,
    stands: &mut BTreeMap<CodeId, Stand>,
    report: &mut Report,
) {
    let Some(first) = class.first() else { return };
    let latest = class.iter().filter_map(|id| codes.get(id)).map(|c| c.revision).max().unwrap_or(1);
    if let Some(code) = codes.get_mut(first).filter(|c| meaning(c) != meaning(meant)) {
        let item = Item::new(Kind::Code, first, code.name.clone());
        let said = join::key(code);
        report.unified.push(Unified { item, into: format!("{first} with the meaning of {}", meant.id), said });
        code.definition.clone_from(&meant.definition);
        code.use_when.clone_from(&meant.use_when);
        code.not_when.clone_from(&meant.not_when);
        code.revision = latest.saturating_add(1);
    }
    let same: Vec<bool> = class.iter().map(|id| codes.get(id).is_some_and(|c| meaning(c) == meaning(meant))).collect();
    unify(class, codes, stands, report);
    for (id, _) in class.iter().zip(same).filter(|(_, same)| !same) {
        if let Some(stand) = stands.get_mut(id) {
            // No coding of it was made under the meaning that stays.
            stand.revisions.0 = u32::MAX;
        }
    }
}

/// Makes one of the articles that have one text. The smallest id survives; articles that stand beside each other in
/// one project are kept apart.
pub fn articles(
    inputs: &[Input<'_>],
    base: Option<&Project>,
    articles: &mut BTreeMap<ArticleId, Arc<Article>>,
    report: &mut Report,
) -> BTreeMap<ArticleId, ArticleId> {
    let mut by_text: BTreeMap<(String, Arc<str>), Vec<ArticleId>> = BTreeMap::new();
    for article in articles.values() {
        by_text.entry((article.hash.clone(), article.text.clone())).or_default().push(article.id.clone());
    }
    let mut names = BTreeMap::new();
    for (_, class) in by_text.into_iter().filter(|(_, class)| class.len() > 1) {
        let mut projects = inputs.iter().map(|i| i.project).chain(base);
        if projects.any(|p| class.iter().filter(|id| p.articles.contains_key(*id)).count() > 1) {
            report.notes.push(format!("“{}” stands in one project several times and is kept so", class[0]));
            continue;
        }
        let Some((first, others)) = class.split_first() else { continue };
        for id in others {
            let Some(article) = articles.remove(id) else { continue };
            let said = join::key(&(&article.metadata, &article.source, &article.parts));
            report.unify(Item::new(Kind::Article, id, article.display_title()), first.to_string(), said);
            names.insert(id.clone(), first.clone());
        }
    }
    names
}

impl Renamed {
    /// The name that an article has in the result.
    pub fn article<'a>(&'a self, id: &'a ArticleId) -> &'a ArticleId {
        self.articles.get(id).unwrap_or(id)
    }

    fn code(&self, id: &mut CodeId) {
        if let Some(stand) = self.codes.get(id) {
            *id = stand.id.clone();
        }
    }

    /// A code whose parent has the name that it has in the result.
    pub fn parented(&self, code: &Code) -> Code {
        let mut code = code.clone();
        code.parent.iter_mut().for_each(|parent| self.code(parent));
        code
    }

    /// One coder's work with the codes that are in the result.
    pub fn coding(&self, coding: &Arc<Coding>) -> Arc<Coding> {
        let document = &coding.document;
        let used = coding.annotations.values().chain(coding.orphans.values()).filter_map(|a| a.tag.code());
        let mut used = used.chain(&document.primary).chain(&document.codes);
        if self.codes.is_empty() || !used.any(|id| self.codes.contains_key(id)) {
            return coding.clone();
        }
        let mut coding = (**coding).clone();
        for annotation in coding.annotations.values_mut().chain(coding.orphans.values_mut()) {
            let annotation = Arc::make_mut(annotation);
            if let Tag::Frame(id) = &mut annotation.tag
                && let Some(stand) = self.codes.get(id)
            {
                let (old, new) = stand.revisions;
                // What was coded under an older meaning stays so.
                let older = annotation.code_revision.min(new.saturating_sub(1));
                annotation.code_revision = if annotation.code_revision == old { new } else { older };
                *id = stand.id.clone();
            }
        }
        coding.document.primary.iter_mut().for_each(|id| self.code(id));
        let codes: BTreeSet<CodeId> = std::mem::take(&mut coding.document.codes);
        coding.document.codes = codes
            .into_iter()
            .map(|mut id| {
                self.code(&mut id);
                id
            })
            .collect();
        Arc::new(coding)
    }
}
