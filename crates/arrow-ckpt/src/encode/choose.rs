//! How each leaf of a column is stored: dictionary or not, which encoding, which codec. Decided on a sample of the leaf's own values,
//! spread evenly over the row group, because encoding everything both ways would cost more than it saves.
//!
//! - Dictionary only where few values are distinct: on every column it doubles zstd's time (1460 against 780 ms for 1M rows).
//! - Integers without a dictionary are delta encoded: runs and steps, the usual identifiers and counters, shrink to bits. Those far apart
//!   are not: see `deltas.rs`.
//! - No dictionary where a floating-point leaf holds -0: see [`has_negative_zero`].
//! - `auto` is zstd where the sample shrinks by a tenth, and no codec where it does not: random doubles, embeddings. For documents LZ4
//!   takes two thirds of its time and leaves half as many bytes again; zstd's negative levels take nearly all of its time. `fast` is LZ4 by
//!   the same rule, `small` a higher level of zstd.

use std::collections::HashSet;
use std::hash::Hash;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use parquet::basic::{Compression, Encoding};

use super::deltas;
use super::options::CodecChoice;
use super::pack::compressed_length;

/// Values looked at per leaf.
const SAMPLE_VALUES: usize = 2048;
/// Bytes looked at per leaf to choose a codec.
const SAMPLE_BYTES: usize = 64 << 10;
/// A dictionary pays when at most one value in this many is distinct.
const VALUES_PER_DISTINCT: usize = 4;
/// Leaves of fewer bytes are not worth a codec, and those of fewer than this many times as much not the trial: both cost more than they
/// save. On a virtual machine a codec's contexts, which ask for the processor's features, take 25 us a leaf: a third of the time of loading
/// 100 rows.
const SMALL_BYTES: usize = 4096;
const SMALL_TRIAL: usize = 2;
/// A codec pays when it leaves at most this part of the sample.
const WORTHWHILE: f64 = 0.9;

/// How one leaf is stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// Dictionary encode, falling back to `encoding` when the dictionary outgrows its page.
    pub dictionary: bool,
    /// The encoding without a dictionary.
    pub encoding: Encoding,
    /// The codec.
    pub codec: Compression,
}

/// Chooses for the leaves of `array` in column order.
pub fn choose(array: &ArrayRef, codec: CodecChoice, into: &mut Vec<Choice>) {
    match array.data_type() {
        DataType::List(_) => choose(array.as_list::<i32>().values(), codec, into),
        DataType::Struct(_) => {
            array.as_struct().columns().iter().for_each(|field| choose(field, codec, into));
        }
        _ => into.push(choose_leaf(array, codec)),
    }
}

fn choose_leaf(array: &ArrayRef, codec: CodecChoice) -> Choice {
    let sample = Sample::of(array);
    let dictionary = sample.distinct * VALUES_PER_DISTINCT <= sample.values
        && sample.values > 0
        && !has_negative_zero(array);
    let encoding = match array.data_type() {
        DataType::Int64 | DataType::Int32 | DataType::Timestamp(..) if deltas::are_narrow(array) => {
            Encoding::DELTA_BINARY_PACKED
        }
        _ => Encoding::PLAIN,
    };
    let pays = codec.always || sample.shrinks(codec.codec);
    let codec = if pays { codec.codec } else { Compression::UNCOMPRESSED };
    Choice { dictionary, encoding, codec }
}

/// Spark looks conditions up in dictionaries, and takes the -0 and the 0 there for two values.
fn has_negative_zero(array: &ArrayRef) -> bool {
    match array.data_type() {
        DataType::Float64 => array
            .as_primitive::<Float64Type>()
            .values()
            .iter()
            .any(|value| value.to_bits() == (-0.0_f64).to_bits()),
        DataType::Float32 => array
            .as_primitive::<Float32Type>()
            .values()
            .iter()
            .any(|value| value.to_bits() == (-0.0_f32).to_bits()),
        _ => false,
    }
}

fn put_i64(value: i64, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(&value.to_le_bytes());
}

struct Sample {
    values: usize,
    distinct: usize,
    bytes: Vec<u8>,
    /// It has one of so many values.
    step: usize,
}

impl Sample {
    fn of(array: &ArrayRef) -> Self {
        let step = array.len().div_ceil(SAMPLE_VALUES).max(1);
        let rows = (0..array.len()).step_by(step).filter(|&row| array.is_valid(row));
        let sample = match array.data_type() {
            DataType::Float64 => {
                let values = array.as_primitive::<Float64Type>();
                Self::collect(rows.map(|row| values.value(row).to_bits()), |value, bytes| {
                    bytes.extend_from_slice(&value.to_le_bytes());
                })
            }
            DataType::Int64 => {
                let values = array.as_primitive::<Int64Type>();
                Self::collect(rows.map(|row| values.value(row)), put_i64)
            }
            DataType::Timestamp(..) => {
                let values = array.as_primitive::<TimestampMillisecondType>();
                Self::collect(rows.map(|row| values.value(row)), put_i64)
            }
            DataType::Float32 => {
                let values = array.as_primitive::<Float32Type>();
                Self::collect(rows.map(|row| values.value(row).to_bits()), |value, bytes| {
                    bytes.extend_from_slice(&value.to_le_bytes());
                })
            }
            DataType::Binary => {
                let blobs = array.as_binary::<i32>();
                Self::collect(rows.map(|row| blobs.value(row)), |value, bytes| bytes.extend_from_slice(value))
            }
            // Bools and shape numbers are tiny; a dictionary of bools does not exist.
            _ => Self { values: 0, distinct: 0, bytes: Vec::new(), step: 1 },
        };
        Self { step, ..sample }
    }

    fn collect<T: Hash + Eq + Copy>(values: impl Iterator<Item = T>, put: impl Fn(T, &mut Vec<u8>)) -> Self {
        let mut seen =
            HashSet::with_capacity(values.size_hint().1.unwrap_or(SAMPLE_VALUES).min(SAMPLE_VALUES));
        let mut sample = Self { values: 0, distinct: 0, bytes: Vec::new(), step: 1 };
        for value in values {
            sample.values += 1;
            seen.insert(value);
            if sample.bytes.len() < SAMPLE_BYTES {
                put(value, &mut sample.bytes);
            }
        }
        sample.distinct = seen.len();
        sample.bytes.truncate(SAMPLE_BYTES);
        sample
    }

    fn shrinks(&self, codec: Compression) -> bool {
        // Of a leaf with few values in many rows the sample is small, but not the leaf.
        let bytes = self.bytes.len() * self.step;
        if bytes < SMALL_BYTES {
            return false;
        }
        if bytes < SMALL_BYTES * SMALL_TRIAL {
            return true;
        }
        compressed_length(&self.bytes, codec)
            .is_ok_and(|packed| (packed as f64) < self.bytes.len() as f64 * WORTHWHILE)
    }
}
