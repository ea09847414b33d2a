import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  aGroup,
  aUser,
  create,
  enterpriseUrn,
  expectScimError,
  inLanes,
  read,
  type ScimBody,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';
import { awkwardStrings, isStorable } from './awkward-strings.js';

/** Names and external ids are keys, which an index must take (in bytes). */
const keyBytesMax = 1_024;
const customUrn = 'urn:example:custom:2.0:Thing';
const lists = ['phoneNumbers', 'ims', 'photos', 'entitlements', 'roles', 'x509Certificates'];

function everyPart(text: string, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, text]));
}

/** One person with the text in every text attribute; where it must be unique, behind a number and a dot. */
function person(text: string, n: number): Record<string, unknown> {
  const typed = everyPart(text, 'value', 'display', 'type');
  const isKey = Buffer.byteLength(text) < keyBytesMax - 10;
  return {
    ...aUser({ userName: isKey ? `${n}.${text}` : String(n) }),
    ...(isKey ? { externalId: text } : {}),
    ...everyPart(text, 'displayName', 'nickName', 'profileUrl', 'title', 'userType'),
    ...everyPart(text, 'preferredLanguage', 'locale', 'timezone'),
    name: {
      ...everyPart(text, 'formatted', 'familyName', 'givenName', 'middleName'),
      ...everyPart(text, 'honorificPrefix', 'honorificSuffix'),
    },
    emails: [{ ...typed, value: isKey ? `${n}.${text}` : String(n) }],
    ...Object.fromEntries(lists.map((name) => [name, [typed]])),
    addresses: [
      {
        ...everyPart(text, 'formatted', 'streetAddress', 'locality', 'region', 'postalCode'),
        ...everyPart(text, 'country', 'type'),
      },
    ],
    [enterpriseUrn]: {
      ...everyPart(text, 'employeeNumber', 'costCenter', 'organization', 'division', 'department'),
      manager: everyPart(text, 'value', '$ref'),
    },
    // Twice as often, the longest ones would be beyond the limit of unknown schemas.
    [customUrn]: { text, list: isKey ? [text, { text }] : [], ...nameOfOwn(text) },
  };
}

/** The names of unknown attributes are texts too, but for those that are dropped. */
function nameOfOwn(text: string): Record<string, unknown> {
  return /^(__proto__|constructor|prototype)$/i.test(text) ? {} : { [text]: 1 };
}

describe.each(databases)('awkward strings on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;

  beforeAll(async () => {
    app = await startApp(database);
    client = await aScimConnection(app);
  });
  afterAll(() => app.close());

  async function all(endpoint: string): Promise<ReadonlyMap<string, ScimBody>> {
    const resources = new Map<string, ScimBody>();
    for (let startIndex = 1; ; startIndex += 200) {
      const page = await read(client, `/${endpoint}?count=200&startIndex=${startIndex}`);
      for (const each of page.Resources) resources.set(each.id, each);
      if (startIndex + 200 > page.totalResults) return resources;
    }
  }

  /** Makes one resource of each text; what could not be kept was refused, and nothing of it is there. */
  async function roundTrip(
    endpoint: string,
    toBody: (text: string, n: number) => object,
  ): Promise<void> {
    const before = (await all(endpoint)).size;
    const made = await inLanes(awkwardStrings.length, async (n) => {
      const text = awkwardStrings[n] ?? '';
      const body = toBody(text, n);
      const answer = await client.scim('POST', `/${endpoint}`, body);
      if (isStorable(text)) expect([n, answer.status]).toEqual([n, 201]);
      else expectScimError(answer, 400, 'invalidSyntax');
      return { id: answer.body.id, body };
    });

    const stored = await all(endpoint);

    const kept = made.filter((_, n) => isStorable(awkwardStrings[n] ?? ''));
    expect(stored.size).toBe(before + kept.length);
    for (const { id, body } of kept) {
      const { schemas: _, ...sent } = Object(body);
      expect(stored.get(id)).toMatchObject(sent);
    }
  }

  it('are many', () => {
    expect(awkwardStrings.length).toBeGreaterThanOrEqual(500);
    expect(awkwardStrings.filter((text) => !isStorable(text)).length).toBeGreaterThan(8);
  });

  it('come back from every text of a person as they went in, or are refused', async () => {
    await roundTrip('Users', person);
  });

  it('come back from every text of a group as they went in, or are refused', async () => {
    const { id } = await create(client, 'Users', aUser());
    await roundTrip('Groups', (text, n) => {
      const isKey = Buffer.byteLength(text) < keyBytesMax - 10;
      return {
        ...aGroup({ displayName: isKey ? `${n}.${text}` : String(n) }),
        ...(isKey ? { externalId: text } : {}),
        members: [{ value: id, display: text }],
        [customUrn]: { text, ...nameOfOwn(text) },
      };
    });
  });

  it('are refused as keys that no index takes', async () => {
    for (const text of ['x'.repeat(8_192), '😀'.repeat(1_024)]) {
      for (const body of [
        aUser({ userName: text }),
        aUser({ externalId: text }),
        aUser({ emails: [{ value: text }] }),
      ])
        expectScimError(await client.scim('POST', '/Users', body), 400, 'invalidValue');
      expectScimError(
        await client.scim('POST', '/Groups', aGroup({ displayName: text })),
        400,
        'invalidValue',
      );
    }
  });
});
