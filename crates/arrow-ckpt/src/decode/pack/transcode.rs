//! UTF-8 to what JavaScript takes without work: one byte a unit if all characters are at most U+00FF, UTF-16 otherwise.

//!
//! The bytes are UTF-8: whoever decoded them made sure. Eight of them are looked at as one number, and more is written than belongs to a
//! step; the next one writes over it.

/// ASCII is copied this many bytes at a time, and then in eights.
const RUN: usize = 32;
/// The bits of eight bytes that tell ASCII from the rest.
const HIGH: u64 = 0x8080_8080_8080_8080;
/// The bits of four pairs of bytes that tell characters of two bytes, and how they are set there.
const PAIR_BITS: u64 = 0xc0e0_c0e0_c0e0_c0e0;
const PAIRS: u64 = 0x80c0_80c0_80c0_80c0;

/// How a text is sent.
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

    /// Bytes of the whole text as it is sent.
    pub fn bytes(&self) -> usize {
        if self.wide { self.units * 2 } else { self.units }
    }
}

/// How many bytes fulfil `test`, in pieces that a u8 can count: that becomes vector code.
fn count(bytes: &[u8], test: impl Fn(u8) -> bool) -> usize {
    let piece =
        |bytes: &[u8]| bytes.iter().fold(0u8, |count, byte| count.wrapping_add(u8::from(test(*byte))));
    bytes.chunks(255).map(|bytes| usize::from(piece(bytes))).sum()
}

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
        let run = bytes[from..].first_chunk::<8>();
        if let Some((run, out)) = run.zip(out[to..].first_chunk_mut::<8>()) {
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
            0x80..0xe0 => pairs_to_utf16(bytes, from, end, &mut out[to..]),
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
fn ascii_to_utf16(bytes: &[u8], from: usize, end: usize, out: &mut [[u8; 2]]) -> (usize, usize) {
    if let Some(run) = ascii_run(bytes, from, end)
        && let Some(out) = out.first_chunk_mut::<RUN>()
    {
        widen(run, out);
        return (RUN, RUN);
    }
    let run = bytes[from..].first_chunk::<8>();
    if let Some((run, out)) = run.zip(out.first_chunk_mut::<8>()) {
        widen(run, out);
        let ascii = leading_ascii(u64::from_le_bytes(*run)).min(end - from);
        return (ascii, ascii);
    }
    out[0] = [bytes[from], 0];
    (1, 1)
}

/// Characters of two bytes.
fn pairs_to_utf16(bytes: &[u8], from: usize, end: usize, out: &mut [[u8; 2]]) -> (usize, usize) {
    let run = bytes[from..].first_chunk::<8>();
    if let Some((run, out)) = run.zip(out.as_flattened_mut().first_chunk_mut::<8>()) {
        let word = u64::from_le_bytes(*run);
        let pairs = ((word ^ PAIRS) & PAIR_BITS).trailing_zeros() as usize / 16;
        let pairs = pairs.min((end - from) / 2);
        if pairs > 0 {
            let units = (word & 0x001f_001f_001f_001f) << 6 | (word >> 8) & 0x003f_003f_003f_003f;
            *out = units.to_le_bytes();
            return (pairs * 2, pairs);
        }
    }
    out[0] = unit(u32::from(bytes[from] & 0x1f) << 6 | u32::from(bytes[from + 1] & 0x3f));
    (2, 1)
}

/// Characters of three bytes.
fn triples_to_utf16(bytes: &[u8], from: usize, end: usize, out: &mut [[u8; 2]]) -> (usize, usize) {
    let first = |run: &[u8; 4]| {
        let word = u32::from_le_bytes(*run);
        unit((word & 0x0f) << 12 | (word >> 2) & 0x0fc0 | (word >> 16) & 0x3f)
    };
    let four = bytes[from..].first_chunk::<16>().filter(|_| end - from >= 12);
    if let Some((run, out)) = four.zip(out.first_chunk_mut::<4>()) {
        let at = |at: usize| [run[at], run[at + 1], run[at + 2], run[at + 3]];
        if [run[3], run[6], run[9]].iter().all(|lead| lead & 0xf0 == 0xe0) {
            *out = [first(&at(0)), first(&at(3)), first(&at(6)), first(&at(9))];
            return (12, 4);
        }
    }
    out[0] = first(&[bytes[from], bytes[from + 1], bytes[from + 2], 0]);
    (3, 1)
}

fn unit(value: u32) -> [u8; 2] {
    (value as u16).to_le_bytes()
}

fn widen<const N: usize>(run: &[u8; N], out: &mut [[u8; 2]; N]) {
    for (out, byte) in out.iter_mut().zip(run) {
        *out = u16::from(*byte).to_le_bytes();
    }
}

/// How many of eight bytes are ASCII before the first that is not.
fn leading_ascii(word: u64) -> usize {
    (word & HIGH).trailing_zeros() as usize / 8
}

fn ascii_run(bytes: &[u8], from: usize, end: usize) -> Option<&[u8; RUN]> {
    let run = bytes[from..end].first_chunk::<RUN>();
    run.filter(|run| run.iter().fold(0, |all, byte| all | byte) < 0x80)
}
