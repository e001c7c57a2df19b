//! What processes do, step by step: each call of the file system is one, and beside each stands the function of the code that makes it.

use super::reader::reader;
use super::saver::{Saver, saver};
use super::sweeper::{clear, sweep};
use super::world::{At, BASE, FILES, GRACE, NEW_BASE, NONE, Process, World, X, without};

/// What a process is.
#[derive(Debug, Clone, Copy)]
pub enum Role {
    Saver(Saver),
    Sweeper,
    Clear,
    /// Reads the checkpoint X.
    Reader,
    /// Another file is renamed over the base: by a save, `DuckDB`, mv, tar.
    Replacer,
    /// Somebody removes a name.
    Deleter(u8),
    /// Somebody gives a file another name.
    Mover(u8, u8),
}

/// When what is in the trash has waited long enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grace {
    /// It was there so long when the sweep began.
    BeforeTheSweep,
    /// It was there so long when the sweep comes to it. A sweep that has looked before a save was there may come to it after the grace.
    AtDeletion,
    /// By the time at which the sweep began that has put it there. That one may have taken its time.
    OfBothSweeps,
}

/// How the code does things. The checks that show that the checker can fail have other ways than the code.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools)] // each is a rule that may be left out
pub struct Rules {
    /// There is a lock.
    pub locks: bool,
    /// A lock may be taken away from a process that lives.
    pub steals: bool,
    /// A saver looks under the lock whether what it refers to is in the pool.
    pub looks: bool,
    pub grace: Grace,
    /// Whoever clears a directory removes the pool as it is.
    pub clears_blindly: bool,
    /// A reader tries a second time.
    pub reads_again: bool,
    /// Processes that may crash.
    pub crashes: u8,
    /// When the clock ends.
    pub end: u8,
}

impl Rules {
    /// Those of the code.
    pub const CODE: Self = Self {
        locks: true,
        steals: false,
        looks: true,
        grace: Grace::BeforeTheSweep,
        clears_blindly: false,
        reads_again: true,
        crashes: 1,
        end: GRACE,
    };
    /// The same where locks may be taken away from the living: a crash is then nothing but a process that stands still.
    pub const STOLEN: Self = Self { steals: true, crashes: 0, end: GRACE + 1, ..Self::CODE };
}

/// Processes in a directory.
pub struct Case {
    pub name: &'static str,
    pub roles: &'static [Role],
    pub rules: Rules,
    pub world: World,
}

impl Case {
    /// The names that thin files tell of what they refer to.
    pub fn hints(&self) -> [u8; FILES] {
        let mut hints = [BASE, BASE, X, X, X];
        for role in self.roles {
            if let Role::Saver(saver) = role {
                hints[usize::from(saver.file)] = saver.target;
            }
        }
        hints
    }

    /// All that may come next.
    pub fn next(&self, world: &World, hints: [u8; FILES], next: &mut Vec<World>) {
        next.clear();
        for (me, role) in self.roles.iter().enumerate() {
            let at = world.processes[me].at;
            if matches!(at, At::Done | At::Failed) {
                continue;
            }
            if at != At::Start && world.crashes < self.rules.crashes {
                next.push(crashed(world, me));
            }
            let mut new = *world;
            if at == At::Lock {
                if take_lock(&mut new, me, self.rules) {
                    next.push(new);
                }
                continue;
            }
            match *role {
                Role::Saver(what) => saver(&mut new, me, what, self.rules),
                Role::Sweeper => sweep(&mut new, me, self.rules),
                Role::Clear => clear(&mut new, me, self.rules),
                Role::Reader => reader(&mut new, me, hints, self.rules),
                Role::Replacer => foreign(&mut new, me, None, Some((BASE, NEW_BASE))),
                Role::Deleter(name) => foreign(&mut new, me, Some(name), None),
                Role::Mover(from, to) => {
                    let moved = world.named(from).map(|file| (to, file));
                    foreign(&mut new, me, moved.map(|_| from), moved);
                }
            }
            next.push(new);
        }
        let held = |me: &usize| {
            let Role::Saver(_) = self.roles[*me] else { return false };
            let saver = &world.processes[*me];
            let pins =
                matches!(saver.at, At::LookInPool | At::FindSource | At::Link | At::Place | At::Rename);
            // A saver takes less than the grace.
            self.rules.steals && pins && world.now - saver.time + 1 >= GRACE
        };
        if world.now < self.rules.end && !(0..self.roles.len()).any(|me| held(&me)) {
            next.push(World { now: world.now + 1, ..*world });
        }
    }
}

/// The lock of a process that has ended is nobody's: the kernel frees it. A temporary of one is no sign of a save.
fn crashed(world: &World, me: usize) -> World {
    let mut new = *world;
    if new.lock == me as u8 {
        new.lock = NONE;
    }
    new.temporaries = without(new.temporaries, me as u8);
    new.crashes += 1;
    new.processes[me] = Process { at: At::Done, ..Process::default() };
    new
}

/// `lockPool`. Whether it got it.
fn take_lock(world: &mut World, me: usize, rules: Rules) -> bool {
    if rules.locks && world.lock != NONE && !rules.steals {
        return false;
    }
    world.lock = me as u8;
    let process = &mut world.processes[me];
    process.at = match process.left {
        // What a saver refers to; nothing of a sweep.
        0 => At::Begin,
        _ => At::LookInPool,
    };
    // Where a lock cannot be taken away, a save may last.
    process.time = if rules.steals { world.now } else { 0 };
    true
}

/// `FileLock.release`: harmless where another has it.
pub fn release(world: &mut World, me: usize) {
    if world.lock == me as u8 {
        world.lock = NONE;
    }
    end(world, me, At::Done);
}

/// A process that needs what it knows no more: one state, however it came there.
pub fn end(world: &mut World, me: usize, at: At) {
    world.processes[me] = Process { at, ..Process::default() };
}

/// One call of another program.
fn foreign(world: &mut World, me: usize, gone: Option<u8>, new: Option<(u8, u8)>) {
    if let Some(name) = gone {
        world.names[usize::from(name)] = NONE;
    }
    if let Some((name, file)) = new {
        world.names[usize::from(name)] = file;
    }
    end(world, me, At::Done);
}
