//! The project folder: what is written is read again, whatever was done to it in between.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/zips.rs"]
mod zips;

mod backups;
mod coding;
mod folder;
mod frozen;
mod merge;
mod outside;
mod pack;
mod reanchor;
mod repair;
mod retext;
mod textless;
