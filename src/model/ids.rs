//! Names that last. Those that become file names hold only `a–z`, `0–9` and `-`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a word cannot be an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” cannot be an id: use 1 to 80 of a–z, 0–9 and “-”")]
pub struct IdError(pub String);

/// The longest id, in bytes: short enough to be a file name on every system with an ending behind it.
const LONGEST: usize = 80;

macro_rules! slug_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(s: &str) -> Result<Self, IdError> {
                check(s).map(|()| Self(s.into()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(s: String) -> Result<Self, IdError> {
                s.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new one (UUID version 7: they sort by the time they were made).
            #[allow(clippy::new_without_default, reason = "each call makes another id, which a default would hide")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

slug_id! {
    /// An article. Made from its title and its text, so that two people who import the same article name it alike.
    ArticleId
}
slug_id! {
    /// A code of the codebook. It stays when the code is renamed.
    CodeId
}
slug_id! {
    /// A coder; also the name of the folder with their work.
    CoderId
}
uuid_id! {
    /// One annotation.
    AnnotationId
}
uuid_id! {
    /// Somebody or something that the project's articles name.
    EntityId
}
uuid_id! {
    /// One relation between annotations or entities.
    RelationId
}

fn check(id: &str) -> Result<(), IdError> {
    let fits = (1..=LONGEST).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !id.starts_with('-')
        && !id.ends_with('-');
    if fits && !reserved(id) { Ok(()) } else { Err(IdError(id.to_owned())) }
}

/// Names that Windows keeps for devices, and that no file there may have.
fn reserved(id: &str) -> bool {
    matches!(id, "con" | "prn" | "aux" | "nul")
        || (id.len() == 4 && (id.starts_with("com") || id.starts_with("lpt")) && id.as_bytes()[3].is_ascii_digit())
}

/// The words of `name` in small ASCII letters with `-` between them, at most `longest` bytes; `x` where nothing is
/// left. Latin letters lose their marks; other scripts have no letter here and fall away.
pub fn slug(name: &str, longest: usize) -> String {
    let mut out = String::new();
    for c in name.chars() {
        match plain(c) {
            Some(letters) => out.push_str(letters),
            None if c.is_ascii_alphanumeric() => out.push(c.to_ascii_lowercase()),
            None if matches!(c, '\'' | '’' | '‘' | '\u{300}'..='\u{36f}') => {}
            None if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            None => {}
        }
    }
    out.truncate(longest);
    let mut out = out.trim_end_matches('-').to_owned();
    if out.is_empty() || reserved(&out) {
        out.push('x');
    }
    out
}

/// The plain letters for a Latin letter with a mark.
fn plain(c: char) -> Option<&'static str> {
    Some(match c.to_lowercase().next()? {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ě' | 'ę' | 'ė' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' | 'ľ' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ő' => "o",
        'ö' | 'ø' | 'œ' => "oe",
        'ř' => "r",
        'ß' => "ss",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ť' | 'ţ' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' => "u",
        'ü' => "ue",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'þ' => "th",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_ids() {
        for (name, slugged) in [
            ("Film-maker expelled in ‘witch hunt’", "film-maker-expelled-in-witch-hunt"),
            ("Señor Müller’s Öl", "senor-muellers-oel"),
            ("日本", "x"),
            ("CON", "conx"),
            ("  --  ", "x"),
        ] {
            assert_eq!(slug(name, 40), slugged);
            assert!(slug(name, 40).parse::<CodeId>().is_ok());
        }
        assert_eq!(slug("one two three", 8), "one-two");
    }

    #[test]
    fn ids_that_would_leave_the_folder_are_refused() {
        for bad in ["", "..", "a/b", "A", "com1", "a.ron", "-a", "ü", &"a".repeat(81)] {
            assert!(bad.parse::<ArticleId>().is_err(), "{bad}");
        }
    }
}
