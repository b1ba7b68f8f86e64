//! Texts as a reader takes them: what a scan or an editorial system changes without changing a word is left out.

/// A text without its small differences: one blank for any white space, one quotation mark and one dash for all of
/// their kinds, small letters, no soft hyphens, no marks without width, no hyphen at the end of a line within a word.
#[derive(Debug, Default)]
pub(super) struct Folded {
    pub chars: Vec<char>,
    /// Where in the text, in bytes, the character stands that each of `chars` was made of.
    pub bytes: Vec<usize>,
}

impl Folded {
    pub fn of(text: &str) -> Self {
        let mut out = Self { chars: Vec::with_capacity(text.len()), bytes: Vec::with_capacity(text.len()) };
        let mut goes_on_at = 0;
        let mut before = None;
        for (at, c) in text.char_indices() {
            if at < goes_on_at {
                continue;
            }
            match c {
                '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {
                    continue;
                }
                '-' | '‐' if before.is_some_and(char::is_alphabetic) => match broken_word(&text[at + c.len_utf8()..])
                {
                    Some(skipped) => goes_on_at = at + c.len_utf8() + skipped,
                    None => out.push('-', at),
                },
                '-' | '‐'..='―' | '−' => out.push('-', at),
                '\'' | '`' | '´' | '‘' | '’' | '‚' | '‛' | 'ʼ' | '′' | '‹' | '›' => out.push('\'', at),
                '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '″' => out.push('"', at),
                '…' => "...".chars().for_each(|c| out.push(c, at)),
                'ﬀ'..='ﬄ' => {
                    let letters = ["ff", "fi", "fl", "ffi", "ffl"][c as usize - 'ﬀ' as usize];
                    letters.chars().for_each(|c| out.push(c, at));
                }
                c if c.is_whitespace() => {
                    if out.chars.last() != Some(&' ') {
                        out.push(' ', at);
                    }
                }
                c => c.to_lowercase().for_each(|c| out.push(c, at)),
            }
            before = Some(c);
        }
        out
    }

    fn push(&mut self, c: char, at: usize) {
        self.chars.push(c);
        self.bytes.push(at);
    }

    pub fn len(&self) -> usize {
        self.chars.len()
    }

    /// The stretch of `text` that the folded characters from `start` up to `end` were made of, in bytes. `None` for no
    /// characters.
    pub fn range(&self, text: &str, start: usize, end: usize) -> Option<std::ops::Range<usize>> {
        let last = *self.bytes.get(end.checked_sub(1)?)?;
        let width = text.get(last..)?.chars().next().map_or(0, char::len_utf8);
        let first = *self.bytes.get(start)?;
        (first < last + width).then_some(first..last + width)
    }
}

/// Where a hyphen only breaks a word at the end of a line: how many bytes after it the word goes on.
fn broken_word(rest: &str) -> Option<usize> {
    let on = rest.trim_start();
    let skipped = rest.len() - on.len();
    (rest[..skipped].contains('\n') && on.chars().next().is_some_and(char::is_lowercase)).then_some(skipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_differences_are_left_out() {
        for (text, folded) in [
            ("The  ‘witch\u{a0}hunt’", "the 'witch hunt'"),
            ("“Labour” – again", "\"labour\" - again"),
            ("anti\u{ad}Semitism", "antisemitism"),
            ("exam-\nple", "example"),
            ("exam-\nPle", "exam- ple"),
            ("a - \n b", "a - b"),
            ("ﬁ … ﬃ", "fi ... ffi"),
            ("שלום\u{200f}!", "שלום!"),
            ("", ""),
        ] {
            assert_eq!(Folded::of(text).chars.iter().collect::<String>(), folded, "{text}");
        }
    }

    #[test]
    fn folded_characters_know_where_they_stood() {
        let text = "a …–“b”";
        let folded = Folded::of(text);
        assert_eq!(folded.range(text, 2, 5).map(|r| &text[r]), Some("…"));
        assert_eq!(folded.range(text, 7, 8).map(|r| &text[r]), Some("b"));
        assert_eq!(folded.range(text, 3, 3).map(|r| &text[r]), Some("…"), "a part of a character is the whole of it");
        assert_eq!(folded.range(text, 7, 7), None);
        assert_eq!(folded.range(text, 0, 99), None);
    }
}
