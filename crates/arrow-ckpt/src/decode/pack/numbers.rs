//! Numbers, and bits as bytes.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, PrimitiveArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_schema::DataType;

use super::{Block, Packed, mismatch, word};
use crate::layout::{FORM_F32, FORM_F64, FORM_I64, FORM_U64};

/// 2^53 - 1: beyond, a double does not hold every integer.
pub(super) const MAX_SAFE: u64 = (1 << 53) - 1;

impl Block<'_> {
    pub(super) fn floats(&mut self, index: usize, array: &dyn Array) -> Packed {
        match array.data_type() {
            DataType::Float16 => {
                #[allow(clippy::redundant_closure_for_method_calls)]
                // the crate of f16 is not among our dependencies
                self.doubles(index, FORM_F64, array.as_primitive::<Float16Type>(), |value| value.to_f64())
            }
            DataType::Float32 => {
                self.words(index, FORM_F32, array.as_primitive::<Float32Type>(), f32::to_le_bytes)
            }
            DataType::Float64 => {
                self.doubles(index, FORM_F64, array.as_primitive::<Float64Type>(), |value| value)
            }
            _ => Err(mismatch(array).into()),
        }
    }

    pub(super) fn integers(&mut self, index: usize, array: &dyn Array) -> Packed {
        match array.data_type() {
            DataType::Int8 => self.doubles(index, FORM_F64, array.as_primitive::<Int8Type>(), f64::from),
            DataType::Int16 => self.doubles(index, FORM_F64, array.as_primitive::<Int16Type>(), f64::from),
            DataType::Int32 => self.doubles(index, FORM_F64, array.as_primitive::<Int32Type>(), f64::from),
            DataType::UInt8 => self.doubles(index, FORM_F64, array.as_primitive::<UInt8Type>(), f64::from),
            DataType::UInt16 => self.doubles(index, FORM_F64, array.as_primitive::<UInt16Type>(), f64::from),
            DataType::UInt32 => self.doubles(index, FORM_F64, array.as_primitive::<UInt32Type>(), f64::from),
            DataType::Int64 => {
                let array = array.as_primitive::<Int64Type>();
                if any(array, |value| value.unsigned_abs() > MAX_SAFE) {
                    self.words(index, FORM_I64, array, i64::to_le_bytes)
                } else {
                    self.doubles(index, FORM_F64, array, |value| value as f64)
                }
            }
            DataType::UInt64 => {
                let array = array.as_primitive::<UInt64Type>();
                if any(array, |value| value > MAX_SAFE) {
                    self.words(index, FORM_U64, array, u64::to_le_bytes)
                } else {
                    self.doubles(index, FORM_F64, array, |value| value as f64)
                }
            }
            _ => Err(mismatch(array).into()),
        }
    }

    /// Validity, then a double for each slot.
    pub(super) fn doubles<T: ArrowPrimitiveType>(
        &mut self,
        index: usize,
        form: u32,
        array: &PrimitiveArray<T>,
        convert: impl Fn(T::Native) -> f64,
    ) -> Packed {
        self.words(index, form, array, |value| convert(value).to_le_bytes())
    }

    /// Validity, then `N` bytes for each slot.
    pub(super) fn words<const N: usize, T: ArrowPrimitiveType>(
        &mut self,
        index: usize,
        form: u32,
        array: &PrimitiveArray<T>,
        convert: impl Fn(T::Native) -> [u8; N],
    ) -> Packed {
        self.form(index, form);
        self.validity(index, array.nulls())?;
        let data = self.arena.section(array.len() * N)?;
        self.arena.set(index, word::DATA, data);
        write_slots(self.arena.at(data, array.len() * N), array, convert);
        Ok(())
    }
}

/// Writes `N` bytes for each slot; null slots become zeros, whatever lies under them.
pub(super) fn write_slots<const N: usize, T: ArrowPrimitiveType>(
    out: &mut [u8],
    array: &PrimitiveArray<T>,
    convert: impl Fn(T::Native) -> [u8; N],
) {
    let (out, _) = out.as_chunks_mut::<N>();
    match nulls_of(array) {
        None => {
            for (out, value) in out.iter_mut().zip(array.values()) {
                *out = convert(*value);
            }
        }
        Some(nulls) => {
            for ((out, value), valid) in out.iter_mut().zip(array.values()).zip(nulls) {
                *out = if valid { convert(*value) } else { [0; N] };
            }
        }
    }
}

/// Whether a value that is present fulfils `test`.
pub(super) fn any<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    test: impl Fn(T::Native) -> bool,
) -> bool {
    match nulls_of(array) {
        None => array.values().iter().any(|value| test(*value)),
        Some(nulls) => array.values().iter().zip(nulls).any(|(value, valid)| valid && test(*value)),
    }
}

/// The nulls of an array that has some.
pub(super) fn nulls_of(array: &dyn Array) -> Option<&NullBuffer> {
    array.nulls().filter(|nulls| nulls.null_count() > 0)
}

/// One byte for each bit, 0 or 1.
pub(super) fn spread_bits(bits: &BooleanBuffer, out: &mut [u8]) {
    let chunks = bits.bit_chunks();
    let (whole, rest) = out.split_at_mut(chunks.chunk_len() * 64);
    for (out, chunk) in whole.as_chunks_mut::<64>().0.iter_mut().zip(chunks.iter()) {
        for (bit, out) in out.iter_mut().enumerate() {
            *out = (chunk >> bit & 1) as u8;
        }
    }
    let remainder = chunks.remainder_bits();
    for (bit, out) in rest.iter_mut().enumerate() {
        *out = (remainder >> bit & 1) as u8;
    }
}
