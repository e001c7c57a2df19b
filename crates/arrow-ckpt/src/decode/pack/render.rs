//! Types that JavaScript has no value for, as text.

use std::fmt::{self, Write};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Decimal128Type, Decimal256Type, Int32Type, Int64Type, Time32MillisecondType,
    Time64MicrosecondType, Time64NanosecondType,
};
use arrow_array::{Array, FixedSizeBinaryArray, PrimitiveArray};
use arrow_schema::{DataType, TimeUnit};

use super::text::TextWords;
use super::{Block, Packed, Unpacked, mismatch};
use crate::decode::faults::beyond_limit;
use crate::decode::kinds::Render;
use crate::error::CkptError;
use crate::layout::FORM_TEXT;
use crate::limits::{MAX_BLOCK_BYTES, MAX_DECIMAL_BYTES};

impl Block<'_> {
    pub(super) fn rendered(&mut self, index: usize, render: Render, array: &dyn Array) -> Packed {
        self.form(index, FORM_TEXT);
        self.validity(index, array.nulls())?;
        let mut out = Lines::with_capacity(array.len());
        match (render, array.data_type()) {
            (Render::Uuid, DataType::FixedSizeBinary(16)) => out.binary(array.as_fixed_size_binary(), uuid),
            (Render::Lossy, DataType::Binary) => {
                out.values(array.as_binary::<i32>().iter(), |text, value| {
                    text.push_str(&String::from_utf8_lossy(value));
                    Ok(())
                })
            }
            (Render::Stored(scale), _) => {
                check_stored(array)?;
                out.stored(array, scale).ok_or_else(|| mismatch(array))?
            }
            (Render::Interval, DataType::FixedSizeBinary(12)) => {
                out.binary(array.as_fixed_size_binary(), interval)
            }
            (Render::Decimal, DataType::Decimal128(_, scale)) => {
                let mut digits = String::new();
                out.primitive::<Decimal128Type>(array.as_primitive(), |text, value| {
                    decimal(text, &mut digits, &value, i32::from(*scale))
                })
            }
            (Render::Decimal, DataType::Decimal256(_, scale)) => {
                let mut digits = String::new();
                out.primitive::<Decimal256Type>(array.as_primitive(), |text, value| {
                    decimal(text, &mut digits, &value, i32::from(*scale))
                })
            }
            (Render::Time, DataType::Time32(TimeUnit::Millisecond)) => out
                .primitive::<Time32MillisecondType>(array.as_primitive(), |text, value| {
                    time(text, i64::from(value), 3)
                }),
            (Render::Time, DataType::Time64(TimeUnit::Microsecond)) => out
                .primitive::<Time64MicrosecondType>(array.as_primitive(), |text, value| time(text, value, 6)),
            (Render::Time, DataType::Time64(TimeUnit::Nanosecond)) => out
                .primitive::<Time64NanosecondType>(array.as_primitive(), |text, value| time(text, value, 9)),
            _ => return Err(mismatch(array).into()),
        }
        .map_err(|_| CkptError::internal("writing into a string failed"))?;
        if out.text.len() > MAX_BLOCK_BYTES {
            return Err(Unpacked::Full);
        }
        self.text(index, TextWords::SLOTS, &out.ends, out.text.as_bytes(), None)
    }
}

/// To make digits takes time with the square of their number.
fn check_stored(array: &dyn Array) -> Packed {
    let longest = match array.data_type() {
        DataType::FixedSizeBinary(size) => size.unsigned_abs() as usize,
        DataType::Binary => {
            let offsets = array.as_binary::<i32>().value_offsets();
            offsets.windows(2).map(|ends| (ends[1] - ends[0]).unsigned_abs() as usize).max().unwrap_or(0)
        }
        _ => 0,
    };
    if longest > MAX_DECIMAL_BYTES {
        let message = format!("a decimal has {longest} bytes, more than {MAX_DECIMAL_BYTES}");
        return Err(beyond_limit(&message).into());
    }
    Ok(())
}

/// Texts one after another, and where each ends.
struct Lines {
    text: String,
    ends: Vec<i32>,
}

impl Lines {
    fn with_capacity(slots: usize) -> Self {
        let mut ends = Vec::with_capacity(slots + 1);
        ends.push(0);
        Self { text: String::with_capacity(slots * 16), ends }
    }

    fn primitive<T: ArrowPrimitiveType>(
        &mut self,
        array: &PrimitiveArray<T>,
        write: impl FnMut(&mut String, T::Native) -> fmt::Result,
    ) -> fmt::Result {
        self.values(array.iter(), write)
    }

    fn binary(
        &mut self,
        array: &FixedSizeBinaryArray,
        write: impl Fn(&mut String, &[u8]) -> fmt::Result,
    ) -> fmt::Result {
        self.values(array.iter(), write)
    }

    /// Decimals as they are stored; `None` where nothing is stored so.
    fn stored(&mut self, array: &dyn Array, scale: i32) -> Option<fmt::Result> {
        let mut digits = String::new();
        let mut of_bytes =
            |text: &mut String, bytes: &[u8]| decimal(text, &mut digits, &integer_of(bytes), scale);
        Some(match array.data_type() {
            DataType::Binary => self.values(array.as_binary::<i32>().iter(), &mut of_bytes),
            DataType::FixedSizeBinary(_) => self.values(array.as_fixed_size_binary().iter(), &mut of_bytes),
            DataType::Int32 => {
                let write = |text: &mut String, value: i32| decimal(text, &mut digits, &value, scale);
                self.values(array.as_primitive::<Int32Type>().iter(), write)
            }
            DataType::Int64 => {
                let write = |text: &mut String, value: i64| decimal(text, &mut digits, &value, scale);
                self.values(array.as_primitive::<Int64Type>().iter(), write)
            }
            _ => return None,
        })
    }

    fn values<V>(
        &mut self,
        values: impl Iterator<Item = Option<V>>,
        mut write: impl FnMut(&mut String, V) -> fmt::Result,
    ) -> fmt::Result {
        for value in values {
            if let Some(value) = value {
                write(&mut self.text, value)?;
            }
            self.ends.push(self.text.len() as i32);
        }
        Ok(())
    }
}

/// The digits of a big-endian integer in two's complement, of any length.
fn integer_of(bytes: &[u8]) -> String {
    const LIMB: u64 = 1_000_000_000;
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    // Limbs of nine digits, the lowest first. A negative number is one less than the inverse of its bits.
    let mut magnitude: Vec<u64> = vec![0];
    for byte in bytes {
        let mut carry = u64::from(if negative { !byte } else { *byte });
        for limb in &mut magnitude {
            let value = (*limb << 8) + carry;
            *limb = value % LIMB;
            carry = value / LIMB;
        }
        if carry > 0 {
            magnitude.push(carry);
        }
    }
    let mut carry = u64::from(negative);
    for limb in &mut magnitude {
        *limb += carry;
        carry = *limb / LIMB;
        *limb %= LIMB;
    }
    if carry > 0 {
        magnitude.push(carry);
    }
    while magnitude.len() > 1 && magnitude.last() == Some(&0) {
        magnitude.pop();
    }
    let mut text = String::from(if negative { "-" } else { "" });
    for (index, limb) in magnitude.iter().rev().enumerate() {
        // Writing into a string does not fail.
        let _ = if index == 0 { write!(text, "{limb}") } else { write!(text, "{limb:09}") };
    }
    text
}

fn uuid(text: &mut String, bytes: &[u8]) -> fmt::Result {
    for (index, byte) in bytes.iter().enumerate() {
        if [4, 6, 8, 10].contains(&index) {
            text.push('-');
        }
        write!(text, "{byte:02x}")?;
    }
    Ok(())
}

/// Three unsigned little-endian numbers.
fn interval(text: &mut String, bytes: &[u8]) -> fmt::Result {
    let mut numbers = bytes.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes));
    let (months, days, ms) = (numbers.next(), numbers.next(), numbers.next());
    let number = Option::unwrap_or_default;
    write!(text, "{} months {} days {} ms", number(months), number(days), number(ms))
}

/// An integer with its point put in. `digits` is scratch memory.
fn decimal(text: &mut String, digits: &mut String, value: &impl fmt::Display, scale: i32) -> fmt::Result {
    digits.clear();
    write!(digits, "{value}")?;
    let magnitude = digits.trim_start_matches('-');
    if magnitude.len() < digits.len() {
        text.push('-');
    }
    let Ok(fraction @ 1..) = usize::try_from(scale) else {
        text.push_str(magnitude);
        let zeros = scale.unsigned_abs() as usize;
        text.extend(std::iter::repeat_n('0', if magnitude == "0" { 0 } else { zeros }));
        return Ok(());
    };
    if let Some(whole) = magnitude.len().checked_sub(fraction).filter(|whole| *whole > 0) {
        text.push_str(&magnitude[..whole]);
        text.push('.');
        text.push_str(&magnitude[whole..]);
        return Ok(());
    }
    text.push_str("0.");
    text.extend(std::iter::repeat_n('0', fraction - magnitude.len()));
    text.push_str(magnitude);
    Ok(())
}

/// A time of day in units of 10^-`digits` seconds.
fn time(text: &mut String, value: i64, digits: u32) -> fmt::Result {
    let per_second = 10u64.pow(digits);
    let units = value.unsigned_abs();
    let (seconds, fraction) = (units / per_second, units % per_second);
    let sign = if value < 0 { "-" } else { "" };
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    write!(text, "{sign}{hours:02}:{minutes:02}:{seconds:02}.{fraction:0width$}", width = digits as usize)
}
