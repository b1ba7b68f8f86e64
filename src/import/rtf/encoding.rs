//! Which code page the bytes of an RTF file are in.

use std::collections::BTreeMap;

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GBK, IBM866, MACINTOSH, SHIFT_JIS, UTF_8, WINDOWS_874, WINDOWS_1250, WINDOWS_1251,
    WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258, X_MAC_CYRILLIC,
};

/// The code pages of a file: its own, and those of its typefaces.
#[derive(Debug)]
pub struct CodePages {
    own: &'static Encoding,
    fonts: BTreeMap<i32, Page>,
    pub default_font: i32,
}

#[derive(Clone, Copy, Debug)]
enum Page {
    Encoding(&'static Encoding),
    /// Signs instead of letters.
    Symbols,
}

impl Default for CodePages {
    fn default() -> Self {
        Self { own: WINDOWS_1252, fonts: BTreeMap::new(), default_font: 0 }
    }
}

impl CodePages {
    pub fn set_own(&mut self, number: i32) {
        self.own = by_number(number).unwrap_or(self.own);
    }

    pub fn set_mac(&mut self) {
        self.own = MACINTOSH;
    }

    /// A typeface with a code page.
    pub fn set_page(&mut self, font: i32, number: i32) {
        if let Some(encoding) = by_number(number) {
            self.fonts.insert(font, Page::Encoding(encoding));
        }
    }

    /// A typeface with a character set.
    pub fn set_charset(&mut self, font: i32, charset: i32) {
        let encoding = match charset {
            2 => {
                self.fonts.insert(font, Page::Symbols);
                return;
            }
            77 => MACINTOSH,
            128 => SHIFT_JIS,
            129 | 130 => EUC_KR,
            134 => GBK,
            136 => BIG5,
            161 => WINDOWS_1253,
            162 => WINDOWS_1254,
            163 => WINDOWS_1258,
            177 => WINDOWS_1255,
            178..=180 => WINDOWS_1256,
            186 => WINDOWS_1257,
            204 => WINDOWS_1251,
            222 => WINDOWS_874,
            238 => WINDOWS_1250,
            // Western, and “whatever the file is in”: many programs mean the latter by both.
            _ => return,
        };
        self.fonts.insert(font, Page::Encoding(encoding));
    }

    /// The text in some bytes that are set in a typeface.
    pub fn decode(&self, bytes: &[u8], font: i32) -> String {
        match self.fonts.get(&font).copied().unwrap_or(Page::Encoding(self.own)) {
            Page::Encoding(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
            // Of the signs only the one before items of lists is the same in all such typefaces.
            Page::Symbols => bytes
                .iter()
                .filter_map(|b| match b {
                    0xb7 => Some('•'),
                    b if b.is_ascii() => Some(char::from(*b)),
                    _ => None,
                })
                .collect(),
        }
    }
}

fn by_number(number: i32) -> Option<&'static Encoding> {
    Some(match number {
        866 => IBM866,
        874 => WINDOWS_874,
        932 => SHIFT_JIS,
        936 | 54936 => GBK,
        949 | 1361 => EUC_KR,
        950 => BIG5,
        1250 => WINDOWS_1250,
        1251 => WINDOWS_1251,
        1252 => WINDOWS_1252,
        1253 => WINDOWS_1253,
        1254 => WINDOWS_1254,
        1255 => WINDOWS_1255,
        1256 => WINDOWS_1256,
        1257 => WINDOWS_1257,
        1258 => WINDOWS_1258,
        10000 => MACINTOSH,
        10007 => X_MAC_CYRILLIC,
        65001 => UTF_8,
        _ => return None,
    })
}
