//! A column of texts or bytes that may share values with earlier files, while its row group fills. Its segments are encoded at once, as in
//! any save, for as long as no value of them is found elsewhere. From the first that is found on they are kept: what becomes of them
//! is known when all values of the row group are there.

use std::collections::VecDeque;
use std::sync::Arc;

use arrow_array::builder::BinaryBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};

use super::chunk::{ColumnEncoder, EncodedColumn, Segment};
use super::plan::{ColumnType, PlanNode};
use super::sharing::{SharedColumn, forget};
use crate::error::Result;
use crate::share::{CandidateColumn, DigestKind, Digester, Matches, Matching};

/// What is known so far.
pub struct Looking {
    words: String,
    candidates: Vec<Arc<CandidateColumn>>,
    /// The number of the row group's first row.
    first: u64,
    digester: Digester,
    /// Rows in front, none of which is found elsewhere.
    new: usize,
    /// Whether the row behind these is.
    found: bool,
    /// Rows that are encoded.
    encoded: usize,
    /// The rows behind.
    kept: VecDeque<Segment>,
}

impl Looking {
    /// No rows yet.
    pub fn new(kind: DigestKind, words: String, candidates: Vec<Arc<CandidateColumn>>, first: u64) -> Self {
        let digester = Digester::new(kind);
        Self { words, candidates, first, digester, new: 0, found: false, encoded: 0, kept: VecDeque::new() }
    }

    /// Takes in the next rows.
    pub fn add(&mut self, encoder: &mut ColumnEncoder, node: &PlanNode, segment: Segment) -> Result<()> {
        self.digester.add(&segment.array)?;
        self.kept.push_back(segment);
        if !self.found {
            self.look();
        }
        while let Some(next) = self.kept.front()
            && self.encoded + next.array.len() <= self.new
        {
            self.encoded += next.array.len();
            encoder.add(node, next)?;
            self.kept.pop_front();
        }
        Ok(())
    }

    /// Looks for the values that have digests by now and were not looked for.
    fn look(&mut self) {
        let (kind, digests) = (self.digester.kind(), self.digester.digests());
        let from = kind.count(self.new);
        let fresh = digests.get(from..).unwrap_or_default();
        let at = Matching::new(&self.candidates).first_found(kind, fresh, self.first + self.new as u64);
        self.found = at.is_some();
        self.new = kind.rows(from + at.unwrap_or(fresh.len()));
    }

    /// All rows are in: encodes what the column has of its own. `most`: see [`Matching::find`]; none if the column turned out to be one
    /// that is not to be shared.
    pub fn finish(
        self,
        mut encoder: ColumnEncoder,
        node: &PlanNode,
        column_type: ColumnType,
        most: Option<u64>,
    ) -> Result<EncodedColumn> {
        let rows = self.encoded + self.kept.iter().map(|segment| segment.array.len()).sum::<usize>();
        let mut digests = self.digester.finish()?;
        let find = |most| Matching::new(&self.candidates).find(&digests, rows, self.first, most);
        let matches = most.and_then(find);
        if let Some(matches) = &matches {
            let array = own_values(&self.kept, matches, self.encoded);
            encoder.add(node, &Segment { array, column_type: column_type.clone() })?;
            forget(&mut digests, matches);
        } else {
            self.kept.iter().try_for_each(|segment| encoder.add(node, segment))?;
        }
        let mut column = encoder.close(node, None, column_type)?;
        let Self { words, candidates, .. } = self;
        column.shared = most.map(|_| SharedColumn { digests, words, candidates, matches });
        Ok(column)
    }
}

/// The values of these rows, the first of which is row `from`, that are not found elsewhere; null in the other rows.
fn own_values(kept: &VecDeque<Segment>, matches: &Matches, from: usize) -> ArrayRef {
    let mut own = BinaryBuilder::new();
    let mut found = matches.rows[from..].iter().map(|row| *row >= 0);
    for segment in kept {
        for value in segment.array.as_binary::<i32>() {
            let is_own = found.next() == Some(false);
            own.append_option(value.filter(|_| is_own));
        }
    }
    Arc::new(own.finish())
}
