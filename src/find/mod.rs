//! Floor 3: finding words in the project's texts, with what stands around them: a concordance.
//!
//! A [`Query`] is what somebody typed, read and made ready. [`search`] goes through the articles that a [`Filter`]
//! leaves, on all cores, and hands over [`Hit`]s batch by batch. A hit is two pairs of numbers and a pointer; the
//! [`Line`] that people read is made of it when it is seen.

mod filter;
mod line;
mod near;
mod order;
mod pattern;
mod query;
mod search;

pub use filter::{Day, DayError, Filter};
pub use line::{Line, Mark, marks};
pub use order::{Order, Sorted};
pub use query::{Options, Query, QueryError, literally};
pub use search::{Batch, Hit, VoiceAt, search};
