import { CHECKS } from '../buckets/checks.js';
import { CLAIMS } from '../buckets/claim-kills.js';
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
    ...[...CHECKS, CLAIMS].map(({ name }) => `| ${name} | ${servers.map((server) => answer(server, name)).join(' | ')} |`),
  ];
  const faults = servers.flatMap(([{ name, faults, races }]) =>
    Object.entries({ ...faults, ...races }).map(([check, what]) => `- ${name}, ${check}: ${what}`),
  );
  return [...lines, ...(faults.length === 0 ? [] : ['', ...faults])].join('\n');
}

/** A check may not have been made; what fails in some runs is not kept. */
function answer([{ races }, outcome]: [Server, Outcome], name: string): string {
  if (!outcome.has(name)) return '-';
  return outcome.get(name) === undefined && races?.[name] === undefined ? 'yes' : 'no';
}

/** A page with this table between its marks. */
export function withTable(page: string, table: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end === -1) throw new Error(`docs/buckets.md has no ${BEGIN} and ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n${table}\n${page.slice(end)}`;
}
