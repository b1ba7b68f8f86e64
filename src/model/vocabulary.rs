//! The closed lists of words that the model speaks in.

use serde::{Deserialize, Serialize};

/// A closed list: each member has the `word` by which files and commands call it, and a `title` for people.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident = $word:literal, $title:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$member_doc])* #[serde(rename = $word)] $member,)+
        }

        impl $name {
            /// Every member, in the order in which they are listed to people.
            pub const ALL: &[Self] = &[$(Self::$member),+];

            /// The word in files, in exports and on the command line.
            pub fn word(self) -> &'static str {
                match self { $(Self::$member => $word,)+ }
            }

            /// The words on a button or in a table.
            pub fn title(self) -> &'static str {
                match self { $(Self::$member => $title,)+ }
            }

            /// The member that is called `word`.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|m| m.word() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

vocabulary! {
    /// What kind of thing a span marks.
    Layer {
        Entity = "entity", "Entities";
        Quote = "quote", "Quotations";
        Claim = "claim", "Claims";
        Frame = "frame", "Frames";
    }
}

vocabulary! {
    /// Whose words a span is in.
    Voice {
        /// The article's own sentence.
        Outlet = "outlet", "outlet";
        /// Inside a quotation, whole or partial, that somebody is said to have uttered.
        Quoted = "quoted", "quoted";
        /// In indirect speech: the sense is somebody's, the words are the outlet's.
        Reported = "reported", "reported";
        /// In quotation marks that quote nobody: the outlet holds the word at arm's length.
        Scare = "scare", "scare quotes";
        /// The outlet's own words in a headline.
        Headline = "headline", "headline";
        /// Part of a name or a title: it frames nothing by itself.
        Name = "name", "name";
    }
}

impl Voice {
    /// Whether the words are somebody's whom the article names or describes, so that a speaker is asked for.
    pub fn has_speaker(self) -> bool {
        matches!(self, Self::Quoted | Self::Reported)
    }
}

vocabulary! {
    /// Where in the article a span stands.
    Placement {
        Headline = "headline", "headline";
        /// The standfirst and the first paragraph of the body.
        Lede = "lede", "lede";
        Body = "body", "body";
        /// The last paragraph: the last word.
        Last = "last", "last word";
    }
}

vocabulary! {
    /// What a name names. The last four are found by rule.
    EntityKind {
        Person = "PERSON", "person";
        Org = "ORG", "organisation";
        Place = "PLACE", "place";
        /// A people, a following, a nationality: "Tories", "Northmarkers".
        Group = "GROUP", "group";
        Work = "WORK", "work";
        Event = "EVENT", "event";
        Date = "DATE", "date";
        Money = "MONEY", "money";
        Percent = "PERCENT", "percentage";
        Number = "NUMBER", "number";
    }
}

vocabulary! {
    /// What a pair of quotation marks, or a reporting clause, does.
    QuoteKind {
        /// Whole sentences or clauses in somebody's words.
        Direct = "direct", "direct";
        /// A few of somebody's words built into the outlet's sentence.
        Partial = "partial", "partial";
        /// Somebody's sense in the outlet's words.
        Indirect = "indirect", "indirect";
        /// Marks that quote nobody.
        Scare = "scare", "scare quotes";
        /// The title of a work.
        Title = "title", "title";
        /// Words on a banner, a shirt, a wall.
        Slogan = "slogan", "slogan";
    }
}

vocabulary! {
    /// What a check-worthy sentence asserts.
    ClaimKind {
        Statistic = "statistic", "statistic";
        Poll = "poll", "poll";
        Comparison = "comparison", "comparison";
        Causal = "causal", "causal";
        Event = "event", "event";
        Promise = "promise", "promise";
        Prediction = "prediction", "prediction";
    }
}

vocabulary! {
    /// How an attribution verb stands to what it reports.
    Stance {
        /// said, told, added
        Neutral = "neutral", "neutral";
        /// claimed, alleged, insisted
        Distancing = "distancing", "distancing";
        /// pointed out, revealed, admitted
        Endorsing = "endorsing", "endorsing";
        /// charged, raged, lamented
        Emotive = "emotive", "emotive";
    }
}
