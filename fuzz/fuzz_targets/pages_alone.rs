#![no_main]

mod shared;

use std::sync::LazyLock;

use shared::sealed::Sealed;

static WHOLES: LazyLock<Vec<Sealed>> =
    LazyLock::new(|| shared::samples::paged().into_iter().map(|sample| Sealed::of(sample.bytes)).collect());

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    shared::pages_alone(&WHOLES, data);
});
