import { isJsonObject, type Json, type JsonObject } from '../../src/kernel/json.js';
import { getAt } from './memory.js';

/** All that a tenant shows at the end of a play, told so that two plays can be compared. */
export interface Ending {
  readonly users: Json;
  readonly groups: Json;
}

type Read = (path: string) => Promise<Json>;

const pageSize = 200;

/** Reads every user and group of a tenant. */
export async function readEnding(read: Read): Promise<Ending> {
  return toEnding(await readAll(read, '/Users'), await readAll(read, '/Groups'));
}

/**
 * Names stand where ids were, and what no two plays have in common - times and versions - is left out. Lists are put
 * in one order, since that of values and members means nothing (RFC 7643 §2.4).
 */
export function toEnding(users: readonly Json[], groups: readonly Json[]): Ending {
  const names = new Map([
    ...users.map((user) => [getId(user), `(user ${getText(user, 'userName')})`] as const),
    ...groups.map((group) => [getId(group), `(group ${getText(group, 'displayName')})`] as const),
  ]);
  return { users: tell(users, names), groups: tell(groups, names) };
}

async function readAll(read: Read, path: string): Promise<readonly Json[]> {
  const all: Json[] = [];
  for (;;) {
    const page = await read(`${path}?startIndex=${all.length + 1}&count=${pageSize}`);
    const resources = isJsonObject(page) ? page.Resources : undefined;
    if (!Array.isArray(resources)) throw new Error(`${path} is no list: ${JSON.stringify(page)}`);
    all.push(...resources);
    const total = getAt(page, '$.totalResults');
    if (all.length >= Number(total) || resources.length === 0) return all;
  }
}

function tell(json: Json, names: ReadonlyMap<string, string>): Json {
  if (typeof json === 'string') return json.replaceAll(idForm, (id) => names.get(id) ?? id);
  if (Array.isArray(json)) {
    const entries = json.map((entry: Json) => tell(entry, names));
    return entries.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  return isJsonObject(json) ? tellObject(json, names) : json;
}

function tellObject(json: JsonObject, names: ReadonlyMap<string, string>): JsonObject {
  const members = Object.keys(json)
    .filter((name) => !passing.has(name))
    .sort()
    .map((name) => [name, tell(json[name] ?? null, names)]);
  return Object.fromEntries(members);
}

const idForm = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

const passing: ReadonlySet<string> = new Set(['created', 'lastModified', 'version']);

function getId(resource: Json): string {
  return getText(resource, 'id');
}

function getText(resource: Json, name: string): string {
  return String(getAt(resource, `$.${name}`));
}
