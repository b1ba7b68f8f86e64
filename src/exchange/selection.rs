//! What of a project is exported.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::ExchangeError;
use crate::model::{
    Annotation, AnnotationId, ArticleId, CodeId, Coder, CoderId, Coding, Layer, Outcome, Project, RelationEnd,
};

/// What of a project is exported. `None` is everything of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    pub articles: Option<BTreeSet<ArticleId>>,
    pub coders: Option<BTreeSet<CoderId>>,
    /// Frame codes. Where they are given and `layers` is not, the other layers are left out.
    pub codes: Option<BTreeSet<CodeId>>,
    pub layers: Option<BTreeSet<Layer>>,
    /// Whether the suggestions that coders rejected are told, beside those they accepted.
    pub rejected: bool,
}

impl Default for Selection {
    fn default() -> Self {
        Self { articles: None, coders: None, codes: None, layers: None, rejected: true }
    }
}

impl Selection {
    /// A selection from the names that people type: ids or titles of articles, ids or names of coders and codes, words
    /// for layers ("frame", "frames"). A code stands for itself and all codes below it. An empty list is everything.
    ///
    /// # Errors
    /// Where the project has nothing of a name.
    pub fn named(
        project: &Project,
        articles: &[String],
        coders: &[String],
        codes: &[String],
        layers: &[String],
    ) -> Result<Self, ExchangeError> {
        let articles = pick("article", articles, project.articles.values(), |a| {
            (a.id.clone(), vec![a.id.to_string(), a.metadata.title.clone()])
        })?;
        let coders =
            pick("coder", coders, project.coders.values(), |c| (c.id.clone(), vec![c.id.to_string(), c.name.clone()]))?;
        let codes = pick("code", codes, project.codebook.codes.values(), |c| {
            (c.id.clone(), vec![c.id.to_string(), c.name.clone()])
        })?;
        let codes = codes.map(|codes| codes.iter().flat_map(|c| project.codebook.with_descendants(c)).collect());
        let layers = pick("layer", layers, Layer::ALL.iter(), |l| {
            let plural = if *l == Layer::Entity { "entities".to_owned() } else { format!("{l}s") };
            (*l, vec![l.word().to_owned(), plural])
        })?;
        Ok(Self { articles, coders, codes, layers, rejected: true })
    }

    /// Only the work of those who settle where others differ, of the coders that are selected.
    ///
    /// # Errors
    /// Where nobody does.
    pub fn settled(mut self, project: &Project) -> Result<Self, ExchangeError> {
        let settled = &project.settings.settled_by;
        let both = match &self.coders {
            Some(coders) => coders.intersection(settled).cloned().collect(),
            None => settled.clone(),
        };
        if both.is_empty() {
            return Err(ExchangeError::NothingSettled);
        }
        self.coders = Some(both);
        Ok(self)
    }

    /// What is selected, as a project of its own. Work of a coder whom the project has lost is not lost with them.
    pub fn of(&self, project: &Project) -> Project {
        let article = |id: &ArticleId| self.articles.as_ref().is_none_or(|a| a.contains(id));
        let coder = |id: &CoderId| self.coders.as_ref().is_none_or(|c| c.contains(id));
        let mut out = project.clone();
        out.articles.retain(|id, _| article(id));
        out.coders.retain(|id, _| coder(id));
        out.codings.retain(|(c, a), _| coder(c) && article(a) && project.articles.contains_key(a));
        for (id, _) in out.codings.keys() {
            out.coders.entry(id.clone()).or_insert_with(|| Coder { id: id.clone(), name: id.to_string() });
        }
        if self.codes.is_some() || self.layers.is_some() || !self.rejected {
            for coding in out.codings.values_mut() {
                self.narrow(coding);
            }
            out.codings.retain(|_, coding| !coding.is_empty());
        }
        if let Some(codes) = &self.codes {
            let mut kept = codes.clone();
            for code in codes {
                let mut above = project.codebook.get(code).and_then(|c| c.parent.clone());
                while let Some(id) = above.filter(|id| kept.insert(id.clone())) {
                    above = project.codebook.get(&id).and_then(|c| c.parent.clone());
                }
            }
            out.codebook.codes.retain(|id, _| kept.contains(id));
        }
        out
    }

    fn narrow(&self, coding: &mut Arc<Coding>) {
        let coding = Arc::make_mut(coding);
        coding.annotations.retain(|_, a| self.has(a));
        coding.orphans.retain(|_, a| self.has(a));
        // A line needs both its ends.
        let kept = |id: &AnnotationId| coding.annotations.contains_key(id) || coding.orphans.contains_key(id);
        coding.relations.retain(|_, r| kept(&r.from) && !matches!(&r.to, RelationEnd::Annotation(to) if !kept(to)));
        coding.decisions.retain(|about, decision| {
            self.has_layer(about.layer) && (self.rejected || decision.outcome != Outcome::Rejected)
        });
        coding.document.primary = coding.document.primary.take().filter(|c| self.has_code(c));
        coding.document.codes.retain(|c| self.has_code(c));
    }

    /// Whether an annotation is selected, as far as layer and code say.
    fn has(&self, annotation: &Annotation) -> bool {
        let layer = annotation.tag.layer();
        match (&self.layers, &self.codes) {
            (Some(layers), _) if !layers.contains(&layer) => false,
            (layers, Some(codes)) => annotation.tag.code().map_or(layers.is_some(), |c| codes.contains(c)),
            _ => true,
        }
    }

    /// Whether a code of a document coding is selected.
    fn has_code(&self, code: &CodeId) -> bool {
        self.codes.as_ref().is_none_or(|c| c.contains(code))
            && self.layers.as_ref().is_none_or(|l| l.contains(&Layer::Frame))
    }

    /// Whether what stands on a layer is selected at all.
    fn has_layer(&self, layer: Layer) -> bool {
        match &self.layers {
            Some(layers) => layers.contains(&layer),
            None => self.codes.is_none() || layer == Layer::Frame,
        }
    }
}

/// The keys of the things that are meant by names; `None` where there are no names.
fn pick<'a, T: 'a, K: Ord>(
    what: &'static str,
    names: &[String],
    things: impl Iterator<Item = &'a T> + Clone,
    key: impl Fn(&T) -> (K, Vec<String>),
) -> Result<Option<BTreeSet<K>>, ExchangeError> {
    if names.is_empty() {
        return Ok(None);
    }
    let mut picked = BTreeSet::new();
    for name in names {
        let wanted = name.trim().to_lowercase();
        let mut some = false;
        for thing in things.clone() {
            let (key, called) = key(thing);
            if called.iter().any(|c| c.to_lowercase() == wanted) {
                picked.insert(key);
                some = true;
            }
        }
        if !some {
            let mut known: Vec<_> = things.clone().take(21).map(|t| key(t).1.swap_remove(0)).collect();
            if known.is_empty() {
                known.push("none".to_owned());
            } else if known.len() > 20 {
                known[20] = "…".to_owned();
            }
            return Err(ExchangeError::NotThere { what, name: name.clone(), known: known.join(", ") });
        }
    }
    Ok(Some(picked))
}
