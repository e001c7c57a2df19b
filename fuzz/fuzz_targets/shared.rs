//! The bodies and the samples of the fuzz test of the stable toolchain: crates/arrow-ckpt/tests/fuzz.
#![allow(dead_code)] // no target needs all of it

#[path = "../../crates/arrow-ckpt/tests/fuzz/bodies.rs"]
pub mod bodies;
#[path = "../../crates/arrow-ckpt/tests/samples/mod.rs"]
pub mod samples;
#[path = "../../crates/arrow-ckpt/tests/fuzz/sealed.rs"]
pub mod sealed;
#[path = "../../crates/arrow-ckpt/tests/encode/slab.rs"]
pub mod slab;
#[path = "../../crates/arrow-ckpt/tests/decode/support.rs"]
pub mod support;

use bodies::Outcome;

/// libFuzzer takes any panic for a failure, also one that the core catches and turns into an error: these libraries panic over files that
/// break the format's rules, and the core is built to bear it. So its hook is put aside, and a panic that does come out of the core ends
/// the process here.
fn caught(body: impl FnOnce() -> Outcome) {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    if let Err(panic) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)) {
        eprintln!("{}", arrow_ckpt::panic_message(panic.as_ref()));
        std::process::abort();
    }
}

pub fn open(data: &[u8]) {
    caught(|| bodies::open(data));
}

pub fn decode(data: &[u8]) {
    caught(|| bodies::decode(data));
}

pub fn pages(wholes: &[sealed::Sealed], data: &[u8]) {
    caught(|| bodies::pages(wholes, data));
}

pub fn pages_alone(wholes: &[sealed::Sealed], data: &[u8]) {
    caught(|| bodies::pages_alone(wholes, data));
}

pub fn footer(wholes: &[Vec<u8>], data: &[u8]) {
    caught(|| bodies::footer(wholes, data));
}
