//! Verbs that are about whole articles, and about the project.

use std::collections::{BTreeMap, BTreeSet};

use super::carry::{Carrier, Done};
use super::refused::Refused;
use super::request::{
    About, AddArticle, ChangeMetadata, Document, NothingFound, Part, PartKind, Plain, PutVariable, Settings,
    VariableKind,
};
use super::resolve;
use crate::model::{self, Article, CodeId, Metadata, Source, Value, Variable};
use crate::text::{CharOffset, CharSpan, normalise};

pub fn nothing_found(c: &mut Carrier<'_>, r: NothingFound) -> Result<Done, Refused> {
    let article = c.article(&r.article)?;
    let spans = resolve::spans(&*c.document(&article)?, &r.place)?;
    let span = match spans.as_slice() {
        [] => None,
        [span] => Some(*span),
        _ => return Err(Refused::told("one stretch is needed here, not several")),
    };
    c.session.set_nothing_found(&article, span, r.set)?;
    Ok(Done::on(&article))
}

pub fn document(c: &mut Carrier<'_>, r: Document) -> Result<Done, Refused> {
    let article = c.article(&r.article)?;
    let codes = |names: &[String]| names.iter().map(|n| c.code(n)).collect::<Result<BTreeSet<CodeId>, _>>();
    let only = r.codes.as_deref().map(codes).transpose()?;
    let (add, remove) = (codes(&r.add)?, codes(&r.remove)?);
    let primary = r.primary.map(|code| code.as_deref().map(|code| c.code(code)).transpose()).transpose()?;
    c.session.change_document(&article, "Code the article", |document| {
        if let Some(primary) = primary {
            document.primary = primary;
        }
        if let Some(only) = only {
            document.codes = only;
        }
        document.codes.extend(add);
        document.codes.retain(|code| !remove.contains(code));
        put_values(r.variables, &mut document.variables);
        if let Some(memo) = r.memo {
            document.memo = memo;
        }
    })?;
    Ok(Done::on(&article))
}

fn put_values(given: BTreeMap<String, Option<Plain>>, values: &mut BTreeMap<String, Value>) {
    for (name, value) in given {
        match value {
            Some(value) => values.insert(name, value.into()),
            None => values.remove(&name),
        };
    }
}

pub fn put_variable(c: &mut Carrier<'_>, r: PutVariable) -> Result<Done, Refused> {
    if (r.kind == VariableKind::OneOf) == r.words.is_empty() {
        return Err(Refused::told("a one-of variable has \"words\" to choose from, and no other variable has"));
    }
    let kind = match r.kind {
        VariableKind::Text => model::VariableKind::Text,
        VariableKind::Number => model::VariableKind::Number,
        VariableKind::YesNo => model::VariableKind::YesNo,
        VariableKind::Date => model::VariableKind::Date,
        VariableKind::OneOf => model::VariableKind::OneOf(r.words),
    };
    c.session.put_variable(&r.name, Variable { kind, description: r.description })?;
    Ok(Done::default())
}

pub fn settings(c: &mut Carrier<'_>, r: Settings) -> Result<Done, Refused> {
    let project = c.session.project();
    let settled = r.settled_by.map(|names| names.iter().map(|name| resolve::coder(project, name)).collect());
    let settled: Option<BTreeSet<_>> = settled.transpose()?;
    c.session.change_settings(|settings| {
        settings.settled_by = settled.unwrap_or(std::mem::take(&mut settings.settled_by));
        settings.blind = r.blind.unwrap_or(settings.blind);
        if let Some(backups) = r.backups {
            settings.backups.keep = backups.keep.unwrap_or(settings.backups.keep);
            settings.backups.megabytes = backups.megabytes.unwrap_or(settings.backups.megabytes);
            settings.backups.minutes = backups.minutes.unwrap_or(settings.backups.minutes);
        }
    })?;
    Ok(Done::default())
}

pub fn metadata(c: &mut Carrier<'_>, r: ChangeMetadata) -> Result<Done, Refused> {
    let article = c.article(&r.article)?;
    c.session.change_metadata(&article, |metadata| put_about(r.about, metadata))?;
    Ok(Done::on(&article))
}

fn put_about(about: About, metadata: &mut Metadata) {
    let full = |field: Option<String>| field.filter(|f| !f.trim().is_empty());
    metadata.title = about.title.unwrap_or(std::mem::take(&mut metadata.title));
    metadata.outlet = about.outlet.unwrap_or(std::mem::take(&mut metadata.outlet));
    metadata.authors = about.authors.unwrap_or(std::mem::take(&mut metadata.authors));
    for (given, field) in [
        (about.published, &mut metadata.published),
        (about.url, &mut metadata.url),
        (about.language, &mut metadata.language),
        (about.section, &mut metadata.section),
    ] {
        if let Some(given) = given {
            *field = full(given);
        }
    }
    put_values(about.variables, &mut metadata.variables);
}

pub fn add_article(c: &mut Carrier<'_>, r: AddArticle) -> Result<Done, Refused> {
    let text = normalise(&r.text);
    if text.trim().is_empty() {
        return Err(Refused::told("\"text\" is empty"));
    }
    // Places count in the text as it is kept.
    if text != r.text && !r.parts.is_empty() {
        return Err(Refused::told(
            "the text has CR line ends, control characters or a byte-order mark, which are not kept: take them out, so that its \"parts\" count right",
        ));
    }
    let parts: Vec<model::Part> = r.parts.iter().map(part).collect();
    model::fit(&parts, CharOffset(text.chars().count())).map_err(Refused::Told)?;
    let mut metadata = Metadata::default();
    put_about(r.about, &mut metadata);
    let source = Source { format: "apply".to_owned(), ..Source::default() };
    let article = Article::new(text.into_owned(), metadata, parts, source);
    let id = c.session.add_article(article)?;
    Ok(Done { id: Some(id.to_string()), ..Done::on(&id) })
}

fn part(part: &Part) -> model::Part {
    let kind = match part.kind {
        PartKind::Headline => model::PartKind::Headline,
        PartKind::Standfirst => model::PartKind::Standfirst,
        PartKind::Byline => model::PartKind::Byline,
        PartKind::Caption => model::PartKind::Caption,
    };
    model::Part { kind, span: CharSpan { start: part.start, end: part.end } }
}
