import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { GroupService } from '../../src/directory/group.service.js';
import { UserService } from '../../src/directory/user.service.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { tenantContext } from '../../src/tenants/tenant-context.js';
import type { TestApp, TestResponse } from './app.js';
import {
  aGroup,
  aPatch,
  aUser,
  inLanes,
  listPath,
  read,
  type ScimBody,
} from './scim-assertions.js';
import type { TestScimConnection } from './scim-connection.js';
import { testContext } from './test-context.js';

/** The ways to one tenant, one for each server; what is sent n-th goes by the n-th way, and round again. */
export type Doors = readonly TestScimConnection[];

/** Sends everything at once. */
export function allAtOnce(
  doors: Doors,
  many: number,
  send: (door: TestScimConnection, n: number) => Promise<TestResponse>,
): Promise<TestResponse[]> {
  return Promise.all(Array.from({ length: many }, (_, n) => send(pick(doors, n), n)));
}

/** How many answers there were of each status. */
export function tally(answers: readonly TestResponse[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Fills a tenant with people, past HTTP. */
export function people(app: TestApp, tenantId: string, many: number): Promise<string[]> {
  const users = app.get(UserService);
  return inLanes(many, async () => {
    const draft = { isActive: true, profile: { userName: randomUUID() } };
    return (await users.create(tenantContext(testContext, tenantId), draft)).id;
  });
}

/** Groups with these members each, past HTTP. */
export function groups(
  app: TestApp,
  tenantId: string,
  many: number,
  members: readonly string[] = [],
): Promise<string[]> {
  const service = app.get(GroupService);
  return inLanes(many, async () => {
    const draft = { name: randomUUID(), profile: {} };
    const drafts = members.map((id) => ({ id, display: undefined }));
    return (await service.create(tenantContext(testContext, tenantId), draft, drafts)).id;
  });
}

/**
 * Sends, some hundred at once, what adds and takes out the same people in several groups, in opposite orders, puts
 * groups into groups, and deletes people and groups in the midst of it.
 */
export async function membershipStorm(
  app: TestApp,
  doors: Doors,
  many: number,
): Promise<TestResponse[]> {
  const { tenantId } = pick(doors, 0);
  const everybody = await people(app, tenantId, peopleInStorm);
  const all = await groups(app, tenantId, groupsInStorm, everybody.slice(0, peopleInStorm / 2));
  const storm = new Storm(everybody, all);
  return allAtOnce(doors, many, (door, n) => storm.send(door, n));
}

const peopleInStorm = 24;
const groupsInStorm = 6;

class Storm {
  constructor(
    private readonly people: readonly string[],
    private readonly groups: readonly string[],
  ) {}

  send(door: TestScimConnection, n: number): Promise<TestResponse> {
    // Each kind of change meets each group, and a slice of the people that overlaps those of the others.
    const group = pick(this.groups, n * 5 + Math.floor(n / 7));
    const start = (n * 7) % this.people.length;
    const some = [...this.people, ...this.people].slice(start, start + 8);
    const members = (n % 2 === 0 ? some : some.toReversed()).map((value) => ({ value }));
    const patch = (...operations: object[]) =>
      door.scim('PATCH', `/Groups/${group}`, aPatch(...operations));
    const add = { op: 'add', path: 'members', value: members };
    const remove = { op: 'remove', path: 'members', value: members.slice(0, 5) };
    const changes = [
      () => patch(add),
      () => patch(remove),
      () => patch(remove, add),
      () => patch({ op: 'replace', path: 'members', value: members.slice(2) }),
      () => patch({ op: 'add', path: 'members', value: [{ value: pick(this.groups, n) }] }),
      () => patch({ op: 'remove', path: `members[value eq "${pick(some, n)}"]` }),
      () => door.scim('PUT', `/Groups/${group}`, aGroup({ members })),
      () => door.scim('POST', '/Groups', aGroup({ members })),
      () => door.scim('PATCH', `/Users/${pick(some, n)}`, aPatch(renamed(n))),
      () => door.scim('PUT', `/Users/${pick(some, n)}`, aUser()),
      () => this.delete(door, n),
    ];
    return pick(changes, n)();
  }

  /** Few enough that most people and some groups are there to the end. */
  private delete(door: TestScimConnection, n: number): Promise<TestResponse> {
    return n % 3 === 0
      ? door.scim('DELETE', `/Groups/${pick(this.groups.slice(0, 2), n)}`)
      : door.scim('DELETE', `/Users/${pick(this.people.slice(0, 8), n)}`);
  }
}

function renamed(n: number): object {
  return { op: 'replace', path: 'displayName', value: `Number ${n}` };
}

/** What counts members, what lists them, and what lists a person's groups must say the same, whoever was first. */
export async function expectAgreement(app: TestApp, client: TestScimConnection): Promise<void> {
  const unitOfWork = app.get(UnitOfWork);
  const miscounted = await unitOfWork.query(sql`
    select groups.id from groups where tenant_id = ${client.tenantId} and member_count <>
      (select count(*) from group_members where group_members.group_pk = groups.pk)`);
  expect(miscounted).toEqual([]);
  for (const [kind, table] of [
    ['user', 'users'],
    ['group', 'groups'],
  ] as const) {
    const [total] = await unitOfWork.query(sql`
      select (select coalesce(sum(n), 0) from counters where tenant_id = ${client.tenantId} and kind = ${kind}) as counted,
        (select count(*) from ${sql.raw(table)} where tenant_id = ${client.tenantId}) as found`);
    expect(total?.counted).toBe(total?.found);
  }
  expect(await pairsByUser(client)).toEqual(await pairsByGroup(client));
}

/** Who is in which group itself, as the groups tell it. */
async function pairsByGroup(client: TestScimConnection): Promise<string[]> {
  const pairs: string[] = [];
  for (const { id, members = [] } of await everyone(client, 'Groups', 'members'))
    for (const { value, type } of members) if (type === 'User') pairs.push(`${value} in ${id}`);
  return pairs.sort();
}

/** The same, as the people tell it. */
async function pairsByUser(client: TestScimConnection): Promise<string[]> {
  const pairs: string[] = [];
  for (const { id, groups: own = [] } of await everyone(client, 'Users', 'groups'))
    for (const { value, type } of own) if (type === 'direct') pairs.push(`${id} in ${value}`);
  return pairs.sort();
}

/** All pages of a list. */
async function everyone(
  client: TestScimConnection,
  endpoint: string,
  attributes: string,
): Promise<ScimBody[]> {
  const all: ScimBody[] = [];
  for (;;) {
    const query = { startIndex: all.length + 1, count: 200, attributes };
    const { Resources, totalResults } = await read(client, listPath(endpoint, query));
    all.push(...Resources);
    if (all.length >= totalResults || Resources.length === 0) return all;
  }
}

function pick<Item>(items: readonly Item[], n: number): Item {
  const item = items[n % items.length];
  if (item === undefined) throw new Error('a list of nothing');
  return item;
}
