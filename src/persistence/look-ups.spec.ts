import { describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type Lend, LookUps, type Perform } from './look-ups.js';
import { limitSql } from './limit-sql.js';
import type { PrintedSql } from './sql.js';
import { sql } from './sql.js';

/** What the statement says that names the person with that number. */
const named = (pk: number) => sql`select pk, name from people where pk = ${pk}`;
const rowOf = (pk: unknown) => ({ pk, name: `person ${String(pk)}` });

/** A database with one connection and everybody in it, which counts what it is handed. */
class People {
  readonly handed: PrintedSql[] = [];
  /** What a statement fails with. */
  failure: (printed: PrintedSql) => Error | undefined = () => undefined;
  readonly lent = jest.fn();
  private line: Promise<unknown> = Promise.resolve();

  readonly lend: Lend = (work) => {
    const turn = this.line.then(() => {
      this.lent();
      return work(this.perform);
    });
    this.line = turn.catch(() => undefined);
    return turn;
  };

  /** Has the connection be busy until the returned function is called. */
  hold(): () => void {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    this.line = this.line.then(() => held);
    return release;
  }

  private readonly perform: Perform = async (printed) => {
    this.handed.push(printed);
    await Promise.resolve();
    const error = this.failure(printed);
    if (error) throw error;
    const [first] = printed.values;
    if (printed.text.includes('left join')) return [rowOf(null)];
    if (typeof first !== 'string' || !first.startsWith('[')) return [rowOf(first)];
    const asked: unknown[][] = JSON.parse(first);
    return asked.map(([pk]) => ({ found: JSON.stringify([rowOf(pk)]) }));
  };
}

/** Look-ups that have met `named` often enough. */
async function someLookUps() {
  const people = new People();
  const lookUps = new LookUps('sqlite', people.lend);
  await lookUps.run(named(0));
  await lookUps.run(named(0));
  people.handed.length = 0;
  people.lent.mockClear();
  return { people, lookUps };
}

const many = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

function databaseBusy(): Error {
  return Object.assign(new Error('the database is locked'), { code: 'SQLITE_BUSY' });
}

describe('look-ups', () => {
  it('go over as one statement when they come together, and each is given its own rows', async () => {
    const { people, lookUps } = await someLookUps();

    const found = await Promise.all(many(5).map((pk) => lookUps.run(named(pk))));

    expect(found).toEqual(many(5).map((pk) => [rowOf(pk)]));
    expect(people.handed).toHaveLength(1);
    expect(people.handed[0]?.values).toEqual([JSON.stringify(many(5).map((pk) => [pk]))]);
  });

  it('asks for the columns once, when a text comes again', async () => {
    const people = new People();
    const lookUps = new LookUps('sqlite', people.lend);

    for (const pk of many(3)) expect(await lookUps.run(named(pk))).toEqual([rowOf(pk)]);

    expect(
      people.handed.map(({ text, values: [value] }) => [text.includes('left join'), value]),
    ).toEqual([
      [false, 1],
      [true, 2],
      [false, '[[2]]'],
      [false, '[[3]]'],
    ]);
  });

  it('asks for the columns at once, when several come together', async () => {
    const people = new People();
    const lookUps = new LookUps('sqlite', people.lend);

    const found = await Promise.all(many(5).map((pk) => lookUps.run(named(pk))));

    expect(found).toEqual(many(5).map((pk) => [rowOf(pk)]));
    expect(people.handed).toHaveLength(2);
  });

  it('gives up the form that was longest unused', async () => {
    const { people, lookUps } = await someLookUps();
    const other = (index: number) => sql`${named(0)} and ${sql.raw(String(index))} = 0`;
    for (const index of many(299)) await lookUps.run(other(index));
    await lookUps.run(named(0));
    await lookUps.run(other(300));
    people.handed.length = 0;

    await lookUps.run(named(7));
    await lookUps.run(other(1));

    expect(people.handed.map(({ values: [value] }) => value)).toEqual(['[[7]]', 0]);
  });

  it('has no more characters in one statement than a few ids have', async () => {
    const { people, lookUps } = await someLookUps();
    const ids = (first: number) =>
      sql`select pk, name from people where pk = ${first} and id in (${'x'.repeat(1_500)})`;
    await Promise.all(many(2).map((pk) => lookUps.run(ids(pk))));
    people.handed.length = 0;

    await Promise.all(many(5).map((pk) => lookUps.run(ids(pk))));

    expect(people.handed.map(({ values: [asked] }) => JSON.parse(String(asked)).length)).toEqual([
      2, 2, 1,
    ]);
  });

  it('lets others join while no connection is free', async () => {
    const { people, lookUps } = await someLookUps();
    const release = people.hold();

    const early = lookUps.run(named(1));
    await new Promise((resolve) => setImmediate(resolve));
    const late = lookUps.run(named(2));
    release();

    expect(await Promise.all([early, late])).toEqual([[rowOf(1)], [rowOf(2)]]);
    expect(people.handed).toHaveLength(1);
  });

  it('has no more than sixteen in one statement', async () => {
    const { people, lookUps } = await someLookUps();

    const found = await Promise.all(many(40).map((pk) => lookUps.run(named(pk))));

    expect(found).toEqual(many(40).map((pk) => [rowOf(pk)]));
    expect(people.handed.map(({ values: [asked] }) => JSON.parse(String(asked)).length)).toEqual([
      16, 16, 8,
    ]);
  });

  it.each([
    [100, [16, 4]],
    [500, [4, 4, 4, 4, 4]],
    [5_000, many(20).map(() => 1)],
  ])('has the fewer in one statement the more rows they want: %i', async (limit, sizes) => {
    const { people, lookUps } = await someLookUps();
    const page = (pk: number) => sql`${named(pk)} ${limitSql(limit, 0, 'sqlite')}`;
    await lookUps.run(page(0));
    await lookUps.run(page(0));
    people.handed.length = 0;

    await Promise.all(many(20).map((pk) => lookUps.run(page(pk))));

    expect(people.handed.map(({ values: [asked] }) => JSON.parse(String(asked)).length)).toEqual(
      sizes,
    );
    expect(people.handed.every(({ values }) => values[1] === limit)).toBe(true);
  });

  it('keeps those apart that want other numbers of rows, or say something else', async () => {
    const { people, lookUps } = await someLookUps();
    const statements = [
      named(1),
      sql`${named(2)} ${limitSql(1, 0, 'sqlite')}`,
      sql`${named(3)} ${limitSql(2, 0, 'sqlite')}`,
      sql`${named(4)} and 1 = 1`,
    ];

    const found = await Promise.all(statements.map((statement) => lookUps.run(statement)));

    expect(found).toEqual(many(4).map((pk) => [rowOf(pk)]));
    const handed = people.handed.filter(({ text }) => !text.includes('left join'));
    expect(handed.map(({ values }) => values)).toEqual([['[[1]]'], [2, 1], ['[[3]]', 2], [4]]);
  });

  it.each(['a\0b', 'a\ud800b', NaN, Infinity])(
    'runs by itself what no document holds: %j',
    async (value) => {
      const { people, lookUps } = await someLookUps();
      const odd = sql`select pk, name from people where pk = ${value}`;

      const [found] = await Promise.all([lookUps.run(odd), lookUps.run(named(1))]);

      expect(found).toEqual([rowOf(value)]);
      expect(people.handed).toContainEqual(odd.print('sqlite'));
    },
  );

  it('runs each by itself when the whole fails, and only those fail that do so alone', async () => {
    const { people, lookUps } = await someLookUps();
    const fault = new Error('malformed');
    people.failure = ({ values: [value] }) =>
      typeof value === 'string' || value === 2 ? fault : undefined;

    const found = await Promise.allSettled(many(3).map((pk) => lookUps.run(named(pk))));

    expect(found).toEqual([
      { status: 'fulfilled', value: [rowOf(1)] },
      { status: 'rejected', reason: fault },
      { status: 'fulfilled', value: [rowOf(3)] },
    ]);
  });

  it('are kept apart from then on when the statement for many fails of itself', async () => {
    const { people, lookUps } = await someLookUps();
    const log = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    people.failure = ({ values: [value] }) =>
      typeof value === 'string' ? new Error('no such function') : undefined;

    const ask = () => Promise.all(many(3).map((pk) => lookUps.run(named(pk))));
    expect(await ask()).toEqual(many(3).map((pk) => [rowOf(pk)]));
    people.handed.length = 0;

    expect(await ask()).toEqual(many(3).map((pk) => [rowOf(pk)]));
    expect(people.handed.map(({ values: [value] }) => value)).toEqual(many(3));
    expect(log).toHaveBeenCalledTimes(1);
    log.mockRestore();
  });

  it('do not fail of one that takes too long', async () => {
    const { people, lookUps } = await someLookUps();
    const cutShort = Object.assign(new Error('canceling statement due to statement timeout'), {
      code: '57014',
    });
    people.failure = ({ values: [value] }) =>
      typeof value === 'string' || value === 2 ? cutShort : undefined;

    const ask = () => Promise.allSettled(many(3).map((pk) => lookUps.run(named(pk))));
    expect((await ask()).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);

    people.failure = () => undefined;
    people.handed.length = 0;
    await ask();
    expect(people.handed).toHaveLength(1);
  });

  it('tells all of them that the database is away, and does not ask it for each', async () => {
    const { people, lookUps } = await someLookUps();
    people.failure = databaseBusy;

    const found = await Promise.allSettled(many(3).map((pk) => lookUps.run(named(pk))));

    expect(found.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(people.handed).toHaveLength(1);
  });

  it('passes on that there is no connection, and is as before when there is one', async () => {
    const people = new People();
    let isOpen = false;
    const closed = new Error('closed');
    const lookUps = new LookUps('sqlite', (work) =>
      isOpen ? people.lend(work) : Promise.reject(closed),
    );

    const refused = await Promise.allSettled(many(2).map((pk) => lookUps.run(named(pk))));
    isOpen = true;

    expect(refused.map((one) => 'reason' in one && one.reason)).toEqual([closed, closed]);
    expect(await lookUps.run(named(1))).toEqual([rowOf(1)]);
  });
});
