import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { EntityService } from '../../src/entities/entity.service.js';
import { Clock } from '../../src/kernel/clock.js';
import { SecretBox } from '../../src/keys/secret-box.js';
import { SqliteConnection } from '../../src/persistence/sqlite-connection.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { anOAuthClient, aTenantId, aToken, basic, postForm } from '../support/oauth-client.js';

/**
 * The tables of clients that the database is asked for while the work runs, in their order.
 * @param database its driver is watched from now on: to be called before there are connections
 */
function watchReads({ name }: TestDatabase): (work: () => Promise<void>) => Promise<string[]> {
  const spy =
    name === 'sqlite'
      ? jest.spyOn(SqliteConnection.prototype, 'all')
      : jest.spyOn(pg.Client.prototype, 'query');
  return async (work) => {
    spy.mockClear();
    await work();
    return spy.mock.calls
      .map(([statement]) => tables.exec(JSON.stringify(statement))?.[1])
      .filter((table) => table !== undefined);
  };
}

const tables = /from[^a-z]+(entities|entity_secrets|entity_types|tenants)\b/i;

describe.each(databases)('the work for a client on $name', (database) => {
  let app: TestApp;
  let readsOf: ReturnType<typeof watchReads>;
  let digest: jest.SpiedFunction<SecretBox['digest']>;
  let compare: jest.SpiedFunction<SecretBox['isSameDigest']>;
  let laterMs = 0;
  beforeAll(async () => {
    readsOf = watchReads(database);
    app = await startApp(database);
    digest = jest.spyOn(app.get(SecretBox), 'digest');
    compare = jest.spyOn(app.get(SecretBox), 'isSameDigest');
    jest.spyOn(app.get(Clock), 'now').mockImplementation(() => Date.now() + laterMs);
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await app.close();
  });

  let clients: Record<string, () => [id: string, secret: string, tenantId?: string]>;
  beforeEach(async () => {
    const [known, deleted] = [await anOAuthClient(app), await anOAuthClient(app)];
    const elsewhere = await aTenantId(app);
    await app.get(EntityService).delete(deleted.context, deleted.entity.id);
    clients = {
      'a wrong secret': () => [known.clientId, 'wrong'],
      'an unknown client': () => [randomUUID(), 'wrong'],
      'a client of another tenant': () => [known.clientId, known.clientSecret, elsewhere],
      'a deleted client': () => [deleted.clientId, deleted.clientSecret],
    };
    // The first statements of a form travel alone, and the database is asked to describe them.
    for (let time = 0; time < 3; time += 1) await aToken(app, known);
  });

  const paths = ['/oauth2/token', '/oauth2/introspect'];

  it.each(
    paths.flatMap(
      (path) =>
        [
          [path, 'nothing is remembered', 10_000],
          [path, 'everything is remembered that can be', 0],
        ] as const,
    ),
  )(
    'SEC T1 and FIND M4 is the same at %s, whatever is wrong, when %s',
    async (path, _memory, pauseMs) => {
      const work: Record<string, object> = {};
      for (const [what, credentials] of Object.entries(clients)) {
        const [id, secret, tenantId] = credentials();
        const form = {
          grant_type: 'client_credentials',
          token: 'x',
          ...(tenantId === undefined ? {} : { tenantId }),
        };
        laterMs += pauseMs;
        digest.mockClear();
        compare.mockClear();
        const reads = await readsOf(async () => {
          expect((await postForm(app, path, form, basic(id, secret))).status).toBe(401);
        });
        const [digests, comparisons] = [digest.mock.calls.length, compare.mock.calls.length];
        work[what] = { reads, digests, comparisons };
      }

      const same = { reads: ['entities'], digests: 1, comparisons: 1 };
      expect(work).toEqual(Object.fromEntries(Object.keys(clients).map((what) => [what, same])));
    },
  );
});
