//! Texts that lie where their page was inflated. They are long: what is done for each of them is little beside its bytes.

use arrow_array::{Array, StringViewArray};

use super::shape::Shape;
use super::text::{Piece, TextWords};
use super::{Block, Packed};

/// Texts of up to so many bytes are in the view itself, behind their length.
const INLINE_BYTES: usize = 12;
const VIEW_BYTES: usize = size_of::<u128>();
const LENGTH_BYTES: usize = size_of::<u32>();

impl Block<'_> {
    pub(super) fn views(&mut self, index: usize, array: &StringViewArray) -> Packed {
        let pieces = (0..array.len()).map(|slot| piece(array, slot));
        self.check(pieces.clone().map(|(_, range)| range.len()))?;
        let is_ascii = pieces.clone().all(|(bytes, range)| bytes[range].is_ascii());
        if is_ascii {
            let units = pieces.clone().map(|(_, range)| range.len()).sum();
            return self.encoded(index, TextWords::SLOTS, Shape::one_byte(units), pieces);
        }
        let shapes = pieces.clone().map(|(bytes, range)| Shape::of(&bytes[range]));
        self.encoded(index, TextWords::SLOTS, shapes.fold(Shape::default(), Shape::and), pieces)
    }
}

/// The text of a slot, empty for null: what lies there then may be anything.
fn piece(array: &StringViewArray, slot: usize) -> Piece<'_> {
    if array.is_null(slot) {
        return (&[], 0..0);
    }
    let view = array.views()[slot];
    let length = view as u32 as usize;
    if length <= INLINE_BYTES {
        let from = slot * VIEW_BYTES + LENGTH_BYTES;
        return (array.views().inner(), from..from + length);
    }
    let (buffer, from) = ((view >> 64) as u32 as usize, (view >> 96) as usize);
    (&array.data_buffers()[buffer], from..from + length)
}
