/**
 * Runs blocks of specs (a block is a `describe` at the top of a spec) as often as it is told to, in a process whose
 * modules stay loaded, with one mutant on or none. It tells its parent what each block reached, or the first failure.
 */
import { performance } from 'node:perf_hooks';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { switchName } from './mutants.js';
import { jest, takeDeclared } from './test-globals.js';

/** A mutant that asks this much more often than all tests together do without it is in an endless loop. */
const asksFactor = 20;
const asksMin = 200_000;
const testTimeMinMs = 8_000;
const testTimeFactor = 20;

/** Specs may put timers of their own in place of these. */
const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis;

const folder = process.argv[2];
const blocksOf = new Map();

let active = -1;
let reached = new Set();
let asks = 0;
let asksMax = Infinity;
let strayError;

globalThis[switchName] = (id) => {
  reached.add(id);
  asks += 1;
  if (asks > asksMax) throw new Error('An endless loop.');
  return id === active;
};

class Timeout extends Error {}

process.on('uncaughtException', (error) => (strayError ??= error));
process.on('unhandledRejection', (error) => (strayError ??= error));
process.on('message', (message) => void answer(message));
process.once('disconnect', () => process.exit());

async function answer(message) {
  try {
    process.send(message.kind === 'survey' ? await survey(message) : await tryMutant(message));
  } catch (error) {
    process.send({ kind: 'broken', text: String(error?.stack ?? error) });
  }
}

/**
 * Runs a spec twice without a mutant, the second time from its last test to its first: what passes both ways may be run in
 * parts. What is reached while the modules load is told apart.
 */
async function survey({ spec }) {
  reached = new Set();
  const blocks = await load(spec);
  const loading = [...reached];
  const surveys = [];
  for (const [index, block] of blocks.entries()) {
    const there = await surveyBlock(spec, index, block);
    const back = await surveyBlock(spec, index, block, { isReversed: true });
    const isWhole = back.failure !== undefined;
    const again = isWhole ? await surveyBlock(spec, index, block) : there;
    surveys.push({
      ...again,
      isWhole,
      reached: [...new Set([...there.reached, ...again.reached])],
    });
  }
  return { kind: 'surveyed', loading, blocks: surveys };
}

async function surveyBlock(spec, index, block, order = {}) {
  reached = new Set();
  asks = 0;
  strayError = undefined;
  const started = performance.now();
  const tests = [];
  const failure = await runBlock(block, {
    ...order,
    onTest: (path, set) => tests.push({ path, set }),
  });
  if (failure !== undefined)
    return { title: block.title, reached: [], failure: String(failure?.stack ?? failure) };
  const hooks = [...reached];
  for (const { set } of tests) for (const id of set) reached.add(id);
  return {
    spec,
    index,
    title: block.title,
    ms: performance.now() - started,
    asks,
    reached: [...reached],
    hooks,
    tests: tests.map(({ path, set }) => ({ path, reached: [...set] })),
  };
}

/**
 * Runs the blocks with the mutant on, until one fails: of each the tests that reach the mutant, or all when one test of it
 * needs what another leaves behind.
 */
async function tryMutant({ mutant, blocks, isLoadedWithIt }) {
  if (!isLoadedWithIt) for (const { spec } of blocks) await load(spec);
  active = mutant;
  strayError = undefined;
  let failure;
  try {
    for (const { spec, index, asks: asksBefore, ms, only } of blocks) {
      asks = 0;
      asksMax = asksMin + asksFactor * asksBefore;
      const block = (await load(spec))[index];
      if (block === undefined) throw new Error('The spec has not the same tests any more.');
      failure = await runBlock(block, {
        only: only === undefined ? undefined : new Set(only),
        testTimeMs: testTimeMinMs + testTimeFactor * ms,
      });
      if (failure !== undefined) break;
    }
  } catch (error) {
    failure = error;
  }
  active = -1;
  asksMax = Infinity;
  return {
    kind: 'tried',
    mutant,
    isKilled: failure !== undefined,
    by: failure === undefined ? undefined : String(failure.message ?? failure).slice(0, 300),
    // What a test left behind that never ended may reach into the next one's run.
    isSpent: failure instanceof Timeout || isLoadedWithIt,
  };
}

async function load(spec) {
  // As Jest does before the specs of the system: what starts without an application would log through Nest's console.
  if (spec.startsWith('test/')) await importCompiled('test/support/nest-log.setup.ts');
  const known = blocksOf.get(spec);
  if (known !== undefined) return known;
  takeDeclared();
  await importCompiled(spec);
  const blocks = toBlocks(takeDeclared());
  blocksOf.set(spec, blocks);
  return blocks;
}

async function importCompiled(file) {
  await import(pathToFileURL(join(folder, file.replace(/\.ts$/, '.js'))).href);
}

/** A spec without a `describe` around all of it is one block. */
function toBlocks(root) {
  const isPlain = [root.beforeAll, root.afterAll, root.beforeEach, root.afterEach].every(
    (hooks) => hooks.length === 0,
  );
  return isPlain && root.children.every((child) => child.run === undefined)
    ? root.children
    : [root];
}

/** The first failure, or undefined. What was set up is always put away. */
async function runBlock(block, options) {
  const failure = await runSuite(block, '', { testTimeMs: 120_000, ...options });
  jest.restoreAllMocks();
  jest.useRealTimers();
  await new Promise((resolve) => setImmediate(resolve));
  return failure ?? strayError;
}

async function runSuite(suite, path, options) {
  const children = suite.children
    .map((child, index) => ({ child, path: `${path}/${index}` }))
    .filter((entry) => isWanted(entry, options.only));
  if (children.length === 0) return undefined;
  if (options.isReversed) children.reverse();
  let failure = await firstFailure(suite.beforeAll, options);
  for (const { child, path: childPath } of children) {
    if (failure !== undefined) break;
    failure =
      child.run === undefined
        ? await runSuite(child, childPath, options)
        : await runTest(child, suite, childPath, options);
  }
  const atEnd = await firstFailure(suite.afterAll.toReversed(), options);
  return failure ?? atEnd;
}

function isWanted({ path }, only) {
  if (only === undefined) return true;
  return [...only].some((wanted) => wanted === path || wanted.startsWith(`${path}/`));
}

async function runTest(test, suite, path, options) {
  const outer = reached;
  reached = new Set();
  const around = [];
  for (let one = suite; one !== undefined; one = one.parent) around.unshift(one);
  let failure = await firstFailure(
    around.flatMap(({ beforeEach }) => beforeEach),
    options,
  );
  failure ??= await firstFailure([test.run], options);
  const atEnd = await firstFailure(
    around.toReversed().flatMap(({ afterEach }) => afterEach.toReversed()),
    options,
  );
  options.onTest?.(path, reached);
  if (options.onTest === undefined) for (const id of reached) outer.add(id);
  reached = outer;
  return failure ?? atEnd ?? strayError;
}

async function firstFailure(functions, { testTimeMs }) {
  for (const run of functions) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = realSetTimeout(() => reject(new Timeout('It takes too long.')), testTimeMs);
    });
    try {
      await Promise.race([run(), late]);
    } catch (error) {
      return error ?? new Error('Nothing was thrown.');
    } finally {
      realClearTimeout(timer);
    }
  }
  return undefined;
}
