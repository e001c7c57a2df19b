//! Column chunks that an earlier file has, byte for byte: the file system shares their blocks where it can (btrfs, XFS) instead of writing
//! them again. The file is whole all the same, and other programs read it.
//!
//! Blocks are shared from the start of one to the start of another: chunks of at least [`SMALLEST_CHUNK`] bytes begin and end where blocks
//! do, with zeros between them. Chunks are looked for by length and checksum and then compared byte for byte: no digest decides.

use std::collections::HashMap;
use std::fs::File;
use std::sync::Arc;

use bytes::Bytes;

use crate::commit::TempFile;
use crate::decode::{CheckpointFile, OpenOptions};
use crate::error::Result;
use crate::share::Share;

/// The block that file systems share at least. Where theirs are larger, they copy.
pub const BLOCK_BYTES: u64 = 4096;
/// Padding takes up to two blocks of a chunk.
pub const SMALLEST_CHUNK: u64 = 128 << 10;

/// Zeros up to the next block.
#[must_use]
pub fn padding(offset: u64) -> &'static [u8] {
    static ZEROS: [u8; BLOCK_BYTES as usize] = [0; BLOCK_BYTES as usize];
    &ZEROS[..(offset.next_multiple_of(BLOCK_BYTES) - offset) as usize]
}

/// An earlier file.
struct Base {
    checked: Arc<CheckpointFile>,
    file: File,
    /// Where chunks are that begin where a block does, by length and checksum.
    chunks: HashMap<(u64, u32), u64>,
}

/// The state of a save that shares blocks.
pub struct Reflinks {
    bases: Vec<Base>,
    /// The row, counted from the first of the file, behind each row group of the likeliest base.
    ends: Vec<u64>,
    /// Why no blocks are shared.
    pub refused: Option<String>,
}

impl Reflinks {
    /// Opens the earlier files, and tries whether `temp` may share blocks with them. What cannot be opened is left out.
    pub fn open(share: &Share, temp: &mut TempFile) -> Self {
        let mut bases = Vec::new();
        let (mut ends, mut refused) = (Vec::new(), None);
        for path in &share.bases {
            let opened = CheckpointFile::open_stored(path, &OpenOptions::default()).ok();
            let Some((checked, file)) = opened.zip(File::open(path).ok()) else { continue };
            if bases.is_empty() {
                ends = checked
                    .group_rows()
                    .iter()
                    .scan(0, |row, rows| {
                        *row += *rows as u64;
                        Some(*row)
                    })
                    .collect();
            }
            if let Err(error) = temp.try_clone(&file) {
                refused = Some(error.to_string());
                continue;
            }
            let aligned =
                checked.chunk_places().into_iter().filter(|(offset, ..)| offset.is_multiple_of(BLOCK_BYTES));
            let chunks = aligned.map(|(offset, length, crc)| ((length, crc), offset)).collect();
            bases.push(Base { checked, file, chunks });
        }
        let refused = refused.filter(|_| bases.is_empty());
        Self { bases, ends, refused }
    }

    /// Whether the base has a row group that ends behind this row; none where it has no rows beyond.
    pub fn ends_at(&self, row: u64) -> Option<bool> {
        self.ends.last().is_some_and(|last| row <= *last).then(|| self.ends.contains(&row))
    }

    /// Appends a chunk by sharing the blocks of one that an earlier file has; gives the bytes, which are of whole blocks, or none if there
    /// is no such chunk.
    pub fn append(&self, pages: &[Bytes], crc: u32, temp: &mut TempFile) -> Result<Option<u64>> {
        let length: u64 = pages.iter().map(|page| page.len() as u64).sum();
        let whole = length.next_multiple_of(BLOCK_BYTES);
        for base in &self.bases {
            let Some(offset) = base.chunks.get(&(length, crc)) else { continue };
            if base.has(*offset, pages, whole - length) && temp.append_clone(&base.file, *offset, whole)? {
                return Ok(Some(whole));
            }
        }
        Ok(None)
    }
}

impl Base {
    /// Whether these bytes, and zeros behind them, are there.
    fn has(&self, mut offset: u64, pages: &[Bytes], zeros: u64) -> bool {
        let rest = Bytes::from_static(padding(1)).slice(..(zeros as usize).min(BLOCK_BYTES as usize - 1));
        pages.iter().chain(std::iter::once(&rest)).all(|expected| {
            let found = self.checked.read_span(offset, expected.len());
            offset += expected.len() as u64;
            found.is_ok_and(|found| found == *expected)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_ends_at_a_block() {
        assert_eq!([0, 1, 4095, 4096, 4097].map(|at| padding(at).len()), [0, 4095, 1, 0, 4095]);
    }
}
