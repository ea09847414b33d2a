import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  aPatch,
  aUser,
  create,
  enterpriseUrn,
  expectScimError,
  found,
  listPath,
  read,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

const badgeUrn = 'urn:example:params:scim:schemas:badge:1.0:User';

const everyAttribute = {
  schemas: [userUrn, enterpriseUrn, badgeUrn],
  externalId: '00uAbC',
  userName: 'Ann.Lee@Corp.test',
  name: {
    formatted: 'Dr. Ann B. Lee, II',
    familyName: 'Lee',
    givenName: 'Ann',
    middleName: 'B.',
    honorificPrefix: 'Dr.',
    honorificSuffix: 'II',
  },
  displayName: 'Ånn 😀 李',
  nickName: ' ann ',
  profileUrl: 'https://corp.test/ANN?x=%20',
  title: 'Vice "President"\\\r\n\t',
  userType: 'Employee',
  preferredLanguage: 'de-CH, en;q=0.5',
  locale: 'en-US',
  timezone: 'Europe/Vienna',
  active: false,
  emails: [
    { value: 'Ann@Corp.test', display: 'Ann', type: 'work', primary: true },
    { value: 'ann@home.test', type: 'somewhere else', primary: false },
  ],
  phoneNumbers: [{ value: '+1 (303) 555-1212 x9', display: 'x', type: 'mobile', primary: true }],
  ims: [{ value: 'ann', type: 'xmpp' }],
  photos: [{ value: 'https://corp.test/Ann.png', type: 'photo' }],
  addresses: [
    {
      formatted: '1 Main St\nDenver',
      streetAddress: '1 Main St',
      locality: 'Denver',
      region: 'CO',
      postalCode: '80202',
      country: 'US',
      type: 'work',
      primary: true,
    },
  ],
  entitlements: [{ value: 'e1', display: 'E', type: 't', primary: true }],
  roles: [{ value: '{"id":"1","value":"Admin"}', primary: false }],
  x509Certificates: [{ value: 'MIIDQzCCAqyg' }],
  [enterpriseUrn]: {
    employeeNumber: '0077',
    costCenter: 'c',
    organization: 'o',
    division: 'd',
    department: 'dep',
    manager: { value: 'somebody elsewhere' },
  },
  [badgeUrn]: {
    number: 12.5,
    isValid: false,
    nothing: null,
    nested: { list: [1, 'x', null, { deep: [] }], text: '' },
  },
};

describe.each(databases)('SCIM users on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;

  beforeAll(async () => {
    app = await startApp(database);
    client = await aScimConnection(app);
  });
  afterAll(() => app.close());

  const getUser = (id: string) => read(client, `/Users/${id}`);

  async function passwordHashOf(id: string): Promise<string | undefined> {
    const rows = await app.get(UnitOfWork).query<{ hash: string }>(sql`
      select hash from user_credentials where user_pk = (select pk from users where id = ${id})`);
    return rows[0]?.hash;
  }

  describe('create and read', () => {
    it('C1 P19 answers 201 with the resource, which is at its location', async () => {
      const answer = await client.scim('POST', '/Users', aUser({ userName: 'Location' }));

      const { id, meta } = answer.body;
      expect(answer.status).toBe(201);
      expect(answer.headers.get('content-type')).toMatch(/^application\/scim\+json(;|$)/);
      expect(answer.headers.get('location')).toBe(
        `${app.configuration.publicUrl}/api/scim/resource/v2/Users/${id}`,
      );
      expect(answer.body).toEqual({
        schemas: [userUrn],
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        userName: 'Location',
        active: true,
        meta: {
          resourceType: 'User',
          created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          lastModified: meta.created,
          location: answer.headers.get('location'),
          version: answer.headers.get('etag'),
        },
      });
      expect(await getUser(id)).toEqual(answer.body);
    });

    it('keeps every attribute, the enterprise extension and an unknown one as they were sent', async () => {
      const { scim } = await aScimConnection(app);

      const { body: created } = await scim('POST', '/Users', {
        ...everyAttribute,
        password: 'x7Kq!d0m',
      });
      const { body: seen, text } = await scim('GET', `/Users/${created.id}`);

      expect(seen).toEqual({ ...everyAttribute, id: created.id, meta: created.meta });
      expect(created).toEqual(seen);
      expect(text).not.toContain('x7Kq!d0m');
    });

    it('P6 P7 knows names and URNs in any case and answers in the spelling of the schema', async () => {
      const made = await create(client, 'Users', {
        SCHEMAS: [userUrn.toUpperCase()],
        USERNAME: 'Any.Case',
        Name: { GIVENNAME: 'Ann' },
        EMAILS: [{ Value: 'any.case@corp.test', TYPE: 'work' }],
        [enterpriseUrn.toUpperCase()]: { DEPARTMENT: 'Sales' },
      });

      expect(made).toMatchObject({
        schemas: [userUrn, enterpriseUrn],
        userName: 'Any.Case',
        name: { givenName: 'Ann' },
        emails: [{ value: 'any.case@corp.test', type: 'work' }],
        [enterpriseUrn]: { department: 'Sales' },
      });
    });

    it('P8 P10 P11 P16 leaves out what is unassigned, unknown or the server’s to say', async () => {
      const foreign = randomUUID();
      const made = await create(client, 'Users', {
        ...aUser({ title: null, nickName: '', emails: [], roles: null, shoeSize: 42 }),
        id: foreign,
        meta: { created: '2000-01-01T00:00:00Z', location: 'https://evil.test', version: 'W/"1"' },
        groups: [{ value: foreign }],
      });

      expect(Object.keys(made).sort()).toEqual(['active', 'id', 'meta', 'schemas', 'userName']);
      expect(made.id).not.toBe(foreign);
      expect(made.meta.created > '2020').toBe(true);
      expect(made.meta.location).not.toContain('evil');
    });

    it.each([
      ['C3 no user name', { userName: undefined }, 'invalidValue'],
      ['C3 an empty user name', { userName: '' }, 'invalidValue'],
      ['C3 a blank user name', { userName: '  ' }, 'invalidValue'],
      ['P12 no schema named', { schemas: [] }, 'invalidSyntax'],
      [
        'P12 schemas of a group',
        { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'] },
        'invalidSyntax',
      ],
      [
        'E4 two primaries',
        {
          emails: [
            { value: 'a@x.test', primary: true },
            { value: 'b@x.test', primary: true },
          ],
        },
        'invalidValue',
      ],
      ['S5 active as a word', { active: 'yes' }, 'invalidValue'],
      ['a user name that no index can hold', { userName: 'u'.repeat(5000) }, 'invalidValue'],
    ])('refuses %s', async (_what, attributes, scimType) => {
      expectScimError(await client.scim('POST', '/Users', aUser(attributes)), 400, scimType);
    });

    it('R2 P14 answers 404 for what is not there', async () => {
      for (const id of [randomUUID(), 'me', 'bulkId', '1', encodeURIComponent('é/😀')]) {
        expectScimError(await client.scim('GET', `/Users/${id}`), 404);
      }
    });
  });

  describe('uniqueness', () => {
    it.each([
      ['C4 the user name in another case', 'TAKEN@x.test'],
      ['the user name with a blank behind it', 'Taken@x.test '],
      ['the user name as it is', 'Taken@x.test'],
    ])('Z3 keeps %s for one', async (_what, userName) => {
      const own = await aScimConnection(app);
      const first = await create(
        own,
        'Users',
        aUser({ userName: 'Taken@x.test', emails: [{ value: 'taken@x.test' }] }),
      );
      const second = await create(own, 'Users', aUser({ userName: 'second' }));

      const answers = await Promise.all([
        own.scim('POST', '/Users', aUser({ userName })),
        own.scim('PUT', `/Users/${second.id}`, aUser({ userName })),
        own.scim('PATCH', `/Users/${second.id}`, aPatch({ op: 'replace', value: { userName } })),
      ]);

      for (const answer of answers) expectScimError(answer, 409, 'uniqueness');
      expect(await read(own, `/Users/${first.id}`)).toEqual(first);
      expect(await read(own, `/Users/${second.id}`)).toEqual(second);
    });

    it('U7 lets a person’s own name change its case', async () => {
      const made = await create(client, 'Users', aUser({ userName: 'recase' }));

      const put = await client.scim('PUT', `/Users/${made.id}`, aUser({ userName: 'ReCase' }));

      expect(put).toMatchObject({ status: 200, body: { id: made.id, userName: 'ReCase' } });
    });

    it('C10 gives a name to one of two who ask at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => client.scim('POST', '/Users', aUser({ userName: 'race' }))),
      );

      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    });

    it('S8 folds letters in one way on both databases', async () => {
      const own = await aScimConnection(app);
      await create(own, 'Users', aUser({ userName: 'É-straße-\u212A' }));

      const same = ['é-straße-k', 'E\u0301-straße-K', 'É-STRASSE-K', 'é-stra\u00ADße-k\u3000'];
      const other = ['e-straße-k', 'é-strase-k'];

      for (const userName of same)
        expectScimError(await own.scim('POST', '/Users', aUser({ userName })), 409, 'uniqueness');
      for (const userName of other) await create(own, 'Users', aUser({ userName }));
    });
  });

  describe('replace', () => {
    it('U8 P17 changes nothing when it brings what GET answered', async () => {
      const own = await aScimConnection(app);
      const boss = await create(own, 'Users', aUser({ displayName: 'Boss' }));
      const made = await create(own, 'Users', {
        ...everyAttribute,
        [enterpriseUrn]: { department: 'x', manager: { value: boss.id } },
        password: 'x7Kq!d0m',
      });
      await create(own, 'Groups', {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
        displayName: 'g',
        members: [{ value: made.id }],
      });
      const hash = await passwordHashOf(made.id);
      const seen = await read(own, `/Users/${made.id}`);

      const answer = await own.scim('PUT', `/Users/${made.id}`, seen);

      expect(seen.groups).toHaveLength(1);
      expect(seen[enterpriseUrn].manager).toMatchObject({
        displayName: 'Boss',
        $ref: boss.meta.location,
      });
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.body).toEqual(seen);
      expect(await read(own, `/Users/${made.id}`)).toEqual(seen);
      expect(hash).toEqual(expect.any(String));
      expect(await passwordHashOf(made.id)).toBe(hash);
    });

    it('U2 U6 clears what is left out, and keeps password, id and creation', async () => {
      const own = await aScimConnection(app);
      const made = await create(own, 'Users', {
        ...everyAttribute,
        active: true,
        password: 'x7Kq!d0m',
      });
      const hash = await passwordHashOf(made.id);

      const { status, body } = await own.scim(
        'PUT',
        `/Users/${made.id}`,
        aUser({ userName: 'new name' }),
      );

      expect(status).toBe(200);
      expect(body).toEqual({
        schemas: [userUrn],
        id: made.id,
        userName: 'new name',
        active: true,
        meta: { ...made.meta, lastModified: expect.any(String), version: expect.any(String) },
      });
      expect(body.meta.version).not.toBe(made.meta.version);
      expect(body.meta.lastModified > made.meta.lastModified).toBe(true);
      expect(await passwordHashOf(made.id)).toBe(hash);
      expect(await found(own, 'Users', 'emails.value eq "ann@home.test" or externalId pr')).toEqual(
        [],
      );
    });

    it('U9 leaves active as it is when nothing is said of it', async () => {
      const made = await create(client, 'Users', aUser({ userName: 'silent', active: false }));

      const silent = await client.scim(
        'PUT',
        `/Users/${made.id}`,
        aUser({ userName: 'silent', title: 'x' }),
      );
      const loud = await client.scim(
        'PUT',
        `/Users/${made.id}`,
        aUser({ userName: 'silent', title: 'x', active: true }),
      );

      expect([silent.body.active, loud.body.active]).toEqual([false, true]);
    });

    it('U1 U3 never creates, and does not take another id from the body', async () => {
      const id = randomUUID();
      const made = await create(client, 'Users', aUser());

      expectScimError(await client.scim('PUT', `/Users/${id}`, aUser({ id })), 404);
      const answer = await client.scim('PUT', `/Users/${made.id}`, { ...made, id });

      expect(answer).toMatchObject({ status: 200, body: { id: made.id } });
      expectScimError(await client.scim('GET', `/Users/${id}`), 404);
    });

    it('stores a new password, and a PATCH of one as well', async () => {
      const made = await create(client, 'Users', aUser({ password: 'one' }));
      const first = await passwordHashOf(made.id);

      const put = await client.scim('PUT', `/Users/${made.id}`, { ...made, password: 'two' });
      const second = await passwordHashOf(made.id);
      const patch = await client.scim(
        'PATCH',
        `/Users/${made.id}`,
        aPatch({ op: 'replace', value: { password: 'three' } }),
      );

      expect([put.status, patch.status]).toEqual([200, 200]);
      expect(new Set([first, second, await passwordHashOf(made.id)]).size).toBe(3);
      expect(`${put.text}${patch.text}`).not.toMatch(/two|three|password/);
    });
  });

  describe('delete', () => {
    it('L1 L2 S18 ends an id for ever, and frees the name', async () => {
      const made = await create(
        client,
        'Users',
        aUser({ userName: 'Gone', emails: [{ value: 'gone@x.test' }], externalId: 'g' }),
      );

      const answer = await client.scim('DELETE', `/Users/${made.id}`);
      const again = await create(
        client,
        'Users',
        aUser({ userName: 'gone', emails: [{ value: 'gone@x.test' }], externalId: 'g' }),
      );

      expect([answer.status, answer.text]).toEqual([204, '']);
      expect(again.id).not.toBe(made.id);
      expectScimError(await client.scim('GET', `/Users/${made.id}`), 404);
      expectScimError(await client.scim('PUT', `/Users/${made.id}`, made), 404);
      expectScimError(
        await client.scim(
          'PATCH',
          `/Users/${made.id}`,
          aPatch({ op: 'replace', value: { active: true } }),
        ),
        404,
      );
      expectScimError(await client.scim('DELETE', `/Users/${made.id}`), 404);
      expect(await found(client, 'Users', 'userName eq "gone"', 'id')).toEqual([again.id]);
      expect(await found(client, 'Users', `id eq "${made.id}"`)).toEqual([]);
    });
  });

  it('rule 9: an inactive person stays readable and findable, and comes back with the same id', async () => {
    const made = await create(client, 'Users', aUser({ userName: 'in and out', title: 'kept' }));
    const turn = (active: unknown) =>
      client.scim(
        'PATCH',
        `/Users/${made.id}`,
        aPatch({ op: 'Replace', path: 'active', value: active }),
      );

    const off = await turn('False');
    const seen = await read(client, listPath('Users', { filter: 'userName eq "IN AND OUT"' }));
    const on = await turn('True');

    expect(off).toMatchObject({ status: 200, body: { id: made.id, active: false } });
    expect(seen.Resources).toEqual([off.body]);
    const { created, location } = made.meta;
    expect(on.body).toEqual({ ...made, meta: expect.objectContaining({ created, location }) });
  });
});
