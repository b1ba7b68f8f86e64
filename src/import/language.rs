//! The language of a text that does not say it.

/// How much of a text is looked at, in bytes.
const LOOK: usize = 4096;
/// Shorter texts, in code points, say too little.
const SHORTEST: usize = 40;

/// The language of a text, as BCP 47 has it; `None` where the words leave it open.
pub fn of(text: &str) -> Option<String> {
    let head = &text[..text.floor_char_boundary(LOOK)];
    if head.chars().count() < SHORTEST {
        return None;
    }
    let found = whatlang::detect(head).filter(whatlang::Info::is_reliable)?;
    let three = found.lang().code();
    let two = pairs().find(|(long, _)| *long == three).map_or(three, |(_, short)| short);
    Some(two.to_owned())
}

/// Whether a code of two letters is that of a language.
pub fn is_known(two: &str) -> bool {
    pairs().any(|(_, short)| short == two)
}

/// The codes of ISO 639-1 for those of ISO 639-3; BCP 47 takes the shorter one where there is one.
const TWO: &str = "afr af, aka ak, amh am, ara ar, aze az, bel be, ben bn, bul bg, cat ca, ces cs, cmn zh, cym cy, dan da, \
    deu de, ell el, eng en, epo eo, est et, fin fi, fra fr, guj gu, heb he, hin hi, hrv hr, hun hu, hye hy, \
    ind id, ita it, jav jv, jpn ja, kan kn, kat ka, khm km, kor ko, lat la, lav lv, lit lt, mal ml, mar mr, \
    mkd mk, mya my, nep ne, nld nl, nob nb, ori or, pan pa, pes fa, pol pl, por pt, ron ro, rus ru, sin si, \
    slk sk, slv sl, sna sn, spa es, srp sr, swe sv, tam ta, tel te, tgl tl, tha th, tuk tk, tur tr, ukr uk, \
    urd ur, uzb uz, vie vi, yid yi, zul zu";

fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    TWO.split(", ").filter_map(|pair| pair.split_once(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart() {
        for (text, language) in [
            (
                "The council said on Tuesday that the last boat would leave at six, and that nobody had been asked.",
                "en",
            ),
            (
                "Der Rat erklärte am Dienstag, dass die letzte Fähre um sechs ablegen werde und niemand gefragt worden sei.",
                "de",
            ),
            (
                "Le conseil a déclaré mardi que le dernier bateau partirait à six heures et que personne n’avait été consulté.",
                "fr",
            ),
            ("המועצה הודיעה ביום שלישי כי הסירה האחרונה תצא בשש ושאיש לא נשאל על כך מראש.", "he"),
        ] {
            assert_eq!(of(text).as_deref(), Some(language));
        }
        assert_eq!(of("Ferry"), None);
        assert_eq!(of(""), None);
        for (three, two) in pairs() {
            assert!(three.len() == 3 && two.len() == 2);
            assert!(whatlang::Lang::from_code(three).is_some(), "{three}");
        }
    }
}
