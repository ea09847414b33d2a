import type { Fact, Facts, Ledger } from './ledger.js';
import type { Random } from './random.js';
import type { Target } from './target.js';
import { grantFact, groupFact } from './write.js';

/** Everything that is there, by our names; and what the server calls it. */
export interface Reading {
  readonly facts: Facts;
  readonly ids: ReadonlyMap<string, string>;
  /** What does not agree with itself. */
  readonly complaints: readonly string[];
}

interface ReadUser {
  readonly id: string;
  readonly userName: string;
  readonly displayName: string;
  readonly active: boolean;
  readonly externalId: string;
  readonly emails?: readonly { readonly value: string }[];
  readonly groups?: readonly { readonly value: string }[];
}

interface ReadGroup {
  readonly id: string;
  readonly displayName: string;
  readonly members?: readonly { readonly value: string }[];
}

interface ReadEntity {
  readonly id: string;
  readonly name: string;
  readonly data?: { readonly number?: number };
}

interface ReadGrant {
  readonly recipientEntityId: string;
  readonly permissions: readonly string[];
}

/** The most that SCIM answers at once. */
const pageSize = 200;

/** So many people are looked for by their values. */
const lookedFor = 24;

/** Reads all objects back as a client would, and looks for some of the people. */
export async function readAll(target: Target, ledger: Ledger, random: Random): Promise<Reading> {
  const users = await readList<ReadUser>(target, 'Users');
  const groups = await readList<ReadGroup>(target, 'Groups');
  const entities = await readEntities(target);
  const grants = await readGrants(target);
  const [userNames, entityNames] = [namesOf(users, 'userName'), namesOf(entities, 'name')];
  const facts = new Map<string, Fact>();
  for (const user of users) facts.set(`user ${user.userName}`, toFact(user));
  for (const { displayName, members = [] } of groups)
    facts.set(`group ${displayName}`, groupFact(members.map(nameIn(userNames))));
  for (const { name, data } of entities) facts.set(`entity ${name}`, { ...data });
  for (const { recipientEntityId, permissions } of grants)
    facts.set(
      `grant ${entityNames.get(recipientEntityId) ?? recipientEntityId}`,
      grantFact(permissions),
    );
  for (const [key, fact] of await goodTokens(target, ledger)) facts.set(key, fact);
  const ids = new Map([
    ...users.map(({ id, userName }) => [`user ${userName}`, id] as const),
    ...groups.map(({ id, displayName }) => [`group ${displayName}`, id] as const),
    ...entities.map(({ id, name }) => [`entity ${name}`, id] as const),
  ]);
  const complaints = [
    ...disagreements(users, groups),
    ...(await unfound(target, random.some(users, lookedFor))),
    ...repeated([...users.map(({ userName }) => userName), ...entities.map(({ name }) => name)]),
  ];
  return { facts, ids, complaints };
}

function toFact({ displayName, active, externalId, emails = [] }: ReadUser): Fact {
  return { displayName, active, externalId, emails: emails.map(({ value }) => value).sort() };
}

/** The tokens that were issued and are good now; what the server no longer knows is missing among them. */
async function goodTokens(target: Target, ledger: Ledger): Promise<Map<string, Fact>> {
  const good = new Map<string, Fact>();
  for (const [key, fact] of ledger.known) {
    if (!key.startsWith('token ')) continue;
    const { active } = await json<{ active: boolean }>(target.introspect(String(fact.token)));
    if (active) good.set(key, fact);
  }
  return good;
}

/** Who is in a group, as the groups and as the people tell it. */
function disagreements(users: readonly ReadUser[], groups: readonly ReadGroup[]): string[] {
  const byGroup = groups.flatMap(({ id, members = [] }) =>
    members.map(({ value }) => `${value} in ${id}`),
  );
  const byUser = users.flatMap(({ id, groups: own = [] }) =>
    own.map(({ value }) => `${id} in ${value}`),
  );
  const [inGroups, inUsers] = [new Set(byGroup), new Set(byUser)];
  return [
    ...byGroup.filter((pair) => !inUsers.has(pair)).map((pair) => `Only the group says: ${pair}`),
    ...byUser.filter((pair) => !inGroups.has(pair)).map((pair) => `Only the person says: ${pair}`),
  ];
}

/** The people whom their own values do not find: a look-up is a row of its own. */
async function unfound(target: Target, users: readonly ReadUser[]): Promise<string[]> {
  const complaints: string[] = [];
  for (const { id, userName, externalId, emails = [] } of users) {
    const [email] = emails;
    const conditions = [
      `userName eq "${userName}"`,
      `userName eq "${userName}" and externalId eq "${externalId}"`,
      ...(email === undefined ? [] : [`emails.value eq "${email.value}"`]),
    ];
    const filter = encodeURIComponent(conditions.map((one) => `(${one})`).join(' and '));
    const path = `/Users?attributes=id&filter=${filter}`;
    const { Resources } = await json<{ Resources: ReadUser[] }>(target.scim('GET', path));
    if (Resources.length !== 1 || Resources[0]?.id !== id)
      complaints.push(`${userName} is not found by ${conditions.join(' and ')}`);
  }
  return complaints;
}

function repeated(names: readonly string[]): string[] {
  return names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) => `There are two of ${name}.`);
}

async function readList<Item>(target: Target, endpoint: string): Promise<Item[]> {
  const all: Item[] = [];
  for (;;) {
    const path = `/${endpoint}?startIndex=${all.length + 1}&count=${pageSize}`;
    const page = await json<{ Resources?: Item[]; totalResults: number }>(target.scim('GET', path));
    all.push(...(page.Resources ?? []));
    if (all.length >= page.totalResults || (page.Resources ?? []).length === 0) return all;
  }
}

async function readEntities(target: Target): Promise<ReadEntity[]> {
  const path = '/api/entity/search?numberOfResults=500&queryString=*';
  const { entities } = await json<{ entities: ReadEntity[] }>(target.admin('GET', path));
  // Those that were there before the first write have no number.
  return entities.filter(({ data }) => data?.number !== undefined);
}

async function readGrants(target: Target): Promise<ReadGrant[]> {
  const { grants } = await json<{ grants?: ReadGrant[] }>(target.admin('GET', target.grantPath));
  return grants ?? [];
}

async function json<Body>(answer: ReturnType<Target['scim']>): Promise<Body> {
  const { status, text } = await answer;
  if (status !== 200) throw new Error(`Reading back was answered with ${status}: ${text}`);
  return JSON.parse(text) as Body;
}

function namesOf<Item extends { readonly id: string }>(
  items: readonly Item[],
  name: keyof Item,
): ReadonlyMap<string, string> {
  return new Map(items.map((item) => [item.id, String(item[name])]));
}

function nameIn(names: ReadonlyMap<string, string>) {
  return ({ value }: { readonly value: string }) => names.get(value) ?? `nobody (${value})`;
}
