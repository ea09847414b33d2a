import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PasswordHasher } from '../../src/directory/password-hasher.js';
import { tenantContext } from '../../src/tenants/tenant-context.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { tally } from '../support/races.js';
import { aUser } from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';
import { testContext } from '../support/test-context.js';

/** More than one tenant may have waiting. */
const flood = 300;

/** Sent at once to a line that is full: far more than find a place in it, however slow the machine is. */
const late = 100;

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
    const hasher = app.get(PasswordHasher);
    const context = tenantContext(testContext, busy.tenantId);
    const waiting = Array.from({ length: flood }, () => hasher.hash(context, 'x'));
    const filled = Promise.allSettled(waiting);

    const [ofBusy, ofOther] = await Promise.all([
      Promise.all(Array.from({ length: late }, () => create(busy))),
      Promise.all(Array.from({ length: 25 }, () => create(other))),
    ]);

    expect(tally(ofOther)).toEqual({ 201: 25 });
    const { 201: taken = 0, 503: refused = 0, ...rest } = tally(ofBusy);
    expect(taken + refused).toBe(late);
    expect(refused).toBeGreaterThan(0);
    expect(rest).toEqual({});
    await filled;
  });
});
