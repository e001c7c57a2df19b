//! UTF-16 to UTF-8, eight units at a time: most texts are of one script for long stretches.

/// Bytes of UTF-8 that a unit of UTF-16 becomes at most.
pub const UTF8_BYTES: usize = 3;
/// Units looked at together.
const BLOCK: usize = 8;
/// A unit is written as this many bytes, of which the last ones are overwritten by the next unit's.
const STORE: usize = 4;

/// Transcodes to the start of `out`, which has [`UTF8_BYTES`] bytes for each unit. Gives the number of bytes written; none if a surrogate
/// is alone.
pub fn to_utf8(units: &[[u8; 2]], out: &mut [u8]) -> Option<usize> {
    let (mut read, mut written) = (0, 0);
    while let Some(block) = units[read..].first_chunk::<BLOCK>() {
        let block = block.map(u16::from_le_bytes);
        // One byte more than the block may need, for the last store: the last units are not written as a block.
        let Some(room) = out[written..].first_chunk_mut::<{ BLOCK * UTF8_BYTES + 1 }>() else { break };
        let bits = block.iter().fold(0, |bits, unit| bits | unit);
        if bits < 0x80 {
            for (byte, unit) in room.iter_mut().zip(block) {
                *byte = unit as u8;
            }
            written += BLOCK;
        } else if bits < 0x800 {
            written += block.iter().fold(0, |at, &unit| put_short(unit, room, at));
        } else if block.iter().all(|unit| is_three(*unit)) {
            put_threes(block, room);
            written += BLOCK * UTF8_BYTES;
        } else if has_no_surrogate(block) {
            written += block.iter().fold(0, |at, &unit| put_unit(unit, room, at));
        } else {
            let (units_read, bytes) = put_chars(&units[read..], BLOCK, &mut out[written..])?;
            read += units_read;
            written += bytes;
            continue;
        }
        read += BLOCK;
    }
    let (_, bytes) = put_chars(&units[read..], usize::MAX, &mut out[written..])?;
    Some(written + bytes)
}

fn has_no_surrogate(block: [u16; BLOCK]) -> bool {
    block.iter().filter(|unit| is_surrogate(**unit)).count() == 0
}

#[inline]
fn is_surrogate(unit: u16) -> bool {
    unit & 0xf800 == 0xd800
}

/// Whether a unit becomes three bytes.
#[inline]
fn is_three(unit: u16) -> bool {
    unit >= 0x800 && !is_surrogate(unit)
}

/// The three bytes of a unit, the first one lowest.
#[inline]
fn three_bytes(unit: u32) -> u32 {
    (0xe0 | unit >> 12) | (0x80 | unit >> 6 & 0x3f) << 8 | (0x80 | unit & 0x3f) << 16
}

/// Writes units that become three bytes each: where each goes is known, so that the processor writes several at a time.
#[inline]
fn put_threes(block: [u16; BLOCK], room: &mut [u8; BLOCK * UTF8_BYTES + 1]) {
    for (index, unit) in block.into_iter().enumerate() {
        let three = three_bytes(u32::from(unit));
        room[index * UTF8_BYTES..index * UTF8_BYTES + STORE].copy_from_slice(&three.to_le_bytes());
    }
}

/// Writes a unit below 0x800, without a branch.
#[inline]
fn put_short(unit: u16, room: &mut [u8; BLOCK * UTF8_BYTES + 1], at: usize) -> usize {
    let is_two = unit >= 0x80;
    let two = (0xc0 | unit >> 6) | (0x80 | unit & 0x3f) << 8;
    let store = if is_two { two } else { unit };
    // `at` is at most what the units before took.
    if let Some(place) = room.get_mut(at..at + 2) {
        place.copy_from_slice(&store.to_le_bytes());
    }
    at + 1 + usize::from(is_two)
}

/// Writes a unit that is no surrogate, without a branch.
#[inline]
fn put_unit(unit: u16, room: &mut [u8; BLOCK * UTF8_BYTES + 1], at: usize) -> usize {
    let unit = u32::from(unit);
    let two = (0xc0 | unit >> 6) | (0x80 | unit & 0x3f) << 8;
    let three = three_bytes(unit);
    let (is_two, is_three) = (unit >= 0x80, unit >= 0x800);
    let store = if is_three {
        three
    } else if is_two {
        two
    } else {
        unit
    };
    if let Some(place) = room.get_mut(at..at + STORE) {
        place.copy_from_slice(&store.to_le_bytes());
    }
    at + 1 + usize::from(is_two) + usize::from(is_three)
}

/// Writes characters until `least` units are read. Gives the units read and the bytes written.
fn put_chars(units: &[[u8; 2]], least: usize, out: &mut [u8]) -> Option<(usize, usize)> {
    let (mut read, mut written) = (0, 0);
    for decoded in char::decode_utf16(units.iter().map(|unit| u16::from_le_bytes(*unit))) {
        let char = decoded.ok()?;
        written += char.encode_utf8(&mut out[written..]).len();
        read += char.len_utf16();
        if read >= least {
            break;
        }
    }
    Some((read, written))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn transcoded(units: &[u16]) -> Option<Vec<u8>> {
        let units: Vec<[u8; 2]> = units.iter().map(|unit| unit.to_le_bytes()).collect();
        let mut out = vec![0; units.len() * UTF8_BYTES];
        let written = to_utf8(&units, &mut out)?;
        out.truncate(written);
        Some(out)
    }

    fn check(units: &[u16]) {
        let expected = String::from_utf16(units).ok().map(String::into_bytes);
        assert_eq!(transcoded(units), expected, "{units:x?}");
    }

    #[test]
    fn every_unit_at_every_place_of_a_block() {
        for unit in 0..=u16::MAX {
            for around in [0x61, 0x436, 0x4e2d] {
                let mut units = [around; 17];
                units[usize::from(unit) % 17] = unit;
                check(&units);
            }
        }
    }

    #[test]
    fn pairs_across_the_ends_of_blocks() {
        for length in 0..40 {
            for at in 0..length {
                for before in [0x61, 0x436, 0x4e2d] {
                    let mut units = vec![before; length];
                    units.splice(at..at, [0xd83d, 0xde00]);
                    check(&units);
                    units.remove(at);
                    check(&units);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn as_the_standard_library_does(units in prop::collection::vec(prop_oneof![0..0x80u16, 0..0x800u16, any::<u16>()], 0..100)) {
            check(&units);
        }

        #[test]
        fn any_text(text in "\\PC{0,100}") {
            check(&text.encode_utf16().collect::<Vec<_>>());
        }
    }
}
