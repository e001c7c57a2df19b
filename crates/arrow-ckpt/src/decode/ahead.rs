//! Values in other files for several row groups at once. Where the rows of a checkpoint are in another order than those that they refer to,
//! each of its row groups has values in all pages of a holder: without this each would have all of them inflated again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::held_rows::HeldRows;

/// What is at hand for later row groups of a scan.
#[derive(Default)]
pub(super) struct Ahead {
    /// The row groups all rows of which are read; none where rows may be left out.
    groups: Vec<usize>,
    /// By column.
    kept: Mutex<HashMap<usize, Kept>>,
}

/// Values of one column, all of them decoded.
pub(super) struct Kept {
    /// By base.
    pub held: Vec<HeldRows>,
    /// The last row group that they are for.
    pub until: usize,
}

impl Ahead {
    /// For a scan that reads all rows of these row groups, one after the other.
    pub fn of(groups: Vec<usize>) -> Self {
        Self { groups, kept: Mutex::default() }
    }

    /// The row groups that are read after this one.
    pub fn after(&self, group: usize) -> impl Iterator<Item = usize> {
        self.groups.iter().copied().filter(move |next| *next > group)
    }

    pub fn keep(&self, column: usize, kept: Kept) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(column, kept);
    }

    /// What there is for a row group. It is the caller's then.
    pub fn take(&self, column: usize, group: usize) -> Option<Kept> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(&column);
        kept.filter(|kept| kept.until >= group)
    }
}
