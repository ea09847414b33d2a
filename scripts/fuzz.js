#!/usr/bin/env node
/**
 * Runs the properties of `npm test` with many more cases from another seed, for a bounded time:
 * `npm run fuzz -- [filters|patches|member-deltas] [--cases N] [--seconds N] [--seed N]`. It speaks to nothing but loopback.
 */
import { randomInt } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const properties = ['filters', 'patches', 'member-deltas'];
const numbersMax = 2 ** 31 - 1;

const { values, positionals } = readArguments();
const [chosen, ...more] = positionals;
if (more.length > 0 || (chosen !== undefined && !properties.includes(chosen)))
  fail(`There are these properties: ${properties.join(', ')}.`);

const seed = readNumber('seed', values.seed ?? String(randomInt(numbersMax)));
const cases = readNumber('cases', values.cases);
const seconds = readNumber('seconds', values.seconds);
process.stdout.write(
  `At most ${cases} cases and ${seconds} seconds of each property. Once more: --seed ${seed}\n`,
);

const pattern = `test/properties/(${chosen ?? properties.join('|')})\\.spec`;
const { status } = spawnSync(
  'npm',
  ['run', '--silent', 'system', '--', '--testPathPatterns', pattern],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      FUZZ_CASES: String(cases),
      FUZZ_SECONDS: String(seconds),
      FUZZ_SEED: String(seed),
    },
    shell: process.platform === 'win32',
  },
);
process.exit(status ?? 1);

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        cases: { type: 'string', default: '1000000' },
        seconds: { type: 'string', default: '3600' },
        seed: { type: 'string' },
      },
    });
  } catch (error) {
    return fail(error.message);
  }
}

function readNumber(name, text) {
  const number = Number(text);
  if (!/^\d{1,10}$/.test(text) || number > numbersMax || (number === 0 && name !== 'seed'))
    fail(`--${name} must be a whole number of at most ${numbersMax}.`);
  return number;
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
