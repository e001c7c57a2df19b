//! Which rows of a row group, as bits.

use std::ops::Range;

use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder};

/// Masks of consecutive rows as one.
pub(super) fn joined(parts: &[BooleanBuffer], rows: usize) -> BooleanBuffer {
    let mut all = BooleanBufferBuilder::new(rows);
    for part in parts {
        all.append_buffer(part);
    }
    all.finish()
}

/// Puts the values for the rows of a mask in their places; false elsewhere.
pub(super) fn spread(values: &BooleanBuffer, mask: &BooleanBuffer) -> BooleanBuffer {
    let mut all = BooleanBufferBuilder::new(mask.len());
    let mut next = 0;
    for (start, end) in mask.set_slices() {
        all.append_n(start - all.len(), false);
        all.append_buffer(&values.slice(next, end - start));
        next += end - start;
    }
    all.append_n(mask.len() - all.len(), false);
    all.finish()
}

/// Which of the `rows` rows from `start` on are in one of the ranges.
pub(super) fn local_mask(ranges: &[Range<u64>], start: u64, rows: usize) -> BooleanBuffer {
    let end = start + rows as u64;
    let mut mask = BooleanBufferBuilder::new(rows);
    let first = ranges.partition_point(|range| range.end <= start);
    for range in ranges[first..].iter().take_while(|range| range.start < end) {
        let from = (range.start.max(start) - start) as usize;
        let to = (range.end.min(end) - start) as usize;
        // Ranges ascend; what overlaps is there already.
        if to > mask.len() {
            mask.append_n(from.saturating_sub(mask.len()), false);
            mask.append_n(to - mask.len(), true);
        }
    }
    mask.append_n(rows - mask.len(), false);
    mask.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::single_range_in_vec_init, reason = "ranges are what it takes")]
    fn ranges_of_a_file_are_rows_of_its_row_groups() {
        let rows = |ranges: &[Range<u64>], start, count| {
            local_mask(ranges, start, count).set_indices().collect::<Vec<_>>()
        };
        assert_eq!(rows(&[0..2, 5..7, 9..20], 0, 10), [0, 1, 5, 6, 9]);
        assert_eq!(rows(&[0..2, 5..7, 9..20], 6, 4), [0, 3]);
        assert_eq!(rows(&[0..2], 2, 4), [0; 0]);
        assert_eq!(rows(&[3..3, 4..5, 4..6], 0, 8), [4, 5]);
        assert_eq!(rows(&[0..100], 50, 3), [0, 1, 2]);
    }
}
