//! One page as it stands in the file: its body compressed, its header saying so, its checksum. parquet-rs hands over pages that are not
//! compressed: its writers compress one page of a chunk after the other, and make a context of the codec for each chunk.

use std::cell::RefCell;

use bytes::Bytes;
use parquet::basic::Compression;
use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

use crate::error::{CkptError, Result};

/// A page that is ready.
#[derive(Debug)]
pub struct PackedPage {
    /// Header and body.
    pub bytes: Bytes,
    /// What they would be without a codec.
    pub uncompressed: usize,
    /// How many of them are the body.
    pub body: usize,
    /// CRC32C of the bytes.
    pub crc: u32,
    /// Whether it is the dictionary of its chunk, which comes first there.
    pub is_dictionary: bool,
}

/// How pages are compressed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Packing {
    /// The codec, as the file names it.
    pub codec: Compression,
    /// Whether zstd packs bytes by how often they occur, and hardly looks for repeats. To readers it is zstd like any other.
    pub literals: bool,
    /// Whether the codec is for a leaf that it makes smaller: the pages show it.
    pub trial: bool,
}

impl From<Compression> for Packing {
    fn from(codec: Compression) -> Self {
        Self { codec, literals: false, trial: false }
    }
}

/// Of zstd without its search, as small as it may be: 64 places are known where a repeat might begin.
const LITERALS_HASH_LOG: u32 = 6;
/// As large as it may be: shorter repeats are not looked for.
const LITERALS_MIN_MATCH: u32 = 7;

/// Whether pages of a codec are compressed here; those of others come compressed from parquet-rs.
pub fn packs(codec: Compression) -> bool {
    matches!(codec, Compression::ZSTD(_) | Compression::LZ4_RAW | Compression::SNAPPY)
}

/// The page of a header and a body as parquet-rs gives them. `packing`: of a codec that [`packs`], or of another for a body that is as it
/// should be.
pub fn pack(header: &[u8], body: Bytes, packing: Packing) -> Result<PackedPage> {
    let header = Header::read(header)?;
    if !packs(packing.codec) {
        let bytes = header.with_body(body.len(), &body);
        let uncompressed = bytes.len() - body.len() + header.uncompressed;
        return Ok(header.packed(bytes, uncompressed, body.len()));
    }
    SCRATCH.with_borrow_mut(|scratch| {
        let length = scratch.compress(&body, packing)?;
        drop(body);
        let bytes = header.with_body(length, &scratch.output[..length]);
        let uncompressed = bytes.len() - length + header.uncompressed;
        Ok(header.packed(bytes, uncompressed, length))
    })
}

/// How many bytes these become with a codec that [`packs`].
pub fn compressed_length(bytes: &[u8], packing: Packing) -> Result<usize> {
    SCRATCH.with_borrow_mut(|scratch| scratch.compress(bytes, packing))
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// What one thread compresses with. A context of zstd asks for the features of the processor when it is made: 25 us on a virtual machine.
#[derive(Default)]
struct Scratch {
    zstd: Option<(Option<Packing>, Compressor<'static>)>,
    snappy: Option<snap::raw::Encoder>,
    output: Vec<u8>,
}

impl Scratch {
    /// Compresses into `output`, from its start; gives the length.
    fn compress(&mut self, body: &[u8], packing: Packing) -> Result<usize> {
        match packing.codec {
            Compression::ZSTD(level) => {
                let level = level.compression_level();
                self.grow(zstd::zstd_safe::compress_bound(body.len()));
                let (known, context) = self.zstd.get_or_insert_with(Default::default);
                if *known != Some(packing) {
                    set(context, level, packing.literals)?;
                    *known = Some(packing);
                }
                context.compress_to_buffer(body, &mut self.output[..]).map_err(CkptError::internal)
            }
            Compression::LZ4_RAW => {
                self.grow(lz4_flex::block::get_maximum_output_size(body.len()));
                lz4_flex::block::compress_into(body, &mut self.output).map_err(CkptError::internal)
            }
            _ => {
                self.grow(snap::raw::max_compress_len(body.len()));
                self.snappy
                    .get_or_insert_with(snap::raw::Encoder::new)
                    .compress(body, &mut self.output)
                    .map_err(CkptError::internal)
            }
        }
    }

    fn grow(&mut self, bytes: usize) {
        if self.output.len() < bytes {
            self.output = vec![0; bytes];
        }
    }
}

/// Sets what a context does. 0: what the level says.
fn set(context: &mut Compressor<'static>, level: i32, literals: bool) -> Result<()> {
    let (hash_log, min_match) = if literals { (LITERALS_HASH_LOG, LITERALS_MIN_MATCH) } else { (0, 0) };
    let parameters =
        [CParameter::CompressionLevel(level), CParameter::HashLog(hash_log), CParameter::MinMatch(min_match)];
    for parameter in parameters {
        context.set_parameter(parameter).map_err(CkptError::internal)?;
    }
    Ok(())
}

/// A page's header in Thrift's compact form: its type, its sizes without and with the codec, and the rest, which tells nothing of bytes.
struct Header<'a> {
    kind: u64,
    uncompressed: usize,
    rest: &'a [u8],
}

/// A field whose number is one more than that of the field before it, and whose type is i32.
const NEXT_I32: u8 = 0x15;
/// The type of a dictionary page, as zigzag.
const DICTIONARY: u64 = 2 << 1;
/// Bytes of a header at most, less the rest.
const SIZES: usize = 18;

impl<'a> Header<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self> {
        let (kind, rest) = number(bytes)?;
        let (uncompressed, rest) = number(rest)?;
        let (_, rest) = number(rest)?;
        Ok(Self { kind, uncompressed: (uncompressed >> 1) as usize, rest })
    }

    fn with_body(&self, length: usize, body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SIZES + self.rest.len() + length);
        for value in [self.kind, (self.uncompressed as u64) << 1, (length as u64) << 1] {
            bytes.push(NEXT_I32);
            put_number(value, &mut bytes);
        }
        bytes.extend_from_slice(self.rest);
        bytes.extend_from_slice(body);
        bytes
    }

    fn packed(&self, bytes: Vec<u8>, uncompressed: usize, body: usize) -> PackedPage {
        let crc = crc32c::crc32c(&bytes);
        PackedPage { bytes: bytes.into(), uncompressed, body, crc, is_dictionary: self.kind == DICTIONARY }
    }
}

/// The next field, and what follows it.
fn number(bytes: &[u8]) -> Result<(u64, &[u8])> {
    let unexpected = || CkptError::internal("the header of a page does not begin with its sizes");
    let Some((&NEXT_I32, mut rest)) = bytes.split_first() else { return Err(unexpected()) };
    let mut value = 0;
    for shift in (0..35).step_by(7) {
        let (&byte, after) = rest.split_first().ok_or_else(unexpected)?;
        rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok((value, rest));
        }
    }
    Err(unexpected())
}

fn put_number(mut value: u64, bytes: &mut Vec<u8>) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}
