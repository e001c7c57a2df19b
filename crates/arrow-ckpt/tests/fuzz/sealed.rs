//! Checkpoints whose pages can be damaged with all checksums right again: what is behind the checksums must bear it.

use std::fmt::Write;
use std::ops::Range;

use arrow_ckpt::format::{KEY_CHUNK_CRC, KEY_INDEX_CRC, footer_crc, footer_crc_position};
use bytes::Bytes;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};

/// A checkpoint, and where its pages and their checksums are.
pub struct Sealed {
    bytes: Vec<u8>,
    chunks: Vec<Range<usize>>,
    pages: Vec<Range<usize>>,
    /// Where the page indexes begin, where the checksums of pages, and where the footer.
    places: [usize; 3],
}

impl Sealed {
    /// Of a checkpoint with page indexes.
    pub fn of(bytes: Vec<u8>) -> Self {
        let end = bytes.len() - 8;
        let footer = end - u32::from_le_bytes(bytes[end..end + 4].try_into().unwrap()) as usize;
        let mut reader = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Required);
        reader.try_parse(&Bytes::copy_from_slice(&bytes)).unwrap();
        let metadata = reader.finish().unwrap();
        let (mut chunks, mut pages, mut first) = (Vec::new(), Vec::new(), footer);
        for (at, group) in metadata.row_groups().iter().enumerate() {
            let indexes = metadata.page_index_for_row_group(at);
            for (leaf, chunk) in group.columns().iter().enumerate() {
                let index = indexes.offset_index(leaf).unwrap();
                let (start, length) = chunk.byte_range();
                chunks.push(start as usize..(start + length) as usize);
                let data = chunk.data_page_offset() as usize;
                pages.extend((start as usize != data).then_some(start as usize..data));
                pages.extend(index.page_locations().iter().map(|page| {
                    page.offset as usize..page.offset as usize + page.compressed_page_size as usize
                }));
                let offsets = [chunk.column_index_offset(), chunk.offset_index_offset()];
                first = offsets.into_iter().flatten().fold(first, |first, at| first.min(at as usize));
            }
        }
        let places = [first, footer - 4 * pages.len(), footer];
        let sealed = Self { bytes, chunks, pages, places };
        let mut same = sealed.bytes.clone();
        sealed.seal(&metadata, &mut same);
        assert!(same == sealed.bytes, "the checksums are not where they are written");
        sealed
    }

    /// The file with its pages changed as `patches` say, four bytes each: two for the place, one for what is done, one to do it with.
    pub fn patched(&self, patches: &[u8]) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        let length = self.places[0] - 4;
        for patch in patches.chunks_exact(4).take(16) {
            let at = 4 + usize::from(u16::from_le_bytes([patch[0], patch[1]])) % length;
            let value = patch[3];
            match patch[2] % 6 {
                0 | 1 => bytes[at] ^= 1 << (value % 8),
                2 => bytes[at] = value,
                3 => {
                    // A varint as large as can be.
                    let end = (at + usize::from(value % 9)).min(length);
                    bytes[at..end.max(at)].fill(0xff);
                }
                4 => {
                    let from = 4 + usize::from(value) * 31 % length;
                    let count = usize::from(value % 64).min(length + 4 - at.max(from));
                    bytes.copy_within(from..from + count, at);
                }
                // Most headers are at the beginnings of pages.
                _ => {
                    let page = &self.pages[at % self.pages.len()];
                    let inside = page.start + usize::from(value >> 3) % page.len();
                    bytes[inside] ^= 1 << (value % 8);
                }
            }
        }
        let metadata =
            ParquetMetaDataReader::decode_metadata(&self.bytes[self.places[2]..self.bytes.len() - 8]);
        self.seal(&metadata.unwrap(), &mut bytes);
        bytes
    }

    /// Makes all checksums right.
    fn seal(&self, metadata: &ParquetMetaData, bytes: &mut [u8]) {
        let [index, crcs, footer] = self.places;
        for (slot, page) in self.pages.iter().enumerate() {
            let crc = crc32c::crc32c(&bytes[page.clone()]);
            bytes[crcs + 4 * slot..][..4].copy_from_slice(&crc.to_le_bytes());
        }
        let mut of_chunks = String::new();
        for chunk in &self.chunks {
            write!(of_chunks, "{:08x}", crc32c::crc32c(&bytes[chunk.clone()])).unwrap();
        }
        put(metadata, bytes, footer, KEY_CHUNK_CRC, &of_chunks);
        let of_index = format!("{:08x}", crc32c::crc32c(&bytes[index..footer]));
        put(metadata, bytes, footer, KEY_INDEX_CRC, &of_index);
        let end = bytes.len() - 8;
        let position = footer_crc_position(&bytes[footer..end]).unwrap();
        let digits = format!("{:08x}", footer_crc(&bytes[footer..end], position));
        bytes[footer + position..][..8].copy_from_slice(digits.as_bytes());
    }
}

/// Writes another value of the same length in place of a key's, which stands behind the key.
fn put(metadata: &ParquetMetaData, bytes: &mut [u8], footer: usize, key: &str, value: &str) {
    let pairs = metadata.file_metadata().key_value_metadata().unwrap();
    let old = pairs.iter().find(|pair| pair.key == key).unwrap().value.as_ref().unwrap();
    assert_eq!(old.len(), value.len());
    let at = bytes[footer..].windows(key.len()).position(|window| window == key.as_bytes()).unwrap();
    // Between them are the value's type, and its length as a varint.
    let from = footer + at + key.len() + if value.len() < 128 { 2 } else { 3 };
    bytes[from..][..value.len()].copy_from_slice(value.as_bytes());
}
