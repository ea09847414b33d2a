import { describe, expect, it } from '@jest/globals';
import { createProvider, runExchange, type TokenRules } from './provider-internals.js';
import type { TokenExchange } from './token-exchange.js';

const exchange: TokenExchange = {
  client: undefined,
  credentials: { clientIds: ['id'], clientSecrets: ['a+b %é'] },
  grantType: 'client_credentials',
  scope: 'some scope',
  requestId: 'request',
};

const generous: TokenRules = {
  isAuthentic: () => Promise.resolve(true),
  issue: (asked, scope) =>
    Promise.resolve({ scope: scope ?? null, secret: asked.credentials.clientSecrets[0] ?? null }),
};

const run = (rules: Partial<TokenRules>, asked: Partial<TokenExchange> = {}) =>
  runExchange(createProvider('https://id.example.com/tenant', { ...generous, ...rules }), {
    ...exchange,
    ...asked,
  });

describe('runExchange', () => {
  it('lets an authentic client have what the rules issue', async () => {
    expect(await run({})).toEqual({ scope: 'some scope', secret: 'a+b %é' });
  });

  it('leaves out a scope that was not asked for', async () => {
    expect(await run({}, { scope: undefined })).toMatchObject({ scope: null });
  });

  it('awaits whether the client is authentic, and issues nothing to one that is not', async () => {
    const issue = () => Promise.reject(new Error('must not be asked'));
    const isAuthentic = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return false;
    };

    await expect(run({ isAuthentic, issue })).rejects.toMatchObject({ kind: 'wrongClient' });
  });

  it('keeps exchanges that run at once apart', async () => {
    const provider = createProvider('https://id.example.com/tenant', {
      isAuthentic: async ({ requestId }) => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
        return requestId !== '3';
      },
      issue: ({ requestId }) => Promise.resolve({ requestId }),
    });

    const settled = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        runExchange(provider, { ...exchange, requestId: String(index) }),
      ),
    );

    settled.forEach((one, index) => {
      if (index === 3) expect(one.status).toBe('rejected');
      else expect(one).toEqual({ status: 'fulfilled', value: { requestId: String(index) } });
    });
  });

  it.each(['"', '\\', 'two  blanks', ' first', 'é'])(
    'refuses a scope that RFC 6749 §3.3 has no place for: %j',
    async (scope) => {
      await expect(run({}, { scope })).rejects.toMatchObject({ kind: 'invalidTargetScope' });
    },
  );

  it.each(['isAuthentic', 'issue'] as const)('lets an error of %s out as it was', async (rule) => {
    const error = new Error('the database is away');

    await expect(run({ [rule]: () => Promise.reject(error) })).rejects.toBe(error);
  });

  it('does not blame the client for a grant that was not set up', async () => {
    await expect(run({}, { grantType: 'password' })).rejects.toThrow(
      'oidc-provider did not run the grant',
    );
  });
});
