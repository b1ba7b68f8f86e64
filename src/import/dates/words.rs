//! The words of dates, in the languages that newspapers and their databases write them in.

/// Each month's names and abbreviations: English, German, French, Spanish, Italian, Portuguese, Dutch, Danish, Swedish,
/// Norwegian, Finnish, Polish, Czech, Hungarian, Romanian, Catalan, Turkish, Russian, Ukrainian. A name that means
/// different months in two languages is not among them. In small letters, without the dot behind them.
const MONTHS: [&str; 12] = [
    "january jan januar jänner jän janvier janv enero ene gennaio gen janeiro januari tammikuu tammi styczeń stycznia sty \
     leden ledna led január ianuarie ian gener ocak январь января янв січень січня",
    "february feb febr februar feber février fevrier févr fév fevr febrero febbraio fevereiro fev februari helmikuu helmi \
     luty lutego lut únor února úno február februarie febrer şubat февраль февраля фев лютий лютого",
    "march mar märz mrz mär maerz mars marzo março mrt maart marts maaliskuu maalis marzec marca březen března bře \
     március martie març mart март марта березень березня",
    "april apr avril avr abril abr aprile huhtikuu huhti kwiecień kwietnia kwi duben dubna dub április aprilie nisan \
     апрель апреля апр квітень квітня",
    "may mai mayo maggio mag maio mei maj toukokuu touko maja květen května kvě május maig mayıs май мая травень травня",
    "june jun juni juin junio giugno giu junho kesäkuu kesä czerwiec czerwca cze červen června čvn június iunie iun juny \
     haziran июнь июня июн червень червня",
    "july jul juli juillet juil julio luglio lug julho heinäkuu heinä lipiec lipca lip červenec července čvc július iulie \
     iul juliol temmuz июль июля июл липень липня",
    "august aug août aout agosto ago augustus augusti elokuu elo sierpień sierpnia sie srpen srpna srp augusztus agost \
     ağustos август августа авг серпень серпня",
    "september sep sept septembre septiembre setiembre settembre set setembro syyskuu syys wrzesień września wrz \
     szeptember septembrie setembre eylül сентябрь сентября сен сент вересень вересня",
    "october oct oktober okt octobre octubre ottobre ott outubro out lokakuu loka październik października paź říjen října \
     október octombrie ekim октябрь октября окт жовтень жовтня",
    "november nov novembre noviembre novembro marraskuu marras listopad listopada lis listopadu noiembrie noi kasım \
     ноябрь ноября ноя листопад листопада",
    "december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro desember des joulukuu joulu \
     grudzień grudnia gru prosinec prosince pro decembrie desembre aralık декабрь декабря дек грудень грудня",
];

/// The days of the week, as [`MONTHS`]. They say nothing that the date does not say.
const WEEKDAYS: &str = "monday mon tuesday tue tues wednesday wed thursday thu thur thurs friday fri saturday sat sunday \
    sun montag mo dienstag di mittwoch mi donnerstag do freitag fr samstag sa sonnabend sonntag so lundi lun mardi mercredi \
    mer jeudi jeu vendredi ven samedi sam dimanche dim lunes martes miércoles miercoles jueves viernes sábado sabado domingo \
    lunedì lunedi martedì martedi mercoledì mercoledi giovedì giovedi venerdì venerdi sabato domenica segunda-feira \
    terça-feira quarta-feira quinta-feira sexta-feira segunda terça quarta quinta sexta maandag dinsdag woensdag donderdag \
    vrijdag zaterdag zondag ma za zo mandag tirsdag onsdag torsdag fredag lørdag søndag måndag tisdag lördag söndag \
    maanantai maanantaina tiistai tiistaina keskiviikko keskiviikkona torstai torstaina perjantai perjantaina lauantai \
    lauantaina sunnuntai sunnuntaina poniedziałek wtorek środa czwartek piątek sobota niedziela pondělí úterý středa čtvrtek \
    pátek neděle hétfő kedd szerda csütörtök péntek szombat vasárnap luni marți miercuri joi vineri sâmbătă duminică \
    понедельник вторник среда четверг пятница суббота воскресенье";

/// Small words that stand between the parts of a date or before its time.
const SMALL: &str = "de del of den der le il el la les the on am um at à a às o d las ore les ob om kl klo klokken vid uhr uur h \
    hrs hours heures ч г года р року dne dnia den do ja e";

/// Time zones by the letters that newspapers put behind a time, in minutes from Greenwich. Letters that stand for
/// several zones (IST, CST in China) are not among them, or stand for the one that the press means.
const ZONES: &[(&str, i32)] = &[
    ("gmt", 0),
    ("utc", 0),
    ("ut", 0),
    ("z", 0),
    ("wet", 0),
    ("bst", 60),
    ("west", 60),
    ("cet", 60),
    ("mez", 60),
    ("cest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("sast", 120),
    ("eest", 180),
    ("msk", 180),
    ("hkt", 480),
    ("sgt", 480),
    ("jst", 540),
    ("kst", 540),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
    ("nst", -210),
    ("ast", -240),
    ("edt", -240),
    ("est", -300),
    ("cdt", -300),
    ("cst", -360),
    ("mdt", -360),
    ("mst", -420),
    ("pdt", -420),
    ("pst", -480),
];

/// Zones that are one thing in summer and another in winter, by their winter time.
const SHIFTING: &[(&str, i32)] = &[("et", -300), ("ct", -360), ("mt", -420), ("pt", -480)];

/// The number of a month, by a word in small letters.
pub fn month(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.');
    if word.is_empty() {
        return None;
    }
    // Finnish bends the word: tammikuuta, tammikuun, tammikuussa.
    let bare = word.find("kuu").filter(|at| *at > 0).map_or(word, |at| &word[..at]);
    (1..).zip(MONTHS).find(|(_, names)| names.split_whitespace().any(|n| n == word || n == bare)).map(|(n, _)| n)
}

/// Whether a word in small letters is a day of the week.
pub fn is_weekday(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    WEEKDAYS.split_whitespace().any(|w| w == word)
}

/// Whether a word in small letters says nothing in a date.
pub fn is_small(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    SMALL.split_whitespace().any(|w| w == word)
}

/// A zone by its letters, in small letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Minutes from Greenwich.
    Fixed(i32),
    /// North American time, by its minutes from Greenwich in winter.
    American(i32),
}

pub fn zone(word: &str) -> Option<Zone> {
    let find = |table: &[(&str, i32)]| table.iter().find(|(w, _)| *w == word).map(|(_, minutes)| *minutes);
    find(ZONES).map(Zone::Fixed).or_else(|| find(SHIFTING).map(Zone::American))
}
