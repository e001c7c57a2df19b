//! What is left of a panic that was caught: a text for the error that it becomes.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;
use std::thread;

use crate::error::{CkptError, Result};

/// The names of all threads of ours begin so.
const THREAD_PREFIX: &str = "arrow-ckpt";

thread_local! {
    /// Where this thread panicked last. A panic and what catches it are on one thread.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
    /// Whether the thread, which is not ours, does work of ours.
    static BORROWED: Cell<bool> = const { Cell::new(false) };
}

/// What a caught panic said, and where it was if [`quiet_panics`] is in force.
#[must_use]
pub fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    let text = text.unwrap_or_else(|| "a panic without a message".to_owned());
    match PLACE.take() {
        Some(place) => format!("{text} ({place})"),
        None => text,
    }
}

/// Runs `body`, on whichever thread, as threads of ours do: a panic becomes an error, and nothing is printed.
pub fn caught<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    quiet_panics();
    let before = BORROWED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(body));
    BORROWED.set(before);
    done.unwrap_or_else(|panic| Err(CkptError::internal(panic_message(&*panic))))
}

/// Keeps panics of our threads from stderr, for the whole process and for ever: each is caught and becomes an error, which tells
/// what would have been printed. Panics of all other threads go on to the hook that was there.
pub fn quiet_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = take_hook();
        set_hook(Box::new(move |panic| {
            let is_ours = thread::current().name().is_some_and(|name| name.starts_with(THREAD_PREFIX));
            if !is_ours && !BORROWED.get() {
                return others(panic);
            }
            let place =
                panic.location().map(|place| format!("{}:{}", from_crate(place.file()), place.line()));
            PLACE.set(place);
        }));
    });
}

/// The path of a source file from its crate's folder on: what is above it tells only of the machine that compiled it.
fn from_crate(file: &str) -> &str {
    let folder = file.rfind("/src/").and_then(|src| file[..src].rfind('/'));
    folder.map_or(file, |slash| &file[slash + 1..])
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn a_quiet_panic_tells_its_place() {
        quiet_panics();
        let thread = thread::Builder::new().name("arrow-ckpt-test".to_owned()).spawn(|| {
            let panic = catch_unwind(|| panic!("no {}", "way")).unwrap_err();
            let message = panic_message(&*panic);
            assert!(message.starts_with("no way (arrow-ckpt/src/panics.rs:"), "{message}");
            assert_eq!(panic_message(&*panic), "no way", "a place is told once, not with the next panic");
        });
        thread.unwrap().join().unwrap();
    }

    #[test]
    fn a_thread_of_others_is_quiet_while_it_works_for_us() {
        let error = caught(|| -> Result<()> { panic!("no way") }).unwrap_err();
        assert!(error.message.contains("no way (arrow-ckpt/src/panics.rs:"), "{}", error.message);
        assert!(!BORROWED.get());
    }

    #[test]
    fn places_begin_at_the_crate() {
        assert_eq!(
            from_crate("/home/x/src/y/parquet-60.0.0/src/file/reader.rs"),
            "parquet-60.0.0/src/file/reader.rs"
        );
        assert_eq!(from_crate("src/lib.rs"), "src/lib.rs");
    }
}
