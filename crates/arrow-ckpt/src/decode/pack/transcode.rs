//! UTF-8 to what JavaScript takes without work: one byte a unit if all characters are at most U+00FF, UTF-16 otherwise.

/// ASCII is copied this many bytes at a time, and then in eights.
const RUN: usize = 32;

/// How a text is sent.
pub(super) struct Shape {
    /// UTF-16 and not Latin-1.
    pub wide: bool,
    units: usize,
}

impl Shape {
    pub fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
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

/// Writes a text whose characters are at most U+00FF; returns its units.
pub(super) fn latin1(text: &str, out: &mut [u8]) -> usize {
    let bytes = text.as_bytes();
    let (mut from, mut to) = (0, 0);
    while from < bytes.len() {
        if let Some(run) = ascii_run::<RUN>(&bytes[from..]) {
            out[to..to + RUN].copy_from_slice(run);
            from += RUN;
            to += RUN;
        } else if let Some(run) = ascii_run::<8>(&bytes[from..]) {
            out[to..to + 8].copy_from_slice(run);
            from += 8;
            to += 8;
        } else if bytes[from] < 0x80 {
            out[to] = bytes[from];
            from += 1;
            to += 1;
        } else {
            out[to] = bytes[from] << 6 | bytes[from + 1] & 0x3f;
            from += 2;
            to += 1;
        }
    }
    to
}

/// Writes a text as UTF-16; returns its units.
pub(super) fn utf16(text: &str, out: &mut [u8]) -> usize {
    let bytes = text.as_bytes();
    let out = out.as_chunks_mut::<2>().0;
    let (mut from, mut to) = (0, 0);
    let low = |at: usize| u32::from(bytes[at] & 0x3f);
    while from < bytes.len() {
        let first = bytes[from];
        if first < 0x80 {
            if let Some(run) = ascii_run::<RUN>(&bytes[from..]) {
                out[to..to + RUN].copy_from_slice(&widened(run));
                from += RUN;
                to += RUN;
            } else if let Some(run) = ascii_run::<8>(&bytes[from..]) {
                out[to..to + 8].copy_from_slice(&widened(run));
                from += 8;
                to += 8;
            } else {
                out[to] = [first, 0];
                from += 1;
                to += 1;
            }
        } else if first < 0xe0 {
            out[to] = unit(u32::from(first & 0x1f) << 6 | low(from + 1));
            from += 2;
            to += 1;
        } else if first < 0xf0 {
            out[to] = unit(u32::from(first & 0x0f) << 12 | low(from + 1) << 6 | low(from + 2));
            from += 3;
            to += 1;
        } else {
            let character =
                u32::from(first & 7) << 18 | low(from + 1) << 12 | low(from + 2) << 6 | low(from + 3);
            let beyond = character - 0x1_0000;
            out[to] = unit(0xd800 | beyond >> 10);
            out[to + 1] = unit(0xdc00 | beyond & 0x3ff);
            from += 4;
            to += 2;
        }
    }
    to
}

fn unit(value: u32) -> [u8; 2] {
    (value as u16).to_le_bytes()
}

fn widened<const N: usize>(run: &[u8; N]) -> [[u8; 2]; N] {
    run.map(|byte| [byte, 0])
}

fn ascii_run<const N: usize>(bytes: &[u8]) -> Option<&[u8; N]> {
    bytes.first_chunk::<N>().filter(|run| run.iter().fold(0, |all, byte| all | byte) < 0x80)
}
