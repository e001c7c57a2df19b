#![no_main]

mod shared;

use std::sync::LazyLock;

static WHOLES: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| {
    let wholes = shared::samples::samples().into_iter().chain([shared::samples::thin()]);
    wholes.map(|sample| sample.bytes).collect()
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    shared::footer(&WHOLES, data);
});
