//! Random projects, for the tests that must hold of all of them.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use framelens::edit::{Desk, Edit};
use framelens::model::{
    Annotation, AnnotationId, Article, ArticleId, Attributes, Backups, ClaimKind, Code, CodeId, Coder, CoderId, Coding,
    Colour, Decision, DocumentCoding, Entity, EntityId, EntityKind, Layer, Metadata, NothingFound, Origin, Outcome,
    Part, PartKind, Party, Project, QuoteKind, Relation, RelationEnd, RelationId, Settings, Source, Stance, Suggested,
    Tag, Value, Variable, VariableKind, Voice,
};
use framelens::text::{CharSpan, OffsetMap, normalise};
use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

/// Chance as a row of numbers: fewer and smaller ones make a smaller project, so proptest can shrink what fails.
#[derive(Clone, Debug)]
pub struct Dice {
    rolls: Vec<u32>,
    next: usize,
    /// Texts are such as an import makes them.
    tidy: bool,
}

pub fn dice(longest: usize) -> impl Strategy<Value = Dice> {
    prop::collection::vec(any::<u32>(), 0..longest).prop_map(Dice::from)
}

impl From<Vec<u32>> for Dice {
    fn from(rolls: Vec<u32>) -> Self {
        Self { rolls, next: 0, tidy: false }
    }
}

impl Dice {
    /// The same chance, for projects whose texts are such as an import makes them.
    pub fn tidy(self) -> Self {
        Self { tidy: true, ..self }
    }

    /// A number below `n`.
    pub fn roll(&mut self, n: usize) -> usize {
        let roll = self.rolls.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        roll as usize % n.max(1)
    }

    pub fn chance(&mut self, one_in: usize) -> bool {
        self.roll(one_in) + 1 == one_in
    }

    pub fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())].clone()
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.roll(2) == 1).then(|| make(self))
    }

    fn some<T>(&mut self, most: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.roll(most + 1)).map(|_| make(self)).collect()
    }

    pub fn words(&mut self) -> String {
        const PIECES: &[&str] = &[
            "a",
            "purge",
            "witch hunt",
            "e\u{301}",
            "👩‍👩‍👧‍👦",
            "🇬🇧",
            "שלום",
            "السلام",
            "日本語。",
            "\u{200f}",
            "\u{feff}",
            "\u{a0}",
            " ",
            "\n",
            "\t",
            "\r",
            "\0",
            "\u{1b}",
            "\u{2028}",
            "\\",
            "\"",
            "'",
            "“",
            "”",
            "#",
            "\"#",
            "//",
            "/*",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ",",
            ":",
            "Some(",
            "r#",
            "\u{fffd}",
            "\u{10ffff}",
            "\u{e000}",
            "-1",
        ];
        let n = self.roll(8);
        (0..n).map(|_| self.pick(PIECES)).collect()
    }

    fn uuid(&mut self) -> Uuid {
        let (a, b) = (self.roll(usize::MAX) as u64, self.roll(usize::MAX) as u64);
        // When chance has run out, ids would be one and the same, which no project of people’s has.
        Uuid::from_u64_pair(a, if self.tidy { (b << 16) + self.next as u64 } else { b })
    }

    pub fn time(&mut self) -> Timestamp {
        let second = self.roll(4_000_000_000) as i64 - 1_000_000_000;
        Timestamp::new(second, self.roll(1_000_000_000) as i32).unwrap()
    }

    fn number(&mut self) -> f64 {
        let (a, b) = (self.roll(1 << 31) as f64, self.roll(1000) as f64 + 1.0);
        self.pick(&[a / b, -a, 0.0, -0.0, 1e300, 5e-324, f64::MAX, f64::INFINITY, f64::NEG_INFINITY, 1.0 / 3.0])
    }

    fn score(&mut self) -> f32 {
        self.roll(1 << 24) as f32 / (1 << 24) as f32
    }

    pub fn value(&mut self) -> Value {
        match self.roll(3) {
            0 => Value::Text(self.words()),
            1 => Value::Number(self.number()),
            _ => Value::YesNo(self.roll(2) == 1),
        }
    }

    fn values(&mut self) -> BTreeMap<String, Value> {
        self.some(2, |d| (d.words(), d.value())).into_iter().collect()
    }

    /// A stretch of a text of `end` code points that is not empty.
    fn span(&mut self, end: usize) -> CharSpan {
        let start = self.roll(end);
        CharSpan::chars(start, start + 1 + self.roll(end - start))
    }

    pub fn variable(&mut self) -> Variable {
        let kind = match self.roll(5) {
            0 => VariableKind::Text,
            1 => VariableKind::Number,
            2 => VariableKind::YesNo,
            3 => VariableKind::Date,
            _ => VariableKind::OneOf(self.some(3, Self::words)),
        };
        Variable { kind, description: self.words() }
    }

    pub fn entity(&mut self) -> Entity {
        Entity {
            id: EntityId(self.uuid()),
            name: self.words(),
            kind: self.pick(EntityKind::ALL),
            aliases: self.some(2, Self::words),
            note: self.words(),
        }
    }

    pub fn metadata(&mut self) -> Metadata {
        Metadata {
            title: self.words(),
            outlet: self.words(),
            authors: self.some(2, Self::words),
            published: self.maybe(Self::words),
            url: self.maybe(Self::words),
            language: self.maybe(Self::words),
            section: self.maybe(Self::words),
            variables: self.values(),
        }
    }

    pub fn article(&mut self, number: usize) -> Article {
        let mut text = format!("{number} {}\n{}{}", self.words(), self.words(), self.words());
        if self.tidy {
            text = normalise(&text).into_owned();
        }
        let end = text.chars().count();
        let mut parts = Vec::new();
        let mut at = 0;
        for kind in
            self.some(3, |d| d.pick(&[PartKind::Headline, PartKind::Standfirst, PartKind::Byline, PartKind::Caption]))
        {
            if at < end {
                let span = self.span(end - at);
                let span = CharSpan::chars(span.start.0 + at, span.end.0 + at);
                parts.push(Part { kind, span });
                at = span.end.0;
            }
        }
        let metadata = self.metadata();
        let source =
            Source { file: self.words(), format: self.words(), hash: self.words(), encoding: self.maybe(Self::words) };
        Article::new(text, metadata, parts, source)
    }

    pub fn code(&mut self, id: CodeId, parent: Option<CodeId>) -> Code {
        let mut code = Code::new(id, self.words(), Colour::Palette(self.roll(10) as u8));
        if self.chance(3) {
            code.colour = Colour::Custom([self.roll(256) as u8, self.roll(256) as u8, self.roll(256) as u8]);
        }
        code.parent = parent;
        code.position = self.roll(4) as u32;
        code.definition = self.words();
        code.use_when = self.words();
        code.not_when = self.words();
        code.examples = self.some(2, Self::words);
        code.shortcut = self.maybe(|d| d.pick(&['1', '\'', '\\', '"', 'ü', '\n', '👍', '\u{301}']));
        code.retired = self.chance(4);
        code
    }

    fn party(&mut self, entities: &[EntityId]) -> Party {
        let entity = if entities.is_empty() { None } else { self.maybe(|d| d.pick(entities)) };
        Party { name: self.words(), entity }
    }

    pub fn annotation(&mut self, article: &Article, codes: &[CodeId], entities: &[EntityId]) -> Annotation {
        let tag = match self.roll(4) {
            0 if !codes.is_empty() => Tag::Frame(self.pick(codes)),
            1 => Tag::Quote(self.pick(QuoteKind::ALL)),
            2 => Tag::Claim(self.pick(ClaimKind::ALL)),
            _ => Tag::Entity(self.pick(EntityKind::ALL)),
        };
        let attributes = Attributes {
            voice: self.maybe(|d| d.pick(Voice::ALL)),
            speaker: self.maybe(|d| d.party(entities)),
            target: self.maybe(|d| d.party(entities)),
            stance: self.maybe(|d| d.pick(Stance::ALL)),
            intensity: self.maybe(|d| d.roll(4) as u8),
            certainty: self.maybe(|d| d.roll(4) as u8),
            negated: self.chance(3),
            custom: self.values(),
        };
        let origin = match self.roll(3) {
            0 => Origin::Hand,
            1 => Origin::Accepted {
                detector: self.words(),
                version: self.words(),
                score: self.score(),
                edited: self.chance(2),
            },
            _ => Origin::Imported { from: self.words() },
        };
        let mut annotation = Annotation {
            id: AnnotationId(self.uuid()),
            tag,
            spans: Vec::new(),
            anchors: Vec::new(),
            attributes,
            memo: self.words(),
            origin,
            code_revision: self.roll(3) as u32,
            created: self.time(),
            changed: self.time(),
        };
        let map = OffsetMap::new(article.text.clone());
        let mut spans = self.some(2, |d| d.span(article.end.0));
        spans.push(self.span(article.end.0));
        assert!(annotation.place(&map, spans));
        annotation
    }

    pub fn document(&mut self, codes: &[CodeId]) -> DocumentCoding {
        let mut document = DocumentCoding {
            variables: self.values(),
            memo: self.words(),
            finished: self.maybe(Self::time),
            ..DocumentCoding::default()
        };
        if !codes.is_empty() {
            document.primary = self.maybe(|d| d.pick(codes));
            document.codes = self.some(2, |d| d.pick(codes)).into_iter().collect();
        }
        document
    }

    pub fn nothing_found(&mut self, article: &Article) -> NothingFound {
        NothingFound { span: self.maybe(|d| d.span(article.end.0)) }
    }

    pub fn relation(&mut self, annotations: &[AnnotationId], entities: &[EntityId]) -> Relation {
        let some = |d: &mut Self| AnnotationId(d.uuid());
        let from = if annotations.is_empty() { some(self) } else { self.pick(annotations) };
        let to = if entities.is_empty() || self.chance(2) {
            RelationEnd::Annotation(if annotations.is_empty() { some(self) } else { self.pick(annotations) })
        } else {
            RelationEnd::Entity(self.pick(entities))
        };
        Relation { id: RelationId(self.uuid()), kind: self.words(), from, to }
    }

    pub fn decision(&mut self, article: &Article) -> (Suggested, Decision) {
        let about = Suggested { span: self.span(article.end.0), layer: self.pick(Layer::ALL), label: self.words() };
        let outcome = if self.chance(2) { Outcome::Accepted(AnnotationId(self.uuid())) } else { Outcome::Rejected };
        let decision =
            Decision { detector: self.words(), version: self.words(), score: self.score(), outcome, at: self.time() };
        (about, decision)
    }

    fn coding(&mut self, article: &Article, codes: &[CodeId], entities: &[EntityId]) -> Coding {
        let annotations: BTreeMap<_, _> =
            self.some(4, |d| d.annotation(article, codes, entities)).into_iter().map(|a| (a.id, Arc::new(a))).collect();
        let ids: Vec<_> = annotations.keys().copied().collect();
        Coding {
            relations: self.some(2, |d| d.relation(&ids, entities)).into_iter().map(|r| (r.id, r)).collect(),
            annotations,
            orphans: if self.chance(3) {
                self.some(2, |d| d.annotation(article, codes, entities))
                    .into_iter()
                    .map(|a| (a.id, Arc::new(a)))
                    .collect()
            } else {
                BTreeMap::new()
            },
            document: if self.chance(2) { self.document(codes) } else { DocumentCoding::default() },
            nothing_found: self.some(2, |d| d.nothing_found(article)).into_iter().collect::<BTreeSet<_>>(),
            decisions: self.some(2, |d| d.decision(article)).into_iter().collect(),
        }
    }

    /// A project without a fault: two coders, up to four articles, codes in a tree, a register of names.
    pub fn project(&mut self) -> Project {
        let mut project = Project::new(self.words());
        project.id = self.uuid();
        project.settings.blind = self.chance(2);
        if self.chance(2) {
            project.settings.backups = Backups {
                keep: self.roll(20) as u32,
                megabytes: self.roll(1000) as u32,
                minutes: self.roll(100) as u32,
            };
        }
        for id in ["jl", "ao"] {
            let id: CoderId = id.parse().unwrap();
            project.coders.insert(id.clone(), Coder { id, name: self.words() });
        }
        project.variables = self.some(3, |d| (d.words(), d.variable())).into_iter().collect();
        let mut codes: Vec<CodeId> = Vec::new();
        for n in 0..=self.roll(6) {
            let id: CodeId = format!("code-{n}").parse().unwrap();
            let parent = if codes.is_empty() { None } else { self.maybe(|d| d.pick(&codes)) };
            let code = self.code(id.clone(), parent);
            project.codebook.codes.insert(id.clone(), code);
            codes.push(id);
        }
        project.entities = self.some(3, Self::entity).into_iter().map(|e| (e.id, e)).collect();
        let entities: Vec<_> = project.entities.keys().copied().collect();
        for n in 0..=self.roll(4) {
            let article = self.article(n);
            for coder in project.coders.keys() {
                let coding = self.coding(&article, &codes, &entities);
                if !coding.is_empty() {
                    project.codings.insert((coder.clone(), article.id.clone()), Arc::new(coding));
                }
            }
            project.articles.insert(article.id.clone(), Arc::new(article));
        }
        assert_eq!(project.faults(), []);
        project
    }
}

/// The names that a project has for its articles, its codes and its register, and one more of each that it has not.
pub fn articles(project: &Project) -> Vec<ArticleId> {
    project.articles.keys().cloned().chain(["no-such-article".parse().unwrap()]).collect()
}

pub fn codes(project: &Project) -> Vec<CodeId> {
    project.codebook.codes.keys().cloned().chain(["no-such-code".parse().unwrap()]).collect()
}

pub fn coders(project: &Project) -> Vec<CoderId> {
    project.coders.keys().cloned().chain(["nobody".parse().unwrap()]).collect()
}

/// An edit of any kind, sound or not.
pub fn edit(dice: &mut Dice, project: &Project, depth: usize) -> Edit {
    let code_ids = codes(project);
    let entities: Vec<_> = project.entities.keys().copied().collect();
    let at = Desk { coder: dice.pick(&coders(project)), article: dice.pick(&articles(project)) };
    let stranger = Article::new("A text that is not in the project", Metadata::default(), vec![], Source::default());
    let article = project.articles.get(&at.article).cloned().unwrap_or_else(|| Arc::new(stranger));
    let coding = project.coding(&at.coder, &at.article).cloned().unwrap_or_default();
    let clear = dice.chance(3);
    match dice.roll(if depth == 0 { 14 } else { 15 }) {
        0 => Edit::Title(dice.words()),
        1 => Edit::Settings(Settings { blind: dice.chance(2), ..Settings::default() }),
        2 => {
            let name = project.variables.keys().next().cloned().filter(|_| clear).unwrap_or_else(|| dice.words());
            Edit::Variable { name, to: (!clear).then(|| dice.variable()) }
        }
        3 => {
            let id = dice.pick(&coders(project));
            let named = if dice.chance(5) { "else".parse().unwrap() } else { id.clone() };
            Edit::Coder { id, to: (!clear).then(|| Coder { id: named, name: dice.words() }) }
        }
        4 => {
            let id = dice.pick(&code_ids);
            let parent = dice.chance(2).then(|| dice.pick(&code_ids));
            Edit::Code { to: (!clear).then(|| Box::new(dice.code(id.clone(), parent))), id }
        }
        5 => {
            let new = dice.entity();
            let id = entities.first().copied().filter(|_| dice.chance(2)).unwrap_or(new.id);
            Edit::Entity { id, to: (!clear).then(|| Box::new(new)) }
        }
        6 => {
            let new = dice.article(9);
            let id = if dice.chance(2) { new.id.clone() } else { at.article };
            let mut again = (*article).clone();
            again.parts.clear();
            let new = if dice.chance(3) { again } else { Article { id: id.clone(), ..new } };
            Edit::Article { id, to: (!clear).then(|| Arc::new(new)) }
        }
        7 => Edit::Metadata { article: at.article, to: Box::new(dice.metadata()) },
        8 => {
            let mut new = dice.annotation(&article, &code_ids, &entities);
            let id = match coding.annotations.keys().next() {
                Some(id) if dice.chance(2) => *id,
                _ => new.id,
            };
            if !dice.chance(6) {
                new.id = id;
            }
            match dice.roll(12) {
                1 => new.spans.clear(),
                2 => drop(new.anchors.pop()),
                3 => new.spans = vec![CharSpan::chars(0, article.end.0 + 1)],
                4 => new.spans = vec![CharSpan::chars(1, 1)],
                5 => {
                    new.spans = vec![CharSpan::chars(1, 2), CharSpan::chars(0, 1)];
                    new.anchors = vec![new.anchors[0].clone(); 2];
                }
                _ => {}
            }
            Edit::Annotation { at, id, to: (!clear).then(|| Box::new(new)) }
        }
        9 => {
            let ids: Vec<_> = coding.annotations.keys().copied().collect();
            let new = dice.relation(&ids, &entities);
            let id = coding.relations.keys().next().copied().filter(|_| clear).unwrap_or(new.id);
            Edit::Relation { at, id, to: (!clear).then(|| Box::new(new)) }
        }
        10 => {
            let to = if clear { DocumentCoding::default() } else { dice.document(&code_ids) };
            Edit::Document { at, to: Box::new(to) }
        }
        11 => {
            let mut what = dice.nothing_found(&article);
            if dice.chance(5) {
                what.span = Some(CharSpan::chars(0, article.end.0 + 5));
            }
            let what = coding.nothing_found.first().copied().filter(|_| clear).unwrap_or(what);
            Edit::NothingFound { at, what, present: !clear }
        }
        12 => {
            let (about, decision) = dice.decision(&article);
            let about = coding.decisions.keys().next().cloned().filter(|_| clear).unwrap_or(about);
            Edit::Decision { at, about, to: (!clear).then(|| Box::new(decision)) }
        }
        13 => {
            let new = dice.annotation(&article, &code_ids, &entities);
            let id = coding.orphans.keys().next().copied().filter(|_| clear).unwrap_or(new.id);
            Edit::Orphan { at, id, to: (!clear).then(|| Box::new(Annotation { id, ..new })) }
        }
        _ => Edit::Batch((0..dice.roll(5)).map(|_| edit(dice, project, depth - 1)).collect()),
    }
}
