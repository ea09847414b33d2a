import { describe, expect, it } from '@jest/globals';
import { Configuration } from '../config/configuration.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { SecretBox } from './secret-box.js';

function boxUnder(fill: number): SecretBox {
  return new SecretBox(
    new Configuration({
      port: 0,
      host: '127.0.0.1',
      publicUrl: 'http://localhost',
      dataDir: '/nowhere',
      database: { kind: 'sqlite', file: ':memory:', synchronous: 'full' },
      encryptionKey: Buffer.alloc(32, fill),
      secrets: 'readable',
      allowsShortSecrets: false,
      trustedProxies: [],
      logLevel: 'silent',
      kickstartFile: undefined,
      shutdownDelayMs: 0,
    }),
  );
}

describe('SecretBox', () => {
  it('opens what it sealed, and never seals twice alike', () => {
    const box = boxUnder(1);

    expect(box.open(box.seal('pässword', 'row'), 'row')).toBe('pässword');
    expect(box.seal('same', 'row')).not.toBe(box.seal('same', 'row'));
  });

  it('refuses a ciphertext moved to another row', () => {
    const box = boxUnder(1);

    expect(() => box.open(box.seal('secret', 'row 1'), 'row 2')).toThrow();
  });

  it('refuses a changed ciphertext', () => {
    const box = boxUnder(1);
    const sealed = box.seal('secret', 'row');
    const last = sealed.at(-1) === 'A' ? 'B' : 'A';

    expect(() => box.open(sealed.slice(0, -2) + last + sealed.at(-1), 'row')).toThrow();
  });

  it('says in one sentence that the encryption key is another one', () => {
    expect(() => boxUnder(2).open(boxUnder(1).seal('secret', 'row'), 'row')).toThrow(
      ConfigurationError,
    );
  });

  it('digests by purpose and key', () => {
    const digest = boxUnder(1).digest('api key', 'k');

    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(boxUnder(1).digest('api key', 'k')).toBe(digest);
    expect(boxUnder(1).digest('entity secret', 'k')).not.toBe(digest);
    expect(boxUnder(2).digest('api key', 'k')).not.toBe(digest);
  });
});
