import { builtinModules } from 'node:module';

/**
 * `require('util')` in a CommonJS package has no `require` to call in the ESM that it is bundled into. `process.getBuiltinModule` is in
 * every Node that the package supports, and no bundler of a consumer tries to follow it.
 */
export const builtinsForCommonJs = {
  name: 'builtins for CommonJS',
  setup(build) {
    const names = new Set(builtinModules);
    build.onResolve({ filter: /^[a-z][\w:/]*$/ }, ({ kind, path }) => {
      const name = path.replace(/^node:/, '');
      return kind === 'require-call' && names.has(name) ? { path: name, namespace: 'builtin' } : undefined;
    });
    build.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${path}');`,
    }));
  },
};
