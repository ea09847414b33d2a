import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { User } from '../../src/directory/user.js';
import { UserService } from '../../src/directory/user.service.js';
import type { Actor } from '../../src/kernel/actor.js';
import { tenantContext } from '../../src/tenants/tenant-context.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  aGroup,
  aPatch,
  aUser,
  create,
  enterpriseUrn,
  expectScimError,
  found,
  listPath,
  read,
} from '../support/scim-assertions.js';
import {
  aScimConnection,
  aScimConnectionIn,
  type TestScimConnection,
} from '../support/scim-connection.js';

/** Whose a person is, who may lock whom out, and what nobody is told. */
describe.each(databases)('SCIM people on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;

  beforeAll(async () => {
    app = await startApp(database);
    client = await aScimConnection(app);
  });
  afterAll(() => app.close());

  describe('externalId', () => {
    it('is each client’s own in one tenant', async () => {
      const okta = await aScimConnection(app);
      const entra = await aScimConnectionIn(app, okta.tenantId, 'Entra');
      const made = await create(okta, 'Users', aUser({ userName: 'both', externalId: 'okta-1' }));
      const other = await create(
        entra,
        'Users',
        aUser({ userName: 'other', externalId: 'okta-1' }),
      );

      const before = await read(entra, `/Users/${made.id}`);
      const patched = await entra.scim(
        'PATCH',
        `/Users/${made.id}`,
        aPatch({ op: 'add', path: 'externalId', value: 'entra-1' }),
      );

      expect(before.externalId).toBe('okta-1');
      expect(patched.body.externalId).toBe('entra-1');
      expect((await read(okta, `/Users/${made.id}`)).externalId).toBe('okta-1');
      expect(await found(okta, 'Users', 'externalId eq "entra-1"', 'id')).toEqual([]);
      expect(await found(entra, 'Users', 'externalId eq "entra-1"', 'id')).toEqual([made.id]);
      expect(await found(entra, 'Users', 'externalId eq "okta-1"', 'id')).toEqual([other.id]);
    });

    it('is not another client’s to take away', async () => {
      const okta = await aScimConnection(app);
      const entra = await aScimConnectionIn(app, okta.tenantId, 'Entra');
      const made = await create(okta, 'Users', aUser({ userName: 'kept', externalId: 'okta-1' }));

      await entra.scim('PUT', `/Users/${made.id}`, aUser({ userName: 'kept' }));
      await entra.scim('PATCH', `/Users/${made.id}`, aPatch({ op: 'remove', path: 'externalId' }));

      expect((await read(okta, `/Users/${made.id}`)).externalId).toBe('okta-1');
    });

    it('C6 need not be unique, keeps its case, and goes when a PUT leaves it out', async () => {
      const own = await aScimConnection(app);
      const one = await create(own, 'Users', aUser({ userName: 'one', externalId: 'Same' }));
      const two = await create(own, 'Users', aUser({ userName: 'two', externalId: 'Same' }));
      await create(own, 'Users', aUser({ userName: 'three', externalId: 'same' }));

      const seen = await found(own, 'Users', 'externalId eq "Same"', 'id');
      await own.scim('PUT', `/Users/${one.id}`, aUser({ userName: 'one' }));

      expect(seen).toEqual([one.id, two.id]);
      expect(await found(own, 'Users', 'externalId eq "Same"', 'id')).toEqual([two.id]);
    });

    it('S1 never selects somebody by its form', async () => {
      const own = await aScimConnection(app);
      const victim = await create(own, 'Users', aUser({ userName: 'victim', externalId: '1' }));
      const forms = [
        '01',
        '1.0',
        ' 1',
        '١',
        '1e0',
        victim.id,
        victim.id.toUpperCase(),
        own.tenantId,
        client.tenantId,
        '../1',
        "1' or '1'='1",
      ];

      for (const externalId of forms) {
        expect(await found(own, 'Users', `externalId eq ${JSON.stringify(externalId)}`)).toEqual(
          [],
        );
        const made = await create(own, 'Users', aUser({ externalId }));
        expect(made.externalId).toBe(externalId);
        expect(made.id).not.toBe(victim.id);
        expect(
          await found(own, 'Users', `externalId eq ${JSON.stringify(externalId)}`, 'id'),
        ).toEqual([made.id]);
      }

      const empty = await create(own, 'Users', aUser({ externalId: '' }));
      expect(empty).not.toHaveProperty('externalId');
      expect(await found(own, 'Users', 'externalId eq ""')).toEqual([]);
      expectScimError(
        await own.scim('POST', '/Users', aUser({ externalId: 1 })),
        400,
        'invalidValue',
      );
      expectScimError(await own.scim('GET', '/Users/1'), 404);
      expect(await read(own, `/Users/${victim.id}`)).toEqual(victim);
    });
  });

  describe('S4 a lock', () => {
    const keeper: Actor = { kind: 'api_key', id: randomUUID() };
    const active = (value: boolean) => aPatch({ op: 'replace', value: { active: value } });

    async function setActive(
      connection: TestScimConnection,
      id: string,
      isActive: boolean,
      actor: Actor,
    ): Promise<User> {
      const context = tenantContext({ actor, requestId: 'test' }, connection.tenantId);
      return app
        .get(UserService)
        .change(context, id, undefined, ({ profile }) => ({ isActive, profile }));
    }

    it.each<Actor>([keeper, { kind: 'administrator', id: randomUUID() }])(
      'by $kind outlives active:true',
      async (actor) => {
        const own = await aScimConnection(app);
        const made = await create(own, 'Users', aUser({ userName: 'locked' }));
        await setActive(own, made.id, false, actor);

        const patch = await own.scim(
          'PATCH',
          `/Users/${made.id}`,
          aPatch({ op: 'replace', value: { active: true, title: 'new' } }),
        );
        const put = await own.scim(
          'PUT',
          `/Users/${made.id}`,
          aUser({ userName: 'locked', active: true, title: 'newer' }),
        );
        const door = await own.scim('PATCH', `/EnterpriseUsers/${made.id}`, active(true));
        const offAndOn = [
          await own.scim('PATCH', `/Users/${made.id}`, active(false)),
          await own.scim('PATCH', `/Users/${made.id}`, active(true)),
        ];

        expect(patch).toMatchObject({ status: 200, body: { active: false, title: 'new' } });
        expect(put).toMatchObject({ status: 200, body: { active: false, title: 'newer' } });
        for (const { status, body } of [door, ...offAndOn])
          expect([status, body.active]).toEqual([200, false]);
      },
    );

    it('is taken away by who may, and then SCIM decides again', async () => {
      const made = await create(client, 'Users', aUser());
      await setActive(client, made.id, false, keeper);
      await setActive(client, made.id, true, keeper);

      const off = await client.scim('PATCH', `/Users/${made.id}`, active(false));
      const on = await client.scim('PATCH', `/Users/${made.id}`, active(true));

      expect([off.body.active, on.body.active]).toEqual([false, true]);
    });

    it('by one SCIM client is another’s to end', async () => {
      const second = await aScimConnectionIn(app, client.tenantId, 'Entra');
      const made = await create(client, 'Users', aUser({ active: false }));

      expect((await second.scim('PATCH', `/Users/${made.id}`, active(true))).body.active).toBe(
        true,
      );
    });
  });

  describe('S10', () => {
    const hidden = { password: 'hunter2-ÿ' };

    it('shows a password in no answer', async () => {
      const own = await aScimConnection(app);
      const user = aUser({ userName: 'secretive', ...hidden });
      const post = await own.scim('POST', '/Users?attributes=password,userName', user);
      const path = `/Users/${post.body.id}`;
      await create(own, 'Groups', aGroup({ members: [{ value: post.body.id }] }));

      const answers = [
        post,
        await own.scim('PUT', `${path}?attributes=password`, user),
        await own.scim(
          'PATCH',
          `${path}?attributes=password`,
          aPatch({ op: 'add', path: 'password', value: 'hunter2-z' }),
        ),
        await own.scim('GET', path),
        await own.scim('GET', `${path}?attributes=password`),
        await own.scim('GET', '/Users?attributes=password&sortBy=userName'),
        await own.scim(
          'GET',
          `/EnterpriseUsers/${post.body.id}?attributes=urn:ietf:params:scim:schemas:core:2.0:User:password`,
        ),
        await own.scim('GET', '/Groups?attributes=members'),
      ];

      for (const { status, text } of answers) {
        expect(status).toBeLessThan(300);
        expect(text).not.toMatch(/hunter2|password|argon/i);
      }
      for (const path of ['password', 'password[value eq "x"]', 'emails[password eq "x"].value']) {
        const answer = await own.scim(
          'PATCH',
          `/Users/${post.body.id}`,
          aPatch({ op: 'replace', path, value: 7 }),
        );
        expect(answer.status).toBe(400);
        expect(answer.text).not.toContain('hunter2');
      }
    });

    it.each([
      ['id', { op: 'replace', path: 'id', value: randomUUID() }],
      ['id without a path', { op: 'replace', value: { id: randomUUID() } }],
      ['meta', { op: 'replace', path: 'meta.created', value: '2000-01-01T00:00:00Z' }],
      ['groups', { op: 'add', path: 'groups', value: [{ value: randomUUID() }] }],
      ['schemas', { op: 'remove', path: 'schemas' }],
      ['userName by removal', { op: 'remove', path: 'userName' }],
      ['groups by removal', { op: 'remove', path: 'groups[value pr]' }],
      [
        'the manager’s name',
        { op: 'replace', path: `${enterpriseUrn}:manager.displayName`, value: 'Boss' },
      ],
    ])('M18 M25 does not let %s be written', async (_what, operation) => {
      const made = await create(
        client,
        'Users',
        aUser({ title: 'before', [enterpriseUrn]: { manager: { value: 'x' } } }),
      );

      const answer = await client.scim(
        'PATCH',
        `/Users/${made.id}`,
        aPatch({ op: 'replace', path: 'title', value: 'after' }, operation),
      );

      expectScimError(answer, 400, 'mutability');
      expect(await read(client, `/Users/${made.id}`)).toEqual(made);
    });
  });

  describe('EnterpriseUsers, the second door', () => {
    it('leads to the same person, under a type and location of its own', async () => {
      const made = await create(
        client,
        'EnterpriseUsers',
        aUser({ title: 't', [enterpriseUrn]: { department: 'd' } }),
      );
      const answer = await client.scim('POST', '/EnterpriseUsers', aUser());
      const { meta, ...person } = made;

      const user = await read(client, `/Users/${made.id}`);

      expect(answer.headers.get('location')).toBe(answer.body.meta.location);
      expect(meta).toMatchObject({
        resourceType: 'EnterpriseUser',
        location: expect.stringMatching(`/EnterpriseUsers/${made.id}$`),
      });
      expect(user).toEqual({
        ...person,
        meta: {
          ...meta,
          resourceType: 'User',
          location: expect.stringMatching(`/Users/${made.id}$`),
        },
      });
    });

    it('lists, changes and deletes whom the other door made', async () => {
      const own = await aScimConnection(app);
      const made = await create(own, 'Users', aUser({ userName: 'through both' }));
      const path = `/EnterpriseUsers/${made.id}`;

      const listed = await read(
        own,
        listPath('EnterpriseUsers', { filter: 'userName eq "THROUGH BOTH"' }),
      );
      const put = await own.scim('PUT', path, { ...listed.Resources[0], title: 'put' });
      const patch = await own.scim(
        'PATCH',
        path,
        aPatch({ op: 'replace', path: 'nickName', value: 'patched' }),
      );
      const seen = await read(own, `/Users/${made.id}`);
      const taken = await own.scim('POST', '/EnterpriseUsers', aUser({ userName: 'THROUGH both' }));
      const gone = await own.scim('DELETE', path);

      expect(listed.Resources).toEqual([
        {
          ...made,
          meta: {
            ...made.meta,
            resourceType: 'EnterpriseUser',
            location: expect.stringMatching(`${path}$`),
          },
        },
      ]);
      expect([put.status, patch.status, gone.status]).toEqual([200, 200, 204]);
      expect(seen).toMatchObject({
        title: 'put',
        nickName: 'patched',
        meta: { resourceType: 'User' },
      });
      expectScimError(taken, 409, 'uniqueness');
      expectScimError(await own.scim('GET', `/Users/${made.id}`), 404);
    });
  });
});
