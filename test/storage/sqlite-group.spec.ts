import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import { sql } from '../../src/persistence/sql.js';
import { SqliteConnection } from '../../src/persistence/sqlite-connection.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';

const ownRun = Object.getOwnPropertyDescriptor(SqliteConnection.prototype, 'run')
  ?.value as SqliteConnection['run'];

/** Until who was started before waits for the connection. */
const inLine = () => pause(20);

describe.each(['file.db', ':memory:'])('units of work that wait for each other on %s', (name) => {
  let folder: string;
  let dataSource: DataSource;
  let unitOfWork: UnitOfWork;
  let ran: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollcall-group-'));
    const file = name === ':memory:' ? name : join(folder, name);
    const options = dataSourceOptions({ kind: 'sqlite', file, synchronous: 'full' });
    dataSource = await createDataSource({ ...options, entities: [], migrations: [] }).initialize();
    await dataSource.query('create table notes (text text not null unique)');
    unitOfWork = new UnitOfWork(dataSource);
    ran = [];
    spyOnRun((text) => void ran.push(text));
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await dataSource.destroy();
    await rm(folder, { recursive: true, force: true });
  });

  /** @param before is called with each statement without rows, and keeps it from the database by throwing */
  const spyOnRun = (before: (text: string) => void) =>
    jest.spyOn(SqliteConnection.prototype, 'run').mockImplementation(async function (
      this: SqliteConnection,
      text,
      values,
    ) {
      before(text);
      return ownRun.call(this, text, values);
    });

  const add = (text: string) => unitOfWork.execute(sql`insert into notes (text) values (${text})`);
  const texts = async () => {
    const rows = await unitOfWork.query<{ text: string }>(
      sql`select text from notes order by rowid`,
    );
    return rows.map(({ text }) => text);
  };
  const times = (text: string) => ran.filter((one) => one === text).length;

  it('are committed together', async () => {
    await Promise.all(['a', 'b', 'c', 'd'].map((text) => unitOfWork.run(() => add(text))));

    expect(await texts()).toEqual(['a', 'b', 'c', 'd']);
    expect(times('begin immediate')).toBe(1);
    expect(times('commit')).toBe(1);
  });

  it('are committed one by one when none waits', async () => {
    await unitOfWork.run(() => add('a'));
    await unitOfWork.run(() => add('b'));

    expect(times('commit')).toBe(2);
    expect(ran.filter((text) => text.startsWith('savepoint'))).toEqual([]);
  });

  it('are not so many that the first waits for long', async () => {
    const all = Array.from({ length: 70 }, (_, n) => `note ${n}`);
    await Promise.all(all.map((text) => unitOfWork.run(() => add(text))));

    expect(await texts()).toEqual(all);
    expect(times('commit')).toBeGreaterThanOrEqual(3);
  });

  it('are answered after the commit', async () => {
    const committedBefore: number[] = [];
    const done = async (text: string) => {
      await unitOfWork.run(() => add(text));
      committedBefore.push(times('commit'));
    };
    await Promise.all(['a', 'b', 'c'].map(done));

    expect(committedBefore).toEqual([1, 1, 1]);
  });

  it.each([0, 1, 2, 3])('fail by themselves: number %d', async (failing) => {
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((text, index) =>
        unitOfWork.run(async () => {
          await add(text);
          await add(`${text}${text}`);
          if (index === failing) throw new Error('not this one');
        }),
      ),
    );

    const statuses = outcomes.map(({ status }) => status);
    expect(statuses.flatMap((status, index) => (status === 'rejected' ? index : []))).toEqual([
      failing,
    ]);
    const kept = ['a', 'b', 'c', 'd'].filter((_, index) => index !== failing);
    expect(await texts()).toEqual(kept.flatMap((text) => [text, `${text}${text}`]));
  });

  it('all fail, without anything kept, and say so', async () => {
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c'].map((text) =>
        unitOfWork.run(async () => {
          await add(text);
          throw new Error(`not ${text}`);
        }),
      ),
    );

    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason)).toEqual([
      new Error('not a'),
      new Error('not b'),
      new Error('not c'),
    ]);
    expect(await texts()).toEqual([]);
    await unitOfWork.run(() => add('later'));
    expect(await texts()).toEqual(['later']);
  });

  it('are all told when the commit fails, and others go on', async () => {
    let isFull = true;
    spyOnRun((text) => {
      if (text === 'commit' && isFull)
        throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
    });
    const outcomes = await Promise.allSettled(
      ['a', 'b'].map((text) => unitOfWork.run(() => add(text))),
    );

    expect(outcomes).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: 'unavailable' }) },
      { status: 'rejected', reason: expect.objectContaining({ code: 'unavailable' }) },
    ]);
    expect(await texts()).toEqual([]);
    isFull = false;
    await unitOfWork.run(() => add('later'));
    expect(await texts()).toEqual(['later']);
  });

  it('are all told when the database has undone the transaction by itself', async () => {
    const work = (text: string) => async () => {
      await add(text);
      if (text !== 'b') return;
      const undoing = sql`insert or rollback into notes (text) values (${text})`;
      await unitOfWork.execute(undoing).catch(() => undefined);
    };
    const outcomes = await Promise.allSettled(['a', 'b'].map((text) => unitOfWork.run(work(text))));

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await texts()).toEqual([]);
    await unitOfWork.run(() => add('later'));
    expect(await texts()).toEqual(['later']);
  });

  it('FIND M1 are all told, also one that came after the database has undone the transaction by itself', async () => {
    const work = (text: string) => async () => {
      await add(text);
      if (text !== 'b') return;
      const undoing = sql`insert or rollback into notes (text) values (${text})`;
      await unitOfWork.execute(undoing).catch(() => undefined);
    };
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c'].map((text) => unitOfWork.run(work(text))),
    );

    // The third unit's savepoint began a transaction of its own, which alone could have been committed.
    expect(ran.filter((text) => text.startsWith('savepoint'))).toEqual([
      'savepoint unit_2',
      'savepoint unit_3',
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await texts()).toEqual([]);
    await unitOfWork.run(() => add('later'));
    expect(await texts()).toEqual(['later']);
  });

  it('lose nothing when one of them fails after the database has undone the transaction', async () => {
    const outcomes = await Promise.allSettled([
      unitOfWork.run(() => add('a')),
      unitOfWork.run(async () => {
        await unitOfWork.execute(sql`insert or rollback into notes (text) values ('a')`);
      }),
      unitOfWork.run(() => add('c')),
    ]);

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(await texts()).toEqual(['c']);
  });

  it('are over before somebody writes without a transaction', async () => {
    let finish = () => undefined as void;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const first = unitOfWork.run(async () => {
      await add('first');
      await held;
    });
    await inLine();
    const alone = add('alone');
    await inLine();
    const last = unitOfWork.run(() => add('last'));
    await inLine();
    finish();
    await Promise.all([first, alone, last]);

    expect(await texts()).toEqual(['first', 'alone', 'last']);
    expect(ran.filter((text) => text === 'commit' || text.startsWith('insert'))).toEqual([
      'insert into notes (text) values (?)',
      'commit',
      'insert into notes (text) values (?)',
      'insert into notes (text) values (?)',
      'commit',
    ]);
  });
});
