//! The protocol of thin files over all interleavings: savers, sweeps, readers, `clearAll` and other programs in one directory, each of
//! which may crash at any step. Whatever they do, a name that leads to a thin file has the files that this one refers to.
//!
//! A model: it has the steps of the code, not the code. Beside each step stands the function that makes it; who changes one changes both.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // tests, and the counts are for people

mod explore;
mod reader;
mod roles;
mod saver;
mod sweeper;
mod world;

use std::fmt::Write;

use explore::explore;
use roles::{Case, Grace, Role, Rules};
use saver::Saver;
use world::{BASE, EARLIER, FIRST, NONE, OLD_BASE, SECOND, World, X, Y};

const SAVE_X: Role = Role::Saver(Saver { base: BASE, target: X, file: FIRST });
const SAVE_Y: Role = Role::Saver(Saver { base: BASE, target: Y, file: SECOND });
/// On a thin file: on what that has, and on what it refers to.
const SAVE_Y_ON_X: Role = Role::Saver(Saver { base: X, target: Y, file: SECOND });
/// On the file that it replaces.
const SAVE_X_ON_X: Role = Role::Saver(Saver { base: X, target: X, file: FIRST });

/// Under X a thin file, and its base in the pool.
fn thin() -> World {
    let mut world = World::new();
    world.names[usize::from(X)] = EARLIER;
    world.refs[usize::from(EARLIER)] = 1 << OLD_BASE;
    world.pool = 1 << OLD_BASE;
    world
}

/// The same, and the base has no name any more.
fn thin_alone() -> World {
    let mut world = thin();
    world.names[usize::from(BASE)] = NONE;
    world
}

/// A base, and it is in the pool though nobody refers to it: what a save that was killed leaves, or the deletion of a thin file.
fn pinned() -> World {
    World { pool: 1 << OLD_BASE, ..World::new() }
}

/// The same, in the trash.
fn trashed() -> World {
    let mut world = World::new();
    world.trash[usize::from(OLD_BASE)] = 1;
    world
}

fn cases() -> Vec<Case> {
    let case = |name, roles, rules, world| Case { name, roles, rules, world };
    let (code, stolen) = (Rules::CODE, Rules::STOLEN);
    let more = Rules { crashes: 2, ..Rules::CODE };
    vec![
        case(
            "a save, its base replaced, two sweeps",
            &[SAVE_X, Role::Replacer, Role::Sweeper, Role::Sweeper],
            code,
            pinned(),
        ),
        case(
            "two saves, the base deleted, a sweep",
            &[SAVE_X, SAVE_Y, Role::Deleter(BASE), Role::Sweeper],
            more,
            trashed(),
        ),
        case(
            "a save on a thin file that is deleted",
            &[SAVE_Y_ON_X, Role::Deleter(X), Role::Sweeper, Role::Sweeper],
            code,
            thin_alone(),
        ),
        case(
            "a save over its own base, and a reader",
            &[SAVE_X_ON_X, Role::Reader, Role::Sweeper, Role::Sweeper],
            code,
            thin_alone(),
        ),
        case(
            "a thin file that gets another name in a sweep",
            &[Role::Mover(X, Y), Role::Sweeper, SAVE_Y_ON_X, Role::Sweeper],
            code,
            thin_alone(),
        ),
        case(
            "a directory that is cleared beside saves",
            &[SAVE_X, SAVE_Y_ON_X, Role::Clear, Role::Reader],
            code,
            thin(),
        ),
        case(
            "a directory that is cleared and swept",
            &[SAVE_X, Role::Clear, Role::Sweeper, Role::Reader],
            code,
            thin(),
        ),
        case(
            "locks are stolen: a save and two sweeps",
            &[SAVE_X, Role::Deleter(BASE), Role::Sweeper, Role::Sweeper],
            stolen,
            pinned(),
        ),
        case("locks are stolen: from the trash", &[SAVE_X, Role::Sweeper, Role::Sweeper], stolen, trashed()),
        case(
            "locks are stolen: over its own base",
            &[SAVE_X_ON_X, Role::Sweeper, Role::Reader],
            stolen,
            thin_alone(),
        ),
        case(
            "locks are stolen: two saves",
            &[SAVE_X, SAVE_Y, Role::Deleter(BASE), Role::Sweeper],
            stolen,
            trashed(),
        ),
        case("locks are stolen: cleared", &[SAVE_X, Role::Clear, Role::Sweeper], stolen, pinned()),
    ]
}

#[test]
fn every_interleaving_keeps_the_files_that_thin_ones_refer_to() {
    let mut states = 0;
    let cases = cases();
    for case in &cases {
        let began = std::time::Instant::now();
        let outcome = explore(case);
        println!("{}: {} states, {:.1} s", case.name, outcome.states, began.elapsed().as_secs_f64());
        if let Some((wrong, trace)) = outcome.violation {
            panic!("{}: {wrong}, after\n{}", case.name, told(&trace));
        }
        states += outcome.states;
    }
    println!("protocol: {} cases, {states} states, no violation", cases.len());
    assert!(states >= 250_000, "{states} states are few");
}

/// What differs from state to state.
fn told(trace: &[World]) -> String {
    let mut text = String::new();
    for world in trace {
        let World { names, refs, pool, trash, lock, now, temporaries, .. } = world;
        let at: Vec<_> = world.processes.iter().map(|process| format!("{:?}", process.at)).collect();
        let _ = writeln!(
            text,
            "  at {now}: names {names:?}, refs {refs:?}, pool {pool:b}, trash {trash:?}, temporaries {temporaries:b}, lock {lock}: {}",
            at.join(", ")
        );
    }
    text
}

/// The checks above can fail: each rule of the code is needed.
#[test]
fn the_checker_finds_a_loss_where_a_rule_is_left_out() {
    const SWEEPS: &[Role] = &[SAVE_X, Role::Deleter(BASE), Role::Sweeper, Role::Sweeper];
    let (code, stolen) = (Rules::CODE, Rules::STOLEN);
    let case = |name, roles, rules, world| Case { name, roles, rules, world };
    let without = [
        case("no lock", SWEEPS, Rules { locks: false, ..code }, pinned()),
        case("no look at the pool under the lock", SWEEPS, Rules { looks: false, ..code }, pinned()),
        case(
            "the grace counted at the deletion",
            SWEEPS,
            Rules { grace: Grace::AtDeletion, ..stolen },
            pinned(),
        ),
        case(
            "the grace counted from a sweep's begin",
            SWEEPS,
            Rules { grace: Grace::OfBothSweeps, ..stolen },
            pinned(),
        ),
        case(
            "cleared blindly",
            &[SAVE_X, Role::Deleter(BASE), Role::Clear],
            Rules { clears_blindly: true, ..stolen },
            pinned(),
        ),
        case(
            "read once",
            &[SAVE_X_ON_X, Role::Reader, Role::Sweeper, Role::Clear],
            Rules { reads_again: false, ..code },
            thin_alone(),
        ),
    ];
    for case in without {
        let outcome = explore(&case);
        match outcome.violation {
            Some((_, trace)) => println!("{}: found after {} steps", case.name, trace.len() - 1),
            None => panic!("{}: {} states, and nothing is lost", case.name, outcome.states),
        }
    }
}
