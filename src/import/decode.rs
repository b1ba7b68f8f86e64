//! Bytes to text, whatever they are encoded in.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::Problem;

/// How much is looked at to tell one encoding from another.
const LOOK: usize = 1 << 20;
/// How much is looked at to tell text from something else.
const GLANCE: usize = 64 << 10;

/// A text and how it was encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    /// What it was read as, where that was not plain UTF-8; says where bytes had to be replaced.
    pub encoding: Option<String>,
}

/// Files that are recognised by how they begin, so that the message can name them.
const KINDS: &[(&[u8], &str)] = &[
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a packed document (Word, OpenDocument, EPUB or zip)"),
    (b"PK\x05\x06", "an empty zip file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"{\\rtf", "a rich-text document (RTF)"),
    (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"BZh", "a compressed file (bzip2)"),
    (b"\xfd7zXZ\0", "a compressed file (xz)"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file (7-Zip)"),
    (b"SQLite format 3\0", "a database (SQLite)"),
    (b"\x7fELF", "a program"),
    (b"PAR1", "a table (Parquet)"),
    (b"WARC/", "a web archive (WARC)"),
];

/// An error for bytes that are no text.
///
/// # Errors
/// Names the kind of file where it is known.
pub fn refuse_binary(bytes: &[u8]) -> Result<(), Problem> {
    if let Some((_, what)) = KINDS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(Problem::Binary { what });
    }
    if wide(bytes).is_some() {
        return Ok(());
    }
    let glance = &bytes[..bytes.len().min(GLANCE)];
    // Form feeds and escapes (ISO-2022-JP) do occur in texts, and an old file may end in Ctrl-Z.
    let odd = |b: &&u8| (**b < 0x20 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1a | 0x1b)) || **b == 0x7f;
    if glance.iter().filter(odd).count() * 100 > glance.len() { Err(Problem::NotText) } else { Ok(()) }
}

/// The encoding of a text whose units are two bytes wide, and the length of its byte-order mark.
fn wide(bytes: &[u8]) -> Option<(&'static Encoding, usize)> {
    if bytes.starts_with(&[0xff, 0xfe]) {
        return Some((UTF_16LE, 2));
    }
    if bytes.starts_with(&[0xfe, 0xff]) {
        return Some((UTF_16BE, 2));
    }
    let glance = &bytes[..bytes.len().min(GLANCE) & !1];
    if glance.len() < 4 {
        return None;
    }
    // In UTF-16 without a mark, the letters, spaces and line ends of a Latin text have every second byte zero, and
    // the other ones hardly ever.
    let (mut even, mut odd) = (0, 0);
    for pair in glance.chunks_exact(2) {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
    }
    let pairs = glance.len() / 2;
    if odd * 2 > pairs && even * 50 < pairs {
        Some((UTF_16LE, 0))
    } else if even * 2 > pairs && odd * 50 < pairs {
        Some((UTF_16BE, 0))
    } else {
        None
    }
}

/// The text in some bytes: by a byte-order mark, as UTF-16 that shows itself, as UTF-8 where it is valid, and else by
/// the encoding that fits the letters best.
///
/// # Errors
/// Where the bytes are no text.
pub fn decode(bytes: Vec<u8>) -> Result<Decoded, Problem> {
    decode_labelled(bytes, None)
}

/// As [`decode`]; `label` is the encoding that the file itself names, which is asked before any guess.
///
/// # Errors
/// As [`decode`].
pub fn decode_labelled(bytes: Vec<u8>, label: Option<&'static Encoding>) -> Result<Decoded, Problem> {
    refuse_binary(&bytes)?;
    if let Some((encoding, mark)) = wide(&bytes) {
        return Ok(with(encoding, &bytes[mark..]));
    }
    if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
        return Ok(with(UTF_8, &bytes[3..]));
    }
    let bytes = match String::from_utf8(bytes) {
        // Bytes that are valid UTF-8 by chance are rarer than pages that name the wrong encoding; one that is all
        // ASCII may still be ISO-2022-JP.
        Ok(text) if !(text.is_ascii() && text.contains('\u{1b}')) => return Ok(Decoded { text, encoding: None }),
        Ok(text) => text.into_bytes(),
        Err(error) => error.into_bytes(),
    };
    let encoding = match label {
        Some(label) if label != UTF_8 && label != UTF_16LE && label != UTF_16BE => label,
        _ if nearly_utf8(&bytes) => UTF_8,
        _ => guess(&bytes),
    };
    Ok(with(encoding, &bytes))
}

fn with(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let (text, lossy) = encoding.decode_without_bom_handling(bytes);
    let name = encoding.name();
    let encoding = match (encoding == UTF_8, lossy) {
        (true, false) => None,
        (false, false) => Some(name.to_owned()),
        (_, true) => Some(format!("{name}, with bytes replaced that it does not have")),
    };
    Decoded { text: text.into_owned(), encoding }
}

/// Whether bytes are UTF-8 but for a few: many characters of several bytes that are whole, and hardly any that are not.
fn nearly_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().bytes().filter(|b| *b >= 0xc0).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > broken * 4
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let first = bytes.iter().position(|b| !b.is_ascii() || *b == 0x1b).unwrap_or(0);
    let from = first.saturating_sub(GLANCE);
    let look = &bytes[from..bytes.len().min(from + LOOK)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(look, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// The start of a file as text, to look at; empty where it is not text.
pub fn head(bytes: &[u8]) -> String {
    let Some((encoding, mark)) = wide(bytes) else {
        return String::from_utf8_lossy(bytes).into_owned();
    };
    encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        decode(bytes.to_vec()).unwrap().text
    }

    #[test]
    fn marks_are_believed_and_taken_away() {
        assert_eq!(text(b"\xef\xbb\xbfRiverside"), "Riverside");
        let wide = |be: bool| {
            let units = "Überfahrt 🦀".encode_utf16();
            units.flat_map(|u| if be { u.to_be_bytes() } else { u.to_le_bytes() }).collect::<Vec<_>>()
        };
        assert_eq!(text(&[&[0xff, 0xfe][..], &wide(false)].concat()), "Überfahrt 🦀");
        assert_eq!(text(&[&[0xfe, 0xff][..], &wide(true)].concat()), "Überfahrt 🦀");
        assert_eq!(text(&wide(false)), "Überfahrt 🦀");
        assert_eq!(text(&wide(true)), "Überfahrt 🦀");
    }

    #[test]
    fn old_code_pages_are_guessed() {
        let german = "Der Bürgermeister sagte: „Wir müssen die Straße für Fußgänger öffnen.“ Später kühlte es ab.";
        let decoded = decode(encoding_rs::WINDOWS_1252.encode(german).0.into_owned()).unwrap();
        assert_eq!((decoded.text.as_str(), decoded.encoding.as_deref()), (german, Some("windows-1252")));
        let russian = "Мэр города заявил, что мост через реку откроют весной, и пообещал новые автобусы.";
        assert_eq!(text(&encoding_rs::WINDOWS_1251.encode(russian).0), russian);
        let japanese = "市長は春に新しい橋を開くと発表した。住民は喜んでいる。";
        assert_eq!(text(&encoding_rs::SHIFT_JIS.encode(japanese).0), japanese);
    }

    #[test]
    fn one_bad_byte_does_not_spoil_utf8() {
        let mut bytes = "“Ça suffit”, a dit la maire — « déjà vu », naïveté, élève.".as_bytes().to_vec();
        bytes.push(0xff);
        let decoded = decode(bytes).unwrap();
        assert!(decoded.text.starts_with("“Ça suffit”"));
        assert!(decoded.encoding.unwrap().starts_with("UTF-8, with bytes replaced"));
    }

    #[test]
    fn what_is_no_text_is_refused_by_name() {
        assert!(matches!(decode(b"%PDF-1.7\n".to_vec()), Err(Problem::Binary { what: "a PDF" })));
        assert!(matches!(decode(vec![0, 1, 2, 3, 0, 0, 7]), Err(Problem::NotText)));
        assert!(decode(b"page one\x0cpage two\r\n".to_vec()).is_ok());
    }
}
