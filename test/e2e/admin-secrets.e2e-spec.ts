import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EndpointPermissions, superKeyDraft } from '../../src/auth/api-key.js';
import { ApiKeyService } from '../../src/auth/api-key.service.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { startApp, type TestApp, type TestResponse } from '../support/app.js';
import { databases } from '../support/databases.js';
import { storedBytes } from '../support/stored-bytes.js';
import { testContext } from '../support/test-context.js';

const all = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** What a key may call to see or change everything that has a secret; the permission for secrets comes on top. */
function endpointsWith(methods: readonly string[]): EndpointPermissions {
  return Object.fromEntries(
    [
      '/api/tenant',
      '/api/tenant/search',
      '/api/entity',
      '/api/entity/search',
      '/api/entity/grant',
      '/api/entity/grant/search',
      '/api/rollcall/tenant/scim',
    ].map((endpoint) => [endpoint, methods]),
  );
}

const readsSecrets: EndpointPermissions = { '/api/rollcall/secret': ['GET'] };

/** Searches are sent by POST too. */
const reading = endpointsWith(['GET', 'POST']);
const writing = endpointsWith(all);

/** Values in every secret field of a tenant. */
function tenantSecrets(mark: string) {
  return {
    captcha: `planted-captcha-${mark}`,
    smtp: `planted-smtp-${mark}`,
    relay: `planted-relay-${mark}`,
    proxy: `planted-proxy-${mark}`,
  };
}

type TenantSecretTexts = ReturnType<typeof tenantSecrets>;

function blocksWith(secrets: TenantSecretTexts) {
  return {
    captchaConfiguration: {
      captchaMethod: 'HCaptcha',
      secretKey: secrets.captcha,
      siteKey: 'site',
    },
    emailConfiguration: {
      host: 'smtp.test',
      username: 'mailer',
      password: secrets.smtp,
      additionalHeaders: [{ name: 'X-Relay-Token', value: secrets.relay }],
      properties: `mail.smtp.proxy.password=${secrets.proxy}`,
    },
  };
}

/** Members with names of secrets where the contract has none: they are the caller's own and always come back. */
const ownData = {
  clientSecret: 'own-1',
  password: 'own-2',
  emailConfiguration: { password: 'own-3' },
};

function logToMemory(): { readonly logger: pino.Logger; text(): string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  return { logger: pino({ level: 'trace' }, stream), text: () => chunks.join('') };
}

interface Tenant {
  readonly id: string;
  readonly entityId: string;
  readonly recipientId: string;
  readonly secrets: readonly string[];
  readonly fields: TenantSecretTexts;
  readonly clientSecret: string;
}

describe.each(databases)('the secrets of the admin API on $name', (database) => {
  const log = logToMemory();
  let app: TestApp;
  let acme: Tenant;
  let globex: Tenant;
  beforeAll(async () => {
    app = await startApp(database, {}, log.logger);
    acme = await aTenant();
    globex = await aTenant();
  });
  afterAll(() => app.close());

  async function aTenant(): Promise<Tenant> {
    const mark = randomUUID();
    const fields = tenantSecrets(mark);
    const made = await app.request('POST', '/api/tenant', {
      body: { tenant: { name: mark, data: ownData, ...blocksWith(fields) } },
    });
    expect(made.status).toBe(200);
    const { id } = made.body.tenant;
    const type = await app.request('POST', '/api/entity/type', {
      body: { entityType: { name: mark, permissions: [{ name: 'read' }] } },
    });
    const clientSecret = `planted-client-${mark}-secret`;
    const anEntity = async (secret: string): Promise<string> => {
      const entity = await app.request('POST', '/api/entity', {
        body: {
          entity: {
            name: mark,
            type: { id: type.body.entityType.id },
            clientSecret: secret,
            data: ownData,
          },
        },
        headers: { 'x-fusionauth-tenantid': id },
      });
      expect(entity.status).toBe(200);
      return entity.body.entity.id;
    };
    const entityId = await anEntity(clientSecret);
    const recipientId = await anEntity(`${clientSecret}-2`);
    const granted = await app.request('POST', `/api/entity/${entityId}/grant`, {
      body: { grant: { recipientEntityId: recipientId, permissions: ['read'], data: ownData } },
    });
    expect(granted.status).toBe(200);
    const secrets = [...Object.values(fields), clientSecret];
    return { id, entityId, recipientId, secrets, fields, clientSecret };
  }

  async function aKey(endpoints: EndpointPermissions, tenantId?: string): Promise<string> {
    const draft = { ...superKeyDraft, endpoints, tenantId };
    return (await app.get(ApiKeyService).create(testContext, draft)).text;
  }

  /** Every call that answers with a tenant, an entity or a grant without changing one. */
  async function reads(
    key: string,
    { id, entityId, recipientId }: Tenant,
  ): Promise<TestResponse[]> {
    const calls: [string, string, unknown?][] = [
      ['GET', '/api/tenant'],
      ['GET', `/api/tenant/${id}`],
      ['GET', '/api/tenant/search?numberOfResults=100'],
      ['POST', '/api/tenant/search', { search: { numberOfResults: 100 } }],
      ['GET', `/api/entity/${entityId}`],
      ['GET', `/api/entity/search?ids=${entityId}&ids=${recipientId}`],
      ['POST', '/api/entity/search', { search: { ids: [entityId] } }],
      ['POST', '/api/entity/search', { search: { queryString: '*', numberOfResults: 100 } }],
      ['GET', `/api/entity/${entityId}/grant`],
      ['GET', `/api/entity/${entityId}/grant?recipientEntityId=${recipientId}`],
      ['GET', `/api/entity/grant/search?entityId=${recipientId}`],
      ['GET', `/api/rollcall/tenant/${id}/scim`],
    ];
    const answers: TestResponse[] = [];
    for (const [method, path, body] of calls)
      answers.push(await app.request(method, path, { key, body }));
    return answers;
  }

  const textOf = (answers: readonly TestResponse[]) => answers.map(({ text }) => text).join('\n');

  const found = (text: string, secrets: readonly string[]) =>
    secrets.filter((secret) => text.includes(secret));

  /** The calls that change something, each of them without touching a secret. */
  async function changes(key: string, { id, entityId }: Tenant): Promise<TestResponse[]> {
    const read = await app.request('GET', `/api/tenant/${id}`, { key });
    const entity = await app.request('GET', `/api/entity/${entityId}`, { key });
    const merge = { 'content-type': 'application/merge-patch+json' };
    const calls: [string, string, unknown, Readonly<Record<string, string>>?][] = [
      ['PUT', `/api/tenant/${id}`, read.body],
      [
        'PUT',
        `/api/tenant/${id}`,
        { tenant: { ...read.body.tenant, logoutURL: 'https://x.test' } },
      ],
      ['PATCH', `/api/tenant/${id}`, { tenant: { data: { seen: true } } }],
      ['PATCH', `/api/tenant/${id}`, { tenant: { emailConfiguration: { port: 587 } } }, merge],
      [
        'PATCH',
        `/api/tenant/${id}`,
        { tenant: { passwordValidationRules: { minLength: 'x' } } },
        merge,
      ],
      ['PUT', `/api/tenant/${id}`, { tenant: { name: ' ', emailConfiguration: 'text' } }],
      ['PUT', `/api/entity/${entityId}`, entity.body],
      ['PATCH', `/api/entity/${entityId}`, { entity: { name: randomUUID() } }],
      ['PATCH', `/api/entity/${entityId}`, { entity: { name: randomUUID() } }, merge],
      ['PUT', `/api/entity/${entityId}`, { entity: { name: 7 } }],
    ];
    const answers: TestResponse[] = [];
    for (const [method, path, body, headers = {}] of calls)
      answers.push(await app.request(method, path, { key, body, headers }));
    return answers;
  }

  async function expectKept(tenant: Tenant): Promise<void> {
    const read = await app.request('GET', `/api/tenant/${tenant.id}`);
    expect(read.body.tenant).toMatchObject(blocksWith(tenant.fields));
    const entity = await app.request('GET', `/api/entity/${tenant.entityId}`);
    expect(entity.body.entity.clientSecret).toBe(tenant.clientSecret);
  }

  it('FIND R-6 R-7 are in every answer to a key whose permission map is empty', async () => {
    const answers = await reads(app.apiKey, acme);

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(found(textOf(answers), acme.secrets)).toEqual(acme.secrets);
    expect(found(textOf(answers), globex.secrets)).toEqual(globex.secrets);
  });

  it('FIND R-6 R-7 are left out of every answer to a key that may only read', async () => {
    const answers = await reads(await aKey(reading), acme);
    const [list, read] = answers;

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(textOf(answers)).not.toContain('planted-');
    expect(list?.body.tenants.map(({ id }: { id: string }) => id)).toContain(acme.id);
    expect(read?.body.tenant.emailConfiguration).toEqual(
      expect.objectContaining({ host: 'smtp.test', username: 'mailer' }),
    );
    expect(read?.body.tenant.captchaConfiguration).toEqual(
      expect.objectContaining({ captchaMethod: 'HCaptcha', siteKey: 'site' }),
    );
    for (const secret of ['password', 'additionalHeaders', 'properties'])
      expect(read?.body.tenant.emailConfiguration).not.toHaveProperty(secret);
    expect(answers[4]?.body.entity).not.toHaveProperty('clientSecret');
  });

  it('SEC K3 are read by a key that has the permission for it, named without being a route', async () => {
    const answers = await reads(await aKey({ ...reading, ...readsSecrets }), acme);
    const route = await app.request('GET', '/api/rollcall/secret');

    expect(found(textOf(answers), acme.secrets)).toEqual(acme.secrets);
    expect(route.status).toBe(404);
  });

  it.each([
    ['another method', { '/api/rollcall/secret': ['POST', 'get'] }],
    ['another name', { '/api/rollcall/secrets': ['GET'], '/api/rollcall': ['GET'] }],
  ])('SEC K3 are not read by a key that has %s of the permission', async (_, endpoints) => {
    const answers = await reads(await aKey({ ...reading, ...endpoints }), acme);

    expect(textOf(answers)).not.toContain('planted-');
  });

  it('SEC A3 of one tenant alone are read by its key, and none by one that is limited', async () => {
    const own = textOf(await reads(await aKey({}, acme.id), acme));
    const foreign = textOf(await reads(await aKey({}, globex.id), acme));
    const limited = textOf(await reads(await aKey(reading, acme.id), acme));

    expect(found(own, acme.secrets)).toEqual(acme.secrets);
    expect(found(own, globex.secrets)).toEqual([]);
    expect(found(foreign, acme.secrets)).toEqual([]);
    expect(limited).not.toContain('planted-');
    expect(limited).toContain(acme.id);
  });

  it('leave what is called as a secret in the data of callers where it is', async () => {
    const key = await aKey(writing);
    const read = await app.request('GET', `/api/tenant/${globex.id}`, { key });
    const entity = await app.request('GET', `/api/entity/${globex.entityId}`, { key });
    const grants = await app.request('GET', `/api/entity/${globex.entityId}/grant`, { key });

    expect(read.body.tenant.data).toEqual(ownData);
    expect(entity.body.entity.data).toEqual(ownData);
    expect(grants.body.grants[0].data).toEqual(ownData);
  });

  it('FIND R-6 stay what they are when a key that cannot read them writes back what it read', async () => {
    const tenant = await aTenant();

    const answers = await changes(await aKey(writing), tenant);

    expect(answers.map(({ status }) => status)).toEqual([
      ...[200, 200, 200, 200, 400, 400],
      ...[200, 200, 200, 400],
    ]);
    expect(textOf(answers)).not.toContain('planted-');
    await expectKept(tenant);
  });

  it('FIND R-6 stay when such a key replaces a tenant by its name alone, and go when its patch says so', async () => {
    const tenant = await aTenant();
    const key = await aKey(writing);
    const path = `/api/tenant/${tenant.id}`;

    const replaced = await app.request('PUT', path, {
      key,
      body: { tenant: { name: tenant.id, captchaConfiguration: { secretKey: null } } },
    });
    const kept = await app.request('GET', path);
    await app.request('PATCH', path, {
      key,
      body: { tenant: { emailConfiguration: { password: null } } },
    });
    const patched = await app.request('GET', path);

    expect(replaced.status).toBe(200);
    expect(kept.body.tenant.emailConfiguration).toMatchObject({ password: tenant.fields.smtp });
    expect(kept.body.tenant.emailConfiguration).not.toHaveProperty('username');
    expect(kept.body.tenant.captchaConfiguration.secretKey).toBe(tenant.fields.captcha);
    expect(patched.body.tenant.emailConfiguration).not.toHaveProperty('password');
    expect(patched.body.tenant.captchaConfiguration.secretKey).toBe(tenant.fields.captcha);
  });

  it('stay what they are when a key that reads them writes back what it read', async () => {
    const tenant = await aTenant();
    const key = await aKey({ ...writing, ...readsSecrets });
    const before = await app.request('GET', `/api/tenant/${tenant.id}`, { key });

    const unchanged = await app.request('PUT', `/api/tenant/${tenant.id}`, {
      key,
      body: before.body,
    });
    await changes(key, tenant);

    // The defaults are settings from then on, which is a change.
    const { lastUpdateInstant } = unchanged.body.tenant;
    expect(unchanged.body).toEqual({ tenant: { ...before.body.tenant, lastUpdateInstant } });
    await expectKept(tenant);
  });

  it('are cleared by a replacement without them when its key can read them', async () => {
    const tenant = await aTenant();
    const body = { tenant: { name: tenant.id, emailConfiguration: { host: 'smtp.test' } } };

    await app.request('PUT', `/api/tenant/${tenant.id}`, { body });

    const read = await app.request('GET', `/api/tenant/${tenant.id}`);
    expect(found(read.text, tenant.secrets)).toEqual([]);
    const entity = await app.request('PUT', `/api/entity/${tenant.entityId}`, {
      body: {
        entity: (
          await app.request('GET', `/api/entity/${tenant.entityId}`, { key: await aKey(reading) })
        ).body.entity,
      },
    });
    expect(entity.body.entity.clientSecret).toBe(tenant.clientSecret);
  });

  it('are told by the call that makes them and by no other, where the key cannot read them', async () => {
    const key = await aKey({ ...writing, '/api/entity/type': ['GET'] });
    const fields = tenantSecrets(randomUUID());
    const tenant = { name: randomUUID(), ...blocksWith(fields) };
    const newer = tenantSecrets(randomUUID());

    const made = await app.request('POST', '/api/tenant', { key, body: { tenant } });
    const { id } = made.body.tenant;
    const changed = await app.request('PATCH', `/api/tenant/${id}`, {
      key,
      body: { tenant: { emailConfiguration: { password: newer.smtp } } },
    });
    const later = await app.request('PATCH', `/api/tenant/${id}`, {
      key,
      body: { tenant: { data: {} } },
    });
    const typeId = (await app.request('GET', `/api/entity/${acme.entityId}`)).body.entity.type.id;
    const entity = await app.request('POST', '/api/entity', {
      key,
      body: { entity: { name: 'x', type: { id: typeId } } },
      headers: { 'x-fusionauth-tenantid': id },
    });
    const renewed = await app.request('PATCH', `/api/entity/${entity.body.entity.id}`, {
      key,
      body: { entity: { clientSecret: newer.captcha } },
    });
    const renamed = await app.request('PATCH', `/api/entity/${entity.body.entity.id}`, {
      key,
      body: { entity: { name: 'y' } },
    });

    expect(made.body.tenant).toMatchObject(blocksWith(fields));
    expect(found(changed.text, [...Object.values(fields), newer.smtp])).toEqual([newer.smtp]);
    expect(later.text).not.toContain('planted-');
    expect(entity.body.entity.clientSecret).toMatch(/^rcs_/);
    expect(renewed.body.entity.clientSecret).toBe(newer.captcha);
    expect(renamed.body.entity).not.toHaveProperty('clientSecret');
  });

  it('SEC A4 of another tenant are not told by a copy, which has all but the mail password', async () => {
    const copy = await app.request('POST', '/api/tenant', {
      key: await aKey(writing),
      body: { sourceTenantId: acme.id, tenant: { name: randomUUID() } },
    });
    const read = await app.request('GET', `/api/tenant/${copy.body.tenant.id}`);

    expect(copy.status).toBe(200);
    expect(copy.text).not.toContain('planted-');
    const { captcha, relay, proxy } = acme.fields;
    expect(found(read.text, acme.secrets)).toEqual([captcha, relay, proxy]);
  });

  it('SEC A4 cannot be had by making a key or widening one', async () => {
    const key = await aKey({ ...writing, '/api/api-key': all });
    const apiKey = { name: 'wider', permissions: { endpoints: readsSecrets } };

    const answers: TestResponse[] = [];
    for (const method of ['POST', 'PUT', 'PATCH'])
      for (const path of ['/api/api-key', `/api/api-key/${randomUUID()}`])
        answers.push(await app.request(method, path, { key, body: { apiKey } }));

    expect(answers.filter(({ status }) => status < 400)).toEqual([]);
    expect(textOf(await reads(key, acme))).not.toContain('planted-');
  });

  it('SEC K1 are nowhere in the log, the events or the database', async () => {
    const unitOfWork = app.get(UnitOfWork);

    const stored = await storedBytes(app.configuration.database, unitOfWork);

    expect(stored).toContain('smtp.test');
    expect(stored).toContain('own-3');
    expect(stored).toContain('[hidden]');
    expect(stored).not.toContain('planted-');
    expect(log.text()).not.toContain('planted-');
    for (const text of [app.apiKey, Buffer.from(acme.fields.smtp).toString('base64')])
      expect(stored + log.text()).not.toContain(text);
  });
});

describe.each(databases)(
  'the secrets of tenants on $name where secrets are shown once',
  (database) => {
    let app: TestApp;
    beforeAll(async () => {
      app = await startApp(database, { secrets: 'once' });
    });
    afterAll(() => app.close());

    it('are told by the call that makes them, kept by those that lack them, and told by no other', async () => {
      const fields = tenantSecrets(randomUUID());
      const tenant = { name: randomUUID(), ...blocksWith(fields) };

      const made = await app.request('POST', '/api/tenant', { body: { tenant } });
      const path = `/api/tenant/${made.body.tenant.id}`;
      const read = await app.request('GET', path);
      const replaced = await app.request('PUT', path, { body: read.body });
      const copy = await app.request('POST', '/api/tenant', {
        body: { sourceTenantId: made.body.tenant.id, tenant: { name: randomUUID() } },
      });
      const changed = await app.request('PUT', path, {
        body: { tenant: { ...tenant, emailConfiguration: { password: 'planted-other' } } },
      });

      expect(made.body.tenant).toMatchObject(blocksWith(fields));
      for (const answer of [read, replaced, copy]) {
        expect(answer.status).toBe(200);
        expect(answer.text).not.toContain('planted-');
      }
      const { lastUpdateInstant } = replaced.body.tenant;
      expect(replaced.body).toEqual({ tenant: { ...read.body.tenant, lastUpdateInstant } });
      expect(changed.text).toContain('planted-other');
      expect(changed.text).not.toContain(fields.captcha);
    });
  },
);
