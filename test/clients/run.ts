import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { clients, type OutsideClient } from './clients.js';
import { runProgram } from './program.js';
import { describe, exitCodes, judge, type Outcome, sumUp } from './score.js';
import { startTarget } from './target.js';
import { findMissing } from './toolchain.js';

/**
 * Drives the built server with libraries that others wrote: `npm run clients -- [names] [--list]`. Ends with 0 when all
 * passed, 1 when a check failed, 2 for a wrong call, 3 when nothing failed but a client was skipped.
 */

/** The first build of a Java client fetches some hundred files. */
const prepareTimeoutMs = 15 * 60_000;
const runTimeoutMs = 5 * 60_000;

class WrongCall extends Error {}

async function main(): Promise<number> {
  const chosen = readArguments();
  if (chosen === undefined) {
    for (const { name, library } of clients) print(`${name.padEnd(24)}${library}`);
    return exitCodes.passed;
  }
  await build();
  const outcomes = new Map<string, Outcome>();
  for (const client of chosen) outcomes.set(client.name, await tryClient(client));
  print('');
  for (const [name, outcome] of outcomes) print(`${name.padEnd(24)}${describe(outcome)}`);
  const { line, exitCode } = sumUp([...outcomes.values()]);
  print(line);
  return exitCode;
}

/** Nothing when the list is wanted. */
function readArguments(): readonly OutsideClient[] | undefined {
  const { values, positionals } = parse();
  if (values.list === true) return undefined;
  const unknown = positionals.find((name) => clients.every((client) => client.name !== name));
  if (unknown !== undefined)
    throw new WrongCall(`There is no client ${unknown}: npm run clients -- --list names them.`);
  return positionals.length === 0
    ? clients
    : clients.filter(({ name }) => positionals.includes(name));
}

function parse() {
  try {
    return parseArgs({ allowPositionals: true, options: { list: { type: 'boolean' } } });
  } catch (error) {
    throw new WrongCall(error instanceof Error ? error.message : String(error));
  }
}

async function build(): Promise<void> {
  const { exitCode, out, error } = await runProgram('npm', ['run', '--silent', 'build'], {
    variables: {},
    timeoutMs: prepareTimeoutMs,
  });
  if (exitCode !== 0) throw new Error(`The build failed:\n${out}${error}`);
}

async function tryClient(client: OutsideClient): Promise<Outcome> {
  print(`\n${client.name}: ${client.library}`);
  const outcome = await prepareAndRun(client);
  if (outcome.kind !== 'ran') print(describe(outcome));
  return outcome;
}

async function prepareAndRun(client: OutsideClient): Promise<Outcome> {
  const missing = findMissing(client.toolchains);
  if (missing !== undefined) return { kind: 'skipped', missing };
  await mkdir(join('.tmp/clients', client.name), { recursive: true });
  for (const { program, args, cwd, variables = {} } of client.prepare) {
    const options = { variables, cwd, timeoutMs: prepareTimeoutMs };
    const { exitCode, out, error } = await runProgram(program, args, options);
    if (exitCode === 0) continue;
    print(`${out}${error}`);
    return { kind: 'broken', reason: `${program} ${args[0]} ended with ${exitCode ?? 'a signal'}` };
  }
  return runAgainstServer(client);
}

/** Each client has a server of its own, so that its totals are its own and no order of clients matters. */
async function runAgainstServer({ run }: OutsideClient): Promise<Outcome> {
  const dataDir = await mkdtemp(join(tmpdir(), 'rollcall-clients-'));
  try {
    const target = await startTarget(dataDir);
    try {
      const variables = { ...run.variables, ...target.variables };
      const options = { variables, cwd: run.cwd, timeoutMs: runTimeoutMs };
      const { exitCode, out, error } = await runProgram(run.program, run.args, options);
      print(out.trimEnd());
      const outcome = judge(out, exitCode);
      if (outcome.kind === 'broken') print(error);
      return outcome;
    } finally {
      await target.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => process.exit(exitCodes.failed));

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof WrongCall)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = exitCodes.wrongCall;
}
