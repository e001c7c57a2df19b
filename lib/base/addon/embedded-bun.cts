// Bun puts a binary into a program that it compiles only where `require` has a literal name. It knows platform and architecture of the target, and leaves the other branches out.
/* oxlint-disable typescript/no-require-imports -- see above */

/** The binary that a program of `bun build --compile` carries in itself, or that is installed beside this package; undefined for none. */
function embeddedBinary(): unknown {
  if (process.platform === 'linux' && process.arch === 'x64') {
    try {
      return require('@arrow-ckpt/binding-linux-x64-gnu');
    } catch {}
    try {
      return require('@arrow-ckpt/binding-linux-x64-musl');
    } catch {}
  }
  if (process.platform === 'linux' && process.arch === 'arm64') {
    try {
      return require('@arrow-ckpt/binding-linux-arm64-gnu');
    } catch {}
    try {
      return require('@arrow-ckpt/binding-linux-arm64-musl');
    } catch {}
  }
  if (process.platform === 'darwin' && process.arch === 'x64') {
    try {
      return require('@arrow-ckpt/binding-darwin-x64');
    } catch {}
  }
  if (process.platform === 'darwin' && process.arch === 'arm64') {
    try {
      return require('@arrow-ckpt/binding-darwin-arm64');
    } catch {}
  }
  if (process.platform === 'win32' && process.arch === 'x64') {
    try {
      return require('@arrow-ckpt/binding-win32-x64-msvc');
    } catch {}
  }
  if (process.platform === 'win32' && process.arch === 'arm64') {
    try {
      return require('@arrow-ckpt/binding-win32-arm64-msvc');
    } catch {}
  }
  return undefined;
}

export = { embeddedBinary };
