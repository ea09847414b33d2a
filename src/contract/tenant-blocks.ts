import type { Problem } from '../kernel/domain-error.js';
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';
import { tenantBlockShapes, tenantDefaults } from './tenant-defaults.js';

/** Members of blocks that are fields of the domain; everything beside them is kept as it came. */
const domainMembers: Readonly<Record<string, readonly string[]>> = {
  jwtConfiguration: ['accessTokenKeyId', 'timeToLiveInSeconds'],
  scimServerConfiguration: ['enabled', 'clientEntityTypeId', 'serverEntityTypeId'],
};

/** What of a tenant's body or settings is kept without a function here. `null` is the same as left out. */
export function pickTenantBlocks(body: object): JsonObject {
  const members: [string, Json][] = Object.entries(body);
  const kept = members.filter(
    ([name, value]) => Object.hasOwn(tenantBlockShapes, name) && value !== null,
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutDomainMembers(name, value)]));
}

function withoutDomainMembers(block: string, value: Json): Json {
  const members = domainMembers[block];
  if (members === undefined || !isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !members.includes(name)));
}

/**
 * What is wrong with the form of the blocks. Their meaning is not ours; but a client that is told nothing of
 * text in a number's place would read it back and break elsewhere.
 */
export function tenantBlockProblems(blocks: JsonObject): Problem[] {
  return Object.entries(blocks).flatMap(([name, value]) => {
    const shape = tenantBlockShapes[name];
    if (shape !== undefined && shapeOf(value) !== shape) return [wrongShape(name, shape)];
    return memberProblems(name, value, tenantDefaults[name]);
  });
}

/** A member that has a default must be of the default's kind. */
function memberProblems(path: string, value: Json, expected: Json | undefined): Problem[] {
  if (!isJsonObject(value) || !isJsonObject(expected)) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const wanted = Object.hasOwn(expected, name) ? expected[name] : undefined;
    if (wanted === undefined || member === null) return [];
    const field = `${path}.${name}`;
    return shapeOf(member) === shapeOf(wanted)
      ? memberProblems(field, member, wanted)
      : [wrongShape(field, shapeOf(wanted))];
  });
}

/** The blocks as they are read: what is not said has its default, at every depth. */
export function withTenantDefaults(blocks: JsonObject): JsonObject {
  return merged(tenantDefaults, blocks);
}

function merged(defaults: JsonObject, given: JsonObject): JsonObject {
  const members = new Map<string, Json>(Object.entries(defaults));
  for (const [name, value] of Object.entries(given)) {
    const preset = members.get(name);
    if (value === null || isUnsaidList(preset, value)) continue;
    members.set(name, isJsonObject(preset) && isJsonObject(value) ? merged(preset, value) : value);
  }
  return Object.fromEntries(members);
}

/** A list that has a default is never empty: FusionAuth's classes write an empty one for what nobody said. */
function isUnsaidList(preset: Json | undefined, value: Json): boolean {
  return Array.isArray(preset) && Array.isArray(value) && value.length === 0;
}

function shapeOf(value: Json): string {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function wrongShape(field: string, shape: string): Problem {
  const nouns: Readonly<Record<string, string>> = {
    text: 'text',
    integer: 'a whole number',
    list: 'a list',
    object: 'an object',
    boolean: 'true or false',
  };
  return { field, rule: 'invalid', message: `[${field}] must be ${nouns[shape] ?? shape}.` };
}
