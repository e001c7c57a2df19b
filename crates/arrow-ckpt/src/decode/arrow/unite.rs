//! The one schema of files whose columns differ, and their arrays in it. What has its type already is not copied.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, ListArray, StructArray, new_null_array};
use arrow_cast::cast::{CastOptions, cast_with_options};
use arrow_schema::{DataType, Field, FieldRef, Fields};

use super::conform::broken;
use crate::error::{CkptError, ErrorCode, Result};

/// A field of nothing as one of texts, as in a stream of one file; so are those in it.
pub(super) fn valued(field: &FieldRef) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::Null => DataType::Utf8,
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(valued).collect()),
        DataType::List(item) => DataType::List(valued(item)),
        _ => return Arc::clone(field),
    };
    Arc::new(field.as_ref().clone().with_data_type(data_type))
}

/// From here on a double does not hold every integer.
const SAFE: i64 = 1 << 53;

/// Adds the fields of one more file to those of the files before it, by their names.
pub(super) fn unite_fields(all: &mut Vec<FieldRef>, fields: &Fields) -> Result<()> {
    for field in fields {
        match all.iter_mut().find(|known| known.name() == field.name()) {
            Some(known) => *known = Arc::new(united(known, field)?),
            // Rows of the other files have no value of it.
            None => all.push(Arc::new(field.as_ref().clone().with_nullable(true))),
        }
    }
    Ok(())
}

fn united(one: &Field, other: &Field) -> Result<Field> {
    let nullable = one.is_nullable() || other.is_nullable();
    let (field, data_type) = match (one.data_type(), other.data_type()) {
        (DataType::Null, _) => (other, other.data_type().clone()),
        (_, DataType::Null) => (one, one.data_type().clone()),
        (left, right) => {
            // Text and JSON text are told apart by the metadata only.
            let same = one.metadata() == other.metadata();
            let both = if same { united_type(left, right)? } else { None };
            (one, both.ok_or_else(|| differ(left, right).in_column(one.name()))?)
        }
    };
    Ok(field.clone().with_data_type(data_type).with_nullable(nullable))
}

fn united_type(one: &DataType, other: &DataType) -> Result<Option<DataType>> {
    Ok(match (one, other) {
        _ if one == other => Some(one.clone()),
        (DataType::Struct(left), DataType::Struct(right)) => {
            let mut fields = left.iter().cloned().collect::<Vec<_>>();
            for field in left {
                if !right.iter().any(|known| known.name() == field.name()) {
                    let known = fields.iter_mut().find(|known| known.name() == field.name());
                    if let Some(known) = known {
                        *known = Arc::new(field.as_ref().clone().with_nullable(true));
                    }
                }
            }
            unite_fields(&mut fields, right)?;
            Some(DataType::Struct(fields.into()))
        }
        (DataType::List(left), DataType::List(right)) => {
            Some(DataType::List(Arc::new(united(left, right)?.with_name(left.name()))))
        }
        _ if one.is_integer() && other.is_integer() => {
            Some(DataType::Int64).filter(|_| fits(one) && fits(other))
        }
        _ if one.is_numeric() && other.is_numeric() && is_number(one) && is_number(other) => {
            Some(DataType::Float64)
        }
        _ => None,
    })
}

/// Whether an integer has a place in 64 bits with a sign.
fn fits(integer: &DataType) -> bool {
    *integer != DataType::UInt64
}

fn is_number(data_type: &DataType) -> bool {
    data_type.is_floating() || (data_type.is_integer() && fits(data_type))
}

fn differ(one: &DataType, other: &DataType) -> CkptError {
    let message = format!(
        "the parts have {one} and {other}, which have no common type in Arrow; read the parts one by one"
    );
    CkptError::new(ErrorCode::Arrow, message)
}

/// An array of one file as one of the united type.
pub(super) fn brought(array: &ArrayRef, target: &DataType) -> Result<ArrayRef> {
    let rows = array.len();
    Ok(match (array.data_type(), target) {
        (found, wanted) if found == wanted => Arc::clone(array),
        (DataType::Null, _) => new_null_array(target, rows),
        (DataType::Struct(own), DataType::Struct(fields)) => {
            let parts = array.as_struct();
            let column = |field: &FieldRef| match own.find(field.name()) {
                Some((index, _)) => brought(parts.column(index), field.data_type()),
                None => Ok(new_null_array(field.data_type(), rows)),
            };
            let columns = fields.iter().map(column).collect::<Result<Vec<_>>>()?;
            let nulls = parts.nulls().cloned();
            // Without fields the length is told by nothing else.
            let made = StructArray::try_new_with_length(fields.clone(), columns, nulls, rows);
            Arc::new(made.map_err(|error| broken(&error))?)
        }
        (DataType::List(_), DataType::List(item)) => {
            let list = array.as_list::<i32>();
            let values = brought(list.values(), item.data_type())?;
            let (offsets, nulls) = (list.offsets().clone(), list.nulls().cloned());
            let made = ListArray::try_new(Arc::clone(item), offsets, values, nulls);
            Arc::new(made.map_err(|error| broken(&error))?)
        }
        (found, wanted) => {
            if *found == DataType::Int64 && wanted.is_floating() {
                let is_exact = |value: i64| (-SAFE..=SAFE).contains(&value);
                if !array.as_primitive::<Int64Type>().iter().flatten().all(is_exact) {
                    let message = "an integer beyond 2^53 stands where other parts have doubles; read the parts one by one";
                    return Err(CkptError::new(ErrorCode::Arrow, message));
                }
            }
            let options = CastOptions { safe: false, ..CastOptions::default() };
            cast_with_options(array, wanted, &options).map_err(|error| broken(&error))?
        }
    })
}
