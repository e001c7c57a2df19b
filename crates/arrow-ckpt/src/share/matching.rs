//! Which rows of earlier files hold the values of a column.
//!
//! Pipelines keep the order of their rows as a rule, so the next value is looked for behind the one before it, in a window, and only then
//! in a table of all.

use std::collections::HashSet;
use std::sync::Arc;

use super::candidate::CandidateColumn;
use super::digest::{BLOCK_ROWS, Digest, DigestKind, Digests, NONE};
use super::scatter::{DECODED, Scattered};

/// How far behind the last value the next one is looked for: filters leave rows out.
const WINDOW: usize = 16;
/// A column refers to values elsewhere where at least one in so many of its rows is found there,
const FOUND: usize = 4;

/// The rows of one row group of a column that other files hold.
#[derive(Debug, Clone)]
pub struct Matches {
    /// For each row its row in the holder; -1 where it has a value of its own.
    pub rows: Vec<i64>,
    /// For each row which of the columns that were looked through.
    pub columns: Vec<u8>,
    /// Rows that were found.
    pub found: usize,
    /// Different ones among them.
    pub distinct: usize,
    /// Where they lie, of columns in which they are in another order.
    pub scattered: Vec<Scattered>,
}

impl Matches {
    /// Each row that was found: its row in the holder, and the column.
    pub fn pairs(&self) -> impl Iterator<Item = (i64, usize)> {
        let all = self.rows.iter().zip(&self.columns);
        all.filter(|(row, _)| **row >= 0).map(|(row, column)| (*row, usize::from(*column)))
    }

    /// How many rows were found in each of the `columns` that were looked through.
    #[must_use]
    pub fn counts(&self, columns: usize) -> Vec<usize> {
        let mut counts = vec![0; columns];
        self.pairs().for_each(|(_, column)| counts[column] += 1);
        counts
    }

    /// Rows that were found in these columns have values of their own after all.
    fn give_up(&mut self, columns: &[bool]) {
        for (row, column) in self.rows.iter_mut().zip(&self.columns) {
            if *row >= 0 && columns[usize::from(*column)] {
                *row = -1;
                self.found -= 1;
            }
        }
    }
}

/// Looks for the values of a column in those of candidates.
pub struct Matching<'a> {
    candidates: &'a [Arc<CandidateColumn>],
    /// The last one that was found: candidate and index of the digest.
    last: Option<(usize, usize)>,
}

impl<'a> Matching<'a> {
    /// `candidates`: of the same type, and not more than a byte can count.
    #[must_use]
    pub fn new(candidates: &'a [Arc<CandidateColumn>]) -> Self {
        Self { candidates, last: None }
    }

    /// The rows that are worth referring to; none where it does not pay. `first`: the number of the first row in its file. `most`: so many
    /// rows may be decoded for one that is wanted where they are in another order, [`DECODED`] where they are not.
    #[must_use]
    pub fn find(mut self, digests: &Digests, rows: usize, first: u64, most: u64) -> Option<Matches> {
        let mut found = Matches {
            rows: vec![-1; rows],
            columns: vec![0; rows],
            found: 0,
            distinct: 0,
            scattered: Vec::new(),
        };
        let mut is_first = true;
        for (at, digest) in digests.digests.iter().enumerate() {
            if *digest == NONE {
                continue;
            }
            let guess = self.guess(digests.kind, digest, first).filter(|_| is_first);
            is_first = false;
            let Some((candidate, index)) = guess.or_else(|| self.look(digests.kind, digest)) else {
                continue;
            };
            self.last = Some((candidate, index));
            let start = self.candidates[candidate].row_of(index) as i64;
            let (from, to) = match digests.kind {
                DigestKind::Values => (at, at + 1),
                DigestKind::Blocks => (at * BLOCK_ROWS, ((at + 1) * BLOCK_ROWS).min(rows)),
            };
            for row in from..to {
                found.rows[row] = start + (row - from) as i64;
                found.columns[row] = candidate as u8;
            }
            found.found += to - from;
        }
        self.keep_one_of_each_file(&mut found);
        self.pays(&mut found, rows, most).then_some(found)
    }

    /// A column refers to one column of each file: to that which has most of its values, of several the first.
    fn keep_one_of_each_file(&self, matches: &mut Matches) {
        let counts = matches.counts(self.candidates.len());
        let file = |at: usize| self.candidates[at].candidate;
        let gives_way = |at: usize| {
            let of_file = (0..counts.len()).filter(|other| *other != at && file(*other) == file(at));
            of_file
                .into_iter()
                .any(|other| counts[other] > counts[at] || (counts[other] == counts[at] && other < at))
        };
        let given_up: Vec<bool> =
            counts.iter().enumerate().map(|(at, count)| *count > 0 && gives_way(at)).collect();
        matches.give_up(&given_up);
    }

    /// Which is the first of these that other files hold. `first`: the number of its row in the file.
    #[must_use]
    pub fn first_found(&self, kind: DigestKind, digests: &[Digest], first: u64) -> Option<usize> {
        let found = |(at, digest): (usize, &Digest)| {
            let guess = if at == 0 { self.guess(kind, digest, first) } else { None };
            *digest != NONE && guess.or_else(|| self.look(kind, digest)).is_some()
        };
        digests.iter().enumerate().position(found)
    }

    /// The first row of a step that kept all is where it was.
    fn guess(&self, kind: DigestKind, digest: &Digest, first: u64) -> Option<(usize, usize)> {
        let candidate = self.candidates.iter().position(|candidate| candidate.kind == kind)?;
        let index = self.candidates[candidate].index_at(first)?;
        (self.candidates[candidate].digests.get(index) == Some(digest)).then_some((candidate, index))
    }

    fn look(&self, kind: DigestKind, digest: &Digest) -> Option<(usize, usize)> {
        if let Some((candidate, index)) = self.last {
            let digests = &self.candidates[candidate].digests;
            let window = digests.get(index + 1..(index + 1 + WINDOW).min(digests.len())).unwrap_or_default();
            // An unnested row has the value of the one before it.
            if digests[index] == *digest {
                return Some((candidate, index));
            }
            if let Some(ahead) = window.iter().position(|other| other == digest) {
                return Some((candidate, index + 1 + ahead));
            }
        }
        let of_kind = self.candidates.iter().enumerate().filter(|(_, candidate)| candidate.kind == kind);
        of_kind.into_iter().find_map(|(at, candidate)| Some((at, candidate.find(digest)?)))
    }

    /// Whether enough is found, and not too much must be read for it. Columns of which too little is wanted are given up.
    fn pays(&self, matches: &mut Matches, rows: usize, most: u64) -> bool {
        let mut wanted = vec![HashSet::new(); self.candidates.len()];
        let mut last = vec![(-1, true); self.candidates.len()];
        for (row, column) in matches.pairs() {
            wanted[column].insert(row as u64);
            last[column] = (row, last[column].1 && row >= last[column].0);
        }
        let mut given_up = Vec::with_capacity(wanted.len());
        let counts = matches.counts(wanted.len());
        let columns = self.candidates.iter().zip(&wanted).zip(counts).zip(last);
        for (((column, rows), count), (_, in_order)) in columns {
            let pages = column.pages_of(rows);
            let decoded = column.values_of(pages.iter().copied());
            let most = if in_order { DECODED } else { most };
            let is_dear = decoded > most * count as u64;
            given_up.push(is_dear);
            if !is_dear {
                matches.distinct += rows.len();
                let scattered = Scattered { column: Arc::clone(column), pages, rows: count as u64 };
                matches.scattered.extend((!in_order).then_some(scattered));
            }
        }
        matches.give_up(&given_up);
        matches.found * FOUND >= rows && matches.found > 0
    }
}
