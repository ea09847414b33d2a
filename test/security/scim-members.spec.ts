import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NewUser } from '../../src/directory/user-cells.js';
import { UserRepository } from '../../src/directory/user.repository.js';
import { newId } from '../../src/kernel/ids.js';
import { tenantContext } from '../../src/tenants/tenant-context.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { aGroup, aPatch, create, read } from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';
import { testContext } from '../support/test-context.js';

const many = 10_000;

describe.each(databases)('groups of ten thousand on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;

  beforeAll(async () => {
    app = await startApp(database);
    client = await aScimConnection(app);
  });
  afterAll(() => app.close());

  async function people(count: number): Promise<string[]> {
    const context = tenantContext(testContext, client.tenantId);
    const users = Array.from({ length: count }, (_, n): NewUser => aRow(client.tenantId, n));
    await app.get(UserRepository).insertAll(context, users);
    return users.map(({ id }) => id);
  }

  it('S12 PATCH changes only the members that it names; nobody else leaves', async () => {
    const [gone = '', newcomer = '', ...others] = await people(many + 2);
    const members = [gone, ...others].map((value) => ({ value }));
    const { id } = await create(client, 'Groups', aGroup({ members }));

    for (const operation of [
      { op: 'add', path: 'members', value: [{ value: newcomer }] },
      { op: 'remove', path: `members[value eq "${gone}"]` },
      { op: 'replace', value: { displayName: 'still all there' } },
    ]) {
      const answer = await client.scim('PATCH', `/Groups/${id}`, aPatch(operation));
      expect(answer.status).toBe(204);
    }

    const after = (await read(client, `/Groups/${id}`)).members;
    expect(after.map(({ value }: { value: string }) => value).sort()).toEqual(
      [...others, newcomer].sort(),
    );
  });
});

/** As the service would make it, but for the event: ten thousand of them need not be told. */
function aRow(tenantId: string, n: number): NewUser {
  return {
    id: newId(),
    tenantId,
    isActive: true,
    deactivatedBy: undefined,
    version: 1,
    membershipVersion: 0,
    created: 0,
    changed: 0,
    createdByClient: undefined,
    changedByClient: undefined,
    externalIds: {},
    externalId: undefined,
    profile: { userName: `p${n}` },
    data: {},
  };
}
