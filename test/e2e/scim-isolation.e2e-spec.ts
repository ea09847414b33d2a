import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import { aGroup, aPatch, aSearch, aUser, create, read } from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

describe.each(databases)('SCIM between tenants on $name', (database) => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp(database);
  });
  afterAll(() => app.close());

  it('P24 answers another tenant’s ids like unknown ones, wherever they stand, and changes nothing there', async () => {
    const [mine, theirs] = [await aScimConnection(app), await aScimConnection(app)];
    const user = await create(
      theirs,
      'Users',
      aUser({ userName: 'marker', externalId: 'marker', displayName: 'marker' }),
    );
    const group = await create(
      theirs,
      'Groups',
      aGroup({ displayName: 'marker', members: [{ value: user.id }] }),
    );
    const theirState = await stateOf(theirs);
    const ownGroup = await create(mine, 'Groups', aGroup());
    const unknown = randomUUID();

    const requests = (userId: string, groupId: string): [string, string, object?][] => [
      ...['Users', 'EnterpriseUsers', 'Groups'].flatMap((endpoint): [string, string, object?][] => {
        const path = `/${endpoint}/${endpoint === 'Groups' ? groupId : userId}`;
        const body =
          endpoint === 'Groups' ? aGroup({ displayName: 'x' }) : aUser({ userName: 'x' });
        return [
          ['GET', path],
          ['GET', `${path}?attributes=displayName`],
          ['PUT', path, body],
          ['PATCH', path, aPatch({ op: 'replace', value: { displayName: 'x', externalId: 'x' } })],
          ['DELETE', path],
        ];
      }),
      ['PATCH', `/Groups/${groupId}`, aPatch({ op: 'remove', path: 'members' })],
      [
        'PATCH',
        `/Groups/${ownGroup.id}`,
        aPatch({ op: 'add', path: 'members', value: [{ value: userId }] }),
      ],
      [
        'PATCH',
        `/Groups/${ownGroup.id}`,
        aPatch({ op: 'add', path: 'members', value: [{ value: groupId }] }),
      ],
      [
        'PATCH',
        `/Groups/${ownGroup.id}`,
        aPatch({ op: 'remove', path: `members[value eq "${userId}"]` }),
      ],
      ['PUT', `/Groups/${ownGroup.id}`, aGroup({ members: [{ value: userId, type: 'User' }] })],
      [
        'POST',
        '/Groups',
        aGroup({ displayName: 'refused', members: [{ value: groupId, type: 'Group' }] }),
      ],
      [
        'GET',
        `/Users?filter=${encodeURIComponent(`id eq "${userId}" or userName eq "marker" or externalId eq "marker"`)}`,
      ],
      [
        'GET',
        `/Users?filter=${encodeURIComponent(`groups.value eq "${groupId}" or groups.display eq "marker"`)}`,
      ],
      [
        'GET',
        `/Groups?filter=${encodeURIComponent(`id eq "${groupId}" or members eq "${userId}" or displayName eq "marker"`)}`,
      ],
      [
        'POST',
        '/Users/.search',
        aSearch({ filter: `displayName eq "marker" or id eq "${userId}"` }),
      ],
    ];
    const [foreign, absent] = [requests(user.id, group.id), requests(unknown, unknown)];

    for (const [index, [method, path, body]] of foreign.entries()) {
      const [, otherPath = '', otherBody] = absent[index] ?? [];
      const answer = await mine.scim(method, path, body);
      const expected = await mine.scim(method, otherPath, otherBody);
      const text = answer.text.replaceAll(user.id, unknown).replaceAll(group.id, unknown);
      expect([method, path, answer.status, text]).toEqual([
        method,
        path,
        expected.status,
        expected.text,
      ]);
    }

    expect(await stateOf(theirs)).toEqual(theirState);
    expect(JSON.stringify(await stateOf(mine))).not.toContain('marker');
    const twin = await mine.scim(
      'POST',
      '/Users',
      aUser({ userName: 'marker', externalId: 'marker' }),
    );
    const twinGroup = await mine.scim('POST', '/Groups', aGroup({ displayName: 'marker' }));
    expect([twin.status, twinGroup.status]).toEqual([201, 201]);
  });

  it('P24 names no manager of another tenant', async () => {
    const [mine, theirs] = [await aScimConnection(app), await aScimConnection(app)];
    const boss = await create(theirs, 'Users', aUser({ displayName: 'Foreign Boss' }));
    const urn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

    const made = await create(mine, 'Users', aUser({ [urn]: { manager: { value: boss.id } } }));

    expect(made[urn]).toEqual({ manager: { value: boss.id } });
  });

  async function stateOf(connection: TestScimConnection) {
    return Promise.all(
      ['/Users', '/EnterpriseUsers', '/Groups'].map((path) => read(connection, path)),
    );
  }
});
