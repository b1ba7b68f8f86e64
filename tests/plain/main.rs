//! Plain data and the house itself: texts, the model, edits, the sample project, the floors.

#[path = "../common/mod.rs"]
mod common;

mod architecture;
mod edit;
mod find;
mod model;
mod sample;
mod text;
