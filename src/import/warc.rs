//! Archives of the web (WARC, and ARC before it), packed by gzip or not: the pages and texts in them.
//!
//! Of what was fetched, answers with status 200 that are HTML or plain text are read. The address is the record's where
//! the page names none. When it was fetched is kept as the variable [`known::CAPTURED`]; that is not when the article was
//! published.

use miniz_oxide::DataFormat;

use super::gzip::{self, Members};
use super::mail::{Headers, as_utf8, is_url};
use super::{Intake, LARGEST, Problem, Raw, Reader, Sample, known};
use crate::model::Value;

/// The largest page that is unpacked, in bytes.
const LARGEST_PAGE: u64 = 64 << 20;
/// How much may be unpacked of one archive, in bytes.
const MOST: u64 = 2 << 30;

/// The reader of web archives.
#[derive(Debug)]
pub struct Warc;

impl Reader for Warc {
    fn name(&self) -> &'static str {
        "warc"
    }

    fn about(&self) -> &'static str {
        "an archive of the web (.warc, .arc, also .gz): its pages and texts"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        let is = |bytes: &[u8]| bytes.starts_with(b"WARC/") || bytes.starts_with(b"filedesc://");
        is(sample.bytes) || (gzip::is_gzip(sample.bytes) && is(&gzip::head(sample.bytes)))
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let before = intake.count();
        if gzip::is_gzip(&raw.bytes) {
            let mut members = Members::new(&raw.bytes);
            let mut left = MOST;
            let mut arc = false;
            // A record is packed by itself as a rule, but some programs part it where they like.
            let mut held = Vec::new();
            while let Some(member) = members.next_within(LARGEST.min(left)) {
                let member = member?;
                left = left.saturating_sub(member.len() as u64);
                arc |= member.starts_with(b"filedesc://");
                if held.is_empty() {
                    held = member;
                } else {
                    held.extend(member);
                }
                let open = if held.len() as u64 > LARGEST { 0 } else { open_record(&held, arc) };
                if open > 0 && open == held.len() {
                    continue;
                }
                let rest = held.split_off(held.len() - open.min(held.len()));
                records(&held, arc, intake)?;
                held = rest;
            }
            records(&held, arc, intake)?;
        } else {
            records(&raw.bytes, raw.bytes.starts_with(b"filedesc://"), intake)?;
        }
        if intake.count() == before && !intake.has_skipped() {
            return Err(Problem::NothingInside { what: "web page" });
        }
        Ok(())
    }
}

/// What was fetched.
struct Fetched<'a> {
    url: String,
    /// In ISO 8601.
    at: Option<String>,
    /// The answer with its headers, or the bare content and its kind.
    answer: Answer<'a>,
}

enum Answer<'a> {
    Http(&'a [u8]),
    Bare(Headers, &'a [u8]),
}

/// Reads the records in some bytes. Where a record is not as long as it says, the next one is looked for.
fn records(bytes: &[u8], arc: bool, intake: &mut Intake<'_>) -> Result<(), Problem> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let (found, after) = if arc { arc_record(rest) } else { warc_record(rest) };
        rest = after;
        if let Some(fetched) = found {
            page(fetched, intake)?;
        }
    }
    Ok(())
}

/// How many bytes at the end belong to a record that goes on behind them.
fn open_record(bytes: &[u8], arc: bool) -> usize {
    let mut rest = bytes;
    while !arc && !rest.is_empty() {
        let (first, after) = line(rest);
        if first.starts_with(b"WARC/") {
            let (headers, block) = Headers::split(after);
            match headers.get("content-length").and_then(|l| l.parse::<usize>().ok()) {
                Some(length) if length > block.len() => return rest.len(),
                Some(length) => rest = block.get(length..).unwrap_or_default(),
                None => rest = block,
            }
        } else {
            rest = after;
        }
    }
    0
}

/// The line at the start of some bytes, without its end, and what follows.
fn line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1);
    let (line, rest) = bytes.split_at(end);
    (line.trim_ascii_end(), rest)
}

fn warc_record(bytes: &[u8]) -> (Option<Fetched<'_>>, &[u8]) {
    let (first, rest) = line(bytes);
    if !first.starts_with(b"WARC/") {
        return (None, rest);
    }
    let (headers, rest) = Headers::split(rest);
    let length = headers.get("content-length").and_then(|l| l.parse::<usize>().ok());
    let block = match length.and_then(|length| rest.get(..length)) {
        Some(block) => block,
        // It was cut off, or says nothing sound: then it ends where the next one begins.
        None => rest.get(..next_record(rest)).unwrap_or(rest),
    };
    let after = rest.get(block.len()..).unwrap_or_default();
    let url = headers.get("warc-target-uri").unwrap_or_default().trim_matches(['<', '>']).to_owned();
    let at = headers.get("warc-date").map(str::to_owned);
    let answer = match headers.get("warc-type").unwrap_or_default() {
        "response" if headers.kind() == "application/http" || block.starts_with(b"HTTP/") => Answer::Http(block),
        "response" | "resource" | "conversion" => Answer::Bare(headers, block),
        _ => return (None, after),
    };
    (Some(Fetched { url, at, answer }), after)
}

fn next_record(bytes: &[u8]) -> usize {
    bytes.windows(8).position(|w| w.starts_with(b"\nWARC/1.")).map_or(bytes.len(), |at| at + 1)
}

/// A record of an ARC file: address, machine, moment, kind and length on a line, then the answer.
fn arc_record(bytes: &[u8]) -> (Option<Fetched<'_>>, &[u8]) {
    let (first, rest) = line(bytes);
    let Ok(first) = std::str::from_utf8(first) else { return (None, rest) };
    let mut fields = first.rsplitn(5, ' ');
    let length = fields.next().and_then(|f| f.parse::<usize>().ok());
    let (kind, at, _, url) = (fields.next(), fields.next(), fields.next(), fields.next());
    let (Some(length), Some(kind), Some(at), Some(url)) = (length, kind, at, url) else { return (None, rest) };
    if !url.contains("://") || !at.bytes().all(|b| b.is_ascii_digit()) {
        return (None, rest);
    }
    let block = rest.get(..length).unwrap_or(rest);
    let after = rest.get(block.len()..).unwrap_or_default();
    if url.starts_with("filedesc://") {
        return (None, after);
    }
    let answer = if block.starts_with(b"HTTP/") {
        Answer::Http(block)
    } else {
        Answer::Bare(Headers::split(format!("content-type: {kind}").as_bytes()).0, block)
    };
    (Some(Fetched { url: url.to_owned(), at: arc_moment(at), answer }), after)
}

/// `20140216050221` in ISO 8601.
fn arc_moment(digits: &str) -> Option<String> {
    let piece = |from: usize, to: usize| digits.get(from..to);
    let day = format!("{}-{}-{}", piece(0, 4)?, piece(4, 6)?, piece(6, 8)?);
    let time = format!("{}:{}:{}", piece(8, 10)?, piece(10, 12)?, piece(12, 14)?);
    Some(format!("{day}T{time}Z"))
}

fn page(fetched: Fetched<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
    let (headers, body) = match fetched.answer {
        Answer::Bare(headers, body) => (headers, body),
        Answer::Http(block) => {
            let (status, rest) = line(block);
            let (headers, body) = Headers::split(rest);
            if status.split(|b| *b == b' ').nth(1) != Some(b"200") {
                return Ok(());
            }
            (headers, body)
        }
    };
    let end = match headers.kind().as_str() {
        "text/html" | "application/xhtml+xml" => "html",
        "text/plain" => "txt",
        _ => return Ok(()),
    };
    // Archives hold notes of the program that made them, at addresses of its own.
    if !is_url(&fetched.url) {
        return Ok(());
    }
    let path = fetched.url.split(['?', '#']).next().unwrap_or_default();
    // What tells machines where to go is no article.
    if path.ends_with("/robots.txt") || path.ends_with("/ads.txt") || body.trim_ascii().is_empty() {
        return Ok(());
    }
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let name = if name.is_empty() { "page" } else { name };
    let name = if name.to_lowercase().ends_with(end) { name.to_owned() } else { format!("{name}.{end}") };
    let bytes = match content(&headers, body) {
        Ok(bytes) => as_utf8(bytes, headers.charset()),
        Err(problem) => {
            intake.skip(&fetched.url, problem);
            return Ok(());
        }
    };
    let before = intake.count();
    intake.inside(&name, bytes)?;
    intake.since(before, |metadata| {
        if metadata.url.is_none() {
            metadata.url = Some(fetched.url.clone());
        }
        if let Some(at) = &fetched.at {
            metadata.variables.insert(known::CAPTURED.to_owned(), Value::Text(at.clone()));
        }
    });
    Ok(())
}

/// The content of an answer, as it was before it was sent. What is not written as its headers say is taken as it is:
/// programs that archive often unpack it and leave the headers alone.
fn content(headers: &Headers, body: &[u8]) -> Result<Vec<u8>, Problem> {
    let says = |name: &str, word: &str| headers.get(name).is_some_and(|v| v.to_lowercase().contains(word));
    let whole = if says("transfer-encoding", "chunked") { chunked(body) } else { None };
    let body = whole.as_deref().unwrap_or(body);
    if says("content-encoding", "br") || says("content-encoding", "zstd") {
        // A page that was unpacked begins with its markup.
        if !body.trim_ascii_start().starts_with(b"<") {
            return Err(Problem::Packed { how: "Brotli or Zstandard compression".to_owned() });
        }
    } else if says("content-encoding", "gzip") {
        if let Some(unpacked) = gzip::loosely(body, LARGEST_PAGE) {
            return unpacked;
        }
    } else if says("content-encoding", "deflate") {
        let unpacked = gzip::unpack(body, DataFormat::Zlib, LARGEST_PAGE);
        if let Ok((unpacked, _)) = unpacked.or_else(|_| gzip::unpack(body, DataFormat::Raw, LARGEST_PAGE)) {
            return Ok(unpacked);
        }
    }
    Ok(body.to_vec())
}

/// What chunks hold together; `None` where there are none. A chunk that is cut off counts as far as it goes.
fn chunked(body: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = body;
    loop {
        let (size, after) = line(rest);
        let size = std::str::from_utf8(size).ok()?.split(';').next()?.trim();
        let Ok(size) = usize::from_str_radix(size, 16) else {
            // Behind sound chunks there may be rubbish; where the first is none, nothing is chunked.
            return (!out.is_empty()).then_some(out);
        };
        let chunk = after.get(..size).unwrap_or(after);
        out.extend_from_slice(chunk);
        rest = after.get(chunk.len()..).unwrap_or_default();
        rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
        if size == 0 || rest.is_empty() {
            return Some(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined_and_their_absence_noticed() {
        assert_eq!(chunked(b"4\r\nThe \r\n5;x=y\r\nferry\r\n0\r\n\r\n").unwrap(), b"The ferry");
        assert_eq!(chunked(b"ff\r\ncut").unwrap(), b"cut");
        assert_eq!(chunked(b"<html>"), None);
        assert_eq!(chunked(b"4\r\nThe \r\nzz\r\n").unwrap(), b"The ");
        assert_eq!(arc_moment("20140216050221").as_deref(), Some("2014-02-16T05:02:21Z"));
        assert_eq!(arc_moment("2014"), None);
    }
}
