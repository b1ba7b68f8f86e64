//! Reading input line by line, in bounded memory.

use std::io::{self, BufRead, Read as _};

/// A line as it was read.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// Its bytes, with the line end where it has one.
    Whole(Vec<u8>),
    /// It was longer than allowed, and was passed over.
    TooLong,
}

/// The next line of at most `longest` bytes; `None` at the end of the input.
///
/// # Errors
/// Where the input cannot be read.
pub fn next_line(input: &mut impl BufRead, longest: u64) -> io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    if input.by_ref().take(longest).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.len() as u64 == longest && !bytes.ends_with(b"\n") {
        drop(bytes);
        skip_line(input)?;
        return Ok(Some(Line::TooLong));
    }
    Ok(Some(Line::Whole(bytes)))
}

/// Reads on to the end of the line without keeping it.
fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let (size, end) = match buffer.iter().position(|b| *b == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        input.consume(size);
        if end {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_too_long_are_passed_over() {
        let mut input = io::BufReader::with_capacity(3, &b"one\n\nseven 7\nlonger than this\nlast"[..]);
        let mut lines = Vec::new();
        while let Some(line) = next_line(&mut input, 8).unwrap() {
            lines.push(line);
        }
        let whole = |s: &str| Line::Whole(s.as_bytes().to_vec());
        assert_eq!(lines, [whole("one\n"), whole("\n"), whole("seven 7\n"), Line::TooLong, whole("last")]);
    }
}
