//! A column that was to refer to other files gets its values after all: the pool cannot be had, or a key of the rows has the name of one of
//! its stored columns.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, Int32Array, Int64Array};
use arrow_cast::cast;
use arrow_schema::DataType;
use arrow_select::interleave::interleave;

use super::conform::conform;
use crate::error::{CkptError, Result};
use crate::share::{Candidate, Matches};

/// The rows of one row group: which row of which holder, and where there is none the value of the file's own.
pub struct Told {
    /// Rows, int64.
    pub rows: ArrayRef,
    /// Holders, int32.
    pub holders: ArrayRef,
    /// Values.
    pub own: ArrayRef,
}

impl Told {
    /// What was found: the holders are the columns that were looked through.
    pub fn of(matches: &Matches, own: ArrayRef) -> Self {
        let found = |row: &i64| *row >= 0;
        let rows: Int64Array = matches.rows.iter().map(|row| found(row).then_some(*row)).collect();
        let columns = matches.rows.iter().zip(&matches.columns);
        let holders: Int32Array = columns.map(|(row, at)| found(row).then_some(i32::from(*at))).collect();
        Self { rows: Arc::new(rows), holders: Arc::new(holders), own }
    }
}

/// All values, as `target`. `holders`: each with the name of the column there.
pub fn values(told: &Told, holders: &[(&Candidate, &str)], target: &DataType) -> Result<ArrayRef> {
    let (rows, numbers) = (told.rows.as_primitive::<Int64Type>(), told.holders.as_primitive::<Int32Type>());
    let mut arrays = vec![conform(&told.own, target)?];
    let mut places: Vec<(usize, usize)> = (0..told.own.len()).map(|row| (0, row)).collect();
    for (number, (holder, column)) in holders.iter().enumerate() {
        let of_holder = |row: &usize| rows.is_valid(*row) && numbers.value(*row) as usize == number;
        let mine: Vec<usize> = (0..rows.len()).filter(of_holder).collect();
        // One that other columns refer to.
        if mine.is_empty() {
            continue;
        }
        let mut wanted: Vec<u64> = mine.iter().map(|row| rows.value(*row) as u64).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let first = arrays.len();
        let found = holder.file.values(column, &wanted).map_err(|error| error.at(&holder.path))?;
        for array in found {
            arrays.push(conform(&plain(&array)?, target)?);
        }
        let counts = arrays[first..].iter().enumerate();
        let slots: Vec<(usize, usize)> =
            counts.flat_map(|(at, array)| (0..array.len()).map(move |row| (first + at, row))).collect();
        for row in mine {
            let rank = wanted.binary_search(&(rows.value(row) as u64)).map_err(|_| lost())?;
            places[row] = *slots.get(rank).ok_or_else(lost)?;
        }
    }
    let all: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
    interleave(&all, &places).map_err(CkptError::internal)
}

fn lost() -> CkptError {
    CkptError::internal("a holder has lost a row")
}

fn plain(array: &ArrayRef) -> Result<ArrayRef> {
    match array.data_type() {
        DataType::Dictionary(_, values) => cast(array, values).map_err(CkptError::internal),
        _ => Ok(array.clone()),
    }
}
