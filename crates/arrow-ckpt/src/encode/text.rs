//! Text of a row group: UTF-8 bytes with end offsets, appended to from ASCII or UTF-16 records.

use arrow_array::ArrayRef;
use arrow_buffer::NullBuffer;

use super::blob::{BlobBuilder, check_end};
use super::record::u32s;
use super::utf16::{UTF8_BYTES, to_utf8};
use crate::error::{CkptError, Result};

/// The text of one node: pieces of bytes that are UTF-8.
#[derive(Debug, Default)]
pub struct TextBuilder {
    blob: BlobBuilder,
}

impl TextBuilder {
    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.blob.bytes()
    }

    /// Makes room for about as much as another one holds.
    pub fn reserve_like(&mut self, before: &Self) {
        self.blob.reserve_like(&before.blob);
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.blob.len()
    }

    /// The bytes of a text.
    pub fn piece(&self, index: usize) -> Result<&[u8]> {
        self.blob.piece(index)
    }

    /// Appends to the text at hand, which [`Self::end_piece`] ends. The bytes must be UTF-8.
    pub fn push(&mut self, bytes: &[u8]) -> Result<()> {
        self.blob.reserve(bytes.len())?;
        self.blob.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// Ends the text at hand.
    pub fn end_piece(&mut self) {
        self.blob.end_piece();
    }

    /// Appends `slots` empty texts.
    pub fn append_nulls(&mut self, slots: usize) {
        self.blob.append_nulls(slots);
    }

    /// Appends the texts of a record: ASCII, so that UTF-16 end offsets are byte offsets.
    pub fn append_ascii(&mut self, ends: &[u8], text: &[u8]) -> Result<()> {
        if !text.is_ascii() {
            return Err(CkptError::internal("text that is said to be ASCII is not"));
        }
        self.blob.append(ends, text)
    }

    /// Appends the texts of a record: UTF-16, transcoded here and so not on JavaScript's thread.
    pub fn append_utf16(&mut self, ends: &[u8], text: &[u8]) -> Result<()> {
        let (units, _) = text.as_chunks::<2>();
        let mut at = self.blob.reserve(units.len() * UTF8_BYTES)? as usize;
        let bytes = &mut self.blob.bytes;
        bytes.resize(at + units.len() * UTF8_BYTES, 0);
        let mut last = 0;
        for end in u32s(ends) {
            let start = last as usize;
            last = check_end(end, last, units.len())?;
            let written = to_utf8(&units[start..last as usize], &mut bytes[at..]);
            at += written.ok_or_else(|| CkptError::internal("a lone surrogate reached a text column"))?;
            self.blob.offsets.push(at as i32);
        }
        bytes.truncate(at);
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
                let text = dictionary.blob.piece(index as usize)?;
                self.blob.reserve(text.len())?;
                self.blob.bytes.extend_from_slice(text);
            }
            self.blob.end_piece();
        }
        Ok(())
    }

    /// The Arrow array of all that was appended: of bytes that are UTF-8.
    pub fn finish(self, nulls: Option<NullBuffer>) -> Result<ArrayRef> {
        self.blob.finish(nulls)
    }
}
