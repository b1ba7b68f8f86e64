//! Corpora out and in.

#[path = "../common/mod.rs"]
mod common;

mod brat;
mod cas;
mod formats;
mod refi;
mod round;
mod shared_brat;
mod shared_cas;
mod shared_refi;
mod shared_tokens;
mod shared_web;
mod tables;
mod tokens;
mod web;
