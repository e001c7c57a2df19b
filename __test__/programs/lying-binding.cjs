// The native binding, except that blocks come with a form that no version of the facade knows.
// The loader is on the stack, about to get this module: load it a second time, without the variable that led it here.
const loader = require.resolve('../../binding.cjs');
const loading = require.cache[loader];
delete require.cache[loader];
delete process.env.NAPI_RS_NATIVE_LIBRARY_PATH;
const real = require(loader);
require.cache[loader] = loading;

const BLOCK = 4;

/** The second word of the first node: its form. */
function lie(arena) {
  new DataView(arena.buffer, arena.byteOffset).setUint32(8 + 4, 99, true);
}

async function readSmall(path, verify, describes, arena) {
  const at = await real.readSmall(path, verify, describes, arena);
  if (at !== null) lie(arena);
  return at;
}

class NativeReader {
  #real;
  #arenas = [];

  constructor(path, options, onEvent) {
    this.#real = new real.NativeReader(path, options, (kind, first, second, text) => {
      if (kind === BLOCK) lie(this.#arenas[first]);
      onEvent(kind, first, second, text);
    });
  }

  scan(options, arenas) {
    this.#arenas = arenas;
    this.#real.scan(options, arenas);
  }

  release(index) {
    this.#real.release(index);
  }

  close() {
    this.#real.close();
  }
}

module.exports = { ...real, NativeReader, readSmall };
