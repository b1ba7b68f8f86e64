//! Languages by the names that databases call them.

/// The names of each language, in the languages of the databases' pages, behind its code of BCP 47.
const NAMES: &[(&str, &str)] = &[
    (
        "en",
        "english englisch anglais inglés inglese inglês engels engelsk engelska englanti angielski angličtina английский",
    ),
    ("de", "german deutsch allemand alemán tedesco alemão duits tysk tyska saksa niemiecki němčina немецкий"),
    ("fr", "french französisch français francais francés francese francês frans fransk franska ranska francuski"),
    (
        "es",
        "spanish spanisch espagnol español espanol spagnolo espanhol castellano spaans spansk spanska espanja hiszpański",
    ),
    ("it", "italian italienisch italien italiano italiaans italiensk italienska italia włoski"),
    ("pt", "portuguese portugiesisch portugais portugués portoghese português portugues portugees portugisisk"),
    ("nl", "dutch niederländisch néerlandais neerlandés holandés olandese neerlandese holandês nederlands hollandsk"),
    ("da", "danish dänisch danois danés danese dinamarquês deens dansk danska tanska"),
    ("sv", "swedish schwedisch suédois sueco svedese zweeds svensk svenska ruotsi"),
    ("no", "norwegian norwegisch norvégien noruego norvegese norueguês noors norsk norska norja"),
    ("fi", "finnish finnisch finnois finlandés finlandese finlandês fins finsk finska suomi"),
    ("pl", "polish polnisch polonais polaco polacco pools polsk polska polski"),
    ("cs", "czech tschechisch tchèque checo ceco tcheco tsjechisch tjekkisk čeština česky"),
    ("sk", "slovak slowakisch slovaque eslovaco slovacco slovenčina"),
    ("sl", "slovenian slovene slowenisch slovène esloveno sloveno slovenščina"),
    ("hr", "croatian kroatisch croate croata hrvatski"),
    ("sr", "serbian serbisch serbe serbio serbo srpski"),
    ("hu", "hungarian ungarisch hongrois húngaro ungherese hongaars magyar"),
    ("ro", "romanian rumänisch roumain rumano rumeno romeno română"),
    ("bg", "bulgarian bulgarisch bulgare búlgaro bulgaro български"),
    ("el", "greek griechisch grec griego greco grego grieks ελληνικά"),
    ("tr", "turkish türkisch turc turco turks tyrkisk türkçe"),
    ("ru", "russian russisch russe ruso russo russisk ryska русский"),
    ("uk", "ukrainian ukrainisch ukrainien ucraniano ucraino українська"),
    ("et", "estonian estnisch estonien estonio eesti"),
    ("lv", "latvian lettisch letton letón latviešu"),
    ("lt", "lithuanian litauisch lituanien lituano lietuvių"),
    ("ar", "arabic arabisch arabe árabe arabo العربية"),
    ("he", "hebrew hebräisch hébreu hebreo עברית"),
    ("fa", "persian farsi persisch persan فارسی"),
    ("hi", "hindi हिन्दी"),
    ("id", "indonesian indonesisch indonésien indonesio bahasa"),
    ("ms", "malay malaiisch malais malayo melayu"),
    ("zh", "chinese chinesisch chinois chino cinese chinês chinees kinesisk 中文"),
    ("ja", "japanese japanisch japonais japonés giapponese japonês japans japansk 日本語"),
    ("ko", "korean koreanisch coréen coreano koreaans 한국어"),
    ("ca", "catalan katalanisch catalán catalano català"),
    ("af", "afrikaans"),
];

/// The code of a language by its name, or the code itself. `ENGLISH`, `Français`, `EN`, `Chinese - Traditional`.
pub fn code(name: &str) -> Option<String> {
    let first = name.split([';', ',', '(', '|']).next()?.trim();
    let small = first.to_lowercase();
    let word = small.split([' ', '-', '_']).next()?;
    if let Some((code, _)) = NAMES.iter().find(|(_, names)| names.split_whitespace().any(|n| n == word)) {
        return Some((*code).to_owned());
    }
    let tag = (2..=3).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase());
    let (known, region) = (NAMES.iter().any(|(code, _)| *code == word), first.split(['-', '_']).nth(1));
    match region.filter(|r| r.len() == 2 || r.len() == 4) {
        Some(region) if tag => {
            Some(format!("{word}-{}", if region.len() == 2 { region.to_uppercase() } else { region.to_owned() }))
        }
        _ => (tag && (known || word.len() == 2)).then(|| word.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn languages_have_names() {
        for (name, expected) in [
            ("ENGLISH", Some("en")),
            ("Français", Some("fr")),
            ("GERMAN; DEUTSCH", Some("de")),
            ("EN", Some("en")),
            ("fi-FI", Some("fi-FI")),
            ("nb-NO", Some("nb-NO")),
            ("Chinese - Traditional", Some("zh")),
            ("Klingon", None),
            ("", None),
        ] {
            assert_eq!(code(name).as_deref(), expected, "{name}");
        }
    }
}
