//! Dates and points in time.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, FixedSizeBinaryArray, PrimitiveArray};
use arrow_schema::{DataType, TimeUnit};

use super::numbers::{MAX_SAFE, any, write_slots};
use super::{Block, Packed, mismatch, word};
use crate::layout::{FORM_DATE, FORM_FAR_TIMESTAMP, FORM_TIMESTAMP};

const DAY_MS: f64 = 86_400_000.0;

impl Block<'_> {
    pub(super) fn dates(&mut self, index: usize, array: &dyn Array) -> Packed {
        let array = array.as_primitive_opt::<Date32Type>().ok_or_else(|| mismatch(array))?;
        self.doubles(index, FORM_DATE, array, |days| f64::from(days) * DAY_MS)
    }

    pub(super) fn timestamps(&mut self, index: usize, array: &dyn Array) -> Packed {
        match array.data_type() {
            DataType::Timestamp(TimeUnit::Second, _) => {
                self.whole::<TimestampSecondType>(index, array.as_primitive(), |seconds| {
                    seconds.saturating_mul(1000)
                })
            }
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                self.whole::<TimestampMillisecondType>(index, array.as_primitive(), |ms| ms)
            }
            DataType::FixedSizeBinary(12) => self.int96(index, array.as_fixed_size_binary()),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                self.finer::<TimestampMicrosecondType, 1_000>(index, array.as_primitive())
            }
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                self.finer::<TimestampNanosecondType, 1_000_000>(index, array.as_primitive())
            }
            _ => Err(mismatch(array).into()),
        }
    }

    /// Whole milliseconds: as doubles, or as integers where one of them is no double.
    fn whole<T: ArrowPrimitiveType<Native = i64>>(
        &mut self,
        index: usize,
        array: &PrimitiveArray<T>,
        to_ms: impl Fn(i64) -> i64,
    ) -> Packed {
        if any(array, |units| to_ms(units).unsigned_abs() > MAX_SAFE) {
            return self.words(index, FORM_FAR_TIMESTAMP, array, |units| to_ms(units).to_le_bytes());
        }
        self.doubles(index, FORM_TIMESTAMP, array, |units| to_ms(units) as f64)
    }

    /// Units finer than a millisecond, `PER_MS` of them in one: the rest within the millisecond goes apart, as nanoseconds.
    fn finer<T: ArrowPrimitiveType<Native = i64>, const PER_MS: i64>(
        &mut self,
        index: usize,
        array: &PrimitiveArray<T>,
    ) -> Packed {
        self.whole(index, array, |units| units.div_euclid(PER_MS))?;
        if !any(array, |units| units % PER_MS != 0) {
            return Ok(());
        }
        let bytes = array.len() * 4;
        let section = self.arena.section(bytes)?;
        self.arena.set(index, word::EXTRA, section);
        write_slots(self.arena.at(section, bytes), array, |units| {
            ((units.rem_euclid(PER_MS) * (1_000_000 / PER_MS)) as u32).to_le_bytes()
        });
        Ok(())
    }

    /// The oldest timestamps: the nanoseconds within the day, and the Julian day number.
    fn int96(&mut self, index: usize, array: &FixedSizeBinaryArray) -> Packed {
        let parts: Vec<(i64, u32)> = array.iter().map(|value| value.map_or((0, 0), int96_parts)).collect();
        let slots = parts.len();
        let is_far = parts.iter().any(|(ms, _)| ms.unsigned_abs() > MAX_SAFE);
        self.form(index, if is_far { FORM_FAR_TIMESTAMP } else { FORM_TIMESTAMP });
        self.validity(index, array.nulls())?;
        let data = self.arena.section(slots * 8)?;
        self.arena.set(index, word::DATA, data);
        let out = self.arena.at(data, slots * 8).as_chunks_mut::<8>().0;
        for (out, (ms, _)) in out.iter_mut().zip(&parts) {
            *out = if is_far { ms.to_le_bytes() } else { (*ms as f64).to_le_bytes() };
        }
        if parts.iter().any(|(_, nanos)| *nanos != 0) {
            let section = self.arena.section(slots * 4)?;
            self.arena.set(index, word::EXTRA, section);
            let out = self.arena.at(section, slots * 4).as_chunks_mut::<4>().0;
            for (out, (_, nanos)) in out.iter_mut().zip(&parts) {
                *out = nanos.to_le_bytes();
            }
        }
        Ok(())
    }
}

/// The Julian day number of 1970-01-01.
const JULIAN_1970: i64 = 2_440_588;
const DAY_MICROS: i64 = 86_400_000_000;

/// Whole milliseconds since 1970 and the nanoseconds within the last. The microseconds are 64 bits that wrap around, as Spark writes them.
pub(in crate::decode) fn int96_parts(value: &[u8]) -> (i64, u32) {
    let (nanos, day) = value.split_at(8);
    let nanos = i64::from_le_bytes(nanos.try_into().unwrap_or_default());
    let day = i64::from(i32::from_le_bytes(day.try_into().unwrap_or_default()));
    let micros = (day - JULIAN_1970).wrapping_mul(DAY_MICROS).wrapping_add(nanos.div_euclid(1000));
    let within = micros.rem_euclid(1000) * 1000 + nanos.rem_euclid(1000);
    (micros.div_euclid(1000), within as u32)
}
