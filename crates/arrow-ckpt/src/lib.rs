//! Checkpoint files: rows in one standard, self-verifying Parquet file, committed atomically.
#![forbid(unsafe_code)]

pub mod arrow;
pub mod commit;
pub mod decode;
pub mod encode;
pub mod error;
pub mod format;
pub mod layout;
pub mod limits;
pub mod lock;
mod panics;
mod pool;
pub mod share;

pub use error::{CkptError, ErrorCode, Result};
pub use panics::{caught, panic_message, quiet_panics};

/// The example of README.md, kept true by `cargo test`.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
