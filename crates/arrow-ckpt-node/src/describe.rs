//! What many files say of themselves, in one task of libuv's pool: a thread for each would take longer than its work.

use std::path::{Path, PathBuf};

use arrow_ckpt::caught;
use arrow_ckpt::decode::{CheckpointFile, OpenOptions};
use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Task};
use napi_derive::napi;

/// A file of at most so many bytes is read at once.
const SMALL_BYTES: u64 = 64 << 10;

/// Describes files.
pub struct DescribeFiles {
    paths: Vec<PathBuf>,
}

impl Task for DescribeFiles {
    type Output = Vec<Option<String>>;
    type JsValue = Vec<Option<String>>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        // What is wrong with a file is found out again, and told, by who opens it alone.
        Ok(self.paths.iter().map(|path| caught(|| describe(path)).ok()).collect())
    }

    fn resolve(&mut self, _: Env, described: Self::Output) -> napi::Result<Self::JsValue> {
        Ok(described)
    }
}

fn describe(path: &Path) -> arrow_ckpt::Result<String> {
    let options = OpenOptions::default();
    let is_small = std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= SMALL_BYTES);
    let bytes = if is_small { std::fs::read(path).ok() } else { None };
    if let Some(bytes) = bytes {
        let file = CheckpointFile::open_bytes(path, bytes.into(), &options)?;
        if !file.is_thin() {
            return Ok(file.describe());
        }
    }
    Ok(CheckpointFile::open(path, &options)?.describe())
}

/// The descriptions of files as JSON, in order; null for each with which anything is wrong.
#[napi(catch_unwind, ts_return_type = "Promise<(string | null)[]>")]
#[must_use]
pub fn describe_files(paths: Vec<String>) -> AsyncTask<DescribeFiles> {
    AsyncTask::new(DescribeFiles { paths: paths.into_iter().map(PathBuf::from).collect() })
}
