//! Headers and bodies as mail, the web and archives of it write them.

use encoding_rs::Encoding;

/// The header lines of a message: names in small letters, values with folded lines joined.
#[derive(Debug, Default)]
pub struct Headers(Vec<(String, String)>);

/// How many header lines are read, and how long a value may become, in bytes.
const MOST: usize = 500;
const LONGEST: usize = 64 << 10;

impl Headers {
    /// The header lines at the start of some bytes, and what stands behind the blank line that ends them.
    pub fn split(bytes: &[u8]) -> (Self, &[u8]) {
        let mut headers: Vec<(String, String)> = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            let end = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |at| at + 1);
            let (line, after) = rest.split_at(end);
            rest = after;
            let line = String::from_utf8_lossy(line);
            let line = line.trim_end_matches(['\r', '\n']);
            if line.is_empty() {
                break;
            }
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = headers.last_mut().filter(|(_, v)| v.len() + line.len() < LONGEST) {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':')
                && headers.len() < MOST
            {
                headers.push((name.trim().to_lowercase(), value.trim().to_owned()));
            }
        }
        (Self(headers), rest)
    }

    /// The first value of that name, which is given in small letters.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The kind of content, in small letters and without parameters: `text/html`.
    pub fn kind(&self) -> String {
        let value = self.get("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_lowercase()
    }

    /// A parameter of the kind of content.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let value = self.get("content-type")?;
        let mut rest = value.split_once(';')?.1;
        loop {
            let (key, after) = rest.split_once('=')?;
            let after = after.trim_start();
            let (said, next) = match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => after.split_once(';').map_or((after, ""), |(said, _)| (said, &after[said.len()..])),
            };
            if key.trim_matches([' ', '\t', ';']).eq_ignore_ascii_case(name) {
                return Some(said.trim().to_owned());
            }
            rest = next;
        }
    }

    /// The encoding that the kind of content names.
    pub fn charset(&self) -> Option<&'static Encoding> {
        Encoding::for_label(self.parameter("charset")?.as_bytes())
    }
}

/// The bytes as UTF-8 that says so, where the headers name another encoding and the bytes are none already. What
/// stands in the headers goes before what the page says of itself.
pub fn as_utf8(bytes: Vec<u8>, charset: Option<&'static Encoding>) -> Vec<u8> {
    let wide = [encoding_rs::UTF_16LE, encoding_rs::UTF_16BE];
    match charset {
        Some(charset)
            if charset != encoding_rs::UTF_8 && (wide.contains(&charset) || std::str::from_utf8(&bytes).is_err()) =>
        {
            let (text, _, _) = charset.decode(&bytes);
            ["\u{feff}".as_bytes(), text.as_bytes()].concat()
        }
        _ => bytes,
    }
}

/// The bytes that quoted-printable stands for. What is no such writing stays as it is.
pub fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'=' {
            out.push(*first);
            continue;
        }
        if let Some(next) = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n")) {
            rest = next;
        } else if let [high, low, next @ ..] = after
            && let (Some(high), Some(low)) = (char::from(*high).to_digit(16), char::from(*low).to_digit(16))
        {
            out.push((high * 16 + low) as u8);
            rest = next;
        } else {
            out.push(b'=');
        }
    }
    out
}

/// The bytes that base64 stands for; what does not belong to it is passed over.
pub fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in bytes {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => continue,
        };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    out
}

/// Whether an address is one of the web.
pub fn is_url(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_unwritten() {
        assert_eq!(quoted_printable(b"F=E4hre =3D=\r\n gut =zz ="), b"F\xe4hre = gut =zz =");
        assert_eq!(base64(b"RsOkaHJl\r\nIQ=="), "Fähre!".as_bytes());
        assert_eq!(base64(b"*"), b"");
    }

    #[test]
    fn headers_are_read() {
        let (headers, body) = Headers::split(
            b"A: one\r\n two\r\nContent-Type: multipart/related;\n type=\"x;y\"; boundary=\"--b\"\r\n\r\nrest\n",
        );
        assert_eq!((headers.get("a"), body), (Some("one two"), &b"rest\n"[..]));
        assert_eq!(headers.kind(), "multipart/related");
        assert_eq!(headers.parameter("boundary").as_deref(), Some("--b"));
        assert_eq!(headers.parameter("charset"), None);
        let (headers, _) = Headers::split(b"content-type:text/html;charset=ISO-8859-1");
        assert_eq!(headers.charset(), Some(encoding_rs::WINDOWS_1252));
    }
}
