import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt } from 'jose';
import { databases, type TestDatabase } from '../support/databases.js';
import { freePort } from '../support/free-port.js';
import { anInstallation, type TestInstallation } from '../support/installation.js';
import { startProcess, startRollcall } from '../support/rollcall-process.js';

/** Several starts, one after the other, also on a machine with much else to do. */
jest.setTimeout(180_000);

type Values = Readonly<Record<string, string>>;

const dayMs = 86_400_000;
const keys = [
  'baseUrl',
  'apiKey',
  'tenantId',
  'scimServerEntityId',
  'scimClientEntityId',
  'scimClientSecret',
  'scimBaseUrl',
  'bearerToken',
  'bearerTokenExpires',
];

/** One installation, on which quickstart is run again and again. */
class Installation {
  private constructor(
    readonly port: number,
    private readonly place: TestInstallation,
    private readonly secrets: string,
  ) {}

  static async create(database: TestDatabase, secrets: 'readable' | 'once'): Promise<Installation> {
    return new Installation(await freePort(), await anInstallation(database), secrets);
  }

  get file(): string {
    return join(this.place.dataDir, 'quickstart.json');
  }

  /** How many API keys there are, and how many of them may make others. */
  apiKeys(): Promise<Readonly<Record<string, number>>> {
    return this.place.count(['api_keys', 'api_keys where key_manager']);
  }

  drop(): Promise<void> {
    return this.place.drop();
  }

  async values(): Promise<Values> {
    return JSON.parse(await readFile(this.file, 'utf8')) as Values;
  }

  /** Runs quickstart until it has told everything, does the work beside it, and stops it. */
  async run(
    args: readonly string[] = [],
    work?: (values: Values, out: string) => Promise<void>,
  ): Promise<Values> {
    const server = startRollcall(['quickstart', ...args], {
      ...this.place.variables,
      PORT: String(this.port),
      HOST: '127.0.0.1',
      ROLLCALL_SECRETS: this.secrets,
    });
    try {
      await server.until(() => server.out.includes('Stop with Ctrl+C'));
      const values = await this.values();
      await work?.(values, server.out);
      return values;
    } finally {
      expect(await server.stop()).toMatchObject({ exitCode: 0, error: '' });
    }
  }
}

async function scimStatus({ scimBaseUrl }: Values, token = ''): Promise<number> {
  return (await fetch(`${scimBaseUrl}/Users`, { headers: { authorization: `Bearer ${token}` } }))
    .status;
}

async function requestToken({
  baseUrl,
  scimClientEntityId,
  scimClientSecret,
  scimServerEntityId,
}: Values): Promise<number> {
  const credentials = Buffer.from(`${scimClientEntityId}:${scimClientSecret}`).toString('base64');
  const form = { grant_type: 'client_credentials', scope: `target-entity:${scimServerEntityId}` };
  const headers = { authorization: `Basic ${credentials}` };
  return (
    await fetch(`${baseUrl}/oauth2/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams(form),
    })
  ).status;
}

/** The client's secret as the printed key, whose permission map is empty, reads it. */
async function shownSecret({ baseUrl, apiKey = '', scimClientEntityId }: Values): Promise<unknown> {
  const read = await fetch(`${baseUrl}/api/entity/${scimClientEntityId}`, {
    headers: { authorization: apiKey },
  });
  const { entity } = (await read.json()) as { entity: { clientSecret?: unknown } };
  return entity.clientSecret;
}

/** Lets every new token of the installation's client live for a day only. */
async function shortenTokens({ baseUrl, apiKey = '', scimClientEntityId }: Values): Promise<void> {
  const headers = { authorization: apiKey, 'content-type': 'application/merge-patch+json' };
  const read = await fetch(`${baseUrl}/api/entity/${scimClientEntityId}`, {
    headers: { authorization: apiKey },
  });
  const { entity } = (await read.json()) as { entity: { type: { id: string } } };
  const body = JSON.stringify({
    entityType: { jwtConfiguration: { timeToLiveInSeconds: 86_400 } },
  });
  const { status } = await fetch(`${baseUrl}/api/entity/type/${entity.type.id}`, {
    method: 'PATCH',
    headers,
    body,
  });
  expect(status).toBe(200);
}

const remainingMs = ({ bearerTokenExpires = '' }: Values) =>
  Date.parse(bearerTokenExpires) - Date.now();

describe.each(databases)('rollcall quickstart on $name, run again and again', (database) => {
  let installation: Installation;
  let first: Values;
  let out: string;
  beforeAll(async () => {
    installation = await Installation.create(database, 'readable');
    first = await installation.run([], async (values, text) => {
      out = text;
      expect(await scimStatus(values, values.bearerToken)).toBe(200);
      expect(await requestToken(values)).toBe(200);
      expect(await shownSecret(values)).toBe(values.scimClientSecret);
      // The lines to try are run as they are printed; a refusal fails the shell.
      const lines = text.split('\n').filter((line) => /^ {2}(TOKEN=|curl )/.test(line));
      const script = ['set -e', 'curl() { command curl -sS --fail "$@"; }', ...lines].join('\n');
      const shell = await startProcess('sh', ['-c', script], { variables: {} }).end();
      expect(lines).toHaveLength(4);
      expect(shell).toMatchObject({ exitCode: 0, error: '' });
      expect(shell.out).toContain('"totalResults":1');
      expect(shell.out).not.toContain(values.scimClientSecret);
    });
  });
  afterAll(() => installation.drop());

  it('keeps its values in a file that the owner alone can read', async () => {
    expect(Object.keys(first)).toEqual(keys);
    expect((await stat(installation.file)).mode & 0o777).toBe(0o600);
    expect(first.baseUrl).toBe(`http://localhost:${installation.port}`);
    expect(first.scimBaseUrl).toBe(`${first.baseUrl}/api/scim/resource/v2`);
  });

  it('makes a token of one year, and says when it ends', () => {
    const { exp = 0, iat = 0 } = decodeJwt(first.bearerToken ?? '');

    expect((exp - iat) * 1000).toBe(365 * dayMs);
    expect(first.bearerTokenExpires).toBe(new Date(exp * 1000).toISOString());
  });

  it('prints what to paste, each value on a line of its own, and that Okta can not reach this address', () => {
    const lines = out.split('\n');

    expect(lines).toEqual(
      expect.arrayContaining([first.scimBaseUrl, first.bearerToken, first.apiKey]),
    );
    expect(out).toContain(`good until ${first.bearerTokenExpires?.slice(0, 10)}`);
    expect(out).toMatch(/private address.*ROLLCALL_PUBLIC_URL=/s);
    expect(out).not.toContain(first.scimClientSecret);
  });

  it('keeps everything on the second run', async () => {
    await installation.run([], async (values) => {
      expect(values).toEqual(first);
      const found = await fetch(`${values.scimBaseUrl}/Users`, {
        headers: { authorization: `Bearer ${values.bearerToken}` },
      });
      expect(await found.json()).toMatchObject({
        totalResults: 1,
        Resources: [{ userName: 'ann@example.com' }],
      });
      await shortenTokens(values);
    });
  });

  it('issues another token when asked, the old one stays good, and replaces one with less than 30 days left', async () => {
    const short = await installation.run(['--new-token'], async (values) => {
      expect(await scimStatus(values, values.bearerToken)).toBe(200);
      expect(await scimStatus(values, first.bearerToken)).toBe(200);
    });
    const next = await installation.run();

    expect(short.bearerToken).not.toBe(first.bearerToken);
    expect({ ...short, bearerToken: '', bearerTokenExpires: '' }).toEqual({
      ...first,
      bearerToken: '',
      bearerTokenExpires: '',
    });
    expect(remainingMs(short)).toBeLessThan(30 * dayMs);
    expect(next.bearerToken).not.toBe(short.bearerToken);
  });

  it('goes on with the same connection when the file holds wrong values', async () => {
    const wrong = { apiKey: 'wrong', bearerToken: 'a.b.c', scimClientSecret: 'wrong', tenantId: 7 };
    await writeFile(installation.file, JSON.stringify(wrong));

    const values = await installation.run([], async (made) => {
      expect(await scimStatus(made, made.bearerToken)).toBe(200);
      expect(await requestToken(made)).toBe(200);
      const headers = { authorization: made.apiKey ?? '' };
      expect((await fetch(`${made.baseUrl}/api/tenant`, { headers })).status).toBe(200);
    });

    const { tenantId, scimServerEntityId, scimClientEntityId, scimClientSecret } = first;
    expect(Object.keys(values)).toEqual(keys);
    expect(values).toMatchObject({
      tenantId,
      scimServerEntityId,
      scimClientEntityId,
      scimClientSecret,
    });
  });
});

describe.each(databases)('FIND R-13 rollcall quickstart on $name', (database) => {
  const again = /The grant .* had been deleted.*granted again: paste the new bearer token/s;

  it('grants again what was deleted, issues a fresh token and says so', async () => {
    const installation = await Installation.create(database, 'readable');
    const remove = async ({ baseUrl, apiKey = '' }: Values, path: string) => {
      const headers = { authorization: apiKey };
      expect((await fetch(`${baseUrl}${path}`, { method: 'DELETE', headers })).status).toBe(200);
    };
    const removeGrant = async (values: Values, out: string) => {
      expect(out).not.toMatch(again);
      const { scimServerEntityId, scimClientEntityId } = values;
      await remove(
        values,
        `/api/entity/${scimServerEntityId}/grant?recipientEntityId=${scimClientEntityId}`,
      );
      expect(await scimStatus(values, values.bearerToken)).toBe(401);
    };
    const old: Values[] = [await installation.run([], removeGrant)];

    for (const args of [[], ['--new-token']]) {
      const values = await installation.run(args, async (made, out) => {
        expect(out).toMatch(again);
        expect(await scimStatus(made, made.bearerToken)).toBe(200);
        for (const { bearerToken } of old) expect(await scimStatus(made, bearerToken)).toBe(401);
        await removeGrant(made, '');
      });
      expect({ ...values, bearerToken: '', bearerTokenExpires: '' }).toEqual({
        ...old[0],
        bearerToken: '',
        bearerTokenExpires: '',
      });
      old.push(values);
    }
    // With a target its grants go too.
    await installation.run([], (made) => remove(made, `/api/entity/${made.scimServerEntityId}`));
    const last = await installation.run([], async (made, out) => {
      expect(out).toMatch(again);
      expect(await scimStatus(made, made.bearerToken)).toBe(200);
    });
    expect(last.scimServerEntityId).not.toBe(old[0]?.scimServerEntityId);
    await installation.run([], (_, out) => Promise.resolve(expect(out).not.toMatch(again)));
    await installation.drop();
  });
});

describe.each(databases)('FIND C10 rollcall quickstart on $name', (database) => {
  it('makes a first API key that may make others', async () => {
    const installation = await Installation.create(database, 'readable');
    await installation.run();

    expect(await installation.apiKeys()).toEqual({ api_keys: 1, 'api_keys where key_manager': 1 });
    await installation.drop();
  });
});

describe.each(databases)(
  'rollcall quickstart on $name with secrets that are shown once',
  (database) => {
    it('keeps secret and token in its file, and makes a new secret when the file is lost', async () => {
      const installation = await Installation.create(database, 'once');
      const first = await installation.run();
      const second = await installation.run([], async (values) => {
        expect(await requestToken(values)).toBe(200);
      });
      await writeFile(installation.file, '{}');
      const third = await installation.run([], async (values) => {
        expect(await requestToken(values)).toBe(200);
        expect(await requestToken(first)).toBe(401);
      });

      await installation.drop();
      expect(second).toEqual(first);
      expect(third).toMatchObject({ scimClientEntityId: first.scimClientEntityId });
      expect(third.scimClientSecret).not.toBe(first.scimClientSecret);
    });
  },
);
