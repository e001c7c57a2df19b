//! UTF-8 to what JavaScript takes without work: one byte a unit if all characters are at most U+00FF, UTF-16 otherwise.

//!
//! The bytes are UTF-8: whoever decoded them made sure. Eight of them are looked at as one number, and more is written than belongs to a
//! step; the next one writes over it.

use super::mixed::mixed_to_utf16;

/// ASCII is copied this many bytes at a time, and then in eights.
const RUN: usize = 32;
/// The bits of eight bytes that tell ASCII from the rest.
const HIGH: u64 = 0x8080_8080_8080_8080;
/// The bits of eight pairs of bytes that tell characters of two bytes, and how they are set there.
const PAIR_BITS: u128 = u128::from_le_bytes([
    0xe0, 0xc0, 0xe0, 0xc0, 0xe0, 0xc0, 0xe0, 0xc0, 0xe0, 0xc0, 0xe0, 0xc0, 0xe0, 0xc0, 0xe0, 0xc0,
]);
const PAIRS: u128 = u128::from_le_bytes([
    0xc0, 0x80, 0xc0, 0x80, 0xc0, 0x80, 0xc0, 0x80, 0xc0, 0x80, 0xc0, 0x80, 0xc0, 0x80, 0xc0, 0x80,
]);

/// Writes the text in `bytes[from..end]`, whose characters are at most U+00FF, to `out`; returns its units.
pub(super) fn latin1(bytes: &[u8], mut from: usize, end: usize, out: &mut [u8]) -> usize {
    let mut to = 0;
    while from < end {
        if let Some(run) = ascii_run(bytes, from, end)
            && let Some(out) = out[to..].first_chunk_mut::<RUN>()
        {
            *out = *run;
            from += RUN;
            to += RUN;
            continue;
        }
        if let Some(run) = bytes[from..].first_chunk::<8>()
            && let Some(out) = out[to..].first_chunk_mut::<8>()
        {
            let ascii = leading_ascii(u64::from_le_bytes(*run)).min(end - from);
            if ascii > 0 {
                *out = *run;
                from += ascii;
                to += ascii;
                continue;
            }
        }
        if bytes[from] < 0x80 {
            out[to] = bytes[from];
            from += 1;
        } else {
            out[to] = bytes[from] << 6 | bytes[from + 1] & 0x3f;
            from += 2;
        }
        to += 1;
    }
    to
}

/// Writes the text in `bytes[from..end]` as UTF-16 to `out`; returns its units.
pub(super) fn utf16(bytes: &[u8], mut from: usize, end: usize, out: &mut [u8]) -> usize {
    let out = out.as_chunks_mut::<2>().0;
    let mut to = 0;
    while from < end {
        let (read, written) = match bytes[from] {
            0..0x80 => ascii_to_utf16(bytes, from, end, &mut out[to..]),
            0x80..0xe0 => match mixed_to_utf16(bytes, from, end, &mut out[to..]) {
                (0, _) => pairs_to_utf16(bytes, from, end, &mut out[to..]),
                step => step,
            },
            0xe0..0xf0 => triples_to_utf16(bytes, from, end, &mut out[to..]),
            0xf0.. => {
                let low = |at: usize| u32::from(bytes[from + at] & 0x3f);
                let character = u32::from(bytes[from] & 7) << 18 | low(1) << 12 | low(2) << 6 | low(3);
                let beyond = character.wrapping_sub(0x1_0000);
                out[to] = unit(0xd800 | beyond >> 10);
                out[to + 1] = unit(0xdc00 | beyond & 0x3ff);
                (4, 2)
            }
        };
        from += read;
        to += written;
    }
    to
}

/// One step of [`utf16`], as the two below: bytes read and units written.
#[inline]
fn ascii_to_utf16(bytes: &[u8], from: usize, end: usize, out: &mut [[u8; 2]]) -> (usize, usize) {
    if let Some(run) = ascii_run(bytes, from, end)
        && let Some(out) = out.first_chunk_mut::<RUN>()
    {
        widen(run, out);
        return (RUN, RUN);
    }
    if let Some(run) = bytes[from..].first_chunk::<8>()
        && let Some(out) = out.first_chunk_mut::<8>()
    {
        widen(run, out);
        let ascii = leading_ascii(u64::from_le_bytes(*run)).min(end - from);
        return (ascii, ascii);
    }
    out[0] = [bytes[from], 0];
    (1, 1)
}

/// Characters of two bytes, up to eight, and the one of one byte behind them: in most scripts that have them that is a word and its space.
#[inline]
fn pairs_to_utf16(bytes: &[u8], from: usize, end: usize, out: &mut [[u8; 2]]) -> (usize, usize) {
    if let Some(run) = bytes[from..].first_chunk::<17>()
        && let Some(out) = out.first_chunk_mut::<9>()
    {
        let (words, _) = run.as_chunks::<8>();
        let (first, second) = (u64::from_le_bytes(words[0]), u64::from_le_bytes(words[1]));
        let word = u128::from(second) << 64 | u128::from(first);
        let found = ((word ^ PAIRS) & PAIR_BITS).trailing_zeros() as usize / 16;
        let pairs = found.min((end - from) / 2);
        if pairs > 0 {
            for (slot, word) in [first, second].into_iter().enumerate() {
                let units = (word & 0x001f_001f_001f_001f) << 6 | (word >> 8) & 0x003f_003f_003f_003f;
                out.as_flattened_mut()[slot * 8..slot * 8 + 8].copy_from_slice(&units.to_le_bytes());
            }
            let behind = run[pairs * 2];
            out[pairs] = [behind, 0];
            let one = usize::from(behind < 0x80 && from + pairs * 2 < end);
            return (pairs * 2 + one, pairs + one);
        }
    }
    out[0] = unit(u32::from(bytes[from] & 0x1f) << 6 | u32::from(bytes[from + 1] & 0x3f));
    (2, 1)
}

/// Characters of three bytes.
#[inline]
fn triples_to_utf16(bytes: &[u8], from: usize, end: usize, out: &mut [[u8; 2]]) -> (usize, usize) {
    let first = |run: &[u8; 4]| {
        let word = u32::from_le_bytes(*run);
        unit((word & 0x0f) << 12 | (word >> 2) & 0x0fc0 | (word >> 16) & 0x3f)
    };
    if end - from >= 12
        && let Some(run) = bytes[from..].first_chunk::<16>()
        && let Some(out) = out.first_chunk_mut::<4>()
    {
        let at = |at: usize| [run[at], run[at + 1], run[at + 2], run[at + 3]];
        if run[3] & run[6] & run[9] & 0xf0 == 0xe0 && (run[3] | run[6] | run[9]) < 0xf0 {
            *out = [first(&at(0)), first(&at(3)), first(&at(6)), first(&at(9))];
            return (12, 4);
        }
    }
    out[0] = first(&[bytes[from], bytes[from + 1], bytes[from + 2], 0]);
    (3, 1)
}

#[inline]
fn unit(value: u32) -> [u8; 2] {
    (value as u16).to_le_bytes()
}

#[inline]
fn widen<const N: usize>(run: &[u8; N], out: &mut [[u8; 2]; N]) {
    for at in 0..N {
        out[at] = [run[at], 0];
    }
}

/// How many of eight bytes are ASCII before the first that is not.
#[inline]
fn leading_ascii(word: u64) -> usize {
    (word & HIGH).trailing_zeros() as usize / 8
}

#[inline]
fn ascii_run(bytes: &[u8], from: usize, end: usize) -> Option<&[u8; RUN]> {
    let run = bytes[from..end].first_chunk::<RUN>()?;
    let mut all = 0;
    for byte in run {
        all |= byte;
    }
    if all < 0x80 { Some(run) } else { None }
}
