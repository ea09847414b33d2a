import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DirectorySearchService } from '../../src/directory/directory-search.service.js';
import type { GroupField } from '../../src/directory/group.repository.js';
import { GroupService } from '../../src/directory/group.service.js';
import type { UserField } from '../../src/directory/user.repository.js';
import { UserService } from '../../src/directory/user.service.js';
import { EntityService } from '../../src/entities/entity.service.js';
import { GrantService } from '../../src/entities/grant.service.js';
import type { ComparisonOperator, Condition } from '../../src/kernel/condition.js';
import { everything } from '../../src/kernel/condition.js';
import type { Page, Stretch } from '../../src/kernel/page.js';
import { newId } from '../../src/kernel/ids.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import type { TenantContext } from '../../src/tenants/tenant-context.js';
import { databases } from '../support/databases.js';
import { openRooms, type TestRooms } from '../support/rooms.js';

const id = newId();
const page: Page = { offset: 0, limit: 5 };
const deepPage: Page = { offset: 10_001, limit: 5 };
const onlyTotal: Page = { offset: 0, limit: 0 };
const stretch: Stretch = { after: { pk: 20_000, value: 'p' }, limit: 5 };

function compare<Field extends string>(
  field: Field,
  operator: ComparisonOperator,
  value: string | number | boolean,
): Condition<Field> {
  return { kind: 'compare', field, operator, value };
}
function is<Field extends string>(field: Field, value: string | boolean): Condition<Field> {
  return compare(field, 'eq', value);
}
function and<Field extends string>(...conditions: Condition<Field>[]): Condition<Field> {
  return { kind: 'and', conditions };
}
function or<Field extends string>(...conditions: Condition<Field>[]): Condition<Field> {
  return { kind: 'or', conditions };
}

function address(...conditions: Condition[]): Condition<UserField> {
  return { kind: 'some', field: 'emails', condition: and(...conditions) };
}

describe.each(databases)('a search on $name', (database) => {
  let rooms: TestRooms;
  let acme: TenantContext;
  const scan = jest.spyOn(UnitOfWork.prototype, 'scan');

  beforeAll(async () => {
    rooms = await openRooms(database);
    acme = await rooms.aTenant('Acme');
  });
  beforeEach(() => void scan.mockClear());
  afterAll(() => rooms.close());

  const users = (condition: Condition<UserField>, part: Page | Stretch, sort?: UserField) =>
    rooms
      .get(UserService)
      .search(acme, condition, part, sort && { field: sort, isDescending: false });
  const groups = (condition: Condition<GroupField>, part: Page | Stretch, sort?: GroupField) =>
    rooms
      .get(GroupService)
      .search(acme, condition, part, sort && { field: sort, isDescending: false });
  const scansOf = async (work: Promise<unknown>) => {
    await work;
    return scan.mock.calls.length;
  };

  it.each<[string, Condition<UserField>, (Page | Stretch)?, UserField?]>([
    ['an id', is('id', id)],
    ['a user name', is('userName', 'ada')],
    ['a user name and more', and(is('userName', 'ada'), compare('title', 'co', 'x'))],
    ['one user name or another', or(is('userName', 'ada'), is('userName', 'bob'))],
    ['an external id', is('externalId', 'x1')],
    ['an address', is('emails.value', 'ada@example.com')],
    ['an address, in another order', is('emails.value', 'ada@example.com'), page, 'title'],
    ['an address of a type', address(is('type', 'work'), is('value', 'ada@example.com'))],
    ['an address that is shown so', address(is('value', 'a@x'), compare('display', 'co', 'a'))],
    ['a shown name', is('displayName', 'ada')],
    ['everybody', everything],
    ['everybody from far on', everything, deepPage],
    ['everybody by user name', everything, page, 'userName'],
    ['everybody by user name from a mark on', everything, stretch, 'userName'],
    ['the number of all', everything, onlyTotal, 'title'],
  ])(
    'of users is none that reads them all when it is for %s',
    async (_, ...[condition, part, sort]) => {
      expect(await scansOf(users(condition, part ?? page, sort))).toBe(0);
    },
  );

  it.each<[string, number, Condition<UserField>, (Page | Stretch)?, UserField?]>([
    ['a part of a name', 1, compare('userName', 'co', 'ad')],
    ['the beginning of a name', 1, compare('userName', 'sw', 'ad')],
    ['an end of an address', 1, compare('emails.value', 'ew', '@example.com')],
    ['what a name is not', 1, compare('userName', 'ne', 'ada')],
    ['not a name', 1, { kind: 'not', condition: is('userName', 'ada') }],
    ['a title', 1, is('title', 'x')],
    ['a title, by index order', 1, is('title', 'x'), page, 'userName'],
    ['who is active', 1, is('active', true)],
    ['a type of addresses', 1, address(is('type', 'work'))],
    ['the people of a group', 1, is('groups.value', id)],
    ['a user name or an address', 1, or(is('userName', 'ada'), is('emails.value', 'a@x'))],
    ['the number of those with a title', 1, is('title', 'x'), onlyTotal],
    ['a page past the end and its total', 2, is('title', 'x'), deepPage],
    ['everybody by title', 1, everything, page, 'title'],
    ['everybody by time of creation', 1, everything, page, 'created'],
    ['everybody by title from a mark on', 1, everything, stretch, 'title'],
    ['everybody by user name from far on', 1, everything, deepPage, 'userName'],
  ])('of users has a budget when it is for %s', async (_, count, ...[condition, part, sort]) => {
    expect(await scansOf(users(condition, part ?? page, sort))).toBe(count);
  });

  it.each<[string, number, Condition<GroupField>, GroupField?]>([
    ['an id', 0, is('id', id)],
    ['a name', 0, is('name', 'staff')],
    ['an external id', 0, is('externalId', 'x1')],
    ['a member', 0, is('members.id', id)],
    ['a member of a kind', 0, { kind: 'some', field: 'members', condition: is('id', id) }],
    ['all of them by name', 0, everything, 'name'],
    ['a kind of members', 1, is('members.kind', 'user')],
    ['a part of a name', 1, compare('name', 'co', 'st')],
    ['all of them by time of creation', 1, everything, 'created'],
  ])('of groups for %s has so many scans: %i', async (_, count, ...[condition, sort]) => {
    expect(await scansOf(groups(condition, page, sort))).toBe(count);
  });

  it('of users and groups together has a budget when either of them needs it', async () => {
    const search = (title: Condition<UserField>, userField?: UserField, groupField?: GroupField) =>
      scansOf(
        rooms.get(DirectorySearchService).search(
          acme,
          {
            users: title,
            groups: is('name', 'staff'),
            sort: userField && { userField, groupField, isDescending: false },
          },
          page,
        ),
      );

    expect(await search(is('userName', 'ada'))).toBe(0);
    expect(await search(is('userName', 'ada'), 'title')).toBe(0);
    expect(await search(everything, 'userName', 'name')).toBe(0);
    scan.mockClear();
    expect(await search(everything, 'title')).toBe(1);
    scan.mockClear();
    // The page and the total of the users.
    expect(await search(is('title', 'x'), 'userName', 'name')).toBe(2);
  });

  it('of entities and grants has a budget unless it names one', async () => {
    const entities = (condition: Condition<'id' | 'name' | 'clientId'>) =>
      scansOf(rooms.get(EntityService).search(acme, condition, [], page));
    const grants = (condition: Condition<'targetId' | 'userId' | 'name'>) =>
      scansOf(rooms.get(GrantService).search(acme, condition, [], page));

    expect(await entities(is('clientId', id))).toBe(0);
    expect(await grants(is('targetId', id))).toBe(0);
    expect(await grants(and(is('userId', id), compare('name', 'co', 'x')))).toBe(0);
    expect(await entities(everything)).toBe(2);
    scan.mockClear();
    expect(await grants(compare('name', 'co', 'x'))).toBe(2);
  });
});
