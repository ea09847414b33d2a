import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { databases } from '../support/databases.js';

const merge = 'application/merge-patch+json';
const legacy = 'application/json';

/** One kind of object that can be patched: where one is made, and where it is read. */
interface Kind {
  readonly wrapper: string;
  readonly path: string;
  readonly read: () => Promise<Record<string, unknown>>;
}

describe.each(databases)('PATCH on $name', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp(database);
  });
  afterAll(() => app.close());

  const post = async (path: string, body: object) => {
    const made = await app.request('POST', path, { body });
    expect(made.status).toBe(200);
    return made.body;
  };

  const data = { keep: 1, drop: 2, list: ['a', 'b'], deep: { x: 1, y: 2 } };

  async function aType(more: object = {}): Promise<Kind> {
    const body = await post('/api/entity/type', {
      entityType: { name: randomUUID(), data, ...more },
    });
    const path = `/api/entity/type/${body.entityType.id}`;
    const read = async () => (await app.request('GET', path)).body.entityType;
    return { wrapper: 'entityType', path, read };
  }

  async function aPermission(): Promise<Kind> {
    const type = await aType();
    const body = await post(`${type.path}/permission`, {
      permission: { name: 'read', description: 'Reads.', isDefault: true, data },
    });
    const read = async () => {
      const { permissions } = await type.read();
      return Array.isArray(permissions) ? permissions[0] : undefined;
    };
    return { wrapper: 'permission', path: `${type.path}/permission/${body.permission.id}`, read };
  }

  async function anEntity(): Promise<Kind> {
    const { id } = await (await aType()).read();
    const parent = await post('/api/entity', { entity: { name: randomUUID(), type: { id } } });
    const body = await post('/api/entity', {
      entity: { name: randomUUID(), type: { id }, parentId: parent.entity.id, data },
    });
    const path = `/api/entity/${body.entity.id}`;
    const read = async () => (await app.request('GET', path)).body.entity;
    return { wrapper: 'entity', path, read };
  }

  const kinds: readonly [string, () => Promise<Kind>][] = [
    ['an entity type', aType],
    ['a permission', aPermission],
    ['an entity', anEntity],
  ];

  const patch = ({ path, wrapper }: Kind, change: unknown, type: string) =>
    app.request('PATCH', path, {
      body: { [wrapper]: change },
      headers: { 'content-type': type },
    });

  it.each(kinds)('merges into %s as RFC 7396 says: lists are replaced', async (_what, make) => {
    const kind = await make();
    const before = await kind.read();
    const change = { data: { drop: null, list: ['c'], deep: { y: 3, z: null } } };

    const patched = await patch(kind, change, merge);

    expect(patched.status).toBe(200);
    expect(patched.body[kind.wrapper].data).toEqual({
      keep: 1,
      list: ['c'],
      deep: { x: 1, y: 3 },
    });
    const { data: changed, lastUpdateInstant: _, ...others } = await kind.read();
    expect(changed).toEqual(patched.body[kind.wrapper].data);
    expect(before).toMatchObject(others);
  });

  it.each(kinds)("appends to lists of %s in FusionAuth's own flavour", async (_what, make) => {
    const kind = await make();

    const patched = await patch(kind, { data: { drop: null, list: ['b', 'c'] } }, legacy);

    expect(patched.body[kind.wrapper].data).toEqual({
      keep: 1,
      list: ['a', 'b', 'c'],
      deep: { x: 1, y: 2 },
    });
  });

  it.each(kinds)('checks what becomes of %s as a PUT would be checked', async (_what, make) => {
    const kind = await make();
    const before = await kind.read();
    const field = `${kind.wrapper}.name`;

    for (const type of [merge, legacy]) {
      const refused = await patch(kind, { name: null }, type);
      expect(refused).toMatchObject({ status: 400, body: { fieldErrors: { [field]: [{}] } } });
    }
    expect(await kind.read()).toEqual(before);
  });

  it.each([
    ['a permission', aPermission, 'description'],
    ['an entity', anEntity, 'parentId'],
  ] as const)('takes a member of %s away by null', async (_what, make, member) => {
    const kind = await make();
    expect(await kind.read()).toHaveProperty(member);

    expect((await patch(kind, { [member]: null }, merge)).status).toBe(200);

    expect(await kind.read()).not.toHaveProperty(member);
  });

  it('does not store the lifetime that is shown for a type that has none', async () => {
    const kind = await aType();
    const field = 'entityType.jwtConfiguration.timeToLiveInSeconds';
    expect(await kind.read()).toMatchObject({ jwtConfiguration: { timeToLiveInSeconds: 60 } });

    for (const type of [merge, legacy]) {
      const refused = await patch(kind, { jwtConfiguration: { enabled: true } }, type);
      expect(refused).toMatchObject({
        status: 400,
        body: { fieldErrors: { [field]: [{ code: `[missing]${field}` }] } },
      });
    }
    const jwtConfiguration = { enabled: true, timeToLiveInSeconds: 90 };
    expect((await patch(kind, { jwtConfiguration }, merge)).body.entityType).toMatchObject({
      jwtConfiguration,
    });
    const off = await patch(kind, { jwtConfiguration: { enabled: false } }, merge);
    expect(off.body.entityType.jwtConfiguration).toEqual({ ...jwtConfiguration, enabled: false });
  });
});
