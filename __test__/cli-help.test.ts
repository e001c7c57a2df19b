import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { cliJson, cliOk, noCli } from './support/run-cli.js';
import { suite } from './support/suite.js';

const COMMANDS = [
  'analyze',
  'migrate',
  'list',
  'inspect',
  'head',
  'cat',
  'convert',
  'verify',
  'diff',
  'sweep',
  'forget',
  'dedupe',
  'materialize',
  'compact',
  'sql',
  'work',
];

suite('the help of the command line', noCli, () => {
  test('the main help names every command, the exit codes and examples, on stdout', async () => {
    const { stdout, stderr } = await cliOk(['--help']);
    for (const command of COMMANDS) assert.match(stdout, new RegExp(`^ {2}${command} `, 'm'));
    for (const code of [0, 1, 2, 3, 70, 130]) assert.match(stdout, new RegExp(`^ {2}${code} +\\S`, 'm'));
    assert.match(stdout, /\$ arrow-ckpt analyze/);
    assert.match(stdout, /NO_COLOR/);
    assert.equal(stderr, '');
  });

  for (const command of COMMANDS) {
    test(`${command} --help has two examples at least, and is what help ${command} prints`, async () => {
      const { stdout } = await cliOk([command, '--help']);
      const examples = [...stdout.matchAll(/^ {2}\$ arrow-ckpt (\w+)/gm)].map(([, name]) => name);
      assert.ok(examples.length >= 2, stdout);
      assert.ok(
        examples.every((name) => name === command),
        stdout,
      );
      for (const option of ['--json', '--quiet', '--help']) assert.ok(stdout.includes(option), option);
      assert.equal((await cliOk(['help', command])).stdout, stdout);
    });
  }

  test('docs/cli.md names every command and option', async () => {
    const docs = readFileSync(new URL('../docs/cli.md', import.meta.url), 'utf8');
    for (const command of COMMANDS) {
      assert.ok(docs.includes(`\`${command} `), command);
      const { stdout } = await cliOk([command, '--help']);
      for (const [option] of stdout.matchAll(/(?<=^ {2,8}(?:-\w, )?)--[\w-]+/gm))
        if (option !== '--help') assert.ok(docs.includes(option), `${option} of ${command}`);
    }
  });

  test("the version is the package's", async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
    assert.equal((await cliOk(['--version'])).stdout, `${version}\n`);
  });
});

suite('a call that is wrong ends with 2', noCli, () => {
  const CALLS: [string[], string][] = [
    [['lst'], "unknown command 'lst' (Did you mean list?); see --help [ERR_CKPT_INVALID_ARGUMENT]"],
    [['list'], "missing required argument 'dir'; see --help [ERR_CKPT_INVALID_ARGUMENT]"],
    [['list', 'a', 'b'], "too many arguments for 'list'. Expected 1 argument but got 2; see --help [ERR_CKPT_INVALID_ARGUMENT]"],
    [['list', '.', '--nope'], "unknown option '--nope'; see --help [ERR_CKPT_UNKNOWN_OPTION]"],
    [
      ['head', 'a', '-n', '-1'],
      "option '-n, --rows <count>' argument '-1' is invalid. It must be an integer from 0 on; see --help [ERR_CKPT_INVALID_OPTION]",
    ],
    [
      ['head', 'a', '--compat', 'x'],
      "option '--compat <program>' argument 'x' is invalid. Allowed choices are docetl, kura; see --help [ERR_CKPT_INVALID_OPTION]",
    ],
  ];
  for (const [args, message] of CALLS) {
    test(args.join(' '), async () => {
      const { stdout, stderr } = await cliOk(args, 2);
      assert.equal(stderr, `error: ${message}\n`);
      assert.equal(stdout, '');
    });
  }

  test('no command at all shows the help on stderr', async () => {
    const { stdout, stderr } = await cliOk([], 2);
    assert.match(stderr, /^Usage: arrow-ckpt/);
    assert.equal(stdout, '');
  });

  test('with --json the error is a document, too', async () => {
    const unknown = await cliJson<{ error: { code: string } }>(['list', '.', '--nope'], 2);
    assert.equal(unknown.error.code, 'ERR_CKPT_UNKNOWN_OPTION');
    const missing = await cliJson<{ error: object }>(['inspect', '/no/such/file'], 3);
    assert.deepStrictEqual(missing.error, {
      code: 'ERR_CKPT_NOT_FOUND',
      message: 'cannot read /no/such/file: no such file or folder; check the path',
      path: '/no/such/file',
    });
  });
});
