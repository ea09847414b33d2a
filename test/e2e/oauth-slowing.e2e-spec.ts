import { randomUUID } from 'node:crypto';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { Clock } from '../../src/kernel/clock.js';
import { startApp, type TestApp, type TestResponse } from '../support/app.js';
import { databases } from '../support/databases.js';
import {
  anOAuthClient,
  aToken,
  basic,
  postForm,
  type TestOAuthClient,
} from '../support/oauth-client.js';

const failuresMax = 20;
const grant = { grant_type: 'client_credentials' };

describe.each(databases)('guessing client secrets on $name', (database) => {
  let app: TestApp;
  let now = 0;
  beforeAll(async () => {
    app = await startApp(database, { trustedProxies: ['127.0.0.0/8'] });
    jest.spyOn(app.get(Clock), 'elapsed').mockImplementation(() => now);
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await app.close();
  });

  let client: TestOAuthClient;
  beforeEach(async () => {
    client = await anOAuthClient(app);
  });
  afterEach(() => {
    now += 3_600_000;
  });

  /** Each test has addresses of its own, so that none depends on another. */
  let site = 0;
  beforeEach(() => {
    site += 1;
  });
  const here = () => ({ 'x-forwarded-for': `198.51.100.${site}` });
  const elsewhere = () => ({ 'x-forwarded-for': `203.0.113.${site}` });

  const ask = (id: string, secret: string, headers: Record<string, string> = here()) =>
    postForm(app, '/oauth2/token', grant, { ...basic(id, secret), ...headers });
  const statusesOf = async (answers: Promise<TestResponse>[]) =>
    (await Promise.all(answers)).map(({ status }) => status);
  const fail = async (id = client.clientId, headers = here()) => {
    for (let time = 0; time < failuresMax; time += 1) await ask(id, `wrong ${time}`, headers);
  };

  it('SEC T15 is slowed after 20 wrong secrets, in OAuth words and with Retry-After', async () => {
    const first = await Promise.all(
      Array.from({ length: failuresMax }, () => ask(client.clientId, 'wrong')),
    );

    const next = await ask(client.clientId, 'wrong');

    expect(new Set(first.map(({ status }) => status))).toEqual(new Set([401]));
    expect(next.status).toBe(429);
    expect(next.body).toEqual({
      error: 'temporarily_unavailable',
      error_reason: 'unknown',
      error_description: expect.stringContaining('Retry-After'),
    });
    expect(next.headers.get('retry-after')).toBe('1');
    expect(next.headers.get('cache-control')).toBe('no-store');
  });

  it('SEC T15 tells nothing of the secret while it lasts: the right one waits too', async () => {
    await fail();

    const [wrong, right] = await Promise.all([
      ask(client.clientId, 'wrong'),
      ask(client.clientId, client.clientSecret),
    ]);
    now += 1_000;
    const later = await ask(client.clientId, client.clientSecret);

    expect(right).toMatchObject({ status: 429, text: wrong.text });
    expect(later.status).toBe(200);
  });

  it('SEC T15 grows to a minute', async () => {
    await fail();
    const waits: number[] = [];
    for (let time = 0; time < 8; time += 1) {
      const wait = Number((await ask(client.clientId, 'wrong')).headers.get('retry-after'));
      now += wait * 1_000;
      expect((await ask(client.clientId, 'wrong')).status).toBe(401);
      waits.push(wait);
    }

    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it('SEC T15 locks nobody out: the right secret works from elsewhere, and so do other clients', async () => {
    const neighbour = await anOAuthClient(app);
    await fail();

    expect(
      await statusesOf([
        ask(client.clientId, client.clientSecret, elsewhere()),
        ask(neighbour.clientId, neighbour.clientSecret),
        ask(client.clientId, client.clientSecret),
      ]),
    ).toEqual([200, 200, 429]);
  });

  it('SEC T15 does the same for a client that is not there', async () => {
    const unknown = randomUUID();
    await fail(unknown);
    await fail();

    const [known, nobody] = await Promise.all([ask(client.clientId, 'x'), ask(unknown, 'x')]);

    expect(nobody).toMatchObject({ status: 429, text: known.text });
    expect(nobody.headers.get('retry-after')).toBe(known.headers.get('retry-after'));
  });

  it('SEC T15 lets no more than 20 guesses through when they come at once', async () => {
    const guesses = Array.from({ length: 100 }, (_, index) =>
      ask(client.clientId, `wrong ${index}`),
    );
    // The right one is asked for last, so that its turn comes after the limit.
    const right = ask(client.clientId, client.clientSecret);

    const statuses = await statusesOf(guesses);

    expect(statuses.filter((status) => status === 401)).toHaveLength(failuresMax);
    expect(statuses.filter((status) => status === 429)).toHaveLength(100 - failuresMax);
    expect((await right).status).not.toBe(401);
  });

  it('SEC T15 does not count right secrets', async () => {
    const asked = Array.from({ length: 3 * failuresMax }, () =>
      ask(client.clientId, client.clientSecret),
    );

    expect(new Set(await statusesOf(asked))).toEqual(new Set([200]));
  });

  it('SEC T15 counts a client id however it is spelt', async () => {
    const escape = (text: string, from: number) =>
      [...text].map((letter, index) => (index === from ? `%${hexOf(letter)}` : letter)).join('');
    for (let index = 0; index < failuresMax; index += 1)
      await ask(escape(client.clientId, index), 'wrong');

    const plain = await ask(client.clientId, client.clientSecret);
    const inBody = await postForm(
      app,
      '/oauth2/token',
      { ...grant, client_id: client.clientId, client_secret: client.clientSecret },
      here(),
    );

    expect([plain.status, inBody.status]).toEqual([429, 429]);
  });

  it('SEC T15 counts introspection with a client secret too', async () => {
    const token = await aToken(app, client);
    const introspect = (headers: Record<string, string>) =>
      postForm(app, '/oauth2/introspect', { token }, { ...here(), ...headers });
    for (let time = 0; time < failuresMax; time += 1)
      await introspect(basic(client.clientId, 'wrong'));

    const right = basic(client.clientId, client.clientSecret);
    expect(
      await statusesOf([
        introspect(right),
        ask(client.clientId, client.clientSecret),
        introspect({ ...right, ...elsewhere() }),
        introspect({}),
      ]),
    ).toEqual([429, 429, 200, 200]);
  });

  it('SEC T15 does not slow API keys and bearer tokens', async () => {
    const wrong = async (path: string, authorization: string) => {
      const statuses = new Set<number>();
      for (let time = 0; time < 2 * failuresMax; time += 1) {
        const headers = { ...here(), authorization };
        statuses.add((await app.request('GET', path, { key: null, headers })).status);
      }
      return [...statuses];
    };

    expect(await wrong('/api/entity/x', 'rck_wrong')).toEqual([401]);
    expect(await wrong('/api/scim/resource/v2/Users', 'Bearer rct_wrong')).toEqual([401]);
    expect(await wrong('/api/jwt/validate', 'Bearer wrong')).toEqual([401]);
  });
});

describe.each(databases)('the address of a client without trusted proxies on $name', (database) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp(database);
  });
  afterAll(() => app.close());

  it('SEC T15 is never what the client says', async () => {
    const { clientId } = await anOAuthClient(app);
    const answers = [];
    for (let time = 0; time <= failuresMax; time += 1) {
      const headers = { ...basic(clientId, 'wrong'), 'x-forwarded-for': `198.51.100.${time}` };
      answers.push((await postForm(app, '/oauth2/token', grant, headers)).status);
    }

    expect(answers.at(-1)).toBe(429);
  });
});

function hexOf(letter: string): string {
  return letter.charCodeAt(0).toString(16).padStart(2, '0');
}
