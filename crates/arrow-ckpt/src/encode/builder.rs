//! One node of a row group while it fills: appended to record by record, turned into an Arrow array when the row group is full.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Float32Array, Float64Array, Int32Array, Int64Array, ListArray, StructArray,
    TimestampMillisecondArray, new_null_array,
};
use arrow_buffer::{BooleanBufferBuilder, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field};

use super::blob::{BlobBuilder, roomy};
use super::map_text::append_maps;
use super::plan::{ColumnType, PlanKind, PlanNode};
use super::record::{Cursor, f32s, f64s, i64s, u32s};
use super::text::TextBuilder;
use crate::error::{CkptError, Result};
use crate::layout::{FLAG_DICT, FLAG_MAP, FLAG_UTF16, FLAG_VALIDITY};

/// 2^53 - 1, JavaScript's `Number.MAX_SAFE_INTEGER`.
const MAX_SAFE: f64 = 9_007_199_254_740_991.0;

/// So many elements of lists, all of them floats, can be vectors.
const VECTOR_VALUES: usize = 1024;
/// Bits at the end of a float's 23 of which a number with few digits has none.
const LAST_BITS: u32 = 0xff;

/// A node while it fills.
#[derive(Debug)]
pub struct Builder {
    pub(super) name: String,
    pub(super) slots: usize,
    /// None while no slot is null.
    pub(super) validity: Option<BooleanBufferBuilder>,
    pub(super) data: Data,
    /// Whether the leaf is encoded while rows still come, see `segments.rs`.
    pub(super) early: bool,
    /// Slots that were handed out in segments, those of ancestors of early leaves too.
    pub(super) taken: usize,
}

#[derive(Debug)]
pub(super) enum Data {
    Null,
    /// `integral`: every number so far is a safe integer and none is -0. `single`: every number so far is one that a float holds exactly.
    Num {
        values: Vec<f64>,
        integral: bool,
        single: bool,
    },
    Bool(BooleanBufferBuilder),
    Text(TextBuilder),
    I32(Vec<i32>),
    Big(Vec<i64>),
    Date(Vec<i64>),
    Bytes(BlobBuilder),
    F64(Vec<f64>),
    F32(Vec<f32>),
    List {
        ends: Vec<i32>,
        child: Box<Builder>,
    },
    Struct(Vec<Builder>),
}

impl Builder {
    /// An empty builder for a node of the plan, filled up with `slots` nulls: rows that came before the node did.
    pub fn new(node: &PlanNode, slots: usize) -> Self {
        let data = match node.kind {
            PlanKind::Null => Data::Null,
            PlanKind::Num => Data::Num { values: Vec::new(), integral: true, single: true },
            PlanKind::Bool => Data::Bool(BooleanBufferBuilder::new(0)),
            PlanKind::Text => Data::Text(TextBuilder::default()),
            PlanKind::I32 => Data::I32(Vec::new()),
            PlanKind::Big => Data::Big(Vec::new()),
            PlanKind::Date => Data::Date(Vec::new()),
            PlanKind::Bytes => Data::Bytes(BlobBuilder::default()),
            PlanKind::F64 => Data::F64(Vec::new()),
            PlanKind::F32 => Data::F32(Vec::new()),
            PlanKind::List => Data::List { ends: vec![0], child: Box::new(Self::new(&node.children[0], 0)) },
            PlanKind::Struct => Data::Struct(node.children.iter().map(|child| Self::new(child, 0)).collect()),
        };
        let mut builder =
            Self { name: node.name.clone(), slots: 0, validity: None, data, early: false, taken: 0 };
        builder.append_nulls(slots);
        builder
    }

    /// An empty builder for a node of the plan, with room for about as much as the one before it holds: growing would copy again and again,
    /// and hold up to twice as much.
    pub fn following(node: &PlanNode, before: &Self) -> Self {
        let mut builder = Self::new(node, 0);
        builder.reserve_like(before);
        builder
    }

    fn reserve_like(&mut self, before: &Self) {
        match (&mut self.data, &before.data) {
            (Data::Num { values, .. }, Data::Num { values: before, .. })
            | (Data::F64(values), Data::F64(before)) => values.reserve(roomy(before.len())),
            (Data::I32(values), Data::I32(before)) => values.reserve(roomy(before.len())),
            (Data::Big(values), Data::Big(before)) | (Data::Date(values), Data::Date(before)) => {
                values.reserve(roomy(before.len()));
            }
            (Data::F32(values), Data::F32(before)) => values.reserve(roomy(before.len())),
            (Data::Text(text), Data::Text(before)) => text.reserve_like(before),
            (Data::Bytes(blob), Data::Bytes(before)) => blob.reserve_like(before),
            (Data::List { ends, child }, Data::List { ends: before, child: child_before }) => {
                ends.reserve(roomy(before.len()));
                child.reserve_like(child_before);
            }
            (Data::Struct(fields), Data::Struct(before)) => {
                fields.iter_mut().zip(before).for_each(|(field, before)| field.reserve_like(before));
            }
            _ => {}
        }
    }

    /// Follows a change of the plan: a null node gets its type, a struct more fields. Slots so far are nulls there.
    pub fn evolve(&mut self, node: &PlanNode) -> Result<()> {
        match (&mut self.data, node.kind) {
            (Data::Null, PlanKind::Null)
            | (Data::Num { .. }, PlanKind::Num)
            | (Data::Bool(_), PlanKind::Bool)
            | (Data::Text(_), PlanKind::Text)
            | (Data::I32(_), PlanKind::I32)
            | (Data::Big(_), PlanKind::Big)
            | (Data::Date(_), PlanKind::Date)
            | (Data::Bytes(_), PlanKind::Bytes)
            | (Data::F64(_), PlanKind::F64)
            | (Data::F32(_), PlanKind::F32) => {}
            (Data::Null, _) => *self = Self::new(node, self.slots),
            (Data::List { child, .. }, PlanKind::List) => child.evolve(&node.children[0])?,
            (Data::Struct(fields), PlanKind::Struct) => evolve_all(fields, &node.children, self.slots)?,
            _ => return Err(CkptError::internal(format!("column {} changed its kind", self.name))),
        }
        Ok(())
    }

    /// Appends the next node section of a rows record; gives its number of slots.
    pub fn append(&mut self, cursor: &mut Cursor<'_>) -> Result<usize> {
        let [slots, flags, text_bytes, entries] = cursor.words::<4>()?;
        let slots = slots as usize;
        if matches!(self.data, Data::Null) {
            self.slots += slots;
            return Ok(slots);
        }
        let valid = if flags & FLAG_VALIDITY == 0 { None } else { Some(cursor.section(slots)?) };
        if let Some(valid) = valid {
            append_bits(self.validity.get_or_insert_with(|| all_valid(self.slots)), valid);
        } else if let Some(validity) = &mut self.validity {
            validity.append_n(slots, true);
        }
        match &mut self.data {
            Data::Null => {}
            Data::Num { values, integral, single } => {
                let before = values.len();
                values.extend(f64s(cursor.section(slots * 8)?));
                *integral = *integral && values[before..].iter().all(|&value| is_integral(value));
                *single = *single && are_single(&values[before..]);
            }
            Data::Bool(bits) => append_bits(bits, cursor.section(slots)?),
            Data::I32(values) => values.extend(u32s(cursor.section(slots * 4)?).map(|value| value as i32)),
            Data::Big(values) => values.extend(i64s(cursor.section(slots * 8)?)),
            Data::Date(values) => {
                values.extend(f64s(cursor.section(slots * 8)?).map(|value| value as i64));
            }
            Data::F64(values) => values.extend(f64s(cursor.section(slots * 8)?)),
            Data::F32(values) => values.extend(f32s(cursor.section(slots * 4)?)),
            Data::Bytes(blob) => {
                let ends = cursor.section(slots * 4)?;
                blob.append(ends, cursor.section(text_bytes as usize)?)?;
            }
            Data::Text(text) => {
                let indices = if flags & FLAG_DICT == 0 { None } else { Some(cursor.section(slots * 4)?) };
                let ends = cursor.section(indices.map_or(slots, |_| entries as usize) * 4)?;
                let bytes = cursor.section(text_bytes as usize)?;
                let mut dictionary = TextBuilder::default();
                let into = if indices.is_some() { &mut dictionary } else { &mut *text };
                if flags & FLAG_UTF16 == 0 {
                    into.append_ascii(ends, bytes)?;
                } else {
                    into.append_utf16(ends, bytes)?;
                }
                if flags & FLAG_MAP != 0 {
                    let slot_ends =
                        indices.ok_or_else(|| CkptError::internal("maps without a dictionary"))?;
                    let members = u32s(slot_ends).last().unwrap_or(0) as usize;
                    append_maps(text, &dictionary, slot_ends, cursor.section(members * 4)?, valid)?;
                } else if let Some(indices) = indices {
                    text.append_dictionary(&dictionary, indices, valid)?;
                }
            }
            Data::List { ends, child } => {
                let base = ends[ends.len() - 1];
                let mut last = 0;
                for end in u32s(cursor.section(slots * 4)?) {
                    if end < last {
                        return Err(CkptError::internal("list end offsets fall"));
                    }
                    last = end;
                    ends.push(base + end as i32);
                }
                if child.append(cursor)? != last as usize {
                    return Err(CkptError::internal("a list's end offsets and its child disagree"));
                }
            }
            Data::Struct(fields) => {
                for field in fields {
                    if field.append(cursor)? != slots {
                        return Err(CkptError::internal("a struct and its field disagree on their slots"));
                    }
                }
            }
        }
        self.slots += slots;
        Ok(slots)
    }

    /// Appends `slots` nulls.
    pub fn append_nulls(&mut self, slots: usize) {
        if slots == 0 {
            return;
        }
        if !matches!(self.data, Data::Null) {
            self.validity.get_or_insert_with(|| all_valid(self.slots)).append_n(slots, false);
        }
        match &mut self.data {
            Data::Null => {}
            Data::Num { values, .. } | Data::F64(values) => values.resize(values.len() + slots, 0.0),
            Data::Bool(bits) => bits.append_n(slots, false),
            Data::Text(text) => text.append_nulls(slots),
            Data::I32(values) => values.resize(values.len() + slots, 0),
            Data::Big(values) | Data::Date(values) => values.resize(values.len() + slots, 0),
            Data::Bytes(blob) => blob.append_nulls(slots),
            Data::F32(values) => values.resize(values.len() + slots, 0.0),
            Data::List { ends, .. } => ends.resize(ends.len() + slots, ends[ends.len() - 1]),
            Data::Struct(fields) => fields.iter_mut().for_each(|field| field.append_nulls(slots)),
        }
        self.slots += slots;
    }

    /// About how many bytes of memory the node holds.
    pub fn bytes(&self) -> usize {
        match &self.data {
            Data::Null => 0,
            Data::Num { values, .. } | Data::F64(values) => values.len() * 8,
            Data::Bool(_) => self.slots / 8,
            Data::Text(text) => text.bytes() + self.slots * 4,
            Data::I32(values) => values.len() * 4,
            Data::Big(values) | Data::Date(values) => values.len() * 8,
            Data::Bytes(blob) => blob.bytes() + self.slots * 4,
            Data::F32(values) => values.len() * 4,
            Data::List { ends, child } => ends.len() * 4 + child.bytes(),
            Data::Struct(fields) => fields.iter().map(Self::bytes).sum(),
        }
    }

    /// The name of the field.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type of a column that is one leaf of texts or bytes.
    pub fn leaf_type(&self) -> Option<ColumnType> {
        match &self.data {
            Data::Text(_) => Some(ColumnType::Text),
            Data::Bytes(_) => Some(ColumnType::Bytes),
            _ => None,
        }
    }

    /// The narrowest type that holds all that was appended. `known`: that of row groups before.
    pub fn column_type(&self, known: Option<&ColumnType>) -> ColumnType {
        match &self.data {
            Data::Null => ColumnType::Null,
            Data::Num { integral: true, .. } => ColumnType::Int,
            Data::Num { .. } | Data::F64(_) => ColumnType::Double,
            Data::Bool(_) => ColumnType::Bool,
            Data::Text(_) => ColumnType::Text,
            Data::I32(_) => ColumnType::I32,
            Data::Big(_) => ColumnType::Big,
            Data::Date(_) => ColumnType::Date,
            Data::Bytes(_) => ColumnType::Bytes,
            Data::F32(_) => ColumnType::Float,
            Data::List { child, .. } => {
                let known = if let Some(ColumnType::List(element)) = known { Some(&**element) } else { None };
                ColumnType::List(Box::new(child.element_type(known)))
            }
            Data::Struct(fields) => {
                let known =
                    if let Some(ColumnType::Struct(fields)) = known { fields.as_slice() } else { &[] };
                let known =
                    |name: &str| known.iter().find(|(known, _)| known == name).map(|(_, known)| known);
                let typed = |field: &Self| (field.name.clone(), field.column_type(known(&field.name)));
                ColumnType::Struct(fields.iter().map(typed).collect())
            }
        }
    }

    /// The type of the elements of a list: vectors of models are floats, and half the size as such. Some numbers that happen to be floats
    /// are no vectors.
    fn element_type(&self, known: Option<&ColumnType>) -> ColumnType {
        let is_known = known == Some(&ColumnType::Float);
        match &self.data {
            Data::Num { integral: false, single: true, values } if is_known || are_vectors(values) => {
                ColumnType::Float
            }
            _ => self.column_type(known),
        }
    }

    /// The Arrow array of all that was appended, as `data_type`, which holds at least [`Self::column_type`].
    pub fn finish(self, data_type: &DataType) -> Result<ArrayRef> {
        let nulls = self.validity.map(|mut bits| NullBuffer::new(bits.finish()));
        Ok(match (self.data, data_type) {
            (Data::Null, _) => new_null_array(data_type, self.slots),
            (Data::Num { values, .. }, DataType::Int64) => {
                let values: Vec<i64> = values.into_iter().map(|value| value as i64).collect();
                Arc::new(Int64Array::new(ScalarBuffer::from(values), nulls))
            }
            (Data::Num { values, .. }, DataType::Float32) => {
                let values: Vec<f32> = values.into_iter().map(|value| value as f32).collect();
                Arc::new(Float32Array::new(ScalarBuffer::from(values), nulls))
            }
            (Data::Num { values, .. } | Data::F64(values), _) => {
                Arc::new(Float64Array::new(ScalarBuffer::from(values), nulls))
            }
            (Data::Bool(mut bits), _) => Arc::new(BooleanArray::new(bits.finish(), nulls)),
            (Data::Text(text), _) => text.finish(nulls)?,
            (Data::I32(values), _) => Arc::new(Int32Array::new(ScalarBuffer::from(values), nulls)),
            (Data::Big(values), _) => Arc::new(Int64Array::new(ScalarBuffer::from(values), nulls)),
            (Data::Date(values), _) => {
                let array = TimestampMillisecondArray::new(ScalarBuffer::from(values), nulls);
                Arc::new(array.with_timezone("UTC"))
            }
            (Data::Bytes(blob), _) => blob.finish(nulls)?,
            (Data::F32(values), _) => Arc::new(Float32Array::new(ScalarBuffer::from(values), nulls)),
            (Data::List { ends, child }, DataType::List(element)) => {
                let offsets = OffsetBuffer::new(ScalarBuffer::from(ends));
                let child = child.finish(element.data_type())?;
                Arc::new(
                    ListArray::try_new(element.clone(), offsets, child, nulls)
                        .map_err(CkptError::internal)?,
                )
            }
            (Data::Struct(fields), DataType::Struct(types)) => {
                let arrays = finish_fields(fields, types, self.slots)?;
                Arc::new(StructArray::try_new(types.clone(), arrays, nulls).map_err(CkptError::internal)?)
            }
            (data, _) => return Err(CkptError::internal(format!("{data:?} does not make a {data_type}"))),
        })
    }
}

/// Makes `builders` follow `plan`, whose nodes are theirs and maybe more.
pub fn evolve_all(builders: &mut Vec<Builder>, plan: &[PlanNode], slots: usize) -> Result<()> {
    if plan.len() < builders.len() {
        return Err(CkptError::internal("a plan lost a column"));
    }
    for (builder, node) in builders.iter_mut().zip(plan) {
        if builder.name != node.name {
            return Err(CkptError::internal(format!("column {} became {}", builder.name, node.name)));
        }
        builder.evolve(node)?;
    }
    let known = builders.len();
    builders.extend(plan[known..].iter().map(|node| Builder::new(node, slots)));
    Ok(())
}

fn finish_fields(fields: Vec<Builder>, types: &arrow_schema::Fields, slots: usize) -> Result<Vec<ArrayRef>> {
    let mut arrays: Vec<Option<ArrayRef>> = vec![None; types.len()];
    // Fields of early leaves alone are not asked for again.
    for field in fields.into_iter().filter(|field| !field.is_early()) {
        let index = types.iter().position(|ty: &Arc<Field>| *ty.name() == field.name);
        let index = index.ok_or_else(|| CkptError::internal(format!("field {} has no type", field.name)))?;
        arrays[index] = Some(field.finish(types[index].data_type())?);
    }
    let filled = arrays.into_iter().zip(types);
    Ok(filled.map(|(array, ty)| array.unwrap_or_else(|| new_null_array(ty.data_type(), slots))).collect())
}

fn all_valid(slots: usize) -> BooleanBufferBuilder {
    let mut bits = BooleanBufferBuilder::new(slots + 1024);
    bits.append_n(slots, true);
    bits
}

/// Appends bytes of 0 and 1 as bits, eight at a time: the product of eight such bytes and this number has them as bits in its highest byte.
fn append_bits(bits: &mut BooleanBufferBuilder, bytes: &[u8]) {
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (eights, rest) = bytes.as_chunks::<8>();
    let packed: Vec<u8> =
        eights.iter().map(|eight| (u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56) as u8).collect();
    bits.append_packed_range(0..eights.len() * 8, &packed);
    for &byte in rest {
        bits.append(byte != 0);
    }
}

/// By a conversion there and back: `trunc` is a call where the processor is not known to have an instruction for it.
#[expect(clippy::float_cmp, reason = "exactness is the question")]
fn is_integral(value: f64) -> bool {
    (value as i64) as f64 == value && value.abs() <= MAX_SAFE && value.to_bits() != (-0.0_f64).to_bits()
}

/// Whether a float holds each of them exactly, NaN too. In runs, so that it is done some numbers at a time.
fn are_single(values: &[f64]) -> bool {
    const RUN: usize = 64;
    let is_single = |value: &f64| f64::from(*value as f32).to_bits() == value.to_bits();
    values.chunks(RUN).all(|run| run.iter().fold(true, |all, value| all & is_single(value)))
}

/// Whether floats are what a model computes rather than halves and quarters: most have all their bits.
fn are_vectors(values: &[f64]) -> bool {
    let sample = values.iter().step_by((values.len() / VECTOR_VALUES).max(1));
    let full = sample.clone().filter(|value| (**value as f32).to_bits() & LAST_BITS != 0).count();
    values.len() >= VECTOR_VALUES && full * 2 >= sample.count()
}
