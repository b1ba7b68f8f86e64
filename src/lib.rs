//! Framelens: code news articles by hand, and keep track of whose words a framing is in.
//!
//! The floors, from the ground: [`text`]; [`model`]; [`edit`]; [`store`], [`import`], [`exchange`], [`detect`] and [`find`];
//! [`session`]; `app` and `cli`. Each knows only those below it. ARCHITECTURE.md says why.

// What comes from outside is an error to be told, never a panic. Tests may (clippy.toml).
#![warn(clippy::unwrap_used, clippy::expect_used)]

// The random projects of tests/common call this crate by its name.
#[cfg(test)]
extern crate self as framelens;

#[cfg(feature = "gui")]
pub mod app;
pub mod archive;
pub mod cli;
pub mod detect;
pub mod edit;
pub mod exchange;
pub mod find;
pub mod import;
pub mod model;
pub mod session;
pub mod store;
pub mod text;
