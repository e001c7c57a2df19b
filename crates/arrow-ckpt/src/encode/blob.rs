//! Bytes of a row group with end offsets, appended to from records.

use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};

use super::record::u32s;
use crate::error::{CkptError, ErrorCode, Result};

/// A little more than `length`: row groups are of about the same size.
pub fn roomy(length: usize) -> usize {
    length + length / 16
}

/// The bytes of one node: a piece a slot.
#[derive(Debug)]
pub struct BlobBuilder {
    /// The pieces so far, and the one at hand until [`Self::end_piece`].
    pub(super) bytes: Vec<u8>,
    pub(super) offsets: Vec<i32>,
}

impl Default for BlobBuilder {
    fn default() -> Self {
        Self { bytes: Vec::new(), offsets: vec![0] }
    }
}

impl BlobBuilder {
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Makes room for about as much as another one holds.
    pub fn reserve_like(&mut self, before: &Self) {
        self.bytes.reserve(roomy(before.bytes.len()));
        self.offsets.reserve(roomy(before.offsets.len()));
    }

    /// Appends `slots` empty pieces.
    pub fn append_nulls(&mut self, slots: usize) {
        let end = self.offsets[self.offsets.len() - 1];
        self.offsets.resize(self.offsets.len() + slots, end);
    }

    /// Appends the pieces of a record.
    pub fn append(&mut self, ends: &[u8], bytes: &[u8]) -> Result<()> {
        let base = self.reserve(bytes.len())?;
        let mut last = 0;
        for end in u32s(ends) {
            last = check_end(end, last, bytes.len())?;
            self.offsets.push(base + end as i32);
        }
        if last as usize != bytes.len() {
            return Err(CkptError::internal("a record's bytes are more than its last end offset"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// How many pieces there are.
    pub(super) fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Ends the piece that was appended to `bytes`, for which there is room.
    pub(super) fn end_piece(&mut self) {
        self.offsets.push(self.bytes.len() as i32);
    }

    /// The piece of a slot.
    pub(super) fn piece(&self, index: usize) -> Result<&[u8]> {
        let Some(&[start, end]) = self.offsets.get(index..index + 2) else {
            let entries = self.offsets.len() - 1;
            return Err(CkptError::internal(format!("index {index} is beyond a dictionary of {entries}")));
        };
        Ok(&self.bytes[start as usize..end as usize])
    }

    /// Makes room for `more` bytes, which must fit below Arrow's 32-bit offsets; gives the bytes held.
    pub(super) fn reserve(&mut self, more: usize) -> Result<i32> {
        let all = self.bytes.len() + more;
        if all > i32::MAX as usize {
            let message = format!("a column holds {all} bytes of one row group; at most {} fit", i32::MAX);
            return Err(CkptError::new(ErrorCode::Limit, message));
        }
        self.bytes.reserve(more);
        Ok(self.bytes.len() as i32)
    }

    /// The Arrow array of all that was appended.
    pub fn finish(self, nulls: Option<NullBuffer>) -> Result<ArrayRef> {
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.offsets));
        let array = BinaryArray::try_new(offsets, Buffer::from_vec(self.bytes), nulls);
        Ok(Arc::new(array.map_err(CkptError::internal)?))
    }
}

/// Checks that end offsets rise and stay within the `units` there are.
pub fn check_end(end: u32, last: u32, units: usize) -> Result<u32> {
    if end < last || end as usize > units {
        return Err(CkptError::internal(format!("end offset {end} is not between {last} and {units}")));
    }
    Ok(end)
}
