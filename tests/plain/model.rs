//! Floor 1: the rules of plain data.

use std::collections::BTreeSet;

use crate::common::dice;
use framelens::model::{
    Article, ArticleId, Code, CodeId, Codebook, Colour, Fault, Layer, Metadata, PALETTE, Part, PartKind, Placement,
    Project, Source, Stance, Voice,
};
use framelens::text::{CharOffset, CharSpan, Document, OffsetMap};
use proptest::prelude::*;

fn id(n: usize) -> CodeId {
    format!("code-{n}").parse().unwrap()
}

/// A codebook in which each code has the parent of the given number, missing or in a loop as it comes.
fn book(parents: &[usize]) -> Codebook {
    let mut book = Codebook::default();
    for (n, parent) in parents.iter().enumerate() {
        let mut code = Code::new(id(n), format!("Code {n}"), Colour::Palette(0));
        code.parent = (*parent > 0).then(|| id(parent - 1));
        code.position = (n % 3) as u32;
        book.codes.insert(code.id.clone(), code);
    }
    book
}

proptest! {
    #[test]
    fn no_code_falls_out_of_the_tree(parents in prop::collection::vec(0usize..14, 0..12)) {
        let book = book(&parents);
        let tree = book.tree();
        let seen: BTreeSet<_> = tree.iter().map(|(_, c)| &c.id).collect();
        prop_assert_eq!(seen.len(), tree.len());
        prop_assert_eq!(tree.len(), parents.len());
        let place = |id: &CodeId| tree.iter().position(|(_, c)| c.id == *id).unwrap();
        for (at, (depth, code)) in tree.iter().enumerate() {
            if *depth > 0 {
                let parent = place(code.parent.as_ref().unwrap());
                prop_assert!(parent < at && tree[parent].0 + 1 == *depth);
                // Whatever stands between them stands below the parent too.
                prop_assert!(tree[parent + 1..at].iter().all(|(d, _)| d >= depth));
            }
        }
        let looped: BTreeSet<_> = book.codes.keys().filter(|id| {
            book.codes.values().any(|c| c.parent.as_ref() == Some(id) && book.with_descendants(id).contains(&c.id)
                && book.codes[*id].parent.as_ref().is_some_and(|p| book.with_descendants(id).contains(p)))
        }).collect();
        prop_assert_eq!(book.loops(), looped);
        for code in book.codes.values() {
            prop_assert!(book.path(&code.id).ends_with(&code.name));
        }
    }

    #[test]
    fn stretches_are_put_in_order_and_joined(mut dice in dice(60), spans in prop::collection::vec((0usize..30, 0usize..30), 0..5)) {
        let article = dice.article(1);
        let map = OffsetMap::new(article.text.clone());
        let mut annotation = dice.annotation(&article, &[], &[]);
        let before = annotation.clone();
        let spans: Vec<_> = spans.into_iter().map(|(a, b)| CharSpan::chars(a, b)).collect();
        if annotation.place(&map, spans.clone()) {
            prop_assert!(annotation.spans.windows(2).all(|w| w[0].end < w[1].start));
            prop_assert!(annotation.spans.iter().zip(&annotation.anchors).all(|(s, a)| a.fits(&map, *s)));
            for at in 0..30 {
                let at = CharOffset(at);
                prop_assert_eq!(annotation.covers(at), spans.iter().any(|s| s.contains(at)));
            }
        } else {
            prop_assert_eq!(annotation, before);
            prop_assert!(spans.is_empty() || spans.iter().any(|s| s.is_empty() || s.end > article.end));
        }
    }

    #[test]
    fn every_article_has_an_id(title in any::<String>(), text in any::<String>()) {
        let metadata = Metadata { title, ..Metadata::default() };
        let article = Article::new(text, metadata, vec![], Source::default());
        prop_assert!(article.id.as_str().parse::<ArticleId>().is_ok());
        prop_assert!(!article.display_title().is_empty());
    }
}

#[test]
fn a_chain_of_codes_as_long_as_a_file_allows() {
    let parents: Vec<_> = (0..50_000).collect();
    let mut project = Project::new("Chain");
    project.codebook = book(&parents);
    let tree = project.codebook.tree();
    assert_eq!(tree.len(), parents.len());
    assert_eq!(tree.last().map(|(depth, _)| *depth), Some(parents.len() - 1));
    assert_eq!(project.codebook.with_descendants(&id(0)).len(), parents.len());
    assert_eq!(project.faults(), []);
    project.codebook.codes.get_mut(&id(0)).unwrap().parent = Some(id(parents.len() - 1));
    assert_eq!(project.faults().len(), parents.len());
    assert!(matches!(project.faults()[0], Fault::ParentLoop(_)));
    assert_eq!(project.codebook.tree().len(), parents.len());
}

#[test]
fn a_position_has_a_place_on_the_page() {
    use Placement::{Body, Headline, Last, Lede};
    let text = "Head\n\nStand\n\nBy\n\nFirst.\n\nSecond.\n\nPicture\n\nLast.";
    let document = Document::new(text);
    let kinds = [PartKind::Headline, PartKind::Standfirst, PartKind::Byline];
    let mut parts: Vec<_> =
        kinds.iter().zip(document.paragraphs()).map(|(kind, span)| Part { kind: *kind, span: *span }).collect();
    parts.push(Part { kind: PartKind::Caption, span: document.paragraphs()[5] });
    let places: Vec<_> = document.paragraphs().iter().map(|p| Placement::of(&document, &parts, p.start)).collect();
    assert_eq!(places, [Headline, Lede, Body, Lede, Body, Body, Last]);
    let one = Document::new("Only.");
    assert_eq!(Placement::of(&one, &[], CharOffset(2)), Lede);
}

#[test]
fn words_and_colours_are_read_as_they_are_written() {
    for voice in Voice::ALL {
        assert_eq!(Voice::from_word(voice.word()), Some(*voice));
    }
    for (layer, stance) in Layer::ALL.iter().zip(Stance::ALL) {
        assert_eq!(Layer::from_word(layer.word()), Some(*layer));
        assert_eq!(Stance::from_word(stance.word()), Some(*stance));
    }
    assert_eq!(Voice::from_word("Outlet"), None);
    for colour in (0..PALETTE).map(Colour::Palette).chain([Colour::Custom([0, 171, 255])]) {
        assert_eq!(colour.to_string().parse(), Ok(colour));
    }
    for bad in ["", "palette-0", "palette-11", "#12345", "#1234567", "#ggg000", "#+12345", "red"] {
        assert!(bad.parse::<Colour>().is_err(), "{bad}");
    }
}
