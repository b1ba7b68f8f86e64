//! What detection finds.

mod rules;
mod sample;
mod shared_seed;
