//! The page indexes of a file, which stand between its last chunk and the footer: all column indexes, all offset indexes, then the
//! checksums of all pages. Written only if a chunk has more than one page, and then for every chunk: Spark and `DataFusion` use them only
//! if none lacks one.

use parquet::file::metadata::page_index::PageIndexBuilder;
use parquet::file::metadata::{
    OffsetIndexBuilder, ParquetMetaDataReader, ParquetMetaDataWriter, RowGroupMetaData,
};
use std::sync::Arc;

use super::footer::{ChunkIndexes, FileIndexes, FooterParts, PlacedGroup, TAIL, metadata};
use super::leaf::EncodedLeaf;
use super::pages::EncodedPages;
use super::plan::ColumnType;
use crate::error::{CkptError, Result};
use crate::limits::MAX_INDEX_BYTES;

/// The indexes to write at `start`; None where they would tell nothing, or more than readers take.
pub fn file_indexes(
    columns: &[(String, ColumnType)],
    groups: &[PlacedGroup],
    start: u64,
) -> Result<Option<FileIndexes>> {
    if leaves(groups).all(|(_, leaf)| leaf.pages.pages.len() <= 1) {
        return Ok(None);
    }
    let parts = FooterParts { columns, groups, ..FooterParts::default() };
    let plain = metadata(&parts, Vec::new())?;
    let leaves_of_group = plain.file_metadata().schema_descr().num_columns();
    let mut index = PageIndexBuilder::new(groups.len(), leaves_of_group);
    let mut crcs = Vec::new();
    for (at, (offset, leaf)) in leaves(groups).enumerate() {
        let (group, column) = (at / leaves_of_group, at % leaves_of_group);
        if let Some(bounds) = &leaf.pages.column_index {
            index.put_column_index(bounds.clone(), group, column);
        }
        let mut places = OffsetIndexBuilder::new();
        for page in &leaf.pages.pages {
            places.append_row_count(page.rows as i64);
            places.append_offset_and_size((page.offset + offset) as i64, page.size as i32);
        }
        index.put_offset_index(places.build(), group, column);
        put_crcs(&leaf.pages, &mut crcs);
    }
    let with_index = plain.into_builder().set_page_index(Some(Arc::new(index.build()))).build();
    // parquet-rs writes indexes only together with a footer, and tells their places only there: it is written, read and thrown away.
    let mut bytes = Vec::new();
    ParquetMetaDataWriter::new(&mut bytes, &with_index).finish().map_err(CkptError::internal)?;
    let end = bytes.len() - TAIL;
    let length: [u8; 4] = bytes[end..end + 4].try_into().map_err(CkptError::internal)?;
    let indexes = end - u32::from_le_bytes(length) as usize;
    let written =
        ParquetMetaDataReader::decode_metadata(&bytes[indexes..end]).map_err(CkptError::internal)?;
    let place =
        |offset: Option<i64>, length: Option<i32>| offset.zip(length).map(|(at, n)| (at + start as i64, n));
    let chunks = written.row_groups().iter().flat_map(RowGroupMetaData::columns).map(|chunk| ChunkIndexes {
        column: place(chunk.column_index_offset(), chunk.column_index_length()),
        offset: place(chunk.offset_index_offset(), chunk.offset_index_length()),
    });
    let chunks = chunks.collect();
    bytes.truncate(indexes);
    bytes.extend(crcs);
    if bytes.len() > MAX_INDEX_BYTES {
        return Ok(None);
    }
    let crc = crc32c::crc32c(&bytes);
    Ok(Some(FileIndexes { bytes, chunks, crc }))
}

/// All leaves, each with what its offsets lack to be those of the file.
fn leaves(groups: &[PlacedGroup]) -> impl Iterator<Item = (u64, &EncodedLeaf)> {
    let columns = groups.iter().flat_map(|group| &group.columns);
    columns.flat_map(|column| column.leaves.iter().map(|leaf| (column.offset, leaf)))
}

fn put_crcs(pages: &EncodedPages, into: &mut Vec<u8>) {
    let crcs = pages.dictionary_crc.iter().copied().chain(pages.pages.iter().map(|page| page.crc));
    into.extend(crcs.flat_map(u32::to_le_bytes));
}
