//! `framelens pack`

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;

use super::{Outcome, complain, count, not_its_own, say, size};
use crate::store::{SHARE, Store, pack, pack_without_texts};

/// Put a project into one file, to send it
///
/// The file holds all that the project holds, and the same project always gives the same file. With --without-texts it
/// holds hashes of the texts in their place, and of what codings quote no more than a tenth of each text; whoever has the
/// texts can make the whole project of it again. Titles, metadata and what coders wrote themselves (memos, names of
/// speakers, examples in the codebook) are in it in either case.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  framelens pack my-study\n  \
                  framelens pack my-study --out to-send.framelens --without-texts")]
pub struct Pack {
    /// The project folder
    project: PathBuf,

    /// The file to write [default: named after the folder, beside it]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Leave out the articles' texts
    #[arg(long)]
    without_texts: bool,

    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
}

impl Pack {
    pub fn run(self) -> anyhow::Result<Outcome> {
        let opened = Store::open(&self.project)?;
        if !opened.notices.is_empty() {
            opened.notices.iter().for_each(|notice| complain(notice));
            bail!(
                "nothing was packed: a part of the project would be missing. What can be done: framelens check {}",
                self.project.display()
            );
        }
        let root = opened.store.root();
        let out = match self.out {
            Some(out) => out,
            None => {
                let root = root.canonicalize().with_context(|| format!("cannot find {}", root.display()))?;
                let mut name = root.file_name().map_or_else(|| "project".into(), ToOwned::to_owned);
                name.push(".framelens");
                root.with_file_name(name)
            }
        };
        not_its_own(root, &out)?;
        if self.without_texts {
            let shown = pack_without_texts(&opened.project, &out, self.force)?;
            say(&format!(
                "{} packed without their texts into {} ({})",
                count(opened.project.articles.len(), "article"),
                out.display(),
                size(shown.receipt.bytes)
            ))?;
            say(&format!(
                "Of the texts, codings show {:.1} % in all, and no more than {:.1} % of any one (the limit is {SHARE} %)",
                shown.all, shown.most
            ))?;
        } else {
            let receipt = pack(&opened.project, &out, self.force)?;
            say(&format!("{} packed into {} ({})", count(receipt.files, "file"), out.display(), size(receipt.bytes)))?;
        }
        Ok(Outcome::Done)
    }
}
