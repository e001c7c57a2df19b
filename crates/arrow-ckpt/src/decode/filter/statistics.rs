//! A filter over a whole row group, by the statistics in the footer and by bloom filters: they tell without a look at the rows that none
//! can be wanted, or that all are.
//!
//! Statistics of floating-point numbers say nothing of NaN, so they never prove that all rows match. Those that old writers ordered by
//! signed bytes are not used.

use std::cmp::Ordering;

use parquet::basic::Type as Physical;
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use parquet::file::statistics::Statistics;
use parquet::schema::types::ColumnDescriptor;

use super::compare::Numeric;
use super::evaluate::MAX_DATE;
use super::{Filter, Literal, Op, Test};
use crate::decode::kinds::{Kind, Node, Render};
use crate::error::Result;

/// For a row group two answers: can the condition be true of any row, can it be false of any row?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Possible {
    pub to_be_true: bool,
    pub to_be_false: bool,
}

pub(super) const BOTH: Possible = Possible { to_be_true: true, to_be_false: true };

/// The node and the Parquet column at the end of a path from a top-level column.
pub type FindLeaf<'a> = dyn Fn(usize, &[usize]) -> Option<(Node, usize)> + 'a;

/// Whether a test for equality may hold for a value of a Parquet column of the row group, as its bloom filter says.
pub type Bloom<'a> = dyn Fn(usize, &Test) -> Result<bool> + 'a;

/// What the statistics, and then the bloom filters, leave possible.
pub fn possible(
    filter: &Filter,
    group: &RowGroupMetaData,
    leaf: &FindLeaf,
    bloom: &Bloom,
) -> Result<Possible> {
    let each = |parts: &[Filter]| -> Result<Vec<Possible>> {
        parts.iter().map(|part| possible(part, group, leaf, bloom)).collect()
    };
    Ok(match filter {
        Filter::And(parts) => {
            each(parts)?.into_iter().fold(Possible { to_be_true: true, to_be_false: false }, |all, part| {
                Possible {
                    to_be_true: all.to_be_true && part.to_be_true,
                    to_be_false: all.to_be_false || part.to_be_false,
                }
            })
        }
        Filter::Or(parts) => {
            each(parts)?.into_iter().fold(Possible { to_be_true: false, to_be_false: true }, |all, part| {
                Possible {
                    to_be_true: all.to_be_true || part.to_be_true,
                    to_be_false: all.to_be_false && part.to_be_false,
                }
            })
        }
        Filter::Not(part) => {
            let part = possible(part, group, leaf, bloom)?;
            Possible { to_be_true: part.to_be_false, to_be_false: part.to_be_true }
        }
        Filter::Test(test) => of_test(test, group, leaf, bloom)?,
        Filter::Unknown => BOTH,
    })
}

fn of_test(test: &Test, group: &RowGroupMetaData, leaf: &FindLeaf, bloom: &Bloom) -> Result<Possible> {
    let rows = group.num_rows().unsigned_abs();
    for exceptions in &test.beside {
        let texts = leaf(*exceptions, &[]).and_then(|(_, column)| null_count(group.column(column)));
        if texts != Some(rows) {
            return Ok(BOTH);
        }
    }
    let Some((node, column)) = leaf(test.column, &test.path) else { return Ok(BOTH) };
    let chunk = group.column(column);
    let mut possible = of_leaf(test, node.kind, chunk.column_descr(), chunk.statistics(), rows);
    // Nulls are not in the filter.
    if possible.of_values.to_be_true && !bloom(column, test)? {
        possible.of_values.to_be_true = false;
    }
    Ok(possible.of_all())
}

/// What is possible for the nulls of a leaf, and for its values.
pub(super) struct OfLeaf {
    of_nulls: Possible,
    of_values: Possible,
}

impl OfLeaf {
    const BOTH: Self = Self { of_nulls: BOTH, of_values: BOTH };

    pub(super) fn of_all(&self) -> Possible {
        Possible {
            to_be_true: self.of_nulls.to_be_true || self.of_values.to_be_true,
            to_be_false: self.of_nulls.to_be_false || self.of_values.to_be_false,
        }
    }
}

/// What the statistics of `rows` rows of a leaf, a chunk's or a page's, leave possible.
pub(super) fn of_leaf(
    test: &Test,
    kind: Kind,
    column: &ColumnDescriptor,
    statistics: Option<&Statistics>,
    rows: u64,
) -> OfLeaf {
    // A null of a struct on the way is one of the leaf, too.
    let Some(nulls) = statistics.and_then(Statistics::null_count_opt) else { return OfLeaf::BOTH };
    let wants_null = test.op == Op::In && test.values.iter().any(|value| matches!(value, Literal::Null));
    let of_nulls = Possible { to_be_true: wants_null && nulls > 0, to_be_false: !wants_null && nulls > 0 };
    let of_values = if nulls == rows {
        Possible { to_be_true: false, to_be_false: false }
    } else {
        of_values(test, kind, column, statistics)
    };
    OfLeaf { of_nulls, of_values }
}

fn null_count(chunk: &ColumnChunkMetaData) -> Option<u64> {
    chunk.statistics().and_then(Statistics::null_count_opt)
}

fn of_values(
    test: &Test,
    kind: Kind,
    column: &ColumnDescriptor,
    statistics: Option<&Statistics>,
) -> Possible {
    let Some(statistics) = statistics.filter(|statistics| !statistics.is_min_max_deprecated()) else {
        return BOTH;
    };
    let signed = column.sort_order() == parquet::basic::SortOrder::SIGNED;
    match (kind, statistics) {
        (Kind::Int, Statistics::Int64(range)) if signed => bounds(
            range.min_opt().copied(),
            range.max_opt().copied(),
            |value| numeric(test, |other| other.compare_integer(i128::from(*value))),
            test,
        ),
        (Kind::Int, Statistics::Int32(range)) if signed => bounds(
            range.min_opt().copied(),
            range.max_opt().copied(),
            |value| numeric(test, |other| other.compare_integer(i128::from(*value))),
            test,
        ),
        (Kind::F64, Statistics::Double(range)) => {
            floats(range.min_opt().copied(), range.max_opt().copied(), test)
        }
        (Kind::F64, Statistics::Float(range)) => {
            floats(range.min_opt().copied().map(f64::from), range.max_opt().copied().map(f64::from), test)
        }
        (Kind::Text(Render::Utf8) | Kind::Dict, Statistics::ByteArray(range))
            if column.physical_type() == Physical::BYTE_ARRAY =>
        {
            // The bounds may be shortened: they still are bounds, but not values of rows.
            bounds(range.min_opt(), range.max_opt(), |value| texts(test, value.data()), test)
        }
        (Kind::Timestamp, Statistics::Int64(range))
            if is_milliseconds(column)
                && [range.min_opt(), range.max_opt()]
                    .into_iter()
                    .flatten()
                    .all(|time| time.unsigned_abs() <= MAX_DATE) =>
        {
            bounds(
                range.min_opt().copied(),
                range.max_opt().copied(),
                |value| dates(test, *value as f64),
                test,
            )
        }
        _ => BOTH,
    }
}

fn is_milliseconds(column: &ColumnDescriptor) -> bool {
    use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
    match column.logical_type_ref() {
        Some(LogicalType::Timestamp(time)) => time.unit == TimeUnit::MILLIS,
        Some(_) => false,
        None => column.converted_type() == ConvertedType::TIMESTAMP_MILLIS,
    }
}

/// How a bound compares with each of the test's values; `None` for those of another kind.
type Orders = Vec<Option<Ordering>>;

fn numeric(test: &Test, order: impl Fn(Numeric) -> Option<Ordering>) -> Orders {
    test.values.iter().map(|value| Numeric::of(value).and_then(&order)).collect()
}

fn texts(test: &Test, bound: &[u8]) -> Orders {
    let compare = |value: &Literal| match value {
        Literal::Text(other) => Some(bound.cmp(other.as_bytes())),
        _ => None,
    };
    test.values.iter().map(compare).collect()
}

fn dates(test: &Test, bound: f64) -> Orders {
    let compare = |value: &Literal| match value {
        Literal::Date(other) => bound.partial_cmp(other),
        _ => None,
    };
    test.values.iter().map(compare).collect()
}

fn floats(min: Option<f64>, max: Option<f64>, test: &Test) -> Possible {
    if min.is_none_or(f64::is_nan) || max.is_none_or(f64::is_nan) {
        return BOTH;
    }
    let wants_nan = test.op == Op::In && test.values.iter().filter_map(Numeric::of).any(Numeric::is_nan);
    let known = bounds(min, max, |value| numeric(test, |other| other.compare_float(*value)), test);
    Possible { to_be_true: known.to_be_true || wants_nan, to_be_false: true }
}

fn bounds<T>(min: Option<T>, max: Option<T>, orders: impl Fn(&T) -> Orders, test: &Test) -> Possible {
    let (Some(min), Some(max)) = (min, max) else { return BOTH };
    let (lows, highs) = (orders(&min), orders(&max));
    let mut may_hold = false;
    let mut must_hold = false;
    for (low, high) in lows.into_iter().zip(highs) {
        let (Some(low), Some(high)) = (low, high) else { continue };
        match test.op {
            Op::In => may_hold |= low != Ordering::Greater && high != Ordering::Less,
            Op::Lt | Op::Lte => {
                may_hold |= test.op.holds(low);
                must_hold |= test.op.holds(high);
            }
            Op::Gt | Op::Gte => {
                may_hold |= test.op.holds(high);
                must_hold |= test.op.holds(low);
            }
        }
    }
    Possible { to_be_true: may_hold, to_be_false: !must_hold }
}
