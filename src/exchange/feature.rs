//! What a format has a place for.

/// The list of features, with the words for one of them and for several.
macro_rules! features {
    ($($(#[$doc:meta])* $name:ident = $one:literal, $many:literal;)+) => {
        /// Something that a project holds and that a format carries or does not carry.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Feature {
            $($(#[$doc])* $name,)+
        }

        impl Feature {
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The words for one and for several.
            pub fn words(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($one, $many),)+ }
            }

            /// The word in the file that says what was left out: the name in small letters with `-`.
            pub fn word(self) -> String {
                let mut out = String::new();
                for c in format!("{self:?}").chars() {
                    if c.is_uppercase() && !out.is_empty() {
                        out.push('-');
                    }
                    out.extend(c.to_lowercase());
                }
                out
            }
        }
    };
}

features! {
    /// The words of the articles.
    Texts = "article’s text", "articles’ texts";
    Titles = "title of an article", "titles of articles";
    /// Outlet, authors, published, url, language, section.
    Metadata = "article’s outlet, authors, date, address, language and section", "articles’ outlets, authors, dates, addresses, languages and sections";
    /// Variables of articles.
    ArticleVariables = "variable of an article", "variables of articles";
    /// Which lines are headline, standfirst, byline, caption.
    Parts = "mark of a headline, standfirst, byline or caption", "marks of headlines, standfirsts, bylines and captions";
    /// From which file an article came.
    Sources = "note on which file an article came from", "notes on which files articles came from";
    /// Articles on which nobody said anything.
    UncodedArticles = "article that nobody coded", "articles that nobody coded";
    /// Who coded.
    Coders = "coder’s name", "coders’ names";
    /// Names of coders apart from their ids.
    CoderNames = "coder’s full name", "coders’ full names";
    /// Codings of several stretches. Without it, each stretch becomes a coding of its own.
    Discontinuous = "coding of several stretches", "codings of several stretches";
    /// The ids of annotations.
    Ids = "coding’s id", "codings’ ids";
    Voice = "voice (whose words)", "voices (whose words)";
    Speaker = "speaker", "speakers";
    Target = "target", "targets";
    /// Whom of the register speakers and targets mean.
    PartyEntities = "link of a speaker or target to the register of names", "links of speakers and targets to the register of names";
    Stance = "stance of a cue", "stances of cues";
    Intensity = "intensity", "intensities";
    Certainty = "certainty", "certainties";
    Negation = "mark of denial", "marks of denial";
    Custom = "further attribute", "further attributes";
    Memos = "memo", "memos";
    /// By hand, accepted from a detector, imported.
    Origins = "note on how a coding came to be", "notes on how codings came to be";
    /// Under which revision of a code a coding was made.
    Revisions = "revision of a code", "revisions of codes";
    /// When a coding was made and changed.
    Times = "moment at which a coding was made and changed", "moments at which codings were made and changed";
    /// Codes on a whole article, and which of them governs it.
    DocumentCodes = "code on a whole article", "codes on whole articles";
    DocumentVariables = "variable that a coder gave a whole article", "variables that coders gave whole articles";
    DocumentMemos = "memo on a whole article", "memos on whole articles";
    Finished = "mark that an article is done", "marks that articles are done";
    NothingFound = "“nothing found”", "“nothing found”";
    Relations = "relation", "relations";
    /// The register of names.
    Register = "name of the register", "names of the register";
    /// Names of the register that nothing refers to.
    UnusedNames = "name of the register that nothing refers to", "names of the register that nothing refers to";
    /// Coders who said nothing of what is exported.
    IdleCoders = "coder who coded nothing of it", "coders who coded nothing of it";
    /// What coders answered to suggestions.
    Answers = "answer to a suggestion", "answers to suggestions";
    /// Codings whose words are not in the text any more.
    Orphans = "coding that lost its words", "codings that lost their words";
    CodeIds = "code’s id", "codes’ ids";
    /// Which code stands below which.
    CodeTree = "place of a code below another", "places of codes below others";
    /// Definition, when to use, when not to use, examples.
    CodeMeanings = "code’s definition and rules of use", "codes’ definitions and rules of use";
    CodeColours = "code’s colour", "codes’ colours";
    /// Position, key, retired, revision, history.
    CodeDetails = "code’s place, key, revision and history", "codes’ places, keys, revisions and histories";
    UnusedCodes = "code that nothing is coded with", "codes that nothing is coded with";
    /// The project's variables: kinds and descriptions.
    Schema = "variable’s kind and description", "variables’ kinds and descriptions";
    /// Which articles are the same as others, and whether they are coded once.
    Same = "note that an article is the same as another one", "notes that articles are the same as others";
    ProjectTitle = "title of the project", "title of the project";
}

/// A set of features: what a format carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carries(u64);

impl Carries {
    pub const NOTHING: Self = Self(0);
    /// All that is said of articles and codings one by one. What ties articles to each other is only in the tables that
    /// count.
    pub const EVERYTHING: Self = Self(((1 << Feature::ALL.len()) - 1) & !(1 << Feature::Same as u64));

    /// These features and those that are in already.
    pub const fn and(self, features: &[Feature]) -> Self {
        let mut bits = self.0;
        let mut n = 0;
        while n < features.len() {
            bits |= 1 << features[n] as u64;
            n += 1;
        }
        Self(bits)
    }

    /// What is in already, without these features.
    pub const fn but(self, features: &[Feature]) -> Self {
        let mut bits = self.0;
        let mut n = 0;
        while n < features.len() {
            bits &= !(1 << features[n] as u64);
            n += 1;
        }
        Self(bits)
    }

    pub const fn has(self, feature: Feature) -> bool {
        self.0 & (1 << feature as u64) != 0
    }
}
