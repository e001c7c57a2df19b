// docs/options.md, from the comments of the public types.
import { readCalls } from './option-types.mjs';

const HEAD = `<!-- Made by \`npm run docs\` from the comments in lib. Do not edit. -->
# Options

Every option of every public call. An option that a call does not know is \`ERR_CKPT_UNKNOWN_OPTION\`: none is ignored.
An option that is \`undefined\` counts as left out. What each call does: hover over it in an editor, or read index.d.ts.

`;

/** The page: a table of the calls, then a section for each type of options. */
export function optionsPage(types) {
  const { calls, sections } = readCalls(types);
  const named = new Set(sections.map(({ name }) => name));
  const table = calls.map(({ call, options }) => `| \`${call}\` | ${link(options)} |`);
  return [`${HEAD}| call | its options |`, '|---|---|', ...table, '', ...sections.map((section) => sectionText(section, named))].join('\n');
}

const link = (name) =>
  `[${name}](#${name
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-')})`;
/** A default that is a value, as code; words as they are. */
const shown = (byDefault) => (/^(?:'[^']*'|\d+|true|false|console)$/.test(byDefault) ? `\`${byDefault}\`` : byDefault);

function sectionText({ name, about, options }, named) {
  const own = options.filter(({ from }) => from === name || !named.has(from));
  const shared = new Map();
  for (const option of options) if (!own.includes(option)) shared.set(option.from, [...(shared.get(option.from) ?? []), option.name]);
  const lines = own.map(({ name: option, type, isRequired, byDefault, unit, text }) => {
    const cells = [`\`${option}\``, type, isRequired ? '(required)' : shown(byDefault || 'none'), unit, text];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  const others = [...shared].map(([from, names]) => `From ${link(from)}: ${names.map((option) => `\`${option}\``).join(', ')}.`);
  return [
    `## ${name}`,
    '',
    ...(about === '' ? [] : [about, '']),
    ...(lines.length === 0 ? [] : ['| option | type | default | unit | what it does |', '|---|---|---|---|---|', ...lines, '']),
    ...others.flatMap((line) => [line, '']),
  ].join('\n');
}
