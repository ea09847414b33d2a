import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { passwordHashOf } from '../rfc/passwords.js';
import { startApp, type TestApp, type TestResponse } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  aGroup,
  aPatch,
  aUser,
  create,
  expectScimError,
  read,
  type ScimBody,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

const corpUrn = 'urn:example:params:scim:schemas:extension:corp:2.0:User';

/** What clients send that the RFC leaves open, as rules that hold for people and groups over HTTP. */
describe.each(databases)('what a SCIM PATCH may say on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;

  beforeAll(async () => {
    app = await startApp(database);
    client = await aScimConnection(app);
  });
  afterAll(() => app.close());

  const patch = (path: string, ...operations: readonly object[]): Promise<TestResponse> =>
    client.scim('PATCH', path, aPatch(...operations));

  async function aPerson(attributes: object = {}): Promise<{ path: string; made: ScimBody }> {
    const made = await create(client, 'Users', aUser(attributes));
    return { path: `/Users/${made.id}`, made };
  }

  async function aTeam(...members: readonly ScimBody[]): Promise<{ path: string; made: ScimBody }> {
    const given = members.map(({ id }) => ({ value: id }));
    const made = await create(client, 'Groups', aGroup({ members: given }));
    return { path: `/Groups/${made.id}`, made };
  }

  const idsIn = (group: ScimBody): string[] =>
    group.members.map(({ value }: ScimBody) => value).toSorted();

  describe('attributes of unknown schemas', () => {
    it('FIND S-1 are reached by their paths, and a leaver leaves', async () => {
      const { path } = await aPerson({ [corpUrn]: { tag: '1', floor: 3 } });

      const byPath = await patch(
        path,
        { op: 'replace', path: `${corpUrn}:tag`, value: '2' },
        { op: 'replace', path: 'active', value: 'False' },
      );
      const byName = await patch(path, { op: 'replace', value: { [`${corpUrn}:TAG`]: '3' } });
      const added = await patch(path, { op: 'add', path: `${corpUrn}:site`, value: { city: 'L' } });

      expect(byPath).toMatchObject({
        status: 200,
        body: { active: false, [corpUrn]: { tag: '2', floor: 3 } },
      });
      expect(byName.body[corpUrn]).toEqual({ tag: '3', floor: 3 });
      expect(added.body[corpUrn]).toEqual({ tag: '3', floor: 3, site: { city: 'L' } });
      expect(added.body.schemas).toEqual([userUrn, corpUrn]);
      expect(await read(client, path)).toEqual(added.body);
    });

    it('FIND S-1 begin with the first one of them, and go with the last', async () => {
      const { path } = await aPerson();

      const came = await patch(path, { op: 'add', path: `${corpUrn}:tag`, value: '1' });
      const went = await patch(path, { op: 'remove', path: `${corpUrn}:tag` });
      const again = await patch(path, { op: 'remove', path: `${corpUrn}:tag` });

      expect(came.body).toMatchObject({ schemas: [userUrn, corpUrn], [corpUrn]: { tag: '1' } });
      expect([went.status, went.body.schemas]).toEqual([200, [userUrn]]);
      expect(again.body).toEqual(went.body);
    });

    it('FIND S-1 take 64 KiB of a person or a group and no more', async () => {
      const block = { [corpUrn]: { text: 'x'.repeat(500_000) } };
      const { path, made } = await aPerson();
      const team = await aTeam();

      expectScimError(await client.scim('POST', '/Users', aUser(block)), 413);
      expectScimError(await client.scim('PUT', path, aUser({ ...made, ...block })), 413);
      expectScimError(await patch(path, { op: 'add', value: block }), 413);
      expectScimError(await client.scim('POST', '/Groups', aGroup(block)), 413);
      expectScimError(await patch(team.path, { op: 'add', value: block }), 413);
      expect(await read(client, path)).toEqual(made);
      expect(await read(client, team.path)).toEqual(team.made);
    });

    it('are reached in a group, beside a change of its members', async () => {
      const { made } = await aPerson();
      const { path } = await aTeam();

      const answer = await patch(
        path,
        { op: 'add', value: { [`${corpUrn}:tag`]: '1', members: [{ value: made.id }] } },
        { op: 'replace', path: `${corpUrn}:tag`, value: '2' },
      );

      expect(answer.status).toBe(204);
      const group = await read(client, path);
      expect([group[corpUrn], idsIn(group)]).toEqual([{ tag: '2' }, [made.id]]);
    });
  });

  it('FIND S-2 keeps one address, primary when either was', async () => {
    const [a, b, c] = [
      `${randomUUID()}@x.test`,
      `${randomUUID()}@x.test`,
      `${randomUUID()}@x.test`,
    ];
    const twice = await aPerson({
      emails: [
        { value: a, type: 'work', primary: true },
        { value: a, type: 'work', primary: false },
      ],
    });
    const two = await aPerson({
      emails: [
        { value: b, type: 'work', primary: true },
        { value: c, type: 'work', primary: false },
      ],
    });
    const value = `${randomUUID()}@x.test`;
    const one = await patch(two.path, {
      op: 'replace',
      path: 'emails[type eq "work"].value',
      value,
    });

    expect(twice.made.emails).toEqual([{ value: a, type: 'work', primary: true }]);
    expect(one.body.emails).toEqual([{ value, type: 'work', primary: true }]);
  });

  it('FIND S-5 lets nobody in again who is only not said to be out', async () => {
    const { path, made } = await aPerson();
    const clearing = [
      { op: 'remove', path: 'active' },
      { op: 'replace', path: 'active', value: null },
      { op: 'replace', value: { active: null } },
    ];

    for (const operation of clearing)
      expect(await patch(path, operation)).toMatchObject({ status: 200, body: made });
    const out = await patch(path, { op: 'replace', path: 'active', value: false });
    for (const operation of clearing)
      expectScimError(await patch(path, operation), 400, 'invalidValue');
    expect(await read(client, path)).toEqual(out.body);
    expect((await patch(path, { op: 'add', path: 'active', value: 'True' })).body.active).toBe(
      true,
    );
  });

  it('FIND S-6 makes no entry that its own filter would not find', async () => {
    const kept = `${randomUUID()}@x.test`;
    const { path, made } = await aPerson({ emails: [{ value: kept, type: 'work' }] });

    for (const filter of ['value eq "old@x.test"', 'type eq "a" and type eq "b"']) {
      const operation = { op: 'replace', path: `emails[${filter}].value`, value: 'new@x.test' };
      expectScimError(await patch(path, operation), 400, 'noTarget');
    }
    expect(await read(client, path)).toEqual(made);
  });

  it('FIND S-8 refuses what can do nothing, for people and for members alike', async () => {
    const { path, made } = await aPerson({ title: 't', roles: [{ value: 'a' }] });
    const team = await aTeam(made);
    for (const operation of [
      { op: 'remove', path: 'roles', value: { roles: [{ value: 'a' }] } },
      { op: 'remove', path: 'roles', value: [{ type: 'x' }] },
      { op: 'remove', path: 'roles', value: [[]] },
      { op: 'remove', path: 'title', value: 'other' },
    ]) {
      const answer = await patch(path, operation);
      expectScimError(answer, 400, 'invalidValue');
      expect(answer.body.detail).toContain(`path "${operation.path}"`);
    }
    for (const value of ['', [[]], [null], { members: [made.id] }, [{ type: 'User' }], 7]) {
      const operation = { op: 'remove', path: 'members', value };
      expectScimError(await patch(team.path, operation), 400, 'invalidValue');
    }
    for (const value of ['', { members: [made.id] }]) {
      const operation = { op: 'add', path: 'members', value };
      expectScimError(await patch(team.path, operation), 400, 'invalidValue');
    }
    expect(await read(client, path)).toMatchObject({ title: 't', roles: made.roles });
    expect(await read(client, team.path)).toEqual(team.made);
  });

  it('FIND S-8 refuses two primary entries in one request', async () => {
    const emails = ['work', 'home'].map((type) => ({ value: `${randomUUID()}@x.test`, type }));
    const { path, made } = await aPerson({ emails });
    const primary = (filter: string) => ({
      op: 'replace',
      path: `emails[${filter}].primary`,
      value: true,
    });

    expectScimError(await patch(path, primary('value pr')), 400, 'invalidValue');
    expectScimError(
      await patch(path, primary('type eq "work"'), primary('type eq "home"')),
      400,
      'invalidValue',
    );
    expect(await read(client, path)).toEqual(made);
  });

  it('FIND S-13 leaves no entry without its value', async () => {
    const emails = [1, 2, 3].map(() => ({ value: `${randomUUID()}@x.test`, primary: false }));
    const { path, made } = await aPerson({ emails });

    const answer = await patch(path, {
      op: 'replace',
      path: 'emails[primary eq false]',
      value: { display: 'post' },
    });

    expectScimError(answer, 400, 'invalidValue');
    expect(await read(client, path)).toEqual(made);
  });

  it('FIND S-9 FIND S-20 reads bodies without schemas everywhere, in Bulk too', async () => {
    const userName = randomUUID();
    const data = { userName: randomUUID() };
    const made = await client.scim('POST', '/Users', { userName });
    const path = `/Users/${made.body.id}`;
    const changed = await client.scim('PATCH', path, {
      Operations: [{ op: 'add', path: 'title', value: 'one' }],
    });
    const put = await client.scim('PUT', path, { userName, title: 'two' });
    const group = await client.scim('POST', '/Groups', { displayName: randomUUID() });
    const search = await client.scim('POST', '/Users/.search', {
      filter: `userName eq "${userName}"`,
    });
    const root = await client.scim('POST', '/.search', { filter: `userName eq "${userName}"` });
    const bulk = await client.scim('POST', '/Bulk', {
      Operations: [
        { method: 'POST', path: '/Users', bulkId: 'a', data },
        {
          method: 'PATCH',
          path,
          data: { Operations: [{ op: 'add', path: 'title', value: 'three' }] },
        },
        { method: 'PUT', path, data: { userName, title: 'four' } },
      ],
    });

    expect(made).toMatchObject({ status: 201, body: { schemas: [userUrn], userName } });
    expect([changed.body.title, put.body.title, group.status]).toEqual(['one', 'two', 201]);
    expect([search.body.totalResults, root.body.totalResults]).toEqual([1, 1]);
    expect(bulk.body.Operations.map(({ status }: ScimBody) => status)).toEqual([
      '201',
      '200',
      '200',
    ]);
    expect((await read(client, path)).title).toBe('four');
    for (const schemas of [[], null, ['urn:x:y'], userUrn])
      expectScimError(await client.scim('PUT', path, { schemas, userName }), 400, 'invalidSyntax');
  });

  it('FIND S-14 takes a list for the operations of a PatchOp, alone and in Bulk', async () => {
    const { path } = await aPerson();
    const list = (value: string) => [
      { op: 'add', path: 'nickName', value },
      { op: 'replace', value: { title: value } },
    ];

    const alone = await client.scim('PATCH', path, list('one'));
    const bulk = await client.scim('POST', '/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [{ method: 'PATCH', path, data: list('two') }],
    });

    expect(alone).toMatchObject({ status: 200, body: { nickName: 'one', title: 'one' } });
    expect(bulk.body.Operations).toMatchObject([{ status: '200' }]);
    expect(await read(client, path)).toMatchObject({ nickName: 'two', title: 'two' });
    expectScimError(await client.scim('PATCH', path, []), 400, 'invalidSyntax');
  });

  it('FIND S-9 sets a password that stands in JSON text, and tells it in no answer', async () => {
    const { path, made } = await aPerson();
    const before = await passwordHashOf(app, made.id);
    const value = String.raw`{"\u0070assword":"a long pass phrase","title":"t"}`;

    const alone = await patch(path, { op: 'replace', value });
    const first = await passwordHashOf(app, made.id);
    const bulk = await client.scim('POST', '/Bulk', {
      Operations: [{ method: 'PATCH', path, data: [{ op: 'replace', value }] }],
    });
    const second = await passwordHashOf(app, made.id);

    expect(alone).toMatchObject({ status: 200, body: { title: 't' } });
    expect(alone.text).not.toContain('phrase');
    expect(bulk.body.Operations).toMatchObject([{ status: '200' }]);
    expect(before).toBeUndefined();
    expect([typeof first, typeof second, first === second]).toEqual(['string', 'string', false]);
  });

  it('S14 answers JSON text that nests without end with 400', async () => {
    const { path, made } = await aPerson();
    const value = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;

    expectScimError(await patch(path, { op: 'replace', value }), 400, 'invalidValue');
    expect(await read(client, path)).toEqual(made);
  });
});
