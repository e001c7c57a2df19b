// Modules of Node that are loaded by their first use. An `import` of them reads all that they export, and so loads streams, web crypto and
// more of Node: 8 ms of each start, for what a save and a load of a Parquet file do not need.

export function nodeCrypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}

/** For what has to be synchronous; all else is in `node:fs/promises`. */
export function nodeFs(): typeof import('node:fs') {
  return process.getBuiltinModule('node:fs');
}

export function nodeStreams(): typeof import('node:stream') {
  return process.getBuiltinModule('node:stream');
}

export function nodeUtil(): typeof import('node:util') {
  return process.getBuiltinModule('node:util');
}

export function nodeWorkerThreads(): typeof import('node:worker_threads') {
  return process.getBuiltinModule('node:worker_threads');
}

/** An import would load `fetch` with it, for the WebSocket that is among its exports. */
export function nodeHttp(): typeof import('node:http') {
  return process.getBuiltinModule('node:http');
}
