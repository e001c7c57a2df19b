//! The encoding threads: one pool for the process, as many threads as cores, started at the first save that needs them.
//! libuv's four threads are shared with fs and dns and stay free of this work.

use std::collections::VecDeque;
use std::num::NonZero;
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};

use rayon_core::{ThreadPool, ThreadPoolBuilder};

use crate::error::{CkptError, ErrorCode, Result};

/// The pool.
pub fn pool() -> Result<&'static ThreadPool> {
    static POOL: OnceLock<std::result::Result<ThreadPool, String>> = OnceLock::new();
    let build = || {
        let named = ThreadPoolBuilder::new()
            .num_threads(cores())
            .start_handler(|_| step_back())
            .thread_name(|index| format!("arrow-ckpt-{index}"));
        named.build().map_err(|error| error.to_string())
    };
    // Not remembered as a bug: a limit of the system's on threads or memory.
    POOL.get_or_init(build).as_ref().map_err(|error| {
        CkptError::new(ErrorCode::Io, format!("cannot start the threads that encode: {error}"))
    })
}

/// The cores that the process may use. Asked for once: on Linux the answer is in several files.
pub fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(2, NonZero::get))
}

type Job = Box<dyn FnOnce() + Send>;

/// The jobs of one save on the pool, in order, so many at a time.
#[derive(Clone)]
pub struct Lane {
    limit: usize,
    /// Whose jobs these are too.
    outer: Option<Arc<Lane>>,
    queue: Arc<Mutex<Queue>>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Job>,
    running: usize,
}

impl Lane {
    /// `limit`: at least 1; the pool has no more threads than there are cores, whatever the limit.
    pub fn new(limit: usize) -> Self {
        Self { limit: limit.max(1), outer: None, queue: Arc::default() }
    }

    /// A lane within this one whose jobs run one at a time.
    pub fn serial(&self) -> Self {
        Self { limit: 1, outer: Some(Arc::new(self.clone())), queue: Arc::default() }
    }

    /// Queues a job. It must not panic.
    pub fn spawn(&self, job: impl FnOnce() + Send + 'static) -> Result<()> {
        self.queue(Box::new(job))
    }

    fn queue(&self, job: Job) -> Result<()> {
        let starts = {
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.waiting.push_back(job);
            let starts = queue.running < self.limit;
            queue.running += usize::from(starts);
            starts
        };
        if starts {
            let lane = self.clone();
            match &self.outer {
                Some(outer) => outer.queue(Box::new(move || lane.run()))?,
                None => pool()?.spawn(move || lane.run()),
            }
        }
        Ok(())
    }

    /// Runs jobs until none waits.
    fn run(&self) {
        loop {
            let job = {
                let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
                let job = queue.waiting.pop_front();
                queue.running -= usize::from(job.is_none());
                job
            };
            let Some(job) = job else { return };
            job();
        }
    }
}

/// Bytes that wait for jobs: whoever makes them waits while there are too many.
#[derive(Clone, Default)]
pub struct Budget {
    held: Arc<(Mutex<usize>, Condvar)>,
}

impl Budget {
    /// Counts `bytes` until what it gives is dropped.
    pub fn hold(&self, bytes: usize) -> Held {
        let (held, _) = &*self.held;
        *held.lock().unwrap_or_else(PoisonError::into_inner) += bytes;
        Held { budget: self.clone(), bytes }
    }

    /// Waits until at most `bytes` are held. Not to be called by a job: it might wait for itself.
    pub fn wait_until(&self, bytes: usize) {
        let (held, freed) = &*self.held;
        let mut now = held.lock().unwrap_or_else(PoisonError::into_inner);
        while *now > bytes {
            now = freed.wait(now).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Bytes of a [`Budget`].
pub struct Held {
    budget: Budget,
    bytes: usize,
}

impl Drop for Held {
    fn drop(&mut self) {
        let (held, freed) = &*self.budget.held;
        *held.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        freed.notify_all();
    }
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_lane_runs_all_its_jobs_so_many_at_a_time() {
        for limit in [1, 2] {
            let lane = Lane::new(limit);
            let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
            let (sender, done) = channel();
            for index in 0..100 {
                let (running, most, sender) = (running.clone(), most.clone(), sender.clone());
                let job = move || {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    running.fetch_sub(1, Ordering::SeqCst);
                    sender.send(index).unwrap();
                };
                lane.spawn(job).unwrap();
            }
            drop(sender);
            let mut seen: Vec<usize> = done.iter().collect();
            seen.sort_unstable();
            assert_eq!(seen, (0..100).collect::<Vec<_>>());
            assert!(most.load(Ordering::SeqCst) <= limit);
        }
    }
}
