//! Arrow batches, out of a file and into one. A stream that was handed out has a cancel flag of its own, and keeps its file open: it
//! outlives the reader that it came from.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use arrow_ckpt::arrow::{FFI_ArrowArrayStream, Source, to_parquet};
use arrow_ckpt::decode::{ArrowReader, ColumnRequest, IpcStream, Label, ScanOptions};
use arrow_ckpt::{CkptError, caught};
use napi::bindgen_prelude::{AsyncTask, Uint8Array, Unknown};
use napi::{Env, Task};
use napi_derive::napi;
use serde::Deserialize;

use crate::capsule::{Capsule, take_stream};
use crate::events::error_text;
use crate::parse::parse;
use crate::reader::NativeReader;

/// What to hand over, as the facade checked it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ArrowRequest {
    columns: Option<Vec<LabelledColumn>>,
    /// First row, row after the last.
    ranges: Option<Vec<(u64, u64)>>,
    threads: Option<usize>,
    block_rows: usize,
    block_bytes: usize,
}

#[derive(Deserialize)]
struct LabelledColumn {
    column: usize,
    leaves: Option<Vec<usize>>,
    label: Label,
}

impl ArrowRequest {
    fn open(self, reader: &NativeReader, cancel: Arc<AtomicBool>) -> arrow_ckpt::Result<ArrowReader> {
        let file = reader.opened().ok_or_else(|| CkptError::internal("the file is not open"))?;
        let defaults = ScanOptions::default();
        let columns = self.columns.map(|columns| {
            let parts = |LabelledColumn { column, leaves, label }| (ColumnRequest { column, leaves }, label);
            columns.into_iter().map(parts).unzip::<_, _, Vec<_>, Vec<_>>()
        });
        let (columns, labels) =
            columns.map_or((None, None), |(columns, labels)| (Some(columns), Some(labels)));
        let options = ScanOptions {
            columns,
            ranges: self.ranges.map(|ranges| ranges.into_iter().map(|(start, end)| start..end).collect()),
            threads: self.threads.unwrap_or(defaults.threads),
            block_rows: self.block_rows,
            block_bytes: self.block_bytes,
            cancel,
            ..defaults
        };
        caught(|| file.arrow(options, labels.as_deref()))
    }
}

fn thrown(error: &CkptError) -> napi::Error {
    napi::Error::from_reason(error_text(error))
}

/// A C stream of the open file of a reader, in an External: see `capsule.rs`. Nothing but itself ends it. Throws an error whose message is
/// that of the core as JSON.
#[napi(catch_unwind, ts_return_type = "object")]
#[allow(
    clippy::needless_pass_by_value,
    reason = "napi hands over what it converted; its test build sees that, the other does not"
)]
pub fn arrow_stream(reader: &NativeReader, request: String) -> napi::Result<Capsule> {
    let request: ArrowRequest = parse(&request)?;
    let batches = request.open(reader, Arc::default()).map_err(|error| thrown(&error))?;
    Ok(Capsule::new(FFI_ArrowArrayStream::new(Box::new(batches))))
}

/// The bytes of an IPC stream, in pieces.
#[napi]
pub struct NativeIpc {
    stream: Arc<Mutex<Option<IpcStream>>>,
    cancel: Arc<AtomicBool>,
}

#[napi]
#[expect(clippy::needless_pass_by_value, reason = "napi hands over what it converted")]
impl NativeIpc {
    /// Of the open file of a reader. Throws an error whose message is that of the core as JSON.
    #[napi(constructor, catch_unwind)]
    pub fn new(reader: &NativeReader, request: String) -> napi::Result<Self> {
        let request: ArrowRequest = parse(&request)?;
        let cancel = Arc::<AtomicBool>::default();
        let batches = request.open(reader, Arc::clone(&cancel)).map_err(|error| thrown(&error))?;
        Ok(Self { stream: Arc::new(Mutex::new(Some(IpcStream::new(batches)))), cancel })
    }

    /// The next piece, null after the last. One call at a time. Rejects with an error whose message is that of the core as JSON.
    #[napi(catch_unwind, ts_return_type = "Promise<Uint8Array | null>")]
    #[must_use]
    pub fn next(&self) -> AsyncTask<NextPiece> {
        AsyncTask::new(NextPiece(Arc::clone(&self.stream)))
    }

    /// Ends it, in the middle of a piece too.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.cancel.store(true, Ordering::Relaxed);
        // A piece that is being made is dropped with the last reference.
        if let Ok(mut stream) = self.stream.try_lock() {
            *stream = None;
        }
    }
}

/// One piece.
pub struct NextPiece(Arc<Mutex<Option<IpcStream>>>);

impl Task for NextPiece {
    type Output = Option<Vec<u8>>;
    type JsValue = Option<Uint8Array>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        let mut stream = self.0.lock().map_err(|error| napi::Error::from_reason(error.to_string()))?;
        let Some(open) = stream.as_mut() else { return Ok(None) };
        let piece = open.next_piece();
        if !matches!(piece, Ok(Some(_))) {
            *stream = None;
        }
        piece.map_err(|error| thrown(&error))
    }

    fn resolve(&mut self, _: Env, piece: Self::Output) -> napi::Result<Self::JsValue> {
        Ok(piece.map(Uint8Array::from))
    }
}

/// Writes Arrow batches to a new Parquet file.
pub struct ArrowToParquet {
    source: Option<Source>,
    path: PathBuf,
}

impl Task for ArrowToParquet {
    type Output = f64;
    type JsValue = f64;

    fn compute(&mut self) -> napi::Result<f64> {
        let source = self.source.take().ok_or_else(|| CkptError::internal("a task ran twice"));
        let rows = source.and_then(|source| to_parquet(source, &self.path));
        rows.map(|rows| rows as f64).map_err(|error| thrown(&error))
    }

    fn resolve(&mut self, _: Env, rows: f64) -> napi::Result<f64> {
        Ok(rows)
    }
}

/// Moves the stream out of an External and writes its batches to a new Parquet file at `path`; resolves with their rows. Null: the value
/// is no External with a stream, or somebody took that before. Rejects with an error whose message is that of the core as JSON.
#[napi(catch_unwind, ts_return_type = "Promise<number> | null")]
pub fn arrow_stream_to_parquet(
    env: Env,
    #[napi(ts_arg_type = "unknown")] stream: Unknown<'_>,
    path: String,
) -> napi::Result<Option<AsyncTask<ArrowToParquet>>> {
    let stream = take_stream(&env, &stream)?;
    let task =
        |stream| AsyncTask::new(ArrowToParquet { source: Some(Source::Stream(stream)), path: path.into() });
    Ok(stream.map(task))
}

/// The same of the bytes of an IPC stream or file, which are copied.
#[napi(catch_unwind, ts_return_type = "Promise<number>")]
#[must_use]
#[allow(
    clippy::needless_pass_by_value,
    reason = "napi hands over what it converted; its test build sees that, the other does not"
)]
pub fn arrow_bytes_to_parquet(bytes: Uint8Array, path: String) -> AsyncTask<ArrowToParquet> {
    AsyncTask::new(ArrowToParquet { source: Some(Source::Bytes(bytes.to_vec())), path: path.into() })
}
