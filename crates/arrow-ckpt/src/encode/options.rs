//! Options of a save.

use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use serde::Deserialize;

use super::writers::PageEnds;
use crate::error::{CkptError, ErrorCode, Result};
use crate::share::Share;

/// Rows in a row group unless the options say otherwise.
pub const DEFAULT_ROW_GROUP_ROWS: usize = 131_072;
/// A row group also ends when its columns hold this many bytes, so that rows of long texts keep memory bounded.
pub const MAX_ROW_GROUP_BYTES: usize = 32 << 20;
/// Rows in a data page unless the options say otherwise. A page also ends at about 1 MiB.
pub const DEFAULT_PAGE_ROWS: usize = 20_000;
/// gzip's level unless the options say otherwise: its own default.
pub const DEFAULT_GZIP_LEVEL: u32 = 6;
/// brotli's level unless the options say otherwise: above it the time doubles for a few percent.
pub const DEFAULT_BROTLI_LEVEL: u32 = 4;
/// zstd's level unless the options say otherwise: its fastest.
pub const DEFAULT_ZSTD_LEVEL: i32 = 1;

/// zstd's level for `small`: of documents a fifth less than at level 1; above it the time doubles for a few percent.
pub const SMALL_ZSTD_LEVEL: i32 = 9;

/// The codec of the column chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Codec {
    /// Chosen per column by what the data is, see [`super::choose`].
    #[default]
    Auto,
    /// As `auto`, for speed: LZ4 where it pays.
    Fast,
    /// As `auto`, for size: zstd at [`SMALL_ZSTD_LEVEL`] where it pays.
    Small,
    /// Snappy.
    Snappy,
    /// gzip.
    Gzip,
    /// Brotli.
    Brotli,
    /// LZ4, in the file as `LZ4_RAW`.
    Lz4,
    /// Zstandard.
    Zstd,
    /// No compression.
    None,
}

/// Options of a save, as the facade checked them.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub struct WriteOptions {
    /// The codec of the column chunks.
    pub compression: Codec,
    /// The codec's own level.
    pub compression_level: Option<u32>,
    /// Rows in a row group, [`DEFAULT_ROW_GROUP_ROWS`] if None.
    pub row_group_rows: Option<usize>,
    /// Rows of a data page at most, [`DEFAULT_PAGE_ROWS`] if None.
    pub page_rows: Option<usize>,
    /// Where pages end.
    pub pages: PageEnds,
    /// Columns that are encoded at a time, as many as there are cores if None, or more.
    pub threads: Option<usize>,
    /// Values of earlier files are referred to instead of being written again.
    pub share: Option<Share>,
}

/// A codec for the columns of a save.
#[derive(Debug, Clone, Copy)]
pub struct CodecChoice {
    /// The codec.
    pub codec: Compression,
    /// Whether all columns have it, or only those that shrink by a tenth.
    pub always: bool,
    /// Whether zstd may leave out its search where that costs few bytes.
    pub literals: bool,
}

impl WriteOptions {
    /// The codec as Parquet names it, and whether it is for all columns or for those that shrink.
    pub fn codec_choice(&self) -> Result<CodecChoice> {
        let level = self.compression_level;
        let refuse = |error| {
            let message =
                format!("compressionLevel {} does not suit the codec: {error}", level.unwrap_or_default());
            CkptError::new(ErrorCode::InvalidOption, message)
        };
        let zstd = |level| ZstdLevel::try_new(level).map(Compression::ZSTD).map_err(refuse);
        let where_it_pays = |codec| Ok(CodecChoice { codec, always: false, literals: false });
        let codec = match self.compression {
            Codec::Auto => {
                return Ok(CodecChoice { literals: true, ..where_it_pays(zstd(DEFAULT_ZSTD_LEVEL)?)? });
            }
            Codec::Fast => return where_it_pays(Compression::LZ4_RAW),
            Codec::Small => return where_it_pays(zstd(SMALL_ZSTD_LEVEL)?),
            Codec::Snappy => Compression::SNAPPY,
            Codec::Lz4 => Compression::LZ4_RAW,
            Codec::None => Compression::UNCOMPRESSED,
            Codec::Gzip => {
                Compression::GZIP(GzipLevel::try_new(level.unwrap_or(DEFAULT_GZIP_LEVEL)).map_err(refuse)?)
            }
            Codec::Brotli => Compression::BROTLI(
                BrotliLevel::try_new(level.unwrap_or(DEFAULT_BROTLI_LEVEL)).map_err(refuse)?,
            ),
            Codec::Zstd => zstd(level.map_or(DEFAULT_ZSTD_LEVEL, |level| level as i32))?,
        };
        Ok(CodecChoice { codec, always: true, literals: false })
    }
}
