//! Damage that knows what a Parquet file is made of: most of it falls where lengths and counts are.

/// xorshift64*: the same inputs for the same seed.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// A seed, damaged in one place, in two half as often, and so on.
pub fn damaged(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.next().trailing_zeros().min(7) {
        if bytes.len() < 16 {
            break;
        }
        let at = place(&bytes, random);
        match random.below(12) {
            0..=3 => bytes[at] ^= 1 << random.below(8),
            4 => bytes[at] = random.next() as u8,
            5 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff, 0x15, 0x19, 0x1c][random.below(8)],
            6 => {
                let count = random.below(10);
                let varint = [vec![0xff; count], vec![0x0f]].concat();
                let end = (at + varint.len()).min(bytes.len());
                bytes.splice(at..end, varint);
            }
            7 => drop(bytes.remove(at)),
            8 => bytes.insert(at, random.next() as u8),
            9 => {
                let end = (at + random.below(64)).min(bytes.len());
                bytes.drain(at..end);
            }
            10 => {
                // A piece of another file.
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len());
                let piece = other[from..(from + random.below(128)).min(other.len())].to_vec();
                let end = (at + piece.len()).min(bytes.len());
                bytes.splice(at..end, piece);
            }
            _ => {
                let end = (at + 4).min(bytes.len());
                let number =
                    [0u32, 1, 0x7fff_ffff, 0x8000_0000, u32::MAX, bytes.len() as u32][random.below(6)];
                bytes.splice(at..end, number.to_le_bytes());
            }
        }
        if random.below(4) > 0 {
            mend(&mut bytes);
        }
    }
    bytes
}

/// Half of the places are in the footer, most others where page headers are.
fn place(bytes: &[u8], random: &mut Random) -> usize {
    let footer = footer_start(bytes);
    match (random.below(8), footer) {
        (0..=3, Some(start)) => start + random.below(bytes.len() - start),
        (4 | 5, Some(start)) if start > 4 => 4 + random.below((start - 4).min(60)),
        _ => random.below(bytes.len()),
    }
}

fn footer_start(bytes: &[u8]) -> Option<usize> {
    let end = bytes.len().checked_sub(8)?;
    let length = u32::from_le_bytes(bytes[end..end + 4].try_into().ok()?) as usize;
    end.checked_sub(length)
}

/// Puts the magic back where it belongs.
fn mend(bytes: &mut [u8]) {
    let end = bytes.len() - 4;
    bytes[..4].copy_from_slice(b"PAR1");
    bytes[end..].copy_from_slice(b"PAR1");
}
