//! Rows in file order, block by block, into memory of the caller's.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;

use arrow_array::{Array, ArrayRef};
use serde_json::Value;

use super::ahead::Ahead;
use super::crew::Crew;
use super::faults::beyond_limit;
use super::file::CheckpointFile;
use super::kinds::Node;
use super::options::ScanOptions;
use super::pack::{Packer, Unpacked};
use super::plan::Projection;
use super::reader::Opening;
use super::select::Selector;
use super::source::zeroed;
use super::stop::StopFlags;
use super::worker::{Batch, Worker};
use crate::error::{CkptError, ErrorCode, Result};
use crate::limits::MAX_BLOCK_BYTES;

impl CheckpointFile {
    /// Begins to read rows.
    pub fn scan(self: &Arc<Self>, options: ScanOptions) -> Result<Scan> {
        Scan::new(self, options).map_err(|error| error.at(self.source.path()))
    }
}

/// What became of an arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// It holds a block.
    Block {
        /// Rows of the block.
        rows: usize,
        /// Bytes of the arena that the block takes.
        bytes: usize,
        /// The scan's filter is certainly true of each row. Else the caller must look, as it knows better what a row is.
        certain: bool,
    },
    /// Not even one row fits: call again with an arena of at least this many bytes.
    NeedBytes(usize),
    /// There are no more rows.
    End,
}

/// A running read. Dropping it ends its threads.
pub struct Scan {
    file: Arc<CheckpointFile>,
    nodes: Vec<Node>,
    feeds: Vec<Feed>,
    /// For each projected column: which feed has it, and where in the feed's batches.
    places: Vec<(usize, usize)>,
    packer: Packer,
    /// Rows to come; `None` where that is not known beforehand.
    rows_left: Option<u64>,
    rows_out: u64,
    /// Of the blocks so far.
    bytes_out: u64,
    /// Of rows without columns.
    certain: bool,
    block_rows: usize,
    first_rows: usize,
    /// How many rows fitted last.
    fit: usize,
    failed: bool,
    stop: StopFlags,
}

/// One source of batches and what is left of its last one.
struct Feed {
    source: Source,
    batch: Option<Batch>,
    offset: usize,
}

enum Source {
    Inline(Box<Worker>),
    Thread(Receiver<Result<Batch>>),
}

impl Source {
    fn next(&mut self) -> Result<Option<Batch>> {
        match self {
            Self::Inline(worker) => worker.next(),
            // A thread that ends without an error has no more rows.
            Self::Thread(receiver) => receiver.recv().ok().transpose(),
        }
    }
}

impl Scan {
    pub(super) fn new(file: &Arc<CheckpointFile>, options: ScanOptions) -> Result<Self> {
        let projection = Projection::new(file, &options)?;
        let stop = StopFlags { cancel: options.cancel, dropped: Arc::default() };
        let selector = Selector::new(Arc::clone(file), options.filter, options.ranges, stop.clone());
        let selector = Arc::new(selector);
        let crew = (projection.helpers > 0).then(|| Crew::start(projection.helpers, &stop)).transpose()?;
        let mut opening = Opening::new(crew, options.large, &projection.columns);
        if !selector.selects() {
            opening.ahead = Arc::new(Ahead::of(projection.groups.iter().map(|group| group.group).collect()));
        }
        let mut feeds = Vec::new();
        for columns in &projection.workers {
            let worker = Worker::new(
                Arc::clone(file),
                columns,
                Arc::clone(&selector),
                &projection.groups,
                &opening,
                stop.clone(),
            )?;
            let source = if projection.inline {
                Source::Inline(Box::new(worker))
            } else {
                Source::Thread(worker.spawn()?)
            };
            feeds.push(Feed { source, batch: None, offset: 0 });
        }
        let (mut rows_left, mut certain) = (Some(file.rows()), true);
        if selector.selects() {
            rows_left = None;
            // Without a column nobody else counts the rows.
            if feeds.is_empty() {
                let chosen = projection.groups.iter().map(|group| selector.chosen(group.group));
                let chosen = chosen.collect::<Result<Vec<_>>>()?;
                rows_left = Some(chosen.iter().map(|group| group.rows as u64).sum());
                certain = chosen.iter().all(|group| group.certain);
            }
        }
        let nodes: Vec<Node> = projection.columns.iter().map(|column| column.node.clone()).collect();
        let packer = Packer::new(&nodes, file.limits.string_bytes);
        Ok(Self {
            file: Arc::clone(file),
            nodes,
            feeds,
            places: projection.places(),
            packer,
            rows_left,
            rows_out: 0,
            bytes_out: 0,
            certain,
            block_rows: options.block_rows.max(1),
            first_rows: options.first_rows.max(1),
            fit: usize::MAX,
            failed: false,
            stop,
        })
    }

    /// The physical tree of the projected columns: an array of nodes as in [`CheckpointFile::describe`]. Its pre-order is the
    /// order of nodes in a block.
    #[must_use]
    pub fn tree(&self) -> Value {
        serde_json::json!(self.nodes)
    }

    /// Packs the next rows into `arena`, as many as fit up to the options' bounds.
    ///
    /// A row that needs more than [`MAX_BLOCK_BYTES`] is an error of code `Limit`. After an error there are no more rows.
    pub fn next_block(&mut self, arena: &mut [u8]) -> Result<Fill> {
        if self.failed {
            let message = "the scan has failed before: open the file again";
            return Err(CkptError::new(ErrorCode::InvalidOption, message).at(self.file.source.path()));
        }
        let filled = self.fill(arena).map_err(|error| error.at(self.file.source.path()));
        if filled.is_err() {
            self.failed = true;
            // Threads that wait to hand over a batch end when nobody is there to take it.
            self.feeds.clear();
        }
        filled
    }

    fn fill(&mut self, arena: &mut [u8]) -> Result<Fill> {
        if self.stop.cancel.load(Ordering::Relaxed) {
            return Err(cancelled());
        }
        if self.rows_left == Some(0) {
            return self.end();
        }
        let Some(rows) = self.available()? else {
            return self.end();
        };
        let certain = self
            .feeds
            .first()
            .and_then(|feed| feed.batch.as_ref())
            .map_or(self.certain, |batch| batch.certain);
        let begun = usize::try_from(self.rows_out).unwrap_or(usize::MAX);
        let mut rows = rows.min(self.fit).min(begun.max(self.first_rows));
        let arena_bytes = arena.len().min(MAX_BLOCK_BYTES);
        let arena = &mut arena[..arena_bytes];
        loop {
            match self.pack(rows, arena) {
                Ok(bytes) => {
                    self.packer.commit();
                    self.advance(rows);
                    self.count_bytes(bytes)?;
                    return Ok(Fill::Block { rows, bytes, certain });
                }
                Err(Unpacked::Failed(error)) => return Err(error),
                Err(Unpacked::Full) if rows > 1 => {
                    rows /= 2;
                    self.fit = rows;
                }
                Err(Unpacked::Full) => return self.measure(arena_bytes).map(Fill::NeedBytes),
            }
        }
    }

    /// Rows that every feed has at hand, of which it fetches more where there are none; `None` after the last, where their number was not
    /// known.
    fn available(&mut self) -> Result<Option<usize>> {
        let left = self.rows_left.map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
        let mut rows = self.block_rows.min(left);
        let mut begun = false;
        for feed in &mut self.feeds {
            if feed.batch.is_none() {
                let Some(batch) = feed.source.next()? else {
                    if self.stop.is_set() {
                        return Err(cancelled());
                    }
                    if self.rows_left.is_none() && !begun {
                        return Ok(None);
                    }
                    return Err(CkptError::internal("a decoding thread ended before the last row"));
                };
                feed.batch = Some(batch);
                feed.offset = 0;
                self.fit = self.fit.saturating_mul(2);
            }
            begun = true;
            rows = rows.min(feed.batch.as_ref().map_or(0, |batch| batch.rows) - feed.offset);
        }
        Ok(Some(rows))
    }

    fn pack(&mut self, rows: usize, arena: &mut [u8]) -> std::result::Result<usize, Unpacked> {
        let arrays = self.slices(rows)?;
        self.packer.pack(rows, &self.nodes, &arrays, arena)
    }

    /// The next rows of all columns: parts of what was decoded, not copies.
    fn slices(&self, rows: usize) -> Result<Vec<ArrayRef>> {
        let mut arrays = Vec::with_capacity(self.places.len());
        for (feed, index) in &self.places {
            let feed = &self.feeds[*feed];
            let batch = feed.batch.as_ref().ok_or_else(|| CkptError::internal("a feed has no batch"))?;
            arrays.push(batch.arrays[*index].slice(feed.offset, rows));
        }
        Ok(arrays)
    }

    /// The next rows as they were decoded, and how many they are; `None` after the last. What they become counts as that of blocks does.
    pub(super) fn next_arrays(&mut self) -> Result<Option<(usize, Vec<ArrayRef>)>> {
        if self.stop.cancel.load(Ordering::Relaxed) {
            return Err(cancelled());
        }
        let rows = if self.rows_left == Some(0) { None } else { self.available()? };
        let Some(rows) = rows else {
            self.end()?;
            return Ok(None);
        };
        let arrays = self.slices(rows)?;
        self.advance(rows);
        let bytes = arrays.iter().map(|array| array.to_data().get_slice_memory_size().unwrap_or(usize::MAX));
        self.count_bytes(bytes.fold(0, usize::saturating_add))?;
        Ok(Some((rows, arrays)))
    }

    fn advance(&mut self, rows: usize) {
        self.rows_left = self.rows_left.map(|left| left - rows as u64);
        self.rows_out += rows as u64;
        for feed in &mut self.feeds {
            feed.offset += rows;
            if feed.batch.as_ref().is_some_and(|batch| batch.rows == feed.offset) {
                feed.batch = None;
            }
        }
    }

    /// What the rows become, which dictionaries and nulls let no footer tell.
    fn count_bytes(&mut self, bytes: usize) -> Result<()> {
        self.bytes_out = self.bytes_out.saturating_add(bytes as u64);
        let (rows, most) = (self.rows_out, self.file.limits.decoded_bytes);
        if self.bytes_out > most {
            return Err(beyond_limit(&format!("its first {rows} rows become more than {most} bytes")));
        }
        Ok(())
    }

    /// The bytes that the next single row needs, found by packing it elsewhere.
    fn measure(&mut self, tried: usize) -> Result<usize> {
        let mut size = tried;
        while size < MAX_BLOCK_BYTES {
            size = size.saturating_mul(2).clamp(1024, MAX_BLOCK_BYTES);
            let mut scratch = zeroed(size)?;
            match self.pack(1, &mut scratch) {
                Ok(bytes) => return Ok(bytes),
                Err(Unpacked::Failed(error)) => return Err(error),
                Err(Unpacked::Full) => {}
            }
        }
        let row = self.rows_out;
        let message =
            format!("row {row} needs more than {MAX_BLOCK_BYTES} bytes; read fewer columns at a time");
        Err(CkptError::new(ErrorCode::Limit, message))
    }

    /// All rows are out: the feeds must have nothing more, not even an error.
    fn end(&mut self) -> Result<Fill> {
        for feed in &mut self.feeds {
            if feed.batch.is_some() || feed.source.next()?.is_some() {
                return Err(CkptError::internal("there are more rows than the file has"));
            }
        }
        self.feeds.clear();
        Ok(Fill::End)
    }
}

impl Drop for Scan {
    fn drop(&mut self) {
        self.stop.dropped.store(true, Ordering::Relaxed);
    }
}

fn cancelled() -> CkptError {
    CkptError::new(ErrorCode::InvalidOption, "the scan was cancelled")
}
