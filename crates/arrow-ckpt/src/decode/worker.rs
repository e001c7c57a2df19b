//! Decodes a set of columns through all row groups. One runs on each decoding thread, or inline where a thread does not pay.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use arrow_array::ArrayRef;
use parquet::arrow::FieldLevels;

use super::columns::Projected;
use super::file::CheckpointFile;
use super::long_texts;
use super::plan::GroupPlan;
use super::reader::{ColumnReader, LoadedColumn, Opening};
use super::select::{Chosen, Selector};
use super::stop::StopFlags;
use crate::error::{CkptError, ErrorCode, Result};
use crate::limits::MAX_BLOCK_BYTES;
use crate::panic_message;

/// Batches that wait between a thread and the packing.
const QUEUE: usize = 4;
/// After so many batches a thread lets JavaScript's go first. Before, JavaScript mostly waits for it, and being the nicer one costs up to
/// 50 ms where V8's own threads are busy.
const SHORT_SCAN: usize = 16;
/// Deep schemas are decoded by recursion.
const STACK_BYTES: usize = 16 << 20;

/// Some rows of a worker's columns, in the order of its columns. They never span row groups.
pub(super) struct Batch {
    pub arrays: Vec<ArrayRef>,
    pub rows: usize,
    /// The scan's filter is certainly true of each of them.
    pub certain: bool,
}

/// The decoding of some columns, one batch at a time.
pub(super) struct Worker {
    file: Arc<CheckpointFile>,
    columns: Vec<Column>,
    selector: Arc<Selector>,
    groups: VecDeque<GroupPlan>,
    opening: Opening,
    open: Option<OpenGroup>,
    stop: StopFlags,
}

struct Column {
    projected: Arc<Projected>,
    levels: Arc<FieldLevels>,
    /// For row groups all rows of which are read, if they differ.
    of_all: Option<Arc<FieldLevels>>,
}

struct OpenGroup {
    readers: Vec<ColumnReader>,
    rows_left: usize,
    batch_rows: usize,
    certain: bool,
}

impl Worker {
    pub fn new(
        file: Arc<CheckpointFile>,
        columns: &[Arc<Projected>],
        selector: Arc<Selector>,
        groups: &[GroupPlan],
        opening: &Opening,
        stop: StopFlags,
    ) -> Result<Self> {
        let columns = columns
            .iter()
            .map(|projected| {
                let levels = file.columns.levels(projected)?;
                let of_all = long_texts::levels_of(&file, projected, opening.large)?;
                Ok(Column { projected: Arc::clone(projected), levels, of_all })
            })
            .collect::<Result<Vec<_>>>()?;
        let (groups, opening) = (groups.iter().copied().collect(), opening.clone());
        Ok(Self { file, columns, selector, groups, opening, open: None, stop })
    }

    /// The next rows, or none after the last, or none because the scan stopped.
    pub fn next(&mut self) -> Result<Option<Batch>> {
        loop {
            if self.stop.is_set() {
                return Ok(None);
            }
            if let Some(open) = &mut self.open {
                if open.rows_left > 0 {
                    return self.batch().map(Some);
                }
                for reader in &mut open.readers {
                    let column = reader.column;
                    reader.finish().map_err(|error| self.file.in_column(column, error))?;
                }
                self.open = None;
            }
            let Some(group) = self.groups.pop_front() else {
                return Ok(None);
            };
            let chosen = self.selector.chosen(group.group)?;
            if chosen.rows > 0 {
                self.open = Some(self.open_group(group, &chosen)?);
            }
        }
    }

    fn open_group(&self, group: GroupPlan, chosen: &Chosen) -> Result<OpenGroup> {
        let mut loaded = Vec::with_capacity(self.columns.len());
        let mut batch_rows = group.batch_rows;
        for Column { projected, levels, of_all } in &self.columns {
            if self.stop.is_set() {
                break;
            }
            let column = projected.column;
            let (wanted, opening) = (chosen.wanted.as_ref(), &self.opening);
            let levels = of_all.as_ref().filter(|_| wanted.is_none()).unwrap_or(levels);
            let chunks = LoadedColumn::load(&self.file, group.group, projected, wanted, opening)
                .map_err(|error| self.file.in_column(column, error))?;
            // Every row could be the whole dictionary.
            batch_rows = batch_rows.min(MAX_BLOCK_BYTES / chunks.dictionary_bytes.max(1)).max(1);
            loaded.push((column, levels, chunks));
        }
        let readers = loaded
            .iter()
            .map(|(column, levels, chunks)| {
                chunks.decode(levels, batch_rows).map_err(|error| self.file.in_column(*column, error))
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(OpenGroup { readers, rows_left: chosen.rows, batch_rows, certain: chosen.certain })
    }

    fn batch(&mut self) -> Result<Batch> {
        let open = self.open.as_mut().ok_or_else(|| CkptError::internal("no row group is open"))?;
        let rows = open.batch_rows.min(open.rows_left);
        let mut arrays = Vec::with_capacity(open.readers.len());
        for reader in &mut open.readers {
            let column = reader.column;
            arrays.push(reader.next(rows).map_err(|error| self.file.in_column(column, error))?);
        }
        open.rows_left -= rows;
        Ok(Batch { arrays, rows, certain: open.certain })
    }

    /// Moves the work to a thread of its own. The thread ends with the rows, with an error, or when nobody receives.
    pub fn spawn(mut self) -> Result<Receiver<Result<Batch>>> {
        let (sender, receiver) = sync_channel(QUEUE);
        thread::Builder::new()
            .name("arrow-ckpt-decode".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || self.run(&sender))
            .map_err(|error| CkptError::new(ErrorCode::Io, format!("cannot start a thread: {error}")))?;
        Ok(receiver)
    }

    fn run(&mut self, sender: &SyncSender<Result<Batch>>) {
        for batches in 0usize.. {
            if batches == SHORT_SCAN {
                crate::pool::step_back();
            }
            // parquet-rs is guarded further in: a panic that arrives here is ours.
            let next = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.next()));
            let next = next.unwrap_or_else(|panic| Err(CkptError::internal(panic_message(panic.as_ref()))));
            let last = !matches!(next, Ok(Some(_)));
            let Some(message) = next.transpose() else { return };
            if sender.send(message).is_err() || last {
                return;
            }
        }
    }
}
