import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UserService } from '../../src/directory/user.service.js';
import type { Actor } from '../../src/kernel/actor.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { tenantContext } from '../../src/tenants/tenant-context.js';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  aGroup,
  aPatch,
  aUser,
  create,
  enterpriseUrn,
  everythingIn,
  expectScimError,
  found,
  read,
  type ScimBody,
} from '../support/scim-assertions.js';
import {
  aScimConnection,
  aScimConnectionIn,
  type TestScimConnection,
} from '../support/scim-connection.js';

const keepers: readonly Actor[] = [
  { kind: 'api_key', id: randomUUID() },
  { kind: 'administrator', id: randomUUID() },
];

/**
 * Which names are one name, decided here once: texts are the same when they differ by case (full folding), by
 * composition, by compatibility (NFKC), by what nobody sees, or by the length of white space; no letter is the same as
 * another because it looks the same.
 */
const names: readonly (readonly [string, string, string, 'one' | 'two'])[] = [
  ['composed and decomposed', 'ren\u00e9', 'rene\u0301', 'one'],
  ['an accent and none', 'ren\u00e9', 'rene', 'two'],
  ['the Kelvin sign', '\u212aelvin', 'kelvin', 'one'],
  ['the Angstrom sign', '\u212bngstrom', '\u00e5ngstrom', 'one'],
  ['İ and i with its dot', '\u0130stanbul', 'i\u0307stanbul', 'one'],
  ['İ and i', '\u0130zmir', 'izmir', 'two'],
  ['ı and i', '\u0131rmak', 'irmak', 'one'],
  ['ß and ẞ', 'stra\u00dfe', 'stra\u1e9ee', 'one'],
  ['ß and ss', 'gro\u00df', 'gross', 'one'],
  ['ſ and s', 'wa\u017fer', 'waser', 'one'],
  ['a ligature', '\ufb01sher', 'fisher', 'one'],
  ['full width', '\uff21\uff24\uff21', 'ada', 'one'],
  ['Σ and ς at the end', '\u039f\u03a3', '\u03bf\u03c2', 'one'],
  ['σ and ς', '\u03b1\u03c3', '\u03b1\u03c2', 'one'],
  ['Deseret capitals', '\u{10400}', '\u{10428}', 'one'],
  ['Cyrillic and Latin', 'p\u0430ypal', 'paypal', 'two'],
  ['a zero width space', 'a\u200bb', 'ab', 'one'],
  ['a mark of direction', 'c\u200fd', 'cd', 'one'],
  ['a space at the end', 'eve', 'eve ', 'one'],
  ['two spaces inside', 'eve  lin', 'eve lin', 'one'],
  ['a space inside and none', 'eve li', 'eveli', 'two'],
];

describe.each(databases)('people and what SCIM may do to them on $name', (database) => {
  let app: TestApp;
  let client: TestScimConnection;

  beforeAll(async () => {
    app = await startApp(database);
    client = await aScimConnection(app);
  });
  afterAll(() => app.close());

  /** Somebody whom no SCIM client made. */
  async function aPerson(tenantId: string, userName: string, email: string) {
    const [actor = { kind: 'system', id: 'test' }] = keepers;
    const context = tenantContext({ actor, requestId: 'test' }, tenantId);
    const profile = { userName, emails: [{ value: email }] };
    return app.get(UserService).create(context, { isActive: true, profile });
  }

  async function setActive(tenantId: string, id: string, isActive: boolean, actor: Actor) {
    const context = tenantContext({ actor, requestId: 'test' }, tenantId);
    return app
      .get(UserService)
      .change(context, id, undefined, ({ profile }) => ({ isActive, profile }));
  }

  it('S2 binds to nobody who is there, by name or by address', async () => {
    const own = await aScimConnection(app);
    const admin = await aPerson(own.tenantId, 'admin', 'admin@example.com');
    const mine = await create(own, 'Users', aUser({ userName: 'mine' }));
    const sharing = aUser({ userName: 'x', emails: [{ value: 'Admin@Example.com' }] });
    const other = await create(own, 'Users', sharing);
    expect(other.id).not.toBe(admin.id);
    const before = await everythingIn(own);

    const takings = [
      aUser({ userName: 'ADMIN' }),
      aUser({ userName: 'admin', externalId: admin.id, id: admin.id }),
    ];
    for (const body of takings) {
      expectScimError(await own.scim('POST', '/Users', body), 409, 'uniqueness');
      expectScimError(await own.scim('PUT', `/Users/${mine.id}`, body), 409, 'uniqueness');
      const operation = { op: 'replace', value: { ...body, id: mine.id } };
      const answer = await own.scim('PATCH', `/Users/${mine.id}`, aPatch(operation));
      expectScimError(answer, 409, 'uniqueness');
    }

    expect(await everythingIn(own)).toBe(before);
  });

  it('S2 is told nothing by a name that is taken in another tenant', async () => {
    const own = await aScimConnection(app);
    await aPerson(client.tenantId, 'elsewhere', 'elsewhere@example.com');

    const body = aUser({ userName: 'elsewhere', emails: [{ value: 'elsewhere@example.com' }] });

    expect((await own.scim('POST', '/Users', body)).status).toBe(201);
  });

  it('S3 a new name or address is written down with the old, verifies nothing and merges nobody', async () => {
    const own = await aScimConnection(app);
    const made = await create(
      own,
      'Users',
      aUser({ userName: 'old', emails: [{ value: 'old@example.com' }] }),
    );
    const other = await create(own, 'Users', aUser({ userName: 'other' }));

    const change = { userName: 'new', emails: [{ value: 'new@example.com', verified: true }] };
    await own.scim('PATCH', `/Users/${made.id}`, aPatch({ op: 'replace', value: change }));

    const rows = await app.get(UnitOfWork).query<{ before: string; after: string }>(sql`
      select before, after from events where object_id = ${made.id} and type = 'user.update'`);
    const [event] = rows.map(({ before, after }) => [JSON.parse(before), JSON.parse(after)]);
    expect(rows).toHaveLength(1);
    expect(event).toMatchObject([
      { profile: { userName: 'old', emails: [{ value: 'old@example.com' }] } },
      { profile: { userName: 'new', emails: [{ value: 'new@example.com' }] } },
    ]);
    expect(JSON.stringify(event)).not.toMatch(/verified/i);
    expect(await found(own, 'Users', 'id pr', 'id')).toEqual([made.id, other.id]);
  });

  it.each(keepers)('S4 the lock of $kind outlives a delete and a create', async (keeper) => {
    const own = await aScimConnection(app);
    const made = await create(own, 'Users', aUser({ userName: 'Banned' }));
    await setActive(own.tenantId, made.id, false, keeper);

    await own.scim('DELETE', `/Users/${made.id}`);
    const again = await own.scim('POST', '/Users', aUser({ userName: 'banned', active: true }));
    const tried = await own.scim(
      'PATCH',
      `/Users/${again.body.id}`,
      aPatch({ op: 'replace', path: 'active', value: true }),
    );
    const elsewhere = await create(
      await aScimConnection(app),
      'Users',
      aUser({ userName: 'banned' }),
    );

    expect(again).toMatchObject({ status: 201, body: { active: false } });
    expect(tried).toMatchObject({ status: 200, body: { active: false } });
    expect((await read(own, `/Users/${again.body.id}`)).active).toBe(false);
    expect(elsewhere.active).not.toBe(false);
  });

  it('S4 the lock outlives another SCIM client and the other door', async () => {
    const [keeper = { kind: 'system', id: 'test' }] = keepers;
    const okta = await aScimConnection(app);
    const entra = await aScimConnectionIn(app, okta.tenantId, 'Entra');
    const made = await create(okta, 'Users', aUser({ userName: 'banned' }));
    await setActive(okta.tenantId, made.id, false, keeper);

    await entra.scim('DELETE', `/EnterpriseUsers/${made.id}`);

    expect((await create(entra, 'EnterpriseUsers', aUser({ userName: 'BANNED' }))).active).toBe(
      false,
    );
  });

  it('S5 reads four forms of active, and refuses all others instead of taking them for true', async () => {
    const accepted = [
      [true, true],
      [false, false],
      ['True', true],
      ['False', false],
    ] as const;
    const refused = ['yes', '1', 1, 0, '', 'truthy', [true, true], { value: true }, 'falsе'];
    const made = await create(client, 'Users', aUser({ userName: randomUUID(), active: false }));
    const path = `/Users/${made.id}`;
    const ways = (active: unknown) => [
      () => client.scim('POST', '/Users', aUser({ active })),
      () => client.scim('PUT', path, aUser({ userName: made.userName, active })),
      () => client.scim('PATCH', path, aPatch({ op: 'replace', path: 'active', value: active })),
      () => client.scim('PATCH', path, aPatch({ op: 'add', value: { active } })),
    ];

    for (const [given, expected] of accepted)
      for (const way of ways(given)) expect((await way()).body.active).toBe(expected);
    await client.scim('PATCH', path, aPatch({ op: 'replace', path: 'active', value: false }));
    for (const given of refused)
      for (const way of ways(given)) expectScimError(await way(), 400, 'invalidValue');
    for (const way of ways([true]).slice(0, 2)) expectScimError(await way(), 400, 'invalidValue');
    expect((await read(client, path)).active).toBe(false);
  });

  it.each(names)('S8 %s: %j and %j are %s', async (_what, left, right, verdict) => {
    const own = await aScimConnection(app);
    const made = await create(own, 'Users', aUser({ userName: left, emails: [{ value: left }] }));

    const answer = await own.scim('POST', '/Users', aUser({ userName: right }));
    const atAddress = await found(own, 'Users', `emails.value eq ${JSON.stringify(right)}`);
    const group = await own.scim('POST', '/Groups', aGroup({ displayName: left }));
    const groupAgain = await own.scim('POST', '/Groups', aGroup({ displayName: right }));
    const seen = await found(own, 'Users', `userName eq ${JSON.stringify(right)}`);

    const status = verdict === 'one' ? 409 : 201;
    expect([answer.status, groupAgain.status]).toEqual([status, status]);
    expect(atAddress).toEqual(verdict === 'one' ? [left] : []);
    expect(group.status).toBe(201);
    expect(seen).toEqual([verdict === 'one' ? left : right]);
    expect((await read(own, `/Users/${made.id}`)).userName).toBe(left);
  });

  describe('references to another tenant', () => {
    const withoutIds = ({ status, body }: { status: number; body: ScimBody }) =>
      JSON.stringify([status, body]).replace(/[0-9a-f-]{36}/g, '<id>');

    it('S11 a member of another tenant is answered as an unknown one', async () => {
      const own = await aScimConnection(app);
      const foreign = [
        (await create(client, 'Users', aUser())).id,
        (await create(client, 'Groups', aGroup())).id,
      ];
      const group = await create(own, 'Groups', aGroup({ displayName: 'g' }));
      const before = await everythingIn(own);
      const ways = (value: string) => [
        () => own.scim('POST', '/Groups', aGroup({ members: [{ value }] })),
        () => own.scim('PUT', `/Groups/${group.id}`, aGroup({ members: [{ value }] })),
        () =>
          own.scim(
            'PATCH',
            `/Groups/${group.id}`,
            aPatch({ op: 'add', path: 'members', value: [{ value }] }),
          ),
      ];

      for (const id of foreign) {
        const unknown = await Promise.all(ways(randomUUID()).map((way) => way()));
        const answers = await Promise.all(ways(id).map((way) => way()));
        for (const answer of answers) expect(answer.status).toBe(400);
        expect(answers.map(withoutIds)).toEqual(unknown.map(withoutIds));
      }
      expect(await everythingIn(own)).toBe(before);
    });

    it('S11 a manager of another tenant is a text like any other', async () => {
      const own = await aScimConnection(app);
      const boss = await create(client, 'Users', aUser({ displayName: 'Their boss' }));

      for (const value of [boss.id, randomUUID()]) {
        const made = await create(own, 'Users', aUser({ [enterpriseUrn]: { manager: { value } } }));
        expect(made[enterpriseUrn].manager).toEqual({ value });
        expect((await read(own, `/Users/${made.id}`))[enterpriseUrn].manager).toEqual({ value });
      }
    });
  });

  it('S18 an id that was deleted is never used again, and nothing revives it', async () => {
    const own = await aScimConnection(app);
    for (const [endpoint, body] of [
      ['Users', aUser({ userName: 'gone', externalId: 'e' })],
      ['Groups', aGroup({ displayName: 'gone' })],
    ] as const) {
      const made = await create(own, endpoint, body);
      const path = `/${endpoint}/${made.id}`;
      expect((await own.scim('DELETE', path)).status).toBe(204);

      const again = await create(own, endpoint, { ...body, id: made.id });
      const answers = [
        await own.scim('GET', path),
        await own.scim('PUT', path, { ...body, id: made.id }),
        await own.scim('PATCH', path, aPatch({ op: 'add', value: { externalId: 'x' } })),
        await own.scim('DELETE', path),
      ];

      for (const answer of answers) expectScimError(answer, 404);
      expect(again.id).not.toBe(made.id);
      expect(await found(own, endpoint, `id eq "${made.id}"`, 'id')).toEqual([]);
    }
  });
});
