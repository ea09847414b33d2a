#!/usr/bin/env node
/**
 * Kills the built server many times in the midst of writes, and compares what is there with what it answered:
 * `npm run faults -- [--kills N] [--database sqlite|postgres] [--seed N]`. It speaks to nothing but loopback, and ends
 * with `N passed, N failed`, where each kill counts as one.
 */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const databases = ['sqlite', 'postgres'];
const numbersMax = 2 ** 31 - 1;

const values = readArguments();
const chosen = values.database;
if (chosen !== undefined && !databases.includes(chosen))
  fail(`--database must be one of: ${databases.join(', ')}.`);
const kills = readNumber('kills', values.kills);
const seed = readNumber('seed', values.seed ?? String(randomInt(numbersMax)));
process.stdout.write(`${kills} kills on ${chosen ?? databases.join(' and ')}. Seed ${seed}\n`);

const folder = mkdtempSync(join(tmpdir(), 'rollcall-faults-'));
try {
  process.exitCode = run(join(folder, 'result.json'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(result) {
  const pattern = `test/faults/kills-(${chosen ?? databases.join('|')})\\.spec`;
  spawnSync(
    'npm',
    [
      ...['run', '--silent', 'system', '--', '--testPathPatterns', pattern],
      ...['--json', '--outputFile', result],
    ],
    {
      cwd: root,
      // The results go to the file; what is told of each kill, to the terminal.
      stdio: ['inherit', 'ignore', 'inherit'],
      env: { ...process.env, FAULT_KILLS: String(kills), FAULT_SEED: String(seed) },
      shell: process.platform === 'win32',
    },
  );
  const { passed, failed } = readResult(result);
  process.stdout.write(`Seed ${seed}\n${passed} passed, ${failed} failed\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

/** Without a result nothing was tried, which is a failure. */
function readResult(result) {
  try {
    const read = JSON.parse(readFileSync(result, 'utf8'));
    return {
      passed: read.numPassedTests,
      failed: read.numFailedTests + read.numRuntimeErrorTestSuites,
    };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function readArguments() {
  try {
    const options = {
      kills: { type: 'string', default: '500' },
      database: { type: 'string' },
      seed: { type: 'string' },
    };
    return parseArgs({ options }).values;
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
