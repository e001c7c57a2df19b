//! Text as one piece with end offsets in UTF-16 units: ASCII and Latin-1 as one byte a unit, all else as UTF-16. And bytes.

use std::borrow::Cow;
use std::ops::Range;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

use super::numbers::nulls_of;
use super::shape::Shape;
use super::{Block, Packed, Unpacked, mismatch, word};
use crate::decode::faults::beyond_limit;
use crate::layout::{FORM_BYTES, FORM_TEXT};
use crate::limits::MAX_BLOCK_BYTES;

/// A text: where it is in bytes that may hold more.
pub(super) type Piece<'a> = (&'a [u8], Range<usize>);

/// The words of a node's entry that say where the end offsets are.
#[derive(Clone, Copy)]
pub(super) struct TextWords {
    ends: usize,
}

impl TextWords {
    pub const SLOTS: Self = Self { ends: word::DATA };
    pub const DICTIONARY: Self = Self { ends: word::EXTRA };
}

impl Block<'_> {
    pub(super) fn strings(&mut self, index: usize, array: &dyn Array) -> Packed {
        self.form(index, FORM_TEXT);
        self.validity(index, array.nulls())?;
        if let Some(views) = array.as_string_view_opt() {
            return self.views(index, views);
        }
        let array = array.as_string_opt::<i32>().ok_or_else(|| mismatch(array))?;
        self.text(index, TextWords::SLOTS, array.value_offsets(), array.value_data(), nulls_of(array))
    }

    /// Writes texts that lie one after another in `data`, each of them UTF-8, and where each ends.
    pub(super) fn text(
        &mut self,
        index: usize,
        words: TextWords,
        offsets: &[i32],
        data: &[u8],
        nulls: Option<&NullBuffer>,
    ) -> Packed {
        let values = self.values(offsets, data, nulls)?;
        if values.data.is_ascii() {
            return self.raw(index, words, &values);
        }
        let pieces = values.offsets.windows(2).map(|range| (&*values.data, values.range(range)));
        self.encoded(index, words, Shape::of(&values.data), pieces)
    }

    /// Bytes as they are.
    pub(super) fn binary(&mut self, index: usize, array: &dyn Array) -> Packed {
        self.form(index, FORM_BYTES);
        self.validity(index, array.nulls())?;
        match array.data_type() {
            DataType::Binary => {
                let array = array.as_binary::<i32>();
                let values = self.values(array.value_offsets(), array.value_data(), nulls_of(array))?;
                self.raw(index, TextWords::SLOTS, &values)
            }
            DataType::FixedSizeBinary(_) => {
                let array = array.as_fixed_size_binary();
                if array.value_data().len() > MAX_BLOCK_BYTES {
                    return Err(Unpacked::Full);
                }
                let size = array.value_length();
                let offsets: Vec<i32> = (0..=array.len() as i32).map(|slot| slot * size).collect();
                let values = self.values(&offsets, array.value_data(), nulls_of(array))?;
                self.raw(index, TextWords::SLOTS, &values)
            }
            _ => Err(mismatch(array).into()),
        }
    }

    /// The values, unless one is longer than may be.
    fn values<'v>(
        &self,
        offsets: &'v [i32],
        data: &'v [u8],
        nulls: Option<&NullBuffer>,
    ) -> Packed<Values<'v>> {
        let values = Values::new(offsets, data, nulls);
        // The default: a longer one does not fit any block.
        if self.longest < MAX_BLOCK_BYTES as u64 {
            self.check(values.offsets.windows(2).map(|pair| (pair[1] - pair[0]) as usize))?;
        }
        Ok(values)
    }

    /// Refuses a value that is longer than may be.
    pub(super) fn check(&self, mut lengths: impl Iterator<Item = usize>) -> Packed {
        let most = self.longest;
        match lengths.find(|length| *length as u64 > most) {
            Some(length) => {
                Err(beyond_limit(&format!("a value has {length} bytes, more than {most}")).into())
            }
            None => Ok(()),
        }
    }

    /// One byte a unit.
    fn raw(&mut self, index: usize, words: TextWords, values: &Values<'_>) -> Packed {
        let shape = Shape::one_byte(values.data.len());
        let (ends, out) = self.sections(index, words, values.offsets.len() - 1, shape)?;
        let first = values.offsets[0];
        for (out, end) in ends.iter_mut().zip(&values.offsets[1..]) {
            *out = ((end - first) as u32).to_le_bytes();
        }
        out.copy_from_slice(&values.data);
        Ok(())
    }

    /// Writes texts of which some are not ASCII, each of them UTF-8, and where each ends.
    pub(super) fn encoded<'v>(
        &mut self,
        index: usize,
        words: TextWords,
        shape: Shape,
        texts: impl ExactSizeIterator<Item = Piece<'v>>,
    ) -> Packed {
        let (ends, out) = self.sections(index, words, texts.len(), shape)?;
        let mut at = 0;
        for (end, (bytes, range)) in ends.iter_mut().zip(texts) {
            at += shape.write(bytes, range, out, at);
            *end = (at as u32).to_le_bytes();
        }
        Ok(())
    }

    /// Memory for the ends of so many texts, and for all of them as one.
    fn sections(
        &mut self,
        index: usize,
        words: TextWords,
        slots: usize,
        shape: Shape,
    ) -> Packed<(&mut [[u8; 4]], &mut [u8])> {
        let ends = self.arena.section(slots * 4)?;
        self.arena.set(index, words.ends, ends);
        let section = self.arena.section(shape.bytes())?;
        self.arena.set(index, word::TEXT, section);
        self.arena.set(index, word::TEXT_BYTES, shape.bytes());
        self.arena.set(index, word::WIDE, usize::from(shape.wide));
        // The two sections follow each other.
        let both = self.arena.at(ends, section + shape.bytes() - ends);
        let (ends, out) = both.split_at_mut(section - ends);
        Ok((ends[..slots * 4].as_chunks_mut::<4>().0, out))
    }
}

/// The values of the slots one after another, with nothing under nulls.
struct Values<'a> {
    offsets: Cow<'a, [i32]>,
    /// From the first offset to the last.
    data: Cow<'a, [u8]>,
}

impl<'a> Values<'a> {
    fn new(offsets: &'a [i32], data: &'a [u8], nulls: Option<&NullBuffer>) -> Self {
        let piece = |from: i32, to: i32| &data[from as usize..to as usize];
        let hidden = nulls.filter(|nulls| {
            offsets.windows(2).zip(*nulls).any(|(range, valid)| !valid && range[0] != range[1])
        });
        let Some(nulls) = hidden else {
            let data = piece(offsets[0], offsets[offsets.len() - 1]);
            return Self { offsets: Cow::Borrowed(offsets), data: Cow::Borrowed(data) };
        };
        let mut kept = Vec::new();
        let mut ends = Vec::with_capacity(offsets.len());
        ends.push(0);
        for (range, valid) in offsets.windows(2).zip(nulls) {
            if valid {
                kept.extend_from_slice(piece(range[0], range[1]));
            }
            ends.push(kept.len() as i32);
        }
        Self { offsets: Cow::Owned(ends), data: Cow::Owned(kept) }
    }

    /// The place of a value in `data`.
    fn range(&self, offsets: &[i32]) -> Range<usize> {
        let first = self.offsets[0];
        (offsets[0] - first) as usize..(offsets[1] - first) as usize
    }
}
