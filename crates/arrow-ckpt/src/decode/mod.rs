//! Parquet file to blocks of rows in arenas.
//!
//! [`CheckpointFile::open`] reads and checks a footer. [`CheckpointFile::scan`] decodes columns on threads of its own, and
//! [`Scan::next_block`] packs the next rows into memory of the caller's, laid out as [`crate::layout`] says under "Arena".
//! [`kinds`] tells what each Parquet type becomes. A scan may leave rows out: those outside of its ranges, and those that its [`filter`]
//! rules out, by statistics where they suffice (`select`). Of our own files it then reads only the pages that hold wanted rows (`index`).
//!
//! [`CheckpointFile::arrow`] gives the same rows as Arrow batches, without packing.
//!
//! A file may have been made to harm us. What it claims is compared with [`crate::limits`] before memory is taken
//! (`prescan`, `chunks`, `pages`), and parquet-rs runs only where its panics are caught (`guard`).

mod ahead;
mod arrivals;
mod arrow;
mod bloom;
mod buffers;
mod chunks;
mod columns;
mod crew;
mod delta;
mod describe;
mod elements;
mod faults;
mod file;
pub mod filter;
mod footer;
mod gather;
mod guard;
mod held_rows;
mod holders;
mod holding;
mod index;
mod inflate;
pub mod kinds;
mod known_columns;
mod likeness;
mod long_texts;
mod masks;
mod options;
mod pack;
mod page;
mod pages;
mod part;
mod places;
mod plain;
mod plan;
mod prescan;
mod reader;
mod references;
mod scan;
mod select;
mod shared;
mod source;
mod stop;
mod stream;
#[cfg(test)]
mod tests;
mod thin;
mod thrift;
mod vectors;
mod words;
mod worker;

pub use arrivals::Arrivals;
pub use arrow::{
    ArrowPart, ArrowParts, ArrowReader, Batches, Constant, ConstantValue, Gate, IpcStream, Label,
};
pub use describe::{describe_footer, describe_written};
pub use file::{CheckpointFile, Work};
pub use options::{ColumnRequest, Large, OpenOptions, ScanOptions, TextMode};
pub use references::Named;
pub use scan::{Fill, Scan};
