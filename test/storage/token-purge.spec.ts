import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ConnectionService } from '../../src/connections/connection.service.js';
import type { Entity } from '../../src/entities/entity.js';
import { newId } from '../../src/kernel/ids.js';
import { joinSql, sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import type { TenantContext } from '../../src/tenants/tenant-context.js';
import { lastTokensMax } from '../../src/tokens/token.js';
import {
  endedTokenRetentionMs,
  purgedAtOnceMax,
  purgeIntervalMs,
  TokenPurge,
} from '../../src/tokens/token-purge.js';
import { TokenService } from '../../src/tokens/token.service.js';
import { TokenVerifier } from '../../src/tokens/token-verifier.js';
import { databases } from '../support/databases.js';
import { planOf } from '../support/plan.js';
import { openRooms, openRoomsOn, type TestRooms } from '../support/rooms.js';
import { testContext } from '../support/test-context.js';

const daySeconds = 86_400;
const dayMs = daySeconds * 1000;

/** The drivers of the databases have timers of their own, which must go on. */
const allButIntervals = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setTimeout',
  'clearTimeout',
] as const;

interface Client {
  readonly context: TenantContext;
  readonly entity: Entity;
}

describe.each(databases)('the purge of ended tokens on $name', (database) => {
  let rooms: TestRooms;
  let purge: TokenPurge;
  let tokens: TokenService;
  beforeAll(async () => {
    rooms = await openRooms(database);
    [purge, tokens] = [rooms.get(TokenPurge), rooms.get(TokenService)];
  });
  afterAll(() => rooms.close());
  afterEach(() => rooms.get(UnitOfWork).execute(sql`delete from tokens`));

  const aClient = async (): Promise<Client> => {
    const context = await rooms.aTenant(newId());
    const { client } = await rooms
      .get(ConnectionService)
      .ensureScim(testContext, context.tenantId, 'Client');
    return { context, entity: client.entity };
  };
  const issue = ({ context, entity }: Client, lifetimeSeconds: number) =>
    tokens.issue(context, entity, undefined, { lifetimeSeconds });
  const kept = async ({ context, entity }: Client) =>
    (await tokens.listOfClient(context, entity.id, 10_000)).map(({ jti }) => jti);

  /** Records that ended one millisecond after the other, the last of them so long ago. */
  const recordEnded = async ({ context, entity }: Client, count: number, agoMs: number) => {
    const [key] = await rooms.get(UnitOfWork).query<{ id: string }>(sql`select id from keys`);
    const last = rooms.clock.now() - agoMs;
    const ids = Array.from({ length: count }, newId);
    const rows = ids.map((jti, index) => {
      const ends = last - index;
      return sql`(${jti}, ${context.tenantId}, ${entity.id}, ${key?.id ?? ''}, ${'{}'}, ${ends - dayMs}, ${ends})`;
    });
    await rooms.get(UnitOfWork).execute(sql`
      insert into tokens (jti, tenant_id, client_id, key_id, permissions, issued, ends)
      values ${joinSql(rows, ', ')}`);
    return ids;
  };

  it('leaves what is live and what ended within the retention', async () => {
    const client = await aClient();
    await recordEnded(client, 3, endedTokenRetentionMs + 1);
    const atTheEdge = await recordEnded(client, 1, endedTokenRetentionMs);
    const recent = await recordEnded(client, lastTokensMax, 1);
    const live = await issue(client, 60 * daySeconds);

    expect(await purge.purge()).toBe(3);

    expect(await kept(client)).toEqual([live.jti, ...recent, ...atTheEdge]);
    const verification = await rooms.get(TokenVerifier).verify(live.accessToken, 'test');
    expect(verification.isGood).toBe(true);
  });

  it('takes a token when its time has come, not before', async () => {
    const client = await aClient();
    const first = await issue(client, daySeconds);
    for (let number = 0; number < lastTokensMax; number += 1) await issue(client, 90 * daySeconds);

    rooms.clock.advance(dayMs + endedTokenRetentionMs);
    expect(await purge.purge()).toBe(0);
    rooms.clock.advance(1);
    expect(await purge.purge()).toBe(1);

    expect(await kept(client)).not.toContain(first.jti);
  });

  it('keeps the last ones of a client for ever, whatever others have', async () => {
    const [client, other] = [await aClient(), await aClient()];
    const ended = await recordEnded(client, lastTokensMax + 2, 365 * dayMs);
    const few = await recordEnded(other, 2, 400 * dayMs);

    expect(await purge.purge()).toBe(2);

    expect(await kept(client)).toEqual(ended.slice(0, lastTokensMax));
    expect(await kept(other)).toEqual(few);
  });

  it('goes batch by batch, past what it keeps, to the end', async () => {
    const client = await aClient();
    const dormant = await Promise.all(Array.from({ length: 3 }, aClient));
    for (const one of dormant) await recordEnded(one, lastTokensMax, 500 * dayMs);
    const ended = await recordEnded(client, 2 * purgedAtOnceMax + 1, 100 * dayMs);

    expect(await purge.purge()).toBe(ended.length - lastTokensMax);
    expect(await purge.purge()).toBe(0);

    expect(await kept(client)).toEqual(ended.slice(0, lastTokensMax));
    for (const one of dormant) expect(await kept(one)).toHaveLength(lastTokensMax);
  });

  it('may be done by several processes at once', async () => {
    const shared = { settings: rooms.database.settings, drop: () => Promise.resolve() };
    const others = await Promise.all([1, 2, 3].map(() => openRoomsOn(shared)));
    const client = await aClient();
    const count = 2 * purgedAtOnceMax;
    const ended = await recordEnded(client, count, 100 * dayMs);
    // Their clocks stand where they began; ours has been moved by the tests before this one.
    for (const { clock } of others) clock.advance(rooms.clock.now() - clock.now());

    const deleted = await Promise.all(
      [rooms, ...others].map((process) => process.get(TokenPurge).purge()),
    );

    await Promise.all(others.map((process) => process.close()));
    expect(deleted.reduce((sum, each) => sum + each)).toBe(count - lastTokensMax);
    expect(await kept(client)).toEqual(ended.slice(0, lastTokensMax));
  });

  it('finds what ended by the index', async () => {
    const client = await aClient();
    await recordEnded(client, 2 * purgedAtOnceMax, 1);
    await recordEnded(client, 10, 100 * dayMs);
    const unitOfWork = rooms.get(UnitOfWork);
    await unitOfWork.execute(sql`analyze`);

    const [query, execute] = [jest.spyOn(unitOfWork, 'query'), jest.spyOn(unitOfWork, 'execute')];
    await purge.purge();
    const statements = [...query.mock.calls, ...execute.mock.calls].map(([first]) => first);
    jest.restoreAllMocks();

    expect(statements).toHaveLength(3);
    for (const statement of statements) {
      const plan = await planOf(unitOfWork, statement);
      expect(plan).toMatch(/tokens_by_end/);
      expect(plan).not.toMatch(/SCAN (tokens|ended|kept)\b|Seq Scan/);
    }
  });

  it('is done every hour, and is over when the server has stopped', async () => {
    const shared = { settings: rooms.database.settings, drop: () => Promise.resolve() };
    const server = await openRoomsOn(shared);
    server.clock.advance(rooms.clock.now() - server.clock.now());
    const timed = server.get(TokenPurge);
    const purges = jest.spyOn(timed, 'purge');
    const client = await aClient();
    jest.useFakeTimers({ doNotFake: [...allButIntervals] });
    try {
      timed.onApplicationBootstrap();
      await recordEnded(client, lastTokensMax + 1, 100 * dayMs);
      jest.advanceTimersByTime(purgeIntervalMs - 1);
      expect(await kept(client)).toHaveLength(lastTokensMax + 1);

      jest.advanceTimersByTime(1);
      await server.close();

      expect(await kept(client)).toHaveLength(lastTokensMax);
      jest.advanceTimersByTime(purgeIntervalMs);
      expect(purges).toHaveBeenCalledTimes(1);
    } finally {
      jest.useRealTimers();
    }
  });
});
