#!/usr/bin/env bash
# @dsnp/parquetjs 1.9.3 is on npm without its compiled code.
#
# Expected: require('@dsnp/parquetjs') gives the library.
# Happens:  package.json names dist/parquet.js as its main file, and the package has no dist.
# Seen:     @dsnp/parquetjs 1.9.3, Node 20.20, Linux x64: Cannot find module '.../dist/parquet.js'; 1.8.9 loads.
# Cares:    whoever has ^1.8.0 in package.json: the next install brings a package that cannot be loaded.
# Around:   pin 1.8.9.
#
# Exits with 0 while it is so, otherwise with 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
try() {
  mkdir "$folder/$1"
  cd "$folder/$1"
  echo '{ "private": true }' > package.json
  npm install --silent --no-audit --no-fund "@dsnp/parquetjs@$1"
  node -e "try { require('@dsnp/parquetjs'); console.log('loads') } catch (error) { console.log(error.code) }"
}
old=$(try 1.8.9)
new=$(try 1.9.3)
echo "1.8.9: $old, 1.9.3: $new"
[ "$old" = loads ] && [ "$new" = MODULE_NOT_FOUND ]
