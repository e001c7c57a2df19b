//! Fuzzing on the stable toolchain: seeds with structure-aware damage, for a fixed time or a fixed number of tries. `/fuzz` has the same
//! bodies for cargo-fuzz.
//!
//! `ARROW_CKPT_FUZZ_SECONDS` (default 2) is the time of each target; `ARROW_CKPT_FUZZ_RUNS` a number of tries instead of it;
//! `ARROW_CKPT_FUZZ_SEED` the first of its random numbers (default 1). An input that fails is written to the system's folder of
//! temporaries, and its name told.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // tests, and the counts are for people

mod allocations;
mod bodies;
mod mutate;
#[path = "../samples/mod.rs"]
mod samples;
mod sealed;
mod seeds;
#[path = "../encode/slab.rs"]
#[allow(dead_code)] // the tests of the writing half use the rest
mod slab;
#[path = "../decode/support.rs"]
#[allow(dead_code)] // the tests of the reading half use the rest
mod support;
#[path = "../data/mod.rs"]
mod test_data;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use bodies::Outcome;
use mutate::{Random, damaged};

#[global_allocator]
static ALLOCATOR: allocations::Counted = allocations::Counted;

/// What one input may take, all in all: a few pages of [`bodies::LIMITS`], what is decoded of them, a block.
const MAX_HELD: usize = 64 << 20;
/// What one input may take of time, on a machine that does other things besides.
const MAX_TIME: Duration = Duration::from_secs(10);

/// How many ways there are to end, at least.
const KINDS: usize = 3;
/// How long they are waited for.
const MOST_TIME: Duration = Duration::from_secs(60);

/// Memory is counted for the process: one target at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|value| value.parse().ok())
}

type Make = Box<dyn FnMut(&mut Random) -> Vec<u8> + Send>;
type Body = Box<dyn Fn(&[u8]) -> Outcome + Send>;

/// Runs in a thread whose panics are not printed: those of libraries, which the core catches, would be very many.
fn fuzz(target: &'static str, make: Make, body: Body) {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    arrow_ckpt::quiet_panics();
    let thread = std::thread::Builder::new().name(format!("arrow-ckpt-fuzz-{target}"));
    if let Err(panic) = thread.spawn(move || try_inputs(target, make, &*body)).unwrap().join() {
        panic!("{}", arrow_ckpt::panic_message(panic.as_ref()));
    }
}

fn try_inputs(target: &str, mut make: Make, body: &dyn Fn(&[u8]) -> Outcome) {
    let runs = number("ARROW_CKPT_FUZZ_RUNS");
    let time = Duration::from_secs(number("ARROW_CKPT_FUZZ_SECONDS").unwrap_or(2));
    let mut random = Random::new(number("ARROW_CKPT_FUZZ_SEED").unwrap_or(1));
    let begun = Instant::now();
    let mut outcomes: BTreeMap<Outcome, u64> = BTreeMap::new();
    let (mut tries, mut most_held, mut longest) = (0u64, 0, Duration::ZERO);
    // A machine that does other things may need longer for enough of them.
    let is_short = |kinds: usize| kinds < KINDS && begun.elapsed() < MOST_TIME;
    while runs.map_or_else(|| begun.elapsed() < time || is_short(outcomes.len()), |runs| tries < runs) {
        let input = make(&mut random);
        let started = Instant::now();
        let (outcome, held) = allocations::peak_of(|| catch_unwind(AssertUnwindSafe(|| body(&input))));
        let took = started.elapsed();
        tries += 1;
        let wrong = match outcome {
            Ok(outcome) => {
                *outcomes.entry(outcome).or_default() += 1;
                if held > MAX_HELD {
                    Some(format!("it took {held} bytes"))
                } else {
                    (took > MAX_TIME).then(|| format!("it took {took:?}"))
                }
            }
            Err(panic) => Some(arrow_ckpt::panic_message(panic.as_ref())),
        };
        if let Some(wrong) = wrong {
            let path = std::env::temp_dir().join(format!("arrow-ckpt-fuzz-{target}-{tries}"));
            std::fs::write(&path, &input).unwrap();
            panic!("{target}, try {tries}: {wrong}; the input is in {}", path.display());
        }
        (most_held, longest) = (most_held.max(held), longest.max(took));
    }
    let outcomes: Vec<String> =
        outcomes.iter().map(|(outcome, count)| format!("{outcome:?} {count}")).collect();
    println!(
        "fuzz {target}: {tries} tries in {:.1} s, at most {} KiB and {:.1} ms for one; {}",
        begun.elapsed().as_secs_f64(),
        most_held >> 10,
        longest.as_secs_f64() * 1e3,
        outcomes.join(", ")
    );
    assert!(outcomes.len() >= KINDS, "all inputs end alike: the damage does not reach");
}

/// Writes the seeds into a folder, for cargo-fuzz: `ARROW_CKPT_FUZZ_SEEDS=fuzz/corpus/open cargo test -p arrow-ckpt --test fuzz --
/// --ignored write_seeds`.
#[test]
#[ignore = "it writes files, and tries nothing"]
fn write_seeds() {
    let folder = std::path::PathBuf::from(std::env::var("ARROW_CKPT_FUZZ_SEEDS").unwrap());
    std::fs::create_dir_all(&folder).unwrap();
    for (index, seed) in seeds::all().0.iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{index}")), seed).unwrap();
    }
}

/// Files that once ended in a panic, an internal error, or too much memory.
#[test]
fn inputs_that_once_failed() {
    let (wholes, sealed) = (seeds::ours(), sealed());
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/found");
    let mut tried = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        bodies::open(&bytes);
        bodies::decode(&bytes);
        bodies::pages(&sealed, &bytes);
        bodies::pages_alone(&sealed, &bytes);
        bodies::footer(&wholes, &bytes);
        tried += 1;
    }
    assert!(tried > 0);
}

#[test]
fn open() {
    let (seeds, own, others) = seeds::all();
    println!("fuzz seeds: {own} of ours, {others} of parquet-testing");
    test_data::folder_or_skip("fuzz seeds of parquet-testing");
    fuzz("open", Box::new(move |random| damaged(&seeds, random)), Box::new(bodies::open));
}

#[test]
fn decode() {
    let (seeds, ..) = seeds::all();
    fuzz("decode", Box::new(move |random| damaged(&seeds, random)), Box::new(bodies::decode));
}

#[test]
fn pages() {
    let wholes = sealed();
    fuzz("pages", Box::new(patches), Box::new(move |data| bodies::pages(&wholes, data)));
}

#[test]
fn pages_alone() {
    let wholes = sealed();
    fuzz("pages_alone", Box::new(patches), Box::new(move |data| bodies::pages_alone(&wholes, data)));
}

#[test]
fn footer() {
    let wholes = seeds::ours();
    fuzz("footer", Box::new(patches), Box::new(move |data| bodies::footer(&wholes, data)));
}

fn sealed() -> Vec<sealed::Sealed> {
    samples::paged().into_iter().map(|sample| sealed::Sealed::of(sample.bytes)).collect()
}

/// The number of a file, and one to five changes of four bytes each.
fn patches(random: &mut Random) -> Vec<u8> {
    let mut input = vec![random.next() as u8];
    for _ in 0..=random.below(4) {
        input.extend(random.next().to_le_bytes().into_iter().take(4));
    }
    input
}
