//! The writing half of the core, through its public API: slabs in, files out. What was written is read by the reading half.
#![allow(clippy::unwrap_used, clippy::float_cmp)] // tests

mod attachment;
mod bounds;
mod commit;
mod hostile;
mod literals;
mod pages;
mod properties;
mod row_groups;
mod segments;
mod slab;
#[path = "../decode/support.rs"]
#[allow(dead_code)] // the tests of the reading half use the rest
mod support;
mod types;
