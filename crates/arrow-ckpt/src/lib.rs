//! Checkpoint files: rows in one standard, self-verifying Parquet file, committed atomically.
#![forbid(unsafe_code)]

pub mod commit;
pub mod decode;
pub mod encode;
pub mod error;
pub mod format;
pub mod layout;
pub mod limits;
mod pool;

pub use error::{CkptError, ErrorCode, Result};

/// What a caught panic said.
#[must_use]
pub fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without a message".to_owned())
}
