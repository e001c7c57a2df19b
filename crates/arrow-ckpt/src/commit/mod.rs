//! The commit protocol: docs/RELIABILITY.md has its steps and what holds after each. The numbers in this file are those of its list.
//! Knows nothing of Parquet.
//!
//! A [`TempFile`] that is dropped uncommitted, by an error or a panic, removes its temporary (8).
//!
//! `tests/faults` tries the protocol at every call to the [`FileSystem`], with every way in which the call can fail.

mod disk;
mod file_system;
mod pool;
mod temporary_name;

use std::fs::File;
use std::io::{Error, ErrorKind, Result as IoResult};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use disk::Disk;
pub(crate) use disk::file_id;
pub use file_system::{Entry, FileId, FileSystem, OpenFile};
pub(crate) use pool::{OWN_FOLDER, trash_of};
pub use pool::{Pin, holder_path, pin_all};
use temporary_name::temporary_name;

use crate::error::{CkptError, ErrorCode, Result};

/// How often a folder is made again, if another process removes it before the first file is in it.
const ATTEMPTS: u32 = 100;

/// Bytes that are gathered before they are written: a small file is then one call of the system.
const GATHERED_BYTES: usize = 64 << 10;

/// A temporary beside the file that it will replace.
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
    /// Creates the temporary beside `target`, and its folder if need be (1 to 3).
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
        let path = folder.join(temporary_name(&name.to_string_lossy()));
        let mut attempt = 1;
        // The folder is there as a rule: it is made once a file cannot be made in it.
        let file = loop {
            match files.create_file(&path) {
                Ok(file) => break file,
                Err(error) if error.kind() != ErrorKind::NotFound || attempt == ATTEMPTS => {
                    return Err(CkptError::io("write", target, &error));
                }
                Err(_) => attempt += 1,
            }
            match create_folder(&*files, folder) {
                Err(error) if error.kind() != ErrorKind::NotFound || attempt == ATTEMPTS => {
                    return Err(CkptError::io("create the folder of", target, &error));
                }
                _ => {}
            }
        };
        Ok(Self { files, target: target.to_owned(), path, file: Some(file), gathered: Vec::new() })
    }

    /// Appends `bytes` (4).
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

    /// Whether blocks of `source` may be shared. To be asked before anything is written.
    pub fn try_clone(&mut self, source: &File) -> IoResult<()> {
        self.file.as_mut().ok_or(ErrorKind::NotFound)?.try_clone(source)
    }

    /// Appends `length` bytes of `source` from `position` on by sharing their blocks; false, and nothing is appended, where that cannot be.
    pub fn append_clone(&mut self, source: &File, position: u64, length: u64) -> Result<bool> {
        self.flush()?;
        let failed = |error| CkptError::io("write", &self.target, &error);
        let file = self.file.as_mut().ok_or_else(|| CkptError::internal("write after commit"))?;
        let mut done = 0;
        while done < length {
            match file.append_clone(source, position + done, length - done) {
                Ok(0) => return Err(failed(ErrorKind::UnexpectedEof.into())),
                Ok(bytes) => done += bytes,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if done > 0 || error.kind() == ErrorKind::StorageFull => {
                    return Err(failed(error));
                }
                Err(_) => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Makes what others keep alive for this file durable (4a), see [`pin_all`].
    pub fn pin(&self, root: &Path, pins: &[Pin]) -> IoResult<()> {
        pin_all(&*self.files, root, pins)
    }

    /// Makes the bytes durable, renames, makes the name durable (5 to 7): after this the new file is the file.
    pub fn commit(mut self) -> Result<()> {
        self.flush()?;
        let failed = |error| CkptError::io("write", &self.target, &error);
        let Some(file) = &mut self.file else { return Err(CkptError::internal("commit twice")) };
        file.sync().map_err(failed)?;
        self.files.rename(&self.path, &self.target).map_err(failed)?;
        self.file = None;
        sync_folder(&*self.files, folder_of(&self.target)).map_err(failed)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // 8. Nothing can be done about a failure here.
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

/// Step 1: a rename would replace a folder's entry, a device or a pipe as readily as a file.
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

/// Step 2: creates a folder and those on the way to it, each durable in its parent.
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
            _ => sync_folder(files, folder_of(new))?,
        }
    }
    Ok(())
}

/// Step 7. A folder that somebody has removed has no names to keep.
fn sync_folder(files: &dyn FileSystem, folder: &Path) -> IoResult<()> {
    match files.sync_folder(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}
