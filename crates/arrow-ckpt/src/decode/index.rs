//! Where the pages of our own files are, and what is known of their values: offset indexes, column indexes and page checksums, which stand
//! together before the footer.
//!
//! A wrong index would give wrong rows without a word. So only bytes that match the checksum in our footer are used, and never those of
//! other writers.

use std::ops::Range;
use std::sync::OnceLock;

use bytes::Bytes;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};

use super::chunks::chunk_range;
use super::faults::{beyond_limit, corrupt};
use super::source::Source;
use super::thrift::{Compact, wire};
use crate::error::{CkptError, ErrorCode, Result};
use crate::format::parse_crc;
use crate::limits::MAX_INDEX_BYTES;

/// A data page.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageAt {
    /// Where in the file it begins, with its header.
    pub start: u64,
    pub bytes: usize,
    /// The number of its first row within the row group.
    pub first_row: usize,
    pub crc: u32,
}

/// The pages of a chunk.
#[derive(Debug)]
pub(super) struct ChunkPages {
    /// Bytes and checksum of the dictionary page, which the chunk begins with.
    pub dictionary: Option<(usize, u32)>,
    /// At least one; without a gap up to the chunk's end.
    pub pages: Vec<PageAt>,
    rows: usize,
}

impl ChunkPages {
    #[cfg(test)]
    pub fn new(dictionary: Option<(usize, u32)>, pages: Vec<PageAt>, rows: usize) -> Self {
        Self { dictionary, pages, rows }
    }

    /// The rows of a page.
    pub fn rows(&self, page: usize) -> Range<usize> {
        let end = self.pages.get(page + 1).map_or(self.rows, |next| next.first_row);
        self.pages[page].first_row..end
    }
}

/// The indexes of a file.
pub(super) struct FileIndex {
    /// From the first index to the footer.
    bytes: Bytes,
    start: u64,
    /// Of all chunks, row group by row group; read when first asked for.
    pages: OnceLock<std::result::Result<Vec<ChunkPages>, (ErrorCode, String)>>,
}

impl FileIndex {
    /// Reads the indexes of one of our files, if it has any. `crc`: the digits of their checksum. Unless `verify`, ones that do not match
    /// it are taken for none.
    pub fn read(
        source: &Source,
        metadata: &ParquetMetaData,
        end: u64,
        crc: &str,
        verify: bool,
    ) -> Result<Option<Self>> {
        let chunks = metadata.row_groups().iter().flat_map(RowGroupMetaData::columns);
        let starts = chunks.flat_map(|chunk| [chunk.column_index_offset(), chunk.offset_index_offset()]);
        let start = starts.flatten().min().and_then(|start| u64::try_from(start).ok());
        let Some(start) = start.filter(|start| *start < end) else {
            return Err(corrupt("its page indexes are not where they should be"));
        };
        if end - start > MAX_INDEX_BYTES as u64 {
            return Err(beyond_limit("its page indexes have more bytes than any need"));
        }
        let bytes = source.read(start, (end - start) as usize)?;
        if parse_crc(crc.as_bytes()) != Some(crc32c::crc32c(&bytes)) {
            let fault = corrupt("its page indexes do not match their checksum");
            return if verify { Err(fault) } else { Ok(None) };
        }
        Ok(Some(Self { bytes, start, pages: OnceLock::new() }))
    }

    /// The pages of a chunk.
    pub fn pages(&self, metadata: &ParquetMetaData, group: usize, leaf: usize) -> Result<&ChunkPages> {
        let read = || self.read_pages(metadata).map_err(|error| (error.code, error.message));
        let pages = self.pages.get_or_init(read).as_ref();
        let pages = pages.map_err(|(code, message)| CkptError::new(*code, message.clone()))?;
        let index = group * metadata.row_group(group).num_columns() + leaf;
        pages.get(index).ok_or_else(|| CkptError::internal("no such column chunk"))
    }

    fn read_pages(&self, metadata: &ParquetMetaData) -> Result<Vec<ChunkPages>> {
        let broken = || corrupt("its page indexes are broken");
        let mut chunks = Vec::new();
        for group in metadata.row_groups() {
            for chunk in group.columns() {
                let place = self.slice(chunk.offset_index_offset(), chunk.offset_index_length());
                let locations = place.and_then(|bytes| offset_index(&bytes)).ok_or_else(broken)?;
                let rows = usize::try_from(group.num_rows()).map_err(|_| broken())?;
                chunks.push(chunk_pages(chunk, &locations, rows).ok_or_else(broken)?);
            }
        }
        // The checksums are the last of the bytes.
        let count = |chunk: &ChunkPages| chunk.pages.len() + usize::from(chunk.dictionary.is_some());
        let length = 4 * chunks.iter().map(count).sum::<usize>();
        let from = self.bytes.len().checked_sub(length).ok_or_else(broken)?;
        let mut crcs = self.bytes[from..]
            .chunks_exact(4)
            .map(|crc| u32::from_le_bytes([crc[0], crc[1], crc[2], crc[3]]));
        for chunk in &mut chunks {
            let dictionary = chunk.dictionary.iter_mut().map(|(_, crc)| crc);
            for slot in dictionary.chain(chunk.pages.iter_mut().map(|page| &mut page.crc)) {
                *slot = crcs.next().ok_or_else(broken)?;
            }
        }
        Ok(chunks)
    }

    /// What the column index of a chunk tells, if it has one.
    pub fn bounds(&self, chunk: &ColumnChunkMetaData, pages: usize) -> Result<Option<PageBounds>> {
        if chunk.column_index_offset().is_none() {
            return Ok(None);
        }
        self.slice(chunk.column_index_offset(), chunk.column_index_length())
            .and_then(|bytes| column_index(&bytes, pages))
            .map(Some)
            .ok_or_else(|| corrupt("a column index is broken"))
    }

    fn slice(&self, offset: Option<i64>, length: Option<i32>) -> Option<Bytes> {
        let from = usize::try_from(u64::try_from(offset?).ok()?.checked_sub(self.start)?).ok()?;
        let to = from.checked_add(usize::try_from(length?).ok()?)?;
        (to <= self.bytes.len()).then(|| self.bytes.slice(from..to))
    }
}

/// A page's place as the index has it: offset, size, first row.
type Location = (i64, i32, i64);

fn offset_index(bytes: &[u8]) -> Option<Vec<Location>> {
    let mut locations = Vec::new();
    Compact::new(bytes).fields(|reader, id, kind| match (id, kind) {
        (1, wire::LIST) => {
            reader.structs(|reader| {
                let mut location = (-1, -1, -1);
                reader.fields(|reader, id, kind| {
                    match (id, kind) {
                        (1, wire::I64) => location.0 = reader.signed()?,
                        (2, wire::I32) => location.1 = reader.i32()?,
                        (3, wire::I64) => location.2 = reader.signed()?,
                        _ => return None,
                    }
                    Some(true)
                })?;
                locations.push(location);
                Some(())
            })?;
            Some(true)
        }
        (1, _) => None,
        _ => Some(false),
    })?;
    Some(locations)
}

/// The pages, if they are where the chunk's metadata has them and share out its bytes and rows.
fn chunk_pages(chunk: &ColumnChunkMetaData, locations: &[Location], rows: usize) -> Option<ChunkPages> {
    let (start, length) = chunk_range(chunk)?;
    let end = start.checked_add(length)?;
    let mut next = u64::try_from(chunk.data_page_offset()).ok()?;
    let dictionary = next.checked_sub(start).filter(|bytes| *bytes > 0);
    let mut pages: Vec<PageAt> = Vec::with_capacity(locations.len());
    for (offset, size, row) in locations {
        let (size, row) = (usize::try_from(*size).ok()?, usize::try_from(*row).ok()?);
        let follows = pages.last().map_or(row == 0, |last| row > last.first_row);
        if u64::try_from(*offset).ok()? != next || !follows || row >= rows {
            return None;
        }
        pages.push(PageAt { start: next, bytes: size, first_row: row, crc: 0 });
        next = next.checked_add(size as u64)?;
    }
    let dictionary = dictionary.map(|bytes| (bytes as usize, 0));
    (next == end && !pages.is_empty()).then_some(ChunkPages { dictionary, pages, rows })
}

/// Nulls, minimum and maximum of the pages of a chunk, in Parquet's plain encoding.
#[derive(Debug)]
pub(super) struct PageBounds {
    pub nulls: Vec<u64>,
    /// Pages of nothing but nulls have no bounds.
    pub bounds: Vec<Option<(Vec<u8>, Vec<u8>)>>,
}

fn column_index(bytes: &[u8], pages: usize) -> Option<PageBounds> {
    let (mut empty, mut lows, mut highs, mut nulls) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    Compact::new(bytes).fields(|reader, id, kind| {
        match (id, kind) {
            (1, wire::LIST) => reader.bools(|value| empty.push(value))?,
            (2, wire::LIST) => reader.binaries(|value| lows.push(value.to_vec()))?,
            (3, wire::LIST) => reader.binaries(|value| highs.push(value.to_vec()))?,
            (5, wire::LIST) => reader.integers(|value| nulls.push(value))?,
            (1..=3 | 5, _) => return None,
            _ => return Some(false),
        }
        Some(true)
    })?;
    let all = [empty.len(), lows.len(), highs.len(), nulls.len()];
    if all != [pages; 4] {
        return None;
    }
    let bounds = lows.into_iter().zip(highs).zip(empty);
    Some(PageBounds {
        nulls: nulls.into_iter().map(|count| u64::try_from(count).ok()).collect::<Option<_>>()?,
        bounds: bounds.map(|(bounds, empty)| (!empty).then_some(bounds)).collect(),
    })
}
