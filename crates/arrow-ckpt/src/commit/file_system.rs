//! What the commit protocol asks of a file system: one method, one call of the system. Tests put a file system in its place that fails at
//! any of them and forgets what was not flushed (`tests/faults`).

use std::fmt::Debug;
use std::fs::File;
use std::io;
use std::path::Path;

/// What stands under a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A device, a pipe, a socket.
    Other,
}

/// Tells whether two names lead to one file: device and inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId(pub u64, pub u64);

/// A file system as the protocol sees it.
///
/// The protocol builds on two promises. A [`rename`](Self::rename) is atomic: at any moment, and after a crash at any moment, the name
/// leads to the old file or to the new one. What was written before a [`sync`](OpenFile::sync) or [`sync_folder`](Self::sync_folder) that
/// returned is there after a crash. It builds on nothing else: what is not flushed may be lost, kept or torn, and in any order.
pub trait FileSystem: Debug + Send + Sync {
    /// What stands under `path`, links followed.
    fn entry(&self, path: &Path) -> io::Result<Entry>;

    /// Creates a folder in one that exists.
    fn create_folder(&self, path: &Path) -> io::Result<()>;

    /// Creates a file that does not exist yet, and opens it.
    fn create_file(&self, path: &Path) -> io::Result<Box<dyn OpenFile>>;

    /// Gives a file another name in the same folder, in the place of the file that has it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in a folder durable.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// Gives a file one more name, which nothing has yet.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Which file a name leads to.
    fn file_id(&self, path: &Path) -> io::Result<FileId>;

    /// Takes the permission to write from everybody.
    fn forbid_writing(&self, path: &Path) -> io::Result<()>;

    /// The names in a folder, in any order.
    fn names(&self, folder: &Path) -> io::Result<Vec<String>>;
}

/// A file that is being written. Dropping it closes it.
pub trait OpenFile: Debug + Send {
    /// Appends some of `bytes`, the first ones; gives how many.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Fills `buffer` with what was written from `position` on.
    fn read_exact_at(&self, buffer: &mut [u8], position: u64) -> io::Result<()>;

    /// Whether blocks of `source` may be shared: an error says why not. Nothing is written yet, and nothing is afterwards.
    fn try_clone(&mut self, _source: &File) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Appends `length` bytes of `source` from `position` on, by sharing their blocks where both begin and end with one. Gives how many; 0
    /// at the end of `source`.
    fn append_clone(&mut self, _source: &File, _position: u64, _length: u64) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Makes what was written durable.
    fn sync(&mut self) -> io::Result<()>;
}
