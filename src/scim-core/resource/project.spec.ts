import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../json.js';
import { defineAttribute, type ResourceType } from '../schema/attribute.js';
import { groupResourceType, userResourceType } from '../schema/resource-types.js';
import {
  parseProjection,
  project,
  projectionNamesMax,
  projectionWants,
  type ProjectionRequest,
} from './project.js';

const core = 'urn:ietf:params:scim:schemas:core:2.0:User';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const unknown = 'urn:example:unknown:2.0:User';

const always = { schemas: [core, enterprise, unknown], id: '1' };
const rest: JsonObject = {
  externalId: 'e',
  meta: { resourceType: 'User', created: 'c' },
  userName: 'ada',
  name: { givenName: 'Ada', familyName: 'L' },
  emails: [{ value: 'a', type: 'work' }, { type: 'home' }],
  [enterprise]: { department: 'D', manager: { value: 'm', displayName: 'M' } },
  [unknown]: { a: 1 },
};
const ada: JsonObject = { ...always, ...rest, password: 'secret' };

const show = (request: ProjectionRequest): JsonObject =>
  project(ada, parseProjection(request, userResourceType), userResourceType);

/** What is left of the resource when these members are gone. */
function without(...names: string[]): JsonObject {
  return Object.fromEntries(
    Object.entries({ ...always, ...rest }).filter(([name]) => !names.includes(name)),
  );
}

describe('project', () => {
  it('shows all but what is never returned', () => {
    expect(show({})).toEqual({ ...always, ...rest });
    expect(show({ attributes: '', excludedAttributes: ' , ' })).toEqual({ ...always, ...rest });
  });

  it.each<[string, string | string[], JsonObject]>([
    ['A1', 'userName', { userName: 'ada' }],
    ['A1', ['userName', 'externalId'], { userName: 'ada', externalId: 'e' }],
    ['A4', 'USERNAME, Name.GivenName', { userName: 'ada', name: { givenName: 'Ada' } }],
    ['A4', 'emails.value', { emails: [{ value: 'a' }] }],
    [
      'A4',
      `${core}:userName,${core}:name.familyName`,
      { userName: 'ada', name: { familyName: 'L' } },
    ],
    ['A4', 'meta.created', { meta: { created: 'c' } }],
    ['A5', enterprise.toUpperCase(), { [enterprise]: rest[enterprise] ?? null }],
    ['A5', `${enterprise}:department`, { [enterprise]: { department: 'D' } }],
    ['A5', `${enterprise}:manager.value`, { [enterprise]: { manager: { value: 'm' } } }],
    ['A5', unknown, { [unknown]: { a: 1 } }],
    ['A5', core, { userName: 'ada', name: rest.name ?? null, emails: rest.emails ?? null }],
    ['A8', 'shoeSize,name.shoeSize,urn:x:y:z,[],a.b.c,__proto__', {}],
    ['A9', 'password', {}],
  ])(
    '%s with attributes=%j shows what is named and what is always returned',
    (_id, attributes, expected) => {
      expect(show({ attributes })).toEqual({ ...always, ...expected });
    },
  );

  it.each<[string, string, JsonObject]>([
    ['A2', 'emails', without('emails')],
    ['A2', 'id,schemas,userName', without('userName')],
    [
      'A4',
      'NAME.familyName, emails.value',
      { ...without(), name: { givenName: 'Ada' }, emails: [{ type: 'work' }, { type: 'home' }] },
    ],
    ['A5', enterprise, without(enterprise)],
    [
      'A5',
      `${enterprise}:department,${enterprise}:manager.displayName`,
      { ...without(), [enterprise]: { manager: { value: 'm' } } },
    ],
    ['A5', unknown, without(unknown)],
    [
      'A6',
      core,
      {
        ...always,
        externalId: 'e',
        meta: rest.meta ?? null,
        [enterprise]: rest[enterprise] ?? null,
        [unknown]: { a: 1 },
      },
    ],
    ['A8', 'shoeSize', without()],
    ['P15', 'id', without()],
  ])('%s with excludedAttributes=%j shows the others', (_id, excludedAttributes, expected) => {
    expect(show({ excludedAttributes })).toEqual(expected);
  });

  it('A3 refuses both together', () => {
    expect(() => show({ attributes: 'a', excludedAttributes: 'b' })).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidValue' }),
    );
  });

  it('S16 refuses 1,001 names', () => {
    const names = (count: number): string => Array.from({ length: count }, () => 'userName').join();

    expect(show({ attributes: names(projectionNamesMax) })).toEqual({ ...always, userName: 'ada' });
    expect(() => show({ attributes: names(projectionNamesMax + 1) })).toThrow(
      expect.objectContaining({ scimType: 'invalidValue' }),
    );
  });

  it('A9 shows what is returned on request only when it is named', () => {
    const photo = defineAttribute({ name: 'portrait', description: '', returned: 'request' });
    const type: ResourceType = {
      ...userResourceType,
      schema: { ...userResourceType.schema, attributes: [photo] },
    };
    const resource = { id: '1', portrait: 'x' };
    const shown = (request: ProjectionRequest): JsonObject =>
      project(resource, parseProjection(request, type), type);

    expect(shown({})).toEqual({ id: '1' });
    expect(shown({ excludedAttributes: 'meta' })).toEqual({ id: '1' });
    expect(shown({ attributes: 'portrait' })).toEqual(resource);
  });
});

describe('projectionWants', () => {
  it.each<[ProjectionRequest, boolean]>([
    [{}, true],
    [{ attributes: 'displayName' }, false],
    [{ attributes: 'Members' }, true],
    [{ attributes: 'members.value' }, true],
    [{ attributes: 'urn:ietf:params:scim:schemas:core:2.0:Group' }, true],
    [{ excludedAttributes: 'MEMBERS' }, false],
    [{ excludedAttributes: 'urn:ietf:params:scim:schemas:core:2.0:Group:members' }, false],
    [{ excludedAttributes: 'members.display' }, true],
    [{ excludedAttributes: 'displayName' }, true],
  ])('A7 tells from %j whether members are to be loaded: %j', (request, expected) => {
    expect(projectionWants(parseProjection(request, groupResourceType), 'members')).toBe(expected);
  });
});
