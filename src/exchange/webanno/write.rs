//! Writing a file of WebAnno TSV.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use unicode_segmentation::UnicodeSegmentation as _;

use super::{COLUMNS, LAYER, RELATIONS, one_line};
use crate::exchange::labels::Labels;
use crate::exchange::{details, record};
use crate::model::{Annotation, AnnotationId, Article, CoderId, Project, Relation, RelationEnd};
use crate::text::{ByteSpan, CharOffset, CharSpan, OffsetMap, sentences};

/// A stretch that has a line of its own: a token, or a part of one.
struct Unit {
    id: String,
    span: CharSpan,
    /// The annotations on it, by their numbers.
    marks: Vec<usize>,
    /// The lines that lead to it.
    lines: Vec<usize>,
}

/// An annotation with its cells.
struct Mark<'a> {
    annotation: &'a Annotation,
    cells: Vec<String>,
    /// The line on which it begins.
    starts_at: String,
}

/// The file of an article.
pub fn file(project: &Project, article: &Article, labels: &Labels) -> String {
    let map = OffsetMap::new(article.text.clone());
    let (mut marks, mut lines) = (Vec::new(), Vec::new());
    for (coder, coding) in record::codings_of(project, article) {
        for annotation in coding.in_order() {
            let cells = cells(annotation, coder, labels.written(&annotation.tag));
            marks.push(Mark { annotation, cells, starts_at: String::new() });
        }
        for relation in coding.relations.values() {
            if let RelationEnd::Annotation(to) = relation.to
                && coding.annotations.contains_key(&to)
                && coding.annotations.contains_key(&relation.from)
            {
                lines.push((relation, to, line(relation, coder)));
            }
        }
    }
    let sentences = cut(&map);
    let mut units: Vec<Vec<Unit>> = sentences.iter().map(|(_, tokens)| tokens.iter().map(whole).collect()).collect();
    number(&mut units);
    spread(&mut units, &mut marks);
    let numbers: BTreeMap<AnnotationId, usize> = marks.iter().enumerate().map(|(n, m)| (m.annotation.id, n)).collect();
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (n, (_, to, _)) in lines.iter().enumerate() {
        places.entry(&marks[numbers[to]].starts_at).or_default().push(n);
    }
    for unit in units.iter_mut().flatten() {
        unit.lines = places.remove(unit.id.as_str()).unwrap_or_default();
    }

    let mut out = format!("#FORMAT=WebAnno TSV 3.3\n#T_SP={LAYER}|label|coder|{}|details\n", COLUMNS.join("|"));
    out += &format!("#T_RL={RELATIONS}|kind|details|BT_{LAYER}\n\n");
    for ((span, _), units) in sentences.iter().zip(&units) {
        out.push('\n');
        for line in map.slice(*span).unwrap_or_default().split('\n') {
            out += &format!("#Text={}\n", line.replace('\\', "\\\\").replace('\t', "\\t"));
        }
        for unit in units {
            let at = |offset: CharOffset| map.char_to_utf16(offset).unwrap_or_default();
            let words = map.slice(unit.span).unwrap_or_default();
            out += &format!("{}\t{}-{}\t{words}\t", unit.id, at(unit.span.start), at(unit.span.end));
            for column in 0..COLUMNS.len() + 3 {
                let cells = unit.marks.iter().map(|n| format!("{}[{}]", marks[*n].cells[column], n + 1));
                out += &filled(cells.collect());
            }
            for column in 0..2 {
                out += &filled(unit.lines.iter().map(|n| lines[*n].2[column].clone()).collect());
            }
            let from = unit.lines.iter().map(|n| {
                let (from, to) = (numbers[&lines[*n].0.from], numbers[&lines[*n].1]);
                format!("{}[{}_{}]", marks[from].starts_at, from + 1, to + 1)
            });
            out += &filled(from.collect());
            out.push('\n');
        }
    }
    out
}

fn filled(cells: Vec<String>) -> String {
    if cells.is_empty() { "_\t".to_owned() } else { cells.join("|") + "\t" }
}

/// The sentences, each up to the next one, with their tokens.
fn cut(map: &OffsetMap) -> Vec<(CharSpan, Vec<CharSpan>)> {
    let text = map.as_str();
    let spans = sentences(text);
    let ends = spans.iter().skip(1).map(|s| s.start.0).chain([text.len()]);
    let mut out = Vec::new();
    for (span, end) in spans.iter().zip(ends) {
        let mut tokens = Vec::new();
        for (at, piece) in text[span.start.0..end].split_word_bound_indices() {
            // The rule for words joins white space to some marks that cannot be seen.
            let mut start = None;
            for (n, c) in piece.char_indices().chain([(piece.len(), ' ')]) {
                let here = span.start.0 + at + n;
                match start {
                    Some(from) if c.is_whitespace() => {
                        tokens.extend(map.chars(ByteSpan::bytes(from, here)));
                        start = None;
                    }
                    None if !c.is_whitespace() => start = Some(here),
                    _ => {}
                }
            }
        }
        out.extend(map.chars(ByteSpan::bytes(span.start.0, end)).map(|whole| (whole, tokens)));
    }
    out
}

fn whole(span: &CharSpan) -> Unit {
    Unit { id: String::new(), span: *span, marks: Vec::new(), lines: Vec::new() }
}

fn number(units: &mut [Vec<Unit>]) {
    for (s, sentence) in units.iter_mut().enumerate() {
        for (t, unit) in sentence.iter_mut().enumerate() {
            unit.id = format!("{}-{}", s + 1, t + 1);
        }
    }
}

/// Puts annotations on tokens, and on parts of tokens, which come after the token.
fn spread(units: &mut [Vec<Unit>], marks: &mut [Mark<'_>]) {
    let mut parts: BTreeMap<String, Vec<Unit>> = BTreeMap::new();
    let mut tokens: Vec<&mut Unit> = units.iter_mut().flatten().collect();
    for (n, mark) in marks.iter_mut().enumerate() {
        for span in &mark.annotation.spans {
            let first = tokens.partition_point(|unit| unit.span.end <= span.start);
            for unit in tokens[first..].iter_mut().take_while(|unit| unit.span.start < span.end) {
                let Some(both) = unit.span.intersection(*span) else { continue };
                let here = if both == unit.span {
                    unit.marks.push(n);
                    unit.id.clone()
                } else {
                    let parts = parts.entry(unit.id.clone()).or_default();
                    let at = parts.iter().position(|part| part.span == both).unwrap_or_else(|| {
                        let id = format!("{}.{}", unit.id, parts.len() + 1);
                        parts.push(Unit { id, ..whole(&both) });
                        parts.len() - 1
                    });
                    parts[at].marks.push(n);
                    parts[at].id.clone()
                };
                if mark.starts_at.is_empty() {
                    mark.starts_at = here;
                }
            }
        }
    }
    for sentence in units {
        let mut all = Vec::with_capacity(sentence.len());
        for unit in sentence.drain(..) {
            let parts = parts.remove(&unit.id).unwrap_or_default();
            all.push(unit);
            all.extend(parts);
        }
        *sentence = all;
    }
}

/// The cells of an annotation: label, coder, the columns, details.
fn cells(annotation: &Annotation, coder: &CoderId, label: String) -> Vec<String> {
    let mut said: BTreeMap<&str, String> = details::of(annotation).into_iter().collect();
    let mut cells = vec![cell(&label), cell(coder.as_str())];
    for key in COLUMNS {
        let value = said.get(key).cloned().unwrap_or_default();
        let plain = one_line(&value);
        cells.push(cell(&plain));
        // What is bent by its cell, or hangs on a name, stands in the details as well.
        if plain == value && !value.is_empty() && !said.contains_key(format!("{key}_entity").as_str()) {
            said.remove(key);
        }
    }
    said.insert("id", annotation.id.to_string());
    cells.push(cell(&json(said)));
    cells
}

/// The cells of a line between annotations: kind, details.
fn line(relation: &Relation, coder: &CoderId) -> [String; 2] {
    let plain = one_line(&relation.kind);
    let mut said = BTreeMap::from([("id", relation.id.to_string()), ("coder", coder.to_string())]);
    if plain != relation.kind || plain.is_empty() {
        said.insert("kind", relation.kind.clone());
    }
    [cell(&plain), cell(&json(said))]
}

fn json(said: BTreeMap<&str, String>) -> String {
    let map: Map<String, Json> = said.into_iter().map(|(k, v)| (k.to_owned(), Json::from(v))).collect();
    Json::Object(map).to_string()
}

/// A value with what means something in a cell escaped; `*` is no value.
fn cell(value: &str) -> String {
    if value.is_empty() {
        return "*".to_owned();
    }
    let mut out = String::with_capacity(value.len() + 8);
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\\' | '[' | ']' | '|' | '_' | ';' | '*' => {
                out.push('\\');
                out.push(c);
            }
            '-' if chars.peek() == Some(&'>') => {
                chars.next();
                out.push_str("\\->");
            }
            c => out.push(c),
        }
    }
    out
}
