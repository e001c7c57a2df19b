//! Texts and bytes are encoded while rows still come: a column hands out what it holds of them in segments, and at the end of the row group
//! the rest. Their type is known from the beginning, and nearly all bytes of large checkpoints are theirs. What a number is in the file
//! is known at the end of the row group, so numbers and all that is small wait for it.

use std::mem::take;
use std::sync::Arc;

use arrow_array::{ArrayRef, ListArray, StructArray};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{Field, Fields};

use super::builder::{Builder, Data};
use super::chunk::Segment;
use super::plan::ColumnType;
use crate::error::{CkptError, Result};

impl Builder {
    /// Bytes of texts and bytes that are held and may go early.
    pub fn ripe_bytes(&self) -> usize {
        match &self.data {
            Data::Text(text) => text.bytes(),
            Data::Bytes(blob) => blob.bytes(),
            Data::List { child, .. } => child.ripe_bytes(),
            Data::Struct(fields) => fields.iter().map(Self::ripe_bytes).sum(),
            _ => 0,
        }
    }

    /// Makes early leaves of the texts and bytes that there are. Those that the plan brings later are encoded at the end of the row group.
    pub fn mark_early(&mut self) {
        match &mut self.data {
            Data::Text(_) | Data::Bytes(_) => self.early = true,
            Data::List { child, .. } => child.mark_early(),
            Data::Struct(fields) => fields.iter_mut().for_each(Self::mark_early),
            _ => {}
        }
    }

    /// Whether all leaves are early ones.
    pub fn is_early(&self) -> bool {
        match &self.data {
            Data::List { child, .. } => child.is_early(),
            Data::Struct(fields) => fields.iter().all(Self::is_early),
            _ => self.early,
        }
    }

    /// The type of the part of the column that is early leaves.
    pub fn early_type(&self) -> Option<ColumnType> {
        match &self.data {
            Data::Text(_) if self.early => Some(ColumnType::Text),
            Data::Bytes(_) if self.early => Some(ColumnType::Bytes),
            Data::List { child, .. } => Some(ColumnType::List(Box::new(child.early_type()?))),
            Data::Struct(fields) => {
                let early = |field: &Self| Some((field.name.clone(), field.early_type()?));
                Some(fields.iter().filter_map(early).collect::<Vec<_>>())
                    .filter(|fields| !fields.is_empty())
                    .map(ColumnType::Struct)
            }
            _ => None,
        }
    }

    /// The type of the other part, of a column of type `whole`.
    pub fn late_type(&self, whole: &ColumnType) -> Option<ColumnType> {
        match (&self.data, whole) {
            (Data::List { child, .. }, ColumnType::List(element)) => {
                Some(ColumnType::List(Box::new(child.late_type(element)?)))
            }
            (Data::Struct(fields), ColumnType::Struct(types)) => {
                let late = |(name, ty): &(String, ColumnType)| {
                    let field = fields.iter().find(|field| field.name == *name);
                    Some((name.clone(), field.map_or_else(|| Some(ty.clone()), |field| field.late_type(ty))?))
                };
                Some(types.iter().filter_map(late).collect::<Vec<_>>())
                    .filter(|fields| !fields.is_empty())
                    .map(ColumnType::Struct)
            }
            _ => (!self.early).then(|| whole.clone()),
        }
    }

    /// Takes out what the early leaves got since the last time.
    pub fn take_segment(&mut self) -> Result<Option<Segment>> {
        let Some(column_type) = self.early_type() else { return Ok(None) };
        Ok(self.take_early()?.map(|array| Segment { array, column_type }))
    }

    fn take_early(&mut self) -> Result<Option<ArrayRef>> {
        let from = std::mem::replace(&mut self.taken, self.slots);
        let nulls = || self.validity.as_ref().map(|bits| window(bits.as_slice(), from, self.slots));
        Ok(Some(match &mut self.data {
            Data::Text(text) if self.early => take(text).finish(nulls())?,
            Data::Bytes(blob) if self.early => take(blob).finish(nulls())?,
            Data::List { ends, child } => {
                let Some(child_type) = child.early_type() else { return Ok(None) };
                let Some(elements) = child.take_early()? else { return Ok(None) };
                let base = ends[from];
                let offsets: Vec<i32> = ends[from..].iter().map(|end| end - base).collect();
                let element = Arc::new(Field::new("element", child_type.to_stored(), true));
                let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
                Arc::new(
                    ListArray::try_new(element, offsets, elements, nulls()).map_err(CkptError::internal)?,
                )
            }
            Data::Struct(fields) => {
                let (mut types, mut arrays) = (Vec::new(), Vec::new());
                for field in fields {
                    let (Some(ty), Some(array)) = (field.early_type(), field.take_early()?) else {
                        continue;
                    };
                    types.push(Field::new(&field.name, ty.to_stored(), true));
                    arrays.push(array);
                }
                if arrays.is_empty() {
                    return Ok(None);
                }
                let built = StructArray::try_new(Fields::from(types), arrays, nulls());
                Arc::new(built.map_err(CkptError::internal)?)
            }
            _ => return Ok(None),
        }))
    }
}

/// The bits of slots from `from` to `to`.
fn window(bits: &[u8], from: usize, to: usize) -> NullBuffer {
    let bytes = Buffer::from(&bits[from / 8..to.div_ceil(8)]);
    NullBuffer::new(BooleanBuffer::new(bytes, from % 8, to - from))
}
