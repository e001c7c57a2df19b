//! The memory of a block: a header, a directory, and sections one after another.

use super::{Packed, Unpacked};
use crate::layout::{NODE_WORDS, align8};

const HEADER: usize = 8;

/// Memory of the caller's that is being filled. Everything that a reader looks at is written: nothing of a block before remains.
pub(super) struct Arena<'a> {
    bytes: &'a mut [u8],
    used: usize,
}

impl<'a> Arena<'a> {
    /// Writes the header and an empty directory.
    pub fn new(bytes: &'a mut [u8], rows: usize, nodes: usize) -> Packed<Self> {
        let directory = HEADER + nodes * NODE_WORDS * 4;
        let header = bytes.get_mut(..directory).ok_or(Unpacked::Full)?;
        header.fill(0);
        header[..4].copy_from_slice(&(rows as u32).to_le_bytes());
        header[4..HEADER].copy_from_slice(&(nodes as u32).to_le_bytes());
        let mut arena = Self { bytes, used: directory };
        arena.pad();
        Ok(arena)
    }

    /// Bytes taken so far.
    pub fn used(&self) -> usize {
        self.used.min(self.bytes.len())
    }

    /// Takes `length` bytes and returns their offset. They hold old bytes: the caller writes all of them.
    pub fn section(&mut self, length: usize) -> Packed<usize> {
        let offset = self.used;
        let end = offset.checked_add(length).filter(|end| *end <= self.bytes.len()).ok_or(Unpacked::Full)?;
        self.used = end;
        self.pad();
        Ok(offset)
    }

    fn pad(&mut self) {
        let end = align8(self.used);
        let stop = end.min(self.bytes.len());
        if let Some(padding) = self.bytes.get_mut(self.used..stop) {
            padding.fill(0);
        }
        self.used = end;
    }

    /// A section's bytes.
    pub fn at(&mut self, offset: usize, length: usize) -> &mut [u8] {
        &mut self.bytes[offset..offset + length]
    }

    /// Sets a word of a node's entry.
    pub fn set(&mut self, node: usize, word: usize, value: usize) {
        let at = HEADER + (node * NODE_WORDS + word) * 4;
        self.bytes[at..at + 4].copy_from_slice(&(value as u32).to_le_bytes());
    }
}
