//! The reading half of the core, through its public API: files in, arenas out.
#![allow(clippy::unwrap_used, clippy::float_cmp)] // tests

mod arrow;
mod filter;
mod hostile;
mod kinds;
mod ours;
mod paged;
mod parquet_testing;
#[path = "../samples/mod.rs"]
mod samples;
mod scan;
#[path = "../encode/slab.rs"]
#[allow(dead_code)] // the tests of the writing half use the rest
mod slab;
mod support;
#[path = "../data/mod.rs"]
mod test_data;
mod thin_files;
mod thin_found;
mod thin_hostile;
mod thin_read;
mod thin_scan;
mod thin_values;
mod vectors;
