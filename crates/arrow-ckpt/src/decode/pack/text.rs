//! Text as one piece with end offsets in UTF-16 units: ASCII and Latin-1 as one byte a unit, all else as UTF-16. And bytes.

use std::borrow::Cow;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

use super::numbers::nulls_of;
use super::transcode::{Shape, latin1, utf16};
use super::{Block, Packed, Unpacked, mismatch, word};
use crate::decode::faults::beyond_limit;
use crate::layout::{FORM_BYTES, FORM_TEXT};
use crate::limits::MAX_BLOCK_BYTES;

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
        let array = array.as_string_opt::<i32>().ok_or_else(|| mismatch(array))?;
        self.form(index, FORM_TEXT);
        self.validity(index, array.nulls())?;
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
        let text = &values.data;
        let shape = Shape::of(text);
        let slots = values.offsets.len() - 1;
        let ends = self.arena.section(slots * 4)?;
        self.arena.set(index, words.ends, ends);
        let section = self.arena.section(shape.bytes())?;
        self.arena.set(index, word::TEXT, section);
        self.arena.set(index, word::TEXT_BYTES, shape.bytes());
        self.arena.set(index, word::WIDE, usize::from(shape.wide));

        // The two sections follow each other.
        let both = self.arena.at(ends, section + shape.bytes() - ends);
        let (ends, out) = both.split_at_mut(section - ends);
        let ends = &mut ends[..slots * 4];
        let mut at = 0;
        for (end, range) in ends.as_chunks_mut::<4>().0.iter_mut().zip(values.offsets.windows(2)) {
            let value = values.range(range);
            at += if shape.wide {
                utf16(text, value.start, value.end, &mut out[at * 2..])
            } else {
                latin1(text, value.start, value.end, &mut out[at..])
            };
            *end = (at as u32).to_le_bytes();
        }
        Ok(())
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
            let longest = values.offsets.windows(2).map(|pair| (pair[1] - pair[0]).unsigned_abs()).max();
            let (longest, most) = (longest.unwrap_or(0), self.longest);
            if u64::from(longest) > most {
                return Err(beyond_limit(&format!("a value has {longest} bytes, more than {most}")).into());
            }
        }
        Ok(values)
    }

    /// One byte a unit.
    fn raw(&mut self, index: usize, words: TextWords, values: &Values<'_>) -> Packed {
        let slots = values.offsets.len() - 1;
        let ends = self.arena.section(slots * 4)?;
        self.arena.set(index, words.ends, ends);
        let first = values.offsets[0];
        let out = self.arena.at(ends, slots * 4).as_chunks_mut::<4>().0;
        for (out, end) in out.iter_mut().zip(&values.offsets[1..]) {
            *out = ((end - first) as u32).to_le_bytes();
        }
        let section = self.arena.section(values.data.len())?;
        self.arena.set(index, word::TEXT, section);
        self.arena.set(index, word::TEXT_BYTES, values.data.len());
        self.arena.at(section, values.data.len()).copy_from_slice(&values.data);
        Ok(())
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
    fn range(&self, offsets: &[i32]) -> std::ops::Range<usize> {
        let first = self.offsets[0];
        (offsets[0] - first) as usize..(offsets[1] - first) as usize
    }
}
