//! Names of temporaries: `.<name>.<pid>.<space and number>.tmp`. They say whose they are: a number of a process means something only in its
//! own space.

use std::fs;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Bytes of the old name kept in a temporary's name: file systems allow 255 in all.
const NAME_BYTES: usize = 180;

/// A name that no other process and no other save has.
pub(super) fn temporary_name(name: &str) -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.subsec_nanos());
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let kept = name.char_indices().take_while(|(start, char)| start + char.len_utf8() <= NAME_BYTES).count();
    let kept: String = name.chars().take(kept).collect();
    format!(".{kept}.{}.{:08x}{nanos:08x}{count:04x}.tmp", std::process::id(), space_tag())
}

/// The machine, its start, and the space of process numbers, as far as the system tells. `lib/base/lock/process-space.ts` makes the same.
fn space_tag() -> u32 {
    static TAG: OnceLock<u32> = OnceLock::new();
    *TAG.get_or_init(|| {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default().trim().to_owned();
        let machine = read("/proc/sys/kernel/hostname");
        let boot = read("/proc/sys/kernel/random/boot_id");
        let pids = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
        crc32c::crc32c(format!("{machine} {boot} {}", pids.display()).as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::temporary_name;

    #[test]
    fn names_differ_and_are_short_enough() {
        let name = "ä".repeat(200);
        assert_ne!(temporary_name(&name), temporary_name(&name));
        assert!(temporary_name(&name).len() < 255);
        let random = temporary_name("a").rsplit('.').nth(1).map(str::len);
        assert_eq!(random, Some(20), "digits enough to be known as one with a space");
    }
}
