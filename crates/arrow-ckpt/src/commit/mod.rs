//! The commit protocol. Knows nothing of Parquet.
//!
//! Promises:
//! - Until [`TempFile::commit`] renames, the file under the name is the old one, whole. After it, it is the new one, whole.
//! - `commit` returns only when the bytes (fsync of the file) and the name (fsync of the folder) are durable.
//! - Only a regular file is ever replaced: a folder, a device or a pipe under the name is `NotAFile`.
//! - A `TempFile` that is dropped uncommitted, by an error or a panic, leaves nothing behind. Only a killed process leaves a
//!   temporary: a hidden sibling, `.<name>.<pid>.<number>.tmp`, which readers ignore.
//!
//! Each of them is tried at every call to the [`FileSystem`], with every way in which it can fail: `tests/faults`.

mod disk;
mod file_system;

use std::io::{Error, ErrorKind, Result as IoResult};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

pub use disk::Disk;
pub use file_system::{Entry, FileSystem, OpenFile};

use crate::error::{CkptError, ErrorCode, Result};

/// Bytes of the old name kept in a temporary's name: file systems allow 255 in all.
const NAME_BYTES: usize = 180;

/// Bytes that are gathered before they are written: a small file is then one call of the system.
const GATHERED_BYTES: usize = 64 << 10;

/// A temporary sibling of a file to be.
#[derive(Debug)]
pub struct TempFile {
    files: Arc<dyn FileSystem>,
    target: PathBuf,
    path: PathBuf,
    /// None once committed.
    file: Option<Box<dyn OpenFile>>,
    /// Not yet written.
    gathered: Vec<u8>,
}

impl TempFile {
    /// Creates the temporary beside `target`, making its folder if need be.
    pub fn create(target: &Path) -> Result<Self> {
        Self::create_in(Arc::new(Disk), target)
    }

    /// The same in a file system of the caller's.
    pub fn create_in(files: Arc<dyn FileSystem>, target: &Path) -> Result<Self> {
        refuse_what_is_no_file(&*files, target)?;
        let name = target.file_name().ok_or_else(|| {
            CkptError::new(
                ErrorCode::NotAFile,
                format!("cannot write {}: it has no file name", target.display()),
            )
            .at(target)
        })?;
        let folder = folder_of(target);
        create_folder(&*files, folder)
            .map_err(|error| CkptError::io("create the folder of", target, &error))?;
        let path = folder.join(temporary_name(&name.to_string_lossy()));
        let file = files.create_file(&path).map_err(|error| CkptError::io("write", target, &error))?;
        Ok(Self { files, target: target.to_owned(), path, file: Some(file), gathered: Vec::new() })
    }

    /// Appends `bytes`.
    pub fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        if self.gathered.len() + bytes.len() <= GATHERED_BYTES {
            self.gathered.extend_from_slice(bytes);
            return Ok(());
        }
        self.flush()?;
        self.write(bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let file = self.file.as_mut().ok_or_else(|| CkptError::internal("write after commit"))?;
        write_all(&mut **file, bytes).map_err(|error| CkptError::io("write", &self.target, &error))
    }

    fn flush(&mut self) -> Result<()> {
        let gathered = std::mem::take(&mut self.gathered);
        if gathered.is_empty() { Ok(()) } else { self.write(&gathered) }
    }

    /// Reads back `buffer.len()` bytes of what was written, from `position` on.
    pub fn read_back(&mut self, buffer: &mut [u8], position: u64) -> Result<()> {
        self.flush()?;
        let file = self.file.as_ref().ok_or_else(|| CkptError::internal("read back after commit"))?;
        file.read_exact_at(buffer, position).map_err(|error| CkptError::io("read back", &self.target, &error))
    }

    /// Makes the bytes durable, then the name: after this the new file is the file.
    pub fn commit(mut self) -> Result<()> {
        self.flush()?;
        let failed = |error| CkptError::io("write", &self.target, &error);
        let Some(file) = &mut self.file else { return Err(CkptError::internal("commit twice")) };
        file.sync().map_err(failed)?;
        self.files.rename(&self.path, &self.target).map_err(failed)?;
        self.file = None;
        self.files.sync_folder(folder_of(&self.target)).map_err(failed)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // Nothing can be done about a failure here; the name tells a sweep what it is.
            let _ = self.files.remove_file(&self.path);
        }
    }
}

/// A write may be cut short by a signal, and by Linux at 2 GiB.
fn write_all(file: &mut dyn OpenFile, mut bytes: &[u8]) -> IoResult<()> {
    while !bytes.is_empty() {
        match file.write(bytes) {
            Ok(0) => return Err(Error::from(ErrorKind::WriteZero)),
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A rename would replace a folder's entry, a device or a pipe as readily as a file.
fn refuse_what_is_no_file(files: &dyn FileSystem, target: &Path) -> Result<()> {
    let how = match files.entry(target) {
        Ok(Entry::Folder) => "a folder stands where a file should be",
        Ok(Entry::Other) => "it is no regular file",
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
fn create_folder(files: &dyn FileSystem, folder: &Path) -> IoResult<()> {
    let mut missing = Vec::new();
    let mut at = folder;
    while let Err(error) = files.entry(at) {
        // Only what is not there can be made; and a path without end must end somewhere.
        if error.kind() != ErrorKind::NotFound || folder_of(at) == at {
            return Err(error);
        }
        missing.push(at);
        at = folder_of(at);
    }
    if missing.is_empty() && files.entry(folder)? != Entry::Folder {
        return Err(ErrorKind::NotADirectory.into());
    }
    for new in missing.into_iter().rev() {
        match files.create_folder(new) {
            // Another process was faster.
            Err(error) if !matches!(files.entry(new), Ok(Entry::Folder)) => return Err(error),
            _ => files.sync_folder(folder_of(new))?,
        }
    }
    Ok(())
}

fn temporary_name(name: &str) -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.subsec_nanos());
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let kept = name.char_indices().take_while(|(start, char)| start + char.len_utf8() <= NAME_BYTES).count();
    let kept: String = name.chars().take(kept).collect();
    format!(".{kept}.{}.{nanos:x}{count:x}.tmp", std::process::id())
}
