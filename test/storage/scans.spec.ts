import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { databases, type FreshDatabase } from '../support/databases.js';

const budgetMs = 250;

/** A query that comes to no end by itself. */
const endless = sql`with recursive counted(n) as (select 1 union all select n + 1 from counted where n > 0)
  select count(*) as n from counted`;

const longMany = 50_000;

/** Reads so many rows that none of them is found at once. */
const long = sql`with recursive counted(n) as (select 1 union all select n + 1 from counted where n < ${longMany})
  select count(*) as n from counted`;

/** Scans that take ten times the budget, one after the other or four at once. */
const scansInLine = { sqlite: 10, postgres: 40 };

const tooMany = { code: 'too_many' };

/** What it comes to, so that nobody misses a failure that is looked at later. */
function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (rows) => ({ rows }),
    (error: unknown) => error,
  );
}

describe.each(databases)('scans on $name', (database) => {
  let fresh: FreshDatabase;
  let dataSource: DataSource;
  let unitOfWork: UnitOfWork;

  beforeEach(async () => {
    fresh = await database.createEmpty();
    await open(fresh);
    await dataSource.query('create table notes (n integer not null)');
  });
  afterEach(async () => {
    await dataSource.destroy();
    await fresh.drop();
  });

  async function open({ settings }: FreshDatabase): Promise<void> {
    dataSource = await createDataSource(
      dataSourceOptions({ ...settings, scanBudgetMs: budgetMs }),
    ).initialize();
    unitOfWork = new UnitOfWork(dataSource);
  }

  const one = () => unitOfWork.scan(sql`select 1 as n`);

  it('give their rows as other queries do', async () => {
    await unitOfWork.execute(sql`insert into notes (n) values (${1}), (${2})`);

    expect(await unitOfWork.scan(sql`select n, n > ${1} as late from notes order by n`)).toEqual([
      { n: 1, late: 0 },
      { n: 2, late: 1 },
    ]);
  });

  it('are refused when their budget is used up, and those after them are not', async () => {
    const outcomes = await Promise.all(
      [unitOfWork.scan(endless), one(), unitOfWork.scan(endless), one(), one()].map(outcomeOf),
    );

    const done = { rows: [{ n: 1 }] };
    const refused = expect.objectContaining(tooMany);
    expect(outcomes).toEqual([refused, done, refused, done, done]);
    for (let turn = 0; turn < 50; turn += 1) expect(await one()).toEqual([{ n: 1 }]);
  });

  it('keep nobody from reading by an index or from writing, however many there are', async () => {
    const note = (n: number) => unitOfWork.query(sql`select n from notes where n = ${n}`);
    const readMuch = () => Promise.all(Array.from({ length: 30 }, (_, n) => note(n)));
    // Connections are made when they are needed first.
    await readMuch();
    const order: string[] = [];
    const scans = Array.from({ length: scansInLine[database.name] }, () =>
      outcomeOf(unitOfWork.scan(endless)).then(() => order.push('scan')),
    );

    await readMuch();
    await unitOfWork.run(() => unitOfWork.execute(sql`insert into notes (n) values (${1})`));
    order.push('others');
    await Promise.all(scans);

    expect(order.indexOf('others')).toBeLessThan(order.lastIndexOf('scan'));
    expect(await note(1)).toEqual([{ n: 1 }]);
  });

  it('have a budget that ends nothing else, at the same time or after', async () => {
    let isRunning = true;
    const counts: number[] = [];
    const read = async () => {
      const [row] = await unitOfWork.query<{ n: number }>(long);
      counts.push(row?.n ?? 0);
    };
    const others = [read, read, () => unitOfWork.run(read)].map(async (work) => {
      while (isRunning) await work();
      await work();
    });

    const outcomes = await Promise.all(
      [endless, endless].map((scan) => outcomeOf(unitOfWork.scan(scan))),
    );
    isRunning = false;
    await Promise.all(others);

    expect(outcomes).toEqual([expect.objectContaining(tooMany), expect.objectContaining(tooMany)]);
    expect([...new Set(counts)]).toEqual([longMany]);
  });

  it('see what their own unit of work has written, and have the same budget there', async () => {
    const notes = sql`select n from notes order by n`;
    await unitOfWork.run(async () => {
      await unitOfWork.execute(sql`insert into notes (n) values (${1})`);
      expect(await unitOfWork.scan(notes)).toEqual([{ n: 1 }]);
      const part = unitOfWork.savepoint(async () => {
        await unitOfWork.execute(sql`insert into notes (n) values (${2})`);
        await unitOfWork.scan(endless);
      });
      await expect(part).rejects.toMatchObject(tooMany);
      await unitOfWork.execute(sql`insert into notes (n) values (${3})`);
      expect(await unitOfWork.scan(notes)).toEqual([{ n: 1 }, { n: 3 }]);
    });

    expect(await unitOfWork.query(notes)).toEqual([{ n: 1 }, { n: 3 }]);
  });

  it('undo their unit of work with them', async () => {
    const work = unitOfWork.run(async () => {
      await unitOfWork.execute(sql`insert into notes (n) values (${1})`);
      await unitOfWork.scan(endless);
    });

    await expect(work).rejects.toMatchObject(tooMany);
    expect(await unitOfWork.query(sql`select n from notes`)).toEqual([]);
  });

  it('fail as other queries do when something else is wrong with them', async () => {
    await expect(unitOfWork.scan(sql`select n from nowhere`)).rejects.toThrow(/nowhere/);
    expect(await one()).toEqual([{ n: 1 }]);
  });
});

const [sqlite, postgres] = databases;

describe('scans of a SQLite database in memory', () => {
  it('take turns with all else on its one connection, and have their budget', async () => {
    const dataSource = await createDataSource(
      dataSourceOptions({
        kind: 'sqlite',
        file: ':memory:',
        synchronous: 'full',
        scanBudgetMs: budgetMs,
      }),
    ).initialize();
    const unitOfWork = new UnitOfWork(dataSource);

    const scan = outcomeOf(unitOfWork.scan(endless));
    const read = unitOfWork.query(long);

    expect(await scan).toMatchObject(tooMany);
    expect(await read).toEqual([{ n: longMany }]);
    await dataSource.destroy();
  });
});

describe.each(postgres ? [postgres] : [])('the time of a statement on $name', (database) => {
  it('is the budget for a scan, and as before for what follows in its transaction', async () => {
    const fresh = await database.createEmpty();
    const dataSource = await createDataSource(
      dataSourceOptions({ ...fresh.settings, scanBudgetMs: budgetMs }),
    ).initialize();
    const unitOfWork = new UnitOfWork(dataSource);
    const limit = sql`select current_setting('statement_timeout') as ms`;

    const outside = await unitOfWork.query(limit);
    expect(await unitOfWork.scan(limit)).toEqual([{ ms: `${budgetMs}ms` }]);
    await unitOfWork.run(async () => {
      expect(await unitOfWork.scan(limit)).toEqual([{ ms: `${budgetMs}ms` }]);
      expect(await unitOfWork.query(limit)).toEqual(outside);
    });
    expect(await unitOfWork.query(limit)).toEqual(outside);

    await dataSource.destroy();
    await fresh.drop();
  });
});

describe.each(sqlite ? [sqlite] : [])('a scan on $name', (database) => {
  it('is ended also when it began after its budget was used up', async () => {
    const fresh = await database.createEmpty();
    const dataSource = await createDataSource(
      dataSourceOptions({ ...fresh.settings, scanBudgetMs: 0 }),
    ).initialize();
    const unitOfWork = new UnitOfWork(dataSource);
    // Node has four threads for the databases' statements, and they are all taken.
    const busy = await createDataSource(
      dataSourceOptions({ ...fresh.settings, scanBudgetMs: 0 }),
    ).initialize();
    const other = new UnitOfWork(busy);
    const reads = [unitOfWork, unitOfWork, other, other].map((each) => each.query(long));

    await expect(unitOfWork.scan(endless)).rejects.toMatchObject(tooMany);
    for (const read of reads) expect(await read).toEqual([{ n: longMany }]);

    await Promise.all([dataSource.destroy(), busy.destroy()]);
    await fresh.drop();
  });
});
