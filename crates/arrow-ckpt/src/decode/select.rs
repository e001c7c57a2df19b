//! Which rows of each row group a scan gives: those of its ranges that its filter does not rule out. Worked out for a row group when it is
//! first asked for, once for all threads, from the columns of the filter alone.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use arrow_array::ArrayRef;
use arrow_buffer::BooleanBuffer;

use super::bloom;
use super::columns::Projected;
use super::file::CheckpointFile;
use super::filter::{Filter, IndexedChunk, Possible, Test, Verdicts, possible};
use super::index::FileIndex;
use super::kinds::Node;
use super::masks::{joined, local_mask, spread};
use super::options::Large;
use super::reader::{LoadedColumn, Opening};
use super::stop::StopFlags;
use crate::error::{CkptError, ErrorCode, Result};
use crate::limits::MAX_BLOCK_BYTES;

/// Rows that a filter is worked out for at a time.
const FILTER_ROWS: usize = 16_384;

/// The rows of one row group.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub rows: usize,
    /// Which; `None`: all of them.
    pub wanted: Option<BooleanBuffer>,
    /// The filter is certainly true of each of them.
    pub certain: bool,
    /// How many of them it is certainly true of.
    pub certain_rows: usize,
}

impl Chosen {
    fn all(rows: usize, certain: bool) -> Self {
        Self { rows, wanted: None, certain, certain_rows: if certain { rows } else { 0 } }
    }

    fn none() -> Self {
        Self { rows: 0, wanted: None, certain: true, certain_rows: 0 }
    }
}

impl CheckpointFile {
    /// How many rows a filter is certainly true of, and of how many more it may be true.
    pub fn count(self: &Arc<Self>, filter: Filter, cancel: Arc<AtomicBool>) -> Result<(u64, u64)> {
        let stop = StopFlags { cancel, dropped: Arc::default() };
        let selector = Selector::new(Arc::clone(self), Some(filter), None, stop);
        let mut counts = (0, 0);
        for group in 0..self.metadata.num_row_groups() {
            let chosen = selector.chosen(group).map_err(|error| error.at(self.source.path()))?;
            counts.0 += chosen.certain_rows as u64;
            counts.1 += (chosen.rows - chosen.certain_rows) as u64;
        }
        Ok(counts)
    }
}

/// Chooses the rows of row groups.
pub(super) struct Selector {
    file: Arc<CheckpointFile>,
    filter: Option<Filter>,
    ranges: Option<Vec<Range<u64>>>,
    /// The first row of each row group.
    starts: Vec<u64>,
    chosen: Vec<OnceLock<Result<Chosen>>>,
    stop: StopFlags,
}

impl Selector {
    /// `ranges`: ascending, none overlapping. `None` for either: all rows.
    pub fn new(
        file: Arc<CheckpointFile>,
        filter: Option<Filter>,
        ranges: Option<Vec<Range<u64>>>,
        stop: StopFlags,
    ) -> Self {
        let mut next = 0;
        let starts: Vec<u64> = (0..file.metadata.num_row_groups())
            .map(|group| {
                let start = next;
                next += file.metadata.row_group(group).num_rows().unsigned_abs();
                start
            })
            .collect();
        let chosen = starts.iter().map(|_| OnceLock::new()).collect();
        Self { file, filter, ranges, starts, chosen, stop }
    }

    /// Whether it may leave rows out.
    pub fn selects(&self) -> bool {
        self.filter.is_some() || self.ranges.is_some()
    }

    /// The rows of a row group.
    pub fn chosen(&self, group: usize) -> Result<Chosen> {
        let chosen = self.chosen.get(group).ok_or_else(|| CkptError::internal("no such row group"))?;
        chosen.get_or_init(|| self.choose(group)).clone()
    }

    fn choose(&self, group: usize) -> Result<Chosen> {
        let rows = self.file.metadata.row_group(group).num_rows() as usize;
        let within = self.ranges.as_ref().map(|ranges| local_mask(ranges, self.starts[group], rows));
        if within.as_ref().is_some_and(|mask| mask.count_set_bits() == 0) {
            return Ok(Chosen::none());
        }
        let Some(filter) = &self.filter else {
            return Ok(within.map_or_else(|| Chosen::all(rows, true), |mask| of_mask(&mask, None)));
        };
        let left = self.possible(filter, group)?;
        if !left.to_be_true {
            return Ok(Chosen::none());
        }
        if !left.to_be_false {
            return Ok(within.map_or_else(|| Chosen::all(rows, true), |mask| of_mask(&mask, None)));
        }
        let within = within.unwrap_or_else(|| BooleanBuffer::new_set(rows));
        let mut verdicts = self.by_pages(filter, group, rows)?;
        let doubt = &(&verdicts.may_be_true & &verdicts.may_be_false) & &within;
        if doubt.count_set_bits() > 0 {
            let of_values = self.by_values(filter, group, &doubt)?;
            let is_true = &verdicts.may_be_true & &!&verdicts.may_be_false;
            verdicts.may_be_true = &is_true | &spread(&of_values.may_be_true, &doubt);
            verdicts.may_be_false = spread(&of_values.may_be_false, &doubt);
        }
        Ok(of_mask(&(&verdicts.may_be_true & &within), Some(&verdicts.may_be_false)))
    }

    /// What statistics, and bloom filters where they cannot tell, leave possible for a row group.
    fn possible(&self, filter: &Filter, group: usize) -> Result<Possible> {
        let meta = self.file.metadata.row_group(group);
        let leaf = |column: usize, path: &[usize]| self.leaf(column, path);
        let work = &self.file.work;
        let left = possible(filter, meta, &leaf, &|_, _| Ok(true))?;
        if !left.to_be_true {
            work.groups_by_statistics.fetch_add(1, Ordering::Relaxed);
        }
        let tells = self.file.bloom_crcs.keys().any(|(of, _)| *of == group) && filter.asks_for_equality();
        if !left.to_be_true || !left.to_be_false || !tells {
            return Ok(left);
        }
        let bloom = |leaf: usize, test: &Test| {
            bloom::may_hold(&self.file, group, leaf, test)
                .map_err(|error| error.in_column(&meta.column(leaf).column_path().string()))
        };
        let left = possible(filter, meta, &leaf, &bloom)?;
        if !left.to_be_true {
            work.groups_by_bloom.fetch_add(1, Ordering::Relaxed);
        }
        Ok(left)
    }

    /// What the column indexes tell of the rows of each page.
    fn by_pages(&self, filter: &Filter, group: usize, rows: usize) -> Result<Verdicts> {
        let Some(index) = &self.file.index else { return Ok(Verdicts::both(rows)) };
        Verdicts::combine(filter, rows, &|test| {
            let Some(values) = self.indexed(index, group, test.column, &test.path)? else {
                return Ok(Verdicts::both(rows));
            };
            let mut beside = Vec::with_capacity(test.beside.len());
            for column in &test.beside {
                let Some(texts) = self.indexed(index, group, *column, &[])? else {
                    return Ok(Verdicts::both(rows));
                };
                beside.push(texts);
            }
            Ok(Verdicts::of_pages(test, rows, &values, &beside))
        })
    }

    /// A leaf's chunk with its indexes, if it has a column index.
    fn indexed<'a>(
        &'a self,
        index: &'a FileIndex,
        group: usize,
        column: usize,
        path: &[usize],
    ) -> Result<Option<IndexedChunk<'a>>> {
        let Some((node, leaf)) = self.leaf(column, path) else { return Ok(None) };
        let chunk = self.file.metadata.row_group(group).column(leaf);
        let pages = index.pages(&self.file.metadata, group, leaf)?;
        let bounds =
            index.bounds(chunk, pages.pages.len()).map_err(|error| self.file.in_column(column, error))?;
        let column = chunk.column_descr();
        Ok(bounds.map(|bounds| IndexedChunk { kind: node.kind, column, pages, bounds }))
    }

    /// The node and the Parquet column at the end of a path.
    fn leaf(&self, column: usize, path: &[usize]) -> Option<(Node, usize)> {
        // What is in other files has statistics there, of other rows.
        if self.file.columns.shared.contains_key(&column) {
            return None;
        }
        let mut node = self.file.columns.nodes.get(column)?;
        let mut leaf = self.file.columns.leaves.get(column)?.start;
        for index in path {
            leaf += node.children.get(..*index)?.iter().map(Node::leaf_count).sum::<usize>();
            node = node.children.get(*index)?;
        }
        node.children.is_empty().then(|| (node.clone(), leaf))
    }

    /// The verdicts on the rows of a mask, by their values.
    fn by_values(&self, filter: &Filter, group: usize, mask: &BooleanBuffer) -> Result<Verdicts> {
        let rows = mask.count_set_bits();
        let wanted = (rows < mask.len()).then_some(mask);
        let columns = filter.columns();
        let mut readers = Vec::with_capacity(columns.len());
        let mut batch_rows = FILTER_ROWS;
        let mut loaded = Vec::with_capacity(columns.len());
        let parts = columns.iter().map(|column| Projected::whole(&self.file.columns, *column).map(Arc::new));
        let parts = parts.collect::<Result<Vec<_>>>()?;
        let opening = Opening::new(None, Large::default(), &parts);
        for (column, projected) in columns.iter().zip(&parts) {
            let levels = self.file.columns.levels(projected)?;
            let chunks = LoadedColumn::load(&self.file, group, projected, wanted, &opening)
                .map_err(|error| self.file.in_column(*column, error))?;
            batch_rows = batch_rows.min(MAX_BLOCK_BYTES / chunks.dictionary_bytes.max(1)).max(1);
            loaded.push((*column, levels, chunks));
        }
        for (column, levels, chunks) in &loaded {
            let reader = chunks.decode(levels, batch_rows);
            readers.push(reader.map_err(|error| self.file.in_column(*column, error))?);
        }
        let (mut wanted, mut doubtful) = (Vec::new(), Vec::new());
        let mut done = 0;
        while done < rows {
            if self.stop.is_set() {
                return Err(CkptError::new(ErrorCode::InvalidOption, "the scan was cancelled"));
            }
            let count = batch_rows.min(rows - done);
            let arrays = readers
                .iter_mut()
                .map(|reader| reader.next(count).map_err(|error| self.file.in_column(reader.column, error)))
                .collect::<Result<Vec<ArrayRef>>>()?;
            let find = |column: usize| {
                let index = columns.iter().position(|other| *other == column)?;
                Some((arrays[index].clone(), self.file.columns.nodes[column].clone()))
            };
            let verdicts = Verdicts::of(filter, count, &find);
            wanted.push(verdicts.may_be_true);
            doubtful.push(verdicts.may_be_false);
            done += count;
        }
        Ok(Verdicts { may_be_true: joined(&wanted, rows), may_be_false: joined(&doubtful, rows) })
    }
}

/// The rows of a mask; `doubtful`: where the filter may be false. Without it, it is true of all.
fn of_mask(mask: &BooleanBuffer, doubtful: Option<&BooleanBuffer>) -> Chosen {
    let rows = mask.count_set_bits();
    let doubts = doubtful.map_or(0, |doubtful| (mask & doubtful).count_set_bits());
    let wanted = (rows < mask.len()).then(|| mask.clone());
    Chosen { rows, wanted, certain: doubts == 0, certain_rows: rows - doubts }
}
