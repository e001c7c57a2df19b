//! Memory that JavaScript allocated and both sides use in turn: slabs (JavaScript writes, the core reads) and arenas (the other way).
//! And the core's own, as far as the allocator is asked for more than to allocate. All unsafe code of this crate but for pointers of C's
//! (`capsule`) and the allocator (`reserve`).
//!
//! The rule that makes it sound: at any time one side owns the memory. It passes to the thread with a message (`submit`, `scan`,
//! `release`) and back with an event (`FREE`, `BLOCK`, `NEED`). The facade holds to it in one place a direction:
//! `lib/formats/parquet/native/slabs.ts` and `lib/formats/parquet/native/arenas.ts`. The memory cannot move (backing stores do not), cannot
//! be freed (the reference in `array` holds it), and outlives the thread even when a worker's environment is torn down (see `teardown`).
#![expect(unsafe_code, reason = "the one place for it")]

use napi::bindgen_prelude::Uint8Array;

/// A piece of JavaScript's memory that a thread may use while it owns it.
pub struct SharedBytes {
    pointer: *mut u8,
    length: usize,
    /// Keeps the memory alive; dropped on any thread, napi-rs defers the release to JavaScript's.
    _array: Uint8Array,
}

// SAFETY: the pointer is to memory that stays put and alive as long as `_array` does, and the module's rule gives it to one thread at a
// time.
unsafe impl Send for SharedBytes {}

impl SharedBytes {
    /// Takes a reference on `array`'s memory.
    pub fn new(mut array: Uint8Array) -> Self {
        // SAFETY: called on JavaScript's thread; no other reference into the memory exists in Rust, and only the address is kept.
        let slice = unsafe { array.as_mut() };
        let (pointer, length) = (slice.as_mut_ptr(), slice.len());
        Self { pointer, length, _array: array }
    }

    /// The bytes, while this thread owns them.
    pub fn bytes(&self) -> &[u8] {
        if self.length == 0 {
            return &[];
        }
        // SAFETY: non-null, aligned for u8, alive, and by the module's rule nobody writes while this thread owns the memory.
        unsafe { std::slice::from_raw_parts(self.pointer, self.length) }
    }

    /// The bytes to write to, while this thread owns them.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        if self.length == 0 {
            return &mut [];
        }
        // SAFETY: as in `bytes`, and `&mut self` makes this the only reference in Rust.
        unsafe { std::slice::from_raw_parts_mut(self.pointer, self.length) }
    }
}

/// Gives what is free back to the system, where the allocator keeps it for a while: after a large save or load nobody knows whether there
/// will be another.
pub fn give_back() {
    #[cfg(target_env = "musl")]
    // SAFETY: it may be called at any time on any thread, and touches only memory that is free.
    unsafe {
        libmimalloc_sys::mi_collect(true);
    }
}
