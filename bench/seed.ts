import { GroupService } from '../src/directory/group.service.js';
import type { NewUser } from '../src/directory/user-cells.js';
import { UserRepository } from '../src/directory/user.repository.js';
import { Clock } from '../src/kernel/clock.js';
import { everything } from '../src/kernel/condition.js';
import { newId } from '../src/kernel/ids.js';
import { UnitOfWork } from '../src/persistence/unit-of-work.js';
import { parseListQuery } from '../src/scim-core/resource/list.js';
import { userResourceType } from '../src/scim-core/schema/resource-types.js';
import { Paging } from '../src/scim/paging.js';
import { type TenantContext, tenantContext } from '../src/tenants/tenant-context.js';
import { externalIdOf, type People, profileOf } from './people.js';
import type { Rooms } from './rooms.js';
import { pageSize } from './rows.js';
import type { Connection } from './server.js';

/** So many come in one transaction: enough to share its cost, and short of any limit on its time. */
const usersTogether = 5_000;
const membersTogether = 2_000;

/** More than are ever under way at a time, so that no two requests are about the same one. */
const comingAndGoingMax = 64;

/** A group for the load, with some of its members who may go, and one who stays. */
export interface SeededGroup {
  readonly id: string;
  readonly members: number;
  readonly comingAndGoing: readonly string[];
  readonly staying: string;
}

/** People come as if the client of the load had sent them, so that their external ids are its own. */
export function clientContext({ tenantId, clientEntityId }: Connection): TenantContext {
  return tenantContext(
    { actor: { kind: 'scim_client', id: clientEntityId }, requestId: 'bench' },
    tenantId,
  );
}

/** Fills the store until it holds so many. */
export async function seedPeople(
  rooms: Rooms,
  context: TenantContext,
  people: People,
  count: number,
): Promise<void> {
  const users = rooms.get(UserRepository, { strict: false });
  const unitOfWork = rooms.get(UnitOfWork, { strict: false });
  const clock = rooms.get(Clock, { strict: false });
  while (people.count < count) {
    const length = Math.min(usersTogether, count - people.count);
    const numbers = Array.from({ length }, () => people.nextNumber());
    const now = clock.now();
    const seeded = numbers.map((number) => toNewUser(context, number, now));
    await unitOfWork.run(() => users.insertAll(context, seeded));
    numbers.forEach((number, index) => people.keep({ number, id: seeded[index]?.id ?? '' }));
  }
}

/** Groups of these sizes; their members are those who came first, so that some are in several. */
export async function seedGroups(
  rooms: Rooms,
  context: TenantContext,
  people: People,
  sizes: readonly number[],
): Promise<readonly SeededGroup[]> {
  const groups = rooms.get(GroupService, { strict: false });
  const seeded: SeededGroup[] = [];
  for (const size of sizes) {
    const ids = people.first(size);
    const draft = { name: `Group of ${size}`, profile: {} };
    const { id } = await groups.create(context, draft, []);
    for (let from = 0; from < size; from += membersTogether) {
      const members = ids.slice(from, from + membersTogether).map((memberId) => ({ id: memberId }));
      await groups.change(context, id, undefined, () => draft, [{ kind: 'add', members }]);
    }
    const [staying = '', ...others] = ids;
    const comingAndGoing = others.slice(-comingAndGoingMax);
    seeded.push({ id, members: size, comingAndGoing, staying });
  }
  return seeded;
}

/**
 * The cursor of the last full page of the list of everybody, as the server gives it on the page before. To walk there
 * would be ten thousand requests in the largest store.
 */
export async function lastPageCursor(
  rooms: Rooms,
  context: TenantContext,
  count: number,
): Promise<string> {
  const users = rooms.get(UserRepository, { strict: false });
  const page = { offset: count - pageSize - 1, limit: 1 };
  const [before] = (await users.search(context, everything, page)).items;
  if (before === undefined) throw new Error('nobody comes before the last page');
  const list = {
    tenantId: context.tenantId,
    over: userResourceType.name,
    query: parseListQuery({ cursor: '', count: String(pageSize) }),
  };
  const next = { pk: before.pk, value: null };
  const { nextCursor } = rooms
    .get(Paging, { strict: false })
    .toAnswer(list, { resources: [], total: count, next });
  return String(nextCursor);
}

function toNewUser(context: TenantContext, number: number, now: number): NewUser {
  const clientEntityId = context.actor.id;
  return {
    id: newId(),
    tenantId: context.tenantId,
    isActive: true,
    deactivatedBy: undefined,
    version: 1,
    membershipVersion: 0,
    created: now,
    changed: now,
    createdByClient: clientEntityId,
    changedByClient: clientEntityId,
    externalIds: { [clientEntityId]: externalIdOf(number) },
    externalId: externalIdOf(number),
    profile: profileOf(number),
    data: {},
  };
}
