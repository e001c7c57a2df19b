//! Encodes or decodes rows once: what `npm run bench:instructions` counts. `rows <encode|decode> <rows> <path>`.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // a program for measurements

#[path = "../benches/rows/mod.rs"]
mod rows;

use std::path::Path;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, what, count, path] = arguments.as_slice() else {
        println!("usage: rows <encode|decode|nothing> <rows> <path>");
        return;
    };
    let (count, path) = (count.parse().unwrap(), Path::new(path));
    // The rows are made in any case: what they cost is subtracted.
    let slabs = rows::slabs(count);
    match what.as_str() {
        "encode" => assert_eq!(rows::encode(path, &slabs).unwrap(), count as u64),
        "decode" => assert_eq!(rows::decode(path, &mut vec![0; 2 << 20]).unwrap(), count as u64),
        _ => assert!(!slabs.is_empty()),
    }
}
