/**
 * What specs import from `@jest/globals`, for a runner that keeps its modules from one run to the next, which Jest does
 * not. The expectations, mocks and timers are Jest's own.
 */
import { createRequire } from 'node:module';

const ofGlobals = createRequire(createRequire(import.meta.url).resolve('@jest/globals'));
const ofEnvironment = createRequire(ofGlobals.resolve('@jest/environment'));
const { ModuleMocker } = ofGlobals('jest-mock');
const { ModernFakeTimers } = ofEnvironment('@jest/fake-timers');

const mocker = new ModuleMocker(globalThis);
const timers = new ModernFakeTimers({
  config: { rootDir: '/', fakeTimers: {} },
  global: globalThis,
});

export const expect = ofGlobals('@jest/expect').jestExpect;

export const jest = {
  fn: (...given) => mocker.fn(...given),
  spyOn: (...given) => mocker.spyOn(...given),
  restoreAllMocks: () => mocker.restoreAllMocks(),
  clearAllMocks: () => mocker.clearAllMocks(),
  useFakeTimers: (given) => timers.useFakeTimers(given),
  useRealTimers: () => timers.useRealTimers(),
  advanceTimersByTime: (milliseconds) => timers.advanceTimersByTime(milliseconds),
  setSystemTime: (now) => timers.setSystemTime(now),
  getTimerCount: () => timers.getTimerCount(),
  setTimeout: () => {},
};

let suite = newSuite('', undefined);

/** Gives the suites and tests that were declared since it was last asked. */
export function takeDeclared() {
  const declared = suite;
  suite = newSuite('', undefined);
  return declared;
}

export function describe(title, declare) {
  const parent = suite;
  suite = newSuite(String(title), parent);
  parent.children.push(suite);
  try {
    declare();
  } finally {
    suite = parent;
  }
}

export function it(title, run) {
  suite.children.push({ title: String(title), run });
}

export const beforeAll = (run) => void suite.beforeAll.push(run);
export const afterAll = (run) => void suite.afterAll.push(run);
export const beforeEach = (run) => void suite.beforeEach.push(run);
export const afterEach = (run) => void suite.afterEach.push(run);

describe.each = (table) => eachOf(table, describe);
describe.skip = () => {};
describe.skip.each = () => () => {};
it.each = (table) => eachOf(table, it);
it.skip = () => {};
it.skip.each = () => () => {};

function eachOf(table, declare) {
  return (title, run) => {
    for (const row of table) {
      const given = Array.isArray(row) ? row : [row];
      declare(`${title} ${shorten(row)}`, () => run(...given));
    }
  };
}

function shorten(row) {
  try {
    return (JSON.stringify(row) ?? '').slice(0, 80);
  } catch {
    return '';
  }
}

function newSuite(title, parent) {
  return {
    title,
    parent,
    children: [],
    beforeAll: [],
    afterAll: [],
    beforeEach: [],
    afterEach: [],
  };
}
