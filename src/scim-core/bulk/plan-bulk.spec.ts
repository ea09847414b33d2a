import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseBulkRequest } from './parse-bulk-request.js';
import { type BulkStep, planBulk } from './plan-bulk.js';

interface Sketch {
  readonly name: string;
  /** The bulkIds that it refers to. */
  readonly to?: readonly string[];
  readonly kind?: 'user' | 'group' | 'patch' | 'broken';
}

function plan(...sketches: readonly Sketch[]): readonly BulkStep[] {
  const operations = sketches.map(({ name, to = [], kind = 'user' }) => {
    const references = to.map((bulkId) => ({ value: `bulkId:${bulkId}` }));
    if (kind === 'broken') return { method: 'GET', bulkId: name };
    if (kind === 'patch')
      return { method: 'PATCH', bulkId: name, path: '/Groups/1', data: { Operations: references } };
    return kind === 'group'
      ? { method: 'POST', bulkId: name, path: '/Groups', data: { members: references } }
      : { method: 'POST', bulkId: name, path: '/Users', data: { manager: references } };
  });
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'];
  return planBulk(parseBulkRequest({ schemas, Operations: operations }).entries);
}

const told = (steps: readonly BulkStep[]) =>
  steps.map((step) =>
    step.kind === 'alone'
      ? step.entry.bulkId
      : [step.kind, ...step.operations.map(({ bulkId }) => bulkId)],
  );

describe('planBulk', () => {
  it('keeps the order of the request where nothing refers to anything', () => {
    expect(
      told(plan({ name: 'c' }, { name: 'a', kind: 'broken' }, { name: 'b', kind: 'patch' })),
    ).toEqual(['c', 'a', 'b']);
  });

  it('B3 draws forward what is referred to, and nothing else', () => {
    const steps = plan(
      { name: 'before' },
      { name: 'group', kind: 'group', to: ['ann', 'bob'] },
      { name: 'patch', kind: 'patch', to: ['cleo'] },
      { name: 'bob', to: ['cleo'] },
      { name: 'ann' },
      { name: 'cleo' },
    );

    expect(told(steps)).toEqual(['before', 'cleo', 'bob', 'ann', 'group', 'patch']);
  });

  it('B4 lets two people refer to each other, and one to itself', () => {
    const steps = plan({ name: 'ann', to: ['bob'] }, { name: 'bob', to: ['ann'] });

    expect(told(steps)).toEqual([['together', 'ann', 'bob']]);
    expect(told(plan({ name: 'eve', to: ['eve'] }))).toEqual([['together', 'eve']]);
  });

  it('B4 gives up on groups that hold each other, or themselves', () => {
    const steps = plan(
      { name: 'a', kind: 'group', to: ['b'] },
      { name: 'b', kind: 'group', to: ['c'] },
      { name: 'c', kind: 'group', to: ['a'] },
      { name: 'd', kind: 'group', to: ['a'] },
    );

    expect(told(steps)).toEqual([['impossible', 'a', 'b', 'c'], 'd']);
    expect(told(plan({ name: 'x', kind: 'group', to: ['x'] }))).toEqual([['impossible', 'x']]);
  });

  it('B4 makes the members first, where a person refers to its group', () => {
    const steps = plan(
      { name: 'group', kind: 'group', to: ['ann'] },
      { name: 'ann', to: ['group'] },
    );

    expect(told(steps)).toEqual([['together', 'ann', 'group']]);
  });

  it('S15 takes a chain and a circle of a thousand', () => {
    const chain = Array.from({ length: 1_000 }, (_, n) => ({
      name: `${n}`,
      kind: 'group' as const,
      to: n === 999 ? [] : [`${n + 1}`],
    }));
    const circle = chain.map((one, n) => (n === 999 ? { ...one, to: ['0'] } : one));

    expect(told(plan(...chain))).toEqual(chain.map(({ name }) => name).reverse());
    expect(told(plan(...circle))).toEqual([['impossible', ...chain.map(({ name }) => name)]]);
  });

  it('tells the same circles as a slow and obvious search, and breaks no dependency', () => {
    const names = fc.integer({ min: 0, max: 7 }).map(String);
    const sketch = fc.record({
      kind: fc.constantFrom('user' as const, 'group' as const),
      to: fc.uniqueArray(names, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(sketch, { minLength: 1, maxLength: 8 }), (drafts) => {
        const sketches = drafts.map((draft, n) => ({ ...draft, name: String(n) }));
        const steps = plan(...sketches);
        const strict = sketches.filter(({ kind }) => kind === 'group');
        const isImpossible = (name: string) =>
          together(sketches, name).some((one) =>
            reaches(strict, one, one, together(sketches, name)),
          );

        const place = new Map(
          steps.flatMap((step, at) => namesIn(step).map((name) => [name, at] as const)),
        );
        expect(place.size).toBe(sketches.length);
        for (const step of steps) {
          for (const name of namesIn(step)) {
            expect([name, step.kind === 'impossible']).toEqual([name, isImpossible(name)]);
            expect(namesIn(step).sort()).toEqual(together(sketches, name).sort());
          }
        }
        for (const { name, to } of sketches) {
          for (const one of to) {
            const [before = -1, after = -1] = [place.get(one) ?? -1, place.get(name)];
            expect(before).toBeLessThanOrEqual(after);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

function namesIn(step: BulkStep): string[] {
  const entries = step.kind === 'alone' ? [step.entry] : step.operations;
  return entries.flatMap(({ bulkId }) => bulkId ?? []);
}

/** Whether one gets from a name to another along references, all of them between the given names. */
function reaches(
  sketches: readonly Sketch[],
  from: string,
  goal: string,
  among?: readonly string[],
): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const next of sketches.find((one) => one.name === name)?.to ?? []) {
      if (among && !among.includes(next)) continue;
      if (next === goal) return true;
      if (!seen.has(next)) open.push(next);
      seen.add(next);
    }
  }
  return false;
}

/** The names that refer to this one and that it refers to, itself among them. */
function together(sketches: readonly Sketch[], name: string): string[] {
  return sketches
    .map((one) => one.name)
    .filter(
      (other) =>
        other === name || (reaches(sketches, name, other) && reaches(sketches, other, name)),
    );
}
