//! A look at inflated pages before they are decoded. The decoders of `DELTA_LENGTH_BYTE_ARRAY` and `DELTA_BYTE_ARRAY` take memory for as
//! many lengths as a few bytes in the page claim: the claim is compared with the page's values first.

use parquet::basic::Encoding;
use parquet::column::page::Page;
use parquet::errors::{ParquetError, Result};
use parquet::schema::types::ColumnDescriptor;

/// Refuses a page that claims too many lengths.
pub(super) fn check_lengths(page: &Page, column: &ColumnDescriptor) -> Result<()> {
    let checked = check(page, column.max_def_level(), column.max_rep_level());
    checked.ok_or_else(|| ParquetError::General("a page has more lengths than values".to_owned()))
}

fn check(page: &Page, max_definition: i16, max_repetition: i16) -> Option<()> {
    let (values, encoding, data) = match page {
        Page::DictionaryPage { .. } => return Some(()),
        Page::DataPage { buf, num_values, encoding, def_level_encoding, rep_level_encoding, .. } => {
            if !is_delta(*encoding) {
                return Some(());
            }
            let data = skip_levels(buf, max_repetition, *rep_level_encoding, *num_values)?;
            let data = skip_levels(data, max_definition, *def_level_encoding, *num_values)?;
            (*num_values, *encoding, data)
        }
        Page::DataPageV2 { buf, num_values, encoding, def_levels_byte_len, rep_levels_byte_len, .. } => {
            let levels = u64::from(*def_levels_byte_len) + u64::from(*rep_levels_byte_len);
            (*num_values, *encoding, buf.get(usize::try_from(levels).ok()?..)?)
        }
    };
    match encoding {
        Encoding::DELTA_LENGTH_BYTE_ARRAY => Deltas::begin(data, values).map(|_| ()),
        Encoding::DELTA_BYTE_ARRAY => {
            let suffixes = Deltas::begin(data, values)?.end()?;
            Deltas::begin(data.get(suffixes..)?, values).map(|_| ())
        }
        _ => Some(()),
    }
}

fn is_delta(encoding: Encoding) -> bool {
    matches!(encoding, Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY)
}

/// The bytes after the levels of a version 1 page.
fn skip_levels(data: &[u8], max: i16, encoding: Encoding, values: u32) -> Option<&[u8]> {
    if max == 0 {
        return Some(data);
    }
    if encoding == Encoding::RLE {
        let length = u32::from_le_bytes(data.get(..4)?.try_into().ok()?);
        return data.get(4 + length as usize..);
    }
    let bits = u64::from(16 - max.unsigned_abs().leading_zeros());
    data.get(usize::try_from((u64::from(values) * bits).div_ceil(8)).ok()?..)
}

/// The header of delta-packed integers, and where they end.
struct Deltas<'a> {
    data: &'a [u8],
    at: usize,
    block: u64,
    miniblocks: u64,
    left: u64,
}

impl<'a> Deltas<'a> {
    /// Reads the header; there may be no more integers than the page has values.
    fn begin(data: &'a [u8], values: u32) -> Option<Self> {
        let mut deltas = Self { data, at: 0, block: 0, miniblocks: 0, left: 0 };
        if data.is_empty() && values == 0 {
            return Some(deltas);
        }
        deltas.block = deltas.unsigned()?;
        deltas.miniblocks = deltas.unsigned()?;
        deltas.left = deltas.unsigned()?;
        deltas.unsigned()?;
        (deltas.left <= u64::from(values) && deltas.miniblocks > 0).then_some(deltas)
    }

    /// Where the integers end: the rest of their last block included.
    fn end(mut self) -> Option<usize> {
        let each = self.block / self.miniblocks;
        let mut left = self.left.saturating_sub(1);
        while left > 0 {
            if each == 0 {
                return None;
            }
            self.unsigned()?;
            let widths = self.at..self.at.checked_add(usize::try_from(self.miniblocks).ok()?)?;
            self.at = widths.end;
            for width in self.data.get(widths)? {
                if left == 0 {
                    break;
                }
                let bytes = u64::from(*width).checked_mul(each)? / 8;
                self.at = self.at.checked_add(usize::try_from(bytes).ok()?)?;
                left = left.saturating_sub(each);
            }
        }
        Some(self.at)
    }

    fn unsigned(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = *self.data.get(self.at)?;
            self.at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}
