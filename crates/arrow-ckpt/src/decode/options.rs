//! What callers may ask of an opened file and of a scan.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use super::filter::Filter;
use crate::limits::Limits;
use crate::pool::cores;

/// Rows of a block unless told otherwise.
const BLOCK_ROWS: usize = 4096;
/// Decoded bytes of a block to aim for unless told otherwise.
const BLOCK_BYTES: usize = 4 << 20;
/// Threads beyond these have not been seen to help.
const MAX_THREADS: usize = 4;

/// How to open a file.
#[derive(Debug, Clone, Copy)]
pub struct OpenOptions {
    /// Compare the checksums of files that have ours: the footer's now, each column chunk's when it is read. Default: true.
    pub verify: bool,
    /// What the file may ask for at most. Default: what the crate bears.
    pub limits: Limits,
    /// What becomes of the texts of other writers. No effect on our files. Default: text, which must be UTF-8.
    pub text: TextMode,
    /// Give the second column of a name, and the second field of a struct, another name, instead of refusing the file. Default: false.
    pub rename_duplicates: bool,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { verify: true, limits: Limits::default(), text: TextMode::Strict, rename_duplicates: false }
    }
}

/// What becomes of the texts of other writers: some write text that is not UTF-8, as `ClickHouse` does with its strings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum TextMode {
    /// Text that is not UTF-8 is an error.
    #[default]
    Strict,
    /// Bytes that are not UTF-8 become U+FFFD.
    Lossy,
    /// All texts are bytes.
    Bytes,
}

/// What to read, and how.
#[derive(Debug, Clone)]
pub struct ScanOptions {
    /// Top-level columns; they come in file order, each once. `None`: all.
    pub columns: Option<Vec<ColumnRequest>>,
    /// Only rows that it may be true of. `None`: all.
    pub filter: Option<Filter>,
    /// Only the rows in these ranges, which ascend and do not overlap. `None`: all.
    pub ranges: Option<Vec<Range<u64>>>,
    /// At most this many rows a block. Default 4096.
    pub block_rows: usize,
    /// Rows of the first block at most; later ones may have as many rows as came before them. For callers whose code for the rows is
    /// slow at first. Default: no bound.
    pub first_rows: usize,
    /// Rows per block are chosen so that a block has about this many bytes at most. Default 4 MiB.
    pub block_bytes: usize,
    /// Decoding threads. Default: the cores, at most 4. Small files are decoded by the caller's.
    pub threads: usize,
    /// From which sizes on it takes trouble to be fast.
    pub large: Large,
    /// Set it to end the scan: the threads stop, and the next call fails.
    pub cancel: Arc<AtomicBool>,
}

impl Default for ScanOptions {
    fn default() -> Self {
        Self {
            columns: None,
            filter: None,
            ranges: None,
            block_rows: BLOCK_ROWS,
            first_rows: usize::MAX,
            block_bytes: BLOCK_BYTES,
            threads: cores().min(MAX_THREADS),
            large: Large::default(),
            cancel: Arc::default(),
        }
    }
}

/// Compressed bytes from which on a scan goes to more trouble than once pays. Tests set them to 0, so that small files are read as large
/// ones are.
#[derive(Debug, Clone, Copy)]
pub struct Large {
    /// Of a scan: it has threads. Default 64 KiB.
    pub scan: u64,
    /// Of a column chunk of ours: its pages are read one by one, when they are due. Default 512 KiB.
    pub chunk: u64,
    /// Of its pages on average: where they are smaller, the chunk is read at once all the same. Default 16 KiB.
    pub page: u64,
    /// Of a text of such a chunk on average: it is not copied before it is packed. Default 256 bytes.
    pub text: u64,
    /// Of values in other files: what of them is at hand at a time, for all columns together. Default 64 MiB.
    pub shared: u64,
}

impl Default for Large {
    fn default() -> Self {
        Self { scan: 64 << 10, chunk: 512 << 10, page: 16 << 10, text: 256, shared: 64 << 20 }
    }
}

/// A top-level column to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ColumnRequest {
    /// Its index in the file.
    pub column: usize,
    /// Only these of its leaves, by their number within it. `None`: all.
    pub leaves: Option<Vec<usize>>,
}

impl ColumnRequest {
    /// A whole column.
    #[must_use]
    pub fn whole(column: usize) -> Self {
        Self { column, leaves: None }
    }
}
