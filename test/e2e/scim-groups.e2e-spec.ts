import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  aGroup,
  aPatch,
  aUser,
  create,
  expectScimError,
  found,
  groupUrn,
  inLanes,
  listPath,
  read,
  type ScimBody,
} from '../support/scim-assertions.js';
import {
  aScimConnection,
  aScimConnectionIn,
  type TestScimConnection,
} from '../support/scim-connection.js';

describe.each(databases)('SCIM groups on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;

  beforeAll(async () => {
    app = await startApp(database);
  });
  beforeEach(async () => {
    client = await aScimConnection(app);
  });
  afterAll(() => app.close());

  const patch = (id: string, ...operations: object[]) =>
    client.scim('PATCH', `/Groups/${id}`, aPatch(...operations));
  const values = (ids: readonly string[]) => ids.map((value) => ({ value }));
  const groupsOf = async (id: string) =>
    (await read(client, `/Users/${id}?attributes=groups`)).groups ?? [];

  async function people(many: number, connection = client): Promise<string[]> {
    const made = await inLanes(many, () => create(connection, 'Users', aUser()));
    return made.map(({ id }) => id);
  }

  async function groupOf(members: readonly string[], attributes: object = {}): Promise<ScimBody> {
    return create(client, 'Groups', aGroup({ members: values(members), ...attributes }));
  }

  describe('create, read and replace', () => {
    it('K2 K3 keeps what was sent and shows members whole, whatever the client left out', async () => {
      const user = await create(client, 'Users', aUser({ displayName: 'Ann' }));
      const inner = await create(
        client,
        'Groups',
        aGroup({ displayName: `Inner ${randomUUID()}`, members: [] }),
      );
      const unknownUrn = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group';
      const body = {
        schemas: [groupUrn, unknownUrn],
        displayName: `Åll 😀 ${randomUUID()}`,
        externalId: 'Ext',
        members: [
          { value: user.id, display: 'as it was sent' },
          { value: inner.id, type: 'Group' },
        ],
        [unknownUrn]: { a: [1, null] },
      };

      const answer = await client.scim('POST', '/Groups', body);

      const { id, meta } = answer.body;
      expect(answer.status).toBe(201);
      expect(answer.headers.get('location')).toBe(meta.location);
      expect(answer.body).toEqual({
        ...body,
        id,
        members: [
          { value: user.id, display: 'as it was sent', type: 'User', $ref: user.meta.location },
          { value: inner.id, display: inner.displayName, type: 'Group', $ref: inner.meta.location },
        ],
        meta: {
          resourceType: 'Group',
          created: meta.created,
          lastModified: meta.created,
          location: expect.stringMatching(`/Groups/${id}$`),
          version: answer.headers.get('etag'),
        },
      });
      expect(await read(client, `/Groups/${id}`)).toEqual(answer.body);
      expect(inner.members).toEqual([]);
    });

    it('U8 changes nothing when a PUT brings what GET answered', async () => {
      const [user = ''] = await people(1);
      const made = await groupOf([user], { externalId: 'x' });

      const answer = await client.scim('PUT', `/Groups/${made.id}`, made);

      expect(answer).toMatchObject({ status: 200 });
      expect(answer.body).toEqual(made);
      expect(await read(client, `/Groups/${made.id}`)).toEqual(made);
    });

    it('K6 empties a group by a PUT without members, and replaces them by one with', async () => {
      const [a = '', b = '', c = ''] = await people(3);
      const made = await groupOf([a, b]);

      const other = await client.scim(
        'PUT',
        `/Groups/${made.id}`,
        aGroup({ displayName: made.displayName, members: values([b, c]) }),
      );
      const empty = await client.scim(
        'PUT',
        `/Groups/${made.id}`,
        aGroup({ displayName: made.displayName }),
      );

      expect(toIds(other.body.members)).toEqual([b, c]);
      expect(empty.body.members).toEqual([]);
      expect([await groupsOf(a), await groupsOf(b), await groupsOf(c)]).toEqual([[], [], []]);
    });

    it.each([
      ['K1 no name', { displayName: undefined }],
      ['K1 an empty name', { displayName: '' }],
      ['K1 a blank name', { displayName: ' ' }],
      ['a name that is no text', { displayName: 7 }],
      ['a member without a value', { members: [{ display: 'x' }] }],
      ['a member that is a number', { members: [7] }],
      ['members that are no list', { members: 7 }],
    ])('refuses %s', async (_what, attributes) => {
      expectScimError(
        await client.scim('POST', '/Groups', aGroup(attributes)),
        400,
        'invalidValue',
      );
    });

    it('Z3 keeps a name for one group, without regard to case', async () => {
      const name = `Näme ${randomUUID()}`;
      const first = await groupOf([], { displayName: name });
      const second = await groupOf([]);
      const taken = { displayName: name.toUpperCase() };

      expectScimError(await client.scim('POST', '/Groups', aGroup(taken)), 409, 'uniqueness');
      expectScimError(
        await client.scim('PUT', `/Groups/${second.id}`, aGroup(taken)),
        409,
        'uniqueness',
      );
      expectScimError(await patch(second.id, { op: 'replace', value: taken }), 409, 'uniqueness');
      expect(
        (await client.scim('PUT', `/Groups/${first.id}`, aGroup(taken))).body.displayName,
      ).toBe(taken.displayName);
    });

    it('L1 L4 leaves users when a group goes, and its name is free', async () => {
      const [user = ''] = await people(1);
      const made = await groupOf([user]);

      const gone = await client.scim('DELETE', `/Groups/${made.id}`);
      const again = await groupOf([], { displayName: made.displayName });

      expect(gone.status).toBe(204);
      expect(again.id).not.toBe(made.id);
      expect(await groupsOf(user)).toEqual([]);
      for (const [method, body] of [
        ['GET', undefined],
        ['PUT', aGroup()],
        ['DELETE', undefined],
      ] as const) {
        expectScimError(await client.scim(method, `/Groups/${made.id}`, body), 404);
      }
      expectScimError(
        await patch(made.id, { op: 'add', path: 'members', value: values([user]) }),
        404,
      );
    });

    it('keeps externalId for each client', async () => {
      const second = await aScimConnectionIn(app, client.tenantId, 'Entra');
      const made = await groupOf([], { externalId: 'okta-g' });

      await second.scim(
        'PATCH',
        `/Groups/${made.id}`,
        aPatch({ op: 'add', path: 'externalId', value: 'entra-g' }),
      );

      expect((await read(client, `/Groups/${made.id}`)).externalId).toBe('okta-g');
      expect(await found(second, 'Groups', 'externalId eq "entra-g"', 'id')).toEqual([made.id]);
      expect(await found(client, 'Groups', 'externalId eq "OKTA-G"', 'id')).toEqual([]);
    });
  });

  describe('lists and filters', () => {
    it('A7 leaves members out when they are excluded', async () => {
      const [a = ''] = await people(1);
      const { members: _, ...made } = await groupOf([a]);

      const one = await read(client, `/Groups/${made.id}?excludedAttributes=members`);
      const list = await read(
        client,
        listPath('Groups', {
          filter: `displayName eq "${made.displayName}"`,
          excludedAttributes: 'members',
        }),
      );
      const only = await read(client, `/Groups/${made.id}?attributes=members.value`);

      expect(one).toEqual(made);
      expect(list.Resources).toEqual([made]);
      expect(only).toEqual({ schemas: [groupUrn], id: made.id, members: [{ value: a }] });
    });

    it('finds groups by name, members and both', async () => {
      const [a = '', b = ''] = await people(2);
      const outer = await groupOf([a], { displayName: `app-test ${randomUUID()}` });
      const { id, displayName } = await groupOf([a, outer.id], {
        displayName: `app_100% ${randomUUID()}`,
      });
      const cases: readonly [string, string[]][] = [
        [`members eq "${a}"`, [outer.id, id]],
        [`members.value eq "${a}"`, [outer.id, id]],
        [`members[value eq "${a}"]`, [outer.id, id]],
        [`members.value eq "${outer.id}"`, [id]],
        [`members.type eq "group"`, [id]],
        [`members[type eq "Group" and value eq "${a}"]`, []],
        [`id eq "${id}" and members eq "${a}"`, [id]],
        [`id eq "${id}" and members eq "${b}"`, []],
        [`displayName eq "${displayName.toUpperCase()}"`, [id]],
        ['displayName eq "app"', []],
        ['displayName co "_100%"', [id]],
        ['displayName sw "app%"', []],
        [`urn:ietf:params:scim:schemas:core:2.0:Group:displayName sw "app-"`, [outer.id]],
        [`displayName sw "app" and not (members.value eq "${outer.id}")`, [outer.id]],
        ['meta.lastModified lt "2020-01-01T00:00:00Z"', []],
      ];

      for (const [filter, ids] of cases)
        expect([filter, await found(client, 'Groups', filter, 'id')]).toEqual([filter, ids]);
      for (const filter of ['members.display eq "x"', 'shoeSize pr', 'displayName', '']) {
        expectScimError(
          await client.scim('GET', listPath('Groups', { filter })),
          400,
          'invalidFilter',
        );
      }
    });
  });
});

function toIds(members: readonly { value: string }[]): string[] {
  return members.map(({ value }) => value);
}
