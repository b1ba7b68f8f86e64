//! A folder to start from: the tables, and a script in R and one in Python that read them and make the first figure.
//!
//! ```text
//! annotations.csv         one row an annotation
//! articles.csv            one row an article
//! codes-by-article.csv    one row for each code, article and coder
//! codebook.csv            one row a code
//! analyse.R, analyse.py   codes by outlet and by voice
//! READ-ME.txt             what is what
//! ```
//!
//! The tables are UTF-8, with commas. The scripts need nothing but R or Python themselves; where Python has Matplotlib, a
//! picture is drawn as well.

use std::io;

use super::annotations::{self, COLUMNS};
use super::{codebook, summary, xlsx};
use crate::exchange::{Carries, Format, Losses, Shape, Sink};
use crate::model::Project;

/// The format.
#[derive(Debug)]
pub struct Starter;

impl Format for Starter {
    fn name(&self) -> &'static str {
        "starter"
    }

    fn about(&self) -> &'static str {
        "a folder with the tables, and a script in R and in Python that makes the first figure of them"
    }

    fn shape(&self) -> Shape {
        Shape::Folder
    }

    fn carries(&self) -> Carries {
        xlsx::Xlsx.carries()
    }

    fn adapt(&self, project: &mut Project, losses: &mut Losses) {
        annotations::adapt(project, losses);
        codebook::adapt(project, losses);
    }

    fn is_read(&self) -> bool {
        false
    }

    fn write(&self, project: &Project, sink: &mut Sink<'_>) -> io::Result<()> {
        let columns = COLUMNS.iter().map(|c| (*c).to_owned()).collect();
        let mut rows = Vec::new();
        for article in project.articles.values() {
            rows.extend(annotations::rows(project, article));
            sink.step()?;
        }
        sink.file("READ-ME.txt", include_bytes!("starter/READ-ME.txt"))?;
        sink.file("analyse.R", include_bytes!("starter/analyse.R"))?;
        sink.file("analyse.py", include_bytes!("starter/analyse.py"))?;
        sink.file("annotations.csv", &summary::Table { columns, rows }.csv()?)?;
        sink.file("articles.csv", &summary::articles(project).csv()?)?;
        sink.file("codes-by-article.csv", &summary::counts(project).csv()?)?;
        sink.file("codebook.csv", &codebook::table(project).csv()?)
    }
}
