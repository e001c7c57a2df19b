//! One array of values that lie in several.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, DictionaryArray, Int32Array};
use arrow_schema::DataType;
use arrow_select::interleave::interleave;

use super::faults::beyond_limit;
use super::guard::{guarded, message_error};
use crate::error::{CkptError, Result};
use crate::limits::MAX_BLOCK_BYTES;

/// Of a text's place.
const VIEW_BYTES: usize = size_of::<u128>();

/// Which array, and which of its values.
pub(super) type Slot = (usize, usize);

/// The values of the slots. All arrays are of one type.
pub(super) fn gather(arrays: &[ArrayRef], slots: &[Slot]) -> Result<ArrayRef> {
    let Some((array, first)) = slots.first().copied() else {
        let any = arrays.first().ok_or_else(|| CkptError::internal("there are no values"))?;
        return Ok(any.slice(0, 0));
    };
    if slots.iter().zip(first..).all(|(slot, at)| *slot == (array, at)) {
        return Ok(arrays[array].slice(first, slots.len()));
    }
    // A value may be wanted any number of times.
    let bytes =
        slots.iter().map(|(array, at)| bytes_of(&arrays[*array], *at, 1)).fold(0, usize::saturating_add);
    if bytes > MAX_BLOCK_BYTES {
        let message = format!("{} of its rows take more than {MAX_BLOCK_BYTES} bytes at once", slots.len());
        return Err(beyond_limit(&message));
    }
    let all: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
    guarded(|| interleave(&all, slots).map_err(|error| message_error(&error.to_string())))
}

/// The same of texts as a dictionary: a text that several slots have is there once.
pub(super) fn gather_dictionary(arrays: &[ArrayRef], slots: &[Slot]) -> Result<ArrayRef> {
    let mut keys: HashMap<Slot, i32> = HashMap::new();
    let mut distinct = Vec::new();
    let key = |slot: &Slot| {
        let (array, at) = *slot;
        arrays[array].is_valid(at).then(|| {
            *keys.entry(*slot).or_insert_with(|| {
                distinct.push(*slot);
                distinct.len() as i32 - 1
            })
        })
    };
    let keys: Int32Array = slots.iter().map(key).collect();
    let values = gather(arrays, &distinct)?;
    Ok(Arc::new(DictionaryArray::try_new(keys, values).map_err(CkptError::internal)?))
}

/// Bytes of the values `from..from + count`, about.
pub(super) fn bytes_of(array: &dyn Array, from: usize, count: usize) -> usize {
    match array.data_type() {
        DataType::Utf8 => of_offsets(array.as_string::<i32>().value_offsets(), from, count).1 + 4 * count,
        DataType::Binary => of_offsets(array.as_binary::<i32>().value_offsets(), from, count).1 + 4 * count,
        DataType::Utf8View => {
            let views = array.as_string_view().views();
            views[from..from + count].iter().map(|view| *view as u32 as usize + VIEW_BYTES).sum()
        }
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            let (start, items) = of_offsets(list.value_offsets(), from, count);
            bytes_of(list.values(), start, items) + 4 * count
        }
        DataType::Struct(_) => {
            let columns = array.as_struct().columns().iter();
            columns.map(|column| bytes_of(column, from, count)).sum()
        }
        other => other.primitive_width().unwrap_or(1) * count,
    }
}

/// Where the values of some slots begin, and how many there are.
fn of_offsets(offsets: &[i32], from: usize, count: usize) -> (usize, usize) {
    let (start, end) = (offsets[from] as usize, offsets[from + count] as usize);
    (start, end - start)
}

#[cfg(test)]
mod tests {
    use arrow_array::types::Int32Type;
    use arrow_array::{Int64Array, StringArray};

    use super::*;

    fn texts(texts: &[Option<&str>]) -> ArrayRef {
        Arc::new(texts.iter().copied().collect::<StringArray>())
    }

    #[test]
    fn values_that_lie_in_a_row_are_not_copied() {
        let array: ArrayRef = Arc::new(Int64Array::from_iter_values(0..100));
        let some = gather(&[array.clone(), array.clone()], &[(1, 7), (1, 8), (1, 9)]).unwrap();
        let values =
            |array: &ArrayRef| array.as_primitive::<arrow_array::types::Int64Type>().values().as_ptr();
        assert_eq!(values(&some), values(&array.slice(7, 3)));
        assert_eq!(gather(&[array], &[]).unwrap().len(), 0);
    }

    #[test]
    fn a_text_is_in_a_dictionary_once() {
        let arrays = [texts(&[None]), texts(&[Some("a"), Some("b")]), texts(&[Some("c"), None])];
        let slots = [(1, 1), (1, 1), (0, 0), (2, 0), (1, 1), (2, 1), (1, 0)];
        let all = gather_dictionary(&arrays, &slots).unwrap();
        let all = all.as_dictionary::<Int32Type>();
        assert_eq!(all.values().len(), 3);
        let told: Vec<Option<&str>> = all.downcast_dict::<StringArray>().unwrap().into_iter().collect();
        assert_eq!(told, [Some("b"), Some("b"), None, Some("c"), Some("b"), None, Some("a")]);
    }

    #[test]
    fn a_value_that_repeats_takes_no_more_than_a_block_may() {
        let long = "x".repeat(1 << 20);
        let arrays = [texts(&[Some(&long)])];
        let error = gather(&arrays, &vec![(0, 0); 1025]).unwrap_err();
        assert_eq!(error.code, crate::ErrorCode::Limit);
        assert_eq!(gather_dictionary(&arrays, &vec![(0, 0); 1025]).unwrap().len(), 1025);
    }
}
