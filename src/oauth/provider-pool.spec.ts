import { describe, expect, it } from '@jest/globals';
import { Configuration } from '../config/configuration.js';
import { ProviderPool, providersMax } from './provider-pool.js';

const configuration = new Configuration({
  port: 9011,
  host: 'localhost',
  publicUrl: 'https://id.example.com',
  dataDir: '/nowhere',
  database: { kind: 'sqlite', file: ':memory:', synchronous: 'full' },
  encryptionKey: Buffer.alloc(32),
  secrets: 'once',
  allowsShortSecrets: false,
  trustedProxies: [],
  logLevel: 'silent',
  kickstartFile: undefined,
  shutdownDelayMs: 0,
});

const rules = { isAuthentic: () => Promise.resolve(true), issue: () => Promise.resolve({}) };

describe('ProviderPool', () => {
  it('has one provider for each tenant, under an issuer of its own', () => {
    const pool = new ProviderPool(configuration);

    const acme = pool.of('acme', rules);

    expect(acme.issuer).toBe('https://id.example.com/acme');
    expect(pool.of('acme', rules)).toBe(acme);
    expect(pool.of('globex', rules)).not.toBe(acme);
    expect(pool.of(undefined, rules).issuer).toBe('https://id.example.com');
  });

  it('lets go of the one that was not used for longest', () => {
    const pool = new ProviderPool(configuration);
    const used = pool.of('used', rules);
    const idle = pool.of('idle', rules);
    for (let index = 0; index < providersMax - 2; index += 1) pool.of(String(index), rules);
    pool.of('used', rules);

    pool.of('one too many', rules);

    expect(pool.of('used', rules)).toBe(used);
    expect(pool.of('idle', rules)).not.toBe(idle);
  });
});
