//! Elements of a schema that parquet-rs refuses although a writer meant them, as it is to see them instead.
//!
//! - The converted type 24 of old C++ writers, a column of nulls, becomes the annotation that the format has for it. Others beyond those of
//!   the format go: what remains is the physical type.
//! - Decimals that parquet-rs cannot hold, or whose legacy fields are not all there, lose their annotation. It is told apart, and their
//!   digits are made from the stored values.

use std::ops::Range;

use super::thrift::{Compact, Shape, wire};

/// A decimal whose values are read as they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    pub precision: i32,
    pub scale: i32,
}

/// Numbers of Thrift's enums: physical types and converted types.
mod number {
    pub const INT32: i32 = 1;
    pub const INT64: i32 = 2;
    pub const BYTE_ARRAY: i32 = 6;
    pub const FIXED_LEN_BYTE_ARRAY: i32 = 7;
    pub const DECIMAL: i32 = 5;
    pub const LAST_CONVERTED: i32 = 21;
    pub const OLD_NULL: i32 = 24;
}

/// Fields of an element.
mod field {
    pub const TYPE: i16 = 1;
    pub const LENGTH: i16 = 2;
    pub const CHILDREN: i16 = 5;
    pub const CONVERTED: i16 = 6;
    pub const SCALE: i16 = 7;
    pub const PRECISION: i16 = 8;
    pub const LOGICAL: i16 = 10;
}

/// The logical type UNKNOWN, field 11 of the union: an empty structure.
const NULLS: [u8; 3] = [11 << 4 | wire::STRUCT, 0, 0];

/// Zeros that a scale may ask for in each text.
const MAX_SCALE: i32 = 1000;

/// What an element says.
#[derive(Default)]
pub(super) struct Element {
    pub children: i32,
    physical: Option<i32>,
    length: Option<i32>,
    converted: Option<i32>,
    scale: Option<i32>,
    precision: Option<i32>,
    /// Of a logical type DECIMAL its scale and precision.
    logical: Option<(Option<i32>, Option<i32>)>,
    is_logical: bool,
    fields: Vec<(i16, u8, Range<usize>)>,
    bytes: Range<usize>,
}

impl Element {
    /// Reads an element; fields of `shape` must have their types.
    pub fn read(reader: &mut Compact<'_>, shape: &Shape, logical: &Shape) -> Option<Self> {
        let mut element = Self::default();
        let start = reader.position();
        reader.fields(|reader, id, kind| {
            let from = reader.position();
            match (id, kind) {
                (field::TYPE, wire::I32) => element.physical = Some(reader.i32()?),
                (field::LENGTH, wire::I32) => element.length = Some(reader.i32()?),
                (field::CHILDREN, wire::I32) => element.children = reader.i32()?,
                (field::CONVERTED, wire::I32) => element.converted = Some(reader.i32()?),
                (field::SCALE, wire::I32) => element.scale = Some(reader.i32()?),
                (field::PRECISION, wire::I32) => element.precision = Some(reader.i32()?),
                (field::LOGICAL, wire::STRUCT) => {
                    reader.shaped(logical)?;
                    element.is_logical = true;
                    element.logical = logical_decimal(reader.since(from));
                }
                (field::CHILDREN, _) => return None,
                _ => {
                    if !reader.shaped_field(shape, id, kind)? {
                        reader.skip_field(kind)?;
                    }
                }
            }
            element.fields.push((id, kind, from..reader.position()));
            Some(true)
        })?;
        element.bytes = start..reader.position();
        Some(element)
    }

    /// Whether it is a leaf: a column of the file.
    pub fn is_leaf(&self) -> bool {
        self.children == 0 && self.physical.is_some()
    }

    /// The decimal that parquet-rs is not to know of.
    pub fn hidden_decimal(&self) -> Option<Decimal> {
        let is_decimal =
            self.logical.is_some() || (!self.is_logical && self.converted == Some(number::DECIMAL));
        if !self.is_leaf() || !is_decimal || self.is_plain_decimal() {
            return None;
        }
        let (scale, precision) = self.logical.unwrap_or_default();
        let scale = scale.or(self.scale).unwrap_or(0);
        let precision = precision.or(self.precision).unwrap_or(0);
        let stored = [number::INT32, number::INT64, number::BYTE_ARRAY, number::FIXED_LEN_BYTE_ARRAY];
        let can_be = precision >= 1
            && (0..=MAX_SCALE).contains(&scale)
            && self.physical.is_some_and(|kind| stored.contains(&kind));
        can_be.then_some(Decimal { precision, scale })
    }

    /// Whether parquet-rs reads the decimal.
    fn is_plain_decimal(&self) -> bool {
        let (Some(scale), Some(precision)) = (self.scale, self.precision) else { return false };
        let agrees = self.logical.is_none_or(|logical| logical == (Some(scale), Some(precision)));
        let most = match self.physical {
            Some(number::INT32) => 9,
            Some(number::INT64) => 18,
            Some(number::BYTE_ARRAY) => 76,
            Some(number::FIXED_LEN_BYTE_ARRAY) => most_digits(self.length.unwrap_or(0)),
            _ => 0,
        };
        agrees && (0..=precision).contains(&scale) && (1..=most).contains(&precision)
    }

    /// The place of the element in `footer` and the bytes to put there, where parquet-rs is to see another one.
    pub fn replacement(&self, footer: &[u8]) -> Option<(Range<usize>, Vec<u8>)> {
        let dropped: &[i16] = if self.hidden_decimal().is_some() {
            &[field::CONVERTED, field::SCALE, field::PRECISION, field::LOGICAL]
        } else if self.converted.is_some_and(|kind| !(0..=number::LAST_CONVERTED).contains(&kind)) {
            &[field::CONVERTED]
        } else {
            return None;
        };
        let kept = self.fields.iter().filter(|(id, ..)| !dropped.contains(id));
        let mut fields = Vec::with_capacity(self.fields.len() + 1);
        for (id, kind, value) in kept {
            fields.push((*id, *kind, footer.get(value.clone())?));
        }
        if self.converted == Some(number::OLD_NULL) && !self.is_logical {
            fields.push((field::LOGICAL, wire::STRUCT, &NULLS[..]));
        }
        let mut bytes = Vec::with_capacity(self.bytes.len() + 8);
        let mut last = 0;
        for (id, kind, value) in fields {
            if let Some(delta @ 1..=15) = id.checked_sub(last) {
                bytes.push((delta as u8) << 4 | kind);
            } else {
                bytes.push(kind);
                varint(&mut bytes, (i32::from(id) << 1 ^ i32::from(id) >> 15) as u32);
            }
            last = id;
            bytes.extend_from_slice(value);
        }
        bytes.push(0);
        Some((self.bytes.clone(), bytes))
    }
}

/// The digits that parquet-rs allows two's complement of so many bytes.
fn most_digits(length: i32) -> i32 {
    match length {
        1..=32 => (f64::from(8 * length - 1) * std::f64::consts::LOG10_2).floor() as i32,
        _ => 0,
    }
}

/// Scale and precision of the logical type DECIMAL, the union's field 5; `None` for another type.
fn logical_decimal(union: &[u8]) -> Option<(Option<i32>, Option<i32>)> {
    let mut decimal = None;
    Compact::new(union).fields(|reader, id, kind| {
        if id != 5 || kind != wire::STRUCT {
            return Some(false);
        }
        let (mut scale, mut precision) = (None, None);
        reader.fields(|reader, id, kind| match (id, kind) {
            (1, wire::I32) => reader.i32().map(|value| scale = Some(value)).map(|()| true),
            (2, wire::I32) => reader.i32().map(|value| precision = Some(value)).map(|()| true),
            _ => Some(false),
        })?;
        decimal = Some((scale, precision));
        Some(true)
    })?;
    decimal
}

fn varint(bytes: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}
