//! Environments end: a worker is terminated, the process exits. Threads that use the environment's memory must have ended before it goes.

use std::cell::RefCell;
use std::thread::JoinHandle;

use napi::Env;

/// A thread that runs for a handle, with the means to stop it.
pub struct Running {
    /// Makes the thread return soon.
    pub stop: Box<dyn Fn()>,
    /// The thread.
    pub thread: JoinHandle<()>,
}

thread_local! {
    /// The threads of this environment; JavaScript environments have one thread each. None until the hook is set.
    static RUNNING: RefCell<Option<Vec<Running>>> = const { RefCell::new(None) };
}

/// Sees to it that the thread has ended before the environment does.
pub fn stop_before_teardown(env: Env, running: Running) -> napi::Result<()> {
    let first = RUNNING.with_borrow_mut(|list| {
        let first = list.is_none();
        let list = list.get_or_insert_default();
        list.retain(|known| !known.thread.is_finished());
        list.push(running);
        first
    });
    if first {
        env.add_env_cleanup_hook((), |()| {
            let all = RUNNING.with_borrow_mut(Option::take).unwrap_or_default();
            for running in &all {
                (running.stop)();
            }
            for running in all {
                let _ = running.thread.join();
            }
        })?;
    }
    Ok(())
}
