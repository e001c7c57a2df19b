//! From a file's two ends to its metadata: magic, length, checksum, first look, parse.

use std::collections::HashMap;

use bytes::Bytes;
use parquet::file::metadata::{
    ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader, ParquetStatisticsPolicy,
};

use super::elements::Decimal;
use super::faults::{beyond_limit, corrupt, truncated, unsupported};
use super::guard::{guarded, parquet_error};
use super::index::FileIndex;
use super::prescan::check_footer;
use super::source::Source;
use crate::error::{CkptError, ErrorCode, Result};
use crate::format::{
    FOOTER_CRC_ZERO, KEY_BLOOM_CRC, KEY_CHUNK_CRC, KEY_FOOTER_CRC, KEY_INDEX_CRC, KEY_VERSION, THIN_VERSION,
    footer_crc, footer_crc_position, is_footer_ours, is_name, is_name_ours, parse_crc,
};
use crate::limits::Limits;

const MAGIC: &[u8] = b"PAR1";
const MAGIC_ENCRYPTED: &[u8] = b"PARE";
/// Magic, an empty footer's length, magic.
const SMALLEST: u64 = 12;

/// A file's metadata, and what else its ends told.
pub(super) struct Footer {
    pub metadata: ParquetMetaData,
    /// Whether we wrote the file last.
    pub ours: bool,
    /// Decimals that `metadata` does not tell, by leaf.
    pub decimals: HashMap<usize, Decimal>,
    /// Where the footer begins: every column chunk ends before.
    pub start: u64,
    /// The checksum of each column chunk, where they are to be verified.
    pub chunk_crcs: Option<Vec<u32>>,
    /// The page indexes of our own files.
    pub index: Option<FileIndex>,
    /// The checksums of our own files' bloom filters, by row group and leaf.
    pub bloom_crcs: HashMap<(usize, usize), u32>,
}

/// Reads and checks the footer. `verify` also compares the checksums of our own files.
pub(super) fn read_footer(source: &Source, verify: bool, limits: &Limits) -> Result<Footer> {
    let (start, bytes) = locate(source, verify, limits)?;
    // Before anything is parsed: damage may say anything.
    let mut ours = is_footer_ours(&bytes);
    if ours && verify {
        verify_bytes(&bytes)?;
    }
    let look = check_footer(&bytes, limits)?;
    if !ours {
        // Another program that rewrites a file names itself.
        ours = look.created_by.is_some_and(is_name_ours) || (look.has_our_keys && !is_name(look.created_by));
        if ours && verify {
            verify_bytes(&bytes)?;
        }
    }
    let metadata = match look.patched(&bytes) {
        Some(patched) => parse(&patched, ours)?,
        None => parse(&bytes, ours)?,
    };
    if ours {
        check_version(&metadata)?;
    }
    let chunk_crcs = if ours && verify { Some(chunk_crcs(&metadata, &bytes)?) } else { None };
    let index = match key_value(&metadata, KEY_INDEX_CRC).filter(|_| ours) {
        Some(crc) => FileIndex::read(source, &metadata, start, crc, verify)?,
        None => None,
    };
    let bloom_crcs = if ours { bloom_crcs(&metadata)? } else { HashMap::new() };
    Ok(Footer { metadata, ours, decimals: look.decimals, start, chunk_crcs, index, bloom_crcs })
}

/// The value of a footer's key, the first if there are several.
pub(super) fn key_value<'a>(metadata: &'a ParquetMetaData, key: &str) -> Option<&'a str> {
    let pairs = metadata.file_metadata().key_value_metadata()?;
    pairs.iter().find(|pair| pair.key == key)?.value.as_deref()
}

fn locate(source: &Source, verify: bool, limits: &Limits) -> Result<(u64, Bytes)> {
    let size = source.bytes();
    if size < SMALLEST {
        return Err(not_parquet(&format!("it has only {size} bytes")));
    }
    let head = source.read(0, 4)?;
    let tail = source.read(size - 8, 8)?;
    let (length, end) = tail.split_at(4);
    if end == MAGIC_ENCRYPTED || (head == MAGIC_ENCRYPTED && end != MAGIC) {
        return Err(unsupported("encryption"));
    }
    if end != MAGIC {
        return Err(if head == MAGIC {
            truncated("it begins as Parquet and does not end as Parquet")
        } else {
            not_parquet("it neither begins nor ends with PAR1")
        });
    }
    if head != MAGIC && verify {
        return Err(corrupt("it does not begin with PAR1"));
    }
    let length = u64::from(u32::from_le_bytes([length[0], length[1], length[2], length[3]]));
    if length > size - SMALLEST {
        return Err(corrupt("its footer is said to be longer than the file"));
    }
    let most = limits.footer_bytes;
    if length > most {
        return Err(beyond_limit(&format!("its footer has {length} bytes, more than {most}")));
    }
    let start = size - 8 - length;
    Ok((start, source.read(start, length as usize)?))
}

/// Compares a footer of ours with its checksum.
fn verify_bytes(footer: &[u8]) -> Result<()> {
    let position =
        footer_crc_position(footer).ok_or_else(|| corrupt("its footer's checksum is out of place"))?;
    let digits = footer.get(position..position + FOOTER_CRC_ZERO.len());
    if digits.and_then(parse_crc) != Some(footer_crc(footer, position)) {
        return Err(corrupt("its footer does not match the footer's checksum"));
    }
    Ok(())
}

/// The footer's Thrift.
pub(super) fn parse(footer: &[u8], ours: bool) -> Result<ParquetMetaData> {
    // Ours tell the null counts. A damaged statistic of another writer must not stop a load that has no use for it.
    let statistics = if ours { ParquetStatisticsPolicy::KeepAll } else { ParquetStatisticsPolicy::SkipAll };
    let options = ParquetMetaDataOptions::new()
        .with_column_stats_policy(statistics)
        .with_size_stats_policy(ParquetStatisticsPolicy::SkipAll);
    guarded(|| {
        ParquetMetaDataReader::decode_metadata_with_options(footer, Some(&options))
            .map_err(|error| parquet_error(&error))
    })
}

/// Refuses a file of ours of a version that we do not know.
fn check_version(metadata: &ParquetMetaData) -> Result<()> {
    let version = key_value(metadata, KEY_VERSION);
    let version = version.ok_or_else(|| corrupt("its format version is missing"))?;
    match version.parse::<u32>() {
        Ok(1..=THIN_VERSION) => Ok(()),
        Ok(version) if version > THIN_VERSION => {
            let message = format!(
                "the checkpoint has format version {version}, and this arrow-ckpt reads up to version {THIN_VERSION}: update arrow-ckpt"
            );
            Err(CkptError::new(ErrorCode::FormatVersion, message))
        }
        _ => Err(corrupt("its format version is not a number")),
    }
}

fn chunk_crcs(metadata: &ParquetMetaData, footer: &[u8]) -> Result<Vec<u32>> {
    if key_value(metadata, KEY_FOOTER_CRC).is_none() || footer_crc_position(footer).is_none() {
        return Err(corrupt("its footer's checksum is missing"));
    }
    let digits = key_value(metadata, KEY_CHUNK_CRC)
        .ok_or_else(|| corrupt("the checksums of its columns are missing"))?
        .as_bytes();
    let chunks: usize = metadata.row_groups().iter().map(|group| group.columns().len()).sum();
    let crcs: Option<Vec<u32>> = digits.chunks(FOOTER_CRC_ZERO.len()).map(parse_crc).collect();
    crcs.filter(|crcs| crcs.len() == chunks)
        .ok_or_else(|| corrupt("the checksums of its columns are not one for each"))
}

fn bloom_crcs(metadata: &ParquetMetaData) -> Result<HashMap<(usize, usize), u32>> {
    let groups = metadata.row_groups().iter().enumerate();
    let chunks = groups.flat_map(|(at, group)| {
        group.columns().iter().enumerate().map(move |(leaf, chunk)| ((at, leaf), chunk))
    });
    let places: Vec<(usize, usize)> =
        chunks.filter(|(_, chunk)| chunk.bloom_filter_offset().is_some()).map(|(place, _)| place).collect();
    let digits = key_value(metadata, KEY_BLOOM_CRC).unwrap_or_default().as_bytes();
    let crcs: Option<Vec<u32>> = digits.chunks(FOOTER_CRC_ZERO.len()).map(parse_crc).collect();
    let crcs = crcs.filter(|crcs| crcs.len() == places.len());
    let crcs = crcs.ok_or_else(|| corrupt("the checksums of its bloom filters are not one for each"))?;
    Ok(places.into_iter().zip(crcs).collect())
}

fn not_parquet(why: &str) -> CkptError {
    CkptError::new(ErrorCode::NotACheckpoint, format!("not a Parquet file: {why}"))
}
