//! A sample of the values of a leaf, spread evenly over it.

use std::collections::HashSet;
use std::hash::Hash;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, PrimitiveArray};
use arrow_buffer::ToByteSlice;
use arrow_schema::DataType;
use parquet::basic::Compression;

use super::pack::compressed_length;

/// Values looked at per leaf.
const SAMPLE_VALUES: usize = 2048;
/// Bytes looked at per leaf to choose a codec.
const SAMPLE_BYTES: usize = 64 << 10;
/// Leaves of fewer bytes are not worth a codec: it costs more than it saves, at most two blocks of the disk. In saves of 100 rows zstd took
/// 9% of the thread that encodes and commits, for one leaf of 7 KiB; a load makes a context for each such leaf, which takes 25 us on a
/// virtual machine.
pub const SMALL_BYTES: usize = 8 << 10;
/// A leaf of fewer than this many times as many bytes as a sample is its own sample: the codec is tried on its pages.
const WHOLE_TRIAL: usize = 3;
/// A codec pays when it leaves at most this part of the sample.
const WORTHWHILE: f64 = 0.9;

/// What a leaf is like.
pub struct Sample<'a> {
    array: &'a ArrayRef,
    /// It has one of so many values.
    step: usize,
    /// Bytes of its values in the file without an encoding.
    length: usize,
    /// How many values it has.
    pub values: usize,
    /// The bytes that a codec was tried on, and how many it makes of them.
    tried: Option<(Vec<u8>, Option<usize>)>,
}

impl<'a> Sample<'a> {
    /// Of values that are spread evenly over the leaf.
    pub fn of(array: &'a ArrayRef) -> Self {
        let step = array.len().div_ceil(SAMPLE_VALUES).max(1);
        let mut sample = Self { array, step, length: 0, values: 0, tried: None };
        let width = match array.data_type() {
            DataType::Float64 | DataType::Int64 | DataType::Timestamp(..) => Some(8),
            DataType::Float32 => Some(4),
            DataType::Binary => None,
            // Bools and shape numbers are tiny; a dictionary of bools does not exist.
            _ => return sample,
        };
        if let Some(width) = width {
            sample.values = sample.rows().count();
            sample.length = sample.values * width;
        } else {
            let blobs = array.as_binary::<i32>();
            let lengths = sample.rows().map(|row| blobs.value_length(row) as usize);
            (sample.values, sample.length) = lengths.fold((0, 0), |(n, sum), length| (n + 1, sum + length));
        }
        sample
    }

    fn rows(&self) -> impl Iterator<Item = usize> + 'a {
        let nulls = self.array.nulls();
        (0..self.array.len())
            .step_by(self.step)
            .filter(move |&row| nulls.is_none_or(|nulls| nulls.is_valid(row)))
    }

    /// Whether at most one value in `times` is distinct.
    pub fn repeats(&self, times: usize) -> bool {
        let (array, most) = (self.array, self.values / times);
        match array.data_type() {
            _ if most == 0 => false,
            DataType::Float64 => {
                let values = array.as_primitive::<Float64Type>();
                are_few(self.rows().map(|row| values.value(row).to_bits()), most)
            }
            DataType::Int64 => {
                let values = array.as_primitive::<Int64Type>();
                are_few(self.rows().map(|row| values.value(row)), most)
            }
            DataType::Timestamp(..) => {
                let values = array.as_primitive::<TimestampMillisecondType>();
                are_few(self.rows().map(|row| values.value(row)), most)
            }
            DataType::Float32 => {
                let values = array.as_primitive::<Float32Type>();
                are_few(self.rows().map(|row| values.value(row).to_bits()), most)
            }
            DataType::Binary => {
                let blobs = array.as_binary::<i32>();
                are_few(self.rows().map(|row| blobs.value(row)), most)
            }
            _ => false,
        }
    }

    /// The bytes of its values in the file without an encoding, [`SAMPLE_BYTES`] at most.
    fn bytes(&self) -> Vec<u8> {
        let (array, rows) = (self.array, self.rows());
        let mut bytes = Vec::with_capacity(self.length.min(SAMPLE_BYTES));
        match array.data_type() {
            DataType::Float64 => put_values(array.as_primitive::<Float64Type>(), rows, &mut bytes),
            DataType::Int64 => put_values(array.as_primitive::<Int64Type>(), rows, &mut bytes),
            DataType::Timestamp(..) => {
                put_values(array.as_primitive::<TimestampMillisecondType>(), rows, &mut bytes);
            }
            DataType::Float32 => put_values(array.as_primitive::<Float32Type>(), rows, &mut bytes),
            DataType::Binary => {
                let blobs = array.as_binary::<i32>();
                for row in rows {
                    if bytes.len() >= SAMPLE_BYTES {
                        break;
                    }
                    bytes.extend_from_slice(blobs.value(row));
                }
            }
            _ => {}
        }
        bytes.truncate(SAMPLE_BYTES);
        bytes
    }

    /// Whether the codec is worth its time.
    pub fn worth(&mut self, codec: Compression) -> Worth {
        // Of a leaf with few values in many rows the sample is small, but not the leaf.
        let bytes = self.length * self.step;
        if bytes < SMALL_BYTES {
            return Worth::No;
        }
        // The leaf itself is hardly more to compress than the sample.
        if self.step == 1 && self.length < SAMPLE_BYTES * WHOLE_TRIAL {
            return Worth::Unknown;
        }
        let sample = self.bytes();
        let packed = compressed_length(&sample, codec.into()).ok();
        let pays = packed.is_some_and(|packed| shrinks(sample.len(), packed));
        self.tried = Some((sample, packed));
        if pays { Worth::Yes } else { Worth::No }
    }

    /// The bytes of its values as in [`Self::bytes`], and how many the codec makes of them, if that was tried.
    pub fn tried(self) -> (Vec<u8>, Option<usize>) {
        match self.tried {
            Some(tried) => tried,
            None => (self.bytes(), None),
        }
    }
}

/// Whether a codec that leaves `packed` of so many bytes is worth its time.
pub fn shrinks(bytes: usize, packed: usize) -> bool {
    (packed as f64) < bytes as f64 * WORTHWHILE
}

/// Whether a codec is worth its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// The pages will show it.
    Unknown,
}

/// Whether at most so many of the values are distinct. No more are looked at than it takes to know.
fn are_few<T: Hash + Eq>(mut values: impl Iterator<Item = T>, most: usize) -> bool {
    let mut seen = HashSet::with_capacity(most + 1);
    values.all(|value| !seen.insert(value) || seen.len() <= most)
}

fn put_values<T: ArrowPrimitiveType>(
    values: &PrimitiveArray<T>,
    rows: impl Iterator<Item = usize>,
    bytes: &mut Vec<u8>,
) {
    rows.take(SAMPLE_BYTES / size_of::<T::Native>())
        .for_each(|row| bytes.extend_from_slice(values.value(row).to_byte_slice()));
}
