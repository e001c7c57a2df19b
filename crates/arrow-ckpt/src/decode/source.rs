//! The file's bytes by position. Threads share one handle and no cursor.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;

use super::arrivals::Arrivals;
use super::buffers::Buffers;
use super::faults::beyond_limit;
use crate::commit::{FileId, file_id};
use crate::error::{CkptError, ErrorCode, Result};

/// An open file of known length.
#[derive(Debug)]
pub(super) struct Source {
    place: Place,
    path: PathBuf,
    bytes: u64,
    /// When it was last written; unknown in memory, and where the system does not say.
    modified: Option<SystemTime>,
    /// Where not all bytes are there yet.
    arrivals: Option<Arc<Arrivals>>,
}

#[derive(Debug)]
enum Place {
    Disk(File),
    Memory(Bytes),
}

impl Source {
    pub fn open(path: &Path) -> Result<Self> {
        let failed = |error: io::Error| CkptError::io("open", path, &error);
        // Looked at before it is opened: opening a pipe would wait for a writer.
        let metadata = std::fs::metadata(path).map_err(failed)?;
        if metadata.is_dir() {
            return Err(failed(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        if !metadata.is_file() {
            let message = format!("cannot open {}: it is not a regular file", path.display());
            return Err(CkptError::new(ErrorCode::NotAFile, message).at(path));
        }
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        Ok(Self {
            place: Place::Disk(file),
            path: path.to_owned(),
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
            arrivals: None,
        })
    }

    /// Bytes that are in memory already; `name` stands for their path.
    pub fn memory(name: &Path, bytes: Bytes) -> Self {
        let length = bytes.len() as u64;
        Self {
            place: Place::Memory(bytes),
            path: name.to_owned(),
            bytes: length,
            modified: None,
            arrivals: None,
        }
    }

    /// The same file, of which bytes are still on their way.
    pub fn arriving(self, arrivals: Option<Arc<Arrivals>>) -> Self {
        Self { arrivals, ..self }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether nobody has written into it since it was opened.
    pub fn is_unchanged(&self) -> bool {
        let Place::Disk(file) = &self.place else { return true };
        file.metadata().is_ok_and(|now| now.len() == self.bytes && now.modified().ok() == self.modified)
    }

    /// Which file was opened.
    pub fn file_id(&self) -> io::Result<FileId> {
        match &self.place {
            Place::Disk(file) => file_id(&file.metadata()?),
            Place::Memory(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// `length` bytes from `position`. The caller has checked both against [`Self::bytes`].
    pub fn read(&self, position: u64, length: usize) -> Result<Bytes> {
        let file = match &self.place {
            Place::Disk(file) => file,
            Place::Memory(bytes) => {
                let from = usize::try_from(position).ok();
                let range = from.and_then(|from| Some(from..from.checked_add(length)?));
                let inside = range.filter(|range| range.end <= bytes.len());
                let range = inside.ok_or_else(|| CkptError::internal("a read outside of the file"))?;
                return Ok(bytes.slice(range));
            }
        };
        let mut buffer = zeroed(length)?;
        self.fill(file, &mut buffer, position)?;
        Ok(Bytes::from(buffer))
    }

    /// The same, in memory that was used before if there is some.
    pub fn read_into(&self, position: u64, length: usize, buffers: &Arc<Buffers>) -> Result<Bytes> {
        let Place::Disk(file) = &self.place else { return self.read(position, length) };
        let mut buffer = match buffers.take(length) {
            Some(mut buffer) => {
                buffer.resize(length, 0);
                buffer
            }
            None => zeroed(length)?,
        };
        self.fill(file, &mut buffer, position)?;
        Ok(buffers.lend(buffer))
    }

    fn fill(&self, file: &File, buffer: &mut [u8], position: u64) -> Result<()> {
        if let Some(arrivals) = &self.arrivals {
            arrivals.wait(&(position..position.saturating_add(buffer.len() as u64)))?;
        }
        read_exact_at(file, buffer, position).map_err(|error| {
            if error.kind() == io::ErrorKind::UnexpectedEof {
                CkptError::new(ErrorCode::Truncated, "the file became shorter while it was read")
                    .at(&self.path)
            } else {
                CkptError::io("read", &self.path, &error)
            }
        })
    }
}

/// From this size on an allocation is tried before it is made: where there is no memory, one that fails ends the process.
const LARGE_BYTES: usize = 1 << 20;

/// So many zeros, or an error where the system refuses memory for them.
pub(super) fn zeroed(length: usize) -> Result<Vec<u8>> {
    if length >= LARGE_BYTES {
        Vec::<u8>::new().try_reserve_exact(length).map_err(|_| {
            beyond_limit(&format!(
                "there is no memory for {length} bytes of it; read fewer columns at a time"
            ))
        })?;
    }
    Ok(vec![0; length])
}

#[cfg(unix)]
fn read_exact_at(file: &File, buffer: &mut [u8], position: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, position)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut buffer: &mut [u8], mut position: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, position) {
            Ok(0) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
            Ok(n) => {
                let rest = std::mem::take(&mut buffer);
                buffer = &mut rest[n..];
                position += n as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
