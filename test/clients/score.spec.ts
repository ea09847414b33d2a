import { expect, it } from '@jest/globals';
import { describe as describeOutcome, judge, sumUp } from './score.js';

const good = judge('passed  a\n2 passed, 0 failed\n', 0);

it('reads the counts of the last line', () => {
  expect(good).toEqual({ kind: 'ran', score: { passed: 2, failed: 0, clientFaults: 0 } });
  expect(judge('x\n1 passed, 3 failed\n', 1)).toMatchObject({ score: { passed: 1, failed: 3 } });
});

it('reads what the client itself makes impossible apart', () => {
  const outcome = judge("1 failed by the client's own fault\n5 passed, 0 failed\n", 0);

  expect(outcome).toMatchObject({ score: { passed: 5, failed: 0, clientFaults: 1 } });
  expect(describeOutcome(outcome)).toBe("5 passed, 0 failed, 1 by the client's own fault");
});

it.each([
  ['no counts', 'Exception in thread "main"\n', 1],
  ['counts that are not at the end', '2 passed, 0 failed\nException\n', 1],
  ['nothing checked', '0 passed, 0 failed\n', 0],
  ['an exit code of failure after counts of success', '2 passed, 0 failed\n', 1],
  ['an exit code of success after counts of failure', '2 passed, 1 failed\n', 0],
  ['the end by a signal', '2 passed, 0 failed\n', null],
])('takes %s for broken', (_, out, exitCode) => {
  expect(judge(out, exitCode).kind).toBe('broken');
});

it('sums up, and takes no skipped client for a passed one', () => {
  const skipped = { kind: 'skipped', missing: 'Go' } as const;
  const broken = { kind: 'broken', reason: 'it checked nothing' } as const;

  expect(sumUp([good, good])).toEqual({ line: '4 passed, 0 failed', exitCode: 0 });
  expect(sumUp([good, skipped])).toEqual({ line: '2 passed, 0 failed, 1 skipped', exitCode: 3 });
  expect(sumUp([skipped])).toEqual({ line: '0 passed, 0 failed, 1 skipped', exitCode: 3 });
  expect(sumUp([good, broken, skipped])).toEqual({
    line: '2 passed, 1 failed, 1 skipped',
    exitCode: 1,
  });
});
