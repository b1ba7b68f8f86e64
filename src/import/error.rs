//! Why a file gave no article.

use std::io;

/// A file that could not be imported, and why. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct ImportError {
    /// The file as it was named.
    pub file: String,
    pub problem: Problem,
}

/// What was wrong with a file, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error("there is no such file. Check the path")]
    Missing,
    #[error("this is a folder")]
    Folder,
    #[error("cannot be read ({0}). Check that the file is there and that you may read it")]
    Unreadable(io::Error),
    #[error("the folder links back to itself, so it was not followed")]
    Loop,
    #[error("the file is empty: there is no text in it")]
    Empty,
    #[error("this is {what}, which cannot be read yet. Save it as plain text or as a web page and import that")]
    Binary { what: &'static str },
    #[error("this is not a text: it holds bytes that no text has. Save it as plain text and import that")]
    NotText,
    #[error("line {line}: {reason}. The other lines were read; mend this one and import the file again")]
    BadLine { line: usize, reason: String },
    #[error("the file is larger than {} MB. Split it and import the pieces", .largest >> 20)]
    TooLarge { largest: u64 },
    #[error("no article was found in this page. Save its words as plain text and import that")]
    NoArticle,
    #[error("the file is damaged: {reason}. Save it anew where it comes from and import that")]
    Damaged { reason: String },
    #[error("the file is protected with a password. Open it in its own program, save it without one, and import that")]
    Protected,
    #[error("the file holds pictures of text, and no text. Have the text recognised (OCR) and import what comes of it")]
    OnlyPictures,
    #[error("it holds more than {most} {what}; the rest was left out. Split the file and import the pieces")]
    TooMany { what: &'static str, most: usize },
    #[error("files lie in files more than {most} deep. Unpack it and import what is in it")]
    TooDeep { most: usize },
    #[error("what is packed in it is larger than {} MB; the rest was left out. Unpack it and import what is in it", .most >> 20)]
    TooMuch { most: u64 },
    #[error("this is {what}, and there is no article's text in it. Import the file that holds the text")]
    NoTextIn { what: String },
    #[error("the database put a note here in place of the document (“{said}”). Export the document again")]
    NotGiven { said: String },
    #[error("no column of this table could be taken for the text ({columns}). Say which it is")]
    NoTextColumn { columns: String },
    #[error("it has no text, and without a text there is nothing to code. Put its words in and import it again")]
    NoText,
    #[error("{what} lists articles and where they are, and does not hold their texts. Save the pages and import those")]
    ListOnly { what: &'static str },
    #[error("it is packed with {how}, which is not read here. Write it without, or import its content as CSV")]
    Packed { how: String },
    #[error("there is no {what} in it that could be an article. Look into it with the program that made it")]
    NothingInside { what: &'static str },
    #[error(
        "the page is built so deep or so large ({what}) that it cannot be read safely. Save its words as plain text and import that"
    )]
    TooComplex { what: String },
    #[error(
        "reading took longer than {seconds} seconds and was given up. Save its words as plain text and import that"
    )]
    TooSlow { seconds: u64 },
    #[error(
        "the reader broke off on this file: a fault in the program, not in your work. Save it as plain text instead"
    )]
    Panicked,
    #[error("there is no format “{name}”. The formats are: {known}")]
    UnknownFormat { name: String, known: String },
}

impl Problem {
    pub(super) fn unreadable(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Self::Missing } else { Self::Unreadable(error) }
    }
}
