//! The table with one row an annotation, out and in.
//!
//! | column | what it holds |
//! |---|---|
//! | `article` | the article's id |
//! | `title`, `outlet`, `published`, `authors`, `url`, `language`, `section` | of the article; `published` in ISO 8601, `;` between authors |
//! | `coder`, `coder_name` | the coder's id and name |
//! | `annotation` | the annotation's id |
//! | `layer` | `entity`, `quote`, `claim` or `frame` |
//! | `label` | the code's name, or the layer's own word (`PERSON`, `direct`, `poll`) |
//! | `path` | the names from the root of the codebook down to the code, joined by ` > ` |
//! | `code`, `code_revision` | the code's id, and the revision of its definition; empty on other layers |
//! | `code_path` | the ids from the root of the codebook down to the code, joined by ` > ` |
//! | `start`, `end` | first and last place in code points, end-exclusive |
//! | `spans` | every stretch in code points: `12..20`, or `12..20;31..35` where there are several |
//! | `byte_spans` | the same in UTF-8 bytes of the article's text |
//! | `text` | the words; ` … ` between stretches |
//! | `voice` | `outlet`, `quoted`, `reported`, `scare`, `headline`, `name` |
//! | `speaker`, `target` | who speaks, and of whom |
//! | `speaker_entity`, `target_entity` | whom of the register of names that means |
//! | `stance` | how the verb of attribution stands to the words |
//! | `intensity`, `certainty` | 1 to 3 |
//! | `negated` | `true` or `false` |
//! | `placement` | `headline`, `lede`, `body`, `last` |
//! | `memo` | the coder's note |
//! | `origin` | `hand`, `accepted` or `imported` |
//! | `detector`, `detector_version`, `score`, `edited` | where `origin` is `accepted` |
//! | `imported_from` | where `origin` is `imported` |
//! | `created`, `changed` | moments in UTC, ISO 8601 |
//! | `custom` | further attributes, an object in JSON |
//! | `article_hash` | BLAKE3 of the article's text in hex: by it the text is known again |
//!
//! What is not known is an empty cell.
//!
//! The table holds no texts, so it is read into a project that has the articles. Columns are known by their names, in
//! any order; those with other names are left out, and told. An article is found by `article_hash`, which says that
//! the text is the one that was coded, or where that is empty by `article` or `title`; then the words at the place must
//! be those of `text`. The place is in `spans`, else in `start` and `end`, else where the words of `text` stand, if
//! they stand in one place alone. A code is found by `code`, or where that is empty by `path` or `label`; a code that
//! the project has keeps its name, whatever the row says.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Cell;
use crate::exchange::labels::BETWEEN;
use crate::exchange::record::codings_of;
use crate::exchange::row::Row;
use crate::exchange::{Carries, Feature, Incoming, Losses, Problem, Text, details};
use crate::model::{
    Annotation, Article, ClaimKind, Code, CodeId, Codebook, EntityKind, Layer, Party, Project, QuoteKind, Tag,
};
use crate::text::{CharSpan, Document};

/// The header row.
pub const COLUMNS: [&str; 43] = [
    "article",
    "title",
    "outlet",
    "published",
    "authors",
    "url",
    "language",
    "section",
    "coder",
    "coder_name",
    "annotation",
    "layer",
    "label",
    "path",
    "code",
    "code_revision",
    "code_path",
    "start",
    "end",
    "spans",
    "byte_spans",
    "text",
    "voice",
    "speaker",
    "speaker_entity",
    "target",
    "target_entity",
    "stance",
    "intensity",
    "certainty",
    "negated",
    "placement",
    "memo",
    "origin",
    "detector",
    "detector_version",
    "score",
    "edited",
    "imported_from",
    "created",
    "changed",
    "custom",
    "article_hash",
];

/// What a row an annotation has a column for.
pub const CARRIED: Carries = Carries::NOTHING.and(&[
    Feature::Titles,
    Feature::Metadata,
    Feature::Coders,
    Feature::CoderNames,
    Feature::Discontinuous,
    Feature::Ids,
    Feature::Voice,
    Feature::Speaker,
    Feature::Target,
    Feature::PartyEntities,
    Feature::Stance,
    Feature::Intensity,
    Feature::Certainty,
    Feature::Negation,
    Feature::Custom,
    Feature::Memos,
    Feature::Origins,
    Feature::Revisions,
    Feature::Times,
    Feature::CodeIds,
    Feature::CodeTree,
]);

/// What is bent so that a table says it: an empty cell is nobody, and ` > ` stands between the names of a path.
pub fn adapt(project: &mut Project, losses: &mut Losses) {
    let mut arrows = 0;
    for code in project.codebook.codes.values_mut() {
        if code.name.contains("> ") || code.name.contains(" >") {
            code.name = code.name.replace('>', "›");
            arrows += 1;
        }
    }
    losses.tell("arrows", arrows, "names of codes hold “>”, which stands between the names of a path, and becomes “›”");
    let nobody = |p: &Option<Party>| p.as_ref().is_some_and(|p| p.name.is_empty() && p.entity.is_none());
    let mut nameless = 0;
    for coding in project.codings.values_mut() {
        let empty = |a: &Annotation| nobody(&a.attributes.speaker) || nobody(&a.attributes.target);
        if !coding.annotations.values().any(|a| empty(a)) {
            continue;
        }
        for annotation in std::sync::Arc::make_mut(coding).annotations.values_mut().filter(|a| empty(a)) {
            let attributes = &mut std::sync::Arc::make_mut(annotation).attributes;
            for party in [&mut attributes.speaker, &mut attributes.target] {
                if nobody(party) {
                    *party = None;
                    nameless += 1;
                }
            }
        }
    }
    losses.tell("nameless", nameless, "speakers or targets without a name are left out");
}

/// The rows of an article's annotations, coder by coder, in the order of the text.
pub fn rows<'a>(project: &'a Project, article: &'a Article) -> impl Iterator<Item = Vec<Cell>> + 'a {
    let document = Document::new(article.text.clone());
    codings_of(project, article).flat_map(move |(coder, coding)| {
        let name = project.coders.get(coder).map_or("", |c| c.name.as_str());
        let row = |a| cells(project, article, (coder.as_str(), name), &Row::new(project, article, &document, a));
        coding.in_order().into_iter().map(row).collect::<Vec<_>>()
    })
}

fn cells(project: &Project, article: &Article, (coder, name): (&str, &str), row: &Row<'_>) -> Vec<Cell> {
    let a = row.annotation;
    let meta = &article.metadata;
    let said: BTreeMap<&str, String> = details::of(a).into_iter().collect();
    let way = a.tag.code().map(|code| way(&project.codebook, code)).unwrap_or_default();
    let chars = row.spans.iter().map(|(span, ..)| format!("{}..{}", span.start, span.end)).collect::<Vec<_>>();
    let bytes = row.spans.iter().map(|(_, bytes, _)| bytes.map(|b| format!("{}..{}", b.start, b.end)));
    let bytes = bytes.map(Option::unwrap_or_default).collect::<Vec<_>>();
    COLUMNS
        .iter()
        .map(|column| match *column {
            "article" => Cell::text(article.id.as_str()),
            "title" => Cell::text(&meta.title),
            "outlet" => Cell::text(&meta.outlet),
            "published" => meta.published.clone().into(),
            "authors" => Cell::text(meta.authors.join("; ")),
            "url" => meta.url.clone().into(),
            "language" => meta.language.clone().into(),
            "section" => meta.section.clone().into(),
            "coder" => Cell::text(coder),
            "coder_name" => Cell::text(name),
            "annotation" => Cell::text(a.id.to_string()),
            "layer" => Cell::text(a.tag.layer().word()),
            "label" => Cell::text(&row.label),
            "path" if way.is_empty() => Cell::text(row.path.join(BETWEEN)),
            "path" => Cell::text(way.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(BETWEEN)),
            "code" => a.tag.code().map(ToString::to_string).into(),
            "code_revision" if a.tag.code().is_some() || a.code_revision != 0 => Cell::Number(a.code_revision.into()),
            "code_path" => Cell::text(way.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>().join(BETWEEN)),
            "start" => Cell::count(a.hull().start.0),
            "end" => Cell::count(a.hull().end.0),
            "spans" => Cell::text(chars.join(";")),
            "byte_spans" => Cell::text(bytes.join(";")),
            "text" => Cell::text(row.words()),
            "placement" => Cell::text(row.placement.word()),
            "negated" => Cell::YesNo(a.attributes.negated),
            "article_hash" => Cell::text(&article.hash),
            "intensity" | "certainty" | "score" => {
                said.get(column).and_then(|n| n.parse().ok()).map_or(Cell::Empty, Cell::Number)
            }
            "edited" => said.get(column).map_or(Cell::Empty, |e| Cell::YesNo(e == "true")),
            column => said.get(column).cloned().into(),
        })
        .collect()
}

/// The codes from the root down to a code, with their names; a code that the codebook has lost is called by its id.
pub fn way<'a>(book: &'a Codebook, code: &'a CodeId) -> Vec<(&'a CodeId, &'a str)> {
    let mut way = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = Some(code);
    while let Some(id) = next.filter(|id| seen.insert(*id)) {
        let code = book.get(id);
        way.push((id, code.map_or(id.as_str(), |c| c.name.as_str())));
        next = code.and_then(|c| c.parent.as_ref());
    }
    way.reverse();
    way
}

/// Which of our columns stand where in a file.
#[derive(Debug)]
pub struct Header {
    places: HashMap<&'static str, usize>,
    /// The names that are none of ours.
    strange: Vec<String>,
}

impl Header {
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut new = Self { places: HashMap::new(), strange: Vec::new() };
        for (place, name) in names.into_iter().enumerate() {
            let name = name.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            match COLUMNS.iter().find(|column| column.eq_ignore_ascii_case(name)) {
                Some(column) => drop(new.places.entry(column).or_insert(place)),
                None if name.is_empty() => {}
                None => new.strange.push(name.to_owned()),
            }
        }
        new
    }

    /// How many columns are known.
    pub fn known(&self) -> usize {
        self.places.len()
    }

    /// Whether a file with this header is such a table.
    pub fn is_ours(&self) -> bool {
        let has = |name| self.places.contains_key(name);
        self.is_enough() && (has("spans") || has("start") && has("end"))
    }

    /// Whether enough is there to read a row by.
    pub fn is_enough(&self) -> bool {
        let some = |names: &[&str]| names.iter().any(|name| self.places.contains_key(name));
        some(&["article_hash", "article", "title"])
            && (some(&["spans", "text"]) || some(&["start"]) && some(&["end"]))
            && some(&["label", "path", "code"])
    }
}

/// Reads rows, each with its number in the file. `made`: codes that were read before, by their ids in the file.
///
/// # Errors
/// Where the header has not enough to read a row by, or where the rows themselves cannot be had.
pub fn read(
    incoming: &mut Incoming<'_>,
    file: &str,
    header: &Header,
    made: BTreeMap<String, CodeId>,
    rows: impl Iterator<Item = Result<(usize, Vec<String>), Problem>>,
) -> Result<(), Problem> {
    if !header.is_enough() {
        return Err(Problem::within(
            file,
            "a column for the article (“article_hash”, “article” or “title”), one for the place (“spans”, “start” and \
             “end”, or “text”) and one for the code (“code”, “path” or “label”) are needed in the first row",
        ));
    }
    for name in header.strange.iter().take(20) {
        incoming.tell(format!("the column “{name}” is not known here and was left out"));
    }
    let mut unplaced = None;
    let mut reader = Reader { header, texts: HashMap::new(), made };
    for row in rows {
        let (line, cells) = row?;
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if let Err(why) = reader.row(incoming, &cells) {
            if let Some(what) = why.say() {
                incoming.tell(what);
            }
            if let Why::Place = why {
                unplaced.get_or_insert(line);
            }
        }
    }
    if let Some(line) = unplaced {
        incoming.tell(format!("the first row whose place cannot be read is in line {line}"));
    }
    Ok(())
}

/// Why a row is left out.
enum Why {
    NoArticle,
    Place,
    Words,
    Label(String),
    /// Told already.
    Told,
}

impl Why {
    fn say(&self) -> Option<String> {
        Some(match self {
            Self::NoArticle => {
                "rows on articles that are not in the project, or that have another text there, were left out".into()
            }
            Self::Place => "rows whose place cannot be read were left out".into(),
            Self::Words => "rows whose words do not stand at their place in the text were left out".into(),
            Self::Label(label) => format!("rows of the unknown kind “{label}” were left out"),
            Self::Told => return None,
        })
    }
}

struct Reader<'a> {
    header: &'a Header,
    texts: HashMap<[String; 3], Option<Text>>,
    /// Codes that the file brought, by their ids there.
    made: BTreeMap<String, CodeId>,
}

impl Reader<'_> {
    fn row(&mut self, incoming: &mut Incoming<'_>, cells: &[String]) -> Result<(), Why> {
        let header = self.header;
        let raw = |name: &str| header.places.get(name).and_then(|n| cells.get(*n)).map_or("", String::as_str);
        let cell = |name: &str| raw(name).trim();
        let some = |text: &'static str| Some(cell(text)).filter(|s| !s.is_empty());

        let key = ["article_hash", "article", "title"].map(|name| cell(name).to_owned());
        let find = || incoming.known_article(some("article_hash"), some("article"), some("title"));
        let text = self.texts.entry(key).or_insert_with(find).clone().ok_or(Why::NoArticle)?;
        let spans = places(&text, [raw("spans"), raw("start"), raw("end"), raw("text")]).ok_or(Why::Place)?;
        if some("article_hash").is_none() && some("text").is_some() {
            let words = spans.iter().map(|s| text.words(*s)).collect::<Vec<_>>().join(" … ");
            // Spreadsheets take the liberty of changing line ends and blanks at the ends.
            if words.split_whitespace().ne(cell("text").split_whitespace()) {
                return Err(Why::Words);
            }
        }
        let coder = incoming.coder(cell("coder"), raw("coder_name"));
        let id = some("annotation");
        let label = || Why::Label(cell("label").to_owned());
        let new = match (cell("layer"), Layer::from_word(&cell("layer").to_lowercase())) {
            ("", _) if some("code").is_none() && some("path").is_none() => {
                incoming.labelled(&text, id, cell("label"), spans)
            }
            ("", _) | (_, Some(Layer::Frame)) => {
                let code = self.code(incoming, [cell("code"), raw("path"), raw("label"), cell("code_path")]);
                incoming.annotation(&text, id, Tag::Frame(code), spans)
            }
            (_, Some(layer)) => {
                let word = cell("label");
                let tag = match layer {
                    Layer::Entity => EntityKind::from_word(word).map(Tag::Entity),
                    Layer::Quote => QuoteKind::from_word(word).map(Tag::Quote),
                    Layer::Claim => ClaimKind::from_word(word).map(Tag::Claim),
                    Layer::Frame => None,
                };
                incoming.annotation(&text, id, tag.ok_or_else(label)?, spans)
            }
            (layer, None) => return Err(Why::Label(layer.to_owned())),
        };
        let mut new = new.ok_or(Why::Told)?;
        say(&mut new, &raw);
        incoming.put(&text, &coder, new);
        Ok(())
    }

    /// The code of a row, by its id, else by its names.
    fn code(&mut self, incoming: &mut Incoming<'_>, [id, path, label, ids]: [&str; 4]) -> CodeId {
        if let Some(known) = id.parse().ok().and_then(|id| incoming.known().codebook.get(&id)) {
            if !label.is_empty() && label.trim() != known.name.trim() {
                incoming.tell("rows whose label is not the name of their code were read by the code’s id");
            }
            return incoming.code(Some(id), &[label]);
        }
        if let Some(made) = self.made.get(id).filter(|_| !id.is_empty()) {
            return made.clone();
        }
        let names: Vec<&str> = if path.trim().is_empty() { vec![label] } else { path.split(BETWEEN).collect() };
        let ids: Vec<&str> = ids.split(BETWEEN).collect();
        if ids.last() != Some(&id) || ids.len() != names.len() || ids.iter().any(|id| id.parse::<CodeId>().is_err()) {
            let code = incoming.code(Some(id), &names);
            self.made.insert(id.to_owned(), code.clone());
            return code;
        }
        let mut parent: Option<CodeId> = None;
        for (id, name) in ids.into_iter().zip(names) {
            let here = match self.made.get(id) {
                Some(made) => made.clone(),
                None if incoming.known().codebook.codes.keys().any(|k| k.as_str() == id) => {
                    incoming.code(Some(id), &[name])
                }
                None => {
                    let colour = incoming.project().codebook.next_colour();
                    let Ok(new) = id.parse::<CodeId>() else { continue };
                    incoming.put_code(Code { parent: parent.take(), ..Code::new(new, name, colour) })
                }
            };
            self.made.insert(id.to_owned(), here.clone());
            parent = Some(here);
        }
        parent.unwrap_or_else(|| incoming.code(None, &[label]))
    }
}

/// Puts what a row says beyond its tag and its place into an annotation.
fn say<'a>(new: &mut Annotation, raw: &dyn Fn(&str) -> &'a str) {
    let mut said: Vec<(&str, String)> = Vec::new();
    let accepted = raw("origin").trim() == "accepted";
    for &key in details::KEYS {
        let value = raw(key);
        let needed = match key {
            // Somebody of the register whom nobody gave a name.
            "speaker" => !raw("speaker_entity").trim().is_empty(),
            "target" => !raw("target_entity").trim().is_empty(),
            "detector" | "detector_version" => accepted,
            _ => false,
        };
        let value = match key {
            "speaker" | "target" | "memo" | "detector" | "detector_version" | "imported_from" => value.to_owned(),
            // Spreadsheets write TRUE.
            "negated" | "edited" => value.trim().to_lowercase(),
            _ => value.trim().to_owned(),
        };
        if needed || !value.is_empty() {
            said.push((key, value));
        }
    }
    details::put(new, said.iter().map(|(key, value)| (*key, value.as_str())));
}

/// The stretches that a row gives: `spans`, else `start` and `end`, else where the words stand alone.
fn places(text: &Text, [spans, start, end, words]: [&str; 4]) -> Option<Vec<CharSpan>> {
    let number = |n: &str| n.trim().parse::<usize>().ok();
    if !spans.trim().is_empty() {
        let one = |span: &str| span.split_once("..").and_then(|(s, e)| text.chars(number(s)?, number(e)?));
        return spans.split(';').map(one).collect();
    }
    if !start.trim().is_empty() || !end.trim().is_empty() {
        return Some(vec![text.chars(number(start)?, number(end)?)?]);
    }
    let words = words.trim();
    let mut found = text.as_str().match_indices(words).filter(|_| !words.is_empty());
    let (at, _) = found.next().filter(|_| found.next().is_none())?;
    Some(vec![text.bytes(at, at + words.len())?])
}
