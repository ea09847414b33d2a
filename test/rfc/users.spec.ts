import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import {
  aGroup,
  aPatch,
  aUser,
  create,
  enterpriseUrn,
  expectScimError,
  found,
  read,
} from '../support/scim-assertions.js';
import { aScimConnection } from '../support/scim-connection.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

const lists = ['emails', 'phoneNumbers', 'ims', 'photos', 'entitlements', 'roles'] as const;

chapter('users', (server) => {
  const patch = (id: string, ...operations: readonly object[]) =>
    server.client.scim('PATCH', `/Users/${id}`, aPatch(...operations));

  sentence('E1', async () => {
    const { client } = server;
    const taken = await create(client, 'Users', aUser({ userName: `Éva-${randomUUID()}` }));
    const made = await create(client, 'Users', aUser());

    for (const userName of ['', ' ', '\t']) {
      expectScimError(
        await client.scim('POST', '/Users', aUser({ userName })),
        400,
        'invalidValue',
      );
      const put = await client.scim('PUT', `/Users/${made.id}`, { ...made, userName });
      expectScimError(put, 400, 'invalidValue');
      const operation = { op: 'replace', path: 'userName', value: userName };
      expectScimError(await patch(made.id, operation), 400, 'invalidValue');
    }
    for (const userName of [taken.userName.toLowerCase(), taken.userName.toUpperCase()]) {
      expectScimError(await client.scim('POST', '/Users', aUser({ userName })), 409, 'uniqueness');
    }
    expect(await read(client, `/Users/${made.id}`)).toEqual(made);
  });

  sentence('E2', async () => {
    const user = aUser({ title: 'CTO', externalId: 'e2', roles: [{ value: 'r' }] });
    const made = await create(server.client, 'Users', user);
    const members = [{ value: made.id }];
    await create(server.client, 'Groups', aGroup({ members }));
    const before = await read(server.client, `/Users/${made.id}`);

    const off = await patch(made.id, { op: 'replace', path: 'active', value: false });
    const seen = await found(server.client, 'Users', `userName eq "${made.userName}"`, 'id');
    const on = await patch(made.id, { op: 'replace', value: { active: true } });

    const meta = expect.objectContaining({ created: made.meta.created });
    expect(off.body).toEqual({ ...before, active: false, meta });
    expect(seen).toEqual([made.id]);
    expect(on.body).toEqual({ ...before, meta });
  });

  sentence('E3', async () => {
    const value = `https://x.test/${randomUUID()}`;
    const made = await create(
      server.client,
      'Users',
      aUser({
        ...Object.fromEntries(lists.map((name) => [name, { value }])),
        addresses: { locality: 'Graz' },
        x509Certificates: { value: 'MIIB' },
      }),
    );
    await create(server.client, 'Groups', aGroup({ members: [{ value: made.id }] }));
    const seen = await read(server.client, `/Users/${made.id}`);

    for (const name of lists) expect([name, seen[name]]).toEqual([name, [{ value }]]);
    expect(seen.addresses).toEqual([{ locality: 'Graz' }]);
    expect(seen.x509Certificates).toEqual([{ value: 'MIIB' }]);
    expect(seen.groups).toEqual([expect.objectContaining({ type: 'direct' })]);
  });

  sentence('E4', async () => {
    const { client } = server;
    const made = await create(client, 'Users', aUser());
    for (const name of [...lists, 'addresses', 'x509Certificates']) {
      const key = name === 'addresses' ? 'locality' : 'value';
      const two = { [name]: ['a', 'b'].map((text) => ({ [key]: text, primary: true })) };
      for (const answer of [
        await client.scim('POST', '/Users', aUser(two)),
        await client.scim('PUT', `/Users/${made.id}`, { ...made, ...two }),
        await patch(made.id, { op: 'replace', value: two }),
        await patch(made.id, { op: 'add', path: name, value: two[name] }),
      ]) {
        expectScimError(answer, 400, 'invalidValue');
        expect(answer.body.detail).toMatch(/primary/);
      }
    }
    expect(await read(client, `/Users/${made.id}`)).toEqual(made);
  });

  sentence('E5', async () => {
    const own = await aScimConnection(server.app);
    const [a, b] = ['a@x.test', 'b@x.test'].map((value) => ({ value, type: 'work' }));
    const emails = [a, b, { ...a }, { ...a, display: 'Ann' }, { ...a, type: 'home' }];
    const expected = [{ ...a, display: 'Ann' }, b, { ...a, type: 'home' }];

    const made = await create(own, 'Users', aUser({ emails }));
    const put = await own.scim('PUT', `/Users/${made.id}`, { ...made, emails });
    const add = aPatch({ op: 'add', path: 'emails', value: emails });
    const replace = aPatch({ op: 'replace', path: 'emails', value: emails });
    const added = await own.scim('PATCH', `/Users/${made.id}`, add);
    const replaced = await own.scim('PATCH', `/Users/${made.id}`, replace);

    for (const body of [made, put.body, added.body, replaced.body]) {
      expect(body.emails).toEqual(expected);
    }
  });

  sentence('E6', async () => {
    const { client } = server;
    const user = await create(client, 'Users', aUser());
    const inner = await create(client, 'Groups', aGroup({ members: [{ value: user.id }] }));
    const outer = await create(client, 'Groups', aGroup({ members: [{ value: inner.id }] }));
    const seen = await read(client, `/Users/${user.id}`);

    expect(seen.groups).toHaveLength(2);
    expect(seen.groups).toEqual(
      expect.arrayContaining([
        {
          value: inner.id,
          $ref: inner.meta.location,
          display: inner.displayName,
          type: 'direct',
        },
        {
          value: outer.id,
          $ref: outer.meta.location,
          display: outer.displayName,
          type: 'indirect',
        },
      ]),
    );
    const put = await client.scim('PUT', `/Users/${user.id}`, { ...seen, groups: [] });
    expect(put.body.groups).toEqual(seen.groups);
    const patched = await patch(user.id, { op: 'remove', path: 'groups' });
    expectScimError(patched, 400, 'mutability');
  });

  sentence('E7', async () => {
    const { client } = server;
    const boss = await create(client, 'Users', aUser({ displayName: 'Bo Boss' }));
    const lie = { value: boss.id, displayName: 'Lie' };
    const made = await create(client, 'Users', aUser({ [enterpriseUrn]: { manager: lie } }));
    const shown = { value: boss.id, $ref: boss.meta.location, displayName: 'Bo Boss' };

    expect(made[enterpriseUrn].manager).toEqual(shown);
    await patch(boss.id, { op: 'replace', path: 'displayName', value: 'Bo Chief' });
    const seen = await read(client, `/Users/${made.id}`);
    expect(seen[enterpriseUrn].manager.displayName).toBe('Bo Chief');
    const at = `${enterpriseUrn}:manager`;
    const named = await patch(made.id, { op: 'replace', path: `${at}.displayName`, value: 'x' });
    expectScimError(named, 400, 'mutability');
    const free = await patch(made.id, { op: 'replace', path: at, value: { value: 'free text' } });
    expect(free.body[enterpriseUrn].manager).toEqual({ value: 'free text' });
  });

  sentence('E8', async () => {
    for (const texts of [
      {
        locale: 'de-AT',
        preferredLanguage: 'de, en-gb;q=0.8, en;q=0.7',
        timezone: 'Europe/Vienna',
      },
      { locale: 'EN_us', preferredLanguage: 'EN', timezone: 'Nowhere/Not A Zone' },
      { locale: 'x', preferredLanguage: '  ', timezone: 'utc' },
    ]) {
      const made = await create(server.client, 'Users', aUser(texts));
      expect(await read(server.client, `/Users/${made.id}`)).toMatchObject(texts);
    }
  });

  sentence('E9', async () => {
    const whole = await create(
      server.client,
      'Users',
      aUser({ name: { formatted: 'Dr Ann Lee' } }),
    );
    const parts = await create(
      server.client,
      'Users',
      aUser({ name: { givenName: 'Ann', familyName: 'Lee' } }),
    );
    const both = await patch(whole.id, { op: 'add', path: 'name.familyName', value: 'Other' });

    expect(whole.name).toEqual({ formatted: 'Dr Ann Lee' });
    expect(parts.name).toEqual({ givenName: 'Ann', familyName: 'Lee' });
    expect(both.body.name).toEqual({ formatted: 'Dr Ann Lee', familyName: 'Other' });
  });
});
