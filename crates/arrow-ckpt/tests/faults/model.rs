//! A file system in memory that knows what a crash may take: of each file what was flushed and what only written, of each folder the names
//! that were flushed and the changes since. It counts its operations, and at one or two of them does what it is told to.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use arrow_ckpt::commit::{Entry, FileId, FileSystem, OpenFile};

/// What happens at an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The power goes: this operation and all later ones fail and change nothing.
    Crash,
    /// It fails with this and changes nothing. An fsync that fails has dropped what it should have flushed, as Linux does.
    Fails(ErrorKind),
    /// A write takes in half of what it is given.
    Short,
    /// A write takes in half of what it is given; the next one fails with this.
    ShortThenFails(ErrorKind),
}

/// What an operation was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    Look,
    CreateFolder,
    CreateFile,
    Write,
    ReadBack,
    SyncFile,
    Rename,
    Remove,
    SyncFolder,
    Link,
    ForbidWriting,
    List,
}

/// What the file system leaves out, to see that the checks find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// An fsync of a file returns, and has done nothing.
    SyncFile,
    /// The same of a folder.
    SyncFolder,
    /// A rename copies what the file holds over what the other holds.
    RenameByCopy,
}

pub type Inode = usize;

#[derive(Debug, Clone, Default)]
pub struct File {
    /// What is there after a crash.
    pub durable: Vec<u8>,
    /// What was written since, in order.
    pub written: Vec<(usize, Vec<u8>)>,
}

impl File {
    /// What a reader sees.
    pub fn seen(&self) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        for (at, piece) in &self.written {
            overwrite(&mut bytes, *at, piece);
        }
        bytes
    }
}

/// Writes `piece` at `at`; what lies before it and was never written is zeros.
pub fn overwrite(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    if bytes.len() < at + piece.len() {
        bytes.resize(at + piece.len(), 0);
    }
    bytes[at..at + piece.len()].copy_from_slice(piece);
}

/// A change of names in one folder, all of it or nothing.
#[derive(Debug, Clone)]
pub struct NameChange {
    pub folder: PathBuf,
    /// Name and the file that it leads to from then on, `None` for none.
    pub names: Vec<(PathBuf, Option<Inode>)>,
}

#[derive(Debug, Clone, Default)]
pub struct State {
    pub files: Vec<File>,
    pub durable_names: BTreeMap<PathBuf, Inode>,
    /// Changes that no fsync of their folder has made durable, in order.
    pub changes: Vec<NameChange>,
    pub durable_folders: BTreeSet<PathBuf>,
    /// Folders that no fsync of their parent has made durable.
    pub new_folders: Vec<PathBuf>,
    pub operations: Vec<Operation>,
    faults: Vec<(usize, Fault)>,
    lie: Option<Lie>,
    crashed: bool,
    fails_next: Option<ErrorKind>,
}

impl State {
    /// The names that a reader sees.
    pub fn names(&self) -> BTreeMap<PathBuf, Inode> {
        let mut names = self.durable_names.clone();
        for change in &self.changes {
            apply(&mut names, change);
        }
        names
    }

    fn has_folder(&self, path: &Path) -> bool {
        self.durable_folders.contains(path) || self.new_folders.iter().any(|folder| folder == path)
    }

    fn change(&mut self, path: &Path, names: Vec<(PathBuf, Option<Inode>)>) {
        self.changes.push(NameChange { folder: parent(path), names });
    }

    /// Counts an operation; gives what is to happen at it.
    fn begin(&mut self, operation: Operation) -> Result<Option<Fault>> {
        let index = self.operations.len();
        self.operations.push(operation);
        if self.crashed {
            return Err(Error::other("the power is gone"));
        }
        if let Some(kind) = self.fails_next.take()
            && operation == Operation::Write
        {
            return Err(kind.into());
        }
        let fault = self.faults.iter().find(|(at, _)| *at == index).map(|(_, fault)| *fault);
        match fault {
            Some(Fault::Crash) => {
                self.crashed = true;
                Err(Error::other("the power is gone"))
            }
            Some(Fault::Fails(kind)) if operation != Operation::SyncFile => Err(kind.into()),
            fault => Ok(fault),
        }
    }
}

pub fn apply(names: &mut BTreeMap<PathBuf, Inode>, change: &NameChange) {
    for (name, inode) in &change.names {
        match inode {
            Some(inode) => names.insert(name.clone(), *inode),
            None => names.remove(name),
        };
    }
}

pub fn parent(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).to_owned()
}

/// The file system; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Model(Arc<Mutex<State>>);

impl Model {
    /// One with a durable folder, and in it durable files.
    pub fn new(folder: &str, files: &[(&str, &[u8])]) -> Self {
        let mut state = State::default();
        let mut path = Path::new(folder);
        while let Some(parent) = path.parent() {
            state.durable_folders.insert(path.to_owned());
            path = parent;
        }
        state.durable_folders.insert(path.to_owned());
        for (name, bytes) in files {
            state.durable_names.insert(Path::new(folder).join(name), state.files.len());
            state.files.push(File { durable: bytes.to_vec(), written: Vec::new() });
        }
        Self(Arc::new(Mutex::new(state)))
    }

    pub fn with_faults(self, faults: &[(usize, Fault)]) -> Self {
        self.state().faults = faults.to_vec();
        self
    }

    pub fn with_lie(self, lie: Lie) -> Self {
        self.state().lie = Some(lie);
        self
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl FileSystem for Model {
    fn entry(&self, path: &Path) -> Result<Entry> {
        let mut state = self.state();
        state.begin(Operation::Look)?;
        if state.has_folder(path) {
            return Ok(Entry::Folder);
        }
        if state.names().contains_key(path) { Ok(Entry::File) } else { Err(ErrorKind::NotFound.into()) }
    }

    fn create_folder(&self, path: &Path) -> Result<()> {
        let mut state = self.state();
        state.begin(Operation::CreateFolder)?;
        if !state.has_folder(&parent(path)) {
            return Err(ErrorKind::NotFound.into());
        }
        if state.has_folder(path) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        state.new_folders.push(path.to_owned());
        Ok(())
    }

    fn create_file(&self, path: &Path) -> Result<Box<dyn OpenFile>> {
        let mut state = self.state();
        state.begin(Operation::CreateFile)?;
        if !state.has_folder(&parent(path)) {
            return Err(ErrorKind::NotFound.into());
        }
        if state.names().contains_key(path) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let inode = state.files.len();
        state.files.push(File::default());
        state.change(path, vec![(path.to_owned(), Some(inode))]);
        Ok(Box::new(Handle { model: self.clone(), inode, length: 0 }))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        let mut state = self.state();
        state.begin(Operation::Rename)?;
        assert_eq!(parent(from), parent(to), "a rename stays in its folder");
        let names = state.names();
        let inode = *names.get(from).ok_or(ErrorKind::NotFound)?;
        if state.lie == Some(Lie::RenameByCopy) {
            let bytes = state.files[inode].seen();
            let target = names.get(to).copied().unwrap_or_else(|| {
                state.files.push(File::default());
                let inode = state.files.len() - 1;
                state.change(to, vec![(to.to_owned(), Some(inode))]);
                inode
            });
            state.files[target].written.push((0, bytes));
            return Ok(());
        }
        state.change(to, vec![(to.to_owned(), Some(inode)), (from.to_owned(), None)]);
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> Result<()> {
        let mut state = self.state();
        state.begin(Operation::Remove)?;
        if !state.names().contains_key(path) {
            return Err(ErrorKind::NotFound.into());
        }
        state.change(path, vec![(path.to_owned(), None)]);
        Ok(())
    }

    fn link(&self, from: &Path, to: &Path) -> Result<()> {
        let mut state = self.state();
        state.begin(Operation::Link)?;
        let names = state.names();
        let inode = *names.get(from).ok_or(ErrorKind::NotFound)?;
        if names.contains_key(to) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        state.change(to, vec![(to.to_owned(), Some(inode))]);
        Ok(())
    }

    fn file_id(&self, path: &Path) -> Result<FileId> {
        let mut state = self.state();
        state.begin(Operation::Look)?;
        let inode = *state.names().get(path).ok_or(ErrorKind::NotFound)?;
        Ok(FileId(0, inode as u64))
    }

    fn forbid_writing(&self, path: &Path) -> Result<()> {
        let mut state = self.state();
        state.begin(Operation::ForbidWriting)?;
        if state.names().contains_key(path) { Ok(()) } else { Err(ErrorKind::NotFound.into()) }
    }

    fn names(&self, folder: &Path) -> Result<Vec<String>> {
        let mut state = self.state();
        state.begin(Operation::List)?;
        let names = state.names();
        let inside = names.keys().filter(|path| parent(path) == folder).filter_map(|path| path.file_name());
        Ok(inside.map(|name| name.to_string_lossy().into_owned()).collect())
    }

    fn sync_folder(&self, folder: &Path) -> Result<()> {
        let mut state = self.state();
        state.begin(Operation::SyncFolder)?;
        if state.lie == Some(Lie::SyncFolder) {
            return Ok(());
        }
        let mut names = std::mem::take(&mut state.durable_names);
        let (flushed, kept) =
            std::mem::take(&mut state.changes).into_iter().partition(|change| change.folder == folder);
        let flushed: Vec<NameChange> = flushed;
        for change in &flushed {
            apply(&mut names, change);
        }
        (state.durable_names, state.changes) = (names, kept);
        let (flushed, kept): (Vec<PathBuf>, _) =
            std::mem::take(&mut state.new_folders).into_iter().partition(|new| parent(new) == folder);
        state.durable_folders.extend(flushed);
        state.new_folders = kept;
        Ok(())
    }
}

#[derive(Debug)]
struct Handle {
    model: Model,
    inode: Inode,
    length: usize,
}

impl OpenFile for Handle {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let mut state = self.model.state();
        let fault = state.begin(Operation::Write)?;
        let taken = match fault {
            Some(Fault::Short) => bytes.len().div_ceil(2),
            Some(Fault::ShortThenFails(kind)) => {
                state.fails_next = Some(kind);
                bytes.len() / 2
            }
            _ => bytes.len(),
        };
        state.files[self.inode].written.push((self.length, bytes[..taken].to_vec()));
        self.length += taken;
        Ok(taken)
    }

    fn read_exact_at(&self, buffer: &mut [u8], position: u64) -> Result<()> {
        let mut state = self.model.state();
        state.begin(Operation::ReadBack)?;
        let bytes = state.files[self.inode].seen();
        let piece = bytes.get(position as usize..).and_then(|rest| rest.get(..buffer.len()));
        buffer.copy_from_slice(piece.ok_or(ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn sync(&mut self) -> Result<()> {
        let mut state = self.model.state();
        let fault = state.begin(Operation::SyncFile)?;
        if state.lie == Some(Lie::SyncFile) {
            return Ok(());
        }
        if let Some(Fault::Fails(kind)) = fault {
            // The pages count as clean from now on: nothing will write them.
            state.files[self.inode].written.clear();
            return Err(kind.into());
        }
        let bytes = state.files[self.inode].seen();
        state.files[self.inode] = File { durable: bytes, written: Vec::new() };
        Ok(())
    }
}
