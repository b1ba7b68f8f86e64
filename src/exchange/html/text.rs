//! One article: its text with the marks in it, and the lists below.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{colour, esc, language};
use crate::exchange::record::{codings_of, part_word};
use crate::exchange::row;
use crate::model::{
    Annotation, AnnotationId, Article, CoderId, Coding, Colour, Origin, PartKind, Party, Project, RelationEnd, Tag,
};
use crate::text::{CharOffset, CharSpan, Document, OffsetMap};

/// An annotation with its number in the article.
struct Mark<'a> {
    number: usize,
    coder: &'a CoderId,
    annotation: &'a Annotation,
    /// Its stretches that fit the text.
    spans: Vec<CharSpan>,
}

impl Mark<'_> {
    fn is_name(&self) -> bool {
        matches!(self.annotation.tag, Tag::Entity(_))
    }
}

struct Page<'a> {
    project: &'a Project,
    article: &'a Article,
    marks: Vec<Mark<'a>>,
}

pub fn article(project: &Project, article: &Article, out: &mut dyn Write) -> io::Result<()> {
    let document = Document::new(article.text.clone());
    let mut marks = Vec::new();
    for (coder, coding) in codings_of(project, article) {
        for annotation in coding.in_order() {
            let fits = |s: &&CharSpan| !s.is_empty() && document.map().bytes(**s).is_some();
            let spans = annotation.spans.iter().filter(fits).copied().collect();
            marks.push(Mark { number: 0, coder, annotation, spans });
        }
    }
    marks.sort_by_key(|m| (m.annotation.hull().start, std::cmp::Reverse(m.annotation.hull().end), m.annotation.id));
    marks.iter_mut().zip(1..).for_each(|(mark, n)| mark.number = n);
    let page = Page { project, article, marks };
    let meta = &article.metadata;
    writeln!(out, "<article id=\"a-{0}\" aria-labelledby=\"t-{0}\"{1}>", article.id, language(article))?;
    // A headline that stands in the text is not shown twice.
    let title = article.display_title();
    let headline = article.parts.first().filter(|p| p.kind == PartKind::Headline).map(|p| p.span);
    let shown = headline.and_then(|span| document.map().slice(span)).is_some_and(|words| words.trim() == title);
    let class = if shown { " class=\"unseen\"" } else { "" };
    writeln!(out, "<h2 id=\"t-{}\"{class} dir=\"auto\">{}</h2>", article.id, esc(&title))?;
    let mut about = vec![meta.authors.join(", "), meta.outlet.clone()];
    about.extend([&meta.published, &meta.section, &meta.url].into_iter().flatten().cloned());
    about.extend(meta.variables.iter().map(|(name, value)| format!("{name}: {value}")));
    about.retain(|part| !part.trim().is_empty());
    writeln!(out, "<p class=\"meta\" dir=\"auto\">{}</p>", esc(&about.join(" · ")))?;
    let paragraphs = document.paragraphs();
    for (n, body) in paragraphs.iter().enumerate() {
        // The white space before and after, so that a coding that begins or ends in it has a margin and a number.
        let from = n.checked_sub(1).map_or(CharOffset::ZERO, |before| paragraphs[before].end);
        let to = paragraphs.get(n + 1).map_or(article.end, |next| next.start);
        page.paragraph(document.map(), *body, CharSpan::new(from, to), out)?;
    }
    page.lists(out)?;
    out.write_all(b"</article>\n")
}

impl Page<'_> {
    fn anchor(&self, mark: &Mark<'_>) -> String {
        format!("c-{}-{}", self.article.id, mark.number)
    }

    fn code(&self, mark: &Mark<'_>) -> (String, Colour) {
        match &mark.annotation.tag {
            Tag::Frame(id) => {
                let code = self.project.codebook.get(id);
                (row::name(&self.project.codebook, id), code.map_or(Colour::Palette(9), |c| c.colour))
            }
            tag => (tag.word().to_owned(), Colour::Palette(9)),
        }
    }

    /// A line of the text that holds words, with its margins. `reach`: with the white space before and after it.
    fn paragraph(&self, map: &OffsetMap, body: CharSpan, reach: CharSpan, out: &mut dyn Write) -> io::Result<()> {
        let stretches = self.marks.iter().flat_map(|m| m.spans.iter().map(move |s| (m, s)));
        let here: Vec<(&Mark<'_>, CharSpan)> =
            stretches.filter_map(|(m, s)| Some((m, s.intersection(body)?))).collect();
        let begins = |m: &Mark<'_>| m.spans.first().is_some_and(|s| reach.contains(s.start) && s.start < body.end);
        let ends =
            |m: &Mark<'_>, s: CharSpan| m.spans.last().is_some_and(|last| last.end <= reach.end && last.overlaps(s));
        let lanes = lanes(&here);
        let most = lanes.iter().flatten().max().map_or(0, |n| n + 1);
        let kind = self.article.part_at(body.start).map_or("", part_word);
        write!(out, "<div class=\"row {kind}\">")?;
        self.margin("left", &here, &begins, out)?;
        write!(out, "<p dir=\"auto\" style=\"--lanes:{most}\">")?;
        let mut cuts: Vec<usize> = here.iter().flat_map(|(_, s)| [s.start.0, s.end.0]).collect();
        cuts.extend([body.start.0, body.end.0]);
        cuts.sort_unstable();
        cuts.dedup();
        for cut in cuts.windows(2) {
            let piece = CharSpan::chars(cut[0], cut[1]);
            let words = map.slice(piece).unwrap_or_default();
            let (classes, style, title) = self.look(&here, &lanes, piece, most);
            if classes.is_empty() && style.is_empty() {
                out.write_all(esc(words).as_bytes())?;
            } else {
                write!(out, "<mark")?;
                let mut attribute = |name: &str, value: &str| match value {
                    "" => Ok(()),
                    value => write!(out, " {name}=\"{}\"", esc(value)),
                };
                attribute("class", &classes.join(" "))?;
                attribute("style", &style)?;
                attribute("title", &title)?;
                write!(out, ">{}</mark>", esc(words))?;
            }
            // The number stands where a coding ends.
            for (mark, span) in &here {
                if span.end == piece.end && ends(mark, *span) && !mark.is_name() {
                    let says = esc(&self.sentence(mark));
                    write!(
                        out,
                        "<a class=\"ref\" href=\"#{}\" aria-label=\"{n}: {says}\">{n}<span class=\"tip\" aria-hidden=\"true\" dir=\"auto\">{says}</span></a>",
                        self.anchor(mark),
                        n = mark.number,
                    )?;
                }
            }
        }
        out.write_all(b"</p>")?;
        self.margin("right", &here, &begins, out)?;
        out.write_all(b"</div>\n")
    }

    /// How a piece of text is drawn over which the same codings lie: classes, style, and what is said of names.
    fn look(
        &self,
        here: &[(&Mark<'_>, CharSpan)],
        lanes: &[Option<usize>],
        piece: CharSpan,
        most: usize,
    ) -> (Vec<&'static str>, String, String) {
        let (mut classes, mut bars, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for ((mark, span), lane) in here.iter().zip(lanes).filter(|((_, s), _)| s.encloses(piece)) {
            match &mark.annotation.tag {
                Tag::Entity(kind) => {
                    classes.extend(["name", kind.word()]);
                    names.push(self.sentence(mark));
                }
                Tag::Claim(_) => classes.push("claim"),
                Tag::Quote(_) => {
                    classes.push("quote");
                    classes.extend((span.start == piece.start).then_some("opens"));
                    classes.extend((span.end == piece.end).then_some("closes"));
                }
                Tag::Frame(_) => bars.extend(lane.map(|lane| (lane, colour(self.code(mark).1)))),
            }
        }
        classes.sort_unstable();
        classes.dedup();
        bars.sort();
        let style = if bars.is_empty() {
            String::new()
        } else {
            let images: Vec<String> = bars.iter().map(|(_, c)| format!("linear-gradient({c},{c})")).collect();
            let below = |lane: usize| 5 * (most - 1 - lane);
            let places: Vec<String> = bars.iter().map(|(l, _)| format!("0 calc(100% - {}px)", below(*l))).collect();
            format!(
                "padding-bottom:{}px;background-image:{};background-position:{}",
                5 * most,
                images.join(","),
                places.join(",")
            )
        };
        (classes, style, names.join("\n"))
    }

    /// Quotations on the left, frames on the right, each beside where it begins.
    fn margin(
        &self,
        side: &str,
        here: &[(&Mark<'_>, CharSpan)],
        begins: &dyn Fn(&Mark<'_>) -> bool,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        write!(out, "<ul class=\"{side}\">")?;
        let mut last = 0;
        for (mark, _) in here {
            let fits = match &mark.annotation.tag {
                Tag::Quote(_) => side == "left",
                Tag::Frame(_) => side == "right",
                _ => false,
            };
            // One of several stretches here is named once.
            if !fits || !begins(mark) || last == mark.number {
                continue;
            }
            last = mark.number;
            let a = &mark.annotation.attributes;
            let (name, colour_of) = self.code(mark);
            let (first, below, style) = if side == "left" {
                let speaker = a.speaker.as_ref().map_or_else(|| name.clone(), |p| p.name.clone());
                let stance = a.stance.map(|s| s.title().to_owned());
                let kind = a.speaker.as_ref().map(|_| name);
                (speaker, [kind, stance], String::new())
            } else {
                let voice = a.voice.map(|v| v.title().to_owned());
                let speaker = a.speaker.as_ref().map(|p| p.name.clone());
                (name, [voice, speaker], format!(" style=\"--c:{}\"", colour(colour_of)))
            };
            let below: Vec<String> = below.into_iter().flatten().collect();
            write!(
                out,
                "<li{style}><a href=\"#{}\" dir=\"auto\">{}</a><span dir=\"auto\">{}</span></li>",
                self.anchor(mark),
                esc(&first),
                esc(&below.join(" · "))
            )?;
        }
        out.write_all(b"</ul>")
    }

    fn party(&self, party: &Party) -> String {
        let meant = party.entity.and_then(|id| self.project.entities.get(&id)).filter(|e| e.name != party.name);
        meant.map_or_else(|| party.name.clone(), |e| format!("{} ({})", party.name, e.name))
    }

    /// What is said of a coding, in a line.
    fn sentence(&self, mark: &Mark<'_>) -> String {
        let a = &mark.annotation.attributes;
        let what = match &mark.annotation.tag {
            Tag::Entity(kind) => kind.title().to_owned(),
            Tag::Quote(kind) => format!("quotation, {}", kind.title()),
            Tag::Claim(kind) => format!("claim, {}", kind.title()),
            Tag::Frame(code) => row::path(&self.project.codebook, code).join(" › "),
        };
        let mut parts = vec![what];
        parts.extend(a.negated.then(|| "denied".to_owned()));
        parts.extend(a.voice.map(|v| format!("voice: {}", v.title())));
        parts.extend(a.speaker.as_ref().map(|p| format!("speaker: {}", self.party(p))));
        parts.extend(a.target.as_ref().map(|p| format!("of: {}", self.party(p))));
        parts.extend(a.stance.map(|s| format!("stance: {}", s.title())));
        parts.extend(a.intensity.map(|n| format!("intensity {n}")));
        parts.extend(a.certainty.map(|n| format!("certainty {n}")));
        parts.extend(a.custom.iter().map(|(name, value)| format!("{name}: {value}")));
        parts.push(self.coder(mark.coder));
        match &mark.annotation.origin {
            Origin::Hand => {}
            Origin::Accepted { detector, version, score, edited } => {
                let edited = if *edited { ", edited" } else { "" };
                parts.push(format!("suggested by {detector} {version} (score {score:.2}{edited})"));
            }
            Origin::Imported { from } => parts.push(format!("imported from {from}")),
        }
        parts.join(" · ")
    }

    fn coder(&self, id: &CoderId) -> String {
        let name = self.project.coders.get(id).map(|c| c.name.trim()).filter(|n| !n.is_empty());
        name.unwrap_or(id.as_str()).to_owned()
    }

    fn lists(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"<div class=\"notes\">\n")?;
        if !self.marks.is_empty() {
            out.write_all(b"<h3>Codings</h3>\n<ol class=\"codings\">\n")?;
            for mark in &self.marks {
                let a = mark.annotation;
                write!(
                    out,
                    "<li id=\"{}\"><q dir=\"auto\">{}</q> {}",
                    self.anchor(mark),
                    esc(&a.words()),
                    esc(&self.sentence(mark))
                )?;
                memo(&a.memo, out)?;
                out.write_all(b"</li>\n")?;
            }
            out.write_all(b"</ol>\n")?;
        }
        let numbers: BTreeMap<AnnotationId, usize> = self.marks.iter().map(|m| (m.annotation.id, m.number)).collect();
        for (coder, coding) in codings_of(self.project, self.article) {
            self.whole(coder, coding, &numbers, out)?;
        }
        out.write_all(b"</div>\n")
    }

    /// What a coder said beyond the marks.
    fn whole(
        &self,
        coder: &CoderId,
        coding: &Coding,
        numbers: &BTreeMap<AnnotationId, usize>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let said = &coding.document;
        let name = |code| row::name(&self.project.codebook, code);
        let mut lines = Vec::new();
        lines.extend(said.primary.as_ref().map(|code| format!("governing frame: {}", name(code))));
        if !said.codes.is_empty() {
            lines.push(format!("codes: {}", said.codes.iter().map(name).collect::<Vec<_>>().join(", ")));
        }
        lines.extend(said.variables.iter().map(|(name, value)| format!("{name}: {value}")));
        lines.extend(said.finished.map(|at| format!("finished {}", at.strftime("%Y-%m-%d"))));
        let map = OffsetMap::new(self.article.text.clone());
        for passage in &coding.nothing_found {
            lines.push(match passage.span {
                None => "read, nothing found".to_owned(),
                Some(span) => format!("nothing found in: {}", map.slice(span).unwrap_or_default()),
            });
        }
        for relation in coding.relations.values() {
            let number =
                |id| numbers.get(id).map_or_else(|| "a coding that is not here".to_owned(), |n| format!("coding {n}"));
            let to = match &relation.to {
                RelationEnd::Annotation(id) => number(id),
                RelationEnd::Entity(id) => {
                    self.project.entities.get(id).map_or_else(|| "a name".to_owned(), |e| e.name.clone())
                }
            };
            lines.push(format!("{} {} {to}", number(&relation.from), relation.kind));
        }
        for lost in coding.orphans.values() {
            let mark = Mark { number: 0, coder, annotation: lost, spans: Vec::new() };
            lines.push(format!("lost its words “{}”: {}", lost.words(), self.sentence(&mark)));
        }
        if lines.is_empty() && said.memo.is_empty() {
            return Ok(());
        }
        write!(out, "<h3>The whole article, by <bdi>{}</bdi></h3>\n<ul class=\"whole\">\n", esc(&self.coder(coder)))?;
        for line in lines {
            writeln!(out, "<li dir=\"auto\">{}</li>", esc(&line))?;
        }
        if !said.memo.is_empty() {
            out.write_all(b"<li>memo")?;
            memo(&said.memo, out)?;
            out.write_all(b"</li>\n")?;
        }
        out.write_all(b"</ul>\n")
    }
}

/// In which lane each frame has its bar, so that bars that overlap lie below each other.
fn lanes(here: &[(&Mark<'_>, CharSpan)]) -> Vec<Option<usize>> {
    let mut ends: Vec<usize> = Vec::new();
    let lane = |(mark, span): &(&Mark<'_>, CharSpan)| {
        mark.annotation.tag.code()?;
        let free = ends.iter().position(|end| *end <= span.start.0);
        let lane = free.unwrap_or_else(|| {
            ends.push(0);
            ends.len() - 1
        });
        ends[lane] = span.end.0;
        Some(lane)
    };
    here.iter().map(lane).collect()
}

fn memo(text: &str, out: &mut dyn Write) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    write!(out, "<span class=\"memo\" dir=\"auto\">{}</span>", esc(text))
}
