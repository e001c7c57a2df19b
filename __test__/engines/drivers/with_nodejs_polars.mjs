import { createRequire } from 'node:module';
import { main, operand } from './common.mjs';

const imported = createRequire(import.meta.url)('nodejs-polars');
const pl = imported.default ?? imported;

const NO_TYPE = '-';

function read(path) {
  const frame = pl.readParquet(path);
  const types = Object.fromEntries(frame.columns.map((name) => [name, typeOf(frame, name)]));
  // One column that JavaScript cannot have would take all others along.
  const without = frame.columns.filter((name) => types[name] === NO_TYPE);
  return [types, (without.length > 0 ? frame.drop(...without) : frame).toRecords()];
}

function typeOf(frame, name) {
  try {
    return String(frame.getColumn(name).dtype);
  } catch {
    return NO_TYPE;
  }
}

function expression({ column: [top, ...fields], op, kind, values }) {
  let column = pl.col(top);
  for (const field of fields) column = column.struct.field(field);
  const operands = values.map((value) => literal(kind === 'int' ? value : operand(value, kind)));
  const [first, second] = operands;
  return {
    eq: () => column.eq(first),
    ne: () => column.neq(first),
    lt: () => column.lt(first),
    le: () => column.ltEq(first),
    gt: () => column.gt(first),
    ge: () => column.gtEq(first),
    in: () => operands.map((one) => column.eq(one)).reduce((all, one) => all.or(one)),
    between: () => column.gtEq(first).and(column.ltEq(second)),
    null: () => column.isNull(),
    valid: () => column.isNotNull(),
  }[op]();
}

function literal(value) {
  return pl.lit(value);
}

const count = (frame) => frame.height;

await main(
  read,
  (path) => (condition) => count(pl.scanParquet(path).filter(expression(condition)).select('id').collectSync()),
  (path) => {
    const frame = pl.readParquet(path);
    return (condition) => count(frame.filter(expression(condition)));
  },
);
