//! Where the values of a column are: what its stored columns tell of each row, checked.

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef};

use super::faults::corrupt;
use super::thin::SharedPart;
use crate::error::{CkptError, Result};

/// Where a row's value is.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// Here, or nowhere: null.
    Own,
    /// In a base, at a row.
    Base(u32, u32),
}

/// What the stored columns tell of some rows. `own`: the file's own values in these.
pub(super) fn places(
    part: &SharedPart,
    rows: &ArrayRef,
    holders: Option<&ArrayRef>,
    own: Option<&ArrayRef>,
) -> Result<Vec<Place>> {
    let rows = rows.as_primitive_opt::<Int64Type>().ok_or_else(|| CkptError::internal("rows are int64"))?;
    let numbers = holders.and_then(|numbers| numbers.as_primitive_opt::<Int32Type>());
    let bases = &part.bases;
    let place = |at: usize| {
        let number = numbers.map(|numbers| numbers.is_valid(at).then(|| numbers.value(at)));
        if rows.is_null(at) {
            return match number.flatten() {
                None => Ok(Place::Own),
                Some(number) => Err(corrupt(&format!("a value is in file {number} at no row"))),
            };
        }
        let row = rows.value(at);
        if own.is_some_and(|own| own.is_valid(at)) {
            return Err(corrupt(&format!("a value is here, and in another file at row {row} as well")));
        }
        let base = match number {
            None => Some(0),
            Some(number) => bases.iter().position(|base| Some(base.number) == number),
        };
        let base = base.ok_or_else(|| {
            let number = number.flatten().map_or_else(|| "null".to_owned(), |number| number.to_string());
            corrupt(&format!("a value is said to be in file {number}, which has none of the column"))
        })?;
        match u64::try_from(row) {
            Ok(row) if row < bases[base].file.rows() => Ok(Place::Base(base as u32, row as u32)),
            _ => {
                let file = &bases[base].file;
                let (path, rows) = (file.source.path().display(), file.rows());
                Err(corrupt(&format!("a value is said to be in row {row} of {path}, which has {rows} rows")))
            }
        }
    };
    (0..rows.len()).map(place).collect()
}

/// The rows of each of the bases, as they come.
pub(super) fn rows_of(places: &[Place], bases: usize) -> Vec<Vec<u64>> {
    let mut rows = vec![Vec::new(); bases];
    for place in places {
        if let Place::Base(base, row) = place {
            rows[*base as usize].push(u64::from(*row));
        }
    }
    rows
}
