//! Framelens: code news articles by hand, and keep track of whose words a framing is in.
//!
//! The floors, from the ground: [`text`], [`model`], [`edit`](crate::model), then [`detect`] and its neighbours.

pub mod cli;
pub mod detect;
pub mod edit;
pub mod exchange;
pub mod import;
pub mod model;
pub mod session;
pub mod store;
pub mod text;
