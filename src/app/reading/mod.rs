//! The reading surface: an article set like a page, what is marked on it, and a caret to mark it with.

mod bidi;
mod input;
mod margin;
mod marks;
mod overview;
mod page;
mod paint;

use std::sync::Arc;

use eframe::egui::{self, Id, Pos2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::command::Command;
use super::theme::{self, Tokens};
use crate::model::{AnnotationId, ArticleId, Layer, Part};
use crate::session::{Detected, Session};
use crate::text::{CharOffset, CharSpan, Document};

pub use bidi::right_to_left;
pub use marks::{From, Shown};
pub use page::Setting;

/// Where the coder is in the text: what is selected lies between `anchor` and `head`; the caret is at `head`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    pub anchor: CharOffset,
    pub head: CharOffset,
}

impl Selection {
    pub fn at(caret: CharOffset) -> Self {
        Self { anchor: caret, head: caret }
    }

    pub fn of(span: CharSpan) -> Self {
        Self { anchor: span.start, head: span.end }
    }

    pub fn span(self) -> CharSpan {
        CharSpan::new(self.anchor, self.head)
    }
}

/// A block that is on the screen.
struct Visible {
    block: usize,
    pos: Pos2,
    galley: page::Laid,
}

/// Where things are on the surface.
#[derive(Clone, Copy)]
struct Geometry {
    surface: Rect,
    /// The text's left and right edge.
    left: f32,
    right: f32,
    /// The widths of the margins.
    before: f32,
    after: f32,
    overview: Rect,
}

/// What the marks were gathered from, to know when to gather them again.
#[derive(Clone, Copy, PartialEq)]
struct Gathered {
    revision: u64,
    shown: Shown,
}

/// The surface and its state.
pub struct Reading {
    article: Option<ArticleId>,
    document: Arc<Document>,
    parts: Vec<Part>,
    page: page::Page,
    marks: marks::Marks,
    gathered: Option<Gathered>,
    detected: Option<Arc<Detected>>,
    /// The suggestions that wait for an answer, by their place in the findings.
    open: Vec<usize>,
    /// Those of them that propose a frame code.
    frames: Vec<usize>,
    overview: overview::Overview,

    /// The first block that is seen, and how much of it lies above the surface's top edge.
    top: usize,
    offset: f32,
    visible: Vec<Visible>,
    reveal: Option<CharOffset>,

    pub selection: Selection,
    /// The coding or suggestion that is selected.
    pub chosen: Option<From>,
    hovered: Option<From>,
    /// The column the caret strives for while it moves up and down.
    goal: Option<f32>,
    /// What is selected while the mouse button is down, to widen a drag by whole units.
    pressed: Option<input::Press>,
    wants_focus: bool,
    /// Where the margins' labels stood in the last frame, and what each is about.
    labels: Vec<(Rect, From)>,
    /// The paragraphs of the body.
    body: Vec<CharSpan>,
    /// The coding that was selected last, to which a selection may be added.
    last: Option<AnnotationId>,
    /// Whether the mouse has just let go of a selection.
    released: bool,
    /// The marked places of the article.
    pub places: Vec<CharOffset>,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            article: None,
            document: Arc::new(Document::new("")),
            parts: Vec::new(),
            page: page::Page::default(),
            marks: marks::Marks::default(),
            gathered: None,
            detected: None,
            open: Vec::new(),
            frames: Vec::new(),
            overview: overview::Overview::default(),
            top: 0,
            offset: 0.0,
            visible: Vec::new(),
            reveal: None,
            selection: Selection::default(),
            chosen: None,
            hovered: None,
            goal: None,
            pressed: None,
            wants_focus: false,
            labels: Vec::new(),
            body: Vec::new(),
            last: None,
            released: false,
            places: Vec::new(),
        }
    }
}

const TOP_SPACE: f32 = 32.0;
const BOTTOM_SPACE: f32 = 96.0;

impl Reading {
    /// The surface's id: what the keyboard is given to.
    pub fn id() -> Id {
        Id::unique("reading surface")
    }

    pub fn article(&self) -> Option<&ArticleId> {
        self.article.as_ref()
    }

    pub fn document(&self) -> &Arc<Document> {
        &self.document
    }

    /// Shows an article from its beginning.
    pub fn open(&mut self, session: &mut Session, article: &ArticleId) {
        let Some(document) = session.document(article) else { return };
        let parts = session.article(article).map(|a| a.parts.clone()).unwrap_or_default();
        let start = document.paragraphs().first().map_or(CharOffset::ZERO, |p| p.start);
        let body = document.paragraphs().iter().copied();
        *self = Self {
            body: body.filter(|p| !parts.iter().any(|part| part.span.contains(p.start))).collect(),
            page: page::Page::new(&document, &parts),
            article: Some(article.clone()),
            document,
            parts,
            selection: Selection::at(start),
            wants_focus: true,
            ..Self::default()
        };
    }

    /// Whether nothing is selected, so that Esc has nothing to do on the page.
    pub fn is_at_rest(&self) -> bool {
        self.chosen.is_none() && self.selection.span().is_empty()
    }

    /// Gives the keyboard to the surface with the next frame.
    pub fn take_focus(&mut self) {
        self.wants_focus = true;
    }

    /// Scrolls, with the next frame, so that a position can be seen.
    pub fn reveal(&mut self, at: CharOffset) {
        self.reveal = Some(at);
    }

    /// Selects a stretch and shows it.
    pub fn select(&mut self, span: CharSpan) {
        self.selection = Selection::of(span);
        self.goal = None;
        self.reveal(span.start);
    }

    /// Selects a coding and shows it.
    pub fn choose_coding(&mut self, session: &Session, id: AnnotationId) {
        let Some(annotation) = self.article.as_ref().and_then(|a| session.annotation(a, id)) else { return };
        self.chosen = Some(From::Coding(id));
        self.selection = Selection::at(annotation.hull().start);
        self.reveal(annotation.hull().start);
    }

    /// The coding that is selected.
    pub fn chosen_coding(&self) -> Option<AnnotationId> {
        if let Some(From::Coding(id)) = self.chosen { Some(id) } else { None }
    }

    /// The coding that is selected, or was before words were selected.
    pub fn last_coding(&self) -> Option<AnnotationId> {
        self.chosen_coding().or(self.last)
    }

    /// Whether the mouse has let go of a selection since this was last asked.
    pub fn take_released(&mut self) -> bool {
        std::mem::take(&mut self.released)
    }

    /// The paragraphs of the body.
    pub fn body(&self) -> &[CharSpan] {
        &self.body
    }

    /// Where the caret would stand on the screen before a position, if that is seen.
    pub fn caret_on_screen(&self, at: CharOffset) -> Option<Rect> {
        self.caret_rect(at)
    }

    /// The number of the body's paragraph that holds a position, from 1; `None` in headline, standfirst, byline and
    /// caption.
    pub fn body_paragraph(&self, at: CharOffset) -> Option<usize> {
        let after = self.body.partition_point(|p| p.start <= at);
        after.checked_sub(1).filter(|&i| at <= self.body[i].end).map(|i| i + 1)
    }

    /// How many paragraphs the body has.
    pub fn body_len(&self) -> usize {
        self.body.len()
    }

    /// The words that a code would be put on: the selection, or else the word at the caret.
    pub fn target(&self) -> Option<CharSpan> {
        let span = self.selection.span();
        if span.is_empty() { self.document.unit_at(self.selection.head, crate::text::Extent::Word) } else { Some(span) }
    }

    /// What was found in the article, once it is known.
    pub fn detected(&self) -> Option<&Arc<Detected>> {
        self.detected.as_ref()
    }

    /// The frame suggestions that wait for an answer, in the order of the text.
    pub fn frame_suggestions(&self) -> &[usize] {
        &self.frames
    }

    /// Goes to the next or the last frame suggestion, seen from the one that is chosen or from the caret; round the
    /// article.
    pub fn step_suggestion(&mut self, forward: bool) -> bool {
        let frames = &self.frames;
        let Some(detected) = self.detected.clone() else { return false };
        let start = |i: usize| detected.suggestions[i].span.start;
        let here = self.selection.head;
        let chosen = match self.chosen {
            Some(From::Suggestion(i)) => frames.iter().position(|&f| f == i),
            _ => None,
        };
        let next = match (chosen, forward) {
            (Some(at), true) => frames.get(at + 1).or(frames.first()),
            (Some(at), false) => at.checked_sub(1).and_then(|at| frames.get(at)).or(frames.last()),
            (None, true) => frames.iter().find(|&&i| start(i) >= here).or(frames.first()),
            (None, false) => frames.iter().rfind(|&&i| start(i) < here).or(frames.last()),
        };
        let Some(&next) = next else { return false };
        self.choose_suggestion(next);
        true
    }

    /// Selects a suggestion and shows it.
    pub fn choose_suggestion(&mut self, index: usize) {
        let Some(found) = self.detected.as_ref().and_then(|d| d.suggestions.get(index)) else { return };
        self.chosen = Some(From::Suggestion(index));
        self.selection = Selection::at(found.span.start);
        self.reveal = Some(found.span.start);
    }

    /// Takes in what has changed in the session: the findings, the codings, which suggestions are open.
    pub fn refresh(&mut self, session: &mut Session, shown: Shown) {
        let Some(article) = self.article.clone() else { return };
        self.last = self.chosen_coding().or(self.last);
        self.follow_text(session, &article);
        if self.detected.is_none() {
            self.detected = session.detected(&article);
        }
        let now = Gathered { revision: session.revision(), shown };
        if self.gathered == Some(now) {
            return;
        }
        self.gathered = Some(now);
        self.open = session.open_suggestions(&article);
        let found = self.detected.as_ref().map_or(&[][..], |d| &d.suggestions);
        self.frames = self.open.iter().copied().filter(|&i| found[i].layer == Layer::Frame).collect();
        self.marks =
            marks::Marks::gather(session, &article, self.detected.as_ref(), &self.open, shown, &self.page.spans);
        self.overview.forget();
        // What was chosen may be gone.
        match self.chosen {
            Some(From::Coding(id)) if session.annotation(&article, id).is_none() => self.chosen = None,
            Some(From::Suggestion(i)) if !self.open.contains(&i) => self.chosen = None,
            Some(From::Other(id)) if session.anybodys(&article, id).is_none() => self.chosen = None,
            _ => {}
        }
        self.last = self.last.filter(|id| session.annotation(&article, *id).is_some());
    }

    /// A text that was corrected, or whose correction was undone, is set anew; the caret stays about where it was.
    fn follow_text(&mut self, session: &mut Session, article: &ArticleId) {
        let Some(document) = session.document(article) else { return };
        let same_parts = session.article(article).is_none_or(|a| a.parts == self.parts);
        if same_parts && Arc::ptr_eq(document.map().text(), self.document.map().text()) {
            return;
        }
        let (caret, focus) = (self.selection.head, self.wants_focus);
        self.open(session, article);
        self.wants_focus = focus;
        let caret = caret.min(document.map().char_len());
        self.selection = Selection::at(caret);
        self.reveal(caret);
    }

    /// Draws the surface and takes in what the mouse and the keyboard do to it.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        session: &mut Session,
        setting: Setting,
        shown: Shown,
        commands: &mut Vec<Command>,
    ) {
        self.refresh(session, shown);
        let tokens = theme::tokens(ui);
        let surface = ui.available_rect_before_wrap();
        ui.painter().rect_filled(surface, 0, tokens.paper);
        if self.page.len() == 0 {
            ui.centered_and_justified(|ui| {
                ui.label(egui::RichText::new("This article has no text.").color(tokens.soft));
            });
            return;
        }
        let geometry = geometry(surface, setting);
        let id = Self::id();
        let response = ui.interact(surface, id, Sense::click_and_drag());
        if std::mem::take(&mut self.wants_focus) {
            response.request_focus();
        }
        let focused = response.has_focus();
        if focused {
            let keep = egui::EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true };
            ui.memory_mut(|m| m.set_focus_lock_filter(id, keep));
        }
        response.widget_info(|| WidgetInfo::labeled(Role::Document, true, "Article text"));

        if response.contains_pointer() {
            self.offset -= ui.input(eframe::egui::InputState::smooth_scroll_delta).y;
        }
        self.settle(ui, geometry, setting, tokens);
        self.lay_out(ui, geometry, setting, tokens);
        if focused {
            self.keyboard(ui, geometry, setting, tokens, commands);
        }
        self.mouse(ui, &response, geometry, setting);
        if let Some(at) = self.reveal.take() {
            self.scroll_to(ui, at, geometry, setting, tokens);
            self.settle(ui, geometry, setting, tokens);
            self.lay_out(ui, geometry, setting, tokens);
        }

        let painter = ui.painter_at(surface);
        self.paint_text(&painter, session, setting, tokens, focused);
        self.labels =
            self.paint_margins(margin::Drawn { ui, painter: &painter, session, g: geometry, setting, t: tokens });
        self.paint_overview(ui, &painter, session, geometry, tokens);
        self.speak(ui, id, session, &response);
        self.page.tidy(self.top, self.visible.last().map_or(self.top, |v| v.block));
    }

    /// Height of a block with the space above it.
    fn step(&mut self, ui: &Ui, block: usize, g: Geometry, setting: Setting, tokens: &Tokens) -> f32 {
        let above = if block == 0 { TOP_SPACE } else { self.page.space_above(block, setting) };
        above + self.galley(ui, block, g, setting, tokens).size().y
    }

    fn galley(&mut self, ui: &Ui, block: usize, g: Geometry, setting: Setting, tokens: &Tokens) -> page::Laid {
        let lanes = self.marks.lanes(block);
        self.page.galley(ui, &self.document, block, setting, g.right - g.left, lanes, tokens)
    }

    /// Brings `top` and `offset` back into their bounds. Only what is walked over is laid out, and the heights are
    /// true ones, so nothing ever jumps.
    fn settle(&mut self, ui: &Ui, g: Geometry, setting: Setting, tokens: &Tokens) {
        self.top = self.top.min(self.page.len() - 1);
        let mut rest = BOTTOM_SPACE - self.offset;
        let mut block = self.top;
        while block < self.page.len() && rest < g.surface.height() {
            rest += self.step(ui, block, g, setting, tokens);
            block += 1;
        }
        if rest < g.surface.height() {
            self.offset -= g.surface.height() - rest;
        }
        while self.offset < 0.0 {
            if self.top == 0 {
                self.offset = 0.0;
                break;
            }
            self.top -= 1;
            self.offset += self.step(ui, self.top, g, setting, tokens);
        }
        while self.top + 1 < self.page.len() {
            let step = self.step(ui, self.top, g, setting, tokens);
            if self.offset < step {
                break;
            }
            self.offset -= step;
            self.top += 1;
        }
    }

    /// Finds the place of every block that is seen.
    fn lay_out(&mut self, ui: &Ui, g: Geometry, setting: Setting, tokens: &Tokens) {
        self.visible.clear();
        let mut y = g.surface.top() - self.offset;
        for block in self.top..self.page.len() {
            if y > g.surface.bottom() {
                break;
            }
            let above = if block == 0 { TOP_SPACE } else { self.page.space_above(block, setting) };
            let galley = self.galley(ui, block, g, setting, tokens);
            let pos = pos2(g.left, (y + above).round());
            y += above + galley.size().y;
            self.visible.push(Visible { block, pos, galley });
        }
    }

    /// Scrolls as little as needed, or, where that is far, so that the position stands in the upper third.
    fn scroll_to(&mut self, ui: &Ui, at: CharOffset, g: Geometry, setting: Setting, tokens: &Tokens) {
        let room = setting.size * 4.0;
        if let Some(caret) = self.caret_rect(at) {
            if caret.top() < g.surface.top() + room {
                self.offset -= g.surface.top() + room - caret.top();
            } else if caret.bottom() > g.surface.bottom() - room {
                self.offset += caret.bottom() - (g.surface.bottom() - room);
            }
            return;
        }
        let block = self.page.block_at(at);
        let galley = self.galley(ui, block, g, setting, tokens);
        let above = if block == 0 { TOP_SPACE } else { self.page.space_above(block, setting) };
        let inside = page::caret(&galley, self.within(block, at)).top();
        self.top = block;
        self.offset = above + inside - g.surface.height() / 3.0;
    }

    /// How far a position lies in a block, in characters.
    fn within(&self, block: usize, at: CharOffset) -> usize {
        let span = self.page.spans[block];
        at.max(span.start).min(span.end) - span.start
    }

    /// Where the caret would stand on the screen, if its block is seen.
    fn caret_rect(&self, at: CharOffset) -> Option<Rect> {
        let block = self.page.block_at(at);
        let seen = self.visible.iter().find(|v| v.block == block)?;
        Some(page::caret(&seen.galley, self.within(block, at)).translate(seen.pos.to_vec2()))
    }

    /// The position in the text that is nearest to a point of the screen.
    fn position_at(&self, point: Pos2) -> Option<CharOffset> {
        let seen = self.visible.iter().find(|v| point.y < v.pos.y + v.galley.size().y).or(self.visible.last())?;
        let at = page::hit(&seen.galley, point - seen.pos);
        let span = self.page.spans[seen.block];
        Some((span.start + at).min(span.end))
    }

    /// What the margin, or a screen reader, says of a mark.
    fn caption(&self, session: &Session, mark: &marks::Mark) -> marks::Caption {
        let Some(article) = &self.article else { return marks::Caption::default() };
        match mark.from {
            From::Other(id) => session.anybodys(article, id).map(|(coder, a)| {
                let caption = marks::Caption::of_coding(session, article, &self.document, a);
                let coder = session.project().coders.get(coder).map_or("", |c| c.name.as_str());
                marks::Caption { note: coder.to_owned(), ..caption }
            }),
            From::Coding(id) => {
                session.annotation(article, id).map(|a| marks::Caption::of_coding(session, article, &self.document, a))
            }
            From::Suggestion(n) => self
                .detected
                .as_ref()
                .and_then(|d| d.suggestions.get(n))
                .map(|found| marks::Caption::of_suggestion(&self.document, found)),
        }
        .unwrap_or_default()
    }

    /// What a screen reader hears: the text by paragraphs, and what is marked at the caret.
    fn speak(&self, ui: &Ui, id: Id, session: &Session, response: &egui::Response) {
        for seen in &self.visible {
            let rect = Rect::from_min_size(seen.pos, seen.galley.size()).intersect(response.rect);
            let paragraph = ui.interact(rect, id.with(("block", seen.block)), Sense::hover());
            paragraph.widget_info(|| {
                let text = self.document.map().slice(self.page.spans[seen.block]).unwrap_or_default();
                WidgetInfo::labeled(Role::Paragraph, true, text)
            });
        }
        ui.ctx().accesskit_node_builder(id, |node| {
            let here: Vec<String> = self
                .marks
                .in_block(self.page.block_at(self.selection.head))
                .filter(|m| m.span.contains(self.selection.head))
                .map(|m| {
                    let caption = self.caption(session, m);
                    let suggested = match m.from {
                        From::Suggestion(_) => "suggested: ",
                        From::Other(_) => "by another coder: ",
                        From::Coding(_) => "",
                    };
                    format!("{suggested}{} {}", caption.name, caption.note).trim().to_owned()
                })
                .collect();
            let selected = self.document.map().slice(self.selection.span()).unwrap_or_default();
            let mut said = Vec::new();
            if !selected.is_empty() {
                said.push(format!("Selected: {selected}"));
            }
            if !here.is_empty() {
                said.push(format!("Marked here: {}", here.join("; ")));
            }
            if session.coder().is_none() {
                said.push("Nobody is coding yet".to_owned());
            }
            node.set_description(said.join(". "));
        });
    }
}

fn geometry(surface: Rect, setting: Setting) -> Geometry {
    let overview = Rect::from_min_max(
        pos2(surface.right() - 19.0, surface.top() + TOP_SPACE),
        pos2(surface.right() - 10.0, surface.bottom() - TOP_SPACE),
    );
    let room = overview.left() - surface.left();
    // The margins give way first, then the measure.
    let spare = room - setting.width();
    let before = (spare * 0.46).clamp(104.0, 132.0);
    let after = (spare * 0.54).clamp(128.0, 168.0);
    let width = setting.width().min(room - before - after).max(160.0);
    let left = (surface.left() + before + (room - before - after - width).max(0.0) / 2.0).round();
    Geometry { surface, left, right: left + width, before, after, overview }
}

/// A rectangle that is as high as the letters of a line, given the line's rectangle.
fn letters(line: Rect, size: f32) -> Rect {
    let baseline = baseline(line, size);
    Rect::from_min_max(pos2(line.left(), baseline - 0.98 * size), pos2(line.right(), baseline + 0.34 * size))
        .expand2(vec2(1.5, 0.0))
}

/// Where a line's letters stand. egui centres them in the line; the face's ascent is 1.036 and its descent 0.335 of
/// its size.
fn baseline(line: Rect, size: f32) -> f32 {
    (line.center().y + 0.35 * size).round()
}
