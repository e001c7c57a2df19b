//! Reading the records of a slab, every length checked before it is used.

use crate::error::{CkptError, Result};
use crate::layout::align8;

/// A cursor over a slab.
pub struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// A cursor at the start of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether all has been read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next section of `len` bytes; the cursor moves on to the next multiple of 8.
    pub fn section(&mut self, len: usize) -> Result<&'a [u8]> {
        let padded = align8(len);
        if padded > self.rest.len() {
            let rest = self.rest.len();
            return Err(CkptError::internal(format!(
                "a slab's section of {padded} bytes exceeds the {rest} left"
            )));
        }
        let (section, rest) = self.rest.split_at(padded);
        self.rest = rest;
        Ok(&section[..len])
    }

    /// The next `N` words.
    pub fn words<const N: usize>(&mut self) -> Result<[u32; N]> {
        let bytes = self.section(N * 4)?;
        let mut words = [0; N];
        for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(4)) {
            *word = u32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]);
        }
        Ok(words)
    }

    /// The next record: its kind and a cursor over its body.
    pub fn record(&mut self) -> Result<(u32, &'a [u8])> {
        let [kind, bytes] = self.words::<2>()?;
        Ok((kind, self.section(bytes as usize)?))
    }
}

/// The u32 values of a section.
pub fn u32s(section: &[u8]) -> impl Iterator<Item = u32> + '_ {
    section.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes))
}

/// The doubles of a section.
pub fn f64s(section: &[u8]) -> impl Iterator<Item = f64> + '_ {
    section.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes))
}

/// The floats of a section.
pub fn f32s(section: &[u8]) -> impl Iterator<Item = f32> + '_ {
    section.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes))
}

/// The int64 values of a section.
pub fn i64s(section: &[u8]) -> impl Iterator<Item = i64> + '_ {
    section.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes))
}
