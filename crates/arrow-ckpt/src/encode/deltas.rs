//! Whether integers may be delta encoded. fastparquet (all releases up to 2026.9) unpacks differences of more than 28 bits wrongly, without
//! an error. Numbers that far apart gain little from their differences, and are stored plain.

use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, TimestampMillisecondType};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;

/// Most bits that a difference may take, less the least difference.
const DELTA_BITS: u32 = 28;

/// Whether each page of `array`, wherever it begins and ends, has only differences that every reader unpacks.
pub fn are_narrow(array: &ArrayRef) -> bool {
    match array.data_type() {
        DataType::Int64 => of_values(array.as_primitive::<Int64Type>().iter().flatten()),
        DataType::Timestamp(..) => {
            of_values(array.as_primitive::<TimestampMillisecondType>().iter().flatten())
        }
        // Numbers of shapes, which are few.
        _ => true,
    }
}

fn of_values(mut values: impl Iterator<Item = i64>) -> bool {
    let Some(mut before) = values.next() else { return true };
    let (mut least, mut most) = (i64::MAX, i64::MIN);
    for value in values {
        let Some(delta) = value.checked_sub(before) else { return false };
        (least, most, before) = (least.min(delta), most.max(delta), value);
        if most.checked_sub(least).is_none_or(|width| width >= 1 << DELTA_BITS) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_one_width_are_narrow_however_wide() {
        assert!(of_values((0..1000).map(|n| n << 50)));
        assert!(of_values((0..1000).map(|n| -n)));
        assert!(of_values([i64::MIN; 3].into_iter()));
        assert!(of_values([i64::MAX].into_iter()));
        assert!(of_values(std::iter::empty()));
    }

    #[test]
    fn differences_of_up_to_28_bits_are_narrow() {
        assert!(of_values([0, 0, (1 << 28) - 1].into_iter()));
        assert!(!of_values([0, 0, 1 << 28].into_iter()));
        assert!(!of_values([0, 1 << 27, 0, -(1 << 27), 1].into_iter()));
    }

    #[test]
    fn differences_beyond_64_bits_are_wide() {
        assert!(!of_values([i64::MIN, i64::MAX].into_iter()));
        assert!(!of_values([0, i64::MAX, 0].into_iter()));
    }
}
