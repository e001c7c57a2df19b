//! Arrow batches, out of a file and into one. A stream that was handed out has a cancel flag of its own, and keeps its file open: it
//! outlives the reader that it came from.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use arrow_ckpt::arrow::{FFI_ArrowArrayStream, Source, to_parquet};
use arrow_ckpt::decode::{
    ArrowPart, ArrowParts, ArrowReader, ColumnRequest, Constant, Gate, IpcStream, Label, OpenOptions,
    ScanOptions, TextMode,
};
use arrow_ckpt::limits::Limits;
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
        let Self { columns, ranges, threads, block_rows, block_bytes } = self;
        let (columns, labels) = columns.map(parts_of).unzip();
        let defaults = ScanOptions::default();
        let options = ScanOptions {
            columns,
            ranges: ranges.map(ranges_of),
            threads: threads.unwrap_or(defaults.threads),
            block_rows,
            block_bytes,
            cancel,
            ..defaults
        };
        caught(|| file.arrow(options, labels.as_deref()))
    }
}

fn parts_of(columns: Vec<LabelledColumn>) -> (Vec<ColumnRequest>, Vec<Label>) {
    let parts = |LabelledColumn { column, leaves, label }| (ColumnRequest { column, leaves }, label);
    columns.into_iter().map(parts).unzip()
}

fn ranges_of(ranges: Vec<(u64, u64)>) -> Vec<std::ops::Range<u64>> {
    ranges.into_iter().map(|(start, end)| start..end).collect()
}

/// Several files as one, as the facade listed them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PartsRequest {
    path: PathBuf,
    /// Names of columns in order.
    order: Vec<String>,
    /// What is wanted of files of the same columns.
    kinds: Vec<Vec<LabelledColumn>>,
    parts: Vec<PartRequest>,
    verify: bool,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    text: TextMode,
    #[serde(default)]
    rename_duplicates: bool,
    threads: Option<usize>,
    block_rows: usize,
    block_bytes: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PartRequest {
    path: PathBuf,
    kind: usize,
    range: Option<(u64, u64)>,
    /// Bytes, and nanoseconds since 1970, as a text: they are beyond what JSON's numbers hold.
    stamp: Option<(u64, String)>,
    #[serde(default)]
    constants: Vec<Constant>,
}

impl PartsRequest {
    fn open(self, gate: Option<&ArrowGate>, cancel: &Arc<AtomicBool>) -> napi::Result<ArrowParts> {
        let Self { verify, limits, text, rename_duplicates, .. } = self;
        let kinds = self.kinds.into_iter().map(parts_of).collect::<Vec<_>>();
        let defaults = ScanOptions::default();
        let threads = self.threads.unwrap_or(defaults.threads);
        let mut seen = vec![false; kinds.len()];
        let part = |PartRequest { path, kind, range, stamp, constants }| {
            let (columns, labels) = kinds.get(kind).cloned().ok_or_else(|| misuse("no such kind"))?;
            let stamp =
                stamp.map(|(bytes, time)| Ok::<_, napi::Error>((bytes, time.parse().map_err(misuse)?)));
            let options = ScanOptions {
                columns: Some(columns),
                ranges: range.map(|range| ranges_of(vec![range])),
                threads,
                block_rows: self.block_rows,
                block_bytes: self.block_bytes,
                cancel: Arc::clone(cancel),
                ..defaults.clone()
            };
            let is_known = std::mem::replace(&mut seen[kind], true);
            Ok(ArrowPart { path, stamp: stamp.transpose()?, options, labels, is_known, constants })
        };
        let parts = self.parts.into_iter().map(part).collect::<napi::Result<Vec<_>>>()?;
        let open = OpenOptions { verify, limits, text, rename_duplicates };
        let gate = gate.map(|gate| Arc::clone(&gate.0));
        ArrowParts::new(self.path, &self.order, open, parts, gate).map_err(|error| thrown(&error))
    }
}

fn misuse(error: impl std::fmt::Display) -> napi::Error {
    napi::Error::from_reason(error.to_string())
}

/// What a stream waits for before its first batch. One that is forgotten while it is closed fails.
#[napi]
#[derive(Default)]
pub struct ArrowGate(Arc<Gate>);

#[napi]
impl ArrowGate {
    /// Closed.
    #[napi(constructor, catch_unwind)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the stream go on.
    #[napi(catch_unwind)]
    pub fn open(&self) {
        self.0.open();
    }

    /// The stream fails with this message.
    #[napi(catch_unwind)]
    pub fn fail(&self, message: String) {
        self.0.fail(message);
    }
}

impl Drop for ArrowGate {
    fn drop(&mut self) {
        self.0.fail("the program ended before the bytes were there".to_owned());
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

/// The same of several files as one. Files are opened here whose columns no other has, each of them again when its turn comes. `gate`: what
/// the first batch waits for.
#[napi(catch_unwind, ts_return_type = "object")]
#[allow(
    clippy::needless_pass_by_value,
    reason = "napi hands over what it converted; its test build sees that, the other does not"
)]
pub fn arrow_parts_stream(request: String, gate: Option<&ArrowGate>) -> napi::Result<Capsule> {
    let batches = parse::<PartsRequest>(&request)?.open(gate, &Arc::default())?;
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
        Ok(Self { stream: Arc::new(Mutex::new(Some(IpcStream::new(Box::new(batches))))), cancel })
    }

    /// Of several files as one: see `arrow_parts_stream`.
    #[napi(factory, catch_unwind)]
    pub fn of_parts(request: String) -> napi::Result<Self> {
        let cancel = Arc::<AtomicBool>::default();
        let batches = parse::<PartsRequest>(&request)?.open(None, &cancel)?;
        Ok(Self { stream: Arc::new(Mutex::new(Some(IpcStream::new(Box::new(batches))))), cancel })
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

/// Ends a conversion in its midst.
#[napi]
#[derive(Default)]
pub struct ArrowStop(Arc<AtomicBool>);

#[napi]
impl ArrowStop {
    /// Not stopped.
    #[napi(constructor, catch_unwind)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The conversion fails, after the batch that a C stream is being asked for.
    #[napi(catch_unwind)]
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Writes Arrow batches to a new Parquet file.
pub struct ArrowToParquet {
    source: Option<Source>,
    path: PathBuf,
    stop: Arc<AtomicBool>,
}

impl Task for ArrowToParquet {
    type Output = f64;
    type JsValue = f64;

    fn compute(&mut self) -> napi::Result<f64> {
        let source = self.source.take().ok_or_else(|| CkptError::internal("a task ran twice"));
        let rows = source.and_then(|source| to_parquet(source, &self.path, &self.stop));
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
    stop: &ArrowStop,
) -> napi::Result<Option<AsyncTask<ArrowToParquet>>> {
    let stream = take_stream(&env, &stream)?;
    let stop = Arc::clone(&stop.0);
    Ok(stream.map(|stream| {
        AsyncTask::new(ArrowToParquet { source: Some(Source::Stream(stream)), path: path.into(), stop })
    }))
}

/// The same of the bytes of an IPC stream or file, which are copied.
#[napi(catch_unwind, ts_return_type = "Promise<number>")]
#[must_use]
#[allow(
    clippy::needless_pass_by_value,
    reason = "napi hands over what it converted; its test build sees that, the other does not"
)]
pub fn arrow_bytes_to_parquet(
    bytes: Uint8Array,
    path: String,
    stop: &ArrowStop,
) -> AsyncTask<ArrowToParquet> {
    let (source, stop) = (Some(Source::Bytes(bytes.to_vec())), Arc::clone(&stop.0));
    AsyncTask::new(ArrowToParquet { source, path: path.into(), stop })
}
