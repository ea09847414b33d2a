import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { databases, type FreshDatabase } from '../support/databases.js';

/** More than a pool has connections. */
const crowd = 60;

/** Another that could take the turn meanwhile does so in less. */
const othersTryMs = 300;

/** Longer than PostgreSQL lets a statement run. */
const longMs = 2_000;

describe.each(databases)('turns on $name', (database) => {
  let fresh: FreshDatabase;
  let dataSources: DataSource[];
  let here: UnitOfWork;
  /** As another process would be, where the database can be shared. */
  let there: UnitOfWork;
  beforeEach(async () => {
    fresh = await database.createEmpty();
    const open = () => createDataSource(dataSourceOptions(fresh.settings)).initialize();
    dataSources = database.name === 'postgres' ? [await open(), await open()] : [await open()];
    const units = dataSources.map((dataSource) => new UnitOfWork(dataSource));
    here = units[0] ?? fail();
    there = units.at(-1) ?? fail();
    await here.execute(sql`create table marks (n integer not null)`);
    await here.execute(sql`insert into marks values (0)`);
  });
  afterEach(async () => {
    for (const dataSource of dataSources) await dataSource.destroy();
    await fresh.drop();
  });

  /** Adds one in a way that loses a mark if another does the same meanwhile. */
  const addOne = (unitOfWork: UnitOfWork) => async () => {
    const [row] = await unitOfWork.query<{ n: number }>(sql`select n from marks`);
    await unitOfWork.execute(sql`update marks set n = ${(row?.n ?? 0) + 1}`);
  };
  const marks = () => here.query<{ n: number }>(sql`select n from marks`);

  /** Begins a turn that ends when it is told to. */
  async function begin(unitOfWork: UnitOfWork): Promise<{ end: () => Promise<void> }> {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let ended: Promise<void> = Promise.resolve();
    await new Promise<void>((resolve) => {
      ended = unitOfWork.runInTurn('a', async () => {
        resolve();
        await released;
      });
    });
    return {
      end: async () => {
        release();
        await ended;
      },
    };
  }

  it('come one after the other, whichever process asks, until the commit', async () => {
    const all = Array.from({ length: crowd }, (_, n) => {
      const unitOfWork = n % 2 === 0 ? here : there;
      return unitOfWork.runInTurn('a', addOne(unitOfWork));
    });
    await Promise.all(all);

    expect(await marks()).toEqual([{ n: crowd }]);
  });

  it('are waited for without a connection: others are served meanwhile', async () => {
    const turn = await begin(here);
    const waiting = Array.from({ length: crowd }, () => here.runInTurn('a', addOne(here)));

    expect(await marks()).toEqual([{ n: 0 }]);

    await turn.end();
    await Promise.all(waiting);
    expect(await marks()).toEqual([{ n: crowd }]);
  });

  it('are kept by the unit of work that has them, however deep it asks again', async () => {
    await here.runInTurn('a', async () => {
      await here.runInTurn('a', addOne(here));
      await here.savepoint(() => here.runInTurn('a', addOne(here)));
    });
    await here.run(() => here.runInTurn('a', addOne(here)));

    expect(await marks()).toEqual([{ n: 3 }]);
  });

  it('that a savepoint took are over with it, and are taken anew', async () => {
    await here.run(async () => {
      const part = here.savepoint(() =>
        here.runInTurn('a', () => Promise.reject(new Error('this part fails'))),
      );
      await expect(part).rejects.toThrow('this part fails');
      await here.runInTurn('a', addOne(here));
    });

    expect(await marks()).toEqual([{ n: 1 }]);
  });

  it('FIND M2 that a savepoint took and lost are kept from others once they are taken anew', async () => {
    let isTaken = (): void => undefined;
    const taken = new Promise<void>((resolve) => (isTaken = resolve));
    const order: string[] = [];
    const first = here.run(async () => {
      const part = here.savepoint(() =>
        here.runInTurn('a', () => Promise.reject(new Error('this part fails'))),
      );
      await expect(part).rejects.toThrow('this part fails');
      await here.runInTurn('a', async () => {
        isTaken();
        await pause(othersTryMs);
        order.push('first');
      });
    });
    await taken;
    const second = there.runInTurn('a', () => Promise.resolve(order.push('second')));
    await Promise.all([first, second]);

    expect(order).toEqual(['first', 'second']);
  });

  it('pass on when the work fails', async () => {
    const failed = here.runInTurn('a', () => Promise.reject(new Error('broken')));
    const next = here.runInTurn('a', addOne(here));

    await expect(failed).rejects.toThrow('broken');
    await next;

    expect(await marks()).toEqual([{ n: 1 }]);
  });

  it('are waited for longer than a statement may take', async () => {
    const turn = await begin(there);
    const waiting = here.runInTurn('a', addOne(here));
    await pause(longMs);
    await turn.end();
    await waiting;

    expect(await marks()).toEqual([{ n: 1 }]);
  });
});

function fail(): never {
  throw new Error('there is no database');
}
