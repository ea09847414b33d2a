import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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
  inLanes,
  read,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

/** Names that look the same to people, each with others of the same key. */
const sameNames: readonly (readonly [string, readonly string[]])[] = [
  ['straße', ['STRASSE', 'strasse', 'STRAẞE', ' straße', 'straße\u00A0', 'stra\u200Bsse']],
  ['ΝΊΚΟΣ.ΠΑΠ@X.TEST', ['νίκος.παπ@x.test', 'νίκοσ.παπ@x.test', 'Νίκος.Παπ@x.test']],
  ['ada  king', ['Ada King', 'ADA\tKING', 'ada \u3000king', '\uFEFFada king ']],
  ['é', ['E\u0301', 'e\u200D\u0301', 'É']],
];

const unseen = ['\u200B', '\uFEFF\u00AD', ' \u2060 ', '\u3000', '\u{E0041}'];

describe.each(databases)('names without case on $name', (database) => {
  let app: TestApp;
  let own: TestScimConnection;

  beforeAll(async () => {
    app = await startApp(database);
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    own = await aScimConnection(app);
  });

  describe.each([
    ['Users', 'userName', aUser],
    ['Groups', 'displayName', aGroup],
  ] as const)('of %s', (endpoint, attribute, aBody) => {
    it.each(sameNames)(
      'FIND S-7 FIND S-17 belong to one, who is found by each spelling: %j',
      async (name, others) => {
        const { id } = await create(own, endpoint, aBody({ [attribute]: name }));
        const second = await create(own, endpoint, aBody({ [attribute]: 'somebody else' }));

        for (const other of [name, ...others]) {
          const body = aBody({ [attribute]: other });
          const change = aPatch({ op: 'replace', path: attribute, value: other });
          expectScimError(await own.scim('POST', `/${endpoint}`, body), 409, 'uniqueness');
          expectScimError(
            await own.scim('PUT', `/${endpoint}/${second.id}`, body),
            409,
            'uniqueness',
          );
          expectScimError(
            await own.scim('PATCH', `/${endpoint}/${second.id}`, change),
            409,
            'uniqueness',
          );
          expect(
            await found(own, endpoint, `${attribute} eq ${JSON.stringify(other)}`, 'id'),
          ).toEqual([id]);
        }
        expect((await read(own, `/${endpoint}/${id}`))[attribute]).toBe(name);
        const renamed = await own.scim(
          'PUT',
          `/${endpoint}/${id}`,
          aBody({ [attribute]: others[0] }),
        );
        expect(renamed).toMatchObject({ status: 200, body: { id, [attribute]: others[0] } });
      },
    );

    it.each(unseen)('FIND S-7 have something to see in them, unlike %j', async (name) => {
      const { id, ...made } = await create(own, endpoint, aBody());

      const change = aPatch({ op: 'replace', path: attribute, value: name });
      for (const answer of [
        await own.scim('POST', `/${endpoint}`, aBody({ [attribute]: name })),
        await own.scim('PUT', `/${endpoint}/${id}`, aBody({ [attribute]: name })),
        await own.scim('PATCH', `/${endpoint}/${id}`, change),
      ])
        expectScimError(answer, 400, 'invalidValue');

      expect(await read(own, `/${endpoint}/${id}`)).toMatchObject({
        [attribute]: made[attribute],
      });
    });

    it('FIND S-17 are found by a part in any spelling, and are put in the order of their keys', async () => {
      const names = ['Straße 2', 'STRASSE  1', ' Νίκος.Παπ', 'zebra'];
      for (const name of names) await create(own, endpoint, aBody({ [attribute]: name }));
      const by = (filter: string) => found(own, endpoint, `${attribute} ${filter}`, attribute);

      expect(await by('sw "straSSe"')).toEqual(['Straße 2', 'STRASSE  1']);
      expect(await by('sw "νίκος"')).toEqual([' Νίκος.Παπ']);
      expect(await by('co "ße "')).toEqual(['Straße 2', 'STRASSE  1']);
      expect(await by('co "\u200BZEB"')).toEqual(['zebra']);
      expect(await by('ew "e  1"')).toEqual(['STRASSE  1']);
      expect(await by('ne "strasse 1"')).toEqual(['Straße 2', ' Νίκος.Παπ', 'zebra']);
      expect(await by('lt "ZEBRA"')).toEqual(['Straße 2', 'STRASSE  1']);
      const sorted = await read(own, `/${endpoint}?sortBy=${attribute}`);
      expect(sorted.Resources.map((each: Record<string, unknown>) => each[attribute])).toEqual([
        'STRASSE  1',
        'Straße 2',
        'zebra',
        ' Νίκος.Παπ',
      ]);
    });

    it('FIND S-17 go to one of many who ask at once in different spellings', async () => {
      const spellings = ['race straße', 'RACE STRASSE', 'race  straße', 'Race STRAẞE '];

      const answers = await inLanes(16, (n) =>
        own.scim('POST', `/${endpoint}`, aBody({ [attribute]: spellings[n % 4] })),
      );

      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([201, ...Array.from({ length: 15 }, () => 409)]);
      expect(await found(own, endpoint, `${attribute} eq "race strasse"`, 'id')).toHaveLength(1);
    });
  });

  it('FIND S-17 mean the same in every attribute without case', async () => {
    const person = aUser({
      displayName: ' Straße',
      title: 'Große  Straße',
      emails: [{ value: 'ΝΊΚΟΣ@x.test', type: 'Straße' }],
      [enterpriseUrn]: { employeeNumber: 'ΑΣ 1' },
    });
    const { id } = await create(own, 'Users', person);

    for (const filter of [
      'displayName eq "STRASSE"',
      'title eq "grosse strasse"',
      'title sw "grosse s"',
      'emails.value eq "νίκος@x.test"',
      'emails[type eq "STRASSE" and value eq "νίκοσ@X.TEST"]',
      `${enterpriseUrn}:employeeNumber eq "ας  1"`,
    ])
      expect([filter, await found(own, 'Users', filter, 'id')]).toEqual([filter, [id]]);
  });

  it('FIND S-17 show a group to its members under any spelling', async () => {
    const { id } = await create(own, 'Users', aUser());
    await create(own, 'Groups', aGroup({ displayName: 'Straße', members: [{ value: id }] }));

    expect(await found(own, 'Users', 'groups.display eq "STRASSE"', 'id')).toEqual([id]);
  });

  it('FIND S-7 keep the lock of a name in any spelling', async () => {
    const admin: Actor = { kind: 'administrator', id: 'root' };
    const users = app.get(UserService);
    const context = tenantContext({ actor: admin, requestId: 'test' }, own.tenantId);
    const { id } = await create(own, 'Users', aUser({ userName: 'straße' }));
    await users.change(context, id, undefined, ({ profile }) => ({ profile, isActive: false }));
    expect((await own.scim('DELETE', `/Users/${id}`)).status).toBe(204);

    const again = await create(own, 'Users', aUser({ userName: 'STRASSE ' }));

    expect(again.active).toBe(false);
  });

  it('FIND S-15 show a manager by the display name alone, and without one by reference', async () => {
    const boss = await create(own, 'Users', aUser({ userName: 'boss', name: { formatted: 'B' } }));
    const manager = { value: boss.id };
    const body = aUser({ userName: 'ann', [enterpriseUrn]: { manager } });
    const { id } = await create(own, 'Users', body);
    const seen = async () => (await read(own, `/Users/${id}`))[enterpriseUrn].manager;

    const $ref = `${app.configuration.publicUrl}/api/scim/resource/v2/Users/${boss.id}`;
    expect(await seen()).toEqual({ value: boss.id, $ref });
    const named = aPatch({ op: 'add', path: 'displayName', value: 'The Boss' });
    expect((await own.scim('PATCH', `/Users/${boss.id}`, named)).status).toBe(200);
    expect(await seen()).toEqual({ value: boss.id, $ref, displayName: 'The Boss' });
  });
});
