//! The detector on the sample project, against what one of its coders found by hand.

use std::path::Path;
use std::sync::Arc;

use framelens::detect::{Detector, Findings, Input, Rules, whose_words};
use framelens::model::{Annotation, Article, Layer, Project, Tag};
use framelens::store::Store;
use framelens::text::Document;

fn sample() -> Project {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("projects/harbour-purge");
    Store::open(&root).expect("the sample project can be read").project
}

fn detect(article: &Article) -> (Document, Findings) {
    let document = Document::new(&*article.text);
    let findings = Rules::default().detect(Input { document: &document, parts: &article.parts }, Layer::ALL);
    (document, findings)
}

/// Every frame coding of the coder, with its article.
fn codings<'p>(project: &'p Project, coder: &str) -> Vec<(&'p Arc<Article>, Vec<&'p Annotation>)> {
    let of = |a: &Arc<Article>| {
        let coding = project.codings.iter().find(|((c, id), _)| c.as_str() == coder && *id == a.id);
        let list = coding
            .map(|(_, c)| c.annotations.values().map(|a| &**a).filter(|a| matches!(a.tag, Tag::Frame(_))).collect());
        list.unwrap_or_default()
    };
    project.articles.values().map(|a| (a, of(a))).collect()
}

fn words(text: &str) -> Vec<String> {
    let low = text.to_lowercase();
    low.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// Somebody with a name is known by the surname; somebody without, by any long word of the description.
fn same(found: &str, by_hand: &str) -> bool {
    let plain = by_hand.split('(').next().unwrap_or_default();
    let (found, hand) = (words(found), words(plain));
    if plain == by_hand && plain.chars().next().is_some_and(char::is_uppercase) {
        return found.last() == hand.last();
    }
    found.iter().any(|w| w.chars().count() > 3 && hand.contains(w))
}

struct Score {
    right: usize,
    all: usize,
}

impl Score {
    fn share(&self) -> f64 {
        self.right as f64 / self.all.max(1) as f64
    }
}

#[test]
fn voices_and_speakers_are_those_of_the_coder() {
    let project = sample();
    let (mut voice, mut speaker, mut negated) =
        (Score { right: 0, all: 0 }, Score { right: 0, all: 0 }, Score { right: 0, all: 0 });
    let mut strict = 0;
    for (article, list) in codings(&project, "jl") {
        let (document, findings) = detect(article);
        let input = Input { document: &document, parts: &article.parts };
        for annotation in list {
            let whose = whose_words(input, &findings, annotation.hull());
            let at = |what: &str, found: &dyn std::fmt::Debug, hand: &dyn std::fmt::Debug| {
                println!("{what}: {} “{}”: {found:?}, by hand {hand:?}", article.id, annotation.words());
            };
            let hand = &annotation.attributes;
            if let Some(by_hand) = hand.voice {
                voice.all += 1;
                voice.right += usize::from(whose.voice == by_hand);
                if whose.voice != by_hand {
                    at("voice", &whose.voice, &by_hand);
                }
            }
            if let Some(by_hand) = &hand.speaker {
                speaker.all += 1;
                // Words of somebody whom the text does not even mention are rightly nobody's.
                let unnamed = whose.speaker.is_none() && by_hand.name.ends_with("(not named)");
                let right = whose.speaker.as_ref().is_some_and(|s| same(s, &by_hand.name));
                strict += usize::from(right);
                let right = right || unnamed && hand.voice == Some(whose.voice);
                speaker.right += usize::from(right);
                if !right {
                    at("speaker", &whose.speaker, &by_hand.name);
                }
            } else if whose.speaker.is_some() && whose.voice == hand.voice.unwrap_or(whose.voice) {
                at("speaker where there is none", &whose.speaker, &"nobody");
            }
            negated.all += 1;
            negated.right += usize::from(whose.negated == hand.negated);
            if whose.negated != hand.negated {
                at("negated", &whose.negated, &hand.negated);
            }
        }
    }
    println!("voice {:.3} of {}", voice.share(), voice.all);
    println!("speaker {:.3} of {}, {strict} by name", speaker.share(), speaker.all);
    println!("negated {:.3} of {}", negated.share(), negated.all);
    assert!(voice.share() >= 0.96, "voices");
    assert!(speaker.share() >= 0.86, "speakers");
    assert!(negated.share() >= 0.98, "negation");
}

#[test]
fn cues_have_the_voice_that_the_coder_gave() {
    let project = sample();
    let mut voice = Score { right: 0, all: 0 };
    for (article, list) in codings(&project, "jl") {
        let (document, findings) = detect(article);
        for cue in &findings.cues {
            let Some(annotation) = list.iter().filter(|a| a.hull().overlaps(cue.span)).min_by_key(|a| a.hull().len())
            else {
                continue;
            };
            let Some(by_hand) = annotation.attributes.voice else { continue };
            voice.all += 1;
            voice.right += usize::from(cue.voice == by_hand);
            if cue.voice != by_hand {
                let text = document.map().slice(cue.span).unwrap_or_default();
                println!("cue: {} {} “{text}”: {:?}, by hand {by_hand:?}", article.id, cue.span, cue.voice);
            }
        }
    }
    println!("cues {:.3} of {}", voice.share(), voice.all);
    assert!(voice.share() >= 0.95, "voices of cues");
}

#[test]
fn who_wrote_an_article_does_not_speak_in_it() {
    for article in sample().articles.values() {
        // With the marks of the parts, and with the text alone.
        for parts in [&article.parts[..], &[]] {
            let document = Document::new(&*article.text);
            let findings = Rules::default().detect(Input { document: &document, parts }, Layer::ALL);
            let input = Input { document: &document, parts };
            for quote in &findings.quotes {
                let speaker = whose_words(input, &findings, quote.span).speaker.unwrap_or_default();
                assert!(!article.metadata.authors.contains(&speaker), "{}: {speaker}", article.id);
            }
        }
    }
}

#[test]
fn claims_are_few_and_short() {
    for article in sample().articles.values() {
        let (_, findings) = detect(article);
        let count = words(&article.text).len();
        assert!(findings.claims.len() <= count / 100 + 1, "{}", article.id);
        assert!(findings.claims.iter().all(|c| c.span.len() < 240), "{}", article.id);
    }
}
