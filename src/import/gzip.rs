//! Files packed by gzip: whatever is in them.

use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZFlush, MZStatus};

use super::{Intake, LARGEST, Problem, Raw, Reader, Sample};

/// How much is unpacked at a time.
const PIECE: usize = 64 << 10;

/// The reader of gzip.
#[derive(Debug)]
pub struct Gzip;

impl Reader for Gzip {
    fn name(&self) -> &'static str {
        "gzip"
    }

    fn about(&self) -> &'static str {
        "a file packed by gzip (.gz), whatever is in it"
    }

    fn recognises(&self, sample: &Sample<'_>) -> bool {
        is_gzip(sample.bytes)
    }

    fn read(&self, raw: Raw<'_>, intake: &mut Intake<'_>) -> Result<(), Problem> {
        let mut whole = Vec::new();
        let mut members = Members::new(&raw.bytes);
        while let Some(member) = members.next_within(LARGEST - whole.len() as u64) {
            let member = member?;
            if whole.is_empty() {
                whole = member;
            } else {
                whole.extend(member);
            }
        }
        let name = match raw.file.rsplit_once('.') {
            Some((name, end)) if end.eq_ignore_ascii_case("gz") && !name.is_empty() => name.to_owned(),
            Some((name, end)) if end.eq_ignore_ascii_case("tgz") => format!("{name}.tar"),
            _ => raw.file.to_owned(),
        };
        intake.inside(&name, whole)
    }
}

pub fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b, 8])
}

/// The first bytes of what is packed, to look at.
pub fn head(bytes: &[u8]) -> Vec<u8> {
    let Some(body) = body(bytes) else { return Vec::new() };
    let mut state = InflateState::new_boxed(DataFormat::Raw);
    let mut out = vec![0; 512];
    let done = inflate(&mut state, body, &mut out, MZFlush::None);
    out.truncate(done.bytes_written);
    out
}

/// What stands behind a member's header.
fn body(bytes: &[u8]) -> Option<&[u8]> {
    if !is_gzip(bytes) {
        return None;
    }
    let flags = *bytes.get(3)?;
    let mut rest = bytes.get(10..)?;
    if flags & 4 != 0 {
        let (length, after) = rest.split_first_chunk::<2>()?;
        rest = after.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for named in [8, 16] {
        if flags & named != 0 {
            let end = rest.iter().position(|b| *b == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & 2 != 0 {
        rest = rest.get(2..)?;
    }
    Some(rest)
}

/// What the first member holds, though its end be missing or wrong, as it is in the web's answers; `None` where the bytes
/// are not packed by gzip at all.
pub fn loosely(bytes: &[u8], most: u64) -> Option<Result<Vec<u8>, Problem>> {
    Some(unpack(body(bytes)?, DataFormat::Raw, most).map(|(out, _)| out))
}

/// The members of a gzip file: one as a rule, one for each record in web archives.
#[derive(Debug)]
pub struct Members<'a> {
    rest: &'a [u8],
}

impl<'a> Members<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next member, unpacked to at most `most` bytes.
    pub fn next_within(&mut self, most: u64) -> Option<Result<Vec<u8>, Problem>> {
        // Some programs fill up the end with zeros.
        if self.rest.iter().all(|b| *b == 0) {
            return None;
        }
        let member = self.member(most);
        if member.is_err() {
            self.rest = &[];
        }
        Some(member)
    }

    fn member(&mut self, most: u64) -> Result<Vec<u8>, Problem> {
        let damaged = |reason: &str| Problem::Damaged { reason: reason.to_owned() };
        let body = body(self.rest).ok_or_else(|| damaged("what follows is not packed by gzip"))?;
        let (out, used) = unpack(body, DataFormat::Raw, most)?;
        let end = body.get(used..used + 8).ok_or_else(|| damaged("it ends too early"))?;
        let said = end.first_chunk::<4>().map(|c| u32::from_le_bytes(*c));
        if said != Some(crc32fast::hash(&out)) {
            return Err(damaged("its content is not what was packed"));
        }
        self.rest = body.get(used + 8..).unwrap_or_default();
        Ok(out)
    }
}

/// What is packed in a stream, and how many bytes the stream has.
///
/// # Errors
/// Where it is damaged or would be larger than `most`.
pub fn unpack(packed: &[u8], format: DataFormat, most: u64) -> Result<(Vec<u8>, usize), Problem> {
    let mut state = InflateState::new_boxed(format);
    let (mut out, mut used) = (Vec::new(), 0);
    let mut piece = vec![0; PIECE];
    loop {
        let rest = packed.get(used..).unwrap_or_default();
        let done = inflate(&mut state, rest, &mut piece, MZFlush::None);
        used += done.bytes_consumed;
        out.extend_from_slice(piece.get(..done.bytes_written).unwrap_or_default());
        if out.len() as u64 > most {
            return Err(Problem::TooMuch { most: LARGEST });
        }
        match done.status {
            Ok(MZStatus::StreamEnd) => return Ok((out, used)),
            Ok(_) if done.bytes_consumed + done.bytes_written > 0 => {}
            _ if used >= packed.len() => return Err(Problem::Damaged { reason: "it ends too early".to_owned() }),
            _ => return Err(Problem::Damaged { reason: "it cannot be unpacked".to_owned() }),
        }
    }
}
