//! `framelens unpack`

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use super::{Outcome, complain, count, say};
use crate::import::{Options, gather, read};
use crate::store::{Texts, rebuild, unpack};

/// Make a project folder of a packed project
///
/// The folder appears when it is whole, or not at all. A pack whose texts were left out needs them: --texts names projects,
/// packs, articles' files or folders of them, and each text is known by its hash. Articles whose texts are not found are
/// an error, unless --partial leaves them out; what was coded in them then stays in the pack alone.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  framelens unpack my-study.framelens\n  \
                  framelens unpack without.framelens my-study --texts articles/ --texts other-study")]
pub struct Unpack {
    /// The packed project
    file: PathBuf,

    /// The folder to make; it must not exist yet or be empty [default: named after the file, beside it]
    dir: Option<PathBuf>,

    /// Where the texts are that were left out; may be given several times
    #[arg(long, value_name = "PATH")]
    texts: Vec<PathBuf>,

    /// Leave out articles whose texts are not found
    #[arg(long, requires = "texts")]
    partial: bool,
}

impl Unpack {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let dir = self.dir.clone().unwrap_or_else(|| self.file.with_extension(""));
        if dir == self.file {
            bail!("say which folder to make: framelens unpack {} FOLDER", self.file.display());
        }
        if self.texts.is_empty() {
            let notices = unpack(&self.file, &dir)?;
            notices.iter().for_each(|notice| complain(notice));
            say(&format!("The project is in {0}. Open it: framelens {0}", dir.display()))?;
            return Ok(if notices.is_empty() { Outcome::Done } else { Outcome::Partly });
        }
        let mut texts = Texts::withheld_by(&self.file)?;
        for path in &self.texts {
            if !path.exists() {
                bail!("there is nothing at {}", path.display());
            }
            texts.look_in(path);
        }
        if texts.are_missing() {
            // As they came from outside: pages, old encodings, text files with a head.
            let (files, _) = gather(&self.texts);
            for article in files.iter().flat_map(|path| read(path, &Options::default()).articles).map(|c| c.article) {
                texts.offer(&article.text);
            }
        }
        let left_out = rebuild(&self.file, &texts, &dir, self.partial)?;
        for id in &left_out {
            complain(&format!("“{id}” was left out, with what was coded in it: its text was not found"));
        }
        say(&format!("The project is in {0}. Open it: framelens {0}", dir.display()))?;
        if left_out.is_empty() {
            return Ok(Outcome::Done);
        }
        let articles = count(left_out.len(), "article");
        say(&format!("{articles} left out; all of their codings stay in {} alone: keep it", self.file.display()))?;
        Ok(Outcome::Partly)
    }
}
