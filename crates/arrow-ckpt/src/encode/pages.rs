//! The pages of an encoded column chunk: where they are, their checksums, what the column index says of their values.

use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::page_index::offset_index::PageLocation;

use super::bounds::column_index;
use super::pack::PackedPage;
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

/// What the writer of a leaf tells of its pages before they are packed.
pub struct WrittenPages {
    rows: u64,
    locations: Vec<PageLocation>,
    column_index: Option<ColumnIndexMetaData>,
}

impl WrittenPages {
    /// Takes note of it.
    pub fn new(
        rows: u64,
        locations: Vec<PageLocation>,
        bounds: Option<&ColumnIndexMetaData>,
    ) -> Result<Self> {
        Ok(Self { rows, locations, column_index: bounds.map(column_index).transpose()?.flatten() })
    }

    /// parquet-rs (60.1 at least) makes a page without values where a page that ends by content ends at its largest size, too. A reader may
    /// take it for damage. The column index has bounds for each page: there is none where such a page is left out.
    pub fn without_empty(mut self, packed: &mut Vec<PackedPage>) -> Self {
        let dictionaries = packed.iter().filter(|page| page.is_dictionary).count();
        for page in (0..self.locations.len()).rev() {
            if self.rows_of(page).is_ok_and(|rows| rows == 0) && dictionaries + page < packed.len() {
                self.locations.remove(page);
                packed.remove(dictionaries + page);
                self.column_index = None;
            }
        }
        self
    }

    /// The pages in their places, the first of them at `start`, and the checksum of the whole chunk.
    pub fn place(self, packed: &[PackedPage], start: u64) -> Result<(EncodedPages, u32)> {
        let (mut next, mut whole, mut dictionary_crc) = (start, 0, None);
        let mut pages = Vec::with_capacity(self.locations.len());
        for page in packed {
            // A second look at bytes in the cache is cheaper than to combine two checksums.
            whole = crc32c::crc32c_append(whole, &page.bytes);
            let size = page.bytes.len() as u32;
            if page.is_dictionary {
                dictionary_crc = Some(page.crc);
            } else {
                pages.push(EncodedPage {
                    offset: next,
                    size,
                    rows: self.rows_of(pages.len())?,
                    crc: page.crc,
                });
            }
            next += u64::from(size);
        }
        if pages.len() != self.locations.len() {
            return Err(CkptError::internal("a chunk has other pages than its writer says"));
        }
        Ok((EncodedPages { dictionary_crc, pages, column_index: self.column_index }, whole))
    }

    fn rows_of(&self, page: usize) -> Result<u64> {
        let first = |page: usize| self.locations.get(page).map(|page| page.first_row_index as u64);
        let end = first(page + 1).unwrap_or(self.rows);
        let rows = first(page).and_then(|first| end.checked_sub(first));
        rows.ok_or_else(|| CkptError::internal("the pages of a chunk have other rows than it"))
    }
}
