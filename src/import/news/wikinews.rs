//! Wikinews: articles in wikitext, each by itself or many in an export of MediaWiki.

use super::tree::{Element, Tree};
use super::{Haul, joined, read_text};
use crate::import::{Block, Draft, Intake, Problem, Raw, Reader, Sample, known};

/// The reader of Wikinews.
#[derive(Debug)]
pub struct Wikinews;

/// The template with an article's day, in the languages of the editions.
const DATES: &[&str] = &["date", "datum", "date2", "fecha", "data", "дата"];

impl Reader for Wikinews {
    fn name(&self) -> &'static str {
        "wikinews"
    }

    fn about(&self) -> &'static str {
        "articles of Wikinews, as wikitext or an export of MediaWiki"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        if super::root_of(sample.head) == "mediawiki" {
            return sample.head.to_lowercase().contains("wikinews");
        }
        let start = sample.head.trim_start_matches('\u{feff}').trim_start();
        let date = start.strip_prefix("{{").and_then(|r| r.split_once('|')).map(|(name, _)| name.trim().to_lowercase());
        date.is_some_and(|d| DATES.contains(&d.as_str())) && start.contains("}}")
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let title = raw.file.rsplit_once('.').map_or(raw.file, |(name, _)| name).replace('_', " ");
        read_text(self.name(), raw, intake, move |text| {
            let start = text.get(..text.floor_char_boundary(4096)).unwrap_or_default();
            let mut haul = Haul::default();
            if super::root_of(start) != "mediawiki" {
                haul.article(article(&text, title, None));
                return Ok(haul);
            }
            let tree = Tree::read(text);
            if let Some(root) = tree.root() {
                let language = root.get("lang").map(str::to_owned);
                for page in root.named("page").filter(|p| p.is_whole()) {
                    read_page(page, language.as_deref(), &mut haul);
                }
            }
            haul.broken = tree.broken;
            Ok(haul)
        })
    }
}

/// A page of an export, where it is an article: talk, templates and redirections are none.
fn read_page(page: Element<'_>, language: Option<&str>, haul: &mut Haul) {
    let title = page.said("title").unwrap_or_default();
    if page.said("ns").is_some_and(|ns| ns != "0") || page.at("redirect").is_some() {
        return;
    }
    let Some(revision) = page.named("revision").last() else { return };
    let text = revision.at("text").map(Element::raw).unwrap_or_default();
    let mut draft = article(&text, title, language);
    draft.also(known::IDENTIFIER, page.said("id").unwrap_or_default());
    draft.updated(&revision.said("timestamp").unwrap_or_default());
    haul.article(draft);
}

fn article(text: &str, title: String, language: Option<&str>) -> Draft {
    let mut draft =
        Draft { title, outlet: "Wikinews".to_owned(), language: language.map(str::to_owned), ..Draft::default() };
    let (mut keywords, mut sources) = (Vec::new(), Vec::new());
    let plain = plain(text, &mut |template| {
        let mut parts = template.split('|').map(str::trim);
        let name = parts.next().unwrap_or_default().to_lowercase();
        if DATES.contains(&name.as_str()) {
            draft.published = draft.published.take().or_else(|| parts.next().map(str::to_owned));
        } else if name.starts_with("source") || name == "quelle" || name == "fuente" || name == "fonte" {
            let field = |key: &str| {
                let value =
                    template.split('|').find_map(|p| p.trim().strip_prefix(key)?.trim_start().strip_prefix('='));
                value.map(|v| v.trim().to_owned()).unwrap_or_default()
            };
            sources.push(
                [field("title"), field("pub"), field("url")]
                    .into_iter()
                    .filter(|f| !f.is_empty())
                    .collect::<Vec<_>>()
                    .join(", "),
            );
        } else if name == "byline" {
            draft.byline = parts.next().map(str::to_owned);
        }
    });
    let mut closing = false;
    for line in plain.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let category = line.strip_prefix("[[").and_then(|l| l.strip_suffix("]]")).and_then(|l| l.split_once(':'));
        if let Some((_, name)) = category {
            keywords.push(name.split('|').next().unwrap_or_default().to_owned());
        } else if let Some(heading) = line.strip_prefix("==").map(|l| l.trim_matches('=').trim()) {
            // What stands behind the text: sources, related news, links.
            const BEHIND: &[&str] = &[
                "sources",
                "source",
                "quellen",
                "fuentes",
                "fonti",
                "fontes",
                "bronnen",
                "related news",
                "sister links",
                "external links",
                "see also",
                "källor",
                "źródła",
                "источники",
                "themenverwandte artikel",
            ];
            closing = BEHIND.contains(&heading.to_lowercase().as_str());
            if !closing {
                draft.body.push(Block::body(heading));
            }
        } else if !closing {
            draft.body.push(Block::body(line.trim_start_matches(['*', '#', ':', ';', ' '])));
        }
    }
    draft.also(known::KEYWORDS, joined(keywords));
    draft.also("sources", joined(sources));
    draft
}

/// Wikitext without its marks. Templates are given to `meet` and left out; categories stay in lines of their own.
fn plain(text: &str, meet: &mut impl FnMut(&str)) -> String {
    let text = without(text, "<!--", "-->");
    let text = without(&text, "<ref", "</ref>");
    let text = without(&text, "{|", "\n|}");
    let mut out = String::with_capacity(text.len());
    let mut template = String::new();
    let mut depth = 0usize;
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("{{") {
            depth += 1;
            rest = &rest[2..];
        } else if rest.starts_with("}}") && depth > 0 {
            depth -= 1;
            rest = &rest[2..];
            if depth == 0 {
                meet(&template);
                // A template may stand for a word, a link to another article most of all.
                let mut parts = template.split('|').map(str::trim);
                if matches!(parts.next(), Some("w" | "W" | "wikipedia")) {
                    out.push_str(parts.clone().nth(1).or_else(|| parts.next()).unwrap_or_default());
                }
                template.clear();
            }
        } else {
            let length = c.len_utf8();
            if depth > 0 {
                template.push(c);
            } else {
                out.push(c);
            }
            rest = &rest[length..];
        }
    }
    // A template that is never closed is none.
    out.push_str(&template);
    links(&out).replace("'''", "").replace("''", "").replace("&nbsp;", "\u{a0}")
}

/// A text without what stands between two marks.
fn without(text: &str, open: &str, close: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(open) {
        out.push_str(before);
        rest = match after.split_once(close) {
            Some((_, after)) => after,
            None => "",
        };
    }
    out.push_str(rest);
    out
}

/// `[[Riverside|the town]]` is “the town”, `[https://… report]` is “report”; pictures are left out.
fn links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let (inner, after, double) = match from.strip_prefix("[[") {
            Some(inner) => match closing(inner) {
                Some(end) => (&inner[..end], &inner[end + 2..], true),
                None => ("", inner, true),
            },
            None => match from[1..].split_once(']') {
                Some((inner, after)) if inner.starts_with("http") => (inner, after, false),
                _ => ("[", &from[1..], false),
            },
        };
        rest = after;
        if !double {
            out.push_str(inner.split_once(' ').map_or(if inner == "[" { "[" } else { "" }, |(_, words)| words));
            continue;
        }
        let target = inner.split('|').next().unwrap_or_default();
        let kind = target.split_once(':').map(|(kind, _)| kind.trim().to_lowercase()).unwrap_or_default();
        match kind.as_str() {
            "category" | "kategorie" | "categoría" | "catégorie" | "categoria" | "categorie" | "kategori"
            | "kategoria" | "категория" => {
                out.extend(["\n[[", inner, "]]\n"]);
            }
            "file" | "image" | "datei" | "bild" | "archivo" | "fichier" | "immagine" | "bestand" | "fil" | "plik"
            | "файл" => {}
            _ => out.push_str(inner.rsplit('|').next().unwrap_or_default()),
        }
    }
    out.push_str(rest);
    out
}

/// Where a link ends that may hold links; `None` where it is longer than any.
fn closing(text: &str) -> Option<usize> {
    let text = &text[..text.floor_char_boundary(4000)];
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|r| !r.is_empty()) {
        if rest.starts_with("[[") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("]]") {
            if depth == 0 {
                return Some(at);
            }
            depth -= 1;
            at += 2;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    None
}
