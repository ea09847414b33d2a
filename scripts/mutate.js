#!/usr/bin/env node
/**
 * Makes one small change after another in the code of a room and looks whether a test notices:
 * `npm run mutate -- <scim-core|tokens|auth> [--file PATH] [--sample N] [--seed N] [--seconds N] [--workers 1|2]`.
 * PATH is a file or a folder; --verbose tells every mutant as it is tried. It works on a copy below `.tmp/`, never on the working tree.
 */
import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readImports, reachableFrom, writeCopy } from './mutate/copy.js';
import { readExplained, staleEntries } from './mutate/explained.js';
import { isSameMutant } from './mutate/mutants.js';
import { planRuns, survey } from './mutate/plan.js';
import { endAll, Worker } from './mutate/pool.js';
import { rooms } from './mutate/rooms.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const numbersMax = 2 ** 31 - 1;
const workersMax = 2;
/** So much of the mutants must be noticed, in percent; those that are explained do not count. */
const killedMin = 85;
/** A process that says nothing for this long, and this many times what the tests take, hangs. */
const answerMinMs = 30_000;
const answerFactor = 20;

const options = readOptions();
let folder;
process.once('exit', () => {
  endAll();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

try {
  process.exitCode = (await run()) ? 0 : 1;
} catch (error) {
  fail(error.message);
} finally {
  endAll();
}

async function run() {
  const entries = await readExplained();
  const sources = await listSources();
  const specs = [...sources.filter(isSpec), ...rooms.get(options.room)];
  const imports = await readImports(root, [...specs, 'test/support/nest-log.setup.ts']);
  const filesOf = memoized((spec) => reachableFrom(imports, spec));
  const underTest = new Set(sources.filter(isUnderTest));
  if (underTest.size === 0) throw new Error(`No file to mutate below ${options.path}`);
  const relevant = specs.filter((spec) => [...underTest].some((file) => filesOf(spec).has(file)));

  const files = [...imports.keys(), ...underTest];
  const copy = await writeCopy(root, new Set(files), (file) => underTest.has(file));
  folder = copy.folder;
  await mkdir(join(folder, 'run'));
  const chosen = shuffled(copy.mutants, options.seed).slice(0, options.sample);
  say(`${chosen.length} of ${copy.mutants.length} mutants of ${options.path}`);
  say(`Once more: --seed ${options.seed}`);

  const workers = Array.from({ length: options.workers }, newWorker);
  const surveys = await survey(workers, relevant);
  if (options.isVerbose)
    for (const { spec, blocks } of surveys)
      for (const { ms, title } of blocks) say(`${Math.round(ms)} ms  ${spec}  ${title}`);
  const plans = planRuns(chosen, surveys, filesOf);
  const outcomes = await tryAll(workers, chosen, plans);
  return report(copy.mutants, chosen, outcomes, entries, plans);
}

async function tryAll(workers, chosen, plans) {
  const end = performance.now() + options.seconds * 1000;
  const outcomes = new Map();
  const waiting = [...chosen];
  await Promise.all(
    workers.map(async (worker) => {
      while (waiting.length > 0 && performance.now() < end) {
        const mutant = waiting.shift();
        const isKilled = await tryOne(worker, mutant, plans.get(mutant.id));
        outcomes.set(mutant.id, isKilled);
        if (options.isVerbose) say(`${isKilled ? 'killed' : 'SURVIVED'} ${describe(mutant)}`);
      }
    }),
  );
  return outcomes;
}

async function tryOne(worker, { id }, { blocks, ms, isLoadedWithIt }) {
  if (blocks.length === 0) return false;
  // Constants are made once, so a mutant of one needs a process that has loaded nothing yet.
  const answer = await (isLoadedWithIt ? newWorker() : worker).ask(
    { kind: 'try', mutant: id, blocks, isLoadedWithIt },
    answerMinMs + answerFactor * ms,
  );
  if (answer?.kind === 'broken') throw new Error(answer.text);
  return answer === undefined || answer.isKilled;
}

function report(mutants, chosen, outcomes, entries, plans) {
  const isExplained = (mutant) => entries.some((entry) => isSameMutant(mutant, entry));
  const tried = chosen.filter(({ id }) => outcomes.has(id));
  const left = tried.filter(({ id }) => !outcomes.get(id));
  const survivors = left.filter((mutant) => !isExplained(mutant)).sort((a, b) => a.id - b.id);
  for (const mutant of survivors) {
    say(
      `\n${mutant.file}:${mutant.line}${plans.get(mutant.id).blocks.length ? '' : ' (no test reaches it)'}`,
    );
    say(`  in        ${mutant.in}`);
    say(`  original  ${mutant.original}`);
    say(`  mutant    ${mutant.mutant || '(removed)'}`);
  }
  const stale = staleEntries(entries, mutants, outcomes);
  for (const entry of stale)
    say(`\nexplained.json: no survivor is ${entry.file}, ${entry.original} to ${entry.mutant}`);
  const untried = chosen.length - tried.length;
  if (untried > 0) say(`\n${untried} mutants were not tried in ${options.seconds} seconds.`);

  const killed = tried.length - left.length;
  const counted = killed + survivors.length;
  if (tried.length === 0) throw new Error('No mutant was tried.');
  const percent = counted === 0 ? 100 : (killed / counted) * 100;
  const explained = left.length - survivors.length;
  say(
    `\n${killed} killed, ${survivors.length} survived, ${explained} explained (${percent.toFixed(1)} %)`,
  );
  return percent >= killedMin && stale.length === 0;
}

function describe({ file, line, original, mutant }) {
  return `${file}:${line}  ${original}  →  ${mutant || '(removed)'}`;
}

async function listSources() {
  const found = await readdir(join(root, 'src'), { recursive: true });
  return found
    .map((name) => `src/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .sort();
}

function isSpec(file) {
  return file.endsWith('.spec.ts');
}

function isUnderTest(file) {
  const isInPath = file === options.path || file.startsWith(`${options.path}/`);
  return isInPath && file.startsWith(`src/${options.room}/`) && !isSpec(file);
}

function newWorker() {
  return new Worker(folder, {
    ...process.env,
    TEST_RUN_FOLDER: join(folder, 'run'),
    ROLLCALL_TEST_DATABASES: 'sqlite',
  });
}

function memoized(read) {
  const known = new Map();
  return (key) => {
    if (!known.has(key)) known.set(key, read(key));
    return known.get(key);
  };
}

/** In an order that the seed decides, so that a sample or a run cut short is a fair one. */
function shuffled(items, seed) {
  const mixed = [...items];
  let state = seed;
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other], mixed[last]];
  }
  return mixed;
}

function readOptions() {
  const { values, positionals } = readArguments();
  const [room, ...more] = positionals;
  if (!rooms.has(room) || more.length > 0)
    fail(`Name one of these rooms: ${[...rooms.keys()].join(', ')}.`);
  const workers = readNumber('workers', values.workers);
  if (workers > workersMax) fail(`--workers must be at most ${workersMax}.`);
  return {
    room,
    path: (values.file ?? `src/${room}`).replace(/\/$/, ''),
    sample: readNumber('sample', values.sample),
    seed: readNumber('seed', values.seed ?? String(randomInt(numbersMax))),
    seconds: readNumber('seconds', values.seconds),
    workers,
    isVerbose: values.verbose,
  };
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        file: { type: 'string' },
        sample: { type: 'string', default: String(numbersMax) },
        seed: { type: 'string' },
        seconds: { type: 'string', default: '3600' },
        workers: { type: 'string', default: String(workersMax) },
        verbose: { type: 'boolean', default: false },
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

function say(line) {
  process.stdout.write(`${line}\n`);
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
