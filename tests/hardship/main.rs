//! Disks that fail, files that are spoiled, a program that is killed. Each has a long form, named at the head of its file.

#[path = "../common/requests.rs"]
mod requests;
#[path = "../common/zips.rs"]
mod zips;

mod faults;
mod fuzz;
mod kill;
