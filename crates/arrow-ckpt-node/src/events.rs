//! What a handle's thread tells JavaScript. `lib/formats/parquet/native/events.ts` holds the same numbers.

use arrow_ckpt::{CkptError, ErrorCode};
use napi::Status;
use napi::bindgen_prelude::{FnArgs, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use serde_json::json;

/// (kind, a number, JSON text or empty)
pub type Event = FnArgs<(u32, f64, f64, String)>;

/// A slab is the facade's again: its index. The number of slabs stands for the last copy.
pub const FREE: u32 = 1;
/// The save is durable: the file's description as JSON. Rows of -1: it was given up.
pub const DONE: u32 = 2;
/// The call failed: the error as JSON.
pub const ERROR: u32 = 3;
/// An arena holds a block: its index, and twice the bytes that the block takes, plus 1 where the scan's filter is certainly true of each
/// row.
pub const BLOCK: u32 = 4;
/// An arena is too small for the next block: its index, bytes needed. The facade answers with `replace`.
pub const NEED: u32 = 5;
/// The scan has given its last block.
pub const END: u32 = 6;
/// The file is open: its description as JSON.
pub const OPENED: u32 = 7;
/// A scan has begun: its physical tree as JSON.
pub const TREE: u32 = 8;

/// Rows that the filter is certainly true of, rows of which it may be.
pub const COUNT: u32 = 9;
/// The file refers to others, which are to be pinned: the facade takes the lock of the pool and answers with `commit`.
pub const PINS: u32 = 10;

/// The facade's callback, callable from any thread. It keeps the process alive while the handle's thread runs.
pub struct Events(ThreadsafeFunction<Event, (), Event, Status, false>);

impl Events {
    /// Wraps the callback.
    pub fn new(callback: &Function<Event, ()>) -> napi::Result<Self> {
        Ok(Self(callback.build_threadsafe_function().build()?))
    }

    /// Queues an event. The queue has no bound of its own: slabs and arenas bound what can be under way.
    pub fn emit(&self, kind: u32, first: f64, second: f64, text: String) {
        self.0.call((kind, first, second, text).into(), ThreadsafeFunctionCallMode::NonBlocking);
    }

    /// Queues an error.
    pub fn emit_error(&self, error: &CkptError) {
        self.emit(ERROR, 0.0, 0.0, error_text(error));
    }
}

/// An error as JSON.
pub fn error_text(error: &CkptError) -> String {
    json!({ "code": error.code.as_str(), "message": error.message, "path": error.path, "column": error.column }).to_string()
}

/// The system gives no thread for a save or a load.
pub fn no_thread(what: &str, error: &std::io::Error) -> CkptError {
    CkptError::new(ErrorCode::Io, format!("cannot start a thread for the {what}: {error}"))
}
