//! Lists of floats, as embeddings are, without going through their levels one by one: a vector of 1536 numbers has 3072 of them, and all
//! say the same.
//!
//! Only where it is that simple: a top-level list of FLOAT or DOUBLE, all rows wanted, pages of version 1 with PLAIN values, neither a
//! codec nor a dictionary, and every definition level the highest, so that no list and no element is null and no list is empty. Everything
//! else, and whatever looks wrong, is left to parquet-rs, and so are its errors.

use std::sync::Arc;

use arrow_array::types::{ArrowPrimitiveType, Float32Type, Float64Type};
use arrow_array::{ArrayRef, ListArray, PrimitiveArray};
use arrow_buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::Field;
use bytes::Bytes;
use parquet::basic::{Compression, Encoding, Type as Physical};
use parquet::column::page::{Page, PageReader};
use parquet::file::metadata::ColumnChunkMetaData;

use super::kinds::{Kind, Node};
use crate::error::{CkptError, Result};

/// The lists of one column of one row group that are still to come.
pub(super) struct Vectors {
    physical: Physical,
    /// The bytes of the values, page by page.
    pages: Vec<Bytes>,
    /// Where each list begins, in values, and where the last ends.
    starts: Vec<usize>,
    next: usize,
    /// The page with the next value, and its place there in bytes.
    at: (usize, usize),
}

/// Whether a column may be one of these.
pub(super) fn is_candidate(node: &Node, chunk: &ColumnChunkMetaData) -> bool {
    let list = node.kind == Kind::List
        && matches!(&node.children[..], [item] if matches!(item.kind, Kind::F64 | Kind::F32));
    let column = chunk.column_descr();
    list && matches!(column.physical_type(), Physical::FLOAT | Physical::DOUBLE)
        && column.max_rep_level() == 1
        && chunk.compression() == Compression::UNCOMPRESSED
}

impl Vectors {
    /// The lists of a chunk's pages; `None` where they are not as simple as that.
    pub fn of(
        pages: &mut dyn PageReader,
        physical: Physical,
        max_definition: i16,
        rows: usize,
    ) -> Option<Self> {
        let width = width(physical);
        let (mut bytes, mut starts, mut values) = (Vec::new(), Vec::with_capacity(rows + 1), 0usize);
        while let Some(page) = pages.get_next_page().ok()? {
            let Page::DataPage {
                buf,
                num_values,
                encoding: Encoding::PLAIN,
                def_level_encoding: Encoding::RLE,
                rep_level_encoding: Encoding::RLE,
                ..
            } = page
            else {
                return None;
            };
            let count = num_values as usize;
            let (repetition, rest) = levels(&buf)?;
            let (definition, rest) = levels(rest)?;
            if rest.len() != count.checked_mul(width)? || !all_are(definition, max_definition, count) {
                return None;
            }
            zeros(repetition, count, values, &mut starts)?;
            if starts.len() > rows {
                return None;
            }
            bytes.push(buf.slice(buf.len() - rest.len()..));
            values += count;
        }
        // Offsets of a batch are 32 bits.
        if starts.len() != rows || starts.first() != Some(&0) || i32::try_from(values).is_err() {
            return None;
        }
        starts.push(values);
        Some(Self { physical, pages: bytes, starts, next: 0, at: (0, 0) })
    }

    /// The next `rows` lists, which must be there.
    pub fn next(&mut self, rows: usize) -> Result<ArrayRef> {
        let starts = self.starts.get(self.next..=self.next + rows);
        let starts = starts.ok_or_else(|| CkptError::internal("there are fewer lists than rows"))?;
        let first = starts[0];
        let offsets: Vec<i32> = starts.iter().map(|start| (start - first) as i32).collect();
        let count = starts[rows] - first;
        self.next += rows;
        let bytes = self.take(count * width(self.physical));
        match self.physical {
            Physical::FLOAT => lists::<Float32Type>(bytes, offsets),
            _ => lists::<Float64Type>(bytes, offsets),
        }
    }

    /// The bytes of the next values: mostly part of one page, else a copy.
    fn take(&mut self, bytes: usize) -> Bytes {
        let (mut page, mut from) = self.at;
        while self.pages.get(page).is_some_and(|whole| whole.len() == from) {
            (page, from) = (page + 1, 0);
        }
        if let Some(whole) = self.pages.get(page).filter(|whole| whole.len() - from >= bytes) {
            self.at = (page, from + bytes);
            return whole.slice(from..from + bytes);
        }
        let mut all = Vec::with_capacity(bytes);
        while let Some(whole) = self.pages.get(page).filter(|_| all.len() < bytes) {
            let to = whole.len().min(from + bytes - all.len());
            all.extend_from_slice(&whole[from..to]);
            (page, from) = if to == whole.len() { (page + 1, 0) } else { (page, to) };
        }
        self.at = (page, from);
        Bytes::from(all)
    }
}

fn width(physical: Physical) -> usize {
    if physical == Physical::FLOAT { 4 } else { 8 }
}

/// Lists of the values in `bytes`, which are little-endian, as Parquet's and every platform of ours are.
fn lists<T: ArrowPrimitiveType>(bytes: Bytes, offsets: Vec<i32>) -> Result<ArrayRef> {
    let aligned = bytes.as_ptr().align_offset(align_of::<T::Native>()) == 0;
    let buffer = if aligned { Buffer::from(bytes) } else { Buffer::from(&bytes[..]) };
    let values = PrimitiveArray::<T>::new(ScalarBuffer::from(buffer), None);
    let item = Arc::new(Field::new("element", T::DATA_TYPE, false));
    let lists = ListArray::try_new(item, OffsetBuffer::new(offsets.into()), Arc::new(values), None);
    Ok(Arc::new(lists.map_err(CkptError::internal)?))
}

/// The levels at the head of `data`, which their length in 4 bytes precedes, and what follows.
fn levels(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = data.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

/// A run of the hybrid of run lengths and bit packing (Parquet's encoding RLE) for levels of up to 8 bits.
enum Run<'a> {
    /// So many times one level.
    Same(u8, usize),
    /// Levels of 1 bit in groups of 8.
    Bits(&'a [u8]),
}

/// Takes the next run of levels of `bits` bits each from `data`.
fn run<'a>(data: &mut &'a [u8], bits: usize) -> Option<Run<'a>> {
    let mut header = 0u64;
    for shift in (0..35).step_by(7) {
        let (byte, rest) = data.split_first()?;
        *data = rest;
        header |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            let count = usize::try_from(header >> 1).ok()?;
            if header & 1 == 0 {
                let (level, rest) = data.split_first()?;
                *data = rest;
                return Some(Run::Same(*level, count));
            }
            let (packed, rest) = data.split_at_checked(count.checked_mul(bits)?)?;
            *data = rest;
            return Some(Run::Bits(packed));
        }
    }
    None
}

/// Whether the levels are runs of `level` only.
fn all_are(mut data: &[u8], level: i16, count: usize) -> bool {
    let mut seen = 0usize;
    while seen < count {
        match run(&mut data, 8) {
            Some(Run::Same(found, times)) if i16::from(found) == level && times > 0 => {
                seen = seen.saturating_add(times);
            }
            _ => return false,
        }
    }
    true
}

/// Adds where the levels of 1 bit are 0, counted from `base` on.
fn zeros(mut data: &[u8], count: usize, base: usize, into: &mut Vec<usize>) -> Option<()> {
    let mut seen = 0;
    while seen < count {
        match run(&mut data, 1)? {
            Run::Same(level, times) => {
                let times = times.min(count - seen);
                if level == 0 {
                    into.extend(base + seen..base + seen + times);
                }
                if times == 0 || level > 1 {
                    return None;
                }
                seen += times;
            }
            Run::Bits(packed) => {
                if packed.is_empty() {
                    return None;
                }
                for byte in packed {
                    let levels = (count - seen).min(8);
                    into.extend((0..levels).filter(|bit| byte >> bit & 1 == 0).map(|bit| base + seen + bit));
                    seen += levels;
                }
            }
        }
    }
    Some(())
}
