//! Rows of other files: only the pages that hold them are read.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder};
use arrow_cast::cast;
use arrow_schema::DataType;
use parquet::arrow::FieldLevels;

use super::faults::corrupt;
use super::gather::{Slot, bytes_of};
use super::guard::guarded;
use super::long_texts;
use super::reader::{ColumnReader, LoadedColumn, Opening};
use super::thin::{Base, SharedPart};
use crate::encode::conform::conform;
use crate::error::{CkptError, ErrorCode, Result};
use crate::limits::MAX_BLOCK_BYTES;

/// Bytes of a holder that are decoded at a time, about.
const BATCH_BYTES: u64 = 2 << 20;
/// Texts stay in their pages where at least one in so many rows of these is wanted. Else a few of them would hold many pages.
const PAGE_ROWS: usize = 4;

/// Rows of one holder, decoded when they are asked for.
pub(super) struct HeldRows {
    part: Arc<SharedPart>,
    base: usize,
    form: Form,
    /// Each once, ascending.
    rows: Vec<u64>,
    /// How many of them are decoded.
    decoded: usize,
    /// The row group that has the next of them, its first row, and what decodes it.
    group: usize,
    start: u64,
    open: Option<OpenGroup>,
    /// The values at hand: the place of the first among `rows`.
    pub arrays: VecDeque<(usize, ArrayRef)>,
    /// So many rows, or a multiple of that, are best decoded at a time.
    step: usize,
    opening: Opening,
}

/// What its arrays are.
#[derive(Clone)]
pub(super) struct Form {
    pub target: DataType,
    /// To have texts that stay in their pages.
    views: Option<Arc<FieldLevels>>,
    /// Such texts are copied once, together, so that pages can go.
    compact: bool,
}

impl Form {
    /// Values as the column has them, copied.
    pub fn plain(part: &SharedPart) -> Self {
        Self { target: part.target.clone(), views: None, compact: false }
    }

    /// Texts that stay at hand while many others come.
    pub fn compacted(&self) -> Self {
        Self { compact: true, ..self.clone() }
    }

    /// For each base of a column of long texts: they stay where they are. None where it has others.
    pub fn views(part: &SharedPart, opening: &Opening) -> Result<Option<Vec<Self>>> {
        if part.dictionary || part.target != DataType::Utf8 {
            return Ok(None);
        }
        let views = |base: &Base| long_texts::levels_of(&base.file, &base.read.projected, opening.large);
        let all = part.bases.iter().map(views).collect::<Result<Vec<_>>>()?;
        let form = |views| Self { target: DataType::Utf8View, views, compact: false };
        Ok(all.iter().any(Option::is_some).then(|| all.into_iter().map(form).collect()))
    }
}

struct OpenGroup {
    reader: ColumnReader,
    batch: usize,
    left: usize,
}

impl HeldRows {
    pub fn new(
        part: &Arc<SharedPart>,
        base: usize,
        form: Form,
        mut rows: Vec<u64>,
        step: usize,
        opening: &Opening,
    ) -> Self {
        if !rows.is_sorted() {
            rows.sort_unstable();
        }
        rows.dedup();
        Self {
            part: Arc::clone(part),
            base,
            form,
            rows,
            decoded: 0,
            group: 0,
            start: 0,
            open: None,
            arrays: VecDeque::new(),
            step,
            opening: opening.clone(),
        }
    }

    pub fn rows(&self) -> &[u64] {
        &self.rows
    }

    /// Whether these rows, which ascend, are among its own.
    pub fn holds(&self, rows: &[u64]) -> bool {
        let mut rest = &self.rows[..];
        rows.iter().all(|row| {
            rest = &rest[rest.partition_point(|other| other < row)..];
            rest.first() == Some(row)
        })
    }

    /// Has the first `count` rows decoded. `bytes`: how many bytes there may be of them; false if there are more.
    pub fn decode(&mut self, count: usize, bytes: &mut Option<usize>) -> Result<bool> {
        while self.decoded < count {
            let Some(open) = &mut self.open else {
                self.open_group()?;
                continue;
            };
            let rows = open.batch.min(open.left);
            let mut array = open.reader.next(rows)?;
            if let Some(views) = array.as_string_view_opt().filter(|_| self.form.compact) {
                array = Arc::new(views.gc());
            }
            let array = conformed(&array, &self.form.target)?;
            open.left -= rows;
            if open.left == 0 {
                open.reader.finish()?;
                self.open = None;
                self.group += 1;
            }
            if let Some(left) = bytes {
                let Some(less) = left.checked_sub(bytes_of(&array, 0, rows)) else { return Ok(false) };
                *left = less;
            }
            self.arrays.push_back((self.decoded, array));
            self.decoded += rows;
        }
        Ok(true)
    }

    /// Begins with the row group that has the next row.
    fn open_group(&mut self) -> Result<()> {
        let base = &self.part.bases[self.base];
        let (rest, groups) = (&self.rows[self.decoded..], base.file.metadata.row_groups());
        let (mut end, mut here) = (self.start, 0);
        while here == 0 {
            let group =
                groups.get(self.group).ok_or_else(|| CkptError::internal("a row is in no row group"))?;
            (self.start, end) = (end, end + group.num_rows().unsigned_abs());
            here = rest.partition_point(|row| *row < end);
            self.group += usize::from(here == 0);
        }
        let wanted = mask(&rest[..here], self.start..end);
        let projected = &base.read.projected;
        let loaded = LoadedColumn::load(&base.file, self.group, projected, wanted.as_ref(), &self.opening)?;
        let each = base.bytes.div_ceil(base.file.rows().max(1)).max(1);
        let batch = ((BATCH_BYTES / each) as usize / self.step).max(1).saturating_mul(self.step).min(here);
        let batch = batch.min(MAX_BLOCK_BYTES / loaded.dictionary_bytes.max(1)).max(1);
        let views = self.form.views.as_ref().filter(|_| loaded.rows <= here.saturating_mul(PAGE_ROWS));
        let reader = loaded.decode(views.unwrap_or(&base.read.levels), batch)?;
        self.open = Some(OpenGroup { reader, batch, left: here });
        self.start = end;
        Ok(())
    }

    /// The array, counted from `first` on, and the place there of one of the rows by its place among them.
    pub fn slot(&self, place: usize, first: usize) -> Slot {
        let array = self.arrays.partition_point(|(start, _)| *start <= place).saturating_sub(1);
        (first + array, place - self.arrays.get(array).map_or(0, |(start, _)| *start))
    }

    /// Gives up the values before a row, by its place among the rows.
    pub fn forget(&mut self, place: usize) {
        while self.arrays.get(1).is_some_and(|(start, _)| *start <= place) {
            self.arrays.pop_front();
        }
    }
}

/// Which of the rows `all` are among these, which ascend; `None`: all.
pub(super) fn mask(rows: &[u64], all: Range<u64>) -> Option<BooleanBuffer> {
    let count = (all.end - all.start) as usize;
    if rows.len() == count {
        return None;
    }
    let mut mask = BooleanBufferBuilder::new(count);
    mask.append_n(count, false);
    for row in rows {
        mask.set_bit((row - all.start) as usize, true);
    }
    Some(mask.finish())
}

/// The array as one of the type that all arrays of the column have.
pub(super) fn conformed(array: &ArrayRef, target: &DataType) -> Result<ArrayRef> {
    if (array.data_type(), target) == (&DataType::Utf8, &DataType::Utf8View) {
        return guarded(|| cast(array, target).map_err(CkptError::internal));
    }
    guarded(|| conform(array, target)).map_err(|error| match error.code {
        ErrorCode::Internal => corrupt(&format!("its values are not of the type {target}")),
        _ => error,
    })
}
