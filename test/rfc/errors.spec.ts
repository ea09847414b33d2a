import { randomUUID } from 'node:crypto';
import { expect, jest } from '@jest/globals';
import { GroupService } from '../../src/directory/group.service.js';
import { DomainError } from '../../src/kernel/domain-error.js';
import type { TestResponse } from '../support/app.js';
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
import { aScimConnection } from '../support/scim-connection.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

const errorUrn = 'urn:ietf:params:scim:api:messages:2.0:Error';
const scimTypes = [
  'invalidFilter',
  'tooMany',
  'uniqueness',
  'mutability',
  'invalidSyntax',
  'invalidPath',
  'noTarget',
  'invalidValue',
  'invalidVers',
  'sensitive',
  'invalidCursor',
  'expiredCursor',
  'invalidCount',
];

/** Why a request is refused: its status, its scimType if the standard has one, and what its detail names. */
type Refusal = readonly [
  method: string,
  path: string,
  body: unknown,
  status: number,
  scimType: string | undefined,
  names: readonly string[],
];

chapter('errors', (server) => {
  const send = (method: string, path: string, body?: unknown) =>
    server.client.scim(method, path, body);

  /** One request for each way of being refused that the standard has a word for, and for those without. */
  async function refusals(): Promise<readonly Refusal[]> {
    const { client } = server;
    const taken = await create(client, 'Users', aUser());
    const user = await create(
      client,
      'Users',
      aUser({ emails: [{ value: `${randomUUID()}@x.test` }] }),
    );
    const group = await create(client, 'Groups', aGroup());
    const [u, g] = [`/Users/${user.id}`, `/Groups/${group.id}`];
    const fine = { op: 'add', path: 'title', value: 'x' };
    const second = (operation: object) => aPatch(fine, operation);
    const at = (operation: object, scimType: string, ...names: readonly string[]): Refusal => [
      'PATCH',
      u,
      second(operation),
      400,
      scimType,
      ['Operations[1]', ...names],
    ];
    const filter = (text: string, ...names: readonly string[]): Refusal => [
      'GET',
      listPath('Users', { filter: text }),
      undefined,
      400,
      'invalidFilter',
      names,
    ];
    const nobody = randomUUID();
    return [
      ['POST', '/Users', '{', 400, 'invalidSyntax', []],
      [
        'POST',
        '/Users',
        { userName: 'x', schemas: [] },
        400,
        'invalidSyntax',
        ['schemas', userUrn],
      ],
      ['POST', '/Users', { schemas: [userUrn] }, 400, 'invalidValue', ['userName', 'required']],
      ['POST', '/Users', aUser({ active: 'x' }), 400, 'invalidValue', ['active', 'boolean']],
      [
        'POST',
        '/Users',
        aUser({ name: { givenName: 7 } }),
        400,
        'invalidValue',
        ['name.givenName', 'string'],
      ],
      [
        'POST',
        '/Users',
        aUser({ emails: [{}, { value: 7 }] }),
        400,
        'invalidValue',
        ['emails[1].value', 'string'],
      ],
      [
        'POST',
        '/Users',
        aUser({ [enterpriseUrn]: { department: 7 } }),
        400,
        'invalidValue',
        [`${enterpriseUrn}:department`, 'string'],
      ],
      ['POST', '/Users', aUser({ userName: taken.userName }), 409, 'uniqueness', ['userName']],
      ['PUT', u, aUser({ userName: taken.userName }), 409, 'uniqueness', ['userName']],
      [
        'POST',
        '/Groups',
        aGroup({ displayName: group.displayName }),
        409,
        'uniqueness',
        ['displayName'],
      ],
      [
        'POST',
        '/Groups',
        aGroup({ members: [{ value: nobody }] }),
        400,
        'invalidValue',
        ['members', nobody],
      ],
      ['PUT', g, aGroup({ members: [{ display: 'x' }] }), 400, 'invalidValue', ['member', 'value']],
      filter('userName eq', 'character'),
      filter('shoeSize pr', 'shoeSize'),
      filter('active gt true', 'active', 'gt', 'boolean'),
      filter('password pr', 'password'),
      filter('userName like "x"', 'like'),
      ['POST', '/Users/.search', aSearch({ filter: 'not userName pr' }), 400, 'invalidFilter', []],
      ['GET', '/Users?startIndex=x', undefined, 400, 'invalidValue', ['startIndex', 'integer']],
      ['GET', '/Users?count=1.5', undefined, 400, 'invalidValue', ['count', 'integer']],
      ['PATCH', u, { ...aPatch(fine), schemas: [] }, 400, 'invalidSyntax', ['schemas', 'PatchOp']],
      ['PATCH', u, { ...aPatch(), Operations: [] }, 400, 'invalidSyntax', ['Operations']],
      at({ op: 'jump', path: 'title' }, 'invalidSyntax', 'op', 'remove'),
      at({ op: 'remove' }, 'noTarget', 'remove', 'path'),
      at({ op: 'add', path: 'title' }, 'invalidValue', 'title', 'value'),
      at({ op: 'add', path: 'title', value: 7 }, 'invalidValue', 'title', 'string'),
      at({ op: 'add', value: { 'name.givenName': 7 } }, 'invalidValue', 'name.givenName', 'string'),
      at(
        { op: 'replace', path: 'emails', value: [{ value: 7 }] },
        'invalidValue',
        'emails[0].value',
      ),
      at(
        { op: 'replace', path: 'emails[type eq "fax"]', value: { value: 'x' } },
        'noTarget',
        'emails[type eq \\"fax\\"]',
      ),
      at({ op: 'replace', path: 'emails[type eq]', value: {} }, 'invalidFilter', 'emails[type eq]'),
      at({ op: 'remove', path: 'emails[shoeSize pr]' }, 'invalidFilter', 'emails', 'shoeSize'),
      at({ op: 'add', path: 'shoeSize', value: 1 }, 'invalidPath', 'shoeSize'),
      at({ op: 'add', path: 'a..b', value: 1 }, 'invalidPath', 'a..b'),
      at({ op: 'remove', path: 'userName' }, 'mutability', 'userName', 'required'),
      at({ op: 'replace', path: 'userName', value: '' }, 'invalidValue', 'userName', 'required'),
      at({ op: 'replace', path: 'userName', value: ' ' }, 'invalidValue', 'userName', 'required'),
      at({ op: 'replace', path: 'id', value: 'x' }, 'mutability', 'id', 'readOnly'),
      at({ op: 'replace', value: { id: 'x' } }, 'mutability', 'id', 'readOnly'),
      at({ op: 'add', path: 'groups', value: [] }, 'mutability', 'groups', 'readOnly'),
      [
        'PATCH',
        g,
        aPatch(
          { op: 'add', path: 'externalId', value: 'x' },
          { op: 'replace', path: 'members[value eq "x"].type', value: 'User' },
        ),
        400,
        'mutability',
        ['Operations[1]', 'members.type'],
      ],
      [
        'PATCH',
        u,
        aPatch({ op: 'replace', path: 'userName', value: taken.userName }),
        409,
        'uniqueness',
        ['userName'],
      ],
      ['GET', `/Users/${nobody}`, undefined, 404, undefined, []],
      ['GET', '/Nothing', undefined, 404, undefined, []],
      ['DELETE', '/Users', undefined, 405, undefined, ['DELETE', 'GET']],
      [
        'GET',
        '/Users?attributes=id&excludedAttributes=name',
        undefined,
        400,
        'invalidValue',
        ['attributes', 'excludedAttributes'],
      ],
    ];
  }

  sentence('Z1', async () => {
    for (const [method, path, body, status] of await refusals()) {
      const answer = await send(method, path, body);
      expect([method, path, answer.status]).toEqual([method, path, status]);
      expect(answer.body).toMatchObject({
        schemas: [errorUrn],
        status: String(status),
        detail: expect.stringMatching(/\S/),
      });
      expect(Object.keys(answer.body)).toEqual(
        ['schemas', 'status', 'scimType', 'detail'].filter((name) => name in answer.body),
      );
    }
  });

  sentence(
    'Z1',
    'the detail names the operation, the path and the rule in one sentence',
    async () => {
      for (const [method, path, body, , , names] of await refusals()) {
        const { detail } = (await send(method, path, body)).body;
        for (const name of names)
          expect([path, body, detail]).toEqual([path, body, expect.stringContaining(name)]);
        expect(detail).toMatch(/^\S.{8,300}\.$/);
        expect(detail).not.toMatch(/undefined|\[object|null\b|\n/);
      }
    },
  );

  sentence('Z2', async () => {
    const seen = new Set<string>();
    for (const [method, path, body, status, scimType] of await refusals()) {
      const answer = await send(method, path, body);
      expectScimError(answer, status, scimType);
      if (scimType !== undefined) seen.add(scimType);
    }
    for (const scimType of seen) expect(scimTypes).toContain(scimType);
    expect(seen.size).toBe(7);
  });

  sentence('Z3', async () => {
    const { client } = server;
    const [taken, made] = [
      await create(client, 'Users', aUser()),
      await create(client, 'Users', aUser()),
    ];
    const [name, group] = [
      await create(client, 'Groups', aGroup()),
      await create(client, 'Groups', aGroup()),
    ];
    for (const [endpoint, mine, theirs, attribute] of [
      ['Users', made, taken, 'userName'],
      ['Groups', group, name, 'displayName'],
    ] as const) {
      const { id: _, ...copy } = theirs;
      const path = `/${endpoint}/${mine.id}`;
      expectScimError(await send('POST', `/${endpoint}`, copy), 409, 'uniqueness');
      expectScimError(await send('PUT', path, copy), 409, 'uniqueness');
      const replace = aPatch({ op: 'replace', value: { [attribute]: theirs[attribute] } });
      expectScimError(await send('PATCH', path, replace), 409, 'uniqueness');
    }
  });

  sentence('Z4', async () => {
    const userName = `ann-${randomUUID()}@corp.test`;
    await create(server.client, 'Users', aUser({ userName }));
    const filter = `userName eq "${userName}"`;

    const byGet = await send('GET', listPath('Users', { filter }));
    const byPost = await send('POST', '/Users/.search', aSearch({ filter }));
    const faulty = await send('GET', listPath('Users', { filter: `${filter} and` }));

    expect([byGet.status, byGet.body.totalResults]).toEqual([200, 1]);
    expect(byPost.body).toEqual(byGet.body);
    expectScimError(faulty, 400, 'invalidFilter');
    expect(faulty.text).not.toContain(userName);
  });

  sentence('Z5', async () => {
    for (const version of ['v1', 'v3', 'v2.1', '']) {
      const path = `/api/scim/resource/${version}/Users`.replace('//', '/');
      const { status, text } = await server.app.request('GET', path, {
        key: null,
        headers: { authorization: `Bearer ${server.client.token}` },
      });
      expect([version, status]).toEqual([version, 404]);
      expect(text).not.toContain('Resources');
    }
    expect((await send('GET', '/Users?count=0')).status).toBe(200);
  });

  sentence('Z6', async () => {
    const theirs = await aScimConnection(server.app);
    const marker = `marker-${randomUUID()}`;
    await create(theirs, 'Users', aUser({ userName: marker }));
    const inside =
      /node_modules|\bat \S+ \(|\.[jt]s:\d|sqlite|postgres|typeorm|select .* from|insert into/i;
    const answers: TestResponse[] = [];
    for (const [method, path, body] of await refusals())
      answers.push(await send(method, path, body));
    const broken = jest
      .spyOn(server.app.get(GroupService), 'delete')
      .mockRejectedValue(new Error(`select secret from users at ${marker}`));
    const fault = await send('DELETE', `/Groups/${randomUUID()}`);
    broken.mockRestore();
    answers.push(
      fault,
      await send('GET', `/Users?filter=${encodeURIComponent('userName eq "\' or 1=1"')}&count=x`),
    );

    expectScimError(fault, 500);
    for (const { text } of answers) {
      expect(text).not.toMatch(inside);
      expect(text).not.toContain(marker);
    }
  });

  sentence('Z7', async () => {
    const { client } = server;
    const before = await everythingIn(client);
    const large = JSON.stringify(aUser({ title: 'x'.repeat(1024 * 1024) }));
    const many = Array.from({ length: 1_001 }, () => ({ op: 'add', path: 'title', value: 'x' }));

    expectScimError(await send('POST', '/Users', large), 413);
    expectScimError(
      await send('PATCH', `/Users/${(await create(client, 'Users', aUser())).id}`, aPatch(...many)),
      413,
    );
    expectScimError(await send('GET', '/Me'), 501);
    const busy = jest
      .spyOn(server.app.get(GroupService), 'delete')
      .mockRejectedValue(new DomainError('unavailable', 'The database is busy.'));
    const answer = await send('DELETE', `/Groups/${randomUUID()}`);
    busy.mockRestore();
    expectScimError(answer, 503);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await everythingIn(client)).length).toBeGreaterThanOrEqual(before.length);
  });
});
