import type { PhysicalNode } from '../../../columnar/physical-node.js';
import { effectiveLimits } from './limits.js';

/** A node, and its type in the words of a description. */
interface Told {
  node: PhysicalNode;
  type: string;
}

/** Of a name that is the beginning of another, the longer comes first: so in crates/arrow-ckpt/src/decode/words.rs. */
const LEAVES: readonly [words: string, kind: PhysicalNode['kind'], type: string][] = [
  ['bool', 'bool', 'bool'],
  ['int64', 'int', 'int64'],
  ['int32', 'int', 'int32'],
  ['double', 'f64', 'double'],
  ['float64', 'f64', 'double'],
  ['float32', 'f64', 'float'],
  ['float', 'f64', 'float'],
  ['string', 'text', 'string'],
  ['null', 'text', 'string'],
  ['binary', 'bytes', 'binary'],
  ['timestamp[ms, UTC]', 'timestamp', 'timestamp[ms, UTC]'],
  ['timestamp', 'timestamp', 'timestamp[ms, UTC]'],
];

/** The column of a type in words, whose values are in a file that is not there. One of no known type, where nobody knows it. */
export function columnOfWords(name: string, words: string): Told {
  const { depth, columns } = effectiveLimits();
  let [at, nodes] = [0, 0];

  const take = (text: string): boolean => {
    const isThere = words.startsWith(text, at);
    if (isThere) at += text.length;
    return isThere;
  };

  function node(own: string, level: number): Told | undefined {
    if (level > depth || ++nodes > columns) return undefined;
    if (take('list<')) {
      const item = node('element', level + 1);
      return item && take('>') ? { node: { name: own, kind: 'list', children: [item.node] }, type: `list<${item.type}>` } : undefined;
    }
    if (take('struct<')) return struct(own, level);
    const leaf = LEAVES.find(([text]) => take(text));
    return leaf && { node: { name: own, kind: leaf[1] }, type: leaf[2] };
  }

  function struct(own: string, level: number): Told | undefined {
    const children: PhysicalNode[] = [];
    const types: string[] = [];
    do {
      const field = fieldName();
      const child = field === undefined ? undefined : node(field, level + 1);
      if (child === undefined) return undefined;
      children.push(child.node);
      types.push(`${child.node.name}: ${child.type}`);
    } while (take(', '));
    return take('>') ? { node: { name: own, kind: 'struct', children }, type: `struct<${types.join(', ')}>` } : undefined;
  }

  /** The name of a field, plain or quoted. */
  function fieldName(): string | undefined {
    const end = quotedEnd();
    try {
      const quoted = JSON.parse(words.slice(at, end)) as unknown;
      if (end > at && typeof quoted === 'string') return passed(end, quoted);
    } catch {
      // A plain name that begins with a quote.
    }
    const plain = words.indexOf(': ', at);
    return plain < 0 ? undefined : passed(plain, words.slice(at, plain));
  }

  function passed(end: number, field: string): string | undefined {
    at = end;
    return take(': ') ? field : undefined;
  }

  /** Where the text in quotes that stands here ends; here if there is none. */
  function quotedEnd(): number {
    if (words[at] !== '"') return at;
    let end = at + 1;
    while (end < words.length && words[end] !== '"') end += words[end] === '\\' ? 2 : 1;
    return end < words.length ? end + 1 : at;
  }

  const told = node(name, 1);
  return told !== undefined && at === words.length ? told : { node: { name, kind: 'null' }, type: 'unknown' };
}
