import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Profile } from '../../src/directory/profile.js';
import { searchFormOf } from '../../src/directory/search-form.js';
import { GroupService } from '../../src/directory/group.service.js';
import { emailKeyOf, nameKeyOf } from '../../src/directory/user.js';
import { UserService } from '../../src/directory/user.service.js';
import { valuesOf } from '../../src/directory/user-values.js';
import { type Actor } from '../../src/kernel/actor.js';
import { foldCase, textKey } from '../../src/kernel/text.js';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import { migrate, migrations } from '../../src/persistence/migrations.js';
import { NameKeys0006 } from '../../src/persistence/migrations/0006-name-keys.js';
import { formsOf } from '../../src/persistence/migrations/0006-forms.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { tenantContext } from '../../src/tenants/tenant-context.js';
import { awkwardStrings, isStorable } from '../properties/awkward-strings.js';
import { databases, type FreshDatabase } from '../support/databases.js';
import { openRoomsOn, type TestRooms } from '../support/rooms.js';

const tenant = '11111111-1111-4111-8111-111111111111';
const okta: Actor = { kind: 'scim_client', id: '22222222-2222-4222-8222-222222222222' };
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const before = migrations.slice(0, 5);
const after = migrations.slice(0, 6);

const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** The text in every attribute that is folded, and in some that are not. */
function everywhere(text: string, n: number): Profile {
  return {
    userName: `${n}.${text}`,
    displayName: text,
    profileUrl: text,
    name: { givenName: text },
    emails: [
      { value: `${n}.${text}`, type: text },
      { value: text, type: 'Home', primary: false },
    ],
    phoneNumbers: [{ value: text }],
    photos: [{ value: text, type: text }],
    addresses: [{ street: text } as object],
    extensions: { [enterprise]: { employeeNumber: text, manager: { value: text } } },
  };
}

interface Person {
  readonly profile: Profile;
  readonly isActive?: boolean;
  readonly created?: number;
}

describe.each(databases)('the keys of names on $name', (database) => {
  let fresh: FreshDatabase;
  let open: DataSource[];
  let rooms: TestRooms | undefined;

  beforeEach(async () => {
    fresh = await database.createEmpty();
    open = [];
    rooms = undefined;
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await Promise.all(open.map((dataSource) => dataSource.destroy()));
    if (rooms === undefined) await fresh.drop();
    else await rooms.close();
  });

  async function openWith(list: typeof migrations): Promise<DataSource> {
    const options = { ...dataSourceOptions(fresh.settings), migrations: list };
    const dataSource = await createDataSource(options).initialize();
    open.push(dataSource);
    await migrate(dataSource);
    return dataSource;
  }

  /** A store as the version before left it, everybody by his number. */
  async function anOldStore(
    people: readonly Person[],
    groups: readonly string[] = [],
    locks: readonly (readonly [string, number])[] = [],
  ): Promise<void> {
    const unitOfWork = new UnitOfWork(await openWith(before));
    await unitOfWork.run(async () => {
      await unitOfWork.execute(sql`
        insert into tenants (id, name, name_key, issuer, earlier_issuers, state, scim_enabled, token_lifetime_seconds,
          settings, data, version, created, changed)
        values (${tenant}, 'Acme', 'acme', 'acme', '[]', 'Active', ${true}, 1, '{}', '{}', 1, 1, 1)`);
      for (const [n, person] of people.entries()) await writePerson(unitOfWork, n + 1, person);
      for (const [n, name] of groups.entries())
        await unitOfWork.execute(sql`
          insert into groups (tenant_id, id, name, name_key, version, member_count, profile, data, created, changed)
          values (${tenant}, ${idOf(n + 1)}, ${name}, ${foldCase(name)}, 1, 0, '{}', '{}', 1, 1)`);
      for (const [name, created] of locks)
        await unitOfWork.execute(sql`
          insert into user_locks (tenant_id, login_key, locked_by, created)
          values (${tenant}, ${foldCase(name)}, ${JSON.stringify({ kind: 'api_key', id: name })}, ${created})`);
    });
  }

  async function writePerson(
    unitOfWork: UnitOfWork,
    n: number,
    { profile, isActive = true, created = n }: Person,
  ): Promise<void> {
    const old = formsOf(JSON.stringify(profile), foldCase);
    const [row] = await unitOfWork.query<{ pk: number }>(sql`
      insert into users (tenant_id, id, login_key, username_key, email_key, active, version, membership_version, profile,
        search, data, created, changed)
      values (${tenant}, ${idOf(n)}, ${old.name ?? idOf(n)}, ${old.name ?? null}, ${old.email ?? null}, ${isActive}, 1, 0,
        ${JSON.stringify(profile)}, ${JSON.stringify(old.search)}, '{}', ${created}, 1) returning pk`);
    for (const { field, key, type } of old.values)
      await unitOfWork.execute(sql`
        insert into user_values (tenant_id, field, value_key, value_type, user_pk)
        values (${tenant}, ${field}, ${key}, ${type}, ${row?.pk ?? 0})`);
  }

  const namedBy = (userName: string, email?: string): Person => ({
    profile: { userName, ...(email === undefined ? {} : { emails: [{ value: email }] }) },
  });

  const placesOf = (dataSource: DataSource, table: 'users' | 'groups'): Promise<unknown[]> =>
    dataSource.query(
      table === 'users'
        ? 'select name_key as key, name_place as place from users order by pk'
        : 'select display_name_key as key, name_place as place from groups order by pk',
    );

  async function openRooms(): Promise<TestRooms> {
    const later = await openWith(migrations);
    await later.destroy();
    open.splice(open.indexOf(later), 1);
    rooms = await openRoomsOn(fresh);
    return rooms;
  }

  it('FIND S-17 are for old rows what they are for new ones, and so is all that is folded', async () => {
    const texts = awkwardStrings.filter((text) => isStorable(text) && text.length < 300);
    const people = texts.map((text, n) => ({ profile: everywhere(text, n), isActive: n % 5 > 0 }));
    await anOldStore(people);

    const dataSource = await openWith(after);

    const rows: Record<string, string | null>[] = await dataSource.query(
      'select pk, id, name_key, name_place, email_key, email_place, profile, search from users order by pk',
    );
    const values: Record<string, string>[] = await dataSource.query(
      'select user_pk, field, value_key, value_type from user_values',
    );
    expect(rows).toHaveLength(people.length);
    for (const [n, row] of rows.entries()) {
      const { profile } = people[n] ?? { profile: {} };
      const own = values.filter(({ user_pk: pk }) => Number(pk) === Number(row.pk));
      expect({
        name: [row.name_key, row.name_place],
        email: [row.email_key, row.email_place],
        search: typeof row.search === 'string' ? JSON.parse(row.search) : row.search,
        profile: JSON.parse(row.profile ?? ''),
        values: new Set(
          own.map((value) => `${value.field} ${value.value_type} ${value.value_key}`),
        ),
      }).toEqual({
        name: [nameKeyOf({ profile, id: row.id ?? '' }), ''],
        email: [emailKeyOf(profile) ?? null, ''],
        search: searchFormOf(profile),
        profile,
        values: new Set(valuesOf(profile).map(({ field, type, key }) => `${field} ${type} ${key}`)),
      });
    }
  });

  it.each([
    [
      ['straße', 'STRASSE'],
      ['', 'strasse'],
    ],
    [
      ['STRASSE', 'straße'],
      ['', 'straße'],
    ],
    [
      ['stra\u00ADsse', 'straße', 'strasse', 'other'],
      ['', 'straße', 'strasse', ''],
    ],
    [
      ['\u200B', '\u200C'],
      ['', '\u200c'],
    ],
  ])(
    'FIND S-7 belong to who came first; who came later keeps the old one: %j',
    async (names, places) => {
      const warnings = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
      await anOldStore(
        names.map((name) => namedBy(name)),
        names,
      );

      const dataSource = await openWith(after);

      const expected = names.map((name, n) => ({ key: textKey(name), place: places[n] }));
      expect(await placesOf(dataSource, 'users')).toEqual(expected);
      expect(await placesOf(dataSource, 'groups')).toEqual(expected);
      const texts = warnings.mock.calls.map(([text]) => String(text));
      const later = names.flatMap((_, n) => (places[n] === '' ? [] : [n + 1]));
      for (const kind of ['user', 'group'])
        expect(texts.filter((text) => text.startsWith(`The ${kind} `))).toEqual(
          expect.arrayContaining(later.map((n) => expect.stringContaining(idOf(n)))),
        );
      expect(texts).toHaveLength(2 * later.length);
    },
  );

  it('FIND S-7 find all who have them, and are kept until the last one leaves', async () => {
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    await anOldStore([namedBy('straße'), namedBy('STRASSE'), namedBy('straß\u200Be')], ['ß', 'SS']);
    const { get } = await openRooms();
    const context = tenantContext({ actor: okta, requestId: 'test' }, tenant);
    const users = get(UserService);
    const groups = get(GroupService);
    const page = { offset: 0, limit: 10 };
    const is = <Field extends string>(field: Field, value: string) =>
      ({ kind: 'compare', field, operator: 'eq', value }) as const;
    const having = async () =>
      (await users.search(context, is('userName', 'strasse'), page)).items.map(({ id }) => id);
    const take = () => users.create(context, { isActive: true, profile: { userName: 'Straße' } });
    const taken = { code: 'conflict', problems: [{ field: 'userName' }] };

    expect(await having()).toEqual([idOf(1), idOf(2), idOf(3)]);
    await expect(take()).rejects.toMatchObject(taken);
    const respelt = await users.change(context, idOf(2), undefined, () => ({
      isActive: false,
      profile: { userName: 'strasse', title: 'x' },
    }));
    expect(respelt.profile.userName).toBe('strasse');
    await users.delete(context, idOf(1));
    await expect(take()).rejects.toMatchObject(taken);
    await users.change(context, idOf(2), undefined, () => ({
      isActive: true,
      profile: { userName: 'another' },
    }));
    expect(await having()).toEqual([idOf(3)]);
    await expect(take()).rejects.toMatchObject(taken);
    await users.delete(context, idOf(3));
    await expect(take()).resolves.toMatchObject({ profile: { userName: 'Straße' } });

    expect((await groups.search(context, is('name', 'ss'), page)).total).toBe(2);
    const name = (text: string) => () => ({ name: text, profile: {} });
    await groups.change(context, idOf(1), undefined, name('x'));
    await expect(groups.change(context, idOf(1), undefined, name('ß'))).rejects.toMatchObject({
      code: 'conflict',
    });
    await groups.delete(context, idOf(2));
    await expect(groups.change(context, idOf(1), undefined, name('ß'))).resolves.toMatchObject({
      name: 'ß',
    });
  });

  it('lets somebody whose name has nothing to see in it change, and be named anew', async () => {
    await anOldStore([namedBy('\u200B')], ['\u200B']);
    const { get } = await openRooms();
    const context = tenantContext({ actor: okta, requestId: 'test' }, tenant);
    const change = (profile: Profile) =>
      get(UserService).change(context, idOf(1), undefined, () => ({ isActive: true, profile }));

    expect(await change({ userName: '\u200B', title: 'x' })).toMatchObject({ version: 2 });
    expect(await change({ userName: 'ada' })).toMatchObject({ version: 3 });
    await expect(change({ userName: '\u200B' })).rejects.toMatchObject({ code: 'invalid' });
    const rename = (name: string) =>
      get(GroupService).change(context, idOf(1), undefined, () => ({
        name,
        profile: {},
        data: {},
      }));
    expect(await rename('staff')).toMatchObject({ name: 'staff' });
    await expect(rename('\u200B')).rejects.toMatchObject({ code: 'invalid' });
  });

  it('FIND S-4 has the oldest of those who share an address by its new key hold it', async () => {
    await anOldStore([
      namedBy('a', 'ß@x'),
      namedBy('b', 'SS@x'),
      { ...namedBy('c', 'other@x'), isActive: false },
    ]);

    const dataSource = await openWith(after);

    expect(
      await dataSource.query(
        'select email_key as key, email_place as place from users order by pk',
      ),
    ).toEqual([
      { key: 'ss@x', place: '' },
      { key: 'ss@x', place: `000000000000002 ${idOf(2)}` },
      { key: 'other@x', place: '' },
    ]);
  });

  it('FIND S-7 make one of locks on one name, which is the latest', async () => {
    await anOldStore(
      [],
      [],
      [
        ['ß', 1],
        ['SS', 2],
        ['S\u200BS', 3],
        ['other ', 4],
      ],
    );

    const dataSource = await openWith(after);

    const locks: unknown[] = await dataSource.query(
      'select name_key, locked_by, created from user_locks order by name_key',
    );
    expect(locks.map((lock) => JSON.parse(JSON.stringify(lock)))).toMatchObject([
      { name_key: 'other', locked_by: expect.stringContaining('"other "') },
      { name_key: 'ss', locked_by: expect.stringContaining('S\u200BS') },
    ]);
  });

  it('gives nobody the number of a row that is gone', async () => {
    await anOldStore([namedBy('a'), namedBy('b')], ['a', 'b']);
    const [old] = open;
    await old?.query(`delete from users where login_key = 'b'`);
    await old?.query(`delete from groups where name_key = 'b'`);
    const { get } = await openRooms();
    const context = tenantContext({ actor: okta, requestId: 'test' }, tenant);

    const user = await get(UserService).create(context, {
      isActive: true,
      profile: { userName: 'c' },
    });
    const group = await get(GroupService).create(context, { name: 'c', profile: {} }, []);

    expect([user.pk, group.pk]).toEqual([3, 3]);
  });

  it('goes back to the version before, and up again', async () => {
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const texts = awkwardStrings.filter((text) => isStorable(text) && text.length < 40);
    await anOldStore(
      [
        ...texts.map((text, n) => ({ profile: everywhere(text, n) })),
        namedBy('straße'),
        namedBy('STRASSE'),
      ],
      ['ß', 'SS', 'ada '],
    );
    const [old] = open;
    await old?.query(
      `insert into user_credentials (user_pk, scheme, hash, changed) values (1, 'x', 'x', 1)`,
    );
    const all = async (dataSource: DataSource | undefined) => [
      await dataSource?.query(
        'select pk, login_key, username_key, email_key, profile, search from users order by pk',
      ),
      await dataSource?.query('select pk, name, name_key from groups order by pk'),
      await dataSource?.query('select * from user_values order by 1, 2, 3, 4, 5'),
      await dataSource?.query('select user_pk, hash from user_credentials'),
    ];
    const first = await all(old);
    const later = await openWith(after);
    const up = [await placesOf(later, 'users'), await placesOf(later, 'groups')];

    await later.undoLastMigration();
    const back = await all(later);
    await migrate(later);

    expect(back).toEqual(first);
    expect([await placesOf(later, 'users'), await placesOf(later, 'groups')]).toEqual(up);
  });

  it('refuses to make a table anew that would take others along', async () => {
    await anOldStore([namedBy('a')]);
    const options = { ...dataSourceOptions(fresh.settings), migrations: after };
    const dataSource = await createDataSource(options).initialize();
    open.push(dataSource);
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();

    const up = new NameKeys0006().up(runner);

    if (database.name === 'sqlite') await expect(up).rejects.toThrow('Foreign keys must be off');
    else await up;
    await runner.rollbackTransaction();
    await runner.release();
    expect(await dataSource.query('select login_key from users')).toEqual([{ login_key: 'a' }]);
  });

  it('cannot be written by a server of the version before, which can read by id', async () => {
    await anOldStore([namedBy('a')], ['a']);
    const dataSource = await openWith(after);
    const user = `tenant_id, id, active, version, membership_version, profile, search, data, created, changed`;

    for (const statement of [
      `insert into users (${user}, login_key, username_key) select ${user}, 'b', 'b' from users`,
      `update users set login_key = 'b', profile = '{}' where pk = 1`,
      `update groups set name = 'b', name_key = 'b' where pk = 1`,
      `insert into user_locks (tenant_id, login_key, locked_by, created) values ('${tenant}', 'b', '{}', 1)`,
    ])
      await expect(dataSource.query(statement)).rejects.toThrow(/column/);
    expect(
      await dataSource.query(`select pk, external_ids, profile from users where id = '${idOf(1)}'`),
    ).toHaveLength(1);
  });
});
