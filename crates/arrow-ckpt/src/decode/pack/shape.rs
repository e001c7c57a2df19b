//! What a text needs to be sent: one byte a unit or two, and how many units.

use std::ops::Range;

use super::transcode::{latin1, utf16};

/// How a text is sent.
#[derive(Clone, Copy, Default)]
pub(super) struct Shape {
    /// UTF-16 and not Latin-1.
    pub wide: bool,
    units: usize,
}

impl Shape {
    pub fn of(bytes: &[u8]) -> Self {
        // U+00FF is C3 BF in UTF-8.
        let highest = |bytes: &[u8]| bytes.iter().fold(0, |highest: u8, byte| highest.max(*byte));
        let wide = bytes.chunks(4096).any(|chunk| highest(chunk) >= 0xc4);
        let starts = count(bytes, |byte| byte as i8 >= -0x40);
        // Characters beyond U+FFFF begin with F0 or more and take two units.
        let pairs = if wide { count(bytes, |byte| byte >= 0xf0) } else { 0 };
        Self { wide, units: starts + pairs }
    }

    /// Of so many bytes of ASCII, or of no text at all.
    pub fn one_byte(units: usize) -> Self {
        Self { wide: false, units }
    }

    /// Of two texts as one.
    pub fn and(self, other: Self) -> Self {
        Self { wide: self.wide || other.wide, units: self.units + other.units }
    }

    /// Bytes of the whole text as it is sent.
    pub fn bytes(&self) -> usize {
        if self.wide { self.units * 2 } else { self.units }
    }

    /// Writes the text in `bytes[range]`, which is part of it; returns its units. `at`: the units that precede it in `out`.
    pub fn write(&self, bytes: &[u8], range: Range<usize>, out: &mut [u8], at: usize) -> usize {
        if self.wide {
            utf16(bytes, range.start, range.end, &mut out[at * 2..])
        } else {
            latin1(bytes, range.start, range.end, &mut out[at..])
        }
    }
}

/// How many bytes fulfil `test`, in pieces that a u8 can count: that becomes vector code.
#[inline]
fn count(bytes: &[u8], test: impl Fn(u8) -> bool) -> usize {
    let mut all = 0;
    for bytes in bytes.chunks(255) {
        let mut piece = 0u8;
        for byte in bytes {
            piece = piece.wrapping_add(u8::from(test(*byte)));
        }
        all += usize::from(piece);
    }
    all
}
