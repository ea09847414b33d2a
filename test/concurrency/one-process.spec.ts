import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  allAtOnce,
  expectAgreement,
  groups,
  membershipStorm,
  people,
  tally,
} from '../support/races.js';
import { aPatch, aUser, read } from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

/** Five to ten seconds each; several times that on a machine with much else to do. */
jest.setTimeout(180_000);

describe.each(databases)('a thousand at once, in one process on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;
  beforeAll(async () => {
    app = await startApp(database);
  });
  beforeEach(async () => {
    client = await aScimConnection(app);
  });
  afterAll(() => app.close());

  it('1,000 creates of one userName make one person', async () => {
    const userName = randomUUID();

    const answers = await allAtOnce([client], 1_000, (door) =>
      door.scim('POST', '/Users', aUser({ userName })),
    );

    expect(tally(answers)).toEqual({ 201: 1, 409: 999 });
    expect((await read(client, '/Users')).totalResults).toBe(1);
  });

  it('D5 1,000 creates of 100 user names make 100 people', async () => {
    const names = Array.from({ length: 100 }, () => randomUUID());

    const answers = await allAtOnce([client], 1_000, (door, n) =>
      door.scim('POST', '/Users', aUser({ userName: names[n % names.length] })),
    );

    expect(tally(answers)).toEqual({ 201: 100, 409: 900 });
    expect((await read(client, '/Users?count=0')).totalResults).toBe(100);
  });

  it('S12 1,000 adds of a member each leave nobody out', async () => {
    const [first = '', ...others] = await people(app, client.tenantId, 1_001);
    const [group = ''] = await groups(app, client.tenantId, 1, [first]);

    const answers = await allAtOnce([client], others.length, (door, n) =>
      door.scim(
        'PATCH',
        `/Groups/${group}`,
        aPatch({ op: 'add', path: 'members', value: [{ value: others[n] }] }),
      ),
    );

    expect(tally(answers)).toEqual({ 204: 1_000 });
    const { members } = await read(client, `/Groups/${group}`);
    const ids = members.map(({ value }: { value: string }) => value);
    expect(ids.sort()).toEqual([first, ...others].sort());
    await expectAgreement(app, client);
  });

  it('who comes, moves and goes in every order at once is counted right, and no answer is a 5xx', async () => {
    const answers = await membershipStorm(app, [client], 330);

    for (const { status } of answers) expect([200, 201, 204, 400, 404]).toContain(status);
    await expectAgreement(app, client);
  });
});
