//! Random lines for a project: most of them fit it, some do not.

use framelens::model::{Project, RelationEnd, VariableKind};
use serde_json::{Value, json};
use uuid::Uuid;

/// Chance from a seed (xorshift64*), so that the lines of a run can be had again.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        ((self.next() >> 11) % n.max(1) as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        (!from.is_empty()).then(|| from[self.below(from.len())].clone())
    }

    pub fn uuid(&mut self) -> String {
        Uuid::from_u64_pair(self.next(), self.next()).to_string()
    }

    fn words(&mut self) -> String {
        const PIECES: &[&str] = &[
            "purge",
            " ",
            "“hunt”",
            "👩‍👩‍👧‍👦",
            "שלום",
            "\n",
            "\u{0}",
            "\u{2028}",
            "\\",
            "\"",
            "e\u{301}",
            "),",
            "Did((",
            "\r",
            "7",
            "\u{10ffff}",
        ];
        (0..=self.below(9)).map(|_| PIECES[self.below(PIECES.len())]).collect()
    }

    fn name(&mut self) -> String {
        const NAMES: &[&str] = &["Hunt", "Purge", "Clean-up", "Tallow", "Öl", "Ferry", "Mole", "Ash"];
        format!("{} {}", NAMES[self.below(NAMES.len())], self.below(1000))
    }

    fn at(&mut self) -> String {
        jiff::Timestamp::from_millisecond(1_700_000_000_000 + self.below(50_000_000_000) as i64).unwrap().to_string()
    }
}

/// A line for a project that stands so.
pub fn line(chance: &mut Chance, project: &Project) -> Vec<u8> {
    if chance.one_in(12) {
        return nonsense(chance);
    }
    let coders: Vec<_> = project.coders.keys().map(ToString::to_string).collect();
    let coder = chance.pick(&coders).unwrap_or_default();
    let mut request = if chance.one_in(12) {
        let steps: Vec<_> = (0..=chance.below(4)).map(|_| verb(chance, project, &coder)).collect();
        json!({ "do": "batch", "steps": steps })
    } else {
        verb(chance, project, &coder)
    };
    request["coder"] = json!(coder);
    request["at"] = json!(chance.at());
    request.to_string().into_bytes()
}

fn nonsense(chance: &mut Chance) -> Vec<u8> {
    match chance.below(6) {
        0 => b"{\"do\":\"code\"".to_vec(),
        1 => b"\xff\xfe".to_vec(),
        2 => json!({ "do": "title", "title": " " }).to_string().into_bytes(),
        3 => json!({ "do": "code", "article": "nowhere", "code": "x", "start": 0, "end": 1 }).to_string().into_bytes(),
        4 => json!({ "do": "title", "title": "A", "colour": "red" }).to_string().into_bytes(),
        _ => json!({ "do": "remove", "coder": "nobody", "id": chance.uuid() }).to_string().into_bytes(),
    }
}

fn verb(chance: &mut Chance, project: &Project, coder: &str) -> Value {
    let articles: Vec<_> = project.articles.values().cloned().collect();
    let codes: Vec<_> = project.codebook.codes.keys().map(ToString::to_string).collect();
    let entities: Vec<_> = project.entities.keys().map(ToString::to_string).collect();
    let mine: Vec<_> = project.annotations().filter(|(c, ..)| c.as_str() == coder).map(|(_, a, n)| (a, n)).collect();
    let some_code = chance.pick(&codes).unwrap_or_else(|| "none".to_owned());
    let Some(article) = chance.pick(&articles) else { return json!({ "do": "title", "title": chance.name() }) };
    let on = article.id.to_string();
    let start = chance.below(article.end.0);
    // Now and then one that does not fit.
    let end = start + 1 + chance.below(article.end.0 - start) + if chance.one_in(25) { 1000 } else { 0 };
    let kind = chance.below(46);
    if let Some((_, annotation)) = chance.pick(&mine).filter(|_| kind < 16) {
        let id = annotation.id.to_string();
        let other = chance.pick(&mine).map(|(_, a)| a.id.to_string());
        return match kind {
            0..=3 => json!({ "do": "change", "id": id, "memo": chance.words(), "certainty": 1 + chance.below(3),
                             "speaker": chance.name(), "custom": { "x": chance.below(9), "y": null } }),
            4 => json!({ "do": "change", "id": id, "voice": "quoted", "speaker": null, "negated": chance.one_in(2) }),
            5 | 6 => json!({ "do": "recode", "id": id, "code": some_code }),
            7 => json!({ "do": "recode", "id": id, "layer": "quote", "kind": "partial" }),
            8 | 9 => json!({ "do": "place", "id": id, "spans": [[start / 2, start / 2 + 1], [start, end]] }),
            10 => json!({ "do": "move-end", "id": id, "side": "end", "to": end }),
            11 => json!({ "do": "move-end", "id": id, "side": "start", "to": start }),
            12 => json!({ "do": "relate", "from": id, "kind": "denies", "to": other, "id": chance.uuid() }),
            13 => json!({ "do": "relate", "from": id, "kind": "names", "entity": chance.pick(&entities),
                          "id": chance.uuid() }),
            _ => json!({ "do": "remove", "id": id }),
        };
    }
    match kind {
        0..=19 => json!({ "do": "code", "article": on, "code": some_code, "start": start, "end": end,
                          "id": chance.uuid(), "memo": chance.words(), "target": chance.name() }),
        20 | 21 => json!({ "do": "mark", "article": on, "layer": "claim", "kind": "poll", "start": start, "end": end,
                           "id": chance.uuid() }),
        22 => json!({ "do": "nothing-found", "article": on, "start": start, "end": end, "set": !chance.one_in(3) }),
        23 => json!({ "do": "nothing-found", "article": on, "set": !chance.one_in(3) }),
        24 => json!({ "do": "finished", "article": on, "set": !chance.one_in(3) }),
        25 => {
            json!({ "do": "document", "article": on, "primary": some_code, "add": [some_code], "memo": chance.words() })
        }
        26 => {
            let value = match project.variables.values().next().map(|v| &v.kind) {
                Some(VariableKind::Number) => json!(chance.below(100)),
                _ => json!(chance.words()),
            };
            json!({ "do": "document", "article": on, "variables": { "tone": value } })
        }
        27 => {
            let of = project.codings.iter().filter(|((c, _), _)| c.as_str() == coder);
            let relations: Vec<_> = of.flat_map(|(_, c)| c.relations.keys().map(ToString::to_string)).collect();
            json!({ "do": "unrelate", "id": chance.pick(&relations).unwrap_or_else(|| chance.uuid()) })
        }
        28 => json!({ "do": "accept", "article": on, "layer": "entity", "label": "PERSON", "start": start, "end": end,
                      "detector": "chance", "version": "1", "score": 0.25, "id": chance.uuid() }),
        29 => json!({ "do": "reject", "article": on, "layer": "quote", "label": "scare", "start": start, "end": end,
                      "detector": "chance", "version": "1", "score": 0.75 }),
        30 => json!({ "do": "add-code", "name": chance.name(), "id": format!("code-{}", chance.below(100_000)),
                      "definition": chance.words(), "parent": if chance.one_in(2) { Some(some_code) } else { None } }),
        31 | 32 => json!({ "do": "change-code", "code": some_code, "definition": chance.words(), "colour": "#102030" }),
        33 => {
            json!({ "do": "move-code", "code": some_code, "parent": chance.pick(&codes), "position": chance.below(3) })
        }
        34 => json!({ "do": "retire-code", "code": some_code, "set": chance.one_in(2) }),
        35 if codes.len() > 4 => json!({ "do": "delete-code", "code": some_code, "with_codings": true }),
        36 => json!({ "do": "add-entity", "name": chance.name(), "kind": "PERSON", "id": chance.uuid() }),
        37 => json!({ "do": "change-entity", "entity": chance.pick(&entities).unwrap_or_default(),
                      "note": chance.words() }),
        38 => {
            let used = |e: &String| {
                let ends = project.codings.values().flat_map(|c| c.relations.values());
                ends.into_iter().any(|r| matches!(r.to, RelationEnd::Entity(id) if id.to_string() == *e))
            };
            let free: Vec<_> = entities.iter().filter(|e| !used(e)).cloned().collect();
            json!({ "do": "remove-entity", "entity": chance.pick(&free).unwrap_or_default() })
        }
        39 => json!({ "do": "title", "title": chance.name() }),
        40 => json!({ "do": "settings", "blind": chance.one_in(2), "backups": { "keep": chance.below(20) } }),
        41 => json!({ "do": "metadata", "article": on, "outlet": chance.name(), "section": chance.words() }),
        42 => json!({ "do": "add-article", "title": chance.name(),
                      "text": format!("{}\n\nThe ferry 👩‍👩‍👧‍👦 was late. שלום. “A purge,” she said.", chance.name()) }),
        43 => json!({ "do": "remove-article", "article": on }),
        44 => json!({ "do": "undo" }),
        _ => json!({ "do": "redo" }),
    }
}
