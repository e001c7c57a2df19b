//! The pages of an encoded column chunk: where they are, their checksums, what the column index says of their values.

use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::page_index::offset_index::PageLocation;

use super::bounds::column_index;
use crate::error::{CkptError, Result};

/// One data page.
#[derive(Debug, Clone, Copy)]
pub struct EncodedPage {
    /// Counts from the start of the column's bytes.
    pub offset: u64,
    /// Bytes, the header included.
    pub size: u32,
    /// Its rows.
    pub rows: u64,
    /// CRC32C of its bytes.
    pub crc: u32,
}

/// All pages of a chunk.
#[derive(Debug, Clone)]
pub struct EncodedPages {
    /// CRC32C of the dictionary page, if there is one.
    pub dictionary_crc: Option<u32>,
    /// The data pages.
    pub pages: Vec<EncodedPage>,
    /// Minimum, maximum and nulls of the pages, for leaves that are ordered and not in lists.
    pub column_index: Option<ColumnIndexMetaData>,
}

/// What the writer of a leaf tells of its pages before the chunk gets its place.
pub struct WrittenPages {
    rows: u64,
    locations: Vec<PageLocation>,
    column_index: Option<ColumnIndexMetaData>,
}

impl WrittenPages {
    /// Takes note of it.
    pub fn of(close: &ColumnCloseResult) -> Result<Self> {
        let locations = close.offset_index.as_ref().map(|index| index.page_locations().clone());
        let index = close.column_index.as_ref().map(column_index).transpose()?;
        Ok(Self {
            rows: close.rows_written,
            locations: locations.unwrap_or_default(),
            column_index: index.flatten(),
        })
    }

    /// The pages in their places, and the checksum of the whole chunk. `bytes`: those of the column, which the chunk's offsets count in.
    pub fn place(self, chunk: &ColumnChunkMetaData, bytes: &[u8]) -> Result<(EncodedPages, u32)> {
        let wrong = || CkptError::internal("the pages of a chunk are not where they should be");
        let (start, length) = chunk.byte_range();
        let end = start + length;
        let piece = |from: u64, to: u64| bytes.get(from as usize..to as usize).ok_or_else(wrong);
        let mut next = chunk.data_page_offset() as u64;
        let dictionary_crc = if next > start { Some(crc32c::crc32c(piece(start, next)?)) } else { None };
        let mut whole = dictionary_crc.unwrap_or(0);
        let mut pages = Vec::with_capacity(self.locations.len());
        for (index, location) in self.locations.iter().enumerate() {
            let size = location.compressed_page_size as u32;
            let end_row = self.locations.get(index + 1).map_or(self.rows, |next| next.first_row_index as u64);
            let page = piece(next, next + u64::from(size))?;
            let page_crc = crc32c::crc32c(page);
            // A second look at bytes in the cache is cheaper than to combine two checksums.
            whole = crc32c::crc32c_append(whole, page);
            let rows = end_row.checked_sub(location.first_row_index as u64).ok_or_else(wrong)?;
            pages.push(EncodedPage { offset: next, size, rows, crc: page_crc });
            next += u64::from(size);
        }
        if next != end {
            return Err(wrong());
        }
        Ok((EncodedPages { dictionary_crc, pages, column_index: self.column_index }, whole))
    }
}
