//! The rules one by one, on sentences about people who do not exist.

use framelens::detect::{Detector, Findings, Input, Lexicon, Rules, suggestions, to_json, whose_words};
use framelens::model::{ClaimKind, EntityKind, Layer, Part, PartKind, Placement, QuoteKind, Stance, Voice};
use framelens::text::{CharSpan, Document};
use proptest::prelude::*;

fn run(text: &str) -> (Document, Findings) {
    let document = Document::new(text);
    let findings = Rules::default().detect(Input { document: &document, parts: &[] }, Layer::ALL);
    (document, findings)
}

fn names(text: &str) -> Vec<(EntityKind, String)> {
    let (document, findings) = run(text);
    let words = |span| document.map().slice(span).unwrap_or_default().to_owned();
    findings.entities.iter().map(|m| (m.kind, words(m.span))).collect()
}

/// Kind, words, speaker's words, verb.
fn quotes(text: &str) -> Vec<(QuoteKind, String, String, String)> {
    let (document, findings) = run(text);
    let words = |span: CharSpan| document.map().slice(span).unwrap_or_default().to_owned();
    findings
        .quotes
        .iter()
        .map(|q| {
            let speaker = q.speaker.as_ref().map(|s| words(s.span)).unwrap_or_default();
            (q.kind, words(q.span), speaker, q.cue.map(words).unwrap_or_default())
        })
        .collect()
}

#[test]
fn names_of_each_kind() {
    use EntityKind::{Date, Event, Group, Money, Number, Org, Percent, Person, Place, Work};
    for (text, want) in [
        (
            "Yesterday film director Marta Ruiz met Dr Okonjo-Bell.",
            vec![(Person, "Marta Ruiz"), (Person, "Okonjo-Bell")],
        ),
        ("The prime minister, Sir Alan Pryce, flew to Lisbon.", vec![(Person, "Sir Alan Pryce"), (Place, "Lisbon")]),
        (
            "J. P. Harlow and Ludwig van der Berg dined.",
            vec![(Person, "J. P. Harlow"), (Person, "Ludwig van der Berg")],
        ),
        ("The Harbour Workers Union struck.", vec![(Org, "Harbour Workers Union")]),
        ("The Northern Fell Society (NFS) met.", vec![(Org, "Northern Fell Society"), (Org, "NFS")]),
        (
            "She joined Citizens Against the Quarry last year.",
            vec![(Org, "Citizens Against the Quarry"), (Date, "last year")],
        ),
        ("The Department of Housing and Rural Affairs wrote.", vec![(Org, "Department of Housing and Rural Affairs")]),
        ("It began in Wexcombe near the River Tarn.", vec![(Place, "Wexcombe"), (Place, "River Tarn")]),
        ("The Tories and the Greeks agreed.", vec![(Group, "Tories"), (Group, "Greeks")]),
        ("He read her novel \"The Long Field\" twice.", vec![(Work, "The Long Field")]),
        ("After the Second World War it closed.", vec![(Event, "Second World War")]),
        (
            "On 14 August 2021 it cost £12m, or 5 per cent more.",
            vec![(Date, "14 August 2021"), (Money, "£12m"), (Percent, "5 per cent")],
        ),
        ("Police counted 1,000 people on Saturday.", vec![(Number, "1,000"), (Date, "Saturday")]),
        ("— Dana Petrov MP (@danapetrov) August 3, 2022", vec![(Person, "Dana Petrov"), (Date, "August 3, 2022")]),
        ("Nothing here is a name. But he and They are not.", vec![]),
        ("Maria's shop and Maria Blom’s house.", vec![(Person, "Maria"), (Person, "Maria Blom")]),
    ] {
        let found = names(text);
        let found: Vec<(EntityKind, &str)> = found.iter().map(|(k, w)| (*k, w.as_str())).collect();
        assert_eq!(found, want, "{text}");
    }
}

#[test]
fn names_of_one_thing_share_an_entity() {
    let text = "Harbour Party leader Dame Ines Calloway lost. Calloway blamed the Northern Fell Society (NFS). \
        Ines Calloway left; Dame Ines returned. The NFS laughed. Tom Bell and Rita Bell watched. Bell smiled. The Harbour \
        Party mourned, and Harbour sank.";
    let (document, findings) = run(text);
    let entity = |words: &str| {
        let found = findings.entities.iter().find(|m| document.map().slice(m.span) == Some(words));
        found.unwrap_or_else(|| panic!("{words} is not found")).entity
    };
    assert_eq!(entity("Dame Ines Calloway"), entity("Calloway"));
    assert_eq!(entity("Dame Ines Calloway"), entity("Ines Calloway"));
    assert_eq!(entity("Dame Ines Calloway"), entity("Dame Ines"));
    assert_eq!(entity("Northern Fell Society"), entity("NFS"));
    assert_ne!(entity("Tom Bell"), entity("Rita Bell"));
    assert_ne!(entity("Bell"), entity("Tom Bell"), "which Bell it is, is not plain");
}

#[test]
fn marks_are_judged_by_their_sentence() {
    use QuoteKind::{Direct, Partial, Scare, Slogan, Title};
    for (text, want) in [
        ("\"We are closed,\" Dana Petrov said.", vec![(Direct, "We are closed,", "Dana Petrov", "said")]),
        ("“We are closed”, said Dana Petrov, the owner.", vec![(Direct, "We are closed", "Dana Petrov", "said")]),
        (
            "“We lost,” raged Petrov. “Nobody cared.”",
            vec![(Direct, "We lost,", "Petrov", "raged"), (Direct, "Nobody cared.", "Petrov", "raged")],
        ),
        ("Petrov told reporters: “We will not go back.”", vec![(Direct, "We will not go back.", "Petrov", "told")]),
        ("Dana Petrov denounced the plan as a “swindle”.", vec![(Partial, "swindle", "Dana Petrov", "denounced")]),
        ("The council paid for a “fact-finding tour” again.", vec![(Scare, "fact-finding tour", "", "")]),
        ("Her film “The Long Field” won.", vec![(Title, "The Long Field", "", "")]),
        ("Marchers in “Keep Out” t-shirts sang.", vec![(Slogan, "Keep Out", "", "")]),
        ("They marched under the slogan “Bread and Books”.", vec![(Slogan, "Bread and Books", "", "")]),
        ("'It isn't over,' she said.", vec![(Direct, "It isn't over,", "she", "said")]),
    ] {
        let found = quotes(text);
        let found: Vec<_> = found.iter().map(|(k, w, s, c)| (*k, w.as_str(), s.as_str(), c.as_str())).collect();
        assert_eq!(found, want, "{text}");
    }
}

#[test]
fn indirect_speech_has_its_clause_and_its_speaker() {
    for (text, content, speaker) in [
        ("Dana Petrov said that the bridge was closed.", "that the bridge was closed", "Dana Petrov"),
        ("The mayor said she would resign.", "she would resign", "The mayor"),
        ("The bridge is closed, Dana Petrov said.", "The bridge is closed", "Dana Petrov"),
        ("The bridge is closed, said Dana Petrov.", "The bridge is closed", "Dana Petrov"),
        ("According to the ministry, the bridge is closed.", "the bridge is closed", "the ministry"),
        ("The bridge is closed, according to the ministry.", "The bridge is closed", "the ministry"),
        ("Petrov, who owns the mill, insisted that it was safe.", "that it was safe", "Petrov"),
        ("Petrov accused the board of running a purge.", "running a purge", "Petrov"),
        (
            "A spokesman for the ministry said on Monday the road was open.",
            "the road was open",
            "A spokesman for the ministry",
        ),
    ] {
        let found = quotes(text);
        assert!(
            found.iter().any(|(k, w, s, _)| *k == QuoteKind::Indirect && w == content && s == speaker),
            "{text}: {found:?}"
        );
    }
    for text in [
        "The said documents were lost.",
        "He wanted to say more.",
        "The reports were late.",
        "Her claims rest on nothing.",
    ] {
        assert_eq!(quotes(text), [], "{text}");
    }
}

#[test]
fn descriptions_and_pronouns_stand_for_somebody() {
    let text = "Film director Marta Ruiz lost her seat. The 70-year-old director said it was “a farce”.\n\n\
        “I am tired,” she added.\n\nHarbour leader Sir Alan Pryce smiled. The Harbour chief said he was glad.";
    let (document, findings) = run(text);
    let of = |words: &str| {
        findings.entities.iter().find(|m| document.map().slice(m.span) == Some(words)).and_then(|m| m.entity)
    };
    let speakers: Vec<_> = findings.quotes.iter().map(|q| q.speaker.as_ref().and_then(|s| s.entity)).collect();
    let (ruiz, pryce) = (of("Marta Ruiz"), of("Sir Alan Pryce"));
    assert!(ruiz.is_some() && pryce.is_some());
    assert_eq!(speakers.first(), Some(&ruiz));
    assert!(speakers[..speakers.len() - 1].iter().all(|s| *s == ruiz), "{speakers:?}");
    assert_eq!(speakers.last(), Some(&pryce));
}

/// Whom the last quotation is of, by the fullest name.
fn last_speaker(text: &str) -> String {
    let (document, findings) = run(text);
    let input = Input { document: &document, parts: &[] };
    let span = findings.quotes.last().unwrap_or_else(|| panic!("no quotation in {text}")).span;
    whose_words(input, &findings, span).speaker.unwrap_or_default()
}

#[test]
fn a_speaker_is_named_as_fully_as_the_text_allows() {
    for (text, want) in [
        // Who wrote it does not speak in it.
        (
            "Vote delayed\n\nTom Bell\n\nThe chair of the Harbour Party, Ines Calloway, left.\n\n“I am tired,” she said.",
            "Ines Calloway",
        ),
        ("The chair of the Harbour Party, Ines Calloway, said that the vote was lost.", "Ines Calloway"),
        ("The party’s chair, Ines Calloway, left. The chair said that the vote was lost.", "Ines Calloway"),
        ("Its treasurer, Tom Bell, said that the money was gone.", "Tom Bell"),
        // A pronoun goes past somebody whom it does not fit.
        ("Ines Calloway left. Tom Bell stayed. “I am tired,” she said.", "Ines Calloway"),
        ("Mr Okafor left. Ms Adeyemi stayed. “I am tired,” he said.", "Okafor"),
        ("The Fell Union met. It denied that it had lost members.", "Fell Union"),
        ("One of them said that the vote was lost.", "One of them"),
        ("Two officials who were in the room said that the vote was lost.", "Two officials"),
        ("Opponents of the plan have called it a purge.", "Opponents of the plan"),
        ("Tom Bell’s claim that the money was gone did not last.", "Tom Bell"),
    ] {
        assert_eq!(last_speaker(text), want, "{text}");
    }
}

#[test]
fn a_very_long_text_is_read_in_stretches_as_if_it_were_one() {
    let paragraph = "Dana Petrov said that the mill was closed. “It is a purge,” she said.\n\n";
    let count = 1_700_000 / paragraph.len();
    let (document, findings) = run(&paragraph.repeat(count));
    assert_eq!((findings.entities.len(), findings.quotes.len(), findings.cues.len()), (count, 2 * count, count));
    assert!(findings.entities.iter().all(|m| m.entity == findings.entities[0].entity));
    assert!(findings.cues.iter().all(|c| document.map().slice(c.span) == Some("purge") && c.voice == Voice::Quoted));
    assert!(findings.cues.iter().all(|c| c.speaker.as_ref().is_some_and(|s| s.entity == findings.entities[0].entity)));
}

#[test]
fn a_quotation_over_several_paragraphs_is_one() {
    let found = quotes("“First things first.\n\n“Second things second,” Dana Petrov said.");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0, found[0].2.as_str()), (QuoteKind::Direct, "Dana Petrov"));
}

#[test]
fn a_cue_has_a_voice() {
    let headline = "Purge at the mill";
    let text = format!(
        "{headline}\n\nThe witch-hunt began. The “witch hunt” began. Dana Petrov said: “It is a witch hunt.” Petrov said that the \
         witchhunt had begun. The Campaign Against the Witch Hunt agreed. It was not a witch hunt. It was what critics call a purge.\n\n\
         The end."
    );
    let document = Document::new(text);
    let parts = [Part { kind: PartKind::Headline, span: CharSpan::chars(0, headline.chars().count()) }];
    let findings = Rules::default().detect(Input { document: &document, parts: &parts }, Layer::ALL);
    let got: Vec<_> = findings.cues.iter().map(|c| (c.voice, c.negated, c.stance)).collect();
    assert_eq!(
        got,
        [
            (Voice::Headline, false, None),
            (Voice::Outlet, false, None),
            (Voice::Scare, false, None),
            (Voice::Quoted, false, Some(Stance::Neutral)),
            (Voice::Reported, false, Some(Stance::Neutral)),
            (Voice::Name, false, None),
            (Voice::Outlet, true, None),
            (Voice::Reported, false, Some(Stance::Distancing)),
        ]
    );
    assert_eq!(findings.cues[0].placement, Placement::Headline);
    assert_eq!(findings.cues[1].placement, Placement::Lede);
}

#[test]
fn claims_that_can_be_checked() {
    for (text, want) in [
        ("Unemployment rose by 5 per cent in March.", Some(ClaimKind::Statistic)),
        ("A poll put the Harbour Party 12 points ahead.", Some(ClaimKind::Poll)),
        ("Rents are higher than in any other city in the country, at 900 euros.", Some(ClaimKind::Comparison)),
        ("The mill has a red door and a tall chimney.", None),
        ("Why did rents rise by 5 per cent?", None),
        ("Four of her friends came to the house.", None),
    ] {
        let (_, findings) = run(text);
        assert_eq!(findings.claims.first().map(|c| c.kind), want, "{text}");
    }
}

#[test]
fn a_project_may_have_a_lexicon_of_its_own() {
    let own = Lexicon::parse(r#"[(phrase: "red tape", code: "Bureaucracy", inflect: (word: "tape", how: Noun))]"#);
    let Ok(own) = own else { panic!("the lexicon is good: {own:?}") };
    let detector = Rules::new(own);
    assert_ne!(detector.version(), Rules::default().version());
    let document = Document::new("Cut the red-tape, not the witch hunt.");
    let findings = detector.detect(Input { document: &document, parts: &[] }, &[Layer::Frame]);
    let codes: Vec<&str> = findings.cues.iter().map(|c| c.code.as_str()).collect();
    assert_eq!(codes, ["Bureaucracy"]);
    assert!(findings.quotes.is_empty() && findings.entities.is_empty());
}

#[test]
fn suggestions_name_the_speaker_and_the_reason() {
    let document = Document::new("Mayor Dana Petrov spoke. Petrov denounced a “purge”.");
    let rules = Rules::default();
    let input = Input { document: &document, parts: &[] };
    let findings = rules.detect(input, Layer::ALL);
    let list = suggestions(&findings, &rules, input);
    let Some(purge) = list.iter().find(|s| s.layer == Layer::Frame) else { panic!("{list:?}") };
    assert_eq!(purge.speaker.as_deref(), Some("Dana Petrov"));
    assert_eq!((purge.voice, purge.stance), (Some(Voice::Quoted), Some(Stance::Emotive)));
    assert_eq!(purge.why, "lexicon: purge");
    assert_eq!(purge.key(), "frame:45-50:Purge");
    let Some(person) = list.iter().find(|s| s.label == "PERSON") else { panic!("{list:?}") };
    assert_eq!(person.why, "name after “Mayor”");
    assert!(list.windows(2).all(|w| w[0].span.start <= w[1].span.start));
}

#[test]
fn the_json_has_both_kinds_of_offsets() {
    let document = Document::new("“Né,” Zoë Blom said.");
    let wanted = [Layer::Entity, Layer::Quote];
    let findings = Rules::default().detect(Input { document: &document, parts: &[] }, &wanted);
    let json = to_json("a1", &document, &findings, &wanted);
    assert_eq!(json["id"], "a1");
    let entity = &json["entities"][0];
    assert_eq!((entity["start"].as_u64(), entity["byte_start"].as_u64()), (Some(6), Some(11)));
    assert_eq!((entity["label"].as_str(), entity["entity"].as_str()), (Some("PERSON"), Some("e1")));
    let quote = &json["quotes"][0];
    assert_eq!((quote["text"].as_str(), quote["kind"].as_str()), (Some("Né,"), Some("direct")));
    assert_eq!((quote["speaker"]["entity"].as_str(), quote["cue"]["text"].as_str()), (Some("e1"), Some("said")));
    assert!(json.get("claims").is_none() && json.get("cues").is_none());
}

/// Every span fits the text and is not empty; lists are in order.
fn sound(text: &str) {
    let (document, findings) = run(text);
    let map = document.map();
    let spans = (findings.entities.iter().map(|m| m.span))
        .chain(findings.quotes.iter().map(|q| q.span))
        .chain(findings.quotes.iter().filter_map(|q| q.speaker.as_ref().map(|s| s.span)))
        .chain(findings.quotes.iter().filter_map(|q| q.cue))
        .chain(findings.claims.iter().map(|c| c.span))
        .chain(findings.cues.iter().map(|c| c.span));
    for span in spans {
        assert!(!span.is_empty() && map.slice(span).is_some(), "{span} in {text:?}");
    }
    assert!(findings.entities.windows(2).all(|w| w[0].span.start <= w[1].span.start));
    assert!(findings.quotes.windows(2).all(|w| w[0].span.start <= w[1].span.start));
    assert!(findings.cues.windows(2).all(|w| w[0].span.start <= w[1].span.start));
    let _ = to_json("x", &document, &findings, Layer::ALL);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_borne(text in ".{0,200}") {
        sound(&text);
    }

    #[test]
    fn marks_alone_are_borne(text in "[\"'“”‘’«»„‚‹›` a\n.]{0,80}") {
        sound(&text);
    }

    #[test]
    fn news_like_soup_is_borne(words in prop::collection::vec(prop::sample::select(&[
        "Dana", "Petrov", "said", "that", "the", "Mayor", "of", "Lisbon", "“", "”", "\"", "'", ",", ".", "\n\n", "purge", "not", "who",
        "—", "(", ")", "NFS", "according", "to", "Union", "and", "5", "%", "$", "August", "2021", "film", "'s", "Sir", "told", "she", ":",
        "was", "accused", "by", "@dana", "in", "Against", "é", "İ", "witch-hunt", "d'", "-", "U.S.", "Inc.", "&",
    ][..]), 0..60), tight in any::<bool>()) {
        sound(&words.join(if tight { "" } else { " " }));
    }
}

#[test]
fn very_long_lines_are_borne() {
    sound(&"\"".repeat(20_000));
    sound(&"“a ".repeat(10_000));
    sound(&"'".repeat(20_001));
    sound(&"Dana Petrov said ".repeat(5_000));
    sound(&"Aa".repeat(50_000));
    sound(&"Bank of ".repeat(10_000));
    sound(&", and ".repeat(10_000));
    sound(&"“\n".repeat(10_000));
}
