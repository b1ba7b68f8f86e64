//! A page of coded articles, for reading, printing and an appendix: one file that needs nothing else, no script and no
//! network. It is only written.
//!
//! Each article stands with its codings in it: names on a tinted ground, claims underlined with dots, quotations between
//! strokes and with a rule in the left margin, frames with bars in their colours, in lanes where they overlap, and their
//! names in the right margin. Every quotation, claim and frame has a number, which shows what is said of it when it is
//! pointed at and leads to the list below the article, where all of it stands in words.

mod lists;
mod text;

use std::io::{self, Write};

use super::{Carries, Feature, Format, Shape, Sink};
use crate::model::{Article, Code, Colour, Project};

/// The format.
#[derive(Debug)]
pub struct Html;

impl Format for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn about(&self) -> &'static str {
        "a page of the coded articles, to read, print or put on the web; only written"
    }

    fn shape(&self) -> Shape {
        Shape::File("html")
    }

    fn carries(&self) -> Carries {
        Carries::EVERYTHING.but(&[
            Feature::Sources,
            Feature::Ids,
            Feature::Revisions,
            Feature::Times,
            Feature::Answers,
            Feature::CodeIds,
            Feature::CodeDetails,
            Feature::Schema,
        ])
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        sink.main(|out, step| {
            head(project, out)?;
            out.write_all(b"<main id=\"articles\">\n")?;
            for article in project.articles.values() {
                text::article(project, article, out)?;
                step()?;
            }
            out.write_all(b"</main>\n")?;
            lists::codebook(project, out)?;
            lists::register(project, out)?;
            out.write_all(b"<footer><p>Made with Framelens.</p></footer>\n</body>\n</html>\n")
        })
    }

    fn is_read(&self) -> bool {
        false
    }
}

/// Text as it may stand in HTML, between tags and in attributes. What HTML has no place for becomes `�`.
fn esc(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A colour in the style sheet’s words.
fn colour(colour: Colour) -> String {
    match colour {
        Colour::Palette(n) => format!("var(--code-{})", n % crate::model::PALETTE),
        custom @ Colour::Custom(_) => custom.to_string(),
    }
}

/// The attribute for the language of an article, where it says one that is one.
fn language(article: &Article) -> String {
    let tag = |l: &&String| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    article.metadata.language.as_ref().filter(tag).map_or_else(String::new, |l| format!(" lang=\"{l}\""))
}

fn title(project: &Project) -> &str {
    if project.title.trim().is_empty() { "Coded articles" } else { &project.title }
}

fn head(project: &Project, out: &mut dyn Write) -> io::Result<()> {
    let name = esc(title(project));
    let count = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    let codings: usize = project.codings.values().map(|c| c.annotations.len()).sum();
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"generator\" content=\"Framelens\">\n<title>{name}</title>\n<style>\n{}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#articles\">To the articles</a>\n<header>\n<h1 dir=\"auto\">{name}</h1>\n\
         <p class=\"soft\">{}, {}, {}</p>\n</header>",
        include_str!("page.css"),
        count(project.articles.len(), "article"),
        count(codings, "coding"),
        count(project.coders.len(), "coder"),
    )?;
    contents(project, out)?;
    lists::key(out)?;
    lists::counts(project, out)
}

fn contents(project: &Project, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">Articles</h2>\n<ol>\n")?;
    for article in project.articles.values() {
        let meta = &article.metadata;
        let codings = project.codings.iter().filter(|((_, id), _)| *id == article.id);
        let n: usize = codings.map(|(_, c)| c.annotations.len()).sum();
        let mut about = vec![meta.outlet.clone(), meta.published.clone().unwrap_or_default()];
        about.push(if n == 1 { "1 coding".to_owned() } else { format!("{n} codings") });
        about.retain(|part| !part.trim().is_empty());
        writeln!(
            out,
            "<li><a href=\"#a-{}\" dir=\"auto\">{}</a> <span class=\"soft\">{}</span></li>",
            article.id,
            esc(&article.display_title()),
            esc(&about.join(" · "))
        )?;
    }
    out.write_all(b"</ol>\n</nav>\n")
}

/// A square of a code’s colour, and its name.
fn named(code: &Code) -> String {
    format!(
        "<span class=\"swatch\" style=\"--c:{}\" aria-hidden=\"true\"></span><bdi>{}</bdi>",
        colour(code.colour),
        esc(&code.name)
    )
}
