import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, jest } from '@jest/globals';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import type { TestResponse } from '../support/app.js';
import {
  aGroup,
  aPatch,
  aUser,
  create,
  everythingIn,
  expectScimError,
  read,
  type ScimBody,
} from '../support/scim-assertions.js';
import { aScimConnection, type TestScimConnection } from '../support/scim-connection.js';
import { chapter } from './chapter.js';
import { sentence } from './sentence.js';

/** Made by one statement. */
const peopleAtOnce = 1_000;

chapter('groups', (server) => {
  const aPerson = (): Promise<ScimBody> => create(server.client, 'Users', aUser());
  const patch = (group: ScimBody, ...operations: readonly object[]) =>
    server.client.scim('PATCH', `/Groups/${group.id}`, aPatch(...operations));
  const membersOf = async ({ id }: ScimBody): Promise<string[]> =>
    (await read(server.client, `/Groups/${id}`)).members.map(({ value }: ScimBody) => value);
  const groupsOf = async ({ id }: ScimBody): Promise<string[]> =>
    ((await read(server.client, `/Users/${id}`)).groups ?? []).map(({ value }: ScimBody) => value);

  sentence('K1', async () => {
    const { client } = server;
    const made = await create(client, 'Groups', aGroup({ displayName: `Ä ${randomUUID()}` }));
    for (const displayName of [undefined, null, '', ' ', 7]) {
      const answer = await client.scim('POST', '/Groups', aGroup({ displayName }));
      expectScimError(answer, 400, 'invalidValue');
      const put = await client.scim('PUT', `/Groups/${made.id}`, { ...made, displayName });
      expectScimError(put, 400, 'invalidValue');
    }
    expectScimError(await patch(made, { op: 'remove', path: 'displayName' }), 400, 'mutability');
    for (const displayName of [made.displayName, made.displayName.toLowerCase()]) {
      const answer = await client.scim('POST', '/Groups', aGroup({ displayName }));
      expectScimError(answer, 409, 'uniqueness');
    }
    expect(await read(client, `/Groups/${made.id}`)).toEqual(made);
  });

  sentence('K2', async () => {
    const person = await aPerson();
    const inner = await create(server.client, 'Groups', aGroup());
    const group = await create(
      server.client,
      'Groups',
      aGroup({
        members: [
          { value: person.id, type: 'User' },
          { value: inner.id, type: 'Group' },
        ],
      }),
    );

    expect(group.members).toHaveLength(2);
    expect(group.members).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          value: person.id,
          $ref: person.meta.location,
          type: 'User',
        }),
        expect.objectContaining({ value: inner.id, $ref: inner.meta.location, type: 'Group' }),
      ]),
    );
    for (const part of ['value', '$ref', 'type']) {
      const path = `members[value eq "${person.id}"].${part}`;
      const answer = await patch(group, { op: 'replace', path, value: inner.id });
      expectScimError(answer, 400, 'mutability');
    }
    expect(await read(server.client, `/Groups/${group.id}`)).toEqual(group);
  });

  sentence('K3', async () => {
    const person = await aPerson();
    const inner = await create(server.client, 'Groups', aGroup());
    const members = [{ value: person.id, display: 'whatever' }, { value: inner.id }];
    const group = await create(server.client, 'Groups', aGroup({ members }));
    const other = await create(server.client, 'Groups', aGroup());
    await patch(other, { op: 'add', path: 'members', value: members });

    for (const { id } of [group, other]) {
      const seen = (await read(server.client, `/Groups/${id}`)).members;
      const types = new Map(seen.map(({ value, type }: ScimBody) => [value, type]));
      expect(types).toEqual(
        new Map([
          [person.id, 'User'],
          [inner.id, 'Group'],
        ]),
      );
    }
  });

  sentence('K4', async () => {
    const { client } = server;
    const person = await aPerson();
    const foreign = await create(await aScimConnection(server.app), 'Users', aUser());
    const group = await create(client, 'Groups', aGroup({ members: [{ value: person.id }] }));
    const before = await everythingIn(client);

    for (const id of [randomUUID(), 'nobody', foreign.id, 'bulkId:x', person.id + ' ']) {
      const members = [{ value: person.id }, { value: id }];
      for (const answer of [
        await client.scim('POST', '/Groups', aGroup({ members })),
        await client.scim('PUT', `/Groups/${group.id}`, { ...group, members }),
        await patch(group, { op: 'add', path: 'members', value: members }),
        await patch(group, { op: 'replace', value: { members } }),
      ]) {
        expect([id, answer.status]).toEqual([id, 400]);
        expectScimError(answer, 400, 'invalidValue');
      }
    }
    expect(await everythingIn(client)).toBe(before);
  });

  sentence('K5', async () => {
    const person = await aPerson();
    const entry = { value: person.id };
    const group = await create(server.client, 'Groups', aGroup({ members: [entry, entry] }));

    await patch(group, { op: 'add', path: 'members', value: [entry, { ...entry, type: 'User' }] });
    await patch(
      group,
      { op: 'add', path: 'members', value: entry },
      { op: 'add', value: { members: [entry] } },
    );

    expect(await membersOf(group)).toEqual([person.id]);
    expect(await read(server.client, `/Groups/${group.id}`)).toEqual(group);
    const put = await server.client.scim('PUT', `/Groups/${group.id}`, {
      ...group,
      members: [entry, entry],
    });
    expect(put.body).toEqual(group);
  });

  sentence('K6', async () => {
    const person = await aPerson();
    const group = await create(
      server.client,
      'Groups',
      aGroup({ members: [{ value: person.id }] }),
    );
    for (const operation of [
      { op: 'replace', path: 'displayName', value: randomUUID() },
      { op: 'replace', value: { id: group.id, displayName: randomUUID() } },
      { op: 'add', value: { externalId: 'k6' } },
      { op: 'remove', path: 'externalId' },
    ]) {
      expect((await patch(group, operation)).status).toBe(204);
      expect(await membersOf(group)).toEqual([person.id]);
    }
    const { members: _, ...bare } = await read(server.client, `/Groups/${group.id}`);

    const put = await server.client.scim('PUT', `/Groups/${group.id}`, bare);

    expect(put.body.members).toEqual([]);
    expect(await groupsOf(person)).toEqual([]);
  });

  sentence('K7', async () => {
    const { client } = server;
    const inner = await create(client, 'Groups', aGroup());
    const middle = await create(client, 'Groups', aGroup({ members: [{ value: inner.id }] }));
    const outer = await create(client, 'Groups', aGroup({ members: [{ value: middle.id }] }));

    for (const [group, member] of [
      [inner, outer],
      [inner, middle],
      [inner, inner],
      [middle, outer],
    ]) {
      const members = [{ value: member.id }];
      for (const answer of [
        await patch(group, { op: 'add', path: 'members', value: members }),
        await client.scim('PUT', `/Groups/${group.id}`, { ...group, members }),
      ]) {
        expectScimError(answer, 400, 'invalidValue');
      }
    }
    expect(await Promise.all([inner, middle, outer].map(membersOf))).toEqual([
      [],
      [inner.id],
      [middle.id],
    ]);
  });

  sentence('K8', async () => {
    const [one, two] = [await aPerson(), await aPerson()];
    const group = await create(server.client, 'Groups', aGroup({ members: [{ value: one.id }] }));
    expect(await groupsOf(one)).toEqual([group.id]);

    await patch(group, { op: 'add', path: 'members', value: [{ value: two.id }] });
    expect(await groupsOf(two)).toEqual([group.id]);
    await patch(group, { op: 'replace', path: 'displayName', value: `K8 ${group.id}` });
    expect((await read(server.client, `/Users/${one.id}`)).groups[0].display).toBe(
      `K8 ${group.id}`,
    );
    await patch(group, { op: 'remove', path: `members[value eq "${one.id}"]` });
    expect(await groupsOf(one)).toEqual([]);
    await server.client.scim('DELETE', `/Groups/${group.id}`);
    expect(await groupsOf(two)).toEqual([]);
  });

  sentence('K9', async () => {
    const many = 10_000;
    const own = await aScimConnection(server.app);
    const ids = await makePeople(own, many);
    const extra = await create(own, 'Users', aUser());
    const members = ids.map((value) => ({ value }));
    const statements = countStatements();

    const made = await patiently(() =>
      own.scim('POST', '/Groups?excludedAttributes=members', aGroup({ members })),
    );
    const path = `/Groups/${made.body.id}`;
    const add = { op: 'add', path: 'members', value: [{ value: extra.id }] };
    const added = await patiently(() => own.scim('PATCH', path, aPatch(add)));
    const bare = await patiently(() => own.scim('GET', `${path}?excludedAttributes=members`));

    // How long it takes is the machine's matter; that nothing is done for each member by itself is ours.
    expect(statements()).toBeLessThan(many / 50);
    expect([made.status, added.status, bare.status]).toEqual([201, 204, 200]);
    expect(bare.text.length).toBeLessThan(1_000);
    expect((await read(own, path)).members).toHaveLength(many + 1);
  });

  /** Sends again what a busy database could not answer in its time, as clients do. */
  async function patiently(send: () => Promise<TestResponse>): Promise<TestResponse> {
    for (;;) {
      const answer = await send();
      if (answer.status !== 503) return answer;
      await pause(Number(answer.headers.get('retry-after')) * 1_000);
    }
  }

  /** @returns how many statements were sent since then */
  function countStatements(): () => number {
    const unitOfWork = server.app.get(UnitOfWork);
    const spies = (['query', 'execute', 'send'] as const).map((name) =>
      jest.spyOn(unitOfWork, name),
    );
    return () => {
      const calls = spies.map(({ mock }) => mock.calls.length);
      for (const spy of spies) spy.mockRestore();
      return calls.reduce((sum, count) => sum + count, 0);
    };
  }

  /** Copies of one person, made by the database: requests would take longer than all the other tests. */
  async function makePeople(own: TestScimConnection, many: number): Promise<string[]> {
    const { id } = await create(own, 'Users', aUser());
    // A statement may not take long, and a busy machine takes long for many rows.
    for (let from = 1; from <= many; from += peopleAtOnce)
      await server.app.get(UnitOfWork).query(sql`
        insert into users (tenant_id, id, name_key, active, version, membership_version, profile, search, data, created, changed)
        with recursive numbers (n) as (select ${sql.raw(String(from))} union all select n + 1 from numbers where n < ${from + peopleAtOnce - 1})
        select tenant_id, '00000000-0000-4000-8000-' || (100000000000 + n), 'many-' || n, active, version, membership_version, profile, search, data, created, changed
          from users, numbers where tenant_id = ${own.tenantId} and id = ${id}`);
    return Array.from({ length: many }, (_, n) => `00000000-0000-4000-8000-${100_000_000_001 + n}`);
  }
});
