//! A pack without the texts, for articles that may not be passed on.
//!
//! It is a pack like any other, but for this:
//!
//! - No `articles/<id>.txt`. `texts.ron` says which texts are withheld, by hash and length.
//! - The words that codings keep beside their offsets are cut: at most [`WORDS`] code points of the words themselves and
//!   [`CONTEXT`] on each side. Where the words of all codings of an article together would show more than
//!   [`SHARE`] per cent of its text, context goes first, then words, until they do not.
//! - `withheld/<coder>/<article>.ron` holds what is needed to put the words back and to check them: of each, a hash with a
//!   key that only the text gives, so that nobody can try words against it; and words that are not the text's own (an
//!   older text's, another context) as they were, locked with that same key.
//!
//! Titles, metadata, memos and whatever else coders wrote stay: who passes such a pack on should know. Whoever holds the
//! texts makes the whole project of it again ([`rebuild`]), the same to the last byte.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::files::{self, ArticleFile, CodingFile};
use super::layout::{self, Role};
use super::pack::{Durable, Pack, PackError, Receipt, Strangers, WITHHELD, build, open_within, put, read_any, write};
use super::{Disk, FORMAT, LARGEST, MARK};
use crate::model::{Annotation, AnnotationId, Article, ArticleId, CoderId, Coding, Project};
use crate::text::{Anchor, CONTEXT, CharSpan, OffsetMap, normalise};

/// How many code points of a coding's words are shown at the most.
pub const WORDS: usize = 64;

/// How much of an article's text all codings together show at the most, in per cent of its code points.
pub const SHARE: usize = 10;

/// How much is shown, from what is tried first to what is always little enough: words, and context on each side.
const STEPS: &[(usize, usize)] =
    &[(WORDS, CONTEXT), (WORDS, 16), (WORDS, 8), (WORDS, 0), (32, 0), (16, 0), (8, 0), (4, 0), (0, 0)];

/// What the texts' key is made for, so that it opens nothing else.
const PURPOSE: &str = "Framelens 2026: words of withheld texts";

/// How deep folders are searched for texts.
const DEEPEST: usize = 64;

/// `texts.ron`
#[derive(Debug, Serialize, Deserialize)]
struct Withheld {
    format: u32,
    /// At most so many per cent of each text are shown.
    share: usize,
    articles: BTreeMap<ArticleId, Text>,
}

/// A text that is withheld.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Text {
    hash: String,
    /// Its length in code points, and how many of them the codings show.
    chars: usize,
    shown: usize,
}

/// `withheld/<coder>/<article>.ron`: of each annotation and orphan, one row for each of its stretches.
#[derive(Debug, Serialize, Deserialize)]
struct Hidden {
    format: u32,
    words: BTreeMap<AnnotationId, Vec<Words>>,
}

/// How words are put back and checked.
#[derive(Debug, Serialize, Deserialize)]
enum Words {
    /// They stand in the text; their hash.
    InText(String),
    /// They do not stand there like this: the hash of the anchor, and the anchor, locked, in hex.
    Locked(String, String),
}

/// What a text alone knows.
struct Key([u8; 32]);

impl Key {
    fn of(text: &str) -> Self {
        Self(blake3::derive_key(PURPOSE, text.as_bytes()))
    }

    fn hash(&self, words: &[u8]) -> String {
        blake3::keyed_hash(&self.0, words).to_hex().to_string()
    }

    /// Locks or unlocks: each annotation's stretch has a row of bytes of its own that is laid over the words.
    fn lay_over(&self, id: AnnotationId, stretch: usize, bytes: &mut [u8]) {
        let mut row = blake3::Hasher::new_keyed(&self.0);
        row.update(b"lock").update(id.0.as_bytes()).update(&(stretch as u64).to_le_bytes());
        let mut cover = vec![0; bytes.len()];
        row.finalize_xof().fill(&mut cover);
        bytes.iter_mut().zip(cover).for_each(|(byte, over)| *byte ^= over);
    }
}

/// What a pack without texts still shows of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    pub receipt: Receipt,
    /// Of the article that shows most: how much of its text, in per cent.
    pub most: f32,
    /// Of all texts together, in per cent.
    pub all: f32,
}

/// Packs a project without its texts; see the head of this file for what is in it. `force`: a file that is there is
/// replaced.
///
/// # Errors
/// Where something is there already or cannot be written, or somebody's work belongs to an article that is not there.
pub fn pack_without_texts(project: &Project, out: &Path, force: bool) -> Result<Shown, PackError> {
    if !force && out.symlink_metadata().is_ok() {
        return Err(PackError::Exists(out.to_owned()));
    }
    if let Some((_, id)) = project.codings.keys().find(|(_, id)| !project.articles.contains_key(id)) {
        return Err(PackError::TextNeeded(id.clone()));
    }
    let mut by_article: BTreeMap<&ArticleId, Vec<(&CoderId, &Coding)>> = BTreeMap::new();
    for ((coder, article), coding) in &project.codings {
        by_article.entry(article).or_default().push((coder, coding));
    }
    let mut texts = Withheld { format: FORMAT, share: SHARE, articles: BTreeMap::new() };
    // What is made here is small, and goes into the pack in the order of the names.
    let mut made: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (id, article) in &project.articles {
        let map = OffsetMap::new(article.text.clone());
        let codings = by_article.remove(id).unwrap_or_default();
        let (step, shown) = little_enough(&map, article.end.0, &codings);
        texts.articles.insert(id.clone(), Text { hash: article.hash.clone(), chars: article.end.0, shown });
        let key = Key::of(&article.text);
        for (coder, coding) in codings {
            let mut cut = coding.clone();
            let mut hidden = Hidden { format: FORMAT, words: BTreeMap::new() };
            for annotation in cut.annotations.values_mut().chain(cut.orphans.values_mut()) {
                let annotation = Arc::make_mut(annotation);
                let words = hide(&key, &map, annotation, step);
                hidden.words.insert(annotation.id, words);
            }
            let name = layout::name_of(&Role::Coding(coder.clone(), id.clone()).path());
            made.insert(format!("withheld/{coder}/{id}.ron"), files::pretty(&hidden).into_bytes());
            made.insert(name, CodingFile::of(coder, id, &cut).to_ron().into_bytes());
        }
    }
    made.insert(WITHHELD.to_owned(), files::pretty(&texts).into_bytes());
    for (name, role, content) in layout::all_files(project) {
        if !matches!(role, Role::Text(_) | Role::Coding(..)) {
            made.insert(name, content.as_ref().to_vec());
        }
    }
    let receipt = Disk::default().replace_by(out, |file| write(file, made)).map_err(PackError::io("write", out))?;
    let share = |shown: usize, chars: usize| if chars == 0 { 0.0 } else { 100.0 * shown as f32 / chars as f32 };
    let most = texts.articles.values().map(|t| share(t.shown, t.chars)).fold(0.0, f32::max);
    let sum = |what: fn(&Text) -> usize| texts.articles.values().map(what).sum::<usize>();
    Ok(Shown { receipt, most, all: share(sum(|t| t.shown), sum(|t| t.chars)) })
}

/// Whether the words are those of the text at that place, so that the text gives them back.
fn stands(map: &OffsetMap, span: CharSpan, anchor: &Anchor) -> bool {
    Anchor::of(map, span).as_ref() == Some(anchor)
}

/// The most that may be shown of one article's words, and how many code points of its text that is.
fn little_enough(map: &OffsetMap, chars: usize, codings: &[(&CoderId, &Coding)]) -> ((usize, usize), usize) {
    let annotations = codings.iter().flat_map(|(_, c)| c.annotations.values().chain(c.orphans.values()));
    let stretches = annotations.flat_map(|a| a.spans.iter().copied().zip(&a.anchors));
    let spans: BTreeSet<CharSpan> = stretches.filter(|(s, a)| stands(map, *s, a)).map(|(s, _)| s).collect();
    let shown = |(words, context): (usize, usize)| -> usize {
        let pieces = spans.iter().flat_map(|s| {
            let before = (s.start.0.saturating_sub(context), s.start.0);
            let after = (s.end.0, (s.end.0 + context).min(chars));
            [before, (s.start.0, (s.start.0 + words).min(s.end.0)), after]
        });
        let mut pieces: Vec<_> = pieces.filter(|(from, to)| from < to).collect();
        pieces.sort_unstable();
        let mut seen = 0;
        pieces.into_iter().fold(0, |sum, (from, to)| {
            let new = to.saturating_sub(from.max(seen));
            seen = seen.max(to);
            sum + new
        })
    };
    let fits = |step: &&(usize, usize)| shown(**step) * 100 <= chars * SHARE;
    let step = STEPS.iter().find(fits).copied().unwrap_or((0, 0));
    (step, shown(step))
}

/// Cuts an annotation's words, and returns what is needed to put them back.
fn hide(key: &Key, map: &OffsetMap, annotation: &mut Annotation, (words, context): (usize, usize)) -> Vec<Words> {
    let (id, spans) = (annotation.id, annotation.spans.clone());
    let hide = |(stretch, (anchor, span)): (usize, (&mut Anchor, CharSpan))| {
        if stands(map, span, anchor) {
            let hash = key.hash(anchor.exact.as_bytes());
            anchor.exact = anchor.exact.chars().take(words).collect();
            let before = anchor.before.chars().count().saturating_sub(context);
            anchor.before = anchor.before.chars().skip(before).collect();
            anchor.after = anchor.after.chars().take(context).collect();
            Words::InText(hash)
        } else {
            let mut bytes = files::line(anchor).into_bytes();
            let hash = key.hash(&bytes);
            key.lay_over(id, stretch, &mut bytes);
            *anchor = Anchor::default();
            Words::Locked(hash, bytes.iter().map(|b| format!("{b:02x}")).collect())
        }
    };
    annotation.anchors.iter_mut().zip(spans).enumerate().map(hide).collect()
}

/// Puts an annotation's words back; `None` where they are not what they were.
fn put_back(key: &Key, map: &OffsetMap, annotation: &mut Annotation, words: &[Words]) -> Option<()> {
    if words.len() != annotation.spans.len() || words.len() != annotation.anchors.len() {
        return None;
    }
    for (stretch, words) in words.iter().enumerate() {
        annotation.anchors[stretch] = match words {
            Words::InText(hash) => {
                let anchor = Anchor::of(map, annotation.spans[stretch])?;
                (key.hash(anchor.exact.as_bytes()) == *hash).then_some(anchor)?
            }
            Words::Locked(hash, hex) => {
                let mut bytes = unhex(hex)?;
                key.lay_over(annotation.id, stretch, &mut bytes);
                (key.hash(&bytes) == *hash).then_some(())?;
                files::parse::<Anchor>(std::str::from_utf8(&bytes).ok()?).ok()?.0
            }
        };
    }
    Some(())
}

fn unhex(hex: &str) -> Option<Vec<u8>> {
    if !hex.is_ascii() || !hex.len().is_multiple_of(2) {
        return None;
    }
    hex.as_bytes().chunks(2).map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok()).collect()
}

/// Texts that are looked for, by their hashes, in whatever may have them.
#[derive(Debug)]
pub struct Texts {
    wanted: BTreeSet<String>,
    found: BTreeMap<String, Arc<str>>,
}

impl Texts {
    /// Those that a pack withholds.
    ///
    /// # Errors
    /// Where the pack cannot be read, or withholds nothing.
    pub fn withheld_by(file: &Path) -> Result<Self, PackError> {
        let mut pack = Pack::open(file, Strangers::Refuse)?;
        let texts = withheld(&mut pack, file)?;
        Ok(Self { wanted: texts.articles.into_values().map(|t| t.hash).collect(), found: BTreeMap::new() })
    }

    /// Whether there are more to look for.
    pub fn are_missing(&self) -> bool {
        self.found.len() < self.wanted.len()
    }

    /// Takes a text if it is one of them, as it is or in the form in which texts are stored.
    pub fn offer(&mut self, text: &str) -> bool {
        for text in [text, &normalise(text)] {
            let hash = Article::hash_of(text);
            if self.wanted.contains(&hash) {
                self.found.entry(hash).or_insert_with(|| text.into());
                return true;
            }
        }
        false
    }

    /// Looks in a project, in a pack, in a text file, or in a folder with any of these below it. What cannot be read
    /// has no text that is wanted.
    pub fn look_in(&mut self, path: &Path) {
        self.look(path, 0);
    }

    fn look(&mut self, path: &Path, depth: usize) {
        if !self.are_missing() || depth > DEEPEST {
            return;
        }
        if path.is_dir() && !path.join(MARK).is_file() {
            let entries = fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
            let mut below: Vec<_> =
                entries.filter(|e| e.file_type().is_ok_and(|t| !t.is_symlink())).map(|e| e.path()).collect();
            below.sort();
            below.iter().for_each(|path| self.look(path, depth + 1));
            return;
        }
        if path.extension().is_none_or(|e| e != "txt")
            && let Ok(read) = read_any(path)
        {
            for article in read.project.articles.values() {
                self.offer(&article.text);
            }
        } else if fs::metadata(path).is_ok_and(|about| about.is_file() && about.len() <= LARGEST)
            && let Ok(text) = fs::read_to_string(path)
        {
            self.offer(&text);
        }
    }
}

fn withheld(pack: &mut Pack, file: &Path) -> Result<Withheld, PackError> {
    if !pack.withheld() {
        return Err(PackError::HasTexts(file.to_owned()));
    }
    let bytes = pack.read_named(WITHHELD).ok_or_else(|| damaged(file, format!("{WITHHELD} in it cannot be read")))?;
    parse(file, WITHHELD, &bytes)
}

fn damaged(file: &Path, reason: String) -> PackError {
    PackError::Damaged { path: file.to_owned(), reason }
}

fn parse<T: serde::de::DeserializeOwned>(file: &Path, name: &str, bytes: &[u8]) -> Result<T, PackError> {
    let text = std::str::from_utf8(bytes).map_err(|_| damaged(file, format!("{name} in it is not UTF-8")))?;
    let (value, unknown) =
        files::parse::<T>(text).map_err(|reason| damaged(file, format!("{name} in it cannot be read ({reason})")))?;
    if unknown.paths.is_empty() {
        return Ok(value);
    }
    Err(damaged(file, format!("{name} in it holds what this Framelens does not know ({})", unknown.paths.join(", "))))
}

/// What a file of a pack without texts is.
enum Part {
    File(Role),
    Texts,
    Hidden(CoderId, ArticleId),
}

impl Part {
    fn of(name: &str) -> Option<Self> {
        if name == WITHHELD {
            return Some(Self::Texts);
        }
        if let Some(rest) = name.strip_prefix("withheld/") {
            return match Role::of(&format!("coding/{rest}"))? {
                Role::Coding(coder, article) => Some(Self::Hidden(coder, article)),
                _ => None,
            };
        }
        Role::of(name).filter(|role| !matches!(role, Role::Text(_))).map(Self::File)
    }
}

/// Makes the whole project again from a pack without texts and the texts, in a folder that does not exist yet or is
/// empty. `partial`: articles whose texts are missing are left out with all that was said of them; that stays in the pack
/// alone. Returns the articles that were left out.
///
/// # Errors
/// Where texts are missing (and `partial` is not set), the pack is damaged, or the folder cannot be made. Nothing is left
/// behind then.
pub fn rebuild(file: &Path, texts: &Texts, folder: &Path, partial: bool) -> Result<Vec<ArticleId>, PackError> {
    let mut pack = Pack::open(file, Strangers::Refuse)?;
    let parts = pack.files(Part::of)?;
    let about = withheld(&mut pack, file)?;
    let missing: Vec<ArticleId> =
        about.articles.iter().filter(|(_, t)| !texts.found.contains_key(&t.hash)).map(|(id, _)| id.clone()).collect();
    if !partial && !missing.is_empty() {
        return Err(PackError::TextsMissing(missing.iter().map(ToString::to_string).collect()));
    }
    let text_of = |id: &ArticleId| about.articles.get(id).and_then(|t| texts.found.get(&t.hash));
    let is_missing = |id: &ArticleId| missing.binary_search(id).is_ok();
    let hidden: BTreeMap<PathBuf, _> = parts
        .iter()
        .filter_map(|(entry, part)| match part {
            Part::Hidden(coder, article) => Some((Role::Coding(coder.clone(), article.clone()).path(), entry.clone())),
            _ => None,
        })
        .collect();
    build(folder, |inside| {
        for (entry, part) in &parts {
            let Part::File(role) = part else { continue };
            let wrong = |what: &str| damaged(file, format!("{} in it {what}", entry.name));
            let (Role::Article(id) | Role::Coding(_, id)) = role else {
                put(inside, role, &pack.read(entry)?, Durable::Yes)?;
                continue;
            };
            if is_missing(id) {
                continue;
            }
            let text = text_of(id).ok_or_else(|| wrong("belongs to no article"))?;
            let bytes = pack.read(entry)?;
            let Role::Coding(coder, article) = role else {
                let about: ArticleFile = parse(file, &entry.name, &bytes)?;
                if about.hash() != Article::hash_of(text) {
                    return Err(wrong("belongs to another text"));
                }
                put(inside, &Role::Text(id.clone()), text.as_bytes(), Durable::Yes)?;
                put(inside, role, &bytes, Durable::Yes)?;
                continue;
            };
            let coding: CodingFile = parse(file, &entry.name, &bytes)?;
            let mut coding = coding.into_coding().map_err(|reason| wrong(&reason))?;
            let row = hidden.get(&role.path()).ok_or_else(|| wrong("has lost what its words are checked by"))?;
            let row: Hidden = parse(file, &row.name, &pack.read(row)?)?;
            let (key, map) = (Key::of(text), OffsetMap::new(text.clone()));
            for annotation in coding.annotations.values_mut().chain(coding.orphans.values_mut()) {
                let annotation = Arc::make_mut(annotation);
                let words = row.words.get(&annotation.id).map_or(&[][..], Vec::as_slice);
                put_back(&key, &map, annotation, words)
                    .ok_or_else(|| wrong(&format!("has words that are not those of the text ({})", annotation.id)))?;
            }
            let ron = CodingFile::of(coder, article, &coding).to_ron();
            put(inside, role, ron.as_bytes(), Durable::Yes)?;
        }
        open_within(file, inside).map(drop)
    })?;
    Ok(missing)
}
