//! Small files in one step each: a task of libuv's pool, which takes less than the start of a thread and its messages.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use arrow_ckpt::decode::{CheckpointFile, Fill, OpenOptions, ScanOptions, describe_written};
use arrow_ckpt::encode::{CheckpointWriter, WriteOptions};
use arrow_ckpt::format::KEY_COMPAT;
use arrow_ckpt::layout::align8;
use arrow_ckpt::{CkptError, caught};
use napi::bindgen_prelude::{AsyncTask, Uint8Array};
use napi::{Env, Task};
use napi_derive::napi;

use crate::events::error_text;
use crate::memory::SharedBytes;
use crate::parse::parse;
use crate::writer::pairs;

/// A file of at most so many bytes is small: the core decodes it on the calling thread.
const SMALL_BYTES: u64 = 64 << 10;

/// Reads a whole file.
pub struct ReadSmall {
    path: PathBuf,
    verify: bool,
    describes: bool,
    arena: SharedBytes,
}

impl ReadSmall {
    fn read(&mut self) -> arrow_ckpt::Result<Option<u32>> {
        let Some(bytes) =
            read_whole(&self.path).map_err(|error| CkptError::io("read", &self.path, &error))?
        else {
            return Ok(None);
        };
        let options = OpenOptions { verify: self.verify, ..OpenOptions::default() };
        let file = CheckpointFile::open_bytes(&self.path, bytes.into(), &options)?;
        // It is small, and may have much in other files.
        if file.is_thin() {
            return Ok(None);
        }
        #[cfg(feature = "fault-injection")]
        assert!(!self.path.ends_with("panic-in-load.parquet"), "a provoked panic");
        let mut scan = file.scan(ScanOptions { block_bytes: usize::MAX, ..ScanOptions::default() })?;
        let bytes = match scan.next_block(self.arena.bytes_mut())? {
            Fill::End => 0,
            Fill::Block { rows, bytes, .. } if rows as u64 == file.rows() => bytes,
            Fill::Block { .. } | Fill::NeedBytes(_) => return Ok(None),
        };
        // The last block is good once the end has been seen: a file may have more rows than it says.
        if bytes > 0 && scan.next_block(&mut [])? != Fill::End {
            return Ok(None);
        }
        let described = self.describes || file.key_value(KEY_COMPAT).is_some();
        let columns = if described { file.describe_columns() } else { String::new() };
        let head = file.describe_head();
        let words = [file.rows(), file.bytes(), bytes as u64, head.len() as u64, columns.len() as u64];
        let parts = words.map(|word| (word as u32).to_ne_bytes());
        let at = align8(bytes);
        let rest = self.arena.bytes_mut().get_mut(at..).unwrap_or_default();
        let written = append(rest, &[parts.as_flattened(), head.as_bytes(), columns.as_bytes()]);
        Ok(written.then_some(at as u32))
    }
}

/// The bytes of a small file. Each call of the system takes its time: looked at once, and read at once, with room for a byte that a file
/// has that has grown since.
fn read_whole(path: &Path) -> io::Result<Option<Vec<u8>>> {
    // Looked at before it is opened: opening a pipe would wait for a writer.
    let found = fs::metadata(path)?;
    if !found.is_file() || found.len() > SMALL_BYTES {
        return Ok(None);
    }
    let length = found.len() as usize;
    let mut file = File::open(path)?;
    let mut bytes = vec![0; length + 1];
    let mut filled = 0;
    while filled < length {
        match file.read(&mut bytes[filled..])? {
            0 => break,
            more => filled += more,
        }
    }
    bytes.truncate(filled);
    Ok((filled <= length).then_some(bytes))
}

/// Puts the parts one after another; false where there is no room.
fn append(mut room: &mut [u8], parts: &[&[u8]]) -> bool {
    parts.iter().all(|part| room.write_all(part).is_ok())
}

impl Task for ReadSmall {
    type Output = Option<u32>;
    type JsValue = Option<u32>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        // What is wrong with the file is found out again, and told, by the reader.
        Ok(caught(|| self.read()).unwrap_or(None))
    }

    fn resolve(&mut self, _: Env, at: Self::Output) -> napi::Result<Self::JsValue> {
        Ok(at)
    }
}

/// Reads all rows of a file into `arena`, which is the task's until it resolves: null for a file that is not small, that has values in
/// other files, that has not room there, or with which anything is wrong. Else where in the arena five words are: the rows of the file, its
/// bytes, the bytes of the block of all rows (0: there are none), and those of two pieces of JSON that follow the words: `describe_head`
/// and `describe_columns` of the file. An object with these would take longer than all else that is done for a small file on JavaScript's
/// thread. The second is only there with `describes`, and for files in another program's form.
#[napi(catch_unwind, ts_return_type = "Promise<number | null>")]
#[must_use]
pub fn read_small(path: String, verify: bool, describes: bool, arena: Uint8Array) -> AsyncTask<ReadSmall> {
    AsyncTask::new(ReadSmall { path: PathBuf::from(path), verify, describes, arena: SharedBytes::new(arena) })
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
        let saved = writer.finish(&self.key_values)?;
        describe_written(&saved.metadata, saved.bytes)
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
/// strings). Resolves with the file's rows, bytes and columns as JSON once it is durable; rejects with an error whose message is that of
/// the core as JSON.
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
