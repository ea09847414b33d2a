import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { tally } from '../support/races.js';
import { aUser } from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

/** More than one tenant may have waiting. */
const flood = 300;

describe.each(databases)('people with passwords of several tenants on $name', (database) => {
  let app: TestApp;
  let busy: TestScimConnection;
  let other: TestScimConnection;
  beforeAll(async () => {
    app = await startApp(database);
    [busy, other] = [await aScimConnection(app), await aScimConnection(app)];
  });
  afterAll(() => app.close());

  const create = ({ scim }: TestScimConnection) =>
    scim('POST', '/Users', aUser({ userName: randomUUID(), password: randomUUID() }));

  it('FIND R-5 are made for one tenant while another fills its line, which alone is refused', async () => {
    let tellFull: () => void;
    const isFull = new Promise<void>((resolve) => (tellFull = resolve));
    const flooding = Array.from({ length: flood }, async () => {
      const answer = await create(busy);
      if (answer.status === 503) tellFull();
      return answer;
    });
    await isFull;

    const made = await Promise.all(Array.from({ length: 25 }, () => create(other)));

    expect(tally(made)).toEqual({ 201: 25 });
    const { 201: taken = 0, 503: refused = 0, ...rest } = tally(await Promise.all(flooding));
    expect(taken + refused).toBe(flood);
    expect(refused).toBeGreaterThan(0);
    expect(rest).toEqual({});
  });
});
