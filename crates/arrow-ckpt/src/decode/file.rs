//! An opened file: checked, described, ready to be scanned.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use parquet::file::metadata::ParquetMetaData;

use super::arrivals::Arrivals;
use super::chunks::check_metadata;
use super::columns::{Columns, Plain, Reading};
use super::describe::{describe, describe_columns, describe_head};
use super::faults::foreign_text;
use super::footer::{Footer, key_value, read_footer};
use super::holders::Holder;
use super::index::FileIndex;
use super::known_columns::columns_of;
use super::options::{OpenOptions, TextMode};
use super::source::Source;
use crate::commit::file_id;
use crate::error::{CkptError, Result};
use crate::limits::Limits;

/// A Parquet file, ours or anybody's, whose footer has been read and checked.
///
/// It may be scanned any number of times, also at once: share it by `Arc`.
pub struct CheckpointFile {
    pub(super) source: Source,
    pub(super) metadata: ParquetMetaData,
    pub(super) columns: Arc<Columns>,
    rows: u64,
    /// Whether we wrote it last.
    pub(super) ours: bool,
    /// Whether checksums are to be compared.
    pub(super) verify: bool,
    /// Where the last column chunk must have ended.
    pub(super) footer_start: u64,
    /// The checksum of each column chunk, row group by row group, where they are to be compared.
    pub(super) chunk_crcs: Option<Vec<u32>>,
    pub(super) limits: Limits,
    /// Where the pages are, in files of ours with more than one in a chunk.
    pub(super) index: Option<FileIndex>,
    /// The checksums of bloom filters, by row group and leaf.
    pub(super) bloom_crcs: HashMap<(usize, usize), u32>,
    /// The files that have values of some columns.
    holders: Vec<Arc<Holder>>,
    /// What scans and counts read and left out, for tests.
    pub(super) work: Counters,
}

/// How often a file is opened again that has been replaced since.
const REOPENS: usize = 5;

/// Who opens a file.
#[derive(Clone, Copy)]
enum Reader<'a> {
    /// Who wants its rows; where it is, unless it is in memory.
    Rows(Option<&'a Path>),
    /// Who has references to its stored columns.
    Stored,
}

/// How much of a file was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Bytes of column chunks that were read.
    pub bytes: u64,
    /// Data pages that were read, of chunks whose pages are known.
    pub pages: u64,
    /// Data pages that were left out, of chunks of which some were read.
    pub pages_left_out: u64,
    /// Row groups that statistics ruled out.
    pub groups_by_statistics: u64,
    /// Row groups that bloom filters ruled out, after statistics.
    pub groups_by_bloom: u64,
}

/// [`Work`] as it grows.
#[derive(Default)]
pub(super) struct Counters {
    pub bytes: AtomicU64,
    pub pages: AtomicU64,
    pub pages_left_out: AtomicU64,
    pub groups_by_statistics: AtomicU64,
    pub groups_by_bloom: AtomicU64,
}

impl CheckpointFile {
    /// Opens the file at `path`: reads its footer, compares the footer's checksum, and checks everything that the footer
    /// claims before memory is taken for it.
    ///
    /// No file, a folder, no access: as the operating system says. No magic: `NotACheckpoint`. A missing end: `Truncated`.
    /// A later format version: `FormatVersion`. Beyond a cap of [`crate::limits`]: `Limit`. Encryption, types that
    /// cannot be read: `UnsupportedFile`. Anything else that cannot be: `Corrupt`.
    ///
    /// The files that a thin checkpoint refers to are opened, too. One that is missing, or is another one, is an error of code `Base` once
    /// a column is read that has values there.
    pub fn open(path: &Path, options: &OpenOptions) -> Result<Arc<Self>> {
        Self::open_arriving(path, options, None)
    }

    /// The same of a file of full length some bytes of which are still on their way: who reads them waits until they are there. Files that
    /// it refers to are all there.
    pub fn open_arriving(
        path: &Path,
        options: &OpenOptions,
        arrivals: Option<&Arc<Arrivals>>,
    ) -> Result<Arc<Self>> {
        let open = || {
            let source = Source::open(path)?.arriving(arrivals.cloned());
            Self::of(source, options, Reader::Rows(Some(path))).map_err(|error| error.at(path))
        };
        let mut file = open()?;
        let mut is_second = false;
        for _ in 0..REOPENS {
            if !file.holders.iter().any(|holder| holder.is_missing()) {
                break;
            }
            // The checkpoint may have been replaced or removed meanwhile, and what the old one referred to swept. Where it is still the
            // same, what it refers to may have been moved between two looks.
            let is_same = file.is_at(path);
            if is_same && is_second {
                break;
            }
            is_second = is_same;
            file = open()?;
        }
        Ok(file)
    }

    /// Whether it is still the file at `path`, as far as can be told.
    fn is_at(&self, path: &Path) -> bool {
        let now = std::fs::metadata(path).and_then(|metadata| file_id(&metadata));
        match (now, self.source.file_id()) {
            (Ok(now), Ok(opened)) => now == opened,
            (Err(error), _) => error.kind() != ErrorKind::NotFound,
            _ => true,
        }
    }

    /// The same of a file whose bytes are in memory; `name` stands for its path in errors. Files that it refers to are taken for missing.
    pub fn open_bytes(name: &Path, bytes: Bytes, options: &OpenOptions) -> Result<Arc<Self>> {
        Self::of(Source::memory(name, bytes), options, Reader::Rows(None)).map_err(|error| error.at(name))
    }

    /// A file as it is stored: its columns have their names in the file, and no other file is looked for. So others may refer to them.
    pub fn open_stored(path: &Path, options: &OpenOptions) -> Result<Arc<Self>> {
        let source = Source::open(path)?;
        Self::of(source, options, Reader::Stored).map_err(|error| error.at(path))
    }

    fn of(source: Source, options: &OpenOptions, reader: Reader) -> Result<Arc<Self>> {
        let limits = options.limits.bounded();
        let footer = read_footer(&source, options.verify, &limits)?;
        let rows = check_metadata(&footer.metadata, footer.start, &limits)?;
        let text = if footer.ours { TextMode::Strict } else { options.text };
        let mut reading = Reading {
            text,
            rename: options.rename_duplicates,
            decimals: footer.decimals,
            plain: Plain::None,
        };
        let (columns, holders) = match reader {
            Reader::Rows(path) if footer.ours => Columns::logical(&footer.metadata, reading, path, options)?,
            Reader::Rows(_) => (columns_of(&footer.metadata, &reading)?, Vec::new()),
            Reader::Stored => {
                reading.plain = Plain::All;
                (columns_of(&footer.metadata, &reading)?, Vec::new())
            }
        };
        let Footer { metadata, ours, start, chunk_crcs, index, bloom_crcs, .. } = footer;
        let work = Counters::default();
        let footer_start = start;
        Ok(Arc::new(Self {
            source,
            metadata,
            columns,
            rows,
            ours,
            verify: options.verify,
            footer_start,
            chunk_crcs,
            limits,
            index,
            bloom_crcs,
            holders,
            work,
        }))
    }

    /// Whether values of it are in other files.
    #[must_use]
    pub fn is_thin(&self) -> bool {
        !self.holders.is_empty()
    }

    /// What all scans and counts so far looked at, in files that it refers to as well.
    #[must_use]
    pub fn work(&self) -> Work {
        let held = || self.holders.iter().filter_map(|holder| holder.file.as_ref().ok());
        let get = |counter: fn(&Counters) -> &AtomicU64| {
            let of = |file: &Self| counter(&file.work).load(Ordering::Relaxed);
            of(self) + held().map(|file| of(file)).sum::<u64>()
        };
        Work {
            bytes: get(|work| &work.bytes),
            pages: get(|work| &work.pages),
            pages_left_out: get(|work| &work.pages_left_out),
            groups_by_statistics: get(|work| &work.groups_by_statistics),
            groups_by_bloom: get(|work| &work.groups_by_bloom),
        }
    }

    /// Rows of the file.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes of the file.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.source.bytes()
    }

    /// The value of a key of the footer.
    #[must_use]
    pub fn key_value(&self, key: &str) -> Option<&str> {
        key_value(&self.metadata, key)
    }

    /// The file in JSON, as [`super::describe_footer`] says.
    #[must_use]
    pub fn describe(&self) -> String {
        describe(&self.metadata, &self.columns, self.ours, self.rows, self.bytes())
    }

    /// A part of that: `{ createdBy, ours, keyValues, rowGroups, tree }`. Files of one shape that are saved by the same call have the same.
    #[must_use]
    pub fn describe_head(&self) -> String {
        describe_head(&self.metadata, &self.columns, self.ours)
    }

    /// Another part of that: its `columns`.
    #[must_use]
    pub fn describe_columns(&self) -> String {
        describe_columns(&self.metadata, &self.columns)
    }

    /// An error in a top-level column: it names the column.
    pub(super) fn in_column(&self, column: usize, error: CkptError) -> CkptError {
        let error = if self.ours { error } else { foreign_text(error) };
        error.in_column(&self.columns.nodes[column].name)
    }
}
