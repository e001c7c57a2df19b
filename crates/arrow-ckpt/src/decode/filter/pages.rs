//! A filter's test over the rows of a row group, page by page, by what the column index says of each.

use arrow_buffer::BooleanBufferBuilder;
use parquet::basic::Type as Physical;
use parquet::data_type::ByteArray;
use parquet::file::statistics::{Statistics, ValueStatistics};
use parquet::schema::types::ColumnDescriptor;

use super::Test;
use super::evaluate::Verdicts;
use super::statistics::of_leaf;
use crate::decode::index::{ChunkPages, PageBounds};
use crate::decode::kinds::Kind;

/// A chunk whose pages have an index.
pub struct IndexedChunk<'a> {
    pub kind: Kind,
    pub column: &'a ColumnDescriptor,
    pub pages: &'a ChunkPages,
    pub bounds: PageBounds,
}

impl Verdicts {
    /// The verdicts on a test over `rows` rows. `beside`: the chunks with texts that may stand beside the value.
    pub fn of_pages(test: &Test, rows: usize, values: &IndexedChunk, beside: &[IndexedChunk]) -> Self {
        let (mut may_be_true, mut may_be_false) =
            (BooleanBufferBuilder::new(rows), BooleanBufferBuilder::new(rows));
        for page in 0..values.pages.pages.len() {
            let count = values.pages.rows(page).len();
            let statistics = statistics(values, page);
            let left = of_leaf(test, values.kind, values.column, statistics.as_ref(), count as u64).of_all();
            may_be_true.append_n(count, left.to_be_true);
            may_be_false.append_n(count, left.to_be_false);
        }
        let mut verdicts = Self { may_be_true: may_be_true.finish(), may_be_false: may_be_false.finish() };
        for texts in beside {
            let mut there = BooleanBufferBuilder::new(rows);
            for (page, nulls) in texts.bounds.nulls.iter().enumerate() {
                let count = texts.pages.rows(page).len();
                there.append_n(count, *nulls < count as u64);
            }
            let there = there.finish();
            verdicts.may_be_true = &verdicts.may_be_true | &there;
            verdicts.may_be_false = &verdicts.may_be_false | &there;
        }
        verdicts
    }
}

/// The statistics of a page as those of a chunk are; `None` where the index is not of the column's type.
fn statistics(chunk: &IndexedChunk, page: usize) -> Option<Statistics> {
    let nulls = Some(*chunk.bounds.nulls.get(page)?);
    let (low, high) = match chunk.bounds.bounds.get(page)? {
        Some((low, high)) => (Some(low), Some(high)),
        None => (None, None),
    };
    let word = |bytes: Option<&Vec<u8>>| match bytes {
        Some(bytes) => <[u8; 8]>::try_from(bytes.as_slice()).ok().map(Some),
        None => Some(None),
    };
    Some(match chunk.column.physical_type() {
        Physical::INT64 => {
            let (low, high) = (word(low)?.map(i64::from_le_bytes), word(high)?.map(i64::from_le_bytes));
            Statistics::Int64(ValueStatistics::new(low, high, None, nulls, false))
        }
        Physical::DOUBLE => {
            let (low, high) = (word(low)?.map(f64::from_le_bytes), word(high)?.map(f64::from_le_bytes));
            Statistics::Double(ValueStatistics::new(low, high, None, nulls, false))
        }
        Physical::BYTE_ARRAY => {
            let bytes = |bytes: Option<&Vec<u8>>| bytes.map(|bytes| ByteArray::from(bytes.clone()));
            Statistics::ByteArray(ValueStatistics::new(bytes(low), bytes(high), None, nulls, false))
        }
        _ => return None,
    })
}
