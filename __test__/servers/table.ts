import { CHECKS } from '../buckets/checks.js';
import type { Outcome } from './main.js';
import type { Server } from './servers.js';

const BEGIN = '<!-- servers -->';
const END = '<!-- /servers -->';

/** Every check by every server, and what each server gets wrong. */
export function serversTable(outcomes: ReadonlyMap<Server, Outcome>): string {
  const servers = [...outcomes];
  const lines = [
    `| check | ${servers.map(([{ name, version }]) => `${name} ${version}`).join(' | ')} |`,
    `|---|${'---|'.repeat(servers.length)}`,
    ...CHECKS.map(
      ({ name }) => `| ${name} | ${servers.map(([, outcome]) => (outcome.get(name) === undefined ? 'yes' : 'no')).join(' | ')} |`,
    ),
  ];
  const faults = servers.flatMap(([{ name, faults }]) => Object.entries(faults).map(([check, what]) => `- ${name}, ${check}: ${what}`));
  return [...lines, ...(faults.length === 0 ? [] : ['', ...faults])].join('\n');
}

/** A page with this table between its marks. */
export function withTable(page: string, table: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end === -1) throw new Error(`docs/buckets.md has no ${BEGIN} and ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n${table}\n${page.slice(end)}`;
}
