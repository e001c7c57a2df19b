//! Lists: end offsets, and exactly those slots of the child that some list refers to.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, UInt64Array};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;
use arrow_select::take::take;

use super::numbers::nulls_of;
use super::{Packed, mismatch};
use crate::error::CkptError;

/// Writes the end offsets of a list or map and returns the child that they count in.
pub(super) fn pack_ends(array: &dyn Array, out: &mut [u8]) -> Packed<ArrayRef> {
    let nulls = nulls_of(array);
    match array.data_type() {
        DataType::List(_) => {
            let array = array.as_list::<i32>();
            ends(array.value_offsets(), nulls, out, &|from, slots| array.values().slice(from, slots))
        }
        DataType::Map(_, _) => {
            let array = array.as_map();
            ends(array.value_offsets(), nulls, out, &|from, slots| {
                ArrayRef::from(Box::new(array.entries().slice(from, slots)) as Box<dyn Array>)
            })
        }
        _ => Err(mismatch(array).into()),
    }
}

fn ends(
    offsets: &[i32],
    nulls: Option<&NullBuffer>,
    out: &mut [u8],
    child: &dyn Fn(usize, usize) -> ArrayRef,
) -> Packed<ArrayRef> {
    let (out, _) = out.as_chunks_mut::<4>();
    let first = offsets[0];
    let hidden = nulls.is_some_and(|nulls| {
        offsets.windows(2).zip(nulls).any(|(range, valid)| !valid && range[0] != range[1])
    });
    if !hidden {
        for (out, end) in out.iter_mut().zip(&offsets[1..]) {
            *out = ((end - first) as u32).to_le_bytes();
        }
        let last = offsets[offsets.len() - 1];
        return Ok(child(first as usize, (last - first) as usize));
    }
    // A null list may lie over values; they must not count.
    let mut kept: Vec<u64> = Vec::new();
    for (slot, (out, range)) in out.iter_mut().zip(offsets.windows(2)).enumerate() {
        if nulls.is_none_or(|nulls| nulls.is_valid(slot)) {
            kept.extend(range[0] as u64..range[1] as u64);
        }
        *out = (kept.len() as u32).to_le_bytes();
    }
    let last = offsets[offsets.len() - 1];
    let all = child(0, last as usize);
    let taken = take(all.as_ref(), &UInt64Array::from(kept), None);
    Ok(taken.map_err(CkptError::internal)?)
}
