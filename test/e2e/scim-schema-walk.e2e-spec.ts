import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  aGroup,
  aPatch,
  aUser,
  create,
  enterpriseUrn,
  expectScimError,
  groupUrn,
  read,
  type ScimBody,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';
import { unfilterable } from '../rfc/unfilterable.js';

/** An attribute as `/Schemas` tells it, and the path by which a client names it. */
interface ToldAttribute {
  readonly path: string;
  readonly isSub: boolean;
  readonly type: string;
  readonly multiValued: boolean;
  readonly mutability: string;
  readonly returned: string;
  readonly parent: ToldAttribute | undefined;
}

function toldIn(schema: ScimBody, prefix: string): ToldAttribute[] {
  return schema.attributes.flatMap((attribute: ScimBody) => {
    const told: ToldAttribute = {
      ...attribute,
      path: `${prefix}${attribute.name}`,
      isSub: false,
      parent: undefined,
    };
    const parts: ScimBody[] = attribute.subAttributes ?? [];
    return [
      told,
      ...parts.map((part): ToldAttribute => {
        return { ...part, path: `${told.path}.${part.name}`, isSub: true, parent: told };
      }),
    ] as ToldAttribute[];
  });
}

const literals: Readonly<Record<string, readonly [operator: string, literal: string][]>> = {
  string: ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'].map((one) => [one, '"x"']),
  reference: [
    ['eq', '"x"'],
    ['co', '"x"'],
  ],
  binary: [['eq', '"eA=="']],
  boolean: [
    ['eq', 'true'],
    ['ne', 'false'],
  ],
  dateTime: ['eq', 'gt', 'le'].map((one) => [one, '"2026-01-01T00:00:00Z"']),
};

/** Questions about an attribute that the grammar allows; a complex one is only asked whether it is there. */
function questionsOf({ path, type, isSub, parent }: ToldAttribute): string[] {
  const comparisons = (literals[type] ?? []).map(
    ([operator, literal]) => `${path} ${operator} ${literal}`,
  );
  const [name, part = ''] = isSub ? [parent?.path, path.slice((parent?.path.length ?? 0) + 1)] : [];
  return [`${path} pr`, ...comparisons, ...(isSub ? [`${name}[${part} pr]`] : [])];
}

describe.each(databases)('every attribute of the schemas on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;
  let core: ToldAttribute[];
  let enterprise: ToldAttribute[];
  let group: ToldAttribute[];

  beforeAll(async () => {
    app = await startApp(database);
    client = await aScimConnection(app);
    const toldBy = async (urn: string, prefix: string) =>
      toldIn(await read(client, `/Schemas/${urn}`), prefix);
    core = await toldBy(userUrn, '');
    enterprise = await toldBy(enterpriseUrn, `${enterpriseUrn}:`);
    group = await toldBy(groupUrn, '');
  });
  afterAll(() => app.close());

  it('FIND S-12 can be filtered by, but for those that are named', async () => {
    const wrong: string[] = [];
    for (const [endpoint, attributes] of [
      ['Users', [...core, ...enterprise]],
      ['EnterpriseUsers', [...core, ...enterprise]],
      ['Groups', group],
    ] as const) {
      for (const attribute of attributes) {
        const isRefused = attribute.returned === 'never' || unfilterable.includes(attribute.path);
        for (const filter of questionsOf(attribute)) {
          const answer = await client.scim(
            'GET',
            `/${endpoint}?filter=${encodeURIComponent(filter)}`,
          );
          const expected = isRefused ? [400, 'invalidFilter'] : [200, undefined];
          if (answer.status !== expected[0] || answer.body.scimType !== expected[1])
            wrong.push(`${endpoint} ${filter}: ${answer.status}`);
        }
      }
    }

    expect(wrong).toEqual([]);
  });

  it('FIND S-16 meta and its parts are there in every resource', async () => {
    await create(client, 'Users', aUser({ userName: 'meta' }));
    await create(client, 'Groups', aGroup({ displayName: 'meta' }));
    for (const path of [
      'meta',
      'meta.resourceType',
      'meta.created',
      'meta.lastModified',
      'meta.location',
      'meta.version',
      'schemas',
      'id',
    ]) {
      for (const endpoint of ['Users', 'Groups']) {
        const all = await read(client, `/${endpoint}`);
        const filter = (text: string) => `/${endpoint}?filter=${encodeURIComponent(text)}`;

        expect((await read(client, filter(`${path} pr`))).totalResults).toBe(all.totalResults);
        expect((await read(client, filter(`not (${path} pr)`))).totalResults).toBe(0);
      }
    }
  });

  it.each(['meta.location', 'meta.version'])('FIND S-12 %s is not compared', async (path) => {
    expect(unfilterable).toContain(path);
    for (const endpoint of ['Users', 'Groups']) {
      const filter = encodeURIComponent(`${path} eq "x"`);
      expectScimError(
        await client.scim('GET', `/${endpoint}?filter=${filter}`),
        400,
        'invalidFilter',
      );
    }
  });

  /** A value that fits; of a list, one entry. */
  function valueOf(
    { path, type, multiValued }: ToldAttribute,
    parts: readonly ToldAttribute[],
  ): unknown {
    const one = ((): unknown => {
      switch (type) {
        case 'boolean':
          return true;
        case 'binary':
          return 'eA==';
        case 'complex':
          return Object.fromEntries(
            parts
              .filter((part) => part.mutability !== 'readOnly')
              .map((part) => [part.path.slice(path.length + 1), valueOf(part, [])]),
          );
        default:
          return `${path.split(/[:.]/).at(-1)} value`;
      }
    })();
    return multiValued ? [one] : one;
  }

  const pick = (body: ScimBody, path: string): unknown => {
    const urn = path.startsWith(`${enterpriseUrn}:`) ? enterpriseUrn : undefined;
    const inner: ScimBody = urn === undefined ? body : (body[urn] ?? {});
    const names = (urn === undefined ? path : path.slice(urn.length + 1)).split('.');
    return names.reduce<ScimBody>((value, name) => value?.[name], inner);
  };

  it('FIND S-12 can be changed by PATCH as its mutability says', async () => {
    const wrong: string[] = [];
    const tops = [...core, ...enterprise].filter(({ isSub }) => !isSub);
    const all = [...core, ...enterprise];
    for (const attribute of tops) {
      const parts = all.filter(({ parent }) => parent?.path === attribute.path);
      const { id } = await create(client, 'Users', aUser({ userName: `walk ${attribute.path}` }));
      const value = valueOf(attribute, parts);
      const answer = await client.scim(
        'PATCH',
        `/Users/${id}`,
        aPatch({ op: 'add', path: attribute.path, value }),
      );
      const after = await read(client, `/Users/${id}`);
      const shown = pick(after, attribute.path);
      if (attribute.mutability === 'readOnly') {
        if (answer.status !== 400 || answer.body.scimType !== 'mutability')
          wrong.push(`${attribute.path}: ${answer.status}`);
        continue;
      }
      if (answer.status !== 200) wrong.push(`${attribute.path}: ${answer.status} ${answer.text}`);
      else if (attribute.returned === 'never') expect(shown).toBeUndefined();
      else
        expect([attribute.path, shown]).toEqual([
          attribute.path,
          attribute.multiValued || attribute.type === 'complex' ? expect.anything() : value,
        ]);
      const single = parts.filter(() => !attribute.multiValued);
      for (const part of single) {
        const isFixed = part.mutability === 'readOnly';
        const changed = await client.scim(
          'PATCH',
          `/Users/${id}`,
          aPatch({ op: 'replace', path: part.path, value: 'changed' }),
        );
        if (changed.status !== (isFixed ? 400 : 200)) wrong.push(`${part.path}: ${changed.status}`);
      }
    }

    expect(wrong).toEqual([]);
  });
});
