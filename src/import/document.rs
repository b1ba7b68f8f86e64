//! A document of paragraphs becomes an article: which paragraph is the headline, who wrote it, when.

use std::collections::BTreeMap;

use super::dates::iso;
use super::paragraph::{About, Document, Paragraph, Role};
use super::text::{is_byline, parts_of};
use super::{Draft, Intake, Problem, known, language, news};
use crate::model::{PartKind, Source};

/// How many paragraphs from the start may be headline, standfirst, byline or date.
const HEAD: usize = 8;
/// The longest headline and standfirst, in code points.
const LONGEST_HEADLINE: usize = 250;
const LONGEST_STANDFIRST: usize = 600;

/// What stands above a table of contents, and is no headline.
const CONTENTS: &[&str] =
    &["contents", "table of contents", "inhalt", "inhaltsverzeichnis", "sommaire", "índice", "indice"];

impl Document {
    /// Lays the document down as one article, or as the articles that a news database put into it.
    ///
    /// # Errors
    /// Where it has no words.
    pub fn lay_down(self, source: Source, intake: &mut Intake<'_>) -> Result<(), Problem> {
        if self.paragraphs.is_empty() {
            return Err(if self.pictures { Problem::OnlyPictures } else { Problem::Empty });
        }
        // A document may be what a news database gave away: many articles, each with its own fields.
        if let Some((format, haul)) = news::in_document(&self.paragraphs) {
            return haul.lay_down(&Source { format: format.to_owned(), ..source }, intake);
        }
        let mut draft = self.draft();
        let printed = draft.published.is_some();
        if !printed {
            draft.published = self.about.made.as_deref().and_then(day);
        }
        let made = draft.published.clone().filter(|_| !printed);
        intake.article(draft.article(source)?)?;
        if let Some(made) = made {
            intake.warn(format!("{made} is when the document was made; look whether it was published then"));
        }
        Ok(())
    }

    /// What is known of the article, without the date on which the document was made.
    pub fn draft(&self) -> Draft {
        let mut draft = Draft::default();
        let title = self.headline();
        let mut after = title.map_or(0, |at| at + 1);
        if let Some(at) = title {
            draft.title = self.paragraphs.get(at).map(|p| p.text.clone()).unwrap_or_default();
            let next = |at: usize| self.paragraphs.get(at);
            // A headline that is set in two paragraphs stays two; what follows it may be a standfirst.
            if let Some(second) = next(after).filter(|p| Self::is_standfirst(p, next(after + 1))) {
                draft.standfirst = Some(second.text.clone());
                after += 1;
            }
            if let Some(byline) = next(after).filter(|p| is_byline(p.text.trim())) {
                draft.byline = Some(byline.text.clone());
                after += 1;
            }
        } else {
            draft.title = self.about.title();
        }
        let set = if title.is_some() { title.unwrap_or(0)..after } else { 0..0 };
        let rest = self.paragraphs.iter().enumerate().filter(|(at, _)| !set.contains(at));
        draft.body = rest.map(|(_, paragraph)| paragraph.block()).collect();
        if draft.byline.is_none() {
            draft.authors = self.about.authors();
        }
        draft.published = self.paragraphs.iter().take(HEAD).find_map(|p| written_day(&p.text));
        draft.language = self.language();
        draft.also(known::KEYWORDS, &self.about.keywords);
        draft
    }

    /// Which paragraph is the headline: what is set as the title, what the document's properties call it, the first
    /// heading, or what looks like one.
    fn headline(&self) -> Option<usize> {
        let head = self.paragraphs.get(..HEAD.min(self.paragraphs.len()))?;
        let fits = |p: &Paragraph| {
            !p.is_empty() && !CONTENTS.contains(&flat(&p.text).as_str()) && p.text.chars().count() <= LONGEST_HEADLINE
        };
        let find = |is: &dyn Fn(&Paragraph) -> bool| head.iter().position(|p| fits(p) && is(p));
        if let Some(at) = find(&|p| p.role == Role::Title) {
            return Some(at);
        }
        let title = flat(&self.about.title());
        if !title.is_empty()
            && let Some(at) = find(&|p| flat(&p.text) == title)
        {
            return Some(at);
        }
        // A heading further down is one of the text's own.
        let top = head.iter().position(|p| p.text.chars().count() > LONGEST_HEADLINE).unwrap_or(head.len()).min(4);
        let highest = head.get(..top)?.iter().filter_map(|p| p.role.level()).min();
        if let Some(level) = highest
            && let Some(at) = find(&|p| p.role.level() == Some(level))
        {
            return Some(at);
        }
        let first = head.first()?;
        let body = self.body_size();
        let stands_out = first.bold || (body > 0.0 && first.size > body * 1.15);
        let more = self.paragraphs.get(1..)?.iter().find(|p| p.role == Role::Body)?;
        let ends = first.text.trim_end().ends_with(['.', ',', ';', ':']);
        if stands_out && fits(first) && !ends && !is_byline(&first.text) && (!more.bold || more.size < first.size) {
            return Some(0);
        }
        let text: Vec<&str> = head.iter().map(|p| p.text.as_str()).collect();
        parts_of(&text.join("\n\n")).iter().any(|p| p.kind == PartKind::Headline).then_some(0)
    }

    fn is_standfirst(paragraph: &Paragraph, next: Option<&Paragraph>) -> bool {
        if paragraph.text.chars().count() > LONGEST_STANDFIRST || is_byline(&paragraph.text) {
            return false;
        }
        if paragraph.role == Role::Subtitle {
            return true;
        }
        // Where the names stand below it, it is set above the text.
        paragraph.role == Role::Body
            && next.is_some_and(|p| is_byline(p.text.trim()))
            && written_day(&paragraph.text).is_none()
    }

    /// The size that most words are set in; 0 where that is not known.
    fn body_size(&self) -> f32 {
        let mut sizes = BTreeMap::<i32, usize>::new();
        for paragraph in &self.paragraphs {
            *sizes.entry((paragraph.size * 2.0).round() as i32).or_default() += paragraph.text.len();
        }
        sizes.into_iter().max_by_key(|(_, words)| *words).map_or(0.0, |(size, _)| size as f32 / 2.0)
    }

    /// The language that is said, where the words do not say otherwise: programs write down their own.
    fn language(&self) -> Option<String> {
        let said = self.about.language.as_ref().map(|l| l.trim().replace('_', "-")).filter(|l| l.len() > 1);
        let mut text = String::new();
        for paragraph in self.paragraphs.iter().take(40) {
            text.push_str(&paragraph.text);
            text.push('\n');
        }
        let heard = language::of(&text);
        match (said, heard) {
            (Some(said), Some(heard)) if said.split('-').next() != Some(&*heard) => Some(heard),
            (said, heard) => said.or(heard),
        }
    }
}

impl Role {
    /// How high a heading is; 1 is the highest.
    pub fn level(self) -> Option<u8> {
        match self {
            Self::Title => Some(0),
            Self::Heading(level) => Some(level),
            _ => None,
        }
    }
}

impl About {
    /// The title, where somebody gave it: programs put in the file's name, or that it has none.
    pub fn title(&self) -> String {
        const NONE: &[&str] =
            &["untitled", "document", "unbenannt", "ohne titel", "sans titre", "sin título", "dokument"];
        let title = self.title.split_whitespace().collect::<Vec<_>>().join(" ");
        let small = title.to_lowercase();
        let bare = small.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
        let is_file = small.rsplit_once('.').is_some_and(|(name, ending)| {
            (2..=5).contains(&ending.len()) && !name.is_empty() && ending.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        let is_path = title.contains('\\') || title.contains("://");
        let of_program =
            ["microsoft ", "powerpoint-", "print "].iter().any(|p| small.starts_with(p) && small.contains('-'));
        if is_file || is_path || of_program || NONE.contains(&bare) || !title.chars().any(char::is_alphabetic) {
            return String::new();
        }
        title
    }

    /// The authors, without the names that programs put in.
    pub fn authors(&self) -> Vec<String> {
        const NONE: &[&str] = &[
            "administrator",
            "admin",
            "user",
            "owner",
            "author",
            "unknown",
            "unknown author",
            "microsoft office user",
            "windows user",
            "windows-benutzer",
            "utilisateur windows",
            "python-docx",
            "apache poi",
            "pc",
            "home",
            "test",
            "guest",
            "root",
            "benutzer",
            "utilisateur",
            "usuario",
            "anonymous",
        ];
        let names = self.authors.iter().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
        names.filter(|n| n.chars().any(char::is_alphabetic) && !NONE.contains(&n.to_lowercase().as_str())).collect()
    }
}

/// A moment as a day, or as it was written.
fn day(written: &str) -> Option<String> {
    let moment = iso(written)?;
    let day = moment.get(..10).filter(|day| day.parse::<jiff::civil::Date>().is_ok_and(|d| d.year() > 1971))?;
    Some(day.to_owned())
}

/// The date in a line that is nothing but a date.
fn written_day(line: &str) -> Option<String> {
    let line = line.trim();
    let short = line.chars().count() <= 40 && line.chars().any(|c| c.is_ascii_digit());
    let found = short.then(|| iso(line)).flatten()?;
    let known = found.get(..10).is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok());
    known.then_some(found)
}

fn flat(text: &str) -> String {
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}
