//! Decoded arrays to the types of the stream's schema. What has its type already is not copied, in a list or a struct neither.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::ByteArrayType;
use arrow_array::{
    Array, ArrayRef, FixedSizeBinaryArray, GenericByteArray, ListArray, MapArray, StringArray, StructArray,
    TimestampNanosecondArray, new_null_array,
};
use arrow_cast::cast::{CastOptions, cast_with_options};
use arrow_schema::{ArrowError, DataType, TimeUnit};

use crate::decode::faults::{beyond_limit, corrupt, unsupported};
use crate::decode::pack::int96_parts;
use crate::error::{CkptError, Result};

/// `longest`: bytes that one text or bytes value may have.
pub(super) fn conform(array: &ArrayRef, target: &DataType, longest: u64) -> Result<ArrayRef> {
    let other = || CkptError::internal(format!("a column of {} is to be {target}", array.data_type()));
    Ok(match target {
        DataType::Struct(fields) => {
            let parts = array.as_struct_opt().filter(|parts| parts.num_columns() == fields.len());
            let parts = parts.ok_or_else(other)?;
            let columns = parts.columns().iter().zip(fields);
            let columns = columns.map(|(part, field)| conform(part, field.data_type(), longest));
            let columns = columns.collect::<Result<Vec<_>>>()?;
            let made = StructArray::try_new(fields.clone(), columns, parts.nulls().cloned());
            Arc::new(made.map_err(|error| broken(&error))?)
        }
        DataType::List(item) => {
            // The map of a list that knows no maps: see `plain.rs`.
            let wrapped = array.as_struct_opt().and_then(|wrapper| wrapper.columns().first());
            let list = wrapped.unwrap_or(array).as_list_opt::<i32>().ok_or_else(other)?;
            let values = conform(list.values(), item.data_type(), longest)?;
            let (offsets, nulls) = (list.offsets().clone(), list.nulls().cloned());
            Arc::new(
                ListArray::try_new(Arc::clone(item), offsets, values, nulls)
                    .map_err(|error| broken(&error))?,
            )
        }
        DataType::Map(entries, sorted) => {
            let map = array.as_map_opt().ok_or_else(other)?;
            let inner: ArrayRef = Arc::new(map.entries().clone());
            let inner = conform(&inner, entries.data_type(), longest)?.as_struct().clone();
            let (offsets, nulls) = (map.offsets().clone(), map.nulls().cloned());
            let made = MapArray::try_new(Arc::clone(entries), offsets, inner, nulls, *sorted);
            Arc::new(made.map_err(|error| broken(&error))?)
        }
        _ => leaf(array, target, longest)?,
    })
}

fn leaf(array: &ArrayRef, target: &DataType, longest: u64) -> Result<ArrayRef> {
    let made = match (array.data_type(), target) {
        (found, wanted) if found == wanted => Arc::clone(array),
        (_, DataType::Null) => new_null_array(target, array.len()),
        (DataType::FixedSizeBinary(12), DataType::Timestamp(TimeUnit::Nanosecond, None)) => {
            Arc::new(int96(array.as_fixed_size_binary())?)
        }
        (DataType::Binary, DataType::Utf8) => {
            let bytes = array.as_binary::<i32>().iter();
            Arc::new(bytes.map(|bytes| bytes.map(String::from_utf8_lossy)).collect::<StringArray>())
        }
        _ => {
            let options = CastOptions { safe: false, ..CastOptions::default() };
            cast_with_options(array, target, &options).map_err(|error| broken(&error))?
        }
    };
    match target {
        DataType::Utf8 => check_lengths(made.as_string::<i32>(), longest)?,
        DataType::Binary => check_lengths(made.as_binary::<i32>(), longest)?,
        DataType::FixedSizeBinary(size) if u64::from(size.unsigned_abs()) > longest => {
            return Err(too_long(longest));
        }
        _ => {}
    }
    Ok(made)
}

fn check_lengths<T: ByteArrayType<Offset = i32>>(array: &GenericByteArray<T>, longest: u64) -> Result<()> {
    let is_long = |pair: &[i32]| u64::from(pair[1].abs_diff(pair[0])) > longest;
    if array.value_data().len() as u64 > longest && array.value_offsets().windows(2).any(is_long) {
        return Err(too_long(longest));
    }
    Ok(())
}

fn too_long(longest: u64) -> CkptError {
    beyond_limit(&format!("a value has more than {longest} bytes"))
}

/// The oldest timestamps. 64 bits of nanoseconds end in 1677 and 2262.
fn int96(array: &FixedSizeBinaryArray) -> Result<TimestampNanosecondArray> {
    let nanos = |value: &[u8]| {
        let (ms, within) = int96_parts(value);
        let nanos = i128::from(ms) * 1_000_000 + i128::from(within);
        i64::try_from(nanos).map_err(|_| {
            unsupported("a timestamp that does not fit Arrow's nanoseconds, which end in 1677 and 2262; leave the column out")
        })
    };
    array.iter().map(|value| value.map(nanos).transpose()).collect()
}

/// What Arrow says against the arrays of a file: its own writer would not have made them.
pub(super) fn broken(error: &ArrowError) -> CkptError {
    corrupt(&error.to_string())
}
