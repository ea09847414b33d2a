import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { databases } from '../support/databases.js';
import {
  allAtOnce,
  type Doors,
  expectAgreement,
  groups,
  membershipStorm,
  people,
  tally,
} from '../support/races.js';
import { type Replicas, startReplicas } from '../support/replicas.js';
import { aPatch, aUser, read } from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

/** Ten to twenty seconds each, and two servers to start first; several times that on a machine with much else to do. */
jest.setTimeout(180_000);

const shared = databases.filter(({ name }) => name === 'postgres');

describe.each(shared)('two processes on one $name', (database) => {
  let replicas: Replicas;
  let client: TestScimConnection;
  let doors: Doors;
  beforeAll(async () => {
    replicas = await startReplicas(database);
  });
  beforeEach(async () => {
    client = await aScimConnection(replicas.app);
    doors = replicas.doorsOf(client);
  });
  afterAll(() => replicas.close());

  it('S12 that add 500 different members each, at the same time, end at 1,000 more', async () => {
    const [first = '', ...others] = await people(replicas.app, client.tenantId, 1_001);
    const [group = ''] = await groups(replicas.app, client.tenantId, 1, [first]);

    const answers = await allAtOnce(doors, others.length, (door, n) =>
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
    await expectAgreement(replicas.app, client);
  });

  it('make one person of 1,000 creates of one userName', async () => {
    const userName = randomUUID();

    const answers = await allAtOnce(doors, 1_000, (door) =>
      door.scim('POST', '/Users', aUser({ userName })),
    );

    expect(tally(answers)).toEqual({ 201: 1, 409: 999 });
    expect((await read(client, '/Users')).totalResults).toBe(1);
  });

  it('D5 make 100 people of 2 × 500 creates of the same 100 user names', async () => {
    const names = Array.from({ length: 100 }, () => randomUUID());

    // Either process is asked for each of the names five times, in an order of its own.
    const answers = await allAtOnce(doors, 1_000, (door, n) => {
      const turn = n % 2 === 0 ? n / 2 : 999 - (n - 1) / 2;
      return door.scim('POST', '/Users', aUser({ userName: names[turn % names.length] }));
    });

    expect(tally(answers)).toEqual({ 201: 100, 409: 900 });
    expect((await read(client, '/Users?count=0')).totalResults).toBe(100);
  });

  it('count right who comes, moves and goes in every order at once, and give no 5xx', async () => {
    const answers = await membershipStorm(replicas.app, doors, 440);

    for (const { status } of answers) expect([200, 201, 204, 400, 404]).toContain(status);
    await expectAgreement(replicas.app, client);
  });
});
