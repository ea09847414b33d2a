import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  aPatch,
  aUser,
  create,
  expectScimError,
  found,
  inLanes,
  read,
  type ScimBody,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

const desk = 'desk@x.test';

describe.each(databases)('e-mail addresses on $name', (database) => {
  let app: TestApp;
  let own: TestScimConnection;

  beforeAll(async () => {
    app = await startApp(database);
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    own = await aScimConnection(app);
  });

  const path = () => `/api/rollcall/tenant/${own.tenantId}/provisioning`;
  const ask = (uniqueEmail: boolean) =>
    app.request('PUT', path(), { body: { provisioning: { uniqueEmail } } });
  const patch = (id: string, ...operations: readonly object[]) =>
    own.scim('PATCH', `/Users/${id}`, aPatch(...operations));
  const setActive = (id: string, value: boolean) =>
    patch(id, { op: 'replace', path: 'active', value });
  const withEmails = (...emails: readonly object[]) => aUser({ emails });
  const atDesk = (more: object = {}) => withEmails({ value: desk, type: 'work', ...more });
  const idsAt = (value: string) => found(own, 'Users', `emails.value eq "${value}"`, 'id');

  describe('in a tenant that asks for nothing', () => {
    it('FIND S-4 are kept as they are sent, and two people may share one', async () => {
      const first = await create(own, 'Users', atDesk({ primary: true }));
      const second = await create(own, 'Users', withEmails({ value: 'DESK@X.test' }));
      const third = await create(own, 'Users', withEmails({ value: 'other@x.test' }));
      const put = await own.scim('PUT', `/Users/${third.id}`, atDesk());
      const patched = await patch(third.id, {
        op: 'add',
        path: 'emails',
        value: [{ value: desk }],
      });

      expect([put.status, patched.status]).toEqual([200, 200]);
      expect(second.emails).toEqual([{ value: 'DESK@X.test' }]);
      expect(await idsAt(desk)).toEqual([first.id, second.id, third.id]);
    });

    it('FIND S-4 are told as not unique', async () => {
      const schema = await read(own, `/Schemas/${userUrn}`);
      const emails = schema.attributes.find(({ name }: ScimBody) => name === 'emails');
      const value = emails.subAttributes.find(({ name }: ScimBody) => name === 'value');

      expect([emails.uniqueness ?? 'none', value.uniqueness]).toEqual(['none', 'none']);
    });

    it.each([
      ['remove', { op: 'remove', path: 'emails[type eq "work"]' }],
      ['replace by nothing', { op: 'replace', path: 'emails[type eq "work"].value', value: '' }],
    ])('FIND S-3 do not stand in the way of a %s', async (_, operation) => {
      await create(own, 'Users', atDesk({ primary: true }));
      const other = await create(
        own,
        'Users',
        withEmails({ value: 'b@x.test', type: 'work' }, { value: desk, type: 'home' }),
      );

      const answer = await patch(other.id, operation);

      expect(answer.status).toBe(200);
      expect(answer.body.emails).toEqual([{ value: desk, type: 'home' }]);
    });

    it('are shared by many who come at once', async () => {
      const answers = await inLanes(24, () => own.scim('POST', '/Users', atDesk()));

      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
      expect(await idsAt(desk)).toHaveLength(24);
    });
  });

  describe('in a tenant that asks for strict ones', () => {
    beforeEach(async () => {
      expect((await ask(true)).status).toBe(200);
    });

    it('FIND S-4 stand for one active person each, in any spelling', async () => {
      await create(own, 'Users', withEmails({ value: 'straße@x.test' }));
      const other = await create(own, 'Users', withEmails({ value: 'other@x.test' }));
      const same = [{ value: 'STRASSE@X.TEST' }];

      for (const answer of [
        await own.scim('POST', '/Users', withEmails(...same)),
        await own.scim('PUT', `/Users/${other.id}`, withEmails(...same)),
        await patch(other.id, { op: 'replace', path: 'emails', value: same }),
      ]) {
        expectScimError(answer, 409, 'uniqueness');
        expect(answer.body.detail).toContain('emails');
      }
      expect(await read(own, `/Users/${other.id}`)).toEqual(other);
      const elsewhere = await aScimConnection(app);
      await create(elsewhere, 'Users', withEmails(...same));
    });

    it('FIND S-4 are free beside somebody who is not active, whom they keep out then', async () => {
      const left = await create(own, 'Users', atDesk());
      expect((await setActive(left.id, false)).status).toBe(200);
      const next = await create(own, 'Users', atDesk());

      expectScimError(await setActive(left.id, true), 409, 'uniqueness');
      expect((await patch(left.id, { op: 'add', path: 'title', value: 'x' })).status).toBe(200);
      expect((await own.scim('DELETE', `/Users/${next.id}`)).status).toBe(204);
      expect((await setActive(left.id, true)).body.active).toBe(true);
      expectScimError(await own.scim('POST', '/Users', atDesk()), 409, 'uniqueness');
    });

    it.each([
      ['remove', { op: 'remove', path: 'emails[type eq "work"]' }],
      ['replace by nothing', { op: 'replace', path: 'emails[type eq "work"].value', value: '' }],
    ])('FIND S-3 are never the answer to a %s', async (_, operation) => {
      const first = await create(own, 'Users', atDesk({ primary: true }));
      const other = await create(
        own,
        'Users',
        withEmails({ value: 'b@x.test', type: 'work' }, { value: desk, type: 'home' }),
      );

      const answer = await patch(other.id, operation);

      expect([answer.status, answer.body.emails]).toEqual([200, [{ value: desk, type: 'home' }]]);
      const primary = { op: 'add', path: 'emails[type eq "home"].primary', value: true };
      expect((await patch(other.id, primary)).status).toBe(200);
      expect((await own.scim('DELETE', `/Users/${first.id}`)).status).toBe(204);
      // Now it is the other's.
      expectScimError(await own.scim('POST', '/Users', atDesk()), 409, 'uniqueness');
    });

    it('go to one of many who ask at once, whether they come or change', async () => {
      const others = await inLanes(8, (n) =>
        create(own, 'Users', withEmails({ value: `${n}@x.test` })),
      );

      const answers = await inLanes(16, (n) => {
        const other = others[n];
        return other === undefined
          ? own.scim('POST', '/Users', atDesk())
          : patch(other.id, { op: 'replace', path: 'emails', value: [{ value: desk }] });
      });

      const good = answers.filter(({ status }) => status < 300);
      expect(good).toHaveLength(1);
      for (const answer of answers.filter((each) => !good.includes(each)))
        expectScimError(answer, 409, 'uniqueness');
      expect(await idsAt(desk)).toHaveLength(1);
    });

    it('fail one operation of a Bulk and not the others', async () => {
      await create(own, 'Users', atDesk());
      const post = (bulkId: string, data: object) => ({
        method: 'POST',
        path: '/Users',
        bulkId,
        data,
      });
      const answer = await own.scim('POST', '/Bulk', {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
        Operations: [post('a', aUser()), post('b', atDesk()), post('c', aUser())],
      });

      expect(answer.body.Operations.map(({ status }: ScimBody) => status)).toEqual([
        '201',
        '409',
        '201',
      ]);
    });
  });

  it('that were shared before stay so, until a write names one anew', async () => {
    const first = await create(own, 'Users', atDesk());
    const second = await create(own, 'Users', atDesk());
    await ask(true);

    const title = { op: 'add', path: 'title', value: 'x' };
    expect((await patch(second.id, title)).status).toBe(200);
    const put = { ...second, title: 'y' };
    expect((await own.scim('PUT', `/Users/${second.id}`, put)).status).toBe(200);
    const other = { op: 'replace', path: 'emails[type eq "work"].value', value: 'b@x.test' };
    expect((await patch(second.id, other)).status).toBe(200);
    const back = { op: 'replace', path: 'emails[type eq "work"].value', value: desk };
    expectScimError(await patch(second.id, back), 409, 'uniqueness');

    const third = await create(own, 'Users', withEmails({ value: 'c@x.test' }));
    await ask(false);
    expect((await patch(second.id, back)).status).toBe(200);
    await ask(true);
    expect((await own.scim('DELETE', `/Users/${first.id}`)).status).toBe(204);
    const take = { op: 'replace', path: 'emails', value: [{ value: desk }] };
    expectScimError(await patch(third.id, take), 409, 'uniqueness');
    expect((await setActive(second.id, false)).status).toBe(200);
    expect((await patch(third.id, take)).status).toBe(200);
  });

  describe('are settled by /api/rollcall/tenant/{id}/provisioning', () => {
    it('which tells the default and what was asked for, and is replaced as a whole', async () => {
      const before = await app.request('GET', path());
      const asked = await ask(true);
      const after = await app.request('GET', path());
      const emptied = await app.request('PUT', path(), { body: { provisioning: {} } });

      expect(before).toMatchObject({ status: 200, body: { provisioning: { uniqueEmail: false } } });
      expect(asked).toMatchObject({ status: 200, body: { provisioning: { uniqueEmail: true } } });
      expect(after.body).toEqual(asked.body);
      expect(emptied.body).toEqual(before.body);
    });

    it.each<[object, string]>([
      [{}, 'provisioning'],
      [{ provisioning: [] }, 'provisioning'],
      [{ provisioning: { uniqueEmail: 'yes' } }, 'provisioning.uniqueEmail'],
    ])('which refuses %j', async (body, field) => {
      const answer = await app.request('PUT', path(), { body });

      expect(answer.status).toBe(400);
      expect(Object.keys(answer.body.fieldErrors)).toEqual([field]);
    });

    it('which is 404 for a tenant that is not there, and 401 without a key', async () => {
      const unknown = `/api/rollcall/tenant/${randomUUID()}/provisioning`;
      const body = { provisioning: { uniqueEmail: true } };

      expect((await app.request('GET', unknown)).status).toBe(404);
      expect((await app.request('PUT', unknown, { body })).status).toBe(404);
      expect((await app.request('GET', path(), { key: null })).status).toBe(401);
      expect((await app.request('PUT', path(), { key: null, body })).status).toBe(401);
    });

    it('which is 404 under another tenant’s header', async () => {
      const headers = { 'x-fusionauth-tenantid': app.tenantId };
      const body = { provisioning: { uniqueEmail: true } };

      expect((await app.request('GET', path(), { headers })).status).toBe(404);
      expect((await app.request('PUT', path(), { headers, body })).status).toBe(404);
      expect((await app.request('GET', path())).body.provisioning.uniqueEmail).toBe(false);
    });
  });
});
