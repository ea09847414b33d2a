import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, type TestResponse } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  aGroup,
  aPatch,
  aSearch,
  aUser,
  create,
  enterpriseUrn,
  everythingIn,
  expectScimError,
  listPath,
  userUrn,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';

const mebibyte = 1024 * 1024;
const nested = (depth: number, inner = '1') =>
  `${'{"a":'.repeat(depth)}${inner}${'}'.repeat(depth)}`;
const withRaw = (member: string) => `{"schemas":["${userUrn}"],"userName":"raw",${member}}`;

/** What a body may be wrong in before anybody asks what it means: the text, the status, the scimType. */
const bodies: readonly [string, string, number, string | undefined][] = [
  ['nothing', '', 400, 'invalidSyntax'],
  ['blanks', ' \r\n ', 400, 'invalidSyntax'],
  ['half an object', '{"schemas":', 400, 'invalidSyntax'],
  ['two objects', '{}{}', 400, 'invalidSyntax'],
  ['single quotes', "{'schemas':[]}", 400, 'invalidSyntax'],
  ['a comment', '{/* x */}', 400, 'invalidSyntax'],
  ['a trailing comma', '{"a":1,}', 400, 'invalidSyntax'],
  ['a byte order mark', '\uFEFF{', 400, 'invalidSyntax'],
  ['NaN', withRaw('"x":NaN'), 400, 'invalidSyntax'],
  ['a list', `[${withRaw('"a":1')}]`, 400, 'invalidSyntax'],
  ['a text', '"hello"', 400, 'invalidSyntax'],
  ['a number', '7', 400, 'invalidSyntax'],
  ['true', 'true', 400, 'invalidSyntax'],
  ['null', 'null', 400, 'invalidSyntax'],
  ['XML', '<user/>', 400, 'invalidSyntax'],
  ['a form', 'userName=x', 400, 'invalidSyntax'],
  ['an object that names no schema', '{"schemas":[]}', 400, 'invalidSyntax'],
  ['33 levels', withRaw(`"urn:x:y":${nested(32)}`), 400, 'invalidSyntax'],
  ['10,000 levels', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 400, 'invalidSyntax'],
  ['__proto__ at the top', withRaw('"__proto__":{"polluted":true}'), 400, 'invalidSyntax'],
  ['__proto__ inside', withRaw('"name":{"__proto__":{"polluted":true}}'), 400, 'invalidSyntax'],
  [
    '__proto__ in an extension',
    withRaw(`"urn:x:y":{"a":{"__proto__":{"polluted":true}}}`),
    400,
    'invalidSyntax',
  ],
  ['NUL', withRaw(String.raw`"title":"a\u0000b"`), 400, 'invalidSyntax'],
  ['a name with NUL', withRaw(String.raw`"a\u0000":1`), 400, 'invalidSyntax'],
  ['half of a surrogate pair', withRaw(String.raw`"title":"\ud83d"`), 400, 'invalidSyntax'],
  ['the wrong halves', withRaw(String.raw`"urn:x:y":{"a":"\ude00\ud83d"}`), 400, 'invalidSyntax'],
  [
    '10,001 names',
    `{${Array.from({ length: 10_001 }, (_, n) => `"k${n}":1`).join(',')}}`,
    413,
    undefined,
  ],
  ['100,001 items', `{"a":[${'1,'.repeat(100_000)}1]}`, 413, undefined],
  ['more than 1 MiB', withRaw(`"title":"${'x'.repeat(mebibyte)}"`), 413, undefined],
];

/** An attribute of each kind, and values that are not of it. */
const wrongValues: readonly [string, readonly unknown[]][] = [
  ['userName', [7, true, {}, ['a'], ['a', 'b']]],
  ['externalId', [1, false, {}, ['x']]],
  ['active', ['', 'yes', 1, 0, {}, [true], 'truE ']],
  ['password', [7, {}, ['x'], true]],
  ['profileUrl', [7, {}, ['https://x.test']]],
  ['name', [7, true, 'Ann', ['Ann'], { givenName: 7 }, { givenName: {} }, { givenName: ['x'] }]],
  [
    'emails',
    [
      7,
      [7],
      [true],
      { value: 7 },
      [{ value: {} }],
      [{ primary: 'x', value: 'a' }],
      [[{ value: 'a@x.test' }]],
    ],
  ],
  ['x509Certificates', [7, [{ value: 7 }]]],
  ['addresses', ['here', [7], [{ country: 1 }], ['x']]],
  ['roles', [7, [[]], [{ value: [1] }]]],
  [enterpriseUrn, ['x', 7, ['x'], { department: 7 }, { manager: 7 }, { manager: { value: 7 } }]],
];

const oddIds = [
  'x',
  '1',
  '0',
  '-1',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  '..%2f',
  '..%2f..%2fGroups',
  '%2e%2e%2fx',
  '%F0%9F%98%80',
  '%00',
  'a%00b',
  '%0d%0aX-Injected:%20yes',
  "'%20or%201=1--",
  '%25',
  '00000000-0000-4000-8000-00000000000',
  '%7B00000000-0000-4000-8000-000000000000%7D',
  'A'.repeat(1_000),
  'A'.repeat(1_100),
  '%F0%9F%98%80'.repeat(100),
];

describe.each(databases)('bad input to SCIM on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;
  let userId: string;
  let groupId: string;
  let before: string;

  beforeAll(async () => {
    app = await startApp(database);
    client = await aScimConnection(app);
    userId = (
      await create(
        client,
        'Users',
        aUser({ userName: 'ada', title: 'as it was', [enterpriseUrn]: { department: 'd' } }),
      )
    ).id;
    groupId = (
      await create(client, 'Groups', aGroup({ displayName: 'all', members: [{ value: userId }] }))
    ).id;
    before = await everythingIn(client);
  });
  afterAll(() => app.close());

  /** Sends a body, as text as it is, to every route that takes one. */
  async function everywhere(body: unknown): Promise<TestResponse[]> {
    const routes = [
      ['POST', '/Users'],
      ['POST', '/EnterpriseUsers'],
      ['POST', '/Groups'],
      ['PUT', `/Users/${userId}`],
      ['PUT', `/Groups/${groupId}`],
      ['PATCH', `/Users/${userId}`],
      ['PATCH', `/Groups/${groupId}`],
      ['POST', '/Users/.search'],
      ['POST', '/Groups/.search'],
    ] as const;
    return Promise.all(routes.map(([method, path]) => client.scim(method, path, body)));
  }

  async function expectUnchanged(): Promise<void> {
    expect(await everythingIn(client)).toBe(before);
    expect({}).not.toHaveProperty('polluted');
    expect(Object.keys(Object.prototype)).toEqual([]);
  }

  it.each(bodies)(
    'C9 refuses %s as a body of every route',
    async (_what, body, status, scimType) => {
      const isLarge = body.length > mebibyte || body.length > 80_000;
      for (const [index, answer] of (await everywhere(body)).entries()) {
        // POST and PUT of groups take larger bodies than all others.
        if (isLarge && (index === 2 || index === 4)) expect([400, 413]).toContain(answer.status);
        else expectScimError(answer, status, scimType);
      }
      await expectUnchanged();
    },
  );

  it.each(wrongValues)('C8 M29 refuses what is not of the type of %s', async (name, values) => {
    for (const value of values) {
      const body = aUser({ userName: 'ada', [name]: value });
      expectScimError(await client.scim('POST', '/Users', body), 400, 'invalidValue');
      expectScimError(await client.scim('PUT', `/Users/${userId}`, body), 400, 'invalidValue');
      // A PATCH opens one list of one, so that is wrong there when it stands in another.
      const given = Array.isArray(value) && value.length === 1 ? [value] : value;
      for (const operation of [
        { op: 'add', path: name, value: given },
        { op: 'replace', path: name, value: given },
        { op: 'replace', value: { [name]: given } },
      ]) {
        expectScimError(
          await client.scim('PATCH', `/Users/${userId}`, aPatch(operation)),
          400,
          'invalidValue',
        );
      }
    }
    await expectUnchanged();
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['an empty list', []],
    ['a text', userUrn],
    ['an object', { [userUrn]: true }],
    ['another schema', [enterpriseUrn]],
    ['something that is no text', [userUrn, 7]],
    ['a message', ['urn:ietf:params:scim:api:messages:2.0:ListResponse']],
  ])('P12 refuses %s as schemas', async (_what, schemas) => {
    const resource = {
      schemas,
      userName: 'ada',
      displayName: 'all',
      Operations: [{ op: 'replace', value: { title: 'new' } }],
    };

    for (const answer of await everywhere(resource)) expectScimError(answer, 400, 'invalidSyntax');
    await expectUnchanged();
  });

  it('S9 lets no path or name reach a prototype', async () => {
    const names = [
      '__proto__',
      'constructor',
      'prototype',
      'name.__proto__',
      'a.__proto__.b',
      '__proto__.polluted',
      'constructor.prototype.polluted',
    ];
    const paths = [
      ...names,
      ...names.map((name) => `${userUrn}:${name}`),
      'emails[__proto__ eq "x"].value',
      'emails[type eq "x"].__proto__',
    ];

    for (const path of paths) {
      for (const op of ['add', 'replace', 'remove']) {
        const answer = await client.scim(
          'PATCH',
          `/Users/${userId}`,
          aPatch({ op, path, value: { polluted: true } }),
        );
        expect([path, op, answer.status]).toEqual([path, op, 400]);
        expectScimError(answer, 400, answer.body.scimType);
      }
      expect((await client.scim('GET', listPath('Users', { filter: `${path} pr` }))).status).toBe(
        400,
      );
    }
    for (const name of names.filter((each) => each !== '__proto__')) {
      const value = JSON.parse(`{${JSON.stringify(name)}:{"polluted":true}}`);
      const answers = [
        await client.scim('PATCH', `/Users/${userId}`, aPatch({ op: 'add', value })),
        await client.scim('PATCH', `/Groups/${groupId}`, aPatch({ op: 'add', value })),
        await client.scim('GET', `/Users/${userId}?attributes=${encodeURIComponent(name)}`),
        await client.scim('GET', `/Users?${encodeURIComponent(name)}=x`),
      ];
      for (const { status, text } of answers) {
        expect(status).toBeLessThan(500);
        expect(text).not.toContain('polluted');
      }
    }
    await expectUnchanged();
  });

  it('S9 stores nothing under the names of prototypes', async () => {
    const own = await aScimConnection(app);
    const text = `{"schemas":["${userUrn}"],"userName":"x","constructor":{"a":1},"name":{"constructor":{"a":1},"givenName":"A"},
      "urn:x:constructor":{"a":1},"urn:x:y":{"constructor":{"a":1},"Prototype":{"a":1},"b":2}}`;

    const answer = await own.scim('POST', '/Users', text);

    expect(answer).toMatchObject({
      status: 201,
      body: { name: { givenName: 'A' }, 'urn:x:y': { b: 2 } },
    });
    expect(answer.text).not.toMatch(/constructor|prototype/i);
  });

  describe('filters', () => {
    it.each([
      ['of 5 KiB', `userName eq "${'x'.repeat(5 * 1024)}"`],
      ['of 4 KiB of two-byte letters', `userName eq "${'é'.repeat(2_100)}"`],
      ['21 levels deep', `${'('.repeat(21)}userName pr${')'.repeat(21)}`],
      ['4,000 levels deep', '('.repeat(4_000)],
      ['of 65 comparisons', Array.from({ length: 65 }, () => 'id pr').join(' and ')],
      [
        'of 65 comparisons in brackets',
        `emails[${Array.from({ length: 65 }, () => 'value pr').join(' or ')}]`,
      ],
    ])('S6 are refused: one %s', async (_what, filter) => {
      expectScimError(
        await client.scim('GET', listPath('Users', { filter })),
        400,
        'invalidFilter',
      );
      expectScimError(
        await client.scim('POST', '/Users/.search', aSearch({ filter })),
        400,
        'invalidFilter',
      );
      expectScimError(
        await client.scim('POST', '/Groups/.search', aSearch({ filter })),
        400,
        'invalidFilter',
      );
    });

    it('are refused in paths likewise', async () => {
      const inner = Array.from({ length: 65 }, () => 'value pr').join(' or ');
      for (const path of [
        `emails[${inner}]`,
        `emails[${'('.repeat(21)}value pr${')'.repeat(21)}]`,
      ]) {
        expectScimError(
          await client.scim('PATCH', `/Users/${userId}`, aPatch({ op: 'remove', path })),
          400,
          'invalidFilter',
        );
      }
      expectScimError(
        await client.scim(
          'PATCH',
          `/Users/${userId}`,
          aPatch({ op: 'remove', path: 'x'.repeat(5_000) }),
        ),
        400,
        'invalidPath',
      );
      await expectUnchanged();
    });

    it.each([
      '%00',
      'userName%20eq%20%22%00%22',
      '%FF%FE',
      'userName%20eq%20%22%ED%A0%80%22',
      '%',
      '%zz',
      'userName%20pr%0d%0aX:y',
    ])('are answered without a fault when they are %s', async (filter) => {
      const answer = await client.scim('GET', `/Users?filter=${filter}`);

      if (answer.status !== 200) expectScimError(answer, 400, 'invalidFilter');
      else expect(answer.body.totalResults).toBe(0);
    });
  });

  it('M1 refuses more than a thousand operations', async () => {
    const many = Array.from({ length: 1_001 }, () => ({ op: 'replace', value: { title: 'x' } }));

    expectScimError(await client.scim('PATCH', `/Users/${userId}`, aPatch(...many)), 413);
    await expectUnchanged();
  });

  it.each(['Users', 'EnterpriseUsers', 'Groups'])(
    'P14 answers every odd id in /%s with 404',
    async (endpoint) => {
      const body = endpoint === 'Groups' ? aGroup() : aUser();
      for (const id of oddIds) {
        const path = `/${endpoint}/${id}`;
        const answers = [
          await client.scim('GET', path),
          await client.scim('PUT', path, body),
          await client.scim('PATCH', path, aPatch({ op: 'replace', value: { title: 'x' } })),
          await client.scim('DELETE', path),
        ];
        for (const answer of answers) {
          expect([id, answer.status]).toEqual([id, 404]);
          expectScimError(answer, 404);
          expect(answer.headers.has('x-injected')).toBe(false);
        }
      }
      await expectUnchanged();
    },
  );

  it.each(['%', '%zz', '%C0%AF', '%ED%A0%80'])(
    'answers a path that is no UTF-8 or no escape with 400 or 404: %s',
    async (id) => {
      const answer = await client.scim('GET', `/Users/${id}`);

      expect([400, 404]).toContain(answer.status);
      expectScimError(answer, answer.status);
    },
  );
});
