//! Real files of news databases and agencies, where they lie beside the checkout; they are not part of this repository.

use std::path::{Path, PathBuf};

use framelens::import::{Options, Problem, gather, read};

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")).join(path);
    let there = path.exists();
    assert!(there || std::env::var_os("FRAMELENS_SHARED").is_none(), "there is no {}", path.display());
    there.then_some(path)
}

/// File, format, title, outlet, day or moment, authors, how the text begins below them, how it ends. A file of several
/// articles stands here several times.
type Row =
    (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const ARTICLES: &[Row] = &[
   ("test.DOCX", "docx", "", "", "2019-11-07", "", "LexisNexis Uni Test", "LexisNexis Uni Test"),
   ("lexisnexis_test_copyright_error.html", "nexis", "", "The Daily Planet", "2018-12-31", "", "Rank\tBank\tCity\tBranches\tDeposits", " Kong\t111\t11.1\t11.1\t1,111"),
   ("lexisnexis_test_en.html", "nexis", "Heading One", "Some Newspaper", "1991-12-19", "PAPER AUTHOR", "Heading One\n\nBy PAPER AUTHOR\n\nSome text.\n\nS", " Blah blah. (Source: NSA)"),
   ("lexisnexis_test_en.html", "nexis", "First part; Second part", "Some Newspaper", "1993-01-28", "", "First part; Second part\n\nA list:\n\nCategory 1\n\nBlah blah", "Table (source: An Office)"),
   ("factiva_test.html", "factiva", "Test 1", "Test newspaper", "2011-12-29T15:32", "", "Test 1\n\nFirst head paragraph, with a f", "ourth and last paragraph."),
   ("factiva_test.html", "factiva", "Test 2", "Ouest France", "2011-12-29", "", "Test 2\n\nFirst head paragraph.\n\nSecond ", ".\n\nSecond head paragraph."),
   ("factiva_test.xml", "factiva", "TEST - first test article", "My Newspaper", "2012-01-09T01:35:58Z", "", "TEST - first test article\n\nThis is the lead paragraph of ", "f the first test article."),
   ("factiva_test.xml", "factiva", "TEST - second article de test", "My Newspaper", "2012-01-06T01:05:06Z", "", "TEST - second article de test\n\nVoici le chapeau du premier ar", "test. Et un mot accentué."),
   ("factiva_test.xml", "factiva", "TEST - third test article", "My Newspaper", "2012-05-06T01:07:06Z", "", "TEST - third test article\n\nThis is the lead paragraph of ", "f the third test article."),
   ("europresse_test1.html", "europresse", "A heading: some text", "l'Humanité", "2013-10-05", "", "A heading: some text\n\nSome text, and a few accentuat", " text, a sentence.\n\nTest."),
   ("europresse_test1.html", "europresse", "Another heading with colored text inside", "Mag", "2012-10-03", "Second Author", "Another heading with colored text inside\n\nSecond Author\n\nContents of the", "the article.\n\n(1) A note."),
   ("europresse_test1.html", "europresse", "Heading", "Magazine 1", "2012-10-04", "Author Name", "Heading\n\nAuthor Name\n\nThis is a test: a", "e\n\nThis is a test: a test"),
   ("0000001.xml", "nitf", "This is the second example document", "A Newspaper", "1987-02-01", "", "This is the second example document\n\nLorem ipsum dolor sit amet, co", "rem ipsum dolor sit amet."),
   ("0000002.xml", "nitf", "This is the third example document", "A Newspaper", "1987-02-01", "", "This is the third example document\n\nLorem ipsum dolor sit amet, co", "rem ipsum dolor sit amet."),
   ("0000003.xml", "nitf", "This is the fourth example document", "A Newspaper", "1988-01-01", "", "This is the fourth example document\n\nLorem ipsum dolor sit amet, co", "rem ipsum dolor sit amet."),
   ("IPTC7901.txt", "iptc7901", "Germany Social Democrats: Coalition talks with Merkel could fail", "dpa", "2013-11-13T11:37+00:00", "", "Germany Social Democrats: Coalition talks with Merkel could fail\n\nBerlin (dpa) - Negotiations be", "rd term before Christmas."),
   ("aap-1.xml", "nitf", "F1 Test", "Australian Associated Press", "2013-10-20T19:27:51+11:00", "John Doe", "F1 Test\n\nTest\n\nBy John Doe\n\nBogus", "\nTest\n\nBy John Doe\n\nBogus"),
   ("aap-cyber.xml", "nitf", "Headline", "AAP", "2016-04-13T04:52:21+00:00", "John Doe", "Headline\n\nabstract\n\nBy John Doe\n\nbody1", "tract\n\nBy John Doe\n\nbody1"),
   ("aap-finance1.xml", "nitf", "Highlights of the AAP Finance Wire at 14:45 Feb 20, 2015", "Australian Associated Press", "2015-02-20T13:51:42", "", "Highlights of the AAP Finance Wire at 14:45 Feb 20, 2015\n\nHighlights of the AAP Finance ", " Briefs to come.\n\nAAP gfr"),
   ("afp20.xml", "newsml", "Décès de Naomi Musenga: l'opératrice du Samu définitivement condamnée", "AFP", "2024-07-10T12:59:02Z", "", "Décès de Naomi Musenga: l'opératrice du Samu définitivement condamnée\n\nL'opératrice du Samu condamnée", "\nL'opératrice, Corinne M."),
   ("ansa-newsmlg2-text.xml", "newsml", "Catalan independence declaration unacceptable - Alfano", "ansa.it", "2017-10-11T10:41:00+01:00", "", "Catalan independence declaration unacceptable - Alfano\n\nForeign minister expresses fai", "o allow for negotiations."),
   ("ansa_culture.xml", "newsml", "TEST FROM XAWES", "ANSA", "2019-07-01T08:21:00+00:00", "", "TEST FROM XAWES\n\n(ANSA) - ROMA, 1 LUG - TEST FR", "- TEST FROM XAWES (ANSA)."),
   ("ap-nitf.xml", "nitf", "Can trading pollution like stocks help fight climate change?", "The Associated Press", "2015-12-10T19:10:44Z", "BERNARD CONDON", "Can trading pollution like stocks help fight climate change?\n\nBy BERNARD CONDON, AP Business", "/content/bernard-condon ."),
   ("ap_media_text_nitf.xml", "nitf", "BC-BBN--Top Ten", "The Associated Press", "2019-07-03T04:05:12Z", "", "BC-BBN--Top Ten\n\nBASEBALL'S TOP TEN\n\nBy The Ass", "cherzer, Washington, 8-5."),
   ("bbc-ninjs-comp-test.json", "ninjs", "abcdef", "", "2018-05-30T15:14:24", "Jane Doe", "abcdef\n\nldrs\n\nJane Doe\n\nabcd", "def\n\nldrs\n\nJane Doe\n\nabcd"),
   ("bbc-ninjs-text-test.json", "ninjs", "advisory", "", "2018-05-28T16:40:08", "John Doe", "advisory\n\nLDRS WALES v.1\n\nJohn Doe\n\nbody", "WALES v.1\n\nJohn Doe\n\nbody"),
   ("dpa.xml", "newsml", "Eintracht in London: Hintereggers Tränen und Attacke auf Reporter", "Deutsche Presse-Agentur GmbH", "2022-10-11T11:14:42+02:00", "", "Eintracht in London: Hintereggers Tränen und Attacke auf Reporter\n\nLondon (dpa) - 2019 gab es bit", "und zog ins Endspiel ein."),
   ("dpa_four_line.txt", "iptc7901", "Switzerland joins list of countries resisting UN migration pact", "dpa", "2018-11-21T23:22+00:00", "", "Switzerland joins list of countries resisting UN migration pact\n\nBy dpa correspondents\n\nGeneva ", "nd and the United States."),
   ("dpa_two_line.txt", "iptc7901", "Peace talks on Yemen to take place in Sweden next month, Mattis says", "dpa", "2018-11-21T21:01+00:00", "", "Peace talks on Yemen to take place in Sweden next month, Mattis says\n\nWashington (dpa) - US Defence ", "s decreased considerably."),
   ("efe_nitf.xml", "nitf", "Honduran president announces Cabinet changes", "Agencia EFE", "2017-01-02T22:28:00+00:00", "", "Honduran president announces Cabinet changes\n\nTest Abstract\n\ngr/bp\n\nTeguciga", " Jan 2 (EFE).- Test body."),
   ("ninjs1.json", "ninjs", "headline", "AAP", "2017-08-24T04:37:19+00:00", "John", "headline\n\nabstract\n\nPeter and Jane\n\nThe ", "d Jane\n\nThe story so far."),
   ("ninjs4.json", "ninjs", "China behauptet, einen Polizeihund geklont zu haben", "", "2019-03-25T08:54:09+00:00", "futurezone/KN", "China behauptet, einen Polizeihund geklont zu haben\n\nWenn das Training von Polizeih", "Intelligenz beeinflussen."),
   ("ninjsExMediumText1.json", "ninjs", "Captain of wrecked cruise ship on trial in Italy", "", "2013-07-09T10:37:00Z", "Paulo Santalucia; Frances d'Emilio", "Captain of wrecked cruise ship on trial in Italy\n\nPaulo Santalucia and Frances d", "no has denied wrongdoing."),
   ("ninjsExSimpleText1.json", "ninjs", "Captain of wrecked cruise ship on trial in Italy", "", "2013-07-09T10:37:00Z", "Paulo Santalucia; Frances d'Emilio", "Captain of wrecked cruise ship on trial in Italy\n\nPaulo Santalucia and Frances d", "no has denied wrongdoing."),
   ("nitf-fishing.xml", "nitf", "Weather and Tide Updates for Norfolk", "nitf.org", "2002-02-26T09:30:00-05:00", "Alan Karben", "Weather and Tide Updates for Norfolk\n\nSuperb weather in Norfolk toda", "tributed to this article."),
   ("nitf-ntb.xml", "nitf", "Faktisk.no: Nei, dette dokumentet beskriver ikke FNs Agenda 21 eller Agenda 2030", "NTB", "2020-09-07T14:45:27", "Geir Molnes", "Faktisk.no: Nei, dette dokumentet beskriver ikke FNs Agenda 21 eller Agenda 2030\n\nGeir Molnes / Faktisk.no\n\nNei,", "x, montasje av Faktisk.no"),
   ("pa2.xml", "nitf", "1 SOCCER INT-Teams", "PA", "2015-10-14T02:43:58+01:00", "", "1 SOCCER INT-Teams\n\nInternational Match\nMexico v P", "nzon, Buitrago, Calderon."),
   ("pa3.xml", "nitf", "UK BREAK-UP 'NOT INCONCEIVABLE', FIRST MINISTER WARNS AHEAD OF BREXIT TALKS", "Press Association", "2016-09-09T00:01:00+01:00", "Benjamin Wright", "UK BREAK-UP 'NOT INCONCEIVABLE', FIRST MINISTER WARNS AHEAD OF BREXIT TALKS\n\nThe UK risks breaking\n\nBy Benj", "n the Brexit negotiations"),
   ("pa4.xml", "nitf", "GREAT BRITISH BAKE OFF COOKS UP TOP FIVE MOST-WATCHED SHOWS OF 2016", "Press Association", "2016-10-03T15:22:57+01:00", "Ian Jones", "GREAT BRITISH BAKE OFF COOKS UP TOP FIVE MOST-WATCHED SHOWS OF 2016\n\nThe Great British Bake Off has", "l 30: 11.87 million\n\nends"),
   ("pa5.xml", "nitf", "HARD BREXIT TO COST UK UP TO £66BN A YEAR, SAYS TREASURY", "Press Association", "2016-10-11T00:13:27+01:00", "Sam Lister", "HARD BREXIT TO COST UK UP TO £66BN A YEAR, SAYS TREASURY\n\nTreasury coffers will take a £", "ntrol immigration.\"\n\nends"),
   ("ritzau_feed.xml", "ritzau", "PR / Spire Global, Inc.", "Ritzau", "2018-02-01T18:44:52.973", "", "PR / Spire Global, Inc.\n\nUK Space Agency Backs Spire's ", "nsvarlig for indholdet **"),
   ("ritzau_feed.xml", "ritzau", "Kort om sport", "Ritzau", "2018-02-01T18:38:49.417", "Mikkel Lundby Madsen", "Kort om sport\n\nMikkel Lundby Madsen\n\nDen dans", "anske landsmand. /ritzau/"),
   ("ritzau_news.xml", "ritzau", "", "Ritzau", "2018-01-30T17:32:18.397", "Peder Top Poulsen", "Peder Top Poulsen\n\nHollandske fo", "ansieret lignende forsøg."),
   ("ritzau_news_test_ednote.xml", "ritzau", "", "Ritzau", "2018-01-30T17:32:18.397", "Peder Top Poulsen", "Peder Top Poulsen\n\nHollandske fo", "ansieret lignende forsøg."),
   ("stt1.xml", "newsml", "Mikko Moilanen siirtyy Revenion toimitusjohtajaksi", "STT", "2019-04-15T11:12:24", "", "Mikko Moilanen siirtyy Revenion toimitusjohtajaksi\n\nDiplomi-insinööri Mikko Moilan", "ysoston integraatiotyötä."),
   ("stt_archive_newsml_created_date_test.xml", "newsml", "Yleisurheilutuloksia/SM", "STT", "2013-02-16T17:36:20", "", "Yleisurheilutuloksia/SM\n\nSisäratojen SM-kilpailut, 1/2 ", "-Jaakkola PunkalKu 11,98."),
   ("stt_newsml_abstract_test.xml", "newsml", "", "STT", "2018-04-19T16:41:12+03:00", "", "Hjallis Harkimo ja Mikael Jungne", "t omaa rooliaan ryhmässä."),
   ("stt_newsml_endash.xml", "newsml", "Reilu kolmannes Korkeasaaren eläinpotilaista saadaan palautettua luontoon", "STT", "2018-04-04T04:05:16", "", "Reilu kolmannes Korkeasaaren eläinpotilaista saadaan palautettua luontoon\n\nSadat eläimet saadaan joka vuo", "se joudutaan lopettamaan."),
   ("stt_newsml_location_rich.xml", "newsml", "Tuhannet rohingya-pakolaiset jumissa Myanmarin ja Bangladeshin rajalla", "STT", "2017-08-29T17:15:41", "", "Tuhannet rohingya-pakolaiset jumissa Myanmarin ja Bangladeshin rajalla\n\nAinakin 6 000 rohingya-vähemmi", "llut ainakin 110 ihmistä."),
   ("stt_newsml_no_truncated_text_test.xml", "newsml", "Vastaamoon kohdistunut tietomurto oli syyttäjien mukaan erityisen suunnitelmallinen – syytetylle vaaditaan seitsemän vuoden vankeutta", "STT", "2023-10-18T01:02:34", "Maria Rosvall; Jecaterina Mantsinen", "Vastaamoon kohdistunut tietomurto oli syyttäjien mukaan erityisen suunnitelmallinen – syytetylle vaaditaan seitsemän vuoden vankeutta\n\nTedotustilaisuudessa klo 10 Va", "käräjäoikeuden tuomiosta."),
   ("stt_newsml_note_test.xml", "newsml", "Jussi Niinistö: Ylen tiedoissa voi olla kyse informaatio-operaatiosta", "STT", "2017-01-31T21:52:11", "ANTTI AUTIO; HETA HASSINEN", "Jussi Niinistö: Ylen tiedoissa voi olla kyse informaatio-operaatiosta\n\nANTTI AUTIO, HETA HASSINEN\n\nMi", "erätön, Venäläinen sanoo."),
   ("stt_newsml_subject_test.xml", "newsml", "", "STT", "2013-02-16T17:36:20", "", "Saatuuu siinä mielessä hyvään sa", "Yhdysvaltain presidentti."),
];

/// File, and why a piece of it gives no article.
const SKIPPED: &[(&str, &str)] = &[
    ("lexisnexis_test_copyright_error.html", "document 2: the database put a note here in place of the document"),
    ("LISTING 6 Simple NewsML-G2 Package.xml", "this is a package, which names other items"),
    ("ninjs3.json", "this is a picture"),
    ("ninjs6.json", "this is a picture"),
];

#[test]
fn every_file_gives_its_articles_or_says_why_not() {
    for folder in ["nexis", "factiva", "europresse", "newsml-nitf"] {
        let Some(folder) = shared(&format!("fixtures/{folder}")) else { return };
        for file in gather(&[folder]).0 {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            // What it is from, and an answer that no item of news is in.
            if name == "SOURCE.txt" || name == "ninjs4_mock.json" {
                continue;
            }
            let found = read(&file, &Options::default());
            let rows: Vec<&Row> = ARTICLES.iter().filter(|r| r.0 == name).collect();
            let titles: Vec<&str> = found.articles.iter().map(|c| c.article.metadata.title.as_str()).collect();
            assert_eq!(found.articles.len(), rows.len(), "{name}: {titles:?} {:?}", found.skipped);
            for (candidate, row) in found.articles.iter().zip(rows) {
                let (meta, text) = (&candidate.article.metadata, &candidate.article.text);
                let day = meta.published.as_deref().unwrap_or_default();
                let authors = meta.authors.join("; ");
                assert_eq!(
                    (
                        candidate.article.source.format.as_str(),
                        meta.title.as_str(),
                        meta.outlet.as_str(),
                        day,
                        authors.as_str()
                    ),
                    (row.1, row.2, row.3, row.4, row.5),
                    "{name}"
                );
                assert!(text.starts_with(row.6), "{name}: {text}");
                assert!(text.ends_with(row.7), "{name}: {text}");
                assert!(candidate.warnings.is_empty() || name == "test.DOCX", "{name}: {:?}", candidate.warnings);
            }
            let skipped: Vec<String> = found.skipped.iter().map(ToString::to_string).collect();
            let reasons: Vec<&str> = SKIPPED.iter().filter(|s| s.0 == name).map(|s| s.1).collect();
            assert_eq!(skipped.len(), reasons.len(), "{name}: {skipped:?}");
            for (said, reason) in skipped.iter().zip(reasons) {
                assert!(said.contains(reason), "{name}: {said}");
            }
        }
    }
}

#[test]
fn json_that_is_no_news_is_refused() {
    let Some(file) = shared("fixtures/newsml-nitf/superdesk+superdesk-core/ninjs4_mock.json") else { return };
    let problem = read(&file, &Options::format("ninjs")).whole().unwrap_err().problem;
    assert!(matches!(problem, Problem::NoTextIn { .. }));
}
