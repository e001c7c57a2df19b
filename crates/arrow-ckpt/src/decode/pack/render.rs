//! Types that JavaScript has no value for, as text.

use std::fmt::{self, Write};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Decimal128Type, Decimal256Type, Time32MillisecondType, Time64MicrosecondType,
    Time64NanosecondType,
};
use arrow_array::{Array, FixedSizeBinaryArray, PrimitiveArray};
use arrow_schema::{DataType, TimeUnit};

use super::text::TextWords;
use super::{Block, Packed, Unpacked, mismatch};
use crate::decode::kinds::Render;
use crate::error::CkptError;
use crate::layout::FORM_TEXT;
use crate::limits::MAX_BLOCK_BYTES;

impl Block<'_> {
    pub(super) fn rendered(&mut self, index: usize, render: Render, array: &dyn Array) -> Packed {
        self.form(index, FORM_TEXT);
        self.validity(index, array.nulls())?;
        let mut out = Lines::with_capacity(array.len());
        match (render, array.data_type()) {
            (Render::Uuid, DataType::FixedSizeBinary(16)) => out.binary(array.as_fixed_size_binary(), uuid),
            (Render::Interval, DataType::FixedSizeBinary(12)) => {
                out.binary(array.as_fixed_size_binary(), interval)
            }
            (Render::Decimal, DataType::Decimal128(_, scale)) => {
                let mut digits = String::new();
                out.primitive::<Decimal128Type>(array.as_primitive(), |text, value| {
                    decimal(text, &mut digits, &value, *scale)
                })
            }
            (Render::Decimal, DataType::Decimal256(_, scale)) => {
                let mut digits = String::new();
                out.primitive::<Decimal256Type>(array.as_primitive(), |text, value| {
                    decimal(text, &mut digits, &value, *scale)
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
        mut write: impl FnMut(&mut String, T::Native) -> fmt::Result,
    ) -> fmt::Result {
        for value in array {
            if let Some(value) = value {
                write(&mut self.text, value)?;
            }
            self.ends.push(self.text.len() as i32);
        }
        Ok(())
    }

    fn binary(
        &mut self,
        array: &FixedSizeBinaryArray,
        write: impl Fn(&mut String, &[u8]) -> fmt::Result,
    ) -> fmt::Result {
        for value in array {
            if let Some(value) = value {
                write(&mut self.text, value)?;
            }
            self.ends.push(self.text.len() as i32);
        }
        Ok(())
    }
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
fn decimal(text: &mut String, digits: &mut String, value: &impl fmt::Display, scale: i8) -> fmt::Result {
    digits.clear();
    write!(digits, "{value}")?;
    let magnitude = digits.trim_start_matches('-');
    if magnitude.len() < digits.len() {
        text.push('-');
    }
    let Ok(fraction @ 1..) = usize::try_from(scale) else {
        text.push_str(magnitude);
        let zeros = usize::from(scale.unsigned_abs());
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
