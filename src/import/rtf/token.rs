//! RTF to its tokens.

/// A piece of an RTF file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    Open,
    Close,
    /// A control word and its number.
    Word(&'a str, Option<i32>),
    /// A control symbol other than an escaped character: `~`, `*`, `-`.
    Symbol(u8),
    /// A byte of text, in the code page that holds there.
    Byte(u8),
}

/// The tokens of a file.
#[derive(Debug)]
pub struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take_while(&mut self, most: usize, is: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        while self.at - start < most && self.peek().is_some_and(&is) {
            self.at += 1;
        }
        // Letters and digits are all that is asked for.
        self.bytes.get(start..self.at).and_then(|word| std::str::from_utf8(word).ok()).unwrap_or_default()
    }

    fn control(&mut self) -> Option<Token<'a>> {
        let first = self.peek()?;
        if !first.is_ascii_alphabetic() {
            self.at += 1;
            return Some(match first {
                b'\'' => {
                    let digit = |at: usize| self.bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
                    match (digit(self.at), digit(self.at + 1)) {
                        (Some(high), Some(low)) => {
                            self.at += 2;
                            Token::Byte((high * 16 + low) as u8)
                        }
                        _ => return self.next(),
                    }
                }
                b'\\' | b'{' | b'}' => Token::Byte(first),
                b'\r' | b'\n' => Token::Word("par", None),
                b'\t' => Token::Word("tab", None),
                other => Token::Symbol(other),
            });
        }
        let word = self.take_while(32, |b| b.is_ascii_alphabetic());
        let negative = self.peek() == Some(b'-') && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit);
        if negative {
            self.at += 1;
        }
        let digits = self.take_while(10, |b| b.is_ascii_digit());
        let number = digits.parse::<i64>().ok().map(|n| if negative { -n } else { n });
        let number = number.map(|n| n.clamp(i32::MIN.into(), i32::MAX.into()) as i32);
        if self.peek() == Some(b' ') {
            self.at += 1;
        }
        if word == "bin" {
            let length = usize::try_from(number.unwrap_or(0)).unwrap_or(0);
            self.at = self.at.saturating_add(length).min(self.bytes.len());
        }
        Some(Token::Word(word, number))
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let byte = self.peek()?;
            self.at += 1;
            return Some(match byte {
                b'{' => Token::Open,
                b'}' => Token::Close,
                b'\\' => return self.control(),
                b'\r' | b'\n' | 0 => continue,
                b'\t' => Token::Word("tab", None),
                byte => Token::Byte(byte),
            });
        }
    }
}
