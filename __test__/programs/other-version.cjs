// The native binding as another release would be. See lying-binding.cjs for the loading.
const loader = require.resolve('../../binding.cjs');
const loading = require.cache[loader];
delete require.cache[loader];
delete process.env.NAPI_RS_NATIVE_LIBRARY_PATH;
const real = require(loader);
require.cache[loader] = loading;

module.exports = { ...real, version: () => '0.0.1-other' };
