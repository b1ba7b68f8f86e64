//! The program as scripts call it, and what its documents say of it.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/requests.rs"]
mod requests;

mod apply;
mod apply_doc;
mod apply_lines;
mod check;
mod cli;
mod exchange;
mod find;
mod git;
mod merge;
mod pack;
mod readme;
