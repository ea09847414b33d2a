#!/usr/bin/env node
/**
 * Tries an installation as a newcomer has it: `npm run smoke:install -- <node> <npm> [--whole] [--keep]`, for example
 * `20.20.2 10`. Takes Node and npm of these versions from the registry, clones what is committed in this checkout into
 * an empty folder, runs `npm run quickstart` there until it answers, then `npm ci` and the first part of `npm test`
 * (`--whole`: all of `npm cit`). Ends with one line, `ok …` or `failed …`, and the exit code 0 or 1.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A slow machine that compiles SQLite takes minutes; one that hangs must not take for ever. */
const stepTimeoutMs = 20 * 60_000;
const wholeTimeoutMs = 90 * 60_000;
const stopTimeoutMs = 30_000;
const pauseMs = 200;

/** Of a step that failed, these are the last lines that are shown. */
const shownLines = 60;

/** It starts the embedded PostgreSQL and uses both databases. */
const firstSpec = 'test/storage/tenant\\.service';

const isWindows = process.platform === 'win32';
const { node, npm, isWhole, isKept } = readArguments();
const folder = mkdtempSync(join(tmpdir(), 'rollcall-smoke-'));
const [tools, clone] = [join(folder, 'tools'), join(folder, 'clone')];
const bin = join(tools, 'node_modules', '.bin');
const environment = newcomersEnvironment();
const running = new Set();

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => void end('failed', 'it was interrupted'));
try {
  await end('ok', await tryInstallation());
} catch (error) {
  await end('failed', error instanceof Error ? error.message : String(error));
}

async function tryInstallation() {
  // PostgreSQL refuses to run as root, and then has a user of its own, who must reach its program in here.
  chmodSync(folder, 0o755);
  const versions = await getTools();
  await step('git clone', 'git', ['clone', '--quiet', root, clone], { cwd: folder });
  const status = await tryQuickstart();
  if (isWhole) await step('npm cit', 'npm', ['cit'], { timeoutMs: wholeTimeoutMs });
  else await tryFirstTests();
  const tests = isWhole ? 'npm cit passed' : 'sqlite3 loads, the first spec passed';
  return `${versions}: quickstart answered ${status}, ${tests}`;
}

/** Installs Node and npm for this run alone: their folder is the first in the path. */
async function getTools() {
  mkdirSync(tools);
  // Node's package fetches the program for this machine by an install script, which newer npm run by leave only.
  const manifest = { private: true, allowScripts: { node: true } };
  writeFileSync(join(tools, 'package.json'), JSON.stringify(manifest));
  const packages = [`node@${node}`, `npm@${npm}`];
  await step(`npm install ${packages.join(' ')}`, 'npm', ['install', ...packages], { cwd: tools });
  const versions = [];
  for (const [name, asked] of Object.entries({ node, npm })) {
    const version = await step(`${name} --version`, name, ['--version'], { cwd: tools });
    const found = version.trim().replace(/^v/, '');
    if (!`${found}.`.startsWith(`${asked}.`))
      throw new Error(`${name} ${asked} was asked for, and ${found} runs`);
    versions.push(`${name} ${found}`);
  }
  return versions.join(', ');
}

/** Lets quickstart install, build and start in the empty clone, and asks it with the token that it made. */
async function tryQuickstart() {
  const server = start('npm run quickstart', 'npm', ['run', 'quickstart'], {
    variables: { PORT: '0', HOST: '127.0.0.1' },
  });
  await until(server, () => server.out.includes('Stop with Ctrl+C'));
  if (/npm (?:warn|error) (?:EBADENGINE|install-scripts)/i.test(server.out))
    throw failure(server, 'npm warned of engines or install scripts');
  const values = JSON.parse(readFileSync(join(clone, 'data', 'quickstart.json'), 'utf8'));
  const url = `${values.scimBaseUrl}/Users`;
  const good = await fetch(url, { headers: { authorization: `Bearer ${values.bearerToken}` } });
  const bad = await fetch(url);
  if (good.status !== 200 || bad.status !== 401)
    throw failure(server, `it answered ${good.status} with its token, ${bad.status} without`);
  await stop(server);
  return good.status;
}

/** The beginning of `npm cit`: the installation, the build, and one spec that needs all of it. */
async function tryFirstTests() {
  await step('npm ci', 'npm', ['ci']);
  await step('import sqlite3', 'node', ['--input-type=module', '--eval', 'import "sqlite3";']);
  await step('npm run build', 'npm', ['run', 'build']);
  const pattern = ['--testPathPatterns', firstSpec, '--maxWorkers=1'];
  await step(`npm run system ${firstSpec}`, 'npm', ['run', 'system', '--', ...pattern]);
}

/**
 * Runs a program to its end.
 * @returns what it wrote
 */
async function step(name, program, args, { timeoutMs = stepTimeoutMs, ...options } = {}) {
  const started = start(name, program, args, options);
  await until(started, () => started.isEnded, timeoutMs);
  if (started.code !== 0) throw failure(started, `it ended with ${started.code}`);
  return started.out;
}

/** Starts a program in a process group of its own, so that what it starts itself is stopped with it. */
function start(name, program, args, { cwd = clone, variables = {} } = {}) {
  process.stdout.write(`${name} …\n`);
  const child = spawn(program, args, {
    cwd,
    env: { ...environment, ...variables },
    detached: !isWindows,
    shell: isWindows,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const started = { name, child, out: '', isEnded: false, code: undefined };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (started.out += text));
  const ended = (code) => {
    Object.assign(started, { isEnded: true, code: started.code ?? code });
    running.delete(started);
  };
  child.once('error', (error) => ended(error.message));
  child.once('close', (code, signal) => ended(code ?? signal));
  running.add(started);
  return started;
}

async function until(started, condition, timeoutMs = stepTimeoutMs) {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (started.isEnded) throw failure(started, `it ended with ${started.code}`);
    if (performance.now() > deadline) throw failure(started, 'it took too long');
    await pause(pauseMs);
  }
}

/** Asks the group to end, and ends it when it does not. */
async function stop(started) {
  signal(started, 'SIGTERM');
  const deadline = performance.now() + stopTimeoutMs;
  while (!started.isEnded && performance.now() < deadline) await pause(pauseMs);
  if (!started.isEnded) signal(started, 'SIGKILL');
}

function signal({ child, isEnded }, name) {
  if (isEnded || child.pid === undefined) return;
  try {
    if (isWindows) child.kill(name);
    else process.kill(-child.pid, name);
  } catch (error) {
    // The group may end between the question and the signal.
    if (error.code !== 'ESRCH') throw error;
  }
}

function failure({ name, out }, reason) {
  process.stdout.write(`${out.trimEnd().split('\n').slice(-shownLines).join('\n')}\n`);
  return new Error(`node ${node}, npm ${npm}: ${name}: ${reason}`);
}

async function end(word, sentence) {
  await Promise.all([...running].map(stop));
  if (isKept) process.stdout.write(`Everything is kept in ${folder}\n`);
  else rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.stdout.write(`${word} ${sentence}\n`);
  process.exit(word === 'ok' ? 0 : 1);
}

/** What the shell of a newcomer has: nothing of the npm that runs this script, no settings of Rollcall. */
function newcomersEnvironment() {
  const ours =
    /^(?:ROLLCALL_|FUSIONAUTH_|NODE$|NODE_OPTIONS$|INIT_CWD$|PATH$|npm_(?!config_)|npm_config_(?:user_agent|node_gyp|npm_version|local_prefix|global_prefix|prefix|init_module)$)/i;
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name));
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((part) => !/node_modules|node-gyp-bin/.test(part));
  return { ...Object.fromEntries(kept), PATH: [bin, ...path].join(delimiter) };
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { whole: { type: 'boolean' }, keep: { type: 'boolean' } },
    });
    const [nodeVersion, npmVersion, ...more] = positionals;
    if (![nodeVersion, npmVersion].every(isVersion) || more.length > 0)
      throw new Error('Two versions are needed, such as 20.20.2 10.');
    return {
      node: nodeVersion,
      npm: npmVersion,
      isWhole: values.whole === true,
      isKept: values.keep === true,
    };
  } catch (error) {
    const usage = 'npm run smoke:install -- <node> <npm> [--whole] [--keep]';
    process.stderr.write(`${error.message} Try: ${usage}\n`);
    return process.exit(2);
  }
}

function isVersion(text) {
  return /^\d{1,3}(?:\.\d{1,4}){0,2}$/.test(text ?? '');
}
