//! NewsML-G2 and NewsML 1: messages of agencies with one or more items, of which those that are texts are read.

use super::tree::{Element, Tree};
use super::{Haul, joined, lines, names, nitf, read_text};
use crate::import::html::paragraphs;
use crate::import::{Block, Draft, Intake, Problem, Raw, Reader, Sample, known};

/// The reader of NewsML.
#[derive(Debug)]
pub struct NewsMl;

/// Outermost elements, and items that are no news items with what they are.
const ROOTS: &[&str] = &[
    "newsMessage",
    "newsItem",
    "NewsML",
    "packageItem",
    "conceptItem",
    "knowledgeItem",
    "planningItem",
    "catalogItem",
];
const OTHERS: &[(&str, &str)] = &[
    ("packageItem", "a package, which names other items"),
    ("conceptItem", "an entry of a vocabulary"),
    ("knowledgeItem", "a vocabulary"),
    ("planningItem", "an agency's plan"),
    ("catalogItem", "a catalogue"),
];

impl Reader for NewsMl {
    fn name(&self) -> &'static str {
        "newsml"
    }

    fn about(&self) -> &'static str {
        "NewsML-G2 or NewsML 1, an agency's texts in XML"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        ROOTS.contains(&super::root_of(sample.head))
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        read_text(self.name(), raw, intake, |text| {
            let tree = Tree::read(text);
            let mut haul = Haul::default();
            if let Some(root) = tree.root() {
                read_items(root, &mut haul)?;
            }
            haul.broken = tree.broken;
            Ok(haul)
        })
    }
}

fn read_items(root: Element<'_>, haul: &mut Haul) -> Result<(), Problem> {
    let inner = |name: &str| if root.name() == name { vec![root] } else { root.all(name) };
    for item in inner("newsItem").into_iter().filter(|i| i.is_whole()) {
        read_item(item, root, haul)?;
    }
    for item in inner("NewsItem").into_iter().filter(|i| i.is_whole()) {
        read_old_item(item, haul)?;
    }
    for (name, what) in OTHERS {
        for item in inner(name).into_iter().filter(|i| i.is_whole()) {
            haul.skip(item.get("guid").unwrap_or_default(), Problem::NoTextIn { what: (*what).to_owned() });
        }
    }
    Ok(())
}

/// What an item is by its class, where that is no text.
fn other_class(class: &str) -> Option<String> {
    let class = class.rsplit(':').next().unwrap_or(class).to_lowercase();
    let what = match class.as_str() {
        "picture" | "photo" => "a picture",
        "graphic" => "a graphic",
        "video" | "animated" => "a film",
        "audio" => "a recording",
        "composite" => "a package, which names other items",
        _ => return None,
    };
    Some(what.to_owned())
}

fn read_item(item: Element<'_>, root: Element<'_>, haul: &mut Haul) -> Result<(), Problem> {
    let guid = item.get("guid").unwrap_or_default();
    let (about, content) = (item.at("itemMeta"), item.at("contentMeta"));
    let class = about.and_then(|a| a.at("itemClass")).and_then(|c| c.get("qcode").or(c.get("uri")));
    let (body, nested) = match item.at("contentSet") {
        Some(set) => text(set)?,
        None => (Vec::new(), None),
    };
    if body.is_empty() {
        let what = class.and_then(other_class).unwrap_or_else(|| "an item without content".to_owned());
        haul.skip(guid, Problem::NoTextIn { what });
        return Ok(());
    }
    if let Some(what) = class.and_then(other_class) {
        haul.skip(guid, Problem::NoTextIn { what });
        return Ok(());
    }
    let mut draft = nested.unwrap_or_default();
    draft.body = body;
    draft.also(known::IDENTIFIER, guid);
    let moment = |path: &str| about.and_then(|a| a.said(path));
    let (first, version) = (moment("firstCreated"), moment("versionCreated"));
    let created = content.and_then(|c| c.said("contentCreated"));
    if let (Some(first), Some(version)) = (&first, &version)
        && first != version
    {
        draft.updated(version);
    }
    draft.published = first.or(version).or(created).or(draft.published).or_else(|| root.said("header/sent"));
    if let Some(about) = about {
        draft.outlet = about.at("provider").and_then(party).unwrap_or(draft.outlet);
        draft.also("service", list(about, "service"));
        let notes = about.named("edNote").filter(|n| {
            let kind = [n.get("role"), n.get("pubconstraint")].into_iter().flatten().collect::<String>().to_lowercase();
            ["private", "nonpublic", "notepad", "closingline"].iter().all(|k| !kind.contains(k))
        });
        draft.also("edNote", joined(notes.map(Element::text)));
        draft.title = about.said("title").unwrap_or(draft.title);
    }
    if let Some(rights) = item.at("rightsInfo") {
        let spoken = |e: &Element<'_>| e.get("lang").is_none_or(|l| item.get("lang").is_some_and(|i| i.starts_with(l)));
        let notices: Vec<Element<'_>> = rights.named("copyrightNotice").collect();
        let notice = notices.iter().copied().find(spoken).or(notices.first().copied()).map(Element::text);
        let holder = rights.at("copyrightHolder").and_then(party);
        draft.also(known::COPYRIGHT, notice.filter(|n| !n.is_empty()).or(holder).unwrap_or_default());
    }
    draft.language = item.get("lang").map(str::to_owned).or(draft.language);
    if let Some(content) = content {
        read_content(content, &mut draft);
    }
    if let Some(set) = item.at("contentSet") {
        let count = set.inner().find_map(|c| c.get("wordcount")).filter(|c| *c != "0");
        draft.words(count.unwrap_or_default());
    }
    haul.article(draft);
    Ok(())
}

/// A party's name, literal or code.
fn party(element: Element<'_>) -> Option<String> {
    element
        .said("name")
        .or_else(|| element.get("literal").map(str::to_owned))
        .or_else(|| element.get("qcode").and_then(|q| q.rsplit(':').next()).map(str::to_owned))
}

/// The names of all elements of a name.
fn list(parent: Element<'_>, name: &str) -> String {
    joined(parent.named(name).filter_map(|e| e.said("name")))
}

fn read_content(content: Element<'_>, draft: &mut Draft) {
    let headlines: Vec<Element<'_>> = content.named("headline").collect();
    let role = |e: &Element<'_>, word: &str| e.get("role").is_some_and(|r| r.to_lowercase().contains(word));
    let main = headlines.iter().find(|h| h.get("role").is_none() || role(h, "main")).or(headlines.first());
    if let Some(title) = main.map(|h| h.text()).filter(|t| !t.is_empty()) {
        draft.title = title;
    }
    let second = headlines.iter().find(|h| role(h, "sub")).map(|h| h.text());
    let summaries = content.named("description").filter(|d| d.get("role").is_none() || role(d, "summary"));
    let summary = summaries.map(Element::text).find(|s| !s.is_empty());
    draft.standfirst = second.filter(|s| !s.is_empty() && *s != draft.title).or(summary).or(draft.standfirst.take());
    let houses = [draft.outlet.clone(), content.said("infoSource/name").unwrap_or_default()];
    if let Some(byline) = content.said("by") {
        draft.authors = names(&byline, &houses.each_ref().map(String::as_str));
        draft.byline = Some(byline);
    } else if draft.authors.is_empty() {
        // Agencies have the short names of their editors here; a name has two words.
        let creators = content.named("creator").filter_map(|c| c.said("name")).filter(|n| n.contains(' '));
        draft.authors = creators.filter(|n| !houses.contains(n)).collect();
    }
    let dateline = content.said("dateline").map(|d| d.trim_end_matches([' ', '-', '–', '—']).to_owned());
    draft.also(known::DATELINE, dateline.unwrap_or_default());
    draft.also(known::DATELINE, content.at("located").and_then(party).unwrap_or_default());
    for name in ["slugline", "creditline", "urgency"] {
        draft.also(name, content.said(name).unwrap_or_default());
    }
    draft.also("infoSource", list(content, "infoSource"));
    draft.also("genre", list(content, "genre"));
    draft.also(known::KEYWORDS, joined(content.named("keyword").map(Element::text)));
    if let Some(language) = content.at("language").and_then(|l| l.get("tag")) {
        // The item's own code may say more: de-AT, not de.
        let more = draft.language.as_ref().is_some_and(|l| l.starts_with(language));
        draft.language = draft.language.take().filter(|_| more).or(Some(language.to_owned()));
    }
    let is_section = |s: &Element<'_>| {
        let code = s.get("qcode").and_then(|q| q.split(':').next()).unwrap_or_default();
        code.ends_with("department") || s.get("type").is_some_and(|t| t.ends_with(":category"))
    };
    let subjects: Vec<Element<'_>> = content.named("subject").collect();
    if draft.section.is_none() {
        draft.section = subjects.iter().find(|s| is_section(s)).and_then(|s| s.said("name"));
    }
    draft.also("subject", joined(subjects.iter().filter(|s| !is_section(s)).filter_map(|s| s.said("name"))));
}

/// The paragraphs of an item's content; where that is NITF, also what is known from it.
fn text(set: Element<'_>) -> Result<(Vec<Block>, Option<Draft>), Problem> {
    for content in set.inner() {
        match content.name() {
            "inlineXML" => {
                if let Some(nitf) = content.at("nitf") {
                    let mut draft = nitf::article(nitf)?;
                    return Ok((std::mem::take(&mut draft.body), Some(draft)));
                }
                let body = content.at("html/body").or_else(|| content.at("body")).unwrap_or(content);
                let body =
                    body.all("section").into_iter().find(|s| s.get("class").is_some_and(is_main)).unwrap_or(body);
                let found = paragraphs(&body.markup())?;
                if !found.is_empty() {
                    return Ok((found, None));
                }
            }
            "inlineData" => {
                let found = data(content)?;
                if !found.is_empty() {
                    return Ok((found, None));
                }
            }
            _ => {}
        }
    }
    Ok((Vec::new(), None))
}

fn is_main(class: &str) -> bool {
    class.split_whitespace().any(|c| c == "main")
}

/// Text as it is, or HTML as text.
fn data(content: Element<'_>) -> Result<Vec<Block>, Problem> {
    let words = content.raw();
    let kind = content.get("contenttype").unwrap_or_default();
    let bare = words.trim();
    let one = bare.strip_prefix("<p>").and_then(|b| b.strip_suffix("</p>")).filter(|b| !b.contains('<'));
    if let Some(one) = one {
        return Ok(lines::wrapped(one).into_iter().map(Block::body).collect());
    }
    if kind.contains("html") || (bare.starts_with('<') && bare.ends_with('>')) {
        return paragraphs(bare);
    }
    Ok(lines::wrapped(bare).into_iter().map(Block::body).collect())
}

/// An item of NewsML 1.
fn read_old_item(item: Element<'_>, haul: &mut Haul) -> Result<(), Problem> {
    let identifier = item.said("Identification/NewsIdentifier/PublicIdentifier").unwrap_or_default();
    let mut found: Option<(Vec<Block>, Option<Draft>)> = None;
    let mut kinds = Vec::new();
    for content in item.all("ContentItem") {
        let kind = content.at("MediaType").and_then(|m| m.get("FormalName")).unwrap_or_default().to_lowercase();
        let Some(data_content) = content.at("DataContent") else {
            kinds.push(kind);
            continue;
        };
        let nitf = data_content.at("nitf").or_else(|| data_content.all("nitf").into_iter().next());
        let html = data_content.at("html/body").or_else(|| data_content.at("body"));
        let (blocks, draft) = if let Some(nitf) = nitf {
            let mut draft = nitf::article(nitf)?;
            (std::mem::take(&mut draft.body), Some(draft))
        } else if data_content.inner().next().is_some() {
            let inner = data_content.all("body.content").into_iter().next();
            (paragraphs(&html.or(inner).unwrap_or(data_content).markup())?, None)
        } else {
            (data(data_content)?, None)
        };
        if !blocks.is_empty() && other_class(&kind).is_none() {
            found = Some((blocks, draft));
            break;
        }
        kinds.push(kind);
    }
    let Some((body, nested)) = found else {
        let what = kinds.iter().find_map(|k| other_class(k)).unwrap_or_else(|| "an item without content".to_owned());
        haul.skip(identifier, Problem::NoTextIn { what });
        return Ok(());
    };
    let mut draft = nested.unwrap_or_default();
    draft.body = body;
    draft.also(known::IDENTIFIER, identifier);
    let first = |name: &str| item.all(name).into_iter().find(|e| !e.text().is_empty() || e.get("FormalName").is_some());
    let line = |name: &str| first(name).map(Element::text).filter(|t| !t.is_empty());
    let formal = |name: &str| first(name).and_then(|e| e.get("FormalName")).map(str::to_owned);
    draft.title = line("HeadLine").unwrap_or(draft.title);
    draft.standfirst = line("SubHeadLine").or(draft.standfirst.take());
    let provider = item.all("Provider").into_iter().find_map(|p| p.at("Party").and_then(|p| p.get("FormalName")));
    if let Some(provider) = provider {
        draft.outlet = provider.to_owned();
    }
    if let Some(byline) = line("ByLine") {
        draft.authors = names(&byline, &[&draft.outlet]);
        draft.byline = Some(byline);
    }
    draft.also(known::DATELINE, line("DateLine").unwrap_or_default());
    draft.also(known::COPYRIGHT, line("CopyrightLine").unwrap_or_default());
    draft.also("SlugLine", line("SlugLine").unwrap_or_default());
    draft.also(known::KEYWORDS, joined(item.all("KeywordLine").into_iter().map(Element::text)));
    draft.language = formal("Language").or(draft.language.take());
    let (created, revised) = (line("FirstCreated"), line("ThisRevisionCreated"));
    if let (Some(created), Some(revised)) = (&created, &revised)
        && created != revised
    {
        draft.updated(revised);
    }
    draft.published = created.or(revised).or(draft.published.take());
    haul.article(draft);
    Ok(())
}
