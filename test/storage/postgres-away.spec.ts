import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import { toDomainError } from '../../src/persistence/database-error.js';
import { done, SharedUnits } from '../../src/persistence/shared-units.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { databases, type FreshDatabase } from '../support/databases.js';

/** Stands between us and PostgreSQL, and can be cut, made to refuse or made to say nothing. */
class Wire {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private isSilent = false;
  private server: Server | undefined;
  port = 0;

  constructor(private readonly target: { host: string; port: number }) {}

  async open(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(this.target);
      const pair = [near, far] as const;
      this.pairs.add(pair);
      for (const socket of pair) {
        socket.on('error', () => undefined);
        socket.on('close', () => pair.forEach((end) => end.destroy()));
      }
      near.on('data', (data) => this.isSilent || far.write(data));
      far.on('data', (data) => this.isSilent || near.write(data));
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.port = address.port;
    this.server = server;
  }

  /** Ends every connection and refuses new ones. */
  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.server?.close(resolve));
    this.dropAll();
    await closed;
  }

  dropAll(): void {
    for (const [near] of this.pairs) near.destroy();
    this.pairs.clear();
  }

  /** Connections stay and nothing comes through, as with a stopped server or a dead link. */
  fallSilent(): void {
    this.isSilent = true;
  }

  /** Ends what was silent: a link that was down has lost what it carried. */
  speakAgain(): void {
    this.isSilent = false;
    this.dropAll();
  }
}

/** The promises are 2 s to be told and 5 s to be back, which the settings of the pool keep: a busy machine is only told from one that hangs. */
const hangMs = 15_000;

const postgres = databases.filter((database) => database.name === 'postgres');

describe.each(postgres)('a $name that goes away', (database) => {
  let fresh: FreshDatabase;
  let wire: Wire;
  let dataSource: DataSource;
  let unitOfWork: UnitOfWork;

  beforeEach(async () => {
    fresh = await database.createEmpty();
    const url = new URL(fresh.settings.kind === 'postgres' ? fresh.settings.url : '');
    wire = new Wire({ host: url.hostname, port: Number(url.port) });
    await wire.open();
    url.port = String(wire.port);
    dataSource = await createDataSource(
      dataSourceOptions({ kind: 'postgres', url: url.toString() }),
    ).initialize();
    unitOfWork = new UnitOfWork(dataSource);
    await dataSource.query('create table marks (n integer not null)');
  });

  afterEach(async () => {
    await dataSource.destroy();
    await wire.cut();
    await fresh.drop();
  });

  const read = () => unitOfWork.query<{ n: number }>(sql`select n from marks order by n`);
  const write = (n: number) =>
    unitOfWork.run(() => unitOfWork.execute(sql`insert into marks values (${n})`));
  const byTypeOrm = () => dataSource.query('select 1 as one');

  /** Keeps several connections ready, so that their loss is met and not only that of a new one. */
  async function warmUp(): Promise<void> {
    await Promise.all(Array.from({ length: 5 }, () => read()));
  }

  async function expectUnavailable(work: () => Promise<unknown>): Promise<void> {
    const start = performance.now();
    const error: unknown = await work().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(toDomainError(error)).toMatchObject({ code: 'unavailable' });
    expect(performance.now() - start).toBeLessThan(hangMs);
  }

  async function expectBack(): Promise<void> {
    const start = performance.now();
    for (;;) {
      try {
        await write(9);
        break;
      } catch (error) {
        expect(toDomainError(error)).toMatchObject({ code: 'unavailable' });
        expect(performance.now() - start).toBeLessThan(hangMs);
        await pause(50);
      }
    }
    expect((await read()).map((row) => row.n)).toContain(9);
    expect(await byTypeOrm()).toEqual([{ one: 1 }]);
  }

  it('is told as unavailable while it refuses, and is back by itself', async () => {
    await warmUp();
    await wire.cut();

    for (let turn = 0; turn < 3; turn += 1) {
      await Promise.all([
        expectUnavailable(read),
        expectUnavailable(() => write(1)),
        expectUnavailable(byTypeOrm),
      ]);
    }

    await wire.open();
    await expectBack();
  });

  it('is told as unavailable within two seconds while it is silent, and is back by itself', async () => {
    await warmUp();
    wire.fallSilent();

    const shared = new SharedUnits<number, number>({
      alone: write,
      together: (marks) =>
        unitOfWork.run(async () => {
          for (const n of marks) await write(n);
          return marks.map(done);
        }),
      isOpen: () => unitOfWork.isOpen,
    });
    const ways = [
      read,
      () => write(1),
      () => unitOfWork.runInTurn('marks', read),
      () => unitOfWork.query(sql`select n from marks where n = 1`, 'look-up'),
      () => shared.run('marks', 1),
    ];
    // Far more than there are connections, and all are told: those who wait for one, for a turn, with others.
    const many = Array.from({ length: 500 }, (_, n) =>
      expectUnavailable(ways[n % ways.length] ?? read),
    );
    await Promise.all([...many, expectUnavailable(byTypeOrm)]);
    await expectUnavailable(read);

    wire.speakAgain();
    await expectBack();
  });

  it('undoes the transaction that lost its connection, and says unavailable', async () => {
    const work = unitOfWork.run(async () => {
      await unitOfWork.execute(sql`insert into marks values (1)`);
      wire.dropAll();
      await pause(50);
      await unitOfWork.execute(sql`insert into marks values (2)`);
    });

    await expect(work).rejects.toMatchObject({ code: 'unavailable' });
    expect(await read()).toEqual([]);
  });

  it('says unavailable when the connection is lost between the work and its commit', async () => {
    const work = unitOfWork.run(async () => {
      await unitOfWork.execute(sql`insert into marks values (1)`);
      wire.dropAll();
      await pause(50);
    });

    await expect(work).rejects.toMatchObject({ code: 'unavailable' });
    expect(await read()).toEqual([]);
  });

  it('keeps no broken connection: the pool is as it was', async () => {
    await warmUp();
    wire.fallSilent();
    await Promise.allSettled([read(), read(), write(1)]);
    wire.speakAgain();
    await expectBack();

    await Promise.all(Array.from({ length: 60 }, (_, n) => write(n + 100)));

    const rows = await unitOfWork.query<{ n: number }>(
      sql`select count(*) as n from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
    );
    expect(rows).toEqual([{ n: 0 }]);
  });

  it('is waited for while it is busy, by many more than there are connections', async () => {
    const slowRead = () => unitOfWork.query(sql`select pg_sleep(0.2)`);

    const answers = await Promise.all(Array.from({ length: 300 }, slowRead));

    expect(answers).toHaveLength(300);
  });

  it('says unavailable of a statement that takes too long, and keeps the connection', async () => {
    await expectUnavailable(() => unitOfWork.query(sql`select pg_sleep(10)`));

    expect(await byTypeOrm()).toEqual([{ one: 1 }]);
  });

  it('says unavailable to one of two that wait for each other', async () => {
    await unitOfWork.execute(sql`insert into marks values (1), (2)`);
    let arrived = 0;
    const lockBoth = (first: number, second: number) =>
      unitOfWork.run(async () => {
        await unitOfWork.execute(sql`update marks set n = n where n = ${first}`);
        arrived += 1;
        while (arrived < 2) await pause(5);
        await unitOfWork.execute(sql`update marks set n = n where n = ${second}`);
      });

    const results = await Promise.allSettled([lockBoth(1, 2), lockBoth(2, 1)]);

    const refused = results.flatMap((result) =>
      result.status === 'rejected' ? [toDomainError(result.reason)?.code] : [],
    );
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused)).toEqual(new Set(['unavailable']));
  });
});
