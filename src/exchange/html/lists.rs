//! What stands before and after the articles: the key, the counts, the codebook, the register of names.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{esc, named};
use crate::model::{CodeId, Layer, Project, Tag, Voice};

/// How codings are drawn.
pub fn key(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(
        "<section aria-labelledby=\"key\">\n<h2 id=\"key\">How to read it</h2>\n<ul class=\"key\">\n\
         <li><mark class=\"name PERSON\">person</mark></li>\n<li><mark class=\"name ORG\">organisation</mark></li>\n\
         <li><mark class=\"name PLACE\">place</mark></li>\n<li><mark class=\"name\">other name, date or number</mark></li>\n\
         <li><mark class=\"opens closes\">quotation</mark>, its speaker in the left margin</li>\n\
         <li><mark class=\"claim\">claim</mark></li>\n<li><mark style=\"--lanes:1;padding-bottom:5px;\
         background-image:linear-gradient(var(--code-0),var(--code-0));background-position:0 100%\">frame</mark>, \
         its code in the right margin</li>\n</ul>\n\
         <p class=\"soft\">The numbers lead to the list below each article, with voice, speaker and whatever else \
         was said.</p>\n"
            .as_bytes(),
    )?;
    out.write_all(b"</section>\n")
}

/// The codes with what they mean.
pub fn codebook(project: &Project, out: &mut dyn Write) -> io::Result<()> {
    if !project.codebook.codes.is_empty() {
        out.write_all(b"<section aria-labelledby=\"codes\">\n<h2 id=\"codes\">Codebook</h2>\n<dl class=\"codes\">\n")?;
        for (depth, code) in project.codebook.tree() {
            let indent = depth.min(8) * 18;
            writeln!(out, "<dt style=\"margin-left:{indent}px\">{}</dt>", named(code))?;
            let mut says = |what: &str, text: &str| match text.trim() {
                "" => Ok(()),
                text => {
                    writeln!(out, "<dd style=\"margin-left:{}px\" dir=\"auto\">{what}{}</dd>", indent + 18, esc(text))
                }
            };
            says("", &code.definition)?;
            says("<b>Use when</b> ", &code.use_when)?;
            says("<b>Not when</b> ", &code.not_when)?;
            code.examples.iter().try_for_each(|e| says("<b>Example</b> ", e))?;
        }
        out.write_all(b"</dl>\n</section>\n")?;
    }
    Ok(())
}

/// How often each code is used, by voice; each kind of name, quotation and claim; each coder’s codings.
pub fn counts(project: &Project, out: &mut dyn Write) -> io::Result<()> {
    let mut codes: BTreeMap<&CodeId, BTreeMap<Option<Voice>, usize>> = BTreeMap::new();
    let mut kinds: BTreeMap<(Layer, &str), usize> = BTreeMap::new();
    for (_, _, a) in project.annotations() {
        match &a.tag {
            Tag::Frame(code) => *codes.entry(code).or_default().entry(a.attributes.voice).or_default() += 1,
            tag => *kinds.entry((tag.layer(), tag.word())).or_default() += 1,
        }
    }
    out.write_all(b"<section aria-labelledby=\"counts\">\n<h2 id=\"counts\">Counts</h2>\n")?;
    let lost: Vec<&CodeId> = codes.keys().copied().filter(|id| project.codebook.get(id).is_none()).collect();
    if !codes.is_empty() {
        let all = Voice::ALL.iter().copied().map(Some).chain([None]);
        let voices: Vec<Option<Voice>> = all.filter(|v| codes.values().any(|c| c.contains_key(v))).collect();
        out.write_all(
            b"<div class=\"wide\"><table>\n<caption>Codes, by whose words they are in</caption>\n<thead><tr>",
        )?;
        out.write_all(b"<th scope=\"col\">Code</th>")?;
        for voice in &voices {
            write!(out, "<th scope=\"col\">{}</th>", voice.map_or("no voice", Voice::title))?;
        }
        out.write_all(b"<th scope=\"col\">together</th></tr></thead>\n<tbody>\n")?;
        let known = project.codebook.tree().into_iter().map(|(depth, c)| (depth, &c.id, named(c)));
        let known: Vec<_> = known.chain(lost.into_iter().map(|id| (0, id, esc(id.as_str())))).collect();
        for (depth, id, name) in known {
            let Some(row) = codes.get(id) else { continue };
            let indent = depth.min(8) * 18;
            write!(out, "<tr><th scope=\"row\" style=\"padding-left:{indent}px\">{name}</th>")?;
            for voice in &voices {
                write!(out, "<td>{}</td>", row.get(voice).map_or_else(|| "–".to_owned(), ToString::to_string))?;
            }
            writeln!(out, "<td>{}</td></tr>", row.values().sum::<usize>())?;
        }
        out.write_all(b"</tbody>\n</table></div>\n")?;
    }
    let rows = kinds.into_iter().map(|((layer, kind), n)| (format!("{}: {}", layer.title(), kind), n));
    table(out, "Names, quotations and claims", "Kind", rows.collect())?;
    let by =
        |coder| project.codings.iter().filter(move |((c, _), _)| c == coder).map(|(_, c)| c.annotations.len()).sum();
    let rows = project
        .coders
        .values()
        .map(|c| (if c.name.trim().is_empty() { c.id.to_string() } else { c.name.clone() }, by(&c.id)));
    table(out, "Codings by coder", "Coder", rows.collect())?;
    out.write_all(b"</section>\n")
}

fn table(out: &mut dyn Write, caption: &str, what: &str, rows: Vec<(String, usize)>) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    write!(out, "<table>\n<caption>{caption}</caption>\n<thead><tr><th scope=\"col\">{what}</th>")?;
    out.write_all(b"<th scope=\"col\">codings</th></tr></thead>\n<tbody>\n")?;
    for (name, n) in rows {
        writeln!(out, "<tr><th scope=\"row\"><bdi>{}</bdi></th><td>{n}</td></tr>", esc(&name))?;
    }
    out.write_all(b"</tbody>\n</table>\n")
}

/// The register of names.
pub fn register(project: &Project, out: &mut dyn Write) -> io::Result<()> {
    if project.entities.is_empty() {
        return Ok(());
    }
    out.write_all(b"<section aria-labelledby=\"names\">\n<h2 id=\"names\">Names</h2>\n<ul>\n")?;
    let mut all: Vec<_> = project.entities.values().collect();
    all.sort_by_key(|e| (e.name.to_lowercase(), e.id));
    for entity in all {
        let also =
            if entity.aliases.is_empty() { String::new() } else { format!(", also {}", entity.aliases.join(", ")) };
        let note = if entity.note.trim().is_empty() { String::new() } else { format!(". {}", entity.note) };
        writeln!(
            out,
            "<li><bdi>{}</bdi> <span class=\"soft\">{}<bdi>{}{}</bdi></span></li>",
            esc(&entity.name),
            entity.kind.title(),
            esc(&also),
            esc(&note)
        )?;
    }
    out.write_all(b"</ul>\n</section>\n")
}
