import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import { SqliteConnection } from '../../src/persistence/sqlite-connection.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { databases, type FreshDatabase } from '../support/databases.js';

const writers = 6;

describe.each(databases.filter(({ name }) => name === 'sqlite'))(
  'a $name file that another process keeps locked',
  (database) => {
    let fresh: FreshDatabase;
    let ours: DataSource;
    let theirs: DataSource;
    beforeEach(async () => {
      fresh = await database.createEmpty();
      const open = () => createDataSource(dataSourceOptions(fresh.settings)).initialize();
      [ours, theirs] = [await open(), await open()];
      await ours.query('create table notes (text text not null)');
    });
    afterEach(async () => {
      jest.restoreAllMocks();
      await Promise.all([ours.destroy(), theirs.destroy()]);
      await fresh.drop();
    });

    const refusal = { status: 'rejected', reason: { code: 'unavailable' } };

    it.each<[string, (unitOfWork: UnitOfWork) => Promise<unknown>]>([
      ['transactions', (unitOfWork) => unitOfWork.run(() => Promise.resolve())],
      [
        'single statements',
        (unitOfWork) => unitOfWork.execute(sql`insert into notes (text) values ('a')`),
      ],
    ])('is waited for once by all %s that come together', async (_what, write) => {
      const other = theirs.createQueryRunner();
      await other.startTransaction();
      const run = jest.spyOn(SqliteConnection.prototype, 'run');
      const unitOfWork = new UnitOfWork(ours);

      const outcomes = await Promise.allSettled(
        Array.from({ length: writers }, () => write(unitOfWork)),
      );

      const attempts = run.mock.calls.filter(([text]) => /^(begin|insert)/.test(text));
      expect(outcomes).toMatchObject(Array.from({ length: writers }, () => refusal));
      expect(attempts).toHaveLength(1);
      await other.rollbackTransaction();
      await other.release();
    });

    it('is written again as soon as the other lets go, by those who come then', async () => {
      const other = theirs.createQueryRunner();
      await other.startTransaction();
      const unitOfWork = new UnitOfWork(ours);
      const write = () => unitOfWork.execute(sql`insert into notes (text) values ('a')`);
      await expect(write()).rejects.toMatchObject({ code: 'unavailable' });

      await other.rollbackTransaction();
      await other.release();

      expect(await Promise.all([write(), write()])).toEqual([1, 1]);
    });

    it('leaves those in peace who wait for a long transaction of their own process', async () => {
      const unitOfWork = new UnitOfWork(ours);
      let end: () => void = () => undefined;
      const long = unitOfWork.run(() => new Promise<void>((resolve) => (end = resolve)));
      const waiting = unitOfWork.execute(sql`insert into notes (text) values ('a')`);

      setTimeout(() => end(), 2_500);

      expect(await waiting).toBe(1);
      await long;
    });
  },
);
