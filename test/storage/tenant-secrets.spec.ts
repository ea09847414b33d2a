import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { JsonObject } from '../../src/kernel/json.js';
import { createDataSource, dataSourceOptions } from '../../src/persistence/data-source.js';
import { migrate, migrations } from '../../src/persistence/migrations.js';
import { TenantSecrets0007 } from '../../src/persistence/migrations/0007-tenant-secrets.js';
import { sql } from '../../src/persistence/sql.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { TenantSealing } from '../../src/tenants/tenant-sealing.js';
import { TenantService } from '../../src/tenants/tenant.service.js';
import { startAppOn } from '../support/app.js';
import { databases, type FreshDatabase } from '../support/databases.js';
import { openRoomsOn, type TestRooms } from '../support/rooms.js';
import { storedBytes } from '../support/stored-bytes.js';
import { testContext } from '../support/test-context.js';

/** As versions before 0007 wrote them. */
const captchaConfiguration = { enabled: true, secretKey: 'planted-captcha', siteKey: 'site' };

const emailConfiguration = {
  host: 'smtp.test',
  password: 'planted-smtp',
  additionalHeaders: [{ name: 'X-Relay', value: 'planted-relay' }],
  // Long enough for pages of its own, which are free when it is gone.
  properties: 'mail.smtp.proxy.password=planted-proxy\n'.repeat(500),
  own: { password: 'own-password' },
};

const plainSettings: JsonObject = { captchaConfiguration, emailConfiguration };

const data = { password: 'own-data', settings: emailConfiguration.own };

/** The old name-based blanking left all but `password` as it was. */
const plainRecord = {
  id: 'x',
  name: 'Old',
  settings: {
    ...plainSettings,
    emailConfiguration: { ...emailConfiguration, password: '[hidden]' },
  },
  data,
  version: 1,
};

/** Has the database refuse to change one tenant, as if the process ended there. */
const refusals = {
  sqlite: {
    begin: (id: string) => [
      `create trigger cut_short before update on tenants when old.id = '${id}'
        begin select raise(abort, 'cut short'); end`,
    ],
    end: ['drop trigger cut_short'],
  },
  postgres: {
    begin: (id: string) => [
      `alter table tenants add constraint cut_short check (id <> '${id}' or settings like '%planted-%')`,
    ],
    end: ['alter table tenants drop constraint cut_short'],
  },
};

describe.each(databases)('secrets of tenants on $name', (database) => {
  let fresh: FreshDatabase;
  let close: (() => Promise<void>) | undefined;
  beforeEach(async () => {
    fresh = await database.createEmpty();
    close = undefined;
  });
  afterEach(async () => {
    await (close ?? fresh.drop)();
  });

  /** A database of the version before, with these tenants in it. */
  async function anOldDatabase(...ids: string[]): Promise<void> {
    const before = migrations.slice(0, migrations.indexOf(TenantSecrets0007));
    const options = { ...dataSourceOptions(fresh.settings), migrations: before };
    const dataSource = await createDataSource(options).initialize();
    try {
      await migrate(dataSource);
      for (const id of ids) await writeOld(dataSource, id);
    } finally {
      await dataSource.destroy();
    }
  }

  async function writeOld(dataSource: DataSource, id: string): Promise<void> {
    const unitOfWork = new UnitOfWork(dataSource);
    await unitOfWork.execute(sql`insert into tenants
      (id, name, name_key, issuer, earlier_issuers, state, scim_enabled, token_lifetime_seconds, settings, data, version, created, changed)
      values (${id}, ${id}, ${id}, 'acme.com', '[]', 'Active', ${false}, 60, ${JSON.stringify(plainSettings)}, ${JSON.stringify(data)}, 1, 1, 1)`);
    for (const before of [null, plainRecord])
      await unitOfWork.execute(sql`insert into events
        (id, tenant_id, type, actor_kind, actor_id, request_id, object_type, object_id, before, after, created)
        values (${randomUUID()}, ${id}, 'tenant.update', 'system', 'x', 'x', 'tenant', ${id},
          ${before && JSON.stringify(before)}, ${JSON.stringify(plainRecord)}, 1)`);
  }

  async function openOn(settings = {}): Promise<TestRooms> {
    const rooms = await openRoomsOn(fresh, settings);
    close = rooms.close;
    return rooms;
  }

  /** What an older server would write beside a newer one: it knows the settings alone. */
  async function writePlain(rooms: TestRooms, id: string, settings: object): Promise<void> {
    await rooms
      .get(UnitOfWork)
      .execute(sql`update tenants set settings = ${JSON.stringify(settings)} where id = ${id}`);
  }

  const rowOf = async (rooms: TestRooms, id: string) => {
    const rows = await rooms
      .get(UnitOfWork)
      .query<{ settings: string; secrets: string; version: number }>(
        sql`select settings, secrets, version from tenants where id = ${id}`,
      );
    const [row = { settings: '{}', secrets: '{}', version: 0 }] = rows;
    const secrets: Record<string, string> = JSON.parse(row.secrets);
    return { ...row, secrets };
  };

  async function aTenant(rooms: TestRooms, settings = plainSettings): Promise<string> {
    const tenants = rooms.get(TenantService);
    const draft = { ...tenants.newTenantDraft(randomUUID()), settings };
    return (await tenants.create(testContext, draft)).id;
  }

  it('FIND R-6 SEC K1 of an earlier version are sealed at the first start, and hidden in its events', async () => {
    const ids = [randomUUID(), randomUUID()];
    await anOldDatabase(...ids);

    const app = await startAppOn(fresh);
    close = app.close;

    const stored = await storedBytes(fresh.settings, app.get(UnitOfWork));
    expect(stored).not.toContain('planted-');
    for (const id of ids) {
      const { body } = await app.request('GET', `/api/tenant/${id}`);
      expect(body.tenant).toMatchObject({ ...plainSettings, data, lastUpdateInstant: 1 });
    }
    const events = await app
      .get(UnitOfWork)
      .query<{ before: string | null; after: string }>(
        sql`select before, after from events where object_id = ${ids[0] ?? ''} order by seq`,
      );
    const shown = {
      ...plainRecord,
      settings: {
        captchaConfiguration: { ...captchaConfiguration, secretKey: '[hidden]' },
        emailConfiguration: {
          ...emailConfiguration,
          password: '[hidden]',
          additionalHeaders: '[hidden]',
          properties: '[hidden]',
        },
      },
    };
    expect(events.map(({ before }) => before && JSON.parse(before))).toEqual([null, shown]);
    expect(events.map(({ after }) => JSON.parse(after))).toEqual([shown, shown]);
  });

  it('are left as they are by a start with another encryption key, which is refused', async () => {
    const id = randomUUID();
    fresh = await replaced(fresh, await database.create());
    const rooms = await openRoomsOn(fresh);
    await writePlainTenant(rooms, id);

    await expect(startAppOn(fresh, { encryptionKey: Buffer.alloc(32, 8) })).rejects.toThrow(
      /encryption key/,
    );

    close = rooms.close;
    expect(await rowOf(rooms, id)).toMatchObject({
      settings: JSON.stringify(plainSettings),
      secrets: {},
    });
  });

  async function replaced(old: FreshDatabase, newer: FreshDatabase): Promise<FreshDatabase> {
    await old.drop();
    return newer;
  }

  async function writePlainTenant(rooms: TestRooms, id: string): Promise<void> {
    const tenants = rooms.get(TenantService);
    await tenants.create(testContext, tenants.newTenantDraft(id), id);
    await writePlain(rooms, id, plainSettings);
  }

  describe('once migrated', () => {
    beforeEach(async () => {
      fresh = await replaced(fresh, await database.create());
    });

    it('are not in a tenant that is read, and come back to whoever asks for them', async () => {
      const rooms = await openOn();
      const tenants = rooms.get(TenantService);
      const id = await aTenant(rooms);

      const read = await tenants.get(id);

      expect(JSON.stringify(read)).not.toContain('planted-');
      expect(read.settings).toMatchObject({ emailConfiguration: { host: 'smtp.test' } });
      expect(tenants.withSecrets(read).settings).toEqual(plainSettings);
      expect((await rowOf(rooms, id)).settings).not.toContain('planted-');
    });

    it('keep their ciphertext, version and silence in a change that changes nothing', async () => {
      const rooms = await openOn();
      const tenants = rooms.get(TenantService);
      const id = await aTenant(rooms);
      const before = await rowOf(rooms, id);

      await tenants.change(testContext, id, (tenant) => ({ ...tenant }));
      const same = await rowOf(rooms, id);
      await tenants.change(testContext, id, (tenant) => ({ ...tenant, issuer: 'other' }));
      const moved = await rowOf(rooms, id);

      expect(same).toEqual(before);
      expect(moved).toMatchObject({ secrets: before.secrets, version: 2 });
    });

    it('SEC K1 cannot be opened in another tenant or in the place of another field', async () => {
      const rooms = await openOn();
      const tenants = rooms.get(TenantService);
      const [one, other] = [await aTenant(rooms), await aTenant(rooms)];
      const { secrets } = await rowOf(rooms, one);
      const move = async (moved: object) => {
        await rooms
          .get(UnitOfWork)
          .execute(sql`update tenants set secrets = ${JSON.stringify(moved)} where id = ${other}`);
        const tenant = await tenants.get(other);
        return () => tenants.withSecrets(tenant);
      };
      const own = (await rowOf(rooms, other)).secrets;
      const captcha = 'settings.captchaConfiguration.secretKey';
      const smtp = 'settings.emailConfiguration.password';

      expect(await move(secrets)).toThrow();
      expect(await move({ ...own, [captcha]: own[smtp] })).toThrow();
      expect((await move(own))().settings).toEqual(plainSettings);
    });

    it('that an older server has written meanwhile are sealed by the next start', async () => {
      const rooms = await openOn();
      const id = await aTenant(rooms);
      const { secrets } = await rowOf(rooms, id);
      await writePlain(rooms, id, { emailConfiguration: { password: 'planted-newer' } });

      expect(await rooms.get(TenantSealing).sealAll()).toBe(1);

      const after = await rowOf(rooms, id);
      const tenants = rooms.get(TenantService);
      expect(JSON.parse(after.settings)).toEqual({ emailConfiguration: {} });
      expect(after.secrets['settings.captchaConfiguration.secretKey']).toBe(
        secrets['settings.captchaConfiguration.secretKey'],
      );
      expect(tenants.withSecrets(await tenants.get(id)).settings).toMatchObject({
        emailConfiguration: { password: 'planted-newer' },
      });
      expect(await rooms.get(TenantSealing).sealAll()).toBe(0);
    });

    it('are sealed tenant by tenant: a start that is cut short leaves the rest to the next one', async () => {
      const rooms = await openOn();
      const ids: string[] = [];
      for (let index = 0; index < 3; index += 1) {
        rooms.clock.advance(1_000);
        const id = await aTenant(rooms, {});
        await writePlain(rooms, id, plainSettings);
        ids.push(id);
      }
      const isSealed = async () =>
        Promise.all(ids.map(async (id) => !(await rowOf(rooms, id)).settings.includes('planted-')));
      const send = async (statements: readonly string[]) => {
        for (const text of statements) await rooms.get(UnitOfWork).execute(sql.raw(text));
      };

      await send(refusals[database.name].begin(ids[1] ?? ''));
      await expect(rooms.get(TenantSealing).sealAll()).rejects.toThrow();
      const cutShort = await isSealed();
      await send(refusals[database.name].end);
      const tally = await rooms.get(TenantSealing).sealAll();

      expect(cutShort).toEqual([true, false, false]);
      expect(tally).toBe(2);
      expect(await isSealed()).toEqual([true, true, true]);
      const tenants = rooms.get(TenantService);
      for (const id of ids)
        expect(tenants.withSecrets(await tenants.get(id)).settings).toEqual(plainSettings);
    });

    it('are sealed once when two servers start together', async () => {
      const rooms = await openOn();
      const ids = [await aTenant(rooms, {}), await aTenant(rooms, {})];
      for (const id of ids) await writePlain(rooms, id, plainSettings);
      const beside = await openRoomsOn({ ...fresh, drop: () => Promise.resolve() });

      try {
        const tallies = await Promise.all(
          [rooms, beside].map((one) => one.get(TenantSealing).sealAll()),
        );

        expect(tallies.reduce((sum, tally) => sum + tally, 0)).toBe(ids.length);
      } finally {
        await beside.close();
      }
      const tenants = rooms.get(TenantService);
      for (const id of ids)
        expect(tenants.withSecrets(await tenants.get(id)).settings).toEqual(plainSettings);
    });
  });
});
