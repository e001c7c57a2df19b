//! How each leaf of a column is stored: dictionary or not, which encoding, which codec. Decided on a sample of the leaf's own values,
//! spread evenly over the row group, because encoding everything both ways would cost more than it saves.
//!
//! - Dictionary only where few values are distinct: on every column it doubles zstd's time (1460 against 780 ms for 1M rows).
//! - Integers without a dictionary are delta encoded: runs and steps, the usual identifiers and counters, shrink to bits. Those far apart
//!   are not: see `deltas.rs`.
//! - No dictionary where a floating-point leaf holds -0: see [`has_negative_zero`].
//! - `auto` is zstd where the sample shrinks by a tenth, and no codec where it does not: random doubles, embeddings. `fast` is LZ4 by the
//!   same rule, `small` a higher level of zstd.
//! - `auto` weighs the time of zstd's search against what it finds. In prose it takes off more than a third, for 1.5 ns a byte. In Cyrillic
//!   texts, hashes and identifiers it finds little: without it zstd still packs letters by how often they occur. Nanoseconds a byte to
//!   compress and to decompress, and what is left:
//!
//!   |                        | zstd 1          | without search  | LZ4             | zstd -5         |
//!   |------------------------|-----------------|-----------------|-----------------|-----------------|
//!   | English documents      | 3.4, 0.8: 0.332 | 2.0, 0.5: 0.531 | 2.5, 0.3: 0.494 | 3.0, 0.7: 0.477 |
//!   | Cyrillic documents     | 2.9, 0.6: 0.518 | 0.9, 0.4: 0.534 | 2.3, 0.3: 0.755 | 1.3, 0.3: 0.925 |
//!   | Chinese documents      | 0.9, 0.5: 0.733 | 0.9, 0.5: 0.733 | 0.4, 0.1: 1.002 | 0.2, 0.1: 1.000 |
//!   | identifiers of 32 hex  | 2.4, 0.6: 0.482 | 1.4, 0.4: 0.512 | 1.3, 0.2: 0.956 | 1.5, 0.4: 0.916 |
//!
//! - Neither LZ4 nor a negative level of zstd comes into `auto`: in no suite of the benchmarks do they leave less than a third more. The
//!   number of cores and the speed of the disk do not either, so that the same rows give the same file on every machine. Little is lost:
//!   the encoder works beside the main thread, and a whole save without any codec takes 5% more to 29% less time (docs/performance.md).

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use parquet::basic::{Compression, Encoding};

use super::deltas;
use super::options::CodecChoice;
use super::pack::{Packing, compressed_length};
use super::sample::{Sample, Worth};

/// A dictionary pays when at most one value in this many is distinct.
const VALUES_PER_DISTINCT: usize = 4;
/// zstd's search is left out where that leaves at most so many times as many bytes.
const LITERALS_COST: f64 = 1.125;
/// Bytes that follow each other on which that is tried: beyond 256 KiB zstd searches as in a whole page, for longer repeats only.
const NEIGHBOUR_BYTES: usize = 320 << 10;
/// Leaves of fewer bytes are not worth the trial: it takes about 1 ms, and they would take that much less.
const LITERALS_TRIAL: usize = 512 << 10;

/// How one leaf is stored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// Dictionary encode, falling back to `encoding` when the dictionary outgrows its page.
    pub dictionary: bool,
    /// The encoding without a dictionary.
    pub encoding: Encoding,
    /// The codec, and how it packs.
    pub packing: Packing,
}

/// Chooses for the leaves of `array` in column order.
pub fn choose(array: &ArrayRef, codec: CodecChoice, into: &mut Vec<Choice>) {
    match array.data_type() {
        DataType::List(_) => choose(array.as_list::<i32>().values(), codec, into),
        DataType::Struct(_) => {
            array.as_struct().columns().iter().for_each(|field| choose(field, codec, into));
        }
        _ => into.push(choose_leaf(array, codec)),
    }
}

fn choose_leaf(array: &ArrayRef, codec: CodecChoice) -> Choice {
    let mut sample = Sample::of(array);
    let dictionary = sample.repeats(VALUES_PER_DISTINCT) && !has_negative_zero(array);
    let encoding = match array.data_type() {
        DataType::Int64 | DataType::Int32 | DataType::Timestamp(..) if deltas::are_narrow(array) => {
            Encoding::DELTA_BINARY_PACKED
        }
        _ => Encoding::PLAIN,
    };
    let worth = if codec.always { Worth::Yes } else { sample.worth(codec.codec) };
    let packing = Packing::from(if worth == Worth::No { Compression::UNCOMPRESSED } else { codec.codec });
    let literals =
        worth == Worth::Yes && codec.literals && !dictionary && literals_suffice(array, sample, packing);
    Choice { dictionary, encoding, packing: Packing { literals, trial: worth == Worth::Unknown, ..packing } }
}

/// Whether zstd without its search leaves little more of these texts or bytes. The sample refuses prose for little time. What it passes
/// is tried on texts as they follow each other, since the sample misses repeats between neighbours that it leaves out.
fn literals_suffice(array: &ArrayRef, sample: Sample, search: Packing) -> bool {
    let DataType::Binary = array.data_type() else { return false };
    let blobs = array.as_binary::<i32>();
    let offsets = blobs.value_offsets();
    let bytes = &blobs.value_data()[offsets[0] as usize..offsets[blobs.len()] as usize];
    if bytes.len() < LITERALS_TRIAL {
        return false;
    }
    let length = |bytes, literals| compressed_length(bytes, Packing { literals, ..search }).ok();
    let suffices = |with: Option<usize>, without: Option<usize>| {
        with.zip(without).is_some_and(|(with, without)| without as f64 <= with as f64 * LITERALS_COST)
    };
    let (sampled, packed) = sample.tried();
    let with = packed.or_else(|| length(&sampled, false));
    let neighbours = &bytes[..NEIGHBOUR_BYTES];
    suffices(with, length(&sampled, true)) && suffices(length(neighbours, false), length(neighbours, true))
}

/// Spark looks conditions up in dictionaries, and takes the -0 and the 0 there for two values.
fn has_negative_zero(array: &ArrayRef) -> bool {
    match array.data_type() {
        DataType::Float64 => array
            .as_primitive::<Float64Type>()
            .values()
            .iter()
            .any(|value| value.to_bits() == (-0.0_f64).to_bits()),
        DataType::Float32 => array
            .as_primitive::<Float32Type>()
            .values()
            .iter()
            .any(|value| value.to_bits() == (-0.0_f32).to_bits()),
        _ => false,
    }
}
