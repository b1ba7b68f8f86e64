//! A project as large as any, for the benchmarks.

use std::sync::Arc;

use framelens::model::{
    Annotation, AnnotationId, Article, Attributes, Code, Coder, Coding, Colour, Metadata, Origin, Party, Project, Tag,
    Voice,
};
use framelens::text::{CharSpan, Document};
use rayon::prelude::*;

/// How many articles are many.
pub const ARTICLES: usize = 10_000;
/// How many codings each has.
pub const CODINGS: usize = 20;

const WORDS: &[&str] = &[
    "the",
    "harbour",
    "council",
    "said",
    "a",
    "purge",
    "of",
    "its",
    "critics",
    "would",
    "follow",
    "when",
    "ferry",
    "witnesses",
    "were",
    "heard",
    "on",
    "Tuesday",
    "and",
    "members",
    "called",
    "it",
    "witch hunt",
    "–",
    "Müller",
];

fn article(number: usize) -> Article {
    let mut state = number as u64 ^ 0x9e37_79b9_7f4a_7c15;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    let mut text = format!("Headline number {number}\n\n");
    for paragraph in 0..12 {
        for word in 0..60 {
            if word > 0 {
                text.push(' ');
            }
            text.push_str(WORDS[next() % WORDS.len()]);
        }
        text.push_str(if paragraph < 11 { ".\n\n" } else { ".\n" });
    }
    let metadata = Metadata {
        title: format!("Headline number {number}"),
        outlet: format!("Outlet {}", number % 7),
        published: Some("2025-03-04".to_owned()),
        ..Metadata::default()
    };
    Article::new(text, metadata, Vec::new(), Default::default())
}

/// A project of so many articles with [`CODINGS`] codings each, the same in every run but for the ids.
pub fn project(articles: usize) -> Project {
    let mut project = Project::new("Large");
    let coder = Coder { id: "ada".parse().unwrap(), name: "Ada".to_owned() };
    let code = Code::new("purge-0001".parse().unwrap(), "Purge", Colour::Palette(0));
    let now = "2025-03-04T10:00:00Z".parse().unwrap();
    let made: Vec<_> = (0..articles)
        .into_par_iter()
        .map(|number| {
            let article = article(number);
            let document = Document::new(article.text.clone());
            let mut coding = Coding::default();
            for n in 0..CODINGS {
                let start = 30 + n * 180;
                let mut annotation = Annotation {
                    id: AnnotationId::new(),
                    tag: Tag::Frame(code.id.clone()),
                    spans: Vec::new(),
                    anchors: Vec::new(),
                    attributes: Attributes {
                        voice: Some(Voice::Quoted),
                        speaker: Party::named("Ken Marsh"),
                        ..Attributes::default()
                    },
                    memo: String::new(),
                    origin: Origin::Hand,
                    code_revision: 1,
                    created: now,
                    changed: now,
                };
                assert!(annotation.place(document.map(), vec![CharSpan::chars(start, start + 25)]));
                coding.annotations.insert(annotation.id, Arc::new(annotation));
            }
            (article, coding)
        })
        .collect();
    for (article, coding) in made {
        project.codings.insert((coder.id.clone(), article.id.clone()), Arc::new(coding));
        project.articles.insert(article.id.clone(), Arc::new(article));
    }
    project.codebook.codes.insert(code.id.clone(), code);
    project.coders.insert(coder.id.clone(), coder);
    project
}
