//! The digests of a file: where they stand in it, and what they are of.
//!
//! They stand behind the attachment, column by column; `arrow-ckpt.digests` in the footer tells their place. 0.4% of a file of documents.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::digest::{Digest, DigestKind};
use crate::decode::CheckpointFile;
use crate::error::{CkptError, ErrorCode, Result};
use crate::format::KEY_DIGESTS;
use crate::limits::MAX_DIGEST_BYTES;

const DIGEST_BYTES: usize = size_of::<Digest>();

/// What `arrow-ckpt.digests` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Where in the file the digests begin.
    pub offset: u64,
    /// How many bytes they are.
    pub bytes: u64,
    /// CRC32C of these, 8 hex digits.
    pub crc32c: String,
    /// Whose they are, in this order.
    pub of: Vec<Place>,
}

/// A column in the section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its name in the file.
    pub column: String,
    /// Its type: digests of values of two types are not compared.
    pub r#type: String,
    /// What each digest is of.
    pub kind: DigestKind,
    /// How many there are: row group by row group, [`DigestKind::count`] of its rows.
    pub count: usize,
}

/// The digests of a column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestedColumn {
    /// Its name in the file.
    pub column: String,
    /// Its type.
    pub r#type: String,
    /// What each digest is of.
    pub kind: DigestKind,
    /// All of them.
    pub digests: Vec<Digest>,
}

impl Section {
    /// The bytes of a section of these columns that begins at `offset`, and what is said of it.
    #[must_use]
    pub fn of(columns: &[DigestedColumn], offset: u64) -> (Self, Vec<u8>) {
        let bytes: Vec<u8> =
            columns.iter().flat_map(|column| column.digests.iter().flatten().copied()).collect();
        let of = columns
            .iter()
            .map(|column| Place {
                column: column.column.clone(),
                r#type: column.r#type.clone(),
                kind: column.kind,
                count: column.digests.len(),
            })
            .collect();
        let crc32c = format!("{:08x}", crc32c::crc32c(&bytes));
        (Self { offset, bytes: bytes.len() as u64, crc32c, of }, bytes)
    }

    /// What the footer says.
    #[must_use]
    pub fn key_value(&self) -> (String, String) {
        (KEY_DIGESTS.to_owned(), json!(self).to_string())
    }

    /// The digests of a file; none if it has none, or some that are not all there: then nobody refers to its values.
    pub fn read(file: &CheckpointFile) -> Result<Vec<DigestedColumn>> {
        let Some(text) = file.key_value(KEY_DIGESTS) else { return Ok(Vec::new()) };
        let section: Self =
            serde_json::from_str(text).map_err(|error| corrupt(&format!("their place: {error}")))?;
        if section.bytes > MAX_DIGEST_BYTES {
            return Ok(Vec::new());
        }
        let rows = file.group_rows();
        let counts = section.of.iter().map(|place| place.count);
        let count = counts.into_iter().try_fold(0usize, usize::checked_add);
        if count.and_then(|count| count.checked_mul(DIGEST_BYTES)) != Some(section.bytes as usize) {
            return Err(corrupt("they are not as many as is said"));
        }
        let bytes = file.read_span(section.offset, section.bytes as usize)?;
        if format!("{:08x}", crc32c::crc32c(&bytes)) != section.crc32c {
            return Err(corrupt("they do not match their checksum"));
        }
        let mut digests = bytes.chunks_exact(DIGEST_BYTES).map(|chunk| {
            let mut digest = Digest::default();
            digest.copy_from_slice(chunk);
            digest
        });
        let column = |place: Place| {
            let wanted: usize = rows.iter().map(|rows| place.kind.count(*rows)).sum();
            if wanted != place.count {
                return Err(corrupt("they are not one for each value"));
            }
            let digests = digests.by_ref().take(place.count).collect();
            Ok(DigestedColumn { column: place.column, r#type: place.r#type, kind: place.kind, digests })
        };
        section.of.into_iter().map(column).collect()
    }
}

fn corrupt(what: &str) -> CkptError {
    CkptError::new(ErrorCode::Corrupt, format!("the digests of the file's values are damaged: {what}"))
}
