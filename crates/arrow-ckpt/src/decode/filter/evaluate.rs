//! A filter over the rows of a batch.

use std::cmp::Ordering;
use std::convert::Infallible;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMillisecondType, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_schema::{DataType, TimeUnit};

use super::compare::Numeric;
use super::{Filter, Literal, Op, Test};
use crate::decode::kinds::{Kind, Node, Render};

/// Milliseconds from 1970 to the ends of JavaScript's time (ECMA-262, 21.4.1.1): what lies beyond is a text to the facade.
pub(super) const MAX_DATE: u64 = 8_640_000_000_000_000;

/// For each row two answers: can the condition be true, can it be false?
#[derive(Debug, Clone)]
pub struct Verdicts {
    pub may_be_true: BooleanBuffer,
    pub may_be_false: BooleanBuffer,
}

impl Verdicts {
    pub fn both(rows: usize) -> Self {
        Self { may_be_true: BooleanBuffer::new_set(rows), may_be_false: BooleanBuffer::new_set(rows) }
    }

    fn certain(is_true: BooleanBuffer) -> Self {
        Self { may_be_false: !&is_true, may_be_true: is_true }
    }

    /// The verdicts over `rows` rows. `columns`: the arrays and nodes of the filter's columns by their index in the file.
    pub fn of(filter: &Filter, rows: usize, columns: &dyn Fn(usize) -> Option<(ArrayRef, Node)>) -> Self {
        let all =
            Self::combine(filter, rows, &|test| Ok::<_, Infallible>(Self::of_test(test, rows, columns)));
        all.unwrap_or_else(|never| match never {})
    }

    /// The verdicts over `rows` rows, made of those on each of the filter's tests.
    pub fn combine<E>(
        filter: &Filter,
        rows: usize,
        of_test: &dyn Fn(&Test) -> Result<Self, E>,
    ) -> Result<Self, E> {
        Ok(match filter {
            Filter::And(parts) => {
                let mut all = Self::certain(BooleanBuffer::new_set(rows));
                for part in parts {
                    let part = Self::combine(part, rows, of_test)?;
                    all.may_be_true = &all.may_be_true & &part.may_be_true;
                    all.may_be_false = &all.may_be_false | &part.may_be_false;
                }
                all
            }
            Filter::Or(parts) => {
                let mut all = Self::certain(BooleanBuffer::new_unset(rows));
                for part in parts {
                    let part = Self::combine(part, rows, of_test)?;
                    all.may_be_true = &all.may_be_true | &part.may_be_true;
                    all.may_be_false = &all.may_be_false & &part.may_be_false;
                }
                all
            }
            Filter::Not(part) => {
                let part = Self::combine(part, rows, of_test)?;
                Self { may_be_true: part.may_be_false, may_be_false: part.may_be_true }
            }
            Filter::Test(test) => of_test(test)?,
            Filter::Unknown => Self::both(rows),
        })
    }

    fn of_test(test: &Test, rows: usize, columns: &dyn Fn(usize) -> Option<(ArrayRef, Node)>) -> Self {
        let Some((array, node)) = columns(test.column) else { return Self::both(rows) };
        let Some((array, node, absent)) = descend(&array, &node, &test.path) else { return Self::both(rows) };
        let Some(is_true) = matches(&array, &node, absent.as_ref(), test) else { return Self::both(rows) };
        let mut verdicts = Self::certain(is_true);
        for beside in &test.beside {
            let Some((texts, _)) = columns(*beside) else { return Self::both(rows) };
            // A text beside the value: the value is another.
            let there =
                texts.nulls().map_or_else(|| BooleanBuffer::new_set(rows), |nulls| nulls.inner().clone());
            verdicts.may_be_true = &verdicts.may_be_true | &there;
            verdicts.may_be_false = &verdicts.may_be_false | &there;
        }
        verdicts
    }
}

/// The leaf at the end of a path into structs, and where a struct on the way is null.
fn descend(array: &ArrayRef, node: &Node, path: &[usize]) -> Option<(ArrayRef, Node, Option<NullBuffer>)> {
    let (mut array, mut node, mut absent) = (array.clone(), node.clone(), None);
    for index in path {
        absent = NullBuffer::union(absent.as_ref(), array.nulls());
        let child = node.children.get(*index)?.clone();
        array = array.as_struct_opt()?.columns().get(*index)?.clone();
        node = child;
    }
    Some((array, node, absent))
}

/// Which rows the test holds for; `None` where the values of the column are not known to be of one kind.
fn matches(array: &ArrayRef, node: &Node, absent: Option<&NullBuffer>, test: &Test) -> Option<BooleanBuffer> {
    let valid = NullBuffer::union(array.logical_nulls().as_ref(), absent);
    let rows = array.len();
    let wants_null = test.op == Op::In && test.values.iter().any(|value| matches!(value, Literal::Null));
    let nulls = || valid.as_ref().map_or_else(|| BooleanBuffer::new_unset(rows), |valid| !valid.inner());
    if node.kind == Kind::Null {
        return Some(if wants_null { BooleanBuffer::new_set(rows) } else { BooleanBuffer::new_unset(rows) });
    }
    let mut hits = of_values(array, node.kind, test)?;
    if let Some(valid) = &valid {
        hits = &hits & valid.inner();
    }
    Some(if wants_null { &hits | &nulls() } else { hits })
}

/// The same for the values, nulls aside: what stands under them may be anything.
fn of_values(array: &ArrayRef, kind: Kind, test: &Test) -> Option<BooleanBuffer> {
    let rows = array.len();
    match kind {
        Kind::F64 | Kind::Int => {
            let wanted =
                Numbers { op: test.op, values: test.values.iter().filter_map(Numeric::of).collect() };
            Some(match array.data_type() {
                DataType::Float64 => floats::<Float64Type>(array, &wanted),
                DataType::Float32 => floats::<Float32Type>(array, &wanted),
                DataType::Int8 => integers::<Int8Type>(array, &wanted),
                DataType::Int16 => integers::<Int16Type>(array, &wanted),
                DataType::Int32 => integers::<Int32Type>(array, &wanted),
                DataType::Int64 => integers::<Int64Type>(array, &wanted),
                DataType::UInt8 => integers::<UInt8Type>(array, &wanted),
                DataType::UInt16 => integers::<UInt16Type>(array, &wanted),
                DataType::UInt32 => integers::<UInt32Type>(array, &wanted),
                DataType::UInt64 => integers::<UInt64Type>(array, &wanted),
                _ => return None,
            })
        }
        Kind::Bool => {
            let bools = array.as_boolean_opt()?.values().clone();
            let [no, yes] = [false, true].map(|value| {
                test.holds(|literal| match literal {
                    Literal::Bool(other) => Some(value.cmp(other)),
                    _ => None,
                })
            });
            Some(match (no, yes) {
                (true, true) => BooleanBuffer::new_set(rows),
                (false, false) => BooleanBuffer::new_unset(rows),
                (false, true) => bools,
                (true, false) => !&bools,
            })
        }
        Kind::Text(Render::Utf8) => {
            let texts = array.as_string_opt::<i32>()?;
            Some(BooleanBuffer::collect_bool(rows, |row| test.holds_for_text(texts.value(row))))
        }
        Kind::Dict => {
            let dictionary = array.as_dictionary_opt::<Int32Type>()?;
            let texts = dictionary.values().as_string_opt::<i32>()?;
            // Each text once, however many rows have it.
            let hits: Vec<bool> =
                (0..texts.len()).map(|index| test.holds_for_text(texts.value(index))).collect();
            let keys = dictionary.keys().values();
            Some(BooleanBuffer::collect_bool(rows, |row| {
                usize::try_from(keys[row]).is_ok_and(|key| hits.get(key).copied().unwrap_or(false))
            }))
        }
        Kind::Timestamp if matches!(array.data_type(), DataType::Timestamp(TimeUnit::Millisecond, _)) => {
            let times = array.as_primitive_opt::<TimestampMillisecondType>()?.values();
            if times.iter().any(|time| time.unsigned_abs() > MAX_DATE) {
                return None;
            }
            Some(BooleanBuffer::collect_bool(rows, |row| {
                test.holds(|literal| match literal {
                    Literal::Date(other) => (times[row] as f64).partial_cmp(other),
                    _ => None,
                })
            }))
        }
        _ => None,
    }
}

struct Numbers {
    op: Op,
    values: Vec<Numeric>,
}

impl Numbers {
    fn holds(&self, compare: impl Fn(Numeric) -> Option<Ordering>) -> bool {
        self.values.iter().any(|value| compare(*value).is_some_and(|order| self.op.holds(order)))
    }
}

fn integers<T: ArrowPrimitiveType>(array: &ArrayRef, wanted: &Numbers) -> BooleanBuffer
where
    T::Native: Into<i128>,
{
    let values = array.as_primitive::<T>().values();
    BooleanBuffer::collect_bool(values.len(), |row| {
        wanted.holds(|other| other.compare_integer(values[row].into()))
    })
}

fn floats<T: ArrowPrimitiveType>(array: &ArrayRef, wanted: &Numbers) -> BooleanBuffer
where
    T::Native: Into<f64>,
{
    let values = array.as_primitive::<T>().values();
    // NaN is equal to NaN here, as it is to the facade.
    let wants_nan = wanted.op == Op::In && wanted.values.iter().any(|value| value.is_nan());
    BooleanBuffer::collect_bool(values.len(), |row| {
        let value: f64 = values[row].into();
        (wants_nan && value.is_nan()) || wanted.holds(|other| other.compare_float(value))
    })
}

impl Test {
    fn holds(&self, compare: impl Fn(&Literal) -> Option<Ordering>) -> bool {
        self.values.iter().any(|value| compare(value).is_some_and(|order| self.op.holds(order)))
    }

    fn holds_for_text(&self, text: &str) -> bool {
        self.holds(|literal| match literal {
            // UTF-8 is ordered by code points.
            Literal::Text(other) => Some(text.cmp(other)),
            _ => None,
        })
    }
}

impl Op {
    pub(super) fn holds(self, order: Ordering) -> bool {
        match self {
            Self::In => order == Ordering::Equal,
            Self::Lt => order == Ordering::Less,
            Self::Lte => order != Ordering::Greater,
            Self::Gt => order == Ordering::Greater,
            Self::Gte => order != Ordering::Less,
        }
    }
}
