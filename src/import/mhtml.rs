//! Web pages saved as one file (.mhtml, .mht): the page's own part, without pictures and styles.

use super::mail::{Headers, as_utf8, base64, is_url, quoted_printable};
use super::{Intake, Problem, Raw, Reader, Sample, iso, known};
use crate::model::Value;

/// How many parts a file may have, and how deep they may lie.
const MOST_PARTS: usize = 20_000;
const DEEPEST: usize = 4;

/// The reader of MHTML.
#[derive(Debug)]
pub struct Mhtml;

impl Reader for Mhtml {
    fn name(&self) -> &'static str {
        "mhtml"
    }

    fn about(&self) -> &'static str {
        "a web page saved as one file (.mhtml, .mht)"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        let head = sample.bytes.get(..sample.bytes.len().min(8192)).unwrap_or_default();
        // A message begins with a header line, whatever it is called.
        let begins = head.trim_ascii_start().split(|b| *b == b'\n').next().unwrap_or_default();
        if !begins.contains(&b':') || begins.starts_with(b"<") {
            return false;
        }
        let (headers, _) = Headers::split(head.trim_ascii_start());
        let called = matches!(sample.ending().as_str(), "mht" | "mhtml");
        let related = headers.kind() == "multipart/related";
        let saved = headers.get("snapshot-content-location").is_some()
            || headers.get("from").is_some_and(|f| f.to_lowercase().starts_with("<saved by"));
        headers.get("mime-version").is_some() && (saved || (called && headers.kind().starts_with("multipart/")))
            || called && (related || headers.kind() == "text/html")
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let (headers, body) = Headers::split(raw.bytes.trim_ascii_start());
        let mut page = None;
        look(&headers, body, 0, &mut 0, &mut page)?;
        let Some((kind, part, page)) = page else {
            return Err(Problem::NothingInside { what: "web page" });
        };
        let end = if kind == "text/plain" { "txt" } else { "html" };
        let name = raw.file.rsplit_once('.').map_or(raw.file, |(name, _)| name);
        let before = intake.count();
        intake.inside(&format!("{name}.{end}"), page)?;
        let from = ["snapshot-content-location", "content-location"].iter().find_map(|n| headers.get(n));
        let url = from.or(part.get("content-location")).map(str::to_owned).filter(|u| is_url(u));
        let saved = headers.get("date").and_then(iso);
        let close = headers.parameter("boundary").map(|b| format!("--{b}--"));
        if close.is_some_and(|close| !ends_with(body, &close)) {
            intake.warn("the file is cut off, and its words may be as well");
        }
        intake.since(before, |metadata| {
            if metadata.url.is_none() {
                metadata.url.clone_from(&url);
            }
            if let Some(saved) = &saved {
                metadata.variables.insert(known::CAPTURED.to_owned(), Value::Text(saved.clone()));
            }
        });
        Ok(())
    }
}

/// Whether a body has its closing line near its end.
fn ends_with(body: &[u8], close: &str) -> bool {
    let end = body.get(body.len().saturating_sub(close.len() + 1024)..).unwrap_or_default();
    end.windows(close.len()).any(|window| window == close.as_bytes())
}

/// A part that is a page: its kind, its headers, and its bytes as they were meant.
type Page = (String, Headers, Vec<u8>);

/// Looks for the page: the first part that is HTML, else the first that is text.
fn look(
    headers: &Headers,
    body: &[u8],
    depth: usize,
    count: &mut usize,
    page: &mut Option<Page>,
) -> Result<(), Problem> {
    *count += 1;
    if *count > MOST_PARTS {
        return Err(Problem::TooMany { what: "parts", most: MOST_PARTS });
    }
    let kind = headers.kind();
    if kind.starts_with("multipart/") {
        let Some(boundary) = headers.parameter("boundary").filter(|b| !b.is_empty()) else {
            return Err(Problem::Damaged { reason: "it does not say what stands between its parts".to_owned() });
        };
        if depth >= DEEPEST {
            return Err(Problem::TooDeep { most: DEEPEST });
        }
        for part in parts(body, &boundary) {
            let (headers, body) = Headers::split(part);
            look(&headers, body, depth + 1, count, page)?;
            if matches!(page, Some((kind, ..)) if kind != "text/plain") {
                break;
            }
        }
        return Ok(());
    }
    let is_page = matches!(kind.as_str(), "text/html" | "application/xhtml+xml");
    if is_page || (kind == "text/plain" && page.is_none()) {
        let bytes = match headers.get("content-transfer-encoding").unwrap_or_default().to_lowercase().as_str() {
            "quoted-printable" => quoted_printable(body),
            "base64" => base64(body),
            _ => body.to_vec(),
        };
        let bytes = as_utf8(bytes, headers.charset());
        let own = headers.get("content-location").map(|l| format!("content-location: {l}")).unwrap_or_default();
        *page = Some((kind, Headers::split(own.as_bytes()).0, bytes));
    }
    Ok(())
}

/// What stands between the lines that part a body.
fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let mark = format!("--{boundary}");
    let mut parts = Vec::new();
    let (mut at, mut start) = (0, None);
    for line in body.split_inclusive(|b| *b == b'\n') {
        if let Some(rest) = line.strip_prefix(mark.as_bytes())
            && matches!(rest.trim_ascii(), b"" | b"--")
        {
            parts.extend(start.and_then(|start| body.get(start..at)));
            start = (rest.trim_ascii() != b"--").then_some(at + line.len());
        }
        at += line.len();
    }
    parts.extend(start.and_then(|start| body.get(start..)));
    parts
}
