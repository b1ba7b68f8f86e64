//! What Europresse gives away: web pages, in the layout of 2012 and in the one since.

use dom_query::NodeRef;

use super::{Haul, languages, names, read_text};
use crate::import::dates::leading;
use crate::import::html::{blocks, parse};
use crate::import::{Block, Draft, Intake, Problem, Raw, Reader, Sample, known};

/// The reader of Europresse.
#[derive(Debug)]
pub struct Europresse;

impl Reader for Europresse {
    fn name(&self) -> &'static str {
        "europresse"
    }

    fn about(&self) -> &'static str {
        "articles of Europresse, one or many to a file"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        sample.head.contains("DocPublicationName")
            && (sample.head.contains("itreArticleVisu") || sample.head.contains("DocHeader"))
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        read_text(self.name(), raw, intake, |text| {
            let document = parse(&text)?;
            let mut haul = Haul::default();
            let new = document.select("article");
            if new.length() > 0 {
                new.nodes().iter().filter(|a| has(a, "docpublicationname")).for_each(|a| haul.article(recent(a)));
            } else {
                for name in document.select("span.DocPublicationName").nodes() {
                    if let Some(cell) = name.parent() {
                        haul.article(old(&cell));
                    }
                }
            }
            if haul.pieces.is_empty() {
                return Err(Problem::NoArticle);
            }
            Ok(haul)
        })
    }
}

/// How the older layout's number of a document is introduced, and the notice of rights begins.
const NUMBER: &[&str] = &["Numéro de document", "Document number", "Número de documento", "Dokumentnummer"];

/// The elements below a node with a word in their class, in order; what is in such an element is not looked at.
fn classed<'a>(root: &NodeRef<'a>, class: &str) -> Vec<NodeRef<'a>> {
    let mut found = Vec::new();
    let mut open: Vec<NodeRef<'a>> = root.children();
    open.reverse();
    while let Some(node) = open.pop() {
        let classes = node.attr("class").map(|c| c.to_lowercase()).unwrap_or_default();
        if classes.split_whitespace().any(|c| c == class) {
            found.push(node);
            continue;
        }
        let from = open.len();
        open.extend(node.children());
        if let Some(new) = open.get_mut(from..) {
            new.reverse();
        }
    }
    found
}

fn has(root: &NodeRef<'_>, class: &str) -> bool {
    !classed(root, class).is_empty()
}

fn words(node: &NodeRef<'_>) -> String {
    node.text().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn first(root: &NodeRef<'_>, class: &str) -> Option<String> {
    classed(root, class).first().map(words).filter(|t| !t.is_empty())
}

/// `Éditorial, jeudi 4 octobre 2012, p. 03`: what stands before the date is the section, behind it the page.
fn header(line: &str, draft: &mut Draft) {
    let parts: Vec<&str> = line.split(", ").map(str::trim).collect();
    // English dates have a comma of their own.
    let dated = (0..parts.len()).find_map(|at| {
        (1..=3).rev().find_map(|many| {
            let text = parts.get(at..at + many)?.join(", ");
            leading(&text).filter(|l| l.iso.len() >= 10 && l.rest.is_empty()).map(|l| (at, many, l.iso))
        })
    });
    let Some((at, many, day)) = dated else {
        draft.also("DocHeader", line);
        return;
    };
    draft.published = Some(day);
    let section = parts.get(..at).unwrap_or_default().join(", ");
    draft.section = (!section.is_empty()).then_some(section);
    let mut rest = Vec::new();
    for part in parts.get(at + many..).unwrap_or_default() {
        match ["p. ", "pp. ", "p.", "page "].iter().find_map(|p| part.strip_prefix(p)) {
            Some(page) => draft.also(known::PAGE, page),
            None => rest.push(*part),
        }
    }
    draft.also(known::EDITION, rest.join(", "));
}

/// `Magazine 1, no. 5968`: the outlet, and the number of the issue.
fn outlet(name: &str, draft: &mut Draft) {
    let (name, issue) = match [", no. ", ", n° ", ", nº ", ", no "].iter().find_map(|mark| name.split_once(mark)) {
        Some((name, issue)) => (name, issue),
        None => (name, ""),
    };
    draft.outlet = name.trim_end_matches(',').trim().to_owned();
    draft.also("issue", issue);
}

/// An article of the older layout: a cell of a table with everything in it.
fn old(cell: &NodeRef<'_>) -> Draft {
    let mut draft = Draft::default();
    outlet(&first(cell, "docpublicationname").unwrap_or_default(), &mut draft);
    header(&classed(cell, "docheader").iter().map(|n| n.text().to_string()).collect::<String>(), &mut draft);
    draft.title = first(cell, "titrearticlevisu").unwrap_or_default();
    let mut lines: Vec<String> = Vec::new();
    for block in blocks(cell) {
        lines.extend(block.text.lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned));
    }
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let at = lines.iter().position(|l| flat(l) == draft.title);
    if let Some(at) = at {
        // Between the date and the title stands a line above the title.
        let dated = lines.iter().take(at).rposition(|l| is_outlet_or_date(l, &draft.outlet));
        let above: Vec<String> = dated.and_then(|d| lines.get(d + 1..at)).unwrap_or_default().to_vec();
        draft.also("kicker", above.join(" "));
        let mut below: Vec<String> = lines.split_off(at + 1);
        if let Some(end) = below.iter().position(|l| NUMBER.iter().any(|n| l.starts_with(n))) {
            let number = below.get(end).and_then(|l| l.split_once(':')).map(|(_, n)| n.trim().to_owned());
            draft.also(known::IDENTIFIER, number.unwrap_or_default());
            below.truncate(end);
        }
        if let Some(rights) = below.pop_if(|l| super::lines::is_copyright(l)) {
            draft.also(known::COPYRIGHT, rights);
        }
        let name = below.first().filter(|l| below.len() > 1 && is_name(l) && author_stands(cell, l)).cloned();
        if let Some(name) = name {
            draft.authors = names(&name, &[&draft.outlet]);
            draft.byline = Some(name);
            below.remove(0);
        }
        draft.body = below.into_iter().map(Block::body).collect();
    }
    draft.also(known::DATABASE, "Europresse");
    draft
}

/// Whether a line above the title is the one with the outlet or the date.
fn is_outlet_or_date(line: &str, outlet: &str) -> bool {
    line.contains(outlet) || line.split(", ").any(|p| leading(p).is_some_and(|l| l.iso.len() >= 10))
}

/// Whether a line can be the names of authors: few words, no sentence.
fn is_name(line: &str) -> bool {
    let count = line.split_whitespace().count();
    (1..=10).contains(&count) && !line.ends_with(['.', '!', '?', ':', ',']) && line.starts_with(char::is_uppercase)
}

/// Whether a line stands by itself right behind the title, before the first paragraph.
fn author_stands(cell: &NodeRef<'_>, line: &str) -> bool {
    let Some(title) = classed(cell, "titrearticlevisu").into_iter().next() else { return false };
    let mut next = title.next_sibling();
    while let Some(node) = next {
        if node.is_text() && !node.text().trim().is_empty() {
            let stands = node.next_sibling().is_some_and(|n| n.node_name().is_some_and(|n| &*n == "br"));
            return stands && node.text().split_whitespace().eq(line.split_whitespace());
        }
        if node.node_name().is_some_and(|n| &*n != "br") && node.is_element() {
            return false;
        }
        next = node.next_sibling();
    }
    false
}

/// An article of the newer layout.
fn recent(article: &NodeRef<'_>) -> Draft {
    let mut draft = Draft::default();
    outlet(&first(article, "docpublicationname").unwrap_or_default(), &mut draft);
    header(&first(article, "docheader").unwrap_or_default(), &mut draft);
    if draft.published.is_none()
        && let Some(line) = first(article, "doctitresoussection")
    {
        header(&line, &mut draft);
    }
    draft.title = first(article, "rdp__articletitle")
        .or_else(|| first(article, "titrearticlevisu"))
        .or_else(|| first(article, "titrearticle"))
        .unwrap_or_default();
    draft.standfirst = first(article, "rdp__subtitle");
    if let Some(byline) = first(article, "docauthors").or_else(|| first(article, "sm-margin-bottomnews")) {
        draft.authors = names(&byline, &[&draft.outlet]);
        draft.byline = Some(byline);
    }
    let text = classed(article, "dococurrcontainer")
        .into_iter()
        .next()
        .or_else(|| classed(article, "doctext").into_iter().next());
    draft.body = text.map(|t| blocks(&t)).unwrap_or_default();
    draft.language = article.attr("lang").and_then(|l| languages::code(&l));
    // The foot has the notice of rights and the number, after words of the service's own.
    for node in article.children().iter().filter(|n| n.node_name().is_some_and(|n| &*n == "footer")) {
        for block in blocks(node) {
            for line in block.text.lines().map(str::trim) {
                let number = NUMBER.iter().find_map(|n| line.strip_prefix(n));
                if let Some(number) = number {
                    draft.also(known::IDENTIFIER, number.trim_start_matches([' ', ':', '\u{a0}']));
                } else if super::lines::is_copyright(line) {
                    draft.also(known::COPYRIGHT, line);
                } else if let Some((number, _)) =
                    line.split_once(' ').or(Some((line, ""))).filter(|(n, _)| n.starts_with("news·"))
                {
                    draft.also(known::IDENTIFIER, number);
                }
            }
        }
    }
    draft.also(known::DATABASE, "Europresse");
    draft
}
