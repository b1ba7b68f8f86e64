//! Carrying out commands.

use std::path::Path;

use eframe::egui::{Context, ViewportCommand};

use super::command::{By, Change, Command, is_of_page, layer_of};
use super::dialogs::Dialog;
use super::files::Purpose;
use super::palette::{Palette, Scope};
use super::reading::{From, Setting};
use super::settings::Paper;
use super::texts::{TextForm, became};
use super::{App, Reading, View, codebook};
use crate::edit::{Edit, Group, Retexted};
use crate::model::{AnnotationId, ArticleId, ClaimKind, CodeId, CoderId, EntityKind, Party, QuoteKind, Tag};
use crate::session::{Ends, SessionError};
use crate::text::CharSpan;

impl App {
    /// Does everything that was asked for since the last frame, in order.
    pub(super) fn carry_out(&mut self, ctx: &Context) {
        for command in std::mem::take(&mut self.commands) {
            match self.act(ctx, command) {
                Ok(()) => {}
                Err(SessionError::NobodyCodes) => self.dialog = self.session.as_ref().map(Dialog::who_codes),
                Err(error) => self.notices.warn(error.to_string()),
            }
        }
    }

    /// Whether a command can be used as things are.
    pub(super) fn can(&self, command: &Command) -> bool {
        let project = self.session.is_some();
        let writable = self.session.as_ref().is_some_and(|s| s.read_only().is_none());
        let article = self.reading.article().is_some();
        let coding = matches!(self.reading.chosen, Some(From::Coding(_)));
        let suggestion = matches!(self.reading.chosen, Some(From::Suggestion(_)));
        if self.view == View::Find && is_of_page(command) {
            return false;
        }
        match command {
            Command::Find => project,
            Command::TagOccurrences => article && !self.reading.selection.span().is_empty(),
            Command::ExportCorpus | Command::SaveNow | Command::SaveCopy | Command::ChooseCoder => project,
            Command::Backups | Command::PackProject => project,
            Command::ImportArticles
            | Command::PasteArticle
            | Command::NewCode
            | Command::BlindMode
            | Command::MergeFolder
            | Command::MergePacked => writable,
            Command::OpenForWork => project && !writable,
            Command::DeleteCoding
            | Command::EditMemo
            | Command::CodeToo
            | Command::SplitCoding
            | Command::JoinCodings
            | Command::DropStretch
            | Command::Nudge(..) => coding && writable,
            Command::AddStretch => {
                writable && self.reading.last_coding().is_some() && !self.reading.selection.span().is_empty()
            }
            Command::InVivo => article && writable && !self.reading.selection.span().is_empty(),
            Command::ShowOthers | Command::NextDisagreement => {
                article && self.session.as_ref().is_some_and(|s| !s.project().settings.blind)
            }
            Command::NextPlace => !self.settings.places_in(self.session.as_ref()).is_empty(),
            Command::GoBack => !self.trail.is_empty(),
            Command::AcceptSuggestion | Command::RejectSuggestion => suggestion && writable,
            Command::NextSuggestion | Command::PreviousSuggestion => !self.reading.frame_suggestions().is_empty(),
            Command::RepeatCode => article && writable && !self.recent.is_empty(),
            Command::PickCode
            | Command::MarkQuotation
            | Command::MarkClaim
            | Command::MarkPerson
            | Command::MarkOrganisation
            | Command::MarkPlace
            | Command::NothingFound
            | Command::FinishArticle
            | Command::Brush
            | Command::CorrectText => article && writable,
            Command::Copy
            | Command::SelectAll
            | Command::GrowSelection
            | Command::ShrinkSelection
            | Command::NextCoding
            | Command::PreviousCoding
            | Command::NextUncoded
            | Command::SetPlace
            | Command::NextArticle
            | Command::PreviousArticle => article,
            _ => true,
        }
    }

    fn act(&mut self, ctx: &Context, command: Command) -> Result<(), SessionError> {
        if self.view == View::Find {
            match command {
                Command::PickCode => {
                    self.pick_code_for_found();
                    return Ok(());
                }
                Command::ApplyCode(code) => return self.code_found(code),
                Command::RepeatCode => {
                    return self.recent.first().cloned().map_or(Ok(()), |code| self.code_found(code));
                }
                Command::AddCode { name, parent, apply: true } => {
                    let Some(session) = &mut self.session else { return Ok(()) };
                    let code = session.add_code(&name, parent)?;
                    return self.code_found(code);
                }
                Command::SelectAll => {
                    self.tick_all_found();
                    return Ok(());
                }
                Command::Copy => {
                    self.copy_found(ctx);
                    return Ok(());
                }
                command if is_of_page(&command) => return Ok(()),
                _ => {}
            }
        }
        match command {
            Command::Read => self.read(),
            Command::Find => self.open_find(),
            Command::TagOccurrences => self.find_occurrences(),
            Command::ReadAt(article, span) => {
                self.leave_trail();
                self.read_at(&article, span);
            }
            Command::NewProject => self.ask_files(ctx, Purpose::NewProject, None),
            Command::OpenProject => self.ask_files(ctx, Purpose::OpenProject, None),
            Command::OpenSample => {
                if self.save_before_leaving() {
                    self.open_sample(ctx);
                }
            }
            Command::ImportArticles if self.session.is_some() => self.ask_files(ctx, Purpose::Import, None),
            Command::PasteArticle => ctx.send_viewport_cmd(eframe::egui::ViewportCommand::RequestPaste),
            Command::ExportCorpus => self.ask_export(),
            Command::SaveNow => self.save_now()?,
            Command::SaveCopy if self.session.is_some() => self.ask_files(ctx, Purpose::SaveCopy, None),
            Command::ChooseCoder => self.dialog = self.session.as_ref().map(Dialog::who_codes),
            Command::Backups => self.show_backups(ctx),
            Command::MergeFolder if self.session.is_some() => self.ask_files(ctx, Purpose::MergeFolder, None),
            Command::MergePacked if self.session.is_some() => self.ask_files(ctx, Purpose::MergePacked, None),
            Command::PackProject => self.ask_pack()?,
            Command::OpenPacked => self.ask_files(ctx, Purpose::OpenPacked, None),
            Command::OpenForWork => self.open_for_work(ctx),
            Command::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
            Command::Undo => self.undo()?,
            Command::Redo => self.redo()?,
            Command::Copy => self.copy(ctx),
            Command::SelectAll => {
                let end = self.reading.document().map().char_len();
                self.reading.selection = super::reading::Selection::of(CharSpan::new(Default::default(), end));
            }
            Command::Palette => self.palette = Some(Palette::new(Scope::Everything)),
            Command::Welcome => self.dialog = Some(Dialog::Welcome),
            Command::Tour => self.begin_tour(),
            Command::Shortcuts => self.dialog = Some(Dialog::Keys),
            Command::ThemeLight => self.set_theme(ctx, Paper::Light),
            Command::ThemeDark => self.set_theme(ctx, Paper::Dark),
            Command::ThemeSystem => self.set_theme(ctx, Paper::System),
            Command::ThemeContrast => self.set_theme(ctx, Paper::Contrast),
            Command::LargerText => self.set_type(self.settings.type_size + 1.0),
            Command::SmallerText => self.set_type(self.settings.type_size - 1.0),
            Command::StandardText => self.set_type(Setting::STANDARD),
            Command::ShowSuggestions => self.shown.suggestions = !self.shown.suggestions,
            Command::ShowEntities | Command::ShowQuotations | Command::ShowClaims | Command::ShowFrames => {
                if let Some(layer) = layer_of(&command) {
                    let shown = self.shown.layer(layer);
                    *shown = !*shown;
                }
            }
            Command::NextPane => self.next_pane(ctx),
            Command::FilterArticles => self.articles.focus_filter = true,
            Command::ShowOthers => self.shown.others = !self.shown.others,
            Command::ParagraphNumbers => {
                self.settings.numbers = !self.settings.numbers;
                self.settings.save(self.folder.as_deref());
            }
            Command::Settings => self.dialog = Some(Dialog::Settings(Box::default())),
            Command::SetPlace => self.set_place(),
            Command::NextPlace => self.next_place(),
            Command::GoBack => self.go_back(),
            Command::BrushWith(code) => self.take_brush(code),
            Command::OpenArticle(id) => {
                self.leave_trail();
                self.open_article(&id);
            }
            Command::NextArticle => self.step_article(true),
            Command::PreviousArticle => self.step_article(false),
            Command::CodeAs(id) => self.code_as(&id)?,
            Command::CodeAsNamed(name) => self.code_as_named(&name),
            Command::RenameCoder(name) => {
                if let Some(session) = &mut self.session {
                    session.rename_coder(&name)?;
                    self.remember_coder();
                }
            }
            Command::NewCode => self.codebook.start_new(None),
            Command::AddCode { name, parent, apply } => self.add_code(&name, parent, apply)?,
            Command::EditCode(id) => {
                let form = self.session.as_ref().and_then(|s| codebook::DefinitionForm::of(s, &id));
                self.dialog = form.map(Dialog::Define);
            }
            Command::AskDeleteCode(id) => {
                if let Some(session) = &self.session
                    && let Some(code) = session.project().codebook.get(&id)
                {
                    let (name, codings) = (code.name.clone(), session.codings_of(&id));
                    self.dialog = Some(Dialog::DeleteCode { id, name, codings });
                }
            }
            Command::SelectRange(span) => {
                self.leave_trail();
                self.reading.select(span);
            }
            other => return self.act_on_project(other),
        }
        Ok(())
    }

    /// The commands that need a project and an article.
    fn act_on_project(&mut self, command: Command) -> Result<(), SessionError> {
        let Some(session) = &mut self.session else { return Ok(()) };
        match command {
            Command::RenameCode(id, name) => {
                return session.change_code(&id, format!("Rename the code to “{name}”"), |c| c.name = name);
            }
            Command::RecolourCode(id, colour) => {
                return session.change_code(&id, "Recolour a code", |c| c.colour = colour);
            }
            Command::SetShortcut(id, key) => {
                return session
                    .change_code(&id, "Give a code a key", |c| c.shortcut = key.map(|k| k.to_ascii_lowercase()));
            }
            Command::DefineCode(id, definition) => {
                return session.change_code(&id, "Change what a code means", |c| {
                    c.definition = definition.definition;
                    c.use_when = definition.use_when;
                    c.not_when = definition.not_when;
                    c.examples = definition.examples;
                });
            }
            Command::NestCode(id, parent) => return session.nest_code(&id, parent.as_ref()),
            Command::DeleteCode(id) => return session.delete_code(&id),
            Command::BlindMode => {
                let mut settings = session.project().settings.clone();
                settings.blind = !settings.blind;
                let label = if settings.blind { "Code blind" } else { "Show suggestions" };
                return session.perform(label, Edit::Settings(settings), None);
            }
            _ => {}
        }
        let Some(article) = self.reading.article().cloned() else { return Ok(()) };
        match command {
            Command::ApplyCode(code) => self.apply_code(&article, code),
            Command::RepeatCode => match self.recent.first().cloned() {
                Some(code) => self.apply_code(&article, code),
                None => Ok(()),
            },
            Command::PickCode => {
                if self.reading.target().is_some() {
                    self.palette = Some(Palette::new(Scope::Codes));
                }
                Ok(())
            }
            Command::GrowSelection => {
                let span = self.reading.selection.span();
                let grown = self.reading.document().grow(span);
                self.reading.chosen = None;
                self.reading.selection = super::reading::Selection::of(grown);
                Ok(())
            }
            Command::ShrinkSelection => {
                let shrunk = self.reading.document().shrink(self.reading.selection.span());
                self.reading.selection = super::reading::Selection::of(shrunk);
                Ok(())
            }
            Command::MarkQuotation => self.mark(&article, Tag::Quote(QuoteKind::Direct), "Mark a quotation"),
            Command::MarkClaim => self.mark(&article, Tag::Claim(ClaimKind::Event), "Mark a claim"),
            Command::MarkPerson => self.mark(&article, Tag::Entity(EntityKind::Person), "Mark a person"),
            Command::MarkOrganisation => self.mark(&article, Tag::Entity(EntityKind::Org), "Mark an organisation"),
            Command::MarkPlace => self.mark(&article, Tag::Entity(EntityKind::Place), "Mark a place"),
            Command::NextCoding => {
                self.step_coding(&article, true);
                Ok(())
            }
            Command::PreviousCoding => {
                self.step_coding(&article, false);
                Ok(())
            }
            Command::EditMemo => {
                self.inspector.focus_memo = true;
                Ok(())
            }
            Command::DeleteCoding => match self.reading.chosen {
                Some(From::Coding(id)) => session.remove(&article, id),
                _ => Ok(()),
            },
            Command::Nudge(end, by, right) => match self.reading.chosen {
                Some(From::Coding(id)) => self.nudge(&article, id, end, by, right),
                _ => Ok(()),
            },
            Command::Set(id, change) => self.set(&article, id, change),
            Command::NothingFound => {
                let selected = self.reading.selection.span();
                let paragraphs = self.reading.document().paragraphs();
                let whole = paragraphs.first().zip(paragraphs.last()).map(|(first, last)| first.hull(*last));
                // No words selected: this paragraph. All of them: the article.
                let span = if selected.is_empty() {
                    self.reading.document().paragraph_at(selected.start)
                } else {
                    Some(selected).filter(|s| whole.is_none_or(|w| !s.encloses(w)))
                };
                let passage = span.or(whole).unwrap_or_default();
                let framed = session.coding(&article).is_some_and(|c| {
                    let frames = c.annotations.values().filter(|a| a.tag.code().is_some());
                    frames.flat_map(|a| &a.spans).any(|s| s.overlaps(passage))
                });
                if framed {
                    self.notices.warn("There are frame codings here, so something was found. Delete them first.");
                    return Ok(());
                }
                session.toggle_nothing_found(&article, span)?;
                let said = session.coding(&article).is_some_and(|c| c.nothing_found.iter().any(|n| n.span == span));
                self.notices.tell(if said { "Noted: read, nothing found here" } else { "Taken back" });
                Ok(())
            }
            Command::FinishArticle => {
                session.toggle_finished(&article)?;
                let done = session.coding(&article).is_some_and(|c| c.document.finished.is_some());
                self.notices.tell(if done { "Article finished" } else { "Article reopened" });
                Ok(())
            }
            Command::CorrectText => {
                self.dialog = TextForm::of(session, &article, self.reading.selection.head).map(Dialog::CorrectText);
                Ok(())
            }
            Command::SetText(article, text) => {
                let told = session.correct_text(&article, &text)?;
                self.tell_retexted(&told);
                Ok(())
            }
            Command::FindCodingsAgain => {
                let old = session.coded_text(&article);
                let told = session.reanchor(&article, old.as_deref())?;
                self.tell_retexted(&told);
                Ok(())
            }
            Command::PutTextBack => {
                let told = session.put_text_back(&article)?;
                self.tell_retexted(&told);
                Ok(())
            }
            Command::PlaceOrphan(id) => {
                let Some(span) = self.reading.target() else { return Err(SessionError::NothingSelected) };
                session.place_orphan(&article, id, vec![span])?;
                self.reading.choose_coding(session, id);
                Ok(())
            }
            Command::DeleteOrphan(id) => session.delete_orphan(&article, id),
            Command::NextSuggestion => {
                if !self.reading.step_suggestion(true) {
                    self.notices.tell("No suggestion waits in this article");
                }
                Ok(())
            }
            Command::PreviousSuggestion => {
                self.reading.step_suggestion(false);
                Ok(())
            }
            Command::AcceptSuggestion => self.answer(&article, true),
            Command::RejectSuggestion => self.answer(&article, false),
            other => self.act_on_codings(&article, other),
        }
    }

    /// Puts a code on the selection, or on the word at the caret; where a coding is selected and no words are, gives
    /// the coding this code; where a suggestion is selected, accepts it with this code.
    pub(super) fn apply_code(&mut self, article: &ArticleId, code: CodeId) -> Result<(), SessionError> {
        self.remember_code(&code);
        let Some(session) = &mut self.session else { return Ok(()) };
        let selected = !self.reading.selection.span().is_empty();
        match self.reading.chosen {
            Some(From::Coding(id)) if !selected => {
                let frame = session.annotation(article, id).is_some_and(|a| a.tag.code().is_some());
                if frame {
                    return session.recode(article, id, &code);
                }
            }
            Some(From::Suggestion(index)) if !selected => {
                let found = self.reading.detected().and_then(|d| d.suggestions.get(index)).cloned();
                if let Some(found) = found {
                    let id = session.accept_as(article, &found, Some(&code))?;
                    self.reading.chosen = Some(From::Coding(id));
                    return Ok(());
                }
            }
            _ => {}
        }
        let Some(span) = self.reading.target() else { return Err(SessionError::NothingSelected) };
        let tag = Tag::Frame(code.clone());
        let there = session
            .coding(article)
            .and_then(|c| c.annotations.values().find(|a| a.spans == [span] && a.tag == tag).map(|a| a.id));
        let id = match there {
            Some(id) => {
                self.notices.tell("These words have this code already");
                id
            }
            None => session.code(article, vec![span], &code)?,
        };
        self.reading.chosen = Some(From::Coding(id));
        Ok(())
    }

    /// What moved or was lost must not be missed.
    fn tell_retexted(&mut self, told: &Retexted) {
        if told.is_whole() { self.notices.tell(became(told)) } else { self.notices.warn(became(told)) }
    }

    fn mark(&mut self, article: &ArticleId, tag: Tag, label: &str) -> Result<(), SessionError> {
        let (Some(session), Some(span)) = (&mut self.session, self.reading.target()) else { return Ok(()) };
        let id = session.mark(article, vec![span], tag, label)?;
        self.reading.chosen = Some(From::Coding(id));
        Ok(())
    }

    fn answer(&mut self, article: &ArticleId, accept: bool) -> Result<(), SessionError> {
        let (Some(session), Some(From::Suggestion(index))) = (&mut self.session, self.reading.chosen) else {
            return Ok(());
        };
        let Some(found) = self.reading.detected().and_then(|d| d.suggestions.get(index)).cloned() else {
            return Ok(());
        };
        let frame = found.layer == crate::model::Layer::Frame;
        if accept {
            let id = session.accept(article, &found)?;
            self.reading.chosen = Some(From::Coding(id));
            if frame && let Some(code) = session.annotation(article, id).and_then(|a| a.tag.code().cloned()) {
                self.remember_code(&code);
            }
        } else {
            session.reject(article, &found)?;
            // On to the next one, as somebody who walks through them expects.
            if frame {
                self.reading.refresh(session, self.shown);
                self.reading.selection = super::reading::Selection::at(found.span.end);
                self.reading.step_suggestion(true);
            }
        }
        Ok(())
    }

    fn nudge(
        &mut self,
        article: &ArticleId,
        id: AnnotationId,
        end: Ends,
        by: By,
        right: bool,
    ) -> Result<(), SessionError> {
        let Some(session) = &mut self.session else { return Ok(()) };
        let Some(hull) = session.annotation(article, id).map(crate::model::Annotation::hull) else { return Ok(()) };
        let document = self.reading.document();
        let from = if end == Ends::Start { hull.start } else { hull.end };
        let to = match by {
            By::Character if right => from + 1,
            By::Character => from.saturating_sub(1),
            By::Word => document.next_end(from, end == Ends::Start, right),
        };
        session.move_end(article, id, end, to)
    }

    fn set(&mut self, article: &ArticleId, id: AnnotationId, change: Change) -> Result<(), SessionError> {
        if let Change::Code(code) = &change {
            self.remember_code(code);
        }
        self.said_whose_words |= matches!(change, Change::Voice(_));
        let Some(session) = &mut self.session else { return Ok(()) };
        match change {
            Change::Code(code) => session.recode(article, id, &code),
            Change::Voice(voice) => session.change(article, id, format!("Voice: {}", voice.title()), None, |a| {
                a.attributes.voice = Some(voice);
            }),
            Change::Speaker(name) => session.change(article, id, "Change the speaker", Some(Group::Speaker(id)), |a| {
                a.attributes.speaker = renamed(a.attributes.speaker.take(), &name);
            }),
            Change::Target(name) => session.change(article, id, "Change the target", Some(Group::Target(id)), |a| {
                a.attributes.target = renamed(a.attributes.target.take(), &name);
            }),
            Change::Stance(stance) => {
                session.change(article, id, "Change the attribution", None, |a| a.attributes.stance = stance)
            }
            Change::Intensity(n) => {
                session.change(article, id, "Change the intensity", None, |a| a.attributes.intensity = n)
            }
            Change::Negated(negated) => {
                session.change(article, id, "Denied or not", None, |a| a.attributes.negated = negated)
            }
            Change::Memo(memo) => session.change(article, id, "Write a memo", Some(Group::Memo(id)), |a| a.memo = memo),
        }
    }

    fn step_coding(&mut self, article: &ArticleId, forward: bool) {
        let Some(session) = &self.session else { return };
        let Some(coding) = session.coding(article) else { return };
        let order = coding.in_order();
        let here = match self.reading.chosen {
            Some(From::Coding(id)) => order.iter().position(|a| a.id == id),
            _ => None,
        };
        let caret = self.reading.selection.head;
        let next = match (here, forward) {
            (Some(at), true) => order.get(at + 1).or(order.first()),
            (Some(at), false) => at.checked_sub(1).and_then(|at| order.get(at)).or(order.last()),
            (None, true) => order.iter().find(|a| a.hull().start >= caret).or(order.first()),
            (None, false) => order.iter().rfind(|a| a.hull().start < caret).or(order.last()),
        };
        if let Some(id) = next.map(|a| a.id) {
            self.reading.choose_coding(session, id);
        }
    }

    fn step_article(&mut self, forward: bool) {
        let (Some(session), Some(here)) = (&self.session, self.reading.article()) else { return };
        if let Some(next) = self.articles.beside(session, &here.clone(), forward) {
            self.open_article(&next);
        }
    }

    fn undo(&mut self) -> Result<(), SessionError> {
        let Some(session) = &mut self.session else { return Ok(()) };
        if let Some(step) = session.undo()? {
            self.notices.tell(format!("Undone: {step}"));
            self.leave_missing_article();
        }
        Ok(())
    }

    fn redo(&mut self) -> Result<(), SessionError> {
        let Some(session) = &mut self.session else { return Ok(()) };
        if let Some(step) = session.redo()? {
            self.notices.tell(format!("Done again: {step}"));
            self.leave_missing_article();
        }
        Ok(())
    }

    /// An import that was undone may have taken away the article that is open.
    pub(super) fn leave_missing_article(&mut self) {
        let Some(session) = &mut self.session else { return };
        if self.reading.article().is_some_and(|a| session.article(a).is_none()) {
            self.reading = Reading::default();
            if let Some(first) = super::articles::ArticleList::first(session) {
                self.reading.open(session, &first);
            }
        }
    }

    fn copy(&self, ctx: &Context) {
        let span = self.reading.selection.span();
        if let Some(words) = self.reading.document().map().slice(span).filter(|w| !w.is_empty()) {
            ctx.copy_text(words.to_owned());
        }
    }

    pub(super) fn set_theme(&mut self, ctx: &Context, paper: Paper) {
        self.settings.theme = paper;
        paper.apply(ctx);
        self.settings.save(self.folder.as_deref());
    }

    pub(super) fn set_type(&mut self, size: f32) {
        self.settings.type_size = size.clamp(Setting::SMALLEST, Setting::LARGEST);
        self.settings.save(self.folder.as_deref());
        self.reading.reveal(self.reading.selection.head);
    }

    fn next_pane(&mut self, ctx: &Context) {
        let on_page = ctx.memory(|m| m.has_focus(Reading::id()));
        if on_page {
            self.articles.focus_filter = true;
        } else {
            self.reading.take_focus();
        }
    }

    fn code_as(&mut self, id: &CoderId) -> Result<(), SessionError> {
        if let Some(session) = &mut self.session {
            session.code_as(id)?;
            self.remember_coder();
        }
        Ok(())
    }

    fn code_as_named(&mut self, name: &str) {
        if let Some(session) = &mut self.session {
            session.code_as_named(name);
            self.remember_coder();
        }
    }

    fn remember_coder(&mut self) {
        let Some(session) = &self.session else { return };
        if let Some(coder) = session.coder() {
            self.settings.coders.insert(session.root().to_owned(), coder.name.clone());
            self.settings.last_coder = Some(coder.name.clone());
            self.settings.save(self.folder.as_deref());
            self.notices.tell(format!("{} is coding", coder.name));
        }
        self.reading.chosen = None;
    }

    fn add_code(&mut self, name: &str, parent: Option<CodeId>, apply: bool) -> Result<(), SessionError> {
        let Some(session) = &mut self.session else { return Ok(()) };
        let id = session.add_code(name, parent)?;
        self.reading.take_focus();
        match self.reading.article().cloned().filter(|_| apply) {
            Some(article) => self.apply_code(&article, id),
            None => Ok(()),
        }
    }

    fn save_now(&mut self) -> Result<(), SessionError> {
        let Some(session) = &mut self.session else { return Ok(()) };
        for told in session.save_now()? {
            self.notices.put(told);
        }
        self.notices.tell("Everything is on disk");
        Ok(())
    }

    /// Saves the project that is open; where that fails, says so, and the window stays with it.
    pub(super) fn save_before_leaving(&mut self) -> bool {
        let Some(session) = &mut self.session else { return true };
        match session.save_now() {
            Ok(_) => true,
            Err(error) => {
                self.notices.warn(format!("{error}. The project stays open, so that nothing is lost."));
                false
            }
        }
    }

    pub(super) fn save_copy(&mut self, folder: &Path) {
        let Some(session) = &mut self.session else { return };
        match session.save_copy(folder) {
            Ok(root) => {
                self.notices.put_all_away();
                self.notices.tell(format!("The project is now in {}", root.display()));
                self.remember_project(&root);
                self.settings.save(self.folder.as_deref());
            }
            Err(error) => self.notices.warn(error.to_string()),
        }
    }
}

/// A party under another name: who it was is no longer known, unless the name is the same.
fn renamed(old: Option<Party>, name: &str) -> Option<Party> {
    match old {
        Some(party) if party.name == name.trim() => Some(party),
        _ => Party::named(name),
    }
}
