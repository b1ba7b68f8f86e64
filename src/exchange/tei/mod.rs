//! TEI P5: the texts with stand-off annotations, for editions and digital humanities.
//!
//! ```text
//! <teiCorpus xmlns="http://www.tei-c.org/ns/1.0">
//!  <teiHeader>…<respStmt xml:id="coder-ada"><resp>coding</resp><persName>Ada</persName></respStmt>…
//!   <classDecl><taxonomy xml:id="codebook"><category xml:id="code-witch-hunt"><catDesc>Witch hunt</catDesc>…
//!   <xenoData type="framelens">{…}</xenoData></teiHeader>
//!  <TEI xml:id="article-…"><teiHeader>…</teiHeader>
//!   <text><body xml:id="text-…" xml:space="preserve"><head>The headline</head>
//!
//! <p>The first paragraph.</p>
//! </body></text>
//!   <standOff><listAnnotation>
//!    <annotation xml:id="coding-…" motivation="classifying" target="#string-range(text-…,12,10,40,3)"
//!      ana="#code-witch-hunt" resp="#coder-ada">
//!     <revisionDesc><change status="created" when="…"/><change status="modified" when="…"/></revisionDesc>
//!     <note type="label">Witch hunt</note><note type="voice">quoted</note><note type="memo">…</note></annotation>
//! ```
//!
//! The characters in `body`, line ends and all, are exactly the article’s text, so that a `string-range` counts in it:
//! where a stretch begins, in code points, and how long it is. Notes have the keys of [`details`](super::details). What
//! a coder said of a whole article is an annotation of the body, a relation one that links. What TEI has no place for is
//! JSON in `xenoData`: the project’s lists, and of each article its variables, parts and answers to suggestions.
//!
//! Others’ texts are read so, where `xml:space` does not say `preserve`: runs of white space, and `lb`, are one space
//! (`lb break="no"`: nothing); paragraphs, heads, stanzas and the like are parted by an empty line, verses, speakers and
//! items by a line’s end; of a `choice` what stands in the source is taken (`orig`, `sic`, `abbr`). Names (`persName`,
//! `rs type="place"` …), quotations (`said`, `q`, `quote`, `soCalled`), whatever has `ana`, `seg` with a type, and `span`
//! and `annotation` become codings. Words, sentences and other grammar (`w`, `c`, `s`, `phr` …) are left out, and told.

mod body;
mod read;
mod write;
mod xml;

use std::io;
use std::sync::Arc;

use super::incoming::Incoming;
use super::{Bundle, Carries, Format, Losses, Problem, Shape, Sink, adapt};
use crate::model::{Article, Coding, DocumentCoding, Project};

/// The format.
#[derive(Debug)]
pub struct Tei;

impl Format for Tei {
    fn name(&self) -> &'static str {
        "tei"
    }

    fn about(&self) -> &'static str {
        "TEI P5 with stand-off annotations; for editions and digital humanities"
    }

    fn shape(&self) -> Shape {
        Shape::File("xml")
    }

    fn carries(&self) -> Carries {
        Carries::EVERYTHING
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        // What is written as JSON needs no change; notes and relations do.
        let mut native = Project::new("");
        native.codings = project.codings.iter().map(|(key, coding)| (key.clone(), Arc::new(notes(coding)))).collect();
        adapt::for_xml(&mut native, losses);
        for (key, bent) in native.codings {
            if let Some(coding) = project.codings.get_mut(&key).filter(|c| notes(c) != *bent) {
                let coding = Arc::make_mut(coding);
                coding.annotations = bent.annotations.clone();
                coding.relations = bent.relations.clone();
                coding.document.memo = bent.document.memo.clone();
            }
        }
        let mut texts = 0;
        for article in project.articles.values_mut() {
            if !article.text.chars().all(adapt::is_in_xml) {
                // The hash stays, so that the article is known again where it is.
                let text: String =
                    article.text.chars().map(|c| if adapt::is_in_xml(c) { c } else { '\u{fffd}' }).collect();
                *article = Arc::new(Article { text: text.into(), ..(**article).clone() });
                texts += 1;
            }
        }
        losses.tell("characters", texts, "texts hold characters that XML has no place for, which become �");
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        sink.main(|out, step| write::write(project, out, step))
    }

    fn recognises(&self, bundle: &Bundle) -> bool {
        let Some(name) = files(bundle).next() else { return false };
        let head = bundle.head(name);
        head.contains("http://www.tei-c.org/ns/1.0") || head.contains("<TEI") || head.contains("<teiCorpus")
    }

    fn read(&self, bundle: &Bundle, incoming: &mut Incoming<'_>) -> Result<(), Problem> {
        let mut some = false;
        for name in files(bundle) {
            let root = xml::parse(name, &bundle.text(name)?)?;
            some |= read::read(&root, incoming);
        }
        if some { Ok(()) } else { Err(Problem::within(bundle.name(), "there is no TEI text in it")) }
    }
}

/// What of somebody’s work is written as notes.
fn notes(coding: &Coding) -> Coding {
    let document = DocumentCoding { memo: coding.document.memo.clone(), ..DocumentCoding::default() };
    let (annotations, relations) = (coding.annotations.clone(), coding.relations.clone());
    Coding { annotations, relations, document, ..Coding::default() }
}

fn files(bundle: &Bundle) -> impl Iterator<Item = &str> {
    let only = bundle.only();
    let others = bundle.with_ending("xml").chain(bundle.with_ending("tei"));
    only.into_iter().chain(others.filter(move |_| only.is_none()))
}
