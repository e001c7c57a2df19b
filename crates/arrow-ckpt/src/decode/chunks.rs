//! Where a file's column chunks lie, and whether that can be.

use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

use super::faults::{beyond_limit, corrupt, truncated, unsupported};
use crate::error::Result;
use crate::limits::{Limits, MAX_ROWS};

/// A column chunk's first byte and its length. Some writers put 0 for "no dictionary" as the dictionary's offset.
pub(super) fn chunk_range(chunk: &ColumnChunkMetaData) -> Option<(u64, u64)> {
    let data = chunk.data_page_offset();
    let start = match chunk.dictionary_page_offset() {
        Some(dictionary) if dictionary > 0 && dictionary < data => dictionary,
        _ => data,
    };
    Some((u64::try_from(start).ok()?, u64::try_from(chunk.compressed_size()).ok()?))
}

/// Compares what the metadata says of rows, sizes and places with the file. `end` is where the footer begins.
/// Returns the rows.
pub(super) fn check_metadata(metadata: &ParquetMetaData, end: u64, limits: &Limits) -> Result<u64> {
    let rows = metadata.file_metadata().num_rows();
    let mut counted = 0i64;
    let mut used = 0u64;
    let mut decoded = 0u64;
    for group in metadata.row_groups() {
        if group.num_rows() < 0 {
            return Err(corrupt("a row group has fewer than no rows"));
        }
        counted = counted.checked_add(group.num_rows()).ok_or_else(|| corrupt("it has too many rows"))?;
        for chunk in group.columns() {
            let length = check_chunk(chunk, end, limits).map_err(|error| {
                let path = chunk.column_path().string();
                error.in_column(&path)
            })?;
            used = used.saturating_add(length);
            decoded = decoded.saturating_add(chunk.uncompressed_size().unsigned_abs());
        }
    }
    // Some writers leave the sum out.
    if rows != 0 && counted != rows {
        let message = format!("its row groups have {counted} rows and its footer says {rows}");
        return Err(corrupt(&message));
    }
    if counted > MAX_ROWS {
        return Err(beyond_limit(&format!("it has {counted} rows, more than {MAX_ROWS}")));
    }
    if decoded > limits.decoded_bytes {
        let most = limits.decoded_bytes;
        return Err(beyond_limit(&format!("its columns would become {decoded} bytes, more than {most}")));
    }
    // Chunks that overlap could make a small file ask for any amount of memory.
    if used > end {
        return Err(corrupt("its columns take more bytes than the file has"));
    }
    Ok(counted.unsigned_abs())
}

fn check_chunk(chunk: &ColumnChunkMetaData, end: u64, limits: &Limits) -> Result<u64> {
    if chunk.file_path().is_some_and(|path| !path.is_empty()) {
        return Err(unsupported("columns in other files"));
    }
    let (start, length) =
        chunk_range(chunk).ok_or_else(|| corrupt("a column has a negative place or length"))?;
    if chunk.num_values() < 0 || chunk.uncompressed_size() < 0 {
        return Err(corrupt("a column has a negative size"));
    }
    if start.checked_add(length).is_none_or(|last| last > end) {
        return Err(truncated("a column lies beyond the end"));
    }
    let (full, packed) = (chunk.uncompressed_size().unsigned_abs(), chunk.compressed_size().unsigned_abs());
    if full > limits.page_bytes && full / packed.max(1) > limits.ratio {
        return Err(beyond_limit(&format!("a column of {packed} bytes would become {full} bytes")));
    }
    Ok(length)
}
