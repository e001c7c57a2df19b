//! The system's allocator, with address space in reserve.
//!
//! Rust ends the process where there is no memory. A process whose address space is bounded (`ulimit -v`) meets that long before the
//! machine has none, and other programs of the same process get an error they can handle. So some address space is held back when the addon
//! is loaded, and given up when an allocation fails: the save or the load under way goes on with it, while V8, which asks for more at a
//! time, is told no.
#![expect(unsafe_code, reason = "an allocator")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};

/// Bytes of address space. No memory is behind them.
const RESERVE_BYTES: usize = 1 << 30;

static RESERVE: AtomicPtr<std::ffi::c_void> = AtomicPtr::new(null_mut());

/// Runs when the addon is loaded. Where there is not so much address space, there is no reserve.
#[napi_derive::module_init]
fn hold_back() {
    // SAFETY: new pages at an address of the kernel's choice, which nobody reads or writes.
    let pages = unsafe {
        mmap_anonymous(null_mut(), RESERVE_BYTES, ProtFlags::empty(), MapFlags::PRIVATE | MapFlags::NORESERVE)
    };
    if let Ok(pages) = pages {
        RESERVE.store(pages, Ordering::Release);
    }
}

/// Gives the reserve up; false if it is gone.
fn release() -> bool {
    let pages = RESERVE.swap(null_mut(), Ordering::AcqRel);
    // SAFETY: the pages are those of `hold_back`, and whoever swaps the pointer out is the only one who has it.
    !pages.is_null() && unsafe { munmap(pages, RESERVE_BYTES) }.is_ok()
}

/// The system's allocator.
pub struct WithReserve;

/// A second try, with the reserve, where the first gives null.
fn again(first: *mut u8, allocate: impl FnOnce() -> *mut u8) -> *mut u8 {
    if first.is_null() && release() { allocate() } else { first }
}

// SAFETY: all memory is the system allocator's, which keeps the contract; an allocation that failed has changed nothing and may be tried
// again.
unsafe impl GlobalAlloc for WithReserve {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { again(System.alloc(layout), || System.alloc(layout)) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as in `alloc`.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as in `alloc`.
        unsafe { again(System.alloc_zeroed(layout), || System.alloc_zeroed(layout)) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        // SAFETY: as in `alloc`; where it gives null, `memory` is still what it was.
        unsafe { again(System.realloc(memory, layout, bytes), || System.realloc(memory, layout, bytes)) }
    }
}
