//! CoNLL-2003: a token a line with its tags in columns, a blank line between sentences, `-DOCSTART-` before each article.
//!
//! The first three columns are token, part of speech and chunk, the last two of which are `_`. Then comes a column for
//! each layer and coder, in IOB2; what overlaps within one is in a further column of the same name. The line of
//! `-DOCSTART-` names the columns: `-DOCSTART- -X- -X- entity:ada frame:ada frame:ada frame:bo`.
//!
//! The words of an article are in the file, the white space between them is not. So a text comes back where an article of
//! the same words is in the project already, and with one space between tokens and one line a sentence where it is not.
//!
//! Read are also files of two and more columns (CoNLL-2002, GermEval with its numbered tokens, doccano’s and Label
//! Studio’s exports), and the tags IOB, IOB2, BIOES and BILOU.

use std::collections::{BTreeMap, HashMap};
use std::io;

use super::about::{self, Known};
use super::labels::Labels;
use super::record::codings_of;
use super::tokens::{Tokens, without_white_space};
use super::{Bundle, Carries, Feature, Format, Incoming, Losses, Problem, Shape, Sink, Text};
use crate::model::{
    Annotation, Article, ArticleId, ClaimKind, CoderId, EntityKind, Layer, Metadata, Project, QuoteKind, Source, Tag,
};
use crate::text::{CharSpan, OffsetMap};

const CARRIED: Carries = Carries::NOTHING.and(&[Feature::UncodedArticles, Feature::Coders]);
const START: &str = "-DOCSTART-";
/// Which columns come before the tags.
const BEFORE: usize = 3;

/// The format.
#[derive(Debug)]
pub struct Conll2003;

impl Format for Conll2003 {
    fn name(&self) -> &'static str {
        "conll-2003"
    }

    fn about(&self) -> &'static str {
        "a token a line with IOB2 tags, a column for each layer and coder"
    }

    fn shape(&self) -> Shape {
        Shape::File("conll")
    }

    fn carries(&self) -> Carries {
        CARRIED
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        without_white_space(project, losses);
        about::sweep(project, CARRIED, losses);
        let labels = Labels::of(&project.codebook);
        let (mut taken, mut changed) = (std::collections::BTreeSet::new(), 0);
        for code in project.codebook.codes.values_mut() {
            let stem = word(&labels.code(&code.id));
            let numbered = (2..).map(|n| format!("{stem}_{n}"));
            let free = std::iter::once(stem.clone()).chain(numbered).find(|name| taken.insert(name.to_lowercase()));
            if let Some(name) = free.filter(|name| *name != code.name) {
                changed += 1;
                code.name = name;
            }
        }
        losses.tell(
            "labels",
            changed,
            "codes’ names are written with _ for white space, or numbered where two are alike",
        );
        losses.tell(
            "sentences",
            across_sentences(project),
            "codings go on in the next sentence, where other programs see them begin anew",
        );
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        let labels = Labels::of(&project.codebook);
        let columns = Columns::of(project);
        sink.main(|out, step| {
            for article in project.articles.values() {
                writeln!(out, "{START} -X- -X- {}\n", columns.header())?;
                let map = OffsetMap::new(article.text.clone());
                let works: Vec<_> = codings_of(project, article).collect();
                let spans =
                    works.iter().flat_map(|(_, c)| c.annotations.values()).flat_map(|a| a.spans.iter().copied());
                let tokens = Tokens::of(&map, spans);
                let mut cells = vec![vec!["O".to_owned(); columns.count()]; tokens.all.len()];
                for (coder, coding) in works {
                    for (column, annotation) in columns.place(coder, coding) {
                        let within = tokens.within(annotation.hull());
                        for t in within.clone() {
                            let letter = if t == within.start { 'B' } else { 'I' };
                            cells[t][column] = format!("{letter}-{}", label(&labels, &annotation.tag));
                        }
                    }
                }
                for (first, sentence) in tokens.sentences() {
                    for (token, cells) in sentence.iter().zip(&cells[first..]) {
                        writeln!(out, "{} _ _ {}", token.text, cells.join(" "))?;
                    }
                    writeln!(out)?;
                }
                step()?;
            }
            Ok(())
        })
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        let Some(name) = bundle.only() else { return false };
        let head = bundle.head(name);
        if head.starts_with(START) {
            return true;
        }
        // The last line may be cut.
        let lines: Vec<&str> = head.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#')).take(50).collect();
        let sound = |line: &&str| {
            let cells = cells(line);
            (2..=9).contains(&cells.len()) && cells.last().is_some_and(|c| tag(c).is_some())
        };
        let last = lines.len().saturating_sub(1).max(1);
        !lines.is_empty() && !head.starts_with("#FORMAT") && lines.iter().take(last).all(sound)
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let name = bundle.only().ok_or(Problem::NotOneFile)?;
        let text = bundle.text(name)?;
        let mut reader = Reader::new(self, incoming);
        let mut doc = Doc::default();
        let mut width = None;
        let is_named = text.starts_with(START);
        let first = text.lines().find(|l| !l.trim().is_empty() && !l.starts_with('#') && !l.starts_with(START));
        let expected = first.map(|l| cells(l).len());
        for (n, line) in text.lines().enumerate() {
            let cells = cells(line);
            if cells.first() == Some(&START) {
                reader.read(incoming, std::mem::take(&mut doc));
                doc.names = cells.iter().skip(BEFORE).map(|c| (*c).to_owned()).collect();
            } else if line.trim().is_empty() {
                doc.ends = true;
            } else if line.starts_with('#') && (cells.len() != expected.unwrap_or(0) || !is_named && cells[0] == "#") {
                // A comment.
            } else {
                let wanted = *width.get_or_insert(cells.len());
                if cells.len() != wanted || wanted < 2 {
                    let what = format!("it has {} columns, and the lines before it {wanted}", cells.len());
                    return Err(Problem::at(
                        name,
                        n + 1,
                        if wanted < 2 { "it has one column only".to_owned() } else { what },
                    ));
                }
                doc.push(&cells);
            }
        }
        reader.read(incoming, doc);
        Ok(())
    }
}

/// How many codings have tokens of several sentences.
fn across_sentences(project: &Project) -> usize {
    let count = |article: &Article| {
        let map = OffsetMap::new(article.text.clone());
        let hulls = || codings_of(project, article).flat_map(|(_, c)| c.annotations.values()).map(|a| a.hull());
        let tokens = Tokens::of(&map, hulls());
        let firsts: Vec<usize> = tokens.sentences().iter().map(|(first, _)| *first).collect();
        let goes_over = |span| {
            let within = tokens.within(span);
            firsts.iter().any(|first| within.start < *first && *first < within.end)
        };
        hulls().filter(|span| goes_over(*span)).count()
    };
    project.articles.values().map(|article| count(article)).sum()
}

/// A label as one word.
fn word(label: &str) -> String {
    label.strip_prefix("code: ").unwrap_or(label).split_whitespace().collect::<Vec<_>>().join("_")
}

/// What a tag is called in a column of its layer.
fn label(labels: &Labels, tag: &Tag) -> String {
    if let Tag::Frame(code) = tag { word(&labels.code(code)) } else { tag.word().to_owned() }
}

/// A line’s cells: between tabs, where there are any, else between spaces.
fn cells(line: &str) -> Vec<&str> {
    if line.contains('\t') {
        line.trim_end().split('\t').map(str::trim).collect()
    } else {
        line.split_whitespace().collect()
    }
}

/// What an IOB tag says: its letter and its label; `O` has none.
fn tag(cell: &str) -> Option<(char, &str)> {
    if cell == "O" {
        return Some(('O', ""));
    }
    let (letter, label) = cell.split_once('-')?;
    let letter = letter.chars().next().filter(|c| letter.len() == 1 && "BIESLU".contains(*c))?;
    (!label.is_empty()).then_some((letter, label))
}

/// The columns of a file: as many for each layer and coder as overlap anywhere.
struct Columns(BTreeMap<(Layer, CoderId), usize>);

impl Columns {
    fn of(project: &Project) -> Self {
        let mut all: BTreeMap<(Layer, CoderId), usize> = BTreeMap::new();
        for ((coder, _), coding) in &project.codings {
            for (layer, lane, _) in lanes(coding) {
                let count = all.entry((layer, coder.clone())).or_default();
                *count = (*count).max(lane + 1);
            }
        }
        Self(all)
    }

    fn count(&self) -> usize {
        self.0.values().sum::<usize>().max(1)
    }

    fn header(&self) -> String {
        let name = |((layer, coder), count): (&(Layer, CoderId), &usize)| vec![format!("{layer}:{coder}"); *count];
        let all: Vec<String> = self.0.iter().flat_map(name).collect();
        if all.is_empty() { Layer::Entity.to_string() } else { all.join(" ") }
    }

    /// The column of each annotation of a coder.
    fn place<'a>(&self, coder: &CoderId, coding: &'a crate::model::Coding) -> Vec<(usize, &'a Annotation)> {
        let first = |layer: Layer| self.0.range(..(layer, coder.clone())).map(|(_, count)| count).sum::<usize>();
        lanes(coding).into_iter().map(|(layer, lane, a)| (first(layer) + lane, a)).collect()
    }
}

/// Each annotation with its layer and with the first lane of it that is free.
fn lanes(coding: &crate::model::Coding) -> Vec<(Layer, usize, &Annotation)> {
    let mut ends: BTreeMap<Layer, Vec<crate::text::CharOffset>> = BTreeMap::new();
    let mut out = Vec::new();
    for annotation in coding.in_order() {
        let (layer, span) = (annotation.tag.layer(), annotation.hull());
        let lanes = ends.entry(layer).or_default();
        let lane = lanes.iter().position(|end| *end <= span.start).unwrap_or(lanes.len());
        match lanes.get_mut(lane) {
            Some(end) => *end = span.end,
            None => lanes.push(span.end),
        }
        out.push((layer, lane, annotation));
    }
    out
}

/// An article in the making.
#[derive(Default)]
struct Doc {
    /// What `-DOCSTART-` calls the columns of tags.
    names: Vec<String>,
    /// Each token’s cells, and whether a sentence begins with it.
    rows: Vec<(Vec<String>, bool)>,
    ends: bool,
}

impl Doc {
    fn push(&mut self, cells: &[&str]) {
        let opens = std::mem::take(&mut self.ends) || self.rows.is_empty();
        self.rows.push((cells.iter().map(|c| (*c).to_owned()).collect(), opens));
    }

    fn width(&self) -> usize {
        self.rows.first().map_or(0, |(cells, _)| cells.len())
    }

    /// In which column the tokens are: GermEval numbers them in the first.
    fn words(&self) -> usize {
        let mut next = 0_usize;
        let numbered = self.rows.iter().all(|(cells, opens)| {
            next = if *opens { 1 } else { next + 1 };
            cells.first().is_some_and(|c| c.parse() == Ok(next))
        });
        usize::from(numbered && self.names.is_empty() && self.rows.len() > 1 && self.width() > 2)
    }

    /// In which columns the tags are, each with the layer and the coder that its name gives.
    fn columns(&self) -> Vec<(usize, Option<Layer>, Option<String>)> {
        let named = |name: &String| {
            let (layer, coder) = name.split_once(':').map_or((name.as_str(), None), |(l, c)| (l, Some(c.to_owned())));
            Some((Layer::from_word(layer)?, coder))
        };
        let names: Option<Vec<_>> = self.names.iter().map(named).collect();
        if let Some(names) = names.filter(|n| !n.is_empty() && n.len() + BEFORE == self.width()) {
            return names.into_iter().enumerate().map(|(n, (layer, coder))| (BEFORE + n, Some(layer), coder)).collect();
        }
        let tags = |n: usize| self.rows.iter().all(|(cells, _)| cells.get(n).is_some_and(|c| tag(c).is_some()));
        let words = self.words();
        // In the files of 2002 and 2003, what looks like tags before the last column are chunks.
        let first = if words == 0 && self.width() <= 4 { self.width().saturating_sub(1) } else { words + 1 };
        (first.max(1)..self.width()).filter(|n| tags(*n)).map(|n| (n, None, None)).collect()
    }
}

struct Reader {
    known: Known,
    /// The project’s articles by their words without white space.
    by_words: HashMap<String, ArticleId>,
}

impl Reader {
    fn new(format: &Conll2003, incoming: &Incoming<'_>) -> Self {
        let project = incoming.known();
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        let by_words = project.articles.values().map(|a| (bare(&a.text), a.id.clone())).collect();
        Self { known: Known::of(project, format), by_words }
    }

    fn read(&mut self, incoming: &mut Incoming<'_>, doc: Doc) {
        if doc.rows.is_empty() {
            return;
        }
        let word = doc.words();
        let words: Vec<(&str, bool)> = doc.rows.iter().map(|(cells, opens)| (cells[word].as_str(), *opens)).collect();
        let bare: String = words.iter().map(|(w, _)| *w).collect();
        let known = self.by_words.get(&bare).and_then(|id| incoming.known().articles.get(id));
        let (raw, text): (String, Text) = match known.map(|a| (a.text.to_string(), a.hash.clone())) {
            Some((raw, hash)) => match incoming.known_article(Some(&hash), None, None) {
                Some(text) => (raw, text),
                None => return,
            },
            None => {
                let mut raw = String::new();
                for (n, (word, opens)) in words.iter().enumerate() {
                    raw.push_str(if n == 0 {
                        ""
                    } else if *opens {
                        "\n"
                    } else {
                        " "
                    });
                    raw.push_str(word);
                }
                let text = incoming.article(&raw, None, Metadata::default(), Source::default());
                (raw, text)
            }
        };
        // Where each character that is not white space stands.
        let places: Vec<usize> = raw.chars().enumerate().filter(|(_, c)| !c.is_whitespace()).map(|(n, _)| n).collect();
        let mut spans = Vec::with_capacity(words.len());
        let mut at = 0;
        for (word, _) in &words {
            let count = word.chars().filter(|c| !c.is_whitespace()).count();
            let ends = (places.get(at), (at + count).checked_sub(1).and_then(|last| places.get(last)));
            spans.push(if let (Some(start), Some(last)) = ends { (*start, last + 1) } else { (0, 0) });
            at += count;
        }
        for (column, layer, coder) in doc.columns() {
            let coder = match coder {
                Some(coder) => incoming.coder(&coder, ""),
                None => incoming.somebody(),
            };
            for (first, end, label) in runs(doc.rows.iter().map(|(cells, _)| cells[column].as_str())) {
                let span = text.chars(spans[first].0, spans[end - 1].1);
                if let Some(new) = self.labelled(incoming, &text, layer, label, span.into_iter().collect()) {
                    incoming.put(&text, &coder, new);
                }
            }
        }
    }

    fn labelled(
        &self,
        incoming: &mut Incoming<'_>,
        text: &Text,
        layer: Option<Layer>,
        label: &str,
        spans: Vec<CharSpan>,
    ) -> Option<Annotation> {
        let tag = match layer {
            Some(Layer::Entity) => EntityKind::from_word(label).map(Tag::Entity),
            Some(Layer::Quote) => QuoteKind::from_word(label).map(Tag::Quote),
            Some(Layer::Claim) => ClaimKind::from_word(label).map(Tag::Claim),
            Some(Layer::Frame) => Some(Tag::Frame(self.known.code(incoming, label))),
            None => None,
        };
        match tag {
            Some(tag) => incoming.annotation(text, None, tag, spans),
            None => self.known.labelled(incoming, text, None, label, spans),
        }
    }
}

/// The runs that a column of tags tells of: first token, the one behind the last, and the label.
fn runs<'t>(tags: impl Iterator<Item = &'t str>) -> Vec<(usize, usize, &'t str)> {
    let mut out: Vec<(usize, usize, &str)> = Vec::new();
    let mut open = false;
    for (n, cell) in tags.enumerate() {
        let Some((letter, label)) = tag(cell).filter(|(letter, _)| *letter != 'O') else {
            open = false;
            continue;
        };
        match out.last_mut() {
            // In IOB, what does not follow its like begins.
            Some(last) if open && "IEL".contains(letter) && last.2 == label => last.1 = n + 1,
            _ => out.push((n, n + 1, label)),
        }
        open = !"ELSU".contains(letter);
    }
    out
}
