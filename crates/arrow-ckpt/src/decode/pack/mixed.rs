//! UTF-8 whose characters have one byte here and two or three there, to UTF-16, without a jump for each change: those of Cyrillic or French
//! cannot be foretold.

/// Text of several kinds of characters is looked at this many bytes at a time: the bits of a number tell where characters begin.
const BLOCK: usize = u64::BITS as usize;
/// Their units are written so many at a time.
const GROUP: usize = 4;

/// Blocks of characters of one to three bytes, as long as some have two: words of most scripts, accents in others. Where the next block is
/// none, nothing is read.
#[inline]
pub(super) fn mixed_to_utf16(bytes: &[u8], from: usize, end: usize, out: &mut [[u8; 2]]) -> (usize, usize) {
    let (mut read, mut written) = (0, 0);
    while end - from - read >= BLOCK
        && let Some(block) = bytes[from + read..].first_chunk::<{ BLOCK + 2 }>()
        && let Some(out) = out[written..].first_chunk_mut::<{ BLOCK + GROUP }>()
    {
        let highest = block[..BLOCK].iter().fold(0, |highest: u8, byte| highest.max(*byte));
        let (bytes, units) = match highest {
            0..0xe0 => block_to_utf16::<false>(block, out),
            0xe0..0xf0 => block_to_utf16::<true>(block, out),
            0xf0.. => break,
        };
        read += bytes;
        written += units;
        // Mostly ASCII, or mostly three bytes: others are faster.
        if !(BLOCK / 2 - 4..=BLOCK - 4).contains(&units) {
            break;
        }
    }
    (read, written)
}

/// Reads a block: the unit of a character that would begin at each byte, and then those of the bytes where one does. `TRIPLES`: there are
/// characters of three bytes. Not inlined, as the first loop is then no vector code any more.
#[inline(never)]
fn block_to_utf16<const TRIPLES: bool>(
    bytes: &[u8; BLOCK + 2],
    out: &mut [[u8; 2]; BLOCK + GROUP],
) -> (usize, usize) {
    let mut units = [0; BLOCK];
    for at in 0..BLOCK {
        let (byte, low) = (bytes[at], u16::from(bytes[at + 1] & 0x3f));
        let one = if byte >= 0xc0 { u16::from(byte & 0x1f) << 6 | low } else { u16::from(byte) };
        let triple = u16::from(byte) << 12 | low << 6 | u16::from(bytes[at + 2] & 0x3f);
        units[at] = if TRIPLES && byte >= 0xe0 { triple } else { one };
    }
    let mut starts = 0;
    for (at, word) in bytes.as_chunks::<8>().0.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let bits = (!(word >> 7) | word >> 6) & 0x0101_0101_0101_0101;
        // The lowest bits of eight bytes, side by side.
        starts |= (bits.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * at);
    }
    let last = 63 - (starts | 1).leading_zeros() as usize;
    let end = last + 1 + usize::from(bytes[last] >= 0xc0) + usize::from(bytes[last] >= 0xe0);
    let count = starts.count_ones() as usize;
    for group in out.as_chunks_mut::<GROUP>().0.iter_mut().take(count.div_ceil(GROUP)) {
        for slot in group {
            *slot = units[(starts | 1 << 63).trailing_zeros() as usize].to_le_bytes();
            starts &= starts.wrapping_sub(1);
        }
    }
    if end <= BLOCK { (BLOCK, count) } else { (last, count - 1) }
}
