//! The file's bytes by position. Threads share one handle and no cursor.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::error::{CkptError, ErrorCode, Result};

/// An open file of known length.
#[derive(Debug)]
pub(super) struct Source {
    file: File,
    path: PathBuf,
    bytes: u64,
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
        Ok(Self { file, path: path.to_owned(), bytes: metadata.len() })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// `length` bytes from `position`. The caller has checked both against [`Self::bytes`].
    pub fn read(&self, position: u64, length: usize) -> Result<Bytes> {
        let mut buffer = vec![0; length];
        read_exact_at(&self.file, &mut buffer, position).map_err(|error| {
            if error.kind() == io::ErrorKind::UnexpectedEof {
                CkptError::new(ErrorCode::Truncated, "the file became shorter while it was read")
                    .at(&self.path)
            } else {
                CkptError::io("read", &self.path, &error)
            }
        })?;
        Ok(Bytes::from(buffer))
    }
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
