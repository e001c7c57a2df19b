//! The encoding threads: one pool for the process, as many threads as cores, started at the first save that needs them.
//! libuv's four threads are shared with fs and dns and stay free of this work.

use std::num::NonZero;
use std::sync::OnceLock;

use rayon_core::{ThreadPool, ThreadPoolBuilder};

use crate::error::{CkptError, Result};

/// The pool.
pub fn pool() -> Result<&'static ThreadPool> {
    static POOL: OnceLock<std::result::Result<ThreadPool, String>> = OnceLock::new();
    let build = || {
        let threads = std::thread::available_parallelism().map_or(2, NonZero::get);
        let named = ThreadPoolBuilder::new()
            .num_threads(threads)
            .start_handler(|_| step_back())
            .thread_name(|index| format!("arrow-ckpt-{index}"));
        named.build().map_err(|error| error.to_string())
    };
    POOL.get_or_init(build).as_ref().map_err(|error| CkptError::internal(format!("no threads: {error}")))
}

/// How much nicer than JavaScript's thread the threads of this crate are.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 5;

/// Lets JavaScript's thread go first where there are fewer cores than threads: it is the one that everything waits for. Called by each of
/// our threads for itself; elsewhere than on Linux niceness belongs to the process.
pub fn step_back() {
    // Refused where a policy forbids it: then the threads are equals.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(NICENESS);
}
