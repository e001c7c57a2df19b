//! Values of row groups that lie scattered in another file. Whoever loads the rows inflates all pages that have one: for the values of two
//! row groups one after the other at once, if these are in no order there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::candidate::CandidateColumn;

/// A column refers to values elsewhere where at most so many rows must be decoded for one that is wanted.
pub const DECODED: u64 = 4;
/// Of a row group whose rows are in another order: the next one has the same pages, if the file has that many.
pub const DECODED_ALONE: u64 = 2 * DECODED;

/// The pages of another file that have values of one row group.
#[derive(Debug, Clone)]
pub struct Scattered {
    /// Whose.
    pub column: Arc<CandidateColumn>,
    /// Ascending.
    pub pages: Vec<u32>,
    /// Rows that have these values.
    pub rows: u64,
}

/// By row group, of the column of a file that is written: those whose rows are in another order than in the other file.
pub type ByGroup = BTreeMap<usize, Vec<Scattered>>;

/// Whether too much would be decoded for all of them.
#[must_use]
pub fn is_dear(groups: &ByGroup) -> bool {
    let (mut decoded, mut wanted) = (0, 0);
    let mut before = None;
    for (group, parts) in groups {
        let pair = before.take().filter(|(other, _)| *other + 1 == *group);
        wanted += parts.iter().map(|part| part.rows).sum::<u64>();
        if let Some((_, first)) = pair {
            decoded += added(parts, first);
        } else {
            decoded += added(parts, &[]);
            before = Some((*group, parts));
        }
    }
    decoded > DECODED * wanted
}

/// What is decoded for these where those are decoded already.
fn added(parts: &[Scattered], known: &[Scattered]) -> u64 {
    let of = |part: &Scattered| {
        let known = known.iter().filter(|other| Arc::ptr_eq(&other.column, &part.column));
        let known: BTreeSet<u32> = known.flat_map(|other| &other.pages).copied().collect();
        let new = part.pages.iter().filter(|page| !known.contains(page));
        part.column.values_of(new.copied())
    };
    parts.iter().map(of).sum()
}
