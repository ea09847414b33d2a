import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import { toDomainError } from '../../src/persistence/database-error.js';
import { DatabasePresence } from '../../src/persistence/database-presence.js';
import { PatientPool } from '../../src/persistence/patient-pool.js';
import { migrationPoolSettings, poolSettings } from '../../src/persistence/postgres-pool.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { type StartedPostgres, startEmbedded } from '../support/embedded-postgres.js';
import { aServerFolder } from '../support/run-folder.js';
import {
  authenticated,
  md5Asked,
  ready,
  saslAsked,
  type Script,
  type ScriptedPostgres,
  scriptedPostgres,
  stopped,
  strayRow,
} from '../support/scripted-postgres.js';

/** Sixty starts of a server take ten seconds; several times that on a machine with much else to do. */
jest.setTimeout(180_000);

/** An event that nobody listens to is met in a later turn of the event loop, where it fails the test that runs. */
const laterTurns = () => pause(20);

/** Ends the connection where the client has come to; `reset` as a host that is gone does. */
const endings: Record<string, (socket: Parameters<Script>[0]) => void> = {
  closed: (socket) => socket.end(),
  reset: (socket) => socket.resetAndDestroy(),
};

/** What the server says before it ends; each entry is one packet, sent after the client's next message. */
const stages: Record<string, readonly (readonly Buffer[])[]> = {
  'before the first word': [],
  'when the start-up was read': [[]],
  'with an error for the start-up': [[stopped]],
  'when a password was asked for': [[saslAsked]],
  'when the password was sent': [[saslAsked], []],
  'with an error for the password': [[md5Asked], [stopped]],
  'when the password was taken': [[authenticated]],
  'in the packet that makes the connection ready': [[authenticated, ready]],
  'with an error in the packet that makes the connection ready': [[authenticated, ready, stopped]],
  'with an error beside the one that makes the connection ready': [
    [authenticated, ready],
    [stopped],
  ],
  'after a message that nobody asked for': [[authenticated, ready, strayRow]],
  'with an error for the first statement': [[authenticated, ready], [stopped]],
  'in words of another protocol': [
    [Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')],
  ],
  'in the midst of a message': [[authenticated, ready.subarray(0, 3)]],
};

const breaks = Object.keys(stages).flatMap((stage) =>
  Object.keys(endings).map((ending) => ({ stage, ending })),
);

describe('FIND R-3 a PostgreSQL that breaks off while a connection is made', () => {
  let server: ScriptedPostgres;
  let pool: PatientPool;
  afterEach(async () => {
    await pool.end();
    await server.close();
  });

  async function open(stage: string, ending: string, isMigration: boolean): Promise<void> {
    const packets = stages[stage] ?? [];
    server = await scriptedPostgres(async (socket, messages) => {
      for (const packet of packets) {
        await messages.next();
        if (packet.length > 0) socket.write(Buffer.concat(packet));
      }
      await pause(1);
      endings[ending]?.(socket);
    });
    const settings = isMigration ? migrationPoolSettings() : poolSettings(new DatabasePresence());
    pool = new PatientPool({ ...settings, connectionString: server.url });
  }

  describe.each([
    { kind: 'requests', isMigration: false },
    { kind: 'migrations', isMigration: true },
  ])('for $kind', ({ isMigration }) => {
    it.each(breaks)('$stage, and is $ending', async ({ stage, ending }) => {
      await open(stage, ending, isMigration);

      const attempts = await Promise.allSettled(
        Array.from({ length: 5 }, async () => {
          const client = await pool.connect();
          await pause(5);
          await client.query('select 1').finally(() => client.release());
        }),
      );
      while (pool.totalCount > 0) await pause(5);
      await laterTurns();

      expect(server.met()).toBeGreaterThan(0);
      expect(attempts.filter(({ status }) => status === 'fulfilled')).toEqual([]);
    });
  });
});

/** How PostgreSQL is ended: in order, at once, and by the system. */
const signals = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const;

const kills = 60;

/** Long for a busy machine; a server that does not come back is a failure, never a wait without end. */
const attemptsMax = 400;

/** Connecting takes some milliseconds: the kills come at moments spread over twice that. */
const connectingMs = 30;

describe(`FIND R-3 a PostgreSQL that is killed ${kills} times while connections are made`, () => {
  let server: StartedPostgres;
  let dataSource: DataSource;
  let unitOfWork: UnitOfWork;
  beforeAll(async () => {
    server = await startEmbedded(aServerFolder('killed'), { fsync: 'off' });
    const settings = dataSourceOptions({ kind: 'postgres', url: server.url });
    dataSource = await createDataSource(settings).initialize();
    unitOfWork = new UnitOfWork(dataSource);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await server.stop();
  });

  it('is told as unavailable or answers, and is back by itself', async () => {
    const outcomes: string[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      const asked = Array.from({ length: 25 }, (_, n) => outcome(ways[n % ways.length] ?? read));
      await pause((kill * connectingMs) / kills);
      await end(signals[kill % signals.length] ?? 'SIGKILL');
      outcomes.push(...(await Promise.all(asked)));
      await startAgain();
      await back();
    }

    expect(outcomes.filter((one) => one !== 'answered' && one !== 'unavailable')).toEqual([]);
    expect(outcomes).toContain('unavailable');
  });

  const read = () => unitOfWork.query(sql`select 1 as one`);
  const ways = [
    read,
    () => unitOfWork.query(sql`select 1 as one`, 'look-up'),
    () => unitOfWork.run(() => unitOfWork.execute(sql`select 1`)),
    () => unitOfWork.scan(sql`select 1 as one`),
    () => dataSource.query('select 1 as one'),
  ];

  async function outcome(work: () => Promise<unknown>): Promise<string> {
    try {
      await work();
      return 'answered';
    } catch (error) {
      return toDomainError(error)?.code ?? String(error);
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const [pid] = (await readFile(join(server.databaseDir, 'postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), signal);
    while (isAlive(Number(pid))) await pause(5);
  }

  /** The last of the old server's processes may still hold its memory. */
  async function startAgain(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await server.start();
        return;
      } catch (error) {
        if (attempt === attemptsMax) throw error;
        await pause(50);
      }
    }
  }

  async function back(): Promise<void> {
    for (let attempt = 1; (await outcome(read)) !== 'answered'; attempt += 1) {
      if (attempt === attemptsMax) throw new Error('PostgreSQL is there, and we are not back.');
      await pause(50);
    }
  }
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
