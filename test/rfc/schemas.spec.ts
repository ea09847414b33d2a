import { beforeAll, expect } from '@jest/globals';
import {
  aGroup,
  aPatch,
  aUser,
  create,
  enterpriseUrn,
  expectScimError,
  groupUrn,
  listPath,
  read,
  type ScimBody,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection } from '../support/scim-connection.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

/** An attribute with the schema and the type that have it. */
interface Place {
  readonly urn: string;
  readonly attribute: ScimBody;
}

/** What the schemas say of each attribute, proven by using it. */
chapter('schemas', (server) => {
  let ofUsers: readonly Place[];
  let ofGroups: readonly Place[];

  beforeAll(async () => {
    const { Resources } = await read(server.client, '/Schemas');
    const placesOf = (urn: string): Place[] =>
      Resources.find(({ id }: ScimBody) => id === urn).attributes.map((attribute: ScimBody) => ({
        urn,
        attribute,
      }));
    ofUsers = [...placesOf(userUrn), ...placesOf(enterpriseUrn)];
    ofGroups = placesOf(groupUrn);
  });

  sentence('D12', 'required as it says', async () => {
    const required = (places: readonly Place[]) =>
      places.filter(({ attribute }) => attribute.required).map(({ attribute }) => attribute.name);
    expect([required(ofUsers), required(ofGroups)]).toEqual([['userName'], ['displayName']]);

    await create(server.client, 'Users', aUser());
    await create(server.client, 'Groups', aGroup());
    for (const [endpoint, body, name] of [
      ['Users', aUser({ userName: undefined }), 'userName'],
      ['Groups', aGroup({ displayName: undefined }), 'displayName'],
    ] as const) {
      const answer = await server.client.scim('POST', `/${endpoint}`, body);
      expectScimError(answer, 400, 'invalidValue');
      expect(answer.body.detail).toContain(name);
    }
    const [members] = ofGroups.filter(({ attribute }) => attribute.name === 'members');
    const parts = members?.attribute.subAttributes.filter(({ required }: ScimBody) => required);
    expect(parts.map(({ name }: ScimBody) => name)).toEqual(['value']);
    const nameless = aGroup({ members: [{ display: 'x' }] });
    expectScimError(await server.client.scim('POST', '/Groups', nameless), 400, 'invalidValue');
  });

  sentence('D12', 'written and returned as it says', async () => {
    for (const place of ofUsers) {
      const { attribute } = place;
      const [first, second] = [sampleOf(attribute, 'A'), sampleOf(attribute, 'B')];
      const own = await aScimConnection(server.app);
      const made = await create(own, 'Users', aUser(within(place, first)));
      const path = `/Users/${made.id}`;
      const put = await own.scim('PUT', path, aUser(within(place, second)));
      const operation = { op: 'replace', path: pathOf(place), value: first };
      const patched = await own.scim('PATCH', path, aPatch(operation));
      const seen = await own.scim('GET', `${path}?attributes=${pathOf(place)}`);
      const shown = [made, put.body, patched.body, seen.body].map((body) => valueIn(place, body));

      const { name, mutability, returned } = attribute;
      if (mutability === 'readOnly') {
        expectScimError(patched, 400, 'mutability');
        expect([name, shown]).toEqual([name, [undefined, undefined, undefined, undefined]]);
      } else if (returned === 'never') {
        expect([name, mutability, patched.status]).toEqual([name, 'writeOnly', 200]);
        expect([name, shown]).toEqual([name, [undefined, undefined, undefined, undefined]]);
      } else {
        expect([name, mutability, returned]).toEqual([name, 'readWrite', 'default']);
        expect([name, shown]).toEqual([name, [first, second, first, first]]);
      }
    }
  });

  sentence('D12', 'compared as caseExact says', async () => {
    const own = await aScimConnection(server.app);
    const told = ofUsers.filter(({ attribute }) => attribute.mutability === 'readWrite');
    const everything = told.reduce(
      (body: ScimBody, place) => merge(body, within(place, sampleOf(place.attribute, 'MiXed'))),
      aUser(),
    );
    const { id } = await create(own, 'Users', everything);
    const proven: string[] = [];

    for (const place of told) {
      for (const [path, leaf] of leavesOf(place)) {
        if (leaf.caseExact === undefined) continue;
        const isPart = leaf !== place.attribute && place.attribute.multiValued;
        const value = String(sampleOf(leaf, isPart ? 'MiXed0' : 'MiXed'));
        const find = (text: string) =>
          own.scim('GET', listPath('Users', { filter: `${path} eq "${text}"`, attributes: 'id' }));
        const asSent = await find(value);
        if (asSent.status === 400) continue;
        const inLower = await find(value.toLowerCase());
        const ids = [asSent, inLower].map(({ body }) =>
          body.Resources.map((user: ScimBody) => user.id),
        );
        expect([path, leaf.caseExact, ids]).toEqual([
          path,
          leaf.caseExact,
          [[id], leaf.caseExact ? [] : [id]],
        ]);
        proven.push(path);
      }
    }
    expect(proven.length).toBeGreaterThan(45);
  });

  sentence('D12', 'unique as it says', async () => {
    const own = await aScimConnection(server.app);
    const writable = ofUsers.filter(({ attribute }) => attribute.mutability !== 'readOnly');
    const unique = writable.flatMap((place) =>
      leavesOf(place)
        .filter(([, leaf]) => leaf.uniqueness !== 'none')
        .map(([path]) => path),
    );
    expect(unique).toEqual([`${userUrn}:userName`]);

    const shared = writable
      .filter(({ attribute }) => attribute.name !== 'userName')
      .reduce(
        (body: ScimBody, place) => merge(body, within(place, sampleOf(place.attribute, 'A'))),
        {},
      );
    const first = await create(own, 'Users', aUser(shared));
    await create(own, 'Users', aUser(shared));
    const copy = aUser({ userName: first.userName });
    expectScimError(await own.scim('POST', '/Users', copy), 409, 'uniqueness');
    const group = await create(own, 'Groups', aGroup());
    const again = aGroup({ displayName: group.displayName.toUpperCase() });
    expect(ofGroups[0]?.attribute).toMatchObject({ name: 'displayName', uniqueness: 'server' });
    expectScimError(await own.scim('POST', '/Groups', again), 409, 'uniqueness');
  });
});

/** A value of the attribute's type; two variants differ. Parts that the server gives are left out. */
function sampleOf(attribute: ScimBody, variant: string): unknown {
  const { name, type, multiValued, subAttributes = [] } = attribute;
  const one = (n: number): unknown => {
    switch (type) {
      case 'boolean':
        return name === 'primary' ? n === 0 : variant === 'A';
      case 'reference':
        return `https://x.test/${name}/${variant}${n}`;
      case 'binary':
        return Buffer.from(`${name} ${variant} ${n}`).toString('base64');
      case 'complex':
        return Object.fromEntries(
          subAttributes
            .filter(({ mutability }: ScimBody) => mutability !== 'readOnly')
            .map((part: ScimBody) => [
              part.name,
              part.name === 'primary'
                ? n === 0
                : sampleOf(part, multiValued ? `${variant}${n}` : variant),
            ]),
        );
      default:
        return `${name} ${variant} ${n}`;
    }
  };
  return multiValued ? [one(0), one(1)] : one(0);
}

function within({ urn, attribute }: Place, value: unknown): object {
  return urn === enterpriseUrn
    ? { [urn]: { [attribute.name]: value } }
    : { [attribute.name]: value };
}

function valueIn({ urn, attribute }: Place, body: ScimBody): unknown {
  return (urn === enterpriseUrn ? body[urn] : body)?.[attribute.name];
}

function pathOf({ urn, attribute }: Place): string {
  return `${urn}:${attribute.name}`;
}

/** What can be compared: the attribute itself, or the parts of a complex one. */
function leavesOf(place: Place): [string, ScimBody][] {
  const { subAttributes } = place.attribute;
  if (subAttributes === undefined) return [[pathOf(place), place.attribute]];
  return subAttributes.map((part: ScimBody) => [`${pathOf(place)}.${part.name}`, part]);
}

/** Both bodies in one, the blocks of an extension too. */
function merge(body: ScimBody, more: ScimBody): ScimBody {
  const block = { ...body[enterpriseUrn], ...more[enterpriseUrn] };
  return {
    ...body,
    ...more,
    ...(Object.keys(block).length === 0 ? {} : { [enterpriseUrn]: block }),
  };
}
