//! The reading half of the core, through its public API: files in, arenas out.
#![allow(clippy::unwrap_used, clippy::float_cmp)] // tests

mod filter;
mod hostile;
mod kinds;
mod ours;
mod parquet_testing;
mod scan;
mod support;
#[path = "../data/mod.rs"]
mod test_data;
mod vectors;
