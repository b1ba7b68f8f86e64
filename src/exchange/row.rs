//! What every format says of an annotation.

use crate::model::{Annotation, CodeId, Codebook, Placement, Project, Tag};
use crate::text::{ByteSpan, CharSpan, Document};

/// An article's text and one of its annotations, ready to be written.
pub struct Row<'a> {
    pub annotation: &'a Annotation,
    /// The name of the code, or the layer's own word: "Witch hunt", "PERSON", "direct".
    pub label: String,
    /// The names from the root of the codebook down to the code; the label alone on the other layers.
    pub path: Vec<String>,
    pub placement: Placement,
    /// Each stretch in code points and, where it fits the text, in bytes, with its words.
    pub spans: Vec<(CharSpan, Option<ByteSpan>, &'a str)>,
}

impl<'a> Row<'a> {
    pub fn new(
        project: &Project,
        article: &crate::model::Article,
        document: &'a Document,
        annotation: &'a Annotation,
    ) -> Self {
        let path = match &annotation.tag {
            Tag::Frame(code) => path(&project.codebook, code),
            tag => vec![word(tag)],
        };
        let spans = annotation.spans.iter().enumerate().map(|(i, span)| {
            let bytes = document.map().bytes(*span);
            // Where a stretch does not fit the text, the words that were coded are still known.
            let kept = annotation.anchors.get(i).map_or("", |a| a.exact.as_str());
            (*span, bytes, bytes.and_then(|b| document.as_str().get(b.range())).unwrap_or(kept))
        });
        Self {
            annotation,
            label: path.last().cloned().unwrap_or_default(),
            path,
            placement: Placement::of(document, &article.parts, annotation.hull().start),
            spans: spans.collect(),
        }
    }

    /// The words of all stretches, with `…` between them.
    pub fn words(&self) -> String {
        self.spans.iter().map(|(_, _, words)| *words).collect::<Vec<_>>().join(" … ")
    }
}

fn word(tag: &Tag) -> String {
    match tag {
        Tag::Entity(kind) => kind.to_string(),
        Tag::Quote(kind) => kind.to_string(),
        Tag::Claim(kind) => kind.to_string(),
        Tag::Frame(code) => code.to_string(),
    }
}

/// The names from the root down to a code; its id where the codebook has lost it.
pub fn path(book: &Codebook, code: &CodeId) -> Vec<String> {
    let mut names = Vec::new();
    let mut here = Some(code);
    while let Some(id) = here {
        let Some(code) = book.get(id) else {
            names.push(id.to_string());
            break;
        };
        names.push(code.name.clone());
        // A codebook whose parents run in a circle must not hold an export up.
        here = code.parent.as_ref().filter(|_| names.len() < 64);
    }
    names.reverse();
    names
}

/// The name of a code; its id where the codebook has lost it.
pub fn name(book: &Codebook, code: &CodeId) -> String {
    book.get(code).map_or_else(|| code.to_string(), |c| c.name.clone())
}
