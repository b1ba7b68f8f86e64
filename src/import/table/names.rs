//! What columns are called, in a few languages.

use super::super::Field;

/// The names of columns by field, the surest first; small letters, no accents, words apart.
const NAMES: &[(Field, &str)] = &[
    (
        Field::Text,
        "maintext, text, full text, fulltext, body, body text, article text, article body, content, article content, \
         article, plain text, main text, story, texte, texte integral, corps, contenu, volltext, textkorper, inhalt, \
         artikeltext, artikel, texto, texto completo, cuerpo, contenido, conteudo, corpo, testo, testo completo, \
         contenuto, tekst, volledige tekst, inhoud, brodtext, innehall, indhold, innhold, brodtekst, tresc, \
         текст, содержание, 正文, 全文, 内容, 本文",
    ),
    (
        Field::Title,
        "title, headline, heading, article title, titel, uberschrift, ueberschrift, schlagzeile, titre, titulo, titular, \
         titolo, kop, koptekst, rubrik, overskrift, tytul, заголовок, название, 标题, タイトル, 見出し, name, subject",
    ),
    (
        Field::Standfirst,
        "standfirst, description, subtitle, sub title, subheadline, subheading, lead, lede, lead paragraph, teaser, \
         abstract, summary, excerpt, untertitel, unterzeile, vorspann, chapo, chapeau, sous titre, resume, subtitulo, \
         entradilla, bajada, sottotitolo, occhiello, ondertitel, inleiding, ingress, underrubrik, manchet, podtytul",
    ),
    (Field::Byline, "byline, by line, autorenzeile"),
    (
        Field::Authors,
        "authors, author, writer, journalist, creator, reporter, autor, autoren, autorin, verfasser, auteur, auteurs, \
         autores, autore, autori, forfatter, forfattare, skribent, autorzy, автор, 作者, 記者",
    ),
    (
        Field::Outlet,
        "outlet, source domain, media name, publication, newspaper, source name, source, publisher, site name, site, \
         medium, media, journal, publication title, domain, zeitung, quelle, publikation, titre de la publication, \
         journal nom, source nom, periodico, diario, fuente, jornal, fonte, testata, giornale, krant, bron, publicatie, \
         tidning, kalla, avis, kilde, avisnavn, gazeta, zrodlo, газета, источник, 媒体, 新聞",
    ),
    (Field::Edition, "edition, ausgabe, edicion, edizione, editie, utgava, udgave"),
    (
        Field::Section,
        "section, section name, category, desk, ressort, rubrique, seccion, secao, sezione, rubriek, sektion, sektio, \
         dzial, раздел, news desk",
    ),
    (Field::Page, "page, pages, page number, seite, seiten, pagina, paginas, pagine, sida, side, strona"),
    (
        Field::Published,
        "date publish, publish date, published, published at, publication date, pub date, pubdate, date published, \
         publication day, publishedat, date, datum, veroffentlicht, veroffentlicht am, erscheinungsdatum, \
         date de publication, date publication, fecha, fecha de publicacion, data, data de publicacao, \
         data di pubblicazione, publicatiedatum, publiceringsdatum, dato, data publikacji, дата, 日期, 発行日, \
         datetime, timestamp, created at, day",
    ),
    (Field::Updated, "date modify, updated, updated at, modified, date modified, last modified, aktualisiert"),
    (
        Field::Url,
        "url, link, web url, article url, permalink, canonical url, uri, href, adresse, lien, enlace, collegamento, \
         webadresse, ссылка",
    ),
    (Field::Language, "language, lang, sprache, langue, idioma, lingua, taal, sprak, sprog, jezyk, язык, 语言"),
    (
        Field::Words,
        "words, word count, wordcount, length, worter, wortzahl, wortanzahl, mots, nombre de mots, palabras",
    ),
    (
        Field::Identifier,
        "id, guid, uuid, article id, articleid, stories id, document id, doc id, accession number, accession no, \
         identifier, dokument id, identifiant, identificador",
    ),
    (
        Field::Keywords,
        "keywords, keyword, tags, topics, subjects, schlagworter, schlagworte, mots cles, palabras clave, \
         parole chiave, trefwoorden, nyckelord, emneord, temas",
    ),
];

/// What a column of that name may be taken for, and how sure that is: the smaller, the surer.
pub fn field(name: &str) -> Option<(Field, usize)> {
    let whole = plain(name);
    let found = |words: &str| {
        NAMES.iter().find_map(|(field, names)| {
            let at = names.split(',').position(|n| n.trim() == words)?;
            Some((*field, at))
        })
    };
    if let Some(known) = found(&whole) {
        return Some(known);
    }
    // `source.name` is the source's name; of `meta.url` the last piece counts, but less than a column `url` would.
    let (before, last) = name.rsplit_once('.')?;
    if matches!(plain(last).as_str(), "name" | "title" | "label" | "value" | "rendered")
        && let Some((field, at)) = found(&plain(before.rsplit('.').next().unwrap_or(before)))
    {
        return Some((field, at + 100));
    }
    // An identifier or a name of a part is none of the article.
    found(&plain(last)).filter(|(f, _)| !matches!(f, Field::Identifier | Field::Title)).map(|(f, at)| (f, at + 200))
}

/// Small letters, words apart, without accents: `datePublish`, `date_publish` and `Date publish` are the same.
pub fn plain(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut small_before = false;
    for c in name.chars().take(80) {
        if !c.is_alphanumeric() {
            out.push(' ');
            small_before = false;
            continue;
        }
        if c.is_uppercase() && small_before {
            out.push(' ');
        }
        small_before = c.is_lowercase();
        for c in c.to_lowercase() {
            match c {
                'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ą' => out.push('a'),
                'é' | 'è' | 'ê' | 'ë' | 'ę' => out.push('e'),
                'í' | 'ì' | 'î' | 'ï' => out.push('i'),
                'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' => out.push('o'),
                'ú' | 'ù' | 'û' | 'ü' => out.push('u'),
                'ç' | 'ć' => out.push('c'),
                'ñ' | 'ń' => out.push('n'),
                'ś' => out.push('s'),
                'ź' | 'ż' => out.push('z'),
                'ł' => out.push('l'),
                c if c.is_alphanumeric() => out.push(c),
                _ => {}
            }
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the columns are those of Media Cloud's lists of stories, which as a rule come without the texts.
pub fn is_media_cloud(names: &[String]) -> bool {
    has(names, &["publish_date", "title", "url", "media_name"])
}

/// Whether the columns are those that news-please writes.
pub fn is_news_please(names: &[String]) -> bool {
    has(names, &["maintext", "date_publish", "source_domain", "url"])
}

fn has(names: &[String], wanted: &[&str]) -> bool {
    wanted.iter().all(|w| names.iter().any(|n| n == w))
}

/// What news-please keeps for itself.
pub const NEWS_PLEASE_OWN: &[&str] = &["filename", "localpath", "image_url", "title_page", "title_rss"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_however_they_are_written() {
        for (name, expected) in [
            ("datePublished", Some(Field::Published)),
            ("date_publish", Some(Field::Published)),
            ("Überschrift", Some(Field::Title)),
            ("Texte intégral", Some(Field::Text)),
            ("FULL TEXT", Some(Field::Text)),
            ("source.name", Some(Field::Outlet)),
            ("meta.url", Some(Field::Url)),
            ("meta.id", None),
            ("sentiment", None),
            ("", None),
        ] {
            assert_eq!(field(name).map(|(f, _)| f), expected, "{name}");
        }
        for (_, names) in NAMES {
            assert!(names.split(',').all(|n| plain(n) == n.trim()), "{names}");
        }
    }
}
