//! What the labels of Nexis mean, in the languages of its pages.

/// What a label says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    Section,
    Page,
    Length,
    Byline,
    Headline,
    Highlight,
    Dateline,
    Body,
    LoadDate,
    Language,
    Graphic,
    Copyright,
    Subject,
    Url,
    /// It is only found behind the text, and becomes a variable under its own name.
    Tail,
}

const LABELS: &[(Label, &str)] = &[
    (Label::Section, "section|rubrik|ressort|rubrique|sección|sezione|rubriek|sectie|seção|secção"),
    (Label::Page, "page|seite|página|pagina"),
    (Label::Length, "length|länge|longueur|longitud|lunghezza|lengte|comprimento|extensión"),
    (Label::Byline, "byline|author|authors|autor|auteur|autore|verfasser|autoren|auteurs"),
    (Label::Headline, "headline|überschrift|titre|título|titolo|titel|kop"),
    (Label::Highlight, "highlight|vorspann|zusammenfassung|résumé|resumen|samenvatting|subtitle|untertitel|deck"),
    (Label::Dateline, "dateline|ort"),
    (Label::Body, "body|text|texte|texto|testo|tekst"),
    (
        Label::LoadDate,
        "load-date|update|ladedatum|date-chargement|date de chargement|fecha de carga|fecha-carga|laaddatum|data di caricamento",
    ),
    (Label::Language, "language|sprache|langue|idioma|lingua|taal|língua"),
    (Label::Graphic, "graphic|graphics|grafik|graphique|gráfico|grafiek"),
    (Label::Copyright, "copyright"),
    (Label::Subject, "subject|schlagwörter|thema|sujet|asunto|onderwerp"),
    (Label::Url, "url|web-url"),
    (
        Label::Tail,
        "publication-type|publikationstyp|zeitungstyp|type-publication|type de publication|tipo-publicación|publicatietype|\
         journal-code|pub-type|pubtype|correction|correction-date|distribution|notes|series|type|isbn|issn|acc-no|doc-id|\
         company|organization|organisation|person|ticker|industry|geographic|state|country|city|terms|publication code|\
         classification",
    ),
];

/// What a label means; whether it is set in capitals does not matter.
pub fn meaning(label: &str) -> Option<Label> {
    let small = label.trim().to_lowercase();
    LABELS.iter().find(|(_, names)| names.split('|').any(|n| n.trim() == small)).map(|(label, _)| *label)
}

/// Whether a line is the only word that begins the text: `Body`.
pub fn is_body(line: &str) -> bool {
    let line = line.trim().trim_end_matches(':');
    line.chars().next().is_some_and(char::is_uppercase) && meaning(line) == Some(Label::Body)
}

/// Whether a line is the words that end a document.
pub fn is_end(line: &str) -> bool {
    const ENDS: &[&str] = &[
        "end of document",
        "ende des dokuments",
        "dokumentende",
        "fin du document",
        "fin del documento",
        "fine del documento",
        "einde van document",
        "einde van het document",
        "fim do documento",
    ];
    let small = line.trim().to_lowercase();
    ENDS.contains(&small.as_str())
}

/// The number and the count in a line such as `3 of 120 DOCUMENTS` or `Dokument 3 von 120`.
pub fn numbered(line: &str) -> Option<(usize, usize)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (number, between, count) = match words.as_slice() {
        [number, between, count, what] if what.to_uppercase().starts_with("DO") => (number, between, count),
        [what, number, between, count] if what.to_uppercase().starts_with("DO") => (number, between, count),
        _ => return None,
    };
    let between = ["of", "von", "de", "di", "van", "sur"].contains(&between.to_lowercase().as_str());
    let plain = |word: &str| word.replace([',', '.'], "").parse().ok();
    if between { Some((plain(number)?, plain(count)?)) } else { None }
}
