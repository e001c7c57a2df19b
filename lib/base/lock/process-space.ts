import { nodeFs } from '../node-modules.js';
import { hostName } from '../environment.js';
import { crc32c, crcText } from '../crc32c.js';

/**
 * Where a number of a process means something: a start of a machine, and a space of process numbers on it. Containers have spaces of their
 * own.
 */
interface ProcessSpace {
  /** The name of the machine or container. */
  machine: string;
  /** Of the start of the machine's kernel: all its containers have the same. Empty where it does not tell: on what is not Linux. */
  boot: string;
  /** Of the space of process numbers. Empty where there is only one. */
  pids: string;
}

let here: ProcessSpace | undefined;

/** The space of this process. */
export function thisSpace(): ProcessSpace {
  return (here ??= {
    machine: hostName(),
    boot: quietly(() => nodeFs().readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()),
    pids: quietly(() => nodeFs().readlinkSync('/proc/self/ns/pid')),
  });
}

let tag: string | undefined;

/**
 * The space in 8 hexadecimal digits, as a part of the names of temporaries. The core makes the same:
 * crates/arrow-ckpt/src/commit/temporary_name.rs.
 */
export function spaceTag(): string {
  const { machine, boot, pids } = thisSpace();
  return (tag ??= crcText(crc32c(Buffer.from(`${machine} ${boot} ${pids}`))));
}

function quietly(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
