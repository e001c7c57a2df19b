//! Which pages of a column's chunks hold wanted rows. The leaves of one column are read side by side, so what is left out of one is left
//! out of all: pages of a leaf that end within a page of another one stay.

use std::ops::Range;

use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder};

use super::index::ChunkPages;

/// The part of a row group that is read: whole pages in all leaves.
#[derive(Debug)]
pub(super) struct Part {
    /// Ascending, with gaps between them.
    pub ranges: Vec<Range<usize>>,
    pub rows: usize,
}

impl Part {
    /// The least part of `wanted.len()` rows that holds the wanted ones; `None`: nothing can be left out.
    pub fn of(leaves: &[&ChunkPages], wanted: &BooleanBuffer) -> Option<Self> {
        let first = leaves.first()?;
        let is_wanted = |rows: &Range<usize>| wanted.slice(rows.start, rows.len()).count_set_bits() > 0;
        let mut ranges = joined((0..first.pages.len()).map(|page| first.rows(page)).filter(is_wanted));
        loop {
            let before = ranges.clone();
            for leaf in leaves {
                let pages = (0..leaf.pages.len()).map(|page| leaf.rows(page));
                ranges = joined(pages.filter(|rows| overlaps(&ranges, rows)));
            }
            if ranges == before {
                break;
            }
        }
        let rows = ranges.iter().map(Range::len).sum();
        (rows < wanted.len()).then_some(Self { ranges, rows })
    }

    /// The numbers of the pages of a leaf that are in it.
    pub fn pages<'a>(&'a self, leaf: &'a ChunkPages) -> impl Iterator<Item = usize> + 'a {
        (0..leaf.pages.len()).filter(|page| overlaps(&self.ranges, &leaf.rows(*page)))
    }

    /// Which of its rows are wanted.
    pub fn wanted(&self, all: &BooleanBuffer) -> BooleanBuffer {
        let mut wanted = BooleanBufferBuilder::new(self.rows);
        for range in &self.ranges {
            wanted.append_buffer(&all.slice(range.start, range.len()));
        }
        wanted.finish()
    }
}

fn overlaps(ranges: &[Range<usize>], rows: &Range<usize>) -> bool {
    let next = ranges.partition_point(|range| range.end <= rows.start);
    ranges.get(next).is_some_and(|range| range.start < rows.end)
}

/// Ascending ranges, those that touch as one.
fn joined(ranges: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match all.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => all.push(range),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::index::PageAt;

    fn leaf(ends: &[usize]) -> ChunkPages {
        let starts = std::iter::once(0).chain(ends.iter().copied()).take(ends.len());
        let pages = starts.map(|first_row| PageAt { start: 0, bytes: 1, first_row, crc: 0 });
        ChunkPages::new(None, pages.collect(), ends[ends.len() - 1])
    }

    fn ranges(leaves: &[&[usize]], wanted: &[usize]) -> Option<Vec<Range<usize>>> {
        let leaves: Vec<ChunkPages> = leaves.iter().map(|ends| leaf(ends)).collect();
        let rows = leaves[0].rows(leaves[0].pages.len() - 1).end;
        let wanted = BooleanBuffer::collect_bool(rows, |row| wanted.contains(&row));
        Part::of(&leaves.iter().collect::<Vec<_>>(), &wanted).map(|part| {
            let count = part.wanted(&wanted).count_set_bits();
            assert_eq!(count, wanted.count_set_bits());
            part.ranges
        })
    }

    #[test]
    #[expect(clippy::single_range_in_vec_init, reason = "ranges are what it gives")]
    fn whole_pages_of_all_leaves() {
        assert_eq!(ranges(&[&[10, 20, 30, 40]], &[12, 35]), Some(vec![10..20, 30..40]));
        assert_eq!(ranges(&[&[10, 20, 30, 40]], &[12, 20]), Some(vec![10..30]));
        assert_eq!(ranges(&[&[10, 20]], &[9, 10]), None);
        // The second leaf's page of rows 5 to 15 takes the first leaf's second page in, and that one the rest up to 30.
        assert_eq!(ranges(&[&[10, 20, 30, 40], &[5, 15, 30, 40]], &[8]), Some(vec![0..30]));
        assert_eq!(ranges(&[&[10, 20, 30, 40], &[20, 40]], &[39]), Some(vec![20..40]));
        assert_eq!(ranges(&[&[10, 40], &[40]], &[1]), None);
    }
}
