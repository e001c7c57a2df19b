//! The Node binding of arrow-ckpt: parse options, call the core, convert. Private to the package's TypeScript facade (`lib/native`).
//!
//! A handle ([`writer::NativeWriter`], [`reader::NativeReader`]) owns one thread. JavaScript sends it messages, it answers with events:
//! numbers and JSON text, never objects per row or cell. Errors are events too; nothing throws but misuse.
#![deny(unsafe_code)]

pub mod arrow;
mod capsule;
pub mod describe;
mod events;
pub mod lock;
mod memory;
mod parse;
mod reader;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod reserve;
pub mod small;
mod teardown;
mod writer;

use napi_derive::napi;

/// musl's own allocator takes one lock for all threads. Elsewhere the system's is as fast as any, and holds nothing that could go with a
/// thread: the thread that loaded the addon may end before others do.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The system's allocator, with something to fall back on.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[global_allocator]
static ALLOCATOR: reserve::WithReserve = reserve::WithReserve;

/// The version of this binary, to compare with the package's.
#[napi]
#[must_use]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// The core's error codes, to compare with `lib/base/errors.ts`.
#[napi]
#[must_use]
pub fn error_codes() -> Vec<&'static str> {
    arrow_ckpt::ErrorCode::ALL.iter().map(|code| code.as_str()).collect()
}
