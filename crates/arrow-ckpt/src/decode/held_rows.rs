//! Rows of other files: only the pages that hold them are read.

use std::ops::Range;

use arrow_array::{Array, ArrayRef};
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder};
use arrow_schema::DataType;

use super::faults::corrupt;
use super::gather::bytes_of;
use super::guard::guarded;
use super::reader::{LoadedColumn, Opening};
use super::thin::Base;
use crate::encode::conform::conform;
use crate::error::{ErrorCode, Result};
use crate::limits::MAX_BLOCK_BYTES;

/// Bytes of a holder that are decoded at a time.
const BATCH_BYTES: u64 = 8 << 20;

/// Values of one column out of several files, as they come to hand.
pub(super) struct HeldRows<'a> {
    pub target: &'a DataType,
    pub opening: &'a Opening,
    /// Bytes that are too many.
    pub most: Option<usize>,
    pub bytes: usize,
    pub arrays: Vec<ArrayRef>,
}

impl HeldRows<'_> {
    /// Reads rows of a holder, which ascend, into arrays in their order. False if all that was read takes more than `most` bytes.
    pub fn read(&mut self, base: &Base, rows: &[u64]) -> Result<bool> {
        let (mut rest, mut start) = (rows, 0);
        for (group, meta) in base.file.metadata.row_groups().iter().enumerate() {
            let end = start + meta.num_rows().unsigned_abs();
            let (here, later) = rest.split_at(rest.partition_point(|row| *row < end));
            if !here.is_empty() && !self.read_group(base, group, here, start..end)? {
                return Ok(false);
            }
            (rest, start) = (later, end);
        }
        Ok(true)
    }

    /// The same of rows of one row group, which has the rows `all`.
    fn read_group(&mut self, base: &Base, group: usize, rows: &[u64], all: Range<u64>) -> Result<bool> {
        let wanted = mask(rows, all);
        let projected = &base.read.projected;
        let loaded = LoadedColumn::load(&base.file, group, projected, wanted.as_ref(), self.opening)?;
        let each = base.bytes.div_ceil(base.file.rows().max(1)).max(1);
        let batch = (BATCH_BYTES / each).clamp(1, rows.len() as u64) as usize;
        let batch = batch.min(MAX_BLOCK_BYTES / loaded.dictionary_bytes.max(1)).max(1);
        let mut reader = loaded.decode(&base.read.levels, batch)?;
        let mut left = rows.len();
        while left > 0 {
            let array = conformed(&reader.next(batch.min(left))?, self.target)?;
            left -= array.len();
            self.bytes = self.bytes.saturating_add(bytes_of(&array, 0, array.len()));
            self.arrays.push(array);
            if self.most.is_some_and(|most| self.bytes > most) {
                return Ok(false);
            }
        }
        reader.finish()?;
        Ok(true)
    }
}

/// Which of the rows `all` are among these, which ascend; `None`: all.
fn mask(rows: &[u64], all: Range<u64>) -> Option<BooleanBuffer> {
    let count = (all.end - all.start) as usize;
    if rows.len() == count {
        return None;
    }
    let mut mask = BooleanBufferBuilder::new(count);
    mask.append_n(count, false);
    for row in rows {
        mask.set_bit((row - all.start) as usize, true);
    }
    Some(mask.finish())
}

/// The array as one of the type that all arrays of the column have.
pub(super) fn conformed(array: &ArrayRef, target: &DataType) -> Result<ArrayRef> {
    guarded(|| conform(array, target)).map_err(|error| match error.code {
        ErrorCode::Internal => corrupt(&format!("its values are not of the type {target}")),
        _ => error,
    })
}
