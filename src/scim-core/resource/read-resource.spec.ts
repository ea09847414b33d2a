import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '../json.js';
import { defineAttribute, type ResourceType } from '../schema/attribute.js';
import { groupResourceType, userResourceType } from '../schema/resource-types.js';
import { blockBytes, foreignBytesMax } from './foreign-block.js';
import { readPatched, readResource } from './read-resource.js';

const core = 'urn:ietf:params:scim:schemas:core:2.0:User';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const unknown = 'urn:example:unknown:2.0:User';
const microsoft = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group';

const read = (body: JsonObject): JsonObject =>
  readResource({ schemas: [core], userName: 'ada', ...body }, userResourceType);
const ada = (body: JsonObject): JsonObject => ({ schemas: [core], userName: 'ada', ...body });

describe('readResource', () => {
  it.each<[string, JsonObject, JsonObject]>([
    [
      'P6 spells names as the schema does',
      { NAME: { GivenName: 'A' }, Emails: [{ VALUE: 'a' }] },
      { name: { givenName: 'A' }, emails: [{ value: 'a' }] },
    ],
    ['P6 lets the later of two spellings count', { title: 'a', TITLE: 'b' }, { title: 'b' }],
    [
      'P8 takes null and [] for unassigned',
      { title: null, emails: [], name: {}, roles: [null], nickName: [] },
      {},
    ],
    [
      'P10 ignores unknown attributes',
      { shoeSize: 44, name: { x: 1, givenName: 'A' } },
      { name: { givenName: 'A' } },
    ],
    [
      'P11 ignores readOnly attributes',
      { id: 'x', meta: { created: 'x' }, groups: [{ value: 'g' }] },
      {},
    ],
    ['C5 keeps the password', { password: 'x' }, { password: 'x' }],
    ['C6 keeps externalId as sent', { externalId: ' É1 ' }, { externalId: ' É1 ' }],
    [
      'E5 makes one of entries with the same value and type, and keeps what each says besides',
      {
        emails: [
          { value: 'a', type: 'work' },
          { value: 'b' },
          { value: 'a', type: 'work', display: 'A' },
          { value: 'a', type: 'home' },
          { value: 'b' },
        ],
        addresses: [{ locality: 'x' }, { locality: 'x', region: 'y' }, { locality: 'x' }],
      },
      {
        emails: [
          { value: 'a', type: 'work', display: 'A' },
          { value: 'b' },
          { value: 'a', type: 'home' },
        ],
        addresses: [{ locality: 'x' }, { locality: 'x', region: 'y' }],
      },
    ],
    [
      'FIND S-2 makes one of an address that is there twice, primary when either was',
      {
        emails: [
          { value: 'a', type: 'work', primary: true },
          { value: 'b', primary: false },
          { value: 'a', type: 'work', primary: false },
          { value: 'c', primary: false },
          { value: 'b', primary: false, display: 'B' },
        ],
      },
      {
        emails: [
          { value: 'a', type: 'work', primary: true },
          { value: 'b', primary: false, display: 'B' },
          { value: 'c', primary: false },
        ],
      },
    ],
    [
      'C11 keeps a type outside the list',
      { emails: [{ value: 'a', type: 'yacht' }] },
      { emails: [{ value: 'a', type: 'yacht' }] },
    ],
    [
      'C12 reads an extension',
      { [enterprise.toUpperCase()]: { Department: 'D', x: 1 } },
      { schemas: [core, enterprise], [enterprise]: { department: 'D' } },
    ],
    [
      'C13 loses no undeclared object of an unknown schema',
      { [unknown]: { a: [1, null, { b: 'c' }] } },
      { schemas: [core, unknown], [unknown]: { a: [1, null, { b: 'c' }] } },
    ],
    [
      'C13 keeps a declared URN without an object',
      { schemas: [core.toUpperCase(), enterprise, microsoft, microsoft] },
      { schemas: [core, enterprise, microsoft] },
    ],
    ['E3 takes one object as one entry', { emails: { value: 'a' } }, { emails: [{ value: 'a' }] }],
    [
      'E5 removes repeated entries',
      { emails: [{ value: 'a', type: 'w' }, { type: 'w', value: 'a' }, { value: 'a' }] },
      { emails: [{ type: 'w', value: 'a' }, { value: 'a' }] },
    ],
    [
      'E7 takes a text for a manager',
      { [enterprise]: { manager: 'm1' } },
      { schemas: [core, enterprise], [enterprise]: { manager: { value: 'm1' } } },
    ],
    [
      "E7 ignores the manager's displayName",
      { [enterprise]: { manager: { value: 'm1', displayName: 'x' } } },
      { schemas: [core, enterprise], [enterprise]: { manager: { value: 'm1' } } },
    ],
    ['E7 takes "" for no manager', { [enterprise]: { manager: '' } }, {}],
    [
      'rule 2 reads Booleans written as text',
      { active: 'False', emails: [{ value: 'a', primary: 'True' }] },
      { active: false, emails: [{ value: 'a', primary: true }] },
    ],
    [
      'Okta: takes "" for unassigned',
      { name: { givenName: 'A', middleName: '' }, title: '', profileUrl: '' },
      { name: { givenName: 'A' } },
    ],
    [
      'OneLogin: drops labels of nothing',
      { phoneNumbers: [{ type: 'work', primary: true, value: '' }, { type: 'home' }] },
      { phoneNumbers: [{ type: 'home' }] },
    ],
    [
      'takes a text as an entry',
      { roles: ['admin', { value: '{"id":"1"}' }] },
      { roles: [{ value: 'admin' }, { value: '{"id":"1"}' }] },
    ],
    ['P5 keeps any text', { displayName: '😀 İ\n\t"<img>' }, { displayName: '😀 İ\n\t"<img>' }],
  ])('%s', (_sentence, body, expected) => {
    expect(read(body)).toEqual(ada(expected));
  });

  it('FIND S-9 takes a body without schemas for what its endpoint holds', () => {
    const block = { [enterprise]: { department: 'D' } };

    expect(readResource({ userName: 'ada', ...block }, userResourceType)).toEqual({
      schemas: [core, enterprise],
      userName: 'ada',
      ...block,
    });
  });

  it('FIND S-1 takes 64 KiB under unknown schemas and refuses more, all together, with 413', () => {
    const other = `${unknown}s`;
    const blocks = (size: number) => ({
      [unknown]: { text: 'é'.repeat(size / 4) },
      [other]: { text: 'x'.repeat(size / 2) },
    });
    const frame = blockBytes(unknown, { text: '' }) + blockBytes(other, { text: '' });
    const most = foreignBytesMax - frame;

    expect(read(blocks(most - (most % 4)))).toMatchObject(blocks(most - (most % 4)));
    expect(() => read(blocks(most + 4 - (most % 4)))).toThrow(
      expect.objectContaining({ status: 413, detail: expect.stringContaining('65536 bytes') }),
    );
  });

  it('lets what was stored before the limit through a PATCH', () => {
    const patched = { ...ada({ [unknown]: { text: 'x'.repeat(foreignBytesMax) } }) };

    expect(readPatched(patched, userResourceType)).toMatchObject({ userName: 'ada' });
  });

  it.each<[string, Json | undefined, string]>([
    ['C9', undefined, 'invalidSyntax'],
    ['C9', null, 'invalidSyntax'],
    ['C9', [], 'invalidSyntax'],
    ['C9', 'x', 'invalidSyntax'],
    ['P12', { schemas: null, userName: 'a' }, 'invalidSyntax'],
    ['P12', { schemas: [], userName: 'a' }, 'invalidSyntax'],
    ['P12', { schemas: core, userName: 'a' }, 'invalidSyntax'],
    ['P12', { schemas: [enterprise], userName: 'a' }, 'invalidSyntax'],
    ['P12', { schemas: [core, 5], userName: 'a' }, 'invalidSyntax'],
    ['C3', { schemas: [core] }, 'invalidValue'],
    ['C3', { schemas: [core], userName: '' }, 'invalidValue'],
    ['C3', { schemas: [core], userName: '  ' }, 'invalidValue'],
    ['C3', { schemas: [core], userName: null }, 'invalidValue'],
  ])('%s refuses the body %j with %s', (_id, body, scimType) => {
    expect(() => readResource(body, userResourceType)).toThrow(
      expect.objectContaining({ status: 400, scimType }),
    );
  });

  it.each<[string, JsonObject, string]>([
    ['C8', { userName: 5 }, 'userName'],
    ['C8', { externalId: 1 }, 'externalId'],
    ['C8', { active: 'yes' }, 'active'],
    ['C8', { active: 1 }, 'active'],
    ['C8', { active: '' }, 'active'],
    ['C8', { title: { a: 1 } }, 'title'],
    ['C8', { title: ['a'] }, 'title'],
    ['C8', { name: 'Ada' }, 'name'],
    ['C8', { name: [{ givenName: 'A' }] }, 'name'],
    ['C8', { name: { givenName: true } }, 'name.givenName'],
    ['C8', { emails: 5 }, 'emails[0]'],
    ['C8', { emails: [{ value: 'a' }, { value: 1 }] }, 'emails[1].value'],
    ['C8', { emails: [[{ value: 'a' }]] }, 'emails[0]'],
    ['C8', { addresses: ['Linz'] }, 'addresses[0]'],
    ['C8', { [enterprise]: 'x' }, enterprise],
    ['C8', { [enterprise]: { manager: { value: 5 } } }, `${enterprise}:manager.value`],
    [
      'E4',
      {
        emails: [
          { value: 'a', primary: true },
          { value: 'b', primary: true },
        ],
      },
      'emails',
    ],
    ['text', { title: 'a\0' }, 'title'],
    ['text', { title: '\uD800' }, 'title'],
    ['text', { [unknown]: { a: ['\uD800'] } }, 'a'],
    ['text', { [unknown]: { 'a\0': 1 } }, unknown],
  ])('%s refuses %j with invalidValue and names the place', (_id, body, where) => {
    const error = expect.objectContaining({
      status: 400,
      scimType: 'invalidValue',
      detail: expect.stringContaining(where),
    });

    expect(() => read(body)).toThrow(error);
  });

  it('tells nothing of a value that it refuses', () => {
    expect(() => read({ password: 12345 })).toThrow(
      expect.objectContaining({ detail: expect.not.stringContaining('12345') }),
    );
  });

  it('K1 requires the name of a group', () => {
    const body = { schemas: [groupResourceType.schema.id, microsoft], members: [] };

    expect(() => readResource(body, groupResourceType)).toThrow('displayName');
  });

  it('checks dates, numbers and required extensions of a custom schema', () => {
    const id = 'urn:example:badge:2.0';
    const type: ResourceType = {
      ...userResourceType,
      extensions: [
        {
          required: true,
          schema: {
            id,
            name: 'Badge',
            description: '',
            attributes: [
              defineAttribute({ name: 'number', type: 'integer', description: '', required: true }),
              defineAttribute({ name: 'weight', type: 'decimal', description: '' }),
              defineAttribute({ name: 'since', type: 'dateTime', description: '' }),
            ],
          },
        },
      ],
    };
    const badge =
      (block: Json): (() => JsonObject) =>
      () =>
        readResource(ada({ [id]: block }), type);
    const invalid = expect.objectContaining({ scimType: 'invalidValue' });

    expect(badge({ number: 1, weight: 1.5, since: '2024-05-01T10:00:00+02:00' })()[id]).toEqual({
      number: 1,
      weight: 1.5,
      since: '2024-05-01T10:00:00+02:00',
    });
    expect(badge({ number: 1.5 })).toThrow(invalid);
    expect(badge({ number: 2 ** 53 })).toThrow(invalid);
    expect(badge({ number: '' })).toThrow(invalid);
    expect(badge({ number: 1, since: 'yesterday' })).toThrow(invalid);
    expect(badge({ weight: 1 })).toThrow(invalid);
    expect(badge(null)).toThrow(invalid);
  });

  it('knows an unknown schema in any case: the later object counts, under the first spelling', () => {
    const body = {
      schemas: [core],
      userName: 'a',
      [unknown]: { a: 1 },
      [unknown.toUpperCase()]: { b: 2 },
    };

    expect(readResource(body, userResourceType)).toEqual({
      schemas: [core, unknown],
      userName: 'a',
      [unknown]: { b: 2 },
    });
  });

  it('S9 stores nothing under the names of a prototype', () => {
    const body = JSON.parse(
      `{"schemas":["${core}"],"userName":"ada","__proto__":{"polluted":1},"constructor":{"x":1},"name":{"__proto__":{"x":1},"constructor":1},` +
        `"${unknown}":{"__proto__":{"polluted":1},"constructor":{"prototype":1},"ok":{"prototype":1}},"${unknown}:__proto__":{"x":1}}`,
    ) as Json;

    expect(readResource(body, userResourceType)).toEqual(
      ada({ schemas: [core, unknown], [unknown]: { ok: {} } }),
    );
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('U8 reads its own outcome to the same', () => {
    const once = read({
      name: { givenName: 'A' },
      emails: [{ value: 'a', primary: true }],
      [enterprise]: { manager: { value: 'm' } },
      [unknown]: { a: 1 },
    });

    expect(readResource(once, userResourceType)).toEqual(once);
  });
});
