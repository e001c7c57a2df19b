//! The system's own file system.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::file_system::{Entry, FileId, FileSystem, OpenFile};

/// The file system of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl FileSystem for Disk {
    fn entry(&self, path: &Path) -> io::Result<Entry> {
        let metadata = fs::metadata(path)?;
        Ok(match metadata {
            file if file.is_file() => Entry::File,
            folder if folder.is_dir() => Entry::Folder,
            _ => Entry::Other,
        })
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn create_file(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        Ok(Box::new(DiskFile { file, path: path.to_owned() }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    #[cfg(unix)]
    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all().or_else(allow_unsupported)
    }

    /// Windows has no such call; NTFS journals the rename.
    #[cfg(not(unix))]
    fn sync_folder(&self, _folder: &Path) -> io::Result<()> {
        Ok(())
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        // Of the file: the link of a symbolic link would be gone with the file that it leads to.
        fs::hard_link(fs::canonicalize(from)?, to)
    }

    fn file_id(&self, path: &Path) -> io::Result<FileId> {
        file_id(&fs::metadata(path)?)
    }

    fn forbid_writing(&self, path: &Path) -> io::Result<()> {
        let mut permissions = fs::metadata(path)?.permissions();
        permissions.set_readonly(true);
        fs::set_permissions(path, permissions)
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<String>> {
        fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    }
}

/// Which file these are of.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "as where it cannot be told")]
pub(crate) fn file_id(metadata: &fs::Metadata) -> io::Result<FileId> {
    use std::os::unix::fs::MetadataExt;
    Ok(FileId(metadata.dev(), metadata.ino()))
}

/// The standard library does not tell on Windows: checkpoints are whole there.
#[cfg(not(unix))]
pub(crate) fn file_id(_: &fs::Metadata) -> io::Result<FileId> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Some file systems of networks and of user space cannot flush a folder, and say so: then its names are as durable as they can be there.
#[cfg(unix)]
fn allow_unsupported(error: io::Error) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported => Ok(()),
        _ => Err(error),
    }
}

#[derive(Debug)]
struct DiskFile {
    file: File,
    path: PathBuf,
}

impl OpenFile for DiskFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    /// Through a handle of its own: reading must not move the place where writing goes on.
    fn read_exact_at(&self, buffer: &mut [u8], position: u64) -> io::Result<()> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(position))?;
        file.read_exact(buffer)
    }

    #[cfg(target_os = "linux")]
    fn try_clone(&mut self, source: &File) -> io::Result<()> {
        rustix::fs::ioctl_ficlone(&self.file, source)?;
        self.file.set_len(0)
    }

    /// The kernel shares blocks by itself where the file system can.
    #[cfg(target_os = "linux")]
    fn append_clone(&mut self, source: &File, mut position: u64, length: u64) -> io::Result<u64> {
        let length = usize::try_from(length).map_err(io::Error::other)?;
        Ok(rustix::fs::copy_file_range(source, Some(&mut position), &self.file, None, length)? as u64)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_all()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::allow_unsupported;

    #[test]
    fn only_what_a_file_system_cannot_do_is_passed_over() {
        assert!(allow_unsupported(ErrorKind::InvalidInput.into()).is_ok());
        assert!(allow_unsupported(ErrorKind::Unsupported.into()).is_ok());
        assert!(allow_unsupported(ErrorKind::StorageFull.into()).is_err());
        assert!(allow_unsupported(Error::other("EIO")).is_err());
    }
}
