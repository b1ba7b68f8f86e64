//! What control words mean: where the words of a group go, and what words they stand for.

/// Where words go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Goal {
    #[default]
    Text,
    Nowhere,
    Fonts,
    Styles,
    /// The properties; their words go nowhere.
    Info,
    Title,
    Author,
    Keywords,
    Made,
}

/// Where the words of a group go that begins with this word; `None` where the word begins none.
pub fn goal_of(word: &str, starred: bool, goal: Goal) -> Option<Goal> {
    if goal == Goal::Nowhere {
        return (word == "ud").then_some(Goal::Text);
    }
    Some(match word {
        "fonttbl" => Goal::Fonts,
        "stylesheet" => Goal::Styles,
        "info" => Goal::Info,
        "title" if goal == Goal::Info => Goal::Title,
        "author" if goal == Goal::Info => Goal::Author,
        "keywords" if goal == Goal::Info => Goal::Keywords,
        "creatim" if goal == Goal::Info => Goal::Made,
        "footnote" | "shptxt" | "dptxbxtext" if goal == Goal::Text => Goal::Text,
        "colortbl" | "pict" | "shppict" | "nonshppict" | "header" | "headerl" | "headerr" | "headerf" | "footer"
        | "footerl" | "footerr" | "footerf" | "ftnsep" | "ftnsepc" | "ftncn" | "aftnsep" | "aftnsepc" | "aftncn"
        | "annotation" | "atnid" | "atnauthor" | "objdata" | "xe" | "rxe" | "txe" | "tc" | "tcn" | "listtable"
        | "listoverridetable" | "revtbl" | "filetbl" | "private" | "fldinst" | "sp" | "shprslt" | "pntext"
        | "listtext" | "pn" | "nonesttables" | "upr" | "bkmkstart" | "bkmkend" | "themedata" | "datastore"
        | "xmlns" => Goal::Nowhere,
        "ud" => Goal::Text,
        "shpinst" | "nesttableprops" | "do" => return None,
        _ if starred => Goal::Nowhere,
        _ => return None,
    })
}

/// The words that a control word stands for.
pub fn words_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "line" | "softline" | "lbr" => "\n",
        "tab" => "\t",
        "emdash" => "—",
        "endash" => "–",
        "lquote" => "‘",
        "rquote" => "’",
        "ldblquote" => "“",
        "rdblquote" => "”",
        "bullet" => "•",
        "emspace" => "\u{2003}",
        "enspace" => "\u{2002}",
        "qmspace" => "\u{2005}",
        "zwj" => "\u{200d}",
        "zwnj" => "\u{200c}",
        "zwbo" => "\u{200b}",
        "zwnbo" => "\u{2060}",
        "ltrmark" => "\u{200e}",
        "rtlmark" => "\u{200f}",
        _ => return None,
    })
}
