//! The Node binding of arrow-ckpt: parse options, call the core, convert. Private to the package's TypeScript facade (`lib/native`).
//!
//! A handle ([`writer::NativeWriter`], [`reader::NativeReader`]) owns one thread. JavaScript sends it messages, it answers with events:
//! numbers and JSON text, never objects per row or cell. Errors are events too; nothing throws but misuse.
#![deny(unsafe_code)]

pub mod describe;
mod events;
pub mod lock;
mod memory;
mod parse;
mod reader;
pub mod small;
mod teardown;
mod writer;

use napi_derive::napi;

/// Columns and pages are memory of some MB that comes and goes. The system's allocator gives each back to the kernel, which clears it page by page for the next.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The version of this binary, to compare with the package's.
#[napi]
#[must_use]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// The core's error codes, to compare with `lib/errors.ts`.
#[napi]
#[must_use]
pub fn error_codes() -> Vec<&'static str> {
    arrow_ckpt::ErrorCode::ALL.iter().map(|code| code.as_str()).collect()
}
