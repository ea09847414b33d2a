import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Profile } from '../../src/directory/profile.js';
import { enterpriseUrn } from '../../src/directory/profile.js';
import { PasswordHasher } from '../../src/directory/password-hasher.js';
import type { User, UserDraft } from '../../src/directory/user.js';
import { type UserField, UserService } from '../../src/directory/user.service.js';
import type { Actor } from '../../src/kernel/actor.js';
import { type Condition, everything } from '../../src/kernel/condition.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { type TenantContext, tenantContext } from '../../src/tenants/tenant-context.js';
import { databases } from '../support/databases.js';
import { planOf, statementsOf } from '../support/plan.js';
import { openRooms, type TestRooms } from '../support/rooms.js';

const okta: Actor = { kind: 'scim_client', id: '11111111-1111-4111-8111-111111111111' };
const entra: Actor = { kind: 'scim_client', id: '22222222-2222-4222-8222-222222222222' };
const administrator: Actor = { kind: 'administrator', id: 'root' };
const unknownId = '00000000-0000-4000-8000-000000000000';
const wholePage = { offset: 0, limit: 100 };

function draft(profile: Profile, more: Partial<UserDraft> = {}): UserDraft {
  return { isActive: true, profile, ...more };
}

function is(field: UserField, value: string | boolean | number): Condition<UserField> {
  return { kind: 'compare', field, operator: 'eq', value };
}

describe.each(databases)('users on $name', (database) => {
  let rooms: TestRooms;
  let users: UserService;
  let acme: TenantContext;
  let globex: TenantContext;
  let tenantNumber = 0;
  const as = (context: TenantContext, actor: Actor) =>
    tenantContext({ actor, requestId: 'test' }, context.tenantId);

  beforeAll(async () => {
    rooms = await openRooms(database);
    users = rooms.get(UserService);
  });
  afterAll(() => rooms.close());
  beforeEach(async () => {
    tenantNumber += 1;
    [acme, globex] = [
      await rooms.aTenant(`Acme ${tenantNumber}`),
      await rooms.aTenant(`Globex ${tenantNumber}`),
    ];
    [acme, globex] = [as(acme, okta), as(globex, okta)];
  });

  const idsOf = async (context: TenantContext, condition: Condition<UserField>) =>
    (await users.search(context, condition, wholePage)).items.map(({ id }) => id);
  const eventsOf = async (id: string) => {
    const rows = await rooms
      .get(UnitOfWork)
      .query<{ type: string }>(sql`select type from events where object_id = ${id} order by seq`);
    return rows.map(({ type }) => type);
  };

  const ada: Profile = {
    userName: 'Ada@Example.com',
    displayName: 'Ada Lovelace',
    name: { givenName: 'Ada', familyName: 'Lovelace' },
    title: "Countess %_\\'",
    emails: [
      { value: 'Ada@Example.com', type: 'work', primary: true },
      { value: 'ada@home.example', type: 'home' },
      { value: 'ada@untyped.example' },
    ],
    phoneNumbers: [{ value: '+1 (555) 0100', type: 'mobile' }],
    roles: [{ value: '{"id":"1"}' }],
    extensions: {
      [enterpriseUrn]: { employeeNumber: 'E-7', department: 'Engines', manager: { value: 'Boss' } },
    },
  };

  describe('writing and reading', () => {
    it('reads back what was written', async () => {
      const created = await users.create(
        acme,
        draft(ada, { externalId: '00uA', data: { free: [1, null] } }),
      );

      expect(await users.get(acme, created.id)).toEqual(created);
      expect(created).toMatchObject({
        profile: ada,
        data: { free: [1, null] },
        externalIds: { [okta.id]: '00uA' },
        externalId: '00uA',
        createdByClient: okta.id,
        version: 1,
        membershipVersion: 0,
      });
      expect(await eventsOf(created.id)).toEqual(['user.create']);
    });

    it('does not read a user of another tenant', async () => {
      const { id } = await users.create(acme, draft(ada));

      expect(await users.find(globex, id)).toBeUndefined();
      await expect(users.get(globex, id)).rejects.toMatchObject({ code: 'not_found' });
      expect(await users.displayNamesOf(globex, [id])).toEqual(new Map());
      expect(await users.displayNamesOf(acme, [id, unknownId, 'Boss'])).toEqual(
        new Map([[id, 'Ada Lovelace']]),
      );
    });

    it.each(['', 'x', unknownId, "' or 1=1 --", '\u0000', '\uD800', 'x'.repeat(10_000)])(
      'finds nobody by what is no id (case %#)',
      async (id) => {
        expect(await users.find(acme, id)).toBeUndefined();
        await expect(users.change(acme, id, undefined, () => draft(ada))).rejects.toMatchObject({
          code: 'not_found',
        });
        await expect(users.delete(acme, id)).rejects.toMatchObject({ code: 'not_found' });
      },
    );

    it('stores a password apart and never in the record of what happened', async () => {
      const password = await rooms.get(PasswordHasher).hash(acme, 'open sesame');
      const { id, pk } = await users.create(acme, draft(ada, { password }));
      const before = await users.get(acme, id);

      await users.change(acme, id, undefined, (user) =>
        draft(user.profile, { password: { ...password, hash: 'other' } }),
      );

      const unitOfWork = rooms.get(UnitOfWork);
      const hashes = await unitOfWork.query(
        sql`select scheme, hash from user_credentials where user_pk = ${pk}`,
      );
      expect(hashes).toEqual([{ scheme: 'argon2id', hash: 'other' }]);
      expect(password.hash).toMatch(/^\$argon2id\$/);
      expect((await users.get(acme, id)).version).toBe(before.version + 1);
      const events = await unitOfWork.query<{ after: string }>(
        sql`select after from events where object_id = ${id}`,
      );
      expect(JSON.stringify(events)).not.toContain('argon2id');
    });

    it('is known by its e-mail address when it has no user name, and by its id when it has neither', async () => {
      const mailed = await users.create(acme, draft({ emails: [{ value: 'Bob@Example.com' }] }));
      const bare = await users.create(acme, draft({ displayName: 'Nobody' }));

      expect(await idsOf(acme, is('userName', 'bob@example.com'))).toEqual([mailed.id]);
      expect(await idsOf(acme, is('userName', bare.id))).toEqual([bare.id]);
    });
  });

  describe('uniqueness', () => {
    it('keeps a userName for one user of a tenant', async () => {
      const profile = { userName: 'ADA@EXAMPLE.COM' };
      await users.create(acme, draft(ada));
      const bob = await users.create(acme, draft({ userName: 'bob' }));
      const duplicate = { code: 'conflict', problems: [{ field: 'userName', rule: 'duplicate' }] };

      await expect(users.create(acme, draft(profile))).rejects.toMatchObject(duplicate);
      await expect(
        users.change(acme, bob.id, undefined, () => draft(profile)),
      ).rejects.toMatchObject(duplicate);
      expect((await users.get(acme, bob.id)).profile).toEqual({ userName: 'bob' });
      expect((await users.search(acme, everything, wholePage)).total).toBe(2);
    });

    it('lets another tenant have the same names', async () => {
      await users.create(acme, draft(ada));

      await expect(users.create(globex, draft(ada))).resolves.toMatchObject({ profile: ada });
    });

    it('lets one of many creates at once win', async () => {
      const creates = Array.from({ length: 8 }, (_, index) =>
        users.create(acme, draft({ userName: index % 2 ? 'race' : 'RACE' })),
      );

      const outcomes = await Promise.allSettled(creates);

      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect((await users.search(acme, everything, wholePage)).total).toBe(1);
    });

    it('refuses an id that is taken, also by a user of the same tenant only', async () => {
      await users.create(acme, draft({ userName: 'a' }), unknownId);

      await expect(users.create(acme, draft({ userName: 'b' }), unknownId)).rejects.toMatchObject({
        code: 'conflict',
        problems: [{ field: 'id' }],
      });
      await expect(
        users.create(globex, draft({ userName: 'b' }), unknownId),
      ).resolves.toMatchObject({ id: unknownId });
    });

    it.each<[string, UserDraft]>([
      ['userName', draft({ userName: 'x'.repeat(2_000) })],
      ['email', draft({ userName: 'x', emails: [{ value: 'é'.repeat(600) }] })],
      ['externalId', draft({ userName: 'x' }, { externalId: 'x'.repeat(1_025) })],
    ])('refuses a %s that no index takes', async (field, tooLong) => {
      await expect(users.create(acme, tooLong)).rejects.toMatchObject({
        code: 'invalid',
        problems: [{ field, rule: 'tooLong' }],
      });
    });
  });

  describe('changing', () => {
    it('moves version and time with a change, and neither without one', async () => {
      const created = await users.create(acme, draft(ada, { externalId: 'x' }));
      rooms.clock.advance(5);

      const same = await users.change(acme, created.id, undefined, ({ profile }) =>
        draft({ ...profile }, { externalId: 'x' }),
      );
      const changed = await users.change(acme, created.id, { among: [1] }, ({ profile }) =>
        draft({ ...profile, title: 'Dr.' }, { externalId: 'x' }),
      );

      expect(same).toEqual(created);
      expect(changed).toMatchObject({
        version: 2,
        changed: rooms.clock.now(),
        created: created.created,
        profile: { title: 'Dr.' },
      });
      expect(await users.get(acme, created.id)).toEqual(changed);
      expect(await eventsOf(created.id)).toEqual(['user.create', 'user.update']);
    });

    it('does not go over a version that was not seen, nor into another tenant', async () => {
      const { id } = await users.create(acme, draft(ada));

      await expect(
        users.change(acme, id, { among: [7] }, () => draft({ userName: 'x' })),
      ).rejects.toMatchObject({ code: 'version_mismatch' });
      await expect(
        users.change(globex, id, undefined, () => draft({ userName: 'x' })),
      ).rejects.toMatchObject({ code: 'not_found' });
      expect((await users.get(acme, id)).version).toBe(1);
    });

    it('loses none of many changes at once', async () => {
      const { id } = await users.create(acme, draft({ userName: 'busy', title: '' }));

      await Promise.all(
        Array.from({ length: 10 }, () =>
          users.change(acme, id, undefined, ({ profile }) =>
            draft({ ...profile, title: `${profile.title}x` }),
          ),
        ),
      );

      expect(await users.get(acme, id)).toMatchObject({
        version: 11,
        profile: { title: 'x'.repeat(10) },
      });
    });

    it('keeps the index of values in step with the profile', async () => {
      const { id } = await users.create(acme, draft(ada));

      await users.change(acme, id, undefined, ({ profile }) =>
        draft({ ...profile, emails: [{ value: 'new@example.com' }] }),
      );

      expect(await idsOf(acme, is('emails.value', 'new@example.com'))).toEqual([id]);
      expect(await idsOf(acme, is('emails.value', 'ada@home.example'))).toEqual([]);
    });

    it('keeps free data and password where a draft says nothing of them', async () => {
      const { id } = await users.create(acme, draft(ada, { data: { kept: true } }));

      const changed = await users.change(acme, id, undefined, () => draft({ userName: 'ada' }));

      expect(changed.data).toEqual({ kept: true });
    });
  });

  describe('being active', () => {
    const setActive = (context: TenantContext, user: User, isActive: boolean) =>
      users.change(context, user.id, undefined, ({ profile }) =>
        draft({ ...profile, title: `${isActive}` }, { isActive }),
      );

    it('records who deactivated, and that', async () => {
      const user = await users.create(acme, draft(ada));

      expect(await setActive(acme, user, false)).toMatchObject({
        isActive: false,
        deactivatedBy: okta,
      });
      expect(await setActive(as(acme, entra), user, true)).toMatchObject({
        isActive: true,
        deactivatedBy: undefined,
      });
      expect(await eventsOf(user.id)).toEqual([
        'user.create',
        'user.update',
        'user.deactivate',
        'user.update',
        'user.reactivate',
      ]);
    });

    it.each<Actor>([administrator, { kind: 'api_key', id: 'key' }])(
      'S4 does not let a SCIM client undo the lock of $kind',
      async (locker) => {
        const user = await users.create(acme, draft(ada));
        await setActive(as(acme, locker), user, false);

        const tried = await setActive(acme, user, true);
        const undone = await setActive(as(acme, locker), user, true);

        expect(tried).toMatchObject({
          isActive: false,
          deactivatedBy: locker,
          profile: { title: 'true' },
        });
        expect(undone.isActive).toBe(true);
      },
    );
  });

  describe('external ids', () => {
    it('shows a client its own, and one that has none the one there is', async () => {
      const { id } = await users.create(acme, draft(ada, { externalId: 'okta-1' }));
      const shownTo = async (context: TenantContext) => (await users.get(context, id)).externalId;

      expect(await shownTo(as(acme, entra))).toBe('okta-1');
      await users.change(as(acme, entra), id, undefined, ({ profile }) =>
        draft(profile, { externalId: 'entra-1' }),
      );

      expect([await shownTo(acme), await shownTo(as(acme, entra))]).toEqual(['okta-1', 'entra-1']);
      expect(await shownTo(as(acme, administrator))).toBe('okta-1');
    });

    it('finds by what the client is shown, with regard to case', async () => {
      const { id } = await users.create(acme, draft(ada, { externalId: 'Shared' }));
      const other = as(acme, entra);
      expect(await idsOf(other, is('externalId', 'Shared'))).toEqual([id]);
      expect(await idsOf(other, is('externalId', 'shared'))).toEqual([]);

      await users.change(other, id, undefined, ({ profile }) =>
        draft(profile, { externalId: 'Own' }),
      );

      expect(await idsOf(other, is('externalId', 'Shared'))).toEqual([]);
      expect(await idsOf(other, is('externalId', 'Own'))).toEqual([id]);
      expect(await idsOf(acme, is('externalId', 'Own'))).toEqual([]);
      expect(await idsOf(globex, is('externalId', 'Shared'))).toEqual([]);
    });

    it("does not take away or copy another client's", async () => {
      const created = await users.create(acme, draft(ada, { externalId: 'okta-1' }));
      const other = as(acme, entra);

      const echoed = await users.change(other, created.id, undefined, ({ profile }) =>
        draft(profile, { externalId: 'okta-1' }),
      );
      const silent = await users.change(other, created.id, undefined, ({ profile }) =>
        draft(profile),
      );
      const cleared = await users.change(acme, created.id, undefined, ({ profile }) =>
        draft(profile),
      );

      expect([echoed.version, silent.version]).toEqual([1, 1]);
      expect(cleared).toMatchObject({ version: 2, externalId: undefined });
    });
  });

  describe('deleting', () => {
    it('leaves nothing, and frees the names', async () => {
      const { id, pk } = await users.create(acme, draft(ada, { externalId: 'x' }));

      await users.delete(acme, id);

      expect(await users.find(acme, id)).toBeUndefined();
      expect(await users.search(acme, everything, wholePage)).toEqual({ items: [], total: 0 });
      expect(
        await rooms.get(UnitOfWork).query(sql`select 1 from user_values where user_pk = ${pk}`),
      ).toEqual([]);
      expect(await eventsOf(id)).toEqual(['user.create', 'user.delete']);
      await expect(users.create(acme, draft(ada))).resolves.toMatchObject({ profile: ada });
    });

    it('does not delete in another tenant', async () => {
      const { id } = await users.create(acme, draft(ada));

      await expect(users.delete(globex, id)).rejects.toMatchObject({ code: 'not_found' });
      expect(await users.find(acme, id)).toBeDefined();
    });
  });

  describe('searching', () => {
    const alike: Profile = {
      ...ada,
      userName: 'other',
      emails: [{ value: 'o@x', type: 'work' }],
      displayName: 'Other',
      extensions: {},
    };

    it.each<[string, Condition<UserField>, boolean]>([
      ['userName', is('userName', 'ada@example.com'), true],
      [
        'active',
        { kind: 'and', conditions: [is('active', true), is('userName', 'ada@example.com')] },
        true,
      ],
      ['emails.value', is('emails.value', 'ada@home.example'), true],
      [
        'emails.value by prefix',
        { kind: 'compare', field: 'emails.value', operator: 'sw', value: 'ada@h' },
        true,
      ],
      ['phoneNumbers.value', { kind: 'not', condition: is('phoneNumbers.value', 'none') }, true],
      ['name.familyName', is('name.familyName', 'nobody'), false],
      ['displayName', is('displayName', 'ada lovelace'), true],
      [
        'a title literally',
        {
          kind: 'and',
          conditions: [is('title', "countess %_\\'"), is('displayName', 'ada lovelace')],
        },
        true,
      ],
      ['a title that is no pattern', is('title', 'countess %'), false],
      ['the employee number', is(`${enterpriseUrn}:employeeNumber`, 'e-7'), true],
      [
        'the department',
        { kind: 'compare', field: `${enterpriseUrn}:department`, operator: 'co', value: 'gin' },
        true,
      ],
      ['the manager, with case', is(`${enterpriseUrn}:manager.value`, 'Boss'), true],
      ['the manager, without case', is(`${enterpriseUrn}:manager.value`, 'boss'), false],
      ['presence of an extension', { kind: 'present', field: enterpriseUrn }, true],
      [
        'one and the same e-mail',
        some('emails', [
          ['type', 'home'],
          ['value', 'ada@home.example'],
        ]),
        true,
      ],
      [
        'no mixture of two e-mails',
        some('emails', [
          ['type', 'work'],
          ['value', 'ada@home.example'],
        ]),
        false,
      ],
      [
        'no untyped e-mail by an empty type',
        some('emails', [
          ['type', ''],
          ['value', 'ada@untyped.example'],
        ]),
        false,
      ],
      [
        'the e-mail for work that is primary',
        some('emails', [
          ['type', 'work'],
          ['value', 'ada@example.com'],
          ['primary', true],
        ]),
        true,
      ],
      [
        'the e-mail for home, which is not primary',
        some('emails', [
          ['type', 'home'],
          ['value', 'ada@home.example'],
          ['primary', true],
        ]),
        false,
      ],
      [
        'no number of another type',
        some('phoneNumbers', [
          ['value', '+1 (555) 0100'],
          ['type', 'work'],
        ]),
        false,
      ],
      [
        'the primary e-mail',
        {
          kind: 'and',
          conditions: [is('emails.primary', true), is('emails.value', 'ada@example.com')],
        },
        true,
      ],
    ])('finds by %s', async (_, condition, isFound) => {
      const { id } = await users.create(acme, draft(ada));
      await users.create(acme, draft(alike));
      await users.create(globex, draft(ada));

      const found = await idsOf(acme, condition);

      expect(found.includes(id)).toBe(isFound);
      if (isFound && condition.kind !== 'not') expect(found).toEqual([id]);
    });

    it.each(['home', 'büro', 'x'.repeat(100)])(
      'follows an address whose type changes to %s',
      async (type) => {
        const { id } = await users.create(acme, draft(ada));
        const emails = [{ value: 'Ada@Example.com', type }];
        const before = some('emails', [
          ['type', 'work'],
          ['value', 'ada@example.com'],
        ]);
        const after = some('emails', [
          ['type', type],
          ['value', 'ada@example.com'],
        ]);
        expect([await idsOf(acme, before), await idsOf(acme, after)]).toEqual([[id], []]);

        await users.change(acme, id, undefined, () => draft({ ...ada, emails }));

        expect([await idsOf(acme, before), await idsOf(acme, after)]).toEqual([[], [id]]);
        expect(await idsOf(acme, is('emails.value', 'ada@home.example'))).toEqual([]);
        expect(await idsOf(acme, is('emails.value', 'ada@example.com'))).toEqual([id]);
      },
    );

    it('finds an address that is still there for one thing, when it no longer is for another', async () => {
      const [work, home] = [
        { value: 'ada@example.com', type: 'work' },
        { value: 'ada@example.com', type: 'home' },
      ];
      const { id } = await users.create(acme, draft({ ...ada, emails: [work, home] }));

      await users.change(acme, id, undefined, () => draft({ ...ada, emails: [home] }));

      expect(await idsOf(acme, is('emails.value', home.value))).toEqual([id]);
      expect(await idsOf(acme, some('emails', Object.entries(home)))).toEqual([id]);
      expect(await idsOf(acme, some('emails', Object.entries(work)))).toEqual([]);
    });

    it('finds values that are too long for the index all the same', async () => {
      const long = `${'x'.repeat(400)}@example.com`;
      const { id } = await users.create(
        acme,
        draft({ userName: 'long', emails: [{ value: 'short@x', primary: true }, { value: long }] }),
      );

      expect(await idsOf(acme, is('emails.value', long))).toEqual([id]);
      expect(await idsOf(globex, is('emails.value', long))).toEqual([]);
    });

    it('gives every user once, page by page, in the order of creation', async () => {
      const made: string[] = [];
      for (let index = 0; index < 25; index += 1)
        made.push((await users.create(acme, draft({ userName: `u${index}` }))).id);
      await users.create(globex, draft({ userName: 'stranger' }));

      const pages = [];
      for (const offset of [0, 10, 20, 30])
        pages.push(await users.search(acme, everything, { offset, limit: 10 }));

      expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(made);
      expect(pages.map(({ total }) => total)).toEqual([25, 25, 25, 25]);
      const inactive = is('active', false);
      expect(
        await users.search(acme, { kind: 'not', condition: inactive }, { offset: 24, limit: 10 }),
      ).toMatchObject({ total: 25 });
      expect(
        await users.search(acme, inactive, { offset: Number.MAX_SAFE_INTEGER, limit: 200 }),
      ).toEqual({ items: [], total: 0 });
      expect(
        await users.search(acme, { kind: 'not', condition: inactive }, { offset: 0, limit: 0 }),
      ).toEqual({ items: [], total: 25 });
    });
  });

  describe('plans', () => {
    let crowded: TenantContext;
    const crowd = async (tenant: TenantContext) => {
      for (let index = 0; index < 300; index += 1) {
        const profile = {
          userName: `p${index}`,
          displayName: `P ${index}`,
          emails: [{ value: `p${index}@x`, type: 'work' }],
        };
        await users.create(tenant, draft(profile, { externalId: `x${index}` }));
      }
    };

    beforeAll(async () => {
      const unitOfWork = rooms.get(UnitOfWork);
      // Most tenants of this file have hardly anybody: with one that has, going through all of a tenant looks cheap.
      for (let tenant = 0; tenant < 3; tenant += 1) {
        crowded = as(await rooms.aTenant(`Crowded ${tenant}`), okta);
        await unitOfWork.run(() => crowd(crowded));
      }
      await unitOfWork.execute(sql`analyze`);
    });

    it.each<[string, Condition<UserField>, RegExp]>([
      ['id', is('id', unknownId), /users_id|\(tenant_id=\? AND id=\?\)/],
      ['userName', is('userName', 'p7'), /users_name|name_key=\?/],
      ['externalId', is('externalId', 'x7'), /user_external_ids_value/],
      [
        'the beginning of an externalId',
        { kind: 'compare', field: 'externalId', operator: 'sw', value: 'x29' },
        /user_external_ids_value/,
      ],
      ['emails.value', is('emails.value', 'p7@x'), /user_values_pkey|value_key=\?/],
      [
        'emails of a type',
        some('emails', [
          ['type', 'work'],
          ['value', 'p7@x'],
        ]),
        /value_type = |value_type=\?/,
      ],
      ['displayName', is('displayName', 'p 7'), /user_values_pkey|value_key=\?/],
      [
        'one of two user names',
        either(is('userName', 'p7'), is('userName', 'p8')),
        /users_name|name_key=\?/,
      ],
      [
        'an id or a user name',
        either(is('id', unknownId), is('userName', 'p8')),
        /users_name|name_key=\?/,
      ],
      ['a group', is('groups.value', unknownId), /users_pkey|users USING INTEGER PRIMARY KEY/],
    ])('go by an index to look up %s', async (_, condition, index) => {
      const unitOfWork = rooms.get(UnitOfWork);
      const [statement] = await statementsOf(unitOfWork, () =>
        users.search(crowded, condition, wholePage),
      );
      if (statement === undefined) throw new Error('a search runs a statement');

      const plan = await planOf(unitOfWork, statement);

      expect(plan).toMatch(index);
      expect(plan).not.toMatch(/SCAN users|Seq Scan on user|element_0/);
    });

    it('select the few that a key finds in one go, and of a page first the rows', async () => {
      const unitOfWork = rooms.get(UnitOfWork);
      const printed = async (condition: Condition<UserField>) =>
        (await statementsOf(unitOfWork, () => users.search(crowded, condition, wholePage))).map(
          (statement) => statement.print(database.name).text,
        );

      expect((await printed(is('externalId', 'x7'))).join()).not.toContain(' join ');
      expect((await printed(is('active', true)))[0]).toContain(' join ');
    });
  });
});

function either(...conditions: Condition<UserField>[]): Condition<UserField> {
  return { kind: 'or', conditions };
}

function some(
  field: UserField,
  parts: readonly (readonly [string, string | boolean])[],
): Condition<UserField> {
  const conditions = parts.map(([part, value]): Condition => ({
    kind: 'compare',
    field: part,
    operator: 'eq',
    value,
  }));
  return { kind: 'some', field, condition: { kind: 'and', conditions } };
}
