//! Text of a row group: UTF-8 bytes with end offsets, appended to from ASCII or UTF-16 records.

use std::sync::Arc;

use arrow_array::{ArrayRef, StringArray};
use arrow_buffer::NullBuffer;

use super::blob::{BlobBuilder, check_end};
use super::record::u32s;
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
        self.blob.append(ends, text)
    }

    /// Appends the texts of a record: UTF-16, transcoded here and so not on JavaScript's thread.
    pub fn append_utf16(&mut self, ends: &[u8], text: &[u8]) -> Result<()> {
        self.blob.reserve(text.len() / 2 * 3)?;
        let mut last = 0;
        for end in u32s(ends) {
            let start = last as usize * 2;
            last = check_end(end, last, text.len() / 2)?;
            push_utf16(&mut self.blob.bytes, &text[start..last as usize * 2])?;
            self.blob.end_piece();
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
                let text = dictionary.blob.piece(index as usize)?;
                self.blob.reserve(text.len())?;
                self.blob.bytes.extend_from_slice(text);
            }
            self.blob.end_piece();
        }
        Ok(())
    }

    /// The Arrow array of all that was appended.
    pub fn finish(self, nulls: Option<NullBuffer>) -> Result<ArrayRef> {
        let (offsets, bytes) = self.blob.into_parts();
        let array = StringArray::try_new(offsets, bytes, nulls).map_err(CkptError::internal)?;
        Ok(Arc::new(array))
    }
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
