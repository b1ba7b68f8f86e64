//! Places that somebody has marked, and the way back from a jump. They belong to the window, not to the project.

use super::App;
use super::reading::Selection;
use super::settings::Place;

/// How many jumps can be gone back.
const TRAIL: usize = 50;

impl App {
    fn here(&self) -> Option<Place> {
        Some((self.reading.article()?.clone(), self.reading.selection.head))
    }

    /// Marks the place of the caret, or takes the mark of its paragraph away.
    pub(super) fn set_place(&mut self) {
        let (Some(session), Some((article, at))) = (&self.session, self.here()) else { return };
        let paragraph = self.reading.document().paragraph_at(at);
        let near = |place: &Place| {
            place.0 == article && paragraph.map_or(place.1 == at, |p| p.start <= place.1 && place.1 <= p.end)
        };
        let places = self.settings.places.entry(session.root().to_owned()).or_default();
        let before = places.len();
        places.retain(|p| !near(p));
        if places.len() == before {
            places.push((article, at));
            places.sort();
            self.notices.tell("Place marked");
        } else {
            self.notices.tell("The mark is taken away");
        }
        self.settings.save(self.folder.as_deref());
    }

    /// Goes to the next marked place: in this article, then in the others, and round.
    pub(super) fn next_place(&mut self) {
        let Some(session) = &self.session else { return };
        let there = |p: &&Place| session.article(&p.0).is_some();
        let places: Vec<Place> = self.settings.places_in(Some(session)).iter().filter(there).cloned().collect();
        let here = self.here();
        let next = places.iter().find(|p| here.as_ref().is_none_or(|h| *p > h)).or(places.first()).cloned();
        if let Some(place) = next {
            self.leave_trail();
            self.go_to(place);
        }
    }

    /// Notes where the reader is, before a jump.
    pub(super) fn leave_trail(&mut self) {
        if let Some(here) = self.here().filter(|here| self.trail.last() != Some(here)) {
            if self.trail.len() == TRAIL {
                self.trail.remove(0);
            }
            self.trail.push(here);
        }
    }

    /// Goes back to before the last jump.
    pub(super) fn go_back(&mut self) {
        while let Some(place) = self.trail.pop() {
            if self.session.as_ref().is_some_and(|s| s.article(&place.0).is_some()) {
                self.go_to(place);
                return;
            }
        }
    }

    fn go_to(&mut self, (article, at): Place) {
        if self.reading.article() != Some(&article) {
            self.open_article(&article);
        }
        let at = at.min(self.reading.document().map().char_len());
        self.reading.chosen = None;
        self.reading.selection = Selection::at(at);
        self.reading.reveal(at);
        self.reading.take_focus();
    }
}
