//! Bytes of a row group with end offsets, appended to from records.

use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};

use super::record::u32s;
use super::text::{check_end, fit_offsets};
use crate::error::{CkptError, Result};

/// The bytes of one node.
#[derive(Debug)]
pub struct BlobBuilder {
    bytes: Vec<u8>,
    offsets: Vec<i32>,
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

    /// Appends `slots` empty pieces.
    pub fn append_nulls(&mut self, slots: usize) {
        let end = self.offsets[self.offsets.len() - 1];
        self.offsets.resize(self.offsets.len() + slots, end);
    }

    /// Appends the pieces of a record.
    pub fn append(&mut self, ends: &[u8], bytes: &[u8]) -> Result<()> {
        let base = fit_offsets(self.bytes.len(), bytes.len())?;
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

    /// The Arrow array of all that was appended.
    pub fn finish(self, nulls: Option<NullBuffer>) -> Result<ArrayRef> {
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.offsets));
        let array = BinaryArray::try_new(offsets, Buffer::from_vec(self.bytes), nulls);
        Ok(Arc::new(array.map_err(CkptError::internal)?))
    }
}
