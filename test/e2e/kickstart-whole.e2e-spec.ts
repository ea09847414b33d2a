import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { databases } from '../support/databases.js';
import { type Files, KickstartInstallation } from '../support/kickstart-installation.js';

/** Several servers are started, one after the other, also on a machine with much else to do. */
jest.setTimeout(180_000);

const superKey = 'kickstart-super-key-0123456789';
const tenantIds = ['30663132-6464-6665-3032-326466613934', '9d2c4f1e-5b36-4f0e-8a3d-7c1f20b4a6e5'];

const nothing = {
  tenants: 0,
  installation: 0,
  api_keys: 0,
  keys: 0,
  entity_types: 0,
  events: 0,
};

/** A file that makes so many entity types, and changes the default tenant at its beginning. */
function aFile(types: number, more: readonly unknown[] = [], tenantId = tenantIds[0]): Files {
  const requests = Array.from({ length: types }, (_, n) => ({
    method: 'POST',
    url: '/api/entity/type',
    body: { entityType: { name: `Type ${n}` } },
  }));
  const issuer = {
    method: 'PATCH',
    url: '/api/tenant/#{defaultTenantId}',
    body: { tenant: { issuer: 'https://id.example.com' } },
  };
  return {
    'kickstart.json': {
      variables: { defaultTenantId: tenantId },
      apiKeys: [{ key: superKey }, { key: `${superKey}-second` }],
      requests: [issuer, ...requests, ...more],
    },
  };
}

/** They take much longer than a busy machine may keep this process from its signal. */
const very = 20_000;

/** They take longer than one waits for another process at once. */
const many = 600;

const refused = { method: 'POST', url: '/api/entity/type', body: { entityType: { name: '' } } };

describe.each(databases)(
  'FIND C1 a Kickstart file on $name is run whole or not at all',
  (database) => {
    let installation: KickstartInstallation;
    afterEach(() => installation.drop());

    async function expectRun(types: number, tenantId: string | undefined): Promise<void> {
      expect(await installation.call('GET', '/api/tenant', superKey)).toMatchObject({
        status: 200,
        body: { tenants: [{ id: tenantId, name: 'Default', issuer: 'https://id.example.com' }] },
      });
      const { body } = await installation.call('GET', '/api/entity/type', `${superKey}-second`);
      expect(body).toHaveProperty('entityTypes.length', types);
    }

    it('a request that fails stops the start, says which and why, and leaves nothing, so that the next start runs the file', async () => {
      installation = await KickstartInstallation.create(database, aFile(2, [refused]));

      const { exitCode, error } = await installation.start();

      expect(exitCode).toBe(1);
      expect(error).toMatch(
        /^Kickstart: POST \/api\/entity\/type was answered with 400 .*entityType\.name.*\n$/,
      );
      expect(error).not.toContain(superKey);
      expect(await installation.contents()).toEqual(nothing);
      // The mended file may choose other ids.
      await installation.write(aFile(2, [], tenantIds[1]));
      await installation.serve({}, () => expectRun(2, tenantIds[1]));
    });

    it('an API key that cannot be made leaves nothing', async () => {
      installation = await KickstartInstallation.create(database, {
        'kickstart.json': { apiKeys: [{ key: superKey }, { key: superKey }] },
      });

      expect(await installation.start()).toMatchObject({
        exitCode: 1,
        error: 'This key already exists.\n',
      });
      expect(await installation.contents()).toEqual(nothing);
    });

    it('a process that is killed in the middle leaves nothing, and the next start runs the file', async () => {
      installation = await KickstartInstallation.create(database, aFile(very));
      const server = installation.begin();
      const answered = () => server.out.split('"/api/entity/type"').length - 1;
      await server.until(() => answered() >= 20);

      server.signal('SIGKILL');
      await server.end();

      expect(answered()).toBeLessThan(very);
      expect(await installation.contents()).toEqual(nothing);
      await installation.write(aFile(20));
      await installation.serve({}, () => expectRun(20, tenantIds[0]));
    });

    it('gives the default tenant that a start without the file has made the id that the file wants', async () => {
      installation = await KickstartInstallation.create(database, aFile(1));
      await installation.serve({ ROLLCALL_KICKSTART_FILE: '' }, () => Promise.resolve());

      await installation.serve({}, () => expectRun(1, tenantIds[0]));

      expect(await installation.contents()).toMatchObject({ tenants: 1, installation: 1, keys: 1 });
    });

    it('does not take the default tenant from entities that are in it', async () => {
      installation = await KickstartInstallation.create(database, aFile(1));
      expect(await installation.run(['token'])).toMatchObject({ exitCode: 0 });

      expect(await installation.start()).toMatchObject({
        exitCode: 1,
        error: expect.stringMatching(/^The default tenant has the id .* holds entities.*\.\n$/),
      });
      expect(await installation.contents()).toMatchObject({ tenants: 1, api_keys: 0 });
    });
  },
);

describe.each(databases)('FIND R-11 four first starts at once on $name', (database) => {
  it('run one Kickstart file once, and all of them serve', async () => {
    const first = await KickstartInstallation.create(database, aFile(many));
    const all = [first, ...(await Promise.all([1, 2, 3].map(() => first.another())))];
    const servers = all.map((one) => one.begin());
    try {
      for (const [n, server] of servers.entries()) await server.untilReady(all[n]?.port ?? 0);
      for (const one of all) {
        const { body } = await one.call('GET', '/api/entity/type', superKey);
        expect(body).toHaveProperty('entityTypes.length', many);
      }
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }

    const runs = servers.filter(({ out }) => out.includes('the Kickstart file was run'));
    expect(runs).toHaveLength(1);
    expect(await first.contents()).toMatchObject({ tenants: 1, api_keys: 2, keys: 1 });
    await first.drop();
  });
});
