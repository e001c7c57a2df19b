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
