//! What is to be drawn on an article: codings, findings and suggestions, each with its shape and its lane.

use std::collections::HashMap;
use std::sync::Arc;

use crate::detect::Suggestion;
use crate::model::{Annotation, AnnotationId, ArticleId, Colour, EntityKind, Layer, Placement, QuoteKind, Tag, Voice};
use crate::session::{Detected, Session};
use crate::text::{CharSpan, Document};

/// The deepest lane under a line. Spans that would need a deeper one share it.
const LANES: usize = 8;

/// Where a mark comes from, and with that what a click on it selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// A coding by the coder who codes.
    Coding(AnnotationId),
    /// Something the detector found, by its place in [`Detected::suggestions`].
    Suggestion(usize),
    /// A coding by somebody else.
    Other(AnnotationId),
}

/// How a mark is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// A tinted ground behind a name; `firm` once a person has confirmed it.
    Ground { kind: EntityKind, firm: bool },
    /// A rule in the left margin beside a quotation.
    Rule { firm: bool },
    /// A dotted line under a claim.
    Dots { lane: usize, firm: bool },
    /// A bar under a frame coding.
    Bar { colour: Colour, lane: usize },
    /// A hollow bar under what somebody else has coded; without a colour where it has no code.
    Ghost { colour: Option<Colour>, lane: usize },
    /// The thin line between two stretches of one coding.
    Thread { colour: Colour, lane: usize },
    /// A dashed outline round a suggestion.
    Outline { colour: Option<Colour> },
}

impl Shape {
    /// The lane under the line that the shape takes.
    fn lane(&mut self) -> Option<&mut usize> {
        match self {
            Self::Dots { lane, .. } | Self::Bar { lane, .. } | Self::Ghost { lane, .. } | Self::Thread { lane, .. } => {
                Some(lane)
            }
            Self::Ground { .. } | Self::Rule { .. } | Self::Outline { .. } => None,
        }
    }
}

/// One thing to draw.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    pub span: CharSpan,
    pub from: From,
    pub shape: Shape,
}

/// What the margin says of a mark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caption {
    /// A code's name or a speaker's.
    pub name: String,
    /// Below the name: the voice, or the cue and its stance.
    pub note: String,
}

/// Everything to draw on one article, sorted by where it starts.
#[derive(Debug, Default)]
pub struct Marks {
    pub marks: Vec<Mark>,
    /// For every block of the page, the marks that touch it, by number.
    by_block: Vec<Vec<u32>>,
    /// For every block, how many lanes its lines need.
    lanes: Vec<usize>,
}

/// Which layers are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Shown {
    pub entities: bool,
    pub quotations: bool,
    pub claims: bool,
    pub frames: bool,
    pub suggestions: bool,
    /// The codings of other coders.
    pub others: bool,
}

impl Default for Shown {
    fn default() -> Self {
        Self { entities: true, quotations: true, claims: true, frames: true, suggestions: true, others: false }
    }
}

impl Shown {
    pub fn layer(&mut self, layer: Layer) -> &mut bool {
        match layer {
            Layer::Entity => &mut self.entities,
            Layer::Quote => &mut self.quotations,
            Layer::Claim => &mut self.claims,
            Layer::Frame => &mut self.frames,
        }
    }
}

impl Marks {
    /// Gathers what is to be drawn. `blocks` are the page's blocks in order; `open` the suggestions that still wait
    /// for an answer.
    pub fn gather(
        session: &Session,
        article: &ArticleId,
        detected: Option<&Arc<Detected>>,
        open: &[usize],
        shown: Shown,
        blocks: &[CharSpan],
    ) -> Self {
        let mut marks = Vec::new();
        if let Some(coding) = session.coding(article) {
            for annotation in coding.annotations.values() {
                if !{ shown }.layer(annotation.tag.layer()).to_owned() {
                    continue;
                }
                let shape = match &annotation.tag {
                    Tag::Entity(kind) => Shape::Ground { kind: *kind, firm: true },
                    Tag::Quote(_) => Shape::Rule { firm: true },
                    Tag::Claim(_) => Shape::Dots { lane: 0, firm: true },
                    Tag::Frame(code) => {
                        let code = session.project().codebook.get(code);
                        Shape::Bar { colour: code.map_or(Colour::Palette(9), |c| c.colour), lane: 0 }
                    }
                };
                let from = From::Coding(annotation.id);
                marks.extend(annotation.spans.iter().map(|span| Mark { span: *span, from, shape }));
                if let Shape::Bar { colour, lane } = shape {
                    let gaps = annotation.spans.windows(2).map(|pair| CharSpan::new(pair[0].end, pair[1].start));
                    marks.extend(gaps.map(|span| Mark { span, from, shape: Shape::Thread { colour, lane } }));
                }
            }
        }
        // Nobody who codes blind sees what others have coded.
        if shown.others && !session.project().settings.blind {
            for (_, coding) in session.others(article) {
                for annotation in coding.annotations.values() {
                    if !{ shown }.layer(annotation.tag.layer()).to_owned() {
                        continue;
                    }
                    let code = annotation.tag.code();
                    let colour =
                        code.map(|c| session.project().codebook.get(c).map_or(Colour::Palette(9), |c| c.colour));
                    let (from, shape) = (From::Other(annotation.id), Shape::Ghost { colour, lane: 0 });
                    marks.extend(annotation.spans.iter().map(|span| Mark { span: *span, from, shape }));
                }
            }
        }
        // There are many suggestions and few codes: each name is looked up once.
        let mut colours: HashMap<&str, Option<Colour>> = HashMap::new();
        for &index in open {
            let Some(found) = detected.and_then(|d| d.suggestions.get(index)) else { continue };
            let shape = match found.layer {
                Layer::Entity if shown.entities => match EntityKind::from_word(&found.label) {
                    // Dates and numbers are found for other programs; on the page they would only be noise.
                    Some(EntityKind::Date | EntityKind::Money | EntityKind::Percent | EntityKind::Number) | None => {
                        continue;
                    }
                    Some(kind) => Shape::Ground { kind, firm: false },
                },
                Layer::Quote if shown.quotations => match QuoteKind::from_word(&found.label) {
                    Some(QuoteKind::Direct | QuoteKind::Partial | QuoteKind::Indirect) => Shape::Rule { firm: false },
                    _ => continue,
                },
                Layer::Claim if shown.claims => Shape::Dots { lane: 0, firm: false },
                Layer::Frame if shown.suggestions => {
                    let colour = *colours
                        .entry(&found.label)
                        .or_insert_with(|| session.project().codebook.by_name(&found.label).map(|c| c.colour));
                    Shape::Outline { colour }
                }
                _ => continue,
            };
            marks.push(Mark { span: found.span, from: From::Suggestion(index), shape });
        }
        Self::arrange(marks, blocks)
    }

    /// Sorts the marks, gives each bar a lane that stays the same whatever is selected, and notes who touches what.
    /// The stretches of one coding, and the threads between them, lie in one lane.
    fn arrange(mut marks: Vec<Mark>, blocks: &[CharSpan]) -> Self {
        marks.sort_by_key(|m| (m.span.start, std::cmp::Reverse(m.span.end)));
        let mut free: [usize; LANES] = [0; LANES];
        let mut by_block = vec![Vec::new(); blocks.len()];
        let mut lanes = vec![0; blocks.len()];
        // Only what has several stretches is looked up again.
        let mut ends: HashMap<AnnotationId, (usize, Option<usize>)> = HashMap::new();
        for mark in &marks {
            if let (Shape::Thread { .. }, From::Coding(id)) = (mark.shape, mark.from) {
                // The stretch behind a thread begins where the thread ends.
                ends.entry(id).or_insert((0, None)).0 = mark.span.end.0 + 1;
            }
        }
        for mark in &marks {
            if let From::Coding(id) = mark.from
                && let Some(end) = ends.get_mut(&id)
            {
                end.0 = end.0.max(mark.span.end.0);
            }
        }
        for (number, mark) in marks.iter_mut().enumerate() {
            let mut depth = 0;
            let (start, end) = (mark.span.start.0, mark.span.end.0);
            if let Some(lane) = mark.shape.lane() {
                let together = if let From::Coding(id) = mark.from { ends.get_mut(&id) } else { None };
                match together {
                    Some((_, Some(taken))) => *lane = *taken,
                    Some((last, none)) => {
                        *lane = (0..LANES).find(|&l| free[l] <= start).unwrap_or(LANES - 1);
                        free[*lane] = free[*lane].max(*last);
                        *none = Some(*lane);
                    }
                    None => {
                        *lane = (0..LANES).find(|&l| free[l] <= start).unwrap_or(LANES - 1);
                        free[*lane] = free[*lane].max(end);
                    }
                }
                depth = *lane + 1;
            }
            let first = blocks.partition_point(|b| b.end <= mark.span.start);
            for (block, span) in blocks.iter().enumerate().skip(first) {
                if span.start >= mark.span.end {
                    break;
                }
                by_block[block].push(number as u32);
                lanes[block] = lanes[block].max(depth);
            }
        }
        Self { marks, by_block, lanes }
    }

    /// The marks that touch a block.
    pub fn in_block(&self, block: usize) -> impl DoubleEndedIterator<Item = &Mark> {
        self.by_block.get(block).into_iter().flatten().map(|&n| &self.marks[n as usize])
    }

    /// How many lanes lie under the lines of a block.
    pub fn lanes(&self, block: usize) -> usize {
        self.lanes.get(block).copied().unwrap_or(0)
    }
}

impl Caption {
    /// What the margin says of a coding.
    pub fn of_coding(session: &Session, article: &ArticleId, document: &Document, annotation: &Annotation) -> Self {
        let attributes = &annotation.attributes;
        let stance = attributes.stance.map_or("", |s| s.title());
        let (name, note) = match &annotation.tag {
            Tag::Entity(kind) => (kind.title().to_owned(), String::new()),
            Tag::Claim(kind) => (kind.title().to_owned(), String::new()),
            Tag::Quote(kind) => {
                let speaker = attributes.speaker.as_ref().map_or("", |s| s.name.as_str());
                (speaker.to_owned(), joined(&[kind.title(), stance]))
            }
            Tag::Frame(code) => {
                let code = session.project().codebook.get(code);
                let name = code.map_or("(code is gone)", |c| c.name.as_str());
                (name.to_owned(), voice_note(annotation, session, article, document))
            }
        };
        Self { name, note }
    }

    /// What the margin says of a suggestion.
    pub fn of_suggestion(document: &Document, found: &Suggestion) -> Self {
        let cue = found.cue.and_then(|c| document.map().slice(c)).unwrap_or_default();
        let note = joined(&[cue, found.stance.map_or("", |s| s.title())]);
        let name = if found.layer == Layer::Quote { found.speaker.clone() } else { Some(found.label.clone()) };
        Self { name: name.unwrap_or_default(), note }
    }
}

fn joined(words: &[&str]) -> String {
    words.iter().filter(|w| !w.is_empty()).copied().collect::<Vec<_>>().join(" · ")
}

fn voice_note(annotation: &Annotation, session: &Session, article: &ArticleId, document: &Document) -> String {
    let Some(voice) = annotation.attributes.voice else { return "whose words?".to_owned() };
    let mut note = match (voice, &annotation.attributes.speaker) {
        (Voice::Outlet, _) => "outlet’s own voice".to_owned(),
        (Voice::Name, _) => "part of a name".to_owned(),
        (voice, Some(speaker)) if voice.has_speaker() => format!("{} · {}", voice.title(), speaker.name),
        (voice, _) => voice.title().to_owned(),
    };
    let parts = session.article(article).map(|a| a.parts.as_slice()).unwrap_or_default();
    if voice != Voice::Headline && Placement::of(document, parts, annotation.hull().start) == Placement::Headline {
        note.push_str(" · headline");
    }
    if annotation.attributes.negated {
        note.push_str(" · denied");
    }
    note
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(start: usize, end: usize) -> Mark {
        Mark {
            span: CharSpan::chars(start, end),
            from: From::Suggestion(0),
            shape: Shape::Bar { colour: Colour::Palette(0), lane: 0 },
        }
    }

    fn lane(mark: &Mark) -> usize {
        if let Shape::Bar { lane, .. } = mark.shape { lane } else { usize::MAX }
    }

    #[test]
    fn stretches_of_one_coding_lie_in_one_lane() {
        let id = AnnotationId::new();
        let part = |start, end| Mark { from: From::Coding(id), ..bar(start, end) };
        let thread = Mark {
            from: From::Coding(id),
            span: CharSpan::chars(10, 30),
            shape: Shape::Thread { colour: Colour::Palette(0), lane: 0 },
        };
        let blocks = [CharSpan::chars(0, 100)];
        let marks = Marks::arrange(vec![part(0, 10), thread, part(30, 40), bar(5, 20), bar(15, 35)], &blocks);
        let lanes: Vec<_> = marks
            .marks
            .iter()
            .map(|m| {
                let mut shape = m.shape;
                (m.span.start.0, shape.lane().copied())
            })
            .collect();
        assert_eq!(lanes, [(0, Some(0)), (5, Some(1)), (10, Some(0)), (15, Some(2)), (30, Some(0))]);
    }

    #[test]
    fn overlapping_bars_lie_in_lanes_of_their_own() {
        let blocks = [CharSpan::chars(0, 50), CharSpan::chars(51, 100)];
        let marks = Marks::arrange(vec![bar(30, 60), bar(0, 40), bar(10, 20), bar(60, 70), bar(20, 25)], &blocks);
        let lanes: Vec<_> = marks.marks.iter().map(|m| (m.span.start.0, lane(m))).collect();
        assert_eq!(lanes, [(0, 0), (10, 1), (20, 1), (30, 1), (60, 0)]);
        assert_eq!(marks.in_block(1).map(|m| m.span.start.0).collect::<Vec<_>>(), [30, 60]);
        assert_eq!((marks.lanes(0), marks.lanes(1)), (2, 2));
    }
}
