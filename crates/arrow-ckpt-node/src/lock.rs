//! Lock files: tasks of libuv's pool, and a handle that frees its lock when it goes, with the environment at the latest.

use std::io::ErrorKind;
use std::path::PathBuf;

use arrow_ckpt::lock::{Fate, LockFile, Texts, take_away};
use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Task};
use napi_derive::napi;

/// A lock file that this environment holds.
#[napi]
pub struct NativeLock(Option<LockFile>);

#[napi]
impl NativeLock {
    /// Whether the kernel locks it.
    #[napi(getter)]
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.0.as_ref().is_some_and(LockFile::is_locked)
    }

    /// Whether the file is still this one.
    #[napi]
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.0.as_ref().is_some_and(LockFile::is_held)
    }

    /// Gives it back: removes the file. Harmless when it was given back, or taken away.
    #[napi(catch_unwind)]
    pub fn release(&mut self) -> napi::Result<()> {
        self.0.take().map_or(Ok(()), |lock| lock.release().map_err(|error| failure(&error)))
    }
}

/// Makes a lock file.
pub struct MakeLock {
    path: PathBuf,
    temporary: PathBuf,
    locked: String,
    plain: String,
}

impl Task for MakeLock {
    type Output = Option<LockFile>;
    type JsValue = Option<NativeLock>;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        let texts = Texts { locked: &self.locked, plain: &self.plain };
        LockFile::make(&self.path, &self.temporary, texts).map_err(|error| failure(&error))
    }

    fn resolve(&mut self, _: Env, made: Self::Output) -> napi::Result<Self::JsValue> {
        Ok(made.map(|lock| NativeLock(Some(lock))))
    }
}

/// Makes a lock file with one of two texts: as the kernel locks it, or cannot. Null where it is there. Rejects with the system's error, its
/// code in front of the message.
#[napi(catch_unwind, ts_return_type = "Promise<NativeLock | null>")]
#[must_use]
pub fn make_lock(path: String, temporary: String, locked: String, plain: String) -> AsyncTask<MakeLock> {
    AsyncTask::new(MakeLock { path: path.into(), temporary: temporary.into(), locked, plain })
}

/// Takes a lock away from a holder that is gone.
pub struct TakeAwayLock {
    path: PathBuf,
    text: String,
}

impl Task for TakeAwayLock {
    type Output = Fate;
    type JsValue = String;

    fn compute(&mut self) -> napi::Result<Self::Output> {
        take_away(&self.path, &self.text).map_err(|error| failure(&error))
    }

    fn resolve(&mut self, _: Env, fate: Self::Output) -> napi::Result<Self::JsValue> {
        let name = match fate {
            Fate::Gone => "gone",
            Fate::Held => "held",
            Fate::Unknown => "unknown",
        };
        Ok(name.to_owned())
    }
}

/// Removes a lock file of this text if the kernel says that nobody holds it.
#[napi(catch_unwind, ts_return_type = "Promise<'gone' | 'held' | 'unknown'>")]
#[must_use]
pub fn take_away_lock(path: String, text: String) -> AsyncTask<TakeAwayLock> {
    AsyncTask::new(TakeAwayLock { path: path.into(), text })
}

/// The system's error with the name that Node has for it.
fn failure(error: &std::io::Error) -> napi::Error {
    let code = match error.kind() {
        ErrorKind::NotFound => "ENOENT",
        ErrorKind::PermissionDenied => "EACCES",
        ErrorKind::ReadOnlyFilesystem => "EROFS",
        ErrorKind::StorageFull => "ENOSPC",
        ErrorKind::NotADirectory => "ENOTDIR",
        ErrorKind::QuotaExceeded => "EDQUOT",
        _ => "EIO",
    };
    napi::Error::from_reason(format!("{code}: {error}"))
}
