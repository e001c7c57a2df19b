//! One column of one row group whose values are in other files, some or all: which rows of which file are wanted is read first, then these
//! rows from the pages that hold them, and then each value is put in its place.
//!
//! That is done for a window of rows at a time, so that what is at hand is bounded whatever refers to what.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, new_null_array};
use arrow_buffer::BooleanBuffer;

use super::ahead::Kept;
use super::file::CheckpointFile;
use super::gather::{Slot, gather, gather_dictionary};
use super::held_rows::{Form, HeldRows, conformed};
use super::places::{Place, places, rows_of};
use super::plan::decoded;
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
    group: usize,
    part: Arc<SharedPart>,
    rows: LoadedColumn<'a>,
    holders: Option<LoadedColumn<'a>>,
    own: Option<LoadedColumn<'a>>,
    /// What a row of its own values becomes on average.
    own_bytes: u64,
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
        let meta = file.metadata.row_group(group);
        let rows = meta.num_rows().unsigned_abs();
        let load = |read: &Read| LoadedColumn::load(file, group, &read.projected, wanted, opening);
        Ok(Self {
            file,
            group,
            part: Arc::clone(part),
            rows: load(&part.rows)?,
            holders: part.holders.as_ref().map(load).transpose()?,
            own: part.own.as_ref().map(load).transpose()?,
            own_bytes: part.own.as_ref().map_or(0, |own| decoded(meta, &own.projected)) / rows.max(1),
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
        let held_bytes = self.opening.held_bytes(part);
        let rows_of = |room: u64, bytes: u64| (room / bytes.max(1)).min(MAX_WINDOW) as usize;
        let batch_rows = batch_rows.max(1);
        let whole = |rows: usize| (rows / batch_rows).max(1).saturating_mul(batch_rows);
        let window =
            rows_of(self.opening.shared_bytes, self.own_bytes).min(MAX_BLOCK_BYTES / own_bytes.max(1));
        let window = whole(window).min(rows.max(1));
        let unordered = whole(rows_of(held_bytes, part.value_bytes()));
        let decode = |loaded: &LoadedColumn, read: &Read| loaded.decode(&read.levels, window);
        let with = |loaded: &Option<LoadedColumn>, read: &Option<Read>| {
            loaded.as_ref().zip(read.as_ref()).map(|(loaded, read)| decode(loaded, read)).transpose()
        };
        Ok(SharedRows {
            file: Arc::clone(self.file),
            rows: decode(&self.rows, &part.rows)?,
            holders: with(&self.holders, &part.holders)?,
            own: with(&self.own, &part.own)?,
            views: Form::views(part, &self.opening)?,
            part: Arc::clone(part),
            group: self.group,
            until: None,
            rows_left: rows,
            window,
            unordered,
            batch_rows,
            told: Told::default(),
            hand: Hand::default(),
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
    /// Rows of it that are at hand, or were.
    done: usize,
}

impl Told {
    fn count(&self) -> usize {
        self.rows.as_ref().map_or(0, Array::len)
    }
}

/// The rows that are told of and not handed out.
#[derive(Default)]
struct Hand {
    places: Vec<Place>,
    next: usize,
    own: Option<ArrayRef>,
    held: Vec<HeldRows>,
    /// In no holder a row comes before an earlier one: what is behind is not needed again.
    ordered: bool,
}

/// Decodes such a column.
pub(super) struct SharedRows {
    file: Arc<CheckpointFile>,
    part: Arc<SharedPart>,
    /// For each base, where texts stay in their pages.
    views: Option<Vec<Form>>,
    group: usize,
    /// The last row group that what is at hand is for, if that is not what is told alone.
    until: Option<usize>,
    rows: ColumnReader,
    holders: Option<ColumnReader>,
    own: Option<ColumnReader>,
    /// Rows that the stored columns have not told of yet.
    rows_left: usize,
    window: usize,
    /// Rows at hand, about, where they are in no order.
    unordered: usize,
    batch_rows: usize,
    told: Told,
    hand: Hand,
    opening: Opening,
}

impl SharedRows {
    /// The next `rows` rows, which must be there.
    pub fn next(&mut self, rows: usize) -> Result<ArrayRef> {
        if self.hand.next == self.hand.places.len() {
            self.more()?;
        }
        let first = self.hand.next;
        let places = self.hand.places.get(first..first + rows);
        let places = places.ok_or_else(|| CkptError::internal("a window ends within a batch"))?;
        // For each holder the place of its last row among its rows, and of each row.
        let mut last = vec![None; self.hand.held.len()];
        let mut ranks = Vec::with_capacity(rows);
        for place in places {
            ranks.push(match place {
                Place::Own => None,
                Place::Base(base, row) => {
                    let (base, row) = (*base as usize, u64::from(*row));
                    let rows = self.hand.held[base].rows();
                    // Mostly that of the row before, or the next one.
                    let near = last[base].map_or(0..1, |rank| rank..rank + 2);
                    let near = near.into_iter().find(|rank| rows.get(*rank) == Some(&row));
                    let rank = near.unwrap_or_else(|| rows.partition_point(|other| *other < row));
                    last[base] = last[base].max(Some(rank));
                    Some((base, rank))
                }
            });
        }
        let own = self.hand.own.clone().ok_or_else(|| CkptError::internal("there are no own values"))?;
        let has_own = self.told.own.is_some();
        let (mut arrays, mut firsts) = (vec![own], Vec::with_capacity(last.len()));
        for (base, last) in last.iter().enumerate() {
            if let Some(rank) = last {
                let read = self.hand.held[base].decode(rank + 1, &mut None);
                read.map_err(|error| self.of_base(base, error))?;
            }
            firsts.push(arrays.len());
            arrays.extend(self.hand.held[base].arrays.iter().map(|(_, array)| Arc::clone(array)));
        }
        let slots: Vec<Slot> = (first..)
            .zip(&ranks)
            .map(|(at, rank)| match rank {
                None => (0, if has_own { at } else { 0 }),
                Some((base, rank)) => self.hand.held[*base].slot(*rank, firsts[*base]),
            })
            .collect();
        let ordered = self.hand.ordered;
        for (held, rank) in self.hand.held.iter_mut().zip(last).filter(|_| ordered) {
            if let Some(rank) = rank {
                held.forget(rank);
            }
        }
        self.hand.next += rows;
        if self.part.dictionary { gather_dictionary(&arrays, &slots) } else { gather(&arrays, &slots) }
    }

    /// After the last row there must be no more.
    pub fn finish(&mut self) -> Result<()> {
        self.until.take_if(|until| *until <= self.group);
        self.keep();
        let readers = [Some(&mut self.rows), self.holders.as_mut(), self.own.as_mut()];
        readers.into_iter().flatten().try_for_each(ColumnReader::finish)
    }

    /// Brings the next rows to hand: all of the window where they are in order, else so many as have room.
    fn more(&mut self) -> Result<()> {
        if self.told.done == self.told.count() {
            let rows = self.window.min(self.rows_left);
            self.told = Told {
                rows: Some(self.rows.next(rows)?),
                holders: self.holders.as_mut().map(|reader| reader.next(rows)).transpose()?,
                own: self.own.as_mut().map(|reader| reader.next(rows)).transpose()?,
                done: 0,
            };
            self.rows_left -= rows;
        }
        let mut count = self.told.count() - self.told.done;
        // What is at hand goes before more comes.
        self.keep();
        self.hand = self.to_hand(count)?;
        if !self.hand.ordered && !self.decode_with_later()? {
            count = count.min(self.unordered);
            loop {
                self.hand = self.to_hand(count)?;
                let most = (count > self.batch_rows).then_some(self.most());
                if self.decode_all(most)? {
                    break;
                }
                count = (count / 2 / self.batch_rows).max(1) * self.batch_rows;
            }
        }
        self.told.done += count;
        Ok(())
    }

    fn decode_all(&mut self, mut most: Option<usize>) -> Result<bool> {
        for base in 0..self.hand.held.len() {
            let held = &mut self.hand.held[base];
            let count = held.rows().len();
            if !held.decode(count, &mut most).map_err(|error| self.of_base(base, error))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The next `count` rows of the window, without the values in holders.
    fn to_hand(&self, count: usize) -> Result<Hand> {
        let places = self.places(count)?;
        let rows = rows_of(&places, self.part.bases.len());
        let ordered = rows.iter().all(|rows| rows.is_sorted());
        let form = |base: usize| self.form(base, ordered);
        let target = form(0).target;
        let own = match &self.told.own {
            Some(own) => conformed(&own.slice(self.told.done, count), &target)?,
            None => new_null_array(&target, 1),
        };
        let held = rows.into_iter().enumerate().map(|(base, rows)| self.held_rows(base, form(base), rows));
        Ok(Hand { places, next: 0, own: Some(own), held: held.collect(), ordered })
    }

    /// Where the next `count` rows of the window have their values.
    fn places(&self, count: usize) -> Result<Vec<Place>> {
        let Told { rows, holders, own, done } = &self.told;
        let rows = rows.as_ref().ok_or_else(|| CkptError::internal("no rows are told"))?;
        let part = |array: &ArrayRef| array.slice(*done, count);
        let (holders, own) = (holders.as_ref().map(part), own.as_ref().map(part));
        places(&self.part, &part(rows), holders.as_ref(), own.as_ref())
    }

    /// The next rows are in no order: has their values decoded that were not when those of an earlier row group were, and those of later
    /// row groups with them where there is room. False if they are for the caller to decode.
    fn decode_with_later(&mut self) -> Result<bool> {
        let (ahead, column, group) = (Arc::clone(&self.opening.ahead), self.rows.column, self.group);
        if let Some(kept) = ahead.take(column, group) {
            let pairs = kept.held.iter().zip(&self.hand.held);
            if pairs.clone().all(|(kept, held)| kept.holds(held.rows())) {
                (self.hand.held, self.until) = (kept.held, Some(kept.until));
                return Ok(true);
            }
        }
        let mut rows: Vec<Vec<u64>> = self.hand.held.iter().map(|held| held.rows().to_vec()).collect();
        let (mut count, mut until) = (self.hand.places.len(), group);
        if self.rows_left > 0 || count < self.told.count() {
            return Ok(false);
        }
        for next in ahead.after(group) {
            count += self.file.metadata.row_group(next).num_rows() as usize;
            // What is wrong with a row group is told when it is its turn.
            let Some(of_next) = (count <= self.unordered).then(|| self.rows_of_group(next).ok()).flatten()
            else {
                break;
            };
            if of_next.iter().all(|rows| rows.is_sorted()) {
                break;
            }
            rows.iter_mut().zip(of_next).for_each(|(rows, next)| rows.extend(next));
            until = next;
        }
        if until == group {
            return Ok(false);
        }
        let held = rows.into_iter().enumerate();
        let held = held.map(|(base, rows)| self.held_rows(base, self.form(base, false), rows));
        let held = held.collect();
        let alone = std::mem::replace(&mut self.hand.held, held);
        if self.decode_all(Some(self.most()))? {
            self.until = Some(until);
            return Ok(true);
        }
        self.hand.held = alone;
        Ok(false)
    }

    /// The rows of each holder that a row group refers to.
    fn rows_of_group(&self, group: usize) -> Result<Vec<Vec<u64>>> {
        let rows = self.file.metadata.row_group(group).num_rows() as usize;
        let read = |read: &Read| {
            let loaded = LoadedColumn::load(&self.file, group, &read.projected, None, &self.opening)?;
            loaded.decode(&read.levels, rows)?.next(rows)
        };
        let holders = self.part.holders.as_ref().map(read).transpose()?;
        let places = places(&self.part, &read(&self.part.rows)?, holders.as_ref(), None)?;
        Ok(rows_of(&places, self.part.bases.len()))
    }

    /// Keeps what later rows need.
    fn keep(&mut self) {
        if let Some(until) = self.until.take() {
            let held = std::mem::take(&mut self.hand.held);
            self.opening.ahead.keep(self.rows.column, Kept { held, until });
        }
    }

    fn form(&self, base: usize, ordered: bool) -> Form {
        match &self.views {
            Some(views) if ordered => views[base].clone(),
            Some(views) => views[base].compacted(),
            None => Form::plain(&self.part),
        }
    }

    fn held_rows(&self, base: usize, form: Form, rows: Vec<u64>) -> HeldRows {
        HeldRows::new(&self.part, base, form, rows, self.batch_rows, &self.opening)
    }

    /// Bytes that the values at hand may have.
    fn most(&self) -> usize {
        (self.opening.held_bytes(&self.part) as usize).saturating_mul(SLACK)
    }

    /// An error in a holder names it, and the checkpoint that needs it.
    fn of_base(&self, base: usize, error: CkptError) -> CkptError {
        let base = self.part.bases[base].file.source.path();
        let (thin, message) = (self.file.source.path().display(), &error.message);
        let message = format!("{message} (in {}, which has values of {thin})", base.display());
        CkptError { message, ..error }.at(base)
    }
}
