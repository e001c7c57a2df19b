//! Minimum and maximum of floating-point numbers, so that every reader takes them right.
//!
//! parquet-rs orders floating-point numbers by IEEE 754's total order, leaves NaN out of the bounds, and says so with a column order that
//! most readers do not know. Our files have the order that all readers know ([`type_defined_orders`]), and it leaves two questions open:
//!
//! - Where does NaN belong? To Spark and `DataFusion` it is the greatest number: bounds without it lose its rows. So a chunk with a NaN has
//!   no bounds, and no column index either, for an index has bounds for every page or for none. `DataFusion` also takes the bounds of those
//!   chunks that have some for the bounds of the file, so that no chunk of such a leaf has any ([`without_bounds`]).
//! - Is -0 less than 0? Readers differ. A minimum of 0 is written as -0 and a maximum of -0 as 0, as the format asks of writers.

use std::ops::Neg;

use parquet::basic::{BoundaryOrder, Type as Physical};
use parquet::data_type::AsBytes;
use parquet::file::metadata::{ColumnChunkMetaData, ColumnIndexBuilder, LevelHistogram};
use parquet::file::page_index::column_index::{ColumnIndexMetaData, PrimitiveColumnIndex};
use parquet::file::statistics::{Statistics, ValueStatistics};

use crate::error::{CkptError, Result};

/// `f32` or `f64`.
trait Float: Copy + PartialEq + Default + Neg<Output = Self> + AsBytes {}
impl Float for f32 {}
impl Float for f64 {}

fn as_minimum<T: Float>(value: T) -> T {
    if value == T::default() { -T::default() } else { value }
}

fn as_maximum<T: Float>(value: T) -> T {
    if value == T::default() { T::default() } else { value }
}

/// What the footer says of a chunk's values.
pub fn chunk_statistics(written: &Statistics) -> Statistics {
    match written {
        Statistics::Float(values) => Statistics::Float(of_floats(values)),
        Statistics::Double(values) => Statistics::Double(of_floats(values)),
        other => other.clone(),
    }
}

fn of_floats<T: Float>(values: &ValueStatistics<T>) -> ValueStatistics<T> {
    let nans = values.nan_count_opt();
    let known = |bound: Option<&T>| bound.copied().filter(|_| nans == Some(0));
    let (min, max) = (known(values.min_opt()).map(as_minimum), known(values.max_opt()).map(as_maximum));
    // A zero may stand for the other one.
    let exact = |bound: Option<T>, is: bool| is && bound.is_some_and(|value| value != T::default());
    ValueStatistics::new(min, max, values.distinct_count(), values.null_count_opt(), false)
        .with_min_is_exact(exact(min, values.min_is_exact()))
        .with_max_is_exact(exact(max, values.max_is_exact()))
        .with_nan_count(nans)
}

/// Whether a chunk may hold a NaN, as its statistics say; a chunk of nothing but nulls does not count them.
pub fn may_have_nan(chunk: &ColumnChunkMetaData) -> bool {
    let (nans, nulls) = match chunk.statistics() {
        Some(Statistics::Float(values)) => (values.nan_count_opt(), values.null_count_opt()),
        Some(Statistics::Double(values)) => (values.nan_count_opt(), values.null_count_opt()),
        _ => return false,
    };
    nans != Some(0) && nulls != u64::try_from(chunk.num_values()).ok()
}

/// What the footer says of a chunk whose leaf has a NaN in some row group.
pub fn without_bounds(statistics: &Statistics) -> Statistics {
    match statistics {
        Statistics::Float(values) => Statistics::Float(unbounded(values)),
        Statistics::Double(values) => Statistics::Double(unbounded(values)),
        other => other.clone(),
    }
}

fn unbounded<T: Float>(values: &ValueStatistics<T>) -> ValueStatistics<T> {
    ValueStatistics::new(None, None, values.distinct_count(), values.null_count_opt(), false)
        .with_nan_count(values.nan_count_opt())
}

/// The column index of a chunk, if it has one that holds for every page: none where a page has a NaN.
pub fn column_index(written: &ColumnIndexMetaData) -> Result<Option<ColumnIndexMetaData>> {
    match written {
        ColumnIndexMetaData::FLOAT(pages) => index_of_floats(written, pages, Physical::FLOAT),
        ColumnIndexMetaData::DOUBLE(pages) => index_of_floats(written, pages, Physical::DOUBLE),
        other => Ok(Some(other.clone())),
    }
}

fn index_of_floats<T: Float>(
    written: &ColumnIndexMetaData,
    pages: &PrimitiveColumnIndex<T>,
    physical: Physical,
) -> Result<Option<ColumnIndexMetaData>> {
    let histogram = |levels: Option<&[i64]>| levels.map(|levels| LevelHistogram::from(levels.to_vec()));
    let mut index = ColumnIndexBuilder::new(physical);
    for page in 0..pages.num_pages() as usize {
        let Some(nulls) = pages.null_count(page) else { return Ok(None) };
        if pages.nan_count(page) != Some(0) {
            return Ok(None);
        }
        let bytes = |bound: Option<T>| bound.map_or_else(Vec::new, |value| value.as_bytes().to_vec());
        let min = bytes(pages.min_value(page).copied().map(as_minimum));
        let max = bytes(pages.max_value(page).copied().map(as_maximum));
        index.append(pages.is_null_page(page), min, max, nulls, Some(0));
        index.append_histograms(
            &histogram(pages.repetition_level_histogram(page)),
            &histogram(pages.definition_level_histogram(page)),
        );
    }
    index.set_boundary_order(written.get_boundary_order().unwrap_or(BoundaryOrder::UNORDERED));
    Ok(Some(index.build().map_err(CkptError::internal)?))
}

/// In the Thrift bytes of a footer, makes the column order of each of its `leaves` the one that all readers know. They are its last field:
/// a list of unions, of which each is three bytes, the number and type of the member (an empty struct), its end, and the end of the union.
pub fn type_defined_orders(footer: &mut [u8], leaves: usize) -> Result<()> {
    const TYPE_DEFINED: u8 = 0x1c;
    const IEEE_754_TOTAL: u8 = 0x2c;
    const END: u8 = 0;
    let unexpected = || CkptError::internal("the footer does not end in column orders");
    let (last, fields) = footer.split_last_mut().ok_or_else(unexpected)?;
    let start = fields.len().checked_sub(3 * leaves).ok_or_else(unexpected)?;
    if *last != END {
        return Err(unexpected());
    }
    for order in fields[start..].chunks_exact_mut(3) {
        if !matches!(order, [TYPE_DEFINED | IEEE_754_TOTAL, END, END]) {
            return Err(unexpected());
        }
        order[0] = TYPE_DEFINED;
    }
    Ok(())
}
