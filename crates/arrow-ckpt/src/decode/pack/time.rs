//! Dates and points in time.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, PrimitiveArray};
use arrow_schema::{DataType, TimeUnit};

use super::numbers::{any, write_slots};
use super::{Block, Packed, mismatch, word};
use crate::layout::{FORM_DATE, FORM_TIMESTAMP};

const DAY_MS: f64 = 86_400_000.0;

impl Block<'_> {
    pub(super) fn dates(&mut self, index: usize, array: &dyn Array) -> Packed {
        let array = array.as_primitive_opt::<Date32Type>().ok_or_else(|| mismatch(array))?;
        self.doubles(index, FORM_DATE, array, |days| f64::from(days) * DAY_MS)
    }

    pub(super) fn timestamps(&mut self, index: usize, array: &dyn Array) -> Packed {
        match array.data_type() {
            DataType::Timestamp(TimeUnit::Second, _) => {
                let array = array.as_primitive::<TimestampSecondType>();
                self.doubles(index, FORM_TIMESTAMP, array, |seconds| seconds as f64 * 1000.0)
            }
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                let array = array.as_primitive::<TimestampMillisecondType>();
                self.doubles(index, FORM_TIMESTAMP, array, |ms| ms as f64)
            }
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                self.finer::<TimestampMicrosecondType, 1_000>(index, array.as_primitive())
            }
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                self.finer::<TimestampNanosecondType, 1_000_000>(index, array.as_primitive())
            }
            _ => Err(mismatch(array).into()),
        }
    }

    /// Units finer than a millisecond, `PER_MS` of them in one: the rest within the millisecond goes apart, as nanoseconds.
    fn finer<T: ArrowPrimitiveType<Native = i64>, const PER_MS: i64>(
        &mut self,
        index: usize,
        array: &PrimitiveArray<T>,
    ) -> Packed {
        self.doubles(index, FORM_TIMESTAMP, array, |units| units.div_euclid(PER_MS) as f64)?;
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
}
