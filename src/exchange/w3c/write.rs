//! A project as a collection of Web Annotations.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::{CONTEXT, NAMESPACE, OURS};
use crate::exchange::labels::Labels;
use crate::exchange::{details, record, rest};
use crate::model::{Annotation, Article, CoderId, Coding, Project, Relation, RelationEnd, Tag};
use crate::text::{Anchor, OffsetMap};

pub fn write(project: &Project, out: &mut dyn Write, step: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
    let labels = Labels::of(&project.codebook);
    let terms = json!({
        "@version": 1.1,
        "fl": NAMESPACE,
        "lists": { "@id": "fl:lists", "@type": "@json" },
        "record": { "@id": "fl:record", "@type": "@json" },
        "articles": { "@id": "fl:articles", "@type": "@id" },
        "governing": { "@id": "fl:governing" },
    });
    let total: usize = project
        .codings
        .values()
        .map(|c| c.annotations.len() + c.relations.len() + usize::from(says_something(c)))
        .sum();
    let id = format!("urn:uuid:{}", project.id);
    let about = json!({
        "id": id, "type": "AnnotationCollection", "label": project.title, "total": total,
        "generator": { "id": "urn:framelens", "type": "Software", "name": "Framelens" },
        "last": format!("{id}#page-1"),
    });
    writeln!(out, "{{\"@context\":{},", json!([CONTEXT, terms]))?;
    for (key, value) in about.as_object().into_iter().flatten() {
        writeln!(out, "{}:{value},", json!(key))?;
    }
    writeln!(out, "\"lists\":{},", serde_json::to_value(rest::Lists::of(project))?)?;
    out.write_all(b"\"articles\":[")?;
    let mut comma = "";
    for a in project.articles.values() {
        write!(out, "{comma}\n{}", article(project, a)?)?;
        comma = ",";
    }
    let page = json!({ "id": format!("{id}#page-1"), "type": "AnnotationPage", "startIndex": 0, "partOf": id });
    out.write_all(b"],\n\"first\":{")?;
    for (key, value) in page.as_object().into_iter().flatten() {
        write!(out, "{}:{value},", json!(key))?;
    }
    out.write_all(b"\"items\":[")?;
    comma = "";
    for article in project.articles.values() {
        let map = OffsetMap::new(article.text.clone());
        for (coder, coding) in record::codings_of(project, article) {
            let marks = coding.in_order().into_iter().map(|a| annotation(&labels, article, &map, a));
            let whole = says_something(coding).then(|| whole(&labels, article, coder, coding));
            let lines = coding.relations.values().map(|r| relation(article, r));
            for mut item in marks.chain(whole).chain(lines) {
                item["creator"] = creator(project, coder);
                write!(out, "{comma}\n{item}")?;
                comma = ",";
            }
        }
        step()?;
    }
    out.write_all(b"]}}\n")
}

/// The address of an article.
fn address(article: &Article) -> String {
    format!("{OURS}article:{}", article.id)
}

fn article(project: &Project, article: &Article) -> io::Result<Json> {
    let mut node = json!({
        "id": address(article),
        "type": "TextualBody",
        "value": &*article.text,
        "format": "text/plain",
        "label": article.metadata.title,
        "fl:hash": article.hash,
        "record": serde_json::to_value(rest::of_article(project, article))?,
    });
    let tag = |l: &&String| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if let Some(language) = article.metadata.language.as_ref().filter(tag) {
        node["language"] = json!(language);
    }
    Ok(node)
}

fn creator(project: &Project, coder: &CoderId) -> Json {
    let name = project.coders.get(coder).map_or(coder.as_str(), |c| &c.name);
    json!({ "id": format!("{OURS}coder:{coder}"), "type": "Person", "nickname": coder.as_str(), "name": name })
}

fn body(purpose: &str, value: &str) -> Json {
    json!({ "type": "TextualBody", "purpose": purpose, "format": "text/plain", "value": value })
}

fn annotation(labels: &Labels, article: &Article, map: &OffsetMap, a: &Annotation) -> Json {
    let purpose = if a.tag.code().is_some() { "classifying" } else { "tagging" };
    let mut bodies = vec![body(purpose, &labels.written(&a.tag))];
    if !a.memo.is_empty() {
        bodies.push(body("commenting", &a.memo));
    }
    let target = |(n, span): (usize, &crate::text::CharSpan)| {
        // A stretch of a damaged project that fits no text still has the words that were coded.
        let anchor = Anchor::of(map, *span).or_else(|| a.anchors.get(n).cloned()).unwrap_or_default();
        json!({
            "type": "SpecificResource",
            "source": address(article),
            "selector": [
                { "type": "TextPositionSelector", "start": span.start.0, "end": span.end.0 },
                { "type": "TextQuoteSelector", "exact": anchor.exact, "prefix": anchor.before, "suffix": anchor.after },
            ],
        })
    };
    let mut targets: Vec<Json> = a.spans.iter().enumerate().map(target).collect();
    let targets = if targets.len() == 1 { targets.remove(0) } else { Json::Array(targets) };
    let mut out = json!({
        "id": format!("urn:uuid:{}", a.id), "type": "Annotation", "motivation": purpose,
        "body": bodies, "target": targets,
        "created": a.created.to_string(), "modified": a.changed.to_string(),
    });
    if let Tag::Frame(code) = &a.tag {
        out["fl:code"] = json!(code.as_str());
    }
    let native = ["memo", "created", "changed"];
    for (key, value) in details::of(a).into_iter().filter(|(key, _)| !native.contains(key)) {
        out[format!("fl:{key}")] = json!(value);
    }
    out
}

/// Whether somebody gave a whole article codes or a memo.
fn says_something(coding: &Coding) -> bool {
    let said = &coding.document;
    !said.codes.is_empty() || said.primary.is_some() || !said.memo.is_empty()
}

/// What somebody said of a whole article.
fn whole(labels: &Labels, article: &Article, coder: &CoderId, coding: &Coding) -> Json {
    let said = &coding.document;
    let mut bodies = Vec::new();
    for (code, governs) in said.codes.iter().map(|c| (c, false)).chain(said.primary.iter().map(|c| (c, true))) {
        let mut body = body("classifying", &labels.code(code));
        body["fl:code"] = json!(code.as_str());
        if governs {
            body["governing"] = json!(true);
        }
        bodies.push(body);
    }
    if !said.memo.is_empty() {
        bodies.push(body("commenting", &said.memo));
    }
    json!({
        "id": format!("{OURS}coding:{coder}:{}", article.id), "type": "Annotation", "motivation": "describing",
        "body": bodies, "target": address(article),
    })
}

fn relation(article: &Article, r: &Relation) -> Json {
    let to = match r.to {
        RelationEnd::Annotation(id) => format!("urn:uuid:{id}"),
        RelationEnd::Entity(id) => format!("{OURS}entity:{id}"),
    };
    json!({
        "id": format!("urn:uuid:{}", r.id), "type": "Annotation", "motivation": "linking",
        "body": [body("describing", &r.kind), { "type": "SpecificResource", "purpose": "linking", "source": to }],
        "target": {
            "type": "SpecificResource", "source": format!("urn:uuid:{}", r.from), "scope": address(article),
        },
    })
}
