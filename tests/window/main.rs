//! Journeys through the window, by mouse and key, without a display.

#[path = "../journey/mod.rs"]
mod journey;

mod beginning;
mod coding;
mod finding;
mod journeys;
mod languages;
mod shared_seed;
