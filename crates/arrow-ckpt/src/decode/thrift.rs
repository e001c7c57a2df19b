//! A strict reader of Thrift's compact protocol: enough to look at a footer's and a page header's shape before parquet-rs
//! takes memory or stack for it. `None` everywhere means: these are not the bytes of such a structure.
//!
//! parquet-rs reads a known field by its id and ignores the type written with it. So that both readers see the same structure,
//! everything here that knows a field insists on its type.

/// Wire types of the compact protocol.
pub(super) mod wire {
    pub const TRUE: u8 = 1;
    pub const FALSE: u8 = 2;
    pub const BYTE: u8 = 3;
    pub const I16: u8 = 4;
    pub const I32: u8 = 5;
    pub const I64: u8 = 6;
    pub const DOUBLE: u8 = 7;
    pub const BINARY: u8 = 8;
    pub const LIST: u8 = 9;
    pub const SET: u8 = 10;
    pub const MAP: u8 = 11;
    pub const STRUCT: u8 = 12;
    pub const UUID: u8 = 13;
}

/// How deep an unknown field may nest.
const MAX_SKIP_DEPTH: usize = 32;

/// What a structure looks like, as far as we know it: the type of each known field, and the shape of known inner structures.
pub(super) struct Shape(pub &'static [(i16, u8, Option<&'static Self>)]);

/// A cursor over bytes in the compact protocol.
pub(super) struct Compact<'a> {
    bytes: &'a [u8],
    at: usize,
    field_at: usize,
    /// Headers of lists without elements that name a type other than the known one, and the header that they should have.
    pub mistyped: Vec<(usize, u8)>,
}

impl<'a> Compact<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, field_at: 0, mistyped: Vec::new() }
    }

    /// Bytes read so far.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Where the header of the field read last begins, if the header is of the short form.
    pub fn field_position(&self) -> Option<usize> {
        (self.bytes.get(self.field_at)? >> 4 > 0).then_some(self.field_at)
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn advance(&mut self, n: usize) -> Option<()> {
        self.at = self.at.checked_add(n).filter(|at| *at <= self.bytes.len())?;
        Some(())
    }

    pub fn unsigned(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    pub fn signed(&mut self) -> Option<i64> {
        let value = self.unsigned()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    pub fn i32(&mut self) -> Option<i32> {
        i32::try_from(self.signed()?).ok()
    }

    /// The next field's id and type; the outer `None` is an error, the inner one the end of the structure.
    #[allow(clippy::option_option)] // an error and an end are two things, and neither has more to say
    fn field(&mut self, last: &mut i16) -> Option<Option<(i16, u8)>> {
        self.field_at = self.at;
        let header = self.byte()?;
        let kind = header & 0x0f;
        if kind == 0 {
            return Some(None);
        }
        let delta = i16::from(header >> 4);
        *last = if delta == 0 { i16::try_from(self.signed()?).ok()? } else { last.checked_add(delta)? };
        Some(Some((*last, kind)))
    }

    /// Walks the fields of a structure. `known` reads a field and returns true, or returns false to have it skipped.
    pub fn fields(&mut self, mut known: impl FnMut(&mut Self, i16, u8) -> Option<bool>) -> Option<()> {
        let mut last = 0;
        while let Some((id, kind)) = self.field(&mut last)? {
            if !known(self, id, kind)? {
                self.skip(kind, MAX_SKIP_DEPTH)?;
            }
        }
        Some(())
    }

    /// Element type and length of a list. An empty list may be a single zero byte.
    pub fn list(&mut self) -> Option<(u8, usize)> {
        let header = self.byte()?;
        if header == 0 {
            return Some((wire::BYTE, 0));
        }
        let length = match header >> 4 {
            15 => usize::try_from(i32::try_from(self.unsigned()?).ok()?).ok()?,
            short => usize::from(short),
        };
        // No element takes less than a byte: a length beyond the bytes left is a lie.
        (length <= self.bytes.len() - self.at).then_some((header & 0x0f, length))
    }

    /// A list of elements of one type, and how many. Some writers give an empty list another type: it is noted.
    fn list_of(&mut self, kind: u8) -> Option<usize> {
        let at = self.at;
        let (found, length) = self.list()?;
        if found != kind {
            if length > 0 {
                return None;
            }
            self.mistyped.push((at, kind));
        }
        Some(length)
    }

    /// Skips a list of elements of one type.
    pub fn skip_list(&mut self, kind: u8) -> Option<()> {
        let length = self.list_of(kind)?;
        (0..length).try_for_each(|_| self.skip_element(kind, MAX_SKIP_DEPTH))
    }

    /// The bytes of a field that is a byte string.
    pub fn binary(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.unsigned()?).ok()?;
        let from = self.at;
        self.advance(length)?;
        Some(&self.bytes[from..self.at])
    }

    /// Skips the value of a field.
    pub fn skip_field(&mut self, kind: u8) -> Option<()> {
        self.skip(kind, MAX_SKIP_DEPTH)
    }

    /// Bytes from a place on up to where the reader is.
    pub fn since(&self, from: usize) -> &'a [u8] {
        &self.bytes[from..self.at]
    }

    /// A list of structures; each is read by `element`.
    pub fn structs(&mut self, mut element: impl FnMut(&mut Self) -> Option<()>) -> Option<usize> {
        let length = self.list_of(wire::STRUCT)?;
        for _ in 0..length {
            element(self)?;
        }
        Some(length)
    }

    /// A list of bools; as elements they are a byte each.
    pub fn bools(&mut self, mut element: impl FnMut(bool)) -> Option<()> {
        let (kind, length) = self.list()?;
        if !matches!(kind, wire::TRUE | wire::FALSE) && length > 0 {
            return None;
        }
        for _ in 0..length {
            element(self.byte()? == wire::TRUE);
        }
        Some(())
    }

    /// A list of byte strings.
    pub fn binaries(&mut self, mut element: impl FnMut(&'a [u8])) -> Option<()> {
        let (kind, length) = self.list()?;
        if kind != wire::BINARY && length > 0 {
            return None;
        }
        for _ in 0..length {
            element(self.binary()?);
        }
        Some(())
    }

    /// A list of 64-bit integers.
    pub fn integers(&mut self, mut element: impl FnMut(i64)) -> Option<()> {
        let (kind, length) = self.list()?;
        if kind != wire::I64 && length > 0 {
            return None;
        }
        for _ in 0..length {
            element(self.signed()?);
        }
        Some(())
    }

    /// Walks a structure of a known shape and refuses fields of another type.
    pub fn shaped(&mut self, shape: &Shape) -> Option<()> {
        self.fields(|reader, id, kind| reader.shaped_field(shape, id, kind))
    }

    /// As [`Self::shaped`], for one field, within a caller's own walk.
    pub fn shaped_field(&mut self, shape: &Shape, id: i16, kind: u8) -> Option<bool> {
        let Some((_, expected, inner)) = shape.0.iter().find(|(known, ..)| *known == id) else {
            return Some(false);
        };
        let same = *expected == kind || (*expected == wire::TRUE && kind == wire::FALSE);
        match (same, inner) {
            (false, _) => None,
            (true, Some(inner)) => self.shaped(inner).map(|()| true),
            (true, None) => Some(false),
        }
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            wire::TRUE | wire::FALSE => Some(()),
            wire::BYTE => self.advance(1),
            wire::I16 | wire::I32 | wire::I64 => self.unsigned().map(|_| ()),
            wire::DOUBLE => self.advance(8),
            wire::UUID => self.advance(16),
            wire::BINARY => {
                let length = usize::try_from(self.unsigned()?).ok()?;
                self.advance(length)
            }
            wire::LIST | wire::SET => {
                let (element, length) = self.list()?;
                (0..length).try_for_each(|_| self.skip_element(element, depth))
            }
            wire::MAP => {
                let length = usize::try_from(self.unsigned()?).ok()?;
                if length == 0 {
                    return Some(());
                }
                let kinds = self.byte()?;
                for _ in 0..length {
                    self.skip_element(kinds >> 4, depth)?;
                    self.skip_element(kinds & 0x0f, depth)?;
                }
                Some(())
            }
            wire::STRUCT => {
                let mut last = 0;
                while let Some((_, kind)) = self.field(&mut last)? {
                    self.skip(kind, depth)?;
                }
                Some(())
            }
            _ => None,
        }
    }

    /// A bool has no bytes as a field and one byte as an element.
    fn skip_element(&mut self, kind: u8, depth: usize) -> Option<()> {
        match kind {
            wire::TRUE | wire::FALSE => self.advance(1),
            other => self.skip(other, depth),
        }
    }
}
