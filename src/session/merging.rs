//! Other people's copies of the project come in.

use super::{Session, SessionError};
use crate::edit::difference;
use crate::edit::merge::{Choices, Input, Merged, Report, merge};
use crate::model::Project;

impl Session {
    /// What merging other projects into this one would give; nothing is changed. `name`: what the report calls this
    /// one. `base`: what all of them come from, where that is known.
    pub fn merged(&self, name: &str, others: &[Input<'_>], base: Option<&Project>, choices: &Choices) -> Merged {
        let mut inputs = vec![Input { name, project: &self.project }];
        inputs.extend_from_slice(others);
        merge(&inputs, base, choices)
    }

    /// Merges other projects into this one, as one step that can be undone. Where nothing comes of it, nothing is
    /// done.
    ///
    /// # Errors
    /// As [`perform`](Session::perform); nothing is changed then.
    pub fn merge(
        &mut self,
        name: &str,
        others: &[Input<'_>],
        base: Option<&Project>,
        choices: &Choices,
    ) -> Result<Report, SessionError> {
        if let Some(why) = self.read_only() {
            return Err(SessionError::ReadOnly(why.to_owned()));
        }
        let Merged { project, report } = self.merged(name, others, base, choices);
        let edit = difference(&self.project, &project);
        if edit.touches().is_empty() {
            return Ok(report);
        }
        let names: Vec<_> = others.iter().map(|i| format!("“{}”", i.name)).collect();
        let label = if names.is_empty() { "Merge codes".to_owned() } else { format!("Merge {}", names.join(", ")) };
        self.perform(label, edit, None)?;
        Ok(report)
    }
}
