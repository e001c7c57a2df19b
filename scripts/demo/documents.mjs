// The demo's input: documents made of real rows where there are any, else of a seeded generator's.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Documents are cut here: enough for keywords and a summary. */
const TEXT_CHARACTERS = 600;

function readJsonl(path) {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** A Kura conversation as a document. */
function fromConversation(row) {
  const text = row.messages.map((message) => message.content).join('\n');
  return {
    id: row.chat_id,
    source: 'conversation',
    createdAt: row.created_at,
    text: text.slice(0, TEXT_CHARACTERS),
    attributes: row.metadata,
  };
}

/** Every string inside a value, joined. */
function textOf(value) {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textOf).filter(Boolean).join('. ');
}

/** A DocETL row as a document: its texts, and its first scalars as attributes. */
function fromDocetl(row, source, index) {
  const scalars = Object.entries(row).filter(([, value]) => typeof value !== 'object' && String(value).length <= 60);
  return {
    id: `${source}-${index}`,
    source,
    createdAt: null,
    text: textOf(row),
    attributes: Object.fromEntries(scalars.slice(0, 4)),
  };
}

function realDocuments(folder) {
  const documents = readJsonl(join(folder, 'kura/jsonl/conversations.jsonl')).map(fromConversation);
  const docetl = join(folder, 'docetl/json-before');
  for (const step of readdirSync(docetl).sort()) {
    if (step.endsWith('_batches') || !statSync(join(docetl, step)).isDirectory()) continue;
    for (const file of readdirSync(join(docetl, step)).sort()) {
      const rows = JSON.parse(readFileSync(join(docetl, step, file), 'utf8'));
      documents.push(...rows.map((row, index) => fromDocetl(row, file.replace('.json', ''), index)));
    }
  }
  return documents;
}

const SUBJECTS = [
  'The pipeline',
  'A reviewer',
  'Our model',
  'The second batch',
  'An early customer',
  'Der Bericht',
  'El informe',
  'La réunion',
];
const VERBS = ['describes', 'rejects', 'summarises', 'repeats', 'measures', 'compares', 'erklärt', 'resume', 'présente'];
const OBJECTS = [
  'the invoice',
  'three checkpoints',
  'a slow query',
  'the travel plan',
  'an open question',
  'die Ergebnisse',
  'los datos',
  'le résumé',
];
const TAILS = ['in detail', 'without a source', 'for the whole team', 'before the deadline', 'twice — on purpose', 'with 12 examples'];

/** Documents from fixed sentences, always the same. */
function madeDocuments(count) {
  let state = 20;
  const pick = (items) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return items[(state >>> 8) % items.length];
  };
  const sentence = () => `${pick(SUBJECTS)} ${pick(VERBS)} ${pick(OBJECTS)} ${pick(TAILS)}.`;
  return Array.from({ length: count }, (_, i) => ({
    id: `made-${i}`,
    source: pick(['note', 'ticket', 'mail']),
    createdAt: `2025-01-${String(1 + (i % 28)).padStart(2, '0')}T00:00:00`,
    text: Array.from({ length: 4 + (i % 5) }, sentence).join(' '),
    attributes: { priority: i % 3, owner: pick(['ada', 'lin', 'sam']) },
  }));
}

/** Made documents before they repeat. */
const MADE = 2000;

/** Where the input comes from, for the demo's first line. */
export function describeSource(folder) {
  return existsSync(folder) ? 'real conversations (Kura) and documents (DocETL)' : 'generated documents';
}

/**
 * Copy number `copy` of a document: another id, and a text that begins at another word, as equal texts would be stored once by any
 * columnar file and the demo would measure that.
 */
function replica(original, copy) {
  const { id, text, ...rest } = original;
  const middle = (copy * 37) % Math.max(1, text.length);
  const start = text.indexOf(' ', middle) + 1;
  return { id: copy === 0 ? id : `${id}#${copy}`, ...rest, text: `${text.slice(start)} ${text.slice(0, start)}`.slice(0, TEXT_CHARACTERS) };
}

/** `count` documents: those there are, replicated. */
export function documents(count, folder) {
  const originals = existsSync(folder) ? realDocuments(folder) : madeDocuments(Math.min(count, MADE));
  return Array.from({ length: count }, (_, i) => replica(originals[i % originals.length], Math.floor(i / originals.length)));
}
