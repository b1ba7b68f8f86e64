//! `framelens new`

use std::path::PathBuf;

use clap::Args;

use super::{Outcome, detector, say};
use crate::model::{Coder, Project, slug};
use crate::session::Session;

/// Make a new project
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  framelens new my-study --title \"The ferry in the press\" --coder \"Ada Brandt\"")]
pub struct New {
    /// The folder to make; it must not exist yet or be empty
    dir: PathBuf,

    /// What the project is called [default: the folder's name]
    #[arg(long)]
    title: Option<String>,

    /// Somebody who will code; may be given several times
    #[arg(long, value_name = "NAME")]
    coder: Vec<String>,
}

impl New {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let folder =
            || self.dir.file_name().map_or_else(|| "Untitled".to_owned(), |n| n.to_string_lossy().into_owned());
        let mut project = Project::new(self.title.filter(|t| !t.trim().is_empty()).unwrap_or_else(folder));
        for name in self.coder.iter().map(|n| n.trim()).filter(|n| !n.is_empty()) {
            if project.coders.values().any(|c| c.name.eq_ignore_ascii_case(name)) {
                continue;
            }
            let stem = slug(name, 40);
            let free = (1..1000).map(|n| if n == 1 { stem.clone() } else { format!("{stem}-{n}") });
            let id = free.filter_map(|id| id.parse().ok()).find(|id| !project.coders.contains_key(id));
            let id = id.ok_or_else(|| anyhow::anyhow!("too many coders are called “{name}”"))?;
            let coder: Coder = Coder { id, name: name.to_owned() };
            project.coders.insert(coder.id.clone(), coder);
        }
        let title = project.title.clone();
        Session::create(&self.dir, project, detector())?;
        say(&format!("The project “{title}” is in {0}. Open it: framelens {0}", self.dir.display()))?;
        Ok(Outcome::Done)
    }
}
