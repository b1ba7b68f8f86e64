//! Carrying out what is done to codings beyond giving a code: cutting, joining, more codes, the brush, and the jumps
//! from one passage to the next.

use eframe::egui::{Context, Key, Modifiers};

use super::App;
use super::command::Command;
use super::palette::{Palette, Scope};
use super::reading::{From, Selection};
use crate::model::{ArticleId, CodeId};
use crate::session::SessionError;
use crate::text::{CharSpan, Extent};

/// How many codes are remembered as the last ones: as many as there are digits.
const RECENT: usize = 9;

impl App {
    /// The commands about codings that need an article.
    pub(super) fn act_on_codings(&mut self, article: &ArticleId, command: Command) -> Result<(), SessionError> {
        let Some(session) = &mut self.session else { return Ok(()) };
        let chosen = self.reading.chosen_coding();
        let caret = self.reading.selection.head;
        match (command, chosen) {
            (Command::CodeToo, Some(_)) => self.palette = Some(Palette::new(Scope::MoreCodes)),
            (Command::CodeTooWith(code), Some(id)) => {
                let new = session.code_too(article, id, &code)?;
                self.reading.chosen = Some(From::Coding(new));
                self.remember_code(&code);
            }
            (Command::SplitCoding, Some(id)) => {
                // Words are not cut.
                let word = self.reading.document().unit_at(caret, Extent::Word);
                let at = word.filter(|w| w.contains(caret)).map_or(caret, |w| w.start);
                let new = session.split(article, id, at)?;
                self.reading.chosen = Some(From::Coding(new));
            }
            (Command::JoinCodings, Some(id)) => {
                let Some(other) = session.joinable(article, id) else {
                    self.notices.tell("No other coding in this article says the same");
                    return Ok(());
                };
                session.join(article, id, other)?;
            }
            (Command::AddStretch, _) => {
                let span = self.reading.selection.span();
                let Some(id) = self.reading.last_coding().filter(|_| !span.is_empty()) else {
                    return Err(SessionError::NothingSelected);
                };
                session.add_stretch(article, id, span)?;
                self.reading.chosen = Some(From::Coding(id));
                self.reading.selection = Selection::at(span.end);
            }
            (Command::DropStretch, Some(id)) => session.drop_stretch(article, id, caret)?,
            (Command::InVivo, _) => return self.code_in_vivo(article),
            (Command::Brush, _) => {
                if self.brush.is_some() {
                    self.take_brush(None);
                } else {
                    self.palette = Some(Palette::new(Scope::Brush));
                }
            }
            (Command::NextUncoded, _) => self.next_uncoded(article),
            (Command::NextDisagreement, _) => self.next_disagreement(article),
            _ => {}
        }
        Ok(())
    }

    /// A code that is called as the selected words are, on these words.
    fn code_in_vivo(&mut self, article: &ArticleId) -> Result<(), SessionError> {
        let span = self.reading.selection.span();
        let words = self.reading.document().map().slice(span).unwrap_or_default();
        let name = words.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            return Err(SessionError::NothingSelected);
        }
        let Some(session) = &mut self.session else { return Ok(()) };
        let there = session.project().codebook.by_name(&name).map(|c| c.id.clone());
        let code = match there {
            Some(code) => code,
            None => session.add_code(&name, None)?,
        };
        self.apply_code(article, code)
    }

    /// Notes which code was used last.
    pub(super) fn remember_code(&mut self, code: &CodeId) {
        self.recent.retain(|c| c != code);
        self.recent.insert(0, code.clone());
        self.recent.truncate(RECENT);
    }

    /// The digit under which a code lies that was used lately: its place among those whose digit no code has for itself.
    pub(super) fn recent_key(&self, code: &CodeId) -> Option<usize> {
        let book = &self.session.as_ref()?.project().codebook;
        let place = self.recent.iter().position(|r| r == code)? + 1;
        let taken = book.codes.values().any(|c| c.shortcut == char::from_digit(place as u32, 10));
        (!taken && book.get(code).is_some_and(|c| c.shortcut.is_none())).then_some(place)
    }

    /// Every selection gets this code from now on, and so do the words that are selected now.
    pub(super) fn take_brush(&mut self, code: Option<CodeId>) {
        self.brush = code;
        if let Some(code) = &self.brush
            && !self.reading.selection.span().is_empty()
        {
            self.commands.push(Command::ApplyCode(code.clone()));
        }
    }

    /// Esc lays the brush down, before it does anything else.
    pub(super) fn lay_down_brush(&mut self, ctx: &Context) {
        let free = self.dialog.is_none() && self.palette.is_none() && !ctx.text_edit_focused();
        let gone = |code: &CodeId| self.session.as_ref().is_none_or(|s| s.project().codebook.get(code).is_none());
        if self.brush.as_ref().is_some_and(gone)
            || (self.brush.is_some() && free && ctx.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape)))
        {
            self.brush = None;
        }
    }

    /// Goes to the next paragraph of the body on which the coder has said nothing.
    fn next_uncoded(&mut self, article: &ArticleId) {
        let Some(session) = &self.session else { return };
        let coding = session.coding(article);
        let said = |paragraph: CharSpan| {
            coding.is_some_and(|c| {
                let coded = c.annotations.values().flat_map(|a| &a.spans).any(|s| s.overlaps(paragraph));
                coded || c.nothing_found.iter().any(|n| n.span.is_none_or(|s| s.overlaps(paragraph)))
            })
        };
        let body = self.reading.body();
        let after = body.partition_point(|p| p.start <= self.reading.selection.head);
        let next = body[after..].iter().chain(&body[..after]).copied().find(|p| !said(*p));
        match next {
            Some(paragraph) => {
                self.reading.chosen = None;
                self.reading.selection = Selection::at(paragraph.start);
                self.reading.reveal(paragraph.start);
            }
            None => self.notices.tell("Every paragraph of this article is coded or read"),
        }
    }

    /// Goes to the next passage on which the coders of the article differ.
    fn next_disagreement(&mut self, article: &ArticleId) {
        let Some(session) = &self.session else { return };
        let found = session.disagreements(article);
        let here = self.reading.selection.span().start;
        let next = found.iter().find(|d| d.span.start > here).or(found.first()).cloned();
        let Some(next) = next else {
            let alone = session.coders_of(article) < 2;
            self.notices.tell(if alone {
                "Only one coder has worked on this article"
            } else {
                "The coders of this article agree on every code"
            });
            return;
        };
        self.shown.others = true;
        self.reading.select(next.span);
        let mine = session.annotation(article, next.annotation).is_some();
        self.reading.chosen = Some(if mine { From::Coding(next.annotation) } else { From::Other(next.annotation) });
        self.notices.tell(next.told);
    }
}
