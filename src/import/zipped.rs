//! Zip files: whatever is in them, folder by folder.

use std::io::Cursor;

use super::{Intake, LARGEST, Problem, Raw, Reader, Sample};
use crate::archive::{Limits, Reader as Zip, ZipError};

/// What belongs to saved pages and is no article.
const BESIDE: &[&str] = &[
    "css", "js", "mjs", "map", "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "bmp", "tif", "tiff", "woff",
    "woff2", "ttf", "otf", "eot", "mp3", "mp4", "webm", "ogg", "ds_store",
];

/// The reader of zip files that are no documents themselves.
#[derive(Debug)]
pub struct Zipped;

impl Reader for Zipped {
    fn name(&self) -> &'static str {
        "zip"
    }

    fn about(&self) -> &'static str {
        "a zip file of articles in any format, in folders or not"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        // What Office, OpenDocument and EPUB pack is one document.
        let document = |name: &String| {
            ["[Content_Types].xml", "mimetype", "META-INF/container.xml", "META-INF/manifest.xml"]
                .contains(&name.as_str())
        };
        let zip = sample.bytes.starts_with(b"PK\x03\x04") || sample.bytes.starts_with(b"PK\x05\x06");
        zip && !sample.names().iter().any(document)
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let limits = Limits { entries: 100_000, each: LARGEST, total: 1 << 30, capitals: true };
        let mut zip = Zip::open(Cursor::new(&raw.bytes[..]), limits).map_err(problem)?;
        let mut found = false;
        for entry in zip.entries().to_vec() {
            if entry.is_folder() || left_out(&entry.name) {
                continue;
            }
            found = true;
            match zip.read(&entry) {
                Ok(bytes) => intake.inside(&entry.name, bytes)?,
                Err(error @ (ZipError::TotalTooLarge { .. } | ZipError::Io(_))) => return Err(problem(error)),
                Err(error) => intake.skip(&entry.name, problem(error)),
            }
        }
        if found { Ok(()) } else { Err(Problem::NothingInside { what: "file" }) }
    }
}

fn problem(error: ZipError) -> Problem {
    match error {
        ZipError::Encrypted(_) => Problem::Protected,
        ZipError::TotalTooLarge { most } => Problem::TooMuch { most: most << 20 },
        error => Problem::Damaged { reason: error.to_string() },
    }
}

/// Whether a file is hidden, another program's own, or a picture or the like that a page was saved with.
fn left_out(name: &str) -> bool {
    let mut pieces = name.split(['/', '\\']);
    let hidden = pieces.any(|piece| piece == "__MACOSX" || (piece.starts_with('.') && piece != "." && piece != ".."));
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name).to_lowercase();
    let beside = file.rsplit_once('.').is_some_and(|(_, end)| BESIDE.contains(&end));
    hidden || beside || matches!(file.as_str(), "thumbs.db" | "desktop.ini")
}
