//! A project as a TEI corpus.

use std::io::{self, Write};

use super::xml::esc;
use crate::exchange::adapt::is_in_xml;
use crate::exchange::labels::Labels;
use crate::exchange::{details, record, rest};
use crate::model::{Annotation, Article, Coder, CoderId, Coding, PartKind, Project, Relation, RelationEnd, Tag};

pub fn write(project: &Project, out: &mut dyn Write, step: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
    let labels = Labels::of(&project.codebook);
    head(project, out)?;
    for a in project.articles.values() {
        article(project, &labels, a, out)?;
        step()?;
    }
    out.write_all(b"</teiCorpus>\n")
}

fn head(project: &Project, out: &mut dyn Write) -> io::Result<()> {
    let title = if project.title.trim().is_empty() { "Coded articles" } else { &project.title };
    writeln!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<teiCorpus xmlns=\"http://www.tei-c.org/ns/1.0\">\n<teiHeader>\n\
         <fileDesc>\n<titleStmt>\n<title>{}</title>",
        esc(title)
    )?;
    for Coder { id, name } in project.coders.values() {
        let name = if name.trim().is_empty() { id.as_str() } else { name };
        writeln!(
            out,
            "<respStmt xml:id=\"coder-{id}\"><resp>coding</resp><persName>{}</persName></respStmt>",
            esc(name)
        )?;
    }
    writeln!(
        out,
        "</titleStmt>\n<publicationStmt><p>Exported from Framelens.</p></publicationStmt>\n\
         <sourceDesc><p>The articles say each where it came from.</p></sourceDesc>\n</fileDesc>"
    )?;
    let tree = project.codebook.tree();
    if !tree.is_empty() {
        out.write_all(b"<encodingDesc><classDecl><taxonomy xml:id=\"codebook\">\n")?;
        let mut open = 0;
        for (depth, code) in tree {
            // Nobody reads what is nested deeper; the list in `xenoData` has the true places.
            let depth = depth.min(60);
            while open > depth {
                out.write_all(b"</category>\n")?;
                open -= 1;
            }
            write!(out, "<category xml:id=\"code-{}\"><catDesc>{}</catDesc>", code.id, esc(&code.name))?;
            for (what, text) in
                [("definition", &code.definition), ("use-when", &code.use_when), ("not-when", &code.not_when)]
            {
                if !text.is_empty() {
                    write!(out, "<catDesc n=\"{what}\">{}</catDesc>", esc(text))?;
                }
            }
            open += 1;
        }
        out.write_all(b"</category>\n".repeat(open).as_slice())?;
        out.write_all(b"</taxonomy></classDecl></encodingDesc>\n")?;
    }
    xeno(&serde_json::to_string(&rest::Lists::of(project))?, out)?;
    out.write_all(b"</teiHeader>\n")
}

fn xeno(json: &str, out: &mut dyn Write) -> io::Result<()> {
    // What XML has no place for, JSON can write otherwise.
    let plain: String =
        json.chars().map(|c| if is_in_xml(c) { c.to_string() } else { format!("\\u{:04x}", c as u32) }).collect();
    writeln!(out, "<xenoData type=\"framelens\">{}</xenoData>", esc(&plain))
}

fn article(project: &Project, labels: &Labels, article: &Article, out: &mut dyn Write) -> io::Result<()> {
    let meta = &article.metadata;
    let id = &article.id;
    write!(
        out,
        "<TEI xml:id=\"article-{id}\">\n<teiHeader>\n<fileDesc>\n<titleStmt><title>{}</title>",
        esc(&meta.title)
    )?;
    for author in &meta.authors {
        write!(out, "<author>{}</author>", esc(author))?;
    }
    write!(out, "</titleStmt>\n<publicationStmt><publisher>{}</publisher>", esc(&meta.outlet))?;
    if let Some(date) = &meta.published {
        write!(out, "<date>{}</date>", esc(date))?;
    }
    writeln!(out, "<idno>{id}</idno></publicationStmt>")?;
    let url = meta
        .url
        .as_ref()
        .map_or_else(String::new, |url| format!("<ptr target=\"{}\"/>", esc(&url.replace(char::is_whitespace, ""))));
    writeln!(out, "<sourceDesc><bibl>{}{url}</bibl></sourceDesc>\n</fileDesc>", esc(&meta.title))?;
    xeno(&serde_json::to_string(&rest::of_article(project, article))?, out)?;
    out.write_all(b"</teiHeader>\n")?;
    body(article, out)?;
    let mut some = false;
    for (coder, coding) in record::codings_of(project, article) {
        let marks = coding.in_order().into_iter().map(|a| annotation(labels, article, coder, a));
        let whole = whole(labels, article, coder, coding);
        let lines = coding.relations.values().map(|r| relation(article, coder, r));
        for item in marks.chain(whole).chain(lines) {
            if !some {
                out.write_all(b"<standOff><listAnnotation>\n")?;
                some = true;
            }
            out.write_all(item.as_bytes())?;
        }
    }
    if some {
        out.write_all(b"</listAnnotation></standOff>\n")?;
    }
    out.write_all(b"</TEI>\n")
}

/// The text, line by line: what is between the lines stands between the elements.
fn body(article: &Article, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "<text><body xml:id=\"text-{}\" xml:space=\"preserve\">", article.id)?;
    let (mut at, mut paragraphs) = (0, 0);
    for line in article.text.split_inclusive('\n') {
        let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
        let words = line.trim_matches(blank);
        let start = line.len() - line.trim_start_matches(blank).len();
        if words.is_empty() {
            out.write_all(esc(line).as_bytes())?;
        } else {
            let first = at + line[..start].chars().count();
            let (open, close) = match article.part_at(crate::text::CharOffset(first)) {
                Some(PartKind::Headline) if paragraphs == 0 => ("<head>".to_owned(), "</head>"),
                Some(kind) => (format!("<p rend=\"{}\">", record::part_word(kind)), "</p>"),
                None => ("<p>".to_owned(), "</p>"),
            };
            paragraphs += usize::from(close == "</p>");
            let (before, after) = (&line[..start], &line[start + words.len()..]);
            write!(out, "{}{open}{}{close}{}", esc(before), esc(words), esc(after))?;
        }
        at += line.chars().count();
    }
    // A body of nothing but a head is none.
    out.write_all(if paragraphs == 0 { b"<p/></body></text>\n" } else { b"</body></text>\n" })
}

fn note(kind: &str, words: &str) -> String {
    format!("<note type=\"{kind}\">{}</note>", esc(words))
}

fn annotation(labels: &Labels, article: &Article, coder: &CoderId, a: &Annotation) -> String {
    let places: String =
        a.spans.iter().map(|s| format!(",{},{}", s.start, s.end.0.saturating_sub(s.start.0))).collect();
    let code = match &a.tag {
        Tag::Frame(code) => format!(" ana=\"#code-{code}\""),
        _ => String::new(),
    };
    let mut out = format!(
        "<annotation xml:id=\"coding-{}\" motivation=\"classifying\" target=\"#string-range(text-{}{places})\"{code} \
         resp=\"#coder-{coder}\"><revisionDesc><change status=\"created\" when=\"{}\"/>\
         <change status=\"modified\" when=\"{}\"/></revisionDesc>",
        a.id, article.id, a.created, a.changed
    );
    out += &note("label", &labels.written(&a.tag));
    for (key, value) in details::of(a).into_iter().filter(|(key, _)| *key != "created" && *key != "changed") {
        out += &note(key, &value);
    }
    out + "</annotation>\n"
}

/// What somebody said of a whole article, where that is codes or a memo.
fn whole(labels: &Labels, article: &Article, coder: &CoderId, coding: &Coding) -> Option<String> {
    let said = &coding.document;
    if said.codes.is_empty() && said.primary.is_none() && said.memo.is_empty() {
        return None;
    }
    let mut out = format!(
        "<annotation xml:id=\"whole-{coder}-{0}\" motivation=\"describing\" target=\"#text-{0}\" resp=\"#coder-{coder}\">",
        article.id
    );
    for code in &said.codes {
        out += &format!("<note type=\"code\" ana=\"#code-{code}\">{}</note>", esc(&labels.code(code)));
    }
    if let Some(code) = &said.primary {
        out += &format!("<note type=\"governing\" ana=\"#code-{code}\">{}</note>", esc(&labels.code(code)));
    }
    if !said.memo.is_empty() {
        out += &note("memo", &said.memo);
    }
    Some(out + "</annotation>\n")
}

fn relation(article: &Article, coder: &CoderId, r: &Relation) -> String {
    let to = match r.to {
        RelationEnd::Annotation(id) => format!("coding-{id}"),
        RelationEnd::Entity(id) => format!("name-{id}"),
    };
    format!(
        "<annotation xml:id=\"relation-{}\" motivation=\"linking\" target=\"#coding-{}\" corresp=\"#text-{}\" \
         resp=\"#coder-{coder}\">{}<ptr target=\"#{to}\"/></annotation>\n",
        r.id,
        r.from,
        article.id,
        note("kind", &r.kind)
    )
}
