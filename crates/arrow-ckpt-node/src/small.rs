//! Small files in one step each: a task of libuv's pool, which takes less than the start of a thread and its messages.

use std::path::PathBuf;

use arrow_ckpt::decode::{CheckpointFile, DescriptionParts, Fill, OpenOptions, ScanOptions};
use arrow_ckpt::encode::{CheckpointWriter, WriteOptions};
use arrow_ckpt::{CkptError, caught};
use napi::bindgen_prelude::{AsyncTask, Uint8Array};
use napi::{Env, Task};
use napi_derive::napi;

use crate::events::error_text;
use crate::memory::SharedBytes;
use crate::parse::parse;
use crate::writer::{finish, pairs};

/// A file of at most so many bytes is small: the core decodes it on the calling thread.
const SMALL_BYTES: u64 = 64 << 10;

/// A small file that has been read.
#[napi(object)]
pub struct SmallFile {
    /// What it says of itself, as JSON: `DescriptionParts::head`.
    pub head: String,
    /// Its columns, as JSON.
    pub columns: String,
    /// Its rows.
    pub rows: u32,
    /// Its bytes.
    pub size: u32,
    /// Bytes of the arena that the block of all rows takes. 0: there are no rows.
    pub bytes: u32,
}

/// Reads a whole file.
pub struct ReadSmall {
    path: PathBuf,
    verify: bool,
    arena: SharedBytes,
}

impl ReadSmall {
    fn read(&mut self) -> arrow_ckpt::Result<Option<SmallFile>> {
        let small =
            std::fs::metadata(&self.path).is_ok_and(|file| file.is_file() && file.len() <= SMALL_BYTES);
        if !small {
            return Ok(None);
        }
        // Read at once: each piece of its own would be a call of the system.
        let bytes = std::fs::read(&self.path).map_err(|error| CkptError::io("read", &self.path, &error))?;
        let options = OpenOptions { verify: self.verify, ..OpenOptions::default() };
        let file = CheckpointFile::open_bytes(&self.path, bytes.into(), &options)?;
        #[cfg(feature = "fault-injection")]
        assert!(!self.path.ends_with("panic-in-load.parquet"), "a provoked panic");
        let DescriptionParts { head, columns } = file.describe_parts();
        let mut scan = file.scan(ScanOptions { block_bytes: usize::MAX, ..ScanOptions::default() })?;
        let bytes = match scan.next_block(self.arena.bytes_mut())? {
            Fill::End => 0,
            Fill::Block { rows, bytes, .. } if rows as u64 == file.rows() => bytes as u32,
            Fill::Block { .. } | Fill::NeedBytes(_) => return Ok(None),
        };
        // The last block is good once the end has been seen: a file may have more rows than it says.
        if bytes > 0 && scan.next_block(&mut [])? != Fill::End {
            return Ok(None);
        }
        Ok(Some(SmallFile { head, columns, rows: file.rows() as u32, size: file.bytes() as u32, bytes }))
    }
}

impl Task for ReadSmall {
    type Output = Option<SmallFile>;
    type JsValue = Option<SmallFile>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        // What is wrong with the file is found out again, and told, by the reader.
        Ok(caught(|| self.read()).unwrap_or(None))
    }

    fn resolve(&mut self, _: Env, file: Self::Output) -> napi::Result<Self::JsValue> {
        Ok(file)
    }
}

/// Reads all rows of a file into `arena`, which is the task's until it resolves: null for a file that is not small, that has not room
/// there, or with which anything is wrong.
#[napi(catch_unwind, ts_return_type = "Promise<SmallFile | null>")]
#[must_use]
pub fn read_small(path: String, verify: bool, arena: Uint8Array) -> AsyncTask<ReadSmall> {
    AsyncTask::new(ReadSmall { path: PathBuf::from(path), verify, arena: SharedBytes::new(arena) })
}

/// Writes a whole file.
pub struct SaveSmall {
    path: PathBuf,
    options: WriteOptions,
    slab: SharedBytes,
    bytes: usize,
    key_values: Vec<(String, String)>,
}

impl SaveSmall {
    fn save(&self) -> arrow_ckpt::Result<String> {
        let mut writer = CheckpointWriter::create(&self.path, &self.options)?;
        #[cfg(feature = "fault-injection")]
        assert!(!self.path.ends_with("panic-in-save.parquet"), "a provoked panic");
        let records = self.slab.bytes().get(..self.bytes);
        writer.ingest(records.ok_or_else(|| CkptError::internal("a slab is shorter than its records"))?)?;
        finish(writer, &self.key_values)
    }
}

impl Task for SaveSmall {
    type Output = String;
    type JsValue = String;

    fn compute(&mut self) -> napi::Result<String> {
        caught(|| self.save()).map_err(|error| napi::Error::from_reason(error_text(&error)))
    }

    fn resolve(&mut self, _: Env, description: String) -> napi::Result<String> {
        Ok(description)
    }
}

/// Saves the records in the first `bytes` bytes of `slab`, which is the task's until it is done, with these key-values (a JSON object of
/// strings). Resolves with the file's description once it is durable; rejects with an error whose message is that of the core as JSON.
#[napi(catch_unwind, ts_return_type = "Promise<string>")]
#[allow(
    clippy::needless_pass_by_value,
    reason = "napi hands over what it converted; its test build sees that, the other does not"
)]
pub fn save_small(
    path: String,
    options: String,
    slab: Uint8Array,
    bytes: u32,
    key_values: String,
) -> napi::Result<AsyncTask<SaveSmall>> {
    let options = parse(&options)?;
    Ok(AsyncTask::new(SaveSmall {
        path: PathBuf::from(path),
        options,
        slab: SharedBytes::new(slab),
        bytes: bytes as usize,
        key_values: pairs(&key_values)?,
    }))
}
