//! Factiva's XML, as its service for programs answers.

use crate::import::news::tree::{Element, Tree};
use crate::import::news::{Haul, joined, names};
use crate::import::{Block, Draft, known};

/// The articles in an answer.
pub fn documents(text: String) -> Haul {
    let tree = Tree::read(text);
    let mut haul = Haul::default();
    if let Some(root) = tree.root() {
        let mut found = root.all("article");
        if root.name() == "article" {
            found.push(root);
        }
        found.into_iter().filter(|a| a.is_whole()).for_each(|a| haul.article(article(a)));
        let count = root.all("ppsarticleResultSet").into_iter().find_map(|s| s.get("count"));
        haul.said = count.and_then(|c| c.parse().ok());
    }
    haul.broken = tree.broken;
    haul
}

fn article(article: Element<'_>) -> Draft {
    let said = |path: &str| article.said(path).unwrap_or_default();
    let mut draft = Draft {
        title: said("headline"),
        outlet: said("sourceName"),
        published: article.said("publicationDate/dateTime").or_else(|| article.said("publicationDate/date")),
        language: article.said("baseLanguage").map(|l| l.to_lowercase()),
        section: article.said("sectionName").or_else(|| article.said("columnName")),
        byline: article.said("byline"),
        ..Draft::default()
    };
    draft.authors = names(&said("byline"), &[&draft.outlet]);
    for part in ["leadParagraph", "tailParagraphs"] {
        let paragraphs = article.named(part).flat_map(|p| p.named("paragraph").collect::<Vec<_>>());
        draft.body.extend(paragraphs.map(Element::text).filter(|t| !t.is_empty()).map(Block::body));
    }
    draft.body.extend(article.named("artWork").map(Element::text).filter(|t| !t.is_empty()).map(Block::caption));
    draft.words(&said("wordCount"));
    draft.also(known::IDENTIFIER, said("accessionNo"));
    draft.also(known::COPYRIGHT, said("copyright"));
    draft.also(known::EDITION, said("edition"));
    draft.also(known::PAGE, said("pages"));
    draft.also(known::DATABASE, "Factiva");
    let list = |name: &str| joined(article.named(name).filter_map(|e| e.said("name")));
    draft.also(known::KEYWORDS, list("newsSubject"));
    for name in ["region", "company", "industry", "person"] {
        draft.also(name, list(name));
    }
    for name in ["publisherName", "sourceCode", "notes", "credit", "contact"] {
        draft.also(name, said(name));
    }
    draft.updated(&said("modificationDate/dateTime"));
    let mut kinds: Vec<&str> = article.named("descField").filter_map(|f| f.get("code")).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let entries = article.named("descField").filter(|f| f.get("code") == Some(kind)).map(Element::text);
        draft.also(kind, joined(entries));
    }
    draft
}
