//! One column of one row group whose values are in other files, some or all: which rows of which file are wanted is read first, then these
//! rows from the pages that hold them, and then each value is put in its place.
//!
//! That is done for a window of rows at a time, so that what is at hand is bounded whatever refers to what.

use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, new_null_array};
use arrow_buffer::BooleanBuffer;

use super::faults::corrupt;
use super::file::CheckpointFile;
use super::gather::{Slot, gather, gather_dictionary};
use super::held_rows::{HeldRows, conformed};
use super::reader::{ColumnReader, LoadedColumn, Opening};
use super::thin::{Read, SharedPart};
use crate::error::{CkptError, Result};
use crate::limits::MAX_BLOCK_BYTES;

/// Rows of a window at most.
const MAX_WINDOW: u64 = 1 << 20;
/// How much more than the window is meant to take its values may take, before it is made smaller.
const SLACK: usize = 4;

/// The pages of the stored columns, about to be decoded.
pub(super) struct LoadedShared<'a> {
    file: &'a Arc<CheckpointFile>,
    part: Arc<SharedPart>,
    rows: LoadedColumn<'a>,
    holders: Option<LoadedColumn<'a>>,
    own: Option<LoadedColumn<'a>>,
    opening: Opening,
}

impl<'a> LoadedShared<'a> {
    pub fn load(
        file: &'a Arc<CheckpointFile>,
        group: usize,
        part: &Arc<SharedPart>,
        wanted: Option<&BooleanBuffer>,
        opening: &Opening,
    ) -> Result<Self> {
        let load = |read: &Read| LoadedColumn::load(file, group, &read.projected, wanted, opening);
        Ok(Self {
            file,
            part: Arc::clone(part),
            rows: load(&part.rows)?,
            holders: part.holders.as_ref().map(load).transpose()?,
            own: part.own.as_ref().map(load).transpose()?,
            opening: opening.clone(),
        })
    }

    /// As that of a [`LoadedColumn`].
    pub fn dictionary_bytes(&self) -> usize {
        self.own.as_ref().map_or(0, |own| own.dictionary_bytes)
    }

    /// `rows`: how many there are.
    pub fn decode(&self, rows: usize, batch_rows: usize) -> Result<SharedRows> {
        let (part, own_bytes) = (&self.part, self.dictionary_bytes());
        let fit = self.opening.shared_bytes / part.value_bytes().max(1);
        let fit = fit.min(MAX_WINDOW).min((MAX_BLOCK_BYTES / own_bytes.max(1)) as u64) as usize;
        let batch_rows = batch_rows.max(1);
        let window = (fit / batch_rows).max(1).saturating_mul(batch_rows).min(rows.max(1));
        let decode = |loaded: &LoadedColumn, read: &Read| loaded.decode(&read.levels, window);
        let with = |loaded: &Option<LoadedColumn>, read: &Option<Read>| {
            loaded.as_ref().zip(read.as_ref()).map(|(loaded, read)| decode(loaded, read)).transpose()
        };
        Ok(SharedRows {
            file: Arc::clone(self.file),
            rows: decode(&self.rows, &part.rows)?,
            holders: with(&self.holders, &part.holders)?,
            own: with(&self.own, &part.own)?,
            part: Arc::clone(part),
            rows_left: rows,
            window,
            batch_rows,
            told: Told::default(),
            arrays: Vec::new(),
            slots: Vec::new(),
            next: 0,
            opening: self.opening.clone(),
        })
    }
}

/// What the stored columns tell of a window.
#[derive(Default)]
struct Told {
    rows: Option<ArrayRef>,
    holders: Option<ArrayRef>,
    own: Option<ArrayRef>,
    /// Rows of it whose values are at hand, or were.
    done: usize,
}

/// Decodes such a column.
pub(super) struct SharedRows {
    file: Arc<CheckpointFile>,
    part: Arc<SharedPart>,
    rows: ColumnReader,
    holders: Option<ColumnReader>,
    own: Option<ColumnReader>,
    /// Rows that the stored columns have not told of yet.
    rows_left: usize,
    window: usize,
    batch_rows: usize,
    told: Told,
    /// The values at hand, and where the next rows have theirs.
    arrays: Vec<ArrayRef>,
    slots: Vec<Slot>,
    next: usize,
    opening: Opening,
}

/// Where a row's value is.
#[derive(Clone, Copy)]
enum Place {
    /// Here, or nowhere: null.
    Own,
    /// In a base, at a row.
    Base(usize, u64),
}

impl SharedRows {
    /// The next `rows` rows, which must be there.
    pub fn next(&mut self, rows: usize) -> Result<ArrayRef> {
        if self.next == self.slots.len() {
            self.more()?;
        }
        let slots = self.slots.get(self.next..self.next + rows);
        let slots = slots.ok_or_else(|| CkptError::internal("a window ends within a batch"))?;
        self.next += rows;
        if self.part.dictionary {
            gather_dictionary(&self.arrays, slots)
        } else {
            gather(&self.arrays, slots)
        }
    }

    /// After the last row there must be no more.
    pub fn finish(&mut self) -> Result<()> {
        let readers = [Some(&mut self.rows), self.holders.as_mut(), self.own.as_mut()];
        readers.into_iter().flatten().try_for_each(ColumnReader::finish)
    }

    /// Brings the values of the next rows to hand.
    fn more(&mut self) -> Result<()> {
        let told = self.told.rows.as_ref().map_or(0, Array::len);
        if self.told.done == told {
            let rows = self.window.min(self.rows_left);
            self.told = Told {
                rows: Some(self.rows.next(rows)?),
                holders: self.holders.as_mut().map(|reader| reader.next(rows)).transpose()?,
                own: self.own.as_mut().map(|reader| reader.next(rows)).transpose()?,
                done: 0,
            };
            self.rows_left -= rows;
        }
        let left = self.told.rows.as_ref().map_or(0, Array::len) - self.told.done;
        let mut count = left;
        // Those at hand go before others come.
        (self.arrays, self.slots, self.next) = (Vec::new(), Vec::new(), 0);
        loop {
            let most = (count > self.batch_rows).then_some(self.opening.shared_bytes as usize * SLACK);
            if let Some((arrays, slots)) = self.values(count, most)? {
                (self.arrays, self.slots) = (arrays, slots);
                self.told.done += count;
                return Ok(());
            }
            count = (count / 2 / self.batch_rows).max(1) * self.batch_rows;
        }
    }

    /// The values of the next `count` rows of the window, and where each row has its own; `None` if they take more than `most` bytes.
    fn values(&self, count: usize, most: Option<usize>) -> Result<Option<(Vec<ArrayRef>, Vec<Slot>)>> {
        let places = self.places(count)?;
        let target = &self.part.target;
        let own = match &self.told.own {
            Some(own) => conformed(&own.slice(self.told.done, count), target)?,
            None => new_null_array(target, 1),
        };
        let (opening, arrays) = (&self.opening, vec![own]);
        let mut held = HeldRows { target, opening, most, bytes: 0, arrays };
        let mut rows_of = vec![Vec::new(); self.part.bases.len()];
        for place in &places {
            if let Place::Base(base, row) = place {
                rows_of[*base].push(*row);
            }
        }
        let mut found = Vec::with_capacity(rows_of.len());
        for (base, mut rows) in self.part.bases.iter().zip(rows_of) {
            if !rows.is_sorted() {
                rows.sort_unstable();
            }
            rows.dedup();
            let first = held.arrays.len();
            let read = held.read(base, &rows);
            if !read.map_err(|error| self.of_base(base.file.source.path(), error))? {
                return Ok(None);
            }
            let counts = held.arrays[first..].iter().enumerate();
            let slots = counts.flat_map(|(at, array)| (0..array.len()).map(move |row| (first + at, row)));
            found.push((rows, slots.collect::<Vec<Slot>>(), 0));
        }
        let has_own = self.told.own.is_some();
        let slots = places.iter().enumerate().map(|(at, place)| match place {
            Place::Own => (0, if has_own { at } else { 0 }),
            Place::Base(base, row) => {
                let (rows, slots, last) = &mut found[*base];
                // Mostly that of the row before, or the next one.
                let near = (*last..*last + 2).find(|rank| rows.get(*rank) == Some(row));
                *last = near.unwrap_or_else(|| rows.partition_point(|other| other < row));
                slots[*last]
            }
        });
        let slots = slots.collect();
        Ok(Some((held.arrays, slots)))
    }

    /// Where the next `count` rows of the window have their values.
    fn places(&self, count: usize) -> Result<Vec<Place>> {
        let Told { rows, holders, own, done } = &self.told;
        let rows = rows.as_ref().ok_or_else(|| CkptError::internal("no rows are told"))?;
        let rows =
            rows.as_primitive_opt::<Int64Type>().ok_or_else(|| CkptError::internal("rows are int64"))?;
        let numbers = holders.as_ref().and_then(|numbers| numbers.as_primitive_opt::<Int32Type>());
        let bases = &self.part.bases;
        (*done..done + count)
            .map(|at| {
                let number = numbers.map(|numbers| numbers.is_valid(at).then(|| numbers.value(at)));
                if rows.is_null(at) {
                    return match number.flatten() {
                        None => Ok(Place::Own),
                        Some(number) => Err(corrupt(&format!("a value is in file {number} at no row"))),
                    };
                }
                let row = rows.value(at);
                if own.as_ref().is_some_and(|own| own.is_valid(at)) {
                    return Err(corrupt(&format!(
                        "a value is here, and in another file at row {row} as well"
                    )));
                }
                let base = match number {
                    None => Some(0),
                    Some(number) => bases.iter().position(|base| Some(base.number) == number),
                };
                let base = base.ok_or_else(|| {
                    let number =
                        number.flatten().map_or_else(|| "null".to_owned(), |number| number.to_string());
                    corrupt(&format!("a value is said to be in file {number}, which has none of the column"))
                })?;
                match u64::try_from(row) {
                    Ok(row) if row < bases[base].file.rows() => Ok(Place::Base(base, row)),
                    _ => {
                        let file = &bases[base].file;
                        let (path, rows) = (file.source.path().display(), file.rows());
                        Err(corrupt(&format!(
                            "a value is said to be in row {row} of {path}, which has {rows} rows"
                        )))
                    }
                }
            })
            .collect()
    }

    /// An error in a holder names it, and the checkpoint that needs it.
    fn of_base(&self, base: &Path, error: CkptError) -> CkptError {
        let (thin, message) = (self.file.source.path().display(), &error.message);
        let message = format!("{message} (in {}, which has values of {thin})", base.display());
        CkptError { message, ..error }.at(base)
    }
}
