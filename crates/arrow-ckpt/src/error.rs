//! The one list of error codes of the core. `lib/base/errors.ts` holds the same names; a test compares them.

use std::io;
use std::path::Path;

/// What went wrong, as a stable name. `as_str` gives the `ERR_CKPT_...` form that crosses into JavaScript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorCode {
    /// An option has a value outside its range.
    InvalidOption,
    /// A requested column is not in the checkpoint.
    UnknownColumn,
    /// There is no file at the path.
    NotFound,
    /// The path is a folder, or a part of it is not a folder.
    NotAFile,
    /// The file is not Parquet.
    NotACheckpoint,
    /// The file ends before its contents do.
    Truncated,
    /// The bytes are not those that were written, or break the rules of the format.
    Corrupt,
    /// The file is well formed but uses something this version cannot read.
    UnsupportedFile,
    /// The file was written by a later format version.
    FormatVersion,
    /// A file that holds values of a thin checkpoint is missing, or is another one.
    Base,
    /// Arrow data of others cannot be read, or have no place in a checkpoint.
    Arrow,
    /// A cap of [`crate::limits`] would be exceeded.
    Limit,
    /// The operating system denies access.
    Permission,
    /// The file system is mounted read-only.
    ReadOnly,
    /// The disk or the quota is full.
    NoSpace,
    /// Any other failure of the operating system.
    Io,
    /// A bug: a panic, a broken invariant.
    Internal,
}

impl ErrorCode {
    /// Every code, for tests that compare the lists.
    pub const ALL: &[Self] = &[
        Self::InvalidOption,
        Self::UnknownColumn,
        Self::NotFound,
        Self::NotAFile,
        Self::NotACheckpoint,
        Self::Truncated,
        Self::Corrupt,
        Self::UnsupportedFile,
        Self::FormatVersion,
        Self::Base,
        Self::Arrow,
        Self::Limit,
        Self::Permission,
        Self::ReadOnly,
        Self::NoSpace,
        Self::Io,
        Self::Internal,
    ];

    /// The name under which the code crosses into JavaScript.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidOption => "ERR_CKPT_INVALID_OPTION",
            Self::UnknownColumn => "ERR_CKPT_UNKNOWN_COLUMN",
            Self::NotFound => "ERR_CKPT_NOT_FOUND",
            Self::NotAFile => "ERR_CKPT_NOT_A_FILE",
            Self::NotACheckpoint => "ERR_CKPT_NOT_A_CHECKPOINT",
            Self::Truncated => "ERR_CKPT_TRUNCATED",
            Self::Corrupt => "ERR_CKPT_CORRUPT",
            Self::UnsupportedFile => "ERR_CKPT_UNSUPPORTED_FILE",
            Self::FormatVersion => "ERR_CKPT_FORMAT_VERSION",
            Self::Base => "ERR_CKPT_BASE",
            Self::Arrow => "ERR_CKPT_ARROW",
            Self::Limit => "ERR_CKPT_LIMIT",
            Self::Permission => "ERR_CKPT_PERMISSION",
            Self::ReadOnly => "ERR_CKPT_READ_ONLY",
            Self::NoSpace => "ERR_CKPT_NO_SPACE",
            Self::Io => "ERR_CKPT_IO",
            Self::Internal => "ERR_CKPT_INTERNAL",
        }
    }
}

/// An error of the core: a code, a message that says what, where and what to do, and where it happened.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct CkptError {
    /// The stable code.
    pub code: ErrorCode,
    /// For people: lower case, no full stop.
    pub message: String,
    /// The file or folder concerned.
    pub path: Option<String>,
    /// The column concerned.
    pub column: Option<String>,
}

/// The result of every fallible call of the core.
pub type Result<T> = std::result::Result<T, CkptError>;

impl CkptError {
    /// An error without a place.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), path: None, column: None }
    }

    /// A bug of ours, worded as such.
    pub fn internal(message: impl std::fmt::Display) -> Self {
        Self::new(ErrorCode::Internal, format!("arrow-ckpt has a bug: {message}"))
    }

    /// Names the file, unless one is named already.
    #[must_use]
    pub fn at(mut self, path: &Path) -> Self {
        self.path.get_or_insert_with(|| path.display().to_string());
        self
    }

    /// Names the column, unless one is named already.
    #[must_use]
    pub fn in_column(mut self, column: &str) -> Self {
        self.column.get_or_insert_with(|| column.to_owned());
        self
    }

    /// A failure of the operating system while `doing` something ("write", "open") to `path`.
    #[must_use]
    pub fn io(doing: &str, path: &Path, error: &io::Error) -> Self {
        let (code, advice) = match error.kind() {
            io::ErrorKind::NotFound => {
                (ErrorCode::NotFound, "no such file or folder; check the path".to_owned())
            }
            io::ErrorKind::IsADirectory => (
                ErrorCode::NotAFile,
                "a folder stands where a file should be; choose another name".to_owned(),
            ),
            io::ErrorKind::NotADirectory => {
                (ErrorCode::NotAFile, "a part of the path is not a folder; choose another folder".to_owned())
            }
            io::ErrorKind::PermissionDenied => (
                ErrorCode::Permission,
                "permission denied; check the owner and mode of the file and its folder".to_owned(),
            ),
            io::ErrorKind::ReadOnlyFilesystem => {
                (ErrorCode::ReadOnly, "the file system is read-only; choose another folder".to_owned())
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                (ErrorCode::NoSpace, "no space left on the disk; free some and save again".to_owned())
            }
            _ => (ErrorCode::Io, error.to_string()),
        };
        Self::new(code, format!("cannot {doing} {}: {advice}", path.display())).at(path)
    }
}
