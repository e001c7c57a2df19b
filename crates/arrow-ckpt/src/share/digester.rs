//! The digests of a column that comes piece by piece.

use arrow_array::{Array, ArrayRef};
use arrow_select::concat::concat;

use super::digest::{BLOCK_ROWS, Digest, DigestKind, Digests, digests};
use crate::error::{CkptError, Result};

/// What has come of a row group.
pub struct Digester {
    found: Digests,
    /// The rows of the block that is not whole.
    rest: Vec<ArrayRef>,
    rest_rows: usize,
}

impl Digester {
    /// Nothing.
    #[must_use]
    pub fn new(kind: DigestKind) -> Self {
        Self { found: Digests { kind, digests: Vec::new() }, rest: Vec::new(), rest_rows: 0 }
    }

    /// What each digest is of.
    #[must_use]
    pub fn kind(&self) -> DigestKind {
        self.found.kind
    }

    /// The digests of values, or of whole blocks, so far.
    #[must_use]
    pub fn digests(&self) -> &[Digest] {
        &self.found.digests
    }

    /// Takes in the next rows.
    pub fn add(&mut self, array: &ArrayRef) -> Result<()> {
        if self.found.kind == DigestKind::Values {
            self.found.digests.extend(digests(array, DigestKind::Values)?);
            return Ok(());
        }
        let mut at = 0;
        while at < array.len() {
            let rows = (array.len() - at).min(BLOCK_ROWS - self.rest_rows);
            self.rest.push(array.slice(at, rows));
            self.rest_rows += rows;
            at += rows;
            if self.rest_rows == BLOCK_ROWS {
                self.end_block()?;
            }
        }
        Ok(())
    }

    fn end_block(&mut self) -> Result<()> {
        let parts: Vec<&dyn Array> = self.rest.iter().map(AsRef::as_ref).collect();
        let block = match &self.rest[..] {
            [] => return Ok(()),
            [one] => one.clone(),
            _ => concat(&parts).map_err(CkptError::internal)?,
        };
        self.found.digests.extend(digests(&block, DigestKind::Blocks)?);
        self.rest.clear();
        self.rest_rows = 0;
        Ok(())
    }

    /// All rows are in.
    pub fn finish(mut self) -> Result<Digests> {
        self.end_block()?;
        Ok(self.found)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::BinaryArray;

    use super::*;

    /// Texts of all lengths, nulls in one part of them only.
    fn texts(rows: usize) -> ArrayRef {
        let text = |row: usize| (row < 1500 || !row.is_multiple_of(7)).then(|| vec![row as u8; row % 40]);
        Arc::new((0..rows).map(text).collect::<BinaryArray>())
    }

    #[test]
    fn pieces_have_the_digests_of_the_whole_wherever_they_are_cut() {
        let whole = texts(5000);
        for kind in [DigestKind::Values, DigestKind::Blocks] {
            let wanted = digests(&whole, kind).unwrap();
            for cuts in
                [vec![], vec![1], vec![1024, 2048], vec![0, 700, 701, 1025, 4095, 4999], vec![2047, 4097]]
            {
                let mut digester = Digester::new(kind);
                let mut at = 0;
                for cut in cuts.into_iter().chain([whole.len()]) {
                    digester.add(&whole.slice(at, cut - at)).unwrap();
                    at = cut;
                }
                assert_eq!(digester.finish().unwrap(), Digests { kind, digests: wanted.clone() });
            }
        }
    }
}
