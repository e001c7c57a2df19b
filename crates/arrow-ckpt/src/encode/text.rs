//! Text of a row group: UTF-8 bytes with end offsets, appended to from ASCII or UTF-16 records.

use arrow_array::{ArrayRef, StringArray};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use std::sync::Arc;

use super::record::u32s;
use crate::error::{CkptError, ErrorCode, Result};

/// The text of one node.
#[derive(Debug)]
pub struct TextBuilder {
    bytes: Vec<u8>,
    offsets: Vec<i32>,
}

impl Default for TextBuilder {
    fn default() -> Self {
        Self { bytes: Vec::new(), offsets: vec![0] }
    }
}

impl TextBuilder {
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Appends `slots` empty texts.
    pub fn append_nulls(&mut self, slots: usize) {
        let end = self.offsets[self.offsets.len() - 1];
        self.offsets.resize(self.offsets.len() + slots, end);
    }

    /// Appends the texts of a record: ASCII, so that UTF-16 end offsets are byte offsets.
    pub fn append_ascii(&mut self, ends: &[u8], text: &[u8]) -> Result<()> {
        let base = self.reserve(text.len())?;
        let mut last = 0;
        for end in u32s(ends) {
            last = check_end(end, last, text.len())?;
            self.offsets.push(base + end as i32);
        }
        if last as usize != text.len() {
            return Err(CkptError::internal("a record's text is longer than its last end offset"));
        }
        self.bytes.extend_from_slice(text);
        Ok(())
    }

    /// Appends the texts of a record: UTF-16, transcoded here and so not on JavaScript's thread.
    pub fn append_utf16(&mut self, ends: &[u8], text: &[u8]) -> Result<()> {
        self.reserve(text.len() / 2 * 3)?;
        let mut last = 0;
        for end in u32s(ends) {
            let start = last as usize * 2;
            last = check_end(end, last, text.len() / 2)?;
            push_utf16(&mut self.bytes, &text[start..last as usize * 2])?;
            self.offsets.push(self.bytes.len() as i32);
        }
        Ok(())
    }

    /// Appends the texts that `indices` pick from a dictionary. Slots that `valid` says are null take no text whatever their index.
    pub fn append_dictionary(
        &mut self,
        dictionary: &Self,
        indices: &[u8],
        valid: Option<&[u8]>,
    ) -> Result<()> {
        for (slot, index) in u32s(indices).enumerate() {
            if valid.is_none_or(|valid| valid[slot] != 0) {
                let text = dictionary.entry(index as usize)?;
                self.reserve(text.len())?;
                self.bytes.extend_from_slice(text);
            }
            self.offsets.push(self.bytes.len() as i32);
        }
        Ok(())
    }

    fn entry(&self, index: usize) -> Result<&[u8]> {
        let Some(&[start, end]) = self.offsets.get(index..index + 2) else {
            let entries = self.offsets.len() - 1;
            return Err(CkptError::internal(format!("index {index} is beyond a dictionary of {entries}")));
        };
        Ok(&self.bytes[start as usize..end as usize])
    }

    /// Makes room for `more` bytes; gives the bytes held.
    fn reserve(&mut self, more: usize) -> Result<i32> {
        let held = fit_offsets(self.bytes.len(), more)?;
        self.bytes.reserve(more);
        Ok(held)
    }

    /// The Arrow array of all that was appended.
    pub fn finish(self, nulls: Option<NullBuffer>) -> Result<ArrayRef> {
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.offsets));
        let array = StringArray::try_new(offsets, Buffer::from_vec(self.bytes), nulls)
            .map_err(CkptError::internal)?;
        Ok(Arc::new(array))
    }
}

/// Checks that `more` bytes fit below Arrow's 32-bit offsets; gives the bytes held.
pub fn fit_offsets(held: usize, more: usize) -> Result<i32> {
    if held + more > i32::MAX as usize {
        let all = held + more;
        let message = format!("a column holds {all} bytes of one row group; at most {} fit", i32::MAX);
        return Err(CkptError::new(ErrorCode::Limit, message));
    }
    Ok(held as i32)
}

/// Checks that end offsets rise and stay within the `units` there are.
pub fn check_end(end: u32, last: u32, units: usize) -> Result<u32> {
    if end < last || end as usize > units {
        return Err(CkptError::internal(format!("end offset {end} is not between {last} and {units}")));
    }
    Ok(end)
}

fn push_utf16(out: &mut Vec<u8>, text: &[u8]) -> Result<()> {
    let units = text.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    let mut utf8 = [0; 4];
    for decoded in char::decode_utf16(units) {
        let Ok(char) = decoded else {
            return Err(CkptError::internal("a lone surrogate reached a text column"));
        };
        if char.is_ascii() {
            out.push(char as u8);
        } else {
            out.extend_from_slice(char.encode_utf8(&mut utf8).as_bytes());
        }
    }
    Ok(())
}
