//! The bloom filters of our own files: whether a chunk can have a value at all. Those of other writers have no checksum of ours and are not
//! asked.

use bytes::Bytes;
use parquet::basic::Type as Physical;
use parquet::bloom_filter::Sbbf;

use super::faults::corrupt;
use super::file::CheckpointFile;
use super::filter::{Literal, Op, Test};
use super::guard::{guarded, parquet_error};
use crate::error::Result;

/// The integers that a double holds exactly, from here on not all of them.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Bytes of a filter and of its header at most; parquet-rs makes none larger.
const MAX_BYTES: usize = parquet::bloom_filter::BITSET_MAX_LENGTH + 64;

/// Whether a test for equality may hold for a value of a chunk, as its filter says; true where it has none, or knows nothing of such
/// values.
pub(super) fn may_hold(file: &CheckpointFile, group: usize, leaf: usize, test: &Test) -> Result<bool> {
    if test.op != Op::In {
        return Ok(true);
    }
    let Some(filter) = read(file, group, leaf)? else { return Ok(true) };
    let physical = file.metadata.row_group(group).column(leaf).column_type();
    Ok(test.values.iter().any(|value| may_have(&filter, physical, value)))
}

fn may_have(filter: &Sbbf, physical: Physical, value: &Literal) -> bool {
    match (physical, value) {
        (Physical::BYTE_ARRAY, Literal::Text(text)) => filter.check(text.as_str()),
        (Physical::INT64, Literal::Number(number)) => may_have_float(filter, number.value()),
        (Physical::INT64, Literal::Date(time)) => may_have_float(filter, *time),
        (Physical::INT64, Literal::Integer(digits)) => {
            digits.parse::<i64>().is_ok_and(|integer| filter.check(&integer))
        }
        // Null is not asked here; a value of another kind is none of the column's.
        _ => false,
    }
}

fn may_have_float(filter: &Sbbf, value: f64) -> bool {
    // Beyond, it could stand for other digits than it is written with: let the values tell.
    value.abs() >= EXACT || (value.fract() == 0.0 && filter.check(&(value as i64)))
}

fn read(file: &CheckpointFile, group: usize, leaf: usize) -> Result<Option<Sbbf>> {
    let Some(bytes) = read_bytes(file, group, leaf)? else { return Ok(None) };
    guarded(|| Sbbf::from_bytes(&bytes).map_err(|error| parquet_error(&error))).map(Some)
}

/// Header and bits, compared with their checksum. `None`: there is no filter; or it is damaged, and nobody wants to know.
fn read_bytes(file: &CheckpointFile, group: usize, leaf: usize) -> Result<Option<Bytes>> {
    let Some(crc) = file.bloom_crcs.get(&(group, leaf)) else { return Ok(None) };
    let chunk = file.metadata.row_group(group).column(leaf);
    let place = chunk.bloom_filter_offset().zip(chunk.bloom_filter_length());
    let place =
        place.and_then(|(start, length)| Some((u64::try_from(start).ok()?, usize::try_from(length).ok()?)));
    let Some((start, length)) = place.filter(|(start, length)| {
        *length <= MAX_BYTES && start.checked_add(*length as u64).is_some_and(|end| end <= file.footer_start)
    }) else {
        return Err(corrupt("a bloom filter is not where it should be"));
    };
    let bytes = file.source.read(start, length)?;
    if *crc == crc32c::crc32c(&bytes) {
        return Ok(Some(bytes));
    }
    if file.chunk_crcs.is_some() {
        Err(corrupt("a bloom filter does not match its checksum"))
    } else {
        Ok(None)
    }
}

/// Compares a filter with its checksum where the checksums of chunks are compared: no damage is to go unseen when its column is read.
pub(super) fn verify(file: &CheckpointFile, group: usize, leaf: usize) -> Result<()> {
    if file.chunk_crcs.is_some() { read_bytes(file, group, leaf).map(|_| ()) } else { Ok(()) }
}
