// Loads the built package into a context of node:vm, as Jest's VM modules do, and uses it with values of this realm: other-realm.mjs
// <folder>. Needs --experimental-vm-modules. Prints what came of it as JSON.
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

const [, , folder] = process.argv;
const {
  Buffer,
  process: own,
  performance,
  setImmediate,
  setTimeout,
  clearTimeout,
  TextDecoder,
  TextEncoder,
  AbortController,
  AbortSignal,
  URL,
} = globalThis;
const globals = {
  Buffer,
  process: own,
  performance,
  setImmediate,
  setTimeout,
  clearTimeout,
  TextDecoder,
  TextEncoder,
  AbortController,
  AbortSignal,
  URL,
};
const context = vm.createContext(globals);
const modules = new Map();

async function moduleOf(specifier, from) {
  const key = specifier.startsWith('.') ? new URL(specifier, from).href : specifier;
  let made = modules.get(key);
  if (made === undefined) modules.set(key, (made = make(key)));
  return made;
}

async function make(key) {
  if (isBuiltin(key) || !key.startsWith('file:')) {
    const outer = await import(key === '#binding' ? new URL('../../binding.cjs', import.meta.url).href : key);
    const names = Object.keys(outer);
    return new vm.SyntheticModule(
      names,
      function () {
        for (const name of names) this.setExport(name, outer[name]);
      },
      { context },
    );
  }
  return new vm.SourceTextModule(readFileSync(fileURLToPath(key), 'utf8'), {
    context,
    identifier: key,
    initializeImportMeta: (meta) => Object.assign(meta, { url: key }),
    importModuleDynamically: async (specifier) => {
      const loaded = await moduleOf(specifier, key);
      if (loaded.status === 'unlinked') await loaded.link((inner, { identifier }) => moduleOf(inner, identifier));
      await loaded.evaluate();
      return loaded;
    },
  });
}

const entry = await moduleOf(new URL('../../dist/index.js', import.meta.url).href);
await entry.link((specifier, { identifier }) => moduleOf(specifier, identifier));
await entry.evaluate();
const { readCheckpoint, writeCheckpoint, openCheckpoint } = entry.namespace;

const codeOf = (promise) =>
  promise.then(
    () => 'none',
    (error) => error.code,
  );
const result = {};
for (const format of ['parquet', 'json', 'jsonl']) {
  const path = join(folder, `rows.${format}`);
  const rows = [
    { id: 1, at: new Date(5), bytes: new Uint8Array([1, 2]), list: [1, 2], f: new Float32Array([0.5]), o: { a: [{}] } },
    { id: 2, at: new Date(9) },
  ];
  await writeCheckpoint(path, rows);
  const back = await readCheckpoint(path);
  const controller = new AbortController();
  const reader = await openCheckpoint(path, { signal: controller.signal });
  result[format] = {
    foreign: back[0].at instanceof Date,
    back: JSON.stringify(back),
    some: (await reader.read({ where: { at: { $gte: new Date(6) } }, signal: controller.signal })).length,
    count: await reader.count({ where: { at: new Date(5) } }),
    none: await codeOf(readCheckpoint(join(folder, `none.${format}`))),
    dir: await codeOf(readCheckpoint(folder)),
    save: await codeOf(writeCheckpoint(join(path, `in-a-file.${format}`), rows)),
  };
  await reader.close();
}
console.log(JSON.stringify(result));
