//! The commit protocol. Knows nothing of Parquet.
//!
//! Promises:
//! - Until [`TempFile::commit`] renames, the file under the name is the old one, whole. After it, it is the new one, whole.
//! - `commit` returns only when the bytes (fsync of the file) and the name (fsync of the folder) are durable.
//! - Only a regular file is ever replaced: a folder, a device or a pipe under the name is `NotAFile`.
//! - A `TempFile` that is dropped uncommitted, by an error or a panic, leaves nothing behind. Only a killed process leaves a
//!   temporary: a hidden sibling, `.<name>.<pid>.<number>.tmp`, which readers ignore.

use std::fs::{self, File, OpenOptions};
use std::io::{Error, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{CkptError, ErrorCode, Result};

/// Bytes of the old name kept in a temporary's name: file systems allow 255 in all.
const NAME_BYTES: usize = 180;

/// A temporary sibling of a file to be.
#[derive(Debug)]
pub struct TempFile {
    target: PathBuf,
    path: PathBuf,
    /// None once committed.
    file: Option<File>,
}

impl TempFile {
    /// Creates the temporary beside `target`, making its folder if need be.
    pub fn create(target: &Path) -> Result<Self> {
        refuse_what_is_no_file(target)?;
        let name = target.file_name().ok_or_else(|| {
            CkptError::new(
                ErrorCode::NotAFile,
                format!("cannot write {}: it has no file name", target.display()),
            )
            .at(target)
        })?;
        let folder = folder_of(target);
        create_folder(folder).map_err(|error| {
            // The system's word for a file that stands where the folder should.
            let is_file = error.kind() == ErrorKind::AlreadyExists;
            let error = if is_file { Error::from(ErrorKind::NotADirectory) } else { error };
            CkptError::io("create the folder of", target, &error)
        })?;
        let path = folder.join(temporary_name(&name.to_string_lossy()));
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        let file = file.map_err(|error| CkptError::io("write", target, &error))?;
        Ok(Self { target: target.to_owned(), path, file: Some(file) })
    }

    /// Appends `bytes`.
    pub fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        let file = self.file.as_mut().ok_or_else(|| CkptError::internal("write after commit"))?;
        file.write_all(bytes).map_err(|error| CkptError::io("write", &self.target, &error))
    }

    /// Another handle on the temporary, to read back what was written.
    pub fn reopen(&self) -> Result<File> {
        File::open(&self.path).map_err(|error| CkptError::io("read back", &self.target, &error))
    }

    /// Makes the bytes durable, then the name: after this the new file is the file.
    pub fn commit(mut self) -> Result<()> {
        let failed = |error| CkptError::io("write", &self.target, &error);
        let Some(file) = &self.file else { return Err(CkptError::internal("commit twice")) };
        file.sync_all().map_err(failed)?;
        fs::rename(&self.path, &self.target).map_err(failed)?;
        self.file = None;
        sync_folder(folder_of(&self.target)).map_err(|error| CkptError::io("write", &self.target, &error))
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // Nothing can be done about a failure here; the name tells a sweep what it is.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A rename would replace a folder's entry, a device or a pipe as readily as a file.
fn refuse_what_is_no_file(target: &Path) -> Result<()> {
    let how = match fs::metadata(target) {
        Ok(metadata) if metadata.is_dir() => "a folder stands where a file should be",
        Ok(metadata) if !metadata.is_file() => "it is no regular file",
        _ => return Ok(()),
    };
    let message = format!("cannot write {}: {how}; choose another name", target.display());
    Err(CkptError::new(ErrorCode::NotAFile, message).at(target))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Creates a folder and those on the way to it, each durable in its parent: an fsync of the innermost alone would not keep the outer ones.
fn create_folder(folder: &Path) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder_of(folder);
    create_folder(parent)?;
    match fs::create_dir(folder) {
        Err(error) if !folder.is_dir() => Err(error),
        _ => sync_folder(parent),
    }
}

fn temporary_name(name: &str) -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.subsec_nanos());
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let kept = name.char_indices().take_while(|(start, char)| start + char.len_utf8() <= NAME_BYTES).count();
    let kept: String = name.chars().take(kept).collect();
    format!(".{kept}.{}.{nanos:x}{count:x}.tmp", std::process::id())
}

/// Makes renames in `folder` durable. Windows has no such call; NTFS journals the rename.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every platform")]
fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}
