//! Verbs that tag words.

use super::carry::{Carrier, Done};
use super::refused::Refused;
use super::request::{Accept, Change, Code, Mark, Place, Recode, Reject, Relate, Said, Who};
use super::resolve;
use crate::detect::Suggestion;
use crate::model::{
    AnnotationId, ArticleId, Attributes, ClaimKind, EntityKind, Layer, Party, Placement, Project, QuoteKind, Relation,
    RelationEnd, RelationId, Tag,
};
use crate::session::SessionError;

pub fn code(c: &mut Carrier<'_>, request: Code) -> Result<Done, Refused> {
    let article = c.article(&request.article)?;
    let code = c.code(&request.code)?;
    let name = c.session.project().codebook.get(&code).map_or("", |c| &c.name);
    let label = format!("Code “{name}”");
    annotate(c, &article, &request.place, &request.said, Tag::Frame(code), request.id, label)
}

pub fn mark(c: &mut Carrier<'_>, request: Mark) -> Result<Done, Refused> {
    let article = c.article(&request.article)?;
    let tag = tag(request.layer, &request.kind)?;
    let label = format!("Mark as {}", tag.word());
    annotate(c, &article, &request.place, &request.said, tag, request.id, label)
}

fn annotate(
    c: &mut Carrier<'_>,
    article: &ArticleId,
    place: &Place,
    said: &Said,
    tag: Tag,
    id: Option<AnnotationId>,
    label: String,
) -> Result<Done, Refused> {
    let spans = resolve::some_spans(&*c.document(article)?, place)?;
    let mut annotation = c.session.new_annotation(article, spans, tag)?;
    if c.whose_words && annotation.tag.layer() == Layer::Frame {
        c.session.detect_now(article);
        annotation.attributes = c.session.whose_words(article, annotation.hull());
    }
    annotation.id = id.unwrap_or(annotation.id);
    put_said(c.session.project(), said, &mut annotation.attributes, &mut annotation.memo)?;
    let id = c.session.annotate(article, annotation, label)?;
    Ok(c.told(article, id))
}

/// Says of an annotation what a request says, and leaves the rest.
fn put_said(project: &Project, said: &Said, to: &mut Attributes, memo: &mut String) -> Result<(), Refused> {
    let party = |who: &Option<Who>| who.as_ref().map(|who| resolve::party(project, who)).transpose();
    if let Some(voice) = said.voice {
        to.voice = voice;
    }
    if let Some(speaker) = &said.speaker {
        to.speaker = party(speaker)?;
    }
    if let Some(target) = &said.target {
        to.target = party(target)?;
    }
    if let Some(stance) = said.stance {
        to.stance = stance;
    }
    for (given, field, what) in
        [(said.intensity, &mut to.intensity, "intensity"), (said.certainty, &mut to.certainty, "certainty")]
    {
        match given {
            Some(Some(n)) if !(1..=3).contains(&n) => {
                return Err(Refused::told(format!("\"{what}\" goes from 1 to 3, and {n} does not")));
            }
            Some(given) => *field = given,
            None => {}
        }
    }
    if let Some(negated) = said.negated {
        to.negated = negated;
    }
    for (name, value) in &said.custom {
        match value {
            Some(value) => to.custom.insert(name.clone(), value.clone().into()),
            None => to.custom.remove(name),
        };
    }
    if let Some(text) = &said.memo {
        memo.clone_from(text);
    }
    Ok(())
}

pub fn change(c: &mut Carrier<'_>, request: Change) -> Result<Done, Refused> {
    let article = c.article_of(request.id)?;
    let annotation = c.session.annotation(&article, request.id).ok_or(SessionError::NoAnnotation)?;
    let (mut attributes, mut memo) = (annotation.attributes.clone(), annotation.memo.clone());
    put_said(c.session.project(), &request.said, &mut attributes, &mut memo)?;
    c.session.change(&article, request.id, "Change a coding", None, |a| {
        a.attributes = attributes;
        a.memo = memo;
    })?;
    Ok(c.told(&article, request.id))
}

pub fn recode(c: &mut Carrier<'_>, request: Recode) -> Result<Done, Refused> {
    let article = c.article_of(request.id)?;
    let tag = match (&request.code, request.layer, &request.kind) {
        (Some(code), None, None) => Tag::Frame(c.code(code)?),
        (None, Some(layer), Some(kind)) => tag(layer, kind)?,
        _ => return Err(Refused::told("give a \"code\", or a \"layer\" and a \"kind\"")),
    };
    c.session.retag(&article, request.id, tag)?;
    Ok(c.told(&article, request.id))
}

/// A mark by the words for it.
fn tag(layer: Layer, kind: &str) -> Result<Tag, Refused> {
    let (tag, known): (_, Vec<_>) = match layer {
        Layer::Entity => {
            (EntityKind::from_word(kind).map(Tag::Entity), EntityKind::ALL.iter().map(|k| k.word()).collect())
        }
        Layer::Quote => (QuoteKind::from_word(kind).map(Tag::Quote), QuoteKind::ALL.iter().map(|k| k.word()).collect()),
        Layer::Claim => (ClaimKind::from_word(kind).map(Tag::Claim), ClaimKind::ALL.iter().map(|k| k.word()).collect()),
        Layer::Frame => return Err(Refused::told("frames are codes: use \"code\"")),
    };
    let word = crate::session::shorten(kind);
    tag.ok_or_else(|| Refused::NoSuchKind { layer: layer.word(), word, known: known.join(", ") })
}

pub fn relate(c: &mut Carrier<'_>, request: Relate) -> Result<Done, Refused> {
    let article = c.article_of(request.from)?;
    let to = match (request.to, &request.entity) {
        (Some(to), None) => RelationEnd::Annotation(to),
        (None, Some(entity)) => RelationEnd::Entity(resolve::entity(c.session.project(), entity)?),
        _ => return Err(Refused::told("a relation goes \"to\" an annotation or to an \"entity\"")),
    };
    let id = request.id.unwrap_or_else(RelationId::new);
    let relation = Relation { id, kind: request.kind, from: request.from, to };
    c.session.relate(&article, relation)?;
    Ok(Done { id: Some(id.to_string()), ..Done::on(&article) })
}

pub fn accept(c: &mut Carrier<'_>, r: Accept) -> Result<Done, Refused> {
    let code = r.code.as_deref().map(|code| c.code(code)).transpose()?;
    let (article, mut suggestion) = suggestion(c, &r.article, r.layer, r.label, &r.place)?;
    (suggestion.detector, suggestion.version, suggestion.score) = (r.detector, r.version, score(r.score)?);
    suggestion.voice = r.voice;
    suggestion.speaker = r.speaker.as_deref().and_then(Party::named).map(|p| p.name);
    suggestion.stance = r.stance;
    suggestion.negated = r.negated;
    let id = r.id.unwrap_or_else(AnnotationId::new);
    c.session.accept_with(&article, &suggestion, code.as_ref(), id)?;
    Ok(c.told(&article, id))
}

pub fn reject(c: &mut Carrier<'_>, r: Reject) -> Result<Done, Refused> {
    let (article, mut suggestion) = suggestion(c, &r.article, r.layer, r.label, &r.place)?;
    (suggestion.detector, suggestion.version, suggestion.score) = (r.detector, r.version, score(r.score)?);
    c.session.reject(&article, &suggestion)?;
    Ok(Done::on(&article))
}

fn score(score: f32) -> Result<f32, Refused> {
    let fits = (0.0..=1.0).contains(&score);
    fits.then_some(score).ok_or_else(|| Refused::told("\"score\" goes from 0 to 1"))
}

fn suggestion(
    c: &mut Carrier<'_>,
    article: &str,
    layer: Layer,
    label: String,
    place: &Place,
) -> Result<(ArticleId, Suggestion), Refused> {
    let article = c.article(article)?;
    let document = c.document(&article)?;
    let span = resolve::one_span(&document, place)?;
    if layer != Layer::Frame {
        tag(layer, &label)?;
    } else if label.trim().is_empty() {
        return Err(Refused::told("\"label\" names the code, and is empty"));
    }
    let parts = c.session.article(&article).map(|a| a.parts.clone()).unwrap_or_default();
    let suggestion = Suggestion {
        layer,
        label,
        span,
        score: 0.0,
        detector: String::new(),
        version: String::new(),
        voice: None,
        speaker: None,
        stance: None,
        negated: false,
        placement: Placement::of(&document, &parts, span.start),
        cue: None,
        why: String::new(),
    };
    Ok((article, suggestion))
}
