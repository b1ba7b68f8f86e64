//! Journeys through the window, by mouse and key, without a display.

#[path = "../journey/mod.rs"]
mod journey;

mod beginning;
mod coding;
mod journeys;
mod shared_seed;
