import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAppOn, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  aSearch,
  aUser,
  create,
  expectScimError,
  found,
  listPath,
  read,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

const scanBudgetMs = 300;

/** Few people, of whom each has more to read through than many. */
const peopleMany = 8;
const entitlementsMany = 6_000;
const comparisonsMany = 60;

/** What nobody has, asked of every value in as many ways as a filter may. */
const slow = Array.from(
  { length: comparisonsMany },
  (_, n) => `entitlements.value co "none${n}"`,
).join(' or ');

describe.each(databases)('a SCIM search that no index serves on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;

  beforeAll(async () => {
    const fresh = await database.create();
    app = await startAppOn({ ...fresh, settings: { ...fresh.settings, scanBudgetMs } });
    client = await aScimConnection(app);
    const entitlements = Array.from({ length: entitlementsMany }, (_, n) => ({
      value: `entitlement ${n}`,
    }));
    for (let n = 0; n < peopleMany; n += 1)
      await create(client, 'Users', aUser({ userName: `p${n}`, entitlements }));
  });
  afterAll(() => app.close());

  it('is 400 tooMany when it takes too long, and says what to do', async () => {
    const answers = [
      await client.scim('GET', listPath('Users', { filter: slow })),
      await client.scim('GET', listPath('Users', { filter: slow, count: 0 })),
      await client.scim('POST', '/Users/.search', aSearch({ filter: slow })),
      await client.scim('GET', listPath('Users', { filter: `not (userName pr) or ${slow}` })),
      await client.scim('POST', '/.search', aSearch({ filter: slow })),
    ];

    for (const answer of answers) {
      expectScimError(answer, 400, 'tooMany');
      expect(answer.headers.has('retry-after')).toBe(false);
      expect(answer.body.detail).toMatch(/narrow the filter .*userName/);
    }
  });

  it('keeps nobody from being found by an index, and is served when it is narrowed', async () => {
    const scans = Array.from({ length: 6 }, () =>
      client.scim('GET', listPath('Users', { filter: slow })),
    );
    const narrow = 'userName eq "p3" and not (entitlements.value co "none")';
    expect(await found(client, 'Users', narrow)).toEqual(['p3']);
    expect(await read(client, '/Users?count=1')).toMatchObject({ totalResults: peopleMany });

    for (const answer of await Promise.all(scans)) expectScimError(answer, 400, 'tooMany');
  });
});
