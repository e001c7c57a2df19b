//! parquet-rs and arrow-rs meet bytes that we do not trust only inside [`guarded`]: their errors become ours, and their panics
//! become errors.

use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::errors::ParquetError;

use super::faults::{corrupt, not_utf8, unsupported};
use crate::error::{CkptError, ErrorCode, Result};
use crate::panic_message;

/// Runs `work` and turns a panic into [`ErrorCode::Corrupt`]: these libraries panic where a file breaks the format's rules.
/// The values that `work` touches must not be used again after an error.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let message = panic_message(panic.as_ref());
        Err(corrupt(&format!("the decoder gave up: {message}")))
    })
}

/// An error of parquet-rs, by what it means for the file.
pub(super) fn parquet_error(error: &ParquetError) -> CkptError {
    match error {
        ParquetError::EOF(message) => ends_early(message),
        ParquetError::NYI(message) => error_for(ErrorCode::UnsupportedFile, message),
        ParquetError::General(message) | ParquetError::ArrowError(message) => message_error(message),
        other => message_error(&other.to_string()),
    }
}

/// An error that arrow-rs passed on from parquet-rs: only its text is left.
pub(super) fn message_error(message: &str) -> CkptError {
    const WRAPPERS: [&str; 4] = ["Parquet argument error: ", "External: ", "Parquet error: ", "Arrow: "];
    let mut message = message;
    while let Some(rest) = WRAPPERS.iter().find_map(|wrapper| message.strip_prefix(wrapper)) {
        message = rest;
    }
    if let Some(rest) = message.strip_prefix("EOF: ") {
        return ends_early(rest);
    }
    let lower = message.to_ascii_lowercase();
    if lower.contains("utf-8") || lower.contains("utf8") {
        return not_utf8();
    }
    let unsupported = message.starts_with("NYI: ")
        || ["not yet supported", "not yet implemented", "notyetimplemented", "unsupported", "not supported"]
            .iter()
            .any(|phrase| lower.contains(phrase))
        || lower.contains("disabled feature");
    let code = if unsupported { ErrorCode::UnsupportedFile } else { ErrorCode::Corrupt };
    error_for(code, message.strip_prefix("NYI: ").unwrap_or(message))
}

/// The footer is there, so the file was not cut short: what ends before its time is a column, a page or a value.
fn ends_early(message: &str) -> CkptError {
    corrupt(&format!("its data end early: {message}"))
}

fn error_for(code: ErrorCode, message: &str) -> CkptError {
    match code {
        ErrorCode::UnsupportedFile => unsupported(message),
        _ => corrupt(message),
    }
}
