//! Going through the articles.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Filter, Query};
use crate::model::{Annotation, Article, ArticleId, Project, Voice};
use crate::text::{ByteSpan, CharOffset, CharSpan};

/// One place where something was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The article as it was when it was searched.
    pub article: Arc<Article>,
    pub span: CharSpan,
    pub bytes: ByteSpan,
}

/// What the search has come to, since the batch before and in all.
#[derive(Debug)]
pub struct Batch {
    /// The new hits, in the order of the articles and of their texts.
    pub hits: Vec<Hit>,
    /// Hits in all, listed or not.
    pub found: usize,
    /// Articles with a hit.
    pub articles: usize,
    /// Articles searched so far, of how many.
    pub searched: usize,
    pub of: usize,
}

/// In whose voice stretches of an article are, as far as anything but a coding can say.
pub type VoiceAt<'a> = dyn Fn(&Article, &[CharSpan]) -> Vec<Option<Voice>> + Sync + 'a;

/// How many articles the first batch has, so that the first hits are there at once; the batches grow from there.
const FIRST: usize = 64;
const LARGEST: usize = 2_048;

/// Searches a project's articles, by date and title, those without a date last. `each` is given what was found, batch by
/// batch; where it answers `false`, or `stop` says so, the search is left off. At most `most` hits are listed; those
/// beyond are counted.
pub fn search(
    project: &Project,
    query: &Query,
    filter: &Filter,
    voice_at: &VoiceAt<'_>,
    most: usize,
    stop: &(dyn Fn() -> bool + Sync),
    each: &mut dyn FnMut(Batch) -> bool,
) {
    let mut articles: Vec<&Arc<Article>> = project.articles.values().filter(|a| filter.has(a)).collect();
    articles.sort_by_cached_key(|a| {
        let date = a.metadata.published.clone();
        (date.is_none(), date, a.display_title(), a.id.clone())
    });
    let places = filter.is_of_places().then(|| annotations(project, filter));
    let of = articles.len();
    let (mut found, mut with_hits, mut searched, mut listed) = (0, 0, 0, 0);
    let mut size = FIRST;
    let mut rest = articles.as_slice();
    loop {
        let (now, later) = rest.split_at(size.min(rest.len()));
        let in_each: Vec<Vec<ByteSpan>> = now
            .par_iter()
            .map_init(
                || query.clone(),
                |query, article| {
                    if stop() {
                        return Vec::new();
                    }
                    let spans = query.spans(&article.text, stop);
                    match &places {
                        Some(on) if !spans.is_empty() => narrowed(article, spans, filter, on, voice_at),
                        _ => spans,
                    }
                },
            )
            .collect();
        if stop() {
            return;
        }
        let mut hits = Vec::new();
        for (article, spans) in now.iter().zip(in_each) {
            found += spans.len();
            with_hits += usize::from(!spans.is_empty());
            let room = most - listed;
            let chars = in_chars(&article.text, &spans[..spans.len().min(room)]);
            listed += chars.len();
            let hit = |(span, bytes)| Hit { article: (*article).clone(), span, bytes };
            hits.extend(chars.into_iter().zip(spans).map(hit));
        }
        searched += now.len();
        let go_on = each(Batch { hits, found, articles: with_hits, searched, of });
        rest = later;
        size = (size * 2).min(LARGEST);
        if rest.is_empty() || !go_on {
            return;
        }
    }
}

/// The same stretches in code points; the text is counted once.
fn in_chars(text: &str, spans: &[ByteSpan]) -> Vec<CharSpan> {
    let (mut byte, mut char) = (0, CharOffset::ZERO);
    let mut count = |to: usize| {
        // Pairs of neighbours may overlap: the second begins before the first ends.
        char = if to >= byte { char + chars(&text[byte..to]) } else { char.saturating_sub(chars(&text[to..byte])) };
        byte = to;
        char
    };
    spans.iter().map(|s| CharSpan::new(count(s.start.0), count(s.end.0))).collect()
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

type On<'a> = HashMap<&'a ArticleId, Vec<&'a Annotation>>;

/// The annotations that count, by article, in the order of the text.
fn annotations<'a>(project: &'a Project, filter: &Filter) -> On<'a> {
    let mut on: On<'a> = HashMap::new();
    for (coder, article, annotation) in project.annotations() {
        if filter.has_coder(coder) {
            on.entry(article).or_default().push(annotation);
        }
    }
    for all in on.values_mut() {
        all.sort_by_key(|a| a.hull().start);
    }
    on
}

/// Those stretches of an article that a filter of codes, coders and voices leaves.
fn narrowed(
    article: &Article,
    spans: Vec<ByteSpan>,
    filter: &Filter,
    on: &On<'_>,
    voice_at: &VoiceAt<'_>,
) -> Vec<ByteSpan> {
    let all = on.get(&article.id).map_or(&[][..], Vec::as_slice);
    let mut left: Vec<(ByteSpan, CharSpan, bool)> = Vec::new();
    for (chars, bytes) in in_chars(&article.text, &spans).into_iter().zip(spans) {
        let before = all.partition_point(|a| a.hull().start < chars.end);
        let here: Vec<&Annotation> =
            all[..before].iter().copied().filter(|a| a.spans.iter().any(|s| s.overlaps(chars))).collect();
        if !filter.accepts(&here) {
            continue;
        }
        let mut coded = here.iter().filter_map(|a| a.attributes.voice).peekable();
        let silent = coded.peek().is_none();
        if filter.voices.is_empty() || silent || coded.any(|v| filter.voices.contains(&v)) {
            left.push((bytes, chars, silent && !filter.voices.is_empty()));
        }
    }
    let asked: Vec<CharSpan> = left.iter().filter(|(_, _, ask)| *ask).map(|(_, chars, _)| *chars).collect();
    if asked.is_empty() {
        return left.into_iter().map(|(bytes, _, _)| bytes).collect();
    }
    let mut answers = voice_at(article, &asked).into_iter();
    left.retain(|(_, _, ask)| !ask || answers.next().flatten().is_some_and(|v| filter.voices.contains(&v)));
    left.into_iter().map(|(bytes, _, _)| bytes).collect()
}
