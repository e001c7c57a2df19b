//! A sample of the values of a leaf, spread evenly over it.

use std::collections::HashSet;
use std::hash::Hash;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use parquet::basic::Compression;

use super::pack::compressed_length;

/// Values looked at per leaf.
const SAMPLE_VALUES: usize = 2048;
/// Bytes looked at per leaf to choose a codec.
const SAMPLE_BYTES: usize = 64 << 10;
/// Leaves of fewer bytes are not worth a codec, and those of fewer than this many times as much not the trial: both cost more than they
/// save. On a virtual machine a codec's contexts, which ask for the processor's features, take 25 us a leaf: a third of the time of loading
/// 100 rows.
const SMALL_BYTES: usize = 4096;
const SMALL_TRIAL: usize = 2;
/// A codec pays when it leaves at most this part of the sample.
const WORTHWHILE: f64 = 0.9;

fn put_i64(value: i64, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(&value.to_le_bytes());
}

/// What a leaf is like.
pub struct Sample {
    /// How many values it has.
    pub values: usize,
    /// How many differ.
    pub distinct: usize,
    /// What they are in the file without an encoding.
    pub bytes: Vec<u8>,
    /// How many the codec makes of these bytes, once that is tried.
    pub packed: Option<usize>,
    /// It has one of so many values.
    step: usize,
}

impl Sample {
    /// Of values that are spread evenly over the leaf.
    pub fn of(array: &ArrayRef) -> Self {
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
            _ => Self { values: 0, distinct: 0, bytes: Vec::new(), packed: None, step: 1 },
        };
        Self { step, ..sample }
    }

    fn collect<T: Hash + Eq + Copy>(values: impl Iterator<Item = T>, put: impl Fn(T, &mut Vec<u8>)) -> Self {
        let mut seen =
            HashSet::with_capacity(values.size_hint().1.unwrap_or(SAMPLE_VALUES).min(SAMPLE_VALUES));
        let mut sample = Self { values: 0, distinct: 0, bytes: Vec::new(), packed: None, step: 1 };
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

    /// Whether the codec is worth its time.
    pub fn shrinks(&mut self, codec: Compression) -> bool {
        // Of a leaf with few values in many rows the sample is small, but not the leaf.
        let bytes = self.bytes.len() * self.step;
        if bytes < SMALL_BYTES {
            return false;
        }
        if bytes < SMALL_BYTES * SMALL_TRIAL {
            return true;
        }
        self.packed = compressed_length(&self.bytes, codec.into()).ok();
        self.packed.is_some_and(|packed| (packed as f64) < self.bytes.len() as f64 * WORTHWHILE)
    }
}
