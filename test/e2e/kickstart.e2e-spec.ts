import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { databases, type TestDatabase } from '../support/databases.js';
import { freePort } from '../support/free-port.js';
import { anInstallation, type TestInstallation } from '../support/installation.js';
import {
  type EndedProcess,
  runRollcall,
  startRollcall,
  type Variables,
} from '../support/rollcall-process.js';
import { aFolder } from '../support/run-folder.js';

const tenantId = '30663132-6464-6665-3032-326466613934';
const superKey = 'kickstart-super-key-0123456789';
const tenantKey = 'kickstart-tenant-key-0123456789';

type Files = Readonly<Record<string, unknown>>;

/** A folder with a Kickstart file, what it includes, and room for the data. */
class Installation {
  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly place: TestInstallation,
  ) {}

  static async create(database: TestDatabase, files: Files): Promise<Installation> {
    const [folder, port] = [await aFolder('kickstart'), await freePort()];
    const place = await anInstallation(database);
    const installation = new Installation(folder, port, place);
    await installation.write(files);
    return installation;
  }

  async write(files: Files): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      const file = join(this.folder, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    }
  }

  drop(): Promise<void> {
    return this.place.drop();
  }

  private variables(more: Variables): Variables {
    return {
      ...this.place.variables,
      PORT: String(this.port),
      HOST: '127.0.0.1',
      ROLLCALL_KICKSTART_FILE: join(this.folder, 'kickstart.json'),
      ...more,
    };
  }

  async serve(more: Variables, work: () => Promise<void>): Promise<void> {
    const server = startRollcall(['serve'], this.variables(more));
    try {
      await server.untilReady(this.port);
      await work();
    } finally {
      await server.stop();
    }
  }

  /** A start that fails. */
  start(): Promise<EndedProcess> {
    return runRollcall(['serve'], this.variables({}));
  }

  async call(
    method: string,
    path: string,
    key: string,
  ): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      headers: { authorization: key },
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }
}

/** Two keys, a tenant and an entity type, with every way to put something in place. */
const everything: Files = {
  'kickstart.json': {
    variables: {
      apiKey: '#{ENV.FIRST_API_KEY}',
      defaultTenantId: tenantId,
      serverType: '#{UUID()}',
      owner: 'Ann',
    },
    apiKeys: [
      { key: '#{apiKey}', description: 'Unrestricted', keyManager: true },
      {
        key: tenantKey,
        tenantId: '#{defaultTenantId}',
        permissions: { endpoints: { '/api/entity/search': ['GET'], '/api/tenant': ['GET'] } },
      },
    ],
    requests: [
      {
        method: 'PATCH',
        url: '/api/tenant/#{FUSIONAUTH_TENANT_ID}',
        contentType: 'application/merge-patch+json',
        body: { tenant: { issuer: 'https://id.example.com' } },
      },
      { method: 'POST', url: '/api/entity/type/#{serverType}', body: '&{parts/type.json}' },
      {
        method: 'POST',
        url: '/api/entity',
        tenantId: '#{defaultTenantId}',
        body: {
          entity: {
            name: 'SCIM server',
            type: { id: '#{serverType}' },
            data: { note: '@{parts/note.txt}', raw: '\\#{owner}' },
          },
        },
      },
    ],
  },
  'parts/type.json': {
    entityType: { name: 'SCIM server', data: { by: '#{owner}', note: '@{note.txt}' } },
  },
  'parts/note.txt': 'For #{owner}.',
};

describe.each(databases)('a Kickstart file on $name', (database) => {
  let installation: Installation;
  afterEach(() => installation.drop());

  it('is run on a fresh installation, before the server listens, and once', async () => {
    installation = await Installation.create(database, everything);
    const expectKept = async () => {
      const tenant = await installation.call('GET', `/api/tenant/${tenantId}`, superKey);
      const types = await installation.call('GET', '/api/entity/type', superKey);
      const entities = await installation.call('GET', '/api/entity/search?name=*', tenantKey);
      expect(tenant).toMatchObject({
        status: 200,
        body: { tenant: { id: tenantId, issuer: 'https://id.example.com' } },
      });
      expect(types.body).toMatchObject({
        entityTypes: [{ name: 'SCIM server', data: { by: 'Ann', note: 'For Ann.' } }],
      });
      expect(entities.body).toMatchObject({
        total: 1,
        entities: [{ data: { note: 'For Ann.', raw: '#{owner}' } }],
      });
    };

    await installation.serve({ FIRST_API_KEY: superKey }, async () => {
      await expectKept();
      expect((await installation.call('GET', '/api/entity/type', tenantKey)).status).toBe(401);
      expect((await installation.call('DELETE', `/api/tenant/${tenantId}`, tenantKey)).status).toBe(
        401,
      );
    });
    // The requests would fail a second time: their ids are taken.
    await installation.serve({ FIRST_API_KEY: 'another-key-0123456789' }, async () => {
      await expectKept();
      expect((await installation.call('GET', '/api/tenant', 'another-key-0123456789')).status).toBe(
        401,
      );
    });
  });

  it('stops the start when a request fails, says which and why, and is not run again', async () => {
    const requests = [
      { method: 'POST', url: '/api/entity/type', body: { entityType: { name: '' } } },
    ];
    installation = await Installation.create(database, {
      'kickstart.json': { apiKeys: [{ key: superKey }], requests },
    });

    const { exitCode, error } = await installation.start();

    expect(exitCode).toBe(1);
    expect(error).toMatch(
      /^Kickstart: POST \/api\/entity\/type was answered with 400 .*entityType\.name.*\n$/,
    );
    expect(error).not.toContain(superKey);
    // What was done before the failure stays: the installation has a key, so it is fresh no more.
    await installation.serve({}, async () => {
      expect((await installation.call('GET', '/api/tenant', superKey)).status).toBe(200);
    });
  });
});

// What a file may hold is judged by the program: the database has no part in it.
describe.each(databases.slice(0, 1))('a Kickstart file with keys alone', (database) => {
  let installation: Installation;
  afterEach(() => installation.drop());

  it('may be as small as one key', async () => {
    installation = await Installation.create(database, {
      'kickstart.json': { apiKeys: [{ key: superKey, keyManager: true }], requests: [] },
    });

    await installation.serve({}, async () => {
      expect(await installation.call('GET', '/api/tenant', superKey)).toMatchObject({
        status: 200,
        body: { tenants: [{ name: 'Default' }] },
      });
    });
  });

  it('is refused when its first key is not for everything', async () => {
    installation = await Installation.create(database, {
      'kickstart.json': { apiKeys: [{ key: tenantKey, tenantId }], requests: [] },
    });

    expect(await installation.start()).toMatchObject({
      exitCode: 1,
      error: 'The first API key of the Kickstart file must have no tenant and no permissions.\n',
    });
  });
});
