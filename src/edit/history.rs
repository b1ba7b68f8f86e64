//! Undo and redo.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::{Edit, EditError, Touched};
use crate::model::{AnnotationId, Project};

/// Edits of one group that follow each other within this time are undone together.
const PAUSE: Duration = Duration::from_millis(1200);

/// What several small edits in a row have in common, so that they count as one: nudging an end, typing a memo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Group {
    Ends(AnnotationId),
    Memo(AnnotationId),
}

/// One thing that was done and can be undone.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it is called in a menu: "Code “witch hunt”".
    pub label: String,
    forward: Edit,
    inverse: Edit,
    group: Option<Group>,
    at: Instant,
}

/// Everything done since the project was opened, and everything undone since the last new edit.
#[derive(Debug, Default)]
pub struct History {
    done: Vec<Step>,
    undone: Vec<Step>,
}

impl History {
    /// Applies an edit and remembers how to undo it. Returns what it touched.
    ///
    /// # Errors
    /// As [`Edit::apply`]; nothing is remembered then.
    pub fn perform(
        &mut self,
        project: &mut Project,
        label: impl Into<String>,
        edit: Edit,
        group: Option<Group>,
    ) -> Result<BTreeSet<Touched>, EditError> {
        let inverse = edit.clone().apply(project)?;
        let touched = edit.touches();
        self.undone.clear();
        let now = Instant::now();
        match self.done.last_mut() {
            Some(last) if group.is_some() && last.group == group && now - last.at < PAUSE => {
                last.forward = Edit::Batch(vec![std::mem::replace(&mut last.forward, Edit::Batch(vec![])), edit]);
                last.inverse = Edit::Batch(vec![inverse, std::mem::replace(&mut last.inverse, Edit::Batch(vec![]))]);
                last.at = now;
            }
            _ => self.done.push(Step { label: label.into(), forward: edit, inverse, group, at: now }),
        }
        Ok(touched)
    }

    /// Undoes the last step. `None` where there is nothing to undo; else the step's label and what it touched.
    ///
    /// # Errors
    /// Where the project was changed past the history; nothing is changed then.
    pub fn undo(&mut self, project: &mut Project) -> Result<Option<(String, BTreeSet<Touched>)>, EditError> {
        let Some(step) = self.done.last() else { return Ok(None) };
        step.inverse.clone().apply(project)?;
        Ok(self.done.pop().map(|step| {
            let told = (step.label.clone(), step.inverse.touches());
            self.undone.push(step);
            told
        }))
    }

    /// Does again what was undone last; else as [`undo`](Self::undo).
    ///
    /// # Errors
    /// As [`undo`](Self::undo).
    pub fn redo(&mut self, project: &mut Project) -> Result<Option<(String, BTreeSet<Touched>)>, EditError> {
        let Some(step) = self.undone.last() else { return Ok(None) };
        step.forward.clone().apply(project)?;
        Ok(self.undone.pop().map(|mut step| {
            let told = (step.label.clone(), step.forward.touches());
            // A step that was undone and redone is finished: nothing joins it any more.
            step.group = None;
            self.done.push(step);
            told
        }))
    }

    /// What [`undo`](Self::undo) would undo.
    pub fn next_undo(&self) -> Option<&str> {
        self.done.last().map(|s| s.label.as_str())
    }

    /// What [`redo`](Self::redo) would do again.
    pub fn next_redo(&self) -> Option<&str> {
        self.undone.last().map(|s| s.label.as_str())
    }
}
