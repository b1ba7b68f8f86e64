//! The XML in which the Danish agency Ritzau sends its news.

use super::tree::{Element, Tree};
use super::{Haul, names, read_text};
use crate::import::html::paragraphs;
use crate::import::{Draft, Intake, Problem, Raw, Reader, Sample, known};

/// The reader of Ritzau's XML.
#[derive(Debug)]
pub struct Ritzau;

impl Reader for Ritzau {
    fn name(&self) -> &'static str {
        "ritzau"
    }

    fn about(&self) -> &'static str {
        "the XML of the agency Ritzau"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        ["RBNews", "XMLNewsQueuedResponse", "ListOfRBNews"].contains(&super::root_of(sample.head))
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        read_text(self.name(), raw, intake, |text| {
            let tree = Tree::read(text);
            let mut haul = Haul::default();
            if let Some(root) = tree.root() {
                let items = if root.name() == "RBNews" { vec![root] } else { root.all("RBNews") };
                for item in items.into_iter().filter(|i| i.is_whole()) {
                    haul.article(article(item)?);
                }
            }
            haul.broken = tree.broken;
            Ok(haul)
        })
    }
}

fn article(item: Element<'_>) -> Result<Draft, Problem> {
    let said = |name: &str| item.said(name).map(|t| plain(&t)).unwrap_or_default();
    let mut draft = Draft {
        title: said("headline"),
        standfirst: Some(said("subtitle")),
        byline: item.said("byLine"),
        outlet: "Ritzau".to_owned(),
        published: item.said("PublishDate"),
        section: item.said("section"),
        ..Draft::default()
    };
    draft.authors = names(&said("byLine"), &["Ritzau"]);
    draft.body = paragraphs(&item.at("content").map(Element::raw).unwrap_or_default())?;
    for block in &mut draft.body {
        block.text = plain(&block.text);
    }
    draft.also(known::IDENTIFIER, said("NewsID"));
    draft.also(known::DATELINE, said("town"));
    let origin = said("origin");
    for (name, value) in [("strapline", said("strapline")), ("origin", origin.trim_matches('/').to_owned())] {
        draft.also(name, value);
    }
    for name in ["format", "Priority"] {
        draft.also(name, said(name));
    }
    Ok(draft)
}

/// Words whose signs were escaped once too often.
fn plain(text: &str) -> String {
    let signs = [("&apos;", "'"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    signs.iter().fold(text.to_owned(), |text, (escaped, sign)| text.replace(escaped, sign))
}
