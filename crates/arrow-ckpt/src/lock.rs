//! Lock files that the kernel watches over: whoever made the file keeps it open and locked, so that it is free the moment its holder is
//! gone, however that went, and whatever numbers processes have in their containers.
//!
//! The file says who holds it, for people, and for those who have no such locks. Where the file system has none either, the text alone
//! counts.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::path::{Path, PathBuf};

/// The two texts of a lock file: where the kernel locks it, and where it cannot.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'a> {
    /// Of a file that is locked.
    pub locked: &'a str,
    /// Of one whose file system has no locks.
    pub plain: &'a str,
}

/// A lock file that was made here. It is free when this is dropped, and gone after [`release`](Self::release).
#[derive(Debug)]
pub struct LockFile {
    path: PathBuf,
    file: File,
    text: String,
    is_locked: bool,
}

/// What has become of a lock file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is gone, or another one than was asked about.
    Gone,
    /// Its holder lives.
    Held,
    /// The file system cannot tell.
    Unknown,
}

impl LockFile {
    /// Makes the file at `path`, whole and locked from its first moment, by way of `temporary`. None where it is there already.
    pub fn make(path: &Path, temporary: &Path, texts: Texts<'_>) -> Result<Option<Self>> {
        let made = Self::create(path, temporary, texts)?;
        let linked = fs::hard_link(temporary, path);
        let removed = fs::remove_file(temporary);
        match linked {
            Ok(()) => removed.map(|()| Some(made)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => removed.map(|()| None),
            // FAT, and some file systems of networks: there a reader may see the file before its text.
            Err(error) if has_no_links(&error) => {
                removed?;
                match Self::create(path, path, texts) {
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(None),
                    made => made.map(Some),
                }
            }
            Err(error) => Err(error),
        }
    }

    fn create(path: &Path, at: &Path, Texts { locked, plain }: Texts<'_>) -> Result<Self> {
        let mut file = OpenOptions::new().read(true).write(true).create_new(true).open(at)?;
        let is_locked = try_lock(&file) == Fate::Gone;
        let text = if is_locked { locked } else { plain };
        let written = file.write_all(text.as_bytes());
        if let Err(error) = written {
            let _ = fs::remove_file(at);
            return Err(error);
        }
        Ok(Self { path: path.to_owned(), file, text: text.to_owned(), is_locked })
    }

    /// Whether the kernel locks it.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.is_locked
    }

    /// Whether the file under the path is still this one.
    #[must_use]
    pub fn is_held(&self) -> bool {
        is_at(&self.file, &self.path) && fs::read_to_string(&self.path).is_ok_and(|text| text == self.text)
    }

    /// Removes the file, unless another has its name.
    pub fn release(self) -> Result<()> {
        if self.is_held() { remove(&self.path) } else { Ok(()) }
    }
}

/// Removes a lock file of this text if nobody holds it.
pub fn take_away(path: &Path, text: &str) -> Result<Fate> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Fate::Gone),
        file => file?,
    };
    let fate = try_lock(&file);
    if fate != Fate::Gone {
        return Ok(fate);
    }
    let mut there = String::new();
    file.read_to_string(&mut there)?;
    // Whoever wants to remove it has this lock: the name cannot come to be another's before it is gone.
    if there == text && is_at(&file, path) {
        remove(path)?;
    }
    Ok(Fate::Gone)
}

/// Gone: it is locked now.
#[cfg(unix)]
fn try_lock(file: &File) -> Fate {
    match file.try_lock() {
        Ok(()) => Fate::Gone,
        Err(TryLockError::WouldBlock) => Fate::Held,
        Err(TryLockError::Error(_)) => Fate::Unknown,
    }
}

/// A lock of Windows keeps others from reading who holds it.
#[cfg(not(unix))]
fn try_lock(_file: &File) -> Fate {
    Fate::Unknown
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(mine), Ok(there)) = (file.metadata(), fs::metadata(path)) else { return false };
    (mine.dev(), mine.ino()) == (there.dev(), there.ino())
}

/// The text tells all that can be told.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    true
}

fn has_no_links(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::Unsupported)
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::{Fate, LockFile, Texts, take_away};

    const TEXTS: Texts<'_> = Texts { locked: "locked", plain: "plain" };

    #[test]
    fn a_lock_is_one_holders_until_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let (path, temporary) = (folder.path().join("lock"), folder.path().join("tmp"));
        let make = || LockFile::make(&path, &temporary, TEXTS).unwrap();
        let held = make().unwrap();
        assert!(held.is_locked() && held.is_held());
        assert!(make().is_none());
        assert_eq!(take_away(&path, "locked").unwrap(), Fate::Held);
        held.release().unwrap();
        assert!(!path.exists() && !temporary.exists());
        assert_eq!(take_away(&path, "locked").unwrap(), Fate::Gone);
    }

    #[test]
    fn a_lock_without_its_holder_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let (path, temporary) = (folder.path().join("lock"), folder.path().join("tmp"));
        drop(LockFile::make(&path, &temporary, TEXTS).unwrap());
        assert_eq!(take_away(&path, "of another").unwrap(), Fate::Gone);
        assert!(path.exists(), "another one than was asked about");
        assert_eq!(take_away(&path, "locked").unwrap(), Fate::Gone);
        assert!(!path.exists());
    }

    #[test]
    fn who_lost_a_lock_leaves_that_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let (path, temporary) = (folder.path().join("lock"), folder.path().join("tmp"));
        let held = LockFile::make(&path, &temporary, TEXTS).unwrap().unwrap();
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "of another").unwrap();
        assert!(!held.is_held());
        held.release().unwrap();
        assert!(path.exists());
    }
}
