//! What can be wrong with a file, in words that are the same everywhere.

use crate::error::{CkptError, ErrorCode};

/// The bytes break the rules of the format, or are not those that were written.
pub(super) fn corrupt(how: &str) -> CkptError {
    CkptError::new(ErrorCode::Corrupt, format!("the file is corrupt: {how}"))
}

/// Bytes are missing.
pub(super) fn truncated(how: &str) -> CkptError {
    CkptError::new(ErrorCode::Truncated, format!("the file ends before its contents do: {how}"))
}

/// Well formed, but beyond us.
pub(super) fn unsupported(what: &str) -> CkptError {
    CkptError::new(ErrorCode::UnsupportedFile, format!("the file uses something that cannot be read: {what}"))
}

/// Beyond a cap of [`crate::limits`].
pub(super) fn beyond_limit(how: &str) -> CkptError {
    CkptError::new(ErrorCode::Limit, format!("the file is refused: {how}"))
}

const NOT_UTF8: &str = "text is not UTF-8";

/// A text is not UTF-8.
pub(super) fn not_utf8() -> CkptError {
    corrupt(NOT_UTF8)
}

/// The same of a file of another writer, which may have meant it, with what to do; any other error as it is.
pub(super) fn foreign_text(error: CkptError) -> CkptError {
    if error.code != ErrorCode::Corrupt || !error.message.ends_with(NOT_UTF8) {
        return error;
    }
    let advice = "text that is not UTF-8; load it with text: 'lossy', which puts U+FFFD in place of such bytes, or text: 'bytes'";
    CkptError { path: error.path, column: error.column, ..unsupported(advice) }
}
