// For `node --import`, after tsx: the package and its program are loaded from their sources, one by one, where a test or a child process of
// it asks for dist/. tsx gives the files of dist/ maps of its own, which lead nowhere.
import { register } from 'node:module';

const hook = `const SOURCES = { 'arrow-ckpt': 'index.ts', 'arrow-ckpt/kura': 'lib/kura/schemas.ts' };
let root;
export function initialize(url) { root = url; }
export function resolve(specifier, context, next) {
  const source = specifier.startsWith(root + 'dist/cli.js') ? 'lib/cli/main.ts' : SOURCES[specifier];
  const inside = context.parentURL === undefined || context.parentURL.startsWith(root);
  return next(source !== undefined && inside ? root + source : specifier, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hook)}`, { data: new URL('../..', import.meta.url).href });
