//! The directory as all processes see it, and where each of these is.

/// Files, each with an id of its own.
pub const FILES: usize = 5;
/// The base, and what another program or a save puts in its place. Both are whole.
pub const OLD_BASE: u8 = 0;
pub const NEW_BASE: u8 = 1;
/// What was saved before, and what savers save: thin, or whole where nothing could be pinned.
pub const EARLIER: u8 = 2;
pub const FIRST: u8 = 3;
pub const SECOND: u8 = 4;

/// Names of checkpoints. The first two are in one folder, the third is in another.
pub const NAMES: usize = 3;
pub const BASE: u8 = 0;
pub const X: u8 = 1;
pub const Y: u8 = 2;
pub const FOLDERS: [&[u8]; 2] = [&[BASE, X], &[Y]];

pub const NONE: u8 = 255;
pub const PROCESSES: usize = 5;
/// What nobody refers to stays so many ticks in the trash; a saver takes less, where locks may be stolen.
pub const GRACE: u8 = 2;

/// A set of files, or of names.
pub type Set = u8;

pub fn has(set: Set, element: u8) -> bool {
    set >> element & 1 == 1
}

pub fn with(set: Set, element: u8) -> Set {
    set | 1 << element
}

pub fn without(set: Set, element: u8) -> Set {
    set & !(1 << element)
}

/// The first of a set that is not empty.
pub fn first(set: Set) -> u8 {
    set.trailing_zeros() as u8
}

/// What a process does next. Those of a saver, of a sweep, and of a reader come after each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum At {
    #[default]
    Start,
    OpenHolders,
    Write,
    Lock,
    LookInPool,
    FindSource,
    Link,
    Place,
    Rename,
    Release,
    Begin,
    List(u8),
    Read,
    Trash,
    Remove,
    Restore,
    Pool,
    ToTrash,
    Temporaries,
    Unlink(u8),
    Early(u8),
    RemovePool,
    ListTrash,
    OpenPool,
    OpenTrash,
    Hint,
    PoolAgain,
    Missing,
    Failed,
    Done,
}

/// A process and what it remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Process {
    pub at: At,
    /// The files that a saver refers to, or that a sweep has seen referred to.
    pub ids: Set,
    /// What is still to be done.
    pub left: Set,
    /// The file at hand.
    pub file: u8,
    /// A time, or which name in the trash.
    pub time: u8,
    /// A reader's attempt, a sweep's place in the trash, whether it looks for the second time.
    pub turn: u8,
}

/// All that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct World {
    /// The file under each name.
    pub names: [u8; NAMES],
    /// The files that each file refers to.
    pub refs: [Set; FILES],
    /// `.ckpt/pool/<id>.holder`: where it is there, it is the file with that id.
    pub pool: Set,
    /// `.ckpt/trash/<id>.<time>`: for each id the times.
    pub trash: [u8; FILES],
    /// Who has the lock.
    pub lock: u8,
    pub now: u8,
    /// Processes that live and have a temporary beside what they save.
    pub temporaries: Set,
    pub crashes: u8,
    pub processes: [Process; PROCESSES],
}

impl World {
    /// A base, and nothing else.
    pub fn new() -> Self {
        Self {
            names: [OLD_BASE, NONE, NONE],
            refs: [0; FILES],
            pool: 0,
            trash: [0; FILES],
            lock: NONE,
            now: 0,
            temporaries: 0,
            crashes: 0,
            processes: [Process::default(); PROCESSES],
        }
    }

    /// The file under a name; none if there is none.
    pub fn named(&self, name: u8) -> Option<u8> {
        Some(self.names[usize::from(name)]).filter(|file| *file != NONE)
    }

    pub fn refs(&self, file: u8) -> Set {
        self.refs[usize::from(file)]
    }

    pub fn trashed(&self, file: u8) -> u8 {
        self.trash[usize::from(file)]
    }

    /// The files of a visible name that are nowhere.
    pub fn lost(&self, hints: [u8; FILES]) -> Option<(u8, u8)> {
        (0..NAMES as u8).find_map(|name| {
            let refs = self.refs(self.named(name)?);
            let is_lost = |file: &u8| {
                let hint = self.named(hints[usize::from(*file)]) == Some(*file);
                has(refs, *file) && !has(self.pool, *file) && self.trashed(*file) == 0 && !hint
            };
            (0..FILES as u8).find(is_lost).map(|file| (name, file))
        })
    }
}
