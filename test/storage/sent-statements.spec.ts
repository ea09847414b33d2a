import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DataSource, QueryRunner } from 'typeorm';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import { uniqueViolation } from '../../src/persistence/database-error.js';
import { PipelinedQueryRunner } from '../../src/persistence/postgres-query-runner.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { databases, type FreshDatabase } from '../support/databases.js';

describe.each(databases)('statements that are sent and not waited for on $name', (database) => {
  let fresh: FreshDatabase;
  let dataSource: DataSource;
  let unitOfWork: UnitOfWork;

  beforeEach(async () => {
    fresh = await database.createEmpty();
    dataSource = await createDataSource({
      ...dataSourceOptions(fresh.settings),
      entities: [],
    }).initialize();
    unitOfWork = new UnitOfWork(dataSource);
    await dataSource.query('create table notes (text text not null unique)');
    await dataSource.query("insert into notes (text) values ('there')");
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await dataSource.destroy();
    await fresh.drop();
  });

  const send = (text: string) => unitOfWork.send(sql`insert into notes (text) values (${text})`);
  const texts = async () => {
    const rows = await unitOfWork.query<{ text: string }>(
      sql`select text from notes order by text`,
    );
    return rows.map(({ text }) => text);
  };

  it('are seen by those after them, and kept', async () => {
    const seen = await unitOfWork.run(async () => {
      await send('a');
      await send('b');
      return texts();
    });

    expect(seen).toEqual(['a', 'b', 'there']);
    expect(await texts()).toEqual(['a', 'b', 'there']);
  });

  it('fail with the next one that is waited for, which tells the first failure', async () => {
    const outcome = await unitOfWork
      .run(async () => {
        await send('a');
        await send('there');
        await send('c');
        await texts();
        throw new Error('this is not reached');
      })
      .catch((error: unknown) => error);

    expect(uniqueViolation(outcome)).toBeDefined();
    expect(await texts()).toEqual(['there']);
  });

  it('fail with the commit, and then nothing is kept or told to be kept', async () => {
    const told = jest.fn();
    const outcome = await unitOfWork
      .run(async () => {
        unitOfWork.afterCommit(told);
        await send('a');
        await send('there');
      })
      .catch((error: unknown) => error);

    expect(uniqueViolation(outcome)).toBeDefined();
    expect(told).not.toHaveBeenCalled();
    expect(await texts()).toEqual(['there']);
  });

  it('fail with the part that they belong to, and the unit goes on', async () => {
    await unitOfWork.run(async () => {
      await send('a');
      const part = unitOfWork.savepoint(async () => {
        await send('b');
        await send('there');
      });
      expect(uniqueViolation(await part.catch((error: unknown) => error))).toBeDefined();
      await send('c');
    });

    expect(await texts()).toEqual(['a', 'c', 'there']);
  });

  it('are undone with a part that fails by something else, without their own failure being told', async () => {
    const refusal = new Error('something else');
    await unitOfWork.run(async () => {
      const part = unitOfWork.savepoint(async () => {
        await send('there');
        throw refusal;
      });
      await expect(part).rejects.toBe(refusal);
      await send('c');
    });

    expect(await texts()).toEqual(['c', 'there']);
  });

  it('leave nothing behind when the unit fails by something else', async () => {
    const refusal = new Error('something else');
    const work = unitOfWork.run(async () => {
      await send('a');
      await send('there');
      throw refusal;
    });

    await expect(work).rejects.toBe(refusal);
    expect(await texts()).toEqual(['there']);
  });

  it('are waited for outside of a unit of work', async () => {
    await send('a');
    const outcome = await send('there').catch((error: unknown) => error);

    expect(uniqueViolation(outcome)).toBeDefined();
    expect(await texts()).toEqual(['a', 'there']);
  });

  it('do not write before the transaction has begun', async () => {
    const own = dataSource.createQueryRunner.bind(dataSource);
    const refusal = new Error('it did not begin');
    jest
      .spyOn(dataSource, 'createQueryRunner')
      .mockImplementation(() => withoutBegin(own(), refusal));
    const writes = [
      () => send('a'),
      () => unitOfWork.execute(sql`insert into notes (text) values ('b')`),
      () => unitOfWork.manager.query("insert into notes (text) values ('c')"),
    ];
    for (const write of writes)
      await expect(unitOfWork.run(async () => void (await write()))).rejects.toBe(refusal);
    await expect(unitOfWork.run(texts)).rejects.toBe(refusal);

    expect(await texts()).toEqual(['there']);
  });
});

/** A runner whose beginning of a transaction is refused by the database. */
function withoutBegin(runner: QueryRunner, refusal: Error): QueryRunner {
  if (!(runner instanceof PipelinedQueryRunner)) {
    jest.spyOn(runner, 'startTransaction').mockRejectedValue(refusal);
    return runner;
  }
  const connect = runner.connect.bind(runner);
  jest.spyOn(runner, 'connect').mockImplementation(async () => {
    const client = await connect();
    const { query } = client;
    client.query = (...statement: unknown[]) => {
      if (statement[0] !== 'start transaction') return query(...statement);
      client.query = query;
      return Promise.reject(refusal);
    };
    return client;
  });
  return runner;
}
