//! What is tried on each input: the same for the fuzz test of the stable toolchain (`main.rs`) and for cargo-fuzz (`/fuzz`).
//!
//! A body returns whatever comes of an input, as long as it is rows or a coded error; anything else is a panic.

use std::path::Path;
use std::sync::Arc;

use arrow_ckpt::decode::{CheckpointFile, Fill, Large, OpenOptions, ScanOptions, TextMode};
use arrow_ckpt::format::{footer_crc, footer_crc_position};
use arrow_ckpt::limits::Limits;
use arrow_ckpt::{CkptError, ErrorCode, Result};
use bytes::Bytes;

use super::sealed::Sealed;
use super::support::BlockReader;

/// What an input may ask for: small enough that what it takes can be told from what it should not.
pub const LIMITS: Limits = Limits {
    footer_bytes: 1 << 20,
    row_groups: 1000,
    columns: 1000,
    depth: 64,
    page_bytes: 1 << 20,
    decoded_bytes: 4 << 20,
    ratio: 1000,
    string_bytes: 1 << 20,
};
/// Blocks of rows without columns are nearly free for the file, and not for us.
const MAX_BLOCKS: usize = 40;
const NAME: &str = "fuzzed.parquet";

/// What became of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It is a file, and its rows came.
    Read,
    Refused(ErrorCode),
}

/// Opens a file, with its checksums and without them, and describes it.
pub fn open(data: &[u8]) -> Outcome {
    let described = |verify| {
        let file = opened(data, verify)?;
        assert!(serde_json::from_str::<serde_json::Value>(&file.describe()).unwrap().is_object());
        assert_eq!(file.bytes(), data.len() as u64);
        Ok(())
    };
    let verified = described(true);
    let unverified = described(false);
    assert!(verified.is_err() || unverified.is_ok(), "checksums refuse, they allow nothing");
    outcome(verified)
}

/// Reads all rows of a file, whatever its checksums say.
pub fn decode(data: &[u8]) -> Outcome {
    outcome(opened(data, false).and_then(|file| read_all(&file, one_thread()).map(|_| ())))
}

/// Takes a checkpoint and changes its pages as the input says, with all checksums right again. Reads all rows page by page with several
/// threads: what comes of it is what comes of one thread that reads whole chunks.
pub fn pages(wholes: &[Sealed], data: &[u8]) -> Outcome {
    let large = Large { scan: 0, ..ALL_BY_PAGES };
    pages_read(wholes, data, ScanOptions { threads: 3, large, ..one_thread() })
}

/// The same without threads, which take most of the time: many more inputs are tried.
pub fn pages_alone(wholes: &[Sealed], data: &[u8]) -> Outcome {
    pages_read(wholes, data, ScanOptions { large: ALL_BY_PAGES, ..one_thread() })
}

/// All chunks are read page by page, where they are wanted.
const ALL_BY_PAGES: Large = Large { scan: u64::MAX, chunk: 0, page: 0, text: 0, shared: 0 };

fn pages_read(wholes: &[Sealed], data: &[u8], by_pages: ScanOptions) -> Outcome {
    let Some((which, patches)) = data.split_first() else {
        return Outcome::Refused(ErrorCode::NotACheckpoint);
    };
    let made = wholes[usize::from(*which) % wholes.len()].patched(patches);
    let file = match opened(&made, true) {
        Ok(file) => file,
        Err(error) => return outcome(Err(error)),
    };
    let by_pages = read_all(&file, by_pages);
    let whole = read_all(&file, one_thread());
    // Which of several faults is met first may differ.
    let faults = (by_pages.as_ref().err(), whole.as_ref().err());
    assert!(by_pages.as_ref().ok() == whole.as_ref().ok(), "{faults:?}");
    outcome(by_pages.map(|_| ()))
}

/// A fuzzer must do the same for the same input.
fn one_thread() -> ScanOptions {
    ScanOptions { threads: 1, block_rows: 16, ..ScanOptions::default() }
}

/// Takes a whole checkpoint and changes its footer as the input says, then gives it a right length and checksum again: so it comes by all
/// that guards what is behind them. Reads all rows.
pub fn footer(wholes: &[Vec<u8>], data: &[u8]) -> Outcome {
    let Some((which, patches)) = data.split_first() else {
        return Outcome::Refused(ErrorCode::NotACheckpoint);
    };
    let whole = &wholes[usize::from(*which) % wholes.len()];
    let made = patch_footer(whole, patches);
    outcome(opened(&made, true).and_then(|file| read_all(&file, one_thread()).map(|_| ())))
}

/// Each patch has four bytes: two for the place, one for what is done there, one to do it with.
fn patch_footer(whole: &[u8], patches: &[u8]) -> Vec<u8> {
    let end = whole.len() - 8;
    let length = u32::from_le_bytes([whole[end], whole[end + 1], whole[end + 2], whole[end + 3]]) as usize;
    let mut footer = whole[end - length..end].to_vec();
    for patch in patches.chunks_exact(4).take(16) {
        let at = usize::from(u16::from_le_bytes([patch[0], patch[1]])) % footer.len().max(1);
        match patch[2] % 6 {
            0 => footer[at] ^= patch[3].max(1),
            1 => footer[at] = patch[3],
            2 => footer.insert(at, patch[3]),
            3 if footer.len() > 1 => drop(footer.remove(at)),
            4 => {
                let piece: Vec<u8> = footer[at..(at + usize::from(patch[3])).min(footer.len())].to_vec();
                footer.splice(at..at, piece);
            }
            // A varint as large as can be.
            5 => drop(
                footer.splice(at..=at, [0xff; 9].into_iter().take(usize::from(patch[3] % 9)).chain([0x0f])),
            ),
            _ => {}
        }
    }
    let mut bytes = whole[..end - length].to_vec();
    let start = bytes.len();
    bytes.extend(&footer);
    seal(&mut bytes, start);
    bytes.extend((footer.len() as u32).to_le_bytes());
    bytes.extend(b"PAR1");
    bytes
}

/// Puts the checksum of the footer from `start` on into its place, if it has one.
fn seal(bytes: &mut [u8], start: usize) {
    if let Some(position) = footer_crc_position(&bytes[start..]) {
        let digits = format!("{:08x}", footer_crc(&bytes[start..], position));
        bytes[start + position..][..8].copy_from_slice(digits.as_bytes());
    }
}

fn opened(data: &[u8], verify: bool) -> Result<Arc<CheckpointFile>> {
    let text = if verify { TextMode::Strict } else { TextMode::Lossy };
    let options = OpenOptions { verify, limits: LIMITS, text, rename_duplicates: !verify };
    CheckpointFile::open_bytes(Path::new(NAME), Bytes::copy_from_slice(data), &options)
}

/// Reads blocks as JavaScript would, which checks that they are well formed. Returns the rows, as text, unless they are too many.
fn read_all(file: &Arc<CheckpointFile>, options: ScanOptions) -> Result<Option<Vec<String>>> {
    let mut scan = file.scan(options)?;
    let mut reader = BlockReader::new(&scan);
    let mut arena = vec![0xaa; 1 << 14];
    let mut all = Vec::new();
    for _ in 0..MAX_BLOCKS {
        match scan.next_block(&mut arena)? {
            Fill::Block { rows, bytes, .. } => {
                let read = reader.rows(&arena[..bytes]);
                assert_eq!(read.len(), rows);
                all.extend(read.iter().map(|row| format!("{row:?}")));
            }
            Fill::NeedBytes(bytes) => {
                assert!(bytes > arena.len());
                arena = vec![0xaa; bytes];
            }
            Fill::End => return Ok(Some(all)),
        }
    }
    Ok(None)
}

fn outcome(result: Result<()>) -> Outcome {
    match result {
        Ok(()) => Outcome::Read,
        Err(CkptError { code, message, path, .. }) => {
            assert_ne!(code, ErrorCode::Internal, "{message}");
            assert_eq!(path.as_deref(), Some(NAME), "{message}");
            assert!(!message.is_empty());
            Outcome::Refused(code)
        }
    }
}
