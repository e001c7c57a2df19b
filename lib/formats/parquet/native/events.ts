/** The events of a native handle: the numbers of crates/arrow-ckpt-node/src/events.rs, which documents them. */
export const FREE = 1;
export const DONE = 2;
export const ERROR = 3;
export const BLOCK = 4;
export const NEED = 5;
export const END = 6;
export const OPENED = 7;
export const TREE = 8;
export const COUNT = 9;
export const PINS = 10;
